"""Shares and grades that stand in the text beside their counts and have no measure of their own.

"Số hóa kết quả 2.477 hồ sơ, đạt 99,9 %", "51/59 hồ sơ, đạt 86,4%", "165 nhiệm vụ (chiếm 15,5%)", the votes by grade. The
numerator is printed right before the share; the base is named (a/b), printed near it, or hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.percentages import PercentageVerdict, classify_percentage, printed_percent
from expectations.sums import severity_of
from warehouse.catalogue import identities, measures
from warehouse.model import Document, Figure, Finding, Place, Severity
from warehouse.numbers import NumberError, number_vi, parse_number
from warehouse.sentences import paragraph_at, sentence_at
from warehouse.text import mask_names, nfc

_RULE = "claimed-percentage"
_I = re.IGNORECASE
# A pattern that begins with a digit, and looks behind it afterwards, is searched several times faster than one that looks behind first.
_INT = r"\d(?<![\d.,/]\d)(?:\d{0,2}(?:\.\d{3})+(?![\d]|[.,/]\d)|\d*(?![\d]|[.,]\d))"
_PERCENT = r"(?P<percent>\d\d{0,2}(?:[.,]\d{1,3})?)\s*%"
_LINK = r"(?:(?:đạt|chiếm|bằng|tương đương|tương ứng|=|(?:(?:đạt|chiếm|với|là|bằng)\s+)?(?:tỷ|tỉ) lệ)\s*(?:đạt\s*|là\s*|:\s*)?)"
_UNITS = r"[^\d.,;:()%\n]{0,45}?"
_JOIN = rf"(?:[,;:]?\s*{_LINK}|\(\s*{_LINK}?)"
_RATIO = re.compile(rf"(?P<n>\d(?<![\d./,]\d)[\d.]*)\s*/\s*(?P<d>\d[\d.]*)(?![\d/]|[.,]\d)\s*{_UNITS}{_JOIN}{_PERCENT}", _I)
_OF_TOTAL = re.compile(
    rf"(?P<n>{_INT})\s+[^\d.,;:()%\n]{{2,25}}?\s(?:trên|trong)(?: tổng)?(?: số)?\s+(?P<d>{_INT})\s+[^\d.,;:()%\n]{{2,45}}?{_JOIN}{_PERCENT}", _I
)
"""14.573 hồ sơ trên tổng 14.848 hồ sơ, tỷ lệ 98,14%"""
_RATIO_AFTER = re.compile(rf"{_PERCENT}\s*\(\s*(?P<n>\d[\d.]*)\s*/\s*(?P<d>\d[\d.]*)(?![\d/]|[.,]\d)[^()\n]{{0,40}}\)", _I)
_COUNT = re.compile(rf"(?P<n>{_INT})\s+{_UNITS}(?:[,;:]?\s*{_LINK}|\(\s*{_LINK}){_PERCENT}", _I)
_COUNT_ASIDE = re.compile(rf"(?P<n>{_INT})\s+{_UNITS}\(\s*{_PERCENT}\s*\)", _I)
"""24.915 hồ sơ (98,6%): a share only where the count is a known figure"""
_NUMBER = re.compile(_INT)
_PLANNED = re.compile(
    r"[^.,;%\n]{0,30}?\b(?:so với|kế hoạch|KH|chỉ tiêu|dự toán|nghị quyết|mục tiêu|cùng kỳ|năm \d{4}|(?:toàn|cả|của) (?:tỉnh|thành phố|huyện|thị xã))\b",
    _I,
)
_EARLIER = re.compile(r"\bcùng kỳ|\b(?:năm|kỳ|quý|tháng) trước", _I)
_DATE_LABEL = re.compile(r"(?:tháng|quý|ngày|số|Điều|khoản)\s*\Z", _I)
_LENGTH_OF_TIME = re.compile(r"\s+(?:tháng|năm|ngày|tuần|quý|giờ|phút)\b", _I)
_COUNTED_NOUN = re.compile(
    r"\s*(?:hồ sơ|HS\b|lượt|người|đồng chí|đ/c|TTHC|thủ tục|đơn|phiếu|trường|nhiệm vụ|văn bản|chỉ tiêu|phản ánh"
    r"|kiến nghị|biên chế|vụ|ý kiến|=)",
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


class _Claim(NamedTuple):
    numerator: int
    denominator: int | None
    percent: str
    start: int
    end: int
    numerator_start: int
    is_aside: bool = False


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
        elif not _PLANNED.match(text, claim.end) and not _EARLIER.search(text[slice(*sentence_at(text, claim.start))]):
            yield from _unnamed(text, claim, figure, figures, claims)
    yield from _grades(text, figures)
    yield from _satisfaction(text, figures)
    yield from _index(text, figures)
    yield from _index_rows(text)


def _claims(text: str) -> Iterator[_Claim]:
    seen: set[int] = set()
    for pattern in (_RATIO, _RATIO_AFTER, _OF_TOTAL, _COUNT, _COUNT_ASIDE):
        for match in pattern.finditer(text):
            start, end = match.span("percent")
            if start in seen:
                continue
            numerator = _whole(match["n"])
            denominator = _whole(match["d"]) if "d" in match.re.groupindex else None
            if numerator is None or ("d" in match.re.groupindex and (denominator is None or _is_month(text, match, numerator, denominator))):
                continue
            if denominator is not None and denominator <= 12 and numerator <= 31 and not _COUNTED_NOUN.match(text, match.end("d")):
                continue  # "2/9": a day
            labelled = "." not in match["n"] and _DATE_LABEL.search(text, max(0, match.start("n") - 12), match.start("n"))
            if labelled or _LENGTH_OF_TIME.match(text, match.end("n")):
                continue
            seen.add(start)
            yield _Claim(numerator, denominator, match["percent"], start, text.index("%", end) + 1, match.start("n"), pattern is _COUNT_ASIDE)


def _is_month(text: str, match: re.Match[str], numerator: int, denominator: int) -> bool:
    return numerator <= 12 and 1990 <= denominator <= 2100 and "." not in match["d"]


def _whole(printed: str) -> int | None:
    try:
        value = parse_number(printed, "count").value
    except NumberError:
        return None  # "1.2.3": an outline number, no count
    return int(value) if value == value.to_integral_value() else None


def _named(text: str, claim: _Claim) -> Iterator[Finding]:
    verdict = classify_percentage(claim.numerator, claim.denominator, claim.percent, _bases_near(text, claim))
    if verdict.kind == "rounded" or claim.denominator == 0:
        return
    count, base = number_vi(Decimal(claim.numerator)), number_vi(Decimal(claim.denominator or 0))
    recomputed = number_vi(verdict.recomputed or Decimal(0))
    if verdict.kind == "truncated":
        yield _finding(text, claim, verdict, "info", f"{count}/{base} là {recomputed}%; số in {claim.percent}% là số cắt bớt, không làm tròn.")
    else:
        message = f"Tỷ lệ in {claim.percent}%, nhưng {count}/{base} là {recomputed}%. Đề nghị kiểm tra lại tỷ lệ hoặc hai số này."
        yield _finding(text, claim, verdict, "error", message)


def _unnamed(text: str, claim: _Claim, figure: Figure | None, figures: Sequence[Figure], claims: Sequence[_Claim]) -> Iterator[Finding]:
    near = _bases_near(text, claim)
    if figure is None or measures()[figure.measure].family not in _COUNTED:
        if not claim.is_aside:
            yield from _by_siblings(text, claim, near, claims)
        return
    own = [
        int(other.value)
        for other in figures
        if other.scope == figure.scope and other.subject == figure.subject and measures()[other.measure].family in _COUNTED
    ]
    whole = [int(other.value) for other in figures if other.measure in _BASES and (other.scope, other.subject) == (figure.scope, figure.subject)]
    sums = [one + two for place, one in enumerate(whole) for two in whole[place + 1 :]] if len(whole) <= 60 else []
    verdict = classify_percentage(claim.numerator, None, claim.percent, [*near, *own, *sums])
    if verdict.kind == "rounded" or verdict.printed >= 100:
        return  # everything, or a comparison with another year ("bằng 142%")
    count = number_vi(Decimal(claim.numerator))
    if verdict.kind == "truncated":
        base = number_vi(Decimal(verdict.base or 0))
        recomputed = number_vi(Decimal(100 * claim.numerator) / Decimal(verdict.base or 1))
        yield _finding(text, claim, verdict, "info", f"{count} trên {base} là {recomputed}%; số in {claim.percent}% là số cắt bớt, không làm tròn.")
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
        yield _finding(text, claim, named, "error", message)
    elif not _is_printed(text, verdict.fitting_bases) and (verdict.fitting_bases or claim.numerator >= _TELLING):
        yield _finding(text, claim, verdict, "warning", _hidden_message(claim, verdict, count))


def _is_printed(text: str, bases: tuple[int, int] | None) -> bool:
    """Whether the report prints, wherever it may be, a number that would do as the base."""
    return bases is not None and any(bases[0] <= (_whole(match.group()) or 0) <= bases[1] for match in _NUMBER.finditer(text))


def _hidden_message(claim: _Claim, verdict: PercentageVerdict, count: str) -> str:
    lead = f"Không có số nào trong báo cáo để {count} đạt {claim.percent}%"
    if verdict.fitting_bases is None:
        return f"{lead}. Đề nghị kiểm tra lại tỷ lệ và ghi rõ tính trên tổng số nào."
    low, high = (number_vi(Decimal(base)) for base in verdict.fitting_bases)
    fits = low if low == high else f"{low} đến {high}" if verdict.fitting_bases[1] - verdict.fitting_bases[0] > 1 else f"{low} hoặc {high}"
    return f"{lead}: chỉ khớp nếu tổng số là {fits}. Đề nghị ghi rõ tính trên tổng số nào hoặc sửa lại."


def _by_siblings(text: str, claim: _Claim, near: Sequence[int], claims: Sequence[_Claim]) -> Iterator[Finding]:
    """A count without a measure: judged only where another share of the same paragraph shows which base is meant."""
    span = paragraph_at(text, claim.start)
    beside = [one for one in claims if span[0] <= one.start < span[1] and one.denominator is None and 0 < abs(one.start - claim.start) <= _NEAR]
    siblings = sorted(beside, key=lambda one: abs(one.start - claim.start))[:_MOST_SIBLINGS]
    for other in siblings:
        base = classify_percentage(other.numerator, None, other.percent, [one for one in near if one > max(other.numerator, claim.numerator)])
        if base.kind != "rounded" or base.base is None or base.printed == 100:
            continue
        verdict = classify_percentage(claim.numerator, base.base, claim.percent, near)
        count, whole = number_vi(Decimal(claim.numerator)), number_vi(Decimal(base.base))
        recomputed = number_vi(verdict.recomputed or Decimal(0))
        if verdict.kind == "truncated":
            yield _finding(
                text,
                claim,
                verdict,
                "info",
                f"{count} trên {whole} là {recomputed}%; số in {claim.percent}% là số cắt bớt, không làm tròn.",
            )
        elif verdict.kind == "infeasible":
            message = f"Tỷ lệ in {claim.percent}%, nhưng {count} trên {whole} là {recomputed}%. Đề nghị kiểm tra lại."
            yield _finding(text, claim, verdict, "warning", message)
        return


def _bases_near(text: str, claim: _Claim) -> list[int]:
    """Whole numbers of the paragraph that could be the base, nearest first."""
    left, right = paragraph_at(text, claim.start)
    left, right = max(left, claim.start - _REACH), min(right, claim.end + _REACH)
    found = []
    for match in _NUMBER.finditer(text, left, right):
        value = _whole(match.group())
        if value and match.start() != claim.numerator_start and not claim.start <= match.start() < claim.end:
            found.append((abs(match.start() - claim.start), value))
    return [value for _, value in sorted(found)][:_MOST_BASES]


def _finding(text: str, claim: _Claim, verdict: PercentageVerdict, at_most: Severity, message: str) -> Finding:
    values = {"kind": verdict.kind, "left": str(verdict.printed), "tolerance": str(verdict.half_unit), "numerator": str(claim.numerator)}
    if verdict.recomputed is not None:
        values["right"] = str(verdict.recomputed)
        values["gap"] = str(abs(verdict.printed - verdict.recomputed))
    if claim.denominator is not None or verdict.base is not None:
        values["base"] = str(verdict.base if verdict.base is not None else claim.denominator)
    if verdict.fitting_bases:
        values["fitting_bases"] = "-".join(str(base) for base in verdict.fitting_bases)
    left, right = sentence_at(text, claim.start)
    quote = mask_names(nfc(text[left:right])).strip()
    places = (
        Place(quote, f"chars {claim.start}-{claim.end}", claim.start, claim.end),
        Place(
            quote,
            f"chars {claim.numerator_start}-{claim.numerator_start + _length(text, claim.numerator_start)}",
            claim.numerator_start,
            claim.numerator_start + _length(text, claim.numerator_start),
        ),
    )
    return Finding(_RULE, severity_of(_RULE, at_most), message, places, values)


def _length(text: str, start: int) -> int:
    match = re.compile(r"\d+(?:\.\d{3})*").match(text, start)
    return len(match.group()) if match else 0


# --- votes by grade -----------------------------------------------------------------------------------------------------------

_GRADE = r"(?P<grade>rất hài lòng|không hài lòng|chưa hài lòng|bình thường|tạm được|chấp nhận được|hài lòng)"
_LABEL_FIRST = re.compile(
    rf"{_GRADE}[”\"’']?\s*(?:có|là|:|[|│\t]\s*(?:(?:lượt|phiếu|ý kiến|người)\s*[|│\t])?)?\s*(?P<n>\d[\d.]*)(?:/\d[\d.]*)?\s*(?:lượt|phiếu|ý kiến|người)?(?!\s*%|[\d,])",
    _I,
)
_NUMBER_FIRST = re.compile(
    rf"(?P<n>\d[\d.]*)(?:/\d[\d.]*)?\s*(?:lượt|phiếu|ý kiến|người)?(?:\s+(?:dân|công dân))?(?:\s+đánh giá)?"
    rf"(?:\s+(?:ở )?mức(?: độ)?)?\s*[“\"‘']?{_GRADE}",
    _I,
)
_VOTES_WINDOW = 500


def _grades(text: str, figures: Sequence[Figure]) -> Iterator[Finding]:
    """The votes against their grades, where the lowest grade is printed too; a grade that is not printed is unknown."""
    told: set[tuple[int, ...]] = set()
    counted = {int(figure.value) for figure in figures if figure.measure == "satisfaction_votes"}
    for votes in figures:
        if votes.measure != "satisfaction_votes" or votes.end is None or votes.bound != "=":
            continue
        window = (votes.end, min(len(text), votes.end + _VOTES_WINDOW))
        grades = _grades_in(text, window)
        values = tuple(value for value, _ in grades.values())
        complete = {"rất hài lòng", "hài lòng"} <= grades.keys() and grades.keys() & {"không hài lòng", "chưa hài lòng"}
        if (
            len(grades) < 2
            or (int(votes.value), *values) in told
            or sum(values) in counted
            or _is_printed(text[slice(*window)], (sum(values), sum(values)))
            or abs(sum(values) - votes.value) * 5 > votes.value
            or (not complete and sum(values) < votes.value)
        ):
            continue
        told.add((int(votes.value), *values))
        listed = " + ".join(f"{grade} {number_vi(Decimal(value))}" for grade, (value, _) in grades.items())
        rule = "satisfaction-parts"
        gap = abs(votes.value - sum(values))
        yield Finding(
            rule,
            severity_of(rule),
            f"Số lượt đánh giá {number_vi(votes.value)} không khớp với các mức: {listed} = {number_vi(Decimal(sum(values)))} "
            f"(lệch {number_vi(gap)}). "
            "Đề nghị kiểm tra lại các số này.",
            (
                Place(mask_names(nfc(votes.quote)), votes.locator, votes.start, votes.end),
                *(
                    Place(mask_names(nfc(text[slice(*sentence_at(text, start))])).strip(), f"chars {start}-{end}", start, end)
                    for _, (start, end) in grades.values()
                ),
            ),
            {"left": str(votes.value), "right": str(sum(values)), "gap": str(gap)},
        )


def _satisfaction(text: str, figures: Sequence[Figure]) -> Iterator[Finding]:
    """The printed rate of satisfaction against grades beside it that add up to the votes: then nothing is hidden in it."""
    rates = [figure for figure in figures if figure.measure == "satisfaction_rate_pct" and figure.bound == "=" and figure.start is not None]
    for votes in figures:
        if votes.measure != "satisfaction_votes" or votes.end is None or votes.bound != "=":
            continue
        grades = _grades_in(text, (votes.end, min(len(text), votes.end + _VOTES_WINDOW)))
        counted = [value for value, _ in grades.values()]
        if not {"rất hài lòng", "hài lòng"} <= grades.keys() or sum(counted) != votes.value:
            continue
        content = grades["rất hài lòng"][0] + grades["hài lòng"][0]
        middle = content + sum(grades[grade][0] for grade in _MIDDLE if grade in grades)
        for rate in rates:
            beside = abs((rate.start or 0) - votes.end) <= _VOTES_WINDOW and (rate.scope, rate.subject) == (votes.scope, votes.subject)
            if not beside:
                continue
            printed = printed_percent(rate)
            verdicts = [classify_percentage(count, int(votes.value), printed) for count in (content, middle, grades["rất hài lòng"][0])]
            gap = abs(verdicts[0].printed - (verdicts[0].recomputed or 0))
            if any(verdict.kind in ("rounded", "truncated") for verdict in verdicts) or gap > FAR_RATE:
                continue
            added = f"{number_vi(Decimal(grades['rất hài lòng'][0]))} + {number_vi(Decimal(grades['hài lòng'][0]))}"
            claim = _Claim(content, int(votes.value), printed, rate.start or 0, rate.end or 0, votes.start or 0)
            message = (
                f"Tỷ lệ hài lòng in {printed}%, nhưng ({added})/{number_vi(votes.value)} là {number_vi(verdicts[0].recomputed or Decimal(0))}%. "
                "Đề nghị kiểm tra lại tỷ lệ hoặc số lượt các mức."
            )
            yield _finding(text, claim, verdicts[0], "warning", message)


_MIDDLE = ("bình thường", "tạm được", "chấp nhận được")


def _grades_in(text: str, window: tuple[int, int]) -> dict[str, tuple[int, tuple[int, int]]]:
    """Each grade's votes and their span, in the order that the window's text uses: "hài lòng 155" or "155 hài lòng"."""
    return max((_by_grade(text, pattern, window) for pattern in (_LABEL_FIRST, _NUMBER_FIRST)), key=len)


def _by_grade(text: str, pattern: re.Pattern[str], window: tuple[int, int]) -> dict[str, tuple[int, tuple[int, int]]]:
    found: dict[str, tuple[int, tuple[int, int]]] = {}
    for match in pattern.finditer(text, *window):
        value = _whole(match["n"].rstrip("."))
        if value is not None:
            found.setdefault(match["grade"].lower(), (value, match.span("n")))
    return found


# --- the six groups of Decision 766/QĐ-TTg ---------------------------------------------------------------------------------------

_GROUPS = (r"công khai", r"tiến độ", r"(?:dịch vụ (?:công )?|cung cấp[^|\n\d]{0,25}?)trực tuyến", r"thanh toán", r"hài lòng", r"số hóa")
_POINTS = r"[^\d\n;]{0,45}?(?:\d{1,2}(?:[.,]0+)?[ \t|]+)?(?P<points>\d{1,2}[.,]\d{1,2})(?!\d|\s*%|[.,]\d)"
_INDEX_WINDOW = 900


def _is_same_print(one: Figure, index: Figure) -> bool:
    return (one.measure, one.value, one.subject) == (index.measure, index.value, index.subject)


_NEXT_CELL = re.compile(r"[ \t|]+(\d{1,2}[.,]\d{1,2})(?![\d%]|[.,]\d)")


def _points(text: str, span: tuple[int, int]) -> Decimal:
    return parse_number(text[slice(*span)], "decimal").value


def _columns(text: str, first: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The points of the groups, column by column where each group's row has several ("Tháng 7 | Tháng 8 | Quý III")."""
    rows = []
    for span in first:
        row = [span]
        while cell := _NEXT_CELL.match(text, row[-1][1]):
            row.append(cell.span(1))
        rows.append(row)
    width = min(len(row) for row in rows)
    return [[row[column] for row in rows] for column in range(width)]


_TOTAL_LINE = re.compile(r"^[ \t|*]*(?:\d+\b[ \t|]*)?(?:tổng|cộng)[^\n]*$", _I | re.MULTILINE)
_DECIMAL = re.compile(r"(?<![\d.,+\-])\d{1,3}[.,]\d{1,2}(?!\d)")


def _has_totals(text: str, columns: Sequence[Sequence[tuple[int, int]]]) -> bool:
    """Whether a line below the groups prints the sum of each column."""
    end = max(span[1] for column in columns for span in column)
    line = _TOTAL_LINE.search(text, end, min(len(text), end + _INDEX_WINDOW))
    printed = {parse_number(match.group(), "decimal").value for match in _DECIMAL.finditer(line.group())} if line else set()
    return all(sum(_points(text, span) for span in column) in printed for column in columns)


def _index_rows(text: str) -> Iterator[Finding]:
    """A table of units, the six groups side by side and their sum: told where most of its rows add up and one does not."""
    rule = "index-sum"
    rows = [(match, [*_DECIMAL.finditer(match.group())]) for match in re.finditer(r"^[^\n]*[|\t ]\d{1,2}[.,]\d{1,2}[^\n]*$", text, re.MULTILINE)]
    rows = [(line, numbers) for line, numbers in rows if len(numbers) > len(_GROUPS)]
    judged = []
    for line, numbers in rows:
        values = [parse_number(number.group(), "decimal").value for number in numbers[: len(_GROUPS) + 1]]
        judged.append((line, numbers, values, abs(sum(values[:-1]) - values[-1])))
    tolerance = identities()[rule].tolerance or Decimal(0)
    wrong = [one for one in judged if one[3] > tolerance]
    if len(wrong) * 2 >= len(judged):
        return
    for line, numbers, values, gap in wrong:
        if gap * 5 > values[-1]:
            continue
        quote = mask_names(nfc(line.group())).strip()
        listed = " + ".join(number_vi(value) for value in values[:-1])
        spans = [(line.start() + number.start(), line.start() + number.end()) for number in (numbers[len(_GROUPS)], *numbers[: len(_GROUPS)])]
        yield Finding(
            rule,
            severity_of(rule),
            f"Tổng điểm in {number_vi(values[-1])}, nhưng sáu nhóm trong dòng này cộng lại là {listed} = {number_vi(sum(values[:-1], Decimal(0)))} "
            f"(lệch {number_vi(gap)}). Đề nghị kiểm tra lại điểm tổng hoặc điểm các nhóm.",
            tuple(Place(quote, f"chars {start}-{end}", start, end) for start, end in spans),
            {"left": str(values[-1]), "right": str(sum(values[:-1])), "gap": str(gap)},
        )


def _groups_in(text: str, window: tuple[int, int]) -> list[re.Match[str]]:
    """The points of the six groups in the window; empty where one is missing or two names meet at one number."""
    found = [re.compile(group + _POINTS, _I).search(text, *window) for group in _GROUPS]
    matches = [match for match in found if match is not None]
    return matches if len({match.start("points") for match in matches}) == len(_GROUPS) else []


def _index(text: str, figures: Sequence[Figure]) -> Iterator[Finding]:
    """The printed index against its six printed groups; evaluated only where all six stand below the total."""
    rule = "index-sum"
    for index in figures:
        if index.measure != "service_quality_index" or index.end is None or index.bound != "=" or index.subject or "own-period" in index.flags:
            continue
        windows = ((index.end, min(len(text), index.end + _INDEX_WINDOW)), (max(0, (index.start or 0) - _INDEX_WINDOW), index.start or 0))
        matches = next((found for window in windows if (found := _groups_in(text, window))), [])
        if not matches:
            continue
        columns = _columns(text, [match.span("points") for match in matches])
        if len(columns) > 1 and _has_totals(text, columns):
            continue  # months side by side, each with its own total: the index is of something else
        spans = min(columns, key=lambda column: abs(index.value - sum(_points(text, span) for span in column)))
        points = [_points(text, span) for span in spans]
        gap = abs(index.value - sum(points))
        if gap <= (identities()[rule].tolerance or 0) or gap * 5 > index.value:
            continue  # far off: the numbers below are of something else
        listed = " + ".join(number_vi(value) for value in points)
        yield Finding(
            rule,
            severity_of(rule),
            f"Chỉ số phục vụ in {number_vi(index.value)} điểm, nhưng sáu nhóm cộng lại là {listed} = {number_vi(sum(points, Decimal(0)))} "
            f"(lệch {number_vi(gap)}). Đề nghị kiểm tra lại điểm tổng hoặc điểm các nhóm.",
            (
                *(Place(mask_names(nfc(one.quote)), one.locator, one.start, one.end) for one in figures if _is_same_print(one, index)),
                *(Place(text[start:end], f"chars {start}-{end}", start, end) for start, end in spans),
            ),
            {"left": str(index.value), "right": str(sum(points)), "gap": str(gap)},
        )
