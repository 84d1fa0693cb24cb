"""Reporting periods: the statutory calendar, the portal's calendar, and the phrases people write for them.

Statutory periods follow Decree 09/2019/NĐ-CP, Art. 12: they are cut off on the 14th. The nine-month period is an addition of the
provinces. The national portal counts whole calendar months. "Quý I/2026" is therefore two different periods, and a phrase alone
never decides which.
"""

from __future__ import annotations

import calendar as _calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from warehouse.model import Calendar, Period

Kind = Literal["month", "quarter", "half", "nine_months", "year"]
PhraseKind = Literal["month", "quarter", "half", "nine_months", "year", "range"]

_MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "nine_months": 9, "year": 12}
_PER_YEAR: dict[Kind, int] = {"month": 12, "quarter": 4, "half": 2, "nine_months": 1, "year": 1}
_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
_FROM_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


class PeriodError(ValueError):
    """A period that does not exist: a quarter 5, a range that runs backwards."""


class DateError(ValueError):
    """A printed date that is none: 31/02, a blank day, a missing year."""


class PeriodPhrase(NamedTuple):
    """A period as somebody wrote it, with the place where it stands."""

    span: tuple[int, int]
    """Start and end (exclusive) in the text that was searched."""
    kind: PhraseKind
    year: int | None
    """None where neither the phrase nor the caller gives one. For a range: the year of its end, or of its start if it is open."""
    n: int
    """Number within the year: month 1–12, quarter 1–4, half 1–2; 1 for nine months and the year; 0 for a range."""
    label: str
    """In the usual spelling, e.g. `Quý I/2026`."""
    start: date | None = None
    """Ranges only, as printed: it may lie after `end`."""
    end: date | None = None
    """Ranges only; None for "đến nay"."""
    problem: str = ""
    """Why the phrase gives no period (an impossible date or number); empty if it does."""


def statutory(kind: Kind, year: int, n: int = 1) -> Period:
    """The period cut off by Decree 09/2019/NĐ-CP: quarter 1 of 2026 runs from 15/12/2025 to 14/3/2026, both inclusive."""
    first, last = _months(kind, year, n)
    before_year, before_month = (year - 1, 12) if first == 1 else (year, first - 1)
    return Period("statutory", date(before_year, before_month, 15), date(year, last, 14), _label(kind, year, n))


def calendar(kind: Kind, year: int, n: int = 1) -> Period:
    """The period in whole months, as the national portal counts it: quarter 1 of 2026 runs from 1/1/2026 to 31/3/2026."""
    first, last = _months(kind, year, n)
    return Period("calendar", date(year, first, 1), date(year, last, _calendar.monthrange(year, last)[1]), _label(kind, year, n))


def is_legal(period: Period) -> bool:
    """Whether the period is exactly one that its own calendar knows."""
    return period.calendar != "other" and _exact(period.calendar, period.start, period.end) is not None


def classify_range(start: date, end: date) -> Period:
    """The period between two days, both inclusive, under the calendar that knows it; otherwise `other`.

    Raises PeriodError if the range runs backwards.
    """
    if start > end:
        raise PeriodError(f"the range {_dmy(start)} to {_dmy(end)} runs backwards: correct one of its ends")
    return _exact("statutory", start, end) or _exact("calendar", start, end) or Period("other", start, end, f"{_dmy(start)}–{_dmy(end)}")


def label_of(period_key: str) -> str:
    """`calendar:2026-05-01:2026-05-31` -> `Tháng 5/2026`; empty for an empty key."""
    return classify_range(*(date.fromisoformat(day) for day in period_key.split(":")[1:])).label if period_key else ""


def _months(kind: Kind, year: int, n: int) -> tuple[int, int]:
    """First and last month; refuses a number the year does not have."""
    if not 1 <= n <= _PER_YEAR[kind]:
        raise PeriodError(f"{kind} {n} of {year} does not exist: a year has {_PER_YEAR[kind]}")
    length = _MONTHS[kind]
    return (n - 1) * length + 1, n * length


def _exact(kind_of_calendar: Calendar, start: date, end: date) -> Period | None:
    make = statutory if kind_of_calendar == "statutory" else calendar
    for kind, length in _MONTHS.items():
        # Every period ends in the month that closes it, so its number follows from the end.
        if end.month % length == 0 and end.month // length <= _PER_YEAR[kind]:
            period = make(kind, end.year, end.month // length)
            if (period.start, period.end) == (start, end):
                return period
    return None


def _label(kind: Kind, year: int | None, n: int) -> str:
    slash, word = (f"/{year}", f" {year}") if year is not None else ("", "")
    if kind == "month":
        return f"Tháng {n}{slash}"
    if kind == "quarter":
        return f"Quý {_ROMAN.get(n, n)}{slash}"
    if kind == "half":
        return f"6 tháng {'đầu' if n == 1 else 'cuối'} năm{word}"
    return f"9 tháng đầu năm{word}" if kind == "nine_months" else f"Năm{word}"


def _dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"


# --- printed dates ---------------------------------------------------------------------------------------------------

_DATE = r"(?:ngày\s+)?\d{1,2}\s*(?:[/.\-]\s*\d{1,2}(?:\s*[/.\-]\s*\d{4})?|tháng\s+\d{1,2}(?:\s*,?\s*năm\s+\d{4})?)(?!\d)"
_DATE_PARTS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s*(?:[/.\-]|tháng)\s*(\d{1,2})(?:\s*(?:[/.\-]|,?\s*năm)\s*(\d{4}))?", re.IGNORECASE)


def parse_date(text: str, default_year: int | None = None) -> date:
    """A printed date, always day before month: `18/3/2025`, `18.3.2025`, `ngày 18 tháng 3 năm 2025`; `18/3` needs `default_year`.

    Raises DateError, naming the text, if it is no date, is partly blank, lacks its year, or names a day that does not exist.
    """
    parts = _DATE_PARTS.fullmatch(text.strip())
    if parts is None:
        raise DateError(f"“{text}” is not a date written day/month/year")
    day, month, year = parts.groups()
    if year is None and default_year is None:
        raise DateError(f"“{text}” has no year: give the year it belongs to")
    try:
        return date(int(year or default_year or 0), int(month), int(day))
    except ValueError as error:
        raise DateError(f"“{text}” is not a day of the calendar: {error}") from error


# --- phrases ---------------------------------------------------------------------------------------------------------

_YEAR = r"(?:\s*/\s*|\s*,?\s*năm\s+|\s+)(?P<year>20\d\d)(?!\d)"
_I = re.IGNORECASE

# These begin with the characters that may come first, and look behind them afterwards: searched several times faster than with `\b` first.
_RANGE = re.compile(
    rf"(?-i:[tT])(?<!\w\w)ừ\s+(?P<start>{_DATE}|(?:đầu\s+)?tháng\s+\d{{1,2}}\s*/\s*\d{{4}})\s*(?:(?:cho\s+)?đến|tới|[-–])\s*(?:hết\s+)?"
    rf"(?P<end>{_DATE}|(?:hết\s+)?tháng\s+\d{{1,2}}\s*/\s*\d{{4}}|nay\b)",
    _I,
)
_WHOLE_DATE = re.compile(
    r"(?-i:[nN\d])(?<!\w\w)(?:(?<=n)gày\s+\d{0,2}\s*tháng\s*\d{0,2}\s*,?\s*năm(?:\s+\d{4})?|(?<=\d)\d?\s+tháng\s+\d{1,2}\s+năm\s+\d{4})", _I
)
# "Q1" without a year may be a city district.
_QUARTER = re.compile(
    rf"(?-i:[qQ])(?<!\w\w)(?:uý\s*(?P<n>III|II|IV|I|V|\d)(?!\w|\.\d{{3}})(?:{_YEAR})?|(?P<n_short>[1-4]){_YEAR.replace('year', 'year_short')})", _I
)

_SPAN = re.compile(
    rf"(?P<months>(?-i:[069sScC])(?<!\w\w)(?:(?<=0)[69]|(?<=[69])|(?<=s)áu|(?<=c)hín))\s+tháng(?:\s+(?P<part>đầu|cuối)(?:\s+(?:của\s+)?năm\b)?(?:(?:\s*/\s*|\s+)(?P<year_after>20\d\d)(?!\d))?"
    rf"|{_YEAR})",
    _I,
)
_HALF = re.compile(r"(?-i:[nN])(?<!\w\w)ửa\s+(?:năm\s+)?(?P<part>đầu|cuối)(?:\s+(?:của\s+)?năm)?(?:\s+(?P<year>20\d\d)(?!\d))", _I)
_MONTH = re.compile(
    rf"(?-i:[tT])(?<!\w\w)(?<!\d \w)háng\s+(?P<n>\d{{1,2}})(?!\d|\.\d{{3}})(?!\s+(?:người|hồ sơ|cán bộ|công chức|viên chức|đồng chí|lượt|đơn|vụ|cuộc|buổi|lần|phản ánh)\b)(?:{_YEAR})?",
    _I,
)
_WHOLE_YEAR = re.compile(
    r"(?-i:[nNtTcCkKbB])(?<![\w/]\w)(?:(?<=n)ăm|(?P<lead>(?:(?<=t)rong|(?<=c)ả|(?<=k)ỳ báo cáo|(?<=b)áo cáo|(?<=t)ổng kết(?: công tác)?)\s*:?\s+năm))\s+(?P<year>20\d\d)(?![\d\-/])",
    _I,
)
_REPORTS_ON = re.compile(r"báo cáo|kết quả|tình hình|tổng kết", _I)
_LOOKS_AHEAD = re.compile(
    r"kế hoạch|nhiệm vụ|phương hướng|giao|chỉ tiêu|dự toán|kinh phí|quyết định|nghị quyết|giai đoạn|từ\s+\Z|đến\s+\Z|cuối\s+\Z|đầu\s+\Z", _I
)
_SENTENCE_END = re.compile(r"[.;:!?]\s|\n\s*\n")


def parse_period_phrase(text: str, default_year: int | None = None) -> list[PeriodPhrase]:
    """All period phrases of a text in reading order, not overlapping: months, quarters, halves, nine months, years and ranges.

    A year counts only where the words before it report on something ("kết quả … năm 2025"), not where they plan, assign or cite.
    Without a year, a quarter, half or nine-month phrase takes `default_year`; "tháng 3" is taken only if there is one. Phrases of
    length ("02 tháng", "12 tháng") and the dates of documents are not periods. What is written but impossible is returned with
    `problem` set, so that the writer can be told.
    """
    found: list[PeriodPhrase] = []
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or end <= match.start() for start, end in taken)

    def add(match: re.Match[str], kind: Kind, n: int, year_text: str | None) -> None:
        taken.append(match.span())
        year = int(year_text) if year_text else default_year
        problem = "" if 1 <= n <= _PER_YEAR[kind] else f"“{match.group()}”: a year has {_PER_YEAR[kind]} of these, number {n} does not exist"
        found.append(PeriodPhrase(match.span(), kind, year, n, _label(kind, year, n), problem=problem))

    for phrase in parse_ranges(text, default_year):
        taken.append(phrase.span)
        found.append(phrase)
    taken.extend(match.span() for match in _WHOLE_DATE.finditer(text))
    for match in filter(free, _QUARTER.finditer(text)):
        number = (match["n"] or match["n_short"]).upper()
        add(match, "quarter", _FROM_ROMAN.get(number) or int(number), match["year"] or match["year_short"])
    for match in filter(free, _SPAN.finditer(text)):
        year, last = match["year"] or match["year_after"], (match["part"] or "").lower() == "cuối"
        if match["months"].lstrip("0").lower() in ("6", "sáu"):
            add(match, "half", 2 if last else 1, year)
        elif not last:  # "9 tháng cuối năm" is a plan for the rest of the year, no reporting period
            add(match, "nine_months", 1, year)
        else:
            taken.append(match.span())
    for match in filter(free, _HALF.finditer(text)):
        add(match, "half", 2 if match["part"].lower() == "cuối" else 1, match["year"])
    for match in filter(free, _MONTH.finditer(text)):
        if match["year"] or default_year is not None:
            add(match, "month", int(match["n"]), match["year"])
    for match in filter(free, _WHOLE_YEAR.finditer(text)):
        if match["lead"] or _reports_on_year(text, match.start()):
            add(match, "year", 1, match["year"])
    return sorted(found)


def both_calendars(phrase: PeriodPhrase) -> list[Period]:
    """The phrase's period under the statutory and under the portal's calendar; empty for a range, without a year, or where it does not exist."""
    if phrase.kind == "range" or phrase.year is None or phrase.problem:
        return []
    kind: Kind = phrase.kind
    try:
        return [statutory(kind, phrase.year, phrase.n), calendar(kind, phrase.year, phrase.n)]
    except PeriodError:
        return []


def parse_ranges(text: str, default_year: int | None = None) -> Iterator[PeriodPhrase]:
    """The ranges alone ("từ 15/12/2025 đến 14/3/2026"), in reading order."""
    for match in _RANGE.finditer(text):
        phrase = _range_phrase(match, default_year)
        if re.search(r"\d{4}", match.group()) or (default_year is not None and not phrase.problem):
            yield phrase  # otherwise "từ 17/51 đến 30/51": two ratios, no days


def _reports_on_year(text: str, position: int) -> bool:
    sentence = text[max(0, position - 200) : position]
    ends = list(_SENTENCE_END.finditer(sentence))
    before = sentence[ends[-1].end() :] if ends else sentence
    return bool(_REPORTS_ON.search(before)) and not _LOOKS_AHEAD.search(before)


def _range_phrase(match: re.Match[str], default_year: int | None) -> PeriodPhrase:
    start = end = None
    problems = []
    open_ended = match["end"].lower() == "nay"
    if not open_ended:
        try:
            end = _range_end(match["end"], default_year)
        except DateError as error:
            problems.append(str(error))
    try:
        start = _range_start(match["start"], end, default_year)
    except DateError as error:
        problems.append(str(error))
    known = end or start
    label = f"{_dmy(start) if start else match['start']}–{'nay' if open_ended else _dmy(end) if end else match['end']}"
    return PeriodPhrase(match.span(), "range", known.year if known else None, 0, label, start, end, "; ".join(problems))


def _month_of(text: str) -> tuple[int, int] | None:
    month = re.fullmatch(r"(?:đầu\s+|hết\s+)?tháng\s+(\d{1,2})\s*/\s*(\d{4})", text, _I)
    if month is None:
        return None
    if not 1 <= int(month[1]) <= 12:
        raise DateError(f"“{text}” is not a month of the calendar")
    return int(month[2]), int(month[1])


def _range_start(text: str, end: date | None, default_year: int | None) -> date:
    month = _month_of(text)
    if month is not None:
        return date(*month, 1)
    start = parse_date(text, default_year=end.year if end else default_year)
    if end is not None and start > end and not re.search(r"\d{4}", text):
        # "từ 15/12 đến 14/3/2026": the year printed once belongs to the end.
        start = parse_date(text, default_year=end.year - 1)
    return start


def _range_end(text: str, default_year: int | None) -> date:
    month = _month_of(text)
    if month is None:
        return parse_date(text, default_year)
    first = date(*month, 1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
