{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
{{ wide_performance(['fees_vnd', 'online_payment_rate_pct']) }}
