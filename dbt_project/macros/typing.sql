{# Typing never loses a value: what does not fit its type becomes null AND is named by the matching unreadable_… macro. #}

{# yyyyMMdd or yyyy-MM-dd, an existing day. '' counts as not sent. #}
{% macro is_day(column) -%}
    ({{ column }} ~ '^\d{4}-?\d{2}-?\d{2}$' and pg_input_is_valid({{ column }}, 'date'))
{%- endmacro %}

{% macro as_day(column) -%}
    case when {{ is_day(column) }} then {{ column }}::date end
{%- endmacro %}

{% macro unreadable_day(column, name) -%}
    case when coalesce({{ column }}, '') <> '' and not {{ is_day(column) }} then '{{ name }} is no day: ' || {{ column }} end
{%- endmacro %}
