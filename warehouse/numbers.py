"""Numbers as Vietnamese offices print them: `1.568`, `98,2`, `92.48 %`, `55,8 triệu`, `04`.

The printed form alone does not settle what `1.801` means, so the caller says what kind of quantity is expected:
a count has no decimals, a percentage has no thousands. What stays open after that is kept with a flag and never
guessed silently (docs: shared domain notes, section 8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

NumberKind = Literal["count", "percent", "decimal", "money"]

MAGNITUDES: dict[str, int] = {
    "nghìn": 10**3,
    "ngàn": 10**3,
    "triệu": 10**6,
    "tỷ": 10**9,
    "tỉ": 10**9,
}
"""Words that multiply the number before them."""

_SHAPE = re.compile(r"[0-9]+(?:[., \u00a0\u202f][0-9]+)*", re.ASCII)
_GROUPS_OF_THREE = re.compile(r"[0-9]{1,3}(?P<sep>[., \u00a0\u202f])[0-9]{3}(?:(?P=sep)[0-9]{3})*", re.ASCII)
_ONE_SEPARATOR = re.compile(r"(?P<whole>[0-9]+)[.,](?P<rest>[0-9]+)", re.ASCII)
_MIXED = re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<rest>[0-9]+)|(?P<whole_en>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<rest_en>[0-9]+)", re.ASCII)
_MAX_DIGITS = 24


class NumberError(ValueError):
    """The text is not a number in any printed form this project knows."""


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """`value` is exact; `decimals` counts the printed digits after the decimal mark (a percentage is an interval)."""

    value: Decimal
    decimals: int = 0
    flags: tuple[str, ...] = ()


def number_vi(value: Decimal) -> str:
    """`1.568`, `98,2`, `-3`: dots between thousands, a comma before decimals, at most two of them."""
    rounded = value if value == value.to_integral_value() else round(value, 2)
    text = f"{rounded:,f}"
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def dotted_number(printed: str) -> Decimal:
    """The whole number that digits print with or without dots between thousands: `18.462`, `84`.

    For text that a pattern has already found to be such a number; raises decimal.InvalidOperation for other text.
    """
    return Decimal(printed.replace(".", ""))


def parse_number(text: str, kind: NumberKind = "count") -> PrintedNumber:
    """Read one printed number, with its magnitude word or percent sign if it has them.

    `kind` settles the separator: in a count and in money a mark followed by three digits groups thousands; in a
    percentage and in a decimal (an area, points) a single mark is the decimal mark. A single group before `triệu` or `tỷ`
    (`1.801 tỷ`) is read as a decimal and flagged `ambiguous-magnitude`; a decimal point where Vietnamese prints a
    comma is flagged `decimal-point`. Raises NumberError for anything else, also for `nan`, signs and empty text.
    """
    body, factor = _split_magnitude(text)
    if body.endswith("%"):
        body, kind = body[:-1].rstrip(), "percent"
    if not _SHAPE.fullmatch(body) or sum(c.isdigit() for c in body) > _MAX_DIGITS:
        raise NumberError(f"{text!r} is not a printed number: expected digits with '.', ',' or spaces between them, such as 1.568 or 98,2")
    if body.isdigit():
        return PrintedNumber(Decimal(body) * factor)
    if mixed := _MIXED.fullmatch(body):
        whole = (mixed["whole"] or mixed["whole_en"]).replace(".", "").replace(",", "")
        rest = mixed["rest"] or mixed["rest_en"]
        return PrintedNumber(Decimal(f"{whole}.{rest}") * factor, len(rest))
    grouped = _GROUPS_OF_THREE.fullmatch(body)
    single = _ONE_SEPARATOR.fullmatch(body)
    if single and (factor > 1 or kind in ("percent", "decimal") or not grouped):
        flags: tuple[str, ...] = ("decimal-point",) if "." in body else ()
        if grouped and factor >= MAGNITUDES["triệu"]:
            flags = ("ambiguous-magnitude",)
        elif kind == "count" and factor == 1:
            flags = ("decimal-count",)
        return PrintedNumber(Decimal(f"{single['whole']}.{single['rest']}") * factor, len(single["rest"]), flags)
    if grouped:
        sep = grouped["sep"]
        flags = ("comma-thousands",) if sep == "," else ()
        return PrintedNumber(Decimal(re.sub(r"[., \u00a0\u202f]", "", body)) * factor, 0, flags)
    raise NumberError(f"{text!r} is not a printed number: its groups are not of three digits")


def _split_magnitude(text: str) -> tuple[str, int]:
    body = text.strip()
    for word, factor in MAGNITUDES.items():
        if body.lower().endswith(word):
            return body[: -len(word)].rstrip(), factor
    return body, 1
