{{ config(materialized='view', post_hook=[]) }}
-- Shown, not stored: see figures.
select
    stored.unit_code,
    stored.unit_valid_from,
    stored.period_key,
    stored.period_calendar,
    stored.scope,
    stored.subject,
    stored.measure,
    stored.source,
    stored.value,
    stored.unit,
    stored.bound,
    stored.is_contested,
    stored.figure_id,
    stored.submission_id,
    stored.fetched_at
from {{ ref('performance_told') }} as stored
{% for name in dossier_measures() %}
union all

select
    stored.unit_code,
    stored.unit_valid_from,
    stored.period_key,
    split_part(stored.period_key, ':', 1) as period_calendar,
    stored.scope,
    ''::text as subject,
    'tthc_{{ name }}'::text as measure,
    'dossiers'::text as source,
    stored.{{ name }} as value,
    'dossier'::text as unit,
    '='::text as bound,
    false as is_contested,
    stored.figure_ids[{{ loop.index }}] as figure_id,
    null::bigint as submission_id,
    stored.fetched_at
from {{ ref('dossier_counts') }} as stored
{% endfor %}
