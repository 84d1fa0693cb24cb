{{ stage_figures('narrative_reports') }}
