"""What a document says of itself: unit, number, date, addressee, title, kind, period.

Printed values are kept as printed, also where they are wrong; what is in effect is worked out beside them and a flag says where the
two differ. Names of persons are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from ingest.facts.flat import flat, plain
from ingest.facts.issuer import read_issuer
from ingest.facts.reported_period import read_period
from warehouse.model import Document, Header
from warehouse.units import UnitRegister

_HEAD = 4000
_TAIL = 2500
_LONGEST_TITLE = 700
_WITHOUT_TITLE = 600
"""A text without a title tells in about so many characters what it is."""

_NUMBER = re.compile(
    r"(?<!\w)so\s*[:.]?\s*(?P<digits>\d[\d ]{0,5})?[\s.…]*(?P<join>[-/])\s?(?P<type>[a-z]{2,4})\s?(?P<join2>[-/])\s?"
    r"(?P<body>[a-z&]+(?:[-&.][a-z&]+)*)"
)
# A scanner reads 1 as l and 0 as o; the year may be torn.
_LONG_DATE = re.compile(
    r"(?:ngay[\s.…]*)?(?P<day>(?<!\d)[\dlo]{1,2})?[\s.…]*thang[\s.…]*(?P<month>[\dlo]{1,2}(?!\d))?[\s.…]*n[a-z]m[\s.…]*(?P<year>20 ?\d ?\d(?!\d))?"
    r"|(?:ngay\s+)?(?P<short>\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?20\d\d)(?!\d)"
)
_PLACE = re.compile(r"(?P<place>(?:(?:[^\W\d_][\w’'.]*|\d{1,2})(?:[ -]+|(?=[,;]))){1,7})(?P<comma>[,;])?\s*\Z")
_DATELINE = re.compile(r"[^,\d]{2,40}, *ngay\b.{0,25}\b(?:thang|\d)")
_PLACE_TYPES = frozenset(("xã", "phường", "thị", "trấn", "đặc", "khu", "thành", "phố", "tỉnh"))
_DATE_LABEL = re.compile(r"(?:^|\n|\s{2}|[|(]) *(?:(?:lap|ky|gui)\s|ngay(?: [a-z]{2,4}){0,3} *: *)?\Z")
_TITLE_WORD = re.compile(r"b ?a ?[o0] +c ?a ?[o0](?!\w)|(?<!\w)to trinh(?!\w)")
_TITLE_ENDS = re.compile(
    r"kinh gui|kinh trinh|kg *:|can cu|so *:|ky bao cao *:|mo dau|chuong |phan (?:thu|[ivx]+\b)|(?!v/v)[ivx]{1,4} ?[./)-]|[a-e1] ?[./)] |\(1\)"
    r"|thuc hien (?:cong van|van ban|ke hoach|chi dao|quyet dinh|nghi quyet|y kien|yeu cau|che do|theo|chuong trinh|thong bao|bao cao)"
    r"|theo (?:cong van|van ban|ke hoach|yeu cau|de nghi|quy dinh|chi dao)"
    r"|(?:ubnd|u[yi] ban nhan dan|ban thuong vu|dang uy) .*(?:bao cao|nhu sau)"
)
_WITHOUT_TITLE_WORD = re.compile(r"(?m)^ *(?P<first>ket qua|tinh hinh|so ket|tong ket|cong tac|danh gia|thuc trang|ve viec|v/v)\b")
_GOES_ON = re.compile(r" *(?:\(|(?:quy|thang|nam|[69] thang)\b.{0,40}$)")
_ADDRESSEE = re.compile(r"(?:kinh gui|kinh trinh|\bkg)\s*:?\s*")
_ATTACHED = re.compile(r"\(kem theo bao cao so:? ?(?P<number>\d{1,5}/bc-[a-z&]+(?:-[a-z]+)*)(?= )")
"""Above tables without a letterhead: the report to which they belong."""
_RULE = re.compile(r"^[\s\-=.…]*$")


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    start: int
    """Where the title begins, with the words "BÁO CÁO"; what stands before is the letterhead."""
    end: int


@cache
def _default_register() -> UnitRegister:
    return UnitRegister.load()


def read_header(document: Document, register: UnitRegister | None = None) -> Header:
    """Read what a report says of itself; without `register` the seeds of the project are loaded once.

    Flags: `title-missing`, `number-blank`, `document-date-blank`, `document-date-missing`, `document-date-impossible`; those of
    `read_issuer` (`unit-…`, `province-missing`) and of `read_period` (`period-…`).
    Raises UnitDataError if the seeds of the units are missing.
    """
    view, low = plain(document.text), flat(document.text)
    flags: list[str] = []
    title = _title(view, low)
    if not title.text:
        flags.append("title-missing")
    number, number_end = _number(view, low, title)
    if not number:
        flags.append("number-blank")
    printed, printed_span, place = _document_date(view, low, title, number_end, flags)
    span = (title.start, title.end)
    kind = _kind(low[title.start : title.end], low, number, title)
    period = read_period(view, low, span, kind, printed)
    day = period.effective.end if period.effective else printed or _end_of_year(low[title.start : title.end])
    issuer = read_issuer(view, low, span, place, day, register or _default_register())
    return Header(
        unit_name=issuer.name,
        province_name=issuer.province,
        unit_code=issuer.code,
        unit_valid_from=issuer.valid_from,
        number=number,
        document_date=printed,
        title=title.text,
        kind=kind,
        addressee=_addressee(view, low),
        period_stated=period.stated,
        period_stated_span=period.stated_span,
        period=period.effective,
        document_date_span=printed_span,
        flags=(*flags, *issuer.flags, *period.flags),
    )


# --- title -----------------------------------------------------------------------------------------------------------


def _title(view: str, low: str) -> _Title:
    """The line or lines after "BÁO CÁO"; without that word the first line that tells what is reported, above "Kính gửi"."""
    head = low[:_HEAD]
    best: tuple[int, re.Match[str]] | None = None
    for match in _TITLE_WORD.finditer(head):
        rank = _title_rank(view, match)
        if rank and (best is None or rank < best[0]):
            best = (rank, match)
    if best is not None:
        text, end = _title_lines(view, low, best[1].end())
        return _Title(text, best[1].start(), end)
    found = _WITHOUT_TITLE_WORD.search(head)
    if found is None or found.start() > 1500:
        return _Title("", 0, min(len(head), _WITHOUT_TITLE))
    text, end = _title_lines(view, low, found.start("first"))
    return _Title(text, found.start("first"), end)


def _title_rank(view: str, match: re.Match[str]) -> int:
    """1: the words in capitals begin a line; 2: they are a line, or begin a short one; 3: in capitals elsewhere at the top; 0: none."""
    words = view[match.start() : match.end()]
    begin = view.rfind("\n", 0, match.start()) + 1
    before, line = view[begin : match.start()].strip(" -:"), view[begin : _line_end(view, match.end())].strip()
    capitals = words == words.upper()
    if not before:
        if capitals:
            return 1
        return 2 if words[0].isupper() and match.start() < 1500 and len(line) < 250 and not line.endswith((".", ":", ";")) else 0
    return 3 if capitals and match.start() < 1500 and before == before.upper() else 0


def _title_lines(view: str, low: str, start: int) -> tuple[str, int]:
    lines: list[str] = []
    gap, end, position = False, start, start
    while position < min(len(view), start + _LONGEST_TITLE):
        stop = _line_end(view, position)
        line, bare = view[position:stop].strip(), low[position:stop].strip()
        position = stop + 1
        if not line or _RULE.match(line):
            gap = gap or bool(lines)
            continue
        if _TITLE_ENDS.match(bare) or _DATELINE.match(bare):
            break
        if lines and gap and not (line[0].islower() or _GOES_ON.match(bare)):
            break
        if lines and (len(line) > 300 or len(lines) == 7):
            break
        lines.append(line)
        gap, end = False, stop
    return " ".join(" ".join(lines).split()), end


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


# --- number, date, addressee -----------------------------------------------------------------------------------------


def _number(view: str, low: str, title: _Title) -> tuple[str, int]:
    """The report's own number and where it ends; empty where it is left blank. Numbers of cited acts are not it."""
    limit = max(title.end, 600)
    for match in _NUMBER.finditer(low, 0, limit):
        if not _opens_line(view, match.start()) or (match["type"] != "bc" and match.start() > title.start):
            continue
        if not match["digits"]:
            return "", match.end()
        digits = match["digits"].replace(" ", "")
        kind, body = view[slice(*match.span("type"))], view[slice(*match.span("body"))]
        return f"{digits}{match['join']}{kind}{match['join2']}{body}", match.end()
    if attached := _ATTACHED.search(low, 0, limit):
        return view[slice(*attached.span("number"))], attached.end("number")
    return "", 0


def _opens_line(view: str, position: int) -> bool:
    """Whether a number stands where a letterhead puts it: first in a line or after a gap, "Số" with a capital."""
    before = view[view.rfind("\n", 0, position) + 1 : position]
    return view[position].isupper() and (not before.strip() or before.endswith(("  ", "- ", "— ")) or before.strip() == before.strip().upper())


def _document_date(view: str, low: str, title: _Title, number_end: int, flags: list[str]) -> tuple[date | None, tuple[int, int] | None, str]:
    """The date of the place-and-date line, its span, and the place; None where day or month is blank or the day does not exist."""
    top = max(title.end + 300, 1200)
    for start, stop in ((0, top), (max(top, len(low) - _TAIL), len(low))):
        for match in _LONG_DATE.finditer(low, start, stop):
            if not (match["short"] or match.group().startswith("ngay") or match["day"]):
                continue  # "trong tháng 3 năm 2026"
            left = max(start, match.start() - 60, number_end if number_end <= match.start() else 0)
            place = _PLACE.search(view, left, match.start())
            # without its comma the line must hold nothing else: "Từ ngày 15/4/2026, Trung tâm …" is a sentence
            alone = place is not None and (place["comma"] or _RULE.match(view[match.end() : _line_end(view, match.end())]))
            if place is not None and alone and _is_place(place["place"]) and _stands_apart(view, place.start(), number_end):
                return _date_of(match, flags), match.span(), place["place"].strip(" -")
            # a wrapped "… / ngày 12/3/2026 của Sở Nội vụ" is no date of the report: below the title it must be the whole line
            whole_line = _RULE.match(view[match.end() : _line_end(view, match.end())])
            labelled = _DATE_LABEL.search(low, left, match.start()) or (number_end and view[number_end : match.start()].strip(" ,;-") == "")
            if (match.start() < title.start or whole_line) and match.start() < title.end + 300 and labelled:
                return _date_of(match, flags), match.span(), ""
    if (attached := _ATTACHED.search(low, 0, top)) and (dated := _LONG_DATE.match(low, attached.end("number") + 1)):
        return _date_of(dated, flags), dated.span(), ""
    flags.append("document-date-missing")
    return None, None, ""


def _date_of(match: re.Match[str], flags: list[str]) -> date | None:
    parts = re.split(r"\s?[/.-]\s?", match["short"]) if match["short"] else [match["day"], match["month"], match["year"]]
    if not all(parts):
        flags.append("document-date-blank")
        return None
    day, month, year = (int(part.replace("l", "1").replace("o", "0").replace(" ", "")) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        flags.append("document-date-impossible")
        return None


def _is_place(words: str) -> bool:
    """Place names are capitalised throughout; "theo Quyết định số 12, ngày …" is not one."""
    names = re.findall(r"[^\W\d_][\w’'.]*", words.split("\n")[-1])
    return all(word[0].isupper() or word in _PLACE_TYPES for word in names) and any(word[0].isupper() for word in names)


def _stands_apart(view: str, position: int, number_end: int) -> bool:
    """Whether the place begins a line or a column, and is not the end of "Công văn số …-CV/TU, ngày …"."""
    before = view[view.rfind("\n", 0, position) + 1 : position]
    motto = flat(before).rstrip().endswith("hanh phuc")
    return not before.strip() or before.endswith(("  ", "- ", "— ")) or 0 <= position - number_end <= 4 or motto


def _addressee(view: str, low: str) -> str:
    """Who the report goes to: the rest of the line, or the list below it; empty if it is not printed."""
    match = _ADDRESSEE.search(low, 0, _HEAD)
    if match is None:
        return ""
    lines: list[str] = []
    for line in view[match.end() : match.end() + 500].split("\n"):
        words = line.strip(" -+;.")
        if lines and not line.strip().startswith(("-", "+")):
            break
        if words:
            lines.append(words)
    return "; ".join(" ".join(line.split()) for line in lines)


def _end_of_year(words: str) -> date | None:
    years = [int(year) for year in re.findall(r"(?<![\d/])20\d\d(?!\d)", words)]
    return date(max(years), 12, 31) if years else None


# --- kind ------------------------------------------------------------------------------------------------------------

_PARTY_LETTERHEAD = re.compile(r"(?m)^ *(?:ban chap hanh )?dang (?:uy|bo) (?!.*(?:\bubnd|\bhdnd|u[yi] ban nhan dan))")
"""The Party alone: "ĐẢNG ỦY - HĐND - UBND XÃ …" heads what a body of all three reports."""
_PARTY_OPENING = re.compile(r"(?:ban thuong vu )?dang uy (?:phuong|xa|dac khu|thi tran)\b(?:(?!ubnd|u[yi] ban)[^,.;]){0,40}\bbao cao")
_SUBJECTS = (
    (
        "two-level-government",
        re.compile(
            r"(?:2|02|hai) c?ap\b|mo hinh (?:to chuc )?chinh quyen|phan cap, phan quyen|(?:van hanh|hoat dong)[^,;]{0,30}he thong chinh tri"
            r"|(?:van hanh|hoat dong)[^,;]{0,20}chinh quyen (?:dia phuong|cap xa|xa|phuong|dac khu)"
            r"|(?:mot|01|1) nam (?:dau|hoat dong|van hanh|thanh lap)|\b(?:sau|tu khi)\b[^,;]{0,30}(?:sap nhap|sap xep)"
        ),
    ),
    (
        "kstthc",
        re.compile(r"kiem soat (?:thu tuc hanh ch[ia]nh|tthc)|(?<!\w)kstthc|(?:giai quyet|thuc hien|cong tac) (?:ho so )?(?:thu tuc hanh ch[ia]nh|tthc)"),
    ),
    ("cchc", re.compile(r"cai cach hanh ch[ia]nh|(?<!\w)cchc")),
    # What has no kind of its own, and comes before the procedures in whose course it is done.
    ("other", re.compile(r"so hoa|thanh toan|dich vu cong truc tuyen|phan anh, kien nghi|hai long|chat luong phuc vu")),
    ("socio-economic", re.compile(r"kinh te *[-,]? *(?:va )?xa hoi|(?<!\w)kt *- *xh|(?<!\w)ktxh|phat trien kinh te")),
)
_CONTROL = re.compile(r"kiem soat (?:thu tuc hanh ch[ia]nh|tthc)|(?<!\w)kstthc")
_ASIDE = re.compile(r"\([^()]*\)?")
_ONE_STOP = re.compile(r"(?:trung tam|tt) (?:phuc vu|pv)|pvhcc|bo phan (?:mot cua|tiep nhan)|hoat dong (?:cua )?(?:trung tam|bo phan)")


def _kind(title: str, low: str, number: str, title_place: _Title) -> str:
    """The kind by who reports (the Party) and by what the title names first; `other` where it names none of the kinds."""
    opening, closing = low[: title_place.end + 900], low[-900:]
    letterhead = low[: title_place.start]
    if flat(number).endswith("/du") or re.search(r"bc *[-/] *du\b", letterhead) or _PARTY_LETTERHEAD.search(letterhead):
        return "party-review"
    if _PARTY_OPENING.search(opening.replace("\n", " ")) or re.search(r"t ?[/.]?m\.? *ban thuong vu", closing):
        return "party-review"
    one_stop = _ONE_STOP.search(title)
    control = _CONTROL.search(title, 0, one_stop.start()) if one_stop else None
    if (one_stop and not control) or ("ttpvhcc" in flat(number) and not _CONTROL.search(title)):
        return "other"
    title = _ASIDE.sub(" ", title)
    found = [(match.start(), kind) for kind, pattern in _SUBJECTS if (match := pattern.search(title))]
    return min(found)[1] if found else "other"
