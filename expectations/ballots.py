"""Votes by grade: what was asked, how many answered with which grade, and the share of the content among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.claims import FAR_RATE, Claim, cut_finding, is_printed, share_finding, whole_number
from expectations.grouping import is_row, is_slip
from expectations.language import words
from expectations.percentages import classify_percentage, printed_percent
from expectations.sums import severity_of
from expectations.wording import both_sides, sentence_place, windows
from warehouse.model import Document, Figure, Finding
from warehouse.numbers import number_vi
from warehouse.sentences import paragraph_at, sentence_at

_I = re.IGNORECASE
_GRADE = rf"(?P<grade>{words('grades')})"
_LABEL_FIRST = re.compile(
    rf"{_GRADE}[”\"’']?\s*(?:có|là|:|[|│\t]\s*(?:(?:lượt|phiếu|ý kiến|người)\s*[|│\t])?|(?:\.{{3,}}|…+)\s*:?|\()?\s*(?P<n>\d[\d.]*)(?:/\d[\d.]*)?\s*(?:lượt|phiếu|ý kiến|người)?(?!\s*%|\d|[.,]\d)",
    _I,
)
_NUMBER_FIRST = re.compile(
    rf"(?P<n>\d[\d.]*)(?:/\d[\d.]*)?\s*(?:(?:lượt|phiếu|ý kiến|người)\b[^\d.,;:()%|│\t\n]{{0,30}}?)?(?:(?:ở )?mức(?: độ)?\s+)?\s*[“\"‘']?{_GRADE}", _I
)
_VERY, _CONTENT, _LOWEST = "rất hài lòng", "hài lòng", re.compile("(?:không|chưa) |.*mức .*(?:còn lại|khác)")
"""The grade that ends a list."""
_MIDDLE = ("bình thường", "tạm được", "chấp nhận được")
_NEXT, _BEFORE, _BEHIND = 200, 500, 200
"""Characters between two grades of one list, and between the list and the number of votes before or behind it."""
_VOTED = re.compile(rf"(?P<n>\d(?<![\d.,/]\d)[\d.]*)\s+{words('votes')}\b", _I)
_ASKED = re.compile(rf"\b{words('sent-out')}\b[^\d]{{0,20}}\Z", _I)
_ALL = re.compile(r"hài lòng\b[^\d.;]{0,40}\b100\s*%", _I)
_DIGIT = re.compile(r"\d")
_RIGHT_BEHIND = 60
_NOTHING_ELSE = re.compile(r"\bgồm\b", _I)
_RULE = "satisfaction-parts"
_TWO = 2


class _Grades(NamedTuple):
    """One list of grades: the votes of each and where they are printed."""

    votes: dict[str, int]
    spans: tuple[tuple[int, int], ...]

    @property
    def added(self) -> int:
        return sum(self.votes.values())

    @property
    def start(self) -> int:
        return min(start for start, _ in self.spans)

    @property
    def end(self) -> int:
        return max(end for _, end in self.spans)

    @property
    def has_lowest(self) -> bool:
        return {_VERY, _CONTENT} <= self.votes.keys() and any(_LOWEST.match(grade) for grade in self.votes)


class _Votes(NamedTuple):
    """How many votes there are, as the reader found it or as it stands beside its noun."""

    value: int
    start: int
    end: int


def check_ballots(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """Votes that their grades do not add up to, and rates of satisfaction that the grades do not give."""
    lists = _lists(document.text)
    read = [
        _Votes(int(figure.value), figure.start, figure.end)
        for figure in figures
        if figure.measure == "satisfaction_votes" and figure.bound == "=" and figure.start is not None and figure.end is not None
    ]
    known = {figure.start for figure in figures}
    told: set[tuple[int, ...]] = set()
    for grades in lists:
        beside = [votes for votes in read if _is_beside(votes, grades)]
        for votes in beside or _unread(document.text, grades, known):
            key = (votes.value, *grades.votes.values())
            if key not in told and _differs(document.text, votes, grades, {one.value for one in read}):
                told.add(key)
                yield _finding(document.text, votes, grades)
                break
    yield from _satisfaction(document.text, figures, lists)
    yield from _grade_shares(document.text, figures, lists, read)
    yield from _impossible(document.text, figures, lists, read)


def _lists(text: str) -> list[_Grades]:
    """The lists of two grades and more; where "hài lòng 155" and "155 hài lòng" both make one of the same words, the longer."""
    found = [grades for window in windows(text, _SPOKEN_OF, _NEXT) for pattern in (_LABEL_FIRST, _NUMBER_FIRST) for grades in _of_order(text, pattern, window)]
    found.sort(key=lambda grades: -len(grades.votes))
    kept: list[_Grades] = []
    for grades in found:
        if not any(grades.start < other.end and other.start < grades.end for other in kept):
            kept.append(grades)
    return sorted(kept, key=lambda grades: grades.start)


_SPOKEN_OF = re.compile(r"[Ll]òng\b|LÒNG\b")
"""Where the text speaks of content: nothing else is searched."""


def _of_order(text: str, pattern: re.Pattern[str], window: tuple[int, int]) -> Iterator[_Grades]:
    votes: dict[str, int] = {}
    spans: list[tuple[int, int]] = []
    last = 0
    for match in pattern.finditer(text, *window):
        grade, value = _grade(match["grade"]), whole_number(match["n"].rstrip("."))
        if value is None:
            continue
        if next(iter(votes), "") == grade and match.start() - last <= _NEXT:
            del votes[grade], spans[0]  # "khảo sát hài lòng: 5.420 lượt": the number of votes behind the name of the matter
        elif grade in votes or match.start() - last > _NEXT:
            if len(votes) > 1:
                yield _Grades(votes, tuple(spans))
            votes, spans = {}, []
        votes[grade] = value
        spans.append(match.span("n"))
        last = match.end()
    if len(votes) > 1:
        yield _Grades(votes, tuple(spans))


def _is_beside(votes: _Votes, grades: _Grades) -> bool:
    return 0 <= grades.start - votes.end <= _BEFORE or 0 <= votes.start - grades.end <= _BEHIND


def _unread(text: str, grades: _Grades, known: set[int | None]) -> Iterator[_Votes]:
    """The number of votes beside its noun before the list, nearest first, where the reader has not found it."""
    for match in reversed([*_VOTED.finditer(text, max(0, grades.start - _BEFORE), grades.start)]):
        value = whole_number(match["n"])
        sent = _ASKED.search(text, max(0, match.start() - 40), match.start())
        if value and match.start() not in known and not sent and abs(value - grades.added) * 10 <= value:
            yield _Votes(value, *match.span("n"))


def _differs(text: str, votes: _Votes, grades: _Grades, counted: set[int]) -> bool:
    added = grades.added
    around = text[max(0, grades.start - _BEFORE) : grades.end + _BEHIND]
    if added in (votes.value, *counted) or is_printed(around, (added, added)):
        return False
    is_next = 0 <= grades.start - votes.end <= _RIGHT_BEHIND and not _DIGIT.search(text, votes.end, grades.start)
    if abs(added - votes.value) * 5 > votes.value and not (is_next and is_slip(str(votes.value), str(added))):
        return False
    # a grade that is not printed is unknown; "gồm" says that there is none
    all_content = {_VERY, _CONTENT} <= grades.votes.keys() and _ALL.search(text, grades.end, grades.end + _BEHIND) is not None
    # "rất hài lòng 447; hài lòng 158; bình thường 07": where nobody is discontent that grade is not printed
    is_swapped = len(grades.votes) > _TWO and is_slip(str(votes.value), str(added)) and sorted(str(votes.value)) == sorted(str(added))
    return (
        grades.has_lowest or all_content or is_swapped or added > votes.value or _NOTHING_ELSE.search(text, votes.end, max(votes.end, grades.start)) is not None
    )


def _finding(text: str, votes: _Votes, grades: _Grades) -> Finding:
    listed = " + ".join(f"{grade} {number_vi(Decimal(value))}" for grade, value in grades.votes.items())
    gap = abs(votes.value - grades.added)
    return Finding(
        _RULE,
        severity_of(_RULE),
        f"Số lượt đánh giá {number_vi(Decimal(votes.value))} không khớp với các mức: {listed} = {number_vi(Decimal(grades.added))} "
        f"(lệch {number_vi(Decimal(gap))}). Đề nghị kiểm tra lại các số này.",
        tuple(sentence_place(text, *span) for span in ((votes.start, votes.end), *grades.spans)),
        both_sides(votes.value, grades.added),
    )


def _satisfaction(text: str, figures: Sequence[Figure], lists: Sequence[_Grades]) -> Iterator[Finding]:
    """The printed rate of satisfaction against grades beside it that add up to the votes: then nothing is hidden in it."""
    rates = [figure for figure in figures if figure.measure == "satisfaction_rate_pct" and figure.bound == "=" and figure.start is not None]
    for votes in figures:
        if votes.measure != "satisfaction_votes" or votes.start is None or votes.end is None or votes.bound != "=":
            continue
        own = _Votes(int(votes.value), votes.start, votes.end)
        grades = next((one for one in lists if _is_beside(own, one) and one.added == own.value and {_VERY, _CONTENT} <= one.votes.keys()), None)
        if grades is None:
            continue
        beside = [rate for rate in rates if abs((rate.start or 0) - votes.end) <= _BEFORE and (rate.scope, rate.subject) == (votes.scope, votes.subject)]
        told = {rate.start: [*_of_content(text, own, grades, rate)] for rate in beside}
        for rate in beside:
            # "…, tỷ lệ hài lòng 99,2%. Tháng 9/2025 tỷ lệ này là 97,8%": where one rate is that of the votes, one said of a time is of another
            if all(told.values()) or not _OF_A_TIME.search(text, sentence_at(text, rate.start or 0)[0], rate.start or 0):
                yield from told[rate.start]


_OF_A_TIME = re.compile(r"\b(?:tháng|quý|kỳ|năm)\s+(?:\d|[IVX]+\b|trước)|\bcùng kỳ\b", _I)


_GRADE_SHARE = re.compile(
    rf"(?:mức|loại|tỷ lệ)(?: độ| đánh giá)?\s+[“\"‘']?{_GRADE}[”\"’']?\s+(?:chiếm|đạt|là|bằng)\s+(?:tỷ lệ\s+)?(?P<percent>\d{{1,3}}(?:,\d{{1,2}})?)\s*%", _I
)
_FARTHEST_LIST = 1500


def _grade_shares(text: str, figures: Sequence[Figure], lists: Sequence[_Grades], read: Sequence[_Votes]) -> Iterator[Finding]:
    """The share of one grade, told apart from the list of votes before it: of the votes printed, or of the grades together."""
    known = {figure.start for figure in figures}
    for match in _GRADE_SHARE.finditer(text):
        grades = next((one for one in reversed(lists) if one.end <= match.start() <= one.end + _FARTHEST_LIST), None)
        count = grades.votes.get(_grade(match["grade"])) if grades else None
        if grades is None or not count or match.start("percent") in known:
            continue
        totals = [votes.value for votes in read if _is_beside(votes, grades)]
        content = sum(grades.votes.get(grade, 0) for grade in (_VERY, _CONTENT))
        verdicts = [classify_percentage(one, base, match["percent"]) for base in (*totals, grades.added) for one in (count, content)]
        gap = abs(verdicts[0].printed - (verdicts[0].recomputed or 0))
        if any(verdict.kind in ("rounded", "truncated") for verdict in verdicts) or gap > FAR_RATE:
            continue
        base = number_vi(Decimal((*totals, grades.added)[0]))
        message = (
            f"Tỷ lệ in {match['percent']}%, nhưng {number_vi(Decimal(count))}/{base} là {number_vi(verdicts[0].recomputed or Decimal(0))}%. "
            "Đề nghị kiểm tra lại tỷ lệ hoặc số lượt các mức."
        )
        claim = Claim(count, (*totals, grades.added)[0], match["percent"], match.start("percent"), match.end(), grades.start)
        yield share_finding(text, claim, verdicts[0], "warning", message)


_FEWEST_VOTES, _RATE_REACH = 20, 250
_COUNTED_AGAINST = re.compile(r"\d\s*/\s*\d|bình quân|trung bình|lần lượt", _I)


def _impossible(text: str, figures: Sequence[Figure], lists: Sequence[_Grades], read: Sequence[_Votes]) -> Iterator[Finding]:
    """A rate of satisfaction that no number of the votes before it gives: "thu về 238 phiếu, hài lòng 95,9%" (228 are 95,8 %, 229 are 96,2 %).

    Only where the votes by grade or a fraction beside it do not say more; any number of votes around that allows the rate is taken for its base.
    """
    for rate in figures:
        if rate.measure != "satisfaction_rate_pct" or rate.bound != "=" or rate.start is None or rate.end is None or is_row(rate):
            continue
        left = max(paragraph_at(text, rate.start)[0], rate.start - _RATE_REACH)
        votes = [one for one in read if left <= one.start < rate.start]
        unread = _VOTED.finditer(text, sentence_at(text, rate.start)[0], rate.start)
        votes = [_Votes(value, *match.span("n")) for match in unread if (value := whole_number(match["n"]))] + votes
        votes = [one for one in votes if one.value >= _FEWEST_VOTES]
        beside = any(left - _BEFORE <= grades.start and grades.end <= rate.end + _BEHIND for grades in lists)
        if not votes or beside or _COUNTED_AGAINST.search(text, left, rate.end) or _OF_A_TIME.search(text, sentence_at(text, rate.start)[0], rate.start):
            continue
        printed = printed_percent(rate)
        nearest = [int(rate.value * one.value / 100) for one in votes]
        around = [
            classify_percentage(count, one.value, printed) for one, low in zip(votes, nearest, strict=True) for count in (low, low + 1) if count <= one.value
        ]
        if any(verdict.kind in ("rounded", "truncated") for verdict in around):
            continue
        own = votes[-1]
        options = " và ".join(
            f"{number_vi(Decimal(count))} {'phiếu' if 'phiếu' in text[left : rate.end] else 'lượt'} là {number_vi(round(Decimal(100 * count) / own.value, 2))}%"
            for count in (nearest[-1], nearest[-1] + 1)
            if count <= own.value
        )
        message = (
            f"Tỷ lệ hài lòng in {printed}%, nhưng không số nào trong {number_vi(Decimal(own.value))} cho tỷ lệ này ({options}). "
            "Đề nghị kiểm tra lại tỷ lệ hoặc số phiếu, lượt đánh giá."
        )
        yield share_finding(text, Claim(nearest[-1], own.value, printed, rate.start, rate.end, own.start), around[-1], "warning", message)


def _grade(printed: str) -> str:
    return " ".join(printed.lower().replace("vừa", "hài").split())


def _of_content(text: str, votes: _Votes, grades: _Grades, rate: Figure) -> Iterator[Finding]:
    very, content = grades.votes[_VERY], grades.votes[_VERY] + grades.votes[_CONTENT]
    middle = content + sum(grades.votes.get(grade, 0) for grade in _MIDDLE)
    printed = printed_percent(rate)
    verdicts = [classify_percentage(count, votes.value, printed) for count in (content, middle, very)]
    gap = abs(verdicts[0].printed - (verdicts[0].recomputed or 0))
    claim = Claim(content, votes.value, printed, rate.start or 0, rate.end or 0, votes.start)
    if verdicts[0].kind == "truncated" and all(verdict.kind != "rounded" for verdict in verdicts):
        yield cut_finding(text, claim, verdicts[0], f"{number_vi(Decimal(content))}/{number_vi(Decimal(votes.value))}")
    if any(verdict.kind in ("rounded", "truncated") for verdict in verdicts) or gap > FAR_RATE:
        return
    added = f"{number_vi(Decimal(very))} + {number_vi(Decimal(grades.votes[_CONTENT]))}"
    message = (
        f"Tỷ lệ hài lòng in {printed}%, nhưng ({added})/{number_vi(Decimal(votes.value))} là {number_vi(verdicts[0].recomputed or Decimal(0))}%. "
        "Đề nghị kiểm tra lại tỷ lệ hoặc số lượt các mức."
    )
    yield share_finding(text, claim, verdicts[0], "warning", message)
