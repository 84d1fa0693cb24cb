"""One identity over one group of figures, as a row: both sides exact, so that the gate can decide on `gap <= tolerance`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from warehouse.model import Severity

Relation = Literal["=", "<="]


@dataclass(frozen=True, slots=True)
class Term:
    """A printed fact with its sign in the sum, and every figure of the document that prints it there."""

    measure: str
    scope: str
    value: Decimal
    figures: tuple[int, ...]
    """Indices into the figures that were judged."""
    sign: int = 1
    """1 or -1."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An identity that could be evaluated. What is not printed is not 0: such an identity has no row."""

    rule: str
    """A code of `identities.csv`."""
    scope: str
    subject: str
    period_key: str
    """Key of the figures' period; empty where the document has none."""
    reading: str
    """How the figures were read, e.g. `excludes-carried-over`; empty where there is one way only."""
    relation: Relation
    left: Decimal
    right: Decimal
    tolerance: Decimal
    gap: Decimal
    """`|left - right|` for `=`, what `left` exceeds `right` by (or 0) for `<=`."""
    severity: Severity
    left_terms: tuple[Term, ...]
    right_terms: tuple[Term, ...]
    base_terms: tuple[Term, ...] = ()
    """Percentages only: `right` is 100 × the sum of `right_terms` / the sum of these."""
    kind: str = ""
    """Percentages: `rounded`, `truncated`, `wrong-base`, `infeasible`."""
    withheld: bool = False
    """It fails, and the text shows that the reading is at fault or a member is not printed: no finding, and nothing is held back for it."""

    @property
    def holds(self) -> bool:
        """Whether the two sides agree within the tolerance."""
        return self.gap <= self.tolerance

    @property
    def figures(self) -> tuple[int, ...]:
        """Indices of all figures that took part, in the order of the document."""
        return tuple(sorted({index for term in self.left_terms + self.right_terms + self.base_terms for index in term.figures}))


def total(terms: tuple[Term, ...]) -> Decimal:
    """The signed sum of a side."""
    return sum((term.sign * term.value for term in terms), Decimal(0))
