"""`tthc land`: one source or one dropped file, by the functions of the night, and what became of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from cli import SOURCES, main
from dags import nightly_load
from tests.builders import form, make_xlsx, report_lines


def tthc(*arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "300"}).invoke(main, ["land", *arguments])
    return result.exit_code, result.output


def test_the_command_knows_the_sources_of_the_night() -> None:
    assert set(nightly_load.SOURCES) <= set(SOURCES)


@pytest.mark.parametrize(("source", "name", "body"), [
    ("statutory_forms", "a.xlsx", form()),
    ("narrative_reports", "a.txt", "\n".join(report_lines()).encode()),
    ("portal_index", "report_tinh_766_service.H37.2025.json", b""),
    ("dossiers", "H37.json", b""),
])  # fmt: skip
def test_a_dropped_file_is_landed_and_read(database: str, tmp_path: Path, source: str, name: str, body: bytes) -> None:
    sample = Path(__file__).resolve().parent.parent / "sample"
    stored = {"portal_index": "portal/report_tinh_766_service.H37.quarter-2026-1.json", "dossiers": "dossiers/H37-dong-bo-2026-06-15.json"}
    (tmp_path / name).write_bytes(body or (sample / stored[source]).read_bytes())
    code, printed = tthc(source, "--file", str(tmp_path / name))
    assert code == 0, printed
    assert name in printed and "landed" in printed and "parsed" in printed
    code, printed = tthc(source, "--file", str(tmp_path / name))
    assert code == 0 and "seen_again" in printed and "parsed" in printed, "what was read before is told again"


def test_a_file_that_cannot_be_read_says_why_and_fails(database: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    code, printed = tthc("statutory_forms", "--file", str(tmp_path / "a.xlsx"))
    assert code == 1 and "unreadable" in printed and "no .xlsx" in printed
    with psycopg.connect(database) as connection:
        assert connection.execute("select count(*) from raw.landing").fetchone() == (1,), "the evidence stays"


def test_a_source_as_the_night_lands_it(database: str) -> None:
    code, printed = tthc("statutory_forms")
    assert code == 0 and printed.count("parsed") == 6


SAMPLE = Path(__file__).resolve().parent.parent / "sample"


def _stored(name: str) -> bytes:
    return (SAMPLE / name).read_bytes()


KINDS: dict[str, bytes] = {
    "bao-cao.docx": _stored("inbox/ky-lua-kiem-soat-tthc-quy-1-2026.docx"),
    "bao-cao.txt": "\n".join(report_lines()).encode(),
    "bieu.xlsx": form(),
    "bang-khac.xlsx": make_xlsx({"S": ([["a", "b"], [1.0, 2.0]], ())}),
    "cut.xlsx": form()[:2000],
    "word-as.xlsx": _stored("inbox/kien-thuy-01-nam-hai-cap.docx"),
    "ho-so.json": _stored("dossiers/H37-dong-bo-2026-06-15.json"),
    "ho-so.ndjson": _stored("dossiers/H24-dong-bo-2026-06-15.ndjson"),
    "report_tinh_766_service.H37.quarter-2026-1.json": _stored("portal/report_tinh_766_service.H37.quarter-2026-1.json"),
    "opencps.lang-son.month-2026-5.json": _stored("onestop/opencps.lang-son.month-2026-5.json"),
    "igate.hai-phong.month-2026-5.json": _stored("onestop/igate.hai-phong.month-2026-5.json"),
    "igate.ho-so.month-2026-5.json": b'[{"MaHoSo": "H37.101-20260402-0000017", "ChuHoSo": "(ten)"}]',
    "danh-muc.csv": _stored("procedures/danh-muc-tthc-2026-06.csv"),
    "bang.csv": b"a,b\n1,2\n",
    "trang.html": b"<html><body>Request Rejected</body></html>",
    "trang.json": b"<html><body>Request Rejected</body></html> ",
    "rong.json": b"",
    "anh.docx": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500),
    "nhieu.bin": bytes(range(256)) * 4,
}
"""File name -> body: each source's own kind, and every kind that somebody may take for it."""
RIGHT = {
    "portal_index": {"report_tinh_766_service.H37.quarter-2026-1.json"},
    "dossiers": {"ho-so.json", "ho-so.ndjson"},
    "statutory_forms": {"bieu.xlsx"},
    "narrative_reports": {"bao-cao.docx", "bao-cao.txt", "word-as.xlsx"},
    "onestop_statistics": {"opencps.lang-son.month-2026-5.json", "igate.hai-phong.month-2026-5.json"},
    "procedures": {"danh-muc.csv"},
}
SAYS = {
    "portal_index": ("name it <report>", "holds records of the dossier exchange", "0 bytes"),
    "dossiers": ("is no JSON", "is no envelope", "the ending", "names no column MaHoSo", "a service that is not read", "MaHoSo is", "break the contract"),
    "statutory_forms": ("no .xlsx", "Word document, no workbook", "expected a sheet with the table", "data for programs", "dossier exchange", "0 bytes"),
    "narrative_reports": ("Excel workbook", "JPEG picture", "web page", "neither Word nor PDF", "cut off", "data for programs", "dossier exchange", "0 bytes"),
    "onestop_statistics": ("name it <opencps|igate>", "dossier exchange"),
    "procedures": ("this is no JSON", "no list of items", "breaks its contract", "dossier exchange", "0 bytes"),
}
"""What a source says of the kinds that are not its own."""


@pytest.mark.parametrize("source", SOURCES)
def test_every_wrong_kind_of_file_is_told_and_fails(database: str, tmp_path: Path, source: str) -> None:
    for name, body in KINDS.items():
        (tmp_path / name).write_bytes(body)
        code, printed = tthc(source, "--file", str(tmp_path / name))
        if name in RIGHT[source]:
            assert code == 0 and "parsed" in printed, (name, printed)
            continue
        assert code == 1 and "1 of 1 attempts failed" in printed, (name, printed)
        with psycopg.connect(database) as connection:
            outcome, reason = connection.execute("select outcome, reason from raw.attempt order by attempt_id desc limit 1").fetchall()[0]
        assert outcome in ("unexpected", "unreadable", "empty") and outcome in printed, (name, printed)
        assert name in reason and any(words in reason for words in SAYS[source]), (name, reason)
    with psycopg.connect(database) as connection:
        assert connection.execute("select count(*) from raw.content where position('ChuHoSo'::bytea in body) > 0").fetchone() == (0,), "nobody is named"
        assert connection.execute(f"select count(*) from raw.{source}").fetchone() != (0,), "what was right is read beside what was wrong"
