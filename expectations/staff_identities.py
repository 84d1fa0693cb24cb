"""Staff: the shortage against quota and presence, a total against the categories or blocks that its sentence lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from expectations.evaluation import Evaluation, Term
from expectations.grouping import Group, is_dated_row, is_fact, is_row
from expectations.lists import is_listed, is_listed_in_full, lists_others
from expectations.sums import Sums, Terms, best, compare, is_missed_by_a_slip
from warehouse.catalogue import scope_label_vi
from warehouse.model import Figure

_NEAR = 900
"""Characters between a block's total and its two halves: about one paragraph."""

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


def staff_parts(groups: Sequence[Group], figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """A scope's total against the parts listed with it in one sentence or list: by category, or by block."""
    yield from _listed_to_the_last(groups, figures)
    yield from _offices_below(groups, figures)
    yield from _levels_of_school(groups, figures)
    for group in groups:
        yield from _changes(group, figures)
        yield from _row_parts(group, figures)
        for block in group.blocks:
            sums = Sums(group, block, figures)
            present, assigned = sums.here("staff_present"), sums.here("staff_assigned")
            if present:
                # Quotas are not given by category: what a sentence lists by category is there.
                yield from best(_category_parts(sums, present) or _head_count(sums, present))
                yield from _subject_parts(sums, present)
            for whole in (present, assigned):
                if whole:
                    rows = best(_scope_parts(groups, sums, whole) or _listed_blocks(sums, whole))
                    yield from (row for row in rows if row.holds or not _is_of_contracts(figures, row))


def _category_parts(sums: Sums, whole: Term) -> list[Evaluation]:
    """Categories listed under the total in its sentence. Those behind the first two may stand beside the total ("…; 02 hợp đồng")."""
    parts = tuple(term for measure in _CATEGORIES if (term := sums.here(measure)) is not None and is_listed(sums.figures, whole, (term,)))
    rows = [sums.row("staff-parts", (whole,), parts[:size], reading="by-category") for size in range(len(parts), 1, -1)]
    # "gồm" closes the list; so do officials and civil servants together, which are what "cán bộ, công chức" means.
    closed = {"staff_officials", "staff_civil_servants"} <= {term.measure for term in parts} or is_listed_in_full(sums.figures, whole, parts)
    return rows if closed and not lists_others(sums.figures, whole, parts) else [row for row in rows if row.holds]


def _is_of_contracts(figures: Sequence[Figure], row: Evaluation) -> bool:
    """Whether the total counts as many people more as have contracts, or no profession, and are told by themselves."""
    beside = {figure.value for figure in figures if figure.measure in ("staff_contract_111", "staff_non_specialised")}
    return row.left > row.right and row.gap in beside


_HEAD_COUNT = ("staff_officials", "staff_civil_servants")


def _head_count(sums: Sums, whole: Term) -> list[Evaluation]:
    """Officials and civil servants of a block told apart from its total: they are all of it, or all but the contracts; told where a slip explains the gap."""
    parts = tuple(term for measure in (*_HEAD_COUNT, "staff_contract_111") if (term := sums.here(measure)) is not None)
    if {term.measure for term in parts[:2]} != set(_HEAD_COUNT) or any(is_row(sums.figures[term.figures[0]]) for term in (whole, *parts)):
        return []
    rows = [sums.row("staff-parts", (whole,), parts[:size], reading="by-category", at_most="warning") for size in range(2, len(parts) + 1)]
    return [row for row in rows if row.holds] or [row for row in rows if row.gap * 10 <= whole.value and is_missed_by_a_slip(row)]


_REASONS = {
    "staff_left": ("staff_left_policy", "staff_left_retired", "staff_left_resigned", "staff_left_transferred"),
    "staff_joined": ("staff_joined_recruited", "staff_joined_transferred"),
}


def _changes(group: Group, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """Those who left or came against their reasons in one sentence: never less than they, and no more where "gồm" says that there are no others."""
    for block in group.blocks:
        sums = Sums(group, block, figures)
        for measure, reasons in _REASONS.items():
            whole = sums.here(measure)
            parts = tuple(term for reason in reasons if (term := sums.here(reason)) is not None and whole and is_listed(figures, whole, (term,)))
            if whole is None or len(parts) < 2:
                continue
            row = sums.row("staff-parts", (whole,), parts, reading="by-reason", at_most="warning")
            if row.holds or row.right > row.left or (is_listed_in_full(figures, whole, parts) and not lists_others(figures, whole, parts)):
                yield row


_SPLIT = re.compile(r"\b(?:gồm|phân ra|chia (?:ra|theo)|phân theo|cụ thể)\b[^.;]*", re.IGNORECASE)
_AMONG = re.compile(r"\btrong đó\b[^.]*", re.IGNORECASE)
_LEAST_SUBJECTS = 3


def _subject_parts(sums: Sums, whole: Term) -> Iterator[Evaluation]:
    """A total against the offices or levels of school that its sentence divides it into: "529, phân ra mầm non 188, tiểu học 201, …"."""
    if sums.group.subject:
        return
    for index in whole.figures:
        above = sums.figures[index]
        parts = [
            (place, figure)
            for place, figure in enumerate(sums.figures)
            if (figure.measure, figure.scope, figure.quote) == (whole.measure, whole.scope, above.quote) and figure.subject and is_fact(figure)
        ]
        starts = [(figure.start or 0) - (above.start or 0) for _, figure in parts]
        if len(parts) < _LEAST_SUBJECTS or min(starts) <= 0:
            continue
        at = above.quote.find(above.printed_text)
        row = sums.row(
            "staff-parts", (whole,), tuple(Term(whole.measure, whole.scope, figure.value, (place,)) for place, figure in parts), reading="by-subject"
        )
        # "trong đó" leaves room for parts that are not listed, but not for more than the whole
        opened = _SPLIT.search(above.quote, at, at + min(starts)) or (row.right > row.left and _AMONG.search(above.quote, at, at + min(starts)))
        if opened and row.gap * _LIST_SHARE < whole.value:
            yield row


_LEVELS_OF_SCHOOL = (re.compile(r"mầm non|mẫu giáo", re.IGNORECASE), re.compile(r"tiểu học", re.IGNORECASE), re.compile(r"trung học cơ sở|THCS", re.IGNORECASE))
_NEXT_SENTENCE = 300
"""Characters between the people of the schools and the first of their levels."""


def _levels_of_school(groups: Sequence[Group], figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """People of the schools against those of the three levels that a commune has, told in the sentence behind: they are all."""
    schools = [
        (index, figure)
        for index, figure in enumerate(figures)
        if figure.scope == "education" and figure.start is not None and is_fact(figure) and not is_row(figure)
    ]
    for place, (index, whole) in enumerate(schools):
        if whole.measure not in ("staff_present", "staff_assigned") or whole.subject:
            continue
        parts = []
        for other, figure in schools[place + 1 :]:
            if figure.measure == whole.measure and not figure.subject:
                break
            if figure.measure == whole.measure:
                parts.append((other, figure))
        if len(parts) < _LEAST_SUBJECTS or parts[0][1].quote == whole.quote or (parts[0][1].start or 0) - (whole.end or 0) > _NEXT_SENTENCE:
            continue
        if len({figure.quote for _, figure in parts}) > 1 or not all(any(name.search(figure.subject) for _, figure in parts) for name in _LEVELS_OF_SCHOOL):
            continue
        terms = tuple(Term(whole.measure, whole.scope, figure.value, (other,)) for other, figure in parts)
        group = next(group for group in groups if (group.scope, group.subject) == ("education", ""))
        row = compare("staff-parts", group, (Term(whole.measure, whole.scope, whole.value, (index,)),), terms, reading="by-subject", at_most="warning")
        if row.gap * _LIST_SHARE < whole.value or is_missed_by_a_slip(row):
            yield row


def _row_parts(group: Group, figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """Officials and civil servants in a row of a table: evaluated where other rows of it show that they make the number present."""
    rows = []
    for block in group.blocks:
        terms = [block.terms.get(measure) for measure in ("staff_present", *_HEAD_COUNT)]
        known = tuple(term for term in terms if term is not None)
        quotes = [{figures[index].quote for index in term.figures if is_row(figures[index])} for term in known]
        if len(known) == len(terms) and set.intersection(*quotes):
            rows.append(Sums(group, block, figures).row("staff-parts", known[:1], known[1:], reading="by-column"))
    if sum(row.holds for row in rows) * 2 > len(rows):
        yield from rows


_THE_REST = re.compile(r"\b(?:các|những|số) [^\d,;]{2,25} (?:còn lại|khác)\s*:?\s*\Z", re.IGNORECASE)


def _listed_to_the_last(groups: Sequence[Group], figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """A list of schools or offices that ends with "các trường còn lại 185 người" leaves none out: it is the only number of its whole."""
    listed: dict[tuple[str, str, str], list[int]] = {}
    for index, figure in enumerate(figures):
        if figure.subject and figure.measure in ("staff_present", "staff_assigned") and not is_row(figure) and is_fact(figure):
            listed.setdefault((figure.measure, figure.scope, figure.quote), []).append(index)
    for (measure, scope, quote), members in listed.items():
        last = figures[members[-1]]
        at = quote.rfind(last.printed_text)
        own = next((group for group in groups if (group.scope, group.subject) == (scope, "")), None)
        whole = own.unique(measure) if own else None
        if own is None or whole is None or len(members) < _LEAST_SUBJECTS or not _THE_REST.search(quote[:at]):
            continue
        sums = Sums(own, next(block for block in own.blocks if measure in block.terms), figures)
        row = sums.row("staff-parts", (whole,), tuple(Term(measure, scope, figures[index].value, (index,)) for index in members), reading="by-subject")
        if row.gap * _LIST_SHARE < whole.value:
            yield row


_NEXT_LINE = 60
"""Characters between two lines of a list: a name and nothing more."""


def _offices_below(groups: Sequence[Group], figures: Sequence[Figure]) -> Iterator[Evaluation]:
    """Offices in lines of their own right below their total: together they are never more than it (leaders, who are no figure, leave them less)."""
    for group in groups:
        for block in group.blocks if not group.subject else ():
            whole = block.terms.get("staff_present")
            if whole is None or is_row(figures[whole.figures[0]]):
                continue
            members: list[int] = []
            last = figures[whole.figures[0]]
            for index in range(whole.figures[0] + 1, len(figures)):
                one = figures[index]
                of_office = one.scope == "one-stop-centre" or (one.scope == group.scope and one.subject)
                near = (one.start or 0) - (last.end or 0) < _NEXT_LINE
                if one.measure != "staff_present" or not of_office or not near or one.quote == last.quote or not is_fact(one):
                    break
                members.append(index)
                last = one
            row = Sums(group, block, figures).row(
                "staff-parts",
                (whole,),
                tuple(Term("staff_present", figures[index].scope, figures[index].value, (index,)) for index in members),
                reading="by-subject",
            )
            if len(members) >= _LEAST_SUBJECTS and row.right > row.left and row.gap * _LIST_SHARE < whole.value:
                yield row


def _scope_parts(groups: Sequence[Group], sums: Sums, whole: Term) -> list[Evaluation]:
    """Blocks listed under the total in its sentence; Party and Front are the two parts of their block wherever they stand near."""
    rows = []
    for children in _CHILD_SCOPES.get(whole.scope, ()):
        parts = tuple(term for scope in children if (term := _nearest(groups, sums, whole, scope)) is not None)
        if len(parts) == len(children) and (whole.scope == "party-front" or is_listed(sums.figures, whole, parts)):
            rows.append(sums.row("staff-parts", (whole,), parts, reading="by-block"))
    return rows


_BLOCKS = frozenset({"party-front", "party", "front", "government", "military-command", "public-service", "education", "health", "service-centre"})
_NESTED = {"party": "party-front", "front": "party-front"} | dict.fromkeys(("education", "health", "service-centre"), "public-service")
_LIST_STEP = 120
"""Characters between two neighbours of one list of blocks."""
_LIST_SHARE = 20
"""A list of blocks belongs to the total if it misses it by less than one part in this."""


def _listed_blocks(sums: Sums, whole: Term) -> list[Evaluation]:
    """The unit's total against three or more blocks listed anywhere, such as in its footnote: only where they come close to it."""
    if whole.scope != "all":
        return []
    figures = sums.figures
    children = sorted(
        (figure.start or 0, index)
        for index, figure in enumerate(figures)
        if figure.measure == whole.measure and figure.scope in _BLOCKS and figure.subject == sums.group.subject and is_fact(figure)
    )
    runs: list[list[int]] = []
    last = -_LIST_STEP
    for start, index in children:
        if start - last > _LIST_STEP:
            runs.append([])
        runs[-1].append(index)
        last = start
    rows = []
    for members in runs:
        scopes = [figures[index].scope for index in members]
        outer = [index for index in members if _NESTED.get(figures[index].scope) not in scopes]
        parts = tuple(Term(whole.measure, figures[index].scope, figures[index].value, (index,)) for index in outer)
        row = sums.row("staff-parts", (whole,), parts, reading="by-block")
        if len(parts) >= 3 and len({part.scope for part in parts}) == len(parts) and row.gap * _LIST_SHARE < whole.value:
            rows.append(row)
    return rows


def _nearest(groups: Sequence[Group], sums: Sums, whole: Term, scope: str) -> Term | None:
    """The same measure of a child block, nearest to the total and counted at the same day."""
    above = sums.figures[whole.figures[0]]
    found: list[tuple[int, Term]] = []
    rows: set[Decimal] = set()
    for group in groups:
        if group.scope != scope or group.subject != sums.group.subject:
            continue
        for term in (block.terms[whole.measure] for block in group.blocks if whole.measure in block.terms):
            below = sums.figures[term.figures[0]]
            same_day = not (above.as_of and below.as_of) or above.as_of == below.as_of
            distance = abs((below.start or 0) - (above.start or 0))
            if same_day and distance <= _NEAR:
                found.append((distance, term))
                rows.update({below.value} if is_row(below) else ())
    if len(rows) > 1:
        return None  # several rows of one block: its offices one by one
    return min(found, key=lambda one: one[0])[1] if found else None


_THEN = re.compile(
    r"\bkhi (?:xã|phường|mới)|\bmới thành lập|\bngày đầu|(?<!tháng )(?<!từ )\bđầu năm|\bban đầu|\btrước (?:khi|đây|sắp xếp|sáp nhập)", re.IGNORECASE
)


def vacancy(sums: Sums) -> Iterator[Evaluation]:
    assigned, present, vacant = (sums.get(measure) for measure in ("staff_assigned", "staff_present", "staff_vacant"))
    if assigned and present and vacant and sums.are_here((assigned, present, vacant)) and not _is_dated_alone(sums):
        minus = Term(present.measure, present.scope, present.value, present.figures, -1)
        row = sums.row("staff-vacancy", (vacant,), (assigned, minus))
        if (
            row.holds
            or _says_it_itself(sums, (present, vacant))
            or _names_its_block(sums, vacant)
            or _in_one_clause(sums, row)
            or vacant.value not in _wider_gaps(sums)
        ):
            yield row


def _is_dated_alone(sums: Sums) -> bool:
    """Whether a number of another day stands alone ("khi mới thành lập có 51 người"): it says nothing of today's quota."""
    present = sums.here("staff_present")
    if present and not (sums.here("staff_assigned") or sums.here("staff_vacant")) and all(is_dated_row(sums.figures[i]) for i in present.figures):
        return True
    if len(sums.block.terms) > 1:
        return False
    return sums.block.as_of is not None or any(_THEN.search(sums.figures[i].quote) for term in sums.block.terms.values() for i in term.figures)


def _says_it_itself(sums: Sums, terms: Terms) -> bool:
    """Whether one sentence prints them all, and the staff of no other block."""
    quotes = set.intersection(*({sums.figures[index].quote for index in term.figures} for term in terms))
    return any(
        all(figure.scope == sums.group.scope for figure in sums.figures if figure.quote == quote and figure.measure.startswith("staff_")) for quote in quotes
    )


def _in_one_clause(sums: Sums, row: Evaluation) -> bool:
    """Whether one sentence prints quota, presence and shortage side by side, with no number of other staff among them: "y tế giao 42, có 38, thiếu 03"."""
    starts = [min(sums.figures[index].start or 0 for index in term.figures) for term in (*row.left_terms, *row.right_terms)]
    quotes = set.intersection(*({sums.figures[index].quote for index in term.figures} for term in (*row.left_terms, *row.right_terms)))
    among = (figure for figure in sums.figures if figure.measure.startswith("staff_") and min(starts) < (figure.start or 0) < max(starts))
    return bool(quotes) and all(figure.scope == sums.group.scope for figure in among)


def _names_its_block(sums: Sums, vacant: Term) -> bool:
    """Whether the words before the shortage name the block and end nothing in between: "Khối chính quyền còn thiếu 09 biên chế"."""
    label = scope_label_vi(sums.group.scope)
    for index in vacant.figures:
        quote = sums.figures[index].quote
        before = quote[: max(quote.find(sums.figures[index].printed_text), 0)]
        if label and re.search(rf"{re.escape(label)}[^.,;:\d]*\Z", before, re.IGNORECASE):
            return True
    return False


_WIDER = {"party": ("party", "front"), "front": ("party", "front"), "government": ("party-front", "government")}


def _wider_gaps(sums: Sums) -> set[Decimal]:
    """What is missing in a wider circle: "Đảng 16 đồng chí, Mặt trận 11 đồng chí; thiếu 03" counts both, though the words stand behind the last."""
    values: dict[tuple[str, str], set[Decimal]] = {}
    for figure in sums.figures:
        if figure.measure in ("staff_assigned", "staff_present") and not figure.subject and is_fact(figure):
            values.setdefault((figure.measure, figure.scope), set()).add(figure.value)
    circles = [("all",), ("party-front",), _WIDER.get(sums.group.scope, ())]
    gaps: set[Decimal] = set()
    for circle in circles:
        assigned, present = ([values.get((measure, scope), set()) for scope in circle] for measure in ("staff_assigned", "staff_present"))
        if circle and (sums.group.scope,) != circle and all(len(found) == 1 for found in (*assigned, *present)):
            gaps.add(sum((next(iter(found)) for found in assigned), Decimal(0)) - sum((next(iter(found)) for found in present), Decimal(0)))
    return gaps
