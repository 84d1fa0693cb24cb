"""PDF: the text layer page by page, ruled tables as rows, raised digits as superscripts; scanned pages by OCR.

PDFium gives characters with their boxes and the lines a page draws; ruled tables come from those lines (grid.py). pdfplumber finds the same
tables, but needs a second, forty times slower reading of the page by another PDF parser, which untrusted files can break in more ways.
"""

from __future__ import annotations

import ctypes
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pypdfium2
from pypdfium2 import raw as pdfium

from ingest.documents import ocr
from ingest.documents.errors import UnreadableDocument
from ingest.documents.grid import Box, Line, tables
from ingest.documents.stored import MAX_CHARACTERS, SUPERSCRIPT, has_foreign_letters, vietnamese_share
from warehouse.text import nfc

MAX_PAGES = 300
OCR_DPI = 200
PICTURE_DPI = 100
MAX_PICTURES = 30
"""Pages of a scan that are shown; what is longer is a report with annexes."""
MAX_PIXELS = 24_000_000
"""A page picture of A2 at 200 dpi; larger pages are rendered coarser."""
MAX_OBJECTS = 20_000

_SCAN_LETTERS = 25
"""A page with fewer letters and digits than this, mostly covered by pictures, is a scan."""
_SCAN_COVER = 0.3
_DRAWN_LETTERS = 300
"""So many filled outlines without any text are letters drawn as curves."""
_GAP = 1.5
"""In heights of a letter's box: no word of justified text stands so far from the next."""
_LETTER = 0.35
"""The width of a narrow letter in heights of its box: what is printed before a column never reaches over it."""
_TOUCHING, _WORD_GAP, _LEVEL = 0.1, 0.35, 0.5
"""In heights of a letter's box: letters of one word stand nearer than the first, words of one line nearer than the second; what is level shares the third."""
_PAGE_NUMBER = re.compile(r"[\s\-–—]*([0-9]{1,3})[\s\-–—]*")
_REMEDY = "export it again from Word and send it"


def pdf_text(body: bytes, name: str) -> tuple[str, Literal["text", "ocr"]]:
    """The text of a PDF, pages separated by form feeds, and how it was read: `ocr` if any page is a scan.

    Page numbers that stand alone at the top or bottom are left out. The pictures of scanned pages are in the landed file; `page_pictures` shows them.

    Raises:
        UnreadableDocument: `corrupt`, `encrypted`, `too-many-pages`, `too-large`, `needs-ocr`, `timeout`.
    """
    document = _opened(body, name)
    try:
        count = len(document)
        if count > MAX_PAGES:
            excess = f"{count} pages are more than a report has (limit {MAX_PAGES})"
            raise UnreadableDocument("too-many-pages", f"{name}: {excess}; send the report without its annexes")
        if count == 0:
            raise UnreadableDocument("corrupt", f"{name}: the PDF has no pages; {_REMEDY}")
        return _read(document, count, name)
    finally:
        document.close()


def page_pictures(body: bytes, name: str) -> tuple[bytes, ...]:
    """What the pages of a PDF look like: one grey PNG a page of the first `MAX_PICTURES`, at `PICTURE_DPI`.

    Raises:
        UnreadableDocument: `corrupt`, `encrypted`.
    """
    document = _opened(body, name)
    try:
        found = []
        for index in range(min(len(document), MAX_PICTURES)):
            try:
                page = document[index]
            except pypdfium2.PdfiumError as error:
                raise UnreadableDocument("corrupt", f"{name}: page {index + 1} of the PDF is damaged ({error}); {_REMEDY}") from error
            try:
                found.append(_png(*_grey_lines(page, PICTURE_DPI)))
            finally:
                page.close()
        return tuple(found)
    finally:
        document.close()


def _opened(body: bytes, name: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise UnreadableDocument("encrypted", f"{name}: the PDF is protected by a password; remove the password and send it again") from error
        raise UnreadableDocument("corrupt", f"{name}: the PDF is cut off or damaged ({error}); {_REMEDY}") from error


def _read(document: pypdfium2.PdfDocument, count: int, name: str) -> tuple[str, Literal["text", "ocr"]]:
    texts: list[str] = []
    method: Literal["text", "ocr"] = "text"
    size = 0
    for index in range(count):
        place = f"{name}: page {index + 1}"
        try:
            page = document[index]
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument("corrupt", f"{place} of the PDF is damaged ({error}); {_REMEDY}") from error
        try:
            content = _content(page, place)
            if content.is_scan:
                content.text = _recognised(page, place)
            if content.is_scan or content.is_recognised:
                method = "ocr"
        finally:
            page.close()
        size += len(content.text)
        if size > MAX_CHARACTERS:
            raise UnreadableDocument("too-large", f"{place}: more than {MAX_CHARACTERS:,} characters are no report; send the report without its annexes")
        texts.append(content.text)
    return "\n\f".join(_without_page_numbers(texts)), method


@dataclass(slots=True)
class _Content:
    """What a page holds."""

    text: str = ""
    is_scan: bool = False
    """A picture of text that has to be recognised here."""
    is_recognised: bool = False
    """A scan whose text was recognised before, by the scanner."""


@dataclass(slots=True)
class _Objects:
    lines: list[Line] = field(default_factory=list)
    picture_area: float = 0.0
    outlines: int = 0
    has_hidden_text: bool = False


def _content(page: pypdfium2.PdfPage, place: str) -> _Content:
    try:
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument("corrupt", f"{place} of the PDF is damaged ({error}); {_REMEDY}") from error
    try:
        characters = _characters(textpage)
        drawn = _objects(page)
        text = _with_tables(characters, textpage, tables(drawn.lines)) if drawn.lines else "".join(characters)
    finally:
        textpage.close()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bare = sum(char.isalnum() for char in text)
    width, height = page.get_size()
    covered = drawn.picture_area >= _SCAN_COVER * width * height
    if bare < _SCAN_LETTERS:
        return _Content(text, is_scan=covered or (not bare and drawn.outlines >= _DRAWN_LETTERS))
    if has_foreign_letters(text):
        return _Content(text, is_scan=True)  # the font has no Unicode table: only the print is readable
    hidden = covered and drawn.has_hidden_text
    return _Content(text, is_scan=hidden and vietnamese_share(nfc(text)) < 0.05, is_recognised=hidden)


def _characters(textpage: Any) -> list[str]:
    """One string a character of the page, in PDFium's order; raised digits as superscripts, a hyphen at a line's end as a hyphen."""
    count = textpage.count_chars()
    if count > MAX_CHARACTERS:
        count = MAX_CHARACTERS + 1  # enough for the caller to refuse the document
    handle, unicode_of = textpage.raw, pdfium.FPDFText_GetUnicode
    codes = [unicode_of(handle, index) for index in range(count)]
    characters = ["-" if code in (0x02, 0xFFFE) else chr(code) if 0 < code < 0x110000 else "" for code in codes]
    _mend_breaks(textpage, characters)
    for run in _digit_runs(characters):
        for start, end in _raised(textpage, characters, run):
            characters[start:end] = [char.translate(SUPERSCRIPT) for char in characters[start:end]]
            _rejoin(textpage, characters, start, end)
    _set_apart(textpage, characters)
    return characters


def _mend_breaks(textpage: Any, characters: list[str]) -> None:
    """Take out the line breaks inside printed lines: on a page of little text PDFium may take lines across for lines upright, and break at every letter."""
    index = 0
    while index < len(characters):
        if characters[index] not in ("\r", "\n"):
            index += 1
            continue
        end = index
        while end < len(characters) and characters[end] in ("\r", "\n"):
            end += 1
        if index and end < len(characters):
            left, right = _box(textpage, index - 1), _box(textpage, end)
            height = max(left.height, right.height)
            gap = right.left - left.right
            if height and -_TOUCHING * height < gap < _WORD_GAP * height and min(left.top, right.top) - max(left.bottom, right.bottom) > _LEVEL * height:
                characters[index:end] = [" " if gap > _TOUCHING * height else "", *[""] * (end - index - 1)]
        index = end


def _set_apart(textpage: Any, characters: list[str]) -> None:
    """Where a printed line leaves wide gaps, put as many spaces as keep columns that no rules part one above the other."""
    gaps: dict[int, Box] = {}
    for index in range(1, len(characters) - 1):
        if characters[index] != " " or characters[index - 1].isspace() or characters[index + 1].isspace():
            continue
        left, right = _box(textpage, index - 1), _box(textpage, index + 1)
        is_level = min(left.top, right.top) > max(left.bottom, right.bottom)
        height = max(left.height, right.height)  # an accented letter of another font may have a box without height
        if is_level and right.left - left.right > _GAP * height:
            gaps[index] = Box(left.right, 0, right.left, height)
    if not gaps:
        return
    edge = min(_box(textpage, index).left for index, char in enumerate(characters) if not char.isspace())
    for line in _printed_lines(characters):
        found = [index for index in line if index in gaps]
        if not found:
            continue
        letter = _LETTER * gaps[found[0]].height
        indent = _box(textpage, next(index for index in line if not characters[index].isspace())).left - edge
        column = round(indent / letter) if indent > _GAP * gaps[found[0]].height else 0
        characters[line.start] = " " * column + characters[line.start]
        start = line.start
        for index in found:
            column += index - start
            characters[index] = " " * max(3, round((gaps[index].right - edge) / letter) - column)
            column += len(characters[index])
            start = index + 1


def _printed_lines(characters: list[str]) -> Iterator[range]:
    start = 0
    for index, char in enumerate([*characters, "\n"]):
        if char in ("\r", "\n"):
            if index > start:
                yield range(start, index)
            start = index + 1


def _digit_runs(characters: list[str]) -> list[range]:
    runs: list[range] = []
    for index, char in enumerate(characters):
        if not ("0" <= char <= "9"):
            continue
        if runs and runs[-1].stop == index:
            runs[-1] = range(runs[-1].start, index + 1)
        else:
            runs.append(range(index, index + 1))
    return runs


def _raised(textpage: Any, characters: list[str], run: range) -> list[tuple[int, int]]:
    """Stretches of a run of digits that are set smaller and higher than what they stand beside."""
    boxes = [_box(textpage, index) for index in run]
    others = [_beside(textpage, characters, run.start, -1), _beside(textpage, characters, run.stop - 1, 1)]
    # the letter before decides; at the start of a line (the note itself) the one after it
    tallest = max(boxes, key=lambda box: box.height)
    reference = next((box for box in others if box is not None and box.height >= 0.9 * tallest.height), tallest)
    gap = max(boxes[0].left - reference.right, reference.left - boxes[-1].right)
    touches = gap < _WORD_GAP * reference.height  # a number half a line up in the next cell of a table is no mark
    found: list[tuple[int, int]] = []
    for index, box in zip(run, boxes, strict=True):
        lift = (box.bottom - reference.bottom) / reference.height if reference.height else 0.0
        is_small = box.height <= 0.85 * reference.height
        if box.bottom >= reference.top or lift < (0.12 if is_small else 0.25) or not (is_small or touches):
            continue
        if found and found[-1][1] == index:
            found[-1] = (found[-1][0], index + 1)
        else:
            found.append((index, index + 1))
    return found


def _beside(textpage: Any, characters: list[str], index: int, step: int) -> Box | None:
    """The next printed character on the same printed line. PDFium begins a new line where a mark is raised: the boxes tell."""
    here = _box(textpage, index)
    index += step
    while 0 <= index < len(characters):
        if not characters[index].isspace():
            other = _box(textpage, index)
            return other if _on_one_line(*((other, here) if step < 0 else (here, other))) else None
        index += step
    return None


def _on_one_line(left: Box, right: Box) -> bool:
    tallest = max(left.height, right.height)
    return -0.2 * tallest <= right.left - left.right <= tallest and min(left.top, right.top) - max(left.bottom, right.bottom) > 0.2 * tallest


def _rejoin(textpage: Any, characters: list[str], start: int, end: int) -> None:
    """Take out the line breaks that PDFium has put before and after a raised mark in the middle of a printed line."""
    for edge, step in ((start, -1), (end - 1, 1)):
        index = edge + step
        while 0 <= index < len(characters) and characters[index].isspace():
            index += step
        breaks = range(min(edge, index) + 1, max(edge, index))
        if _beside(textpage, characters, edge, step) is not None:
            for place in breaks:
                characters[place] = characters[place].strip("\r\n")


def _box(textpage: Any, index: int) -> Box:
    """The place of a character with the height of its font, in points."""
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage, index, rect):
        return Box(0, 0, 0, 0)
    return Box(rect.left, rect.bottom, rect.right, rect.top)


def _objects(page: pypdfium2.PdfPage) -> _Objects:
    """Ruled lines, the area of pictures, and whether there is text that is not painted (a scanner's text layer)."""
    found = _Objects()
    for count, item in enumerate(page.get_objects(max_depth=6)):
        if count >= MAX_OBJECTS:
            break  # a drawing, not a table
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            found.outlines += 1
            found.lines.extend(_ruled(item))
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            found.picture_area += max(right - left, 0) * max(top - bottom, 0)
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT and not found.has_hidden_text:
            found.has_hidden_text = pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    return found


def _ruled(path: Any) -> Iterator[Line]:
    """The straight lines across and up of a path: a thin bar is one line, a stroked figure has one for each side."""
    left, bottom, right, top = path.get_bounds()
    if top - bottom <= 3 or right - left <= 3:
        yield left, bottom, right, top
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    segments = pdfium.FPDFPath_CountSegments(path)
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke) or not stroke.value or segments > 400:
        return
    matrix = path.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    first = last = (0.0, 0.0)
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield _ordered(last, here)
        last = here
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield _ordered(here, first)
            last = first


def _ordered(one: tuple[float, float], other: tuple[float, float]) -> Line:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _with_tables(characters: list[str], textpage: Any, found: list[list[list[Box | None]]]) -> str:
    """The text of the page; where it runs through a ruled table, the table's rows stand instead of its words."""
    if not found:
        return "".join(characters)
    cells = [(number, box) for number, rows in enumerate(found) for row in rows for box in row if box is not None]
    words: dict[Box, list[str]] = {box: [] for _, box in cells}
    flow: list[str | int] = []
    shown: set[int] = set()
    current: Box | None = None
    for index, char in enumerate(characters):
        if not char.isspace():
            place = _box(textpage, index)
            x, y = (place.left + place.right) / 2, (place.bottom + place.top) / 2
            if current is None or not current.holds(x, y):
                number, current = next(((number, box) for number, box in cells if box.holds(x, y)), (-1, None))
                if current is not None and words[current]:
                    words[current].append(" ")
                if current is not None and number not in shown:
                    shown.add(number)
                    flow.append(number)
        if current is not None:
            words[current].append(char)
        else:
            flow.append(char)
    parts = []
    for piece in flow:
        parts.append(piece if isinstance(piece, str) else "\n" + "\n".join(_printed(row, words) for row in found[piece] if any(row)) + "\n")
    return re.sub(r"[ \t]*(\r?\n){2,}", "\n", "".join(parts))


def _printed(row: list[Box | None], words: dict[Box, list[str]]) -> str:
    cells = [" ".join("".join(words[box]).split()).replace("|", "/") if box is not None else "" for box in row]
    line = " | ".join(cells).rstrip()
    return line if cells[0] else f"| {line} |"


def _recognised(page: pypdfium2.PdfPage, place: str) -> str:
    program = ocr.tesseract()
    if program is None:
        raise UnreadableDocument("needs-ocr", f"{place} is a scan without a readable text layer; {ocr.INSTALL}, or send the Word file")
    width, lines = _grey_lines(page, OCR_DPI)
    picture = b"P5\n%d %d\n255\n" % (width, len(lines)) + b"".join(lines)
    return ocr.recognise(program, picture, place)


def _grey_lines(page: pypdfium2.PdfPage, dpi: int) -> tuple[int, list[bytes]]:
    """The page as lines of grey pixels, a byte each, and their width."""
    width, height = page.get_size()
    scale = min(dpi / 72, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        pixels = bytes(bitmap.buffer)
        return bitmap.width, [pixels[line * bitmap.stride : line * bitmap.stride + bitmap.width] for line in range(bitmap.height)]
    finally:
        bitmap.close()


def _png(width: int, lines: list[bytes]) -> bytes:
    """Grey lines as a PNG (ISO/IEC 15948): header, one compressed piece of unfiltered lines, end."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + len(lines).to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    body = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    return b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", body) + piece(b"IEND", b"")


def _without_page_numbers(texts: list[str]) -> list[str]:
    """Drop a lone number on a page's first or last line where it counts the pages, so that it does not run into a sentence."""
    offsets: Counter[int] = Counter()
    found: list[list[tuple[int, int]]] = []
    for index, text in enumerate(texts):
        lines = text.strip("\n").split("\n")
        places = [(place, int(match[1]) - index) for place in {0, len(lines) - 1} if (match := _PAGE_NUMBER.fullmatch(lines[place]))]
        offsets.update({offset for _, offset in places})
        found.append(places)
    offset = max(offsets, key=lambda one: (offsets[one], one == 1), default=None)
    if offset is None or (offsets[offset] < 2 and offset != 1):
        return [text.strip("\n") for text in texts]
    kept = []
    for text, places in zip(texts, found, strict=True):
        lines = text.strip("\n").split("\n")
        numbers = {place for place, one in places if one == offset}
        kept.append("\n".join(line for place, line in enumerate(lines) if place not in numbers))
    return kept
