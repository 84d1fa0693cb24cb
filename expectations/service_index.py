"""The service index of Decision 766/QĐ-TTg against the points of its six groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal

from expectations.grouping import is_slip
from expectations.sums import severity_of
from expectations.wording import both_sides, figure_place, quoted, sentence_place, span_place
from warehouse.catalogue import identities
from warehouse.model import Document, Figure, Finding
from warehouse.numbers import number_vi, parse_number

_I = re.IGNORECASE


def check_index(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """Totals that the points of the six groups do not add up to."""
    yield from _index(document.text, figures)
    yield from _index_rows(document.text)


_GROUPS = (r"công khai", r"tiến độ", r"(?:dịch vụ (?:công )?|cung cấp[^|\n\d]{0,25}?)trực tuyến", r"thanh toán", r"hài lòng", r"số hóa")
_POINTS = r"[^\d\n;]{0,45}?(?:\d{1,2}(?:[.,]0+)?[ \t|│┃]+)?(?P<points>\d{1,2}[.,]\d{1,2})(?!\d|\s*%|[.,]\d)"
_INDEX_WINDOW = 900


def _is_same_print(one: Figure, index: Figure) -> bool:
    return (one.measure, one.value, one.subject) == (index.measure, index.value, index.subject)


_NEXT_CELL = re.compile(r"[ \t|│┃]+(\d{1,2}[.,]\d{1,2})(?![\d%]|[.,]\d)")


def _points(text: str, span: tuple[int, int]) -> Decimal:
    return parse_number(text[slice(*span)], "decimal").value


def _columns(text: str, first: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The points of the groups, column by column where each group's row has several ("Tháng 7 | Tháng 8 | Quý III")."""
    rows = []
    for span in first:
        row = [span]
        while cell := _NEXT_CELL.match(text, row[-1][1]):
            row.append(cell.span(1))
        rows.append(row)
    width = min(len(row) for row in rows)
    return [[row[column] for row in rows] for column in range(width)]


_TOTAL_LINE = re.compile(r"^[ \t|│┃*]*(?:\d+\b[ \t|│┃]*)?(?:tổng|cộng)[^\n]*$", _I | re.MULTILINE)
_DECIMAL = re.compile(r"(?<![\d.,+\-])\d{1,3}[.,]\d{1,2}(?!\d)")


def _has_totals(text: str, columns: Sequence[Sequence[tuple[int, int]]]) -> bool:
    """Whether a line below the groups prints the sum of each column."""
    end = max(span[1] for column in columns for span in column)
    line = _TOTAL_LINE.search(text, end, min(len(text), end + _INDEX_WINDOW))
    printed = {parse_number(match.group(), "decimal").value for match in _DECIMAL.finditer(line.group())} if line else set()
    return all(sum(_points(text, span) for span in column) in printed for column in columns)


def _index_rows(text: str) -> Iterator[Finding]:
    """A table of units, the six groups side by side and their sum: told where most of its rows add up and one does not."""
    rule = "index-sum"
    rows = [(match, [*_DECIMAL.finditer(match.group())]) for match in re.finditer(r"^[^\n]*[|\t ]\d{1,2}[.,]\d{1,2}[^\n]*$", text, re.MULTILINE)]
    rows = [(line, numbers) for line, numbers in rows if len(numbers) > len(_GROUPS)]
    judged = []
    for line, numbers in rows:
        values = [parse_number(number.group(), "decimal").value for number in numbers[: len(_GROUPS) + 1]]
        judged.append((line, numbers, values, abs(sum(values[:-1]) - values[-1])))
    tolerance = identities()[rule].tolerance or Decimal(0)
    wrong = [one for one in judged if one[3] > tolerance]
    if len(wrong) * 2 >= len(judged):
        return
    for line, numbers, values, gap in wrong:
        if gap * 5 > values[-1]:
            continue
        quote = quoted(line.group())
        listed = " + ".join(number_vi(value) for value in values[:-1])
        spans = [(line.start() + number.start(), line.start() + number.end()) for number in (numbers[len(_GROUPS)], *numbers[: len(_GROUPS)])]
        yield Finding(
            rule,
            severity_of(rule),
            f"Tổng điểm in {number_vi(values[-1])}, nhưng sáu nhóm trong dòng này cộng lại là {listed} = {number_vi(sum(values[:-1], Decimal(0)))} "
            f"(lệch {number_vi(gap)}). Đề nghị kiểm tra lại điểm tổng hoặc điểm các nhóm.",
            tuple(span_place(quote, *span) for span in spans),
            both_sides(values[-1], sum(values[:-1])),
        )


def _groups_in(text: str, window: tuple[int, int]) -> list[re.Match[str]]:
    """The points of the six groups in the window; empty where one is missing or two names meet at one number."""
    found = [re.compile(group + _POINTS, _I).search(text, *window) for group in _GROUPS]
    matches = [match for match in found if match is not None]
    return matches if len({match.start("points") for match in matches}) == len(_GROUPS) else []


def _index(text: str, figures: Sequence[Figure]) -> Iterator[Finding]:
    """The printed index against its six printed groups; evaluated only where all six stand beside the total."""
    rule = "index-sum"
    read = {index.start for index in figures if index.measure == "service_quality_index"}
    for index in figures:
        if index.measure != "service_quality_index" or index.end is None or index.bound != "=" or index.subject or "own-period" in index.flags:
            continue
        columns = _beside(text, (index.start or 0, index.end))
        if not columns:
            continue
        spans = min(columns, key=lambda column: abs(index.value - sum(_points(text, span) for span in column)))
        points = [_points(text, span) for span in spans]
        gap = abs(index.value - sum(points))
        if gap <= (identities()[rule].tolerance or 0) or gap * 5 > index.value:
            continue  # far off: the numbers below are of something else
        yield Finding(
            rule,
            severity_of(rule),
            _told(index.value, points),
            (
                *(figure_place(one) for one in figures if _is_same_print(one, index)),
                *(span_place(text[slice(*span)], *span) for span in spans),
            ),
            both_sides(index.value, sum(points)),
        )
    if "điểm" in text and "công khai" in text.lower():
        yield from _unread_totals(text, read)


def _told(index: Decimal, points: Sequence[Decimal]) -> str:
    listed, added = " + ".join(number_vi(value) for value in points), sum(points, Decimal(0))
    return (
        f"Chỉ số phục vụ in {number_vi(index)} điểm, nhưng sáu nhóm cộng lại là {listed} = {number_vi(added)} "
        f"(lệch {number_vi(abs(index - added))}). Đề nghị kiểm tra lại điểm tổng hoặc điểm các nhóm."
    )


def _beside(text: str, total: tuple[int, int]) -> list[list[tuple[int, int]]]:
    """The points of the six groups behind a total, or else before it; months side by side that have their own totals are of something else."""
    windows = ((total[1], min(len(text), total[1] + _INDEX_WINDOW)), (max(0, total[0] - _INDEX_WINDOW), total[0]))
    matches = next((found for window in windows if (found := _groups_in(text, window))), [])
    columns = _columns(text, [match.span("points") for match in matches]) if matches else []
    return [] if len(columns) > 1 and _has_totals(text, columns) else columns


_TOTAL = re.compile(r"\b(?:tổng|đạt|được|chỉ số)\b[^\d\n|;]{0,50}?(?P<total>\d{2}[.,]\d{1,2})(?!\d|\s*%|[.,]\d|/(?!100\b))", _I)
_LEAST_INDEX = 40


def _unread_totals(text: str, read: AbstractSet[int | None]) -> Iterator[Finding]:
    """A total of points, of this period or another, that the reader leaves alone: told where a slip parts it from its groups and nothing prints their sum."""
    rule = "index-sum"
    told: set[Decimal] = set()
    for match in _TOTAL.finditer(text):
        value = parse_number(match["total"], "decimal").value
        if match.start("total") in read or value < _LEAST_INDEX:
            continue
        for spans in _beside(text, match.span("total")):
            points = [_points(text, span) for span in spans]
            added = sum(points, Decimal(0))
            is_printed = any(form in text for form in (f"{added:.2f}", number_vi(added), f"{added:.2f}".replace(".", ",")))
            if value == added or is_printed or added in told or not is_slip(f"{value:.2f}", f"{added:.2f}"):
                continue
            told.add(added)
            spots = (match.span("total"), *spans)
            yield Finding(
                rule,
                severity_of(rule),
                _told(value, points),
                (sentence_place(text, *spots[0]), *(span_place(text[slice(*span)], *span) for span in spots[1:])),
                both_sides(value, added),
            )
