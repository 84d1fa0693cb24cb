{{ config(materialized='kept') }}
-- What was served last and is not held, as one figure an agency, period, field and measure; quarters from their three months.
with newest as (
    select distinct on (counts.interface, counts.system, counts.period_key, counts.agency_code, counts.domain_code, counts.total_of, counts.measure)
        counts.*
    from {{ ref('stg_onestop_statistics__counts') }} as counts
    where counts.total_of in ('', 'fields') and {{ admitted('counts') }}
    order by
        counts.interface, counts.system, counts.period_key, counts.agency_code, counts.domain_code, counts.total_of, counts.measure,
        counts.last_seen_at desc, counts.landing_id desc, counts.row_key
),

placed as (
    select
        newest.*,
        part.placed_scope,
        crosswalk.unit_code as portal_unit_code
    from newest
    left join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = nullif(newest.agency_code, '')
    -- The whole agency: its own total where one is served, else its fields added up.
    cross join lateral (
        select newest.scope as placed_scope
        union
        select ''
        where newest.total_of = '' and not exists (
            select from newest as total
            where
                total.total_of = 'fields'
                and (total.interface, total.system, total.period_key, total.agency_code, total.measure)
                = (newest.interface, newest.system, newest.period_key, newest.agency_code, newest.measure)
        )
    ) as part
),

served as (
    select
        interface,
        system,
        agency_code,
        max(agency_name_vi) as agency_name_vi,
        coalesce(nullif(max(unit_code), ''), max(portal_unit_code), '') as unit_code,
        period_start,
        period_end,
        placed_scope as scope,
        measure,
        sum(value) as value,
        count(*) as part_count,
        string_agg(left(landing_sha256, 12) || ' ' || locator, ' + ' order by period_start, landing_id, locator) as locators,
        min(locator) as locator,
        max(landing_id) as landing_id,
        max(fetched_at) as fetched_at
    from placed
    group by interface, system, agency_code, period_start, period_end, placed_scope, measure
),

quarters as (
    select
        month.interface,
        month.system,
        month.agency_code,
        max(month.agency_name_vi) as agency_name_vi,
        max(month.unit_code) as unit_code,
        date_trunc('quarter', month.period_start)::date as period_start,
        (date_trunc('quarter', month.period_start) + interval '3 months - 1 day')::date as period_end,
        month.scope,
        month.measure,
        case max(measure.aggregation)
            when 'sum' then sum(month.value)
            when 'opening balance' then (array_agg(month.value order by month.period_start))[1]
            when 'closing balance' then (array_agg(month.value order by month.period_start desc))[1]
        end as value,
        sum(month.part_count) as part_count,
        string_agg(month.locators, ' + ' order by month.period_start) as locators,
        min(month.locator) as locator,
        max(month.landing_id) as landing_id,
        max(month.fetched_at) as fetched_at
    from served as month
    inner join {{ ref('measures') }} as measure on measure.measure = month.measure
    where
        month.period_end = (date_trunc('month', month.period_start) + interval '1 month - 1 day')::date
        -- OpenCPS's total holds what was carried over: three months of it would count the same dossier three times.
        and not (month.interface = 'opencps' and month.measure = 'tthc_received_total')
    group by month.interface, month.system, month.agency_code, date_trunc('quarter', month.period_start), month.scope, month.measure
    having count(*) = 3
)

select
    left(
        encode(
            sha256(
                convert_to(
                    concat_ws(
                        '|', 'onestop_statistics', counted.system, counted.interface, counted.agency_code, counted.period_start, counted.period_end,
                        counted.scope, counted.measure, counted.locators
                    ),
                    'UTF8'
                )
            ),
            'hex'
        ),
        16
    ) as figure_id,
    counted.interface,
    counted.system,
    counted.agency_code,
    counted.agency_name_vi,
    coalesce(unit.unit_code, '') as unit_code,
    unit.valid_from as unit_valid_from,
    'calendar:' || counted.period_start || ':' || counted.period_end as period_key,
    counted.period_start,
    counted.period_end,
    counted.scope,
    counted.measure,
    counted.value,
    case when counted.part_count = 1 then counted.locator else counted.locators end as locator,
    counted.landing_id,
    counted.fetched_at
from (
    select * from served
    union all
    select * from quarters
) as counted
left join {{ ref('administrative_units') }} as unit
    on
        unit.unit_code = counted.unit_code
        and counted.period_end between unit.valid_from and coalesce(unit.valid_to, 'infinity')
        and unit.level <> 'district'
