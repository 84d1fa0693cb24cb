{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where (unit_code, period_key) in (select unit_code, period_key from {{ ref('int_dossiers__slices') }}){% endif %}"
) }}
-- depends_on: {{ ref('int_dossiers__slices') }}
-- Last of the marts that hold counts of dossiers.
{% for mart in ['dossier_counts', 'int_performance__quantities', 'service_totals'] -%}
-- depends_on: {{ ref(mart) }}
{% endfor %}
select * from {{ ref('int_dossiers__totals') }}
