"""Statutory form II.06: the columns of every row, and the total row against the rows above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from expectations.evaluation import Evaluation
from expectations.grouping import Group, form_rows
from expectations.sums import compare
from warehouse.catalogue import measures
from warehouse.model import Figure, Header

_COLUMN_SUMS = (
    ("form-received", 3, (4, 5, 6)),
    ("form-resolved", 7, (8, 9, 10)),
    ("form-in-progress", 11, (12, 13)),
    ("form-flow", 3, (7, 11)),
)
TOTAL_ROW = re.compile(r"\s*(?:tổng\s+cộng|tổng\s+số|cộng|tổng)\b", re.IGNORECASE)
_GROUP_ROW = re.compile(r"\s*(?:[IVX]+|[A-Z])\s*[.)\-]?\s+\S")


def form_identities(header: Header, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    column_of = {code: measure.form_06_column for code, measure in measures().items() if measure.form_06_column}
    by_column = {column: code for code, column in column_of.items()}
    rows = form_rows(header, figures)
    for row in rows:
        terms = row.blocks[0].terms
        for rule, whole, parts in _COLUMN_SUMS:
            known = [terms.get(by_column[column]) for column in (whole, *parts)]
            present = tuple(term for term in known if term is not None)
            if len(present) == len(known):
                yield compare(rule, row, present[:1], present[1:])
    yield from _form_total(rows)


def _form_total(rows: Sequence[Group]) -> Iterator[Evaluation]:
    """TỔNG CỘNG against the rows above it: the group rows (I, II, …) where the sheet has them, else all rows."""
    for position, row in enumerate(rows):
        if not _is_total_row(row, rows):
            continue
        above = [other for other in rows[:position] if not _is_total_row(other, rows)] or [
            other for other in rows[position + 1 :] if not _is_total_row(other, rows)
        ]
        grouped = [other for other in above if _GROUP_ROW.match(other.subject)]
        addends = grouped or above
        if not addends:
            continue
        for measure, whole in row.blocks[0].terms.items():
            parts = tuple(term for other in addends if (term := other.blocks[0].terms.get(measure)) is not None)
            if len(parts) == len(addends):
                yield compare("form-total-row", row, (whole,), parts)


def _is_total_row(row: Group, rows: Sequence[Group]) -> bool:
    return bool(TOTAL_ROW.match(row.subject)) or (not row.subject and not row.scope and len(rows) > 1)
