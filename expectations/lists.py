"""Whether a sentence lists parts under a total, and whether it says that the list is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from expectations.evaluation import Term
from expectations.sums import Terms
from warehouse.model import Figure

_LIST = re.compile(r"\b(?:gồm|bao gồm|cụ thể|trong đó)\b|[(:]", re.IGNORECASE)
_FULL_LIST = re.compile(r"\bgồm\b", re.IGNORECASE)
_INTEGER = re.compile(r"(?<![\d.,/])\d{1,3}(?:\.\d{3})+(?![\d/])|(?<![\d.,/])\d+(?![\d/]|[.,]\d)")


def is_listed(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    """Whether one sentence prints the total, then a word or mark that opens a list, then all the parts."""
    return any(_LIST.search(between) for between, _ in _sentences(figures, whole, parts))


def is_listed_in_full(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    """Whether it opens the list with "gồm", which says that nothing else belongs to the total."""
    return any(_FULL_LIST.search(between) for between, _ in _sentences(figures, whole, parts))


def lists_others(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    """Whether numbers that are none of the parts stand among them ("gồm 01 Giám đốc, 01 cán bộ và 04 công chức")."""
    return any(has_others for _, has_others in _sentences(figures, whole, parts))


def _sentences(figures: Sequence[Figure], whole: Term, parts: Terms) -> Iterator[tuple[str, bool]]:
    """For each sentence that prints the total and after it all the parts: the text from the total to the first part, and
    whether further numbers stand between the total and the last part."""
    for index in whole.figures if parts else ():
        above = figures[index]
        below = [figures[i] for term in parts for i in term.figures if figures[i].quote == above.quote and (figures[i].start or 0) > (above.start or 0)]
        if {(figure.measure, figure.scope) for figure in below} != {(term.measure, term.scope) for term in parts}:
            continue
        offset = _offset(above, below)
        if offset is not None:
            starts = {(figure.start or 0) - (above.start or 0) + offset for figure in below}
            after = offset + len(above.printed_text)
            numbers = {match.start() for match in _INTEGER.finditer(above.quote, after, max(starts))}
            yield above.quote[after : min(starts)], bool(numbers - starts)


def _offset(above: Figure, below: Sequence[Figure]) -> int | None:
    """Where the total stands in its quote: the occurrence from which every part stands where it should."""
    for match in re.finditer(re.escape(above.printed_text), above.quote):
        if all(above.quote.startswith(one.printed_text, match.start() + (one.start or 0) - (above.start or 0)) for one in below):
            return match.start()
    return None
