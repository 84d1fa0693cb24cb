-- One-stop systems count in their own words; each word is one measure of the catalogue, or none.
with words (interface, field, measure) as (
    values
    ('opencps', 'processCount', 'tthc_received_total'),
    ('opencps', 'receivedCount', 'tthc_received_new'),
    ('opencps', 'onlineCount', 'tthc_received_online'),
    ('opencps', 'onegateCount', 'tthc_received_in_person_or_postal'),
    ('opencps', 'remainingCount', 'tthc_carried_over'),
    ('opencps', 'releaseCount', 'tthc_resolved_total'),
    ('opencps', 'betimesCount', 'tthc_resolved_early'),
    ('opencps', 'ontimeCount', 'tthc_resolved_on_time'),
    ('opencps', 'overtimeCount', 'tthc_resolved_overdue'),
    ('opencps', 'processingCount', 'tthc_in_progress_total'),
    ('opencps', 'undueCount', 'tthc_in_progress_on_time'),
    ('opencps', 'overdueCount', 'tthc_in_progress_overdue'),
    ('opencps', 'cancelledCount', 'tthc_withdrawn'),
    ('opencps', 'waitingCount', 'tthc_paused'),
    ('opencps', 'deniedCount', 'tthc_returned_ineligible'),
    ('igate', 'received', 'tthc_received_total'),
    ('igate', 'receivedOnline', 'tthc_received_online'),
    ('igate', 'receivedDirect', 'tthc_received_in_person'),
    ('igate', 'resolved', 'tthc_resolved_total'),
    ('igate', 'resolvedOverdue', 'tthc_resolved_overdue')
),

newest as (
    -- The bytes served last are in effect: counts are restated.
    select distinct on (counts.interface, counts.system, counts.period_start, counts.period_end, counts.agency_code, counts.domain_code, counts.is_total)
        counts.*,
        landing.origin,
        landing.file_name,
        landing.sha256 as landing_sha256,
        landing.fetched_at
    from {{ source('raw', 'onestop_statistics') }} as counts
    inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = counts.landing_id
    inner join {{ source('raw', 'landing_sighting') }} as sighting on sighting.landing_id = counts.landing_id
    order by
        counts.interface, counts.system, counts.period_start, counts.period_end, counts.agency_code, counts.domain_code, counts.is_total,
        sighting.last_seen_at desc, counts.landing_id desc, counts.pointer
)

select
    newest.landing_id,
    newest.pointer as row_key,
    newest.interface,
    newest.system,
    'calendar:' || newest.period_start || ':' || newest.period_end as period_key,
    newest.period_start,
    newest.period_end,
    newest.agency_code,
    newest.agency_name_vi,
    newest.domain_code,
    newest.unit_code,
    newest.unit_valid_from,
    words.measure,
    (newest.payload ->> words.field)::numeric as value,
    newest.pointer || '/' || words.field as locator,
    newest.broken_identities,
    newest.origin,
    newest.file_name,
    newest.landing_sha256,
    newest.fetched_at
from newest
inner join words on words.interface = newest.interface
where not newest.is_total and newest.payload ->> words.field is not null
