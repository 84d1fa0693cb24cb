"""History that holds: what changed between two publications, who sent it and why; how figures are revised."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, LiteralString

import psycopg
import pytest

from expectations import publish as publishing
from warehouse import db

_TABLES = {
    "figures": ("figure_id text, unit_code text, unit_valid_from date, landing_id bigint, file_name text, origin text, fetched_at timestamptz", ("figure_id",)),
    "service_performance": (
        "unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, value numeric, bound text, figure_id text",
        ("unit_code", "unit_valid_from", "period_key", "scope", "subject", "measure", "source"),
    ),
    "submissions": (
        "submission_key text, landing_id bigint, unit_code text, unit_valid_from date, kind text, period_key text, is_current boolean, is_held boolean,"
        " held_rules text[], waived_rules text[], readmitted_rules text[], sender_domain text",
        ("submission_key",),
    ),
    "reporting_status": ("unit_code text, unit_valid_from date, obligation text, period_key text, status text", ("unit_code", "obligation", "period_key")),
    "staffing": (
        "unit_code text, unit_valid_from date, block text, category text, subject text, as_of_date date, source text, value numeric, bound text, is_contested boolean",
        ("unit_code", "unit_valid_from", "block", "category", "subject", "as_of_date", "source"),
    ),
    "dim_period": ("period_key text, period_end date", ("period_key",)),
}
_UNIT, _SINCE, _Q1 = "05986", "2025-07-01", "statutory:2025-12-15:2026-03-14"


@pytest.fixture
def marts(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Candidates of the tables that the ledger reads, empty but for one period."""
    monkeypatch.setattr(publishing, "MART_KEYS", {name: key for name, (_, key) in _TABLES.items()})
    for name, (columns, _) in _TABLES.items():
        _change(f"create table candidate.{name} ({columns})")
    _change(f"insert into candidate.dim_period values ('{_Q1}', '2026-03-14')")
    yield


def _change(statement: str, *parameters: object) -> None:
    with db.connect("transformer") as connection:
        connection.execute(statement.encode(), parameters)


def _shows(measure: str, value: float, landing: int, *, source: str = "narrative_reports", version: int = 1, unit: str = _UNIT) -> None:
    """The candidate shows `value`, read from `landing`, which came on the day of the same number in May."""
    figure = f"{landing}-{measure}-{version}"
    _change(f"delete from candidate.service_performance where unit_code = '{unit}' and measure = '{measure}'")
    _change(f"insert into candidate.service_performance values ('{unit}', '{_SINCE}', '{_Q1}', '', '', '{measure}', '{source}', {value}, '=', '{figure}')")
    _change(f"delete from candidate.figures where figure_id = '{figure}'")
    _change(
        f"insert into candidate.figures values ('{figure}', '{unit}', '{_SINCE}', {landing}, 'bao-cao-{landing}.docx', 'inbox', '2026-05-{landing:02} 08:00+07')"
    )


def _report(landing: int, *, current: bool = True, held: str = "", waived: str = "", readmitted: str = "", domain: str = "", unit: str = _UNIT) -> None:
    _change(f"delete from candidate.submissions where landing_id = {landing}")
    lists = [[rule] if rule else [] for rule in (held, waived, readmitted)]
    _change(
        f"insert into candidate.submissions values ('s{landing}', {landing}, '{unit}', '{_SINCE}', 'kstthc', '{_Q1}', {current}, {bool(held)}, %s, %s, %s, '{domain}')",
        *lists,
    )


def _publish(number: int) -> None:
    with db.connect("gate", autocommit=True) as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, 'publish', '[]')", (f"night-{number}",))
        assert publishing.publish(connection, f"night-{number}").publication_id == number


def _ask(query: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with db.connect("analyst") as connection:
        return connection.execute(query, parameters).fetchall()


def _ledger(earlier: int, later: int) -> list[tuple[Any, ...]]:
    return _ask("select measure, change, value_before, value_after, reason, reason_detail from changes_between(%s, %s) order by 1", earlier, later)


def test_a_correction_names_both_landings_when_it_came_and_from_which_office(marts: None) -> None:
    _report(1)
    _shows("a", 90, 1)
    _shows("b", 5, 1)
    _shows("same", 7, 1)
    _publish(1)
    _report(1, current=False)
    _report(2, domain="langson.example")
    _shows("a", 95, 2)
    _shows("c", 1, 2)
    _change("delete from candidate.service_performance where measure = 'b'")
    _publish(2)
    assert _ledger(1, 2) == [
        ("a", "changed", 90, 95, "correction", ""),
        ("b", "removed", 5, None, "not_stated_any_more", ""),
        ("c", "new", None, 1, "correction", ""),
    ]
    told = "select file_before, file_after, landing_before, landing_after, (arrived_at at time zone 'Asia/Ho_Chi_Minh')::date::text, origin, sender_domain"
    assert _ask(told + " from changes_between(1, 2) where measure = 'a'") == [
        ("bao-cao-1.docx", "bao-cao-2.docx", 1, 2, "2026-05-02", "inbox", "langson.example")
    ]
    assert _ledger(2, 2) == []
    with pytest.raises(psycopg.errors.RaiseException, match="publication 2 comes after publication 1"):
        _ledger(2, 1)


@pytest.mark.parametrize(("status", "reason"), [("late", "late"), ("on_time", "first")])
def test_a_first_report_is_first_or_late(marts: None, status: str, reason: str) -> None:
    _publish(1)
    _report(1)
    _shows("a", 90, 1)
    _change(f"insert into candidate.reporting_status values ('{_UNIT}', '{_SINCE}', 'kstthc-quarter', '{_Q1}', '{status}')")
    _publish(2)
    assert _ledger(1, 2) == [("a", "new", None, 90, reason, "")]


def test_what_is_held_falls_back_and_what_is_waived_or_sound_again_says_so(marts: None) -> None:
    for unit in ("05986", "05977", "11383"):
        landing = {"05986": 1, "05977": 11, "11383": 21}[unit]
        _report(landing, unit=unit)
        _shows(f"m{unit}", 90, landing, unit=unit)
    _publish(1)
    _report(1, current=False)
    _report(2)
    _shows("m05986", 95, 2)
    _report(12, waived="report-flow", unit="05977")
    _shows("m05977", 95, 12, unit="05977")
    _report(22, readmitted="report-resolved", unit="11383")
    _shows("m11383", 95, 22, unit="11383")
    _publish(2)
    assert _ledger(1, 2) == [
        ("m05977", "changed", 90, 95, "waiver", "report-flow"),
        ("m05986", "changed", 90, 95, "correction", ""),
        ("m11383", "changed", 90, 95, "readmitted", "report-resolved"),
    ]
    _report(1)
    _report(2, current=False, held="report-flow")
    _shows("m05986", 90, 1)
    _publish(3)
    assert _ledger(2, 3) == [("m05986", "changed", 95, 90, "held", "report-flow")]
    assert _ledger(1, 3) == [row for row in _ledger(1, 2) if row[0] != "m05986"]


def test_a_system_restates_and_the_same_file_is_read_anew_and_a_rollback_is_named(marts: None) -> None:
    _shows("portal", 80, 1, source="portal_index")
    _report(2)
    _shows("read", 10, 2)
    _publish(1)
    _shows("portal", 81, 3, source="portal_index")
    _shows("read", 11, 2, version=2)
    _publish(2)
    assert _ledger(1, 2) == [("portal", "changed", 80, 81, "restated", ""), ("read", "changed", 10, 11, "reread", "")]
    with db.connect("gate", autocommit=True) as connection:
        publishing.rollback(connection, 1, by="test", why="the suite wants it")
    assert _ledger(2, 3) == [("portal", "changed", 81, 80, "rollback", ""), ("read", "changed", 11, 10, "rollback", "")]


def test_the_triangle_shows_every_value_that_was_published_and_its_distance_from_the_first(marts: None) -> None:
    for number, value in enumerate((100, 120, 120, 110), 1):
        _report(number)
        _shows("tthc_resolved_total", value, number)
        _shows("other", 7, number, source="portal_index")
        _publish(number)
    with db.connect("owner") as connection:
        connection.execute("update marts.publication set published_at = timestamptz '2026-03-31 23:30+07' + make_interval(days => publication_id::int)")
    triangle = (
        "select version, publication_id, days_after_period_end, value, from_first, from_first_pct from revision_triangle('tthc_resolved_total') order by 1"
    )
    assert _ask(triangle) == [(1, 1, 18, 100, 0, Decimal("0.00")), (2, 2, 19, 120, 20, Decimal("20.00")), (3, 4, 21, 110, 10, Decimal("10.00"))]
    by_unit = "select source, published_values, revised_values, mean_revision_pct, largest_revision_pct from revisions_by_unit() order by 1"
    assert _ask(by_unit) == [("narrative_reports", 1, 1, Decimal("10.00"), Decimal("10.00")), ("portal_index", 1, 0, Decimal("0.00"), Decimal("0.00"))]


def test_a_sum_of_people_says_of_which_blocks_and_days_it_is_and_counts_nobody_twice(marts: None) -> None:
    head = f"insert into candidate.staffing values ('{_UNIT}', '{_SINCE}', "
    for block, day, value, bound, contested in (
        ("government", "2026-01-31", 50, "=", False),  # an older day of the same block
        ("government", "2026-04-15", 33, "=", False),
        ("party-front", "2026-05-20", 27, "=", False),
        ("party", "2026-05-20", 17, "=", False),  # part of the block above
        ("public-service", "2026-05-20", 206, "=", False),
        ("education", "2026-05-20", 190, "=", False),  # so is this
        ("military-command", "2026-05-20", 3, ">", False),  # no value
        ("service-centre", "2026-05-21", 4, "=", True),
        ("all", "2026-05-20", 270, "=", False),
    ):
        _change(head + f"'{block}', 'present', '', '{day}', 'narrative_reports', {value}, '{bound}', {contested})")
    _change(head + "'government', 'assigned', '', '2026-05-20', 'narrative_reports', 51, '=', false)")
    _change(head + "'government', 'contract_111', '', '2026-05-20', 'narrative_reports', 2, '=', false)")
    _publish(1)
    sums = "select category, people, blocks, first_as_of_date::text, last_as_of_date::text, is_one_day, printed_total from staffing_sums() order by 1"
    assert _ask(sums) == [
        ("assigned", 51, ["government"], "2026-05-20", "2026-05-20", True, None),
        ("present", 266, ["government", "party-front", "public-service"], "2026-04-15", "2026-05-20", False, 270),
    ]
