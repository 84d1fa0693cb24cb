"""Landing and parsing as the night does it, with a source made of lists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import psycopg
import pytest

from ingest.landing import Failure, Fetched, Landing, ParseError, land, parse
from warehouse import db
from warehouse.settings import Settings


class ListSource:
    """Offers what it is given; a body that begins with `bad` cannot be parsed."""

    SOURCE = "narrative_reports"

    def __init__(self, *items: Fetched | Failure, version: str = "1") -> None:
        self.items = items
        self.PARSER_VERSION = version
        self.read: list[bytes] = []
        self.bad_outcome = "unexpected"

    def fetch(self, config: Settings) -> Iterator[Fetched | Failure]:
        yield from self.items

    def parse(self, connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
        self.read.append(body)
        connection.execute(
            "insert into raw.narrative_reports (landing_id, reader_version, text_nfc, page_starts, method, header) values (%s, %s, %s, '{0}', 'text', '{}')",
            (landing.landing_id, self.PARSER_VERSION, body.decode()),
        )
        if body.startswith(b"crash"):
            raise RuntimeError("the reader broke")
        if body.startswith(b"bad"):
            raise ParseError(self.bad_outcome, "report.txt: unreadable; send it again")  # type: ignore[arg-type]
        return 1


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def loader(database: str) -> Iterator[psycopg.Connection]:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


def test_same_bytes_are_seen_again_and_other_bytes_of_the_edition_are_another_landing(loader: psycopg.Connection) -> None:
    first = Fetched(b"one", "a.txt", scope="H37", edition="quarter:2026:1")
    assert land(loader, ListSource(first), "night-1") == {"landed": 1}
    assert land(loader, ListSource(first), "night-2") == {"seen_again": 1}
    restated = Fetched(b"one, restated", "a.txt", scope="H37", edition="quarter:2026:1")
    assert land(loader, ListSource(restated), "night-3") == {"landed": 1}
    assert count(loader, "raw.landing") == 2
    sightings = loader.execute("select times_seen from raw.landing_sighting order by landing_id").fetchall()
    assert sightings == [(2,), (1,)]


def test_every_attempt_is_a_row_with_its_reason(loader: psycopg.Connection) -> None:
    outcomes = land(loader, ListSource(Failure("refused", "HTTP 403; ask elsewhere", "portal", "H37", "year:2026"), Fetched(b"", "empty.txt")), "night")
    assert outcomes == {"refused": 1, "empty": 1}
    rows = loader.execute("select outcome, scope, edition, origin, reason from raw.attempt order by attempt_id").fetchall()
    assert rows[0] == ("refused", "H37", "year:2026", "portal", "HTTP 403; ask elsewhere")
    assert rows[1][0] == "empty" and "empty.txt" in rows[1][4]
    assert count(loader, "raw.landing") == 0


def test_a_source_that_offers_nothing_leaves_an_attempt(loader: psycopg.Connection) -> None:
    assert land(loader, ListSource(), "night") == {"empty": 1}
    assert loader.execute("select source, outcome from raw.attempt").fetchall() == [("narrative_reports", "empty")]


def test_the_hash_of_what_came_is_kept_beside_that_of_what_is_stored(loader: psycopg.Connection) -> None:
    came = hashlib.sha256(b"with a name in it").hexdigest()
    land(loader, ListSource(Fetched(b"without", "d.json", received_sha256=came)), "night")
    assert loader.execute("select sha256, received_sha256 from raw.landing").fetchone() == (hashlib.sha256(b"without").hexdigest(), came)


def test_an_unreadable_body_leaves_its_landing_and_no_rows_and_the_others_are_read(loader: psycopg.Connection) -> None:
    source = ListSource(Fetched(b"bad one", "b.txt"), Fetched(b"good", "g.txt"))
    land(loader, source, "night")
    assert parse(loader, source, "night") == {"unexpected": 1, "parsed": 1}
    assert count(loader, "raw.landing") == 2
    assert loader.execute("select text_nfc from raw.narrative_reports").fetchall() == [("good",)]
    assert loader.execute("select reason from raw.attempt where outcome = 'unexpected'").fetchall() == [("report.txt: unreadable; send it again",)]


def test_what_is_settled_is_not_read_again_until_the_reader_changes(loader: psycopg.Connection) -> None:
    items = (Fetched(b"bad one", "b.txt"), Fetched(b"good", "g.txt"))
    source = ListSource(*items)
    land(loader, source, "night-1")
    parse(loader, source, "night-1")
    assert parse(loader, source, "night-2") == {}
    newer = ListSource(*items, version="2")
    assert parse(loader, newer, "night-3") == {"unexpected": 1, "parsed": 1}
    assert newer.read == [b"bad one", b"good"]


def test_what_is_deferred_is_tried_every_night(loader: psycopg.Connection) -> None:
    source = ListSource(Fetched(b"bad scan", "scan.pdf"))
    source.bad_outcome = "deferred"
    land(loader, source, "night-1")
    assert parse(loader, source, "night-1") == {"deferred": 1}
    assert parse(loader, source, "night-2") == {"deferred": 1}


def test_a_night_killed_in_the_middle_goes_on_where_it_stopped(loader: psycopg.Connection) -> None:
    source = ListSource(Fetched(b"first", "1.txt"), Fetched(b"crash", "2.txt"), Fetched(b"third", "3.txt"))
    land(loader, source, "night")
    with pytest.raises(RuntimeError, match="the reader broke"):
        parse(loader, source, "night")
    assert loader.execute("select text_nfc from raw.narrative_reports").fetchall() == [("first",)]
    source.read.clear()
    with pytest.raises(RuntimeError):
        parse(loader, source, "night, again")
    assert source.read == [b"crash"]
