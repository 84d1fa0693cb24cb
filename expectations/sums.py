"""The pieces that identities are built of: members found in a block, sides, readings, severities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from expectations.evaluation import Evaluation, Relation, Term, total
from expectations.grouping import ON_THEIR_OWN, Block, Group, is_familiar, is_row, is_slip
from warehouse.catalogue import identities
from warehouse.model import Figure, Severity

Terms = tuple[Term, ...]

CHANNELS = (
    ("tthc_received_online", "tthc_received_in_person", "tthc_received_postal"),
    ("tthc_received_online", "tthc_received_in_person_or_postal"),
)
"""The two ways in which channels of receipt are printed."""

_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


def severity_of(rule: str, at_most: Severity = "error") -> Severity:
    """The catalogue's severity of the rule, lowered to `at_most`; never raised."""
    listed = identities()[rule].severity
    return listed if _RANK[listed] <= _RANK[at_most] else at_most


class Sums:
    """Builds the evaluations of one group at one block."""

    def __init__(self, group: Group, block: Block, figures: Sequence[Figure]) -> None:
        self.group, self.block, self.figures = group, block, figures
        self._completes = group.speaks_of_one(block)

    def here(self, measure: str) -> Term | None:
        return self.block.terms.get(measure)

    def get(self, measure: str) -> Term | None:
        """Printed in this block, or else printed with one value only in a group that speaks of one quantity."""
        found = self.block.terms.get(measure) or (self.group.unique(measure) if self._completes else None)
        if found is None or measure in self.block.terms:
            return found
        return None if self._is_of_another_row(found) or self._is_of_another_statement(found) else found

    def _is_of_another_row(self, term: Term) -> bool:
        """Rows of one table that have the same label are two units; what one of them leaves blank is not printed in the other."""
        mine = [self.figures[index] for own in self.block.terms.values() for index in own.figures]
        theirs = [self.figures[index] for index in term.figures]
        rows = {figure.quote for figure in mine}
        return len(rows) == 1 and is_row(mine[0]) and all(is_row(figure) and figure.quote not in rows for figure in theirs)

    def _is_of_another_statement(self, term: Term) -> bool:
        """Whether every statement that prints the figure tells of another quantity under a measure of this one."""
        sources = [block for block in self.group.blocks if block is not self.block and term.measure in block.terms]
        return bool(sources) and all(self._contradicts(block) for block in sources)

    def _contradicts(self, block: Block) -> bool:
        common = (self.block.terms.keys() & block.terms.keys()) - ON_THEIR_OWN
        return any(not is_familiar(self.block.terms[measure].value, block.terms[measure].value) for measure in common)

    def are_here(self, terms: Iterable[Term]) -> bool:
        return any(term.measure in self.block.terms for term in terms)

    def row(self, rule: str, left: Terms, right: Terms, *, reading: str = "", relation: Relation = "=", at_most: Severity = "error") -> Evaluation:
        if not all(self.here(term.measure) for term in (*left, *right)):
            # Members from elsewhere in the report may be of something else: a doubt, no reason to hold it back.
            at_most = "warning" if at_most == "error" else at_most
        return compare(rule, self.group, left, right, reading=reading, relation=relation, at_most=at_most)


def compare(rule: str, group: Group, left: Terms, right: Terms, *, reading: str = "", relation: Relation = "=", at_most: Severity = "error") -> Evaluation:
    """The evaluation of `left (= or <=) right`, with the rule's tolerance."""
    left_sum, right_sum = total(left), total(right)
    gap = abs(left_sum - right_sum) if relation == "=" else max(left_sum - right_sum, Decimal(0))
    return Evaluation(
        rule, group.scope, group.subject, group.period_key, reading, relation, left_sum, right_sum,
        identities()[rule].tolerance or Decimal(0), gap, severity_of(rule, at_most), left, right,
    )  # fmt: skip


def best(readings: list[Evaluation]) -> list[Evaluation]:
    """The first reading that closes, or else the one that a slip of the keyboard in one member explains, or else the one that comes nearest."""
    if not readings:
        return []
    return [next((reading for reading in readings if reading.holds), min(readings, key=lambda reading: (not is_missed_by_a_slip(reading), reading.gap)))]


def is_missed_by_a_slip(evaluation: Evaluation) -> bool:
    """Whether one member would make both sides agree with one digit changed, two swapped, or one lost or doubled."""
    return any(needed >= 0 and is_slip(str(printed), str(needed)) for printed, needed in single_repairs(evaluation))


def single_repairs(evaluation: Evaluation) -> Iterator[tuple[Decimal, Decimal]]:
    """What each member is and what it would have to be for both sides to agree."""
    for side, terms in ((-1, evaluation.left_terms), (1, evaluation.right_terms)):
        for term in terms:
            yield term.value, term.value + side * term.sign * (evaluation.left - evaluation.right)


def known(*terms: Term | None) -> Terms | None:
    known = tuple(term for term in terms if term is not None)
    return known if len(known) == len(terms) else None


def negative(term: Term | None) -> Term | None:
    return Term(term.measure, term.scope, term.value, term.figures, -1) if term else None
