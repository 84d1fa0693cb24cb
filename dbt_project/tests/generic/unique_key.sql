{# `columns` together are unique among the rows where `where` holds. #}
{% test unique_key(model, columns, where="true") %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
where {{ where }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
