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
from ingest.facts.frames import OF_DOSSIERS, SCOPES, Frame, Level, Reading, only, without
from ingest.facts.prose import ProseReader
from ingest.facts.tables import is_rule, starts_table
from ingest.facts.titles import TITLE_WIDTH
from ingest.facts.wholes import (
    with_all_told_apart,
    with_clauses_of_one_scope,
    with_contracts_told_apart,
    with_late_of_one_field,
    with_new_told_apart,
    with_totals_named_again,
    with_vacancies_told_apart,
    with_whole_told_apart,
)

_ROMAN = 10
_ANNEX = re.compile(r"[\W_]*phụ (?:lục|biểu)\b[^.;\n]{0,120}\Z")
"""The title of what is attached to a report, whatever its last chapter was about."""
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
        found = with_contracts_told_apart(with_late_of_one_field(with_whole_told_apart(found, of_province=self.of_province)))
        found = with_vacancies_told_apart(with_totals_named_again(with_clauses_of_one_scope(with_all_told_apart(found))))
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
        """Read a line that is no row of a table; but for a footnote, the lines of higher rank behind it stand below it."""
        if block.kind != "footnote":
            while self.levels and (self.levels[-1].block.rank >= block.rank or _ANNEX.match(self.view, block.start, block.end)):
                self.levels.pop()
        self.above_body = self.above_body and (not block.mark if block.kind == "heading" else block.end - block.body <= TITLE_WIDTH)
        self.paragraph = block.start
        parent = self._parent_of(block)
        void = self._plan(block) if block.kind != "footnote" else parent.void if parent is not None else ""
        level = Level(block, self.view[block.end - 1], void)
        before = len(self.found)
        last_sentence = self._read_line(level, parent)
        if block.kind != "footnote":
            self._void_requests(level, last_sentence)
            self._settle(level, parent, counted=len(self.found) > before)
            self.levels.append(level)

    def _parent_of(self, block: Block) -> Frame | None:
        """The number that the first sentence of a line is about: the one above it, the one that a footnote explains, or none in a title."""
        parent: Frame | None = None
        above = self.levels[-1] if self.levels else None
        if block.kind == "footnote":
            parent = self.anchors.get(block.mark)
        elif block.kind == "heading" or block.rank == _ROMAN:
            self.running = None
            if block.rank <= _ROMAN:
                self.chapter_family = ""
        elif above is not None and (not above.heading or above.asks or above.label.get("timing") == "late"):
            anew = block.kind == "paragraph" and above.told and not self.view.startswith(self.lexicon.words["goes-on"], block.start)
            parent = above.frame if not anew else None  # prose below "b) Về hồ sơ. …" starts anew
        in_passing = parent is not None and parent.emitted and parent.features.get("action") in OF_DOSSIERS
        if in_passing and above is not None and not above.announces:
            return Frame({"family": "dossier"})  # the last words of a paragraph of many figures are not what the next one lists
        if parent is not None and above is not None and block.kind != "footnote" and self._ended_a_list(above, block):
            return Frame(only(parent.features, "family"))
        return parent

    def _ended_a_list(self, above: Level, block: Block) -> bool:
        """Whether prose told several fields or blocks one by one and ended: "… xây dựng 338 và các lĩnh vực còn lại 123 hồ sơ." says nothing of the lines below."""
        if above.heading or above.ends_with != ".":
            return False
        return len({reading.scope for reading in self.found if above.block.start <= reading.start < block.start and reading.scope} - {"all"}) > 1

    def _read_line(self, level: Level, parent: Frame | None) -> list[Element]:
        """Read the sentences of a line; the level learns what they count. Gives the elements of the last one."""
        block = level.block
        named = False
        elements: list[Element] = []
        for place, sentence in enumerate(self._sentences(self._tokens(block.body or block.start, block.end))):
            elements, first = self._elements(sentence), place == 0
            titled = level.frame if named else None
            without_number = not any(element.kind == "num" for element in elements)
            named = first and len(elements) <= _TITLE_WORDS and without_number
            if first:
                level.pair = self._announced_pair(elements)
            label, frame = self._sentence(elements, parent if first else titled, level, first)
            if without_number and len({one.entry.features["status"] for one in elements if one.entry is not None and "status" in one.entry.features}) > 1:
                label, frame = without(label, "status"), None  # "1. Số giao và số có mặt": the words beside each number say which it is
            if first or frame is not None:
                level.label = label if first or not level.label else level.label
                level.frame = frame or level.frame or (Frame(dict(label)) if label else None)
            if first and without_number and any(element.has("field-word") for element in elements):
                level.by_field = True
                if {"action", "timing"} & set(level.label):
                    level.label.setdefault("family", "dossier")  # "Theo lĩnh vực (tiếp nhận trong tháng)"
        return elements

    def _void_requests(self, level: Level, last_sentence: list[Element]) -> None:
        """ "Đề nghị UBND tỉnh:" at the end of a paragraph below a title of requests: the lines that follow are requests."""
        above = self.levels[-1] if self.levels else None
        if above is None or not above.heading or not level.announces or not any(element.has("aim") for element in last_sentence[:2]):
            return
        if any(word in self.view[above.block.start : above.block.end] for word in self.lexicon.words["plan-headings"]):
            above.void = above.void or "plan"

    def _settle(self, level: Level, parent: Frame | None, *, counted: bool) -> None:
        """What the lines below a line take over from it; `counted` says that it holds a figure."""
        if level.ends_with == "." and level.frame is not None and level.frame.void and counted:
            level.frame = Frame(only(level.frame.features, "family"))  # "…; thêm 63 hồ sơ do các xã cũ bàn giao."
        if level.frame is None and level.label:
            level.frame = Frame(dict(level.label))
        if level.frame is not None and level.frame.void and not level.frame.emitted and level.announces and self._announces_another_matter(level.block):
            level.frame = Frame(dict(level.frame.features))
        if not level.opens and level.frame is not None and not level.frame.emitted and not level.frame.void:
            told = level.ends_with == "." and level.width > TITLE_WIDTH  # a statement names its matter to what follows and no more
            level.frame = Frame(only(level.frame.features, "family") if told else without(level.frame.features, *SCOPES))  # "Kính gửi: UBND xã …"
        if level.frame is None and level.block.kind == "item":
            level.frame = parent  # "+ So với hẹn" says nothing of its own: what stands below belongs to the line above

    def _announces_another_matter(self, block: Block) -> bool:
        """Whether a last sentence without a number announces the list: "Quý II đứng thứ 58. Diễn biến từng tháng:"."""
        last = max(self.view.rfind(end, block.start, block.end) for end in (". ", ".\n"))
        return last > 0 and not re.search(r"[0-9]", self.view[last : block.end])
