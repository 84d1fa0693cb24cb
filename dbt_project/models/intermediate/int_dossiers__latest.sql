{{ config(
    materialized='incremental', incremental_strategy='append',
    indexes=[dossier_index(), {'columns': ['agency_code', 'received_on']}],
    pre_hook=[
        "{% if is_incremental() %}set local enable_seqscan = off{% endif %}",
        "{% if is_incremental() %}delete from {{ this }} as latest using {{ ref('int_dossiers__changes') }} as changes where not changes.is_now and {{ same_dossier('latest', 'changes') }}{% endif %}"
    ]
) }}
{% set columns = ['dossier_key', 'agency_code', 'scope', 'procedure_code', 'channel_code', 'status_code', 'received_on', 'due_on', 'ended_on', 'paused_from',
    'paused_until', 'unreadable_reason', 'landing_id', 'first_landing_id', 'fetched_at'] %}
-- depends_on: {{ ref('int_dossiers__changes') }}
-- A held record does not count, so the record before it stands.
select {{ columns | join(', ') }}
{% if is_incremental() -%}
from {{ ref('int_dossiers__changes') }}
where is_now
order by {{ dossier_order() }}
{%- else -%}
from {{ effective_dossiers() }} as effective
{%- endif %}
