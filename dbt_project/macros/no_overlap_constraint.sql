{# A post-hook: no two rows of the same `keys` are valid on one day. An empty last day lasts. Unnamed: dbt keeps the former table, with its index, until the end. #}
{% macro no_overlap_constraint(keys, first, last) -%}
    alter table {{ this }} add exclude using gist ({% for key in keys %}{{ key }} with =, {% endfor %}daterange({{ first }}, {{ last }}, '[]') with &&)
{%- endmacro %}
