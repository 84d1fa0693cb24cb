with told as (
    select
        figure.unit_code,
        figure.unit_valid_from,
        figure.scope as block,
        split_part(figure.measure, '_', 2) as direction,
        split_part(figure.measure, '_', 3) as reason,
        figure.period_start,
        figure.period_end,
        figure.period_key,
        figure.source,
        figure.value,
        figure.bound,
        figure.figure_id,
        figure.submission_id,
        figure.fetched_at,
        figure.quote_vi,
        -- The same people told again further down; two equal numbers in one sentence are two groups of people.
        first_value(figure.quote_vi) over (
            partition by figure.submission_id, figure.unit_code, figure.scope, figure.measure, figure.period_key, figure.value
            order by figure.span_start, figure.figure_id
        ) as first_quote_vi
    from {{ ref('int_figures__printed') }} as figure
    inner join {{ ref('measures') }} as measure on measure.measure = figure.measure and measure.family = 'staffing' and measure.aggregation = 'sum'
    where figure.unit_code <> ''
)

select
    figure_id,
    unit_code,
    unit_valid_from,
    block,
    direction,
    reason,
    period_key,
    period_start,
    period_end,
    source,
    value,
    bound,
    quote_vi,
    submission_id,
    fetched_at
from told
where quote_vi = first_quote_vi
