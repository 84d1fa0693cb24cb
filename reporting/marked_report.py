"""The marked-up report: one self-contained page that shows an officer what was read and what does not fit.

The report's text with every figure coloured by its measure family, each doubt in the margin beside its sentence, a summary
on top. No script, no outside host. Names of people are covered, because the page is attached to mails; text is escaped and
control or bidi characters are shown as `�`, so that a file cannot dress up the page.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from markupsafe import Markup, escape

from reporting.templating import templates
from warehouse.catalogue import measures, scope_label_vi, subject_label_vi
from warehouse.model import Document, Figure, Finding, Header, Severity, Unread
from warehouse.numbers import number_vi
from warehouse.refusals import refusal_vi
from warehouse.sentences import paragraph_spans
from warehouse.text import mask_names

FAMILIES_VI = {
    "dossiers": "Hồ sơ TTHC",
    "rates": "Tỷ lệ",
    "digitisation": "Số hóa",
    "procedures": "Danh mục TTHC",
    "staffing": "Biên chế, nhân sự",
    "feedback": "Phản ánh, đơn thư",
    "satisfaction": "Mức độ hài lòng",
    "index": "Chỉ số phục vụ",
    "payments": "Phí, lệ phí",
    "unit": "Đơn vị hành chính",
}
"""Measure families of `measures.csv` as the legend names them."""

_SEVERITY_VI: dict[Severity, str] = {"error": "Cần sửa", "warning": "Nên xem lại", "info": "Lưu ý"}
_UNITS_VI = {
    "dossier": "hồ sơ", "procedure": "TTHC", "person": "người", "item": "việc", "vote": "lượt", "point": "điểm", "VND": "đồng", "%": "%", "km2": "km²",
}  # fmt: skip
_BOUNDS_VI = {"=": "", ">": "trên ", "<": "dưới ", "≈": "khoảng "}
_LEADING_MARKS = re.compile(r"#{1,6}[ \t]+")
# A line separator stands for the end of a line that was not merely wrapped; the stored text never holds one.
_BREAK = "\u2028"
_SHORT_LINE = re.compile(r"^([^\n|]{1,45})\n(?=[^\n|]*\S)", re.MULTILINE)
_HEADING = re.compile(r"\s*(?:\**\s*(?:[IVX]{1,5}\.|\d{1,2}(?:\.\d{1,2})*\.?)\s+\S|#{1,6}\s)")
_LONGEST_HEADING = 140


@dataclass
class _Note:
    """A finding as the margin shows it."""

    number: int
    finding: Finding
    severity_vi: str
    message: str


@dataclass
class _Block:
    """A paragraph or a table of the text with the notes that begin in it."""

    html: Markup
    kind: str
    """`text`, `heading`, `table`, or `columns` (lines set with spaces or tabs, kept as they stand)."""
    notes: list[_Note] = field(default_factory=list)
    start: int = 0
    """Offset of its text."""
    pictures: list[tuple[int, str]] = field(default_factory=list)
    """Numbers and base64 PNGs of the scanned pages that begin here."""
    is_wide: bool = False
    """A table that needs the width of the margin too."""


@dataclass(frozen=True)
class _Row:
    """One figure in the list at the end of the page."""

    number: int
    family: str
    label: str
    about: str
    value: str
    place: str
    has_place: bool
    notes: tuple[_Note, ...]
    """Doubts that point at this cell, where there is no text to mark."""

    @property
    def worst(self) -> str:
        return min((note.finding.severity for note in self.notes), key=list(_SEVERITY_VI).index, default="")


def render(document: Document | None, header: Header, figures: Sequence[Figure], findings: Sequence[Finding], pictures: Sequence[bytes] = ()) -> str:
    """The page as HTML. `document` is None for a form: then the figures are listed with their cells instead of a text.

    `pictures` are the pages of a scan as PNG; each stands before the text that was recognised from it. Nothing in them is covered, so a page with
    pictures is for the person who has the scan and is attached to no mail.

    Raises KeyError for a measure or scope that the catalogue does not know.
    """
    notes = [_Note(number, finding, _SEVERITY_VI[finding.severity], _plain(finding.message_vi)) for number, finding in enumerate(findings, start=1)]
    blocks = _blocks(document, figures, notes) if document else []
    _put_pictures(blocks, document.page_starts if document else (), pictures)
    placed = {note.number for block in blocks for note in block.notes}
    counts = {severity: sum(note.finding.severity == severity for note in notes) for severity in _SEVERITY_VI}
    used = {measures()[figure.measure].family for figure in figures}
    return templates.get_template("marked_report.html.j2").render(
        name=_plain(document.name if document else "biểu mẫu"),
        title=_plain(mask_names(header.title)) if header.title else "",
        unit=_plain(", ".join(part for part in (header.unit_name, header.province_name) if part)),
        number=_plain(header.number),
        document_date=_day(header.document_date) if header.document_date else "",
        period=_period(header),
        counts=counts,
        refusal="",
        detail="",
        verdict=_verdict(counts) if figures or findings else "Không đọc được số liệu nào",
        notes=notes,
        unplaced=[note for note in notes if note.number not in placed],
        blocks=blocks,
        families=[(family, label) for family, label in FAMILIES_VI.items() if family in used],
        rows=[_row(number, figure, bool(document), notes) for number, figure in enumerate(figures, start=1)],
        has_pictures=bool(pictures),
        is_ocr=document is not None and document.method == "ocr",
    )


def render_refusal(name: str, unread: Unread) -> str:
    """The page of a file that could not be read: why and what to do, and the reader's own message for the operator."""
    return templates.get_template("marked_report.html.j2").render(
        name=_plain(name), title="", unit="", number="", document_date="", period="", counts={"error": 1, "warning": 0, "info": 0},
        verdict="Không đọc được tệp", refusal=refusal_vi(unread.reason), detail=_plain(unread.message), notes=[], unplaced=[], blocks=[], families=[], rows=[],
        has_pictures=False, is_ocr=False,
    )  # fmt: skip


def _verdict(counts: dict[Severity, int]) -> str:
    if counts["error"]:
        return f"Cần sửa {counts['error']} chỗ"
    if counts["warning"]:
        return f"Đạt, có {counts['warning']} chỗ nên xem lại"
    return "Đạt"


def _period(header: Header) -> str:
    if header.period is None:
        return ""
    days = f"{_day(header.period.start)} – {_day(header.period.end)}"
    label = _plain(header.period.label)
    return days if not label or (label[:1].isdigit() and "/" in label) else f"{label} ({days})"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _row(number: int, figure: Figure, has_text: bool, notes: Sequence[_Note]) -> _Row:
    measure = measures()[figure.measure]
    about = ", ".join(part for part in (scope_label_vi(figure.scope), _plain(subject_label_vi(figure.subject))) if part)
    unit = _UNITS_VI.get(figure.unit, figure.unit)
    # "4,86 tỷ" is printed as 4,86: an amount of money is told in full
    value = number_vi(figure.value) if figure.unit == "VND" else _plain(figure.printed_text)
    if not value.endswith(unit):
        value = f"{value}{unit}" if unit == "%" else f"{value} {unit}"
    when = f", tính đến {_day(figure.as_of)}" if figure.as_of else ""
    return _Row(
        number, measure.family, measure.label_vi, about + when if about else when.removeprefix(", "), _BOUNDS_VI[figure.bound] + value,
        _plain(figure.section) or _plain(figure.locator), has_text and figure.start is not None,
        () if has_text else tuple(note for note in notes if any(place.locator == figure.locator for place in note.finding.places)),
    )  # fmt: skip


# --- the text with its marks ---------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Control and bidi characters made visible, one for one, so that offsets stay valid."""
    return "".join(char if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cn") else "�" for char in text)


class _Marker:
    """Cuts a text at every figure and every place of a finding, and wraps the pieces."""

    def __init__(self, document: Document, figures: Sequence[Figure], notes: Sequence[_Note]) -> None:
        self.text = _SHORT_LINE.sub(rf"\1{_BREAK}", _plain(mask_names(document.text)))
        self.figures: dict[tuple[int, int], list[tuple[int, Figure]]] = {}
        for number, figure in enumerate(figures, start=1):
            if figure.start is not None and figure.end is not None:
                self.figures.setdefault((figure.start, figure.end), []).append((number, figure))
        self.places: dict[tuple[int, int], list[_Note]] = {}
        for note in notes:
            for place in note.finding.places:
                if place.start is not None and place.end is not None and note not in self.places.setdefault((place.start, place.end), []):
                    self.places[place.start, place.end].append(note)

    def html(self, start: int, end: int) -> Markup:
        """The piece of the text from `start` to `end` with its marks."""
        spans = [span for span in (*self.figures, *self.places) if span[0] < end and start < span[1]]
        cuts = sorted({start, end, *(cut for span in spans for cut in span if start < cut < end)})
        parts = [self._piece(left, right, start) for left, right in pairwise(cuts)]
        return Markup("").join(parts)

    def _piece(self, left: int, right: int, block_start: int) -> Markup:
        shown = self.text[left:right] if left > block_start else _LEADING_MARKS.sub("", self.text[left:right])
        inner = Markup("<br>").join(escape(line) for line in shown.replace("**", "").split(_BREAK))
        for (start, end), numbered in self.figures.items():
            if start <= left and right <= end:
                inner = self._figure(inner, numbered, first=left == start)
                break  # two figures that overlap without being the same number: the first is shown
        doubted = [(span, notes) for span, notes in self.places.items() if span[0] <= left and right <= span[1]]
        if not doubted:
            return inner
        worst = min((note.finding.severity for _, notes in doubted for note in notes), key=list(_SEVERITY_VI).index)
        badges = Markup("").join(
            Markup('<a class="ref {}" href="#n{}">{}</a>').format(note.finding.severity, note.number, note.number)
            for span, notes in doubted
            if span[1] == right
            for note in notes
        )
        return Markup('<span class="doubt {}">{}</span>{}').format(worst, inner, badges)

    @staticmethod
    def _figure(inner: Markup, numbered: list[tuple[int, Figure]], *, first: bool) -> Markup:
        labels = []
        for _, figure in numbered:
            about = ", ".join(part for part in (scope_label_vi(figure.scope), _plain(subject_label_vi(figure.subject))) if part)
            labels.append(measures()[figure.measure].label_vi + (f" ({about})" if about else ""))
        anchors = Markup("").join(Markup('<a id="f{}"></a>').format(number) for number, _ in numbered) if first else Markup("")
        family = measures()[numbered[0][1].measure].family
        return anchors + Markup('<mark class="{}" title="{}">{}</mark>').format(family, "; ".join(dict.fromkeys(labels)), inner)

    def notes_from(self, start: int, end: int, shown: set[int]) -> list[_Note]:
        """Notes whose first place begins in the piece and that no earlier piece has shown."""
        found: dict[int, _Note] = {}
        for (left, _), notes in sorted(self.places.items()):
            if start <= left < end:
                found.update({note.number: note for note in notes if note.number not in shown})
        shown.update(found)
        return [found[number] for number in sorted(found)]


def _blocks(document: Document, figures: Sequence[Figure], notes: Sequence[_Note]) -> list[_Block]:
    marker = _Marker(document, figures, notes)
    shown: set[int] = set()
    blocks = []
    for start, end, kind in _pieces(document.text):
        piece = document.text[start:end]
        html = _table(marker, start, end) if kind == "table" else marker.html(start, end)
        if kind == "text" and _is_heading(piece):
            kind = "heading"
        blocks.append(_Block(html, kind, marker.notes_from(start, end, shown), start, is_wide=_is_wide(piece, kind)))
    return blocks


def _put_pictures(blocks: Sequence[_Block], page_starts: Sequence[int], pictures: Sequence[bytes]) -> None:
    """Give each page's picture to the block with which the page begins; a page without text of its own goes to the last block before."""
    for number, (start, picture) in enumerate(zip(page_starts, pictures, strict=False), start=1):
        if blocks:
            block = next((block for block in blocks if block.start >= start), blocks[-1])
            block.pictures.append((number, base64.b64encode(picture).decode()))


def _is_wide(piece: str, kind: str) -> bool:
    lines = piece.splitlines()
    return (kind == "table" and any(line.count("|") > _MOST_BARS for line in lines)) or (kind == "columns" and any(len(line) > _WIDEST for line in lines))


_MOST_BARS, _WIDEST = 9, 88
_SET_IN_COLUMNS = re.compile(r"\S(?: {3,}|[ ]*\t[ ]*)\S")


def _is_heading(piece: str) -> bool:
    if len(piece) > _LONGEST_HEADING:
        return False
    return _is_shouted(piece) or (_HEADING.match(piece) is not None and not piece.rstrip().endswith((".", ";", ",")))


def _is_shouted(piece: str) -> bool:
    letters = [char for char in piece if char.isalpha()]
    return len(letters) >= 6 and all(char.isupper() for char in letters)


def _pieces(text: str) -> list[tuple[int, int, str]]:
    """Paragraphs without the space around them and what each is; neighbouring lines of one table are one piece, over paragraphs too."""
    pieces: list[tuple[int, int, str]] = []
    for start, end in paragraph_spans(text):
        for kind, (left, right) in _runs(text, start, end):
            body = text[left:right]
            if not body.strip():
                continue
            # the first line of columns keeps its indent
            begin = left + len(body) - len(body.lstrip("\n" if kind == "columns" else None))
            stop = left + len(body.rstrip())
            if pieces and kind != "text" and pieces[-1][2] == kind and not text[pieces[-1][1] : begin].strip():
                pieces[-1] = (pieces[-1][0], stop, kind)
            else:
                pieces.append((begin, stop, kind))
    return [piece if piece[2] != "columns" or "\n" in text[piece[0] : piece[1]] else (*piece[:2], "text") for piece in pieces]


def _runs(text: str, start: int, end: int) -> list[tuple[str, tuple[int, int]]]:
    runs: list[tuple[str, tuple[int, int]]] = []
    position = start
    for line in text[start:end].split("\n"):
        kind = "table" if "|" in line and line.strip() else "columns" if _SET_IN_COLUMNS.search(line) else "text"
        after = min(position + len(line) + 1, end)
        if runs and (runs[-1][0] == kind or not line.strip()):
            runs[-1] = (runs[-1][0], (runs[-1][1][0], after))
        else:
            runs.append((kind, (position, after)))
        position = after
    return runs


def _table(marker: _Marker, start: int, end: int) -> Markup:
    rows = []
    position = start
    for line in marker.text[start:end].splitlines(keepends=True):
        if re.sub(r"[\s|:\-–=]", "", line):
            rows.append(Markup("<tr>{}</tr>").format(Markup("").join(_cells(marker, position, line))))
        position += len(line)
    return Markup("<table>{}</table>").format(Markup("").join(rows))


def _cells(marker: _Marker, start: int, line: str) -> Iterator[Markup]:
    parts = line.rstrip("\n").split("|")
    offset = start
    for place, part in enumerate(parts):
        is_frame = not part.strip() and place in (0, len(parts) - 1) and line.strip().startswith("|")
        if not is_frame:
            left = offset + len(part) - len(part.lstrip())
            yield Markup("<td>{}</td>").format(marker.html(left, offset + len(part.rstrip())) if part.strip() else "")
        offset += len(part) + 1
