{% set keys = ['agency_code', 'half_month', 'days'] %}
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['agency_code', 'half_month', 'days']) }}
with added as (
    select agency_code, {{ half_month('greatest(ended_on, received_on)') }} as half_month, greatest(ended_on - received_on, 0) as days, 1 as resolved, sign
    from {{ dossiers_with_sign('agency_code, received_on, ended_on, status_code, unreadable_reason') }} as dossiers
    where unreadable_reason = '' and status_code in ('9', '10')
)

{{ summed(keys, ['resolved']) }}
