"""150 dossier records of two provinces in the envelopes of the exchange: invented, with placeholders where a person would stand.

The placeholders are there on purpose: the sample shows that these columns reach no table.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

PROCEDURES = {"1.005129": "LV12", "2.000815": "CT01", "2.000635": "HT02", "1.013124": "DD07", "2.000908": "CT01", "1.001612": "HKD03"}
"""Procedure code -> field code; text, the zeros count."""
RECENT = {"4": 4, "2": 2, "5": 2, "8": 1, "1": 1, "9": 2, "10": 3}
OLDER = {"9": 33, "10": 55, "7": 5, "3": 4, "5": 3}
"""Status -> how often, for dossiers of the last weeks and for older ones."""
FIRST_DAY, LAST_DAY = date(2025, 12, 18), date(2026, 6, 14)


def dossiers() -> dict[str, bytes]:
    """File name -> body."""
    draw = random.Random(766)
    lang_son = [_record(draw, agency, number) for number, agency in enumerate(["H37.101", "H37.102", "H37.117"] * 23, 1)]
    hai_phong = [_record(draw, agency, number) for number, agency in enumerate(["H24.104", "H24.151", "H24.163"] * 25, 1)]
    finished_later = [_finished(record) for record in lang_son if record["TrangThaiHoSo"] in ("2", "4")]
    batches = [hai_phong[first : first + 25] for first in range(0, len(hai_phong), 25)]
    return {
        "H37-dong-bo-2026-06-15.json": _json(_envelope(lang_son, "False"), indent=1),
        "H37-dong-bo-2026-06-30.json": _json(_envelope(finished_later, "True"), indent=1),
        "H24-dong-bo-2026-06-15.ndjson": b"".join(_json(_envelope(batch, "False")) for batch in batches),
    }


def _envelope(records: list[dict[str, object]], is_updating: str) -> dict[str, object]:
    return {"service": "DongBoHoSoMC", "isUpdating": is_updating, "data": records}


def _record(draw: random.Random, agency: str, number: int) -> dict[str, object]:
    received = FIRST_DAY + timedelta(days=draw.randint(0, (LAST_DAY - FIRST_DAY).days))
    due = received + timedelta(days=draw.choice([1, 3, 5, 10, 15]))
    is_recent = received > LAST_DAY - timedelta(days=25)
    statuses = RECENT if is_recent else OLDER
    status = draw.choices(list(statuses), list(statuses.values()))[0]
    ended = max(received, min(due + timedelta(days=draw.choice([-1, -1, -1, 0, 0, 2])), LAST_DAY))
    finished = ended if status in ("7", "9", "10") else None
    procedure = draw.choice(list(PROCEDURES))
    was_received = status not in ("1", "3")
    return {
        "MaHoSo": f"{agency}-{received:%Y%m%d}-{number:07d}",
        "MaTTHC": procedure,
        "TenTTHC": "(tên thủ tục)",
        "MaLinhVuc": PROCEDURES[procedure],
        "KenhThucHien": draw.choices(["2", "1", "3", ""], [85, 10, 2, 3])[0],
        "ChuHoSo": "(tên người nộp)",
        "LoaiDoiTuong": draw.choice(["1", "1", "2"]),
        "MaDoiTuong": "(mã người nộp)",
        "Email": "(thư điện tử)",
        "SoDienThoai": "(số điện thoại)",
        "TrichYeuHoSo": "(trích yếu)",
        "NgayTiepNhan": _moment(received) if was_received else "",
        "NgayNopHoSo": _moment(received),
        "NgayHenTra": _moment(due) if was_received else "",
        "TrangThaiHoSo": status,
        "NgayTra": _moment(finished) if finished and status == "10" else "",
        "NgayTuChoi": _moment(received) if status == "3" else "",
        "HinhThuc": draw.choice(["0", "1"]),
        "NgayKetThucXuLy": _moment(finished) if finished else "",
        "DonViXuLy": "(đơn vị xử lý)",
        "GhiChu": "",
        "HoSoCoThanhPhanSoHoa": draw.choice(["0", "1"]),
        "DuocThanhToanTrucTuyen": draw.choice(["", "1", "2"]),
        "DanhSachHoSoBoSung": [{"HoSoBoSungId": f"{number}-1", "NguoiYeuCauBoSung": "(người yêu cầu)"}] if status == "5" else [],
    }


def _finished(record: dict[str, object]) -> dict[str, object]:
    """The same dossier once its result is there."""
    day = _moment(date(2026, 6, 25))
    return {**record, "TrangThaiHoSo": "9", "NgayKetThucXuLy": day}


def _moment(day: date) -> str:
    return f"{day:%Y%m%d}093000"


def _json(value: object, indent: int | None = None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode()
