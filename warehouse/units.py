"""Administrative units: names, codes and dates of provinces, districts (until June 2025) and communes.

A unit is (code, valid_from), because codes were given out again on 1 July 2025. A name is looked up for a day and never guessed: it
resolves to one unit, or it is ambiguous or unresolved with candidates for a person to choose from. The data are the dbt seeds
`administrative_units`, `unit_successors` and `portal_provinces`, which describe their sources.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from warehouse.text import fold, nfc, tone_key

Level = Literal["province", "district", "commune"]
Status = Literal["resolved", "ambiguous", "unresolved"]
Match = Literal["", "exact", "folded", "ocr-repaired", "type-changed"]
"""`folded`: written without accents; `ocr-repaired`: with accents that disagree; `type-changed`: by the type it had or got later."""
Reason = Literal["", "several", "type-differs", "other-time", "other-parent", "unknown-parent", "no-such-name"]

TWO_LEVELS_SINCE = date(2025, 7, 1)
"""The first day of the communes and wards of the two-level government (Law 72/2025/QH15); districts end the day before."""
SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
UNKNOWN_BEFORE = date(2004, 1, 1)
"""`valid_from` of a unit that existed before the reform of 2025 and whose first day is not known."""

_UNIT_COLUMNS = (
    *("unit_code", "valid_from", "valid_to", "level", "unit_type"),
    *("name_vi", "full_name_vi", "province_code", "parent_name_vi", "legal_basis"),
)
_SUCCESSOR_COLUMNS = (
    *("predecessor_code", "predecessor_valid_from", "successor_code", "successor_valid_from"),
    *("share", "is_partial", "legal_basis"),
)
_PORTAL_COLUMNS = ("portal_code", "province_code", "name_vi")

_OPEN = "9999-12-31"
_MOST_CANDIDATES = 10


class UnitDataError(Exception):
    """A seed of the units is missing or has another shape."""


class PortalCodeError(ValueError):
    """A text that is no agency code of the national portal."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit while its name, type and place stay the same. The key is (code, valid_from)."""

    code: str
    """Statistics office: 2 digits a province, 3 a district, 5 a commune; text."""
    valid_from: date
    valid_to: date | None
    """Last day; None while it lasts."""
    level: Level
    unit_type: str
    """Lower case: `phường`, `xã`, `tỉnh`, …"""
    name_vi: str
    full_name_vi: str
    province_code: str
    parent_name_vi: str
    """The district of an old commune, with its type; otherwise empty."""
    legal_basis: str

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """One step to a successor, or back to a predecessor."""

    unit: Unit
    share: Decimal | None
    """Part of the predecessor that went over, 0 to 1; None where it was split and nobody published how."""
    is_partial: bool
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name meant on a day. `unit` is set only if `status` is `resolved`; otherwise `reason` says why not."""

    status: Status
    unit: Unit | None = None
    candidates: tuple[Unit, ...] = ()
    """For the review list, best first, at most ten."""
    matched: Match = ""
    reason: Reason = ""


def normalise_portal_code(code: str) -> str:
    """`000.00.00.H37` → `H37`, `000.00.12.H37` → `H37.12`, `H37.100` stays.

    The older style (QCVN 102:2016/BTTTT) writes the levels from right to left and fills up with zeros. Raises PortalCodeError.
    """
    text = code.strip().upper()
    if re.fullmatch(r"H\d{2}(\.\d+)*", text):
        return text
    older = re.fullmatch(r"(\d{3})\.(\d{2})\.(\d{2})\.(H\d{2})", text)
    if older is None:
        raise PortalCodeError(f"“{code}” is no agency code of the portal; expected H37, H37.100 or 000.00.00.H37")
    levels = [older[3], older[2], older[1]]
    while levels and not int(levels[-1]):
        levels.pop()
    if any(not int(level) for level in levels):
        raise PortalCodeError(f"“{code}” leaves out a level: a unit stands below nothing")
    return ".".join([older[4], *levels])


# --- reading a printed name ------------------------------------------------------------------------------------------

_TYPES = {
    "tỉnh": "tỉnh",
    "tinh": "tỉnh",
    "thanh pho": "thành phố",
    "huyen": "huyện",
    "quan": "quận",
    "thi xa": "thị xã",
    "xa": "xã",
    "phuong": "phường",
    "thi tran": "thị trấn",
    "dac khu": "đặc khu",
}
_ABBREVIATIONS = {
    "P": "phường",
    "X": "xã",
    "TT": "thị trấn",
    "ĐK": "đặc khu",
    "TX": "thị xã",
    "TP": "thành phố",
    "H": "huyện",
    "Q": "quận",
    "T": "tỉnh",
}
_ABBREVIATION = re.compile(r"(TT|TX|TP|ĐK|[PXHQT])(?:\.\s*|\s+|(?=\d))(?=\S)", re.IGNORECASE)
_COMMITTEE = re.compile(r"(?:UBND|HĐND|(?:ủy|uỷ) ban nhân dân|đảng (?:ủy|uỷ))\s+", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[,;()]\s*|\s+[-–—]\s+|\s+(?=(?:tỉnh|huyện|quận|thị xã|thành phố|TX\.?|TP\.?)\s)", re.IGNORECASE)
# The two parents whose own hyphen is not a separator.
_HYPHENATED_PARENT = re.compile(r"(Bà Rịa|Phan Rang)\s*[-–—]\s*(?=Vũng Tàu|Tháp Chàm)", re.IGNORECASE)
_ALIASES = {"hcm": "ho chi minh", "tphcm": "ho chi minh", "thua thien hue": "hue"}


def _plain(text: str) -> str:
    """One spelling of apostrophes, hyphens and numbers: `Cư M’gar` = `Cư M'gar`, `Phường 01` = `Phường 1`."""
    joined = re.sub(r"['’ʼ`]", "", text)
    spaced = re.sub(r"[^\w\u0300-\u036f]+", " ", joined)
    return re.sub(r"\b0+(?=\d)", "", spaced).strip()


@lru_cache(maxsize=16384)
def _key(name: str) -> str:
    """The index key: what two spellings of a name share once accents are gone."""
    return fold(_plain(name))


@lru_cache(maxsize=16384)
def _exact_key(name: str) -> str:
    return tone_key(_plain(nfc(name)))


def _split_type(text: str) -> tuple[str, str]:
    """`P. Bỉm Sơn` → (`phường`, `Bỉm Sơn`); the type is empty if the text begins with none."""
    abbreviated = _ABBREVIATION.match(text)
    if abbreviated:
        return _ABBREVIATIONS[abbreviated[1].upper()], text[abbreviated.end() :]
    words = text.split(" ")
    for length in (2, 1):
        unit_type = _TYPES.get(fold(" ".join(words[:length])))
        if unit_type and len(words) > length:
            return unit_type, " ".join(words[length:])
    return "", text


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to take a printed name apart."""

    unit_type: str
    name: str
    parents: tuple[str, ...]


def _readings(text: str, unit_type: str | None) -> Iterator[_Reading]:
    """From the whole text as one name to ever more of its tail as parents; each with its type and as a name of its own."""
    cleaned = _HYPHENATED_PARENT.sub(r"\1 ", _COMMITTEE.sub("", " ".join(nfc(text).split()), count=1))
    separators = list(_SEPARATOR.finditer(cleaned))
    ends = [(match.start(), match.end()) for match in reversed(separators)]
    for head_end, tail_start in [(len(cleaned), len(cleaned)), *ends]:
        head = cleaned[:head_end].strip(" .")
        parents = tuple(part for part in _SEPARATOR.split(cleaned[tail_start:]) if part.strip(" ."))
        printed_type, name = _split_type(head)
        if _key(name):
            yield _Reading(printed_type or (unit_type or "").lower(), name, parents)
        if printed_type and _key(head):  # "Xa Dung", "Phường Đúc": the first word belongs to the name
            yield _Reading((unit_type or "").lower(), head, parents)


# --- the register ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parents:
    """Which provinces or districts a unit must lie in to fit one parent name."""

    provinces: frozenset[str]
    districts: frozenset[str]
    """(province code, folded full name) joined by `|`."""


class UnitRegister:
    """All units of all days, read once; indexes are built when they are first needed."""

    def __init__(self, seeds_dir: Path) -> None:
        self._seeds_dir = seeds_dir
        self._rows = _read_seed(seeds_dir / "administrative_units.csv", _UNIT_COLUMNS)
        self._by_code: dict[str, list[int]] = defaultdict(list)
        for index, row in enumerate(self._rows):
            self._by_code[row[0]].append(index)
        self._portal_names = {row[0]: row[2] for row in _read_seed(seeds_dir / "portal_provinces.csv", _PORTAL_COLUMNS)}

    @classmethod
    def load(cls, seeds_dir: Path | None = None) -> UnitRegister:
        """Read the seeds; raises UnitDataError if one is missing or changed."""
        return cls(seeds_dir or SEEDS)

    def resolve(self, name: str, *, province: str | None = None, district: str | None = None, on: date, unit_type: str | None = None) -> Resolution:
        """What `name` meant on the day `on`.

        `name` may carry a committee, a type and parents: "UBND phường Tam Thanh, tỉnh Lạng Sơn". `province` is a name, a statistics
        office's code valid on that day, or a portal code; `district` a name. `unit_type` counts only where the name has no type.
        A province that ended in 2025 stands for its successor on later days. Every parent given must fit.
        """
        given = [self._parents(text, on, provinces_only=only) for text, only in ((province, True), (district, False)) if text]
        if None in given:
            return Resolution("unresolved", reason="unknown-parent", candidates=self._same_name(list(_readings(name, unit_type)), on))
        readings = []
        for reading in _readings(name, unit_type):
            parents = [self._parents(text, on) for text in reading.parents]
            readings.append((reading, [*given, *parents]))
        # Without a single accent in the text nobody knows whether "Thanh An" is Thanh An or Thạnh An: compare all of them loosely.
        for exactly in (False,) if name.isascii() else (True, False):
            for reading, wanted in readings:
                found = [] if None in wanted else self._find(reading, [parent for parent in wanted if parent], on, exactly=exactly)
                if len(found) == 1:
                    index, matched = found[0]
                    return Resolution("resolved", self._unit(index), matched=matched)
                if found:
                    units = sorted((self._unit(index) for index, _ in found), key=lambda unit: unit.code)
                    return Resolution("ambiguous", candidates=tuple(units[:_MOST_CANDIDATES]), reason="several")
        return self._unresolved(readings, on)

    def by_code(self, code: str, on: date) -> Unit | None:
        """The unit that held a statistics office's code on a day; None if no unit did."""
        return next((self._unit(index) for index in self._by_code.get(code, ()) if self._is_valid(index, on)), None)

    def province_by_portal_code(self, code: str, on: date | None = None) -> Unit | None:
        """The province of a portal code of any depth, on a day or at present; None if the portal has no such province.

        By name, as the statistics office's code of a name may be another one before July 2025. Raises PortalCodeError.
        """
        name = self._portal_names.get(normalise_portal_code(code).split(".")[0])
        if name is None:
            return None
        day = on.isoformat() if on else _OPEN
        found = [i for i in self._by_key[_key(name)] if self._rows[i][3] == "province" and self._rows[i][1] <= day <= (self._rows[i][2] or _OPEN)]
        return self._unit(found[0]) if found else None

    def valid_on(self, day: date, level: Level = "commune") -> list[Unit]:
        """All units of a level on a day, by code."""
        return [self._unit(index) for index, row in enumerate(self._rows) if row[3] == level and self._is_valid(index, day)]

    def successors(self, unit: Unit) -> tuple[Succession, ...]:
        """The units that took over when `unit` ended, one step; empty while it lasts, and for districts."""
        return tuple(self._succession(row, row[2], row[3]) for row in self._links[0].get((unit.code, unit.valid_from.isoformat()), ()))

    def predecessors(self, unit: Unit) -> tuple[Succession, ...]:
        """The units that `unit` was made from, one step back; `share` is the part of the predecessor that came over."""
        return tuple(self._succession(row, row[0], row[1]) for row in self._links[1].get((unit.code, unit.valid_from.isoformat()), ()))

    # --- rows and indexes

    def _unit(self, index: int) -> Unit:
        code, valid_from, valid_to, level, *rest = self._rows[index]
        return Unit(code, date.fromisoformat(valid_from), date.fromisoformat(valid_to) if valid_to else None, level, *rest)  # type: ignore[arg-type]

    def _is_valid(self, index: int, day: date) -> bool:
        row = self._rows[index]
        return row[1] <= day.isoformat() <= (row[2] or _OPEN)

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        keys: dict[str, list[int]] = defaultdict(list)
        for index, row in enumerate(self._rows):
            keys[_key(row[5])].append(index)
        return keys

    @cached_property
    def _links(self) -> tuple[dict[tuple[str, str], list[list[str]]], dict[tuple[str, str], list[list[str]]]]:
        """Successor rows by predecessor and by successor."""
        after: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
        before: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
        for row in _read_seed(self._seeds_dir / "unit_successors.csv", _SUCCESSOR_COLUMNS):
            after[row[0], row[1]].append(row)
            before[row[2], row[3]].append(row)
        return after, before

    def _succession(self, row: list[str], code: str, valid_from: str) -> Succession:
        index = next((index for index in self._by_code[code] if self._rows[index][1] == valid_from), None)
        if index is None:
            raise UnitDataError(f"unit_successors.csv names unit {code} from {valid_from}, which administrative_units.csv lacks: rebuild the seeds")
        return Succession(self._unit(index), Decimal(row[4]) if row[4] else None, row[5] == "true", row[6])

    # --- finding

    def _find(self, reading: _Reading, parents: list[_Parents], on: date, *, exactly: bool) -> list[tuple[int, Match]]:
        found: list[tuple[int, Match]] = []
        exact = _exact_key(reading.name)
        loosely: Match = "folded" if _plain(reading.name).lower() == _key(reading.name) else "ocr-repaired"
        for index in self._by_key.get(_key(reading.name), ()):
            row = self._rows[index]
            if not self._is_valid(index, on) or not all(_lies_in(row, parent) for parent in parents):
                continue
            same_letters = _exact_key(row[5]) == exact
            if exactly and not same_letters:
                continue
            if reading.unit_type in ("", row[4]):
                found.append((index, "exact" if same_letters else loosely))
            elif reading.unit_type in self._types_over_time(index):
                found.append((index, "type-changed"))
        return found

    def _types_over_time(self, index: int) -> set[str]:
        """The types of one and the same place: same code and name, and neither merged nor split in between."""
        after, before = self._links
        types: set[str] = set()
        for links, code_at, start_at in ((after, 2, 3), (before, 0, 1)):
            row = self._rows[index]
            while True:
                steps = links.get((row[0], row[1]), [])
                if len(steps) != 1 or steps[0][5] == "true" or steps[0][code_at] != row[0]:
                    break
                link = steps[0]
                row = next(self._rows[other] for other in self._by_code[row[0]] if self._rows[other][1] == link[start_at])
                merged = len(before.get((link[2], link[3]), [])) > 1
                if merged or _key(row[5]) != _key(self._rows[index][5]):
                    break
                types.add(row[4])
        return types

    def _parents(self, text: str, on: date, *, provinces_only: bool = False) -> _Parents | None:
        """The provinces and districts a parent name can mean on a day; None if there are none."""
        cleaned = _COMMITTEE.sub("", " ".join(nfc(text).split()), count=1).strip(" .")
        if re.fullmatch(r"\d{2}", cleaned):
            unit = self.by_code(cleaned, on)
            return _Parents(frozenset({unit.code}), frozenset()) if unit else None
        if re.fullmatch(r"(\d{3}\.\d{2}\.\d{2}\.)?H\d{2}(\.\d+)*", cleaned, re.IGNORECASE):
            unit = self.province_by_portal_code(cleaned, on)
            return _Parents(frozenset({unit.code}), frozenset()) if unit else None
        unit_type, name = _split_type(cleaned)
        key = _ALIASES.get(_key(cleaned), _ALIASES.get(_key(name), _key(name)))
        valid = [self._rows[index] for index in self._by_key.get(key, ()) if self._is_valid(index, on)]
        districts = [row for row in valid if row[3] == "district" and unit_type in ("", row[4]) and not provinces_only]
        # Whether a province is a tỉnh or a thành phố changes and is often printed wrong; its name is enough.
        wants_province = provinces_only or unit_type in ("", "tỉnh") or (unit_type == "thành phố" and not districts)
        provinces = self._provinces(key, on) if wants_province else frozenset()
        if not provinces and not districts:
            return None
        return _Parents(provinces, frozenset(f"{row[7]}|{_key(row[6])}" for row in districts))

    def _provinces(self, key: str, on: date) -> frozenset[str]:
        """Codes of the provinces of that name on a day, or else of those that took over from a province of that name."""
        named = [index for index in self._by_key.get(key, ()) if self._rows[index][3] == "province"]
        valid = frozenset(self._rows[index][0] for index in named if self._is_valid(index, on))
        if valid:
            return valid
        ended = [self._unit(index) for index in named if (self._rows[index][2] or _OPEN) < on.isoformat()]
        reached = [step.unit for unit in ended for step in self.successors(unit)]
        return frozenset(unit.code for unit in reached if self.by_code(unit.code, on))

    # --- what to show to a person

    def _unresolved(self, readings: list[tuple[_Reading, list[_Parents | None]]], on: date) -> Resolution:
        """Candidates: the same name on another day, with another type, elsewhere; otherwise names that look alike."""
        ranked: list[tuple[int, bool, int]] = []
        for reading, wanted in readings:
            exact = _exact_key(reading.name)
            for index in self._by_key.get(_key(reading.name), ()):
                row = self._rows[index]
                rank = self._rank(row, reading, wanted, valid=self._is_valid(index, on))
                if rank is not None:
                    ranked.append((rank, _exact_key(row[5]) != exact, index))
        if ranked:
            ranked.sort()
            reason: Reason = ("other-time", "type-differs", "other-time", "other-parent")[ranked[0][0]]
            return Resolution("unresolved", candidates=self._units(index for _, _, index in ranked), reason=reason)
        with_parents = [wanted for reading, wanted in readings if reading.parents]
        unknown = bool(with_parents) and all(None in wanted for wanted in with_parents)
        return Resolution("unresolved", candidates=self._look_alikes(readings, on), reason="unknown-parent" if unknown else "no-such-name")

    @staticmethod
    def _rank(row: list[str], reading: _Reading, wanted: list[_Parents | None], *, valid: bool) -> int | None:
        """How near a unit of the same name is to what was asked, 0 the nearest; None if it is no help."""
        if all(parent is not None and _lies_in(row, parent) for parent in wanted):
            if valid:
                return 1
            return 0 if reading.unit_type in ("", row[4]) else 2
        return 3 if valid else None

    def _same_name(self, readings: list[_Reading], on: date) -> tuple[Unit, ...]:
        return self._units(i for reading in readings for i in self._by_key.get(_key(reading.name), ()) if self._is_valid(i, on))

    def _look_alikes(self, readings: list[tuple[_Reading, list[_Parents | None]]], on: date) -> tuple[Unit, ...]:
        if not readings:
            return ()
        reading, wanted = min(readings, key=lambda pair: len(pair[0].name))
        parents = [parent for parent in wanted if parent]
        near = {
            key: [i for i in indexes if self._is_valid(i, on) and all(_lies_in(self._rows[i], parent) for parent in parents)]
            for key, indexes in self._by_key.items()
        }
        keys = difflib.get_close_matches(_key(reading.name), [key for key, indexes in near.items() if indexes], n=5, cutoff=0.7)
        return self._units(index for key in keys for index in near[key])

    def _units(self, indexes: Iterable[int]) -> tuple[Unit, ...]:
        return tuple(self._unit(index) for index in list(dict.fromkeys(indexes))[:_MOST_CANDIDATES])


def _lies_in(row: list[str], parent: _Parents) -> bool:
    return row[7] in parent.provinces or f"{row[7]}|{_key(row[8])}" in parent.districts


def _read_seed(path: Path, columns: tuple[str, ...]) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError:
        raise UnitDataError(f"{path} is missing: build it with scripts/build_unit_seeds.py") from None
    if not rows or tuple(rows[0]) != columns:
        raise UnitDataError(f"{path} has columns {rows[0] if rows else 'none'}, expected {list(columns)}: rebuild it with scripts/build_unit_seeds.py")
    return rows[1:]
