"""One number with its words: the label before it, the unit and qualifiers behind it, and why it may be no figure.

Each function decides one thing about a `Clause`; `_clause` asks them in turn.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from ingest.facts.elements import Element
from ingest.facts.frames import SCOPES, State, only, without
from ingest.facts.labels import LabelReader
from ingest.facts.sentences import is_year

_LEADERS = ("chủ tịch", "phó ", "giám đốc", "trưởng ")
_PLACES_OF_WORK = ("phòng", "cấp", "khối", "ở", "chuyên", "làm")
_MOST = 50
_OF_PUBLIC_SERVICE = {"education", "health", "service-centre"}
_HAVING = ("có", "đã", "được", "đã được", "đã có", "đều", "đều có")
"""Right behind people they open what else is told of them."""
_HANDING_IN = ("mang", "đem", "nộp", "gửi", "trực tiếp", "đến nộp")


@dataclass(slots=True)
class Clause:
    """What the words around a number say of it."""

    elements: list[Element]
    index: int
    post: list[Element]
    """The words behind the number that belong to it."""
    label: dict[str, str]
    """Features of the words before it."""
    void: str
    bound: str
    words: list[Element] = field(default_factory=list)
    """The words before it since the last delimiter."""
    after: dict[str, str] = field(default_factory=dict)
    """Features of `post`."""
    unit: Element | None = None
    own: dict[str, str] = field(default_factory=dict)
    """All features of the clause."""
    rest: bool = False
    """Whether it is what is left over of a list: "số còn lại"."""

    @property
    def number(self) -> Element:
        return self.elements[self.index]

    @property
    def before(self) -> Element | None:
        """The element before the number."""
        return self.elements[self.index - 1] if self.index else None

    @property
    def verb(self) -> Element | None:
        """The element before the number and its bound: "có (trên) 512"."""
        bound = self.before is not None and self.before.has("bound") and self.index > 1
        return self.elements[self.index - 2] if bound else self.before

    def of_unit(self, key: str) -> str:
        """A feature of the unit, or nothing."""
        return self.unit.entry.features.get(key, "") if self.unit is not None and self.unit.entry is not None else ""

    def counts_people(self) -> bool:
        return self.unit is not None and self.unit.entry is not None and "people" in self.unit.entry.id

    def spoil(self, reason: str) -> None:
        """The number is no figure, for this reason or one found before."""
        self.void = self.void or reason


class ClauseReader(LabelReader):
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

    @staticmethod
    def _is_handed_in(post: list[Element]) -> bool:
        """ "do người dân mang đến nộp tại quầy": who brought them, and no reason."""
        doing = next((place for place, word in enumerate(post) if word.text.startswith(_HANDING_IN)), len(post))
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
        after_leaders = any(one.text[0].isdigit() and then.text.startswith("lãnh đạo") for one, then in itertools.pairwise(words))
        after_posts = any(one.text[0].isdigit() and then.text.startswith(_LEADERS) for one, then in itertools.pairwise(words)) and "subject" in clause.after
        after_posts = after_posts or (state.last is not None and state.last.void == "profession" and bool(state.stack))
        if (after_leaders or after_posts) and clause.of_unit("cat") == "civil" and not state.fresh and ("status" not in label or "duty" in label):
            clause.spoil("profession")  # "01 lãnh đạo UBND phường, 01 lãnh đạo Trung tâm, 03 công chức các phòng"
        if clause.number.percent:
            label.pop("sent", None)
        if "sent" in label and {"sent", "back"} <= set(self._collapse(state.segments[-1], last_wins=True)[0]):
            label.pop("sent")  # "phát ra và thu lại 1.506 phiếu"

    def _doubt_the_unit(self, clause: Clause) -> None:
        """Units that with the word behind them count something else: "3 vị trí đỗ xe", "12 lượt xe"."""
        post, unit = clause.post, clause.unit
        names = {element.entry.features.get("action", "") for element in post if element.entry is not None}
        if len(clause.number.parts) == 2 and {"received", "resolved"} <= names:
            clause.after["action"] = "resolved"
        if clause.of_unit("cat"):
            clause.own.pop("post", None)
        if unit is None:
            return
        follows = post[1] if len(post) > 1 else None
        if (
            unit.text in ("chỉ tiêu", "vị trí", "suất")
            and follows is not None
            and not (clause.label.get("status") == "vacant" and follows.text.startswith(_LEADERS))
            and (follows.kind == "word" or follows.has("identifier") or follows.has("block"))
        ):
            clause.spoil("unknown-noun")
        if unit.text == "chỉ tiêu" and follows is not None and follows.text == "do" and clause.own.get("status") != "assigned":
            clause.spoil("unknown-noun")  # "thực hiện 17 chỉ tiêu do HĐND xã giao"
        if unit.text == "vị trí" and clause.before is not None and clause.before.text in ("ở", "tại"):
            clause.spoil("unknown-noun")  # "đặt mã QR ở 03 vị trí"
        doing = next((word.text for word in clause.elements[clause.index + 2 : clause.index + 3] if word.kind == "word"), "")
        if (
            clause.of_unit("cat") == "civil"
            and follows is not None
            and follows.entry is not None
            and "field" in follows.entry.features
            and clause.label.get("status") != "vacant"
        ):
            clause.spoil("profession")  # "02 công chức địa chính phụ trách ba thôn": some of those who were counted
        behind = clause.elements[clause.index + 2 : clause.index + 4]
        trained = len(behind) == 2 and behind[0].text in ("có", "là") and behind[1].entry is not None and "post" in behind[1].entry.features
        if clause.counts_people() and trained and "status" not in clause.label:
            clause.spoil("profession")  # "Trong khối chính quyền, 43 người có trình độ đại học trở lên"
        in_charge = " ".join(word.text for word in clause.elements[clause.index + 2 : clause.index + 5])
        if clause.counts_people() and ("phụ trách" in in_charge) and not {"block", "weak_block"} & set(clause.label):
            clause.spoil("profession")
        if unit.text == "lượt" and clause.verb is not None and clause.verb.text.split()[-1] == "tiếp":
            clause.own["family"] = "visits"  # "phản ánh, kiến nghị: tiếp 118 lượt với 131 người"
        satisfied = any(word.entry is not None and "grade" in word.entry.features for word in post)
        said = satisfied and clause.number.percent  # "98,5% người dân bày tỏ sự hài lòng"
        if unit.text == "người dân" and doing and doing not in self.lexicon.words["living"] and not said:
            clause.spoil("people")  # "3.960 người dân cài VNeID"
        if unit.text == "lượt" and clause.number.percent and clause.label.get("family") == "fees":
            clause.unit, clause.after = None, {}  # "quét mã được 89,3% lượt"
            return
        voted = any(element.entry is not None and element.entry.features.get("family") == "satisfaction" for element in post)
        of_something = follows is not None and follows.kind == "word" and follows.text not in ("trong", "của", "đạt", "tại")
        if unit.text in ("lượt", "ý kiến") and of_something and not voted:
            clause.spoil("unknown-noun")
        if (
            clause.of_unit("family") == "satisfaction"
            and clause.own.get("grade") == "satisfied"
            and clause.verb is not None
            and clause.verb.text in ("trong", "thu")
        ):
            clause.own["grade"] = "level"  # "4. Hài lòng: Trong 3.150 lượt đánh giá có …": the title names the matter
        titled = clause.own.get("grade") == "satisfied" and "grade" not in {*clause.after, *self._collapse(clause.words, last_wins=True)[0]}
        if titled and (clause.of_unit("family") == "satisfaction" or clause.own.get("votes")):
            clause.own["grade"] = "level"  # "Đo lường hài lòng: thu về 1.506 phiếu": the title names the matter
        if clause.of_unit("family") == "satisfaction" and clause.own.get("grade") == "satisfied" and clause.verb is not None and clause.verb.text == ":":
            behind = clause.elements[clause.index + 2 : clause.index + 8]
            if any(word.entry is not None and word.entry.features.get("grade") == "very" for word in behind):
                clause.own["grade"] = "level"  # "Hài lòng: 2.740 lượt đánh giá (rất hài lòng 2.466; hài lòng 260)"
        if clause.of_unit("family") in ("population", "visits"):
            if clause.number.percent:
                clause.unit = None
                clause.after, _ = self._collapse(post[1:], last_wins=False)
            elif clause.own.get("votes") and clause.own.get("family") == "satisfaction":
                clause.after.pop("family", None)
                clause.unit = None

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

    def _doubt_the_words(self, clause: Clause, state: State) -> None:
        """Words behind or before the number that show it to count something else."""
        post, number, own, unit = clause.post, clause.number, clause.own, clause.unit
        first = post[0] if post else None
        states = first is not None and first.entry is not None and first.has("concept") and set(first.entry.features) <= {"status"}
        if unit is None and states and state.inside and not (number.percent or number.zero):
            clause.spoil("other")
        told = any(key in self.lexicon.significant and key != "channel" for key in clause.after)
        follows = post[1] if len(post) > 1 else None
        told = told or (follows is not None and follows.text in ("đi", "đến", "được", "gửi") and len(post) < 5 and "channel" in clause.after)
        rated = any(element.text == "mỗi" and then.text in self.lexicon.words["per"] for element, then in itertools.pairwise(post))
        if rated or (len(post) > 2 and post[1].text == "một" and post[2].text in self.lexicon.words["per"]):
            clause.spoil("per-unit")  # "trên 2.000 hồ sơ mỗi tháng"
        if number.percent and unit is not None and unit.text in ("hồ sơ", "hs") and follows is not None and follows.kind == "word" and not told:
            clause.spoil("share-of-something")  # "6% hồ sơ phải nhập lại hai lần"
        if "back" in own:
            own.pop("sent", None)  # "phát ra và thu lại 1.506 phiếu"
        if own.get("votes") and own.get("family") == "satisfaction" and self._come_back_later(clause):
            own["sent"] = "yes"  # "khảo sát 620 người dân, thu về 604 phiếu"
        if number.zero and self._denies_other_matter(clause):
            clause.spoil("another-matter")
        if number.percent and own.get("grade") and clause.label.get("votes"):
            own.pop("sent", None)  # "qua khảo sát 400 phiếu (thu về 388 phiếu) là 95,4%"
        before = state.last.features if state.last is not None and state.last.emitted and not state.last.percent else {}
        of_those = number.percent and "field" in before and first is not None and first.text in ("số", "tổng số", "trong số")
        if of_those and before.get("timing", "") == clause.after.get("timing", "-"):
            clause.spoil("share-of-something")  # "lĩnh vực đất đai còn 61 hồ sơ quá hạn, chiếm 92,4% số hồ sơ quá hạn"
        if number.percent and state.last is not None and state.last.emitted and self._sets_against(state):
            clause.spoil("comparison")  # "đạt 99,66%, trong khi quý I chỉ đạt 98,2%"
        if number.percent and first is not None and first.kind == "word" and first.text not in ("số", "tổng", "lượng") and not told:
            clause.spoil("share-of-something")
        if number.percent and unit is not None and "late" in (clause.own.get("timing"), clause.after.get("timing")) and number.parts[0][2] == "100":
            clause.spoil("share-of-something")  # "100% hồ sơ trễ hẹn có thư xin lỗi"
        lives = clause.label.get("family") in ("population", "area")
        if self._names_earlier_year(state) and state.last is not None and not (lives or {*clause.label} & self.lexicon.significant):
            clause.spoil("comparison")
        if unit is not None and unit.text == "người dân" and state.segments[-1] and state.segments[-1][-1].text in ("với", "cho", "tới", "của"):
            clause.spoil("people")
        if own.get("cat") == "civil" and "block" not in own and self._names_profession(state.segments[-1]):
            clause.spoil("profession")
        if number.percent and "late" in (own.get("timing"), clause.after.get("timing")) and self._is_most(number):
            clause.spoil("share-of-something")  # "trên 83% hồ sơ quá hạn rơi vào cấp xã": no unit is late with most of its dossiers
        if self._tells_a_cause(clause, state) or self._tells_cause_of_late(clause, state):
            clause.spoil("cause")
        held = "has" in own or own.get("status") == "present" or (clause.before is not None and clause.before.text in ("có", "đã có"))
        if "stock" in own and "digit" not in own and held:
            clause.spoil("stock")
        if unit is not None and unit.text.startswith("kết quả") and "family" not in own:
            if (own.get("action") == "received" or not {"action", "digital", "digit", "timing"} & set(own)) and not self._digitising(state):
                clause.spoil("unknown-noun")  # "Giám đốc ký 3.812 kết quả"
            own["family"] = "dossier"

    @staticmethod
    def _is_most(number: Element) -> bool:
        whole = number.parts[0][2].replace(",", ".").split(".")[0]
        return whole.isdigit() and int(whole) >= _MOST

    @staticmethod
    def _tells_a_cause(clause: Clause, state: State) -> bool:
        """ "Chậm do chờ ý kiến kiểm lâm 15 hồ sơ": late dossiers by cause."""
        words = state.segments[-1]
        late = next((place for place, word in enumerate(words) if word.entry is not None and word.entry.features.get("timing") == "late"), len(words))
        due = next((place for place, word in enumerate(words) if place > late and word.text in ("do", "vì", "bởi")), len(words))
        told = any(word.kind == "word" for word in words[due + 1 :]) or len(words) - due > 2
        if clause.number.zero and words and words[0].text in ("do", "vì", "bởi"):
            return True  # "…, do khu dân cư số 3 chưa có hồ sơ địa chính"
        return due < len(words) and told and clause.of_unit("family") == "dossier" and not words[-1].has("link")

    @staticmethod
    def _tells_cause_of_late(clause: Clause, state: State) -> bool:
        """ "09 hồ sơ quá hạn nêu trên có 06 hồ sơ do chờ nghĩa vụ tài chính": late dossiers by cause."""
        due = len(clause.post) > 1 and clause.post[1].text in ("do", "vì", "bởi") and clause.of_unit("family") == "dossier"
        late = state.last is not None and state.last.emitted and state.last.features.get("timing") == "late"
        return due and late and not state.fresh and not {"field", "action", "timing"} & set(clause.label) and "field" not in clause.after

    @staticmethod
    def _come_back_later(clause: Clause) -> bool:
        """Whether the answers are counted after those who were asked."""
        later = clause.elements[clause.index + 1 + len(clause.post) :]
        back = next((place for place, word in enumerate(later) if word.text.startswith(("thu về", "thu lại"))), len(later))
        return any(word.kind == "num" and not word.percent for word in later[back + 1 : back + 4])

    @staticmethod
    def _denies_other_matter(clause: Clause) -> bool:
        """ "không có hồ sơ nào giải quyết không đúng thẩm quyền", "chưa có đơn nào quá thời hạn": nothing that a measure counts is denied."""
        after = clause.after
        if after.get("family") in ("petition", "pakn"):
            return after.get("timing") == "late" and "action" not in clause.label
        handled = after.get("action") in ("received", "resolved") and not {"timing", "channel", "newness"} & set(after)
        return after.get("family") == "dossier" and handled and any(element.kind == "word" and element.text == "nào" for element in clause.post)

    @staticmethod
    def _sets_against(state: State) -> bool:
        """Whether the words before a share are only "trong khi", a time and "chỉ" or "mới"."""
        words = [word.text for word in state.segments[-1]]
        timed = any(word.has("identifier") or word.kind == "mask" for word in state.segments[-1])
        return words[:1] == ["trong khi"] and timed and bool({"chỉ", "mới"} & set(words))

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

    def _names_profession(self, words: list[Element]) -> bool:
        """ "công chức địa chính chỉ có 3 người", "công chức phụ trách công nghệ thông tin hiện có 01 người": some of those who were counted."""
        at = next((place for place, word in enumerate(words) if word.entry is not None and word.entry.features.get("cat") == "civil"), len(words))
        behind = words[at + 1 :]
        of_field = bool(behind) and behind[0].entry is not None and "field" in behind[0].entry.features
        return of_field or any(word.text in self.lexicon.words["profession-words"] for word in behind)

    def _take_unit(self, clause: Clause, state: State) -> None:
        """What the unit says: the family, people, categories."""
        unit, own = clause.unit, clause.own
        first = clause.post[0] if clause.post else None
        counted = state.last is not None and state.last.emitted and state.last.features.get("family") == "staff"
        if clause.label.get("status") == "vacant" and (
            counted or self._is_missing(clause.number) or any(word.text.startswith(_LEADERS) for word in clause.post[:2])
        ):
            own.pop("post", None)  # "khuyết 01 Phó Chủ tịch", "có mặt 412 viên chức, thiếu 18 giáo viên"
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
        own.pop("inhabitants", None)

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
        if verb.endswith("còn") and unit is not None and "people" in own and last.get("cat") in ("nonspec", "contract"):
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

    def _is_ratio_of_strangers(self, clause: Clause, state: State) -> bool:
        """ "Kê khai tài sản 61/61 người", "Chứng thư số đã cấp: 41/41 công chức": people of whom something else is told than that they are there."""
        label, unit = clause.label, clause.unit
        people = clause.counts_people() or bool(clause.of_unit("cat"))
        if not people or unit is None or ("did" not in label and {"status", "family"} & set(label)) or {"block", "weak_block"} & {*label, *clause.after}:
            return False
        words = [word for segment in state.segments for word in segment]
        behind = clause.post[1:]
        told = bool(behind) and behind[0].kind == "word" and behind[0].text not in (*_PLACES_OF_WORK, *self.lexicon.words["units"])
        words = [*words, *behind] if told else words  # "có 11/45 công chức chưa thành thạo phần mềm"
        goes_on = list(itertools.takewhile(lambda word: word.kind not in ("punct", "num"), clause.elements[clause.index + 2 :]))
        here = any("status" in word.entry.features or word.text in _PLACES_OF_WORK for word in goes_on if word.entry is not None)
        if len(goes_on) > 1 and goes_on[0].text in _HAVING and not here and "status" not in clause.after:
            return True  # "38/38 công chức có chữ ký số"
        return sum(word.kind == "word" and word.text.isalpha() for word in words) > 1 and "status" not in clause.after

    def _tells_of_now(self, state: State) -> bool:
        """Whether the words before a number set it against an earlier one: "nay còn", "xuống còn", "đến ngày … còn"."""
        words = [word for segment in state.segments for word in segment]
        return any(word.kind == "mask" or word.has("as-of") or word.text.split()[0] in self.lexicon.words["now"] for word in words)

    def _weigh_position(self, clause: Clause, state: State) -> None:
        """What stands right before and behind the clause: a rate per unit, a whole, a reference, a lower bound."""
        elements, own, number = clause.elements, clause.own, clause.number
        end = clause.index + 1 + len(clause.post)
        if (
            end + 1 < len(elements)
            and elements[end].text == "/"
            and elements[end + 1].kind in ("word", "mark")
            and elements[end + 1].text in self.lexicon.words["per"]
        ):
            clause.spoil("per-unit")
        if end < len(elements) and elements[end].text.startswith("/") and elements[end].has("block"):
            clause.spoil("per-unit")
        of_tasks = bool(clause.post) and clause.post[0].entry is not None and "task" in clause.post[0].entry.features
        if number.percent and (of_tasks or "task" in clause.label or (state.stack and state.parent is not None and "task" in state.parent.features)):
            clause.spoil("share-of-something")
        if clause.void == "average" and (number.percent or "points" in own):
            clause.void = ""
        of_all_points = clause.before is not None and clause.before.text == "/" and bool(clause.of_unit("points")) and number.parts[0][2] in ("100", "100,0")
        if of_all_points:
            clause.spoil("whole")  # "đạt 87,62 điểm/100 điểm"
        if self._is_average_set_against(elements, clause.index):
            clause.spoil("comparison")
        joined = state.last is not None and state.seps == [""] and not state.fresh and clause.before is not None and clause.before.text == "trên"
        if joined and state.last is not None and state.last.features.get("family") == "dossier" and not {"action", "timing"} & set(own):
            clause.spoil("whole")
        if (
            clause.verb is not None
            and clause.verb.text == "trong"
            and not number.percent
            and not (own.get("family") == "dossier" and {"action", "timing"} & set(clause.after))
            and not (own.get("family") == "satisfaction" and own.get("votes"))
            and not (own.get("family") == "procedure" and clause.after.get("own_competence"))
        ):
            clause.spoil("reference")
        if clause.verb is not None and clause.verb.text == "trong" and "digit" not in own:
            own.pop("digital", None)  # "Về số hóa, trong 4.006 hồ sơ đã trả kết quả có 3.912 hồ sơ …"
        if len(number.parts) == 2:
            own["ratio"] = "yes"
            if self._is_ratio_of_strangers(clause, state):
                clause.spoil("other")
        if "timing" in own and "action" not in own and end + 1 < len(elements) and elements[end].has("break") and elements[end + 1].kind == "num":
            behind = itertools.takewhile(lambda word: word.kind == "mark" and not word.has("break"), elements[end + 2 :])
            whole = self._collapse(list(behind), last_wins=False)[0].get("action", "")
            if whole in ("resolved", "in_progress"):
                own["action"] = whole  # "3 hồ sơ quá hạn trong số 79 hồ sơ đang giải quyết"
        if clause.before is not None and clause.before.text == "từ" and any(element.text in ("trở lên", "trở xuống") for element in clause.post):
            clause.spoil("threshold")  # "113/124 đơn vị đạt từ 80 điểm trở lên"
        of_them = state.last is not None and state.last.emitted and state.last.features.get("family") == "staff" and state.seps == [""]
        whole_named = elements[0].text.startswith("trong") and clause.verb is not None and clause.verb.text == "có"
        if of_them and whole_named and clause.unit is not None and clause.unit.text in ("người", "đồng chí"):
            clause.spoil("part")  # "Trong tổng số 61 cán bộ, công chức có 58 người đạt chuẩn"
        if number.percent and clause.bound in ("<", ">") and self._sorts_units(state):
            clause.spoil("threshold")  # "còn 11 xã có tỷ lệ hồ sơ trực tuyến dưới 90%"
        moved = number.percent or bool(clause.of_unit("points"))
        if moved and clause.verb is not None and clause.verb.text == "từ" and self._moves_on(elements, clause.index):
            clause.spoil("comparison")  # "từ 31% (tháng 7/2025) tăng lên 94,6%", "từ 79,44 điểm, hạng 61/103 lên 87,02 điểm"
        least = elements[max(0, clause.index - 2) : clause.index]
        if number.percent and any(element.text in ("ít nhất", "tối thiểu", "không dưới") for element in least):
            state.void = state.void or "aim"

    def _is_average_set_against(self, elements: list[Element], index: int) -> bool:
        """Whether an average is only what the number before it is higher or lower than: "đạt 99,1%, cao hơn bình quân của tỉnh (97,6%)"."""
        average = False
        for element in reversed(elements[:index]):
            if element.kind == "num" or element.text == ";":
                return False
            average = average or any(word in element.text for word in self.lexicon.words["averages"])
            if average and element.entry is not None and element.entry.id in ("change", "against"):
                return True
        return False

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

    def _moves_on(self, elements: list[Element], index: int) -> bool:
        """Whether the words up to the next number of its kind say that a share or a score rose or fell to it."""
        for element in elements[index + 1 :]:
            if element.kind == "num" and element.percent == elements[index].percent and len(element.parts) == 1:
                return False
            if element.text in (";", "."):
                return False
            if element.text.split()[0] in self.lexicon.words["moving"]:
                return True
        return False

    def _sorts_units(self, state: State) -> bool:
        """Whether the words before a number count the units that a threshold sorts out."""
        pairs = itertools.pairwise(word for segment in state.segments for word in segment)
        return any(count.kind == "word" and count.text[0].isdigit() and unit.text.startswith(self.lexicon.words["units"]) for count, unit in pairs)

    def _digitising(self, state: State) -> bool:
        """Whether digitisation is spoken of around here."""
        frames = (state.last, state.running, state.parent)
        near = any(frame is not None and (frame.features.get("digit") or frame.features.get("digital")) for frame in frames)
        return near or any(level.label.get("digital") or level.label.get("digit") for level in self.levels)

    def _names_earlier_year(self, state: State) -> bool:
        """Whether the words right before a number are a bare year before the reported one: "mức độ hài lòng 95,9%, năm 2025 là 93,2%"."""
        years = [word.text for word in state.segments[-1] if word.kind == "mask"]
        return self.year is not None and len(years) == 1 and is_year(years[0]) and int(years[0]) < self.year

    @staticmethod
    def _counted_next(elements: list[Element], index: int) -> bool:
        """Whether the words before the next number say that it counts those who are there."""
        for element in elements[index + 1 :]:
            if element.kind == "num" or element.text == ";":
                return False
            if element.entry is not None and element.entry.features.get("status") == "present":
                return True
        return False

    def _post_voids(self, post: list[Element], unit: Element | None, void: str, number: Element, said: bool) -> bool:
        texts = [element.text for element in post]
        if "trước" in texts and post[-1].kind == "mask" and texts.index("trước") >= len(texts) - 3:
            return True
        if not void:
            return False
        at_once = unit is not None and len(post) > 1 and post[1].entry is not None and post[1].entry.id == "event"
        if unit is not None and unit.entry is not None and unit.entry.features.get("cat") == "nonspec" and not at_once:
            return False  # all of them are about to leave, and are counted all the same
        if void == "rank":
            return number.percent or unit is None
        if void == "event":
            return not {"do", "vì", "bởi"} & set(texts[:4])
        if (
            void == "staff-event"
            and said
            and not any(element.entry is not None and "staff-event" in element.entry.id for element in (post[1:3] if unit is not None else post[:2]))
        ):
            return False
        if void == "staff-event":
            return unit is None or unit.entry is None or unit.entry.features.get("family", "staff") == "staff"
        rest = post[1:] if unit is not None else post
        if void == "against":
            return number.percent
        if void == "comparison":
            return number.percent or (bool(rest) and rest[0].text.startswith("cùng"))
        return number.percent and void == "target"

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
