{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook=[
        "{{ by_hash() }}",
        "{% if is_incremental() %}delete from {{ this }} where figure_id in (select figure_id from {{ ref('int_figures__changes') }}){% endif %}"
    ]
) }}
-- What forms, reports, the portal and one-stop systems told; `figures` shows it beside what is counted over dossiers.
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
