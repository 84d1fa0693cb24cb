"""Landing and parsing as the night does it, with a source made of lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.rows import dict_row

from cli import main
from ingest.contracts import Contract
from ingest.landing import Failure, Fetched, Landing, ParseError, land, obey, parse
from warehouse import db
from warehouse.settings import ROOT, Settings


class ListSource:
    """Offers what it is given; a body that begins with `bad` cannot be parsed."""

    SOURCE = "narrative_reports"

    def __init__(self, *items: Fetched | Failure, version: str = "1") -> None:
        self.items = items
        self.PARSER_VERSION = version
        self.read: list[bytes] = []
        self.bad_outcome = "unexpected"
        self.limits = self.LIMITS = ""

    def fetch(self, config: Settings) -> Iterator[Fetched | Failure]:
        yield from self.items

    def receive(self, path: Path, config: Settings) -> Iterator[Fetched | Failure]:
        yield Fetched(path.read_bytes(), path.name)

    def parse(self, connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
        self.read.append(body)
        connection.execute(
            "insert into raw.narrative_reports (landing_id, reader_version, text_nfc, page_starts, method, header) values (%s, %s, %s, '{0}', 'text', '{}')",
            (landing.landing_id, self.PARSER_VERSION, body.decode()),
        )
        if body.startswith(b"crash"):
            raise RuntimeError("the reader broke")
        if body.startswith(b"bad"):
            raise ParseError(self.bad_outcome, "report.txt: unreadable; send it again", limits=self.limits)  # type: ignore[arg-type]
        return 1


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


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


def test_what_ran_into_its_limits_is_tried_again_under_other_limits_only(loader: psycopg.Connection) -> None:
    source = ListSource(Fetched(b"bad bomb", "bomb.pdf"))
    source.bad_outcome = "exhausted"
    source.LIMITS = source.limits = "60 s, 1024 MB"
    land(loader, source, "night-1")
    assert parse(loader, source, "night-1") == {"exhausted": 1}
    assert parse(loader, source, "night-2") == {}
    source.LIMITS = source.limits = "60 s, 2048 MB"
    assert parse(loader, source, "night-3") == {"exhausted": 1}
    assert parse(loader, source, "night-4") == {}
    assert loader.execute("select outcome, limits from raw.attempt where stage = 'parse' order by attempt_id").fetchall() == [
        ("exhausted", "60 s, 1024 MB"), ("exhausted", "60 s, 2048 MB"),
    ]  # fmt: skip


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


def night_of(loader: psycopg.Connection, rows: int, run_id: str) -> dict[str, int]:
    return dict(land(loader, ListSource(Fetched(f"{run_id} {rows}".encode(), "portal", scope="H37/x", row_count=rows)), run_id))


def test_a_volume_outside_its_band_is_an_outcome_of_its_own_and_is_landed(loader: psycopg.Connection) -> None:
    assert [night_of(loader, 34, f"night-{number}") for number in range(3)] == [{"landed": 1}] * 3
    assert night_of(loader, 3, "part") == {"outside_band": 1}
    assert night_of(loader, 69, "twice") == {"outside_band": 1}
    assert [night_of(loader, rows, f"edge-{rows}") for rows in (17, 68)] == [{"landed": 1}] * 2
    row = loader.execute("select reason, landing_id, row_count from raw.attempt where run_id = 'part'").fetchone()
    assert row is not None and "3 rows for H37/x, where 34 are usual" in row[0] and row[1] is not None and row[2] == 3


def test_without_enough_landings_before_and_for_single_files_there_is_no_band(loader: psycopg.Connection) -> None:
    assert [night_of(loader, rows, f"night-{rows}") for rows in (34, 35, 1)] == [{"landed": 1}] * 3
    files = [Fetched(f"{rows}".encode(), f"{rows}.txt", row_count=rows) for rows in (34, 35, 36, 1)]
    assert land(loader, ListSource(*files), "files") == {"landed": 4}


def test_a_hold_is_tried_every_night_and_its_drift_is_recorded(loader: psycopg.Connection) -> None:
    source = ListSource(Fetched(b"bad fields", "a.json"))
    land(loader, source, "night-1")
    contract = Contract("record", frozenset({"a"}), frozenset({"b"}), "hold", "accept")
    landed_run = []

    def reading(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
        landed_run.append(landing.run_id)
        obey(connection, landing, "1", contract, [frozenset({"b", "c"})], "a.json")
        return 1

    source.parse = reading  # type: ignore[method-assign]
    assert [dict(parse(loader, source, f"night-{number}")) for number in (1, 2)] == [{"held": 1}] * 2
    assert landed_run == ["night-1", "night-2"]
    assert loader.execute("select missing, unknown, decision from raw.contract_drift where run_id = 'night-2'").fetchall() == [(["a"], ["c"], "hold")]
    source.parse = lambda connection, landing, body: 1  # type: ignore[method-assign]
    assert parse(loader, source, "night-3") == {"parsed": 1}
    assert parse(loader, source, "night-4") == {}


def test_how_long_something_has_been_failing_is_one_query(loader: psycopg.Connection) -> None:
    bad = Failure("refused", "HTTP 403; ask elsewhere", "portal", "H37/x", "year:2026")
    good = Fetched(b"x", "portal", "H37/x")
    for number, item in enumerate((good, bad, bad, bad), 1):
        land(loader, ListSource(item), f"night-{number}")
    land(loader, ListSource(Fetched(b"y", "portal", "H24/x")), "night-4")
    query = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL)[0]
    with db.connect("mailer") as mailer:
        (row,) = mailer.cursor(row_factory=dict_row).execute(query).fetchall()
    assert row.pop("last_success_at") < row.pop("failing_since")
    assert row == {"source": "narrative_reports", "what": "H37/x", "outcome": "refused", "failed_attempts": 3, "reason": "HTTP 403; ask elsewhere"}
    assert "H37/x" in CliRunner().invoke(main, ["status"]).output
    land(loader, ListSource(good), "night-5")
    with db.connect("gate") as gate:
        assert gate.execute("select count(*) from quality.failing_source").fetchone() == (0,)
