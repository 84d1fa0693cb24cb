-- Last of the marts that hold counts of dossiers.
{% for mart in ['figures', 'service_performance', 'int_performance__quantities', 'service_totals', 'service_rates'] -%}
-- depends_on: {{ ref(mart) }}
{% endfor %}
select * from {{ ref('int_dossiers__totals') }}
