"""Both interfaces of the portal against a stand-in that answers, and fails, in their shapes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import httpx
import psycopg
import pytest

from ingest import conversation
from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError, land, parse
from ingest.sources import portal_index
from sample import standin
from sample.standin import StandIn
from tests.builders import portal_report
from warehouse import db
from warehouse.settings import PORTAL_REPORTS, ROOT, SettingsError, settings

SHARED = ROOT.parent / "shared" / "portal"
ONE_QUARTER = {
    "provinces/service-results": 34, "provinces/report_tinh_766_service": 34, "H37/report_tinh_766_service": 4, "H24/report_tinh_766_service": 4,
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "PAUSES", (0.0, 0.0))


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standin.serve() as server:
        point_to(server, monkeypatch)
        yield server
    settings.cache_clear()


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
        "report_tinh_766_service", "H37", lambda rows: [rows[0] | {"TEN": "\0"}, *rows[1:]], "holds a character or number that no table takes",
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


SIX = [report for report in PORTAL_REPORTS if report not in ("service-results", "report_tinh_766_service")]
COMMUNES = [("H37.101", "UBND phường Kỳ Lừa"), ("", "UBND phường Đông Kinh"), ("H37.06", "Sở Công Thương")]


def root_of(server: StandIn, province: str = "H37") -> str:
    rows = json.loads(server.answers["service-results", "provinces", "quarter:2026:1"])["data"]["evaluation"]
    return str(next(row["departmentId"] for row in rows if row["departmentCode"] == province))


@pytest.fixture
def seven(portal: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The stand-in with the six reports of Lạng Sơn, all reports of the current interface asked for."""
    point_to(portal, monkeypatch, provinces="H37")
    monkeypatch.setenv("TTHC_PORTAL_REPORTS", ",".join(["service-results", *SIX]))
    settings.cache_clear()
    more = {(name, "H37", "quarter:2026:1"): portal_report(name, root_of(portal), COMMUNES) for name in SIX}
    portal.answers = {**portal.answers, **more}
    return portal


def test_the_settings_know_every_report_of_the_source() -> None:
    assert set(PORTAL_REPORTS) == set(portal_index._REPORTS)


def test_the_seven_reports_of_the_current_interface_are_asked_in_their_own_keys(seven: StandIn) -> None:
    items = fetched()
    assert [item.scope for item in items if isinstance(item, Fetched)] == ["provinces/service-results", *(f"H37/{name}" for name in SIX)]
    by_report = {path.rsplit("/", 1)[1]: asked for path, asked in seven.requests}
    assert by_report["transparency"] == {
        "timeType": "quarter",
        "year": 2026,
        "quarter": 1,
        "rootDepartmentId": root_of(seven),
        "currentPage": 1,
        "pageSize": 200,
    }
    assert by_report["handling-satisfaction"].items() >= {"fromDate": "2026-01-01", "toDate": "2026-03-31"}.items()
    assert "timeType" not in by_report["handling-satisfaction"]


def test_lists_and_trees_become_rows_with_units_and_exact_scores(seven: StandIn, loader: psycopg.Connection) -> None:
    land(loader, portal_index, "night")
    assert parse(loader, portal_index, "night") == {"parsed": 7}
    trees = loader.execute("select report, pointer, unit_code from raw.portal_index where report like '%%-tree' order by report, pointer").fetchall()
    assert [row[1:] for row in trees if row[0] == "provide-online-tree"] == [
        ("/data/children/0", "06187"), ("/data/children/1", "05977"), ("/data/children/2", ""), ("/data/parent", "20"),
    ]  # fmt: skip
    scores = loader.execute(
        "select distinct payload ->> 'totalScore', payload -> 'metrics' -> 0 ->> 'score' from raw.portal_index where report = 'transparency'"
    )
    assert scores.fetchall() == [("7.25", None)], "null stays null"
    assert loader.execute("select count(*) from raw.contract_drift").fetchone() == (0,)


def test_a_long_report_is_read_page_by_page(seven: StandIn) -> None:
    many = [(f"H37.{number}", f"UBND xã {number}") for number in range(100, 330)]
    seven.answers = {**seven.answers, ("dvc-progress-tree", "H37", "quarter:2026:1"): portal_report("dvc-progress-tree", root_of(seven), many)}
    counts = [(item.scope, item.row_count) for item in fetched() if isinstance(item, Fetched) and "progress" in item.scope]
    assert counts == [("H37/dvc-progress-tree", 101), ("H37/dvc-progress-tree/page-2", 101), ("H37/dvc-progress-tree/page-3", 31)]


def test_a_tree_of_another_root_is_another_scope(seven: StandIn) -> None:
    seven.answers = {**seven.answers, ("provide-online-tree", "H37", "quarter:2026:1"): portal_report("provide-online-tree", "other", COMMUNES)}
    (failed,) = [item for item in fetched() if isinstance(item, Failure)]
    assert (failed.scope, failed.outcome) == ("H37/provide-online-tree", "unexpected") and "asked for H37" in failed.reason


def test_without_the_list_of_provinces_nothing_below_it_is_asked(seven: StandIn) -> None:
    seven.answers = {key: body for key, body in seven.answers.items() if key[0] != "service-results"}
    items = fetched()
    assert len(items) == 7 and all(isinstance(item, Failure) for item in items) and len(seven.requests) == 1


def test_three_unusable_answers_in_a_row_open_the_circuit(seven: StandIn) -> None:
    for name in SIX:
        seven.answers = {**seven.answers, (name, "H37", "quarter:2026:1"): b'{"code": "ERROR"}'}
    items = fetched()
    assert len(seven.requests) == 4, "the list and three reports; the other three are not asked"
    assert sum(isinstance(item, Failure) and "not asked after the failure before: 3 unusable answers in a row" in item.reason for item in items) == 3


def test_requests_elsewhere_wait_and_vary(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(conversation.time, "sleep", waited.append)
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(201, json={})))
    talk = conversation.Conversation(client, "https://portal.example", 2.0)
    for _ in range(20):
        talk.ask("/x")
    between = [seconds for seconds in waited if seconds]
    assert len(between) == 19 and all(1.0 <= seconds <= 3.0 for seconds in between) and len(set(between)) > 10


def test_dropped_answers_land_as_if_they_had_been_served(loader: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = standin.answers_in(standin.FOLDER)
    monkeypatch.delenv("TTHC_PORTAL_URL", raising=False)
    monkeypatch.setenv("TTHC_PORTAL_DROPS", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "report_tinh_766_service.lang-son.quarter-2026-1.first-pull.json").write_bytes(served["report_tinh_766_service", "H37", "quarter:2026:1"])
    (tmp_path / "service-results.provinces.quarter-2026-1.json").write_bytes(served["service-results", "provinces", "quarter:2026:1"])
    assert land(loader, portal_index, "night") == {"landed": 2}
    assert parse(loader, portal_index, "night") == {"parsed": 2}
    rows = loader.execute("select scope, edition, origin from raw.landing order by scope").fetchall()
    assert rows[0] == ("H37/report_tinh_766_service", "quarter:2026:1", "report_tinh_766_service.lang-son.quarter-2026-1.first-pull.json")
    assert loader.execute("select unit_code from raw.portal_index where portal_code = 'H37.101'").fetchone() == ("06187",)


WRONG_DROPS = {
    "no name": ("answer.json", b"[]", "does not say which report"),
    "no period": ("service-results.provinces.quarter-2026-7.json", b"[]", "quarter 7 of 2026 does not exist"),
    "no province": ("report_tinh_766_service.binh-thuan.2025.json", b"[]", "“binh-thuan” is no province"),
    "a web page": ("service-results.provinces.2025.json", b"<html>Request Rejected</html>", "is no JSON"),
    "another province": ("report_tinh_766_service.H24.2025.json", b'[{"MA_COQUAN": "H37.101"}]', "asked for H24, served H37.101"),
}


@pytest.mark.parametrize(("name", "body", "words"), WRONG_DROPS.values(), ids=WRONG_DROPS.keys())
def test_a_dropped_file_that_answers_nothing_is_said(tmp_path: Path, name: str, body: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(body)
    (failed,) = portal_index.receive(tmp_path / name, settings())
    assert isinstance(failed, Failure) and failed.reason.startswith(name) and words in failed.reason


def test_a_report_nobody_knows_is_the_one_line_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTHC_PORTAL_REPORTS", "service-results,everything")
    settings.cache_clear()
    with pytest.raises(SettingsError, match=r"TTHC_PORTAL_REPORTS: “everything” is no report"):
        settings()
    monkeypatch.delenv("TTHC_PORTAL_REPORTS")
    settings.cache_clear()
