"""dbt on a real PostgreSQL: what is in effect, what is held, what is counted, and that a second build changes nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from expectations import publish as publishing
from expectations.suites import DOSSIER_COUNTS, mart_checks
from ingest import landing
from ingest.layouts import header_key, row_scopes
from ingest.sources import onestop_statistics, procedures
from warehouse import db, transform
from warehouse.catalogue import SCOPE_LABELS_VI
from warehouse.model import SHOWN_MARTS, Period
from warehouse.periods import calendar, statutory
from warehouse.settings import settings

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
REFORM = date(2025, 7, 1)
TAM_THANH, BINH_THUAN, LANG_SON = "05986", "02524", "20"
Q1 = statutory("quarter", 2026, 1)
Q2 = statutory("quarter", 2026, 2)
CANDIDATES = (
    "bridge_unit_successor",
    "digitisation",
    "dim_field",
    "dim_measure",
    "dim_metric",
    "dim_period",
    "dim_procedure",
    "dim_unit",
    "dossier_agencies",
    "dossier_counts",
    "feedback",
    "figure_sources",
    "figures",
    "figures_told",
    "held_rows",
    "payments",
    "performance_told",
    "procedures",
    "rates_told",
    "reconciliation",
    "reporting_status",
    "service_performance",
    "service_quality_index",
    "service_rates",
    "service_totals",
    "staffing",
    "staffing_changes",
    "submissions",
    "workload",
)


def _insert(connection: psycopg.Connection, table: str, values: dict[str, Any], returning: str = "null") -> Any:
    """Insert one row; what it returns in the column `returning`."""
    schema, name = table.split(".")
    row = connection.execute(
        sql.SQL("insert into {} ({}) values ({}) returning {}").format(
            sql.Identifier(schema, name),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
            sql.SQL(returning),
        ),
        tuple(values.values()),
    ).fetchone()
    assert row is not None
    return row[0]


@dataclass
class Feed:
    """Inserts what ingest would: one landing after the other, an hour apart, as role loader; holds as role gate."""

    landings: int = 0

    def _moment(self, hour: int) -> datetime:
        return datetime(2026, 7, 1, tzinfo=HANOI) + timedelta(hours=hour)

    def landing(self, source: str, file_name: str = "", edition: str = "") -> int:
        self.landings += 1
        body = f"{source} {file_name} {edition} {self.landings}".encode()
        digest = hashlib.sha256(body).hexdigest()
        values = {
            "source": source, "edition": edition, "origin": file_name or "portal", "file_name": file_name, "sha256": digest,
            "received_sha256": digest, "size_bytes": len(body), "fetched_at": self._moment(self.landings), "run_id": "test",
            "retain_until": "2036-01-01",
        }  # fmt: skip
        with db.connect("loader") as connection:
            _insert(connection, "raw.content", {"sha256": digest, "body": body})
            return int(_insert(connection, "raw.landing", values, "landing_id"))

    def seen_again(self, landing_id: int, hour: int) -> None:
        values = {
            "run_id": "test", "stage": "land", "source": "portal_index", "outcome": "seen_again", "landing_id": landing_id,
            "started_at": self._moment(hour), "duration_ms": 1,
        }  # fmt: skip
        with db.connect("loader") as connection:
            _insert(connection, "raw.attempt", values)

    def report(
        self,
        unit: str,
        period: Period | None,
        figures: list[tuple[Any, ...]],
        *,
        kind: str = "kstthc",
        landing_id: int | None = None,
        reader: str = "1",
        document_date: date | None = None,
        since: date = REFORM,
        flags: Sequence[str] = (),
    ) -> int:
        """`figures`: (measure, value[, scope[, changes]]); `changes` are columns of facts.figure. Returns the landing."""
        landing_id = landing_id or self.landing("narrative_reports", f"{kind}-{self.landings + 1}.txt")
        submission: dict[str, Any] = {
            "landing_id": landing_id, "source": "narrative_reports", "reader_version": reader, "kind": kind, "unit_code": unit,
            "unit_valid_from": since if unit else None, "unit_name_vi": "phường", "document_date": document_date,
            "figure_count": len(figures), "flags": list(flags),
        }  # fmt: skip
        if period:
            submission |= {"period_key": period.key, "period_calendar": period.calendar, "period_start": period.start, "period_end": period.end}
        with db.connect("loader") as connection:
            submission_id = _insert(connection, "facts.submission", submission, "submission_id")
            for number, (measure, value, *rest) in enumerate(figures):
                scope, changes = [*rest, "", {}][:2] if len(rest) != 1 else (rest[0], {})
                figure = {
                    "figure_id": hashlib.sha256(f"{landing_id} {number} {measure}".encode()).hexdigest()[:16],
                    "submission_id": submission_id, "measure": measure, "scope": scope, "value": value, "unit": _unit(measure),
                    "bound": "=", "printed_text": str(value), "locator": f"chars {number * 100}-{number * 100 + 3}",
                    "quote_vi": f"… {value} …", "span_start": number * 100, "confidence": 1,
                }  # fmt: skip
                _insert(connection, "facts.figure", figure | changes)
        return landing_id

    def portal(self, period: Period, rows: list[tuple[str, str, dict[str, Any]]], *, interface: str = "legacy") -> int:
        """`rows`: (portal code, unit code, payload)."""
        landing_id = self.landing("portal_index", edition=period.key)
        with db.connect("loader") as connection:
            for number, (portal_code, unit, payload) in enumerate(rows):
                values = {
                    "landing_id": landing_id, "pointer": f"/{number}", "interface": interface,
                    "report": "report_tinh_766_service" if interface == "legacy" else "service-results", "period_calendar": "calendar",
                    "period_start": period.start, "period_end": period.end, "province_code": "H37", "is_final": True,
                    "portal_code": portal_code, "unit_code": unit, "unit_valid_from": REFORM if unit else None, "payload": Jsonb(payload),
                }  # fmt: skip
                _insert(connection, "raw.portal_index", values)
        return landing_id

    def dossiers(self, rows: list[dict[str, str | None]]) -> int:
        landing_id = self.landing("dossiers", f"dossiers-{self.landings + 1}.json")
        with db.connect("loader") as connection:
            for number, row in enumerate(rows):
                place = {"landing_id": landing_id, "pointer": f"/data/{number}", "is_updating": False, "supplement_count": 0}
                _insert(connection, "raw.dossiers", place | row)
        return landing_id

    def hold(self, landing_id: int, source: str, row_key: str = "", rule: str = "report-flow") -> None:
        values = {"source": source, "landing_id": landing_id, "row_key": row_key, "rule": rule, "reason_vi": "Không khớp", "held_run_id": "x"}
        with db.connect("gate") as connection:
            _insert(connection, "quality.quarantine", values)

    def release(self, landing_id: int) -> None:
        with db.connect("gate") as connection:
            connection.execute("update quality.quarantine set released_at = now(), released_run_id = 'y' where landing_id = %s", (landing_id,))


def _unit(measure: str) -> str:
    return "person" if measure.startswith("staff_") else "%" if measure.endswith("_pct") else "dossier"


def _rows(query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with db.connect("transformer") as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def _build() -> None:
    transform.build("staging")
    transform.build("candidate")


def _point_to(monkeypatch: pytest.MonkeyPatch, server_dsn: str, name: str, state: Path) -> None:
    monkeypatch.setenv("WAREHOUSE_DSN", f"{server_dsn.rsplit('/', 1)[0]}/{name}")
    monkeypatch.setenv("TTHC_STATE_DIR", str(state))
    monkeypatch.setenv("TTHC_SECRET_KEY", "the suite's key")
    settings.cache_clear()


@pytest.fixture(scope="module")
def seeded(server: int, _template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The owner's address of a database in which both stages were built on nothing, and the state folder dbt used.

    Every test works on a copy under one name: another name would make dbt read its project anew.
    """
    from tests.conftest import _dsn

    owner, state = _dsn(server, "postgres"), tmp_path_factory.mktemp("dbt")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("create database dbt_case template {}").format(sql.Identifier(_template)))
        with pytest.MonkeyPatch.context() as monkeypatch:
            _point_to(monkeypatch, owner, "dbt_case", state)
            _build()
        settings.cache_clear()
        connection.execute("alter database dbt_case rename to dbt_seeded")
        yield owner, state
        connection.execute("drop database dbt_seeded")


def _copy(seeded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    owner, state = seeded
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("create database dbt_case template dbt_seeded")
        _point_to(monkeypatch, owner, "dbt_case", state)
        yield Feed()
        settings.cache_clear()
        connection.execute("drop database dbt_case with (force)")


@pytest.fixture
def feed(seeded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    """A warehouse of the test's own, with seeds and empty marts."""
    yield from _copy(seeded, monkeypatch)


def test_the_newest_admitted_submission_is_in_effect_and_a_held_one_leaves_the_last_good_figures(feed: Feed) -> None:
    flow = [("tthc_received_total", 100), ("tthc_resolved_total", 90)]
    first = feed.report(TAM_THANH, Q1, flow)
    corrected = feed.report(TAM_THANH, Q1, [("tthc_received_total", 110), ("tthc_resolved_total", 90)])
    held = feed.report(TAM_THANH, Q1, [("tthc_received_total", 999)])
    feed.hold(held, "narrative_reports", rule="report-flow")
    feed.hold(held, "narrative_reports", rule="document-date")
    other_kind = feed.report(TAM_THANH, Q1, [("pakn_received", 3, "", {"unit": "item"})], kind="cchc")
    unresolved = feed.report("", Q1, [("tthc_received_total", 7)])
    feed.hold(unresolved, "narrative_reports", rule="unit-unresolved")
    _build()

    performance = "select measure, value from candidate.service_performance where unit_code = %s and period_key = %s order by 1"
    assert _rows(performance, TAM_THANH, Q1.key) == [("pakn_received", 3), ("tthc_received_total", 110), ("tthc_resolved_total", 90)]
    assert _rows("select distinct landing_id from candidate.figures order by 1") == [(corrected,), (other_kind,)]
    assert _rows("select landing_id, is_current, is_held, held_rules from candidate.submissions order by landing_id") == [
        (first, False, False, []),
        (corrected, True, False, []),
        (held, False, True, ["document-date", "report-flow"]),
        (other_kind, True, False, []),
        (unresolved, False, True, ["unit-unresolved"]),
    ]
    # The marts say whose figures are the last good ones, and what was done about the ones held back.
    assert _rows("select landing_id from candidate.submissions where is_last_good") == [(corrected,)]

    with db.connect("gate") as connection:
        connection.execute(
            "insert into quality.waiver (rule, landing_id, reason, granted_by, valid_until) values ('unit-unresolved', %s, 'xác nhận bằng công văn', 'x', '2036-01-01')",
            (unresolved,),
        )
        connection.execute("update quality.quarantine set waiver_id = 1, released_at = now(), released_run_id = 'y' where landing_id = %s", (unresolved,))
    feed.release(held)
    transform.build("candidate")
    assert _rows("select landing_id, is_held, readmitted_rules, waived_rules, waived_until::text from candidate.submissions where is_current order by 1") == [
        (held, False, ["document-date", "report-flow"], [], None),
        (other_kind, False, [], [], None),
        (unresolved, False, [], ["unit-unresolved"], "2036-01-01"),
    ]
    assert _rows("select landing_id from candidate.submissions where is_last_good") == []
    assert _rows(performance, TAM_THANH, Q1.key) == [("pakn_received", 3), ("tthc_received_total", 999)]


def test_a_newer_reader_replaces_the_reading_and_not_the_submission(feed: Feed) -> None:
    landing = feed.report(TAM_THANH, Q1, [("tthc_received_total", 10), ("tthc_withdrawn", 1)], reader="1")
    _build()
    before = _rows("select submission_key from candidate.submissions")
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 12)], reader="2", landing_id=landing)
    _build()
    assert _rows("select submission_key from candidate.submissions") == before
    assert _rows("select measure, value from candidate.figures") == [("tthc_received_total", 12)]
    assert _rows("select reader_version, is_current from candidate.submissions") == [("2", True)]


def test_a_consolidated_form_speaks_for_the_unit_and_is_no_correction_of_the_office_s_own(feed: Feed) -> None:
    current = "select is_current, flags from candidate.submissions order by submission_id"
    whole = feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 90)], kind="form-06", flags=["form-06b"])
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 40)], kind="form-06")
    _build()
    assert _rows(current) == [(True, ["form-06b"]), (False, [])]
    assert _rows("select value from candidate.service_performance") == [(90,)]
    feed.hold(whole, "narrative_reports")
    _build()
    assert _rows("select value from candidate.service_performance") == [(40,)], "the office's own stands while the consolidated one is held"


def test_reports_without_a_period_replace_only_their_own_document(feed: Feed) -> None:
    feed.report(BINH_THUAN, None, [("staff_present", 33, "government")], kind="party-review", document_date=date(2026, 5, 20))
    feed.report(BINH_THUAN, None, [("staff_present", 34, "government")], kind="party-review", document_date=date(2026, 5, 20))
    feed.report(BINH_THUAN, None, [("staff_present", 36, "government")], kind="party-review", document_date=date(2027, 5, 20))
    undated = feed.report(BINH_THUAN, None, [("staff_present", 40, "government")], kind="party-review")
    _build()
    assert _rows("select as_of_date, as_of_basis, value from candidate.staffing order by 1") == [
        (date(2026, 5, 20), "document_date", 34),
        (date(2027, 5, 20), "document_date", 36),
    ]
    assert _rows("select value from candidate.figures where landing_id = %s", undated) == [(40,)]


def test_two_printed_values_are_contested_and_the_reports_own_surest_figure_is_shown(feed: Feed) -> None:
    unsure = {"confidence": Decimal("0.5")}
    received, withdrawn = "tthc_received_total", "tthc_withdrawn"
    feed.report(TAM_THANH, Q1, [(received, 100), (received, 101), (withdrawn, 4, "", unsure), (withdrawn, 5)])
    looking_back = {"period_key": Q1.key, "period_start": Q1.start, "period_end": Q1.end, "flags": ["own-period"]}
    feed.report(TAM_THANH, Q2, [(withdrawn, 6, "", looking_back), (withdrawn, 8), ("tthc_paused", 2, "", {"flags": ["own-period"]})])
    _build()
    assert _rows("select period_key, measure, value, is_contested from candidate.service_performance order by 1, 2") == [
        (Q1.key, received, 100, True),
        (Q1.key, withdrawn, 5, True),
        (Q2.key, withdrawn, 8, False),
    ]
    # Of an unknown other period: a figure, but no performance of this one.
    assert _rows("select period_key from candidate.figures where measure = 'tthc_paused'") == [("",)]


def test_the_two_calendars_never_meet_and_what_is_not_printed_has_no_row(feed: Feed) -> None:
    feed.report(LANG_SON, Q1, [("tthc_on_time_rate_pct", Decimal("98.2"), "", {"bound": ">"})])
    scores = {"TEN_COQUAN": "UBND tỉnh", "TDGQ": "18.89", "MDHL": "", "CKMB": None, "TONG_SCORE": "83.6"}
    feed.portal(calendar("quarter", 2026, 1), [("H37", LANG_SON, scores), ("H37.05", "", scores)])
    _build()
    assert _rows("select period_key, source, measure, value, bound from candidate.service_performance order by 1") == [
        ("calendar:2026-01-01:2026-03-31", "portal_index", "service_quality_index", Decimal("83.6"), "="),
        ("statutory:2025-12-15:2026-03-14", "narrative_reports", "tthc_on_time_rate_pct", Decimal("98.2"), ">"),
    ]
    assert _rows("select period_key, label_vi from candidate.dim_period order by 1") == [
        ("calendar:2026-01-01:2026-03-31", "Quý I/2026"),
        ("statutory:2025-12-15:2026-03-14", "Quý I/2026"),
    ]
    assert _rows("select component, source, score from candidate.service_quality_index order by 1") == [
        ("TDGQ", "legacy", Decimal("18.89")),
        ("TOTAL", "legacy", Decimal("83.6")),
    ]
    # A department has no code of the statistics office: its scores are figures only.
    assert _rows("select unit_code, scope, locator from candidate.figures where source = 'portal_index' order by locator") == [
        ("20", "component:TDGQ", "/0/TDGQ"),
        ("20", "", "/0/TONG_SCORE"),
        ("", "component:TDGQ", "/1/TDGQ"),
        ("", "", "/1/TONG_SCORE"),
    ]


def test_portal_scores_follow_the_last_sighting_and_bad_ones_are_named(feed: Feed) -> None:
    period = calendar("quarter", 2026, 2)
    first = feed.portal(period, [("H37", LANG_SON, {"TONG_SCORE": "80"}), ("H37.101", TAM_THANH, {"TONG_SCORE": "nan"})])
    feed.portal(period, [("H37", LANG_SON, {"TONG_SCORE": "81"})])
    feed.portal(period, [("H37", LANG_SON, {"totalScore": 81.5, "groupScores": {"TDGQ": 20, "MDHL": None}})], interface="reporting")
    held = feed.portal(period, [("H37", LANG_SON, {"TONG_SCORE": "99"})])
    feed.seen_again(first, 50)
    feed.hold(held, "portal_index", row_key="/0", rule="index-sum")
    _build()
    assert _rows("select source, component, score from candidate.service_quality_index order by 1, 2") == [
        ("legacy", "TOTAL", 80),
        ("reporting", "TDGQ", 20),
        ("reporting", "TOTAL", Decimal("81.5")),
    ]
    # The two interfaces differ, so the one row of the measure says so.
    assert _rows("select value, is_contested from candidate.service_performance") == [(Decimal("81.5"), True)]
    assert _rows("select unreadable_reason from staging.stg_portal_index__scores where score is null") == [("TOTAL is no number: nan",)]


def _dossier(key: str, **columns: str | None) -> dict[str, str | None]:
    usual = {"agency_code": "H37.101", "status_code": "4", "channel_code": "2", "received_on": "20260105", "due_on": "2026-01-20"}
    return {"dossier_key": key} | usual | columns


def test_the_latest_admitted_record_of_a_dossier_counts(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    feed.portal(calendar("quarter", 2026, 1), [("H37.101", TAM_THANH, {"TEN_COQUAN": "UBND phường Tam Thanh", "TONG_SCORE": "80"})])
    # Ten records of one dossier: /data/11 is newer than /data/9.
    states_of_c = [*[_dossier("c")] * 8, _dossier("c", status_code="5"), _dossier("c", channel_code=None)]
    feed.dossiers([_dossier("a"), _dossier("b"), *states_of_c])
    second = feed.dossiers([
        _dossier("a", status_code="10", finished_on="20260120"),
        _dossier("b", status_code="9", finished_on="20260121"),
        _dossier("d", received_on="20260231"),
    ])  # fmt: skip
    feed.hold(second, "dossiers", row_key="/data/1", rule="status-code")
    before_the_reform = statutory("quarter", 2025, 2)
    feed.report(TAM_THANH, before_the_reform, [("tthc_received_total", 1)])
    feed.dossiers([
        _dossier("e", agency_code="H99.100", received_on="20260106"),
        _dossier("f", received_on="20250601", status_code="9", finished_on="20250602"),
    ])  # fmt: skip
    warnings = transform.build("staging").warnings
    assert [warning.split(":")[0] for warning in warnings] == ["dossier_records_are_readable"]
    transform.build("candidate")
    counts = dict(_rows("select measure, value from candidate.figures where source = 'dossiers' and scope = '' and unit_code = %s", TAM_THANH))
    assert {name: value for name, value in counts.items() if value} == {
        "tthc_received_new": 3, "tthc_received_online": 2, "tthc_received_in_person": 1,
        "tthc_resolved_total": 1, "tthc_resolved_on_time": 1, "tthc_in_progress_total": 2, "tthc_in_progress_overdue": 2,
    }  # fmt: skip
    assert counts["tthc_withdrawn"] == 0  # counted, so it is known to be none
    place = "select distinct locator, landing_id, unit_name_vi, flags from candidate.figures where source = 'dossiers' and scope = '' and unit_code = %s"
    assert _rows(place, TAM_THANH) == [(f"raw.dossiers of landings until {second}", second, "UBND phường Tam Thanh", [])]
    assert _rows("select unreadable_reason from staging.stg_dossiers__records where dossier_key = 'd'") == [
        ("received_on is no day: 20260231; received without a day of receipt",)
    ]
    # An agency that the portal does not name has no figures, nor has the unit of a code that meant another one then: both are told apart.
    assert _rows("select distinct unit_code, period_key from candidate.figures where source = 'dossiers'") == [(TAM_THANH, Q1.key)]
    agencies = _rows("select agency_code, is_placed, dossier_count, unreadable_count, remark_vi from candidate.dossier_agencies order by 1")
    assert [row[:4] for row in agencies] == [("H37.101", True, 5, 1), ("H99.100", False, 1, 0)]
    assert "trước ngày 01/7/2025" in agencies[0][4] and "H99.100" in agencies[1][4]
    assert _rows("select count(distinct unit_code) from candidate.service_performance where source = 'dossiers'") == [(1,)]


def test_counts_of_random_dossiers_agree_with_counting_them_one_by_one(feed: Feed) -> None:
    chance = random.Random(766)
    feed.report(TAM_THANH, Q1, [("tthc_received_total", 1)])
    feed.portal(calendar("quarter", 2026, 1), [("H37.101", TAM_THANH, {"TONG_SCORE": "80"})])
    edges = [Q1.start + timedelta(days=n) for n in (-20, -1, 0, 1, 30, 88, 89, 90, 110)]
    dossiers: list[tuple[str, str, str | None, date, date | None, date | None]] = []
    for number in range(400):
        received, ended = sorted(chance.choices(edges, k=2))
        status = str(chance.randint(1, 10))
        # Every second refused one was told as received before.
        closed = status in ("7", "9", "10") or (status == "3" and number % 2 == 0)
        due_on = chance.choice([*edges, ended, None])
        dossiers.append((str(number), status, chance.choice(["1", "2", "3", None]), received, due_on, ended if closed else None))
    feed.dossiers([
        _dossier(key, status_code="4", channel_code=channel, received_on=f"{received:%Y%m%d}")
        for key, status, channel, received, _, ended in dossiers
        if status == "3" and ended
    ])  # fmt: skip
    feed.dossiers([
        _dossier(
            key, status_code=status, channel_code=channel, received_on=f"{received:%Y%m%d}", due_on=f"{due:%Y%m%d}" if due else "",
            **{"refused_on" if status == "3" else "finished_on": f"{ended:%Y-%m-%d}" if ended else None},
        )
        for key, status, channel, received, due, ended in dossiers
    ])  # fmt: skip
    _build()

    expected: Counter[str] = Counter()
    for _, status, channel, received, due, end in dossiers:
        if status == "1" or (status == "3" and not end) or received > Q1.end or (end and end < Q1.start):
            continue
        if received < Q1.start:
            expected["carried_over"] += 1
        else:
            expected.update(["received_new", {"2": "received_online", "3": "received_postal"}.get(channel or "1", "received_in_person")])
        if end and end <= Q1.end:
            if status in ("3", "7"):
                expected["withdrawn" if status == "7" else "returned_ineligible"] += 1
            else:
                when = "on_time" if not due or end == due else "early" if end < due else "overdue"
                expected.update(["resolved_total", f"resolved_{when}"])
        elif status in ("5", "6", "8"):
            expected["paused"] += 1
        else:
            expected.update(["in_progress_total", "in_progress_overdue" if due and due < Q1.end else "in_progress_on_time"])
    counted = _rows("select measure, value from candidate.service_performance where source = 'dossiers' and scope = '' and period_key = %s", Q1.key)
    assert {measure.removeprefix("tthc_"): int(value) for measure, value in counted} == expected
    assert len(counted) == 15


def test_staffing_keeps_blocks_and_days_apart_and_computes_the_vacancy_beside_the_stated_one(feed: Feed) -> None:
    head_count = {"as_of_date": date(2026, 4, 15)}
    feed.report(BINH_THUAN, Q1, [
        ("staff_assigned", 51, "government", {"flags": ["provisional"]}),
        ("staff_present", 33, "government", head_count),
        ("staff_vacant", 18, "government", head_count),
        ("staff_assigned", 221, "public-service"),
        ("staff_present", 206, "public-service"),
        ("staff_vacant", 14, "public-service"),
        ("staff_contract_111", 27, "public-service"),
        ("staff_contract_111", 15, "public-service", {"subject": "giao"}),
    ])  # fmt: skip
    _build()
    columns = "block, category, subject, as_of_date, as_of_basis, value, vacant_stated, vacant_computed, is_provisional"
    assert _rows(f"select {columns} from candidate.staffing order by block, category, subject") == [
        ("government", "assigned", "", Q1.end, "period_end", 51, 18, 18, True),
        ("government", "present", "", date(2026, 4, 15), "printed", 33, 18, 18, False),
        ("government", "vacant", "", date(2026, 4, 15), "printed", 18, 18, 18, False),
        ("public-service", "assigned", "", Q1.end, "period_end", 221, 14, 15, False),
        ("public-service", "contract_111", "", Q1.end, "period_end", 27, None, None, False),
        ("public-service", "contract_111", "giao", Q1.end, "period_end", 15, None, None, False),
        ("public-service", "present", "", Q1.end, "period_end", 206, 14, 15, False),
        ("public-service", "vacant", "", Q1.end, "period_end", 14, 14, 15, False),
    ]
    assert _rows("select count(*) from candidate.service_performance") == [(0,)]


def test_one_unit_has_each_rate_under_each_definition_and_no_rate_without_one(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [
        ("tthc_received_total", 1568), ("tthc_received_online", 1568), ("tthc_received_in_person", 0), ("tthc_received_postal", 0), ("tthc_carried_over", 69),
        ("tthc_resolved_total", 1488), ("tthc_resolved_early_or_on_time", 1477), ("tthc_resolved_overdue", 11), ("tthc_in_progress_total", 41),
        ("tthc_in_progress_on_time", 41), ("tthc_in_progress_overdue", 0), ("tthc_returned_ineligible", 44), ("tthc_paused", 64),
        ("tthc_on_time_rate_pct", Decimal("99.26")), ("satisfaction_rate_pct", 98, "", {"bound": ">"}),
    ])  # fmt: skip
    _build()
    rates = {metric: values for metric, *values in _rows("select metric, rate_pct, bound, numerator, denominator from candidate.service_rates")}
    # What was carried over is not in the printed total of this report; the balance closes only with it.
    assert rates == {
        "on_time_of_resolved": [Decimal("99.26"), "=", 1477, 1488],
        "on_time_of_received": [Decimal("90.23"), "=", 1477, 1637],
        "on_time_portal": [Decimal("99.28"), "=", 1518, 1529],
        "on_time_as_printed": [Decimal("99.26"), "=", None, None],
        "overdue_of_resolved": [Decimal("0.74"), "=", 11, 1488],
        "overdue_of_received": [Decimal("0.67"), "=", 11, 1637],
        "overdue_portal": [Decimal("0.72"), "=", 11, 1529],
        "online_of_received_in_period": [Decimal("100.00"), "=", 1568, 1568],
        "online_of_received": [Decimal("95.78"), "=", 1568, 1637],
        "satisfaction_as_printed": [98, ">", None, None],
    }
    # "trên 98 %" is no value: the column is null and says why.
    assert _rows("select satisfaction_rate_pct, inexact from candidate.feedback") == [(None, ["> 98 satisfaction_rate_pct"])]


def _onestop(rows: Sequence[Mapping[str, object]], month: int, *, hour: int = 0) -> None:
    """An answer of OpenCPS for a month of 2026, landed and parsed."""
    served = [
        {
            "month": month, "year": 2026, "govAgencyCode": "x", "govAgencyName": "UBND phường Tam Thanh, tỉnh Lạng Sơn", "domainCode": "", "domainName": "",
            "totalCount": 0, "processCount": 0, "receivedCount": 0, "remainingCount": 0, "releaseCount": 0, "processingCount": 0, **row,
        }
        for row in rows
    ]  # fmt: skip
    body = json.dumps({"total": len(served), "data": served}).encode()
    item = landing.Fetched(body, "opencps", "lang-son/opencps", f"month:2026:{month}", media_type="application/json")
    with db.connect("loader", autocommit=True) as connection:
        landing.land(connection, onestop_statistics, f"t{month}{hour}", items=iter([item]))
        assert landing.parse(connection, onestop_statistics, f"t{month}{hour}") == {"parsed": 1}


def test_onestop_statistics_stand_in_the_marts_beside_the_other_sources(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 40)])
    fields = ({"domainCode": "HT02", "domainName": "Hộ tịch"}, {"domainCode": "ZZ", "domainName": "Lĩnh vực lạ"})
    counts = ((5, 10, 12, 3), (3, 8, 6, 5), (5, 20, 15, 10))  # carried over, received, resolved, in progress
    for month, (opening, received, released, open_at_end) in enumerate(counts, 1):
        parts = {
            "remainingCount": opening,
            "receivedCount": received,
            "processCount": opening + received,
            "releaseCount": released,
            "processingCount": open_at_end,
        }
        halves = [{name: value - value // 2 for name, value in parts.items()}, {name: value // 2 for name, value in parts.items()}]
        rows: list[dict[str, object]] = [{**field, **half} for field, half in zip(fields, halves, strict=True)]
        if month == 2:  # its own total is served, and the fields do not make it up: the total speaks
            rows = [{**fields[0], "releaseCount": 1}, dict(parts)]
        _onestop([*rows, {**parts, "govAgencyCode": "", "govAgencyName": ""}], month)
    _build()
    ours = "source = 'onestop_statistics' and measure = 'tthc_resolved_total' and scope = %s and unit_code = %s"
    values = _rows(f"select period_key, value from candidate.service_performance where {ours} order by 1", "", TAM_THANH)
    assert values == [
        ("calendar:2026-01-01:2026-01-31", 12), ("calendar:2026-01-01:2026-03-31", 33), ("calendar:2026-02-01:2026-02-28", 6),
        ("calendar:2026-03-01:2026-03-31", 15),
    ]  # fmt: skip
    quarter = "period_key = 'calendar:2026-01-01:2026-03-31' and source = 'onestop_statistics' and scope = ''"
    totals = _rows(f"select carried_over, received_in_period, received_with_carried_over, in_progress_total from candidate.service_totals where {quarter}")
    assert totals == [(5, 38, 43, 10)], "the first month's opening, the sum, the last month's closing"
    assert _rows(f"select value from candidate.service_performance where {ours} and period_key like '%%01-31'", "field:civil-status", TAM_THANH) == [(6,)]
    compared = "select source, reference_source, onestop_value, gap from candidate.reconciliation where quantity = 'resolved_total'"
    assert _rows(compared) == [("onestop_statistics", "narrative_reports", 33, -7)]
    place = f"select locator, printed_text from candidate.figures where {ours} and period_key = 'calendar:2026-02-01:2026-02-28'"
    assert _rows(place, "", TAM_THANH) == [("/data/1/releaseCount", "6")]
    ((locator,),) = _rows(f"select locator from candidate.figures where {ours} and {quarter}", "", TAM_THANH)
    assert locator.count("releaseCount") == 5 and len(set(re.findall(r"[0-9a-f]{12} ", locator))) == 3
    assert ("service_performance",) in _rows("select mart from candidate.figure_sources where source = 'onestop_statistics' and usage = 'shown'")


def test_a_held_row_of_the_onestop_statistics_leaves_what_was_served_before(feed: Feed) -> None:
    _onestop([{"releaseCount": 4}], 1)
    _onestop([{"releaseCount": 9}], 1, hour=1)
    value = "select value from candidate.service_performance where source = 'onestop_statistics' and measure = 'tthc_resolved_total'"
    _build()
    assert _rows(value) == [(9,)]
    ((newest,),) = _rows("select max(landing_id) from raw.landing where source = 'onestop_statistics'")
    feed.hold(newest, "onestop_statistics", "/data/0")
    _build()
    assert _rows(value) == [(4,)]


def _catalogue(*items: landing.Fetched | landing.Failure, run_id: str) -> None:
    with db.connect("loader", autocommit=True) as connection:
        landing.land(connection, procedures, run_id, items=iter(items))
        landing.parse(connection, procedures, run_id)


def _page(number: int, *codes: str) -> landing.Fetched:
    body = json.dumps({"items": [{"code": code, "name": f"Thủ tục {code}", "state": "ACTIVE"} for code in codes]}).encode()
    return landing.Fetched(body, "portal", f"portal/page-{number}", media_type="application/json")


def test_a_procedure_is_listed_no_more_only_when_a_whole_list_says_so(feed: Feed) -> None:
    gone = "select procedure_code from candidate.dim_procedure where last_listed_on is not null"
    _catalogue(_page(1, "1.000001", "1.000002"), _page(2, "1.000003", "2.000908"), run_id="night-1")
    _build()
    assert _rows("select count(*), min(name_vi) from candidate.dim_procedure") == [(4, "Thủ tục 1.000001")] and _rows(gone) == []
    _catalogue(_page(1, "1.000001"), landing.Failure("refused", "HTTP 403", "portal", "portal/page-2"), run_id="night-2")
    _build()
    assert _rows(gone) == [], "the second page did not come: nobody knows what is on it"
    _catalogue(_page(1, "1.000001"), _page(2, "1.000003", "2.000908"), run_id="night-3")
    _build()
    assert _rows(gone) == [("1.000002",)]
    _catalogue(_page(1, "1.000001", "1.000002"), _page(2, "1.000003", "2.000908"), run_id="night-4")
    _build()
    assert _rows(gone) == [], "the same list as at first, served again"


def test_the_catalogue_knows_the_last_day_of_a_procedure_and_the_gate_names_dossiers_after_it(feed: Feed) -> None:
    header = "procedure_code,name_vi,field_code,level,online_level,valid_from,valid_to,lead_agency,supporting_agencies\n"
    rows = "1.013000,Khai sinh liên thông,HT02,xã,full,2025-07-01,{},Phòng Tư pháp,Công an xã|Bảo hiểm xã hội\n2.000908,Bản sao,CT01,xã,full,,,,\n"

    def table(last_day: str, name: str) -> landing.Fetched:
        return landing.Fetched((header + rows.format(last_day)).encode(), name, file_name=name)

    _catalogue(table("2026-03-31", "danh-muc-1.csv"), run_id="night-1")
    _build()
    known = "select valid_to, lead_agency, supporting_agencies from candidate.dim_procedure where procedure_code = '1.013000'"
    assert _rows(known) == [(date(2026, 3, 31), "Phòng Tư pháp", ["Công an xã", "Bảo hiểm xã hội"])]
    feed.dossiers([
        _dossier("a", procedure_code="1.013000", received_on="20260331"), _dossier("b", procedure_code="1.013000", received_on="2026-04-01"),
        _dossier("c", procedure_code="2.000908", received_on="2026-04-01"), _dossier("d", procedure_code="9.999999", received_on="2026-04-01"),
    ])  # fmt: skip
    (rule,) = [check for check in mart_checks({}) if check.rule == "procedure-in-force"]
    with db.connect("gate") as connection:
        told = connection.execute(f"select row_key, reason_vi from ({rule.failing_sql}) as found order by 1".encode()).fetchall()
    assert [code for code, _ in told] == ["1.013000", "9.999999"]
    assert "hết hiệu lực từ sau ngày 31/03/2026" in told[0][1] and "1 hồ sơ nhưng không có trong danh mục" in told[1][1]
    _catalogue(table("", "danh-muc-2.csv"), run_id="night-2")
    _build()
    assert _rows(known)[0][0] is None, "put in force again by a newer table"


def test_forms_and_dossiers_are_compared_by_the_same_fields_and_an_unknown_name_waits_for_review(feed: Feed) -> None:
    header = "procedure_code,name_vi,field_code,field_name_vi\n"
    body = header + "2.000635,Trích lục,HT02,HỘ TỊCH - QUỐC TỊCH\n1.000001,Mưa,KTTV,Khí tượng thủy văn\n1.000002,Thửa đất,DD07,Đất  đai\n"
    _catalogue(landing.Fetched(body.encode(), "danh-muc.csv", file_name="danh-muc.csv"), run_id="night-1")
    feed.report(TAM_THANH, Q1, [
        ("tthc_resolved_total", 9), ("tthc_resolved_total", 5, "field:civil-status"), ("tthc_resolved_total", 3, "field:land"), ("tthc_resolved_total", 1, "field:other"),
    ])  # fmt: skip
    feed.portal(calendar("quarter", 2026, 1), [("H37.101", TAM_THANH, {"TEN_COQUAN": "UBND phường Tam Thanh", "TONG_SCORE": "80"})])
    done = {"status_code": "9", "finished_on": "20260110"}
    feed.dossiers([
        *[_dossier(f"ht{n}", procedure_code="2.000635", **done) for n in range(4)], _dossier("dd", procedure_code="1.000002", **done),
        # The catalogue does not know the procedure; the record names its field.
        _dossier("own", procedure_code="9.000001", field_code="HT02", **done),
        _dossier("kttv", procedure_code="1.000001", **done), _dossier("nobody", procedure_code="9.000002", **done),
    ])  # fmt: skip
    _build()
    counted = _rows(
        "select scope, value from candidate.service_performance where source = 'dossiers' and measure = 'tthc_resolved_total' and scope like 'field:%%' order by 1"
    )
    assert counted == [("field:civil-status", 5), ("field:land", 1), ("field:other", 1), ("field:unknown", 1)]
    compared = _rows("select scope, report_value, dossiers_value, gap from candidate.reconciliation where quantity = 'resolved_total' order by 1")
    assert compared == [("", 9, 8, -1), ("field:civil-status", 5, 5, 0), ("field:land", 3, 1, -2)], "the rests of two sources hold different things"
    fields = _rows("select field_code, field_name_vi, scope, is_mapped, procedure_count, dossier_count, remark_vi <> '' from candidate.dim_field order by 1")
    assert fields == [
        ("", "", "field:unknown", False, 0, 1, True), ("DD07", "Đất  đai", "field:land", True, 1, 1, False),
        ("HT02", "HỘ TỊCH - QUỐC TỊCH", "field:civil-status", True, 1, 5, False), ("KTTV", "Khí tượng thủy văn", "field:other", False, 1, 1, True),
    ]  # fmt: skip


def test_the_vocabulary_of_fields_is_one_for_readers_and_marts(feed: Feed) -> None:
    labels = [label for row in csv.DictReader((transform.PROJECT / "seeds/fields.csv").open(encoding="utf-8")) for label in row["label_vi"].split("|")]
    assert len(labels) > 60
    fold = "trim(regexp_replace(regexp_replace(replace(normalize(lower(%s), NFD), 'đ', 'd'), '[\\u0300-\\u036f]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'))"
    written = (transform.PROJECT / "macros/folded.sql").read_text(encoding="utf-8")
    assert fold.replace("%s", "{{ text }}") in written
    for label in labels:
        assert _rows(f"select {fold}", label.upper()) == [(header_key(label),)], label
    assert set(row_scopes("fields").values()) < set(SCOPE_LABELS_VI)


def test_every_printed_number_leads_to_the_rows_it_fed_and_a_held_one_to_none(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 90), ("tthc_resolved_overdue", 3), ("tthc_resolved_overdue", 4)])
    held = feed.report(TAM_THANH, Q2, [("tthc_resolved_total", 91)])
    feed.hold(held, "narrative_reports")
    _build()
    fed = _rows("select measure, usage, mart, split_part(row_key, '|', 6) from candidate.figure_sources order by 1, 2, 3, 4")
    assert fed == [
        ("tthc_resolved_overdue", "other_preferred_or_undated", "", ""),
        ("tthc_resolved_overdue", "shown", "service_performance", "tthc_resolved_overdue"),
        ("tthc_resolved_overdue", "shown", "service_rates", "overdue_of_resolved"),
        ("tthc_resolved_overdue", "shown", "service_totals", ""),
        ("tthc_resolved_total", "held", "", ""),
        ("tthc_resolved_total", "shown", "service_performance", "tthc_resolved_total"),
        ("tthc_resolved_total", "shown", "service_rates", "overdue_of_resolved"),
        ("tthc_resolved_total", "shown", "service_totals", ""),
    ]


def test_a_count_of_dossiers_leads_to_the_rows_it_fed(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 1)])
    feed.portal(calendar("quarter", 2026, 1), [("H37.101", TAM_THANH, {"TONG_SCORE": "80"})])
    feed.dossiers([_dossier("a", status_code="9", finished_on="20260120"), _dossier("b", channel_code="1")])
    _build()
    _publish("first")
    assert _ask("select count(*) from figure_sources where source = 'dossiers'") == [(0,)], "told by the function, not stored"
    trail = (
        "select t.mart, split_part(t.row_key, '|', 6), t.usage from figures f, figure_trail(f.figure_id) t"
        " where f.source = %s and f.scope = %s and f.measure = %s order by 1, 2"
    )
    rates = ("on_time_of_received", "online_of_received", "online_of_received_in_period", "overdue_of_received")
    assert _ask(trail, "dossiers", "", "tthc_received_online") == [
        ("service_performance", "tthc_received_online", "shown"), *(("service_rates", rate, "shown") for rate in rates), ("service_totals", "", "shown"),
    ]  # fmt: skip
    assert [row[0] for row in _ask(trail, "narrative_reports", "", "tthc_resolved_total")] == ["service_performance", "service_totals"]


def test_who_owes_a_report_is_told_from_the_first_one_of_its_province_on(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [], document_date=date(2026, 3, 18))
    feed.report(TAM_THANH, Q2, [], document_date=date(2026, 6, 30))
    feed.report(TAM_THANH, Q2, [], document_date=date(2026, 7, 1))
    feed.portal(calendar("quarter", 2026, 3), [("H37", LANG_SON, {"TONG_SCORE": "80"})])
    _build()
    status = "period_end, status, sent_on, sent_on_basis, days_late, version_count, is_corrected"
    assert _rows(f"select {status} from candidate.reporting_status where unit_code = %s and obligation = 'kstthc-quarter' order by 1", TAM_THANH) == [
        (date(2026, 3, 14), "on_time", date(2026, 3, 18), "document_date", 0, 1, False),
        (date(2026, 6, 14), "late", date(2026, 6, 30), "document_date", 12, 2, True),
        # Nobody has sent it: the portal has told that its days are over.
        (date(2026, 9, 14), "missing", None, "", None, 0, False),
    ]
    units = "candidate.reporting_status join candidate.dim_unit using (unit_code, unit_valid_from)"
    assert _rows(f"select count(distinct unit_code), count(distinct province_code) from {units}") == [(65, 1)]


def _publish(run_id: str) -> None:
    with db.connect("gate", autocommit=True) as connection:
        _insert(connection, "quality.run", {"run_id": run_id, "verdict": "publish", "reasons": Jsonb([])})
        publishing.publish(connection, run_id)


def _ask(query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with db.connect("analyst") as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def test_a_merged_ward_is_reported_as_if_it_had_existed_before_and_no_dossier_is_lost_or_made_twice(feed: Feed) -> None:
    before = statutory("quarter", 2023, 3)
    old = date(2004, 1, 1)
    wards = {"14812": 100, "14815": 674, "14821": 50, "15277": 25}  # what became phường Bỉm Sơn; its code was phường Ba Đình's
    for unit, resolved in wards.items():
        feed.report(unit, before, [("tthc_resolved_total", resolved), ("tthc_on_time_rate_pct", 99)], since=old)
    feed.report("00007", before, [("tthc_resolved_total", 101), ("fees_vnd", Decimal("1000.5"), "", {"unit": "VND"})], since=old)
    feed.report("14812", Q1, [("tthc_resolved_total", 1001)])
    _build()
    _publish("boundary")
    columns = "unit_valid_from, period_key, value, value_low, value_high, is_estimated, members"
    bim_son = f"select {columns} from performance_on('2026-01-01') where unit_code = '14812' and measure = 'tthc_resolved_total' order by period_key"
    assert _ask(bim_son) == [(REFORM, before.key, 849, 849, 849, False, 4), (REFORM, Q1.key, 1001, 1001, 1001, False, 1)]
    # Nobody published how phường Cống Vị was split: an estimate, with bounds, that adds up.
    split = "select count(*), sum(value), min(value_low), max(value_high), bool_and(is_estimated) from performance_on('2026-01-01')"
    parts = _ask(f"{split} where measure = 'tthc_resolved_total' and is_estimated")[0]
    assert parts[0] > 1 and parts[1:] == (101, 0, 101, True)
    taken_apart = _ask("select count(*), sum(value), bool_and(is_estimated) from performance_on('2024-01-01') where period_key = %s", Q1.key)
    assert taken_apart == [(4, 1001, True)]
    published = _ask("select measure, period_key, sum(value) from service_performance where measure <> 'tthc_on_time_rate_pct' group by 1, 2 order by 1, 2")
    for day in ("2004-01-01", "2024-01-01", "2025-06-30", "2025-07-01", "2026-10-01"):
        assert _ask("select measure, period_key, sum(value) from performance_on(%s) group by 1, 2 order by 1, 2", day) == published, day
        assert _ask("select count(*) from dim_unit u where not exists (select from units_on(%s) m where m.unit_code = u.unit_code)", day) == [(0,)]


def test_on_every_boundary_random_counts_of_all_units_are_conserved_and_bounded(feed: Feed) -> None:
    """Over the real units: every commune that ever was has a count, and Python adds up by the crosswalk what the functions must say."""
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 1)])
    _build()
    _publish("boundary")
    for seed in range(2):
        _boundaries_hold(random.Random(seed))


def _ask_patiently(query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """As the owner, whose statements may take as long as a busy machine makes them."""
    with db.connect("owner") as connection:
        connection.execute("set local search_path to marts")
        return connection.execute(query.encode(), parameters).fetchall()


def _boundaries_hold(chance: random.Random) -> None:
    units = _ask_patiently("select unit_code, unit_valid_from, unit_valid_to from dim_unit where level = 'commune'")
    counts = {(code, since): Decimal(chance.choice([0, 1, 2, 3, 7, 100, 12345])) for code, since, _ in units}
    fees = {unit: Decimal(chance.randrange(10**9)) / 100 for unit in chance.sample(sorted(counts), 500)}
    with db.connect("owner") as connection:
        connection.execute("delete from marts.performance_told")
        with connection.cursor().copy(
            "copy marts.performance_told (unit_code, unit_valid_from, period_key, period_calendar, scope, subject, measure, source, value, unit, bound,"
            " is_contested, figure_id, fetched_at, publication_id) from stdin"
        ) as copy:
            for measure, values in (("tthc_resolved_total", counts), ("fees_vnd", fees)):
                for number, ((code, since), value) in enumerate(values.items()):
                    key = (
                        code,
                        since,
                        Q1.key,
                        "statutory",
                        "",
                        "",
                        measure,
                        "statutory_forms",
                        value,
                        "dossier",
                        "=",
                        False,
                        f"{measure} {number}",
                        "2026-07-01",
                        1,
                    )
                    copy.write_row(key)
    with db.connect("owner", autocommit=True) as connection:
        connection.execute("analyze marts.performance_told")
    whole, part = defaultdict[tuple[str, date], Decimal](Decimal), defaultdict[tuple[str, date], Decimal](Decimal)
    moves = _ask_patiently("select predecessor_code, predecessor_valid_from, successor_code, successor_valid_from, is_partial from bridge_unit_successor")
    for old_code, old_since, code, since, is_partial in moves:
        (part if is_partial else whole)[code, since] += counts.get((old_code, old_since), Decimal(0))
    split = {(code, since) for *_, code, since, is_partial in moves if is_partial}
    totals = {"tthc_resolved_total": sum(counts.values()), "fees_vnd": sum(fees.values())}
    for day in ("2023-09-30", "2025-06-30", "2025-07-01", "2026-06-01", "2026-11-01"):
        sums = _ask_patiently(
            "select measure, sum(value), bool_and(value_low <= value and value <= value_high), sum(value_low) <= sum(value) and sum(value) <= sum(value_high),"
            " bool_and(is_estimated or (value_low = value and value = value_high)) from performance_on(%s) group by 1",
            day,
        )
        assert {measure: value for measure, value, *_ in sums} == totals, day
        assert all(row[2:] == (True, True, True) for row in sums), day
    shown = _ask_patiently(
        "select unit_code, unit_valid_from, value, value_low, value_high, is_estimated from performance_on('2025-07-01')"
        " inner join dim_unit using (unit_code, unit_valid_from) where measure = 'tthc_resolved_total' and level = 'commune' and unit_valid_from = '2025-07-01'"
    )
    assert len(shown) == 3321
    # What stands today under another type goes back to the unit of the day, which it is as a whole.
    later = {code: sum(counts[unit] for unit in counts if unit[0] == code and unit[1] > REFORM) for code, since, _ in units if since > REFORM}
    for code, since, value, low, high, is_estimated in shown:
        exact = counts[code, since] + whole[code, since] + later.get(code, 0)
        assert (low, high) == (exact, exact + part[code, since]), code
        assert is_estimated == ((code, since) in split) and (is_estimated or value == exact), code


def test_marts_answer_as_published_and_tell_what_a_correction_changed(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 90), ("tthc_withdrawn", 1)])
    _build()
    _publish("first")
    feed.report(TAM_THANH, Q1, [("tthc_resolved_total", 95), ("tthc_paused", 2)])
    _build()
    _publish("second")
    moment, later = (row[0] for row in _ask("select published_at from publication order by publication_id"))
    shown = "select measure, value from performance_as_published(%s) order by 1"
    assert _ask(shown, moment) == [("tthc_resolved_total", 90), ("tthc_withdrawn", 1)]
    assert _ask(shown, later) == [("tthc_paused", 2), ("tthc_resolved_total", 95)]
    assert _ask(shown, moment - timedelta(seconds=1)) == []
    assert _ask("select change, measure, value_before, value_after, file_before, file_after from changes_between(1, 2) order by measure") == [
        ("new", "tthc_paused", None, 2, None, "kstthc-2.txt"),
        ("changed", "tthc_resolved_total", 90, 95, "kstthc-1.txt", "kstthc-2.txt"),
        ("removed", "tthc_withdrawn", 1, None, "kstthc-1.txt", None),
    ]
    assert _ask("select measure, first_value, last_value, revision, versions from revisions() where revision <> 0") == [("tthc_resolved_total", 90, 95, 5, 2)]
    with db.connect("owner") as connection:
        connection.execute("update marts.publication set is_kept = false where publication_id = 1")
    with pytest.raises(psycopg.errors.RaiseException, match="publication 1 of that moment is not kept"):
        _ask(shown, moment)


@pytest.mark.parametrize(
    ("table", "columns", "twice"),
    [
        ("staging.administrative_units", "unit_code, valid_from, valid_to", "'05986', '2025-06-30', '2025-06-30'"),
        ("candidate.dim_unit", "unit_code, unit_valid_from, unit_valid_to", "'05986', '2026-01-01', null"),
        ("staging.reporting_obligations", "obligation, effective_from, effective_to", "'kstthc-quarter', '2026-01-01', '2026-01-31'"),
    ],
)
def test_nothing_is_valid_twice_on_one_day(feed: Feed, table: str, columns: str, twice: str) -> None:
    with db.connect("owner") as connection:
        for (name,) in connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and attnotnull and attname !~ '^(unit_)?(code|valid_from)$'",
            (table,),
        ).fetchall():
            connection.execute(sql.SQL("alter table {} alter column {} drop not null").format(sql.Identifier(*table.split(".")), sql.Identifier(name)))
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(f"insert into {table} ({columns}) values ({twice})".encode())


def test_functions_of_the_marts_are_for_those_who_read_the_marts(feed: Feed) -> None:
    public = "select count(*) from pg_proc, aclexplode(proacl) where pronamespace = 'marts'::regnamespace and grantee = 0"
    assert _rows(public) == [(0,)]
    with db.connect("loader") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from marts.units_on('2026-01-01')")


def _content() -> dict[str, list[tuple[Any, ...]]]:
    return {name: _rows(f"select t::text from candidate.{name} as t order by 1") for name in CANDIDATES}


def test_a_second_build_on_the_same_inputs_gives_the_same_rows_and_leaves_the_seeds_alone(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [
        ("tthc_received_total", 100), ("tthc_resolved_total", 90), ("tthc_digitised_results", 80), ("staff_present", 20, "government"),
        ("staff_left_retired", 1, "government"), ("pakn_received", 2, "", {"unit": "item"}), ("fees_vnd", 1000, "", {"unit": "VND"}), ("procedures_total", 9, "", {"unit": "procedure"}),
    ])  # fmt: skip
    score = feed.portal(calendar("quarter", 2026, 1), [("H37.101", TAM_THANH, {"TONG_SCORE": "80"})])
    feed.dossiers([_dossier("a"), _dossier("b", status_code="9", finished_on="20260120")])
    _catalogue(_page(1, "1.000001"), run_id="night-1")
    _build()
    before = _content()
    assert {mart for mart, rows in before.items() if not rows} == {"held_rows"}
    feed.seen_again(score, 60)
    assert transform.build("staging").seeds == 0
    transform.build("candidate")
    assert _content() == before


def test_seeds_are_loaded_when_their_files_changed(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transform, "_seeds_digest", lambda: "other files")
    loaded = transform.build("staging").seeds
    assert loaded == len(list((transform.PROJECT / "seeds").glob("*.csv")))
    assert transform.build("staging").seeds == 0
    assert _rows("select count(*) from staging.measures where form_06_column = 11") == [(1,)]
    assert _rows("select name_vi from staging.administrative_units where unit_code = '02524' and valid_to is null") == [("Bình Thuận",)]


def test_a_figure_of_an_unknown_measure_stops_the_build_and_the_error_names_test_and_log(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [("tthc_invented", 1)])
    transform.build("staging")
    told: list[str] = []
    with pytest.raises(transform.TransformError, match=r"refers_to_figures_told_measure(?s:.*)Got 1 result(?s:.*)target.*\.sql\nlog: .*dbt\.log"):
        transform.build("candidate", told.append)
    assert "int_figures__printed SELECT 1" in told


def test_a_submission_with_a_unit_and_no_day_of_it_stops_the_build(feed: Feed) -> None:
    feed.report(TAM_THANH, Q1, [])
    values = {"landing_id": feed.landing("narrative_reports", "x.txt"), "source": "narrative_reports", "reader_version": "1", "kind": "cchc"}
    with db.connect("loader") as connection:
        _insert(connection, "facts.submission", values | {"unit_code": TAM_THANH, "figure_count": 0})
    with pytest.raises(transform.TransformError, match="unit_valid_from_is_not_null"):
        transform.build("staging")


def test_every_published_column_is_described_and_every_mart_has_a_key(feed: Feed) -> None:
    undescribed = _rows(
        "select attrelid::regclass::text, attname from pg_attribute join pg_class on pg_class.oid = attrelid"
        " where relnamespace = 'candidate'::regnamespace and relkind in ('r', 'v') and attnum > 0 and not attisdropped"
        " and col_description(attrelid, attnum) is null"
    )
    assert undescribed == []
    counts = "select array_agg(attname::text order by attnum) from pg_attribute where attrelid = 'candidate.dossier_counts'::regclass and atttypid = 'numeric'::regtype"
    assert _rows(counts) == [(list(DOSSIER_COUNTS),)]
    kinds = dict(_rows("select relname, relkind::text from pg_class where relnamespace = 'candidate'::regnamespace and relkind in ('r', 'v')"))
    assert kinds == {name: "v" if name in SHOWN_MARTS else "r" for name in CANDIDATES}
    keys = _rows("select count(*) from pg_constraint where connamespace = 'candidate'::regnamespace and contype = 'p'")
    assert keys == [(len(CANDIDATES) - len(SHOWN_MARTS),)]


def test_the_gate_reads_what_dbt_built_and_may_not_change_it(feed: Feed) -> None:
    with db.connect("gate") as connection:
        connection.execute("select * from candidate.figures, staging.stg_dossiers__records, intermediate.int_dossiers__counts limit 0")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from candidate.figures_told")


def test_quarantine_is_read_in_one_place() -> None:
    readers = [path for path in transform.PROJECT.rglob("*.sql") if "quarantine" in path.read_text(encoding="utf-8")]
    assert [str(path.relative_to(transform.PROJECT)) for path in readers] == ["macros/admission.sql"]


def test_no_model_depends_on_the_clock_or_the_run() -> None:
    forbidden = re.compile(r"\b(now\(\)|current_date|current_timestamp|clock_timestamp|random\(\)|invocation_id|run_started_at|gen_random_uuid)", re.IGNORECASE)
    assert [path.name for path in transform.PROJECT.rglob("*.sql") if forbidden.search(path.read_text(encoding="utf-8"))] == []


def test_unit_tests_of_computed_columns_pass_and_the_docs_say_what_a_row_is(feed: Feed, seeded: tuple[str, Path]) -> None:
    assert transform.unit_tests() >= 25
    page = transform.docs_generate()
    assert json.dumps("Kết quả giải quyết thủ tục hành chính")[1:-1] in page.read_text(encoding="utf-8")
    kept = {"dbt_project.yml", "profiles.yml", "macros", "models", "seeds", "tests"}
    assert {path.name for path in transform.PROJECT.iterdir()} - kept == set()
    manifest = json.loads((seeded[1] / "dbt" / "target" / "manifest.json").read_text())
    models = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert len(models) > 20
    assert [node["name"] for node in models if not node["description"].startswith("One row per ")] == []
    # Staging reads no later layer, intermediate no mart; a `depends_on` in a comment only says what is built before.
    layers = ("staging", "intermediate", "candidate")
    statements = {node["name"]: (node["config"]["schema"], re.sub(r"--.*", "", node.get("compiled_code") or "")) for node in models}
    later = {name: [layer for layer in layers[layers.index(own) + 1 :] if f'"{layer}".' in query] for name, (own, query) in statements.items()}
    assert {name: read for name, read in later.items() if read} == {}
    assert '"intermediate".' in statements["performance_told"][1]
    published = {node["unique_id"] for node in models if node["config"]["schema"] == "candidate"}
    # Every computed column of a mart has a unit test, there or in the models it takes over; those without any show columns as they are.
    tested = {node["model"] for node in manifest["unit_tests"].values()}
    taken_over = {
        "dim_period": "int_periods__named",
        "dim_unit": "int_units__placed",
        "performance_told": "int_performance__preferred",
        "service_performance": "figures",
    }
    wide = {"digitisation", "feedback", "payments", "procedures"}  # the macro of service_totals
    plain = {"dim_measure", "dim_metric", "dim_procedure", "dossier_counts", "figures_told"}
    untested = {unique_id.split(".")[-1] for unique_id in published} - {name for name in taken_over if taken_over[name] in tested} - tested - wide - plain
    assert untested == set(), "each published table that computes something has a unit test"
    consumers = {node["name"]: set(node["depends_on"]["nodes"]) for node in manifest["exposures"].values()}
    for name in ("extract", "analyst_guide", "gate_of_the_marts", "night_summary"):
        assert consumers[name] == published, name
    assert consumers["rights_by_unit"] < published
