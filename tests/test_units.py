"""Units: the five places of the sample reports with their same-name traps, the reform of 2025, the changes of 2026, and the seeds."""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scripts.build_unit_seeds import REFORM, Packages, SeedError, build, main
from warehouse.units import (
    SEEDS,
    PortalCodeError,
    Resolution,
    Unit,
    UnitDataError,
    UnitRegister,
    normalise_portal_code,
)

LAST_OLD_DAY = date(2025, 6, 30)
Q1_2026 = date(2026, 3, 14)
LATE_2026 = date(2026, 11, 1)
Y2023 = date(2023, 9, 14)
PORTAL = Path(__file__).resolve().parents[2] / "shared" / "portal"


@pytest.fixture(scope="module")
def units() -> UnitRegister:
    return UnitRegister.load()


def code_of(resolution: Resolution) -> str:
    """The code, or the status where there is none."""
    return resolution.unit.code if resolution.unit else resolution.status


# --- the seeds as a whole --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "communes", "districts", "provinces"),
    [
        (LAST_OLD_DAY, {"xã": 7692, "phường": 1726, "thị trấn": 617}, 696, {"tỉnh": 57, "thành phố": 6}),
        (REFORM, {"xã": 2621, "phường": 687, "đặc khu": 13}, 0, {"tỉnh": 28, "thành phố": 6}),
        (date(2026, 4, 30), {"xã": 2611, "phường": 697, "đặc khu": 13}, 0, {"tỉnh": 27, "thành phố": 7}),
        (LATE_2026, {"xã": 2599, "phường": 709, "đặc khu": 13}, 0, {"tỉnh": 25, "thành phố": 9}),
    ],
)
def test_counts_on_a_day(units: UnitRegister, day: date, communes: dict[str, int], districts: int, provinces: dict[str, int]) -> None:
    assert Counter(unit.unit_type for unit in units.valid_on(day)) == communes
    assert len(units.valid_on(day, "district")) == districts
    assert Counter(unit.unit_type for unit in units.valid_on(day, "province")) == provinces
    assert sum(communes.values()) == (10035 if day < REFORM else 3321)


def read_seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_code_is_held_twice_on_a_day() -> None:
    rows = sorted(read_seed("administrative_units.csv"), key=lambda row: (row["unit_code"], row["valid_from"]))
    for row in rows:
        assert not row["valid_to"] or row["valid_from"] <= row["valid_to"]
        assert len(row["unit_code"]) == {"province": 2, "district": 3, "commune": 5}[row["level"]]
    for before, after in itertools.pairwise(rows):
        if before["unit_code"] == after["unit_code"]:
            assert before["valid_to"] and before["valid_to"] < after["valid_from"], (before, after)


def test_every_unit_lies_in_a_province_of_its_day(units: UnitRegister) -> None:
    for day in (LAST_OLD_DAY, REFORM, LATE_2026):
        provinces = {unit.code for unit in units.valid_on(day, "province")}
        assert {unit.province_code for unit in units.valid_on(day)} == provinces


def test_successors_reach_every_unit_and_no_other() -> None:
    rows = read_seed("administrative_units.csv")
    known = {(row["unit_code"], row["valid_from"]): row for row in rows}
    links = read_seed("unit_successors.csv")
    for link in links:
        before = known[link["predecessor_code"], link["predecessor_valid_from"]]
        after = known[link["successor_code"], link["successor_valid_from"]]
        assert date.fromisoformat(after["valid_from"]) - date.fromisoformat(before["valid_to"]) == timedelta(days=1)
        assert (link["share"], link["is_partial"]) in {("1", "false"), ("", "true")}
    followed = Counter((link["predecessor_code"], link["predecessor_valid_from"]) for link in links)
    reached = {(link["successor_code"], link["successor_valid_from"]) for link in links}
    ended = {key for key, row in known.items() if row["valid_to"] and row["level"] != "district"}
    assert ended <= set(followed)
    assert {key for key, row in known.items() if key[1] >= "2025-07-01"} == reached
    split = {key for key, count in followed.items() if count > 1}
    assert len(split) == 471
    assert split == {(link["predecessor_code"], link["predecessor_valid_from"]) for link in links if link["is_partial"] == "true"}


@pytest.mark.parametrize(("day", "every"), [(LAST_OLD_DAY, 4), (LATE_2026, 1)])
def test_units_are_found_by_their_own_name(units: UnitRegister, day: date, every: int) -> None:
    provinces = {unit.code: unit.full_name_vi for unit in units.valid_on(day, "province")}
    for unit in units.valid_on(day)[::every]:
        written = ", ".join(part for part in (unit.full_name_vi, unit.parent_name_vi, provinces[unit.province_code]) if part)
        assert units.resolve(f"UBND {written}", on=day).unit == unit, written


# --- the five places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "province", "on", "code", "matched"),
    [
        ("UBND phường Tam Thanh", "Lạng Sơn", Q1_2026, "05986", "exact"),
        ("Phường Tam Thanh, tỉnh Lạng Sơn", None, Q1_2026, "05986", "exact"),
        ("ỦY BAN NHÂN DÂN PHƯỜNG TAM THANH", "TỈNH LẠNG SƠN", Q1_2026, "05986", "exact"),
        ("phường Tam Thanh", "Lạng Sơn", Y2023, "05974", "exact"),
        ("xã Hoàng Đồng", "Lạng Sơn", Y2023, "05986", "exact"),
        ("P. Bỉm Sơn", "Thanh Hóa", Q1_2026, "14812", "exact"),
        ("P. Bim Sơn", "Thanh Hóa", Q1_2026, "14812", "ocr-repaired"),
        ("phương Bim Sơn", "Thanh Hoá", Q1_2026, "14812", "ocr-repaired"),
        ("phuong Bim Son", "Thanh Hoa", Q1_2026, "14812", "folded"),
        ("Phường Ba Đình, thị xã Bỉm Sơn", "Thanh Hóa", Y2023, "14812", "exact"),
        ("X. Nghi Dương", "Hải Phòng", Q1_2026, "11713", "exact"),
        ("xã Kiến Quốc, huyện Kiến Thụy", "Hải Phòng", Y2023, "11713", "exact"),
        ("Đảng ủy phường Bình Thuận", "Tuyền Quang", Q1_2026, "02524", "exact"),
        ("Phường Bình Thuận", "Lâm Đồng", Q1_2026, "22960", "exact"),
        ("Phường Đội Cán", "Tuyên Quang", Y2023, "02524", "ocr-repaired"),
        ("Phường Lam Sơn, TX Bỉm Sơn", "Thanh Hóa", Y2023, "14815", "exact"),
        ("Phường Lam Sơn, thành phố Thanh Hóa", "Thanh Hóa", Y2023, "14773", "exact"),
    ],
)
def test_places_of_the_reports(units: UnitRegister, name: str, province: str | None, on: date, code: str, matched: str) -> None:
    found = units.resolve(name, province=province, on=on)
    assert (found.status, code_of(found), found.matched) == ("resolved", code, matched)


def test_the_two_binh_thuan_never_mix(units: UnitRegister) -> None:
    found = units.resolve("Phường Bình Thuận", on=Q1_2026)
    assert found.status == "ambiguous" and found.unit is None and found.reason == "several"
    assert [unit.code for unit in found.candidates] == ["02524", "22960"]
    assert {unit.code for unit in units.resolve("Bình Thuận", on=Q1_2026).candidates} == {"02524", "03724", "22960"}
    assert "60" in {unit.code for unit in units.resolve("Bình Thuận", on=Y2023).candidates}  # the former province


def test_the_two_epochs_of_tam_thanh_never_mix(units: UnitRegister) -> None:
    old = units.resolve("Phường Tam Thanh", province="H37", on=LAST_OLD_DAY).unit
    new = units.resolve("Phường Tam Thanh", province="H37", on=REFORM).unit
    assert old and new and (old.code, new.code) == ("05974", "05986")
    assert units.resolve("Tam Thanh", on=Q1_2026).status == "ambiguous"  # with X. Tam Thanh of Thanh Hóa


def test_two_lam_son_in_one_province(units: UnitRegister) -> None:
    found = units.resolve("Phường Lam Sơn", province="38", on=Y2023)
    assert [unit.code for unit in found.candidates] == ["14773", "14815"] and found.unit is None
    assert code_of(units.resolve("Phường Lam Sơn", province="38", district="thị xã Bỉm Sơn", on=Y2023)) == "14815"


def test_a_unit_that_ended_is_offered_not_taken(units: UnitRegister) -> None:
    found = units.resolve("Phường Lam Sơn", province="Thanh Hóa", on=Q1_2026)
    assert (found.status, found.reason) == ("unresolved", "other-time")
    assert [unit.code for unit in found.candidates[:3]] == ["14773", "14815", "15544"]  # the two wards, then X. Lam Sơn


def test_a_wrong_type_is_offered_not_taken(units: UnitRegister) -> None:
    found = units.resolve("Phường Nghi Dương", province="Hải Phòng", on=Q1_2026)
    assert (found.status, found.reason, [unit.code for unit in found.candidates]) == ("unresolved", "type-differs", ["11713"])


def test_a_wrong_province_is_not_ignored(units: UnitRegister) -> None:
    found = units.resolve("Xã Nghi Dương", province="Lạng Sơn", on=Q1_2026)
    assert (found.status, found.reason, [unit.code for unit in found.candidates]) == ("unresolved", "other-parent", ["11713"])
    assert units.resolve("Xã Nghi Dương, tỉnh Lạng Sơn", province="Hải Phòng", on=Q1_2026).unit is None
    assert units.resolve("Xã Nghi Dương", province="Atlantis", on=Q1_2026).reason == "unknown-parent"
    assert units.resolve("Xã Nghi Dương, tỉnh Atlantis", on=Q1_2026).status == "unresolved"


def test_damage_beyond_accents_is_offered_not_taken(units: UnitRegister) -> None:
    found = units.resolve("phường Đệ Cấn, tỉnh Tuyên Quang", on=Y2023)
    assert (found.status, found.reason) == ("unresolved", "no-such-name")
    assert "02524" in {unit.code for unit in found.candidates}


def test_names_that_differ_by_an_accent_in_one_province(units: UnitRegister) -> None:
    right = units.resolve("Xã Văn Lăng", province="Thái Nguyên", on=Q1_2026)
    assert right.matched == "exact" and right.unit and right.unit.name_vi == "Văn Lăng"
    assert units.resolve("Xã Ván Lãng", province="Thái Nguyên", on=Q1_2026).status == "ambiguous"
    # Without accents even the letters of a real name prove nothing: Thanh An or Thạnh An.
    assert units.resolve("xa Thanh An", province="Hồ Chí Minh", on=Q1_2026).status == "ambiguous"
    assert units.resolve("xã Thanh An", province="Hồ Chí Minh", on=Q1_2026).matched == "exact"


@pytest.mark.parametrize(
    ("name", "on", "code"),
    [
        ("UBND xã Đông Thái - tỉnh An Giang", Q1_2026, "31006"),
        ("Phường Xuân Hương - Đà Lạt, tỉnh Lâm Đồng", Q1_2026, "24781"),
        ("Xã Cư M’gar", Q1_2026, "24280"),
        ("Xa Dung", Q1_2026, "03208"),
        ("phường Đúc, thành phố Huế", Y2023, "19780"),
        ("P.1, Q3, TP.HCM", Y2023, "27160"),
        ("Phường 01 quận 3 thành phố Hồ Chí Minh", Y2023, "27160"),
        ("Phường 1, Thành phố Vũng Tàu, Tỉnh Bà Rịa - Vũng Tàu", Y2023, "26506"),
        ("UBND Thành phố Hải Phòng", Q1_2026, "31"),
        ("TP Huế", Q1_2026, "46"),
        ("phường Hà Giang 1, tỉnh Hà Giang", Q1_2026, "00694"),  # the province of before stands for its successor
        ("Thị xã Bỉm Sơn", Y2023, "381"),
    ],
)
def test_ways_to_write_a_unit(units: UnitRegister, name: str, on: date, code: str) -> None:
    assert code_of(units.resolve(name, on=on)) == code


@pytest.mark.parametrize("name", ["", "UBND", "Sở Công Thương - tỉnh An Giang", "TỔNG CỘNG", "Tỉnh ủy", ", , -", "()"])
def test_what_is_no_unit(units: UnitRegister, name: str) -> None:
    found = units.resolve(name, on=Q1_2026)
    assert (found.status, found.unit) == ("unresolved", None)


def test_the_type_may_stand_in_its_own_column(units: UnitRegister) -> None:
    assert code_of(units.resolve("Bình Thuận", unit_type="Xã", on=Q1_2026)) == "03724"
    assert units.resolve("Bình Thuận", unit_type="đặc khu", on=Q1_2026).status == "unresolved"


# --- codes -----------------------------------------------------------------------------------------------------------


def test_a_code_used_again_is_two_units(units: UnitRegister) -> None:
    old, new = units.by_code("14812", LAST_OLD_DAY), units.by_code("14812", REFORM)
    assert old and new
    assert (old.full_name_vi, old.parent_name_vi, old.valid_to) == ("Phường Ba Đình", "Thị xã Bỉm Sơn", LAST_OLD_DAY)
    assert (new.full_name_vi, new.valid_from, new.valid_to, new.legal_basis) == ("Phường Bỉm Sơn", REFORM, None, "1686/NQ-UBTVQH15")
    assert {step.unit.code for step in units.predecessors(new)} == {"14812", "14815", "14821", "15277"}
    assert [step.unit for step in units.successors(old)] == [new]
    assert units.predecessors(old) == () and units.successors(new) == ()
    assert units.by_code("99999", REFORM) is None and units.by_code("14815", REFORM) is None


def test_a_split_unit_has_no_invented_share(units: UnitRegister) -> None:
    whole = units.by_code("14815", LAST_OLD_DAY)
    assert whole and [(step.share, step.is_partial) for step in units.successors(whole)] == [(Decimal(1), False)]
    split = next(unit for unit in units.valid_on(LAST_OLD_DAY) if len(units.successors(unit)) > 1)
    assert all(step.share is None and step.is_partial for step in units.successors(split))


def test_an_island_district_without_communes_has_a_successor(units: UnitRegister) -> None:
    island = units.resolve("Huyện Côn Đảo", on=LAST_OLD_DAY).unit
    assert island and [step.unit.full_name_vi for step in units.successors(island)] == ["Đặc khu Côn Đảo"]


def test_portal_codes(units: UnitRegister) -> None:
    assert normalise_portal_code("000.00.00.H37") == normalise_portal_code(" h37 ") == "H37"
    assert normalise_portal_code("H01.187") == "H01.187"
    assert normalise_portal_code("000.00.12.H37") == "H37.12"
    assert normalise_portal_code("005.34.12.H37") == "H37.12.34.005"
    for wrong in ("", "37", "H7", "H37.", "000.12.00.H37", "000.00.H37", "xH37"):
        with pytest.raises(PortalCodeError):
            normalise_portal_code(wrong)


def test_provinces_of_the_portal(units: UnitRegister) -> None:
    rows = read_seed("portal_provinces.csv")
    assert len(rows) == 34 and sorted(row["province_code"] for row in rows) == [unit.code for unit in units.valid_on(REFORM, "province")]
    for row in rows:
        unit = units.province_by_portal_code(row["portal_code"], REFORM)
        assert unit and (unit.code, unit.name_vi) == (row["province_code"], row["name_vi"])
    assert units.province_by_portal_code("H99") is None
    latest = units.province_by_portal_code("H05.101")
    assert latest and latest.full_name_vi == "Thành phố Bắc Ninh"


def test_a_portal_code_before_the_reform_goes_by_name(units: UnitRegister) -> None:
    """Code 44 was Quảng Bình and is Quảng Trị; H50 was Quảng Trị all along."""
    before, after = units.province_by_portal_code("H50", LAST_OLD_DAY), units.province_by_portal_code("H50", REFORM)
    assert before and after and (before.code, after.code) == ("45", "44")
    other = units.by_code("44", LAST_OLD_DAY)
    assert other and other.name_vi == "Quảng Bình"


# --- changes of type in 2026 -----------------------------------------------------------------------------------------


def test_types_change_on_the_day_in_force(units: UnitRegister) -> None:
    days = {
        "07294": date(2026, 9, 20),
        "25270": date(2026, 4, 30),
        "22": date(2026, 9, 1),
        "24": date(2026, 9, 20),
        "75": date(2026, 4, 30),
    }
    for code, day in days.items():
        before, after = units.by_code(code, day - timedelta(days=1)), units.by_code(code, day)
        assert before and after
        assert (before.unit_type, after.unit_type) in {("xã", "phường"), ("tỉnh", "thành phố")}
        assert before.name_vi == after.name_vi
        assert [step.unit for step in units.successors(before)] == [after]


def test_a_unit_is_known_by_its_earlier_and_later_type(units: UnitRegister) -> None:
    stale = units.resolve("Xã Bố Hạ", province="H05", on=LATE_2026)
    assert stale.matched == "type-changed" and stale.unit and stale.unit.full_name_vi == "Phường Bố Hạ"
    early = units.resolve("Phường Bố Hạ", province="Bắc Ninh", on=Q1_2026)
    assert early.matched == "type-changed" and early.unit and early.unit.full_name_vi == "Xã Bố Hạ"
    province = units.resolve("UBND tỉnh Bắc Ninh", on=LATE_2026)
    assert province.matched == "type-changed" and code_of(province) == "24"


def test_a_stale_type_is_no_reason_to_guess(units: UnitRegister) -> None:
    """Other provinces have a xã Tân Phú; the one of Đồng Nai was one until April 2026."""
    found = units.resolve("Xã Tân Phú", on=LATE_2026)
    assert found.status == "ambiguous" and "26116" in {unit.code for unit in found.candidates}
    assert code_of(units.resolve("Xã Tân Phú", province="thành phố Đồng Nai", on=LATE_2026)) == "26116"


def test_a_merger_is_no_change_of_type(units: UnitRegister) -> None:
    """Thị trấn Bố Hạ grew into the xã of 2025 together with others: it is not the same place."""
    assert units.resolve("Thị trấn Bố Hạ", province="Bắc Ninh", on=Q1_2026).status == "unresolved"


# --- real rows of the portal -----------------------------------------------------------------------------------------


def test_rows_of_the_portal_resolve(units: UnitRegister) -> None:
    if not PORTAL.is_dir():
        pytest.skip("the portal's sample rows (../shared/portal) are absent")
    count: Counter[tuple[str, str]] = Counter()
    for file in sorted(PORTAL.glob("*.json")):
        for row in json.loads(file.read_text(encoding="utf-8")):
            found = units.resolve(row["TEN"], on=date(2025, 10, 15))
            count[row["LOAI_COQUAN"], found.status] += 1
            province = units.province_by_portal_code(row["MA_COQUAN"], date(2025, 10, 15))
            assert province and (found.unit is None or found.unit.province_code == province.code)
    # 1 provinces in two pulls, 2 departments (no units), 3 the communes of An Giang
    assert count == {("1", "resolved"): 68, ("2", "unresolved"): 15, ("3", "resolved"): 102}


# --- reading and building the seeds ----------------------------------------------------------------------------------


def test_a_missing_or_changed_seed_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnitDataError, match=r"administrative_units\.csv is missing"):
        UnitRegister.load(tmp_path)
    (tmp_path / "administrative_units.csv").write_text("unit_code,name\n1,a\n", encoding="utf-8")
    with pytest.raises(UnitDataError, match="has columns"):
        UnitRegister.load(tmp_path)


def test_validity_includes_both_ends() -> None:
    unit = Unit("1", date(2025, 7, 1), date(2026, 4, 29), "commune", "xã", "A", "Xã A", "01", "", "")
    days = [date(2025, 6, 30), date(2025, 7, 1), date(2026, 4, 29), date(2026, 4, 30)]
    assert [unit.is_valid_on(day) for day in days] == [False, True, True, False]


PORTAL_NAMES = [(row["province_code"], row["name_vi"]) for row in read_seed("portal_provinces.csv")]


def packages(**changed: Any) -> Packages:
    """34 provinces that went on unchanged, each with one commune; the one of Hà Nội was split between two before."""
    new, old, notes = [], [], {}
    converter: dict[str, Any] = {"DICT_PROVINCE": {}, "DICT_PROVINCE_WARD_NO_DIVIDED": {}, "DICT_PROVINCE_WARD_DIVIDED": {}}
    for code, name in PORTAL_NAMES:
        key, ward = f"p{code}", f"{code}001"
        new.append({"provinceCode": code, "province": f"Tỉnh {name}", "provinceKey": key, "wardCode": ward, "ward": "Xã Thử", "wardKey": "xathu"})
        district = {"districtCode": f"0{code}", "district": "Huyện Mẫu", "districtKey": "huyenmau"}
        old.append({**new[-1], **district, "wardCode": ward, "ward": "Thị Trấn  Mẫu", "wardKey": "ttmau"})
        notes[code] = {"name_with_type": f"Tỉnh {name}", "note": ""}
        notes[ward] = {"name_with_type": "Xã Thử", "note": "Số: 1656/NQ-UBTVQH15; Ngày: 16/06/2025", "parent_code": code}
        converter["DICT_PROVINCE"][key] = [key]
        converter["DICT_PROVINCE_WARD_NO_DIVIDED"][key] = {"xathu": [f"{key}_huyenmau_ttmau"]}
    parts = {"new": new, "old": old, "converter": converter, "notes": notes}
    for path, value in changed.items():
        target: Any = parts
        *steps, last = path.split("__")
        for step in steps:
            target = target[int(step) if isinstance(target, list) else step]
        target[int(last) if isinstance(target, list) else last] = value
    return Packages(**parts)  # type: ignore[arg-type]


def test_build_makes_rows_on_both_sides() -> None:
    rows, successors, portal = build(packages())
    assert len(rows) == 34 * 5 and len(successors) == 34 * 2 and len(portal) == 34
    town = next(row for row in rows if row.unit_code == "01001" and row.valid_to)
    assert (town.unit_type, town.name_vi, town.full_name_vi, town.parent_name_vi) == ("thị trấn", "Mẫu", "Thị trấn Mẫu", "Huyện Mẫu")


def test_build_makes_a_second_row_for_a_change_of_type() -> None:
    note = {"name_with_type": "Phường Thử", "note": "Thành lập phường. Số: 388/NQ-UBTVQH16; Ngày: 04/08/2026", "parent_code": "24"}
    other = {"name_with_type": "Xã Thử", "note": "Số: 1658/NQ-UBTVQH15; Ngày: 16/06/2025", "parent_code": "24"}
    rows, successors, _ = build(packages(notes__24001=note, notes__24999=other))
    days = [(row.unit_type, row.valid_from, row.valid_to) for row in rows if row.unit_code == "24001"][1:]
    assert days == [("xã", REFORM, date(2026, 9, 19)), ("phường", date(2026, 9, 20), None)]
    assert [row.share for row in successors if row.predecessor_code == "24001"] == ["1", "1"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {
                "notes__24001": {"name_with_type": "Phường Thử", "note": "Số: 999/NQ-UBTVQH16; Ngày: 01/12/2026", "parent_code": "24"},
                "notes__24999": {"name_with_type": "Xã Thử", "note": "Số: 1658/NQ-UBTVQH15", "parent_code": "24"},
            },
            "a later one belongs in IN_FORCE",
        ),
        ({"notes__24": {"name_with_type": "Thành phố Bắc Ninh", "note": "99/2026/QH16 - 01/12/2026"}}, "add the day it took effect"),
        ({"notes__24001__name_with_type": "Xã Khác"}, "in one package and Khác in the other"),
        ({"notes__24001__parent_code": "01"}, "in province 24 in one package"),
        ({"new__3__ward": "Làng Thử"}, "does not begin with a type"),
        ({"new__3__wardCode": "01001"}, "in province"),
        ({"converter__DICT_PROVINCE_WARD_NO_DIVIDED__p24": {}}, "ended without a successor"),
        ({"converter__DICT_PROVINCE_WARD_NO_DIVIDED__p24": {"xathu": ["p24_huyenmau_xakhac"]}}, "one of them is no unit"),
        ({"old__0__wardCode": "92001"}, "hold code"),
    ],
)
def test_build_refuses_what_the_packages_leave_open(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(SeedError, match=message):
        build(packages(**changed))


def test_the_script_names_the_wheel_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "need exactly one wheel of vietnamadminunits" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
