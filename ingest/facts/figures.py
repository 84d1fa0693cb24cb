"""The figures of a document, dressed with unit, quote, section, page, period, day and confidence."""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from ingest.facts.frames import Reading
from ingest.facts.reader import Reader
from ingest.facts.subjects import bounds_before
from warehouse.model import Bound, Document, Figure, Header, Period
from warehouse.periods import DateError, PeriodError, PeriodPhrase, calendar, classify_range, parse_date, parse_period_phrase, statutory
from warehouse.text import mask_names
from warehouse.units import TWO_LEVELS_SINCE

_AS_OF = re.compile(
    r"(?:tính đến|đến|tại thời điểm|thời điểm|có mặt)(?:\s+hết)?(?:\s+(?:ngày|thời điểm))*\s+(?P<day>[0-9]{1,2}\s?/\s?[0-9]{1,2}(?:\s?/\s?[0-9]{4})?)",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:từ|kể từ)(?: ngày)? (?P<day>[0-9]{1,2}\s?/\s?[0-9]{1,2}\s?/\s?[0-9]{4})", re.IGNORECASE)
_HANDED_ON = re.compile(r"\b(?:chuyển|sang|qua|đến|tới|hết|(?:tồn|chuyển|còn|dư|dở dang)(?: lại| sang| qua)? (?:của|từ))\s+\Z", re.IGNORECASE)
"""Before a period: the one to or from which dossiers go on, or the end of a longer one ("Chuyển quý IV: 196", "đến hết tháng 9")."""
_LEFT_BEHIND = re.compile(r"\s*(?:để lại|chuyển|mang sang|còn dở|còn tồn)", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:so (?:với )?(?:cùng kỳ )?|cùng kỳ )\Z", re.IGNORECASE)
_UNITS = {"fees_vnd": "VND", "area_km2": "km2", "service_quality_index": "point", "population": "person"}
_FAMILY_UNITS = {"tthc": "dossier", "procedures": "procedure", "staff": "person", "satisfaction": "vote", "pakn": "item", "petitions": "item"}
_OCR, _INHERITED, _ODD_PRINT = 0.7, 0.85, 0.9


def read_figures(document: Document, header: Header) -> tuple[Figure, ...]:
    """Every figure of the document, ordered by start; `document.text[start:end]` is the printed text of each.

    A figure has the document's period in effect unless its sentence names another one (flag `own-period`) or calls it gathered
    ("lũy kế": from the day it names, else from the year's first); a head count has the day for which its sentence counts. Confidence is below 1 for OCR, for labels taken over from a neighbour and for odd print.
    """
    starts = [section.start for section in document.sections]
    reader = Reader(document, header.period, header.unit_name or "")
    readings = reader.readings()
    found = [
        _figure(document, header, starts, replace(reading, subject=reader.subjects.of(reading, before)))
        for reading, before in zip(readings, bounds_before(readings), strict=True)
    ]
    return tuple(figure for figure, reading in zip(found, readings, strict=True) if reading.in_table or not _is_compared(figure, found, header.period))


def _is_compared(figure: Figure, found: list[Figure], reported: Period | None) -> bool:
    """Whether prose holds the present figure against an earlier one: "Trực tuyến đạt 88,3%, quý I/2026 chỉ đạt 81,6%".

    So it does behind the present one where the earlier period ended before the reported one began, and where of a score or a share the later of
    two times is told first ("Tháng 11 đạt 79,56 điểm; tháng 10 đạt 77,03 điểm"). What was left at the end of the period before is held against the opening balance, and kept.
    """
    own = figure.period
    if reported is None or own is None or "own-period" not in figure.flags or own.start >= reported.end or figure.measure == "tthc_in_progress_total":
        return False
    place = (figure.measure, figure.scope, figure.subject, figure.section)
    at = figure.start or 0
    before = [one for one in found if (one.start or 0) < at and (one.measure, one.scope, one.subject, one.section) == place]
    if own.start < reported.start and own.end < reported.start + _CLOSED_EARLY:
        return any(one.period is not None and one.period.end > own.end for one in before)
    told_before = any(one.period is not None and one.period.start > own.end and at - _BESIDE < (one.start or 0) for one in before)
    return told_before and figure.unit in ("%", "point")


_BESIDE = 200
"""Characters between two values of which the second is only compared with the first."""


def unit_of(measure: str) -> str:
    """The catalogue's unit of a measure."""
    if measure.endswith("_pct"):
        return "%"
    return _UNITS.get(measure) or _FAMILY_UNITS[measure.split("_")[0]]


def _figure(document: Document, header: Header, starts: list[int], reading: Reading) -> Figure:
    place = bisect_right(starts, reading.start) - 1
    quote = document.text[reading.sentence[0] : reading.sentence[1]]
    flags = list(reading.flags)
    words = document.text[reading.sentence[0] : reading.start]
    # What was carried over comes from the period before: "Quý II để lại: 201" is the opening balance of the report's own.
    period = None if reading.measure == "tthc_carried_over" else _own_period(words, header, flags) or _own_period(reading.column, header, flags)
    if period is None and "gathered" in flags:
        period = _since_the_year_began(words, header)
        flags.append("own-period")
    period = period or header.period
    confidence = _OCR if document.method == "ocr" else 1.0
    if reading.inherited:
        confidence *= _INHERITED
    if {"decimal-count", "comma-thousands", "ambiguous-magnitude"} & set(flags):
        confidence *= _ODD_PRINT
    return Figure(
        measure=reading.measure,
        scope=reading.scope,
        value=reading.value,
        unit=unit_of(reading.measure),
        bound=cast(Bound, reading.bound),
        printed_text=document.text[reading.start : reading.end],
        locator=f"chars {reading.start}-{reading.end}",
        quote=mask_names(quote),
        start=reading.start,
        end=reading.end,
        page=bisect_right(document.page_starts, reading.start),
        section=document.sections[place].heading if place >= 0 else "",
        subject=reading.subject,
        period=period,
        as_of=_as_of(document.text, reading, header) if _is_head_count(reading.measure) else None,
        confidence=round(confidence, 2),
        flags=tuple(flags),
    )


def _is_head_count(measure: str) -> bool:
    """Whether a measure counts people on a day; those who left or came are counted over a period."""
    return measure.startswith("staff_") and not measure.startswith(("staff_left", "staff_joined"))


def _as_of(text: str, reading: Reading, header: Header) -> date | None:
    """The day for which a head count counts: the last one printed before it in its sentence, else the first one after."""
    year = header.period.end.year if header.period else header.document_date.year if header.document_date else None
    found: list[tuple[int, date]] = []
    for match in _AS_OF.finditer(text, *reading.sentence):
        try:
            found.append((match.start(), parse_date(match["day"].replace(" ", ""), default_year=year)))
        except DateError:
            continue  # a ratio such as 33/51, or a day the auditor reports as impossible
    before = [day for place, day in found if place < reading.start]
    return before[-1] if before else found[0][1] if found else None


def _since_the_year_began(words: str, header: Header) -> Period | None:
    """The period of a gathered value up to the end of the document's; a unit gathers nothing before its first day."""
    if header.period is None:
        return None
    whole = (statutory if header.period.calendar == "statutory" else calendar)("year", header.period.end.year)
    start = max(whole.start, header.unit_valid_from or whole.start)
    if said := _SINCE.search(words):
        with suppress(DateError):  # the auditor reports the impossible day
            start = parse_date(said["day"].replace(" ", ""))
    return classify_range(start, header.period.end) if start <= header.period.end else None


_CLOSED_EARLY = timedelta(days=17)


def _is_of_another(words: str, phrase: PeriodPhrase) -> bool:
    """Whether the phrase names the period of a comparison, or the one to which dossiers are handed on."""
    start = phrase.span[0]
    return bool(_COMPARED.search(words, 0, start) or _HANDED_ON.search(words, 0, start) or _LEFT_BEHIND.match(words, phrase.span[1]))


def _is_the_reports(named: Period, reported: Period) -> bool:
    """Whether a named period is the document's: the same days, or those of a report closed early or of a unit founded within it."""
    if (named.start, named.end) == (reported.start, reported.end):
        return True
    begins = abs(named.start - reported.start) <= _CLOSED_EARLY or named.start < reported.start == TWO_LEVELS_SINCE
    return reported.calendar == "other" and begins and abs(named.end - reported.end) <= _CLOSED_EARLY


def _own_period(words: str, header: Header, flags: list[str]) -> Period | None:
    """The period that the words before a figure name, if it is not the document's."""
    year = header.period.end.year if header.period else header.document_date.year if header.document_date else None
    phrases = [phrase for phrase in parse_period_phrase(words, year) if not phrase.problem and not _is_of_another(words, phrase)]
    if not phrases:
        return None
    last = phrases[-1]
    if last.kind == "range":
        if last.start is None or last.end is None:
            return None
        try:
            own = classify_range(last.start, last.end)
        except PeriodError:
            flags.append("period-backwards")
            return None
    elif last.year is None:
        return None
    else:
        by_decree = header.period is not None and header.period.calendar == "statutory" and last.kind != "month"
        own = (statutory if by_decree else calendar)(last.kind, last.year, last.n)
    if header.period is not None and _is_the_reports(own, header.period):
        return None
    flags.append("own-period")
    return own
