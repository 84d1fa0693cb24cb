"""Cells of ruled tables from the lines that a page draws. Geometry only: no text, no PDF."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Line = tuple[float, float, float, float]
"""left, bottom, right, top in points, y upwards; one of the two extents is about 0."""

_Place = tuple[int, int, int, int]
"""A cell by its lines: upper, left, lower, right, counted from the top and the left."""

TOLERANCE = 3.0
"""Points by which lines of one table miss each other in print."""
MAX_CROSSINGS = 4_000
"""More than 60 rows of 60 cells on a page is a drawing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


def tables(lines: Iterable[Line]) -> list[list[list[Box | None]]]:
    """Tables of at least two cells, from the top of the page; each a list of rows from the top, each row one place a column.

    A merged cell stands at its first place; the other places that it covers are None.
    """
    across, upright = _merged(lines)
    xs, ys = sorted({x for x, _, _ in upright}), sorted({y for y, _, _ in across}, reverse=True)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > MAX_CROSSINGS:
        return []
    has_line_across = _Coverage(across)
    has_line_up = _Coverage(upright)
    places = ((row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1))
    found = [cell for row, column in places if (cell := _cell(xs, ys, row, column, has_line_across, has_line_up)) is not None]
    return [_rows(group, xs, ys) for group in _groups(found) if len(group) > 1]


class _Coverage:
    """Whether a stretch of a line is drawn."""

    def __init__(self, spans: Iterable[tuple[float, float, float]]) -> None:
        self._spans: dict[float, list[tuple[float, float]]] = defaultdict(list)
        for place, start, end in spans:
            self._spans[place].append((start, end))

    def __call__(self, place: float, start: float, end: float) -> bool:
        return any(first <= start + TOLERANCE and last >= end - TOLERANCE for first, last in self._spans[place])


def _cell(xs: Sequence[float], ys: Sequence[float], row: int, column: int, across: _Coverage, up: _Coverage) -> _Place | None:
    """The smallest closed rectangle whose upper left corner is at this crossing."""
    left, top = xs[column], ys[row]
    for below in range(row + 1, len(ys)):
        if not up(left, ys[below], top):
            return None
        for right in range(column + 1, len(xs)):
            if not across(top, left, xs[right]):
                break
            if across(ys[below], left, xs[right]) and up(xs[right], ys[below], top):
                return row, column, below, right
    return None


def _groups(cells: list[_Place]) -> list[list[_Place]]:
    """Cells that share a corner belong to one table."""
    owner: dict[tuple[int, int], int] = {}
    parent = list(range(len(cells)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, (top, left, bottom, right) in enumerate(cells):
        for corner in ((top, left), (top, right), (bottom, left), (bottom, right)):
            parent[root(index)] = root(owner.setdefault(corner, index))
    grouped: dict[int, list[_Place]] = defaultdict(list)
    for index, cell in enumerate(cells):
        grouped[root(index)].append(cell)
    return sorted(grouped.values(), key=min)


def _rows(cells: list[_Place], xs: Sequence[float], ys: Sequence[float]) -> list[list[Box | None]]:
    tops = sorted({cell[0] for cell in cells})
    lefts = sorted({cell[1] for cell in cells})
    rows: list[list[Box | None]] = [[None] * len(lefts) for _ in tops]
    for top, left, bottom, right in cells:
        rows[tops.index(top)][lefts.index(left)] = Box(xs[left], ys[bottom], xs[right], ys[top])
    return rows


def _merged(lines: Iterable[Line]) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    """Lines across and upright as (place, start, end), those of about the same place put on one, touching pieces joined."""
    across, upright = [], []
    for left, bottom, right, top in lines:
        if top - bottom <= TOLERANCE < right - left:
            across.append(((top + bottom) / 2, left, right))
        elif right - left <= TOLERANCE < top - bottom:
            upright.append(((left + right) / 2, bottom, top))
    return _joined(across), _joined(upright)


def _joined(spans: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    places = sorted({place for place, _, _ in spans})
    anchors: list[float] = []
    for place in places:
        if not anchors or place - anchors[-1] > TOLERANCE:
            anchors.append(place)
    by_anchor: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for place, start, end in spans:
        by_anchor[anchors[bisect_right(anchors, place) - 1]].append((start, end))
    result = []
    for anchor, pieces in by_anchor.items():
        pieces.sort()
        first, last = pieces[0]
        for start, end in pieces[1:]:
            if start > last + TOLERANCE:
                result.append((anchor, first, last))
                first = start
            last = max(last, end)
        result.append((anchor, first, last))
    return result
