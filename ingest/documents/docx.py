"""Word documents (ECMA-376): paragraphs, list numbers, tables and notes in document order, as plain lines.

The parts are read with the standard library's XML parser and not through python-docx: that one loads every part (pictures included), fails
on links that Word forgives, and knows neither notes nor list numbers nor tracked changes, which is most of what is needed here.
A declared document type (entities, outside files) is refused before parsing; sizes are bounded before unpacking.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ingest.documents.errors import UnreadableDocument
from ingest.documents.kinds import open_archive
from ingest.documents.numbering import Numbering, W, value, whole
from ingest.documents.outline import blocks
from ingest.documents.stored import SUPERSCRIPT

MAX_PART_BYTES = 24 * 1024 * 1024
"""Unpacked size of one part; the text part of a 400-page report has about 10 MB."""
MAX_COLUMNS = 64

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# The "strict" variant of the standard names the same elements by another address.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)
_REMEDY = "open it in Word, save it and send it again"
_SKIPPED = frozenset(
    f"{W}{name}"
    for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "del", "moveFrom", "delText", "instrText", "fldData")
)
_ARROWS = {"f0e0": "→", "f0df": "←", "f0fc": "✓"}
# Marks of the letterhead and the signature block: tables that only place text on the page, also where they have borders.
_LAYOUT = ("CỘNG HÒA XÃ HỘI", "CỘNG HOÀ XÃ HỘI", "ĐẢNG CỘNG SẢN", "Nơi nhận", "NƠI NHẬN")


def docx_text(body: bytes, name: str) -> str:
    """The text of a Word document; a form feed stands where a page begins.

    Deleted text (tracked changes), hidden text, comments, page headers and footers and tables of contents are left out. A heading known only
    by its style is marked with `#` signs as in Markdown. Rows of tables are `a | b | c`; a merged cell is printed once, the other places
    it covers stay empty. Notes follow at the end of their section as `¹ text`, footnotes and endnotes counted together.

    Raises:
        UnreadableDocument: `corrupt`, `encrypted`, `wrong-type`, `too-large`, `no-text`.
    """
    with open_archive(body, name) as archive:
        package = _Package(archive, name)
        try:
            text = _Writer(package).text()
        except RecursionError as error:
            raise UnreadableDocument("corrupt", f"{name}: the document is nested too deeply; {_REMEDY}") from error
        if not text.strip() and any("/media/" in member for member in archive.namelist()):
            raise UnreadableDocument("no-text", f"{name}: the document holds pictures and no text; send the scan as .pdf, or the text itself")
    return text


class _Package:
    """The parts of a Word document that hold text, found by their relationships."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self.name = name
        main = next(iter(self._targets("", "officeDocument")), "word/document.xml")
        folder = posixpath.dirname(main)
        body = self._part(main).find(f"{W}body")
        if body is None:
            raise UnreadableDocument("corrupt", f"{name}: the Word document has no body; {_REMEDY}")
        self.body = body
        related = f"{folder}/_rels/{posixpath.basename(main)}.rels"
        self.styles, self.numbering, self.footnotes, self.endnotes = (
            next((self._part(target) for target in self._targets(folder, kind, related)), None) for kind in ("styles", "numbering", "footnotes", "endnotes")
        )

    def _targets(self, folder: str, kind: str, relations: str = "_rels/.rels") -> list[str]:
        """Members of the archive that a part names as its `kind`; a link into nowhere is no part."""
        members = self._archive.NameToInfo
        if relations not in members:
            return []
        found = []
        for relation in self._part(relations).findall(_RELATED):
            target = relation.get("Target", "")
            member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if relation.get("Type", "").endswith(f"/{kind}") and member in members:
                found.append(member)
        return found

    def _part(self, member: str) -> Element:
        xml = self._bytes(member)
        if any("<!DOCTYPE".encode(encoding) in xml for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
            raise UnreadableDocument("corrupt", f"{self.name}: {member} declares entities, which no Word document does; {_REMEDY}")
        for strict, transitional in _STRICT:
            xml = xml.replace(strict, transitional)
        try:
            return ElementTree.fromstring(xml)
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise UnreadableDocument("corrupt", f"{self.name}: {member} is damaged ({error}); {_REMEDY}") from error

    def _bytes(self, member: str) -> bytes:
        info = self._archive.NameToInfo.get(member)
        if info is None:
            raise UnreadableDocument("corrupt", f"{self.name}: the Word document has no {member}; {_REMEDY}")
        if info.flag_bits & 1:
            raise UnreadableDocument("encrypted", f"{self.name}: the document is protected by a password; remove the password and send it again")
        if info.file_size > MAX_PART_BYTES:
            size = f"{info.file_size // 2**20} MB (limit {MAX_PART_BYTES // 2**20} MB)"
            raise UnreadableDocument("too-large", f"{self.name}: {member} unpacks to {size}; send the report without its annexes")
        try:
            with self._archive.open(info) as stream:
                return stream.read(MAX_PART_BYTES)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as error:
            raise UnreadableDocument("corrupt", f"{self.name}: {member} is cut off or damaged ({error}); {_REMEDY}") from error


class _Styles:
    """What a paragraph or character style means: heading level, list, superscript; inherited along `basedOn`."""

    def __init__(self, root: Element | None) -> None:
        self._by_id = {value(style, "styleId"): style for style in root.findall(f"{W}style")} if root is not None else {}

    def _chain(self, style: str) -> Iterator[Element]:
        seen: set[str] = set()
        while style in self._by_id and style not in seen:
            seen.add(style)
            yield self._by_id[style]
            style = value(self._by_id[style].find(f"{W}basedOn"))

    def heading(self, style: str) -> int:
        """1 to 9 for a heading, 0 for other text."""
        for element in self._chain(style):
            label = value(element.find(f"{W}name")).lower()
            if label.startswith("heading ") and label[8:] in "123456789":
                return int(label[8:])
            outline = element.find(f"{W}pPr/{W}outlineLvl")
            if outline is not None:
                return (whole(value(outline), 9, most=9) + 1) % 10
        return 0

    def is_contents(self, style: str) -> bool:
        return any(value(element.find(f"{W}name")).lower().startswith("toc ") for element in self._chain(style))

    def numbered(self, style: str) -> tuple[Element, str] | None:
        """The list properties of a style and the style that sets them."""
        for element in self._chain(style):
            found = element.find(f"{W}pPr/{W}numPr")
            if found is not None:
                return found, value(element, "styleId")
        return None

    def is_raised(self, style: str) -> bool:
        return any(value(element.find(f"{W}rPr/{W}vertAlign")) == "superscript" for element in self._chain(style))

    def has_borders(self, style: str) -> bool:
        return any(_bordered(element.find(f"{W}tblPr/{W}tblBorders")) for element in self._chain(style))


class _Writer:
    """Walks the body once and writes lines."""

    def __init__(self, package: _Package) -> None:
        self._package = package
        self._styles = _Styles(package.styles)
        self._numbering = Numbering(package.numbering)
        roots = {"foot": package.footnotes, "end": package.endnotes}
        self._notes = {(kind, value(note, "id")): note for kind, root in roots.items() if root is not None for note in root}
        self._count = 0
        self._pending: list[tuple[str, Element]] = []
        # Word marks where it broke the pages when it last saved; a file that no Word has saved has only the author's breaks.
        self._rendered = package.body.find(f".//{W}lastRenderedPageBreak") is not None
        self._lines: list[str] = []
        self._cell_broke_page = False

    def text(self) -> str:
        """The whole text, one line a paragraph or row."""
        self._blocks(self._package.body, self._lines)
        self._write_notes()
        return "\n".join(self._lines)

    def _blocks(self, parent: Element, lines: list[str]) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child, lines)
            elif child.tag == f"{W}tbl":
                self._table(child, lines)
            elif child.tag == f"{W}altChunk":
                raise UnreadableDocument("wrong-type", f"{self._package.name}: the document embeds another file that only Word can unpack; {_REMEDY}")
            elif child.tag not in _SKIPPED:
                self._blocks(_chosen(child), lines)

    # --- paragraphs ---------------------------------------------------------------------------------------------------

    def _paragraph(self, paragraph: Element, lines: list[str]) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        if self._styles.is_contents(style):
            return
        parts: list[str] = []
        frames: list[Element] = []
        self._inline(paragraph, parts, frames)
        words = "".join(parts)
        mark = self._list_mark(properties, style)
        in_body = lines is self._lines
        if words.strip():
            line = f"{mark} {words.lstrip(' ')}" if mark else words
            lines.append(self._headed(line, self._heading_level(properties, style)) if in_body else line)
        elif mark and not in_body:
            lines.append(mark)  # the column of running numbers of a table
        elif words or not frames:
            lines.append(words)
        if in_body and not self._rendered and properties is not None and _is_on(properties.find(f"{W}pageBreakBefore")):
            lines[-1] = f"\f{lines[-1]}"
        for frame in frames:
            self._blocks(frame, lines)

    def _headed(self, line: str, level: int) -> str:
        """The line, marked if only its style says that it is a heading; notes of the section before it are written first."""
        if not level and not self._pending:
            return line
        found = blocks(line)
        is_heading = bool(found) and found[0].kind == "heading"
        if level or is_heading:
            self._write_notes()
        return line if is_heading or not level else f"{'#' * min(level, 6)} {line.lstrip(' ')}"

    def _heading_level(self, properties: Element | None, style: str) -> int:
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        return (whole(value(outline), 9, most=9) + 1) % 10 if outline is not None else self._styles.heading(style)

    def _list_mark(self, properties: Element | None, style: str) -> str:
        numbered = properties.find(f"{W}numPr") if properties is not None else None
        owner = ""
        if numbered is None:
            inherited = self._styles.numbered(style)
            if inherited is None:
                return ""
            numbered, owner = inherited
        number = value(numbered.find(f"{W}numId"))
        if not number:  # a paragraph may set only the level of the list that its style names
            inherited = self._styles.numbered(style)
            number = value(inherited[0].find(f"{W}numId")) if inherited else ""
        level = numbered.find(f"{W}ilvl")
        place = whole(value(level), 0, most=8) if level is not None else self._numbering.level_of_style(number, owner)
        return self._numbering.mark(number, place)

    def _inline(self, parent: Element, parts: list[str], frames: list[Element]) -> None:
        for child in parent:
            if child.tag == f"{W}r":
                self._run(child, parts, frames)
            elif child.tag == f"{_MATH}f":
                parts.append(f"{_letters(child.find(f'{_MATH}num'))}/{_letters(child.find(f'{_MATH}den'))}")
            elif child.tag == f"{_MATH}t":
                parts.append(child.text or "")
            elif child.tag not in _SKIPPED:
                self._inline(_chosen(child), parts, frames)

    def _run(self, run: Element, parts: list[str], frames: list[Element]) -> None:
        properties = run.find(f"{W}rPr")
        raised = False
        if properties is not None:
            if _is_on(properties.find(f"{W}vanish")) or properties.find(f"{W}del") is not None:
                return
            align = properties.find(f"{W}vertAlign")
            raised = value(align) == "superscript" if align is not None else self._styles.is_raised(value(properties.find(f"{W}rStyle")))
        for child in run:
            tag = child.tag.removeprefix(W)
            if tag == "t":
                # digits set high by hand are note marks or powers: never part of the number they stand beside
                parts.append((child.text or "").translate(SUPERSCRIPT) if raised else child.text or "")
            elif tag in ("tab", "ptab"):
                parts.append("\t")
            elif tag in ("br", "cr"):
                is_page = value(child, "type") == "page"
                parts.append("\n" if not is_page else "" if self._rendered else "\f")
            elif tag == "lastRenderedPageBreak":
                parts.append("\f")
            elif tag == "noBreakHyphen":
                parts.append("-")
            elif tag == "sym":
                parts.append(_ARROWS.get(value(child, "char").lower(), "•"))
            elif tag in ("footnoteReference", "endnoteReference"):
                parts.append(self._note_mark(tag.removesuffix("noteReference"), child))
            elif tag in ("drawing", "pict", "object", f"{_COMPATIBILITY}AlternateContent"):
                frames.extend(_text_boxes(_chosen(child)))

    # --- notes --------------------------------------------------------------------------------------------------------

    def _note_mark(self, kind: str, reference: Element) -> str:
        note = self._notes.get((kind, value(reference, "id")))
        own_mark = value(reference, "customMarkFollows") in ("1", "true", "on")
        mark = ""
        if not own_mark:
            self._count += 1
            mark = str(self._count).translate(SUPERSCRIPT)
        if note is not None:
            self._pending.append((mark, note))
        return mark

    def _write_notes(self) -> None:
        for mark, note in self._pending:
            words = self._flat(note)
            if words:
                self._lines.append(f"{mark} {words}".strip())
        self._pending.clear()
        self._cell_broke_page = False

    # --- tables -------------------------------------------------------------------------------------------------------

    def _table(self, table: Element, lines: list[str]) -> None:
        rows = list(_below(table, "tr"))
        if self._is_layout(table, rows):
            for row in rows:
                for cell in _below(row, "tc"):
                    self._blocks(cell, lines)
            return
        # a blank line on both sides, or the sentence above and the next table would be rows of this one
        if lines and lines[-1].strip():
            lines.append("")
        for row in rows:
            cells = self._row(row)
            if any(cells):
                line = " | ".join(cells).rstrip()
                # a row whose first place is empty gets outer bars, or the empty place would be lost
                line = line if cells[0] else f"| {line} |"
                lines.append(f"\f{line}" if self._cell_broke_page else line)
                self._cell_broke_page = False
        if lines and lines[-1].strip():
            lines.append("")

    def _row(self, row: Element) -> list[str]:
        cells = [""] * whole(value(row.find(f"{W}trPr/{W}gridBefore")), 0, most=MAX_COLUMNS)
        for cell in _below(row, "tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            covered = merged is not None and value(merged) != "restart"
            span = whole(value(cell.find(f"{W}tcPr/{W}gridSpan")), 1, most=MAX_COLUMNS) or 1
            cells += ["" if covered else self._flat(cell).replace("|", "/"), *[""] * (span - 1)]
        return cells

    def _flat(self, container: Element) -> str:
        """The text of a cell or a note on one line."""
        lines: list[str] = []
        self._blocks(container, lines)
        words = " ".join(lines)
        self._cell_broke_page = self._cell_broke_page or "\f" in words
        return " ".join(words.split())

    def _is_layout(self, table: Element, rows: list[Element]) -> bool:
        """Whether a table only places text on the page: a letterhead or a signature block, or few cells without any border."""
        if len(rows) > 8:
            return False
        texts = "".join(element.text or "" for row in rows for element in row.iter(f"{W}t"))
        if any(mark in texts for mark in _LAYOUT):
            return True
        properties = table.find(f"{W}tblPr")
        has_borders = (
            (properties is not None and (_bordered(properties.find(f"{W}tblBorders")) or self._styles.has_borders(value(properties.find(f"{W}tblStyle")))))
            or any(_bordered(borders) for borders in table.iter(f"{W}tcBorders"))
            or any(_bordered(borders) for borders in table.iter(f"{W}tblBorders"))
        )
        return not has_borders and len(rows) <= 3 and max((len(list(_below(row, "tc"))) for row in rows), default=0) <= 2


def _below(parent: Element, name: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also inside content controls and insertions, but not those of tables inside."""
    for child in parent:
        if child.tag == f"{W}{name}":
            if child.find(f"{W}trPr/{W}del") is None:
                yield child
        elif child.tag not in _SKIPPED and child.tag not in (f"{W}tr", f"{W}tc", f"{W}p", f"{W}tbl"):
            yield from _below(child, name)


def _chosen(element: Element) -> Element:
    """Of the alternatives for new and old programs the first that holds text; any other element as it is."""
    if element.tag != f"{_COMPATIBILITY}AlternateContent":
        return element
    alternatives = list(element)
    return next((one for one in alternatives if one.find(f".//{W}t") is not None), element if not alternatives else alternatives[0])


def _text_boxes(element: Element) -> list[Element]:
    if element.tag == f"{W}txbxContent":
        return [element]
    return [box for child in element for box in _text_boxes(_chosen(child))]


def _bordered(borders: Element | None) -> bool:
    return borders is not None and any(value(side) not in ("", "nil", "none") for side in borders)


def _letters(element: Element | None) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_MATH}t")) if element is not None else ""


def _is_on(element: Element | None) -> bool:
    return element is not None and value(element) not in ("0", "false", "off")
