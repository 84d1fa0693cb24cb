{{ config(
    materialized='incremental', incremental_strategy='append',
    indexes=[{'columns': ['landing_id']}, dossier_index()],
    pre_hook="{{ forget_older_readings('dossiers') }}",
    post_hook="{% if not is_incremental() %}create index on {{ this }} (landing_id) where unreadable_reason <> ''{% endif %}"
) }}
{% set days = ['received_on', 'due_on', 'finished_on', 'returned_on', 'refused_on'] %}
{# `offset 0` keeps the steps apart: merged into one, each day would be read again wherever it is named, a dozen times a record. #}
with typed as (
    select
        record.landing_id,
        record.reader_version,
        record.pointer as row_key,
        -- Within one body the later record of a dossier is the newer one; pointers end in the record's position.
        substring(record.pointer from '(\d+)\D*$')::bigint as position_in_landing,
        record.dossier_key,
        record.system,
        coalesce(record.agency_code, '') as agency_code,
        coalesce(record.procedure_code, '') as procedure_code,
        coalesce(record.field_code, '') as field_code,
        -- A system's own codes are told in the national list's.
        coalesce(own_status.means, record.status_code, '') as status_code,
        -- No channel sent counts as in person.
        coalesce(own_channel.means, nullif(record.channel_code, ''), '1') as channel_code,
        coalesce(own_subject.means, '') as subject_type,
        {% for day in days -%}
        {{ as_day('record.' ~ day) }} as {{ day }},
        record.{{ day }} as {{ day }}_sent,
        {% endfor -%}
        reading.fetched_at
    from {{ new_readings('dossiers') }} as reading
    inner join {{ source('raw', 'dossiers') }} as record on (record.landing_id, record.reader_version) = (reading.landing_id, reading.reader_version)
    left join {{ ref('dossier_codes') }} as own_status
        on own_status.field = 'status' and coalesce(own_status.system, '') = record.system and own_status.code = record.status_code
    left join {{ ref('dossier_codes') }} as own_channel
        on own_channel.field = 'channel' and coalesce(own_channel.system, '') = record.system and own_channel.code = record.channel_code
    left join {{ ref('dossier_codes') }} as own_subject
        on own_subject.field = 'subject_type' and coalesce(own_subject.system, '') = record.system and own_subject.code = record.subject_type_code
    offset 0
),

ended as (
    select
        *,
        -- The day processing ended. The day of handing over (returned_on) serves only where a withdrawal or refusal has no other day.
        case
            when status_code in ('9', '10') then finished_on
            when status_code = '7' then coalesce(finished_on, refused_on, returned_on)
            when status_code = '3' then coalesce(refused_on, finished_on, returned_on)
        end as ended_on,
        concat_ws(
            '; ',
            {% for day in days -%}
            {{ unreadable_day(day, day ~ '_sent', day) }},
            {% endfor -%}
            case when status_code not in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10') then 'status_code is not in the list: ' || status_code end,
            case when channel_code not in ('1', '2', '3') then 'channel_code is not in the list: ' || channel_code end
        ) as unreadable_value
    from typed
    offset 0
)

select
    landing_id,
    reader_version,
    row_key,
    position_in_landing,
    dossier_key,
    system,
    agency_code,
    procedure_code,
    field_code,
    status_code,
    channel_code,
    subject_type,
    received_on,
    due_on,
    finished_on,
    ended_on,
    unreadable_value,
    concat_ws(
        '; ',
        nullif(unreadable_value, ''),
        {{ missing_day('status_code', 'received_on', 'ended_on') }}
    ) as unreadable_reason,
    fetched_at
from ended
{% if is_incremental() -%}
order by {{ dossier_order() }}
{%- endif %}
