"""The catalogue of procedures: codes stay text, abolished ones keep their last day, inter-linked ones their agencies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import psycopg
import pytest

from ingest.conversation import Conversation
from ingest.landing import Failure, Fetched, land, parse
from ingest.sources import procedures
from warehouse.settings import settings

TABLE = """procedure_code,name_vi,field_code,level,online_level,valid_from,valid_to,state,lead_agency,supporting_agencies
2.000908,Cấp bản sao từ sổ gốc,CT01,xã,full,2025-07-01,,,,
1.013000,Đăng ký khai sinh liên thông,HT02,xã,full,2025-07-01,2026-06-30,,Phòng Tư pháp,Công an xã|Bảo hiểm xã hội
"""


@pytest.fixture
def drops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "drops"
    path.mkdir()
    monkeypatch.setenv("TTHC_PROCEDURES_DROPS", str(path))
    settings.cache_clear()
    yield path
    settings.cache_clear()


def test_a_table_keeps_codes_validity_and_agencies(drops: Path, loader: psycopg.Connection) -> None:
    (drops / "danh-muc.csv").write_text(TABLE, encoding="utf-8-sig")
    assert land(loader, procedures, "night") == {"landed": 1}
    assert parse(loader, procedures, "night") == {"parsed": 1}
    rows = loader.execute("select procedure_code, field_code, valid_to, lead_agency, supporting_agencies from raw.procedures order by pointer").fetchall()
    assert rows == [("2.000908", "CT01", None, None, []), ("1.013000", "HT02", date(2026, 6, 30), "Phòng Tư pháp", ["Công an xã", "Bảo hiểm xã hội"])]


def test_a_page_of_the_portal_is_read(drops: Path, loader: psycopg.Connection) -> None:
    items = [
        {"id": "x", "code": "1.005129", "name": "Thủ tục", "state": "ACTIVE", "departmentId": "d", "publishingDepartmentIds": [], "appliedDepartmentIds": []}
    ]
    (drops / "page.json").write_text(json.dumps({"code": "OK", "data": {"items": items, "pagination": {"total": 1}}}))
    land(loader, procedures, "night")
    assert parse(loader, procedures, "night") == {"parsed": 1}
    assert loader.execute("select pointer, procedure_code, state from raw.procedures").fetchone() == ("/data/items/0", "1.005129", "ACTIVE")


BROKEN = {
    "a code that lost its zeros": ("a.csv", TABLE.replace("2.000908", "2.00091"), "row 2 has the code '2.00091'", "unexpected"),
    "a code as a number": ("a.json", '{"items": [{"code": 2.000908, "name": "x"}]}', "/items/0 has the code 2.000908", "unexpected"),
    "a day that does not exist": ("a.csv", TABLE.replace("2026-06-30", "30/06/2026"), "valid_to is '30/06/2026'", "unexpected"),
    "an unknown column": ("a.csv", TABLE.replace("field_code", "linh_vuc"), "unknown: linh_vuc", "held"),
    "a cell too many": ("a.csv", TABLE.replace(",CT01,", ",CT01,x,,,"), "unknown: (1 that are no plain names)", "held"),
    "no rows": ("a.csv", TABLE.splitlines()[0] + "\n", "holds no procedure", "empty"),
    "no list": ("a.json", "{}", "no list of items", "unexpected"),
    "another encoding": ("a.csv", TABLE.encode("utf-16"), "no UTF-8", "unreadable"),
}


@pytest.mark.parametrize(("name", "body", "words", "outcome"), BROKEN.values(), ids=BROKEN.keys())
def test_what_breaks_the_contract_is_said_and_stays_landed(
    drops: Path, loader: psycopg.Connection, name: str, body: str | bytes, words: str, outcome: str
) -> None:
    (drops / name).write_bytes(body if isinstance(body, bytes) else body.encode())
    land(loader, procedures, "night")
    assert parse(loader, procedures, "night") == {outcome: 1}
    assert words in str(loader.execute("select reason from raw.attempt where stage = 'parse'").fetchone())
    assert loader.execute("select count(*) from raw.landing").fetchone() == (1,)


def test_the_portal_is_asked_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedures, "PAGE_SIZE", 2)
    listed = [{"code": f"1.00{number:04d}", "name": "x"} for number in range(3)]

    def respond(request: httpx.Request) -> httpx.Response:
        page = json.loads(request.content)["currentPage"]
        return httpx.Response(201, json={"code": "OK", "data": {"items": listed[(page - 1) * 2 : page * 2]}})

    items = list(procedures._pages(Conversation(httpx.Client(transport=httpx.MockTransport(respond)), "http://127.0.0.1:1", 0)))
    assert [(item.scope, item.row_count) for item in items if isinstance(item, Fetched)] == [("portal/page-1", 2), ("portal/page-2", 1)]


def test_a_list_shorter_than_it_says_does_not_count_as_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedures, "PAGE_SIZE", 2)
    pages = {1: ["1.000001", "1.000002"], 2: ["1.000003"]}

    def respond(request: httpx.Request) -> httpx.Response:
        items = [{"code": code, "name": "x"} for code in pages[json.loads(request.content)["currentPage"]]]
        return httpx.Response(201, json={"code": "OK", "data": {"items": items, "pagination": {"total": total}}})

    server = Conversation(httpx.Client(transport=httpx.MockTransport(respond)), "http://127.0.0.1:1", 0)
    total = 5
    assert [type(item) for item in procedures._pages(server)] == [Fetched, Failure]
    total = 3
    assert [type(item) for item in procedures._pages(server)] == [Fetched, Fetched]
    total = 2
    assert [type(item) for item in procedures._pages(server)] == [Fetched], "a full last page is not asked beyond"


def test_a_portal_that_refuses_is_a_failure() -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(403, text="<html>")))
    (failed,) = procedures._pages(Conversation(client, "http://127.0.0.1:1", 0))
    assert isinstance(failed, Failure) and failed.outcome == "refused"
