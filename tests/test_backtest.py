"""A backtest says what today's rules would have held back, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from expectations import backtest, gate
from expectations.evaluation import Evaluation
from expectations.suites import source_checks, submission_checks
from tests.facts import BAD, GOOD, NEXT_QUARTER, TAM_THANH, submit
from tests.landings import dossiers, land, portal
from warehouse import db
from warehouse.catalogue import identities
from warehouse.model import Document, Figure, Finding, Header


def _judge(run_id: str) -> gate.Verdict:
    with db.connect("gate", autocommit=True) as connection:
        return gate.judge_submissions(connection, run_id)


def _run(**arguments: object) -> backtest.Backtest:
    with db.connect("gate", autocommit=True) as connection:
        return backtest.run(connection, **arguments)  # type: ignore[arg-type]


def _told(result: backtest.Backtest) -> set[tuple[str, str]]:
    return {(verdict.rule, verdict.change) for verdict in result.verdicts}


def _quality() -> list[tuple[object, ...]]:
    """Every row of every table of the gate, as text."""
    with db.connect("owner") as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "select relname from pg_class where relnamespace = 'quality'::regnamespace and relkind = 'r' and relname <> 'reminder_schedule'"
            )
        ]
        return [row for table in tables for row in connection.execute(f"select '{table}', t::text from quality.{table} t order by 2")]


def test_todays_rules_over_what_the_night_held(database: str) -> None:
    submit("bad.txt", BAD)
    submit("good.txt", GOOD, period=NEXT_QUARTER)
    dossiers([("a", "11", "1")])
    _judge("night-1")
    result = _run()
    assert result.submissions == 2
    assert _told(result) == {("report-resolved", "as now"), ("dossier-status", "as now")}


def test_a_rule_before_it_goes_live_lists_what_it_would_hold_and_writes_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = submit("bad.txt", BAD)
    submit("good.txt", GOOD, period=NEXT_QUARTER)
    _judge("night-1")
    before = _quality()
    real = gate.audit_stored

    def otherwise(connection: object, submission_id: int, version: str, run_id: str) -> int:
        found = real(connection, submission_id, version, run_id)  # type: ignore[arg-type]
        # Tomorrow's auditor judges the other way round.
        gap = 0 if submission_id == bad else 1
        query = "update quality.evaluation set gap = %s where (submission_id, audit_version, rule) = (%s, %s, 'report-resolved')"
        connection.execute(query, (gap, submission_id, version))  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(backtest, "audit_stored", otherwise)
    result = _run()
    assert {(verdict.period_key == NEXT_QUARTER.key, verdict.change) for verdict in result.verdicts} == {(True, "new"), (False, "released")}
    assert all(verdict.rule == "report-resolved" and verdict.unit_name_vi == "phường Tam Thanh" for verdict in result.verdicts)
    assert _quality() == before


def test_what_was_never_judged_is_new(database: str) -> None:
    submit("bad.txt", BAD)
    portal([{"TONG_SCORE": "81"}])
    assert _told(_run()) == {("report-resolved", "new"), ("index-sum", "new")}
    assert _quality() == []


def test_only_the_days_and_rules_asked_for(database: str) -> None:
    submit("bad.txt", BAD)
    portal([{"TONG_SCORE": "81"}], days_ago=30)
    long_ago = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date() - timedelta(days=10)
    assert _told(_run(since=long_ago)) == {("report-resolved", "new")}
    assert _told(_run(until=long_ago)) == {("index-sum", "new")}
    assert _told(_run(rules=("index-sum",))) == {("index-sum", "new")}
    with pytest.raises(ValueError, match="claimed-percentage holds nothing back"):
        _run(rules=("claimed-percentage",))


def test_a_submission_that_todays_auditor_cannot_judge_is_named(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = submit("good.txt", GOOD)
    submit("bad.txt", BAD, period=NEXT_QUARTER)
    real = gate.audit

    def fail(document: object, header: object, figures: object, evaluations: object) -> object:
        if header.period != NEXT_QUARTER:  # type: ignore[attr-defined]
            raise ValueError("no cell")
        return real(document, replace(header, flags=()), figures)  # type: ignore[arg-type, type-var]

    monkeypatch.setattr(gate, "audit", fail)
    result = _run()
    assert result.failed == (f"submission {submission}: ValueError: no cell",)
    assert ("report-resolved", "new") in _told(result)


def test_the_suites_hold_back_exactly_what_the_backtest_lists_for_every_rule(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations decides on the night and our SQL lists: each rule is broken once, the gate must not block and both must agree."""
    everything = submit("everything.txt", BAD)
    breaks = submit("breaks.txt", GOOD, period=NEXT_QUARTER)
    submit("stranger.txt", GOOD, replace(TAM_THANH, unit_code="", unit_valid_from=None))
    submit("empty.txt", {}, replace(TAM_THANH, kind="cchc"))
    with db.connect("loader") as connection:
        land(connection, "dossiers", "renamed.json", outcome="unexpected")
        for source in ("portal_index", "dossiers", "statutory_forms", "narrative_reports"):
            for rows in (100, 100, 100, 100, 100, 100, 1):
                land(connection, source, f"{source} volume", scope="H24/legacy", rows=rows)
        connection.execute(
            "insert into raw.onestop_statistics (landing_id, reader_version, pointer, interface, system, period_start, period_end, agency_code, agency_name_vi,"
            " domain_code, is_total, broken_identities, unit_code, payload)"
            " values (%s, 1, '/0', 'opencps', 'lang-son', '2026-01-01', '2026-01-31', 'a', 'a', '', false, '{5 is not 6}', '', '{}')",
            (land(connection, "onestop_statistics", "broken counts"),),
        )
    portal([{"TONG_SCORE": "81"}, {"TONG_SCORE": "tám mươi"}, {"TDGQ": "28", "TONG_SCORE": "90"}, {}], codes=("H37.1", "H37.2", "H37.3", "X"))
    dossiers([("a", "11", "1"), ("b", "1", "4")])
    held = {check.rule for check in [*source_checks(), *submission_checks()] if check.severity == "error"}
    listed = set(identities())
    real_judge, real_audit = gate.judge, gate.audit

    def judge(document: Document | None, header: Header, figures: Sequence[Figure]) -> Sequence[Evaluation]:
        found = list(real_judge(document, header, figures))
        if header.period == NEXT_QUARTER:
            raise ValueError("no cell")
        rules = sorted((held & listed) | {"a-new-rule"}) if found and not found[0].holds else []
        return [*found, *(replace(found[0], rule=rule) for rule in rules if rule != found[0].rule)]

    def audit(document: Document | None, header: Header, figures: Sequence[Figure], evaluations: Sequence[Evaluation]) -> Sequence[Finding]:
        found = real_audit(document, header, figures)
        rules = sorted((held & listed) | {"a-new-rule"}) if any(finding.severity == "error" for finding in found) else []
        return [*found, *(Finding(rule, "error", f"Sai theo {rule}.", (), {}) for rule in rules)]

    monkeypatch.setattr(gate, "judge", judge)
    monkeypatch.setattr(gate, "audit", audit)
    result = _run()
    assert _judge("night-1").blocking == ()
    with db.connect("gate") as connection:
        quarantined = connection.execute("select rule, landing_id, row_key from quality.quarantine where released_at is null").fetchall()
        numbers = dict(connection.execute("select submission_id, landing_id from quality.judged_submission").fetchall())
    assert {(verdict.rule, verdict.landing_id, verdict.row_key) for verdict in result.verdicts} == set(quarantined)
    assert {rule for rule, _, _ in quarantined} == held
    assert ("audited", numbers[breaks], "") in quarantined and ("auditor-finding", numbers[everything], "") in quarantined
