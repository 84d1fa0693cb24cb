-- The newest word on each procedure; tables of offices know validity and agencies, the portal's list names and states.
with listed as (
    select
        procedure.*,
        sighting.last_seen_at,
        landing.origin,
        landing.scope
    from {{ source('raw', 'procedures') }} as procedure
    inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = procedure.landing_id
    inner join {{ source('raw', 'landing_sighting') }} as sighting on sighting.landing_id = procedure.landing_id
),

last_pull as (
    select max(last_seen_at) as pulled_at from listed where scope like 'portal/%'
)

select
    listed.procedure_code,
    (array_agg(listed.name_vi order by listed.last_seen_at desc, listed.landing_id desc))[1] as name_vi,
    (array_agg(listed.field_code order by listed.last_seen_at desc) filter (where listed.field_code is not null))[1] as field_code,
    (array_agg(listed.level order by listed.last_seen_at desc) filter (where listed.level is not null))[1] as level,
    (array_agg(listed.online_level order by listed.last_seen_at desc) filter (where listed.online_level is not null))[1] as online_level,
    (array_agg(listed.state order by listed.last_seen_at desc) filter (where listed.state is not null))[1] as state,
    (array_agg(listed.lead_agency order by listed.last_seen_at desc) filter (where listed.lead_agency is not null))[1] as lead_agency,
    coalesce(max(nullif(array_to_string(listed.supporting_agencies, '|'), '')), '') as supporting_agencies,
    (array_agg(listed.valid_from order by listed.last_seen_at desc) filter (where listed.valid_from is not null))[1] as valid_from,
    (array_agg(listed.valid_to order by listed.last_seen_at desc) filter (where listed.valid_to is not null))[1] as valid_to,
    max(listed.last_seen_at) as last_listed_at,
    -- Seen in an earlier pull of the portal's list and not in the newest day's: abolished or merged, since when nobody said.
    coalesce(
        bool_or(listed.scope like 'portal/%')
        and max(listed.last_seen_at) filter (where listed.scope like 'portal/%') < max(last_pull.pulled_at) - interval '12 hours',
        false
    ) as is_no_longer_listed
from listed
cross join last_pull
group by listed.procedure_code
