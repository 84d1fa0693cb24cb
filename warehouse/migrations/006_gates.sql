-- Waivers, corrections, doubts: what the three gates remember beside the quarantine.

create table quality.waiver (
    waiver_id bigint generated always as identity primary key,
    rule text not null,
    landing_id bigint references raw.landing,
    unit_code text not null default '',
    period_key text not null default '',
    reason text not null check (length(trim(reason)) >= 10),
    granted_by text not null check (trim(granted_by) <> ''),
    granted_at timestamptz not null default now(),
    valid_until date not null,
    withdrawn_by text not null default '',
    withdrawn_at timestamptz,
    check ((landing_id is not null) <> (unit_code <> '')),
    check ((unit_code <> '') = (period_key <> '')),
    check ((withdrawn_at is null) = (withdrawn_by = ''))
);
comment on table quality.waiver is 'One row per decision of a person to admit what a rule holds back: one landing, or one unit and period, until a day';
comment on column quality.waiver.rule is 'The rule that is waived; every other rule still holds';
comment on column quality.waiver.granted_by is 'The office or account that answers for it';
comment on column quality.waiver.valid_until is 'The last day (Asia/Ho_Chi_Minh) on which it admits';

create view quality.waiver_in_force as
select * from quality.waiver
where withdrawn_at is null and valid_until >= (now() at time zone 'Asia/Ho_Chi_Minh')::date;
comment on view quality.waiver_in_force is 'One row per waiver that admits today';

alter table quality.quarantine
    add column waiver_id bigint references quality.waiver,
    add column corrected_by_landing_id bigint references raw.landing,
    add column corrected_run_id text,
    add column corrected_at timestamptz,
    add check ((corrected_at is null) = (corrected_by_landing_id is null));
comment on column quality.quarantine.waiver_id is 'The waiver that released it';
comment on column quality.quarantine.corrected_by_landing_id is
    'The later landing whose sound figures took the place of these; the row itself stays out for as long as it fails';
create index on quality.quarantine (landing_id, row_key, rule, quarantine_id);

create table quality.doubt (
    doubt_id bigint generated always as identity primary key,
    gate text not null check (gate in ('source', 'submissions', 'marts')),
    rule text not null,
    severity text not null check (severity in ('warning', 'info')),
    owner text not null,
    source text not null,
    landing_id bigint references raw.landing,
    unit_code text not null,
    unit_name_vi text not null,
    period_key text not null,
    row_key text not null,
    message_vi text not null,
    found_run_id text not null,
    found_at timestamptz not null default now(),
    cleared_run_id text,
    cleared_at timestamptz,
    check ((cleared_at is null) = (cleared_run_id is null))
);
comment on table quality.doubt is
    'One row per doubt that only the whole shows (earlier versions, other periods, other sources): told, never held back; cleared_at ends it';
comment on column quality.doubt.row_key is 'What tells the doubt apart within its rule, source, unit and period';
create unique index on quality.doubt (rule, source, unit_code, period_key, row_key) where cleared_at is null;

alter table quality.gate_result drop constraint gate_result_gate_check;
alter table quality.gate_result
    add check (gate in ('source', 'submissions', 'marts')),
    add column owner text not null default '',
    add column why text not null default '',
    add column since date,
    add column observed text not null default '';
comment on column quality.gate_result.owner is 'Who can settle a failure: reporting unit, source owner or warehouse';
comment on column quality.gate_result.since is 'The day the expectation was written or last changed';

create table quality.judgement (
    judgement_id bigint generated always as identity primary key,
    run_id text not null,
    gate text not null check (gate in ('submissions', 'marts')),
    blocking jsonb not null,
    newest_landing_id bigint not null,
    judged_at timestamptz not null default now()
);
comment on table quality.judgement is 'One row per pass through a gate (the source''s is judged with the submissions''); the marts'' gate asks for it';
create index on quality.judgement (run_id);

alter table quality.audit add column gated_run_id text;
comment on column quality.audit.gated_run_id is 'The first run whose gate judged this audit; null: audited at the door, not gated yet, so it must not reach the marts';
update quality.audit set gated_run_id = run_id;

-- Numbers of the portal are text as served: a cell that is none must hold back its row and not the night.
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
from raw.portal_index as portal
cross join lateral (
    select
        coalesce(string_agg(name || ' = ' || value, ', ') filter (where value is not null and not is_number), '') as unreadable,
        sum(case when is_number and name <> 'TONG_SCORE' then value::numeric end) as total,
        coalesce(max(case when is_number then value::numeric - maximum end), 0) as over_maximum
    from (
        -- Maxima of the groups of Decision 766/QĐ-TTg; CLGQ 12 and TTTT 10 are the portal's halves of its third group.
        -- A score that is null or "" was not given.
        select part.name, part.maximum, nullif(portal.payload ->> part.name, '') as value, portal.payload ->> part.name ~ '^\d+(\.\d+)?$' as is_number
        from (values ('TDGQ', 20), ('MDHL', 18), ('MDSH', 22), ('TTTT', 10), ('CLGQ', 12), ('CKMB', 18), ('TONG_SCORE', 100)) as part (name, maximum)
    ) as parts
) as scores
where portal.interface = 'legacy';

create or replace view quality.judged_dossier as
select landing_id, pointer, coalesce(status_code, '') as status_code, coalesce(nullif(channel_code, ''), '1') as channel_code, received_on, finished_on
from raw.dossiers;

create or replace view quality.held_submission as
select
    quarantine.quarantine_id, quarantine.source, quarantine.landing_id, quarantine.submission_id, quarantine.row_key, quarantine.rule, quarantine.reason_vi,
    quarantine.held_run_id, quarantine.held_at, landing.origin, landing.file_name, coalesce(submission.unit_name_vi, '') as unit_name_vi,
    coalesce(submission.period_label_vi, '') as period_label_vi
from quality.quarantine as quarantine
inner join raw.landing as landing on landing.landing_id = quarantine.landing_id
left join facts.submission as submission on submission.submission_id = quarantine.submission_id
where quarantine.released_at is null and quarantine.corrected_at is null;
comment on view quality.held_submission is 'One row per reason that holds back a submission or a row now and that no later landing has corrected';

create view quality.admission as
with newest as (
    select distinct on (landing_id, rule) *
    from quality.quarantine
    where row_key = ''
    order by landing_id, rule, quarantine_id desc
)

select
    newest.landing_id,
    max(newest.corrected_by_landing_id) filter (where newest.released_at is null) as corrected_by_landing_id,
    coalesce(array_agg(newest.rule order by newest.rule) filter (where waiver.waiver_id is not null), '{}') as waived_rules,
    min(waiver.valid_until) as waived_until,
    coalesce(array_agg(newest.rule order by newest.rule) filter (where newest.released_at is not null and newest.waiver_id is null), '{}') as readmitted_rules
from newest
left join quality.waiver as waiver on waiver.waiver_id = newest.waiver_id and newest.released_at is not null
group by newest.landing_id;
comment on view quality.admission is
    'One row per landing that was ever held back as a whole: what corrected it, what admits it by waiver, which rules it no longer fails';

-- Looking for the later record of the same dossier or unit must not read the whole history.
create index on raw.dossiers (dossier_key);
create index on raw.portal_index (interface, report, period_start, period_end);
create index on facts.submission (unit_code, period_key);

grant select, insert, update on quality.waiver, quality.doubt, quality.judgement to tthc_gate;
grant usage on all sequences in schema quality to tthc_gate;
grant select on quality.waiver, quality.waiver_in_force, quality.doubt, quality.judgement, quality.admission to tthc_gate, tthc_mailer, tthc_transformer;
