{# Where a unit's dossiers are told apart by field or channel, the parts make up the unit's total, measure by measure. #}
{% test fields_add_up(model) %}
with totals as (
    select
        unit_code,
        period_key,
        split_part(scope, ':', 1) as kind,
        array[{% for name in dossier_measures() %}sum({{ name }}){{ ', ' if not loop.last }}{% endfor %}] as counts
    from {{ model }}
    group by unit_code, period_key, split_part(scope, ':', 1)
)

select parts.*
from totals as parts
left join totals as total on total.unit_code = parts.unit_code and total.period_key = parts.period_key and total.kind = ''
where parts.counts is distinct from total.counts
{% endtest %}
