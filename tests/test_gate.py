"""The gate holds back exactly what breaks a rule, releases what no longer does, and blocks on what it cannot evaluate."""

from __future__ import annotations

import psycopg
import pytest

from expectations import gate, incidents
from expectations.suites import mart_checks, source_checks, submission_checks
from tests.facts import BAD, GOOD, NEXT_QUARTER, TAM_THANH, submit
from warehouse import db


def _judge(run_id: str = "night-1") -> gate.Verdict:
    with db.connect("gate", autocommit=True) as connection:
        return gate.judge_submissions(connection, run_id)


def _rows(query: str) -> list[tuple[object, ...]]:
    with db.connect("owner") as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_a_sum_that_fails_holds_back_that_submission_and_no_other(database: str) -> None:
    submit("good.txt", GOOD)
    bad = submit("bad.txt", BAD, period=NEXT_QUARTER)
    verdict = _judge()
    assert verdict.held == 1
    assert verdict.blocking == ()
    assert _rows("select submission_id, rule from quality.quarantine where released_at is null") == [(bad, "report-resolved")]
    ((reason,),) = _rows("select reason_vi from quality.quarantine")
    assert "312" in str(reason)
    assert "300" in str(reason)


def test_the_same_night_again_holds_nothing_twice(database: str) -> None:
    submit("bad.txt", BAD)
    _judge("night-1")
    assert _judge("night-2").held == 1
    assert _rows("select count(*) from quality.quarantine") == [(1,)]


def test_several_failing_instances_of_a_rule_are_one_reason(database: str) -> None:
    submit("bad.txt", {**BAD, "tthc_in_progress_total": 5, "tthc_in_progress_on_time": 1, "tthc_in_progress_overdue": 1})
    assert _judge().held == 1
    assert {rule for (rule,) in _rows("select rule from quality.quarantine")} == {"report-resolved", "report-in-progress"}


def test_a_unit_that_does_not_resolve_is_held_and_not_dropped(database: str) -> None:
    from dataclasses import replace

    submit("nobody.txt", GOOD, replace(TAM_THANH, unit_code="", unit_valid_from=None, unit_name="phường Không Có"))
    assert _judge().held == 1
    ((rule, reason),) = _rows("select rule, reason_vi from quality.quarantine")
    assert rule == "unit-resolved"
    assert "phường Không Có" in str(reason)


def test_a_submission_without_figures_is_held(database: str) -> None:
    submit("empty.txt", {})
    assert _judge().held == 1
    assert _rows("select rule from quality.quarantine") == [("has-figures",)]


def test_what_no_longer_fails_is_released_with_a_trace(database: str) -> None:
    submission = submit("bad.txt", BAD)
    _judge("night-1")
    with db.connect("owner") as connection:  # as a later audit version would: the same submission judged sound
        connection.execute("update quality.evaluation set gap = 0 where submission_id = %s", (submission,))
    assert _judge("night-2").released == 1
    assert _rows("select held_run_id, released_run_id, release_reason from quality.quarantine") == [("night-1", "night-2", "no longer fails")]


def test_a_quarantine_that_misses_a_failing_row_blocks(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submit("bad.txt", BAD)
    from dataclasses import replace

    checks = [replace(check, failing_sql=check.failing_sql + " limit 0") if check.failing_sql else check for check in submission_checks()]
    monkeypatch.setattr(gate, "submission_checks", lambda: checks)
    assert any("1 rows fail, 0 found to hold back" in reason for reason in _judge().blocking)
    assert _rows("select verdict from quality.run") == [("blocked",)]


def test_what_cannot_be_evaluated_blocks(database: str) -> None:
    with db.connect("gate", autocommit=True) as connection:  # no candidate tables exist at all
        verdict = gate.judge_marts(connection, "night-1")
    assert verdict.blocking
    assert _rows("select verdict from quality.run where run_id = 'night-1'") == [("blocked",)]


def test_every_check_says_who_owns_it_and_why() -> None:
    checks = [*source_checks(), *submission_checks(), *mart_checks({})]
    assert len(checks) > 30
    for check in checks:
        assert check.why, check.rule
        expectation = check.expectation()
        assert expectation.meta["rule"] == check.rule


def test_a_correction_recovers_the_incident(database: str) -> None:
    submit("bad.txt", BAD)
    _judge("night-1")
    with db.connect("gate", autocommit=True) as connection:
        assert incidents.update(connection, "night-1").opened == 1
        assert incidents.update(connection, "night-1") == incidents.IncidentChanges(0, 1, 0)
    submit("corrected.txt", GOOD)
    _judge("night-2")
    with db.connect("gate", autocommit=True) as connection:
        assert incidents.update(connection, "night-2") == incidents.IncidentChanges(0, 0, 1)


def test_failed_attempts_open_incidents_once(database: str) -> None:
    with db.connect("loader") as connection:
        for run_id in ("night-1", "night-2"):
            connection.execute(
                "insert into raw.attempt (run_id, stage, source, origin, outcome, reason, started_at, duration_ms)"
                " values (%s, 'land', 'portal_index', 'https://portal.example/x', 'unreachable', 'refused the connection', now(), 3)",
                (run_id,),
            )
    with db.connect("gate", autocommit=True) as connection:
        assert incidents.update(connection, "night-1").opened == 1
        assert incidents.update(connection, "night-2").opened == 0
    with db.connect("loader") as connection:
        connection.execute(
            "insert into raw.attempt (run_id, stage, source, origin, outcome, started_at, duration_ms) values ('night-3', 'land', 'portal_index', 'https://portal.example/x', 'seen_again', now(), 3)"
        )
    with db.connect("gate", autocommit=True) as connection:
        assert incidents.update(connection, "night-3").recovered == 1


def test_the_analyst_cannot_read_the_gate(database: str) -> None:
    with db.connect("analyst") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from quality.quarantine")
