"""The dossiers' incremental models: whatever comes in which order, a build that takes in what changed gives what a full one gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.test_dbt_project import Q1, Q2, TAM_THANH, Feed, _content, _insert, _rows, feed, seeded
from warehouse import db, transform
from warehouse.periods import calendar, statutory

__all__ = ["feed", "seeded"]  # fixtures

AGENCIES = ("H37.101", "H37.102")
OTHER_UNIT = "05977"
FIRST_DAY = date(2025, 12, 1)
PROCEDURES = {"1.005129": "LV12", "2.000815": "Chứng thực", "2.000635": None}


def _build() -> list[str]:
    """Both stages; what was told about models that are built anew."""
    told: list[str] = []
    transform.build("staging", told.append)
    transform.build("candidate", told.append)
    return [line for line in told if "anew" in line]


def _full_build() -> None:
    transform.build("staging", full_refresh=True)
    transform.build("candidate", full_refresh=True)


def _events(feed: Feed, rows: list[dict[str, Any]]) -> int:
    landing_id = feed.landing("dossiers", f"progress-{feed.landings + 1}.json")
    with db.connect("loader") as connection:
        for number, row in enumerate(rows, 1):
            place = {"landing_id": landing_id, "reader_version": 1, "pointer": f"event {number}", "event": "progress"}
            _insert(connection, "raw.dossier_events", place | row)
    return landing_id


def _catalogue(feed: Feed, fields: dict[str, str | None]) -> None:
    landing_id = feed.landing("procedures", f"catalogue-{feed.landings + 1}.csv")
    with db.connect("loader") as connection:
        attempt = {
            "run_id": "test",
            "stage": "land",
            "source": "procedures",
            "outcome": "landed",
            "landing_id": landing_id,
            "started_at": feed._moment(feed.landings),
            "duration_ms": 1,
        }
        _insert(connection, "raw.attempt", attempt)
        for number, (code, field) in enumerate(fields.items()):
            row = {
                "landing_id": landing_id,
                "reader_version": 1,
                "pointer": f"row {number}",
                "procedure_code": code,
                "name_vi": code,
                "field_code": field,
                "supporting_agencies": [],
                "payload": "{}",
            }
            _insert(connection, "raw.procedures", row)


def _named(feed: Feed, units: tuple[str, ...]) -> None:
    """What the portal calls the agencies."""
    feed.portal(
        calendar("quarter", 2026, 1), [(code, unit, {"TEN_COQUAN": f"UBND {unit}", "TONG_SCORE": "80"}) for code, unit in zip(AGENCIES, units, strict=True)]
    )


class _Country:
    """Random dossiers of two agencies, told in any order by records and events."""

    def __init__(self, feed: Feed, seed: int) -> None:
        self.feed, self.chance = feed, random.Random(seed)
        self.landings: list[tuple[int, list[dict[str, str | None]]]] = []
        self.reports: list[int] = []

    def _record(self) -> dict[str, str | None]:
        draw = self.chance
        number = draw.randrange(60)
        own = random.Random(number)  # what does not change between a dossier's records
        received = FIRST_DAY + timedelta(days=own.randrange(190))
        ended = received + timedelta(days=own.randrange(40))
        status = draw.choice(["1", "2", "3", "4", "4", "5", "6", "7", "8", "9", "9", "10", "11"])
        return {
            "dossier_key": f"d{number}", "agency_code": own.choice(AGENCIES) if draw.random() > 0.02 else "H99.100", "procedure_code": own.choice(list(PROCEDURES)),
            "status_code": status, "channel_code": own.choice(["1", "2", "3", None]), "received_on": received.isoformat() if draw.random() > 0.05 else None,
            "due_on": own.choice([None, (received + timedelta(days=own.randrange(30))).isoformat()]),
            "finished_on": (ended + timedelta(days=draw.randrange(3))).isoformat() if status in ("3", "7", "9", "10") else None,
        }  # fmt: skip

    def records(self) -> None:
        rows = [self._record() for _ in range(self.chance.randrange(1, 25))]
        self.landings.append((self.feed.dossiers(rows), rows))

    def events(self) -> None:
        draw, rows = self.chance, list[dict[str, Any]]()
        for _ in range(draw.randrange(1, 15)):
            day = FIRST_DAY + timedelta(days=draw.randrange(230))
            row: dict[str, Any] = {"dossier_key": f"d{draw.randrange(60)}", "happened_on": day.isoformat()}
            if draw.random() < 0.4:
                row |= {"event": "supplement", "ended_on": draw.choice([None, (day + timedelta(days=draw.randrange(20))).isoformat()])}
            else:
                row |= {"status_code": draw.choice(["2", "4", "5", "6", "7", "8", "9", "10"])}
            rows.append(row)
        self.landings.append((_events(self.feed, rows), []))

    def hold(self) -> None:
        landing_id, rows = self.chance.choice(self.landings)
        self.feed.hold(
            landing_id, "dossiers", f"/data/{self.chance.randrange(len(rows))}" if rows and self.chance.random() < 0.7 else "", f"rule-{self.chance.random()}"
        )

    def release(self) -> None:
        self.feed.release(self.chance.choice(self.landings)[0])

    def report(self) -> None:
        """A report of one of three units, a head count in some, now and then about another period too."""
        draw = self.chance
        figures: list[tuple[Any, ...]] = [
            (f"tthc_{name}", draw.randrange(50), draw.choice(["", "", "field:land"]))
            for name in draw.sample(
                ["received_total", "resolved_total", "resolved_early", "resolved_on_time", "resolved_overdue", "in_progress_total", "withdrawn"], 5
            )
        ]
        if draw.random() < 0.6:
            figures += [("staff_present", draw.randrange(9, 40), "government"), ("staff_assigned", 40, "government")]
        if draw.random() < 0.3:
            figures.append(("tthc_paused", 3, "", {"period_key": Q1.key, "period_start": Q1.start, "period_end": Q1.end, "flags": ["own-period"]}))
        unit = draw.choice([TAM_THANH, TAM_THANH, OTHER_UNIT, ""])
        self.reports.append(self.feed.report(unit, draw.choice([Q1, Q2]), figures, kind=draw.choice(["kstthc", "cchc"])))

    def hold_report(self) -> None:
        if self.reports:
            self.feed.hold(self.chance.choice(self.reports), "narrative_reports", rule=f"rule-{self.chance.random()}")

    def release_report(self) -> None:
        if self.reports:
            self.feed.release(self.chance.choice(self.reports))

    def portal(self) -> None:
        scores = {"TONG_SCORE": str(self.chance.randrange(60, 90)), "TDGQ": "15"}
        self.feed.portal(calendar("quarter", 2026, self.chance.randrange(1, 3)), [("H37", "20", scores)])

    def read_again(self) -> None:
        """A newer reader leaves out one record of a landing and reads another status in the others."""
        landing_id, rows = self.chance.choice([landing for landing in self.landings if landing[1]])
        with db.connect("loader") as connection:
            version = connection.execute("select max(reader_version) + 1 from raw.dossiers where landing_id = %s", (landing_id,)).fetchone()
            assert version is not None
            for number, row in list(enumerate(rows))[1:] or [(0, rows[0])]:
                place = {"landing_id": landing_id, "reader_version": version[0], "pointer": f"/data/{number}", "is_updating": False, "supplement_count": 0}
                _insert(connection, "raw.dossiers", place | row | {"status_code": "4", "finished_on": None})

    def night(self) -> None:
        dossiers: list[Callable[[], None]] = [self.records, self.records, self.events, self.hold, self.release]
        others: list[Callable[[], None]] = [self.report, self.report, self.report, self.hold_report, self.release_report, self.portal]
        for action in [*self.chance.sample(dossiers, self.chance.randrange(1, 5)), *self.chance.sample(others, self.chance.randrange(6))]:
            action()


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "nights"), [(1, 4), (2, 3), (3, 3)])
def test_any_sequence_of_nights_gives_what_a_full_build_gives(feed: Feed, seed: int, nights: int) -> None:
    country = _Country(feed, seed)
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    _named(feed, (TAM_THANH, OTHER_UNIT))
    _catalogue(feed, PROCEDURES)
    country.records()
    country.records()
    country.events()
    country.report()
    country.report()
    _build()
    for night in range(nights):
        country.night()
        if night == 1:
            feed.report(TAM_THANH, Q2, [("tthc_received_total", 1)])  # a period that nobody spoke of before
            feed.report(TAM_THANH, statutory("month", 2026, 3), [("tthc_received_total", 1)])
        if night == 2:
            _named(feed, (OTHER_UNIT, TAM_THANH))  # the portal takes a name back
        assert _build() == [], "only what changed was worked out"
    grown = _content()
    if seed == 1:  # the nights hold what there is to be told apart
        assert len(_rows("select distinct scope from candidate.service_performance where source = 'dossiers'")) == 7
        assert _rows("select count(distinct usage) > 2 from candidate.figure_sources") == [(True,)]
    _full_build()
    assert _content() == grown


@pytest.mark.slow
def test_what_an_increment_cannot_tell_is_built_anew_by_itself(feed: Feed) -> None:
    country = _Country(feed, 4)
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    _named(feed, (TAM_THANH, OTHER_UNIT))
    _catalogue(feed, PROCEDURES)
    country.records()
    country.events()
    _build()
    country.read_again()
    _catalogue(feed, PROCEDURES | {"2.000635": "HT02"})
    assert len(_build()) == 1
    grown = _content()
    _full_build()
    assert _content() == grown


@pytest.mark.slow
def test_a_build_that_broke_off_and_one_by_other_code_are_made_good(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    country = _Country(feed, 7)
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    _named(feed, (TAM_THANH, OTHER_UNIT))
    country.records()
    _build()
    assert _build() == []
    country.records()
    with db.connect("transformer") as connection:  # as a night that was killed between two of the models leaves it
        connection.execute("delete from intermediate.int_dossiers__latest")
        transform._mark_whole(connection, "candidate", "")
    assert len(_build()) == 1
    assert _build() == []
    assert _rows("select count(*) from intermediate.int_dossiers__latest") == _rows("select count(distinct dossier_key) from staging.stg_dossiers__records")
    with db.connect("transformer") as connection:  # as a server that fell leaves what is not logged; the mark stays
        connection.execute("truncate intermediate.int_dossiers__latest, intermediate.int_dossiers__taken_in, candidate.dim_unit, candidate.figures_told")
    assert len(_build()) == 1
    assert _build() == []
    monkeypatch.setattr(transform, "_fingerprint", lambda: "other code")
    assert len(_build()) == 2
    assert _build() == []


def test_a_night_pays_for_what_came_and_not_for_what_stands(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    feed.report(TAM_THANH, Q2, [("tthc_received_total", 1)])
    _named(feed, (TAM_THANH, OTHER_UNIT))
    opened = {"agency_code": AGENCIES[0], "status_code": "4", "channel_code": "2", "received_on": "20260105", "due_on": "20260120"}
    feed.dossiers([opened | {"dossier_key": "one"}, opened | {"dossier_key": "two", "agency_code": AGENCIES[1]}])
    _build()

    def told() -> set[str]:
        lines: list[str] = []
        transform.build("staging", lines.append)
        transform.build("candidate", lines.append)
        return {line.removesuffix(" KEPT") for line in lines if line.endswith(" KEPT")}

    first_figures = {"stg_narrative_reports__figures", "int_figures__all", "int_figures__taken_in", "service_quality_index"}
    assert told() >= first_figures
    # A dossier moves: its unit's periods from then on are counted again, no other unit's; reports and portal stand.
    feed.dossiers([opened | {"dossier_key": "one", "status_code": "9", "finished_on": "20260401"}])
    assert told() >= first_figures
    assert _rows("select unit_code, period_key from intermediate.int_dossiers__slices") == [(TAM_THANH, Q2.key)]
    assert _rows("select distinct unit_code, period_key from intermediate.int_dossiers__recounted") == [(TAM_THANH, Q2.key)]
    # A report, a hold and a score are seen.
    landing_id = feed.report(OTHER_UNIT, Q1, [("tthc_received_total", 7)])
    assert not told() & {"stg_narrative_reports__figures", "int_figures__all", "int_figures__taken_in"}
    assert _rows(
        "select value from candidate.service_totals, unnest(array[received_total]) as value where unit_code = %s and source <> 'dossiers'", OTHER_UNIT
    ) == [(7,)]
    feed.hold(landing_id, "narrative_reports")
    assert not told() & {"int_submissions__versions", "int_figures__all"}
    assert _rows("select count(*) from candidate.service_totals where unit_code = %s and source <> 'dossiers'", OTHER_UNIT) == [(0,)]
    _named(feed, (OTHER_UNIT, TAM_THANH))
    assert not told() & {"stg_portal_index__rows", "service_quality_index"}
    grown = _content()
    _full_build()
    assert _content() == grown


def test_what_was_written_and_whose_target_is_gone_is_tested(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    _build()
    feed.report(TAM_THANH, Q2, [("tthc_received_total", 2)])
    _build()
    check = ["test", "--select", "performance_told,resource_type:test"]
    transform._invoke(check, lambda _: None)
    with db.connect("transformer") as connection:
        connection.execute("delete from candidate.figures_told where period_key = %s", (Q2.key,))
    with pytest.raises(transform.TransformError, match="refers_to_performance_told_figure_id"):
        transform._invoke(check, lambda _: None)


def test_what_happened_last_counts_and_not_what_arrived_last(feed: Feed) -> None:
    """The same landings in opposite order: one state."""
    opened = {"agency_code": AGENCIES[0], "status_code": "4", "channel_code": "2", "received_on": "20260105", "due_on": "20260120"}
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    feed.report(TAM_THANH, Q2, [("tthc_received_total", 1)])
    _named(feed, (TAM_THANH, OTHER_UNIT))
    for order in (1, -1):
        deliveries: list[Callable[[], int]] = [
            lambda order=order: feed.dossiers([opened | {"dossier_key": f"finished {order}"}, opened | {"dossier_key": f"paused {order}"}, opened | {"dossier_key": f"withdrawn {order}"}]),
            lambda order=order: _events(feed, [
                {"dossier_key": f"finished {order}", "happened_on": "2026-01-10", "status_code": "4"},
                {"dossier_key": f"paused {order}", "event": "supplement", "happened_on": "2026-03-10", "ended_on": "2026-03-20"},
                {"dossier_key": f"withdrawn {order}", "happened_on": "2026-02-01", "status_code": "7"},
            ]),
            lambda order=order: _events(feed, [
                {"dossier_key": f"finished {order}", "happened_on": "2026-01-25", "status_code": "9"},
                {"dossier_key": f"paused {order}", "happened_on": "2026-04-01", "status_code": "9"},
            ]),
        ]  # fmt: skip
        for deliver in deliveries[::order]:
            deliver()
    _build()
    states = (
        "select split_part(dossier_key, ' ', 1), status_code, ended_on, paused_from, paused_until from intermediate.int_dossiers__latest order by dossier_key"
    )
    found = _rows(states)
    assert found[::2] == found[1::2] == [
        ("finished", "9", date(2026, 1, 25), None, None),
        ("paused", "9", date(2026, 4, 1), [date(2026, 3, 10)], [date(2026, 3, 20)]),
        ("withdrawn", "7", date(2026, 2, 1), None, None),
    ]  # fmt: skip
    # Waiting for a supplement when the first quarter ended, though it is finished today.
    counts = (
        "select right(period_key, 10), measure, value from candidate.service_performance where source = 'dossiers' and scope = '' and value > 0 order by 1, 2"
    )
    assert _rows(counts) == [
        ("2026-03-14", "tthc_paused", 2), ("2026-03-14", "tthc_received_new", 6), ("2026-03-14", "tthc_received_online", 6),
        ("2026-03-14", "tthc_resolved_overdue", 2), ("2026-03-14", "tthc_resolved_total", 2), ("2026-03-14", "tthc_withdrawn", 2),
        ("2026-06-14", "tthc_carried_over", 2), ("2026-06-14", "tthc_resolved_overdue", 2), ("2026-06-14", "tthc_resolved_total", 2),
    ]  # fmt: skip


def test_a_reading_is_noted_as_its_rows_come_and_taken_in_once(feed: Feed) -> None:
    record: dict[str, str | None] = {"dossier_key": "one", "agency_code": AGENCIES[0], "status_code": "4", "received_on": "20260105"}
    landing_id = feed.dossiers([record, record | {"dossier_key": "two"}])
    events_id = _events(feed, [{"dossier_key": "one", "status_code": "5", "happened_on": "20260107"}])
    noted = "select part, landing_id, reader_version from raw.dossier_reading where landing_id >= %s order by 1, 2, 3"
    assert _rows(noted, landing_id) == [("dossier_events", events_id, 1), ("dossiers", landing_id, 1)]
    transform.build("staging")
    assert _rows("select distinct is_new from staging.stg_dossiers__readings") == [(True,)]
    transform.build("staging")
    assert _rows("select distinct is_new from staging.stg_dossiers__readings") == [(False,)]
    with db.connect("loader") as connection:
        place = {"landing_id": landing_id, "reader_version": 2, "pointer": "/data/0", "is_updating": False, "supplement_count": 0}
        _insert(connection, "raw.dossiers", place | record)
    transform.build("staging")
    assert _rows("select part, landing_id, reader_version from staging.stg_dossiers__readings where is_new") == [("dossiers", landing_id, 2)]
    assert _rows("select dossier_key, reader_version from staging.stg_dossiers__records where landing_id = %s", landing_id) == [("one", 2)]
