{{ config(pre_hook="{{ by_hash() }}") }}
with staffed as (
    select
        totals.unit_code,
        totals.unit_valid_from,
        totals.period_key,
        totals.source,
        staffing.block,
        staffing.as_of_date,
        staffing.value as staff_present,
        staffing.vacant_stated,
        staffing.vacant_computed,
        staffing.figure_id as staff_figure_id,
        staffing.as_of_date - period.period_end as days_after_period_end,
        row_number() over (
            partition by totals.unit_code, totals.unit_valid_from, totals.period_key, totals.source
            order by abs(staffing.as_of_date - period.period_end), staffing.as_of_date, staffing.source
        ) as distance
    from {{ ref('service_totals') }} as totals
    inner join {{ ref('dim_period') }} as period on period.period_key = totals.period_key
    inner join {{ ref('staffing') }} as staffing
        on
            (staffing.unit_code, staffing.unit_valid_from) = (totals.unit_code, totals.unit_valid_from)
            -- Those who handle dossiers; schools, health stations and the Party's staff do not.
            and staffing.block = 'government'
            and staffing.category = 'present'
            and staffing.subject = ''
            and staffing.bound = '='
            and not staffing.is_contested
            and abs(staffing.as_of_date - period.period_end) <= 184
    where totals.scope = ''
)

select
    totals.unit_code,
    totals.unit_valid_from,
    totals.period_key,
    totals.period_calendar,
    totals.source,
    totals.received_in_period,
    totals.resolved_total,
    totals.resolved_overdue,
    totals.in_progress_overdue,
    staffed.block,
    staffed.staff_present,
    staffed.as_of_date,
    staffed.days_after_period_end,
    staffed.vacant_stated,
    staffed.vacant_computed,
    round(totals.received_in_period / nullif(staffed.staff_present, 0), 1) as received_per_person,
    round(totals.resolved_total / nullif(staffed.staff_present, 0), 1) as resolved_per_person,
    totals.figure_ids || array[staffed.staff_figure_id] as figure_ids
from {{ ref('service_totals') }} as totals
inner join staffed
    on
        (staffed.unit_code, staffed.unit_valid_from, staffed.period_key, staffed.source)
        = (totals.unit_code, totals.unit_valid_from, totals.period_key, totals.source)
        and staffed.distance = 1
where totals.scope = ''
