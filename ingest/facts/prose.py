"""One sentence, number by number.

In a sentence every number owns the words before it since the last delimiter (its label) and the words right after it (its unit and qualifiers).
Brackets and openers ("trong đó") move the whole that numbers are parts of; what follows goes on from the number before.
"""

from __future__ import annotations

import itertools
import re

from ingest.facts.all_of_it import AllOfItReader
from ingest.facts.asides import words_behind_aside
from ingest.facts.columns import calendar_period
from ingest.facts.elements import Element
from ingest.facts.frames import END, SCOPES, WEAK, Frame, Level, State, only
from ingest.facts.labels import IN_PASSING
from ingest.facts.moves import Move, find_moves
from warehouse.periods import parse_period_phrase

_TIME = re.compile(r"\s*(?:(?:tháng|qúy|quý|năm) [0-9ivx]+(?:(?:/| năm )20[0-9]{2})?|[0-9]+ tháng (?:đầu|cuối) năm(?: 20[0-9]{2})?)(?=[\s:,)])")

_BEFORE_THE_MERGER = re.compile(r"\s*trước (?:khi )?(?:sắp xếp|sáp nhập|hợp nhất)")

_OF_THINGS = re.compile(r"\s*[0-9]+ (?:trường|điểm trường|cơ sở|đơn vị|phòng|ban|chi bộ)\b[^:();0-9]{0,30}:")
"""A bracket that counts houses and not people: "(07 trường: mầm non 02, tiểu học 02)"."""

_HOUSES = re.compile(r"(?<![0-9.,])(?P<count>[0-9]{1,3}) (?:điểm )?trường(?: học)?(?: công lập)?\s*\Z")
_LONGEST_HOUSES = 40
"""Characters of "41 trường học công lập"."""

_CHANGED_SINCE = re.compile(r"\b(?:quý|qúy|kỳ|tháng|năm) (?:này|nay)(?: đã)? (?:giảm|tăng)")

_FEW_WORDS = 4
"""Words of no phrase: a sentence with more of them states something and names no matter for what follows."""

_PASSED_OVER = ("threshold", "average", "per-unit", "unknown-noun", "people", "another-matter", "share-of-something")
"""Reasons for which a number is no figure and what follows does not belong to it either."""

_ANNOUNCED = ("timing", "channel", "digit", "grade", "cat", "pay", "level", "group", "votes", "newness")
"""What a line without a number says of the lines below it, beside the features that any label hands on."""


class ProseReader(AllOfItReader):
    """Reads a sentence, and says what it leaves to the lines below it."""

    def _sentence(self, elements: list[Element], parent: Frame | None, level: Level, first: bool) -> tuple[dict[str, str], Frame | None]:
        """Read one sentence; what it says of itself to the lines below, and the frame that they are parts of."""
        if len(elements) > 2 and elements[0].text in self.lexicon.words["answering"] and elements[1].text == ":":
            elements = elements[2:]
        numbers = [index for index, element in enumerate(elements) if element.kind == "num"]
        state = self._opened(elements, numbers, parent, level)
        moves = find_moves(self.view, elements, about_staff=self._about_staff())
        begin = 0
        label: dict[str, str] = {}
        consumed: set[int] = set()
        for position, index in enumerate(numbers):
            limit = numbers[position + 1] if position + 1 < len(numbers) else len(elements)
            self._walk([element for element in self._without_idle_opener(elements, begin, index, state) if id(element) not in consumed], state)
            begin = self._post_end(elements, index, limit)
            post = elements[index + 1 : begin]
            trail = words_behind_aside(elements, begin) if (post or elements[index].percent) and all(element.has("unit") for element in post) else []
            consumed |= {id(element) for element in trail}
            frame = self._number_read(elements, index, post + trail, moves.get(id(elements[index])), state, level)
            if position == 0:
                label = only(frame.features, *WEAK)
                if first and not self._tells_of_most(elements[:begin]):
                    level.topic = {key: value for key, value in state.topic.items() if key in SCOPES and not state.topic_listed}
            if not frame.features.get("family") and not frame.void:
                # a number of something else: its words stay part of the label that is being read
                state.segments[-1].extend(elements[index:begin])
            else:
                self._remember(elements, index, frame, state)
        rest = [element for element in elements[begin:] if id(element) not in consumed]
        if not numbers:
            return self._announced(elements, rest, state, level, parent, first)
        self._walk([*rest, END], state)
        self.anchors |= state.anchors
        self.running = state.running
        self.headcount_before = state.headcount
        self.blocks_before = state.blocks - {"one-stop-centre"}
        self.whole_before = state.parent if state.inside and state.opened and state.parent is not None and state.parent.emitted else None
        if "field" in label and label["field"] != level.topic.get("field"):
            # one entry of a list by field: the lines below it learn its field from the number, not from the line
            label.pop("field")
        return label, state.counted() or state.parent

    def _opened(self, elements: list[Element], numbers: list[int], parent: Frame | None, level: Level) -> State:
        """What is known at the beginning of a sentence: what it goes on from, and why none of its numbers may be a figure."""
        span = (elements[0].start, elements[-1].end) if elements else (0, 0)
        words = self.view[span[0] : span[1]]
        state = State(parent, self.running, level.void, inside=parent is not None, several=sum(not elements[index].percent for index in numbers) > 1)
        state.span = span
        state.speaks_of_index = any(word in words for word in ("766", "cổng dịch vụ công", "phục vụ người dân"))
        others = [element for element in elements[1:3] if element.kind == "word"] if words.startswith("trong ") else []
        state.of_others = len(others) == 2 and others[0].text[0].isdigit()
        if numbers and words.lstrip("( ").startswith(self.lexicon.words["again"]) and self.running is not None and self.running.emitted and not state.inside:
            state.parent, state.inside, state.opened = self.whole_before or self.running, True, True  # "Số này chủ yếu là đất đai …"
        if self.running is not None and self.running.features.get("status") == "vacant" and self.headcount_before is not None and words.startswith("trong đó"):
            state.running = self.headcount_before  # "… hiện có 41 người, thiếu 03 biên chế. Trong đó: Đảng ủy 25 người": of those who are there
        if words.lstrip("-+ ").startswith(self.lexicon.words["by-time"]) and (whole := self._counted_first(level.block.start)) is not None:
            state.parent, state.inside, state.opened = whole, True, True
        state.concludes = words.startswith(self.lexicon.words["concluding"])
        state.tail_block = self._tail_block(elements, numbers)
        if state.void == "plan" and (premise := self._premise_end(*span)):
            state.void, state.premise_end = "", premise
        if "field" in level.topic and span[0] > level.block.body and words.startswith(self.lexicon.words["of-the-whole"]):
            level.topic = {}  # "… lĩnh vực đất đai có 9 hồ sơ quá hạn. Toàn phường đã giải quyết 1.580 hồ sơ"
        state.void = state.void or self._void_of_title(elements, span)
        if _CHANGED_SINCE.search(words) and self._begins_with_earlier_time(span[0]):
            state.void = state.void or "comparison"  # "Quý IV/2025 tiếp nhận 2.115 hồ sơ; quý này giảm 181 hồ sơ"
        if self._compares(elements):
            state.void = state.void or "comparison"
        state.of_earlier_time = bool(elements) and self._begins_with_earlier_time(elements[0].start)
        return state

    @staticmethod
    def _tells_of_most(before: list[Element]) -> bool:
        """Whether a field is only where most of what is counted lies: "Chậm trễ chủ yếu ở lĩnh vực đất đai với 9 hồ sơ"."""
        named = next((place for place, word in enumerate(before) if word.entry is not None and "field" in word.entry.features), 0)
        return any(word.has("mostly") or "nhất" in word.text.split() for word in before[:named])

    def _premise_end(self, start: int, end: int) -> int:
        """Where the facts end with which a sentence among requests begins: "Với 396 biên chế chưa sử dụng, …", "Hiện còn 12 hồ sơ quá hạn; đề nghị …"; else 0."""
        words = self.view[start:end].lstrip("-+ ")
        if words.startswith(self.lexicon.words["premises-of-now"]):
            return end
        comma = self.view.find(", ", start, end)
        return comma if comma > 0 and words.startswith(self.lexicon.words["premises"]) else 0

    def _compares(self, elements: list[Element]) -> bool:
        """Whether a whole sentence tells of an earlier period: "Cùng kỳ năm trước tiếp nhận 1.400 hồ sơ, giải quyết 1.380 hồ sơ"."""
        first = next((element for element in elements if element.kind != "punct"), None)
        if first is not None and first.entry is not None and first.entry.features.get("subject") and first.text.startswith("trước "):
            return True  # "Trước sắp xếp các xã cũ có 88 người"
        return first is not None and first.entry is not None and first.entry.id == "comparison" and first.text.startswith(self.lexicon.words["earlier"])

    @staticmethod
    def _tail_block(elements: list[Element], numbers: list[int]) -> str:
        """The one-stop centre at which the people of a whole sentence work, where no other block is named."""
        blocks = [
            (place, element.entry.features)
            for place, element in enumerate(elements)
            if element.entry is not None and {"block", "weak_block"} & set(element.entry.features)
        ]
        if len(blocks) != 1 or not numbers or blocks[0][0] < numbers[-1]:
            return ""
        place, features = blocks[0]
        name = features.get("block") or features.get("weak_block", "")
        return name if name == "one-stop-centre" and elements[place - 1].text in ("tại", "ở", "cho") else ""

    def _counted_first(self, start: int) -> Frame | None:
        """The first count of a paragraph, which "Tính theo quý: quý I 13.105; …" parts."""
        first = next((reading for reading in self.found if reading.start >= start and reading.kind == "count"), None)
        return self.printed.get(self.view[first.start : first.end]) if first is not None else None

    def _about_staff(self) -> bool:
        """Whether the heading or the line above speaks of staff."""
        return bool(self.levels) and self.levels[-1].label.get("family") == "staff"

    def _walk(self, gap: list[Element], state: State) -> None:
        """Read the words between two numbers: brackets and openers move the parent, delimiters cut segments."""
        state.aim_in_passing = False
        this_time = self.lexicon.words["this-time"]
        for place, element in enumerate(gap):
            if place and element.text in this_time:
                self._turn_to_now(gap[place - 1], state)
            if element.entry is None and element.kind == "word":
                state.segments[-1].append(element)
                continue
            mark = element.text if element.kind == "punct" else None
            if element.kind == "sup" and state.last is not None:
                state.anchors[element.text] = state.last
            elif mark == "(":
                self._open_bracket(element, place == 0, state)
            elif mark == ")":
                self._close_bracket(gap[place + 1 :], state)
            elif element.has("opener"):
                state.part(self._label(state)[0], anew=element.text.startswith(("chia theo", "phân theo", "chia ra")))
            elif mark in (";", ".", "", "·", "•"):
                self._end_clause(gap, place, state)
            elif mark == ":" and state.last is not None and not any(state.segments):
                vacancy = state.last if state.last.features.get("status") == "vacant" and state.last.emitted else None
                state.part({})
                state.parent = vacancy or state.parent  # "còn 13 chỉ tiêu chưa tuyển: giáo dục 12, y tế 01"
            elif mark is not None and mark in ",:/+":
                self._end_segment(mark, state)
            elif element.has("aim") and not self._counts_in_spite_of_aim(gap, place, state):
                another = element.entry is not None and "another-kind" in element.entry.id
                state.aim_in_passing = state.last is not None and not state.void  # "12 người, dự kiến thôi sử dụng; ở khu phố 108 người"
                state.in_passing = state.aim_in_passing or state.in_passing
                state.void = state.void or ("aim" if not another else "handed-over" if "bàn giao" in element.text else "other-dossiers")
            else:
                state.segments[-1].append(element)

    def _turn_to_now(self, before: Element, state: State) -> None:
        """ "Cùng kỳ năm trước tiếp nhận 1.210 hồ sơ; năm nay tiếp nhận 1.620 hồ sơ": from here on nothing is only compared with."""
        if before.text in self.lexicon.words["times"]:
            state.of_earlier_time = False
            if state.void == "comparison":
                state.void = ""

    @staticmethod
    def _counts_in_spite_of_aim(gap: list[Element], place: int, state: State) -> bool:
        """Whether a word of aims is only a name ("khiếu nại 2, đề nghị 29") or tells of what was reached ("nâng tỷ lệ hồ sơ trực tuyến lên mức 91,92%")."""
        element = gap[place]
        if element.entry is not None and "intent" in element.entry.id and state.last is not None and state.last.emitted and not state.void:
            return True
        return element.text == "đề nghị" and place == len(gap) - 1 and state.last is not None and state.last.features.get("family") == "petition"

    def _open_bracket(self, element: Element, at_number: bool, state: State) -> None:
        """A bracket belongs to the number right before it, or to the words; `at_number` says that no word stands between."""
        if not any(word.entry is not None and "field" in word.entry.features for word in state.segments[-1]):
            self._all_of_it(state)  # "38 phản ánh, kiến nghị đều được trả lời (38/38)"
        label, void, _ = self._label(state)
        label = self._base_of_share(state.segments[-1], label)
        last = state.last
        quota = void == "target" and label.get("status") == "assigned" and last is not None and last.features.get("family") == "staff"
        timeless = not any(word.has("identifier") or word.kind == "mask" for segment in state.segments for word in segment)
        against = (void == "change" and "subject" in label) or ((void == "against" or quota) and timeless)
        aside = ""
        if at_number and last is not None and self._begins_with_earlier_time(element.end):
            aside = "comparison"
        elif at_number and last is not None and last.percent and last.void == "target":
            aside = "target"  # "đạt 85,7% kế hoạch năm (60.000 hồ sơ)"
        elif _OF_THINGS.match(self.view, element.end) or self._sorts_houses(element.start):
            aside = "things"
        state.found_before.append(-1 if void else len(self.found))
        state.open(label, aside or ("" if against else void))
        state.remark = self.view.startswith(IN_PASSING, element.end)

    def _sorts_houses(self, at: int) -> bool:
        """Whether a bracket tells of what kind the schools right before it are: "41 trường công lập (mầm non 14, tiểu học 14, THCS 13)"."""
        houses = _HOUSES.search(self.view, max(0, at - _LONGEST_HOUSES), at)
        close = self.view.find(")", at)
        if houses is None or close < 0:
            return False
        return all(int(number) <= int(houses["count"]) for number in re.findall(r"[0-9]+", self.view[at:close]))

    def _close_bracket(self, behind: list[Element], state: State) -> None:
        """The number before a bracket goes on behind it where the bracket held no figure or the words only join it to the next."""
        self._all_of_it(state)
        state.remark = False
        idle = bool(state.found_before) and state.found_before.pop() == len(self.found)
        state.close(resumes=idle or self._resumes(behind))

    def _end_clause(self, gap: list[Element], place: int, state: State) -> None:
        """A semicolon or a full stop: remarks and aims told in passing end with it."""
        self._all_without_number(state)
        state.end_clause({} if self._all_of_it(state) else self._label(state)[0])
        told = state.counted_last is not None and state.counted_last[0].features.get("family") == "dossier"
        told = told or (state.last is not None and state.in_passing and state.last.void == "handed-over")
        if state.void == "other-dossiers" or (state.aim_in_passing and state.void == "aim") or (told and state.void == "handed-over"):
            state.void = ""
        goes_on = place + 1 < len(gap) and gap[place + 1].has("mostly") and state.last is not None and state.last.emitted
        state.cut("," if goes_on else ";")  # "56 hồ sơ trễ; tập trung ở lĩnh vực đất đai (39 hồ sơ)"
        state.of_earlier_time = self._begins_with_earlier_time(gap[place].end)

    def _end_segment(self, mark: str, state: State) -> None:
        """A comma, a colon, a slash or a plus."""
        words = state.segments[-1]
        if mark == ",":
            self._all_of_it(state)
            counted = any(word.kind == "word" and word.text[0].isdigit() for word in state.segments[-1])
            if state.void == "handed-over" and state.last is None and not counted:
                state.void = ""
        elif (
            mark == ":"
            and not any(word.has("concept") and word.text.startswith(("chưa", "còn")) for word in words)
            and any(word.has("block") and word.entry is not None and "target" in word.entry.id and word.text != "xin" for word in words)
        ):
            state.void = state.void or "aim"
        state.cut("," if mark in "/+" else mark)

    def _base_of_share(self, words: list[Element], label: dict[str, str]) -> dict[str, str]:
        """What a bracket counts: behind "tỷ lệ trực tuyến trên số hồ sơ mới" it is what the share is of, and else what the words before it say."""
        cut = next((place for place, word in enumerate(words) if word.has("break")), 0)
        if not cut or not any(word.entry is not None and "rate" in word.entry.features for word in words[:cut]):
            return label
        base = self._collapse(words[cut + 1 :], last_wins=True)[0]
        if "newness" in base or (not base and any(word.text == "mới" for word in words[cut + 1 :])):
            base |= {"action": "received", "newness": "new"}
        return base

    def _begins_with_earlier_time(self, at: int) -> bool:
        """Whether a bracket or a clause begins with a time before the reported one: "421 TTHC (quý II: 419 TTHC)", "Quý II có 43 người"."""
        if _BEFORE_THE_MERGER.match(self.view, at):
            return True
        named = _TIME.match(self.view, at)
        if named is None or self.period is None:
            return False
        phrase = next(iter(parse_period_phrase(self.text[at : named.end()], self.period.end.year)), None)
        own = calendar_period(phrase) if phrase is not None else None
        said_of_it = self.view.startswith(" tỷ lệ này", named.end())  # "Tháng 9/2025 tỷ lệ này là 97,8%" behind that of the half-year
        return own is not None and own.end < self.period.end and (said_of_it or own.start < self.period.start)

    @staticmethod
    def _resumes(gap: list[Element]) -> bool:
        """Whether the words between a bracket and a number only join them: ") đạt 96,7%"."""
        return (
            bool(gap)
            and gap[-1] is not END
            and all(element.has("link") or element.has("bound") or element.text in ("tuy", "vẫn", "cũng", "đều", "mới", "chỉ") for element in gap)
        )

    @staticmethod
    def _without_idle_opener(elements: list[Element], begin: int, index: int, state: State) -> list[Element]:
        """The words before a number; "gồm" right before a total with a plain unit ("đội ngũ công chức gồm 58 người") opens no part."""
        gap = elements[begin:index]
        if begin and gap and gap[0].has("block") and gap[0].text.startswith("so "):
            cut = next((place for place, element in enumerate(gap) if element.kind == "punct"), 0)
            cut = cut if gap[cut].text in ",;" else 0
            gap = gap[cut:]  # "thiếu 05 biên chế so với số được giao, trong khi 04 người …"
        unit = elements[index + 1] if index + 1 < len(elements) else None
        plain = unit is not None and unit.entry is not None and (unit.entry.id.split("+")[0] in ("people", "dossier", "procedure"))
        later = any(element.has("opener") or element.text == ":" for element in elements[index + 1 :])
        if gap and gap[-1].has("opener") and "gồm" in gap[-1].text and state.last is None and not state.inside and plain and later:
            return gap[:-1]
        return gap

    def _number_read(self, elements: list[Element], index: int, post: list[Element], move: Move | None, state: State, level: Level) -> Frame:
        """The frame of a number with the words behind it; what it is a figure of is written down."""
        number, span = elements[index], (elements[0].start, elements[-1].end)
        state.households = any(left.text[-1:].isdigit() and right.text == "hộ" for left, right in itertools.pairwise(elements[index + 1 : index + 6]))
        if state.void == "handed-over" and state.last is not None and state.last.void == "handed-over" and self._came_anew(state):
            state.void = ""  # "gồm hồ sơ nhận bàn giao 117 hồ sơ và hồ sơ mới tiếp nhận 5.218 hồ sơ"
        if state.premise_end and number.start > state.premise_end:
            state.void = state.void or "plan"
        whole = state.parent if state.inside and not state.stack else None
        if whole is not None and whole is state.last and whole.features.get("status") == "vacant" and state.headcount and self._is_more_than(number, whole):
            state.parent = state.headcount  # "có mặt 41 người, thiếu 03: Văn phòng 20 người, …": of those who are there
        frame = self._frame(elements, index, post, state, level)
        frame.percent = number.percent
        if move is not None:
            if not (state.void or state.premise_end):
                unit = post[0].entry.features if post and post[0].entry is not None else {}
                employees = "yes" if unit.get("cat") == "viên chức" else ""
                self._emit_move(number, move, span, elements[:index], state, block=self._block_behind(elements[index + 1 :]), employees=employees)
            frame.void = frame.void or ("staff-event" if not move.missing else "")
        self._emit(number, frame, span, post, state)
        return frame

    @staticmethod
    def _came_anew(state: State) -> bool:
        """Whether the words before a number tell of dossiers that are new."""
        words = [word for segment in state.segments for word in segment]
        return any(word.entry is not None and "newness" in word.entry.features for word in words)

    def _remember(self, elements: list[Element], index: int, frame: Frame, state: State) -> None:
        """What the words that follow may go on from: this number, unless it was told in passing."""
        number = elements[index]
        of_whole = state.last is not None and index > 0 and elements[index - 1].has("break")
        of_whole = of_whole or self._is_counted_in(elements[index - 1 : index], frame, state)
        if frame.void not in _PASSED_OVER and not of_whole and not (number.zero and state.last is not None):
            state.last, state.number = frame, number
            if frame.features.get("scoped") and not frame.void:
                state.head = frame
            if not frame.void:
                state.running = state.whole = frame
            if frame.emitted and frame.features.get("status") == "present" and not state.stack:
                state.headcount = frame
            if frame.emitted and not frame.percent:
                state.counted_last = frame, number
        if not state.stack:
            state.listed_under = None
        if self._is_beside_its_whole(frame, state):
            state.parent, state.inside, state.opened = None, False, False
        if frame.void == "reference":
            state.parent, state.inside = Frame(self._referred(number, frame)), True
        state.segments, state.seps, state.fresh = [[]], [""], False
        state.timings |= {frame.features.get("timing", "") + "%" * frame.percent, frame.features.get("grade", "") + "%" * frame.percent}

    @staticmethod
    def _is_counted_in(before: list[Element], frame: Frame, state: State) -> bool:
        """ "tiếp nhận 18.462 hồ sơ, kể cả 296 hồ sơ kỳ trước chuyển sang, trong đó …": a remark, and the parts are of all of them."""
        whole = state.last.features.get("action") if state.last is not None and state.last.emitted else ""
        return bool(before) and before[0].text.endswith("cả") and whole == "received" and frame.features.get("action") == "carried"

    @staticmethod
    def _is_beside_its_whole(frame: Frame, state: State) -> bool:
        """Whether a number cannot be a part of what it stands below: "đã xử lý 100, trong đó 98 đúng hạn; đang xử lý 20" are not those resolved."""
        whole = state.parent
        if whole is None or not state.inside or state.stack or frame.void or not frame.emitted or frame.features.get("family") != "dossier":
            return False
        return (whole.features.get("action"), frame.features.get("action")) in (("resolved", "in_progress"), ("in_progress", "resolved"))

    def _referred(self, number: Element, frame: Frame) -> dict[str, str]:
        """The features of the figure that "Trong 7 người …" names again; those of its own words where there is none."""
        known = self.printed.get(number.parts[0][2])
        if known is None or frame.features.get("family", "") not in ("", known.features.get("family")):
            return dict(frame.features)
        said = {key: frame.features[key] for key in ("action", "status", "timing", "field", "block") if key in frame.features}
        return {**known.features, **said}

    def _announced(
        self, elements: list[Element], rest: list[Element], state: State, level: Level, parent: Frame | None, first: bool
    ) -> tuple[dict[str, str], Frame | None]:
        """What a sentence without a number says of the lines below it: "2.5. Số hóa."."""
        if rest and rest[-1].text == ".":
            rest.pop()
        self._walk(rest, state)
        label, void, _ = self._label(state)
        if state.parent is not None and state.parent is not parent:
            label = {**state.parent.features, **label}
        self._walk([END], state)
        self.anchors |= state.anchors
        other_money = "other_money" in label
        label = {key: value for key, value in label.items() if key in WEAK or key in _ANNOUNCED}
        if "+" in label.get("action", ""):
            label.pop("action")
        named = {element.entry.features["block"] for element in elements if element.entry is not None and element.entry.features.get("block")}
        if level.heading and "one-stop-centre" in named and len(named) == 2:
            label["block"] = next(iter(named - {"one-stop-centre"}))  # "Khối chính quyền và Trung tâm Phục vụ hành chính công": its own people are named
        if other_money:
            label.pop("family", None)  # "3. Kinh phí": what stands below is no fee
        if "field" in label and ("two_fields" in label or not self._only_field(elements, level.heading)):
            label.pop("field")
        if first and not level.heading:
            statement = sum(element.kind == "word" for element in elements) > _FEW_WORDS and elements[-1].text == "."
            level.topic = only(label, *(("block",) if statement else ("field", "block")))  # "Hồ sơ lĩnh vực đất đai thường kéo dài do phải …"
        return label, Frame(dict(label), void=state.void or void) if label else None
