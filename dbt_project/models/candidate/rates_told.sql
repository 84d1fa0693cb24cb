{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
-- What follows from what forms, reports, the portal and one-stop systems told; `service_rates` shows it beside the rates of the dossiers.
with terms as (
    select metric, side, trim(term) as quantity
    from {{ ref('metrics') }}
    cross join lateral (values ('numerator', numerator), ('denominator', denominator)) as sides (side, expression)
    cross join lateral unnest(string_to_array(expression, '+')) as term
),

computable as (
    select
        terms.metric,
        array_agg(terms.quantity) as quantities,
        array_agg(terms.quantity) filter (where terms.side = 'numerator') as numerators,
        array_agg(terms.quantity) filter (where terms.side = 'denominator') as denominators
    from terms
    group by terms.metric
),

-- All quantities of one unit, period, scope and source in one row: what a rate is made of is picked from it.
rows_of_quantities as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        source,
        jsonb_object_agg(quantity, value) as quantities,
        jsonb_object_agg(quantity, to_jsonb(figure_ids)) as figure_ids,
        coalesce(array_agg(quantity) filter (where is_contested), '{}') as contested
    from {{ slices_of(ref('int_performance__quantities')) }} as quantity_of_slice
    where source <> 'dossiers'
    group by unit_code, unit_valid_from, period_key, scope, source
)

select
    counted.unit_code,
    counted.unit_valid_from,
    counted.period_key,
    split_part(counted.period_key, ':', 1) as period_calendar,
    counted.scope,
    counted.source,
    computable.metric,
    round(100 * part.numerator / part.denominator, 2) as rate_pct,
    '=' as bound,
    part.numerator,
    part.denominator,
    false as is_printed,
    counted.contested && computable.quantities as is_contested,
    array(
        select distinct figure.figure_id
        from unnest(computable.quantities) as name
        cross join lateral jsonb_array_elements_text(counted.figure_ids -> name) as figure (figure_id)
        order by figure.figure_id
    ) as figure_ids
from rows_of_quantities as counted
inner join computable on counted.quantities ?& computable.quantities
-- Offset 0: worked out once, and not wherever they are named.
cross join lateral (
    select
        (select sum((counted.quantities ->> name)::numeric) from unnest(computable.numerators) as name) as numerator,
        (select sum((counted.quantities ->> name)::numeric) from unnest(computable.denominators) as name) as denominator
    offset 0
) as part
-- 0 of 0 is no rate.
where part.denominator > 0

union all

select
    printed.unit_code,
    printed.unit_valid_from,
    printed.period_key,
    printed.period_calendar,
    printed.scope,
    printed.source,
    metric.metric,
    printed.value as rate_pct,
    printed.bound,
    null::numeric as numerator,
    null::numeric as denominator,
    true as is_printed,
    printed.is_contested,
    array[printed.figure_id] as figure_ids
from {{ slices_of(ref('int_performance__preferred')) }} as printed
inner join {{ ref('metrics') }} as metric on metric.printed_measure = printed.measure
where printed.subject = ''
