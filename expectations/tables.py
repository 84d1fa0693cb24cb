"""Tables inside a report: the total row against the rows above it, column by column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from expectations.form_identities import is_total_label
from expectations.grids import Cell, Row, known_by_start, tables
from expectations.grouping import is_familiar, is_slip
from expectations.sums import severity_of
from expectations.wording import both_sides, measure_vi, quoted, span_place
from warehouse.catalogue import measures
from warehouse.model import Document, Figure, Finding
from warehouse.numbers import dotted_number, number_vi

_SUB_ITEM = re.compile(r"\s*(?:[-–—+•]|trong đó)", re.IGNORECASE)


_SUBTOTAL = re.compile(r"\s*(?:tổng\s+cộng|cộng)\s+(?:khối|nhóm|cấp|hệ thống|lĩnh vực)\b", re.IGNORECASE)


def check_tables(document: Document, figures: Sequence[Figure], told: Sequence[Finding] = ()) -> list[Finding]:
    """`told`, the sums that fail, and one finding for each total row, subtotal or group row that its rows do not add up to, with all such columns.

    A cell that breaks both its row and its column is told by its row: that finding then names the column, too.
    """
    # Of several sums that one cell breaks, the surest is told: its parts (7 = 8 + 9 + 10) before the balance.
    of_rows = [finding for finding in told if _is_of_one_row(document.text, finding)]
    of_rows.sort(key=lambda row: (row.severity != "error", row.rule == "report-flow"))
    columns = list(_check_columns(document, figures, of_rows))
    with_column: dict[int, Finding] = {}
    for column in columns:
        starts = {place.start for place in column.places}
        row = next((one for one in of_rows if _is_same_cell(one, column.values["gap"], starts)), None)
        if row:
            with_column.setdefault(id(row), _of_row_and_column(row, column))
    return [*(with_column.get(id(finding), finding) for finding in told), *columns]


def _is_of_one_row(text: str, finding: Finding) -> bool:
    spans = [(place.start, place.end) for place in finding.places if place.start is not None and place.end is not None]
    is_sum = finding.rule.startswith("report-") and finding.severity != "info" and len(spans) > _PROVED
    return is_sum and "\n" not in text[min(start for start, _ in spans) : max(end for _, end in spans)]


def _is_same_cell(row: Finding, gap: str, starts: Set[int | None]) -> bool:
    return row.values.get("gap") == gap and any(place.start in starts for place in row.places)


def _of_row_and_column(row: Finding, column: Finding) -> Finding:
    return replace(
        row,
        severity=column.severity,
        message_vi=f"{row.message_vi} Theo cột cũng lệch như vậy: {column.message_vi.removesuffix(_ADVICE).rstrip()}",
        places=(*row.places, *column.places[:1]),
    )


def _check_columns(document: Document, figures: Sequence[Figure], of_rows: Sequence[Finding]) -> Iterator[Finding]:
    by_start = known_by_start(figures)
    for rows in tables(document.text):
        above: list[Row] = []
        subtotals: list[Row] = []
        for row in rows:
            label = row.label.strip("* ")
            is_subtotal = _SUBTOTAL.match(label) is not None
            if not is_subtotal and not is_total_label(label) and not (row is rows[-1] and _is_sum(above, row)):
                above.append(row)
                continue
            found = _broken(by_start, above, row)
            if subtotals and found:
                # Subtotals are added up and not their rows; what stands behind the last of them counts by itself.
                found = _fewest(found, _broken(by_start, [*subtotals, *above], row))
            yield from _findings(document.text, row, found, _is_of_staff(document.text, by_start, rows), of_rows)
            subtotals = [*subtotals, row] if is_subtotal else []
            above = []
        yield from _groups(document.text, by_start, rows, of_rows)
        yield from _marked(document.text, by_start, rows)
        yield from _changes(document.text, rows)


def _groups(text: str, by_start: Mapping[int, Figure], rows: Sequence[Row], of_rows: Sequence[Finding]) -> Iterator[Finding]:
    """A group row (I, II, …) against the rows below it, where another of its columns shows that it is their sum."""
    for position, row in enumerate(rows):
        if not row.is_group:
            continue
        below = list(takewhile(lambda other: not other.is_group and not is_total_label(other.label.strip("* ")), rows[position + 1 :]))
        found = _broken(by_start, below, row)
        if found and _adds_up(by_start, below, row):
            yield from _findings(text, row, found, _is_of_staff(text, by_start, rows), of_rows)


_TOTAL_COLUMN = re.compile(r"(?:tổng(?: cộng| số)?|cộng|toàn (?:xã|phường|đặc khu|tỉnh|thành phố)|cả (?:năm|quý|kỳ)|\d{1,2} tháng)\W*", re.IGNORECASE)
_NO_COUNTS = re.compile(r"tỷ lệ|tỉ lệ|%|điểm|hạng|bình quân", re.IGNORECASE)
_Sum = tuple[Cell, list[Cell]]


def _marked(text: str, by_start: Mapping[int, Figure], rows: Sequence[Row]) -> Iterator[Finding]:
    """Sums that the table marks as such, by the name of its last column or by dashes before the names of rows: the one that does not close among those that do."""
    for sums in (*_total_columns(rows), *_dashed_rows(rows)):
        valued = [(whole, parts, value, added) for whole, parts in sums if (value := whole.number) and (added := _added(parts)) is not None]
        kept = sum(value == added and sum(cell.number not in (None, 0) for cell in parts) > 1 for _, parts, value, added in valued)
        wrong = [one for one in valued if one[2] != one[3] and is_familiar(one[2], one[3])]
        if kept < _PROVED or len(wrong) != 1:
            continue
        whole, parts, value, added = wrong[0]
        rule = "staff-parts" if _is_of_staff(text, by_start, rows) else "form-total-row"
        listed = " + ".join(number_vi(cell.number or Decimal(0)) for cell in parts)
        quote = quoted(text[text.rfind("\n", 0, whole.start) + 1 : whole.end])
        yield Finding(
            rule,
            severity_of(rule, "warning"),
            f"Trong bảng in {number_vi(value)}, nhưng cộng các phần của số này là {listed} = {number_vi(added)} (lệch {number_vi(abs(value - added))}), "
            "trong khi các số khác của bảng đều khớp. Đề nghị kiểm tra lại các số này.",
            (span_place(quote, whole.start, whole.end), *(span_place(quoted(cell.text), cell.start, cell.end) for cell in parts)),
            {**both_sides(value, added), "reading": "table"},
        )


_CHANGE = re.compile(r"(?:tăng|giảm|chênh lệch|so sánh|biến động)\b[^%]*", re.IGNORECASE)
_SIGNED = re.compile(r"(?P<sign>[+\-–−]|tăng|giảm)?\s*(?P<n>\d{1,3}(?:\.\d{3})+|\d+)", re.IGNORECASE)
_DOWN = re.compile(r"[\-–−]|giảm", re.IGNORECASE)


def _changes(text: str, rows: Sequence[Row]) -> Iterator[Finding]:
    """A column of what is more or less, behind those of then and now: the row that does not keep it among those that do."""
    for position, head in enumerate(rows):
        place = next((place for place, cell in enumerate(head.cells) if place > _PROVED and _CHANGE.fullmatch(cell.text)), 0)
        if not place:
            continue
        kept, wrong = 0, []
        for row in (row for row in rows[position + 1 :] if len(row.cells) == len(head.cells) and row.name_at >= 0):
            before, now, change = row.cells[place - 2].number, row.cells[place - 1].number, _SIGNED.fullmatch(row.cells[place].text)
            if before is None or now is None or change is None or row.name_at >= place - 2:
                continue
            printed = dotted_number(change["n"])
            is_kept = printed == abs(now - before) and (not change["sign"] or not printed or (now < before) == bool(_DOWN.match(change["sign"])))
            kept += is_kept and printed > 0
            wrong += [] if is_kept else [(row, before, now, printed)]
        if kept < _PROVED or len(wrong) != 1:
            continue
        row, before, now, printed = wrong[0]
        quote = quoted(text[row.start : row.end])
        yield Finding(
            "same-fact",
            severity_of("same-fact", "warning"),
            f"Dòng “{quoted(row.label.strip('* '))}” của bảng in thay đổi {row.cells[place].text}, nhưng từ {number_vi(before)} đến {number_vi(now)} "
            f"là {number_vi(abs(now - before))}, trong khi các dòng khác đều khớp. Đề nghị kiểm tra lại ba số này.",
            tuple(span_place(quote, cell.start, cell.end) for cell in row.cells[place - 2 : place + 1]),
            {**both_sides(printed, abs(now - before)), "reading": "table"},
        )


def _total_columns(rows: Sequence[Row]) -> Iterator[list[_Sum]]:
    """Where the last column is headed "Cộng", "9 tháng": it and all columns before it, row by row."""
    for position, head in enumerate(rows):
        width = len(head.cells)
        if width > _LEAST_WIDTH and _TOTAL_COLUMN.fullmatch(head.cells[-1].text) and not any(_TOTAL_COLUMN.fullmatch(cell.text) for cell in head.cells[1:-1]):
            below = (row for row in rows[position + 1 :] if len(row.cells) == width and row.name_at >= 0 and not _NO_COUNTS.search(row.label))
            yield [(row.cells[-1], list(row.cells[row.name_at + 1 : -1])) for row in below]


def _dashed_rows(rows: Sequence[Row]) -> Iterator[list[_Sum]]:
    """A row and the rows right below it whose names begin with dashes, column by column."""
    for position, row in enumerate(rows):
        parts = list(takewhile(lambda other: _DASHED.match(other.label), rows[position + 1 :]))
        parts = [part for part in parts if len(part.cells) == len(row.cells)] if len({len(part.cells) for part in parts}) == 1 else []
        if row.name_at >= 0 and not _DASHED.match(row.label) and len(parts) > 1:
            yield [(row.cells[place], [part.cells[place] for part in parts]) for place in range(row.name_at + 1, len(row.cells))]


_LEAST_WIDTH = 3
"""A name, two parts and their sum are wider."""
_DASHED = re.compile(r"\s*[-–—+•]")


def _added(cells: Sequence[Cell]) -> Decimal | None:
    """The sum of the cells, a dash or nothing as nought; None where one holds something else, or there are not two."""
    values = [Decimal(0) if not cell.text or _DASH.fullmatch(cell.text) else cell.number for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) > 1 else None


def _broken(by_start: Mapping[int, Figure], body: Sequence[Row], total_row: Row) -> list[_Column]:
    """The columns of the total row that are not the sum of the rows: those of known figures, and others where the row's other columns are sums."""
    columns = []
    for column, cell in enumerate(total_row.cells):
        figure = by_start.get(cell.start)
        value = cell.number if figure is None else None if figure.unit == "%" else figure.value
        broken = _column(column, figure, value, body, total_row) if value is not None else None
        if broken is not None:
            columns.append(broken)
    sums = sum(_adds_up_at(column, body, total_row) for column in range(len(total_row.cells)))
    return [one for one in columns if one.figure is not None or (len(columns) <= sums and (_is_clear(one) if sums >= _PROVED else _is_slipped(one)))]


def _is_sum(body: Sequence[Row], row: Row) -> bool:
    """Whether three columns show that a last row of any name ("Toàn tỉnh") adds up the rows above it."""
    return len(body) > 1 and sum(_adds_up_at(column, body, row) for column in range(len(row.cells))) > _PROVED


_PROVED = 2
"""Other columns of the row that are sums of the rows: then an unread one is meant as their sum, too."""


def _is_clear(column: _Column) -> bool:
    """Whether the gap is a slip's, and not that of a column of another kind (ranks, years, notes)."""
    return is_familiar(column.value, column.added)


def _is_slipped(column: _Column) -> bool:
    """Whether a slip in one number of three digits and more explains the gap: beside one other column that is a sum that is proof enough."""
    pairs = ((column.value, column.added), *((value, value - column.gap) for value in column.addends))
    return any(needed > 0 and len(_digits(printed)) >= _LONG and is_slip(_digits(printed), _digits(needed)) for printed, needed in pairs)


def _digits(value: Decimal) -> str:
    return str(value).replace(".", "")


_LONG = 3


def _fewest(one: list[_Column], other: list[_Column]) -> list[_Column]:
    return min(one, other, key=len)


def _adds_up(by_start: Mapping[int, Figure], body: Sequence[Row], total_row: Row) -> bool:
    """Whether a column of two known numbers and more adds up to the row."""
    return any(cell.start in by_start and _adds_up_at(column, body, total_row) for column, cell in enumerate(total_row.cells))


def _adds_up_at(column: int, body: Sequence[Row], total_row: Row) -> bool:
    from_right = column - len(total_row.cells)
    body = [row for row in body if len(row.cells) >= -from_right]
    values = [value for row in [row for row in body if row.is_group] or body if (value := row.cells[from_right].number)]
    return len(values) > 1 and sum(values) == total_row.cells[column].number


def _findings(text: str, row: Row, columns: Sequence[_Column], of_staff: bool, of_rows: Sequence[Finding]) -> Iterator[Finding]:
    """One finding for the columns of each rule; a column with a cell that breaks its row, too, has its own."""
    rows: dict[Decimal, int] = {}
    for broken in columns:
        starts = {broken.cell.start, *(cell.start for cell in broken.cells)}
        also = [place for place, one in enumerate(of_rows, 1) if _is_same_cell(one, str(abs(broken.gap)), starts)]
        if also:
            rows.setdefault(broken.gap, also[0])
    failed: dict[tuple[str, int], list[_Column]] = {}
    for broken in columns:
        is_staff = measures()[broken.figure.measure].family == "staffing" if broken.figure else of_staff
        failed.setdefault(("staff-parts" if is_staff else "form-total-row", rows.get(broken.gap, 0)), []).append(broken)
    for (rule, _), of_one_rule in failed.items():
        yield _finding(text, rule, row, of_one_rule)


def _is_of_staff(text: str, by_start: Mapping[int, Figure], rows: Sequence[Row]) -> bool:
    """Whether most figures of the table count staff; where none is known, whether the words above it do."""
    families = Counter(measures()[figure.measure].family for row in rows for cell in row.cells if (figure := by_start.get(cell.start)))
    if families:
        return families.most_common(1)[0][0] == "staffing"
    return _STAFF.search(text, max(0, rows[0].start - _HEAD), rows[0].end) is not None


_STAFF = re.compile(r"biên chế|công chức|viên chức|người làm việc|nhân sự", re.IGNORECASE)
_HEAD = 300
"""Characters above a table: its title."""


class _Column(NamedTuple):
    """A column that does not add up."""

    figure: Figure | None
    cell: Cell
    value: Decimal
    cells: tuple[Cell, ...]
    addends: tuple[Decimal, ...]

    @property
    def name_vi(self) -> str:
        """`đã giải quyết `; empty where the column is not known."""
        return f"{measure_vi(self.figure.measure)} " if self.figure else ""

    @property
    def added(self) -> Decimal:
        return sum(self.addends, Decimal(0))

    @property
    def gap(self) -> Decimal:
        return self.added - self.value


def _column(column: int, figure: Figure | None, value: Decimal, above: Sequence[Row], total_row: Row) -> _Column | None:
    # Counted from the right: the total row often leaves its number cell out.
    from_right = column - len(total_row.cells)
    body = [row for row in above if abs(len(row.cells) - len(total_row.cells)) <= 1 and len(row.cells) >= -from_right and not _SUB_ITEM.match(row.label)]
    grouped = [row for row in body if row.is_group]
    addends = [(row.cells[from_right], row.cells[from_right].number) for row in (grouped or body)]
    known = [(cell, addend) for cell, addend in addends if addend is not None]
    broken = _Column(figure, total_row.cells[column], value, tuple(cell for cell, _ in known), tuple(addend for _, addend in known))
    # A row without a number (a dash, a heading of the table) leaves the sum open upwards only.
    is_open = len(known) < len(addends) - _heading_rows(addends)
    if len(known) < 2 or broken.added == value or (is_open and broken.added < value and not _dashes_are_noughts(above, total_row)):
        return None
    if abs(broken.added - value) * 2 > max(broken.added, value):
        return None  # a year of the head, parts beside their whole: no column of addends
    return broken


def _dashes_are_noughts(above: Sequence[Row], total_row: Row) -> bool:
    """Whether another column with a dash adds up to the row without it."""
    for column in range(len(total_row.cells)):
        cells = [row.cells[column - len(total_row.cells)] for row in above if len(row.cells) >= len(total_row.cells) - column]
        if any(_DASH.fullmatch(cell.text) for cell in cells) and _adds_up_at(column, above, total_row):
            return True
    return False


_DASH = re.compile(r"[-–—]")


_ADVICE = "Đề nghị kiểm tra lại dòng tổng hoặc các dòng trên."


def _finding(text: str, rule: str, row: Row, columns: Sequence[_Column]) -> Finding:
    first = columns[0]
    gap = abs(first.added - first.value)
    label = quoted(row.label.strip("* "))
    if len(columns) == 1:
        listed = " + ".join(number_vi(value) for value in first.addends)
        told = (
            f"Dòng “{label}” của bảng in {first.name_vi}{number_vi(first.value)}, nhưng cộng các dòng là "
            f"{listed} = {number_vi(first.added)} (lệch {number_vi(gap)})."
        )
    else:
        listed = "; ".join(f"{one.name_vi}in {number_vi(one.value)}, cộng được {number_vi(one.added)}" for one in columns)
        told = f"Dòng “{label}” của bảng khác tổng các dòng ở {len(columns)} cột: {listed}."
    quote = _quote(text, row)
    return Finding(
        rule,
        severity_of(rule),
        f"{told} {_ADVICE}",
        (
            *(span_place(quote, one.cell.start, one.cell.end) for one in columns),
            *(span_place(quoted(cell.text), cell.start, cell.end) for one in columns for cell in one.cells),
        ),
        {
            "measure": ",".join(one.figure.measure for one in columns if one.figure),
            **both_sides(first.value, first.added),
            "reading": "table",
        },
    )


def _heading_rows(addends: Sequence[tuple[Cell, Decimal | None]]) -> int:
    """Rows at the top that hold words instead of numbers are the table's head."""
    count = 0
    for cell, value in addends:
        if value is not None or not re.search(r"[^\W\d_]|^\(\d+\)", cell.text):
            break
        count += 1
    return count


def _quote(text: str, row: Row) -> str:
    return quoted(text[row.start : row.end])
