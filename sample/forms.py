"""Six workbooks of form II.06a: invented figures that balance. Two have their columns moved and lines above the table.

Each field row is given by what cannot be derived; the early ones follow from (3) = (7) + (11), so that every row balances.
"""

from __future__ import annotations

from dataclasses import dataclass

from sample.office import Cell, make_xlsx

HEADINGS = {
    3: ("Tiếp nhận", "Tổng số"),
    4: ("Tiếp nhận", "Trực tuyến"),
    5: ("Tiếp nhận", "Trực tiếp, dịch vụ bưu chính"),
    6: ("Tiếp nhận", "Từ kỳ trước"),
    7: ("Đã giải quyết", "Tổng số"),
    8: ("Đã giải quyết", "Trước hạn"),
    9: ("Đã giải quyết", "Đúng hạn"),
    10: ("Đã giải quyết", "Quá hạn"),
    11: ("Đang giải quyết", "Tổng số"),
    12: ("Đang giải quyết", "Trong hạn"),
    13: ("Đang giải quyết", "Quá hạn"),
}
"""Form column -> the two lines of its header."""
USUAL_ORDER = tuple(HEADINGS)
MOVED_ORDER = (3, 6, 4, 5, 7, 10, 8, 9, 11, 13, 12)
"""As an office prints it that puts what is late first."""


@dataclass(frozen=True)
class Field:
    """One row: (4), (5), (6), (9), (10), (12), (13) of the form."""

    label: str
    online: int
    in_person: int
    carried: int
    on_time: int
    overdue: int
    open_in_time: int
    open_late: int

    def columns(self) -> dict[int, int]:
        """All eleven columns, sums included."""
        received = self.online + self.in_person + self.carried
        still_open = self.open_in_time + self.open_late
        resolved = received - still_open
        return {
            3: received, 4: self.online, 5: self.in_person, 6: self.carried,
            7: resolved, 8: resolved - self.on_time - self.overdue, 9: self.on_time, 10: self.overdue,
            11: still_open, 12: self.open_in_time, 13: self.open_late,
        }  # fmt: skip


DONG_KINH_Q1 = [
    Field("Đất đai", 214, 31, 18, 11, 4, 16, 2),
    Field("Hộ tịch", 402, 12, 3, 40, 0, 5, 0),
    Field("Chứng thực", 655, 88, 0, 0, 0, 0, 0),
    Field("Thành lập và hoạt động hộ kinh doanh", 73, 0, 2, 6, 1, 3, 0),
    Field("Bảo trợ xã hội", 96, 4, 9, 17, 0, 11, 0),
]
DONG_KINH_Q2 = [
    Field("Đất đai", 251, 22, 18, 9, 6, 20, 1),
    Field("Hộ tịch", 438, 6, 5, 35, 0, 4, 0),
    Field("Chứng thực", 701, 54, 0, 0, 0, 0, 0),
    Field("Thành lập và hoạt động hộ kinh doanh", 81, 0, 3, 4, 0, 2, 0),
    Field("Bảo trợ xã hội", 88, 2, 11, 15, 1, 7, 1),
]
KIEN_THUY_Q1 = [
    Field("Đất đai", 188, 47, 25, 22, 3, 29, 1),
    Field("Hộ tịch", 310, 15, 4, 28, 0, 6, 0),
    Field("Chứng thực", 497, 102, 0, 0, 0, 0, 0),
    Field("Trồng trọt", 12, 5, 0, 2, 0, 1, 0),
    Field("Văn thư, lưu trữ", 3, 1, 0, 0, 0, 0, 0),
]
KIEN_THUY_Q2 = [
    Field("Đất đai", 203, 35, 30, 18, 2, 24, 0),
    Field("Hộ tịch", 322, 9, 6, 31, 1, 5, 0),
    Field("Chứng thực", 540, 71, 0, 0, 0, 0, 0),
    Field("Trồng trọt", 9, 2, 1, 1, 0, 0, 0),
    Field("Văn thư, lưu trữ", 2, 0, 0, 0, 0, 0, 0),
]
LE_CHAN_Q1 = {
    "Trên Hệ thống của các Bộ": [
        Field("Hộ tịch", 511, 20, 12, 25, 0, 14, 0),
        Field("Cư trú", 640, 0, 8, 0, 2, 9, 1),
    ],
    "Trên Hệ thống của thành phố": [
        Field("Đất đai", 402, 61, 41, 18, 9, 47, 2),
        Field("Chứng thực", 1210, 95, 0, 0, 0, 0, 0),
        Field("Xây dựng", 77, 6, 15, 5, 1, 22, 1),
    ],
}
VINH_BAO_Q2 = [
    Field("Đất đai", 244, 39, 30, 15, 4, 27, 2),
    Field("Hộ tịch", 351, 18, 9, 22, 0, 8, 0),
    Field("Chứng thực", 420, 66, 0, 0, 0, 0, 0),
    Field("Người có công", 31, 2, 5, 4, 0, 3, 0),
]

QUARTER_1 = ("Kỳ báo cáo: Quý I/2026", "Từ ngày 15/12/2025 đến ngày 14/3/2026")
QUARTER_2 = ("Kỳ báo cáo: Quý II/2026", "Từ ngày 15/3/2026 đến ngày 14/6/2026")
TITLE = "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC TẠI CƠ QUAN, ĐƠN VỊ TRỰC TIẾP GIẢI QUYẾT TTHC"


def workbook(
    unit: str,
    receiver: str,
    period: tuple[str, str],
    rows: list[Field] | dict[str, list[Field]],
    order: tuple[int, ...] = USUAL_ORDER,
    extra_lines: tuple[str, ...] = (),
    left: int = 0,
    numbers_as_text: bool = False,
) -> bytes:
    """One workbook with one sheet, in the circular's layout, or moved: `left` empty columns before the table, `order` of its columns.

    Args:
        rows: field rows, or group -> field rows.
        numbers_as_text: thousands typed as text (`1.210`), as offices do.
    """
    pad: list[Cell] = [None] * left
    lines: list[list[Cell]] = [
        [*pad, "Biểu số II.06a/VPCP/KSTT", *[None] * 7, f"Đơn vị báo cáo: {unit}"],
        [*pad, "Ban hành theo Thông tư số 01/2020/TT-VPCP ngày 21/10/2020", *[None] * 7, f"Đơn vị nhận báo cáo: {receiver}"],
        *[[*pad, line] for line in extra_lines],
        [*pad, TITLE],
        [*pad, period[0]],
        [*pad, period[1]],
        [*pad, *[None] * 10, "Đơn vị tính: Số hồ sơ TTHC"],
    ]
    top = len(lines) + 1
    merges = [_area(left, top, left, top + 1), _area(left + 1, top, left + 1, top + 1)]
    first: list[Cell] = [*pad, "TT", "Lĩnh vực, công việc giải quyết theo cấp"]
    second: list[Cell] = [*pad, None, None]
    for place, number in enumerate(order):
        group, label = HEADINGS[number]
        begins = place == 0 or HEADINGS[order[place - 1]][0] != group
        first.append(group if begins else None)
        second.append(label)
        if begins:
            width = sum(HEADINGS[other][0] == group for other in order)
            merges.append(_area(left + 2 + place, top, left + 1 + place + width, top))
    lines += [first, second, [*pad, "(1)", "(2)", *[f"({number})" for number in order]]]

    total = dict.fromkeys(HEADINGS, 0)
    groups = rows if isinstance(rows, dict) else {"": rows}
    for group_number, (group, field_rows) in enumerate(groups.items(), 1):
        if group:
            lines.append([*pad, ["I", "II"][group_number - 1], group])
        for row_number, row in enumerate(field_rows, 1):
            values = row.columns()
            total = {number: total[number] + value for number, value in values.items()}
            lines.append([*pad, row_number, row.label, *[_cell(values[number], numbers_as_text) for number in order]])
    lines.append([*pad, None, "TỔNG CỘNG", *[_cell(total[number], numbers_as_text) for number in order]])
    return make_xlsx({"II.06a": (lines, merges)})


def _cell(value: int, as_text: bool) -> Cell:
    return f"{value:,}".replace(",", ".") if as_text and value >= 1000 else value


def _area(left: int, top: int, right: int, bottom: int) -> str:
    return f"{chr(ord('A') + left)}{top}:{chr(ord('A') + right)}{bottom}"


def forms() -> dict[str, bytes]:
    """File name -> body of every workbook."""
    lang_son, hai_phong = "UBND tỉnh Lạng Sơn", "UBND thành phố Hải Phòng"
    return {
        "dong-kinh-II.06a-quy-1-2026.xlsx": workbook("UBND phường Đông Kinh", lang_son, QUARTER_1, DONG_KINH_Q1),
        "dong-kinh-II.06a-quy-2-2026.xlsx": workbook(
            "UBND phường Đông Kinh", lang_son, QUARTER_2, DONG_KINH_Q2, MOVED_ORDER, ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "PHỤ LỤC 2"), left=1
        ),
        "kien-thuy-II.06a-quy-1-2026.xlsx": workbook("UBND xã Kiến Thụy", hai_phong, QUARTER_1, KIEN_THUY_Q1),
        "kien-thuy-II.06a-quy-2-2026.xlsx": workbook("UBND xã Kiến Thụy", hai_phong, QUARTER_2, KIEN_THUY_Q2),
        "le-chan-II.06a-quy-1-2026.xlsx": workbook("UBND phường Lê Chân", hai_phong, QUARTER_1, LE_CHAN_Q1, numbers_as_text=True),
        "vinh-bao-II.06a-quy-2-2026.xlsx": workbook("UBND xã Vĩnh Bảo", hai_phong, QUARTER_2, VINH_BAO_Q2, MOVED_ORDER, ("Kèm theo báo cáo của UBND xã",)),
    }
