{{ config(pre_hook="{{ by_hash() }}") }}
-- Compared are wide rows of the slices that were worked out again, and not the figures that are made of them. A full build counts all.
{% set shared = ['unit_valid_from', 'unit_name_vi', 'agency_codes', 'period_start', 'period_end', 'newest_landing_id'] -%}
-- depends_on: {{ ref('int_dossiers__slices') }}
with differing as (
    {% if not figures_are_kept() -%}
    select totals.*, true as is_now
    from {{ ref('int_dossiers__totals') }} as totals
    {%- else -%}
    select
        coalesce(now.unit_code, before.unit_code) as unit_code,
        coalesce(now.period_key, before.period_key) as period_key,
        coalesce(now.scope, before.scope) as scope,
        {% for name in shared + dossier_measures() + ['days_median', 'days_p90'] -%}
        now.{{ name }},
        {% endfor -%}
        now.unit_code is not null as is_now
    from {{ ref('int_dossiers__totals') }} as now
    full join (
        select part.* from {{ as_left_by_last_build('int_dossiers__totals_taken_in') }} as part
        where (part.unit_code, part.period_key) in (select unit_code, period_key from {{ ref('int_dossiers__slices') }})
    ) as before
        on before.unit_code = now.unit_code and before.period_key = now.period_key and before.scope = now.scope
    where
        {% for name in shared + dossier_measures() + ['days_median', 'days_p90'] -%}
        now.{{ name }} is distinct from before.{{ name }}{{ ' or' if not loop.last }}
        {% endfor %}
    {%- endif %}
)

select
    differing.unit_code,
    differing.period_key,
    differing.scope,
    {% for name in shared + dossier_measures() + ['days_median', 'days_p90'] -%}
    differing.{{ name }},
    {% endfor -%}
    differing.is_now,
    array[
        {% for name in dossier_measures() -%}
        left(encode(sha256(convert_to(named.head || '{{ name }}' || named.tail, 'UTF8')), 'hex'), 16){{ ',' if not loop.last }}
        {% endfor %}
    ] as figure_ids,
    landing.file_name,
    landing.origin,
    landing.sha256 as landing_sha256,
    landing.fetched_at
from differing
cross join lateral (
    select
        concat_ws('|', 'dossiers', differing.unit_code, differing.period_key, 'tthc_') as head,
        case when differing.scope = '' then '' else '|' || differing.scope end as tail
) as named
left join {{ source('raw', 'landing') }} as landing on landing.landing_id = differing.newest_landing_id
