select
    unit_code,
    unit_valid_from,
    period_key,
    '' as scope,
    'dossiers' as source,
    percentile_cont(0.5) within group (order by days)::numeric as days_median,
    percentile_cont(0.9) within group (order by days)::numeric as days_p90
from (
    select
        counts.unit_code,
        counts.unit_valid_from,
        counts.period_key,
        dossier.ended_on - dossier.received_on as days
    from {{ ref('int_dossiers__latest') }} as dossier
    inner join {{ ref('int_dossiers__counts') }} as counts
        on
            counts.unit_code = dossier.unit_code
            and counts.unit_code <> ''
            and counts.measure = 'tthc_resolved_total'
            and counts.unit_valid_from is not null
            and dossier.ended_on between counts.period_start and counts.period_end
    where dossier.unreadable_reason = '' and dossier.status_code in ('9', '10')
) as resolved
group by unit_code, unit_valid_from, period_key
