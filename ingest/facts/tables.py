"""Rows of cells (`a | b | c`, or tab-separated) as a grid with headings and a body. Offsets only; no words are judged here."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass, field

from ingest.documents.outline import Block
from ingest.facts.elements import Element

_UNITS = "hồ sơ|hs|tthc|người|biên chế|thủ tục|đồng|đ|lượt|phiếu|đơn|hđ"
_DIGITS = r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+(?:[.,][0-9]+)*"
_NUMBER = re.compile(rf"(?P<number>{_DIGITS})(?P<ratio>\s?/\s?(?:{_DIGITS}))?\s*(?P<percent>%)?(?:\s*(?:{_UNITS}))?\.?")
_WITH_SHARE = re.compile(rf"(?P<count>[^()%]+?)\s*(?:\(\s*(?P<share>{_DIGITS})\s*%\s*\)|[-–;,/]\s+(?P<behind>{_DIGITS})\s*%)")
"""A cell with a count and its share: "900 (90%)"."""
_ORDER = re.compile(r"\(?[0-9]{1,2}\)?(?:\s?=[0-9()+/:x×*%\s-]+)?")
_MONTH = re.compile(r"[0-9]{1,2}/20[0-9]{2}")
_YEAR = re.compile(r"(?:[0-9]{1,3}/)?20[0-9]{2}")
_GAPS = re.compile(r"[ \u00a0]{2,}")
_MOST_COLUMNS = 60
"""Rows of more cells than any report's table has are left as they are: placing costs the square of the width."""
_LETTERS = re.compile(r"(?:[ivx]{1,5}|[a-hđ])[.)]?")
"""What numbers a row where no digit does."""
ORDER_NAMES = ("tt", "stt", "số tt", "số thứ tự", "s tt", "s.tt", "số")
"""Headings of the column that numbers the rows."""
_MARK_WIDTH = 4
_MARGIN = 3
"""A line that begins no further right stands in the first column."""
_WIDEST_GROUP = 16
"""So many columns at most stand below one heading; looking at more would take a hostile table's square in time."""
_WIDEST_ROW = 1_000_000
_FEW_ROWS = 3
_STRANGE, _FITTING, _LEFT_OUT, _IMPOSSIBLE = 8, 4, 3, 1000
"""What speaks against and for a group over columns, in letters by which its heading stands apart from their middle."""
_BROKEN_OFF = (" và", ",", " của", " -", " về", " thuộc")
"""How the first line of a wrapped name ends."""
_OPENS = ("trong đó", "gồm", "chia ra")
_WIDEST = 1000
_LIST_MARK = re.compile(r"[-+*•–]|\(?(?:[0-9]{1,2}|[a-zđ]|[ivx]{1,4})[.)]")
_LEVEL = re.compile(r"\s*(?:<br ?/?>|:| [-–/>] )\s*")
"""What parts the name of a group from what stands below it, where both are written in one cell."""
_RULE = re.compile(r"[\s|:=+-]*")


@dataclass(slots=True)
class Cell:
    """One cell: its span without surrounding spaces, and its number if it holds nothing else."""

    start: int
    end: int
    number: bool = False
    is_order: bool = False
    element: Element | None = None
    share: Element | None = None
    """The share that its number is, printed behind it: "900 (90%)"."""
    before: tuple[int, int] | None = None
    """Where a name that is wrapped over two rows begins, if the row above holds the first part."""
    rest: list[tuple[int, int]] = field(default_factory=list)
    """Its further lines, if the rows below hold them."""
    alone: bool = False
    """A blank heading whose bars show that it stands over its own column, and not that the heading on its left goes on."""

    @property
    def filled(self) -> bool:
        return self.end > self.start

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where its words stand, in the order in which they are read."""
        return [*([self.before] if self.before else []), (self.start, self.end), *self.rest]


@dataclass(slots=True)
class Table:
    """Heading rows and body rows; `heading(column)` gives the spans of a column's headings, outermost first."""

    heads: list[list[Cell]]
    body: list[list[Cell]]
    width: int

    def heading(self, column: int) -> list[tuple[int, int]]:
        """Spans of the headings above a column; a blank upper heading belongs to the group on its left."""
        found: list[tuple[int, int]] = []
        for depth, row in enumerate(self.heads):
            place = min(column, len(row) - 1)
            grouped = any(column < len(below) and below[column].filled for below in self.heads[depth + 1 :])
            while place > 0 and row[place].end <= row[place].start and grouped and not row[place].alone:
                place -= 1
            if column < len(row) or grouped:
                found.extend(span for span in row[place].spans if span[1] > span[0] and span not in found)
        return found


def split_table(seen: str, text: str, rows: list[Block]) -> Table:
    """Cut rows into cells and tell headings from body: the body begins with the first row that holds a value, or with the name of its group.

    `text` is the stored text of the view `seen`: what goes on in small letters is the rest of a wrapped name.
    """
    under_rule = _headings_above_rule(seen, rows)
    drawn = list(itertools.accumulate(int(is_rule(seen, row)) for row in rows))
    group = {row.start: lines for row, lines in zip(rows, drawn, strict=True)}
    rows = [row for row in rows if not is_rule(seen, row)]
    framed = _framed(seen, rows)
    cut = [_cells(seen, row, inside) for row, inside in zip(rows, framed, strict=True)]
    drawn_alike = all(framed) or not any(framed)
    grid = [cells for cells in (_with_merged_headings(seen, rows, cut, under_rule, framed=all(framed)) if drawn_alike else cut) if cells]
    while grid and all(len(row) > 1 and not row[0].filled for row in grid):
        grid = [row[1:] for row in grid]  # every row begins with a tab
    grid = _without_doubled_tabs(_with_whole_lines(seen, text, grid))
    heads: list[list[Cell]] = []
    margin = min((_printed_at(seen, row[0])[0] for row in grid), default=0) + _MARGIN
    usual = max(map(len, grid), default=0)
    for index, cells in enumerate(grid):
        of_heading = cells[0].start < under_rule or not _is_body(seen, cells, bool(heads))
        if of_heading or (heads and _goes_on_above(seen, text, cells, margin, usual)) or _is_named_below(seen, text, grid[index : index + _FEW_ROWS], margin):
            heads.append(cells)
            continue
        body = _with_ruled_rows(grid[index:], group)
        break
    else:
        body = []
    kept = [row for row in heads if not _is_order_row(seen, row)]
    if body and not any(mark in seen[rows[0].start : rows[0].end] for mark in "|\t"):
        stacked = _stacked(seen, text, kept, body)
        kept, body = _aligned(seen, stacked or _with_whole_headings(seen, text, kept), body, whole=bool(stacked))
    kept, groups = _without_groups(text, kept)
    kept = [level for row in kept for level in _levels(seen, row)]
    body = [*groups, *body]
    for position, row in enumerate(body):
        if _is_order_row(seen, row):
            body = [other for place, other in enumerate(body) if place != position]
            break
    _mark_order_column(seen, heads, body)
    kept, body = _with_groups_above(seen, kept, body)
    return Table(kept, _with_whole_names(seen, text, body), max((len(row) for row in [*kept, *body]), default=0))


def _with_merged_headings(seen: str, rows: list[Block], grid: list[list[Cell]], under_rule: int, *, framed: bool) -> list[list[Cell]]:
    """Of a drawn grid, a heading between bars that stand further apart over each of the columns that it spans; `framed`: bars stand at both ends of its rows too.

    Headings stand above the first row with a number, and above `under_rule` whatever they hold.
    """
    bars = [[at - seen.rfind("\n", 0, row.start) for at in range(row.start, row.end) if seen[at] == "|"] for row in rows]
    if not framed:
        bars = [[0, *own, _WIDEST_ROW] for own in bars]
    widest = max(bars, key=len, default=[])
    first = next((place for place, cells in enumerate(grid) if rows[place].start >= under_rule and any(cell.number for cell in cells)), len(grid))
    for place in range(first):
        cells, own = grid[place], bars[place]
        if not 1 < len(own) < len(widest) or not {*own} <= {*widest} or len(cells) != len(own) - 1:
            continue
        spans = [widest.index(right) - widest.index(left) for left, right in itertools.pairwise(own)]
        grid[place] = [cell if cell.filled else Cell(cell.start, cell.end, alone=True) for cell, span in zip(cells, spans, strict=True) for _ in range(span)]
    return grid


def _with_ruled_rows(body: list[list[Cell]], group: dict[int, int]) -> list[list[Cell]]:
    """Where a line is drawn below every row, the printed lines between two of them as one row, its cells wrapped; `group`: how many lines are drawn above a place."""
    between: dict[int, list[list[Cell]]] = {}
    starts = sorted(group)
    for row in body:
        between.setdefault(group[starts[bisect.bisect_right(starts, row[0].start) - 1]], []).append(row)
    lines = list(between.values())
    numbers = [[sum(row[place].number for row in rows) for place in range(min(map(len, rows)))] for rows in lines]
    if len(lines) < _FEW_ROWS or any(len({len(row) for row in rows}) > 1 for rows in lines) or any(max(counts, default=0) > 1 for counts in numbers):
        return body
    return [[_joined_cell([row[place] for row in rows]) for place in range(len(rows[0]))] for rows in lines]


def _joined_cell(cells: list[Cell]) -> Cell:
    filled = [cell for cell in cells if cell.filled]
    if len(filled) > 1:
        first = filled[0]
        return Cell(first.start, first.end, number=first.number, element=first.element, share=first.share, rest=[(cell.start, cell.end) for cell in filled[1:]])
    return filled[0] if filled else cells[0]


def _headings_above_rule(seen: str, rows: list[Block]) -> int:
    """Where the headings end at the latest: at the first line that is drawn below rows, if at most the last of them looks like one with values ("tối đa | 7 | 8 | 9")."""
    drawn = [is_rule(seen, row) for row in rows]
    first = next((place for place, rule in enumerate(drawn) if not rule), len(rows))
    rule = next((place for place in range(first, len(rows)) if drawn[place]), len(rows))
    cut = {place: _cells(seen, rows[place], framed=True) for place in range(first, rule)}
    values = [place for place, cells in cut.items() if cells[0].filled and any(cell.number for cell in cells)]
    if values not in ([], [rule - 1]) or rule - first < 2 or sum(not other for other in drawn[rule:]) < 2:
        return 0
    return rows[rule].start


def _levels(seen: str, row: list[Cell]) -> list[list[Cell]]:
    """A line of headings in which neighbours begin alike ("Đã giải quyết - Tổng số | Đã giải quyết - Quá hạn"): their groups, and what stands below each."""
    marks = [_LEVEL.search(seen, cell.start, cell.end) for cell in row]
    begins = [" ".join(seen[cell.start : mark.start()].split()) if mark else "" for cell, mark in zip(row, marks, strict=True)]
    alike = [bool(said) and said in begins[max(0, place - 1) : place] + begins[place + 1 : place + 2] for place, said in enumerate(begins)]
    if not any(alike):
        return [row]
    upper, lower = [], []
    for cell, mark, grouped in zip(row, marks, alike, strict=True):
        upper.append(Cell(cell.start, mark.start()) if mark and grouped else Cell(cell.start, cell.start, alone=True))
        lower.append(Cell(mark.end(), cell.end, rest=cell.rest) if mark and grouped else cell)
    return [upper, *_levels(seen, lower)]


def _without_groups(text: str, heads: list[list[Cell]]) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """Below headings that are complete, a line that holds a name alone opens the first group of rows."""
    widest = max((sum(cell.filled for cell in row) for row in heads), default=0)
    groups: list[list[Cell]] = []
    while widest > 1 and len(heads) > 1:
        filled = [place for place, cell in enumerate(heads[-1]) if cell.filled]
        names = filled[1:] if len(filled) == 2 and heads[-1][0].end - heads[-1][0].start <= _MARK_WIDTH else filled
        if len(names) != 1 or names[0] > 1 or _is_rest(text, heads[-1][names[0]]):
            break
        groups.insert(0, heads.pop())
    return heads, groups


def _with_groups_above(seen: str, heads: list[list[Cell]], body: list[list[Cell]]) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """A column whose cells each stand beside several rows ("Khối Đảng" left of its offices) as lines of their own above those rows."""
    first = int(any(row[0].is_order for row in body))
    named = [row for row in body if len(row) > first + 2 and row[first + 1].filled and not row[first + 1].number]
    groups = [row[first] for row in named if row[first].filled]
    names = {seen[row[first + 1].start : row[first + 1].end] for row in named}
    of_words = all(not group.number and group.end - group.start > _MARK_WIDTH for group in groups)
    if not groups or named[0][first] is not groups[0] or not of_words or 3 * len(groups) > 2 * len(named) or len(names) < _FEW_ROWS:
        return heads, body
    result: list[list[Cell]] = []
    of_names = {id(row) for row in named}
    for row in body:
        if id(row) in of_names:
            result.extend([[row[first]]] * row[first].filled)
            result.append([*row[:first], *row[first + 1 :]])
        else:
            result.append([*row[: first + 1], *row[first + 2 :]])
    return [[*row[:first], *row[first + 1 :]] for row in heads], result


def _goes_on(text: str, cell: Cell) -> bool:
    return text[cell.start].islower()


def _is_rest(text: str, cell: Cell) -> bool:
    """Whether a line of a heading can only be the rest of one: "được giao", "(km2)", "30/9/2026"."""
    first = text[cell.start]
    return first.islower() or first in "(%" or (first.isdigit() and not _LIST_MARK.match(text, cell.start))


def _with_whole_names(seen: str, text: str, body: list[list[Cell]]) -> list[list[Cell]]:
    """Rows whose name is wrapped over several lines, of which one holds the values, as one row."""
    numbered = [row for row in body if any(cell.number for cell in row)]
    names = [next((cell for cell in row if cell.filled and not cell.number and not cell.is_order), None) for row in body]
    small = sum(name is not None and _goes_on(text, name) for name, row in zip(names, body, strict=True) if any(cell.number for cell in row))
    wrapped = [name for name, row in zip(names, body, strict=True) if name and _goes_on(text, name) and not any(cell.number for cell in row)]
    widest = max((name.end - name.start for name in names if name), default=0) if wrapped and not small else _WIDEST
    result: list[list[Cell]] = []
    for row, name in zip(body, names, strict=True):
        above = result[-1] if result else []
        lone = [cell for cell in row if cell.filled]
        begun = [cell for cell in above if cell.filled]
        head = next((cell for cell in above if cell.filled and not cell.number and not cell.is_order), None)
        broken = len(begun) == 1 and begun[0].filled and seen.endswith(_BROKEN_OFF, 0, begun[0].end)
        if name is None or seen.startswith(_OPENS, name.start):
            result.append(row)
        elif not broken and lone == [name] and head and (_has_no_room(seen, head, name, widest) or seen.endswith(_BROKEN_OFF, 0, head.spans[-1][1])):
            head.rest.append((name.start, name.end))
        elif not (_goes_on(text, name) or broken):
            result.append(row)
        elif not broken and head and not any(cell.number for cell in lone) and (not head.rest or not small) and (rests := _rests(above, row, head, name)):
            for cell, rest in rests:
                cell.rest.append((rest.start, rest.end))
        elif (
            2 * small < len(numbered) and begun and not any(cell.number and not cell.is_order for cell in begun) and not seen.startswith(":", begun[-1].end - 1)
        ):
            name.before = (begun[-1].start, begun[-1].end)
            result[-1] = row
        else:
            result.append(row)
    return result


def _has_no_room(seen: str, head: Cell, name: Cell, widest: int) -> bool:
    """Whether a line goes on with a name in a table that wraps names: its first word had no room above."""
    start, end = head.spans[-1]
    return end - start + 1 + len(seen[name.start : name.end].split(maxsplit=1)[0]) > widest and not _LIST_MARK.match(seen, name.start)


def _rests(above: list[Cell], row: list[Cell], head: Cell, name: Cell) -> list[tuple[Cell, Cell]]:
    """The cells of a row beside those above that they go on with; none if one of them has nothing above it."""
    others = [(cell, rest) for cell, rest in zip(above, row, strict=False) if rest.filled and rest is not name]
    alone = sum(cell.filled for cell in row) == 1
    return [(head, name), *others] if alone or (len(above) == len(row) and all(cell.filled and not cell.number for cell, _ in others)) else []


def _with_whole_lines(seen: str, text: str, grid: list[list[Cell]]) -> list[list[Cell]]:
    """Rows of a cell that holds a line break as one row: "3 | Đăng ký thành lập," and "hoạt động hộ kinh doanh | 405 | …" are as long together as the others."""
    usual = max((len(row) for row in grid), default=0)
    if not grid or not any(mark in seen[grid[0][0].start : grid[-1][-1].end] for mark in "|\t"):
        return grid  # set with spaces: places tell the columns
    result: list[list[Cell]] = []
    for row in grid:
        above = result[-1] if result else []
        next_line = bool(above) and seen.count("\n", above[-1].end, row[0].start) == 1
        torn = len(above) < usual and len(row) < usual and len(above) + len(row) == usual + 1
        if (
            next_line
            and row[0].filled
            and above[-1].filled
            and not (row[0].number or above[-1].number)
            and (torn or (len(above) == 1 and len(row) == usual and _goes_on(text, row[0])))
        ):
            above[-1].rest.append((row[0].start, row[0].end))
            result[-1] = [*above, *row[1:]]
        else:
            result.append(row)
    return result


def _without_doubled_tabs(grid: list[list[Cell]]) -> list[list[Cell]]:
    """Rows typed with as many tabs as it took to reach the next column, if only so they are all of one length."""
    if len({len(row) for row in grid}) < 2:
        return grid
    single = [[cell for place, cell in enumerate(row) if cell.end > cell.start or not any(other.end > other.start for other in row[:place])] for row in grid]
    return single if len({len(row) for row in single}) == 1 and len(single[0]) > 1 else grid


def _with_whole_headings(seen: str, text: str, heads: list[list[Cell]]) -> list[list[Cell]]:
    """Headings of groups that go on in small letters in the line below ("Cán bộ, công chức" and "khối chính quyền"), above the line that names the columns."""
    result = [list(row) for row in heads]
    for above, row in itertools.pairwise(result[:-1]):
        if not above:
            continue  # its cells went to the line above it
        places = {id(cell): _printed_at(seen, cell) for cell in [*above, *row]}
        left = min(places[id(cell)][0] for cell in above)
        names = [cell for cell in row if places[id(cell)][1] <= left]
        overs = [[other for other in above if places[id(other)][0] < places[id(cell)][1] and places[id(cell)][0] < places[id(other)][1]] for cell in row]
        rests = [(over[0], cell) for over, cell in zip(overs, row, strict=True) if len(over) == 1 and _goes_on(text, cell)]
        if len(rests) + len(names) == len(row) and rests and len(names) <= _FEW_ROWS - 1:
            for over, cell in rests:
                over.rest.append((cell.start, cell.end))
            above[:0] = names
            row.clear()
    return [row for row in result if row]


@dataclass(slots=True)
class _Stack:
    """A heading that is wrapped in its column: its lines, from `top` to `bottom`, and how far they reach."""

    cell: Cell
    left: int
    right: int
    top: int
    bottom: int

    def meets(self, left: int, right: int) -> bool:
        return self.left < right and left < self.right


def _stacked(seen: str, text: str, heads: list[list[Cell]], body: list[list[Cell]]) -> list[list[Cell]] | None:
    """Headings set with spaces whose lines go on below each other, put together: a line of groups or several, then one of the columns' names.

    None where no heading goes on, or where it stays open which line belongs to which column.
    """
    width = max(map(len, body))
    heads = list(heads)
    groups: list[list[Cell]] = []
    while len(heads) > 1 and len(heads[-1]) == 1 and not _is_rest(text, heads[-1][0]) and _printed_at(seen, heads[-1][0])[0] <= _MARGIN:
        groups.insert(0, heads.pop())
    stacks = _stacks(seen, text, heads) if width <= _MOST_COLUMNS else []
    lowest = sorted(
        (one for one in stacks if not any(other.top > one.bottom and one.meets(other.left, other.right) for other in stacks)), key=lambda one: one.left
    )
    apart = all(left.right <= right.left for left, right in itertools.pairwise(lowest))
    if not apart or len(lowest) not in (width, width - 1):
        return None
    over: dict[int, list[Cell]] = {}
    for one in stacks:
        if one not in lowest:
            above = sum(other.bottom < one.top and one.meets(other.left, other.right) for other in stacks)
            over.setdefault(above, []).append(one.cell)
    return [*(row for _, row in sorted(over.items())), [one.cell for one in lowest], *groups]


def _stacks(seen: str, text: str, heads: list[list[Cell]]) -> list[_Stack]:
    """The headings of some lines, each line that goes on right below a single other one put to it."""
    stacks: list[_Stack] = []
    for line, row in enumerate(heads):
        spans = [_printed_at(seen, cell) for cell in row]
        for cell, (left, right) in zip(row, spans, strict=True):
            over = [one for one in stacks if one.bottom == line - 1 and one.meets(left, right)]
            alone = len(over) == 1 and sum(over[0].meets(*span) for span in spans) == 1
            if alone and (_is_rest(text, cell) or seen.endswith(_BROKEN_OFF, 0, over[0].cell.spans[-1][1])):
                one = over[0]
                one.cell.rest.append((cell.start, cell.end))
                one.left, one.right, one.bottom = min(one.left, left), max(one.right, right), line
            else:
                stacks.append(_Stack(Cell(cell.start, cell.end), left, right, line, line))
    return stacks


def _aligned(seen: str, heads: list[list[Cell]], body: list[list[Cell]], *, whole: bool) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """Rows set with spaces, each cell in the column above or below which it is printed; a place without words is an empty cell.

    A heading that stands over several columns is repeated over each; `whole`: headings are put together from their lines.
    """
    longest = sorted([*body, *heads], key=len, reverse=True)
    width = len(longest[0])
    if width > _MOST_COLUMNS:
        return heads, body
    columns = [_printed_at(seen, cell) for cell in longest[0]]
    for row in [row for row in body if len(row) == width]:
        columns = [_joined_span(column, _printed_at(seen, cell)) for column, cell in zip(columns, row, strict=True)]
    placed: dict[int, list[Cell]] = {}
    for row in sorted(body, key=len, reverse=True):
        placed[row[0].start] = _in_columns(seen, row, columns)
    full = [row for row in heads[:-1] if width - 2 <= len(row) <= width]
    if full and len(heads[-1]) < max(map(len, full)):
        # the rest of single headings stands below its own first lines, however far the numbers reach
        over: list[tuple[int, int] | None] = [None] * width
        for row in full:
            for place, cell in enumerate(_in_columns(seen, row, list(columns))):
                before = over[place]
                if cell.filled:
                    over[place] = _joined_span(before, _printed_at(seen, cell)) if before else _printed_at(seen, cell)
        last = _in_columns(seen, heads[-1], [said or column for said, column in zip(over, columns, strict=True)])
        columns = [_joined_span(column, _printed_at(seen, cell)) if cell.filled else column for column, cell in zip(columns, last, strict=True)]
        placed[heads[-1][0].start] = last
    for place, row in reversed(list(enumerate(heads))):
        if row is heads[-1] and row[0].start in placed:
            continue
        placed[row[0].start] = (
            _in_columns(seen, row, columns)
            if row is heads[-1] or len(row) >= width - 1
            else _over_columns(seen, row, _topmost([placed[other[0].start] for other in heads[place + 1 :]]) if whole or not place else [], columns)
        )
    return [placed[row[0].start] for row in heads], [placed[row[0].start] for row in body]


def _topmost(rows: list[list[Cell]]) -> list[Cell]:
    """Of each column the first cell with words: "TS | Trực | Kỳ" and not the "tuyến | trước" below."""
    return [next((cell for cell in column if cell.filled), column[0]) for column in zip(*rows, strict=True)]


def _printed_at(seen: str, cell: Cell) -> tuple[int, int]:
    """Where a cell begins and ends in its lines."""
    spans = [(start - line, end - line) for start, end in cell.spans for line in (seen.rfind("\n", 0, start) + 1,)]
    return min(left for left, _ in spans), max(right for _, right in spans)


def _joined_span(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    return min(left[0], right[0]), max(left[1], right[1])


def _in_columns(seen: str, row: list[Cell], columns: list[tuple[int, int]]) -> list[Cell]:
    """A row with each cell in the nearest column, in order; the columns grow with what stands in them."""
    width = len(columns)

    def distance(cell: Cell, place: int) -> float:
        (left, right), (first, last) = _printed_at(seen, cell), columns[place]
        apart = max(0, left - last, first - right)
        return apart + min(abs(left - first), abs(right - last), abs(left + right - first - last) / 2) / 8

    # cheapest way to put the cells into ever later columns
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * (width + 1)
    for cell in row:
        step: list[tuple[float, tuple[int, ...]]] = [(float("inf"), ())]
        for place in range(width):
            cost, before = best[place]
            taken = (cost + distance(cell, place), (*before, place))
            step.append(min(step[-1], taken, key=lambda way: way[0]))
        best = step
    result = [Cell(row[0].start, row[0].start) for _ in range(width)]
    for cell, place in zip(row, best[width][1], strict=True):
        result[place] = cell
        columns[place] = _joined_span(columns[place], _printed_at(seen, cell))
    return result


def _over_columns(seen: str, row: list[Cell], below: list[Cell], columns: list[tuple[int, int]]) -> list[Cell]:
    """A line of headings above others: each over the columns that it stands over, or, set in the middle of a group, over the whole group."""
    width = len(columns)
    result = [Cell(row[0].start, row[0].start, alone=bool(below)) for _ in range(width)]
    if below:
        runs = _runs(seen, row, below, columns)
        for cell, (first, last) in zip(row, runs, strict=True):
            result[first : last + 1] = [cell] * (last + 1 - first)
        return result
    for cell in row:
        left, right = _printed_at(seen, cell)
        over = [place for place in range(width) if columns[place][0] < right and left < columns[place][1] and not result[place].filled]
        free = [place for place in range(width) if not result[place].filled]
        if not free:
            break
        nearest = min(free, key=lambda place: max(columns[place][0] - right, left - columns[place][1]))
        for place in over or [nearest]:
            result[place] = cell
    return result


def _runs(seen: str, row: list[Cell], below: list[Cell], columns: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first and the last column of each group in a line of headings, given the headings below it; one that begins beside a group is not below it.

    Groups stand in the middle of their columns or at an edge of the first one, all of a line alike. No group has two columns of one name, and where one begins
    with a name that is printed again, so do the others. A column without a name below has its name in this line.
    """
    width = len(columns)
    names = [" ".join(seen[start:end] for start, end in cell.spans) for cell in below]
    again = next((name for name in names if name and names.count(name) > 1), "")
    begins = [seen.rfind("\n", 0, cell.start) if cell.filled else len(seen) for cell in below]
    beside = [begins[place] <= min(seen.rfind("\n", 0, cell.start) for cell in row) for place in range(width)]
    left_out = [_STRANGE if not name else 0 if alone else _STRANGE if any(beside) else _LEFT_OUT for name, alone in zip(names, beside, strict=True)]

    def cost(cell: Cell, first: int, last: int, aligned: str) -> float:
        if min(begins[first : last + 1]) <= seen.rfind("\n", 0, cell.spans[-1][0]):
            return _IMPOSSIBLE
        left, right = _printed_at(seen, cell)
        inside = [name for name in names[first : last + 1] if name]
        away = {"left": left - columns[first][0], "right": right - columns[first][1], "middle": (left + right - columns[first][0] - columns[last][1]) / 2}
        twice = len(inside) - len(set(inside)) + (len(inside) < last + 1 - first and last > first)
        return abs(away[aligned]) + _STRANGE * twice - _FITTING * (bool(again) and names[first] == again)

    def cheapest(aligned: str) -> tuple[float, tuple[tuple[int, int], ...]]:
        # best[place]: the cheapest way to put the groups so far into columns before this one
        best: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
        for price in left_out:
            best.append((best[-1][0] + price, ()))
        for cell in row:
            step: list[tuple[float, tuple[tuple[int, int], ...]]] = [(float("inf"), ())]
            for end in range(1, width + 1):
                without = (step[-1][0] + left_out[end - 1], step[-1][1])
                taken = (
                    (best[first][0] + cost(cell, first, end - 1, aligned), (*best[first][1], (first, end - 1)))
                    for first in range(max(0, end - _WIDEST_GROUP), end)
                )
                step.append(min([without, *taken], key=lambda way: way[0]))
            best = step
        return best[width]

    return list(min(map(cheapest, ("middle", "left", "right")), key=lambda way: way[0])[1])


def is_rule(seen: str, row: Block) -> bool:
    """Whether a row is a drawn line."""
    return _RULE.fullmatch(seen, row.start, row.end) is not None


def starts_table(seen: str, row: Block) -> bool:
    """Whether a row that stands apart from the one before looks like the headings of a new table."""
    cells = _cells(seen, row, seen[row.start] == "|")
    return not any(cell.number for cell in cells) and sum(cell.end > cell.start for cell in cells) > 1


def _framed(seen: str, rows: list[Block]) -> list[bool]:
    """Of each row, whether its outer bars are a frame. Word tables are printed `a | b`, and `|  | b |` only where the first cell is empty."""
    if all(seen[row.start] == "|" for row in rows):
        return [True] * len(rows)
    bars = [seen.count("|", row.start, row.end) for row in rows]
    usual = max((count for count, row in zip(bars, rows, strict=True) if seen[row.start] != "|"), default=0)
    return [seen[row.start] == "|" == seen[row.end - 1] and count == usual + 2 for count, row in zip(bars, rows, strict=True)]


def _cells(seen: str, row: Block, framed: bool) -> list[Cell]:
    """The cells of a row; `framed`: every row begins with a bar, so that the first bar opens no empty cell."""
    line = seen[row.start : row.end]
    separator = "|" if "|" in line else "\t"
    if separator not in line:
        return _spaced_cells(seen, row)
    found: list[Cell] = []
    start = row.start
    line = seen[row.start : row.end]
    parts = line.split(separator)
    for index, part in enumerate(parts):
        left = start + len(part) - len(part.lstrip())
        right = start + len(part.rstrip())
        if separator == "\t" and right - left > 1 and seen[left] == seen[right - 1] == '"':
            left, right = left + 1, right - 1  # as spreadsheets quote a cell of several lines
        if not (separator == "|" and not part.strip() and index in (0, len(parts) - 1) and framed):
            found.append(_cell(seen, left, max(left, right)))
        start += len(part) + 1
    if separator == "\t":
        behind = len(seen[row.end : row.end + _MOST_COLUMNS]) - len(seen[row.end : row.end + _MOST_COLUMNS].lstrip("\t"))
        found.extend(Cell(row.end, row.end) for _ in range(behind))  # a line ends at its last word; its last cells are empty
    return found


def _spaced_cells(seen: str, row: Block) -> list[Cell]:
    """The cells of a row that are set apart by two spaces or more."""
    gaps = [match.span() for match in _GAPS.finditer(seen, row.start, row.end)]
    starts = [row.start, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), row.end]
    return [_cell(seen, start, end) for start, end in zip(starts, ends, strict=True)]


def _cell(seen: str, start: int, end: int) -> Cell:
    share: Element | None = None
    if both := _WITH_SHARE.fullmatch(seen, start, end):
        group = "share" if both["share"] else "behind"
        share = Element("num", both[group], *both.span(group), parts=((*both.span(group), both[group]),), percent=True)
    match = _NUMBER.fullmatch(seen, start, both.end("count") if both else end)
    if match is None or _MONTH.fullmatch(seen, start, end):
        return Cell(start, end)
    first = match.span("number")
    parts = [(first[0], first[1], match["number"])]
    if match["ratio"]:
        digits = match["ratio"].lstrip(" /")
        parts.append((match.end("ratio") - len(digits), match.end("ratio"), digits))
    element = Element("num", match.group(), start, end, parts=tuple(parts), percent=match["percent"] is not None)
    return Cell(start, end, number=True, element=element, share=share)


def _is_body(seen: str, cells: list[Cell], headed: bool) -> bool:
    named = headed and all(cell.number for cell in cells if cell.filled)  # "7 | 1.215 | 1.108 | " below "Tháng | … | Ghi chú"
    words = sum(not cell.number and any(char.isalnum() for char in seen[cell.start : cell.end]) for cell in cells)
    years = all(_YEAR.fullmatch(seen, cell.start, cell.end) for cell in cells if cell.number)
    if headed and years and words > 1:
        return False  # the last line of a wrapped heading: "… | 2026 | bộ | chức | 111/2022"
    return (named or words > 0) and any(cell.number for cell in cells) and not _is_order_row(seen, cells)


def _goes_on_above(seen: str, text: str, cells: list[Cell], margin: int, usual: int) -> bool:
    """Whether a row that leaves the first column and others empty holds nothing but ends of headings: "… | được giao | | | 111"."""
    filled = [cell for cell in cells if cell.filled]
    named = cells[0].filled and _printed_at(seen, cells[0])[0] <= margin
    return not named and len(filled) <= usual - 2 and all(_is_rest(text, cell) for cell in filled)


def _is_named_below(seen: str, text: str, rows: list[list[Cell]], margin: int) -> bool:
    """Whether a row with more words than numbers stands above a line of names that leaves the first column empty: "Đơn vị | giao | 111 | Trong đó" over "Cán bộ | Công chức"."""
    names = [cell for cell in rows[0] if cell.filled and not cell.number]
    if len(names) <= sum(cell.number for cell in rows[0]) or len(names) < _FEW_ROWS:
        return False
    lower = [[cell for cell in row if cell.filled] for row in rows[1:] if not row[0].filled or _printed_at(seen, row[0])[0] > margin]
    return any(len(row) > 1 and not any(cell.number or _is_rest(text, cell) for cell in row) for row in lower)


def _is_order_row(seen: str, cells: list[Cell]) -> bool:
    """The row (1) (2) (3)=(4)+(5) that numbers the columns."""
    texts = [seen[cell.start : cell.end].strip() for cell in cells if cell.end > cell.start]
    orders = [text for text in texts if _ORDER.fullmatch(text)]
    rest = [text for text in texts if text not in orders and text not in ("a", "b", "c", "tt", "stt")]
    formula = any("=" in text for text in orders) or len(texts) > len(orders)
    if len(orders) < (2 if formula else 3) or rest:
        return False
    leading = [int(re.sub(r"[^0-9]", "", text.split("=")[0])) for text in orders]
    return all(later == earlier + 1 for earlier, later in itertools.pairwise(leading))


def _mark_order_column(seen: str, heads: list[list[Cell]], body: list[list[Cell]]) -> None:
    """The first column numbers the rows when it says so or counts 1, 2, 3."""
    names = [seen[row[0].start : row[0].end].strip(" .") for row in heads if row]
    says = any(name in ORDER_NAMES for name in names)
    for row in body:
        named = len(row) > 1 and not row[1].number and row[1].end > row[1].start
        if row and ((row[0].number and (says or named)) or (says and named and _LETTERS.fullmatch(seen, row[0].start, row[0].end))):
            row[0].is_order = True
