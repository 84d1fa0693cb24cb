"""Workbooks in: the bytes of an xlsx become grids of cells with absolute addresses, merged areas filled.

What the cell reader does not say (hidden rows and columns, formulas that nobody has reckoned) is looked up in the sheet's own XML
with patterns and not with a parser, so that entities are never expanded.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import python_calamine
from typing_extensions import TypeIs

MAX_ROWS, MAX_COLUMNS = 5_000, 256
"""A form has some hundred rows and thirteen columns; a sheet that claims more is a mistake or an attack."""
_MAX_UNPACKED = 200 * 1024 * 1024

Cell = object
"""str, float, bool, date, datetime, time or timedelta; "" where nothing stands."""


class UnreadableWorkbook(Exception):
    """No workbook, or a broken, locked or oversized one; the text names the file, what is wrong and the remedy."""


@dataclass(frozen=True)
class Sheet:
    """One sheet; rows and columns count from 0 at A1."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: dict[tuple[int, int], tuple[int, int]]
    """Cell of a merged area -> the area's first cell, which alone holds the value."""
    wide: frozenset[tuple[int, int]]
    """First cells of areas that span more than one column."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unreckoned: frozenset[tuple[int, int]] = frozenset()
    """Cells with a formula and no stored result: they look blank."""

    def at(self, row: int, column: int) -> Cell:
        """The value printed there, also inside a merged area."""
        row, column = self.merged.get((row, column), (row, column))
        return self.rows[row][column]

    def text(self, row: int, column: int) -> str:
        """The value as one line of text; empty where nothing stands."""
        return " ".join(str(self.at(row, column)).split())

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def address(self, row: int, column: int) -> str:
        """`Sheet!C7`."""
        return f"{self.name}!{column_letters(column)}{row + 1}"


def is_number(cell: Cell) -> TypeIs[float]:
    """Whether a cell holds a number; numbers come as float, also whole ones. A yes/no is none."""
    return isinstance(cell, float)


def column_letters(column: int) -> str:
    """0 -> `A`, 26 -> `AA`."""
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return letters


def read_workbook(body: bytes, name: str) -> list[Sheet]:
    """Every worksheet that holds anything.

    Raises:
        UnreadableWorkbook: not an xlsx, encrypted, damaged, or too large to be a form.
    """
    _check_archive(body, name)
    try:
        book = python_calamine.load_workbook(io.BytesIO(body))
        names = [entry.name for entry in book.sheets_metadata if entry.typ == python_calamine.SheetTypeEnum.WorkSheet]
        marks = _marks(body)
        return [sheet for sheet in (_sheet(book, sheet_name, name, marks.get(sheet_name, _NO_MARKS)) for sheet_name in names) if sheet is not None]
    except python_calamine.PasswordError as error:
        raise UnreadableWorkbook(f"{name}: the workbook is locked with a password; ask for it without one") from error
    except python_calamine.CalamineError as error:
        raise UnreadableWorkbook(f"{name}: the workbook is damaged ({error}); open it in Excel, save it again as .xlsx and send it anew") from error


def _check_archive(body: bytes, name: str) -> None:
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableWorkbook(f"{name}: an .xls of the old kind or a workbook locked with a password; save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked, is_word = sum(entry.file_size for entry in archive.infolist()), "word/document.xml" in archive.namelist()
    except zipfile.BadZipFile as error:
        raise UnreadableWorkbook(f"{name}: no .xlsx, or cut off on the way ({error}); send the file again") from error
    if is_word:
        raise UnreadableWorkbook(f"{name}: this is a Word document, no workbook; a report is landed as narrative_reports, a form is sent as .xlsx")
    if unpacked > _MAX_UNPACKED:
        raise UnreadableWorkbook(f"{name}: unpacks to {unpacked} bytes, far more than a form; remove pictures and spare sheets")


_Marks = tuple[frozenset[int], frozenset[int], frozenset[tuple[int, int]]]
_NO_MARKS: _Marks = (frozenset(), frozenset(), frozenset())
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_ROW_TAG = re.compile(r"<(?:\w+:)?row\b([^>]*)>")
_COLUMN_TAG = re.compile(r"<(?:\w+:)?col\b([^>]*)>")
_CELL = re.compile(r"<(?:\w+:)?c\b([^>]*[^/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA_TAG = re.compile(r"<(?:\w+:)?f\b")
_RESULT = re.compile(r"<(?:\w+:)?v\b[^>/]*>[^<]")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")


def _marks(body: bytes) -> dict[str, _Marks]:
    """Sheet name -> its hidden rows, hidden columns and formulas without a result; rows and columns from 0."""
    found: dict[str, _Marks] = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
            return found
        targets = {}
        for tag in re.findall(r"<(?:\w+:)?Relationship\b([^>]*)>", archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
            attributes = dict(_ATTRIBUTE.findall(tag))
            targets[attributes.get("Id", "")] = attributes.get("Target", "")
        for tag in re.findall(r"<(?:\w+:)?sheet\b([^>]*)>", archive.read("xl/workbook.xml").decode("utf-8", "replace")):
            attributes = dict(_ATTRIBUTE.findall(tag))
            target = targets.get(next((value for key, value in attributes.items() if key.endswith(":id")), ""), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if part in parts:
                found[html.unescape(attributes.get("name", ""))] = _marks_of(archive.read(part).decode("utf-8", "replace"))
    return found


def _marks_of(xml: str) -> _Marks:
    rows = {
        int(attributes["r"]) - 1
        for attributes in (dict(_ATTRIBUTE.findall(tag)) for tag in _ROW_TAG.findall(xml))
        if attributes.get("hidden") in ("1", "true") and attributes.get("r", "").isdigit()
    }
    columns: set[int] = set()
    for attributes in (dict(_ATTRIBUTE.findall(tag)) for tag in _COLUMN_TAG.findall(xml)):
        if attributes.get("hidden") in ("1", "true") and attributes.get("min", "").isdigit() and attributes.get("max", "").isdigit():
            columns |= set(range(int(attributes["min"]) - 1, min(int(attributes["max"]), MAX_COLUMNS)))
    unreckoned: set[tuple[int, int]] = set()
    if _FORMULA_TAG.search(xml):
        for tag, inner in _CELL.findall(xml):
            place = _REFERENCE.fullmatch(dict(_ATTRIBUTE.findall(tag)).get("r", ""))
            if place and _FORMULA_TAG.search(inner) and not _RESULT.search(inner):
                unreckoned.add((int(place[2]) - 1, _column_index(place[1])))
    return frozenset(rows), frozenset(columns), frozenset(unreckoned)


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _sheet(book: python_calamine.CalamineWorkbook, sheet_name: str, name: str, marks: _Marks) -> Sheet | None:
    source = book.get_sheet_by_name(sheet_name)
    if source.end is None:
        return None
    if source.end[0] >= MAX_ROWS or source.end[1] >= MAX_COLUMNS:
        raise UnreadableWorkbook(
            f"{name}: sheet {sheet_name} reaches to {column_letters(source.end[1])}{source.end[0] + 1}, a form has at most {MAX_ROWS} rows"
            f" and {MAX_COLUMNS} columns; delete the empty rows and columns below and beside it"
        )
    rows = source.to_python(skip_empty_area=False)
    height, width = len(rows), len(rows[0])
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    wide: set[tuple[int, int]] = set()
    for first, last in source.merged_cell_ranges or []:
        if first[1] < last[1]:
            wide.add(first)
        for row in range(first[0], min(last[0], height - 1) + 1):
            for column in range(first[1], min(last[1], width - 1) + 1):
                merged[row, column] = first
    return Sheet(sheet_name, rows, merged, frozenset(wide), *marks)
