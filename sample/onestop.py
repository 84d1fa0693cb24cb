"""Monthly answers of two provincial one-stop systems for April to June 2026, saved as files: OpenCPS of Lạng Sơn, iGate of Hải Phòng.

Invented like everything here, and made to be laid beside the reports and forms of quý II: Kỳ Lừa, Đông Kinh, Lê Chân and Kiến Thụy agree
with theirs (Kỳ Lừa's report is the one that is held back: the system has the 1.479 that its parts make), Đồng Đăng and Vĩnh Bảo do
not. Every row balances; the province's total of Hải Phòng in May holds three dossiers more than the agencies below it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence

from sample.forms import DONG_KINH_Q2, Field

MONTHS = (4, 5, 6)
YEAR = 2026

KY_LUA = [
    Field("Đất đai", 236, 27, 31, 14, 8, 37, 2),
    Field("Hộ tịch", 428, 9, 12, 31, 2, 15, 0),
    Field("Chứng thực", 629, 33, 0, 0, 0, 0, 0),
    Field("Bảo trợ xã hội", 134, 6, 19, 21, 2, 16, 1),
]
"""Those returned at the counter (28) and withdrawn (14) are counted apart."""
DONG_DANG = [
    Field("Đất đai", 158, 6, 18, 12, 6, 21, 2),
    Field("Hộ tịch", 271, 4, 6, 18, 2, 11, 0),
    Field("Chứng thực", 416, 4, 0, 0, 0, 0, 0),
    Field("Bảo trợ xã hội", 9, 0, 4, 1, 1, 4, 0),
]
DOMAINS = {"Đất đai": "DD", "Hộ tịch": "HT", "Chứng thực": "CT", "Thành lập và hoạt động hộ kinh doanh": "HKD", "Bảo trợ xã hội": "BTXH"}

LANG_SON: Sequence[tuple[str, str, list[Field], int, int]] = [
    ("H37.101", "UBND phường Kỳ Lừa", KY_LUA, 28, 14),
    ("H37.102", "UBND phường Đông Kinh", DONG_KINH_Q2, 0, 0),
    ("H37.117", "UBND xã Đồng Đăng", DONG_DANG, 0, 0),
]
"""Code, name, the quarter by field, how many of it were denied and how many withdrawn (both in Hộ tịch)."""

HAI_PHONG: Mapping[str, tuple[str, int, int, int, int]] = {
    "H24.11": ("Sở Xây dựng", 512, 9, 498, 11),
    "H24.104": ("UBND phường Lê Chân", 3109, 106, 3204, 25),
    "H24.151": ("UBND xã Kiến Thụy", 1076, 117, 1201, 3),
    "H24.163": ("UBND xã Vĩnh Bảo", 1020, 119, 1143, 4),
}
"""Code -> name, the quarter's dossiers received online and directly, resolved, of these overdue."""


def onestop() -> dict[str, bytes]:
    """File name -> body of every saved answer."""
    lang_son = {month: _opencps(index) for index, month in enumerate(MONTHS)}
    hai_phong = {month: _igate(index) for index, month in enumerate(MONTHS)}
    return {
        **{f"opencps.lang-son.month-{YEAR}-{month}.json": _json(answer) for month, answer in lang_son.items()},
        **{f"igate.hai-phong.month-{YEAR}-{month}.json": _json(answer) for month, answer in hai_phong.items()},
    }


def _third(count: int, index: int) -> int:
    """A month's part of a quarter's count; the three add up to it."""
    return (count + 2 - index) // 3


# --- OpenCPS ---------------------------------------------------------------------------------------------------------


def _opencps(index: int) -> dict[str, object]:
    """Each agency by domain, its total, and the total of all."""
    rows: list[dict[str, object]] = []
    agencies = []
    for code, name, fields, denied, withdrawn in LANG_SON:
        domains = []
        for field in fields:
            at_hand = (denied, withdrawn) if field.label == "Hộ tịch" else (0, 0)
            counts = _month(field, index, *(_third(count, index) for count in at_hand))
            domains.append(counts)
            rows.append(_row(index, counts, code, name, DOMAINS[field.label], field.label))
        agencies.append(_sum(domains))
        rows.append(_row(index, agencies[-1], code, name, "", ""))
    rows.append(_row(index, _sum(agencies), "", "", "", ""))
    return {"total": len(rows), "agency": "all", "data": rows}


def _month(field: Field, index: int, denied: int, withdrawn: int) -> dict[str, int]:
    """One month of a domain: what is open at its end lies evenly between the quarter's beginning and end."""
    still_open = field.open_in_time + field.open_late
    opened_with, closed_with = (field.carried + (still_open - field.carried) * month // 3 for month in (index, index + 1))
    online, onegate = _third(field.online, index), _third(field.in_person, index)
    process = opened_with + online + onegate
    release = process - closed_with - withdrawn
    late = field.open_late if index == 2 else 0
    on_time, overdue = _third(field.on_time, index), _third(field.overdue, index)
    return {
        "totalCount": process + denied, "deniedCount": denied, "cancelledCount": withdrawn, "processCount": process, "remainingCount": opened_with,
        "receivedCount": online + onegate, "onlineCount": online, "onegateCount": onegate, "releaseCount": release,
        "betimesCount": release - on_time - overdue, "ontimeCount": on_time, "overtimeCount": overdue, "doneCount": release, "releasingCount": 0,
        "unresolvedCount": 0, "processingCount": closed_with, "undueCount": closed_with - late, "overdueCount": late, "waitingCount": 0,
    }  # fmt: skip


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(one[name] for one in counts) for name in counts[0]}


def _row(index: int, counts: Mapping[str, int], code: str, name: str, domain_code: str, domain_name: str) -> dict[str, object]:
    where = {"govAgencyCode": code, "govAgencyName": name, "domainCode": domain_code, "domainName": domain_name}
    return {"month": MONTHS[index], "year": YEAR, **counts, **where, "reporting": False, "system": ""}


# --- iGate -----------------------------------------------------------------------------------------------------------


def _igate(index: int) -> list[dict[str, object]]:
    """The province, which adds up the agencies below it, then these."""
    below = [(code, name, *(_third(count, index) for count in counts)) for code, (name, *counts) in HAI_PHONG.items()]
    online, direct, resolved, overdue = (sum(row[column] for row in below) for column in range(2, 6))  # type: ignore[misc]
    kept_by_the_province = 3 if index == 1 else 0
    rows = [("H24", "UBND thành phố Hải Phòng", online, direct, resolved + kept_by_the_province, overdue), *below]
    return list(itertools.starmap(_agency, rows))


def _agency(code: str, name: str, online: int, direct: int, resolved: int, overdue: int) -> dict[str, object]:
    level = 0 if "." not in code else 1 if name.startswith("Sở") else 2
    return {
        "agency": {"id": f"mau-{code}", "code": code, "name": name, "level": level},
        "received": online + direct, "resolved": resolved, "receivedOnline": online, "receivedDirect": direct, "resolvedOverdue": overdue,
    }  # fmt: skip


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
