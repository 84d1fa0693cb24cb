{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices(has_dossiers=true) }}", "{{ drop_recounted() }}"]) }}
{{ wide_performance([
    'received_total', 'received_new', 'received_in_period', 'received_with_carried_over', 'received_online', 'received_in_person', 'received_postal',
    'received_in_person_or_postal', 'carried_over', 'resolved_total', 'resolved_early', 'resolved_on_time', 'resolved_in_time', 'resolved_overdue',
    'in_progress_total', 'in_progress_on_time', 'in_progress_overdue', 'withdrawn', 'returned_ineligible', 'paused'
], with_dossiers=true) }}
