"""Documents in: what is read, how it is printed as text, and what is refused with which reason."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import docx
import pypdfium2
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.documents import UnreadableDocument, limited, ocr, page_pictures_limited, read_document, read_document_limited
from ingest.documents.docx import MAX_PART_BYTES
from ingest.documents.grid import tables
from ingest.documents.outline import blocks
from ingest.documents.pdf import MAX_PAGES
from ingest.documents.stored import MAX_CHARACTERS
from tests.builders import make_docx, make_pdf, make_xlsx
from warehouse.model import Document

ROOT = Path(__file__).resolve().parents[1]
REPORT = ["BÁO CÁO", "I. KẾT QUẢ", "Tiếp nhận 1.568 hồ sơ, đã giải quyết 1.488 hồ sơ.", "II. KIẾN NGHỊ", "Không có."]
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RAISED = '<w:vertAlign w:val="superscript"/>'


def refusal(body: bytes, name: str, reader: Callable[[bytes, str], Document] = read_document) -> UnreadableDocument:
    """The error that a file meets; its message must name the file."""
    with pytest.raises(UnreadableDocument) as caught:
        reader(body, name)
    assert caught.value.message.startswith(name)
    return caught.value


def lines(body: bytes, name: str = "bao-cao.docx") -> list[str]:
    return [line for line in read_document(body, name).text.split("\n") if line]


def word(body: str, *, main: str = "word/document.xml", raw: dict[str, bytes] | None = None, **parts: str) -> bytes:
    """A Word file from the XML inside its body and inside the root of further parts (styles, numbering, footnotes, endnotes)."""
    start = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="/{main}"/>'
    relations = "".join(f'<Relationship Id="r{part}" Type="{OFFICE}/{part}" Target="{part}.xml"/>' for part in parts)
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes"}
    folder, _, file = main.rpartition("/")
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{start}</Relationships>',
        f"{folder}/_rels/{file}.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        main: f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        **{f"word/{part}.xml": f"<w:{roots[part]} {WORD}>{xml}</w:{roots[part]}>" for part, xml in parts.items()},
        **(raw or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, xml in members.items():
            archive.writestr(member, xml)
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def numbered(number: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def level(place: int, kind: str, pattern: str, style: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{named}<w:lvlText w:val="{pattern}"/></w:lvl>'


def drawn_pdf(draw: Callable[[FPDF], None]) -> bytes:
    page = FPDF(format="A4")
    page.set_margin(20)
    fonts = resources.files("font_roboto") / "files"
    for style, file in (("", "Roboto-Regular.ttf"), ("B", "Roboto-Bold.ttf")):
        page.add_font("Roboto", style=style, fname=str(fonts / file))
    page.set_font("Roboto", "", 12)
    page.add_page()
    draw(page)
    return bytes(page.output())


def scan(paragraphs: Sequence[str]) -> bytes:
    """A PDF whose only page is a picture of text."""
    page = pypdfium2.PdfDocument(make_pdf(paragraphs))[0].render(scale=200 / 72, grayscale=True).to_pil()
    return drawn_pdf(lambda pdf: pdf.image(page, 0, 0, 210, 297))


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def fresh_child() -> None:
    limited._readers.close()


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_text_is_stored_in_one_form_whatever_it_came_in(encoding: str, form: str) -> None:
    raw = unicodedata.normalize(form, "I. KẾT QUẢ\r\nĐã giải quyết\u00a01.488 hồ sơ; tƣ pháp\u200b.\r\n")
    document = read_document(raw.encode(encoding), "a.txt")
    assert document.text == "I. KẾT QUẢ\nĐã giải quyết 1.488 hồ sơ; tư pháp.\n"
    assert [section.heading for section in document.sections] == ["I. KẾT QUẢ"]


def test_markdown_is_told_by_its_name_and_kept_as_it_is() -> None:
    document = read_document("# Báo cáo\n\n**1.568** hồ sơ".encode(), "a.md")
    assert (document.media_type, document.text) == ("text/markdown", "# Báo cáo\n\n**1.568** hồ sơ")


def test_form_feeds_begin_pages() -> None:
    document = read_document("trang một\n\ftrang hai\ftrang ba\n\f".encode(), "a.txt")
    assert document.text == "trang một\ntrang hai\ntrang ba\n"
    assert [document.text[start:].split("\n")[0] for start in document.page_starts] == ["trang một", "trang hai", "trang ba"]


def test_control_characters_that_no_database_takes_are_not_stored() -> None:
    assert read_document("Số liệu\x07 quý I\x0bhết, và còn nhiều chữ khác nữa ở đây để dấu kia thành thiểu số".encode(), "a.txt").text.startswith(
        "Số liệu quý I\nhết"
    )


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (b"", "empty", "empty"),
        (b" \r\n\t\xef\xbb\xbf", "empty", "empty"),
        ("Báo cáo".encode("cp1258"), "corrupt", "byte 1 "),
        ("Báo cá".encode()[:-1], "corrupt", "byte 6 "),
        ("Báo cáo quý I, số liệu tiếp nhận hồ sơ".encode("utf-16-le"), "corrupt", "byte-order mark"),
        (b"\x00\x01\x02 abc", "wrong-type", "neither Word nor PDF nor text"),
        (b"\x01\x02\x03\x04 abc", "wrong-type", "neither Word nor PDF nor text"),
        (b"... --- ...", "no-text", "no words"),
        (("Uû ban nh©n d©n ph­êng, hå s¬ ®· gi¶i quyÕt. " * 5).encode(), "corrupt", "TCVN3"),
        (b"a" * (MAX_CHARACTERS + 1), "too-large", "limit"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(body: bytes, reason: str, says: str) -> None:
    error = refusal(body, "a.txt")
    assert error.reason == reason
    assert says in error.message


# --- what a file is --------------------------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40), "wrong-type", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "wrong-type", "a PNG picture"),
        (b"BM" + bytes(40), "wrong-type", "a BMP picture"),
        (b"{\\rtf1 bao cao}", "wrong-type", "RTF"),
        (b"MZ\x90\x00" + bytes(40), "wrong-type", "a program"),
        (b"<html><body>404</body></html>", "wrong-type", "a web page"),
        (b"<?xml version='1.0'?><w:wordDocument/>", "wrong-type", "XML"),
        (OLE + "WordDocument".encode("utf-16-le"), "wrong-type", "save it as .docx"),
        (OLE + "Workbook".encode("utf-16-le"), "wrong-type", "Excel 97"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
    ],
)
def test_the_type_comes_from_the_bytes_and_not_from_the_name(body: bytes, reason: str, says: str) -> None:
    error = refusal(body, "bao-cao.docx")
    assert error.reason == reason
    assert says in error.message


def test_a_workbook_named_docx_is_a_workbook() -> None:
    assert "an Excel workbook" in refusal(make_xlsx({"A": ([["x"]], [])}), "a.docx").message


def test_a_report_with_the_wrong_ending_is_read_for_what_it_is() -> None:
    assert "1.568" in read_document(make_docx(REPORT), "a.pdf").text
    assert "1.568" in read_document(make_pdf(REPORT), "a.docx").text
    assert "BM" in read_document("BM 25 là một biểu mẫu".encode(), "a.txt").text


# --- Word ------------------------------------------------------------------------------------------------------------


def test_a_word_file_of_another_program_gives_paragraphs_lists_and_tables_in_order() -> None:
    body = make_docx(["Trước", [["STT", "Lĩnh vực", "Số"], ["1", "Đất đai", "167"]], "- Mục", "# Tình hình chung", "Sau"])
    assert lines(body) == ["Trước", "STT | Lĩnh vực | Số", "1 | Đất đai | 167", "• Mục", "# Tình hình chung", "Sau"]


def test_the_main_part_may_have_another_name() -> None:
    assert lines(word(p("Báo cáo"), main="word/document2.xml")) == ["Báo cáo"]


def test_the_strict_variant_is_read() -> None:
    body = word(p("Báo cáo"))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        xml = archive.read("word/document.xml").replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main"
        )
    assert lines(word("", raw={"word/document.xml": xml})) == ["Báo cáo"]


def test_numbers_that_word_computes_are_printed() -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "upperRoman", "%1.")}{level(1, "decimal", "%2.")}{level(2, "lowerLetter", "%3)")}'
        f"{level(3, 'decimal', '%2.%4')}</w:abstractNum>"
        f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "-")}{level(1, "bullet", "&#xF0B7;")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = "".join(
        p(text, numbered(number, place))
        for text, number, place in [
            ("Tình hình", 1, 0),
            ("Tiếp nhận", 1, 1),
            ("trực tuyến", 1, 2),
            ("trực tiếp", 1, 2),
            ("Giải quyết", 1, 1),
            ("đúng hạn", 1, 2),
            ("sâu hơn", 1, 3),
            ("gạch", 2, 0),
            ("chấm", 2, 1),
            ("Kiến nghị", 1, 0),
            ("Tiếp nhận lại", 1, 1),
            ("Đặt lại", 3, 0),
            ("Không đánh số", 0, 0),
        ]
    )
    assert lines(word(body, numbering=numbering)) == [
        "I. Tình hình",
        "1. Tiếp nhận",
        "a) trực tuyến",
        "b) trực tiếp",
        "2. Giải quyết",
        "a) đúng hạn",
        "2.1 sâu hơn",
        "- gạch",
        "• chấm",
        "II. Kiến nghị",
        "1. Tiếp nhận lại",
        "V. Đặt lại",
        "Không đánh số",
    ]


def test_a_heading_style_may_number_its_paragraphs() -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "upperRoman", "%1.", style="H1")}'
        f'{level(1, "decimal", "%2.", style="H2")}</w:abstractNum><w:num w:numId="4"><w:abstractNumId w:val="0"/></w:num>'
    )
    styles = (
        "".join(f'<w:style w:styleId="H{n}"><w:name w:val="heading {n}"/><w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>' for n in (1, 2))
        + '<w:style w:styleId="Own"><w:name w:val="Của tôi"/><w:basedOn w:val="H2"/></w:style>'
    )
    body = p("Tình hình", '<w:pStyle w:val="H1"/>') + p("Tiếp nhận", '<w:pStyle w:val="H2"/>') + p("Giải quyết", '<w:pStyle w:val="Own"/>')
    document = read_document(word(body, numbering=numbering, styles=styles), "a.docx")
    assert document.text == "I. Tình hình\n1. Tiếp nhận\n2. Giải quyết"
    assert [section.heading for section in document.sections] == ["I. Tình hình", "1. Tiếp nhận", "2. Giải quyết"]


def test_contents_and_hidden_text_are_left_out() -> None:
    styles = '<w:style w:styleId="M1"><w:name w:val="toc 1"/></w:style>'
    body = p("I. Tình hình ........ 3", '<w:pStyle w:val="M1"/>') + f"<w:p>{r('Thấy')}{r(' không thấy', '<w:vanish/>')}</w:p>"
    assert lines(word(body, styles=styles)) == ["Thấy"]


def test_deleted_text_is_skipped_and_inserted_text_kept() -> None:
    body = (
        f"<w:p>{r('Tiếp nhận ')}<w:del><w:r><w:delText>1.500</w:delText></w:r>{r('1.500')}</w:del><w:ins>{r('1.568')}</w:ins>"
        f"<w:moveFrom>{r('cũ')}</w:moveFrom><w:moveTo>{r(' hồ sơ')}</w:moveTo></w:p>"
    )
    assert lines(word(body)) == ["Tiếp nhận 1.568 hồ sơ"]


def test_notes_follow_their_section_and_marks_are_superscript() -> None:
    def note(kind: str, key: str) -> str:
        return f'<w:r><w:{kind}Reference w:id="{key}"/></w:r>'

    body = (
        p("I. KẾT QUẢ")
        + f"<w:p>{r('Tiếp nhận 2.630')}{note('footnote', '7')}{r(' hồ sơ, diện tích 51 km')}{r('2', RAISED)}</w:p>"
        + p("II. KIẾN NGHỊ")
        + f"<w:p>{r('Không có')}{note('endnote', '3')}</w:p>"
    )
    footnotes = f'<w:footnote w:id="7">{p("Từ 01/7 đến 16/9.")}{p("Theo hệ thống.")}</w:footnote>'
    endnotes = f'<w:endnote w:id="3">{p("Đến hết kỳ.")}</w:endnote>'
    assert lines(word(body, footnotes=footnotes, endnotes=endnotes)) == [
        "I. KẾT QUẢ",
        "Tiếp nhận 2.630¹ hồ sơ, diện tích 51 km²",
        "¹ Từ 01/7 đến 16/9. Theo hệ thống.",
        "II. KIẾN NGHỊ",
        "Không có²",
        "² Đến hết kỳ.",
    ]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('Trong khung')}</w:txbxContent>"
    both = f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = f"<w:p>{r('Đoạn')}<w:r><mc:AlternateContent {compatible}>{both}</mc:AlternateContent></w:r></w:p>"
    assert lines(word(body)) == ["Đoạn", "Trong khung"]


def test_merged_cells_are_printed_once_and_columns_stay_in_place() -> None:
    book = docx.Document()
    table = book.add_table(rows=4, cols=3, style="Table Grid")
    for row, values in enumerate([("Lĩnh vực", "Hồ sơ", ""), ("", "Mới", "Tồn"), ("Đất đai", "167", "12"), ("", "1", "0")]):
        for column, text in enumerate(values):
            table.cell(row, column).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    buffer = io.BytesIO()
    book.save(buffer)
    assert lines(buffer.getvalue()) == ["Lĩnh vực | Hồ sơ |", "|  | Mới | Tồn |", "Đất đai | 167 | 12", "|  | 1 | 0 |"]


def test_a_cell_is_one_line_and_its_automatic_number_stays() -> None:
    numbering = f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    borders = '<w:tblPr><w:tblBorders><w:top w:val="single"/></w:tblBorders></w:tblPr>'
    empty = f"<w:p><w:pPr>{numbered(1)}</w:pPr></w:p>"
    rows = "".join(f"<w:tr><w:tc>{empty}</w:tc><w:tc>{p(name)}{p('| phường')}</w:tc></w:tr>" for name in ("Đất đai", "Hộ tịch"))
    assert lines(word(f"<w:tbl>{borders}{rows}</w:tbl>", numbering=numbering)) == ["1 | Đất đai / phường", "2 | Hộ tịch / phường"]


@pytest.mark.parametrize("border", ["single", "none"])
def test_a_letterhead_is_no_table(border: str) -> None:
    borders = f'<w:tblPr><w:tblBorders><w:top w:val="{border}"/></w:tblBorders></w:tblPr>'
    left, right = p("UBND PHƯỜNG MƯỜNG A") + p("Số: 12/BC-UBND"), p("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + p("Mường A, ngày 17 tháng 3 năm 2026")
    assert lines(word(f"<w:tbl>{borders}<w:tr><w:tc>{left}</w:tc><w:tc>{right}</w:tc></w:tr></w:tbl>")) == [
        "UBND PHƯỜNG MƯỜNG A",
        "Số: 12/BC-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Mường A, ngày 17 tháng 3 năm 2026",
    ]


def test_pages_of_a_word_file_are_those_of_its_last_save() -> None:
    body = (
        p("Một")
        + f"<w:p>{r('Hai, đầu câu ')}<w:r><w:lastRenderedPageBreak/></w:r>{r('và cuối câu')}</w:p>"
        + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        + p("Ba")
    )
    document = read_document(word(body), "a.docx")
    assert document.text == "Một\nHai, đầu câu và cuối câu\n\nBa"
    assert [document.text[start:][:2] for start in document.page_starts] == ["Mộ", "và"]


def test_breaks_of_the_author_count_where_word_has_not_saved() -> None:
    document = read_document(word(p("Một") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + p("Hai") + p("Ba", "<w:pageBreakBefore/>")), "a.docx")
    assert [document.text[start:].strip()[:3] for start in document.page_starts] == ["Một", "Hai", "Ba"]


def bomb(member: str, size: int) -> bytes:
    return word(p("x"), raw={member: b"<a>" + b" " * size + b"</a>"})


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (word(""), "no-text", "no words"),
        (word("", raw={"word/media/image1.png": b"x"}), "no-text", "pictures"),
        (word("", raw={"word/document.xml": b"<broken"}), "corrupt", "word/document.xml is damaged"),
        (word("", raw={"word/document.xml": f"<w:document {WORD}/>".encode()}), "corrupt", "no body"),
        (bomb("word/document.xml", MAX_PART_BYTES), "too-large", "unpacks to"),
        (word("", raw={"word/document.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'}), "corrupt", "entities"),
        (
            word("", raw={"word/document.xml": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")}),
            "corrupt",
            "entities",
        ),
        (word("", raw={"word/document.xml": b'<?xml version="1.0" encoding="klingon"?><a/>'}), "corrupt", "damaged"),
        (word("<w:sdt>" * 5000 + "</w:sdt>" * 5000), "corrupt", "nested"),
        (word("<w:altChunk/>"), "wrong-type", "embeds"),
        (make_docx(REPORT)[:-200], "corrupt", "cut off"),
        (b"PK\x03\x04" + bytes(100), "corrupt", "cut off"),
    ],
)
def test_a_hostile_or_broken_word_file_is_refused(body: bytes, reason: str, says: str) -> None:
    error = refusal(body, "a.docx")
    assert error.reason == reason
    assert says in error.message


def test_a_link_into_nowhere_does_not_stop_the_reading() -> None:
    relations = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r9" Type="{OFFICE}/styles" Target="NULL"/></Relationships>'
    assert lines(word(p("Báo cáo"), raw={"word/_rels/document.xml.rels": relations.encode()})) == ["Báo cáo"]


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_a_pdf_keeps_its_lines_and_pages() -> None:
    document = read_document(make_pdf(["I. KẾT QUẢ", *(f"Dòng thứ {n}." for n in range(1, 60))]), "a.pdf")
    assert document.text.startswith("I. KẾT QUẢ\nDòng thứ 1.\nDòng thứ 2.\n")
    assert len(document.page_starts) == 2
    assert document.text[document.page_starts[1] - 1] == "\n"
    assert document.text[document.page_starts[1] :].startswith("Dòng thứ ")
    assert document.method == "text"


def test_page_numbers_do_not_run_into_sentences() -> None:
    def draw(pdf: FPDF) -> None:
        for number in range(1, 4):
            if number > 1:
                pdf.add_page()
                pdf.cell(0, 7, str(number), align="C", new_x="LMARGIN", new_y="NEXT")
            pdf.multi_cell(0, 7, f"Trang này tiếp nhận {number * 7}\nhồ sơ.")

    assert lines(drawn_pdf(draw), "a.pdf") == [
        "Trang này tiếp nhận 7", "hồ sơ.", "Trang này tiếp nhận 14", "hồ sơ.", "Trang này tiếp nhận 21", "hồ sơ."
    ]  # fmt: skip


def test_raised_digits_are_superscript_and_never_part_of_a_number() -> None:
    def draw(pdf: FPDF) -> None:
        for text, place in [
            ("Tiếp nhận 2.630", "LINE"),
            ("12", "SUP"),
            (" hồ sơ trên 51,84 km", "LINE"),
            ("2", "SUP"),
            (".\n", "LINE"),
            ("12", "SUP"),
            (" Theo hệ thống.", "LINE"),
        ]:
            pdf.char_vpos = place
            pdf.write(7, text)

    assert lines(drawn_pdf(draw), "a.pdf") == ["Tiếp nhận 2.630¹² hồ sơ trên 51,84 km².", "¹² Theo hệ thống."]


def test_a_number_half_a_line_up_in_the_next_cell_is_no_mark() -> None:
    def draw(pdf: FPDF) -> None:
        for top, height, row in ((20, 14, ("Đăng ký hộ\nkinh doanh", "57", "55")), (34, 7, ("Hộ tịch", "318", "311"))):
            for column, cell in enumerate(row):
                left = pdf.l_margin + 30 * column
                pdf.rect(left, top, 30, height)
                pdf.set_xy(left, top if "\n" in cell else top + height / 2 - 3.5)
                pdf.multi_cell(30, 7, cell, align="R" if column == 0 else "L")

    assert lines(drawn_pdf(draw), "a.pdf") == ["Đăng ký hộ kinh doanh | 57 | 55", "Hộ tịch | 318 | 311"]


def test_columns_of_a_pdf_without_rules_stay_one_above_the_other() -> None:
    rows = [("", "", "Trong đó", "Cuối kỳ"), ("Lĩnh vực", "Tiếp nhận", "quá hạn", "Đang xử lý"), ("Hộ tịch", "206", "203", "3"), ("Đất đai", "1.498", "", "61")]

    def draw(pdf: FPDF) -> None:
        pdf.multi_cell(
            0,
            7,
            "Tổng số hồ sơ đã tiếp nhận trong kỳ báo cáo của toàn xã là 1.704 hồ sơ; phần lớn thuộc lĩnh vực đất đai. " * 3,
            align="J",
            new_x="LMARGIN",
            new_y="NEXT",
        )
        for row in rows:
            for value in row:
                pdf.cell(42, 7, value)
            pdf.ln()

    *prose, upper, heads, first, second = read_document(drawn_pdf(draw), "a.pdf").text.split("\n")
    assert not any("  " in line for line in prose)
    assert upper.index("Trong") == pytest.approx(heads.index("quá"), abs=1)
    assert [re.split(r" {3,}", line) for line in (heads, first, second)] == [list(rows[1]), list(rows[2]), ["Đất đai", "1.498", "61"]]
    assert heads.index("Đang") == pytest.approx(second.index("61"), abs=1) and first.index("206") == pytest.approx(second.index("1.498"), abs=1)


def test_ruled_tables_of_a_pdf_are_rows_with_blank_cells_kept() -> None:
    def draw(pdf: FPDF) -> None:
        pdf.write(7, "Trước bảng\n")
        with pdf.table(num_heading_rows=2) as table:
            for values in [("Lĩnh vực", ("Hồ sơ", 2)), ("", "Mới tiếp nhận\ntrong kỳ", "Tồn"), ("Đất đai và môi trường", "167", ""), ("", "1", "0")]:
                row = table.row()
                for value in values:
                    row.cell(value[0] if isinstance(value, tuple) else value, colspan=value[1] if isinstance(value, tuple) else 1)
        pdf.write(7, "Sau bảng")

    assert lines(drawn_pdf(draw), "a.pdf") == [
        "Trước bảng",
        "Lĩnh vực | Hồ sơ |",
        "|  | Mới tiếp nhận trong kỳ | Tồn |",
        "Đất đai và môi trường | 167 |",
        "|  | 1 | 0 |",
        "Sau bảng",
    ]


def test_letters_that_are_set_one_by_one_on_a_page_of_little_text_stay_words() -> None:
    rows = [("Khối", "Cơ quan", "Có mặt"), ("Khối Đảng", "Văn phòng", "8"), ("Chính quyền", "Phòng Kinh tế", "15")]

    def draw(pdf: FPDF) -> None:
        for line, row in enumerate(rows):
            for place, words in enumerate(row):
                pdf.rect(40 + 50 * place, 100 + 5 * line, 50, 5)
                at = 42.0 + 50 * place
                for letter in words:
                    pdf.text(at, 104 + 5 * line, letter)
                    at += pdf.get_string_width(letter)

    assert lines(drawn_pdf(draw), "a.pdf") == [" | ".join(row) for row in rows]


def test_a_grid_needs_closed_cells() -> None:
    frame = [(0.0, 0.0, 100.0, 0.0), (0.0, 50.0, 100.0, 50.0), (0.0, 0.0, 0.0, 50.0), (100.0, 0.0, 100.0, 50.0)]
    assert tables(frame) == []  # one cell is a frame, not a table
    assert [len(row) for row in tables([*frame, (50.0, 0.5, 50.4, 49.0)])[0]] == [2]
    assert tables([*frame, (50.0, 30.0, 50.4, 49.0)]) == []  # a line that stops half way closes nothing


def encrypted(password: str) -> bytes:
    def draw(pdf: FPDF) -> None:
        pdf.write(7, "Bí mật")
        pdf.set_encryption("chủ".encode().hex(), password)

    return drawn_pdf(draw)


def many_pages(pdf: FPDF) -> None:
    for _ in range(MAX_PAGES):
        pdf.add_page()


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (encrypted("mat-khau"), "encrypted", "password"),
        (drawn_pdf(many_pages), "too-many-pages", f"{MAX_PAGES + 1} pages"),
        (drawn_pdf(lambda pdf: None), "no-text", "no words"),
        (b"%PDF-1.7\n" + b"nothing of a PDF follows" * 20, "corrupt", "damaged"),
        (make_pdf(REPORT)[:900], "corrupt", "damaged"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_refused(body: bytes, reason: str, says: str) -> None:
    error = refusal(body, "a.pdf")
    assert error.reason == reason
    assert says in error.message


def test_a_pdf_locked_only_against_changes_is_read() -> None:
    assert read_document(encrypted(""), "a.pdf").text == "Bí mật"


def test_a_scan_without_tesseract_says_what_to_install(without_tesseract: None) -> None:
    error = refusal(scan(REPORT), "quet.pdf")
    assert error.reason == "needs-ocr"
    assert "page 1" in error.message
    assert "apt-get install tesseract-ocr tesseract-ocr-vie" in error.message


def test_a_text_layer_without_vietnamese_behind_a_picture_is_a_scan(without_tesseract: None) -> None:
    picture = pypdfium2.PdfDocument(make_pdf(REPORT))[0].render(scale=1, grayscale=True).to_pil()

    def draw(pdf: FPDF, text: str) -> None:
        pdf.image(picture, 0, 0, 210, 297)
        pdf.text_mode = "INVISIBLE"
        pdf.write(7, text)

    error = refusal(drawn_pdf(lambda pdf: draw(pdf, "Tiep nhan 1.568 ho so, da giai quyet 1.488 ho so")), "quet.pdf")
    assert error.reason == "needs-ocr"
    document = read_document(drawn_pdf(lambda pdf: draw(pdf, "Tiếp nhận 1.568 hồ sơ, đã giải quyết 1.488 hồ sơ")), "quet.pdf")
    assert document.method == "ocr"
    assert "1.568" in document.text


def test_a_scan_is_recognised() -> None:
    if ocr.tesseract() is None:
        pytest.skip("Tesseract with its Vietnamese model is not installed")
    document = read_document_limited(scan(REPORT), "quet.pdf")
    assert document.method == "ocr"
    assert "Tiếp nhận 1.568 hồ sơ, đã giải quyết 1.488 hồ sơ." in document.text


def test_the_pictures_of_a_scan_are_made_from_the_kept_file(fresh_child: None) -> None:
    pictures = page_pictures_limited(scan(REPORT), "quet.pdf")
    assert len(pictures) == 1
    head, body = pictures[0][:33], pictures[0][33:-12]
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    assert head.startswith(b"\x89PNG") and (width, height) == pytest.approx((827, 1169), abs=2), "A4 at 100 dpi"
    pixels = zlib.decompress(body[8:-4])
    assert len(pixels) == height * (width + 1)
    assert sum(pixel < 100 for pixel in pixels) > height + 1000 and sum(pixel > 200 for pixel in pixels) > 500_000, "ink on paper"
    assert page_pictures_limited(make_docx(REPORT), "a.docx") == ()
    with pytest.raises(UnreadableDocument, match=r"a\.pdf: the PDF is protected"):
        page_pictures_limited(encrypted("mat-khau"), "a.pdf")


# --- the limited child -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "name"), [(make_docx(REPORT), "a.docx"), (make_pdf(REPORT), "a.pdf"), ("\n".join(REPORT).encode(), "a.txt")])
def test_the_child_gives_what_reading_here_gives(body: bytes, name: str) -> None:
    assert read_document_limited(body, name) == read_document(body, name)


def test_the_child_gives_the_same_refusal(without_tesseract: None) -> None:
    for body, name in [(make_docx(REPORT)[:-200], "a.docx"), (encrypted("mat-khau"), "a.pdf"), (b"\xff\xd8\xff\xe0", "a.jpg")]:
        here, there = refusal(body, name), refusal(body, name, read_document_limited)
        assert (here.reason, here.message) == (there.reason, there.message)


def child_pid() -> int:
    read_document_limited(make_docx(REPORT), "a.docx")
    assert limited._readers._child is not None
    return limited._readers._child.process.pid


def test_one_child_serves_many_files_and_is_replaced_after_enough(monkeypatch: pytest.MonkeyPatch, fresh_child: None) -> None:
    first = child_pid()
    assert child_pid() == first
    monkeypatch.setattr(limited, "FILES_A_CHILD", 2)
    assert child_pid() != first


def test_a_child_that_was_killed_between_files_is_replaced() -> None:
    first = child_pid()
    os.kill(first, signal.SIGKILL)
    assert child_pid() != first


def test_a_file_that_takes_too_long_ends_the_child_and_not_the_night() -> None:
    pid = child_pid()
    limited._readers._child.process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]
    with pytest.raises(UnreadableDocument) as caught:
        read_document_limited(make_docx(REPORT), "lau.docx", seconds=0.2)
    assert caught.value.reason == "timeout"
    assert "lau.docx" in caught.value.message
    assert child_pid() != pid


def test_a_file_that_needs_too_much_memory_is_refused() -> None:
    rows = "<w:p/>" * 3_500_000
    with pytest.raises(UnreadableDocument) as caught:
        read_document_limited(word(rows), "lon.docx", memory_mb=300)
    assert caught.value.reason == "memory"
    assert "1.568" in read_document_limited(make_docx(REPORT), "a.docx", memory_mb=300).text


def in_child(code: str) -> str:
    """What a statement says inside a process that has taken on the limits."""
    script = f"import sys; sys.argv = ['worker', '512']\nfrom ingest.documents import worker\nworker._preload(); print(worker._limit(512))\n{code}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def test_the_child_cannot_open_a_connection_or_write_a_file(tmp_path: Path) -> None:
    assert "a document reader has no network" in in_child("import socket; socket.create_connection(('127.0.0.1', 9))")
    assert "File too large" in in_child(f"from pathlib import Path; Path({str(tmp_path / 'x')!r}).write_text('x')")
    assert "MemoryError" in in_child("bytes(600 * 2**20)")


def test_the_child_gets_no_secret_of_the_night(monkeypatch: pytest.MonkeyPatch, fresh_child: None) -> None:
    monkeypatch.setenv("TTHC_DATABASE_PASSWORD", "khong-ai-biet")
    assert b"khong-ai-biet" not in Path(f"/proc/{child_pid()}/environ").read_bytes()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    return condition()


@pytest.mark.parametrize("ending", ["sys.exit()", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_no_child_outlives_its_parent(ending: str, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(make_docx(REPORT))
    script = (
        "import os, sys\nfrom ingest.documents import limited\n"
        f"limited.read_document_limited(open({str(tmp_path / 'a.docx')!r}, 'rb').read(), 'a.docx')\n"
        f"print(limited._readers._child.process.pid, flush=True)\n{ending}"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert eventually(lambda: gone(int(done.stdout)))


def test_a_forked_process_takes_a_child_of_its_own() -> None:
    ours = child_pid()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, str(child_pid()).encode())
        limited._readers.close()
        os._exit(0)
    os.waitpid(pid, 0)
    theirs = int(os.read(reader, 20))
    os.close(reader)
    os.close(writer)
    assert theirs != ours
    assert child_pid() == ours


def test_threads_share_the_child() -> None:
    names = [f"{n}.docx" for n in range(12)]
    found: dict[str, str] = {}

    def read(name: str) -> None:
        found[name] = read_document_limited(make_docx([f"Báo cáo {name}"]), name).text

    threads = [threading.Thread(target=read, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: f"Báo cáo {name}" for name in names}


def test_a_text_is_read_without_a_child(fresh_child: None) -> None:
    read_document_limited("Báo cáo".encode(), "a.txt")
    assert limited._readers._child is None


# --- fuzz ------------------------------------------------------------------------------------------------------------

SEEDS = {
    "a.docx": make_docx([*REPORT, [["STT", "Số"], ["1", "167"]], "- mục"]),
    "b.docx": word(
        p("Báo cáo", numbered(1)),
        numbering=f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    ),
    "c.pdf": make_pdf(REPORT),
    "d.txt": "\n".join(REPORT).encode(),
}
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def outcome_is_clear(body: bytes, name: str, reader: Callable[[bytes, str], Document]) -> None:
    """A document with words, sane offsets and NFC, or a reason from the list."""
    try:
        document = reader(body, name)
    except UnreadableDocument as error:
        assert error.message.startswith(name)
        return
    text = document.text
    assert any(char.isalnum() for char in text)
    assert unicodedata.is_normalized("NFC", text)
    assert "\x00" not in text
    text.encode()
    assert document.page_starts[0] == 0
    assert list(document.page_starts) == sorted(document.page_starts)
    assert document.page_starts[-1] <= len(text)
    assert all(0 <= section.start < section.end <= len(text) for section in document.sections)


@FUZZ
@given(
    st.sampled_from(sorted(SEEDS)), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)), max_size=8), st.floats(0.01, 1)
)
def test_damaged_files_have_a_clear_outcome(name: str, edits: list[tuple[float, bytes]], kept: float) -> None:
    body = bytearray(SEEDS[name])
    for place, patch in edits:
        start = int(place * len(body))
        body[start : start + len(patch)] = patch
    outcome_is_clear(bytes(body[: max(1, int(kept * len(body)))]), name, read_document_limited)


XML_PIECES = st.sampled_from(
    [
        *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:del>", "</w:del>", "<w:sdt>", "</w:sdt>"),
        *("<w:txbxContent>", "</w:txbxContent>", "<w:drawing>", "</w:drawing>", "<w:lastRenderedPageBreak/>", '<w:footnoteReference w:id="1"/>', "<w:tab/>"),
        *("<w:t>167</w:t>", "<w:t>e</w:t>", "<w:t>\u0301</w:t>", '<w:tcPr><w:gridSpan w:val="99999999999"/></w:tcPr>'),
        '<w:pPr><w:numPr><w:ilvl w:val="99"/><w:numId w:val="-1"/></w:numPr></w:pPr>',
    ]
)


@FUZZ
@given(st.lists(XML_PIECES, max_size=25))
def test_odd_word_xml_has_a_clear_outcome(pieces: list[str]) -> None:
    opened: list[str] = []
    kept: list[str] = []
    for piece in pieces:  # close what is open, so that the parser lets it through to the reader
        if piece.startswith("</"):
            if not opened or opened[-1] != piece[2:-1]:
                continue
            opened.pop()
        elif not piece.endswith("/>") and piece.count("<") == 1:
            opened.append(piece[1:-1])
        kept.append(piece)
    xml = "".join(kept) + "".join(f"</{tag}>" for tag in reversed(opened))
    outcome_is_clear(word(xml, footnotes=f'<w:footnote w:id="1">{xml}</w:footnote>'), "a.docx", read_document)


@FUZZ
@given(st.binary(max_size=300))
def test_random_bytes_have_a_clear_outcome(body: bytes) -> None:
    outcome_is_clear(body, "a.bin", read_document)


@FUZZ
@given(st.text(max_size=300))
def test_any_text_has_a_clear_outcome(text: str) -> None:
    outcome_is_clear(text.encode("utf-8", "ignore"), "a.txt", read_document)


def test_a_document_crosses_the_pipe_unchanged() -> None:
    body = word(p("I. Một") + "<w:p><w:r><w:lastRenderedPageBreak/></w:r>" + r("Hai ¹ “ngoặc” \\ /") + "</w:p>")
    assert dataclasses.asdict(read_document_limited(body, 'tên "lạ".docx')) == dataclasses.asdict(read_document(body, 'tên "lạ".docx'))


def test_a_table_of_word_stands_apart_from_the_sentence_above_and_the_next_table() -> None:
    book = docx.Document()
    book.add_paragraph("Điểm tháng 9 của các đơn vị:")
    for name in ("Xã A", "Xã B"):
        book.add_table(rows=1, cols=2, style="Table Grid")
        book.tables[-1].cell(0, 0).text, book.tables[-1].cell(0, 1).text = name, "91,40"
    book.add_paragraph("Hết.")
    held = io.BytesIO()
    book.save(held)
    assert read_document(held.getvalue(), "a.docx").text.rstrip().split("\n") == [
        "Điểm tháng 9 của các đơn vị:", "", "Xã A | 91,40", "", "Xã B | 91,40", "", "Hết.",
    ]  # fmt: skip


def test_a_numbered_title_is_told_from_its_paragraph_without_a_blank_line() -> None:
    text = """III. Số hóa, tái sử dụng dữ liệu, thanh toán trực tuyến
Hồ sơ được số hóa đầy đủ thành phần khi tiếp nhận đạt 6.520 hồ sơ trên
tổng số mới nhận. Về kết quả, phường đã cấp bản điện tử có giá trị pháp
lý đối với 6.571 hồ sơ. Số hồ sơ khai thác lại dữ liệu đã có, không yêu
cầu người dân nộp lại giấy tờ, chiếm phần lớn số hồ sơ đã tiếp nhận mới.
"""
    assert [block.kind for block in blocks(text)] == ["heading", "paragraph"]
    full = text.replace("III. Số hóa, tái sử dụng dữ liệu, thanh toán trực tuyến", "3. Về số hóa hồ sơ, kết quả giải quyết và thanh toán trực tuyến")
    assert [block.kind for block in blocks(full.replace("\nHồ sơ được", "\nTrong kỳ, hồ sơ"))] == ["heading", "paragraph"]
