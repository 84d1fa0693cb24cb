"""Figures from prose, lists and tables: the language data's own examples, the traps of the genre, and spans that hold."""

from __future__ import annotations

import textwrap
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.documents import read_document
from ingest.facts import read_figures, read_header
from ingest.facts.lexicon import examples, expand, lexicon
from ingest.facts.moves import measures
from ingest.facts.numerals import read_numeral
from ingest.facts.tokens import tokens, view
from warehouse.model import Figure, Header, Period
from warehouse.periods import calendar, classify_range

SHARED = Path(__file__).resolve().parents[2] / "shared" / "reports"
FRAGMENTS = [
    *("hồ sơ", "tiếp nhận", "quá hạn", "biên chế", "trong đó", "không", "đất đai", "tỷ", "hai", "năm"),
    *("12", "1.245", "33/51", "98,2%", "¹", "(", ")", ";", ":", ",", "|", "\n", "- "),
]
FORM_ONLY = {"pakn_received_new", "pakn_carried_over", "pakn_in_progress", "pakn_published", "internal_processes_total"}
"""Columns of the statutory forms that the narrative catalogue does not have."""
CASES = Path(__file__).parent / "fixtures" / "sentences.txt"


def figures(text: str) -> tuple[Figure, ...]:
    document = read_document(text.encode(), "report.txt")
    return read_figures(document, Header())


def summary(text: str) -> set[str]:
    """`measure@scope=value` of every figure; the scope is left out where it is the unit as a whole."""
    return {f"{figure.measure}{'@' + figure.scope if figure.scope else ''}={figure.value}" for figure in figures(text)}


def sentences() -> list[tuple[str, str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [(text.strip(), wanted.strip()) for text, _, wanted in (line.rpartition("|") for line in lines if line and not line.startswith("#"))]


@pytest.mark.parametrize(("phrase", "text", "wanted"), [pytest.param(*case, id=f"{case[0]}: {case[1][:40]}") for case in examples()])
def test_every_example_of_the_language_data_reads_as_it_says(phrase: str, text: str, wanted: tuple[str, ...]) -> None:
    assert summary(text) == set(wanted), f"example of phrase {phrase!r} in ingest/facts/language"


@pytest.mark.parametrize(("text", "wanted"), sentences())
def test_sentences_as_offices_write_them(text: str, wanted: str) -> None:
    assert summary(text) == set(wanted.split())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tỷ lệ hồ sơ trực tuyến đạt 88,3%, quý I/2026 chỉ đạt 81,6%.", {"88.3"}),
        ("Tỷ lệ hài lòng chung 99,2%. Tháng 3/2026 tỷ lệ này là 97,8%.", {"99.2"}),
        ("Chỉ số phục vụ tháng 6/2026 đạt 79,56 điểm; tháng 5/2026 đạt 77,03 điểm.", {"79.56"}),
        ("Chỉ số phục vụ tháng 4/2026 đạt 77,03 điểm; tháng 5/2026 đạt 79,56 điểm.", {"77.03", "79.56"}),
        ("Chỉ số phục vụ quý I/2026 đạt 77,03 điểm.", {"77.03"}),
        ("Trong kỳ tiếp nhận 900 hồ sơ. Tháng 6/2026 tiếp nhận 310 hồ sơ; tháng 5/2026 chỉ tiếp nhận 290 hồ sơ.", {"900", "310", "290"}),
        ("Hiện còn 30 hồ sơ đang giải quyết (báo cáo quý I/2026 ghi cuối kỳ còn 38 hồ sơ đang giải quyết).", {"30", "38"}),
        ("| Tháng | Tiếp nhận | Đã giải quyết |\n|---|---|---|\n| 3/2026 | 400 | 390 |\n| 4/2026 | 410 | 405 |", {"400", "390", "410", "405"}),
    ],
)
def test_what_was_before_the_reported_time_is_only_compared_where_the_present_stands_beside_it(text: str, wanted: set[str]) -> None:
    read = read_figures(read_document(text.encode(), "report.txt"), Header(period=calendar("quarter", 2026, 2)))
    assert {str(figure.value) for figure in read} == wanted


def test_a_title_in_money_gives_its_column_the_unit() -> None:
    table = "Biểu 7. Thu phí, lệ phí (nghìn đồng)\n\n| Lĩnh vực | Số hồ sơ | Số tiền thu | Số tiền nộp trực tuyến |\n|---|---|---|---|\n| Chứng thực | 120 | 9.840 | 4.000 |"
    assert {one for one in summary(table) if one.startswith("fees")} == {"fees_vnd@field:certification=9840000"}
    assert not {one for one in summary(table.replace("Thu phí, lệ phí", "Chi hội nghị")) if one.startswith("fees")}


def test_a_mark_of_its_own_behind_a_bullet_is_no_number() -> None:
    title = "  ◦ 4. Số hóa\n    ▪ Thành phần hồ sơ: 6.640 hồ sơ (97,0% số tiếp nhận mới)\n    ▪ Kết quả giải quyết: 6.512 hồ sơ"
    assert summary(title) == {"tthc_digitised_inputs=6640", "tthc_digitised_results=6512"}
    assert summary(title.replace("Số hóa", "Giải quyết").replace("Thành phần hồ sơ", "Tiếp nhận")) == {"tthc_received_total=6640", "tthc_resolved_total=6512"}


def test_every_measure_that_a_rule_gives_is_in_the_catalogue() -> None:
    known = {line.split(",")[0] for line in (Path(__file__).parents[1] / "dbt_project/seeds/measures.csv").read_text(encoding="utf-8").splitlines()[1:]}
    given_measures = {measure for rule in lexicon().rules for measure in (*rule.measures, rule.of) if measure}
    given_measures |= measures()
    assert given_measures <= known
    assert known - given_measures == FORM_ONLY, "a measure that no rule can give"


def test_span_holds_the_printed_number_also_in_decomposed_and_damaged_text() -> None:
    text = "Tổng số hồ sơ tiếp nhận: **1.245** hồ sơ, trực tuyến đạt 98,2 %.".replace("ư", "ƣ")
    for damaged in (text, unicodedata.normalize("NFD", text)):
        document = read_document(damaged.encode(), "report.md")
        found = read_figures(document, Header())
        assert [(figure.measure, document.text[figure.start : figure.end]) for figure in found] == [
            ("tthc_received_total", "1.245"),
            ("tthc_online_rate_pct", "98,2"),
        ]


def test_form_06_grid_with_grouped_headings() -> None:
    table = """Biểu số II.06

TT | Lĩnh vực | Số hồ sơ nhận giải quyết | | | | Số lượng hồ sơ đã giải quyết | | | | Số lượng hồ sơ đang giải quyết | |
 | | Tổng số | Trong kỳ | | Từ kỳ trước | Tổng số | Trước hạn | Đúng hạn | Quá hạn | Tổng số | Trong hạn | Quá hạn
 | | | Trực tuyến | Trực tiếp, dịch vụ bưu chính | | | | | | | |
(1) | (2) | (3)=(4)+(5)+(6) | (4) | (5) | (6) | (7)=(8)+(9)+(10) | (8) | (9) | (10) | (11)=(12)+(13) | (12) | (13)
1 | Đất đai | 120 | 100 | 15 | 5 | 110 | 80 | 25 | 5 | 10 | 9 | 1
TỔNG CỘNG | 121 | 101 | 15 | 5 | 111 | 81 | 25 | 5 | 10 | 9 | 1
"""
    found = {(figure.measure, figure.scope): int(figure.value) for figure in figures(table)}
    columns = {
        "tthc_received_total": 120,
        "tthc_received_online": 100,
        "tthc_received_in_person_or_postal": 15,
        "tthc_carried_over": 5,
        "tthc_resolved_total": 110,
        "tthc_resolved_early": 80,
        "tthc_resolved_on_time": 25,
        "tthc_resolved_overdue": 5,
        "tthc_in_progress_total": 10,
        "tthc_in_progress_on_time": 9,
        "tthc_in_progress_overdue": 1,
    }
    assert {measure: value for (measure, scope), value in found.items() if scope == "field:land"} == columns
    assert found["tthc_received_total", ""] == 121, "a total row with merged first cells keeps its columns"


def test_staff_table_by_block_with_total() -> None:
    table = """Tình hình biên chế

STT | Đơn vị | Được giao | Có mặt | Còn thiếu
1 | Khối Đảng, MTTQ | 28 | 27 | 1
2 | Khối chính quyền | 60 | 52 | 8
 | Tổng cộng | 88 | 79 | 9
"""
    assert summary(table) == {
        *("staff_assigned@party-front=28", "staff_present@party-front=27", "staff_vacant@party-front=1"),
        *("staff_assigned@government=60", "staff_present@government=52", "staff_vacant@government=8"),
        *("staff_assigned@all=88", "staff_present@all=79", "staff_vacant@all=9"),
    }


def test_nested_list_gives_parts_the_action_of_their_parent_and_plans_give_nothing() -> None:
    report = """II. KẾT QUẢ

- Số hồ sơ đã giải quyết: 1.490 hồ sơ.
+ Trước hạn: 1.300 hồ sơ.
+ Quá hạn: 05 hồ sơ.
- Đang giải quyết: 40 hồ sơ.
+ Quá hạn: 01 hồ sơ.

III. PHƯƠNG HƯỚNG, NHIỆM VỤ

- Tỷ lệ hồ sơ trực tuyến đạt 98%.
"""
    assert summary(report) == {
        *("tthc_resolved_total=1490", "tthc_resolved_early=1300", "tthc_resolved_overdue=5"),
        *("tthc_in_progress_total=40", "tthc_in_progress_overdue=1"),
    }


def test_a_title_of_several_lines_that_ends_with_what_is_to_come_is_of_results() -> None:
    title = "KẾT QUẢ CÔNG TÁC KIỂM SOÁT THỦ TỤC HÀNH CHÍNH, CẢI CÁCH HÀNH CHÍNH\n9 THÁNG NĂM 2026 VÀ NHIỆM VỤ TRỌNG TÂM 3 THÁNG CUỐI NĂM\n"
    body = "\nA. VIỆC ĐÃ LÀM\nTiếp nhận 120 hồ sơ.\n"
    assert summary(title + body) == {"tthc_received_total=120"}
    assert summary(title.replace("\n", "\n\n") + body) == {"tthc_received_total=120"}
    assert summary(f"{title}{body}\nNHIỆM VỤ TRỌNG TÂM 3 THÁNG CUỐI NĂM\n\nTiếp nhận 60 hồ sơ.\n") == {"tthc_received_total=120"}


def test_what_voids_the_last_number_of_a_paragraph_does_not_void_the_list_below() -> None:
    text = "3.2. Trong năm Trung tâm tiếp nhận 12.905 hồ sơ, gồm 12.118 hồ sơ qua mạng và 787 hồ sơ nộp tại quầy; thêm 63 hồ sơ do các xã cũ bàn giao qua.\n\n"
    text += "* Đã giải quyết 12.740 hồ sơ.\n\n* Đang giải quyết 190 hồ sơ.\n"
    assert {"tthc_carried_over=63", "tthc_resolved_total=12740", "tthc_in_progress_total=190"} <= summary(text)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        *((heading, True) for heading in ("Lãnh đạo nhiệm vụ chính trị", "Về chức năng, nhiệm vụ", "Việc triển khai kế hoạch", "Xử lý kiến nghị của cử tri")),
        *((heading, True) for heading in ("Các giải pháp đã triển khai", "Mức độ hoàn thành mục tiêu", "Phân công nhiệm vụ")),
        *((heading, False) for heading in ("Phương hướng, nhiệm vụ", "Giải pháp thực hiện", "Nhiệm vụ cần triển khai thời gian tới", "Kiến nghị với tỉnh")),
        *((heading, False) for heading in ("Triển khai nhiệm vụ cuối năm", "Thực hiện kế hoạch quý tới")),
    ],
)
@pytest.mark.parametrize("mark", ["III- ", "II. ", "2. "])
def test_a_heading_of_tasks_that_were_done_voids_nothing(heading: str, told: bool, mark: str) -> None:
    text = f"I. ĐẶC ĐIỂM\nXã có 05 thôn.\n\n{mark}{heading.upper()}\nTrong kỳ tiếp nhận 120 hồ sơ.\n"
    assert summary(text) == ({"tthc_received_total=120"} if told else set())


def test_a_sentence_without_end_is_read_in_pieces_and_loses_nothing() -> None:
    endless = "Kết quả: " + ", ".join(f"lĩnh vực đất đai tiếp nhận {number} hồ sơ" for number in range(1, 401))
    assert [figure.value for figure in figures(endless)] == list(range(1, 401))


def test_hard_wrapped_sentence_is_one_sentence() -> None:
    report = "Kết quả trong kỳ như sau, số liệu lấy từ hệ thống một cửa điện tử của tỉnh:\n" * 8
    report += "Trong quý, Bộ phận Một cửa của phường đã tiếp nhận và giải quyết tổng cộng\n\n674 hồ sơ thủ tục hành chính.\n"
    assert {"tthc_received_total=674", "tthc_resolved_total=674"} <= summary(report)


def test_where_a_paragraph_is_wrapped_changes_no_figure() -> None:
    paragraphs = [
        "Trong quý, Trung tâm Phục vụ hành chính công của xã tiếp nhận 1.027 hồ sơ, gồm trực tuyến 921 hồ sơ, trực tiếp 93 hồ sơ, bưu chính 13.",
        "Đã giải quyết 988 hồ sơ, trong đó trước hạn: 874 hồ sơ; đúng hạn: 111 hồ sơ; quá hạn: 03 hồ sơ.",
        "Số hồ sơ đang giải quyết là 39 hồ sơ, trong đó trong hạn 38 hồ sơ, quá hạn 01 hồ sơ. Số kết quả đã số hóa: 1.998.",
        "Tỷ lệ hồ sơ giải quyết trước và đúng hạn: 99,7%. Thu phí, lệ phí được: 23.780.000 đồng. Phản ánh, kiến nghị tiếp nhận: 12.",
    ]
    for paragraph in paragraphs:
        wanted = summary(paragraph)
        assert len(wanted) > 2
        for width in range(50, 110):
            wrapped = "\n".join(textwrap.wrap(paragraph, width, break_on_hyphens=False))
            assert summary("\n".join([wrapped] * 6)) == wanted, width


def test_a_quarter_at_the_start_of_a_line_opens_no_chapter() -> None:
    report = """a) Tiếp nhận: tổng số hồ sơ tiếp nhận trong kỳ là 4.398 hồ sơ, bao gồm
4.212 hồ sơ mới tiếp nhận và 186 hồ sơ từ kỳ trước chuyển qua. So với quý
II/2026, số hồ sơ mới tăng 312 hồ sơ (quý II là 3.900 hồ sơ).
b) Kết quả: đã giải quyết 4.205 hồ sơ, trong đó giải quyết trước hạn 3.642
hồ sơ, đúng hạn 551 hồ sơ, quá hạn 12 hồ sơ. Tỷ lệ hồ sơ giải quyết trước
hạn và đúng hạn đạt 99,71%.
"""
    assert {"tthc_resolved_early=3642", "tthc_resolved_on_time=551"} <= summary(report)


def test_a_head_count_carries_the_day_for_which_it_counts() -> None:
    (present,) = [figure for figure in figures("Khối chính quyền hiện có 33 công chức tính đến 15/4/2026.") if figure.measure == "staff_present"]
    assert present.as_of is not None
    assert present.as_of.isoformat() == "2026-04-15"


@pytest.mark.parametrize(
    ("text", "reported", "own"),
    [
        ("Quý II chuyển sang: 201 hồ sơ.", calendar("quarter", 2026, 3), None),
        ("Chuyển quý IV: 196 hồ sơ đang giải quyết.", calendar("quarter", 2026, 3), None),
        ("Quý II tiếp nhận 402 hồ sơ.", calendar("quarter", 2026, 3), calendar("quarter", 2026, 2)),
        ("Từ đầu năm đến hết tháng 9 tiếp nhận 402 hồ sơ.", calendar("nine_months", 2026), None),
        ("Ngoài hồ sơ tồn của quý II, phần tiếp nhận mới là 402 hồ sơ.", calendar("quarter", 2026, 3), None),
        ("Quý III tiếp nhận 402 hồ sơ.", classify_range(date(2026, 7, 1), date(2026, 9, 20)), None),  # closed early
        ("Năm 2025 tiếp nhận 402 hồ sơ.", classify_range(date(2025, 7, 1), date(2025, 12, 14)), None),  # founded within it
        ("6 tháng đầu năm 2026 tiếp nhận 402 hồ sơ.", classify_range(date(2025, 7, 1), date(2026, 6, 15)), calendar("half", 2026, 1)),
    ],
)
def test_a_figure_has_a_period_of_its_own_only_where_another_is_told_of(text: str, reported: Period, own: Period | None) -> None:
    (figure,) = read_figures(read_document(text.encode(), "report.txt"), Header(period=reported))
    assert (figure.period, "own-period" in figure.flags) == (own or reported, own is not None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tổng số TTHC thuộc thẩm quyền: 421 TTHC (quý II/2026: 419 TTHC).", {421}),
        ("Thu phí, lệ phí 41.280.000 đồng (6 tháng đầu năm 2026: 39.115.000 đồng).", {41280000}),
        ("Tiếp nhận 1.200 hồ sơ (tháng 7 tiếp nhận 400 hồ sơ, tháng 8 tiếp nhận 380 hồ sơ).", {1200, 400, 380}),  # months of the reported quarter
    ],
)
def test_a_bracket_that_begins_with_an_earlier_time_compares(text: str, wanted: set[int]) -> None:
    read = read_figures(read_document(text.encode(), "report.txt"), Header(period=calendar("quarter", 2026, 3)))
    assert {figure.value for figure in read} == wanted


def test_a_heading_that_names_the_centre_says_whom_the_lines_below_count() -> None:
    text = "8. Nhân sự Trung tâm Phục vụ hành chính công\n\n- Hiện có 17 người:\n+ Công chức: 14;\n"
    assert summary(text) == {"staff_present@one-stop-centre=17", "staff_civil_servants@one-stop-centre=14"}


def test_quote_masks_names() -> None:
    (figure,) = figures("Tiếp nhận 01 phản ánh, kiến nghị của ông Nguyễn Văn Ánh về tiến độ.")
    assert "Nguyễn" not in figure.quote
    assert "phản ánh" in figure.quote


def test_footnote_marks_never_join_a_number() -> None:
    assert summary("Biên chế cán bộ, công chức hiện có: 47 người¹². Quá hạn 5 hồ sơ³.") == {"staff_present@government=47", "tthc_resolved_overdue=5"}


def test_reading_twice_gives_the_same_figures_in_order() -> None:
    text = "Tiếp nhận 12 hồ sơ, giải quyết 10 hồ sơ, quá hạn 2 hồ sơ."
    assert figures(text) == figures(text)
    starts = [figure.start or 0 for figure in figures(text)]
    assert starts == sorted(starts)


def test_view_keeps_every_offset() -> None:
    text = "HỒ SƠ Hoà – Thuỷ **İ**"
    assert len(view(text)) == len(text)
    assert [text[token.start : token.end] for token in tokens(view(text))][:4] == ["HỒ", "SƠ", "Hoà", "–"]


@pytest.mark.parametrize(("words", "value"), [("ba trăm hai mươi mốt", 321), ("mười lăm", 15), ("hai", 2), ("một nghìn hai trăm", 1200)])
def test_numerals(words: str, value: int) -> None:
    assert read_numeral(words.split()) == (len(words.split()), value)


def test_an_open_bracket_in_the_language_data_is_reported_with_its_phrase() -> None:
    with pytest.raises(ValueError, match=r"hồ sơ \[mới"):
        expand("hồ sơ [mới")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40))
def test_no_arrangement_of_words_breaks_the_reader_or_its_spans(words: list[str]) -> None:
    text = "Báo cáo " + " ".join(words)
    document = read_document(text.encode(), "report.txt")
    for figure in read_figures(document, read_header(document)):
        assert document.text[figure.start : figure.end] == figure.printed_text
        assert figure.value >= 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/reports is not here")
def test_the_real_quarterly_report_reads_its_whole_balance() -> None:
    path = next(SHARED.glob("004_*.txt"))
    document = read_document(path.read_bytes(), path.name)
    found = {(figure.measure, figure.scope, int(figure.value)) for figure in read_figures(document, read_header(document)) if figure.unit == "dossier"}
    balance = {
        *(("tthc_received_total", "", 1568), ("tthc_carried_over", "", 69), ("tthc_resolved_total", "", 1488), ("tthc_resolved_early", "", 1477)),
        *(("tthc_resolved_overdue", "", 11), ("tthc_in_progress_total", "", 41), ("tthc_returned_ineligible", "", 44), ("tthc_paused", "", 64)),
    }
    assert balance <= found


def test_headings_of_what_lies_ahead_hold_no_figures_and_columns_of_another_month_compare() -> None:
    title = "UBND XÃ A\nBÁO CÁO\nKiểm soát TTHC tháng 8 năm 2026\n(từ ngày 01/8/2026 đến ngày 31/8/2026)\n\n"
    table = "Chỉ tiêu | Tháng 8 | Tháng 7\nHồ sơ tiếp nhận | 120 | 98\nHồ sơ giải quyết trước hạn | 90 | 77\n\n"
    ahead = "II. Tháng 9\nTỷ lệ hồ sơ trực tuyến 97%.\n\nIII. KẾ HOẠCH CUỐI NĂM\nTỷ lệ hồ sơ trực tuyến 98%.\n"
    document = read_document((title + table + ahead).encode(), "report.txt")
    found = {(figure.measure, int(figure.value)) for figure in read_figures(document, read_header(document))}
    assert found == {("tthc_received_total", 120), ("tthc_resolved_early", 90)}


def test_fields_as_columns_and_dot_leaders() -> None:
    table = "Nội dung | Đất đai | Hộ tịch | Khác | Toàn phường\nTiếp nhận | 20 | 30 | 5 | 55\nĐã giải quyết | 18 | 30 | 4 | 52\n"
    assert summary(table) == {
        *("tthc_received_total@field:land=20", "tthc_received_total@field:civil-status=30", "tthc_received_total@field:other=5", "tthc_received_total=55"),
        *("tthc_resolved_total@field:land=18", "tthc_resolved_total@field:civil-status=30", "tthc_resolved_total@field:other=4", "tthc_resolved_total=52"),
    }
    leaders = "Đã giải quyết 52 hồ sơ, gồm:\n\nTrước hạn ......... 40\n\nĐúng hạn .......... 12\n"
    assert summary(leaders) == {"tthc_resolved_total=52", "tthc_resolved_early=40", "tthc_resolved_on_time=12"}
    form = "1) HỒ SƠ\nTồn đầu kỳ ..........: 20\nTiếp nhận mới .......: 60\nĐã giải quyết .......: 52\n   + Trễ hạn ........: 2\nĐang giải quyết .....: 28\n"
    assert summary(form) == {"tthc_carried_over=20", "tthc_received_new=60", "tthc_resolved_total=52", "tthc_resolved_overdue=2", "tthc_in_progress_total=28"}


def test_columns_of_a_staff_table_count_each_their_own_people() -> None:
    table = """Nhân sự các khối

Khối	Được giao	Công chức	Viên chức	HĐ 111	Hiện có (không tính HĐ)	Còn khuyết
Đảng ủy	12	11		1	11	1
Giáo dục	210		205	9	205	5
Cộng	222	11	205	10	216	6
"""
    assert summary(table) == {
        *("staff_assigned@party=12", "staff_civil_servants@party=11", "staff_contract_111@party=1", "staff_present@party=11", "staff_vacant@party=1"),
        *("staff_assigned@education=210", "staff_public_employees@education=205", "staff_contract_111@education=9", "staff_present@education=205"),
        *("staff_vacant@education=5", "staff_assigned@all=222", "staff_civil_servants@all=11", "staff_public_employees@all=205", "staff_contract_111@all=10"),
        *("staff_present@all=216", "staff_vacant@all=6"),
    }


def test_a_quota_by_another_name_counts_only_beside_those_who_are_there() -> None:
    rows = "\nĐảng ủy, MTTQ | 21 | 23 | 2\nTrạm Y tế | 9 | 10 | 1\n"
    assert summary("Nhân sự | Hiện có | Chỉ tiêu | Chênh lệch" + rows) == {
        *("staff_present@party-front=21", "staff_assigned@party-front=23", "staff_vacant@party-front=2"),
        *("staff_present@health=9", "staff_assigned@health=10", "staff_vacant@health=1"),
    }
    assert summary("Cuộc họp | Đã tổ chức | Chỉ tiêu | Chênh lệch" + rows) == set()


def test_the_total_of_a_column_counts_what_the_cells_above_it_count() -> None:
    table = """Tiếp nhận hồ sơ

Lĩnh vực        Tổng   Trực tuyến   Trực tiếp
Hộ tịch           90           80          10
Đất đai           40           38           2
Tổng cộng        130          118          12
"""
    found = summary(table)
    assert {"tthc_received_total=130", "tthc_received_online=118", "tthc_received_in_person=12", "tthc_received_total@field:land=40"} <= found
    assert len(found) == 9


STRUCTURES = [
    # a line that says nothing of its own hands on what stands above it
    (
        "Kết quả:\n- Đã trả kết quả hồ sơ TTHC\n   + Số lượng: 955\n   + So với hẹn\n       . sớm: 902\n       . trễ: 36\n",
        "tthc_resolved_total=955 tthc_resolved_early=902 tthc_resolved_overdue=36",
    ),
    # a number in brackets is the value of the words before it; a note behind a value is not
    ("Số TTHC của xã: DVC toàn trình (181), DVC một phần (216).\n", "procedures_full_online=181 procedures_partial_online=216"),
    # what a heading announces for a / b
    (
        "2. Theo lĩnh vực (tiếp nhận / giải quyết)\nChứng thực 640 / 638\n",
        "tthc_received_total@field:certification=640 tthc_resolved_total@field:certification=638",
    ),
    # an entry of a list by field keeps the measure of the entries before it
    ("Hồ sơ mới nhận: đất đai 902 hồ sơ; hộ tịch 344 hồ sơ.\n", "tthc_received_new@field:land=902 tthc_received_new@field:civil-status=344"),
    # a part that would be its whole again is a group nobody asked for; of another period it counts
    ("Hộ kinh doanh nhận 397 hồ sơ, trong đó 121 hồ sơ lưu trú.\n", "tthc_received_total@field:household-business=397"),
    # a reference takes up what was counted before
    (
        "Trung tâm Phục vụ hành chính công hiện có 7 người. Trong 7 người có 5 công chức.\n",
        "staff_present@one-stop-centre=7 staff_civil_servants@one-stop-centre=5",
    ),
    # sums of a list, and amounts that are none
    (
        "Phí chứng thực 58.000.000 đồng; lệ phí hộ tịch 9.000.000 đồng; tổng 67.000.000 đồng.\n",
        "fees_vnd@field:certification=58000000 fees_vnd@field:civil-status=9000000 fees_vnd=67000000",
    ),
    # plans inside a paragraph, and titles that only look like plans
    ("Đã giải quyết 90 hồ sơ. 6 tháng cuối năm: hồ sơ trực tuyến đạt 95%.\n", "tthc_resolved_total=90"),
    # names are no money, villages no counts, ranges and days no figures
    ("Một ngày đón từ 70 đến 110 lượt người.\n", ""),
    ("Người hoạt động không chuyên trách: 33 người ở phường và 264 người ở tổ dân phố.\n", "staff_non_specialised=33 staff_non_specialised=264"),
    ("Tỷ lệ nhiệm vụ hoàn thành đúng hạn đạt 96,8%.\n", ""),
    # quota, presence and vacancy of one clause are of one scope, also where only the blocks below tell which
    (
        "Tổng biên chế được giao là 161; hiện có mặt 151, khuyết 10.\n* Khối Đảng: 31/33 người.\n* Khối Mặt trận: 24/24 người.\n"
        "* Khối chính quyền: 96/104 người, khuyết 08.\n",
        "staff_assigned@all=161 staff_present@all=151 staff_vacant@all=10 staff_assigned@party=33 staff_present@party=31 staff_assigned@front=24 "
        "staff_present@front=24 staff_assigned@government=104 staff_present@government=96 staff_vacant@government=8",
    ),
    (
        "Tổng biên chế được giao là 104; hiện có mặt 96, khuyết 08.\n",
        "staff_assigned@government=104 staff_present@government=96 staff_vacant@government=8",
    ),
    # the total of all blocks, named once more without them
    (
        "Khối | Biên chế giao | Có mặt\nĐảng | 33 | 31\nChính quyền | 63 | 55\nCộng | 96 | 86\n\nTrong tổng số 86 người có mặt, cán bộ 23 người, công chức 63 người.\n",
        "staff_assigned@party=33 staff_present@party=31 staff_assigned@government=63 staff_present@government=55 staff_assigned@all=96 staff_present@all=86 "
        "staff_officials@all=23 staff_civil_servants@all=63",
    ),
    # what stands below a vacancy and is more than it is of those who are there
    (
        "Tạm giao 46 biên chế; có mặt 40 người, còn thiếu 06 người.\na) Theo nhóm:\n- 12 cán bộ;\n- 28 công chức.\n",
        "staff_assigned@government=46 staff_present@government=40 staff_vacant@government=6 staff_officials@government=12 staff_civil_servants@government=28",
    ),
    # words that only as a row's whole name are a block
    ("Khối | Biên chế giao | Có mặt\nĐảng | 18 | 17\nĐảng viên | 240 | 238\n", "staff_assigned@party=18 staff_present@party=17"),
]


@pytest.mark.parametrize(("text", "wanted"), STRUCTURES)
def test_what_a_clause_leaves_unsaid_comes_from_where_it_stands(text: str, wanted: str) -> None:
    assert summary(text) == set(wanted.split())


SUBJECTS = [
    # other communes in a province's report, its own levels, and the whole of it
    (
        "tỉnh Thanh Hóa",
        "Trong tháng, toàn tỉnh tiếp nhận 214.306 hồ sơ, trong đó cấp tỉnh 31.552 hồ sơ, cấp xã 182.754 hồ sơ.",
        {214306: "", 31552: "cấp tỉnh", 182754: "cấp xã"},
    ),
    (
        "tỉnh Thanh Hóa",
        "Đơn vị có tỷ lệ quá hạn cao: phường Bỉm Sơn 1,9%, xã Bá Thước 1,6%. Chỉ số phục vụ của tỉnh đạt 85,2 điểm; cao nhất là phường Hạc Thành với 94,1 điểm.",
        {Decimal("1.9"): "phường Bỉm Sơn", Decimal("1.6"): "xã Bá Thước", Decimal("85.2"): "", Decimal("94.1"): "phường Hạc Thành"},
    ),
    (
        "tỉnh Điện Biên",
        "Cấp tỉnh tiếp nhận 21.340 hồ sơ, giải quyết 20.604 hồ sơ, trong đó quá hạn 118 hồ sơ; cấp xã tiếp nhận 77.072 hồ sơ, giải quyết 75.267 hồ sơ.",
        {21340: "Cấp tỉnh", 20604: "Cấp tỉnh", 118: "Cấp tỉnh", 77072: "cấp xã", 75267: "cấp xã"},
    ),
    ("tỉnh Cao Bằng", "Tổng số hồ sơ mà các sở, ban, ngành và 56 xã, phường phải giải quyết là 56.122 hồ sơ.", {56122: ""}),
    # what a commune says of others, of itself, and of where it comes from
    (
        "phường Hạc Thành",
        "Tỷ lệ giải quyết đúng hạn của phường đạt 99,1%, cao hơn bình quân của tỉnh (97,6%).",
        {Decimal("99.1"): ""},
    ),
    ("phường Hạc Thành", "UBND phường Hạc Thành tiếp nhận 812 hồ sơ, giải quyết 800 hồ sơ.", {812: "", 800: ""}),
    ("xã Đông Hưng", "Xã Đông Hưng được hợp thành từ xã Đông Sơn và xã Đông La, dân số 43.615 người.", {43615: ""}),
    ("xã Bắc Hà", "Dân số 34.902 người; đông nhất là thôn Bản Phố với 1.206 nhân khẩu.", {34902: "", 1206: "thôn Bản Phố"}),
    # who works in the villages, and one school beside all of them
    ("xã Cát Thành", "Người hoạt động không chuyên trách: cấp xã 12 người; ở thôn, tổ dân phố 108 người.", {12: "", 108: "thôn, tổ dân phố"}),
    (
        "xã Cát Thành",
        "Sự nghiệp giáo dục: các trường mầm non, tiểu học, trung học cơ sở được giao 214 người làm việc, trong đó bậc mầm non 88 người.",
        {214: "", 88: "bậc mầm non"},
    ),
]


@pytest.mark.parametrize(("unit", "text", "wanted"), SUBJECTS)
def test_a_figure_of_somebody_else_names_them_and_one_of_the_unit_names_nobody(unit: str, text: str, wanted: dict[object, str]) -> None:
    document = read_document(text.encode(), "report.txt")
    found = {figure.value: figure.subject for figure in read_figures(document, Header(unit_name=unit))}
    assert found == wanted


def test_columns_and_groups_of_a_table_that_name_a_system_are_the_subject_of_their_figures() -> None:
    groups = """
        Lĩnh vực | Tổng số tiếp nhận | Đã giải quyết | Đang giải quyết
        I. Hệ thống của các Bộ | 30 | 25 | 5
        1. Hộ tịch | 30 | 25 | 5
        II. Hệ thống của tỉnh | 70 | 60 | 10
        1. Chứng thực | 70 | 60 | 10
        Tổng cộng | 100 | 85 | 15
    """
    received = {figure.value: figure.subject for figure in figures(textwrap.dedent(groups)) if figure.measure == "tthc_received_total"}
    assert received == {30: "Hệ thống của các Bộ", 70: "Hệ thống của tỉnh", 100: ""}
    columns = """
        Nội dung | Hệ thống của Bộ | Hệ thống của tỉnh | Cộng
        Tổng số hồ sơ tiếp nhận | 30 | 70 | 100
        Đã giải quyết | 25 | 60 | 85
    """
    assert {figure.value: figure.subject for figure in figures(textwrap.dedent(columns))} == {
        30: "Hệ thống của Bộ",
        70: "Hệ thống của tỉnh",
        100: "",
        25: "Hệ thống của Bộ",
        60: "Hệ thống của tỉnh",
        85: "",
    }


REPORTS_IN_ODD_OUTLINES = {
    "blocks head bare values": (
        "I. TÌNH HÌNH CHUNG\n\nTổng biên chế được giao cho xã là 97 người; có mặt 89 người.\n\nII. CHI TIẾT\n\n1. Khối Đảng, Mặt trận\n\nGiao: 36. Có mặt: 35. Thiếu: 01.\n\n"
        "2. Khối chính quyền\n\nGiao: 61. Có mặt: 54. Thiếu: 07.\n",
        [
            "staff_assigned@all=97",
            "staff_present@all=89",
            "staff_assigned@party-front=36",
            "staff_present@party-front=35",
            "staff_vacant@party-front=1",
            "staff_assigned@government=61",
            "staff_present@government=54",
            "staff_vacant@government=7",
        ],
    ),
    "an earlier quarter is told behind": (
        "1. Hồ sơ\n\nTrong quý tiếp nhận 1.200 hồ sơ, giải quyết 1.150 hồ sơ. Quý II tiếp nhận 1.100 hồ sơ, giải quyết 1.090 hồ sơ.\n",
        ["tthc_received_total@=1200", "tthc_resolved_total@=1150"],
    ),
    "an earlier quarter is told first": (
        "1. Hồ sơ\n\nQuý II tiếp nhận 1.100 hồ sơ; quý III tiếp nhận 1.200 hồ sơ.\n",
        ["tthc_received_total@=1100", "tthc_received_total@=1200"],
    ),
    "questions and answers": (
        "Câu 1. Người hoạt động không chuyên trách?\n\nTrả lời: Cấp xã còn 12 người, quý trước còn 25 người.\n\nCâu 2. Kiến nghị?\n\nTrả lời: Cho phép tuyển 03 công chức.\n",
        ["staff_non_specialised@=12"],
    ),
    "a list by field in prose, and what its unit resolved": (
        "1. Hồ sơ\n\nTrong tổng số hồ sơ tiếp nhận, chứng thực nhiều nhất với 875 hồ sơ, kế đến là hộ tịch 316, đất đai 204 và các lĩnh vực còn lại 23 hồ sơ.\n\n"
        "- Đã giải quyết: 1.338 hồ sơ, chia ra:\n+ Trước hạn: 1.271 hồ sơ;\n+ Trễ hạn: 55 hồ sơ.\n",
        [
            *("tthc_received_total@field:certification=875", "tthc_received_total@field:civil-status=316", "tthc_received_total@field:land=204"),
            *("tthc_received_total@field:other=23", "tthc_resolved_total@=1338", "tthc_resolved_early@=1271", "tthc_resolved_overdue@=55"),
        ],
    ),
    "the late one of a field and the others": (
        "1. Hồ sơ\n\nĐang xử lý 96 hồ sơ, có 01 hồ sơ đất đai đã trễ hẹn, 95 hồ sơ còn thời hạn.\n",
        ["tthc_in_progress_total@=96", "tthc_in_progress_overdue@=1", "tthc_in_progress_overdue@field:land=1", "tthc_in_progress_on_time@=95"],
    ),
    "channels with their counts in brackets": (
        "1. Hồ sơ\n\nTiếp nhận mới 3.846 hồ sơ, gồm nộp trực tuyến (3.512 hồ sơ, đạt 91,32%), nộp trực tiếp (287 hồ sơ) và qua bưu chính (47 hồ sơ).\n",
        [
            *("tthc_received_new@=3846", "tthc_received_online@=3512", "tthc_online_rate_pct@=91.32"),
            *("tthc_received_in_person@=287", "tthc_received_postal@=47"),
        ],
    ),
    "a quota by block, and those who are missing by block": (
        "1. Biên chế\n\nTỉnh tạm giao cho xã tổng cộng 357 biên chế, trong đó khối Đảng 34; khối chính quyền 96; "
        "số người làm việc trong đơn vị sự nghiệp 227 (giáo dục 189, y tế 38).\n\n"
        "2. Sự nghiệp\n\nCó mặt 214 viên chức, còn 13 chỉ tiêu chưa tuyển: giáo dục 12 (thiếu giáo viên Tiếng Anh), y tế 01.\n",
        [
            *("staff_assigned@all=357", "staff_assigned@party=34", "staff_assigned@government=96", "staff_assigned@public-service=227"),
            *("staff_assigned@education=189", "staff_assigned@health=38", "staff_present@public-service=214"),
            *("staff_vacant@public-service=13", "staff_vacant@education=12", "staff_vacant@health=1"),
        ],
    ),
    "people under contract in two blocks": (
        "1. Biên chế\n\nXã có 34 lao động hợp đồng theo Nghị định số 111/2022/NĐ-CP, làm bảo vệ tại các trường (32 người) và lái xe tại trụ sở UBND (02 người).\n",
        ["staff_contract_111@all=34", "staff_contract_111@education=32", "staff_contract_111@government=2"],
    ),
    "what is told of people is no head count": (
        "1. Biên chế\n\nCả ba khối (chính quyền; Đảng, Mặt trận; sự nghiệp) được giao 661, có mặt 624.\n\n2. Chuyển đổi số\n\n38/38 công chức có chữ ký số.\n",
        ["staff_assigned@all=661", "staff_present@all=624"],
    ),
    "facts among requests": (
        "I. Kết quả\n\nKhối chính quyền được giao 54 biên chế.\n\nII. Đề xuất, kiến nghị\n\n- Hiện còn thiếu 12 biên chế, đề nghị tỉnh bổ sung 05 biên chế.\n"
        "- Với 07 hồ sơ quá hạn đang giải quyết, cần xử lý dứt điểm 07 hồ sơ.\n- Hiện nay việc nhiều, cho tuyển 05 công chức.\n"
        "- Với tinh thần trách nhiệm cao, tiếp nhận 3.000 hồ sơ.\n",
        ["staff_assigned@government=54", "staff_vacant@government=12", "tthc_in_progress_overdue@=7"],
    ),
    "the other fields together, and a part of its own": (
        "1. Hồ sơ\n\nHồ sơ tiếp nhận mới nhiều nhất là chứng thực (1.487 hồ sơ), đất đai (565 hồ sơ); các lĩnh vực khác cộng lại là 187 hồ sơ. "
        "Có 297 hồ sơ đã có kết quả, 278 hồ sơ trong số đó trả trước và đúng hạn, 19 hồ sơ trả trễ.\n",
        [
            *("tthc_received_new@field:certification=1487", "tthc_received_new@field:land=565", "tthc_received_new@field:other=187"),
            *("tthc_resolved_total@=297", "tthc_resolved_early_or_on_time@=278", "tthc_resolved_overdue@=19"),
        ],
    ),
    "what is left over, below causes too": (
        "1. Chỉ đạo\n\nPhường kiện toàn đầu mối (01 Phó Chủ tịch, 05 công chức).\n\n2. Tồn tại, nguyên nhân\n\n"
        "Ngoài 07 hồ sơ đang giải quyết đã quá hạn, vẫn còn 32 hồ sơ giải quyết quá hạn, do hồ sơ địa chính cũ thất lạc. "
        "Toàn bộ 86 phản ánh, kiến nghị gửi đến đều được tiếp nhận và xử lý dứt điểm.\n",
        ["tthc_in_progress_overdue@=7", "tthc_resolved_overdue@=32", "pakn_received@=86", "pakn_resolved@=86"],
    ),
    "chapters in letters and numbers": (
        "A1. Khối chính quyền\nBố trí 40 người trên 45 biên chế.\n\nA2. Khối Đảng, đoàn thể\nBố trí 20 người trên 22 biên chế.\n",
        ["staff_present@government=40", "staff_assigned@government=45", "staff_present@party-front=20", "staff_assigned@party-front=22"],
    ),
    "a conclusion with requests": (
        "I. KẾT QUẢ\n\nHiện có 40 công chức.\n\nV. KẾT LUẬN, KIẾN NGHỊ\n\nTrung tâm tiếp nhận 1.460 hồ sơ. Đề nghị UBND tỉnh:\n1. Bổ sung 10 viên chức y tế.\n",
        ["staff_present@government=40", "tthc_received_total@=1460"],
    ),
}


def test_what_a_department_counts_of_its_communes_is_of_all_blocks_where_their_sums_show_it() -> None:
    text = (
        "UBND TỈNH KHÁNH HÒA\nSỞ NỘI VỤ\n\nBÁO CÁO\nĐội ngũ cán bộ, công chức cấp xã năm 2026\n\n1. Cán bộ, công chức cấp xã\n\n"
        "Tổng biên chế cán bộ, công chức cấp xã được giao là 4.286; có mặt 3.917. Phân theo khối:\n\n"
        "- Khối Đảng, Mặt trận: giao 1.463, có mặt 1.352.\n- Khối chính quyền: giao 2.823, có mặt 2.565.\n\n"
        "2. Biến động\n\nTrong 9 tháng giảm 18 người (nghỉ hưu 11, chuyển công tác 7); tăng 12 người do tuyển dụng mới, tiếp nhận từ các sở.\n"
    )
    document = read_document(text.encode(), "report.txt")
    found = {f"{figure.measure}@{figure.scope}={figure.value}" for figure in read_figures(document, Header(unit_name="tỉnh Khánh Hòa"))}
    assert {"staff_assigned@all=4286", "staff_present@all=3917", "staff_present@government=2565", "staff_assigned@party-front=1463"} <= found
    assert {"staff_left@all=18", "staff_left_retired@all=11", "staff_left_transferred@all=7", "staff_joined@all=12"} <= found


@pytest.mark.parametrize(("body", "wanted"), REPORTS_IN_ODD_OUTLINES.values(), ids=REPORTS_IN_ODD_OUTLINES.keys())
def test_a_report_in_an_odd_outline_is_read_by_what_its_lines_stand_below(body: str, wanted: list[str]) -> None:
    found = read_figures(read_document(f"BÁO CÁO\nQuý III năm 2026\n\n{body}".encode(), "report.txt"), Header(period=calendar("quarter", 2026, 3)))
    assert {f"{figure.measure}@{figure.scope}={figure.value}" for figure in found} == set(wanted)


@pytest.mark.parametrize(
    ("told", "carried"),
    [
        ("nhận bàn giao từ các phường cũ 316 hồ sơ", "316"),
        ("nhận bàn giao hồ sơ dở dang của các phường cũ chuyển qua 316 hồ sơ", "316"),
        ("nhận bàn giao 316 hồ sơ dở dang của 06 phường cũ", "316"),
        ("chưa kể 316 hồ sơ do các xã và huyện cũ bàn giao chuyển qua", "316"),
        ("ngoài ra còn 316 hồ sơ do các xã cũ và huyện Tân Trụ bàn giao sang", "316"),
        ("ngoài ra nhận 316 hồ sơ chuyển giao từ các phường trước sắp xếp", "316"),
        ("nhận bàn giao từ UBND các xã, thị trấn cũ 316 hồ sơ chưa giải quyết xong", "316"),
        ("nhận bàn giao 316 hồ sơ lưu trữ của các phường cũ", ""),
        ("ngoài ra 316 hồ sơ do các xã cũ bàn giao được theo dõi riêng", ""),
    ],
)
def test_dossiers_that_the_old_units_handed_over_are_carried_over(told: str, carried: str) -> None:
    text = f"Trung tâm tiếp nhận mới 21.480 hồ sơ, {told}; đã giải quyết 21.215 hồ sơ.\n"
    expected = {"tthc_received_new=21480", "tthc_resolved_total=21215"} | ({f"tthc_carried_over={carried}"} if carried else set())
    assert summary(text) == expected


def test_what_became_of_dossiers_handed_over_is_not_what_was_carried_over() -> None:
    text = "Nguyên nhân: hồ sơ đất đai tồn từ huyện cũ bàn giao 156 hồ sơ thiếu giấy tờ. Đã giải quyết 40 hồ sơ do các xã cũ bàn giao.\n"
    assert not any(figure.startswith("tthc_carried_over") for figure in summary(text))
