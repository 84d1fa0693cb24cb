"""One submission as it comes to the door: the readers of the night, without a database."""

from __future__ import annotations

from ingest.documents import UnreadableDocument, read_document_limited
from ingest.facts import read_figures, read_header
from ingest.landing import ParseError
from ingest.register import unit_register
from ingest.sources.statutory_forms import read_workbook_of_forms
from warehouse.model import Reading, Unread


def read_submission(body: bytes, name: str) -> Reading | Unread:
    """Read a report (docx, pdf, txt, md) or a workbook of forms (xlsx) as the night reads it.

    Raises:
        UnitDataError: the seeds of the units are missing.
    """
    try:
        if name.lower().endswith((".xlsx", ".xls")):
            return read_workbook_of_forms(body, name)
        document = read_document_limited(body, name)
    except ParseError as error:
        return Unread(f"form-{error.outcome}", error.reason)
    except UnreadableDocument as error:
        return Unread(error.reason, error.message)
    header = read_header(document, unit_register())
    return Reading(document, header, tuple(read_figures(document, header)))
