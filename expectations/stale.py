"""A paragraph, a heading, an opening or a closing sentence left over from the report of another period.

Comparisons, plans, legal citations and history are legitimate and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from expectations.sums import severity_of
from expectations.wording import sentence_place
from warehouse.model import Document, Finding, Header, Period
from warehouse.periods import PeriodPhrase, both_calendars, parse_period_phrase
from warehouse.sentences import paragraph_at, sentence_at
from warehouse.units import TWO_LEVELS_SINCE

_I = re.IGNORECASE
_RULE = "stale-paragraph"

_RESULT = re.compile(
    r"\btiếp nhận|\bnhận được|\bgiải quyết|\bxử lý|\bphát sinh|\bghi nhận|\bkhông có|\bthu phí|\bsố hóa|\bđánh giá|\bđạt được kết quả|\bđã (?:ban hành|tổ chức|thực hiện)",
    _I,
)
_DONE = re.compile(r"\bđã\b|\btổ chức (?!xã|lại)|\bhoàn thành|\btriển khai|\brà soát|\bkiểm tra", _I)
"""So begins what a quarter of another year brought, where the sentence opens with it."""
_LEGITIMATE = re.compile(
    r"\bso với|\bcùng kỳ|\btăng\b(?! cường)|\bgiảm\b|(?<!theo )\bkế hoạch|\bphương hướng|\bnhiệm vụ|\bdự kiến|\bsẽ\b|\bphấn đấu"
    r"|\bmục tiêu|\bchỉ tiêu"
    r"|\bgiai đoạn|\bchuyển (?:sang|qua)|\btồn\b(?! đọng)|(?-i:\bQuyết định|\bNghị (?:quyết|định)|\bCông văn|\bThông tư|\bLuật\b)|\bcông bố"
    r"|\btrước (?:đây|đó|kia)|\bđể lại|\bmang sang|\bcòn dở"
    r"|\bcũ\b|\btrước (?:khi )?(?:sắp xếp|sáp nhập|hợp nhất)|\bkỳ trước"
    r"|\bnăm trước|\bquý trước|\blũy kế|\bluỹ kế|\bnhiệm kỳ|\btheo dõi từ|\bliền kề|\btrong khi",
    _I,
)
_OF_NOW = re.compile(r"\s*(?:như vậy,? |do đó,? )?(?:quý|kỳ|tháng|năm) (?:này|nay|báo cáo)\b[^.;\n]*\b(?:tăng|giảm|hơn|bằng)\b", _I)
"""Behind a semicolon: "…; quý này giảm 181 hồ sơ"."""
_GOES_ON = re.compile(r"\btiếp tục", _I)
"""Words of a plan, unless the period that they speak of is over."""
_CLOSING = re.compile(r"\bTrên đây là\b", _I)
PLAN = re.compile(r"phương hướng|nhiệm vụ (?:trọng tâm|chủ yếu|quý|năm|\d)|giải pháp|thời gian tới|đề xuất", _I)
_LEADS = re.compile(r"\btrong\s+\Z", _I)
_OPENS = 40
_LONG_OVER = 366
"""Days: results of a quarter that ended before last year are told as nobody's comparison."""
_PARTS_OF_A_YEAR = ("quarter", "half", "nine_months")
_GRANULAR = (*_PARTS_OF_A_YEAR, "year")


def check_stale(document: Document, header: Header) -> Iterator[Finding]:
    """One finding for each paragraph that tells another period's results as the report's own, or plans for a period that is over."""
    if header.period is None:
        return
    text, own = document.text, header.period
    phrases = [phrase for phrase in parse_period_phrase(text, own.end.year) if phrase.kind != "range"]
    phrases += _summed_up_years(text, own)
    told: set[tuple[int, int]] = set()
    headings = [phrase for phrase in phrases if _heading_at(text, phrase)]
    for phrase in headings:
        planned = _plans_what_is_over(text, phrase, header)
        if planned or _heads_another(text, phrase, own, headings):
            told.add(paragraph_at(text, phrase.span[0]))
            yield _finding(text, phrase, own, planned=planned)
    for phrase in phrases:
        paragraph = paragraph_at(text, phrase.span[0])
        foreign = _is_foreign(phrase, own) and _tells_results(document, phrase, own, phrases)
        if paragraph not in told and (
            foreign or _closes_another(text, phrase, own) or _is_carried_from_another(text, phrase, own) or _is_half_of_nine_months(text, phrase, own, phrases)
        ):
            told.add(paragraph)
            yield _finding(text, phrase, own)


_YEAR = re.compile(r"[nN]ăm (20\d\d)(?!\d)")
_ON_THE_WHOLE = re.compile(r"(?:nhìn chung|tóm lại|đánh giá chung)[,:]? (?:trong )?\Z", _I)


def _summed_up_years(text: str, own: Period) -> list[PeriodPhrase]:
    """Earlier years that a summary speaks of: "Nhìn chung trong năm 2024 việc quản lý …" in a report of 2026."""
    found = (
        match for match in _YEAR.finditer(text) if int(match[1]) < own.start.year and _ON_THE_WHOLE.search(text, max(0, match.start() - 30), match.start())
    )
    return [PeriodPhrase(match.span(), "year", int(match[1]), 1, f"Năm {match[1]}") for match in found]


def _finding(text: str, phrase: PeriodPhrase, own: Period, *, planned: bool = False) -> Finding:
    named, reported = phrase.label[:1].lower() + phrase.label[1:], own.label or f"{own.start:%d/%m/%Y}–{own.end:%d/%m/%Y}"
    message = (
        f"Mục phương hướng, nhiệm vụ này nêu {named}, là kỳ đã qua khi lập báo cáo (kỳ {reported}). Đề nghị sửa thành kỳ tới hoặc rà soát đoạn còn sót từ báo cáo cũ."
        if planned
        else f"Đoạn này nêu {named}, trong khi báo cáo là của kỳ {reported}. Có thể đoạn văn còn sót từ báo cáo cũ; đề nghị rà soát lại."
    )
    return Finding(
        _RULE,
        severity_of(_RULE),
        message,
        (sentence_place(text, *phrase.span),),
        {"printed": text[phrase.span[0] : phrase.span[1]], "period": own.key},
    )


# --- headings ------------------------------------------------------------------------------------------------------------------------

_NUMBERED = re.compile(r"[\s#*]*(?:Phần\s+)?(?:[IVX]+|[A-HĐ]|\d{1,2}(?:\.\d{1,2})*)[.)\-–/:]*\s", _I)
_LONGEST_HEADING = 160
_DONE_HEADING = re.compile(r"\b(?:kết quả|tình hình|đánh giá|sơ kết|tổng kết|kiểm điểm|thực hiện)\b", _I)
_PLANNED = re.compile(r"\b(?:phương hướng|nhiệm vụ|giải pháp|thời gian tới)\b", _I)
_TO_REPORT = timedelta(days=45)
"""A report written longer before the end of its period still plans for the rest of it."""


def _heading_at(text: str, phrase: PeriodPhrase) -> str:
    """The line of the phrase up to it, where the line is a heading: numbered or in capitals, short, no sentence; else nothing."""
    start = text.rfind("\n", 0, phrase.span[0]) + 1
    end = text.find("\n", phrase.span[1])
    line = text[start : end if end >= 0 else len(text)].strip(" *#\t\r")
    is_headed = len(line) <= _LONGEST_HEADING and not line.endswith((".", ";", ",")) and (_NUMBERED.match(line) or line.isupper())
    return text[start : phrase.span[0]] if is_headed and "|" not in line and "\t" not in line else ""


def _plans_what_is_over(text: str, phrase: PeriodPhrase, header: Header) -> bool:
    """Whether a heading announces tasks for the report's own period or an earlier one: "Phương hướng, nhiệm vụ quý III" behind a quarter III."""
    before, own = _heading_at(text, phrase), header.period
    if own is None or not _PLANNED.search(before) or _DONE_HEADING.search(before) or (phrase.kind == "month" and _kind(own) != "month"):
        return False
    if phrase.span[0] > 0 and header.document_date and header.document_date < own.end - _TO_REPORT:
        return False
    return all((period.end - own.end).days < _CALENDAR_SHIFT for period in both_calendars(phrase)) and bool(both_calendars(phrase))


def _heads_another(text: str, phrase: PeriodPhrase, own: Period, headings: Sequence[PeriodPhrase]) -> bool:
    """Whether a heading over results names another period of the report's kind, and none names the report's own beside it."""
    before = _heading_at(text, phrase)
    if not _DONE_HEADING.search(before) or _PLANNED.search(before) or _LEGITIMATE.search(before) or not _is_foreign(phrase, own):
        return False
    same_kind = [one for one in headings if one.kind == phrase.kind and not _PLANNED.search(_heading_at(text, one))]
    return phrase.kind == _kind(own) and len({(one.year, one.n) for one in same_kind if _heading_at(text, one) != before}) == 0


def _kind(own: Period) -> str:
    months = round((own.end - own.start).days / 30.4)
    return {1: "month", 3: "quarter", 6: "half", 9: "nine_months", 12: "year"}.get(months, "")


# --- paragraphs ----------------------------------------------------------------------------------------------------------------------


def _tells_results(document: Document, phrase: PeriodPhrase, own: Period, phrases: Sequence[PeriodPhrase]) -> bool:
    """Whether the sentence gives its period's results as the report's own."""
    text, (start, end) = document.text, phrase.span
    left, right = sentence_at(text, start)
    sentence = text[left:right]
    if phrase.kind == "year" and _ON_THE_WHOLE.search(text, left, start):
        return True
    if _ANNOUNCES.search(text[left:start]) and _FOLLOWS.search(text, end, right):
        return True
    if _SUMS_UP.match(sentence) and not _COMPARED.search(sentence) and not _stands_beside_own(text, phrase, own, phrases):
        return True  # "hoàn thành các nhiệm vụ, đúng kế hoạch" are no plans here
    if (
        _LEGITIMATE.search(sentence)
        or _QUOTED_REPORT.search(text, left, start)
        or (text[right - 2 : right].rstrip().endswith(";") and _OF_NOW.match(text, right))
    ):
        return False
    if _CLOSING.search(sentence):
        return True
    section = max((one for one in document.sections if one.start <= start < one.end), key=lambda one: one.start, default=None)
    planned = section is not None and PLAN.search(section.heading)
    printed_year = re.search(r"\d{4}", text[start:end])
    ahead = all(period.start > own.start for period in both_calendars(phrase)) and not (printed_year and re.search(r"\bđã\b", sentence))
    over = all(period.start < own.start for period in both_calendars(phrase))
    if _stands_beside_own(text, phrase, own, phrases) or planned or ahead or (not over and _GOES_ON.search(sentence)):
        return False
    if start - _opening(text, left, start) <= _OPENS and (
        _RESULT.search(text, end, right) or (printed_year and phrase.kind in _PARTS_OF_A_YEAR and _DONE.search(text, end, right))
    ):
        return True
    if (
        phrase.kind != "year"
        and printed_year
        and all((own.start - period.end).days > _LONG_OVER for period in both_calendars(phrase))
        and _RESULT.search(sentence)
    ):
        return True  # "công tác tuyên truyền quý II năm 2022 đạt được kết quả tích cực" in a report of 2024
    # "theo kết quả phát phiếu trong quý I năm 2022, 98% người dân hài lòng"
    led = _LEADS.search(text, max(left, start - 12), start)
    if phrase.kind == "year" or led is None:
        return False
    before_founding = own.start >= TWO_LEVELS_SINCE and all(period.end < TWO_LEVELS_SINCE for period in both_calendars(phrase))
    return before_founding or re.search(r"\d", text[end : min(right, end + 40)]) is not None


def _is_half_of_nine_months(text: str, phrase: PeriodPhrase, own: Period, phrases: Sequence[PeriodPhrase]) -> bool:
    """Whether a report on nine months tells what the first half brought, with no other time beside it: "Trong 6 tháng đầu năm 2026, xã đã tổ chức …"."""
    if (_kind(own), phrase.kind, phrase.n, phrase.year) != ("nine_months", "half", 1, own.end.year):
        return False
    (left, right), (first, last) = sentence_at(text, phrase.span[0]), paragraph_at(text, phrase.span[0])
    alone = not any(first <= other.span[0] < last for other in phrases if other is not phrase)
    opens = (
        phrase.span[0] - _opening(text, left, phrase.span[0]) <= _OPENS
        and not _LEGITIMATE.search(text, left, right)
        and not _REPORTED.search(text, phrase.span[1], right)
        and not _JUDGED.search(text, left, phrase.span[0])
    )
    return (alone and opens and any(words.search(text, phrase.span[1], right) for words in (_RESULT, _DONE))) or _CLOSING_OF.search(
        text, left, phrase.span[0]
    ) is not None


_LONGER_THAN_A_QUARTER = 120


def _closes_another(text: str, phrase: PeriodPhrase, own: Period) -> bool:
    """Whether the closing sentence of a report on a year or half of it calls it one on a quarter: "Trên đây là báo cáo kết quả … quý III năm 2025"."""
    return phrase.kind == "quarter" and (own.end - own.start).days > _LONGER_THAN_A_QUARTER and _CLOSING_OF.search(text, 0, phrase.span[0]) is not None


_CARRIED = re.compile(r"(?:/20\d\d| năm 20\d\d)?\s*(?:chuyển|mang) (?:sang|qua)\b", _I)
_CARRIED_TO = re.compile(r"\b(?:chuyển|mang) (?:sang|qua)(?: kỳ)?(?: báo cáo)?\s*\Z", _I)


def _is_carried_from_another(text: str, phrase: PeriodPhrase, own: Period) -> bool:
    """Whether a report on a quarter says that dossiers came over from another than the quarter before, or go over to another than the next one."""
    if (_kind(own), phrase.kind) != ("quarter", "quarter"):
        return False
    named = both_calendars(phrase)
    if _CARRIED.match(text, phrase.span[1]):
        return all(abs((own.start - period.end).days) > _CALENDAR_SHIFT for period in named)
    if _CARRIED_TO.search(text, max(0, phrase.span[0] - 40), phrase.span[0]):
        return all(abs((period.start - own.end).days) > _CALENDAR_SHIFT for period in named)
    return False


_CLOSING_OF = re.compile(r"\bTrên đây là (?:báo cáo )?kết quả\b[^.;]{0,80}\Z", _I)
_REPORTED = re.compile(r"\bbáo cáo\b", _I)
_JUDGED = re.compile(r"\b(?:đánh giá|xếp loại|sơ kết)\b", _I)


def _opening(text: str, left: int, start: int) -> int:
    """Where the sentence that begins at `left` really begins: in the line below where it opens with a heading."""
    line = text.rfind("\n", left, start) + 1
    above = text[text.rfind("\n", 0, max(line - 1, 0)) + 1 : max(line - 1, 0)]
    is_headed = line > left and len(above) <= _LONGEST_HEADING and _NUMBERED.match(above) and text[line : line + 1].isupper()
    return line if is_headed else left


_SUMS_UP = re.compile(r"[\s\d.)*#+•-]*(?:nhìn chung|tóm lại|đánh giá chung|có thể khẳng định)\b", _I)
_COMPARED = re.compile(r"\bso với|\bcùng kỳ|\btăng\b(?! cường)|\bgiảm\b|\bhơn\b|\bsẽ\b|\bphương hướng|\bnghị quyết|\btiếp tục|\bphấn đấu", _I)
_QUOTED_REPORT = re.compile(r"(?:\(|\btheo )\s*báo cáo (?:của )?\Z", _I)
"""Another period's report is quoted: "(Báo cáo tháng 2 ghi 40 hồ sơ đang giải quyết)"."""
_ANNOUNCES = re.compile(r"\bbáo cáo\b[^.;]*\Z", _I)
_FOLLOWS = re.compile(r"\bnhư sau\b", _I)
"""The opening: "UBND xã báo cáo kết quả quý II năm 2026 như sau"."""


def _stands_beside_own(text: str, phrase: PeriodPhrase, own: Period, phrases: Sequence[PeriodPhrase]) -> bool:
    """Whether the paragraph sets the report's period beside this one: in its sentence, or as the opening of another."""
    paragraph, sentence = paragraph_at(text, phrase.span[0]), sentence_at(text, phrase.span[0])
    for other in phrases:
        if not paragraph[0] <= other.span[0] < paragraph[1] or _is_foreign(other, own):
            continue
        start = sentence_at(text, other.span[0])[0]
        if start == sentence[0] or (other.kind == phrase.kind and other.span[0] - start <= _OPENS):
            return True
    return False


def _is_foreign(phrase: PeriodPhrase, own: Period) -> bool:
    """Whether the phrase names a period apart from the report's own under both calendars; a part or a frame of it is not foreign."""
    if phrase.kind not in _GRANULAR and not (phrase.kind == "month" and (own.end - own.start).days <= 31):
        return False
    named = both_calendars(phrase)
    return bool(named) and all((min(period.end, own.end) - max(period.start, own.start)).days < _CALENDAR_SHIFT for period in named)


_CALENDAR_SHIFT = 20
"""Days: neighbouring periods of one name overlap by up to 17 days where one is statutory and the other a calendar one."""
