"""Plain text and Markdown: bytes to characters, without guessing."""

from __future__ import annotations

import re

from ingest.documents.errors import UnreadableDocument
from ingest.documents.kinds import REMEDY
from ingest.documents.stored import MAX_CHARACTERS

_BOMS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UTF8_REMEDY = "open it in Word or Notepad, save it as UTF-8 (or .docx) and send it again"


def plain_text(body: bytes, name: str) -> str:
    """The characters of a text file in UTF-8, or in UTF-16 or UTF-32 with a byte-order mark; form feeds begin pages.

    Old 8-bit code pages (Windows-1258, TCVN3, VNI) are refused: their bytes overlap, and a guess that is wrong once in a thousand
    changes digits and letters without a trace.

    Raises:
        UnreadableDocument: `too-large`, `corrupt` (not in the encoding; with the first bad byte), `wrong-type` (not text).
    """
    if len(body) > 4 * MAX_CHARACTERS:
        excess = f"a text of {len(body):,} bytes is no report (limit {4 * MAX_CHARACTERS:,})"
        raise UnreadableDocument("too-large", f"{name}: {excess}; send the report without its annexes")
    encoding = next((encoding for mark, encoding in _BOMS if body.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\x00" in body:
        if body[1:64:2].count(0) > 20 or body[0:64:2].count(0) > 20:
            raise UnreadableDocument("corrupt", f"{name}: the text is UTF-16 without a byte-order mark; {_UTF8_REMEDY}")
        raise UnreadableDocument("wrong-type", f"{name}: the bytes are neither Word nor PDF nor text; {REMEDY}")
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start} is not {encoding.upper()} (an old encoding such as Windows-1258 or TCVN3, or a cut-off file)"
        raise UnreadableDocument("corrupt", f"{name}: {wrong}; {_UTF8_REMEDY}") from error
    if len(_CONTROL.findall(text)) > 0.02 * len(text):
        raise UnreadableDocument("wrong-type", f"{name}: the bytes are neither Word nor PDF nor text; {REMEDY}")
    return re.sub(r"(?<=[^\n])\f", "\n\f", text)
