{# No event is like another: the server would keep what each of them tells for another of its like. #}
{{ config(
    materialized='incremental', incremental_strategy='append',
    indexes=[{'columns': ['landing_id']}, dossier_index()],
    pre_hook=[
        "{{ forget_older_readings('dossier_events') }}",
        "set local enable_memoize = off"
    ]
) }}

select
    event.landing_id,
    event.reader_version,
    event.pointer as row_key,
    substring(event.pointer from '(\d+)\D*$')::bigint as position_in_landing,
    event.dossier_key,
    event.system,
    told.event,
    told.happened_on,
    told.status_code,
    {{ as_day('event.due_before_on') }} as due_before_on,
    {{ as_day('event.due_after_on') }} as due_after_on,
    reading.fetched_at
from {{ new_readings('dossier_events') }} as reading
inner join {{ source('raw', 'dossier_events') }} as event on (event.landing_id, event.reader_version) = (reading.landing_id, reading.reader_version)
left join {{ ref('dossier_codes') }} as own_status
    on own_status.field = 'status' and coalesce(own_status.system, '') = event.system and own_status.code = event.status_code and event.event = 'progress'
-- A supplement pauses the dossier on the day it is asked for (status 5) and sets it going again on the day it is handed in (status 4).
cross join lateral (
    select 'progress' as event, {{ as_day('event.happened_on') }} as happened_on, coalesce(own_status.means, event.status_code, '') as status_code
    where event.event = 'progress'
    union all
    select 'supplement asked for', {{ as_day('event.happened_on') }}, '5' where event.event = 'supplement'
    union all
    select 'supplement handed in', {{ as_day('event.ended_on') }}, '4' where event.event = 'supplement' and coalesce(event.ended_on, '') <> ''
) as told
{% if is_incremental() -%}
order by {{ dossier_order() }}
{%- endif %}
