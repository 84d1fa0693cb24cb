{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='agency_code') }}
with added as (
    select
        agency_code,
        1 as dossiers,
        (unreadable_reason <> '')::integer as unreadable,
        (unreadable_reason = '' and status_code in ('1', '3'))::integer as not_received,
        sign
    from {{ dossiers_with_sign('agency_code, status_code, unreadable_reason') }} as known
)

{{ summed(['agency_code'], ['dossiers', 'unreadable', 'not_received']) }}
