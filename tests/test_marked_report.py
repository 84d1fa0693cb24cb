"""The marked-up report: self-contained, every figure marked where it stands, every doubt beside its sentence, nothing let through."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from cli import main
from expectations.audit import audit
from ingest.documents.errors import Reason
from ingest.reading import read_submission
from reporting.marked_report import FAMILIES_VI, render, render_refusal
from tests.builders import form as workbook
from tests.figures_builder import form, report
from warehouse.catalogue import measures
from warehouse.model import Finding, Header, Place, Reading, Unread
from warehouse.periods import statutory
from warehouse.refusals import REFUSALS_VI

HEADER = Header(
    unit_name="xã Hòa Bình",
    province_name="tỉnh Lạng Sơn",
    number="12/BC-UBND",
    document_date=date(2026, 3, 17),
    title="Kết quả kiểm soát thủ tục hành chính quý I/2026",
    period=statutory("quarter", 2026, 1),
)
TEXT = """I. KẾT QUẢ

- Tiếp nhận {tthc_received_total:1.568} hồ sơ; hiện có {staff_present@government:47} người.

- Tỷ lệ đúng hạn đạt {tthc_on_time_rate_pct:99,1}%.

| Lĩnh vực | Tiếp nhận |
|---|---|
| Đất đai | {tthc_received_total@field:land:412} |
"""


class _Page(HTMLParser):
    """What a browser would see: tags, text, marks with their titles, hosts asked for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.marks: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._open):
            self.text.append(data)
        if "mark" in self._open:
            self.marks.append((next(str(attrs.get("class")) for tag, attrs in reversed(self.tags) if tag == "mark"), data))


def _finding(text: str, quote: str, severity: str = "error", rule: str = "report-flow") -> Finding:
    start = text.index(quote)
    place = Place(quote, f"chars {start}-{start + len(quote)}", start, start + len(quote))
    return Finding(rule, severity, f"Số {quote} không khớp. Đề nghị sửa.", (place,))  # type: ignore[arg-type]


def test_every_figure_is_marked_with_its_family_where_it_stands() -> None:
    document, figures = report(TEXT)
    marks = _Page(render(document, HEADER, figures, ())).marks
    for family, printed in (("dossiers", "1.568"), ("staffing", "47"), ("rates", "99,1"), ("dossiers", "412")):
        assert (family, printed) in marks


def test_every_family_of_the_catalogue_has_a_name_and_a_colour() -> None:
    document, figures = report(TEXT)
    html = render(document, HEADER, figures, ())
    for family in {measure.family for measure in measures().values()}:
        assert FAMILIES_VI[family]
        assert f"mark.{family}{{background" in html


def test_the_text_is_whole_and_in_order() -> None:
    document, figures = report(TEXT)
    shown = " ".join("".join(_Page(render(document, HEADER, figures, (_finding(document.text, "1.568"),))).text).split())
    assert "Tiếp nhận 1.5681 hồ sơ; hiện có 47 người." in shown  # the 1 is the badge of the doubt
    assert shown.index("I. KẾT QUẢ") < shown.index("Tiếp nhận 1.568") < shown.index("Tỷ lệ đúng hạn đạt 99,1%") < shown.index("Đất đai")


def test_a_doubt_stands_in_the_row_of_its_sentence() -> None:
    document, figures = report(TEXT)
    html = render(document, HEADER, figures, (_finding(document.text, "99,1"),))
    (row,) = re.findall(r'<div class="row noted">.*?</div></div>', html, re.DOTALL)
    assert "Tỷ lệ đúng hạn" in row and "Số 99,1 không khớp" in row and "Quy tắc: Cân đối hồ sơ: tiếp nhận, giải quyết và còn lại (report-flow)" in row


@pytest.mark.parametrize(
    ("severities", "verdict"),
    [
        ((), "Đạt"),
        (("info",), "Đạt"),
        (("warning", "warning"), "Đạt, có 2 chỗ nên xem lại"),
        (("error", "warning", "error"), "Cần sửa 2 chỗ"),
    ],
)
def test_the_summary_says_whether_it_passes(severities: tuple[str, ...], verdict: str) -> None:
    document, figures = report(TEXT)
    html = render(document, HEADER, figures, [_finding(document.text, "1.568", severity) for severity in severities])
    assert f"<strong>{verdict}</strong>" in html
    assert "15/12/2025 – 14/03/2026" in html and "xã Hòa Bình, tỉnh Lạng Sơn" in html


def test_the_page_needs_no_other_host_and_no_script() -> None:
    document, figures = report(TEXT)
    page = _Page(render(document, HEADER, figures, (_finding(document.text, "1.568"),)))
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert all(not str(value).startswith(("http", "//")) for name, value in attributes.items() if name in ("href", "src", "action"))
        assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</div></main><h1>giả", "&lt;b&gt;"])
def test_markup_in_a_report_stays_text(hostile: str) -> None:
    document, figures = report(f"Tiếp nhận {{tthc_received_total:1.568}} hồ sơ {hostile} tại xã.\n")
    document = replace(document, name=f"{hostile}.txt")
    header = replace(HEADER, unit_name=hostile, title=hostile, number=hostile)
    subjects = [replace(figure, subject=hostile, section=hostile) for figure in figures]
    finding = replace(_finding(document.text, "1.568"), message_vi=f"Số {hostile}")
    page = _Page(render(document, header, subjects, (finding,)))
    plain = _Page(render(*report("Tiếp nhận {tthc_received_total:1.568} hồ sơ tại xã.\n")[:1], HEADER, figures, (finding,)))
    assert [tag for tag, _ in page.tags if tag in ("script", "img", "b")] == [tag for tag, _ in plain.tags if tag in ("script", "img", "b")]
    assert hostile in "".join(page.text)


def test_bidi_and_control_characters_are_shown_and_harmless() -> None:
    document, figures = report("Tiếp nhận \u202e{tthc_received_total:1.568}\u202c hồ sơ \u2066a\u2069 \x07.\n")
    html = render(
        document,
        replace(HEADER, unit_name="xã \u202eA"),
        figures,
        (replace(_finding(document.text, "1.568"), message_vi="Số \u202e1.568"),),
    )
    assert not set(html) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x07")
    assert "�" in html


def test_names_of_people_are_covered() -> None:
    document, figures = report("Theo phản ánh của ông Trần Văn Bình, xã tiếp nhận {tthc_received_total:1.568} hồ sơ.\n")
    html = render(document, HEADER, figures, ())
    assert "Văn Bình" not in html and "█" in html and "1.568" in html


def test_one_number_for_two_measures_is_marked_once_with_both_names() -> None:
    document, (figure,) = report("Tiếp nhận và giải quyết {tthc_received_total:674} hồ sơ.\n")
    html = render(document, HEADER, (figure, replace(figure, measure="tthc_resolved_total")), ())
    assert html.count(">674</mark>") == 1
    assert "Tổng số hồ sơ tiếp nhận; Số hồ sơ đã giải quyết" in html


def test_overlapping_spans_lose_no_text() -> None:
    document, (figure,) = report("Có {tthc_received_total:1.568} hồ sơ.\n")
    assert figure.start is not None
    inside = replace(figure, start=figure.start + 2, measure="tthc_resolved_total", printed_text="568")
    html = render(document, HEADER, (figure, inside), (_finding(document.text, "Có 1.5"),))
    assert "Có 1.5" in re.sub(r"<[^>]+>", "", html) and "68 hồ sơ" in re.sub(r"<[^>]+>", "", html)


def test_the_pages_of_a_scan_stand_before_their_text_and_nowhere_else() -> None:
    document, figures = report(TEXT)
    scanned = replace(document, method="ocr", page_starts=(0, document.text.index("- Tỷ lệ")))
    page = _Page(html := render(scanned, HEADER, figures, (), (b"first", b"second")))
    assert [attributes["src"] for tag, attributes in page.tags if tag == "img"] == [f"data:image/png;base64,{code}" for code in ("Zmlyc3Q=", "c2Vjb25k")]
    assert html.index("Zmlyc3Q=") < html.index("Tiếp nhận") < html.index("c2Vjb25k") < html.index("Tỷ lệ đúng hạn")
    assert "img-src data:" in html and "ảnh quét giữ nguyên" in html
    mailed = render(scanned, HEADER, figures, ())
    assert "<img" not in mailed and "img-src" not in mailed, "what is mailed covers names, and a picture cannot"


def test_a_form_is_listed_by_cell() -> None:
    figures = form({("field:land", ""): {3: 412, 7: 337}})
    finding = Finding("form-flow", "error", "Biểu 06: cột (3) khác (7) + (11).", (Place("412", "Biểu 06!C7"),))
    html = render(None, replace(HEADER, kind="form-06"), figures, (finding,))
    assert "Biểu 06!C7" in html and "lĩnh vực đất đai" in html and "Cần sửa 1 chỗ" in html
    assert html.count('id="n1"') == 1


def test_each_note_and_figure_has_one_anchor_and_every_link_leads_somewhere() -> None:
    document, figures = report(TEXT)
    findings = (
        _finding(document.text, "1.568"),
        _finding(document.text, "99,1", "warning"),
        Finding("period-order", "warning", "Kỳ in ngược."),
    )
    page = _Page(render(document, HEADER, figures, findings))
    anchors = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    targets = {str(attributes["href"])[1:] for tag, attributes in page.tags if tag == "a" and "href" in attributes}
    assert len(anchors) == len(set(anchors)) and targets <= set(anchors)
    assert {"n1", "n2", "n3", "f1", "f4"} <= set(anchors)


def test_the_cells_of_a_form_that_do_not_fit_are_marked() -> None:
    wrong = workbook(body=((1, "Đất đai", 30, 20, 6, 4, 25, 20, 3, 2, 5, 4, 1), (None, "TỔNG CỘNG", 31, 20, 6, 4, 25, 20, 3, 2, 5, 4, 1)))
    reading = read_submission(wrong, "bieu.xlsx")
    assert isinstance(reading, Reading)
    page = render(*reading, audit(*reading))
    marked = re.findall(r'<tr class="noted error">.*?</tr>', page)
    assert any("II.06a!C8" in row and 'href="#n1"' in row for row in marked)
    assert not any("II.06a!G7" in row for row in marked)


def test_the_rows_of_a_table_are_one_table_and_a_numbered_sentence_is_no_heading() -> None:
    lines = [
        "1. Hồ sơ",
        "",
        "1.1. Tiếp nhận 412 hồ sơ.",
        "",
        "| TT | Lĩnh vực | Tiếp nhận |",
        "|---|---|---|",
        *(f"| {n} | Đất đai | 41{n} |" for n in range(5)),
    ]
    document, figures = report("\n".join(lines) + "\n")
    html = render(document, HEADER, figures, ())
    assert html.count("<table>") == 1
    assert '<div class="t heading">1. Hồ sơ</div>' in html
    assert '<div class="t text">1.1. Tiếp nhận 412 hồ sơ.</div>' in html


def test_lines_set_with_spaces_keep_their_columns() -> None:
    table = "Khối        Giao     Có mặt\nĐảng          {staff_assigned@party:29}         27\nMột câu dài hơn kết thúc ở đây."
    document, figures = report(table)
    html = render(document, HEADER, figures, ())
    kept = html.split('<div class="t columns">')[1].split("</div>")[0]
    assert re.sub(r"<[^>]+>", "", kept.replace("<br>", "\n")) == "Khối        Giao     Có mặt\nĐảng          29         27"


def test_every_refusal_has_words_for_the_officer() -> None:
    told = {*get_args(Reason), "form-unreadable", "form-unexpected"}
    assert told == REFUSALS_VI.keys()
    assert all("Đề nghị" in words and words.endswith(".") for words in REFUSALS_VI.values())


def test_a_file_that_cannot_be_read_gets_a_page_with_the_remedy_first() -> None:
    page = render_refusal("a<b>.docx", Unread("encrypted", "a.docx: the document is protected by a password"))
    assert page.index("bỏ mật khẩu") < page.index("protected by a password")
    assert "a&lt;b&gt;.docx" in page and "Số liệu đọc được" not in page


def test_check_tells_the_remedy_in_vietnamese_first_and_leaves_no_older_page(tmp_path: Path) -> None:
    (tmp_path / "bao-cao.docx").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "page.html").write_text("an older page")
    done = CliRunner().invoke(main, ["check", str(tmp_path / "bao-cao.docx"), "--html", str(tmp_path / "page.html")])
    assert done.exit_code == 1
    assert done.output.index("Tệp bị hỏng") < done.output.index("corrupt: bao-cao.docx")
    assert "Tệp bị hỏng" in (tmp_path / "page.html").read_text()


def test_money_is_listed_in_full_and_the_readers_words_for_others_in_vietnamese() -> None:
    document, figures = report("Thu phí {fees_vnd:4,86} tỷ đồng.")
    page = render(document, HEADER, (replace(figures[0], value=Decimal("4860000000"), unit="VND", subject="other"),), ())
    assert "4.860.000.000 đồng" in page and ">other<" not in page and "cấp, đơn vị khác" in page
