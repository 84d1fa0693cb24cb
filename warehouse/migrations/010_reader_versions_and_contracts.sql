-- A newer reader's rows stand beside the older ones'; drift from the sources' contracts; outcomes of their own for holds and volumes.

alter table raw.portal_index add column reader_version integer not null default 1;
alter table raw.portal_index drop constraint portal_index_pkey, add primary key (landing_id, reader_version, pointer);
alter table raw.dossiers add column reader_version integer not null default 1;
alter table raw.dossiers drop constraint dossiers_pkey, add primary key (landing_id, reader_version, pointer);
alter table raw.statutory_forms add column reader_version integer not null default 1;
alter table raw.statutory_forms drop constraint statutory_forms_pkey, add primary key (landing_id, reader_version, sheet);

create view raw.current_portal_index as
select portal.* from raw.portal_index as portal
inner join (select landing_id, max(reader_version) as reader_version from raw.portal_index group by landing_id) as newest using (landing_id, reader_version);
comment on view raw.current_portal_index is 'One row per unit row of a portal answer, by the newest reader of its landing';

create view raw.current_dossiers as
select dossier.* from raw.dossiers as dossier
inner join (select landing_id, max(reader_version) as reader_version from raw.dossiers group by landing_id) as newest using (landing_id, reader_version);
comment on view raw.current_dossiers is 'One row per dossier record of an exchange, by the newest reader of its landing';

grant select on raw.current_portal_index, raw.current_dossiers to tthc_gate, tthc_transformer, tthc_loader;

-- The gate judges what the newest reader read: the same views as in 006, over the newest rows.
create or replace view quality.judged_portal_score as
select
    portal.landing_id,
    portal.pointer,
    portal.payload ->> 'TEN_COQUAN' as unit_name_vi,
    case when scores.unreadable = '' then nullif(portal.payload ->> 'TONG_SCORE', '')::numeric end as total_score,
    case when scores.unreadable = '' then abs(scores.total - nullif(portal.payload ->> 'TONG_SCORE', '')::numeric) end as gap,
    scores.unreadable,
    case when scores.unreadable = '' then scores.over_maximum else 0 end as over_maximum,
    portal.portal_code
from raw.current_portal_index as portal
cross join lateral (
    select
        coalesce(string_agg(name || ' = ' || value, ', ') filter (where value is not null and not is_number), '') as unreadable,
        sum(case when is_number and name <> 'TONG_SCORE' then value::numeric end) as total,
        coalesce(max(case when is_number then value::numeric - maximum end), 0) as over_maximum
    from (
        select part.name, part.maximum, nullif(portal.payload ->> part.name, '') as value, portal.payload ->> part.name ~ '^\d+(\.\d+)?$' as is_number
        from (values ('TDGQ', 20), ('MDHL', 18), ('MDSH', 22), ('TTTT', 10), ('CLGQ', 12), ('CKMB', 18), ('TONG_SCORE', 100)) as part (name, maximum)
    ) as parts
) as scores
where portal.interface = 'legacy';

create or replace view quality.judged_dossier as
select landing_id, pointer, coalesce(status_code, '') as status_code, coalesce(nullif(channel_code, ''), '1') as channel_code, received_on, finished_on
from raw.current_dossiers;

alter table raw.attempt drop constraint attempt_outcome_check;
alter table raw.attempt add check (
    outcome in (
        'landed', 'seen_again', 'outside_band', 'parsed', 'empty', 'unreachable', 'refused', 'unexpected', 'held', 'unreadable', 'deferred'
    )
);
comment on column raw.attempt.outcome is
    'outside_band: landed, but with far more or fewer rows than this scope usually has; held: unread until somebody corrects the contract';

create table raw.contract_drift (
    landing_id bigint not null references raw.landing,
    reader_version text not null,
    contract text not null,
    missing text[] not null,
    unknown text[] not null,
    decision text not null check (decision in ('accept', 'hold', 'stop')),
    run_id text not null,
    found_at timestamptz not null default now(),
    primary key (landing_id, reader_version, contract, run_id)
);
comment on table raw.contract_drift is 'One row per answer or file whose fields differ from its source''s written contract, with both lists and what was decided';
grant select on raw.contract_drift to tthc_gate, tthc_transformer, tthc_mailer;
grant select, insert on raw.contract_drift to tthc_loader;

create view quality.failing_source as
with ranked as (
    select
        attempt_id, stage, source, scope, outcome, reason, started_at,
        outcome in ('landed', 'seen_again', 'parsed') as is_success,
        row_number() over newest = 1 as is_newest
    from raw.attempt
    -- What was asked for, or which file: a scope fails and recovers on its own.
    window newest as (partition by stage, source, scope, case when scope = '' then origin end order by attempt_id desc)
)

select
    newest.stage, newest.source, newest.scope, attempt.origin, newest.outcome, newest.reason,
    failing.since as failing_since, failing.attempts as failed_attempts, success.last_at as last_success_at
from ranked as newest
inner join raw.attempt as attempt using (attempt_id)
left join lateral (
    select max(earlier.started_at) as last_at, max(earlier.attempt_id) as attempt_id
    from raw.attempt as earlier
    where
        earlier.stage = newest.stage and earlier.source = newest.source and earlier.scope = newest.scope
        and (newest.scope <> '' or earlier.origin = attempt.origin) and earlier.outcome in ('landed', 'seen_again', 'parsed')
) as success on true
inner join lateral (
    select min(failed.started_at) as since, count(*) as attempts
    from raw.attempt as failed
    where
        failed.stage = newest.stage and failed.source = newest.source and failed.scope = newest.scope
        and (newest.scope <> '' or failed.origin = attempt.origin) and failed.attempt_id > coalesce(success.attempt_id, 0)
) as failing on true
where newest.is_newest and not newest.is_success;
comment on view quality.failing_source is 'One row per source and scope (or file) whose newest attempt failed: since when, how often, why, and when it last worked';
grant select on quality.failing_source to tthc_gate, tthc_mailer;
