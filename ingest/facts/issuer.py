"""Who reports: the issuing commune and its province, by where and how often the text names them.

A report about one commune names many (predecessors, neighbours, examples), so places in which a unit presents itself count more
than mentions: the letterhead, the place of the place-and-date line, "UBND phường X báo cáo", the title, the closing lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from warehouse.text import fold
from warehouse.units import TWO_LEVELS_SINCE, Resolution, UnitRegister

_HEAD, _TAIL = 6000, 2500
"""Characters from the top and from the end that are read: a report has presented itself by then."""

_BODY = r"u[yi] ?ban(?: +nhan +dan)?|ubnd|hdnd|hoi +dong +nhan +dan|dang +(?:uy|bo)|ban +chap +hanh +dang +bo|chu +tich"
_UNIT = re.compile(rf"(?:(?P<body>{_BODY})\s+)?(?<!\w)(?<!thi\s)(?<!cap\s)(?P<type>xa|phuong|thi\s+tran|dac\s+khu)\s+(?=[^\W\d_]|\d{{1,2}}\b)")
_PROVINCE_BODY = re.compile(rf"(?m)(?:(?:{_BODY})\s+|^ *)(?P<type>tinh|thanh\s+pho)\s+(?=[^\W\d_])")
"""In a letterhead of two columns the motto stands between "ỦY BAN NHÂN DÂN" and "TỈNH …", which then begins the line."""
_WORDS = re.compile(r"(?:[^\W\d_]|['’])+|\d{1,2}(?!\d)")
_GAP = re.compile(r"(?: ?[-–—] ?| *\n? *)(?=[^\W\d_])| +(?=\d{1,2}(?![\d/.,]))")
_TYPES = {"xa": "xã", "phuong": "phường", "thi tran": "thị trấn", "dac khu": "đặc khu"}
_REPORTS = re.compile(r"\s*(?:,[^.;\n]{0,40})?\s+(?:xin\s+|tran trong\s+|tong hop,?\s+)?(?:bao cao|tong hop|danh gia|kinh gui)")
_MOST_WORDS = 5
# What follows a name in a letterhead of two columns, or begins the next sentence after a hard wrap.
_STOP_LIST = """
cong doc so tinh bao huyen thanh uy ubnd hdnd nhan dang ban kinh thuc can theo trong tren trung va ve cua da hien tiep to noi luu
ngay thang nam quy chu tm kt dv
"""
_STOPS = frozenset(_STOP_LIST.split())
_BEFORE_PROVINCE = re.compile(r"(?<!\w)(?P<type>tinh(?:\s+uy)?|thanh\s+(?:pho|uy)|tp\s?\.?)\s*(?=[^\W\d_])")
_CITY_SHORT = re.compile(r"(?<!\w)tp\s?\.?\s?hcm(?!\w)")
_DISTRICT = re.compile(r"(?<!\w)(?P<type>huyen|quan|thi\s+(?:xa|phuong)|thanh\s+pho|tx\s?\.?|tp\s?\.?)\s*(?=[^\W\d_]|\d)")
_DISTRICT_TYPES = {"huyen": "huyện", "quan": "quận", "thi xa": "thị xã", "thi phuong": "thị xã", "tx": "thị xã"}
"""`thị phường` is what replacing every "xã" by "phường" in an old report leaves of a town."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The reporting unit; `code` and `valid_from` only where the register knows exactly one such unit on the day."""

    name: str = ""
    province: str = ""
    code: str = ""
    valid_from: date | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Names:
    """Folded names of the register, which say where a printed name ends."""

    communes: frozenset[str]
    districts: frozenset[str]
    provinces: dict[str, str]
    """Folded name to the register's spelling."""
    cities_before: frozenset[str]
    """Provinces that were cities before the districts ended: any other "thành phố" of that time is a district."""


@lru_cache(maxsize=4)
def _names(register: UnitRegister) -> _Names:
    days = (TWO_LEVELS_SINCE - timedelta(days=1), TWO_LEVELS_SINCE, date.max)
    provinces = {_key(unit.name_vi): unit.name_vi for day in days for unit in register.valid_on(day, "province")}
    return _Names(
        frozenset(_key(unit.name_vi) for day in days for unit in register.valid_on(day)),
        frozenset(_key(unit.name_vi) for unit in register.valid_on(days[0], "district")),
        provinces,
        frozenset(_key(unit.name_vi) for unit in register.valid_on(days[0], "province") if unit.unit_type == "thành phố"),
    )


def _key(name: str) -> str:
    """A name without accents, and without the dash of a double one: `Xuân Hương - Đà Lạt`."""
    return " ".join(re.sub(r"[-–—]", " ", fold(name)).split())


def read_issuer(view: str, low: str, title: tuple[int, int], place: str, on: date | None, register: UnitRegister) -> Issuer:
    """The unit that a report comes from. `view` and `low` are `plain(text)` and `flat(text)`, `title` is the span of the title.

    `on` is the day for which the unit is resolved. Flags: `unit-missing`, `unit-unresolved`, `unit-ambiguous`,
    `unit-type-changed`, `unit-undated`, `province-missing`.
    """
    names = _names(register)
    name = _unit_name(view, low, title, place, names)
    ranked = _provinces(view, low, title, name, names, on)
    province = ranked[0] if ranked else ""
    flags = [] if province else ["province-missing"]
    if not name:
        return Issuer("", province, flags=(*flags, "unit-missing"))
    if on is None:
        return Issuer(name, province, flags=(*flags, "unit-undated"))
    found = _resolve(name, province, view, low, on, register, names)
    for other in ranked[1:] if found.unit is None else ():
        within = _resolve(name, other, view, low, on, register, names)
        if within.unit is not None:
            found, province = within, other
            break
    if found.unit is None:
        return Issuer(name, province, flags=(*flags, f"unit-{found.status}"))
    unit = found.unit
    home = register.by_code(unit.province_code, on)
    if home is not None and _key(home.name_vi) != _key(province.removeprefix("tỉnh ").removeprefix("thành phố ")):
        province = home.full_name_vi[:1].lower() + home.full_name_vi[1:]
    if found.matched == "type-changed":
        flags.append("unit-type-changed")
        name = f"{next((printed for printed in _TYPES.values() if name.startswith(printed)), unit.unit_type)} {unit.name_vi}"
    else:
        name = f"{unit.unit_type} {unit.name_vi}"
    return Issuer(name, province, unit.code, unit.valid_from, tuple(flags))


# --- the unit's name -------------------------------------------------------------------------------------------------


def _unit_name(view: str, low: str, title: tuple[int, int], place: str, names: _Names) -> str:
    province = _reporting_province(view, low, title, place, names)
    if province:
        return province
    votes: Counter[tuple[str, str]] = Counter()
    spelled: dict[str, Counter[str]] = {}
    place_key = _place_key(place, names)
    for match, name in _mentions(view, low, title[0], names):
        unit_type, key = _TYPES[" ".join(match["type"].split())], _key(name)
        weight = 1
        if match.start() < title[0]:
            weight = 40 if match["body"] and _is_upper(view[match.start("type") : match.end() + 3]) else 20
        elif title[0] <= match.start() < title[1]:
            weight = 15
        elif match["body"]:
            end = match.end() + len(name)
            weight = 12 if _REPORTS.match(low, end) else 3
        votes[unit_type, key] += weight
        spelled.setdefault(key, Counter())[_proper(name)] += 1
    for unit_type, key in list(votes):
        if key == place_key:
            votes[unit_type, key] += 25
    if votes:
        unit_type, key = votes.most_common(1)[0][0]
        return f"{unit_type} {spelled[key].most_common(1)[0][0]}"
    return _proper(place)


def _reporting_province(view: str, low: str, title: tuple[int, int], place: str, names: _Names) -> str:
    """A province that reports for itself: its committee, or an office of it, alone in the letterhead, and its name as the place or in the title."""
    above = low[: title[0]]
    if any(match.start() < title[1] for match, _ in _mentions(view, low, title[0], names)):
        return ""
    for match in _PROVINCE_BODY.finditer(above):
        key = _key(_name_at(view, low, match.end(), names.provinces))
        if key in names.provinces and (_key(place) == key or f" {key}" in low[slice(*title)]):
            return f"{'tỉnh' if match['type'].startswith('ti') else 'thành phố'} {names.provinces[key]}"
    return ""


def _mentions(view: str, low: str, title_start: int, names: _Names) -> Iterator[tuple[re.Match[str], str]]:
    """Every "xã/phường/… Name" of the top and the end, with the name as printed."""
    end = len(low)
    spans = [(0, end)] if end <= _HEAD + _TAIL else [(0, _HEAD), (end - _TAIL, end)]
    for start, stop in spans:
        for match in _UNIT.finditer(low, start, stop):
            name = _name_at(view, low, match.end(), names.communes)
            if name.isdigit() and not (match["body"] or match.start() < title_start):
                continue  # "phường 02 lần"
            if name and not (fold(name) == "hoi" or low.startswith("hoi chu nghia", match.end())):
                yield match, name


def _name_at(view: str, low: str, start: int, known: frozenset[str] | dict[str, str]) -> str:
    """The longest run of capitalised words at `start` that is a known name; otherwise up to a word that cannot belong to one."""
    words: list[str] = []
    bounds: list[int] = []
    position = start
    while len(words) < _MOST_WORDS:
        word = _WORDS.match(view, position)
        if word is None or not (word.group()[0].isupper() or word.group()[0].isdigit()):
            break
        words.append(word.group())
        bounds.append(word.end())
        gap = _GAP.match(view, word.end())
        if gap is None or gap.end() == word.end():
            break
        position = gap.end()
    for count in range(len(words), 0, -1):
        if _key(" ".join(words[:count])) in known:
            return " ".join(view[start : bounds[count - 1]].split())
    kept = 0
    for word_text in words:
        if kept and fold(word_text) in _STOPS:
            break
        if word_text.isdigit():  # "phường 02 lần": a numbered unit is taken only where the register knows the number
            break
        kept += 1
    if not kept or (kept == 1 and fold(words[0]) in _STOPS):
        return ""
    line = view[start : bounds[kept - 1]].split("\n", 1)[0]  # an unknown name does not go on in the next line
    return " ".join(line.split())


def _place_key(place: str, names: _Names) -> str:
    """The place of the place-and-date line, as a folded name: the last words that are a name, without "phường" or "TP."."""
    words = _key(place).replace(".", " ").split()
    for first in range(len(words)):
        if " ".join(words[first:]) in names.communes:
            return " ".join(words[first:])
    return " ".join(words)


def _proper(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() if word.isupper() else word for word in name.split())


def _is_upper(text: str) -> bool:
    return any(char.isalpha() for char in text) and text == text.upper()


# --- the province ----------------------------------------------------------------------------------------------------


_LETTERHEAD = 40
_SURE = 20


def _provinces(view: str, low: str, title: tuple[int, int], name: str, names: _Names, on: date | None) -> list[str]:
    """The province with its printed type, empty where the text names none; behind a mere mention the other provinces mentioned."""
    votes: Counter[str] = Counter()
    types: dict[str, Counter[str]] = {}
    own = fold(name)
    early = on is not None and on < TWO_LEVELS_SINCE
    for match in _BEFORE_PROVINCE.finditer(low, 0, 2 * _HEAD):
        printed = _name_at(view, low, match.end(), names.provinces)
        key = _key(printed)
        key = {"thua thien hue": "hue", "hcm": "ho chi minh"}.get(key, key)
        city = match["type"].startswith(("th", "tp"))
        if key not in names.provinces or (city and early and key not in names.cities_before):
            continue
        weight = 1
        before = low[max(0, match.start() - 200) : match.start()]
        if match.start() < title[0]:
            weight = _LETTERHEAD
        elif re.search(r"(?:kinh gui|kg)[^\n]*\Z", before):
            weight = 30
        elif own and before.rstrip(" ,").endswith(own):
            weight = _SURE
        elif re.search(r"(?:ubnd|nhan dan|so [^,;.\n]{2,40})\s+\Z", before):
            weight = 3
        elif re.search(r"giap\s+\Z", before):
            continue
        votes[key] += weight
        types.setdefault(key, Counter())["thành phố" if city else "tỉnh"] += weight
    for _ in _CITY_SHORT.finditer(low, 0, _HEAD):
        votes["ho chi minh"] += 5
        types.setdefault("ho chi minh", Counter())["thành phố"] += 5
    ranked = [(f"{types[key].most_common(1)[0][0]} {names.provinces[key]}", weight) for key, weight in votes.most_common()]
    sure = bool(ranked) and ranked[0][1] >= _SURE
    return [province for province, _ in ranked[: 1 if sure else None]]


# --- the register ----------------------------------------------------------------------------------------------------


def _resolve(name: str, province: str, view: str, low: str, on: date, register: UnitRegister, names: _Names) -> Resolution:
    """The unit on that day within the province that the text names; an old one within the district it names."""
    found = register.resolve(name, province=province or None, on=on)
    if found.status != "ambiguous" or on >= TWO_LEVELS_SINCE:
        return found
    districts: Counter[str] = Counter()
    for match in _DISTRICT.finditer(low, 0, _HEAD):
        printed = _name_at(view, low, match.end(), names.districts)
        unit_type = _DISTRICT_TYPES.get(" ".join(match["type"].rstrip(". ").split()), "thành phố")
        if _key(printed) in names.districts:
            districts[f"{unit_type} {_proper(printed)}"] += 1
    for district, _ in districts.most_common():
        within = register.resolve(name, province=province or None, district=district, on=on)
        if within.status == "resolved":
            return within
    return found
