{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook=[
        "{{ by_hash() }}",
        "{% if is_incremental() %}delete from {{ this }} where figure_id in (select figure_id from {{ ref('int_figures__retraced') }}){% endif %}"
    ]
) }}
-- depends_on: {{ ref('figures_told') }}
-- depends_on: {{ ref('performance_told') }}
-- What a count of dossiers fed follows from its row: the function figure_trail names it, so it is not stored five times a figure.
{% set wide = ['service_totals', 'feedback', 'digitisation', 'payments', 'procedures'] %}
with fed as (
    select
        figure_id,
        'service_performance' as mart,
        concat_ws('|', unit_code, unit_valid_from, period_key, scope, subject, measure, source) as row_key
    from {{ slices_of(ref('int_performance__preferred')) }} as service_performance
    union all
    select figure_id, 'staffing', concat_ws('|', unit_code, unit_valid_from, block, category, subject, as_of_date, source)
    from {{ ref('staffing') }}
    union all
    select figure_id, 'staffing_changes', figure_id
    from {{ ref('staffing_changes') }}
    union all
    select figure_id, 'service_quality_index', concat_ws('|', unit_code, unit_valid_from, period_key, component, source)
    from {{ slices_of(ref('service_quality_index')) }} as service_quality_index
    union all
    select id, 'service_rates', concat_ws('|', unit_code, unit_valid_from, period_key, scope, source, metric)
    from {{ slices_of(ref('rates_told')) }} as service_rates
    cross join lateral unnest(figure_ids) as id
    union all
    select id, 'workload', concat_ws('|', unit_code, unit_valid_from, period_key, source)
    from {{ ref('workload') }}
    cross join lateral unnest(figure_ids) as id
    {% for mart in wide -%}
    union all
    select id, '{{ mart }}', concat_ws('|', unit_code, unit_valid_from, period_key, scope, source)
    from {{ slices_of(ref(mart)) }} as {{ mart }}
    cross join lateral unnest(figure_ids) as id
    where source <> 'dossiers'
    {% endfor %}
),

printed as (
    -- Every number of every report and form, in its newest reading; the same bytes may have landed twice.
    select distinct on (figure.figure_id)
        figure.figure_id,
        figure.source,
        submission.submission_key,
        figure.measure,
        figure.locator,
        submission.is_current,
        submission.is_held,
        submission.unit_code,
        submission.unit_valid_from
    from (
        select * from {{ retraced(ref('stg_statutory_forms__figures')) }} as form
        union all
        select * from {{ retraced(ref('stg_narrative_reports__figures')) }} as report
    ) as figure
    inner join {{ ref('int_submissions__versions') }} as submission on submission.submission_id = figure.submission_id
    where submission.is_newest_reading
    order by figure.figure_id, submission.is_current desc, submission.submission_key
),

described as (
    select figure_id, source, submission_key, measure, locator, is_current, is_held, unit_code, unit_valid_from
    from printed
    union all
    select figure_id, source, '', measure, locator, true, false, unit_code, unit_valid_from
    from {{ retraced(ref('int_figures__all')) }} as counted
    where submission_id is null
)

select
    described.figure_id,
    coalesce(fed.mart, '') as mart,
    coalesce(fed.row_key, '') as row_key,
    case
        when fed.mart is not null then 'shown'
        when described.is_held then 'held'
        when not described.is_current then 'superseded'
        when described.unit_code = '' then 'no_unit'
        else 'other_preferred_or_undated'
    end as usage,
    described.source,
    described.submission_key,
    described.measure,
    described.locator,
    described.unit_code,
    described.unit_valid_from
from described
left join fed on fed.figure_id = described.figure_id
