{# `condition` holds in every row; a row where it is null fails too. #}
{% test always(model, condition) %}
select * from {{ model }} where ({{ condition }}) is not true
{% endtest %}
