"""Tiny submissions in `facts`, written by the real writer, for tests of what comes after reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ingest import landing as landings
from ingest.submissions import insert_submission
from warehouse import db
from warehouse.model import Figure, Header, Period

QUARTER = Period("statutory", date(2025, 12, 15), date(2026, 3, 14), "Quý I/2026")
NEXT_QUARTER = Period("statutory", date(2026, 3, 15), date(2026, 6, 14), "Quý II/2026")
TAM_THANH = Header(
    unit_name="phường Tam Thanh",
    province_name="Lạng Sơn",
    unit_code="05986",
    unit_valid_from=date(2025, 7, 1),
    kind="kstthc",
    period=QUARTER,
    document_date=date(2026, 3, 18),
)


class _OneBody:
    """A source that offers one body."""

    SOURCE = "narrative_reports"
    PARSER_VERSION = "test"

    def __init__(self, body: bytes, name: str) -> None:
        self.body, self.name = body, name

    def fetch(self, _config: object) -> object:
        return iter([landings.Fetched(self.body, origin=self.name, file_name=self.name)])

    def parse(self, connection: object, landing: object, body: bytes) -> int:
        raise NotImplementedError


def submit(name: str, numbers: dict[str, int], header: Header = TAM_THANH, *, period: Period | None = None, run_id: str = "t") -> int:
    """Land one report whose text prints `numbers` (measure → value), and write its submission; returns the submission's id."""
    header = replace(header, period=period) if period else header
    text, figures = f"{name}\n", []
    for measure, value in numbers.items():
        text += f"{measure}: "
        start = len(text)
        text += f"{value} hồ sơ; "
        printed = str(value)
        figures.append(
            Figure(
                measure,
                "",
                Decimal(value),
                "dossier",
                "=",
                printed,
                f"chars {start}-{start + len(printed)}",
                f"{measure}: {value}",
                start,
                start + len(printed),
                period=header.period,
            )
        )
    with db.connect("loader", autocommit=True) as connection:
        landings.land(connection, _OneBody(text.encode(), name), run_id)  # type: ignore[arg-type]
        row = connection.execute(
            "select landing_id, source, scope, edition, origin, file_name, media_type, sha256, fetched_at from raw.landing order by landing_id desc limit 1"
        ).fetchone()
        assert row is not None
        landing = landings.Landing(*row)
        connection.execute(
            "insert into raw.narrative_reports (landing_id, reader_version, text_nfc, page_starts, method, header)"
            " values (%s, 'test', %s, '{0}', 'text', '{}')",
            (landing.landing_id, text),
        )
        return insert_submission(connection, landing, "test", header, figures, text)


GOOD = {"tthc_resolved_total": 300, "tthc_resolved_early": 250, "tthc_resolved_on_time": 40, "tthc_resolved_overdue": 10}
BAD = {**GOOD, "tthc_resolved_total": 312}
