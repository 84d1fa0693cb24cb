"""Failing sums that are no doubt about the report: the text around them shows that a member was misread or is not printed as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from expectations.evaluation import Evaluation
from expectations.grouping import is_exact, is_familiar, is_row
from expectations.identities import differs_by_a_stray
from expectations.language import words
from expectations.relations import Sheets
from expectations.unprinted import OUTSIDE
from warehouse.model import Document, Figure
from warehouse.numbers import dotted_number
from warehouse.sentences import sentence_at

_BESIDE = 300
"""Characters before and after the members of a sum: the lines of one list."""
_TELLING = 20
"""A smaller count closes a balance by chance, unless its words say that it stands outside."""
_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+"
_OUTSIDE = re.compile(
    rf"\b{words('outside-the-balance')}\b[^\d.;]{{0,40}}?(?<![\d.,/])(?P<counted>{_NUMBER})(?![\d/%]|[.,]\d|\s*%|(?: đến \d+)? {words('time-units')}\b)",
    re.IGNORECASE,
)
_OUTSIDE_BEHIND = re.compile(
    rf"(?<![\d.,/])(?P<counted>{_NUMBER})\s+(?:{words('dossiers')}|bộ)\b[^\d.;,]{{0,40}}?\b{words('ended-otherwise')}\b", re.IGNORECASE
)
_MOST_UNREAD = 6
_LONG_NUMBER = re.compile(r"(?<![\d.,/])(?:\d{1,3}(?:\.\d{3})+|\d{3,})(?![\d/%]|[.,]\d|\s*%)")
"""Three digits and more: a share of fewer comes about by chance."""
_DOSSIERS = re.compile(rf"(?<![\d.,/])(?P<counted>{_NUMBER})\s+{words('dossiers')}\b|:[ \t]*(?P<labelled>{_NUMBER})[ \t]*(?=[.;\n]|\Z)", re.IGNORECASE)


def withhold(document: Document | None, evaluations: Sequence[Evaluation], figures: Sequence[Figure]) -> tuple[Evaluation, ...]:
    """The same evaluations; those that fail without being a doubt are marked `withheld`."""
    failing = [evaluation for evaluation in evaluations if not evaluation.holds]
    closed = [evaluation for evaluation in failing if document and _is_closed_by_another_count(document, evaluation, figures)]

    misread = _misread_rows(failing, figures)
    if document and failing:
        sheets = Sheets(document.text)
        misread += [one for one in failing if _is_no_sum_of_its_table(sheets, one, figures)]

    def is_no_doubt(evaluation: Evaluation) -> bool:
        if (
            evaluation in misread
            or evaluation in closed
            or _closes_without_a_guess(evaluation, figures)
            or any(differs_by_a_stray(evaluation, one, figures) for one in closed)
        ):
            return True
        return document is not None and (
            _is_part_unread(document, evaluation, figures)
            or _tells_the_rest_in_words(document, evaluation, figures)
            or _lacks_a_number_behind(document, evaluation, figures)
            or _is_rate_of_another(evaluation, figures)
            or _has_another_base(document, evaluation, figures)
            or _closes_with_an_unread_number(document, evaluation, figures)
            or _is_carried_over(document, evaluation, figures)
        )

    return tuple(replace(one, severity="info", withheld=True) if not one.holds and is_no_doubt(one) else one for one in evaluations)


_CARRIED = re.compile(
    rf"\b{words('carried-over')}\b[^\d.;]{{0,30}}(?<![\d.,/])(?P<before>{_NUMBER})(?![\d/%]|[.,]\d)|"
    rf"(?<![\d.,/])(?P<behind>{_NUMBER})\s[^\d.,;()]{{0,30}}\b{words('carried-over')}\b",
    re.IGNORECASE,
)


def _is_carried_over(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether petitions or reflections that the earlier period left, a count without a measure, make up for what was resolved beyond what came in."""
    if evaluation.rule not in ("petitions-flow", "resolved-over-received"):
        return False
    spans = [(figures[index].start or 0, figures[index].end or 0) for index in evaluation.figures]
    around = document.text[max(0, min(start for start, _ in spans) - _BESIDE // 2) : max(end for _, end in spans) + _BESIDE // 2]
    told = (dotted_number(match["before"] or match["behind"]) for match in _CARRIED.finditer(around))
    return any(evaluation.gap == one or (evaluation.relation == "<=" and evaluation.gap < one) for one in told)


def _misread_rows(failing: Sequence[Evaluation], figures: Sequence[Figure]) -> list[Evaluation]:
    """Sums within one row of a table that fail by different amounts: one wrong cell does not do that, a row read in the wrong columns does."""
    by_row: dict[str, list[Evaluation]] = {}
    for evaluation in failing:
        rows = {figures[index].quote for index in evaluation.figures if is_row(figures[index])}
        if evaluation.relation == "=" and evaluation.tolerance == 0 and len(rows) == 1 and all(is_row(figures[index]) for index in evaluation.figures):
            by_row.setdefault(rows.pop(), []).append(evaluation)
    return [one for found in by_row.values() if not set.intersection(*(_gaps(None, one, figures) for one in found)) for one in found]


def _is_no_sum_of_its_table(sheets: Sheets, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether the same cells of the table's other rows (or columns) do not add up either: the reader took a wrong column, or some of the parts."""
    if evaluation.relation != "=" or evaluation.base_terms or not evaluation.right_terms:
        return False
    sides = ((1, evaluation.left_terms), (-1, evaluation.right_terms))
    starts = [(side * term.sign, [start for index in term.figures if (start := figures[index].start) is not None]) for side, own in sides for term in own]
    return sheets.refute(starts)


def _is_rate_of_another(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether a rate is just that of another unit, level or field whose two counts are printed: the reader did not see whom it is of."""
    if evaluation.rule != "claimed-percentage" or len(evaluation.right_terms) != 1 or len(evaluation.base_terms) != 1:
        return False
    count, base = evaluation.right_terms[0], evaluation.base_terms[0]
    counts: dict[tuple[str, str], dict[str, Decimal]] = {}
    for figure in figures:
        if figure.measure in (count.measure, base.measure) and is_exact(figure) and (figure.scope, figure.subject) != (evaluation.scope, evaluation.subject):
            counts.setdefault((figure.scope, figure.subject), {})[figure.measure] = figure.value
    pairs = [(one[count.measure], one[base.measure]) for one in counts.values() if len(one) == len({count.measure, base.measure})]
    return any(whole > 0 and abs(100 * part / whole - evaluation.left) <= evaluation.tolerance for part, whole in pairs)


def _has_another_base(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether a number beside a rate, which no measure was found for, is the base that gives it: "6.682 hồ sơ mới …, trực tuyến 6.415, 96%"."""
    if evaluation.rule != "claimed-percentage" or evaluation.kind not in ("infeasible", "wrong-base"):
        return False
    rate = figures[evaluation.left_terms[0].figures[0]]
    numerator = sum((term.value for term in evaluation.right_terms), Decimal(0))
    if rate.start is None or numerator <= 0 or evaluation.tolerance * 100 > evaluation.left:
        return False  # "1,4%" would be explained by too many numbers
    read = {figure.start for figure in figures}
    numbers = re.finditer(_LONG_NUMBER, document.text[max(0, rate.start - _BESIDE) : rate.start + _BESIDE])
    offset = max(0, rate.start - _BESIDE)
    unread = {dotted_number(match.group()) for match in numbers if match.start() + offset not in read}
    return any(base > 0 and abs(100 * numerator / base - evaluation.left) <= evaluation.tolerance for base in unread)


def _closes_without_a_guess(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether the sum closes without a part whose label the reader took over from its neighbour.

    "156 hồ sơ đều trong hạn", and elsewhere "03 hồ sơ quá hạn" that were resolved ones: then the guess is at fault, not the report.
    """
    if evaluation.relation != "=" or _is_one_sentence(evaluation, figures):
        return False
    return any(term.value == evaluation.gap and all(figures[index].confidence < 1 for index in term.figures) for term in evaluation.right_terms)


def _is_one_sentence(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether one sentence prints all members, so that each of their labels is explained by the others."""
    return bool(set.intersection(*({figures[index].quote for index in term.figures} for term in evaluation.left_terms + evaluation.right_terms)))


def _closes_with_an_unread_number(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether a long number that no measure was found for closes the sum in the place of a member from another paragraph.

    "… là 6.682 hồ sơ mới", and for what is new the report's only figure was that of one system: the reader took the wrong one.
    """
    if evaluation.relation != "=" or evaluation.rule == "claimed-percentage":
        return False
    read = {figure.start for figure in figures}
    terms = [(side * term.sign, term) for side, own in ((-1, evaluation.left_terms), (1, evaluation.right_terms)) for term in own]
    for sign, term in terms:
        needed = term.value + sign * (evaluation.left - evaluation.right)
        if needed >= _LONG and any(is_row(figures[index]) and _holds_cell(figures[index], needed) for index in term.figures):
            return True  # the row of a table prints it in another column: the reader took the wrong one
        mine = {figures[index].quote for index in term.figures}
        others = [figures[index] for _, other in terms if other is not term for index in other.figures]
        if needed < _LONG or any(figure.quote in mine for figure in others) or is_familiar(term.value, needed):
            continue
        for figure in others:
            around = (max(0, (figure.start or 0) - _BESIDE), (figure.end or 0) + _BESIDE)
            if any(match.start() not in read and dotted_number(match.group()) == needed for match in _LONG_NUMBER.finditer(document.text, *around)):
                return True
    return False


_REST = re.compile(rf"\b{words('the-rest')}\b[^.;\d]{{0,30}}\b{words('ended-otherwise')}\b", re.IGNORECASE)


def _tells_the_rest_in_words(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether the sentence says without a number where the rest went: "…, còn lại là hồ sơ rút và trả lại"."""
    if evaluation.rule != "report-flow" or evaluation.left < evaluation.right:
        return False
    starts = [start for index in evaluation.figures if (start := figures[index].start) is not None]
    return any(_REST.search(document.text, *sentence_at(document.text, start)) for start in starts)


_AND_MORE = re.compile(r"[^\d.;]{0,60}\b(?:và|,)\s+(?P<more>\d{1,2})(?![\d/%.,])")


def _lacks_a_number_behind(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether posts that are vacant go on behind the number that was read: "khuyết 01 Phó Chủ tịch và 01 chuyên viên"."""
    if evaluation.rule != "staff-vacancy":
        return False
    read = {figure.start for figure in figures}
    vacant = [figures[index] for term in evaluation.left_terms + evaluation.right_terms if term.measure == "staff_vacant" for index in term.figures]
    found = [match for figure in vacant if (match := _AND_MORE.match(document.text, figure.end or 0)) and match.start("more") not in read]
    if any(dotted_number(match["more"]) == evaluation.gap for match in found):
        return True
    if any(_of_another_block(figure, figures) for figure in vacant):
        return True
    # "đến 31/10 là 63 trên tổng số 70 biên chế, còn thiếu 7": the number of another day was read and the one of this sentence was not
    present = next((term for term in evaluation.right_terms if term.measure == "staff_present"), None)
    if present is None:
        return False
    needed = present.value + evaluation.right - evaluation.left
    spans = [sentence_at(document.text, figure.start) for figure in vacant if figure.start is not None]
    return any(match.start() not in read and dotted_number(match["counted"]) == needed for span in spans for match in _COUNTED.finditer(document.text, *span))


def _of_another_block(vacant: Figure, figures: Sequence[Figure]) -> bool:
    """Whether quota and presence of another block stand before the vacancy in its sentence and give it: "khối chính quyền 43/49 biên chế, thiếu 06"."""
    beside: dict[str, dict[str, Decimal]] = {}
    for figure in figures:
        if figure.quote == vacant.quote and figure.measure in ("staff_assigned", "staff_present") and figure.scope != vacant.scope:
            beside.setdefault(figure.scope, {})[figure.measure] = figure.value
    return any(len(one) > 1 and one["staff_assigned"] - one["staff_present"] == vacant.value for one in beside.values())


_COUNTED = re.compile(rf"(?<![\d.,/])(?P<counted>{_NUMBER})(?![\d/%]|[.,]\d|\s*(?:%|{words('time-units')}))", re.IGNORECASE)
_MORE_PEOPLE = re.compile(rf"(?<![\d.,/])(?P<counted>{_NUMBER})\s+{words('other-people')}\b", re.IGNORECASE)
_SMALLEST_PART = 10
_SMALLEST_PEOPLE = 2
"""One more is too easily a head of the office, who is among those counted."""


def _is_part_unread(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether what is missing stands as a number without a measure in the sentence that prints all members: a part that was not read."""
    quotes = set.intersection(*({figures[index].quote for index in term.figures} for term in evaluation.left_terms + evaluation.right_terms))
    smallest = _SMALLEST_PEOPLE if evaluation.rule == "staff-parts" else _SMALLEST_PART
    if evaluation.relation != "=" or evaluation.base_terms or evaluation.gap < smallest or evaluation.left < evaluation.right or not quotes:
        return False
    own = {figures[index].start for index in evaluation.figures}
    total = evaluation.left_terms[0].measure
    if evaluation.rule == "staff-parts" and any(
        figure.quote in quotes
        and figure.value == evaluation.gap
        and figure.start not in own
        and (is_row(figure) or evaluation.reading == "by-reason" or (figure.measure, figure.scope) == (total, evaluation.scope))
        for figure in figures
    ):
        return True  # another cell of the row, whose column was read as something else; a part whose name was taken for that of the whole
    read = {figure.start for figure in figures}
    start = next((figures[index].start for index in evaluation.figures if figures[index].quote in quotes and figures[index].start is not None), None)
    if start is None or is_row(next(figure for figure in figures if figure.start == start)):
        return False
    span = sentence_at(document.text, start)
    counted = _COUNTED if evaluation.gap >= _SMALLEST_PART or evaluation.reading == "by-reason" else _MORE_PEOPLE
    return any(match.start() not in read and dotted_number(match["counted"]) == evaluation.gap for match in counted.finditer(document.text, *span))


def _holds_cell(figure: Figure, value: Decimal) -> bool:
    """Whether the row holds the value as a number beside the figure's own."""
    return any(dotted_number(match.group()) == value for match in _LONG_NUMBER.finditer(figure.quote))


_LONG = 100


def _is_closed_by_another_count(document: Document, evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether a count of dossiers that has no measure stands among the members and closes the balance.

    Offices print blocks of their own ("chuyển cơ quan khác 57 hồ sơ"); with such a number beside it the balance is not known to fail.
    """
    if evaluation.rule not in ("report-flow", "report-channels"):
        return False
    starts = [start for index in evaluation.figures if (start := figures[index].start) is not None]
    # what was carried over may be of another period for the reader: "117 hồ sơ của quý I chuyển sang"
    read = {figure.start for index, figure in enumerate(figures) if figure.measure != "tthc_carried_over" or index in evaluation.figures}
    around = (max(0, min(starts) - _BESIDE), max(starts) + _BESIDE) if starts else (0, 0)
    among = _DOSSIERS.finditer(document.text, *around)
    gaps = _gaps(document, evaluation, figures)
    counts = {dotted_number(match[match.lastgroup or 0]) for match in among if match.start(match.lastgroup or 0) not in read}
    if any(count in gaps and count >= _TELLING for count in counts):
        return True
    # "trả lại, công dân không bổ sung 84; công dân xin rút 38": blocks beside the balance that no measure was found for, or one for two
    outside = {match.start("counted"): match["counted"] for words in (_OUTSIDE, _OUTSIDE_BEHIND) for match in words.finditer(document.text, *around)}
    blocks = [dotted_number(printed) for start, printed in sorted(outside.items()) if start not in read]
    blocks += [
        figure.value
        for index, figure in enumerate(figures)
        if figure.measure in OUTSIDE  # of any scope: beside the balance it may be its own, with a label that is not
        and index not in evaluation.figures
        and around[0] <= (figure.start or -1) < around[1]
    ]
    unread = blocks[:_MOST_UNREAD]
    return any(sum(chosen) in gaps for size in (1, 2, 3) for chosen in combinations(unread, size))


def _gaps(document: Document | None, evaluation: Evaluation, figures: Sequence[Figure]) -> set[Decimal]:
    """What is missing in the reading that was taken, and in the other reading of what was received."""
    carried = {
        figure.value
        for figure in figures
        if (figure.measure, figure.scope, figure.subject) == ("tthc_carried_over", evaluation.scope, evaluation.subject) and is_exact(figure)
    }
    sign = {"includes-carried-over": 1, "excludes-carried-over": -1}.get(evaluation.reading, 0)
    received = evaluation.left_terms[0]
    printed = {dotted_number(match.group()) for match in _LONG_NUMBER.finditer(document.text)} if document else set()
    totals = {
        figure.value
        for figure in figures
        if (figure.measure, figure.scope, figure.subject) == (received.measure, evaluation.scope, evaluation.subject)
        and is_exact(figure)
        and (not is_familiar(figure.value, received.value) or abs(figure.value - received.value) in printed)
    }
    others = {abs(value + more - evaluation.right) for value in totals for more in (Decimal(0), *carried)} if evaluation.rule == "report-flow" else set()
    return {evaluation.gap, *others, *(abs(evaluation.left + sign * value - evaluation.right) for value in carried)}
