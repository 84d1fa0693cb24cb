{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
{{ wide_performance([
    'procedures_total', 'procedures_full_online', 'procedures_partial_online', 'procedures_in_person', 'procedures_one_stop', 'procedures_interlinked',
    'procedures_postal'
]) }}
