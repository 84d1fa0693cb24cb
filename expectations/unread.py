"""Sums of one sentence of which the reader knows all members but one, and that one stands there as a number without a measure.

"Được giao 58 biên chế, hiện đang dùng 49, khuyết 08": where the number beside the words of the missing member is a slip away from what the
others leave for it, the sum is told. A number that closes the sum, wherever the sentence prints it, is the member and nothing is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, islice

from expectations.grouping import is_fact, is_familiar, is_row, is_slip
from expectations.language import cues
from expectations.percentages import classify_percentage
from expectations.repeats import qualifiers
from expectations.second_values import IDENTITIES, TWO_CHANNELS, Identity, second_value
from expectations.sums import severity_of
from expectations.wording import both_sides, figure_place, measure_vi, quoted, sentence_place, span_place
from warehouse.model import Document, Figure, Finding, Place
from warehouse.numbers import dotted_number, number_vi
from warehouse.sentences import paragraph_at, sentence_at

# Begins with a digit and looks behind it afterwards: several times faster.
_NUMBER = re.compile(r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d{0,5})(?![\d/%\-]|[.,]\d|\s*%)")
_LONG_NUMBER = re.compile(r"\d(?<![\d.,/\-]\d)(?:\d{0,2}(?:\.\d{3})+|\d{2,5})(?![\d/%\-]|[.,]\d|\s*%)")
"""Three digits and more."""
_NO_COUNT = re.compile(r"(?:ngày|tháng|quý|năm|số|Điều|khoản|kỳ|lần|thứ|mục|biểu)\s*\Z", re.IGNORECASE)


_POSTAL = re.compile(r"\bbưu\b|BCCI", re.IGNORECASE)
_SHORT = 600
"""Characters: a paragraph of one statement."""


def check_unread(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One finding for each sum of one sentence that an unread number misses by a slip."""
    read = {figure.start for figure in figures}
    statements: dict[tuple[int, int], dict[str, list[Figure]]] = {}
    for figure in figures:
        if figure.start is None or not is_fact(figure) or is_row(figure):
            continue
        sentence, paragraph = _statement(document.text, figure.start), paragraph_at(document.text, figure.start)
        for span in {sentence, paragraph if paragraph[1] - paragraph[0] <= _SHORT else sentence}:
            statements.setdefault(span, {}).setdefault(figure.measure, []).append(figure)
    for span, known in statements.items():
        single = {measure: found[0] for measure, found in known.items() if len({figure.value for figure in found}) == 1}
        judged = {one.rule for one in IDENTITIES if {one.whole, *one.parts} <= known.keys()}
        for one in (one for one in IDENTITIES if one.rule not in judged):
            missing = [measure for measure in (one.whole, *one.parts) if measure not in known]
            members = [single[measure] for measure in (one.whole, *one.parts) if measure in single]
            if len(missing) == 1 and len(members) == len(one.parts):
                yield from _unread(document.text, span, one, missing[0], single, read)


_OPENS_PARTS = re.compile(r"\s*(?:trong (?:đó|số (?:đó|này|ấy))|cụ thể|gồm|bao gồm|chia ra)\b", re.IGNORECASE)


def _statement(text: str, offset: int) -> tuple[int, int]:
    """The sentence of the offset; where it begins with "trong đó", with the one before it, whose number it divides."""
    start, end = sentence_at(text, offset)
    return (sentence_at(text, start - 1)[0], end) if start and _OPENS_PARTS.match(text, start, end) else (start, end)


def check_second_prints(document: Document, figures: Sequence[Figure]) -> Iterator[Finding]:
    """A number without a measure, beside the words of a figure that it misses by a slip: the same fact, typed twice.

    Only such as no figure prints. Digits in another order are a slip of any count (823 in one section and "832 hồ sơ giải quyết quá hạn" in
    the next), one digit that differs of dossiers.
    """
    yield from _swapped_figures(figures)
    text = document.text
    read = {figure.start for figure in figures}
    values = {figure.value for figure in figures}
    facts: dict[str, list[Figure]] = {}
    for figure in figures:
        of_unit = not figure.subject and (not figure.scope or figure.measure.startswith("staff_"))
        if figure.measure in cues() and of_unit and "own-period" not in figure.flags and is_fact(figure):
            for key in _slip_keys(str(figure.value), figure.measure):
                facts.setdefault(key, []).append(figure)
    for match in _NUMBER.finditer(text) if facts else ():
        printed = match.group().replace(".", "")
        if match.start() in read or Decimal(printed) in values or len(printed) < _TWO_DIGITS:
            continue
        near = [figure for key in _slip_keys(printed, "tthc_") for figure in facts.get(key, ())]
        if near and not _is_of_another_matter(text, match):
            span = sentence_at(text, match.start())
            apart = (one for one in near if one.printed_text not in text[slice(*span)])
            said = (one for one in apart if is_slip(printed, str(one.value)) and _says(text, span, match, one.measure) and _counts_same(text, match, one))
            place = sentence_place(text, *match.span())
            yield from (_second_print(one, Decimal(printed), place, figures) for one in islice(said, 1))


_TWO_DIGITS, _THREE_DIGITS = 2, 3
_WISHED = re.compile(
    r"\b(?:đề nghị|kiến nghị|đề xuất|mục tiêu|phấn đấu|đăng ký|nhu cầu|tối đa|tối thiểu|không (?:quá|vượt)|dưới|sẽ)\b|\b(?:tăng|giảm|thêm|bớt)(?: \w+){0,2}\s*\Z",
    re.IGNORECASE,
)


def _slip_keys(printed: str, measure: str) -> Iterator[str]:
    """What two numbers of one length share where one is a slip of the other: their digits, or all of them but one."""
    if len(printed) >= _THREE_DIGITS:
        yield "".join(sorted(printed))
    if measure.startswith("tthc_"):
        yield from (f"{printed[:place]}*{printed[place + 1 :]}" for place in range(len(printed)))


def _is_of_another_matter(text: str, match: re.Match[str]) -> bool:
    """Whether the sentence tells of another time, the words before of a wish or a change, or the number is that of a document."""
    sentence = sentence_at(text, match.start())
    said = any(words.search(text, sentence[0], match.start()) for words in (_NO_COUNT, _WISHED))
    return said or any(qualifiers(text, match.span(), sentence))


_OF_A_SENTENCE, _OF_ANOTHER, _OF_ANOTHER_TIME = 100, 1000, 10_000
"""From here on two counts have the same digits by chance too seldom, of a level and of the unit, or of two times."""


def _swapped_figures(figures: Sequence[Figure]) -> Iterator[Finding]:
    """A count of the unit and one read as that of a field, a level, a part or another time with the same digits in another order."""
    by_digits: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if figure.value >= (_OF_ANOTHER if is_row(figure) else _OF_A_SENTENCE) and figure.measure in cues() and figure.start is not None and is_fact(figure):
            by_digits.setdefault((figure.measure, "".join(sorted(str(figure.value)))), []).append(figure)
    for found in by_digits.values():
        for one, other in combinations(found, 2):
            places = {(figure.scope, figure.subject) for figure in (one, other)}
            apart = len(places) > 1 and (one.scope == other.scope or ("", "") in places)
            apart = apart or (one.scope == other.scope and one.period != other.period and one.value >= _OF_ANOTHER_TIME)
            apart = apart and (one.value >= _OF_ANOTHER or "" in (one.subject, other.subject))
            if one.value != other.value and apart and is_slip(str(one.value), str(other.value)):
                yield _second_print(one, other.value, figure_place(other), figures)
                break


_NOUN = re.compile(r"\s*(?:hồ sơ|HS|đơn|người|nhân khẩu|khẩu|dân|thủ tục|TTHC|biên chế|chỉ tiêu)\b", re.IGNORECASE)
_PEOPLE = {"nhân khẩu": "người", "khẩu": "người", "dân": "người"}


def _counts_same(text: str, match: re.Match[str], figure: Figure) -> bool:
    """Whether the same noun stands behind both."""
    mine, other = _NOUN.match(text, match.end()), _NOUN.match(text, figure.end or 0)
    nouns = [_PEOPLE.get(noun, noun) for one in (mine, other) if one for noun in (one.group().strip().lower(),)]
    return mine is not None and len(set(nouns)) == 1


def _second_print(one: Figure, value: Decimal, place: Place, figures: Sequence[Figure]) -> Finding:
    return second_value((one.measure, one.scope, one.subject), (one.value, value), (figure_place(one), place), figures)


def _unread(text: str, span: tuple[int, int], one: Identity, missing: str, known: dict[str, Figure], read: set[int | None]) -> Iterator[Finding]:
    parts = sum((known[part].value for part in one.parts if part != missing), Decimal(0))
    needed = parts if missing == one.whole else known[one.whole].value - parts
    numbers = [match for match in _NUMBER.finditer(text, *span) if match.start() not in read and not _NO_COUNT.search(text, span[0], match.start())]
    values = {match.start(): dotted_number(match.group()) for match in numbers}
    own = [known[member].value for member in (one.whole, *one.parts) if member != missing]
    if needed <= 0 or any(2 * max(*own, value) == sum(own, value) for value in values.values()):
        return  # one of the numbers makes a sum of them all, whichever is the whole
    if one.parts == TWO_CHANNELS and _POSTAL.search(text, *span):
        return
    for match in numbers:
        if missing == "procedures_total" and _POSTAL.search(text, *sentence_at(text, match.start())):
            continue  # "Số có thể nộp qua bưu chính công ích là 420"
        gap = abs(values[match.start()] - needed)
        printed_again = values[match.start()] in own  # "Trong 9.317 hồ sơ, …"
        if is_familiar(values[match.start()], needed) and gap not in values.values() and not printed_again and _says(text, span, match, missing):
            yield _finding(text, one, missing, known, match, needed)
            return


_END = re.compile(r"[;\n]|\.\s")


def _says(text: str, span: tuple[int, int], match: re.Match[str], measure: str) -> bool:
    """Whether the words between the numbers before and behind name the measure."""
    before = max((other.end() for other in _NUMBER.finditer(text, span[0], match.start())), default=span[0])
    behind = _NUMBER.search(text, match.end(), span[1])
    around = text[before : match.start()] + "\n" + _END.split(text[match.end() : behind.start() if behind else span[1]])[0]
    return cues()[measure].search(around) is not None


def _finding(text: str, one: Identity, missing: str, known: dict[str, Figure], match: re.Match[str], needed: Decimal) -> Finding:
    value = dotted_number(match.group())
    own = {**{measure: known[measure].value for measure in (one.whole, *one.parts) if measure != missing}, missing: value}
    added = sum((own[part] for part in one.parts), Decimal(0))
    listed = " + ".join(f"{measure_vi(part)} {number_vi(own[part])}" for part in one.parts)
    quote = quoted(text[slice(*sentence_at(text, match.start()))])
    places = [(figure.start or 0, figure.end or 0) for measure, figure in known.items() if measure in (one.whole, *one.parts)] + [match.span()]
    return Finding(
        one.rule,
        severity_of(one.rule, "warning"),
        f"Trong đoạn này, {measure_vi(one.whole)} {number_vi(own[one.whole])}, nhưng {listed} = {number_vi(added)} (lệch {number_vi(abs(own[one.whole] - added))}). "
        "Đề nghị kiểm tra lại các số này.",
        tuple(span_place(quote, *span) for span in sorted(places)),
        {**both_sides(own[one.whole], added), "reading": "sentence"},
    )


# --- rates far from their counts ---------------------------------------------------------------------------------------------------------

_RATE = re.compile(r"\d(?<![\d.,]\d)\d?,\d{1,2}(?=\s*%)")
_COUNTS_OF = (
    (re.compile(r"đúng (?:hạn|hẹn)", re.IGNORECASE), "tthc_resolved_early_or_on_time", ("tthc_resolved_total",)),
    (re.compile(r"trực tuyến|qua mạng|qua Cổng", re.IGNORECASE), "tthc_received_online", ("tthc_received_new", "tthc_received_total")),
)
"""The words of a rate, its count and its bases."""
_OTHER_RATE = re.compile(r"thanh toán|số hóa|toàn trình|một phần|hài lòng|thủ tục|lĩnh vực|phòng|xã [A-ZĐ]|cùng kỳ|chỉ tiêu|mục tiêu|phấn đấu", re.IGNORECASE)
_SECTION = 900
"""Characters between a rate told by itself and its counts."""


def check_far_rates(document: Document, figures: Sequence[Figure], judged: frozenset[int]) -> Iterator[Finding]:
    """Rates told in a sentence of their own that miss the share of two counts near them by a slip, though one of the three was not read."""
    text = document.text
    read = {figure.start for figure in figures}
    for match in _RATE.finditer(text):
        span = sentence_at(text, match.start())
        if match.start() in judged or _LONG_NUMBER.search(text, *span) or text.count("%", *span) > 1 or _OTHER_RATE.search(text, *span):
            continue
        near = (max(0, match.start() - _SECTION), match.end() + _SECTION)
        for words, count, bases in _COUNTS_OF:
            wholes = [figure for figure in figures if figure.measure in bases and not figure.scope and not figure.subject and is_fact(figure)]
            if not words.search(text, *span) or not wholes:
                continue
            told = [figure for figure in figures if figure.measure == count and not figure.scope and not figure.subject and is_fact(figure)]
            spans = [(figure.start or 0, figure.end or 0) for figure in told]
            spans = spans or [one.span() for one in _LONG_NUMBER.finditer(text, *near) if one.start() not in read and _says(text, near, one, count)]
            yield from _far_rate(text, match, spans, wholes)


_APART = 1
"""Percentage points: nearer ones count one dossier more or less."""


def _far_rate(text: str, match: re.Match[str], counts: Sequence[tuple[int, int]], wholes: Collection[Figure]) -> Iterator[Finding]:
    parts = {int(dotted_number(text[slice(*span)])): span for span in counts}
    pairs = [(part, whole) for part in parts for whole in wholes if part < whole.value]
    verdicts = [(classify_percentage(part, int(whole.value), match.group()), part, whole) for part, whole in pairs]
    if any(verdict.kind in ("rounded", "truncated") for verdict, _, _ in verdicts):
        return
    for verdict, part, whole in verdicts:
        digits = len(match.group().partition(",")[2])
        needed = str(round(verdict.recomputed or Decimal(0), digits)).replace(".", "")
        if abs(verdict.printed - (verdict.recomputed or 0)) >= _APART and is_slip(match.group().replace(",", ""), needed):
            recomputed = number_vi(verdict.recomputed or Decimal(0))
            message = f"Tỷ lệ in {match.group()}%, nhưng {number_vi(Decimal(part))} trên {number_vi(whole.value)} là {recomputed}%. Đề nghị kiểm tra lại."
            values = {
                "kind": verdict.kind,
                "left": str(verdict.printed),
                "right": str(verdict.recomputed),
                "gap": str(abs(verdict.printed - (verdict.recomputed or 0))),
            }
            places = (sentence_place(text, *match.span()), sentence_place(text, *parts[part]), figure_place(whole))
            yield Finding("claimed-percentage", severity_of("claimed-percentage", "warning"), message, places, values)
            return
