with since as (
    -- The first report that ever arrived here: for deadlines before it, arrival tells nothing about sending.
    select min((fetched_at at time zone 'Asia/Ho_Chi_Minh')::date) as day from {{ ref('int_submissions__versions') }}
),

arrivals as (
    select
        *,
        row_number() over (partition by unit_code, kind, period_key order by fetched_at, landing_id) as arrival
    from {{ ref('int_submissions__versions') }}
    where is_newest_reading and unit_code <> ''
),

submitted as (
    select
        unit_code,
        kind,
        period_key,
        min((fetched_at at time zone 'Asia/Ho_Chi_Minh')::date) as first_received_on,
        max(document_date) filter (where arrival = 1) as first_document_date,
        count(distinct landing_sha256)::integer as version_count,
        bool_or(is_current) as has_current,
        bool_or(is_held) as has_held
    from arrivals
    group by unit_code, kind, period_key
),

judged as (
    select
        expected.*,
        submitted.first_received_on,
        submitted.first_document_date,
        coalesce(submitted.version_count, 0) as version_count,
        coalesce(submitted.has_current, false) as is_accepted,
        coalesce(submitted.has_held, false) as has_held_version,
        -- A folder that is loaded late does not make a report late: its own date stands where it can be true.
        case
            when submitted.first_document_date between expected.period_end - 31 and submitted.first_received_on then submitted.first_document_date
            else submitted.first_received_on
        end as sent_on,
        since.day as since_day
    from {{ ref('int_reporting__expected') }} as expected
    left join submitted
        on (submitted.unit_code, submitted.kind, submitted.period_key) = (expected.unit_code, expected.kind, expected.period_key)
    cross join since
),

dated as (
    select
        *,
        case
            when sent_on is null then ''
            when sent_on = first_document_date and sent_on <> first_received_on then 'document_date'
            else 'received'
        end as sent_on_basis
    from judged
)

select
    unit_code,
    unit_valid_from,
    obligation,
    period_key,
    calendar_kind as period_kind,
    period_start,
    period_end,
    due_on,
    is_deadline_assumed,
    case
        when sent_on is null and is_due then 'missing'
        when sent_on is null then 'not_due'
        when sent_on <= due_on then 'on_time'
        when sent_on_basis = 'received' and since_day > due_on then 'arrived'
        else 'late'
    end as status,
    sent_on,
    sent_on_basis,
    first_received_on,
    case
        when sent_on is not null and (sent_on <= due_on or sent_on_basis = 'document_date' or since_day <= due_on) then greatest(sent_on - due_on, 0)
    end as days_late,
    version_count,
    version_count > 1 as is_corrected,
    is_accepted,
    has_held_version,
    deadline_basis
from dated
