{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_recounted(has_source=false) }}"]) }}
-- Every count of dossiers is stored here, once and wide; `figures`, `service_performance` and `service_rates` show it as rows.
select
    counted.unit_code,
    counted.unit_valid_from,
    counted.unit_name_vi,
    counted.agency_codes,
    counted.period_key,
    counted.period_start,
    counted.period_end,
    counted.scope,
    {% for name in dossier_measures() -%}
    counted.{{ name }},
    {% endfor -%}
    counted.figure_ids,
    counted.newest_landing_id as landing_id,
    counted.file_name,
    counted.origin,
    counted.landing_sha256,
    counted.fetched_at
from {{ ref('int_dossiers__recounted') }} as counted
where counted.is_now
