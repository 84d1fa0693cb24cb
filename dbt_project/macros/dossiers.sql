{# How far a dossier is: what is further on stands, in whatever order it arrived. 3 (refused) ends a dossier as 7 and 9 do. #}
{% macro dossier_stage(status) -%}
    (case when {{ status }} = '1' then 0 when {{ status }} in ('3', '7', '9') then 2 when {{ status }} = '10' then 3 else 1 end)
{%- endmacro %}

{# The first day of the half-month in which a day lies: periods of both calendars begin on a 1st or a 15th, so they are made of whole half-months. #}
{% macro half_month(day) -%}
    ({{ day }} - (extract(day from {{ day }})::integer - case when extract(day from {{ day }}) >= 15 then 15 else 1 end))
{%- endmacro %}

{# The readings of a part (a table of raw) that a staging table of the exchange takes in now: those that it does not hold. #}
{% macro new_readings(part) -%}
    (select * from {{ ref('stg_dossiers__readings') }} where part = '{{ part }}'{% if is_incremental() %} and is_new{% endif %})
{%- endmacro %}

{# A pre-hook: lets go of what an older reader read. #}
{% macro forget_older_readings(part) -%}
    {% if is_incremental() -%}
    delete from {{ this }} where landing_id in (
        select landing_id from {{ ref('stg_dossiers__readings') }} where part = '{{ part }}' and is_new and is_held
    )
    {%- endif %}
{%- endmacro %}

{# What a table holds of the dossiers of `keys` (a relation with dossier_key, one row each): its index is asked once a dossier. `offset 0` keeps the planner
   from reading the table instead, and its guess of how many there are at one a dossier at least. #}
{% macro of_dossiers(relation, keys) -%}
    (
        select known.*
        from {{ keys }} as one_of
        cross join lateral (select part.* from {{ relation }} as part where {{ same_dossier('part', 'one_of') }} offset 0) as known
    )
{%- endmacro %}

{# Tables of dossiers are indexed by 32 bits of the key: a tenth of the bytes of the key itself, and made in a fifth of the time of a hash index, which
   is filled in no order and, once it is larger than the server's memory, by a read and a write a row. What is added in the order of
   dossier_order reads each page of the index once. #}
{% macro dossier_index() -%}
    {{ return({'columns': ['hashtext(dossier_key)']}) }}
{%- endmacro %}

{% macro dossier_order() -%}
    hashtext(dossier_key)
{%- endmacro %}

{% macro same_dossier(one, other) -%}
    hashtext({{ one }}.dossier_key) = hashtext({{ other }}.dossier_key) and {{ one }}.dossier_key = {{ other }}.dossier_key
{%- endmacro %}

{# A table as the build before left it: no ref, which would be a cycle. None where there is none. #}
{% macro as_left_by_last_build(model, layer='intermediate') -%}
    {{ return(adapter.get_relation(database=this.database, schema=generate_schema_name(layer), identifier=model) if execute) }}
{%- endmacro %}

{# Whether int_dossiers__latest stands and is only changed by this build. #}
{% macro dossiers_are_kept() -%}
    {{ return(execute and not should_full_refresh() and as_left_by_last_build('int_dossiers__latest') is not none) }}
{%- endmacro %}

{# Whether a dossier was ever received: not those registered only (1), nor those refused at the door (3 without a day on which it was given back). #}
{% macro was_received() -%}
    (status_code not in ('1', '3') or (status_code = '3' and ended_on is not null))
{%- endmacro %}

{# Which day a dossier in this state must have and has not; null where it has them. #}
{% macro missing_day(status, received_on, ended_on) -%}
    case when {{ status }} not in ('1', '3') and {{ received_on }} is null then 'received without a day of receipt' end,
    case when {{ status }} in ('9', '10') and {{ ended_on }} is null then 'finished without a day' end,
    case when {{ status }} = '7' and {{ ended_on }} is null then 'withdrawn without a day' end
{%- endmacro %}
