"""Tables inside a report: the total row against the rows above it, column by column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from expectations.form_identities import is_total_label
from expectations.sums import severity_of
from expectations.wording import measure_vi
from warehouse.catalogue import measures
from warehouse.model import Document, Figure, Finding, Place
from warehouse.numbers import NumberError, number_vi, parse_number
from warehouse.text import mask_names, nfc

# Cells parted by bars, by tabs, or by two spaces and more.
_ROW = re.compile(r"^[^\n|]*\|[^\n]*$|^[^\n\t]*\t[^\n\t]*\t[^\n]*$|^[^\n|\t]*\S[ \u00a0]{2,}\S[^\n|\t]*[ \u00a0]{2,}\S[^\n|\t]*$", re.MULTILINE)
_SPACES = re.compile(r"[ \u00a0]{2,}")
_RULER = re.compile(r"[\s|:\-–=]+")
_GROUP = re.compile(r"(?:[IVX]+|[A-HĐ])[.)]?(?:\s|$)")
_ORDINAL = re.compile(r"(?:[IVX]+|[A-HĐ])[.)]?")
_SUB_ITEM = re.compile(r"\s*(?:[-–—+•]|trong đó)", re.IGNORECASE)


class _Cell(NamedTuple):
    start: int
    end: int
    text: str


class _Row(NamedTuple):
    start: int
    end: int
    cells: tuple[_Cell, ...]

    @property
    def label(self) -> str:
        """The first cell that is no number, and no Roman one either: the row's name."""
        return next((cell.text for cell in self.cells if re.search(r"[^\W\d_]", cell.text) and not _ORDINAL.fullmatch(cell.text)), "")


_SUBTOTAL = re.compile(r"\s*(?:tổng\s+cộng|cộng)\s+(?:khối|nhóm|cấp|hệ thống|lĩnh vực)\b", re.IGNORECASE)


def check_tables(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each total row, subtotal or group row that its rows do not add up to, with all such columns whose total is a known figure."""
    by_start = {figure.start: figure for figure in figures if figure.start is not None}
    for rows in _tables(document.text):
        above: list[_Row] = []
        subtotals: list[_Row] = []
        for row in rows:
            label = row.label.strip("* ")
            is_subtotal = _SUBTOTAL.match(label) is not None
            if not is_subtotal and not is_total_label(label):
                above.append(row)
                continue
            found = _broken(by_start, above, row)
            if subtotals and found:
                # Subtotals are added up and not their rows; what stands behind the last of them counts by itself.
                found = _fewest(found, _broken(by_start, [*subtotals, *above], row))
            yield from _findings(document.text, row, found)
            subtotals = [*subtotals, row] if is_subtotal else []
            above = []
        yield from _groups(document.text, by_start, rows)


def _groups(text: str, by_start: Mapping[int, Figure], rows: Sequence[_Row]) -> Iterator[Finding]:
    """A group row (I, II, …) against the rows below it, where another of its columns shows that it is their sum."""
    for position, row in enumerate(rows):
        if not _is_group(row):
            continue
        below = list(takewhile(lambda other: not _is_group(other) and not is_total_label(other.label.strip("* ")), rows[position + 1 :]))
        found = _broken(by_start, below, row)
        if found and _adds_up(by_start, below, row):
            yield from _findings(text, row, found)


def _is_group(row: _Row) -> bool:
    return _GROUP.match(row.cells[0].text) is not None and not row.cells[0].text.isdigit()


def _broken(by_start: Mapping[int, Figure], body: Sequence[_Row], total_row: _Row) -> list[_Column]:
    """The columns of the total row that are known figures and not the sum of the rows."""
    columns = []
    for column, cell in enumerate(total_row.cells):
        figure = by_start.get(cell.start)
        broken = _column(column, figure, body, total_row) if figure is not None and figure.unit != "%" else None
        if broken is not None:
            columns.append(broken)
    return columns


def _fewest(one: list[_Column], other: list[_Column]) -> list[_Column]:
    return min(one, other, key=len)


def _adds_up(by_start: Mapping[int, Figure], body: Sequence[_Row], total_row: _Row) -> bool:
    """Whether a column of two numbers and more adds up to the row."""
    for column, cell in enumerate(total_row.cells):
        if cell.start not in by_start:
            continue
        addends = [row.cells[column - len(total_row.cells)].text for row in body if len(row.cells) >= len(total_row.cells) - column]
        values = [value for value in map(_count, addends) if value]
        if len(values) > 1 and sum(values) == _count(cell.text):
            return True
    return False


def _findings(text: str, row: _Row, columns: Sequence[_Column]) -> Iterator[Finding]:
    failed: dict[str, list[_Column]] = {}
    for broken in columns:
        rule = "staff-parts" if measures()[broken.figure.measure].family == "staffing" else "form-total-row"
        failed.setdefault(rule, []).append(broken)
    for rule, of_one_rule in failed.items():
        yield _finding(text, rule, row, of_one_rule)


class _Column(NamedTuple):
    """A column that does not add up."""

    figure: Figure
    cells: tuple[_Cell, ...]
    addends: tuple[Decimal, ...]

    @property
    def added(self) -> Decimal:
        return sum(self.addends, Decimal(0))


def _column(column: int, figure: Figure, above: Sequence[_Row], total_row: _Row) -> _Column | None:
    # Counted from the right: the total row often leaves its number cell out.
    from_right = column - len(total_row.cells)
    body = [row for row in above if abs(len(row.cells) - len(total_row.cells)) <= 1 and len(row.cells) >= -from_right and not _SUB_ITEM.match(row.label)]
    grouped = [row for row in body if _is_group(row)]
    addends = [(row.cells[from_right], _count(row.cells[from_right].text)) for row in (grouped or body)]
    known = [(cell, value) for cell, value in addends if value is not None]
    broken = _Column(figure, tuple(cell for cell, _ in known), tuple(value for _, value in known))
    # A row without a number (a dash, a heading of the table) leaves the sum open upwards only.
    is_open = len(known) < len(addends) - _heading_rows(addends)
    if len(known) < 2 or broken.added == figure.value or (is_open and broken.added < figure.value):
        return None
    if abs(broken.added - figure.value) * 2 > max(broken.added, figure.value):
        return None  # a year of the head, parts beside their whole: no column of addends
    return broken


def _finding(text: str, rule: str, row: _Row, columns: Sequence[_Column]) -> Finding:
    first = columns[0]
    gap = abs(first.added - first.figure.value)
    label = mask_names(nfc(row.label.strip("* ")))
    if len(columns) == 1:
        listed = " + ".join(number_vi(value) for value in first.addends)
        told = (
            f"Dòng “{label}” của bảng in {measure_vi(first.figure.measure)} {number_vi(first.figure.value)}, nhưng cộng các dòng là "
            f"{listed} = {number_vi(first.added)} (lệch {number_vi(gap)})."
        )
    else:
        listed = "; ".join(f"{measure_vi(one.figure.measure)} in {number_vi(one.figure.value)}, cộng được {number_vi(one.added)}" for one in columns)
        told = f"Dòng “{label}” của bảng khác tổng các dòng ở {len(columns)} cột: {listed}."
    quote = _quote(text, row)
    return Finding(
        rule,
        severity_of(rule),
        f"{told} Đề nghị kiểm tra lại dòng tổng hoặc các dòng trên.",
        (
            *(Place(quote, f"chars {one.figure.start}-{one.figure.end}", one.figure.start, one.figure.end) for one in columns),
            *(Place(mask_names(nfc(cell.text)), f"chars {cell.start}-{cell.end}", cell.start, cell.end) for one in columns for cell in one.cells),
        ),
        {
            "measure": ",".join(one.figure.measure for one in columns),
            "left": str(first.figure.value),
            "right": str(first.added),
            "gap": str(gap),
            "reading": "table",
        },
    )


def _heading_rows(addends: Sequence[tuple[_Cell, Decimal | None]]) -> int:
    """Rows at the top that hold words instead of numbers are the table's head."""
    count = 0
    for cell, value in addends:
        if value is not None or not re.search(r"[^\W\d_]|^\(\d+\)", cell.text):
            break
        count += 1
    return count


def _quote(text: str, row: _Row) -> str:
    return mask_names(nfc(text[row.start : row.end])).strip()


def _count(text: str) -> Decimal | None:
    try:
        return parse_number(text.strip("* "), "count").value
    except NumberError:
        return None  # a dash, a word, nothing: not printed as a number


def _tables(text: str) -> Iterator[list[_Row]]:
    table: list[_Row] = []
    last = -1
    for match in _ROW.finditer(text):
        between = text[last : match.start()] if last >= 0 else ""
        if between.strip() and not _WRAPPED_NAME.fullmatch(between):
            yield table
            table = []
        last = match.end()
        if not _RULER.fullmatch(match.group()):
            row = _row(text, match.start(), match.end())
            table += [] if _is_numbering(row) else [row]
    if table:
        yield table


_WRAPPED_NAME = re.compile(r"\n[ \t\u00a0]{2,}[^\W\d_][^\d\n]{0,60}\n+")
"""The rest of a row's name in the line below it: no line that ends a table."""


def _is_numbering(row: _Row) -> bool:
    """The row that numbers the columns: "A | B | 1 | 2 | 3"."""
    numbers = [cell.text for cell in row.cells if cell.text.isdigit()]
    return len(numbers) > _COUNTED and numbers == [str(number) for number in range(1, len(numbers) + 1)]


_COUNTED = 2


def _row(text: str, start: int, end: int) -> _Row:
    line = text[start:end]
    if "|" not in line and "\t" not in line:
        gaps = [match.span() for match in _SPACES.finditer(line.rstrip()) if match.start()]
        bounds = zip([len(line) - len(line.lstrip()), *(right for _, right in gaps)], [*(left for left, _ in gaps), len(line.rstrip())], strict=True)
        return _Row(start, end, tuple(_Cell(start + left, start + right, line[left:right].strip("* ")) for left, right in bounds))
    cells = []
    position = start
    for part in line.split("|" if "|" in line else "\t"):
        inner = part.strip(" \t*")
        offset = position + (part.index(inner) if inner else 0)
        cells.append(_Cell(offset, offset + len(inner), inner))
        position += len(part) + 1
    if cells and not cells[0].text:
        cells.pop(0)
    if cells and not cells[-1].text and text[start:end].rstrip().endswith("|") and text[start:end].lstrip().startswith("|"):
        cells.pop()
    return _Row(start, end, tuple(cells))
