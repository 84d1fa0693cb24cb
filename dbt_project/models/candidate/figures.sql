{{ config(materialized='view', post_hook=[]) }}
-- Shown, not stored. A branch for each measure: of a question for one measure or source the planner leaves the others out. publish makes the
-- same view over the published tables; `stored` is where it puts them.
select
    stored.figure_id,
    stored.source,
    stored.measure,
    stored.scope,
    stored.subject,
    stored.unit_code,
    stored.unit_valid_from,
    stored.unit_name_vi,
    stored.period_key,
    stored.period_start,
    stored.period_end,
    stored.as_of_date,
    stored.value,
    stored.unit,
    stored.bound,
    stored.printed_text,
    stored.locator,
    stored.quote_vi,
    stored.section_vi,
    stored.page,
    stored.confidence,
    stored.flags,
    stored.landing_id,
    stored.file_name,
    stored.origin,
    stored.landing_sha256,
    stored.fetched_at,
    stored.submission_id
from {{ ref('figures_told') }} as stored
{% for name in dossier_measures() %}
union all

select
    stored.figure_ids[{{ loop.index }}] as figure_id,
    'dossiers'::text as source,
    'tthc_{{ name }}'::text as measure,
    stored.scope,
    ''::text as subject,
    stored.unit_code,
    stored.unit_valid_from,
    stored.unit_name_vi,
    stored.period_key,
    stored.period_start,
    stored.period_end,
    null::date as as_of_date,
    stored.{{ name }} as value,
    'dossier'::text as unit,
    '='::text as bound,
    stored.{{ name }}::text as printed_text,
    -- How many dossiers that were is what was received and carried over in the same scope.
    'raw.dossiers of landings until ' || stored.landing_id as locator,
    'Số đếm từ hồ sơ trao đổi của ' || stored.agency_codes || ', kỳ ' || to_char(stored.period_start, 'DD/MM/YYYY') || '–' || to_char(stored.period_end, 'DD/MM/YYYY')
        as quote_vi,
    ''::text as section_vi,
    null::integer as page,
    1::numeric as confidence,
    -- Exchanged before the period was over: the counts will still move.
    case when (stored.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date > stored.period_end then '{}'::text[] else '{provisional}'::text[] end as flags,
    stored.landing_id,
    stored.file_name,
    stored.origin,
    stored.landing_sha256,
    stored.fetched_at,
    null::bigint as submission_id
from {{ ref('dossier_counts') }} as stored
{% endfor %}
