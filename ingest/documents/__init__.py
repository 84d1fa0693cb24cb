"""Report documents in: bytes of a .txt, .md, .docx or .pdf become one stored NFC text with offsets.

`read_document` reads in this process; `read_document_limited` does the same in a child process with limits, which is what untrusted
files need. Below them: kinds (what a file is), one reader a type (plain, docx, pdf with grid and ocr), stored (the one form of text),
outline (headings, items, rows), limited and worker (the child).
"""

from __future__ import annotations

from ingest.documents.errors import UnreadableDocument
from ingest.documents.limited import page_pictures_limited, read_document_limited
from ingest.documents.readers import read_document

__all__ = ["UnreadableDocument", "page_pictures_limited", "read_document", "read_document_limited"]
