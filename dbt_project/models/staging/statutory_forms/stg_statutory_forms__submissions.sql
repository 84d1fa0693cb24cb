{{ stage_submissions('statutory_forms') }}
