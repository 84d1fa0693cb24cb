"""The period of a report: as printed, and the one in effect.

The title names a period ("quý I/2026"), the text may print days. For statutory reports the calendar of Decree 09/2019/NĐ-CP,
Art. 12 says which days the name means, and printed days count only where they are a legal period of that same name. For other
reports printed days count if they run forwards and fit the name. Reviews of the two-level government ("01 năm", "100 ngày") begin
on 1 July 2025, the first day of the present communes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.model import Period
from warehouse.periods import DateError, Kind, PeriodError, PeriodPhrase, calendar, classify_range, parse_date, parse_period_phrase, statutory
from warehouse.units import TWO_LEVELS_SINCE

_HEAD = 3500
_DAY = r"\d{1,2}\s?[/.]\s?\d{1,2}(?:\s?[/.]\s?\d{4})?|\d{1,2}\s+thang\s+\d{1,2}(?:\s*,?\s*nam\s+\d{4})?|thang\s+\d{1,2}\s*/\s*\d{4}"
# A pattern that begins with a digit or "tháng" is searched quickly; what must stand before it is looked at afterwards.
_RANGE = re.compile(
    rf"(?P<start>{_DAY})(?:\s*\([^()]*\)|,[^,;.:\d\n]{{3,45}}(?=,))?\s*,?\s*"
    rf"(?:(?:cho\s+)?den(?:\s+het)?(?:\s+ngay)?|toi(?:\s+ngay)?|-+>?)\s*(?P<end>(?:{_DAY})(?!\d)|nay\b)"
)
_LEAD = re.compile(r"(?:\btu(?:\s+ngay)?|\(|\bgiai\s+doan|\bky\s+bao\s+cao\s*:?)\s*(?:ngay\s+)?\Z")
_AS_OF = re.compile(
    r"(?:tinh\s+den|so\s+lieu\s+(?:chot\s+)?(?:tinh\s+)?den|chot\s+so\s+lieu|chot\s+den|den\s+thoi\s+diem|den\s+het)"
    rf"(?:\s+het)?(?:\s+ngay)?\s+(?P<end>{_DAY})"
)
_OTHERS_RANGE = re.compile(r"ke hoach|nhiem ky|quyet dinh|nghi quyet|chuong trinh|de an|cung ky|so voi|tam nhin|chien dich|dot cao diem")
_OWN_RANGE = re.compile(r"ky bao cao|so lieu|trong ky|trong quy|trong nam|thoi diem|thoi gian|tinh tu|bao cao|ket qua")
_AHEAD = re.compile(r"\s*(?:va\s+)?(?:phuong huong|nhiem vu|ke hoach|giai phap|du kien|muc tieu|trien khai nhiem vu)")
_CLAUSE = re.compile(r"[,;:.(]|\bva\b|\s-\s")
_LENGTH = re.compile(r"(?<![\d/])(?P<n>\d{1,3}|mot|hai|ba|sau|chin)\s+(?P<unit>nam|thang|ngay)\b(?!\s+(?:dau|cuoi|20\d\d))(?!\s*/)")
_TWO_LEVEL = re.compile(
    r"\bnam (?:dau )?(?:hoat dong|van hanh)\b|(?:2|02|hai)\s+c?ap\b|chinh quyen dia phuong|he thong chinh tri|sau\s+(?:khi\s+)?sap xep|van hanh (?:bo may|mo hinh)"
)
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "sau": 6, "chin": 9}
_YEAR_OF_TITLE = re.compile(r"\bnam\s+(20\d\d)(?![\d/-])")
_TERM = re.compile(r"(?<![\d/])20\d\d\s*-\s*20\d\d(?!\d)")
"""The years of a council or of a plan: "nhiệm kỳ 2026 - 2031"."""
_ANY_YEAR = re.compile(r"(?<![\d/])20\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class ReportedPeriod:
    """`stated` is as printed, also backwards; `effective` is None where neither title nor text settles it."""

    stated: tuple[date, date] | None = None
    stated_span: tuple[int, int] | None = None
    effective: Period | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Range:
    """Days as printed; `end` is None for "đến nay"."""

    start: date
    end: date | None
    span: tuple[int, int]


def read_period(view: str, low: str, title: tuple[int, int], kind: str, printed: date | None) -> ReportedPeriod:
    """The period of a report of this kind; `printed` is the document's own date.

    Flags: `period-differs` (printed days are not those in effect), `period-backwards`, `period-open-ended` (the end is not printed and
    follows from the length that the title names or from the document's date), `period-unknown`.
    """
    named = _named_periods(view, low, title, kind, printed)
    ranges = [found for found in _ranges(low) if title[0] <= found.span[0] < title[1] or not _belongs_to_others(low, found)]
    stated = _own_range(low, title, ranges, named)
    if named:
        return _named_in_effect(named, stated, kind)
    length = _length(low[title[0] : title[1]])
    if length and stated and stated.end and stated.span[0] >= title[1] and timedelta(0) <= stated.end - stated.start < length * _SAME_PERIOD:
        stated = None  # a part of what is reviewed
    if stated is not None and stated.end is not None:
        if stated.end < stated.start and length and stated.end > TWO_LEVELS_SINCE:
            days = (stated.start, stated.end)  # "một năm …, từ 01/7/2026 đến 30/6/2026": the year began when the communes did
            return ReportedPeriod(days, stated.span, classify_range(TWO_LEVELS_SINCE, stated.end), ("period-backwards", "period-differs"))
        if stated.end < stated.start:
            return ReportedPeriod((stated.start, stated.end), stated.span, None, ("period-backwards", "period-unknown"))
        return ReportedPeriod((stated.start, stated.end), stated.span, classify_range(stated.start, stated.end))
    return _since_founding(low, title, ranges, stated, printed)


# --- the period that the title names ---------------------------------------------------------------------------------


def _named_periods(view: str, low: str, title: tuple[int, int], kind: str, printed: date | None) -> list[Period]:
    """The periods that the title names for what was done, first one first; from the opening sentence where the title has none."""
    words = view[title[0] : title[1]]
    if months := _first_months(low[title[0] : title[1]]):
        return [months]
    found = _periods_in(words, low[title[0] : title[1]], kind, printed, low)
    own_days = any(days.end and days.start <= days.end for days in _ranges(low[title[0] : title[1]]))
    if found or own_days or _length(low[title[0] : title[1]]):
        return found
    opening = slice(title[1], title[1] + 700)
    told = [period for period in _periods_in(view[opening], low[opening], kind, printed, low) if not period.label.startswith("Năm")]
    return told[:1]


def _periods_in(words: str, bare: str, kind: str, printed: date | None, low: str) -> list[Period]:
    lead = "Báo cáo "  # a year counts for parse_period_phrase only after a word that reports
    default = _default_year(bare, printed, low)
    phrases = parse_period_phrase(lead + words, default) + [phrase._replace(year=default) for phrase in _bare_months(bare, len(lead))]
    found: list[Period] = []
    for phrase in sorted(phrases):
        start, end = phrase.span[0] - len(lead), phrase.span[1] - len(lead)
        if phrase.kind == "range" or phrase.problem or phrase.year is None or _looks_ahead(bare, start) or (phrase.kind == "year" and found):
            continue
        if phrase.kind == "year" and _is_quota_year(bare, start, phrase.year, printed):
            continue
        period = _period(phrase, phrase.year, kind, printed, low)
        if printed and period.start > printed and not _has_own_year(bare, (start, end), period, phrases, len(lead)):
            period = _period(phrase, phrase.year - 1, kind, printed, low)
        found.append(period)
    if not found and (year := next((match for match in _YEAR_OF_TITLE.finditer(bare) if not _looks_ahead(bare, match.start())), None)):
        if _is_quota_year(bare, year.start(), int(year[1]), printed):
            return found
        whole = PeriodPhrase(year.span(), "year", int(year[1]), 1, f"Năm {year[1]}")
        if not _length(bare) and words.strip():
            found.append(_period(whole, int(year[1]), kind, printed, low))
    return found


def _has_own_year(bare: str, span: tuple[int, int], period: Period, phrases: list[PeriodPhrase], offset: int) -> bool:
    """Whether the title's year is that of what was done: it stands in the phrase itself, or no plan for an earlier part of that year stands beside it.

    "quý IV, phương hướng quý I năm 2026": the only year printed is that of the plan. A title without a year takes that of the document's date.
    """
    if re.search(r"20\d\d", bare[slice(*span)]):
        return True
    plans = [one for one in phrases if one.kind != "range" and one.year and _looks_ahead(bare, one.span[0] - offset)]
    return bool(_ANY_YEAR.search(_TERM.sub("", bare))) and not any(_starts_earlier(one, period) for one in plans)


def _starts_earlier(phrase: PeriodPhrase, period: Period) -> bool:
    return phrase.kind != "range" and calendar(phrase.kind, period.end.year, phrase.n).start < period.start


_FIRST_MONTHS = re.compile(r"(?<![\d/])0?(?P<n>[234578]|1[01]) thang (?:dau )?nam (?P<year>20\d\d)(?!\d)")


def _first_months(bare: str) -> Period | None:
    """ "biên chế 8 tháng năm 2026": from New Year to the end of that month; half a year and nine months have names of their own."""
    match = _FIRST_MONTHS.search(bare)
    if match is None or _looks_ahead(bare, match.start()) or _length(bare):
        return None
    year, month = int(match["year"]), int(match["n"])
    return classify_range(date(year, 1, 1), calendar("month", year, month).end)


_BARE_MONTHS = re.compile(r"(?<![\d/])(?<!sau )(?<!qua )0?(?P<n>6|9|sau|chin) thang\b(?! *(?:dau|cuoi|/|\d|nam))")


def _bare_months(bare: str, offset: int) -> Iterator[PeriodPhrase]:
    """ "Kinh tế - xã hội 9 tháng và phương hướng quý IV năm 2026": in a title the first months of the year, where it tells of no length of time."""
    for match in () if _length(bare) else _BARE_MONTHS.finditer(bare):
        kind: Kind = "half" if match["n"] in ("6", "sau") else "nine_months"
        yield PeriodPhrase((match.start() + offset, match.end() + offset), kind, None, 1, "")


def _is_quota_year(bare: str, position: int, year: int, printed: date | None) -> bool:
    """Whether the year is the one for which posts were assigned: a report on staff that is signed long before its year ends tells of a day."""
    return printed is not None and printed < date(year, 12, 1) and re.search(r"bien che|so nguoi lam viec", bare[:position]) is not None


def _looks_ahead(bare: str, position: int) -> bool:
    """Whether the clause in which a phrase stands begins as a plan: "phương hướng, nhiệm vụ quý IV"."""
    clauses = _CLAUSE.split(bare[:position])
    kept = clauses[-1] if clauses[-1].strip() or len(clauses) == 1 else clauses[-2]
    if _AHEAD.match(kept):
        return "thuc hien nhiem vu" not in kept
    # "phương hướng, nhiệm vụ quý IV": the comma inside the plan does not begin a new clause of results
    return bool(re.search(r"phuong huong[^;.]*\Z", bare[:position])) and "ket qua" not in kept


def _default_year(bare: str, printed: date | None, low: str) -> int | None:
    years = [int(year.group()) for year in _ANY_YEAR.finditer(_TERM.sub("", bare))]
    over = [year for year in years if printed is None or year <= printed.year]  # a plan's year stands beside what was done before it
    if years:
        return max(over or years)
    if printed:
        return printed.year
    top = [int(year.group()) for year in _ANY_YEAR.finditer(low, 0, _HEAD)]
    return max(top) if top else None


def _period(phrase: PeriodPhrase, year: int, kind: str, printed: date | None, low: str) -> Period:
    if phrase.kind == "range":
        raise PeriodError("a range has no name")
    whole_months = calendar(phrase.kind, year, phrase.n)
    by_decree = statutory(phrase.kind, year, phrase.n)
    if kind == "kstthc" and phrase.kind != "month":
        return by_decree
    if kind in ("kstthc", "cchc"):
        # Reports of reform, and monthly ones, follow either calendar: the decree's, unless the text counts to the end of the
        # month, or was signed only after it and never names the 14th.
        if _prints(low, by_decree.end):
            return by_decree
        closed = printed is not None and printed > whole_months.end
        return whole_months if closed or _prints(low, whole_months.end) else by_decree
    return whole_months


def _prints(low: str, day: date) -> bool:
    return bool(re.search(rf"(?<!truoc ngay )(?<!truoc )(?<!\d)0?{day.day}\s?[/.]\s?0?{day.month}(?:\s?[/.]\s?{day.year}(?!\d)|(?!\d|\s?[/.]\s?\d))", low))


def _named_in_effect(named: list[Period], stated: _Range | None, kind: str) -> ReportedPeriod:
    first = named[0]
    if stated is None or stated.end is None:
        return ReportedPeriod(effective=first)
    days = (stated.start, stated.end)
    if stated.end < stated.start:
        return ReportedPeriod(days, stated.span, first, ("period-backwards", "period-differs"))
    own = classify_range(*days)
    for period in named:
        if days == (period.start, period.end):
            return ReportedPeriod(days, stated.span, period)
    for period in named:
        same_name = own.calendar != "other" and own.label == period.label
        from_founding = own.start == TWO_LEVELS_SINCE and period.start < TWO_LEVELS_SINCE < period.end and abs((own.end - period.end).days) <= 17
        fits = kind != "kstthc" and _share(own, period) >= _SAME_PERIOD and abs(own.end - period.end) <= _CLOSED_WITHIN
        if same_name or from_founding or fits:
            return ReportedPeriod(days, stated.span, own)
    return ReportedPeriod(days, stated.span, first, ("period-differs",))


_CLOSED_WITHIN = timedelta(days=25)
"""A report of a period is closed in its last month: one up to 14/5 is none of the half-year up to 14/6."""
_SAME_PERIOD = 0.75
"""Of the days that one of both has: the 20th of its last month closes a quarter, and two of its three months are another time."""


def _share(one: Period, other: Period) -> float:
    common = (min(one.end, other.end) - max(one.start, other.start)).days + 1
    return common / max((one.end - one.start).days + 1, (other.end - other.start).days + 1)


# --- printed days ----------------------------------------------------------------------------------------------------


def _ranges(low: str) -> Iterator[_Range]:
    """All ranges of days of a text in reading order, backwards ones too. What is no day of the calendar is left to the auditor."""
    for match in _RANGE.finditer(low):
        lead = _LEAD.search(low, max(0, match.start() - 40), match.start())
        if lead is None:
            continue
        try:
            end = None if match["end"] == "nay" else _day(match["end"], None, last=True)
            start = _day(match["start"], end.year if end else None, last=False)
        except DateError:
            continue
        if end is not None and start > end and not re.search(r"\d{4}", match["start"]):
            start = start.replace(year=start.year - 1)
        yield _Range(start, end, (lead.start(), match.end()))


def _day(text: str, default_year: int | None, *, last: bool) -> date:
    month = re.fullmatch(r"thang\s+(\d{1,2})\s*/\s*(\d{4})", text)
    if month is None:
        return parse_date(re.sub(r"\bthang\b", "tháng", re.sub(r"\bnam\b", "năm", text)), default_year)
    if not 1 <= int(month[1]) <= 12:
        raise DateError(f"“{text}” is not a month of the calendar")
    first = date(int(month[2]), int(month[1]), 1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1) if last else first


def _belongs_to_others(low: str, found: _Range) -> bool:
    """Whether the days are those of a plan, a term of office or a comparison."""
    before = low[max(0, found.span[0] - 45) : found.span[0]]
    return bool(_OTHERS_RANGE.search(re.split(r"[.;(]", before)[-1]))


def _own_range(low: str, title: tuple[int, int], ranges: list[_Range], named: list[Period]) -> _Range | None:
    """The days by which the report presents itself: in or right below the title, announced in the opening, or beside the period's name."""
    best: tuple[int, _Range] | None = None
    for found in ranges:
        at = found.span[0]
        before = low[max(0, at - 70) : at]
        score = 0
        if title[0] <= at <= title[1] + 5:
            score = 9
        elif at < title[1] + 300 and "(" in low[at - 2 : at + 1]:
            score = 7
        elif at < title[1] + 1500 and (_OWN_RANGE.search(before) or _is_named_so(found, named)):
            score = 5
        if named and any(_names_it(before, period) for period in named):
            score = max(score, 6 if at < title[1] + _HEAD else 4)
        if score and (best is None or score > best[0]):
            best = (score, found)
    return best[1] if best else None


def _is_named_so(found: _Range, named: list[Period]) -> bool:
    """Whether the days are those of a named period under either calendar."""
    if found.end is None or found.end < found.start:
        return False
    own = classify_range(found.start, found.end)
    return own.calendar != "other" and any(own.label == period.label for period in named)


def _names_it(before: str, period: Period) -> bool:
    """Whether the words before a range name the period, or the report's period as such."""
    if re.search(r"ky bao cao\W*(?:\w+\W+){0,3}\Z", before):
        return True
    name = re.match(r"(Quý \w+|[69] tháng|Tháng \d+|Năm)", period.label)
    word = name[1].lower().replace("ý", "y").replace("á", "a").replace("ă", "a") if name else ""
    return bool(word) and bool(re.search(rf"\b{word}\b\W*(?:dau nam|nam)?\W*(?:20\d\d)?\W*(?:tu ngay|tu)?\W*\Z", before))


# --- reviews since the founding --------------------------------------------------------------------------------------


def _length(bare: str) -> timedelta | None:
    """The length of a review of the two-level government: "01 năm", "100 ngày", "sau 02 tháng"."""
    match = _LENGTH.search(bare)
    if match is None or not _TWO_LEVEL.search(bare):
        return None
    count = int(match["n"]) if match["n"].isdigit() else _NUMBERS[match["n"]]
    if match["unit"] == "ngay":
        return timedelta(days=count)
    months = count * (12 if match["unit"] == "nam" else 1)
    year, month = divmod(TWO_LEVELS_SINCE.month - 1 + months, 12)
    return date(TWO_LEVELS_SINCE.year + year, month + 1, 1) - TWO_LEVELS_SINCE if months < 100 else None


def _since_founding(low: str, title: tuple[int, int], ranges: list[_Range], stated: _Range | None, printed: date | None) -> ReportedPeriod:
    """A review from 1 July 2025: up to the day that the text prints, or else as long as the title says and not beyond its own date."""
    length = _length(low[title[0] : title[1]])
    start = stated.start if stated else TWO_LEVELS_SINCE if length else None
    if start is None:
        return ReportedPeriod(flags=("period-unknown",))
    shortest = length * _SAME_PERIOD if length else timedelta(0)  # "từ 01/7/2025 đến 31/12/2025 …" tells of a part of the year that is reviewed
    closed = [found for found in ranges if found.start == start and found.end and found.end > start and found.end - start >= shortest]
    latest = max(closed, key=lambda found: (found.end or start, -found.span[0]), default=None)
    if latest is not None and latest.end is not None and (printed is None or latest.end <= printed):
        return ReportedPeriod((start, latest.end), latest.span, classify_range(start, latest.end))
    as_of = _closing_day(low, title)
    if as_of is not None and as_of > start:
        return ReportedPeriod(effective=classify_range(start, as_of))
    nominal = start + length - timedelta(days=1) if length else None
    ends = [day for day in (nominal, printed) if day is not None and day >= start]
    if not ends:
        return ReportedPeriod(flags=("period-open-ended", "period-unknown"))
    return ReportedPeriod(effective=classify_range(start, min(ends)), flags=("period-open-ended",))


def _closing_day(low: str, title: tuple[int, int]) -> date | None:
    """The day to which the report counts, where its title or opening prints one."""
    for match in _AS_OF.finditer(low, title[0], title[1] + 1500):
        try:
            return _day(match["end"], None, last=True)
        except DateError:
            continue
    return None
