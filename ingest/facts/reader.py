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

from ingest.documents.outline import Block, blocks
from ingest.facts.elements import Element
from ingest.facts.frames import END, SCOPES, WEAK, Frame, Level, Reading, State
from ingest.facts.rules import RuleReader
from ingest.facts.tables import Cell, Table, split_table, starts_table
from warehouse.model import Document, Period
from warehouse.periods import PeriodPhrase, calendar, parse_period_phrase

_ROMAN = 10
_NUMBERED = 44
"""The last rank of numbered lines; below it are letters and bullets."""
_HEADINGS = {"có": {"status": "present"}, "giao": {"status": "assigned"}, "thừa": {"post": "yes"}}
"""Words that only as a column's whole heading say what it counts."""
_ROWS = {"đảng": {"block": "party"}, "đảng ủy": {"block": "party"}, "mặt trận": {"block": "front"}, "đoàn thể": {"block": "front"}}
"""Words that only as a row's whole name are a block of staff."""
_TITLE = re.compile(r"[^:.;,]{3,60}(?::|\.(?=\s))")
"""The title of a numbered line that goes on behind it: "12. Kiến nghị. Cho trả kết quả …"."""
_YEAR = re.compile(r"(?i:năm)\s+(20[0-9]{2})\b")
_TITLE_WORDS = 6
"""A first sentence without a number and not longer than this names what the block is about: "3. Tồn cuối kỳ. 423 hồ sơ, …"."""
_EARLIER = ("cùng kỳ", "quý trước", "năm trước", "tháng trước", "năm ngoái", "kỳ báo cáo trước")
_PASSED_OVER = ("average", "per-unit", "unknown-noun", "people", "another-matter", "share-of-something")
"""Reasons for which a number is no figure and what follows does not belong to it either."""


class Reader(RuleReader):
    """Reads one document once; `readings` gives the figures in the order of the text."""

    def __init__(self, document: Document, period: Period | None = None) -> None:
        super().__init__(document)
        self.period = period
        self.year = period.end.year if period is not None else None

    def readings(self) -> list[Reading]:
        """All figures, ordered by their start."""
        rows: list[Block] = []
        for block in blocks(self.text):
            if block.kind == "row":
                if rows and self.text.count("\n", rows[-1].end, block.start) > 1 and starts_table(self.view, block):
                    self._table(rows)
                    rows = []
                rows.append(block)
                continue
            self._table(rows)
            rows = []
            self._block(block)
        self._table(rows)
        return sorted(
            (reading for place, reading in enumerate(self.found) if place not in self.taken_back), key=lambda reading: (reading.start, reading.measure)
        )

    def _block(self, block: Block) -> None:
        if block.kind != "footnote":
            while self.levels and self.levels[-1].rank >= block.rank:
                self.levels.pop()
        parent: Frame | None = None
        if block.kind == "footnote":
            parent = self.anchors.get(block.mark)
        elif block.kind == "heading" or block.rank == _ROMAN:
            self.running = None
            if block.rank <= _ROMAN:
                self.chapter_family = ""
        elif self.levels and not self.levels[-1].heading:
            parent = self.levels[-1].frame
        void = self._plan(block) if block.kind != "footnote" else parent.void if parent is not None else ""
        level = Level(block.rank, {}, None, block.kind == "heading", void)
        level.opens = block.kind in ("heading", "item") or self.view[block.end - 1] == ":"
        items = self._tokens(block.body or block.start, block.end)
        first, named = True, False
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
            first = False
        if block.kind == "footnote":
            return
        if level.frame is None and level.label:
            level.frame = Frame(dict(level.label))
        if level.frame is None and block.kind == "item":
            level.frame = parent  # "+ So với hẹn" says nothing of its own: what stands below belongs to the line above
        self.levels.append(level)

    @staticmethod
    def _announced_pair(elements: list[Element]) -> tuple[str, str, str] | None:
        """What the two numbers of `a / b` are, where a heading says it: "Theo lĩnh vực (tiếp nhận / giải quyết)"."""
        for left, slash, right in zip(elements, elements[1:], elements[2:], strict=False):
            if slash.text in ("/", "-", "–") and left.entry is not None and right.entry is not None:
                for key in ("action", "status"):
                    values = left.entry.features.get(key, ""), right.entry.features.get(key, "")
                    if all(values) and values[0] != values[1]:
                        return key, *values
        return None

    def _plan(self, block: Block) -> str:
        """Plans and requests are not facts: their headings void what stands below."""
        inherited = next((level.void for level in reversed(self.levels) if level.void), "")
        heading = self.view[block.start : block.end]
        if block.kind != "heading":
            title = _TITLE.match(self.view, block.body, block.end)
            if block.rank > _NUMBERED or title is None:
                return inherited
            heading = self.view[block.start : title.end()]
        return "plan" if self._announces_plan(block.start, block.start + len(heading)) else inherited

    def _announces_plan(self, start: int, end: int) -> bool:
        """Whether a title says that what follows is still to come."""
        heading = self.view[start:end]
        if self._lies_ahead(self.text[start:end]):
            return True
        if any(word in heading for word in self.lexicon.words["fact-headings"]):
            return False
        return any(word in heading for word in self.lexicon.words["plan-headings"])

    def _lies_ahead(self, heading: str) -> bool:
        """Whether a heading names a period that begins after the reported one: "8. Quý IV" in a report of the third quarter."""
        if self.period is None:
            return False
        for phrase in parse_period_phrase(heading, self.period.end.year):
            own = _calendar_period(phrase)
            if own is not None and own.start > self.period.end:
                return True
        years = [int(year) for year in _YEAR.findall(heading)]
        return len(years) == 1 and years[0] > self.period.end.year

    def _sentence(self, elements: list[Element], parent: Frame | None, level: Level, first: bool) -> tuple[dict[str, str], Frame | None]:
        span = (elements[0].start, elements[-1].end) if elements else (0, 0)
        numbers = [index for index, element in enumerate(elements) if element.kind == "num"]
        words = self.view[span[0] : span[1]]
        state = State(parent, self.running, level.void, inside=parent is not None, several=sum(not elements[index].percent for index in numbers) > 1)
        state.speaks_of_index = any(word in words for word in ("766", "cổng dịch vụ công", "phục vụ người dân"))
        state.tail_block = self._tail_block(elements, numbers)
        title = _TITLE.match(self.view, span[0], span[1])
        told = any(element.has("concept") for element in elements if title is not None and element.end <= title.end())
        if title is not None and not told and title.group().endswith(":") and self._announces_plan(span[0], title.end()):
            state.void = state.void or "plan"  # "6 tháng cuối năm: …" in the middle of a paragraph
        if self._compares(elements):
            state.void = state.void or "comparison"
        begin = 0
        label: dict[str, str] = {}
        consumed: set[int] = set()
        for position, index in enumerate(numbers):
            limit = numbers[position + 1] if position + 1 < len(numbers) else len(elements)
            self._walk([element for element in self._without_idle_opener(elements, begin, index, state) if id(element) not in consumed], state)
            post_end = self._post_end(elements, index, limit)
            post = elements[index + 1 : post_end]
            trail = self._behind_bracket(elements, post_end) if all(element.has("unit") for element in post) else []
            consumed |= {id(element) for element in trail}
            post += trail
            state.households = any(left.text[-1:].isdigit() and right.text == "hộ" for left, right in itertools.pairwise(elements[index + 1 : index + 6]))
            frame = self._frame(elements, index, post, state, level)
            frame.percent = elements[index].percent
            self._emit(elements[index], frame, span, post, state)
            if position == 0:
                label = {key: value for key, value in frame.features.items() if key in WEAK}
                if first:
                    level.topic = {key: value for key, value in state.topic.items() if key in SCOPES and not state.topic_listed}
            if not frame.features.get("family") and not frame.void:
                # a number of something else: its words stay part of the label that is being read
                state.segments[-1].extend(elements[index:post_end])
                begin = post_end
                continue
            of_whole = state.last is not None and index > 0 and elements[index - 1].has("break")
            if frame.void not in _PASSED_OVER and not of_whole and not (elements[index].zero and state.last is not None):
                state.last = frame
                state.number = elements[index]
                state.span = span
                if frame.features.get("scoped") and not frame.void:
                    state.head = frame
                if not frame.void:
                    state.running = state.whole = frame
            if frame.void == "reference":
                state.parent, state.inside = Frame(self._referred(elements[index], frame)), True
            state.segments = [[]]
            state.seps = [""]
            state.fresh = False
            state.timings |= {frame.features.get("timing", "") + "%" * frame.percent, frame.features.get("grade", "") + "%" * frame.percent}
            begin = post_end
        rest = [element for element in elements[begin:] if id(element) not in consumed]
        if not numbers and rest and rest[-1].text == ".":
            rest.pop()  # "2.5. Số hóa." is the title of what follows
        self._walk(rest, state)
        label_void = ""
        if not numbers:
            label, label_void, _ = self._label(state)
            if state.parent is not None and state.parent is not parent:
                label = {**state.parent.features, **label}
        self._walk([END], state)
        self.anchors |= state.anchors
        if not numbers:
            label = {
                key: value
                for key, value in label.items()
                if key in WEAK or key in ("timing", "channel", "digit", "grade", "cat", "pay", "level", "group", "votes", "newness")
            }
            if "+" in label.get("action", ""):
                label.pop("action")
            if "field" in label and ("two_fields" in label or not self._only_field(elements, level.heading)):
                label.pop("field")
            if first and not level.heading:
                level.topic = {key: value for key, value in label.items() if key in ("field", "block")}
            return label, Frame(dict(label), void=state.void or label_void) if label else None
        self.running = state.running
        if "field" in label and label["field"] != level.topic.get("field"):
            # one entry of a list by field: the lines below it learn its field from the number, not from the line
            label.pop("field")
        return label, state.last

    def _referred(self, number: Element, frame: Frame) -> dict[str, str]:
        """The features of the figure that "Trong 7 người …" names again; those of its own words where there is none."""
        known = self.printed.get(number.parts[0][2])
        if known is None or frame.features.get("family", "") not in ("", known.features.get("family")):
            return dict(frame.features)
        said = {key: frame.features[key] for key in ("action", "status", "timing", "field", "block") if key in frame.features}
        return {**known.features, **said}

    @staticmethod
    def _behind_bracket(elements: list[Element], at: int) -> list[Element]:
        """What a number's words go on with after a bracket: "10 hồ sơ (0,44%) giải quyết chậm"."""
        if at >= len(elements) or elements[at].text != "(":
            return []
        close = next((place for place in range(at + 1, len(elements)) if elements[place].text == ")" and elements[place].kind == "punct"), len(elements))
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

    @staticmethod
    def _compares(elements: list[Element]) -> bool:
        """Whether a whole sentence tells of an earlier period: "Cùng kỳ năm trước tiếp nhận 1.400 hồ sơ, giải quyết 1.380 hồ sơ"."""
        first = next((element for element in elements if element.kind != "punct"), None)
        return first is not None and first.entry is not None and first.entry.id == "comparison" and first.text.startswith(_EARLIER)

    @staticmethod
    def _without_idle_opener(elements: list[Element], begin: int, index: int, state: State) -> list[Element]:
        """The words before a number; "gồm" right before a total with a plain unit ("đội ngũ công chức gồm 58 người") opens no part."""
        gap = elements[begin:index]
        unit = elements[index + 1] if index + 1 < len(elements) else None
        plain = unit is not None and unit.entry is not None and (unit.entry.id.split("+")[0] in ("people", "dossier", "procedure"))
        later = any(element.has("opener") or element.text == ":" for element in elements[index + 1 :])
        if gap and gap[-1].has("opener") and "gồm" in gap[-1].text and state.last is None and not state.inside and plain and later:
            return gap[:-1]
        return gap

    def _walk(self, gap: list[Element], state: State) -> None:
        """Read the words between two numbers: brackets and openers move the parent, delimiters cut segments."""
        for place, element in enumerate(gap):
            punct = element.kind == "punct"
            if element.kind == "sup" and state.last is not None:
                state.anchors[element.text] = state.last
            elif punct and element.text == "(":
                label, void, _ = self._label(state)
                against = (void == "change" and "subject" in label) or (
                    void == "against" and not any(word.has("identifier") or word.kind == "mask" for segment in state.segments for word in segment)
                )
                state.open(label, "" if against else void)
            elif punct and element.text == ")":
                self._all_of_it(state)
                state.close(resumes=self._resumes(gap[place + 1 :]))
            elif element.has("opener"):
                state.part(self._label(state)[0])
            elif punct and element.text in (";", ".", ""):
                self._all_of_it(state)
                state.end_clause(self._label(state)[0])
                if state.void == "other-dossiers":
                    state.void = ""
                state.cut(";")
            elif punct and element.text == ":" and state.last is not None and not any(state.segments):
                state.part({})
            elif punct and element.text in ",:/":
                if element.text == ",":
                    self._all_of_it(state)
                elif element.text == ":" and any(word.has("block") and word.entry is not None and "target" in word.entry.id for word in state.segments[-1]):
                    state.void = state.void or "aim"
                state.cut("," if element.text == "/" else element.text)
            elif element.has("aim"):
                state.void = state.void or (
                    "other-dossiers" if element.entry is not None and "another-kind" in element.entry.id and "bàn giao" not in element.text else "aim"
                )
            else:
                state.segments[-1].append(element)

    @staticmethod
    def _resumes(gap: list[Element]) -> bool:
        """Whether the words between a bracket and a number only join them: ") đạt 96,7%"."""
        return (
            bool(gap)
            and gap[-1] is not END
            and all(element.has("link") or element.has("bound") or element.text in ("tuy", "vẫn", "cũng", "đều", "mới", "chỉ") for element in gap)
        )

    def _all_of_it(self, state: State) -> None:
        """ "…, tất cả đều trước hạn": the number before is also the number of those."""
        segment = state.segments[-1]
        if state.last is None or state.number is None or not any(element.has("total") or element.text == "đều" for element in segment[:2]):
            return
        own, void = self._collapse(segment, last_wins=True)
        if void or "timing" not in own or state.last.features.get("family") != "dossier" or state.last.percent:
            return
        features = {key: value for key, value in state.last.features.items() if key in SCOPES} | {"family": "dossier", "timing": own["timing"], "bound": "="}
        features["action"] = "in_progress" if state.last.features.get("action") == "in_progress" else "resolved"
        self._emit(state.number, Frame(features), state.span, [], state)

    def _table(self, rows: list[Block]) -> None:
        """A grid of cells: every number takes its column's heading and its row's name."""
        if len(rows) < 2:
            for row in rows:
                self._block(Block("paragraph", 56, row.start, row.end, "", row.start))
            return
        self.running = None
        grid = split_table(self.view, rows)
        columns = [self._header_features(grid, column) for column in range(grid.width)]
        actions = [features.get("action") for features, _ in columns]
        if {"received", "resolved"} <= set(actions):
            # beside what was received and what was resolved, "Kỳ trước" is what came over and no comparison
            columns = [
                ({**features, "action": "carried"}, "") if void == "comparison" and "action" not in features else (features, void) for features, void in columns
            ]
        scores = any("points" in features for features, _ in columns)
        by_column = sum(1 for features, _ in columns[1:] if any(key in self.lexicon.significant for key in features)) >= 1
        if not any("family" in features for features, _ in columns) and any("action" in features for features, _ in columns) and not self._context_family():
            columns = [({"family": "dossier", **features}, void) for features, void in columns]
        elif not any("family" in features for features, _ in columns) and any("status" in features for features, _ in columns):
            columns = [({"family": "staff", **features}, void) for features, void in columns]
        columns = self._beside_present(self._without_earlier(columns, grid), grid)
        if sum("field" in features for features, _ in columns) > 1 and not any("family" in features for features, _ in columns):
            columns = [({"family": "dossier", **features}, void) for features, void in columns]
            # beside columns of fields, one without is "Khác" or the total, and never the field on its left
            whole = [{"field": "field:other" if "bare_other" in features else ""} if place else {} for place, (features, _) in enumerate(columns)]
            columns = [({**other, **features}, void) for other, (features, void) in zip(whole, columns, strict=True)]
        parents: list[tuple[int, Frame]] = []
        running: Frame | None = None
        table_family = "" if by_column else self._rows_family(grid)
        above: dict[int, dict[str, str]] = {}
        for cells in grid.body:
            label, rank = self._row_label(cells)
            features, void = self._collapse(label, last_wins=True)
            features |= self._row_block(label)
            total = any(element.has("total") for element in label) and not any(key in features for key in ("field", "block"))
            while parents and parents[-1][0] >= rank:
                parents.pop()
            span = (cells[0].start, cells[-1].end)
            as_percent = "rate" in features or any(self.view[cell.start : cell.end].strip(" ()") == "%" for cell in cells)
            sums = total and not features and by_column
            state = State(parents[-1][1] if parents else None, None if by_column else running, inside=bool(parents))
            last: Frame | None = None
            if not any(cell.number for cell in cells):
                if features:
                    parents.append((rank, Frame(features)))
                continue
            shift = len(columns) - len(cells) if by_column and total and len(cells) < len(columns) else 0
            for place, cell in enumerate(cells):
                column = place + shift
                if not cell.number or column >= len(columns) or cell.is_order:
                    continue
                heading, heading_void = columns[column]
                own = {**heading, **features}
                if "task" in own:
                    continue
                of_index = "index" in (heading.get("family"), self._context_family()) or (scores and ("group" in features or "group" in columns[0][0]))
                if of_index and features.get("family") != "index" and not total:
                    continue  # a row of the index's table is one of its components
                if of_index and total:
                    own["family"] = "index"
                if "family" not in own and table_family:
                    own["family"] = table_family
                if by_column and "cat" in heading and "status" not in heading:
                    own["in_table"] = "yes"
                if own.get("family") == "staff" or "status" in own or "block" in own:
                    own.pop("post", None)
                if total and not features and running is not None and not by_column:
                    own = {**running.features, **own}
                    own.pop("field", None)
                    own.pop("scoped", None)
                if own.get("period_new") and running is not None and running.features.get("action") == "carried":
                    own["newness"] = "new"
                if by_column and "action" in heading:
                    own["action"] = heading["action"]
                if by_column and "status" in heading:
                    own["status"] = heading["status"]
                number = cell.element
                if number is None:
                    continue
                if sums and any(key in above.get(column, {}) for key in SCOPES) and not {"action", "status", "cat", "family"} & set(heading):
                    own = {key: value for key, value in above[column].items() if key not in (*SCOPES, "scoped", "own_block", "bound", "listed")} | own
                number.percent = number.percent or "percent" in heading or as_percent
                state.running = last if by_column else (running if any(key in own for key in ("timing", "channel")) else None)
                state.last = last if by_column else None
                if own.get("cat") in ("contract", "nonspec") or "in_table" in own or (by_column and "status" in heading):
                    state.running = state.last = None  # a column that says whom it counts is no share of the one on its left
                frame = self._inherit(own, number, state, None)
                if total and not features.get("block") and frame.features.get("family") == "staff":
                    frame.features["block"] = frame.features.get("block") or "all"
                frame.features["bound"] = "="
                frame.void = heading_void or void or (self.levels[-1].void if self.levels else "")
                self._emit(number, frame, span, [], state)
                above[column] = frame.features
                if not frame.void:
                    last = frame
                    table_family = frame.features.get("family") or table_family
            if last is not None:
                running = last
                parents.append((rank, last))

    def _beside_present(self, columns: list[tuple[dict[str, str], str]], grid: Table) -> list[tuple[dict[str, str], str]]:
        """Beside a column of those who are there, "Chỉ tiêu" is what was assigned and "Chênh" what is missing; alone they say neither."""
        if not any(features.get("status") == "present" for features, _ in columns):
            return columns
        names = [" ".join(self.view[start:end].strip() for start, end in grid.heading(column)) for column in range(len(columns))]
        for status in ("assigned", "vacant"):
            words = self.lexicon.words[f"{status}-headings"]
            columns = [
                ({"family": "staff", "status": status}, "") if place and name in words and "status" not in column[0] else column
                for place, (name, column) in enumerate(zip(names, columns, strict=True))
            ]
        return columns

    @staticmethod
    def _row_block(label: list[Element]) -> dict[str, str]:
        """The block that a row's whole name is, where only in a table it is one: "Đảng ủy", "Đảng ủy, Ủy ban MTTQ"."""
        if len(label) == 1:
            return _ROWS.get(label[0].text, {})
        named = [element for element in label if element.kind != "punct" and not element.has("and")]
        blocks_named = {(element.entry.features.get("block") or element.entry.features.get("weak_block", "")) if element.entry else "" for element in named}
        return {"block": "party-front"} if blocks_named == {"party", "front"} else {}

    def _rows_family(self, grid: Table) -> str:
        """Rows that say only what was done ("Tiếp nhận", "Đã giải quyết") count dossiers, unless a row or a heading names something else."""
        rows = [self._collapse(self._row_label(cells)[0], last_wins=True)[0] for cells in grid.body]
        named = any("family" in features for features in rows) or self._context_family()
        return "dossier" if not named and sum(1 for features in rows if "action" in features) > 1 else ""

    def _without_earlier(self, columns: list[tuple[dict[str, str], str]], grid: Table) -> list[tuple[dict[str, str], str]]:
        """Void the columns of another period ("Tháng 8 | Tháng 7"), which stand there for comparison, where one of the columns is of the reported one."""
        if self.period is None:
            return columns
        starts = []
        for column in range(len(columns)):
            words = " ".join(self.view[start:end] for start, end in grid.heading(column))
            named = [own for phrase in parse_period_phrase(words, self.period.end.year) if (own := _calendar_period(phrase)) is not None]
            starts.append(named[0] if len(named) == 1 else None)
        ours = [own is not None and own.end >= self.period.end for own in starts]
        if not any(ours) or sum(own is not None for own in starts) != 2:
            return columns
        return [
            (features, void or ("comparison" if own is not None and not mine else ""))
            for (features, void), own, mine in zip(columns, starts, ours, strict=True)
        ]

    def _header_features(self, grid: Table, column: int) -> tuple[dict[str, str], str]:
        elements: list[Element] = []
        for start, end in grid.heading(column):
            elements.extend(self._elements(self._tokens(start, end)))
        elements = [element for element in elements if not (element.kind == "num" and not element.percent)]
        features, void = self._collapse(elements, last_wins=True)
        if len(elements) == 1 and elements[0].text in _HEADINGS:
            features = dict(_HEADINGS[elements[0].text])
        if any(element.text in ("%", "tỷ lệ", "tỉ lệ") for element in elements):
            features["percent"] = "yes"
        if pair := self._announced_pair(elements):
            key, features[key], features["pair"] = pair
        return features, void

    def _row_label(self, cells: list[Cell]) -> tuple[list[Element], int]:
        words = [cell for cell in cells if not cell.number and any(char.isalpha() for char in self.view[cell.start : cell.end])]
        if not words:
            return [], 50
        first = words[0]
        lead = self.view[first.start : first.end].lstrip()
        rank = 90 if lead[:1] in "-+•*" else 80 if lead[:1].isdigit() else 50
        if cells[0].is_order and rank == 50:
            rank += 10 * self.view[cells[0].start : cells[0].end].strip(".").count(".")
        elements: list[Element] = []
        for word in words[:1] if len(words) > 1 else words:
            elements.extend(self._elements(self._tokens(word.start, word.end)))
        if len(elements) > 2 and len(elements[0].text) <= 3 and elements[1].text in (".", ")"):
            del elements[:2]
        while elements and elements[0].kind == "punct":
            elements.pop(0)
        return elements, rank


def _calendar_period(phrase: PeriodPhrase) -> Period | None:
    """The period a phrase names, by the calendar; None for a range or a phrase that gives none."""
    if phrase.problem or phrase.kind == "range" or phrase.year is None:
        return None
    return calendar(phrase.kind, phrase.year, phrase.n)
