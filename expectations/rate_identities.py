"""Rates that are figures of their own against the counts they are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from expectations.evaluation import Evaluation, Term, total
from expectations.grouping import is_row
from expectations.percentages import classify_percentage, printed_percent
from expectations.sums import CHANNELS, Sums, Terms, known, negative, severity_of
from warehouse.model import Severity

_NEAR_RATE = 5
"""Percentage points: a rate that stands alone and is further from the report's counts is of a field or a level."""

_MOST_BLOCKS = 40
_NEXT = 600
"""Characters between a rate and the nearest of its counts: the same list or the sentence before."""


def rates(sums: Sums) -> Iterator[Evaluation]:
    """A printed rate against the counts it is made of; other bases that offices use are tried and named."""
    for rate_measure, pairs in _PAIRS.items():
        rate = sums.here(rate_measure)
        if rate is None:
            continue
        natural, others = pairs(sums)
        rows = [row for pair in natural if (row := _rate_row(sums, rate, *pair)) is not None]
        if not rows:
            continue  # the natural base is not printed: what it would have to be is for the auditor to ask
        fits = next((row for row in rows if row.kind == "rounded"), None) or next((row for row in rows if row.kind == "truncated"), None)
        elsewhere = next((row for pair in others if (row := _rate_row(sums, rate, *pair)) is not None and row.kind == "rounded"), None)
        beside = _is_beside(sums, rate, rows[0].right_terms + rows[0].base_terms)
        if fits is None:
            fits = _elsewhere(sums, rate_measure, rate)
        alone = elsewhere is None and rate.value < 100 and sums.group.unique(rate_measure) and rows[0].gap <= _NEAR_RATE
        if fits is None and (_is_of_something_else(sums, rate) or _is_of_another_row(sums, rate, rows[0]) or not (beside or alone)):
            continue  # a rate alone, far from what the report's counts give, is of a field or a level; "100%" is said of many things
        if fits is None and elsewhere is not None:
            fits = replace(rows[0], kind="wrong-base", reading=elsewhere.reading, severity=severity_of("claimed-percentage", "warning"))
        yield fits or rows[0]


_OTHER_UNIT = re.compile(r"(?:\bxã|\bphường|\bđặc khu|\b[Ss]ở)(?P<name>(?:\s+[^\W\d_]+){1,5})\s*[:(]?\s*\Z")
_PUNCTUAL = re.compile(r"hạn|hẹn|sớm|trễ|chậm|trực tuyến|qua mạng|\|", re.IGNORECASE)


def _is_of_something_else(sums: Sums, rate: Term) -> bool:
    """A rate right behind another unit's name ("phường Sa Đéc 1,9%"), or all of something that its sentence calls otherwise ("100% văn bản")."""
    for index in rate.figures:
        figure = sums.figures[index]
        before = figure.quote[: max(figure.quote.find(figure.printed_text), 0)]
        if not (_ends_with_a_unit(before) or (rate.value >= 100 and not is_row(figure) and not _PUNCTUAL.search(figure.quote))):
            return False
    return True


def _ends_with_a_unit(before: str) -> bool:
    unit = _OTHER_UNIT.search(before)
    return unit is not None and all(word[0].isupper() for word in unit["name"].split())


def _is_of_another_row(sums: Sums, rate: Term, row: Evaluation) -> bool:
    """A rate of the prose that is far from what one row of a table gives: "xã Lục Yên tỷ lệ trực tuyến mới được 68,5%" above a table of levels."""
    counts = [sums.figures[index] for term in row.right_terms + row.base_terms for index in term.figures]
    return row.gap > _NEAR_RATE and all(map(is_row, counts)) and not any(is_row(sums.figures[index]) for index in rate.figures)


def _elsewhere(sums: Sums, rate_measure: str, rate: Term) -> Evaluation | None:
    """The same rate against the counts of another block of its group, such as the table that the sentence comments."""
    for block in sums.group.blocks[:_MOST_BLOCKS]:
        other = Sums(sums.group, block, sums.figures)
        natural, _ = _PAIRS[rate_measure](other)
        for pair in natural:
            row = _rate_row(other, rate, *pair)
            if row is not None and row.kind == "rounded":
                return row
    return None


def _is_beside(sums: Sums, rate: Term, counts: Terms) -> bool:
    """Whether the rate stands in or next to the sentence of its counts."""
    place = sums.figures[rate.figures[0]].start or 0
    starts = [sums.figures[index].start or 0 for term in counts for index in term.figures if sums.here(term.measure)]
    return all(sums.here(term.measure) for term in counts) and min(abs(start - place) for start in starts) <= _NEXT


def _rate_row(sums: Sums, rate: Term, numerator: Terms, base: Terms) -> Evaluation | None:
    n, d = total(numerator), total(base)
    if d <= 0 or not 0 <= n <= d or n != n.to_integral_value() or d != d.to_integral_value():
        return None
    verdict = classify_percentage(int(n), int(d), printed_percent(sums.figures[rate.figures[0]]))
    recomputed = verdict.recomputed if verdict.recomputed is not None else Decimal(0)
    beside = _is_beside(sums, rate, (*numerator, *base))
    at_most: Severity = "info" if verdict.kind == "truncated" else "error" if beside else "warning"
    group = sums.group
    return Evaluation(
        "claimed-percentage", group.scope, group.subject, group.period_key, "of-" + "+".join(term.measure for term in base), "=",
        verdict.printed, recomputed, verdict.half_unit, abs(verdict.printed - recomputed), severity_of("claimed-percentage", at_most),
        (rate,), numerator, base, kind=verdict.kind,
    )  # fmt: skip


_Pairs = list[tuple[Terms, Terms]]
_OF_NEW = re.compile(
    r"\s*%?\s*(?:(?:trên|của|so với|trong)\s+)?(?:tổng\s+)?số\s+(?:lượng\s+)?(?:(?:hồ\s+sơ|HS)\s+)?(?:đã\s+)?(?:(?:tiếp\s+)?nhận\s+mới|mới\s+(?:tiếp\s+)?nhận)",
    re.IGNORECASE,
)
_OF_RECEIVED = re.compile(r"\b(?:tổng số|trên|so với)\b[^,.;]{0,25}\btiếp nhận", re.IGNORECASE)


def _pairs(numerators: Sequence[Terms | None], bases: Sequence[Terms | None]) -> _Pairs:
    return [(numerator, base) for base in bases if base for numerator in numerators if numerator]


def _resolved_base(sums: Sums) -> Terms | None:
    """The resolved total, or its parts where they are all printed."""
    get = sums.get
    overdue = get("tthc_resolved_overdue")
    return (
        known(get("tthc_resolved_total"))
        or known(get("tthc_resolved_early_or_on_time"), overdue)
        or known(get("tthc_resolved_early"), get("tthc_resolved_on_time"), overdue)
    )


def _says_of_received(sums: Sums, rate_measure: str) -> bool:
    rate = sums.here(rate_measure)
    return rate is not None and any(_OF_RECEIVED.search(sums.figures[index].quote) for index in rate.figures)


def _on_time_pairs(sums: Sums) -> tuple[_Pairs, _Pairs]:
    get, base = sums.get, _resolved_base(sums)
    early, on_time, overdue = get("tthc_resolved_early"), get("tthc_resolved_on_time"), get("tthc_resolved_overdue")
    punctual = known(get("tthc_resolved_early_or_on_time")) or known(early, on_time) or known(get("tthc_resolved_total"), negative(overdue))
    natural = _pairs([punctual, known(on_time)], [base])
    received, carried = get("tthc_received_total"), get("tthc_carried_over")
    others = _pairs([punctual], [known(received), known(received, carried)])
    waiting, running = get("tthc_in_progress_on_time"), get("tthc_in_progress_total")
    if punctual and base and waiting and running:
        # Decision 766/QĐ-TTg counts what is in progress and in time as on time.
        others.append(((*punctual, waiting), (*base, running)))
    return _move_named(sums, "tthc_on_time_rate_pct", natural, others)


def _overdue_pairs(sums: Sums) -> tuple[_Pairs, _Pairs]:
    get, base = sums.get, _resolved_base(sums)
    overdue, waiting = get("tthc_resolved_overdue"), get("tthc_in_progress_overdue")
    natural = _pairs([known(overdue)], [base])
    received = known(get("tthc_received_total"))
    running = known(*(base or ()), get("tthc_in_progress_total")) if base else None
    others = _pairs([known(overdue), known(overdue, waiting), known(waiting)], [received, running])
    return _move_named(sums, "tthc_overdue_rate_pct", natural, others)


def _move_named(sums: Sums, rate_measure: str, natural: _Pairs, others: _Pairs) -> tuple[_Pairs, _Pairs]:
    """Where the sentence itself says "of what was received", that base is not a wrong one."""
    return (natural + others, []) if _says_of_received(sums, rate_measure) else (natural, others)


def _online_pairs(sums: Sums) -> tuple[_Pairs, _Pairs]:
    get = sums.get
    online, whole, new, carried = (get(measure) for measure in ("tthc_received_online", "tthc_received_total", "tthc_received_new", "tthc_carried_over"))
    channels = [known(*(get(measure) for measure in channel_set)) for channel_set in CHANNELS]
    others = [known(whole, carried), known(get("tthc_resolved_total"))]
    if new and _says_of_new(sums):
        return _pairs([known(online)], [known(new)]), _pairs([known(online)], [known(whole), *channels, *others])
    return _pairs([known(online)], [known(new), known(whole), known(whole, negative(carried)), *channels]), _pairs([known(online)], others)


def _says_of_new(sums: Sums) -> bool:
    """Whether right behind the rate stands that it is of what was newly received."""
    rate = sums.here("tthc_online_rate_pct")
    places = [(sums.figures[index].quote, sums.figures[index].printed_text) for index in rate.figures] if rate else []
    return any(_OF_NEW.match(quote, quote.find(printed) + len(printed)) for quote, printed in places if printed in quote)


_PAIRS: dict[str, Callable[[Sums], tuple[_Pairs, _Pairs]]] = {
    "tthc_on_time_rate_pct": _on_time_pairs,
    "tthc_overdue_rate_pct": _overdue_pairs,
    "tthc_online_rate_pct": _online_pairs,
}


def complement(sums: Sums) -> Iterator[Evaluation]:
    on_time, overdue = sums.here("tthc_on_time_rate_pct"), sums.here("tthc_overdue_rate_pct")
    if on_time is None or overdue is None or _is_of_something_else(sums, on_time) or _is_of_something_else(sums, overdue):
        return
    if any(sums.get(measure) for measure in ("tthc_in_progress_on_time", "tthc_in_progress_overdue")) and not sums.here("tthc_resolved_total"):
        return
    half = sum((classify_percentage(0, None, printed_percent(sums.figures[term.figures[0]])).half_unit for term in (on_time, overdue)), Decimal(0))
    group = sums.group
    left = total((on_time, overdue))
    yield Evaluation(
        "rate-complement", group.scope, group.subject, group.period_key, "", "=", left, Decimal(100), half, abs(left - 100),
        severity_of("rate-complement"), (on_time, overdue), (),
    )  # fmt: skip
