"""Tables inside a report's text as rows of cells with offsets: drawn with bars, parted by tabs, or set in columns with spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from warehouse.model import Figure
from warehouse.numbers import NumberError, parse_number

# Cells parted by bars, by tabs, by two spaces and more; or a name and three numbers and more with single spaces.
_BAR = "|│┃║"
_PRINT = r"(?:\d[\d.,]*%?|[-–—])"
_ROW = re.compile(
    rf"^[^\n{_BAR}]*[{_BAR}][^\n]*$|^[^\n\t]*\t[^\n\t]*\t[^\n]*$|^[^\n{_BAR}\t]*\S[ \u00a0]{{2,}}\S[^\n{_BAR}\t]*[ \u00a0]{{2,}}\S[^\n{_BAR}\t]*$"
    rf"|^[^\n{_BAR}\t]*[^\W\d][.)]?(?:[ \u00a0]+{_PRINT}){{3,}}[ \u00a0]*$",
    re.MULTILINE,
)
_SPACES = re.compile(r"[ \u00a0]{2,}")
_NUMBERS = re.compile(rf"(?<![^ \u00a0]){_PRINT}(?:[ \u00a0]+{_PRINT}){{2,}}(?![^ \u00a0])|(?<![^ \u00a0]){_PRINT}(?:[ \u00a0]+{_PRINT})+[ \u00a0]*\Z")
_ONE_PRINT = re.compile(_PRINT)
_BARS = re.compile(rf"[{_BAR}]")
_RULER = re.compile(rf"[\s{_BAR}+:\-–=─━═┌┬┐├┼┤└┴┘]+")
_GROUP = re.compile(r"(?:[IVX]+|[A-HĐ])[.)]?(?:\s|$)")
_LETTER = re.compile(r"[^\W\d_]")
_ORDINAL = re.compile(r"(?:[IVX]+|[A-HĐ])[.)]?")
_WRAPPED_NAME = re.compile(r"\n[ \t\u00a0]{2,}[^\W\d_][^\d\n]{0,60}\n+")
"""The rest of a row's name in the line below it: no line that ends a table."""
_COUNTED = 2


class Cell(NamedTuple):
    """One cell, its text without blanks and asterisks around it."""

    start: int
    end: int
    text: str

    @property
    def number(self) -> Decimal | None:
        """Its whole number; None for a dash, a word or nothing."""
        try:
            return parse_number(self.text, "count").value
        except NumberError:
            return None


class Row(NamedTuple):
    """One line of a table."""

    start: int
    end: int
    cells: tuple[Cell, ...]

    @property
    def name_at(self) -> int:
        """The place of the first cell that is no number, and no Roman one either: the row's name; -1 if it has none."""
        return next((place for place, cell in enumerate(self.cells) if _LETTER.search(cell.text) and not _ORDINAL.fullmatch(cell.text)), -1)

    @property
    def label(self) -> str:
        """The row's name, or nothing."""
        return self.cells[self.name_at].text if self.name_at >= 0 else ""

    @property
    def is_group(self) -> bool:
        """Whether a Roman number or a capital begins it: the rows below are its parts."""
        return bool(self.cells) and _GROUP.match(self.cells[0].text) is not None and not self.cells[0].text.isdigit()


@lru_cache(maxsize=8)
def tables(text: str) -> tuple[list[Row], ...]:
    """The rows of each table, without rulers and without the row that numbers the columns."""
    return tuple(_tables(text))


def _tables(text: str) -> Iterator[list[Row]]:
    lines: list[tuple[int, int]] = []
    last = -1
    for match in _ROW.finditer(text):
        between = text[last : match.start()] if last >= 0 else ""
        if between.strip() and not _WRAPPED_NAME.fullmatch(between) and not _RULER.fullmatch(between):
            yield _table(text, lines)
            lines = []
        last = match.end()
        if not _RULER.fullmatch(match.group()):
            lines.append(match.span())
    if lines:
        yield _table(text, lines)


def _table(text: str, lines: Sequence[tuple[int, int]]) -> list[Row]:
    framed = sum(_BARS.match(text[start:end].lstrip()) is not None for start, end in lines) * 2 > len(lines)
    return [row for row in (_row(text, start, end, framed=framed) for start, end in lines) if not _is_numbering(row)]


def _is_numbering(row: Row) -> bool:
    """The row that numbers the columns: "A | B | 1 | 2 | 3"."""
    numbers = [cell.text for cell in row.cells if cell.text.isdigit()]
    return len(numbers) > _COUNTED and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _row(text: str, start: int, end: int, *, framed: bool) -> Row:
    """`framed`: bars stand before the first cell and behind the last."""
    line = text[start:end]
    bars = _BARS.search(line)
    if bars is None and "\t" not in line:
        return Row(start, end, tuple(Cell(start + left, start + right, line[left:right].strip("* ")) for left, right in _spaced(line)))
    cells = []
    position = start
    for part in _BARS.split(line) if bars else line.split("\t"):
        inner = part.strip(" \t*")
        offset = position + (part.index(inner) if inner else 0)
        cells.append(Cell(offset, offset + len(inner), inner))
        position += len(part) + 1
    if not bars or framed:
        if cells and not cells[0].text:
            cells.pop(0)
        if bars and cells and not cells[-1].text and _BARS.match(line.rstrip()[-1:]):
            cells.pop()
    return Row(start, end, tuple(cells))


def _spaced(line: str) -> Iterator[tuple[int, int]]:
    """The cells of a line set with spaces; numbers one after the other are cells of their own with one space between them, too."""
    line = line.rstrip()
    gaps = [match.span() for match in _SPACES.finditer(line) if match.start()]
    bounds = zip([len(line) - len(line.lstrip()), *(right for _, right in gaps)], [*(left for left, _ in gaps), len(line)], strict=True)
    for left, right in bounds:
        at = left
        for run in _NUMBERS.finditer(line, left, right):
            if line[at : run.start()].strip():
                yield at, at + len(line[at : run.start()].rstrip())
            yield from (number.span() for number in _ONE_PRINT.finditer(line, *run.span()))
            at = run.end()
        if line[at:right].strip():
            yield at + len(line[at:right]) - len(line[at:right].lstrip()), right


def known_by_start(figures: Sequence[Figure]) -> dict[int, Figure]:
    """The figures of a text by the offset of their print."""
    return {figure.start: figure for figure in figures if figure.start is not None}
