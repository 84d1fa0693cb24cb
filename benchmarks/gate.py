"""The gates over a national night, on a server of its own: `.venv/bin/python -m benchmarks.gate [communes] [earlier quarters] [folder]`.

Every commune sends form II.06 for a quarter and every province has its scores pulled; with a folder of reports (docx, pdf, txt), every
commune also sends one of them, in turn, under its own name.

Prints wall and CPU seconds (Python and PostgreSQL together) of each part: imports, audit, queries (with the slowest tables), publish, and
the validation page. The earlier quarters are judged and published before the clock starts, as on the nights before. Each gate is a
process of its own in the night, so Great Expectations is imported twice; here once, and counted twice.
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psutil

from warehouse.model import Period, Reading

if TYPE_CHECKING:
    import psycopg

    from benchmarks.bulk import Writer

T = TypeVar("T")
_WALL: dict[str, float] = {}
_CPU: dict[str, float] = {}
_TABLES: dict[str, float] = {}
_STATEMENTS: dict[str, list[float]] = {}


def _cpu() -> float:
    """CPU seconds so far of this process, its children, and the server with its backends, living and gone."""
    used = sum(os.times()[:4])
    postmaster = next((process for process in psutil.process_iter() if _is_our_postmaster(process)), None)
    for process in [postmaster, *postmaster.children(recursive=True)] if postmaster else []:
        try:
            used += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return used


def _is_our_postmaster(process: psutil.Process) -> bool:
    try:
        arguments = process.cmdline()
    except psutil.Error:
        return False
    return bool(arguments) and arguments[0].endswith("postgres") and any(argument.startswith(os.environ["TTHC_STATE_DIR"]) for argument in arguments)


def _timed(name: str, work: Callable[[], T]) -> T:
    wall, cpu = time.monotonic(), _cpu()
    result = work()
    _WALL[name] = round(_WALL.get(name, 0) + time.monotonic() - wall, 2)
    _CPU[name] = round(_CPU.get(name, 0) + _cpu() - cpu, 2)
    print(f"{name}: {_WALL[name]} s, CPU {_CPU[name]} s (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
    return result


def _clocked() -> Callable[[str], None]:
    """A `progress` that notes how long each judged table took."""
    before = time.monotonic()

    def note(line: str) -> None:
        nonlocal before
        _TABLES[line] = round(time.monotonic() - before, 2)
        before = time.monotonic()

    return note


def _import() -> None:
    import great_expectations as gx
    import great_expectations.expectations
    import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401

    gx.get_context(mode="ephemeral")


def _watch_statements() -> None:
    """Note how often Great Expectations asks what, and how long the answers take."""
    from sqlalchemy import Engine, event

    def before(connection, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        context.tthc_began = time.monotonic()

    def after(connection, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        noted = _STATEMENTS.setdefault(statement, [0, 0.0])
        noted[0] += 1
        noted[1] += time.monotonic() - context.tthc_began

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)


def _communes(count: int) -> list[tuple[str, str]]:
    """(unit code, province code) of communes of today."""
    from warehouse.settings import ROOT

    with (ROOT / "dbt_project" / "seeds" / "administrative_units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "commune" and row["valid_from"] == "2025-07-01"]
    return [(row["unit_code"], row["province_code"]) for row in rows[:count]]


def _write_reports(connection: psycopg.Connection, writer: Writer, units: list[tuple[str, str]], quarter: Period, folder: Path) -> int:
    """One report of the folder for each commune, as if its office had sent it for the quarter; how many figures they have."""
    from ingest.landing import Landing
    from ingest.reading import read_submission
    from ingest.sources import narrative_reports

    read = [read_submission(path.read_bytes(), path.name) for path in sorted(folder.iterdir()) if path.suffix in (".docx", ".pdf", ".txt")]
    readings = [reading for reading in read if isinstance(reading, Reading) and reading.document and reading.figures]
    if not readings:
        raise SystemExit(f"{folder}: no report with figures: {read}")
    landings = writer.landings("narrative_reports", [(f"{code}.txt", "", "", 1) for code, _ in units])
    connection.execute("select setval(pg_get_serial_sequence('facts.submission', 'submission_id'), 1000000)")
    count = 0
    for (code, _), landing_id, (document, header, figures) in zip(units, landings, itertools.cycle(readings)):  # the readings go round
        assert document is not None
        own = dataclasses.replace(header, unit_code=code, unit_valid_from=date(2025, 7, 1), unit_name=f"đơn vị {code}", period=quarter)
        moved = [dataclasses.replace(figure, period=quarter if figure.period == header.period else figure.period) for figure in figures]
        landing = Landing(landing_id, "narrative_reports", "", "", f"{code}.txt", f"{code}.txt", "text/plain", f"{landing_id:064x}", datetime.now(UTC))
        narrative_reports.store(connection, landing, document, own, moved)
        count += len(figures)
    return count


def main(communes: int, earlier: int, reports: Path | None = None) -> None:
    """Fill, judge, publish, and print the seconds."""
    folder = Path(tempfile.mkdtemp(prefix="tthc-benchmark-"))
    folder.chmod(0o755)
    os.environ |= {"TTHC_STATE_DIR": str(folder), "TTHC_SECRET_KEY": "the benchmark's key", "GX_ANALYTICS_ENABLED": "false"}
    from benchmarks.bulk import Submission, Writer, form, scores
    from expectations import gate, incidents, publish
    from reporting import validation_page
    from warehouse import db, periods, transform

    units, rng = _communes(communes), random.Random(7)
    quarters = [periods.statutory("quarter", 2026, number) for number in (1, 2, 3)][: earlier + 1]
    submissions: list[Submission] = []
    printed = 0
    nothing: list[Submission | None] = [None] * len(units)
    _timed("imports of Great Expectations, one process", _import)
    imports = (dict(_WALL), dict(_CPU))
    _watch_statements()
    db.bootstrap()
    try:
        for night, quarter in enumerate(quarters, start=1):
            if night == len(quarters):
                _WALL.clear()
                _CPU.clear()
                _WALL.update(imports[0])
                _CPU.update(imports[1])
                _TABLES.clear()
                _STATEMENTS.clear()
            with db.connect("owner") as connection:
                writer = Writer(connection)
                submissions = [form(code, rng, quarter, before) for (code, _), before in zip(units, submissions or nothing, strict=True)]
                _timed("(write the input)", lambda: writer.submissions(submissions))  # noqa: B023  # called at once
                for province in sorted({province for _, province in units}):
                    own = [(f"H{province}.{place}", code, scores(f"Đơn vị {code}", rng)) for place, (code, at) in enumerate(units) if at == province]
                    (landing,) = writer.landings("portal_index", [("portal", f"H{province}/legacy", f"quarter:2026:{night}", len(own))])
                    writer.portal(landing, own, f"H{province}")
                if reports and night == len(quarters):
                    printed = _timed("(write the reports)", lambda: _write_reports(connection, writer, units, quarter, reports))  # noqa: B023
            with db.connect("owner", autocommit=True) as connection:
                connection.execute("analyze")
            run = f"night-{night}"
            with db.connect("gate", autocommit=True) as connection:
                _timed("audit of new submissions", lambda: gate.audit_new(connection, run))  # noqa: B023
                verdict = _timed("gates at source and submissions", lambda: gate.judge_submissions(connection, run, _clocked()))  # noqa: B023
            _timed("(dbt)", lambda: (transform.build("staging"), transform.build("candidate")))
            with db.connect("gate", autocommit=True) as connection:
                marts = _timed("gate at the marts", lambda: gate.judge_marts(connection, run, _clocked()))  # noqa: B023
                published = _timed("publish", lambda: publish.publish(connection, run))  # noqa: B023
                changes = _timed("incidents", lambda: incidents.update(connection, run))  # noqa: B023
                doubts = connection.execute(
                    "select jsonb_object_agg(rule, n) from (select rule, count(*) n from quality.doubt where cleared_at is null group by 1) d"
                ).fetchone()
        print(
            json.dumps(
                {"communes": len(units), "figures of forms": sum(len(s.figures) for s in submissions), "figures of reports": printed, "quarters": len(quarters)}
            )
        )
        with db.connect("mailer") as connection:
            _timed("docs (validation page)", lambda: validation_page.write(connection, run, folder / "pages"))
        for name in _WALL:
            print(f"{name:<50} wall {_WALL[name]:7.2f}  CPU {_CPU[name]:7.2f}")
        print(f"statements of Great Expectations: {sum(int(n) for n, _ in _STATEMENTS.values())}, {sum(s for _, s in _STATEMENTS.values()):.1f} s")
        for statement, (number, seconds) in sorted(_STATEMENTS.items(), key=lambda item: -item[1][1])[:12]:
            print(f"  {int(number)} times {seconds:.2f} s: {' '.join(statement.split())[:300]}")
        print(json.dumps(dict(sorted(_TABLES.items(), key=lambda item: -item[1])[:12]), indent=2, ensure_ascii=False))
        for kind, seconds in (("wall", _WALL), ("CPU", _CPU)):
            both = {name: taken * (2 if name.startswith("imports") else 1) for name, taken in seconds.items() if not name.startswith("(")}
            print(f"gates, without what is in brackets, imports twice: {sum(both.values()):.1f} s {kind}")
        print(verdict, marts, published, changes, doubts, sep="\n")
    finally:
        db.embedded_server().stop()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(*map(int, given[:2]), *[3321, 1][len(given) :], Path(given[2]) if len(given) > 2 else None)
