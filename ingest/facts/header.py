# NOTE of the lead, 04:33 UTC: another helper writes this file now (header reading); the author of the figures leaves it alone.
"""What a document says of itself: unit, number, date, addressee, kind, period.

Printed values are kept as printed, also when they are wrong; what is in effect is worked out beside them and a flag says
where the two differ.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from warehouse.model import Document, Header, Period
from warehouse.periods import DateError, PeriodError, PeriodPhrase, calendar, classify_range, parse_date, parse_period_phrase, statutory
from warehouse.text import fold
from warehouse.units import Unit, UnitRegister

HEAD = 3500
"""Characters from the top in which a report presents itself."""

_TYPES = r"xã|phường|thị trấn|đặc khu"
_WORD = r"[^\W\d_][\w’'\-]*"
_UNIT = re.compile(rf"(?P<lead>(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân|Đảng ủy|Đảng uỷ|HĐND|Đảng bộ)\s+)?\b(?P<type>{_TYPES}|Xã|Phường|Thị trấn|Đặc khu)\s+(?P<name>{_WORD}(?:\s+{_WORD}){{0,4}})")
_UNIT_LINE = re.compile(
    rf"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND|ĐẢNG ỦY|ĐẢNG UỶ|ĐẢNG BỘ|HỘI ĐỒNG NHÂN DÂN|BAN CHẤP HÀNH ĐẢNG BỘ)?[ \t*]*(?P<type>{_TYPES})[ \t]+(?P<name>[^\n*|,;:.()]{{2,40}})", re.IGNORECASE
)
_PROVINCE = re.compile(rf"(?P<type>tỉnh|Tỉnh|TỈNH|[Tt]hành phố|THÀNH PHỐ|TP\.?|[Tt]hành ủy|[Tt]ỉnh ủy)\s+(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})")
_DATELINE = re.compile(
    r"(?P<place>[^\n,;:|]{2,40}?),\s*(?P<date>ngày\s*(?P<d>[0-9]{0,2})[.…\s]*tháng\s*(?P<m>[0-9]{0,2})[.…\s]*(?:n[ăã]m)\s*(?P<y>[0-9]{4})?|(?P<short>[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}))", re.IGNORECASE
)
_NUMBER = re.compile(r"Số\s*:?\s*\*?\s*(?P<number>[0-9]+[a-z]?)\s?[-/]\s?(?P<rest>BC[-/][A-ZĐƯa-zđư]+(?:[-&][A-ZĐƯ]+)*)")
_ADDRESSEE = re.compile(r"(?:Kính gửi|KÍNH GỬI|Kg|Kính trình)[*_ ]*\s*:?[*_ ]*\s*(?P<to>[^\n]+(?:\n[ \t]*[-+][^\n]+)*)")
_TITLE = re.compile(r"^[ \t#*_]*(?:TỜ TRÌNH|BÁO\s?CÁO)(?P<rest>[^\n]*)$", re.MULTILINE)
_SPAN = re.compile(
    r"(?:từ(?:\s+ngày)?\s*|\(|[Gg]iai đoạn\s+)(?P<start>[0-9]{1,2}\s?/\s?[0-9]{1,2}(?:\s?/\s?[0-9]{4})?)(?:\s*\([^)]*\))?\s*(?:đến(?:\s+hết)?(?:\s+ngày)?|tới(?:\s+ngày)?|[-–])\s*(?P<end>[0-9]{1,2}\s?/\s?[0-9]{1,2}\s?/\s?[0-9]{4}|nay)", re.IGNORECASE
)
_AS_OF = re.compile(r"(?:tính đến(?:\s+hết)?|số liệu đến|đến thời điểm|đến hết)(?:\s+ngày)?\s*(?P<end>[0-9]{1,2}\s?/\s?[0-9]{1,2}\s?/\s?[0-9]{4})", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t#*_]*(?:[IVX]+\s?[./)]|PHẦN|CHƯƠNG|[A-E]\s?[./]|1\s?[./)]|Thực hiện|Căn cứ|Kính gửi|\(1\))", re.MULTILINE)
_STOPS = {"tỉnh", "thành", "huyện", "thị", "báo", "năm", "quý", "trên", "và", "Đã", "Căn", "Thực", "Số", "Kính", "Công", "Đảng", "Trong", "Trung", "Về", "Theo"}
_FOUNDED = date(2025, 7, 1)
"""The day the communes of two-level government came into being; a period does not reach back beyond a unit's first day."""


@dataclass(frozen=True, slots=True)
class _Range:
    start: date
    end: date | None
    span: tuple[int, int]


def read_header(document: Document, register: UnitRegister | None = None) -> Header:
    """Read the header of a report; with a register the unit gets its code valid at the period's end.

    Flags: `document-date-blank`, `document-date-impossible`, `number-blank`, `title-missing`, `unit-missing`, `unit-unresolved`,
    `unit-ambiguous`, `unit-<how it matched>`, `period-differs`, `period-backwards`, `period-open`, `period-missing`.
    """
    text = document.text
    head = text[:HEAD]
    flags: list[str] = []
    title, title_end = _title(head)
    if not title:
        flags.append("title-missing")
    dateline = next((match for match in _DATELINE.finditer(head[: max(title_end, 600)]) if "căn cứ" not in match["place"].lower()), None)
    printed, printed_span = _document_date(dateline, flags)
    kind = _kind(title, text)
    stated, period = _period(text, title, kind, printed, flags)
    on = (period.end if period else None) or printed or (stated.end if stated else None) or _newest_year(head)
    name, province = _unit(text, head, dateline["place"] if dateline else "")
    code, valid_from = "", None
    if not name:
        flags.append("unit-missing")
    elif register is not None and on is not None:
        resolution = register.resolve(name, province=province or None, on=on)
        if resolution.status != "resolved":
            resolution = register.resolve(name, on=on)
        unit = resolution.unit or _by_district(resolution.candidates if resolution.status == "ambiguous" else (), text)
        if unit is not None:
            name, code, valid_from = f"{unit.unit_type} {unit.name_vi}", unit.code, unit.valid_from
            above = register.by_code(unit.province_code, on)
            if above is not None:
                # a province may have become a city since the register's last word: the printed type stays
                agrees = fold(province).endswith(fold(above.name_vi))
                province = f"{province.removesuffix(province[-len(above.name_vi) :]) if agrees else above.unit_type + ' '}{above.name_vi}"
            if resolution.matched not in ("exact", ""):
                flags.append(f"unit-{resolution.matched}")
        else:
            flags.append("unit-ambiguous" if resolution.status == "ambiguous" else "unit-unresolved")
    number = _NUMBER.search(head)
    if number is None:
        flags.append("number-blank")
    addressee = _ADDRESSEE.search(head)
    return Header(
        unit_name=name,
        province_name=province,
        unit_code=code,
        unit_valid_from=valid_from,
        number=_number(number) if number else "",
        document_date=printed,
        title=title,
        kind=kind,
        addressee=" ".join(addressee["to"].strip(" *_.").split()) if addressee else "",
        period_stated=(stated.start, stated.end) if stated and stated.end else None,
        period_stated_span=stated.span if stated and stated.end else None,
        period=period,
        document_date_span=printed_span,
        flags=tuple(flags),
    )


def _by_district(candidates: tuple[Unit, ...], text: str) -> Unit | None:
    """Of several old units of one name, the one whose district the report names."""
    folded = fold(text[: 4 * HEAD])
    named = [unit for unit in candidates if unit.parent_name_vi and fold(unit.parent_name_vi).removeprefix("thi xa ").removeprefix("thanh pho ").removeprefix("huyen ").removeprefix("quan ") in folded]
    return named[0] if len(named) == 1 else None


def _number(match: re.Match[str]) -> str:
    party = "/" in match["rest"]
    return f"{match['number']}{'-' if party else '/'}{match['rest']}"


def _title(head: str) -> tuple[str, int]:
    """The title below "BÁO CÁO", its lines joined, and where it ends; without that word the first lines that report on something."""
    match = _TITLE.search(head)
    start = match.start("rest") if match else 0
    rest = head[start : start + 900]
    stop = _HEADING.search(rest, 1)
    block = rest[: stop.start()] if stop else rest
    lines = [line.strip(" \t*_#>-") for line in block.split("\n")]
    kept: list[str] = []
    for line in lines:
        if not line or set(line) <= set("-_=. "):
            if kept and (match or len(kept) > 1) and len(" ".join(kept)) > 25:
                break
            continue
        if kept and (len(line) > 260 or line.endswith(".") and len(" ".join(kept)) > 40):
            break
        kept.append(line)
        if len(kept) >= 6:
            break
    return " ".join(" ".join(kept).split()), start + len(block)


def _document_date(dateline: re.Match[str] | None, flags: list[str]) -> tuple[date | None, tuple[int, int] | None]:
    if dateline is None:
        flags.append("document-date-blank")
        return None, None
    span = dateline.span("date")
    if dateline["short"]:
        day, month, year = dateline["short"].split("/")
    else:
        day, month, year = dateline["d"], dateline["m"], dateline["y"]
    if not (day and month and year):
        flags.append("document-date-blank")
        return None, span
    try:
        return date(int(year), int(month), int(day)), span
    except ValueError:
        flags.append("document-date-impossible")
        return None, span


def _kind(title: str, text: str) -> str:
    low = title.lower().replace("tthc", "thủ tục hành chính").replace("cchc", "cải cách hành chính")
    low = fold(low)
    head = fold(text[:1500])
    if re.search(r"bc\s?/\s?du\b", head[:600]) or "t/m ban thuong vu" in fold(text[-900:]) or "ban thuong vu dang uy phuong bao cao" in head or head.startswith("dang uy "):
        return "party-review"
    two_level = re.search(r"chinh quyen( dia phuong)?( to chuc)? (2|02|hai) cap|(2|02|hai) cap|phan cap, phan quyen|he thong chinh tri", low)
    if two_level or re.search(r"mo hinh (to chuc )?chinh quyen", low):
        return "two-level-government"
    if "kiem soat thu tuc hanh chinh" in low:
        return "kstthc"
    if re.search(r"kinh te\s*-?\s*xa hoi|ktxh|kt-xh", low):
        return "socio-economic"
    if "cai cach hanh chinh" in low:
        return "cchc"
    return "kstthc" if "giai quyet thu tuc hanh chinh" in low and "mot cua" in low and "hoat dong" not in low else "other"


def _period(text: str, title: str, kind: str, printed: date | None, flags: list[str]) -> tuple[_Range | None, Period | None]:
    """The range as printed and the period in effect: a named period by its calendar, otherwise the sound printed range."""
    head = text[:HEAD]
    year = printed.year if printed else _year_of(title) or _year_of(head)
    phrases = [phrase for phrase in parse_period_phrase(title, year) if not phrase.problem and phrase.kind != "range" and not _ahead(title, phrase)]
    named = _named(phrases[0], kind, year) if phrases else None
    stated = _stated(head) or _stated_later(text, kind, named)
    if stated is None:
        if named is None:
            flags.append("period-missing")
        return None, named
    if stated.end is None:
        if named is None:
            flags.append("period-open")
        return stated, named
    if stated.end < stated.start:
        flags.append("period-backwards")
        if named is not None:
            flags.append("period-differs")
        return stated, named
    try:
        own = classify_range(stated.start, stated.end)
    except PeriodError:
        return stated, named
    if named is None:
        return stated, own
    if (own.start, own.end) == (named.start, named.end):
        return stated, named
    same_name = own.calendar in ("statutory", "calendar") and own.label == named.label
    founded = own.end == named.end and own.start == _FOUNDED and named.start < _FOUNDED
    if same_name or founded:
        return stated, own
    flags.append("period-differs")
    return stated, named


def _ahead(title: str, phrase: PeriodPhrase) -> bool:
    before = title[: phrase.span[0]].lower()
    return bool(re.search(r"phương hướng|nhiệm vụ,? (?:giải pháp|trọng tâm)|kế hoạch|giai đoạn", before)) and "kết quả" not in before[-40:]


def _named(phrase: PeriodPhrase, kind: str, year: int | None) -> Period | None:
    at = phrase.year or year
    if at is None or phrase.kind == "range":
        return None
    make = statutory if kind in ("kstthc", "cchc") and phrase.kind != "month" else calendar
    return make(phrase.kind, at, phrase.n)


def _stated(head: str) -> _Range | None:
    """The range by which the report presents itself, not that of a plan or an act it cites."""
    best: tuple[int, _Range] | None = None
    for found in _ranges(head):
        before = head[max(0, found.span[0] - 90) : found.span[0]].lower()
        score = 2 if re.search(r"kỳ báo cáo|số liệu|báo cáo|trong kỳ|giai đoạn|hoạt động|bộ máy", before) else 0
        score += 3 if head[max(0, found.span[0] - 3) : found.span[0] + 1].strip().endswith("(") else 0
        score += 2 if found.span[0] < 1200 else 0
        if re.search(r"kế hoạch|nhiệm kỳ|quyết định|nghị quyết", before[-40:]):
            score -= 3
        if score > 1 and (best is None or score > best[0]):
            best = (score, found)
    if best is None:
        return None
    return _closed(best[1], head)


def _stated_later(text: str, kind: str, named: Period | None) -> _Range | None:
    """Where the top names no range: one in the body that says it is the report's own, or the longest since the founding."""
    own: list[_Range] = []
    since: list[_Range] = []
    for found in _ranges(text):
        before = text[max(0, found.span[0] - 60) : found.span[0]].lower()
        if re.search(r"quý|kỳ báo cáo|trong kỳ|6 tháng|9 tháng", before) and named is not None:
            own.append(found)
        if found.start == _FOUNDED:
            since.append(found)
    if own:
        return own[0]
    if named is None and kind in ("two-level-government", "party-review") and since:
        closed = [found for found in since if found.end is not None]
        return max(closed, key=lambda found: found.end or _FOUNDED) if closed else since[0]
    return None


def _ranges(text: str) -> list[_Range]:
    """All ranges of days that a text prints, also backwards ones; `end` is None for "đến nay"."""
    result = []
    for match in _SPAN.finditer(text):
        end_text = match["end"].replace(" ", "")
        try:
            end = None if end_text.lower() == "nay" else parse_date(end_text)
            start = parse_date(match["start"].replace(" ", ""), default_year=end.year if end else None)
        except DateError:
            continue
        if match["start"].count("/") == 1 and end is not None and start > end:
            start = start.replace(year=start.year - 1)
        result.append(_Range(start, end, match.span()))
    return result


def _closed(found: _Range, head: str) -> _Range:
    """An open range ends on the day to which the report counts, where it prints one."""
    if found.end is None and (as_of := _AS_OF.search(head)):
        try:
            return _Range(found.start, parse_date(as_of["end"].replace(" ", "")), found.span)
        except DateError:
            return found
    return found


def _year_of(text: str) -> int | None:
    years = [int(year) for year in re.findall(r"(?<![0-9/])20[0-9]{2}(?![0-9])", text)]
    return max(years) if years else None


def _newest_year(head: str) -> date | None:
    year = _year_of(head)
    return date(year, 12, 31) if year else None


def _unit(text: str, head: str, place: str) -> tuple[str, str]:
    """The issuing unit with its type and its province, by where and how often they are named."""
    names: Counter[tuple[str, str]] = Counter()
    spelled: dict[str, Counter[str]] = {}
    place_key = fold(place).removeprefix("tp ").strip()
    place_name = " ".join(place.split()[-4:]).strip(" *_#>")

    def vote(unit_type: str, name: str, weight: int) -> None:
        key = fold(name)
        names[(unit_type.lower(), key)] += weight + (25 if place_key and (place_key == key or place_key.endswith(" " + key)) else 0)
        spelled.setdefault(key, Counter())[name] += weight

    for match in _UNIT_LINE.finditer(head[:700]):
        line = match.group()
        if sum(c.isupper() for c in line) > sum(c.islower() for c in line):
            name = _proper(match["name"])
            if name:
                vote(match["type"], name, 20)
    for match in _UNIT.finditer(text[: 20 * HEAD]):
        name = _trim(match["name"])
        if name:
            vote(match["type"], name, 3 if match["lead"] else 1)
    if not names:
        return (place_name, _province(head))
    unit_type, key = names.most_common(1)[0][0]
    name = spelled[key].most_common(1)[0][0]
    if place_key == key:
        name = _proper(place_name) or name
    return f"{unit_type} {name}", _province(head) or _province(text)


def _trim(name: str) -> str:
    words = name.split()
    kept: list[str] = []
    for word in words:
        if not word[0].isupper() or word in _STOPS or word.isupper() and len(word) > 1:
            break
        kept.append(word)
    return " ".join(kept)


def _proper(name: str) -> str:
    words = [word for word in name.split() if any(char.isalpha() for char in word)]
    kept = []
    for word in words:
        if word.upper() in ("CỘNG", "ĐỘC", "SỐ", "TỈNH", "BÁO", "HUYỆN", "THÀNH", "ỦY", "UỶ", "BAN", "UBND", "NHÂN", "ĐẢNG", "ĐỒNG") and kept and not (word.upper() in ("THÀNH", "ĐỒNG", "NHÂN") and len(kept) == 1 and len(words) == 2):
            break
        kept.append(word.capitalize() if word.isupper() else word)
    return " ".join(kept[:5])


def _province(text: str) -> str:
    found: Counter[str] = Counter()
    for match in _PROVINCE.finditer(text):
        unit_type = match["type"].lower().rstrip(".")
        unit_type = {"tp": "thành phố", "thành ủy": "thành phố", "tỉnh ủy": "tỉnh"}.get(unit_type, unit_type)
        name = _trim(match["name"]) or (_proper(match["name"]) if match["name"].split()[0].isupper() else "")
        if name and fold(name) not in ("uy", "ban", "doan", "hoi"):
            found[f"{unit_type} {name}"] += 1
    return found.most_common(1)[0][0] if found else ""


