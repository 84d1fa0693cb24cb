{{ config(pre_hook="{{ by_hash() }}") }}
with compared (quantity) as (
    values ('received_in_period'), ('received_with_carried_over'), ('resolved_total'), ('resolved_overdue'), ('in_progress_total')
),

exact as (
    select unit_code, unit_valid_from, period_key, scope, quantity, source, value, '=' as bound
    from {{ ref('int_performance__quantities') }}
    where {{ comparable_scope() }} and period_key like 'statutory:%'
),

about as (
    select unit_code, unit_valid_from, period_key, scope, regexp_replace(measure, '^tthc_', '') as quantity, source, value, bound
    from {{ ref('int_performance__preferred') }}
    where {{ comparable_scope() }} and subject = '' and bound = '≈' and period_key like 'statutory:%'
),

-- The calendar period of the same name: its other days are a cause of the gap and no reason not to compare.
served as (
    select counted.unit_code, counted.unit_valid_from, statutory.period_key, counted.scope, counted.quantity, counted.source, counted.value, '=' as bound
    from (
        select unit_code, unit_valid_from, period_key, '' as scope, quantity, 'portal_index' as source, value from {{ ref('int_portal_index__counts') }}
        union all
        select unit_code, unit_valid_from, period_key, scope, quantity, source, value
        from {{ ref('int_performance__quantities') }}
        where source = 'onestop_statistics' and {{ comparable_scope() }}
    ) as counted
    inner join {{ ref('int_periods__named') }} as calendar on calendar.period_key = counted.period_key
    inner join {{ ref('int_periods__named') }} as statutory
        on statutory.period_calendar = 'statutory' and statutory.period_kind = calendar.period_kind and statutory.label_vi = calendar.label_vi
)

select * from exact inner join compared using (quantity)
union all
select * from about inner join compared using (quantity)
union all
select * from served inner join compared using (quantity)
