"""The gates: Great Expectations decides, exactly and once a stage.

A submission that breaks an error rule is held back with its reasons while the rest goes on; a failure of the whole
blocks the night. Every decision is a row of `quality.gate_result`.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from expectations import doubts, quarantine
from expectations.audit import audit, judge
from expectations.fingerprint import audit_version
from expectations.stored import load_submission
from expectations.suites import MART_KEYS, Check, Gate, mart_checks, source_checks, submission_checks
from warehouse import db
from warehouse.model import SHOWN_MARTS, Finding
from warehouse.parallel import read_ahead
from warehouse.settings import settings

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

Progress = Callable[[str], None]

_AUDIT_BATCH = 100


@dataclass(frozen=True)
class Verdict:
    """What a gate decided: how many submissions or rows are held now, and which rules block the night."""

    held: int
    released: int
    blocking: tuple[str, ...]


def audit_new(connection: psycopg.Connection, run_id: str, progress: Progress = lambda _: None) -> int:
    """Audit every submission that this audit version has not seen, in transactions of a hundred; many are judged by several processes.

    A submission on which the auditor fails stays unaudited, which holds it back (rule `audited`).

    Returns:
        How many were audited.
    """
    version = audit_version()
    pending = [
        submission_id
        for (submission_id,) in connection.execute(
            "select submission_id from quality.judged_submission where audit_version is distinct from %s order by submission_id", (version,)
        )
    ]
    batches = [pending[start : start + _AUDIT_BATCH] for start in range(0, len(pending), _AUDIT_BATCH)]
    done = 0
    for batch in read_ahead(batches, _audited_apart) if len(batches) > 1 else (_audited(connection, batch) for batch in batches):
        judged = [(submission_id, found) for submission_id, found in batch if isinstance(found, _Judged)]
        with connection.transaction():
            _store(connection, version, run_id, judged)
        done += len(judged)
        for submission_id, found in batch:
            told = f"audited submission {submission_id}: {len(found.findings)} findings" if isinstance(found, _Judged) else ""
            progress(told or f"submission {submission_id} cannot be audited and is held back: {found}")
    return done


class _Judged(NamedTuple):
    """What the auditor made of one submission."""

    evaluations: Sequence[tuple[Any, ...]]
    """Rows of `quality.evaluation` from `evaluation_no` on: plain values pass between processes at little cost."""
    findings: Sequence[Finding]


def _audited(connection: psycopg.Connection, submissions: Sequence[int]) -> list[tuple[int, _Judged | str]]:
    """Each submission with what the auditor made of it, or why it could not judge it."""
    found: list[tuple[int, _Judged | str]] = []
    for submission_id in submissions:
        try:
            found.append((submission_id, _judge(connection, submission_id)))
        except (ValueError, LookupError, ArithmeticError) as error:
            found.append((submission_id, f"{type(error).__name__}: {error}"))
    return found


def _audited_apart(submissions: Sequence[int]) -> Iterator[list[tuple[int, _Judged | str]]]:
    """The same in a process of its own, which has its own connection."""
    with db.connect("gate") as connection:
        yield _audited(connection, submissions)


def _judge(connection: psycopg.Connection, submission_id: int) -> _Judged:
    stored = load_submission(connection, submission_id)
    evaluations = judge(stored.document, stored.header, stored.figures)
    rows = [
        (number, e.rule, e.scope, e.subject, e.period_key, e.reading, e.relation, e.left, e.right, e.gap, e.tolerance, e.severity)
        for number, e in enumerate(evaluations, start=1)
    ]
    return _Judged(rows, audit(stored.document, stored.header, stored.figures, evaluations))


def audit_stored(connection: psycopg.Connection, submission_id: int, version: str, run_id: str) -> int:
    """Audit one stored submission and write its evaluations and findings under `version`; the caller commits.

    Returns:
        How many findings it has.

    Raises:
        ValueError, LookupError, ArithmeticError: the auditor cannot judge it; nothing is written.
    """
    judged = _judge(connection, submission_id)
    _store(connection, version, run_id, [(submission_id, judged)])
    return len(judged.findings)


def _store(connection: psycopg.Connection, version: str, run_id: str, judged: Sequence[tuple[int, _Judged]]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(
            "copy quality.evaluation (submission_id, audit_version, evaluation_no, rule, scope, subject, period_key, reading, relation,"
            " left_value, right_value, gap, tolerance, severity) from stdin"
        ) as copy:
            for submission_id, (evaluations, _) in judged:
                for row in evaluations:
                    copy.write_row((submission_id, version, *row))
        with cursor.copy("copy quality.finding (submission_id, audit_version, rule, severity, message_vi, places, compared, run_id) from stdin") as copy:
            for submission_id, (_, findings) in judged:
                for finding in findings:
                    places = [{"quote": place.quote, "locator": place.locator} for place in finding.places]
                    copy.write_row(
                        (
                            submission_id, version, finding.rule, finding.severity, finding.message_vi, Jsonb(places), Jsonb(dict(finding.values)), run_id,
                        )
                    )  # fmt: skip
        with cursor.copy("copy quality.audit (submission_id, audit_version, run_id) from stdin") as copy:
            for submission_id, _ in judged:
                copy.write_row((submission_id, version, run_id))


def judge_submissions(connection: psycopg.Connection, run_id: str, progress: Progress = lambda _: None) -> Verdict:
    """The gates at the source and at the submission. Audits, judges, holds back and releases.

    Returns:
        The verdict; `blocking` is never empty where something could not be evaluated.
    """
    audit_new(connection, run_id, progress)
    # What arrives or is audited while Great Expectations looks was not judged by this pass.
    judged = connection.execute("select array_agg(submission_id) from quality.judged_submission where audit_version is not null").fetchone()
    checks = [*source_checks(), *submission_checks()]
    results = _validate(checks, progress)
    with quarantine.workspace(connection):
        blocking = _record(connection, run_id, checks, results)
        if blocking:  # an incomplete list must neither hold nor release
            settled = quarantine.Settled(quarantine.held_now(connection), 0)
        else:
            settled = quarantine.settle(connection, run_id)
            connection.execute(
                "update quality.audit set gated_run_id = %s where gated_run_id is null and submission_id = any(%s)", (run_id, judged[0] if judged else [])
            )
            _forget_superseded(connection, settings().tthc_history_days)
        _judgement(connection, run_id, "submissions", blocking)
        if blocking:
            _decide(connection, run_id, blocking)
    progress(f"held back: {settled.held}, no longer: {settled.released}")
    return Verdict(settled.held, settled.released, tuple(blocking))


def _forget_superseded(connection: psycopg.Connection, days: int) -> None:
    """Let go of what earlier versions of the auditor found, once it is older than `days`; that they audited stays known."""
    for table in ("evaluation", "finding"):
        connection.execute(
            sql.SQL(
                "delete from {} as old using quality.audit as audit where (old.submission_id, old.audit_version) = (audit.submission_id, audit.audit_version)"
                " and audit.audited_at < now() - make_interval(days => %s)"
                " and exists (select from quality.audit as newer where newer.submission_id = audit.submission_id and newer.audited_at > audit.audited_at)"
            ).format(sql.Identifier("quality", table)),
            (days,),
        )


def judge_marts(connection: psycopg.Connection, run_id: str, progress: Progress = lambda _: None) -> Verdict:
    """The gate before publishing: writes the night's verdict into `quality.run`."""
    published = _published_rows(connection)
    sources = connection.execute("select coalesce(array_agg(distinct source), '{}') from marts.figures").fetchone() if published.get("figures_told") else None
    checks = mart_checks(published, tuple(sources[0]) if sources else ())
    results = _validate(checks, progress)
    with quarantine.workspace(connection):
        blocking = _record(connection, run_id, checks, results)
        before = connection.execute(
            "select blocking from quality.judgement where run_id = %s and gate = 'submissions' order by judgement_id desc limit 1", (run_id,)
        ).fetchone()
        if before is None:
            blocking.append("judged on submissions: this run's submissions were not judged; run the submissions' gate first")
        elif before[0]:
            blocking += before[0]
        _judgement(connection, run_id, "marts", blocking)
        _decide(connection, run_id, blocking)
    return Verdict(0, 0, tuple(blocking))


def _published_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every published mart; without those that are not published yet, and without the dossiers that an earlier release kept among what was told."""
    counts = {}
    told = {parts[0] for parts in SHOWN_MARTS.values()}
    for table in MART_KEYS:
        exists = connection.execute("select to_regclass(%s) is not null", (f"marts.{table}",)).fetchone()
        if exists and exists[0]:
            among = sql.SQL(" where source <> 'dossiers'" if table in told else "")
            row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("marts", table)) + among).fetchone()
            counts[table] = int(row[0]) if row else 0
    return counts


def _judgement(connection: psycopg.Connection, run_id: str, gate: Gate, blocking: Sequence[str]) -> None:
    connection.execute(
        "insert into quality.judgement (run_id, gate, blocking, newest_landing_id) values (%s, %s, %s, (select coalesce(max(landing_id), 0) from raw.landing))",
        (run_id, gate, Jsonb(list(blocking))),
    )


def _decide(connection: psycopg.Connection, run_id: str, blocking: Sequence[str]) -> None:
    """The night's verdict, which publish obeys."""
    connection.execute(
        "insert into quality.run (run_id, verdict, reasons) values (%s, %s, %s)"
        " on conflict (run_id) do update set verdict = excluded.verdict, reasons = excluded.reasons, judged_at = now()",
        (run_id, "blocked" if blocking else "publish", Jsonb(list(blocking))),
    )


class _ImportedWhenUsed(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def _validate(checks: Sequence[Check], progress: Progress) -> dict[int, ExpectationValidationResult | str]:
    """Run the checks, one suite a table; results by the check's place in `checks`, or why a table could not be opened."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in ("altair", "scipy.stats"):  # a third of the time of the import, and no check of ours uses them
        sys.modules.setdefault(name, _ImportedWhenUsed(name))
    import great_expectations as gx
    from great_expectations.core import ExpectationSuite
    from great_expectations.datasource.fluent.interfaces import TestConnectionError
    from sqlalchemy.exc import SQLAlchemyError

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    address = db.dsn("gate").replace("postgresql://", "postgresql+psycopg2://", 1)
    judged: dict[tuple[str, str], list[int]] = {}
    for number, check in enumerate(checks):
        view = f"select * from {check.table}" if check.table.startswith("quality.") else ""
        judged.setdefault((check.table, check.query or view), []).append(number)
    sources: dict[str, Any] = {}
    results: dict[int, ExpectationValidationResult | str] = {}
    for order, ((table, query), numbers) in enumerate(judged.items()):
        schema, name = ("quality", table) if query else table.split(".")
        if schema not in sources:
            sources[schema] = context.data_sources.add_postgres(
                schema,
                connection_string=f"{address}?options=-csearch_path%3D{schema}",
                create_temp_table=True,  # a query is worked out once, not by every statement of every expectation
            )
        title = f"{order} {table}"
        try:
            asset = (
                sources[schema].add_query_asset(title, query=f"select * from ({query}) as judged")
                if query
                else sources[schema].add_table_asset(title, table_name=name)
            )
        except TestConnectionError as error:
            results |= dict.fromkeys(numbers, str(error)[:500])
            continue
        suite = ExpectationSuite(title)
        for number in numbers:
            expectation = checks[number].expectation()
            expectation.meta = {**(expectation.meta or {}), "number": number, "owner": checks[number].owner, "since": str(checks[number].since)}
            expectation.notes = checks[number].why
            suite.add_expectation(expectation)
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=title, data=asset.add_batch_definition_whole_table(title), suite=context.suites.add(suite))
        )
        # Counts only: failing values may name people, and are cut off at 200 anyway.
        try:
            outcome = definition.run(result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
        except SQLAlchemyError as error:  # the query of the rows to be judged fails
            results |= dict.fromkeys(numbers, str(error)[:500])
            continue
        for result in outcome.results:
            results[result.expectation_config.meta["number"]] = result
        progress(f"judged {table}: {len(numbers)} expectations")
    return results


def _record(connection: psycopg.Connection, run_id: str, checks: Sequence[Check], results: dict[int, ExpectationValidationResult | str]) -> list[str]:
    """Write a gate_result row per check, collect the rows to hold back, note the doubts; returns what blocks."""
    blocking: list[str] = []
    doubtful: list[tuple[Check, int]] = []
    for number, check in enumerate(checks):
        answer = results.get(number, "Great Expectations returned no result")
        result, exception = (None, answer) if isinstance(answer, str) else (answer, _exception(answer))
        unexpected = result.result.get("unexpected_count") if result is not None else None
        observed = result.result.get("observed_value") if result is not None else None
        if exception:
            decision = "block"
        elif result is not None and result.success:
            decision = "pass"
        elif check.severity != "error":
            decision = "warn"
        elif check.failing_sql:
            decision = "hold"
            found = quarantine.collect(connection, check)
            if found != unexpected:  # the quarantine must hold exactly what failed
                decision, exception = "block", f"{unexpected} rows fail, {found} found to hold back"
        else:
            decision = "block"
        if check.severity != "error" and check.failing_sql and decision != "block":
            doubtful.append((check, int(unexpected or 0)))
        if decision == "block":
            blocking.append(f"{check.rule} on {check.table}: {exception or f'observed {observed if observed is not None else unexpected}'} ({check.why})")
        connection.execute(
            "insert into quality.gate_result (run_id, gate, rule, target, severity, success, evaluated_count, unexpected_count, exception, decision, owner, why, since, observed)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                run_id, check.gate, check.rule, check.table, check.severity, bool(result is not None and result.success),
                result.result.get("element_count") if result is not None else None, unexpected, exception, decision,
                check.owner, check.why, check.since, "" if observed is None else str(observed)[:500],
            ),
        )  # fmt: skip
    return blocking + doubts.note(connection, run_id, doubtful)


def _exception(result: ExpectationValidationResult) -> str:
    """Why a check could not be evaluated; empty if it was."""
    info: dict[str, Any] = result.exception_info or {}
    for entry in [info, *[value for value in info.values() if isinstance(value, dict)]]:
        if entry.get("raised_exception"):
            return str(entry.get("exception_message"))[:500]
    return ""
