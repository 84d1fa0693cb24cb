{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
{{ wide_performance([
    'pakn_received', 'pakn_resolved', 'petitions_received', 'petitions_resolved', 'petitions_in_progress', 'satisfaction_votes',
    'satisfaction_very_satisfied', 'satisfaction_rate_pct'
]) }}
