{# What a metric is made of is a quantity that is known: a measure's short name or one of those that are derived. #}
{% test metric_terms_exist(model, derived) %}
select metric, trim(term) as term
from {{ model }}
cross join lateral unnest(string_to_array(concat_ws('+', nullif(numerator, ''), nullif(denominator, '')), '+')) as term
where
    trim(term) not in (select regexp_replace(measure, '^tthc_', '') from {{ ref('measures') }})
    and trim(term) not in ('{{ derived | join("', '") }}')
union all
select metric, printed_measure from {{ model }} where printed_measure <> '' and printed_measure not in (select measure from {{ ref('measures') }})
{% endtest %}
