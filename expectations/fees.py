"""Money in total and by kind in one statement: "thu 412.350.000 đồng, gồm: đất đai 201.400.000 đồng; …", "đã thu 128,4 triệu: trực tuyến 120,1, tiền mặt 8,3".

Told is only what a slip of the keyboard explains: amounts are long, so no list that leaves some out misses its total by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.grouping import is_slip
from expectations.sums import severity_of
from expectations.wording import both_sides, sentence_place, windows
from warehouse.model import Document, Finding
from warehouse.numbers import NumberError, number_vi, parse_number

_I = re.IGNORECASE
_AMOUNT = re.compile(
    r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d*)(?:,\d{1,4})?(?![\d/%])\s*"
    r"(?P<unit>(?:triệu|tỷ|tỉ|nghìn|ngàn)(?:\s+đồng)?\b|tr(?:\.?đ)?\b|đồng\b(?! chí)|đ\b|VNĐ)?(?P<alone>(?=\s*(?:[;,)]|và\b|\n|\.\s|\Z)))?",
    _I,
)
_MONEY = re.compile(r"(?:\d |\d)(?:đồng(?! chí)|đ\b|triệu|tỷ đồng|tỉ đồng|tr\b|nghìn|ngàn)")
_SCALE = {"tỷ": 10**9, "tỉ": 10**9, "tr": 10**6, "ng": 10**3}
_NO_AMOUNT = re.compile(r"(?:ngày|tháng|quý|năm|số|Điều|khoản|kỳ|mức|mỗi)\s*\Z", _I)
_OF_FEES = re.compile(r"lệ phí|\bphí\b|nghĩa vụ tài chính|kinh phí|số tiền", _I)
_OPENS = re.compile(r"\b(?:gồm|cụ thể|chia (?:ra|theo)|trong (?:đó|số đó)|phân theo)\b|[:(]", _I)
_TOTAL_LAST = re.compile(r"\b(?:tổng(?: số| cộng)?|cộng|tất cả)\b[^\d;]{0,40}\Z", _I)
_TURNS = re.compile(r"\b(?:tăng|giảm|so với|cùng kỳ|bình quân|dự toán|chỉ tiêu|kế hoạch|còn nợ|mỗi|kỳ trước|quý trước|tháng trước|năm trước)\b", _I)
_ONLINE, _CASH = re.compile(r"trực tuyến|không dùng tiền mặt|qua mạng|chuyển khoản|điện tử|QR|qua Cổng", _I), re.compile(r"tiền mặt|trực tiếp|tại quầy", _I)
_END = re.compile(r"\n\s*\n|\.\s+(?=[A-ZĐ\d])")
_REACH, _MOST, _FEWEST, _FAR = 250, 12, 3, 5


class _Amount(NamedTuple):
    value: Decimal
    start: int
    end: int
    words: str
    """What stands between the amount before and this one."""


def check_fees(document: Document) -> Iterator[Finding]:
    """One finding for each total of money that misses the amounts listed for it by a slip."""
    text = document.text
    for left, right in windows(text, _MONEY, _REACH):
        start = left
        for end in (*(match.start() for match in _END.finditer(text, left, right)), right):
            amounts = _amounts(text, start, end) if _MONEY.search(text, start, end) and _OF_FEES.search(text, start, end) else []
            if _FEWEST <= len(amounts) <= _MOST:
                yield from _judged(text, amounts)
            start = end


def _amounts(text: str, start: int, end: int) -> list[_Amount]:
    """The amounts of a sentence; one without a unit has that of the next one that has."""
    found: list[_Amount] = []
    waiting: list[tuple[Decimal, int, int, str]] = []
    last = start
    for match in _AMOUNT.finditer(text, start, end):
        if match["unit"] is None and (match["alone"] is None or _NO_AMOUNT.search(text, max(start, match.start() - 10), match.start())):
            continue
        printed = match.group()[: len(match.group()) - len(match["unit"] or "")].strip()
        try:
            value = parse_number(printed, "decimal").value if "," in printed else Decimal(printed.replace(".", ""))
        except (NumberError, ArithmeticError):
            continue
        span_end = match.start() + len(printed)
        waiting.append((value, match.start(), span_end, text[last : match.start()]))
        last = match.end()
        if match["unit"] is not None:
            scale = next((factor for name, factor in _SCALE.items() if match["unit"].lower().startswith(name)), 1)
            found += [_Amount(one * scale, *rest) for one, *rest in waiting]  # type: ignore[arg-type]
            waiting = []
    return found


def _judged(text: str, amounts: Sequence[_Amount]) -> Iterator[Finding]:
    ways = [(amounts[-1], amounts[:-1])] if _TOTAL_LAST.search(amounts[-1].words) else []
    ways += [(whole, amounts[place + 1 :]) for place, whole in enumerate(amounts[:-2]) if _opens(amounts[place + 1 :])]
    values = {one.value for one in amounts}
    for whole, parts in ways:
        stop = next((place for place, part in enumerate(parts) if place and _TURNS.search(part.words)), len(parts))
        parts = parts[:stop]
        added = [sum((part.value for part in parts[:size]), Decimal(0)) for size in range(2, len(parts) + 1)]
        if not added or whole.value in added or values & set(added) or abs(whole.value - added[-1]) in values:
            return  # one of the ways closes
        if abs(whole.value - added[-1]) * _FAR <= whole.value and _is_slipped(whole.value, [part.value for part in parts]):
            yield _finding(text, whole, parts)
            return


def _opens(parts: Sequence[_Amount]) -> bool:
    """Whether words open a list, or its amounts are the two ways to pay."""
    ways = len(parts) > 1 and _ONLINE.search(parts[0].words) and _CASH.search(parts[1].words)
    return bool(ways) or _OPENS.search(parts[0].words) is not None


def _is_slipped(whole: Decimal, parts: Sequence[Decimal]) -> bool:
    gap = whole - sum(parts, Decimal(0))
    pairs = [(whole, whole - gap), *((part, part + gap) for part in parts)]
    unit = min(_last_place(value) for value in (whole, *parts))
    return any(needed > 0 and is_slip(str(int(printed / unit)), str(int(needed / unit))) for printed, needed in pairs)


def _last_place(value: Decimal) -> Decimal:
    """The place of the last digit that is not nought: 1.000 of 201.400.000 is 100.000."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _finding(text: str, whole: _Amount, parts: Sequence[_Amount]) -> Finding:
    added = sum((part.value for part in parts), Decimal(0))
    listed = " + ".join(number_vi(part.value) for part in parts)
    return Finding(
        "form-total-row",
        severity_of("form-total-row", "warning"),
        f"Trong đoạn này, tổng số tiền in {number_vi(whole.value)} đồng, nhưng cộng các khoản được liệt kê là {listed} = {number_vi(added)} đồng "
        f"(lệch {number_vi(abs(whole.value - added))}). Đề nghị kiểm tra lại tổng số hoặc các khoản.",
        tuple(sentence_place(text, one.start, one.end) for one in (whole, *parts)),
        {**both_sides(whole.value, added), "reading": "listed-parts"},
    )
