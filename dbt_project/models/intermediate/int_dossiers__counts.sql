{# The planner takes the few periods for one and sorts what it believes to be little. #}
{{ config(pre_hook=["{{ by_hash() }}", "set local enable_sort = off"]) }}
-- Of the slices that int_dossiers__slices names: all on a full build. What stands of the others is in int_dossiers__totals_taken_in.
with periods as (
    -- Whole half-months only: another statutory period is a misprint.
    select slice.unit_code, seen.*
    from {{ ref('int_dossiers__slices') }} as slice
    inner join {{ ref('int_periods__seen') }} as seen on seen.period_key = slice.period_key
    where
        seen.calendar = 'statutory' and extract(day from seen.period_start) in (1, 15) and extract(day from seen.period_end + 1) in (1, 15)
),

-- First each field and channel of a unit over the period, then what they add up to: half-months are many, fields and channels few. The sum of
    -- integers is a bigint, that of bigints a numeric, which is several times as dear.
parts as (
    select
        periods.unit_code,
        periods.period_start,
        periods.period_end,
        -- Fields in the words of the forms and reports.
        case when flows.scope = 'field:unknown' then flows.scope else coalesce(field.scope, 'field:other') end as scope,
        flows.channel_code,
        {% for flow in ['received', 'early', 'on_time', 'overdue', 'withdrawn', 'returned'] -%}
        coalesce(sum(flows.{{ flow }}::integer) filter (where flows.half_month >= periods.period_start), 0) as {{ flow }},
        {% endfor -%}
        -- What was open when the period began, and how it stood when it ended.
        coalesce(sum(
            (flows.received - flows.early - flows.on_time - flows.overdue - flows.withdrawn - flows.returned)::integer
        ) filter (where flows.half_month < periods.period_start), 0) as carried_over,
        sum(flows.paused::integer) as paused,
        sum(flows.late::integer) as late
    from {{ ref('int_dossiers__flows') }} as flows
    inner join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = flows.agency_code
    inner join periods on periods.unit_code = crosswalk.unit_code and flows.half_month <= periods.period_end
    left join {{ ref('int_fields__mapped') }} as field on field.source = 'procedures' and 'field:' || field.field_code = flows.scope
    group by 1, 2, 3, 4, 5
),

summed as (
    select
        parts.unit_code,
        -- The whole unit, each of its fields, each of its channels.
        case
            when grouping(parts.scope) = 0 then parts.scope
            when grouping(parts.channel_code) = 0
                then 'channel:' || case parts.channel_code when '1' then 'in-person' when '2' then 'online' else 'postal' end
            else ''
        end as scope,
        'statutory:' || parts.period_start || ':' || parts.period_end as period_key,
        parts.period_start,
        parts.period_end,
        sum(parts.received::integer) as received,
        {% for channel, code in [('online', '2'), ('in_person', '1'), ('postal', '3')] -%}
        coalesce(sum(parts.received::integer) filter (where parts.channel_code = '{{ code }}'), 0) as received_{{ channel }},
        {% endfor -%}
        {% for flow in ['early', 'on_time', 'overdue', 'withdrawn', 'returned', 'carried_over', 'paused', 'late'] -%}
        sum(parts.{{ flow }}::integer) as {{ flow }}{{ '' if loop.last else ',' }}
        {% endfor %}
    from parts
    group by grouping sets (
        (unit_code, period_start, period_end), (unit_code, period_start, period_end, scope), (unit_code, period_start, period_end, channel_code)
    )
),

counted as (
    select
        summed.*,
        received as received_new,
        early as resolved_early,
        on_time as resolved_on_time,
        overdue as resolved_overdue,
        early + on_time + overdue as resolved_total,
        received + carried_over - early - on_time - overdue - withdrawn - returned - paused as in_progress_total,
        received + carried_over - early - on_time - overdue - withdrawn - returned - paused - late as in_progress_on_time,
        late as in_progress_overdue,
        returned as returned_ineligible,
        -- Fields are told apart where the catalogue knows the field of any dossier.
        bool_or(scope like 'field:%' and scope <> 'field:unknown' and received + carried_over > 0) over (partition by unit_code, period_key) as has_fields
    from summed
),

agencies as (
    select
        crosswalk.unit_code,
        min(crosswalk.unit_name_vi) as unit_name_vi,
        string_agg(crosswalk.portal_code, ', ' order by crosswalk.portal_code) as agency_codes,
        array_agg(crosswalk.portal_code) as portal_codes
    from {{ ref('int_units__portal_codes') }} as crosswalk
    where exists (select from {{ ref('int_dossiers__agencies') }} as agency where agency.agency_code = crosswalk.portal_code and agency.dossiers > 0)
    group by crosswalk.unit_code
),

told as materialized (
    select crosswalk.unit_code, seen.half_month, newest.landing_id
    from {{ ref('int_units__portal_codes') }} as crosswalk
    -- By its index: the landings of a half-month grow with the history, half-months do not.
    cross join (select distinct half_month from {{ ref('int_dossiers__flows') }}) as seen
    cross join lateral (
        select tellers.landing_id
        from {{ ref('int_dossiers__tellers') }} as tellers
        where tellers.agency_code = crosswalk.portal_code and tellers.half_month = seen.half_month and tellers.told > 0
        order by tellers.landing_id desc
        limit 1
    ) as newest
),

newest as (
    select
        told.unit_code,
        periods.period_key,
        coalesce(max(told.landing_id) filter (where told.half_month >= periods.period_start), max(told.landing_id)) as landing_id
    from told
    inner join periods on periods.unit_code = told.unit_code and told.half_month <= periods.period_end
    group by told.unit_code, periods.period_key
)

select
    counted.unit_code,
    unit.valid_from as unit_valid_from,
    agencies.unit_name_vi,
    agencies.agency_codes,
    counted.period_key,
    counted.period_start,
    counted.period_end,
    counted.scope,
    newest.landing_id as newest_landing_id,
    {% for name in dossier_measures() -%}
    counted.{{ name }}::numeric as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from counted
inner join agencies on agencies.unit_code = counted.unit_code
inner join newest on newest.unit_code = counted.unit_code and newest.period_key = counted.period_key
inner join {{ ref('administrative_units') }} as unit
    on
        unit.unit_code = counted.unit_code
        and counted.period_end between unit.valid_from and coalesce(unit.valid_to, 'infinity')
        -- The portal's commune codes date from the reform; before it the same statistics code meant another unit.
        and unit.valid_from >= date '2025-07-01'
where counted.received_new + counted.carried_over > 0 and (counted.scope not like 'field:%' or counted.has_fields)
