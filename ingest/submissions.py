"""Figures become rows: the one writer of `facts`, for reports and for forms."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import psycopg

from ingest.landing import Landing
from warehouse.model import Figure, Header


class ProvenanceError(Exception):
    """A figure does not stand where it says; a fault of the reader, never of the input."""


def figure_id(landing_sha256: str, figure: Figure) -> str:
    """16 hex digits, the same for the same bytes, place, measure, scope and subject, whichever reader version found it."""
    return hashlib.sha256("\x1f".join((landing_sha256, figure.locator, figure.measure, figure.scope, figure.subject)).encode()).hexdigest()[:16]


def insert_submission(
    connection: psycopg.Connection, landing: Landing, reader_version: str, header: Header, figures: Sequence[Figure], text: str | None
) -> int:
    """Insert one submission with its figures.

    Args:
        text: the stored NFC text for documents; None for forms, whose locators are cells.

    Returns:
        The submission's id.

    Raises:
        ProvenanceError: `text[start:end]` is not the printed text, or a form's figure has no cell.
    """
    for figure in figures:
        if text is None:
            if "!" not in figure.locator:
                raise ProvenanceError(f"{landing.origin}: {figure.measure} has no cell: {figure.locator!r}")
        elif figure.start is None or figure.end is None or text[figure.start : figure.end] != figure.printed_text:
            raise ProvenanceError(f"{landing.origin}: {figure.measure} is not {figure.printed_text!r} at {figure.locator}")
    stated = header.period_stated or (None, None)
    period = header.period
    row = connection.execute(
        "insert into facts.submission (landing_id, source, reader_version, kind, unit_code, unit_valid_from, unit_name_vi, province_name_vi, document_number,"
        " document_date, period_key, period_calendar, period_start, period_end, period_label_vi, period_stated_from, period_stated_to, flags, figure_count)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning submission_id",
        (
            landing.landing_id, landing.source, reader_version, header.kind, header.unit_code, header.unit_valid_from, header.unit_name,
            header.province_name, header.number, header.document_date, period.key if period else "", period.calendar if period else None,
            period.start if period else None, period.end if period else None, period.label if period else "", stated[0], stated[1],
            list(header.flags), len(figures),
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    submission_id = int(row[0])
    with connection.cursor().copy(
        "copy facts.figure (figure_id, submission_id, measure, scope, subject, value, unit, bound, printed_text, locator, quote_vi, span_start, span_end,"
        " page, section_vi, period_key, period_start, period_end, as_of_date, confidence, flags) from stdin"
    ) as copy:
        written: set[str] = set()
        for figure in figures:
            key = figure_id(landing.sha256, figure)
            if key in written:
                raise ProvenanceError(f"{landing.origin}: {figure.measure} {figure.scope} is read twice at {figure.locator}")
            written.add(key)
            own = figure.period
            copy.write_row(
                (
                    key, submission_id, figure.measure, figure.scope, figure.subject, figure.value, figure.unit, figure.bound, figure.printed_text,
                    figure.locator, figure.quote, figure.start, figure.end, figure.page, figure.section, own.key if own else "",
                    own.start if own else None, own.end if own else None, figure.as_of, figure.confidence, list(figure.flags),
                )
            )  # fmt: skip
    return submission_id
