{% set keys = ['agency_code', 'half_month', 'landing_id'] %}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['agency_code', 'half_month', 'landing_id'],
    indexes=[{'columns': ['agency_code', 'half_month', 'landing_id'], 'unique': true}]
) }}
with counted as (
    select * from {{ dossiers_with_sign('agency_code, received_on, ended_on, status_code, unreadable_reason, first_landing_id, landing_id') }} as dossiers
    where unreadable_reason = '' and {{ was_received() }}
),

added as (
    -- The receipt was told by the first landing that held the dossier: what is sent about it later changes no closed period.
    select agency_code, {{ half_month('received_on') }} as half_month, first_landing_id as landing_id, 1 as told, sign from counted
    union all
    select agency_code, {{ half_month('greatest(ended_on, received_on)') }}, landing_id, 1, sign from counted where ended_on is not null
)

{{ summed(keys, ['told']) }}
