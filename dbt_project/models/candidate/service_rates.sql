{{ config(materialized='view', post_hook=[]) }}
-- Shown, not stored: see figures. A branch for each metric that dossiers can tell.
-- depends_on: {{ ref('metrics') }}
-- depends_on: {{ ref('dossier_counts') }}
select
    stored.unit_code,
    stored.unit_valid_from,
    stored.period_key,
    stored.period_calendar,
    stored.scope,
    stored.source,
    stored.metric,
    stored.rate_pct,
    stored.bound,
    stored.numerator,
    stored.denominator,
    stored.is_printed,
    stored.is_contested,
    stored.figure_ids
from {{ ref('rates_told') }} as stored
{% for rate in dossier_rates() %}
union all

select
    stored.unit_code,
    stored.unit_valid_from,
    stored.period_key,
    split_part(stored.period_key, ':', 1) as period_calendar,
    stored.scope,
    'dossiers'::text as source,
    '{{ rate.metric }}'::text as metric,
    -- Not even where a reader's own condition is looked at before the one below: no division by 0.
    round(100 * ({{ rate.numerator }}) / nullif({{ rate.denominator }}, 0), 2) as rate_pct,
    '='::text as bound,
    {{ rate.numerator }} as numerator,
    {{ rate.denominator }} as denominator,
    false as is_printed,
    false as is_contested,
    array(select id from unnest(array[{% for place in rate.places %}stored.figure_ids[{{ place }}]{{ ', ' if not loop.last }}{% endfor %}]) as id order by id) as figure_ids
from {{ ref('dossier_counts') }} as stored
-- 0 of 0 is no rate.
where {{ rate.denominator }} > 0
{% endfor %}
