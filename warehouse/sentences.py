"""Where a sentence and a paragraph begin and end in the stored text.

Text out of PDF files is wrapped hard, sometimes with a blank line after every line, so a line end alone ends nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

_NEW_ITEM = r"(?=[ \t]*(?:[-–+•*§⁰¹²³⁴-⁹]|#|[IVX]{1,5}[.)]|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ]\)|\|)[ \t]*\S)"
_PARAGRAPH = re.compile(rf"\n{_NEW_ITEM}|(?<=[.!?:;/])[ \t]*\n+(?=[ \t]*\S)|(?<!,)(?<!, )\n[ \t]*\n(?=[ \t]*[A-ZĐÀ-Ỹ])")
_SENTENCE = re.compile(r"[\s;](?:(?<=[^\d\W][.!?]\s)\s*(?=[\"“(]?[A-ZĐÀ-Ỹ\d])|(?<=\d[.!?]\s)\s*(?=[\"“(]?[A-ZĐÀ-Ỹ])|(?<=[)”\"%][.!?]\s)\s*|(?<=;)\s+)")


@lru_cache(maxsize=8)
def _breaks(text: str, sentences: bool) -> tuple[int, ...]:
    """Offsets at which something new begins; 0 and the end are among them."""
    found = {0, len(text)}
    found.update(match.end() for match in _PARAGRAPH.finditer(text))
    if sentences:
        found.update(match.end() for match in _SENTENCE.finditer(text))
    return tuple(sorted(found))


def _span(breaks: tuple[int, ...], offset: int) -> tuple[int, int]:
    place = bisect_right(breaks, offset)
    return breaks[max(place - 1, 0)], breaks[min(place, len(breaks) - 1)]


def sentence_at(text: str, offset: int) -> tuple[int, int]:
    """Start and end of the sentence (or clause up to a semicolon) that holds the offset."""
    return _span(_breaks(text, True), offset)


def paragraph_at(text: str, offset: int) -> tuple[int, int]:
    """Start and end of the paragraph or list item that holds the offset."""
    return _span(_breaks(text, False), offset)


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """All paragraphs and list items in order; together they are the whole text."""
    breaks = _breaks(text, False)
    return list(pairwise(breaks))
