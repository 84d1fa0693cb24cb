{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook=[
        "{{ by_hash() }}",
        "{% if is_incremental() %}delete from {{ this }} where (unit_code, period_key) in (select unit_code, period_key from {{ ref('int_reconciliation__slices') }} where is_compared){% endif %}"
    ]
) }}
with valued as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        quantity,
        source,
        value,
        bound,
        -- What the officer signed comes first: the form, then the report; then what was counted or served.
        array_position(array['statutory_forms', 'narrative_reports', 'dossiers', 'onestop_statistics', 'portal_index'], source) as rank
    from {{ reconciled(ref('int_reconciliation__values')) }} as told
),

side_by_side as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        quantity,
        max(value) filter (where source = 'statutory_forms') as form_value,
        max(value) filter (where source = 'narrative_reports') as report_value,
        max(value) filter (where source = 'dossiers') as dossiers_value,
        max(value) filter (where source = 'onestop_statistics') as onestop_value,
        max(value) filter (where source = 'portal_index') as portal_value,
        min(rank) as reference_rank
    from valued
    group by unit_code, unit_valid_from, period_key, scope, quantity
),

blocks as (
    -- The form has no columns for these; whoever counts them apart has fewer resolved and in progress, and more received.
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        source,
        coalesce(sum(value) filter (where quantity in ('withdrawn', 'returned_ineligible')), 0) as ended_otherwise,
        coalesce(sum(value) filter (where quantity = 'paused'), 0) as paused
    from {{ reconciled(ref('int_performance__quantities')) }} as counted
    where {{ comparable_scope() }} and quantity in ('withdrawn', 'returned_ineligible', 'paused')
    group by unit_code, unit_valid_from, period_key, scope, source
),

ministries as (
    -- Dossiers handled in the ministries' own systems pass neither through the exchange nor through the province's one-stop system.
    select unit_code, unit_valid_from, period_key, scope, regexp_replace(measure, '^tthc_', '') as quantity, max(value) as value
    from {{ reconciled(ref('performance_told')) }} as performance
    where {{ comparable_scope() }} and bound = '=' and subject ~* 'hệ thống.*bộ'
    group by unit_code, unit_valid_from, period_key, scope, measure
),

merged as (
    -- The same source still speaks of the units that were merged, for the same period.
    select move.successor_code as unit_code, move.successor_valid_from as unit_valid_from, old.period_key, old.scope, old.quantity, old.source, sum(old.value) as value
    from valued as old
    inner join {{ ref('bridge_unit_successor') }} as move
        on (move.predecessor_code, move.predecessor_valid_from) = (old.unit_code, old.unit_valid_from) and not move.is_partial
    group by move.successor_code, move.successor_valid_from, old.period_key, old.scope, old.quantity, old.source
),

dossiers as (
    select
        crosswalk.unit_code,
        case when grouping(field.scope) = 0 then field.scope else '' end as scope,
        flows.half_month,
        sum(flows.received) as received,
        sum(flows.early + flows.on_time + flows.overdue) as resolved
    from {{ ref('int_dossiers__flows') }} as flows
    inner join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = flows.agency_code
    left join {{ ref('int_fields__mapped') }} as field on field.source = 'procedures' and 'field:' || field.field_code = flows.scope
    {% if is_incremental() %}where crosswalk.unit_code in (select unit_code from {{ ref('int_reconciliation__slices') }} where is_compared){% endif %}
    group by grouping sets ((crosswalk.unit_code, flows.half_month), (crosswalk.unit_code, flows.half_month, field.scope))
),

windows as (
    -- How many more the calendar period holds than the statutory one, by the dossiers that we know.
    select
        dossiers.unit_code,
        statutory.period_key,
        dossiers.scope,
        counted.quantity,
        coalesce(sum(counted.value) filter (where dossiers.half_month between calendar.period_start and calendar.period_end), 0)
        - coalesce(sum(counted.value) filter (where dossiers.half_month between statutory.period_start and statutory.period_end), 0) as value
    from dossiers
    cross join lateral (values ('received_in_period', received), ('resolved_total', resolved)) as counted (quantity, value)
    inner join {{ ref('dim_period') }} as statutory on statutory.period_calendar = 'statutory'
    inner join {{ ref('dim_period') }} as calendar
        on calendar.period_calendar = 'calendar' and calendar.period_kind = statutory.period_kind and calendar.label_vi = statutory.label_vi
    where
        dossiers.scope is not null
        and dossiers.half_month between least(statutory.period_start, calendar.period_start) and greatest(statutory.period_end, calendar.period_end)
        {% if is_incremental() %}and (dossiers.unit_code, statutory.period_key) in (select unit_code, period_key from {{ ref('int_reconciliation__slices') }} where is_compared){% endif %}
    group by dossiers.unit_code, statutory.period_key, dossiers.scope, counted.quantity
),

paired as (
    select
        other.unit_code,
        other.unit_valid_from,
        other.period_key,
        other.scope,
        other.quantity,
        other.source,
        reference.source as reference_source,
        side_by_side.form_value,
        side_by_side.report_value,
        side_by_side.dossiers_value,
        side_by_side.onestop_value,
        side_by_side.portal_value,
        other.value - reference.value as gap,
        case when other.source in ('onestop_statistics', 'portal_index') then coalesce(windows.value, 0) else 0 end as window_cause,
        case
            when other.source in ('dossiers', 'onestop_statistics') and reference.source in ('statutory_forms', 'narrative_reports') then -coalesce(ministries.value, 0)
            else 0
        end as systems_cause,
        coalesce(reference_merged.value, 0) - coalesce(other_merged.value, 0) as merged_cause,
        case other.quantity
            when 'resolved_total' then coalesce(reference_blocks.ended_otherwise, 0) - coalesce(other_blocks.ended_otherwise, 0)
            when 'in_progress_total' then coalesce(reference_blocks.paused, 0) - coalesce(other_blocks.paused, 0)
            when 'received_with_carried_over'
                then
                    coalesce(other_blocks.ended_otherwise, 0) + coalesce(other_blocks.paused, 0)
                    - coalesce(reference_blocks.ended_otherwise, 0) - coalesce(reference_blocks.paused, 0)
            else 0
        end as blocks_cause,
        -- Half a unit of the last digit that is not a zero: "khoảng 1.500" may be 1.450 to 1.550.
        case when other.bound = '≈' then 0.5 * 10 ^ length(substring(trunc(other.value)::text from '0*$')) else 0 end
        + case when reference.bound = '≈' then 0.5 * 10 ^ length(substring(trunc(reference.value)::text from '0*$')) else 0 end as rounding_width
    from {{ reconciled('side_by_side', others=false) }} as side_by_side
    inner join valued as reference
        on
            (reference.unit_code, reference.unit_valid_from, reference.period_key, reference.scope, reference.quantity, reference.rank)
            = (side_by_side.unit_code, side_by_side.unit_valid_from, side_by_side.period_key, side_by_side.scope, side_by_side.quantity, side_by_side.reference_rank)
    inner join valued as other
        on
            (other.unit_code, other.unit_valid_from, other.period_key, other.scope, other.quantity)
            = (side_by_side.unit_code, side_by_side.unit_valid_from, side_by_side.period_key, side_by_side.scope, side_by_side.quantity)
            and other.rank > side_by_side.reference_rank
    left join blocks as other_blocks
        on
            (other_blocks.unit_code, other_blocks.unit_valid_from, other_blocks.period_key, other_blocks.scope, other_blocks.source)
            = (other.unit_code, other.unit_valid_from, other.period_key, other.scope, other.source)
    left join blocks as reference_blocks
        on
            (reference_blocks.unit_code, reference_blocks.unit_valid_from, reference_blocks.period_key, reference_blocks.scope, reference_blocks.source)
            = (reference.unit_code, reference.unit_valid_from, reference.period_key, reference.scope, reference.source)
    left join ministries
        on
            (ministries.unit_code, ministries.unit_valid_from, ministries.period_key, ministries.scope, ministries.quantity)
            = (other.unit_code, other.unit_valid_from, other.period_key, other.scope, other.quantity)
    left join merged as other_merged
        on
            (other_merged.unit_code, other_merged.unit_valid_from, other_merged.period_key, other_merged.scope, other_merged.quantity, other_merged.source)
            = (other.unit_code, other.unit_valid_from, other.period_key, other.scope, other.quantity, other.source)
    left join merged as reference_merged
        on
            (reference_merged.unit_code, reference_merged.unit_valid_from, reference_merged.period_key, reference_merged.scope, reference_merged.quantity, reference_merged.source)
            = (reference.unit_code, reference.unit_valid_from, reference.period_key, reference.scope, reference.quantity, reference.source)
    left join windows
        on (windows.unit_code, windows.period_key, windows.scope, windows.quantity) = (other.unit_code, other.period_key, other.scope, other.quantity)
)

select
    unit_code,
    unit_valid_from,
    period_key,
    scope,
    quantity,
    source,
    reference_source,
    form_value,
    report_value,
    dossiers_value,
    onestop_value,
    portal_value,
    gap,
    by_window.part as gap_window,
    by_systems.part as gap_both_systems,
    by_merger.part as gap_merged_unit,
    by_blocks.part as gap_withdrawn_or_paused,
    by_rounding.part as gap_rounding,
    by_rounding.rest - by_rounding.part as gap_unexplained
from paired
-- One cause after the other, each from what the ones before left over: the parts make up the gap exactly.
cross join lateral (select gap as rest, {{ explained('window_cause', 'gap') }} as part) as by_window
cross join lateral (select by_window.rest - by_window.part as left_over) as after_window
cross join lateral (
    select after_window.left_over as rest, {{ explained("systems_cause", "after_window.left_over") }} as part
) as by_systems
cross join lateral (select by_systems.rest - by_systems.part as left_over) as after_systems
cross join lateral (select after_systems.left_over as rest, {{ explained('merged_cause', 'after_systems.left_over') }} as part) as by_merger
cross join lateral (select by_merger.rest - by_merger.part as left_over) as after_merger
cross join lateral (select after_merger.left_over as rest, {{ explained('blocks_cause', 'after_merger.left_over') }} as part) as by_blocks
cross join lateral (select by_blocks.rest - by_blocks.part as left_over) as after_blocks
cross join lateral (
    select
        after_blocks.left_over as rest,
        case when abs(after_blocks.left_over) <= rounding_width then after_blocks.left_over else 0 end as part
) as by_rounding
