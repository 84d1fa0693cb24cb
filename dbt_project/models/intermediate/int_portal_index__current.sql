{{ config(materialized='kept') }}
-- Restated scores come back and forth within days: what was served last is in effect, not what landed last.
select distinct on (whose, score.interface, score.period_key, score.component)
    coalesce(nullif(score.unit_code, ''), nullif(score.portal_code, ''), score.unit_name_vi) as whose,
    left(encode(sha256(convert_to(concat_ws('|', score.landing_sha256, score.row_key, score.component), 'UTF8')), 'hex'), 16) as figure_id,
    score.interface,
    score.report,
    score.component,
    score.score,
    score.score_text,
    score.locator,
    score.period_key,
    score.period_start,
    score.period_end,
    score.is_final,
    score.portal_code,
    score.unit_code,
    score.unit_valid_from,
    score.unit_name_vi,
    score.landing_id,
    score.file_name,
    score.origin,
    score.landing_sha256,
    score.fetched_at,
    score.last_seen_at
from {{ ref('stg_portal_index__scores') }} as score
where {{ admitted('score') }} and score.unreadable_reason = ''
order by whose, score.interface, score.period_key, score.component, score.last_seen_at desc, score.landing_id desc, score.row_key
