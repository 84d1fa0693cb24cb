"""A whole and the parts into which it is always divided, each told by its own words: "417 TTHC; toàn trình 165, một phần 223; 29 còn lại trực tiếp".

Where every part of such a division is printed, nothing is left out, whatever stands between them and the whole ("gồm", a bracket, a line each).
The divisions and their words stand in `language.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from expectations.grouping import is_slip
from expectations.language import Division, divisions
from expectations.sums import severity_of
from expectations.wording import both_sides, sentence_place, windows
from warehouse.model import Document, Figure, Finding
from warehouse.numbers import dotted_number, number_vi

# Begins with a digit and looks behind it afterwards: several times faster.
_COUNT = re.compile(r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d{0,5})(?![\d/%\-]|[.,]\d|\s*%)")
_NO_COUNT = re.compile(
    r"(?:ngày|tháng|quý|năm|(?<!tổng )(?<!trong )số|Điều|khoản|kỳ|lần|thứ|mục|biểu|Quyết định|Nghị định|từ|hơn|trên|gần|khoảng|dưới|đến|tối đa)\s*\Z",
    re.IGNORECASE,
)
_OUTLINE = re.compile(r"(?:\A|\n)[ \t]*\d+(?:\.|\))(?=\s)")
_SEPARATOR = re.compile(r"[;,|\t]|[.…](?=\s|\Z)|\s[-–]\s|\n(?=\s*[-–+*•]|\s*\n)|\bvà\s")
_STOP = re.compile(r"[.;]\s|\n(?=\s*[-–+*•]|\s*\n)")
_ONE_NOUN = re.compile(r"(phản ánh|khiếu nại|kiến nghị|tố cáo),(\s+(?:kiến nghị|tố cáo|phản ánh|đơn))", re.IGNORECASE)
_BRACKET = re.compile(r"\([^()]*\)")
_COUNTED_IN_BRACKETS = re.compile(r"\([^()\d]*\d")
_ALONE = re.compile(r"\((\s*\d[\d.]*(?:\s*[^\W\d]+){0,2}\s*)\)")
"""dịch vụ công toàn trình (168)"""
_REACH = 320
"""Characters between the whole and its first part."""
_NEXT = 130
"""Characters between one part and the next."""
_BEHIND = 60
"""Characters around the counts in which the words of the division are looked for."""
_MOST = 30
"""The whole and its parts belong together if they miss each other by less than one part in this, or by a slip."""


class _Entry(NamedTuple):
    """A count with the words that belong to it: back to the last separator, on to the next."""

    value: int
    start: int
    end: int
    words: str
    """`#` stands for the count."""
    part: str | None
    """The name of the part that it is; empty if it is of another matter, None if the words do not tell."""


def check_divisions(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each whole that its printed parts do not add up to."""
    small = document.text.lower()
    text = small if len(small) == len(document.text) else document.text  # offsets stay
    inexact = {figure.start for figure in figures if figure.bound != "="}
    for division in divisions():
        for left, right in windows(text, division.near, _REACH):
            found: dict[int, tuple[_Entry | None, list[_Entry]]] = {}
            for flat in _flattened(text[left:right]):
                for whole, parts in _judged(text, division, _entries(division, flat, left)):
                    if whole is None or parts[0].start not in found:  # what closes in one of the two texts is no slip
                        found[parts[0].start] = whole, parts
            for whole, parts in found.values():
                if whole is not None and not inexact & {entry.start for entry in (whole, *parts)}:
                    yield _finding(document.text, division, whole, parts)


def _flattened(text: str) -> Iterator[str]:
    """The text without what stands in brackets, then the text in which they are but separators; offsets stay."""
    opened = _ALONE.sub(r" \1;", _ONE_NOUN.sub(r"\1 \2", text))
    if _COUNTED_IN_BRACKETS.search(opened):
        yield _BRACKET.sub(lambda match: " " * len(match.group()), opened)
    yield opened.replace("(", ";").replace(")", ";")


def _entries(division: Division, flat: str, offset: int) -> list[_Entry]:
    outline = {match.end() - 1 for match in _OUTLINE.finditer(flat)}
    matches = [match for match in _COUNT.finditer(flat) if match.end() not in outline and not _NO_COUNT.search(flat, max(0, match.start() - 14), match.start())]
    if len(matches) <= len(division.needed):
        return []
    bounds = [0, *(match.end() for match in matches)], [*(match.start() for match in matches), len(flat)]
    between = [flat[start:end] for start, end in zip(*bounds, strict=True)]
    entries: list[_Entry] = []
    before = between[0]
    for match, behind in zip(matches, between[1:], strict=True):
        mark = _SEPARATOR.search(behind)
        if mark:
            own, following = behind[: mark.start()], behind[mark.end() :]
        else:  # "toàn trình 164 một phần 181 còn lại 53 làm trực tiếp"
            own, following = ("", behind) if division.part(f"{before}#") else (behind, "")
        words = f"{_STOP.split(before)[-1]}#{own}"
        entries.append(_Entry(int(dotted_number(match.group())), offset + match.start(), offset + match.end(), words, division.part(words)))
        before = following
    return entries


def _judged(text: str, division: Division, entries: Sequence[_Entry]) -> Iterator[tuple[_Entry | None, list[_Entry]]]:
    """Each run of parts with the whole that they contradict, or with None."""
    for place, size in _runs(division, entries):
        parts = list(entries[place : place + size])
        wholes = _wholes(division, entries, place, size)
        near = wholes and division.near.search(text, max(0, wholes[0].start - _NEXT), parts[-1].end + _BEHIND)
        if not near:
            continue
        needed = len(division.needed)
        sums = [sum(part.value for part in parts[:count]) for count in range(needed, size + 1)]
        among = [0, *(entry.value for entry in entries[max(place - 2, 0) : place] if division.beside.search(entry.words))]
        holds = any(entry.value + sign * other in sums for entry in wholes for other in among for sign in (1, -1))
        missing = {entry.value for entry in entries[place + size : place + size + 1]}  # "… và 60 TTHC dùng chung cho cả hai cấp"
        blamed = (whole for whole in wholes if _belongs(whole.value, parts[:needed], sums[0]) and whole.value - sums[0] not in missing)
        yield None if holds else next(blamed, None), parts[:needed]


def _runs(division: Division, entries: Sequence[_Entry]) -> Iterator[tuple[int, int]]:
    """Where parts follow each other, all of the division's first, and how many they are."""
    size = len(division.needed)
    for place in range(len(entries) - size + 1):
        first = entries[place : place + size]
        if {entry.part for entry in first} == division.needed and all(after.start - one.end <= _NEXT for one, after in pairwise(first)):
            last = place + size
            while last < len(entries) and entries[last].part:
                last += 1
            yield place, last - place


def _wholes(division: Division, entries: Sequence[_Entry], place: int, size: int) -> list[_Entry]:
    """What may be the whole of the parts, nearest first: before them, past what only tells its kinds, or right behind."""
    found = []
    for entry in reversed(entries[:place]):
        if entries[place].start - entry.end > _REACH:
            break
        if entry.part is None and division.whole.search(entry.words):
            found.append(entry)
        elif not division.passed.search(entry.words):
            break
    return found + [entry for entry in entries[place + size : place + size + 1] if entry.part is None and division.last.search(entry.words)]


def _belongs(whole: int, parts: Sequence[_Entry], added: int) -> bool:
    gap = whole - added
    repairs = ((whole, added), *((part.value, part.value + gap) for part in parts))
    return abs(gap) * _MOST < whole or any(needed > 0 and is_slip(str(printed), str(needed)) for printed, needed in repairs)


def _finding(text: str, division: Division, whole: _Entry, parts: Sequence[_Entry]) -> Finding:
    added = sum(part.value for part in parts)
    listed = " + ".join(f"{part.part} {number_vi(Decimal(part.value))}" for part in parts)
    return Finding(
        division.rule,
        severity_of(division.rule, "warning"),
        f"Trong đoạn này, {division.name} {number_vi(Decimal(whole.value))}, nhưng {listed} = {number_vi(Decimal(added))} "
        f"(lệch {number_vi(Decimal(abs(whole.value - added)))}). Đề nghị kiểm tra lại tổng số hoặc các số thành phần.",
        tuple(sentence_place(text, entry.start, entry.end) for entry in sorted((whole, *parts), key=lambda one: one.start)),
        {**both_sides(whole.value, added), "reading": "division"},
    )
