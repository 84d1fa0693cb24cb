{{ config(materialized='kept') }}
{{ stage_submissions('statutory_forms') }}
