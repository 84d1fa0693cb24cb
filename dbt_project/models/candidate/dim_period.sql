{{ config(materialized='kept') }}
select * from {{ ref('int_periods__named') }}
