"""Both interfaces of the portal against a stand-in that answers, and fails, in their shapes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import psycopg
import pytest

from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError, land, parse
from ingest.sources import portal_index
from sample import standin
from sample.standin import StandIn
from warehouse import db
from warehouse.settings import ROOT, SettingsError, settings

SHARED = ROOT.parent / "shared" / "portal"
ONE_QUARTER = {
    "provinces/service-results": 34, "provinces/report_tinh_766_service": 34, "H37/report_tinh_766_service": 4, "H24/report_tinh_766_service": 4,
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_index, "PAUSES", (0.0, 0.0))


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standin.serve() as server:
        point_to(server, monkeypatch)
        yield server
    settings.cache_clear()


@pytest.fixture
def loader(database: str) -> Iterator[psycopg.Connection]:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


def point_to(server: StandIn, monkeypatch: pytest.MonkeyPatch, periods: str = "quarter:2026:1", provinces: str = "H37,H24") -> None:
    monkeypatch.setenv("TTHC_PORTAL_URL", server.url)
    monkeypatch.setenv("TTHC_PORTAL_PERIODS", periods)
    monkeypatch.setenv("TTHC_PORTAL_PROVINCES", provinces)
    settings.cache_clear()


def fetched() -> list[Fetched | Failure]:
    return list(portal_index.fetch(settings()))


def change(server: StandIn, report: str, scope: str, edit: Callable[[Any], Any], edition: str = "quarter:2026:1") -> bytes:
    """Serve an edited answer; returns what is now served."""
    key = (report, scope, edition)
    body = json.dumps(edit(json.loads(server.answers[key])), ensure_ascii=False).encode()
    server.answers = {**server.answers, key: body}
    return body


def test_one_landing_a_scope_and_period_with_the_body_as_served(portal: StandIn) -> None:
    items = fetched()
    assert [(item.scope, item.edition) for item in items] == [(scope, "quarter:2026:1") for scope in ONE_QUARTER]
    for item in items:
        assert isinstance(item, Fetched)
        scope, _, report = item.scope.partition("/")
        assert item.body == portal.answers[report, scope, "quarter:2026:1"]


def test_the_requests_are_those_of_the_interfaces(portal: StandIn) -> None:
    fetched()
    (current_path, current), (legacy_path, provinces), (_, lang_son), _ = portal.requests
    assert current_path == "/api/v1/reporting/evaluation/service-results"
    assert current == {"timeType": "quarter", "year": 2026, "quarter": 1, "departmentType": "ADMINISTRATIVE_UNIT"}
    assert legacy_path == "/jsp/rest.jsp"
    assert provinces.items() >= {"service": "report_tinh_766_service", "type": "ref", "p_nam": "2026", "p_quy": 1, "p_thang": 0, "p_tinh_id": "0"}.items()
    served = json.loads(portal.answers["report_tinh_766_service", "provinces", "quarter:2026:1"])
    assert lang_son["p_tinh_id"] == next(row["ID"] for row in served if row["MA_COQUAN"] == "000.00.00.H37")


@pytest.mark.parametrize(("edition", "body"), [("month:2026:8", {"month": 8}), ("year:2025", {})])
def test_months_and_years_are_asked_in_their_own_keys(portal: StandIn, monkeypatch: pytest.MonkeyPatch, edition: str, body: dict[str, int]) -> None:
    point_to(portal, monkeypatch, edition)
    assert {item.outcome for item in fetched() if isinstance(item, Failure)} == {"empty"}
    kind, year, *_ = edition.split(":")
    assert portal.requests[0][1] == {"timeType": kind, "year": int(year), "departmentType": "ADMINISTRATIVE_UNIT", **body}


def test_rows_keep_pointer_code_unit_period_and_payload(portal: StandIn, loader: psycopg.Connection) -> None:
    assert land(loader, portal_index, "night") == {"landed": 4}
    assert parse(loader, portal_index, "night") == {"parsed": 4}
    counts = dict(loader.execute("select l.scope, count(*) from raw.portal_index join raw.landing as l using (landing_id) group by 1").fetchall())
    assert counts == ONE_QUARTER
    commune = loader.execute(
        "select interface, report, period_start, period_end, province_code, is_final, unit_code, unit_valid_from, payload ->> 'TEN_COQUAN'"
        " from raw.portal_index where portal_code = 'H37.101'"
    ).fetchone()
    assert commune == (
        "legacy", "report_tinh_766_service", date(2026, 1, 1), date(2026, 3, 31), "H37", True, "06187", date(2025, 7, 1),
        "UBND phường Kỳ Lừa - tỉnh Lạng Sơn",
    )  # fmt: skip
    province = loader.execute("select pointer, province_code, unit_code from raw.portal_index where portal_code = 'H37' order by interface").fetchall()
    assert {(row[1], row[2]) for row in province} == {("", "20")} and province[1][0].startswith("/data/evaluation/")
    assert loader.execute("select unit_code from raw.portal_index where portal_code = 'H37.06'").fetchone() == ("",), "a department is no unit"


def test_the_pointer_leads_to_the_row_and_numbers_stay_exact(portal: StandIn, loader: psycopg.Connection) -> None:
    def edit(answer: Any) -> Any:
        answer["data"]["evaluation"][3]["groupScores"]["TDGQ"] = 17.35
        return answer

    body = change(portal, "service-results", "provinces", edit)
    exact = body.replace(b"17.35,", b"17.3500000000000000000000000001,")
    portal.answers = {**portal.answers, ("service-results", "provinces", "quarter:2026:1"): exact}
    land(loader, portal_index, "night")
    parse(loader, portal_index, "night")
    row = loader.execute("select pointer, payload -> 'groupScores' ->> 'TDGQ' from raw.portal_index where payload -> 'groupScores' ->> 'TDGQ' like '17.35000%'")
    assert row.fetchone() == ("/data/evaluation/3", "17.3500000000000000000000000001")


def test_the_six_scores_of_the_sample_add_up_exactly(portal: StandIn, loader: psycopg.Connection) -> None:
    land(loader, portal_index, "night")
    parse(loader, portal_index, "night")
    rows = [row[0] for row in loader.execute("select payload from raw.portal_index where interface = 'legacy'")]
    assert len(rows) == 42
    assert all(isinstance(value, str) for row in rows for value in row.values())
    assert all(Decimal(row["TONG_SCORE"]) == sum(Decimal(row[name]) for name in ("TDGQ", "MDHL", "MDSH", "TTTT", "CLGQ", "CKMB")) for row in rows)


def test_a_restated_score_is_another_landing_and_the_first_stays(portal: StandIn, loader: psycopg.Connection) -> None:
    land(loader, portal_index, "night-1")

    def restate(rows: Any) -> Any:
        rows[0]["TDGQ"] = "19.99"
        return rows

    change(portal, "report_tinh_766_service", "H37", restate)
    assert land(loader, portal_index, "night-2") == {"landed": 1, "seen_again": 3}
    assert parse(loader, portal_index, "night-2") == {"parsed": 5}
    assert loader.execute("select count(*) from raw.landing where scope = 'H37/report_tinh_766_service'").fetchone() == (2,)


FAILURES = {
    "waf403": {"refused"},
    "waf429": {"refused"},
    "html200": {"refused"},
    "not-json": {"unexpected"},
    "other-scope": {"unexpected"},
    "empty": {"empty"},
    "not-ok": {"unexpected", "empty"},  # only the current interface has a code
    "reset": {"unreachable"},
    "down": {"unreachable"},
}


def test_every_mode_of_failure_is_tried() -> None:
    assert set(FAILURES) == set(get_args(standin.Mode)) - {""}


@pytest.mark.parametrize(("mode", "outcomes"), FAILURES.items(), ids=FAILURES.keys())
def test_failures_are_outcomes_with_a_reason_and_delete_nothing(portal: StandIn, loader: psycopg.Connection, mode: standin.Mode, outcomes: set[str]) -> None:
    land(loader, portal_index, "night-1")
    parse(loader, portal_index, "night-1")
    portal.mode = mode
    items = fetched()
    assert {item.outcome for item in items if isinstance(item, Failure)} == outcomes
    assert len(items) == 4 and all(isinstance(item, Failure) and item.reason and item.scope for item in items)
    land(loader, portal_index, "night-2")
    assert loader.execute("select count(*) from raw.landing").fetchone() == (4,)
    assert loader.execute("select count(*) from raw.portal_index").fetchone() == (sum(ONE_QUARTER.values()),)
    assert loader.execute("select count(*) from raw.attempt where run_id = 'night-2' and reason <> '' and stage = 'land'").fetchone() == (4,)


def test_after_a_refusal_nothing_more_is_asked_that_night(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    original = standin._Handler.do_POST
    monkeypatch.setattr(standin._Handler, "do_POST", lambda handler: (tries.append(1), original(handler))[1])
    portal.mode = "waf403"
    fetched()
    assert len(tries) == 1


def test_a_dead_line_is_tried_three_times_and_then_left(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    original = standin._Handler.do_POST
    monkeypatch.setattr(standin._Handler, "do_POST", lambda handler: (tries.append(1), original(handler))[1])
    portal.mode = "reset"
    fetched()
    assert len(tries) == 3


def test_a_line_that_drops_once_is_asked_again(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    original = standin._Handler.do_POST

    def drop_once(handler: Any) -> None:
        portal.mode = "reset" if not portal.requests and portal.mode == "" and not dropped else ""
        dropped.append(1)
        original(handler)

    dropped: list[int] = []
    monkeypatch.setattr(standin._Handler, "do_POST", drop_once)
    assert all(isinstance(item, Fetched) for item in fetched())
    assert len(dropped) == 5


def test_an_unreachable_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with standin.serve() as server:
        point_to(server, monkeypatch)
    outcomes = {item.outcome for item in fetched() if isinstance(item, Failure)}
    assert outcomes == {"unreachable"}


@pytest.mark.parametrize("periods", ["Q1/2026", "quarter:2026:5", "month:2026:13", "year:2026:1", "quarter:2026:1,quarter:2026"])
def test_a_wrong_period_is_the_one_line_of_the_settings(monkeypatch: pytest.MonkeyPatch, periods: str) -> None:
    monkeypatch.setenv("TTHC_PORTAL_PERIODS", periods)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=r"environment variable TTHC_PORTAL_PERIODS: .*is no period; expected month:2026:8"):
        settings()
    monkeypatch.delenv("TTHC_PORTAL_PERIODS")
    settings.cache_clear()


def test_a_newer_reader_stands_beside_the_older_and_takes_its_place(portal: StandIn, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    land(loader, portal_index, "night")
    parse(loader, portal_index, "night")
    monkeypatch.setattr(portal_index, "PARSER_VERSION", "10")
    assert parse(loader, portal_index, "night-2") == {"parsed": 4}
    assert loader.execute("select reader_version, count(*) from raw.portal_index group by 1 order by 1").fetchall() == [(1, 76), (10, 76)]
    assert loader.execute("select reader_version, count(*) from raw.current_portal_index group by 1").fetchall() == [(10, 76)]
    with db.connect("gate") as gate:
        assert gate.execute("select count(*), count(distinct (landing_id, pointer)) from quality.judged_portal_score").fetchone() == (42, 42)


def test_a_province_the_portal_does_not_list_is_said(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    point_to(portal, monkeypatch, provinces="H99")
    last = fetched()[-1]
    assert isinstance(last, Failure) and last.outcome == "unexpected" and "H99" in last.reason and "TTHC_PORTAL_PROVINCES" in last.reason


def test_a_list_longer_than_a_page_is_read_to_its_end(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_index, "PAGE_SIZE", 2)
    monkeypatch.setattr("ingest.sources.portal_index._params", _paged(portal_index._params))
    scopes = [item.scope for item in fetched() if isinstance(item, Fetched) and item.scope.startswith("H37")]
    assert scopes == ["H37/report_tinh_766_service", "H37/report_tinh_766_service/page-2"]


def _paged(original: Callable[[str, str, int], dict[str, str]]) -> Callable[[str, str, int], dict[str, str]]:
    """The list of provinces whole, everything else in pages of two."""

    def params(edition: str, number: str, page: int) -> dict[str, str]:
        asked = json.loads(original(edition, number, page)["params"])
        return {"params": json.dumps(asked | {"pageSize": 1000 if number == "0" else 2})}

    return params


CONTRACTS: dict[str, tuple[str, str, Callable[[Any], Any], str]] = {
    "a renamed field": (
        "report_tinh_766_service", "H37", lambda rows: [{("DIEM" if key == "TDGQ" else key): value for key, value in row.items()} for row in rows],
        "missing: TDGQ; unknown: DIEM",
    ),
    "a group of scores that is gone": (
        "service-results", "provinces", lambda answer: json.loads(json.dumps(answer).replace('"MDSH"', '"MDSH2"')), "missing: groupScores.MDSH",
    ),
    "a code that is none": (
        "report_tinh_766_service", "H37", lambda rows: [rows[0] | {"MA_COQUAN": "37-101"}, *rows[1:]], "/0: “37-101” is no agency code",
    ),
    "a NUL character": (
        "report_tinh_766_service", "H37", lambda rows: [rows[0] | {"TEN": "\0"}, *rows[1:]], "NUL character",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("report", "scope", "edit", "words"), CONTRACTS.values(), ids=CONTRACTS.keys())
def test_a_broken_contract_leaves_the_evidence_and_both_lists(
    portal: StandIn, loader: psycopg.Connection, report: str, scope: str, edit: Callable[[Any], Any], words: str
) -> None:
    change(portal, report, scope, edit)
    assert land(loader, portal_index, "night") == {"landed": 4}
    assert parse(loader, portal_index, "night") == {"parsed": 3, "unexpected": 1}
    reason = loader.execute("select reason from raw.attempt where outcome = 'unexpected'").fetchone()
    assert reason is not None and words in reason[0]
    drifts = loader.execute("select decision from raw.contract_drift").fetchall()
    assert drifts == ([("stop",)] if "missing" in words else [])


def test_an_unknown_field_is_kept_as_served_and_stops_nothing(portal: StandIn, loader: psycopg.Connection) -> None:
    change(portal, "report_tinh_766_service", "H37", lambda rows: [row | {"GHI_CHU": "mới"} for row in rows])
    land(loader, portal_index, "night")
    assert parse(loader, portal_index, "night") == {"parsed": 4}
    assert loader.execute("select count(*) from raw.portal_index where payload ->> 'GHI_CHU' = 'mới'").fetchone() == (4,)
    drift = loader.execute("select contract, missing, unknown, decision, run_id from raw.contract_drift").fetchall()
    assert drift == [("report_tinh_766_service", [], ["GHI_CHU"], "accept", "night")]


@pytest.mark.parametrize("edit", [lambda rows: {"data": rows}, lambda rows: [rows], lambda rows: "OK"], ids=["wrapped", "list of lists", "a word"])
def test_another_shape_is_not_landed(portal: StandIn, edit: Callable[[Any], Any]) -> None:
    change(portal, "report_tinh_766_service", "H37", edit)
    failed = [item for item in fetched() if isinstance(item, Failure)]
    assert [(item.outcome, item.scope) for item in failed] == [("unexpected", "H37/report_tinh_766_service")]


def test_a_period_that_has_not_ended_is_not_final(portal: StandIn, loader: psycopg.Connection) -> None:
    land(loader, portal_index, "night")
    body = portal.answers["report_tinh_766_service", "H37", "quarter:2026:1"]
    landing_id, sha = loader.execute("select landing_id, sha256 from raw.landing where scope like 'H37/%'").fetchone() or (0, "")
    on_the_last_day = datetime(2026, 3, 31, 23, 59, tzinfo=HANOI)
    landing = Landing(landing_id, "portal_index", "H37/report_tinh_766_service", "quarter:2026:1", "portal", "", "", sha, on_the_last_day)
    with loader.transaction():
        portal_index.parse(loader, landing, body)
    assert loader.execute("select distinct is_final from raw.portal_index").fetchall() == [(False,)]


def test_a_scope_that_names_no_report_is_refused() -> None:
    landing = Landing(1, "portal_index", "H37/other", "quarter:2026:1", "portal", "", "", "", datetime(2026, 7, 1, tzinfo=HANOI))
    with pytest.raises(ParseError, match="names no known report"):
        portal_index.parse(None, landing, b"[]")  # type: ignore[arg-type]  # it must stop before it writes


def test_secrets_of_an_address_reach_no_row(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTHC_PORTAL_URL", portal.url.replace("http://", "http://user:hidden@"))
    settings.cache_clear()
    items = fetched()
    assert items and not any("hidden" in item.origin for item in items)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/portal is not here: the real rows cannot be tried")
def test_the_real_rows_pass_through(loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with standin.serve(folder=SHARED, pull="first-pull") as server:
        point_to(server, monkeypatch, "year:2025", "H01")
        assert land(loader, portal_index, "night-1") == {"empty": 1, "landed": 2}  # the folder has no answer of the current interface
        assert parse(loader, portal_index, "night-1") == {"parsed": 2}
        server.answers = standin.answers_in(SHARED, "second-pull")
        assert land(loader, portal_index, "night-2") == {"empty": 1, "landed": 1, "seen_again": 1}
        assert parse(loader, portal_index, "night-2") == {"parsed": 1}
    rows = loader.execute("select province_code, count(*), count(*) filter (where unit_code <> '') from raw.portal_index group by 1 order by 1").fetchall()
    assert rows[0] == ("", 68, 68), "34 provinces in two pulls, all known"
    communes = loader.execute(
        "select count(*), count(*) filter (where unit_code = '') from raw.portal_index where province_code = 'H01' and payload ->> 'LOAI_COQUAN' = '3'"
    ).fetchone()
    assert communes is not None and communes[0] > 50 and communes[1] == 0, "every commune of the real answer resolves"
    restated = loader.execute(
        "select count(distinct payload ->> 'TONG_SCORE') from raw.portal_index where portal_code = 'H05' and province_code = ''"
    ).fetchone()
    assert restated == (2,)


def test_the_stand_in_serves_from_a_shell() -> None:
    command = [sys.executable, "-m", "sample.standin", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            url = line.split()[0]
            request = urllib.request.Request(f"{url}/api/v1/reporting/evaluation/service-results", b'{"timeType": "year", "year": 1999}')
            with urllib.request.urlopen(request) as answer:
                assert (answer.status, json.load(answer)["code"]) == (201, "OK")
        finally:
            process.terminate()
    assert "8 answers" in line
