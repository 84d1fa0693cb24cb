"""Blocks of a balance that a report leaves out: what is not printed is unknown and not 0."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from expectations.evaluation import Evaluation
from warehouse.model import Figure

_OUTSIDE = ("tthc_withdrawn", "tthc_returned_ineligible", "tthc_paused")


class Unprinted:
    """Says whether a balance that fails may close with a block that the report does not print for it."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._printed: dict[tuple[str, str, str], list[Decimal]] = {}
        for figure in figures:
            self._printed.setdefault((figure.measure, figure.scope, figure.subject), []).append(figure.value)

    def may_close(self, evaluation: Evaluation) -> bool:
        """A field's balance: more went out than came in and no opening balance is printed for the field, or what is missing is no
        more than what the whole unit had returned, withdrawn and paused without telling the fields."""
        if evaluation.holds or evaluation.rule != "report-flow" or not evaluation.scope.startswith("field:"):
            return False
        if evaluation.left < evaluation.right:
            return not self._of_scope("tthc_carried_over", evaluation)
        if any(self._of_scope(measure, evaluation) for measure in _OUTSIDE):
            return False
        return evaluation.gap <= sum((max(self._printed.get((measure, "", evaluation.subject), [Decimal(0)])) for measure in _OUTSIDE), Decimal(0))

    def _of_scope(self, measure: str, evaluation: Evaluation) -> bool:
        return (measure, evaluation.scope, evaluation.subject) in self._printed
