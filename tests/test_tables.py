"""One table, printed in every way that reports print it, gives the same figures: bars, tabs, spaces, Markdown, numbered, transposed."""

from __future__ import annotations

import io
import itertools
import textwrap
from collections.abc import Callable, Iterator
from datetime import date

import docx
import pytest

from ingest.documents import read_document
from ingest.facts import read_figures
from warehouse.model import Header, Period
from warehouse.periods import calendar

Rows = list[list[str]]


def summary(text: str) -> set[str]:
    document = read_document(text.encode(), "report.txt")
    return {f"{figure.measure}{'@' + figure.scope if figure.scope else ''}={figure.value}" for figure in read_figures(document, Header())}


def bars(heads: Rows, body: Rows) -> str:
    return "\n".join(" | ".join(row) for row in [*heads, *body])


def framed(heads: Rows, body: Rows) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [*heads, *body])


def markdown(heads: Rows, body: Rows) -> str:
    return framed([heads[0], ["---"] * len(heads[0]), *heads[1:]], body)


def tabs(heads: Rows, body: Rows) -> str:
    return "\n".join("\t".join(row) for row in [*heads, *body])


def spaces(heads: Rows, body: Rows) -> str:
    rows = [*heads, *body]
    widths = [max(len(row[place]) for row in rows) + 3 for place in range(len(rows[0]))]
    return "\n".join("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def right_aligned(heads: Rows, body: Rows) -> str:
    """Names on the left, numbers and their headings set to the right edge of their column."""
    rows = [*heads, *body]
    widths = [max(len(row[place]) for row in rows) + 2 for place in range(len(rows[0]))]
    return "\n".join((row[0].ljust(widths[0]) + "".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))).rstrip() for row in rows)


def ruled(heads: Rows, body: Rows) -> str:
    """Set with spaces, lines drawn above and below the headings, above the total and at the end."""
    lines = spaces(heads, body).splitlines()
    rule = "-" * max(map(len, lines))
    return "\n".join([rule, *lines[: len(heads)], rule, *lines[len(heads) : -1], rule, lines[-1], rule])


def boxed(heads: Rows, body: Rows) -> str:
    """Drawn with the signs for boxes."""
    rows = [*heads, *body]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]

    def line(left: str, between: str, right: str) -> str:
        return left + between.join("─" * (width + 2) for width in widths) + right

    printed = ["│" + "│".join(f" {cell.ljust(width)} " for cell, width in zip(row, widths, strict=True)) + "│" for row in rows]
    return "\n".join([line("┌", "┬", "┐"), *printed[: len(heads)], line("├", "┼", "┤"), *printed[len(heads) :], line("└", "┴", "┘")])


def grid(heads: Rows, body: Rows) -> str:
    """A line drawn below every row, cells wrapped at 14 letters."""
    printed = [[textwrap.wrap(cell, 14) or [""] for cell in row] for row in [*heads, *body]]
    widths = [max(len(line) for row in printed for line in row[place]) for place in range(len(heads[0]))]
    rule = f"+{'+'.join('-' * (width + 2) for width in widths)}+"
    result = [rule]
    for place, row in enumerate(printed):
        lines = itertools.zip_longest(*row, fillvalue="")
        result.extend(f"|{'|'.join(f' {cell.ljust(width)} ' for cell, width in zip(line, widths, strict=True))}|" for line in lines)
        result.extend([rule] * (place >= len(heads) - 1))
    return "\n".join(result)


def wrapped_columns(heads: Rows, body: Rows) -> str:
    """Set with spaces, names of rows wrapped at 16 letters, the values beside their first line."""
    rows = [*heads, *body]
    widths = [18, *(max(len(row[place]) for row in rows) + 3 for place in range(1, len(heads[0])))]
    result = []
    for row in rows:
        first, *rest = textwrap.wrap(row[0], 16) or [""]
        result.append("".join(cell.ljust(width) for cell, width in zip([first, *row[1:]], widths, strict=True)).rstrip())
        result.extend(rest)
    return "\n".join(result)


def quoted_tabs(heads: Rows, body: Rows) -> str:
    """As a spreadsheet copies cells that hold a line break."""
    return tabs(*([[f'"{cell.replace(" ", chr(10), 1)}"' if " " in cell else cell for cell in row] for row in rows] for rows in (heads, body)))


def led_by_tabs(heads: Rows, body: Rows) -> str:
    return "\n".join(f"\t{line}" for line in tabs(heads, body).splitlines())


def doubled_tabs(heads: Rows, body: Rows) -> str:
    """As many tabs as it takes to reach the next column, as people type them."""
    rows = [*heads, *body]
    widths = [(max(len(row[place]) for row in rows) // 8 + 1) * 8 for place in range(len(rows[0]))]
    return "\n".join("".join(cell + "\t" * ((width - len(cell) + 7) // 8) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def with_line_breaks(write: Callable[[Rows, Rows], str]) -> Callable[[Rows, Rows], str]:
    """The name of a row of two words or more is broken inside its cell, as a converter leaves it."""

    def written(heads: Rows, body: Rows) -> str:
        rows = [
            [str(place), row[0].replace(" ", "\n", 1) if row[0].split()[-1].islower() and row[0][0].isalpha() else row[0], *row[1:]]
            for place, row in enumerate(body, start=1)
        ]
        return write([["TT", *heads[0]], *(["", *row] for row in heads[1:])], rows)

    written.__name__ = f"broken_{write.__name__}"
    return written


def wrapped_names(heads: Rows, body: Rows) -> str:
    """Set with spaces; the second word of a row's name stands below the first, where the first line holds the values."""
    lines = spaces(heads, body).splitlines()
    for place, row in enumerate(body, start=len(heads)):
        first, _, rest = row[0].partition(" ")
        if rest.islower():
            lines[place] = first.ljust(len(row[0])) + lines[place][len(row[0]) :] + f"\n{rest}"
    return "\n".join(lines)


def repeated(heads: Rows, body: Rows) -> str:
    """As converters print merged heading cells: their words over every column."""
    last, full = "", []
    for cell in heads[0]:
        last = cell or last
        full.append(last)
    return bars([full, *heads[1:]], body)


def spans_of(heads: Rows) -> list[list[tuple[int, int, str]]]:
    """Of each line of headings the first and the last column of each and its words; one goes on over blanks that have a heading below."""
    result: list[list[tuple[int, int, str]]] = []
    for depth, row in enumerate(heads):
        spans: list[tuple[int, int, str]] = []
        for place, words in enumerate(row):
            below = depth + 1 < len(heads) and bool(heads[depth + 1][place])
            if words:
                spans.append((place, place, words))
            elif below and spans and heads[depth + 1][spans[-1][0]]:
                spans[-1] = (spans[-1][0], place, spans[-1][2])
        result.append(spans)
    return result


def wrapped_headings(stands: str) -> Callable[[Rows, Rows], str]:
    """Set with spaces, numbers to the right, headings wrapped in their column, the shorter ones at the "top", in the "middle" or at the "bottom" of their line."""

    def written(heads: Rows, body: Rows) -> str:
        leaves = [next((row[place] for row in reversed(heads) if row[place]), "") for place in range(len(heads[0]))]
        longest = [max(map(len, leaf.split()), default=0) for leaf in leaves]
        widths = [max(longest[place], min(10, len(leaves[place])), *(len(row[place]) for row in body)) for place in range(len(leaves))]
        starts = list(itertools.accumulate((width + 3 for width in widths), initial=0))
        lines: list[str] = []
        for spans in spans_of(heads):
            cells = [(starts[first], starts[last] + widths[last], words, last > first) for first, last, words in spans]
            wrapped = [textwrap.wrap(words, max(right - left, *map(len, words.split()))) for left, right, words, _ in cells]
            deepest = max(map(len, wrapped))
            for depth in range(deepest):
                line = ""
                for (left, right, _, group), parts in zip(cells, wrapped, strict=True):
                    place = depth - {"top": 0, "middle": (deepest - len(parts)) // 2, "bottom": deepest - len(parts)}[stands]
                    if 0 <= place < len(parts):
                        part = parts[place].center(right - left) if group or stands == "middle" else parts[place].rjust((right - left) * (left > 0))
                        line = line.ljust(left) + part.rstrip()
                lines.append(line)
        rows = [row[0].ljust(starts[1]) + "   ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)) for row in body]
        return "\n".join(line.rstrip() for line in [*lines, *rows])

    written.__name__ = f"wrapped_headings_{stands}"
    return written


def merged_box(heads: Rows, body: Rows) -> str:
    """A drawn grid: headings wrapped at 11 letters, those of groups between bars that stand apart, lines drawn around the headings only."""
    lowest = [next((row[place] for row in reversed(heads) if row[place]), "") for place in range(len(heads[0]))]
    widths = [max(*map(len, lowest[place].split()), min(11, len(lowest[place])), *(len(row[place]) for row in body)) for place in range(len(lowest))]
    rule = f"+{'+'.join('-' * (width + 2) for width in widths)}+"
    result = [rule]
    for spans in spans_of(heads):
        begun = {first: (last, words) for first, last, words in spans}
        covered = {place for first, last, _ in spans for place in range(first + 1, last + 1)}
        cells = [(first, *begun.get(first, (first, ""))) for first in range(len(widths)) if first not in covered]
        sizes = [sum(widths[first : last + 1]) + 3 * (last - first) for first, last, _ in cells]
        wrapped = [textwrap.wrap(words, size) or [""] for (_, _, words), size in zip(cells, sizes, strict=True)]
        result.extend(
            f"|{'|'.join(f' {part.center(size)} ' for part, size in zip(line, sizes, strict=True))}|" for line in itertools.zip_longest(*wrapped, fillvalue="")
        )
    return "\n".join([*result, rule, *(f"|{'|'.join(f' {cell.ljust(width)} ' for cell, width in zip(row, widths, strict=True))}|" for row in body), rule])


def levels_in_one(mark: str) -> Callable[[Rows, Rows], str]:
    """The name of a group before that of each of its columns, in one cell."""

    def written(heads: Rows, body: Rows) -> str:
        over = [{place: words for first, last, words in spans for place in range(first, last + 1)} for spans in spans_of(heads)]
        return markdown([[mark.join(row[place] for row in over if place in row) for place in range(len(heads[0]))]], body)

    written.__name__ = f"levels_in_one{mark.strip()}"
    return written


def with_order_row(heads: Rows, body: Rows) -> str:
    return bars([*heads, [f"({place})" for place in range(1, len(heads[0]) + 1)]], body)


def numbered(write: Callable[[Rows, Rows], str]) -> Callable[[Rows, Rows], str]:
    def written(heads: Rows, body: Rows) -> str:
        rows = [["" if row[0] == "Tổng cộng" else str(place), *row] for place, row in enumerate(body, start=1)]
        return write([["TT", *heads[0]], *(["", *row] for row in heads[1:])], rows)

    written.__name__ = f"numbered_{write.__name__}"
    return written


def transposed(heads: Rows, body: Rows) -> str:
    turned = [list(row) for row in zip(*heads, *body, strict=True)]
    return bars(turned[:1], turned[1:])


EVERY = (
    *(bars, framed, markdown, tabs, spaces, right_aligned, ruled, boxed, numbered(bars), numbered(markdown), numbered(tabs), numbered(spaces)),
    *(grid, numbered(grid), wrapped_columns, quoted_tabs, numbered(quoted_tabs), led_by_tabs),
    *(numbered(right_aligned), numbered(ruled), numbered(boxed), with_line_breaks(bars), with_line_breaks(tabs), wrapped_names),
    *(wrapped_headings("top"), wrapped_headings("middle"), wrapped_headings("bottom"), merged_box, levels_in_one(" - "), levels_in_one("<br>")),
)
ONE_HEADING = (doubled_tabs,)
"""Prints that can only tell columns where every cell is filled."""


class Case:
    """A table and the figures in its body: `measures` a column, `scopes` a row; None where a cell is no figure."""

    def __init__(self, title: str, heads: Rows, body: Rows, measures: list[str | None], scopes: list[str]) -> None:
        self.title, self.heads, self.body = title, heads, body
        self.wanted = {
            f"{measure}{'@' + scope if scope else ''}={cell.replace('.', '').replace(',', '.')}"
            for row, scope in zip(body, scopes, strict=True)
            for cell, measure in zip(row[1:], measures, strict=True)
            if measure and cell
        }


FIELDS = ["field:land", "field:civil-status", ""]
BLOCKS = ["party", "front", "government", "education", "all"]
CASES = {
    "dossiers by field": Case(
        "Kết quả giải quyết thủ tục hành chính",
        [["Lĩnh vực", "Tiếp nhận", "Đã giải quyết", "Trước hạn", "Đúng hạn", "Quá hạn", "Đang giải quyết"]],
        [
            ["Đất đai", "121", "101", "61", "35", "5", "20"],
            ["Hộ tịch", "310", "300", "250", "50", "0", "10"],
            ["Tổng cộng", "431", "401", "311", "85", "5", "30"],
        ],
        ["tthc_received_total", "tthc_resolved_total", "tthc_resolved_early", "tthc_resolved_on_time", "tthc_resolved_overdue", "tthc_in_progress_total"],
        FIELDS,
    ),
    "grouped headings": Case(
        "Tình hình tiếp nhận, giải quyết hồ sơ",
        [
            ["Lĩnh vực", "Số hồ sơ tiếp nhận", "", "", "Số hồ sơ giải quyết", "", "", "Đang giải quyết", ""],
            ["", "Tổng số", "Mới", "Kỳ trước", "Tổng số", "Đúng hạn", "Quá hạn", "Trong hạn", "Quá hạn"],
        ],
        [
            ["Đất đai", "120", "100", "20", "90", "85", "5", "28", "2"],
            ["Hộ tịch", "310", "305", "4", "300", "299", "1", "10", "0"],
            ["Tổng cộng", "430", "405", "24", "390", "384", "6", "38", "2"],
        ],
        [
            *("tthc_received_total", "tthc_received_new", "tthc_carried_over", "tthc_resolved_total", "tthc_resolved_on_time"),
            *("tthc_resolved_overdue", "tthc_in_progress_on_time", "tthc_in_progress_overdue"),
        ],
        FIELDS,
    ),
    "staff by block": Case(
        "Biên chế của xã",
        [["Khối", "Biên chế giao", "Có mặt", "Còn thiếu"]],
        [
            *(["Khối Đảng", "20", "18", "2"], ["Khối Mặt trận, đoàn thể", "12", "12", "0"], ["Khối chính quyền", "55", "50", "5"]),
            *(["Sự nghiệp giáo dục", "300", "290", "10"], ["Tổng cộng", "387", "370", "17"]),
        ],
        ["staff_assigned", "staff_present", "staff_vacant"],
        BLOCKS,
    ),
    "a group between single headings": Case(
        "Biên chế khối chính quyền",
        [["Đơn vị", "Biên chế giao", "Hiện có", "Trong đó", "", "Hợp đồng theo NĐ 111", "Còn thiếu"], ["", "", "", "Cán bộ", "Công chức", "", ""]],
        [
            *(["Văn phòng HĐND và UBND", "14", "13", "2", "11", "1", "1"], ["Phòng Kinh tế", "12", "10", "0", "10", "0", "2"]),
            ["Tổng cộng", "26", "23", "2", "21", "1", "3"],
        ],
        ["staff_assigned", "staff_present", "staff_officials", "staff_civil_servants", "staff_contract_111", "staff_vacant"],
        ["government", "government", "government"],
    ),
    "channels": Case(
        "Tiếp nhận hồ sơ theo hình thức nộp",
        [["Hình thức", "Số hồ sơ", "Kỳ trước"]],
        [["Trực tuyến", "900", "810"], ["Trực tiếp", "80", "95"], ["Bưu chính công ích", "20", "11"], ["Tổng cộng", "1.000", "916"]],
        ["received", None],
        ["online", "in_person", "postal", "total"],
    ),
}
CASES["channels"].wanted = {"tthc_received_online=900", "tthc_received_in_person=80", "tthc_received_postal=20", "tthc_received_total=1000"}


def prints() -> Iterator[tuple[str, Callable[[Rows, Rows], str]]]:
    for name, case in CASES.items():
        for write in (
            *EVERY,
            *((repeated, with_order_row) if len(case.heads) > 1 else ()),
            *(ONE_HEADING if len(case.heads) == 1 else ()),
            *((transposed,) if name in ("staff by block",) else ()),
        ):
            yield name, write


@pytest.mark.parametrize(("name", "write"), [pytest.param(*item, id=f"{item[0]}: {item[1].__name__}") for item in prints()])
def test_a_table_says_the_same_in_every_print(name: str, write: Callable[[Rows, Rows], str]) -> None:
    case = CASES[name]
    assert summary(f"BÁO CÁO\n\n{case.title}\n\n{write(case.heads, case.body)}\n\nNơi nhận:\n") == case.wanted


def word(case: Case, *, order: bool) -> bytes:
    """The table as a Word document: heading cells merged over their group and over two rows, a column of order if asked for."""
    heads, body = case.heads, case.body
    if order:
        heads = [["TT", *heads[0]], *(["", *row] for row in heads[1:])]
        body = [["" if row[0] == "Tổng cộng" else str(place), *row] for place, row in enumerate(body, start=1)]
    document = docx.Document()
    document.add_paragraph(case.title)
    table = document.add_table(len(heads) + len(body), len(heads[0]))
    table.style = "Table Grid"
    for place, row in enumerate([*heads, *body]):
        for column, words in enumerate(row):
            table.cell(place, column).text = words
    for column in range(len(heads[0])) if len(heads) > 1 else ():
        if not heads[1][column]:
            table.cell(0, column).merge(table.cell(1, column))
        elif heads[0][column]:
            last = next((later - 1 for later in range(column + 1, len(heads[0])) if heads[0][later]), len(heads[0]) - 1)
            table.cell(0, column).merge(table.cell(0, last))
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_a_word_table_says_the_same(name: str, order: bool) -> None:
    document = read_document(word(CASES[name], order=order), "report.docx")
    found = {f"{figure.measure}{'@' + figure.scope if figure.scope else ''}={figure.value}" for figure in read_figures(document, Header())}
    assert found == CASES[name].wanted


@pytest.mark.parametrize("write", [*EVERY])
def test_rows_with_a_unit_column_and_an_earlier_period(write: Callable[[Rows, Rows], str]) -> None:
    rows = [
        *(["Số hồ sơ tiếp nhận", "Hồ sơ", "1.250", "1.100"], ["Số hồ sơ đã giải quyết", "Hồ sơ", "1.180", "1.050"], ["- Quá hạn", "Hồ sơ", "10", "22"]),
        *(["Tỷ lệ hồ sơ giải quyết đúng hạn", "%", "99,2", "97,9"], ["Mức độ hài lòng", "%", "98,5", "98"]),
        *(["Số phí, lệ phí đã thu", "Triệu đồng", "25,3", "20"], ["Tổng số TTHC thuộc thẩm quyền", "TTHC", "390", "391"]),
    ]
    assert summary(f"Phụ lục số liệu\n\n{write([['Nội dung', 'ĐVT', 'Kỳ này', 'Kỳ trước']], rows)}\n") == {
        *("tthc_received_total=1250", "tthc_resolved_total=1180", "tthc_resolved_overdue=10", "tthc_on_time_rate_pct=99.2"),
        *("satisfaction_rate_pct=98.5", "fees_vnd=25300000", "procedures_total=390"),
    }


@pytest.mark.parametrize("write", [*EVERY])
def test_a_plan_and_its_fulfilment_are_no_figures(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Nội dung", "Kế hoạch", "Thực hiện", "Tỷ lệ (%)"]]
    rows = [["Tỷ lệ hồ sơ trực tuyến", "99", "96,2", "97,2"], ["Tỷ lệ thanh toán trực tuyến", "90", "85", "94,4"], ["Mức độ hài lòng", "100", "98", "98"]]
    assert summary(f"Thực hiện các chỉ tiêu\n\n{write(heads, rows)}\n") == {
        *("tthc_online_rate_pct=96.2", "online_payment_rate_pct=85", "satisfaction_rate_pct=98"),
    }


def test_dossiers_handed_over_from_the_period_before_are_no_staff_event() -> None:
    table = "| Nội dung | Số lượng |\n|---|---|\n| Hồ sơ tiếp nhận | 126 |\n| Hồ sơ kỳ trước chuyển sang | 64 |\n| Cán bộ chuyển sang đơn vị khác | 3 |\n"
    assert summary(table) == {"tthc_received_total=126", "tthc_carried_over=64"}


def test_a_heading_that_announces_fields_and_an_action_counts_dossiers() -> None:
    assert summary("3) Theo lĩnh vực (tiếp nhận trong tháng)\n\nChứng thực 521; hộ tịch 143.\n") == {
        *("tthc_received_total@field:certification=521", "tthc_received_total@field:civil-status=143"),
    }


def test_headings_over_two_lines_roman_rows_and_drawn_rules() -> None:
    text = """Biểu 1

TT    Cơ quan, đơn vị                       Biên chế    Có mặt      Chưa      Hợp đồng
                                            giao 2026   31/8/2026   sử dụng   NĐ 111
I     Khối Đảng, Mặt trận, đoàn thể                25          23         2          2
1     Các cơ quan tham mưu của Đảng ủy             15          14         1          1
II    Khối chính quyền                             48          44         4          -
      Tổng cộng (I+II)                             73          67         6          2
"""
    assert summary(text) == {
        *("staff_assigned@party-front=25", "staff_present@party-front=23", "staff_vacant@party-front=2", "staff_contract_111@party-front=2"),
        *("staff_assigned@party=15", "staff_present@party=14", "staff_vacant@party=1", "staff_contract_111@party=1"),
        *("staff_assigned@government=48", "staff_present@government=44", "staff_vacant@government=4"),
        *("staff_assigned@all=73", "staff_present@all=67", "staff_vacant@all=6", "staff_contract_111@all=2"),
    }
    drawn = """+-----------------+--------+----------+----------+
| Chỉ tiêu        | ĐVT    | Cùng kỳ  | 9 tháng  |
|                 |        | năm 2025 | năm 2026 |
+-----------------+--------+----------+----------+
| Hồ sơ tiếp nhận | hồ sơ  |   22.480 |   31.207 |
+-----------------+--------+----------+----------+
"""
    assert summary(drawn) == {"tthc_received_total=31207"}


def test_grades_in_rows_and_columns_of_others_are_no_figures() -> None:
    grades = "| Mức độ | Số phiếu | Tỷ lệ (%) |\n|---|---|---|\n| Rất hài lòng | 1.503 | 81,42 |\n| Hài lòng | 312 | 16,90 |\n| Không hài lòng | 31 | 1,68 |\n"
    assert summary(grades) == {"satisfaction_very_satisfied=1503"}
    schools = "Trường   Giao   Có mặt   CBQL   GV   HĐ 111   Thiếu\nMầm non A   31   29   3   24   5   2\nTiểu học B   42   40   3   34   3   2\n"
    assert {line.partition("@")[0] for line in summary(schools)} == {"staff_assigned", "staff_present", "staff_contract_111", "staff_vacant"}


def test_satisfaction_by_field_takes_the_field_of_its_row() -> None:
    table = "Ý kiến của người dân\n\nLĩnh vực | Số phiếu thu về | Tỷ lệ hài lòng (%)\nHộ tịch | 502 | 99,1\nĐất đai | 214 | 95,3\n"
    assert summary(table) == {
        *("satisfaction_votes@field:civil-status=502", "satisfaction_rate_pct@field:civil-status=99.1"),
        *("satisfaction_votes@field:land=214", "satisfaction_rate_pct@field:land=95.3"),
    }


def test_a_row_may_name_the_unit_of_its_sums() -> None:
    table = (
        "Biểu số 2\n\nNội dung | Tháng 7 | Tháng 8 | Cả quý\nPhí, lệ phí thu được (triệu đồng) | 52,3 | 58,9 | 111,2\nPhí chứng thực | 9.140.000 đồng | | \n"
    )
    assert {figure for figure in summary(table) if not figure.startswith("fees_vnd@")} == {"fees_vnd=52300000", "fees_vnd=58900000", "fees_vnd=111200000"}


def test_people_in_a_report_of_the_one_stop_centre_are_its_own() -> None:
    body = "\nA. TỔ CHỨC\n- Số người làm việc: 15, trong đó:\n  • công chức: 13\n  • hợp đồng theo Nghị định 111: 2\n"
    centre = "UBND PHƯỜNG A\nTRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG\n\nBÁO CÁO\nKết quả quý III/2026\n" + body
    assert {figure.partition("@")[2].partition("=")[0] for figure in summary(centre)} == {"one-stop-centre"}
    ward = "UBND PHƯỜNG A\n\nBÁO CÁO\nKết quả quý III/2026 và việc thành lập Trung tâm Phục vụ hành chính công, 15 người\n" + body
    assert not any("one-stop-centre" in figure for figure in summary(ward) if "civil_servants" in figure)


def test_households_beside_inhabitants_are_no_inhabitants() -> None:
    assert "population=220" not in summary("Dân số theo thôn\n\nThôn | Số hộ | Dân số\nThôn 1 | 100 | 400\nThôn 2 | 120 | 500\nTổng cộng | 220 | 900\n")
    assert "population=900" in summary("Dân số theo thôn\n\nThôn | Số hộ | Dân số\nThôn 1 | 100 | 400\nThôn 2 | 120 | 500\nTổng cộng | 220 | 900\n")


def test_a_column_of_fees_speaks_for_itself_alone() -> None:
    heads = [["Lĩnh vực", "Tiếp nhận", "Trực tuyến", "Đã giải quyết", "Trễ hạn", "Phí, lệ phí (đồng)"]]
    body = [["Đất đai", "118", "109", "121", "6", "14.650.000"], ["Hộ tịch", "301", "290", "297", "-", "1.208.000"]]
    for write in EVERY:
        read = summary(write(heads, body))
        assert {
            *("tthc_received_total@field:land=118", "tthc_received_online@field:land=109", "tthc_resolved_overdue@field:land=6"),
            *("tthc_received_total@field:civil-status=301", "tthc_resolved_total@field:civil-status=297", "fees_vnd@field:civil-status=1208000"),
        } <= read, write.__name__


def test_a_heading_wrapped_over_years_and_decrees_is_still_a_heading() -> None:
    text = """
Khối                  Được giao   Có mặt       Cán       Công      Còn thiếu
                      năm         đến          bộ        chức      so với
                           2026   31/10/2026                       giao
Khối chính quyền             51           46         5     41           5
Khối Đảng, đoàn thể          29           27         6     21           2
"""
    assert {
        *("staff_assigned@government=51", "staff_present@government=46", "staff_officials@government=5", "staff_civil_servants@government=41"),
        *("staff_vacant@government=5", "staff_vacant@party-front=2"),
    } <= summary(text)


def test_what_has_gathered_since_the_year_began_has_its_own_period() -> None:
    text = """BÁO CÁO
Kết quả kiểm soát thủ tục hành chính tháng 12 năm 2025

Trong tháng tiếp nhận 1.482 hồ sơ (lũy kế 8.914 hồ sơ), giải quyết 1.497 hồ sơ. Lũy kế từ 01/9/2025, giải quyết 5.400 hồ sơ.

Chỉ tiêu | Trong tháng | Luỹ kế
Hồ sơ trễ hạn đã giải quyết | 7 | 53
"""
    document = read_document(text.encode(), "report.txt")
    header = Header(period=calendar("month", 2025, 12), unit_valid_from=date(2025, 7, 1))
    starts = {(figure.measure, int(figure.value)): figure.period.start for figure in read_figures(document, header) if figure.period}
    assert starts == {
        ("tthc_received_total", 1482): date(2025, 12, 1),
        ("tthc_received_total", 8914): date(2025, 7, 1),
        ("tthc_resolved_total", 1497): date(2025, 12, 1),
        ("tthc_resolved_total", 5400): date(2025, 9, 1),
        ("tthc_resolved_overdue", 7): date(2025, 12, 1),
        ("tthc_resolved_overdue", 53): date(2025, 7, 1),
    }


def test_the_quote_of_a_row_that_leaves_its_last_place_out_is_the_row() -> None:
    text = (
        "=======================================================================================\n"
        "                         Tiếp    Trong đó   Đã giải             Kết quả             Xếp\n"
        "STT   Cơ quan, đơn vị    nhận   trực tuyến   quyết   Trước và  Quá  Tỷ lệ trước và  thứ\n"
        "                                                     đúng hạn  hạn   đúng hạn (%)\n"
        "=======================================================================================\n"
        "I    Cấp tỉnh            6.722       6.427    6.520     6.487   33           99,49\n"
        "1    Phường Tân Phong    9.870       9.712    9.801     9.787   14           99,86    2\n"
        "=======================================================================================\n"
    )
    document = read_document(text.encode(), "a.txt")
    figures = read_figures(document, Header())
    assert len(figures) == 12
    assert all(figure.printed_text in figure.quote and figure.quote.startswith(("I ", "1 ")) for figure in figures)


INDEX = "BÁO CÁO\nKết quả Bộ chỉ số phục vụ người dân, doanh nghiệp theo Quyết định 766/QĐ-TTg\n\n"


@pytest.mark.parametrize("write", [*EVERY])
def test_scores_of_units_are_figures_and_their_ranks_changes_and_components_are_not(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Đơn vị", "Công khai, minh bạch", "Tổng điểm", "Thứ hạng", "So với tháng trước"]]
    body = [["Phường Tuy Hòa", "16,1", "96,12", "1", "0"], ["Xã Ea Kar", "15,2", "94,83", "2", "3"]]
    assert summary(INDEX + write(heads, body) + "\n") == {"service_quality_index=96.12", "service_quality_index=94.83"}
    parts = [["Công khai, minh bạch", "18", "15,61"], ["Tiến độ giải quyết", "20", "18,04"]]
    assert summary(INDEX + write([["Nhóm chỉ số", "Điểm tối đa", "Điểm đạt"]], parts) + "\n") == set()


@pytest.mark.parametrize("write", [*EVERY])
def test_before_tasks_and_wishes_are_no_figures(write: Callable[[Rows, Rows], str]) -> None:
    before = write([["Nội dung", "Trước sắp xếp", "Hiện nay"]], [["Biên chế được giao", "168", "50"], ["Công chức có mặt", "151", "47"]])
    assert summary(f"Biên chế của xã\n\n{before}\n") == {"staff_assigned@government=50", "staff_present@government=47"}
    wishes = write([["Khối", "Biên chế giao", "Đề nghị giao năm tới"]], [["Khối Đảng", "27", "29"], ["Khối chính quyền", "51", "55"]])
    assert summary(f"Biên chế của xã\n\n{wishes}\n") == {"staff_assigned@party=27", "staff_assigned@government=51"}
    tasks = write([["Lĩnh vực", "Số nhiệm vụ được giao", "Đã thực hiện", "Chưa thực hiện"]], [["Xây dựng", "133", "52", "81"], ["Nội vụ", "161", "97", "64"]])
    assert summary(f"Biên chế, nhiệm vụ của xã\n\n{tasks}\n") == set()


def test_rows_of_units_carry_them_as_subject_and_columns_of_months_their_period() -> None:
    header = Header(unit_name="tỉnh Lai Châu", period=calendar("quarter", 2026, 3))
    units = "Cơ quan, đơn vị | Tiếp nhận | Đã giải quyết\nSở Tư pháp | 170 | 168\nXã Khun Há | 34 | 33\nToàn tỉnh | 204 | 201\n"
    found = read_figures(read_document(units.encode(), "report.txt"), header)
    assert {(figure.subject, int(figure.value)) for figure in found} == {
        *(("Sở Tư pháp", 170), ("Sở Tư pháp", 168), ("Xã Khun Há", 34), ("Xã Khun Há", 33), ("", 204), ("", 201)),
    }
    months = "Nội dung | Tháng 7 | Tháng 8 | Tháng 9 | Quý III\nHồ sơ tiếp nhận | 10 | 20 | 30 | 60\nHồ sơ đã giải quyết | 9 | 19 | 29 | 57\n"
    found = read_figures(read_document(months.encode(), "report.txt"), header)
    starts = {int(figure.value): (figure.period.start.month, figure.period.end.month) for figure in found if figure.period}
    assert starts == {10: (7, 7), 20: (8, 8), 30: (9, 9), 60: (7, 9), 9: (7, 7), 19: (8, 8), 29: (9, 9), 57: (7, 9)}


def test_short_words_are_read_as_the_document_explains_them() -> None:
    table = "Tháng\tSV\tNM\tXL\tCH\nTháng 5\t1.604\t1.498\t1.571\t7\nTháng 6\t1.587\t1.502\t1.590\t4\n"
    explained = "Kết quả giải quyết hồ sơ (SV - tiếp nhận; NM: trực tuyến; XL - giải quyết; CH - quá hạn)\n\n"
    assert {"tthc_received_total=1604", "tthc_received_online=1498", "tthc_resolved_total=1571", "tthc_resolved_overdue=7"} <= summary(explained + table)
    assert not any("=1604" in figure for figure in summary("Kết quả\n\n" + table))


@pytest.mark.parametrize("write", [*EVERY])
def test_people_who_left_by_reason(write: Callable[[Rows, Rows], str]) -> None:
    rows = [
        ["Nghỉ theo Nghị định số 178/2024/NĐ-CP", "6", "2"],
        ["Nghỉ hưu đúng tuổi", "1", "1"],
        ["Chuyển công tác về sở", "4", "0"],
        ["Tổng số giảm", "11", "3"],
    ]
    assert summary(f"Biến động biên chế\n\n{write([['Lý do giảm', 'Khối chính quyền', 'Khối Đảng']], rows)}\n") == {
        *("staff_left_policy@government=6", "staff_left_retired@government=1", "staff_left_transferred@government=4", "staff_left@government=11"),
        *("staff_left_policy@party=2", "staff_left_retired@party=1", "staff_left_transferred@party=0", "staff_left@party=3"),
    }


def test_a_group_line_between_spaced_rows_gives_its_block_to_them() -> None:
    text = """Biên chế của xã

Cơ quan, đơn vị                Biên chế giao    Có mặt    Còn thiếu
A. Khối Đảng
Văn phòng Đảng ủy                         8         7            1
Các ban tham mưu                         12        11            1
B. Khối chính quyền
Phòng Kinh tế                            14        12            2
Tổng cộng                                34        30            4
"""
    assert {"staff_assigned@party=8", "staff_present@party=11", "staff_assigned@government=14", "staff_assigned@all=34", "staff_vacant@all=4"} <= summary(text)


def test_headings_in_the_middle_of_their_group() -> None:
    text = """Biên chế của phường (người)

                        Biên chế     Có mặt đến 31/8/2026      Còn
TT    Khối, đơn vị      được giao    Tổng  Cán bộ  Công      thiếu   Ghi chú
                        năm 2026     số            chức
1     Khối Đảng               35       33      12     21         2
2     Khối chính quyền        78       70       7     63         8   01 đi học
"""
    assert summary(text) == {
        *("staff_assigned@party=35", "staff_present@party=33", "staff_officials@party=12", "staff_civil_servants@party=21", "staff_vacant@party=2"),
        *("staff_assigned@government=78", "staff_present@government=70", "staff_officials@government=7", "staff_civil_servants@government=63"),
        "staff_vacant@government=8",
    }


@pytest.mark.parametrize("write", [*EVERY])
def test_a_caption_may_name_the_unit_of_all_sums(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Lĩnh vực", "Số thu", "Trong đó trực tuyến", "Tỷ lệ (%)"]]
    table = write(heads, [["Đất đai", "14.650", "13.000", "88,7"], ["Hộ tịch", "1.208", "1.208", "100"]])
    assert summary(f"Phí, lệ phí (đơn vị tính: nghìn đồng)\n\n{table}\n") == {
        *("fees_vnd@field:land=14650000", "online_payment_rate_pct@field:land=88.7"),
        *("fees_vnd@field:civil-status=1208000", "online_payment_rate_pct@field:civil-status=100"),
    }


def test_of_two_years_side_by_side_the_reported_one_counts() -> None:
    table = """| Cơ quan, đơn vị | Giao năm 2025 | Giao năm 2026 | Có mặt |
|---|---|---|---|
| Khối Đảng | 22 | 23 | 20 |
| Khối chính quyền | 58 | 60 | 53 |
| Thường trực HĐND, lãnh đạo UBND | 5 | 4 | 3 |
"""
    assert summary(table) == {
        *("staff_assigned@party=23", "staff_present@party=20", "staff_assigned@government=60", "staff_present@government=53"),
        *("staff_assigned@government=4", "staff_present@government=3"),
    }
    figures = read_figures(read_document(table.encode(), "report.txt"), Header())
    assert {figure.value: figure.subject for figure in figures if figure.value in (3, 60)} == {60: "", 3: "Thường trực HĐND, lãnh đạo UBND"}


def test_dossiers_by_cause_are_no_figures() -> None:
    table = "TT\tNguyên nhân\tSố hồ sơ quá hạn\tLĩnh vực\n1\tCơ quan phối hợp trả lời chậm\t5\tĐất đai\n2\tThiết bị ký số bị lỗi\t1\tXây dựng\n"
    assert summary(table) == set()
    assert summary(table.replace("Nguyên nhân", "Nội dung").replace("Thiết bị ký số bị lỗi", "Hộ tịch")) != set()


def test_headings_end_at_the_drawn_line_whatever_numbers_they_hold() -> None:
    table = """┌──────────────────┬───────┬───────┬───────┐
│ Nội dung         │ Tháng │ Tháng │ Tháng │
│ báo cáo          │   7   │   8   │   9   │
├──────────────────┼───────┼───────┼───────┤
│ Hồ sơ tiếp nhận  │   120 │   131 │   150 │
│ Hồ sơ giải quyết │   118 │   130 │   149 │
└──────────────────┴───────┴───────┴───────┘
"""
    assert summary(table) == {f"tthc_received_total={value}" for value in (120, 131, 150)} | {f"tthc_resolved_total={value}" for value in (118, 130, 149)}


def test_fields_left_over_and_shares_paid_online_beside_fees() -> None:
    table = """Lĩnh vực | Phí, lệ phí (nghìn đồng) | Nộp trực tuyến (%)
Hộ tịch | 3.120 | 97,5
Còn lại | 8.300 | 88
Cộng toàn xã | 11.420 | 90,6
"""
    assert summary(table) == {
        *("fees_vnd@field:civil-status=3120000", "online_payment_rate_pct@field:civil-status=97.5", "fees_vnd@field:other=8300000"),
        *("online_payment_rate_pct@field:other=88", "fees_vnd=11420000", "online_payment_rate_pct=90.6"),
    }


def test_the_rest_of_a_heading_stands_below_its_own_first_line() -> None:
    text = """Chỉ tiêu              Tháng 9    Tháng 10     Tăng/giảm so
                                           tháng trước
Hồ sơ tiếp nhận mới   2.370       2.481             +111
Hồ sơ đã giải quyết    2.386      2.471              +85
Số hồ sơ trễ hạn          14           6                -8
"""
    assert {"tthc_received_new=2370", "tthc_received_new=2481", "tthc_resolved_total=2471", "tthc_resolved_overdue=6"} <= summary(text)


@pytest.mark.parametrize("write", [bars, spaces, tabs, boxed, grid])
def test_a_total_without_an_order_number_ends_the_table_of_those_who_left(write: Callable[[Rows, Rows], str]) -> None:
    rows = [["1", "Nghỉ hưu đúng tuổi", "02", ""], ["2", "Chuyển công tác về sở", "03", ""], ["", "Cộng", "05", ""]]
    table = write([["TT", "Lý do giảm", "Số người", "Ghi chú"]], rows)
    assert summary(f"Công chức giảm trong kỳ\n\n{table}\n") == {
        *("staff_left_retired@government=2", "staff_left_transferred@government=3", "staff_left@government=5"),
    }


def test_a_lone_word_below_two_levels_of_headings_belongs_to_the_one_above_it() -> None:
    text = """STT   Đơn vị         Tiếp nhận                Giải quyết
                     Tổng        Trực tuyến   Tổng         Trước hạn, đúng   Quá hạn
                                                           hạn
1     Sở Xây dựng    912         900          887          880               7
2     Xã Vĩnh Linh   412         397          401          398               3
"""
    assert summary(text) == {
        *("tthc_received_total=912", "tthc_received_online=900", "tthc_resolved_total=887", "tthc_resolved_early_or_on_time=880", "tthc_resolved_overdue=7"),
        *("tthc_received_total=412", "tthc_received_online=397", "tthc_resolved_total=401", "tthc_resolved_early_or_on_time=398", "tthc_resolved_overdue=3"),
    }


def test_merged_headings_of_a_drawn_grid_stand_over_their_columns_and_no_other() -> None:
    text = """Chữ viết tắt: TH, QH - trước hạn, quá hạn.

+--------------------+-------+----------+-------+-------+----+----------+
|                    |    Tiếp nhận     |   Đã giải quyết    |          |
|      Lĩnh vực      |  TS   | Kỳ trước |  TS   |  TH   | QH | Ghi chú  |
+--------------------+-------+----------+-------+-------+----+----------+
| Đất đai            |   301 |       58 |   239 |   233 |  6 | chờ đất  |
| Xây dựng, quy hoạch|   104 |       11 |    89 |    88 |  1 |          |
+--------------------+-------+----------+-------+-------+----+----------+
"""
    assert summary(text) == {
        *("tthc_received_total@field:land=301", "tthc_carried_over@field:land=58", "tthc_resolved_total@field:land=239"),
        *("tthc_resolved_early@field:land=233", "tthc_resolved_overdue@field:land=6"),
        *("tthc_received_total@field:construction=104", "tthc_carried_over@field:construction=11", "tthc_resolved_total@field:construction=89"),
        *("tthc_resolved_early@field:construction=88", "tthc_resolved_overdue@field:construction=1"),
    }


def test_a_title_right_below_a_table_begins_another() -> None:
    text = """Bảng 1. Hồ sơ theo lĩnh vực
Lĩnh vực\tTiếp nhận\tĐã giải quyết
Hộ tịch\t402\t396
Cộng\t402\t396
Bảng 2. Thu phí, lệ phí theo lĩnh vực
Lĩnh vực\tSố giao dịch\tPhí, lệ phí (đồng)
Hộ tịch\t380\t6.115.000
"""
    assert summary(text) == {
        *("tthc_received_total@field:civil-status=402", "tthc_resolved_total@field:civil-status=396", "tthc_received_total=402", "tthc_resolved_total=396"),
        "fees_vnd@field:civil-status=6115000",
    }


def test_headings_set_with_spaces_over_two_lines_begin_with_the_first_name_of_their_group() -> None:
    text = """STT  Lĩnh vực       Hồ sơ nhận giải quyết     Đã giải quyết     Đang giải quyết
                    TS   Trực     Kỳ     TS  Trước   Quá    TS  Trong   Quá
                        tuyến  trước           hạn   hạn          hạn   hạn
 1   Hộ tịch       109    102      7    105     96     9     4      4     -
 2   Đất đai       211    188     23    182    175     7    29     26     3
"""
    assert {
        *("tthc_resolved_total@field:civil-status=105", "tthc_carried_over@field:civil-status=7", "tthc_in_progress_total@field:civil-status=4"),
        *("tthc_resolved_total@field:land=182", "tthc_carried_over@field:land=23", "tthc_in_progress_overdue@field:land=3"),
    } <= summary(text)


@pytest.mark.parametrize("write", [*EVERY])
def test_people_who_left_and_came_in_columns_of_reasons(write: Callable[[Rows, Rows], str]) -> None:
    heads = [
        ["Khối, cơ quan", "Số người giảm", "", "", "", "Số người tăng", "", ""],
        ["", "Tổng", "Hưu", "NĐ 178", "Chuyển công tác", "Tổng", "Tuyển mới", "Điều động đến"],
    ]
    body = [
        ["Khối Đảng", "4", "1", "2", "1", "5", "2", "3"],
        ["Khối chính quyền", "9", "2", "6", "1", "8", "7", "1"],
        ["Phòng Kinh tế", "5", "0", "5", "", "6", "6", ""],
        ["Tổng cộng", "13", "3", "8", "2", "13", "9", "4"],
    ]
    measures = ("left", "left_retired", "left_policy", "left_transferred", "joined", "joined_recruited", "joined_transferred")
    wanted = {
        f"staff_{measure}@{scope}={value}"
        for row, scope in zip(body, ("party", "government", "government", "all"), strict=True)
        for measure, value in zip(measures, row[1:], strict=True)
        if value
    }
    assert summary(f"Biến động nhân sự trong 9 tháng\n\n{write(heads, body)}\n") == wanted


def test_reasons_beside_those_who_are_there_and_a_department_as_their_subject() -> None:
    table = """Cơ quan | Biên chế giao | Nghỉ hưu | Nghỉ theo NĐ 178 | Tiếp nhận | Có mặt 30/9
Văn phòng HĐND và UBND | 14 | 1 | 2 | 1 | 12
Phòng Kinh tế | 15 | 0 | 3 | 2 | 13
Cộng | 29 | 1 | 5 | 3 | 25
"""
    assert summary(f"Biên chế khối chính quyền\n\n{table}") >= {
        *("staff_assigned@government=14", "staff_left_retired@government=1", "staff_left_policy@government=2", "staff_joined_transferred@government=1"),
        *("staff_present@government=12", "staff_left_policy@government=3", "staff_left_policy@government=5", "staff_present@government=25"),
    }
    figures = read_figures(read_document(table.encode(), "report.txt"), Header())
    assert {(figure.subject.lower(), int(figure.value)) for figure in figures if figure.measure == "staff_left_policy"} == {
        *(("văn phòng hđnd và ubnd", 2), ("phòng kinh tế", 3), ("", 5)),
    }


@pytest.mark.parametrize("write", [*EVERY])
def test_reasons_in_rows_below_their_group_with_a_column_for_each_quarter(write: Callable[[Rows, Rows], str]) -> None:
    rows = [
        *(["I. Giảm", "3", "4", "7"], ["Nghỉ hưu", "1", "2", "3"], ["Thôi việc", "2", "1", "3"], ["Từ trần", "0", "1", "1"]),
        *(["II. Tăng", "6", "5", "11"], ["Tuyển dụng", "6", "1", "7"], ["Chuyển đến", "0", "4", "4"]),
    ]
    measures = ("left", "left_retired", "left_resigned", "", "joined", "joined_recruited", "joined_transferred")
    assert summary(f"Biến động biên chế\n\n{write([['Nội dung', 'Quý I', 'Quý II', 'Cộng']], rows)}\n") == {
        f"staff_{measure}@government={value}" for measure, row in zip(measures, rows, strict=True) if measure for value in row[1:]
    }


def test_columns_of_dossiers_that_were_handed_on_are_no_reasons() -> None:
    table = "Loại đơn | Tiếp nhận | Chuyển cơ quan khác | Đã giải quyết\nKhiếu nại | 4 | 1 | 3\nTố cáo | 2 | 1 | 1\n"
    assert not any("staff" in figure for figure in summary(f"Đơn thư của công dân\n\n{table}"))


def test_kinds_of_people_are_parts_and_villages_have_no_block() -> None:
    table = """Đối tượng | Nghỉ hưu | NĐ 178 | Tuyển mới
Người hoạt động không chuyên trách | 1 | 5 | 0
Cán bộ | 2 | 2 | 0
Công chức | 3 | 4 | 4
Cộng | 6 | 11 | 4
"""
    read = summary(f"Biến động nhân sự\n\n{table}")
    assert {"staff_left_policy=5", "staff_left_policy@all=11"} <= read
    assert not any(figure.endswith(("=2", "=3")) for figure in read)


def test_reasons_among_other_measures_and_columns_that_hold_no_numbers() -> None:
    table = """| TT | Chỉ tiêu | ĐVT | Kế hoạch | Thực hiện | Đánh giá |
|---|---|---|---|---|---|
| 1 | Hồ sơ tiếp nhận | hồ sơ | - | 5.846 | Đạt |
| 2 | Tinh giản, nghỉ theo chính sách trong kỳ | người | 2 | 3 | |
| 3 | Kết nạp đoàn viên mới | người | 2 | 4 | |
"""
    assert summary(table) == {"tthc_received_total=5846", "staff_left_policy@government=3"}


def test_what_came_in_within_the_period_beside_what_was_carried_over_is_new() -> None:
    table = "Lĩnh vực\tTiếp nhận\t\t\tĐã giải quyết\n\tTS\tTrong kỳ\tKỳ trước\tTS\nĐất đai\t211\t164\t47\t148\nHộ tịch\t243\t231\t12\t236\n"
    assert summary(table) == {
        *("tthc_received_total@field:land=211", "tthc_received_new@field:land=164", "tthc_carried_over@field:land=47", "tthc_resolved_total@field:land=148"),
        *("tthc_received_total@field:civil-status=243", "tthc_received_new@field:civil-status=231", "tthc_carried_over@field:civil-status=12"),
        "tthc_resolved_total@field:civil-status=236",
    }
    plain = table.replace("\tTS\tTrong kỳ\tKỳ trước\tTS", "\tTrong kỳ\tTrực tuyến\tTrực tiếp\tTS")
    assert {"tthc_received_total@field:land=211", "tthc_received_online@field:land=164"} <= summary(plain)


def test_groups_in_the_middle_of_their_columns_begin_with_the_name_that_is_printed_again() -> None:
    text = """                              Tiếp nhận              Đã giải quyết       Đang giải quyết
STT  Lĩnh vực        Tổng   Trực   Kỳ trước    Tổng   Trước  Đúng   Tổng  Trong  Quá
                      số    tuyến   chuyển      số     hạn   hạn     số    hạn   hạn
 1   Hộ tịch           667     612         14      648    560    88      19     19    0
 2   Đất đai           257     197         38      214    177    37      43     41    2
"""
    assert {
        *("tthc_received_total@field:land=257", "tthc_carried_over@field:land=38", "tthc_resolved_total@field:land=214"),
        *("tthc_in_progress_total@field:land=43", "tthc_in_progress_overdue@field:land=2", "tthc_resolved_total@field:civil-status=648"),
    } <= summary(text)


def test_the_time_before_a_decision_is_there_for_comparison() -> None:
    table = """| Khối | Trước Quyết định số 905/QĐ-UBND | | Hiện nay | | |
| | Biên chế giao | Có mặt | Biên chế được giao | Có mặt | Còn thiếu |
|---|---|---|---|---|---|
| Khối Đảng | 29 | 27 | 30 | 28 | 2 |
"""
    assert summary(table) == {"staff_assigned@party=30", "staff_present@party=28", "staff_vacant@party=2"}


def test_areas_in_hectares_below_their_unit() -> None:
    table = "Đơn vị cũ  Diện tích tự nhiên (ha)  Dân số (người)\nXã Hải Trung  771,35  12.846\nToàn xã  1.797,35  36.787\n"
    assert summary(table) >= {"area_km2=7.7135", "area_km2=17.9735", "population=12846"}


def test_of_feedback_by_channel_its_total_alone_is_a_figure() -> None:
    rows = "Cổng Dịch vụ công | 9 | 9\nĐường dây nóng | 8 | 8\nTổng số | 17 | 17\n"
    assert summary(f"Kênh tiếp nhận phản ánh, kiến nghị | Tiếp nhận | Đã xử lý\n{rows}") == {"pakn_received=17", "pakn_resolved=17"}


def test_short_headings_of_what_was_done_count_dossiers_whatever_the_report_speaks_of() -> None:
    table = """| Lĩnh vực | Nhận: tổng | Trực tuyến | Kỳ trước | Xong: tổng | Trễ | Đang làm: tổng | Trong hạn |
|---|---|---|---|---|---|---|---|
| Đất đai | 255 | 224 | 31 | 214 | 11 | 41 | 37 |
"""
    assert summary(f"Trung tâm có 08 công chức.\n\nBiên chế của Trung tâm\n\n{table}") >= {
        *("tthc_received_total@field:land=255", "tthc_received_online@field:land=224", "tthc_carried_over@field:land=31"),
        *("tthc_resolved_overdue@field:land=11", "tthc_in_progress_total@field:land=41", "tthc_in_progress_on_time@field:land=37"),
    }


def test_an_earlier_quarter_of_the_statutory_calendar_is_a_comparison() -> None:
    table = "Nhóm chỉ số | Điểm đạt | Điểm tối đa | Quý I/2026\nTiến độ giải quyết | 18,95 | 20 | 18,60\nTổng điểm | 92,95 | 100 | 90,20\n"
    document = read_document(f"{INDEX}{table}".encode(), "report.txt")
    header = Header(period=Period("statutory", date(2026, 3, 15), date(2026, 6, 14)))
    assert [str(figure.value) for figure in read_figures(document, header)] == ["92.95"]


def test_groups_stand_in_the_middle_of_their_columns_beside_columns_without_one() -> None:
    text = """                                  Tiếp nhận            Đã giải quyết       Đang giải quyết   Tỷ lệ
TT   Lĩnh vực                Tổng    Mới    Kỳ    Tổng    Sớm   Đúng  Trễ   Trong    Quá     đúng
                              số           trước   số     hẹn   hẹn   hẹn    hạn     hạn    hẹn (%)
 1   Hộ tịch                   702    700      2    693    560   131    2        9       0     99,7
 2   Đất đai                   407    346     61    336    201    98   37       62       9     89,0
"""
    assert {
        *("tthc_received_total@field:land=407", "tthc_received_new@field:land=346", "tthc_carried_over@field:land=61", "tthc_resolved_total@field:land=336"),
        *("tthc_resolved_early@field:land=201", "tthc_resolved_overdue@field:land=37", "tthc_in_progress_overdue@field:land=9"),
    } <= summary(text)
    quarters = """               Lượt tiếp            Đơn thư            Phản ánh, kiến nghị
Thời gian      công dân    Tiếp nhận   Đã giải quyết   Tiếp nhận   Đã xử lý
Quý I          61                 14              13           5          6
Quý II         74                 19              16           8          7
"""
    assert summary(quarters) == {
        *("petitions_received=14", "petitions_resolved=13", "pakn_received=5", "pakn_resolved=6"),
        *("petitions_received=19", "petitions_resolved=16", "pakn_received=8", "pakn_resolved=7"),
    }


def test_offices_are_no_fields() -> None:
    table = "Đơn vị xử lý | Hồ sơ tiếp nhận | Đã xử lý\nPhòng Kinh tế | 1.840 | 1.772\nCông an phường | 177 | 176\nCộng | 2.017 | 1.948\n"
    assert {"tthc_received_total=177", "tthc_resolved_total=176", "tthc_received_total=2017"} <= summary(table)


@pytest.mark.parametrize("write", [bars, framed, markdown, tabs, spaces, boxed, numbered(bars)])
@pytest.mark.parametrize("name", ["dossiers by field", "grouped headings", "staff by block"])
def test_a_total_above_its_parts_says_the_same(name: str, write: Callable[[Rows, Rows], str]) -> None:
    case = CASES[name]
    assert summary(f"BÁO CÁO\n\n{case.title}\n\n{write(case.heads, [case.body[-1], *case.body[:-1]])}\n\nNơi nhận:\n") == case.wanted


def merged_word(rows: Rows, spans: list[tuple[tuple[int, int], tuple[int, int]]]) -> set[str]:
    """What is read of a Word table some of whose cells are merged, each given by its first and last place."""
    document = docx.Document()
    table = document.add_table(len(rows), len(rows[0]))
    table.style = "Table Grid"
    for place, row in enumerate(rows):
        for column, words in enumerate(row):
            table.cell(place, column).text = words
    for first, last in spans:
        said = table.cell(*first).text
        table.cell(*first).merge(table.cell(*last)).text = said
    stored = io.BytesIO()
    document.save(stored)
    read = read_document(stored.getvalue(), "report.docx")
    return {
        f"{figure.measure}{'@' + figure.scope if figure.scope else ''}={figure.value}{figure.subject and f' {figure.subject}'}"
        for figure in read_figures(read, Header())
    }


def test_blocks_merged_beside_their_offices_in_word() -> None:
    rows = [
        *(["Khối", "Cơ quan", "Biên chế giao", "Có mặt", "Còn thiếu"], ["Khối Đảng", "Văn phòng", "8", "7", "1"], ["", "Ban Xây dựng Đảng", "6", "6", "0"]),
        *(["Khối chính quyền", "Văn phòng HĐND và UBND", "12", "11", "1"], ["", "Phòng Kinh tế", "15", "13", "2"], ["Tổng cộng", "", "41", "37", "4"]),
    ]
    read = merged_word(rows, [((1, 0), (2, 0)), ((3, 0), (4, 0)), ((5, 0), (5, 1))])
    assert {
        *("staff_assigned@party=6", "staff_assigned@government=12 Văn phòng HĐND và UBND", "staff_present@government=13 Phòng Kinh tế"),
        *("staff_assigned@all=41", "staff_present@all=37", "staff_vacant@all=4"),
    } <= read
    assert {"staff_assigned@party=8", "staff_assigned@party=8 Văn phòng"} & read


def test_what_was_done_merged_beside_its_parts_in_word() -> None:
    rows = [
        *(["Nội dung", "", "Tháng 8", "Tháng 9"], ["Tiếp nhận", "Trực tuyến", "10", "12"], ["", "Trực tiếp", "3", "4"]),
        *(["Đã giải quyết", "Đúng hạn", "11", "14"], ["", "Quá hạn", "1", "0"], ["Đang giải quyết", "", "2", "5"]),
    ]
    assert merged_word(rows, [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (4, 0)), ((5, 0), (5, 1))]) == {
        *("tthc_received_online=10", "tthc_received_online=12", "tthc_received_in_person=3", "tthc_received_in_person=4"),
        *("tthc_resolved_on_time=11", "tthc_resolved_on_time=14", "tthc_resolved_overdue=1", "tthc_resolved_overdue=0"),
        *("tthc_in_progress_total=2", "tthc_in_progress_total=5"),
    }


def test_three_levels_of_merged_headings_in_word() -> None:
    rows = [
        ["TT", "Lĩnh vực", "Số hồ sơ tiếp nhận", "", "", "", "Số hồ sơ đã giải quyết", "", ""],
        ["", "", "Tổng số", "Trong đó", "", "", "Tổng số", "Trong đó", ""],
        ["", "", "", "Trực tuyến", "Trực tiếp", "Kỳ trước chuyển qua", "", "Trước và đúng hạn", "Quá hạn"],
        ["(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7)=(8)+(9)", "(8)", "(9)"],
        ["Tổng cộng", "", "121", "90", "11", "20", "100", "95", "5"],
        ["1", "Đất đai", "121", "90", "11", "20", "100", "95", "5"],
    ]
    spans = [((0, 0), (2, 0)), ((0, 1), (2, 1)), ((0, 2), (0, 5)), ((0, 6), (0, 8)), ((1, 2), (2, 2)), ((1, 3), (1, 5)), ((1, 6), (2, 6)), ((1, 7), (1, 8))]
    measures = [
        *("received_total=121", "received_online=90", "received_in_person=11", "carried_over=20"),
        *("resolved_total=100", "resolved_early_or_on_time=95", "resolved_overdue=5"),
    ]
    expected = {f"tthc_{measure.replace('=', f'{scope}=')}" for measure in measures for scope in ("", "@field:land")}
    assert merged_word(rows, [*spans, ((4, 0), (4, 1))]) == expected


def test_kinds_that_explain_a_field_are_no_other_matter() -> None:
    table = """Lĩnh vực | Tiếp nhận | Trực tuyến | Đã giải quyết
Chứng thực bản sao, chữ ký, hợp đồng | 1.608 | 1.377 | 1.600
Hộ tịch (khai sinh, khai tử liên thông) | 269 | 264 | 263
Đất đai | 211 | 188 | 182
"""
    assert summary(table) >= {
        *("tthc_received_total@field:certification=1608", "tthc_received_online@field:certification=1377", "tthc_resolved_total@field:certification=1600"),
        *("tthc_received_total@field:civil-status=269", "tthc_received_online@field:civil-status=264", "tthc_resolved_total@field:civil-status=263"),
    }
    alone = "Thủ tục | Số lượng\nChứng thực bản sao, chữ ký | 1.608\nKhai sinh | 45\n"
    assert not any("field:certification" in figure for figure in summary(alone))


def test_those_who_were_there_before_people_left_and_came_are_a_comparison() -> None:
    text = """Tổng số người nghỉ theo đơn vị

Khối | Đầu kỳ | Tăng | | Giảm | | | Cuối kỳ
| | Tuyển dụng | Điều động đến | Tổng số nghỉ | Nghỉ hưu | Nghỉ theo NĐ178 |
Khối Đảng | 20 | 1 | 0 | 2 | 1 | 1 | 19
Khối chính quyền | 55 | 3 | 4 | 9 | 2 | 7 | 53
"""
    assert summary(text) == {
        *(
            "staff_joined_recruited@party=1",
            "staff_joined_transferred@party=0",
            "staff_left@party=2",
            "staff_left_retired@party=1",
            "staff_left_policy@party=1",
        ),
        *("staff_present@party=19", "staff_joined_recruited@government=3", "staff_joined_transferred@government=4", "staff_left@government=9"),
        *("staff_left_retired@government=2", "staff_left_policy@government=7", "staff_present@government=53"),
    }


def test_quarters_over_groups_of_columns_are_their_period_and_the_earlier_one_beside_the_reported_is_a_comparison() -> None:
    table = "Lĩnh vực | Quý II/2026 | | Quý III/2026 |\n| Tiếp nhận | Quá hạn | Tiếp nhận | Quá hạn\nĐất đai | 101 | 3 | 121 | 6\nHộ tịch | 201 | 0 | 221 | 1\n"
    document = read_document(f"Kết quả giải quyết hồ sơ\n\n{table}".encode(), "report.txt")
    months = {int(figure.value): figure.period.start.month for figure in read_figures(document, Header(period=calendar("nine_months", 2026))) if figure.period}
    assert (months[101], months[121]) == (4, 7)
    assert {int(figure.value) for figure in read_figures(document, Header(period=calendar("quarter", 2026, 3)))} == {121, 6, 221, 1}


def test_months_by_their_number_alone_beside_a_share_of_the_satisfied() -> None:
    table = "Tháng | Tiếp nhận | Trực tuyến | Giải quyết | Quá hạn | Tỷ lệ hài lòng (%)\n7 | 401 | 391 | 400 | 2 | 98,1\n8 | 402 | 392 | 411 | 3 | 98,2\n"
    document = read_document(f"Diễn biến các tháng\n\n{table}".encode(), "report.txt")
    found = read_figures(document, Header(period=calendar("quarter", 2026, 3)))
    assert {(figure.measure, str(figure.value), figure.period.start.month) for figure in found if figure.period} == {
        *(("tthc_received_total", "401", 7), ("tthc_received_online", "391", 7), ("tthc_resolved_total", "400", 7), ("tthc_resolved_overdue", "2", 7)),
        *(("tthc_received_total", "402", 8), ("tthc_received_online", "392", 8), ("tthc_resolved_total", "411", 8), ("tthc_resolved_overdue", "3", 8)),
        *(("satisfaction_rate_pct", "98.1", 7), ("satisfaction_rate_pct", "98.2", 8)),
    }


def test_headings_over_several_columns_between_bars_without_a_frame() -> None:
    table = """
        Viết tắt: TS - tổng số; TT - trực tuyến; ĐTH - đúng hạn, trước hạn; QH - quá hạn; TrH - còn trong hạn.

             |             |   Tiếp nhận   |     Giải quyết     | Chưa giải quyết
         Stt | Lĩnh vực    |  TS   |  TT   |  TS   |  ĐTH  | QH | TS  | TrH  | QH
        -----+-------------+-------+-------+-------+-------+----+-----+------+----
          1  | Hộ tịch     | 2.914 | 2.508 | 2.846 | 2.815 | 31 |  68 |   62 |  6
          2  | Đất đai     |    88 |    80 |    79 |    77 |  2 |   9 |    9 |  0
    """
    found = summary(textwrap.dedent(table))
    assert {one for one in found if "civil-status" in one} == {
        "tthc_received_total@field:civil-status=2914",
        "tthc_received_online@field:civil-status=2508",
        "tthc_resolved_total@field:civil-status=2846",
        "tthc_resolved_early_or_on_time@field:civil-status=2815",
        "tthc_resolved_overdue@field:civil-status=31",
        "tthc_in_progress_total@field:civil-status=68",
        "tthc_in_progress_on_time@field:civil-status=62",
        "tthc_in_progress_overdue@field:civil-status=6",
    }


def test_headings_of_groups_that_go_on_in_the_line_below_and_headings_repeated_over_what_they_span() -> None:
    spaced = """
                                     Cán bộ, công chức   Viên chức sự nghiệp
        TT  Đơn vị                   khối chính quyền          giáo dục
                                    Giao  Có mặt  Thiếu  Giao   Có mặt  Thiếu
         1  Phường Phan Đình Phùng    48      46      2    392     369     23
         2  Phường Quyết Thắng        40      32      8    238     224     14
         3  Phường Gia Sàng           39      31      8    299     295      4
    """
    found = summary(textwrap.dedent(spaced))
    assert {one for one in found if one.endswith(("=48", "=46", "=392", "=369", "=23"))} == {
        *("staff_assigned@government=48", "staff_present@government=46"),
        *("staff_assigned@education=392", "staff_present@education=369", "staff_vacant@education=23"),
    }
    repeated = "Lĩnh vực\tSố TTHC\tTrực tuyến\tTrực tuyến\tCơ chế thực hiện\nLĩnh vực\tSố TTHC\tToàn trình\tMột phần\tMột cửa\nTư pháp\t41\t19\t18\t36\nĐất đai\t48\t12\t33\t31"
    assert {one for one in summary(f"1. Công khai\n\n{repeated}") if "land" in one} == {
        *("procedures_total@field:land=48", "procedures_full_online@field:land=12"),
        *("procedures_partial_online@field:land=33", "procedures_one_stop@field:land=31"),
    }


def test_scores_beside_dossiers_leave_the_dossiers_what_they_are() -> None:
    table = (
        "Đơn vị | Tiếp nhận | Đã giải quyết | Quá hạn | Điểm 766\nPhường Phan Đình Phùng | 11.842 | 11.530 | 41 | 93,15\nXã Đại Từ | 5.908 | 5.866 | 3 | 95,60"
    )
    assert {one for one in summary(table) if one.endswith(("=5908", "=5866", "=3", "=95.60"))} == {
        *("tthc_received_total=5908", "tthc_resolved_total=5866", "tthc_resolved_overdue=3"),
        "service_quality_index=95.60",
    }


@pytest.mark.parametrize("write", [*EVERY])
def test_pairs_of_present_and_assigned_and_those_of_the_beginning_are_a_comparison(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Khối", "Đầu năm 2026 (có/giao)", "30/9/2026 (có/giao)", "Còn thiếu"]]
    body = [["Cơ quan Đảng", "16/18", "17/18", "1"], ["TT CƯDVSNC", "9/12", "10/12", "2"], ["Toàn xã", "25/30", "27/30", "3"]]
    assert summary(f"Nhân sự các khối\n\n{write(heads, body)}\n") == {
        *("staff_present@party=17", "staff_assigned@party=18", "staff_vacant@party=1"),
        *("staff_present@service-centre=10", "staff_assigned@service-centre=12", "staff_vacant@service-centre=2"),
        *("staff_present@all=27", "staff_assigned@all=30", "staff_vacant@all=3"),
    }


@pytest.mark.parametrize("write", [*EVERY])
def test_a_quota_of_the_year_before_beside_those_who_are_there(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Khối", "Chỉ tiêu năm 2025 (đối chiếu)", "Chỉ tiêu giao năm 2026", "Số người có mặt", "Chỉ tiêu chưa sử dụng"]]
    body = [["Khối Đảng, MT", "30", "29", "28", "1"], ["Chính quyền xã", "47", "46", "41", "5"], ["Tổng cộng", "77", "75", "69", "6"]]
    assert summary(f"Biên chế\n\n{write(heads, body)}\n") == {
        *("staff_assigned@party-front=29", "staff_present@party-front=28", "staff_vacant@party-front=1"),
        *("staff_assigned@government=46", "staff_present@government=41", "staff_vacant@government=5"),
        *("staff_assigned@all=75", "staff_present@all=69", "staff_vacant@all=6"),
    }


@pytest.mark.parametrize("write", [*EVERY])
def test_what_was_assigned_to_reach_is_a_plan_and_the_whole_of_a_share_is_nothing(write: Callable[[Rows, Rows], str]) -> None:
    plan = write([["Chỉ tiêu nghị quyết", "Giao", "Kết quả"]], [["Tỷ lệ hồ sơ trực tuyến (%)", "90", "94,1"], ["Mức độ hài lòng (%)", "95", "98,2"]])
    assert summary(f"Kết quả\n\n{plan}\n") == {"tthc_online_rate_pct=94.1", "satisfaction_rate_pct=98.2"}
    share = write([["Nội dung", "Số hồ sơ đạt", "Trên tổng số", "Tỷ lệ"]], [["Thành phần hồ sơ được số hóa", "1.904", "2.012", "94,6%"]])
    assert summary(f"Số hóa\n\n{share}\n") == {"tthc_digitised_inputs=1904"}


def test_kinds_of_people_in_rows_below_blocks_and_those_of_the_beginning() -> None:
    rows = [
        *(["Có mặt đầu kỳ", "20", "52"], ["Có mặt", "18", "50"], ["- Cán bộ", "6", "8"], ["- Công chức", "12", "42"]),
        *(["Tăng trong năm", "3", "4"], ["- tuyển mới", "1", "3"], ["- nơi khác chuyển đến", "2", "1"]),
    ]
    assert summary(f"Biên chế\n\n{bars([['Nội dung', 'Đảng', 'Khối chính quyền']], rows)}\n") == {
        *("staff_present@party=18", "staff_officials@party=6", "staff_civil_servants@party=12"),
        *("staff_present@government=50", "staff_officials@government=8", "staff_civil_servants@government=42"),
        *("staff_joined@party=3", "staff_joined_recruited@party=1", "staff_joined_transferred@party=2"),
        *("staff_joined@government=4", "staff_joined_recruited@government=3", "staff_joined_transferred@government=1"),
    }


@pytest.mark.parametrize("write", [bars, framed, markdown, boxed])
def test_a_row_of_numbers_and_a_blank_note_and_a_row_that_numbers_its_columns(write: Callable[[Rows, Rows], str]) -> None:
    months = write([["Tháng", "Nhận mới", "Đã giải quyết", "Ghi chú"]], [["7", "1.215", "1.197", ""], ["8", "1.342", "1.328", "nghẽn mạng"]])
    assert summary(f"Hồ sơ qua các tháng\n\n{months}\n") == {
        *("tthc_received_new=1215", "tthc_resolved_total=1197", "tthc_received_new=1342", "tthc_resolved_total=1328")
    }
    fees = write([["Lĩnh vực", "Phí, lệ phí đã thu (nghìn đồng)", "Tỷ lệ thanh toán trực tuyến (%)"], ["A", "1", "2=3/1*100"]], [["Hộ tịch", "3.115", "98,7"]])
    assert summary(f"Thu phí\n\n{fees}\n") == {"fees_vnd@field:civil-status=3115000", "online_payment_rate_pct@field:civil-status=98.7"}


def test_what_was_taken_in_by_month_where_fees_are_spoken_of() -> None:
    rows = [["Tháng 8", "11.210", "-"], ["Tháng 9", "9.050", "80,7"]]
    table = bars([["Tháng", "Số thu (nghìn đồng)", "So tháng trước (%)"]], rows)
    assert summary(f"1. Phí, lệ phí thu được 20.260.000 đồng.\n\n{table}\n") == {"fees_vnd=20260000", "fees_vnd=11210000", "fees_vnd=9050000"}
    assert summary(f"Thu ngân sách\n\n{table}\n") == set()


def test_rows_of_units_are_the_subject_of_their_staff() -> None:
    table = bars([["TT", "Đơn vị", "Giao", "Có mặt"]], [["1", "Khánh Sơn", "42", "29"], ["2", "Các xã", "38", "27"], ["", "Toàn tỉnh", "80", "56"]])
    document = read_document(f"Khối chính quyền\n\n{table}\n".encode(), "report.txt")
    subjects = {int(figure.value): figure.subject for figure in read_figures(document, Header(unit_name="tỉnh Khánh Hòa"))}
    assert subjects == {42: "Khánh Sơn", 29: "Khánh Sơn", 38: "Các xã", 27: "Các xã", 80: "", 56: ""}


def test_what_is_attached_to_a_report_is_no_plan_of_its_last_chapter() -> None:
    table = spaces([["Đơn vị", "Đã giải quyết", "Quá hạn"]], [["Phường Pleiku", "902", "6"], ["Xã Ia Mơ", "250", "46"]])
    last = "III. KIẾN NGHỊ VÀ NHIỆM VỤ QUÝ IV\n\nPhấn đấu không còn hồ sơ quá hạn."
    assert summary(f"{last}\n\nPhụ lục kèm theo: các đơn vị có nhiều hồ sơ quá hạn\n\n{table}\n") == {
        *("tthc_resolved_total=902", "tthc_resolved_overdue=6", "tthc_resolved_total=250", "tthc_resolved_overdue=46"),
    }


def test_a_vacancy_held_against_the_quota_in_a_row() -> None:
    rows = [["Biên chế được giao", "47"], ["Công chức có mặt", "43"], ["Còn thiếu so với giao", "4"]]
    assert summary(bars([["Nội dung", "Số người"]], rows)) == {"staff_assigned@government=47", "staff_present@government=43", "staff_vacant@government=4"}


@pytest.mark.parametrize("write", [bars, framed, markdown, tabs, boxed, grid, spaces, right_aligned, numbered(spaces)])
def test_a_cell_may_hold_a_count_and_its_share_and_space_its_thousands(write: Callable[[Rows, Rows], str]) -> None:
    body = [["Đất đai", "1 120", "1 090", "1 085 (99,5%)"], ["Hộ tịch", "314", "301", "301 (100%)"]]
    assert summary(f"Kết quả\n\n{write([['Lĩnh vực', 'Tiếp nhận', 'Giải quyết', 'Đúng hạn']], body)}\n") == {
        *("tthc_received_total@field:land=1120", "tthc_resolved_total@field:land=1090", "tthc_resolved_on_time@field:land=1085"),
        *("tthc_on_time_rate_pct@field:land=99.5", "tthc_received_total@field:civil-status=314", "tthc_resolved_total@field:civil-status=301"),
        *("tthc_resolved_on_time@field:civil-status=301", "tthc_on_time_rate_pct@field:civil-status=100"),
    }


def test_counts_below_a_heading_that_names_their_share_too() -> None:
    rows = [["Trực tuyến", "900 (90%)", "x"], ["Trực tiếp", "100 (10%)", "x"], ["Tổng", "1.000", "x"]]
    assert summary(f"Hồ sơ theo hình thức\n\n{bars([['Hình thức', 'Số hồ sơ (tỷ lệ)', 'Ghi chú']], rows)}\n") == {
        *("tthc_received_online=900", "tthc_online_rate_pct=90", "tthc_received_in_person=100", "tthc_received_total=1000"),
    }


def test_short_words_below_what_was_done() -> None:
    heads = [["Lĩnh vực", "TN mới", "Đã GQ", "", "Đang GQ", ""], ["", "", "Tr.hạn", "Q.hạn", "Tr.hạn", "Q.hạn"]]
    assert summary(f"Hồ sơ\n\n{bars(heads, [['Đất đai', '100', '60', '5', '28', '2']])}\n") == {
        *("tthc_received_new@field:land=100", "tthc_resolved_early@field:land=60", "tthc_resolved_overdue@field:land=5"),
        *("tthc_in_progress_on_time@field:land=28", "tthc_in_progress_overdue@field:land=2"),
    }


def test_kinds_in_columns_beside_their_total_are_parts() -> None:
    petitions = bars([["Nội dung", "Khiếu nại", "Tố cáo", "Kiến nghị", "Tổng"]], [["Tiếp nhận", "3", "1", "14", "18"], ["Đã giải quyết", "2", "1", "11", "14"]])
    assert summary(f"Tiếp công dân, xử lý đơn thư\n\n{petitions}\n") == {"petitions_received=18", "petitions_resolved=14"}
    rows = [["Nghỉ theo Nghị định 178/2024/NĐ-CP", "2", "5", "7"], ["Nghỉ hưu đúng tuổi", "1", "1", "2"]]
    assert summary(f"Nghỉ việc\n\n{bars([['Lý do', 'Cán bộ', 'Công chức', 'Tổng']], rows)}\n") == {
        "staff_left_policy@government=7",
        "staff_left_retired@government=2",
    }


def test_years_side_by_side_and_below_each_other() -> None:
    header = Header(period=calendar("quarter", 2026, 3))
    beside = bars(
        [["Chỉ số", "Năm 2025", "Năm 2026", "Mục tiêu"]], [["Tỷ lệ hài lòng (%)", "96", "98,1", "98"], ["Chỉ số phục vụ người dân (766)", "85,2", "90,4", "91"]]
    )
    found = read_figures(read_document(f"So sánh\n\n{beside}\n".encode(), "report.txt"), header)
    assert {(figure.measure, str(figure.value)) for figure in found} == {("satisfaction_rate_pct", "98.1"), ("service_quality_index", "90.4")}
    below = spaces([["Năm", "Biên chế giao", "Có mặt"]], [["2025", "58", "52"], ["2026", "55", "50"]])
    assert summary(f"Khối chính quyền\n\n{below}\n") == {
        *("staff_assigned@government=58", "staff_present@government=52", "staff_assigned@government=55", "staff_present@government=50"),
    }


@pytest.mark.parametrize(("cell", "told"), [("5", True), ("6", False)])
def test_a_column_without_known_words_is_what_its_rows_leave_over(cell: str, told: bool) -> None:
    rows = [["Khối Đảng", "20", "18", "2"], ["Khối chính quyền", "55", "50", cell], ["Sự nghiệp giáo dục", "300", "290", "10"]]
    found = summary(f"Biên chế\n\n{bars([['Khối', 'Giao', 'Có mặt', 'Lệch']], rows)}\n")
    vacant = {"staff_vacant@party=2", "staff_vacant@government=5", "staff_vacant@education=10"}
    assert {one for one in found if "vacant" in one} == (vacant if told else set())


@pytest.mark.parametrize("write", [bars, framed, tabs, boxed, grid, spaces, right_aligned, wrapped_headings("top"), merged_box])
def test_scores_of_months_and_aims_with_their_judgement(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Tháng", "Công khai", "Tiến độ", "Số hóa", "Tổng điểm", "Hạng"]]
    months = write(heads, [["7/2026", "16,2", "19,0", "17,9", "88,2", "21"], ["8/2026", "16,8", "19,2", "18,1", "89,0", "18"]])
    document = read_document(f"Bộ chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766)\n\n{months}\n".encode(), "report.txt")
    found = read_figures(document, Header(period=calendar("quarter", 2026, 3)))
    assert {(figure.measure, str(figure.value)) for figure in found} == {("service_quality_index", "88.2"), ("service_quality_index", "89")}
    aims = write(
        [["Tên chỉ tiêu", "Tỉnh giao", "Kết quả", "Đánh giá"]],
        [["Tỷ lệ hồ sơ trực tuyến (%)", "80", "93,6", "Vượt"], ["Tỷ lệ hài lòng (%)", "95", "98,1", "Vượt"]],
    )
    assert summary(f"Thực hiện chỉ tiêu\n\n{aims}\n") == {"tthc_online_rate_pct=93.6", "satisfaction_rate_pct=98.1"}


def test_the_line_above_a_table_says_of_whom_and_of_what_it_tells() -> None:
    things = bars([["Tên thiết bị", "Số lượng", "Hiện có", "Còn thiếu"]], [["Máy tính", "12", "10", "2"], ["Máy quét", "6", "4", "2"]])
    assert summary(f"Trang thiết bị Trung tâm\n\n{things}\n") == set()
    villages = bars([["Thôn", "Số người", "Ghi chú"]], [["Thôn 1", "3", ""], ["Tổng", "3", ""]])
    assert summary(f"Người hoạt động không chuyên trách ở thôn\n\n{villages}\n") == {"staff_non_specialised=3"}
    results = bars([["Lĩnh vực", "Số hồ sơ phải số hóa", "Đã số hóa"]], [["Đất đai", "90", "85"], ["Hộ tịch", "301", "300"]])
    assert summary(f"Số hóa kết quả giải quyết TTHC\n\n{results}\n") == {
        "tthc_digitised_results@field:land=85",
        "tthc_digitised_results@field:civil-status=300",
    }


def test_the_quota_of_a_kind_of_people_is_a_part_of_the_whole() -> None:
    heads = [["Khối", "Cán bộ", "", "Tổng", ""], ["", "Giao", "Có mặt", "Giao", "Có mặt"]]
    assert summary(f"Biên chế\n\n{bars(heads, [['Khối Đảng', '7', '6', '20', '18'], ['Chính quyền', '9', '8', '55', '50']])}\n") == {
        *("staff_officials@party=6", "staff_assigned@party=20", "staff_present@party=18"),
        *("staff_officials@government=8", "staff_assigned@government=55", "staff_present@government=50"),
    }


def test_blocks_in_brackets_explain_the_one_before_them_and_a_first_row_of_dossiers_carried_over() -> None:
    rows = [["Chính quyền", "57", "46", "11"], ["Sự nghiệp (giáo dục, y tế, dịch vụ)", "429", "395", "34"]]
    assert {one for one in summary(f"Biên chế\n\n{bars([['Khối', 'Giao', 'Có mặt', 'Thiếu']], rows)}\n") if "service" in one} == {
        *("staff_assigned@public-service=429", "staff_present@public-service=395", "staff_vacant@public-service=34"),
    }
    months = bars([["Nội dung", "Số liệu"]], [["Hồ sơ kỳ trước chuyển sang", "84"], ["Hồ sơ mới tiếp nhận", "1.326"]])
    assert summary(f"Hoạt động\n\n{months}\n") == {"tthc_carried_over=84", "tthc_received_new=1326"}


def test_the_total_of_offices_of_one_block_is_of_that_block() -> None:
    heads = [["Cơ quan", "Giao", "Có mặt"]]
    party = bars(heads, [["Cơ quan tham mưu Đảng ủy", "18", "17"], ["Ủy ban MTTQ và các đoàn thể", "16", "15"], ["Cộng", "34", "32"]])
    assert {"staff_assigned@party-front=34", "staff_present@party-front=32"} <= summary(f"Biên chế\n\n{party}\n")
    more = bars(heads, [["Cơ quan tham mưu Đảng ủy", "18", "17"], ["Chính quyền", "50", "45"], ["Cộng", "68", "62"]])
    assert {"staff_assigned@all=68", "staff_present@all=62"} <= summary(f"Biên chế\n\n{more}\n")


@pytest.mark.parametrize("write", [bars, framed, tabs])
def test_groups_without_the_line_of_headings_above_them_are_known_by_their_sums(write: Callable[[Rows, Rows], str]) -> None:
    heads = [["Lĩnh vực", "Tổng số", "Trực tuyến", "Trực tiếp", "Kỳ trước", "Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn"]]
    rows = [
        ["Chứng thực", "812", "640", "172", "0", "812", "801", "11", "0", "0", "0", "0"],
        ["Hộ tịch", "436", "402", "21", "13", "421", "377", "42", "2", "15", "15", "0"],
        ["Đất đai", "298", "231", "26", "41", "247", "158", "77", "12", "51", "46", "5"],
        ["TỔNG CỘNG", "1.546", "1.273", "219", "54", "1.480", "1.336", "130", "14", "66", "61", "5"],
    ]
    whole = {one for one in summary(f"Kết quả giải quyết thủ tục hành chính\n\n{write(heads, rows)}\n") if "@" not in one}
    assert {"tthc_received_total=1546", "tthc_resolved_total=1480", "tthc_in_progress_total=66", "tthc_in_progress_overdue=5", "tthc_carried_over=54"} <= whole
    assert {"tthc_resolved_early=1336", "tthc_resolved_on_time=130", "tthc_resolved_overdue=14", "tthc_in_progress_on_time=61"} <= whole
    wrong = [[name, "7", *cells] for name, _, *cells in rows]
    assert not {one for one in summary(f"Kết quả\n\n{write(heads, wrong)}\n") if one.startswith("tthc_resolved_total")}


def test_sums_in_columns_and_rows_are_known_by_what_they_add_up() -> None:
    heads = [["Lĩnh vực", "Tồn kỳ trước", "Nhận mới", "Cộng", "Đã giải quyết"]]
    found = summary(
        f"Kết quả\n\n{bars(heads, [['Đất đai', '12', '200', '212', '186'], ['Hộ tịch', '2', '301', '303', '300'], ['Tổng', '14', '501', '515', '486']])}\n"
    )
    assert {"tthc_carried_over=14", "tthc_received_new=501", "tthc_received_total=515", "tthc_received_total@field:land=212"} <= found
    offices = bars([["Đơn vị", "Giao", "Có mặt"]], [["Văn phòng HĐND và UBND", "12", "11"], ["Phòng Kinh tế", "14", "12"], ["Cộng", "26", "23"]])
    assert {"staff_assigned@government=26", "staff_present@government=23"} <= summary(f"Biên chế\n\n{offices}\n")
    owed = bars([["Nội dung", "Phải số hóa", "Đã số hóa"]], [["Thành phần hồ sơ", "1.300", "1.288"], ["Kết quả giải quyết", "1.250", "1.199"]])
    assert summary(f"Số hóa\n\n{owed}\n") == {"tthc_digitised_inputs=1288", "tthc_digitised_results=1199"}


def test_groups_without_headings_above_them_also_by_what_came_in_the_period() -> None:
    heads = [["Lĩnh vực", "Tổng số", "Trong kỳ", "Kỳ trước", "Tổng số", "Đúng và trước hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn"]]
    rows = [["Đất đai", "212", "200", "12", "186", "180", "6", "26", "20", "6"], ["Hộ tịch", "303", "301", "2", "300", "300", "0", "3", "3", "0"]]
    assert {one for one in summary(f"Tổng hợp\n\n{bars(heads, rows)}\n") if "land" in one} == {
        *("tthc_received_total@field:land=212", "tthc_received_new@field:land=200", "tthc_carried_over@field:land=12", "tthc_resolved_total@field:land=186"),
        *("tthc_resolved_early_or_on_time@field:land=180", "tthc_resolved_overdue@field:land=6", "tthc_in_progress_total@field:land=26"),
        *("tthc_in_progress_on_time@field:land=20", "tthc_in_progress_overdue@field:land=6"),
    }


def test_a_part_printed_greater_than_its_whole_stays_in_its_column() -> None:
    table = """| TT | Lĩnh vực | Đã giải quyết: Tổng số | Trước hạn | Đúng hạn | Quá hạn | Đang giải quyết: Tổng số | Trong hạn | Quá hạn |
|---|---|---|---|---|---|---|---|---|
| 1 | Hộ tịch | 1.821 | 1.502 | 312 | 7 | 21 | 20 | 1 |
| 2 | Đất đai | 671 | 405 | 248 | 18 | 65 | 85 | 7 |
"""
    assert {"tthc_in_progress_on_time@field:land=85", "tthc_in_progress_overdue@field:land=7"} <= summary(table)
