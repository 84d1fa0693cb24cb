{{ config(materialized='kept') }}
-- Where each report of the two interfaces keeps the six components of Decision 766/QĐ-TTg and their total.
with places (report, component, path) as (
    values
    ('report_tinh_766_service', 'TDGQ', array['TDGQ']),
    ('report_tinh_766_service', 'MDHL', array['MDHL']),
    ('report_tinh_766_service', 'MDSH', array['MDSH']),
    ('report_tinh_766_service', 'TTTT', array['TTTT']),
    ('report_tinh_766_service', 'CLGQ', array['CLGQ']),
    ('report_tinh_766_service', 'CKMB', array['CKMB']),
    ('report_tinh_766_service', 'TOTAL', array['TONG_SCORE']),
    ('service-results', 'TDGQ', array['groupScores', 'TDGQ']),
    ('service-results', 'MDHL', array['groupScores', 'MDHL']),
    ('service-results', 'MDSH', array['groupScores', 'MDSH']),
    ('service-results', 'TTTT', array['groupScores', 'TTTT']),
    ('service-results', 'CLGQ', array['groupScores', 'CLGQ']),
    ('service-results', 'CKMB', array['groupScores', 'CKMB']),
    ('service-results', 'TOTAL', array['totalScore']),
    ('transparency', 'CKMB', array['totalScore']),
    ('handling-satisfaction', 'MDHL', array['totalScore']),
    ('dossier-digitized', 'MDSH', array['totalScore']),
    ('provide-online-tree', 'CLGQ', array['totalScore']),
    ('formality-online-payment-tree', 'TTTT', array['totalScore']),
    ('dvc-progress-tree', 'TDGQ', array['totalScore']),
    ('formality-online-payment-tree', 'TTTT', array['score']),
    ('dvc-progress-tree', 'TDGQ', array['score'])
)

select
    served.landing_id,
    served.row_key,
    served.interface,
    served.report,
    places.component,
    served.row_key || '/' || array_to_string(places.path, '/') as locator,
    served.payload #>> places.path as score_text,
    case when served.payload #>> places.path ~ '^\d+(\.\d+)?$' then (served.payload #>> places.path)::numeric end as score,
    case when served.payload #>> places.path !~ '^\d+(\.\d+)?$' then places.component || ' is no number: ' || (served.payload #>> places.path) else '' end
        as unreadable_reason,
    served.period_key,
    served.period_start,
    served.period_end,
    served.is_final,
    served.portal_code,
    served.unit_code,
    served.unit_valid_from,
    served.unit_name_vi,
    served.file_name,
    served.origin,
    served.landing_sha256,
    served.fetched_at,
    served.last_seen_at
from {{ ref('stg_portal_index__rows') }} as served
inner join places on places.report = served.report
-- The portal's null and the legacy gateway's "" mean that no score was given: no row, never 0.
where coalesce(served.payload #>> places.path, '') <> ''
