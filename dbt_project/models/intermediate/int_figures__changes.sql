-- Figures, and submissions whose standing decides what their figures were used for.
{% if not figures_are_kept() or figures_are_the_same() -%}
select figure_id, unit_code, period_key, measure, submission_id from {{ ref('int_figures__state') }} limit 0
{%- else -%}
{% set taken_in = as_left_by_last_build('int_figures__taken_in') %}
with differing as materialized (
    select now as now, before as before
    from {{ ref('int_figures__state') }} as now
    full join {{ taken_in }} as before on before.figure_id = now.figure_id
    where now.row_hash is distinct from before.row_hash
)

select (now).figure_id, (now).unit_code, (now).period_key, (now).measure, (now).submission_id from differing where (now).figure_id is not null
union
select (before).figure_id, (before).unit_code, (before).period_key, (before).measure, (before).submission_id from differing where (before).figure_id is not null
{%- endif %}
