"""The figures of a document, dressed with unit, quote, section, page, period and confidence."""

from __future__ import annotations

from bisect import bisect_right

from ingest.facts.reader import Reader
from warehouse.model import Document, Figure, Header

_UNITS = {"percent": "%", "money": "VND", "points": "point", "area": "km2"}


def read_figures(document: Document, header: Header) -> tuple[Figure, ...]:
    """Every figure of the document, ordered by start."""
    starts = [section.start for section in document.sections]
    figures = []
    for reading in Reader(document).readings():
        place = bisect_right(starts, reading.start) - 1
        figures.append(
            Figure(
                measure=reading.measure,
                scope=reading.scope,
                value=reading.value,
                unit=unit_of(reading.measure),
                bound=reading.bound,  # type: ignore[arg-type]
                printed_text=document.text[reading.start : reading.end],
                locator=f"chars {reading.start}-{reading.end}",
                quote=document.text[reading.sentence[0] : reading.sentence[1]],
                start=reading.start,
                end=reading.end,
                page=bisect_right(document.page_starts, reading.start),
                section=document.sections[place].heading if place >= 0 else "",
                subject=reading.subject,
                period=header.period,
                flags=reading.flags,
            )
        )
    return tuple(figures)


def unit_of(measure: str) -> str:
    """The catalogue's unit of a measure."""
    if measure.endswith("_pct"):
        return "%"
    if measure == "fees_vnd":
        return "VND"
    if measure == "area_km2":
        return "km2"
    if measure.startswith("tthc_"):
        return "dossier"
    if measure.startswith("procedures_"):
        return "procedure"
    if measure.startswith("staff_") or measure == "population":
        return "person"
    if measure.startswith("satisfaction_"):
        return "vote"
    if measure == "service_quality_index":
        return "point"
    return "item"
