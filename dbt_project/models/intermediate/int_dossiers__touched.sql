-- What the last build took in (int_dossiers__taken_in) is compared with what there is now. A table of its own, so that the server knows how
-- many they are when it plans what is worked out of them.
{{ config(pre_hook="set local enable_seqscan = off") }}
-- depends_on: {{ ref('int_dossiers__state') }}
-- depends_on: {{ ref('stg_dossiers__events') }}
{% if not dossiers_are_kept() -%}
select dossier_key from {{ ref('stg_dossiers__records') }} limit 0
{%- else -%}
{% set taken_in = as_left_by_last_build('int_dossiers__taken_in') %}
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
)

select dossier_key
from (
    {% for part in ['stg_dossiers__records', 'stg_dossiers__events'] -%}
    select part.dossier_key
    from differing
    inner join {{ ref(part) }} as part on part.landing_id = differing.landing_id and (differing.row_keys is null or part.row_key = any(differing.row_keys))
    {{ 'union' if not loop.last }}
    {% endfor %}
) as touched
order by {{ dossier_order() }}
{%- endif %}
