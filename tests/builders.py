"""Small inputs written in code: workbooks, documents, dossier records. No name and number in them is anybody's."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sample.office import Cell, make_docx, make_pdf, make_xlsx

__all__ = [
    "FORM_HEADER_BLOCK", "GROUP_ROW", "LABEL_ROW", "Cell", "dossier", "form", "make_docx", "make_pdf", "make_xlsx", "portal_report", "report_lines",
]  # fmt: skip

FORM_HEADER_BLOCK: tuple[tuple[Cell, ...], ...] = (
    ("Biểu số II.06a/VPCP/KSTT", "Đơn vị báo cáo: UBND phường Kỳ Lừa"),
    ("", "Đơn vị nhận báo cáo: UBND tỉnh Lạng Sơn"),
    ("TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC",),
    ("Kỳ báo cáo: Quý I/2026 (Từ ngày 15/12/2025 đến ngày 14/3/2026)",),
)
GROUP_ROW: tuple[Cell, ...] = (
    "TT", "Lĩnh vực, công việc giải quyết theo cấp",
    "Số lượng hồ sơ tiếp nhận", None, None, None, "Số lượng hồ sơ đã giải quyết", None, None, None, "Số lượng hồ sơ đang giải quyết", None, None,
)  # fmt: skip
LABEL_ROW: tuple[Cell, ...] = (
    None, None,
    "Tổng số", "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", "Từ kỳ trước",
    "Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn",
)  # fmt: skip
_BODY: tuple[tuple[Cell, ...], ...] = (
    (1, "Đất đai", 30, 20, 6, 4, 25, 20, 3, 2, 5, 4, 1),
    (2, "Chứng thực", 50, 45, 5, 0, 50, 50, 0, 0, 0, 0, 0),
    (None, "TỔNG CỘNG", 80, 65, 11, 4, 75, 70, 3, 2, 5, 4, 1),
)


def form(
    header_block: Sequence[Sequence[Cell]] = FORM_HEADER_BLOCK,
    header: Sequence[Sequence[Cell]] = (GROUP_ROW, LABEL_ROW),
    body: Sequence[Sequence[Cell]] = _BODY,
    merges: Sequence[str] = ("A5:A6", "B5:B6", "C5:F5", "G5:J5", "K5:M5"),
    sheet: str = "II.06a",
) -> bytes:
    """A workbook of form II.06a from A1 on, two fields and TỔNG CỘNG; every part can be given otherwise."""
    return make_xlsx({sheet: ([*header_block, *header, *body], merges)})


def report_lines(quarter: str = "I", resolved: str = "25") -> list[str]:
    """A short report of a commune on one quarter of 2026."""
    return [
        "ỦY BAN NHÂN DÂN", "PHƯỜNG KỲ LỪA", "Số: 12/BC-UBND", "Kỳ Lừa, ngày 17 tháng 3 năm 2026", "BÁO CÁO",
        f"Kết quả kiểm soát thủ tục hành chính quý {quarter}/2026", "Kính gửi: UBND tỉnh Lạng Sơn",
        f"Tổng số hồ sơ đã tiếp nhận: 30 hồ sơ. Tổng số hồ sơ đã giải quyết: {resolved} hồ sơ (trước hạn: 20 hồ sơ; đúng hạn: 05 hồ sơ; quá hạn: 0 hồ sơ).",
    ]  # fmt: skip


def dossier(**changes: object) -> dict[str, object]:
    """A record of the exchange with a value in every personal field; `changes` replaces or, with None, removes fields."""
    record: dict[str, object] = {
        "MaHoSo": "H37.101-20260402-0000017",
        "MaTTHC": "2.000815",
        "TenTTHC": "PLANTED-procedure-name",
        "MaLinhVuc": "CT01",
        "KenhThucHien": "2",
        "ChuHoSo": "PLANTED-owner",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "PLANTED-owner-code",
        "Email": "PLANTED@owner.example",
        "Fax": "PLANTED-fax",
        "SoDienThoai": "PLANTED-0000000000",
        "TrichYeuHoSo": "PLANTED-abstract",
        "NgayTiepNhan": "20260402083000",
        "NgayHenTra": "20260407170000",
        "TrangThaiHoSo": "10",
        "NgayTra": "20260406093000",
        "NgayKetThucXuLy": "20260405150000",
        "GhiChu": "PLANTED-note",
        "SoGiayToChuHoSo": "PLANTED-identity",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "PLANTED-identity"}],
        "DanhSachHoSoBoSung": [{"NguoiYeuCauBoSung": "PLANTED-officer", "NoiDungBoSung": "PLANTED-text"}],
        "TaiLieuNop": [{"TenTepDinhKem": "PLANTED-file", "DuongDanTaiTepTin": "https://PLANTED.example"}],
    }
    return {name: value for name, value in (record | changes).items() if value is not None}


def portal_report(name: str, root: str, rows: Sequence[tuple[str, str]], score: str = "7.25") -> bytes:
    """An answer of one of the six reports below a province: `rows` are (code or empty, name) of its agencies; every score is `score`."""
    agency = {"scoreDelta": None, "totalMaxScore": 18, "ratio": 71.2}
    metrics = [{"code": "DOSSIER_SYNC", "name": "Đồng bộ", "numerator": 0, "denominator": 0, "ratio": None, "score": None, "maxScore": 6}]
    own = {
        "transparency": {"metrics": metrics, "stt": 1, "departmentType": "COMMUNE_PEOPLE_COMMITTEE", "departmentLevel": "COMMUNE"},
        "handling-satisfaction": {"metrics": metrics, "totalPetitions": 12, "totalDossiers": 300},
        "dossier-digitized": {"metrics": metrics},
        "dvc-progress-tree": {"totalReceived": 6684, "totalOnTime": 5830, "totalOverdue": 854},
        "provide-online-tree": {"level": "COMMUNE"},
        "formality-online-payment-tree": {"totalDossierOnlinePaymentSuccess": 20, "totalDossierFinancialObligation": 30},
    }[name]
    served = [
        {"departmentId": f"id-{number}", "departmentName": agency_name, "totalScore": "SCORE", **({"departmentCode": code} if code else {}), **agency, **own}
        for number, (code, agency_name) in enumerate(rows)
    ]
    data: dict[str, object] = {"monthlyChart": [], "pagination": {"total": len(rows)}}
    if name.endswith("-tree"):
        data |= {"parent": served[0] | {"departmentId": root, "departmentName": "UBND tỉnh", "departmentCode": "H37", "level": "PROVINCE"}, "children": served}
    else:
        data |= {"overview": {"departmentName": "UBND tỉnh"}, "evaluation": served}
    return json.dumps({"code": "OK", "data": data, "message": "OK"}, ensure_ascii=False).replace('"SCORE"', score).encode()
