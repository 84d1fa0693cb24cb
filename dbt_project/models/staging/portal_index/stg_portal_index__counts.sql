{{ config(materialized='kept') }}
-- The progress report is the only one of the portal that counts a commune's dossiers.
with places (report, quantity, path) as (
    values
    ('dvc-progress-tree', 'received_in_period', array['totalReceived']),
    ('dvc-progress-tree', 'resolved_total', array['totalCompleted'])
)

select
    served.landing_id,
    served.row_key,
    places.quantity,
    case when served.payload #>> places.path ~ '^\d+$' then (served.payload #>> places.path)::numeric end as value,
    case when served.payload #>> places.path !~ '^\d+$' then places.quantity || ' is no count: ' || (served.payload #>> places.path) else '' end
        as unreadable_reason,
    served.period_key,
    served.period_start,
    served.period_end,
    served.unit_code,
    served.unit_valid_from,
    served.last_seen_at
from {{ ref('stg_portal_index__rows') }} as served
inner join places on places.report = served.report
where coalesce(served.payload #>> places.path, '') <> ''
