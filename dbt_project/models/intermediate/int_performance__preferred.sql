{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
with ranked as (
    select
        figure.*,
        row_number() over key_in_order as preference,
        min(figure.value) over key <> max(figure.value) over key or min(figure.bound) over key <> max(figure.bound) over key as is_contested
    from {{ slices_of(ref('int_figures__all')) }} as figure
    inner join {{ ref('measures') }} as measure on measure.measure = figure.measure and measure.family <> 'staffing'
    where figure.unit_code <> '' and figure.period_key <> '' and figure.scope not like 'component:%'
    window
        key as (partition by figure.unit_code, figure.unit_valid_from, figure.period_key, figure.scope, figure.subject, figure.measure, figure.source),
        key_in_order as (
            partition by figure.unit_code, figure.unit_valid_from, figure.period_key, figure.scope, figure.subject, figure.measure, figure.source
            -- The report on this very period speaks before one that looks back at it.
            order by
                figure.is_own_period desc, figure.confidence desc, figure.fetched_at desc, figure.landing_id desc, figure.span_start asc nulls last, figure.figure_id
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
