"""The administrative units, read once a process."""

from __future__ import annotations

from datetime import date
from functools import cache

import psycopg
from psycopg.types.json import Jsonb

from warehouse.units import UnitRegister


@cache
def unit_register() -> UnitRegister:
    """The register that printed names and portal codes are resolved with."""
    return UnitRegister.load()


def put_on_review(
    connection: psycopg.Connection, landing_id: int, source: str, reader_version: str, run_id: str, printed: str, province: str, on: date
) -> None:
    """Put a printed name that resolves to no single unit on the review list, with its candidates, best first; nothing if it does resolve."""
    resolution = unit_register().resolve(printed, province=province or None, on=on)
    if resolution.unit is not None:
        return
    candidates = [
        {"unit_code": unit.code, "valid_from": unit.valid_from.isoformat(), "full_name_vi": unit.full_name_vi, "province_code": unit.province_code}
        for unit in resolution.candidates
    ]
    connection.execute(
        "insert into raw.unit_review (landing_id, source, reader_version, printed_name_vi, province, on_date, reason, candidates, run_id)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (landing_id, source, reader_version, printed, province, on, resolution.reason or resolution.status, Jsonb(candidates), run_id),
    )
