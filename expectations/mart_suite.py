"""The gate before publishing: the whole. An error here blocks the night; a warning is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from expectations.checks import Check, band, simple

# Few reports tell it, so that one corrected report may take it all away.
_MAY_BE_EMPTY = frozenset({"staffing_changes"})
MART_KEYS: dict[str, tuple[str, ...]] = {
    "dim_unit": ("unit_code", "unit_valid_from"),
    "dim_period": ("period_key",),
    "dim_measure": ("measure",),
    "dossier_counts": ("unit_code", "unit_valid_from", "period_key", "scope"),
    "figures_told": ("figure_id",),
    "performance_told": ("unit_code", "unit_valid_from", "period_key", "scope", "subject", "measure", "source"),
    "staffing": ("unit_code", "unit_valid_from", "block", "category", "subject", "as_of_date", "source"),
    "staffing_changes": ("figure_id",),
    "service_quality_index": ("unit_code", "unit_valid_from", "period_key", "component", "source"),
    "submissions": ("submission_key",),
    "service_totals": ("unit_code", "unit_valid_from", "period_key", "scope", "source"),
    "rates_told": ("unit_code", "unit_valid_from", "period_key", "scope", "source", "metric"),
    "dim_metric": ("metric",),
    "dim_procedure": ("procedure_code",),
    "dim_field": ("source", "field_code", "field_name_vi"),
    "workload": ("unit_code", "unit_valid_from", "period_key", "source"),
    "feedback": ("unit_code", "unit_valid_from", "period_key", "scope", "source"),
    "digitisation": ("unit_code", "unit_valid_from", "period_key", "scope", "source"),
    "payments": ("unit_code", "unit_valid_from", "period_key", "scope", "source"),
    "procedures": ("unit_code", "unit_valid_from", "period_key", "scope", "source"),
    "dossier_agencies": ("agency_code",),
    "held_rows": ("hold_id",),
    "bridge_unit_successor": ("predecessor_code", "predecessor_valid_from", "successor_code", "successor_valid_from"),
    "reconciliation": ("unit_code", "unit_valid_from", "period_key", "scope", "quantity", "source"),
    "reporting_status": ("unit_code", "unit_valid_from", "obligation", "period_key"),
    "figure_sources": ("figure_id", "mart", "row_key"),
}
"""The published tables and the columns that name a row of each: what the gate proves and what publish compares by. What is shown of them beside:
`warehouse.model.SHOWN_MARTS`."""

_SINCE = date(2026, 11, 21)

_LEAST_SHARE_OF_ROWS = 0.5
"""A publication with fewer of a mart's rows than this is a fault of the load until a person says otherwise."""

_PRINTED_BAND = 0.1
"""Report and form of one unit and period speak of the same dossiers."""
_COUNTED_BAND = 0.5
"""Dossiers also lie in ministry systems that do not exchange with us: only a factor of two stands out."""
_LEAST_GAP = 10
"""Dossiers; smaller differences are late bookings."""

_JUMP_LOW, _JUMP_HIGH = 0.25, 4.0
_JUMP_FLOOR = 20
"""Dossiers added on both sides, so that 2 after 10 is no jump."""
_INDEX_JUMP = 20.0
"""Points of 100 between two periods."""
_COMPLETE = 0.9
"""Share of a province's usual submitters; below it the sums of the period are partial."""
_LEAST_SUBMITTERS = 10
"""Of fewer than ten units a share says nothing; each of them is reminded by itself."""
_USUAL_DAYS = 400
"""A unit that reported within a year and its deadline is a usual submitter."""


def _printed(number: str) -> str:
    """SQL: a number as Vietnamese print it, `1.268`, `98,2`."""
    return f"translate(rtrim(to_char({number}, 'FM999,999,999,999,990.99'), '.'), ',.', '.,')"


_FOREIGN_FIGURES = """
    select figure.figure_id, coalesce(landing.sha256 = figure.landing_sha256, false)::text as is_landed
    from (
        select figure_id, landing_id, landing_sha256 from candidate.figures_told
        union all
        select figure_ids[1], landing_id, landing_sha256 from candidate.dossier_counts
    ) as figure
    left join raw.landing as landing on landing.landing_id = figure.landing_id"""

_UNJUDGED_FIGURES = """
    select figure.figure_id from candidate.figures_told as figure
    where figure.submission_id is not null and (
        not exists (select from quality.audit as audit where audit.submission_id = figure.submission_id and audit.gated_run_id is not null)
        or exists (
            select from quality.quarantine as held where held.landing_id = figure.landing_id and held.row_key = '' and held.released_at is null
        )
    )"""

_UNITS_OF_SUBMISSIONS = (
    "select figure_id, coalesce(unit_code, '') as unit_code from candidate.figures_told where source in ('statutory_forms', 'narrative_reports')"
)

_SOURCES = "select distinct source from candidate.figures_told union all select 'dossiers' where exists (select from candidate.dossier_counts)"

DOSSIER_COUNTS = (
    "received_new", "received_online", "received_in_person", "received_postal", "carried_over", "resolved_total", "resolved_early", "resolved_on_time",
    "resolved_overdue", "in_progress_total", "in_progress_on_time", "in_progress_overdue", "withdrawn", "returned_ineligible", "paused",
)  # fmt: skip
"""The counts of a row of dossier_counts, in the order of its figure_ids (macro dossier_measures)."""
_LEAST_COUNTS = f"""
    select case when num_nulls({", ".join(DOSSIER_COUNTS)}) > 0 then -1 else least({", ".join(DOSSIER_COUNTS)}) end as least from candidate.dossier_counts"""

_UNPLACED = """
    select 'dossiers' as source, null::bigint as landing_id, '' as unit_code, agency_code as unit_name_vi, '' as period_key, agency_code as row_key,
        length(unit_code) as code_length, remark_vi as reason_vi
    from candidate.dossier_agencies"""

_UNSOUND_PROCEDURES = """
    select 'dossiers' as source, null::bigint as landing_id, '' as unit_code, '' as unit_name_vi, '' as period_key, used.procedure_code as row_key,
        case
            when procedure.procedure_code is null then used.dossiers
            when procedure.valid_to is not null then (
                select count(distinct late.dossier_key) from raw.current_dossiers as late
                where late.procedure_code = used.procedure_code and replace(late.received_on, '-', '') > to_char(procedure.valid_to, 'YYYYMMDD')
            )
            else 0
        end as unsound_count,
        case
            when procedure.procedure_code is null then format('Thủ tục %s có %s hồ sơ nhưng không có trong danh mục thủ tục.', used.procedure_code, used.dossiers)
            else format('Thủ tục %s (%s) đã hết hiệu lực từ sau ngày %s nhưng vẫn có hồ sơ tiếp nhận sau ngày đó.', used.procedure_code, procedure.name_vi,
                to_char(procedure.valid_to, 'DD/MM/YYYY'))
        end as reason_vi
    from (
        select procedure_code, count(distinct dossier_key) as dossiers from raw.current_dossiers where procedure_code is not null group by procedure_code
    ) as used
    left join candidate.dim_procedure as procedure on procedure.procedure_code = used.procedure_code
    -- Without a catalogue nothing is known of any procedure.
    where exists (select from candidate.dim_procedure)"""

_RECONCILED = f"""
    select concat_ws('+', one.source, other.source) as source, null::bigint as landing_id, one.unit_code, unit.full_name_vi as unit_name_vi, one.period_key,
        one.measure as row_key, one.source = 'dossiers' as is_counted, concat_ws('+', one.source, other.source) as pair,
        one.value as one_value, other.value as other_value, other_name.name_vi as other_name_vi,
        case when abs(one.value - other.value) >= {_LEAST_GAP} then abs(one.value - other.value) / greatest(one.value, other.value) end as gap_share,
        format('%s: theo %s là %s, theo %s là %s; đề nghị đối chiếu.', measure.label_vi, one_name.name_vi, {_printed("one.value")},
            other_name.name_vi, {_printed("other.value")}) as reason_vi
    from candidate.service_performance as one
    inner join candidate.service_performance as other
        on (other.unit_code, other.unit_valid_from, other.period_key, other.scope, other.subject, other.measure)
            = (one.unit_code, one.unit_valid_from, one.period_key, one.scope, one.subject, one.measure)
            and other.source > one.source
    inner join candidate.dim_unit as unit on (unit.unit_code, unit.unit_valid_from) = (one.unit_code, one.unit_valid_from)
    inner join candidate.dim_measure as measure on measure.measure = one.measure
    inner join (values ('dossiers', 'dữ liệu hồ sơ'), ('statutory_forms', 'biểu II.06'), ('narrative_reports', 'báo cáo')) as one_name (source, name_vi)
        on one_name.source = one.source
    inner join (values ('dossiers', 'dữ liệu hồ sơ'), ('statutory_forms', 'biểu II.06'), ('narrative_reports', 'báo cáo')) as other_name (source, name_vi)
        on other_name.source = other.source
    where one.scope = '' and one.subject = '' and one.bound = '=' and other.bound = '='
        and one.measure in ('tthc_resolved_total', 'tthc_resolved_overdue', 'tthc_in_progress_total', 'tthc_received_online')"""

_COUNTED = f"""
    select source, landing_id, unit_code, unit_name_vi, period_key, row_key,
        -- Where the exchange lacks dossiers, every other count lacks them too: said once.
        case when row_key = 'tthc_resolved_total' or coalesce(total_gap, 0) <= {_COUNTED_BAND} then gap_share end as gap_share,
        case
            when row_key = 'tthc_resolved_total' and one_value < other_value then format(
                'dữ liệu hồ sơ mới có %s trong %s hồ sơ đã giải quyết theo %s; phần còn lại chưa được đồng bộ về kho.', {_printed("one_value")},
                {_printed("other_value")}, other_name_vi
            )
            else reason_vi
        end as reason_vi
    from (
        select *, max(gap_share) filter (where row_key = 'tthc_resolved_total') over (partition by unit_code, period_key, pair) as total_gap
        from ({_RECONCILED}) as pairs where is_counted
    ) as compared"""

_JUMPS = f"""
    select judged.source, null::bigint as landing_id, judged.unit_code, unit.full_name_vi as unit_name_vi, judged.period_key, judged.measure as row_key,
        case when earlier.periods >= 2 then (judged.value + {_JUMP_FLOOR}) / (earlier.usual + {_JUMP_FLOOR}) end as jump,
        format('%s là %s, trong khi %s kỳ trước của đơn vị thường là %s; đề nghị kiểm tra lại.', measure.label_vi, {_printed("judged.value")}, earlier.periods,
            {_printed("earlier.usual")})
            as reason_vi
    from (
        select performance.*, array_agg(value) over (versions rows between 4 preceding and 1 preceding) as earlier_values,
            lead(value) over versions as later_value
        from (
            select performance.*, period.period_kind, period.period_start from candidate.service_performance as performance
            inner join candidate.dim_period as period on period.period_key = performance.period_key
            where performance.scope = '' and performance.subject = '' and performance.bound = '=' and period.period_kind <> 'other'
                and performance.measure in ('tthc_received_total', 'tthc_received_new', 'tthc_resolved_total', 'tthc_in_progress_total')
        ) as performance
        window versions as (partition by unit_code, unit_valid_from, source, measure, period_calendar, period_kind order by period_start)
    ) as judged
    inner join candidate.dim_unit as unit on (unit.unit_code, unit.unit_valid_from) = (judged.unit_code, judged.unit_valid_from)
    inner join candidate.dim_measure as measure on measure.measure = judged.measure
    cross join lateral (
        select percentile_cont(0.5) within group (order by value)::numeric as usual, count(*) as periods from unnest(judged.earlier_values) as value
    ) as earlier
    where judged.later_value is null"""

_INDEX_JUMPS = """
    select 'portal_index' as source, null::bigint as landing_id, judged.unit_code, unit.full_name_vi as unit_name_vi, judged.period_key,
        judged.source || ' ' || judged.component as row_key, abs(judged.score - judged.earlier_score) as jump,
        format('Điểm %s là %s, kỳ trước là %s.', judged.component, judged.score, judged.earlier_score) as reason_vi
    from (
        select score.*, lag(score.score) over versions as earlier_score, lead(score.score) over versions as later_score
        from (
            select score.*, period.period_kind, period.period_start from candidate.service_quality_index as score
            inner join candidate.dim_period as period on period.period_key = score.period_key
            where score.component = 'TOTAL' and score.is_final
        ) as score
        window versions as (partition by unit_code, unit_valid_from, source, component, period_kind order by period_start)
    ) as judged
    inner join candidate.dim_unit as unit on (unit.unit_code, unit.unit_valid_from) = (judged.unit_code, judged.unit_valid_from)
    where judged.later_score is null"""

_COMPLETENESS = f"""
    -- Once and with its unit: the planner, which takes this for a row or two, would look for the unit of each in all units.
    with submitted as materialized (
        select submission.source, submission.kind, submission.period_key, submission.period_end, period.period_kind, submission.unit_code,
            unit.province_code, unit.province_name_vi, coalesce(unit.unit_valid_to, 'infinity') as unit_valid_to
        from candidate.submissions as submission
        inner join candidate.dim_period as period on period.period_key = submission.period_key
        left join candidate.dim_unit as unit on (unit.unit_code, unit.unit_valid_from) = (submission.unit_code, submission.unit_valid_from)
        where submission.is_current and submission.unit_code <> '' and submission.period_calendar = 'statutory' and submission.period_end < current_date
    ),

    newest as (
        select source, kind, period_kind, max(period_end) as period_end from submitted group by source, kind, period_kind
    ),

    -- Who owes a report is the business of reporting_status and of the reminders, unit by unit; here it is who usually sends one.
    usual as (
        select newest.source, newest.kind, newest.period_kind, newest.period_end, earlier.unit_code, min(earlier.province_code) as province_code,
            min(earlier.province_name_vi) as province_name_vi
        from newest
        inner join submitted as earlier
            on (earlier.source, earlier.kind, earlier.period_kind) = (newest.source, newest.kind, newest.period_kind)
                and earlier.period_end < newest.period_end and earlier.period_end > newest.period_end - {_USUAL_DAYS}
                and earlier.unit_valid_to >= newest.period_end and earlier.province_code is not null
        group by newest.source, newest.kind, newest.period_kind, newest.period_end, earlier.unit_code
    ),

    -- Beside each other in one pass, where a join would compare every unit with every other.
    compared as (
        select source, kind, period_kind, period_end, unit_code, max(province_code) as province_code, max(province_name_vi) as province_name_vi,
            bool_or(is_usual) as is_usual, bool_or(not is_usual) as has_come
        from (
            select source, kind, period_kind, period_end, unit_code, province_code, province_name_vi, true as is_usual from usual
            union all
            select source, kind, period_kind, period_end, unit_code, null, null, false from submitted
        ) as told
        group by source, kind, period_kind, period_end, unit_code
    )

    select source, null::bigint as landing_id, province_code as unit_code, province_name_vi as unit_name_vi, period_key,
        kind as row_key, case when count(*) >= {_LEAST_SUBMITTERS} then count(*) filter (where has_come)::numeric / count(*) end as share_received,
        format('%s: %s trên %s đơn vị thường gửi đã có số liệu được chấp nhận.', province_name_vi, count(*) filter (where has_come), count(*)) as reason_vi
    from compared
    inner join (select distinct source, kind, period_kind, period_end, period_key from submitted) as period using (source, kind, period_kind, period_end)
    where is_usual
    group by source, kind, period_key, province_code, province_name_vi"""


def mart_checks(published: Mapping[str, int], published_sources: tuple[str, ...] = ()) -> list[Check]:
    """Grain, volume, provenance, reconciliation, jumps, completeness over `candidate`.

    Args:
        published: rows of every mart now; empty or 0 before the first publication.
        published_sources: sources that have figures in the marts now; none may vanish.
    """

    def check(rule: str, table: str, why: str, kind: str, **arguments: object) -> Check:
        return simple(rule, "error", f"candidate.{table}", "warehouse", why, _SINCE, kind, arguments, gate="marts")

    checks = [
        check(
            "volume", table, "an empty or halved mart is a failed load, not news", "ExpectTableRowCountToBeBetween",
            min_value=_least_rows(table, published.get(table, 0)),
        )
        for table in MART_KEYS
    ]  # fmt: skip
    if published_sources:
        why = "figures stay in effect until others take their place: a source that vanishes whole is a fault of ours"
        checks.append(
            simple("volume", "error", "sources of figures", "warehouse", why, _SINCE, "ExpectColumnDistinctValuesToContainSet",
                {"column": "source", "value_set": list(published_sources)}, query=_SOURCES, gate="marts")
        )  # fmt: skip
    for table, key in MART_KEYS.items():
        why = f"one row per {', '.join(key)}"
        # One grouping; Great Expectations' own uniqueness joins the table with its groups and takes four times as long.
        twice = f"select {', '.join(key)} from candidate.{table} group by {', '.join(key)} having count(*) > 1"
        checks.append(
            simple(
                "grain",
                "error",
                f"keys that {table} has twice",
                "warehouse",
                why,
                _SINCE,
                "ExpectTableRowCountToEqual",
                {"value": 0},
                query=twice,
                gate="marts",
            )
        )
        checks += [check("grain", table, "the key of a mart is never blank", "ExpectColumnValuesToNotBeNull", column=column) for column in key]
    # What `figures` tells of the dossiers' counts is made of these columns.
    for table, stated, told in (
        ("figures_told", ("locator", "landing_sha256", "printed_text", "quote_vi", "fetched_at", "value"), ("locator", "printed_text", "quote_vi")),
        ("dossier_counts", ("landing_id", "landing_sha256", "agency_codes", "period_start", "period_end", "fetched_at", "figure_ids"), ("agency_codes",)),
    ):
        for column in stated:
            checks.append(check("provenance", table, "a number without its source is not published", "ExpectColumnValuesToNotBeNull", column=column))
        for column, length in (("landing_sha256", 64), *((column, 1) for column in told)):
            checks.append(check("provenance", table, "a blank source is no source", "ExpectColumnValueLengthsToBeBetween", column=column, min_value=length))
    checks.append(
        check("unit-placed", "dossier_counts", "a figure of no unit belongs to nobody", "ExpectColumnValueLengthsToBeBetween", column="unit_code", min_value=2)
    )
    for table in ("performance_told", "staffing", "service_quality_index"):
        checks.append(
            check("unit-placed", table, "a figure of no unit belongs to nobody", "ExpectColumnValueLengthsToBeBetween", column="unit_code", min_value=2)
        )
        checks.append(check("provenance", table, "every row names its figure", "ExpectColumnValuesToNotBeNull", column="figure_id"))
    checks += [
        check("measure-known", "figures_told", "a measure that is not in the catalogue has no unit and no meaning", "ExpectColumnValueLengthsToBeBetween", column="measure", min_value=3),
        check("count-not-negative", "figures_told", "no measure of the catalogue is below zero", "ExpectColumnValuesToBeBetween", column="value", min_value=0),
        simple(
            "count-not-negative", "error", "counts of dossiers", "warehouse", "no measure of the catalogue is below zero, and none is unknown", _SINCE,
            "ExpectColumnValuesToBeBetween", {"column": "least", "min_value": 0}, query=_LEAST_COUNTS, gate="marts",
        ),
        check("index-maximum", "service_quality_index", "the index and its parts are 0 to 100 points", "ExpectColumnValuesToBeBetween", column="score", min_value=0, max_value=100.011),
        simple(
            "provenance", "error", "figures and their landings", "warehouse", "the landing that a figure names exists and has the bytes it names", _SINCE,
            "ExpectColumnValuesToBeInSet", {"column": "is_landed", "value_set": ["true"]}, query=_FOREIGN_FIGURES, gate="marts",
        ),
        simple(
            "judged", "error", "figures not judged or held", "warehouse",
            "the figures of a submission that is held or came after the gate reach no candidate: run the night again", _SINCE,
            "ExpectTableRowCountToEqual", {"value": 0}, query=_UNJUDGED_FIGURES, gate="marts",
        ),
        simple(
            "unit-placed", "error", "units of submitted figures", "warehouse", "a figure of no unit belongs to nobody", _SINCE,
            "ExpectColumnValueLengthsToBeBetween", {"column": "unit_code", "min_value": 5}, query=_UNITS_OF_SUBMISSIONS, gate="marts",
        ),
        band(
            "unit-unplaced", "warning", "agencies of dossiers", "warehouse", "counts of an agency that is no unit of ours reach no unit's row", _SINCE,
            _UNPLACED, "code_length", 2, None, gate="marts",
        ),
        band(
            "procedure-in-force", "warning", "procedures of dossiers", "source owner",
            "a dossier under an abolished or unknown procedure is an old form or a wrong code", _SINCE,
            _UNSOUND_PROCEDURES, "unsound_count", None, 0, gate="marts",
        ),
        band(
            "reconciliation", "warning", "report and form", "reporting unit", "report and form of one unit and period speak of the same dossiers", _SINCE,
            f"select * from ({_RECONCILED}) as pairs where not is_counted", "gap_share", None, _PRINTED_BAND, gate="marts",
        ),
        band(
            "reconciliation-dossiers", "warning", "printed and counted", "source owner",
            "what is printed and what is exchanged lie in one order of magnitude, or an exchange is missing", _SINCE,
            _COUNTED, "gap_share", None, _COUNTED_BAND, gate="marts",
        ),
        band(
            "jump", "warning", "counts and the periods before", "reporting unit", "a fourfold or quartered count is news or a typing error", _SINCE,
            _JUMPS, "jump", _JUMP_LOW, _JUMP_HIGH, gate="marts",
        ),
        band(
            "index-jump", "warning", "index and the period before", "source owner", "the index moves by points, not by a fifth of its scale", _SINCE,
            _INDEX_JUMPS, "jump", None, _INDEX_JUMP, gate="marts",
        ),
        band(
            "completeness", "warning", "submitters expected", "warehouse", "sums over a province are partial until the units that usually report have reported", _SINCE,
            _COMPLETENESS, "share_received", _COMPLETE, None, gate="marts",
        ),
    ]  # fmt: skip
    return checks


def _least_rows(table: str, published: int) -> int:
    """Nothing before: an empty mart is a first night with an empty inbox and no fault. The catalogues are never empty."""
    if table in _MAY_BE_EMPTY:
        return 0
    return max(1, int(published * _LEAST_SHARE_OF_ROWS)) if published or table in ("dim_unit", "dim_measure") else 0
