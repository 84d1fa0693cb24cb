{# Only the dossiers of landings that differ from what the last build took in are worked out again. On a full build there is nothing to
   compare with and the table stays empty. #}
{% set columns = ['dossier_key', 'agency_code', 'scope', 'procedure_code', 'channel_code', 'status_code', 'received_on', 'due_on', 'ended_on', 'paused_from',
    'paused_until', 'unreadable_reason', 'landing_id', 'first_landing_id', 'fetched_at'] %}
-- depends_on: {{ ref('int_dossiers__touched') }}
{% if not dossiers_are_kept() -%}
select false as is_now, {{ columns | join(', ') }} from {{ effective_dossiers() }} as nothing limit 0
{%- else -%}
{% set latest = as_left_by_last_build('int_dossiers__latest') %}
with before as (
    select {{ columns | join(', ') }} from {{ of_dossiers(latest, ref('int_dossiers__touched')) }} as latest
),

now as (
    select {{ columns | join(', ') }} from {{ effective_dossiers(ref('int_dossiers__touched')) }} as effective
)

select false as is_now, before.* from before
union all
select true as is_now, now.* from now
{%- endif %}
