{# The only place that reads quality.quarantine: what is held back now, one row per reason. #}
{% macro held_now() -%}
    (select landing_id, row_key, rule, reason_vi from {{ source('quality', 'quarantine') }} where released_at is null)
{%- endmacro %}

{# A condition: the row is not held. `alias` has landing_id and row_key; a hold with row_key '' holds the whole landing. #}
{% macro admitted(alias) -%}
    not exists (
        select from {{ held_now() }} as held
        where held.landing_id = {{ alias }}.landing_id and held.row_key in ('', {{ alias }}.row_key)
    )
{%- endmacro %}
