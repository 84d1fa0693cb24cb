{{ stage_submissions('narrative_reports') }}
