-- What was sent as an event, and what a dossier's successive records show: pauses, goings-on and withdrawals have no message of their own.
with told as (
    select
        event.dossier_key,
        event.system,
        case
            when event.event = 'progress' then 'progress'
            when event.ended_on is null then 'supplement asked for'
            else 'supplement handed in'
        end as event,
        {{ as_day('coalesce(event.ended_on, event.happened_on)') }} as happened_on,
        coalesce(own_status.means, event.status_code, '') as status_code,
        {{ as_day('event.due_before_on') }} as due_before_on,
        {{ as_day('event.due_after_on') }} as due_after_on,
        event.landing_id,
        event.pointer as row_key
    from {{ source('raw', 'dossier_events') }} as event
    left join {{ ref('dossier_codes') }} as own_status
        on own_status.field = 'status' and coalesce(own_status.system, '') = event.system and own_status.code = event.status_code and event.event = 'progress'
),

successive as (
    select
        *,
        lag(status_code) over (partition by dossier_key, system order by fetched_at, landing_id, position_in_landing) as status_before
    from {{ ref('stg_dossiers__records') }}
    where unreadable_reason = ''
),

shown as (
    select
        dossier_key,
        system,
        case
            when status_code in ('5', '6', '8') then 'paused'
            when status_code = '7' then 'withdrawn'
            else 'taken up again'
        end as event,
        -- A withdrawal has its day; a pause is known from the day on which a record first showed it.
        coalesce(case when status_code = '7' then ended_on end, (fetched_at at time zone 'Asia/Ho_Chi_Minh')::date) as happened_on,
        status_code,
        null::date as due_before_on,
        null::date as due_after_on,
        landing_id,
        row_key
    from successive
    where
        (status_code in ('5', '6', '7', '8') and coalesce(status_before, '') <> status_code)
        or (status_code not in ('5', '6', '7', '8') and status_before in ('5', '6', '8'))
)

select * from told
union all
select * from shown
