"""One-stop statistics: asked in their own keys, totals recognised, identities told and never repaired."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from expectations import gate
from ingest import conversation as conversation_module
from ingest.conversation import Conversation, Login
from ingest.landing import Failure, Fetched, land, parse
from ingest.sources import onestop_statistics
from warehouse import db
from warehouse.settings import SettingsError, settings


@pytest.fixture
def drops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "drops"
    path.mkdir()
    monkeypatch.setenv("TTHC_ONESTOP_DROPS", str(path))
    settings.cache_clear()
    yield path
    settings.cache_clear()


def opencps(**changes: object) -> dict[str, object]:
    """A row that satisfies every identity."""
    row: dict[str, object] = {
        "month": 8, "year": 2026, "totalCount": 110, "deniedCount": 4, "cancelledCount": 6, "processCount": 106, "remainingCount": 16, "receivedCount": 90,
        "onlineCount": 80, "onegateCount": 10, "releaseCount": 85, "betimesCount": 60, "ontimeCount": 20, "overtimeCount": 5, "doneCount": 70,
        "releasingCount": 10, "unresolvedCount": 5, "processingCount": 12, "undueCount": 11, "overdueCount": 1, "insideCount": 9, "outsideCount": 3,
        "waitingCount": 3, "govAgencyCode": "H37.101", "govAgencyName": "UBND phường Kỳ Lừa", "domainCode": "HT02", "domainName": "Hộ tịch",
    }  # fmt: skip
    return {name: value for name, value in (row | changes).items() if value is not None}


def igate(**changes: object) -> dict[str, object]:
    agency = {"id": "6", "code": "H01.187", "name": "UBND xã Đông Thái - tỉnh An Giang", "level": "2"}
    return {"agency": agency, "received": 40, "resolved": 35, "receivedOnline": 30, "receivedDirect": 10, "resolvedOverdue": 2} | changes


def answer(*rows: object) -> str:
    return json.dumps({"total": len(rows), "agency": "all", "data": list(rows)}, ensure_ascii=False)


def test_rows_totals_and_identities_of_opencps(drops: Path, loader: psycopg.Connection) -> None:
    rows = [
        opencps(),
        opencps(govAgencyCode="", domainCode=None),
        opencps(domainCode=""),
        opencps(month=0),
        opencps(processCount=107, domainCode="CT01", domainName="Lĩnh vực mới"),
    ]
    (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(*rows))
    assert land(loader, onestop_statistics, "night") == {"landed": 1}
    assert parse(loader, onestop_statistics, "night") == {"parsed": 1}
    kept = loader.execute(
        "select pointer, is_total, total_of, scope, cardinality(broken_identities), unit_code from raw.onestop_statistics order by pointer"
    ).fetchall()
    assert kept == [
        ("/data/0", False, "", "field:civil-status", 0, "06187"),
        ("/data/1", True, "agencies", "", 0, "06187"),
        ("/data/2", True, "fields", "", 0, "06187"),
        ("/data/3", True, "times", "field:civil-status", 0, "06187"),
        ("/data/4", False, "", "field:other", 3, "06187"),
    ]
    (broken,) = loader.execute("select broken_identities from raw.onestop_statistics where pointer = '/data/4'").fetchone() or ([],)
    assert "totalCount 110 is not deniedCount 4 + processCount 107 = 111" in broken
    assert loader.execute("select payload ->> 'processCount' from raw.onestop_statistics where pointer = '/data/4'").fetchone() == ("107",), "never repaired"


def test_parts_that_were_not_sent_are_not_judged(drops: Path, loader: psycopg.Connection) -> None:
    (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(opencps(waitingCount=None, deniedCount=None)))
    land(loader, onestop_statistics, "night")
    parse(loader, onestop_statistics, "night")
    assert loader.execute("select broken_identities from raw.onestop_statistics").fetchone() == ([],)


def test_rows_of_igate(drops: Path, loader: psycopg.Connection) -> None:
    rows = [igate(), igate(agency={"code": "", "name": "Tổng"}), igate(agency={"code": "H01.188", "name": "x"}, receivedOnline=31, resolvedOverdue=36)]
    (drops / "igate.an-giang.month-2026-8.json").write_text(json.dumps(rows))
    land(loader, onestop_statistics, "night")
    assert parse(loader, onestop_statistics, "night") == {"parsed": 1}
    assert loader.execute("select is_total, cardinality(broken_identities) from raw.onestop_statistics order by pointer").fetchall() == [
        (False, 0),
        (True, 0),
        (False, 2),
    ]


WRONG = {
    "another name": ("an-giang.json", "[]", "name it <opencps|igate>", "unexpected"),
    "an empty list": ("igate.an-giang.month-2026-8.json", "[]", "empty list", "empty"),
    "a login page": ("igate.an-giang.month-2026-8.json", "<html>", "is no JSON", "unexpected"),
    "another month": ("opencps.lang-son.month-2026-7.json", answer(opencps()), "asked for month:2026:7, served month 8", "unexpected"),
    "a month that does not exist": ("igate.an-giang.month-2026-13.json", "[{}]", "month 13", "unexpected"),
}


@pytest.mark.parametrize(("name", "body", "words", "outcome"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_answer_is_said(drops: Path, name: str, body: str, words: str, outcome: str) -> None:
    (drops / name).write_text(body)
    (failed,) = onestop_statistics.fetch(settings())
    assert isinstance(failed, Failure) and failed.outcome == outcome and words in failed.reason


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "a field that is gone": (opencps(processCount=None), "missing: processCount"),
    "a count that is none": (opencps(processCount="106"), "processCount is '106', no count"),
    "a count split by something new": (opencps(), "agency H37.101, domain CT01, year and month (2026, 8) occurs twice"),
    "a negative count": (opencps(remainingCount=-1), "remainingCount is -1, no count"),
}


@pytest.mark.parametrize(("row", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_contract_leaves_the_landing(drops: Path, loader: psycopg.Connection, row: dict[str, Any], words: str) -> None:
    (drops / "opencps.lang-son.month-2026-8.json").write_text(
        answer(row, opencps(domainCode="CT01"), opencps(domainCode="CT01") if "twice" in words else opencps(domainCode="CT02"))
    )
    land(loader, onestop_statistics, "night")
    assert parse(loader, onestop_statistics, "night") == {"unexpected": 1}
    assert words in str(loader.execute("select reason from raw.attempt where outcome = 'unexpected'").fetchone())
    assert loader.execute("select count(*) from raw.onestop_statistics").fetchone() == (0,)


def test_an_agency_above_others_is_a_total(drops: Path, loader: psycopg.Connection) -> None:
    province = igate(agency={"code": "H01", "name": "UBND tỉnh An Giang"}, received=40)
    (drops / "igate.an-giang.month-2026-8.json").write_text(json.dumps([province, igate()]))
    land(loader, onestop_statistics, "night")
    parse(loader, onestop_statistics, "night")
    assert loader.execute("select agency_code, total_of from raw.onestop_statistics order by pointer").fetchall() == [("H01", "agencies"), ("H01.187", "")]


def test_a_commune_that_does_not_resolve_is_put_on_review_with_candidates_and_a_department_is_not(drops: Path, loader: psycopg.Connection) -> None:
    rows = [
        opencps(govAgencyCode="x", govAgencyName="UBND phường Kỳ Lừu"),
        opencps(govAgencyCode="y", govAgencyName="Sở Tư pháp"),
        opencps(govAgencyCode="H37.7", govAgencyName="UBND xã Không Có"),
    ]
    (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(*rows))
    land(loader, onestop_statistics, "night")
    assert parse(loader, onestop_statistics, "night") == {"parsed": 1}
    review = loader.execute("select printed_name_vi, province, candidates from raw.unit_review order by printed_name_vi").fetchall()
    assert [row[:2] for row in review] == [("UBND phường Kỳ Lừu", ""), ("UBND xã Không Có", "H37")]
    assert review[0][2][0]["full_name_vi"] == "Phường Kỳ Lừa"
    assert loader.execute("select count(*) from raw.onestop_statistics where unit_code = ''").fetchone() == (3,), "kept all the same"


def conversation(respond: Callable[[httpx.Request], httpx.Response], **more: Any) -> Conversation:
    return Conversation(httpx.Client(transport=httpx.MockTransport(respond)), "http://127.0.0.1:1", 0, **more)


def test_the_requests_are_those_of_the_interfaces_and_days_begin_in_hanoi() -> None:
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": [opencps()]} if "/o/rest" in request.url.path else [igate()])

    server = conversation(respond, headers={"groupId": "35417"})
    for system, interface in (("lang-son", "opencps"), ("an-giang", "igate")):
        (item,) = onestop_statistics._pull(server, system, interface, "month:2026:8")  # type: ignore[arg-type]
        assert isinstance(item, Fetched)
    assert dict(asked[0].url.params) == {"year": "2026", "month": "8"} and asked[0].headers["groupId"] == "35417"
    assert dict(asked[1].url.params) == {"from-date": "2026-07-31T17:00:00.000Z", "to-date": "2026-08-31T16:59:59.999Z"}


def test_what_a_first_answer_leaves_out_is_asked_for_page_by_page(loader: psycopg.Connection) -> None:
    rows = [opencps(domainCode=f"D{number}", domainName="") for number in range(5)]

    def respond(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("start", 0))
        return httpx.Response(200, json={"total": 5, "agency": "all", "data": rows[start : start + 2]})

    items = list(onestop_statistics._pull(conversation(respond), "lang-son", "opencps", "month:2026:8"))
    assert [(item.scope, item.row_count) for item in items if isinstance(item, Fetched)] == [
        ("lang-son/opencps", 2), ("lang-son/opencps/page-2", 2), ("lang-son/opencps/page-3", 1),
    ]  # fmt: skip
    assert land(loader, onestop_statistics, "night", items=iter(items)) == {"landed": 3}
    assert parse(loader, onestop_statistics, "night") == {"parsed": 3}
    assert loader.execute("select count(distinct domain_code) from raw.onestop_statistics").fetchone() == (5,)


def test_a_page_that_does_not_come_is_a_failure_and_the_pages_before_stay() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"total": 5, "data": [] if "start" in request.url.params else [opencps()]})

    first, failed = onestop_statistics._pull(conversation(respond), "lang-son", "opencps", "month:2026:8")
    assert isinstance(first, Fetched) and isinstance(failed, Failure) and (failed.outcome, failed.scope) == ("empty", "lang-son/opencps/page-2")


class Keycloak:
    """Issues tokens, takes each of them `uses` times, and counts what it was asked."""

    def __init__(self, uses: int = 99, secret: str = "s") -> None:
        self.issued, self.uses, self.secret = 0, uses, secret

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            form = dict(httpx.QueryParams(request.content.decode()))
            if form != {"grant_type": "client_credentials", "client_id": "kho", "client_secret": self.secret}:
                return httpx.Response(401, json={"error": "invalid_client"})
            self.issued, self.left = self.issued + 1, self.uses
            return httpx.Response(200, json={"access_token": f"t{self.issued}", "expires_in": 60})
        if request.headers.get("Authorization") != f"Bearer t{self.issued}" or not self.left:
            return httpx.Response(401)
        self.left -= 1
        return httpx.Response(200, json=[igate()])


LOGIN = Login("kho", "s", "http://127.0.0.1:2/token")


def test_a_system_that_asks_for_a_token_gets_one_and_an_expired_one_is_asked_for_anew() -> None:
    keycloak = Keycloak(uses=2)
    server = conversation(keycloak, login=LOGIN)
    for month in range(1, 4):
        (item,) = onestop_statistics._pull(server, "an-giang", "igate", f"month:2026:{month}")
        assert isinstance(item, Fetched)
    assert keycloak.issued == 2


@pytest.mark.parametrize(("keycloak", "words"), [(Keycloak(uses=0), "HTTP 401 with a token just issued"), (Keycloak(secret="other"), "no access token")])
def test_a_refused_login_is_a_failure_without_the_secret(keycloak: Keycloak, words: str) -> None:
    server = conversation(keycloak, login=LOGIN)
    failed, later = (next(onestop_statistics._pull(server, "an-giang", "igate", f"month:2026:{month}")) for month in (1, 2))
    assert isinstance(failed, Failure) and failed.outcome == "refused" and words in failed.reason
    assert isinstance(later, Failure) and "not asked after the failure before" in later.reason
    assert "secret=" not in failed.reason and "'s'" not in repr(server)


def test_a_circuit_that_opened_is_known_the_next_night_and_tried_once(loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    status = 503

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(status)
        return httpx.Response(status, json=[igate()])

    def night(number: int) -> tuple[dict[str, int], int]:
        asked.clear()
        items = (
            item
            for server in [Conversation(httpx.Client(transport=httpx.MockTransport(respond)), "https://apidvc.example", 0)]
            for month in (1, 2, 3)
            for item in onestop_statistics._pull(server, "an-giang", "igate", f"month:2026:{month}")
        )
        return dict(land(loader, onestop_statistics, f"night-{number}", items=items)), len(asked)

    monkeypatch.setattr(conversation_module.time, "sleep", lambda seconds: None)
    assert night(1) == ({"unreachable": 3}, 3), "three tries of the first request, then nothing"
    assert night(2) == ({"unreachable": 3}, 1), "half open: one try"
    (reason,) = loader.execute("select reason from raw.attempt where run_id = 'night-2' order by attempt_id limit 1").fetchone() or ("",)
    assert "after one try, as none came since" in reason
    status = 403
    assert night(3) == ({"refused": 3}, 1)
    status = 200
    assert night(4) == ({"landed": 3}, 3), "closed by its first answer"
    status = 503
    assert night(5) == ({"unreachable": 3}, 3), "and a first failure is tried three times again"


def test_logins_are_named_in_one_variable_and_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert onestop_statistics.logins("an-giang=kho:a@b@https://sso.example/token") == {"an-giang": Login("kho", "a@b", "https://sso.example/token")}
    monkeypatch.setenv("TTHC_ONESTOP_LOGINS", "an-giang:hidden@https://sso.example")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="TTHC_ONESTOP_LOGINS") as told:
        settings()
    assert "hidden" not in str(told.value)
    monkeypatch.delenv("TTHC_ONESTOP_LOGINS")
    settings.cache_clear()


def test_the_gate_holds_back_a_row_that_breaks_its_identities_until_a_sound_one_is_served(drops: Path, loader: psycopg.Connection) -> None:
    total = opencps(domainCode="", processCount=200, totalCount=204, receivedCount=184, onlineCount=174, releaseCount=179, betimesCount=154, doneCount=164)
    (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(opencps(), opencps(domainCode="CT01", releaseCount=86), total))
    land(loader, onestop_statistics, "night-1")
    parse(loader, onestop_statistics, "night-1")
    with db.connect("gate", autocommit=True) as connection:
        verdict = gate.judge_submissions(connection, "night-1")
        assert (verdict.held, verdict.blocking) == (1, ())
        held = connection.execute("select row_key, rule, reason_vi from quality.quarantine").fetchall()
        assert held[0][:2] == ("/data/1", "onestop-identity") and "processCount 106 is not" in held[0][2]
        told = "select row_key from quality.doubt where rule = 'onestop-total' and cleared_at is null order by row_key"
        assert connection.execute(told).fetchall() == [("/data/2 processCount",), ("/data/2 releaseCount",)]
        (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(opencps(), opencps(domainCode="CT01")))
        land(loader, onestop_statistics, "night-2")
        parse(loader, onestop_statistics, "night-2")
        assert gate.judge_submissions(connection, "night-2").held == 0
        assert connection.execute("select corrected_by_landing_id > landing_id from quality.quarantine").fetchall() == [(True,)]
        assert connection.execute(told).fetchall() == []


def test_a_quarter_is_asked_for_as_its_months() -> None:
    assert onestop_statistics.months_of("quarter:2026:3, year:2025") == ["month:2026:7", "month:2026:8", "month:2026:9", "year:2025"]


def test_systems_are_named_in_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert onestop_statistics.systems("a=opencps@https://x.example/,b=igate@http://y.example") == [
        ("a", "opencps", "https://x.example"),
        ("b", "igate", "http://y.example"),
    ]
    assert "onestop_statistics" not in settings().sources
    monkeypatch.setenv("TTHC_ONESTOP_SYSTEMS", "a=opencps@https://x.example")
    settings.cache_clear()
    assert settings().sources[-1] == "onestop_statistics"
    monkeypatch.setenv("TTHC_ONESTOP_SYSTEMS", "https://x.example")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="TTHC_ONESTOP_SYSTEMS"):
        settings()
    monkeypatch.delenv("TTHC_ONESTOP_SYSTEMS")
    settings.cache_clear()
