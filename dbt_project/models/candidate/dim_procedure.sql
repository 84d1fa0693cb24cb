select
    procedure_code,
    name_vi,
    coalesce(field_code, '') as field_code,
    coalesce(level, '') as level,
    coalesce(online_level, '') as online_level,
    coalesce(state, '') as state,
    valid_from,
    valid_to,
    last_listed_on,
    coalesce(lead_agency, '') as lead_agency,
    coalesce(string_to_array(nullif(supporting_agencies, ''), '|'), '{}') as supporting_agencies
from {{ ref('stg_procedures__catalogue') }}
