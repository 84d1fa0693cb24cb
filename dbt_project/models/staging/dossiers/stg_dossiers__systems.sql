{{ config(materialized="view") }}

-- The evidence that a dossier runs on parallel systems: its newest record on each, side by side.
with newest as (
    select distinct on (dossier_key, system) *
    from {{ ref('stg_dossiers__records') }}
    order by dossier_key, system, fetched_at desc, landing_id desc, position_in_landing desc nulls last
)

select
    dossier_key,
    array_agg(system order by system) as systems,
    array_agg(landing_id order by system) as landing_ids,
    array_agg(row_key order by system) as row_keys,
    array_agg(status_code order by system) as status_codes,
    count(distinct status_code) = 1 as is_same_status,
    count(distinct coalesce(due_on::text, '')) = 1 as is_same_due_day,
    count(distinct procedure_code) = 1 as is_same_procedure,
    min(agency_code) as agency_code,
    -- Counted once: the record that was fetched last is in effect (int_dossiers__latest).
    (array_agg(system order by fetched_at desc, landing_id desc))[1] as system_in_effect
from newest
group by dossier_key
having count(*) > 1
