-- What the counts of dossiers rest on beside the dossiers themselves, small enough to be compared whole.
select 'landing' as kind, landing.landing_id::text as key, landing.reading as value,
    array(select distinct held.row_key from {{ held_now() }} as held where held.landing_id = landing.landing_id order by held.row_key) as held
from {{ ref('stg_dossiers__landings') }} as landing
union all
select 'agency', portal_code, unit_code || ' ' || unit_name_vi, '{}' from {{ ref('int_units__portal_codes') }}
union all
select 'procedure', procedure_code, field_code, '{}' from {{ ref('stg_procedures__catalogue') }} where field_code is not null
union all
select 'period', period_key, '', '{}' from {{ ref('int_periods__seen') }} where calendar = 'statutory'
union all
select 'name', period_key, period_kind || ' ' || label_vi, '{}' from {{ ref('int_periods__named') }}
