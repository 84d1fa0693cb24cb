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

{# What is held back or ever was: one row per time that a rule held a submission or a row. Tells; what is left out is decided by held_now alone. #}
{% macro ever_held() -%}
    (
        select quarantine_id as hold_id, source, landing_id, row_key, rule, reason_vi, held_at, released_at, waiver_id, corrected_by_landing_id, corrected_at
        from {{ source('quality', 'quarantine') }}
    )
{%- endmacro %}

{# Where source_mark looks for a change of the holds. #}
{% macro holds_of_others(of_others) -%}
    {{ return({'quality.quarantine': 'quality.quarantine' ~ of_others}) }}
{%- endmacro %}
