"""Whether a sentence lists parts under a total, and whether it says that the list is complete."""

from __future__ import annotations

import re
from collections.abc import Sequence

from expectations.evaluation import Term
from expectations.sums import Terms
from warehouse.model import Figure

_LIST = re.compile(r"\b(?:gồm|bao gồm|cụ thể|trong đó)\b|[(:]", re.IGNORECASE)
_FULL_LIST = re.compile(r"\bgồm\b", re.IGNORECASE)


def is_listed(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    return _between(figures, whole, parts, _LIST)


def is_listed_in_full(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    return _between(figures, whole, parts, _FULL_LIST)


def _between(figures: Sequence[Figure], whole: Term, parts: Terms, marker: re.Pattern[str]) -> bool:
    """Whether one sentence prints the total, then the marker, then all the parts."""
    for index in whole.figures if parts else ():
        above = figures[index]
        if above.start is None:
            continue
        here = above.quote.find(above.printed_text)
        below = [
            figures[i] for term in parts for i in term.figures if figures[i].quote == above.quote and (figures[i].start or 0) > above.start
        ]
        if here < 0 or {figure.measure for figure in below} != {term.measure for term in parts}:
            continue
        first = min(figure.start or 0 for figure in below)
        if marker.search(above.quote[here + len(above.printed_text) : here + first - above.start]):
            return True
    return False


_INTEGER = re.compile(r"(?<![\d.,/])\d{1,3}(?:\.\d{3})+(?![\d/])|(?<![\d.,/])\d+(?![\d/]|[.,]\d)")


def lists_others(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    """Whether numbers that are none of the parts stand among them ("gồm 01 Giám đốc, 01 cán bộ và 04 công chức")."""
    for index in whole.figures:
        above = figures[index]
        inside = [figures[i] for term in parts for i in term.figures if figures[i].quote == above.quote]
        here = above.quote.find(above.printed_text)
        if above.start is None or here < 0 or not inside:
            continue
        known = {(figure.start or 0) - above.start + here for figure in inside}
        if any(match.start() not in known for match in _INTEGER.finditer(above.quote, here + len(above.printed_text), max(known))):
            return True
    return False
