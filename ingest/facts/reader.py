"""From the words around a number to a measure.

A report is read block by block (heading, item, paragraph, table row). In a sentence every number owns the words before it
since the last delimiter (its label) and the words right after it (its unit and qualifiers). Phrases turn those words
into features; what a clause leaves unsaid it takes from the number it is a part of ("trong đó", brackets, a deeper
list level) or from the clause before. The features decide the measure; a significant feature that no rule knows makes
the number not a figure.
"""

from __future__ import annotations

import re

from ingest.documents.outline import Block, blocks
from ingest.facts.elements import Element
from ingest.facts.frames import OF_DOSSIERS, SCOPES, Frame, Level, Reading
from ingest.facts.prose import ProseReader
from ingest.facts.tables import is_rule, starts_table
from ingest.facts.titles import TITLE_WIDTH
from ingest.facts.wholes import with_new_told_apart, with_whole_told_apart

_ROMAN = 10
_ANNEX = re.compile(r"[\W_]*phụ (?:lục|biểu)\b[^.;\n]{0,120}\Z")
"""The title of what is attached to a report, whatever its last chapter was about."""
_PROSE_WIDTH = 150
"""A longer line that ends in a full stop tells its matter itself."""
_TITLE_WORDS = 6
"""A first sentence without a number and not longer than this names what the block is about: "3. Tồn cuối kỳ. 423 hồ sơ, …"."""


class Reader(ProseReader):
    """Reads one document once; `readings` gives the figures in the order of the text."""

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
        found = with_new_told_apart([reading for place, reading in enumerate(self.found) if place not in self.taken_back])
        found = with_whole_told_apart(found)
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
        self.above_body = self.above_body and (not block.mark if block.kind == "heading" else block.end - block.body <= TITLE_WIDTH)
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
            told = self.view[block.end - 1] == "." and block.end - block.start > TITLE_WIDTH  # a statement names its matter to what follows and no more
            kept = ("family",) if told else tuple(key for key in level.frame.features if key not in SCOPES)  # "Kính gửi: UBND xã …"
            level.frame = Frame({key: value for key, value in level.frame.features.items() if key in kept})
        if level.frame is None and block.kind == "item":
            level.frame = parent  # "+ So với hẹn" says nothing of its own: what stands below belongs to the line above
        self.levels.append(level)
