{# dbt's own, with one word more: `where: changed` tests the rows that this build wrote or whose target it may have taken away. The others stood
   as they stand when they were tested, in both tables: figures and marts of performance change only in these slices (drop_slices,
   drop_recounted), the trail only for int_figures__retraced. A full build names all.
   By name and not by ref, which dbt does not see here; the models under test are built after them. #}
{% macro get_where_subquery(relation) -%}
    {% set where = config.get('where', '') -%}
    {% if where == 'changed' -%}
    {% set intermediate = generate_schema_name('intermediate') -%}
    {% set changed -%}
    (
        select part.* from {{ relation }} as part
        where
            {% if relation.identifier == 'figure_sources' -%}
            part.figure_id in (select figure_id from {{ intermediate }}.int_figures__retraced)
            {%- elif relation.identifier == 'dossier_counts' -%}
            (part.unit_code, part.period_key, part.scope) in (select unit_code, period_key, scope from {{ intermediate }}.int_dossiers__recounted)
            {%- elif relation.identifier in ['figures_told', 'performance_told', 'rates_told'] -%}
            (part.unit_code, part.period_key) in (select unit_code, period_key from {{ intermediate }}.int_figures__slices)
            {%- else -%}
            (part.source <> 'dossiers' and (part.unit_code, part.period_key) in (select unit_code, period_key from {{ intermediate }}.int_figures__slices))
            or (
                part.source = 'dossiers'
                and (part.unit_code, part.period_key, part.scope) in (select unit_code, period_key, scope from {{ intermediate }}.int_dossiers__recounted)
            )
            {%- endif %}
    ) as changed
    {%- endset %}
    {{ return(changed) }}
    {%- endif %}
    {{ return(dbt.default__get_where_subquery(relation)) }}
{%- endmacro %}
