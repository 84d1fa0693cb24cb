"""Numbers that their value gives away: the sum of those before, more than the whole they would be a part of, as many as were counted earlier."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal

from ingest.facts.clauses import ClauseReader
from ingest.facts.elements import Element
from ingest.facts.frames import Frame, State
from warehouse.numbers import NumberError, parse_number


class TotalReader(ClauseReader):
    """Compares a number with what was read before it."""

    @staticmethod
    def _printed_value(number: Element) -> Decimal | None:
        """The exact value of a count or an amount; None for a share and a ratio."""
        if number.percent or number.zero or len(number.parts) != 1:
            return None
        if number.amount is not None:
            return number.amount
        with suppress(NumberError):
            return parse_number(f"{number.parts[0][2]} {number.magnitude}".strip(), "money" if number.magnitude else "count").value
        return None

    @staticmethod
    def _is_total(own: dict[str, str], state: State) -> bool:
        """Whether the words before a number only say that it is a total: "Tính chung đạt 99,1%"."""
        words = [word for segment in state.segments for word in segment if word.kind in ("word", "mark")]
        named = any(word.has("total") for word in words) and all(word.has("total") or word.has("link") for word in words)
        return named and not set(own) - {"bare_unit", "money", "family"}

    @staticmethod
    def _sums_up(own: dict[str, str], number: Element, state: State) -> bool:
        """Whether a number is the sum of the list before it: "…; phí khác 21.300.000 đồng; tổng 89.618.000 đồng"."""
        if state.last is None or not state.last.emitted or number.percent != state.last.percent or number.zero:
            return False
        return bool({"subject", "field"} & set(state.last.features)) and TotalReader._is_total(own, state)

    def _adds_up(self, own: dict[str, str], number: Element, state: State) -> bool:
        """Whether a number called a total is the sum of two or more before it in its sentence: "690, 661 và 722 hồ sơ, tổng cộng 2.073 hồ sơ"."""
        value = self._printed_value(number)
        whole = any(word.has("total") for segment in state.segments for word in segment) and not {"action", "timing", "channel", "status"} & set(own)
        if not whole or state.last is None or not state.last.emitted or value is None:
            return False
        last = self.found[state.last.places[-1]] if state.last.places else None
        alike = [one.value for one in self.found if last is not None and (one.measure, one.sentence, one.scope) == (last.measure, state.span, last.scope)]
        return any(sum(alike[start:]) == value for start in range(len(alike) - 1))

    def _adds_new_and_carried(self, number: Element, state: State) -> bool:
        """Whether a number is the sum of the new and the carried-over dossiers that stand before it in its sentence."""
        printed = re.sub(r"[. ]", "", number.parts[0][2])
        parts = {one.measure: one.value for one in self.found if one.sentence == state.span and not one.scope}
        added = parts.get("tthc_received_new", Decimal(0)) + parts.get("tthc_carried_over", Decimal(0))
        return printed.isdigit() and added == Decimal(printed) and {"tthc_received_new", "tthc_carried_over"} <= set(parts)

    def _is_more_than(self, number: Element, source: Frame) -> bool:
        """Whether a count is more than the figure that it would be a part of."""
        value = self._printed_value(number)
        known = [self.found[place].value for place in source.places if self.found[place].kind == "count"]
        return value is not None and not source.percent and bool(known) and value > max(known)

    def _counted_before(self, own: dict[str, str], number: Element) -> str:
        """What happened to as many late dossiers in an earlier figure: "03 hồ sơ quá hạn đều thuộc …" at the beginning of a sentence names it again."""
        printed = number.parts[0][2].lstrip("0")
        if own.get("timing") != "late" or number.percent or len(number.parts) != 1 or not printed.isdigit():
            return ""
        measures = {one.measure for one in self.found if one.value == int(printed) and one.measure.endswith("_overdue") and not one.scope}
        return next(iter(measures)).removeprefix("tthc_").removesuffix("_overdue") if len(measures) == 1 else ""
