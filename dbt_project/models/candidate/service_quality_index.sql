{{ config(materialized='kept') }}
with placed as (
    select
        score.*,
        period.period_kind,
        -- Provinces are compared with all provinces, a commune with those of its type in its province.
        unit.level,
        case when unit.level = 'province' then '' else unit.province_code end as peer_province,
        case when unit.level = 'province' then '' else unit.unit_type end as peer_type
    from {{ ref('int_portal_index__current') }} as score
    inner join {{ ref('dim_unit') }} as unit on (unit.unit_code, unit.unit_valid_from) = (score.unit_code, score.unit_valid_from)
    inner join {{ ref('dim_period') }} as period on period.period_key = score.period_key
    where score.unit_code <> ''
)

select
    unit_code,
    unit_valid_from,
    period_key,
    component,
    interface as source,
    score,
    is_final,
    fetched_at as pulled_at,
    portal_code,
    figure_id,
    (rank() over (peers order by score desc))::integer as rank_among_peers,
    (count(*) over peers)::integer as peer_count,
    -- Only from the period directly before: a gap in the series is no trend.
    case when lag(period_end) over versions = period_start - 1 then score - lag(score) over versions end as score_change
from placed
window
    peers as (partition by interface, component, period_key, level, peer_province, peer_type),
    versions as (partition by unit_code, unit_valid_from, interface, component, period_kind order by period_start)
