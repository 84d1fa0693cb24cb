"""Statistics of provincial one-stop systems, pulled or dropped as files `<opencps|igate>.<system>.<period>[.<pull>].json`.

- OpenCPS: `GET /o/rest/statistics?month=&year=`, `{total, agency, data: […]}`; month 0 is the stored whole-year row. Rows without agency
  or domain add up the others. Where `total` says that there are more rows than were served, the rest is asked for with `start` and `end`;
  every page is one landing. The site is chosen by the header `groupId`, taken from the address (`https://…?groupId=35417`).
- iGate: `GET …/--statistic-agency-kgg?from-date=&to-date=`, a list of agencies; the ends are instants in UTC, so a day in Hà Nội begins at
  17:00Z of the day before. An agency above others (H01 above H01.187) adds them up.

Systems are configured as `name=opencps@https://…,name=igate@https://…`; one that asks for a bearer token has a line in
TTHC_ONESTOP_LOGINS (OpenID Connect, client credentials). Identities of the interface are checked and what they do not satisfy is kept beside
the row: counts are told, never repaired. Written contract: `ingest/contracts/onestop_statistics.toml`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, cast

import httpx
import psycopg
from psycopg.types.json import Jsonb

from ingest.contracts import contracts, field_names
from ingest.conversation import Conversation, Login, Refusal, client_for, without_secrets
from ingest.folders import files_below, read_file
from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError, obey
from ingest.layouts import header_key, row_scopes
from ingest.register import put_on_review, unit_register
from warehouse.model import Period
from warehouse.periods import PeriodError, calendar
from warehouse.settings import Settings
from warehouse.units import PortalCodeError, normalise_portal_code

SOURCE = "onestop_statistics"
PARSER_VERSION = "3"

_MOST_PAGES = 200

Interface = Literal["opencps", "igate"]
Row = Mapping[str, Any]
_COMMUNE = re.compile(r"^(?:UBND|ủy ban nhân dân)?\s*(?:xã|phường|thị trấn|đặc khu)\s", re.IGNORECASE)
_IDENTITIES: Mapping[Interface, Sequence[tuple[str, tuple[str, ...]]]] = {
    "opencps": (
        ("totalCount", ("deniedCount", "processCount")),
        ("processCount", ("receivedCount", "remainingCount")),
        ("receivedCount", ("onlineCount", "onegateCount")),
        ("processCount", ("waitingCount", "processingCount", "cancelledCount", "releaseCount")),
        ("processingCount", ("undueCount", "overdueCount")),
        ("processingCount", ("insideCount", "outsideCount")),
        ("releaseCount", ("betimesCount", "ontimeCount", "overtimeCount")),
        ("releaseCount", ("unresolvedCount", "doneCount", "releasingCount")),
    ),
    "igate": (("received", ("receivedOnline", "receivedDirect")),),
}
"""Whole and parts, as the interfaces define them."""


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every configured system for every configured period, then the dropped files."""
    accounts = logins(config.tthc_onestop_logins)
    for name, interface, address in systems(config.tthc_onestop_systems):
        url = httpx.URL(address)
        group = {"groupId": url.params["groupId"]} if "groupId" in url.params else {}
        with client_for(address) as client:
            server = Conversation(client, str(url.copy_with(query=None)).rstrip("/"), config.tthc_portal_pause_seconds, headers=group, login=accounts.get(name))
            for edition in months_of(config.tthc_onestop_periods):
                yield from _pull(server, name, interface, edition)
    if config.tthc_onestop_drops:
        for path in files_below(config.tthc_onestop_drops):
            yield from receive(path, config)


def systems(text: str) -> list[tuple[str, Interface, str]]:
    """`an-giang=igate@https://…` -> name, interface, address; the settings have checked the form."""
    found = []
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, rest = part.partition("=")
        interface, _, address = rest.partition("@")
        found.append((name, cast(Interface, interface), address.rstrip("/")))
    return found


def logins(text: str) -> dict[str, Login]:
    """`an-giang=client:secret@https://…/token` -> name, login; the settings have checked the form."""
    found = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, rest = part.partition("=")
        account, _, address = rest.rpartition("@")
        client, _, secret = account.partition(":")
        found[name] = Login(client, secret, address)
    return found


def months_of(text: str) -> list[str]:
    """The editions to ask for: the systems know months and years, so a quarter is three months."""
    editions: list[str] = []
    for edition in filter(None, map(str.strip, text.split(","))):
        kind, year, *number = edition.split(":")
        editions += [f"month:{year}:{3 * int(number[0]) - 2 + month}" for month in range(3)] if kind == "quarter" else [edition]
    return editions


def _period(edition: str) -> Period:
    match = re.fullmatch(r"(month|year):(\d{4})(?::(\d{1,2}))?", edition)
    if match is None or (match[1] == "year") != (match[3] is None):
        raise PeriodError(f"“{edition}” is no period that a one-stop system knows; expected month:2026:8 or year:2026")
    return calendar("month" if match[1] == "month" else "year", int(match[2]), int(match[3] or 1))


def _pull(server: Conversation, system: str, interface: Interface, edition: str) -> Iterator[Fetched | Failure]:
    """One period of one system, every page a landing."""
    period, origin = _period(edition), without_secrets(server.address)
    if interface == "opencps":
        path, asked = "/o/rest/statistics", {"year": str(period.start.year), "month": str(period.start.month) if edition.startswith("month") else "0"}
    else:
        begins = datetime.combine(period.start, time(), HANOI).astimezone(UTC)
        ends = datetime.combine(period.end + timedelta(days=1), time(), HANOI).astimezone(UTC) - timedelta(milliseconds=1)
        path, asked = "/pa/dossier-statistic/--statistic-agency-kgg", {"from-date": _instant(begins), "to-date": _instant(ends)}
    served = total = 0
    for page in range(1, _MOST_PAGES + 1):
        scope = f"{system}/{interface}" + (f"/page-{page}" if page > 1 else "")
        try:
            body = server.send("GET", path, params=asked | ({"start": str(served), "end": str(total)} if page > 1 else {}))
            rows = _rows(interface, body)
            _check_period(interface, rows, edition)
            total = _total(interface, body)
        except Refusal as error:
            yield Failure(error.outcome, error.reason, origin + path, scope, edition)
            return
        yield Fetched(body, origin + path, scope, edition, media_type="application/json", row_count=len(rows))
        served += len(rows)
        if served >= total:
            return


def _total(interface: Interface, body: bytes) -> int:
    """How many rows the system says there are; 0 where it does not say."""
    total = json.loads(body).get("total") if interface == "opencps" else 0
    return total if isinstance(total, int) else 0


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rows(interface: Interface, body: bytes) -> list[tuple[str, Row]]:
    """Every row with its JSON pointer.

    Raises:
        Refusal: no JSON, another shape, or no row.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal("unexpected", f"the answer is no JSON ({error}); look whether the system asks for a login") from error
    rows = answer.get("data") if interface == "opencps" and isinstance(answer, dict) else answer
    pointer = "/data" if interface == "opencps" else ""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal("unexpected", f"the answer holds no list of rows at {pointer or 'its top'}; the interface has changed")
    if not rows:
        raise Refusal("empty", "the system served an empty list; what was landed before stays in effect")
    return [(f"{pointer}/{number}", row) for number, row in enumerate(rows)]


def _check_period(interface: Interface, rows: Sequence[tuple[str, Row]], edition: str) -> None:
    """OpenCPS rows say which month they are of; month 0 and year 0 are totals over time."""
    if interface == "opencps":
        kind, year, *month = edition.split(":")
        asked = {int(year), 0}
        other = [row for _, row in rows if row.get("year") not in asked or (kind == "month" and row.get("month") not in (int(month[0]), 0))]
        if other:
            raise Refusal("unexpected", f"asked for {edition}, served month {other[0].get('month')} of {other[0].get('year')}; kept what was there")


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One saved answer; its name says which system answered for which period."""
    came = read_file(path, path.parent)
    if isinstance(came, Failure):
        yield came
        return
    match = re.fullmatch(r"(opencps|igate)\.([A-Za-z0-9-]+)\.(month-\d{4}-\d{1,2}|year-\d{4})(?:\.[^.]+)?\.json", path.name)
    if match is None:
        yield Failure("unexpected", f"{came.origin}: name it <opencps|igate>.<system>.<month-2026-8|year-2026>.json, as it was asked for", came.origin)
        return
    interface, edition = cast(Interface, match[1]), match[3].replace("-", ":")
    try:
        _period(edition)
        rows = _rows(interface, came.body)
        _check_period(interface, rows, edition)
    except (Refusal, PeriodError) as error:
        yield Failure(error.outcome if isinstance(error, Refusal) else "unexpected", f"{came.origin}: {error}", came.origin)
        return
    yield Fetched(came.body, came.origin, f"{match[2]}/{interface}", edition, came.file_name, "application/json", row_count=len(rows))


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert every row, totals marked, identities checked.

    Returns:
        The number of rows.

    Raises:
        ParseError: `unexpected` (breaks the contract, a count that is none), or `empty`.
    """
    system, name, *_ = landing.scope.split("/")
    interface = cast(Interface, name)
    try:
        period = _period(landing.edition)
        rows = _rows(interface, body)
    except Refusal as error:
        raise ParseError("empty" if error.outcome == "empty" else "unexpected", f"{landing.origin}: {error.reason}") from error
    obey(connection, landing, PARSER_VERSION, contracts(SOURCE)[interface], (field_names(row) for _, row in rows), landing.origin)
    counted = [_Counted.of(interface, landing.edition, row) for _, row in rows]
    _tell_apart(counted, landing.origin)
    above = {key for one in counted for key in _above(one.agency_code)} if interface == "igate" else set()
    for (pointer, row), one in zip(rows, counted, strict=True):
        unit = None
        if one.agency_name and one.agency_code not in above:
            province = one.portal_code.split(".")[0]
            unit = unit_register().resolve(one.agency_name, province=province or None, on=period.end).unit
            if unit is None and _COMMUNE.match(one.agency_name):  # departments are no units of ours; a commune must be found
                put_on_review(connection, landing.landing_id, SOURCE, PARSER_VERSION, landing.run_id, one.agency_name, province, period.end)
        total_of = "agencies" if one.agency_code in above else one.total_of
        connection.execute(
            "insert into raw.onestop_statistics (landing_id, reader_version, pointer, interface, system, period_start, period_end, agency_code, agency_name_vi,"
            " domain_code, is_total, total_of, scope, broken_identities, unit_code, unit_valid_from, payload)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                landing.landing_id, int(PARSER_VERSION), pointer, interface, system, period.start, period.end, one.agency_code, one.agency_name,
                one.domain_code, bool(total_of), total_of, one.scope, _broken(interface, row, f"{landing.origin}: {pointer}"),
                unit.code if unit else "", unit.valid_from if unit else None, Jsonb(row),
            ),
        )  # fmt: skip
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one row counts."""

    agency_code: str
    agency_name: str
    portal_code: str
    """The agency's code where it is one of the portal's (H37.101), else empty."""
    domain_code: str
    scope: str
    total_of: str
    time: tuple[object, object]
    """Year and month as served."""

    @classmethod
    def of(cls, interface: Interface, edition: str, row: Row) -> _Counted:
        agency = row.get("agency") if interface == "igate" else {"code": row.get("govAgencyCode"), "name": row.get("govAgencyName")}
        code, name = (str((agency or {}).get(key) or "").strip() for key in ("code", "name"))
        domain = str(row.get("domainCode") or "").strip()
        try:
            portal_code = normalise_portal_code(code) if code else ""
        except PortalCodeError:
            portal_code = ""
        total_of = ""
        if not code:
            total_of = "agencies"
        elif interface == "opencps" and (row.get("year") == 0 or (row.get("month") == 0) != edition.startswith("year")):
            total_of = "times"
        elif interface == "opencps" and not domain:
            total_of = "fields"
        scope = row_scopes("fields").get(header_key(str(row.get("domainName") or "")), "field:other") if domain else ""
        return cls(code, name, portal_code, domain, scope, total_of, (row.get("year"), row.get("month")))


def _above(code: str) -> Iterator[str]:
    """`H01.187.02` -> H01.187, H01."""
    while "." in code:
        code = code.rpartition(".")[0]
        yield code


def _tell_apart(counted: Sequence[_Counted], origin: str) -> None:
    """Two rows of one agency, domain and time are parts of a count that this reader does not know; one of them must not win.

    Raises:
        ParseError: `unexpected`.
    """
    seen: set[tuple[object, ...]] = set()
    for one in counted:
        key = (one.agency_code, one.agency_name if not one.agency_code else "", one.domain_code, one.time)
        if key in seen:
            what = f"agency {one.agency_code or '(none)'}, domain {one.domain_code or '(none)'}, year and month {one.time}"
            raise ParseError("unexpected", f"{origin}: {what} occurs twice; the interface splits its counts by something new: compare with its documentation")
        seen.add(key)


def _broken(interface: Interface, row: Row, place: str) -> list[str]:
    """The identities that the row's own counts break, with both sides; parts that were not sent are not judged."""
    counts = {name: value for name, value in row.items() if name.endswith("Count") or name.startswith(("received", "resolved", "inside", "outside"))}
    for name, value in counts.items():
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise ParseError("unexpected", f"{place}: {name} is {value!r}, no count; report it to the system's operator")
    broken = []
    for whole, parts in _IDENTITIES[interface]:
        if all(counts.get(name) is not None for name in (whole, *parts)):
            total = sum(counts[part] for part in parts)
            if counts[whole] != total:
                broken.append(f"{whole} {counts[whole]} is not {' + '.join(f'{part} {counts[part]}' for part in parts)} = {total}")
    if interface == "igate" and all(isinstance(row.get(name), int) for name in ("resolved", "resolvedOverdue")) and row["resolvedOverdue"] > row["resolved"]:
        broken.append(f"resolvedOverdue {row['resolvedOverdue']} is more than resolved {row['resolved']}")
    return broken
