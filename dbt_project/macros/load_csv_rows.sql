{# dbt renders one statement with a placeholder a cell, which takes ten seconds for the units; one JSON document takes one. #}
{% macro postgres__load_csv_rows(model, agate_table) %}
    {% set types = model['config'].get('column_types', {}) %}
    {% set sql %}
        insert into {{ this.render() }} ({{ get_seed_column_quoted_csv(model, agate_table.column_names) }})
        select
        {%- for name in agate_table.column_names %}
            (cell ->> {{ loop.index0 }})::{{ types.get(name, adapter.convert_type(agate_table, loop.index0)) }}{{ '' if loop.last else ',' }}
        {%- endfor %}
        from jsonb_array_elements(%s::jsonb) as cell
    {% endset %}
    {% do adapter.add_query(sql, bindings=[tojson(agate_table.rows | map('list') | list)], abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}
