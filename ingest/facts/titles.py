"""What titles say of the lines below them: that they tell of plans, of requests, of causes, of a time to come."""

from __future__ import annotations

import re

from ingest.documents.outline import Block
from ingest.facts.columns import calendar_period
from ingest.facts.elements import Element
from ingest.facts.table_reader import TableReader
from warehouse.model import Document, Period
from warehouse.periods import parse_period_phrase

TITLE_WIDTH = 60
"""Characters: a longer line is no title."""
_TITLE = re.compile(r"[^:.;,]{3,60}(?::|\.(?=\s))")
"""The title of a numbered line that goes on behind it: "12. Kiến nghị. Cho trả kết quả …"."""

_YEAR = re.compile(r"(?i:năm)\s+(20[0-9]{2})\b")

_MARKS = re.compile(r"\A(?:[\W\d]|(?:phần |mục )?(?:[ivx]+|[a-zđ])(?=\s?[.:)/-]))+")
"""The number or bullet before a title."""

_NUMBERED = 50
"""The last rank of numbered and lettered lines; below it are bullets."""


class TitleReader(TableReader):
    """Tells plans, requests and causes from facts."""

    def __init__(self, document: Document, period: Period | None = None, unit: str = "") -> None:
        super().__init__(document, period, unit)
        self.above_body = True
        """Until a numbered heading or prose comes, lines in capitals are the letterhead and the title."""

    def _plan(self, block: Block) -> str:
        """Plans and requests are not facts: their headings void what stands below."""
        inherited = next((level.void for level in reversed(self.levels) if level.void), "")
        heading = self.view[block.start : block.end]
        if block.kind != "heading":
            title = _TITLE.match(self.view, block.body, block.end)
            if title is not None and any(word in title.group() for word in self.lexicon.words["summary-headings"]):
                return ""  # "Đánh giá khái quát: …" tells of what was, even below the tasks to come
            bare = title is None and block.end - block.body <= TITLE_WIDTH and self.view[block.end - 1] not in ".;,"
            if block.rank > _NUMBERED or (title is None and not bare):
                return inherited
            heading = self.view[block.start : title.end() if title is not None else block.end]
        in_title = self.above_body and block.kind == "heading" and not block.mark  # "KẾT QUẢ … ⏎ 9 THÁNG … VÀ NHIỆM VỤ …"
        if not in_title and self._announces_plan(block.start, block.start + len(heading)):
            return "plan"
        return inherited or ("cause" if self._names_causes(heading) else "")

    def _void_of_title(self, elements: list[Element], span: tuple[int, int]) -> str:
        """Why the title within a sentence voids what it opens: "6 tháng cuối năm: …" in the middle of a paragraph."""
        title = _TITLE.match(self.view, *span)
        if title is not None and title.group().endswith(":") and title.group().lstrip(" -+").startswith(self.lexicon.words["cause-headings"]):
            return "cause" if self._names_causes(title.group()) else ""  # "Nguyên nhân quá hạn: 04 hồ sơ chờ trích đo, …"
        if title is None or not title.group().endswith(":") or any(element.has("concept") for element in elements if element.end <= title.end()):
            return ""
        return "plan" if self._announces_plan(span[0], title.end()) else "cause" if self._names_causes(title.group()) else ""

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
