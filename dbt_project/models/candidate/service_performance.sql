{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
with eligible as (
    select
        figure.*,
        -- The report on this very period speaks before one that looks back at it.
        coalesce(printed.is_own_period, true) as is_own_period,
        printed.span_start
    from {{ slices_of(ref('figures')) }} as figure
    inner join {{ ref('measures') }} as measure on measure.measure = figure.measure and measure.family <> 'staffing'
    left join {{ ref('int_figures__printed') }} as printed on printed.figure_id = figure.figure_id
    where figure.unit_code <> '' and figure.period_key <> '' and figure.scope not like 'component:%'
),

ranked as (
    select
        *,
        row_number() over key_in_order as preference,
        min(value) over key <> max(value) over key or min(bound) over key <> max(bound) over key as is_contested
    from eligible
    window
        key as (partition by unit_code, unit_valid_from, period_key, scope, subject, measure, source),
        key_in_order as (
            partition by unit_code, unit_valid_from, period_key, scope, subject, measure, source
            order by is_own_period desc, confidence desc, fetched_at desc, landing_id desc, span_start asc nulls last, figure_id
        )
)

select
    unit_code,
    unit_valid_from,
    period_key,
    split_part(period_key, ':', 1) as period_calendar,
    scope,
    subject,
    measure,
    source,
    value,
    unit,
    bound,
    is_contested,
    figure_id,
    submission_id,
    fetched_at
from ranked
where preference = 1
