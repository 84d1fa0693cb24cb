"""The numeric identities of `identities.csv` over one submission's figures.

`evaluate` gives one row per identity and group of figures that could be evaluated. A figure that is not printed is
unknown and not 0: without a required member there is no row. Where only some parts of a total are printed, what remains
certain is that they do not exceed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from expectations.claims import FAR_RATE
from expectations.evaluation import Evaluation, Term
from expectations.form_identities import form_identities
from expectations.grouping import Group, is_familiar, is_row, prose_groups, sentence_groups
from expectations.lists import is_listed, is_listed_in_full
from expectations.rate_identities import complement, rates
from expectations.repeats import is_no_rival, is_retyped
from expectations.staff_identities import staff_parts, vacancy
from expectations.sums import CHANNELS, Sums, Terms, best, is_missed_by_a_slip, known, severity_of
from expectations.unprinted import OUTSIDE, Unprinted
from warehouse.catalogue import ONE_OF_MANY
from warehouse.model import Figure, Header

FORM_KIND = "form-06"


def evaluate(header: Header, figures: Sequence[Figure]) -> tuple[Evaluation, ...]:
    """Every numeric identity that the figures allow, whether it holds or not; forms (`header.kind == "form-06"`) row by row.

    Raises ValueError for a form's figure without a cell as locator and KeyError for a measure the catalogue does not know.
    """
    if header.kind == FORM_KIND:
        return tuple(form_identities(header, figures))
    found: dict[tuple[object, ...], Evaluation] = {}
    unprinted = Unprinted(figures)
    groups = prose_groups(header, figures)
    excused: list[Evaluation] = []
    for group in groups:
        rows = list(_group(group, figures))
        closed = [row for row in rows if row.holds and row.relation == "="]
        for evaluation in rows:
            if not _is_of_one_population(evaluation, figures) or _closes_with_another_print(evaluation, figures):
                continue
            if any(differs_by_a_stray(evaluation, row, figures) for row in closed):
                continue
            if unprinted.may_close(evaluation):
                excused.append(evaluation)
                continue
            # A fact printed twice is one fact: the same sum again says nothing new.
            key = (evaluation.rule, group.scope, group.subject, group.period_key, _values(evaluation))
            found.setdefault(key, evaluation)
    if (odd := unprinted.odd_one_out(excused, found.values())) is not None:
        found[odd.rule, _values(odd)] = odd
    for evaluation in _of_one_sentence(header, figures):
        same = [row for row in found.values() if row.rule == evaluation.rule and _members(row) & _members(evaluation)]
        if not same:
            found.setdefault((evaluation.rule, _values(evaluation)), evaluation)
    for evaluation in staff_parts(groups, figures):
        if not _is_near(evaluation) and not is_missed_by_a_slip(evaluation):
            continue
        found.setdefault((evaluation.rule, evaluation.scope, evaluation.subject, evaluation.period_key, _values(evaluation)), evaluation)
    return tuple(found.values())


def _members(evaluation: Evaluation) -> set[int]:
    return set(evaluation.figures)


def _of_one_sentence(header: Header, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """Sums whose members one sentence prints, each measure with one value, though the reader gave them several scopes, subjects or periods.

    One of them was then misread, or they are of several things; so only those that miss by a slip are told.
    """
    for group in sentence_groups(header, figures):
        for row in _group(group, figures):
            if row.relation == "=" and not row.holds and _is_of_one_population(row, figures) and _misses_by_a_slip(row):
                yield replace(row, severity=severity_of(row.rule, "warning"))


def _misses_by_a_slip(evaluation: Evaluation) -> bool:
    return evaluation.kind != "" or is_familiar(evaluation.left, evaluation.right) or is_missed_by_a_slip(evaluation)


def _is_of_one_population(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """False where the sides are so far apart that the figures cannot be of one population: no error of counting or typing does that.

    Then a figure was printed for another level or year, and nothing can be said of the sum; unless one sentence prints them all.
    """
    terms = evaluation.left_terms + evaluation.right_terms + evaluation.base_terms
    quotes = set.intersection(*({figures[index].quote for index in term.figures} for term in terms))
    if evaluation.subject in ONE_OF_MANY and not quotes:
        return False
    starts = [frozenset(figures[index].start for index in term.figures) for term in evaluation.left_terms + evaluation.right_terms]
    if len(set(starts)) < len(starts):
        return False  # "chỉ có 04 hồ sơ bị chậm, còn lại đều đúng hạn": one print, read as two measures, is no two parts
    if evaluation.rule == "claimed-percentage" and evaluation.gap > FAR_RATE:
        return False  # a share of something else: "163 hồ sơ, chiếm 79% số hồ sơ quá hạn"
    if evaluation.rule == "resolved-over-received" and evaluation.left > 2 * evaluation.right:
        return False
    if evaluation.reading == "excludes-carried-over" and evaluation.rule == "report-received":
        return is_familiar(evaluation.left, evaluation.right)
    if evaluation.relation == "=" and all(term.value for term in terms) and quotes and not all(is_row(figures[index]) for index in evaluation.figures):
        return True
    return evaluation.rule == "claimed-percentage" or _is_near(evaluation) or is_missed_by_a_slip(evaluation)


def _closes_with_another_print(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether the sum closes with another printed value of one of its measures: the total of the year and not of one half of it.

    A value that lies near the one taken may be its slip, and then the sum speaks, unless one sentence prints both and so tells them apart.
    """
    if evaluation.holds:
        return False
    if evaluation.relation == "<=":
        return any(
            (figure.measure, figure.scope, figure.subject) == (term.measure, term.scope, evaluation.subject)
            and figure.value >= evaluation.left
            and not is_familiar(term.value, figure.value)
            for term in evaluation.right_terms[:1]
            for figure in figures
        )
    if _balances_with_another_total(evaluation, figures):
        return True
    gap = evaluation.left - evaluation.right
    for side, terms in ((-1, evaluation.left_terms), (1, evaluation.right_terms)):
        for term in terms:
            needed = term.value + side * term.sign * gap
            mine = [figures[index] for index in term.figures]
            rivals = [figure for figure in figures if (figure.measure, figure.scope, figure.value) == (term.measure, term.scope, needed)]
            rivals = [figure for figure in rivals if figure.subject == mine[0].subject]
            is_told_apart = bool({figure.quote for figure in rivals} & {figure.quote for figure in mine}) and not is_retyped(term.value, needed)
            if rivals and (not is_familiar(term.value, needed) or is_told_apart):
                return True
    return False


def _balances_with_another_total(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether what went out is another printed total of what came in, with or without what was carried over: "50.520 (cấp tỉnh 12.306, cấp xã 38.214)"."""
    if evaluation.rule != "report-flow" or not evaluation.right:
        return False
    received, *carried = evaluation.left_terms
    wanted = {evaluation.right, evaluation.right - sum((term.value for term in carried), Decimal(0))}
    return any(
        figure.measure in ("tthc_received_total", "tthc_received_new")
        and (figure.scope, figure.subject) == (evaluation.scope, evaluation.subject)
        and figure.value in wanted
        and not is_familiar(received.value, figure.value)
        for figure in figures
    )


def differs_by_a_stray(evaluation: Evaluation, closed: Evaluation, figures: Sequence[Figure]) -> bool:
    """Whether a failing sum is one that closes where it is printed, with one member exchanged for a print that is no rival of it:
    a part, a day, a nought of something else."""
    if evaluation.holds or (evaluation.rule, evaluation.scope, evaluation.subject) != (closed.rule, closed.scope, closed.subject):
        return False
    mine, theirs = ({(term.measure, term.value): term for term in row.left_terms + row.right_terms} for row in (evaluation, closed))
    strays = [mine[key] for key in mine.keys() - theirs.keys()]
    replaced = [theirs[key] for key in theirs.keys() - mine.keys()]
    if len(strays) != 1 or len(replaced) != 1 or not _stand_together(closed, figures):
        return False
    return is_no_rival(figures[replaced[0].figures[0]], figures[strays[0].figures[0]])


def _stand_together(evaluation: Evaluation, figures: Sequence[Figure]) -> bool:
    starts = [figures[index].start or 0 for index in evaluation.figures]
    return max(starts) - min(starts) <= _ONE_STATEMENT


_ONE_STATEMENT = 900
"""Characters: a list, a table or a long paragraph."""


def _is_near(evaluation: Evaluation) -> bool:
    larger = max(evaluation.left, evaluation.right)
    return larger < _FEW or (larger < _SMALL and evaluation.gap * 2 <= larger) or evaluation.gap * _FARTHEST <= larger


_FEW, _SMALL, _FARTHEST = 20, 50, 3


def _values(evaluation: Evaluation) -> tuple[object, ...]:
    return (
        evaluation.relation,
        *((term.measure, term.scope, term.value, term.sign) for term in evaluation.left_terms + evaluation.right_terms + evaluation.base_terms),
    )


# --- dossiers and what else a report counts ----------------------------------------------------------------------------


def _group(group: Group, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    for block in group.blocks:
        sums = Sums(group, block, figures)
        resolved = best(_resolved(sums))
        in_progress = best(_in_progress(sums))
        flow = best(_flow(sums))
        resolved, in_progress, flow = _nested(sums, resolved, in_progress, flow)
        flow = _without_outside(sums, flow)
        yield from resolved
        yield from _contradicting_set(sums, resolved)
        yield from in_progress
        yield from flow
        yield from best(_received(sums))
        yield from best(_channels(sums, flow))
        yield from _over_received(sums)
        yield from _at_most(sums, "digitised-over-resolved", ("tthc_digitised_results",), "tthc_resolved_total")
        yield from _at_most(sums, "procedures-online", ("procedures_full_online", "procedures_partial_online"), "procedures_total")
        yield from _at_most(sums, "satisfaction-parts", ("satisfaction_very_satisfied",), "satisfaction_votes")
        yield from best(_one_stop(sums))
        yield from _equal(sums, "petitions-flow", "petitions_received", ("petitions_resolved", "petitions_in_progress"))
        yield from vacancy(sums)
        yield from rates(sums)
        yield from complement(sums)


def _equal(sums: Sums, rule: str, whole: str, parts: tuple[str, ...]) -> Iterator[Evaluation]:
    terms = [sums.get(measure) for measure in (whole, *parts)]
    known = tuple(term for term in terms if term is not None)
    if len(known) == len(terms) and sums.are_here(known):
        yield sums.row(rule, known[:1], known[1:])


def _one_stop(sums: Sums) -> list[Evaluation]:
    """One-stop and interlinked procedures are all there are; some units print the first number with the second in it."""
    whole, one_stop = sums.get("procedures_total"), sums.get("procedures_one_stop")
    rows = list(_equal(sums, "procedures-one-stop", "procedures_total", ("procedures_one_stop", "procedures_interlinked")))
    if rows and whole and one_stop:
        rows.append(sums.row("procedures-one-stop", (whole,), (one_stop,), reading="includes-interlinked"))
    return rows


def _at_most(sums: Sums, rule: str, parts: tuple[str, ...], whole: str) -> Iterator[Evaluation]:
    right = sums.get(whole)
    left = tuple(term for part in parts if (term := sums.get(part)) is not None)
    if right and left and sums.are_here((*left, right)):
        yield sums.row(rule, left, (right,), relation="<=")


def _parts(sums: Sums, rule: str, whole: Term | None, part_sets: Sequence[tuple[str, ...]]) -> list[Evaluation]:
    """`whole = parts` for each complete set of parts; for an incomplete one what stays certain: its parts do not exceed the whole."""
    if whole is None:
        return []
    complete, partial = [], []
    for part_set in part_sets:
        parts = tuple(term for measure in part_set if (term := sums.get(measure)) is not None)
        if not parts or not sums.are_here(parts):
            continue
        if len(parts) == len(part_set):
            complete.append(sums.row(rule, (whole,), parts))
        elif len(parts) > 1 and is_listed_in_full(sums.figures, whole, parts):
            # "gồm: trước hạn 1.477; quá hạn 11" says that there is nothing else; a doubt, no certainty.
            partial.append(sums.row(rule, (whole,), parts, reading="listed-parts", at_most="warning"))
        else:
            partial.append(sums.row(rule, parts, (whole,), reading="printed-parts-only", relation="<="))
    # An incomplete set speaks only where no set is complete: "trước hạn, đúng hạn 2.276" makes the two single parts unknown.
    return complete or [row for row in partial if not row.holds][:1] or partial[:1]


def _resolved(sums: Sums) -> list[Evaluation]:
    sets = (
        ("tthc_resolved_early", "tthc_resolved_on_time", "tthc_resolved_overdue"),
        ("tthc_resolved_early_or_on_time", "tthc_resolved_overdue"),
    )
    return _parts(sums, "report-resolved", sums.get("tthc_resolved_total"), sets)


def _contradicting_set(sums: Sums, resolved: list[Evaluation]) -> Iterator[Evaluation]:
    """One way to print the parts adds up and the other does not: told where one sentence or row prints the total and the parts that fail."""
    if not (resolved and resolved[0].holds and resolved[0].relation == "=" and not resolved[0].reading):
        return
    for row in _resolved(sums):
        early_and_on_time = (row.left_terms[0], *row.right_terms[:2])
        quotes = set.intersection(*({sums.figures[index].quote for index in term.figures} for term in early_and_on_time))
        if row.relation == "=" and not row.holds and len(row.right_terms) == _THREE_PARTS and quotes:
            yield row


_THREE_PARTS = 3


def _in_progress(sums: Sums) -> list[Evaluation]:
    parts = ("tthc_in_progress_on_time", "tthc_in_progress_overdue")
    return _parts(sums, "report-in-progress", sums.get("tthc_in_progress_total"), (parts,))


def _closing(sums: Sums) -> Terms | None:
    """What is in progress: the total, or its two parts where the total is not printed."""
    whole = sums.get("tthc_in_progress_total")
    if whole:
        return (whole,)
    parts = tuple(term for part in ("tthc_in_progress_on_time", "tthc_in_progress_overdue") if (term := sums.get(part)) is not None)
    return parts if len(parts) == 2 else None


def _flow(sums: Sums) -> list[Evaluation]:
    """received [+ carried_over] = resolved + in_progress + withdrawn + returned + paused, in every reading the prints allow."""
    resolved, closing, carried = sums.get("tthc_resolved_total"), _closing(sums), sums.get("tthc_carried_over")
    if resolved is None or closing is None:
        return []
    lefts: list[tuple[str, Terms]] = []
    received, new = sums.get("tthc_received_total"), sums.get("tthc_received_new")
    if received:
        lefts = [("excludes-carried-over", (received, carried)), ("includes-carried-over", (received,))] if carried else [("", (received,))]
    elif new and carried:
        lefts = [("excludes-carried-over", (new, carried))]
    local = tuple(term for measure in OUTSIDE if (term := sums.here(measure)) is not None)
    # A block that stands elsewhere in the report may belong to this balance or not: both are tried.
    distant = tuple(term for measure in OUTSIDE if sums.here(measure) is None and (term := sums.group.unique(measure)) is not None)
    rights = [(resolved, *closing, *local, *distant)]
    if distant:
        rights.append((resolved, *closing, *local))
    if len(closing) == 2:
        # "còn 148 hồ sơ đang giải quyết mà trong hạn là 144, quá hạn 4": the first may have been the total
        rights.append((resolved, closing[0], *local, *distant))
    required = (resolved, *closing)
    return [sums.row("report-flow", left, right, reading=reading) for right, (reading, left) in product(rights, lefts) if sums.are_here((left[0], *required))]


def _nested(
    sums: Sums, resolved: list[Evaluation], in_progress: list[Evaluation], flow: list[Evaluation]
) -> tuple[list[Evaluation], list[Evaluation], list[Evaluation]]:
    """Some units count what was returned among the resolved, and what is paused among what is in progress.

    That reading is taken only where it makes both the total's own parts and the flow close, so that an error in one of
    them is not explained away.
    """
    if flow and flow[0].holds:
        return resolved, in_progress, flow
    drops = []
    for measure, rows, rule in (
        ("tthc_returned_ineligible", resolved, "report-resolved"),
        ("tthc_withdrawn", resolved, "report-resolved"),
        ("tthc_paused", in_progress, "report-in-progress"),
    ):
        extra = sums.here(measure)
        row = rows[0] if rows and not rows[0].holds and rows[0].relation == "=" else None
        if extra and row:
            wider = sums.row(rule, row.left_terms, (*row.right_terms, extra), reading=f"includes-{measure.removeprefix('tthc_')}")
            if wider.holds:
                drops.append((extra, wider))
    if not flow:
        # Without a flow to confirm it, only the sentence of the total itself may hold the further part.
        for extra, wider in drops:
            if is_listed(sums.figures, wider.left_terms[0], (extra,)):
                return ([wider], in_progress, flow) if wider.rule == "report-resolved" else (resolved, [wider], flow)
    for extra, wider in drops:
        for reading in _flow(sums):
            narrower = sums.row("report-flow", reading.left_terms, tuple(term for term in reading.right_terms if term != extra), reading=reading.reading)
            if narrower.holds:
                if wider.rule == "report-resolved":
                    return [wider], in_progress, [narrower]
                return resolved, [wider], [narrower]
    return resolved, in_progress, flow


def _without_outside(sums: Sums, flow: list[Evaluation]) -> list[Evaluation]:
    """The balance that closes without what was turned away, withdrawn or paused ("Cổng từ chối 325 kết quả" told of something else), or
    without what is paused alone: it may be among what is in progress."""
    if not flow or flow[0].holds:
        return flow
    for row in _flow(sums):
        outside = [term for term in row.right_terms if term.measure in OUTSIDE]
        for left_out in (outside, [term for term in outside if term.measure == "tthc_paused"]):
            inside = tuple(term for term in row.right_terms if term not in left_out)
            narrower = sums.row("report-flow", row.left_terms, inside, reading=row.reading)
            if narrower.holds:
                return [narrower]
    return flow


def _received(sums: Sums) -> list[Evaluation]:
    whole, new, carried = sums.get("tthc_received_total"), sums.get("tthc_received_new"), sums.get("tthc_carried_over")
    if not (whole and new and carried and sums.here("tthc_received_new")):
        return []
    return [
        sums.row("report-received", (whole,), (new, carried), reading="includes-carried-over"),
        sums.row("report-received", (whole,), (new,), reading="excludes-carried-over"),
    ]


def _channels(sums: Sums, flow: list[Evaluation]) -> list[Evaluation]:
    whole, new, carried = sums.get("tthc_received_total"), sums.get("tthc_received_new"), sums.get("tthc_carried_over")
    rows = _parts(sums, "report-channels", new or whole, CHANNELS)
    if whole and new and not (rows and _stands_with(sums.figures, new, rows[0])):
        rows += _parts(sums, "report-channels", whole, CHANNELS)
    if rows and rows[0].relation == "<=":
        rows = _two_channels(sums, rows)
    if whole and carried and not new:
        # (3) = (4) + (5) + (6) of the form: the channels are those of the new dossiers only.
        quotes = {sums.figures[index].quote for index in (*whole.figures, *carried.figures)}
        rule = "report-received" if len(quotes) == 1 and is_row(sums.figures[whole.figures[0]]) else "report-channels"
        includes = [sums.row(rule, row.left_terms, (*row.right_terms, carried), reading="includes-carried-over") for row in rows if row.relation == "="]
        rows = includes + rows if flow and flow[0].reading == "includes-carried-over" and flow[0].holds else rows + includes
    return rows


_TWO_CHANNELS = {"tthc_received_online", "tthc_received_in_person"}


def _two_channels(sums: Sums, rows: list[Evaluation]) -> list[Evaluation]:
    """Online and in person are all there is in one sentence with what was received, where the report tells of no post; told where a slip explains the gap."""
    post = any(figure.measure in ("tthc_received_postal", "tthc_received_in_person_or_postal") for figure in sums.figures)
    for row in rows:
        if post or {term.measure for term in row.left_terms} != _TWO_CHANNELS:
            continue
        equal = sums.row("report-channels", row.right_terms, row.left_terms, reading="printed-parts-only")
        quotes = set.intersection(*({sums.figures[index].quote for index in term.figures} for term in (*row.left_terms, *row.right_terms)))
        if quotes and not equal.holds and is_missed_by_a_slip(equal):
            return [equal]
    return rows


def _stands_with(figures: Sequence[Figure], new: Term, row: Evaluation) -> bool:
    """Whether the channels are told in the sentence of what is new, and of nothing else: "mới 1.004 hồ sơ (trực tuyến 921, trực tiếp 93)"."""
    parts = [term for term in (*row.left_terms, *row.right_terms) if term.measure != new.measure]
    own = {figures[index].quote for index in new.figures}
    return all(own & {figures[index].quote for index in term.figures} for term in parts) and not any(
        figure.measure == "tthc_received_total" and figure.quote in own for figure in figures
    )


def _over_received(sums: Sums) -> Iterator[Evaluation]:
    """More resolved than there was, where the closing balance is not printed. Dossiers only with their opening balance printed."""
    get = sums.get
    carried = get("tthc_carried_over")
    closing = get("tthc_in_progress_total") or get("tthc_in_progress_on_time")
    dossiers = known(get("tthc_received_total") or get("tthc_received_new"), carried)
    for received, resolved, balance in (
        (dossiers, get("tthc_resolved_total"), closing),
        (known(get("petitions_received")), get("petitions_resolved"), get("petitions_in_progress")),
        (known(get("pakn_received")), get("pakn_resolved"), None),
    ):
        if received and resolved and balance is None and received[0].value > 0 and sums.are_here((*received, resolved)):
            yield sums.row("resolved-over-received", (resolved,), received, relation="<=")
