"""The scope of a number whose clause does not name it: the block, field or unit of its whole, of its sentence, of the lines above."""

from __future__ import annotations

from ingest.facts.frames import MAJOR, Frame, Level, State, only
from ingest.facts.totals import TotalReader

_WITHOUT_PUBLIC_EMPLOYEES = ("military-command", "government", "party", "front", "party-front")
"""Blocks whose people are officials and civil servants."""


class ScopeReader(TotalReader):
    """Finds the block, the field or the unit that a number is of."""

    def _take_scope(self, features: dict[str, str], own: dict[str, str], family: str, state: State, level: Level | None, significant: set[str]) -> None:
        keys = ("block", "weak_block", "subject") if family == "staff" else ("field", "subject")
        if own.get("block") == "all" and own.get("cat") == "viên chức":
            own["block"] = features["block"] = "public-service"
        mine = {key: own[key] for key in keys if key in own}
        features.pop("scoped", None)
        features.pop("own_block", None)
        behind = bool(own.pop("field_behind", "") or features.pop("field_behind", ""))
        counted = state.last is not None and state.last.emitted and not state.fresh and "field" not in state.last.features
        of_this_alone = behind and "timing" in own and (state.opened or counted) and not state.topic
        if any(key != "subject" for key in mine):
            features["scoped"] = "yes"
            if "block" in mine:
                state.blocks.add(mine["block"])
            if mine.get("block", "all") != "all":
                features["own_block"] = mine["block"]
            listed = not (significant - {"cat"}) and "has" not in own
            if MAJOR.get(family, "") in own and not state.stack:
                state.parent, state.inside = None, False
            part = state.opened and state.parent is not None and state.parent.emitted
            if level is not None and level.topic and not part and any(level.topic.get(key, value) != value for key, value in mine.items()):
                level.topic = {}
            if not of_this_alone:  # "đang xử lý 96 hồ sơ, có 01 hồ sơ đất đai đã trễ hẹn, 95 hồ sơ còn thời hạn"
                state.topic, state.topic_listed = mine, listed
            return
        found: dict[str, str] = {}
        summed_up = False
        if family == "dossier" and own.get("block") == "all":
            return  # "trên tổng số 16 hồ sơ trễ hẹn của toàn xã"
        if family == "fees":
            before = state.running.features.get("family") if state.running is not None else ""
            whole_sum = any(word.has("total") for segment in state.segments for word in segment)
            if state.topic.get("field") and before == "dossier" and not whole_sum:
                features.setdefault("field", state.topic["field"])
            return
        there = state.headcount.features if state.headcount is not None and not state.stack else {}
        if (
            family == "staff"
            and own.get("status") == "vacant"
            and there
            and (not state.inside or there.get("block") == "all" or (state.last is state.headcount and there.get("block") not in ("party", "front")))
        ):
            # "có mặt 88 người (khối Đảng 34, khối chính quyền 54), như vậy còn thiếu 08": of those just counted
            found = {key: there[key] for key in keys if key in there}
        counted_last = state.last.features.get("own_block", "") if state.last is not None and not state.fresh else ""
        if family == "staff" and own.get("status") == "vacant" and counted_last and not found:
            found = {"block": counted_last}  # "…; khối chính quyền 43/49 biên chế, thiếu 06 người"
        if not found and state.topic and not state.opened:
            found = only(state.topic, *keys)
        if not found and state.inside and state.parent is not None and state.parent.features.get("family", family) == family:
            found = {key: state.parent.features[key] for key in keys if key in state.parent.features}
        if family == "staff" and not state.inside and self._sums_blocks(state):
            found = {"block": "all"}
        if not found and family == "staff" and state.tail_block:
            found = {"block": state.tail_block}
        if not found and state.topic:
            found = only(state.topic, *keys)
        of_several = own.get("cat") == "contract" and len(self.blocks_before) > 1  # a sentence of its own behind those of several blocks
        if not found and level is not None and not of_several:
            found = only(level.topic, *keys)
        if not found and family == "staff" and "status" in own and own.get("cat", "officials+civil") in ("officials+civil", "all"):
            on_from = self._quota_told_before(state.span[0]) if state.last is None else state.last.features.get("block", "")
            found = {"block": "all"} if on_from == "all" else {}
            summed_up = bool(found)
        if not found and family == "staff" and state.concludes and self.running is not None and self.running.features.get("family") == "staff":
            several = len(self.blocks_before) > 1  # "gồm khối Đảng 29 người, khối chính quyền 59 người. Như vậy còn 08 biên chế chưa sử dụng"
            found = {"block": "all"} if several else {key: self.running.features[key] for key in keys if key in self.running.features}
        if found.get("block") == "all" and family == "staff" and "status" in own and state.last is None:
            summed_up = self._quota_told_before(state.span[0]) == "all"  # "… giao cho toàn xã: 275. Tổng số có mặt: 254 người"
        if not found:
            for outer in reversed(self.levels):
                of_staff = outer.heading and outer.label.get("family") == "staff"
                found = {key: outer.label[key] for key in keys if key in outer.label and (of_staff or key != "weak_block")}
                if found and (outer.opens or not {"field", "weak_block"} & set(found)):
                    break
                found = {}
        counted_on = state.last is not None and state.last.features.get("block") == "all" and "status" in own and not {"cat", "block", "weak_block"} & set(own)
        if family == "staff" and state.fresh and not state.opened and own.get("cat") == "viên chức" and found.get("block") in _WITHOUT_PUBLIC_EMPLOYEES:
            found = {}  # "…; Ban Chỉ huy Quân sự 03 biên chế; viên chức sự nghiệp 426 biên chế"
        if family == "staff" and own.get("cat") == "all" and not state.inside and any(word.has("total") for segment in state.segments for word in segment):
            found = {}  # "Tổng số cán bộ, công chức, viên chức của phường là 283 người", whatever was spoken of before
        summed = summed_up or self._sums_blocks(state) or state.concludes
        if (
            found.get("block") == "all"
            and not counted_on
            and not summed
            and not (state.inside and state.parent is not None and state.parent.features.get("block") == "all")
        ):
            found = {}
        for key, value in found.items():
            features.setdefault(key, value)

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
