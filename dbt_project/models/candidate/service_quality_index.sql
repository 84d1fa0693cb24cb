select
    unit_code,
    unit_valid_from,
    period_key,
    component,
    interface as source,
    score,
    is_final,
    fetched_at as pulled_at,
    portal_code,
    figure_id
from {{ ref('int_portal_index__current') }}
where unit_code <> ''
