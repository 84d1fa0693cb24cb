"""What was in progress when the period before ended, quoted from its report, beside what this report carries over.

"Theo báo cáo quý I, đến 14/3/2026 còn 97 hồ sơ đang giải quyết", and the table carries 79. Between reports the gate compares the forms
themselves; here both numbers stand in one text. Told is only what lies near: another number is of another thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from expectations.grouping import is_fact, is_familiar
from expectations.sums import severity_of
from expectations.wording import both_sides, figure_place, sentence_place
from warehouse.model import Document, Figure, Finding, Header, Period
from warehouse.numbers import dotted_number, number_vi
from warehouse.sentences import paragraph_at, sentence_at

_RULE = "form-roll-forward"
_WORDS = r"(?:[^.;\d\n()]|\d{1,2}/\d{1,2}(?:/\d{4})?|[/\-]\d{4}|(?:năm|tháng)\s\d{1,4}){0,70}?"
_NUMBER = r"(?<![\d.,/\-])(?P<count>\d{1,3}(?:\.\d{3})+|\d+)(?![\d/%\-]|[.,]\d|\s*%)"
_STILL = r"còn|tồn|dở dang|(?:đang|chưa)\s+(?:được\s+)?(?:giải quyết|xử lý)|chuyển\s+(?:sang|qua|tiếp)"
_OPEN = re.compile(rf"\b(?:{_STILL})\b{_WORDS}{_NUMBER}(?=\s*(?:(?:hồ sơ|HS)\b|[.;,)\n]|\Z))", re.IGNORECASE)
_OF_PERIOD = r"(?:cuối|hết|báo cáo(?:\s+của)?|số liệu|chốt)\s+(?:của\s+)?"
_COMPARED = re.compile(r"\b(?:so với|cùng kỳ|tăng|giảm|bình quân|mục tiêu|phấn đấu)\b", re.IGNORECASE)
_EXPLAINED = re.compile(r"\b(?:sau khi|trừ đi|đã rút|hủy|loại trừ|chênh lệch|bàn giao)\b", re.IGNORECASE)
_ROMAN = ("I", "II", "III", "IV")
_MONTH, _QUARTER = 31, 93
"""Days."""


def check_roll_forward(document: Document, header: Header, figures: Sequence[Figure]) -> Iterator[Finding]:
    """At most one finding: a quoted closing balance of the period before that is not what the report carries over."""
    period = header.period
    carried = [figure for figure in figures if figure.measure == "tthc_carried_over" and not figure.scope and not figure.subject and is_fact(figure)]
    carried = [figure for figure in carried if figure.period is None or period is None or figure.period.start == period.start]
    if period is None or not carried:
        return
    text, before = document.text, _before(period)
    quoted = {match.start("count"): match for match in _OPEN.finditer(text) if _is_of_before(text, match, before)}
    own = [figure for figure in carried if figure.start not in quoted]
    for match in quoted.values() if len({figure.value for figure in own}) == 1 else ():
        count, value = dotted_number(match["count"]), own[0].value
        if count == value:
            return
        if is_familiar(count, value) and not _is_explained(text, match.start(), abs(count - value)):
            yield _finding(text, own[0], match, count)
            return


def _is_of_before(text: str, match: re.Match[str], before: re.Pattern[str]) -> bool:
    start = sentence_at(text, match.start())[0]
    return before.search(text, start, match.end()) is not None and not _COMPARED.search(text, start, match.start("count"))


def _before(period: Period) -> re.Pattern[str]:
    """Words for the end of the period before: its last day, its name, `kỳ trước`."""
    day = period.start - timedelta(days=1)
    days = (period.end - period.start).days
    names = ["trước"]
    if days <= _MONTH:
        names.append(rf"0?{(period.end.month - 2) % 12 + 1}(?!\d)")
    elif days <= _QUARTER:
        names.append(rf"{_ROMAN[((period.end.month - 1) // 3 - 1) % 4]}(?![IVX])")
    if period.end.year > day.year:
        names.append(rf"{day.year}")
    return re.compile(
        rf"\b{_OF_PERIOD}(?:kỳ|quý|tháng|năm)\s+(?:liền\s+)?(?:{'|'.join(names)})|(?<!\d)0?{day.day}[/\-]0?{day.month}(?:[/\-]{day.year})?(?![/\d])",
        re.IGNORECASE,
    )


def _is_explained(text: str, offset: int, gap: Decimal) -> bool:
    """Whether the paragraph prints the gap or words for it: dossiers that were withdrawn before they were carried over."""
    span = paragraph_at(text, offset)
    printed = {dotted_number(match.group()) for match in re.finditer(r"(?<![\d.,/])(?:\d{1,3}(?:\.\d{3})+|\d+)(?![\d/]|[.,]\d)", text[slice(*span)])}
    return gap in printed or _EXPLAINED.search(text, *span) is not None


def _finding(text: str, carried: Figure, match: re.Match[str], count: Decimal) -> Finding:
    return Finding(
        _RULE,
        severity_of(_RULE),
        f"Cuối kỳ trước còn {number_vi(count)} hồ sơ đang giải quyết, nhưng kỳ này ghi kỳ trước chuyển qua {number_vi(carried.value)} "
        f"(lệch {number_vi(abs(count - carried.value))}). Đề nghị sửa một trong hai số, hoặc ghi rõ số hồ sơ đã rút, trả lại giữa hai kỳ.",
        tuple(sorted((figure_place(carried), sentence_place(text, *match.span("count"))), key=lambda place: place.start or 0)),
        both_sides(count, carried.value),
    )
