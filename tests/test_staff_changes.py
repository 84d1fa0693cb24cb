"""People who left and came, by reason: what is taken, what is not."""

from __future__ import annotations

import pytest

from ingest.documents import read_document
from ingest.facts import read_figures, read_header
from warehouse.units import UnitRegister

_LETTERHEAD = "ỦY BAN NHÂN DÂN\nPHƯỜNG TAM THANH\nSố: 12/BC-UBND\n\nBÁO CÁO\nTình hình biên chế quý I năm 2026\n\n"


def _changes(sentence: str) -> list[tuple[str, str, int]]:
    document = read_document((_LETTERHEAD + sentence).encode(), "bao-cao.txt")
    figures = read_figures(document, read_header(document, UnitRegister.load()))
    found = [figure for figure in figures if figure.measure.startswith(("staff_left", "staff_joined"))]
    assert all(document.text[figure.start : figure.end] == figure.printed_text for figure in found)
    return [(figure.measure.removeprefix("staff_"), figure.scope, int(figure.value)) for figure in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Khối chính quyền giảm 14 người (08 người nghỉ theo Nghị định 178/2024/NĐ-CP, 04 người chuyển về sở, ngành, 02 nghỉ hưu đúng tuổi).",
            [("left", "government", 14), ("left_policy", "government", 8), ("left_transferred", "government", 4), ("left_retired", "government", 2)],
        ),
        (
            "Tăng: 03 (tuyển dụng 01, tiếp nhận 02). Giảm: 15 (nghỉ theo Nghị định 178: 11; chuyển công tác: 04).",
            [
                ("joined", "government", 3), ("joined_recruited", "government", 1), ("joined_transferred", "government", 2),
                ("left", "government", 15), ("left_policy", "government", 11), ("left_transferred", "government", 4),
            ],
        ),
        ("Khối Đảng có 02 đồng chí nghỉ hưu, 01 đồng chí chuyển sang khối chính quyền.", [("left_retired", "party", 2), ("left_transferred", "party", 1)]),
        ("Trong quý 05 người nghỉ hưu, thôi việc; tiếp nhận 01 công chức từ xã bên.", [("left", "government", 5), ("joined_transferred", "government", 1)]),
        ("Trong năm có 09 người thôi việc, nghỉ hưu theo Nghị định số 67/2025/NĐ-CP.", [("left_policy", "government", 9)]),
        ("Có 05 người chuyển công tác, tiếp nhận về 09 người.", [("left_transferred", "government", 5), ("joined_transferred", "government", 9)]),
        ("Xã không còn người hoạt động không chuyên trách (21 người đã nghỉ theo Nghị định 154/2025/NĐ-CP).", [("left_policy", "", 21)]),
    ],
)  # fmt: skip
def test_each_number_has_its_reason_and_block(sentence: str, expected: list[tuple[str, str, int]]) -> None:
    assert _changes(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Tiếp nhận: 29 hồ sơ; chuyển về xã 04 hồ sơ.",
        "Trợ cấp hưu trí xã hội cho 1.207 người.",
        "Đề nghị tỉnh tuyển dụng 04 công chức.",
        "Ngày 01/7/2025 phường tiếp nhận 84 cán bộ, công chức từ các xã cũ.",
        "Tổng số nhiệm vụ chuyển về cấp xã là 1.092, đã thực hiện 803.",
        "Chi trả chế độ theo Nghị định số 154/2025/NĐ-CP với kinh phí 3,94 tỷ đồng.",
        "Có 26 người trực tiếp tiếp nhận: 19 công chức, 7 viên chức.",
        "Giảm 05 người so với đầu năm.",
        "Cử 40 lượt công chức đi bồi dưỡng; 03 người nghỉ thai sản.",
    ],
)
def test_other_numbers_are_no_change_of_staff(sentence: str) -> None:
    assert _changes(sentence) == []
