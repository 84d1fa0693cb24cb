"""What the columns or rows of a table add up to, found by the numbers alone: a sum that all its rows keep but one is meant in that one, too.

So a slip in a table is found whatever the reader made of its columns. A sum that the table keeps in two rows by chance is no evidence:
three are asked for, and in two of them more than one part that is not nought.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from expectations.grids import Cell, Row, known_by_start, tables
from expectations.grouping import is_familiar
from expectations.language import table_words
from expectations.percentages import PercentageVerdict, classify_percentage
from expectations.sums import severity_of
from expectations.wording import both_sides, measure_vi, quoted, span_place
from warehouse.catalogue import measures
from warehouse.model import Document, Figure, Finding, Place
from warehouse.numbers import number_vi

_NOUGHT = re.compile(r"[-–—x]|0+", re.IGNORECASE)
_LEAST_ROWS, _LEAST_TELLING, _LEAST_APART = 3, 2, 5
"""Rows that keep a sum, those of them with two parts that are not nought, and rows that keep one whose members stand apart."""
_MOST_PARTS = 4
_MOST_PLACES, _MOST_LINES = 24, 200


class _Sum(NamedTuple):
    """Places within a line of the table: the whole, its parts."""

    whole: int
    parts: tuple[int, ...]

    @property
    def is_apart(self) -> bool:
        """Whether other places stand among its members."""
        return max(self.whole, *self.parts) - min(self.whole, *self.parts) > len(self.parts)


_Line = list[tuple[Cell, Decimal | None]]


def check_relations(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each sum or share that the lines of a table keep and one of them does not."""
    by_start = known_by_start(figures)
    for rows in tables(document.text):
        lines = _lines(rows)
        if len(lines) <= _LEAST_ROWS or not _LEAST_TELLING < len(lines[0]) <= _MOST_PLACES or len(lines) > _MOST_LINES:
            continue  # too small to show anything, or no table of a report
        above = document.text[max(0, rows[0].start - _ABOVE) : lines[0][0][0].start]
        head = _head(rows, lines)
        for turned in (False, True):
            sheet = [list(column) for column in zip(*lines, strict=True)] if turned else lines
            for line, one in _broken(sheet, turned=turned):
                named = "" if turned else " ".join(head[place] for place in (one.whole, *one.parts))
                rule = _rule(one, sheet, by_start, _by_words(named) or _by_words(above), turned=turned)
                if rule:
                    yield _finding(document.text, rule, one, sheet[line], by_start, turned=turned)
        yield from _shares(document.text, lines)


_ABOVE = 300


def _head(rows: Sequence[Row], lines: Sequence[_Line]) -> list[str]:
    """What the rows above the first line of numbers print over each of its places, counted from the right."""
    width = len(lines[0])
    above = [row.cells[-width:] for row in rows if row.end <= lines[0][0][0].start and len(row.cells) >= width]
    return [" ".join(cells[place].text for cells in above) for place in range(width)]


class Sheets:
    """The tables of a text, to ask whether a sum over some of their cells is one that they keep."""

    def __init__(self, text: str) -> None:
        self._sheets = [lines for rows in tables(text) if (lines := _lines(rows))]
        self._at = {
            cell.start: (sheet, line, place)
            for sheet, lines in enumerate(self._sheets)
            for line, cells in enumerate(lines)
            for place, (cell, _) in enumerate(cells)
        }

    def refute(self, terms: Sequence[tuple[int, Sequence[int]]]) -> bool:
        """Whether a sum that one line of a table breaks is broken by most of its other lines, too: then its columns mean something else.

        `terms`: sign and offsets of the prints of each member; all of one row are compared with the other rows, all of one column with the columns.
        """
        for along, across in ((1, 2), (2, 1)):
            spots = [{spot[:2] if along == 1 else (spot[0], spot[2]): spot[across] for start in starts if (spot := self._at.get(start))} for _, starts in terms]
            for shared in set.intersection(*map(set, spots)) if spots else ():
                members = [(sign, found[shared]) for (sign, _), found in zip(terms, spots, strict=True)]
                lines = self._sheets[shared[0]]
                sheet = lines if along == 1 else list(map(list, zip(*lines, strict=True)))
                gaps = [gap for number, line in enumerate(sheet) if number != shared[1] and (gap := _gap(line, members)) is not None]
                broken = sum(map(bool, gaps))
                if broken >= _LEAST_TELLING and broken * 2 > len(gaps):
                    return True
        return self._is_scattered(terms)

    def _is_scattered(self, terms: Sequence[tuple[int, Sequence[int]]]) -> bool:
        """Whether all members stand in one table, and not in one row or column of it."""
        spots = [{self._at.get(start) for start in starts} for _, starts in terms]
        placed = [{spot for spot in found if spot} for found in spots]
        if not all(placed) or any(None in found for found in spots):
            return False
        shared = (set.intersection(*({spot[:size] if size == 2 else (spot[0], spot[2]) for spot in found} for found in placed)) for size in (2, 3))
        return len({spot[0] for found in placed for spot in found}) == 1 and not any(shared)


def _gap(line: _Line, members: Sequence[tuple[int, int]]) -> Decimal | None:
    """The signed sum of the places in the line; None where one is not printed, or all are nought."""
    values = [(sign, value) for sign, place in members if (value := line[place][1]) is not None]
    return sum((sign * value for sign, value in values), Decimal(0)) if len(values) == len(members) and any(value for _, value in values) else None


def _lines(rows: Sequence[Row]) -> list[_Line]:
    """The cells behind each row's name, as many as most rows have: a row that leaves one out cannot be set beside them, a note behind them is cut."""
    found = []
    for row in rows:
        cells = [(cell, Decimal(0) if cell.number is None and _NOUGHT.fullmatch(cell.text) else cell.number) for cell in row.cells[row.name_at + 1 :]]
        if sum(value is not None for _, value in cells) >= _LEAST_TELLING:
            found.append(cells)
    width = Counter(map(len, found)).most_common(1)[0][0] if found else 0
    # "TỔNG CỘNG | | 3.737": the name stands in the cell of the number
    return [(cells[1:] if len(cells) > width and not cells[0][0].text else cells)[:width] for cells in found if len(cells) >= width]


def _candidates(length: int, *, turned: bool) -> Iterator[_Sum]:
    """Parts that stand right behind their whole or right before it; among columns also any two that make a third."""
    for whole in range(length):
        for size in range(2, _MOST_PARTS + 1):
            if whole + size < length:
                yield _Sum(whole, tuple(range(whole + 1, whole + 1 + size)))
            if whole >= size:
                yield _Sum(whole, tuple(range(whole - size, whole)))
    for whole, one, two in () if turned else combinations(range(length), 3):
        if (one, two) != (whole + 1, whole + 2):
            yield _Sum(whole, (one, two))


def _broken(sheet: Sequence[_Line], *, turned: bool) -> Iterator[tuple[int, _Sum]]:
    """The lines that break a sum that all the others keep."""
    kept, failing = [], []
    for one in _candidates(len(sheet[0]), turned=turned):
        wrong: list[int] = []
        holding = telling = 0
        for number, line in enumerate(sheet):
            sides = _sides(line, one)
            if sides and sides[0] != sum(sides[1]):
                wrong.append(number)
                if len(wrong) > 1:
                    break
            elif sides and sides[0]:
                holding += 1
                telling += sum(map(bool, sides[1])) > 1
        if telling < _LEAST_TELLING or holding < (_LEAST_APART if one.is_apart else _LEAST_ROWS) or len(wrong) > 1:
            continue
        if wrong:
            failing.append((wrong[0], one))
        else:
            kept.append(one)
    for number, one in failing:
        sides = _sides(sheet[number], one)
        wider = any(other.whole == one.whole and set(one.parts) < set(other.parts) for other in kept)
        if sides and not wider and is_familiar(sides[0], sum(sides[1], Decimal(0))):
            yield number, one


def _sides(line: _Line, one: _Sum) -> tuple[Decimal, list[Decimal]] | None:
    whole = line[one.whole][1]
    parts = [value for place in one.parts if (value := line[place][1]) is not None]
    return (whole, parts) if whole is not None and len(parts) == len(one.parts) else None


def _rule(one: _Sum, sheet: Sequence[_Line], by_start: Mapping[int, Figure], by_words: str, *, turned: bool) -> str:
    """The identity that the sum is: by what its members were read as in most lines, else by the words above them; empty if neither tells."""
    whole, parts = _measure(one.whole, sheet, by_start), [_measure(place, sheet, by_start) for place in one.parts]
    known = {measure for measure in (whole, *parts) if measure}
    if not known:
        return by_words
    if len(known) == 1 and turned:
        return ""  # villages, months or schools one below the other
    if any(measures()[measure].family == "staffing" for measure in known):
        missing = "staff_vacant" in known or (whole == "staff_assigned" and "staff_present" in parts) or (one.is_apart and by_words == "staff-vacancy")
        return "staff-vacancy" if missing else "staff-parts"
    return _dossiers(one, whole, set(parts) - {""}) or next(
        (rule for prefix, rule in _FAMILY_RULES if any(code.startswith(prefix) for code in known)), by_words
    )


def _by_words(text: str) -> str:
    return next((rule for rule, words in table_words() if words.search(text)), "")


_FAMILY_RULES = (("petitions_", "petitions-flow"), ("procedures_", "procedures-one-stop"), ("satisfaction_", "satisfaction-parts"))


def _dossiers(one: _Sum, whole: str, parts: set[str]) -> str:
    if parts & {"tthc_resolved_total", "tthc_in_progress_total"}:
        return "report-flow"
    if whole.startswith("tthc_received") or (not whole and parts & _CHANNELS):
        if one.is_apart:
            return "report-flow"
        return "report-received" if "tthc_received_new" in parts else "report-channels"
    if whole.startswith("tthc_resolved") or (parts and all(part.startswith("tthc_resolved") for part in parts)):
        return "report-resolved"
    if whole.startswith("tthc_in_progress") or (parts and all(part.startswith("tthc_in_progress") for part in parts)):
        return "report-in-progress"
    return ""


_CHANNELS = {"tthc_received_online", "tthc_received_in_person", "tthc_received_postal", "tthc_received_in_person_or_postal"}


def _measure(place: int, sheet: Sequence[_Line], by_start: Mapping[int, Figure]) -> str:
    found = Counter(figure.measure for line in sheet if (figure := by_start.get(line[place][0].start)))
    return found.most_common(1)[0][0] if found else ""


def _finding(text: str, rule: str, one: _Sum, line: _Line, by_start: Mapping[int, Figure], *, turned: bool) -> Finding:
    cells = [line[place] for place in (one.whole, *one.parts)]
    (_, whole), *parts = [(cell, value or Decimal(0)) for cell, value in cells]
    added = sum((value for _, value in parts), Decimal(0))
    told = [_told(cell, value, by_start) for cell, value in ((cell, value or Decimal(0)) for cell, value in cells)]
    message = (
        f"Trong bảng, {told[0]} không khớp với tổng các phần: {' + '.join(told[1:])} = {number_vi(added)} (lệch {number_vi(abs(whole - added))}), "
        f"trong khi các {'cột' if turned else 'dòng'} khác của bảng đều khớp. Đề nghị kiểm tra lại các số này."
    )
    return Finding(
        rule,
        severity_of(rule, "warning"),
        message,
        tuple(_place(text, cell) for cell, _ in cells),
        {**both_sides(whole, added), "reading": "table"},
    )


def _told(cell: Cell, value: Decimal, by_start: Mapping[int, Figure]) -> str:
    figure = by_start.get(cell.start)
    return f"{measure_vi(figure.measure)} {number_vi(value)}" if figure else number_vi(value)


def _place(text: str, cell: Cell) -> Place:
    left, right = text.rfind("\n", 0, cell.start) + 1, text.find("\n", cell.end)
    return span_place(quoted(text[left : right if right >= 0 else len(text)]), cell.start, cell.end)


# --- shares ----------------------------------------------------------------------------------------------------------------------

_SHARE = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?\s*%?")


def _shares(text: str, lines: Sequence[_Line]) -> Iterator[Finding]:
    """A column of percentages that is a count (or the rest beside it, or two counts together) of another in all lines but one."""
    for column in range(len(lines[0])):
        if sum(_SHARE.fullmatch(line[column][0].text) is not None and "," in line[column][0].text for line in lines) < _LEAST_ROWS:
            continue
        bases = [(whole, parts) for whole in range(column) for parts in _numerators(whole, column)]
        found = [shares for whole, parts in bases if (shares := _shares_of(lines, column, whole, parts)) is not None]
        if found and all(found):  # a count and a base that all lines keep leave nothing to tell
            yield _share_finding(text, found[0][0])


def _numerators(whole: int, column: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Signed places whose sum may be the count: one column, the whole without one, or two columns side by side."""
    others = [place for place in range(column) if place != whole]
    yield from (((1, place),) for place in others)
    yield from (((1, whole), (-1, place)) for place in others)
    yield from (((1, place), (1, place + 1)) for place in others if place + 1 in others)


class _Share(NamedTuple):
    """A printed percentage, its count and its base, with the cells that they stand in."""

    cells: tuple[Cell, ...]
    verdict: PercentageVerdict
    part: Decimal
    base: Decimal


def _shares_of(lines: Sequence[_Line], column: int, whole: int, parts: Sequence[tuple[int, int]]) -> list[_Share] | None:
    """The line, if there is one, whose share is not what the others show it to be; None where they show nothing."""
    right = 0
    wrong: list[_Share] = []
    for line in lines:
        base, count = line[whole][1], _gap(line, parts)
        if not base or count is None or not 0 < count <= base or not _SHARE.fullmatch(line[column][0].text):
            continue
        verdict = classify_percentage(int(count), int(base), line[column][0].text)
        if verdict.kind in ("rounded", "truncated"):
            right += count < base
        elif wrong:
            return None
        else:
            places = dict.fromkeys((column, *(place for _, place in parts), whole))
            wrong.append(_Share(tuple(line[place][0] for place in places), verdict, count, base))
    return wrong if right >= _LEAST_ROWS else None


def _share_finding(text: str, share: _Share) -> Finding:
    rule = "claimed-percentage"
    recomputed = share.verdict.recomputed or Decimal(0)
    message = (
        f"Trong bảng in tỷ lệ {number_vi(share.verdict.printed)}%, nhưng {number_vi(share.part)} trên {number_vi(share.base)} là {number_vi(recomputed)}%; "
        "các dòng khác của cột này đều khớp. Đề nghị kiểm tra lại tỷ lệ hoặc các số dùng để tính."
    )
    values = {"kind": share.verdict.kind, **both_sides(share.verdict.printed, recomputed), "reading": "table"}
    return Finding(rule, severity_of(rule, "warning"), message, tuple(_place(text, cell) for cell in share.cells), values)
