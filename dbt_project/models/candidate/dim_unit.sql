{{ config(materialized='kept') }}
select * from {{ ref('int_units__placed') }}
