{{ config(pre_hook="{{ by_hash() }}") }}
-- Which counts this build works out again: of the units where something moved, the periods that end after it. A statutory period is compared
-- with the calendar's of the same name, which ends up to seventeen days later: reconciliation goes by these slices too.
with periods as (
    select period_key, period_end from {{ ref('int_periods__seen') }} where calendar = 'statutory'
),

codes as (
    select portal_code, unit_code from {{ ref('int_units__portal_codes') }}
)
{%- if not figures_are_kept() %}
-- depends_on: {{ ref('int_dossiers__state') }}
-- depends_on: {{ ref('int_dossiers__moves') }}
-- depends_on: {{ ref('int_dossiers__agencies') }}
-- depends_on: {{ ref('int_dossiers__changes') }}
-- depends_on: {{ ref('int_fields__mapped') }}

select distinct codes.unit_code, periods.period_key from codes cross join periods
{%- else %},

-- Where agencies lie, which periods there are and what fields are called: what changed of it since the last build.
differing as (
    select coalesce(now.kind, before.kind) as kind, coalesce(now.key, before.key) as key, now.value, before.value as value_before
    from (
        select kind, key, value from {{ ref('int_dossiers__state') }}
        union all
        select 'field', field_code, scope from {{ ref('int_fields__mapped') }} where source = 'procedures'
    ) as now
    full join {{ as_left_by_last_build('int_dossiers__taken_in') }} as before on before.kind = now.kind and before.key = now.key
    where coalesce(now.kind, before.kind) in ('agency', 'period', 'field') and now.value is distinct from before.value
),

-- An agency counts among those of its unit while any dossier of it is known.
appeared as (
    select agency.agency_code
    from {{ ref('int_dossiers__agencies') }} as agency
    inner join (
        select agency_code, sum(case when is_now then 1 else -1 end) as dossiers from {{ ref('int_dossiers__changes') }} group by agency_code
    ) as change on change.agency_code = agency.agency_code
    where (agency.dossiers > 0) <> (agency.dossiers - change.dossiers > 0)
),

units as (
    select codes.unit_code from appeared inner join codes on codes.portal_code = appeared.agency_code
    union
    select split_part(value, ' ', 1) from differing where kind = 'agency' and value is not null
    union
    select split_part(value_before, ' ', 1) from differing where kind = 'agency' and value_before is not null
    union
    select unit_code from codes where exists (select from differing where kind = 'field')
)

select codes.unit_code, periods.period_key
from (select agency_code, min(half_month) as half_month from {{ ref('int_dossiers__moves') }} group by agency_code) as moved
inner join codes on codes.portal_code = moved.agency_code
inner join periods on moved.half_month <= periods.period_end + 17
union
select units.unit_code, known.period_key
from units
cross join (select period_key from periods union select key from differing where kind = 'period') as known
union
select everyone.unit_code, differing.key
from differing
cross join (select unit_code from codes union select unit_code from units) as everyone
where differing.kind = 'period'
{%- endif %}
