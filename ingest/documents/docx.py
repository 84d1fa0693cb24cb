"""Word documents: paragraphs, list numbers, tables and footnotes in document order, as plain lines."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from ingest.documents.errors import UnreadableDocument

MAX_UNPACKED = 80 * 1024 * 1024
MAX_RATIO = 300
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LAYOUT = ("CỘNG HÒA XÃ HỘI", "CỘNG HOÀ XÃ HỘI", "ĐẢNG CỘNG SẢN", "Nơi nhận")
"""Words of the two-column frame at the top and the bottom of an official letter: such a table is no table of figures."""
_BULLETS = ("-", "+", "•", "▪")


def docx_text(body: bytes, name: str) -> str:
    """The text of a Word document; cells of a row joined by ` | `, footnotes after the body, their marks as superscripts.

    Raises UnreadableDocument (corrupt, encrypted, too-large). External entities are never resolved.
    """
    parts = _parts(body, name)
    try:
        root = _parse(parts["word/document.xml"])
        numbering = _Numbering(_parse(parts["word/numbering.xml"]) if "word/numbering.xml" in parts else None)
        styles = _parse(parts["word/styles.xml"]) if "word/styles.xml" in parts else None
        writer = _Writer(numbering, _heading_styles(styles), _list_styles(styles))
        main = root.find(f"{_W}body")
        if main is None:
            raise UnreadableDocument("corrupt", f"{name}: the Word document has no body; save it again and send it")
        writer.blocks(main)
        notes = _parse(parts["word/footnotes.xml"]) if "word/footnotes.xml" in parts else None
        if notes is not None:
            writer.footnotes(notes)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument("corrupt", f"{name}: the Word document is damaged ({error}); open it in Word, save it and send it again") from error
    return "\n".join(writer.lines)


def _parts(body: bytes, name: str) -> dict[str, bytes]:
    wanted = ("word/document.xml", "word/numbering.xml", "word/styles.xml", "word/footnotes.xml")
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for info in archive.infolist():
                if info.filename not in wanted:
                    continue
                if info.flag_bits & 1:
                    raise UnreadableDocument("encrypted", f"{name}: the document is protected by a password; remove it and send it again")
                if info.file_size > MAX_UNPACKED or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
                    raise UnreadableDocument("too-large", f"{name}: the document unpacks to {info.file_size // 2**20} MB, which no report needs; send the report alone")
                with archive.open(info) as stream:
                    found[info.filename] = stream.read(MAX_UNPACKED + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, EOFError, OverflowError) as error:
        raise UnreadableDocument("corrupt", f"{name}: the file is damaged ({error}); send it again") from error
    if "word/document.xml" not in found:
        raise UnreadableDocument("corrupt", f"{name}: the Word document has no text part; save it again and send it")
    return found


def _parse(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))


def _value(element: etree._Element | None, attribute: str = "val") -> str:
    return element.get(f"{_W}{attribute}", "") if element is not None else ""


def _heading_styles(styles: etree._Element | None) -> dict[str, int]:
    """Style id → heading level."""
    found: dict[str, int] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        label = _value(style.find(f"{_W}name")).lower()
        if label.startswith("heading ") and label[8:].isdigit():
            found[_value(style, "styleId")] = int(label[8:])
    return found


def _list_styles(styles: etree._Element | None) -> dict[str, tuple[str, int]]:
    """Style id → list number and level, for styles that number their paragraphs."""
    found: dict[str, tuple[str, int]] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        numbered = style.find(f"{_W}pPr/{_W}numPr")
        if numbered is not None:
            found[_value(style, "styleId")] = _list_place(numbered)
    return found


def _list_place(numbered: etree._Element) -> tuple[str, int]:
    level = _value(numbered.find(f"{_W}ilvl"))
    return _value(numbered.find(f"{_W}numId")), int(level) if level.isdigit() else 0


class _Numbering:
    """List numbers that Word computes and does not store in the text."""

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        abstract = {
            _value(item, "abstractNumId"): {int(_value(level, "ilvl") or 0): self._level(level) for level in item.findall(f"{_W}lvl")}
            for item in root.findall(f"{_W}abstractNum")
        }
        for number in root.findall(f"{_W}num"):
            self._levels[_value(number, "numId")] = abstract.get(_value(number.find(f"{_W}abstractNumId")), {})

    @staticmethod
    def _level(level: etree._Element) -> tuple[str, str, int]:
        start = _value(level.find(f"{_W}start"))
        return (_value(level.find(f"{_W}numFmt")), _value(level.find(f"{_W}lvlText")), int(start) if start.isdigit() else 1)

    def mark(self, number: str, level: int) -> str:
        """The mark of the next paragraph of this list and level, empty if the list has none."""
        levels = self._levels.get(number)
        if not levels or level not in levels or number == "0":
            return ""
        kind, pattern, start = levels[level]
        if kind == "bullet":
            return _BULLETS[min(level, len(_BULLETS) - 1)]
        if kind in ("none", ""):
            return ""
        counts = self._counts.setdefault(number, {})
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [key for key in counts if key > level]:
            del counts[deeper]
        for place in range(9):
            shape = levels.get(place, ("decimal", "", 1))
            pattern = pattern.replace(f"%{place + 1}", _count(counts.get(place, shape[2]), shape[0]))
        return pattern.strip()


def _count(value: int, kind: str) -> str:
    if kind in ("upperRoman", "lowerRoman"):
        text = ""
        for size, letters in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
            text += letters * (value // size)
            value %= size
        return text if kind == "upperRoman" else text.lower()
    if kind in ("lowerLetter", "upperLetter"):
        letter = "abcdefghijklmnopqrstuvwxyz"[(value - 1) % 26]
        return letter if kind == "lowerLetter" else letter.upper()
    return str(value)


class _Writer:
    def __init__(self, numbering: _Numbering, styles: dict[str, int], lists: dict[str, tuple[str, int]]) -> None:
        self._numbering = numbering
        self._styles = styles
        self._lists = lists
        self._notes: list[str] = []
        self.lines: list[str] = []

    def blocks(self, parent: etree._Element) -> None:
        for child in parent:
            if child.tag == f"{_W}p":
                self.lines.append(self._paragraph(child))
            elif child.tag == f"{_W}tbl":
                self._table(child)
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
                self.blocks(child)

    def footnotes(self, root: etree._Element) -> None:
        texts = {_value(note, "id"): " ".join(self._words(p) for p in note.iter(f"{_W}p")).strip() for note in root.findall(f"{_W}footnote")}
        for order, key in enumerate(self._notes, start=1):
            if texts.get(key):
                self.lines.append(f"{str(order).translate(_SUPERSCRIPT)} {texts[key]}")

    def _paragraph(self, paragraph: etree._Element) -> str:
        words = self._words(paragraph)
        properties = paragraph.find(f"{_W}pPr")
        mark = ""
        if properties is not None and words.strip():
            style = _value(properties.find(f"{_W}pStyle"))
            numbered = properties.find(f"{_W}numPr")
            place = _list_place(numbered) if numbered is not None else self._lists.get(style)
            if place is not None:
                mark = self._numbering.mark(*place)
            heading = self._styles.get(style)
            if heading and not mark and not words[:1].isdigit() and not words.isupper() and words.split(".")[0].strip() not in ("I", "II", "III", "IV", "V", "VI"):
                mark = "#" * min(heading, 6)
        return f"{mark} {words}" if mark else words

    def _table(self, table: etree._Element) -> None:
        rows = [[self._cell(cell) for cell in self._cells(row)] for row in table.findall(f"{_W}tr")]
        whole = " ".join(cell for row in rows for cell, _ in row)
        if any(word in whole for word in _LAYOUT) and len(rows) <= 8:
            for row in table.findall(f"{_W}tr"):
                for cell in self._cells(row):
                    self.blocks(cell)
            return
        self.lines.append("")
        for row in rows:
            cells: list[str] = []
            for text, span in row:
                cells.extend([text, *[""] * (span - 1)])
            if any(cells):
                self.lines.append(" | ".join(cells) if len(cells) > 1 else cells[0])
        self.lines.append("")

    def _cells(self, row: etree._Element) -> Iterator[etree._Element]:
        for child in row:
            if child.tag == f"{_W}tc":
                yield child
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent"):
                yield from self._cells(child)

    def _cell(self, cell: etree._Element) -> tuple[str, int]:
        properties = cell.find(f"{_W}tcPr")
        span = _value(properties.find(f"{_W}gridSpan")) if properties is not None else ""
        text = " ".join(" ".join(self._words(paragraph).split()) for paragraph in cell.iter(f"{_W}p")).strip()
        return text.replace("|", "/"), min(int(span), 64) if span.isdigit() and int(span) > 0 else 1

    def _words(self, paragraph: etree._Element) -> str:
        found: list[str] = []
        for element in paragraph.iter():
            tag = element.tag
            if tag == f"{_W}t":
                if element.getparent() is not None and not any(above.tag == f"{_W}del" for above in element.iterancestors(f"{_W}del")):
                    found.append(self._raised(element))
            elif tag == f"{_W}tab":
                if element.getparent().tag == f"{_W}r":
                    found.append(" ")
            elif tag in (f"{_W}br", f"{_W}cr"):
                found.append("\n" if _value(element, "type") != "page" else "\f")
            elif tag == f"{_W}noBreakHyphen":
                found.append("-")
            elif tag == f"{_W}footnoteReference":
                self._notes.append(_value(element, "id"))
                found.append(str(len(self._notes)).translate(_SUPERSCRIPT))
        return "".join(found)

    @staticmethod
    def _raised(element: etree._Element) -> str:
        """Text set as superscript by hand: digits become superscript digits, so that no mark is glued to a number."""
        text = element.text or ""
        properties = element.getparent().find(f"{_W}rPr")
        raised = properties is not None and _value(properties.find(f"{_W}vertAlign")) == "superscript"
        return text.translate(_SUPERSCRIPT) if raised else text
