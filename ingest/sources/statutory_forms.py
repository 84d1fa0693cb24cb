"""Statutory forms of Circular 01/2020/TT-VPCP: a folder of XLSX with form II.06 (results of handling administrative procedures).

Which header text is which column is data (`layouts/form_06.csv`): columns may move, a known other spelling is read, anything unknown
or missing stops the file with both lists. Written contract: one sheet of form II.06 a workbook, the columns (2) to (13), whole
numbers of dossiers, a last row TỔNG CỘNG, a header block with the reporting unit and the period. A blank cell or a dash is not
printed, hence no figure and not 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import psycopg
from psycopg.types.json import Jsonb

from ingest.folders import files_below, read_file
from ingest.landing import Failure, Fetched, Landing, ParseError
from ingest.register import unit_register
from ingest.sources.layouts import Column, Layout, fields, form_06, header_key
from ingest.submissions import insert_submission
from ingest.workbooks import Sheet, UnreadableWorkbook, column_letters, is_number, read_workbook
from warehouse.model import Figure, Header, Period
from warehouse.numbers import NumberError, parse_number
from warehouse.periods import PeriodError, PeriodPhrase, classify_range, is_legal, parse_period_phrase, statutory
from warehouse.settings import Settings
from warehouse.text import nfc, tone_key

SOURCE = "statutory_forms"
PARSER_VERSION = "1"

_TOTAL = frozenset({"tổng cộng", "tổng số", "cộng"})
_DASHES = frozenset({"-", "–", "—", "−"})
_GROUP_ROW = re.compile(r"([IVX]+)(?:\s*[.)/:-]\s*|\s+|$)")
_NUMBERING = re.compile(r"\(?([0-9]{1,2}|[A-B])\)?(?:\s*=.*)?", re.ASCII)
_FORM_NUMBER = re.compile(r"\b(?:II\s*\.?\s*)?(0[5-8])\s*([a-d])?\s*/\s*VPCP", re.IGNORECASE)
_UNIT_LINE = re.compile(r"^[\s\-–+*]*đơn vị (?P<what>báo cáo|nhận báo cáo|nhận|tính)\s*:?\s*(?P<value>.*)$", re.IGNORECASE)
_COMMITTEE = re.compile(r"^(?:UBND|(?:ủy|uỷ)\s+ban\s+nhân\s+dân)\s+", re.IGNORECASE)
_MAX_QUOTE = 300


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where a sheet's table is and which of its columns is which."""

    sheet: Sheet
    top: int
    """First row of the table's header."""
    body: int
    """First row below the header and its numbering row."""
    label: int
    """The column with the row labels."""
    number: int | None
    """The column TT, if there is one."""
    columns: dict[int, Column]
    """Column of the sheet -> column (3) to (13) of the form."""


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every file of the forms folder, its subfolders included."""
    for path in files_below(config.tthc_forms_dir):
        yield read_file(path, config.tthc_forms_dir)


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert the form's header block, the mapping of its columns, and its figures.

    Returns:
        The number of figures.

    Raises:
        ParseError: `unreadable` (no workbook, damaged, locked), or `unexpected` (breaks the contract above).
    """
    name = landing.file_name
    try:
        sheets = read_workbook(body, name)
    except UnreadableWorkbook as error:
        raise ParseError("unreadable", str(error)) from error
    grid, others = _form_sheet(sheets, form_06(), name)
    lines = _header_lines(grid)
    header, form_code, printed = _read_header(lines, f"{name}, sheet {grid.sheet.name}")
    figures = list(_read_figures(grid, form_06(), name))
    connection.execute(
        "insert into raw.statutory_forms (landing_id, reader_version, sheet, form_code, header, cells) values (%s, %s, %s, %s, %s, %s)",
        (
            landing.landing_id, int(PARSER_VERSION), grid.sheet.name, form_code, Jsonb({"lines": lines, "other_sheets": others, **printed}),
            Jsonb({column_letters(index): {"form_column": column.number, "measure": column.measure} for index, column in grid.columns.items()}),
        ),
    )  # fmt: skip
    insert_submission(connection, landing, PARSER_VERSION, header, figures, None)
    return len(figures)


# --- which sheet, which column ---------------------------------------------------------------------------------------


def _form_sheet(sheets: list[Sheet], layout: Layout, name: str) -> tuple[_Grid, list[str]]:
    """The one sheet with the form's table, and the names of the others (reports come with forms 05 and 07 beside it)."""
    labels = {key for (_, key), column in layout.columns.items() if column.number == 2}
    found: list[tuple[Sheet, int, int]] = []
    for sheet in sheets:
        corner = next(((row, col) for row in range(len(sheet.rows)) for col in range(sheet.width) if header_key(sheet.text(row, col)) in labels), None)
        if corner is not None and any(header_key(sheet.text(corner[0], col)) in layout.groups for col in range(sheet.width)):
            found.append((sheet, *corner))
    if len(found) != 1:
        seen = ", ".join(sheet.name for sheet, _, _ in found) or "none"
        raise ParseError(
            "unexpected",
            f"{name}: expected one sheet with the table of form II.06 (a column “Lĩnh vực …” beside “Tiếp nhận”), found {seen} of"
            f" {len(sheets)} sheets; send one form a workbook with its header as in the circular",
        )
    sheet, top, label = found[0]
    return _map_columns(sheet, top, label, layout, name), [other.name for other in sheets if other is not sheet]


def _map_columns(sheet: Sheet, top: int, label: int, layout: Layout, name: str) -> _Grid:
    """Read the header's rows; every text in them must be known, every required column be there once."""
    bottom = _header_bottom(sheet, top, label)
    mapped: dict[int, Column] = {}
    unknown: list[str] = []
    for col in range(sheet.width):
        path = _header_path(sheet, top, bottom, col, layout)
        if not path:
            continue
        group = next((layout.groups[header_key(text)] for text in path if header_key(text) in layout.groups), "")
        column = layout.columns.get((group, header_key(path[-1])))
        if column is not None and all(header_key(text) in layout.groups or header_key(text) in layout.between for text in path[:-1]):
            mapped[col] = column
        elif header_key(path[-1]) not in layout.ignored:
            unknown.append(f"{sheet.address(bottom, col)} “{' / '.join(path)}”")
    counts = Counter(column.number for column in mapped.values())
    known = {column.number: column for column in layout.columns.values()}
    missing = [f"({number}) {layout.printed(column)}" for number, column in sorted(known.items()) if column.is_required and not counts[number]]
    twice = [f"({number}) {layout.printed(known[number])}" for number, count in sorted(counts.items()) if count > 1]
    if missing or unknown or twice:
        raise ParseError(
            "unexpected",
            f"{name}, sheet {sheet.name}: the header is not form II.06; missing: {'; '.join(missing) or 'nothing'}; unknown:"
            f" {'; '.join(unknown) or 'nothing'}; twice: {'; '.join(twice) or 'nothing'}. Correct the header, or add a spelling that means"
            f" the same to ingest/sources/layouts/{layout.name}.csv",
        )
    body = _after_numbering(sheet, bottom + 1, label, mapped, name)
    for col in range(sheet.width):
        if col not in mapped and not _header_path(sheet, top, bottom, col, layout):
            stray = next((row for row in range(body, len(sheet.rows)) if is_number(sheet.at(row, col))), None)
            if stray is not None:
                place = sheet.address(stray, col)
                raise ParseError("unexpected", f"{name}: {place} holds a figure in a column without a header; give it its header or delete it")
    number = next((col for col, column in mapped.items() if column.number == 1), None)
    return _Grid(sheet, top, body, label, number, {col: column for col, column in mapped.items() if column.measure})


def _header_bottom(sheet: Sheet, top: int, label: int) -> int:
    """The last header row: below it stand the numbering row or the first row label."""
    row = top + 1
    while row < len(sheet.rows):
        cells = [sheet.at(row, col) for col in range(sheet.width)]
        below_label = sheet.merged.get((row, label)) == sheet.merged.get((top, label), (top, label))
        if any(is_number(cell) for cell in cells) or (sheet.text(row, label) and not below_label):
            break
        row += 1
    return row - 1


def _header_path(sheet: Sheet, top: int, bottom: int, col: int, layout: Layout) -> list[str]:
    """The texts above a column from the top down; a group heading that is not merged counts for the empty cells to its right."""
    path: list[str] = []
    has_own = any(sheet.text(row, col) for row in range(top, bottom + 1))
    for row in range(top, bottom + 1):
        text = sheet.text(row, col)
        if not text and has_own and row < bottom:
            left = next((other for other in range(col - 1, -1, -1) if sheet.text(row, other)), None)
            if left is not None and header_key(sheet.text(row, left)) in layout.groups:
                first = sheet.merged.get((row, left), (row, left))
                text = "" if first in sheet.wide else sheet.text(row, left)
        if text and (not path or path[-1] != text):
            path.append(text)
    return path


def _after_numbering(sheet: Sheet, row: int, label: int, mapped: dict[int, Column], name: str) -> int:
    """Skip the row (1) (2) (3) …; where it contradicts the header texts nobody can know which of them moved."""
    if row >= len(sheet.rows):
        return row
    printed = {col: _NUMBERING.fullmatch(_plain(sheet.at(row, col))) for col in range(sheet.width) if sheet.text(row, col)}
    own = printed.get(label)
    if len(printed) < 5 or own is None or any(match is None for match in printed.values()):
        return row
    if own[1] == "2":
        wrong = [
            f"{sheet.address(row, col)} says ({match[1]}) below “{column.header_vi}”, which is ({column.number})"
            for col, column in mapped.items()
            if (match := printed.get(col)) is not None and match[1].isdigit() and int(match[1]) != column.number
        ]
        if wrong:
            raise ParseError("unexpected", f"{name}: the numbers below the header contradict it: {'; '.join(wrong)}; put them as in the form")
    return row + 1


# --- the header block ------------------------------------------------------------------------------------------------


def _header_lines(grid: _Grid) -> list[str]:
    """The texts above the table in reading order, a label that ends in a colon joined with the cell beside it."""
    lines: list[str] = []
    for row in range(grid.top):
        open_label = False
        for col in range(grid.sheet.width):
            if grid.sheet.merged.get((row, col), (row, col)) != (row, col) or grid.sheet.at(row, col) == "":
                continue
            for text in nfc(_plain(grid.sheet.at(row, col))).splitlines():
                text = " ".join(text.split())
                if open_label and text:
                    lines[-1] += f" {text}"
                elif text:
                    lines.append(text)
                open_label = bool(text) and text.endswith(":")
    return lines


def _read_header(lines: list[str], place: str) -> tuple[Header, str, dict[str, str]]:
    """Who reports on which period, the form's number, and the lines “đơn vị …” as printed."""
    printed: dict[str, str] = {}
    for line in lines:
        if match := _UNIT_LINE.match(line):
            printed.setdefault({"báo cáo": "unit", "tính": "counted_in"}.get(match["what"].lower(), "receiver"), match["value"].strip(" .()"))
    unit_vi = printed.get("unit", "")
    if not unit_vi:
        raise ParseError("unexpected", f"{place}: no line “Đơn vị báo cáo: …” above the table; write which commune reports")
    counted_in = tone_key(printed.get("counted_in", ""))
    if counted_in and not re.fullmatch(r"(?:số )?(?:lượng )?hồ sơ(?: tthc)?", counted_in):
        raise ParseError("unexpected", f"{place}: counted in “{printed['counted_in']}”; form II.06 counts dossiers one by one (Đơn vị tính: số hồ sơ)")
    period, stated, flags = _read_period(lines, place)
    receiver = printed.get("receiver", "")
    resolution = unit_register().resolve(unit_vi, province=_province_in(receiver), on=period.end)
    unit = resolution.unit
    if unit is None:
        flags = (*flags, "unit-unresolved" if resolution.status == "unresolved" else "unit-ambiguous")
    province = unit_register().by_code(unit.province_code, period.end) if unit else None
    number = next((match for line in lines if (match := _FORM_NUMBER.search(line))), None)
    if number is not None and number[1] != "06":
        raise ParseError("unexpected", f"{place}: the header says form {number[0].strip()}, the table is II.06; send each form as its own sheet")
    header = Header(
        unit_name=f"{unit.unit_type} {unit.name_vi}" if unit else _COMMITTEE.sub("", unit_vi),
        province_name=f"{province.unit_type} {province.name_vi}" if province else "",
        unit_code=unit.code if unit else "",
        unit_valid_from=unit.valid_from if unit else None,
        title=next((line for line in lines if "tình hình" in line.lower()), ""),
        kind="form-06",
        addressee=receiver,
        period_stated=stated,
        period=period,
        flags=flags,
    )
    return header, f"II.06{number[2].lower() if number and number[2] else ''}", printed


def _province_in(receiver: str) -> str | None:
    """`UBND tỉnh Lạng Sơn` -> the province's name, where the receiver is one; a help to resolve names that occur twice."""
    match = re.search(r"(?:tỉnh|thành phố|TP\.?)\s+(\S.*)$", nfc(receiver), re.IGNORECASE)
    return match[0] if match else None


def _read_period(lines: list[str], place: str) -> tuple[Period, tuple[date, date] | None, tuple[str, ...]]:
    """The period in effect: the printed days where they are a period the calendars know, otherwise the statutory one that is named."""
    text = "\n".join(lines)
    phrases = [phrase for phrase in parse_period_phrase(text) if not phrase.problem]
    days = next((phrase for phrase in phrases if phrase.kind == "range" and phrase.start and phrase.end), None)
    stated = (days.start, days.end) if days and days.start and days.end else None
    if stated:  # "Quý I" in one line and the year only in the days
        phrases = [phrase for phrase in parse_period_phrase(text, default_year=stated[1].year) if not phrase.problem]
    named = next((period for phrase in phrases if phrase.kind != "range" and (period := _statutory(phrase))), None)
    forwards = stated is not None and stated[0] <= stated[1]
    printed = classify_range(*stated) if stated and forwards else None
    period = printed if printed and (is_legal(printed) or named is None) else named
    if period is None:
        raise ParseError("unexpected", f"{place}: no reporting period above the table; write “Kỳ báo cáo: Quý …/…” and “Từ ngày … đến ngày …”")
    differs = named is not None and stated is not None and (named.start, named.end) != stated
    return period, stated, ("period-differs",) if differs else ()


def _statutory(phrase: PeriodPhrase) -> Period | None:
    if phrase.kind == "range" or phrase.year is None:
        return None
    try:
        return statutory(phrase.kind, phrase.year, phrase.n)
    except PeriodError:
        return None


# --- the figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table's body: `group` is the system it stands under, `label` its own text."""

    index: int
    label: str
    group: str
    is_total: bool
    is_subtotal: bool


def _read_figures(grid: _Grid, layout: Layout, name: str) -> Iterator[Figure]:
    """The row TỔNG CỘNG as the unit's own figures, group rows by subject, and each field row with its scope."""
    rows = list(_rows(grid, name))
    places = Counter((_scope(row), row.group) for row in rows if not row.is_total and not row.is_subtotal)
    subjects: dict[tuple[str, str], int] = {}
    for row in rows:
        scope, subject = _scope(row), row.group
        if row.is_total:
            subject = ""
        elif row.is_subtotal:
            subject = row.label
        elif scope == "field:other" or places[scope, row.group] > 1:
            subject = f"{row.group}: {row.label}" if row.group else row.label
        figures = [figure for col, column in grid.columns.items() if (figure := _figure(grid, layout, row, col, column, scope, subject, name))]
        if figures and subjects.setdefault((scope, subject), row.index) != row.index:
            raise ParseError(
                "unexpected",
                f"{name}, sheet {grid.sheet.name}: rows {subjects[scope, subject] + 1} and {row.index + 1} have the same label “{row.label}”; tell them apart",
            )
        if row.is_total and not figures:
            raise ParseError(
                "unexpected",
                f"{name}: row {row.index + 1} TỔNG CỘNG holds no figures; if they are formulas, open the file in Excel and save it, so that they are reckoned",
            )
        yield from figures


def _rows(grid: _Grid, name: str) -> Iterator[_Row]:
    """The labelled rows down to TỔNG CỘNG."""
    sheet, group, total = grid.sheet, "", None
    for index in range(grid.body, len(sheet.rows)):
        number = nfc(sheet.text(index, grid.number)) if grid.number is not None else ""
        label = nfc(sheet.text(index, grid.label))
        is_total = tone_key(label) in _TOTAL or tone_key(number) in _TOTAL
        filled = next((col for col in grid.columns if is_number(sheet.at(index, col))), None)
        if total is not None:
            if filled is not None:
                raise ParseError("unexpected", f"{name}: {sheet.address(index, filled)} holds a figure below the row TỔNG CỘNG; put every row above it")
            continue
        if is_total:
            total = index
            yield _Row(index, "TỔNG CỘNG", "", True, False)
            continue
        if not label and not number:
            if filled is not None:
                raise ParseError("unexpected", f"{name}: {sheet.address(index, filled)} holds a figure in a row without a label; write the field of that row")
            continue
        roman = _GROUP_ROW.match(number) or _GROUP_ROW.match(label)
        if roman is not None and (_GROUP_ROW.fullmatch(number) or _GROUP_ROW.match(label) or number == label):
            group = _GROUP_ROW.sub("", label or number, count=1).strip() or roman[1]
            # With its numeral: so the auditor knows the subtotal of a group from the fields below it.
            yield _Row(index, f"{roman[1]}. {group}" if group != roman[1] else group, "", False, True)
        else:
            is_subtotal = tone_key(label).startswith(("cộng ", "tổng ", "cộng:"))
            yield _Row(index, label or number, group, False, is_subtotal)
    if total is None:
        raise ParseError("unexpected", f"{name}, sheet {sheet.name}: no row TỔNG CỘNG below the fields; add it, the form ends with it")


def _scope(row: _Row) -> str:
    if row.is_total or row.is_subtotal:
        return ""
    key = header_key(re.sub(r"^\s*(?:lĩnh vực|[0-9]+[.)]?)\s+", "", row.label, flags=re.IGNORECASE))
    return fields().get(key, "field:other")


def _figure(grid: _Grid, layout: Layout, row: _Row, col: int, column: Column, scope: str, subject: str, name: str) -> Figure | None:
    """The figure in one cell; None where nothing is printed."""
    cell, place = grid.sheet.at(row.index, col), grid.sheet.address(row.index, col)
    text = _plain(cell).strip()
    if text == "" or text in _DASHES:
        return None
    value, flags = _whole(cell, text, f"{name}: {place}")
    quote = f"{row.label} | {layout.printed(column)}"[:_MAX_QUOTE]
    return Figure(column.measure, scope, value, "dossier", "=", text, place, quote, subject=subject, flags=flags)


def _whole(cell: object, text: str, place: str) -> tuple[Decimal, tuple[str, ...]]:
    """A whole number of dossiers, from a number or from text as Vietnamese print it (`2.400`)."""
    remedy = "write the whole number of dossiers, such as 2400 or 2.400"
    if is_number(cell):
        if not cell.is_integer() or cell < 0:
            raise ParseError("unexpected", f"{place} holds {text}, no whole number of dossiers; {remedy}")
        return Decimal(int(cell)), ()
    if not isinstance(cell, str):
        raise ParseError("unexpected", f"{place} holds {text}, which Excel took for a date or a yes/no; {remedy}")
    try:
        number = parse_number(text, "count")
    except NumberError as error:
        raise ParseError("unexpected", f"{place}: {error}; {remedy}") from error
    if number.value != number.value.to_integral_value() or "decimal-count" in number.flags:
        raise ParseError("unexpected", f"{place} holds {text}, no whole number of dossiers; {remedy}")
    return number.value, number.flags


def _plain(cell: object) -> str:
    """A cell as text: 2400.0 is `2400`, as it is shown."""
    return str(int(cell)) if is_number(cell) and cell.is_integer() else str(cell)
