{# One unit has one form on any day. #}
{% test no_overlap(model, code, first, last) %}
select one.{{ code }}, one.{{ first }}, other.{{ first }}
from {{ model }} as one
inner join {{ model }} as other
    on
        other.{{ code }} = one.{{ code }} and other.{{ first }} > one.{{ first }}
        and other.{{ first }} <= coalesce(one.{{ last }}, 'infinity')
{% endtest %}
