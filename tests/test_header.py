"""What a report says of itself. Every head here is invented; the units are real, the numbers are not."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.facts import read_header
from ingest.facts.flat import flat, plain
from warehouse.model import Document, Header
from warehouse.text import nfc
from warehouse.units import UnitRegister

REPORTS = Path(__file__).resolve().parents[2] / "shared" / "reports"


@pytest.fixture(scope="module")
def register() -> UnitRegister:
    return UnitRegister.load()


def read(text: str, register: UnitRegister | None = None) -> Header:
    return read_header(Document("t.txt", "text/plain", nfc(text)), register)


def report(
    *,
    letterhead: str = "ỦY BAN NHÂN DÂN\nPHƯỜNG ĐÔNG KINH\n",
    number: str = "Số: 12/BC-UBND",
    dated: str = "Đông Kinh, ngày 17 tháng 6 năm 2026",
    title: str = "Kết quả kiểm soát thủ tục hành chính quý II năm 2026",
    to: str = "Kính gửi: UBND tỉnh Lạng Sơn",
    body: str = "Trong kỳ đã tiếp nhận 100 hồ sơ.",
) -> str:
    return f"{letterhead}\n{number}\n{dated}\n\nBÁO CÁO\n{title}\n\n{to}\n\nI. KẾT QUẢ\n\n{body}\n"


# --- the matching view ---


def test_the_matching_view_keeps_every_offset() -> None:
    text = nfc("**Số:** 12/BC-ƯBND | Đắk Lắk – “Ngƣời” ½ ² İ ŉ 󠀁")
    assert len(flat(text)) == len(plain(text)) == len(text)
    assert flat("ĐẮK LẮK – ƣ Ƣ") == "dak lak - u u"


# --- unit and province ---

DONG_KINH = ("phường Đông Kinh", "tỉnh Lạng Sơn", "05977")


@pytest.mark.parametrize(
    ("text", "unit", "province", "code"),
    [
        (report(), *DONG_KINH),
        (report(letterhead="UBND TỈNH LẠNG SƠN\nỦY BAN NHÂN DÂN PHƯỜNG ĐÔNG KINH\n", to=""), *DONG_KINH),
        (
            report(letterhead="ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nPHƯỜNG ĐÔNG KINH Độc lập - Tự do - Hạnh phúc\n"),
            *DONG_KINH,
        ),
        (
            report(
                letterhead="",
                body="UBND phường Đông Kinh báo cáo như sau. Phường Tam Thanh, phường Tam Thanh và phường Tam Thanh giáp phía bắc.",
            ),
            *DONG_KINH,
        ),
        (
            report(
                letterhead="| **UBND XÃ MÙ CANG CHẢI** | **CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM** |\n",
                dated="Mù Cang Chải, ngày 2 tháng 7 năm 2026",
                to="Kính gửi: Sở Nội vụ tỉnh Lào Cai",
            ),
            *("xã Mù Cang Chải", "tỉnh Lào Cai", "04456"),
        ),
        (
            report(
                letterhead="UBND PHƯỜNG HÀ GIANG 2\n",
                dated="Hà Giang 2, ngày 18 tháng 6 năm 2026",
                to="Kính gửi: Văn phòng UBND tỉnh Tuyên Quang",
                body="UBND phường Hà Giang 2 báo cáo.",
            ),
            *("phường Hà Giang 2", "tỉnh Tuyên Quang", "00691"),
        ),
    ],
    ids=["two lines", "under the province", "two columns", "only the dateline and the sentence that reports", "markdown table", "numbered"],
)
def test_the_issuing_unit_is_the_one_that_presents_itself(text: str, unit: str, province: str, code: str, register: UnitRegister) -> None:
    header = read(text, register)
    assert (header.unit_name, header.province_name, header.unit_code) == (unit, province, code)
    assert header.unit_valid_from == date(2025, 7, 1)


def test_decomposed_and_damaged_letters_give_the_same_unit(register: UnitRegister) -> None:
    damaged = unicodedata.normalize("NFD", report().replace("ư", "ƣ"))
    assert read(damaged, register).unit_name == "phường Đông Kinh"


def test_a_name_that_several_provinces_have_is_not_guessed(register: UnitRegister) -> None:
    text = report(letterhead="UBND PHƯỜNG BÌNH THUẬN\n", dated="Bình Thuận, ngày 17 tháng 6 năm 2026", to="")
    header = read(text, register)
    assert (header.unit_name, header.unit_code, header.province_name) == ("phường Bình Thuận", "", "")
    assert {"unit-ambiguous", "province-missing"} <= set(header.flags)


def test_a_unit_that_its_province_does_not_have_stays_unresolved(register: UnitRegister) -> None:
    header = read(report(to="Kính gửi: UBND tỉnh Cà Mau"), register)
    assert (header.unit_code, header.province_name) == ("", "tỉnh Cà Mau")
    assert "unit-unresolved" in header.flags


def test_a_report_of_before_the_reform_resolves_to_the_old_unit_of_its_district(register: UnitRegister) -> None:
    text = report(
        letterhead="UBND THỊ XÃ BỈM SƠN\nUBND PHƯỜNG LAM SƠN\n",
        dated="Lam Sơn, ngày 16 tháng 9 năm 2024",
        title="Kết quả cải cách hành chính quý III năm 2024",
        to="Kính gửi: Phòng Nội vụ thị xã Bỉm Sơn, tỉnh Thanh Hóa",
    )
    header = read(text, register)
    assert (header.unit_name, header.unit_code, header.province_name) == ("phường Lam Sơn", "14815", "tỉnh Thanh Hóa")
    without = read(text.replace("THỊ XÃ BỈM SƠN", "").replace("thị xã Bỉm Sơn, ", ""), register)
    assert without.unit_code == ""
    assert "unit-ambiguous" in without.flags


def test_a_district_city_of_before_the_reform_is_no_province(register: UnitRegister) -> None:
    text = report(
        letterhead="UBND THÀNH PHỐ THANH HÓA\nUBND PHƯỜNG LAM SƠN\n", dated="Lam Sơn, ngày 16 tháng 9 năm 2024",
        title="Kết quả cải cách hành chính quý III năm 2024", to="",
    )  # fmt: skip
    header = read(text, register)
    assert (header.unit_code, header.province_name) == ("14773", "tỉnh Thanh Hóa")
    assert "province-missing" in header.flags  # the text does not name it: it is where the only unit of that name lies


@pytest.mark.parametrize("dash", [" - ", "-", " – "])
def test_a_name_of_two_parts_keeps_both(dash: str, register: UnitRegister) -> None:
    text = report(
        letterhead=f"UBND PHƯỜNG XUÂN HƯƠNG{dash}ĐÀ LẠT\n", dated=f"Xuân Hương{dash}Đà Lạt, ngày 17 tháng 6 năm 2026", to="Kính gửi: UBND tỉnh Lâm Đồng"
    )
    assert (read(text, register).unit_name, read(text, register).unit_code) == ("phường Xuân Hương - Đà Lạt", "24781")


@pytest.mark.parametrize(
    ("title", "body"), [("cải cách hành chính quý II năm 2026 trên địa bàn tỉnh", "phường Quy Nhơn 9 hồ sơ; UBND phường Quy Nhơn báo cáo 3 lần.")]
)
def test_a_province_that_reports_is_the_issuer(title: str, body: str, register: UnitRegister) -> None:
    text = report(letterhead="ỦY BAN NHÂN DÂN\nTỈNH GIA LAI\n", dated="Gia Lai, ngày 17 tháng 6 năm 2026", title=title, to="Kính gửi: Bộ Nội vụ", body=body)
    header = read(text, register)
    assert (header.unit_name, header.unit_code, header.province_name) == ("tỉnh Gia Lai", "52", "tỉnh Gia Lai")
    columns = text.replace("ỦY BAN NHÂN DÂN\nTỈNH GIA LAI\n", "ỦY BAN NHÂN DÂN     CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTỈNH GIA LAI     Độc lập - Tự do\n")
    assert read(columns, register).unit_name == "tỉnh Gia Lai"
    office = text.replace("TỈNH GIA LAI\n", "TỈNH GIA LAI\nVĂN PHÒNG\n").replace("BC-UBND", "BC-VP")
    assert read(office, register).unit_name == "tỉnh Gia Lai"
    below = text.replace("TỈNH GIA LAI\n", "TỈNH GIA LAI\nUBND PHƯỜNG QUY NHƠN\n")
    assert read(below, register).unit_name == "phường Quy Nhơn"


def test_a_province_mentioned_in_passing_does_not_take_the_unit_away(register: UnitRegister) -> None:
    text = report(
        letterhead="UBND PHƯỜNG NINH KIỀU\n", dated="Ninh Kiều, ngày 3 tháng 9 năm 2026", to="",
        body="Hồ sơ của công dân các tỉnh An Giang, tỉnh An Giang và thành phố Cần Thơ.",
    )  # fmt: skip
    assert read(text, register).province_name == "thành phố Cần Thơ"


def test_a_text_without_a_unit_says_so(register: UnitRegister) -> None:
    header = read("BÁO CÁO\nKết quả quý I năm 2026\n\nĐã tiếp nhận 03 hồ sơ; phường 02 lần kiểm tra các xã, phường.\n", register)
    assert (header.unit_name, header.unit_code) == ("", "")
    assert "unit-missing" in header.flags


def test_the_register_of_the_project_is_used_when_none_is_given() -> None:
    assert read(report()).unit_code == "05977"


# --- number ---


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("Số: 235/BC-UBND", "235/BC-UBND"),
        ("**Số:** 7 /BC-UBND", "7/BC-UBND"),
        ("Số 118-BC/ĐU", "118-BC/ĐU"),
        ("Số: 24/BC-TTPVHCC", "24/BC-TTPVHCC"),
        ("Số:      /BC-UBND", ""),
        ("Số: ......../BC-UBND", ""),
        ("", ""),
    ],
)
def test_the_number_is_the_reports_own(printed: str, number: str) -> None:
    body = "Thực hiện Kế hoạch số 31/KH-UBND và Báo cáo số 99/BC-UBND của UBND tỉnh."
    header = read(report(number=printed, body=body))
    assert header.number == number
    assert ("number-blank" in header.flags) is not bool(number)


# --- date ---


@pytest.mark.parametrize(
    ("printed", "day", "flag"),
    [
        ("Đông Kinh, ngày 18 tháng 3 năm 2026", date(2026, 3, 18), ""),
        ("*Đông Kinh, ngày 03 tháng 7 năm 2026*", date(2026, 7, 3), ""),
        ("Đông Kinh, ngày 18\ntháng 3 năm 2026", date(2026, 3, 18), ""),
        ("phường Đông Kinh, ngày l8 tháng O3 nãm 2026", date(2026, 3, 18), ""),
        ("Đông Kinh, 05/02/2026", date(2026, 2, 5), ""),
        ("Ngày 05 tháng 02 năm 2026", date(2026, 2, 5), ""),
        ("Đông Kinh, ngày tháng năm 2026", None, "document-date-blank"),
        ("Đông Kinh, ngày    tháng 7 năm 2026", None, "document-date-blank"),
        ("Đông Kinh, ngày ... tháng ... năm 2026", None, "document-date-blank"),
        ("Đông Kinh, ngày 30 tháng 02 năm 2026", None, "document-date-impossible"),
        ("", None, "document-date-missing"),
    ],
)
def test_the_document_date_is_read_as_printed(printed: str, day: date | None, flag: str) -> None:
    text = nfc(report(dated=printed, body="Thực hiện Công văn số 88-CV/TU, ngày 21/5/2026 và kết quả tháng 3 năm 2026."))
    header = read(text)
    assert header.document_date == day
    dates = [name for name in header.flags if name.startswith("document-date")]
    assert dates == ([flag] if flag else [])
    if header.document_date_span is not None:
        start, end = header.document_date_span
        assert text[start:end] and text[start:end] in text.split("BÁO CÁO")[0]


def test_a_wrapped_line_that_begins_with_the_date_of_another_document_is_not_the_reports_date() -> None:
    text = report(dated="", to="Thực hiện Công văn số 644/SNV-TCBC\nngày 12/3/2026 của Sở Nội vụ, UBND phường Đông Kinh báo cáo.")
    header = read(text)
    assert (header.document_date, header.document_date_span) == (None, None)


def test_a_date_below_the_title_is_found() -> None:
    text = "BÁO CÁO\nKết quả kiểm soát TTHC quý I/2026 của UBND phường Đông Kinh\n\nNgày lập: 16-3-2026\n\nI. KẾT QUẢ\n"
    assert read(text).document_date == date(2026, 3, 16)


def test_a_text_without_a_title_is_still_sorted_by_what_it_tells() -> None:
    assert read("UBND PHƯỜNG ĐÔNG KINH\nSố liệu kiểm soát thủ tục hành chính quý I/2026\n").kind == "kstthc"


def test_a_short_report_that_puts_its_date_behind_its_number() -> None:
    header = read(report(number="Số 933/BC-UBND, ngày 17/8/2026", dated="", title="v/v kiểm soát TTHC tháng 8/2026"))
    assert (header.number, header.document_date, header.kind) == ("933/BC-UBND", date(2026, 8, 17), "kstthc")


def test_a_date_far_from_the_period_is_kept_as_printed() -> None:
    assert read(report(dated="Đông Kinh, ngày 17 tháng 6 năm 2025")).document_date == date(2025, 6, 17)


# --- title, addressee, kind ---


def test_the_title_is_joined_over_its_lines_and_ends_before_the_text() -> None:
    header = read(report(title="Kết quả kiểm soát thủ tục hành chính\nquý II năm 2026"))
    assert header.title == "Kết quả kiểm soát thủ tục hành chính quý II năm 2026"
    assert header.addressee == "UBND tỉnh Lạng Sơn"


def test_several_addressees_are_listed() -> None:
    header = read(report(to="Kính gửi:\n- UBND tỉnh Lạng Sơn;\n- Sở Tư pháp.\n\nCăn cứ"))
    assert header.addressee == "UBND tỉnh Lạng Sơn; Sở Tư pháp"


def test_a_text_without_the_word_report_takes_the_line_that_tells_what_is_reported() -> None:
    header = read("Kết quả cải cách hành chính quý III\n\nnăm 2023 của UBND phường Lam Sơn\n\nKính gửi: UBND thị xã Bỉm Sơn\n\nI. KẾT QUẢ\n")
    assert header.title == "Kết quả cải cách hành chính quý III năm 2023 của UBND phường Lam Sơn"


def test_a_text_without_a_title_says_so() -> None:
    header = read("Danh sách cuộc họp.\n")
    assert (header.title, header.kind) == ("", "other")
    assert "title-missing" in header.flags


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Công tác kiểm soát TTHC, cải cách thủ tục hành chính quý I năm 2026", "kstthc"),
        ("Tình hình, kết quả giải quyết thủ tục hành chính quý I năm 2026", "kstthc"),
        ("Kiểm soát thủ tục hành chính và phục vụ người dân tại bộ phận một cửa quý I năm 2026", "kstthc"),
        ("Tình hình kiểm soát thủ tục hành chánh quý I năm 2026", "kstthc"),
        ("Kết quả công tác cải cách hành chính năm 2025", "cchc"),
        ("Sơ kết 01 năm vận hành mô hình chính quyền địa phương 02 cấp", "two-level-government"),
        ("Tình hình phát triển kinh tế - xã hội 6 tháng đầu năm 2026", "socio-economic"),
        ("Hoạt động của Trung tâm Phục vụ hành chính công tháng 8 năm 2025", "other"),
        ("Tình hình sử dụng biên chế năm 2025", "other"),
        ("V/v số hóa hồ sơ trong giải quyết thủ tục hành chính quý III năm 2026", "other"),
        ("Kết quả số hóa 9 tháng (trích từ Hệ thống thông tin giải quyết TTHC)", "other"),
        ("Kết quả 100 ngày vận hành chính quyền đặc khu", "two-level-government"),
        ("Kết quả đánh giá chất lượng phục vụ người dân trong thực hiện thủ tục hành chính tháng 8 năm 2026", "other"),
        ("Nhìn lại một năm đầu của xã", "two-level-government"),
        ("Tổ chức bộ máy và công việc qua 01 năm vận hành mô hình chính quyền địa phương 02 cấp", "two-level-government"),
    ],
)
def test_the_kind_follows_the_title(title: str, kind: str) -> None:
    assert read(report(title=title)).kind == kind


def test_tables_attached_to_a_report_have_its_number_and_date() -> None:
    top = "PHỤ LỤC SỐ LIỆU\nKẾT QUẢ KIỂM SOÁT THỦ TỤC HÀNH CHÍNH QUÝ I NĂM 2026\n"
    header = read(top + "(Kèm theo Báo cáo số 87/BC-UBND ngày 18/3/2026 của Ủy ban nhân dân xã Năm Căn, tỉnh Cà Mau)\n")
    assert (header.number, header.document_date) == ("87/BC-UBND", date(2026, 3, 18))
    header = read(top + "(Theo đề cương tại Công văn số 87/VP-KSTT ngày 18/3/2026 của Văn phòng UBND tỉnh Cà Mau)\n")
    assert (header.number, header.document_date) == ("", None)


def test_a_half_year_told_up_to_a_month_before_its_end_is_that_half_year() -> None:
    title = "Công tác cải cách hành chính 6 tháng đầu năm 2026\n(Kỳ số liệu: từ ngày 15/12/2025 đến ngày {}/2026)"
    ends = [read(report(title=title.format(day))).period for day in ("14/5", "10/6")]
    assert [period and period.end for period in ends] == [date(2026, 6, 14), date(2026, 6, 10)]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Kết quả hoạt động kiểm soát thủ tục hành chính, tiếp nhận và trả kết quả giải quyết TTHC quý III năm 2026", "kstthc"),
        ("Kết quả tiếp nhận và trả kết quả quý III năm 2026", "other"),
    ],
)
def test_a_centre_reports_on_the_control_of_procedures_where_its_title_says_so(title: str, kind: str) -> None:
    assert read(report(title=title, number="Số: 58/BC-TTPVHCC")).kind == kind


def test_a_party_committee_reports_whatever_the_subject() -> None:
    text = report(letterhead="ĐẢNG ỦY PHƯỜNG ĐÔNG KINH\n*\n", number="Số 9-BC/ĐU", title="Kết quả lãnh đạo cải cách hành chính năm 2025")
    header = read(text)
    assert (header.kind, header.unit_name, header.number) == ("party-review", "phường Đông Kinh", "9-BC/ĐU")


def test_a_body_of_party_council_and_committee_is_not_the_partys() -> None:
    letterhead = "ĐẢNG ỦY - HĐND - UBND XÃ PHÚ XUYÊN\nBAN TIẾP CÔNG DÂN\n"
    assert read(report(letterhead=letterhead, number="Số:     /BC-BTCD", title="Công tác tiếp công dân quý III năm 2026")).kind == "other"


def test_a_committee_report_that_mentions_the_party_is_not_the_partys() -> None:
    body = "Thực hiện chỉ đạo của Đảng ủy phường, UBND phường Đông Kinh báo cáo như sau."
    assert read(report(body=body)).kind == "kstthc"


# --- period ---

Q2 = ("statutory", date(2026, 3, 15), date(2026, 6, 14))


@pytest.mark.parametrize(
    ("title", "body", "dated", "expected", "flags"),
    [
        ("Kết quả kiểm soát TTHC quý II năm 2026", "", "17 tháng 6 năm 2026", Q2, ()),
        ("Kết quả kiểm soát TTHC quý II năm 2026 (từ 15/3/2026 đến 14/6/2026)", "", "17 tháng 6 năm 2026", Q2, ()),
        (
            "Kết quả kiểm soát TTHC quý II năm 2026", "Quý II (từ ngày 15/3/2026 đến 15/6/2026) tiếp nhận 9 hồ sơ.", "17 tháng 6 năm 2026",
            Q2, ("period-differs",),
        ),
        (
            "Kết quả kiểm soát TTHC quý II năm 2026", "Quý II (từ ngày 15/6/2026 đến 14/3/2026) tiếp nhận 9 hồ sơ.", "17 tháng 6 năm 2026",
            Q2, ("period-backwards", "period-differs"),
        ),
        (
            "Kết quả kiểm soát TTHC quý II năm 2026\n(từ 01/4/2026 đến 30/6/2026)", "", "2 tháng 7 năm 2026",
            ("calendar", date(2026, 4, 1), date(2026, 6, 30)), (),
        ),
        ("Kết quả kiểm soát TTHC quý IV, nhiệm vụ quý I năm 2026", "", "17 tháng 12 năm 2025", ("statutory", date(2025, 9, 15), date(2025, 12, 14)), ()),
        ("Kết quả kiểm soát TTHC năm 2025, phương hướng năm 2026", "", "17 tháng 12 năm 2025", ("statutory", date(2024, 12, 15), date(2025, 12, 14)), ()),
        (
            "Kết quả kiểm soát TTHC năm 2025\n(từ 01/7/2025 đến 14/12/2025)", "", "17 tháng 12 năm 2025",
            ("other", date(2025, 7, 1), date(2025, 12, 14)), (),
        ),
        ("Cải cách hành chính 6 tháng đầu năm 2026", "", "16 tháng 6 năm 2026", ("statutory", date(2025, 12, 15), date(2026, 6, 14)), ()),
        ("Cải cách hành chính 6 tháng đầu năm 2026", "Đến ngày 30/6, xã xong 9 việc.", "20 tháng 6 năm 2026", ("calendar", date(2026, 1, 1), date(2026, 6, 30)), ()),
        ("Cải cách hành chính 6 tháng đầu năm 2026", "Đến 30/6/2026 xong 9 việc.", "3 tháng 7 năm 2026", ("calendar", date(2026, 1, 1), date(2026, 6, 30)), ()),
        (
            "Tình hình kinh tế - xã hội 9 tháng đầu năm, nhiệm vụ 3 tháng cuối năm 2026", "", "3 tháng 10 năm 2026",
            ("calendar", date(2026, 1, 1), date(2026, 9, 30)), (),
        ),
        (
            "Kinh tế - xã hội 6 tháng đầu năm, nhiệm vụ 6 tháng cuối năm 2026\n(Trình HĐND xã khóa II, nhiệm kỳ 2026 - 2031)", "", "3 tháng 7 năm 2026",
            ("calendar", date(2026, 1, 1), date(2026, 6, 30)), (),
        ),
        (
            "Kết quả 100 ngày vận hành chính quyền địa phương 02 cấp\n(từ ngày 01/7/2025 đến ngày 08/10/2025)", "", "10 tháng 10 năm 2025",
            ("other", date(2025, 7, 1), date(2025, 10, 8)), (),
        ),
        (
            "Sơ kết 01 năm vận hành chính quyền địa phương 02 cấp", "Số liệu tính đến ngày 31/5/2026.", "10 tháng 6 năm 2026",
            ("other", date(2025, 7, 1), date(2026, 5, 31)), (),
        ),
        (
            "Sơ kết 01 năm vận hành chính quyền địa phương 02 cấp", "Từ ngày 01/7/2025 đến nay tiếp nhận 9 hồ sơ.", "10 tháng 6 năm 2026",
            ("other", date(2025, 7, 1), date(2026, 6, 10)), ("period-open-ended",),
        ),
        (
            "Sơ kết 01 năm vận hành chính quyền địa phương 02 cấp", "Từ ngày 01/7/2025 đến nay tiếp nhận 9 hồ sơ.", "10 tháng 9 năm 2026",
            ("other", date(2025, 7, 1), date(2026, 6, 30)), ("period-open-ended",),
        ),
        ("Hoạt động của Trung tâm tháng 8 năm 2025", "", "4 tháng 9 năm 2025", ("calendar", date(2025, 8, 1), date(2025, 8, 31)), ()),
        (
            "Cải cách hành chính quý III năm 2026\n(số liệu từ 01/7/2026 đến 20/9/2026)", "", "22 tháng 9 năm 2026",
            ("other", date(2026, 7, 1), date(2026, 9, 20)), (),
        ),
        (
            "Xử lý phản ánh, kiến nghị 6 tháng đầu năm 2026", "UBND tổng hợp ý kiến từ ngày 15/12/2025 đến ngày 14/6/2026.", "17 tháng 6 năm 2026",
            ("statutory", date(2025, 12, 15), date(2026, 6, 14)), (),
        ),
        (
            "Dịch vụ công trực tuyến và Đề án 06\ntừ ngày 01/01/2026 đến ngày 30/6/2026", "", "2 tháng 7 năm 2026",
            ("calendar", date(2026, 1, 1), date(2026, 6, 30)), (),
        ),
        (
            "Kinh tế - xã hội 9 tháng và phương hướng quý IV năm 2026", "", "1 tháng 10 năm 2026",
            ("calendar", date(2026, 1, 1), date(2026, 9, 30)), (),
        ),
        (
            "Sơ kết 01 năm hoạt động của Trung tâm Phục vụ hành chính công", "Từ 01/7/2025 đến 31/12/2025 tiếp nhận 9 hồ sơ.", "8 tháng 7 năm 2026",
            ("other", date(2025, 7, 1), date(2026, 6, 30)), ("period-open-ended",),
        ),
        (
            "Kết quả kiểm soát TTHC năm 2025\n(Kỳ báo cáo: từ ngày 01/7/2025, ngày đặc khu đi vào hoạt động, đến ngày 14/12/2025)", "", "16 tháng 12 năm 2025",
            ("other", date(2025, 7, 1), date(2025, 12, 14)), (),
        ),
        # the year of the title stands though that of the document's date is a slip
        ("Tình hình hoạt động của Trung tâm tháng 9/2026", "", "1 tháng 10 năm 2025", ("calendar", date(2026, 9, 1), date(2026, 9, 30)), ()),
        ("Cải cách hành chính quý II, nhiệm vụ quý III năm 2026", "", "3 tháng 7 năm 2025", ("statutory", date(2026, 3, 15), date(2026, 6, 14)), ()),
        (
            "Cải cách hành chính quý III năm 2026\n(từ ngày 01/6/2026 đến ngày 31/8/2026)", "", "8 tháng 10 năm 2026",
            ("calendar", date(2026, 7, 1), date(2026, 9, 30)), ("period-differs",),
        ),
        (
            "Kết quả thu phí từ ngày 01/01/2026 đến hết ngày 30/6/2026", "Sáu tháng đầu năm 2025 thu 9 triệu đồng.", "6 tháng 7 năm 2026",
            ("calendar", date(2026, 1, 1), date(2026, 6, 30)), (),
        ),
        (
            "Sơ kết một năm vận hành mô hình chính quyền địa phương 02 cấp\n(từ ngày 01/7/2026 đến ngày 30/6/2026)", "", "2 tháng 7 năm 2026",
            ("other", date(2025, 7, 1), date(2026, 6, 30)), ("period-backwards", "period-differs"),
        ),
        ("Kết quả kiểm soát thủ tục hành chánh 6 tháng đầu năm 2026\n(Kỳ số liệu: 15/12/2025 -> 14/6/2026)", "", "16 tháng 6 năm 2026",
            ("statutory", date(2025, 12, 15), date(2026, 6, 14)), ()),
        ("Kết quả thực hiện biên chế năm 2026, nhu cầu biên chế năm 2027", "", "6 tháng 11 năm 2026", None, ("period-unknown",)),
        ("Kết quả sử dụng biên chế năm 2025", "", "6 tháng 01 năm 2026", ("calendar", date(2025, 1, 1), date(2025, 12, 31)), ()),
        ("Thực trạng sử dụng biên chế", "Kế hoạch từ 01/01/2026 đến 31/12/2026 giao 9 việc.", "4 tháng 9 năm 2025", None, ("period-unknown",)),
    ],
)  # fmt: skip
def test_the_period_in_effect(title: str, body: str, dated: str, expected: tuple[str, date, date] | None, flags: tuple[str, ...]) -> None:
    header = read(report(title=title, body=body, dated=f"Đông Kinh, ngày {dated}"))
    period = header.period
    assert (period and (period.calendar, period.start, period.end)) == expected
    assert tuple(flag for flag in header.flags if flag.startswith("period")) == flags


def test_the_first_months_of_a_year_are_a_period() -> None:
    period = read(report(title="Thực trạng tổ chức bộ máy, biên chế 8 tháng năm 2026", dated="Đông Kinh, ngày 09 tháng 9 năm 2026")).period
    assert period is not None and (period.start, period.end) == (date(2026, 1, 1), date(2026, 8, 31))


def test_printed_days_are_kept_with_their_place_even_backwards() -> None:
    text = nfc(report(body="Tổng số hồ sơ trong quý II năm 2026 (từ ngày 15/3/2026 đến ngày 14/3/2026) là 9."))
    header = read(text)
    assert header.period_stated == (date(2026, 3, 15), date(2026, 3, 14))
    assert header.period_stated_span is not None
    start, end = header.period_stated_span
    assert text[start:end] == "từ ngày 15/3/2026 đến ngày 14/3/2026"


def test_days_of_a_plan_or_of_a_comparison_are_not_the_reports() -> None:
    body = "Thực hiện kế hoạch từ ngày 01/01/2026 đến ngày 31/12/2026, so với cùng kỳ từ 15/3/2025 đến 14/6/2025."
    header = read(report(body=body))
    assert header.period_stated is None
    assert header.period is not None and header.period.label == "Quý II/2026"


# --- the five reports of the brief ---


@pytest.mark.parametrize(
    ("start", "code", "valid_from", "number"),
    [
        ("000", "14812", date(2025, 7, 1), ""),
        ("001", "11713", date(2025, 7, 1), ""),
        ("002", "02524", date(2025, 7, 1), ""),
        ("003", "14815", date(2004, 1, 1), ""),
        ("004", "05986", date(2025, 7, 1), "235/BC-UBND"),
    ],
)
def test_the_real_reports_resolve(start: str, code: str, valid_from: date, number: str, register: UnitRegister) -> None:
    if not REPORTS.is_dir():
        pytest.skip("../shared/reports is not here")
    path = next(REPORTS.glob(f"{start}_*.txt"))
    header = read(path.read_text(encoding="utf-8"), register)
    assert (header.unit_code, header.unit_valid_from, header.number) == (code, valid_from, number)
    if start == "004":
        assert header.period is not None
        assert (header.period.start, header.period.end) == (date(2025, 12, 15), date(2026, 3, 14))
        assert "period-differs" in header.flags


HEAD_WORDS = [
    *("UBND", "ỦY BAN NHÂN DÂN", "TỈNH", "thành phố", "phường", "xã", "Xuân Hương - Đà Lạt", "Gia Lai", "Cần Thơ", "BÁO CÁO", "Kính gửi:", "Số:", "/BC-UBND"),
    *(
        "ngày",
        "tháng",
        "năm",
        "quý II",
        "6 tháng đầu năm",
        "9 tháng",
        "từ ngày",
        "đến ngày",
        "đến nay",
        "31/02/2026",
        "15/3/2026",
        "14/6/2026",
        "2026",
        "00",
        "99",
    ),
    *("biên chế", "01 năm vận hành", "chính quyền địa phương 2 cấp", "\n", "\n\n", ", ", " - ", "(", ")", "|", "…"),
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(HEAD_WORDS), max_size=60))
def test_no_arrangement_of_a_letterhead_breaks_the_header(words: list[str]) -> None:
    text = nfc(" ".join(words))
    header = read(text)
    for span in (header.document_date_span, header.period_stated_span):
        assert span is None or 0 <= span[0] < span[1] <= len(text)
    assert header.period is None or header.period.start <= header.period.end
    assert (header.unit_code == "") == (header.unit_valid_from is None)
