-- What is to be told of an incident, and when: opening, agreed reminders, recovery. Mails follow these rows.

create table quality.reminder_schedule (
    severity text not null check (severity in ('error', 'warning', 'info')),
    after_days integer not null check (after_days > 0),
    note text not null,
    primary key (severity, after_days)
);
comment on table quality.reminder_schedule is 'One row per agreed reminder: days after the opening on which an incident that is still open is told again';
insert into quality.reminder_schedule (severity, after_days, note) values
('error', 3, 'agreed 21/11/2026: the unit had two working days'),
('error', 7, 'agreed 21/11/2026'),
('error', 14, 'agreed 21/11/2026: the last one; afterwards the list of open incidents tells it'),
('warning', 14, 'agreed 21/11/2026: a doubt may be right, so one reminder and no more');

create table quality.incident_event (
    event_id bigint generated always as identity primary key,
    incident_id bigint not null references quality.incident,
    told_as text not null check (told_as in ('opening', 'reminder', 'recovery')),
    after_days integer not null default 0,
    run_id text not null,
    happened_at timestamptz not null default now(),
    check ((told_as = 'reminder') = (after_days > 0)),
    unique (incident_id, told_as, after_days)
);
comment on table quality.incident_event is 'One row per thing to tell of an incident: one opening, each agreed reminder at most once, one recovery';
comment on column quality.incident_event.after_days is 'Which agreed reminder it is (reminder_schedule); 0 otherwise';
create index on quality.incident_event (run_id);

-- Incidents of before this migration were opened and told.
insert into quality.incident_event (incident_id, told_as, run_id, happened_at)
select incident_id, 'opening', opened_run_id, opened_at from quality.incident;
insert into quality.incident_event (incident_id, told_as, run_id, happened_at)
select incident_id, 'recovery', recovered_run_id, recovered_at from quality.incident where recovered_at is not null;

grant select, insert, update on quality.reminder_schedule, quality.incident_event to tthc_gate;
grant usage on all sequences in schema quality to tthc_gate;
grant select on quality.reminder_schedule, quality.incident_event to tthc_gate, tthc_mailer;
