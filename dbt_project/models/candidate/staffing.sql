with dated as (
    select
        figure.unit_code,
        figure.unit_valid_from,
        figure.scope as block,
        replace(figure.measure, 'staff_', '') as category,
        figure.subject,
        coalesce(figure.as_of_date, figure.period_end, figure.document_date) as as_of_date,
        case
            when figure.as_of_date is not null then 'printed'
            when figure.period_end is not null then 'period_end'
            else 'document_date'
        end as as_of_basis,
        figure.source,
        figure.value,
        figure.bound,
        figure.flags,
        figure.figure_id,
        figure.submission_id,
        figure.fetched_at,
        figure.landing_id,
        figure.confidence,
        figure.span_start,
        -- A quota stands beside the decision that gives it.
        case when figure.measure = 'staff_assigned' then coalesce(substring(figure.quote_vi from '\d+/(?:\d{4}/)?(?:QĐ|NQ|CV|TB|KL|HD)-[[:alnum:]Đ]+(?:-[[:alnum:]Đ]+)*'), '') else '' end
            as decision_number
    from {{ ref('int_figures__printed') }} as figure
    inner join {{ ref('measures') }} as measure on measure.measure = figure.measure and measure.family = 'staffing' and measure.aggregation = 'latest'
    where figure.unit_code <> ''
),

ranked as (
    select
        *,
        row_number() over key_in_order as preference,
        min(value) over key <> max(value) over key or min(bound) over key <> max(bound) over key as is_contested
    from dated
    -- A figure with no day at all stays in `figures`: staffing without a day cannot be compared with anything.
    where as_of_date is not null
    window
        key as (partition by unit_code, unit_valid_from, block, category, subject, as_of_date, source),
        key_in_order as (
            partition by unit_code, unit_valid_from, block, category, subject, as_of_date, source
            order by as_of_basis desc, confidence desc, fetched_at desc, landing_id desc, span_start asc nulls last, figure_id
        )
),

paired as (
    select
        *,
        max(value) filter (where category = 'assigned' and is_sure) over same_day as assigned_same_day,
        max(value) filter (where category = 'present' and is_sure) over same_day as present_same_day,
        max(value) filter (where category = 'vacant') over same_day as vacant_same_day,
        -- A quota often carries another day than the head count beside it; within one submission they belong together if each is single.
        case when count(*) filter (where category = 'assigned') over same_submission = 1
            then max(value) filter (where category = 'assigned' and is_sure) over same_submission end as assigned_in_submission,
        case when count(*) filter (where category = 'present') over same_submission = 1
            then max(value) filter (where category = 'present' and is_sure) over same_submission end as present_in_submission,
        case when count(*) filter (where category = 'vacant') over same_submission = 1
            then max(value) filter (where category = 'vacant') over same_submission end as vacant_in_submission
    from ranked
    cross join lateral (select bound = '=' and not is_contested as is_sure) as certainty
    where preference = 1
    window
        same_day as (partition by unit_code, unit_valid_from, block, subject, as_of_date, source),
        same_submission as (partition by submission_id, block, subject)
),

-- Of the head counts and quotas of one source, the change from the day before it that the source speaks of.
compared as (
    select
        *,
        lag(as_of_date) over versions as previous_as_of_date,
        case when is_sure and lag(is_sure) over versions then value - lag(value) over versions end as change
    from paired
    window versions as (partition by unit_code, unit_valid_from, block, category, subject, source order by as_of_date)
)

select
    unit_code,
    unit_valid_from,
    block,
    category,
    subject,
    as_of_date,
    as_of_basis,
    source,
    value,
    bound,
    is_contested,
    'provisional' = any(flags) as is_provisional,
    case when category in ('assigned', 'present', 'vacant') then coalesce(vacant_same_day, vacant_in_submission) end as vacant_stated,
    case
        when category in ('assigned', 'present', 'vacant')
            then coalesce(assigned_same_day, assigned_in_submission) - coalesce(present_same_day, present_in_submission)
    end as vacant_computed,
    figure_id,
    submission_id,
    fetched_at,
    decision_number,
    previous_as_of_date,
    change
from compared
