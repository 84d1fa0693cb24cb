"""One-stop statistics: asked in their own keys, totals recognised, identities told and never repaired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from ingest.conversation import Conversation
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


@pytest.fixture
def loader(database: str) -> Iterator[psycopg.Connection]:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


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
    rows = [opencps(), opencps(govAgencyCode="", domainCode=None), opencps(domainCode=""), opencps(month=0), opencps(processCount=107, domainCode="CT01")]
    (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(*rows))
    assert land(loader, onestop_statistics, "night") == {"landed": 1}
    assert parse(loader, onestop_statistics, "night") == {"parsed": 1}
    kept = loader.execute("select pointer, is_total, cardinality(broken_identities), unit_code from raw.onestop_statistics order by pointer").fetchall()
    assert kept == [
        ("/data/0", False, 0, "06187"),
        ("/data/1", True, 0, "06187"),
        ("/data/2", True, 0, "06187"),
        ("/data/3", True, 0, "06187"),
        ("/data/4", False, 3, "06187"),
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
    rows = [igate(), igate(agency={"code": "", "name": "Tổng"}), igate(receivedOnline=31, resolvedOverdue=36)]
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
    "a negative count": (opencps(remainingCount=-1), "remainingCount is -1, no count"),
}


@pytest.mark.parametrize(("row", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_contract_leaves_the_landing(drops: Path, loader: psycopg.Connection, row: dict[str, Any], words: str) -> None:
    (drops / "opencps.lang-son.month-2026-8.json").write_text(answer(row))
    land(loader, onestop_statistics, "night")
    assert parse(loader, onestop_statistics, "night") == {"unexpected": 1}
    assert words in str(loader.execute("select reason from raw.attempt where outcome = 'unexpected'").fetchone())
    assert loader.execute("select count(*) from raw.onestop_statistics").fetchone() == (0,)


def test_the_requests_are_those_of_the_interfaces_and_days_begin_in_hanoi() -> None:
    asked: list[httpx.URL] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json={"data": [opencps()]} if "/o/rest" in request.url.path else [igate()])

    server = Conversation(httpx.Client(transport=httpx.MockTransport(respond)), "http://127.0.0.1:1", 0)
    assert isinstance(onestop_statistics._pull(server, "lang-son", "opencps", "month:2026:8"), Fetched)
    assert isinstance(onestop_statistics._pull(server, "an-giang", "igate", "month:2026:8"), Fetched)
    assert dict(asked[0].params) == {"year": "2026", "month": "8"}
    assert dict(asked[1].params) == {"from-date": "2026-07-31T17:00:00.000Z", "to-date": "2026-08-31T16:59:59.999Z"}


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
