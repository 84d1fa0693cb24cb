"""Narrative reports of communes: an inbox folder of docx, pdf, txt and md files.

Every file is one landing. `ingest.documents` reads it in a limited child process (files come from outside), `ingest.facts` finds who
reports on which period and the figures with their places; both decide, not this module, what a report is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from ingest.documents import UnreadableDocument, read_document_limited
from ingest.documents.limited import MEMORY_MB, SECONDS
from ingest.facts import EXTRACTOR_VERSION, read_figures, read_header
from ingest.folders import files_below, read_report
from ingest.landing import Failure, Fetched, Landing, Outcome, ParseError
from ingest.maildrop import attachments
from ingest.register import put_on_review, unit_register
from ingest.submissions import insert_submission
from warehouse.model import Document, Figure, Header
from warehouse.refusals import refusal_vi
from warehouse.settings import Settings

SOURCE = "narrative_reports"
PARSER_VERSION = EXTRACTOR_VERSION

LIMITS = f"{SECONDS:g} s, {MEMORY_MB} MB"
"""What a file may take: one that took it all is tried again only under other limits, or by another reader."""
_OUTCOMES: Mapping[str, Outcome] = {"needs-ocr": "deferred", "timeout": "exhausted", "memory": "exhausted"}
"""What becomes of a file for reasons that lie in this machine; for all others it is unreadable."""


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every file of the inbox, its subfolders included, then the reports of the mail drop."""
    for path in files_below(config.tthc_inbox):
        yield read_report(path, config.tthc_inbox)
    yield from attachments(config, (".docx", ".pdf", ".txt", ".md"), tells_of_mails_without=True)


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One report, wherever it is."""
    yield read_report(path, path.parent)


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert the report's text, header and figures.

    Returns:
        The number of figures read.

    Raises:
        ParseError: `unreadable` (corrupt, encrypted, not a document), `deferred` (OCR is missing), or `exhausted` (time or memory ran out).
    """
    try:
        document = read_document_limited(body, landing.file_name)
    except UnreadableDocument as error:
        raise ParseError(_OUTCOMES.get(error.reason, "unreadable"), f"{refusal_vi(error.reason)} ({error.message})", limits=LIMITS) from error
    header = read_header(document, unit_register())
    figures = read_figures(document, header)
    store(connection, landing, document, header, figures)
    if not header.unit_code and header.unit_name:
        on = header.period.end if header.period else header.document_date or landing.fetched_at.date()
        put_on_review(connection, landing.landing_id, SOURCE, PARSER_VERSION, landing.run_id, header.unit_name, header.province_name, on)
    return len(figures)


def store(connection: psycopg.Connection, landing: Landing, document: Document, header: Header, figures: Sequence[Figure]) -> None:
    """Write what was read of a report: the text with its sections, who reports on what, and the figures."""
    connection.execute(
        "insert into raw.narrative_reports (landing_id, reader_version, text_nfc, page_starts, method, header) values (%s, %s, %s, %s, %s, %s)",
        (landing.landing_id, PARSER_VERSION, document.text, list(document.page_starts), document.method, Jsonb(_printable(document, header))),
    )
    insert_submission(connection, landing, PARSER_VERSION, header, figures, document.text)


def _printable(document: Document, header: Header) -> dict[str, object]:
    """The header, and what the document has beside its text, as JSON: dates in ISO form."""
    values = asdict(header) | {"name": document.name, "media_type": document.media_type, "sections": [asdict(section) for section in document.sections]}
    values["period"] = header.period.key if header.period else None
    values["period_stated"] = [day.isoformat() for day in header.period_stated] if header.period_stated else None
    for name in ("unit_valid_from", "document_date"):
        values[name] = values[name].isoformat() if values[name] else None
    return values
