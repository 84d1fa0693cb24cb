"""The auditor: every doubt about one submission, told with its places, both sides of the sum and what to correct.

One piece of code for one report at the door and for all in the gate: `judge` gives the numeric identities as rows,
`audit` turns those that fail into findings and adds what only the text shows (dates, headings, shares printed beside counts).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from expectations.ballots import check_ballots
from expectations.changes import check_changes
from expectations.chronology import check_chronology
from expectations.claims import check_claims, check_hundreds
from expectations.divisions import check_divisions
from expectations.enumerations import check_enumerations
from expectations.evaluation import Evaluation
from expectations.fees import check_fees
from expectations.headings import check_heading_counts, check_headings
from expectations.identities import FORM_KIND, evaluate
from expectations.partitions import check_partitions
from expectations.people import check_people
from expectations.relations import check_relations
from expectations.repair import Repair, repairs
from expectations.repeats import check_magnitudes, check_repeats
from expectations.retold import check_retold
from expectations.roll_forward import check_roll_forward
from expectations.service_index import check_index
from expectations.stale import check_stale
from expectations.tables import check_tables
from expectations.unread import check_far_rates, check_second_prints, check_unread
from expectations.withheld import withhold
from expectations.wording import figure_place, percentage_message, repair_vi, sum_message
from warehouse.model import Document, Figure, Finding, Header, Severity

__all__ = ["Evaluation", "audit", "evaluate", "judge"]

_MOST_ALTERNATIVES = 6


def judge(document: Document | None, header: Header, figures: Sequence[Figure]) -> tuple[Evaluation, ...]:
    """What `evaluate` gives, with those sums marked as withheld that the text around them makes no doubt about the report."""
    return withhold(document, evaluate(header, figures), figures)


def audit(document: Document | None, header: Header, figures: Sequence[Figure], evaluations: Sequence[Evaluation] | None = None) -> tuple[Finding, ...]:
    """All findings about one report or form, in the order of the text; empty if nothing is doubtful.

    `document` is None for forms: then the figures alone are judged. `evaluations`: what `judge` gave for them, where it is known.
    Raises ValueError for a form's figure whose locator is no cell and KeyError for a measure or scope that the catalogue does not know.
    """
    if evaluations is None:
        evaluations = judge(document, header, figures)
    findings = _failed_sums(evaluations, figures)
    if header.kind != FORM_KIND:
        findings += check_repeats(header, figures)
    findings += check_magnitudes(document, figures)
    findings += check_chronology(document, header)
    if document is not None:
        rates = (figures[term.figures[0]].start for row in evaluations if row.rule == "claimed-percentage" for term in row.left_terms)
        judged = frozenset(start for start in rates if start is not None)
        findings += check_claims(document, figures, judged)
        findings += check_far_rates(document, figures, judged)
        findings += check_ballots(document, figures)
        findings += check_index(document, figures)
        findings += check_changes(document)
        findings += check_roll_forward(document, header, figures)
        findings += check_hundreds(document)
        findings += check_fees(document)
        findings = check_tables(document, figures, findings)
        findings += _untold(
            (
                *check_partitions(document, header, figures),
                *check_relations(document, figures),
                *check_unread(document, figures),
                *(second := [*check_second_prints(document, figures)]),
                *check_retold(document, header, figures, frozenset(place.start for finding in second for place in finding.places)),
            ),
            findings,
        )
        findings += _untold(check_divisions(document, figures), findings)
        findings += _untold(check_people(document), findings)
        findings += _untold(check_enumerations(document, figures), findings)
        findings += _untold(check_heading_counts(document), findings)
        findings += check_stale(document, header)
        findings += check_headings(document)
    return tuple(sorted(_folded(findings), key=lambda finding: (_position(finding), finding.rule)))


def _untold(found: Iterable[Finding], told: Sequence[Finding]) -> list[Finding]:
    """What was found by the numbers alone, without what an identity over figures already tells of the same numbers."""
    known = {(key, place.start) for finding in told for place in finding.places for key in (finding.rule, finding.values.get("gap")) if key}
    return [
        finding
        for finding in found
        if all(sum((key, place.start) in known for place in finding.places) < _SAME_NUMBERS for key in (finding.rule, finding.values.get("gap")))
    ]


_SAME_NUMBERS = 2


def _folded(findings: Sequence[Finding]) -> list[Finding]:
    """One fault is one doubt: what only follows from another finding stays as a remark, because one correction settles both.

    A rate that its counts refute does not complement the other rate either; sums of the same gap that share a number have one wrong member.
    """
    refuted = {place.start for finding in findings if finding.rule == "claimed-percentage" and finding.severity != "info" for place in finding.places}
    kept: list[Finding] = []
    echoes: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (_FIRST[one.severity], one.rule == "same-fact", "reading" not in one.values)):
        follows = finding.rule == "rate-complement" and refuted & {place.start for place in finding.places}
        is_sum = finding.severity == "error" and finding.values.get("reading") != "table"  # the gate holds back by the sum itself
        if finding.severity != "info" and not is_sum and (follows or any(_is_same_fault(finding, other) for other in kept)):
            echoes.append(replace(finding, severity="info", message_vi=f"{finding.message_vi} (Cùng một lỗi với điểm nêu khác ở chỗ này; sửa một lần là đủ.)"))
        else:
            kept.append(finding)
    return kept + echoes


_FIRST: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


def _is_same_fault(one: Finding, other: Finding) -> bool:
    gap = one.values.get("gap")
    shared = {place.start for place in one.places} & {place.start for place in other.places} - {None}
    is_share_of_a_table = one.rule == "claimed-percentage" and one.values.get("reading") == "table"
    return bool(shared) and gap is not None and (is_share_of_a_table or gap == other.values.get("gap"))


def _failed_sums(evaluations: Sequence[Evaluation], figures: Sequence[Figure]) -> list[Finding]:
    proposed = repairs(evaluations)
    return [
        _sum_finding(evaluation, proposed.get(index, ()), figures)
        for index, evaluation in enumerate(evaluations)
        if not evaluation.holds and not evaluation.withheld
    ]


def _sum_finding(evaluation: Evaluation, proposed: Sequence[Repair], figures: Sequence[Figure]) -> Finding:
    values = {
        "left": str(evaluation.left),
        "right": str(evaluation.right),
        "gap": str(evaluation.gap),
        "tolerance": str(evaluation.tolerance),
        "reading": evaluation.reading,
        "scope": evaluation.scope,
        "subject": evaluation.subject,
    }
    if evaluation.kind:
        values["kind"] = evaluation.kind
    if proposed:
        values["repair"] = _repair_code(proposed[0])
        if len(proposed) > 1:
            values["alternatives"] = "; ".join(_repair_code(repair) for repair in proposed[1:_MOST_ALTERNATIVES])
        values["repair_vi"] = repair_vi(proposed[0])
    if evaluation.rule == "claimed-percentage":
        message = percentage_message(evaluation, _percent_text(figures[evaluation.left_terms[0].figures[0]]))
    else:
        message = sum_message(evaluation, proposed)
    # The first print of each fact shows the doubt; its repetitions would only hide it.
    shown = sorted({term.figures[0] for term in evaluation.left_terms + evaluation.right_terms}, key=lambda index: (figures[index].start or 0, index))
    places = tuple(figure_place(figures[index]) for index in shown)
    return Finding(evaluation.rule, evaluation.severity, message, places, values)


def _percent_text(figure: Figure) -> str:
    return figure.printed_text if figure.printed_text.endswith("%") else f"{figure.printed_text}%"


def _repair_code(repair: Repair) -> str:
    return ", ".join(f"{change.measure}: {change.printed} -> {change.needed}" for change in repair)


def _position(finding: Finding) -> int:
    starts = [place.start for place in finding.places if place.start is not None]
    return min(starts, default=0)
