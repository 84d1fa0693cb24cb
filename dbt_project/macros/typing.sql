{# Typing never loses a value: what does not fit its type becomes null AND is named by the matching unreadable_… macro. #}

{# yyyyMMdd or yyyy-MM-dd, an existing day. '' counts as not sent. #}
{% macro is_day(column) -%}
    ({{ column }} ~ '^\d{4}-?\d{2}-?\d{2}$' and pg_input_is_valid({{ column }}, 'date'))
{%- endmacro %}

{% macro as_day(column) -%}
    case when {{ is_day(column) }} then {{ column }}::date end
{%- endmacro %}

{# Of a day that was typed by as_day: what was sent in its place. #}
{% macro unreadable_day(day, sent, name) -%}
    case when {{ day }} is null and coalesce({{ sent }}, '') <> '' then '{{ name }} is no day: ' || {{ sent }} end
{%- endmacro %}
