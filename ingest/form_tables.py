"""One reader for every form's table: which sheet, which column, which row, by the data in `ingest.layouts`.

Columns may move, a known other spelling is read, anything unknown or missing stops the file with both lists. A blank cell or a dash
is not printed, hence no figure and not 0. What cannot be told apart (one number over two cells, a formula that nobody has reckoned, a
number below a hidden header) stops with its place; a row that is only hidden is read and flagged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingest.landing import ParseError
from ingest.layouts import Column, Layout, header_key, row_scopes
from ingest.workbooks import Sheet, is_number
from warehouse.catalogue import measures
from warehouse.model import Figure
from warehouse.numbers import NumberError, parse_number
from warehouse.text import nfc, tone_key

_TOTAL = frozenset({"tổng cộng", "tổng số", "cộng"})
_DASHES = frozenset({"-", "–", "—", "−"})
_GROUP_ROW = re.compile(r"([IVX]+)(?:\s*[.)/:-]\s*|\s+|$)")
_NUMBERING = re.compile(r"\(?([0-9]{1,2}|[A-B])\)?(?:\s*=.*)?", re.ASCII)
MONEY = {"đồng": 1, "đ": 1, "vnđ": 1, "nghìn đồng": 1_000, "ngàn đồng": 1_000, "1.000 đồng": 1_000, "triệu đồng": 1_000_000, "tỷ đồng": 1_000_000_000}
"""How money is counted -> what one of it is in VND."""
_MONEY_WORDS = "|".join(re.escape(unit) for unit in sorted(MONEY, key=len, reverse=True))
_MONEY_UNIT = re.compile(rf"[\s,]*(?:\(|đơn vị(?: tính)?:?|ĐVT:?)?\s*({_MONEY_WORDS})\s*\)?\s*$", re.IGNORECASE)
_MAX_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a sheet's table is and which of its columns is which."""

    sheet: Sheet
    layout: Layout
    top: int
    """First row of the table's header."""
    body: int
    """First row below the header and its numbering row."""
    label: int
    """The column with the row labels."""
    number: int | None
    """The column TT, if there is one."""
    columns: Mapping[int, Column]
    """Column of the sheet -> column of the form that holds figures."""
    names_units: bool
    """The rows are units and not what the layout says (II.06b and c)."""
    money: Mapping[int, int]
    """Column of the sheet -> what one printed unit is in VND; for columns of money whose header says it."""


# --- which sheet, which column ---------------------------------------------------------------------------------------


def find_tables(sheets: list[Sheet], forms: Mapping[str, Layout], name: str) -> tuple[list[Grid], list[str]]:
    """The table of each form in the workbook, and the names of the sheets without one.

    Raises:
        ParseError: `unexpected`; no sheet holds a form, two hold the same one, or a header is not as in the form.
    """
    found: dict[str, list[tuple[Sheet, int, int]]] = {}
    taken: set[str] = set()
    for sheet in sheets:
        keys = [[header_key(sheet.text(row, column)) for column in range(sheet.width)] for row in range(len(sheet.rows))]
        for layout in forms.values():
            corner = _corner(keys, layout)
            if corner is not None:
                found.setdefault(layout.name, []).append((sheet, *corner))
                taken.add(sheet.name)
    for form, places in found.items():
        if len(places) != 1:
            seen = ", ".join(sheet.name for sheet, _, _ in places)
            raise ParseError(
                "unexpected",
                f"{name}: expected one sheet with the table of form {forms[form].form}, found {seen} of {len(sheets)} sheets; send each form once a workbook",
            )
    if not found:
        examples = "; ".join(f"{layout.form}: {layout.example_vi}" for layout in forms.values())
        raise ParseError(
            "unexpected",
            f"{name}: expected a sheet with the table of a known form ({examples}), found none of {len(sheets)} sheets;"
            " send the form with its header as it is laid down",
        )
    grids = [_map_columns(*places[0], forms[form], name) for form, places in found.items()]
    if len(grids) != len(taken):
        raise ParseError("unexpected", f"{name}: one sheet looks like the forms {', '.join(forms[form].form for form in found)}; give it the header of one")
    return grids, [sheet.name for sheet in sheets if sheet.name not in taken]


def _corner(sheet_keys: Sequence[Sequence[str]], layout: Layout) -> tuple[int, int] | None:
    """The cell that heads the row labels, with another heading of the form beside it; from the header keys of every cell."""
    labels = layout.label_keys
    alone = {key for (group, key), column in layout.columns.items() if not group and column.measure}
    for row, keys in enumerate(sheet_keys):
        beside = sum(key in layout.groups for key in set(keys)) if layout.groups else sum(_without_unit(key) in alone for key in set(keys)) - 1
        if beside > 0:
            for col, key in enumerate(keys):
                if key in labels:
                    return row, col
    return None


def _without_unit(key: str) -> str:
    return re.sub(r" (?:nghin|ngan|trieu|ty|1 000)? ?dong$", "", key)


def _map_columns(sheet: Sheet, top: int, label: int, layout: Layout, name: str) -> Grid:
    """Read the header's rows; every text in them must be known, every required column be there once."""
    bottom = _header_bottom(sheet, top, label)
    mapped: dict[int, Column] = {}
    money: dict[int, int] = {}
    unknown: list[str] = []
    for col in range(sheet.width):
        path = _header_path(sheet, top, bottom, col, layout)
        if not path:
            continue
        group = next((layout.groups[header_key(text)] for text in path if header_key(text) in layout.groups), "")
        column = layout.columns.get((group, header_key(path[-1])))
        printed_in = _MONEY_UNIT.search(nfc(path[-1]))
        if column is None and printed_in is not None:
            column = layout.columns.get((group, header_key(nfc(path[-1])[: printed_in.start()])))
            if column is not None and column.type == "money":
                money[col] = MONEY[printed_in[1].lower()]
            else:
                column = None
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
            f"{name}, sheet {sheet.name}: the header is not form {layout.form}; missing: {'; '.join(missing) or 'nothing'}; unknown:"
            f" {'; '.join(unknown) or 'nothing'}; twice: {'; '.join(twice) or 'nothing'}. Correct the header, or add a spelling that means"
            f" the same to ingest/layouts/{layout.name}.csv",
        )
    body = _after_numbering(sheet, bottom + 1, label, mapped, name)
    for col in range(sheet.width):
        if col not in mapped and not _header_path(sheet, top, bottom, col, layout):
            stray = next((row for row in range(body, len(sheet.rows)) if is_number(sheet.at(row, col))), None)
            if stray is not None:
                place = sheet.address(stray, col)
                raise ParseError("unexpected", f"{name}: {place} holds a figure in a column without a header; give it its header or delete it")
    number = next((col for col, column in mapped.items() if column.number == 1), None)
    names_units = layout.rows == "units" or ("don vi" in header_key(sheet.text(top, label)) and layout.rows == "fields")
    return Grid(sheet, layout, top, body, label, number, {col: column for col, column in mapped.items() if column.measure}, names_units, money)


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
    printed = {col: _NUMBERING.fullmatch(plain(sheet.at(row, col))) for col in range(sheet.width) if sheet.text(row, col)}
    own = printed.get(label)
    if len(printed) < min(5, len(mapped)) or own is None or any(match is None for match in printed.values()):
        return row
    if own[1] == "2":
        wrong = [
            f"{sheet.address(row, col)} says ({match[1]}) below “{column.header_vi}”, which is ({column.number})"
            for col, column in mapped.items()
            if (match := printed.get(col)) is not None and match[1].isdigit() and int(match[1]) != column.number and column.is_required
        ]
        if wrong:
            raise ParseError("unexpected", f"{name}: the numbers below the header contradict it: {'; '.join(wrong)}; put them as in the form")
    return row + 1


# --- the figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table's body: `group` is the system it stands under, `label` its own text."""

    index: int
    label: str
    group: str
    is_total: bool
    is_subtotal: bool


def read_figures(grid: Grid, name: str, money_line: int | None = None, as_of: date | None = None) -> Iterator[Figure]:
    """The row TỔNG CỘNG as the unit's own figures, group rows by subject, and each row with its scope.

    Args:
        money_line: what one printed unit of money is in VND by the line “Đơn vị tính”.
        as_of: the day that the figures stand for, where the form has one.

    Raises:
        ParseError: `unexpected`, with the cell.
    """
    rows = list(_rows(grid, name))
    scopes = {row.index: _scope(grid, row) for row in rows}
    places = Counter((scopes[row.index], row.group) for row in rows if not row.is_total and not row.is_subtotal)
    subjects: dict[tuple[str, str], int] = {}
    for row in rows:
        scope, subject = scopes[row.index], row.group
        if row.is_total:
            subject = ""
        elif row.is_subtotal:
            subject = row.label
        elif scope in ("", "field:other") or places[scope, row.group] > 1:
            subject = f"{row.group}: {row.label}" if row.group else row.label
        figures = [
            figure for col, column in grid.columns.items() if (figure := _figure(grid, row, col, column, scope, subject, name, money_line, as_of)) is not None
        ]
        if figures and subjects.setdefault((scope, subject), row.index) != row.index:
            raise ParseError(
                "unexpected",
                f"{name}, sheet {grid.sheet.name}: rows {subjects[scope, subject] + 1} and {row.index + 1} have the same label “{row.label}”; tell them apart",
            )
        if row.is_total and not figures:
            raise ParseError("unexpected", f"{name}: row {row.index + 1} TỔNG CỘNG holds no figures; add up the rows above it")
        yield from figures


def _rows(grid: Grid, name: str) -> Iterator[_Row]:
    """The labelled rows down to TỔNG CỘNG."""
    sheet, group, total = grid.sheet, "", None
    for index in range(grid.body, len(sheet.rows)):
        number = nfc(sheet.text(index, grid.number)) if grid.number is not None else ""
        label = nfc(sheet.text(index, grid.label))
        is_total = tone_key(label).rstrip(" :.") in _TOTAL or tone_key(number).rstrip(" :.") in _TOTAL
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
                raise ParseError("unexpected", f"{name}: {sheet.address(index, filled)} holds a figure in a row without a label; write what that row counts")
            continue
        roman = _GROUP_ROW.match(number) or _GROUP_ROW.match(label)
        if roman is not None and (_GROUP_ROW.fullmatch(number) or _GROUP_ROW.match(label) or number == label):
            group = _GROUP_ROW.sub("", label or number, count=1).strip() or roman[1]
            # With its numeral: so the auditor knows the subtotal of a group from the fields below it.
            yield _Row(index, f"{roman[1]}. {group}" if group != roman[1] else group, "", False, True)
        else:
            is_subtotal = tone_key(label).startswith(("cộng ", "tổng ", "cộng:"))
            yield _Row(index, label or number, group, False, is_subtotal)
    if total is None and grid.layout.has_total:
        raise ParseError("unexpected", f"{name}, sheet {sheet.name}: no row TỔNG CỘNG below the fields; add it, the form ends with it")


def _scope(grid: Grid, row: _Row) -> str:
    if row.is_total or row.is_subtotal or grid.names_units:
        return ""
    key = header_key(re.sub(r"^\s*(?:lĩnh vực|[0-9]+[.)]?)\s+", "", row.label, flags=re.IGNORECASE))
    return row_scopes(grid.layout.rows).get(key, "field:other" if grid.layout.rows == "fields" else "")


def _figure(grid: Grid, row: _Row, col: int, column: Column, scope: str, subject: str, name: str, money_line: int | None, as_of: date | None) -> Figure | None:
    """The figure in one cell; None where nothing is printed."""
    sheet = grid.sheet
    place = sheet.address(row.index, col)
    if (row.index, col) in sheet.unreckoned:
        raise ParseError("unexpected", f"{name}: {place} holds a formula without its result; open the file in Excel and save it, so that it is reckoned")
    cell = sheet.at(row.index, col)
    text = plain(cell).strip()
    if text == "" or text in _DASHES:
        return None
    first = sheet.merged.get((row.index, col), (row.index, col))
    if first != (row.index, col) or first in sheet.wide:
        raise ParseError(
            "unexpected", f"{name}: {place} is merged with other cells, so that {text} stands for several rows or columns; write each figure in its own cell"
        )
    value, flags = _whole(cell, text, f"{name}: {place}", column)
    if column.type == "money":
        each = grid.money.get(col, money_line)
        if each is None:
            raise ParseError(
                "unexpected", f"{name}: {place} is money, but neither its header nor a line “Đơn vị tính” says whether in đồng or nghìn đồng; write it"
            )
        value *= each
    if row.index in sheet.hidden_rows or col in sheet.hidden_columns:
        flags = (*flags, "hidden-cell")
    quote = f"{row.label} | {grid.layout.printed(column)}"[:_MAX_QUOTE]
    whose = ": ".join(part for part in (subject, column.subject) if part)
    return Figure(column.measure, scope, value, measures()[column.measure].unit, "=", text, place, quote, as_of=as_of, subject=whose, flags=flags)


def _whole(cell: object, text: str, place: str, column: Column) -> tuple[Decimal, tuple[str, ...]]:
    """A whole number from a number or from text as Vietnamese print it (`2.400`); money may have decimals."""
    of = " of dossiers" if column.measure.startswith("tthc") else ""
    remedy, what = f"write the whole number{of}, such as 2400 or 2.400", f"no whole number{of}"
    if is_number(cell):
        if cell < 0 or (column.type == "count" and not cell.is_integer()):
            raise ParseError("unexpected", f"{place} holds {text}, {what}; {remedy}")
        return Decimal(text), ()
    if not isinstance(cell, str):
        raise ParseError("unexpected", f"{place} holds {text}, which Excel took for a date or a yes/no; {remedy}")
    try:
        number = parse_number(text, "count")
    except NumberError as error:
        raise ParseError("unexpected", f"{place}: {error}; {remedy}") from error
    if column.type == "count" and (number.value != number.value.to_integral_value() or "decimal-count" in number.flags):
        raise ParseError("unexpected", f"{place} holds {text}, {what}; {remedy}")
    return number.value, number.flags


def plain(cell: object) -> str:
    """A cell as text: 2400.0 is `2400`, as it is shown."""
    return str(int(cell)) if is_number(cell) and cell.is_integer() else str(cell)
