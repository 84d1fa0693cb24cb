"""Totals that only the other figures of the report tell apart: all that was received from what is new, the whole commune from its government."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ingest.facts.frames import Reading

_FEWEST_BLOCKS = 2
_HEAD_COUNTS = ("staff_assigned", "staff_present", "staff_vacant")
_OF_PEOPLE = (*_HEAD_COUNTS, "staff_left", "staff_joined")
_BLOCKS_BESIDE_GOVERNMENT = [
    (*led, *armed, *services)
    for led in (("party-front",), ("party", "front"))
    for armed in ((), ("military-command",))
    for services in ((), ("public-service",), ("education", "health"), ("education", "health", "service-centre"))
]
"""The blocks that with the government may make up a whole commune."""


def with_new_told_apart(readings: list[Reading]) -> list[Reading]:
    """The readings, where a number of received dossiers that with those carried over gives another such number counts the new ones.

    Measured on the annotations of the part to work on: so it is in all 71 reports whose printed numbers add up like this.
    """
    whole = [reading for reading in readings if not reading.scope and not reading.subject]
    totals = {reading.value for reading in whole if reading.measure == "tthc_received_total"}
    carried = {reading.value for reading in whole if reading.measure == "tthc_carried_over" and reading.value}
    new = {value for value in totals if any(value + more in totals for more in carried)}
    told = {id(reading) for reading in whole if reading.measure == "tthc_received_total" and reading.value in new}
    return [replace(reading, measure="tthc_received_new") if id(reading) in told else reading for reading in readings]


def with_whole_told_apart(readings: list[Reading], *, of_province: bool) -> list[Reading]:
    """The readings, where a head count without a block that is the sum of the government and the other blocks is that of all of them.

    "Tổng biên chế giao cho xã là 630 người" in a text that goes on with 36 of the Party and the front, 61 of the government and 533 of the schools and centres. Where a province counts so the people of its
    communes, whatever it tells of them without a block is of all of them, too.
    """
    told: dict[tuple[str, str], list[Decimal]] = {}
    for reading in readings:
        if not reading.subject and not reading.column:
            told.setdefault((reading.measure, reading.scope), []).append(reading.value)

    def is_sum(reading: Reading) -> bool:
        known = {scope: values for (measure, scope), values in told.items() if measure == reading.measure}
        sums = [sum((known[block][0] for block in blocks), Decimal(0)) for blocks in _BLOCKS_BESIDE_GOVERNMENT if all(block in known for block in blocks)]
        return any(reading.value == part + more for part in known.get("government", []) for more in sums if part < reading.value and more)

    own = [reading for reading in readings if reading.scope == "government" and (reading.presumed or not reading.subject) and reading.measure in _HEAD_COUNTS]
    wholes = {reading.sentence for reading in own if reading.measure == "staff_assigned" and is_sum(reading)}
    of_all = {id(reading) for reading in own if reading.sentence in wholes and is_sum(reading)}
    if of_all and of_province:
        of_all |= {id(reading) for reading in readings if reading.presumed and reading.measure.startswith(_OF_PEOPLE)}
    return [replace(reading, scope="all") if id(reading) in of_all else reading for reading in readings]


def with_late_of_one_field(readings: list[Reading]) -> list[Reading]:
    """The readings, with late dossiers of one field also as those of the unit, where with the others of their sentence they make up its whole.

    "Đang xử lý 96 hồ sơ, có 01 hồ sơ đất đai đã trễ hẹn, 95 hồ sơ còn thời hạn".
    """
    added: list[Reading] = []
    for late in readings:
        if not late.scope.startswith("field:") or late.subject or not late.measure.endswith("_overdue"):
            continue
        state = late.measure.removesuffix("_overdue")
        beside = {one.measure: one.value for one in readings if one.sentence == late.sentence and not one.scope and one.measure.startswith(state)}
        whole, known = beside.pop(f"{state}_total", None), bool(beside) and late.measure not in beside
        if known and whole == late.value + sum(beside.values()):
            added.append(replace(late, scope=""))
    return [*readings, *added]


def with_contracts_told_apart(readings: list[Reading]) -> list[Reading]:
    """The readings, where people under contract who in their sentence are told to be of several blocks are of all: "34 …, tại các trường (32 người), UBND (02 người)"."""
    sentences: dict[tuple[int, int], list[Reading]] = {}
    for reading in readings:
        if reading.measure == "staff_contract_111" and not reading.column:
            sentences.setdefault(reading.sentence, []).append(reading)
    of_all = {
        id(whole)
        for whole, *parts in sentences.values()
        if len({part.scope for part in parts}) > 1 and whole.value == sum(part.value for part in parts) and whole.scope == "government"
    }
    return [replace(reading, scope="all") if id(reading) in of_all else reading for reading in readings]


def with_vacancies_told_apart(readings: list[Reading]) -> list[Reading]:
    """The readings, where a vacancy in a sentence of its own is what the quota told last is more than the people there, both of one block.

    "… có mặt 486/520 người (giáo dục 455/485; y tế 31/35). Số còn thiếu 34 người chủ yếu là giáo viên": of the public service, and not of the government.
    """
    told: dict[str, dict[str, Decimal]] = {}
    last = (0, 0)
    found: list[Reading] = []
    for reading in readings:
        if reading.subject or reading.column or reading.measure not in _HEAD_COUNTS:
            found.append(reading)
            continue
        if reading.measure == "staff_vacant" and reading.scope == "government" and last != reading.sentence:
            fits = {scope for scope, values in told.items() if len(values) > 1 and values["staff_assigned"] - values["staff_present"] == reading.value}
            if len(fits) == 1:
                reading = replace(reading, scope=fits.pop())
        elif reading.measure != "staff_vacant":
            told.setdefault(reading.scope, {})[reading.measure] = reading.value
        last = reading.sentence
        found.append(reading)
    return found


def with_all_told_apart(readings: list[Reading]) -> list[Reading]:
    """The readings, where the heads counted first in a sentence are the sum of all others in it, of the government and another block; their quota too.

    "92 biên chế, thực có 87; trong đó UBND 61, khối Đảng và đoàn thể 26".
    """
    sentences: dict[tuple[int, int], list[Reading]] = {}
    for reading in readings:
        if reading.measure in _HEAD_COUNTS and not reading.subject and not reading.column:
            sentences.setdefault(reading.sentence, []).append(reading)
    of_all: set[int] = set()
    for counted in sentences.values():
        for measure in ("staff_assigned", "staff_present"):
            same = [reading for reading in counted if reading.measure == measure]
            if len(same) <= _FEWEST_BLOCKS:
                continue
            whole, *parts = same
            scopes = {part.scope for part in parts}
            if whole.scope != "government" or "government" not in scopes or len(scopes) < _FEWEST_BLOCKS or "all" in scopes:
                continue
            if whole.value == sum(part.value for part in parts):
                first = parts[0].start
                of_all |= {id(reading) for reading in counted if reading.start < first and reading.scope == "government"}
    return [replace(reading, scope="all") if id(reading) in of_all else reading for reading in readings]


def with_clauses_of_one_scope(readings: list[Reading]) -> list[Reading]:
    """The readings, where quota, presence and vacancy that stand side by side and name no block are all of one scope: "được giao là 161; hiện có mặt 151, khuyết 10"."""
    heads = [reading for reading in readings if reading.measure in _HEAD_COUNTS]
    of_all: set[int] = set()
    for ordered in (heads, heads[::-1]):
        said: set[str] = set()
        last: Reading | None = None
        for reading in ordered:
            beside = last is not None and last.sentence == reading.sentence and reading.measure not in said
            goes_on = beside and reading.presumed and reading.scope == "government" and not (reading.subject or reading.column)
            if goes_on or reading.scope == "all":
                said = {*(said if goes_on else ()), reading.measure}
                last = reading
                of_all.add(id(reading))
            else:
                last = None
    return [replace(reading, scope="all") if id(reading) in of_all else reading for reading in readings]


def with_totals_named_again(readings: list[Reading]) -> list[Reading]:
    """The readings, where a head count that names no block prints the total of all blocks once more: "Trong tổng số 86 người có mặt, cán bộ 23 người …" below a table whose total is 86.

    Officials and civil servants of one sentence who make up that total are of all blocks, too.
    """
    present = [reading for reading in readings if reading.measure == "staff_present" and not (reading.subject or reading.column)]
    totals = {reading.value: reading.start for reading in reversed(present) if reading.scope == "all"}
    named = {reading.value for reading in present if reading.scope == "government" and not reading.presumed}
    if not (totals and named):
        return readings
    unnamed = [reading for reading in readings if reading.presumed and reading.scope == "government" and not (reading.subject or reading.column)]
    kinds: dict[tuple[int, int], list[Reading]] = {}
    for reading in unnamed:
        if reading.measure in ("staff_officials", "staff_civil_servants"):
            kinds.setdefault(reading.sentence, []).append(reading)
    again = [([reading], reading.value) for reading in unnamed if reading.measure == "staff_present"]
    again += [(both, sum((one.value for one in both), Decimal(0))) for both in kinds.values() if len(both) > 1]
    of_all = {id(one) for members, value in again if value not in named and totals.get(value, members[0].start) < members[0].start for one in members}
    return [replace(reading, scope="all") if id(reading) in of_all else reading for reading in readings]
