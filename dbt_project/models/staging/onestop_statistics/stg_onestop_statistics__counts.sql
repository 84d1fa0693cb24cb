{{ config(materialized='kept') }}
-- One-stop systems count in their own words; each word is one measure of the catalogue, or none. OpenCPS's deniedCount is none: a dossier
-- refused at the door was never received, and totalCount, which includes it, is no measure of the forms either.
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
    ('igate', 'received', 'tthc_received_total'),
    ('igate', 'receivedOnline', 'tthc_received_online'),
    ('igate', 'receivedDirect', 'tthc_received_in_person'),
    ('igate', 'resolved', 'tthc_resolved_total'),
    ('igate', 'resolvedOverdue', 'tthc_resolved_overdue')
)

select
    counts.landing_id,
    counts.pointer as row_key,
    counts.interface,
    counts.system,
    'calendar:' || counts.period_start || ':' || counts.period_end as period_key,
    counts.period_start,
    counts.period_end,
    counts.agency_code,
    counts.agency_name_vi,
    counts.domain_code,
    coalesce(counts.payload ->> 'domainName', '') as domain_name_vi,
    counts.total_of,
    counts.scope,
    counts.unit_code,
    words.measure,
    (counts.payload ->> words.field)::numeric as value,
    counts.pointer || '/' || words.field as locator,
    cardinality(counts.broken_identities) as broken_count,
    landing.origin,
    landing.file_name,
    landing.sha256 as landing_sha256,
    landing.fetched_at,
    sighting.last_seen_at
from {{ source('raw', 'onestop_statistics') }} as counts
inner join words on words.interface = counts.interface
inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = counts.landing_id
inner join {{ source('raw', 'landing_sighting') }} as sighting on sighting.landing_id = counts.landing_id
where counts.payload ->> words.field is not null
