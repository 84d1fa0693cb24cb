{# Where a unit's dossiers are told apart by field or channel, the parts make up the unit's total, measure by measure. #}
{% test fields_add_up(model) %}
with parts as (
    select unit_code, period_key, measure, split_part(scope, ':', 1) as kind, sum(value) as value
    from {{ model }}
    where scope <> ''
    group by unit_code, period_key, measure, split_part(scope, ':', 1)
)

select parts.*
from parts
left join {{ model }} as total on (total.unit_code, total.period_key, total.measure) = (parts.unit_code, parts.period_key, parts.measure) and total.scope = ''
where total.value is distinct from parts.value
{% endtest %}
