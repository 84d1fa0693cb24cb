"""Load a range of periods again: an explicit request with range, reason and requester, carried out by its own DAG.

Nothing is deleted and no state is edited: what is served now lands beside what landed before and is in effect because it was served last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

import psycopg
from psycopg.types.json import Jsonb

from ingest import landing
from warehouse.settings import settings

PERIODS_OF: Mapping[str, str] = {"portal_index": "tthc_portal_periods", "onestop_statistics": "tthc_onestop_periods"}
"""Source that is asked by period -> its setting."""
_DROPS_OF = {"portal_index": "tthc_portal_drops", "onestop_statistics": "tthc_onestop_drops"}
"""Its folder of saved answers, which a request leaves alone: a file seen again there is no answer to the request."""
_MOST = 60
_PER_YEAR = {"month": 12, "quarter": 4, "year": 1}


class RequestError(ValueError):
    """A request that cannot be carried out; says what is wrong with it."""


def editions(first: str, last: str) -> list[str]:
    """`quarter:2025:3`, `quarter:2026:1` -> the three quarters from one to the other, both included.

    Raises:
        RequestError: no periods, of two kinds, backwards, or more than sixty.
    """
    kinds, numbers = [], []
    for text in (first, last):
        match = re.fullmatch(r"(month|quarter|year):(\d{4})(?::(\d{1,2}))?", text)
        number = int(match[3] or 1) if match else 0
        if match is None or (match[1] == "year") != (match[3] is None) or not 1 <= number <= _PER_YEAR[match[1]]:
            raise RequestError(f"“{text}” is no period; expected month:2026:8, quarter:2026:3 or year:2026")
        kinds.append(match[1])
        numbers.append(int(match[2]) * _PER_YEAR[match[1]] + number - 1)
    if kinds[0] != kinds[1] or not 0 <= numbers[1] - numbers[0] < _MOST:
        raise RequestError(f"{first} to {last} is no range; give two periods of one kind, the earlier first, at most {_MOST} of them")
    each = _PER_YEAR[kinds[0]]
    return [f"{kinds[0]}:{number // each}" + (f":{number % each + 1}" if each > 1 else "") for number in range(numbers[0], numbers[1] + 1)]


def request(connection: psycopg.Connection, source: str, first: str, last: str, reason: str, requested_by: str) -> int:
    """Record one request; returns its id.

    Raises:
        RequestError: an unknown source, no range, no reason or no requester.
    """
    if source not in PERIODS_OF:
        raise RequestError(f"{source} is not asked by period; these are: {', '.join(PERIODS_OF)}. Drop the files again for the others")
    editions(first, last)
    if len(reason.strip()) < 10 or not requested_by.strip():
        raise RequestError("say why (at least ten letters) and who asks; both are kept")
    row = connection.execute(
        "insert into raw.backfill_request (source, edition_from, edition_to, reason, requested_by) values (%s, %s, %s, %s, %s) returning request_id",
        (source, first, last, reason.strip(), requested_by.strip()),
    ).fetchone()
    assert row is not None
    return int(row[0])


def carry_out(
    connection: psycopg.Connection, run_id: str, source_of: Callable[[str], landing.Source], progress: Callable[[str], None] = lambda _: None
) -> dict[int, Counter[str]]:
    """Land and parse every request that no run has carried out, oldest first; a request whose every attempt failed stays open.

    Returns:
        Request -> how often each outcome occurred.
    """
    waiting = connection.execute(
        "select request_id, source, edition_from, edition_to from raw.backfill_request as request where not exists"
        " (select from raw.backfill_run as run where run.request_id = request.request_id) order by request_id"
    ).fetchall()
    done: dict[int, Counter[str]] = {}
    for request_id, name, first, last in waiting:
        source = source_of(name)
        config = settings().model_copy(update={PERIODS_OF[name]: ",".join(editions(first, last)), _DROPS_OF[name]: None})
        outcomes = landing.land(connection, source, run_id, progress, items=source.fetch(config))
        landing.parse(connection, source, run_id, progress)
        if outcomes["landed"] + outcomes["seen_again"] + outcomes["outside_band"]:
            connection.execute("insert into raw.backfill_run (request_id, run_id, outcomes) values (%s, %s, %s)", (request_id, run_id, Jsonb(outcomes)))
        done[request_id] = outcomes
    return done
