"""Entries of a list by unit, by time or by field: the words before a number only name the next one, and what is counted was said once."""

from __future__ import annotations

import re

from ingest.facts.elements import Element
from ingest.facts.frames import Claim, Frame, State, only
from ingest.facts.scopes import ScopeReader

_BESIDE_A_TIME = ("i", "ii", "iii", "iv", "riêng", "trong", "của")
"""What may stand beside the name of a month or a quarter in a list of them."""

_OF_WHOLES = ("tthc_received_", "tthc_resolved_")

_LISTS_UNITS = re.compile(r"[^:;,.0-9]*\b(?:đơn vị|địa phương|xã|phường)\b[^:;,.0-9]*:")
"""The title of a list of units within its sentence."""

_SHORT_ENTRY = 40


class EnumerationReader(ScopeReader):
    """Finds what a list counts, and whether a number is its next entry."""

    def _goes_on(self, claim: Claim) -> bool:
        """Whether a number is the next of a list by period or by place: "tháng 7: 84,2; tháng 8: 86,9", "ít nhất là xã Nậm Ty với 187 hồ sơ"."""
        words = [word for segment in claim.state.segments for word in segment if word.kind != "punct"]
        if claim.own.get("family", claim.family) != claim.family or not words or claim.scoped:
            return False
        first = " ".join(word.text for word in words[:2])
        place = first.startswith(self.lexicon.words["extremes"]) and (words[-1].text in ("với", "là", "có") or self._names_unit(words))
        return place or self._is_next_unit(claim, words) or (self._names_times(words) and not claim.number.percent)

    @staticmethod
    def _names_times(words: list[Element]) -> bool:
        """Whether words name a month or a quarter, and nothing else."""
        named = {word.text for word in words if word.has("identifier")}
        rest = [word for word in words if not (word.has("identifier") or word.kind == "mask" or word.has("link") or word.text in _BESIDE_A_TIME)]
        return bool(named & {"tháng", "quý", "qúy"}) and not rest

    def _names_period(self, state: State) -> bool:
        """Whether the words before a sum only name a month or a quarter: "quý II thu"."""
        words = [word for segment in state.segments for word in segment]
        rest = [word for word in words if not (word.has("identifier") or word.kind in ("mask", "punct") or word.has("link"))]
        taken = self.lexicon.words["taken-in"]
        return any(word.text in ("tháng", "quý", "qúy") for word in words) and all(word.text in taken or word.text in ("i", "ii", "iii", "iv") for word in rest)

    def _is_next_unit(self, claim: Claim, words: list[Element]) -> bool:
        """Whether another unit's own name is all that stands before a number: "xã A dẫn đầu với 21.480 hồ sơ, phường Phan Rang 15.006 hồ sơ"."""
        value, last = self._printed_value(claim.number), claim.state.last
        whole = self.found[last.places[0]].value if last is not None and last.places else None
        begin, end = claim.state.span
        listed = _LISTS_UNITS.match(self.view, begin, end) is not None  # "Các đơn vị còn nhiều hồ sơ quá hạn: Sở Xây dựng 29 hồ sơ; phường Long Châu 74 hồ sơ"
        return value is not None and whole is not None and (value < whole or listed) and self._is_named_unit(claim, words)

    def _is_named_unit(self, claim: Claim, words: list[Element]) -> bool:
        """Whether the words before a number only name another unit, first or last among its like: "nhiều nhất là Sở Tư pháp"."""
        names = [word for word in words if not (word.has("link") or word.has("and") or self._is_extreme(word))]
        bare = not set(claim.own) - {"bare_unit", "family", "people"} and not any(word.kind == "mark" and self.text[word.start].islower() for word in names[1:])
        department = bool(names) and names[0].text.startswith("sở ") and len(names) == 1
        named = bool(names) and names[0].text.split()[-1] in self.lexicon.words["units"] and self._names_unit(names)
        return bare and (department or named)

    def _is_extreme(self, word: Element) -> bool:
        return word.text.removesuffix(" là").removesuffix(" thuộc") in self.lexicon.words["extremes"]

    def _names_unit(self, words: list[Element]) -> bool:
        """Whether a unit is named by its own name: "xã Nậm Ty", and not "xã đã nhận"."""
        for word in words:
            after = self.text[word.end : word.end + 2].strip()
            if word.text.split()[-1] in self.lexicon.words["units"] and after[:1].isupper():
                return True
        return False

    def _is_score_of_a_month(self, state: State) -> bool:
        """Whether only a month stands before a number below the index's heading, or in a report about it: "Tháng 4: 91,20"."""
        heading = self.levels[-1] if self.levels else None
        if not self.of_index and (heading is None or not heading.heading or heading.label.get("family") != "index"):
            return False
        words = [word for segment in state.segments for word in segment]
        return bool(words) and all(word.has("identifier") or word.kind in ("mask", "punct") for segment in state.segments for word in segment)

    def _is_score_of_a_unit(self, state: State) -> bool:
        """Whether a unit is named before a number where the index is spoken of: "- Sở Tư pháp: 91,20 điểm", "xã Quảng Lâm thấp nhất với 61,05 điểm"."""
        near = (state.last, state.running, self.running)
        spoken_of = self.of_index or any(frame is not None and frame.emitted and frame.features.get("family") == "index" for frame in near)
        segments = [*(state.suspended[-1][0] if state.suspended else ()), *state.segments]  # "phường Quy Nhơn cao nhất (94,18 điểm)"
        words = [word for segment in segments for word in segment if word.kind != "punct"]
        firsts = [next((word for word in segment if word.kind != "punct"), None) for segment in segments]
        named = any(first is not None and first.text.startswith(self.lexicon.words["scored-units"]) for first in firsts)
        return spoken_of and named and not any({"group", "sipas", "digital"} & set(word.entry.features) for word in words if word.entry is not None)

    def _told_by_heading(self, claim: Claim, by_level: bool) -> dict[str, str]:
        """What a heading, or the sentence before, counted, where a line or sentence names only a level or another unit before its first number."""
        words = [word for segment in claim.state.segments for word in segment if word.kind != "punct"]
        heading = self.levels[-1].label if self.levels and self.levels[-1].heading else {}
        first = any(self._is_extreme(word) for word in words) and self._is_named_unit(claim, words)
        before = claim.state.running
        if first and before is not None and before.emitted and before.features.get("family") == "dossier" and not before.percent:
            return only(before.features, "family", "action", "timing")
        nearest = next((segment for segment in reversed(claim.state.segments) if segment), [])
        if self._names_times(nearest) and (counted := self._told_in_paragraph(claim.state)):
            return {"family": "dossier", "action": counted}  # "Đã giải quyết: 59.102 hồ sơ; … Tính theo quý: quý I 13.105; quý II 14.722"
        told = heading.get("action", "") in ("received", "resolved", "in_progress") and not claim.state.inside
        return {"family": "dossier", "action": heading["action"]} if told and (by_level or first) else {}

    def _told_in_paragraph(self, state: State) -> str:
        """What a paragraph counted, of one kind only, where a later sentence of it tells the parts: "Giải quyết 1.163 hồ sơ. … Chia theo lĩnh vực: …"."""
        if not self.view.startswith(self.lexicon.words["goes-on"], state.span[0]):
            return ""
        wholes = {one.measure.split("_")[1] for one in self.found if one.sentence[0] >= self.paragraph and one.measure.startswith(_OF_WHOLES) and not one.scope}
        return wholes.pop() if len(wholes) == 1 else ""

    def _counted_above(self) -> dict[str, str]:
        """What the nearest heading or list line says of dossiers listed by field: "3.3. Theo lĩnh vực, số nhận mới"."""
        by_field = False
        for level in reversed(self.levels):
            by_field = by_field or level.by_field
            said = {key: level.label[key] for key in ("action", "newness", "timing", "channel") if key in level.label}
            if by_field and "action" not in said and "newness" in said:
                said["action"] = "received"
            if by_field and "action" not in said and said.get("timing", "within") != "within":
                said["action"] = "resolved"
            if said.get("action") and (said.get("newness") or said.get("timing") or by_field):
                return said
        return {}

    @staticmethod
    def _is_next_entry(source: Frame, state: State) -> bool:
        """Whether a sentence is one more entry of the list that the sentence before began: "Đất đai 16. Xây dựng 4. Hộ kinh doanh 1."."""
        short = state.span[1] - state.span[0] <= _SHORT_ENTRY and not state.several
        return short and source is state.running and bool(source.features.get("scoped")) and "field" in source.features

    def _opens_list_by_field(self, state: State) -> bool:
        """Whether the line above only says that dossiers are listed by field: "d) Một số lĩnh vực có nhiều hồ sơ:"."""
        return bool(self.levels) and self.levels[-1].by_field and state.parent is not None and set(state.parent.features) <= {"family"}
