{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}", "{{ drop_recounted(by_figure=true) }}"]) }}
-- depends_on: {{ ref('figures') }}
select * from {{ slices_of(ref('int_performance__preferred')) }} as preferred

union all

-- Of the dossiers' counts there is one each.
select
    counted.unit_code,
    counted.unit_valid_from,
    counted.period_key,
    split_part(counted.period_key, ':', 1) as period_calendar,
    counted.scope,
    '' as subject,
    counted.measure,
    'dossiers' as source,
    counted.value,
    measure.unit,
    '=' as bound,
    false as is_contested,
    counted.figure_id,
    null::bigint as submission_id,
    counted.fetched_at
from {{ recounted_figures() }} as counted
inner join {{ ref('measures') }} as measure on measure.measure = counted.measure
where counted.is_now
