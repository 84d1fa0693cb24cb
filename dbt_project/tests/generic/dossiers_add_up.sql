{# The flow and the parts of form II.06 hold for counts of our own, exactly. #}
{% test dossiers_add_up(model) %}
select * from {{ model }}
where
    (
        received_new + carried_over = resolved_total + in_progress_total + withdrawn + returned_ineligible + paused
        and received_new = received_online + received_in_person + received_postal
        and resolved_total = resolved_early + resolved_on_time + resolved_overdue
        and in_progress_total = in_progress_on_time + in_progress_overdue
    ) is not true
{% endtest %}
