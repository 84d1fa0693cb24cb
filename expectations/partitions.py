"""A total against the fields, levels, months or offices into which the prose divides it.

Most lists of fields name only some of them. One that ends with the others ("các lĩnh vực khác 44") leaves nothing out, and no list is more
than its whole; months and quarters leave nothing out where their days are those of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from expectations.grouping import is_fact, is_familiar, is_row
from expectations.language import words
from expectations.sums import severity_of
from expectations.wording import both_sides, figure_place, measure_vi, place_vi, quoted, span_place
from warehouse.catalogue import measures, scope_label_vi, subject_label_vi
from warehouse.model import Document, Figure, Finding, Header, Period
from warehouse.numbers import dotted_number, number_vi
from warehouse.sentences import paragraph_at

_RULE = "form-total-row"
_NEXT = 400
"""Characters between two members of one list."""
_FEWEST = 2
_MANY = 5
"""So many fields are of the total wherever that is told."""
_TELLING = 30
"""Fewer are told in some months and not in others."""
_MOST_DAYS = 800
_RECEIVED = frozenset({"tthc_received_total", "tthc_received_new"})
_OTHERS = re.compile(rf"\b{words('others')}\b", re.IGNORECASE)
_LABEL = 60
# Begins with a digit and looks behind it afterwards: several times faster.
_NUMBER = re.compile(r"\d(?<![\d.,/]\d)(?:\d{0,2}(?:\.\d{3})+|\d{2,})(?![\d/%]|[.,]\d|\s*%)")


def check_partitions(document: Document, header: Header, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each total that the fields, levels or months listed for it do not add up to."""
    facts = [figure for figure in figures if figure.start is not None and measures()[figure.measure].aggregation == "sum" and is_fact(figure)]
    facts.sort(key=lambda figure: figure.start or 0)
    printed = {dotted_number(match.group()) for match in _NUMBER.finditer(document.text)}
    yield from _fields(document.text, header, facts, printed)
    yield from _months(header, facts, printed)
    yield from _subjects(document.text, header, facts, printed)
    people = [figure for figure in figures if figure.measure == "staff_present" and figure.start is not None and is_fact(figure)]
    yield from _subjects(document.text, header, people, printed, only_with_rest=True)
    yield from _staff(document.text, figures)


# --- fields ------------------------------------------------------------------------------------------------------------------------


def _fields(text: str, header: Header, facts: Sequence[Figure], printed: set[Decimal]) -> Iterator[Finding]:
    for parts in _runs([figure for figure in facts if figure.scope.startswith("field:") and not is_row(figure)], header):
        parts = [*parts, *_unread_rest(text, parts)]
        added = sum((part.value for part in parts), Decimal(0))
        period = _days(header, parts[0])
        whole = [
            figure
            for figure in facts
            if not figure.scope and figure.subject == parts[0].subject and _days(header, figure) == period and _family(figure) == _family(parts[0])
        ]
        if added in printed or any(added == value for value in _values(whole)):
            continue
        own = [figure for figure in whole if _kin(figure.measure) == _kin(parts[0].measure) and is_familiar(figure.value, added)]
        above = min(own, key=lambda figure: (not _stands_with(text, figure, parts), abs(figure.value - added)), default=None)
        if above is None or abs(above.value - added) in printed:
            continue  # what is missing is printed: a field of another name, or what was carried over
        if _leaves_nothing_out(text, parts) or (added > above.value and (_stands_with(text, above, parts) or len(parts) >= _MANY)):
            yield _finding(above, parts, "lĩnh vực")


_REST = re.compile(
    r"[^.\d\n]{0,60}\b(?:lĩnh vực|nhóm|loại)\b[^.\d\n]{0,20}\b(?:khác|còn lại)\b[^.\d\n]{0,30}?(?P<count>\d{1,3}(?:\.\d{3})+|\d+)(?![\d%/]|[.,]\d)",
    re.IGNORECASE,
)


def _unread_rest(text: str, parts: Sequence[Figure]) -> list[Figure]:
    """The other fields behind a list, where the reader has not found their number: "…; các lĩnh vực khác cộng lại là 187 hồ sơ"."""
    found = _REST.match(text, parts[-1].end or 0) if parts[-1].scope != "field:other" else None
    if found is None:
        return []
    start, end = found.span("count")
    locator = f"chars {start}-{end}"
    return [replace(parts[-1], scope="field:other", value=dotted_number(found["count"]), printed_text=found["count"], start=start, end=end, locator=locator)]


def _runs(figures: Sequence[Figure], header: Header) -> Iterator[list[Figure]]:
    """Figures of one measure, subject and period that follow each other closely, each of another field."""
    runs: dict[tuple[object, ...], list[Figure]] = {}
    for figure in figures:
        key = (figure.measure, figure.subject, _days(header, figure))
        run = runs.get(key, [])
        if run and (figure.scope in {one.scope for one in run} or (figure.start or 0) - (run[-1].end or 0) > _NEXT):
            if len(run) >= _FEWEST:
                yield run
            run = []
        runs[key] = [*run, figure]
    yield from (run for run in runs.values() if len(run) >= _FEWEST)


def _family(figure: Figure) -> str:
    return measures()[figure.measure].family


def _values(whole: Sequence[Figure]) -> Iterator[Decimal]:
    """What the fields may add up to: any count of the unit, and what came in with or without what was carried over."""
    carried = {figure.value for figure in whole if figure.measure == "tthc_carried_over"}
    for figure in whole:
        yield figure.value
        if figure.measure in _RECEIVED:
            yield from (figure.value + sign * value for value in carried for sign in (1, -1))


def _kin(measure: str) -> str:
    return "tthc_received" if measure in _RECEIVED else measure


def _leaves_nothing_out(text: str, parts: Sequence[Figure]) -> bool:
    """Whether the list ends with the other fields."""
    last = parts[-1]
    return last.scope == "field:other" and _OTHERS.search(text, max(parts[-2].end or 0, (last.start or 0) - _LABEL), (last.end or 0) + _LABEL) is not None


def _stands_with(text: str, above: Figure, parts: Sequence[Figure]) -> bool:
    """Whether the paragraph of the list prints the total before it."""
    start, end = paragraph_at(text, parts[0].start or 0)
    return start <= (above.start or 0) < (parts[0].start or 0) and all((part.end or 0) <= end for part in parts)


# --- months and quarters ---------------------------------------------------------------------------------------------------------------


def _months(header: Header, facts: Sequence[Figure], printed: set[Decimal]) -> Iterator[Finding]:
    known: dict[tuple[str, str, str], dict[tuple[date, date], list[Figure]]] = {}
    for figure in facts:
        days = _days(header, figure)
        if days is not None:
            known.setdefault((figure.measure, figure.scope, figure.subject), {}).setdefault(days, []).append(figure)
    for by_days in known.values():
        single = {days: found[0] for days, found in by_days.items() if len({figure.value for figure in found}) == 1}
        for days, above in single.items() if len(by_days) > _FEWEST else ():
            ways = [parts for parts in _tiles(days, single) if len(parts) >= _FEWEST]
            added = [sum((part.value for part in parts), Decimal(0)) for parts in ways]
            carried = {figure.value for figure in facts if figure.measure == "tthc_carried_over"} if above.measure in _RECEIVED else set()
            closes = above.value in added or {abs(above.value - one) for one in added} & carried
            if ways and above.value >= _TELLING and not closes and not printed & set(added) and is_familiar(above.value, added[0]):
                yield _finding(above, ways[0], "kỳ")


def _tiles(days: tuple[date, date], known: dict[tuple[date, date], Figure]) -> Iterator[list[Figure]]:
    """All ways to lay the other periods end to end so that they are just these days."""
    start, end = days
    if start > end or (end - start).days > _MOST_DAYS:
        return
    for (first, last), figure in known.items():
        if first == start and last <= end and (first, last) != days:
            if last == end:
                yield [figure]
            else:
                rest = (last + timedelta(days=1), end)
                yield from ([figure, *more] for more in ([[known[rest]]] if rest in known else []))
                yield from ([figure, *more] for more in _tiles(rest, known))


def _days(header: Header, figure: Figure) -> tuple[date, date] | None:
    period: Period | None = figure.period or header.period
    return (period.start, period.end) if period else None


# --- levels and systems ------------------------------------------------------------------------------------------------------------------


def _subjects(text: str, header: Header, facts: Sequence[Figure], printed: set[Decimal], *, only_with_rest: bool = False) -> Iterator[Finding]:
    """Levels or systems told in the paragraph of their total: "cấp tỉnh 12.306 hồ sơ, cấp xã 38.214 hồ sơ"; or only lists that end with the rest."""
    found: dict[tuple[object, ...], list[Figure]] = {}
    for figure in facts:
        if not is_row(figure):
            found.setdefault((figure.measure, figure.scope, _days(header, figure), paragraph_at(text, figure.start or 0)), []).append(figure)
    for figures in found.values():
        above, parts = _whole_and_parts(text, header, figures, facts)
        added = sum((part.value for part in parts), Decimal(0))
        kinds = {part.subject.split()[0].lower() for part in parts if part.subject}
        if (
            not above
            or len(parts) < _FEWEST
            or (parts[-1].subject if only_with_rest else len(kinds) > 1)
            or added in printed
            or added in {one.value for one in above}
        ):
            continue
        if above[0].value >= _TELLING and is_familiar(above[0].value, added) and abs(above[0].value - added) not in printed:
            yield _finding(above[0], parts, "phần")


def _whole_and_parts(text: str, header: Header, figures: Sequence[Figure], facts: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The totals of a paragraph and its parts; where it ends with the rest ("các trường còn lại 185 người") its total stands elsewhere."""
    above, parts = [one for one in figures if not one.subject], [one for one in figures if one.subject]
    last = max(figures, key=lambda one: one.start or 0)
    if (
        len(parts) < _FEWEST
        or last.subject
        or above != [last]
        or not _OTHERS.search(text, max((last.start or 0) - _LABEL, parts[-1].end or 0), last.start or 0)
    ):
        return above, parts
    elsewhere = [one for one in facts if (one.measure, one.scope, one.subject) == (last.measure, last.scope, "") and one.value > last.value]
    return ([one for one in elsewhere if _days(header, one) == _days(header, last)], [*parts, last])


# --- staff --------------------------------------------------------------------------------------------------------------------------------

_MARK = re.compile(r"[^\n\d.;:]{0,80}?(?:(?P<raised>[¹²³⁴-⁹])|(?<=[^\W\d])(?P<plain>\d)(?=[\s.;,]))")
_ALLOCATED = re.compile(rf"(?i:\b{words('allocated')}\b)[^\n.;:]{{0,40}}:(?P<listed>[^\n]*?)(?:\.(?=\s)|$)", re.MULTILINE)
_COUNT = re.compile(r"(?<![\d.,/\-])(?:\d{1,3}(?:\.\d{3})+|\d{1,4})(?![\d/%\-]|[.,]\d)")
_NO_COUNT = re.compile(r"(?:số|nghị định|NĐ|năm|tháng|ngày|quý|khoản|điều)\s*\Z", re.IGNORECASE)
_FEWEST_LISTED = 3
_LIST_SHARE = 20
"""A list belongs to the total if it misses it by less than one part in this."""


def _staff(text: str, figures: Sequence[Figure]) -> Iterator[Finding]:
    """People listed in the footnote of their total, or where a paragraph says how those present are allocated: all numbers of the list count."""
    present = [figure for figure in figures if figure.measure == "staff_present" and figure.end is not None and not figure.subject and is_fact(figure)]
    for above in present:
        mark = _MARK.match(text, above.end or 0)
        sign = mark and (mark["raised"] or mark["plain"])
        notes = [*re.finditer(rf"^[ \t\[(]*{sign}[ \t.)\]]+(?P<listed>[^\n]+)", text[above.end :], re.MULTILINE)] if sign else []
        if notes:  # the last: a heading may have the same number
            start, end = notes[-1].span("listed")
            yield from _listed_people(text, above, ((above.end or 0) + start, (above.end or 0) + end))
    for found in _ALLOCATED.finditer(text):
        inside = [figure for figure in figures if found.start("listed") <= (figure.start or 0) < found.end("listed") and figure.measure == "staff_present"]
        scopes = {figure.scope for figure in inside} - {"one-stop-centre"}
        own = [figure for figure in present if {figure.scope} == scopes and (figure.start or 0) < found.start()]
        beside = paragraph_at(text, found.start())[0]
        own = [figure for figure in own if (figure.start or 0) >= beside] or own  # that of its paragraph, where one stands there
        if len(inside) >= _FEWEST_LISTED and len({figure.value for figure in own}) == 1:
            yield from _listed_people(text, own[-1], found.span("listed"))


def _listed_people(text: str, above: Figure, span: tuple[int, int]) -> Iterator[Finding]:
    counts = [match for match in _COUNT.finditer(text, *span) if not _NO_COUNT.search(text, max(span[0], match.start() - 12), match.start())]
    values = [dotted_number(match.group()) for match in counts]
    added = sum(values, Decimal(0))
    first = [sum(values[:size], Decimal(0)) for size in range(1, len(values) + 1)]  # what follows the whole list is told among it
    gap = abs(above.value - added)
    if len(values) < _FEWEST_LISTED or above.value in (*first, *values) or gap * _LIST_SHARE >= above.value:
        return
    name = measure_vi(above.measure) + place_vi(above.scope, above.subject)
    quote = quoted(text[slice(*span)])
    places = [figure_place(above), *(span_place(quote, *match.span()) for match in counts)]
    yield Finding(
        "staff-parts",
        severity_of("staff-parts", "warning"),
        f"{name[:1].upper() + name[1:]} in {number_vi(above.value)}, nhưng cộng các số được liệt kê là {' + '.join(map(number_vi, values))} = {number_vi(added)} "
        f"(lệch {number_vi(gap)}). Đề nghị kiểm tra lại tổng số hoặc các số thành phần.",
        tuple(places),
        {"measure": above.measure, **both_sides(above.value, added), "reading": "listed-parts"},
    )


# --- the finding -----------------------------------------------------------------------------------------------------------------------


def _finding(above: Figure, parts: Sequence[Figure], kind_vi: str) -> Finding:
    added = sum((part.value for part in parts), Decimal(0))
    gap = abs(above.value - added)
    listed = " + ".join(_told(part) for part in parts)
    name = measure_vi(above.measure)
    rule = "staff-parts" if _family(above) == "staffing" else _RULE
    return Finding(
        rule,
        severity_of(rule, "warning"),
        f"{name[:1].upper() + name[1:]} in {number_vi(above.value)}, nhưng cộng các {kind_vi} là {listed} = {number_vi(added)} (lệch {number_vi(gap)}). "
        "Đề nghị kiểm tra lại tổng số hoặc các số thành phần.",
        tuple(figure_place(figure) for figure in (above, *parts)),
        {"measure": above.measure, **both_sides(above.value, added), "reading": "listed-parts"},
    )


def _told(part: Figure) -> str:
    label = subject_label_vi(part.subject) or scope_label_vi(part.scope).removeprefix("lĩnh vực ") or (part.period.label if part.period else "")
    return f"{label} {number_vi(part.value)}".strip()
