"""One reader a file type; the type is found from the bytes, never from the name."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

from ingest.documents.errors import UnreadableDocument
from ingest.documents.outline import sections
from warehouse.model import Document
from warehouse.text import nfc

MAX_BYTES = 50 * 1024 * 1024
MAX_CHARACTERS = 5_000_000

Kind = Literal["text", "docx", "pdf"]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"{\\rtf", "an RTF document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_REMEDY = "save the report as .docx, .pdf or UTF-8 .txt and send it again"


def read_document(body: bytes, name: str) -> Document:
    """Read one report: .docx, .pdf (text layer, or OCR where Tesseract is installed), .txt and .md.

    The document's text is the stored form of `warehouse.text.nfc`; every offset counts in it. Raises UnreadableDocument. Use
    `read_document_limited` for files from outside: this function sets no limit to memory and time.
    """
    kind = sniff(body, name)
    if kind == "docx":
        from ingest.documents.docx import docx_text

        return _document(docx_text(body, name), name, _DOCX)
    if kind == "pdf":
        from ingest.documents.pdf import pdf_pages

        pages, method = pdf_pages(body, name)
        return _paged(pages, name, method)
    media = "text/markdown" if PurePath(name).suffix.lower() == ".md" else "text/plain"
    return _document(_decode(body, name), name, media)


def sniff(body: bytes, name: str) -> Kind:
    """What the bytes are. Raises UnreadableDocument for what is no report: empty, encrypted, too-large, wrong-type, corrupt."""
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableDocument("empty", f"{name}: the file is empty; send the report again")
    if len(body) > MAX_BYTES:
        raise UnreadableDocument("too-large", f"{name}: {len(body) // 2**20} MB is more than the limit of {MAX_BYTES // 2**20} MB; send it without pictures")
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body.startswith(b"PK"):
        return _archive(body, name)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in body:
            raise UnreadableDocument("encrypted", f"{name}: the document is protected by a password; remove the password and send it again")
        raise UnreadableDocument("wrong-type", f"{name}: this is the old Word or Excel format; {_REMEDY}")
    for magic, what in _FOREIGN:
        if body.startswith(magic):
            raise UnreadableDocument("wrong-type", f"{name}: this is {what}, whatever its name says; {_REMEDY}")
    if body[:256].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise UnreadableDocument("wrong-type", f"{name}: this is a web page or XML, not a report; {_REMEDY}")
    if PurePath(name).suffix.lower() in (".docx", ".pdf"):
        raise UnreadableDocument("wrong-type", f"{name}: the bytes are not those of a {PurePath(name).suffix} file; {_REMEDY}")
    return "text"


def _archive(body: bytes, name: str) -> Kind:
    try:
        names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError) as error:
        raise UnreadableDocument("corrupt", f"{name}: the file is damaged ({error}); send it again") from error
    if "word/document.xml" in names:
        return "docx"
    what = "an Excel workbook" if "xl/workbook.xml" in names else "an archive"
    raise UnreadableDocument("wrong-type", f"{name}: this is {what}, not a Word document; {_REMEDY}")


def _decode(body: bytes, name: str) -> str:
    try:
        if body.startswith((b"\xff\xfe", b"\xfe\xff")):
            return body.decode("utf-16")
        if b"\x00" in body:
            raise UnreadableDocument("wrong-type", f"{name}: the bytes are not text; {_REMEDY}")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument("corrupt", f"{name}: byte {error.start} is not UTF-8 (an old font encoding?); save the report as UTF-8 and send it again") from error


def stored(raw: str) -> str:
    """The form in which a text is kept: plain line ends and `warehouse.text.nfc`."""
    return nfc(re.sub("[\x00-\x08\x0b\x0e-\x1f]", " ", raw.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")))


def _document(raw: str, name: str, media_type: str) -> Document:
    text = stored(raw)
    _check(text, name)
    return Document(name, media_type, text, sections=sections(text))


def _paged(pages: list[str], name: str, method: Literal["text", "ocr"]) -> Document:
    kept = [stored(page).strip("\n") for page in pages]
    starts, position = [], 0
    for page in kept:
        starts.append(position)
        position += len(page) + 1
    text = "\n".join(kept)
    _check(text, name)
    return Document(name, "application/pdf", text, tuple(starts), sections(text), method)


def _check(text: str, name: str) -> None:
    if not any(char.isalnum() for char in text):
        raise UnreadableDocument("no-text", f"{name}: the document holds no text; send the report itself")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableDocument("too-large", f"{name}: {len(text)} characters are no report (limit {MAX_CHARACTERS}); send the report alone")
