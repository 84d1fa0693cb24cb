-- The newest word on each procedure; tables of offices know validity and agencies, the portal's list names and states.
with listed as (
    select
        procedure.*,
        sighting.last_seen_at,
        landing.scope like 'portal/%' as is_portal
    from {{ source('raw', 'procedures') }} as procedure
    inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = procedure.landing_id
    inner join {{ source('raw', 'landing_sighting') }} as sighting on sighting.landing_id = procedure.landing_id
),

last_pull as (
    -- Only a pull whose every page was served and read can say that a procedure is gone.
    select pulls.began_at
    from (
        select
            attempt.run_id,
            min(attempt.started_at) as began_at,
            bool_and(attempt.landing_id is not null and exists (
                select from {{ source('raw', 'procedures') }} as procedure where procedure.landing_id = attempt.landing_id
            )) as is_complete
        from {{ source('raw', 'attempt') }} as attempt
        where attempt.source = 'procedures' and attempt.stage = 'land' and attempt.scope like 'portal/%'
        group by attempt.run_id
    ) as pulls
    where pulls.is_complete
    order by pulls.began_at desc
    limit 1
),

merged as (
    select
        procedure_code,
        (array_agg(name_vi order by last_seen_at desc, landing_id desc))[1] as name_vi,
        {% for column in ['field_code', 'level', 'online_level', 'state', 'lead_agency'] -%}
        (array_agg({{ column }} order by last_seen_at desc, landing_id desc) filter (where {{ column }} is not null))[1] as {{ column }},
        {% endfor -%}
        (array_agg(payload ->> 'field_name_vi' order by last_seen_at desc, landing_id desc) filter (where payload ->> 'field_name_vi' <> ''))[1] as field_name_vi,
        -- Whoever has the column speaks, also by leaving the cell empty: a procedure can be put in force again.
        (array_agg(valid_from order by last_seen_at desc, landing_id desc) filter (where payload ? 'valid_from'))[1] as valid_from,
        (array_agg(valid_to order by last_seen_at desc, landing_id desc) filter (where payload ? 'valid_to'))[1] as valid_to,
        (array_agg(array_to_string(supporting_agencies, '|') order by last_seen_at desc, landing_id desc) filter (where payload ? 'supporting_agencies'))[1]
            as supporting_agencies,
        max(last_seen_at) filter (where is_portal) as last_listed_at
    from listed
    group by procedure_code
)

select
    procedure_code,
    name_vi,
    field_code,
    coalesce(field_name_vi, '') as field_name_vi,
    level,
    online_level,
    state,
    lead_agency,
    coalesce(supporting_agencies, '') as supporting_agencies,
    valid_from,
    valid_to,
    case when last_listed_at < (select began_at from last_pull) then (last_listed_at at time zone 'Asia/Ho_Chi_Minh')::date end as last_listed_on
from merged
