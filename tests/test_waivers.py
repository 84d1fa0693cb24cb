"""A waiver admits what one rule holds back, for one landing or one unit and period, until its day; then it is held again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from expectations import gate, waivers
from tests.facts import BAD, GOOD, NEXT_QUARTER, QUARTER, submit
from tests.landings import portal
from warehouse import db

_TWO_FAULTS = {**BAD, "tthc_in_progress_total": 5, "tthc_in_progress_on_time": 1, "tthc_in_progress_overdue": 1}
_WHY = "Sở Nội vụ xác nhận số liệu theo công văn 12"


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def _judge(run_id: str) -> gate.Verdict:
    with db.connect("gate", autocommit=True) as connection:
        return gate.judge_submissions(connection, run_id)


def _rows(query: str) -> list[tuple[object, ...]]:
    with db.connect("owner") as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def _grant(rule: str, **where: object) -> waivers.Waiver:
    with db.connect("gate", autocommit=True) as connection:
        return waivers.grant(connection, rule, reason=_WHY, granted_by="phòng thống kê", valid_until=_today() + timedelta(days=10), **where)  # type: ignore[arg-type]


def _landing(submission: int) -> int:
    ((landing,),) = _rows(f"select landing_id from facts.submission where submission_id = {submission}")
    return int(str(landing))


_HISTORY = "select rule, held_run_id, released_run_id, release_reason from quality.quarantine order by quarantine_id"


def test_a_waiver_readmits_until_it_expires_and_every_step_leaves_a_trace(database: str) -> None:
    landing = _landing(submit("bad.txt", BAD))
    assert _judge("night-1").held == 1
    granted = _grant("report-resolved", landing_id=landing)
    assert (_judge("night-2").held, _judge("night-3").held) == (0, 0)
    assert _rows(_HISTORY) == [("report-resolved", "night-1", "night-2", "waived")]
    assert _rows("select waived_rules, waived_until, corrected_by_landing_id from quality.admission") == [(["report-resolved"], granted.valid_until, None)]
    with db.connect("owner") as connection:
        connection.execute("update quality.waiver set valid_until = %s", (_today() - timedelta(days=1),))
    assert _judge("night-4").held == 1
    assert _rows(_HISTORY)[1:] == [("report-resolved", "night-4", None, "")]
    assert _rows("select waived_rules from quality.admission") == [([],)]


def test_a_waiver_admits_one_rule_and_the_others_hold(database: str) -> None:
    landing = _landing(submit("two.txt", _TWO_FAULTS))
    _judge("night-1")
    _grant("report-resolved", landing_id=landing)
    assert _judge("night-2").held == 1
    assert _rows("select rule from quality.quarantine where released_at is null") == [("report-in-progress",)]


def test_a_waiver_for_a_unit_and_period_holds_for_what_arrives_later_and_for_nothing_else(database: str) -> None:
    submit("first.txt", BAD)
    submit("other-period.txt", BAD, period=NEXT_QUARTER)
    assert _judge("night-1").held == 2
    _grant("report-resolved", unit_code="05986", period_key=QUARTER.key)
    later = _landing(submit("second.txt", {**BAD, "tthc_resolved_total": 313}))
    assert _judge("night-2").held == 1
    # It came in under the waiver: that too is written down, once.
    _judge("night-3")
    assert _rows(f"select held_run_id, released_run_id, release_reason from quality.quarantine where landing_id = {later}") == [
        ("night-2", "night-2", "waived")
    ]
    assert _rows("select period_key from quality.held_submission join facts.submission using (submission_id)") == [(NEXT_QUARTER.key,)]


def test_a_waiver_for_a_landing_holds_for_its_rows(database: str) -> None:
    served = portal([{"TONG_SCORE": "81"}, {"TONG_SCORE": "82"}, {}])
    assert _judge("night-1").held == 2
    _grant("index-sum", landing_id=served)
    assert _judge("night-2").held == 0


def test_a_withdrawn_waiver_admits_nothing_more(database: str) -> None:
    landing = _landing(submit("bad.txt", BAD))
    granted = _grant("report-resolved", landing_id=landing)
    assert _judge("night-1").held == 0
    with db.connect("gate", autocommit=True) as connection:
        assert waivers.in_force(connection) == [granted]
        waivers.withdraw(connection, granted.waiver_id, withdrawn_by="phòng thống kê")
        with pytest.raises(waivers.WaiverError, match="not in force"):
            waivers.withdraw(connection, granted.waiver_id, withdrawn_by="phòng thống kê")
        assert waivers.in_force(connection) == []
    assert _judge("night-2").held == 1


def test_a_correction_takes_the_place_and_the_wrong_one_stays_out(database: str) -> None:
    wrong = _landing(submit("bad.txt", BAD))
    _judge("night-1")
    right = _landing(submit("right.txt", GOOD))
    assert _judge("night-2").held == 0
    assert _rows("select landing_id, released_at, corrected_by_landing_id, corrected_run_id from quality.quarantine") == [(wrong, None, right, "night-2")]
    assert _judge("night-3").released == 0
    # A correction that turns out wrong corrects nothing.
    with db.connect("owner") as connection:
        connection.execute(
            "update quality.evaluation set gap = 1 where rule = 'report-resolved' and submission_id = (select max(submission_id) from facts.submission)"
        )
    assert _judge("night-4").held == 2
    assert _rows("select landing_id, released_run_id, release_reason from quality.quarantine order by quarantine_id") == [
        (wrong, "night-4", "its correction does not stand"), (wrong, None, ""), (right, None, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rule": "claimed-percentage"}, "holds nothing back"),
        ({"rule": "volume"}, "holds nothing back"),
        ({"reason": "ok"}, "say why"),
        ({"granted_by": " "}, "which office"),
        ({"valid_until": _today() - timedelta(days=1)}, "the last day"),
        ({"valid_until": _today() + timedelta(days=4000)}, "the last day"),
        ({"landing_id": 999}, "no landing 999"),
        ({"landing_id": None}, "name either"),
        ({"unit_code": "05986"}, "name either"),
        ({"landing_id": None, "unit_code": "05986"}, "name either"),
        ({"landing_id": None, "unit_code": "05986", "period_key": "Quý I"}, "nothing has arrived"),
    ],
)
def test_a_waiver_that_nobody_can_answer_for_is_refused(database: str, changes: dict[str, object], message: str) -> None:
    landing = _landing(submit("bad.txt", BAD))
    values = {"rule": "report-resolved", "landing_id": landing, "reason": _WHY, "granted_by": "phòng thống kê", "valid_until": _today(), **changes}
    with db.connect("gate", autocommit=True) as connection:
        with pytest.raises(waivers.WaiverError, match=message):
            waivers.grant(connection, values.pop("rule"), **values)  # type: ignore[arg-type]
        assert waivers.in_force(connection) == []
