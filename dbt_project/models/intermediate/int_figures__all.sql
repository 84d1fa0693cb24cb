{{ config(materialized='kept', pre_hook="{{ by_hash() }}") }}
with told as (
    select
        figure_id,
        source,
        measure,
        scope,
        subject,
        unit_code,
        unit_valid_from,
        unit_name_vi,
        period_key,
        period_start,
        period_end,
        as_of_date,
        value,
        unit,
        bound,
        printed_text,
        locator,
        quote_vi,
        section_vi,
        page,
        confidence,
        flags,
        landing_id,
        file_name,
        origin,
        landing_sha256,
        fetched_at,
        submission_id,
        is_own_period,
        span_start
    from {{ ref('int_figures__printed') }}
    union all

    select
        portal.figure_id,
        'portal_index' as source,
        'service_quality_index' as measure,
        case when portal.component = 'TOTAL' then '' else 'component:' || portal.component end as scope,
        '' as subject,
        portal.unit_code,
        portal.unit_valid_from,
        portal.unit_name_vi,
        portal.period_key,
        portal.period_start,
        portal.period_end,
        null::date as as_of_date,
        portal.score as value,
        measure.unit,
        '=' as bound,
        portal.score_text as printed_text,
        portal.locator,
        portal.unit_name_vi || ': ' || portal.component || ' = ' || portal.score_text as quote_vi,
        '' as section_vi,
        null::integer as page,
        1::numeric as confidence,
        case when portal.is_final then '{}'::text[] else '{provisional}' end as flags,
        portal.landing_id,
        portal.file_name,
        portal.origin,
        portal.landing_sha256,
        portal.fetched_at,
        null::bigint as submission_id,
        true as is_own_period,
        null::integer as span_start
    from {{ ref('int_portal_index__current') }} as portal
    inner join {{ ref('measures') }} as measure on measure.measure = 'service_quality_index'

    union all

    select
        counted.figure_id,
        'onestop_statistics' as source,
        counted.measure,
        counted.scope,
        '' as subject,
        counted.unit_code,
        counted.unit_valid_from,
        counted.agency_name_vi as unit_name_vi,
        counted.period_key,
        counted.period_start,
        counted.period_end,
        null::date as as_of_date,
        counted.value,
        measure.unit,
        '=' as bound,
        counted.value::text as printed_text,
        counted.locator,
        'Thống kê một cửa (' || counted.system || '): ' || counted.agency_name_vi || ', ' || measure.label_vi || ' = ' || counted.value as quote_vi,
        '' as section_vi,
        null::integer as page,
        1::numeric as confidence,
        case when (counted.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date > counted.period_end then '{}'::text[] else '{provisional}' end as flags,
        landing.landing_id,
        landing.file_name,
        landing.origin,
        landing.sha256 as landing_sha256,
        landing.fetched_at,
        null::bigint as submission_id,
        true as is_own_period,
        null::integer as span_start
    from {{ ref('int_onestop_statistics__current') }} as counted
    inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = counted.landing_id
    inner join {{ ref('measures') }} as measure on measure.measure = counted.measure
)

-- The hash tells what changed since the last build; whether the report is on this very period decides which figure is shown.
select *, hashtextextended(told::text, 0) as row_hash from told
