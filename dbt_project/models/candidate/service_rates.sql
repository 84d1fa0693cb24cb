{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook=["{{ by_hash() }}", "{{ drop_slices() }}"]) }}
with terms as (
    select metric, side, trim(term) as quantity
    from {{ ref('metrics') }}
    cross join lateral (values ('numerator', numerator), ('denominator', denominator)) as sides (side, expression)
    cross join lateral unnest(string_to_array(expression, '+')) as term
),

needed as (
    select metric, count(*) as term_count
    from terms
    group by metric
),

computed as (
    select
        quantity.unit_code,
        quantity.unit_valid_from,
        quantity.period_key,
        quantity.scope,
        quantity.source,
        terms.metric,
        sum(quantity.value) filter (where terms.side = 'numerator') as numerator,
        sum(quantity.value) filter (where terms.side = 'denominator') as denominator,
        bool_or(quantity.is_contested) as is_contested,
        count(*) as term_count
    from {{ slices_of(ref('int_performance__quantities')) }} as quantity
    inner join terms on terms.quantity = quantity.quantity
    group by quantity.unit_code, quantity.unit_valid_from, quantity.period_key, quantity.scope, quantity.source, terms.metric
),

sources as (
    select
        quantity.unit_code,
        quantity.unit_valid_from,
        quantity.period_key,
        quantity.scope,
        quantity.source,
        terms.metric,
        array_agg(distinct id order by id) as figure_ids
    from {{ slices_of(ref('int_performance__quantities')) }} as quantity
    inner join terms on terms.quantity = quantity.quantity
    cross join lateral unnest(quantity.figure_ids) as id
    group by quantity.unit_code, quantity.unit_valid_from, quantity.period_key, quantity.scope, quantity.source, terms.metric
)

select
    computed.unit_code,
    computed.unit_valid_from,
    computed.period_key,
    split_part(computed.period_key, ':', 1) as period_calendar,
    computed.scope,
    computed.source,
    computed.metric,
    round(100 * computed.numerator / computed.denominator, 2) as rate_pct,
    '=' as bound,
    computed.numerator,
    computed.denominator,
    false as is_printed,
    computed.is_contested,
    sources.figure_ids
from computed
inner join needed on needed.metric = computed.metric and needed.term_count = computed.term_count
inner join sources
    on
        (sources.unit_code, sources.unit_valid_from, sources.period_key, sources.scope, sources.source, sources.metric)
        = (computed.unit_code, computed.unit_valid_from, computed.period_key, computed.scope, computed.source, computed.metric)
-- 0 of 0 is no rate.
where computed.denominator > 0

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
from {{ slices_of(ref('service_performance')) }} as printed
inner join {{ ref('metrics') }} as metric on metric.printed_measure = printed.measure
where printed.subject = ''
