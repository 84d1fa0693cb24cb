{{ config(materialized='kept') }}
{{ stage_figures('narrative_reports') }}
