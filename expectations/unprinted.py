"""Blocks of a balance that a report leaves out: what is not printed is unknown and not 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from expectations.evaluation import Evaluation
from expectations.grouping import is_row
from expectations.sums import is_missed_by_a_slip, severity_of
from warehouse.model import Figure

OUTSIDE = ("tthc_withdrawn", "tthc_returned_ineligible", "tthc_paused")
"""What came in and is neither resolved nor in progress."""

_OTHERS = (*OUTSIDE, "tthc_carried_over")
_MOST_ADDED, _TELLING = 8, 10


class Unprinted:
    """Says whether a balance that fails may close with a block that the report does not print for it."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = figures
        self._printed: dict[tuple[str, str, str], list[Decimal]] = {}
        for figure in figures:
            self._printed.setdefault((figure.measure, figure.scope, figure.subject), []).append(figure.value)

    def may_close(self, evaluation: Evaluation) -> bool:
        """A part's balance (a field, a level): more went out than came in and no opening balance is printed for the part, or what is
        missing is no more than what the whole unit had returned, withdrawn and paused without telling the parts."""
        if evaluation.holds or evaluation.rule != "report-flow":
            return False
        members = {term.measure for term in evaluation.left_terms + evaluation.right_terms}
        if evaluation.left < evaluation.right and "tthc_carried_over" not in members:
            # "Tháng 8 | 1.690 | 1.683 | 97" among months: what was open at the end of July belongs to it
            opening = self._printed.get(("tthc_carried_over", evaluation.scope, evaluation.subject), [])
            if self._is_of_months(evaluation) or evaluation.gap in opening:
                return True
        if not self._is_of_a_part(evaluation):
            return False
        if evaluation.left < evaluation.right:
            return "tthc_carried_over" not in members
        if not members.isdisjoint(OUTSIDE):
            return False
        return evaluation.gap <= sum((max(self._printed.get((measure, "", ""), [Decimal(0)])) for measure in OUTSIDE), Decimal(0))

    def odd_one_out(self, excused: Sequence[Evaluation], rows: Iterable[Evaluation]) -> Evaluation | None:
        """Of the balances that may close with something unprinted, the one field of prose that alone fails and misses by a slip.

        Where "hộ tịch: nhận 487, xong 479, đang giải quyết 8" closes, fields are told without an opening balance, and so is the next one. Without
        such a sibling a few dossiers more or less may have been open before: only a gap of tens and more is told.
        """
        failing = [row for row in excused if not any(is_row(self._figures[index]) for index in row.figures)]
        if len({(row.scope, row.subject, row.left, row.right) for row in failing}) != 1:
            return None
        one = failing[0]
        if not one.scope.startswith("field:") or not is_missed_by_a_slip(one) or self._is_what_the_unit_has(one.gap):
            return None
        closed = (row for row in rows if row.rule == one.rule and row.holds and row.right and row.scope != one.scope)
        is_told = one.gap >= _TELLING or any(row.scope.startswith("field:") or not _is_open(row) for row in closed)
        return replace(one, severity=severity_of(one.rule, "warning")) if is_told else None

    def _is_what_the_unit_has(self, gap: Decimal) -> bool:
        """Whether the report prints the gap as what was carried over, returned, withdrawn or paused, alone or added up."""
        printed = sorted({value for (measure, *_), values in self._printed.items() if measure in _OTHERS for value in values if value})[:_MOST_ADDED]
        return any(sum(some) == gap for count in (1, 2, 3) for some in combinations(printed, count))

    def _is_of_months(self, evaluation: Evaluation) -> bool:
        """Whether all its figures stand in a row of a period of their own."""
        rows = [self._figures[index] for index in evaluation.figures]
        return all(is_row(figure) and "own-period" in figure.flags for figure in rows)

    def _is_of_a_part(self, evaluation: Evaluation) -> bool:
        """A field or a level by its label, or by a larger count of the same that the report prints for the whole."""
        if evaluation.scope.startswith("field:") or evaluation.subject:
            return True
        received = evaluation.left_terms[0]
        return any(value > 0 and received.value * 10 <= value * 9 for value in self._printed.get((received.measure, "", ""), ()))


def _is_open(row: Evaluation) -> bool:
    """Whether anything but what was received, resolved and is in progress takes part in the balance."""
    return any(term.value and term.measure in _OTHERS for term in row.left_terms + row.right_terms)
