{{ config(materialized='kept') }}
select distinct
    period_key,
    split_part(period_key, ':', 1) as calendar,
    period_start,
    period_end
from (
    select period_key, period_start, period_end from {{ ref('int_submissions__versions') }}
    union all
    select period_key, period_start, period_end from {{ ref('int_figures__printed') }}
    union all
    select period_key, period_start, period_end from {{ ref('stg_portal_index__rows') }}
    union all
    select period_key, period_start, period_end from {{ ref('int_onestop_statistics__current') }}
) as seen
where period_key <> ''
