"""The gates over a national night, on a server of its own: `.venv/bin/python -m benchmarks.gate [communes] [earlier quarters]`.

Prints how long each part takes: imports, audit, queries (with the slowest tables), publish, and the validation page. The earlier
quarters are judged and published before the clock starts, as on the nights before. Each gate is a process of its own in the night, so
Great Expectations is imported twice; here once, and counted twice.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_TIMES: dict[str, float] = {}
_TABLES: dict[str, float] = {}


def _timed(name: str, work: Callable[[], T]) -> T:
    started = time.monotonic()
    result = work()
    _TIMES[name] = round(_TIMES.get(name, 0) + time.monotonic() - started, 2)
    return result


def _clocked() -> Callable[[str], None]:
    """A `progress` that notes how long each judged table took."""
    before = time.monotonic()

    def note(line: str) -> None:
        nonlocal before
        _TABLES[line] = round(time.monotonic() - before, 2)
        before = time.monotonic()

    return note


def _import_twice() -> None:
    started = time.monotonic()
    import great_expectations as gx
    import great_expectations.expectations
    import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401

    gx.get_context(mode="ephemeral")
    _TIMES["imports of Great Expectations, two processes"] = round(2 * (time.monotonic() - started), 2)


def _communes(count: int) -> list[tuple[str, str]]:
    """(unit code, province code) of communes of today."""
    from warehouse.settings import ROOT

    with (ROOT / "dbt_project" / "seeds" / "administrative_units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "commune" and row["valid_from"] == "2025-07-01"]
    return [(row["unit_code"], row["province_code"]) for row in rows[:count]]


def main(communes: int, earlier: int) -> None:
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
    nothing: list[Submission | None] = [None] * len(units)
    _import_twice()
    imports = dict(_TIMES)
    db.bootstrap()
    try:
        for night, quarter in enumerate(quarters, start=1):
            if night == len(quarters):
                _TIMES.clear()
                _TIMES.update(imports)
                _TABLES.clear()
            with db.connect("owner") as connection:
                writer = Writer(connection)
                submissions = [form(code, rng, quarter, before) for (code, _), before in zip(units, submissions or nothing, strict=True)]
                _timed("(write the input)", lambda: writer.submissions(submissions))  # noqa: B023  # called at once
                for province in sorted({province for _, province in units}):
                    own = [(f"H{province}.{place}", code, scores(f"Đơn vị {code}", rng)) for place, (code, at) in enumerate(units) if at == province]
                    (landing,) = writer.landings("portal_index", [("portal", f"H{province}/legacy", f"quarter:2026:{night}", len(own))])
                    writer.portal(landing, own, f"H{province}")
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
        print(json.dumps({"communes": len(units), "figures": sum(len(s.figures) for s in submissions), "quarters": len(quarters)}))
        with db.connect("mailer") as connection:
            _timed("docs (validation page)", lambda: validation_page.write(connection, run, folder / "pages"))
        print(json.dumps(_TIMES, indent=2))
        print(json.dumps(dict(sorted(_TABLES.items(), key=lambda item: -item[1])[:12]), indent=2, ensure_ascii=False))
        print(f"gates, without what is in brackets: {sum(seconds for name, seconds in _TIMES.items() if not name.startswith('(')):.1f} s")
        print(verdict, marts, published, changes, doubts, sep="\n")
    finally:
        db.embedded_server().stop()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *[3321, 1][len(given) :])
