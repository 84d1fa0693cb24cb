{{ config(materialized='kept') }}
select
    portal.landing_id,
    portal.pointer as row_key,
    portal.interface,
    portal.report,
    'calendar:' || portal.period_start || ':' || portal.period_end as period_key,
    portal.period_start,
    portal.period_end,
    portal.province_code,
    portal.is_final,
    portal.portal_code,
    portal.unit_code,
    portal.unit_valid_from,
    coalesce(portal.payload ->> 'TEN_COQUAN', portal.payload ->> 'departmentName', '') as unit_name_vi,
    portal.payload,
    landing.file_name,
    landing.origin,
    landing.sha256 as landing_sha256,
    landing.fetched_at,
    sighting.last_seen_at
from {{ source('raw', 'portal_index') }} as portal
inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = portal.landing_id
inner join {{ source('raw', 'landing_sighting') }} as sighting on sighting.landing_id = portal.landing_id
