"""One number with its words: the label before it, the unit and qualifiers behind it.

Each function decides one thing about a `Clause`; `_clause` asks them in turn.
"""

from __future__ import annotations

import itertools

from ingest.facts.doubts import DoubtReader
from ingest.facts.elements import Clause, Element
from ingest.facts.frames import SCOPES, State, only, without

_OF_PUBLIC_SERVICE = {"education", "health", "service-centre"}

_SHORT = 3
"""No commune has fewer inhabitants than a number of so many digits says."""


class ClauseReader(DoubtReader):
    """Reads the words of one number."""

    def _clause(self, elements: list[Element], index: int, post: list[Element], state: State) -> Clause:
        self._cut_denominator(elements[index], state)
        label, void, bound = self._label(state)
        if void == "comparison" and any(word.entry is not None and word.entry.id == "change" for word in state.segments[-1]):
            void = "change"  # "nhiều hơn quý trước 141 hồ sơ, trong đó …": the parts are of the number before
        if "timing" in label and self._is_verb_below_superlative(post, state):
            label.pop("timing")
        words = [word for segment in state.segments for word in segment]
        blocks = {word.entry.features["block"] for word in words if word.entry is not None and "block" in word.entry.features}
        if len(blocks) > 1 and blocks <= _OF_PUBLIC_SERVICE and any(word.has("total") for word in words):
            label["block"] = "public-service"  # "Tổng số viên chức của 19 trường học, Trạm Y tế và Trung tâm Cung ứng dịch vụ công là 718 người"
            label.pop("subject", None)
        clause = Clause(elements, index, post, label, void, bound, words=state.segments[-1])
        self._part_share_from_whole(clause)
        self._read_behind(clause)
        self._name_what_is_left(clause, state)
        self._weigh_reasons(clause, state)
        named = clause.after.get("block") or clause.after.get("weak_block", "all")
        if clause.label.get("block") == "all" and named != "all":
            clause.label["block"] = named  # "Toàn xã có 56 cán bộ, công chức khối chính quyền"
        clause.own |= clause.label
        if "field" in clause.after and "field" not in clause.label and not clause.number.percent:
            clause.own["field_behind"] = "yes"
        self._doubt_the_unit(clause)
        self._join(clause, state)
        self._doubt_the_words(clause, state)
        self._take_unit(clause, state)
        self._take_office(clause, state)
        self._take_verb(clause, state)
        self._weigh_position(clause, state)
        return clause

    @staticmethod
    def _is_verb_below_superlative(post: list[Element], state: State) -> bool:
        """ "Đất đai là lĩnh vực trễ nhiều nhất: giải quyết 39.115 hồ sơ thì trễ 2.806": the first number has a verb of its own."""
        if len(state.segments) != 2 or state.seps[-1] != ":" or not any("nhất" in word.text.split() for word in state.segments[0]):
            return False
        own = [word.entry.features for word in [*state.segments[1], *post] if word.entry is not None]
        return any("action" in said for said in own) and not any("timing" in said for said in own)

    @staticmethod
    def _cut_denominator(number: Element, state: State) -> None:
        """ "Tỷ lệ hồ sơ thanh toán trực tuyến trên tổng số hồ sơ có nghĩa vụ tài chính: 71,6%": what a share is of does not say what it is."""
        if not number.percent:
            return
        for place, segment in enumerate(state.segments):
            cut = next((at for at, word in enumerate(segment) if word.has("break")), 0)
            if any(word.has("concept") and word.entry is not None and "rate" in word.entry.features for word in segment[:cut]):
                state.segments[place] = segment[:cut]

    def _part_share_from_whole(self, clause: Clause) -> None:
        """ "đạt 98% tổng số hồ sơ": the whole is not what the share is of, where the label names the rate."""
        post, label = clause.post, clause.label
        if not clause.number.percent or not post:
            return
        of_total = (
            post[0].has("total")
            or (len(post) == 1 and post[0].text.startswith("số ") and "action" in (post[0].entry.features if post[0].entry else {}))
            or (post[0].text in ("số", "trên", "của") and any(element.has("total") for element in post[:2]))
        )
        of_total = of_total or (clause.before is not None and clause.before.text == "(" and post[0].text == "số")
        if of_total and "timing" not in label and "timing" in self._collapse(post, last_wins=False)[0] and post[0].has("total"):
            clause.spoil("share-of-something")  # "163 hồ sơ trễ hạn, bằng 79% tổng số trễ hạn"
        of_those = (
            post[0].text == "số"
            and len(post) > 1
            and all(word.entry is not None and set(word.entry.features) <= {"family", "newness", "action"} for word in post[1:])
        )
        if (of_total or of_those) and self._names_rate(label):
            post = clause.post = []
            clause.own["of_whole"] = "yes"
        if (
            any(element.has("total") for element in post[:2])
            and "timing" in label
            and self._collapse(post, last_wins=False)[0].get("timing") == label["timing"]
        ):
            clause.spoil("share-of-something")  # "quá hạn chiếm 84,5% tổng số hồ sơ quá hạn"
        whole = post[0].text.startswith(("số", "tổng")) if post else False
        if whole and "field" in label and "timing" not in label and "timing" in self._collapse(post, last_wins=False)[0]:
            clause.spoil("share-of-something")  # "hồ sơ đất đai chiếm 89,2% số quá hạn"

    def _read_behind(self, clause: Clause) -> None:
        """The unit and the features of the words behind the number; who or what is only the reason is not counted."""
        post, label = clause.post, clause.label
        said = bool({"status", "action"} & set(label))
        reason = next((place for place, element in enumerate(post) if element.text in ("do", "vì", "bởi")), len(post))
        reason = min(reason, self._remark_on_field(post))
        handed_in = self._is_handed_in(post[reason:]) and self._is_bare_rest(clause)
        after, void = self._collapse(post[:reason] if said else post, last_wins=False)
        if handed_in:
            after["channel"] = self._collapse(post[reason:], last_wins=False)[0]["channel"]
        elif reason < len(post):
            told, told_void = self._collapse(post[:reason], last_wins=False)
            if "field" in told and told.get("family") == "dossier":
                void, post = told_void, post[:reason]
                after = told  # "09 hồ sơ đất đai do chờ xác nhận nghĩa vụ tài chính"
            after = {key: value for key, value in after.items() if key not in (*SCOPES, "cat", *(("kind",) if "action" in told else ())) or key in told}
        if "status" in label and post and post[0].entry is not None and "people" in post[0].entry.id:
            after = without(after, "family", "action", "field", "channel", "timing")
        clause.after = after
        clause.unit = post[0] if post and post[0].has("unit") else None
        if self._post_voids(post, clause.unit, void, clause.number, "status" in label or "status" in after):
            clause.spoil(void or "deadline")

    def _remark_on_field(self, post: list[Element]) -> int:
        """Where words begin that only say why or how the dossiers of a field are what they are: "03 hồ sơ xây dựng phải kiểm tra lại hiện trạng"."""
        named = next((place for place, word in enumerate(post) if word.entry is not None and "field" in word.entry.features), len(post))
        if named > 2 or named + 1 >= len(post) or post[named + 1].text not in self.lexicon.words["remarks"]:
            return len(post)
        return named + 1

    def _is_handed_in(self, post: list[Element]) -> bool:
        """ "do người dân mang đến nộp tại quầy": who brought them, and no reason."""
        doing = next((place for place, word in enumerate(post) if word.text.startswith(self.lexicon.words["handing-in"])), len(post))
        return any(word.entry is not None and "channel" in word.entry.features for word in post[doing:])

    @staticmethod
    def _is_bare_rest(clause: Clause) -> bool:
        """Whether "còn lại" is all that stands before the number."""
        return clause.label.get("action") == "in_progress" and clause.verb is not None and clause.verb.text.endswith("còn lại")

    def _name_what_is_left(self, clause: Clause, state: State) -> None:
        """ "còn lại" in a list by field is the other fields, and no dossiers in progress."""
        clause.rest = any(element.text.endswith("còn lại") for element in state.segments[-1])
        in_time = clause.number.percent and (clause.label.get("action"), clause.label.get("timing")) == ("in_progress", "early_or_on_time")
        if in_time and any(element.text.endswith("còn lại") for segment in state.segments for element in segment):
            clause.label.pop("action")  # "9 hồ sơ trong đó trễ hạn, còn lại đều trước và đúng hạn, tỷ lệ 99,3%"
        if not clause.rest:
            return
        if clause.of_unit("family") == "petition" and {"own_competence", "eligible"} & set(clause.after):
            clause.spoil("part")  # "143 đơn, có 64 đơn trùng lặp, còn lại 61 đơn thuộc thẩm quyền": sorted, and not yet dealt with or not
        listed = state.running is not None and state.running.features.get("listed")
        headed = state.fresh and state.head is not None and "field" in state.head.features
        if listed or headed or self._ends_list_of_fields(state):
            clause.label.pop("action", None)
            clause.label.setdefault("field", "field:other")
        if "field" in clause.after and state.running is not None and state.running.features.get("field"):
            clause.label.pop("action", None)

    def _ends_list_of_fields(self, state: State) -> bool:
        """Whether two fields or more were just counted in the same measure: "…, xây dựng 118, bảo trợ xã hội 566, còn lại 390"."""
        if state.last is None or not state.last.emitted or not state.last.features.get("scoped") or not state.last.places:
            return False
        last = self.found[state.last.places[-1]]
        fields = [one.measure for one in self.found if one.sentence == last.sentence and one.scope.startswith("field:")][-2:]
        return fields == [last.measure] * 2

    def _weigh_reasons(self, clause: Clause, state: State) -> None:
        """Words of a target or a comparison that in their place say what is counted."""
        label = clause.label
        beside = state.last.features if state.last is not None else {}
        of_quota = clause.void == "target" and not clause.post and any(element.text.startswith("chỉ tiêu") for element in state.segments[-1])
        told_next = "block" in label and self._counted_next(clause.elements, clause.index)  # "Ban Chỉ huy Quân sự: chỉ tiêu 04, đang có 04"
        beside_present = (beside.get("family"), beside.get("status")) == ("staff", "present")
        if clause.void in ("target", "against") and label.get("status") == "vacant" and not clause.number.percent:
            clause.void = ""  # "so với chỉ tiêu còn thiếu 06"
        if of_quota and label.get("status") != "vacant" and (beside_present or told_next) and not clause.number.percent:
            label.setdefault("family", "staff")
            label["status"], clause.void = "assigned", ""  # "đang có 463 viên chức trong khi chỉ tiêu là 487"
        if clause.void == "target" and label.get("family") == "index":
            clause.void = ""  # "kết quả thực hiện các chỉ tiêu theo Quyết định 766"
        if clause.void == "comparison" and not (set(label) & self.lexicon.significant) and self._part_of_received(state):
            label["action"], clause.void = "carried", ""
        if clause.counts_people() and clause.after.get("family") in ("petition", "pakn", "dossier"):
            clause.after.pop("family")  # "05 người nộp đơn xin nghỉ"
        if clause.of_unit("money") and "pay" in label and "pay" not in (said := self._collapse(state.segments[-1], last_wins=True)[0]) and "family" in said:
            label.pop("pay")  # "Thanh toán trực tuyến: thu phí, lệ phí 74.905.500 đồng"
        words = [word for segment in state.segments for word in segment]
        after_leaders = any(one.text[0].isdigit() and then.text.startswith(("lãnh đạo", "lđ ")) for one, then in itertools.pairwise(words))
        named_post = any(one.text[0].isdigit() and then.text.startswith(self.lexicon.words["leaders"]) for one, then in itertools.pairwise(words))
        after_posts = named_post and "subject" in clause.after
        after_posts = after_posts or (state.last is not None and state.last.void == "profession" and bool(state.stack))
        after_posts = after_posts or (
            named_post and bool(state.stack) and (state.parent is None or not state.parent.emitted)
        )  # "kiện toàn đầu mối (01 Phó Chủ tịch, …)"
        if (after_leaders or after_posts) and clause.of_unit("cat") == "civil" and not state.fresh and ("status" not in label or "duty" in label):
            clause.spoil("profession")  # "01 lãnh đạo UBND phường, 01 lãnh đạo Trung tâm, 03 công chức các phòng"
        if clause.number.percent:
            label.pop("sent", None)
        if "sent" in label and {"sent", "back"} <= set(self._collapse(state.segments[-1], last_wins=True)[0]):
            label.pop("sent")  # "phát ra và thu lại 1.506 phiếu"

    @staticmethod
    def _tells_base_of_share(clause: Clause, state: State) -> bool:
        """ "trễ hạn chiếm 0,42% (11 trên 2.619 hồ sơ đã giải quyết)": what is behind a ratio names its whole, and the share before the bracket its part."""
        share = state.parent
        ratio = bool(state.stack) and len(clause.number.parts) == 2 and share is not None and share.percent and share.emitted
        if not ratio or share is None or share.features.get("family") != "dossier" or not {"timing", "channel"} & set(share.features):
            return False
        return clause.after.get("action") in ("received", "resolved") and not set(clause.after) - {"family", "action"} and not clause.label

    def _join(self, clause: Clause, state: State) -> None:
        """Label and words behind become the features of the clause."""
        own, number, words = clause.own, clause.number, state.segments[-1]
        came = clause.after.get("action") == "received" and "timing" not in clause.after and not number.percent
        if came and "timing" in own and "timing" not in self._collapse(words, last_wins=True)[0]:
            own.pop("timing")  # "… trong số trễ hạn: 1.105 hồ sơ tiếp nhận thì 84 hồ sơ trả chậm"
        if clause.of_unit("family") == "dossier" and clause.label.get("family") == "fees":
            own["of_fees"] = "yes"  # "số phải thu phí, lệ phí là 2.140 hồ sơ, số tiền …"
        if clause.of_unit("family"):
            own.pop("family", None)
        clause.rest = clause.rest or any(element.text.endswith("còn lại") for element in clause.post[:2])
        if clause.rest and "channel" in clause.after and own.get("action") == "in_progress":
            own["action"] = "received"
        self._part_of_the_same(clause, words, state)
        if clause.after.get("action") == "received" and "timing" not in clause.after:
            own.pop("timing", None)  # "… trong số trễ hạn: 1.105 hồ sơ tiếp nhận thì 84 hồ sơ trả chậm"
        for key, value in clause.after.items():
            named = key == "family" and clause.unit is None and "family" in own
            paired = len(number.parts) == 2 and key == "action" and "action" in own
            told_apart = {"field", "channel", "level"} & set(clause.after) or clause.after.get("timing", "within") != "within"
            left_over = clause.rest and value == "in_progress" and bool(told_apart)
            if clause.after.get("action") == "carried" and key == "timing":
                continue  # "143 hồ sơ thuộc kỳ trước chưa đến hạn trả nên chuyển sang"
            if left_over and key == "action":
                continue  # "12 hồ sơ còn lại ở các lĩnh vực khác", "660 hồ sơ còn lại nộp trực tiếp"
            if own.get("action") == "carried" and clause.after.get("action") == "in_progress" and key in ("action", "timing"):
                continue  # "quý II để lại 137 hồ sơ chưa đến hạn trả"
            if not (named or paired):
                own[key] = value
        if self._tells_base_of_share(clause, state) and state.parent is not None:
            own |= {key: state.parent.features[key] for key in ("action", "timing", "channel") if key in state.parent.features}

    def _part_of_the_same(self, clause: Clause, words: list[Element], state: State) -> None:
        """ "29/36 hồ sơ quá hạn thuộc lĩnh vực đất đai": both count the overdue, the second those of all fields; without a field, of no scope of ours."""
        post = clause.post
        mostly = any(word.has("mostly") for word in words)
        if len(clause.number.parts) == 2 and mostly and clause.label.get("timing") == "late" and "field" in clause.label:
            clause.own["of_same"] = "yes"  # "quá hạn chủ yếu thuộc lĩnh vực đất đai với 18/24 hồ sơ"
        led = state.parent.features if state.stack and state.parent is not None and not state.parent.emitted else {}
        if len(clause.number.parts) == 2 and led.get("timing") == "late" and "field" in led and not set(clause.label) & self.lexicon.significant:
            clause.own["of_same"] = "yes"  # "quá hạn tập trung ở lĩnh vực đất đai (788/962 hồ sơ)"
        if self._is_of_number_before(clause, state):
            clause.own["of_same"] = "yes"  # "31 hồ sơ quá hạn, chủ yếu là đất đai (25/31 hồ sơ)"
        if len(clause.number.parts) == 2 and clause.label.get("timing") == "late" == clause.after.get("timing") and "field" in clause.label:
            clause.label = without(clause.label, "action", "timing")
            for key in ("action", "timing"):
                clause.own.pop(key, None)  # "hồ sơ đất đai còn chậm: 7 trong 9 hồ sơ quá hạn": the late ones, named once more
        if len(clause.number.parts) != 2 or clause.unit is None or set(clause.label) & self.lexicon.significant or "timing" not in clause.after:
            return
        told = next((place for place, word in enumerate(post) if word.entry is not None and "timing" in word.entry.features), 0)
        behind = clause.elements[clause.index + 1 + len(post) : clause.index + 2 + len(post)]
        goes_on = bool(behind) and behind[0].kind != "punct"  # "05 trong 12 hồ sơ trễ hạn có phát sinh đơn"
        if len(post) > told + 1 or goes_on or "field" in clause.label:
            clause.own["of_same"] = "yes"
            if "field" not in {*clause.after, *clause.label}:
                clause.spoil("part")

    @staticmethod
    def _begins_with_leaders(state: State) -> bool:
        """Whether the words before a number are the leaders as one entry of a list: "- Lãnh đạo HĐND, UBND: 3 người"."""
        first = state.segments[0]
        return len(first) == 1 and first[0].entry is not None and first[0].entry.id == "leaders" and state.seps[1:] == [":"]

    def _lists_departments(self, clause: Clause, state: State) -> bool:
        """Whether a line with a bare number stands below "Phân theo tổ chức:", where staff was counted before."""
        above = self.levels[-1] if self.levels else None
        of_staff = self.running is not None and self.running.features.get("family") == "staff"
        return of_staff and not clause.post and state.last is None and above is not None and above.announces and not above.label.get("family")

    def _take_unit(self, clause: Clause, state: State) -> None:
        """What the unit says: the family, people, categories."""
        unit, own = clause.unit, clause.own
        first = clause.post[0] if clause.post else None
        counted = state.last is not None and state.last.emitted and state.last.features.get("family") == "staff"
        if clause.label.get("status") == "vacant" and (
            counted or self._is_missing(clause.number) or any(word.text.startswith(self.lexicon.words["leaders"]) for word in clause.post[:2])
        ):
            own.pop("post", None)  # "khuyết 01 Phó Chủ tịch", "có mặt 412 viên chức, thiếu 18 giáo viên"
            self._take_school(clause, state)
        whole = state.parent.features if state.parent is not None and state.inside and not state.opened else {}
        told = clause.counts_people() or "status" in clause.label
        if self._begins_with_leaders(state) and ((told and whole.get("status") == "present") or self._lists_departments(clause, state)):
            own.pop("post", None)  # a line of a list of departments
            own |= {"block": "government", "subject": state.segments[0][0].text, "status": "present"}
        if first is not None and first.entry is not None and first.entry.id.startswith("service-level") and first.text.startswith(("dịch vụ công", "dvc")):
            own["family"] = "procedure"  # "180 dịch vụ công trực tuyến toàn trình": services, and no dossiers
        if unit is not None and unit.entry is not None:
            said = unit.entry.features
            if "inhabitants" in said:
                own["family"] = "population"
            if said.get("family") == "procedure":
                own["procedures"] = "yes"
            own |= only(said, "family")
            if own.get("family") == "population" and clause.label.get("family") == "satisfaction":
                own["family"] = ""  # "Mức độ hài lòng qua điện thoại gọi 400 người dân đạt 98,5%"
            if own.get("family", "staff") != "staff":
                own.pop("cat", None)
            if own.get("family") == "dossier" and own.get("pay"):
                own["family"] = "fees"
            if own.get("family") == "visits" and clause.label.get("family") == "satisfaction":
                own |= {"family": "satisfaction", "votes": "yes"}
            if "points" in said and own.get("action") == "received":
                own.pop("action")  # "Hệ thống ghi nhận xã đạt 90,2 điểm"
            if unit.text == "bộ":
                own["sets"] = "yes"
            if unit.text == "trường hợp":
                own["cases"] = "yes"
            if clause.counts_people():
                own["people"] = "yes"
                if any(element.has("identifier") for element in clause.post[1:3]) and any(element.text in ("ở", "tại") for element in clause.post[1:3]):
                    own["place"] = "yes"
                if unit.text in ("đồng chí", "đ/c", "đc"):
                    own["comrades"] = "yes"
            if len(clause.post) == 1:
                own["bare_unit"] = "yes"
            if "cat" in said and "cat" not in clause.label:
                own["unit_cat"] = said["cat"]
        if "inhabitants" in own and unit is None and clause.before is not None and clause.before.text == "dân" and len(clause.number.parts[0][2]) > _SHORT:
            own["family"] = "population"  # "Xã rộng 44,9 km2, dân 29.870"
        own.pop("inhabitants", None)

    @staticmethod
    def _take_office(clause: Clause, state: State) -> None:
        """ "Phòng Kinh tế thiếu 02 vị trí, Văn phòng thiếu 01 vị trí": behind a department the office is one, too."""
        first = next((word for word in state.segments[-1] if word.kind != "punct"), None)
        office = first is not None and first.text.startswith("văn phòng") and first.entry is not None and "weak_block" in first.entry.features
        beside = state.last.features if state.last is not None else {}
        if first is not None and office and beside.get("subject", "").startswith("phòng ") and beside.get("status") and "subject" not in clause.own:
            clause.own |= {"block": "government", "subject": first.text}
            clause.own.pop("weak_block", None)

    def _take_school(self, clause: Clause, state: State) -> None:
        """ "Còn thiếu 21 viên chức, trong đó thiếu 18 giáo viên": teachers are missing at the schools, whatever block was named."""
        teachers = bool(clause.post) and clause.post[0].text.startswith("giáo viên")
        known = {state.topic.get("block", ""), *(level.label.get("block", "") for level in self.levels)}
        if teachers and not {"block", "weak_block", "subject"} & {*clause.label, *clause.after} and "education" not in known:
            clause.own["block"] = "education"

    def _take_verb(self, clause: Clause, state: State) -> None:
        """What the small verb before the number says: those who are there, what is left, what was assigned."""
        own, unit, last = clause.own, clause.unit, state.last.features if state.last is not None else {}
        verb = clause.verb.text if clause.verb is not None else ""
        if "status" not in own and (verb in ("có", "đã có", "hiện có") or (verb == "hiện" and unit is not None)):
            own["has"] = "yes"
        of_dossiers = unit is not None and unit.entry is not None and unit.entry.id in ("dossier", "petition", "pakn") and "timing" not in own
        if verb in ("còn", "hiện còn") and unit is not None and (unit.text in self.lexicon.words["quota"] or of_dossiers):
            own["left"] = "yes"
        of_cat = len(clause.post) > 1 and clause.post[1].entry is not None and "cat" in clause.post[1].entry.features
        if unit is not None and unit.text in ("chỉ tiêu", "suất") and of_cat and "status" not in own:
            own["status"] = "assigned"  # "09 trường học với 318 chỉ tiêu viên chức"
        if verb == "còn" and not (clause.number.percent or clause.post or clause.label) and last.get("action") == "resolved":
            own["left"] = "yes"
        if verb.endswith("còn") and unit is not None and "people" in own and "cat" not in own and last.get("cat") in ("nonspec", "contract"):
            own["cat"] = last["cat"]  # "trước sắp xếp 88 người, nay còn 12 người"
        of_staff = last.get("family") == "staff" and last.get("status", "present") == "present" and last.get("cat") not in ("contract", "nonspec")
        if verb.endswith("còn") and "people" in own and of_staff and not {"status", "cat"} & set(own) and self._tells_of_now(state):
            own["status"] = "present"  # "trước khi sắp xếp có 92 công chức; đến nay còn 78 người"
        if clause.void == "against" and unit is not None and unit.text in ("biên chế", "chỉ tiêu") and "status" not in own:
            own["status"] = "assigned"  # "so với 60 biên chế": what the head count before is held against
        here = {*self._collapse(clause.words, last_wins=True)[0], *clause.after}
        counts_quota = unit is not None and unit.text in ("biên chế", "chỉ tiêu") and "status" not in here and len(clause.number.parts) == 1
        if counts_quota and {"has", "block"} & set(own) and self._counted_next(clause.elements, clause.index):
            own["status"] = "assigned"  # "có 16 biên chế, hiện có 15 đồng chí", "khối chính quyền 42 biên chế, có mặt 37"
            own.pop("has", None)
        if own.get("posted") and clause.counts_people() and self._counted_next(clause.elements, clause.index):
            own["status"] = "assigned"  # "Trung tâm được bố trí 14 người, có mặt 13 người"
        if unit is not None and unit.text in self.lexicon.words["quota-of-employees"] and not {"status", "has"} & {*own, *here}:
            own["status"] = "assigned"  # "743 số người làm việc": behind a number the law's word for the quota

    def _tells_of_now(self, state: State) -> bool:
        """Whether the words before a number set it against an earlier one: "nay còn", "xuống còn", "đến ngày … còn"."""
        words = [word for segment in state.segments for word in segment]
        return any(word.kind == "mask" or word.has("as-of") or word.text.split()[0] in self.lexicon.words["now"] for word in words)

    def _is_of_number_before(self, clause: Clause, state: State) -> bool:
        """Whether the second of two numbers in a bracket behind a field is the late dossiers counted last."""
        last, counted = state.last, state.number
        if len(clause.number.parts) != 2 or not state.stack or "field" not in state.topic or last is None or counted is None:
            return False
        late = last.emitted and last.features.get("timing") == "late" and "field" not in last.features
        return late and clause.number.parts[1][2] == counted.parts[0][2] and not set(clause.label) & self.lexicon.significant

    def _is_missing(self, number: Element) -> bool:
        """Whether a count is what the last quota is more than the last head count, both of one block."""
        quota = next((one for one in reversed(self.found) if one.measure == "staff_assigned"), None)
        present = next((one for one in reversed(self.found) if one.measure == "staff_present" and not one.subject), None)
        if quota is None or present is None or (quota.scope, quota.sentence) != (present.scope, present.sentence):
            return False
        return number.parts[0][2].isdigit() and quota.value - present.value == int(number.parts[0][2])

    @staticmethod
    def _counted_next(elements: list[Element], index: int) -> bool:
        """Whether the words before the next number say that it counts those who are there."""
        for element in elements[index + 1 :]:
            if element.kind == "num" or element.text == ";":
                return False
            if element.entry is not None and element.entry.features.get("status") == "present":
                return True
        return False

    @staticmethod
    def _part_of_received(state: State) -> bool:
        """Whether "kỳ trước: 12" stands among the parts of what was received, and is no comparison."""
        if any(element.has("block") and element.text.startswith(("cùng", "so")) for segment in state.segments for element in segment):
            return False
        inside = state.inside and state.parent is not None and state.parent.features.get("action") == "received"
        return inside or (state.last is not None and state.last.features.get("newness") == "new")

    @staticmethod
    def _names_rate(label: dict[str, str]) -> bool:
        """Whether the words before a percentage leave it to a number before it, or already say what it is a share of."""
        return not set(label) - {"rate", "family"} or bool({"timing", "channel", "grade"} & set(label))
