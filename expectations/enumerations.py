"""A whole and the list of its parts by the numbers of one statement alone, whatever was read of them.

"61 người, gồm 33 nam và 26 nữ", "Văn phòng 12 người, Phòng Kinh tế 13 người, …; tổng số 39 người", a line that ends with a colon and the
lines below it. Nearly every list that is no full one misses its whole by far; told is only what one slip of the keyboard explains.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from expectations.grouping import is_row, is_slip
from expectations.language import enumerations, exhaustive
from expectations.sums import severity_of
from expectations.wording import both_sides, sentence_place
from warehouse.model import Document, Figure, Finding
from warehouse.numbers import dotted_number, number_vi
from warehouse.sentences import paragraph_at, paragraph_spans

_I = re.IGNORECASE
# Begins with a digit and looks behind it afterwards: several times faster.
_COUNT = re.compile(
    r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d{0,5})(?![\d/%\-]|[.,]\d|\s*%|\s*(?:ngày|tháng|năm|giờ|tuổi|triệu|tỷ|tỉ|nghìn|đồng(?! chí)|điểm)\b)"
)
_NO_COUNT = re.compile(
    r"(?:ngày|tháng|quý|năm|(?<!tổng )(?<!trong )số|Điều|khoản|kỳ|lần|thứ|mục|biểu|nhóm|loại|khóa|Quyết định|Nghị định|từ|dưới|trên|đến|hơn|gần|khoảng|HĐ|hợp đồng)\s*\Z",
    _I,
)
_OPENS = re.compile(
    r"(?P<full>\b(?:bao\s+gồm|gồm(?:\s+có)?|cụ\s+thể(?:\s+(?:có|là|như\s+sau))?|chia\s+(?:ra|theo)|phân\s+(?:ra|theo|loại)[^\d:;.]{0,40})\b\s*:?|:)"
    r"|(?P<part>\btrong\s+(?:đó|số\s+(?:đó|này|ấy))\b|(?P<has>(?<!hiện )\bcó\b)|\()",
    _I,
)
_BEGINS = re.compile(r"(?:\A|\n)[ \t]*\Z")
"""Before the number of a heading."""
_TOTAL_LAST = re.compile(
    r"(?:[;,.]|\bvà)\s*(?:tổng\s+(?:số|cộng)|tất\s+cả|cộng(?:\s+cả\s+(?:tháng|quý|năm|kỳ))?|cả\s+(?:hai|ba|bốn|năm|sáu|\d{1,2})\s+(?:điểm|quầy|tháng|quý|nhóm|nơi|thôn|trường|khối|phòng)(?:\s+(?:tiếp\s+)?nhận)?)\s*(?:chung\s*)?(?:là|có|:|=)?\s*\Z",
    _I,
)
_INNER = re.compile(r"\btrong\s+(?:đó|số\s+(?:đó|này|ấy))\b|[;,.]\s*(?:tăng|giảm|so với|cùng kỳ|đạt|chiếm)\b", _I)
_TURNS = re.compile(rf"{_INNER.pattern}|\n\s*[-+•*]", _I)
_POST = re.compile(
    r"(?:,|\bvà|\bgồm|:)\s*(?:đồng chí\s+)?(?:Chủ tịch|Phó|Bí thư|Giám đốc|Trưởng|Chỉ huy|Chánh|Hiệu trưởng|lãnh đạo(?! (?:HĐND|UBND|Đảng)))\b[^\d,;]*(?=,|;|\bvà\b|\Z)"
)
_REST_UNTOLD = re.compile(r"\bcòn lại\b(?![^\d,;.]{0,40}\d)|\briêng\b|\bchủ yếu\b", _I)
"""The list leaves out what is not told."""
_MOST_PARTS, _FEWEST = 10, 2
_REACH = 70
"""Characters between the whole and the words that open its list."""
_LONG = 500
_TELLING = 5
_MANY, _CLOSE = 4, 20
"""So many levels of training that miss the heads by less than one part in this."""
_LONG_NUMBER = 100
_SHARE = 5
"""A list belongs to its whole if it misses it by no more than one part in this."""


class _Number(NamedTuple):
    value: int
    start: int
    end: int


class _Statement(NamedTuple):
    """A whole with the parts listed for it."""

    whole: _Number
    parts: tuple[_Number, ...]
    is_full: bool
    """Whether the list is said to leave nothing out."""
    others: frozenset[int]
    """Further numbers of the statement: one of them may be what is missing."""
    start: int
    """Where the sentence begins."""

    @property
    def gap(self) -> int:
        return self.whole.value - sum(part.value for part in self.parts)


def check_enumerations(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each list that misses its whole by a slip in one number."""
    text = document.text
    inexact = {figure.start for figure in figures if figure.bound != "="}
    found = (
        *((_rule(text, one), one) for one in _statements(text) if _is_broken(one, text)),
        *(("staff-parts", one) for one in _of_dimensions(text, figures)),
        *(("petitions-flow", one) for one in _flows(text) if _is_broken(one, text)),
    )
    for rule, statement in found:
        if rule and not inexact & {number.start for number in (statement.whole, *statement.parts)}:
            yield _finding(text, rule, statement)


# --- people by training, age, sex ----------------------------------------------------------------------------------------------------

_TRAINING = re.compile(r"(?:tiến sĩ|thạc sĩ|(?:trên |sau )?đại học|cao đẳng|trung cấp|sơ cấp|chưa (?:qua )?đào tạo)\b", _I)
_AGE = re.compile(r"\b(?:dưới|từ|trên|đủ)\s+\d\d\b|\btuổi\b", _I)
_SEX = re.compile(r"\b(?:nam|nữ)\b(?! (?:giới )?(?:giữ|lãnh đạo))", _I)
_OF_ANOTHER = re.compile(r"lý luận|chính trị|quản lý nhà nước|tin học|ngoại ngữ|học sinh|giáo viên|đảng viên", _I)
_NEXT_SECTION = 1200
"""Characters between a head count and the paragraph that tells its kinds."""
_DIMENSIONS = ((re.compile("đại học"), _TRAINING, 3), (re.compile("tuổi"), _AGE, 3), (re.compile("[Nn]ữ"), _SEX, 2))
"""A word by which such a list is found quickly, its words, and how many numbers it has at least."""


def _of_dimensions(text: str, figures: Sequence[Figure]) -> Iterator[_Statement]:
    """Lists of levels of training, ages or men and women that miss a head count told before them, in whatever sentence, and are none of the others."""
    people = [figure for figure in figures if figure.measure in _HEADS and figure.start is not None and figure.end is not None and not is_row(figure)]
    counted = {int(figure.value) for figure in figures if figure.measure in _HEADS}
    for sign, words, fewest in _DIMENSIONS if people else ():
        for left, right in dict.fromkeys(_sentence(text, match.start()) for match in sign.finditer(text)):
            parts = _of_kind(text, left, right, words)
            if len(parts) < fewest or sum(part.value for part in parts) in counted or _OF_ANOTHER.search(text, left, right):
                continue
            others = frozenset(one.value for one in _numbers(text, left, right) if one not in parts)
            above = [one for one in people if (one.end or 0) <= left and parts[0].start - (one.end or 0) <= _NEXT_SECTION]
            wholes = (_Number(int(one.value), one.start or 0, one.end or 0) for one in reversed(above))
            statements = (_Statement(whole, parts, True, others, left) for whole in wholes)
            yield from islice((one for one in statements if _is_broken(one, text)), 1)


def _sentence(text: str, offset: int) -> tuple[int, int]:
    """The sentence of the offset with its clauses behind semicolons."""
    return next((span for span in _sentences(text, *paragraph_at(text, offset)) if span[0] <= offset < span[1]), (offset, offset))


_HEADS = frozenset({"staff_present", "staff_officials", "staff_civil_servants", "staff_public_employees"})


def _of_kind(text: str, left: int, right: int, words: re.Pattern[str]) -> tuple[_Number, ...]:
    """The numbers each of which has a word of the kind right before or right behind it: all before, or all behind."""
    numbers = _numbers(text, left, right)
    bounds = [left, *(one.end for one in numbers)], [*(one.start for one in numbers), right]
    before = [words.search(text, bounds[0][place], one.start) is not None for place, one in enumerate(numbers)]
    behind = [words.search(text, one.end, bounds[1][place + 1]) is not None for place, one in enumerate(numbers)]
    longest = max((before, behind), key=sum)
    return tuple(one for one, is_of_kind in zip(numbers, longest, strict=True) if is_of_kind)


# --- what came in, what is done, what is left ----------------------------------------------------------------------------------------

_CAME = re.compile(r"\b(?:nhận|tổng số|phát sinh|gửi đến)\b[^\d.;:]{0,60}\Z", _I)
_PETITIONS = re.compile(r"\s*(?:lượt\s+|vụ(?: việc)?\s+(?:tranh chấp,? )?)?(?:đơn\b(?! vị)|phản ánh|kiến nghị|PAKN|khiếu nại|tố cáo)", _I)
_DONE = re.compile(r"\b(?:giải quyết|xử lý|trả lời|phản hồi|xong)\b", _I)
_LEFT = re.compile(r"\b(?:còn|đang|chưa)\b", _I)
_LEFT_BEHIND = re.compile(r"[^\d.;]{0,30}\b(?:còn|đang|chưa)\b", _I)


def _flows(text: str) -> Iterator[_Statement]:
    """ "Nhận 23 phản ánh, đã trả lời 20, đang xem xét 02": three numbers of one sentence."""
    for start, end in paragraph_spans(text):
        if len(_numbers(text, start, end)) <= _FEWEST or not _PETITIONS_SPOKEN_OF.search(text, start, end):
            continue
        for left, right in _sentences(text, start, end):
            numbers = [one for one in _numbers(text, left, right) if not _in_brackets(text, left, one)]
            for came, done, rest in zip(numbers, numbers[1:], numbers[2:], strict=False):
                behind = min((one.start for one in numbers if one.start > rest.start), default=right)
                if (
                    _CAME.search(text, left, came.start)
                    and (_PETITIONS.match(text, came.end) or _PETITIONS_SPOKEN_OF.search(text, left, came.start))
                    and _DONE.search(text, came.end, done.start)
                    and not _LEFT.search(text, came.end, done.start)
                    and (_LEFT.search(text, done.end, rest.start) or _LEFT_BEHIND.match(text, rest.end))
                ):
                    others = frozenset(one.value for one in _numbers(text, left, right) if one not in (came, done, rest))
                    yield _Statement(came, (done, rest), behind == right, others, left)


_PETITIONS_SPOKEN_OF = re.compile(r"\bđơn\b|phản ánh|kiến nghị|PAKN|khiếu nại|tố cáo", _I)


# --- lists of any kind ------------------------------------------------------------------------------------------------------------------


def _statements(text: str) -> Iterator[_Statement]:
    spans = paragraph_spans(text)
    for place, (start, end) in enumerate(spans):
        if text.count("|", start, end) > 1 or text.count("\t", start, end) > 1:
            continue
        yield from _of_sentences(text, start, end)
        if text[start:end].rstrip().endswith(":"):
            yield from _of_lines(text, spans[place : place + _MOST_PARTS + 2])


_ENDS = re.compile(r"\.(?=\s+[^\W\d_]|\s*\Z)|\n\s*\n")


def _of_sentences(text: str, start: int, end: int) -> Iterator[_Statement]:
    around = _numbers(text, start, end)
    if len(around) <= _FEWEST:
        return
    for left, right in _sentences(text, start, end):
        numbers = [one for one in around if left <= one.start < right]
        if len(numbers) <= _FEWEST:
            continue
        for opened in _OPENS.finditer(text, left, right):
            before = [one for one in numbers if one.end <= opened.start()]
            if before and _opens(text, left, before[-1], opened):
                listed, others = _listed(text, opened.end(), right)
                yield _Statement(before[-1], listed, opened["full"] is not None, others | {one.value for one in around if one.end <= before[-1].start}, left)
        last = numbers[-1]
        if _TOTAL_LAST.search(text, left, last.start):
            yield _Statement(last, tuple(one for one in numbers[:-1] if not _in_brackets(text, left, one)), True, frozenset(), left)


def _opens(text: str, left: int, whole: _Number, opened: re.Match[str]) -> bool:
    """Whether the words open a list of the number before them: near it, and "có" only behind "trong số 54 người"."""
    if opened.start() - whole.end > _REACH or _TURNS.search(text, whole.end, opened.start()):
        return False
    if opened.group() == ":" and _ANOTHER.search(text, whole.end, opened.start()):
        return False
    lines = text[whole.end : opened.start()].split("\n")
    if any(line.strip()[:1].isupper() for line in lines[1:]):
        return False  # the next line of a list
    return not opened["has"] or _AMONG.search(text, left, whole.start) is not None


_ANOTHER = re.compile(r";(?!\s*(?:tất cả|số (?:đó|này)))")
_AMONG = re.compile(r"\btrong\s+(?:(?:tổng\s+)?số\s*)?\Z", _I)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences with their clauses behind semicolons."""
    left = start
    for stop in _ENDS.finditer(text, start, end):
        yield left, stop.start()
        left = stop.end()
    if left < end:
        yield left, end


def _listed(text: str, left: int, right: int) -> tuple[tuple[_Number, ...], frozenset[int]]:
    """The numbers of the list up to words that turn to something else, without what stands in brackets; and the numbers that were left out."""
    opened = text.rfind("(", max(0, left - _REACH), left)
    if opened >= 0 and ")" not in text[opened:left]:  # "54 người (gồm 12 cán bộ và 41 công chức)"
        closed = text.find(")", left, right)
        right = closed if closed >= 0 else right
    inner = _INNER.search(text, left, right)
    stop = inner.start() if inner else right
    every = _numbers(text, left, right)
    clause = text.find(";", left, stop)
    if sum(one.end <= clause for one in every) >= _FEWEST:  # the list is told with commas: what stands behind the semicolon is something else
        stop = clause
    kept = tuple(one for one in every if one.end <= stop and not _in_brackets(text, left, one))
    kept = kept or tuple(one for one in every if one.end <= stop and _ALONE.search(text, left, one.start))
    words = (_IN_WORDS[match["word"].lower()] for match in _WORD.finditer(text, left, stop))
    return kept, frozenset((*words, *(one.value for one in every if one not in kept)))


_ALONE = re.compile(r"\(\s*\Z")
"""chứng thực (1.487 hồ sơ), hộ tịch (812 hồ sơ)"""
_IN_WORDS = {word: value for value, word in enumerate(["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"], start=1)}
_WORD = re.compile(rf"\b(?P<word>{'|'.join(_IN_WORDS)})\s+(?:hồ sơ|đơn|người|trường hợp|đồng chí|phiếu|lượt|cán bộ|công chức|viên chức)\b", _I)


def _in_brackets(text: str, left: int, number: _Number) -> bool:
    return text.count("(", left, number.start) > text.count(")", left, number.start)


def _of_lines(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[_Statement]:
    """A line that ends with a colon and the lines of one kind below it: the first number of each."""
    head = [one for one in _numbers(text, *spans[0]) if not _in_brackets(text, spans[0][0], one)]
    if not head or len(spans) == 1:
        return
    mark = _MARK.match(text, *spans[1])
    parts: list[_Number] = []
    others: set[int] = set()
    for span in spans[1:] if mark else _labelled(text, spans[1]):
        numbers = _numbers(text, *span)
        own = _MARK.match(text, *span)
        if (mark and (own is None or own["mark"] != mark["mark"])) or not numbers:
            break
        parts.append(numbers[0])
        others.update(one.value for one in numbers[1:])
    if not parts:
        return
    others.update(int(dotted_number(printed)) for printed in _PRINTED.findall(text[slice(*spans[0])]))  # "có mặt 41/46 biên chế, …; bố trí tại:"
    added = sum(part.value for part in parts)
    if all(one.value != added for one in head):
        yield _Statement(min(head, key=lambda one: abs(one.value - added)), tuple(parts), True, frozenset(others), spans[0][0])


def _labelled(text: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The lines of a list without marks, each a name with its number: "Tiến sĩ: 02", "Thạc sĩ: 47"."""
    lines = [match.span() for match in _LINE.finditer(text, *span)]
    return lines if len(lines) > _FEWEST and all(_ENTRY.fullmatch(text, *line) for line in lines) else []


_LINE = re.compile(r"[^\n]*\S[^\n]*")
_ENTRY = re.compile(r"\s*[^\W\d_][^\d:\n]{1,60}:\s*\d[\d.]*(?:\s+(?:người|đồng chí|hồ sơ|phiếu|lượt|đơn|thủ tục|TTHC))?\s*[;,.]?\s*")
_PRINTED = re.compile(r"\d+(?:\.\d{3})*")
_MARK = re.compile(r"\s*(?P<mark>[-–—+•*])\s*")


def _numbers(text: str, left: int, right: int) -> tuple[_Number, ...]:
    starts, numbers = _all_numbers(text)
    return numbers[bisect_left(starts, left) : bisect_left(starts, right)]


@lru_cache(maxsize=2)
def _all_numbers(text: str) -> tuple[tuple[int, ...], tuple[_Number, ...]]:
    """The counts of a text, with their offsets apart."""
    matches = [
        match
        for match in _COUNT.finditer(text)
        if not _NO_COUNT.search(text, max(0, match.start() - 14), match.start())
        and not (text[match.end() : match.end() + 1] in (".", ")") and _BEGINS.search(text, max(0, match.start() - 4), match.start()))
    ]
    return tuple(match.start() for match in matches), tuple(_Number(int(dotted_number(match.group())), *match.span()) for match in matches)


def _is_broken(statement: _Statement, text: str) -> bool:
    whole, parts, gap = statement.whole, statement.parts, statement.gap
    if not _FEWEST <= len(parts) <= _MOST_PARTS or whole.value < _TELLING or parts[-1].end - parts[0].start > _LONG:
        return False
    sums = {sum(part.value for part in parts[first:last]) for first in range(len(parts)) for last in range(first + 1, len(parts) + 1)}
    if whole.value in sums or {abs(gap), whole.value - gap} & statement.others:
        return False
    if gap > 0 and _REST_UNTOLD.search(_words(text, statement)[1] + _CLAUSE_END.split(text[parts[-1].end : parts[-1].end + _REACH])[0]):
        return False
    is_training = len(parts) >= _MANY and _levels_of_training(text, statement)
    if gap > 0 and (not (statement.is_full or is_training or _is_exhaustive(text, statement)) or _POST.search(text, whole.end, parts[-1].end)):
        return False
    is_near = abs(gap) * _SHARE <= whole.value and all(part.value < whole.value for part in parts)
    if is_training and abs(gap) * _CLOSE <= whole.value:
        return True  # no level is left out, whatever the slip was
    return any(
        is_slip(str(printed), str(needed)) and (is_near or (printed >= _LONG_NUMBER and sorted(str(printed)) == sorted(str(needed))))
        for printed, needed in _repairs(statement)
        if needed > 0
    )


def _levels_of_training(text: str, statement: _Statement) -> bool:
    """Whether each part is of a level of training, degrees and what is below them among them."""
    span = text[max(0, statement.parts[0].start - _REACH) : statement.parts[-1].end + _REACH]
    return len({match.group().casefold() for match in _TRAINING.finditer(span)}) >= len(statement.parts) and not _OF_ANOTHER.search(span)


def _repairs(statement: _Statement) -> Iterator[tuple[int, int]]:
    yield statement.whole.value, statement.whole.value - statement.gap
    for part in statement.parts:
        yield part.value, part.value + statement.gap


def _is_exhaustive(text: str, statement: _Statement) -> bool:
    """Whether the parts are of a kind that leaves nothing out: men and women, in time and late, the rest."""
    return exhaustive().search(_words(text, statement)[1]) is not None


_LABEL = 40
_CLAUSE_END = re.compile(r"[;\n]|\.\s")


def _words(text: str, statement: _Statement) -> tuple[str, str]:
    """The words around the whole and those of the list."""
    first, last = min(part.start for part in statement.parts), max(part.end for part in statement.parts)
    whole = statement.whole
    if whole.start > last:
        return text[max(statement.start, first - _TITLE) : first] + "\n" + text[last : whole.end + _LABEL], text[first : whole.start]
    return text[max(statement.start, whole.start - _TITLE) : first], text[whole.end : last] + _CLAUSE_END.split(text[last : last + _LABEL])[0]


_TITLE = 90
"""Characters before a number that may say what it counts."""


def _rule(text: str, statement: _Statement) -> str:
    """The identity that the sum is, by the words beside its numbers; empty if they do not tell."""
    around, listed = _words(text, statement)
    return next((rule for rule, whole, parts in enumerations() if whole.search(around) and parts.search(listed)), "")


def _finding(text: str, rule: str, statement: _Statement) -> Finding:
    added = statement.whole.value - statement.gap
    listed = " + ".join(number_vi(Decimal(part.value)) for part in statement.parts)
    return Finding(
        rule,
        severity_of(rule, "warning"),
        f"Trong đoạn này, tổng số in {number_vi(Decimal(statement.whole.value))}, nhưng cộng các số được liệt kê là {listed} = {number_vi(Decimal(added))} "
        f"(lệch {number_vi(Decimal(abs(statement.gap)))}). Đề nghị kiểm tra lại tổng số hoặc các số thành phần.",
        tuple(sentence_place(text, one.start, one.end) for one in (statement.whole, *statement.parts)),
        {**both_sides(statement.whole.value, added), "reading": "enumeration"},
    )
