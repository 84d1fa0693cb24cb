"""Clauses that are settled before anything else is looked for: each step gives the frame, or none where the clause is not of its kind."""

from __future__ import annotations

import itertools
import re

from ingest.facts.elements import Element
from ingest.facts.families import FamilyReader
from ingest.facts.frames import GATHERED, OF_ENTRY, SCOPES, Claim, Frame, State, counts_nothing, only, without

_LEFT = re.compile(r"(?:^|\s)còn(?: lại)?$")
_WAITING = re.compile(
    r"\s*(?:người|đồng chí|đ/c|trường hợp)?\s*(?:này )?(?:chưa|chờ|không|xin|sẽ|dự kiến|đề nghị|đủ điều kiện|(?:đang|có|trong) (?!hỗ trợ|bố trí|làm|mặt|tiếp tục|công tác)|đã)"
)
"""Behind those who are left: they are to go, too, or lack something: "còn 04 người chưa nhận"."""
_HERE = re.compile(r"\s*(?:người|đồng chí|đ/c|cán bộ, công chức)?\s*(?:[.;,()]|$|đang (?:làm việc|công tác)|có mặt)")
_PLACE = re.compile(r"(?:toàn |mỗi )?(?:xã|phường|đặc khu|thị trấn|thôn|tổ dân phố|khu phố|bản|xóm|ấp|buôn)\b")
_DAY = re.compile(r"\b[0-9]{1,2}/[0-9]{1,2}/20[0-9]{2}\b")
_VILLAGES = re.compile(r"[0-9]+ (?:thôn|tổ dân phố|khu phố|bản|xóm|ấp|buôn|khóm)\b[^0-9.;:()]*(?:,| và| với)[^0-9.;:()]*$")
_NOTHING_ELSE = re.compile(r"\s*người\s*(?:[.,;)]|$)")


class SettledReader(FamilyReader):
    """The steps, in the order in which `InheritanceReader` takes them."""

    @staticmethod
    def _beside_a_kind(claim: Claim) -> Frame | None:
        """ "khai tử: 97 hồ sơ, trả kết quả 95 hồ sơ": those of one procedure, and nothing of ours."""
        last = claim.state.last
        if last is not None and last.features.get("family") == "street" and not claim.state.fresh and claim.own.get("family", "pakn") == "pakn":
            return Frame({"family": "street"})  # "318 phản ánh hiện trường, xử lý 311 phản ánh"
        of_kind = last is not None and not last.emitted and not last.void and "kind" in last.features and last.features.get("family") == "dossier"
        goes_on = of_kind and not claim.state.fresh and not (claim.scoped or "field" in claim.state.topic)
        return counts_nothing() if goes_on and ("family" not in claim.own or (claim.own.get("action") == "resolved" and "bare_unit" in claim.own)) else None

    def _as_those_left(self, claim: Claim) -> Frame | None:
        """ "19 người; đã giải quyết cho 11 người nghỉ, hiện còn 08 người": who is left of those of whom some have just been told to have gone."""
        state, left = claim.state, self.found[-1] if self.found else None
        words = [word.text for segment in state.segments for word in segment]
        gone = left is not None and left.measure.startswith("staff_left") and not left.subject
        near = left is not None and (left.sentence == state.span or (state.last is None and left.start >= self.paragraph))
        if not (gone and near) or left is None or "people" not in claim.own or claim.number.percent or not any(_LEFT.search(word) for word in words):
            return None
        other = {"cat", "block", "weak_block", "field", "place"} & set(claim.own) or claim.own.get("status", "present") != "present"
        if other or claim.own.get("family", "staff") != "staff" or _WAITING.match(self.view, claim.number.end):
            return None
        if not left.scope:
            return Frame({"family": "staff", "cat": "nonspec"})
        if not _HERE.match(self.view, claim.number.end) or _DAY.search(self.view, *state.span):
            return None  # "đến 31/12/2025, sau khi 13 người nghỉ, còn 67 người": on a day that may be over
        return Frame({"family": "staff", "status": "present"} | ({} if left.presumed else {"block": left.scope}))

    def _below_heading(self, claim: Claim) -> Frame | None:
        """Bare people below a heading that names a category are of that category."""
        own = claim.own
        heading = self.levels[-1].label if self.levels and self.levels[-1].heading else {}
        if claim.number.zero and heading.get("cat") == "nonspec" and own.get("status") == "present" and not {"cat", "block", "people"} & set(own):
            return Frame({"family": "staff", "cat": "nonspec"})  # "6. Người hoạt động không chuyên trách": "Cấp xã: không còn bố trí từ ngày 01/6/2026"
        here = own.get("people") and own.get("status") == "present" and claim.state.last is None and claim.names_place()
        if here and heading.get("cat") == "nonspec" and not {"cat", "block", "weak_block", "family"} & set(own):
            return Frame({"family": "staff", "cat": "nonspec"})  # "Tại 28 thôn, tổ dân phố hiện có 84 người"
        if own.get("people") and not {"cat", "status", "family"} & set(own) and claim.state.last is None and not claim.significant and self.levels:
            topic = self.levels[-1].label if self.levels[-1].heading or self.levels[-1].asks else {}
            if topic.get("cat") in ("nonspec", "contract") and "status" not in topic:
                return Frame({"family": "staff", "cat": topic["cat"]} | only(own, *SCOPES))
        return None

    @staticmethod
    def _of_other_things(claim: Claim) -> Frame | None:
        """What only looks like one of ours; and features that its family does not know."""
        own, features = claim.own, claim.features
        if "money" in own and "pay" not in own and features.pop("pay", "") and claim.unnamed:
            return counts_nothing()  # "Thanh toán trực tuyến: 1.204 giao dịch, tổng số tiền 61.240.000 đồng": the part paid online
        if own.get("field") == "field:residence" and own.get("people"):
            return counts_nothing()  # the police are no staff of the commune
        if own.get("unit_cat") == "contract" and "field:certification" in (own.get("field"), claim.state.topic.get("field")):
            return counts_nothing()  # certified contracts
        if own.get("cases"):
            counted = claim.state.last is not None and claim.state.last.emitted
            if (claim.unnamed and not (counted or claim.state.inside or claim.scoped or own.get("action") == "withdrawn")) or (
                features.get("family") == "staff" and "status" not in own
            ):
                return counts_nothing()  # "chấn chỉnh 02 trường hợp", "xử lý 02 trường hợp công chức tiếp nhận sai quy trình"
        if own.get("sets") and features.get("family") in ("pakn", "petition", "satisfaction", "staff", "procedure"):
            return counts_nothing()  # "nhận tay 96 bộ"
        if features.get("family") == "staff" and own.get("action") == "received" and "unit_cat" in own and not {"status", "has", "block"} & set(own):
            return counts_nothing()  # "tiếp nhận mới 03 công chức": those who came
        if own.get("votes") and features.get("family") == "population":
            return counts_nothing()  # "người dân quan tâm nhất là vệ sinh môi trường 402 ý kiến"
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

    def _as_gathered(self, claim: Claim) -> Frame | None:
        """ "tiếp nhận 691 hồ sơ (lũy kế 7.940)": the same as the number before, since the year began."""
        state = claim.state
        counted = state.parent if state.stack and state.last is None else state.last
        if counted is None and not state.inside:
            counted = state.running  # "Trong tuần tiếp nhận 214 hồ sơ. Lũy kế từ đầu năm: 7.806 hồ sơ."
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
        return Frame(without(counted.features, "bound", "newness"))

    def _as_risen(self, claim: Claim) -> Frame | None:
        """ "tăng từ 120 lên 151 thủ tục": what the number before counted when it began."""
        last = claim.state.last
        words = [word for segment in claim.state.segments for word in segment]
        begun = last is not None and not last.emitted and last.void in ("change", "comparison", "old-value") and "family" in last.features
        if not begun or last is None or claim.significant or claim.scoped or not words or last.percent != claim.number.percent:
            return None
        if claim.own.get("family", last.features["family"]) != last.features["family"]:
            return None
        if not all(word.has("link") and word.text.split()[0] in self.lexicon.words["moving"] for word in words):
            return None
        return Frame(without(last.features, "bound") | claim.own)

    def _as_inhabitants(self, claim: Claim) -> Frame | None:
        """Crowds, and people beside households or an area, live there."""
        own, state = claim.own, claim.state
        if not own.get("people"):
            return None
        many = len(claim.number.parts) == 1 and len(claim.number.parts[0][2].replace(".", "")) > 3
        here = bool(state.segments[-1]) and _PLACE.match(self.view, state.segments[-1][0].start) is not None
        crowd = many and ((bool(own.get("has")) and here) or (state.last is not None and state.last.features.get("family") == "area"))
        if crowd and "cat" in own and "block" not in own and claim.unnamed:
            return counts_nothing()  # "Trang Zalo của xã có 7.930 người theo dõi"
        if crowd and not claim.significant and not {"cat", "status", "field", "block"} & set(own):
            return Frame({"family": "population"})  # "Phường có 97.310 người": no unit employs so many
        if many and not (claim.significant or {"cat", "status", "field", "block", "has"} & set(own)) and self._stands_beside_villages(claim):
            return Frame({"family": "population"})  # "gồm 38 thôn, buôn, tổ dân phố với trên 56.200 người"
        if state.households and not {"cat", "status", "timing", "action"} & set(own):
            return Frame({"family": "population"})
        if self._after_households(state) and not claim.significant and not {"cat", "status"} & set(own):
            return Frame({"family": "population"})
        return None

    def _stands_beside_villages(self, claim: Claim) -> bool:
        """Whether so many villages are counted right before a number of people who are told nothing else of."""
        before = self.view[claim.state.span[0] : claim.number.start]
        return _VILLAGES.search(before) is not None and _NOTHING_ELSE.match(self.view, claim.number.end) is not None

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

    def _as_share(self, claim: Claim) -> Frame | None:
        """Numbers that took a family over which says nothing of them; digitised dossiers without a side."""
        own, state, running = claim.own, claim.state, claim.state.running
        if claim.unnamed and claim.family in ("population", "area") and not claim.number.percent:
            return counts_nothing()
        titled = bool(self.levels) and self.levels[-1].heading and self.levels[-1].label.get("family") == "satisfaction"
        if titled and claim.number.percent and claim.family == "satisfaction" and set(own) == {"rate"} and state.last is None:
            return Frame({"family": "satisfaction", "grade": "level"})  # "10. Mức độ hài lòng": "126 phiếu: …. Tỷ lệ 100%."
        if claim.family == "staff" and any(element.has("field-word") for segment in state.segments for element in segment):
            return counts_nothing()
        goes_on = running is not None and running.percent and running.features.get("scoped")
        if claim.number.percent and claim.scoped and not claim.significant and not state.inside and "rate" not in own and not goes_on:
            return counts_nothing()
        if claim.family == "dossier" and "digital" in own and claim.unit_only and "digit_hint" not in own and not claim.number.percent:
            if claim.scoped or not own.get("bare_unit"):
                return counts_nothing()
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
            return counts_nothing()
        return None

    @staticmethod
    def _as_people_of_a_place(claim: Claim) -> Frame | None:
        """ "…, ở thôn, tổ dân phố 189 người": the non-specialised of the clause before, elsewhere."""
        state, parent = claim.state, claim.state.parent
        place = claim.names_place() or bool(claim.own.get("place"))
        if claim.previous is None and state.inside and parent is not None and parent.features.get("cat") == "nonspec" and not parent.emitted:
            claim.previous = parent
        running = state.running.features if state.running is not None and state.last is None and not state.inside else {}
        known = not any(word.kind == "word" and word.text.isalpha() for segment in state.segments for word in segment)
        if claim.unit_only and place and known and running.get("cat") == "nonspec" and claim.own.get("people"):
            return Frame({"family": "staff", "cat": "nonspec"})  # "Hiện không còn người hoạt động không chuyên trách cấp xã. Ở thôn: 45 người."
        if claim.unit_only and claim.family == "staff" and place and claim.previous is not None and claim.previous.features.get("cat") == "nonspec":
            return Frame(without(claim.previous.features, *SCOPES))
        return None

    @staticmethod
    def _as_reference(claim: Claim) -> Frame | None:
        """Numbers of documents, villages and days in brackets; zeros of nothing; procedures that are all there are."""
        own, features, state, family = claim.own, claim.features, claim.state, claim.family
        if state.stack and claim.unit_only:
            masked = any(word.kind == "mask" for segment in state.segments for word in segment)
            of_dossiers = family == "dossier" and not claim.number.percent
            if (claim.unnamed and (masked or claim.names_place())) or (of_dossiers and claim.names_place()):
                return counts_nothing()
        if claim.number.zero and claim.unit_only and family == "dossier":
            return counts_nothing()  # "không có hồ sơ nào do lỗi chủ quan"
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
            same = without(counted.features, "subject", "own_level", "bound")
            return Frame(same | own)  # "trong đó cấp tỉnh 1.699, cấp xã 446"
        if state.last is not None and state.last.emitted and state.last.percent == number.percent and self._goes_on(claim):
            return Frame(without(state.last.features, "bound", "subject") | own)
        if state.last is None and state.opened and parent is not None and parent.emitted and not parent.percent and self._goes_on(claim):
            return Frame(without(parent.features, "bound", "subject") | own)
        if claim.family == "dossier" and not number.percent and state.last is None and (told := self._told_by_heading(claim, by_level)):
            return Frame({**told, **own})
        before = state.running if state.last is None else None
        if before is not None and before.emitted and before.percent and number.percent and "field" in before.features and self._is_total(own, state):
            return Frame(without(before.features, *OF_ENTRY))
        if state.last is not None and (self._sums_up(own, number, state) or self._adds_up(own, number, state)):
            return Frame(without(state.last.features, *OF_ENTRY))
        joined = all(word.has("link") or word.has("total") or word.text == "thành" for word in state.segments[-1])
        if state.last is not None and (joined or self._is_total(own, state)) and self._adds_new_and_carried(number, state):
            return Frame({"family": "dossier", "action": "received"})  # "tiếp nhận mới: 9.874; kỳ trước chuyển qua: 203; tổng cộng: 10.077"
        if self._is_value_of_line_above(own, number, state) and parent is not None:
            given = without(parent.features, "bound") | self._scope_above(parent, claim.family, state, claim.level)
            self._settle_dossier(given, own, given.get("family", ""), number, state)
            return Frame(given)
        return None

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

    @staticmethod
    def _is_of_all_grades(claim: Claim) -> bool:
        """Whether a level of satisfaction is that of all answers: "tỷ lệ hài lòng chung", and not "mức hài lòng chiếm 16,7%" beside "rất hài lòng"."""
        words = [word for segment in claim.state.segments for word in segment]
        return claim.own.get("grade") == "level" and not any(
            word.text in ("mức hài lòng", "mức độ hài lòng") and after.text.startswith("chiếm") for word, after in itertools.pairwise(words)
        )

    def _as_bare_number(self, claim: Claim) -> Frame | None:
        """Nothing says what it counts; or a share of one grade beside the shares of the others."""
        own, number = claim.own, claim.number
        told = self._sums_blocks(claim.state) or ("digit_hint" in own and claim.previous is not None and "digit" in claim.previous.features)
        told = told or ("digital" in own and "digit_hint" in own)  # "Số hóa: thành phần hồ sơ 2.344"
        told = told or "has" in own or "left" in own or ("ratio" in own and claim.scoped) or (claim.family == "dossier" and "rate" in own)
        if claim.unit_only and claim.unnamed and not number.percent and claim.family != "index" and not told:
            return counts_nothing()
        beside = claim.state.timings if number.percent else set()
        if (own.get("timing") == "on_time" and "early%" in beside) or (
            own.get("grade") in ("satisfied", "level") and "very%" in beside and not self._is_of_all_grades(claim)
        ):
            return counts_nothing()
        return None
