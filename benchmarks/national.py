"""`make benchmark`: the warehouse work of a national night, on a server of its own; writes build/benchmark.json.

`DOSSIERS=200000 make benchmark` tries it small. Builds from nothing on half of the dossiers, measures a night's difference, adds the other half, builds
from nothing, measures the same night again, a correction of one commune's quarter, and the questions of docs/analyst-guide.md. Without the gates
(benchmarks/gate.py) and without process start-up; dbt's own start is in the figures.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

NEW, UPDATED = 120_000, 240_000
"""Of ten million; fewer dossiers have a night in proportion."""
_QUESTION = re.compile(r"```sql\n(.*?)\n```\n```text\n", re.DOTALL)


class _Memory(threading.Thread):
    """The most memory that this process and the server's processes together held, in MB: own pages and the shared ones once."""

    def __init__(self, postmaster: int) -> None:
        super().__init__(daemon=True)
        self.peak_mb, self._postmaster, self._stop_now = 0.0, postmaster, threading.Event()

    def run(self) -> None:
        while not self._stop_now.wait(0.5):
            self.peak_mb = max(self.peak_mb, self._server_mb() + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    def stop(self) -> float:
        self._stop_now.set()
        self.join()
        return self.peak_mb

    def _server_mb(self) -> float:
        own, shared = 0, 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
                if int(fields["PPid"]) == self._postmaster or folder.name == str(self._postmaster):
                    own += int(fields["RssAnon"].split()[0])
                    shared = max(shared, int(fields["RssShmem"].split()[0]))
            except (OSError, KeyError, ValueError):  # gone meanwhile
                continue
        return (own + shared) / 1024


@dataclass
class _Steps:
    """Seconds of each step, and those that processors worked on it in the server and in this process: what they would be on a quiet machine with one."""

    postmaster: int
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    def worked(self) -> float:
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:  # gone meanwhile: the postmaster has its time
                continue
            if stat.parent.name == str(self.postmaster):
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == self.postmaster:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK") + time.process_time()


@contextmanager
def _timed(what: str, steps: _Steps) -> Iterator[None]:
    started, worked = time.monotonic(), steps.worked()
    yield
    steps.seconds[what] = round(time.monotonic() - started, 1)
    steps.cpu_seconds[what] = round(steps.worked() - worked, 1)
    print(f"{what}: {steps.seconds[what]} s, {steps.cpu_seconds[what]} s of processors (load {os.getloadavg()[0]:.1f})", flush=True)


def _publish(run: str) -> None:
    from expectations import publish
    from warehouse import db

    with db.connect("gate", autocommit=True) as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, 'publish', '[]')", (run,))
        publish.publish(connection, run)


def _unpublish(connection: psycopg.Connection) -> None:
    """Let go of everything that was published: a build from nothing has no publication before it."""
    tables = connection.execute(
        "select format('%I.%I', nspname, relname) from pg_class inner join pg_namespace as n on n.oid = relnamespace"
        " where nspname in ('marts', 'history') and relkind = 'r'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"drop table {table} cascade".encode())


def _build(name: str, steps: _Steps, *, full: bool = False) -> float:
    """Staging to published marts; the seconds. The slowest models are printed."""
    from warehouse import transform

    started = time.monotonic()
    nodes: dict[str, float] = {}

    def told(line: str) -> None:
        if os.environ.get("VERBOSE"):
            nodes[line] = round(time.monotonic() - started, 1)

    with _timed(f"{name} staging", steps):
        transform.build("staging", told, full_refresh=full)
    with _timed(f"{name} marts", steps):
        transform.build("candidate", told, full_refresh=full)
    with _timed(f"{name} publish", steps):
        _publish(name)
    for line, at in nodes.items():
        print(f"    {at:7.1f} {line}")
    return round(time.monotonic() - started, 1)


def _questions() -> tuple[float, float]:
    """Median and 95th percentile of three runs of each question, in ms, as the analyst."""
    from warehouse import db
    from warehouse.settings import ROOT

    taken = []
    queries = _QUESTION.findall((ROOT / "docs" / "analyst-guide.md").read_text(encoding="utf-8"))
    with db.connect("analyst") as connection:
        for number, query in enumerate(queries, 1):
            for _ in range(3):
                started = time.monotonic()
                connection.execute(query.encode()).fetchall()
                taken.append(1000 * (time.monotonic() - started))
            print(f"    question {number}: {min(taken[-3:]):.0f} ms")
    return round(statistics.median(taken), 1), round(statistics.quantiles(taken, n=20)[-1], 1)


def _sizes(connection: psycopg.Connection) -> dict[str, Any]:
    rows = connection.execute(
        "select relnamespace::regnamespace::text, sum(pg_total_relation_size(oid)), sum(greatest(reltuples, 0))::bigint from pg_class where relkind = 'r'"
        " and relnamespace::regnamespace::text in ('raw', 'facts', 'staging', 'intermediate', 'candidate', 'marts', 'history') group by 1 order by 1"
    ).fetchall()
    return {name: {"mb": round(int(size) / 1e6), "rows": int(count)} for name, size, count in rows}


def main(dossiers: int) -> None:
    """Run all of it; print the steps, write the report."""
    folder = Path(tempfile.mkdtemp(prefix="tthc-benchmark-", dir=os.environ.get("BENCHMARK_DIR")))
    folder.chmod(0o755)
    os.environ |= {"TTHC_STATE_DIR": str(folder), "TTHC_SECRET_KEY": "the benchmark's key"}
    from benchmarks.country import Country, communes
    from warehouse import db
    from warehouse.settings import ROOT

    new, updated = NEW * dossiers // 10_000_000 or 10, UPDATED * dossiers // 10_000_000 or 20
    if dossiers >= 1_000_000:
        new, updated = NEW, UPDATED
    report: dict[str, Any] = {"dossiers": dossiers, "new": new, "updated": updated, "load_before": os.getloadavg()[0]}
    db.bootstrap()
    steps = _Steps(int((db.embedded_server().home / "data" / "postmaster.pid").read_text().split()[0]))
    memory = _Memory(steps.postmaster)
    memory.start()
    try:
        with db.connect("owner", autocommit=True) as connection:
            country = Country(connection, communes=communes(None if dossiers >= 100_000 else 200))
            with _timed("(write surroundings)", steps):
                country.surroundings()
            nights: dict[str, float] = {}
            for number, share in enumerate((dossiers // 2, dossiers - dossiers // 2), 1):
                with _timed(f"(write {share} dossiers)", steps):
                    country.history(share)
                    connection.execute("analyze raw.dossiers; analyze raw.dossier_events; analyze raw.landing; analyze facts.figure; analyze facts.submission")
                _unpublish(connection)
                full = _build(f"build-{number}", steps, full=True)
                connection.execute("analyze")
                with _timed("(write the night)", steps):
                    country.night(new, updated, day=number)
                key = str(5_000_000 * number if dossiers >= 10_000_000 else share * number)
                nights[key] = _build(f"night-{number}", steps)
                report |= {"full_build_s": full, "nightly_delta_s": nights}
            corrected = country.correction(country.communes[1000 % len(country.communes)].unit_code, date(2025, 12, 15), date(2026, 3, 14))
            report |= {"correction_s": _build("correction", steps), "corrected_dossiers": corrected}
            connection.execute("vacuum analyze")
            report["questions_p50_ms"], report["questions_p95_ms"] = _questions()
            report["sizes"] = _sizes(connection)
    finally:
        report |= {"peak_rss_mb": round(memory.stop()), "steps": steps.seconds, "cpu_steps": steps.cpu_seconds, "load_after": os.getloadavg()[0]}
        target = ROOT / "build" / "benchmark.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(report, indent=2) + "\n")
        print(json.dumps(report, indent=2))
        db.embedded_server().stop()
        if not os.environ.get("KEEP"):
            import shutil

            shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
