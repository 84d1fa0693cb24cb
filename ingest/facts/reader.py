"""From the words around a number to a measure.

A report is read block by block (heading, item, paragraph, table row). In a sentence every number owns the words before it
since the last delimiter (its label) and the words right after it (its unit and qualifiers). Phrases turn those words
into features; what a clause leaves unsaid it takes from the number it is a part of ("trong đó", brackets, a deeper
list level) or from the clause before. The features decide the measure; a significant feature that no rule knows makes
the number not a figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from ingest.documents.outline import Block, blocks
from ingest.facts.elements import Element
from ingest.facts.lexicon import Lexicon, Rule, lexicon
from ingest.facts.numerals import read_numeral
from ingest.facts.repair import is_damaged, repaired
from ingest.facts.tables import Cell, Table, split_table, starts_table
from ingest.facts.tokens import Token, tokens, view
from warehouse.model import Document
from warehouse.numbers import MAGNITUDES, NumberError, parse_number

MAJOR = {"dossier": "action", "pakn": "action", "petition": "action", "staff": "status"}
WEAK = ("family", "digital", "digit_hint", "field", "block", "weak_block", "subject", "comp", "rate", "action", "status", "points")
SCOPES = ("field", "block", "weak_block", "subject")
_FLAT_WORDS = 6
_REASONS = ("target", "staff-event", "event", "comparison", "against", "average", "change")
_FINAL = ("withdrawn", "returned", "paused")
_NOT_COUNTED = {"block", "weak_block", "subject", "field", "kind", "change", "group", "sipas", "other_area", "other_money", "bare_other", "digital", "rate"}
_PEOPLE = ("viên chức", "cán bộ", "nhân viên", "nhân lực")
_AFTER_FIELD = ("đã", "có", "là", "được", "đạt", "hiện", "còn", "trong", "tại", "của", "trên", "thu", "chiếm", "với")
_BEFORE_FIELD = ("-", "thuộc", "về", "đối", "với", "&", "có", "số", "là", "gồm", "riêng", "như", "/")
_PLAN_HEADINGS = ("phương hướng", "nhiệm vụ", "giải pháp", "đề xuất", "kiến nghị", "đề nghị", "mục tiêu", "kế hoạch", "thời gian tới", "bài học")
_FACT_HEADINGS = (
    "kết quả",
    "tình hình",
    "phản ánh",
    "khiếu nại",
    "đơn thư",
    "tiếp công dân",
    "thực hiện nhiệm vụ",
    "phân cấp",
    "đánh giá",
    "khó khăn",
    "hạn chế",
)


@dataclass(slots=True)
class Frame:
    """What is known of one number: its features, and why it is not a figure if it is not."""

    features: dict[str, str] = field(default_factory=dict)
    void: str = ""
    emitted: bool = False
    places: list[int] = field(default_factory=list)
    """Where its readings stand in the list of all."""
    blocks: set[str] = field(default_factory=set)
    """Blocks of staff among its parts."""
    percent: bool = False


@dataclass(slots=True)
class Level:
    """An open list item or heading, and what its children inherit."""

    rank: int
    label: dict[str, str]
    frame: Frame | None
    heading: bool
    void: str = ""
    topic: dict[str, str] = field(default_factory=dict)
    opens: bool = True
    """Whether lines below it belong to it: a heading, an item, a line that ends in a colon."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure before it is dressed: `sentence` is the span of the sentence or row that holds it."""

    measure: str
    scope: str
    subject: str
    value: Decimal
    kind: str
    bound: str
    start: int
    end: int
    sentence: tuple[int, int]
    inherited: bool
    flags: tuple[str, ...] = ()


class Reader:
    """Reads one document once; `readings` gives the figures in the order of the text."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.view = view(document.text)
        self.damaged = is_damaged(self.view)
        self.lexicon: Lexicon = lexicon()
        self.levels: list[Level] = []
        self.running: Frame | None = None
        self.anchors: dict[str, Frame] = {}
        self.found: list[Reading] = []

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
        return sorted(self.found, key=lambda reading: (reading.start, reading.measure))

    def _tokens(self, start: int, end: int) -> list[Token]:
        items = tokens(self.view, start, end)
        return repaired(items) if self.damaged else items

    # --- blocks ------------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> None:
        if block.kind != "footnote":
            while self.levels and self.levels[-1].rank >= block.rank:
                self.levels.pop()
        parent: Frame | None = None
        if block.kind == "footnote":
            parent = self.anchors.get(block.mark)
        elif block.kind == "heading":
            self.running = None
        elif self.levels and not self.levels[-1].heading:
            parent = self.levels[-1].frame
        level = Level(block.rank, {}, None, block.kind == "heading", self._plan(block))
        level.opens = block.kind in ("heading", "item") or self.view[block.end - 1] == ":"
        items = self._tokens(block.body or block.start, block.end)
        first = True
        for sentence in self._sentences(items):
            elements = self._elements(sentence)
            label, frame = self._sentence(elements, parent if first else None, level, first)
            if first or frame is not None:
                level.label = label if first or not level.label else level.label
                level.frame = frame or level.frame or (Frame(dict(label)) if label else None)
            first = False
        if block.kind == "footnote":
            return
        if level.frame is None and level.label:
            level.frame = Frame(dict(level.label))
        self.levels.append(level)

    def _plan(self, block: Block) -> str:
        """Plans and requests are not facts: their headings void what stands below."""
        inherited = next((level.void for level in reversed(self.levels) if level.void), "")
        if block.kind != "heading":
            return inherited
        heading = self.view[block.start : block.end]
        if any(word in heading for word in _FACT_HEADINGS):
            return inherited
        return "plan" if any(word in heading for word in _PLAN_HEADINGS) else inherited

    def _sentences(self, items: list[Token]) -> list[list[Token]]:
        found: list[list[Token]] = []
        current: list[Token] = []
        for index, token in enumerate(items):
            if token.kind == "punct" and token.text in ".!?…":
                following = items[index + 1] if index + 1 < len(items) else None
                gap = following is not None and following.start > token.end
                if following is None or (gap and (self.text[following.start].isupper() or following.kind != "word") and not self._abbreviation(items, index)):
                    current.append(token)
                    found.append(current)
                    current = []
                    continue
            current.append(token)
        if current:
            found.append(current)
        return found

    def _abbreviation(self, items: list[Token], index: int) -> bool:
        before = items[index - 1] if index else None
        return before is not None and before.kind == "word" and len(before.text) <= 2 and self.text[before.start].isupper() and before.text not in ("hs",)

    # --- tables ------------------------------------------------------------------------------------------------
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
        by_column = sum(1 for features, _ in columns[1:] if any(key in self.lexicon.significant for key in features)) >= 1
        if not any("family" in features for features, _ in columns) and any("action" in features for features, _ in columns) and not self._context_family():
            columns = [({"family": "dossier", **features}, void) for features, void in columns]
        elif not any("family" in features for features, _ in columns) and any("status" in features for features, _ in columns):
            columns = [({"family": "staff", **features}, void) for features, void in columns]
        parents: list[tuple[int, Frame]] = []
        running: Frame | None = None
        table_family = ""
        for cells in grid.body:
            label, rank = self._row_label(cells)
            features, void = self._collapse(label, last_wins=True)
            total = any(element.has("total") for element in label) and not any(key in features for key in ("field", "block"))
            while parents and parents[-1][0] >= rank:
                parents.pop()
            span = (cells[0].start, cells[-1].end)
            as_percent = "rate" in features or any(self.view[cell.start : cell.end].strip(" ()") == "%" for cell in cells)
            state = _State(parents[-1][1] if parents else None, None if by_column else running, inside=bool(parents))
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
                number.percent = number.percent or "percent" in heading or as_percent
                state.running = last if by_column else (running if any(key in own for key in ("timing", "channel")) else None)
                state.last = last if by_column else None
                if own.get("cat") in ("contract", "nonspec"):
                    state.running = state.last = None
                frame = self._inherit(own, number, state, None)
                if total and not features.get("block") and frame.features.get("family") == "staff":
                    frame.features["block"] = frame.features.get("block") or "all"
                frame.features["bound"] = "="
                frame.void = heading_void or void or (self.levels[-1].void if self.levels else "")
                self._emit(number, frame, span, [], state)
                if not frame.void:
                    last = frame
                    table_family = frame.features.get("family") or table_family
            if last is not None:
                running = last
                parents.append((rank, last))

    def _header_features(self, grid: Table, column: int) -> tuple[dict[str, str], str]:
        elements: list[Element] = []
        for start, end in grid.heading(column):
            elements.extend(self._elements(self._tokens(start, end)))
        elements = [element for element in elements if not (element.kind == "num" and not element.percent)]
        features, void = self._collapse(elements, last_wins=True)
        if any(element.text in ("%", "tỷ lệ", "tỉ lệ") for element in elements):
            features["percent"] = "yes"
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

    def _context_family(self) -> str:
        return next((level.label["family"] for level in reversed(self.levels) if level.label.get("family")), "")

    # --- elements ----------------------------------------------------------------------------------------------
    def _elements(self, items: list[Token]) -> list[Element]:
        found: list[Element] = []
        index = 0
        while index < len(items):
            token = items[index]
            match = self.lexicon.longest(items, index)
            if match and not (match[0] == 1 and token.text == "năm" and read_numeral([item.text for item in items[index : index + 6]]) not in (None, (1, 5))):
                used, entry = match
                last = items[index + used - 1]
                kind = "num" if "zero" in entry.roles else "mark"
                element = Element(kind, self.view[token.start : last.end], token.start, last.end, entry, zero=kind == "num")
                if kind == "num":
                    element.parts = ((token.start, last.end, element.text),)
                found.append(element)
                index += used
                continue
            numeral = self._numeral(items, index, found) if token.kind == "word" else None
            if numeral is not None:
                used, element = numeral
                found.append(element)
                index += used
                continue
            index += 1
            if token.kind in ("num", "ratio"):
                found.append(self._number(items, index - 1, found))
                while index < len(items) and items[index].end <= found[-1].end:
                    index += 1
                index = self._after_number(items, index, found[-1])
            elif token.kind in ("link", "date", "years", "code", "month"):
                found.append(Element("mask", token.text, token.start, token.end))
            else:
                found.append(Element(token.kind, token.text, token.start, token.end))
        return self._flatten(self._settle_zeros(self._drop_foreign(self._join_ratios(found))))

    def _join_ratios(self, elements: list[Element]) -> list[Element]:
        """ "38 đồng chí trên 40 biên chế", "20 viên chức/23 chỉ tiêu": one ratio with words in it."""
        index = 0
        while index + 3 < len(elements):
            left, unit, link, right = elements[index : index + 4]
            if (
                left.kind == right.kind == "num"
                and unit.has("unit")
                and unit.entry is not None
                and len(left.parts) == len(right.parts) == 1
                and not (left.percent or right.percent or left.zero or right.zero)
                and (unit.entry.features.get("family") == "staff" or "people" in unit.entry.id or (unit.text == "hồ sơ" and link.text == "/"))
                and (link.text in ("/", "trên", "so với") or link.text in ("trên tổng số", "trong tổng số"))
            ):
                left.parts += right.parts
                follows = elements[index + 4 : index + 5]
                drop = 3 if follows and follows[0].has("unit") else 2
                del elements[index + 2 : index + 2 + drop - 1]
            index += 1
        return elements

    def _drop_foreign(self, elements: list[Element]) -> list[Element]:
        """A number followed by a noun that no measure counts ("12 tháng", "24 trường") is a word like any other."""
        for index, element in enumerate(elements[:-1]):
            if element.kind != "num" or element.percent or element.zero:
                continue
            after = elements[index + 1]
            foreign = after.kind == "word" and not element.magnitude
            if (
                after.text in ("đến", "-")
                and index + 3 < len(elements)
                and elements[index + 2].kind == "num"
                and elements[index + 3].text in ("ngày", "tháng", "năm", "giờ", "phút")
            ):
                foreign = True
            if after.kind == "mark" and not any(
                after.has(role)
                for role in ("unit", "concept", "link", "and", "opener", "break", "bound", "as-of", "total", "function", "inert", "aim", "field-word")
            ):
                foreign = after.entry is None or after.entry.id not in ("change", "comparison")
            if after.kind == "mark" and after.entry is not None and not after.has("unit"):
                features = after.entry.features
                if features.get("post") and any(
                    word.entry is not None and word.entry.features.get("status") == "vacant" for word in elements[max(0, index - 2) : index]
                ):
                    continue
                if features.get("post") or (features and set(features) <= _NOT_COUNTED and not after.text.startswith(_PEOPLE)):
                    foreign = True
            if foreign:
                element.kind = "word"
        return elements

    def _number(self, items: list[Token], index: int, before: list[Element]) -> Element:
        token = items[index]
        masked = Element("mask", token.text, token.start, token.end)
        if token.start and (
            self.view[token.start - 1].isalpha()
            or (
                self.view[token.start - 1] in "/-"
                and self.view[token.start - 2 : token.start - 1].isalnum()
                and not (before and before[-2:-1] and before[-2].has("unit"))
            )
        ):
            return masked
        following = items[index + 1] if index + 1 < len(items) else None
        if (
            following is not None
            and following.start == token.end
            and following.kind == "word"
            and following.text not in ("ha", "km", "đ", "tỷ", "tr", "triệu", "hs", "người", "hồ")
        ):
            return masked
        if token.kind == "ratio":
            left, right = (part.strip() for part in token.text.split("/"))
            where = token.start + token.text.index("/") + 1
            right_start = where + len(token.text[where - token.start :]) - len(token.text[where - token.start :].lstrip())
            word = before[-1].text if before else ""
            after = items[index + 1].text if index + 1 < len(items) else ")"
            if word in ("(", ",") and after in (")", ",", ":") and _is_day(left, right) and (left.startswith("0") or right.startswith("0")):
                return masked
            if (
                word.split()[-1:]
                and word.split()[-1] in ("ngày", "từ", "đến", "hết", "trước", "sau", "tới", "sáng", "lễ", "và", "-")
                and _is_day(left, right)
                and not self._unit_follows(items, index + 1)
            ):
                return masked
            return Element("num", token.text, token.start, token.end, parts=((token.start, token.start + len(left), left), (right_start, token.end, right)))
        element = Element("num", token.text, token.start, token.end, parts=((token.start, token.end, token.text),))
        if before and before[-1].has("identifier") and not self._unit_follows(items, index + 1):
            return masked
        if re_year(token.text) and not self._unit_follows(items, index + 1) and not (following is not None and following.text == "%"):
            return masked
        if not before and following is not None and following.start == token.end and following.text in "-)/" and token.text.isdigit() and len(token.text) <= 2:
            return masked
        if before and before[-1].text == "(" and following is not None and following.text == ")" and token.text.isdigit() and len(token.text) <= 2:
            return masked
        return element

    def _numeral(self, items: list[Token], index: int, before: list[Element]) -> tuple[int, Element] | None:
        """A number in words, where its length, its unit or its place beside a label shows that it is one."""
        numeral = read_numeral([item.text for item in items[index : index + 10] if item.kind == "word"])
        if numeral is None:
            return None
        used, value = numeral
        last = items[index + used - 1]
        after = items[index + used] if index + used < len(items) else None
        unit = self.lexicon.longest(items, index + used) if after is not None else None
        counted = unit is not None and "unit" in unit[1].roles and (unit[1].id != "people" or (unit[0] == 2 and items[index + used].text == "đồng"))
        closes = after is None or after.kind == "punct"
        labelled = closes and value > 1 and bool(before) and (before[-1].has("concept") or before[-1].text in ("cả", ":", "có"))
        if not (counted or labelled or used >= 3) or (value == 1 and before and before[-1].has("block")):
            return None
        text = self.view[items[index].start : last.end]
        return used, Element("num", text, items[index].start, last.end, parts=((items[index].start, last.end, text),), amount=Decimal(value))

    def _unit_follows(self, items: list[Token], index: int) -> bool:
        match = self.lexicon.longest(items, index) if index < len(items) else None
        return match is not None and "unit" in match[1].roles

    def _after_number(self, items: list[Token], index: int, number: Element) -> int:
        """Take the percent sign or the magnitude word into the number."""
        if number.kind == "num" and index < len(items):
            if items[index].text == "%":
                number.percent = True
                number.end = items[index].end
                return index + 1
            if items[index].text == "phần" and index + 1 < len(items) and items[index + 1].text == "trăm":
                number.percent = True
                return index + 2
            if items[index].text in MAGNITUDES:
                number.magnitude = items[index].text
                return self._smaller_money(items, index + 1, number)
        return index

    def _smaller_money(self, items: list[Token], index: int, number: Element) -> int:
        """ "2 tỷ 118 triệu": the smaller amount belongs to the same sum."""
        factor = MAGNITUDES[number.magnitude]
        if index + 1 < len(items) and items[index].kind == "num" and 1 < MAGNITUDES.get(items[index + 1].text, 1) < factor:
            whole = parse_number(f"{number.text} {number.magnitude}").value
            number.amount = whole + parse_number(f"{items[index].text} {items[index + 1].text}").value
            number.parts = ((number.start, items[index + 1].end, self.view[number.start : items[index + 1].end]),)
            return index + 2
        return index

    def _settle_zeros(self, elements: list[Element]) -> list[Element]:
        """A word of negation is a zero only where a value stands, or right before what it denies."""
        for index, element in enumerate(elements):
            if not element.zero:
                continue
            before = elements[index - 1] if index else None
            after = elements[index + 1] if index + 1 < len(elements) else None
            closes = after is None or (after.kind == "punct" and after.text in ".,;:)") or after.kind == "sup"
            as_value = closes and before is not None and (before.text in (":", "(", "là", "-") or before.kind == "mark")
            as_verb = element.text != "không" and after is not None and (after.has("concept") or after.has("unit") or after.text in ("trường", "đơn", "vụ"))
            if element.text == "không" and before is not None and before.kind == "mark" and not before.has("concept") and before.text != "là":
                as_value = False
            if not as_value and not as_verb:
                element.kind = "word"
        return elements

    def _flatten(self, elements: list[Element]) -> list[Element]:
        """Brackets without a number are a note: short ones with a qualifier stay as words, others go."""
        result: list[Element] = []
        index = 0
        while index < len(elements):
            element = elements[index]
            if element.text == "(" and element.kind == "punct":
                close = next((later for later in range(index + 1, len(elements)) if elements[later].text in "()" and elements[later].kind == "punct"), None)
                if close is not None and elements[close].text == ")":
                    inner = elements[index + 1 : close]
                    if not any(item.kind == "num" for item in inner):
                        if len(inner) <= _FLAT_WORDS and any(item.has("concept") for item in inner) and not any(item.kind == "mask" for item in inner):
                            result.extend(inner)
                        index = close + 1
                        continue
            result.append(element)
            index += 1
        return result

    # --- sentences ---------------------------------------------------------------------------------------------
    def _sentence(self, elements: list[Element], parent: Frame | None, level: Level, first: bool) -> tuple[dict[str, str], Frame | None]:
        span = (elements[0].start, elements[-1].end) if elements else (0, 0)
        numbers = [index for index, element in enumerate(elements) if element.kind == "num"]
        words = self.view[span[0] : span[1]]
        state = _State(parent, self.running, level.void, inside=parent is not None, several=sum(not elements[index].percent for index in numbers) > 1)
        state.speaks_of_index = any(word in words for word in ("766", "cổng dịch vụ công", "phục vụ người dân"))
        begin = 0
        label: dict[str, str] = {}
        for position, index in enumerate(numbers):
            limit = numbers[position + 1] if position + 1 < len(numbers) else len(elements)
            self._walk(elements[begin:index], state)
            post_end = self._post_end(elements, index, limit)
            post = elements[index + 1 : post_end]
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
            if frame.features.get("family") or frame.void:
                state.last = frame
                state.number = elements[index]
                state.span = span
                if not frame.void:
                    state.running = frame
            if frame.void == "reference":
                state.parent, state.inside = Frame(dict(frame.features)), True
            state.segments = [[]]
            state.seps = [""]
            state.fresh = False
            state.timings |= {frame.features.get("timing", ""), frame.features.get("grade", "") + "%" * frame.percent}
            begin = post_end
        self._walk(elements[begin:], state)
        label_void = ""
        if not numbers:
            label, label_void, _ = self._label(state)
            if state.parent is not None and state.parent is not parent:
                label = {**state.parent.features, **label}
        self._walk([_END], state)
        self.anchors |= state.anchors
        if not numbers:
            label = {
                key: value
                for key, value in label.items()
                if key in WEAK or key in ("timing", "channel", "digit", "grade", "cat", "pay", "level", "group", "votes")
            }
            if "+" in label.get("action", ""):
                label.pop("action")
            if "field" in label and not self._only_field(elements):
                label.pop("field")
            if first and not level.heading:
                level.topic = {key: value for key, value in label.items() if key in ("field", "block")}
            return label, Frame(dict(label), void=state.void or label_void) if label else None
        self.running = state.running
        return label, state.last

    @staticmethod
    def _only_field(elements: list[Element]) -> bool:
        """Whether a heading names a field and little else: "Lĩnh vực đất đai" does, "Xây dựng chính quyền số" does not."""
        if any(element.has("field-word") for element in elements):
            return True
        other = [
            element
            for element in elements
            if element.kind in ("word", "num")
            or (element.kind == "mark" and element.entry is not None and "field" not in element.entry.features and not element.has("unit"))
        ]
        return len(other) <= 1

    def _walk(self, gap: list[Element], state: _State) -> None:
        """Read the words between two numbers: brackets and openers move the parent, delimiters cut segments."""
        for element in gap:
            punct = element.kind == "punct"
            if element.kind == "sup" and state.last is not None:
                state.anchors[element.text] = state.last
            elif punct and element.text == "(":
                label, void, _ = self._label(state)
                against = void == "against" and not any(word.has("identifier") or word.kind == "mask" for segment in state.segments for word in segment)
                state.open(label, "" if against else void)
            elif punct and element.text == ")":
                self._all_of_it(state)
                state.close()
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
                state.void = state.void or ("other-dossiers" if element.entry is not None and "another-kind" in element.entry.id else "aim")
            else:
                state.segments[-1].append(element)

    def _all_of_it(self, state: _State) -> None:
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

    def _post_end(self, elements: list[Element], index: int, limit: int) -> int:
        """Where the words that belong to this number end."""
        number = elements[index]
        position = index + 1
        while position < limit:
            element = elements[position]
            if element.kind == "punct" and element.text in ",;:()./":
                if element.text == "," and self._joins(elements, index + 1, position, limit):
                    position += 1
                    continue
                return position
            if element.text == "đều" or element.has("opener") or element.has("break") or (element.has("block") and element.text.startswith("so ")):
                return position
            if element.has("link") or element.has("and"):
                if element.has("and") and self._joins(elements, index + 1, position, limit):
                    position += 1
                    continue
                if element.text not in ("được", "đã", "có", "là") or (element.text != "là" and limit < len(elements) and position == limit - 1):
                    return position
                names_channel = position + 1 < limit and (entry := elements[position + 1].entry) is not None and "channel" in entry.features
                if element.text == "có" or (element.text == "là" and not names_channel):
                    return position
            position += 1
        if limit == len(elements):
            return limit
        # no delimiter before the next number: the unit is ours, the rest is the next number's label
        unit = index + 1
        if unit < limit and (elements[unit].has("unit") or number.percent):
            return min(unit + 1, limit) if elements[unit].has("unit") else unit
        return unit

    def _joins(self, elements: list[Element], begin: int, at: int, limit: int) -> bool:
        """Whether a comma or "và" only joins two values of one feature ("trước hạn, đúng hạn")."""
        left = next((element for element in reversed(elements[begin:at]) if element.has("concept")), None)
        right = next((element for element in elements[at + 1 : min(at + 4, limit)] if element.has("concept")), None)
        if left is None or right is None or left.entry is None or right.entry is None:
            return False
        after = elements.index(right) + 1
        if after < len(elements) and elements[after].kind == "num" and after == limit:
            return False
        return any(self.lexicon.combine(key, value, right.entry.features[key]) for key, value in left.entry.features.items() if key in right.entry.features)

    # --- features ----------------------------------------------------------------------------------------------
    def _collapse(self, segment: list[Element], last_wins: bool) -> tuple[dict[str, str], str]:
        """Features of one stretch of words, and the reason if it says "not a figure"."""
        features: dict[str, str] = {}
        void = ""
        since: dict[str, int] = {}
        for position, element in enumerate(segment):
            if element.kind != "mark" or element.entry is None:
                continue
            if element.has("block"):
                void = next((reason for reason in _REASONS if reason in element.entry.id.split("+")), element.entry.id)
            elif void and element.has("link") and element.text.split()[0] in ("còn", "lên", "đạt", "giảm", "tăng", "xuống"):
                void = ""
            if not element.has("concept"):
                continue
            for key, value in element.entry.features.items():
                if key == "field" and not self._field_stands(segment, position):
                    continue
                old = features.get(key)
                if key == "family" and value in ("procedure", "population", "visits") and old is not None:
                    continue
                if key == "field" and old is not None and old != value and position - since[key] <= 3:
                    features["two_fields"] = "yes"
                if old is not None and old != value:
                    both = self.lexicon.combine(key, old, value) if position - since[key] <= 3 else ""
                    if both:
                        value = both
                    elif key == "action" and old in _FINAL and value == "received":
                        continue
                    elif key == "action" and value in _FINAL and old == "received":
                        pass
                    elif not last_wins or key == "subject":
                        continue
                features[key] = value
                since[key] = position
        return features, void

    def _field_stands(self, segment: list[Element], position: int) -> bool:
        """A field's name is a scope after "lĩnh vực" or "hồ sơ", where a list entry begins or right before the number; else it is a word."""
        element = segment[position]
        after = segment[position + 1] if position + 1 < len(segment) else None
        before = segment[position - 1] if position else None
        if before is not None and before.has("field-word"):
            return True
        if after is None and (before is None or before.kind in ("mark", "punct", "num") or element.has("noun")):
            return True
        if element.has("noun") and after is not None and after.kind == "mark" and after.has("concept"):
            return True
        if after is not None and after.kind == "word" and after.text not in _AFTER_FIELD and not element.has("noun"):
            return False
        if before is None:
            return True
        money = before.entry is not None and before.entry.features.get("family") == "fees"
        return money or before.has("unit") or before.has("and") or before.has("total") or before.kind == "num" or before.text in _BEFORE_FIELD

    def _label(self, state: _State) -> tuple[dict[str, str], str, str]:
        """Features of the words before a number: (features, void, bound)."""
        bound = ""
        segments = [(segment, sep) for segment, sep in zip(state.segments, state.seps, strict=True)]
        features: dict[str, str] = {}
        void = ""
        settled = False
        for position in range(len(segments) - 1, -1, -1):
            segment, _ = segments[position]
            own, own_void = self._collapse(segment, last_wins=True)
            if not settled:
                void = void or own_void
                for key, value in own.items():
                    if key not in features:
                        features[key] = value
                    elif state.seps[position + 1] == "," and (both := self.lexicon.combine(key, value, features[key])):
                        features[key] = both
                settled = any(key in self.lexicon.significant for key in features) or features.get("family") in ("area", "population", "fees", "index")
            else:
                for key, value in own.items():
                    if (key in WEAK and key not in features) or (state.seps[position + 1] == ":" and key not in features):
                        features[key] = value
                    elif state.seps[position + 1] == "," and key in features and key != "action" and (both := self.lexicon.combine(key, value, features[key])):
                        features[key] = both
            if position and state.seps[position] == ":" and settled:
                settled = True
            if state.seps[position] == ";":
                break
        if state.segments[-1]:
            for element in reversed(state.segments[-1]):
                if element.has("bound") and element.entry is not None:
                    bound = element.entry.bound
                    break
                if element.kind != "mark" or not element.has("link"):
                    break
        return features, void, bound

    def _frame(self, elements: list[Element], index: int, post: list[Element], state: _State, level: Level) -> Frame:
        number = elements[index]
        label, void, bound = self._label(state)
        if (
            number.percent
            and post
            and (post[0].has("total") or (post[0].text in ("số", "trên", "của") and any(element.has("total") for element in post[:2])))
            and self._names_rate(label)
        ):
            post = []
        after, after_void = self._collapse(post, last_wins=False)
        unit = post[0] if post and post[0].has("unit") else None
        rest = any(element.text.endswith("còn lại") for element in state.segments[-1])
        if rest and state.running is not None and state.running.features.get("listed"):
            label.pop("action", None)
            label["field"] = "field:other"
        if self._post_voids(post, unit, after_void, number):
            void = void or after_void or "deadline"
        if void == "comparison" and not (set(label) & self.lexicon.significant) and self._part_of_received(state):
            label["action"], void = "carried", ""
        if number.percent:
            label.pop("sent", None)
        own = dict(label)
        if unit is not None and unit.entry is not None and "cat" in unit.entry.features:
            own.pop("post", None)
        if (
            unit is not None
            and unit.text in ("chỉ tiêu", "vị trí", "suất")
            and len(post) > 1
            and (post[1].kind == "word" or post[1].has("identifier") or post[1].has("block"))
        ):
            void = void or "unknown-noun"
        if (
            unit is not None
            and unit.text in ("lượt", "ý kiến")
            and len(post) > 1
            and post[1].kind == "word"
            and post[1].text not in ("trong", "của", "đạt", "tại")
            and not any(element.entry is not None and element.entry.features.get("family") == "satisfaction" for element in post)
        ):
            void = void or "unknown-noun"
        if number.percent and unit is not None and unit.text == "người dân":
            unit = None
            after, after_void = self._collapse(post[1:], last_wins=False)
        if unit is not None and unit.entry is not None and "family" in unit.entry.features:
            own.pop("family", None)
        if rest and "channel" in after and own.get("action") == "in_progress":
            own["action"] = "received"
        for key, value in after.items():
            if key == "family" and unit is None and "family" in own:
                continue
            if len(number.parts) == 2 and key == "action" and "action" in own:
                continue
            own[key] = value
        if (
            unit is None
            and not number.percent
            and not number.zero
            and post
            and post[0].has("concept")
            and post[0].entry is not None
            and set(post[0].entry.features) <= {"status"}
            and state.inside
        ):
            void = void or "other"
        if (
            number.percent
            and post
            and post[0].kind == "word"
            and post[0].text not in ("số", "tổng", "lượng")
            and not any(key in self.lexicon.significant and key != "channel" for key in after)
        ):
            void = void or "share-of-something"
        if unit is not None and unit.text.startswith("kết quả") and "digital" not in own and not own.get("digit"):
            own["family"] = "dossier"
        if unit is not None and unit.entry is not None:
            own |= {key: value for key, value in unit.entry.features.items() if key == "family"}
            if own.get("family", "staff") != "staff":
                own.pop("cat", None)
            if own.get("family") == "dossier" and own.get("pay"):
                own["family"] = "fees"
            if own.get("family") == "visits" and label.get("family") == "satisfaction":
                own |= {"family": "satisfaction", "votes": "yes"}
            if "people" in unit.entry.id:
                own["people"] = "yes"
            if len(post) == 1:
                own["bare_unit"] = "yes"
            if "cat" in unit.entry.features and "cat" not in label:
                own["unit_cat"] = unit.entry.features["cat"]
        before = elements[index - 1] if index else None
        if before is not None and before.has("bound") and index > 1:
            before = elements[index - 2]
        if before is not None and before.text in ("có", "đã có", "hiện có") and "status" not in own:
            own["has"] = "yes"
        end = index + 1 + len(post)
        if (
            end + 1 < len(elements)
            and elements[end].text == "/"
            and elements[end + 1].kind in ("word", "mark")
            and elements[end + 1].text in ("tháng", "ngày", "người", "năm", "quý", "tuần", "xã", "hộ", "lượt", "cán bộ")
        ):
            void = void or "per-unit"
        if void == "average" and number.percent:
            void = ""
        if (
            before is not None
            and before.text in ("còn", "hiện còn")
            and unit is not None
            and (unit.text in ("chỉ tiêu", "biên chế", "vị trí") or (unit.entry is not None and unit.entry.id == "dossier" and "timing" not in own))
        ):
            own["left"] = "yes"
        if before is not None and before.text == "trong" and not number.percent:
            void = void or "reference"
        if len(number.parts) == 2:
            own["ratio"] = "yes"
        if number.percent and any(element.text in ("ít nhất", "tối thiểu", "không dưới") for element in elements[max(0, index - 2) : index]):
            state.void = state.void or "aim"
        frame = self._inherit(own, number, state, level)
        if void == "staff-event" and frame.features.get("family") not in ("staff", ""):
            void = ""
        if label.get("family") == "index":
            frame.features["named"] = "yes"
        frame.features["bound"] = bound or "="
        frame.void = void or state.void
        if not frame.void and state.inside and state.parent is not None:
            outer = state.parent.features
            if state.parent.void:
                frame.void = state.parent.void
            elif outer.get("family") in ("petition", "pakn") and state.parent.emitted and "action" not in own and not number.percent:
                frame.void = "kind"
        return frame

    @staticmethod
    def _part_of_received(state: _State) -> bool:
        """Whether "kỳ trước: 12" stands among the parts of what was received, and is no comparison."""
        if any(element.has("block") and element.text.startswith(("cùng", "so")) for segment in state.segments for element in segment):
            return False
        inside = state.inside and state.parent is not None and state.parent.features.get("action") == "received"
        return inside or (state.last is not None and state.last.features.get("newness") == "new")

    @staticmethod
    def _names_rate(label: dict[str, str]) -> bool:
        """Whether the words before a percentage leave it to a number before it, or already say what it is a share of."""
        return not set(label) - {"rate", "family"} or bool({"timing", "channel", "grade"} & set(label))

    def _post_voids(self, post: list[Element], unit: Element | None, void: str, number: Element) -> bool:
        texts = [element.text for element in post]
        if "trước" in texts and post[-1].kind == "mask" and texts.index("trước") >= len(texts) - 3:
            return True
        if not void:
            return False
        if void == "event":
            return not {"do", "vì", "bởi"} & set(texts[:4])
        if void == "staff-event":
            return unit is None or unit.entry is None or unit.entry.features.get("family", "staff") == "staff"
        rest = post[1:] if unit is not None else post
        if void == "against":
            return number.percent
        if void == "comparison":
            return number.percent or (bool(rest) and rest[0].text.startswith("cùng"))
        return number.percent and void == "target"

    def _inherit(self, own: dict[str, str], number: Element, state: _State, level: Level | None = None) -> Frame:
        """Fill what the clause leaves unsaid: family, action or status, and scope."""
        features = dict(own)
        parent, running = state.parent, state.running
        sources = [source for source in (parent, running) if source is not None]
        if parent is not None and "family" not in parent.features and parent.features.get("action") and "field" in own:
            parent.features["family"] = "dossier"
        significant = {key for key in own if key in self.lexicon.significant}
        if own.pop("bare_other", "") and not significant - {"kind"}:
            own["field"] = features["field"] = "field:other"
        features.pop("bare_other", None)
        scoped = any(key in own for key in ("field", "block", "weak_block"))
        if state.bracketed and not scoped and not significant:
            scoped = True
        state.bracketed = False
        if features.get("cat") or (
            "family" not in features and ("block" in own or ("weak_block" in own and "people" in own)) and ("status" in own or "people" in own or "has" in own)
        ):
            features["family"] = "staff"
        unnamed = "family" not in features
        label_given = any(element.has("concept") or element.has("block") or element.kind == "word" for segment in state.segments for element in segment)
        if unnamed:
            nearest = [state.last, *sources] if state.last is not None else sources
            family = next((source.features["family"] for source in nearest if source.features.get("family")), "") or self._context_family()
            if family:
                features["family"] = family
        if "family" not in features and ("timing" in own or ("digital" in own and "digit_hint" in own)):
            features["family"] = "dossier"
        if unnamed and number.percent and own.get("channel") == "online" and features.get("family") not in ("fees", "dossier"):
            features["family"] = "dossier"
        if number.zero and scoped and features.get("family") == "procedure":
            features["family"] = own["family"] = "dossier"
        family = features.get("family", "")
        alike = [source for source in sources if source.features.get("family") == family]
        previous = state.last if state.last is not None and state.last.features.get("family") == family else None
        unit_only = not significant - {"votes"} and not scoped
        if "votes" in own and unnamed and family not in ("satisfaction", "pakn", "petition"):
            return Frame({"family": ""})
        if "votes" in own and family == "satisfaction":
            unit_only = False
        if family == "staff" and any(element.has("field-word") for segment in state.segments for element in segment):
            return Frame({"family": ""})
        if (
            number.percent
            and scoped
            and not significant
            and not state.inside
            and "rate" not in own
            and not (running is not None and running.percent and running.features.get("scoped"))
        ):
            return Frame({"family": ""})
        if family == "dossier" and "digital" in own and unit_only and "digit_hint" not in own and not number.percent:
            if scoped or not own.get("bare_unit"):
                return Frame({"family": ""})
            features["digit"] = "inputs"
            return Frame(features)
        if own.get("points") and family != "index" and "sipas" not in own and state.speaks_of_index:
            features["family"] = family = "index"
            features.pop("channel", None)
        if own.get("money") and unnamed and self._context_family() != "fees":
            return Frame({"family": ""})
        if state.stack and unit_only and unnamed and any(word.has("identifier") or word.kind == "mask" for segment in state.segments for word in segment):
            return Frame({"family": ""})
        if (
            state.stack
            and unit_only
            and not number.percent
            and family == "dossier"
            and any(word.has("identifier") for segment in state.segments for word in segment)
        ):
            return Frame({"family": ""})
        if family == "procedure" and unit_only and (not label_given or (not unnamed and not state.inside)):
            features["comp"] = "yes"
        if (
            unit_only
            and unnamed
            and not number.percent
            and family not in ("index",)
            and "has" not in own
            and "left" not in own
            and not ("ratio" in own and scoped)
            and not (family == "dossier" and "rate" in own)
        ):
            return Frame({"family": ""})
        if number.percent and own.get("grade") == "satisfied" and "very%" in state.timings:
            return Frame({"family": ""})
        agrees = previous is not None and number.percent and not scoped and all(own[key] == previous.features.get(key) for key in significant)
        if significant and agrees and previous is not None and not previous.percent:
            features = previous.features | own
        elif not significant:
            features = self._copy_measure(features, own, number, state, alike, previous, scoped)
        else:
            self._take_major(features, own, family, state, alike, number)
        self._settle_dossier(features, family, number, state)
        if family == "staff":
            self._settle_staff(features, own, state)
        self._take_scope(features, own, family, state, level, significant)
        return Frame(features)

    def _copy_measure(
        self, features: dict[str, str], own: dict[str, str], number: Element, state: _State, alike: list[Frame], previous: Frame | None, scoped: bool
    ) -> dict[str, str]:
        """A clause without a qualifier of its own: a share of the number before, or one entry of a list by field or block."""
        if number.percent and previous is not None and not scoped:
            if "rate" in own and any(word.kind == "word" for segment in state.segments for word in segment):
                return {"family": ""}
            timing = previous.features.get("timing", "")
            alone = previous.features.get("grade") in ("satisfied", "very") and not previous.percent
            if alone or timing == "early" or (timing == "on_time" and "early" in state.timings):
                return {"family": ""}
            return previous.features | own
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
            if source is not None and source.percent and not number.percent:
                source = next((other for other in alike if not other.percent), None)
        elif previous is not None and previous.percent:
            source = previous
        elif own.get("family") and state.parent in alike and state.inside:
            source = state.parent
        if scoped and features.get("family") == "dossier" and previous is not None and not state.fresh:
            source = previous
        elif (
            scoped
            and features.get("family") == "dossier"
            and not number.percent
            and not (state.inside and state.parent in alike)
            and not (source is not None and source.features.get("listed"))
        ):
            return features | {"action": "received", "listed": "yes"}
        if scoped and features.get("family") == "procedure" and own.get("family") and not (state.inside and state.parent in alike):
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
        if source is None:
            return features
        kept = {key: value for key, value in source.features.items() if key not in (*SCOPES, "has", "people", "ratio", "rate", "left")}
        if features.get("family") == "staff" and state.fresh and not state.inside and kept.get("status") == "vacant":
            kept.pop("status")
        if own.get("has") and features.get("family") == "staff":
            kept.pop("status", None)
            if own.get("block"):
                kept.pop("cat", None)
        return kept | own

    def _take_major(self, features: dict[str, str], own: dict[str, str], family: str, state: _State, alike: list[Frame], number: Element) -> None:
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
            return
        if family == "staff" and own.get("cat") in ("officials", "civil") and state.last is not None:
            return
        if source is not None and not (number.percent and "rate" in own and family == "dossier"):
            features[major] = source.features[major]
            features["inherited"] = "yes"
            if family == "dossier" and "timing" in own and features[major] in ("received", "received+resolved"):
                features[major] = "resolved"

    def _settle_dossier(self, features: dict[str, str], family: str, number: Element, state: _State) -> None:
        """What a qualifier implies where no verb is printed near it."""
        if family != "dossier":
            return
        seen = {frame.features.get("action", "") for frame in (state.last, state.running, state.parent) if frame is not None}
        if features.get("action") == "backlog":
            features["action"] = "in_progress" if seen & {"resolved", "received+resolved", "in_progress"} else "carried"
        if features.pop("left", "") and not number.percent and "action" not in features and "resolved" in seen:
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
        near = any(
            frame is not None and (frame.features.get("digit") or frame.features.get("digital")) for frame in (state.last, state.running, state.parent)
        ) or any(level.label.get("digital") for level in self.levels)
        heading = any(level.heading and level.label.get("digital") for level in self.levels)
        if (
            hint
            and "digit" not in features
            and (
                features.get("digital")
                or heading
                or (near and ("action" not in features or (state.last is not None and state.last.features.get("digit") == "inputs")))
            )
        ):
            features["digit"] = hint
            features.pop("action", None)
            features.pop("channel", None)
            return
        if "timing" in features and features.get("action", "received") in ("received", "received+resolved"):
            features["action"] = "in_progress" if features["timing"] == "within" and not number.percent and "action" not in features else "resolved"
        elif "action" not in features and ("channel" in features or features.get("newness") == "new"):
            features["action"] = "received"

    def _settle_staff(self, features: dict[str, str], own: dict[str, str], state: _State) -> None:
        part = state.inside and state.parent is not None and state.parent.features.get("family") == "staff"
        if (
            "status" in own
            and "cat" not in own
            and "quota" not in own
            and "block" not in own
            and state.last is not None
            and not state.fresh
            and state.last.features.get("cat") in ("contract", "nonspec")
        ):
            features["cat"] = state.last.features["cat"]
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
        if "status" not in features and own.get("cat") == "viên chức" and not part:
            features["status"] = "present"
        if (
            own.get("unit_cat") in ("civil", "officials")
            and "status" not in features
            and not part
            and not own.get("block")
            and state.parent is None
            and not (state.last is not None and state.last.features.get("cat") in ("officials", "civil"))
        ):
            features["post"] = "yes"
        if "status" not in features and not part and (own.get("block") or own.get("weak_block")) and (own.get("cat") in (None, "viên chức")):
            features["status"] = "present"

    def _take_scope(self, features: dict[str, str], own: dict[str, str], family: str, state: _State, level: Level | None, significant: set[str]) -> None:
        keys = ("block", "weak_block", "subject") if family == "staff" else ("field", "subject")
        if own.get("block") == "all" and own.get("cat") == "viên chức":
            own["block"] = features["block"] = "public-service"
        mine = {key: own[key] for key in keys if key in own}
        features.pop("scoped", None)
        features.pop("own_block", None)
        if any(key != "subject" for key in mine):
            features["scoped"] = "yes"
            if mine.get("block", "all") != "all":
                features["own_block"] = mine["block"]
            listed = not (significant - {"cat"}) and "has" not in own
            if MAJOR.get(family, "") in own and not state.stack:
                state.parent, state.inside = None, False
            if level is not None and level.topic and any(level.topic.get(key, value) != value for key, value in mine.items()):
                level.topic = {}
            state.topic, state.topic_listed = mine, listed
            return
        found: dict[str, str] = {}
        if family == "fees":
            before = state.running.features.get("family") if state.running is not None else ""
            whole_sum = any(word.has("total") for segment in state.segments for word in segment)
            if state.topic.get("field") and before == "dossier" and not whole_sum:
                features.setdefault("field", state.topic["field"])
            return
        if state.topic and not state.opened:
            found = {key: value for key, value in state.topic.items() if key in keys}
        if not found and state.inside and state.parent is not None and state.parent.features.get("family") == family:
            found = {key: state.parent.features[key] for key in keys if key in state.parent.features}
        if not found and state.topic:
            found = {key: value for key, value in state.topic.items() if key in keys}
        if not found and level is not None:
            found = {key: value for key, value in level.topic.items() if key in keys}
        if not found:
            for outer in reversed(self.levels):
                found = {key: outer.label[key] for key in keys if key in outer.label and key != "weak_block"}
                if found and (outer.opens or "field" not in found):
                    break
                found = {}
        if found.get("block") == "all" and not (state.inside and state.parent is not None and state.parent.features.get("block") == "all"):
            found = {}
        for key, value in found.items():
            features.setdefault(key, value)

    # --- figures -----------------------------------------------------------------------------------------------
    def _emit(self, number: Element, frame: Frame, span: tuple[int, int], post: list[Element], state: _State) -> None:
        if frame.void:
            return
        features = frame.features
        kind = self._kind(number, features, post)
        if kind == "count" and features.get("people") and features.get("family") not in ("staff", "population", "satisfaction"):
            frame.void = "people"
            return
        if number.zero and not self._zero_counts(features, state):
            return
        rule = self._rule(features, kind)
        if rule is None or (rule.measures[0] == "procedures_total" and len(number.parts) == 2):
            return
        if any(key in features for key in self.lexicon.strange.get(features.get("family", ""), ())):
            frame.void = "another-matter"
            return
        if rule.measures[0] == "satisfaction_votes" and state.inside and state.parent is not None and state.parent.emitted:
            frame.void = "part"
            return
        if kind == "points" and (
            (len(number.parts) == 2 and number.parts[1][2] not in ("100", "100,0"))
            or not (len(number.parts) == 2 or self._has_points(post) or features.get("points") or features.get("named"))
        ):
            frame.void = "component"
            return
        for order, (start, end, printed) in enumerate(number.parts):
            measures: tuple[str, ...] = rule.measures if order == 0 else ((rule.of,) if rule.of else ())
            value, flags = self._value(printed, kind, number, features)
            if value is None:
                frame.void = "not-a-count"
                return
            for measure in measures:
                self.found.append(
                    Reading(
                        measure,
                        self._scope(measure, features),
                        features.get("subject", ""),
                        value,
                        kind,
                        features["bound"],
                        start,
                        end,
                        span,
                        "inherited" in features,
                        flags,
                    )
                )
                frame.emitted = True
                frame.places.append(len(self.found) - 1)
        self._total_of_blocks(frame, state)
        whole = state.parent
        if (
            state.inside
            and whole is not None
            and whole.features.get("action") == "received+resolved"
            and frame.emitted
            and frame.features.get("action") == "resolved"
            and "timing" not in frame.features
        ):
            # "tiếp nhận, giải quyết: N; trong đó đã giải quyết: M": N counts what came in
            self.found = [reading for place, reading in enumerate(self.found) if not (place in whole.places and reading.measure == "tthc_resolved_total")]
            whole.features["action"], whole.places = "received", []

    def _total_of_blocks(self, frame: Frame, state: _State) -> None:
        """A head count whose parts are several blocks is that of all blocks."""
        whole = state.parent
        own = frame.features.get("own_block", "")
        if (
            not (state.inside and whole is not None and whole.emitted and own and frame.emitted)
            or whole.features.get("block")
            or whole.features.get("family") != "staff"
        ):
            return
        whole.blocks.add(own)
        if len(whole.blocks) > 1:
            for place in whole.places:
                self.found[place] = replace(self.found[place], scope="party-front" if whole.blocks == {"party", "front"} else "all")

    def _zero_counts(self, features: dict[str, str], state: _State) -> bool:
        if features.get("family") in ("pakn", "petition") or state.several:
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
        if "money" in first or features.get("money"):
            return "money"
        if "area_unit" in first:
            features["area_unit"] = first["area_unit"]
            return "area"
        if "points" in first or features.get("family") == "index":
            return "points"
        if number.magnitude in ("triệu", "tỷ", "tỉ"):
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
        if value == value.to_integral_value():
            value = Decimal(int(value))
        return value, parsed.flags

    def _scope(self, measure: str, features: dict[str, str]) -> str:
        if measure.startswith("staff_"):
            scope = features.get("block") or features.get("weak_block") or ""
            if measure == "staff_non_specialised":
                return features.get("own_block", "")
            if scope == "all" and features.get("cat") == "viên chức":
                scope = "public-service"
            if scope:
                return scope
            if measure in ("staff_contract_111", "staff_non_specialised"):
                return ""
            if features.get("cat") == "viên chức":
                return "public-service"
            return "all" if features.get("cat") == "all" else "government"
        if measure.startswith(("tthc_", "procedures_", "fees_")):
            if features.get("two_fields"):
                return ""
            return features.get("field", "")
        return ""


@dataclass(slots=True)
class _State:
    """Where a sentence stands: the number its parts belong to, the one before, and the words read since."""

    parent: Frame | None
    running: Frame | None
    void: str = ""
    inside: bool = False
    last: Frame | None = None
    number: Element | None = None
    several: bool = False
    speaks_of_index: bool = False
    timings: set[str] = field(default_factory=set)
    span: tuple[int, int] = (0, 0)
    segments: list[list[Element]] = field(default_factory=lambda: [[]])
    seps: list[str] = field(default_factory=lambda: [""])
    stack: list[tuple[Frame | None, Frame | None, Frame | None, bool, str, dict[str, str], bool]] = field(default_factory=list)
    topic: dict[str, str] = field(default_factory=dict)
    topic_listed: bool = False
    bracketed: bool = False
    opened: bool = False
    """Whether a part was opened in this sentence ("trong đó", a bracket)."""
    fresh: bool = False
    """A semicolon has passed since the last number."""
    anchors: dict[str, Frame] = field(default_factory=dict)

    def cut(self, sep: str) -> None:
        """End a segment; a semicolon also forgets the words before it."""
        if sep == ";":
            self.segments, self.seps, self.fresh = [[]], [";"], True
        else:
            self.segments.append([])
            self.seps.append(sep)

    def end_clause(self, label: dict[str, str]) -> None:
        """At a semicolon a scope without a number becomes the topic, and a list by scope ends."""
        scope = {key: label[key] for key in ("field", "block") if key in label}
        if scope:
            self.topic, self.topic_listed = scope, False

    def open(self, label: dict[str, str], void: str) -> None:
        """A bracket: what it holds belongs to the number or to the words before it."""
        self.stack.append((self.parent, self.running, self.last, self.inside, self.void, self.topic, self.topic_listed))
        self.void = self.void or void
        scope = {key: label[key] for key in ("field", "block") if key in label}
        if scope and not any(key in label for key in ("action", "status")):
            self.topic, self.topic_listed, self.bracketed = scope, False, True
            self.segments, self.seps = [[]], [";"]
            return
        self.part(label)

    def close(self) -> None:
        """The bracket ends: back to where it began."""
        if self.stack:
            inner = self.last
            self.opened = len(self.stack) > 1
            self.parent, self.running, self.last, self.inside, self.void, self.topic, self.topic_listed = self.stack.pop()
            self.last = self.last or inner
        self.segments, self.seps = [[]], [";"]

    def part(self, label: dict[str, str]) -> None:
        """What follows is a part of the number before, or of what the words before name."""
        pending = any(segment for segment in self.segments)
        if label and pending and (self.last is None or any(key in label for key in ("action", "status", "family"))):
            outer = self.parent.features if self.parent is not None and self.last is None else {}
            self.parent = Frame({**outer, **label})
            self.topic = {key: value for key, value in label.items() if key in ("field", "block")} or self.topic
        elif self.last is not None:
            self.parent = self.last
        self.inside = self.opened = self.parent is not None
        self.segments, self.seps = [[]], [";"]


_END = Element("punct", "", 0, 0)


def _is_day(left: str, right: str) -> bool:
    return left.isdigit() and right.isdigit() and 1 <= int(left) <= 31 and 1 <= int(right) <= 12


def re_year(text: str) -> bool:
    """Whether bare digits read as a year of this time."""
    return len(text) == 4 and text.isdigit() and 1990 <= int(text) <= 2050
