"""From a frame to readings: kind of quantity, measure rule, exact value, scope."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from decimal import Decimal

from ingest.facts.elements import Element
from ingest.facts.frames import GATHERED, Frame, Reading, State, only
from ingest.facts.handed_over import OF_OLD_UNITS, is_handed_over
from ingest.facts.inheritance import InheritanceReader
from ingest.facts.lexicon import Rule
from ingest.facts.moves import Move
from warehouse.numbers import NumberError, parse_number

_FEWEST_INHABITANTS = 50
"""No village has fewer; a smaller number behind "người dân ở khóm Bình Khánh" is a part of the name."""
_FAR_LESS = 5
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_MAY_BE_HANDED_OVER = ("", "handed-over", "other-dossiers", "comparison", "part")
"""Reasons to read no figure that do not hold for dossiers which the old units handed over."""
_STRANGE_WORDS = 2
"""So many words that the language files do not know, behind a number, tell of another matter."""


class RuleReader(InheritanceReader):
    """Writes down what a number is a figure of, or why it is none."""

    def _emit(self, number: Element, frame: Frame, span: tuple[int, int], post: list[Element], state: State) -> None:
        """Write down what a number is a figure of; one that is none gets the reason, or stays silent where no rule knows it."""
        features = frame.features
        if frame.void in _MAY_BE_HANDED_OVER and number.kind == "num" and self._is_carried_from_old_units(number, features):
            self._write_down_carried(number, frame, span)
            return
        if frame.void:
            if frame.void == "handed-over" and features.get("field"):
                self.handed_over.add((number.parts[0][2], features["field"]))
            return
        kind = self._kind(number, features, post)
        frame.void = self._void_of_matter(number, features, kind, state)
        none_of_them = any(word.text == "nào" for word in post)
        for_a_reason = none_of_them and any(word.text in ("vì", "do", "bởi") for word in post)  # "không hồ sơ nào trễ hạn vì lý do này": others may be
        if frame.void or (number.zero and (for_a_reason or self._is_zero_of_nothing(features, state))):
            return
        rule = self._rule(features, kind)
        if rule is None or (rule.measures[0] == "procedures_total" and len(number.parts) == 2 and number.parts[0][2] != number.parts[1][2]):
            return
        frame.void = self._void_of_kind(number, frame, kind, post, rule, state) or self._void_of_part(number, frame, kind, post, rule, span, state)
        if frame.void:
            return
        gathered = features.pop("gathered", "") or self._is_gathered(number.start, span)
        if not gathered and self._repeats_the_whole(rule.measures, features, number, state):
            frame.void = "part"
            return
        self._write_down(number, frame, kind, rule, span, ("gathered",) if gathered else ())
        if frame.void:
            return
        if number.zero and frame.emitted:
            self._deny_other_fields(frame, state)
        if frame.emitted and not number.percent:
            self.printed[number.parts[0][2]] = frame
        self._total_of_blocks(frame, state)
        self._take_back_resolved(frame, state)

    def _is_carried_from_old_units(self, number: Element, features: dict[str, str]) -> bool:
        """Whether a number counts dossiers, of no single procedure, that the old units handed over."""
        if number.percent or number.zero or len(number.parts) != 1 or features.get("kind") == "yes":
            return False
        return is_handed_over(self.view, *number.parts[0][:2])

    def _write_down_carried(self, number: Element, frame: Frame, span: tuple[int, int]) -> None:
        """Dossiers handed over by the old units; what is told behind them of their fate is no figure of the unit."""
        carried = {"family": "dossier", "action": "carried", **only(frame.features, "field", "bound")}
        rule = self._rule(carried, "count")
        if rule is not None:
            self._write_down(number, Frame(carried), "count", rule, span, (OF_OLD_UNITS,))
        frame.void = "handed-over"

    def _void_of_matter(self, number: Element, features: dict[str, str], kind: str, state: State) -> str:
        """Why a number is no figure whatever its measure would be: people elsewhere, another time, dossiers handed over."""
        family = features.get("family")
        if kind == "percent" and family == "staff" and "status" in features:
            return "share-of-something"  # "Hiện có mặt 389 viên chức, bằng 94,4% số được giao; trong đó giáo dục 358 người"
        if kind == "count" and features.get("people") and family not in ("staff", "population", "satisfaction"):
            return "people"
        if kind == "count" and features.get("post") and family == "dossier" and "channel" not in features:
            return "people"  # "Thiếu 14 giáo viên so với biên chế" behind a sentence on dossiers
        if features.get("comrades") and family == "satisfaction":
            return "people"
        if state.of_earlier_time and self._is_told_of_now(features, kind):
            return "comparison"  # "… đang có 44 người. Quý II có 43 người"
        handed_over = {(part[2], features.get("field", "")) for part in number.parts} & self.handed_over
        return "handed-over" if handed_over and family == "dossier" and "field" in features else ""

    def _is_zero_of_nothing(self, features: dict[str, str], state: State) -> bool:
        """Whether "không có" denies nothing of ours: "Có 87/124 xã, phường không có hồ sơ quá hạn"."""
        return features.get("family") == "satisfaction" or not self._zero_counts(features, state) or self._sorts_units(state)

    def _void_of_kind(self, number: Element, frame: Frame, kind: str, post: list[Element], rule: Rule, state: State) -> str:
        """Why a number is no value of its rule: another area, another matter, some of the votes or of the points."""
        features, whole = frame.features, state.parent
        if kind == "area" and features.get("any_area") and features.get("area_unit") == "ha":
            return "other-area"
        if self._of_another_matter(features):
            return "another-matter"
        if rule.measures[0] == "satisfaction_votes" and state.inside and whole is not None:
            returned = "back" in features and "sent" in whole.features
            of_part = self._votes_of_part(whole) or "sent" in whole.features or (state.stack and whole.features.get("grade") == "other")
            return "part" if of_part and not returned else ""
        if kind == "points" and (
            self._is_far_below_score(number, features)
            or (state.inside and whole is not None and whole.emitted and whole.features.get("family") == "index" and "subject" not in features)
            or number.amount is not None
            or (len(number.parts) == 2 and number.parts[1][2] not in ("100", "100,0"))
            or not (len(number.parts) == 2 or self._has_points(post) or features.get("points") or features.get("named"))
        ):
            return "component"
        return ""

    def _is_far_below_score(self, number: Element, features: dict[str, str]) -> bool:
        """Whether points are those of a group behind the total of all: "là 93,18 điểm, với các nhóm: …; cung cấp dịch vụ công trực tuyến 11,52 điểm"."""
        value, _ = self._value(number.parts[0][2], "points", number, features)
        subject = features.get("subject", "")
        return value is not None and any(one.measure == "service_quality_index" and one.subject == subject and value * 2 < one.value for one in self.found)

    def _void_of_part(self, number: Element, frame: Frame, kind: str, post: list[Element], rule: Rule, span: tuple[int, int], state: State) -> str:
        """ "part" where a number counts only some of what its measure counts."""
        features, measure = frame.features, rule.measures[0]
        beside = state.last.features if state.last is not None and not state.fresh else {}
        of_received = rule.measures == ("tthc_received_total",) and kind == "count" and not {"field", "subject", "own_level"} & set(features)
        is_part = (
            # "các ngày tàu nghỉ tiếp nhận 143 hồ sơ, không có hồ sơ giấy nào"
            (number.zero and state.last is not None and state.last.void in ("part", "event") and not state.fresh)
            # "Trong số hồ sơ đã tiếp nhận, có 128 hồ sơ được nhận ngoài giờ hành chính"
            or (of_received and self.view.startswith("trong số", span[0]) and not frame.places and self.view[span[0] : number.start].strip() != "trong số")
            # "Trong 402 TTHC có 389 TTHC được tiếp nhận tại Trung tâm"
            or (measure == "procedures_total" and state.inside and self._is_of_named_whole(state, span))
            or self._is_some_of_them(measure, features, number)
            or (features.get("family") == "pakn" and "petition_kind" in beside)
            or self._is_at_a_counter(measure, features, number, state)
            or (kind == "count" and self._is_told_apart(measure, features, number, post))
            or (kind in ("count", "money") and self._is_far_less(measure, features, number, state))
        )
        return "part" if is_part else ""

    def _is_at_a_counter(self, measure: str, features: dict[str, str], number: Element, state: State) -> bool:
        """Whether people are some of those just counted at the one-stop centre: "15 công chức, trong đó 04 công chức làm việc tại quầy chứng thực"."""
        if not (state.inside and state.opened and state.parent is not None and state.parent.emitted) or self._is_more_than(number, state.parent):
            return False
        whole = state.parent.features
        if whole.get("block") != "one-stop-centre" or features.get("block") != "one-stop-centre" or whole.get("status") == "assigned":
            return False
        return measure == "staff_present" or (measure == "staff_civil_servants" and whole.get("cat") == "civil")

    def _is_of_named_whole(self, state: State, span: tuple[int, int]) -> bool:
        """Whether a sentence begins with a number of procedures of which it tells some."""
        whole = state.parent
        return whole is not None and not whole.emitted and whole.features.get("family") == "procedure" and self.view.startswith("trong", span[0])

    def _write_down(self, number: Element, frame: Frame, kind: str, rule: Rule, span: tuple[int, int], more_flags: tuple[str, ...]) -> None:
        """A reading for each measure of each part of a number; stops with a reason at a part that is no count."""
        features = frame.features
        for order, (start, end, printed) in enumerate(number.parts):
            measures: tuple[str, ...] = (rule.measures[:1] if number.zero else rule.measures) if order == 0 else self._denominator(rule, features, kind)
            value, flags = self._value(printed, kind, number, features)
            if value is None or (rule.measures[0] == "population" and value < _FEWEST_INHABITANTS):
                frame.void = "not-a-count"
                return
            if order and rule.measures == ("tthc_received_online",) and self._came_as(value, features) == "tthc_received_new":
                measures = ("tthc_received_new",)  # "tiếp nhận mới: 9.874; … trực tuyến: 9.214/9.874"
            subject = features.get("subject") or ("cấp xã" if self.of_province and "own_level" in features else "")
            for measure in measures:
                scope, inherited = self._scope(measure, features), "inherited" in features
                reading = Reading(measure, scope, subject, value, kind, features["bound"], start, end, span, inherited, (*flags, *more_flags))
                presumed = scope == "government" and not {"block", "weak_block"} & set(features)
                self.found.append(replace(reading, presumed=presumed, in_table=self.in_table))
                frame.emitted = True
                self.chapter_family = features.get("family", "")
                frame.places.append(len(self.found) - 1)

    def _take_back_resolved(self, frame: Frame, state: State) -> None:
        """ "tiếp nhận, giải quyết: N; trong đó đã giải quyết: M": N counts what came in."""
        whole = state.parent
        resolved = frame.emitted and frame.features.get("action") == "resolved" and "timing" not in frame.features
        if state.inside and whole is not None and whole.features.get("action") == "received+resolved" and resolved:
            self.taken_back |= {place for place in whole.places if self.found[place].measure == "tthc_resolved_total"}
            whole.features["action"], whole.places = "received", []

    def _is_told_of_now(self, features: dict[str, str], kind: str) -> bool:
        """Whether the same measure of the same scope was read before."""
        rule = self._rule(features, kind)
        if rule is None:
            return False
        scope, subject = self._scope(rule.measures[0], features), features.get("subject", "")
        return any((one.measure, one.scope, one.subject) == (rule.measures[0], scope, subject) for one in self.found)

    def _deny_other_fields(self, frame: Frame, state: State) -> None:
        """ "Tôn giáo, môi trường không phát sinh": a zero of each field that is named."""
        told = self.found[frame.places[0]]
        words = [word for segment in state.segments for word in segment]
        named = {word.entry.features["field"] for word in words if word.entry is not None and word.entry.features.get("field")}
        if told.scope in named and told.measure.startswith("tthc_"):
            self.found.extend(replace(told, scope=scope) for scope in sorted(named - {told.scope}))

    def _came_as(self, value: Decimal, features: dict[str, str]) -> str:
        """The measure under which a number of dossiers received was printed first in its scope; empty if it was not."""
        came = ("tthc_received_new", "tthc_received_total")
        scope = self._scope(came[0], features)
        return next((one.measure for one in self.found if one.measure in came and (one.scope, one.value) == (scope, value)), "")

    def _emit_move(self, number: Element, move: Move, span: tuple[int, int], before: list[Element], state: State, **known: str) -> None:
        """Write down how many people left or came; their block is the known one, else the one named last before them, else that of the heading or the line above.

        `known`: `block`, `subject` and `column` of a cell, where its table says them; `employees` where public employees are counted.
        """
        value, flags = self._value(number.parts[0][2], "count", number, {})
        if value is None:
            return
        scope = known.get("block") or self._block_of_move(move, before, state, span)
        subject, column = known.get("subject", ""), known.get("column", "")
        named = known.get("block") or any(element.entry is not None and "block" in element.entry.features for element in before)
        presumed = scope == "government" and not named and not any("block" in outer.label for outer in self.levels)
        if presumed and known.get("employees"):
            scope, presumed = "public-service", False
        reading = Reading(move.measure, scope, subject, value, "count", "=", number.start, number.end, span, inherited=not scope, flags=flags, column=column)
        self.found.append(replace(reading, presumed=presumed))

    def _block_of_move(self, move: Move, before: list[Element], state: State, span: tuple[int, int]) -> str:
        above = self.levels[-1].label if self.levels else {}
        said = [above, *(frame.features for frame in (state.last, state.parent) if frame is not None)]
        if state.last is None and self._counted_unspecialised():
            said = [{"cat": "nonspec"}]  # "Phường có 96 người hoạt động không chuyên trách. Đã có 71 người nghỉ …"
        of_villages = any(features.get("cat") == "nonspec" for features in said)
        told = (one for one in reversed(self.found) if one.sentence == span and one.measure in ("staff_present", "staff_assigned"))
        beside = next((one.scope for one in told if one.scope), "") if state.stack else ""
        if move.specialised is False or (move.specialised is None and of_villages and not beside):
            return ""
        named: list[str] = []
        for place, element in enumerate(before):
            block = element.entry.features.get("block", "") if element.entry is not None else ""
            way = before[max(0, place - 2) : place]
            way = way[:1] if way and way[-1].text == "cơ quan" else way[-1:]
            led_to = bool(way) and bool(way[0].text) and way[0].text.split()[-1] in self.lexicon.words["movement"]  # "điều động sang cơ quan Mặt trận"
            if element.text == ";" and len(set(named)) > 1:
                named = []  # "khối Đảng 17 người, khối chính quyền 40 người; đã giải quyết cho 12 người nghỉ"
            elif block not in ("", "one-stop-centre") and not led_to:
                named.append(block)
        if named:
            return named[-1]
        if beside:
            return beside  # "hiện có 33/51 người (giảm 11 công chức …)": they left the block that was just counted
        noted = state.parent.features if state.parent is not None and state.parent.emitted else {}
        if noted.get("family") == "staff" and noted.get("block", "all") != "all":
            return noted["block"]  # a footnote to "Ban Chỉ huy Quân sự: 02 biên chế"
        return next((outer.label["block"] for outer in reversed(self.levels) if outer.heading and outer.label.get("block")), self.home_block)

    def _counted_unspecialised(self) -> bool:
        """Whether the figure before, in the same paragraph, is of the commune's non-specialised people."""
        last = self.found[-1] if self.found else None
        if last is None or last.measure != "staff_non_specialised" or last.start < self.paragraph:
            return False
        said = f" {self.view[last.sentence[0] : last.sentence[1]]} "
        return not any(f" {village} " in said for village in self.lexicon.words["subject-villages"])

    @staticmethod
    def _block_behind(behind: list[Element]) -> str:
        """The block to which the people right before it belong: "02 công chức của Trung tâm đã nghỉ việc"."""
        for link, element in itertools.pairwise(behind[:3]):
            if link.text in ("của", "thuộc") and element.entry is not None:
                return element.entry.features.get("block") or element.entry.features.get("weak_block", "")
        return ""

    def _is_some_of_them(self, measure: str, features: dict[str, str], number: Element) -> bool:
        """Whether "Có 1 phản ánh về thái độ …", without a verb and after their total, speaks of some of those that came in."""
        if number.zero:
            return measure in ("pakn_received", "petitions_received") and any(reading.measure == measure and reading.value for reading in self.found)
        if measure in ("pakn_resolved", "petitions_resolved") and "timing" in features and len(number.parts) == 1:
            return any(reading.measure == measure for reading in self.found)  # "trả lời 21 phản ánh, trong đó 19 trả lời đúng hạn"
        if measure not in ("pakn_received", "petitions_received"):
            return False
        if len(number.parts) == 2:
            return "action" not in features  # "cơ sở dữ liệu mới cập nhật 68/74 đơn"
        fit = {"eligible", "own_competence"} & set(features)
        if ("action" in features and not fit) or "newness" in features:
            return False
        value, _ = self._value(number.parts[0][2], "count", number, features)
        return value is not None and any(reading.measure == measure and reading.value > value for reading in self.found)

    def _is_told_apart(self, measure: str, features: dict[str, str], number: Element, post: list[Element]) -> bool:
        """Whether a number goes on with words of another matter and is less than what was counted before: "14 hồ sơ phải nhập lại do mất điện".

        Measured on the part to work on: 15 of 17 such numbers count only some of what the measure counts.
        """
        if sum(word.kind == "word" and word.text.isalpha() for word in post) < _STRANGE_WORDS or len(number.parts) == 2 or number.zero:
            return False
        value, _ = self._value(number.parts[0][2], "count", number, features)
        scope, subject = self._scope(measure, features), features.get("subject", "")
        return value is not None and any((one.measure, one.scope, one.subject) == (measure, scope, subject) and one.value > value for one in self.found)

    def _is_far_less(self, measure: str, features: dict[str, str], number: Element, state: State) -> bool:
        """Whether a number in prose is less than a fifth of an earlier one of the same measure and counts neither a level, a unit, a field nor a time.

        Such a number counts some of them ("lưu động … đã nhận 46 bộ"). On 63 reports that the reader of that morning had not met, 20 of 22 were wrong.
        """
        if self.in_table or measure not in self.lexicon.wholes or {"subject", "own_level", "field"} & set(features) or number.zero or len(number.parts) == 2:
            return False
        words = [word for segment in state.segments for word in segment]
        if any(word.kind == "mask" or word.text in self.lexicon.words["times"] for word in words) or self._names_unit(words):
            return False
        value, _ = self._value(number.parts[0][2], "count", number, features)
        earlier = [one.value for one in self.found if one.measure == measure and not one.scope and not one.subject and "gathered" not in one.flags]
        return value is not None and bool(earlier) and value * _FAR_LESS < max(earlier)

    def _is_gathered(self, at: int, sentence: tuple[int, int]) -> bool:
        """Whether a value has gathered since the year began: "(lũy kế 8.702 hồ sơ)", "Lũy kế: …"; a bracket keeps the word to itself."""
        words = self.view[sentence[0] : at]
        said = [match.start() for match in GATHERED.finditer(words)]
        return bool(said) and (words.rfind("(", 0, said[-1]) <= words.rfind(")", 0, said[-1]) or ")" not in words[said[-1] :])

    def _repeats_the_whole(self, measures: tuple[str, ...], features: dict[str, str], number: Element, state: State) -> bool:
        """Whether a part ("trong đó 121 hồ sơ lưu trú") would be the same measure of the same scope as the whole it is a part of."""
        whole = state.parent
        if not (state.inside and state.opened and whole is not None) or number.percent or "+" in whole.features.get("action", ""):
            return False
        if features.get("family") not in ("dossier", "procedure", "petition", "pakn") or {"subject", "own_level", "newness"} & set(features):
            return False
        if any(word.has("identifier") or word.kind == "mask" for segment in state.segments for word in segment):
            return False  # "trong đó quý I 300 hồ sơ": the same of another time
        value, _ = self._value(number.parts[0][2], "count", number, features)
        if value is not None and any(self.found[place].value <= value for place in whole.places[:1]):
            return False  # more than the whole: the list has gone on to another unit; as much: the whole once more, which its own parts may follow
        read = {(self.found[place].measure, self.found[place].scope) for place in whole.places}
        return any((measure, self._scope(measure, features)) in read for measure in measures)

    def _of_another_matter(self, features: dict[str, str]) -> bool:
        """Whether a clause has words that its family is not spoken of with."""
        said = features.get("cat") in ("nonspec", "contract") or (
            features.get("family") == "pakn" and "action" in features and features.get("timing") != "late"
        )
        if features.get("family") in ("pakn", "petition") and (
            ({"kind", "change"} & set(features) and "inherited" in features) or ("scoped" in features and not {"action", "has"} & set(features))
        ):
            return True  # "nội dung: đất đai (19), chậm trả 4": what they were about
        strange = self.lexicon.strange.get(features.get("family", ""), ())
        counted = features.get("family") == "staff" and ("inherited" not in features or (features.get("action") == "in_progress" and "own_block" in features))
        return any(key in features and not (said and key in ("kind", "timing", "action", "change")) and not (counted and key == "action") for key in strange)

    def _denominator(self, rule: Rule, features: dict[str, str], kind: str) -> tuple[str, ...]:
        """The measures of b in `a / b`: what a heading announces for it, else what the rule of a says."""
        if features.get("of_same"):
            features.pop("field", None)
            return rule.measures
        if "pair" in features:
            other = self._rule({**features, "action" if "action" in features else "status": features["pair"]}, kind)
            return other.measures if other is not None else ()
        return (rule.of,) if rule.of else ()

    def _votes_of_part(self, whole: Frame) -> bool:
        """Whether votes in a bracket are a part: of the votes before it, or, behind a share, of those that were counted earlier."""
        return whole.emitted and (not whole.percent or any(reading.measure == "satisfaction_votes" for reading in self.found))

    def _total_of_blocks(self, frame: Frame, state: State) -> None:
        """A head count whose parts are several blocks is that of all blocks."""
        whole = state.parent
        beside = whole is not None and bool(whole.blocks)  # "(Đảng 16, Mặt trận 9, chính quyền 41)"
        own = frame.features.get("own_block") or (frame.features.get("weak_block", "") if "people" in frame.features or beside else "")
        if (
            not (state.inside and whole is not None and whole.emitted and own and frame.emitted)
            or (whole.features.get("block") and len(whole.blocks) <= 1)
            or whole.features.get("family") != "staff"
            or own == "one-stop-centre"
        ):
            return
        whole.blocks.add(own)
        if len(whole.blocks) > 1:
            of_both = "party-front" if whole.blocks == {"party", "front"} else "all"
            scope = "public-service" if whole.blocks <= {"education", "health", "service-centre", "public-service"} else of_both
            whole.features["block"] = scope
            quota = min(whole.places) - 1
            if quota >= 0 and self._is_quota_of(self.found[quota], self.found[quota + 1]):
                self.found[quota] = replace(self.found[quota], scope=scope)  # "được giao 71 biên chế, thực hiện 64, trong đó khối Đảng 22, …"
            for place in whole.places:
                self.found[place] = replace(self.found[place], scope=scope)

    def _is_quota_of(self, quota: Reading, present: Reading) -> bool:
        """Whether one figure is what was assigned of the head count that follows it in the same sentence, or as the only figure of the one right before."""
        if ")" in self.text[quota.end : present.start]:
            return False
        before = [one for one in self.found if one.sentence == quota.sentence] == [quota]
        near = quota.sentence == present.sentence or (
            before and not self.text[quota.sentence[1] : present.sentence[0]].strip(" ") and quota.value >= present.value
        )
        return (quota.measure, present.measure) == ("staff_assigned", "staff_present") and near and quota.scope == present.scope

    def _zero_counts(self, features: dict[str, str], state: State) -> bool:
        if features.get("family") == "procedure" and not {"level", "channel"} & set(features):
            return False  # "Không có thủ tục nào ngoài hai hình thức này"
        if features.get("family") in ("pakn", "petition") or features.get("cat") == "nonspec" or state.several:
            return True
        near = (state.last, state.parent, state.running, self.running)
        return any(frame is not None and frame.emitted and not frame.percent for frame in near)

    @staticmethod
    def _has_points(post: list[Element]) -> bool:
        return bool(post) and post[0].entry is not None and "points" in post[0].entry.features

    def _kind(self, number: Element, features: dict[str, str], post: list[Element]) -> str:
        first = post[0].entry.features if post and post[0].entry is not None else {}
        if number.percent:
            return "percent"
        if features.get("family") == "index":
            return "points"
        if "money" in first or (features.get("money") and (self.in_table or "transactions" not in features)):
            return "money"
        if "area_unit" in first:
            features["area_unit"] = first["area_unit"]
            return "area"
        if "points" in first:
            return "points"
        if features.get("family") == "area" and "area_unit" in features and self.in_table:
            return "area"  # the unit stands in the column's heading: "Diện tích (ha)"
        inhabitants = features.get("family") == "population" and bool(post) and post[0].has("unit")  # "khoảng 1,4 triệu người"
        if number.magnitude in ("triệu", "tỷ", "tỉ") and not inhabitants:
            return "other"
        return "count"

    def _rule(self, features: dict[str, str], kind: str) -> Rule | None:
        present = {key for key in features if key in self.lexicon.significant_in(features.get("family", ""))}
        for rule in self.lexicon.rules:
            if rule.kind != kind:
                continue
            if (
                all((features.get(key, "") if key in present or key not in self.lexicon.significant else "") in values for key, values in rule.when.items())
                and present <= set(rule.when) | rule.allow
            ):
                return rule
        return None

    def _value(self, printed: str, kind: str, number: Element, features: dict[str, str]) -> tuple[Decimal | None, tuple[str, ...]]:
        if number.zero:
            return Decimal(0), ("zero-in-words",)
        if number.amount is not None:
            return number.amount, ()
        printed = printed.replace(" ,", ",")
        try:
            if kind in ("percent", "points", "area"):
                parsed = parse_number(printed, "percent" if kind == "percent" else "decimal")
            else:
                if number.magnitude == "triệu" and _GROUPED.fullmatch(printed):
                    printed = printed.replace(".", "")  # "1.312 triệu đồng" is more than a thousand million; "1.801 tỷ" may be either
                parsed = parse_number(f"{printed} {number.magnitude}".strip(), "money" if kind == "money" else "count")
        except NumberError:
            return None, ()
        value = parsed.value
        if kind == "area" and features.get("area_unit") == "ha":
            value = parse_number(printed, "count").value / 100
        if kind in ("count", "money") and value != value.to_integral_value():
            return None, ()
        if kind == "percent" and value > 100:
            return None, ()
        if kind == "money" and number.magnitude == "triệu" and "ambiguous-magnitude" in parsed.flags and "." in printed:
            value *= 1000  # "1.312 triệu đồng": in all reports at hand a point before three digits groups thousands
        if value == value.to_integral_value():
            value = Decimal(int(value))
        return value, parsed.flags

    def _scope(self, measure: str, features: dict[str, str]) -> str:
        if measure.startswith("staff_"):
            scope = features.get("block") or features.get("weak_block") or ""
            if measure == "staff_non_specialised":
                return features.get("own_block", "")
            if scope == "all" and features.get("cat") == "viên chức" and measure != "staff_public_employees":
                scope = "public-service"
            if scope:
                return scope
            if self.home_block != "government":
                return self.home_block
            if features.get("cat") == "viên chức":
                return "public-service"
            return "all" if features.get("cat") == "all" else self.home_block
        if measure.startswith(("tthc_", "procedures_", "fees_")) or "by_field" in features:
            if features.get("two_fields"):
                return ""
            return features.get("field", "")
        if measure.startswith(("satisfaction_", "online_payment")) and "scoped" in features:
            return features.get("field", "")
        if measure == "satisfaction_rate_pct" and any(one.measure == "satisfaction_votes" and one.scope == features.get("field") for one in self.found[-1:]):
            return features["field"]  # "Hộ tịch: 402 lượt đánh giá, tỷ lệ hài lòng 98,5%"
        return ""
