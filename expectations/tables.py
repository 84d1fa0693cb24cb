"""Tables inside a report: the total row against the rows above it, column by column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.form_identities import is_total_label
from expectations.sums import severity_of
from expectations.wording import measure_vi, number_vi
from warehouse.catalogue import measures
from warehouse.model import Document, Figure, Finding, Place
from warehouse.numbers import NumberError, parse_number
from warehouse.text import mask_names, nfc

_ROW = re.compile(r"^[^\n|]*\|[^\n]*$", re.MULTILINE)
_RULER = re.compile(r"[\s|:\-–=]+")
_GROUP = re.compile(r"[IVX]+[.)]?(?:\s|$)")
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
        """The first cell that is no number: the row's name."""
        return next((cell.text for cell in self.cells if re.search(r"[^\W\d_]", cell.text)), "")


def check_tables(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each column of a total row that its rows do not add up to. Only columns whose total is a known figure."""
    by_start = {figure.start: figure for figure in figures if figure.start is not None}
    for rows in _tables(document.text):
        above: list[_Row] = []
        for row in rows:
            if not is_total_label(row.label.strip("* ")):
                above.append(row)
                continue
            for column, cell in enumerate(row.cells):
                figure = by_start.get(cell.start)
                if figure is not None and figure.unit != "%":
                    yield from _column(document.text, column, figure, above, row)
            above = []


def _column(text: str, column: int, figure: Figure, above: Sequence[_Row], total_row: _Row) -> Iterator[Finding]:
    # Counted from the right: the total row often leaves its number cell out.
    from_right = column - len(total_row.cells)
    body = [
        row
        for row in above
        if abs(len(row.cells) - len(total_row.cells)) <= 1 and len(row.cells) >= -from_right and not _SUB_ITEM.match(row.label)
    ]
    grouped = [row for row in body if _GROUP.match(row.cells[0].text) and not row.cells[0].text.isdigit()]
    addends = [(row.cells[from_right], _count(row.cells[from_right].text)) for row in (grouped or body)]
    known = [(cell, value) for cell, value in addends if value is not None]
    added = sum((value for _, value in known), Decimal(0))
    # A row without a number (a dash, a heading of the table) leaves the sum open upwards only.
    if len(known) < 2 or added == figure.value or (len(known) < len(addends) - _heading_rows(addends) and added < figure.value):
        return
    rule = "staff-parts" if measures()[figure.measure].family == "staffing" else "form-total-row"
    listed = " + ".join(number_vi(value) for _, value in known)
    gap = abs(added - figure.value)
    yield Finding(
        rule,
        severity_of(rule),
        f"Dòng “{total_row.label}” của bảng in {measure_vi(figure.measure)} {number_vi(figure.value)}, nhưng cộng các dòng là "
        f"{listed} = {number_vi(added)} (lệch {number_vi(gap)}). Đề nghị kiểm tra lại dòng tổng hoặc các dòng trên.",
        (
            Place(_quote(text, total_row), f"chars {figure.start}-{figure.end}", figure.start, figure.end),
            *(Place(mask_names(nfc(cell.text)), f"chars {cell.start}-{cell.end}", cell.start, cell.end) for cell, _ in known),
        ),
        {"measure": figure.measure, "left": str(figure.value), "right": str(added), "gap": str(gap), "reading": "table"},
    )


def _heading_rows(addends: Sequence[tuple[_Cell, Decimal | None]]) -> int:
    """Rows at the top that hold words instead of numbers are the table's head."""
    count = 0
    for cell, value in addends:
        if value is not None or not re.search(r"[^\W\d_]", cell.text):
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
        if last >= 0 and text[last : match.start()].strip():
            yield table
            table = []
        last = match.end()
        if not _RULER.fullmatch(match.group()):
            table.append(_row(text, match.start(), match.end()))
    if table:
        yield table


def _row(text: str, start: int, end: int) -> _Row:
    cells = []
    position = start
    for part in text[start:end].split("|"):
        inner = part.strip(" \t*")
        offset = position + (part.index(inner) if inner else 0)
        cells.append(_Cell(offset, offset + len(inner), inner))
        position += len(part) + 1
    if cells and not cells[0].text:
        cells.pop(0)
    if cells and not cells[-1].text and text[start:end].rstrip().endswith("|") and text[start:end].lstrip().startswith("|"):
        cells.pop()
    return _Row(start, end, tuple(cells))
