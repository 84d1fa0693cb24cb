"""The service index of Decision 766/QĐ-TTg against the points of its six groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from expectations.sums import severity_of
from expectations.wording import both_sides, figure_place, quoted, span_place
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
    """The printed index against its six printed groups; evaluated only where all six stand below the total."""
    rule = "index-sum"
    for index in figures:
        if index.measure != "service_quality_index" or index.end is None or index.bound != "=" or index.subject or "own-period" in index.flags:
            continue
        windows = ((index.end, min(len(text), index.end + _INDEX_WINDOW)), (max(0, (index.start or 0) - _INDEX_WINDOW), index.start or 0))
        matches = next((found for window in windows if (found := _groups_in(text, window))), [])
        if not matches:
            continue
        columns = _columns(text, [match.span("points") for match in matches])
        if len(columns) > 1 and _has_totals(text, columns):
            continue  # months side by side, each with its own total: the index is of something else
        spans = min(columns, key=lambda column: abs(index.value - sum(_points(text, span) for span in column)))
        points = [_points(text, span) for span in spans]
        gap = abs(index.value - sum(points))
        if gap <= (identities()[rule].tolerance or 0) or gap * 5 > index.value:
            continue  # far off: the numbers below are of something else
        listed = " + ".join(number_vi(value) for value in points)
        yield Finding(
            rule,
            severity_of(rule),
            f"Chỉ số phục vụ in {number_vi(index.value)} điểm, nhưng sáu nhóm cộng lại là {listed} = {number_vi(sum(points, Decimal(0)))} "
            f"(lệch {number_vi(gap)}). Đề nghị kiểm tra lại điểm tổng hoặc điểm các nhóm.",
            (
                *(figure_place(one) for one in figures if _is_same_print(one, index)),
                *(span_place(text[slice(*span)], *span) for span in spans),
            ),
            both_sides(index.value, sum(points)),
        )
