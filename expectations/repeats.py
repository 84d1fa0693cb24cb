"""The same fact printed with two values, and numbers that can be read two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations, product

from expectations.evaluation import Term
from expectations.grouping import Block, Group, is_dated_row, is_familiar, is_row, is_slip, prose_groups
from expectations.language import cues
from expectations.second_values import second_value
from expectations.sums import severity_of
from expectations.wording import figure_place, sentence_place
from warehouse.catalogue import ONE_OF_MANY, measures, scope_label_vi
from warehouse.model import Document, Figure, Finding, Header
from warehouse.numbers import parse_number
from warehouse.sentences import sentence_at

# Where one of two values includes what the other leaves out, both are right: 1.637 = 1.568 + 69 carried over.
_WIDER_BY = {
    "tthc_received_total": ("tthc_carried_over",),
    "tthc_resolved_total": ("tthc_returned_ineligible", "tthc_withdrawn", "tthc_resolved_overdue"),
    "tthc_in_progress_total": ("tthc_paused", "tthc_in_progress_overdue", "tthc_in_progress_on_time"),
    "procedures_total": ("procedures_interlinked", "procedures_in_person"),
    "procedures_one_stop": ("procedures_interlinked",),
    "staff_present": ("staff_contract_111", "staff_non_specialised", "staff_civil_servants", "staff_officials", "staff_vacant"),
    "staff_assigned": ("staff_contract_111", "staff_vacant"),
    "staff_civil_servants": ("staff_officials", "staff_contract_111"),
}
# Words that make a sentence speak of another time, level or part than its neighbour, whatever the figure was labelled with.
QUALIFIER = re.compile(
    r"\b(?:l[uũ][ỹy] kế|cùng kỳ|tuần|yếu tố|hệ thống của(?= [^C])|trước (?:khi )?(?:sáp nhập|sắp xếp)|dự kiến|riêng|ban đầu|thời điểm (?:mới|thành lập)"
    r"|trước đây|kỳ trước|quý trước|năm trước|từ ngày|ngày đầu|(?<!tháng )(?<!từ )đầu năm|của (?:quý|kỳ|tháng)|(?<!hết )(?<!đến )tháng \d{1,2}(?!\d)|bổ sung|điều chỉnh|mới thành lập|khi (?:xã|phường|mới)|ngày 01/0?7/2025)\b",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 80, 40
_NEXT_STATEMENT = re.compile(r"\(?\d|\b(?:trong đó|bao gồm|gồm|chia ra)\b", re.IGNORECASE)
_NEAR_RATES = 2
"""Percentage points: rates of fields, systems and months differ by more, and "100%" is said of many things."""
_MOST_VALUES = 4
_TELLING = 10
"""Below this, two numbers seldom are one fact with a slip; a post or a room was counted."""
_LONG = 100
_SMALL_FACTS = frozenset(
    {
        "staff_non_specialised",
        "tthc_resolved_overdue",
        "tthc_in_progress_overdue",
        "staff_vacant",
        "pakn_received",
        "pakn_resolved",
        "petitions_received",
        "petitions_resolved",
        "petitions_in_progress",
    }
)
_SKIPPED = frozenset({"staff_contract_111"})
_ONLY_SWAPPED = frozenset({"service_quality_index", "fees_vnd"})
"""The index is counted anew every day, fees for many purposes: only digits that changed places are a slip."""
_EVENTS = frozenset(code for code, measure in measures().items() if measure.family == "staffing" and measure.aggregation == "sum")
"""Who left and who came is told group by group: two numbers are two groups."""


def check_repeats(header: Header, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each fact of one scope, subject and period that is printed with several values."""
    for group in prose_groups(header, figures):
        for measure in sorted({measure for block in group.blocks for measure in block.terms}):
            pair = _contradicting(header, group, measure, figures)
            if pair is not None:
                yield _finding(group, measure, pair, figures)


def _contradicting(header: Header, group: Group, measure: str, figures: Sequence[Figure]) -> tuple[Term, Term] | None:
    if measure in _SKIPPED | _EVENTS or group.subject in ONE_OF_MANY:
        return None
    blocks = [block for block in group.blocks if measure in block.terms and not _is_earlier(header, figures[block.terms[measure].figures[0]])]
    plain = [term for block in blocks if not _is_qualified(figures[(term := block.terms[measure]).figures[0]])]
    values = {term.value for term in plain} or {block.terms[measure].value for block in blocks}
    days = {term.value: figures[term.figures[0]].as_of for block in blocks for term in (block.terms[measure],)}
    crowded = {value for value in values if sum(is_familiar(value, other) and days[value] == days[other] for other in values) > 2}
    is_list = len(group.values(measure)) > _MOST_VALUES or bool(crowded)  # months, villages or fields one below the other: not one fact
    for one, two in combinations(blocks, 2):
        a, b = one.terms[measure], two.terms[measure]
        if a.value == b.value or (is_list and not _is_retyped_in_prose(a, b, figures)):
            continue
        if not _is_explained(group, one, two, measure, figures) and not _is_another_column(a, b, figures):
            return a, b
    return None


def _is_retyped_in_prose(a: Term, b: Term, figures: Sequence[Figure]) -> bool:
    """Whether two long numbers of which prose prints at least one have swapped digits, so that they are one fact also beside the rows of a list."""
    return is_retyped(a.value, b.value) and not all(is_row(figures[term.figures[0]]) for term in (a, b))


_LONG_AGO = 100


def _is_earlier(header: Header, figure: Figure) -> bool:
    """Whether a head count is told for a day or time of its own that was over before the report's: "Quý II có 43 người", "ngày 01/01 có 93"."""
    end = header.period.end if header.period else header.document_date
    if figure.as_of and end and (end - figure.as_of).days > _LONG_AGO:
        return True
    return "own-period" in figure.flags and header.period is not None and figure.period is not None and figure.period.end < header.period.end


def _is_qualified(figure: Figure) -> bool:
    """Whether the words around a figure, and not only somewhere in its sentence, say that it is of another time, level or part."""
    if is_dated_row(figure):
        return True
    place = max(figure.quote.find(figure.printed_text), 0)
    behind = place + len(figure.printed_text)
    own = OWN_WORDS.get(figure.measure)
    return any(
        ("own-period" in figure.flags or not _RANGE.match(figure.quote, match.start()))
        and not (match.start() >= behind and _COMPARED.search(figure.quote, behind, match.end()))
        and not (
            match.group().lower() == "riêng"
            and (match.start() >= behind or figure.scope.startswith("field:") or _OF_ALL.search(figure.quote, match.end(), place))
        )
        and not (own and own.fullmatch(match.group()))
        and not _is_own_month(match, figure)
        for match in qualifiers(figure.quote, (place, behind), (0, len(figure.quote)))
    )


def qualifiers(text: str, number: tuple[int, int], sentence: tuple[int, int]) -> Iterator[re.Match[str]]:
    """Words around the number of the sentence that speak of another time, level or part; what stands behind another number speaks of that one."""
    following = _NEXT_STATEMENT.search(text, number[1], sentence[1])
    end = min(number[1] + _BEHIND, following.start() if following else sentence[1])
    start = max(sentence[0], number[0] - _BEFORE, *(text.rfind(mark, sentence[0], number[0]) + 1 for mark in (";", "):")))
    return QUALIFIER.finditer(text, start, end)


def _is_own_month(match: re.Match[str], figure: Figure) -> bool:
    """Whether "tháng 8" only names the month that the figure is of in any case."""
    period, month = figure.period, _MONTH.fullmatch(match.group())
    return bool(month and period and (period.end - period.start).days <= _LONGEST_MONTH and period.end.month == int(month[1]))


_MONTH = re.compile(r"tháng (\d{1,2})", re.IGNORECASE)
_LONGEST_MONTH = 31


_COMPARED = re.compile(r"\b(?:so với|cao hơn|thấp hơn|nhiều hơn|ít hơn)\b[^,;]*\Z|\(cùng kỳ\Z", re.IGNORECASE)
"""Only the change is told of another time."""
_OF_ALL = re.compile(r"\d\s+trong (?:tổng )?số\s*\Z", re.IGNORECASE)
""""Riêng đất đai có 10 trong số 12 hồ sơ": the part is told apart, not the whole."""
OWN_WORDS = {"tthc_carried_over": re.compile(r"(?:kỳ|quý|năm) trước|đầu năm|của (?:kỳ|quý)", re.IGNORECASE)}
"""Words by which a measure is named."""
_RANGE = re.compile(r"từ ngày [\d/]+ đến (?:hết )?(?:ngày )?[\d/]+", re.IGNORECASE)
"""Both ends of a time: the reader has compared it with the report's own."""


_BARE_ASIDE = re.compile(r"\s*(?:hồ sơ|HS|người|đồng chí)?\s*[),]", re.IGNORECASE)


_NAME = 20
"""Characters right before a number that name it."""


def _is_aside(figure: Figure) -> bool:
    """A number in brackets without a word of its own: "mầm non (14)", "(8 hồ sơ)"; but not "quá hạn (16)", which names what is counted."""
    at = max(figure.quote.find(figure.printed_text), 0)
    before, behind = figure.quote[:at].rstrip(), figure.quote[at + len(figure.printed_text) :]
    if not before.endswith("(") or not _BARE_ASIDE.match(behind):
        return False
    if figure.scope.startswith("field:") and scope_label_vi(figure.scope).removeprefix("lĩnh vực ") in before[-_NAME:].lower():
        return False  # "tập trung ở lĩnh vực đất đai (6 hồ sơ)"
    cue = cues().get(figure.measure)
    return cue is None or not cue.search(re.split(r"[,;:()\d]", before[:-1])[-1][-_NAME:])


def _is_share_of(one: Figure, other: Figure) -> bool:
    """Whether the one is printed as a part of the other: "cập nhật 68/74 đơn"."""
    at = max(one.quote.find(one.printed_text), 0) + len(one.printed_text)
    return re.match(rf"\s*/\s*{re.escape(other.printed_text)}(?!\d)", one.quote[at:]) is not None


_AIMED = re.compile(r"\b(?:giao chỉ tiêu|(?:đặt|đề) ra|mục tiêu|phấn đấu)\b[^;]*\Z", re.IGNORECASE)
"""A rate that is aimed at."""


def _is_all_of(figure: Figure) -> bool:
    """Whether the figure is printed as all of itself: "51/51 công chức thành thạo" says nothing of the posts."""
    return figure.measure.startswith("staff_") and f"{figure.printed_text}/{figure.printed_text}" in figure.quote


def _is_another_column(a: Term, b: Term, figures: Sequence[Figure]) -> bool:
    """Whether a row or sentence prints both values: what was planned, or reached a year ago, beside what was reached."""
    for mine, other in ((a, b), (b, a)):
        rows = {figures[index].quote for index in other.figures if is_row(figures[index]) or not is_retyped(a.value, b.value)}
        if any(figure.quote in rows and (figure.measure, figure.scope, figure.value) == (mine.measure, mine.scope, mine.value) for figure in figures):
            return True
    return False


def _same_day(one: date | None, other: date | None) -> bool:
    """Whether two head counts may be of one day; one without a day may be of any."""
    return not (one and other) or one == other


_LONG_COUNT = 1000


def is_retyped(one: Decimal, other: Decimal) -> bool:
    """Whether two long numbers have the same digits in another order: nobody counts another population, time or level just so."""
    return min(one, other) >= _LONG_COUNT and sorted(str(one)) == sorted(str(other)) and is_slip(str(one), str(other))


def is_near_rate(one: Decimal, other: Decimal) -> bool:
    """Whether two rates may be one fact: near each other, or the same digits in another order. "100%" is said of many things."""
    return max(one, other) < 100 and (abs(one - other) <= _NEAR_RATES or _is_retyped_rate(one, other))


def _is_retyped_rate(one: Decimal, other: Decimal) -> bool:
    return len(str(one)) > _SHORT_RATE and sorted(str(one)) == sorted(str(other)) and is_slip(str(one), str(other))


_SHORT_RATE = 3
"""Characters: a rate without decimals."""


def is_no_rival(first: Figure, second: Figure) -> bool:
    """Whether two values of one measure are plainly of two things: another day, level or part, or too far from each other."""
    if not _same_day(first.as_of, second.as_of):
        return True
    if is_retyped(first.value, second.value):
        return False
    if _is_qualified(first) != _is_qualified(second) or _is_aside(first) or _is_aside(second):
        return True
    if _is_share_of(first, second) or _is_share_of(second, first) or _is_all_of(first) or _is_all_of(second):
        return True
    if first.unit == "%" and any(_AIMED.search(figure.quote, 0, max(figure.quote.find(figure.printed_text), 0)) for figure in (first, second)):
        return True
    if not first.value or not second.value:
        return True
    return not is_familiar(first.value, second.value) and not are_few_late(first.measure, first.value, second.value)


_LATE = frozenset({"tthc_resolved_overdue", "tthc_in_progress_overdue"})
_FEW_LATE = 100


def are_few_late(measure: str, one: Decimal, other: Decimal) -> bool:
    """Whether two counts of late dossiers are so small and near that they are told of the same ones: "28" and "32"."""
    smaller, larger = sorted((one, other))
    return measure in _LATE and larger < _FEW_LATE and larger * 2 <= smaller * 3


def _significant(value: Decimal) -> str:
    return str(value).rstrip("0")


_PART_IN_TIME = {"tthc_in_progress_total": "tthc_in_progress_on_time", "tthc_resolved_total": "tthc_resolved_early_or_on_time"}


def _is_neither_part(group: Group, measure: str, smaller: Decimal) -> bool:
    """Whether the part in time is printed and is not the smaller value: then what is late does not explain that it is smaller."""
    in_time = group.values(_PART_IN_TIME.get(measure, ""))
    return bool(in_time) and smaller not in in_time


def _is_explained(group: Group, one: Block, two: Block, measure: str, figures: Sequence[Figure]) -> bool:
    a, b = one.terms[measure], two.terms[measure]
    first, second = figures[a.figures[0]], figures[b.figures[0]]
    is_told_apart = first.quote == second.quote and (is_row(first) or not is_retyped(a.value, b.value))
    if is_told_apart or (is_row(first) and is_row(second) and not is_retyped(a.value, b.value)) or is_no_rival(first, second):
        return True
    if first.unit == "%" and (not is_near_rate(a.value, b.value) or _is_of_other_counts(first, second, figures)):
        return True
    if max(a.value, b.value) < _TELLING and measure not in _SMALL_FACTS:
        return True
    if measure in _ONLY_SWAPPED and not is_slip(_significant(a.value), _significant(b.value)):
        return True
    gap = abs(a.value - b.value)
    extras = [block.terms[extra].value for extra in _WIDER_BY.get(measure, ()) for block in group.blocks if extra in block.terms]
    if gap in extras and not _is_neither_part(group, measure, min(a.value, b.value)):
        return True
    # Two lists that differ in most of what they share speak of two populations that the text tells apart in its own words.
    if gap and a.value >= _LONG and sorted(str(a.value)) == sorted(str(b.value)):
        return False  # nobody counts another population with the same digits
    family = measures()[measure].family
    shared = one.terms.keys() & two.terms.keys()
    common = {other for other in shared if measures()[other].family == family and all(_is_beside(block.terms, other, measure, figures) for block in (one, two))}
    differing = sum(one.terms[other].value != two.terms[other].value for other in common)
    return len(common) >= 3 and differing * 2 > len(common)


def _is_of_other_counts(first: Figure, second: Figure, figures: Sequence[Figure]) -> bool:
    """Whether the sentences of two rates count something that both print with numbers far from each other: those of a week and of the year so far."""
    mine, theirs = (
        {one.measure: one.value for one in figures if one.quote == rate.quote and (one.scope, one.subject) == (rate.scope, rate.subject) and one.unit != "%"}
        for rate in (first, second)
    )
    return any(not is_familiar(mine[code], theirs[code]) for code in mine.keys() & theirs.keys())


_BESIDE = 400
"""Characters between two counts of one list."""


def _is_beside(terms: Mapping[str, Term], other: str, measure: str, figures: Sequence[Figure]) -> bool:
    """Whether two measures of a block are told together: the last row of a table is not of the list with the next section's counts."""
    starts = ([figures[index].start or 0 for index in terms[code].figures] for code in (other, measure))
    return min(abs(mine - theirs) for mine, theirs in product(*starts)) <= _BESIDE


def _finding(group: Group, measure: str, pair: tuple[Term, Term], figures: Sequence[Figure]) -> Finding:
    places = tuple(figure_place(figures[index]) for term in pair for index in term.figures)
    return second_value((measure, group.scope, group.subject), (pair[0].value, pair[1].value), places, figures)


_BILLIONS = re.compile(r"(?P<number>\d(?<![\d.,]\d)\d{0,2}\.\d{3})\s*(?:tỷ|tỉ)\b", re.IGNORECASE)
_OTHER_BILLIONS = re.compile(r"(?<![\d.,])(?P<number>\d{1,3}(?:\.\d{3})*(?:,\d+)?)\s*(?:tỷ|tỉ)\b", re.IGNORECASE)
_DISPROPORTIONATE = 50
"""A sum this many times the others of its sentence was probably meant with a decimal point; alone it may well be thousands."""


def check_magnitudes(document: Document | None, figures: Sequence[Figure]) -> Iterator[Finding]:
    """`1.801 tỷ`: 1,801 or 1801? Figures flagged by the reader, and such sums anywhere in the text."""
    places = {
        (figure.start, figure.end): figure_place(figure) for figure in figures if "ambiguous-magnitude" in figure.flags and "," not in figure.printed_text
    }
    known = [start for start, _ in places if start is not None]
    text = document.text if document else ""
    for match in _BILLIONS.finditer(text):
        if match.start() not in known and _is_disproportionate(text, match):
            places[match.span()] = sentence_place(text, *match.span())
    for (start, end), place in places.items():
        printed = text[start:end] if document and start is not None and end is not None else place.quote
        yield Finding(
            "ambiguous-magnitude",
            severity_of("ambiguous-magnitude"),
            f"“{printed}” có thể hiểu hai cách: dấu chấm là phần nghìn hay phần thập phân. Đề nghị viết lại cho rõ (dùng dấu phẩy cho phần thập phân).",
            (place,),
            {"printed": printed},
        )


_RECIPIENTS = re.compile(r"(?<![\d.,/])(?P<number>\d{1,3}(?:\.\d{3})+|\d+)\s+(?:đối tượng|người|hộ)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:chi|trả|trợ cấp|hỗ trợ|tặng)\b", re.IGNORECASE)
_MOST_A_HEAD = 1
"""Billions of đồng: nobody is paid that much."""


def _is_disproportionate(text: str, match: re.Match[str]) -> bool:
    """Whether the sum in thousands would dwarf the others of its sentence, or give each of its recipients a fortune."""
    left, right = sentence_at(text, match.start())
    value = parse_number(match["number"], "count").value
    others = [
        parse_number(other["number"], "decimal" if "," in other["number"] else "count").value
        for other in _OTHER_BILLIONS.finditer(text, left, right)
        if other.start() != match.start()
    ]
    heads = [parse_number(head["number"], "count").value for head in _RECIPIENTS.finditer(text, left, match.start()) if _PAID.search(text, left, head.start())]
    return (bool(others) and value >= _DISPROPORTIONATE * max(others)) or any(value > _MOST_A_HEAD * head > 0 for head in heads[-1:])
