"""A table of procedures as a provincial office keeps it: the six of the sample's dossiers and some beside them, abridged and invented.

One was abolished on 31 March 2026 while dossiers still come in under it, one has followed it since, two are inter-linked.
"""

from __future__ import annotations

import csv
import io

_COLUMNS = (
    "procedure_code",
    "name_vi",
    "field_code",
    "field_name_vi",
    "level",
    "online_level",
    "valid_from",
    "valid_to",
    "state",
    "lead_agency",
    "supporting_agencies",
)
_COMMUNE = "UBND cấp xã"
_FIELDS = {
    "CT01": "Chứng thực", "HT02": "Hộ tịch", "DD07": "Đất đai", "HKD03": "Thành lập và hoạt động hộ kinh doanh", "BTXH": "Bảo trợ xã hội",
    "LV12": "Lưu thông hàng hóa trong nước",
}  # fmt: skip
"""Field code -> name; the last is none of the forms' fields."""
_ROWS = [
    ("1.005129", "Đăng ký hợp đồng mẫu (thủ tục mẫu)", "LV12", "xã", "partial", "2025-07-01", "", "", "", ""),
    ("2.000815", "Chứng thực bản sao từ bản chính giấy tờ, văn bản", "CT01", "xã", "partial", "2025-07-01", "", "", "", ""),
    ("2.000908", "Cấp bản sao từ sổ gốc", "CT01", "xã", "full", "2025-07-01", "", "", "", ""),
    ("2.000635", "Cấp bản sao trích lục hộ tịch", "HT02", "xã", "full", "2025-07-01", "", "", "", ""),
    ("1.013124", "Xác nhận tình trạng thửa đất (thủ tục mẫu)", "DD07", "xã", "partial", "2025-07-01", "2026-03-31", "", "", ""),
    ("1.014250", "Cung cấp thông tin thửa đất (thủ tục mẫu, thay cho 1.013124)", "DD07", "xã", "full", "2026-04-01", "", "", "", ""),
    ("1.001612", "Đăng ký thành lập hộ kinh doanh", "HKD03", "xã", "full", "2025-07-01", "", "", "", ""),
    ("2.002621", "Đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi", "HT02", "xã", "full", "2025-07-01", "", "",
     _COMMUNE, "Công an cấp xã|Bảo hiểm xã hội cơ sở"),
    ("2.002622", "Đăng ký khai tử, xóa đăng ký thường trú, giải quyết mai táng phí", "HT02", "xã", "full", "2025-07-01", "", "",
     _COMMUNE, "Công an cấp xã|Sở Y tế"),
    ("1.010800", "Trợ cấp xã hội hằng tháng (thủ tục mẫu)", "BTXH", "xã", "partial", "2025-07-01", "", "", "", ""),
]  # fmt: skip


def procedures() -> dict[str, bytes]:
    """File name -> body."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_COLUMNS, *((code, name, field, _FIELDS[field], *others) for code, name, field, *others in _ROWS)])
    return {"danh-muc-tthc-2026-06.csv": text.getvalue().encode("utf-8-sig")}
