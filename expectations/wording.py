"""How findings are told: plain Vietnamese, numbers as offices print them, both sides of a sum, and what to correct."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from expectations.evaluation import Evaluation, Term
from expectations.repair import Change, Repair
from warehouse.catalogue import measures, scope_label_vi, subject_label_vi
from warehouse.model import Figure, Place
from warehouse.numbers import number_vi
from warehouse.sentences import sentence_at
from warehouse.text import mask_names, nfc

_SHORT = {
    "tthc_received_total": "tổng số tiếp nhận",
    "tthc_received_new": "mới tiếp nhận",
    "tthc_received_online": "trực tuyến",
    "tthc_received_in_person": "trực tiếp",
    "tthc_received_postal": "bưu chính công ích",
    "tthc_received_in_person_or_postal": "trực tiếp và bưu chính",
    "tthc_carried_over": "kỳ trước chuyển qua",
    "tthc_resolved_total": "đã giải quyết",
    "tthc_resolved_early": "trước hạn",
    "tthc_resolved_on_time": "đúng hạn",
    "tthc_resolved_early_or_on_time": "trước hạn và đúng hạn",
    "tthc_resolved_overdue": "giải quyết quá hạn",
    "tthc_in_progress_total": "đang giải quyết",
    "tthc_in_progress_on_time": "đang giải quyết trong hạn",
    "tthc_in_progress_overdue": "đang giải quyết quá hạn",
    "tthc_withdrawn": "xin rút",
    "tthc_returned_ineligible": "không đủ điều kiện/trả lại",
    "tthc_paused": "tạm dừng/chờ bổ sung",
    "tthc_digitised_results": "số hóa kết quả",
    "procedures_total": "tổng số TTHC",
    "procedures_full_online": "toàn trình",
    "procedures_partial_online": "một phần",
    "procedures_one_stop": "một cửa",
    "procedures_interlinked": "một cửa liên thông",
    "staff_assigned": "được giao",
    "staff_present": "hiện có",
    "staff_vacant": "còn thiếu",
    "staff_contract_111": "hợp đồng 111",
    "staff_non_specialised": "không chuyên trách",
}
_SUBJECT = {
    "report-flow": "Cân đối hồ sơ không khớp",
    "report-received": "Số hồ sơ tiếp nhận không khớp",
    "report-resolved": "Số hồ sơ đã giải quyết không khớp với các phần của nó",
    "report-in-progress": "Số hồ sơ đang giải quyết không khớp với các phần của nó",
    "report-channels": "Số hồ sơ tiếp nhận không khớp với các hình thức nộp",
    "resolved-over-received": "Số đã giải quyết nhiều hơn số tiếp nhận",
    "digitised-over-resolved": "Số hóa kết quả nhiều hơn số hồ sơ đã giải quyết",
    "procedures-online": "Số TTHC toàn trình và một phần nhiều hơn tổng số TTHC",
    "procedures-one-stop": "Số TTHC một cửa và một cửa liên thông không khớp với tổng số",
    "petitions-flow": "Số đơn thư không khớp",
    "satisfaction-parts": "Số lượt đánh giá không khớp",
    "staff-vacancy": "Số biên chế còn thiếu không khớp",
    "staff-parts": "Số người không khớp với các phần được liệt kê",
    "rate-complement": "Tỷ lệ đúng hạn và tỷ lệ quá hạn cộng lại không bằng 100%",
    "form-received": "Biểu 06: cột (3) khác (4) + (5) + (6)",
    "form-resolved": "Biểu 06: cột (7) khác (8) + (9) + (10)",
    "form-in-progress": "Biểu 06: cột (11) khác (12) + (13)",
    "form-flow": "Biểu 06: cột (3) khác (7) + (11)",
    "form-total-row": "Biểu 06: dòng tổng cộng khác tổng các dòng",
}


def measure_vi(code: str) -> str:
    """The measure as it reads inside a sentence."""
    label = _SHORT.get(code) or measures()[code].label_vi
    return label if code in _SHORT or label[:2].isupper() else label[:1].lower() + label[1:]


def figure_place(figure: Figure) -> Place:
    """Where a figure stands, with its sentence; names of people are covered."""
    return Place(mask_names(nfc(figure.quote)), figure.locator, figure.start, figure.end)


def quoted(words: str) -> str:
    """Words of the text as a finding quotes them; names of people are covered."""
    return mask_names(nfc(words)).strip()


def span_place(quote: str, start: int, end: int) -> Place:
    """Where a stretch of the text stands (offsets in characters), with what is `quoted` around it."""
    return Place(quote, f"chars {start}-{end}", start, end)


def sentence_place(text: str, start: int, end: int) -> Place:
    """Where a stretch of the text stands, with the sentence in which it begins."""
    return span_place(quoted(text[slice(*sentence_at(text, start))]), start, end)


def both_sides(left: Decimal | int, right: Decimal | int) -> dict[str, str]:
    """What a finding keeps of two values that should be one: `left`, `right` and, without a sign, the `gap` between them."""
    return {"left": str(left), "right": str(right), "gap": str(abs(left - right))}


def day_vi(day: date) -> str:
    """A day as officers write it: 05/11/2026."""
    return f"{day:%d/%m/%Y}"


def windows(text: str, words: re.Pattern[str], reach: int) -> list[tuple[int, int]]:
    """The stretches of the text within `reach` characters of the words, those that touch as one."""
    found: list[tuple[int, int]] = []
    for match in words.finditer(text):
        start, end = max(0, match.start() - reach), min(len(text), match.end() + reach)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def place_vi(scope: str, subject: str) -> str:
    """` (lĩnh vực đất đai)`; empty for the unit as a whole."""
    parts = [part for part in (scope_label_vi(scope), subject_label_vi(subject)) if part]
    return f" ({', '.join(parts)})" if parts else ""


def two_values_message(fact: str, one: Decimal, other: Decimal) -> str:
    """A fact printed with two values; `fact` is its measure and place as people call them."""
    return (
        f"{fact[:1].upper() + fact[1:]} được in hai số khác nhau: {number_vi(one)} và {number_vi(other)}. "
        "Đề nghị thống nhất một số, hoặc ghi rõ mỗi số của thời điểm hay phạm vi nào."
    )


def sum_message(evaluation: Evaluation, repairs: Sequence[Repair]) -> str:
    """What does not fit, both sides, and what would make it fit."""
    left, right = _side(evaluation.left_terms, evaluation), _side(evaluation.right_terms, evaluation)
    subject = _SUBJECT[evaluation.rule] + place_vi(evaluation.scope, evaluation.subject)
    if evaluation.rule == "rate-complement":
        return f"{subject}: {left}. Đề nghị kiểm tra lại hai tỷ lệ."
    if evaluation.relation == "<=":
        return f"{subject}: {left} lớn hơn {right}. Đề nghị kiểm tra lại các số này."
    return f"{subject}: {left}, nhưng {right} (lệch {number_vi(evaluation.gap)}). {_advice(repairs, evaluation)}"


def percentage_message(evaluation: Evaluation, printed: str) -> str:
    """A printed rate that its counts do not give."""
    rate = measure_vi(evaluation.left_terms[0].measure)
    subject = rate[:1].upper() + rate[1:] + place_vi(evaluation.scope, evaluation.subject)
    count, base = _side(evaluation.right_terms, evaluation), _side(evaluation.base_terms, evaluation)
    recomputed = number_vi(evaluation.right)
    if evaluation.kind == "truncated":
        return f"{subject} in {printed} là số cắt bớt, không làm tròn: {count} trên {base} là {recomputed}%."
    if evaluation.kind == "wrong-base":
        bases = [measure_vi(code) for code in evaluation.reading.removeprefix("of-").split("+")]
        return (
            f"{subject} in {printed}, nhưng {count} trên {base} là {recomputed}%; số in chỉ khớp nếu chia cho {' + '.join(bases)}. "
            "Đề nghị tính lại hoặc ghi rõ tỷ lệ này tính trên số nào."
        )
    return f"{subject} in {printed}, nhưng {count} trên {base} là {recomputed}%. Đề nghị kiểm tra lại tỷ lệ hoặc các số dùng để tính."


def repair_vi(repair: Repair, *, several: bool = False) -> str:
    """`“đã giải quyết” từ 1.488 thành 1.489`, joined by `và`; with the block or field where several are concerned."""
    return " và ".join(f"“{_named(change, several=several)}” từ {number_vi(change.printed)} thành {number_vi(change.needed)}" for change in repair)


def _named(change: Change, *, several: bool) -> str:
    scope = scope_label_vi(change.scope) if several else ""
    return f"{measure_vi(change.measure)} {scope}".strip()


def _advice(repairs: Sequence[Repair], evaluation: Evaluation) -> str:
    terms = evaluation.left_terms + evaluation.right_terms
    own = {(term.measure, term.scope) for term in terms}
    several = len({term.scope for term in terms}) > 1
    # What another sum needs besides is told there.
    useful = list(dict.fromkeys(kept for repair in repairs if (kept := tuple(change for change in repair if (change.measure, change.scope) in own))))
    if not useful or len(own) < len(terms):  # several members of one name: none could be pointed at
        return "Đề nghị kiểm tra lại các số này."
    if len(useful) == 1:
        return f"Sửa {repair_vi(useful[0], several=several)} thì khớp; đề nghị kiểm tra lại."
    if len(useful) == 2:
        return f"Có thể sửa {repair_vi(useful[0], several=several)}, hoặc {repair_vi(useful[1], several=several)}; đề nghị đối chiếu với hệ thống."
    return f"Có thể sửa {repair_vi(useful[0], several=several)} (hoặc một trong {len(useful) - 1} số còn lại); đề nghị đối chiếu với hệ thống."


def _side(terms: Sequence[Term], evaluation: Evaluation) -> str:
    text = ""
    scopes = {term.scope for term in evaluation.left_terms + evaluation.right_terms}
    named = ""
    for term in terms:
        sign = ("" if term.sign > 0 else "-") if not text else (" + " if term.sign > 0 else " - ")
        label = measure_vi(term.measure)
        if len(scopes) > 1 and term.scope:
            label = f"{label} {scope_label_vi(term.scope)}"
        text += f"{sign}{'' if label == named else f'{label} '}{number_vi(term.value)}{_unit(term)}"
        named = label
    if len(terms) > 1:
        text += f" = {number_vi(sum((term.sign * term.value for term in terms), Decimal(0)))}{_unit(terms[0])}"
    return text


def _unit(term: Term) -> str:
    return "%" if term.measure.endswith("_pct") else ""
