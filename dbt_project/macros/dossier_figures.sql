{# The measures that are counted over dossiers, in the order of figure_ids; each is a column without its prefix. #}
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

{# A quantity of a row of int_dossiers__recounted or dossier_counts. #}
{% macro dossier_quantity(name) -%}
    {{ {'received_in_period': 'received_new', 'received_with_carried_over': 'received_new + carried_over', 'resolved_in_time': 'resolved_early + resolved_on_time'}.get(name, name) }}
{%- endmacro %}

{# The rates of seeds/metrics.csv whose terms are all counted over dossiers: metric, numerator and denominator over a row of dossier_counts, and the
   places in its figure_ids of the figures that they are made of. By name and not by ref, which a unit test would take for its own rows. #}
{% macro dossier_rates() -%}
    {% set rates, quantities, measures = [], dossier_quantities(), dossier_measures() -%}
    {% if execute -%}
    {% for metric in run_query('select metric, numerator, denominator from ' ~ generate_schema_name('staging') ~ ".metrics where denominator <> '' order by metric").rows -%}
        {% set sums, places, unknown = [], [], [] -%}
        {% for side in [metric['numerator'], metric['denominator']] -%}
            {% set terms = [] -%}
            {% for term in side.split('+') | map('trim') -%}
                {% do unknown.append(term) if term not in quantities -%}
                {% do terms.append('(' ~ dossier_quantity(term) ~ ')') -%}
                {% for measure in quantities.get(term, []) -%}
                {% do places.append(measures.index(measure) + 1) -%}
                {% endfor -%}
            {% endfor -%}
            {% do sums.append(terms | join(' + ')) -%}
        {% endfor -%}
        {% do rates.append({'metric': metric['metric'], 'numerator': sums[0], 'denominator': sums[1], 'places': places | unique | sort}) if not unknown -%}
    {% endfor -%}
    {%- endif %}
    {{ return(rates) }}
{%- endmacro %}

{# A pre-hook: lets go of what stood for the units, periods and scopes whose dossiers are counted anew. #}
{% macro drop_recounted(has_source=true) -%}
{% if is_incremental() -%}
delete from {{ this }}
where {% if has_source %}source = 'dossiers' and {% endif %}(unit_code, period_key, scope) in (select unit_code, period_key, scope from {{ ref('int_dossiers__recounted') }})
{%- endif %}
{%- endmacro %}
