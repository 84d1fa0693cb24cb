{# What two sources can be compared by: the unit as a whole and each field that both tell by its name; their rests hold different things. #}
{% macro comparable_scope() -%}
    (scope = '' or (scope like 'field:%' and scope not in ('field:other', 'field:unknown')))
{%- endmacro %}
