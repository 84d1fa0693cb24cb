{{ config(materialized='kept') }}
{{ stage_figures('statutory_forms') }}
