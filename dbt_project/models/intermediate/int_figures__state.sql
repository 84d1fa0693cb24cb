{{ config(materialized='view') }}
-- What the marts of figures rest on, narrow enough to be compared whole.
select figure_id, unit_code, period_key, measure, submission_id, row_hash from {{ ref('int_figures__all') }}
union all
select 'submission ' || submission_id, unit_code, '', '', submission_id, hashtextextended(version::text, 0)
from {{ ref('int_submissions__versions') }} as version
