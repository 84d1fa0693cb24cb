"""Scores of Decision 766/QĐ-TTg from the national public service portal, through its two interfaces and as dropped files.

- current: `POST /api/v1/reporting/evaluation/<report>`, JSON, success is HTTP 201 with `code` OK. `service-results` lists the 34
  provinces; six more reports list a province's departments and communes with numerators and denominators (three of them as a tree).
- legacy: `POST /jsp/rest.jsp`, form field `params`, service `report_tinh_766_service`; a bare JSON array whose values are all strings;
  the provinces, and for one province its departments and communes.
- files: an answer of either, saved as `<report>.<scope>.<period>[.<pull>].json`; the scope is `provinces`, a portal code (`H37`) or a
  province's name (`an-giang`), the period `quarter-2026-1`, `month-2026-8` or `2025`, the pull any word.

All are taken as they are; none stands in for another. Written contract: `ingest/contracts/portal_index.toml`. A refusal (WAF: 403, 429,
or HTML with 200), another scope than asked and an empty list are outcomes of their own and delete nothing.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psycopg

from ingest.contracts import contracts, field_names
from ingest.conversation import Conversation, Refusal, client_for, without_secrets
from ingest.folders import files_below, read_file
from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError, obey, one_word_each
from ingest.register import put_on_review, unit_register
from warehouse.model import Period
from warehouse.periods import PeriodError, calendar
from warehouse.settings import Settings
from warehouse.text import fold
from warehouse.units import SEEDS, PortalCodeError, normalise_portal_code

SOURCE = "portal_index"
PARSER_VERSION = "1"

PAGE_SIZE = 1000
_MOST_PAGES = 20

Json = Any
"""A value that `json.loads` made."""
_KINDS: Mapping[str, Literal["month", "quarter", "year"]] = {"month": "month", "quarter": "quarter", "year": "year"}


@dataclass(frozen=True, slots=True)
class _Report:
    """How one report is asked for and where its rows are; its fields are in the contract."""

    interface: Literal["reporting", "legacy"]
    path: str
    lists: str
    """JSON pointer of the list of rows; empty: the body is the list."""
    row: str = ""
    """JSON pointer of one more row above the list: the root of a tree."""
    code: str = "departmentCode"
    """The field with the portal's code of the agency; not every report has it."""
    name: str = "departmentName"
    page_size: int = 0
    """0: not asked for in pages."""
    is_dated_by_days: bool = False
    """Asked for with fromDate and toDate in place of timeType."""


_COMMUNE_LEVELS = ("3", "COMMUNE", "COMMUNE_PEOPLE_COMMITTEE")

_CURRENT = "/api/v1/reporting/evaluation"
_REPORTS: Mapping[str, _Report] = {
    "service-results": _Report("reporting", f"{_CURRENT}/service-results", "/data/evaluation"),
    "report_tinh_766_service": _Report("legacy", "/jsp/rest.jsp", "", code="MA_COQUAN", name="TEN_COQUAN", page_size=PAGE_SIZE),
    "transparency": _Report("reporting", f"{_CURRENT}/transparency", "/data/evaluation", page_size=200),
    "handling-satisfaction": _Report("reporting", f"{_CURRENT}/handling-satisfaction", "/data/evaluation", page_size=200, is_dated_by_days=True),
    "dossier-digitized": _Report("reporting", f"{_CURRENT}/dossier-digitized", "/data/evaluation", page_size=200),
    "dvc-progress-tree": _Report("reporting", f"{_CURRENT}/dvc-progress-tree", "/data/children", "/data/parent", page_size=100),
    "provide-online-tree": _Report("reporting", f"{_CURRENT}/provide-online-tree", "/data/children", "/data/parent", page_size=200),
    "formality-online-payment-tree": _Report("reporting", f"{_CURRENT}/formality-online-payment-tree", "/data/children", "/data/parent", page_size=100),
}


# --- asking ----------------------------------------------------------------------------------------------------------


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every configured report for every configured period, one landing a report, scope and page; then the dropped files."""
    drops = list(files_below(config.tthc_portal_drops)) if config.tthc_portal_drops else []
    if config.tthc_portal_url:
        yield from _ask_all(config)
    elif not drops:
        yield Failure("unreachable", "TTHC_PORTAL_URL is empty: name the portal, or run `make nightly`, which starts the sample's stand-in", SOURCE)
    for path in drops:
        yield from receive(path, config)


def _ask_all(config: Settings) -> Iterator[Fetched | Failure]:
    provinces = _words(config.tthc_portal_provinces)
    reports = _words(config.tthc_portal_reports)
    with client_for(config.tthc_portal_url) as client:
        portal = Conversation(client, config.tthc_portal_url, config.tthc_portal_pause_seconds)
        for edition in _words(config.tthc_portal_periods):
            roots: dict[str, str] = {}
            if set(reports) - {"report_tinh_766_service"}:
                item, roots = _provinces(portal, edition)
                yield item
            if "report_tinh_766_service" in reports:
                yield from _legacy(portal, edition, provinces)
            for name in reports:
                if name not in ("service-results", "report_tinh_766_service"):
                    for province in provinces:
                        yield from _below(portal, edition, name, province, roots.get(province, ""))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def period_of(edition: str) -> Period:
    """`quarter:2026:1` as the portal counts it: whole calendar months.

    Raises:
        PeriodError: the text names no period.
    """
    match = re.fullmatch(r"(month|quarter|year):(\d{4})(?::(\d{1,2}))?", edition)
    if match is None or (match[1] == "year") != (match[3] is None):
        raise PeriodError(f"“{edition}” is no period; expected month:2026:8, quarter:2026:3 or year:2026")
    return calendar(_KINDS[match[1]], int(match[2]), int(match[3] or 1))


def _asked(edition: str) -> dict[str, Json]:
    kind, year, *number = edition.split(":")
    return {"timeType": kind, "year": int(year), **({kind: int(number[0])} if number else {})}


def _provinces(portal: Conversation, edition: str) -> tuple[Fetched | Failure, dict[str, str]]:
    """The current interface's list of provinces, and the portal's own number of each by its code."""
    name = "service-results"
    report, scope = _REPORTS[name], f"provinces/{name}"
    try:
        body = portal.ask(report.path, json={**_asked(edition), "departmentType": "ADMINISTRATIVE_UNIT"})
        rows = _usable(portal, report, body, "")
    except Refusal as error:
        return Failure(error.outcome, error.reason, _origin(portal, report), scope, edition), {}
    numbers = {_code(row.get(report.code)): str(row.get("departmentId") or "") for row in rows}
    return Fetched(body, _origin(portal, report), scope, edition, media_type="application/json", row_count=len(rows)), numbers


def _below(portal: Conversation, edition: str, name: str, province: str, root: str) -> Iterator[Fetched | Failure]:
    """One report of one province: its departments and communes, page by page."""
    report = _REPORTS[name]
    if not root and portal.over is None:
        reason = f"not asked: the list of provinces gives {province} no departmentId to ask with; correct TTHC_PORTAL_PROVINCES or see the list's own outcome"
        yield Failure("unexpected", reason, _origin(portal, report), f"{province}/{name}", edition)
        return
    period = period_of(edition)
    dates = {"fromDate": period.start.isoformat(), "toDate": period.end.isoformat()} if report.is_dated_by_days else _asked(edition)
    asked = {**dates, "rootDepartmentId": root, "pageSize": report.page_size}
    yield from _pages(portal, name, province, edition, lambda page: {"json": {**asked, "currentPage": page}}, root)


def _legacy(portal: Conversation, edition: str, provinces: Sequence[str]) -> Iterator[Fetched | Failure]:
    """The list of provinces, which holds the numbers that the gateway knows them by, then each configured province."""
    name = "report_tinh_766_service"
    report = _REPORTS[name]
    origin = _origin(portal, report)
    numbers: dict[str, str] = {}
    outcome: Literal["refused", "unexpected", "unreachable", "empty"] = "unexpected"
    try:
        body = portal.ask(report.path, data=_params(edition, "0", 1))
        rows = _usable(portal, report, body, "")
        numbers = {_code(row.get(report.code)): str(row.get("ID", "")) for row in rows}
        yield Fetched(body, origin, f"provinces/{name}", edition, media_type="application/json", row_count=len(rows))
    except Refusal as error:
        outcome = error.outcome
        yield Failure(outcome, error.reason, origin, f"provinces/{name}", edition)
    for province in provinces:
        if not numbers.get(province):
            why = f"holds no {province}; correct TTHC_PORTAL_PROVINCES" if numbers else "was not served; see its own outcome"
            reason = f"not asked: the list of provinces, which gives the number to ask with, {why}"
            yield Failure(outcome, reason, origin, f"{province}/{name}", edition)
            continue
        number = numbers[province]
        yield from _pages(portal, name, province, edition, lambda page, number=number: {"data": _params(edition, number, page)})  # type: ignore[misc]


def _pages(
    portal: Conversation, name: str, province: str, edition: str, request: Callable[[int], dict[str, Json]], root: str = ""
) -> Iterator[Fetched | Failure]:
    report = _REPORTS[name]
    for page in range(1, _MOST_PAGES + 1):
        scope = f"{province}/{name}" if page == 1 else f"{province}/{name}/page-{page}"
        try:
            body = portal.ask(report.path, **request(page))
            rows = _usable(portal, report, body, province, root)
        except Refusal as error:
            if error.outcome == "empty" and page > 1:  # the last page was full
                return
            yield Failure(error.outcome, error.reason, _origin(portal, report), scope, edition)
            return
        yield Fetched(body, _origin(portal, report), scope, edition, media_type="application/json", row_count=len(rows))
        if len(rows) - bool(report.row) < (PAGE_SIZE if report.interface == "legacy" else report.page_size):
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


def _usable(portal: Conversation, report: _Report, body: bytes, province: str, root: str = "") -> list[dict[str, Json]]:
    """The rows of an answer to this question.

    Raises:
        Refusal: as `_rows`, or the answer is of another scope than was asked for.
    """
    try:
        rows = [row for _, row in _rows(report, body)]
        _check_scope(report, rows, province, root)
    except Refusal as error:
        portal.unusable(error)
        raise
    portal.usable()
    return rows


def _check_scope(report: _Report, rows: Sequence[Mapping[str, Json]], province: str, root: str = "") -> None:
    codes = [_code(row.get(report.code)) for row in rows]
    if not province:
        other = sorted({str(row.get(report.code)) for row, code in zip(rows, codes, strict=True) if "." in code})
        if other:
            raise Refusal("unexpected", f"asked for the provinces, served {len(other)} other agencies ({', '.join(other[:3])}); kept what was there")
        return
    other = sorted({code for code in codes if code and code.split(".")[0] != province})
    if other:
        raise Refusal("unexpected", f"asked for {province}, served {', '.join(other[:3])}; kept what was there")
    if report.row and root and rows[0].get("departmentId") not in (None, root):
        raise Refusal("unexpected", f"asked for {province}, served the tree of {rows[0].get('departmentName')}; kept what was there")


def _rows(report: _Report, body: bytes) -> list[tuple[str, dict[str, Json]]]:
    """The rows of a served body with their JSON pointers.

    Raises:
        Refusal: no JSON, a code other than OK, another shape, or no row.
    """
    try:
        answer = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refusal("unexpected", f"the answer is no JSON ({error}); it begins {body[:60]!r}") from error
    if report.interface == "reporting" and (not isinstance(answer, dict) or answer.get("code") != "OK"):
        shown = answer.get("code") if isinstance(answer, dict) else type(answer).__name__
        raise Refusal("unexpected", f"the answer's code is {shown!r} and not 'OK'; the report may be closed for this period")
    rows = _at(answer, report.lists)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal("unexpected", f"the answer holds no list of rows at {report.lists or 'its top'}; the interface has changed")
    above = _at(answer, report.row) if report.row else None
    if report.row and above is not None and not isinstance(above, dict):
        raise Refusal("unexpected", f"the answer holds no row at {report.row}; the interface has changed")
    if not rows:
        raise Refusal("empty", "the portal served an empty list; what was landed before stays in effect")
    return [*([(report.row, above)] if above else []), *((f"{report.lists}/{number}", row) for number, row in enumerate(rows))]


def _at(answer: Json, pointer: str) -> Json:
    for name in pointer.split("/")[1:]:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _code(value: Json) -> str:
    """The normalised code; empty where none is served or it is malformed, which `parse` reports with its place."""
    try:
        return normalise_portal_code(str(value)) if value else ""
    except PortalCodeError:
        return ""


def _origin(portal: Conversation, report: _Report) -> str:
    return without_secrets(portal.address) + report.path


# --- dropped files ---------------------------------------------------------------------------------------------------


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One saved answer; its name says what was asked."""
    came = read_file(path, path.parent)
    if isinstance(came, Failure):
        yield came
        return
    try:
        name, province, edition = _named(path)
        rows = [row for _, row in _rows(_REPORTS[name], came.body)]
        _check_scope(_REPORTS[name], rows, province)
    except Refusal as error:
        yield Failure(error.outcome, f"{came.origin}: {error.reason}", came.origin)
        return
    yield Fetched(came.body, came.origin, f"{province or 'provinces'}/{name}", edition, came.file_name, "application/json", row_count=len(rows))


def _named(path: Path) -> tuple[str, str, str]:
    """Report, province (empty: the list of provinces) and edition of a file's name."""
    expected = "name it <report>.<provinces|H37|an-giang>.<quarter-2026-1|month-2026-8|2025>.json, as asked"
    parts = path.name.split(".")
    if len(parts) not in (4, 5) or parts[-1] != "json" or parts[0] not in _REPORTS:
        raise Refusal("unexpected", f"the name does not say which report, scope and period it answers; {expected}; reports: {', '.join(_REPORTS)}")
    name, scope, period = parts[:3]
    province = "" if scope == "provinces" else scope if scope in _province_slugs().values() else _province_slugs().get(fold(scope), "?")
    year = re.fullmatch(r"(\d{4})(?:-\d{2})?", period)
    edition = f"year:{year[1]}" if year else period.replace("-", ":")
    try:
        period_of(edition)
    except PeriodError as error:
        raise Refusal("unexpected", f"{error}; {expected}") from error
    if province == "?":
        raise Refusal("unexpected", f"“{scope}” is no province; {expected}")
    return name, province, edition


@cache
def _province_slugs() -> Mapping[str, str]:
    """`an-giang` -> `H01`."""
    with (SEEDS / "portal_provinces.csv").open(encoding="utf-8", newline="") as file:
        return {fold(row["name_vi"]).replace(" ", "-"): row["portal_code"] for row in csv.DictReader(file)}


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
    except Refusal as error:
        raise ParseError("empty" if error.outcome == "empty" else "unexpected", f"{landing.origin}: {error.reason}") from error
    obey(connection, landing, PARSER_VERSION, contracts(SOURCE)[name], (field_names(row) for _, row in rows), f"{landing.origin}, {landing.scope}")
    one_word_each(((pointer, str(row.get(report.code) or row.get("departmentId") or row[report.name]), row) for pointer, row in rows), landing.origin)
    codes, units = [], []
    for pointer, row in rows:
        try:
            codes.append(normalise_portal_code(str(row[report.code])) if row.get(report.code) else "")
        except PortalCodeError as error:
            raise ParseError("unexpected", f"{landing.origin}: {pointer}: {error}") from error
        units.append(_unit(report, row, codes[-1], province, period))
        if not units[-1][0] and str(row.get("LOAI_COQUAN") or row.get("departmentType") or row.get("level") or "") in _COMMUNE_LEVELS:
            inside = codes[-1].split(".")[0] or province
            put_on_review(connection, landing.landing_id, SOURCE, PARSER_VERSION, landing.run_id, str(row[report.name]), inside, period.end)
    connection.execute(
        # The payload is cut out by PostgreSQL, so that no number passes through a float.
        "insert into raw.portal_index (landing_id, reader_version, pointer, interface, report, period_calendar, period_start, period_end, province_code,"
        " is_final, portal_code, unit_code, unit_valid_from, payload)"
        " select %s, %s, served.pointer, %s, %s, 'calendar', %s, %s, %s, %s, served.portal_code, served.unit_code, served.unit_valid_from,"
        " answer.body #> string_to_array(substr(served.pointer, 2), '/')"
        " from unnest(%s::text[], %s::text[], %s::text[], %s::date[]) as served (pointer, portal_code, unit_code, unit_valid_from)"
        " cross join (select %s::jsonb as body offset 0) as answer",
        (
            landing.landing_id, int(PARSER_VERSION), report.interface, name, period.start, period.end, "" if province == "provinces" else province,
            period.end < landing.fetched_at.astimezone(HANOI).date(), [pointer for pointer, _ in rows], codes,
            [unit[0] for unit in units], [unit[1] for unit in units], body.decode(json.detect_encoding(body)),
        ),
    )  # fmt: skip
    return len(rows)


def _unit(report: _Report, row: Mapping[str, Json], code: str, province: str, period: Period) -> tuple[str, Any]:
    """Code and first day of the administrative unit; empty for departments and for names that do not resolve to one unit."""
    level = str(row.get("LOAI_COQUAN") or row.get("departmentType") or row.get("departmentLevel") or row.get("level") or "")
    if (code and "." not in code) or (level in ("PROVINCE", "1") and province != "provinces"):
        unit = unit_register().province_by_portal_code(code or province, period.end)
    elif level in ("", *_COMMUNE_LEVELS) and (code or province != "provinces"):
        unit = unit_register().resolve(str(row[report.name]), province=code.split(".")[0] or province, on=period.end).unit
        if unit is not None and unit.level != "commune":
            unit = None
    else:
        unit = None
    return (unit.code, unit.valid_from) if unit else ("", None)
