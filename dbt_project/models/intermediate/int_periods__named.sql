{{ config(materialized='kept') }}
with measured as (
    select
        period_key,
        calendar as period_calendar,
        period_start,
        period_end,
        extract(year from period_end)::integer as year,
        extract(month from period_end)::integer as end_month,
        -- Whole months from the first to the last day, under the calendar's own cut-off.
        case
            when calendar = 'statutory' and extract(day from period_start) = 15 and extract(day from period_end) = 14
                then (12 * (extract(year from period_end) - extract(year from period_start)) + extract(month from period_end) - extract(month from period_start))::integer
            when calendar = 'calendar' and extract(day from period_start) = 1 and extract(day from period_end + 1) = 1
                then (12 * (extract(year from period_end) - extract(year from period_start)) + extract(month from period_end) - extract(month from period_start))::integer + 1
        end as months
    from {{ ref('int_periods__seen') }}
),

named as (
    select
        *,
        case
            when months = 1 then 'month'
            when months = 3 and end_month % 3 = 0 then 'quarter'
            when months = 6 and end_month % 6 = 0 then 'half'
            when months = 9 and end_month = 9 then 'nine_months'
            when months = 12 and end_month = 12 then 'year'
            else 'other'
        end as period_kind
    from measured
)

select
    period_key,
    period_calendar,
    period_kind,
    period_start,
    period_end,
    year,
    case period_kind
        when 'month' then 'Tháng ' || end_month || '/' || year
        when 'quarter' then 'Quý ' || trim(to_char(end_month / 3, 'RN')) || '/' || year
        when 'half' then '6 tháng ' || case when end_month = 6 then 'đầu' else 'cuối' end || ' năm ' || year
        when 'nine_months' then '9 tháng đầu năm ' || year
        when 'year' then 'Năm ' || year
        else to_char(period_start, 'DD/MM/YYYY') || '–' || to_char(period_end, 'DD/MM/YYYY')
    end as label_vi
from named
