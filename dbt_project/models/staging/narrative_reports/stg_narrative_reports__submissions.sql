{{ config(materialized='kept') }}
{{ stage_submissions('narrative_reports') }}
