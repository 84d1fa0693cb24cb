"""Working days: the unit in which deadlines are agreed."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from warehouse.catalogue import SEEDS

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def add_working_days(day: date, count: int) -> date:
    """The day `count` working days after `day`; with 0: `day` itself, or the next working day.

    Working days are Monday to Friday without the days of the seed `public_holidays`, by which dbt counts too. Of a year that the
    seed does not have yet only the weekends are known.
    """
    result = day
    remaining = count
    while remaining > 0 or not _is_working(result):
        result += timedelta(days=1)
        if _is_working(result) and remaining > 0:
            remaining -= 1
    return result


def _is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays()


@cache
def _holidays() -> frozenset[date]:
    with (SEEDS / "public_holidays.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["day"]) for row in csv.DictReader(file))
