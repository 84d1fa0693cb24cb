{# How far a dossier is: what is further on stands, in whatever order it arrived. 3 (refused) ends a dossier as 7 and 9 do. #}
{% macro dossier_stage(status) -%}
    (case when {{ status }} = '1' then 0 when {{ status }} in ('3', '7', '9') then 2 when {{ status }} = '10' then 3 else 1 end)
{%- endmacro %}

{# The first day of the half-month in which a day lies: periods of both calendars begin on a 1st or a 15th, so they are made of whole half-months. #}
{% macro half_month(day) -%}
    ({{ day }} - (extract(day from {{ day }})::integer - case when extract(day from {{ day }}) >= 15 then 15 else 1 end))
{%- endmacro %}

{# The newest reader of every landing of the exchange: an index probe a landing, never a scan of the history. #}
{% macro dossier_readings(table) -%}
    (
        select landing.landing_id, newest.reader_version, landing.file_name, landing.origin, landing.sha256, landing.fetched_at
        from {{ source('raw', 'landing') }} as landing
        cross join lateral (
            select read.reader_version
            from {{ source('raw', table) }} as read
            where read.landing_id = landing.landing_id
            order by read.reader_version desc
            limit 1
        ) as newest
        where landing.source = 'dossiers'
    )
{%- endmacro %}

{# A staging table of the exchange only takes in landings that it does not hold, and lets go of what an older reader read. #}
{% macro forget_older_readings(table) -%}
    {% if is_incremental() -%}
    delete from {{ this }} where landing_id in (
        select reading.landing_id
        from {{ dossier_readings(table) }} as reading
        cross join lateral (select held.reader_version from {{ this }} as held where held.landing_id = reading.landing_id limit 1) as taken
        where taken.reader_version <> reading.reader_version
    )
    {%- endif %}
{%- endmacro %}

{% macro not_taken_in(reading) -%}
    {% if is_incremental() -%}
    not exists (select from {{ this }} as held where held.landing_id = {{ reading }}.landing_id)
    {%- else -%}
    true
    {%- endif %}
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
