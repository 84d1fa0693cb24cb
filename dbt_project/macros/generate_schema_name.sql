{# The schema exactly as configured: staging, intermediate or candidate. The roles' grants hang on these names. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
