"""The dossier exchange: allowed columns only, whatever the sender puts where."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from ingest.conversation import Conversation
from ingest.landing import Failure, Fetched, land, parse
from ingest.sources import dossiers
from tests.builders import dossier
from warehouse.parallel import read_ahead
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


def envelope(*records: object, is_updating: object = "False", service: str = "DongBoHoSoMC") -> str:
    return json.dumps({"service": service, "isUpdating": is_updating, "data": list(records)}, ensure_ascii=False)


def landed(folder: Path) -> list[dict[str, object]]:
    """The records that one file of the folder lands as, what is null left out; with the part's faults, if any."""
    (item,) = dossiers.fetch(settings())
    assert isinstance(item, Fetched), item
    first, *lines = item.body.decode().splitlines()
    head = json.loads(first)
    records: list[dict[str, object]] = []
    for line in lines[: head["records"]]:
        cells = dict(zip(dossiers._RECORD_COLUMNS, line.split("\t"), strict=True))
        records.append({name: text for name, text in cells.items() if text != r"\N"} | ({"faults": head["faults"]} if head["faults"] else {}))
    return records


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
    assert record["faults"] == [["/data/0", ["MaLinhVuc is no code"]]] and "012345678901" not in str(record)


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


SENT: dict[str, dict[str, object]] = {
    "usual": {},
    "no supplements": {"DanhSachHoSoBoSung": []},
    "nulls": {"DanhSachHoSoBoSung": None, "NgayTra": None, "KenhThucHien": None, "MaLinhVuc": ""},
    "a number for a code": {"MaTTHC": 2.000815, "DanhSachHoSoBoSung": []},
    "a whole number for a code": {"TrangThaiHoSo": 4, "DanhSachHoSoBoSung": []},
    "a list for a date": {"NgayHenTra": ["x"], "DanhSachHoSoBoSung": []},
    "zero for a date": {"NgayTra": 0, "DanhSachHoSoBoSung": []},
    "no day": {"NgayTiepNhan": "20260230080000", "DanhSachHoSoBoSung": []},
    "no time": {"NgayTiepNhan": "20260402990000", "DanhSachHoSoBoSung": []},
    "spaces": {"MaTTHC": " 2.000815 ", "MaHoSo": " H37.101-20260402-0000017 ", "DanhSachHoSoBoSung": []},
    "no number": {"MaHoSo": "", "DanhSachHoSoBoSung": []},
    "no code": {"TrangThaiHoSo": "PLANTED", "DanhSachHoSoBoSung": []},
    "an unknown field": {"TruongMoi": "x", "DanhSachHoSoBoSung": []},
    "no supplements but text": {"DanhSachHoSoBoSung": "x"},
}


@pytest.mark.parametrize("gone", ["", "NgayHenTra", "NgayTra"])
@pytest.mark.parametrize("changes", SENT.values(), ids=SENT.keys())
def test_a_line_read_the_short_way_gives_what_the_long_way_gives(folder: Path, changes: dict[str, object], gone: str) -> None:
    record = {name: value for name, value in dossier(**changes).items() if name != gone}  # type: ignore[arg-type]
    bodies = []
    for name, text in (("a.ndjson", f"{json.dumps(record)}\n{json.dumps(record)}\n"), ("a.json", envelope(record, record))):
        (folder / name).write_text(text)
        (item,) = dossiers.fetch(settings())
        assert isinstance(item, Fetched)
        bodies.append(re.sub(r'"(?:line |/data/)\d+"', '"place"', item.body.decode()))
        (folder / name).unlink()
    assert bodies[0] == bodies[1]


def test_several_processes_read_what_one_reads_in_the_same_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossiers, "PART_RECORDS", 2)
    for number in range(5):
        lines = [json.dumps(dossier(MaHoSo=f"H37.101-20260402-{number}{row}")) for row in range(5)]
        (folder / f"{number}.ndjson").write_text("\n".join(lines if number != 3 else [*lines, "{"]))
    (folder / "3.txt").write_text("x")
    alone = list(dossiers.fetch(settings()))
    monkeypatch.setattr(dossiers, "_WORTH_PROCESSES_BYTES", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    assert list(dossiers.fetch(settings())) == alone
    assert [type(item).__name__ for item in alone].count("Failure") == 2 and len(alone) == 17


def _fails(job: str) -> Iterator[str]:
    yield job
    if job == "die":
        os._exit(9)
    if job == "raise":
        raise LookupError(job)


@pytest.mark.parametrize(("job", "error"), [("die", RuntimeError), ("raise", LookupError)])
def test_a_reading_process_that_fails_fails_the_reader(job: str, error: type[Exception]) -> None:
    came = []
    with pytest.raises(error):
        for item in read_ahead(["good", job, "never"], _fails, processes=2):
            came.append(item)
    assert came == ["good", job]


def test_a_row_needs_its_landing(loader: psycopg.Connection) -> None:
    with (
        pytest.raises(psycopg.errors.ForeignKeyViolation, match=r"\(landing_id\)=\(99\) is not present"),
        loader.cursor().copy("copy raw.dossiers (landing_id, pointer, dossier_key, is_updating, supplement_count) from stdin") as copy,
    ):
        copy.write("99\tline 1\tk\tf\t0\n")


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
    "another service": ("a.json", envelope(service="TraCuuHoSo").encode(), "service that is not read"),
    "no list": ("a.json", b'{"service": "DongBoHoSoMC", "data": {}}', "is no envelope"),
    "a number": ("a.json", b"7", "is no envelope"),
    "a record that is none": ("a.json", envelope("x").encode(), "/data/0 is no record"),
    "neither true nor false": ("a.json", envelope(dossier(), is_updating="maybe").encode(), "isUpdating"),
    "another encoding": ("a.json", envelope(dossier(ChuHoSo="Đỗ")).encode("utf-16"), "no UTF-8"),
    "another format": ("a.xml", b"<MaHoSo/>", "the ending .xml is not read"),
    "a table without the number": ("a.csv", b"MaTTHC;NgayTiepNhan\n1;2", "names no column MaHoSo"),
    "a table with a cell too many": ("a.csv", b"MaHoSo,MaTTHC\n1,2,3", "row 2 has 3 cells, the header 2"),
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


def rows(loader: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    return loader.execute(query).fetchall()


def progress(**changes: object) -> dict[str, object]:
    """A step of CapNhatTienDoHoSoMC with a value in every personal field."""
    step: dict[str, object] = {
        "MaHoSo": "H37.101-20260402-0000017", "NguoiXuLy": "PLANTED-officer", "ChucDanh": "PLANTED-title", "ThoiDiemXuLy": "20260403101500",
        "PhongBanXuLy": "PLANTED-office", "NoiDungXuLy": "PLANTED-text", "TrangThai": "4", "NgayBatDau": "20260402083000",
        "NgayKetThucTheoQuyDinh": "20260407170000",
    }  # fmt: skip
    return {name: value for name, value in (step | changes).items() if value is not None}


def test_progress_and_supplements_are_events_without_names(folder: Path, loader: psycopg.Connection) -> None:
    supplement = {
        "HoSoBoSungId": "7", "NguoiYeuCauBoSung": "PLANTED-officer", "NoiDungBoSung": "PLANTED-text", "NgayBoSung": "20260403080000",
        "NguoiTiepNhanBoSung": "PLANTED-officer", "NgayTiepNhanBoSung": "20260405080000", "TrangThaiBoSung": "1",
        "NgayHenTraTruoc": "20260407170000", "NgayHenTraMoi": "20260410170000",
    }  # fmt: skip
    (folder / "a.json").write_text(envelope(dossier(DanhSachHoSoBoSung=[supplement, supplement | {"NgayTiepNhanBoSung": ""}])))
    (folder / "b.json").write_text(envelope(progress(), progress(TrangThai="9"), service="CapNhatTienDoHoSoMC"))
    (folder / "c.ndjson").write_text(json.dumps(progress(TrangThai="10")))
    assert land(loader, dossiers, "night") == {"landed": 3}
    assert parse(loader, dossiers, "night") == {"parsed": 3}
    assert rows(
        loader, "select event, happened_on, started_on, ended_on, due_before_on, due_after_on, status_code from raw.dossier_events order by 1, 7, 4"
    ) == [
        ("progress", "2026-04-03", "2026-04-02", None, None, "2026-04-07", "10"),
        ("progress", "2026-04-03", "2026-04-02", None, None, "2026-04-07", "4"),
        ("progress", "2026-04-03", "2026-04-02", None, None, "2026-04-07", "9"),
        ("supplement", "2026-04-03", None, "2026-04-05", "2026-04-07", "2026-04-10", "1"),
        ("supplement", "2026-04-03", None, None, "2026-04-07", "2026-04-10", "1"),
    ]
    assert rows(
        loader, "select count(distinct dossier_key) from (select dossier_key from raw.dossiers union select dossier_key from raw.dossier_events) k"
    ) == [(1,)]
    assert "PLANTED" not in everything(loader)


def test_a_table_lands_as_the_records_do(folder: Path, loader: psycopg.Connection) -> None:
    record = dossier(DanhSachHoSoBoSung=None, DinhDanhCHS=None, TaiLieuNop=None)
    (folder / "a.csv").write_text(";".join(record) + "\n" + ";".join(f'"{value}"' for value in record.values()) + "\n", encoding="utf-8-sig")
    (folder / "b.json").write_text(envelope(record))
    assert land(loader, dossiers, "night") == {"landed": 1, "seen_again": 1}, "the allowed columns are the same bytes"
    assert parse(loader, dossiers, "night") == {"parsed": 1}
    assert "PLANTED" not in everything(loader)


def test_systems_are_folders_and_one_dossier_of_two_systems_has_one_key(folder: Path, loader: psycopg.Connection) -> None:
    for system, status in (("tinh", "4"), ("bo-tu-phap", "10")):
        (folder / system).mkdir()
        (folder / system / "a.json").write_text(envelope(dossier(TrangThaiHoSo=status)))
    (folder / "bad\tname").mkdir()
    (folder / "bad\tname" / "a.json").write_text(envelope(dossier()))
    assert land(loader, dossiers, "night") == {"landed": 2, "unexpected": 1}
    parse(loader, dossiers, "night")
    assert rows(loader, "select system, status_code from raw.current_dossiers order by 1") == [("bo-tu-phap", "10"), ("tinh", "4")]
    assert rows(loader, "select count(distinct dossier_key) from raw.dossiers") == [(1,)]


def test_a_long_file_lands_in_parts_with_the_hash_of_the_whole(folder: Path, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossiers, "PART_RECORDS", 4)
    numbers = [f"H37.101-20260402-{number:07d}" for number in range(10)]
    (folder / "a.ndjson").write_text("\n".join(json.dumps(dossier(MaHoSo=number)) for number in numbers))
    assert land(loader, dossiers, "night") == {"landed": 3}
    assert parse(loader, dossiers, "night") == {"parsed": 3}
    assert rows(loader, "select edition, row_count from raw.attempt where stage = 'parse' order by landing_id") == [("2", 4), ("2", 4), ("2", 2)]
    assert rows(loader, "select count(*), count(distinct received_sha256) from raw.landing") == [(3, 1)]
    assert rows(loader, "select count(*), count(distinct dossier_key), count(distinct (landing_id, pointer)) from raw.dossiers") == [(10, 10, 10)]
    assert land(loader, dossiers, "again") == {"seen_again": 3}


def test_a_long_file_that_is_cut_off_keeps_its_whole_records(folder: Path, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossiers, "PART_RECORDS", 2)
    lines = [json.dumps(dossier(MaHoSo=f"H37.101-20260402-{number:07d}")) for number in range(5)]
    (folder / "a.ndjson").write_text("\n".join([*lines, lines[0][:40]]))
    assert land(loader, dossiers, "night") == {"landed": 3, "unexpected": 1}
    parse(loader, dossiers, "night")
    assert rows(loader, "select count(*) from raw.dossiers") == [(5,)]
    assert "line 6 is no JSON" in str(rows(loader, "select reason from raw.attempt where outcome = 'unexpected'"))


def test_an_envelope_too_large_to_be_read_whole_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossiers, "MAX_ENVELOPE_BYTES", 100)
    (folder / "a.json").write_text(envelope(dossier()))
    assert "send it as NDJSON" in failure(folder).reason


def test_unknown_fields_are_recorded_by_name_and_stop_nothing(folder: Path, loader: psycopg.Connection) -> None:
    (folder / "a.json").write_text(envelope(dossier(TruongMoi="x"), dossier(MaHoSo="H37.101-20260402-2", **{"PLANTED name here": "y"})))
    land(loader, dossiers, "night")
    assert parse(loader, dossiers, "night") == {"parsed": 1}
    drift = rows(loader, "select contract, missing, unknown, decision from raw.contract_drift")
    assert drift == [("record", [], ["TruongMoi", "(1 that are no plain names)"], "accept")], "a name that is no plain name is not written down"
    assert "PLANTED" not in everything(loader)


def test_what_reader_1_landed_is_read_by_todays(loader: psycopg.Connection) -> None:
    old = {"is_updating": False, "dossier_key": "ab" * 32, "agency_code": "H37.101", "status_code": "4", "received_on": "2026-04-02", "supplement_count": 0}
    body = "".join(json.dumps(record, sort_keys=True) + "\n" for record in (old, old | {"dossier_key": "cd" * 32, "is_updating": True})).encode()
    land(loader, dossiers, "night", items=iter([Fetched(body, "old.json", media_type="application/x-ndjson")]))
    assert parse(loader, dossiers, "night") == {"parsed": 1}
    assert rows(loader, "select pointer, dossier_key, is_updating, received_on, due_on from raw.dossiers order by 1") == [
        ("line 1", "ab" * 32, False, "2026-04-02", None), ("line 2", "cd" * 32, True, "2026-04-02", None),
    ]  # fmt: skip


def pages(service: str, reply: Callable[[int], object], system: str = "tinh") -> list[Fetched | Failure]:
    """What one service of a system brings whose reply to a page is given."""
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, json=reply(json.loads(request.content)["page"]))))
    return list(dossiers._pulled(Conversation(client, "http://127.0.0.1:1", 0), system, service, settings()))


def test_pages_of_a_system_land_without_names(folder: Path, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossiers, "PAGE_RECORDS", 2)
    records = [dossier(MaHoSo=f"H37.101-20260402-{number:07d}") for number in range(3)]

    def reply(page: int) -> object:
        return {"error_code": "00", "message": "ok", "result": json.loads(envelope(*records[(page - 1) * 2 : page * 2]))}

    items = pages("DongBoHoSoMC", reply)
    assert [(item.scope, item.row_count) for item in items if isinstance(item, Fetched)] == [("tinh/DongBoHoSoMC", 2), ("tinh/DongBoHoSoMC/page-2", 1)]
    land(loader, dossiers, "night", items=iter(items))
    assert parse(loader, dossiers, "night") == {"parsed": 2}
    assert rows(loader, "select distinct system, count(*) over () from raw.dossiers") == [("tinh", 3)]
    assert "PLANTED" not in everything(loader)


REPLIES = {
    "an error": ({"error_code": 5, "message": "PLANTED"}, "unexpected", "error_code is '5'"),
    "no record": ({"error_code": 0, "result": {"service": "DongBoHoSoMC", "data": []}}, "empty", "serves no record"),
    "no envelope": ({"error_code": "0", "result": None}, "unexpected", "is no envelope"),
    "a list": ([], "unexpected", "error_code"),
}


@pytest.mark.parametrize(("reply", "outcome", "words"), REPLIES.values(), ids=REPLIES.keys())
def test_a_reply_that_brings_nothing_is_said(folder: Path, reply: object, outcome: str, words: str) -> None:
    (failed,) = pages("DongBoHoSoMC", lambda page: reply)
    assert isinstance(failed, Failure) and failed.outcome == outcome and words in failed.reason and "PLANTED" not in failed.reason


ORDERS = {"in order": "123", "backwards": "321", "twice": "1223311", "late": "231"}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_any_order_twice_or_late_gives_the_same_rows(folder: Path, loader: psycopg.Connection, order: str) -> None:
    statuses = {"1": "4", "2": "9", "3": "10"}
    for night, name in enumerate(order):
        for path in folder.glob("*"):
            path.unlink()
        (folder / f"{name}.json").write_text(envelope(dossier(MaHoSo=f"H37.101-20260402-{name}", TrangThaiHoSo=statuses[name])))
        land(loader, dossiers, f"night-{night}")
        parse(loader, dossiers, f"night-{night}")
    kept = rows(loader, "select status_code, left(dossier_key, 8), due_on, finished_on, supplement_count from raw.current_dossiers order by 1")
    key = bytes.fromhex(settings().derive("dossier-number"))
    number = {status: hmac.new(key, f"H37.101-20260402-{name}".encode(), hashlib.sha256).hexdigest()[:8] for name, status in statuses.items()}
    assert kept == [(status, number[status], "2026-04-07", "2026-04-05", 1) for status in ("10", "4", "9")]
