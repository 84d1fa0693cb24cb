"""Lines of a report: which of them are headings, list items, table rows, footnotes or just wrapped.

Works on the stored text and changes none of it: every result is a span of offsets. A report comes with hard wraps
(one printed line a line, sometimes with empty lines between), so a line that visibly goes on is joined to the next
one for reading only.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from warehouse.model import Section

BlockKind = Literal["heading", "item", "paragraph", "row", "footnote"]

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DECORATION = " \t\u00a0*_#>`"
_ROMAN = re.compile(
    r"(?:(?i:phần)\s+(?:(?i:thứ)\s+)?)?(?:(?P<roman>[IVX]{1,5})|[A-EGH])\s?[.):/-](?!(?<=/)20[0-9]{2}|0[0-9])\s*\S|(?i:phần\s+(?:thứ\s+\w+|[ivx]+)\b|(?:mục|chương)\s+(?:[ivx]+|[0-9]{1,2})\b)"
)
"""Not a quarter's or a form's number at the start of a line that goes on: "quý / II/2026", "Biểu số / II.06a"."""
_DECIMAL = re.compile(
    r"(?:(?i:câu)(?:\s(?i:hỏi))?\s(?=[0-9]{1,2}[.):]))?(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2}){0,4})(?P<close>\s?[.):/-]+|(?<=\.[0-9])|(?<=\.[0-9]{2}))\s*(?P<rest>\D)"
)
_CHAPTER_AND_NUMBER = re.compile(r"(?P<number>[A-H]\.?[0-9]{1,2}(?:\.[0-9]{1,2})?)\s?[.):]\s*(?P<rest>\D)")
"""Numbers that begin with the letter of their chapter: "A2. Khối Đảng, đoàn thể"."""
_LETTER = re.compile(r"(?:[a-zđ](?:[0-9]|\.[0-9])?|[ivx]{2,4}(?=\s?\)))\s?[).]\s*\S")
_BRACKETED = re.compile(r"\([0-9a-zđivx]{1,3}\)\s*[^\s;,.:)]")
_FOOTNOTE = re.compile(rf"(?:[{SUPERSCRIPTS}]{{1,3}}|\[\^?[0-9]{{1,3}}\]:?)\s*\S")
_BULLETS = {
    "-": 60,
    "–": 60,
    "—": 60,
    "−": 60,
    "*": 58,
    "+": 70,
    "•": 75,
    "·": 75,
    "●": 75,
    "◦": 77,
    "○": 77,
    "▪": 78,
    "o": 80,
    "→": 80,
    "⁃": 80,
    "": 75,
    "►": 75,
    ".": 80,
}
_ENTRY = re.compile(r"[^:.\n]{3,70}(?::|(?:\.{4,}|…+)\s?:?)\s*[0-9]|[^:.;,\n0-9]{3,40} [0-9][0-9.]*(?: ?/ ?[0-9][0-9.]*)?\Z")
_LED = re.compile(r"[^:.\n]{3,70}(?:\.{4,}|…+)\s?:?\s*[0-9]")
_VALUED = re.compile(r":\s*[0-9]+(?:[.,][0-9]+)*\s?%?\Z")
"""A line that ends in the value of its label is an entry of a list and no heading."""
_VALUE_AT_END = re.compile(r"(?::|\.{4,}|…)(?:[^:,]|,(?=[0-9])){0,30}\Z|[0-9]\Z")
_VALUE_GOES_ON = re.compile(r"[0-9][0-9.]*(?: [^\W\d]+)?,\s")
"""The value of a label at the end of the line before, and no list mark: "84, không HS nào quá hạn"."""
_LED_VALUE = re.compile(r"[^:.\n]{3,70}(?:\.{4,}|…+)\s?:?\s*[0-9][0-9.,]*")
_ENDS_SENTENCE = (".", ";", ":", "!", "?", "…", "./.")
_ANNOUNCES = re.compile(r"(?::|gồm|trong đó|gồm có|cụ thể|chia ra)[\s,:]*\Z", re.IGNORECASE)
_GAPS = re.compile(r"[ \u00a0]{2,}")
_COLUMNS = re.compile(r"[ \u00a0]{3,}")
_DIGITS = r"(?:[0-9]{1,3}(?:[ \u00a0][0-9]{3})+|[0-9]+(?:[.,][0-9]+)*)"
_VALUE_CELL = re.compile(rf"[-+–]?{_DIGITS}(?:\s?/\s?{_DIGITS})?\s?%?(?: \({_DIGITS}\s?%\))?|-|–|x")
_YEAR_CELL = re.compile(r"(?:[0-9]{1,2}/)?20[0-9]{2}")
_RULED = re.compile(r"\+(?:[-=:]{2,}\+)+")
"""A line drawn between the rows of a table."""
_DRAWN = re.compile(r"[-=_+ ]{5,}")
"""A line drawn below the headings or above the total of a table that is set with spaces."""
_SEMICOLONS = re.compile(r"(?m)^[^;\n]*(?: ;[^;\n]*){2,}$(?<! )")
"""A row of cells between semicolons that stand apart: "2 ; Khối chính quyền ; 52 ; 47 ; 5"."""
_QUOTED_CELL = re.compile(r'(?:(?<=[\t\n])|\A)"[^"\t\n]{0,200}(?:\n[^"\t\n]{0,200}){1,6}"(?=[\t\r\n]|\Z)')
"""A cell of several lines, as a spreadsheet puts it between tabs."""
BOX_DRAWING = str.maketrans(dict.fromkeys("│┃║╎┆", "|") | dict.fromkeys("─━═╌┄", "-") | dict.fromkeys("┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╭╮╰╯╟╢╤╧╪╞╡┠┨┯┷┿╂", "+"))
"""What a table is drawn with, as the signs of a keyboard."""
_NUMBERS_ROW = re.compile(r"(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,2}|[IVX]{1,5}|[A-Ha-hđ])[.)]?")
_ORDER_CELL = re.compile(r"\([0-9]{1,2}[^)]{0,12}\)")
_UNIT_WIDTH = 12
_NAME_WIDTH = 60
_TABLE_TITLE = re.compile(r"(?:bảng|biểu|phụ lục)\s+(?:số\s+)?[0-9IVX]+\b", re.IGNORECASE)
"""What begins another table right below the one before: "Bảng 2. Thu phí, lệ phí theo lĩnh vực"."""
_CAPTION = re.compile(r"\(?(?:đơn vị(?: tính)?|đvt)\s*:", re.IGNORECASE)
"""What stands above a table on its right: "(Đơn vị tính: hồ sơ)"."""
_CELLS_BEFORE_NOTE = 3
_WRAPPED_LINES = 6
_OPENS = re.compile(r"(?:trong|qua|theo|tính|đến|từ|hiện|toàn|tổng số|đã|có)\b", re.IGNORECASE)
"""What a sentence begins with and no name does."""
_TITLED = 0.9
"""Of the width of full lines: a numbered line that leaves more room than that for the next word is a title."""
_MARGIN = 3
"""A line that begins so much further right than the rows below it stands in a column of its own."""
_TAIL = 400
_MAX_HEADING = 220


@dataclass(frozen=True, slots=True)
class Block:
    """One logical line: `[start:end]` of the text; `rank` orders nesting, smaller contains larger."""

    kind: BlockKind
    rank: int
    start: int
    end: int
    mark: str = ""
    body: int = 0
    """Offset where the words begin, after the list mark."""


def with_bars(text: str) -> str:
    """The text with a bar between the cells of every table that is drawn with other signs; no offset changes."""
    text = text.translate(BOX_DRAWING)
    return _SEMICOLONS.sub(lambda match: match.group().replace(" ; ", " | "), text) if " ; " in text else text


def blocks(text: str) -> list[Block]:
    """Cut the text into logical lines, hard wraps joined."""
    text = with_bars(text)
    lines = _lines(text)
    width, loose = _wrap_widths(lines, text)
    apart = _lines_apart(lines, text)
    found: list[Block] = []
    classified = _with_spaced_headings([_classify(text, start, end) for start, end in lines], text)
    for block in classified:
        if (
            found
            and (block.kind == "paragraph" or _is_broken_off(text, found[-1], block, loose))
            and _continues(text, found[-1], block, width if text[block.start].isupper() else loose, apart)
        ):
            last = found[-1]
            found[-1] = Block(last.kind, last.rank, last.start, block.end, last.mark, last.body)
        else:
            found.append(block)
    return _nested([_settle_heading(text, block) for block in found], text)


def _nested(found: list[Block], text: str) -> list[Block]:
    """Rank bullets by what they stand under: a bullet not seen before, below a bullet line that announces a list, is inside that line."""
    result: list[Block] = []
    open_marks: list[tuple[str, int]] = []
    for block in found:
        announced = block.kind == "paragraph" and bool(result) and result[-1].kind == "item" and text[result[-1].end - 1] == ":"
        if announced and text.count("\n", result[-1].end, block.start) == 1:
            block = Block(block.kind, max(block.rank, result[-1].rank + 1), block.start, block.end, block.mark, block.body)
        if block.kind != "item" or block.rank < min(_BULLETS.values()) or not block.mark:
            if block.kind in ("heading", "item", "row"):
                open_marks = []
            result.append(block)
            continue
        marks = [mark for mark, _ in open_marks]
        if block.mark in marks:
            del open_marks[marks.index(block.mark) + 1 :]
            rank = open_marks[-1][1]
        else:
            last = open_marks[-1][1] if open_marks else 0
            under = bool(open_marks) and bool(_ANNOUNCES.search(text, result[-1].start, result[-1].end))
            while not under and open_marks and open_marks[-1][1] >= block.rank:
                open_marks.pop()
            rank = max(block.rank, last + 1) if under else block.rank
            open_marks.append((block.mark, rank))
        result.append(Block(block.kind, rank, block.start, block.end, block.mark, block.body))
    return result


def sections(text: str) -> tuple[Section, ...]:
    """The headings of a report, each with the span up to the next heading of the same or a higher level."""
    heads = [block for block in blocks(text) if block.kind == "heading"]
    result = []
    for index, head in enumerate(heads):
        end = next((later.start for later in heads[index + 1 :] if later.rank <= head.rank), len(text))
        title = " ".join(text[head.start : head.end].strip(_DECORATION).replace("*", "").split())
        result.append(Section(title, head.rank, head.start, end))
    return tuple(result)


def _lines(text: str) -> list[tuple[int, int]]:
    found = []
    start = 0
    inside = {place for match in _QUOTED_CELL.finditer(text) for place in range(*match.span()) if text[place] == "\n" and "\t" in _around(text, match)}
    for raw in _printed_lines(text, inside):
        end = start + len(raw)
        left = start + len(raw) - len(raw.lstrip())
        right = start + len(raw.rstrip())
        if "\t" in raw[: left - start] and text.count("\t", left, right):
            left = start + raw.index("\t")  # the first cells of a table row are empty
        if right > left:
            found.append((left, right))
        start = end
    return found


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]


def _printed_lines(text: str, inside: set[int]) -> Iterator[str]:
    """The lines of a text, each with its end; a line break inside a cell ends none."""
    start = 0
    for match in re.finditer(r"[\n\f]", text):
        if match.start() not in inside:
            yield text[start : match.end()]
            start = match.end()
    yield text[start:]


def _wrap_widths(lines: list[tuple[int, int]], text: str) -> tuple[int, int]:
    """The width at which this text is wrapped, or 0 when its paragraphs stand on one line each.

    The second is that of a text of many short items too, of which few reach the margin: enough to join a line that begins with a number.
    """
    lengths = sorted(end - start for start, end in lines if "|" not in text[start:end] and not _COLUMNS.search(text, start, end))
    if len(lengths) < 8:
        return 0, 0
    longest = lengths[int(len(lengths) * 0.97)]
    if longest > 135:
        return 0, 0
    near = sum(1 for length in lengths if length >= longest * 0.8)
    return (longest if near >= len(lengths) * 0.25 else 0), (longest if near >= max(3, len(lengths) * 0.1) else 0)


def _lines_apart(lines: list[tuple[int, int]], text: str) -> int:
    """How many line breaks stand between two wrapped lines: 2 where nearly every printed line is followed by an empty one."""
    gaps = [text.count("\n", end, start) for (_, end), (start, _) in itertools.pairwise(lines)]
    return 2 if sum(gap > 1 for gap in gaps) > 0.8 * len(gaps) else 1


def _classify(text: str, start: int, end: int) -> Block:
    line = text[start:end]
    if _RULED.fullmatch(line) or line.count("|") >= 2 or (" | " in line) or line.count("\t") >= 2 or _is_spaced_row(line):
        return Block("row", 90, start, end, body=start)
    if _FOOTNOTE.match(line):
        mark = re.match(rf"[{SUPERSCRIPTS}]{{1,3}}|\[\^?[0-9]{{1,3}}\]:?", line)
        assert mark is not None
        return Block("footnote", 55, start, end, mark.group().strip("[]^:"), start + mark.end())
    bare = start + len(line) - len(line.lstrip(_DECORATION))
    # "**II. …**" is a heading in bold, "* …" an item: an asterisk that stands apart is a list mark
    hashes = re.match(r"#{1,6}\s", line)
    star = re.match(r"\*{1,3}\s+(?=\S)", line) if not hashes else None
    if star:
        bare = start + star.end()
        inner = _mark(text, bare, end)
        if inner is None:
            return Block("item", _BULLETS["*"], start, end, "*", bare)
    inner = _mark(text, bare, end)
    if inner is not None:
        rank, sign, body = inner
        return Block("item", rank, start, end, sign, body)
    if hashes:
        return Block("heading", 10 + 5 * (hashes.end() - 1), start, end, "#", bare)
    return Block("paragraph", 56, start, end, body=bare)


def _is_spaced_row(line: str) -> bool:
    """Whether a line is a table row whose cells are set apart by spaces: a name and at least two numbers."""
    cells = _GAPS.split(line)
    if len(cells) > 3 and all(_ORDER_CELL.fullmatch(cell) for cell in cells):
        return True
    if len(cells) > 3 and _NUMBERS_ROW.fullmatch(cells[0]):
        cells.pop(0)
    elif len(cells) == 3 and _NUMBERS_ROW.fullmatch(cells[0]) and not _VALUE_CELL.fullmatch(cells[1]):
        return bool(_VALUE_CELL.fullmatch(cells[2]))
    if len(cells) > 2 and len(cells[1]) <= _UNIT_WIDTH and (cells[1][0].isalpha() or cells[1] == "%"):
        cells.pop(1)  # a column of units: "Hồ sơ đã giải quyết   hồ sơ   1.180"
    elif len(cells) < 3:
        return False
    if len(cells) > _CELLS_BEFORE_NOTE and not _VALUE_CELL.fullmatch(cells[-1]) and len(cells[-1]) <= _NAME_WIDTH:
        cells.pop()  # a note in the last column
    named = not _VALUE_CELL.fullmatch(cells[0]) or (len(cells) > 2 and bool(_YEAR_CELL.fullmatch(cells[0])))
    return named and all(_VALUE_CELL.fullmatch(cell) for cell in cells[1:])


def _with_spaced_headings(found: list[Block], text: str) -> list[Block]:
    """A line of as many spaced names as the spaced row below it has cells (or one less: the corner is blank) is its heading."""
    result = list(found)
    drawn = [bool(_DRAWN.fullmatch(text, block.start, block.end)) for block in found]
    for place in range(1, len(found)):
        if drawn[place] and result[place - 1].kind == "row":
            result[place] = _as_row(result[place])
    for place in range(1, len(found)):
        if result[place].kind == "row" or result[place - 1].kind != "row":
            continue
        behind = place + 1
        while behind < min(place + _WRAPPED_LINES, len(found)) and result[behind].kind != "row" and _is_short(text, result[behind]):
            behind += 1  # a name may be wrapped over several lines
        together = all(text.count("\n", left.end, right.start) == 1 for left, right in itertools.pairwise(result[place : behind + 1]))
        if behind > place + 1 and not (together and behind < len(found) and result[behind].kind == "row"):
            behind = place + 1
        if _stands_between([*result[place - 1 : place + 1], *result[behind : behind + 1]], text, wrapped=behind > place + 1):
            result[place] = _as_row(result[place])
    for place in range(1, len(found)):
        if result[place].kind != "row" and _is_short_total(text, result[place - 1], result[place]):
            result[place] = _as_row(result[place])
    most, margin = 0, 0
    for place in range(len(found) - 2, -1, -1):
        block, below = result[place], result[place + 1]
        if below.kind != "row" or "|" in text[below.start : below.end] or "\t" in text[below.start : below.end]:
            most = 0
        else:
            left = _across(text, below.start, below.end)[0]
            most, margin = max(most, len(_GAPS.split(text[below.start : below.end]))), min(margin, left + _MARGIN) if most else left + _MARGIN
        if drawn[place] and below.kind == "row":
            result[place] = _as_row(block)
        if not most:
            continue
        if result[place].kind == "row":
            continue
        names = _GAPS.split(text[block.start : block.end])
        lines = text.count("\n", block.end, below.start)
        if len(names) > 1 and ((len(names) in (most, most - 1) and lines <= 2) or (len(names) <= most + 1 and lines == 1)):
            result[place] = _as_row(block)
        elif len(names) == 1 and lines == 1 and place and most > 1 and _is_short(text, block):
            above = result[place - 1]
            if most > 2 and text.count("\n", above.end, block.start) == 1 and most - 2 <= len(_GAPS.split(text[above.start : above.end])) <= most:
                result[place] = _as_row(block)  # the rest of one heading, or the name of the first group of rows
            elif _across(text, block.start, block.end)[0] > margin and _goes_on_in_column(text, result[max(0, place - _WRAPPED_LINES) : place + 1], below):
                result[place] = _as_row(block)
    return result


def _goes_on_in_column(text: str, lines: list[Block], below: Block) -> bool:
    """Whether the last of some lines is one line of a heading that is wrapped in its column: right below others, or above the rest of its own words."""
    block = lines[-1]
    left, right = _across(text, block.start, block.end)
    if _CAPTION.match(text, block.start):
        return False
    for line, above in itertools.pairwise(reversed(lines)):
        if text.count("\n", above.end, line.start) != 1:
            break
        if len(_GAPS.split(text[above.start : above.end])) > 1:
            return True
        if not _is_short(text, above):
            break
    starts = [below.start, *(gap.end() for gap in _GAPS.finditer(text, below.start, below.end))]
    ends = [*(gap.start() for gap in _GAPS.finditer(text, below.start, below.end)), below.end]
    under = [start for start, end in zip(starts, ends, strict=True) if _across(text, start, end)[0] < right and left < _across(text, start, end)[1]]
    return len(under) == 1 and (text[under[0]].islower() or text[under[0]].isdigit() or text[under[0]] in "(%")


def _across(text: str, start: int, end: int) -> tuple[int, int]:
    """Where something begins and ends in its printed line."""
    line = text.rfind("\n", 0, start) + 1
    return start - line, end - line


def _stands_between(three: list[Block], text: str, *, wrapped: bool = False) -> bool:
    """Whether a line without numbers of its own, right between two rows of a table, is a row too: the name of a group, a part of a wrapped name."""
    above, block, *rest = three
    if _TABLE_TITLE.match(text, block.start):
        return False
    if above.kind != "row" or not _is_short(text, block) or text.count("\n", above.end, block.start) != 1:
        return False
    if not rest or (not wrapped and text.count("\n", block.end, rest[0].start) > 1):  # behind the last row only what goes on in small letters
        return text[block.start].islower() and text[above.start] != "|" and text[above.start].isalnum() and not _DRAWN.fullmatch(text, above.start, above.end)
    below = rest[0]
    if below.kind != "row":
        return False
    return not any(text[row.start] == "|" or _DRAWN.fullmatch(text, row.start, row.end) for row in (above, below))


def _is_short_total(text: str, above: Block, block: Block) -> bool:
    """Whether a name and one value stand right below a row that has an order number besides: the total, without one."""
    cells = _GAPS.split(text[block.start : block.end])
    if above.kind != "row" or len(cells) != 2 or _VALUE_CELL.fullmatch(cells[0]) or not _VALUE_CELL.fullmatch(cells[1]):
        return False
    over = _GAPS.split(text[above.start : above.end])
    return len(over) == 3 and bool(_NUMBERS_ROW.fullmatch(over[0])) and text.count("\n", above.end, block.start) == 1


def _is_short(text: str, block: Block) -> bool:
    return block.end - block.start <= _NAME_WIDTH and text[block.end - 1] not in ".;"


def _as_row(block: Block) -> Block:
    return Block("row", 90, block.start, block.end, body=block.start)


def _mark(text: str, start: int, end: int) -> tuple[int, str, int] | None:
    line = text[start:end]
    if not line:
        return None
    bullet = _BULLETS.get(line[0])
    if bullet is not None and len(line) > 1 and (line[0] not in "o*." or line[1] in " \t") and not (line[0] in "-–—−" and line[1].isdigit()):
        inner = re.match(r".\s*[+*_]*\s*(?:(?:\d{1,2}|[IVX]{1,4})[.)]\s+(?=[^\W\d_]))?", line)  # "◦ 4. Số hóa": the number is a mark, too
        assert inner is not None
        # "- + …" is how a converter prints a nested item
        rank = 70 if "+" in inner.group()[1:] else bullet
        return rank, line[0], start + inner.end()
    if match := _ROMAN.match(line):
        body = re.match(r"[^.):/-]*[.):/-]?\s*", line)
        return 10, match.group()[:-1].strip(), start + (body.end() if body and match["roman"] else 0)
    if match := _DECIMAL.match(line):
        depth = match["number"].count(".")
        return 20 + 4 * depth, match["number"], start + match.start("rest")
    if match := _CHAPTER_AND_NUMBER.match(line):
        return 20, match["number"], start + match.start("rest")
    if match := _BRACKETED.match(line):
        return 50, match.group(), start + line.index(")") + 1
    if match := _LETTER.match(line):
        return 45, line[: match.end() - 1].strip(), start + match.end() - 1
    return None


def _continues(text: str, last: Block, line: Block, width: int, apart: int) -> bool:
    if last.kind in ("row", "heading") and last.mark != "":
        return False
    if last.kind == "row":
        return False
    # only the end of what stands before decides, so that a text of very many short lines takes linear time
    before, here = text[max(last.start, last.end - _TAIL) : last.end], text[line.start : line.end]
    is_full = bool(width) and _reach(before, here) > width * 0.92
    if is_full and here[0].islower() and not before.endswith((".", ";", ":")):
        return True
    if is_full and before.endswith(":") and here[0].isdigit() and text.count("\n", last.end, line.start) <= apart:
        return True  # the value of a label at the margin
    if width and before.endswith(":") and _VALUE_GOES_ON.match(here) and text.count("\n", last.end, line.start) <= apart:
        return True
    if before.rstrip("*_ ").endswith(_ENDS_SENTENCE) and not here[0].islower():
        return False
    gap = text[last.end : line.start]
    if (_ENTRY.match(here) and _VALUE_AT_END.search(before)) or _LED.match(here) or _is_capital(before) != _is_capital(here):
        return False
    if here[0].isupper() and _LED_VALUE.fullmatch(before):
        return False  # an entry with its value is complete
    if here[0].islower() and not before.endswith((".", ";")):
        return True
    if here[0].isdigit() and before.rstrip().endswith((",", "(", "là", "có", "số", "được", "đạt", "gồm", "và")):
        return True
    if not width or gap.count("\n") > (apart if here[0].isupper() else 2):
        return False
    if here[0].isupper() and last.mark and "\n" not in before.strip() and last.rank <= 44:
        return _reach(before, here) >= width * _TITLED and not _OPENS.match(here)
    return len(before.rsplit("\n", 1)[-1]) >= width * 0.72


def _is_broken_off(text: str, last: Block, line: Block, width: int) -> bool:
    """Whether the number that a line begins with is no list mark: the line before is full, ends inside a sentence, and had no room for it."""
    before, here = text[max(last.start, last.end - _TAIL) : last.end], text[line.start : line.end]
    if not width or last.kind in ("row", "heading") or not here[0].isdigit() or before.rstrip("*_ ").endswith(_ENDS_SENTENCE) or _is_capital(before):
        return False
    return _reach(before, here) > width


def _reach(before: str, here: str) -> int:
    """How wide the last printed line would be with the first word of the next one."""
    return len(before.rsplit("\n", 1)[-1]) + len(here.split(maxsplit=1)[0])


def _is_capital(line: str) -> bool:
    return line.isupper() and sum(map(str.isalpha, line)) >= 6


def _settle_heading(text: str, block: Block) -> Block:
    """A numbered line is a heading when it is short and does not end like a sentence or carry on."""
    if block.kind not in ("item", "paragraph"):
        return block
    line = text[block.start : block.end].strip(_DECORATION)
    letters = sum(map(str.isalpha, line))
    if block.rank >= 58 and letters >= 4 and line.isupper() and ":" not in line and len(line) <= _MAX_HEADING:
        return Block("heading", 15, block.start, block.end, block.mark, block.body)
    if block.kind == "paragraph":
        capital = _is_capital(line) and len(line) <= _MAX_HEADING
        return Block("heading", 8, block.start, block.end, "", block.body) if capital else block
    if block.rank > 44 or not letters:
        return block
    if block.rank > 10 and _VALUED.search(line):
        return block
    short = len(line) <= _MAX_HEADING and not line.endswith((";", ".", ","))
    titled = block.rank == 10 or sum(c.isdigit() for c in text[block.body : block.end]) <= 6
    return Block("heading", block.rank, block.start, block.end, block.mark, block.body) if short and titled else block
