# NOTE of the lead, 04:33 UTC: another helper writes the readers of docx, pdf, OCR and the limited child process now; the author of the figures leaves ingest/documents (but outline.py) alone.
"""One reader a file type; the type is found from the bytes, never from the name."""

from __future__ import annotations

import re
import unicodedata

from ingest.documents.errors import UnreadableDocument
from ingest.documents.outline import sections
from warehouse.model import Document

MAX_BYTES = 50 * 1024 * 1024


def read_document(body: bytes, name: str) -> Document:
    """Read one report. Raises UnreadableDocument with a stable reason and a remedy."""
    return _text_document(body, name)


def stored_text(raw: str) -> str:
    """The one form in which a text is stored: NFC, `ƣ` as `ư`, plain line ends, no invisible characters."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u202f", " ")
    text = re.sub("[\u200b-\u200f\ufeff\u00ad\u2060]", "", text)
    text = unicodedata.normalize("NFC", text)
    return text.replace("\u01a3", "ư").replace("\u01a2", "Ư")


def _text_document(body: bytes, name: str) -> Document:
    text = stored_text(body.decode("utf-8-sig"))
    if not text.strip():
        raise UnreadableDocument("empty", f"{name}: the file holds no text; send the report again")
    return Document(name, "text/plain", text, sections=sections(text))
