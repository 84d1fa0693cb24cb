"""Answers of both portal interfaces for two quarters: invented scores, the real list of provinces and real names of six communes.

Scores are drawn from a fixed seed. In the legacy rows every value is a string and TONG_SCORE is the exact sum of the six; Lạng Sơn
carries the older style of code, as it does on the portal.
"""

from __future__ import annotations

import csv
import json
import random
from decimal import Decimal
from pathlib import Path

MAXIMA = {"TDGQ": 20, "MDHL": 18, "MDSH": 22, "TTTT": 10, "CLGQ": 12, "CKMB": 18}
PERIODS = {"quarter-2026-1": 1, "quarter-2026-2": 2}
CITIES = frozenset({"H05", "H13", "H17", "H19", "H24", "H26", "H29", "H49", "H57"})
"""Centrally run cities in 2026."""
AGENCIES = {
    "H37": [
        ("H37.06", "2", "Sở Công Thương - tỉnh Lạng Sơn"),
        ("H37.101", "3", "UBND phường Kỳ Lừa - tỉnh Lạng Sơn"),
        ("H37.102", "3", "UBND Phường Đông Kinh - tỉnh Lạng Sơn"),
        ("H37.117", "3", "UBND xã Đồng Đăng - tỉnh Lạng Sơn"),
    ],
    "H24": [
        ("H24.11", "2", "Sở Xây dựng - thành phố Hải Phòng"),
        ("H24.104", "3", "UBND phường Lê Chân - thành phố Hải Phòng"),
        ("H24.151", "3", "UBND Xã Kiến Thụy - thành phố Hải Phòng"),
        ("H24.163", "3", "UBND xã Vĩnh Bảo - thành phố Hải Phòng"),
    ],
}
"""Codes of communes and departments below the province are invented: no public list of them exists."""
SEEDS = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds"


def portal() -> dict[str, bytes]:
    """File name -> body of every answer."""
    bodies: dict[str, bytes] = {}
    with (SEEDS / "portal_provinces.csv").open(encoding="utf-8", newline="") as file:
        provinces = [(row["portal_code"], row["name_vi"]) for row in csv.DictReader(file)]
    for period, seed in PERIODS.items():
        draw = random.Random(seed)
        scored = [(code, name, _scores(draw)) for code, name in provinces]
        bodies[f"service-results.provinces.{period}.json"] = _json(_current(scored, draw))
        rows = [("000.00.00.H37" if code == "H37" else code, "1", _committee(code, name), scores) for code, name, scores in scored]
        bodies[f"report_tinh_766_service.provinces.{period}.json"] = _json(_legacy(rows, 390_000))
        for number, (province, agencies) in enumerate(AGENCIES.items()):
            below = [(code, kind, name, _scores(draw)) for code, kind, name in agencies]
            bodies[f"report_tinh_766_service.{province}.{period}.json"] = _json(_legacy(below, 470_000 + 1000 * number))
    return bodies


def _scores(draw: random.Random) -> dict[str, Decimal]:
    return {component: Decimal(draw.randint(most * 70, most * 100)) / 100 for component, most in MAXIMA.items()}


def _committee(code: str, name: str) -> str:
    return f"UBND {'Thành phố' if code in CITIES else 'tỉnh'} {name}"


def _legacy(rows: list[tuple[str, str, str, dict[str, Decimal]]], first_id: int) -> list[dict[str, str]]:
    """Rows of `report_tinh_766_service`, best first."""
    numbered = [(str(first_id + 7 * index), row) for index, row in enumerate(rows)]
    ranked = sorted(numbered, key=lambda entry: -sum(entry[1][3].values()))
    return [
        {
            "ID": number, "TEN": name, "TEN_COQUAN": name, "MA_COQUAN": code, "LOAI_COQUAN": kind, "CAPDONVIID": "2" if kind == "3" else "1",
            "ID_COQUAN": number, **{component: _plain(score) for component, score in scores.items()},
            "TONG_SCORE": _plain(sum(scores.values(), Decimal(0))), "ROW_STT": str(rank),
        }
        for rank, (number, (code, kind, name, scores)) in enumerate(ranked, 1)
    ]  # fmt: skip


def _identifier(draw: random.Random) -> str:
    """Looks like a UUIDv7, as the portal's do."""
    digits = f"01998{draw.randrange(16**27):027x}"
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _current(scored: list[tuple[str, str, dict[str, Decimal]]], draw: random.Random) -> dict[str, object]:
    """The body of `service-results`."""
    rows = [
        {
            "departmentId": _identifier(draw), "departmentName": _committee(code, name), "departmentCode": code,
            "totalScore": float(sum(scores.values())), "groupScores": {component: float(score) for component, score in scores.items()},
        }
        for code, name, scores in scored
    ]  # fmt: skip
    mean = {component: float(round(sum((scores[component] for _, _, scores in scored), Decimal(0)) / len(scored), 2)) for component in MAXIMA}
    overview = {"departmentName": "Cả nước", "totalScore": round(sum(mean.values()), 2), "groupScores": mean}
    return {"code": "OK", "data": {"overview": overview, "evaluation": rows}, "message": "OK"}


def _plain(score: Decimal) -> str:
    """As the portal prints: no zeros at the end (`10`, `8.1`)."""
    return f"{score:f}".rstrip("0").rstrip(".") if "." in f"{score:f}" else f"{score:f}"


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
