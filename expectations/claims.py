"""Shares that stand in the text beside their counts and have no measure of their own.

"Số hóa kết quả 2.477 hồ sơ, đạt 99,9 %", "51/59 hồ sơ, đạt 86,4%", "165 nhiệm vụ (chiếm 15,5%)". The
numerator is printed right before the share; the base is named (a/b), printed near it, or hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.grouping import is_slip
from expectations.language import words
from expectations.percentages import PercentageVerdict, classify_percentage
from expectations.sums import severity_of
from expectations.wording import both_sides, quoted, sentence_place, span_place
from warehouse.catalogue import measures
from warehouse.model import Document, Figure, Finding, Severity
from warehouse.numbers import NumberError, number_vi, parse_number
from warehouse.sentences import paragraph_at, sentence_at

_RULE = "claimed-percentage"
_I = re.IGNORECASE
# A pattern that begins with a digit, and looks behind it afterwards, is searched several times faster than one that looks behind first.
_INT = r"\d(?<![\d.,/]\d)(?:\d{0,2}(?:\.\d{3})+(?![\d]|[.,/]\d)|\d*(?![\d]|[.,]\d))"
_PERCENT = r"(?P<percent>\d\d{0,2}(?:[.,]\d{1,3})?)\s*%"
_LINK = r"(?:(?:đạt|chiếm|bằng|tương đương|tương ứng|=|(?:(?:đạt|chiếm|với|là|bằng)\s+)?(?:tỷ|tỉ) lệ)\s*(?:đạt\s*|là\s*|còn\s*|:\s*)?)"
_UNITS = r"[^\d.,;:()%\n]{0,45}?"
_JOIN = rf"(?:[,;:]?\s*{_LINK}|\(\s*{_LINK}?)"
_RATIO = re.compile(
    rf"(?P<n>\d(?<![\d./,]\d)[\d.]*)(?:\s+[^\W\d]+(?: [^\W\d]+){{0,3}})?\s*/\s*(?P<d>\d[\d.]*)(?![\d/]|[.,]\d)\s*(?:[^\d.;:()%\n]|(?<=trong )\d{{1,2}} tháng){{0,45}}?{_JOIN}{_PERCENT}",
    _I,
)
_OF_TOTAL = re.compile(
    rf"(?P<n>{_INT})\s+(?:[^\d.,;:()%]{{2,60}}?\s)?(?:trên|trong|/)(?:\s+tổng)?(?:\s+số)?\s+(?P<d>{_INT})\s+[^\d.;:()%]{{2,60}}?{_JOIN}{_PERCENT}", _I
)
"""14.573 hồ sơ trên tổng 14.848 hồ sơ, tỷ lệ 98,14%; 1.574 trên tổng số 1.812 hồ sơ"""
_TOTAL_FIRST = re.compile(
    rf"tr(?:ong|ên)(?:\s+tổng)?(?:\s+số)?\s+(?P<d>{_INT})\s+[^\d.;:()%]{{2,90}}?(?:\bcó|\bđã|\bthì|,)\s+[^\d.;:()%]{{0,40}}?(?P<n>{_INT})\s+[^\d.;:()%]{{2,90}}?{_JOIN}{_PERCENT}",
    _I,
)
"""Trong số 12.118 kết quả đã trả, có 10.767 kết quả được số hóa, đạt 88,8%"""
_TOTAL_BEHIND = re.compile(
    rf"(?P<n>{_INT})\s+[^\d.;:()%]{{2,45}}?{_LINK}{_PERCENT}\s*(?:so\s+với|trên|trong|của)?(?:\s*tổng)?(?:\s*số)?(?:\s+[^\d.,;:()%]{{2,45}}?\()?\s*(?P<d>{_INT})\s+(?!năm|tháng)[^\W\d]",
    _I,
)
"""1.184 lượt, bằng 98,1% tổng số 1.207 lượt; 58 hồ sơ, chiếm 2,4% tổng số hồ sơ tiếp nhận (2.417 hồ sơ)"""
_RATE_OF_ITS_OWN = re.compile(r",[^,%]*(?:hạn|hẹn|hài lòng)\b[^,%]*\Z", _I)
"""Trong 63 hồ sơ tiếp nhận, đã giải quyết 61 hồ sơ, đúng và trước hạn đạt 100%: no share of the 63"""
_RATIO_AFTER = re.compile(rf"{_PERCENT}\s*\(\s*(?P<n>\d[\d.]*)\s*/\s*(?P<d>\d[\d.]*)(?![\d/]|[.,]\d)[^()\n]{{0,40}}\)", _I)
_COUNT = re.compile(rf"(?P<n>{_INT})(?:\s+{_UNITS})?(?:[,;:]?\s*{_LINK}|\(\s*{_LINK}){_PERCENT}", _I)
_COUNT_ASIDE = re.compile(rf"(?P<n>{_INT})\s+{_UNITS}\(\s*{_PERCENT}\s*(?:(?:trên |của |tổng )*số [^\d()%]{{2,40}})?\)", _I)
"""24.915 hồ sơ (98,6%), 24.915 hồ sơ (98,6% số hồ sơ đã giải quyết): a share only where the count is a known figure, or a number before it shows of what"""
_COUNT_LOOSE = re.compile(rf"(?P<n>{_INT})(?!\s*%)[^\d.;:()%\n]{{0,30}}?,[^\d.;:()%\n]{{0,25}}?(?:tỷ|tỉ) lệ[^\d.;:,()%\n]{{0,40}}?{_PERCENT}", _I)
"""không dùng tiền mặt 601, tỷ lệ thanh toán trực tuyến 91,8%"""
_SHARE_FIRST = re.compile(rf"{_PERCENT}\s*[,;(]?\s*(?:tương ứng|tương đương|tức)(?:\s+(?:là|với))?\s+(?P<n>{_INT})(?!\s*%)", _I)
"""tỷ lệ hộ nghèo còn 0,31%, tương ứng 56 hộ"""
_RATIO_LOOSE = re.compile(
    rf"(?P<n>\d(?<![\d./,]\d)[\d.]*)\s*/\s*(?P<d>\d[\d.]*)(?![\d/]|[.,]\d)(?P<counted>[^\d.;:()%\n]{{2,50}}),\s*(?:tỷ|tỉ) lệ(?P<rate>[^\d.;:,()%\n]{{2,40}}?){_PERCENT}",
    _I,
)
"""2.104/2.317 hồ sơ nộp phí qua mạng, tỷ lệ thanh toán trực tuyến 90,8%"""
_NUMBER = re.compile(_INT)
_PLANNED = re.compile(
    rf"[^.,;%\n]{{0,30}}?\b{words('held-against')}\b",
    _I,
)
_EARLIER = re.compile(rf"\b{words('earlier')}", _I)
_DATE_LABEL = re.compile(rf"{words('before-a-date')}\s*\Z", _I)
_LENGTH_OF_TIME = re.compile(rf"\s+{words('lengths-of-time')}\b", _I)
_COUNTED_NOUN = re.compile(
    rf"\s*{words('counted')}",
    _I,
)
_NATURAL_BASE = {
    "tthc_received_online": ("tthc_received_new", "tthc_received_total"),
    "tthc_received_in_person": ("tthc_received_new", "tthc_received_total"),
    "tthc_received_postal": ("tthc_received_new", "tthc_received_total"),
    "tthc_received_in_person_or_postal": ("tthc_received_new", "tthc_received_total"),
    "tthc_resolved_early": ("tthc_resolved_total",),
    "tthc_resolved_on_time": ("tthc_resolved_total",),
    "tthc_resolved_early_or_on_time": ("tthc_resolved_total",),
    "tthc_resolved_overdue": ("tthc_resolved_total",),
    "tthc_in_progress_on_time": ("tthc_in_progress_total",),
    "tthc_in_progress_overdue": ("tthc_in_progress_total",),
    "tthc_digitised_results": ("tthc_resolved_total",),
    "tthc_digitised_inputs": ("tthc_received_total", "tthc_received_new"),
    "procedures_full_online": ("procedures_total",),
    "procedures_partial_online": ("procedures_total",),
    "satisfaction_very_satisfied": ("satisfaction_votes",),
    "petitions_resolved": ("petitions_received",),
    "pakn_resolved": ("pakn_received",),
    "staff_present": ("staff_assigned",),
}
_SHARE_OF = {
    "tthc_on_time_rate_pct": ("tthc_resolved_early", "tthc_resolved_on_time", "tthc_resolved_early_or_on_time"),
    "tthc_overdue_rate_pct": ("tthc_resolved_overdue", "tthc_in_progress_overdue"),
    "tthc_online_rate_pct": ("tthc_received_online",),
}
"""Whose share a rate is."""
_COUNTED = frozenset({"dossiers", "digitisation", "procedures", "feedback", "satisfaction"})
_BASES = frozenset({"tthc_received_total", "tthc_received_new", "tthc_carried_over", "tthc_resolved_total", "tthc_in_progress_total"})
"""Two of these may make a base that is not printed; sums of anything with anything would explain every share."""
_NEAR = 500
"""Characters: a base this close stands in or next to the sentence."""
FAR_RATE = 40
"""Percentage points: no slip moves a share so far."""
_TELLING = 20
"""A smaller count that no base at all brings to its share was printed beside a share of something else."""
_MOST_SIBLINGS = 6
_MOST_BASES = 60
_REACH = 800
"""Characters to each side in which a paragraph is searched for a base."""


class Claim(NamedTuple):
    """A count, what it is of where that is printed, and its share."""

    numerator: int
    denominator: int | None
    percent: str
    start: int
    end: int
    numerator_start: int
    is_aside: bool = False
    is_loose: bool = False
    """Only words of a rate stand between the count and the share: they may be of two things."""


def check_claims(document: Document, figures: Sequence[Figure], judged: frozenset[int]) -> Iterator[Finding]:
    """Shares that do not fit their counts. `judged` holds the offsets of percentages that an identity has already judged."""
    text = document.text
    by_start = {figure.start: figure for figure in figures if figure.start is not None}
    claims = tuple(_claims(text))
    for claim in claims:
        if claim.start in judged:
            continue
        figure = by_start.get(claim.numerator_start)
        if claim.denominator is not None:
            yield from _named(text, claim)
        elif (figure is not None and figure.measure == "satisfaction_votes") or (claim.is_loose and _is_of_the_content(by_start.get(claim.start))):
            continue  # "2.206 lượt, tỷ lệ 98,3%": the share is of them; of grades that are added first
        elif claim.is_loose and _is_of_another_count(by_start.get(claim.start), figure):
            continue  # "trả 3.241 hồ sơ, tỷ lệ đúng hạn nâng lên 99,6%"
        elif (_BASE_BEHIND.match(text, claim.end) or not _PLANNED.match(text, claim.end)) and not _EARLIER.search(text[slice(*sentence_at(text, claim.start))]):
            yield from _unnamed(text, claim, figure, figures, claims)


_SHARES = re.compile(r"(?<![\d.,])\d{1,2}(?:,\d{1,2})?(?=\s*%)")
_MOST_SHARES, _FEWEST_SHARES = 8, 3
_WHOLE = 100
_NOT_FAR = 25
_MADE_UP_OF = re.compile(
    r"\b(?:cơ cấu|tỷ trọng|phân theo|chia theo|theo (?:cách thức|hình thức|lĩnh vực|mức|nhóm|độ tuổi|trình độ)|lần lượt|gồm|còn lại|chiếm)\b", _I
)


def check_hundreds(document: Document) -> Iterator[Finding]:
    """Shares into which one sentence divides something, and that make 100 % but for one slip."""
    text = document.text
    for span in _sentences_of_shares(text):
        matches = [*_SHARES.finditer(text, *span)]
        if not _FEWEST_SHARES <= len(matches) <= _MOST_SHARES or not _MADE_UP_OF.search(text, *span):
            continue
        shares = [Decimal(match.group().replace(",", ".")) for match in matches]
        half = sum((Decimal(5).scaleb(min(int(share.as_tuple().exponent), 0) - 1) for share in shares), Decimal(0))
        runs = (sum(shares[first:last], Decimal(0)) for first in range(len(shares)) for last in range(first + 2, len(shares) + 1))
        gap = _WHOLE - sum(shares, Decimal(0))
        if any(abs(_WHOLE - one) <= half for one in runs) or abs(gap) > _NOT_FAR:
            continue
        slipped = next((place for place, share in enumerate(shares) if share + gap > 0 and is_slip(_digits(share), _digits(share + gap))), None)
        if slipped is None or any(share == share.to_integral_value() for share in shares):
            continue
        listed = " + ".join(map(number_vi, shares))
        yield Finding(
            _RULE,
            severity_of(_RULE, "warning"),
            f"Các tỷ lệ của đoạn này cộng lại không bằng 100%: {listed} = {number_vi(_WHOLE - gap)}%. Đề nghị kiểm tra lại các tỷ lệ.",
            tuple(sentence_place(text, *match.span()) for match in matches),
            {**both_sides(_WHOLE - gap, _WHOLE), "tolerance": str(half)},
        )


def _sentences_of_shares(text: str) -> list[tuple[int, int]]:
    return list(dict.fromkeys(sentence_at(text, match.start()) for match in _SHARES.finditer(text)))


def _digits(share: Decimal) -> str:
    return _DIGITS.sub("", str(share))


def _is_of_the_content(rate: Figure | None) -> bool:
    return rate is not None and rate.measure == "satisfaction_rate_pct"


def _is_of_another_count(rate: Figure | None, count: Figure | None) -> bool:
    return rate is not None and count is not None and rate.measure in _SHARE_OF and count.measure not in _SHARE_OF[rate.measure]


def _claims(text: str) -> Iterator[Claim]:
    seen: set[int] = set()
    for pattern in (_RATIO, _RATIO_AFTER, _OF_TOTAL, _TOTAL_FIRST, _TOTAL_BEHIND, _COUNT, _COUNT_ASIDE, _SHARE_FIRST, _COUNT_LOOSE, _RATIO_LOOSE):
        for match in pattern.finditer(text):
            start, end = match.span("percent")
            if start in seen or (pattern is _RATIO_LOOSE and not _is_of_one_matter(text, match)):
                continue
            numerator = whole_number(match["n"])
            denominator = whole_number(match["d"]) if "d" in match.re.groupindex else None
            if numerator is None or ("d" in match.re.groupindex and (denominator is None or _is_month(text, match, numerator, denominator))):
                continue
            if pattern is _TOTAL_BEHIND and denominator is not None and denominator < numerator:
                continue  # "83.045.000 đồng, đạt 61,5% dự toán (135 triệu đồng)"
            if denominator is not None and denominator <= 12 and numerator <= 31 and not _COUNTED_NOUN.match(text, match.end("d")):
                continue  # "2/9": a day
            if pattern is _TOTAL_FIRST and (_LENGTH_OF_TIME.match(text, match.end("d")) or _RATE_OF_ITS_OWN.search(text, match.end("n"), start)):
                continue
            labelled = "." not in match["n"] and _DATE_LABEL.search(text, max(0, match.start("n") - 12), match.start("n"))
            if labelled or _LENGTH_OF_TIME.match(text, match.end("n")):
                continue
            seen.add(start)
            yield Claim(
                numerator,
                denominator,
                match["percent"],
                start,
                text.index("%", end) + 1,
                match.start("n"),
                pattern is _COUNT_ASIDE,
                pattern in (_COUNT_LOOSE, _RATIO_LOOSE),
            )


_MATTERS = (
    re.compile("hạn|hẹn", _I),
    re.compile("hài lòng", _I),
    re.compile("số hóa|điện tử", _I),
    re.compile("thanh toán|nộp phí|lệ phí|tiền mặt|giao dịch", _I),
    re.compile("trực tuyến|qua mạng|tiền mặt|Cổng", _I),
    re.compile("giải quyết|xử lý|trả lời|xong", _I),
)


def _is_of_one_matter(text: str, match: re.Match[str]) -> bool:
    """Whether all that a rate's words name is said of the counts before it, too: not "21/23 hồ sơ nộp qua mạng, tỷ lệ đúng hạn 98%"."""
    named = [matter for matter in _MATTERS if matter.search(match["rate"])]
    left = sentence_at(text, match.start())[0]
    return bool(named) and all(matter.search(text, left, match.start("rate")) for matter in named)


def _is_month(text: str, match: re.Match[str], numerator: int, denominator: int) -> bool:
    return numerator <= 12 and 1990 <= denominator <= 2100 and "." not in match["d"]


def whole_number(printed: str) -> int | None:
    """The count as printed; None for what is no whole number."""
    try:
        value = parse_number(printed, "count").value
    except NumberError:
        return None  # "1.2.3": an outline number, no count
    return int(value) if value == value.to_integral_value() else None


def _named(text: str, claim: Claim) -> Iterator[Finding]:
    verdict = classify_percentage(claim.numerator, claim.denominator, claim.percent, _bases_near(text, claim))
    if verdict.kind == "rounded" or claim.denominator == 0:
        return
    count, base = number_vi(Decimal(claim.numerator)), number_vi(Decimal(claim.denominator or 0))
    recomputed = number_vi(verdict.recomputed or Decimal(0))
    if verdict.kind == "truncated":
        yield cut_finding(text, claim, verdict, f"{count}/{base}")
    elif not claim.is_loose or _is_slip_of(claim, verdict):
        message = f"Tỷ lệ in {claim.percent}%, nhưng {count}/{base} là {recomputed}%. Đề nghị kiểm tra lại tỷ lệ hoặc hai số này."
        yield share_finding(text, claim, verdict, "error", message)


def cut_finding(text: str, claim: Claim, verdict: PercentageVerdict, fraction: str) -> Finding:
    recomputed = number_vi(Decimal(100 * claim.numerator) / Decimal(verdict.base or claim.denominator or 1))
    return share_finding(text, claim, verdict, "info", f"{fraction} là {recomputed}%; số in {claim.percent}% là số cắt bớt, không làm tròn.")


def _unnamed(text: str, claim: Claim, figure: Figure | None, figures: Sequence[Figure], claims: Sequence[Claim]) -> Iterator[Finding]:
    near = _bases_near(text, claim)
    if claim.is_loose:
        yield from _by_sentence(text, claim, near)
        return
    base = _named_base(text, claim, figure, figures) if figure is not None else None
    if base is not None:
        yield from _of_named_base(text, claim, base, near)
        return
    if figure is None or measures()[figure.measure].family not in _COUNTED:
        told = [] if claim.is_aside else [*_by_siblings(text, claim, near, claims)]
        yield from told or _by_sentence(text, claim, near)
        return
    own = [
        int(other.value)
        for other in figures
        if other.scope == figure.scope and other.subject == figure.subject and measures()[other.measure].family in _COUNTED
    ]
    whole = [int(other.value) for other in figures if other.measure in _BASES and (other.scope, other.subject) == (figure.scope, figure.subject)]
    sums = [one + two for place, one in enumerate(whole) for two in whole[place + 1 :]] if len(whole) <= 60 else []
    carried = [int(other.value) for other in figures if other.measure == "tthc_carried_over" and (other.scope, other.subject) == (figure.scope, figure.subject)]
    new = [total - earlier for total in whole for earlier in carried if total > earlier]  # "bằng 97,5% số hồ sơ nhận mới", where the total is printed
    verdict = classify_percentage(claim.numerator, None, claim.percent, [*near, *own, *sums, *new])
    if verdict.kind == "rounded" or verdict.printed >= 100:
        return  # everything, or a comparison with another year ("bằng 142%")
    count = number_vi(Decimal(claim.numerator))
    if verdict.kind == "truncated":
        yield cut_finding(text, claim, verdict, f"{count} trên {number_vi(Decimal(verdict.base or 0))}")
        return
    natural = next(
        (
            other
            for code in _NATURAL_BASE.get(figure.measure, ())
            for other in figures
            if other.measure == code
            and (other.scope, other.subject) == (figure.scope, figure.subject)
            and abs((other.start or 0) - claim.start) <= _NEAR
            and other.value >= figure.value
        ),
        None,
    )
    if natural is not None and natural.value > 0:
        named = classify_percentage(claim.numerator, int(natural.value), claim.percent)
        if named.recomputed is None or abs(named.printed - named.recomputed) > FAR_RATE:
            return  # a share of something else: "163 hồ sơ, chiếm 79% số hồ sơ quá hạn"
        message = (
            f"Tỷ lệ in {claim.percent}%, nhưng {count} trên {number_vi(natural.value)} là {number_vi(named.recomputed or Decimal(0))}%. "
            "Đề nghị kiểm tra lại tỷ lệ hoặc hai số này."
        )
        yield share_finding(text, claim, named, "error", message)
    elif not is_printed(text, verdict.fitting_bases) and (verdict.fitting_bases or claim.numerator >= _TELLING):
        yield share_finding(text, claim, verdict, "warning", _hidden_message(claim, verdict, count))


_BASE_BEHIND = re.compile(
    r"\s*(?:(?:trên|của|so với|trong)\s+)?(?:tổng\s+)?(?:số(?:\s+biên\s+chế)?|biên\s+chế|chỉ\s+tiêu)\s+(?P<quota>(?:được\s+)?giao)\b|"
    r"\s*(?:(?:trên|của|so với|trong)\s+)?(?:tổng\s+)?số\s+(?:lượng\s+)?(?:(?:hồ\s+sơ|HS|kết\s+quả)\s+)?(?:đã\s+|được\s+)*"
    r"(?:(?P<new>(?:tiếp\s+)?nhận\s+mới|mới\s+(?:tiếp\s+)?nhận)|(?P<resolved>giải\s+quyết|có\s+kết\s+quả|trả))\b",
    _I,
)
"""đạt 85,06% trên số hồ sơ tiếp nhận mới"""
_BASE_WORDS = {"new": "tthc_received_new", "resolved": "tthc_resolved_total", "quota": "staff_assigned"}


def _named_base(text: str, claim: Claim, figure: Figure, figures: Sequence[Figure]) -> int | None:
    """The only value of the base that the words behind the share name, where the report prints it."""
    match = _BASE_BEHIND.match(text, claim.end)
    code = _BASE_WORDS.get(match.lastgroup or "") if match else None
    values = {int(other.value) for other in figures if (other.measure, other.scope, other.subject) == (code, figure.scope, figure.subject)}
    value = values.pop() if len(values) == 1 else 0
    return value if value >= claim.numerator and value else None


def _of_named_base(text: str, claim: Claim, base: int, near: Sequence[int]) -> Iterator[Finding]:
    verdict = classify_percentage(claim.numerator, base, claim.percent, near)
    if verdict.kind == "rounded" or not _may_be_meant(verdict):
        return
    count, whole, recomputed = number_vi(Decimal(claim.numerator)), number_vi(Decimal(base)), number_vi(verdict.recomputed or Decimal(0))
    if verdict.kind == "truncated":
        yield cut_finding(text, claim, verdict, f"{count} trên {whole}")
        return
    message = f"Tỷ lệ in {claim.percent}%, nhưng {count} trên {whole} là {recomputed}%. Đề nghị kiểm tra lại tỷ lệ hoặc ghi rõ tính trên số nào."
    yield share_finding(text, claim, verdict, "warning", message)


def is_printed(text: str, bases: tuple[int, int] | None) -> bool:
    """Whether the report prints, wherever it may be, a number that would do as the base."""
    return bases is not None and any(bases[0] <= (whole_number(match.group()) or 0) <= bases[1] for match in _NUMBER.finditer(text))


def _hidden_message(claim: Claim, verdict: PercentageVerdict, count: str) -> str:
    lead = f"Không có số nào trong báo cáo để {count} đạt {claim.percent}%"
    if verdict.fitting_bases is None:
        return f"{lead}. Đề nghị kiểm tra lại tỷ lệ và ghi rõ tính trên tổng số nào."
    low, high = (number_vi(Decimal(base)) for base in verdict.fitting_bases)
    fits = low if low == high else f"{low} đến {high}" if verdict.fitting_bases[1] - verdict.fitting_bases[0] > 1 else f"{low} hoặc {high}"
    return f"{lead}: chỉ khớp nếu tổng số là {fits}. Đề nghị ghi rõ tính trên tổng số nào hoặc sửa lại."


def _by_siblings(text: str, claim: Claim, near: Sequence[int], claims: Sequence[Claim]) -> Iterator[Finding]:
    """A count without a measure: judged only where another share of the same paragraph shows which base is meant."""
    span = paragraph_at(text, claim.start)
    beside = [one for one in claims if span[0] <= one.start < span[1] and one.denominator is None and 0 < abs(one.start - claim.start) <= _NEAR]
    bases = [*near, *_totals_before(text, claim)]
    siblings = sorted(beside, key=lambda one: abs(one.start - claim.start))[:_MOST_SIBLINGS]
    for other in siblings:
        base = classify_percentage(other.numerator, None, other.percent, [one for one in bases if one > max(other.numerator, claim.numerator)])
        if base.kind != "rounded" or base.base is None or base.printed == 100:
            continue
        verdict = classify_percentage(claim.numerator, base.base, claim.percent, near)
        count, whole = number_vi(Decimal(claim.numerator)), number_vi(Decimal(base.base))
        recomputed = number_vi(verdict.recomputed or Decimal(0))
        if verdict.kind == "truncated":
            yield cut_finding(text, claim, verdict, f"{count} trên {whole}")
        elif verdict.kind == "infeasible" and _may_be_meant(verdict):
            message = f"Tỷ lệ in {claim.percent}%, nhưng {count} trên {whole} là {recomputed}%. Đề nghị kiểm tra lại."
            yield share_finding(text, claim, verdict, "warning", message)
        return


_TOTAL = re.compile(rf"\btổng số\s+(?P<n>{_INT})", _I)
_SECTION = 2500


def _totals_before(text: str, claim: Claim) -> list[int]:
    """Totals that call themselves so, in the paragraphs before: "Tính trên tổng số 3.917 người có mặt:"."""
    found = [whole_number(match["n"]) for match in _TOTAL.finditer(text, max(0, claim.start - _SECTION), claim.start)]
    return [one for one in reversed(found) if one]


def _may_be_meant(verdict: PercentageVerdict) -> bool:
    """Whether the share may be of that base at all: "163 hộ, chiếm 1,52%" is none of the thousand jobs told before."""
    return verdict.recomputed is not None and abs(verdict.printed - verdict.recomputed) * _FARTHEST <= max(verdict.printed, verdict.recomputed)


_FARTHEST = 3


def _by_sentence(text: str, claim: Claim, near: Sequence[int]) -> Iterator[Finding]:
    """A count without a measure: judged where a number before it in its sentence is its base but for one wrong digit of the share.

    "Hòa giải 22 vụ, thành 19 vụ (86,6%)". Where any number around gives the share, that one is meant.
    """
    decimals = re.split(r"[.,]", claim.percent)[1:]
    if not decimals or claim.numerator < _TELLING_COUNT:
        return
    verdict = classify_percentage(claim.numerator, None, claim.percent, near)
    if verdict.kind in ("rounded", "truncated"):
        return
    left, _ = sentence_at(text, claim.numerator_start)
    if text[:left].rstrip().endswith(";"):
        left, _ = sentence_at(text, len(text[:left].rstrip()) - 1)
    noun = _noun(text, claim.numerator_start + _length(text, claim.numerator_start))
    found = [match for match in _NUMBER.finditer(text, left, claim.numerator_start) if not noun or _noun(text, match.end()) in (noun, "")]
    before = [whole_number(match.group()) or 0 for match in found][-_MOST_BEFORE:]
    for base in reversed([one for one in before if one > claim.numerator]):
        named = classify_percentage(claim.numerator, base, claim.percent)
        if _is_slip_of(claim, named):
            count, whole = number_vi(Decimal(claim.numerator)), number_vi(Decimal(base))
            message = f"Tỷ lệ in {claim.percent}%, nhưng {count} trên {whole} là {number_vi(named.recomputed or Decimal(0))}%. Đề nghị kiểm tra lại."
            yield share_finding(text, claim, named, "warning", message)
            return


def _is_slip_of(claim: Claim, verdict: PercentageVerdict) -> bool:
    """Whether one digit, or two swapped ones, part the share from what its counts give."""
    needed = round(verdict.recomputed or Decimal(0), len("".join(re.split(r"[.,]", claim.percent)[1:])))
    one, other = (_DIGITS.sub("", share) for share in (claim.percent, str(needed)))
    return one != other and is_slip(one, other)


def _noun(text: str, end: int) -> str:
    """What is counted, where counts of two such kinds are no shares of each other: "34.975 người; hộ nghèo 64 hộ (0,7%)"."""
    match = _KIND.match(text, end)
    return match[1].lower() if match else ""


_KIND = re.compile(r"\s*(hộ|người|khẩu|ha|km²?|thôn|ấp|đồng|ngày)\b", _I)
_DIGITS = re.compile(r"\D")
_TELLING_COUNT = 10
_MOST_BEFORE = 3


def _bases_near(text: str, claim: Claim) -> list[int]:
    """Whole numbers of the paragraph that could be the base, nearest first."""
    left, right = paragraph_at(text, claim.start)
    left, right = max(left, claim.start - _REACH), min(right, claim.end + _REACH)
    found = []
    for match in _NUMBER.finditer(text, left, right):
        value = whole_number(match.group())
        if value and match.start() != claim.numerator_start and not claim.start <= match.start() < claim.end:
            found.append((abs(match.start() - claim.start), value))
    return [value for _, value in sorted(found)][:_MOST_BASES]


def share_finding(text: str, claim: Claim, verdict: PercentageVerdict, at_most: Severity, message: str) -> Finding:
    """The finding about a share, at the share and at its count."""
    values = {"kind": verdict.kind, "left": str(verdict.printed), "tolerance": str(verdict.half_unit), "numerator": str(claim.numerator)}
    if verdict.recomputed is not None:
        values["right"] = str(verdict.recomputed)
        values["gap"] = str(abs(verdict.printed - verdict.recomputed))
    if claim.denominator is not None or verdict.base is not None:
        values["base"] = str(verdict.base if verdict.base is not None else claim.denominator)
    if verdict.fitting_bases:
        values["fitting_bases"] = "-".join(str(base) for base in verdict.fitting_bases)
    quote = quoted(text[slice(*sentence_at(text, claim.start))])
    count = (claim.numerator_start, claim.numerator_start + _length(text, claim.numerator_start))
    places = tuple(span_place(quote, *span) for span in ((claim.start, claim.end), count))
    return Finding(_RULE, severity_of(_RULE, at_most), message, places, values)


def _length(text: str, start: int) -> int:
    match = re.compile(r"\d+(?:\.\d{3})*").match(text, start)
    return len(match.group()) if match else 0
