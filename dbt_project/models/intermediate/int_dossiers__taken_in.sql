-- Last of the incremental models: while it is missing or older than its inputs, transform.build builds all of them anew.
{% for model in ['latest', 'flows', 'tellers', 'durations', 'agencies', 'counts', 'days'] -%}
-- depends_on: {{ ref('int_dossiers__' ~ model) }}
{% endfor %}
-- depends_on: {{ ref('int_dossiers__totals_taken_in') }}
-- depends_on: {{ ref('int_figures__taken_in') }}
select kind, key, value, held from {{ ref('int_dossiers__state') }}
union all
select 'field', field_code, scope, '{}' from {{ ref('int_fields__mapped') }} where source = 'procedures'
