{% set keys = ['agency_code', 'scope', 'channel_code', 'half_month'] %}
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['agency_code', 'scope', 'channel_code', 'half_month']) }}
with added as (
    select * from {{ dossier_turns(dossiers_with_sign()) }} as turns
)

{{ summed(keys, flow_amounts()) }}
