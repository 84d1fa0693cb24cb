"""The extract: one publication as CSV, nothing a spreadsheet would run, nothing lost, no folder of somebody else's replaced."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from expectations import publish as publishing
from warehouse import db
from warehouse.extract import ExtractError, extract


@pytest.fixture
def published(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mart of three rows, published."""
    monkeypatch.setattr(publishing, "MART_KEYS", {"figures": ("figure_id",)})
    with db.connect("transformer") as connection:
        connection.execute("create table candidate.figures (figure_id text not null, value numeric, quote_vi text, flags text[])")
        connection.execute("comment on column candidate.figures.value is 'the printed value'")
        connection.execute(
            "insert into candidate.figures values ('b', 1.50, '=HYPERLINK(\"x\")', '{}'), ('a', null, '', '{x,y}'),"
            " ('c', -3, 'trước hạn, \"đúng hạn\"\n', '{}')"
        )
    with db.connect("gate", autocommit=True) as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values ('r', 'publish', '[]')")
        publishing.publish(connection, "r")
    return database


def test_every_row_is_written_as_it_is_and_formulas_stay_text(published: str, tmp_path: Path) -> None:
    rows = extract(tmp_path / "out")
    assert rows == {"figures": 3, "publication": 1}
    with (tmp_path / "out/figures.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["figure_id", "value", "quote_vi", "flags", "publication_id"],
            ["a", "", "", "{x,y}", "1"],
            ["b", "1.50", '\'=HYPERLINK("x")', "{}", "1"],
            ["c", "-3", 'trước hạn, "đúng hạn"\n', "{}", "1"],
        ]
    # Null and the empty text differ in the file.
    assert b'a,,"",' in (tmp_path / "out/figures.csv").read_bytes()
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["publication_id"] == 1
    told = manifest["marts"]["figures"]
    assert told["sha256"] == hashlib.sha256((tmp_path / "out/figures.csv").read_bytes()).hexdigest()
    assert told["columns"]["value"] == {"type": "numeric", "description": "the printed value"}


def test_an_extract_replaces_an_extract_and_the_same_publication_gives_the_same_bytes(published: str, tmp_path: Path) -> None:
    extract(tmp_path / "out")
    before = (tmp_path / "out/figures.csv").read_bytes()
    (tmp_path / "out/stale.csv").write_text("from a mart that is gone")
    extract(tmp_path / "out")
    assert (tmp_path / "out/figures.csv").read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("**/*") if path.is_file()) == ["figures.csv", "manifest.json", "publication.csv"]


def test_a_folder_with_other_things_in_it_is_left_alone(published: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ExtractError, match="is no extract of an earlier night"):
        extract(tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_before_the_first_publication_there_is_nothing_to_extract(database: str, tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="nothing is published yet"):
        extract(tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []
