{{ config(pre_hook="{{ by_hash() }}") }}
-- Of the dossiers that changed: the half-months in which anything that is counted changed. What a dossier was before and still is cancels out.
with changes as (
    select *, case when is_now then 1 else -1 end as sign from {{ ref('int_dossiers__changes') }}
),

counted as (
    select * from changes where unreadable_reason = '' and {{ was_received() }}
),

-- The landings that told of them (int_dossiers__tellers), and how long they took (int_dossiers__durations).
told as (
    select agency_code, {{ half_month('received_on') }} as half_month, first_landing_id as what, sign from counted
    union all
    select agency_code, {{ half_month('greatest(ended_on, received_on)') }}, landing_id, sign from counted where ended_on is not null
    union all
    select agency_code, {{ half_month('greatest(ended_on, received_on)') }}, -1 - greatest(ended_on - received_on, 0), sign
    from counted
    where status_code in ('9', '10')
)

select agency_code, half_month
from {{ dossier_turns('changes') }} as turns
group by agency_code, scope, channel_code, half_month
having {% for amount in flow_amounts() %}sum({{ amount }} * sign) <> 0{{ ' or ' if not loop.last }}{% endfor %}
union
select agency_code, half_month from told group by agency_code, half_month, what having sum(sign) <> 0
