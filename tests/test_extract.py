"""The extract: one publication as CSV and Parquet, nothing a spreadsheet would run, nothing lost, no folder of somebody else's replaced."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from expectations import publish as publishing
from warehouse import db
from warehouse import extract as extracting
from warehouse.extract import ExtractError, extract, extract_publication

_FILES = ["figures.csv", "figures.parquet", "manifest.json", "publication.csv", "publication.parquet"]


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
    for name in ("figures.csv", "figures.parquet"):
        body = (tmp_path / "out" / name).read_bytes()
        assert told["files"][name] == {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}
    assert told["columns"]["value"] == {"type": "numeric", "description": "the printed value"}


def test_an_extract_replaces_an_extract_and_the_same_publication_gives_the_same_bytes(published: str, tmp_path: Path) -> None:
    extract(tmp_path / "out")
    before = (tmp_path / "out/figures.csv").read_bytes()
    (tmp_path / "out/stale.csv").write_text("from a mart that is gone")
    extract(tmp_path / "out")
    assert (tmp_path / "out/figures.csv").read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("**/*") if path.is_file()) == _FILES


def test_a_folder_with_other_things_in_it_is_left_alone(published: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ExtractError, match="is no extract of an earlier night"):
        extract(tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_before_the_first_publication_there_is_nothing_to_extract(database: str, tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="nothing is published yet"):
        extract(tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []


def test_parquet_holds_the_values_as_they_are_with_their_types(published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "MART_KEYS", {"figures": ("figure_id",), "days": ("day",), "empty": ("day",)})
    with db.connect("transformer") as connection:
        connection.execute("create table candidate.days (day date, is_final boolean, pulled_at timestamptz, n integer, flags text[])")
        connection.execute("insert into candidate.days values ('2026-03-14', true, '2026-03-15 00:30:00.25+07', 7, null), (null, null, null, null, '{}')")
        connection.execute("create table candidate.empty (day date, flags text[])")
    _publish("r2")
    extract(tmp_path / "out")
    table = pq.read_table(tmp_path / "out/figures.parquet")
    assert table.select(["figure_id", "value", "quote_vi", "flags"]).to_pylist() == [
        {"figure_id": "a", "value": None, "quote_vi": "", "flags": ["x", "y"]},
        {"figure_id": "b", "value": 1.5, "quote_vi": '=HYPERLINK("x")', "flags": []},
        {"figure_id": "c", "value": -3.0, "quote_vi": 'trước hạn, "đúng hạn"\n', "flags": []},
    ]
    assert table.schema.field("value").metadata == {b"description": b"the printed value"}
    first, second = pq.read_table(tmp_path / "out/days.parquet").drop_columns("publication_id").to_pylist()
    assert (first["day"], first["is_final"], first["n"], first["flags"]) == (date(2026, 3, 14), True, 7, None)
    assert first["pulled_at"].isoformat() == "2026-03-14T17:30:00.250000+00:00"
    assert second == {"day": None, "is_final": None, "pulled_at": None, "n": None, "flags": []}
    assert pq.read_table(tmp_path / "out/empty.parquet").num_rows == 0


def _publish(run_id: str) -> None:
    with db.connect("gate", autocommit=True) as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, 'publish', '[]')", (run_id,))
        publishing.publish(connection, run_id)


def test_every_publication_is_kept_whole_for_a_while_and_the_newest_is_pointed_to(published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "KEPT_EXTRACTS", 2)
    first, rows = extract_publication(tmp_path)
    assert (first.name, rows["figures"]) == ("publication-1", 3)
    again, _ = extract_publication(tmp_path)
    assert again == first  # nothing new is published: nothing is written
    for number in (2, 3):
        with db.connect("transformer") as connection:
            connection.execute("update candidate.figures set value = %s where figure_id = 'a'", (number,))
        _publish(f"r{number}")
        extract_publication(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "publication-2", "publication-3"]
    assert (tmp_path / "latest").resolve() == (tmp_path / "publication-3").resolve()
    assert sorted(path.name for path in (tmp_path / "latest").iterdir()) == _FILES


def test_an_extract_that_breaks_off_leaves_the_one_before(published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract_publication(tmp_path)
    with db.connect("transformer") as connection:
        connection.execute("update candidate.figures set value = 9 where figure_id = 'a'")
    _publish("r2")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(extracting, "_parquet", no_space)
        with pytest.raises(OSError, match="No space"):
            extract_publication(tmp_path)
    assert (tmp_path / "latest").resolve().name == "publication-1"
    assert not (tmp_path / "publication-2").exists()
    extract_publication(tmp_path)
    assert (tmp_path / "latest").resolve().name == "publication-2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "publication-1", "publication-2"]
