{# A table that is left as it stands while nothing that it is made of has changed: `materialized='kept'`. Its stamp says what it was made of; of
   source tables how many rows they have and which transaction wrote last, of models their own stamps. It is read before the rows are,
   so that what arrives meanwhile is seen by the next build. A model that names one without a stamp (nothing of dossiers has one) is built each time.
   `made_of=[…]` names the models where depends_on says more (order, a view). #}
{% materialization kept, adapter='postgres' %}
    {% set stamp = stamp_of_inputs(model) -%}
    {% set existing = load_cached_relation(this) -%}
    {% if existing is not none and not should_full_refresh() and stamp and stamps().get(model.name) == stamp -%}
        {% call noop_statement('main', 'KEPT') -%}{%- endcall %}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
    {%- endif %}
    {% do run_query("delete from " ~ stamps_table() ~ " where model = '" ~ model.name ~ "'; commit") -%}
    {% set built = dbt.materialization_table_default() -%}
    {% if stamp -%}
        {% do run_query("insert into " ~ stamps_table() ~ " values ('" ~ model.name ~ "', '" ~ stamp ~ "'); commit") -%}
    {%- endif %}
    {{ return(built) }}
{% endmaterialization %}

{% macro stamps_table() -%}
    {{ return(generate_schema_name('intermediate') ~ '.kept_stamps') }}
{%- endmacro %}

{# Unlogged as the tables: a server that fell has neither. #}
{% macro create_stamps() -%}
    create unlogged table if not exists {{ stamps_table() }} (model text primary key, stamp text not null)
{%- endmacro %}

{# By model. #}
{% macro stamps() -%}
    {% set found = {} -%}
    {% for row in run_query('select model, stamp from ' ~ stamps_table()).rows -%}
    {% do found.update({row[0]: row[1]}) -%}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# None where anything that `node` is made of has no stamp. Seeds do not count: where they changed, all is built anew (transform.build). #}
{% macro stamp_of_inputs(node) -%}
    {% set known, parts, unknown = stamps(), [], [] -%}
    {% set made_of = node.config.get('made_of') -%}
    {% set inputs = (made_of or []) | list -%}
    {% for input in node.depends_on.nodes if not made_of -%}
        {% if input.startswith('source.') -%}
            {% set mark = source_mark(input.split('.')[-2] ~ '.' ~ input.split('.')[-1]) -%}
            {% do parts.append(mark) if mark else unknown.append(input) -%}
        {% elif input.startswith('model.') -%}
            {% do inputs.append(input.split('.')[-1]) -%}
        {%- endif %}
    {%- endfor %}
    {% for name in inputs -%}
        {% do parts.append(known[name]) if name in known else unknown.append(name) -%}
    {%- endfor %}
    {{ return(none if unknown else local_md5(parts | join('|') ~ '|' ~ inputs | join('|'))) }}
{%- endmacro %}

{# What of a source table changes with every row that comes, changes or goes; of what all sources share the part that is not the dossiers'. #}
{% macro source_mark(table) -%}
    {% set of_others = " as part inner join raw.landing as landing using (landing_id) where landing.source <> 'dossiers'" -%}
    {% set known = {
        'raw.landing': "raw.landing as part where part.source <> 'dossiers'",
        'raw.landing_sighting': 'raw.attempt' ~ of_others,
        'raw.portal_index': 'raw.portal_index as part',
        'raw.onestop_statistics': 'raw.onestop_statistics as part',
        'facts.submission': 'facts.submission as part',
        'facts.figure': 'facts.figure as part',
    } -%}
    {% do known.update(holds_of_others(of_others)) -%}
    {% set read = known.get(table) -%}
    {{ return(none if read is none else run_query("select '" ~ table ~ " ' || count(*) || ' ' || coalesce(max(part.xmin::text::bigint), 0) from " ~ read).rows[0][0]) }}
{%- endmacro %}

{# Whether the figures and submissions are those that the last build took in; asked by a model that is built after them. #}
{% macro figures_are_the_same() -%}
    {% set stamp = stamp_of_inputs({'config': {'made_of': ['int_figures__all', 'int_submissions__versions', 'int_portal_index__counts']}, 'depends_on': {'nodes': []}}) -%}
    {{ return(stamp is not none and stamps().get('int_figures__taken_in') == stamp) }}
{%- endmacro %}
