{# What is counted of a half-month (int_dossiers__flows). #}
{% macro flow_amounts() -%}
    {{ return(['received', 'early', 'on_time', 'overdue', 'withdrawn', 'returned', 'paused', 'late']) }}
{%- endmacro %}

{# The body of an incremental model that is a sum over dossiers: what changed dossiers stood for is taken off, what they stand for now is
   added. The model's query `added` gives `keys` and `amounts` of a set of dossiers with their sign; rows whose amounts are all 0 go. #}
{% macro summed(keys, amounts) -%}
{% if is_incremental() -%}
, moved as (
    select {{ keys | join(', ') }}{% for amount in amounts %}, sum({{ amount }} * sign) as {{ amount }}{% endfor %}
    from added
    group by {{ keys | join(', ') }}
    having {% for amount in amounts %}sum({{ amount }} * sign) <> 0{{ ' or ' if not loop.last }}{% endfor %}
)

select {% for key in keys %}moved.{{ key }}, {% endfor %}{% for amount in amounts %}coalesce(before.{{ amount }}, 0) + moved.{{ amount }} as {{ amount }}{{ ', ' if not loop.last }}{% endfor %}
from moved
left join {{ this }} as before on {% for key in keys %}before.{{ key }} = moved.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
{%- else -%}
select {{ keys | join(', ') }}{% for amount in amounts %}, sum({{ amount }}) as {{ amount }}{% endfor %}
from added
group by {{ keys | join(', ') }}
{%- endif %}
{%- endmacro %}

{# The dossiers that a sum is made of, with sign 1; on an incremental build those that changed, as they stood with sign -1. #}
{% macro dossiers_with_sign(columns='*') -%}
{% set changes, latest = ref('int_dossiers__changes'), ref('int_dossiers__latest') -%}
{% if is_incremental() -%}
(select {{ columns }}, case when is_now then 1 else -1 end as sign from {{ changes }})
{%- else -%}
(select {{ columns }}, 1 as sign from {{ latest }})
{%- endif %}
{%- endmacro %}
