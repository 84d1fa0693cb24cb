"""`tthc land`: one source or one dropped file, by the functions of the night, and what became of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from cli import SOURCES, main
from dags import nightly_load
from tests.builders import form, report_lines


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
