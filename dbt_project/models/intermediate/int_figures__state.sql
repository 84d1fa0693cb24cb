{{ config(materialized='view') }}
-- What the marts of figures rest on, narrow enough to be compared whole.
select figure_id, unit_code, period_key, measure, submission_id, row_hash from {{ ref('int_figures__all') }}
union all
select 'submission ' || submission_id, unit_code, '', '', submission_id, hashtextextended(version::text, 0)
from {{ ref('int_submissions__versions') }} as version
union all
-- No figures of `figures`, but reconciliation compares them.
select concat_ws('|', 'portal count', unit_code, unit_valid_from, period_key, quantity), unit_code, period_key, '', null, hashtextextended(value::text, 0)
from {{ ref('int_portal_index__counts') }}
