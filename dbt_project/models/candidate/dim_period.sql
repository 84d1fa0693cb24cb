select * from {{ ref('int_periods__named') }}
