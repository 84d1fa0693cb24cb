{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook=[
        "{{ by_hash() }}",
        "{% if is_incremental() %}delete from {{ this }} where figure_id in (select figure_id from {{ ref('int_figures__changes') }}){% endif %}",
        "{{ drop_recounted(by_figure=true) }}"
    ]
) }}
-- depends_on: {{ ref('int_figures__changes') }}
-- depends_on: {{ ref('int_figures__slices') }}
select
    told.figure_id,
    told.source,
    told.measure,
    told.scope,
    told.subject,
    told.unit_code,
    told.unit_valid_from,
    told.unit_name_vi,
    told.period_key,
    told.period_start,
    told.period_end,
    told.as_of_date,
    told.value,
    told.unit,
    told.bound,
    told.printed_text,
    told.locator,
    told.quote_vi,
    told.section_vi,
    told.page,
    told.confidence,
    told.flags,
    told.landing_id,
    told.file_name,
    told.origin,
    told.landing_sha256,
    told.fetched_at,
    told.submission_id
from {{ ref('int_figures__all') }} as told
{% if is_incremental() -%}
where told.figure_id in (select figure_id from {{ ref('int_figures__changes') }})
{%- endif %}

union all

select
    counted.figure_id,
    'dossiers' as source,
    counted.measure,
    counted.scope,
    '' as subject,
    counted.unit_code,
    counted.unit_valid_from,
    counted.unit_name_vi,
    counted.period_key,
    counted.period_start,
    counted.period_end,
    null::date as as_of_date,
    counted.value,
    measure.unit,
    '=' as bound,
    counted.value::text as printed_text,
    -- How many dossiers that were is what was received and carried over in the same scope.
    'raw.dossiers of landings until ' || counted.newest_landing_id as locator,
    'Số đếm từ hồ sơ trao đổi của ' || counted.agency_codes || ', kỳ ' || to_char(counted.period_start, 'DD/MM/YYYY') || '–' || to_char(counted.period_end, 'DD/MM/YYYY')
        as quote_vi,
    '' as section_vi,
    null::integer as page,
    1::numeric as confidence,
    -- Exchanged before the period was over: the counts will still move.
    case when (counted.fetched_at at time zone 'Asia/Ho_Chi_Minh')::date > counted.period_end then '{}'::text[] else '{provisional}' end as flags,
    counted.newest_landing_id as landing_id,
    counted.file_name,
    counted.origin,
    counted.landing_sha256,
    counted.fetched_at,
    null::bigint as submission_id
from {{ recounted_figures() }} as counted
inner join {{ ref('measures') }} as measure on measure.measure = counted.measure
where counted.is_now
