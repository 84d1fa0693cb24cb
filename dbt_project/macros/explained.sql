{# How much of `gap` the amount `cause` explains: never more than the gap, never against its sign. Both are numbers or null; the result is no null. #}
{% macro explained(cause, gap) -%}
    (case when sign({{ cause }}) = sign({{ gap }}) then sign({{ gap }}) * least(abs({{ cause }}), abs({{ gap }})) else 0 end)
{%- endmacro %}
