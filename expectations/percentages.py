"""Printed percentages are intervals: what one says of the count it was made from, exactly.

A share printed with d decimals stands for half a unit of its last digit to each side, both ends included, so that
rounding half up and half to even are both right. Integers and decimals only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from warehouse.model import Figure
from warehouse.numbers import parse_number

PercentageKind = Literal["rounded", "truncated", "wrong-base", "hidden-base", "infeasible"]


@dataclass(frozen=True, slots=True)
class PercentageVerdict:
    """How a printed percentage relates to its numerator and to the bases around it."""

    kind: PercentageKind
    """`rounded`: fits; `truncated`: cut instead of rounded; `wrong-base`: fits another printed number; `hidden-base`: no base is
    printed, some integer would do; `infeasible`: neither its base nor any other printed number gives it."""
    printed: Decimal
    half_unit: Decimal
    """Half a unit of the last printed digit, in percentage points."""
    base: int | None = None
    """The denominator that explains the percentage; None where none does."""
    recomputed: Decimal | None = None
    """100 × numerator / the named denominator, 28 digits; None without a denominator or with 0."""
    fitting_bases: tuple[int, int] | None = None
    """Lowest and highest integer denominator that would give the printed percentage; None if there is none."""


def printed_percent(figure: Figure) -> str:
    """The rate as a plain number with the decimals that were printed; `toàn bộ` or a damaged print give the reader's value."""
    text = re.sub(r"\s+", "", figure.printed_text).rstrip("%")
    return text if re.fullmatch(r"\d{1,3}(?:[.,]\d+)?", text) else str(figure.value)


def classify_percentage(numerator: int, denominator: int | None, printed_text: str, other_bases: Sequence[int] = ()) -> PercentageVerdict:
    """Say whether `printed_text` (`98,2 %`, `92.48`) is `numerator` of `denominator`.

    `denominator` is None where the text names none; then each of `other_bases` may explain it. Raises NumberError for a
    text that is no number and ValueError for a negative count.
    """
    if numerator < 0 or (denominator is not None and denominator < 0):
        raise ValueError(f"counts cannot be negative: {numerator} of {denominator}")
    number = parse_number(printed_text, "percent")
    printed, half = number.value, Decimal(5).scaleb(-number.decimals - 1)
    unit = 2 * half

    def rounds(base: int) -> bool:
        return base > 0 and (printed - half) * base <= 100 * numerator <= (printed + half) * base

    def cut(base: int) -> bool:
        return base > 0 and printed * base <= 100 * numerator < (printed + unit) * base

    recomputed = Decimal(100 * numerator) / denominator if denominator else None
    fitting = _fitting_bases(numerator, printed, half)
    others = [base for base in dict.fromkeys(other_bases) if base != denominator]

    def verdict(kind: PercentageKind, base: int | None) -> PercentageVerdict:
        return PercentageVerdict(kind, printed, half, base, recomputed, fitting)

    if denominator is not None:
        if rounds(denominator):
            return verdict("rounded", denominator)
        if cut(denominator):
            return verdict("truncated", denominator)
        explaining = next((base for base in others if rounds(base)), None)
        return verdict("wrong-base", explaining) if explaining is not None else verdict("infeasible", None)
    for kind, fits in (("rounded", rounds), ("truncated", cut)):
        explaining = next((base for base in others if fits(base)), None)
        if explaining is not None:
            return verdict("rounded" if kind == "rounded" else "truncated", explaining)
    return verdict("hidden-base" if fitting else "infeasible", None)


def _fitting_bases(numerator: int, printed: Decimal, half: Decimal) -> tuple[int, int] | None:
    """The integers D with printed − half <= 100·numerator/D <= printed + half; None if there is none or no upper end."""
    if numerator == 0 or printed - half <= 0:
        return None
    lowest = int((Decimal(100 * numerator) / (printed + half)).to_integral_value(ROUND_CEILING))
    highest = int((Decimal(100 * numerator) / (printed - half)).to_integral_value(ROUND_FLOOR))
    return (lowest, highest) if lowest <= highest else None
