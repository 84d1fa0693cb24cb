-- All of them on a full build, which goes by no slices: the tests of what was written look at them (where: changed).
{% if not figures_are_kept() -%}
-- depends_on: {{ ref('int_figures__changes') }}
-- depends_on: {{ ref('measures') }}
select distinct unit_code, period_key from {{ ref('int_figures__all') }}
{%- else -%}
with changed as (
    select unit_code, period_key from {{ ref('int_figures__changes') }}
),

-- Head counts stand beside the dossiers of every period of their unit.
restaffed as (
    select distinct change.unit_code
    from {{ ref('int_figures__changes') }} as change
    inner join {{ ref('measures') }} as measure on measure.measure = change.measure and measure.family = 'staffing'
    where change.unit_code <> ''
)

select unit_code, period_key from changed
union
select told.unit_code, told.period_key
from {{ ref('int_figures__all') }} as told
inner join restaffed on restaffed.unit_code = told.unit_code
{%- endif %}
