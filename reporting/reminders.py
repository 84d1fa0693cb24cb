"""Reports that are due or missing, and which of them are to be reminded of today.

Who owes what and until when is `marts.reporting_status`: units valid at the period's end, by the obligations of
`dbt_project/seeds/reporting_obligations.csv`. The stages are `reporting.reminder_stage`. Not reminded are units that were closed
meanwhile, units that are exempt (`TTHC_EXEMPTIONS`), and units whose report came, even if it is held back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from warehouse.periods import label_of

_COLUMNS = ("unit_code", "obligation", "first_period_end", "last_period_end", "reason")
_WINDOW_DAYS = 7
"""A stage that was missed for longer is not told late."""
_KINDS_VI = {
    "kstthc": "Báo cáo kiểm soát TTHC",
    "form-06": "Biểu II.06/VPCP/KSTT",
    "cchc": "Báo cáo cải cách hành chính",
    "two-level-government": "Báo cáo vận hành chính quyền địa phương 2 cấp",
}
_DUE = """
    select status.unit_code, status.unit_valid_from, unit.full_name_vi as unit_name_vi, unit.province_code, status.obligation, status.period_key,
        status.due_on, stage.offset_days
    from marts.reporting_status as status
    inner join marts.dim_unit as unit on (unit.unit_code, unit.unit_valid_from) = (status.unit_code, status.unit_valid_from)
    inner join lateral (
        select max(offset_days) as offset_days from reporting.reminder_stage where status.due_on + offset_days <= %(today)s
    ) as stage on stage.offset_days is not null
    where
        status.sent_on is null
        and status.due_on + stage.offset_days + %(window)s > %(today)s
        and coalesce(unit.unit_valid_to, 'infinity') >= %(today)s
        -- The marts may be of an earlier night: what has arrived since counts.
        and not exists (
            select from quality.judged_submission as arrived
            where arrived.unit_code = status.unit_code and arrived.period_key = status.period_key and starts_with(status.obligation, arrived.kind || '-')
        )
        and not exists (
            select from reporting.reminder as told
            where (told.unit_code, told.unit_valid_from, told.obligation, told.period_key)
                = (status.unit_code, status.unit_valid_from, status.obligation, status.period_key)
                and told.offset_days >= stage.offset_days
        )
    order by unit.province_code, unit.full_name_vi, status.due_on, status.obligation
"""


class ExemptionsError(Exception):
    """The file of exemptions cannot be used: one line for each fault, with file, line and remedy."""


@dataclass(frozen=True)
class Exemption:
    """One unit that owes nothing (or not one obligation) for the periods that end between two days, both inclusive."""

    unit_code: str
    obligation: str
    """Empty: every obligation."""
    first: date
    last: date

    def covers(self, report: dict[str, Any]) -> bool:
        """Whether a row of the due reports is exempt."""
        period_end = date.fromisoformat(report["period_key"].rpartition(":")[2])
        return report["unit_code"] == self.unit_code and self.obligation in ("", report["obligation"]) and self.first <= period_end <= self.last


def load_exemptions(path: Path | None) -> tuple[Exemption, ...]:
    """Read the exemptions: CSV in UTF-8, `unit_code,obligation,first_period_end,last_period_end,reason`; None: nobody is exempt.

    Raises:
        ExemptionsError: the file is missing, or some of its lines cannot be used; every such line is named.
    """
    if path is None:
        return ()
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise ExemptionsError(f"{path}: cannot be read as CSV in UTF-8 ({type(error).__name__}): correct it or TTHC_EXEMPTIONS") from error
    if tuple(reader.fieldnames or ()) != _COLUMNS:
        raise ExemptionsError(f"{path}, line 1: expected the columns {','.join(_COLUMNS)}, separated by commas")
    exemptions, faults = [], []
    for row in reader:
        try:
            first, last = date.fromisoformat(row["first_period_end"]), date.fromisoformat(row["last_period_end"] or "9999-12-31")
        except (TypeError, ValueError):
            faults.append(f"{path}, line {reader.line_num}: the period ends must be days as 2026-03-14; the last may be empty")
            continue
        if not (row["unit_code"] or "").isdigit() or len(row["unit_code"]) != 5 or first > last or not (row["reason"] or "").strip():
            faults.append(f"{path}, line {reader.line_num}: expected a unit code of five digits, days in order, and a reason")
            continue
        exemptions.append(Exemption(row["unit_code"], row["obligation"], first, last))
    if faults:
        raise ExemptionsError("\n".join(faults))
    return tuple(exemptions)


def due(cursor: psycopg.Cursor[dict[str, Any]], today: date, exemptions: Sequence[Exemption]) -> list[dict[str, Any]]:
    """The reports to remind of today, one row each as `reporting.reminder` keeps it, without `mail_id`; none before the marts know them."""
    known = cursor.execute("select to_regclass('marts.reporting_status') is not null as found").fetchone()
    if known is None or not known["found"]:
        return []
    rows = cursor.execute(_DUE, {"today": today, "window": _WINDOW_DAYS}).fetchall()
    return [row for row in rows if not any(exemption.covers(row) for exemption in exemptions)]


def title_vi(obligation: str, period_key: str) -> str:
    """`Báo cáo kiểm soát TTHC Quý II/2026`."""
    return f"{_KINDS_VI.get(obligation.rpartition('-')[0], 'Báo cáo định kỳ')} {label_of(period_key)}"
