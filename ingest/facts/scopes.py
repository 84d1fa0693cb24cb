"""The scope of a number whose clause does not name it: the block, field or unit of its whole, of its sentence, of the lines above."""

from __future__ import annotations

from ingest.facts.frames import MAJOR, Frame, Level, State, only
from ingest.facts.totals import TotalReader

_PARTS = {"party-front": ("party", "front"), "public-service": ("education", "health", "service-centre")}
"""Blocks that are parts of another."""
_WITHOUT_PUBLIC_EMPLOYEES = ("military-command", "government", "party", "front", "party-front")
"""Blocks whose people are officials and civil servants."""


class ScopeReader(TotalReader):
    """Finds the block, the field or the unit that a number is of."""

    def _take_scope(self, features: dict[str, str], own: dict[str, str], family: str, state: State, level: Level | None, significant: set[str]) -> None:
        """Add to the features the scope that the clause names, which then is the topic, or else the one that it leaves unsaid."""
        if own.get("block") == "all" and own.get("cat") == "viên chức":
            own["block"] = features["block"] = "public-service"
        keys = ("block", "weak_block", "subject") if family == "staff" else ("field", "subject")
        mine = {key: own[key] for key in keys if key in own}
        features.pop("scoped", None)
        features.pop("own_block", None)
        field_behind = bool(own.pop("field_behind", "") or features.pop("field_behind", ""))
        if set(mine) - {"subject"}:
            counted = state.last is not None and state.last.emitted and not state.fresh and "field" not in state.last.features
            of_this_alone = field_behind and "timing" in own and (state.opened or counted) and not state.topic
            if MAJOR.get(family, "") in own and not state.stack:
                state.parent, state.inside = None, False
            self._name_scope(mine, features, state, level)
            if not of_this_alone:  # "đang xử lý 96 hồ sơ, có 01 hồ sơ đất đai đã trễ hẹn, 95 hồ sơ còn thời hạn"
                state.topic, state.topic_listed = mine, not (significant - {"cat"}) and "has" not in own
                told_apart = any(word.text == "riêng" for word in state.segments[-1]) and not state.stack
                state.topic_aside = told_apart and counted and not significant and "field" in mine
        elif family == "fees":
            self._take_field_of_fees(features, state)
        else:
            for key, value in self._unsaid_scope(keys, own, family, state, level).items():
                features.setdefault(key, value)

    def _unsaid_scope(self, keys: tuple[str, ...], own: dict[str, str], family: str, state: State, level: Level | None) -> dict[str, str]:
        """The scope of a number whose clause names none."""
        if family == "staff":
            return self._scope_of_staff(keys, own, state, level)
        if family == "dossier" and own.get("block") == "all":
            return {}  # "trên tổng số 16 hồ sơ trễ hẹn của toàn xã"
        return self._scope_of_whole(keys, family, state) or self._scope_of_topic(keys, own, state, level) or self._scope_of_levels(keys)

    @staticmethod
    def _name_scope(mine: dict[str, str], features: dict[str, str], state: State, level: Level | None) -> None:
        """Note the scope that a clause names; the line's own scope ends with it."""
        features["scoped"] = "yes"
        if "block" in mine:
            state.blocks.add(mine["block"])
        if mine.get("block", "all") != "all":
            features["own_block"] = mine["block"]
        part = state.opened and state.parent is not None and state.parent.emitted
        if level is not None and level.topic and not part and any(level.topic.get(key, value) != value for key, value in mine.items()):
            level.topic = level.topic if mine.get("block") in _PARTS.get(level.topic.get("block", ""), ()) else {}

    @staticmethod
    def _take_field_of_fees(features: dict[str, str], state: State) -> None:
        """Fees are those of a field only behind its dossiers: "Đất đai: tiếp nhận 203 hồ sơ, thu 4.100.000 đồng"."""
        before = state.running.features.get("family") if state.running is not None else ""
        whole_sum = any(word.has("total") for segment in state.segments for word in segment)
        if state.topic.get("field") and before == "dossier" and not whole_sum:
            features.setdefault("field", state.topic["field"])

    @staticmethod
    def _scope_of_whole(keys: tuple[str, ...], family: str, state: State) -> dict[str, str]:
        """The scope named last outside a part; within one that of the whole, if it counts the same."""
        found = only(state.topic, *keys) if not state.opened else {}
        whole = state.parent.features if state.inside and state.parent is not None else None
        if not found and whole is not None and whole.get("family", family) == family:
            found = {key: whole[key] for key in keys if key in whole}
        return found

    def _scope_of_topic(self, keys: tuple[str, ...], own: dict[str, str], state: State, level: Level | None) -> dict[str, str]:
        """The scope named last in the sentence, or else in its line."""
        of_several = own.get("cat") == "contract" and len(self.blocks_before) > 1  # a sentence of its own behind those of several blocks
        return only(state.topic, *keys) or (only(level.topic, *keys) if level is not None and not of_several else {})

    def _scope_of_levels(self, keys: tuple[str, ...]) -> dict[str, str]:
        """The scope that the nearest line above names for what stands below it."""
        for outer in reversed(self.levels):
            of_staff = outer.heading and outer.label.get("family") == "staff"
            found = {key: outer.label[key] for key in keys if key in outer.label and (of_staff or key != "weak_block")}
            if found and (outer.opens or not {"field", "weak_block"} & set(found)):
                return found
        return {}

    def _scope_of_staff(self, keys: tuple[str, ...], own: dict[str, str], state: State, level: Level | None) -> dict[str, str]:
        """The block of people whose clause names none; all blocks only where those were just counted or are summed up."""
        found = self._block_of_vacancy(keys, own, state) or self._scope_of_whole(keys, "staff", state)
        if not state.inside and self._sums_blocks(state):
            found = {"block": "all"}
        if not found and state.tail_block:
            found = {"block": state.tail_block}
        found = found or self._scope_of_topic(keys, own, state, level) or self._block_of_those_besides(own, state)
        of_all = False
        if not found and "status" in own and own.get("cat", "officials+civil") in ("officials+civil", "all"):
            of_all = (self._quota_told_before(state.span[0]) if state.last is None else state.last.features.get("block", "")) == "all"
            found = {"block": "all"} if of_all else {}
        found = found or self._scope_of_conclusion(keys, state)
        if found.get("block") == "all" and "status" in own and state.last is None:
            of_all = self._quota_told_before(state.span[0]) == "all"  # "… giao cho toàn xã: 275. Tổng số có mặt: 254 người"
        found = found or self._scope_of_levels(keys)
        of_employees = state.fresh and not state.opened and own.get("cat") == "viên chức" and found.get("block") in _WITHOUT_PUBLIC_EMPLOYEES
        of_everybody = own.get("cat") == "all" and not state.inside and any(word.has("total") for segment in state.segments for word in segment)
        if of_employees or of_everybody:
            # "…; Ban Chỉ huy Quân sự 03 biên chế; viên chức sự nghiệp 426 biên chế"
            # "Tổng số cán bộ, công chức, viên chức của phường là 283 người", whatever was spoken of before
            return {}
        return found if found.get("block") != "all" or of_all or self._goes_on_with_all(own, state) else {}

    @staticmethod
    def _block_of_vacancy(keys: tuple[str, ...], own: dict[str, str], state: State) -> dict[str, str]:
        """The block of those just counted, who are fewer than they should be: "có mặt 88 người (khối Đảng 34, khối chính quyền 54), như vậy còn thiếu 08"."""
        if own.get("status") != "vacant":
            return {}
        there = state.headcount.features if state.headcount is not None and not state.stack else {}
        found: dict[str, str] = {}
        if not state.inside or there.get("block") == "all" or (state.last is state.headcount and there.get("block") not in ("party", "front")):
            found = {key: there[key] for key in keys if key in there}
        counted_last = state.last.features.get("own_block", "") if state.last is not None and not state.fresh else ""
        return found or ({"block": counted_last} if counted_last else {})  # "…; khối chính quyền 43/49 biên chế, thiếu 06 người"

    def _block_of_those_besides(self, own: dict[str, str], state: State) -> dict[str, str]:
        """ "Sự nghiệp giáo dục: 587 người …. Ngoài ra có 46 lao động hợp đồng": of the one block that the sentence before is about."""
        near = bool(self.found) and self.found[-1].start >= self.paragraph
        besides = own.get("cat") == "contract" and near and self.view.startswith("ngoài ra", state.span[0])
        return {"block": next(iter(self.blocks_before))} if besides and len(self.blocks_before) == 1 else {}

    def _scope_of_conclusion(self, keys: tuple[str, ...], state: State) -> dict[str, str]:
        """ "gồm khối Đảng 29 người, khối chính quyền 59 người. Như vậy còn 08 biên chế chưa sử dụng": that of the sentence before, or of all its blocks."""
        before = self.running.features if self.running is not None else {}
        if not state.concludes or before.get("family") != "staff":
            return {}
        return {"block": "all"} if len(self.blocks_before) > 1 else {key: before[key] for key in keys if key in before}

    def _goes_on_with_all(self, own: dict[str, str], state: State) -> bool:
        """Whether people of all blocks go on being counted: the number before, the whole or the words say so."""
        last = state.last.features.get("block") if state.last is not None else ""
        counted_on = last == "all" and "status" in own and not {"cat", "block", "weak_block"} & set(own)
        part = state.inside and state.parent is not None and state.parent.features.get("block") == "all"
        return counted_on or part or state.concludes or self._sums_blocks(state)

    def _sums_blocks(self, state: State) -> bool:
        """ "khối Đảng, Mặt trận 41 đồng chí; khối chính quyền 90 đồng chí; tổng cộng 131 đồng chí"."""
        if len(state.blocks - {"one-stop-centre"}) < 2 or "all" in state.blocks:
            return False
        return any(word.has("total") for word in state.segments[-1]) and not any(word.text.startswith("chỉ tiêu") for word in state.segments[-1])

    def _quota_told_before(self, start: int) -> str:
        """ "all" where the sentence right before told the quota of all blocks: "… được giao 77 biên chế (khối Đảng 30, khối chính quyền 47). Hiện có mặt 71"."""
        last = self.found[-1] if self.found else None
        if last is None or self.text[last.sentence[1] : start].strip(" "):
            return ""
        quotas = {one.scope for one in self.found if one.sentence == last.sentence and one.measure == "staff_assigned"}
        return "all" if "all" in quotas else ""

    def _scope_above(self, parent: Frame, family: str, state: State, level: Level | None) -> dict[str, str]:
        features = dict(parent.features)
        if family:
            features["family"] = family
        self._take_scope(features, {}, family, state, level, set())
        return features
