"""The gates: Great Expectations decides, exactly and once a stage.

A submission that breaks an error rule is held back with its reasons while the rest goes on; a failure of the whole
blocks the night. Every decision is a row of `quality.gate_result`.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb

from expectations.audit import audit
from expectations.identities import evaluate
from expectations.stored import load_submission
from expectations.suites import Check, mart_checks, submission_checks
from warehouse import db

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

Progress = Callable[[str], None]

AUDIT_VERSION = "1"
"""Raise it when the auditor judges differently: every submission is then audited again."""


@dataclass(frozen=True)
class Verdict:
    """What a gate decided: how many submissions or rows are held now, and which rules block the night."""

    held: int
    released: int
    blocking: tuple[str, ...]


def audit_new(connection: psycopg.Connection, run_id: str, progress: Progress = lambda _: None) -> int:
    """Audit every submission that this audit version has not seen, one transaction each.

    Returns:
        How many were audited.
    """
    pending = connection.execute(
        "select submission_id from quality.judged_submission where audit_version is distinct from %s order by submission_id", (AUDIT_VERSION,)
    ).fetchall()
    for (submission_id,) in pending:
        with connection.transaction():
            stored = load_submission(connection, submission_id)
            with connection.cursor() as cursor:
                cursor.executemany(
                    "insert into quality.evaluation (submission_id, audit_version, evaluation_no, rule, scope, subject, period_key, reading, relation,"
                    " left_value, right_value, gap, tolerance, severity) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    [
                        (
                            submission_id, AUDIT_VERSION, number, e.rule, e.scope, e.subject, e.period_key, e.reading, e.relation,
                            e.left, e.right, e.gap, e.tolerance, e.severity,
                        )
                        for number, e in enumerate(evaluate(stored.header, stored.figures), start=1)
                    ],
                )  # fmt: skip
                findings = audit(stored.document, stored.header, stored.figures)
                cursor.executemany(
                    "insert into quality.finding (submission_id, audit_version, rule, severity, message_vi, places, compared, run_id)"
                    " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                    [
                        (
                            submission_id, AUDIT_VERSION, finding.rule, finding.severity, finding.message_vi,
                            Jsonb([{"quote": place.quote, "locator": place.locator} for place in finding.places]), Jsonb(dict(finding.values)), run_id,
                        )
                        for finding in findings
                    ],
                )  # fmt: skip
                cursor.execute("insert into quality.audit (submission_id, audit_version, run_id) values (%s, %s, %s)", (submission_id, AUDIT_VERSION, run_id))
        progress(f"audited submission {submission_id}: {len(findings)} findings")
    return len(pending)


def judge_submissions(connection: psycopg.Connection, run_id: str, progress: Progress = lambda _: None) -> Verdict:
    """The gate before the marts. Audits, judges, holds back and releases.

    Returns:
        The verdict; `blocking` is never empty where something could not be evaluated.
    """
    audit_new(connection, run_id, progress)
    checks = submission_checks()
    results = _validate(checks, progress)
    with connection.transaction():
        blocking, failing = _record(connection, run_id, "submissions", checks, results)
        held, released = _quarantine(connection, run_id, failing)
        if blocking:
            _decide(connection, run_id, blocking)
    return Verdict(held, released, tuple(blocking))


def judge_marts(connection: psycopg.Connection, run_id: str, progress: Progress = lambda _: None) -> Verdict:
    """The gate before publishing: writes the night's verdict into `quality.run`."""
    published = connection.execute("select to_regclass('marts.figures') is not null").fetchone()
    count = connection.execute("select count(*) from marts.figures").fetchone() if published and published[0] else (0,)
    checks = mart_checks(count[0] if count else 0)
    results = _validate(checks, progress)
    with connection.transaction():
        blocking, _ = _record(connection, run_id, "marts", checks, results)
        _decide(connection, run_id, blocking)
    return Verdict(0, 0, tuple(blocking))


def _decide(connection: psycopg.Connection, run_id: str, blocking: Sequence[str]) -> None:
    """The night's verdict, which publish obeys."""
    connection.execute(
        "insert into quality.run (run_id, verdict, reasons) values (%s, %s, %s)"
        " on conflict (run_id) do update set verdict = excluded.verdict, reasons = excluded.reasons, judged_at = now()",
        (run_id, "blocked" if blocking else "publish", Jsonb(list(blocking))),
    )


def _validate(checks: Sequence[Check], progress: Progress) -> dict[int, ExpectationValidationResult | str]:
    """Run the checks, one suite a table; results by the check's place in `checks`, or why a table could not be opened."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.core import ExpectationSuite
    from great_expectations.datasource.fluent.interfaces import TestConnectionError

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    address = db.dsn("gate").replace("postgresql://", "postgresql+psycopg2://", 1)
    by_table: dict[str, list[int]] = defaultdict(list)
    for number, check in enumerate(checks):
        by_table[check.table].append(number)
    sources: dict[str, Any] = {}
    results: dict[int, ExpectationValidationResult | str] = {}
    for table, numbers in by_table.items():
        schema, name = table.split(".")
        if schema not in sources:
            sources[schema] = context.data_sources.add_postgres(schema, connection_string=f"{address}?options=-csearch_path%3D{schema}")
        try:
            asset = sources[schema].add_table_asset(table, table_name=name)
        except TestConnectionError as error:
            results |= dict.fromkeys(numbers, str(error)[:500])
            continue
        suite = ExpectationSuite(table)
        for number in numbers:
            expectation = checks[number].expectation()
            expectation.meta = {**(expectation.meta or {}), "number": number, "owner": checks[number].owner, "since": str(checks[number].since)}
            expectation.notes = checks[number].why
            suite.add_expectation(expectation)
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=table, data=asset.add_batch_definition_whole_table(table), suite=context.suites.add(suite))
        )
        # Counts only: failing values may name people, and are cut off at 200 anyway.
        outcome = definition.run(result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
        for result in outcome.results:
            results[result.expectation_config.meta["number"]] = result
        progress(f"judged {table}: {len(numbers)} expectations")
    return results


def _record(
    connection: psycopg.Connection, run_id: str, gate: str, checks: Sequence[Check], results: dict[int, ExpectationValidationResult | str]
) -> tuple[list[str], list[tuple[str, dict[str, Any]]]]:
    """Write a gate_result row per check; returns what blocks and the failing rows (rule, row) to hold back."""
    blocking: list[str] = []
    failing: list[tuple[str, dict[str, Any]]] = []
    for number, check in enumerate(checks):
        answer = results.get(number, "Great Expectations returned no result")
        result, exception = (None, answer) if isinstance(answer, str) else (answer, _exception(answer))
        unexpected = result.result.get("unexpected_count") if result is not None else None
        rows: list[dict[str, Any]] = []
        if exception:
            decision = "block"
        elif result is not None and result.success:
            decision = "pass"
        elif check.severity != "error":
            decision = "warn"
        elif check.failing_sql:
            cursor = connection.execute(check.failing_sql.replace("%%", "%"))
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            decision = "hold"
            if len(rows) != unexpected:  # the quarantine must hold exactly what failed
                decision, exception = "block", f"{unexpected} rows fail, {len(rows)} found to hold back"
        else:
            decision = "block"
        failing += [(check.rule, row) for row in rows]
        if decision == "block":
            found = exception or f"observed {result.result.get('observed_value', unexpected) if result is not None else None}"
            blocking.append(f"{check.rule} on {check.table}: {found} ({check.why})")
        connection.execute(
            "insert into quality.gate_result (run_id, gate, rule, target, severity, success, evaluated_count, unexpected_count, exception, decision)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                run_id, gate, check.rule, check.table, check.severity, bool(result is not None and result.success),
                result.result.get("element_count") if result is not None else None, unexpected, exception, decision,
            ),
        )  # fmt: skip
    return blocking, failing


def _exception(result: ExpectationValidationResult) -> str:
    """Why a check could not be evaluated; empty if it was."""
    info: dict[str, Any] = result.exception_info or {}
    for entry in [info, *[value for value in info.values() if isinstance(value, dict)]]:
        if entry.get("raised_exception"):
            return str(entry.get("exception_message"))[:500]
    return ""


def _quarantine(connection: psycopg.Connection, run_id: str, failing: Sequence[tuple[str, dict[str, Any]]]) -> tuple[int, int]:
    """Hold what fails now, release what no longer does; returns how many are held and how many were released."""
    current: dict[tuple[int, str, str], dict[str, Any]] = {}
    for rule, row in failing:  # several instances of one rule on one submission are one reason
        current.setdefault((row["landing_id"], row["row_key"], rule), row)
    open_rows = connection.execute("select quarantine_id, landing_id, row_key, rule from quality.quarantine where released_at is null").fetchall()
    known = {(landing_id, row_key, rule) for _, landing_id, row_key, rule in open_rows}
    gone = [quarantine_id for quarantine_id, landing_id, row_key, rule in open_rows if (landing_id, row_key, rule) not in current]
    connection.execute(
        "update quality.quarantine set released_at = now(), released_run_id = %s, release_reason = 'no longer fails' where quarantine_id = any(%s)", (run_id, gone)
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into quality.quarantine (source, landing_id, submission_id, row_key, rule, reason_vi, held_run_id) values (%s, %s, %s, %s, %s, %s, %s)",
            [
                (row["source"], landing_id, row["submission_id"], row_key, rule, row["reason_vi"], run_id)
                for (landing_id, row_key, rule), row in current.items()
                if (landing_id, row_key, rule) not in known
            ],
        )
    return len({(landing_id, row_key) for landing_id, row_key, _ in current}), len(gone)
