-- A held record does not count, so the record before it stands.
select distinct on (record.dossier_key)
    record.dossier_key,
    record.agency_code,
    coalesce(crosswalk.unit_code, '') as unit_code,
    coalesce(crosswalk.unit_name_vi, '') as unit_name_vi,
    record.status_code,
    record.channel_code,
    record.received_on,
    record.due_on,
    record.finished_on,
    record.ended_on,
    record.unreadable_reason,
    record.landing_id,
    record.fetched_at
from {{ ref('stg_dossiers__records') }} as record
left join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = record.agency_code
where {{ admitted('record') }}
order by record.dossier_key, record.fetched_at desc, record.landing_id desc, record.position_in_landing desc nulls last, record.row_key desc
