"""Scores of Decision 766/QĐ-TTg from the national public service portal, through its two interfaces.

- current: `POST /api/v1/reporting/evaluation/service-results`, JSON, success is HTTP 201 with `code` OK; the 34 provinces.
- legacy: `POST /jsp/rest.jsp`, form field `params`, service `report_tinh_766_service`; a bare JSON array whose values are all strings;
  the provinces, and for one province its departments and communes.

Both are pulled as they are; neither stands in for the other. Written contract: `_REPORTS`. A required field that is missing stops the
answer; an unknown field is kept in the payload and not read. A refusal (WAF: 403, 429, or HTML with 200), another scope than asked and
an empty list are outcomes of their own and delete nothing. Requests go one after the other; after a refusal or a dead line the rest
of the night's requests are not sent.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import psycopg

from ingest.contracts import contracts, field_names
from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError, obey
from ingest.register import unit_register
from warehouse.model import Period
from warehouse.periods import PeriodError, calendar
from warehouse.settings import Settings
from warehouse.units import PortalCodeError, normalise_portal_code

SOURCE = "portal_index"
PARSER_VERSION = "1"

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try; three tries are all a request gets."""
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PAGE_SIZE = 1000
_MOST_PAGES = 20

Json = Any
"""A value that `json.loads` made."""
_Interface = Literal["reporting", "legacy"]
_Outcome = Literal["refused", "unexpected", "unreachable", "empty"]
_COMPONENTS = ("TDGQ", "MDHL", "MDSH", "TTTT", "CLGQ", "CKMB")
_KINDS: Mapping[str, Literal["month", "quarter", "year"]] = {"month": "month", "quarter": "quarter", "year": "year"}


@dataclass(frozen=True, slots=True)
class _Report:
    """The written contract of one report."""

    interface: _Interface
    path: str
    pointer: str
    """Where the rows are in the body; empty: the body is the list."""
    code: str
    """The field with the portal's code of the agency."""
    name: str


_REPORTS: Mapping[str, _Report] = {
    "service-results": _Report(
        "reporting", "/api/v1/reporting/evaluation/service-results", "/data/evaluation", "departmentCode", "departmentName",
    ),
    "report_tinh_766_service": _Report(
        "legacy", "/jsp/rest.jsp", "", "MA_COQUAN", "TEN_COQUAN",
    ),
}  # fmt: skip


# --- asking ----------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """An answer that is none; carries what goes into the attempt's row."""

    def __init__(self, outcome: _Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


@dataclass
class _Portal:
    """One night's conversation with the portal; `over` says why it ended before its end."""

    client: httpx.Client
    address: str
    over: _Refused | None = None

    def ask(self, report: _Report, **request: Json) -> bytes:
        """The body of a successful answer, exactly as served.

        Raises:
            _Refused: no answer after three tries, or one that is no JSON.
        """
        if self.over:
            raise _Refused(self.over.outcome, f"not asked after the failure before: {self.over.reason}")
        try:
            response = self._send(report, request)
            self._check(response)
        except _Refused as error:
            if error.outcome in ("refused", "unreachable"):
                self.over = error
            raise
        return response.content

    def _send(self, report: _Report, request: Json) -> httpx.Response:
        fault = ""
        for pause in (0.0, *PAUSES):
            time.sleep(pause)
            try:
                response = self.client.post(f"{self.address}{report.path}", **request)
            except httpx.HTTPError as error:
                fault = f"{type(error).__name__}: {error}"
            else:
                if response.status_code < 500:
                    return response
                fault = f"HTTP {response.status_code}"
        raise _Refused("unreachable", f"no answer after {1 + len(PAUSES)} tries ({fault}); look whether the portal is up, the next night asks again")

    def _check(self, response: httpx.Response) -> None:
        """Status and form only; what it says is checked where the report is known."""
        html = response.text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<head", "<body"))
        if response.status_code in (403, 429) or html:
            raise _Refused(
                "refused",
                f"HTTP {response.status_code} {'with a web page instead of data' if html else ''}".strip()
                + ": the portal's firewall refuses this machine; land the answer as a file, or ask from another network",
            )
        if response.status_code not in (200, 201):
            raise _Refused("unexpected", f"HTTP {response.status_code}; the interface may have changed: compare with ingest/sources/portal_index.py")


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Both reports for every configured period, one landing a report, scope and page."""
    if not config.tthc_portal_url:
        yield Failure("unreachable", "TTHC_PORTAL_URL is empty: name the portal, or run `make nightly`, which starts the sample's stand-in", SOURCE)
        return
    provinces = [code.strip() for code in config.tthc_portal_provinces.split(",") if code.strip()]
    address = httpx.URL(config.tthc_portal_url)
    # A proxy of the environment has no business with a stand-in on this machine.
    client = httpx.Client(timeout=TIMEOUT, trust_env=address.host not in ("127.0.0.1", "localhost"), headers={"User-Agent": "tthc-warehouse"})
    with client:
        portal = _Portal(client, str(address).rstrip("/"))
        for edition in (text.strip() for text in config.tthc_portal_periods.split(",") if text.strip()):
            try:
                period_of(edition)
            except PeriodError as error:
                yield Failure("unexpected", f"environment variable TTHC_PORTAL_PERIODS: {error}", SOURCE, edition=edition)
                continue
            yield _current(portal, edition)
            yield from _legacy(portal, edition, provinces)


def period_of(edition: str) -> Period:
    """`quarter:2026:1` as the portal counts it: whole calendar months.

    Raises:
        PeriodError: the text names no period.
    """
    match = re.fullmatch(r"(month|quarter|year):(\d{4})(?::(\d{1,2}))?", edition)
    if match is None or (match[1] == "year") != (match[3] is None):
        raise PeriodError(f"“{edition}” is no period; expected month:2026:8, quarter:2026:3 or year:2026")
    return calendar(_KINDS[match[1]], int(match[2]), int(match[3] or 1))


def _current(portal: _Portal, edition: str) -> Fetched | Failure:
    name = "service-results"
    report, scope = _REPORTS[name], f"provinces/{name}"
    kind, year, *number = edition.split(":")
    asked: dict[str, Json] = {"timeType": kind, "year": int(year), "departmentType": "ADMINISTRATIVE_UNIT"}
    if number:
        asked[kind] = int(number[0])
    try:
        body = portal.ask(report, json=asked)
        rows = _rows(report, body)
        other = sorted({str(row.get(report.code)) for row in rows if "." in _code(row.get(report.code))})
        if other:
            raise _Refused("unexpected", f"asked for the provinces, served {len(other)} other agencies ({', '.join(other[:3])}); kept what was there")
    except _Refused as error:
        return Failure(error.outcome, error.reason, _origin(portal, report), scope, edition)
    return Fetched(body, _origin(portal, report), scope, edition, media_type="application/json", row_count=len(rows))


def _legacy(portal: _Portal, edition: str, provinces: Sequence[str]) -> Iterator[Fetched | Failure]:
    """The list of provinces, which holds the numbers that the gateway knows them by, then each configured province."""
    name = "report_tinh_766_service"
    report = _REPORTS[name]
    origin = _origin(portal, report)
    numbers: dict[str, str] = {}
    outcome: _Outcome = "unexpected"
    try:
        body = portal.ask(report, data=_params(edition, "0", 1))
        rows = _rows(report, body)
        other = [str(row.get(report.code)) for row in rows if "." in _code(row.get(report.code))]
        if other:
            raise _Refused("unexpected", f"asked for the provinces, served {len(other)} other agencies ({', '.join(other[:3])}); kept what was there")
        numbers = {_code(row.get(report.code)): str(row.get("ID", "")) for row in rows}
        yield Fetched(body, origin, f"provinces/{name}", edition, media_type="application/json", row_count=len(rows))
    except _Refused as error:
        outcome = error.outcome
        yield Failure(outcome, error.reason, origin, f"provinces/{name}", edition)
    for province in provinces:
        if not numbers.get(province):
            why = f"holds no {province}; correct TTHC_PORTAL_PROVINCES" if numbers else "was not served; see its own outcome"
            reason = f"not asked: the list of provinces, which gives the number to ask with, {why}"
            yield Failure(outcome, reason, origin, f"{province}/{name}", edition)
            continue
        yield from _legacy_province(portal, edition, province, numbers[province])


def _legacy_province(portal: _Portal, edition: str, province: str, number: str) -> Iterator[Fetched | Failure]:
    name = "report_tinh_766_service"
    report, origin = _REPORTS[name], _origin(portal, _REPORTS[name])
    for page in range(1, _MOST_PAGES + 1):
        scope = f"{province}/{name}" if page == 1 else f"{province}/{name}/page-{page}"
        try:
            body = portal.ask(report, data=_params(edition, number, page))
            rows = _rows(report, body)
            other = sorted({code for row in rows if (code := _code(row.get(report.code))) and code.split(".")[0] != province})
            if other:
                raise _Refused("unexpected", f"asked for {province}, served {', '.join(other[:3])}; kept what was there")
        except _Refused as error:
            if error.outcome == "empty" and page > 1:  # the last page was full
                return
            yield Failure(error.outcome, error.reason, origin, scope, edition)
            return
        yield Fetched(body, origin, scope, edition, media_type="application/json", row_count=len(rows))
        if len(rows) < PAGE_SIZE:
            return


def _params(edition: str, province_number: str, page: int) -> dict[str, str]:
    """The gateway's one form field; 0 means that a part of the period does not apply."""
    kind, year, *number = edition.split(":")
    params = {
        "service": "report_tinh_766_service", "provider": "dvcquocgia", "type": "ref",
        "p_nam": year, "p_6thang": 0, "p_quy": int(number[0]) if kind == "quarter" else 0, "p_thang": int(number[0]) if kind == "month" else 0,
        "p_tinh_id": province_number, "p_loaidonvi": 1, "loaichitieu": 0, "p_default": 0, "pageIndex": page, "pageSize": PAGE_SIZE,
    }  # fmt: skip
    return {"params": json.dumps(params)}


def _rows(report: _Report, body: bytes) -> list[dict[str, Json]]:
    """The rows of a served body.

    Raises:
        _Refused: no JSON, a code other than OK, another shape, or no row.
    """
    try:
        answer = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _Refused("unexpected", f"the answer is no JSON ({error}); it begins {body[:60]!r}") from error
    if report.interface == "reporting":
        if not isinstance(answer, dict) or answer.get("code") != "OK":
            shown = answer.get("code") if isinstance(answer, dict) else type(answer).__name__
            raise _Refused("unexpected", f"the answer's code is {shown!r} and not 'OK'; the report may be closed for this period")
        data = answer.get("data")
        answer = data.get("evaluation") if isinstance(data, dict) else None
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise _Refused("unexpected", f"the answer holds no list of rows at {report.pointer or 'its top'}; the interface has changed")
    if not answer:
        raise _Refused("empty", "the portal served an empty list; what was landed before stays in effect")
    return answer


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _code(value: Json) -> str:
    """The normalised code; empty where none is served or it is malformed, which `parse` reports with its place."""
    try:
        return normalise_portal_code(str(value)) if value else ""
    except PortalCodeError:
        return ""


def _origin(portal: _Portal, report: _Report) -> str:
    address = httpx.URL(portal.address)
    return f"{address.copy_with(username='', password='') if address.userinfo else address}".rstrip("/") + report.path


# --- reading ---------------------------------------------------------------------------------------------------------


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert the rows of one answer, each with its JSON pointer and as served.

    Returns:
        The number of rows.

    Raises:
        ParseError: `unexpected` (no such report, a required field is missing, a code that is none), or `empty`.
    """
    province, _, name = landing.scope.partition("/")
    name = name.split("/")[0]
    if name not in _REPORTS:
        raise ParseError("unexpected", f"{landing.origin}: scope “{landing.scope}” names no known report; known: {', '.join(sorted(_REPORTS))}")
    report = _REPORTS[name]
    try:
        period = period_of(landing.edition)
        rows = _rows(report, body)
    except PeriodError as error:
        raise ParseError("unexpected", f"{landing.origin}: {error}") from error
    except _Refused as error:
        raise ParseError("empty" if error.outcome == "empty" else "unexpected", f"{landing.origin}: {error.reason}") from error
    obey(connection, landing, PARSER_VERSION, contracts(SOURCE)[name], map(field_names, rows), f"{landing.origin}, {landing.scope}")
    codes, units = [], []
    for number, row in enumerate(rows):
        try:
            codes.append(normalise_portal_code(str(row[report.code])) if row[report.code] else "")
        except PortalCodeError as error:
            raise ParseError("unexpected", f"{landing.origin}: {report.pointer}/{number}: {error}") from error
        units.append(_unit(report, row, codes[-1], period))
    try:
        connection.execute(
            # The payload is cut out by PostgreSQL, so that no number passes through a float.
            "insert into raw.portal_index (landing_id, reader_version, pointer, interface, report, period_calendar, period_start, period_end, province_code,"
            " is_final, portal_code, unit_code, unit_valid_from, payload)"
            " select %s, %s, %s || '/' || (served.number - 1), %s, %s, 'calendar', %s, %s, %s, %s, served.portal_code,"
            " served.unit_code, served.unit_valid_from, served.payload from rows from (jsonb_array_elements(%s::jsonb #> %s), unnest(%s::text[]), unnest(%s::text[]), unnest(%s::date[]))"
            " with ordinality as served (payload, portal_code, unit_code, unit_valid_from, number)",
            (
                landing.landing_id, int(PARSER_VERSION), report.pointer, report.interface, name, period.start, period.end,
                "" if province == "provinces" else province,
                period.end < landing.fetched_at.astimezone(HANOI).date(), body.decode(json.detect_encoding(body)), report.pointer.split("/")[1:],
                codes, [unit[0] for unit in units], [unit[1] for unit in units],
            ),
        )  # fmt: skip
    except psycopg.errors.UntranslatableCharacter as error:
        raise ParseError("unexpected", f"{landing.origin}: the answer holds a NUL character, which is no text; report it to the portal") from error
    return len(rows)


def _unit(report: _Report, row: Mapping[str, Json], code: str, period: Period) -> tuple[str, Any]:
    """Code and first day of the administrative unit; empty for departments and for names that do not resolve to one unit."""
    if not code:
        return "", None
    if "." not in code:
        unit = unit_register().province_by_portal_code(code, period.end)
    elif str(row.get("LOAI_COQUAN", "3")) == "3":
        unit = unit_register().resolve(str(row[report.name]), province=code.split(".")[0], on=period.end).unit
    else:
        unit = None
    return (unit.code, unit.valid_from) if unit else ("", None)
