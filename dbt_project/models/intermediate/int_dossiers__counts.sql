with placed as (
    select
        dossier.*,
        coalesce(nullif(dossier.unit_code, ''), dossier.agency_code) as unit_key,
        period.period_key,
        period.period_start,
        period.period_end,
        dossier.received_on >= period.period_start as is_new,
        -- Ended after the period: at its end the dossier was still being worked on, whatever became of it since.
        dossier.ended_on is not null and dossier.ended_on <= period.period_end as is_ended,
        dossier.due_on < period.period_end and dossier.due_on is not null as is_overdue_at_end
    from {{ ref('int_dossiers__latest') }} as dossier
    inner join {{ ref('int_periods__seen') }} as period
        on
            period.calendar = 'statutory'
            and dossier.received_on <= period.period_end
            and (dossier.ended_on is null or dossier.ended_on >= period.period_start)
    -- Registered only (1) and refused at the door (3) were never received.
    where dossier.unreadable_reason = '' and dossier.status_code not in ('1', '3')
),

states as (
    select
        *,
        case
            when is_ended and status_code = '7' then 'withdrawn'
            when is_ended then 'resolved'
            when status_code in ('5', '6', '8') then 'paused'
            else 'in progress'
        end as state
    from placed
),

counted as (
    select
        unit_key,
        min(unit_code) as unit_code,
        min(unit_name_vi) as unit_name_vi,
        period_key,
        period_start,
        period_end,
        string_agg(distinct agency_code, ', ' order by agency_code) as agency_codes,
        count(*) as record_count,
        array_agg(distinct landing_id order by landing_id) as landing_ids,
        (array_agg(landing_id order by fetched_at desc, landing_id desc))[1] as newest_landing_id,
        count(*) filter (where is_new) as tthc_received_new,
        count(*) filter (where is_new and channel_code = '2') as tthc_received_online,
        count(*) filter (where is_new and channel_code = '1') as tthc_received_in_person,
        count(*) filter (where is_new and channel_code = '3') as tthc_received_postal,
        count(*) filter (where not is_new) as tthc_carried_over,
        count(*) filter (where state = 'resolved') as tthc_resolved_total,
        -- Days are compared, never instants; without a due day a dossier is on time.
        count(*) filter (where state = 'resolved' and finished_on < due_on) as tthc_resolved_early,
        count(*) filter (where state = 'resolved' and (finished_on = due_on or due_on is null)) as tthc_resolved_on_time,
        count(*) filter (where state = 'resolved' and finished_on > due_on) as tthc_resolved_overdue,
        count(*) filter (where state = 'in progress') as tthc_in_progress_total,
        count(*) filter (where state = 'in progress' and not is_overdue_at_end) as tthc_in_progress_on_time,
        count(*) filter (where state = 'in progress' and is_overdue_at_end) as tthc_in_progress_overdue,
        count(*) filter (where state = 'withdrawn') as tthc_withdrawn,
        count(*) filter (where state = 'paused') as tthc_paused
    from states
    group by unit_key, period_key, period_start, period_end
)

select
    left(encode(sha256(convert_to(concat_ws('|', 'dossiers', counted.unit_key, counted.period_key, counts.measure), 'UTF8')), 'hex'), 16) as figure_id,
    counts.measure,
    counts.value::numeric as value,
    coalesce(unit.unit_code, '') as unit_code,
    unit.valid_from as unit_valid_from,
    coalesce(nullif(counted.unit_name_vi, ''), counted.agency_codes) as unit_name_vi,
    counted.agency_codes,
    counted.period_key,
    counted.period_start,
    counted.period_end,
    counted.record_count,
    counted.landing_ids,
    counted.newest_landing_id
from counted
cross join lateral (
    values
    ('tthc_received_new', tthc_received_new),
    ('tthc_received_online', tthc_received_online),
    ('tthc_received_in_person', tthc_received_in_person),
    ('tthc_received_postal', tthc_received_postal),
    ('tthc_carried_over', tthc_carried_over),
    ('tthc_resolved_total', tthc_resolved_total),
    ('tthc_resolved_early', tthc_resolved_early),
    ('tthc_resolved_on_time', tthc_resolved_on_time),
    ('tthc_resolved_overdue', tthc_resolved_overdue),
    ('tthc_in_progress_total', tthc_in_progress_total),
    ('tthc_in_progress_on_time', tthc_in_progress_on_time),
    ('tthc_in_progress_overdue', tthc_in_progress_overdue),
    ('tthc_withdrawn', tthc_withdrawn),
    ('tthc_paused', tthc_paused)
) as counts (measure, value)
left join {{ ref('administrative_units') }} as unit
    on
        unit.unit_code = counted.unit_code
        and counted.period_end between unit.valid_from and coalesce(unit.valid_to, 'infinity')
        -- The portal's commune codes date from the reform; before it the same statistics code meant another unit.
        and unit.valid_from >= date '2025-07-01'
