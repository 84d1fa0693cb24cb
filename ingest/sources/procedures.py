"""The catalogue of administrative procedures: the portal's list, and tables that offices keep.

- `POST /api/v1/reporting/formalities {q, currentPage, pageSize}` → `items[{id, code, name, state, …}]`, `pagination{total, totalPages}`.
- CSV with `procedure_code, name_vi` and what is known of `field_code, field_name_vi, level, online_level, valid_from, valid_to, state, lead_agency,
  supporting_agencies` (separated by `|`; for inter-linked procedures).

Codes stay text (`2.000908`): a code that came as a number has lost its zeros and stops the file. Only a pull whose every page was served
says that a procedure is listed no more (`stg_procedures__catalogue`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from ingest.contracts import contracts, field_names
from ingest.conversation import Conversation, Refusal, client_for, without_secrets
from ingest.folders import files_below, read_file
from ingest.landing import Failure, Fetched, Landing, ParseError, obey, one_word_each
from warehouse.settings import Settings

SOURCE = "procedures"
PARSER_VERSION = "1"

PAGE_SIZE = 500
_MOST_PAGES = 60
_PATH = "/api/v1/reporting/formalities"
_CODE = re.compile(r"\d{1,2}\.\d{6}(?:\.[\dH.]{1,20})?", re.ASCII)


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """The portal's list page by page where a portal is named, then the dropped tables."""
    if config.tthc_portal_url and config.tthc_procedures_pull:
        with client_for(config.tthc_portal_url) as client:
            yield from _pages(Conversation(client, config.tthc_portal_url, config.tthc_portal_pause_seconds))
    if config.tthc_procedures_drops:
        for path in files_below(config.tthc_procedures_drops):
            yield from receive(path, config)


def _pages(portal: Conversation) -> Iterator[Fetched | Failure]:
    origin = without_secrets(portal.address) + _PATH
    served = 0
    for page in range(1, _MOST_PAGES + 1):
        scope = f"portal/page-{page}"
        try:
            body = portal.ask(_PATH, json={"q": "", "currentPage": page, "pageSize": PAGE_SIZE})
            rows = _items(body)
            served += len(rows)
            total = _total(body)
            if len(rows) < PAGE_SIZE and served != (total or served):
                raise Refusal("unexpected", f"the list says {total} procedures and served {served}; this page is not landed, ask again")
        except Refusal as error:
            yield Failure(error.outcome, error.reason, origin, scope)
            return
        yield Fetched(body, origin, scope, media_type="application/json", row_count=len(rows))
        if len(rows) < PAGE_SIZE or served == total:
            return


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One table, or one saved page of the portal's list."""
    yield read_file(path, path.parent)


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert every procedure.

    Returns:
        The number of procedures.

    Raises:
        ParseError: `unexpected` or `held` (breaks the contract, a code or day that is none), or `empty`.
    """
    is_table = landing.file_name.lower().endswith(".csv")
    rows = _table(body, landing.origin) if is_table else _listed(body, landing.origin)
    if not rows:
        raise ParseError("empty", f"{landing.origin}: holds no procedure; ask the sender for the file again")
    contract = contracts(SOURCE)["csv" if is_table else "items"]
    obey(connection, landing, PARSER_VERSION, contract, (field_names(row) for _, row in rows), landing.origin)
    one_word_each(((place, str(row["procedure_code" if is_table else "code"]), row) for place, row in rows), landing.origin)
    for place, row in rows:
        code = row["procedure_code"] if is_table else row["code"]
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise ParseError("unexpected", f"{landing.origin}: {place} has the code {code!r}; expected text such as 2.000908, with its zeros")
        name = row["name_vi" if is_table else "name"]
        if not isinstance(name, str) or not name.strip():
            raise ParseError("unexpected", f"{landing.origin}: {place} gives the procedure {code} no name")
        if isinstance(row.get("state"), dict | list):
            raise ParseError("unexpected", f"{landing.origin}: {place} has a state that is no word; the interface has changed")
        # What only tables have is read from tables only: the portal's list may come to use the same word for something else.
        known: dict[str, Any] = {
            name: (row.get(name) or None) if is_table or name == "state" else None for name in ("field_code", "level", "online_level", "state", "lead_agency")
        }
        known |= {day: _day(row.get(day) if is_table else None, f"{landing.origin}: {place}, {day}") for day in ("valid_from", "valid_to")}
        supporting = [agency.strip() for agency in str(row.get("supporting_agencies") or "").split("|") if agency.strip()] if is_table else []
        connection.execute(
            "insert into raw.procedures (landing_id, reader_version, pointer, procedure_code, name_vi, field_code, level, online_level, valid_from, valid_to,"
            " state, lead_agency, supporting_agencies, payload) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                landing.landing_id, int(PARSER_VERSION), place, code, name, known["field_code"], known["level"],
                known["online_level"], known["valid_from"], known["valid_to"], str(known["state"]) if known["state"] else None, known["lead_agency"],
                supporting, Jsonb(dict(row)),
            ),
        )  # fmt: skip
    return len(rows)


def _listed(body: bytes, origin: str) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        return _items(body)
    except Refusal as error:
        raise ParseError("empty" if error.outcome == "empty" else "unexpected", f"{origin}: {error.reason}") from error


def _items(body: bytes) -> list[tuple[str, Mapping[str, Any]]]:
    """The items of one page, wherever `data` wraps them."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal("unexpected", f"this is no JSON ({error}); expected the portal's list as it was served, or a table that is named .csv") from error
    wrapped = isinstance(answer, dict) and isinstance(answer.get("data"), dict)
    items = (answer["data"] if wrapped else answer).get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Refusal("unexpected", "the answer holds no list of items; the interface has changed")
    if not items:
        raise Refusal("empty", "the portal served an empty list of procedures; what was landed before stays in effect")
    return [(f"{'/data' if wrapped else ''}/items/{number}", item) for number, item in enumerate(items)]


def _total(body: bytes) -> int:
    """How many procedures the list says it has; 0 where it does not say."""
    answer = json.loads(body)
    pagination = (answer["data"] if isinstance(answer.get("data"), dict) else answer).get("pagination")
    total = pagination.get("total") if isinstance(pagination, dict) else 0
    return total if isinstance(total, int) else 0


def _table(body: bytes, origin: str) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig")), restkey="(beyond the header)", strict=True)
        return [(f"row {number}", {name: value for name, value in row.items() if value is not None}) for number, row in enumerate(reader, 2)]
    except UnicodeDecodeError as error:
        raise ParseError("unreadable", f"{origin}: byte {error.start} is no UTF-8; export the table as UTF-8") from error
    except csv.Error as error:
        raise ParseError("unreadable", f"{origin}: is no CSV ({error}); export it again") from error


def _day(text: Any, place: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise ParseError("unexpected", f"{place} is {text!r}; expected a day such as 2026-07-01") from error
