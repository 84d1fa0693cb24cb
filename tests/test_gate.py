"""The gate holds back exactly what breaks a rule, releases what no longer does, and blocks on what it cannot evaluate."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from expectations import gate, incidents
from expectations.fingerprint import audit_version, fingerprint
from expectations.suites import mart_checks, source_checks, submission_checks
from tests.facts import BAD, GOOD, NEXT_QUARTER, QUARTER, TAM_THANH, submit
from tests.landings import dossiers, land, portal
from warehouse import db
from warehouse.catalogue import SEEDS
from warehouse.settings import ROOT


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


# --- the source ---------------------------------------------------------------------------------------------------------------


def _held() -> list[tuple[object, ...]]:
    return _rows(
        "select landing_id, row_key, rule from quality.quarantine where released_at is null and corrected_at is null order by landing_id, row_key, rule"
    )


def test_broken_rows_of_a_source_are_held_each_with_all_its_reasons(database: str) -> None:
    served = portal(
        [{}, {"TONG_SCORE": "81"}, {"TONG_SCORE": "tám mươi"}, {"TDGQ": "21", "TONG_SCORE": "83"}, {"TDGQ": "", "TONG_SCORE": "62"}, {"TONG_SCORE": "79"}],
        codes=["H37.1", "H37.2", "H37.3", "H37.4", "H37.5", "37/6"],
    )
    exchanged = dossiers([("a", "9", "1"), ("b", "11", "7"), ("c", "2", "")])
    verdict = _judge()
    assert verdict.blocking == ()
    assert _held() == [
        (served, "/1", "index-sum"), (served, "/2", "index-number"), (served, "/3", "index-maximum"), (served, "/5", "index-sum"), (served, "/5", "portal-code"),
        (exchanged, "/1", "dossier-channel"), (exchanged, "/1", "dossier-status"),
    ]  # fmt: skip
    assert verdict.held == 5


def test_a_landing_that_breaks_its_contract_or_its_volume_is_held_alone(database: str) -> None:
    with db.connect("loader") as connection:
        land(connection, "dossiers", "torn.json", outcome="unexpected")
    usual = [portal([{}] * 10, edition=f"quarter:2026:{n}") for n in (1, 2, 3)]
    thin = portal([{}] * 4, edition="quarter:2026:4")
    assert _judge().blocking == ()
    assert [(landing, rule) for landing, _, rule in _held()] == [(usual[0] - 1, "source-contract"), (thin, "source-volume")]
    again = portal([{}] * 10, edition="quarter:2026:4")
    assert _judge("night-2").held == 1  # the whole answer took the place of the thin one
    assert _rows(f"select corrected_by_landing_id from quality.quarantine where landing_id = {thin}") == [(again,)]


def test_what_a_newer_reader_reads_keeps_its_contract(database: str) -> None:
    with db.connect("loader") as connection:
        landing = land(connection, "dossiers", "torn.json", outcome="unexpected")
    assert _judge().held == 1
    with db.connect("loader") as connection:
        connection.execute(
            "insert into raw.attempt (run_id, stage, source, outcome, landing_id, row_count, started_at, duration_ms) values ('t', 'parse', 'dossiers', 'parsed', %s, 1, now(), 1)",
            (landing,),
        )
    assert _judge("night-2").held == 0


def test_a_silent_source_is_a_warning_that_ends_with_its_next_answer(database: str) -> None:
    portal([{}], days_ago=4)
    verdict = _judge()
    assert (verdict.held, verdict.blocking) == (0, ())
    assert _rows("select rule, source, severity from quality.doubt where cleared_at is null") == [("source-stale", "portal_index", "warning")]
    portal([{}], edition="quarter:2026:2")
    _judge("night-2")
    assert _rows("select found_run_id, cleared_run_id from quality.doubt") == [("night-1", "night-2")]


# --- versions and periods -----------------------------------------------------------------------------------------------------


def test_the_same_period_sent_again_with_other_numbers_is_told_as_a_correction(database: str) -> None:
    submit("first.txt", GOOD)
    submit("second.txt", {**GOOD, "tthc_resolved_total": 301, "tthc_resolved_early": 251})
    assert _judge().held == 0
    ((message, severity),) = _rows("select message_vi, severity from quality.doubt")
    assert severity == "info"
    assert "tthc_resolved_total 300 → 301" in str(message)
    assert "2 số liệu thay đổi" in str(message)


def test_a_submission_sent_again_unchanged_is_no_news(database: str) -> None:
    submit("first.txt", GOOD)
    submit("second.txt", GOOD)
    _judge()
    assert _rows("select count(*) from quality.doubt") == [(0,)]


@pytest.mark.parametrize(("opening", "doubts"), [(41, 0), (40, 1)])
def test_what_was_open_at_the_end_of_a_period_opens_the_next(database: str, opening: int, doubts: int) -> None:
    closing = {"tthc_in_progress_total": 41, "tthc_in_progress_on_time": 41, "tthc_in_progress_overdue": 0}
    for name, numbers, period in (("quy1", closing, QUARTER), ("quy2", {"tthc_carried_over": opening}, NEXT_QUARTER)):
        submission = submit(f"{name}.xlsx", numbers, period=period)
        with db.connect("owner") as connection:  # the writer of tests makes reports; a form differs by its source only
            connection.execute("update facts.submission set source = 'statutory_forms', kind = 'form-06' where submission_id = %s", (submission,))
            connection.execute("update facts.figure set locator = 'Bieu!C7' where submission_id = %s", (submission,))
    assert _judge().held == 0
    assert _rows("select count(*) from quality.doubt where rule = 'form-roll-forward' and severity = 'warning'") == [(doubts,)]


def test_a_submission_without_a_period_is_doubted_and_goes_on(database: str) -> None:
    submit("open-ended.txt", GOOD, replace(TAM_THANH, period=None))
    assert _judge().held == 0
    assert ("period-missing",) in _rows("select rule from quality.doubt")


def test_an_error_of_the_auditor_under_an_unknown_rule_holds_back(database: str) -> None:
    submission = submit("good.txt", GOOD)
    _judge("night-1")
    with db.connect("owner") as connection:
        connection.execute(
            "insert into quality.finding (submission_id, audit_version, rule, severity, message_vi, places, compared, run_id)"
            " values (%s, %s, 'a-new-rule', 'error', 'Sai.', '[]', '{}', 't')",
            (submission, audit_version()),
        )
        connection.execute("update quality.evaluation set rule = 'another-rule', gap = 1 where submission_id = %s and severity = 'error'", (submission,))
    assert _judge("night-2").held == 1
    assert {rule for _, _, rule in _held()} == {"auditor-finding", "auditor-evaluation"}


def test_a_submission_that_cannot_be_audited_is_held_and_the_others_go_on(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submit("good.txt", GOOD)
    broken = submit("odd.txt", {"tthc_withdrawn": 3}, period=NEXT_QUARTER)
    real = gate.audit

    def fail(document: object, header: object, figures: list[object], evaluations: object) -> object:
        if len(figures) == 1:
            raise KeyError("a measure of tomorrow")
        return real(document, header, figures, evaluations)  # type: ignore[arg-type]

    monkeypatch.setattr(gate, "audit", fail)
    verdict = _judge()
    assert (verdict.held, verdict.blocking) == (1, ())
    assert _rows("select submission_id, rule from quality.quarantine") == [(broken, "audited")]
    with db.connect("gate", autocommit=True) as connection:
        incidents.update(connection, "night-1")
    assert _rows("select unit_code from quality.incident where rule = 'audited'") == [("",)]  # the operator's fault, not the unit's
    monkeypatch.setattr(gate, "audit", real)
    assert _judge("night-2").held == 0


def test_doubts_never_hold_back(database: str) -> None:
    submit("first.txt", GOOD)
    submit("second.txt", {**GOOD, "tthc_withdrawn": 7})
    assert _judge().held == 0
    assert _rows("select decision from quality.gate_result where rule = 'restated'") == [("warn",)]
    assert _rows("select count(*) from quality.quarantine") == [(0,)]


def test_the_marts_are_not_judged_before_their_submissions(database: str) -> None:
    with db.connect("gate", autocommit=True) as connection:
        assert any("were not judged" in reason for reason in gate.judge_marts(connection, "night-1").blocking)


def test_a_blocked_submissions_gate_cannot_be_passed_by_clearing_the_next_task(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submit("bad.txt", BAD)
    real = submission_checks()
    monkeypatch.setattr(
        gate, "submission_checks", lambda: [replace(check, failing_sql=f"{check.failing_sql} limit 0") if check.failing_sql else check for check in real]
    )
    assert _judge().blocking
    assert _rows("select count(*) from quality.quarantine") == [(0,)]
    with db.connect("gate", autocommit=True) as connection:
        assert any("0 found to hold back" in reason for reason in gate.judge_marts(connection, "night-1").blocking)


# --- incidents ----------------------------------------------------------------------------------------------------------------


def test_a_correction_recovers_the_incident(database: str) -> None:
    submit("bad.txt", BAD)
    _judge("night-1")
    with db.connect("gate", autocommit=True) as connection:
        assert incidents.update(connection, "night-1").opened == 1
        assert incidents.update(connection, "night-1") == incidents.IncidentChanges(0, 1, 0)
    submit("corrected.txt", GOOD)
    _judge("night-2")
    with db.connect("gate", autocommit=True) as connection:
        # The fault is over; that the numbers changed is told as news, once.
        assert incidents.update(connection, "night-2") == incidents.IncidentChanges(1, 0, 1)
    assert _rows("select rule, severity from quality.incident where recovered_at is null") == [("restated", "info")]


def _events(run_id: str) -> list[tuple[object, ...]]:
    return _rows(
        f"select told_as, after_days from quality.incident_event join quality.incident using (incident_id) where run_id = '{run_id}' and rule = 'report-resolved'"
    )


def test_the_same_fault_seven_nights_running_is_one_opening_agreed_reminders_and_one_recovery(database: str) -> None:
    submit("bad.txt", BAD)
    _judge("night-0")
    told = []
    for night in range(17):
        with db.connect("gate", autocommit=True) as connection:
            for _ in range(2):  # a night that is run again tells nothing twice
                incidents.update(connection, f"night-{night}")
        told.append(_events(f"night-{night}"))
        with db.connect("owner") as connection:
            connection.execute("update quality.incident set opened_at = opened_at - interval '1 day'")
    assert told[0] == [("opening", 0)]
    assert {night: events for night, events in enumerate(told) if events and night} == {3: [("reminder", 3)], 7: [("reminder", 7)], 14: [("reminder", 14)]}
    submit("corrected.txt", GOOD)
    _judge("night-17")
    for night in (17, 18):
        with db.connect("gate", autocommit=True) as connection:
            incidents.update(connection, f"night-{night}")
    assert _events("night-17") == [("recovery", 0)]
    assert _events("night-18") == []


def test_reminders_missed_while_nothing_ran_are_told_as_one(database: str) -> None:
    submit("bad.txt", BAD)
    _judge("night-1")
    with db.connect("gate", autocommit=True) as connection:
        incidents.update(connection, "night-1")
    with db.connect("owner") as connection:
        connection.execute("update quality.incident set opened_at = opened_at - interval '10 days'")
    for night in ("night-2", "night-3"):
        with db.connect("gate", autocommit=True) as connection:
            incidents.update(connection, night)
    assert _events("night-2") == [("reminder", 7)]
    assert _events("night-3") == []


def test_another_wrong_file_of_the_same_period_is_the_same_fault_and_each_rule_recovers_by_itself(database: str) -> None:
    two = {**BAD, "tthc_in_progress_total": 5, "tthc_in_progress_on_time": 1, "tthc_in_progress_overdue": 1}
    submit("two.txt", two)
    _judge("night-1")
    with db.connect("gate", autocommit=True) as connection:
        incidents.update(connection, "night-1")
    submit("one.txt", {**two, "tthc_in_progress_total": 2, "tthc_resolved_total": 333})
    _judge("night-2")
    with db.connect("gate", autocommit=True) as connection:
        incidents.update(connection, "night-2")
    assert _rows("select rule, recovered_run_id from quality.incident where severity = 'error' order by rule") == [
        ("report-in-progress", "night-2"),
        ("report-resolved", None),
    ]
    ((told,),) = _rows("select detail -> 'findings' -> 0 ->> 'message_vi' from quality.incident where rule = 'report-resolved'")
    assert "333" in str(told)  # a reminder tells what stands there now


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


def test_a_changed_rule_is_a_new_version_and_everything_is_audited_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submit("good.txt", GOOD)
    with db.connect("gate", autocommit=True) as connection:
        assert gate.audit_new(connection, "night-1") == 1
        assert gate.audit_new(connection, "night-2") == 0
        monkeypatch.setattr(gate, "audit_version", lambda: "tomorrow's")
        assert gate.audit_new(connection, "night-3") == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "is_other"),
    [
        ("expectations/percentages.py", "printed + half", "printed - half", True),
        ("expectations/claims.py", "import re", "import re as re", True),
        ("warehouse/numbers.py", "import re", "import re as re", True),
        ("warehouse/seeds/identities.csv", "error", "warning", True),
        ("expectations/language.toml", "sớm", "sớm hơn", True),
        ("expectations/claims.py", '"""', '"""Otherwise said: ', False),
        ("expectations/percentages.py", "\nfrom", "\n# a remark\nfrom", False),
        ("expectations/publish.py", "60", "61", False),
    ],
)
def test_the_auditors_version_follows_its_rules_and_nothing_else(tmp_path: Path, file: str, old: str, new: str, is_other: bool) -> None:
    for folder in ("expectations", "warehouse"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SEEDS, tmp_path / "warehouse" / "seeds", dirs_exist_ok=True)
    before = fingerprint(tmp_path, tmp_path / "warehouse" / "seeds")
    path = tmp_path / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (fingerprint(tmp_path, tmp_path / "warehouse" / "seeds") != before) == is_other


def test_superseded_audits_go_in_time_and_the_newest_stays(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    submit("bad.txt", BAD)
    for version, days in (("1", 2000), ("2", 1900), ("3", 10)):
        monkeypatch.setattr(gate, "audit_version", lambda version=version: version)
        with db.connect("gate", autocommit=True) as connection:
            gate.audit_new(connection, f"night-{version}")
        with db.connect("owner") as connection:
            connection.execute("update quality.audit set audited_at = now() - make_interval(days => %s) where audit_version = %s", (days, version))
    _judge("night-4")
    assert _rows("select distinct audit_version from quality.evaluation union all select distinct audit_version from quality.finding") == [("3",), ("3",)]
    assert _rows("select count(*) from quality.audit") == [(3,)]
    assert _rows("select rule from quality.quarantine where released_at is null") == [("report-resolved",)]


def test_a_module_that_the_import_leaves_out_is_there_when_something_of_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = gate._ImportedWhenUsed("colorsys")
    monkeypatch.setitem(sys.modules, "colorsys", stand_in)
    assert stand_in.rgb_to_hls(1, 1, 1)[1] == 1
    assert sys.modules["colorsys"] is not stand_in
    with pytest.raises(AttributeError):
        _ = stand_in.no_such_thing
