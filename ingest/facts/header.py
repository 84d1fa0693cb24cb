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
_TAIL = 1200
_LONGEST_TITLE = 700

_NUMBER = re.compile(r"(?<!\w)so\s*[:.]?\s*(?P<digits>\d[\d ]{0,5})?[\s.…]*(?P<join>[-/])\s?(?P<type>[a-z]{2,4})\s?(?P<join2>[-/])\s?(?P<body>[a-z&]+(?:[-&.][a-z&]+)*)")
_BLANK_NUMBER = re.compile(r"(?:^|\n|\s{2})\s*so\s*:[ .…]*(?:/|-)?")
_LONG_DATE = re.compile(
    r"ngay[\s.…]*(?P<day>\d{1,2})?[\s.…]*thang[\s.…]*(?P<month>\d{1,2})?[\s.…]*n[a-z]m[\s.…]*(?P<year>20\d\d)?|(?:ngay\s+)?(?P<short>\d{1,2}\s?[/.]\s?\d{1,2}\s?[/.]\s?20\d\d)"
)
_PLACE = re.compile(r"(?P<place>(?:[^\W\d_][\w’'.]*(?:[ -]+|(?=,))){1,7})[,;]\s*\Z")
_TITLE_WORD = re.compile(r"(?m)^[ ]*(?:b ?a ?o +c ?a ?o|to trinh)(?!\w)")
_TITLE_ENDS = re.compile(
    r"kinh gui|kinh trinh|kg *:|thuc hien (?:cong van|van ban|ke hoach|chi dao|quyet dinh|nghi quyet|y kien|yeu cau|che do|theo|chuong trinh|thong bao|bao cao)"
    r"|can cu|theo (?:cong van|van ban|ke hoach|yeu cau|de nghi|quy dinh|chi dao)|so *:|[ivx]{1,4} ?[./)-]|[a-e1] ?[./)] |\(1\)|phan (?:thu|[ivx]+\b)|chuong |mo dau|ky bao cao *:"
    r"|(?:ubnd|u[yi] ban nhan dan|ban thuong vu|dang uy) .*(?:bao cao|nhu sau)"
)
_WITHOUT_TITLE_WORD = re.compile(r"(?m)^ *(?P<first>ket qua|tinh hinh|so ket|tong ket|cong tac|danh gia|thuc trang|ve viec|v/v)\b")
_GOES_ON = re.compile(r" *(?:\(|(?:quy|thang|nam|[69] thang)\b.{0,40}$)")
_ADDRESSEE = re.compile(r"(?:kinh gui|kinh trinh|\bkg)\s*:?\s*")
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
    kind = _kind(flat(title.text), low, number, title)
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
    for match in _TITLE_WORD.finditer(head):
        words = view[match.start() : match.end()].strip()
        line = view[match.start() : _line_end(view, match.start())].strip()
        if words == words.upper() or line == words:
            text, end = _title_lines(view, low, match.end())
            return _Title(text, match.start(), end)
    found = _WITHOUT_TITLE_WORD.search(head)
    if found is None or found.start() > 1500:
        return _Title("", 0, 0)
    text, end = _title_lines(view, low, found.start("first"))
    return _Title(text, found.start("first"), end)


def _title_lines(view: str, low: str, start: int) -> tuple[str, int]:
    lines: list[str] = []
    gap, end, position = False, start, start
    while position < min(len(view), start + _LONGEST_TITLE):
        stop = _line_end(view, position)
        line, bare = view[position:stop].strip(), low[position:stop].strip()
        at = position
        position = stop + 1
        if not line or _RULE.match(line):
            gap = gap or bool(lines)
            continue
        if _TITLE_ENDS.match(bare) or (_LONG_DATE.search(bare) and _PLACE.search(view[at : at + 40].split("ngày")[0])):
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
    return "", 0


def _opens_line(view: str, position: int) -> bool:
    """Whether a number stands where a letterhead puts it: first in a line or after a gap, "Số" with a capital."""
    before = view[view.rfind("\n", 0, position) + 1 : position]
    return view[position].isupper() and (not before.strip() or before.endswith(("  ", "- ", "— ")) or before.strip() == before.strip().upper())


def _document_date(
    view: str, low: str, title: _Title, number_end: int, flags: list[str]
) -> tuple[date | None, tuple[int, int] | None, str]:
    """The date of the place-and-date line, its span, and the place; None where day or month is blank or the day does not exist."""
    top = max(title.end, 800)
    regions = [(0, top), (max(top, len(low) - _TAIL), len(low))]
    for start, stop in regions:
        for match in _LONG_DATE.finditer(low, start, stop):
            place = _PLACE.search(view, max(start, match.start() - 60, number_end if match.start() > number_end else 0), match.start())
            if place is None or not _is_place(place["place"]):
                continue
            return _date_of(match, flags), match.span(), place["place"].strip(" -")
    flags.append("document-date-missing")
    return None, None, ""


def _date_of(match: re.Match[str], flags: list[str]) -> date | None:
    parts = re.split(r"\s?[/.]\s?", match["short"]) if match["short"] else [match["day"], match["month"], match["year"]]
    if not all(parts):
        flags.append("document-date-blank")
        return None
    day, month, year = (int(part) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        flags.append("document-date-impossible")
        return None


def _is_place(words: str) -> bool:
    """Place names are capitalised throughout; "theo Quyết định số 12, ngày …" is not one."""
    return all(word[0].isupper() for word in re.findall(r"[^\W\d_][\w’'.]*", words.split("\n")[-1]))


def _addressee(view: str, low: str) -> str:
    """Who the report goes to: the rest of the line, or the list below it; empty if it is not printed."""
    match = _ADDRESSEE.search(low, 0, _HEAD)
    if match is None:
        return ""
    lines = []
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

_PARTY_OPENING = re.compile(r"(?:ban thuong vu )?dang uy (?:phuong|xa|dac khu|thi tran)\b[^.;\n]{0,60}\bbao cao")
_SUBJECTS = (
    ("two-level-government", re.compile(r"(?:2|02|hai) c?ap\b|mo hinh (?:to chuc )?chinh quyen|phan cap, phan quyen|he thong chinh tri")),
    ("kstthc", re.compile(r"kiem soat (?:thu tuc hanh chinh|tthc)|(?<!\w)kstthc|giai quyet (?:thu tuc hanh chinh|tthc|ho so)")),
    ("cchc", re.compile(r"cai cach hanh chinh|(?<!\w)cchc")),
    ("socio-economic", re.compile(r"kinh te *[-,]? *(?:va )?xa hoi|(?<!\w)kt *- *xh|(?<!\w)ktxh|phat trien kinh te")),
)
_ONE_STOP = re.compile(r"hoat dong (?:cua )?(?:trung tam|bo phan)|ttpvhcc|pvhcc")


def _kind(title: str, low: str, number: str, title_place: _Title) -> str:
    """The kind by who reports (the Party) and by what the title names first; `other` where it names none of the kinds."""
    opening, closing = low[: title_place.end + 900], low[-900:]
    letterhead = low[: title_place.start]
    if number.upper().endswith("/ĐU") or "bc/du" in letterhead.replace(" ", "") or re.search(r"(?m)^ *(?:ban chap hanh )?dang (?:uy|bo) ", letterhead):
        return "party-review"
    if _PARTY_OPENING.search(opening) or re.search(r"t ?[/.]?m\.? *ban thuong vu", closing):
        return "party-review"
    if _ONE_STOP.search(title) or "ttpvhcc" in flat(number):
        return "other"
    found = [(match.start(), kind) for kind, pattern in _SUBJECTS if (match := pattern.search(title))]
    return min(found)[1] if found else "other"
