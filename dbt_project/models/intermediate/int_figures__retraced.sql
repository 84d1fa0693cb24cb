-- Changed figures, all figures of their slices, the head counts of the units, and the figures of submissions whose standing changed.
{% if not figures_are_kept() -%}
-- depends_on: {{ ref('int_figures__changes') }}
-- depends_on: {{ ref('int_figures__slices') }}
-- depends_on: {{ ref('measures') }}
-- depends_on: {{ ref('stg_statutory_forms__figures') }}
-- depends_on: {{ ref('stg_narrative_reports__figures') }}
select figure_id from {{ ref('int_figures__all') }}
{%- else -%}
select figure_id from {{ ref('int_figures__changes') }}
union
select told.figure_id
from {{ ref('int_figures__all') }} as told
where (told.unit_code, told.period_key) in (select unit_code, period_key from {{ ref('int_figures__slices') }})
union
select told.figure_id
from {{ ref('int_figures__all') }} as told
inner join {{ ref('measures') }} as measure on measure.measure = told.measure and measure.family = 'staffing'
where told.unit_code in (select unit_code from {{ ref('int_figures__slices') }})
{% for source_name in ['statutory_forms', 'narrative_reports'] -%}
union
select figure.figure_id
from {{ ref('stg_' ~ source_name ~ '__figures') }} as figure
where figure.submission_id in (select change.submission_id from {{ ref('int_figures__changes') }} as change)
{% endfor %}
{%- endif %}
