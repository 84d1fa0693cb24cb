with versions as (
    select
        version.*,
        admission.corrected_by_landing_id,
        coalesce(admission.waived_rules, '{}') as waived_rules,
        admission.waived_until,
        coalesce(admission.readmitted_rules, '{}') as readmitted_rules,
        coalesce(sender.sender_domain, '') as sender_domain
    from {{ ref('int_submissions__versions') }} as version
    left join {{ source('quality', 'admission') }} as admission on admission.landing_id = version.landing_id
    left join {{ source('quality', 'landing_sender') }} as sender on sender.landing_id = version.landing_id
    where version.is_newest_reading
),

-- For every one that is held back and that nothing has corrected: the newest in effect that it would have followed or replaced.
last_good as (
    select distinct on (held.submission_key) good.submission_key
    from versions as held
    inner join versions as good
        on good.is_current and (good.source, good.unit_code, good.kind) = (held.source, held.unit_code, held.kind) and good.period_end <= held.period_end
    where held.is_held and held.corrected_by_landing_id is null and held.unit_code <> ''
    order by held.submission_key, good.period_end desc, good.fetched_at desc
)

select
    submission_key,
    submission_id,
    source,
    kind,
    unit_code,
    unit_valid_from,
    unit_name_vi,
    province_name_vi,
    document_number,
    document_date,
    period_key,
    period_calendar,
    period_start,
    period_end,
    period_stated_from,
    period_stated_to,
    flags,
    figure_count,
    is_current,
    is_held,
    held_rules,
    held_reasons_vi,
    reader_version,
    landing_id,
    landing_sha256,
    file_name,
    origin,
    fetched_at,
    submission_key in (select submission_key from last_good) as is_last_good,
    corrected_by_landing_id,
    waived_rules,
    waived_until,
    readmitted_rules,
    sender_domain
from versions
