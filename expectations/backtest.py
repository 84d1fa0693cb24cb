"""Backtest: today's auditor and suites over past landings, and what they would have held back. Writes nothing.

For the day before a rule goes live: run it from the branch that has the rule, against the warehouse that has the history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import psycopg

from expectations import quarantine
from expectations.checks import HOLD_COLUMNS
from expectations.gate import audit_stored
from expectations.suites import source_checks, submission_checks

_VERSION = "backtest"


@dataclass(frozen=True)
class Verdict:
    """One reason to hold something back: as it stands now and as today's suites would have it."""

    rule: str
    change: Literal["new", "as now", "released"]
    """`new`: not held now for this rule; `released`: held now and no longer."""
    source: str
    landing_id: int
    row_key: str
    unit_name_vi: str
    period_key: str
    fetched_on: date
    reason_vi: str


@dataclass(frozen=True)
class Backtest:
    """What came of a backtest; `verdicts` by landing, row and rule."""

    submissions: int
    """Audited anew."""
    failed: tuple[str, ...]
    """Submissions on which today's auditor fails, each with the error; the night would hold them back (rule `audited`)."""
    verdicts: tuple[Verdict, ...]


def run(
    connection: psycopg.Connection,
    *,
    since: date | None = None,
    until: date | None = None,
    rules: tuple[str, ...] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Backtest:
    """Judge the landings fetched from `since` through `until` (Asia/Ho_Chi_Minh) as tonight's gate would; all is rolled back.

    The rows come from the same SQL that the gate holds back by, which must agree with Great Expectations row for row.

    Args:
        rules: only these; empty for all.

    Raises:
        ValueError: a rule that holds nothing back.
    """
    checks = [check for check in [*source_checks(), *submission_checks()] if check.severity == "error" and check.failing_sql]
    unknown = set(rules) - {check.rule for check in checks}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} holds nothing back; rules that do: {', '.join(sorted({check.rule for check in checks}))}")
    with connection.transaction(force_rollback=True), quarantine.workspace(connection):
        judged, failed = _audit(connection, since, until, progress)
        for check in checks:
            if not rules or check.rule in rules:
                quarantine.collect(connection, check)
        quarantine.merge(connection)
        rows = connection.execute(_COMPARED, {"since": since, "until": until, "rules": list(rules), "failed": [number for number, _ in failed]}).fetchall()
    return Backtest(judged, tuple(f"submission {number}: {error}" for number, error in failed), tuple(Verdict(*row) for row in rows))


def _audit(connection: psycopg.Connection, since: date | None, until: date | None, progress: Callable[[str], None]) -> tuple[int, list[tuple[int, str]]]:
    pending = connection.execute(
        f"select submission_id from quality.judged_submission as landing where {_WITHIN} order by submission_id", {"since": since, "until": until}
    ).fetchall()
    failed = []
    for done, (submission_id,) in enumerate(pending, start=1):
        try:
            audit_stored(connection, submission_id, _VERSION, _VERSION)
        except (ValueError, LookupError, ArithmeticError) as error:
            failed.append((int(submission_id), f"{type(error).__name__}: {error}"))
        if done % 500 == 0:
            progress(f"audited {done} of {len(pending)} submissions")
    # Within this transaction the newest audit is the backtest's, whatever the clock said on the nights.
    connection.execute("update quality.audit set audited_at = 'infinity' where audit_version = %s", (_VERSION,))
    return len(pending), failed


_WITHIN = """
    (%(since)s::date is null or (landing.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date >= %(since)s)
    and (%(until)s::date is null or (landing.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date <= %(until)s)"""

_COMPARED = f"""
    with as_judged as (
        select {HOLD_COLUMNS}, rule from pg_temp.failing where waiver_id is null
    ),
    now_held as (
        select {HOLD_COLUMNS}, rule from quality.quarantine where released_at is null and (%(rules)s::text[] = '{{}}' or rule = any(%(rules)s))
    )
    select rule,
        case when now_held.landing_id is null then 'new' when as_judged.landing_id is null then 'released' else 'as now' end,
        coalesce(as_judged.source, now_held.source), landing_id, row_key, coalesce(submission.unit_name_vi, ''), coalesce(submission.period_key, landing.edition),
        (landing.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date, coalesce(as_judged.reason_vi, now_held.reason_vi)
    from as_judged
    full join now_held using (landing_id, row_key, rule)
    inner join raw.landing as landing using (landing_id)
    left join quality.judged_submission as submission using (landing_id)
    where {_WITHIN} and not (coalesce(submission.submission_id = any(%(failed)s), false) and rule <> 'audited')
    order by landing_id, row_key, rule"""
