{{ config(materialized='kept') }}
-- The four identifier systems of one unit, as the sources' own answers show them; no public crosswalk exists for communes.
with seen as (
    select unit_code, unit_valid_from, 'portal' as system, portal_code as code, landing_id, last_seen_at
    from {{ ref('stg_portal_index__rows') }}
    where unit_code <> '' and portal_code <> ''
    union all
    select unit_code, unit_valid_from, 'legacy-number', payload ->> 'ID_COQUAN', landing_id, last_seen_at
    from {{ ref('stg_portal_index__rows') }}
    where unit_code <> '' and interface = 'legacy' and coalesce(payload ->> 'ID_COQUAN', '') <> ''
    union all
    select unit_code, unit_valid_from, 'portal-uuid', payload ->> 'departmentId', landing_id, last_seen_at
    from {{ ref('stg_portal_index__rows') }}
    where unit_code <> '' and interface = 'reporting' and coalesce(payload ->> 'departmentId', '') <> ''
    union all
    select unit_code, valid_from, 'statistics-office', unit_code, null::bigint, null::timestamptz
    from {{ ref('administrative_units') }}
)

select
    unit_code,
    unit_valid_from,
    system,
    code,
    min(last_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at,
    (array_agg(landing_id order by last_seen_at desc nulls last))[1] as newest_landing_id,
    count(landing_id) as sightings,
    -- Two codes of one system for one unit, or one code for two units: for a person to look at.
    count(*) over (partition by unit_code, unit_valid_from, system) > 1 or count(*) over (partition by system, code, unit_valid_from) > 1 as is_contested
from seen
group by unit_code, unit_valid_from, system, code
