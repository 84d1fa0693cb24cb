"""Text: the stored form, the matching keys, and what masking covers and spares."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.text import MASK, fold, mask_names, nfc, tone_key

VIETNAMESE = st.text(st.sampled_from(" abcghinoquyđâăêôơưáàảãạấộợỷ\u0301\u0300\u0323ƣƢÐ\u00a0\u200b.-\n"), max_size=40)


def test_nfc_repairs_and_keeps_the_meaning() -> None:
    assert nfc("h\u01a3\u0301ng d\u01a3\u01a1ng") == "hứng dương"
    assert nfc("\u01a2u \u00d0i\u1ec7n") == "Ưu Điện"
    assert nfc("1.568\u00a0hồ\u202fsơ") == "1.568 hồ sơ"
    assert nfc("Ủy\u00ad ban\ufeff\u200b") == "Ủy ban"
    assert nfc("a\tb\nc") == "a\tb\nc"


@given(VIETNAMESE)
def test_nfc_is_idempotent(text: str) -> None:
    once = nfc(text)
    assert nfc(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_fold() -> None:
    assert fold("  Phường   Hoà Bình ") == fold("PHƯỜNG HÒA BÌNH") == "phuong hoa binh"
    assert fold("Đắk Lắk") == "dak lak"
    assert fold("Bỉm Sơn") == fold("Bim Sơn")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Thuỷ", "Thủy"), ("Hoà", "HÒA"), ("Hoè", "Hòe"), ("khoẻ", "khỏe"), ("Uỷ ban", "Ủy  ban"), ("hoá giá", "hóa giá"), ("toả", "tỏa")],
)
def test_tone_key_joins_the_two_spellings(one: str, other: str) -> None:
    assert tone_key(one) == tone_key(other)


@pytest.mark.parametrize("word", ["quý", "quà", "già", "giếng", "gì", "huỳnh", "khuỷu", "hoàn", "thuở", "trường", "nghĩa", "của", "hoài", "việt", "yên", "huế"])
def test_tone_key_leaves_right_spelling_alone(word: str) -> None:
    assert tone_key(word) == word


def test_tone_key_keeps_letters_apart() -> None:
    assert tone_key("Bình") != tone_key("Binh")
    assert tone_key("Sơn") != tone_key("Son")
    assert tone_key("Đức") != tone_key("Dức")
    assert tone_key("hòa") != tone_key("hóa")


@given(VIETNAMESE)
def test_keys_are_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert tone_key(tone_key(text)) == tone_key(text)


@given(VIETNAMESE)
def test_what_tone_key_joins_fold_joins(text: str) -> None:
    assert fold(tone_key(text)) == fold(text)


# --- masking ---------------------------------------------------------------------------------------------------------


def covered(text: str) -> str:
    """What became invisible, words joined by a space."""
    return "".join(old if new == MASK else " " for old, new in zip(text, mask_names(text), strict=True)).strip()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("phản ánh của ông Lý Văn Thử. Đã chuyển", "Lý Văn Thử"),
        ("bà Trần Thị Mẫu, Chủ tịch Ủy ban", "Trần Thị Mẫu"),
        ("Đồng chí Đỗ Giả Định, Bí thư Chi bộ", "Đỗ Giả Định"),
        ("đ/c Thử đã nộp", "Thử"),
        ("cháu Bế Mẫu", "Bế Mẫu"),
        ("ông/bà: Ngô Ví Dụ", "Ngô Ví Dụ"),
        ("Ông (bà): Ngô Ví Dụ", "Ngô Ví Dụ"),
        ("trong đó Ông PHẠM VĂN THỬ đã", "PHẠM VĂN THỬ"),
        ("ông Nguyễn Thị\nMẫu Thử đã", "Nguyễn Thị\nMẫu Thử".replace("\n", " ")),
        ("ông N.V.A ở tổ 3", "N V A"),
        ("ông Thử Phó Chủ tịch", "Thử"),
        ("phản ánh của Bà Mẫu về", "Mẫu"),
        ("chị H'Thử Niê và ông Y-Mẫu", "H Thử Niê Y Mẫu"),
        ("Họ và tên: Ngô Ví Dụ", "Ngô Ví Dụ"),
        ("công dân Lê Thử, hộ Trần Thị Mẫu", "Lê Thử Trần Thị Mẫu"),
    ],
)
def test_names_are_covered(text: str, hidden: str) -> None:
    assert covered(text).split() == hidden.split()


def test_names_in_a_list_are_covered() -> None:
    assert covered("các đồng chí: Lê Thử, Vũ Thị Mẫu và Hoàng Ví Dụ; Phòng Kinh tế").split() == [
        "Lê",
        "Thử",
        "Vũ",
        "Thị",
        "Mẫu",
        "Hoàng",
        "Ví",
        "Dụ",
    ]
    assert covered("các ông:\n- Lê Thử\n- Vũ Mẫu\n- Phòng Kinh tế").split() == ["Lê", "Thử", "Vũ", "Mẫu"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("điện thoại 0912345678.", "0912345678"),
        ("ĐT: 0912.345.678;", "0912 345 678"),
        ("0912 34 56 78", "0912 34 56 78"),
        ("+84 912 345 678", "84 912 345 678"),
        ("(0237) 3.824.123", "0237  3 824 123"),
        ("02373824123", "02373824123"),
        ("gửi thu.mau-1@vidu.gov.vn nhé", "thu mau 1 vidu gov vn"),
        ("CCCD 001203004567 cấp", "001203004567"),
        ("CCCD 001 203 004 567", "001 203 004 567"),
        ("CMND 123456789,", "123456789"),
    ],
)
def test_numbers_of_persons_are_covered(text: str, hidden: str) -> None:
    assert covered(text).split() == hidden.split()


@pytest.mark.parametrize(
    "text",
    [
        "tiếp nhận 1.568 hồ sơ, giải quyết 1.488 hồ sơ, lệ phí 55.875.000 đồng",
        "Nghị định số 118/2025/NĐ-CP ngày 09/6/2025; Quyết định 2129/QĐ-UBND",
        "thu 180250000 đồng",
        "từ 15/12/2025 đến 14/3/2026; 98,2 % và 92.48%",
        "bảng: 05 12 34 56 78 90 11",
        "mã hồ sơ G09.20-20260609-0092637, thủ tục 2.000908, mã H37.100",
        "Ủy ban nhân dân phường; bà con nhân dân; anh em; BÀ CON NHÂN DÂN",
        "08 đồng chí, Ủy ban nhân dân; 11 đ/c = 100%",
        "đồng chí Ủy viên Ban Thường vụ; đồng chí Bí thư Đảng ủy; các đồng chí Thường trực",
        "tỉnh Bà Rịa - Vũng Tàu; huyện Anh Sơn; Anh hùng Lao động; ANH HÙNG LAO ĐỘNG; Bà mẹ Việt Nam anh hùng",
        "01 đồng chí\nBáo cáo tiếp theo",
        "Bà Rịa là thành phố cũ; xã Bà Điểm; đường Bà Triều; phường Hai Bà Trưng; phường Cửa Ông Mới",
        "công dân Việt Nam; hộ nghèo; cô đơn; em học sinh; các xã Yên Xuân, Anh Sơn",
    ],
)
def test_what_is_no_person_is_spared(text: str) -> None:
    assert mask_names(text) == text


def test_decomposed_text_is_refused() -> None:
    with pytest.raises(ValueError, match="call nfc"):
        mask_names(unicodedata.normalize("NFD", "ông Lý Văn Thử"))


PIECES = st.sampled_from(
    [
        "ông",
        "Bà",
        "đ/c",
        "đồng chí:",
        "Lê",
        "Thử",
        "Anh",
        "Bí thư",
        "0912345678",
        "123456789",
        "1.568",
        "a@b.vn",
        "và",
        ",",
        "\n",
        "- ",
        "đồng",
        "(",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=14), st.sampled_from(["", " "]))
def test_masking_keeps_the_length_and_is_idempotent(pieces: list[str], joiner: str) -> None:
    text = unicodedata.normalize("NFC", joiner.join(pieces))
    masked = mask_names(text)
    assert len(masked) == len(text)
    assert all(new == old or (new == MASK and old.isalnum()) for old, new in zip(text, masked, strict=True))
    assert mask_names(masked) == masked
