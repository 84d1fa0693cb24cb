"""Form II.06: moved, renamed, inserted and broken headers are read right or stopped with both lists."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import psycopg
import pytest

from ingest.landing import HANOI, Fetched, Landing, ParseError, land, parse
from ingest.layouts import layouts, row_scopes
from ingest.sources import statutory_forms
from ingest.workbooks import MAX_COLUMNS, UnreadableWorkbook, read_workbook
from tests.builders import FORM_HEADER_BLOCK, GROUP_ROW, LABEL_ROW, Cell, form, make_docx, make_xlsx
from warehouse.catalogue import SCOPE_LABELS_VI, measures
from warehouse.refusals import refusal_vi
from warehouse.settings import ROOT, Settings, settings

Row = tuple[Cell, ...]
DOSSIERS = {
    "tthc_received_total": 80, "tthc_received_online": 65, "tthc_received_in_person_or_postal": 11, "tthc_carried_over": 4,
    "tthc_resolved_total": 75, "tthc_resolved_early": 70, "tthc_resolved_on_time": 3, "tthc_resolved_overdue": 2,
    "tthc_in_progress_total": 5, "tthc_in_progress_on_time": 4, "tthc_in_progress_overdue": 1,
}  # fmt: skip
"""The row TỔNG CỘNG of `tests.builders.form`."""


def read(loader: psycopg.Connection, body: bytes, name: str = "form.xlsx") -> None:
    """Land and parse one workbook; raises what the parser raises."""
    row = loader.execute(
        "with content as (insert into raw.content values (encode(sha256(%(body)s), 'hex'), %(body)s) on conflict do nothing)"
        " insert into raw.landing (source, origin, file_name, sha256, received_sha256, size_bytes, fetched_at, run_id, retain_until)"
        " values ('statutory_forms', %(name)s, %(name)s, encode(sha256(%(body)s), 'hex'), '', 1, now(), 'test', now())"
        " returning landing_id, source, scope, edition, origin, file_name, media_type, sha256, fetched_at",
        {"body": body, "name": name},
    ).fetchone()
    assert row is not None
    with loader.transaction():
        statutory_forms.parse(loader, Landing(*row), body)


def unit_figures(loader: psycopg.Connection) -> dict[str, int]:
    rows = loader.execute("select measure, value from facts.figure where scope = '' and subject = ''").fetchall()
    return {measure: int(value) for measure, value in rows}


def refusal(body: bytes) -> ParseError:
    """What the parser says before it needs a database."""
    landing = Landing(1, "statutory_forms", "", "", "form.xlsx", "form.xlsx", "", "0" * 64, datetime(2026, 7, 1, tzinfo=HANOI))
    with pytest.raises(ParseError) as caught:
        statutory_forms.parse(None, landing, body)  # type: ignore[arg-type]  # it must stop before it writes
    return caught.value


def moved(row: Row, order: Sequence[int]) -> Row:
    return tuple(row[index] for index in order)


BODY: tuple[Row, ...] = (
    (1, "Đất đai", 30, 20, 6, 4, 25, 20, 3, 2, 5, 4, 1),
    (2, "Chứng thực", 50, 45, 5, 0, 50, 50, 0, 0, 0, 0, 0),
    (None, "TỔNG CỘNG", 80, 65, 11, 4, 75, 70, 3, 2, 5, 4, 1),
)


def test_every_cell_becomes_a_figure_with_its_address(loader: psycopg.Connection) -> None:
    read(loader, form())
    assert unit_figures(loader) == DOSSIERS
    row = loader.execute(
        "select value, printed_text, locator, quote_vi, unit from facts.figure where scope = 'field:land' and measure = 'tthc_resolved_on_time'"
    ).fetchone()
    assert row == (Decimal(3), "3", "II.06a!I7", "Đất đai | Đã giải quyết: Đúng hạn", "dossier")


def test_the_header_block_says_who_reports_on_which_period(loader: psycopg.Connection) -> None:
    read(loader, form())
    row = loader.execute(
        "select kind, unit_code, unit_valid_from, unit_name_vi, province_name_vi, period_key, period_label_vi, period_stated_from, flags from facts.submission"
    ).fetchone()
    assert row == (
        "form-06", "06187", date(2025, 7, 1), "phường Kỳ Lừa", "tỉnh Lạng Sơn", "statutory:2025-12-15:2026-03-14", "Quý I/2026", date(2025, 12, 15), [],
    )  # fmt: skip
    kept = loader.execute("select form_code, header ->> 'unit', cells -> 'C' ->> 'measure' from raw.statutory_forms").fetchone()
    assert kept == ("II.06a", "UBND phường Kỳ Lừa", "tthc_received_total")


def test_the_variants_of_form_06_are_told_apart(loader: psycopg.Connection) -> None:
    for variant in "abc":
        block = [tuple(str(cell).replace("II.06a", f"II.06{variant}") if cell else cell for cell in line) for line in FORM_HEADER_BLOCK]
        read(loader, form(header_block=block))
    rows = loader.execute("select form_code, flags from raw.statutory_forms join facts.submission using (landing_id) order by 1").fetchall()
    assert rows == [("II.06a", []), ("II.06b", ["form-06b"]), ("II.06c", ["form-06c"])]


ORDERS = {
    "late first": (0, 1, 2, 5, 3, 4, 6, 9, 7, 8, 10, 12, 11),
    "open before resolved": (0, 1, 2, 3, 4, 5, 10, 11, 12, 6, 7, 8, 9),
    "number last": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_moved_columns_are_read_right(loader: psycopg.Connection, order: Sequence[int]) -> None:
    filled = (*GROUP_ROW[:3], *[GROUP_ROW[2]] * 3, GROUP_ROW[6], *[GROUP_ROW[6]] * 3, GROUP_ROW[10], *[GROUP_ROW[10]] * 2)
    read(loader, form(header=(moved(filled, order), moved(LABEL_ROW, order)), body=[moved(row, order) for row in BODY], merges=()))
    assert unit_figures(loader) == DOSSIERS


def test_a_table_further_down_and_to_the_right_is_found(loader: psycopg.Connection) -> None:
    block = (("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",), ("PHỤ LỤC",), (), *FORM_HEADER_BLOCK)
    rows = [(None, None, *row) for row in (*block, GROUP_ROW, LABEL_ROW, *BODY)]
    read(loader, make_xlsx({"II.06a": (rows, ["C8:C9", "D8:D9", "E8:H8", "I8:L8", "M8:O8"])}))
    assert unit_figures(loader) == DOSSIERS
    assert loader.execute("select locator from facts.figure where measure = 'tthc_carried_over' and scope = ''").fetchone() == ("II.06a!H12",)


def test_group_headings_without_merged_cells_count_for_the_cells_beside_them(loader: psycopg.Connection) -> None:
    read(loader, form(merges=()))
    assert unit_figures(loader) == DOSSIERS


def test_a_header_of_three_rows_with_its_numbers_and_formulas_is_read(loader: psycopg.Connection) -> None:
    groups: Row = (*GROUP_ROW[:6], *GROUP_ROW[6:])
    middle: Row = (None, None, "Tổng số", "Trong kỳ", None, "Từ kỳ trước", *LABEL_ROW[6:])
    labels: Row = (None, None, None, "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", None, *[None] * 7)
    numbers: Row = ("(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7)=(8)+(9)+(10)", "(8)", "(9)", "(10)", "(11)=(12)+(13)", "(12)", "(13)")
    merges = ["A5:A7", "B5:B7", "C5:F5", "G5:J5", "K5:M5", "D6:E6", *[f"{column}6:{column}7" for column in "CFGHIJKLM"]]
    read(loader, form(header=(groups, middle, labels, numbers), merges=merges))
    assert unit_figures(loader) == DOSSIERS


def test_numbers_typed_as_text_are_vietnamese_numbers(loader: psycopg.Connection) -> None:
    first = ("1", "Chứng thực", "2.400", "2.400", "0", "0", "2 400", "2400", "0", "0", 0, 0, 0)
    body = (first, ("", "TỔNG CỘNG", "2.400", 2400.0, 0, 0, 2400, 2400, 0, 0, 0, 0, 0))
    read(loader, form(body=body))
    values = loader.execute("select distinct value from facts.figure where value > 0").fetchall()
    assert values == [(Decimal(2400),)]
    assert loader.execute("select printed_text from facts.figure where locator = 'II.06a!C7'").fetchone() == ("2.400",)


def test_a_blank_cell_and_a_dash_are_not_printed_and_not_zero(loader: psycopg.Connection) -> None:
    body = ((1, "Đất đai", 30, 26, None, 4, 25, "–", "-", 0, 5, 5, None), (None, "TỔNG CỘNG", 30, 26, None, 4, 25, 25, None, 0, 5, 5, None))
    read(loader, form(body=body))
    read_columns = {locator.split("!")[1][0] for (locator,) in loader.execute("select locator from facts.figure where scope = 'field:land'")}
    assert read_columns == set("CDFGJKL")


def test_groups_by_system_are_subjects_and_unknown_fields_keep_their_label(loader: psycopg.Connection) -> None:
    zeros = [0] * 7
    body: tuple[Row, ...] = (
        ("I", "Trên Hệ thống của các Bộ"),
        (1, "Hộ tịch", 10, 10, 0, 0, *zeros),
        ("II", "Trên Hệ thống của tỉnh"),
        (1, "Lĩnh vực Hộ tịch", 7, 7, 0, 0, *zeros),
        (2, "Nghề cá nội đồng", 3, 3, 0, 0, *zeros),
        (3, "Trồng trọt", 2, 2, 0, 0, *zeros),
        (4, "Chăn nuôi", 1, 1, 0, 0, *zeros),
        (None, "TỔNG CỘNG", 23, 23, 0, 0, *zeros),
    )
    read(loader, form(body=body))
    rows = loader.execute("select scope, subject, value from facts.figure where measure = 'tthc_received_total'").fetchall()
    assert len(rows) == 6
    assert {(scope, subject): int(value) for scope, subject, value in rows} == {
        ("", ""): 23,
        ("field:agriculture", "Trên Hệ thống của tỉnh: Trồng trọt"): 2,
        ("field:agriculture", "Trên Hệ thống của tỉnh: Chăn nuôi"): 1,
        ("field:civil-status", "Trên Hệ thống của các Bộ"): 10,
        ("field:civil-status", "Trên Hệ thống của tỉnh"): 7,
        ("field:other", "Trên Hệ thống của tỉnh: Nghề cá nội đồng"): 3,
    }


def test_the_subtotals_of_groups_are_kept_apart_from_their_fields_and_add_up(loader: psycopg.Connection) -> None:
    """The numbers of a group row are the unit's, under the group as subject: the auditor adds groups or fields, never both."""
    zeros = [0] * 7
    body: tuple[Row, ...] = (
        ("I", "Trên Hệ thống của các Bộ", 10, 10, 0, 0, *zeros),
        (1, "Hộ tịch", 10, 10, 0, 0, *zeros),
        (None, "II. Trên Hệ thống của tỉnh", 7, 7, 0, 0, *zeros),
        (1, "Đất đai", 7, 7, 0, 0, *zeros),
        (None, "TỔNG CỘNG", 17, 17, 0, 0, *zeros),
    )
    read(loader, form(body=body))
    rows = loader.execute("select scope, subject, value from facts.figure where measure = 'tthc_received_total'").fetchall()
    assert {(scope, subject): int(value) for scope, subject, value in rows} == {
        ("", ""): 17,
        ("", "I. Trên Hệ thống của các Bộ"): 10,
        ("", "II. Trên Hệ thống của tỉnh"): 7,
        ("field:civil-status", "Trên Hệ thống của các Bộ"): 10,
        ("field:land", "Trên Hệ thống của tỉnh"): 7,
    }


def test_an_unknown_and_a_missing_header_stop_with_both_lists() -> None:
    labels = tuple("Giải quyết sớm" if text == "Trước hạn" else text for text in LABEL_ROW)
    error = refusal(form(header=(GROUP_ROW, labels)))
    assert error.outcome == "unexpected"
    assert "missing: (8) Đã giải quyết: Trước hạn" in error.reason
    assert "unknown: II.06a!H6 “Số lượng hồ sơ đã giải quyết / Giải quyết sớm”" in error.reason
    assert "form_06.csv" in error.reason


BROKEN: dict[str, tuple[bytes, str]] = {
    "a column with two meanings": (form(header=(GROUP_ROW, tuple("Trước hạn" if text == "Đúng hạn" else text for text in LABEL_ROW))), "twice: (8)"),
    "columns of another year": (
        form(header=((*GROUP_ROW, "Cùng kỳ năm trước"), (*LABEL_ROW, "Tổng số")), body=[(*row, 9) for row in BODY]),
        "unknown: II.06a!N6 “Cùng kỳ năm trước / Tổng số”",
    ),
    "figures without a header": (form(header=(GROUP_ROW, LABEL_ROW), body=[(*row, 9) for row in BODY]), "II.06a!N7 holds a figure in a column without"),
    "numbers that contradict the header": (
        form(header=(GROUP_ROW, LABEL_ROW, tuple(f"({number})" for number in (1, 2, 3, 4, 5, 6, 7, 9, 8, 10, 11, 12, 13)))),
        "II.06a!H7 says (9) below “Trước hạn”, which is (8)",
    ),
    "no total": (form(body=BODY[:2]), "no row TỔNG CỘNG"),
    "formulas that were never reckoned": (
        form(body=(*BODY[:2], (None, "TỔNG CỘNG", *[f"=SUM({column}7:{column}8)" for column in "CDEFGHIJKLM"]))),
        "II.06a!C9 holds a formula without its result",
    ),
    "figures below the total": (form(body=(*BODY, (3, "Hộ tịch", 5))), "II.06a!C10 holds a figure below the row TỔNG CỘNG"),
    "figures without a label": (form(body=((None, None, 5), *BODY)), "II.06a!C7 holds a figure in a row without a label"),
    "one label twice": (form(body=((1, "Nghề cá", 5), (2, "Nghề cá", 6), BODY[2])), "rows 7 and 8 have the same label “Nghề cá”"),
    "half a dossier": (form(body=((1, "Đất đai", 2.4), BODY[2])), "II.06a!C7 holds 2.4, no whole number"),
    "decimals as text": (form(body=((1, "Đất đai", "2,4"), BODY[2])), "II.06a!C7 holds 2,4, no whole number"),
    "words": (form(body=((1, "Đất đai", "nhiều"), BODY[2])), "II.06a!C7: 'nhiều' is not a printed number"),
    "a negative number": (form(body=((1, "Đất đai", -3), BODY[2])), "II.06a!C7 holds -3, no whole number"),
    "a number turned into a date": (form(body=((1, "Đất đai", date(2026, 6, 15)), BODY[2])), "took for a date"),
    "thousands as the unit": (form(header_block=(*FORM_HEADER_BLOCK, ("Đơn vị tính: nghìn hồ sơ",)), merges=()), "counted in “nghìn hồ sơ”"),
    "no period": (form(header_block=FORM_HEADER_BLOCK[:3], merges=()), "no reporting period"),
    "no unit": (form(header_block=FORM_HEADER_BLOCK[2:], merges=()), "Đơn vị báo cáo"),
    "another form": (
        form(header_block=(("Biểu số II.07a/VPCP/KSTT", "Đơn vị báo cáo: UBND phường Kỳ Lừa"), *FORM_HEADER_BLOCK[2:]), merges=()),
        "the table is II.06",
    ),
    "no table": (make_xlsx({"Sheet1": ([("Ghi chú", "không có biểu")], [])}), "found none of 1 sheets"),
}


@pytest.mark.parametrize(("body", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_what_breaks_the_contract_stops_with_its_place(body: bytes, words: str) -> None:
    error = refusal(body)
    assert error.outcome == "unexpected"
    assert words in error.reason
    assert error.reason.startswith(f"{refusal_vi('form-unexpected')} (form.xlsx")


UNREADABLE = {
    "cut off": form()[:3000],
    "a picture": b"\xff\xd8\xff\xe0" + b"\0" * 2000,
    "a document": make_docx(["# Báo cáo"]),
    "an old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
    "a sheet as wide as Excel": make_xlsx({"S": ([(None,) * MAX_COLUMNS + (1,)], [])}),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_workbook_is_unreadable(body: bytes) -> None:
    error = refusal(body)
    assert error.outcome == "unreadable"
    assert error.reason.startswith(f"{refusal_vi('form-unreadable')} (form.xlsx: ")


def test_two_sheets_of_the_form_are_not_guessed_between() -> None:
    rows = [*FORM_HEADER_BLOCK, GROUP_ROW, LABEL_ROW, *BODY]
    assert "II.06a, II.06b of 2 sheets" in refusal(make_xlsx({"II.06a": (rows, []), "II.06b": (rows, [])})).reason


def test_other_sheets_beside_the_form_are_named_and_left(loader: psycopg.Connection) -> None:
    rows = [*FORM_HEADER_BLOCK, GROUP_ROW, LABEL_ROW, *BODY]
    read(loader, make_xlsx({"II.05a": ([("Phản ánh, kiến nghị", 3)], []), "II.06a": (rows, [])}))
    assert loader.execute("select sheet, header -> 'other_sheets' from raw.statutory_forms").fetchone() == ("II.06a", ["II.05a"])


PERIODS = {
    "days and quarter agree": ("Kỳ báo cáo: Quý II/2026", "Từ ngày 15/3/2026 đến ngày 14/6/2026", "statutory:2026-03-15:2026-06-14", []),
    "only the quarter": ("Kỳ báo cáo: Quý II/2026", "", "statutory:2026-03-15:2026-06-14", []),
    "the year only in the days": ("Kỳ báo cáo: Quý II", "Từ ngày 15/3/2026 đến ngày 14/6/2026", "statutory:2026-03-15:2026-06-14", []),
    "days that run backwards": ("Kỳ báo cáo: Quý I/2026", "Từ ngày 15/12/2026 đến ngày 14/3/2026", "statutory:2025-12-15:2026-03-14", ["period-differs"]),
    "a day too many": ("Kỳ báo cáo: Quý I/2026", "Từ ngày 15/12/2025 đến ngày 15/3/2026", "statutory:2025-12-15:2026-03-14", ["period-differs"]),
    "whole months": ("Kỳ báo cáo: Quý I/2026", "Từ ngày 01/01/2026 đến ngày 31/3/2026", "calendar:2026-01-01:2026-03-31", ["period-differs"]),
    "six months": ("6 tháng đầu năm 2026", "", "statutory:2025-12-15:2026-06-14", []),
}


@pytest.mark.parametrize(("named", "days", "key", "flags"), PERIODS.values(), ids=PERIODS.keys())
def test_the_period_in_effect(loader: psycopg.Connection, named: str, days: str, key: str, flags: list[str]) -> None:
    read(loader, form(header_block=(*FORM_HEADER_BLOCK[:3], (named, days)), merges=()))
    assert loader.execute("select period_key, flags from facts.submission").fetchone() == (key, flags)


def test_a_unit_that_does_not_resolve_is_kept_and_flagged(loader: psycopg.Connection) -> None:
    read(loader, form(header_block=(("Đơn vị báo cáo:", "UBND xã Không Có"), *FORM_HEADER_BLOCK[2:]), merges=()))
    assert loader.execute("select unit_code, unit_name_vi, flags from facts.submission").fetchone() == ("", "xã Không Có", ["unit-unresolved"])


def test_the_layout_names_measures_of_the_catalogue_and_every_form_column() -> None:
    columns = {column.number: column for column in layouts()["form_06"].columns.values() if column.number < 14}
    assert sorted(columns) == list(range(1, 14))
    by_form_column = {measure.form_06_column: code for code, measure in measures().items() if measure.form_06_column}
    assert {number: column.measure for number, column in columns.items() if column.measure} == by_form_column
    assert len(row_scopes("fields")) > 30 and all(scope.startswith("field:") for scope in row_scopes("fields").values())
    assert set(row_scopes("blocks").values()) < set(SCOPE_LABELS_VI)
    for layout in layouts().values():
        assert {column.measure for column in layout.columns.values() if column.type != "label"} <= set(measures())


def test_a_header_planted_under_the_wrong_column_is_what_the_tests_would_see(monkeypatch: pytest.MonkeyPatch, loader: psycopg.Connection) -> None:
    """Check the checker: with a mapper that swaps early and on time, the figures differ."""
    layout = layouts()["form_06"]
    early, on_time = layout.columns["resolved", "truoc han"], layout.columns["resolved", "dung han"]
    swapped = dict(layout.columns) | {("resolved", "truoc han"): on_time, ("resolved", "dung han"): early}
    monkeypatch.setattr(statutory_forms, "layouts", lambda: {"form_06": dataclasses.replace(layout, columns=swapped)})
    read(loader, form())
    assert unit_figures(loader) != DOSSIERS


def test_the_sample_lands_and_balances(loader: psycopg.Connection) -> None:
    assert land(loader, statutory_forms, "night") == {"landed": 6}
    assert parse(loader, statutory_forms, "night") == {"parsed": 6}
    assert land(loader, statutory_forms, "again") == {"seen_again": 6}
    assert parse(loader, statutory_forms, "again") == {}
    sums = loader.execute(
        "select submission_id, measure, sum(value) filter (where scope = '' and subject = ''), sum(value) filter (where scope like 'field:%')"
        " from facts.figure group by 1, 2"
    ).fetchall()
    assert len(sums) == 6 * 11
    assert [row for row in sums if row[2] != row[3]] == []
    assert loader.execute("select count(distinct unit_code), count(distinct period_key) from facts.submission where unit_code <> ''").fetchone() == (4, 2)


def test_hidden_and_lock_files_are_left_and_a_broken_one_does_not_stop_the_others(
    loader: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quý I").mkdir()
    (tmp_path / "quý I" / "a.xlsx").write_bytes(form())
    (tmp_path / "quý I" / "~$a.xlsx").write_bytes(b"lock")
    (tmp_path / ".DS_Store").write_bytes(b"hidden")
    (tmp_path / "b.xlsx").write_bytes(form()[:2000])
    monkeypatch.setenv("TTHC_FORMS_DIR", str(tmp_path))
    settings.cache_clear()
    items = list(statutory_forms.fetch(settings()))
    assert [item.origin for item in items if isinstance(item, Fetched)] == ["b.xlsx", "quý I/a.xlsx"]
    land(loader, statutory_forms, "night")
    assert parse(loader, statutory_forms, "night") == {"unreadable": 1, "parsed": 1}
    assert unit_figures(loader) == DOSSIERS


def test_an_archive_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.workbooks._MAX_UNPACKED", 1000)
    with pytest.raises(UnreadableWorkbook, match="unpacks to"):
        read_workbook(form(), "bomb.xlsx")


def test_the_default_folder_is_the_sample() -> None:
    assert Settings.model_fields["tthc_forms_dir"].default == ROOT / "sample" / "forms"


PERIOD: tuple[Row, ...] = (("Kỳ báo cáo: Quý I/2026", "Từ ngày 15/12/2025 đến ngày 14/3/2026"),)
SENDER: tuple[Row, ...] = (("Đơn vị báo cáo: UBND phường Kỳ Lừa",), ("Đơn vị nhận báo cáo: UBND tỉnh Lạng Sơn",))
STAFF: tuple[Row, ...] = (
    ("TT", "Khối", "Biên chế được giao", "Có mặt", "Còn thiếu"), (1, "Khối chính quyền", 51, 33, 18),
    (2, "Giáo dục", 198, 191, 7), (None, "Tổ dân phố", 9, 9, 0),
)  # fmt: skip
PROCEDURES: tuple[Row, ...] = (
    ("TT", "Đơn vị", "Số TTHC", None, None, None, "TTHC theo CCMC, MCLT", None, None, None, "Số quy trình nội bộ", None, None, None),
    (None, None, *("Tổng số", "Cấp tỉnh", "Cấp huyện", "Cấp xã"), *("Tổng số", "BPMC cấp tỉnh", "BPMC cấp huyện", "BPMC cấp xã"),
     *("Tổng số", "Cấp tỉnh", "Cấp huyện", "Cấp xã")),
    (1, "Phường Kỳ Lừa", 400, 0, None, 400, 399, 0, None, 399, 385, 0, None, 385),
    (None, "TỔNG CỘNG", 400, 0, None, 400, 399, 0, None, 399, 385, 0, None, 385),
)  # fmt: skip
FEEDBACK: tuple[Row, ...] = (
    ("TT", "Nội dung phản ánh, kiến nghị", "Tiếp nhận", None, None, "Kết quả xử lý", None, "Đăng tải công khai kết quả"),
    (None, None, "Tổng số", "Mới trong kỳ", "Từ kỳ trước", "Đã xử lý", "Đang xử lý", None),
    (1, "Quy định hành chính", 3, 2, 1, 3, 0, 3), (2, "Hành vi hành chính", 2, 2, 0, 1, 1, 1), (None, "Tổng cộng", 5, 4, 1, 4, 1, 4),
)  # fmt: skip
PETITIONS: tuple[Row, ...] = (("TT", "Loại đơn", "Tiếp nhận", "Đã giải quyết", "Đang giải quyết"), (1, "Khiếu nại", 4, 3, 1), (None, "TỔNG CỘNG", 4, 3, 1))


def figures_of(loader: psycopg.Connection) -> dict[tuple[str, str, str], int]:
    return {row[:3]: int(row[3]) for row in loader.execute("select measure, scope, subject, value from facts.figure")}


def test_a_table_of_staff_keeps_its_blocks_apart_and_its_day(loader: psycopg.Connection) -> None:
    read(loader, make_xlsx({"Biên chế": ([*SENDER, ("Tính đến ngày 31/3/2026",), *STAFF], [])}))
    figures = figures_of(loader)
    assert figures["staff_assigned", "government", ""] == 51 and figures["staff_vacant", "education", ""] == 7
    assert figures["staff_present", "", "Tổ dân phố"] == 9, "a block nobody knows keeps its label"
    assert len(figures) == 9
    assert loader.execute("select distinct as_of_date, unit from facts.figure").fetchall() == [(date(2026, 3, 31), "person")]
    assert loader.execute("select kind, period_key, unit_code from facts.submission").fetchone() == ("form-staffing", "", "06187")
    assert "Tính đến ngày" in refusal(make_xlsx({"Biên chế": ([*SENDER, *STAFF], [])})).reason


def test_numbers_of_procedures_are_kept_by_level(loader: psycopg.Connection) -> None:
    read(loader, make_xlsx({"II.07b": ([("Biểu số II.07b/VPCP/KSTT",), *SENDER, *PERIOD, *PROCEDURES], [])}))
    figures = figures_of(loader)
    assert figures["procedures_total", "", "Phường Kỳ Lừa: cấp xã"] == 400 and figures["procedures_one_stop", "", ""] == 399
    assert figures["internal_processes_total", "", "cấp xã"] == 385
    assert not any("huyện" in subject for _, _, subject in figures), "a blank column of districts is no zero"
    assert loader.execute("select form_code from raw.statutory_forms").fetchone() == ("II.07b",)


def test_feedback_and_petitions_are_kept_by_kind(loader: psycopg.Connection) -> None:
    read(loader, make_xlsx({"II.05a": ([("Biểu số II.05a/VPCP/KSTT",), *SENDER, *PERIOD, *FEEDBACK], []), "Đơn thư": ([*SENDER, *PERIOD, *PETITIONS], [])}))
    figures = figures_of(loader)
    assert figures["pakn_received", "", ""] == 5 and figures["pakn_resolved", "", "Hành vi hành chính"] == 1 and figures["pakn_published", "", ""] == 4
    assert figures["petitions_in_progress", "", "Khiếu nại"] == 1
    assert loader.execute("select kind, count(*) over () from facts.submission").fetchall() == [("form-05+form-petitions", 1)]
    assert loader.execute("select count(*) from raw.statutory_forms").fetchone() == (2,)


def test_two_forms_of_two_units_are_not_one_submission() -> None:
    other: tuple[Row, ...] = (("Đơn vị báo cáo: UBND phường Đông Kinh",), *SENDER[1:])
    book = make_xlsx({"A": ([*SENDER, *PERIOD, *FEEDBACK], []), "B": ([*other, *PERIOD, *PETITIONS], [])})
    assert "send them as two workbooks" in refusal(book).reason


def test_rows_of_units_in_a_consolidated_form_are_subjects(loader: psycopg.Connection) -> None:
    body = tuple((row[0], {"Đất đai": "Phường Kỳ Lừa", "Chứng thực": "Phường Tam Thanh"}.get(str(row[1]), row[1]), *row[2:]) for row in BODY)
    group_row = tuple("Đơn vị" if text == GROUP_ROW[1] else text for text in GROUP_ROW)
    read(loader, form(header_block=(("Biểu số II.06b/VPCP/KSTT",), *FORM_HEADER_BLOCK[0:1], *FORM_HEADER_BLOCK[2:]), header=(group_row, LABEL_ROW), body=body))
    figures = figures_of(loader)
    assert figures["tthc_received_total", "", "Phường Kỳ Lừa"] == 30 and figures["tthc_received_total", "", ""] == 80


MONEY = {
    "nghìn đồng in the header": ("Phí, lệ phí (nghìn đồng)", (), 18_025_000),
    "đồng in the header": ("Số phí, lệ phí thu được (đồng)", (), 18_025),
    "in a line of its own": ("Phí, lệ phí", (("Đơn vị tính: hồ sơ; nghìn đồng",),), 18_025_000),
}


@pytest.mark.parametrize(("heading", "lines", "value"), MONEY.values(), ids=MONEY.keys())
def test_money_is_counted_in_dong(loader: psycopg.Connection, heading: str, lines: tuple[Row, ...], value: int) -> None:
    body = [(*row, 18025) for row in BODY]
    read(loader, form(header_block=(*FORM_HEADER_BLOCK, *lines), header=((*GROUP_ROW, heading), LABEL_ROW), body=body, merges=()))
    row = loader.execute("select value, unit, printed_text from facts.figure where measure = 'fees_vnd' and scope = '' and subject = ''").fetchone()
    assert row == (Decimal(value), "VND", "18025")


def test_money_that_does_not_say_what_it_is_counted_in_stops() -> None:
    error = refusal(form(header=((*GROUP_ROW, "Phí, lệ phí"), LABEL_ROW), body=[(*row, 5) for row in BODY]))
    assert "II.06a!N7 is money" in error.reason and "nghìn đồng" in error.reason
    assert "counted in “nghìn đồng”" in refusal(form(header_block=(*FORM_HEADER_BLOCK, ("Đơn vị tính: nghìn đồng",)), merges=())).reason


def test_one_number_over_two_cells_stops_with_its_place() -> None:
    assert "II.06a!H7 is merged" in refusal(form(merges=("A5:A6", "B5:B6", "C5:F5", "G5:J5", "K5:M5", "H7:I7"))).reason
    assert "II.06a!C8 is merged" in refusal(form(merges=("A5:A6", "B5:B6", "C5:F5", "G5:J5", "K5:M5", "C7:C8"))).reason


def test_figures_of_hidden_rows_are_read_and_flagged(loader: psycopg.Connection) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    book.worksheets[0].row_dimensions[8].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    read(loader, buffer.getvalue())
    assert unit_figures(loader) == DOSSIERS
    flagged = {row[0] for row in loader.execute("select distinct scope from facts.figure where 'hidden-cell' = any(flags)")}
    assert flagged == {"field:certification"}
