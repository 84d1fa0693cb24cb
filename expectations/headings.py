"""Heading numbers that skip or return: I, II, IV; 3.1, 3.3; a, b, d; Biểu 1, Biểu 3. Mostly a heading was deleted and its text was not.

Reads the numbers that stand in the text, in every style that offices use; a list that starts again at its first number is a new list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from expectations.grouping import is_slip
from expectations.sums import severity_of
from expectations.wording import both_sides, quoted, sentence_place, span_place
from warehouse.model import Document, Finding
from warehouse.numbers import dotted_number, number_vi
from warehouse.sentences import paragraph_at, sentence_at

_RULE = "heading-number"
_DIGITS = {"I": 1, "V": 5, "X": 10}
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_COUNTED = ("một", *_ORDINALS[1:3], "bốn", *_ORDINALS[4:])
_MARKS = r"^[ \t]*(?:#{1,6}[ \t]+)?\**[ \t]*"
_NUMBERED = re.compile(
    _MARKS
    + r"(?P<number>(?P<path>\d{1,2}(?:\.\d{1,2}){1,3})(?:[.\-–/:)](?!\d))?(?=[ \t])"
    + r"|(?:(?P<roman>[IVX]{1,5})|(?P<single>\d{1,2})|(?P<letter>[a-zđ])|(?P<capital>[A-HĐ]))(?P<sign>[.)\-–/]))"
    + r"(?:[ \t]+\**[ \t]*|(?<=[.)/])(?=[A-ZĐÀ-Ỹ][a-zà-ỹ]))(?P<title>[\"“(]?(?:(?P<letters>[^\W\d_])|[^\s|])[^\n]*)",
    re.MULTILINE,
)
_NAMED = re.compile(
    _MARKS
    + r"(?P<number>(?P<word>Biểu(?: mẫu)?|Bảng|Phụ lục|Phần|Mục|Chương|Hình|Đề mục)(?: số)? (?P<value>\d{1,2}|[IVX]{1,5}|thứ \w+))"
    + r"(?:[ \t]*[.:\-–][ \t]*\**[ \t]*(?P<title>[^\W\d_][^\n]*)|[ \t]*[:*]*[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
"""Tables, appendices and parts with a title behind their number or alone in their line; "Bảng 2 cho thấy" is none."""
_TOLD = re.compile(
    rf"(?:^|(?<=[.;:]))[ \t\-–+*]*(?P<number>Thứ (?P<ordinal>{'|'.join(_ORDINALS)})(?=[,:])(?!, ngày)|(?P<counted>{'|'.join(_COUNTED)}) là(?=[,:]))(?P<title>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
# A larger jump is another list whose beginning was lost, or a number of something else.
_WIDEST_JUMP = 3
_WIDEST_OF_ITEMS = 2
_GOES_ON = re.compile(r"\((?:tiếp|tt\b)|\btiếp theo\)?\W*\Z", re.IGNORECASE)


class _Heading(NamedTuple):
    """A numbered line; `style` tells lists apart that number in another way, or below another number."""

    style: tuple[str | int, ...]
    number: int
    printed: str
    start: int
    end: int
    line: str
    is_certain: bool = True
    """Whether letters stand behind the number: "2. 100% hồ sơ …" goes on with a list and tells nothing else."""

    @property
    def is_chapter(self) -> bool:
        return self.style == ("roman",)

    @property
    def is_item(self) -> bool:
        """Whether its style also numbers what is no heading: then only one number that is missing tells something."""
        return self.style[0] in ("letter", "capital", "bracket")


def check_headings(document: Document) -> Iterator[Finding]:
    """One finding for each number that is skipped or used twice between two neighbours of one list."""
    found = list(_headings(document.text))
    if document.method == "ocr":  # a scan loses and misreads the numbers of lists; chapters survive
        found = [heading for heading in found if heading.is_chapter]
    yield from _nested(found)
    for pattern in (_NAMED, _TOLD):
        last: dict[tuple[str | int, ...], _Heading] = {}
        for heading in _worded(document.text, pattern):
            if heading.style in last:
                yield from _compare(last[heading.style], heading)
            last[heading.style] = heading


def _nested(headings: Sequence[_Heading]) -> Iterator[Finding]:
    """Lists inside lists: a number goes on with the innermost open list of its style that it follows, and closes what was opened below."""
    stack: list[_Heading] = []
    for place, heading in enumerate(headings):
        chapter = max((level for level, open_list in enumerate(stack) if open_list.is_chapter), default=-1)
        within = 0 if heading.is_chapter or heading.style[0] == "capital" else chapter + 1
        own = [level for level, open_list in enumerate(stack) if level >= within and open_list.style == heading.style]
        follows = [level for level in own if stack[level].number + 1 == heading.number]
        if heading.is_chapter and own:
            follows = own  # chapters are no one's inner list
        if not follows and heading.number == 1:
            stack.append(heading)
            continue
        if not follows and not heading.is_certain:
            continue
        if not own and heading.number == _SECOND and _lacks_its_first(heading, stack):
            yield _finding(heading, [_sibling(heading, 1)], "skipped")
        level = (follows or own or [len(stack)])[-1]
        if own and not _is_numbered_otherwise(stack[level], heading, headings[:place]):
            yield from _compare(stack[level], heading)
        stack[level:] = [heading]


_SECOND = 2


def _lacks_its_first(heading: _Heading, stack: Sequence[_Heading]) -> bool:
    """Whether a list begins with 2 where lists begin anew: below a chapter or another number."""
    if heading.style[0] == "path":
        return True
    return heading.style == ("single",) and any(open_list.is_chapter for open_list in stack)


def _is_numbered_otherwise(before: _Heading, heading: _Heading, headings: Sequence[_Heading]) -> bool:
    """Whether the numbers between the two stand there in another style: "1. … 2) … 3. …"."""
    between = {one.number for one in headings if one.start > before.start and one.style[0] in _FIGURES}
    return heading.style[0] in _FIGURES and heading.number > before.number + 1 and between.issuperset(range(before.number + 1, heading.number))


_FIGURES = ("single", "bracket")


def _compare(before: _Heading, heading: _Heading) -> Iterator[Finding]:
    widest = _WIDEST_OF_ITEMS if heading.is_item else _WIDEST_JUMP
    missing = [_sibling(heading, number) for number in range(before.number + 1, heading.number)]
    if heading.style[0] in ("letter", "capital"):
        missing = [letter for letter in missing if letter not in "đĐ"]  # many number by the Latin letters
    if missing and heading.number - before.number <= widest:
        yield _finding(heading, missing, "skipped", before)
    elif heading.number == before.number > 1 and not _GOES_ON.search(heading.line):
        yield _finding(heading, [heading.printed], "twice", before)


def _finding(heading: _Heading, numbers: list[str], kind: str, before: _Heading | None = None) -> Finding:
    places = tuple(span_place(quoted(one.line), one.start, one.end) for one in (before, heading) if one is not None)
    listed = ", ".join(numbers)
    if kind == "twice":
        message = f"Số mục {listed} được dùng hai lần liền nhau. Đề nghị đánh lại số mục."
    elif before is None:
        message = f"Mục {heading.printed} đứng đầu nhưng không có mục {listed}. Đề nghị kiểm tra xem có thiếu nội dung hay chỉ sai số mục."
    else:
        message = f"Sau mục {before.printed} là mục {heading.printed}, thiếu mục {listed}. Đề nghị kiểm tra xem có thiếu nội dung hay chỉ sai số mục."
    return Finding(_RULE, severity_of(_RULE), message, places, {"kind": kind, "numbers": listed})


# --- the numbers of the text ---------------------------------------------------------------------------------------------------------


def _headings(text: str) -> Iterator[_Heading]:
    for match in _NUMBERED.finditer(text):
        span, is_certain = match.span("number"), match["letters"] is not None
        line = text[span[0] : match.end("title")].strip(" *")
        printed = match["number"].rstrip(".-–/:)")
        if match["roman"]:
            number = _roman(match["roman"])
            if number is not None and match["sign"] != ")":
                yield _Heading(("roman",), number, printed, *span, line, is_certain)
        elif match["letter"] or match["capital"]:
            kind, place = ("letter" if match["letter"] else "capital"), _LETTERS.find(printed.lower())
            if place >= 0:
                yield _Heading((kind, match["sign"]), place + 1, printed, *span, line, is_certain)
        elif match["path"]:
            *parent, number = (int(part) for part in printed.split("."))
            if all(1 <= part <= _MOST for part in (*parent, number)):
                yield _Heading(("path", *parent), number, printed, *span, line, is_certain)
        elif 1 <= int(printed) <= _MOST:
            yield _Heading(("bracket" if match["sign"] == ")" else "single",), int(printed), printed, *span, line, is_certain)


_MOST = 40


def _worded(text: str, pattern: re.Pattern[str]) -> Iterator[_Heading]:
    for match in pattern.finditer(text):
        span = match.span("number")
        printed = " ".join(match["number"].split())
        if pattern is _NAMED:
            value = match["value"].lower().removeprefix("thứ ")
            number = _ORDINALS.index(value) + 1 if value in _ORDINALS else int(value) if value.isdigit() else _roman(value.upper())
            style = (match["word"].lower(), "arabic" if value.isdigit() else "other")
        else:
            words, value = (_ORDINALS, match["ordinal"]) if match["ordinal"] else (_COUNTED, match["counted"])
            number, style = words.index(value.lower()) + 1, ("told", words[0])
        if number:
            yield _Heading(style, number, printed, *span, text[span[0] : match.end()].strip(" *\n"))


def _sibling(heading: _Heading, number: int) -> str:
    """How the list would print another of its numbers."""
    kind = heading.style[0]
    if kind == "roman":
        return _to_roman(number)
    if kind in ("letter", "capital"):
        letter = _LETTERS[number - 1]
        return letter if kind == "letter" else letter.upper()
    if kind == "told":
        return f"Thứ {_ORDINALS[number - 1]}" if heading.style[1] == _ORDINALS[0] else f"{_COUNTED[number - 1].capitalize()} là"
    if kind in ("single", "bracket", "path"):
        return ".".join(str(part) for part in (*heading.style[1:], number))
    words, last = heading.printed.rsplit(" ", 1)
    return f"{words} {number if last.isdigit() else _ORDINALS[number - 1] if last.lower() in _ORDINALS else _to_roman(number)}"


def _roman(text: str) -> int | None:
    """The value of a well-formed numeral up to XXXIX, else None (`IIV`, `VV`)."""
    value = 0
    for place, char in enumerate(text):
        digit = _DIGITS.get(char, 0)
        following = _DIGITS.get(text[place + 1], 0) if place + 1 < len(text) else 0
        value += -digit if digit < following else digit
    return value if _to_roman(value) == text else None


def _to_roman(number: int) -> str:
    units = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + units[number % 10]


# --- the count that a heading tells in brackets ----------------------------------------------------------------------------------------

_NOUN = r"(?:người|đồng chí|hồ sơ|lượt|đơn|phản ánh|kiến nghị|ý kiến|trường hợp|phiếu|thủ tục|TTHC|nhiệm vụ)"
_TITLE_COUNT = re.compile(rf"^[^\n]{{0,100}}\((?P<count>\d[\d.]*)(?:/\d[\d.]*)? (?P<noun>{_NOUN})\b[^()\n]{{0,30}}\)[ \t.:]*$", re.MULTILINE)
_BELOW = re.compile(r"\s*(?=[^\W\d_])(?![a-zđA-HIVX]{1,4}[.)])")
"""Prose begins below: no list mark and no other heading."""
_COUNTED_NOUN = re.compile(rf"\s+{_NOUN}\b")
_BODY_COUNT = re.compile(r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d{0,5})(?![\d/]|[.,]\d|\s*%)")


def check_heading_counts(document: Document) -> Iterator[Finding]:
    """One finding for each count in a heading's brackets that the text below tells as another: "c) Hồ sơ trễ hạn (06 hồ sơ)", "Trong tháng có 09 hồ sơ trễ"."""
    text = document.text
    for title in _TITLE_COUNT.finditer(text):
        below = _BELOW.match(text, title.end())
        if below is None:
            continue
        start, end = paragraph_at(text, below.end())
        if text[start:end].rstrip().endswith(":"):
            continue  # a list follows
        told = dotted_number(title["count"])
        counts = [(dotted_number(match.group()), match) for match in _BODY_COUNT.finditer(text, below.end(), end)]
        values = [value for value, _ in counts]
        if not counts or told in values or told in map(sum, combinations(values, 2)):
            continue
        value, match = counts[0]  # those that follow may be its parts
        opens = match.end() <= sentence_at(text, below.end())[1] and _COUNTED_NOUN.match(text, match.end())
        if opens and _may_be(value, told):
            yield Finding(
                "same-fact",
                severity_of("same-fact"),
                f"Tiêu đề ghi {number_vi(told)} {title['noun']}, nội dung bên dưới ghi {number_vi(value)}. Đề nghị thống nhất một số.",
                (span_place(quoted(title.group()), *title.span("count")), sentence_place(text, *match.span())),
                both_sides(told, value),
            )


def _may_be(value: Decimal, told: Decimal) -> bool:
    """Whether the one may be the other with a slip: near it, or one digit of longer numbers apart."""
    return abs(value - told) <= max(Decimal(3), told / 20) or (told >= _LONG_COUNT and is_slip(str(value), str(told)))


_LONG_COUNT = 100
