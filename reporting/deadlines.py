"""Working days: the unit in which deadlines are agreed."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def add_working_days(day: date, count: int) -> date:
    """The day `count` working days after `day` (Monday to Friday; with 0: `day` itself, or the next Monday).

    Public holidays are decided every year and are not known here: an agreed deadline that falls on one is told to the person
    who answers for it, who can grant a waiver.
    """
    result = day
    remaining = count
    while remaining > 0 or result.weekday() >= 5:
        result += timedelta(days=1)
        if result.weekday() < 5 and remaining > 0:
            remaining -= 1
    return result
