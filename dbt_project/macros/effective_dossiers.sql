{# Dossiers as all that is admitted tells them, one row each; of `keys` (a relation with dossier_key) or, without, of all.

   What happened last decides and not what arrived last: a finished dossier stays finished when its first record comes late. Only where
   two messages tell the same stage and no day tells them apart, the later one stands (a correction has no day of its own). #}
{% macro effective_dossiers(keys='') -%}
(
    with messages as (
        select message.*
        from {{ of_dossiers(ref('stg_dossiers__events'), keys) if keys else ref('stg_dossiers__events') }} as message
        where message.happened_on is not null and {{ admitted('message') }}
    ),

    supplements as (
        select landing_id, dossier_key, max(happened_on) as told_until
        from messages
        where event <> 'progress'
        group by landing_id, dossier_key
    ),

    records as (
        select
            record.*,
            {{ dossier_stage('record.status_code') }} as stage,
            -- The newest day that an open dossier's record speaks of.
            greatest(record.received_on, supplements.told_until) as told_until
        from {{ of_dossiers(ref('stg_dossiers__records'), keys) if keys else ref('stg_dossiers__records') }} as record
        left join supplements on supplements.landing_id = record.landing_id and supplements.dossier_key = record.dossier_key
        where {{ admitted('record') }}
    ),

    told as (
        select distinct on (dossier_key)
            *,
            min(landing_id) over (partition by dossier_key) as first_landing_id,
            bool_or(status_code not in ('1', '3')) over (partition by dossier_key) as told_received,
            min(received_on) filter (where status_code not in ('1', '3')) over (partition by dossier_key) as told_received_on
        from records
        order by
            dossier_key, stage desc, case when stage < 2 then told_until end desc nulls last, fetched_at desc, landing_id desc,
            position_in_landing desc nulls last, row_key desc
    ),

    progress as (
        select distinct on (dossier_key)
            dossier_key,
            status_code,
            stage,
            happened_on,
            landing_id,
            fetched_at,
            min(happened_on) filter (where status_code in ('2', '4')) over (partition by dossier_key) as received_on,
            min(happened_on) filter (where status_code = '9') over (partition by dossier_key) as finished_on
        from (select *, {{ dossier_stage('status_code') }} as stage from messages where event = 'progress') as staged
        order by
            dossier_key, stage desc, case when stage < 2 then happened_on end desc nulls last, fetched_at desc, landing_id desc,
            position_in_landing desc nulls last, row_key desc
    ),

    -- Open states with their days: what pauses a dossier and what sets it going again.
    open_states as (
        select dossier_key, happened_on as day, event <> 'supplement asked for' as is_second, status_code, fetched_at, landing_id, position_in_landing
        from messages
        where {{ dossier_stage('status_code') }} = 1
        union all
        select told.dossier_key, told.told_until, true, told.status_code, told.fetched_at, told.landing_id, told.position_in_landing
        from told
        where told.stage = 1 and told.told_until is not null
    ),

    followed as (
        select
            dossier_key,
            day,
            status_code,
            lead(day) over in_time as until,
            row_number() over (partition by dossier_key order by day desc, is_second desc, fetched_at desc, landing_id desc, position_in_landing desc nulls first) as place
        from open_states
        where dossier_key in (select paused.dossier_key from open_states as paused where paused.status_code in ('5', '6', '8'))
        window in_time as (partition by dossier_key order by day, is_second, fetched_at, landing_id, position_in_landing nulls last)
    ),

    pauses as (
        select
            dossier_key,
            max(status_code) filter (where place = 1) as last_open_status,
            array_agg(day order by day) filter (where is_pause) as paused_from,
            array_agg(until order by day) filter (where is_pause) as paused_until
        from (select *, status_code in ('5', '6', '8') and day is distinct from until as is_pause from followed) as marked
        group by dossier_key
    ),

    joined as (
        select
            told.dossier_key,
            told.agency_code,
            told.procedure_code,
            told.field_code,
            told.channel_code,
            case
                when progress.stage >= 2 and (progress.stage, progress.fetched_at, progress.landing_id) > (told.stage, told.fetched_at, told.landing_id)
                    then progress.status_code
                when told.stage >= 2 then told.status_code
                else coalesce(
                    pauses.last_open_status,
                    case when progress.stage > told.stage or (progress.stage = told.stage and progress.happened_on >= told.told_until) then progress.status_code end,
                    told.status_code
                )
            end as status_code,
            coalesce(told.received_on, told.told_received_on, progress.received_on) as received_on,
            told.told_received or progress.received_on is not null as was_received,
            told.due_on,
            told.ended_on as told_ended_on,
            progress.finished_on as progress_finished_on,
            progress.happened_on as progress_on,
            pauses.paused_from,
            pauses.paused_until,
            told.unreadable_value,
            told.landing_id,
            greatest(told.landing_id, progress.landing_id) as newest_landing_id,
            told.first_landing_id,
            told.fetched_at
        from told
        left join progress on progress.dossier_key = told.dossier_key
        left join pauses on pauses.dossier_key = told.dossier_key
    ),

    ended as (
        select
            *,
            -- The record's own day of the end comes before the day of a message about it.
            case
                when status_code in ('9', '10') then coalesce(told_ended_on, progress_finished_on, progress_on)
                when status_code = '7' then coalesce(told_ended_on, progress_on)
                -- Refused at the door is never received; what other messages tell as received was given back as ineligible.
                when status_code = '3' and was_received then coalesce(told_ended_on, progress_on)
            end as ended_on
        from joined
    )

    select
        ended.dossier_key,
        ended.agency_code,
        -- The catalogue's field of its procedure, else the one that the record names.
        coalesce('field:' || procedure.field_code, 'field:' || nullif(ended.field_code, ''), 'field:unknown') as scope,
        ended.procedure_code,
        ended.channel_code,
        ended.status_code,
        ended.received_on,
        ended.due_on,
        ended.ended_on,
        clipped.paused_from,
        clipped.paused_until,
        concat_ws(
            '; ', nullif(ended.unreadable_value, ''), {{ missing_day('ended.status_code', 'ended.received_on', 'ended.ended_on') }},
            case when ended.status_code = '3' and ended.was_received and (ended.received_on is null or ended.ended_on is null) then 'given back without its days' end
        ) as unreadable_reason,
        ended.newest_landing_id as landing_id,
        ended.first_landing_id,
        ended.fetched_at
    from ended
    left join {{ ref('stg_procedures__catalogue') }} as procedure on procedure.procedure_code = ended.procedure_code
    left join lateral (
        -- Within the dossier's life.
        select
            array_agg(greatest(since, ended.received_on) order by since) as paused_from,
            array_agg(least(until, life.left_on) order by since) as paused_until
        from (select case when ended.ended_on is not null then greatest(ended.ended_on, ended.received_on) end as left_on) as life
        cross join lateral unnest(ended.paused_from, ended.paused_until) as pause (since, until)
        where (life.left_on is null or greatest(since, ended.received_on) < life.left_on) and (until is null or until > ended.received_on)
    ) as clipped on ended.paused_from is not null
)
{%- endmacro %}

{# What dossiers add to each half-month: one row per dossier and turn of its life, in the columns of int_dossiers__flows. `dossiers` has the
   columns of int_dossiers__latest and a sign; those that are not counted add nothing. #}
{% macro dossier_turns(dossiers) -%}
(
    with counted as (
        -- A day of the end before the receipt is the day of receipt.
        select *, case when ended_on is not null then greatest(ended_on, received_on) end as left_on
        from {{ dossiers }}
        where unreadable_reason = '' and {{ was_received() }}
    ),

    working as (
        -- From receipt to the first pause, from pause to pause, from the last pause to the end.
        select agency_code, scope, channel_code, due_on, received_on as since, left_on as until, sign
        from counted where paused_from is null
        union all
        select agency_code, scope, channel_code, due_on, stretch.since, stretch.until, sign
        from counted
        cross join lateral unnest(received_on || paused_until, paused_from || left_on) as stretch (since, until)
        where paused_from is not null and stretch.since is not null
    ),

    late as (
        select agency_code, scope, channel_code, greatest(since, due_on + 1) as since, until, sign
        from working
        where due_on is not null and (until is null or greatest(since, due_on + 1) < until)
    ),

    paused as (
        select agency_code, scope, channel_code, pause.since, pause.until, sign
        from counted
        cross join lateral unnest(paused_from, paused_until) as pause (since, until)
        where paused_from is not null
    ),

    turns as (
        select agency_code, scope, channel_code, {{ half_month('received_on') }} as half_month, sign, 1 as received, 0 as early, 0 as on_time,
            0 as overdue, 0 as withdrawn, 0 as returned, 0 as paused, 0 as late
        from counted
        union all
        -- Days are compared, never instants; without a due day a dossier is on time.
        select agency_code, scope, channel_code, {{ half_month('left_on') }}, sign, 0, (is_resolved and coalesce(ended_on < due_on, false))::integer,
            (is_resolved and coalesce(ended_on = due_on, true))::integer, (is_resolved and coalesce(ended_on > due_on, false))::integer,
            (status_code = '7')::integer, (status_code = '3')::integer, 0, 0
        from counted
        cross join lateral (select status_code in ('9', '10') as is_resolved) as outcome
        where ended_on is not null
        union all
        select agency_code, scope, channel_code, {{ half_month('since') }}, sign, 0, 0, 0, 0, 0, 0, 1, 0
        from paused where until is null or {{ half_month('since') }} <> {{ half_month('until') }}
        union all
        select agency_code, scope, channel_code, {{ half_month('until') }}, sign, 0, 0, 0, 0, 0, 0, -1, 0
        from paused where {{ half_month('since') }} <> {{ half_month('until') }}
        union all
        select agency_code, scope, channel_code, {{ half_month('since') }}, sign, 0, 0, 0, 0, 0, 0, 0, 1
        from late where until is null or {{ half_month('since') }} <> {{ half_month('until') }}
        union all
        select agency_code, scope, channel_code, {{ half_month('until') }}, sign, 0, 0, 0, 0, 0, 0, 0, -1
        from late where {{ half_month('since') }} <> {{ half_month('until') }}
    )

    select * from turns
)
{%- endmacro %}
