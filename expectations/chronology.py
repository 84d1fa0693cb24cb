"""What the dates of a report say: periods that run backwards or are not the ones the title names, a document date outside its window,
and the days of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from expectations.days import check_days
from expectations.stale import PLAN
from expectations.sums import severity_of
from expectations.wording import day_vi, sentence_place
from warehouse.model import Document, Finding, Header, Period, Place, Severity
from warehouse.periods import both_calendars, classify_range, parse_period_phrase, parse_ranges
from warehouse.units import TWO_LEVELS_SINCE

_DAYS_TO_REPORT = 60
_I = re.IGNORECASE


def check_chronology(document: Document | None, header: Header) -> Iterator[Finding]:
    """Findings of the rules period-order, period-legal, document-date and impossible-date."""
    text = document.text if document else ""
    taken: list[tuple[int, int]] = []
    for finding in (*_period_order(text, header), *_period_legal(text, header), *_document_date(text, header)):
        taken.extend((place.start, place.end) for place in finding.places if place.start is not None and place.end is not None)
        yield finding
    if document is None:
        return
    for finding in check_days(text, header, timedelta(days=_DAYS_TO_REPORT)):
        span = finding.places[0]
        if not any(start < (span.end or 0) and (span.start or 0) < end for start, end in taken):
            yield finding


def _place(text: str, span: tuple[int, int] | None) -> tuple[Place, ...]:
    return () if span is None else (sentence_place(text, *span),)


# --- the period and the document's date --------------------------------------------------------------------------------


def _period_order(text: str, header: Header) -> Iterator[Finding]:
    rule = "period-order"
    if header.period_stated and header.period_stated[0] > header.period_stated[1]:
        start, end = header.period_stated
        at_most: Severity = "warning" if header.period else "error"
        meant = f" Theo tiêu đề, kỳ báo cáo là {day_vi(header.period.start)} đến {day_vi(header.period.end)}." if header.period else ""
        yield Finding(
            rule,
            severity_of(rule, at_most),
            f"Kỳ báo cáo in ngược: từ {day_vi(start)} đến {day_vi(end)}.{meant} Đề nghị sửa lại ngày bắt đầu hoặc ngày kết thúc.",
            _place(text, header.period_stated_span),
            {"from": start.isoformat(), "to": end.isoformat()},
        )
    for phrase in parse_ranges(text):
        if phrase.start and phrase.end and phrase.start > phrase.end and phrase.span != header.period_stated_span:
            if header.period_stated == (phrase.start, phrase.end) and header.period_stated_span is None:
                continue
            if header.period_stated_span and _overlap(phrase.span, header.period_stated_span):
                continue
            yield Finding(
                rule,
                severity_of(rule, "warning"),
                f"Khoảng thời gian in ngược: từ {day_vi(phrase.start)} đến {day_vi(phrase.end)}. Đề nghị sửa lại một trong hai ngày.",
                _place(text, phrase.span),
                {"from": phrase.start.isoformat(), "to": phrase.end.isoformat()},
            )


def _overlap(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return one[0] < two[1] and two[0] < one[1]


_YEAR = re.compile(r"(?<![\d/])20\d\d(?!\d)")


def _titled_periods(header: Header) -> list[Period]:
    """The title's period under both calendars; empty where the title names none, or several."""
    years = set(_YEAR.findall(header.title))
    named = parse_period_phrase(header.title, int(years.pop()) if len(years) == 1 else None)
    phrases = [
        phrase
        for before, phrase in zip([None, *named], named, strict=False)
        if phrase.kind != "range"
        and phrase.year
        and not phrase.problem
        # "quý III, phương hướng nhiệm vụ quý IV năm 2026": what is planned is not reported
        and not PLAN.search(header.title, before.span[1] if before else 0, phrase.span[0])
    ]
    if len({(phrase.kind, phrase.year, phrase.n) for phrase in phrases}) != 1:
        return []
    return both_calendars(phrases[0])


def _period_legal(text: str, header: Header) -> Iterator[Finding]:
    if header.period_stated is None or header.period_stated[0] > header.period_stated[1]:
        return
    legal = _titled_periods(header)
    start, end = header.period_stated
    if not legal or _is_sound(start, end, legal):
        return
    # One day beside the cut-off is how many people write it: worth telling, no reason for a doubt.
    beside = any(abs((period.start - start).days) <= 1 and abs((period.end - end).days) <= 1 for period in legal)
    rule = "period-legal"
    expected = " hoặc ".join(f"{day_vi(period.start)}–{day_vi(period.end)}" for period in legal)
    yield Finding(
        rule,
        severity_of(rule, "info" if beside else "warning"),
        f"Kỳ số liệu in {day_vi(start)}–{day_vi(end)} không phải kỳ {legal[0].label} nêu ở tiêu đề ({expected}). Đề nghị kiểm tra lại kỳ báo cáo.",
        _place(text, header.period_stated_span),
        {"from": start.isoformat(), "to": end.isoformat(), "title": legal[0].label},
    )


_CLOSED_EARLY = timedelta(days=16)


def _is_sound(start: date, end: date, legal: Sequence[Period]) -> bool:
    """The title's period, one closed early, or one that ends with it: a legal one (quarter III of nine months) or what has gathered since long ago."""
    if any((period.start, period.end) == (start, end) or _closed_early(start, end, period) for period in legal):
        return True
    ends_with_it = any(period.end == end for period in legal)
    if start == TWO_LEVELS_SINCE and any(abs(period.end - end) <= _CLOSED_EARLY for period in legal):
        return True  # the period in which the communes began begins with them
    gathered = all((period.start - start).days > 31 for period in legal)
    return ends_with_it and (gathered or classify_range(start, end).calendar != "other")


def _closed_early(start: date, end: date, period: Period) -> bool:
    """Reports by the calendar are due before its period ends: "số liệu tính đến ngày 20/9" for a third quarter. The statutory calendar has its own cut-off."""
    return period.calendar == "calendar" and period.start == start and timedelta(0) <= period.end - end <= _CLOSED_EARLY


def _document_date(text: str, header: Header) -> Iterator[Finding]:
    if header.document_date is None or header.period is None:
        return
    if header.period.calendar == "other" and header.period_stated is None:
        return  # "01 năm vận hành": the end is the reader's, not the report's
    period, day = header.period, header.document_date
    earliest = period.end
    is_stated = header.period_stated == (period.start, period.end)
    if period.calendar == "calendar" and not is_stated:
        # The title alone does not say which calendar is meant: the statutory period of the same name ends on the 14th.
        earliest = period.end.replace(day=14)
    latest = period.end + timedelta(days=_DAYS_TO_REPORT)
    if earliest <= day <= latest:
        return
    if day < earliest:
        why = f"trước ngày kết thúc kỳ báo cáo ({day_vi(earliest)})"
    else:
        why = f"sau ngày kết thúc kỳ báo cáo ({day_vi(period.end)}) hơn {_DAYS_TO_REPORT} ngày"
    rule = "document-date"
    yield Finding(
        rule,
        severity_of(rule),
        f"Báo cáo ghi ngày {day_vi(day)}, {why}. Đề nghị kiểm tra lại ngày, nhất là năm, của văn bản hoặc kỳ báo cáo.",
        _place(text, header.document_date_span),
        {"document_date": day.isoformat(), "period_to": period.end.isoformat()},
    )
