select * from {{ ref('int_units__placed') }}
