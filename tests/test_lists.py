"""One list of dossiers by field, in every form in which reports print it, counts what the words above it say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.documents import read_document
from ingest.facts import read_figures
from warehouse.model import Header

ENTRIES = [
    *(("Đất đai", "field:land", "120"), ("Hộ tịch", "field:civil-status", "310"), ("Chứng thực", "field:certification", "1.502")),
    *(("Hộ kinh doanh", "field:household-business", "95"), ("Bảo trợ xã hội", "field:social", "77"), ("Các lĩnh vực khác", "field:other", "40")),
]
TOTAL = "2.144"
WORDINGS = {
    "tthc_received_total": ("tiếp nhận", "đã tiếp nhận"),
    "tthc_resolved_total": ("đã giải quyết", "giải quyết xong", "đã trả kết quả"),
    "tthc_resolved_overdue": ("giải quyết quá hạn", "quá hạn"),
    "tthc_in_progress_total": ("đang giải quyết",),
    "tthc_received_new": ("tiếp nhận mới",),
    "tthc_received_online": ("tiếp nhận trực tuyến",),
}


def joined(form: str, separator: str, entries: list[tuple[str, str, str]] = ENTRIES) -> str:
    return separator.join(form.format(name=name, low=name[0].lower() + name[1:], value=value) for name, _, value in entries)


FORMS: dict[str, Callable[[str], str]] = {
    "one sentence": lambda words: f"{words.capitalize()} theo lĩnh vực: {joined('{low} {value}', ', ')}.",
    "with units": lambda words: f"{words.capitalize()} theo lĩnh vực: {joined('{low} {value} hồ sơ', '; ')}.",
    "in brackets": lambda words: f"{words.capitalize()} {TOTAL} hồ sơ ({joined('{low} {value}', ', ')}).",
    "parts of a total": lambda words: f"{words.capitalize()} {TOTAL} hồ sơ, trong đó: {joined('{low} {value} hồ sơ', '; ')}.",
    "values first": lambda words: f"{words.capitalize()} {TOTAL} hồ sơ, gồm: {joined('{value} hồ sơ {low}', '; ', ENTRIES[:-1])}.",
    "below a heading": lambda words: f"2. Số hồ sơ {words} theo lĩnh vực\n\n{joined('- {name}: {value} hồ sơ', chr(10))}\n",
    "below a heading in brackets": lambda words: f"2. Theo lĩnh vực ({words})\n\n{joined('- {name}: {value}', chr(10))}\n",
    "below a line": lambda words: f"Số hồ sơ {words} chia theo lĩnh vực:\n{joined('+ {name}: {value} hồ sơ;', chr(10))}\n",
    "below its total": lambda words: f"- {words.capitalize()}: {TOTAL} hồ sơ, trong đó:\n{joined('+ {name}: {value} hồ sơ', chr(10))}\n",
    "below a sentence": lambda words: f"Tổng số hồ sơ {words}: {TOTAL} hồ sơ. Cụ thể:\n{joined('- Lĩnh vực {low}: {value} hồ sơ.', chr(10), ENTRIES[:-1])}\n",
    "dot leaders": lambda words: f"HỒ SƠ {words.upper()} THEO LĨNH VỰC\n{joined('{name} ............ {value}', chr(10))}\n",
    "below two headings": lambda words: f"II. {words.upper()}\n\n1. Theo lĩnh vực\n\n{joined('- {name}: {value} hồ sơ', chr(10))}\n",
    "a sentence after its total": lambda words: f"2.1. Số hồ sơ {words}: {TOTAL} hồ sơ.\nTheo lĩnh vực: {joined('{low} {value}', '; ')}.",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("measure", "words"), [(measure, words) for measure, all_words in WORDINGS.items() for words in all_words])
def test_a_list_by_field_counts_what_the_words_above_it_say(measure: str, words: str, form: str) -> None:
    body = FORMS[form](words)
    document = read_document(f"BÁO CÁO\nCông tác giải quyết thủ tục hành chính\n\n{body}\n".encode(), "report.txt")
    found = {(figure.measure, figure.scope, figure.printed_text) for figure in read_figures(document, Header())}
    wanted = {(measure, scope, value) for name, scope, value in ENTRIES if name.lower() in body.lower()}
    assert found - {(measure, "", TOTAL)} == wanted
    assert (TOTAL in body) == ((measure, "", TOTAL) in found)


BALANCE = [
    *(("Tổng số hồ sơ tiếp nhận", "1.250", 0, "tthc_received_total"), ("Tiếp nhận mới", "1.200", 1, "tthc_received_new")),
    *(("Trực tuyến", "1.100", 2, "tthc_received_online"), ("Trực tiếp", "100", 2, "tthc_received_in_person")),
    *(("Kỳ trước chuyển sang", "50", 1, "tthc_carried_over"), ("Đã giải quyết", "1.180", 0, "tthc_resolved_total")),
    *(("Trước hạn", "900", 1, "tthc_resolved_early"), ("Đúng hạn", "270", 1, "tthc_resolved_on_time"), ("Quá hạn", "10", 1, "tthc_resolved_overdue")),
    *(("Đang giải quyết", "70", 0, "tthc_in_progress_total"), ("Trong hạn", "68", 1, "tthc_in_progress_on_time")),
    ("Quá hạn", "2", 1, "tthc_in_progress_overdue"),
]
MARKS = {"three signs": ("- ", "+ ", "* "), "bullets": ("• ", "◦ ", "▪ "), "indent": ("- ", "  - ", "    - "), "decimal numbers": None}


@pytest.mark.parametrize("line", ["{name}: {value} hồ sơ;", "{name}: {value}", "{name} là {value} hồ sơ.", "{name} {value} hồ sơ."])
@pytest.mark.parametrize("marks", MARKS)
def test_a_nested_balance_reads_the_same_under_every_mark(marks: str, line: str) -> None:
    signs, counted, lines = MARKS[marks], [0, 0, 0], []
    for name, value, level, _ in BALANCE:
        counted[level] += 1
        counted[level + 1 :] = [0] * (2 - level)
        mark = signs[level] if signs else ".".join(map(str, counted[: level + 1])) + ". "
        lines.append(mark + line.format(name=name, value=value))
    document = read_document(("BÁO CÁO\n\nII. KẾT QUẢ GIẢI QUYẾT TTHC\n\n" + "\n".join(lines) + "\n").encode(), "report.txt")
    found = {(figure.measure, figure.printed_text) for figure in read_figures(document, Header())}
    assert found == {(measure, value) for _, value, _, measure in BALANCE}
