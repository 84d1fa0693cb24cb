{{ config(materialized='kept', made_of=['int_figures__all', 'int_submissions__versions', 'int_portal_index__counts']) }}
-- Last of the figures' marts.
{% for mart in ['performance_told', 'service_totals', 'rates_told', 'feedback', 'digitisation', 'payments', 'procedures', 'figure_sources'] -%}
-- depends_on: {{ ref(mart) }}
{% endfor %}
select * from {{ ref('int_figures__state') }}
