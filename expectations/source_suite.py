"""The gate at the source: did what arrived keep its contract, its usual volume, its rhythm and its code lists?

A landing that fails is held back alone: what the source delivered before stays, and the night goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from expectations.checks import Check, band, simple


@dataclass(frozen=True)
class SourcePolicy:
    """What is usual for one source; a change is a dated decision with its reason."""

    source: str
    volume_low: float
    """Rows of a landing / median of the landings before it in the same group: the least that is believed."""
    volume_high: float
    least_history: int
    """Earlier landings of the group from which the band is judged; below it only an empty landing stands out."""
    stale_after_days: float
    counts_as_fresh: str
    """`answered`: the source was reached, even with known bytes; `landed`: it brought something new."""
    note: str
    since: date


SOURCE_POLICIES = (
    SourcePolicy(
        "portal_index", 0.8, 1.25, 2, 3, "answered",
        "a province's list of units changes by law only; scores are restated daily, so three silent days are an outage", date(2026, 11, 21),
    ),
    SourcePolicy(
        "dossiers", 0.02, 50, 5, 8, "landed",
        "an exchange may be one day or one quarter; a week without any is a broken connection", date(2026, 11, 21),
    ),
    SourcePolicy(
        "statutory_forms", 0.2, 5, 2, 110, "landed",
        "form II.06 has the same columns every quarter; the number of fields with dossiers varies; a quarter and its deadline", date(2026, 11, 21),
    ),
    SourcePolicy(
        "narrative_reports", 0.1, 10, 3, 110, "landed",
        "reports of one kind and unit vary a lot; a tenth of the usual figures is a cut-off file", date(2026, 11, 21),
    ),
    SourcePolicy(
        "onestop_statistics", 0.5, 2, 3, 35, "answered",
        "agencies and fields with dossiers vary from month to month, not by half; systems are asked every month", date(2026, 11, 21),
    ),
    SourcePolicy(
        "procedures", 0.1, 10, 3, 100, "answered",
        "the last page of the list has any length; procedures are announced and abolished by the handful", date(2026, 11, 21),
    ),
)  # fmt: skip

_HISTORY = 8
"""Landings before this one that make its usual volume."""

_CODES_SINCE = date(2026, 11, 21)

_LANDINGS = """
    -- Once: without fresh statistics the planner would work the view out anew for every landing.
    with submission as materialized (
        select landing_id, submission_id, unit_code, unit_name_vi, kind, period_key from quality.judged_submission
    )
    select landing.landing_id, landing.source, landing.scope, landing.edition, landing.origin, attempt.outcome, attempt.reason,
        coalesce(attempt.row_count, 0) as row_count, coalesce(submission.unit_code, '') as unit_code, coalesce(submission.unit_name_vi, '') as unit_name_vi,
        coalesce(submission.period_key, landing.edition) as period_key, submission.submission_id,
        case landing.source
            when 'portal_index' then landing.scope || ' ' || split_part(landing.edition, ':', 1)
            when 'onestop_statistics' then landing.scope || ' ' || split_part(landing.edition, ':', 1)
            when 'procedures' then landing.scope
            when 'dossiers' then ''
            else coalesce(nullif(submission.unit_code, ''), landing.origin) || ' ' || coalesce(submission.kind, '')
        end as volume_group
    from raw.landing as landing
    inner join (
        -- What some reader version has read is read; otherwise its newest attempt counts.
        select distinct on (landing_id) landing_id, outcome, reason, row_count from raw.attempt
        where stage = 'parse' order by landing_id, outcome = 'parsed' desc, attempt_id desc
    ) as attempt on attempt.landing_id = landing.landing_id
    left join submission on submission.landing_id = landing.landing_id"""

_CONTRACT = f"""
    select source, landing_id, submission_id, '' as row_key, outcome,
        format('Không đọc được %s (%s): %s', origin, outcome, reason) as reason_vi
    from ({_LANDINGS}) as landing"""

_VOLUME = f"""
    select source, landing_id, submission_id, '' as row_key,
        case when earlier = 0 or (earlier < least_history and row_count > 0) then null else row_count / nullif(typical, 0) end as volume_share,
        format('%s có %s dòng số liệu, trong khi các lần trước thường có %s dòng; cần kiểm tra tệp hoặc câu trả lời của nguồn.', origin, row_count, typical) as reason_vi
    from (
        select landing.*, policy.least_history, history.typical, coalesce(history.earlier, 0) as earlier
        from (
            select *, array_agg(row_count) filter (where not is_out) over (
                partition by source, volume_group order by landing_id rows between {_HISTORY} preceding and 1 preceding
            ) as earlier_counts
            from (
                select landing.*, exists (
                    select from quality.quarantine as held
                    where held.landing_id = landing.landing_id and held.row_key = '' and held.rule = 'source-volume' and held.released_at is null
                ) as is_out
                from ({_LANDINGS}) as landing where landing.outcome in ('parsed', 'empty')
            ) as marked
        ) as landing
        inner join (values {", ".join(f"('{policy.source}', {policy.least_history})" for policy in SOURCE_POLICIES)}) as policy (source, least_history)
            on policy.source = landing.source
        cross join lateral (
            select percentile_cont(0.5) within group (order by count)::numeric as typical, count(*) as earlier from unnest(landing.earlier_counts) as count
        ) as history
    ) as measured"""

_FRESHNESS = """
    select source, null::bigint as landing_id, '' as unit_code, '' as unit_name_vi, '' as period_key, '' as row_key,
        extract(epoch from now() - max(started_at) filter (where {fresh})) / 86400 as silent_days,
        format('Nguồn %s không có dữ liệu mới từ ngày %s.', source, to_char(max(started_at) filter (where {fresh}) at time zone 'Asia/Ho_Chi_Minh', 'DD/MM/YYYY'))
            as reason_vi
    from raw.attempt where stage = 'land' group by source"""

_PORTAL_CODES = """
    select 'portal_index' as source, landing_id, null::bigint as submission_id, pointer as row_key, nullif(portal_code, '') as portal_code,
        format('Mã cơ quan «%s» trên Cổng không đúng dạng Hnn hoặc Hnn.nnn.', portal_code) as reason_vi
    from raw.portal_index"""
_PORTAL_CODE_PATTERN = r"^H\d{2}(\.\d+)*$"


_ONESTOP_IDENTITIES = """
    select 'onestop_statistics' as source, landing_id, null::bigint as submission_id, pointer as row_key, cardinality(broken_identities) as broken_count,
        format('Số liệu của %s (%s) không cân đối: %s.', coalesce(nullif(agency_name_vi, ''), 'dòng tổng'), pointer, array_to_string(broken_identities, '; '))
            as reason_vi
    from raw.current_onestop_statistics"""

_ONESTOP_TOTALS = """
    with newest as (
        -- A total is compared within one answer; where it came in pages its parts lie in others.
        select counts.* from raw.current_onestop_statistics as counts
        inner join (
            select distinct on (scope, edition) landing_id, scope, edition from raw.landing as landing
            where source = 'onestop_statistics' and not exists (
                select from raw.landing as page
                where page.source = landing.source and page.edition = landing.edition and page.scope like split_part(landing.scope, '/page-', 1) || '/page-%'
            )
            order by scope, edition, landing_id desc
        ) as answer using (landing_id)
    )

    select 'onestop_statistics' as source, total.landing_id, total.unit_code, total.agency_name_vi as unit_name_vi,
        'calendar:' || total.period_start || ':' || total.period_end as period_key, total.pointer || ' ' || counted.field as row_key,
        abs(parts.total - (total.payload ->> counted.field)::numeric) as gap,
        format('Dòng tổng %s của hệ thống %s có %s = %s, cộng các dòng thành phần là %s.', total.pointer, total.system, counted.field,
            total.payload ->> counted.field, parts.total) as reason_vi
    from newest as total
    cross join lateral unnest(case total.interface when 'opencps' then array['processCount', 'releaseCount'] else array['received', 'resolved'] end) as counted (field)
    cross join lateral (
        select sum((part.payload ->> counted.field)::numeric) as total from newest as part
        where part.landing_id = total.landing_id and part.total_of = '' and case
            when total.total_of = 'fields' then part.agency_code = total.agency_code
            when total.agency_code <> '' then starts_with(part.agency_code, total.agency_code || '.')
            else total.domain_code in ('', part.domain_code)
        end
    ) as parts
    where total.total_of in ('agencies', 'fields') and parts.total is not null"""


def source_checks() -> list[Check]:
    """Contract, volume band, freshness and codes of every source."""
    return [
        simple(
            "source-contract", "error", "landings", "source owner", "what does not keep the written contract is not read half",
            date(2026, 11, 21), "ExpectColumnValuesToBeInSet", {"column": "outcome", "value_set": ["parsed", "deferred", "empty"]},
            failing_sql=f"select * from ({_CONTRACT}) as landing where outcome not in ('parsed', 'deferred', 'empty')", query=_CONTRACT, gate="source",
        ),
        *[
            band(
                "source-volume", "error", "landing volumes", "source owner", policy.note, policy.since, _VOLUME, "volume_share",
                policy.volume_low, policy.volume_high, gate="source", where=("source", policy.source),
            )
            for policy in SOURCE_POLICIES
        ],
        *[
            band(
                "source-stale", "warning", f"last {policy.counts_as_fresh}", "source owner", policy.note, policy.since,
                _FRESHNESS.format(fresh="outcome = 'landed'" if policy.counts_as_fresh == "landed" else "outcome in ('landed', 'seen_again')"),
                "silent_days", None, policy.stale_after_days, gate="source", where=("source", policy.source),
            )
            for policy in SOURCE_POLICIES
        ],
        simple(
            "portal-code", "error", "portal codes", "source owner", "a code of another shape joins with nothing or with the wrong unit", _CODES_SINCE,
            "ExpectColumnValuesToMatchRegex", {"column": "portal_code", "regex": _PORTAL_CODE_PATTERN},
            failing_sql=f"select source, landing_id, submission_id, row_key, reason_vi from ({_PORTAL_CODES}) as served"
            f" where portal_code !~ '{_PORTAL_CODE_PATTERN}'",
            query=_PORTAL_CODES, gate="source",
        ),
        simple(
            "index-number", "error", "quality.judged_portal_score", "source owner", "a score that is no number cannot be published or added up", _CODES_SINCE,
            "ExpectColumnValuesToBeInSet", {"column": "unreadable", "value_set": [""]}, gate="source",
            failing_sql="select 'portal_index' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Điểm của %s không phải là số: %s.', unit_name_vi, unreadable) as reason_vi from quality.judged_portal_score where unreadable <> ''",
        ),
        simple(
            "index-sum", "error", "quality.judged_portal_score", "source owner",
            "TONG_SCORE is the sum of its six parts on every real row seen; another sum is a damaged answer", _CODES_SINCE,
            "ExpectColumnValuesToBeBetween", {"column": "gap", "max_value": 0.011}, gate="source",
            failing_sql="select 'portal_index' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Tổng điểm %s của %s lệch %s điểm so với tổng sáu nhóm chỉ tiêu.', total_score, unit_name_vi, gap) as reason_vi"
            " from quality.judged_portal_score where gap > 0.011",
        ),
        simple(
            "index-maximum", "error", "quality.judged_portal_score", "source owner", "Decision 766/QĐ-TTg gives every group a maximum", _CODES_SINCE,
            "ExpectColumnValuesToBeBetween", {"column": "over_maximum", "max_value": 0.011}, gate="source",
            failing_sql="select 'portal_index' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Có nhóm chỉ tiêu của %s vượt điểm tối đa %s điểm.', unit_name_vi, over_maximum) as reason_vi"
            " from quality.judged_portal_score where over_maximum > 0.011",
        ),
        band(
            "onestop-identity", "error", "one-stop counts", "source owner", "the interface defines each total by its parts; a row that breaks it is damaged",
            _CODES_SINCE, _ONESTOP_IDENTITIES, "broken_count", None, 0, gate="source",
        ),
        band(
            "onestop-total", "warning", "one-stop totals", "source owner", "a total of agencies or fields is the sum of those served with it",
            _CODES_SINCE, _ONESTOP_TOTALS, "gap", None, 0, gate="source",
        ),
        simple(
            "dossier-status", "error", "quality.judged_dossier", "source owner", "TrangThaiHoSo is 1 to 10; another code cannot be counted", _CODES_SINCE,
            "ExpectColumnValuesToBeInSet", {"column": "status_code", "value_set": [str(n) for n in range(1, 11)]}, gate="source",
            failing_sql="select 'dossiers' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Mã trạng thái hồ sơ «%s» không có trong danh mục (1–10).', status_code) as reason_vi"
            " from quality.judged_dossier where status_code not in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10')",
        ),
        simple(
            "dossier-channel", "error", "quality.judged_dossier", "source owner", "KenhThucHien is 1 to 3; another code cannot be counted", _CODES_SINCE,
            "ExpectColumnValuesToBeInSet", {"column": "channel_code", "value_set": ["1", "2", "3"]}, gate="source",
            failing_sql="select 'dossiers' as source, landing_id, null::bigint as submission_id, pointer as row_key,"
            " format('Mã kênh thực hiện «%s» không có trong danh mục (1–3).', channel_code) as reason_vi"
            " from quality.judged_dossier where channel_code not in ('1', '2', '3')",
        ),
    ]  # fmt: skip
