"""What a file is, told from its bytes; the name is never believed."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from ingest.documents.errors import UnreadableDocument

MAX_BYTES = 50 * 1024 * 1024
REMEDY = "save the report as .docx, as .pdf or as UTF-8 .txt and send it again"

Shape = Literal["text", "zip", "pdf"]

_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"RIFF", "a WebP picture, a sound or a film"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_DATA = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*[\[{"]|\[\s*\]\s*$)')
IS_DATA = (
    "this is data for programs (JSON, NDJSON, CSV), no report and no form; land it with `tthc land SOURCE --file` as what it is: dossiers,"
    " portal_index, onestop_statistics or procedures"
)
_PICTURE_REMEDY = "send the scan as a .pdf, or better the Word file it was printed from"

# In the directory of an OLE file, names are UTF-16.
_OLE_STREAMS = (
    ("WordDocument", "a Word 97–2003 document (.doc)"),
    ("Workbook", "an Excel 97–2003 workbook (.xls)"),
    ("PowerPoint", "a PowerPoint 97–2003 file (.ppt)"),
)
_ZIP_FOLDERS = (("xl/", "an Excel workbook"), ("ppt/", "a PowerPoint presentation"), ("META-INF/manifest.xml", "an OpenDocument file"))


def shape_of(body: bytes, name: str) -> Shape:
    """The outer shape of a file, from its first bytes, without unpacking anything: cheap and safe for hostile files.

    Raises:
        UnreadableDocument: `empty`, `too-large`, `encrypted` (a Word file with a password), `wrong-type` (with what it is).
    """
    if not body.strip(b"\x00 \t\r\n\f\xef\xbb\xbf"):
        raise UnreadableDocument("empty", f"{name}: the file is empty; send the report again")
    if len(body) > MAX_BYTES:
        size = f"{len(body) // 2**20} MB is more than the limit of {MAX_BYTES // 2**20} MB"
        raise UnreadableDocument("too-large", f"{name}: {size}; send the report without its pictures")
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        _refuse_ole(body, name)
    for magic, what in _FOREIGN:
        # two letters (BM, MZ) begin words too: they count only where bytes follow that no text holds
        if body.startswith(magic) and (len(magic) > 2 or b"\x00" in body[:256]):
            remedy = _PICTURE_REMEDY if "picture" in what else REMEDY
            raise UnreadableDocument("wrong-type", f"{name}: this is {what}, whatever the name says; {remedy}")
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body[4:12] in (b"ftypheic", b"ftypmif1", b"ftypheix"):
        raise UnreadableDocument("wrong-type", f"{name}: this is a HEIC photograph, whatever the name says; {_PICTURE_REMEDY}")
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"mime-version:")):
        raise UnreadableDocument("wrong-type", f"{name}: this is a web page or XML, whatever the name says; open it in Word, {REMEDY}")
    if is_data(body, name):
        raise UnreadableDocument("wrong-type", f"{name}: {IS_DATA}")
    return "text"


def is_data(body: bytes, name: str) -> bool:
    """Whether a program wrote this for programs; a table of values parted by commas is told by its name alone."""
    return bool(_DATA.match(body)) or name.lower().endswith((".csv", ".tsv"))


def _refuse_ole(body: bytes, name: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise UnreadableDocument("encrypted", f"{name}: the document is protected by a password; remove the password in Word and send it again")
    what = next((what for stream, what in _OLE_STREAMS if stream.encode("utf-16-le") in body), "a file of an old Office program")
    raise UnreadableDocument("wrong-type", f"{name}: this is {what}; open it in Word, save it as .docx and send it again")


def require_word(archive: zipfile.ZipFile, name: str) -> None:
    """Raises UnreadableDocument `wrong-type` for a zip archive that is no Word document, with what it is."""
    names = archive.namelist()
    if "[Content_Types].xml" in names and any(member.startswith("word/") for member in names):
        return
    what = next((what for folder, what in _ZIP_FOLDERS if any(member.startswith(folder) for member in names)), "a zip archive")
    raise UnreadableDocument("wrong-type", f"{name}: this is {what}, not a Word document; {REMEDY}")


def open_archive(body: bytes, name: str) -> zipfile.ZipFile:
    """The zip archive of a Word document. Raises UnreadableDocument `corrupt` or `wrong-type`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError) as error:
        raise UnreadableDocument("corrupt", f"{name}: the file is cut off or damaged ({error}); open it in Word, save it and send it again") from error
    require_word(archive, name)
    return archive
