"""What a report says of an earlier time beside its own number: "2.671 hồ sơ, tăng 112 hồ sơ so với quý trước (2.559 hồ sơ)".

Three numbers of one clause of which two give the third. Told is only what one slip of the keyboard explains, so that a comparison with
something else than what stands in the brackets raises nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from expectations.grouping import is_slip
from expectations.percentages import classify_percentage
from expectations.sums import severity_of
from expectations.wording import sentence_place, windows
from warehouse.model import Document, Finding
from warehouse.numbers import dotted_number, number_vi

_I = re.IGNORECASE
# Begins with a digit and looks behind it afterwards: several times faster.
_INT = r"\d(?<![\d.,/]\d)(?:\d{0,2}(?:\.\d{3})+|\d*)(?![\d%/]|[.,]\d|\s*%)"
_WORDS = r"[^\d.;:()%\n]"
_WAY = r"(?P<way>tăng|giảm|nhiều hơn|ít hơn|cao hơn|thấp hơn)(?:\s+thêm)?\s+"
_BY = rf"(?:(?P<change>{_INT})|(?P<percent>\d{{1,3}}(?:,\d{{1,2}})?)\s*%)"
_EARLIER = rf"{_WORDS}{{0,30}}?(?:so\s+với|so)\s+{_WORDS}{{0,25}}?\b(?:cùng\s+kỳ|trước|năm|quý|tháng|kỳ|đầu\s+năm)\b[^.;:()%\n]{{0,30}}?"
_BEHIND = re.compile(
    rf"(?P<now>{_INT})(?:\s{_WORDS}{{0,60}}?)?[,;(]?\s*{_WAY}{_BY}{_EARLIER}\(\s*(?:{_WORDS}{{0,30}}?\s)?(?P<before>{_INT})(?:\s+{_WORDS}{{0,25}})?\)", _I
)
"""2.671 hồ sơ, tăng 112 hồ sơ so với quý trước (2.559 hồ sơ)"""
_ARROW = re.compile(rf"{_WAY}{_BY}{_WORDS}{{0,60}}?\(\s*(?:từ\s+)?(?P<before>{_INT}){_WORDS}{{0,20}}?(?:→|->|lên|xuống(?:\s+còn)?)\s*(?P<now>{_INT})", _I)
"""tăng 12 hồ sơ (từ 210 lên 223)"""
_FROM_TO = re.compile(
    rf"từ\s+(?P<before>{_INT}){_WORDS}{{0,40}}?\s(?:lên|xuống)(?:\s+còn)?\s+(?P<now>{_INT}){_WORDS}{{0,30}}?[,(]\s*(?:tức\s+(?:là\s+)?)?{_WAY}{_BY}", _I
)
"""từ 210 hồ sơ lên 223 hồ sơ, tăng 12 hồ sơ"""
_DOWN = re.compile(r"giảm|ít|thấp", _I)
_SPOKEN_OF = re.compile(r"so với|→|->|lên |xuống ")
_REACH = 160
_TELLING = 10


def check_changes(document: Document) -> Iterator[Finding]:
    """One finding for each change that the two numbers beside it do not give."""
    told: set[int] = set()
    for window in windows(document.text, _SPOKEN_OF, _REACH):
        for match in (match for pattern in (_BEHIND, _ARROW, _FROM_TO) for match in pattern.finditer(document.text, *window)):
            now, before = (int(dotted_number(match[name])) for name in ("now", "before"))
            if match.start("way") in told or min(now, before) < _TELLING:
                continue
            told.add(match.start("way"))
            difference = before - now if _DOWN.match(match["way"]) else now - before
            if match["change"]:
                yield from _count(document.text, match, now, before, difference)
            elif difference > 0:
                yield from _share(document.text, match, before, difference)


def _count(text: str, match: re.Match[str], now: int, before: int, difference: int) -> Iterator[Finding]:
    change = int(dotted_number(match["change"]))
    up = -1 if _DOWN.match(match["way"]) else 1
    repairs = ((change, difference), (before, now - up * change), (now, before + up * change))
    if change != difference and any(needed > 0 and is_slip(str(printed), str(needed)) for printed, needed in repairs):
        told = f"{match['way'].lower()} {number_vi(Decimal(change))}"
        yield _finding(text, match, "same-fact", told, number_vi(Decimal(difference)) if difference > 0 else f"-{number_vi(Decimal(-difference))}", "change")


def _share(text: str, match: re.Match[str], before: int, difference: int) -> Iterator[Finding]:
    verdict = classify_percentage(difference, before, match["percent"])
    if verdict.kind in ("rounded", "truncated") or verdict.recomputed is None:
        return
    if abs(verdict.printed - verdict.recomputed) > _FARTHEST:
        return
    yield _finding(text, match, "claimed-percentage", f"{match['way'].lower()} {match['percent']}%", f"{number_vi(verdict.recomputed)}%", "percent")


_FARTHEST = 20
"""Percentage points."""


def _finding(text: str, match: re.Match[str], rule: str, told: str, needed: str, name: str) -> Finding:
    return Finding(
        rule,
        severity_of(rule, "warning"),
        f"Đoạn này ghi {told}, nhưng từ {match['before']} đến {match['now']} là {needed}. Đề nghị kiểm tra lại ba số này.",
        tuple(sentence_place(text, *match.span(group)) for group in sorted((name, "now", "before"), key=match.start)),
        {"left": match[name], "right": needed, "reading": "change"},
    )
