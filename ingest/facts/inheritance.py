"""What a clause leaves unsaid: family, action or status, and scope, taken from its parts, its neighbours and its headings."""

from __future__ import annotations

import itertools
import re
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

from ingest.facts.clauses import Clause, ClauseReader
from ingest.facts.elements import Element
from ingest.facts.frames import GATHERED, MAJOR, SCOPES, Frame, Level, State
from warehouse.numbers import NumberError, parse_number

OF_DOSSIERS = ("carried", "withdrawn", "returned", "paused")
"""What happens to dossiers and never to procedures."""


_BESIDE_A_TIME = ("i", "ii", "iii", "iv", "riêng", "trong", "của")
"""What may stand beside the name of a month or a quarter in a list of them."""

_OF_WHOLES = ("tthc_received_", "tthc_resolved_")
_LISTS_UNITS = re.compile(r"[^:;,.0-9]*\b(?:đơn vị|địa phương|xã|phường)\b[^:;,.0-9]*:")
"""The title of a list of units within its sentence."""
_SHORT_ENTRY = 40
_WITHOUT_PUBLIC_EMPLOYEES = ("military-command", "government", "party", "front", "party-front")
"""Blocks whose people are officials and civil servants."""


@dataclass(slots=True)
class Claim:
    """A clause on its way to a frame: what it says itself, and what is found out around it."""

    own: dict[str, str]
    features: dict[str, str]
    number: Element
    state: State
    level: Level | None
    significant: set[str]
    scoped: bool
    unnamed: bool
    """Whether the clause names no family itself."""
    sources: list[Frame]
    """The whole that it is a part of and the number before: where the unsaid may come from."""
    family: str = ""
    alike: list[Frame] = field(default_factory=list)
    """Sources of the same family."""
    previous: Frame | None = None
    """The last number of the sentence, if it is of the same family."""
    unit_only: bool = False

    def names_place(self) -> bool:
        return any(word.has("identifier") for segment in self.state.segments for word in segment)


def _nothing() -> Frame:
    """The frame of a number that counts nothing of ours."""
    return Frame({"family": ""})


class InheritanceReader(ClauseReader):
    """Makes the frame of one number."""

    def _frame(self, elements: list[Element], index: int, post: list[Element], state: State, level: Level) -> Frame:
        clause = self._clause(elements, index, post, state)
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
        if "cases" in features and "kind" in features:
            clause.spoil("unknown-noun")  # "khai tử 61 trường hợp"
        if state.remark and features.get("family") == "dossier" and features.get("action") == "received":
            clause.spoil("part")  # "27.951 hồ sơ (kể cả 01 hồ sơ giấy nhận bổ sung sau)"

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

    @staticmethod
    def _void_of_whole(clause: Clause, state: State) -> str:
        """The reason for which a part is none because its whole is none, or is a kind of what was counted."""
        if not state.inside or state.parent is None:
            return ""
        families = {clause.own.get("family", ""), state.parent.features.get("family", "")}
        if not state.opened and len(families - {""}) > 1:
            return ""  # the line above was about something else
        of_other_things = state.parent.void == "target" and not state.parent.features.get("family") and "family" in clause.own
        if state.parent.void and not of_other_things:  # "thu ngân sách đạt 78% dự toán, trong đó thu phí, lệ phí 412 triệu đồng"
            return state.parent.void
        of_petitions = state.parent.features.get("family") in ("petition", "pakn") and state.parent.emitted
        of_petitions = of_petitions and not {"subject", "own_level"} & set(clause.own)
        return "kind" if of_petitions and "action" not in clause.own and not clause.number.percent else ""

    def _pair_above(self, own: dict[str, str], level: Level | None) -> tuple[str, str, str] | None:
        """What a heading says of `a / b`, unless the words at the numbers say it themselves."""
        pair = next((outer.pair for outer in [*([level] if level else []), *reversed(self.levels)] if outer.pair), None)
        said = {"action", "status", "timing", "cat", "grade", "digit"} & set(own)
        of_title = level is not None and pair is not None and pair is level.pair and said == {pair[0]} and own[pair[0]] in pair[1:]
        return pair if pair is not None and (not said or of_title) else None

    def _takes_in_fees(self, own: dict[str, str], state: State) -> bool:
        """Whether an amount without a name is what was taken in as fees: under such a heading, or a field's share of the fees before it."""
        whole = state.last if state.last is not None else state.parent if state.inside else None
        titled = state.last is None and whole is not None and not whole.emitted and whole.features.get("family") == "fees" and "pay" not in whole.features
        if whole is not None and whole.emitted and whole.features.get("family") == "fees" and self._names_period(state):
            return True  # "chia ra quý I thu 142.000.000 đồng, quý II thu 168.220.000 đồng"
        counted = state.counted()
        if counted is not None and "of_fees" in counted.features and "pay" not in counted.features and any(word.text == "tiền" for word in state.segments[-1]):
            return True
        if counted is not None:  # "58.720.000 đồng, giảm 3.100.000 đồng so với quý trước, gồm chứng thực 31.200.000 đồng"
            return counted.emitted and counted.features.get("family") == "fees" and "field" in own
        words = [word for segment in state.segments for word in segment if word.kind in ("word", "mark")]
        plain = all(
            word.has("total") or word.has("bound") or word.has("link") or word.has("inert") or word.has("unit") or word.text in self.lexicon.words["taken-in"]
            for word in words
        )
        titled = state.inside and state.parent is not None and not state.parent.emitted and state.parent.features.get("family") == "fees"
        return plain and (titled or (bool(self.levels) and self.levels[-1].label.get("family") == "fees"))

    def _names_period(self, state: State) -> bool:
        """Whether the words before a sum only name a month or a quarter: "quý II thu"."""
        words = [word for segment in state.segments for word in segment]
        rest = [word for word in words if not (word.has("identifier") or word.kind in ("mask", "punct") or word.has("link"))]
        taken = self.lexicon.words["taken-in"]
        return any(word.text in ("tháng", "quý", "qúy") for word in words) and all(word.text in taken or word.text in ("i", "ii", "iii", "iv") for word in rest)

    @staticmethod
    def _sums_up(own: dict[str, str], number: Element, state: State) -> bool:
        """Whether a number is the sum of the list before it: "…; phí khác 21.300.000 đồng; tổng 89.618.000 đồng"."""
        if state.last is None or not state.last.emitted or number.percent != state.last.percent or number.zero:
            return False
        return bool({"subject", "field"} & set(state.last.features)) and InheritanceReader._is_total(own, state)

    def _adds_up(self, own: dict[str, str], number: Element, state: State) -> bool:
        """Whether a number called a total is the sum of two or more before it in its sentence: "690, 661 và 722 hồ sơ, tổng cộng 2.073 hồ sơ"."""
        value = self._printed_value(number)
        whole = any(word.has("total") for segment in state.segments for word in segment) and not {"action", "timing", "channel", "status"} & set(own)
        if not whole or state.last is None or not state.last.emitted or value is None:
            return False
        last = self.found[state.last.places[-1]] if state.last.places else None
        alike = [one.value for one in self.found if last is not None and (one.measure, one.sentence, one.scope) == (last.measure, state.span, last.scope)]
        return any(sum(alike[start:]) == value for start in range(len(alike) - 1))

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

    def _adds_new_and_carried(self, number: Element, state: State) -> bool:
        """Whether a number is the sum of the new and the carried-over dossiers that stand before it in its sentence."""
        printed = re.sub(r"[. ]", "", number.parts[0][2])
        parts = {one.measure: one.value for one in self.found if one.sentence == state.span and not one.scope}
        added = parts.get("tthc_received_new", Decimal(0)) + parts.get("tthc_carried_over", Decimal(0))
        return printed.isdigit() and added == Decimal(printed) and {"tthc_received_new", "tthc_carried_over"} <= set(parts)

    @staticmethod
    def _is_total(own: dict[str, str], state: State) -> bool:
        """Whether the words before a number only say that it is a total: "Tính chung đạt 99,1%"."""
        words = [word for segment in state.segments for word in segment if word.kind in ("word", "mark")]
        named = any(word.has("total") for word in words) and all(word.has("total") or word.has("link") for word in words)
        return named and not set(own) - {"bare_unit", "money", "family"}

    @staticmethod
    def _is_value_of_line_above(own: dict[str, str], number: Element, state: State) -> bool:
        """Whether a number is the value of the line above it ("+ Số lượng: 14.955" below "- Đã trả kết quả") or of the words before its bracket."""
        parent = state.parent
        share = bool(state.stack) and parent is not None and bool({"channel", "timing", "grade", "pay"} & set(parent.features))
        if parent is None or parent.emitted or not state.inside or (number.percent and not share) or number.zero:
            return False
        if state.last is not None if not state.stack else parent is state.last:
            return False
        if state.opened and not state.stack:
            return False
        telling = {"action", "status", "timing", "channel", "digit", "grade", "comp", "level"} | ({"cat"} if state.stack else set())
        if not telling & set(parent.features) or set(own) - {"bare_unit", "people", "family", "sets", *(("quota",) if state.stack else ())}:
            return False
        if "people" in own and parent.features.get("family") != "staff":
            return False
        words = [word for segment in state.segments for word in segment if word.kind in ("word", "mark")]
        return all(word.has("total") or word.has("link") or word.text in ("số", "lượng", "số lượng", "cộng") for word in words)

    def _scope_above(self, parent: Frame, family: str, state: State, level: Level | None) -> dict[str, str]:
        features = dict(parent.features)
        if family:
            features["family"] = family
        self._take_scope(features, {}, family, state, level, set())
        return features

    @staticmethod
    def _after_households(state: State) -> bool:
        """ "5.230 hộ, 21.450 người": the people are the inhabitants."""
        words = [element for segment in state.segments for element in segment]
        place = next((place for place in range(len(words) - 1, -1, -1) if words[place].text == "hộ"), -1)
        return (
            place > 0
            and words[place - 1].kind in ("num", "word")
            and words[place - 1].text[-1:].isdigit()
            and all(word.text in ("dân", ",", "với", "và", "gia", "đình", "có") for word in words[place + 1 :])
        )

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

    def _matter(self, own: dict[str, str], state: State) -> str:
        """The family that a bare verb speaks of where neither its clause nor a heading names one: that of the figures before it in the chapter."""
        if (
            own.get("people")
            or own.get("post")
            or not ({"action", "timing"} & set(own) or (own.get("status") == "assigned" and "field" in {*own, *state.topic}))
        ):
            return ""
        if self.chapter_family in MAJOR:
            return self.chapter_family if self.chapter_family != "staff" else ""
        return "dossier" if {"field"} & {*own, *state.topic} else ""

    def _context_family(self) -> str:
        return next((level.label["family"] for level in reversed(self.levels) if level.label.get("family")), "")

    def _inherit(self, own: dict[str, str], number: Element, state: State, level: Level | None = None) -> Frame:
        """Fill what the clause leaves unsaid: family, action or status, and scope."""
        self._say_family(own, number, state, level)
        claim = self._claim(own, number, state, level)
        steps = (
            self._beside_a_kind,
            self._below_heading,
            self._turn_family,
            self._of_other_things,
            self._with_family,
            self._as_gathered,
            self._as_inhabitants,
            self._as_share,
            self._as_score_or_money,
        )
        for step in (*steps, self._as_people_of_a_place, self._as_reference, self._as_whole_again, self._as_bare_number):
            frame = step(claim)
            if frame is not None:
                return frame
        return self._filled(claim)

    def _say_family(self, own: dict[str, str], number: Element, state: State, level: Level | None) -> None:
        """Families that a grade, a pair, a unit of area or the line above give away."""
        above = state.parent.features if state.parent is not None else {}
        if "family" not in own and {"channel", "newness"} & set(own) and above.get("action") in ("received", "received+resolved") and "family" not in above:
            own["family"] = "dossier"  # "Kết quả tiếp nhận: - Nộp trực tuyến 1.255"
        if own.get("grade") and (own.get("family") in ("dossier", "procedure") or (own.get("family") == "staff" and number.percent)):
            own["family"] = "satisfaction"
            for key in ("action", "cat"):
                own.pop(key, None)
        said = own
        if len(number.parts) == 2 and state.last is None and level is not None and level.pair:
            said = self._collapse(state.segments[-1], last_wins=True)[0]  # "(tiếp nhận/đã giải quyết): hộ tịch 512/508"
        if len(number.parts) == 2 and (pair := self._pair_above(said, level)):
            key, own[key], own["pair"] = pair
            own.setdefault("family", "dossier" if key == "action" else "staff")
        if own.get("area_unit") == "km2" and "family" not in own and "other_area" not in own:
            own["family"] = "area"

    def _claim(self, own: dict[str, str], number: Element, state: State, level: Level | None) -> Claim:
        """What the clause says itself, with the family of its neighbours where it names none."""
        features = dict(own)
        parent = state.parent
        if parent is not None and parent.percent and not (number.percent or number.zero or state.stack or "timing" in own) and "timing" in parent.features:
            parent = Frame({key: value for key, value in parent.features.items() if key not in ("timing", "rate")}, parent.void, parent.emitted)
            state.parent = parent  # "…; tỷ lệ trước hạn và đúng hạn 99,83%. Chia theo lĩnh vực: chứng thực 486, …"
        sources = [source for source in (parent, state.running) if source is not None]
        if state.last is None and state.running is not None and state.running is not parent and state.running.features.get("action") in OF_DOSSIERS:
            sources[-1] = Frame(
                {key: value for key, value in state.running.features.items() if key != "action"}
            )  # "Rút: 02 hồ sơ." is no beginning of the list by field that follows
        if parent is not None and "family" not in parent.features and parent.features.get("action") and "field" in own:
            parent.features["family"] = "dossier"
        near = state.running if state.running is not None else self.running
        of_staff = near is not None and near.emitted and near.features.get("family") == "staff"
        if parent is not None and "family" not in parent.features and parent.features.get("status") == "present" and of_staff and "people" in own:
            parent.features["family"] = "staff"  # "Thiếu: 07. Phân bổ số có mặt như sau: Văn phòng 14 người; …"
        if parent is not None and "family" not in parent.features and not parent.emitted and "timing" in parent.features:
            parent.features["family"] = "dossier"
        significant = {key for key in own if key in self.lexicon.significant}
        if own.get("family") == "dossier" and "field" in own:
            significant.discard("group")  # "mấy nhóm sau: chứng thực 1.642 hồ sơ"
        entry = [word for word in state.segments[0] if word.kind in ("word", "mark")] if state.segments else []
        titled = len(entry) == 1 and entry[0].text == "khác" and len(state.seps) > 1 and state.seps[1] == ":"
        if own.pop("bare_other", "") and ((titled and own.get("action") in ("received", "resolved", "in_progress")) or not significant - {"kind"}):
            own["field"] = features["field"] = "field:other"
        features.pop("bare_other", None)
        scoped = any(key in own for key in ("field", "block", "weak_block")) or (state.bracketed and not significant)
        in_bracket = state.bracketed and "block" in state.topic and "people" in own
        of_block = in_bracket or "block" in own or ("weak_block" in own and "people" in own)
        state.bracketed = False
        if features.get("cat") or ("family" not in features and of_block and {"status", "people", "has"} & set(own)):
            features["family"] = "staff"
        if "family" not in features and own.get("status") == "vacant" and "people" in own and any(word.text.endswith("khuyết") for word in state.segments[-1]):
            features["family"] = "staff"
        headed = bool(self.levels) and self.levels[-1].heading and "block" in self.levels[-1].label
        bare = set(own) <= {"status", "did", "has"} and not number.percent
        if "family" not in features and "status" in own and headed and (bare or (own["status"] == "present" and "people" in own)):
            features["family"] = "staff"  # "2. Khối chính quyền": "Giao: 61. Có mặt: 54"; "8. Nhân sự Trung tâm Phục vụ hành chính công": "- Hiện có 17 người"
        if in_bracket and "status" not in own:
            features["status"] = "present"  # "a) Phòng Kinh tế (18 người)"
        unnamed = "family" not in features
        if unnamed and "digit_hint" in own and not significant - {"action"} and self._below_digitisation(state):
            features["family"], own["digital"], features["digital"] = "dossier", "yes", "yes"  # "8. Số hóa": "Thành phần hồ sơ: 801. Kết quả: 790/790"
            unnamed = False
        if unnamed:
            nearest = [state.last, *sources] if state.last is not None else sources
            if self._counts_others(own, state):
                return Claim(own, features, number, state, level, significant, scoped, unnamed, sources)
            family = next((source.features["family"] for source in nearest if source.features.get("family")), "")
            family = family or self._context_family() or self._matter(own, state)
            below_block = bool(self.levels) and "block" in self.levels[-1].label and "field" not in self.levels[-1].label
            if not family and "status" in own and below_block and not number.percent:
                family = "staff"  # "1. Khối chính quyền": "Giao: 61. Có mặt: 54. Thiếu: 07."
            if family:
                features["family"] = family
        return Claim(own, features, number, state, level, significant, scoped, unnamed, sources)

    def _below_digitisation(self, state: State) -> bool:
        """Whether the heading or line above is about digitisation, and every word before the number is known."""
        above = next((level.label for level in reversed(self.levels) if level.heading or level.opens), {})
        return "digital" in above and not any(word.kind == "word" for segment in state.segments for word in segment)

    @staticmethod
    def _counts_others(own: dict[str, str], state: State) -> bool:
        """Whether a bare verb follows a number of other things: "11 trụ sở dôi dư, đã xử lý 06"."""
        if state.last is not None or state.inside or not set(own) <= {"action", "timing"}:
            return False
        words = [word for segment in state.segments[:-1] for word in segment]
        return any(one.kind == "word" and one.text[0].isdigit() and then.kind == "word" and then.text.isalpha() for one, then in itertools.pairwise(words))

    @staticmethod
    def _beside_a_kind(claim: Claim) -> Frame | None:
        """ "khai tử: 97 hồ sơ, trả kết quả 95 hồ sơ": those of one procedure, and nothing of ours."""
        last = claim.state.last
        if last is not None and last.features.get("family") == "street" and not claim.state.fresh and claim.own.get("family", "pakn") == "pakn":
            return Frame({"family": "street"})  # "318 phản ánh hiện trường, xử lý 311 phản ánh"
        of_kind = last is not None and not last.emitted and not last.void and "kind" in last.features and last.features.get("family") == "dossier"
        goes_on = of_kind and not claim.state.fresh and not (claim.scoped or "field" in claim.state.topic)
        return _nothing() if goes_on and ("family" not in claim.own or (claim.own.get("action") == "resolved" and "bare_unit" in claim.own)) else None

    def _below_heading(self, claim: Claim) -> Frame | None:
        """Bare people below a heading that names a category are of that category."""
        own = claim.own
        heading = self.levels[-1].label if self.levels and self.levels[-1].heading else {}
        if claim.number.zero and heading.get("cat") == "nonspec" and own.get("status") == "present" and not {"cat", "block", "people"} & set(own):
            return Frame({"family": "staff", "cat": "nonspec"})  # "6. Người hoạt động không chuyên trách": "Cấp xã: không còn bố trí từ ngày 01/6/2026"
        if own.get("people") and not {"cat", "status", "family"} & set(own) and claim.state.last is None and not claim.significant and self.levels:
            topic = self.levels[-1].label if self.levels[-1].heading or self.levels[-1].asks else {}
            if topic.get("cat") in ("nonspec", "contract") and "status" not in topic:
                return Frame({"family": "staff", "cat": topic["cat"]} | {key: value for key, value in own.items() if key in SCOPES})
        return None

    @staticmethod
    def _turn_family(claim: Claim) -> Frame | None:
        """Timing, channels and what happens to dossiers outweigh a family that was only taken over."""
        own, features, number, unnamed = claim.own, claim.features, claim.number, claim.unnamed
        if ("family" not in features and "timing" in own) or (unnamed and "digital" in own and "digit_hint" in own):
            features["family"] = "dossier"  # "Số hóa: thành phần hồ sơ 405", whatever was spoken of before
        if unnamed and number.percent and "timing" in own and features.get("family") in ("satisfaction", "fees", "index", "procedure"):
            features["family"] = "dossier"
        if unnamed and number.percent and own.get("channel") == "online" and features.get("family") not in ("fees", "dossier"):
            features["family"] = "dossier"
        of_dossiers = {"timing", "channel"} & set(own) or own.get("action") in (*OF_DOSSIERS, "resolved", "in_progress") or "newness" in own
        if unnamed and features.get("family") == "staff" and of_dossiers and not {"post", "cat", "status", "block", "people", "has"} & set(own):
            features["family"] = "dossier"
        if claim.state.of_others and "family" not in own and not number.percent:
            return _nothing()
        if number.zero and claim.scoped and features.get("family") == "procedure":
            features["family"] = own["family"] = "dossier"
        if features.get("family") == "procedure":
            handled = "timing" in own or own.get("action") in OF_DOSSIERS
            if handled and own.get("procedures") and not number.percent:
                return _nothing()  # "12 TTHC cập nhật chậm"
            received = own.get("action") == "received" and not {"channel", "comp", "level", "procedures", "change"} & set(own)
            if handled or received or (own.get("action") == "resolved" and unnamed and "channel" not in own):
                features["family"] = own["family"] = "dossier"
        if (
            features.get("family") == "fees"
            and unnamed
            and "action" in own
            and "field" in {*own, *claim.state.topic}
            and not number.percent
            and "money" not in own
        ):
            features["family"] = own["family"] = "dossier"  # "Riêng lĩnh vực đất đai: nhận 203, xong 141" below a line on fees
        last = claim.state.last
        of_transactions = last is not None and bool(last.features.get("transactions"))
        if features.get("family") == "fees" and unnamed and "channel" in own and not (number.percent or "money" in own or of_transactions):
            features["family"] = own["family"] = "dossier"
        return None

    @staticmethod
    def _of_other_things(claim: Claim) -> Frame | None:
        """What only looks like one of ours; and features that its family does not know."""
        own, features = claim.own, claim.features
        if "money" in own and "pay" not in own and features.pop("pay", "") and claim.unnamed:
            return _nothing()  # "Thanh toán trực tuyến: 1.204 giao dịch, tổng số tiền 61.240.000 đồng": the part paid online
        if own.get("field") == "field:residence" and own.get("people"):
            return _nothing()  # the police are no staff of the commune
        if own.get("unit_cat") == "contract" and "field:certification" in (own.get("field"), claim.state.topic.get("field")):
            return _nothing()  # certified contracts
        if own.get("cases"):
            counted = claim.state.last is not None and claim.state.last.emitted
            if (claim.unnamed and not (counted or claim.state.inside or claim.scoped or own.get("action") == "withdrawn")) or (
                features.get("family") == "staff" and "status" not in own
            ):
                return _nothing()  # "chấn chỉnh 02 trường hợp", "xử lý 02 trường hợp công chức tiếp nhận sai quy trình"
        if own.get("sets") and features.get("family") in ("pakn", "petition", "satisfaction", "staff", "procedure"):
            return _nothing()  # "nhận tay 96 bộ"
        if features.get("family") == "staff" and own.get("action") == "received" and "unit_cat" in own and not {"status", "has", "block"} & set(own):
            return _nothing()  # "tiếp nhận mới 03 công chức": those who came
        if own.get("transactions") and not claim.number.percent:
            features.pop("money", None)
        if features.get("family") == "dossier" and features.get("level", "").startswith(("one_stop", "interlinked")):
            beside = claim.state.last or claim.state.running
            if claim.unnamed and beside is not None and beside.features.get("family") == "procedure":
                features["family"] = "procedure"  # "Giải quyết theo cơ chế một cửa: 361; một cửa liên thông: 11"
                for said in (features, own):
                    said.pop("action", None)
                return None
            features.pop("level")
            own.pop("level", None)
        if own.get("own_competence"):
            features.pop("change", None)
            own.pop("change", None)
        return None

    @staticmethod
    def _with_family(claim: Claim) -> Frame | None:
        """The neighbours of the same family; votes need theirs."""
        own, state = claim.own, claim.state
        family = claim.family = claim.features.get("family", "")
        claim.alike = [source for source in claim.sources if source.features.get("family") == family]
        claim.previous = state.last if state.last is not None and state.last.features.get("family") == family else None
        claim.unit_only = not claim.significant - {"votes"} and not claim.scoped
        if "votes" in own and claim.unnamed:
            words = state.segments[-1]
            of_visitors = "people" in own or (bool(words) and words[-1].kind == "word" and words[-1].text.isalpha())  # "khách tham quan 268.500 lượt"
            if family not in ("satisfaction", "pakn", "petition") or of_visitors or (family == "satisfaction" and own.get("action") == "resolved"):
                return _nothing()
        if "votes" in own and family == "satisfaction":
            claim.unit_only = False
        return None

    def _as_gathered(self, claim: Claim) -> Frame | None:
        """ "tiếp nhận 691 hồ sơ (lũy kế 7.940)": the same as the number before, since the year began."""
        state = claim.state
        counted = state.parent if state.stack and state.last is None else state.last
        if (
            counted is None
            or not counted.emitted
            or counted.percent != claim.number.percent
            or claim.own.get("family", "") not in ("", counted.features["family"])
        ):
            return None
        words = [word for segment in state.segments for word in segment]
        if claim.significant or claim.scoped or not words or not GATHERED.match(self.view, words[0].start):
            return None
        return Frame({key: value for key, value in counted.features.items() if key not in ("bound", "newness")})

    def _as_inhabitants(self, claim: Claim) -> Frame | None:
        """Crowds, and people beside households or an area, live there."""
        own, state = claim.own, claim.state
        if not own.get("people"):
            return None
        many = len(claim.number.parts) == 1 and len(claim.number.parts[0][2].replace(".", "")) > 3
        here = next((word.text for word in state.segments[-1]), "").split()[-1:] in (["xã"], ["phường"], ["khu"], ["trấn"])
        crowd = many and ((bool(own.get("has")) and here) or (state.last is not None and state.last.features.get("family") == "area"))
        if crowd and "cat" in own and "block" not in own and claim.unnamed:
            return _nothing()  # "Trang Zalo của xã có 7.930 người theo dõi"
        if crowd and not claim.significant and not {"cat", "status", "field", "block"} & set(own):
            return Frame({"family": "population"})  # "Phường có 97.310 người": no unit employs so many
        if state.households and not {"cat", "status", "timing", "action"} & set(own):
            return Frame({"family": "population"})
        if self._after_households(state) and not claim.significant and not {"cat", "status"} & set(own):
            return Frame({"family": "population"})
        return None

    def _as_share(self, claim: Claim) -> Frame | None:
        """Numbers that took a family over which says nothing of them; digitised dossiers without a side."""
        own, state, running = claim.own, claim.state, claim.state.running
        if claim.unnamed and claim.family in ("population", "area") and not claim.number.percent:
            return _nothing()
        titled = bool(self.levels) and self.levels[-1].heading and self.levels[-1].label.get("family") == "satisfaction"
        if titled and claim.number.percent and claim.family == "satisfaction" and set(own) == {"rate"} and state.last is None:
            return Frame({"family": "satisfaction", "grade": "level"})  # "10. Mức độ hài lòng": "126 phiếu: …. Tỷ lệ 100%."
        if claim.family == "staff" and any(element.has("field-word") for segment in state.segments for element in segment):
            return _nothing()
        goes_on = running is not None and running.percent and running.features.get("scoped")
        if claim.number.percent and claim.scoped and not claim.significant and not state.inside and "rate" not in own and not goes_on:
            return _nothing()
        if claim.family == "dossier" and "digital" in own and claim.unit_only and "digit_hint" not in own and not claim.number.percent:
            if claim.scoped or not own.get("bare_unit"):
                return _nothing()
            claim.features["digit"] = "inputs"
            return Frame(claim.features)
        return None

    def _as_score_or_money(self, claim: Claim) -> Frame | None:
        """Points are the index where it is spoken of; money is fees where fees are."""
        own, state, family = claim.own, claim.state, claim.family
        whole_score = self.of_index and (own.get("ratio") or self._is_score_of_a_month(state))
        whole_score = whole_score or (not own.get("ratio") and self._is_score_of_a_unit(state))
        if own.get("points") and family != "index" and "sipas" not in own and (state.speaks_of_index or whole_score):
            claim.features["family"] = claim.family = "index"
            claim.features.pop("channel", None)
        if not (own.get("money") and claim.unnamed) or self._sums_up(own, claim.number, state) or self._adds_up(own, claim.number, state):
            return None
        if self._takes_in_fees(own, state):
            claim.features["family"] = own["family"] = claim.family = "fees"
            claim.unit_only = False
        elif self._context_family() != "fees" and not (claim.family == "fees" and "channel" in own):
            return _nothing()
        return None

    @staticmethod
    def _as_people_of_a_place(claim: Claim) -> Frame | None:
        """ "…, ở thôn, tổ dân phố 189 người": the non-specialised of the clause before, elsewhere."""
        state, parent = claim.state, claim.state.parent
        place = claim.names_place() or bool(claim.own.get("place"))
        if claim.previous is None and state.inside and parent is not None and parent.features.get("cat") == "nonspec" and not parent.emitted:
            claim.previous = parent
        if claim.unit_only and claim.family == "staff" and place and claim.previous is not None and claim.previous.features.get("cat") == "nonspec":
            return Frame({key: value for key, value in claim.previous.features.items() if key not in SCOPES})
        return None

    @staticmethod
    def _as_reference(claim: Claim) -> Frame | None:
        """Numbers of documents, villages and days in brackets; zeros of nothing; procedures that are all there are."""
        own, features, state, family = claim.own, claim.features, claim.state, claim.family
        if state.stack and claim.unit_only:
            masked = any(word.kind == "mask" for segment in state.segments for word in segment)
            of_dossiers = family == "dossier" and not claim.number.percent
            if (claim.unnamed and (masked or claim.names_place())) or (of_dossiers and claim.names_place()):
                return _nothing()
        if claim.number.zero and claim.unit_only and family == "dossier":
            return _nothing()  # "không có hồ sơ nào do lỗi chủ quan"
        if family != "procedure":
            return None
        plain = own.get("action") == "resolved" and own.get("procedures") and "timing" not in own
        if own.get("action") == "in_progress" or (plain and state.segments[-1] and state.segments[-1][-1].text == "giải quyết"):
            features.pop("action", None)
            own.pop("action", None)
            features["comp"] = "yes"  # procedures that the unit "đang giải quyết" are those it is competent for
        if "own_competence" in own and claim.unnamed:
            claim.unit_only = False
        words = state.segments[-1]
        unknown = bool(words) and words[-1].kind == "word" and words[-1].text.isalpha() and not own.get("procedures")
        labelled = any(element.has("concept") or element.has("block") or element.kind == "word" for segment in state.segments for element in segment)
        if claim.unit_only and not unknown and (not labelled or (not claim.unnamed and not state.inside)):
            features["comp"] = "yes"
        return None

    def _as_whole_again(self, claim: Claim) -> Frame | None:
        """A clause without a qualifier that is the value of its whole, one level of it or the sum of its parts."""
        own, features, number, state, parent = claim.own, claim.features, claim.number, claim.state, claim.state.parent
        both = {"early", "on_time"} <= state.timings
        if number.percent and both and not {"timing", "channel", "grade"} & set(own) and any(word.has("total") for word in state.segments[-1]):
            return Frame({"family": "dossier", "action": "resolved", "timing": "early_or_on_time"})  # "… sớm hạn và … đúng hẹn, cộng lại bằng 99,26%"
        if not claim.unit_only:
            return None
        unread = parent is not None and not parent.emitted
        if own.get("people") and state.inside and parent is not None and unread and "quota" in parent.features and "status" not in parent.features:
            features["status"] = "present"  # "nhân sự gồm 13 người"
            self._take_scope(features, own, "staff", state, claim.level, set())
            return Frame(features)
        if number.percent and {"early", "on_time"} <= state.timings and self._is_total(own, state):
            return Frame({"family": "dossier", "action": "resolved", "timing": "early_or_on_time"})  # "671 hồ sơ đúng hẹn, cộng lại bằng 99,26%"
        if claim.family == "dossier" and "own_competence" in own and not number.percent and "subject" not in own:
            own["own_level"] = features["own_level"] = "yes"  # "5.918 hồ sơ thuộc thẩm quyền của xã"
        said = set(own) - {"comp", "own_competence"}
        by_level = bool({"subject", "own_level"} & said) and not said - {"subject", "own_level", "bare_unit", "family", "procedures", "people"}
        counted = next((frame for frame in (state.last, parent if state.inside else None) if frame is not None and frame.emitted), None)
        if by_level and counted is not None and counted.percent == number.percent and counted.features.get("family") == claim.family:
            same = {key: value for key, value in counted.features.items() if key not in ("subject", "own_level", "bound")}
            return Frame(same | own)  # "trong đó cấp tỉnh 1.699, cấp xã 446"
        if state.last is not None and state.last.emitted and state.last.percent == number.percent and self._goes_on(claim):
            return Frame({key: value for key, value in state.last.features.items() if key not in ("bound", "subject")} | own)
        if state.last is None and state.opened and parent is not None and parent.emitted and not parent.percent and self._goes_on(claim):
            return Frame({key: value for key, value in parent.features.items() if key not in ("bound", "subject")} | own)
        if claim.family == "dossier" and not number.percent and state.last is None and (told := self._told_by_heading(claim, by_level)):
            return Frame({**told, **own})
        before = state.running if state.last is None else None
        if before is not None and before.emitted and before.percent and number.percent and "field" in before.features and self._is_total(own, state):
            return Frame({key: value for key, value in before.features.items() if key not in (*SCOPES, "scoped", "own_block", "bound", "listed")})
        if state.last is not None and (self._sums_up(own, number, state) or self._adds_up(own, number, state)):
            return Frame({key: value for key, value in state.last.features.items() if key not in (*SCOPES, "scoped", "own_block", "bound", "listed")})
        if state.last is not None and self._is_total(own, state) and self._adds_new_and_carried(number, state):
            return Frame({"family": "dossier", "action": "received"})  # "tiếp nhận mới: 9.874; kỳ trước chuyển qua: 203; tổng cộng: 10.077"
        if self._is_value_of_line_above(own, number, state) and parent is not None:
            given = {key: value for key, value in parent.features.items() if key != "bound"} | self._scope_above(parent, claim.family, state, claim.level)
            self._settle_dossier(given, own, given.get("family", ""), number, state)
            return Frame(given)
        return None

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

    def _told_by_heading(self, claim: Claim, by_level: bool) -> dict[str, str]:
        """What a heading, or the sentence before, counted, where a line or sentence names only a level or another unit before its first number."""
        words = [word for segment in claim.state.segments for word in segment if word.kind != "punct"]
        heading = self.levels[-1].label if self.levels and self.levels[-1].heading else {}
        first = any(self._is_extreme(word) for word in words) and self._is_named_unit(claim, words)
        before = claim.state.running
        if first and before is not None and before.emitted and before.features.get("family") == "dossier" and not before.percent:
            return {key: value for key, value in before.features.items() if key in ("family", "action", "timing")}
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

    def _names_unit(self, words: list[Element]) -> bool:
        """Whether a unit is named by its own name: "xã Nậm Ty", and not "xã đã nhận"."""
        for word in words:
            after = self.text[word.end : word.end + 2].strip()
            if word.text.split()[-1] in self.lexicon.words["units"] and after[:1].isupper():
                return True
        return False

    def _as_bare_number(self, claim: Claim) -> Frame | None:
        """Nothing says what it counts; or a share of one grade beside the shares of the others."""
        own, number = claim.own, claim.number
        told = self._sums_blocks(claim.state) or ("digit_hint" in own and claim.previous is not None and "digit" in claim.previous.features)
        told = told or ("digital" in own and "digit_hint" in own)  # "Số hóa: thành phần hồ sơ 2.344"
        told = told or "has" in own or "left" in own or ("ratio" in own and claim.scoped) or (claim.family == "dossier" and "rate" in own)
        if claim.unit_only and claim.unnamed and not number.percent and claim.family != "index" and not told:
            return _nothing()
        beside = claim.state.timings if number.percent else set()
        if (own.get("timing") == "on_time" and "early%" in beside) or (own.get("grade") == "satisfied" and "very%" in beside):
            return _nothing()
        return None

    def _filled(self, claim: Claim) -> Frame:
        """The features with what was left unsaid: the measure of a neighbour, the action or status, the scope."""
        own, number, state, family, previous = claim.own, claim.number, claim.state, claim.family, claim.previous
        features, significant = claim.features, claim.significant
        agrees = previous is not None and number.percent and not claim.scoped and all(own[key] == previous.features.get(key) for key in significant)
        if significant and agrees and previous is not None and not previous.percent:
            features = {key: value for key, value in previous.features.items() if key != "sent"} | own
        elif not significant:
            features = self._copy_measure(features, own, number, state, claim.alike, previous, claim.scoped)
        else:
            self._take_major(features, own, family, state, claim.alike, number)
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

    def _copy_measure(
        self, features: dict[str, str], own: dict[str, str], number: Element, state: State, alike: list[Frame], previous: Frame | None, scoped: bool
    ) -> dict[str, str]:
        """A clause without a qualifier of its own: a share of the number before, or one entry of a list by field or block."""
        of_whole = own.pop("of_whole", "")
        features.pop("of_whole", "")
        if of_whole and previous is not None and previous.void in ("change", "comparison", "against") and state.whole is not None:
            previous = state.whole  # "31 hồ sơ, giảm 12 hồ sơ so với quý II, chiếm 0,7% tổng số"
        if number.percent and previous is not None and not scoped:
            if "digital" in own and not {"digit", "digital"} & set(previous.features):
                return {"family": ""}  # "trực tuyến đạt 96,4%; tỷ lệ số hóa 98,2%"
            if "rate" in own and any(word.kind == "word" for segment in state.segments for word in segment):
                return {"family": ""}
            if sum(word.kind == "word" and self.text[word.start].islower() for word in state.segments[-1]) > 3:
                return {"family": ""}  # "nhưng tiêu chí cơ sở vật chất chỉ 91%" is a share of something else
            timing = previous.features.get("timing", "")
            alone = previous.features.get("grade") in ("satisfied", "very") and not previous.percent
            if alone or timing == "early" or (timing == "on_time" and "early" in state.timings):
                return {"family": ""}
            return {key: value for key, value in previous.features.items() if key != "sent"} | own
        source: Frame | None = None
        if own.get("left") and features.get("family") == "dossier":
            return features
        if number.percent and state.running is not None and state.running.percent and state.running in alike and ("subject" in own or "rate" in own):
            return {key: value for key, value in state.running.features.items() if key not in SCOPES} | own
        if scoped or own.get("has") or own.get("people") or own.get("left"):
            if features.get("family") == "staff" and state.last is None and own.get("block"):
                alike = [other for other in alike if other is state.parent]
            source = alike[0] if alike else None
            if source is not None and state.running is not None and state.running.features.get("scoped") and state.running in alike:
                source = state.running
            beside_quota = source is not None and source.features.get("status") == "assigned" and own.get("people") and "status" not in own
            if beside_quota and state.headcount is not None and state.head is source:
                source = state.headcount
            if source is not None and source.percent and not number.percent:
                source = next((other for other in alike if not other.percent), None)
        elif previous is not None and previous.percent:
            source = previous
        elif own.get("family") and state.parent in alike and state.inside:
            source = state.parent
        head = state.head if state.head is not None and state.head.features.get("family") == features.get("family") else None
        if scoped and features.get("family") == "dossier" and head is not None and not head.percent and "field" in head.features and not number.percent:
            source = head
        elif (
            scoped
            and features.get("family") == "staff"
            and head is not None
            and state.fresh
            and not state.inside
            and own.get("people")
            and {"block", "weak_block"} & set(own)
        ):
            source = (
                state.headcount if head.features.get("status") == "assigned" and state.headcount is not None else head
            )  # "giáo dục 402 người trên tổng số được giao 419; y tế 25 người"
        elif scoped and features.get("family") == "dossier" and previous is not None and not state.fresh:
            source = state.counted() if previous.void == "change" else previous  # "là 14, giảm 20 so với cùng kỳ, tập trung ở đất đai 10 hồ sơ"
        elif (
            scoped
            and ("field" in own or not {"block", "weak_block"} & set(own))
            and features.get("family") == "dossier"
            and not number.percent
            and (not (state.inside and state.parent in alike) or self._opens_list_by_field(state))
            and not (source is not None and (source.features.get("listed") or self._is_next_entry(source, state)))
        ):
            if own.get("ratio") and not self._counted_above():
                return features | {"action": "resolved", "listed": "yes"}  # "Xây dựng: 188/211": resolved of received
            if told := self._told_in_paragraph(state):
                return features | {"action": told, "listed": "yes"}
            return features | {"action": "received", "listed": "yes"} | self._counted_above()
        if scoped and features.get("family") == "procedure" and own.get("family") and not (state.inside and state.parent in alike and state.parent.emitted):
            return features | {"comp": "yes"}
        whole = any(word.has("total") for segment in state.segments for word in segment)
        if (
            features.get("family") == "dossier"
            and own.get("family")
            and not number.percent
            and (whole or (own.get("has") and not state.inside and previous is None))
        ):
            return features | {"action": "received"}
        if features.get("family") == "dossier" and own.get("did") and not number.percent:
            return features | {"action": "resolved"}
        words = [word for segment in state.segments for word in segment]
        most = self.of_province and own.get("family") == "dossier" and not number.percent and any("nhất" in word.text.split() for word in words)
        if most and self._names_unit(words):
            return features | {"action": "received", "subject": "other"}  # "Nhiều hồ sơ nhất là phường Pleiku với 12.480 hồ sơ"
        if source is None:
            return features
        kept = {key: value for key, value in source.features.items() if key not in (*SCOPES, "has", "people", "ratio", "rate", "left")}
        if own.get("block"):
            kept.pop("post", None)  # "lãnh đạo UBND 05 người; Văn phòng HĐND và UBND 14 người"
        if "money" in own and kept.pop("pay", "") and "family" not in own:
            return {"family": ""}  # "Thanh toán trực tuyến: 1.204 hồ sơ, đạt 95,6%; tổng số tiền 61.240.000 đồng": the part paid online
        if "own_competence" in own:
            kept.pop("change", None)
        if features.get("family") == "staff" and state.fresh and not state.inside and kept.get("status") == "vacant":
            kept.pop("status")
        new_block = (
            (own.get("block") or (state.stack and "block" in state.topic))
            and own.get("people")
            and source is not state.parent
            and "scoped" not in source.features
        )
        if features.get("family") == "staff" and new_block and kept.get("cat") in ("contract", "nonspec"):
            kept.pop("cat")
            kept["status"] = "present"
        line = {"block", "people"} <= set(own) and "status" not in own and source is state.parent and not state.opened
        if line and features.get("family") == "staff" and kept.get("cat") in ("officials", "civil"):
            kept.pop("cat")  # "09 cán bộ và 28 công chức, được bố trí như sau: - Phòng Kinh tế: 08 người"
            kept["status"] = "present"
        if own.get("has") and features.get("family") == "staff":
            kept.pop("status", None)
            if own.get("block"):
                kept.pop("cat", None)
        return kept | own

    @staticmethod
    def _is_next_entry(source: Frame, state: State) -> bool:
        """Whether a sentence is one more entry of the list that the sentence before began: "Đất đai 16. Xây dựng 4. Hộ kinh doanh 1."."""
        short = state.span[1] - state.span[0] <= _SHORT_ENTRY and not state.several
        return short and source is state.running and bool(source.features.get("scoped")) and "field" in source.features

    def _opens_list_by_field(self, state: State) -> bool:
        """Whether the line above only says that dossiers are listed by field: "d) Một số lĩnh vực có nhiều hồ sơ:"."""
        return bool(self.levels) and self.levels[-1].by_field and state.parent is not None and set(state.parent.features) <= {"family"}

    def _take_major(self, features: dict[str, str], own: dict[str, str], family: str, state: State, alike: list[Frame], number: Element) -> None:
        major = MAJOR.get(family)
        if not major or major in own:
            return
        if family == "staff" and state.last is None and ("block" in own or "cat" in own):
            alike = [source for source in alike if source is state.parent]
        if (
            family == "dossier"
            and "timing" in own
            and not state.opened
            and state.last is not None
            and state.last.features.get("family") == family
            and state.last.features.get("action") in ("resolved", "in_progress")
        ):
            alike = [state.last]
        source = next((source for source in alike if source.features.get(major)), None)
        if family == "dossier" and source is not None and source.features[major] == "in_progress" and self._is_more_than(number, source):
            features[major] = "resolved" if "timing" in own else ""  # "số chưa giải quyết 58. Đúng và trước hạn là 3.331": more than the whole is no part
            return
        if family == "dossier" and state.last is None and not state.inside and (again := self._counted_before(own, number)):
            features["action"] = again
            return
        if family == "dossier":
            inside = state.parent is not None and state.parent.features.get("action") and state.parent in alike
            if "channel" in own and "timing" not in own and not inside:
                features["action"] = "received"
                return
            if "timing" in own and source is not None and source.features["action"] not in ("resolved", "in_progress", "received+resolved", "received"):
                return
        if (own.get("has") and family == "staff") or (
            family == "staff"
            and own.get("cat") in ("officials", "civil", "viên chức", "officials+civil")
            and state.inside
            and state.parent is not None
            and state.parent.emitted
        ):
            part_of_quota = state.parent is not None and state.parent.features.get("status") in ("assigned", "vacant")
            if own.get("cat") in ("officials", "civil") and part_of_quota and not own.get("has"):
                features["post"] = "yes"  # a category's share of the quota is no head count
            return
        if family == "staff" and own.get("cat") in ("officials", "civil") and state.last is not None:
            return
        if (
            number.percent
            and family == "dossier"
            and "timing" in own
            and state.last is None
            and source is not None
            and source.features.get(major) != "resolved"
        ):
            return  # a share at the beginning of a sentence is not one of what the sentence before counted
        anew = state.fresh and "block" in own and "cat" in own and source is not state.parent
        if family == "staff" and source is not None and source.features.get("status") == "vacant" and anew:
            return  # "các trường thiếu 17 người; Trạm Y tế 26 viên chức"
        if family == "staff" and source is not None and source.features.get("status") == "vacant" and own.get("cat") in ("contract", "nonspec"):
            return  # those who are missing are no contracts: the parts are of those who are there
        if source is not None and not (number.percent and "rate" in own and family == "dossier"):
            features[major] = source.features[major]
            features["inherited"] = "yes"
            if family == "dossier" and "timing" in own and features[major] in ("received", "received+resolved"):
                features[major] = "resolved"

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

    def _settle_dossier(self, features: dict[str, str], own: dict[str, str], family: str, number: Element, state: State) -> None:
        """What a qualifier implies where no verb is printed near it."""
        if family != "dossier":
            return
        if own.get("status") == "assigned" and "action" not in own and "bare_unit" not in own and state.last is not None and state.last.features.get("action"):
            features["action"] = "resolved"  # "thụ lý 131, giao 118": dossiers are handed over, people are assigned
        if features.get("kind") == "backlog" and features.get("action") == "carried":
            features.pop("kind")
        seen = {frame.features.get("action", "") for frame in (state.last, state.running, state.parent) if frame is not None}
        ended = {"resolved", "returned", "withdrawn", "paused"} & seen
        if features.get("action") == "backlog":
            features["action"] = "in_progress" if seen & {"resolved", "received+resolved", "in_progress"} else "carried"
        if features.pop("left", "") and not number.percent and "action" not in features and ended:
            for key in ("timing", "channel", "newness"):
                features.pop(key, None)
            features["action"] = "in_progress"
        if features.pop("period_new", ""):
            carried = any(frame is not None and frame.features.get("action") == "carried" for frame in (state.last, state.running))
            part = state.inside and state.parent is not None and state.parent.emitted and state.parent.features.get("action") == "received"
            if carried or part:
                features["newness"] = "new"
        if features.get("level") == "any":
            features.pop("level")
        hint = features.pop("digit_hint", "")
        if "digit" in own:
            features.pop("channel", None)  # "5.702 hồ sơ được số hóa thành phần ngay tại quầy"
        own_action = own.get("action")
        near = any(
            frame is not None and (frame.features.get("digit") or frame.features.get("digital")) for frame in (state.last, state.running, state.parent)
        ) or any(level.label.get("digital") for level in self.levels)
        heading = any(level.heading and level.label.get("digital") for level in self.levels)
        beside = state.last is not None and state.last.features.get("digitised_at")
        if not hint and not number.percent and "digit" not in features and (own.get("digital") or beside) and own_action in ("received", "resolved"):
            hint = "inputs" if own_action == "received" else "results"  # "số hóa khi nhận …; khi trả …"
            features["digital"] = features["digitised_at"] = "yes"
        if (
            hint
            and "digit" not in own
            and (features.get("digital") or heading or (near and (not own_action or (state.last is not None and state.last.features.get("digit") == "inputs"))))
        ):
            features["digit"] = hint
            features.pop("action", None)
            features.pop("channel", None)
            return
        if "timing" in features and features.get("action", "received") in ("received", "received+resolved"):
            features["action"] = "in_progress" if features["timing"] == "within" and not number.percent and "action" not in features else "resolved"
        elif "action" not in features and ("channel" in features or features.get("newness") == "new"):
            features["action"] = "received"

    def _settle_staff(self, features: dict[str, str], own: dict[str, str], state: State) -> None:
        part = (
            state.inside
            and state.parent is not None
            and state.parent.features.get("family") == "staff"
            and (state.parent.emitted or bool({"status", "cat", "quota"} & set(state.parent.features)))
        )
        if (
            "status" in own
            and "cat" not in own
            and "quota" not in own
            and "block" not in own
            and state.last is not None
            and (not state.fresh or (state.last.features.get("cat") == "all" and "scoped" not in state.last.features))
            and state.last.features.get("cat") in ("contract", "nonspec", "viên chức", "all")
        ):
            features["cat"] = state.last.features["cat"]
        beside = state.last is not None and state.last.features.get("family") == "staff" and not {"block", "weak_block"} & set(state.last.features)
        if own.get("cat") == "contract" and beside and state.last is not None and state.last.features.get("cat") in ("officials+civil", "civil", "nonspec"):
            features.setdefault("weak_block", "government")
        if own.get("cat") == "contract" and beside and state.last is not None and not state.fresh and state.last.features.get("cat") == "viên chức":
            features.setdefault("weak_block", "public-service")  # "206 người làm việc, 27 hợp đồng"
        led = state.parent.features if state.inside and state.parent is not None else {}
        named = own.get("block") or own.get("weak_block", "government")
        if "one_stop" in (own.get("level"), led.get("level")) and led.get("family", "staff") == "staff" and named == "government" and "block" not in own:
            features["block"] = own["block"] = "one-stop-centre"  # "bố trí 06 công chức trực tại Bộ phận một cửa"
        if own.get("posted") and (own.get("quota") or own.get("unit_quota")) and not own.get("ratio"):
            features["status"] = "assigned"
        if own.get("duty") and "one-stop-centre" not in (
            features.get("block"),
            features.get("weak_block"),
            state.topic.get("block"),
            state.topic.get("weak_block"),
        ):
            features["post"] = "yes"
        if own.get("has") and "status" not in own and not (part and own.get("cat")):
            features["status"] = "present"
        if own.get("left") and features.get("status", "present") == "present" and state.last is not None and "cat" not in own:
            features["status"] = "vacant"
        if (
            part
            and own.get("cat") == "officials+civil"
            and state.parent is not None
            and state.parent.features.get("cat") == "all"
            and "status" not in own
            and "block" not in own
        ):
            features["cat"] = "civil"
            features.pop("status", None)
        if own.get("cat") in ("contract", "nonspec") and "status" not in own and features.get("status") == "vacant" and state.fresh:
            features.pop("status")
        if own.get("quota") and "status" not in features and "cat" not in own and not own.get("ratio") and not part:
            features["status"] = "assigned"
        if own.get("ratio") and features.get("status", "assigned") == "assigned":
            features["status"] = "present"
        if (
            "status" not in own
            and not own.get("in_table")
            and own.get("block")
            and own.get("cat") in ("viên chức", "civil", "officials+civil", "all")
            and features.get("status") not in ("assigned", "vacant")
        ):
            features["status"] = "present"
        if "status" not in features and own.get("cat") == "viên chức" and not part and not own.get("in_table"):
            features["status"] = "present"
        manned = any(word.text in ("nhân lực", "nhân sự") for segment in state.segments for word in segment)
        if self.home_block == "one-stop-centre" and manned and "unit_cat" in own and "status" not in features and not part:
            features["status"] = "present"  # "Nhân lực: 05 công chức" in the centre's own report
        if (
            own.get("unit_cat") in ("civil", "officials")
            and "status" not in features
            and not part
            and not own.get("block")
            and not (state.stack and "block" in state.topic)
            and (state.parent is None or not (state.parent.features.get("family") == "staff" or {"block", "weak_block"} & set(state.parent.features)))
            and not (state.last is not None and state.last.features.get("cat") in ("officials", "civil"))
        ):
            features["post"] = "yes"
        if (
            "status" not in features
            and not part
            and (own.get("block") or own.get("weak_block"))
            and own.get("cat") in (None, "viên chức")
            and not own.get("in_table")
        ):
            features["status"] = "present"

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

    def _take_scope(self, features: dict[str, str], own: dict[str, str], family: str, state: State, level: Level | None, significant: set[str]) -> None:
        keys = ("block", "weak_block", "subject") if family == "staff" else ("field", "subject")
        if own.get("block") == "all" and own.get("cat") == "viên chức":
            own["block"] = features["block"] = "public-service"
        mine = {key: own[key] for key in keys if key in own}
        features.pop("scoped", None)
        features.pop("own_block", None)
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
            found = {key: value for key, value in state.topic.items() if key in keys}
        if not found and state.inside and state.parent is not None and state.parent.features.get("family", family) == family:
            found = {key: state.parent.features[key] for key in keys if key in state.parent.features}
        if family == "staff" and not state.inside and self._sums_blocks(state):
            found = {"block": "all"}
        if not found and family == "staff" and state.tail_block:
            found = {"block": state.tail_block}
        if not found and state.topic:
            found = {key: value for key, value in state.topic.items() if key in keys}
        of_several = own.get("cat") == "contract" and len(self.blocks_before) > 1  # a sentence of its own behind those of several blocks
        if not found and level is not None and not of_several:
            found = {key: value for key, value in level.topic.items() if key in keys}
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
