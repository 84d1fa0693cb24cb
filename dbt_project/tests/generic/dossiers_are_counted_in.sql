{# What is counted over dossiers is a measure of the catalogue in the unit that `figures` and `service_performance` tell. #}
{% test dossiers_are_counted_in(model, unit) %}
select counted.measure
from unnest(array[{% for name in dossier_measures() %}'tthc_{{ name }}'{{ ', ' if not loop.last }}{% endfor %}]) as counted (measure)
left join {{ model }} as known on known.measure = counted.measure
where known.unit is distinct from '{{ unit }}'
{% endtest %}
