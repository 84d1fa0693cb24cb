"""Waivers: a person admits what a rule holds back, with a reason, for a time. Every other rule still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import psycopg

from expectations.suites import source_checks, submission_checks

_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_LONGEST_DAYS = 400
"""A waiver that outlives a year's reports is a rule to be changed."""
_SHORTEST_REASON = 10


class WaiverError(ValueError):
    """A waiver that cannot be granted or withdrawn; the text says what to change."""


@dataclass(frozen=True)
class Waiver:
    """A waiver as it stands in `quality.waiver`."""

    waiver_id: int
    rule: str
    landing_id: int | None
    unit_code: str
    period_key: str
    reason: str
    granted_by: str
    valid_until: date


def waivable_rules() -> tuple[str, ...]:
    """Rules that hold something back; what blocks the whole night cannot be waived for one landing."""
    return tuple(sorted({check.rule for check in [*source_checks(), *submission_checks()] if check.severity == "error" and check.failing_sql}))


def grant(
    connection: psycopg.Connection,
    rule: str,
    *,
    reason: str,
    granted_by: str,
    valid_until: date,
    landing_id: int | None = None,
    unit_code: str = "",
    period_key: str = "",
) -> Waiver:
    """Admit what `rule` holds back of one landing, or of one unit and period, through `valid_until`.

    It takes effect at the next submissions' gate and ends by itself.

    Raises:
        WaiverError: no such rule, unit, period or landing; neither or both of landing and unit with period; no reason; a day that is past or too far.
    """
    today = datetime.now(_HANOI).date()
    if rule not in waivable_rules():
        raise WaiverError(f"{rule!r} holds nothing back; rules that do: {', '.join(waivable_rules())}")
    if (landing_id is None) == (not unit_code) or bool(unit_code) != bool(period_key):
        raise WaiverError("name either a landing, or a unit together with a period")
    if len(reason.strip()) < _SHORTEST_REASON or not granted_by.strip():
        raise WaiverError(f"say why in at least {_SHORTEST_REASON} characters, and which office or account answers for it")
    if not today <= valid_until or (valid_until - today).days > _LONGEST_DAYS:
        raise WaiverError(f"the last day must lie between today and {_LONGEST_DAYS} days from now, not {valid_until:%d/%m/%Y}")
    with connection.transaction():
        if landing_id is not None and connection.execute("select from raw.landing where landing_id = %s", (landing_id,)).fetchone() is None:
            raise WaiverError(f"there is no landing {landing_id}; `tthc status` lists what is held back")
        if (
            unit_code
            and connection.execute(
                "select from quality.judged_submission where unit_code = %(unit)s and period_key = %(period)s union all"
                " select from raw.portal_index where unit_code = %(unit)s and 'calendar:' || period_start || ':' || period_end = %(period)s limit 1",
                {"unit": unit_code, "period": period_key},
            ).fetchone()
            is None
        ):
            raise WaiverError(f"nothing has arrived of unit {unit_code} and period {period_key}; a period is written statutory:2025-12-15:2026-03-14")
        row = connection.execute(
            "insert into quality.waiver (rule, landing_id, unit_code, period_key, reason, granted_by, valid_until) values (%s, %s, %s, %s, %s, %s, %s)"
            " returning waiver_id",
            (rule, landing_id, unit_code, period_key, reason.strip(), granted_by.strip(), valid_until),
        ).fetchone()
    assert row is not None  # returning
    return Waiver(int(row[0]), rule, landing_id, unit_code, period_key, reason.strip(), granted_by.strip(), valid_until)


def withdraw(connection: psycopg.Connection, waiver_id: int, *, withdrawn_by: str) -> None:
    """End a waiver now; what still fails is held back again at the next gate.

    Raises:
        WaiverError: there is no such waiver in force, or nobody answers for the withdrawal.
    """
    if not withdrawn_by.strip():
        raise WaiverError("say which office or account withdraws it")
    with connection.transaction():
        ended = connection.execute(
            "update quality.waiver set withdrawn_at = now(), withdrawn_by = %s where waiver_id in (select waiver_id from quality.waiver_in_force where waiver_id = %s)",
            (withdrawn_by.strip(), waiver_id),
        ).rowcount
    if not ended:
        raise WaiverError(f"waiver {waiver_id} is not in force; `tthc waivers` lists those that are")


def in_force(connection: psycopg.Connection) -> list[Waiver]:
    """The waivers that admit something today, the oldest first."""
    return [
        Waiver(*row)
        for row in connection.execute(
            "select waiver_id, rule, landing_id, unit_code, period_key, reason, granted_by, valid_until from quality.waiver_in_force order by waiver_id"
        )
    ]
