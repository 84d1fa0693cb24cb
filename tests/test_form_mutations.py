"""Five hundred mutated forms: each is read exactly as it was made, or stopped. And the generator is shown to catch a planted mapper bug."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import ingest.layouts
from ingest import form_tables
from ingest.landing import ParseError
from ingest.layouts import Layout, layouts
from ingest.sources import statutory_forms

Truth = dict[tuple[str, str], Decimal]
"""(measure, row label) -> value."""
FORMS = 500


@dataclass
class Column:
    number: int
    measure: str
    group: str
    label: str
    values: list[object]
    factor: int = 1


@dataclass
class Sheet:
    """A form as a person sees it; `truth` says what it means."""

    columns: list[Column]
    labels: list[str]
    truth: Truth
    lines: list[tuple[object, ...]]
    left: int = 0
    merged_headings: bool = True
    numbering: list[int] | None = None
    hidden: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(row, column, row, column) of the body, from 0."""
    formula: tuple[int, int] | None = None
    after: list[list[object]] = field(default_factory=list)

    def write(self) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Biểu"
        for row, line in enumerate(self.lines, 1):
            for column, value in enumerate(line, 1):
                sheet.cell(row, column, value)
        top = len(self.lines) + 1
        for index, column in enumerate(self.columns):
            at = self.left + index + 1
            before = self.columns[index - 1].group if index else ""
            sheet.cell(top, at, column.group or column.label)
            if column.group:
                sheet.cell(top + 1, at, column.label)
                if column.group == before and self.merged_headings:
                    sheet.cell(top, at, None)
            elif self.merged_headings:
                sheet.merge_cells(start_row=top, end_row=top + 1, start_column=at, end_column=at)
        if self.merged_headings:
            start = 0
            for index in range(1, len(self.columns) + 1):
                if index == len(self.columns) or self.columns[index].group != self.columns[start].group:
                    if self.columns[start].group and index - start > 1:
                        sheet.merge_cells(start_row=top, end_row=top, start_column=self.left + start + 1, end_column=self.left + index)
                    start = index
        body = top + 2
        if self.numbering:
            for index, number in enumerate(self.numbering):
                sheet.cell(body, self.left + index + 1, f"({number})")
            body += 1
        for row in range(len(self.labels)):
            for index, column in enumerate(self.columns):
                value = column.values[row]
                sheet.cell(body + row, self.left + index + 1, f"=1+{row}" if self.formula == (row, index) else value)
            if row in self.hidden:
                sheet.row_dimensions[body + row].hidden = True
        for first_row, first_column, last_row, last_column in self.merges:
            sheet.merge_cells(
                start_row=body + first_row, end_row=body + last_row, start_column=self.left + first_column + 1, end_column=self.left + last_column + 1
            )
        for row, line in enumerate(self.after):
            for index, value in enumerate(line):
                sheet.cell(body + len(self.labels) + row, self.left + index + 1, value)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()


def spellings(form: str) -> dict[tuple[str, str], list[str]]:
    """(kind, column number or group) -> every spelling of the layout."""
    with (Path(ingest.layouts.__file__).parent / f"{form}.csv").open(encoding="utf-8") as file:
        return {(row["kind"], row["form_column"] or row["group"]): row["header_vi"].split("|") for row in csv.DictReader(file)}


SPELLINGS = spellings("form_06")


def original(draw: random.Random) -> Sheet:
    """A form II.06 that balances, three to six fields and TỔNG CỘNG, every number its own so that a mix-up shows."""
    labels = draw.sample(["Đất đai", "Hộ tịch", "Chứng thực", "Xây dựng", "Y tế", "Giáo dục", "Nghề cá", "Văn thư"], draw.randint(3, 6))
    numbers = iter(draw.sample(range(10, 9000), len(labels) * 11))
    values = {number: [next(numbers) for _ in labels] for number in range(3, 14)}
    columns = [
        Column(1, "", "", SPELLINGS["column", "1"][0], [*range(1, len(labels) + 1), None]),
        Column(2, "", "", SPELLINGS["column", "2"][0], [*labels, "TỔNG CỘNG"]),
    ]
    by_number = {column.number: column for column in layouts()["form_06"].columns.values()}
    truth: Truth = {}
    for number in range(3, 14):
        column = by_number[number]
        printed = [*values[number], sum(values[number])]
        group = SPELLINGS["group", column.group][0]
        columns.append(Column(number, column.measure, group, column.header_vi, list(printed)))
        truth |= {(column.measure, label): Decimal(value) for label, value in zip([*labels, "TỔNG CỘNG"], printed, strict=True)}
    lines: list[tuple[object, ...]] = [
        ("Biểu số II.06a/VPCP/KSTT", None, None, "Đơn vị báo cáo: UBND phường Kỳ Lừa"), (None, None, None, "Đơn vị nhận báo cáo: UBND tỉnh Lạng Sơn"),
        ("Kỳ báo cáo: Quý I/2026", None, None, "Từ ngày 15/12/2025 đến ngày 14/3/2026"),
    ]  # fmt: skip
    return Sheet(columns, [*labels, "TỔNG CỘNG"], truth, lines)


Mutation = Callable[[Sheet, random.Random], None]


def _any_figures(sheet: Sheet, draw: random.Random) -> Column:
    return draw.choice([column for column in sheet.columns if column.measure])


def move_within_groups(sheet: Sheet, draw: random.Random) -> None:
    order = {group: draw.random() for group in sorted({column.group for column in sheet.columns})}
    sheet.columns.sort(key=lambda column: (bool(column.group), order[column.group] if column.group else 0, draw.random() if column.group else 0))


def move_anywhere(sheet: Sheet, draw: random.Random) -> None:
    draw.shuffle(sheet.columns)


def rename_by_alias(sheet: Sheet, draw: random.Random) -> None:
    column = draw.choice([column for column in sheet.columns if ("column", str(column.number)) in SPELLINGS])
    column.label = draw.choice(SPELLINGS["column", str(column.number)])


def rename_groups(sheet: Sheet, draw: random.Random) -> None:
    for key in [key for key in SPELLINGS if key[0] == "group"]:
        chosen = draw.choice(SPELLINGS[key])
        for column in sheet.columns:
            if column.group in SPELLINGS[key]:
                column.group = chosen


def dress_headings(sheet: Sheet, draw: random.Random) -> None:
    for column in sheet.columns:
        column.label = draw.choice(
            [column.label.upper(), column.label.replace(" ", "\n", 1), f" {column.label} ", f"{column.label} ({column.number})", column.label]
        )


def rename_unknown(sheet: Sheet, draw: random.Random) -> None:
    _any_figures(sheet, draw).label = draw.choice(["Cột mới", "Cùng kỳ", "Trước", "Hạn", "Số"])


def rename_to_a_neighbour(sheet: Sheet, draw: random.Random) -> None:
    column = _any_figures(sheet, draw)
    column.label = draw.choice([other.label for other in sheet.columns if other.measure and other is not column])


def swap_headings_over_numbers(sheet: Sheet, draw: random.Random) -> None:
    sheet.numbering = [column.number for column in sheet.columns]
    first, second = draw.sample([column for column in sheet.columns if column.measure], 2)
    first.label, second.label, first.group, second.group = second.label, first.label, second.group, first.group


def number_the_columns(sheet: Sheet, draw: random.Random) -> None:
    sheet.numbering = [column.number for column in sheet.columns]


def insert_a_note(sheet: Sheet, draw: random.Random) -> None:
    sheet.columns.insert(draw.randint(2, len(sheet.columns)), Column(0, "", "", "Ghi chú", ["x"] * len(sheet.labels)))


def insert_unknown_figures(sheet: Sheet, draw: random.Random) -> None:
    at = draw.randint(0, len(sheet.columns))
    sheet.columns.insert(at, Column(0, "", draw.choice(["", "Tiếp nhận"]), draw.choice(["Cùng kỳ năm trước", "", "Tỷ lệ"]), [7] * len(sheet.labels)))


def insert_money(sheet: Sheet, draw: random.Random) -> None:
    unit, factor = draw.choice([("(nghìn đồng)", 1000), ("(đồng)", 1), ("(triệu đồng)", 1_000_000), ("", 0)])
    values = [draw.randint(1, 999) for _ in sheet.labels]
    sheet.columns.append(Column(14, "fees_vnd", "", f"Phí, lệ phí {unit}".strip(), list(values), factor))
    sheet.truth |= {("fees_vnd", label): Decimal(value * factor) for label, value in zip(sheet.labels, values, strict=True)}


def drop(sheet: Sheet, draw: random.Random) -> None:
    column = _any_figures(sheet, draw)
    sheet.columns.remove(column)
    sheet.truth = {key: value for key, value in sheet.truth.items() if key[0] != column.measure}


def double(sheet: Sheet, draw: random.Random) -> None:
    column = _any_figures(sheet, draw)
    sheet.columns.append(replace(column, values=[5] * len(sheet.labels)))


def type_as_text(sheet: Sheet, draw: random.Random) -> None:
    for column in sheet.columns:
        if column.measure.startswith("tthc"):
            column.values = [f"{value:,}".replace(",", draw.choice([".", " ", ""])) if isinstance(value, int) else value for value in column.values]


def leave_blank(sheet: Sheet, draw: random.Random) -> None:
    column = _any_figures(sheet, draw)
    row = draw.randrange(len(sheet.labels) - 1)
    column.values[row] = draw.choice([None, "-", "–", " "])
    sheet.truth.pop((column.measure, sheet.labels[row]), None)


def hide_rows(sheet: Sheet, draw: random.Random) -> None:
    sheet.hidden = {draw.randrange(len(sheet.labels))}


def forget_a_formula(sheet: Sheet, draw: random.Random) -> None:
    column = _any_figures(sheet, draw)
    sheet.formula = (draw.randrange(len(sheet.labels)), sheet.columns.index(column))


def merge_down(sheet: Sheet, draw: random.Random) -> None:
    index, row = sheet.columns.index(_any_figures(sheet, draw)), draw.randrange(len(sheet.labels) - 1)
    sheet.merges.append((row, index, row + 1, index))


def merge_across(sheet: Sheet, draw: random.Random) -> None:
    row, index = draw.randrange(len(sheet.labels)), draw.randrange(2, len(sheet.columns) - 1)
    sheet.merges.append((row, index, row, index + 1))


def unmerge_headings(sheet: Sheet, draw: random.Random) -> None:
    sheet.merged_headings = False


def push(sheet: Sheet, draw: random.Random) -> None:
    sheet.left = draw.randint(1, 4)
    sheet.lines = [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",)] * draw.randint(0, 3) + sheet.lines


def group_by_system(sheet: Sheet, draw: random.Random) -> None:
    for at, label in ((0, "I. Trên Hệ thống của các Bộ"), (2, "II. Trên Hệ thống của tỉnh")):
        sheet.labels.insert(at, label)
        for column in sheet.columns:
            column.values.insert(at, label if column.number == 2 else None)


def insert_empty_rows(sheet: Sheet, draw: random.Random) -> None:
    at = draw.randrange(len(sheet.labels))
    sheet.labels.insert(at, "")
    for column in sheet.columns:
        column.values.insert(at, None)


def forget_the_total(sheet: Sheet, draw: random.Random) -> None:
    sheet.labels.pop()
    for column in sheet.columns:
        column.values.pop()


def write_below_the_total(sheet: Sheet, draw: random.Random) -> None:
    sheet.after = [[None] * 3 + [draw.randint(1, 99)]]


def halve(sheet: Sheet, draw: random.Random) -> None:
    _any_figures(sheet, draw).values[0] = 2.4


def count_in_thousands(sheet: Sheet, draw: random.Random) -> None:
    sheet.lines.append(("Đơn vị tính: nghìn hồ sơ",))


def repeat_a_label(sheet: Sheet, draw: random.Random) -> None:
    label_column = next(column for column in sheet.columns if column.number == 2)
    label_column.values[0] = label_column.values[1] = "Nghề cá"


MUTATIONS: list[Mutation] = [
    move_within_groups, move_anywhere, rename_by_alias, rename_groups, dress_headings, rename_unknown, rename_to_a_neighbour,
    swap_headings_over_numbers, number_the_columns, insert_a_note, insert_unknown_figures, insert_money, drop, double, type_as_text, leave_blank,
    hide_rows, forget_a_formula, merge_down, merge_across, unmerge_headings, push, group_by_system, insert_empty_rows, forget_the_total,
    write_below_the_total, halve, count_in_thousands, repeat_a_label,
]  # fmt: skip
HARMLESS = [
    move_within_groups, rename_by_alias, rename_groups, dress_headings, insert_a_note, type_as_text, leave_blank, hide_rows, push, insert_empty_rows,
]  # fmt: skip
"""What a reader that knows the form reads through."""


def mutated(seed: int) -> tuple[Sheet, list[str]]:
    draw = random.Random(seed)
    sheet = original(draw)
    chosen = draw.sample(MUTATIONS if seed % 2 else HARMLESS, draw.randint(1, 3))
    for mutation in chosen:
        mutation(sheet, draw)
    return sheet, [mutation.__name__ for mutation in chosen]


def told(body: bytes) -> Truth | str:
    """What is read: (measure, row label) -> value; or why it is stopped."""
    try:
        (table,), _ = statutory_forms.read_forms(body, "form.xlsx")
    except ParseError as error:
        return error.reason
    read = Counter((figure.measure, figure.quote.split(" | ")[0]) for figure in table.figures)
    assert max(read.values()) == 1
    return {(figure.measure, figure.quote.split(" | ")[0]): figure.value for figure in table.figures}


def mis_maps(seeds: range) -> tuple[list[str], int, int]:
    """Forms that were read otherwise than made, and how many were read and stopped."""
    wrong, read, stopped = [], 0, 0
    for seed in seeds:
        sheet, names = mutated(seed)
        answer = told(sheet.write())
        if isinstance(answer, str):
            assert answer.startswith("form.xlsx") and len(answer) > 40, "a difference that a person can act on"
            stopped += 1
        elif answer == sheet.truth:
            read += 1
        else:
            differing = {key for key in answer.keys() | sheet.truth.keys() if answer.get(key) != sheet.truth.get(key)}
            wrong.append(f"seed {seed} {names}: {sorted(differing)[:3]}")
    return wrong, read, stopped


@pytest.mark.slow
def test_no_mutated_form_is_read_otherwise_than_it_was_made() -> None:
    wrong, read, stopped = mis_maps(range(FORMS))
    assert wrong == []
    assert read >= 200 and stopped >= 100, (read, stopped)


@pytest.mark.parametrize("mutation", HARMLESS, ids=lambda mutation: mutation.__name__)
def test_what_a_reader_reads_through_is_read(mutation: Mutation) -> None:
    for seed in range(3):
        sheet = original(random.Random(seed))
        mutation(sheet, random.Random(seed))
        assert told(sheet.write()) == sheet.truth


def _swapped(layout: Layout) -> Layout:
    early, on_time = layout.columns["resolved", "truoc han"], layout.columns["resolved", "dung han"]
    return replace(layout, columns=dict(layout.columns) | {("resolved", "truoc han"): on_time, ("resolved", "dung han"): early})


def test_the_generator_catches_a_layout_with_two_columns_swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {"form_06": _swapped(layouts()["form_06"])}
    monkeypatch.setattr(statutory_forms, "layouts", lambda: planted)
    assert len(mis_maps(range(20))[0]) >= 10


def test_the_generator_catches_a_mapper_that_counts_instead_of_reading_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    real = form_tables._map_columns

    def by_position(*arguments: object) -> form_tables.Grid:
        grid = real(*arguments)  # type: ignore[arg-type]
        wanted = sorted(grid.columns.values(), key=lambda column: column.number)
        return replace(grid, columns=dict(zip(sorted(grid.columns), wanted, strict=True)))

    monkeypatch.setattr(form_tables, "_map_columns", by_position)
    assert mis_maps(range(60))[0], "columns that moved are read in the order of the form"


def test_the_generator_catches_a_reader_that_takes_blank_formulas_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.workbooks._marks", lambda body: {})
    assert any("forget_a_formula" in case for case in mis_maps(range(1, 200, 2))[0])
