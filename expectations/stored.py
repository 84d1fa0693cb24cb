"""Stored submissions as the plain values that the auditor judges."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row

from warehouse.model import Calendar, Document, Figure, Header, Period, Section


@dataclass(frozen=True)
class StoredSubmission:
    """A submission as read; `document` is None for forms."""

    document: Document | None
    header: Header
    figures: tuple[Figure, ...]


def load_submission(connection: psycopg.Connection, submission_id: int) -> StoredSubmission:
    """Read one submission back from `facts` and `raw`, as the reader made it.

    Raises:
        LookupError: there is no such submission.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        submission = cursor.execute("select * from facts.submission where submission_id = %s", (submission_id,)).fetchone()
        if submission is None:
            raise LookupError(f"submission {submission_id} does not exist")
        report = cursor.execute(
            "select * from raw.narrative_reports where landing_id = %s and reader_version = %s", (submission["landing_id"], submission["reader_version"])
        ).fetchone()
        rows = cursor.execute("select * from facts.figure where submission_id = %s order by span_start, locator, measure", (submission_id,)).fetchall()
    extra = report["header"] if report else {}
    header = Header(
        unit_name=submission["unit_name_vi"],
        province_name=submission["province_name_vi"],
        unit_code=submission["unit_code"],
        unit_valid_from=submission["unit_valid_from"],
        number=submission["document_number"],
        document_date=submission["document_date"],
        title=extra.get("title", ""),
        kind=submission["kind"],
        addressee=extra.get("addressee", ""),
        period_stated=(submission["period_stated_from"], submission["period_stated_to"]) if submission["period_stated_from"] else None,
        period_stated_span=_span(extra.get("period_stated_span")),
        period=_period(submission["period_key"], submission["period_label_vi"]),
        document_date_span=_span(extra.get("document_date_span")),
        flags=tuple(submission["flags"]),
    )
    document = None
    if report:
        document = Document(
            name=extra.get("name", ""),
            media_type=extra.get("media_type", ""),
            text=report["text_nfc"],
            page_starts=tuple(report["page_starts"]),
            sections=tuple(Section(**section) for section in extra.get("sections", ())),
            method=report["method"],
        )
    figures = tuple(
        Figure(
            measure=row["measure"],
            scope=row["scope"],
            subject=row["subject"],
            value=row["value"],
            unit=row["unit"],
            bound=row["bound"],
            printed_text=row["printed_text"],
            locator=row["locator"],
            quote=row["quote_vi"],
            start=row["span_start"],
            end=row["span_end"],
            page=row["page"],
            section=row["section_vi"],
            period=_period(row["period_key"]),
            as_of=row["as_of_date"],
            confidence=float(row["confidence"]),
            flags=tuple(row["flags"]),
        )
        for row in rows
    )
    return StoredSubmission(document, header, figures)


def _period(key: str, label: str = "") -> Period | None:
    if not key:
        return None
    from datetime import date

    kind, start, end = key.split(":")
    calendar: Calendar = kind  # type: ignore[assignment]  # checked by the table's constraint
    return Period(calendar, date.fromisoformat(start), date.fromisoformat(end), label)


def _span(value: list[int] | None) -> tuple[int, int] | None:
    return (value[0], value[1]) if value else None
