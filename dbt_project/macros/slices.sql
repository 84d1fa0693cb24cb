{# The marts of performance are made unit by unit and period by period: an incremental build works out only the slices that
   int_figures__slices names; what is counted over dossiers goes by int_dossiers__recounted beside it. `{{ slices_of(ref('x')) }} as x` reads those of an input, `{{ config(pre_hook=drop_slices()) }}` lets go of the old. #}
{% macro slices_of(relation) -%}
{% set slices = ref('int_figures__slices') -%}
{% if is_incremental() -%}
(select part.* from {{ relation }} as part where (part.unit_code, part.period_key) in (select unit_code, period_key from {{ slices }}))
{%- else -%}
{{ relation }}
{%- endif %}
{%- endmacro %}

{% macro drop_slices(has_dossiers=false) -%}
{% if is_incremental() -%}
delete from {{ this }}
where {% if has_dossiers %}source <> 'dossiers' and {% endif %}(unit_code, period_key) in (select unit_code, period_key from {{ ref('int_figures__slices') }})
{%- endif %}
{%- endmacro %}

{# What reconciliation reads of an input: the slices that are compared again and, of `others` true, those of units that were merged into them. #}
{% macro reconciled(relation, others=true) -%}
{% set slices = ref('int_reconciliation__slices') -%}
{% if is_incremental() -%}
(
    select part.* from {{ relation }} as part
    where (part.unit_code, part.period_key) in (select unit_code, period_key from {{ slices }}{% if not others %} where is_compared{% endif %})
)
{%- else -%}
{{ relation }}
{%- endif %}
{%- endmacro %}

{# Whether the figures' marts stand and are only changed by this build. #}
{% macro figures_are_kept() -%}
    {{ return(execute and not should_full_refresh() and as_left_by_last_build('int_figures__taken_in') is not none
        and as_left_by_last_build('int_dossiers__totals_taken_in') is not none and as_left_by_last_build('figures_told', 'candidate') is not none) }}
{%- endmacro %}

{# Of an input of figure_sources the figures whose trail may have changed. #}
{% macro retraced(relation) -%}
{% set affected = ref('int_figures__retraced') -%}
{% if is_incremental() -%}
(select part.* from {{ relation }} as part where part.figure_id in (select figure_id from {{ affected }}))
{%- else -%}
{{ relation }}
{%- endif %}
{%- endmacro %}

{# Joins of sums over several columns are taken for single rows by the planner, which then loops over all pairs. #}
{% macro by_hash() -%}
set local enable_nestloop = off
{%- endmacro %}

{# A post-hook: statistics of a table that was made anew. Without them the models after it are planned for a table of unknown size; autovacuum
   comes a minute later. Tables that are only added to keep theirs. #}
{% macro analyzed() -%}
{% if model.config.materialized in ('table', 'kept') or (model.config.materialized == 'incremental' and not is_incremental()) -%}
analyze {{ this }}
{%- endif %}
{%- endmacro %}
