"""What a clause leaves unsaid: family, action or status, and scope, taken from its parts, its neighbours and its headings."""

from __future__ import annotations

from ingest.facts.elements import Clause, Element
from ingest.facts.frames import Claim, Frame, Level, State, without
from ingest.facts.settled import SettledReader


class InheritanceReader(SettledReader):
    """Makes the frame of one number."""

    def _frame(self, elements: list[Element], index: int, post: list[Element], state: State, level: Level) -> Frame:
        clause = self._clause(elements, index, post, state)
        self._take_parts(clause, state)
        frame = self._inherit(clause.own, clause.number, state, level)
        self._acquit(clause, frame, state)
        if clause.label.get("family") == "index" or self._is_score_of_a_month(state):
            frame.features["named"] = "yes"
        frame.features["bound"] = clause.bound or "="
        around = state.void or self._void_of_whole(clause, state)
        overdue = {"field", "family"} <= set(clause.own) and frame.features.get("timing") == "late"
        if around == "cause" and (overdue or (not clause.own.get("cases") and frame.features.get("family", "dossier") != "dossier")):
            around = ""  # "Nguyên nhân trễ hạn: 22 hồ sơ đất đai trễ do thiếu trích đo"
        if clause.rest and state.last is not None and "digit" in state.last.features and "digit" not in clause.own:
            clause.spoil("part")  # "số hóa 1.251/1.259 hồ sơ; 08 hồ sơ còn lại trả bản giấy"
        frame.void = clause.void or around or self._only_by_kind(frame, state)
        return frame

    def _take_parts(self, clause: Clause, state: State) -> None:
        """ "Tổng số 1.163, trong đó trực tuyến 1.102, trực tiếp 61": a total without a unit is what its parts say of dossiers."""
        behind = clause.elements[clause.index + 1 + len(clause.post) :]
        opens = len(behind) > 2 and (behind[0].has("opener") or behind[1].has("opener") or behind[0].text in (":", "("))
        titled = state.inside and (state.parent is None or state.parent.emitted)
        bare = all(word.has("unit") for word in clause.post) and set(clause.own) <= {"family", "bare_unit"} and clause.own.get("family", "dossier") == "dossier"
        if not opens or not bare or clause.number.percent or state.last is not None or titled or self._context_family() not in ("", "dossier"):
            return
        words = [word for segment in state.segments for word in segment]
        if not words or not all(word.has("total") or word.has("link") or word.text in ("số", "lượng", "số lượng") for word in words):
            return
        stop = next((place for place, word in enumerate(behind) if word.kind == "num"), len(behind))
        told, _ = self._collapse(behind[:stop], last_wins=True)
        if told.get("action") == "carried" or "newness" in told:
            clause.own |= {"family": "dossier", "action": "received"}  # "Tổng số: 11.514 hồ sơ (kỳ trước chuyển sang 204, nhận mới 11.310)"
            return
        if told.get("family", "dossier") == "dossier" and "channel" in told and "action" not in told:
            clause.own |= {"family": "dossier", "action": "received"}
        elif told.get("family", "dossier") == "dossier" and told.get("timing", "within") != "within" and "action" not in told:
            clause.own |= {"family": "dossier", "action": "resolved"}

    def _only_by_kind(self, frame: Frame, state: State) -> str:
        """ "Nội dung chủ yếu: tranh chấp đất 26 đơn, nội dung khác 5 đơn": what petitions were about."""
        of_petitions = frame.features.get("family") in ("petition", "pakn")
        return "kind" if of_petitions and self.view[state.span[0] : state.span[1]].lstrip(" -+*").startswith(self.lexicon.words["by-kind"]) else ""

    @staticmethod
    def _acquit(clause: Clause, frame: Frame, state: State) -> None:
        """Reasons that do not hold once it is known what the number counts, and one that shows only now."""
        features, label = frame.features, clause.label
        quota = label.get("status") == "assigned" or (bool(clause.post) and clause.post[0].text.startswith("biên chế"))
        held_against = clause.void == "against" or (clause.void == "target" and quota)
        counted = features.get("status") == "assigned" or (clause.void == "against" and label.get("status") == "vacant")
        if held_against and counted and features.get("family") == "staff" and not clause.number.percent:
            clause.void = ""
        reason = clause.own.get("action") in ("returned", "withdrawn", "paused")
        if reason and state.stack and state.parent is not None and state.parent.features.get("action") == clause.own["action"]:
            clause.spoil("part")
        beside = state.parent if state.stack else state.last
        of_contracts = clause.own.get("status") == "assigned" and features.get("cat") == "contract" and "cat" not in clause.own
        if of_contracts and beside is not None and beside.emitted and beside.features.get("cat") == "contract":
            clause.spoil("target")  # "đang thực hiện 55 hợp đồng (chỉ tiêu được giao 58)"
        if clause.void == "staff-event" and features.get("family") not in ("staff", ""):
            clause.void = ""
        if clause.void == "target" and features.get("family") == "population" and "has" in clause.own:
            clause.void = ""  # "Xã Hòa Vang, được lập theo Nghị quyết số 1659/NQ-UBTVQH15, hôm nay có hơn 39.200 người dân"
        if clause.number.zero and features.get("cat") == "nonspec" and clause.void in ("event", "staff-event"):
            clause.void = ""  # "đã kết thúc nhiệm vụ từ 31/5/2026, nay không còn ai"
        if "cases" in features and "kind" in features:
            clause.spoil("unknown-noun")  # "khai tử 61 trường hợp"
        if state.remark and features.get("family") == "dossier" and features.get("action") == "received":
            clause.spoil("part")  # "27.951 hồ sơ (kể cả 01 hồ sơ giấy nhận bổ sung sau)"

    @staticmethod
    def _void_of_whole(clause: Clause, state: State) -> str:
        """The reason for which a part is none because its whole is none, or is a kind of what was counted."""
        if not state.inside or state.parent is None:
            return ""
        if state.fresh and clause.own.get("cat") == "nonspec" and clause.verb is not None and clause.verb.text.endswith("còn"):
            return ""  # "tinh giản 6 trường hợp, …; đến nay người hoạt động không chuyên trách còn 4 người"
        families = {clause.own.get("family", ""), state.parent.features.get("family", "")}
        if not state.opened and len(families - {""}) > 1:
            return ""  # the line above was about something else
        of_other_things = state.parent.void == "target" and not state.parent.features.get("family") and "family" in clause.own
        if (
            state.parent.void and not of_other_things and not (state.parent.void == "reference" and clause.own.get("cat") in ("officials", "civil"))
        ):  # "thu ngân sách đạt 78% dự toán, trong đó thu phí, lệ phí 412 triệu đồng"
            return state.parent.void
        of_petitions = state.parent.features.get("family") in ("petition", "pakn") and state.parent.emitted
        of_petitions = of_petitions and not {"subject", "own_level"} & set(clause.own)
        return "kind" if of_petitions and "action" not in clause.own and not clause.number.percent else ""

    def _inherit(self, own: dict[str, str], number: Element, state: State, level: Level | None = None) -> Frame:
        """Fill what the clause leaves unsaid: family, action or status, and scope."""
        self._say_family(own, number, state, level)
        claim = self._claim(own, number, state, level)
        steps = (
            self._beside_a_kind,
            self._as_those_left,
            self._below_heading,
            self._turn_family,
            self._of_other_things,
            self._with_family,
            self._as_gathered,
            self._as_risen,
            self._as_inhabitants,
            self._as_share,
            self._as_score_or_money,
        )
        for step in (*steps, self._as_people_of_a_place, self._as_reference, self._as_whole_again, self._as_bare_number):
            frame = step(claim)
            if frame is not None:
                return frame
        return self._filled(claim)

    def _filled(self, claim: Claim) -> Frame:
        """The features with what was left unsaid: the measure of a neighbour, the action or status, the scope."""
        own, number, state, family, previous = claim.own, claim.number, claim.state, claim.family, claim.previous
        features, significant = claim.features, claim.significant
        agrees = previous is not None and number.percent and not claim.scoped and all(own[key] == previous.features.get(key) for key in significant)
        if significant and agrees and previous is not None and not previous.percent:
            features = without(previous.features, "sent") | own
        elif not significant:
            features = self._copy_measure(claim)
        else:
            self._take_major(claim)
        self._settle_dossier(features, own, family, number, state)
        if family == "staff":
            self._settle_staff(features, own, state)
        if family == "population" and "action" not in own:
            features.pop("action", None)  # below "2. Giải quyết thủ tục hành chính."
        if family == "petition" and (features.pop("left", "") or features.get("action") == "backlog"):
            features["action"] = "in_progress"
        self._take_scope(features, own, family, state, claim.level, significant)
        alone = not state.inside and "status" not in features and state.last is None
        if family == "staff" and alone and own.get("unit_cat") == "civil" and features.get("block") == "one-stop-centre":
            features["status"] = "present"  # "Trung tâm Phục vụ hành chính công (10 công chức, 8 quầy)"
        return Frame(features)
