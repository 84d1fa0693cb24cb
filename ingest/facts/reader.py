"""From the words around a number to a measure.

A report is read block by block (heading, item, paragraph, table row). In a sentence every number owns the words before it
since the last delimiter (its label) and the words right after it (its unit and qualifiers). Phrases turn those words
into features; what a clause leaves unsaid it takes from the number it is a part of ("trong đó", brackets, a deeper
list level) or from the clause before. The features decide the measure; a significant feature that no rule knows makes
the number not a figure.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from decimal import Decimal

from ingest.documents.outline import Block, blocks
from ingest.facts.columns import calendar_period
from ingest.facts.elements import Element
from ingest.facts.frames import END, OF_DOSSIERS, SCOPES, WEAK, Frame, Level, Reading, State
from ingest.facts.labels import IN_PASSING
from ingest.facts.moves import Move, find_moves
from ingest.facts.numerals import read_numeral
from ingest.facts.table_reader import TableReader
from ingest.facts.tables import is_rule, starts_table
from warehouse.model import Document, Period
from warehouse.periods import parse_period_phrase

_ROMAN = 10
_NUMBERED = 50
"""The last rank of numbered and lettered lines; below it are bullets."""
_TITLE = re.compile(r"[^:.;,]{3,60}(?::|\.(?=\s))")
"""The title of a numbered line that goes on behind it: "12. Kiến nghị. Cho trả kết quả …"."""
_YEAR = re.compile(r"(?i:năm)\s+(20[0-9]{2})\b")
_TIME = re.compile(r"\s*(?:(?:tháng|qúy|quý|năm) [0-9ivx]+(?:(?:/| năm )20[0-9]{2})?|[0-9]+ tháng (?:đầu|cuối) năm(?: 20[0-9]{2})?)(?=[\s:,)])")
_BEFORE_THE_MERGER = re.compile(r"\s*trước (?:khi )?(?:sắp xếp|sáp nhập|hợp nhất)")
_OF_THINGS = re.compile(r"\s*[0-9]+ (?:trường|điểm trường|cơ sở|đơn vị|phòng|ban|chi bộ)\b[^:();0-9]{0,30}:")
"""A bracket that counts houses and not people: "(07 trường: mầm non 02, tiểu học 02)"."""
_CHANGED_SINCE = re.compile(r"\b(?:quý|qúy|kỳ|tháng|năm) (?:này|nay)(?: đã)? (?:giảm|tăng)")
_MARKS = re.compile(r"\A(?:[\W\d]|(?:phần |mục )?(?:[ivx]+|[a-zđ])(?=\s?[.:)/-]))+")
"""The number or bullet before a title."""
_ANNEX = re.compile(r"[\W_]*phụ (?:lục|biểu)\b[^.;\n]{0,120}\Z")
"""The title of what is attached to a report, whatever its last chapter was about."""
_TITLE_WIDTH = 60
_A_PAIR_AND_ITS_FIELD = 3
_PROSE_WIDTH = 150
"""A longer line that ends in a full stop tells its matter itself."""
_TITLE_WORDS = 6
"""A first sentence without a number and not longer than this names what the block is about: "3. Tồn cuối kỳ. 423 hồ sơ, …"."""
_PASSED_OVER = ("threshold", "average", "per-unit", "unknown-noun", "people", "another-matter", "share-of-something")
"""Reasons for which a number is no figure and what follows does not belong to it either."""


_HEAD_COUNTS = ("staff_assigned", "staff_present", "staff_vacant")
_BLOCKS_BESIDE_GOVERNMENT = [
    (*led, *armed, *services)
    for led in (("party-front",), ("party", "front"))
    for armed in ((), ("military-command",))
    for services in ((), ("public-service",), ("education", "health"), ("education", "health", "service-centre"))
]
"""The blocks that with the government may make up a whole commune."""
_ANNOUNCED = ("timing", "channel", "digit", "grade", "cat", "pay", "level", "group", "votes", "newness")
"""What a line without a number says of the lines below it, beside the features that any label hands on."""


def _with_new_told_apart(readings: list[Reading]) -> list[Reading]:
    """The readings, where a number of received dossiers that with those carried over gives another such number counts the new ones.

    Measured on the annotations of the part to work on: so it is in all 71 reports whose printed numbers add up like this.
    """
    whole = [reading for reading in readings if not reading.scope and not reading.subject]
    totals = {reading.value for reading in whole if reading.measure == "tthc_received_total"}
    carried = {reading.value for reading in whole if reading.measure == "tthc_carried_over" and reading.value}
    new = {value for value in totals if any(value + more in totals for more in carried)}
    told = {id(reading) for reading in whole if reading.measure == "tthc_received_total" and reading.value in new}
    return [replace(reading, measure="tthc_received_new") if id(reading) in told else reading for reading in readings]


def _with_whole_told_apart(readings: list[Reading]) -> list[Reading]:
    """The readings, where a head count without a block that is the sum of the government and the other blocks is that of all of them.

    "Tổng biên chế giao cho xã là 630 người" in a text that goes on with 36 of the Party and the front, 61 of the government and 533 of the schools and centres.
    """
    told: dict[tuple[str, str], list[Decimal]] = {}
    for reading in readings:
        if not reading.subject and not reading.column:
            told.setdefault((reading.measure, reading.scope), []).append(reading.value)

    def is_sum(reading: Reading) -> bool:
        known = {scope: values for (measure, scope), values in told.items() if measure == reading.measure}
        sums = [sum((known[block][0] for block in blocks), Decimal(0)) for blocks in _BLOCKS_BESIDE_GOVERNMENT if all(block in known for block in blocks)]
        return any(reading.value == part + more for part in known.get("government", []) for more in sums if part < reading.value and more)

    own = [reading for reading in readings if reading.scope == "government" and not reading.subject and reading.measure in _HEAD_COUNTS]
    wholes = {reading.sentence for reading in own if reading.measure == "staff_assigned" and is_sum(reading)}
    of_all = {id(reading) for reading in own if reading.sentence in wholes and is_sum(reading)}
    return [replace(reading, scope="all") if id(reading) in of_all else reading for reading in readings]


class Reader(TableReader):
    """Reads one document once; `readings` gives the figures in the order of the text."""

    def __init__(self, document: Document, period: Period | None = None, unit: str = "") -> None:
        super().__init__(document, period, unit)
        self.year = period.end.year if period is not None else None
        self.above_body = True  # until a numbered heading or prose comes, lines in capitals are the letterhead and the title

    def readings(self) -> list[Reading]:
        """All figures, ordered by their start."""
        rows: list[Block] = []
        for block in blocks(self.text):
            if block.kind == "row":
                if rows and self.text.count("\n", rows[-1].end, block.start) > 1 and starts_table(self.view, block):
                    self._rows(rows)
                    rows = []
                rows.append(block)
                continue
            self._rows(rows)
            rows = []
            self._block(block)
        self._rows(rows)
        found = _with_new_told_apart([reading for place, reading in enumerate(self.found) if place not in self.taken_back])
        found = _with_whole_told_apart(found)
        return sorted(found, key=lambda reading: (reading.start, reading.measure))

    def _rows(self, rows: list[Block]) -> None:
        """Rows that stand together are a table; one alone is a line."""
        printed = [row for row in rows if not is_rule(self.view, row)]
        self.in_table = len(printed) > 1
        if self.in_table:
            self._table(rows)
            self.in_table = False
        for row in printed if len(printed) == 1 else ():
            self._block(Block("paragraph", 56, row.start, row.end, "", row.start))

    def _block(self, block: Block) -> None:
        if block.kind != "footnote":
            while self.levels and (self.levels[-1].rank >= block.rank or _ANNEX.match(self.view, block.start, block.end)):
                self.levels.pop()
        self.above_body = self.above_body and (not block.mark if block.kind == "heading" else block.end - block.body <= _TITLE_WIDTH)
        self.paragraph = block.start
        parent: Frame | None = None
        if block.kind == "footnote":
            parent = self.anchors.get(block.mark)
        elif block.kind == "heading" or block.rank == _ROMAN:
            self.running = None
            if block.rank <= _ROMAN:
                self.chapter_family = ""
        elif self.levels and (not self.levels[-1].heading or self.levels[-1].asks or self.levels[-1].label.get("timing") == "late"):
            parent = self.levels[-1].frame
            if (
                block.kind == "paragraph"
                and parent is not None
                and self.levels[-1].told
                and not self.view.startswith(self.lexicon.words["goes-on"], block.start)
            ):
                parent = None  # prose below "b) Về hồ sơ. …" starts anew
        in_passing = parent is not None and parent.emitted and parent.features.get("action") in OF_DOSSIERS
        if in_passing and self.levels and not self.levels[-1].announces:
            parent = Frame({"family": "dossier"})  # the last words of a paragraph of many figures are not what the next one lists
        void = self._plan(block) if block.kind != "footnote" else parent.void if parent is not None else ""
        level = Level(block.rank, {}, None, block.kind == "heading", void)
        level.start = block.start
        level.announces = self.view[block.end - 1] == ":"
        level.asks = self.view[block.end - 1] == "?"
        level.ends_in_requests = level.heading and any(word in self.view[block.start : block.end] for word in self.lexicon.words["plan-headings"])
        level.opens = block.kind in ("heading", "item") or level.announces
        items = self._tokens(block.body or block.start, block.end)
        before = len(self.found)
        first, named = True, False
        elements: list[Element] = []
        for sentence in self._sentences(items):
            elements = self._elements(sentence)
            titled = level.frame if named else None
            named = first and len(elements) <= _TITLE_WORDS and not any(element.kind == "num" for element in elements)
            if first:
                level.pair = self._announced_pair(elements)
            label, frame = self._sentence(elements, parent if first else titled, level, first)
            if first or frame is not None:
                level.label = label if first or not level.label else level.label
                level.frame = frame or level.frame or (Frame(dict(label)) if label else None)
            if first and any(element.has("field-word") for element in elements) and not any(element.kind == "num" for element in elements):
                level.by_field = True
                if {"action", "timing"} & set(level.label):
                    level.label.setdefault("family", "dossier")  # "Theo lĩnh vực (tiếp nhận trong tháng)"
            first = False
        if block.kind == "footnote":
            return
        level.told = self.view[block.end - 1] == "." and block.end - block.start > _PROSE_WIDTH
        if self.view[block.end - 1] == "." and level.frame is not None and level.frame.void and len(self.found) > before:
            level.frame = Frame({key: value for key, value in level.frame.features.items() if key == "family"})  # "…; thêm 63 hồ sơ do các xã cũ bàn giao."
        if level.announces and any(element.has("aim") for element in elements[:2]):
            for outer in (outer for outer in self.levels[-1:] if outer.ends_in_requests):
                outer.void = outer.void or "plan"  # "Đề nghị UBND tỉnh:" at the end of a paragraph: the lines below it are requests
        if level.frame is None and level.label:
            level.frame = Frame(dict(level.label))
        if level.opens and level.frame is not None and level.frame.void and level.announces and not level.frame.emitted:
            last = max(self.view.rfind(end, block.start, block.end) for end in (". ", ".\n"))
            if last > 0 and not re.search(r"[0-9]", self.view[last : block.end]):
                level.frame = Frame(dict(level.frame.features))  # "Quý II đứng thứ 58. Diễn biến từng tháng:": the list is not about the first sentence
        if not level.opens and level.frame is not None and not level.frame.emitted and not level.frame.void:
            told = self.view[block.end - 1] == "." and block.end - block.start > _TITLE_WIDTH  # a statement names its matter to what follows and no more
            kept = ("family",) if told else tuple(key for key in level.frame.features if key not in SCOPES)  # "Kính gửi: UBND xã …"
            level.frame = Frame({key: value for key, value in level.frame.features.items() if key in kept})
        if level.frame is None and block.kind == "item":
            level.frame = parent  # "+ So với hẹn" says nothing of its own: what stands below belongs to the line above
        self.levels.append(level)

    def _plan(self, block: Block) -> str:
        """Plans and requests are not facts: their headings void what stands below."""
        inherited = next((level.void for level in reversed(self.levels) if level.void), "")
        heading = self.view[block.start : block.end]
        if block.kind != "heading":
            title = _TITLE.match(self.view, block.body, block.end)
            if title is not None and any(word in title.group() for word in self.lexicon.words["summary-headings"]):
                return ""  # "Đánh giá khái quát: …" tells of what was, even below the tasks to come
            bare = title is None and block.end - block.body <= _TITLE_WIDTH and self.view[block.end - 1] not in ".;,"
            if block.rank > _NUMBERED or (title is None and not bare):
                return inherited
            heading = self.view[block.start : title.end() if title is not None else block.end]
        in_title = self.above_body and block.kind == "heading" and not block.mark  # "KẾT QUẢ … ⏎ 9 THÁNG … VÀ NHIỆM VỤ …"
        if not in_title and self._announces_plan(block.start, block.start + len(heading)):
            return "plan"
        return inherited or ("cause" if self._names_causes(heading) else "")

    def _names_causes(self, heading: str) -> bool:
        """Whether a title is of causes: "Nguyên nhân quá hạn", and not "Kết quả và nguyên nhân"."""
        words = self.lexicon.words
        return any(word in heading for word in words["cause-headings"]) and not any(word in heading for word in words["fact-headings"])

    def _announces_plan(self, start: int, end: int) -> bool:
        """Whether a title says that what follows is still to come."""
        heading = _MARKS.sub("", self.view[start:end])
        if heading.removeprefix("số ").removeprefix("hồ sơ ").startswith(("chuyển", "tồn", "còn")):
            return False  # "Chuyển quý IV: 196": what goes over into the next period
        if self._lies_ahead(self.text[start:end]):
            return True
        words = self.lexicon.words
        if any(word in heading for word in words["fact-headings"]):
            return False
        if heading.startswith(words["fact-openings"]) and not any(word in heading for word in words["times-to-come"]):
            return False
        return any(word in heading for word in words["plan-headings"])

    def _lies_ahead(self, heading: str) -> bool:
        """Whether a heading names a period that begins after the reported one: "8. Quý IV" in a report of the third quarter."""
        if self.period is None:
            return False
        named = [own for phrase in parse_period_phrase(heading, self.period.end.year) if (own := calendar_period(phrase)) is not None]
        if named:
            return all(own.start > self.period.end for own in named)
        years = [int(year) for year in _YEAR.findall(heading)]
        return len(years) == 1 and years[0] > self.period.end.year

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
            trail = self._behind_bracket(elements, begin) if (post or elements[index].percent) and all(element.has("unit") for element in post) else []
            consumed |= {id(element) for element in trail}
            frame = self._number_read(elements, index, post + trail, moves.get(id(elements[index])), state, level)
            if position == 0:
                label = {key: value for key, value in frame.features.items() if key in WEAK}
                if first:
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
        if words.lstrip("-+ ").startswith(self.lexicon.words["by-time"]) and (whole := self._counted_first(level.start)) is not None:
            state.parent, state.inside, state.opened = whole, True, True
        state.concludes = words.startswith(self.lexicon.words["concluding"])
        state.tail_block = self._tail_block(elements, numbers)
        title = _TITLE.match(self.view, span[0], span[1])
        told = any(element.has("concept") for element in elements if title is not None and element.end <= title.end())
        if title is not None and not told and title.group().endswith(":"):
            ahead = "plan" if self._announces_plan(span[0], title.end()) else "cause" if self._names_causes(title.group()) else ""
            state.void = state.void or ahead  # "6 tháng cuối năm: …" in the middle of a paragraph
        if _CHANGED_SINCE.search(words) and self._begins_with_earlier_time(span[0]):
            state.void = state.void or "comparison"  # "Quý IV/2025 tiếp nhận 2.115 hồ sơ; quý này giảm 181 hồ sơ"
        if self._compares(elements):
            state.void = state.void or "comparison"
        state.of_earlier_time = bool(elements) and self._begins_with_earlier_time(elements[0].start)
        return state

    def _counted_first(self, start: int) -> Frame | None:
        """The first count of a paragraph, which "Tính theo quý: quý I 13.105; …" parts."""
        first = next((reading for reading in self.found if reading.start >= start and reading.kind == "count"), None)
        return self.printed.get(self.view[first.start : first.end]) if first is not None else None

    def _number_read(self, elements: list[Element], index: int, post: list[Element], move: Move | None, state: State, level: Level) -> Frame:
        """The frame of a number with the words behind it; what it is a figure of is written down."""
        number, span = elements[index], (elements[0].start, elements[-1].end)
        state.households = any(left.text[-1:].isdigit() and right.text == "hộ" for left, right in itertools.pairwise(elements[index + 1 : index + 6]))
        if state.void == "handed-over" and state.last is not None and state.last.void == "handed-over" and self._came_anew(state):
            state.void = ""  # "gồm hồ sơ nhận bàn giao 117 hồ sơ và hồ sơ mới tiếp nhận 5.218 hồ sơ"
        frame = self._frame(elements, index, post, state, level)
        frame.percent = number.percent
        if move is not None:
            if not state.void:
                self._emit_move(number, move, span, elements[:index], state, block=self._block_behind(elements[index + 1 :]))
            frame.void = frame.void or "staff-event"
        self._emit(number, frame, span, post, state)
        return frame

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
            level.topic = {key: value for key, value in label.items() if key in ("field", "block")}
        return label, Frame(dict(label), void=state.void or void) if label else None

    @staticmethod
    def _is_counted_in(before: list[Element], frame: Frame, state: State) -> bool:
        """ "tiếp nhận 18.462 hồ sơ, kể cả 296 hồ sơ kỳ trước chuyển sang, trong đó …": a remark, and the parts are of all of them."""
        whole = state.last.features.get("action") if state.last is not None and state.last.emitted else ""
        return bool(before) and before[0].text.endswith("cả") and whole == "received" and frame.features.get("action") == "carried"

    @staticmethod
    def _came_anew(state: State) -> bool:
        """Whether the words before a number tell of dossiers that are new."""
        words = [word for segment in state.segments for word in segment]
        return any(word.entry is not None and "newness" in word.entry.features for word in words)

    @staticmethod
    def _is_beside_its_whole(frame: Frame, state: State) -> bool:
        """Whether a number cannot be a part of what it stands below: "đã xử lý 100, trong đó 98 đúng hạn; đang xử lý 20" are not those resolved."""
        whole = state.parent
        if whole is None or not state.inside or state.stack or frame.void or not frame.emitted or frame.features.get("family") != "dossier":
            return False
        return (whole.features.get("action"), frame.features.get("action")) in (("resolved", "in_progress"), ("in_progress", "resolved"))

    def _about_staff(self) -> bool:
        """Whether the heading or the line above speaks of staff."""
        return bool(self.levels) and self.levels[-1].label.get("family") == "staff"

    def _referred(self, number: Element, frame: Frame) -> dict[str, str]:
        """The features of the figure that "Trong 7 người …" names again; those of its own words where there is none."""
        known = self.printed.get(number.parts[0][2])
        if known is None or frame.features.get("family", "") not in ("", known.features.get("family")):
            return dict(frame.features)
        said = {key: frame.features[key] for key in ("action", "status", "timing", "field", "block") if key in frame.features}
        return {**known.features, **said}

    @staticmethod
    def _behind_bracket(elements: list[Element], at: int) -> list[Element]:
        """What a number's words go on with after a bracket or a share: "10 hồ sơ (0,44%) giải quyết chậm", "13 hồ sơ, bằng 0,39%, trả sau hạn"."""
        close = Reader._end_of_share(elements, at) or Reader._end_of_aside(elements, at)
        if at < len(elements) and elements[at].text == "(":
            close = next((place for place in range(at + 1, len(elements)) if elements[place].text == ")" and elements[place].kind == "punct"), len(elements))
        elif not close:
            return []
        found: list[Element] = []
        for element in elements[close + 1 :]:
            if (
                element.kind in ("punct", "num")
                or (element.has("link") and element.text not in ("được", "đã"))
                or element.has("and")
                or element.has("opener")
                or element.has("block")
            ):
                break
            found.append(element)
        return found

    @staticmethod
    def _end_of_aside(elements: list[Element], at: int) -> int:
        """The comma behind a number that stands between commas as an aside: "Phần lớn trong số này, 4.903 hồ sơ, được nộp trực tuyến"; else 0."""
        number = next((place for place in range(at - 1, max(-1, at - 4), -1) if elements[place].kind == "num"), 0)
        if at >= len(elements) or elements[at].text != "," or number < 2 or elements[number - 1].text != ",":
            return 0
        start = next((place for place in range(number - 2, -1, -1) if elements[place].kind in ("punct", "num")), -1)
        return at if any(word.has("mostly") for word in elements[start + 1 : number]) else 0

    @staticmethod
    def _end_of_share(elements: list[Element], at: int) -> int:
        """Where a share between commas ends if words follow it and no number right behind them: ", bằng 0,39%, trả sau hạn."; else 0."""
        share = next((place for place in range(at + 1, min(at + 4, len(elements))) if elements[place].kind == "num"), 0)
        linked = share and elements[at].text == "," and elements[share].percent and all(word.has("link") for word in elements[at + 1 : share])
        if not linked or share + 2 >= len(elements) or elements[share + 1].text != ",":
            return 0
        stop = next((place for place in range(share + 2, len(elements)) if elements[place].kind in ("punct", "num")), len(elements))
        first = next((place for place in range(share + 2, stop) if not elements[place].has("link")), share + 2)
        named = first < stop and elements[first].entry is not None and not elements[first].has("link") and not elements[first].text.startswith("số")
        told = any(word.entry is not None and {"timing", "channel", "action"} & set(word.entry.features) for word in elements[first:stop])
        return first - 1 if named and told and (stop == len(elements) or elements[stop].kind == "punct") else 0

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

    def _compares(self, elements: list[Element]) -> bool:
        """Whether a whole sentence tells of an earlier period: "Cùng kỳ năm trước tiếp nhận 1.400 hồ sơ, giải quyết 1.380 hồ sơ"."""
        first = next((element for element in elements if element.kind != "punct"), None)
        if first is not None and first.entry is not None and first.entry.features.get("subject") and first.text.startswith("trước "):
            return True  # "Trước sắp xếp các xã cũ có 88 người"
        return first is not None and first.entry is not None and first.entry.id == "comparison" and first.text.startswith(self.lexicon.words["earlier"])

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

    def _walk(self, gap: list[Element], state: State) -> None:
        """Read the words between two numbers: brackets and openers move the parent, delimiters cut segments."""
        in_passing = False
        for place, element in enumerate(gap):
            punct = element.kind == "punct"
            of_now = element.text in self.lexicon.words["this-time"] and place > 0 and gap[place - 1].text in self.lexicon.words["times"]
            state.of_earlier_time = state.of_earlier_time and not of_now
            if of_now and state.void == "comparison":
                state.void = ""  # "Cùng kỳ năm trước tiếp nhận 1.210 hồ sơ; năm nay tiếp nhận 1.620 hồ sơ"
            if element.kind == "sup" and state.last is not None:
                state.anchors[element.text] = state.last
            elif punct and element.text == "(":
                if not any(word.entry is not None and "field" in word.entry.features for word in state.segments[-1]):
                    self._all_of_it(state)  # "38 phản ánh, kiến nghị đều được trả lời (38/38)"
                label, void, _ = self._label(state)
                against = (void == "change" and "subject" in label) or (
                    (
                        void == "against"
                        or (void == "target" and label.get("status") == "assigned" and state.last is not None and state.last.features.get("family") == "staff")
                    )
                    and not any(word.has("identifier") or word.kind == "mask" for segment in state.segments for word in segment)
                )
                earlier = place == 0 and state.last is not None and self._begins_with_earlier_time(element.end)
                state.found_before.append(-1 if void else len(self.found))
                of_plan = (
                    place == 0 and state.last is not None and state.last.percent and state.last.void == "target"
                )  # "đạt 85,7% kế hoạch năm (60.000 hồ sơ)"
                aside = "comparison" if earlier else "target" if of_plan else "things" if _OF_THINGS.match(self.view, element.end) else ""
                state.open(label, aside or ("" if against else void))
                state.remark = self.view.startswith(IN_PASSING, element.end)
            elif punct and element.text == ")":
                self._all_of_it(state)
                state.remark = False
                idle = bool(state.found_before) and state.found_before.pop() == len(self.found)
                state.close(resumes=idle or self._resumes(gap[place + 1 :]))
            elif element.has("opener"):
                state.part(self._label(state)[0], anew=element.text.startswith(("chia theo", "phân theo", "chia ra")))
            elif punct and element.text in (";", ".", "", "·", "•"):
                self._all_without_number(state)
                state.end_clause({} if self._all_of_it(state) else self._label(state)[0])
                last = state.last
                told = state.counted_last is not None and state.counted_last[0].features.get("family") == "dossier"
                told = told or (last is not None and state.in_passing and last.void == "handed-over")
                if state.void == "other-dossiers" or (in_passing and state.void == "aim") or (told and state.void == "handed-over"):
                    state.void = ""
                state.cut(";")
                state.of_earlier_time = self._begins_with_earlier_time(element.end)
            elif punct and element.text == ":" and state.last is not None and not any(state.segments):
                state.part({})
            elif punct and element.text in ",:/+":
                if element.text == ",":
                    self._all_of_it(state)
                    counted = any(word.kind == "word" and word.text[0].isdigit() for word in state.segments[-1])
                    if state.void == "handed-over" and state.last is None and not counted:
                        state.void = ""
                elif element.text == ":" and any(
                    word.has("block") and word.entry is not None and "target" in word.entry.id and word.text != "xin" for word in state.segments[-1]
                ):
                    state.void = state.void or "aim"
                state.cut("," if element.text in "/+" else element.text)
            elif element.entry is not None and "intent" in element.entry.id and state.last is not None and state.last.emitted and not state.void:
                state.segments[-1].append(element)  # "8.955 hồ sơ nộp trực tuyến, nâng tỷ lệ hồ sơ trực tuyến lên mức 91,92%"
            elif element.text == "đề nghị" and place == len(gap) - 1 and state.last is not None and state.last.features.get("family") == "petition":
                state.segments[-1].append(element)  # "khiếu nại 2, đề nghị 29": a kind of petition
            elif element.has("aim"):
                another = element.entry is not None and "another-kind" in element.entry.id
                in_passing = state.last is not None and not state.void  # "12 người, dự kiến thôi sử dụng; ở khu phố 108 người"
                state.in_passing = in_passing or state.in_passing
                state.void = state.void or ("aim" if not another else "handed-over" if "bàn giao" in element.text else "other-dossiers")
            else:
                state.segments[-1].append(element)

    def _begins_with_earlier_time(self, at: int) -> bool:
        """Whether a bracket or a clause begins with a time before the reported one: "421 TTHC (quý II: 419 TTHC)", "Quý II có 43 người"."""
        if _BEFORE_THE_MERGER.match(self.view, at):
            return True
        named = _TIME.match(self.view, at)
        if named is None or self.period is None:
            return False
        phrase = next(iter(parse_period_phrase(self.text[at : named.end()], self.period.end.year)), None)
        own = calendar_period(phrase) if phrase is not None else None
        return own is not None and own.end < self.period.end and own.start < self.period.start

    @staticmethod
    def _resumes(gap: list[Element]) -> bool:
        """Whether the words between a bracket and a number only join them: ") đạt 96,7%"."""
        return (
            bool(gap)
            and gap[-1] is not END
            and all(element.has("link") or element.has("bound") or element.text in ("tuy", "vẫn", "cũng", "đều", "mới", "chỉ") for element in gap)
        )

    @staticmethod
    def _speaks_of_all(segment: list[Element], last: Frame) -> bool:
        """Whether words behind a number tell something of all that it counts: "tất cả đều …", "trong hạn cả", "vẫn trong hạn", "thuộc lĩnh vực …"."""
        if not segment or segment[0].text.endswith("còn lại"):
            return False
        if any(element.has("total") or element.text == "đều" for element in segment[:2]) or (len(segment) == 2 and segment[1].text == "cả"):
            return True
        if segment[0].text == "cả" and len(segment) > 1 and segment[1].text in ("hai", "ba", "bốn", "năm", "sáu"):
            return True
        entry = segment[-1].entry
        if last.features.get("action") == "in_progress" and "timing" not in last.features and entry is not None and entry.features.get("timing") == "within":
            return len(segment) == 1 or segment[0].text in ("vẫn", "còn", "đang", "cũng", "vẫn còn")
        done = any(element.entry is not None and element.entry.features.get("action") == "resolved" for element in segment)
        if done and (segment[-1].has("total") or segment[-1].text == "hết"):
            return True  # "phường đã xử lý toàn bộ", "đã trả lời hết"
        if segment[0].text == "cả" and len(segment) > 1 and read_numeral([segment[1].text]):
            return True  # "cả hai đã được trả lời"
        of_field = segment[0].has("field-word") or (segment[0].text in ("thuộc", "của", "ở") and len(segment) > 1)
        return of_field and entry is not None and bool(entry.features.get("field")) and len(segment) <= 3

    def _also_of_field(self, field: str) -> None:
        """ "22 hồ sơ trễ hạn và 05 hồ sơ trả lại, đều thuộc lĩnh vực đất đai": the number before "và" too."""
        if len(self.found) < _A_PAIR_AND_ITS_FIELD:
            return
        first, second = self.found[-3:-1]
        between = self.view[first.end : second.start]
        joined = first.sentence == second.sentence and " và " in between and not set(between) & set(",;:().") and not first.scope
        if joined and first.measure.startswith("tthc_") and first.kind == "count":
            self.found.append(replace(first, scope=field))

    def _all_without_number(self, state: State) -> None:
        """ "chuyển về 12 phản ánh; phường đã xử lý toàn bộ": the words are the number."""
        segment, last = state.segments[-1], self._feedback_counted(state)
        if last is None or not segment or not segment[-1].has("total") or len(segment) < 2:
            return
        own, void = self._collapse(segment, last_wins=True)
        if void or own.get("action") != "resolved" or own.get("family", last.features["family"]) != last.features["family"]:
            return
        word, value = segment[-1], self.found[last.places[0]].value
        number = Element("num", word.text, word.start, word.end, parts=((word.start, word.end, word.text),), amount=value)
        kept = {key: last.features[key] for key in ("family", "field", "scoped") if key in last.features}
        self._emit(number, Frame({**kept, "action": "resolved", "bound": "="}), state.span, [], state)

    @staticmethod
    def _feedback_counted(state: State) -> Frame | None:
        """The feedback, petitions or dossiers of a field received that were counted last in the sentence."""
        last = state.last
        counted = last is not None and last.places and not last.percent and (last.features.get("family") in ("pakn", "petition") or "field" in last.features)
        return last if counted and last is not None and last.features.get("action", "received") == "received" else None

    def _all_resolved(self, own: dict[str, str], void: str, state: State) -> bool:
        """ "Chứng thực nhận 388 và tất cả đều xong", "02 phản ánh, cả hai đã được trả lời": as many were resolved as came in."""
        assert state.last is not None and state.number is not None
        last = state.last.features
        came_in = last.get("action", "received" if last.get("family") in ("pakn", "petition") else "") == "received"
        done = any(word.text.endswith("xong" if "timing" in own else ("xong", "giải quyết")) for word in state.segments[-1])
        if last.get("family") == "dossier" and not done:
            return False  # "tất cả trả trước hạn" tells when, and no more
        if (
            void
            or own.get("action") != "resolved"
            or not (came_in and state.last.emitted)
            or state.last.percent
            or (last.get("family") == "dossier" and {"channel", "newness"} & set(last))
        ):
            return False
        kept = {key: value for key, value in last.items() if key in (*SCOPES, "family", "scoped")}
        self._emit(state.number, Frame({**kept, "action": "resolved", "bound": "="}), state.span, [], state)
        return not {"timing", "field"} & set(own)

    def _all_were_digitised(self, own: dict[str, str], last: Frame, number: Element, state: State) -> None:
        """ "1.171 hồ sơ đã giải quyết xong và đều đã số hóa": the number also counts those."""
        action = last.features.get("action", "")
        if last.emitted and action in ("received", "resolved") and {"digit", "digital"} & set(own) and not {"timing", "channel", "digit"} & set(last.features):
            side = own.get("digit") or ("results" if action == "resolved" else "inputs")
            given = {key: value for key, value in last.features.items() if key in (*SCOPES, "family", "bound")}
            self._emit(number, Frame({"bound": "=", **given, "digit": side}), state.span, [], state)

    def _all_of_it(self, state: State) -> bool:
        """ "…, tất cả đều trước hạn": the number before is also the number of those. True if the words gave it a field."""
        segment = state.segments[-1]
        segment = segment[1:] if segment and segment[0].text in (*self.lexicon.words["conjunctions"], "và", "mà") else segment
        if state.last is None or state.number is None or not self._speaks_of_all(segment, state.last):
            return False
        own, void = self._collapse(segment, last_wins=True)
        if state.last.percent and "field" in own and "timing" not in own and not void and state.counted_last is not None:
            frame, number = state.counted_last  # "trễ hạn 4 hồ sơ, chiếm 0,21%, đều thuộc lĩnh vực xây dựng"
            features = frame.features
            same = features.get("family") == "dossier" and "field" not in features and features.get("timing") == state.last.features.get("timing")
            if same:
                self._emit(number, Frame({**features, "field": own["field"]}), state.span, [], state)
            return same
        if self._all_resolved(own, void, state):
            return False
        if void or state.last.percent or state.number.zero:
            return False
        self._all_were_digitised(own, state.last, state.number, state)
        if not {"timing", "field"} & set(own) or state.last.features.get("family") != "dossier":
            return False
        if "timing" not in own:  # "trả lại 11 hồ sơ, đều của lĩnh vực đất đai"
            given = state.last.emitted and "field" not in state.last.features
            if given:
                self._emit(state.number, Frame({**state.last.features, "field": own["field"]}), state.span, [], state)
                self._also_of_field(own["field"])
            return given
        features = {key: value for key, value in state.last.features.items() if key in SCOPES} | {"family": "dossier", "timing": own["timing"], "bound": "="}
        features["action"] = "in_progress" if state.last.features.get("action") == "in_progress" else "resolved"
        self._emit(state.number, Frame(features), state.span, [], state)
        return False
