{{ config(
    materialized='incremental', incremental_strategy='append',
    indexes=[{'columns': ['landing_id']}, {'columns': ['dossier_key'], 'type': 'hash'}],
    pre_hook="{{ forget_older_readings('dossiers') }}",
    post_hook="create index if not exists stg_dossiers__records_unreadable on {{ this }} (landing_id) where unreadable_reason <> ''"
) }}

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
        {{ as_day('record.received_on') }} as received_on,
        {{ as_day('record.due_on') }} as due_on,
        {{ as_day('record.finished_on') }} as finished_on,
        {{ as_day('record.returned_on') }} as returned_on,
        {{ as_day('record.refused_on') }} as refused_on,
        concat_ws(
            '; ',
            {{ unreadable_day('record.received_on', 'received_on') }},
            {{ unreadable_day('record.due_on', 'due_on') }},
            {{ unreadable_day('record.finished_on', 'finished_on') }},
            {{ unreadable_day('record.returned_on', 'returned_on') }},
            {{ unreadable_day('record.refused_on', 'refused_on') }}
        ) as unreadable_days,
        reading.file_name,
        reading.origin,
        reading.sha256 as landing_sha256,
        reading.fetched_at
    from {{ dossier_readings('dossiers') }} as reading
    inner join {{ source('raw', 'dossiers') }} as record on (record.landing_id, record.reader_version) = (reading.landing_id, reading.reader_version)
    left join {{ ref('dossier_codes') }} as own_status
        on own_status.field = 'status' and coalesce(own_status.system, '') = record.system and own_status.code = record.status_code
    left join {{ ref('dossier_codes') }} as own_channel
        on own_channel.field = 'channel' and coalesce(own_channel.system, '') = record.system and own_channel.code = record.channel_code
    left join {{ ref('dossier_codes') }} as own_subject
        on own_subject.field = 'subject_type' and coalesce(own_subject.system, '') = record.system and own_subject.code = record.subject_type_code
    where {{ not_taken_in('reading') }}
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
            nullif(unreadable_days, ''),
            case when status_code not in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10') then 'status_code is not in the list: ' || status_code end,
            case when channel_code not in ('1', '2', '3') then 'channel_code is not in the list: ' || channel_code end
        ) as unreadable_value
    from typed
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
    file_name,
    origin,
    landing_sha256,
    fetched_at
from ended
