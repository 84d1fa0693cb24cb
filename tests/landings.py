"""Tiny landings of the portal and of the dossier exchange, for tests of the gates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg

from warehouse import db

PORTAL_ROW = {
    "TEN_COQUAN": "UBND phường Tam Thanh", "TONG_SCORE": "80", "TDGQ": "18", "MDHL": "16", "MDSH": "16", "TTTT": "8", "CLGQ": "10", "CKMB": "12",
}  # fmt: skip
_QUARTER = (date(2026, 1, 1), date(2026, 3, 31))


def land(
    connection: psycopg.Connection, source: str, origin: str, *, scope: str = "", edition: str = "", outcome: str = "parsed", rows: int = 0, days_ago: float = 0
) -> int:
    """A landing with its two attempts, as ingest would leave them; its id."""
    number = connection.execute("select count(*) from raw.landing").fetchone()
    digest = hashlib.sha256(f"{source} {origin} {scope} {edition} {number}".encode()).hexdigest()
    connection.execute("insert into raw.content (sha256, body) values (%s, 'x')", (digest,))
    row = connection.execute(
        "insert into raw.landing (source, scope, edition, origin, file_name, sha256, received_sha256, size_bytes, fetched_at, run_id, retain_until)"
        " values (%(source)s, %(scope)s, %(edition)s, %(origin)s, %(origin)s, %(sha)s, %(sha)s, 1, now() - %(age)s, 't', '2036-01-01') returning landing_id",
        {"source": source, "scope": scope, "edition": edition, "origin": origin, "sha": digest, "age": timedelta(days=days_ago)},
    ).fetchone()
    assert row is not None
    for stage, came in (("land", "landed"), ("parse", outcome)):
        connection.execute(
            "insert into raw.attempt (run_id, stage, source, scope, edition, origin, outcome, landing_id, row_count, started_at, duration_ms)"
            " values ('t', %s, %s, %s, %s, %s, %s, %s, %s, now() - %s::interval, 1)",
            (stage, source, scope, edition if stage == "land" else "1", origin, came, row[0], rows if stage == "parse" else None, timedelta(days=days_ago)),
        )
    return int(row[0])


def portal(rows: Sequence[Mapping[str, Any]], *, edition: str = "quarter:2026:1", days_ago: float = 0, codes: Sequence[str] = ()) -> int:
    """One legacy answer about the units of H37; each row changes PORTAL_ROW. Returns the landing."""
    with db.connect("loader") as connection:
        landing = land(connection, "portal_index", "portal", scope="H37/legacy", edition=edition, rows=len(rows), days_ago=days_ago)
        for number, changes in enumerate(rows):
            connection.execute(
                "insert into raw.portal_index (landing_id, pointer, interface, report, period_calendar, period_start, period_end, province_code, is_final, portal_code,"
                " unit_code, payload) values (%s, %s, 'legacy', 'report_tinh_766_service', 'calendar', %s, %s, 'H37', true, %s, '05986', %s)",
                (landing, f"/{number}", *_QUARTER, codes[number] if codes else f"H37.{number + 1}", json.dumps({**PORTAL_ROW, **changes})),
            )
    return landing


def dossiers(rows: Sequence[tuple[str, str, str]], *, days_ago: float = 0) -> int:
    """One exchange: (dossier, status code, channel code). Returns the landing."""
    with db.connect("loader") as connection:
        landing = land(connection, "dossiers", "exchange.json", rows=len(rows), days_ago=days_ago)
        for number, (dossier, status, channel) in enumerate(rows):
            connection.execute(
                "insert into raw.dossiers (landing_id, pointer, dossier_key, status_code, channel_code, is_updating, supplement_count)"
                " values (%s, %s, %s, %s, %s, false, 0)",
                (landing, f"/{number}", dossier, status, channel),
            )
    return landing
