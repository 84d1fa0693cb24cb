{# One column a quantity, in the order of `quantities`. Values printed with a bound stay out of the counts and are named. #}
{% macro wide_performance(quantities, with_dossiers=false) -%}
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
    where source <> 'dossiers' and quantity in ('{{ quantities | join("', '") }}')
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
    from {{ slices_of(ref('int_performance__preferred')) }} as performance
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
    {% if with_dossiers -%}
    null::numeric as days_median,
    null::numeric as days_p90,
    {% endif -%}
    coalesce(quantities.contested, '{}') as contested,
    coalesce(inexact.inexact, '{}') as inexact,
    coalesce(quantities.figure_ids, '{}') || coalesce(inexact.figure_ids, '{}') as figure_ids
from quantities
full outer join inexact using (unit_code, unit_valid_from, period_key, scope, source)
{%- if with_dossiers %}

union all

select
    counted.unit_code,
    counted.unit_valid_from,
    counted.period_key,
    split_part(counted.period_key, ':', 1) as period_calendar,
    counted.scope,
    'dossiers' as source,
    {% for name in quantities -%}
    {{ dossier_quantity(name) if name in dossier_quantities() else 'null::numeric' }} as {{ name }},
    {% endfor -%}
    counted.days_median,
    counted.days_p90,
    '{}' as contested,
    '{}' as inexact,
    array(select id from unnest(counted.figure_ids) as id order by id) as figure_ids
from {{ ref('int_dossiers__recounted') }} as counted
where counted.is_now
{%- endif %}
{%- endmacro %}
