"""One reader a file type; the type is found from the bytes, never from the name."""

from __future__ import annotations

from pathlib import PurePath

from ingest.documents.kinds import shape_of
from ingest.documents.plain import plain_text
from ingest.documents.stored import make_document
from warehouse.model import Document

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def read_document(body: bytes, name: str) -> Document:
    """Read one report: .docx, .pdf (text layer, or OCR where Tesseract is installed), .txt and .md.

    The document's text is the stored form of `warehouse.text.nfc`; every offset counts in it. Use `read_document_limited` for files
    from outside: this function sets no limit to memory and time, and PDFs must not be read in two threads at once.

    Raises:
        UnreadableDocument: with a stable `reason` and a message that names the file, what is wrong and the remedy.
    """
    shape = shape_of(body, name)
    # The readers are imported here because a process that reads only text (a DAG, the gate) need not load PDFium.
    if shape == "zip":
        from ingest.documents.docx import docx_text

        return make_document(docx_text(body, name), name, DOCX)
    if shape == "pdf":
        from ingest.documents.pdf import pdf_text

        text, method = pdf_text(body, name)
        return make_document(text, name, PDF, method)
    media_type = "text/markdown" if PurePath(name).suffix.lower() in (".md", ".markdown") else "text/plain"
    return make_document(plain_text(body, name), name, media_type)
