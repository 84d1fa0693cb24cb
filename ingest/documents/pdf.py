"""PDF: the text layer by pages; a scan is read with Tesseract's Vietnamese model where it is installed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from functools import cache
from typing import Literal

import pypdfium2
from pypdfium2 import raw as pdfium

from ingest.documents.errors import UnreadableDocument

MAX_PAGES = 400
OCR_DPI = 300
OCR_SECONDS_A_PAGE = 60
_SCAN_CHARACTERS = 25
"""A page with fewer characters than this and a picture on it is a scan."""
_PAGE_NUMBER = re.compile(r"\A[\s-]*[0-9]{1,3}[\s-]*\n|\n[\s-]*[0-9]{1,3}[\s-]*\Z")


def pdf_pages(body: bytes, name: str) -> tuple[list[str], Literal["text", "ocr"]]:
    """The text of each page and how it was read. Raises UnreadableDocument.

    (corrupt, encrypted, too-many-pages, no-text, needs-ocr)
    """
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableDocument("encrypted", f"{name}: the PDF is protected by a password; remove the password and send it again") from error
        raise UnreadableDocument("corrupt", f"{name}: the PDF is damaged ({error}); export it again and send it") from error
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableDocument("too-many-pages", f"{name}: {len(document)} pages are more than a report has (limit {MAX_PAGES}); send the report without its annexes")
        texts, scans = [], 0
        for index in range(len(document)):
            text, is_scan = _page(document, index, name)
            texts.append(text)
            scans += is_scan
        if scans and scans * 2 >= len(texts):
            return [_ocr(document, index, name) for index in range(len(document))], "ocr"
        return texts, "text"
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, index: int, name: str) -> tuple[str, bool]:
    try:
        page = document[index]
        words = page.get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument("corrupt", f"{name}: page {index + 1} of the PDF is damaged ({error}); export it again and send it") from error
    text = words.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").replace("\x02", "-")
    bare = sum(char.isalnum() for char in text)
    is_scan = bare < _SCAN_CHARACTERS and any(item.type == pdfium.FPDF_PAGEOBJ_IMAGE for item in page.get_objects(max_depth=3))
    return _PAGE_NUMBER.sub("\n", text), is_scan


@cache
def tesseract() -> str:
    """Path of a Tesseract that has the Vietnamese model; empty if there is none."""
    path = shutil.which("tesseract")
    if path is None:
        return ""
    listed = subprocess.run([path, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    return path if "vie" in (listed.stdout + listed.stderr).split() else ""


def _ocr(document: pypdfium2.PdfDocument, index: int, name: str) -> str:
    program = tesseract()
    if not program:
        raise UnreadableDocument("needs-ocr", f"{name}: the PDF is a scan without text; run 'apt-get install tesseract-ocr tesseract-ocr-vie' and read it again")
    picture = io.BytesIO()
    document[index].render(scale=OCR_DPI / 72).to_pil().save(picture, format="PNG")
    try:
        done = subprocess.run([program, "stdin", "stdout", "-l", "vie", "--psm", "4"], input=picture.getvalue(), capture_output=True, timeout=OCR_SECONDS_A_PAGE, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument("timeout", f"{name}: page {index + 1} took more than {OCR_SECONDS_A_PAGE} s to recognise; scan it again at 300 dpi") from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip()[:200]
        raise UnreadableDocument("corrupt", f"{name}: page {index + 1} could not be recognised ({reason}); scan it again at 300 dpi")
    return _PAGE_NUMBER.sub("\n", done.stdout.decode("utf-8", "replace").replace("\f", "\n"))
