"""Which figures may be added: one scope, subject and period, and within that the paragraphs that speak of one thing.

A report prints its figures several times (a section, a summary, a footnote), for several levels and fields. Figures of
one group are cut into blocks: a block ends where a measure returns with another value, where the text moves far on, or
where the as-of date changes. A sum takes what its block prints, and from elsewhere only what the whole group prints
with one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from expectations.evaluation import Term
from warehouse.catalogue import measures, scope_label_vi
from warehouse.model import Figure, Header

# Two paragraphs of ordinary length; figures further apart rarely belong to one statement.
_FAR = 1800
_ROW = re.compile(r"\t[^\t]*\t|\S[ \u00a0]{2,}\d[\d.,]*[ \u00a0]{2,}[\d\-–]")
_CELL = re.compile(r"(?P<sheet>.*)!\$?[A-Z]{1,3}\$?(?P<row>\d+)")
# Standing facts do not belong to a reporting period: "giao năm 2026" beside "hiện có đến 15/4" is one statement.
_STANDING = frozenset({"staffing", "procedures", "unit"})


@dataclass
class Block:
    """Figures of one group that stand together, by measure. Each measure has one value here, perhaps printed twice."""

    terms: dict[str, Term] = field(default_factory=dict)
    last: int = 0
    row: str = ""
    """The table row that the last figure stands in, and how many of its figures are here."""
    in_row: int = 0
    as_of: date | None = None
    section: str = ""

    def add(self, index: int, figure: Figure) -> None:
        before = self.terms.get(figure.measure)
        indices = (*before.figures, index) if before else (index,)
        self.terms[figure.measure] = Term(figure.measure, figure.scope, figure.value, indices)
        self.last = figure.end or self.last
        row = figure.quote if is_row(figure) else ""
        self.row, self.in_row = row, self.in_row + 1 if row and row == self.row else 1
        self.as_of = figure.as_of or self.as_of
        self.section = figure.section

    def takes(self, figure: Figure) -> bool:
        before = self.terms.get(figure.measure)
        if before is not None and before.value != figure.value:
            return False
        if self.as_of and figure.as_of and self.as_of != figure.as_of:
            return False
        if self.row and self.in_row > 1 and figure.quote != self.row and is_row(figure):
            return False  # a row of several measures is one statement, the next row is another
        return figure.start is None or figure.start - self.last <= _FAR


@dataclass
class Group:
    """All figures of one scope, subject and period (or, in a form, of one row)."""

    scope: str
    subject: str
    period_key: str
    blocks: list[Block] = field(default_factory=list)

    @cached_property
    def _prints(self) -> dict[str, list[Term]]:
        """The terms of all blocks by measure. Read only after the blocks are complete."""
        prints: dict[str, list[Term]] = {}
        for block in self.blocks:
            for measure, term in block.terms.items():
                prints.setdefault(measure, []).append(term)
        return prints

    @cached_property
    def _values(self) -> dict[str, frozenset[Decimal]]:
        return {measure: frozenset(term.value for term in terms) for measure, terms in self._prints.items()}

    def values(self, measure: str) -> frozenset[Decimal]:
        """All values that the group prints for the measure."""
        return self._values.get(measure, frozenset())

    def speaks_of_one(self, block: Block) -> bool:
        """Whether the group prints no rival quantity under the block's measures: then what it prints once belongs to the block too."""
        return all(
            len(self.values(measure)) <= _MOST_SLIPS and all(is_familiar(term.value, other) or other * _A_PART <= term.value for other in self.values(measure))
            for measure, term in block.terms.items()
            if measure not in ON_THEIR_OWN
        )

    def unique(self, measure: str) -> Term | None:
        """The measure's only value in the group, with all its prints; None if it has none or several."""
        if len(self.values(measure)) != 1:
            return None
        terms = self._prints[measure]
        return Term(measure, self.scope, terms[0].value, tuple(index for term in terms for index in term.figures))


ON_THEIR_OWN = frozenset({"fees_vnd", "online_payment_rate_pct", "service_quality_index", "population", "area_km2"})
"""Measures that no sum has for a member: several of them in a report say nothing of its counts."""
_A_PART = 20
"""A value this many times smaller is a part that was not labelled as one, and no rival of the whole (a month is, of its year)."""
_MOST_SLIPS = 4
"""More values of one measure than this are a list of months, villages or units, however near they lie to each other."""


def is_familiar(value: Decimal, other: Decimal) -> bool:
    """Whether two values of one measure may be one fact with a slip; a part, another level or another year is far from the whole."""
    return abs(value - other) * 10 <= max(value, other) or (abs(value - other) <= 2 and max(value, other) >= 5) or is_slip(str(value), str(other))


def is_slip(printed: str, needed: str) -> bool:
    """Whether one changed digit, two swapped ones, or one lost or doubled in a longer number turns one number into the other."""
    if len(printed) == len(needed):
        differing = [place for place in range(len(printed)) if printed[place] != needed[place]]
        swapped = len(differing) == 2 and sorted(printed) == sorted(needed)
        if len(printed) == 2 and differing == [0]:
            return abs(int(printed[0]) - int(needed[0])) <= 2  # 78 and 88, but not 11 and 61
        return len(differing) <= 1 or swapped
    longer, shorter = (printed, needed) if len(printed) > len(needed) else (needed, printed)
    dropped = (longer[:place] + longer[place + 1 :] for place in range(len(longer)))
    return len(shorter) >= 3 and shorter in dropped


def is_exact(figure: Figure) -> bool:
    """Whether the value can take part in a sum: neither a bound (`trên 98%`) nor a number that reads two ways."""
    return figure.bound == "=" and "ambiguous-magnitude" not in figure.flags


def is_fact(figure: Figure) -> bool:
    """Whether the figure states what is: exact, not wished for, and not plainly a part or a day."""
    return is_exact(figure) and not is_in_a_request(figure) and not is_part_by_words(figure)


def is_in_a_request(figure: Figure) -> bool:
    """Whether the figure stands in a section of wishes, plans or proposals."""
    return _WANTED.match(figure.section) is not None


_WANTED = re.compile(r"\W*(?:[IVX\d.]+|[A-HĐ])?\W*(?:nhu cầu|đề xuất|kiến nghị|phương hướng|đăng ký|kế hoạch năm)\b", re.IGNORECASE)
"""A section that tells what is wished for: its figures are no facts that could contradict another."""


def prose_groups(header: Header, figures: Sequence[Figure]) -> list[Group]:
    """Groups of a report's figures, in the order of the text, cut into blocks."""
    groups: dict[tuple[str, str, str], Group] = {}
    printed = _values_by_scope(figures)
    for index in _in_text_order(figures):
        figure = figures[index]
        if not is_fact(figure) or _is_of_the_whole(figure, printed):
            continue
        period = _period_key(header, figure)
        group = groups.setdefault((figure.scope, figure.subject.casefold(), period), Group(figure.scope, figure.subject, period))
        if not group.blocks or not group.blocks[-1].takes(figure):
            group.blocks.append(Block())
        group.blocks[-1].add(index, figure)
    return list(groups.values())


_FEWEST_MEMBERS = 3
"""Measures of the shortest sum: a whole and two parts, a rate and its two counts."""


def sentence_groups(header: Header, figures: Sequence[Figure]) -> list[Group]:
    """One group of one block for each sentence, and each run of sentences that follow each other closely, whose figures are of several groups:
    what it prints with one value, whatever it was labelled with. Over several sentences only the times may differ."""
    groups = []
    for indices in (*_by_sentence(figures), *_by_neighbourhood(figures)):
        keys = {(figures[index].scope, figures[index].subject, _period_key(header, figures[index])) for index in indices}
        values: dict[str, set[Decimal]] = {}
        for index in indices:
            values.setdefault(figures[index].measure, set()).add(figures[index].value)
        if len(keys) > 1 and len(values) >= _FEWEST_MEMBERS:
            block = Block()
            for index in indices:
                if len(values[figures[index].measure]) == 1:
                    block.add(index, figures[index])
            first = figures[indices[0]]
            groups.append(Group(first.scope, first.subject, _period_key(header, first), [block]))
    return groups


def _by_sentence(figures: Sequence[Figure]) -> list[list[int]]:
    sentences: dict[str, list[int]] = {}
    for index in _in_text_order(figures):
        if is_fact(figures[index]) and not is_row(figures[index]):
            sentences.setdefault(figures[index].quote, []).append(index)
    return list(sentences.values())


def _by_neighbourhood(figures: Sequence[Figure]) -> list[list[int]]:
    """Figures of one scope and subject in sentences that follow each other: the dates that open a paragraph are those of all that it tells."""
    runs: list[list[int]] = []
    for index in _in_text_order(figures):
        figure = figures[index]
        if not is_fact(figure) or is_row(figure):
            continue
        last = figures[runs[-1][-1]] if runs else None
        is_next = last is not None and (figure.start or 0) - (last.end or 0) <= _NEXT_SENTENCE
        if last is None or not is_next or (last.scope, last.subject, last.section) != (figure.scope, figure.subject, figure.section):
            runs.append([])
        runs[-1].append(index)
    return [run for run in runs if len({figures[index].quote for index in run}) > 1]


_NEXT_SENTENCE = 120
"""Characters between two numbers of neighbouring sentences."""


def _values_by_scope(figures: Sequence[Figure]) -> dict[tuple[str, str, str], set[Decimal]]:
    printed: dict[tuple[str, str, str], set[Decimal]] = {}
    for figure in figures:
        printed.setdefault((figure.measure, figure.scope, figure.subject), set()).add(figure.value)
    return printed


def _is_of_the_whole(figure: Figure, printed: dict[tuple[str, str, str], set[Decimal]]) -> bool:
    """Whether a second value of a field is that of the whole unit: "183 hồ sơ đang giải quyết, chủ yếu là đất đai"."""
    if not figure.scope.startswith("field:") or not figure.value:
        return False
    field = scope_label_vi(figure.scope).removeprefix("lĩnh vực ")
    at = max(figure.quote.find(figure.printed_text), 0)
    if is_row(figure) or field in figure.quote[:at].lower():
        return False  # said of the field itself
    own = printed[figure.measure, figure.scope, figure.subject]
    return len(own) > 1 and figure.value in printed.get((figure.measure, "", figure.subject), set())


_PART_OPENS = re.compile(r"\b(?:gồm|trong (?:số |các [\w ]{2,20})?(?:đó|này|ấy),?|nhất là|chủ yếu)(?: có)?:?\s*\Z", re.IGNORECASE)
_AMONG_DAYS = re.compile(r"\bngày\s+\d{1,2}(?:\s*,\s*\d{1,2})*\s*(?:,|và)?\s*\Z", re.IGNORECASE)
_WHOLES = frozenset({"tthc_received_total", "procedures_total", "petitions_received", "pakn_received", "staff_vacant"})
_OUTCOMES = frozenset({"tthc_resolved_total", "tthc_in_progress_total", "petitions_resolved", "pakn_resolved"})
"""A part of what was received ("trong đó 3 đã xử lý"), unless the label was only taken over from the neighbour."""


def is_part_by_words(figure: Figure) -> bool:
    """Whether the words right before the number make it a part of what its measure counts ("gồm 02 vị trí"), or a day ("ngày 11, 12")."""
    if "ngày" in figure.quote and all(_AMONG_DAYS.search(figure.quote[max(0, at - 30) : at]) for at in _prints(figure)):
        return True
    is_whole = figure.measure in _WHOLES or (figure.measure in _OUTCOMES and figure.confidence < 1)
    if not is_whole or figure.scope.startswith("field:"):
        return False
    # the same digits may stand in the sentence more than once: "61 người (gồm 8 cán bộ và 53 công chức), còn thiếu 8"
    return all(_PART_OPENS.search(figure.quote[max(0, at - 30) : at]) for at in _prints(figure))


def _prints(figure: Figure) -> list[int]:
    """Where the quote prints the figure's number, not as digits of a longer one; its beginning if nowhere."""
    quote, printed = figure.quote, figure.printed_text
    found, at = [], quote.find(printed)
    while at >= 0:
        if not quote[at - 1 : at].isdigit() and not quote[at + len(printed) : at + len(printed) + 1].isdigit():
            found.append(at)
        at = quote.find(printed, at + 1)
    return found or [0]


def is_row(figure: Figure) -> bool:
    """Whether the figure stands in a row of a table: its quote holds bars, tabs, or numbers set in columns."""
    return figure.quote.count("|") > 1 or _ROW.search(figure.quote) is not None


def is_dated_row(figure: Figure) -> bool:
    """Whether the name of its row is a day: "Có mặt 01/01/2026 | 39"."""
    return _DATED_ROW.search(figure.quote) is not None


_DATED_ROW = re.compile(r"\d{1,2}/\d{1,2}/\d{4}[^\n|\t\d]*[|\t]")


def form_rows(header: Header, figures: Sequence[Figure]) -> list[Group]:
    """One group of one block for each row of a statutory form, in the order of the sheet."""
    rows: dict[tuple[str, int], Group] = {}
    for index, figure in enumerate(figures):
        cell = _CELL.fullmatch(figure.locator)
        if cell is None:
            raise ValueError(f"figure {figure.measure} of a form has the locator {figure.locator!r}; expected one such as Sheet!C7")
        if not is_exact(figure):
            continue
        key = (cell["sheet"], int(cell["row"]))
        group = rows.setdefault(key, Group(figure.scope, figure.subject, _period_key(header, figure), [Block()]))
        group.blocks[0].add(index, figure)
    return [rows[key] for key in sorted(rows)]


def _in_text_order(figures: Sequence[Figure]) -> Iterable[int]:
    return sorted(range(len(figures)), key=lambda index: (figures[index].start or 0, index))


def _period_key(header: Header, figure: Figure) -> str:
    """The period's key; the document's own period whether it is printed on the figure or not. Calendars do not part equal days."""
    period = figure.period or header.period
    if measures()[figure.measure].family in _STANDING or period is None:
        return header.period.key if header.period else ""
    if header.period and (period.start, period.end) == (header.period.start, header.period.end):
        return header.period.key
    return period.key
