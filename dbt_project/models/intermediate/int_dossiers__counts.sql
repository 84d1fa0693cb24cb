{{ config(pre_hook="{{ by_hash() }}") }}
-- Of the slices that int_dossiers__slices names: all on a full build. What stands of the others is in int_dossiers__totals_taken_in.
with placed as (
    select
        crosswalk.unit_code,
        flows.half_month,
        -- Fields in the words of the forms and reports.
        case when flows.scope = 'field:unknown' then flows.scope else coalesce(field.scope, 'field:other') end as scope,
        flows.channel_code,
        flows.received,
        flows.early,
        flows.on_time,
        flows.overdue,
        flows.withdrawn,
        flows.returned,
        flows.paused,
        flows.late,
        'channel:' || case flows.channel_code when '1' then 'in-person' when '2' then 'online' else 'postal' end as channel
    from {{ ref('int_dossiers__flows') }} as flows
    inner join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = flows.agency_code
    left join {{ ref('int_fields__mapped') }} as field on field.source = 'procedures' and 'field:' || field.field_code = flows.scope
    where crosswalk.unit_code in (select unit_code from {{ ref('int_dossiers__slices') }})
),

periods as (
    -- Whole half-months only: another statutory period is a misprint.
    select slice.unit_code, seen.*
    from {{ ref('int_dossiers__slices') }} as slice
    inner join {{ ref('int_periods__seen') }} as seen on seen.period_key = slice.period_key
    where
        seen.calendar = 'statutory' and extract(day from seen.period_start) in (1, 15) and extract(day from seen.period_end + 1) in (1, 15)
),

cells as (
    select
        unit_code,
        half_month,
        -- The whole unit, each of its fields, each of its channels.
        case when grouping(scope) = 0 then scope when grouping(channel) = 0 then channel else '' end as scope,
        sum(received) as received,
        sum(received) filter (where channel_code = '2') as received_online,
        sum(received) filter (where channel_code = '1') as received_in_person,
        sum(received) filter (where channel_code = '3') as received_postal,
        sum(early) as early,
        sum(on_time) as on_time,
        sum(overdue) as overdue,
        sum(withdrawn) as withdrawn,
        sum(returned) as returned,
        sum(paused) as paused,
        sum(late) as late
    from placed
    group by grouping sets ((unit_code, half_month), (unit_code, half_month, scope), (unit_code, half_month, channel))
),

summed as (
    select
        cells.unit_code,
        cells.scope,
        periods.period_key,
        periods.period_start,
        periods.period_end,
        {% for flow in ['received', 'received_online', 'received_in_person', 'received_postal', 'early', 'on_time', 'overdue', 'withdrawn', 'returned'] -%}
        coalesce(sum(cells.{{ flow }}) filter (where cells.half_month >= periods.period_start), 0) as {{ flow }},
        {% endfor -%}
        -- What was open when the period began, and how it stood when it ended.
        coalesce(sum(received - early - on_time - overdue - withdrawn - returned) filter (where cells.half_month < periods.period_start), 0) as carried_over,
        sum(cells.paused) as paused,
        sum(cells.late) as late
    from cells
    inner join periods on periods.unit_code = cells.unit_code and cells.half_month <= periods.period_end
    group by cells.unit_code, cells.scope, periods.period_key, periods.period_start, periods.period_end
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

told as (
    select crosswalk.unit_code, tellers.half_month, max(tellers.landing_id) as landing_id
    from {{ ref('int_dossiers__tellers') }} as tellers
    inner join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = tellers.agency_code
    where tellers.told > 0
    group by crosswalk.unit_code, tellers.half_month
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
