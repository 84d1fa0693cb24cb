"""A national volume of invented submissions, portal rows and dossiers, written with COPY as ingest would leave them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import psycopg

from warehouse.model import Period

_START = datetime(2026, 3, 20, tzinfo=UTC)
QUARTER = Period("statutory", date(2025, 12, 15), date(2026, 3, 14), "Quý I/2026")
PORTAL_QUARTER = Period("calendar", date(2026, 1, 1), date(2026, 3, 31), "Quý I/2026")
FIELDS = ("field:land", "field:civil-status", "field:certification")
_COLUMNS = {
    3: "tthc_received_total", 4: "tthc_received_online", 5: "tthc_received_in_person_or_postal", 6: "tthc_carried_over", 7: "tthc_resolved_total",
    8: "tthc_resolved_early", 9: "tthc_resolved_on_time", 10: "tthc_resolved_overdue", 11: "tthc_in_progress_total", 12: "tthc_in_progress_on_time",
    13: "tthc_in_progress_overdue",
}  # fmt: skip


@dataclass(frozen=True)
class Submission:
    """One submission to write; `figures` are (measure, scope, value, locator)."""

    unit_code: str
    source: str
    kind: str
    figures: Sequence[tuple[str, str, int, str]]
    period: Period = QUARTER
    unit_valid_from: date = date(2025, 7, 1)


def form(unit_code: str, rng: random.Random, period: Period = QUARTER, before: Submission | None = None) -> Submission:
    """Form II.06 with a total row and a row for each field; every identity holds, also with the form `before`."""
    closed = {scope: value for measure, scope, value, _ in before.figures if measure == _COLUMNS[11]} if before else {}
    rows = []
    for scope in FIELDS:
        online, counter, carried = rng.randrange(50, 900), rng.randrange(20), closed.get(scope, 10)
        late, open_late = rng.randrange(12), rng.randrange(4)
        open_all = rng.randrange(open_late, 40)
        resolved = online + counter + carried - open_all
        early = rng.randrange(resolved - late)
        rows.append({3: online + counter + carried, 4: online, 5: counter, 6: carried, 7: resolved, 8: early, 9: resolved - late - early, 10: late,
                     11: open_all, 12: open_all - open_late, 13: open_late})  # fmt: skip
    total = {column: sum(row[column] for row in rows) for column in _COLUMNS}
    figures = [
        (_COLUMNS[column], scope, value, f"Bieu II.06a!{chr(64 + column)}{12 + place}")
        for place, (scope, row) in enumerate([*zip(FIELDS, rows, strict=True), ("", total)])
        for column, value in row.items()
    ]
    return Submission(unit_code, "statutory_forms", "form-06", figures, period)


def report(unit_code: str, rng: random.Random, period: Period = QUARTER) -> Submission:
    """A narrative report's balance; every identity holds."""
    early, on_time, late, open_in_time, open_late = (rng.randrange(low, high) for low, high in ((100, 900), (10, 90), (0, 20), (1, 40), (0, 5)))
    resolved, in_progress = early + on_time + late, open_in_time + open_late
    values = {
        "tthc_received_total": resolved + in_progress, "tthc_resolved_total": resolved, "tthc_resolved_early": early, "tthc_resolved_on_time": on_time,
        "tthc_resolved_overdue": late, "tthc_in_progress_total": in_progress, "tthc_in_progress_on_time": open_in_time, "tthc_in_progress_overdue": open_late,
    }  # fmt: skip
    figures = [(measure, "", value, f"chars {place * 40}-{place * 40 + len(str(value))}") for place, (measure, value) in enumerate(values.items())]
    return Submission(unit_code, "narrative_reports", "kstthc", figures, period)


@dataclass
class Writer:
    """Writes landings and what was read from them, as the loader or the owner; landings are an hour apart."""

    connection: psycopg.Connection
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def landings(self, source: str, named: Iterable[tuple[str, str, str, int]]) -> list[int]:
        """Landings with their parse attempts from (origin, scope, edition, rows); their ids in that order."""
        row = self.connection.execute("select coalesce(max(landing_id), 0) from raw.landing").fetchone()
        assert row is not None  # an aggregate
        first, rows = int(row[0]) + 1, []
        for landing_id, (origin, scope, edition, size) in enumerate(named, start=first):
            digest = hashlib.sha256(f"{source} {origin} {scope} {edition} {landing_id}".encode()).hexdigest()
            rows.append((landing_id, origin, scope, edition, size, digest, _START + timedelta(hours=landing_id)))
        with self.connection.cursor() as cursor:
            with cursor.copy("copy raw.content (sha256, body) from stdin") as copy:
                for item in rows:
                    copy.write_row((item[5], b"x"))
            with cursor.copy(
                "copy raw.landing (landing_id, source, scope, edition, origin, file_name, sha256, received_sha256, size_bytes, fetched_at, run_id, retain_until) from stdin"
            ) as copy:
                for landing_id, origin, scope, edition, _, digest, at in rows:
                    copy.write_row((landing_id, source, scope, edition, origin, origin, digest, digest, 1, at, "bulk", date(2036, 1, 1)))
            with cursor.copy(
                "copy raw.attempt (run_id, stage, source, scope, edition, origin, outcome, landing_id, row_count, started_at, duration_ms) from stdin"
            ) as copy:
                for landing_id, origin, scope, edition, size, _, at in rows:
                    copy.write_row(("bulk", "land", source, scope, edition, origin, "landed", landing_id, None, at, 1))
                    copy.write_row(("bulk", "parse", source, scope, "1", origin, "parsed", landing_id, size, at, 1))
        self.connection.execute("select setval(pg_get_serial_sequence('raw.landing', 'landing_id'), %s)", (first + len(rows),))
        return [item[0] for item in rows]

    def submissions(self, submissions: Sequence[Submission], names: Sequence[str] = ()) -> list[int]:
        """One landing each, under `names` where given; the landings' ids. The submissions' ids are the same numbers."""
        landings: list[int] = []
        named = list(zip(submissions, names or [f"{s.unit_code}-{s.kind}-{next(self._numbers)}" for s in submissions], strict=True))
        for source in ("statutory_forms", "narrative_reports"):
            landings += self.landings(source, [(name, "", "", len(s.figures)) for s, name in named if s.source == source])
        ordered = sorted(submissions, key=lambda submission: submission.source == "narrative_reports")
        with self.connection.cursor() as cursor:
            with cursor.copy(
                "copy facts.submission (submission_id, landing_id, source, reader_version, kind, unit_code, unit_valid_from, unit_name_vi, period_key,"
                " period_calendar, period_start, period_end, period_label_vi, figure_count) from stdin"
            ) as copy:
                for landing, s in zip(landings, ordered, strict=True):
                    period = s.period
                    copy.write_row(
                        (landing, landing, s.source, "1", s.kind, s.unit_code, s.unit_valid_from if s.unit_code else None, f"đơn vị {s.unit_code}", period.key,
                         period.calendar, period.start, period.end, period.label, len(s.figures))
                    )  # fmt: skip
            with cursor.copy(
                "copy facts.figure (figure_id, submission_id, measure, scope, value, unit, bound, printed_text, locator, quote_vi, span_start, span_end,"
                " period_key, period_start, period_end, confidence) from stdin"
            ) as copy:
                for landing, s in zip(landings, ordered, strict=True):
                    for place, (measure, scope, value, locator) in enumerate(s.figures):
                        start = place * 40 if "!" not in locator else None
                        copy.write_row(
                            (f"{landing:08x}{place:08x}", landing, measure, scope, value, "dossier", "=", str(value), locator, f"{measure} {value}", start,
                             None if start is None else start + len(str(value)), s.period.key, s.period.start, s.period.end, 1)
                        )  # fmt: skip
        by_submission = {id(s): landing for landing, s in zip(landings, ordered, strict=True)}
        return [by_submission[id(s)] for s in submissions]

    def portal(self, landing_id: int, rows: Iterable[tuple[str, str, Mapping[str, str]]], province: str, period: Period = PORTAL_QUARTER) -> None:
        """Legacy rows of one answer from (portal code, unit code, payload)."""
        with self.connection.cursor().copy(
            "copy raw.portal_index (landing_id, pointer, interface, report, period_calendar, period_start, period_end, province_code, is_final, portal_code, unit_code,"
            " unit_valid_from, payload) from stdin"
        ) as copy:
            for number, (code, unit_code, payload) in enumerate(rows):
                copy.write_row(
                    (landing_id, f"/{number}", "legacy", "report_tinh_766_service", "calendar", period.start, period.end, province, True, code, unit_code,
                     date(2025, 7, 1) if unit_code else None, json.dumps(payload))
                )  # fmt: skip

    def dossiers(self, landing_id: int, rows: Iterable[tuple[str, str, str]]) -> None:
        """Records of one exchange from (dossier, status code, channel code)."""
        with self.connection.cursor().copy(
            "copy raw.dossiers (landing_id, pointer, dossier_key, status_code, channel_code, is_updating, supplement_count) from stdin"
        ) as copy:
            for number, (dossier, status, channel) in enumerate(rows):
                copy.write_row((landing_id, f"/{number}", dossier, status, channel, False, 0))


def scores(name: str, rng: random.Random) -> dict[str, str]:
    """A row of the legacy interface whose parts add up and keep to their maxima."""
    parts = {
        part: rng.randrange(100 * most // 2, 100 * most) for part, most in (("TDGQ", 20), ("MDHL", 18), ("MDSH", 22), ("TTTT", 10), ("CLGQ", 12), ("CKMB", 18))
    }
    return {"TEN_COQUAN": name, "TONG_SCORE": f"{sum(parts.values()) / 100:.2f}", **{part: f"{value / 100:.2f}" for part, value in parts.items()}}
