"""An invented country: every commune of today, thirteen months, as many dossiers as asked for, with events, forms, reports and portal snapshots.

Written by COPY into `raw` and `facts` in the shapes that ingest leaves. Everything about a dossier follows from its number and the seed, so that
a later night can speak of any of them again. Real: the units and their codes. Invented: all numbers.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.bulk import Submission, Writer, form, report, scores
from warehouse.periods import calendar, statutory
from warehouse.settings import ROOT

FIRST_DAY = date(2025, 7, 1)
LAST_DAY = date(2026, 7, 31)
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_CHUNK = 500_000
_FIELDS = ("Đất đai", "Hộ tịch", "Chứng thực", "Hộ kinh doanh", "Bảo trợ xã hội", "Xây dựng")
_PROCEDURES = [f"{1 + number % 2}.{number:06d}" for number in range(9, 49)]
_TERMS = np.array([1, 1, 3, 3, 5, 10, 15, 20])

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Commune:
    """A unit that exchanges dossiers under its portal code."""

    unit_code: str
    name_vi: str
    province: str
    """Portal code of its province: H37."""
    portal_code: str


def communes(count: int | None = None) -> list[Commune]:
    """The communes of today with their real codes; their numbers at the portal are invented but for the province's."""
    seeds = ROOT / "dbt_project" / "seeds"
    with (seeds / "portal_provinces.csv").open(encoding="utf-8", newline="") as file:
        portal = {row["province_code"]: row["portal_code"] for row in csv.DictReader(file)}
    with (seeds / "administrative_units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "commune" and row["valid_from"] == "2025-07-01"]
    seen: dict[str, int] = {}
    found = []
    for row in rows[:count]:
        province = portal[row["province_code"]]
        seen[province] = seen.get(province, 99) + 1
        found.append(Commune(row["unit_code"], row["full_name_vi"], province, f"{province}.{seen[province]}"))
    return found


def _drawn(numbers: Numbers, seed: int, salt: int) -> NDArray[np.uint64]:
    """64 random bits for each number (splitmix64)."""
    x = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64((seed * 1_000_003 + salt) * 0x632BE59BD9B4E019 % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@dataclass
class Country:
    """Writes the country through a connection of the owner; `dossiers` counts what was written."""

    connection: psycopg.Connection
    seed: int = 766
    communes: list[Commune] = field(default_factory=communes)
    dossiers: int = 0
    _start: int = 0
    _span: int = 0
    _lines: int = 0

    def __post_init__(self) -> None:
        self._writer = Writer(self.connection)
        self._provinces = sorted({commune.province for commune in self.communes})
        self._province_of = np.array([self._provinces.index(commune.province) for commune in self.communes])
        self._days = np.array([(FIRST_DAY + timedelta(days=day)).isoformat() for day in range(_DAYS + 400)], dtype=object)

    # --- what stands beside the dossiers ---------------------------------------------------------------------------------

    def surroundings(self, months: int = 13) -> None:
        """The catalogue, the portal's monthly snapshots, and each commune's quarterly form; every fourth reports in prose too."""
        (landing,) = self._writer.landings("procedures", [("catalogue.csv", "", "", len(_PROCEDURES))])
        with self.connection.cursor().copy(
            "copy raw.procedures (landing_id, reader_version, pointer, procedure_code, name_vi, field_code, supporting_agencies, payload) from stdin"
        ) as copy:
            for number, code in enumerate(_PROCEDURES):
                copy.write_row((landing, 1, f"row {number}", code, f"Thủ tục {code}", _FIELDS[number % len(_FIELDS)], [], "{}"))
        draw = random.Random(self.seed)
        for month in range(months):
            year, number = divmod(2025 * 12 + 6 + month, 12)
            period = calendar("month", year, number + 1)
            named = [("portal", f"{province}/legacy", period.key, 100) for province in self._provinces]
            for province, landing in zip(self._provinces, self._writer.landings("portal_index", named), strict=True):
                rows = [(own.portal_code, own.unit_code, scores(own.name_vi, draw)) for own in self.communes if own.province == province]
                self._writer.portal(landing, rows, province, period)
        before: Sequence[Submission | None] = [None] * len(self.communes)
        for year, quarter in ((2025, 4), (2026, 1), (2026, 2)):
            forms = [form(own.unit_code, draw, statutory("quarter", year, quarter), last) for own, last in zip(self.communes, before, strict=True)]
            reports = [report(own.unit_code, draw, statutory("quarter", year, quarter)) for own in self.communes[::4]]
            self._writer.submissions(forms)
            self._writer.submissions(reports)
            before = forms
        # A few report early on the quarter that is not over: so its counts are shown, and every night moves them.
        self._writer.submissions([report(own.unit_code, draw, statutory("quarter", 2026, 3)) for own in self.communes[::40]])

    # --- dossiers --------------------------------------------------------------------------------------------------------

    def history(self, count: int) -> None:
        """`count` more dossiers over the thirteen months: one record each, a fifth of them two, a quarter with events."""
        self._start, self._span = self.dossiers, count
        first, self.dossiers = self.dossiers, self.dossiers + count
        for start in range(first, first + count, _CHUNK):
            numbers = np.arange(start, min(start + _CHUNK, first + count), dtype=np.int64)
            received = (numbers - first) * _DAYS // count
            ended = received + self._duration(numbers)
            self._exchange(numbers, received, np.where(ended < _DAYS, ended, -1), np.minimum(ended, _DAYS - 1) + 1)
            early = numbers[_drawn(numbers, self.seed, 5) % np.uint64(5) == 0]
            self._exchange(early, (early - first) * _DAYS // count, np.full(len(early), -1), (early - first) * _DAYS // count + 1)
            self._events(numbers, received, ended)

    def night(self, new: int, updated: int, day: int = 0) -> None:
        """The exchange of one night after the thirteen months: new dossiers, and records about those that are known.

        Ninety-nine of a hundred updates speak of the last thirty days, where they change what an exchange changes: what is open is processed or
        ends, what has ended is handed over on a later day with its day of the end as it was. One of a hundred corrects the end of any dossier that was
        finished. (Before, each update let a dossier end last night, also one that had ended months ago: half of all counts of closed
        periods changed in a night, which no exchange does. Now the night moves the running quarter in every commune, and closed ones where they
        are corrected.) `new` and `updated` in dossiers; where fewer are known of the last thirty days, some are drawn twice and told once.
        """
        today = _DAYS + day
        first, self.dossiers = self.dossiers, self.dossiers + new
        numbers = np.arange(first, first + new, dtype=np.int64)
        received = np.full(new, today - 1) - (_drawn(numbers, self.seed, 6) % np.uint64(3)).astype(np.int64)
        self._exchange(numbers, received, np.full(new, -1), np.full(new, today))
        choice = np.random.default_rng(self.seed + day)
        end, recent = self._start + self._span, int(self._span * 30 / _DAYS)
        picked = np.unique(choice.integers(end - recent, end, updated * 99 // 100))
        received, ended = self._life(picked)
        self._exchange(picked, received, np.where(ended < today, ended, -1), np.full(len(picked), today))
        picked = np.unique(choice.integers(self._start, end - recent, updated // 100))
        received, ended = self._life(picked)
        known = ended < _DAYS
        self._exchange(picked[known], received[known], ended[known] + 1, np.full(int(known.sum()), today))

    def _life(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Days of receipt and of the end of dossiers of the last history."""
        received = (numbers - self._start) * _DAYS // self._span
        return received, received + self._duration(numbers)

    def correction(self, unit_code: str, first: date, last: date, day: int = 1) -> int:
        """One commune sends its dossiers received from `first` to `last` again, finished a day later; returns how many."""
        numbers = np.arange(self._start, self._start + self._span, dtype=np.int64)
        received, _ = self._life(numbers)
        place = next(number for number, commune in enumerate(self.communes) if commune.unit_code == unit_code)
        own = (self._commune(numbers) == place) & (received >= (first - FIRST_DAY).days) & (received <= (last - FIRST_DAY).days)
        numbers, received = numbers[own], received[own]
        ended = received + self._duration(numbers) + 1
        self._exchange(numbers, received, np.minimum(ended, _DAYS), np.full(len(numbers), _DAYS + day))
        return len(numbers)

    def _commune(self, numbers: Numbers) -> Numbers:
        """Some communes are five times as busy as others."""
        part = (_drawn(numbers, self.seed, 1) >> np.uint64(11)).astype(np.float64) / 2**53
        return (len(self.communes) * part**1.3).astype(np.int64)

    def _term(self, numbers: Numbers) -> Numbers:
        return _TERMS[(_drawn(numbers, self.seed, 2) % np.uint64(len(_TERMS))).astype(np.int64)]

    def _duration(self, numbers: Numbers) -> Numbers:
        drawn = (_drawn(numbers, self.seed, 3) % np.uint64(100)).astype(np.int64)
        return np.maximum(0, self._term(numbers) + np.select([drawn < 70, drawn < 93, drawn < 99], [-1, 0, 3], 25))

    def _landings(self, days: Numbers, communes_: Numbers) -> Numbers:
        """A landing for each province and day that occurs; days in order."""
        keys, places = np.unique(days * 100 + self._province_of[communes_], return_inverse=True)
        named = [("exchange", f"{self._provinces[key % 100]}/{self._lines}", str(self._days[key // 100]), 1000) for key in keys.tolist()]
        return np.array(self._writer.landings("dossiers", named), dtype=np.int64)[places]

    def _keys(self, numbers: Numbers) -> list[str]:
        """64 hexadecimal digits, as the keyed hash of a number has."""
        parts = np.stack([_drawn(numbers, self.seed, 100 + part) for part in range(4)], axis=1).astype(">u8").tobytes().hex()
        return [parts[place : place + 64] for place in range(0, len(parts), 64)]

    def _exchange(self, numbers: Numbers, received: Numbers, ended: Numbers, told: Numbers) -> None:
        """Records: `received`, `ended` (-1 while open) and `told` are days since FIRST_DAY."""
        if not len(numbers):
            return
        own = self._commune(numbers)
        landings = self._landings(told, own)
        order = np.argsort(landings, kind="stable")
        numbers, received, ended, own, landings = numbers[order], received[order], ended[order], own[order], landings[order]
        drawn = (_drawn(numbers, self.seed, 4) % np.uint64(100)).astype(np.int64)
        is_open = ended < 0
        finish = self._days[np.where(is_open, 0, ended)]
        finish[is_open] = r"\N"
        columns: list[Sequence[str]] = [
            landings.astype(str).tolist(),
            [f"line {number}" for number in range(self._lines, self._lines + len(numbers))],
            self._keys(numbers),
            np.array([commune.portal_code for commune in self.communes], dtype=object)[own].tolist(),
            np.array(_PROCEDURES, dtype=object)[(drawn * 7 + numbers) % len(_PROCEDURES)].tolist(),
            np.select([drawn < 85, drawn < 97], ["2", "1"], "3").tolist(),
            np.where(is_open, np.where(drawn < 3, "5", "4"), np.where(drawn < 2, "7", np.where(drawn < 30, "9", "10"))).tolist(),
            self._days[received].tolist(),
            self._days[received + self._term(numbers)].tolist(),
            finish.tolist(),
        ]
        self._lines += len(numbers)
        self._copy(
            "copy raw.dossiers (landing_id, pointer, dossier_key, agency_code, procedure_code, channel_code, status_code, received_on, due_on, finished_on,"
            " reader_version, is_updating, supplement_count) from stdin",
            ("\t".join(row) + "\t2\tf\t0\n" for row in zip(*columns, strict=True)),
        )

    def _events(self, numbers: Numbers, received: Numbers, ended: Numbers) -> None:
        """A tenth of the dossiers waits for a supplement, another sixth has a step of progress."""
        drawn = (_drawn(numbers, self.seed, 8) % np.uint64(60)).astype(np.int64)
        for event, chosen in (("supplement", drawn < 6), ("progress", (drawn >= 6) & (drawn < 16))):
            own, start = numbers[chosen], received[chosen] + 1
            end = np.minimum(start + 3, np.maximum(ended[chosen], start))
            landings = self._landings(np.minimum(end, _DAYS - 1) + 1, self._commune(own))
            columns: list[Sequence[str]] = [
                landings.astype(str).tolist(), [f"event {number}" for number in range(self._lines, self._lines + len(own))], self._keys(own),
                self._days[start].tolist(), self._days[end].tolist() if event == "supplement" else [r"\N"] * len(own),
            ]  # fmt: skip
            self._lines += len(own)
            tail = f"\t{event}\t{'4' if event == 'progress' else chr(92) + 'N'}\t2\n"
            self._copy(
                "copy raw.dossier_events (landing_id, pointer, dossier_key, happened_on, ended_on, event, status_code, reader_version) from stdin",
                ("\t".join(row) + tail for row in zip(*columns, strict=True)),
            )

    def _copy(self, statement: str, lines: Iterator[str]) -> None:
        with self.connection.cursor().copy(statement.encode()) as copy:
            batch: list[str] = []
            for line in lines:
                batch.append(line)
                if len(batch) == 5_000:
                    copy.write("".join(batch))
                    batch.clear()
            copy.write("".join(batch))
