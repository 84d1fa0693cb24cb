"""Statutory form II.06: the columns of every row, and the total row against the rows above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

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
_TOTAL_ROW = re.compile(r"\s*(?:tổng\s+cộng|tổng\s+số|tổng|cộng)\s*(?:\([^)]*\))?\s*[:.]?\s*", re.IGNORECASE)
_SUBTOTAL_ROW = re.compile(r"\s*(?:tổng|cộng)\b", re.IGNORECASE)
_GROUP_ROW = re.compile(r"\s*(?:[IVX]+|[A-Z])\s*[.)\-]?\s+\S")


def is_total_label(label: str) -> bool:
    """Whether a row of this name adds up all rows above it: `TỔNG CỘNG`, `Cộng (I + II)`; not `Tổng số hồ sơ`."""
    return _TOTAL_ROW.fullmatch(label) is not None


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
    """TỔNG CỘNG against its rows, a group (I, II, …) against the rows below it, a subtotal ("Cộng …") against those above it."""
    details = [row for row in rows if _kind(row, rows) == "detail"]
    groups = [row for row in rows if _kind(row, rows) == "group"]
    subtotals = [row for row in rows if _kind(row, rows) == "subtotal"]
    for position, row in enumerate(rows):
        kind = _kind(row, rows)
        if kind == "total":
            yield from _added(row, groups or subtotals or details)
        elif kind == "group":
            yield from _added(row, list(takewhile(lambda other: _kind(other, rows) == "detail", rows[position + 1 :])))
        elif kind == "subtotal":
            yield from _added(row, list(takewhile(lambda other: _kind(other, rows) == "detail", reversed(rows[:position]))))


def _added(row: Group, addends: Sequence[Group]) -> Iterator[Evaluation]:
    """One evaluation for each column that all the rows print."""
    for measure, whole in row.blocks[0].terms.items() if addends else ():
        parts = tuple(term for other in addends if (term := other.blocks[0].terms.get(measure)) is not None)
        if len(parts) == len(addends):
            yield compare("form-total-row", row, (whole,), parts)


def _kind(row: Group, rows: Sequence[Group]) -> str:
    if is_total_label(row.subject) or (not row.subject and not row.scope and len(rows) > 1):
        return "total"
    if row.scope:
        return "detail"
    if _SUBTOTAL_ROW.match(row.subject):
        return "subtotal"
    return "group" if _GROUP_ROW.match(row.subject) else "detail"
