"""The smallest set of figures whose change makes failing sums close, without breaking one that holds.

A proposal for the person who knows, never a change of the printed value. All equalities that share a figure are solved
together: a figure that two failing sums implicate with the same value is one correction, and a figure that another sum
confirms is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from expectations.evaluation import Evaluation, Term
from expectations.grouping import is_slip

_LARGEST_SET = 2
_Fact = tuple[str, str, Decimal]


@dataclass(frozen=True, slots=True)
class Change:
    """One printed fact and the value that would make the sums close."""

    measure: str
    scope: str
    printed: Decimal
    needed: Decimal
    figures: tuple[int, ...]


Repair = tuple[Change, ...]


def repairs(evaluations: Sequence[Evaluation]) -> dict[int, tuple[Repair, ...]]:
    """For each failing sum (by its index) the smallest repairs of everything that fails together with it, likeliest first.

    Only exact equalities take part: percentages and upper limits do not say which count is wrong. A failing sum that no
    set of two figures repairs has no entry.
    """
    sums = [index for index, evaluation in enumerate(evaluations) if evaluation.relation == "=" and evaluation.tolerance == 0 and evaluation.right_terms]
    found: dict[int, tuple[Repair, ...]] = {}
    for component in _components(evaluations, sums):
        failing = [index for index in component if not evaluations[index].holds]
        if not failing:
            continue
        smallest = _smallest(evaluations, component, failing)
        for index in failing:
            if smallest:
                found[index] = smallest
    return found


def _fact(evaluation: Evaluation, term: Term) -> _Fact:
    return (term.measure, f"{term.scope}|{evaluation.subject}|{evaluation.period_key}", term.value)


def _coefficients(evaluation: Evaluation) -> dict[_Fact, int]:
    """`left - right` as a sum over facts."""
    row: dict[_Fact, int] = {}
    for side, terms in ((1, evaluation.left_terms), (-1, evaluation.right_terms)):
        for term in terms:
            key = _fact(evaluation, term)
            row[key] = row.get(key, 0) + side * term.sign
    return row


def _components(evaluations: Sequence[Evaluation], sums: Sequence[int]) -> Iterator[list[int]]:
    left = list(sums)
    while left:
        component: list[int] = [left.pop(0)]
        facts: set[_Fact] = set()
        facts.update(_coefficients(evaluations[component[0]]))
        grown = True
        while grown:
            grown = False
            for index in list(left):
                others = set(_coefficients(evaluations[index]))
                if others & facts:
                    facts |= others
                    component.append(index)
                    left.remove(index)
                    grown = True
        yield component


def _smallest(evaluations: Sequence[Evaluation], component: Sequence[int], failing: Sequence[int]) -> tuple[Repair, ...]:
    rows = {index: _coefficients(evaluations[index]) for index in component}
    figures: dict[_Fact, tuple[int, ...]] = {}
    for index in component:
        for term in evaluations[index].left_terms + evaluations[index].right_terms:
            key = _fact(evaluations[index], term)
            figures[key] = tuple(sorted({*figures.get(key, ()), *term.figures}))
    suspects = sorted({fact for index in failing for fact in rows[index]}, key=lambda fact: figures[fact])
    facts = sorted(figures, key=lambda fact: figures[fact])
    for size in range(1, _LARGEST_SET + 1):
        found = []
        for chosen in combinations(facts, size):
            if size == 1 and chosen[0] not in suspects:
                continue
            shifts = _solve(evaluations, rows, chosen)
            if shifts is None:
                continue
            changes = tuple(Change(fact[0], fact[1].split("|")[0], fact[2], fact[2] + shift, figures[fact]) for fact, shift in zip(chosen, shifts, strict=True))
            if all(change.needed >= 0 and change.needed != change.printed for change in changes):
                found.append(changes)
        if found:
            return tuple(sorted(found, key=_unlikeliness))
    return ()


def _solve(evaluations: Sequence[Evaluation], rows: dict[int, dict[_Fact, int]], chosen: Sequence[_Fact]) -> list[Decimal] | None:
    """The whole-number shift of each chosen fact that closes every sum of the component; None if there is none."""
    equations = []
    for index, row in rows.items():
        shortfall = evaluations[index].right - evaluations[index].left
        factors = [row.get(fact, 0) for fact in chosen]
        if not any(factors):
            if shortfall:
                return None
            continue
        equations.append((factors, shortfall))
    if len(chosen) == 1:
        shifts = [equations[0][1] / equations[0][0][0]]
    else:
        independent = next(((one, two) for one, two in combinations(equations, 2) if one[0][0] * two[0][1] != one[0][1] * two[0][0]), None)
        if independent is None:
            return None
        ((a, b), p), ((c, d), q) = independent
        determinant = a * d - b * c
        shifts = [(p * d - b * q) / determinant, (a * q - p * c) / determinant]
    if any(sum((factor * shift for factor, shift in zip(factors, shifts, strict=True)), Decimal(0)) != shortfall for factors, shortfall in equations):
        return None
    return shifts if all(shift == shift.to_integral_value() for shift in shifts) else None


_DECIDED, _WORKED_OUT = "staff_assigned", "staff_vacant"


def _unlikeliness(repair: Repair) -> tuple[int, int, Decimal]:
    """What somebody worked out is wrong sooner than what a decision gave. A slip of the keyboard changes one digit or swaps two; then the
    smaller relative change is the likelier one."""
    given = sum((change.measure == _DECIDED) - (change.measure == _WORKED_OUT) for change in repair)
    slips = sum(0 if is_slip(str(change.printed), str(change.needed)) else 1 for change in repair)
    weight = sum((abs(change.needed - change.printed) / max(change.printed, change.needed, Decimal(1)) for change in repair), Decimal(0))
    return given, slips, weight
