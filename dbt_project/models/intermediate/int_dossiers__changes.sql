{# What the last build took in (int_dossiers__taken_in) is compared with what there is now; only the dossiers of landings that differ are
   worked out again. On a full build there is nothing to compare with and the table stays empty. #}
{{ config(
    pre_hook="set local enable_seqscan = off"
) }}
{% set columns = ['dossier_key', 'agency_code', 'scope', 'procedure_code', 'channel_code', 'status_code', 'received_on', 'due_on', 'ended_on', 'paused_from',
    'paused_until', 'unreadable_reason', 'landing_id', 'first_landing_id', 'fetched_at'] %}
-- depends_on: {{ ref('int_dossiers__state') }}
{% if not dossiers_are_kept() -%}
select false as is_now, {{ columns | join(', ') }} from {{ effective_dossiers() }} as nothing limit 0
{%- else -%}
{% set taken_in = as_left_by_last_build('int_dossiers__taken_in') %}
{% set latest = as_left_by_last_build('int_dossiers__latest') %}
with differing as materialized (
    -- The rows of a landing that were held or let go since; all of its rows where it is new or was held as a whole.
    select
        now.key::bigint as landing_id,
        case
            when before.held is null or ('' = any(now.held)) <> ('' = any(before.held)) then null
            else array(
                (select unnest(now.held) except select unnest(before.held)) union (select unnest(before.held) except select unnest(now.held))
            )
        end as row_keys
    from {{ ref('int_dossiers__state') }} as now
    left join {{ taken_in }} as before on (before.kind, before.key) = (now.kind, now.key)
    where now.kind = 'landing' and (before.key is null or before.held <> now.held)
),

changed as materialized (
    {% for part in ['stg_dossiers__records', 'stg_dossiers__events'] -%}
    select part.dossier_key
    from differing
    inner join {{ ref(part) }} as part on part.landing_id = differing.landing_id and (differing.row_keys is null or part.row_key = any(differing.row_keys))
    {{ 'union' if not loop.last }}
    {% endfor %}
),

before as (
    select {% for column in columns %}latest.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from changed
    inner join {{ latest }} as latest on latest.dossier_key = changed.dossier_key
),

now as (
    select {{ columns | join(', ') }} from {{ effective_dossiers('changed') }} as effective
)

select false as is_now, before.* from before
union all
select true as is_now, now.* from now
{%- endif %}
