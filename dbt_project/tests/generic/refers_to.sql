{# Every row of the model finds its columns in `target`, under the same names or those of `target_columns`; `among` limits which rows must. #}
{% test refers_to(model, columns, target, among="true", target_columns=none) %}
select {{ columns | join(', ') }} from {{ model }} where {{ among }}
except
select {{ (target_columns or columns) | join(', ') }} from {{ target }}
{%- if config.get('where') == 'changed' and columns[0] == 'figure_id' %}
-- No other row of the target can be the one, and the target is as large as the model.
where {{ (target_columns or columns)[0] }} in (select {{ columns[0] }} from {{ model }} where {{ among }})
{%- endif %}
{% endtest %}
