{{ wide_performance([
    'procedures_total', 'procedures_full_online', 'procedures_partial_online', 'procedures_in_person', 'procedures_one_stop', 'procedures_interlinked',
    'procedures_postal'
]) }}
