{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
-- depends_on: {{ ref('figures_told') }}
select * from {{ slices_of(ref('int_performance__preferred')) }} as preferred
