"""The dossier exchange: allowed columns only, whatever the sender puts where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ingest.landing import Failure, Fetched, land, parse
from ingest.sources import dossiers
from tests.builders import dossier
from warehouse import db
from warehouse.settings import settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The exchange's folder, empty."""
    path = tmp_path / "exchange"
    path.mkdir()
    monkeypatch.setenv("TTHC_DOSSIERS_DIR", str(path))
    monkeypatch.setenv("TTHC_SECRET_KEY", "the suite's key")
    settings.cache_clear()
    yield path
    settings.cache_clear()


@pytest.fixture
def loader(database: str) -> Iterator[psycopg.Connection]:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


def envelope(*records: object, is_updating: object = "False", service: str = "DongBoHoSoMC") -> str:
    return json.dumps({"service": service, "isUpdating": is_updating, "data": list(records)}, ensure_ascii=False)


def landed(folder: Path) -> list[dict[str, object]]:
    """The records that one file of the folder lands as."""
    (item,) = dossiers.fetch(settings())
    assert isinstance(item, Fetched), item
    return [json.loads(line) for line in item.body.splitlines()]


def failure(folder: Path) -> Failure:
    (item,) = dossiers.fetch(settings())
    assert isinstance(item, Failure)
    return item


def everything(connection: psycopg.Connection) -> str:
    """Every value of every table of raw and facts as text, bodies included."""
    tables = connection.execute("select schemaname, tablename from pg_tables where schemaname in ('raw', 'facts')").fetchall()
    assert len(tables) >= 8
    parts = [str(connection.execute(f"select to_jsonb(t) from {schema}.{table} as t").fetchall()) for schema, table in tables]
    bodies = connection.execute("select convert_from(body, 'UTF8') from raw.content").fetchall()
    return "\n".join([*parts, str(bodies)])


def test_personal_data_reaches_no_table_no_body_and_no_log(folder: Path, loader: psycopg.Connection, capsys: pytest.CaptureFixture[str]) -> None:
    planted = dossier()
    assert sum("PLANTED" in str(value) for value in planted.values()) >= 10
    # the same in the places where an export with shifted columns, or a careless clerk, would put them
    shifted = dossier(
        MaHoSo="H37.101-20260402-0000018", NgayHenTra="PLANTED-date", TrangThaiHoSo="PLANTED-status", MaTTHC="PLANTED procedure", MaLinhVuc="PLANTED field",
        KenhThucHien="PLANTED", LoaiDoiTuong="PLANTED", HinhThuc="PLANTED", HoSoCoThanhPhanSoHoa="PLANTED", DuocThanhToanTrucTuyen="PLANTED",
        DanhSachHoSoBoSung="PLANTED",
    )  # fmt: skip
    (folder / "good.json").write_text(envelope(planted))
    (folder / "shifted.json").write_text(envelope(shifted))
    (folder / "broken.json").write_text(envelope(planted)[:-30])
    (folder / "service.json").write_text(envelope(planted, service="PLANTED"))
    messages: list[str] = []
    land(loader, dossiers, "night", messages.append)
    outcomes = parse(loader, dossiers, "night", messages.append)
    assert outcomes == {"parsed": 1, "unexpected": 1}
    kept = everything(loader) + "\n".join(messages) + str(capsys.readouterr())
    assert "H37.101" in kept and "2.000815" in kept
    assert "PLANTED" not in kept
    assert "0000017" not in kept and "0000018" not in kept, "the dossier's number itself"


def test_a_telephone_or_identity_number_is_no_field_code(folder: Path) -> None:
    (folder / "a.json").write_text(envelope(dossier(MaLinhVuc="012345678901")))
    (record,) = landed(folder)
    assert record["faults"] == ["MaLinhVuc is no code"] and "012345678901" not in str(record)


def test_the_landing_keeps_the_hash_of_what_came(folder: Path, loader: psycopg.Connection) -> None:
    came = envelope(dossier()).encode()
    (folder / "a.json").write_bytes(came)
    land(loader, dossiers, "night")
    row = loader.execute("select received_sha256, sha256 from raw.landing").fetchone()
    assert row is not None and row[0] == hashlib.sha256(came).hexdigest() != row[1]


def test_a_record_becomes_a_row_of_codes_days_and_a_keyed_hash(folder: Path, loader: psycopg.Connection) -> None:
    (folder / "a.json").write_text(envelope(dossier(), dossier(MaHoSo="H37.101-20260402-0000018", NgayTra="", HinhThuc=None), is_updating="True"))
    land(loader, dossiers, "night")
    assert parse(loader, dossiers, "night") == {"parsed": 1}
    rows = loader.execute(
        "select pointer, agency_code, procedure_code, field_code, channel_code, status_code, received_on, due_on, finished_on, returned_on, refused_on,"
        " subject_type_code, is_updating, supplement_count from raw.dossiers order by pointer"
    ).fetchall()
    common = ("H37.101", "2.000815", "CT01", "2", "10", "2026-04-02", "2026-04-07", "2026-04-05")
    assert rows == [("line 1", *common, "2026-04-06", None, "1", True, 1), ("line 2", *common, None, None, "1", True, 1)]
    keys = {row[0] for row in loader.execute("select dossier_key from raw.dossiers")}
    assert len(keys) == 2 and all(len(key) == 64 for key in keys)


def test_the_hash_tells_dossiers_apart_across_files_and_depends_on_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.ndjson").write_text("\n".join([envelope(dossier()), envelope(dossier(TrangThaiHoSo="9")), envelope(dossier(MaHoSo="H37.101-20260402-2"))]))
    first, again, other = (record["dossier_key"] for record in landed(folder))
    assert first == again != other
    monkeypatch.setenv("TTHC_SECRET_KEY", "another key")
    settings.cache_clear()
    assert landed(folder)[0]["dossier_key"] != first
    assert first != hashlib.sha256(b"H37.101-20260402-0000017").hexdigest()


AGENCIES = {
    "H37.101-20260402-0000017": "H37.101",
    "H37-20260402-0000017": "H37",
    "000.25.28.H37-260402-0017": "H37.28.25",
    "000.00.12.H37-260402-0017": "H37.12",
    "G09.20-20260609-0092637": "G09.20",
    "HS 17/2026": None,
}


@pytest.mark.parametrize(("number", "agency"), AGENCIES.items(), ids=AGENCIES.keys())
def test_the_agency_in_front_of_the_number_is_kept(folder: Path, number: str, agency: str | None) -> None:
    (folder / "a.json").write_text(envelope(dossier(MaHoSo=number)))
    (record,) = landed(folder)
    assert (record.get("agency_code"), "faults" in record) == (agency, False)


DAYS = {
    "20260630233000": "2026-06-30",
    "20260630": "2026-06-30",
    "2026-06-30 23:30:00": "2026-06-30",
    "2026-06-30T23:30:00.123": "2026-06-30",
    "2026-06-30T17:30:00Z": "2026-07-01",  # half past midnight in Hà Nội
    "2026-07-01T00:30:00+07:00": "2026-07-01",
    "": None,
}


@pytest.mark.parametrize(("sent", "day"), DAYS.items(), ids=DAYS.keys())
def test_times_are_cut_to_the_day_in_hanoi(folder: Path, sent: str, day: str | None) -> None:
    (folder / "a.json").write_text(envelope(dossier(NgayKetThucXuLy=sent)))
    assert landed(folder)[0].get("finished_on") == day


NO_DAYS = ["20261301000000", "30/06/2026", "20260230", "2026", "202606302330", "hôm qua", "2026-06-31 00:00:00", "1782864000", "0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("sent", NO_DAYS)
def test_a_malformed_date_is_told_with_its_place(folder: Path, loader: psycopg.Connection, sent: str) -> None:
    lines = [json.dumps(dossier()), json.dumps(dossier(NgayHenTra=sent))]
    (folder / "a.ndjson").write_text("\n".join(lines))
    land(loader, dossiers, "night")
    assert parse(loader, dossiers, "night") == {"unexpected": 1}
    (reason,) = loader.execute("select reason from raw.attempt where outcome = 'unexpected'").fetchone() or ("",)
    assert "a.ndjson: 1 of 2 records" in reason and "line 2: NgayHenTra is no date" in reason and sent not in reason
    assert loader.execute("select count(*) from raw.dossiers").fetchone() == (0,)
    assert loader.execute("select count(*) from raw.landing").fetchone() == (1,), "the evidence stays"


FAULTS = {
    "no number": (dossier(MaHoSo=None), "/data/0: MaHoSo is missing"),
    "an empty number": (dossier(MaHoSo=" "), "/data/0: MaHoSo is empty"),
    "no status": (dossier(TrangThaiHoSo=None), "/data/0: TrangThaiHoSo is missing"),
    "a procedure code as a number": (dossier(MaTTHC=2.000815), "MaTTHC is no code: it came as a number, which loses its zeros"),
    "an impossible agency": (dossier(MaHoSo="001.00.28.H37-260402-0017"), "MaHoSo begins with no agency code"),
    "supplements that are no list": (dossier(DanhSachHoSoBoSung="x"), "DanhSachHoSoBoSung is no list"),
}


@pytest.mark.parametrize(("record", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_record_that_breaks_the_contract_stops_its_file(folder: Path, loader: psycopg.Connection, record: dict[str, object], words: str) -> None:
    (folder / "a.json").write_text(envelope(record))
    (folder / "b.json").write_text(envelope(dossier()))
    land(loader, dossiers, "night")
    assert parse(loader, dossiers, "night") == {"unexpected": 1, "parsed": 1}
    (reason,) = loader.execute("select reason from raw.attempt where outcome = 'unexpected'").fetchone() or ("",)
    assert words in reason and reason.startswith("a.json")


NOT_AN_EXCHANGE = {
    "cut off": ("a.json", envelope(dossier())[:50].encode(), "is no JSON at line 1"),
    "one bad line": ("a.ndjson", (json.dumps(dossier()) + "\n{").encode(), "line 2 is no JSON"),
    "another service": ("a.json", envelope(service="CapNhatTienDoHoSoMC").encode(), "service that is not read"),
    "no list": ("a.json", b'{"service": "DongBoHoSoMC", "data": {}}', "is no envelope"),
    "a number": ("a.json", b"7", "is no envelope"),
    "a record that is none": ("a.json", envelope("x").encode(), "/data/0 is no record"),
    "neither true nor false": ("a.json", envelope(dossier(), is_updating="maybe").encode(), "isUpdating"),
    "another encoding": ("a.json", envelope(dossier(ChuHoSo="Đỗ")).encode("utf-16"), "no UTF-8"),
    "another format": ("a.csv", b"MaHoSo\n1", "the ending .csv is not read"),
    "a number of five thousand digits": ("a.json", b'{"data": ' + b"9" * 5000 + b"}", "no JSON"),
    "brackets without end": ("a.json", b"[" * 200_000, "no JSON"),
}


@pytest.mark.parametrize(("name", "body", "words"), NOT_AN_EXCHANGE.values(), ids=NOT_AN_EXCHANGE.keys())
def test_what_is_no_exchange_is_said_and_not_landed(folder: Path, name: str, body: bytes, words: str) -> None:
    (folder / name).write_bytes(body)
    failed = failure(folder)
    assert failed.outcome == "unexpected" and failed.reason.startswith(name) and words in failed.reason


def test_a_file_without_dossiers_is_empty(folder: Path) -> None:
    (folder / "a.json").write_text(envelope())
    assert failure(folder).outcome == "empty"


def test_the_same_records_land_once_and_rows_do_not_depend_on_order(folder: Path, loader: psycopg.Connection) -> None:
    for name in ("a.json", "the same again.json"):
        (folder / name).write_text(envelope(dossier()))
    assert land(loader, dossiers, "night") == {"landed": 1, "seen_again": 1}
    assert parse(loader, dossiers, "night") == {"parsed": 1}
    assert land(loader, dossiers, "night-2") == {"seen_again": 2}
    assert parse(loader, dossiers, "night-2") == {}
    assert loader.execute("select count(*) from raw.dossiers").fetchone() == (1,)


def test_the_sample_holds_both_envelopes_and_nothing_personal(loader: psycopg.Connection) -> None:
    assert land(loader, dossiers, "night") == {"landed": 3}
    assert parse(loader, dossiers, "night") == {"parsed": 3}
    row = loader.execute(
        "select count(*), count(distinct dossier_key), count(distinct agency_code), count(*) filter (where is_updating) > 0,"
        " count(distinct status_code), count(distinct channel_code) from raw.dossiers"
    ).fetchone()
    assert row == (150, 144, 6, True, 9, 3)
    assert "(tên người nộp)" not in everything(loader)
