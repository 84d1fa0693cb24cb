"""The stored text of a document: one form, page starts, and what must not be stored."""

from __future__ import annotations

import re
from typing import Literal

from ingest.documents.errors import UnreadableDocument
from ingest.documents.outline import sections
from warehouse.model import Document
from warehouse.text import nfc

MAX_CHARACTERS = 1_000_000
"""About 400 printed pages; the largest real report has 90,000."""

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

# What no database column and no JSON takes: control characters, lone surrogates, non-characters.
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK_IN_WORD = re.compile(r"(?<=[^\s])(\f+)([^\s]+)")
# "UBND ph­êng", "nh©n d©n": TCVN3 (.VnTime) and VNI bytes shown as Latin-1. A broken PDF font gives private characters.
_LEGACY = re.compile("(?<=[a-zA-Z])[\u00a8-\u00bf\u00c6\u00d7\u00de\u00f7\u00fe\u00ff]|[\u00a8-\u00bf](?=[a-zA-Z])")
_BROKEN_FONT = re.compile("[\ue000-\uefff\uf100-\uf8ff\ufffd]")
_VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


def make_document(raw: str, name: str, media_type: str, method: Literal["text", "ocr"] = "text") -> Document:
    """The stored document of a raw text in which a form feed begins a new page.

    Raises:
        UnreadableDocument: `no-text`, `too-large`, or `corrupt` where the letters are those of an old font and not Unicode.
    """
    if len(raw) > MAX_CHARACTERS:
        raise UnreadableDocument("too-large", f"{name}: {len(raw):,} characters are no report (limit {MAX_CHARACTERS:,}); send the report without its annexes")
    text, page_starts = _paged(raw)
    if not any(char.isalnum() for char in text):
        raise UnreadableDocument("no-text", f"{name}: the document holds no words; send the report itself")
    if has_foreign_letters(text):
        raise UnreadableDocument(
            "corrupt",
            f"{name}: the text is written in an old font code (TCVN3/.VnTime, VNI) and not in Unicode; convert it (UniKey, Ctrl+Shift+F6) and send it again",
        )
    return Document(name, media_type, text, page_starts, sections(text), method)


def has_foreign_letters(text: str) -> bool:
    """Whether a good part of the words is in an old font code or in a font without a Unicode table."""
    odd = len(_LEGACY.findall(text)) + len(_BROKEN_FONT.findall(text))
    return odd >= 8 and odd > 0.02 * sum(char.isalpha() for char in text) and len(_VIETNAMESE.findall(text)) < 4 * odd


def vietnamese_share(text: str) -> float:
    """The share of letters with Vietnamese marks: about 0.3 in Vietnamese, 0 in text that was recognised without the language."""
    letters = sum(char.isalpha() for char in text)
    return len(_VIETNAMESE.findall(text)) / letters if letters else 0.0


def _paged(raw: str) -> tuple[str, tuple[int, ...]]:
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x85", "\n")
    # A page that ends inside a word is moved behind it, so that no accent loses its letter.
    text = _BREAK_IN_WORD.sub(r"\2\1", _UNSTORABLE.sub("", text))
    pages = nfc(text).split("\f")
    if not pages[-1].strip() and len(pages) > 1:
        last = pages.pop()  # converters end the last page with a form feed too
        pages[-1] += last
    starts, position = [], 0
    for page in pages:
        starts.append(position)
        position += len(page)
    return "".join(pages), tuple(starts)
