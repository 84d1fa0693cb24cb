{# No row fulfils `condition`, written so that a partial index on it answers: the history is not read. #}
{% test never(model, condition) %}
select * from {{ model }} where {{ condition }}
{% endtest %}
