{# Every row of the model finds its columns in `target`, under the same names; `where` limits which rows must. #}
{% test refers_to(model, columns, target, where="true") %}
select {{ columns | join(', ') }} from {{ model }} where {{ where }}
except
select {{ columns | join(', ') }} from {{ target }}
{% endtest %}
