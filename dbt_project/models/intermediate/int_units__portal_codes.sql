{{ config(materialized='kept') }}
-- No public crosswalk exists for communes: the names in the portal's own answers are the evidence, the newest answer counts.
select distinct on (portal_code)
    portal_code,
    unit_code,
    unit_name_vi
from {{ ref('stg_portal_index__rows') }} as served
where portal_code <> '' and unit_code <> '' and {{ admitted('served') }}
order by portal_code, last_seen_at desc, landing_id desc, row_key
