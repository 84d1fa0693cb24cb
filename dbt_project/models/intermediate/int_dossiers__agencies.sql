{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='agency_code') }}
with added as (
    select
        agency_code,
        1 as dossiers,
        (unreadable_reason <> '')::integer as unreadable,
        (unreadable_reason = '' and not {{ was_received() }})::integer as not_received,
        sign
    from {{ dossiers_with_sign('agency_code, status_code, ended_on, unreadable_reason') }} as known
)

{{ summed(['agency_code'], ['dossiers', 'unreadable', 'not_received']) }}
