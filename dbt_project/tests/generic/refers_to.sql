{# Every row of the model finds its columns in `target`, under the same names or those of `target_columns`; `where` limits which rows must. #}
{% test refers_to(model, columns, target, where="true", target_columns=none) %}
select {{ columns | join(', ') }} from {{ model }} where {{ where }}
except
select {{ (target_columns or columns) | join(', ') }} from {{ target }}
{% endtest %}
