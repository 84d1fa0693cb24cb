-- Who owes which report for which period. No clock: the newest day that any source speaks of tells what is due.
with data_day as (
    select max(day) as day
    from (
        select max(period_end) as day from {{ ref('int_submissions__versions') }} where is_current and period_end <= (fetched_at at time zone 'Asia/Ho_Chi_Minh')::date
        union all
        select max(period_end) from {{ ref('stg_portal_index__rows') }} where is_final
        union all
        -- By the index of each agency.
        select max(last.received_on)
        from {{ ref('int_dossiers__agencies') }} as agency
        cross join lateral (
            select dossier.received_on
            from {{ ref('int_dossiers__latest') }} as dossier
            where dossier.agency_code = agency.agency_code and dossier.received_on <= (dossier.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date
            order by dossier.received_on desc
            limit 1
        ) as last
    ) as days
),

kinds (calendar_kind, months) as (
    values ('month', 1), ('quarter', 3), ('half', 6), ('year', 12)
),

-- A province is expected from the first period on in which one of its units met the obligation.
provinces as (
    select
        unit.province_code,
        unit.province_name_vi,
        submission.kind,
        kinds.calendar_kind,
        kinds.months,
        min(submission.period_end) as first_period_end
    from {{ ref('int_submissions__versions') }} as submission
    inner join {{ ref('int_units__placed') }} as unit on (unit.unit_code, unit.unit_valid_from) = (submission.unit_code, submission.unit_valid_from)
    inner join {{ ref('int_periods__named') }} as period on period.period_key = submission.period_key and period.period_calendar = 'statutory'
    inner join kinds on kinds.calendar_kind = period.period_kind
    where submission.is_newest_reading and unit.level = 'commune'
    group by unit.province_code, unit.province_name_vi, submission.kind, kinds.calendar_kind, kinds.months
),

periods as (
    select
        provinces.*,
        (first_day + 13)::date as period_end,
        (first_day + 14 - make_interval(months => provinces.months))::date as period_start,
        data_day.day as data_day
    from provinces
    cross join data_day
    cross join lateral (
        select series.first_day::date as first_day
        from generate_series(
            date_trunc('month', provinces.first_period_end::timestamp), date_trunc('month', data_day.day::timestamp), make_interval(months => provinces.months)
        ) as series (first_day)
    ) as months
    where (first_day + 13)::date <= data_day.day
),

obliged as (
    select
        obligation.obligation,
        obligation.is_assumed,
        obligation.legal_basis,
        coalesce(obligation.unit_code, '') as only_unit_code,
        coalesce(obligation.province_code, '') as only_province_code,
        -- The working day that the rule counts to; a day of the calendar that is none gives way to the next (Civil Code 2015, Art. 148).
        (
            select days.day::date
            from generate_series(
                (periods.period_end + coalesce(obligation.due_days_after_period_end, 1))::timestamp,
                (periods.period_end + 30 + coalesce(obligation.due_days_after_period_end, 2 * obligation.due_working_days))::timestamp, interval '1 day'
            ) as days (day)
            where extract(isodow from days.day) < 6 and not exists (select 1 from {{ ref('public_holidays') }} as holiday where holiday.day = days.day::date)
            order by days.day
            offset coalesce(obligation.due_working_days, 1) - 1 limit 1
        ) as due_on,
        periods.*
    from periods
    inner join {{ ref('reporting_obligations') }} as obligation
        on
            (obligation.kind, obligation.calendar_kind) = (periods.kind, periods.calendar_kind)
            and coalesce(obligation.province_code, '') in ('', periods.province_code)
            and periods.period_end between obligation.effective_from and coalesce(obligation.effective_to, 'infinity')
)

select distinct on (unit.unit_code, unit.unit_valid_from, obliged.obligation, obliged.period_end)
    unit.unit_code,
    unit.unit_valid_from,
    obliged.obligation,
    obliged.kind,
    obliged.calendar_kind,
    concat_ws(':', 'statutory', obliged.period_start, obliged.period_end) as period_key,
    obliged.period_start,
    obliged.period_end,
    obliged.due_on,
    obliged.is_assumed as is_deadline_assumed,
    obliged.legal_basis as deadline_basis,
    obliged.due_on <= obliged.data_day as is_due
from obliged
inner join {{ ref('int_units__placed') }} as unit
    on
        unit.level = 'commune'
        and (unit.province_code, unit.province_name_vi) = (obliged.province_code, obliged.province_name_vi)
        and obliged.only_unit_code in ('', unit.unit_code)
        and obliged.period_end between unit.unit_valid_from and coalesce(unit.unit_valid_to, 'infinity')
-- A unit's own deadline comes before its province's, and that before the rule for all.
order by
    unit.unit_code, unit.unit_valid_from, obliged.obligation, obliged.period_end, obliged.only_unit_code desc, obliged.only_province_code desc
