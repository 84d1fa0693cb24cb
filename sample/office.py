"""Write docx, xlsx and pdf so that the same content gives the same bytes.

Office files are zip archives with clocks in them; the clocks are fixed here, so that a rebuild of the sample shows no difference
where nothing changed (another version of zlib may still pack the same parts differently). Needs the development packages
python-docx, openpyxl, fpdf2, font-roboto.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from importlib import resources

import docx
import openpyxl
from fpdf import FPDF
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | bool | date | time | None
Table = Sequence[Sequence[str]]

_FIXED = datetime(2026, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def make_docx(blocks: Sequence[str | Table]) -> bytes:
    """A Word document: a string is a paragraph (`# ` and `## ` make headings, `- ` a list item), a list of rows a table."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            if block.startswith("# "):
                document.add_heading(block[2:], level=1)
            elif block.startswith("## "):
                document.add_heading(block[3:], level=2)
            elif block.startswith("- "):
                document.add_paragraph(block[2:], style="List Bullet")
            else:
                document.add_paragraph(block)
        else:
            table = document.add_table(rows=len(block), cols=len(block[0]), style="Table Grid")
            for row_index, row in enumerate(block):
                for column_index, text in enumerate(row):
                    table.cell(row_index, column_index).text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return _repacked(buffer.getvalue())


def make_xlsx(sheets: Mapping[str, tuple[Sequence[Sequence[Cell]], Sequence[str]]]) -> bytes:
    """A workbook: sheet name -> (rows from A1, merged ranges such as `C5:F5`)."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, (rows, merges) in sheets.items():
        sheet: Worksheet = book.create_sheet(name)
        for row_index, row in enumerate(rows, 1):
            for column_index, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(row_index, column_index, value).alignment = Alignment(wrap_text=True)
        for merged in merges:
            sheet.merge_cells(merged)
    buffer = io.BytesIO()
    book.save(buffer)
    return _repacked(buffer.getvalue())


def make_pdf(paragraphs: Sequence[str]) -> bytes:
    """A PDF with a text layer, A4, wrapped as a printer would; an empty string is an empty line."""
    page = FPDF(format="A4")
    page.set_compression(False)
    page.set_creation_date(_FIXED)
    page.set_margin(20)
    fonts = resources.files("font_roboto") / "files"
    page.add_font("Roboto", fname=str(fonts / "Roboto-Regular.ttf"))
    page.add_font("Roboto", style="B", fname=str(fonts / "Roboto-Bold.ttf"))
    page.add_page()
    for paragraph in paragraphs:
        heading = paragraph.isupper() or bool(re.match(r"[IVX]+\. ", paragraph))
        page.set_font("Roboto", "B" if heading else "", 12)
        if paragraph:
            page.multi_cell(0, 7, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
        else:
            page.ln(5)
    return bytes(page.output())


def _repacked(archive: bytes) -> bytes:
    """The same parts in the same order, with one clock."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            body = source.read(entry)
            if entry.filename == "docProps/core.xml":
                body = _CLOCK.sub(rb"\g<1>" + _FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\g<2>", body)
            target.writestr(zipfile.ZipInfo(entry.filename, (2026, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
