"""Lists of people told in one sentence, by its words alone: who left and why, who works in an office, what contracts are for.

A list counts only where the words of each entry are of one kind ([[people]] of language.toml): "giảm 14 người (08 nghỉ theo Nghị định 178,
04 chuyển về sở, 02 điều động sang xã khác)" divides all who left; "trong đó" may name some of them only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, takewhile
from typing import NamedTuple

from expectations.grouping import is_slip
from expectations.language import People, people
from expectations.sums import severity_of
from expectations.wording import both_sides, sentence_place
from warehouse.model import Document, Finding
from warehouse.numbers import dotted_number, number_vi
from warehouse.sentences import paragraph_spans

_I = re.IGNORECASE
# Begins with a digit and looks behind it afterwards: several times faster.
_COUNT = re.compile(
    r"(?<![\d.,/])(?P<ratio>\d{1,4})/\d{1,4}(?=\s+(?:biên chế|người|chỉ tiêu|cán bộ|công chức|viên chức)\b)|\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d{0,4})(?![\d/%\-]|[.,]\d|\s*(?:%|(?:ngày|tháng|năm|giờ|tuổi|tỷ|triệu|đồng(?! chí)|điểm|quầy|lần|buổi|km)\b))"
)
_NO_COUNT = re.compile(
    r"(?:Nghị định|NĐ|Nghị quyết|Quyết định|(?<!tổng )(?<!trong )số|điều|khoản|ngày|tháng|quý|năm|từ|dưới|trên|hơn|gần|khoảng|lần|thứ|nhóm|loại|hạng|khóa)\s*\Z",
    _I,
)
_CONTRACTS = re.compile(r"(?:hợp đồng|HĐ\w*)\s*\Z", _I)
_OPENER = r"(?P<bracket>\()|\b(?:gồm|cụ thể|chia ra|phân ra|do|trong (?:đó|số (?:đó|này|ấy)))\b|:"
_OPENED = re.compile(rf"[^\d().;:]{{0,60}}?(?:{_OPENER}|;\s*(?:trong đó|gồm)\b)", _I)
_OPENED_LATER = re.compile(rf"[^\d().;:]{{0,60}}?\([^()]{{0,80}}\)[^\d().;:]{{0,40}}?(?:{_OPENER})", _I)
"""Something else stands in brackets before the list: "10 người (định biên 11 người), trong đó …"."""
_AMONG = re.compile(r"\btrong\s+(?:(?:tổng\s+)?số\s*)?\Z", _I)
_AMONG_THEM = re.compile(r"[^\d().;:]{1,60}?(?=\d|\b(?:có|thì)\b|[:,])", _I)
_SOME = re.compile(r"\btrong (?:đó|số)|\b(?:riêng|chủ yếu|nhất là|kể cả|tính cả|trước đó)\b", _I)
_THE_REST = re.compile(r"\b(?:còn lại|khác)\b", _I)
_END = re.compile(r"\.(?=\s+[^\W\d_]|\s*\Z)|\n\s*\n")
_NESTED = re.compile(r"\([^()]*\)|\btrong (?:đó|số (?:đó|này|ấy))\b[^;]*", _I)
_OF_PEOPLE = re.compile(
    r"[\s*]*(?:(?:cán|công|viên|bác|nhân|giáo|lao|hợp|biên|đồng|trường hợp|chỉ tiêu|vị trí|suất|người|trường|CB\w*|HĐ\w*|đ/c)\b|(?:gồm|do|trong|có)\b|[(:])", _I
)
_PEOPLE = re.compile(r"\d\s(?:cán bộ|công chức|viên chức|người|đồng chí|biên chế|trường hợp|hợp đồng|lao động|chỉ tiêu|vị trí|trường)|\d\*{0,2}\s?[(:]", _I)
_POST = re.compile(r"(?:\A|[,;]|\bvà)\s*(?:đồng chí\s+)?(?:Phó\s+)?(?:Giám đốc|Chủ tịch|Trưởng|Bí thư|Chỉ huy|Chánh|Hiệu trưởng)\b[^,;\d]*(?=[,;]|\bvà\b|\Z)")
"""One who has no number is one more."""
_FILLER = re.compile(r"(?:\b(?:có|là|thì|người|đồng chí)\b|[^\w])*", _I)
_FEWEST, _SOME_OF_FEW, _MOST, _TELLING = 2, 3, 10, 4
_SHARE = 5
"""A list belongs to its whole if it misses it by no more than one part in this."""
_FEW = 2
_ABOVE, _BEHIND = 60, 60
"""Characters before a whole that say what it counts, and behind a list where one may stand who was left out."""


class _Number(NamedTuple):
    value: int
    start: int
    end: int


class _List(NamedTuple):
    """A number of people and the entries listed for it, with the kind that the words of all of them are of."""

    whole: _Number
    entries: tuple[_Number, ...]
    kind: People
    is_full: bool
    """Whether it is said, or plain, that nobody is left out."""
    others: frozenset[int]
    """Further numbers of the sentence, and those told in words: one of them may be what is missing."""

    @property
    def gap(self) -> int:
        return self.whole.value - sum(one.value for one in self.entries)


def check_people(document: Document) -> Iterator[Finding]:
    """One finding for each list of people that does not add up to the number it divides."""
    text = document.text
    for start, end in paragraph_spans(text):
        if not _PEOPLE.search(text, start, end) or text.count("|", start, end) > 1 or text.count("\t", start, end) > 1:
            continue
        numbers = _numbers(text, start, end)
        for place, whole in enumerate(numbers[:-_FEWEST] if len(numbers) > _FEWEST else ()):
            if before := _balance(text, start, numbers, place):
                yield _unbalanced(text, *before)
            one = _list(text, start, end, numbers, place) if whole.value >= _TELLING and _OF_PEOPLE.match(text, whole.end) else None
            if one and _is_broken(one):
                yield _finding(text, one)


def _numbers(text: str, start: int, end: int) -> list[_Number]:
    return [
        _Number(int(dotted_number(match["ratio"] or match.group())), *match.span())
        for match in _COUNT.finditer(text, start, end)
        if not _NO_COUNT.search(text, max(start, match.start() - 14), match.start())
        and not (match.group() in ("111", "68") and _CONTRACTS.search(text, max(start, match.start() - 12), match.start()))
    ]


def _list(text: str, start: int, end: int, numbers: Sequence[_Number], place: int) -> _List | None:
    """The list that the words behind the number open; of several kinds that one of most entries."""
    whole = numbers[place]
    among = _AMONG.search(text, max(start, whole.start - 16), whole.start) is not None
    for pattern in (_AMONG_THEM,) if among else (_OPENED, _OPENED_LATER):
        opened = pattern.match(text, whole.end, end)
        if opened is None:
            continue
        bracketed = not among and opened["bracket"] is not None
        stop = _closing(text, opened.end(), end) if bracketed else _stop(text, opened.end(), end)
        masked = _NESTED.sub(lambda match: " " * len(match.group()), text[opened.end() : stop])
        listed = [one for one in numbers if opened.end() <= one.start < stop and masked[one.start - opened.end()] != " "]
        found = _of_one_kind(masked, opened.end(), listed)
        if found is None:
            continue
        entries, labels, kind = found
        above = text[max(start, whole.start - _ABOVE) : entries[0].start]
        some = _SOME.search(text, whole.end, entries[0].start) is not None
        is_full = kind.is_full(above, labels) and (not some or len(entries) > _SOME_OF_FEW or kind.closes(labels))
        is_full = (is_full or _THE_REST.search(labels[-1]) is not None) and not _POST.search(masked)
        others = {one.value for one in numbers if one is not whole and one not in entries and one.start < max(stop, entries[-1].end) + _BEHIND}
        told = {
            value for word, value in _IN_WORDS.items() if re.search(rf"\b{word}\s+(?:người|đồng chí|công chức|cán bộ|viên chức)", text[opened.end() : stop], _I)
        }
        return _List(whole, entries, kind, is_full, frozenset(others | told))
    return None


_IN_WORDS = {word: value for value, word in enumerate(("một", "hai", "ba", "bốn", "năm"), 1)}


def _closing(text: str, left: int, end: int) -> int:
    """Where the bracket that is open at the offset closes."""
    depth = 1
    for match in re.compile(r"[()]").finditer(text, left, end):
        depth += 1 if match.group() == "(" else -1
        if not depth:
            return match.start()
    return end


def _stop(text: str, left: int, end: int) -> int:
    found = _END.search(text, left, end)
    return found.start() if found else end


def _of_one_kind(masked: str, offset: int, listed: Sequence[_Number]) -> tuple[tuple[_Number, ...], list[str], People] | None:
    """The entries at the head of the list whose words are of one kind; the words stand before all their numbers or behind them."""
    if len(listed) < _FEWEST:
        return None
    bounds = [0, *(one.end - offset for one in listed)], [*(one.start - offset for one in listed), len(masked)]
    head = masked[: bounds[1][0]]
    behind = _FILLER.fullmatch(head) is not None
    labels = [masked[bounds[0][place + behind] : bounds[1][place + behind]] for place in range(len(listed))]
    if behind:
        labels[-1] = re.split(r";|\.\s", labels[-1])[0]
    best = max(people(), key=lambda kind: sum(1 for _ in takewhile(kind.words.search, labels)))
    size = sum(1 for _ in takewhile(best.words.search, labels))
    return (tuple(listed[:size]), labels[:size], best) if _FEWEST <= size <= _MOST else None


def _is_broken(one: _List) -> bool:
    values = [entry.value for entry in one.entries]
    gap, larger = one.gap, max(one.whole.value, sum(values))
    if gap == 0 or (gap > 0 and gap in one.others):
        return False
    if one.kind.open and one.whole.value in (*accumulate(values), *accumulate(reversed(values))):
        return False  # what is told besides, such as those who are lent by another office, stands at one of its ends
    if gap > 0 and not one.is_full:
        return False
    repairs = ((one.whole.value, one.whole.value - gap), *((value, value + gap) for value in values))
    near = abs(gap) * _SHARE <= larger and any(is_slip(str(printed), str(needed)) for printed, needed in repairs if needed > 0)
    return near or abs(gap) <= min(_FEW, larger // _TELLING)


# --- before, who left and who came, now ----------------------------------------------------------------------------------------------

_WAS = re.compile(r"\b(?:có|là|tổng số|biên chế|gồm)\s*\Z", _I)
_NOW = re.compile(r"\b(?:còn(?: lại)?|hiện có|hiện là|nay (?:có|là)|có mặt|\d{4} (?:có|là))\s*\Z", _I)
_LEFT = re.compile(r"\b(?:giảm|bớt|nghỉ|hưu|thôi việc|chuyển|điều động)\b[^,;]*", _I)
_CAME = re.compile(r"\b(?:tăng|thêm|tuyển|nhận|bổ sung|trúng tuyển)\b[^,;]*", _I)
_MOST_MOVES = 6


def _balance(text: str, start: int, numbers: Sequence[_Number], place: int) -> tuple[_Number, list[tuple[int, _Number]], _Number] | None:
    """Who was there, who left or came since, and who is there now, where that does not add up: "có 84 người; sau khi 13 người nghỉ, 04 người chuyển, còn 69"."""
    before = numbers[place]
    own = re.split("[,;.]", text[before.end : numbers[place + 1].start])[0]
    if not _WAS.search(text, max(start, before.start - 16), before.start) or _LEFT.search(own) or _CAME.search(own):
        return None
    moves: list[tuple[int, _Number]] = []
    for at in range(place + 1, min(place + 2 + _MOST_MOVES, len(numbers))):
        one, last = numbers[at], numbers[at - 1]
        above = text[last.end : one.start]
        if "(" in above or "trong đó" in above or (moves and _END.search(above)):
            return None
        if moves and _NOW.search(text, last.end, one.start):
            needed = before.value + sum(sign * move.value for sign, move in moves)
            off = abs(one.value - needed)
            told = off and (off <= _FEW or (off * _SHARE <= needed and is_slip(str(one.value), str(needed))))
            return (before, moves, one) if told and off not in {number.value for number in numbers} else None
        behind = text[one.end : numbers[at + 1].start if at + 1 < len(numbers) else one.end + _ABOVE]
        signs = [(sign, words) for sign, words in ((-1, _LEFT), (1, _CAME)) if (found := words.search(above)) and found.end() == len(above)]
        signs = signs or [(sign, words) for sign, words in ((-1, _LEFT), (1, _CAME)) if words.search(re.split("[,;]", behind)[0])]
        if len(signs) != 1:
            return None
        moves.append((signs[0][0], one))
    return None


def _unbalanced(text: str, before: _Number, moves: Sequence[tuple[int, _Number]], now: _Number) -> Finding:
    needed = before.value + sum(sign * move.value for sign, move in moves)
    told = "".join(f" {'+' if sign > 0 else '-'} {number_vi(Decimal(move.value))}" for sign, move in moves)
    return Finding(
        "staff-parts",
        severity_of("staff-parts", "warning"),
        f"Trước có {number_vi(Decimal(before.value))} người, tính số tăng, giảm đã nêu là {number_vi(Decimal(before.value))}{told} = {number_vi(Decimal(needed))}, "
        f"nhưng số hiện nay in {number_vi(Decimal(now.value))} (lệch {number_vi(Decimal(abs(needed - now.value)))}). Đề nghị kiểm tra lại các số này.",
        tuple(sentence_place(text, one.start, one.end) for one in (before, *(move for _, move in moves), now)),
        {**both_sides(now.value, needed), "reading": "people"},
    )


def _finding(text: str, one: _List) -> Finding:
    added = one.whole.value - one.gap
    listed = " + ".join(number_vi(Decimal(entry.value)) for entry in one.entries)
    return Finding(
        "staff-parts",
        severity_of("staff-parts", "warning"),
        f"Số người in {number_vi(Decimal(one.whole.value))}, nhưng cộng các số được liệt kê ({one.kind.name_vi}) là {listed} = {number_vi(Decimal(added))} "
        f"(lệch {number_vi(Decimal(abs(one.gap)))}). Đề nghị kiểm tra lại tổng số hoặc các số thành phần.",
        tuple(sentence_place(text, entry.start, entry.end) for entry in (one.whole, *one.entries)),
        {**both_sides(one.whole.value, added), "reading": "people"},
    )
