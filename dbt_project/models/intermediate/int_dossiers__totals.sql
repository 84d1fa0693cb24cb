{{ config(pre_hook="{{ by_hash() }}") }}
select counts.*, days.days_median, days.days_p90
from {{ ref('int_dossiers__counts') }} as counts
left join {{ ref('int_dossiers__days') }} as days
    on (days.unit_code, days.unit_valid_from, days.period_key, days.scope) = (counts.unit_code, counts.unit_valid_from, counts.period_key, counts.scope)
