"""From the words around a number to a measure.

A report is read block by block (heading, item, paragraph, table row). In a sentence every number owns the words before it
since the last delimiter (its label) and the words right after it (its unit and qualifiers). Phrases turn those words
into features; what a clause leaves unsaid it takes from the number it is a part of ("trong đó", brackets, a deeper
list level) or from the clause before. The features decide the measure; a significant feature that no rule knows makes
the number not a figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ingest.documents.outline import Block, blocks
from ingest.facts.elements import Element
from ingest.facts.lexicon import Lexicon, Rule, lexicon
from ingest.facts.tables import Cell, Table, split_table
from ingest.facts.tokens import Token, tokens, view
from warehouse.model import Document
from warehouse.numbers import MAGNITUDES, NumberError, parse_number

MAJOR = {"dossier": "action", "pakn": "action", "petition": "action", "staff": "status"}
WEAK = ("family", "field", "block", "weak_block", "subject", "comp", "rate", "action", "status", "points")
SCOPES = ("field", "block", "weak_block", "subject")
_FLAT_WORDS = 6


@dataclass(slots=True)
class Frame:
    """What is known of one number: its features, and why it is not a figure if it is not."""

    features: dict[str, str] = field(default_factory=dict)
    void: str = ""
    emitted: bool = False


@dataclass(slots=True)
class Level:
    """An open list item or heading, and what its children inherit."""

    rank: int
    label: dict[str, str]
    frame: Frame | None
    heading: bool
    void: str = ""


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
                rows.append(block)
                continue
            self._table(rows)
            rows = []
            self._block(block)
        self._table(rows)
        return sorted(self.found, key=lambda reading: (reading.start, reading.measure))

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
        items = tokens(self.view, block.body or block.start, block.end)
        first = True
        for sentence in self._sentences(items):
            elements = self._elements(sentence)
            label, frame = self._sentence(elements, parent if first else None, level, first)
            if first or frame is not None:
                level.label = label if first else level.label
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
        asks = any(word in heading for word in ("phương hướng", "nhiệm vụ trọng tâm", "nhiệm vụ, giải pháp", "giải pháp", "đề xuất", "kế hoạch thực hiện", "nhiệm vụ thời gian tới", "mục tiêu"))
        asks = asks or ("kiến nghị" in heading and "phản ánh" not in heading and "đơn" not in heading and "khiếu nại" not in heading and "giải quyết" not in heading)
        return "plan" if asks and "kết quả" not in heading and "tình hình" not in heading else inherited

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
        by_column = sum(1 for features, _ in columns[1:] if any(key in self.lexicon.significant for key in features)) >= 1
        if not any("family" in features for features, _ in columns) and any("action" in features for features, _ in columns) and not self._context_family():
            columns = [({"family": "dossier", **features}, void) for features, void in columns]
        parents: list[tuple[int, Frame]] = []
        running: Frame | None = None
        for cells in grid.body:
            label, rank = self._row_label(cells)
            features, void = self._collapse(label, last_wins=True)
            total = any(element.has("total") for element in label) and not any(key in features for key in ("field", "block"))
            while parents and parents[-1][0] >= rank:
                parents.pop()
            span = (cells[0].start, cells[-1].end)
            state = _State(parents[-1][1] if parents else None, None if by_column else running)
            state.inside = bool(parents)
            last: Frame | None = None
            if not any(cell.number for cell in cells):
                if features:
                    parents.append((rank, Frame(features)))
                continue
            for column, cell in enumerate(cells):
                if not cell.number or column >= len(columns) or cell.is_order:
                    continue
                heading, heading_void = columns[column]
                own = {**heading, **features}
                if by_column and "action" in heading:
                    own["action"] = heading["action"]
                if by_column and "status" in heading:
                    own["status"] = heading["status"]
                number = cell.element
                if number is None:
                    continue
                state.running = last if by_column else running
                frame = self._inherit(own, number, state)
                if total and not frame.features.get("block") and frame.features.get("family") == "staff":
                    frame.features["block"] = "all"
                frame.features["bound"] = "="
                frame.void = heading_void or void or (self.levels[-1].void if self.levels else "")
                self._emit(number, frame, span, [], state)
                if not frame.void:
                    last = frame
            if last is not None:
                running = last
                parents.append((rank, last))

    def _header_features(self, grid: Table, column: int) -> tuple[dict[str, str], str]:
        elements: list[Element] = []
        for start, end in grid.heading(column):
            elements.extend(self._elements(tokens(self.view, start, end)))
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
        rank = 70 if lead[:1] in "-+•*" else 60 if lead[:1].isdigit() else 50
        elements: list[Element] = []
        for word in words[:1] if len(words) > 1 else words:
            elements.extend(self._elements(tokens(self.view, word.start, word.end)))
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
            if match:
                used, entry = match
                last = items[index + used - 1]
                kind = "num" if "zero" in entry.roles else "mark"
                element = Element(kind, self.view[token.start : last.end], token.start, last.end, entry, zero=kind == "num")
                if kind == "num":
                    element.parts = ((token.start, last.end, element.text),)
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
        return self._flatten(self._settle_zeros(found))

    def _number(self, items: list[Token], index: int, before: list[Element]) -> Element:
        token = items[index]
        masked = Element("mask", token.text, token.start, token.end)
        if token.start and (self.view[token.start - 1].isalpha() or self.view[token.start - 1] in "/-" and self.view[token.start - 2 : token.start - 1].isalnum()):
            return masked
        following = items[index + 1] if index + 1 < len(items) else None
        if following is not None and following.start == token.end and following.kind == "word" and following.text not in ("ha", "km", "đ", "tỷ", "tr", "triệu", "hs", "người", "hồ"):
            return masked
        if token.kind == "ratio":
            left, right = (part.strip() for part in token.text.split("/"))
            where = token.start + token.text.index("/") + 1
            right_start = where + len(token.text[where - token.start :]) - len(token.text[where - token.start :].lstrip())
            word = before[-1].text if before else ""
            if word.split()[-1:] and word.split()[-1] in ("ngày", "từ", "đến", "hết", "trước", "sau", "tới", "sáng", "lễ", "và", "-") and _is_day(left, right) and not self._unit_follows(items, index + 1):
                return masked
            return Element("num", token.text, token.start, token.end, parts=((token.start, token.start + len(left), left), (right_start, token.end, right)))
        element = Element("num", token.text, token.start, token.end, parts=((token.start, token.end, token.text),))
        if before and before[-1].has("identifier") and not self._unit_follows(items, index + 1):
            return masked
        if re_year(token.text) and not self._unit_follows(items, index + 1) and not (following is not None and following.text == "%"):
            return masked
        if before and before[-1].text == "(" and following is not None and following.text == ")" and token.text.isdigit() and len(token.text) <= 2:
            return masked
        return element

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
                return index + 1
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
        state = _State(parent, self.running, level.void)
        if parent is not None and parent.void:
            state.void = parent.void
        begin = 0
        label: dict[str, str] = {}
        for position, index in enumerate(numbers):
            limit = numbers[position + 1] if position + 1 < len(numbers) else len(elements)
            self._walk(elements[begin:index], state)
            post_end = self._post_end(elements, index, limit)
            frame = self._frame(elements, index, elements[index + 1 : post_end], state, position == 0)
            self._emit(elements[index], frame, span, elements[index + 1 : post_end], state)
            if position == 0:
                label = {key: value for key, value in frame.features.items() if key in WEAK}
            state.last = frame
            if not frame.void:
                state.running = frame
            state.segments = [[]]
            state.seps = [""]
            begin = post_end
        self._walk(elements[begin:], state)
        for mark, frame in state.anchors.items():
            self.anchors[mark] = frame
        if not numbers:
            label = self._label(state)[0]
            label = {key: value for key, value in label.items() if key in WEAK or key in ("timing", "channel", "digit", "grade", "cat", "pay", "level", "part")}
            if first and level.heading and "+" in label.get("action", ""):
                label.pop("action")
            return label, Frame(dict(label), void="event" if state.voiding else "") if label else None
        self.running = state.running
        return label, state.last

    def _walk(self, gap: list[Element], state: _State) -> None:
        """Read the words between two numbers: brackets and openers move the parent, delimiters cut segments."""
        for element in gap:
            if element.kind == "sup" and state.last is not None:
                state.anchors[element.text] = state.last
            elif element.text == "(" and element.kind == "punct":
                state.open(self._label(state)[0])
            elif element.text == ")" and element.kind == "punct":
                state.close()
            elif element.has("opener"):
                state.part(self._label(state)[0])
            elif element.kind == "punct" and element.text in ";.":
                state.keep_topic(self._label(state)[0])
                state.cut(";")
            elif element.kind == "punct" and element.text in ",:":
                state.cut(element.text)
            elif element.has("aim"):
                state.void = state.void or "aim"
            else:
                state.segments[-1].append(element)

    def _post_end(self, elements: list[Element], index: int, limit: int) -> int:
        """Where the words that belong to this number end."""
        number = elements[index]
        position = index + 1
        while position < limit:
            element = elements[position]
            if element.kind == "punct" and element.text in ",;:().":
                if element.text == "," and self._joins(elements, index + 1, position, limit):
                    position += 1
                    continue
                return position
            if element.has("opener") or element.has("break"):
                return position
            if element.has("link") or element.has("and"):
                if element.has("and") and self._joins(elements, index + 1, position, limit):
                    position += 1
                    continue
                if element.text not in ("được", "đã", "có", "là") or limit < len(elements) and position == limit - 1:
                    return position
                if element.text in ("có", "là"):
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
                void = element.entry.id
            elif void and element.has("link") and element.text.split()[0] in ("còn", "lên", "đạt", "giảm", "tăng", "xuống"):
                void = ""
            if not element.has("concept"):
                continue
            for key, value in element.entry.features.items():
                if key == "field" and not self._field_stands(segment, position):
                    continue
                old = features.get(key)
                if old is not None and old != value:
                    both = self.lexicon.combine(key, old, value) if position - since[key] <= 3 else ""
                    if both:
                        value = both
                    elif not last_wins or key == "subject":
                        continue
                features[key] = value
                since[key] = position
        return features, void

    def _field_stands(self, segment: list[Element], position: int) -> bool:
        """A field's name is a scope after "lĩnh vực", after "hồ sơ", or where a list entry begins; else it is just a word."""
        after = segment[position + 1] if position + 1 < len(segment) else None
        if after is not None and after.kind == "word" and after.text not in ("đã", "có", "là", "được", "đạt", "hiện", "còn", "trong", "tại", "của", "trên"):
            return position > 0 and segment[position - 1].has("field-word")
        if position == 0:
            return True
        before = segment[position - 1]
        return before.has("field-word") or before.has("unit") or before.has("and") or before.text in ("-", "thuộc", "về", "đối", "với", "&", "tổng số", "có", "số") or before.kind == "num"

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
                    elif both := self.lexicon.combine(key, value, features[key]):
                        features[key] = both
                settled = any(key in self.lexicon.significant for key in features)
            else:
                for key, value in own.items():
                    if key in WEAK and key not in features:
                        features[key] = value
                    elif state.seps[position + 1] == ":" and key not in features:
                        features[key] = value
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

    def _frame(self, elements: list[Element], index: int, post: list[Element], state: _State, first: bool) -> Frame:
        number = elements[index]
        label, void, bound = self._label(state)
        after, after_void = self._collapse(post, last_wins=False)
        unit = post[0] if post and post[0].has("unit") else None
        if not number.percent and not number.magnitude and post and post[0].kind == "word" and not number.zero:
            void = void or "unknown-noun"
        if after_void == "event" or (after_void and number.percent and after_void in ("target", "comparison")) or (after_void == "comparison" and post[0 if unit is None else 1 :][:1] and post[0 if unit is None else 1].text.startswith("cùng")):
            void = void or after_void
        own = dict(label)
        if unit is not None and unit.entry is not None and "family" in unit.entry.features:
            own.pop("family", None)
        for key, value in after.items():
            if key == "family" and unit is None and "family" in own:
                continue
            own[key] = value
        if unit is not None and unit.entry is not None:
            own |= {key: value for key, value in unit.entry.features.items() if key == "family"}
            if unit.entry.id == "people":
                own["people"] = "yes"
        frame = self._inherit(own, number, state)
        frame.features["bound"] = bound or "="
        frame.void = void or (state.void if state.void else "") or (state.parent.void if state.parent is not None and state.inside and not own.get("action") else "")
        if number.percent and void == "change" and state.last is None and "rate" in own:
            frame.void = void
        return frame

    def _inherit(self, own: dict[str, str], number: Element, state: _State) -> Frame:
        features = dict(own)
        parent, running = state.parent, state.running
        sources = [source for source in (parent if state.inside or parent is not None else None, running) if source is not None]
        if "family" not in features and features.get("cat"):
            features["family"] = "staff"
        if "family" not in features:
            for source in sources:
                if source.features.get("family"):
                    features["family"] = source.features["family"]
                    break
            else:
                heading = self._context_family()
                if heading:
                    features["family"] = heading
        family = features.get("family", "")
        sources = [source for source in sources if source.features.get("family") == family]
        significant = {key for key in own if key in self.lexicon.significant}
        major = MAJOR.get(family)
        previous = state.last if state.last is not None and state.last.features.get("family") == family else None
        scoped = any(key in own for key in ("field", "block", "weak_block"))
        if not significant:
            if number.percent and previous is not None and not scoped:
                features = previous.features | own
            elif scoped or own.get("family"):
                source = parent if parent is not None and parent.features.get("family") == family else (running if scoped and running is not None and running.features.get("family") == family and running.features.get("scoped") else None)
                if source is not None and scoped:
                    features = {key: value for key, value in source.features.items() if key not in SCOPES} | own
                elif source is not None:
                    features = source.features | own
        elif major and major not in own:
            source = next((source for source in sources if source.features.get(major)), None)
            if family == "dossier":
                if "channel" in own and "timing" not in own and not (parent is not None and parent.features.get("action")):
                    source = None
                    features["action"] = "received"
                elif "timing" in own and source is not None and source.features["action"] not in ("resolved", "in_progress", "received+resolved", "received"):
                    source = None
            if source is not None:
                features[major] = source.features[major]
                features["inherited"] = "yes"
                if family == "dossier" and "timing" in own and features[major] in ("received", "received+resolved"):
                    features[major] = "resolved"
        if family == "dossier":
            if "timing" in features and "action" not in features:
                features["action"] = "in_progress" if features["timing"] == "within" and not number.percent else "resolved"
            elif "timing" in features and features["action"] in ("received", "received+resolved") and not number.percent:
                features["action"] = "resolved"
            elif "channel" in features and "action" not in features:
                features["action"] = "received"
            elif features.get("newness") == "new" and "action" not in features:
                features["action"] = "received"
        if scoped:
            features["scoped"] = "yes"
        else:
            features.pop("scoped", None)
            for source in (parent, running if previous is not None else None):
                if source is not None and source.features.get("family") == family:
                    for key in SCOPES:
                        if key in source.features and key not in features and (source is parent or not source.features.get("scoped") or source is previous and number.percent or source.features.get("topic")):
                            features[key] = source.features[key]
            for key, value in state.topic.items():
                features.setdefault(key, value)
            if "field" not in features and "block" not in features:
                for level in reversed(self.levels):
                    found = {key: level.label[key] for key in ("field", "block") if key in level.label}
                    if found:
                        features |= found
                        break
        return Frame(features)

    # --- figures -----------------------------------------------------------------------------------------------
    def _emit(self, number: Element, frame: Frame, span: tuple[int, int], post: list[Element], state: _State) -> None:
        if frame.void:
            return
        features = frame.features
        kind = self._kind(number, features, post)
        if kind == "count" and features.get("people") and features.get("family") not in ("staff", "population"):
            frame.void = "people"
            return
        if number.zero and not self._zero_counts(features, state):
            return
        rule = self._rule(features, kind)
        if rule is None:
            return
        for order, (start, end, printed) in enumerate(number.parts):
            measures: tuple[str, ...] = rule.measures if order == 0 else ((rule.of,) if rule.of else ())
            value, flags = self._value(printed, kind, number, features)
            if value is None:
                frame.void = "not-a-count"
                return
            for measure in measures:
                self.found.append(
                    Reading(measure, self._scope(measure, features), features.get("subject", ""), value, kind, features["bound"], start, end, span, "inherited" in features, flags)
                )
                frame.emitted = True

    def _zero_counts(self, features: dict[str, str], state: _State) -> bool:
        if features.get("family") in ("pakn", "petition"):
            return True
        return (state.last is not None and state.last.emitted) or (state.parent is not None and state.parent.emitted) or (self.running is not None and self.running.emitted) or state.value_zero

    def _kind(self, number: Element, features: dict[str, str], post: list[Element]) -> str:
        first = post[0].entry.features if post and post[0].entry is not None else {}
        if number.percent:
            return "percent"
        if "money" in first:
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
        present = {key for key in features if key in self.lexicon.significant}
        for rule in self.lexicon.rules:
            if rule.kind != kind:
                continue
            if all(features.get(key, "") in values for key, values in rule.when.items()) and present <= set(rule.when) | rule.allow:
                return rule
        return None

    def _value(self, printed: str, kind: str, number: Element, features: dict[str, str]) -> tuple[Decimal | None, tuple[str, ...]]:
        if number.zero:
            return Decimal(0), ("zero-in-words",)
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
            if scope:
                return scope
            if measure in ("staff_contract_111", "staff_non_specialised"):
                return ""
            if features.get("cat") == "viên chức":
                return "public-service"
            return "all" if features.get("cat") == "all" else "government"
        if measure.startswith(("tthc_", "procedures_", "fees_")):
            return features.get("field", "")
        return ""


@dataclass(slots=True)
class _State:
    """Where a sentence stands: the number its parts belong to, the one before, and the words read since."""

    parent: Frame | None
    running: Frame | None
    void: str = ""
    last: Frame | None = None
    inside: bool = False
    value_zero: bool = False
    segments: list[list[Element]] = field(default_factory=lambda: [[]])
    seps: list[str] = field(default_factory=lambda: [""])
    stack: list[tuple[Frame | None, Frame | None, Frame | None, bool, str]] = field(default_factory=list)
    topic: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, Frame] = field(default_factory=dict)

    @property
    def voiding(self) -> bool:
        return bool(self.void)

    def cut(self, sep: str) -> None:
        if sep == ";":
            self.segments, self.seps = [[]], [";"]
        else:
            self.segments.append([])
            self.seps.append(sep)

    def keep_topic(self, label: dict[str, str]) -> None:
        for key in ("field", "block", "family"):
            if key in label and key != "family":
                self.topic[key] = label[key]

    def open(self, label: dict[str, str]) -> None:
        self.stack.append((self.parent, self.running, self.last, self.inside, self.void))
        self._descend(label)

    def close(self) -> None:
        if self.stack:
            self.parent, self.running, self.last, self.inside, self.void = self.stack.pop()
        self.segments, self.seps = [[]], [";"]

    def part(self, label: dict[str, str]) -> None:
        self._descend(label)

    def _descend(self, label: dict[str, str]) -> None:
        pending = any(segment for segment in self.segments)
        if label and pending and (self.last is None or any(key in label for key in ("action", "status", "family"))):
            self.parent = Frame({**(self.parent.features if self.parent is not None else {}), **label} if self.last is None else dict(label))
        elif self.last is not None:
            self.parent = self.last
        self.inside = True
        self.segments, self.seps = [[]], [";"]


def _is_day(left: str, right: str) -> bool:
    return left.isdigit() and right.isdigit() and 1 <= int(left) <= 31 and 1 <= int(right) <= 12


def re_year(text: str) -> bool:
    """Whether bare digits read as a year of this time."""
    return len(text) == 4 and text.isdigit() and 1990 <= int(text) <= 2050
