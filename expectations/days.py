"""The days that a text prints: such as the calendar does not have, the future told as past, answers older than what they answer,
another day of the week, and a document whose number has another year than its date.

Plans, deadlines and history are legitimate and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from expectations.sums import severity_of
from expectations.wording import day_vi, sentence_place
from warehouse.model import Finding, Header, Severity
from warehouse.sentences import paragraph_at, sentence_at
from warehouse.units import TWO_LEVELS_SINCE

_RULE = "impossible-date"
_I = re.IGNORECASE


class _Day(NamedTuple):
    start: int
    end: int
    value: date | None
    """None for a day that the calendar does not have."""


def check_days(text: str, header: Header, to_report: timedelta) -> Iterator[Finding]:
    """Findings of the rule impossible-date, and of document-date for figures said to be of a later day; `to_report`: how long after its period a report is written."""
    days = sorted(_printed_days(text))
    for day in days:
        if day.value is None:
            yield _finding(text, day, f"“{text[day.start : day.end]}” không phải là một ngày có trong lịch. Đề nghị sửa lại ngày này.", "not-a-day", "error")
    for match in _WITHOUT_YEAR.finditer(text):
        if not _exists(int(match["day"]), int(match["month"] or match["spelled"]), 2024):
            message = f"“{match['printed']}” không phải là một ngày có trong lịch. Đề nghị sửa lại ngày này."
            yield _finding(text, _Day(*match.span("printed"), None), message, "not-a-day", "error")
    yield from _future(text, header, days, to_report)
    yield from _founding(text, header, days)
    yield from _backwards(text, days)
    yield from _weekdays(text, days)
    yield from _document_years(text, days)


def _finding(text: str, day: _Day, message: str, kind: str, at_most: Severity = "warning", **values: str) -> Finding:
    printed = text[day.start : day.end]
    return Finding(_RULE, severity_of(_RULE, at_most), message, (sentence_place(text, day.start, day.end),), {"kind": kind, "printed": printed, **values})


# --- the days of the text ------------------------------------------------------------------------------------------------------------

# Both begin with a character that is looked for first: searched several times faster than with what stands before it first.
_NUMERIC = re.compile(r"(\d(?<![\d/.\-]\d)\d?)([/.\-])(\d{1,2})\2(\d{4})(?![\d/\-]|\.\d)")
_DAY_WORD = re.compile(r"\b(?:ngày|đến|từ|hôm)\s*\Z", _I)
_SPELLED = re.compile(r"(?-i:[nN])(?<!\w\w)gày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s*,?\s*năm\s+(\d{4})(?!\d)", _I)
_WITHOUT_YEAR = re.compile(
    r"(?-i:[nN])(?<!\w\w)gày\s+(?P<printed>(?P<day>29|30|31)(?:/(?P<month>0?[1-9]|1[0-2])(?![\d/]|[.,]\d)|\s+tháng\s+(?P<spelled>\d{1,2})(?!\s*,?\s*năm\s+\d|\d|/)))",
    _I,
)


def _exists(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _printed_days(text: str) -> Iterator[_Day]:
    for pattern, groups in ((_NUMERIC, (1, 3, 4)), (_SPELLED, (1, 2, 3))):
        for match in pattern.finditer(text):
            day, month, year = (int(match[group]) for group in groups)
            if not 1900 <= year <= 2100 or (pattern is _NUMERIC and match[2] != "/" and not _DAY_WORD.search(text, max(0, match.start() - 12), match.start())):
                continue  # "12.34.2020": a number of something else unless a word says that it is a day
            yield _Day(match.start(), match.end(), date(year, month, day) if _exists(day, month, year) else None)


# --- the future told as past ---------------------------------------------------------------------------------------------------------

_AHEAD = re.compile(
    r"\btrước ngày|\btrước\s*\Z|\bđến hết(?<!tính đến hết)(?<!chốt đến hết)(?<!liệu đến hết)|\bdự kiến|\bsẽ\b|\bphấn đấu|\bhoàn thành (?:trong|trước)|\bchậm nhất|\bthời hạn|\bhiệu lực"
    r"|\bkể từ ngày|\báp dụng|\byêu cầu (?:đến|trước|hoàn)|\btừ nay đến"
    r"|\bmục tiêu đến|\bkế hoạch (?:đến|hoàn)|(?<!tính đến )(?<!chốt đến )(?<!liệu đến )\bhết ngày|\btrong thời gian tới|\btiếp tục|\bđề nghị|\bnhiệm kỳ|\bkết thúc vào|\bhạn\b",
    _I,
)
_PAST_AFTER = re.compile(r"[^.;\n]{0,40}\bđã\b", _I)
# What makes a day one that has been: the number of a document before it, a closing date, or "đã" in its clause.
_PAST = re.compile(r"\bsố\s*:?\s*\d[^\s;]*[^.;]{0,40}\Z|\btính đến[^.;]{0,20}\Z|\bđến thời điểm[^.;]{0,20}\Z|\bđã\b[^.;]{0,60}\Z", _I)
_COUNTED_TO = re.compile(r"\b(?:số liệu|dữ liệu)\b[^.;\n]{0,60}\Z|\(tính đến[^.;()]{0,20}\Z", _I)


def _future(text: str, header: Header, days: Sequence[_Day], to_report: timedelta) -> Iterator[Finding]:
    horizon = _horizon(header, to_report)
    for day in days:
        if horizon is None or day.value is None or day.value <= horizon or (day.start, day.end) == header.document_date_span:
            continue
        left, right = sentence_at(text, day.start)
        before = text[max(left, day.start - 120) : day.start]
        told = _PAST.search(before) or _PAST_AFTER.match(text, day.end) or _is_another_year(text, (day.start, day.end), day.value, right, header, horizon)
        if not told or _AHEAD.search(before) or _AHEAD.search(text[day.end : min(right, day.end + 30)]):
            continue
        if horizon == header.document_date and _COUNTED_TO.search(before):
            yield _figures_of_a_later_day(text, day, header, horizon)
            continue
        message = f"Ngày {day_vi(day.value)} được nêu như việc đã qua nhưng sau ngày của báo cáo ({day_vi(horizon)}). Đề nghị kiểm tra lại ngày, nhất là năm."
        yield _finding(text, day, message, "future", horizon=horizon.isoformat())


_CLOSES = re.compile(
    r"(?:\b(?:tính |số liệu |dữ liệu |chốt |danh sách )?(?:đến|vào|tại)(?: hết)?(?: thời điểm)?(?: ngày)?|\b(?:chốt|lúc [^.;\n]{1,12}|thời điểm)(?: ngày)?)\s*\Z",
    _I,
)
_RANGE = re.compile(r"\btừ (?:ngày )?(\d{1,2})/(\d{1,2})/(\d{4}) đến (?:hết )?(?:ngày )?\Z", _I)
_OPENS_WITH = re.compile(r"(?:\A|[\n.;:]\s*)[\s\-+•*(]*ngày\s*\Z", _I)
_STANDS = re.compile(
    r"\s*:|[^.;\n]{0,80}?(?:\b(?:có mặt|hiện có|còn|có|đạt|toàn (?:xã|phường|tỉnh|đặc khu)|tổ|đoàn|UBND|Đảng ủy|giải quyết|được giao|là)\b|\|)", _I
)
_HELD = re.compile(r"\b(?:tổ chức|ban hành|đối thoại|kiểm tra|khai trương|ra mắt|khánh thành|công bố|phát hiện|xảy ra|ký|họp)\b[^.;\n]{0,100}\bngày\s*\Z", _I)
_COUNTED = re.compile(r"\b(?:số liệu|dữ liệu|biểu|bảng|danh sách|trích xuất|cập nhật|thời gian kiểm điểm|kỳ)\b[^.;\n]{0,80}\Z", _I)


def _is_another_year(text: str, span: tuple[int, int], day: date, right: int, header: Header, horizon: date) -> bool:
    """Whether a closing day or the day of an event is one of the report's time but for its year: "Đến ngày 30/6/2027 có mặt 39 người" in a report of 2026."""
    if day.month == 2 and day.day == 29:
        return False
    since = header.period.start if header.period else horizon - timedelta(days=366)
    if not since <= day.replace(year=day.year - 1) <= horizon:
        return False
    start, end = span
    before = text[max(0, start - 120) : start]
    since_day = _RANGE.search(before)
    if since_day:
        first = tuple(int(since_day[group]) for group in (3, 2, 1))
        return first < (day.year - 1, day.month, day.day)
    if _CLOSES.search(before):
        return _COUNTED.search(before) is not None or _STANDS.match(text, end, right) is not None
    return _HELD.search(before) is not None or (_OPENS_WITH.search(before) is not None and _STANDS.match(text, end, right) is not None)


def _figures_of_a_later_day(text: str, day: _Day, header: Header, horizon: date) -> Finding:
    spans = [(day.start, day.end), *([header.document_date_span] if header.document_date_span else [])]
    return Finding(
        "document-date",
        severity_of("document-date"),
        f"Số liệu ghi tính đến {day_vi(day.value or horizon)}, sau ngày ký báo cáo ({day_vi(horizon)}). Đề nghị kiểm tra lại ngày ký hoặc ngày chốt số liệu.",
        tuple(sentence_place(text, *span) for span in spans),
        {"document_date": horizon.isoformat(), "counted_to": day.value.isoformat() if day.value else ""},
    )


def _horizon(header: Header, to_report: timedelta) -> date | None:
    """The last day that a fact of the report may have: the document's date, unless that is itself in doubt."""
    latest = header.period.end + to_report if header.period else None
    if header.document_date is None:
        return latest
    if header.period and not (header.period.end - timedelta(days=31) <= header.document_date <= header.period.end + timedelta(days=366)):
        return latest
    return header.document_date


# --- the founding day of the communes ---------------------------------------------------------------------------------------------------

_FOUNDED = re.compile(
    r"\b(?:được thành lập|chính quyền địa phương (?:hai|02|2) cấp(?: chính thức)?(?: đi vào)? (?:vận hành|hoạt động)|(?:xã|phường|đặc khu) (?:mới )?(?:chính thức )?(?:đi vào hoạt động|vận hành)) "
    r"(?:(?:từ|vào|kể từ)\s+)?(?:ngày\s+)?\Z",
    _I,
)


def _founding(text: str, header: Header, days: Sequence[_Day]) -> Iterator[Finding]:
    """The first of July of another year as the day on which the commune, or local government of two levels, began (Law 72/2025/QH15: 01/7/2025)."""
    began = TWO_LEVELS_SINCE
    if header.unit_valid_from != began:
        return
    for day in days:
        is_other = day.value and (day.value.day, day.value.month) == (began.day, began.month) and day.value.year != began.year
        if is_other and day.value and _FOUNDED.search(text, max(0, day.start - 100), day.start):
            message = (
                f"Chính quyền địa phương hai cấp và các xã, phường mới hoạt động từ ngày {day_vi(began)}, báo cáo in {day_vi(day.value)}. Đề nghị sửa lại năm."
            )
            yield _finding(text, day, message, "founding")


# --- days that run backwards ---------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\bsố\s*:?\s*\d[^\s,;]*(?:\s+(?:ngày\s*)?)?\Z", _I)
_ASKED = re.compile(
    r"\b(?:nhận được|tiếp nhận|gửi|nộp|chuyển (?:về|đến|sang)|phát sinh|văn bản|công văn|đơn|phản ánh|kiến nghị|bắt đầu|khởi công|khai mạc|xảy ra|phát hiện|ngừng|sự cố|lỗi)\b[^.;]*\Z",
    _I,
)
_ANSWERED = re.compile(
    r"[^.;]*\b(?:trả lời|phúc đáp|trả kết quả|giải quyết xong|xử lý xong|hoàn thành|khôi phục|khắc phục|kết thúc|bế mạc|ban hành quyết định giải quyết|có văn bản)\b[^.;]{0,80}\Z",
    _I,
)
_ANSWERS = re.compile(
    r"[^.;]{0,40}\b(?:trả lời|phúc đáp|thực hiện|theo (?:yêu cầu|đề nghị)|căn cứ|sửa đổi|bổ sung|thay thế|triển khai)\b[^.;]{0,40}"
    r"\b(?:Công văn|Quyết định|Kế hoạch|Nghị quyết|Nghị định|Thông tư|Chỉ thị|văn bản|Thông báo)\b[^.;]{0,60}\Z",
    _I,
)
_PASSIVE = re.compile(r"\b(?:được|bị|tại|bởi|bằng)\b", _I)
_UP_TO = re.compile(r"[^.]{0,160}[;,]\s*(?:và\s+)?đến (?:hết )?(?:ngày )?\Z", _I)
_DUE = re.compile(r"\b(?:hẹn trả|hạn|dự kiến|hẹn)\b", _I)


def _backwards(text: str, days: Sequence[_Day]) -> Iterator[Finding]:
    """An answer older than the question, a document older than the one that it carries out, and what came later dated earlier."""
    for first, second in pairwise(days):
        if first.value is None or second.value is None or first.value == second.value or second.start - first.end > _NEXT:
            continue
        if "\n" in text[first.end : second.start] and paragraph_at(text, first.start) != paragraph_at(text, second.start):
            continue
        before, between = text[sentence_at(text, first.start)[0] : first.start], text[first.end : second.start]
        is_number = _NUMBER.search(before) is not None
        if second.value < first.value:
            answered = _ASKED.search(before) and _ANSWERED.fullmatch(between)
            wrong = bool(answered) or (not is_number and _UP_TO.fullmatch(between) and _PAST_AFTER.match(text, second.end) is not None)
        else:
            wrong = is_number and _ANSWERS.fullmatch(between) is not None and not _PASSIVE.search(between)
        if wrong and not _DUE.search(between):
            message = (
                f"Ngày {day_vi(first.value)} và ngày {day_vi(second.value)} ở chỗ này ngược thứ tự: việc nêu sau (trả lời, kết quả, văn bản thực hiện) "
                "không thể có trước việc nêu trước. Đề nghị kiểm tra lại hai ngày."
            )
            yield _finding(text, second, message, "backwards", other=first.value.isoformat())


_NEXT = 240
"""Characters between two days of one statement."""


# --- days of the week, years of documents --------------------------------------------------------------------------------------------

_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "bẩy": 5, "7": 5}
_WEEKDAY = r"(?:thứ\s+(?P<weekday>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật)"
_WEEKDAY_BEFORE = re.compile(rf"\b{_WEEKDAY}\s*[,(]?\s*(?:ngày\s*)?\Z", _I)
_WEEKDAY_BEHIND = re.compile(rf"\s*[,(]\s*{_WEEKDAY}\b", _I)
_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def _weekdays(text: str, days: Sequence[_Day]) -> Iterator[Finding]:
    for day in days:
        said = _WEEKDAY_BEFORE.search(text, max(0, day.start - 24), day.start) or _WEEKDAY_BEHIND.match(text, day.end)
        if day.value is None or said is None:
            continue
        weekday = _WEEKDAYS[said["weekday"].lower()] if said["weekday"] else 6
        if weekday != day.value.weekday():
            message = f"Ngày {day_vi(day.value)} là {_NAMES[day.value.weekday()]}, không phải {_NAMES[weekday]}. Đề nghị kiểm tra lại ngày hoặc thứ."
            yield _finding(text, day, message, "weekday")


_YEAR_OF_NUMBER = re.compile(r"\b\d{1,5}/(?P<year>20\d\d)/[A-ZĐ][\w\-]*,?\s+(?:ban hành\s+)?(?:ngày\s*)?\Z")


def _document_years(text: str, days: Sequence[_Day]) -> Iterator[Finding]:
    """`Nghị định số 118/2025/NĐ-CP ngày 09/6/2024`: the number says the year of the date."""
    for day in days:
        number = _YEAR_OF_NUMBER.search(text, max(0, day.start - 60), day.start)
        if day.value is not None and number and int(number["year"]) != day.value.year:
            message = f"Số hiệu văn bản ghi năm {number['year']} nhưng ngày ban hành in là {day_vi(day.value)}. Đề nghị kiểm tra lại năm của ngày hoặc số hiệu."
            yield _finding(text, day, message, "number-year", number_year=number["year"])
