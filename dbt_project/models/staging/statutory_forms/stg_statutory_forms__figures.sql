{{ stage_figures('statutory_forms') }}
