{# One column a quantity, in the order of `quantities`. Values printed with a bound stay out of the counts and are named. #}
{% macro wide_performance(quantities, with_days=false) -%}
with quantities as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        source,
        {% for name in quantities -%}
        max(value) filter (where quantity = '{{ name }}') as {{ name }},
        {% endfor -%}
        coalesce(array_agg(quantity order by quantity) filter (where is_contested), '{}') as contested,
        array(select distinct id from unnest(string_to_array(string_agg(array_to_string(figure_ids, ','), ','), ',')) as id order by id) as figure_ids
    from {{ slices_of(ref('int_performance__quantities')) }} as quantity_of_slice
    where quantity in ('{{ quantities | join("', '") }}')
    group by unit_code, unit_valid_from, period_key, scope, source
),

inexact as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        source,
        array_agg(bound || ' ' || value || ' ' || regexp_replace(measure, '^tthc_', '') order by measure) as inexact,
        array_agg(figure_id order by figure_id) as figure_ids
    from {{ slices_of(ref('service_performance')) }} as performance
    where subject = '' and bound <> '=' and regexp_replace(measure, '^tthc_', '') in ('{{ quantities | join("', '") }}')
    group by unit_code, unit_valid_from, period_key, scope, source
)

select
    unit_code,
    unit_valid_from,
    period_key,
    split_part(period_key, ':', 1) as period_calendar,
    scope,
    source,
    {% for name in quantities -%}
    quantities.{{ name }},
    {% endfor -%}
    {% if with_days -%}
    days.days_median,
    days.days_p90,
    {% endif -%}
    coalesce(quantities.contested, '{}') as contested,
    coalesce(inexact.inexact, '{}') as inexact,
    coalesce(quantities.figure_ids, '{}') || coalesce(inexact.figure_ids, '{}') as figure_ids
from quantities
full outer join inexact using (unit_code, unit_valid_from, period_key, scope, source)
{%- if with_days %}
left join {{ ref('int_dossiers__days') }} as days using (unit_code, unit_valid_from, period_key, scope, source)
{%- endif %}
{%- endmacro %}
