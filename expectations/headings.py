"""Heading numbers that skip or return: I, II, IV; 3.1, 3.3; two times II. Mostly a heading was deleted and its text was not.

Reads the numbers that stand in the text; a list that starts again at 1 is a new list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from expectations.sums import severity_of
from expectations.wording import quoted, span_place
from warehouse.model import Document, Finding

_RULE = "heading-number"
_DIGITS = {"I": 1, "V": 5, "X": 10}
_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+)?\**[ \t]*"
    r"(?P<number>(?P<roman>[IVX]{1,5})[.\-–]|(?P<single>\d{1,2})[.\-–]|(?P<path>\d{1,2}(?:\.\d{1,2}){1,3})[.\-–]?)"
    r"[ \t]+\**[ \t]*(?P<title>[\"“(]?[^\W\d_][^\n]*)",
    re.MULTILINE,
)
# A larger jump is another list whose beginning was lost, or a number of something else.
_WIDEST_JUMP = 3


class _Heading(NamedTuple):
    parent: tuple[int, ...]
    number: int
    printed: str
    start: int
    end: int
    line: str
    is_roman: bool


def check_headings(document: Document) -> Iterator[Finding]:
    """One finding for each number that is skipped or used twice between two neighbours of one list."""
    chapter: _Heading | None = None
    open_lists: dict[tuple[int, ...], list[_Heading]] = {}
    for heading in _headings(document.text):
        if heading.is_roman:
            yield from _compare(chapter, heading)
            chapter, open_lists = heading, {}
            continue
        if document.method == "ocr":
            continue  # a scan loses and misreads the numbers of lists; chapters survive
        lists = open_lists.setdefault(heading.parent, [])
        if not lists and heading.number == 2 and (heading.parent or chapter):
            yield _finding(heading, [_sibling(heading, 1)], "skipped")
        # A short list may stand between two headings: 3., then 1. 2., then 4. continues the 3.
        while len(lists) > 1 and heading.number != lists[-1].number + 1 and any(one.number + 1 == heading.number for one in lists[:-1]):
            lists.pop()
        if lists and heading.number > 1:
            yield from _compare(lists[-1], heading)
            lists[-1] = heading
        else:
            lists.append(heading)
        own = (*heading.parent, heading.number)
        open_lists = {parent: one for parent, one in open_lists.items() if parent[: len(own)] != own}


def _compare(before: _Heading | None, heading: _Heading) -> Iterator[Finding]:
    if before is None:
        return
    if 1 < heading.number - before.number <= _WIDEST_JUMP:
        missing = [_sibling(heading, number) for number in range(before.number + 1, heading.number)]
        yield _finding(heading, missing, "skipped", before)
    elif heading.number == before.number > 1:
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


def _headings(text: str) -> Iterator[_Heading]:
    for match in _HEADING.finditer(text):
        span = match.span("number")
        line = text[span[0] : match.end("title")].strip(" *")
        printed = match["number"].rstrip(".-–")
        if match["roman"]:
            number = _roman(match["roman"])
            if number is not None:
                yield _Heading((), number, printed, *span, line, True)
            continue
        path = tuple(int(part) for part in printed.split("."))
        if all(1 <= part <= 40 for part in path):
            yield _Heading(path[:-1], path[-1], printed, *span, line, False)


def _sibling(heading: _Heading, number: int) -> str:
    if heading.is_roman:
        return _to_roman(number)
    return ".".join(str(part) for part in (*heading.parent, number))


def _roman(text: str) -> int | None:
    """The value of a well-formed numeral up to XXXIX, else None (`IIV`, `VV`)."""
    value = 0
    for place, char in enumerate(text):
        digit = _DIGITS[char]
        following = _DIGITS[text[place + 1]] if place + 1 < len(text) else 0
        value += -digit if digit < following else digit
    return value if _to_roman(value) == text else None


def _to_roman(number: int) -> str:
    units = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + units[number % 10]
