"""Bytes first: land what a source serves, then parse what has landed. Every attempt is a row.

Landing commits on its own, so a parser that fails leaves the evidence. Both steps go by what the database holds and
not by what the run remembers: a killed night is simply run again.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import psycopg

from ingest.contracts import Contract, Drift, printable
from warehouse.settings import Settings, settings

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Outcome = Literal[
    "landed", "seen_again", "outside_band", "parsed", "empty", "unreachable", "refused", "unexpected", "held", "unreadable", "deferred",
    "exhausted",
]  # fmt: skip

silent_servers: ContextVar[Mapping[str, datetime]] = ContextVar("silent_servers", default=MappingProxyType({}))
"""The open circuits while a source is asked: scheme, host and port of a server -> since when nothing but refusals and silence came."""

BAND = (Decimal("0.5"), Decimal("2"))
"""A scope's rows lie between these multiples of the median of its last landings; outside it is an outcome of its own."""
_BAND_MEMORY = 5
_BAND_NEEDS = 3
"""With fewer landings before there is no band."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mailed a body, without the address: kept in a table of its own that only the loader reads."""

    sender_key: str
    """Keyed hash of the address."""
    domain: str
    message_key: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body as it came, and what it was asked for as."""

    body: bytes
    origin: str
    """Where it came from: an address without secrets, or a file's path below its folder."""
    scope: str = ""
    """What was asked for, where the source is asked: `H37/report_tinh_766_service`."""
    edition: str = ""
    """The declared edition: the period asked for. Same edition, other bytes: a new landing."""
    file_name: str = ""
    media_type: str = ""
    received_sha256: str = ""
    """Of what came, where an allow-list of columns dropped personal data before this body was made."""
    row_count: int | None = None
    """How many rows it holds, where the source knows without parsing: compared with what its scope usually has."""
    sender: Sender | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that brought nothing to land; deletes nothing."""

    outcome: Outcome
    reason: str
    """File or address, what is wrong, what to do."""
    origin: str
    scope: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """A landed body, to be parsed."""

    landing_id: int
    source: str
    scope: str
    edition: str
    origin: str
    file_name: str
    media_type: str
    sha256: str
    fetched_at: datetime
    run_id: str = ""
    """The run that reads it now."""


class ParseError(Exception):
    """A landed body that cannot be read. `outcome`: `unreadable` (broken), `unexpected` (breaks the source's written
    contract: the message lists what is missing and what is unknown), `held` (the same, tried again every night), `empty`,
    `deferred` (this machine lacks what it takes; tried again next night), or `exhausted` (it ran into `limits` of memory or time; tried
    again by a new reader or under other limits)."""

    def __init__(self, outcome: Outcome, reason: str, drift: Drift | None = None, limits: str = "") -> None:
        super().__init__(reason)
        self.limits = limits
        self.outcome = outcome
        self.reason = reason
        self.drift = drift


class Source(Protocol):
    """One module of `ingest.sources`."""

    SOURCE: str
    """The word: module, task, raw table, dbt folder, mail tag."""
    PARSER_VERSION: str
    """A new version reads old landings again; its rows stand beside the older ones' and take their place."""

    def fetch(self, config: Settings) -> Iterator[Fetched | Failure]:
        """Everything the source offers now, one item an attempt. Raises nothing for a failing source: yields a Failure."""

    def receive(self, path: Path, config: Settings) -> Iterator[Fetched | Failure]:
        """One dropped file as if the source had offered it (a saved answer, a workbook, a report)."""

    def parse(self, connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
        """Insert the body's records (the caller commits) and say how many.

        Raises:
            ParseError: the body cannot be read.
        """


def obey(connection: psycopg.Connection, landing: Landing, reader_version: str, contract: Contract, field_sets: Iterable[frozenset[str]], place: str) -> None:
    """Compare what came with its contract and do as the policy says: accepted drift is recorded and the rows are read.

    Args:
        field_sets: the field names of every row (each set once is enough).

    Raises:
        ParseError: `unexpected` (stop) or `held` (hold), with both lists; `parse` records its drift.
    """
    drift = contract.compare(field_sets)
    if drift is None:
        return
    if drift.decision == "accept":
        record_drift(connection, landing, reader_version, drift, landing.run_id)
        return
    raise ParseError(
        "unexpected" if drift.decision == "stop" else "held",
        f"{place}: {contract.name} breaks its contract; {drift.told()}. If a field was renamed, correct the contract in"
        f" ingest/contracts/{landing.source}.toml and what reads it",
        drift,
    )


def one_word_each(rows: Iterable[tuple[str, str, Mapping[str, object]]], origin: str) -> None:
    """Two rows of one answer that say different things of the same whom: one of them must not win unseen.

    Args:
        rows: place, whom the row speaks of, and the row; the same row twice does no harm.

    Raises:
        ParseError: `unexpected`, with both places.
    """
    first: dict[str, tuple[str, Mapping[str, object]]] = {}
    for place, whom, row in rows:
        before, said = first.setdefault(whom, (place, row))
        if said != row:
            differing = ", ".join(printable(name for name in {*said, *row} if said.get(name) != row.get(name) or (name in said) != (name in row)))
            raise ParseError("unexpected", f"{origin}: {whom} is at {before} and at {place} with different {differing}; ask the sender which of them holds")


def record_drift(connection: psycopg.Connection, landing: Landing, reader_version: str, drift: Drift, run_id: str) -> None:
    """One row of `raw.contract_drift`."""
    connection.execute(
        "insert into raw.contract_drift (landing_id, reader_version, contract, missing, unknown, decision, run_id) values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (landing.landing_id, reader_version, drift.contract, list(drift.missing), list(drift.unknown), drift.decision, run_id),
    )


def land(
    connection: psycopg.Connection,
    source: Source,
    run_id: str,
    progress: Callable[[str], None] = lambda _: None,
    items: Iterator[Fetched | Failure] | None = None,
) -> Counter[str]:
    """Land everything `source` offers now (or `items`), one transaction an item.

    Returns:
        How often each outcome occurred.
    """
    outcomes: Counter[str] = Counter()
    items = source.fetch(settings()) if items is None else items
    silent_servers.set(_silent(connection, source.SOURCE))
    while True:
        started, clock = datetime.now(HANOI), time.monotonic()
        item = next(items, None)
        if item is None:
            break
        with connection.transaction():
            outcome: Outcome
            rows = None
            if isinstance(item, Failure):
                outcome, reason, landing_id, digest, size = item.outcome, item.reason, None, None, None
            elif not item.body:
                outcome, reason, landing_id, digest, size = "empty", f"{item.origin}: 0 bytes; ask the sender for the file again", None, None, 0
            else:
                digest, size, rows = hashlib.sha256(item.body).hexdigest(), len(item.body), item.row_count
                landing_id, is_new = _store(connection, source.SOURCE, item, digest, run_id, started)
                if item.sender:
                    connection.execute(
                        "insert into raw.sender (landing_id, sender_key, sender_domain, message_key, sent_at, run_id) values (%s, %s, %s, %s, %s, %s)"
                        " on conflict do nothing",
                        (landing_id, item.sender.sender_key, item.sender.domain, item.sender.message_key, item.sender.sent_at, run_id),
                    )
                reason = _outside_band(connection, source.SOURCE, item) if is_new else ""
                outcome = "outside_band" if reason else "landed" if is_new else "seen_again"
            connection.execute(
                "insert into raw.attempt (run_id, stage, source, scope, edition, origin, outcome, reason, landing_id, sha256, size_bytes, row_count,"
                " started_at, duration_ms) values (%s, 'land', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (run_id, source.SOURCE, item.scope, item.edition, item.origin, outcome, _plain(reason), landing_id, digest, size, rows, started, _since(clock)),
            )
        outcomes[outcome] += 1
        progress(f"{source.SOURCE}: {item.origin} {outcome}")
    if not outcomes:
        connection.execute(
            "insert into raw.attempt (run_id, stage, source, outcome, reason, started_at, duration_ms) values (%s, 'land', %s, 'empty', %s, now(), 0)",
            (run_id, source.SOURCE, "the source offered nothing: its folder or answer is empty"),
        )
        connection.commit()
        outcomes["empty"] += 1
    return outcomes


def _silent(connection: psycopg.Connection, source: str) -> dict[str, datetime]:
    """Servers whose newest attempts all failed, and since when."""
    rows = connection.execute(
        "with asked as (select substring(origin from '^https?://[^/]+') as server, outcome, started_at, attempt_id from raw.attempt"
        " where stage = 'land' and source = %s and origin ~ '^https?://')"
        " select server, min(started_at) from asked where attempt_id > coalesce((select max(attempt_id) from asked as answered"
        " where answered.server = asked.server and answered.outcome not in ('refused', 'unreachable')), 0) group by server",
        (source,),
    ).fetchall()
    connection.commit()
    return dict(rows)


def _store(connection: psycopg.Connection, source: str, item: Fetched, digest: str, run_id: str, fetched_at: datetime) -> tuple[int, bool]:
    """The landing of these bytes, whose hash is `digest`, and whether it is new."""
    connection.execute("insert into raw.content (sha256, body) values (%s, %b) on conflict do nothing", (digest, item.body))
    row = connection.execute(
        "insert into raw.landing (source, scope, edition, origin, file_name, media_type, sha256, received_sha256, size_bytes, fetched_at, run_id,"
        " retain_until) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (source, scope, edition, sha256) do nothing returning landing_id",
        (
            source, item.scope, item.edition, item.origin, item.file_name, item.media_type, digest, item.received_sha256 or digest,
            len(item.body), fetched_at, run_id, (fetched_at + timedelta(days=settings().tthc_retention_days)).date(),
        ),
    ).fetchone()  # fmt: skip
    if row is not None:
        return int(row[0]), True
    row = connection.execute(
        "select landing_id from raw.landing where source = %s and scope = %s and edition = %s and sha256 = %s", (source, item.scope, item.edition, digest)
    ).fetchone()
    assert row is not None  # the conflict above proves it
    return int(row[0]), False


def _outside_band(connection: psycopg.Connection, source: str, item: Fetched) -> str:
    """Why the number of rows is none that this scope usually has; empty where it is usual, or nothing is known yet."""
    if item.row_count is None or not item.scope:
        return ""
    before = [
        row[0]
        for row in connection.execute(
            "select row_count from raw.attempt where stage = 'land' and source = %s and scope = %s and outcome in ('landed', 'outside_band')"
            " and row_count is not null order by attempt_id desc limit %s",
            (source, item.scope, _BAND_MEMORY),
        )
    ]
    if len(before) < _BAND_NEEDS:
        return ""
    usual = Decimal(median(before))
    if BAND[0] * usual <= item.row_count <= BAND[1] * usual:
        return ""
    return (
        f"{item.origin}: {item.row_count} rows for {item.scope}, where {usual:f} are usual ({', '.join(map(str, before))} before, newest first);"
        " it is landed and read: look whether the source serves only a part, or twice"
    )


def parse(connection: psycopg.Connection, source: Source, run_id: str, progress: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """Parse every landing of `source` that this parser version has not settled, one transaction a landing.

    Returns:
        How often each outcome occurred.
    """
    pending = connection.execute(
        "select landing_id, source, scope, edition, origin, file_name, media_type, sha256, fetched_at from raw.landing where source = %s"
        " and not exists (select from raw.attempt where attempt.landing_id = landing.landing_id and stage = 'parse' and attempt.edition = %s"
        " and outcome not in ('deferred', 'held') and (outcome <> 'exhausted' or limits = %s))"
        " order by landing_id",
        (source.SOURCE, source.PARSER_VERSION, getattr(source, "LIMITS", "")),
    ).fetchall()
    connection.commit()
    outcomes: Counter[str] = Counter()
    for row in pending:
        landing = replace(Landing(*row), run_id=run_id)
        started, clock = datetime.now(HANOI), time.monotonic()
        with connection.transaction():
            content = connection.execute("select body from raw.content where sha256 = %s", (landing.sha256,), binary=True).fetchone()
            assert content is not None  # foreign key
            outcome: Outcome = "parsed"
            reason, count, limits = "", 0, ""
            try:
                with connection.transaction():  # a savepoint: rows of a half-read body are taken back, the attempt stays
                    count = source.parse(connection, landing, bytes(content[0]))
            except ParseError as error:
                outcome, reason, limits = error.outcome, error.reason, error.limits
                if error.drift:
                    record_drift(connection, landing, source.PARSER_VERSION, error.drift, run_id)
            except psycopg.DataError as error:  # its own words may hold a value, which may be a person's
                outcome, count = "unexpected", 0
                reason = f"{landing.origin}: holds a character or number that no table takes ({type(error).__name__}); report it to the sender"
            connection.execute(
                "insert into raw.attempt (run_id, stage, source, scope, edition, origin, outcome, reason, landing_id, sha256, size_bytes, row_count,"
                " started_at, duration_ms, limits) values (%s, 'parse', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    run_id, source.SOURCE, landing.scope, source.PARSER_VERSION, landing.origin, outcome, _plain(reason), landing.landing_id,
                    landing.sha256, len(content[0]), count, started, _since(clock), limits,
                ),
            )  # fmt: skip
        outcomes[outcome] += 1
        progress(f"{source.SOURCE}: {landing.origin} {outcome}, {count} rows")
    return outcomes


class Became(NamedTuple):
    """What became of one attempt to land something, whichever run read it."""

    origin: str
    scope: str
    edition: str
    landed: str
    read: str
    row_count: int | None
    reason: str
    has_failed: bool


def became(connection: psycopg.Connection, run_id: str) -> list[Became]:
    """Every attempt of the run to land something, with the newest reading of what it landed or saw again."""
    rows = connection.execute(
        "select landed.origin, landed.scope, landed.edition, landed.outcome, coalesce(reading.outcome, ''), reading.row_count,"
        " concat_ws('; ', nullif(landed.reason, ''), nullif(reading.reason, '')),"
        " landed.outcome not in ('landed', 'seen_again') or coalesce(reading.outcome, '') <> 'parsed'"
        " from raw.attempt as landed left join lateral (select * from raw.attempt as newest where newest.landing_id = landed.landing_id"
        " and newest.stage = 'parse' order by newest.attempt_id desc limit 1) as reading on true"
        " where landed.run_id = %s and landed.stage = 'land' order by landed.attempt_id",
        (run_id,),
    )
    return [Became(*row) for row in rows]


def _plain(reason: str) -> str:
    """Without NUL, which an answer that is quoted may hold and no text of PostgreSQL."""
    return reason.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _since(clock: float) -> int:
    return round((time.monotonic() - clock) * 1000)
