with spells as (
    select
        spell.*,
        waiver.valid_until as waived_until,
        waiver.granted_by as waived_by,
        waiver.reason as waiver_reason_vi
    from {{ ever_held() }} as spell
    left join {{ source('quality', 'waiver') }} as waiver on waiver.waiver_id = spell.waiver_id
),

-- What the held row is about: a submission as a whole, a unit's row of an answer, a dossier of an agency.
named as (
    select
        landing_id,
        '' as row_key,
        unit_code,
        unit_valid_from,
        unit_name_vi,
        period_key
    from {{ ref('int_submissions__versions') }}
    where is_newest_reading
    union all
    select
        served.landing_id,
        served.row_key,
        served.unit_code,
        served.unit_valid_from,
        served.unit_name_vi,
        served.period_key
    from {{ ref('stg_portal_index__rows') }} as served
    inner join (select distinct landing_id, row_key from spells where source = 'portal_index') as held
        on held.landing_id = served.landing_id and held.row_key = served.row_key
    union all
    select distinct
        counts.landing_id,
        counts.row_key,
        coalesce(nullif(counts.unit_code, ''), crosswalk.unit_code, ''),
        unit.unit_valid_from,
        counts.agency_name_vi,
        counts.period_key
    from {{ ref('stg_onestop_statistics__counts') }} as counts
    inner join (select distinct landing_id, row_key from spells where source = 'onestop_statistics') as held
        on held.landing_id = counts.landing_id and held.row_key = counts.row_key
    left join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = counts.agency_code
    left join {{ ref('int_units__placed') }} as unit
        on unit.unit_code = coalesce(nullif(counts.unit_code, ''), crosswalk.unit_code) and unit.unit_valid_to is null
    union all
    select
        record.landing_id,
        record.row_key,
        coalesce(crosswalk.unit_code, ''),
        unit.unit_valid_from,
        coalesce(crosswalk.unit_name_vi, record.agency_code),
        ''
    from {{ ref('stg_dossiers__records') }} as record
    inner join (select distinct landing_id, row_key from spells where source = 'dossiers') as held
        on held.landing_id = record.landing_id and held.row_key = record.row_key
    left join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = record.agency_code
    left join {{ ref('int_units__placed') }} as unit on unit.unit_code = crosswalk.unit_code and unit.unit_valid_to is null
)

select
    spells.hold_id,
    spells.source,
    coalesce(named.unit_code, '') as unit_code,
    named.unit_valid_from,
    coalesce(named.unit_name_vi, '') as unit_name_vi,
    coalesce(named.period_key, '') as period_key,
    spells.landing_id,
    landing.file_name,
    spells.row_key,
    spells.rule,
    spells.reason_vi,
    spells.held_at,
    case
        when spells.waiver_id is not null and spells.released_at is not null then 'waived'
        when spells.released_at is not null then 'readmitted'
        when spells.corrected_by_landing_id is not null then 'corrected'
        else 'held'
    end as status,
    spells.released_at as readmitted_at,
    spells.waived_by,
    spells.waiver_reason_vi,
    spells.waived_until,
    spells.corrected_by_landing_id,
    spells.corrected_at
from spells
inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = spells.landing_id
left join named on named.landing_id = spells.landing_id and named.row_key = spells.row_key
