{{ config(materialized='kept') }}
select distinct on (count.unit_code, count.unit_valid_from, count.period_key, count.quantity)
    count.unit_code,
    count.unit_valid_from,
    count.period_key,
    count.period_start,
    count.period_end,
    count.quantity,
    count.value
from {{ ref('stg_portal_index__counts') }} as count
where count.unit_code <> '' and count.unreadable_reason = '' and {{ admitted('count') }}
order by count.unit_code, count.unit_valid_from, count.period_key, count.quantity, count.last_seen_at desc, count.landing_id desc, count.row_key
