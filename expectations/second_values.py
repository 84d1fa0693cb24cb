"""A fact printed with two values as one finding, which names the right one where the sums of the report fit only one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.grouping import is_fact
from expectations.sums import severity_of
from expectations.wording import both_sides, measure_vi, place_vi, two_values_message
from warehouse.model import Figure, Finding, Place
from warehouse.numbers import number_vi


class Identity(NamedTuple):
    """A rule of the catalogue with the measures of its sum."""

    rule: str
    whole: str
    parts: tuple[str, ...]


TWO_CHANNELS = ("tthc_received_online", "tthc_received_in_person")
IDENTITIES = (
    Identity("report-resolved", "tthc_resolved_total", ("tthc_resolved_early", "tthc_resolved_on_time", "tthc_resolved_overdue")),
    Identity("report-resolved", "tthc_resolved_total", ("tthc_resolved_early_or_on_time", "tthc_resolved_overdue")),
    Identity("report-in-progress", "tthc_in_progress_total", ("tthc_in_progress_on_time", "tthc_in_progress_overdue")),
    Identity("report-received", "tthc_received_total", ("tthc_received_new", "tthc_carried_over")),
    Identity("report-channels", "tthc_received_new", TWO_CHANNELS),
    Identity("report-channels", "tthc_received_new", ("tthc_received_online", "tthc_received_in_person_or_postal")),
    Identity("report-channels", "tthc_received_total", TWO_CHANNELS),
    Identity("report-channels", "tthc_received_total", ("tthc_received_online", "tthc_received_in_person_or_postal")),
    Identity("petitions-flow", "petitions_received", ("petitions_resolved", "petitions_in_progress")),
    Identity("staff-vacancy", "staff_assigned", ("staff_present", "staff_vacant")),
    Identity("procedures-one-stop", "procedures_total", ("procedures_one_stop", "procedures_interlinked")),
)
_FLOW = Identity("report-flow", "tthc_received_total", ("tthc_resolved_total", "tthc_in_progress_total"))


def second_value(fact: tuple[str, str, str], values: tuple[Decimal, Decimal], places: tuple[Place, ...], figures: Sequence[Figure]) -> Finding:
    """The finding about a fact (measure, scope, subject) printed with two values; `figures` are those of the whole report."""
    measure, scope, subject = fact
    message = two_values_message(measure_vi(measure) + place_vi(scope, subject), *values)
    kept = {"measure": measure, **both_sides(*values)}
    closed = {value: sum_ for value in values if (sum_ := _closing(fact, value, figures))}
    if len(closed) == 1:
        ((right, members),) = closed.items()
        wrong = next(value for value in values if value != right)
        listed = ", ".join(f"{measure_vi(code)} {number_vi(value)}" for code, value in members.items())
        message = f"{message} Số {number_vi(right)} khớp với các số khác của báo cáo ({listed}); nên sửa {number_vi(wrong)} thành {number_vi(right)}."
        kept["repair"] = f"{measure}: {wrong} -> {right}"
    return Finding("same-fact", severity_of("same-fact"), message, places, kept)


def _closing(fact: tuple[str, str, str], value: Decimal, figures: Sequence[Figure]) -> dict[str, Decimal]:
    """The other members of the first sum that the value closes; empty if none does."""
    measure, scope, subject = fact
    printed: dict[str, set[Decimal]] = {}
    for figure in figures:
        if (figure.scope, figure.subject) == (scope, subject) and "own-period" not in figure.flags and is_fact(figure):
            printed.setdefault(figure.measure, set()).add(figure.value)
    single = {code: next(iter(found)) for code, found in printed.items() if len(found) == 1 and code != measure}
    for one in _of(measure):
        others = {code: single[code] for code in (one.whole, *one.parts) if code in single}
        own = {**others, measure: value}
        if len(others) == len(one.parts) and any(others.values()) and own[one.whole] == sum((own[part] for part in one.parts), Decimal(0)):
            return others
    return {}


def _of(measure: str) -> Iterator[Identity]:
    return (one for one in (*IDENTITIES, _FLOW) if measure in (one.whole, *one.parts))
