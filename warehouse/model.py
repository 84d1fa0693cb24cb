"""The words the wings share: a period, a figure, a document, a finding.

`ingest` makes documents and figures, `expectations` judges them, `reporting` shows them; the three do not
import each other, so the nouns they exchange live here. Plain values only: no database, no parsing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Calendar = Literal["statutory", "calendar", "other"]
"""`statutory`: 15th to 14th (Decree 09/2019/NĐ-CP, Art. 12); `calendar`: whole months; `other`: as printed."""

Bound = Literal["=", ">", "<", "≈"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period: both ends inclusive. Never compare two periods by their label alone."""

    calendar: Calendar
    start: date
    end: date
    label: str = field(default="", compare=False)
    """As people say it, e.g. `Quý I/2026`; for reading only."""

    @property
    def key(self) -> str:
        """`statutory:2025-12-15:2026-03-14`: the key that facts and marts join on."""
        return f"{self.calendar}:{self.start.isoformat()}:{self.end.isoformat()}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed number and where it stands. `value` is exact; what is not printed has no figure (it is not 0)."""

    measure: str
    """A code of `measures.csv`."""
    scope: str
    """Block (`government`, `education`, …) or field (`field:land`, …); empty for the unit as a whole."""
    value: Decimal
    unit: str
    """The catalogue's unit of the measure: `dossier`, `%`, `person`, `VND`, …"""
    bound: Bound
    printed_text: str
    """The number exactly as printed, e.g. `1.568`."""
    locator: str
    """`chars 1043-1048` in the stored NFC text (end exclusive), `Sheet!C7`, or a JSON pointer."""
    quote: str
    """The sentence, clause or row that holds the figure."""
    start: int | None = None
    end: int | None = None
    page: int | None = None
    section: str = ""
    subject: str = ""
    """The unit, level or group the figure speaks of where it is not the issuing unit itself."""
    period: Period | None = None
    """Only where the figure has a period of its own or the document has one in effect."""
    as_of: date | None = None
    confidence: float = 1.0
    """0 to 1; lower for OCR, ambiguous magnitudes and inherited labels."""
    flags: tuple[str, ...] = ()
    """Stable words such as `ambiguous-magnitude`, `provisional`, `own-period`."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the span of text below it, up to the next heading of the same or a higher level."""

    heading: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One report as one stored NFC text. Every offset of the project counts in `text`."""

    name: str
    media_type: str
    text: str
    page_starts: tuple[int, ...] = (0,)
    sections: tuple[Section, ...] = ()
    method: Literal["text", "ocr"] = "text"


@dataclass(frozen=True, slots=True)
class Header:
    """What a document says of itself. `*_stated` is as printed; `period` is the one in effect."""

    unit_name: str = ""
    """As printed and cleaned of OCR damage, with its type: `phường Tam Thanh`."""
    province_name: str = ""
    unit_code: str = ""
    """The statistics office's code of the unit valid at the period's end; empty if it does not resolve."""
    unit_valid_from: date | None = None
    number: str = ""
    document_date: date | None = None
    title: str = ""
    kind: str = ""
    """`kstthc`, `cchc`, `two-level-government`, `party-review`, `other`."""
    addressee: str = ""
    period_stated: tuple[date, date] | None = None
    """The printed from and to, even when they run backwards."""
    period_stated_span: tuple[int, int] | None = None
    period: Period | None = None
    document_date_span: tuple[int, int] | None = None
    flags: tuple[str, ...] = ()
    """`period-differs`, `document-date-blank`, `unit-unresolved`, …"""


class Reading(NamedTuple):
    """What was read of one submission; `document` is None for forms."""

    document: Document | None
    header: Header
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A submission of which nothing could be read."""

    reason: str
    """A stable word: `encrypted`, `wrong-type`, `form-unexpected`, …"""
    message: str
    """Names the file, the place, what is wrong and the remedy; for the log."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points: a span of the stored text, or a cell."""

    quote: str
    locator: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about one document or submission, told to a person who can settle it."""

    rule: str
    """A code of `identities.csv`; the same word in the suite, the quarantine, the mail and the docs."""
    severity: Severity
    message_vi: str
    """One or two sentences: what does not fit, both sides of the sum, what to correct."""
    places: tuple[Place, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    """The numbers compared, as text: `{"left": "1637", "right": "1636", …}`."""


SHOWN_MARTS: Mapping[str, tuple[str, ...]] = {
    "figures": ("figures_told", "dossier_counts"),
    "service_performance": ("performance_told", "dossier_counts"),
    "service_rates": ("rates_told", "dossier_counts"),
}
"""Marts that are views, and the stored ones that they show. The first of these holds nothing that the view does not show as it is."""
