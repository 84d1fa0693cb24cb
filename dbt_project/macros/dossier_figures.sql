{# The measures that are counted over dossiers, in the order of int_dossiers__recounted.figure_ids; each is a column without its prefix. #}
{% macro dossier_measures() -%}
    {{ return([
        'received_new', 'received_online', 'received_in_person', 'received_postal', 'carried_over', 'resolved_total', 'resolved_early', 'resolved_on_time',
        'resolved_overdue', 'in_progress_total', 'in_progress_on_time', 'in_progress_overdue', 'withdrawn', 'returned_ineligible', 'paused'
    ]) }}
{%- endmacro %}

{# What is derived from them for the rates and the wide table, with the measures that each is made of. #}
{% macro dossier_quantities() -%}
    {% set quantities = {} -%}
    {% for name in dossier_measures() -%}
    {% do quantities.update({name: [name]}) -%}
    {% endfor -%}
    {% do quantities.update({
        'received_in_period': ['received_new', 'received_online', 'received_in_person', 'received_postal'],
        'received_with_carried_over': ['received_new', 'received_online', 'received_in_person', 'received_postal', 'carried_over'],
        'resolved_in_time': ['resolved_early', 'resolved_on_time']
    }) -%}
    {{ return(quantities) }}
{%- endmacro %}

{# A quantity of a row of int_dossiers__recounted. #}
{% macro dossier_quantity(name) -%}
    {{ {'received_in_period': 'received_new', 'received_with_carried_over': 'received_new + carried_over', 'resolved_in_time': 'resolved_early + resolved_on_time'}.get(name, name) }}
{%- endmacro %}

{# The figures that this build counts anew, one row each: the columns of int_dossiers__recounted with measure, value and figure_id. Of what
   is gone too: `is_now` tells. #}
{% macro recounted_figures() -%}
(
    select counted.*, figure.measure, figure.value, figure.figure_id
    from {{ ref('int_dossiers__recounted') }} as counted
    cross join lateral unnest(
        array[{% for name in dossier_measures() %}'tthc_{{ name }}'{{ ', ' if not loop.last }}{% endfor %}],
        array[{% for name in dossier_measures() %}counted.{{ name }}{{ ', ' if not loop.last }}{% endfor %}],
        counted.figure_ids
    ) as figure (measure, value, figure_id)
    where figure.measure = any(counted.differing)
)
{%- endmacro %}

{# A pre-hook: lets go of what stood for the dossiers that are counted anew, figure by figure or by unit, period and scope. #}
{% macro drop_recounted(by_figure=false) -%}
{% if is_incremental() and by_figure -%}
delete from {{ this }} where source = 'dossiers' and figure_id in (select figure_id from {{ recounted_figures() }} as recounted)
{%- elif is_incremental() -%}
delete from {{ this }} where source = 'dossiers' and (unit_code, period_key, scope) in (select unit_code, period_key, scope from {{ ref('int_dossiers__recounted') }})
{%- endif %}
{%- endmacro %}
