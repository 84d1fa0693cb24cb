"""A fact told again in so many words, in a sentence that the reader leaves alone: an evaluation, a proposal, a task.

"Tuy nhiên vẫn để xảy ra 19 hồ sơ giải quyết quá hạn", where the body counts 16. The words of `language.toml` (`retold`) say what is counted;
a count that any figure of these measures prints, or that is a sum of some of them, is no other value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from expectations.grouping import is_fact, is_familiar, is_in_a_request
from expectations.language import retold
from expectations.repeats import OWN_WORDS, are_few_late, is_near_rate, qualifiers
from expectations.second_values import second_value
from expectations.wording import figure_place, sentence_place
from warehouse.model import Document, Figure, Finding, Header
from warehouse.numbers import dotted_number
from warehouse.sentences import sentence_at

_OWN_SCOPES = ("", "government", "all")
_MOST_VALUES = 3
"""A measure of more values is told for months, levels or fields."""
_MOST_COUNTS, _MOST_ADDED = 12, 3
_LEAST = 3
_BESIDE = 80
"""Characters on each side of a count in which its words stand."""
# Begins with a digit and looks behind it afterwards: several times faster.
_PRINTED = re.compile(r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d?[.,]\d{1,2}|\d{0,5})(?![\d/]|[.,]\d)")
_PART = re.compile(
    r"\b(?:lĩnh vực|đất đai|hộ tịch|xây dựng|chứng thực|cấp tỉnh|trong đó|trong số|nhất là|chủ yếu|một số|giáo (?:dục|viên)|trường|y tế|Đảng|Mặt trận|viên chức|thôn|ấp|bản|tổ dân phố"
    r"|bình quân|trung bình|mỗi|khoảng|gần|hơn|trên|dưới|tối (?:đa|thiểu)|không quá|mục tiêu|phấn đấu|dự kiến|tăng|giảm|thêm|bớt|kiểm tra|rà soát|thư xin lỗi|mẫu|số hóa|thanh toán|phát ra|phát hành|duy trì|nâng|(?:bảo|đảm) (?:đảm|bảo)|chỉ tiêu|sẽ|không để quá|không được)\b"
    r"|(?<!nghị )\b(?:xã|phường|đặc khu|sở|phòng|chi nhánh|trung tâm|ông|bà) (?-i:[A-ZĐ])",
    re.IGNORECASE,
)
"""Words before a count in its clause that make it one of a part, a wish, a change or about so many."""
_ROW = re.compile(r"\t|\S[ \u00a0]{2,}[\d|│]")
_TIME = re.compile(r"\bquý [IVX]+\b(?:(?:/| năm )\d{4})?|\bnăm 20\d\d\b|\bso với\b|\bcùng kỳ\b", re.IGNORECASE)
_PART_BEHIND = re.compile(r"\s*(?:do|thuộc(?! thẩm quyền)|của (?!đơn vị)|về|tại|ở|liên quan|lĩnh vực|/|\()", re.IGNORECASE)


def check_retold(document: Document, header: Header, figures: Sequence[Figure], told: frozenset[int | None]) -> Iterator[Finding]:
    """One finding for each unread count that names a fact of the unit and is near its value, but not it; `told` are offsets of known second values."""
    text = document.text
    period = header.period.label.casefold() if header.period else ""
    stated = [figure for figure in figures if not is_in_a_request(figure)]
    seen = {figure.start for figure in stated} | told
    printed = [(match.span(), value) for match in _PRINTED.finditer(text) if match.start() not in seen and (value := _value(match.group())) >= _LEAST]
    for measures, words in retold():
        same = [figure for figure in stated if figure.measure in measures]
        facts = [figure for figure in same if figure.scope in _OWN_SCOPES and not figure.subject and "own-period" not in figure.flags and is_fact(figure)]
        values = {figure.value for figure in same}
        if not facts or any(len({fact.value for fact in facts if fact.measure == measure}) > _MOST_VALUES for measure in measures):
            continue
        known = values | _sums({figure.value for figure in same if not figure.subject and not figure.scope.startswith("field:")})
        near: dict[Decimal, list[Figure]] = {}
        for span, value in printed:
            if span[0] in seen or value in known:
                continue
            if value not in near:
                near[value] = [fact for fact in facts if _is_near(fact, value)]
            if not near[value]:
                continue
            match = _told_with(words, text, span)
            if match is None or not _is_of_the_unit(text, span, match.end(), period, measures):
                continue
            seen.add(span[0])
            fact = min(near[value], key=lambda fact: abs(fact.value - value))
            places = (figure_place(fact), sentence_place(text, *span))
            yield second_value((fact.measure, fact.scope, fact.subject), (fact.value, value), places, figures)


def _told_with(words: re.Pattern[str], text: str, span: tuple[int, int]) -> re.Match[str] | None:
    """The words that name the count, looked for around it only: the counts that may be meant are few, the patterns slow."""
    found = words.finditer(text, max(0, span[0] - _BESIDE), span[1] + _BESIDE)
    return next((match for match in found if span in (match.span(group) for group in range(1, words.groups + 1))), None)


def _value(printed: str) -> Decimal:
    return Decimal(printed.replace(",", ".")) if re.fullmatch(r"\d{1,3}[.,]\d{1,2}", printed) else dotted_number(printed)


def _is_near(fact: Figure, value: Decimal) -> bool:
    if fact.unit == "%":
        return is_near_rate(fact.value, value)
    return is_familiar(value, fact.value) or are_few_late(fact.measure, value, fact.value)


def _sums(values: set[Decimal]) -> set[Decimal]:
    """What some of the values add up to; of many values, any number."""
    some = sorted(values)[:_MOST_COUNTS]
    return {sum(added, Decimal(0)) for count in range(2, _MOST_ADDED + 1) for added in combinations(some, count)}


def _is_of_the_unit(text: str, number: tuple[int, int], end: int, period: str, measures: tuple[str, ...]) -> bool:
    """Whether nothing around the count makes it one of a part, a time that is not `period`, a wish or a row of a table."""
    sentence = sentence_at(text, number[0])
    line = text[text.rfind("\n", 0, number[0]) + 1 : text.find("\n", end) if "\n" in text[end:] else len(text)]
    clause = max(sentence[0], *(text.rfind(mark, sentence[0], number[0]) + 1 for mark in ";("))
    is_row = "|" in line or _ROW.search(line)
    if any(not re.search(rf"{re.escape(time.group().casefold())}(?!\w)", period) for time in _TIME.finditer(text, sentence[0], number[0])):
        return False
    own = OWN_WORDS.get(measures[0])
    is_another = any(not (own and own.fullmatch(words.group())) for words in qualifiers(text, number, sentence))
    return not (is_row or is_another or _PART.search(text, clause, number[0]) or _PART_BEHIND.match(text, end))
