"""The numeric identities of `identities.csv` over one submission's figures.

`evaluate` gives one row per identity and group of figures that could be evaluated. A figure that is not printed is
unknown and not 0: without a required member there is no row. Where only some parts of a total are printed, what remains
certain is that they do not exceed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from expectations.evaluation import Evaluation, Relation, Term, total
from expectations.grouping import Block, Group, form_rows, is_familiar, prose_groups
from expectations.percentages import classify_percentage
from warehouse.catalogue import identities, measures
from warehouse.model import Figure, Header, Severity

Terms = tuple[Term, ...]

FORM_KIND = "form-06"
_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


def evaluate(header: Header, figures: Sequence[Figure]) -> tuple[Evaluation, ...]:
    """Every numeric identity that the figures allow, whether it holds or not; forms (`header.kind == "form-06"`) row by row.

    Raises ValueError for a form's figure without a cell as locator and KeyError for a measure the catalogue does not know.
    """
    if header.kind == FORM_KIND:
        return tuple(_form(header, figures))
    found: dict[tuple[object, ...], Evaluation] = {}
    for group in prose_groups(header, figures):
        for evaluation in _group(group, figures):
            # A fact printed twice is one fact: the same sum again says nothing new.
            key = (evaluation.rule, group.scope, group.subject, group.period_key, _values(evaluation))
            found.setdefault(key, evaluation)
    for evaluation in _staff_parts(header, figures):
        found.setdefault((evaluation.rule, evaluation.scope, evaluation.subject, evaluation.period_key, _values(evaluation)), evaluation)
    return tuple(found.values())


def severity_of(rule: str, at_most: Severity = "error") -> Severity:
    """The catalogue's severity of the rule, lowered to `at_most`; never raised."""
    listed = identities()[rule].severity
    return listed if _RANK[listed] <= _RANK[at_most] else at_most


def _values(evaluation: Evaluation) -> tuple[object, ...]:
    return (
        evaluation.relation,
        *((term.measure, term.scope, term.value, term.sign) for term in evaluation.left_terms + evaluation.right_terms),
    )


class _Sums:
    """Builds the evaluations of one group at one block."""

    def __init__(self, group: Group, block: Block, figures: Sequence[Figure]) -> None:
        self.group, self.block, self.figures = group, block, figures

    def here(self, measure: str) -> Term | None:
        return self.block.terms.get(measure)

    def get(self, measure: str) -> Term | None:
        """Printed in this block, or else printed with one value only in the whole group."""
        return self.block.terms.get(measure) or self.group.unique(measure)

    def are_here(self, terms: Iterable[Term]) -> bool:
        return any(term.measure in self.block.terms for term in terms)

    def row(
        self, rule: str, left: Terms, right: Terms, *, reading: str = "", relation: Relation = "=", at_most: Severity = "error"
    ) -> Evaluation:
        return compare(rule, self.group, left, right, reading=reading, relation=relation, at_most=at_most)


def compare(
    rule: str, group: Group, left: Terms, right: Terms, *, reading: str = "", relation: Relation = "=", at_most: Severity = "error"
) -> Evaluation:
    """The evaluation of `left (= or <=) right`, with the rule's tolerance."""
    left_sum, right_sum = total(left), total(right)
    gap = abs(left_sum - right_sum) if relation == "=" else max(left_sum - right_sum, Decimal(0))
    return Evaluation(
        rule, group.scope, group.subject, group.period_key, reading, relation, left_sum, right_sum,
        identities()[rule].tolerance or Decimal(0), gap, severity_of(rule, at_most), left, right,
    )  # fmt: skip


def _best(readings: list[Evaluation]) -> list[Evaluation]:
    """The first reading that closes, or else the one that comes nearest."""
    if not readings:
        return []
    return [next((reading for reading in readings if reading.holds), min(readings, key=lambda reading: reading.gap))]


# --- dossiers and what else a report counts ----------------------------------------------------------------------------


def _group(group: Group, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    for block in group.blocks:
        sums = _Sums(group, block, figures)
        resolved = _best(_resolved(sums))
        in_progress = _best(_in_progress(sums))
        flow = _best(_flow(sums))
        resolved, in_progress, flow = _nested(sums, resolved, in_progress, flow)
        yield from resolved
        yield from in_progress
        yield from flow
        yield from _best(_received(sums))
        yield from _best(_channels(sums, flow))
        yield from _over_received(sums)
        yield from _at_most(sums, "digitised-over-resolved", ("tthc_digitised_results",), "tthc_resolved_total")
        yield from _at_most(sums, "procedures-online", ("procedures_full_online", "procedures_partial_online"), "procedures_total")
        yield from _at_most(sums, "satisfaction-parts", ("satisfaction_very_satisfied",), "satisfaction_votes")
        yield from _equal(sums, "procedures-one-stop", "procedures_total", ("procedures_one_stop", "procedures_interlinked"))
        yield from _equal(sums, "petitions-flow", "petitions_received", ("petitions_resolved", "petitions_in_progress"))
        yield from _vacancy(sums)
        yield from _rates(sums)
        yield from _complement(sums)


def _equal(sums: _Sums, rule: str, whole: str, parts: tuple[str, ...]) -> Iterator[Evaluation]:
    terms = [sums.get(measure) for measure in (whole, *parts)]
    known = tuple(term for term in terms if term is not None)
    if len(known) == len(terms) and sums.are_here(known):
        yield sums.row(rule, known[:1], known[1:])


def _at_most(sums: _Sums, rule: str, parts: tuple[str, ...], whole: str) -> Iterator[Evaluation]:
    right = sums.get(whole)
    left = tuple(term for part in parts if (term := sums.get(part)) is not None)
    if right and left and sums.are_here((*left, right)):
        yield sums.row(rule, left, (right,), relation="<=")


def _parts(sums: _Sums, rule: str, whole: Term | None, part_sets: Sequence[tuple[str, ...]]) -> list[Evaluation]:
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
        elif len(parts) > 1 and _is_listed_in_full(sums.figures, whole, parts):
            # "gồm: trước hạn 1.477; quá hạn 11" says that there is nothing else; a doubt, no certainty.
            partial.append(sums.row(rule, (whole,), parts, reading="listed-parts", at_most="warning"))
        else:
            partial.append(sums.row(rule, parts, (whole,), reading="printed-parts-only", relation="<="))
    # An incomplete set speaks only where no set is complete: "trước hạn, đúng hạn 2.276" makes the two single parts unknown.
    return complete or [row for row in partial if not row.holds][:1] or partial[:1]


def _resolved(sums: _Sums) -> list[Evaluation]:
    sets = (
        ("tthc_resolved_early", "tthc_resolved_on_time", "tthc_resolved_overdue"),
        ("tthc_resolved_early_or_on_time", "tthc_resolved_overdue"),
    )
    return _parts(sums, "report-resolved", sums.get("tthc_resolved_total"), sets)


def _in_progress(sums: _Sums) -> list[Evaluation]:
    parts = ("tthc_in_progress_on_time", "tthc_in_progress_overdue")
    return _parts(sums, "report-in-progress", sums.get("tthc_in_progress_total"), (parts,))


def _closing(sums: _Sums) -> Terms | None:
    """What is in progress: the total, or its two parts where the total is not printed."""
    whole = sums.get("tthc_in_progress_total")
    if whole:
        return (whole,)
    parts = tuple(term for part in ("tthc_in_progress_on_time", "tthc_in_progress_overdue") if (term := sums.get(part)) is not None)
    return parts if len(parts) == 2 else None


def _flow(sums: _Sums) -> list[Evaluation]:
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
    outside = ("tthc_withdrawn", "tthc_returned_ineligible", "tthc_paused")
    local = tuple(term for measure in outside if (term := sums.here(measure)) is not None)
    # A block that stands elsewhere in the report may belong to this balance or not: both are tried.
    distant = tuple(term for measure in outside if sums.here(measure) is None and (term := sums.group.unique(measure)) is not None)
    rights = [(resolved, *closing, *local, *distant)]
    if distant:
        rights.append((resolved, *closing, *local))
    required = (resolved, *closing)
    return [
        sums.row("report-flow", left, right, reading=reading)
        for right, (reading, left) in product(rights, lefts)
        if _mostly_here(sums, (left[0], *required))
    ]


def _mostly_here(sums: _Sums, required: Sequence[Term]) -> bool:
    """At least two of the members stand in this block; or one does, and it is no other quantity than its other prints.

    A lone number may be a repetition of the fact (with a slip) or a part that was not labelled as one; then it is far from the rest.
    """
    here = [term for term in required if sums.here(term.measure) is not None]
    return len(here) >= 2 or (len(here) == 1 and all(is_familiar(here[0].value, other) for other in sums.group.values(here[0].measure)))


def _nested(
    sums: _Sums, resolved: list[Evaluation], in_progress: list[Evaluation], flow: list[Evaluation]
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
            if _is_listed(sums.figures, wider.left_terms[0], (extra,)):
                return ([wider], in_progress, flow) if wider.rule == "report-resolved" else (resolved, [wider], flow)
    for extra, wider in drops:
        for reading in _flow(sums):
            narrower = sums.row(
                "report-flow", reading.left_terms, tuple(term for term in reading.right_terms if term != extra), reading=reading.reading
            )
            if narrower.holds:
                if wider.rule == "report-resolved":
                    return [wider], in_progress, [narrower]
                return resolved, [wider], [narrower]
    return resolved, in_progress, flow


def _received(sums: _Sums) -> list[Evaluation]:
    whole, new, carried = sums.get("tthc_received_total"), sums.get("tthc_received_new"), sums.get("tthc_carried_over")
    if not (whole and new and carried and sums.here("tthc_received_new")):
        return []
    return [
        sums.row("report-received", (whole,), (new, carried), reading="includes-carried-over"),
        sums.row("report-received", (whole,), (new,), reading="excludes-carried-over"),
    ]


_CHANNELS = (
    ("tthc_received_online", "tthc_received_in_person", "tthc_received_postal"),
    ("tthc_received_online", "tthc_received_in_person_or_postal"),
)


def _channels(sums: _Sums, flow: list[Evaluation]) -> list[Evaluation]:
    whole, new, carried = sums.get("tthc_received_total"), sums.get("tthc_received_new"), sums.get("tthc_carried_over")
    rows = _parts(sums, "report-channels", new or whole, _CHANNELS)
    if whole and new:
        rows += _parts(sums, "report-channels", whole, _CHANNELS)
    if whole and carried and not new:
        # (3) = (4) + (5) + (6) of the form: the channels are those of the new dossiers only.
        includes = [
            sums.row("report-channels", row.left_terms, (*row.right_terms, carried), reading="includes-carried-over")
            for row in rows
            if row.relation == "="
        ]
        rows = includes + rows if flow and flow[0].reading == "includes-carried-over" and flow[0].holds else rows + includes
    return rows


def _over_received(sums: _Sums) -> Iterator[Evaluation]:
    """More resolved than received: only where nothing printed shows the rest of the balance."""
    kinds: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
        (("tthc_received_total", "tthc_received_new"), "tthc_resolved_total", ("tthc_in_progress_total", "tthc_in_progress_on_time")),
        (("petitions_received",), "petitions_resolved", ("petitions_in_progress",)),
        (("pakn_received",), "pakn_resolved", ()),
    )
    for received_measures, resolved_measure, balance in kinds:
        received = next((term for measure in received_measures if (term := sums.get(measure)) is not None), None)
        resolved = sums.get(resolved_measure)
        if received is None or resolved is None or any(sums.get(measure) for measure in balance):
            continue
        carried = sums.get("tthc_carried_over") if resolved_measure == "tthc_resolved_total" else None
        if _mostly_here(sums, (received, resolved)):
            yield sums.row("resolved-over-received", (resolved,), (received, *((carried,) if carried else ())), relation="<=")


def _vacancy(sums: _Sums) -> Iterator[Evaluation]:
    assigned, present, vacant = (sums.get(measure) for measure in ("staff_assigned", "staff_present", "staff_vacant"))
    if assigned and present and vacant and _mostly_here(sums, (assigned, present, vacant)):
        minus = Term(present.measure, present.scope, present.value, present.figures, -1)
        yield sums.row("staff-vacancy", (vacant,), (assigned, minus))


# --- staff: totals and the parts listed under them -----------------------------------------------------------------------

_CATEGORIES = (
    "staff_officials", "staff_civil_servants", "staff_public_employees", "staff_contract_111", "staff_non_specialised",
)  # fmt: skip
_CHILD_SCOPES: dict[str, tuple[tuple[str, ...], ...]] = {
    "party-front": (("party", "front"),),
    "public-service": (("education", "health", "service-centre"), ("education", "service-centre"), ("education", "health")),
    "all": (
        ("party-front", "government", "public-service"),
        ("party", "front", "government", "public-service"),
        ("party-front", "government", "military-command", "public-service"),
        ("party-front", "government", "education", "health", "service-centre"),
        ("party-front", "government"),
    ),
}


def _staff_parts(header: Header, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """A scope's total against the parts listed with it in one sentence or list: by category, or by block."""
    for group in prose_groups(header, figures):
        for block in group.blocks:
            sums = _Sums(group, block, figures)
            present, assigned = sums.here("staff_present"), sums.here("staff_assigned")
            if present:
                # Quotas are not given by category: what a sentence lists by category is there.
                yield from _best(_category_parts(sums, present))
            for whole in (present, assigned):
                if whole:
                    yield from _best(_scope_parts(header, sums, whole))


def _category_parts(sums: _Sums, whole: Term) -> list[Evaluation]:
    """Categories listed under the total in its sentence. Those behind the first two may stand beside the total ("…; 02 hợp đồng")."""
    parts = tuple(term for measure in _CATEGORIES if (term := sums.here(measure)) is not None and _is_listed(sums.figures, whole, (term,)))
    rows = [sums.row("staff-parts", (whole,), parts[:size], reading="by-category") for size in range(len(parts), 1, -1)]
    # "gồm" closes the list; so do officials and civil servants together, which are what "cán bộ, công chức" means.
    closed = {"staff_officials", "staff_civil_servants"} <= {term.measure for term in parts} or _is_listed_in_full(
        sums.figures, whole, parts
    )
    return rows if closed else [row for row in rows if row.holds]


def _scope_parts(header: Header, sums: _Sums, whole: Term) -> list[Evaluation]:
    """Blocks listed under the total in its sentence; Party and Front are the two parts of their block wherever they stand near."""
    rows = []
    for children in _CHILD_SCOPES.get(whole.scope, ()):
        parts = tuple(term for scope in children if (term := _nearest(header, sums, whole, scope)) is not None)
        if len(parts) == len(children) and (whole.scope == "party-front" or _is_listed(sums.figures, whole, parts)):
            rows.append(sums.row("staff-parts", (whole,), parts, reading="by-block"))
    return rows


def _nearest(header: Header, sums: _Sums, whole: Term, scope: str) -> Term | None:
    """The same measure of a child block, nearest to the total and counted at the same day."""
    above = sums.figures[whole.figures[0]]
    found: list[tuple[int, Term]] = []
    for group in prose_groups(header, sums.figures):
        for term in (block.terms[whole.measure] for block in group.blocks if whole.measure in block.terms):
            below = sums.figures[term.figures[0]]
            same_day = not (above.as_of and below.as_of) or above.as_of == below.as_of
            distance = abs((below.start or 0) - (above.start or 0))
            if group.scope == scope and group.subject == sums.group.subject and same_day and distance <= _NEAR:
                found.append((distance, term))
    return min(found, key=lambda one: one[0])[1] if found else None


_NEAR = 900
"""Characters between a block's total and its two halves: about one paragraph."""
_LIST = re.compile(r"\b(?:gồm|bao gồm|cụ thể|trong đó)\b|[(:]", re.IGNORECASE)
_FULL_LIST = re.compile(r"\bgồm\b", re.IGNORECASE)


def _is_listed(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    return _between(figures, whole, parts, _LIST)


def _is_listed_in_full(figures: Sequence[Figure], whole: Term, parts: Terms) -> bool:
    return _between(figures, whole, parts, _FULL_LIST)


def _between(figures: Sequence[Figure], whole: Term, parts: Terms, marker: re.Pattern[str]) -> bool:
    """Whether one sentence prints the total, then the marker, then all the parts."""
    for index in whole.figures if parts else ():
        above = figures[index]
        if above.start is None:
            continue
        here = above.quote.find(above.printed_text)
        below = [
            figures[i] for term in parts for i in term.figures if figures[i].quote == above.quote and (figures[i].start or 0) > above.start
        ]
        if here < 0 or {figure.measure for figure in below} != {term.measure for term in parts}:
            continue
        first = min(figure.start or 0 for figure in below)
        if marker.search(above.quote[here + len(above.printed_text) : here + first - above.start]):
            return True
    return False


# --- rates -----------------------------------------------------------------------------------------------------------------


def _rates(sums: _Sums) -> Iterator[Evaluation]:
    """A printed rate against the counts it is made of; other bases that offices use are tried and named."""
    for rate_measure, (natural, others) in (
        ("tthc_on_time_rate_pct", _on_time_pairs(sums)),
        ("tthc_overdue_rate_pct", _overdue_pairs(sums)),
        ("tthc_online_rate_pct", _online_pairs(sums)),
    ):
        rate = sums.here(rate_measure)
        if rate is None:
            continue
        rows = [row for pair in natural if (row := _rate_row(sums, rate, *pair)) is not None]
        if not rows:
            continue  # the natural base is not printed: what it would have to be is for the auditor to ask
        fits = next((row for row in rows if row.kind == "rounded"), None) or next((row for row in rows if row.kind == "truncated"), None)
        elsewhere = next((row for pair in others if (row := _rate_row(sums, rate, *pair)) is not None and row.kind == "rounded"), None)
        if fits is None and elsewhere is not None:
            fits = replace(rows[0], kind="wrong-base", reading=elsewhere.reading, severity=severity_of("claimed-percentage", "warning"))
        yield fits or rows[0]


def _rate_row(sums: _Sums, rate: Term, numerator: Terms, base: Terms) -> Evaluation | None:
    n, d = total(numerator), total(base)
    if d <= 0 or n < 0 or n != n.to_integral_value() or d != d.to_integral_value():
        return None
    verdict = classify_percentage(int(n), int(d), printed_percent(sums.figures[rate.figures[0]]))
    recomputed = verdict.recomputed if verdict.recomputed is not None else Decimal(0)
    beside = all(term.measure in sums.block.terms for term in (*numerator, *base))
    at_most: Severity = "info" if verdict.kind == "truncated" else "error" if beside else "warning"
    group = sums.group
    return Evaluation(
        "claimed-percentage", group.scope, group.subject, group.period_key, "of-" + "+".join(term.measure for term in base), "=",
        verdict.printed, recomputed, verdict.half_unit, abs(verdict.printed - recomputed), severity_of("claimed-percentage", at_most),
        (rate,), (*numerator, *base), kind=verdict.kind,
    )  # fmt: skip


def printed_percent(figure: Figure) -> str:
    """The rate as a plain number with the decimals that were printed; `toàn bộ` or a damaged print give the reader's value."""
    text = re.sub(r"\s+", "", figure.printed_text).rstrip("%")
    return text if re.fullmatch(r"\d{1,3}(?:[.,]\d+)?", text) else str(figure.value)


def _known(*terms: Term | None) -> Terms | None:
    known = tuple(term for term in terms if term is not None)
    return known if len(known) == len(terms) else None


def _negative(term: Term | None) -> Term | None:
    return Term(term.measure, term.scope, term.value, term.figures, -1) if term else None


_Pairs = list[tuple[Terms, Terms]]
_OF_RECEIVED = re.compile(r"\b(?:tổng số|trên|so với)\b[^,.;]{0,25}\btiếp nhận", re.IGNORECASE)


def _pairs(numerators: Sequence[Terms | None], bases: Sequence[Terms | None]) -> _Pairs:
    return [(numerator, base) for base in bases if base for numerator in numerators if numerator]


def _resolved_base(sums: _Sums) -> Terms | None:
    """The resolved total, or its parts where they are all printed."""
    get = sums.get
    overdue = get("tthc_resolved_overdue")
    return (
        _known(get("tthc_resolved_total"))
        or _known(get("tthc_resolved_early_or_on_time"), overdue)
        or _known(get("tthc_resolved_early"), get("tthc_resolved_on_time"), overdue)
    )


def _says_of_received(sums: _Sums, rate_measure: str) -> bool:
    rate = sums.here(rate_measure)
    return rate is not None and any(_OF_RECEIVED.search(sums.figures[index].quote) for index in rate.figures)


def _on_time_pairs(sums: _Sums) -> tuple[_Pairs, _Pairs]:
    get, base = sums.get, _resolved_base(sums)
    early, on_time, overdue = get("tthc_resolved_early"), get("tthc_resolved_on_time"), get("tthc_resolved_overdue")
    punctual = (
        _known(get("tthc_resolved_early_or_on_time")) or _known(early, on_time) or _known(get("tthc_resolved_total"), _negative(overdue))
    )
    natural = _pairs([punctual, _known(on_time)], [base])
    received, carried = get("tthc_received_total"), get("tthc_carried_over")
    others = _pairs([punctual], [_known(received), _known(received, carried)])
    waiting, running = get("tthc_in_progress_on_time"), get("tthc_in_progress_total")
    if punctual and base and waiting and running:
        # Decision 766/QĐ-TTg counts what is in progress and in time as on time.
        others.append(((*punctual, waiting), (*base, running)))
    return _move_named(sums, "tthc_on_time_rate_pct", natural, others)


def _overdue_pairs(sums: _Sums) -> tuple[_Pairs, _Pairs]:
    get, base = sums.get, _resolved_base(sums)
    overdue, waiting = get("tthc_resolved_overdue"), get("tthc_in_progress_overdue")
    natural = _pairs([_known(overdue)], [base])
    received = _known(get("tthc_received_total"))
    running = _known(*(base or ()), get("tthc_in_progress_total")) if base else None
    others = _pairs([_known(overdue), _known(overdue, waiting), _known(waiting)], [received, running])
    return _move_named(sums, "tthc_overdue_rate_pct", natural, others)


def _move_named(sums: _Sums, rate_measure: str, natural: _Pairs, others: _Pairs) -> tuple[_Pairs, _Pairs]:
    """Where the sentence itself says "of what was received", that base is not a wrong one."""
    return (natural + others, []) if _says_of_received(sums, rate_measure) else (natural, others)


def _online_pairs(sums: _Sums) -> tuple[_Pairs, _Pairs]:
    get = sums.get
    online, whole, new, carried = (
        get(measure) for measure in ("tthc_received_online", "tthc_received_total", "tthc_received_new", "tthc_carried_over")
    )
    channels = [_known(*(get(measure) for measure in channel_set)) for channel_set in _CHANNELS]
    natural = _pairs([_known(online)], [_known(new), _known(whole), _known(whole, _negative(carried)), *channels])
    return natural, _pairs([_known(online)], [_known(whole, carried), _known(get("tthc_resolved_total"))])


def _complement(sums: _Sums) -> Iterator[Evaluation]:
    on_time, overdue = sums.here("tthc_on_time_rate_pct"), sums.here("tthc_overdue_rate_pct")
    if on_time is None or overdue is None:
        return
    if any(sums.get(measure) for measure in ("tthc_in_progress_on_time", "tthc_in_progress_overdue")) and not sums.here(
        "tthc_resolved_total"
    ):
        return
    half = sum(
        (classify_percentage(0, None, printed_percent(sums.figures[term.figures[0]])).half_unit for term in (on_time, overdue)), Decimal(0)
    )
    group = sums.group
    left = total((on_time, overdue))
    yield Evaluation(
        "rate-complement", group.scope, group.subject, group.period_key, "", "=", left, Decimal(100), half, abs(left - 100),
        severity_of("rate-complement"), (on_time, overdue), (),
    )  # fmt: skip


# --- statutory form II.06 ----------------------------------------------------------------------------------------------------

_COLUMN_SUMS = (
    ("form-received", 3, (4, 5, 6)),
    ("form-resolved", 7, (8, 9, 10)),
    ("form-in-progress", 11, (12, 13)),
    ("form-flow", 3, (7, 11)),
)
TOTAL_ROW = re.compile(r"\s*(?:tổng\s+cộng|tổng\s+số|cộng|tổng)\b", re.IGNORECASE)
_GROUP_ROW = re.compile(r"\s*(?:[IVX]+|[A-Z])\s*[.)\-]?\s+\S")


def _form(header: Header, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    column_of = {code: measure.form_06_column for code, measure in measures().items() if measure.form_06_column}
    by_column = {column: code for code, column in column_of.items()}
    rows = form_rows(header, figures)
    for row in rows:
        terms = row.blocks[0].terms
        for rule, whole, parts in _COLUMN_SUMS:
            known = [terms.get(by_column[column]) for column in (whole, *parts)]
            present = tuple(term for term in known if term is not None)
            if len(present) == len(known):
                yield compare(rule, row, present[:1], present[1:])
    yield from _form_total(rows)


def _form_total(rows: Sequence[Group]) -> Iterator[Evaluation]:
    """TỔNG CỘNG against the rows above it: the group rows (I, II, …) where the sheet has them, else all rows."""
    for position, row in enumerate(rows):
        if not _is_total_row(row, rows):
            continue
        above = [other for other in rows[:position] if not _is_total_row(other, rows)] or [
            other for other in rows[position + 1 :] if not _is_total_row(other, rows)
        ]
        grouped = [other for other in above if _GROUP_ROW.match(other.subject)]
        addends = grouped or above
        if not addends:
            continue
        for measure, whole in row.blocks[0].terms.items():
            parts = tuple(term for other in addends if (term := other.blocks[0].terms.get(measure)) is not None)
            if len(parts) == len(addends):
                yield compare("form-total-row", row, (whole,), parts)


def _is_total_row(row: Group, rows: Sequence[Group]) -> bool:
    return bool(TOTAL_ROW.match(row.subject)) or (not row.subject and not row.scope and len(rows) > 1)
