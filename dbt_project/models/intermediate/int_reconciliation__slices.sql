{{ config(pre_hook="{{ by_hash() }}") }}
-- Where any value that reconciliation compares may have changed: is_compared. The units that were merged into those are only read. Empty on a
-- full build, which compares all.
-- depends_on: {{ ref('int_dossiers__slices') }}
-- depends_on: {{ ref('int_figures__slices') }}
-- depends_on: {{ ref('int_dossiers__state') }}
-- depends_on: {{ ref('int_periods__named') }}
-- depends_on: {{ ref('int_units__placed') }}
-- depends_on: {{ ref('unit_successors') }}
{% if not figures_are_kept() -%}
select unit_code, ''::text as period_key, true as is_compared from {{ ref('int_units__placed') }} limit 0
{%- else -%}
with renamed as (
    select coalesce(now.key, before.key) as period_key, coalesce(now.value, before.value) as name
    from (select key, value from {{ ref('int_dossiers__state') }} where kind = 'name') as now
    full join (select key, value from {{ as_left_by_last_build('int_dossiers__taken_in') }} where kind = 'name') as before on before.key = now.key
    where now.value is distinct from before.value
),

-- What the portal and the one-stop systems count is compared with the statutory period of the same name.
named as (
    select calendar.period_key as served_key, statutory.period_key
    from {{ ref('int_periods__named') }} as statutory
    inner join {{ ref('int_periods__named') }} as calendar
        on calendar.period_calendar = 'calendar' and calendar.period_kind = statutory.period_kind and calendar.label_vi = statutory.label_vi
    where statutory.period_calendar = 'statutory'
),

changed as (
    select unit_code, period_key from {{ ref('int_dossiers__slices') }}
    union
    select unit_code, period_key from {{ ref('int_figures__slices') }} where period_key like 'statutory:%'
    union
    select slice.unit_code, named.period_key from {{ ref('int_figures__slices') }} as slice inner join named on named.served_key = slice.period_key
    union
    -- A period that is new or gone: whatever was served for its name.
    select unit.unit_code, concerned.period_key
    from (
        select period_key from renamed
        union
        select named.period_key from {{ ref('int_periods__named') }} as named inner join renamed on renamed.name = named.period_kind || ' ' || named.label_vi
    ) as concerned
    cross join {{ ref('int_units__placed') }} as unit
    where concerned.period_key like 'statutory:%'
),

compared as (
    select unit_code, period_key from changed
    union
    select move.successor_code, changed.period_key
    from changed
    inner join {{ ref('unit_successors') }} as move on move.predecessor_code = changed.unit_code
)

select unit_code, period_key, true as is_compared from compared
union all
select distinct move.predecessor_code, compared.period_key, false
from compared
inner join {{ ref('unit_successors') }} as move on move.successor_code = compared.unit_code
where not exists (
    select from compared as own where own.unit_code = move.predecessor_code and own.period_key = compared.period_key
)
{%- endif %}
