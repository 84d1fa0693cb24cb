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
from expectations.language import enumerations, exhaustive, words
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
    r"(?:ngày|tháng|quý|năm|(?<!tổng )(?<!trong )(?<!năng )(?<!đổi )(?<!nghệ )(?<!tế )(?<!ký )số|Điều|khoản|(?<!đến )(?<!định )(?<!trong )kỳ|lần|thứ|mục|biểu|nhóm|loại|khóa|Quyết định|Nghị định|từ|dưới|trên|đến|hơn|gần|khoảng|HĐ|hợp đồng)\s*\Z",
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
_SURE = 10
"""A closed list that misses its whole by no more than one part in this does so whatever the slip was."""
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
    closed: str = ""
    """`list`: the list is closed by the way it is written; `states`: what is done and what is not leave nothing out."""

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
        *((_matter(text, one), one) for one in _flows(text) if _is_broken(one, text)),
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
    for sign, nouns, fewest in _DIMENSIONS if people else ():
        for left, right in dict.fromkeys(_sentence(text, match.start()) for match in sign.finditer(text)):
            parts = _of_kind(text, left, right, nouns)
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


# --- how many there are, what is done, what is left -------------------------------------------------------------------------------------

_MATTERS = re.compile(rf"[\s*]*(?:lượt\s+|vụ(?:\s+việc)?\s+(?:tranh\s+chấp,?\s+)?)?{words('matters')}\b", _I)
_MATTERS_BEFORE = re.compile(rf"\b{words('matters')}\b[^\d.;|]{{0,60}}(?:\b(?:là|có|gồm|nhận(?:\s+được)?|mới|tổng(?:\s+số)?|giao|vào)|:)[\s*]*\Z", _I)
_SPOKEN_OF = re.compile(rf"\b{words('matters')}\b", _I)
_PETITIONS = re.compile(r"\bđơn\b|phản ánh|kiến nghị|PAKN|khiếu nại|tố cáo", _I)
_DONE = re.compile(rf"\b{words('done')}\b", _I)
_LEFT = re.compile(rf"\b{words('left')}\b", _I)
_OF_ONE_STATE = re.compile(
    r"\b(?:xong|hoàn thành|hoàn tất|đạt|đang|còn|chưa|trong (?:đó|số)|tăng|giảm|(?:đã|được) (?:giải quyết|xử lý|trả lời))\b[^\d,;:]{0,25}\Z", _I
)
"""Before a number that is no whole."""
_OF_A_LIST = re.compile(r"[,;][\s*]*\Z")
_OF_ANOTHER_STATE = re.compile(
    r"\btrong\s+(?:quý|tháng|kỳ|tuần|đó|số|các|những)\b|\b(?:so với|tăng|giảm|riêng|cùng kỳ|kỳ trước|quý trước|tháng trước|năm trước)\b", _I
)
"""The clause tells of another time or of a part."""
_CLAUSE = re.compile(r"[;:]|,(?!\d)|\.(?=\s|\Z)|(?<!\d )\bvà(?=\s+(?:còn|đang|chưa|chậm|quá|\d))|\bthì\b|\n(?=[^\n:]{1,40}:)")
_BRACKETS = re.compile(r"\([^()]*\)|\*\*|(?<=phản ánh),|(?<=kiến nghị),(?=\s*phản ánh)|(?<=khiếu nại),(?=\s*tố cáo)", _I)
"""What stands in brackets, marks, and the comma within a name: they part no clauses."""
_FRACTION = re.compile(r"(?<![\d.,/])(?P<done>\d{1,4})/(?P<all>\d{1,4})(?![\d/.,%])")
_OWN_NOUN = re.compile(rf"\s*(?:(?:{words('matters')}|{words('done')}|{words('left')}|trường hợp|việc|vụ|lượt|đã|được|và)\b|[,;.:]|\Z)", _I)
_TOKEN = re.compile(r"(?<![\d.,/\-])\d{1,6}(?![\d/\-.,]\d|[\d%/])")
_STILL = re.compile(r"\bcòn\b", _I)
_MOST_STATES = 5
_FAR = 160
"""Characters between the whole and its first part."""


def _flows(text: str) -> Iterator[_Statement]:
    """ "Nhận 23 phản ánh, đã trả lời 20, đang xem xét 02", "38 nhiệm vụ; xong 21, đang làm 14, chậm 03", "đã xong 21/38 nhiệm vụ, còn 17"."""
    told: set[int] = set()
    for start, end in paragraph_spans(text):
        found = _numbers(text, start, end)
        if len(found) < _FEWEST or text.count("|", start, end) > 1 or not (_SPOKEN_OF.search(text, start, end) and _LEFT.search(text, start, end)):
            continue
        plain = _BRACKETS.sub(lambda match: " " * len(match.group()), text[start:end])
        bounds = [0, *(match.start() for match in _CLAUSE.finditer(plain)), len(plain)]
        numbers = tuple(_Number(one.value, one.start - start, one.end - start) for one in found)
        fractions = [_Number(int(match["all"]), *match.span("all")) for match in _FRACTION.finditer(plain)]
        for whole in sorted((*numbers, *fractions), key=lambda one: -one.start):  # what follows is of the nearest whole
            if whole.value < _TELLING or not (_MATTERS.match(plain, whole.end) or _MATTERS_BEFORE.search(plain, max(0, whole.start - _TITLE), whole.start)):
                continue
            before = max(0, whole.start - _TITLE), whole.start
            if plain[whole.start] == " " or (whole not in fractions and _OF_ONE_STATE.search(plain, *before)):
                continue
            if _OF_A_LIST.search(plain, *before) and _PETITIONS.search(plain, whole.end, whole.end + _MATTER):
                continue  # "47 đơn: 09 khiếu nại, 35 kiến nghị"
            parts, is_full = _states(plain, bounds, numbers, whole, is_fraction=whole in fractions)
            if parts and parts[-1].start not in told:
                told.add(parts[-1].start)
                left = max(plain.rfind(mark, 0, whole.start) for mark in (".", ";", "\n")) + 1
                used = {one.start for one in (whole, *parts)}
                others = frozenset(
                    int(match.group()) for match in _TOKEN.finditer(text[start:end], left, _end(plain, parts[-1].end)) if match.start() not in used
                )
                moved = [_Number(one.value, one.start + start, one.end + start) for one in (whole, *parts)]
                yield _Statement(moved[0], tuple(moved[1:]), is_full, others, left + start, "states" if is_full else "")


def _end(plain: str, offset: int) -> int:
    """Where the sentence of the offset ends."""
    found = _ENDS.search(plain, offset)
    return found.start() if found else len(plain)


def _states(plain: str, bounds: Sequence[int], numbers: Sequence[_Number], whole: _Number, *, is_fraction: bool) -> tuple[tuple[_Number, ...], bool]:
    """The numbers of the clauses behind the whole that tell each of a state, if some are done and some are not; and whether nothing else follows."""
    parts: list[_Number] = []
    kinds: set[str] = set()
    is_full, skips, carried = True, False, ""
    place = bisect_left(bounds, whole.end + 1) - 1
    for left, right in zip(bounds[place:], bounds[place + 1 :], strict=False):
        begins = plain[left : left + 1]
        fraction = next((one for one in _FRACTION.finditer(plain, left, right) if int(one["all"]) == whole.value), None)
        inside = [one for one in numbers if max(left, whole.end) <= one.start < right and plain[one.start] != " "]
        if fraction and (is_fraction or fraction.start() > whole.end) and not inside:
            inside = [_Number(int(fraction["done"]), *fraction.span("done"))]
        skips = skips and begins not in (".", ";")
        own = left if is_fraction else max(left, whole.end)
        state = "left" if _LEFT.search(plain, own, right) else "done" if _DONE.search(plain, own, right) else ""
        if not inside:
            if begins == "." and len(kinds) > 1:
                break
            carried = state
            continue
        state = state or carried
        carried = ""
        one = inside[0]
        is_other = _OF_ANOTHER_STATE.search(plain, own, right) is not None
        is_told = fraction is not None or _OWN_NOUN.match(plain, one.end) is not None
        if not parts and one.start - whole.end <= _FAR and (skips or is_other or not is_told or not state):
            skips = skips or is_other
            continue
        if len(inside) > 1 or is_other or not is_told or not state:
            is_full = begins == "." or not is_told
            break
        parts.append(one)
        kinds.add(state)
        if len(parts) == _MOST_STATES:
            break
    return (tuple(parts), is_full) if len(kinds) > 1 else ((), False)


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
            before = [one for one in numbers if one.end <= opened.start() and not _is_aside(text, one, opened.start())]
            if before and _opens(text, left, before[-1], opened):
                listed, others = _listed(text, opened.end(), right)
                if _counts_another_kind(text, before[-1], listed):
                    continue
                closed = "list" if _is_closed(text, before[-1], opened, listed) else ""
                above = frozenset(one.value for one in around if one.end <= before[-1].start and not opened["has"])
                others |= above & {sum(one.value for one in listed)} if closed else above
                yield _Statement(before[-1], listed, bool(opened["full"] or closed), others, left, closed)
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


def _is_aside(text: str, number: _Number, offset: int) -> bool:
    """Whether the number stands with other words in brackets that are closed before the offset."""
    alone = text[number.start - 1 : number.start] == "(" and text[number.end : number.end + 1] == ")"
    return not alone and text.count(")", number.end, offset) > text.count("(", number.end, offset)


_KINDS = tuple(re.compile(rf"[\s*]*{words(name)}\b", _I) for name in ("people", "dossiers-alone", "procedures", "documents", "equipment"))


def _kind(text: str, number: _Number) -> int | None:
    """What the noun right behind a number counts, if it is one of the common kinds."""
    return next((kind for kind, nouns in enumerate(_KINDS) if nouns.match(text, number.end)), None)


def _counts_another_kind(text: str, whole: _Number, parts: Sequence[_Number]) -> bool:
    """ "21 quyết định công bố (13 TTHC mới, 47 TTHC sửa đổi)"."""
    kind = _kind(text, whole)
    return kind is not None and any(_kind(text, part) not in (kind, None) for part in parts)


_SOME_PRINTED = re.compile(rf"\b{words('some-printed')}\b", _I)
_OVERLAPPING = re.compile(rf"(?<!\w){words('overlapping')}(?!\w)", _I)
_DIGITS = re.compile(r"(?<![\d.,/])\d(?:[\d.]*\d)?(?![\d/%]|[.,]\d|\s*%)")
_LEADS = re.compile(r"(?:\A|[,;+:(\-–]|\bvà|\bcó|\blà)[\s*]*\Z", _I)
_CLOSES = re.compile(r"[\s*]*(?:[^\W\d_]{1,6}(?:\s[^\W\d_]{1,5})?)?\s*(?:\([^()]*\))?\s*(?:[,;.)\n]|\bvà\b|[-–]\s|\Z)")
_BEHIND_WHOLE = re.compile(r"[^\d;:(]{0,45}[,;]?\s*\(?\s*\Z")
_OF_A_DOCUMENT = re.compile(r"(?:Nghị định|NĐ|Nghị quyết|Quyết định|QĐ|Thông tư|HĐ|hợp đồng|khoản|Điều)(?:\s+số)?\s*\Z", _I)


def _is_closed(text: str, whole: _Number, opened: re.Match[str], parts: Sequence[_Number]) -> bool:
    """Whether the list stands right behind its whole, in brackets, behind a colon or "gồm", and is nothing but numbers each with its name.

    All names stand before their numbers, or all behind.
    """
    if len(parts) < _FEWEST or (opened["part"] and opened.group() != "(") or not _BEHIND_WHOLE.match(text[whole.end : opened.start()]):
        return False
    bracket = text.rfind("(", whole.end, opened.end())
    end = text.find(")" if bracket >= 0 and ")" not in text[bracket : parts[0].start] else "\n", parts[-1].end)
    end = min((one for one in (end, *(text.find(mark, parts[-1].end) for mark in (".", ";", ")"))) if one >= 0), default=len(text))
    span = _BRACKETS.sub(lambda match: " " * len(match.group()), text[opened.end() : end])
    if _OVERLAPPING.search(span) or _SOME_PRINTED.search(span):
        return False
    inside = [one for one in _DIGITS.finditer(span) if not _OF_A_DOCUMENT.search(span, max(0, one.start() - 20), one.start())]
    bounds = [opened.end(), *(part.end for part in parts)]
    leads = all(_LEADS.search(text[left : part.start]) for left, part in zip(bounds, parts, strict=False))
    return len(inside) == len(parts) and (leads or all(_CLOSES.match(text, part.end) for part in parts))


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
    firsts = (0,) if statement.closed == "list" else range(len(parts))  # "12 người (10 công chức, 02 hợp đồng, 01 nghỉ thai sản)"
    fewest = _FEWEST if statement.closed == "list" else 1
    sums = {sum(part.value for part in parts[first:last]) for first in firsts for last in range(first + fewest, len(parts) + 1)}
    if whole.value in sums or {abs(gap), whole.value - gap} & statement.others:
        return False
    if (
        gap > 0
        and statement.closed != "states"
        and _REST_UNTOLD.search(_words(text, statement)[1] + _CLAUSE_END.split(text[parts[-1].end : parts[-1].end + _REACH])[0])
    ):
        return False
    is_training = len(parts) >= _MANY and _levels_of_training(text, statement)
    rest = _numbers(text, parts[-1].end, min(_end(text, parts[-1].end), parts[-1].end + _TITLE))
    if gap > 0 and statement.closed == "list" and any(one.value == gap for one in rest):
        return False  # what is missing is told right behind the list
    is_full = is_training or (statement.is_full and not _SOME_PRINTED.search(_words(text, statement)[1])) or _is_exhaustive(text, statement)
    if gap > 0 and (not is_full or _POST.search(text, whole.end, parts[-1].end)):
        return False
    most = max(whole.value, whole.value - gap)
    is_near = abs(gap) * _SHARE <= most and all(part.value < most for part in parts)
    if (is_training and abs(gap) * _CLOSE <= whole.value) or (
        statement.closed == "list" and is_near and abs(gap) * _SURE <= most and not _is_printed(text, statement)
    ):
        return True  # nothing is left out, whatever the slip was
    leaves_nothing = statement.closed == "list" or (
        statement.closed != "" and (gap < 0 or _STILL.search(text, parts[-2].end, parts[-1].end + _LABEL) is not None)
    )
    is_near = is_near or (leaves_nothing and abs(gap) * 2 <= most)
    return any(
        is_slip(str(printed), str(needed))
        and (
            is_near
            or (leaves_nothing and printed >= _LONG_NUMBER)
            or ((printed >= _LONG_NUMBER or (statement.closed and printed > _TELLING)) and sorted(str(printed)) == sorted(str(needed)))
        )
        for printed, needed in _repairs(statement)
        if needed > 0
    )


_TELLING_GAP = 10
"""A smaller number stands close to any list."""


def _is_printed(text: str, statement: _Statement) -> bool:
    """Whether what is missing is told close by: "391 người, gồm …; 17 hợp đồng"."""
    left, right = statement.start - _NEXT_SECTION, statement.parts[-1].end + _NEXT_SECTION
    return statement.gap >= _TELLING_GAP and any(one.value == statement.gap for one in _numbers(text, left, right))


def _matter(text: str, statement: _Statement) -> str:
    whole = statement.whole
    return "petitions-flow" if _PETITIONS.search(text, max(statement.start, whole.start - _REACH), whole.end + _MATTER) else "form-total-row"


_MATTER = 45
"""Characters behind a number that may name what it counts."""


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
