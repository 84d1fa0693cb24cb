-- quality: written by tthc_gate.

create table quality.evaluation (
    submission_id bigint not null references facts.submission,
    audit_version text not null,
    evaluation_no integer not null,
    rule text not null,
    scope text not null,
    subject text not null,
    period_key text not null,
    reading text not null,
    relation text not null check (relation in ('=', '<=')),
    left_value numeric not null,
    right_value numeric not null,
    gap numeric not null,
    tolerance numeric not null,
    excess numeric generated always as (gap - tolerance) stored,
    severity text not null check (severity in ('error', 'warning', 'info')),
    primary key (submission_id, audit_version, evaluation_no)
);
comment on table quality.evaluation is 'One row per identity that could be evaluated on a submission: both sides, exactly; excess > 0 breaks it';

create table quality.audit (
    submission_id bigint not null references facts.submission,
    audit_version text not null,
    run_id text not null,
    audited_at timestamptz not null default now(),
    primary key (submission_id, audit_version)
);
comment on table quality.audit is 'One row per submission audited, so that a submission without findings is known to have been judged';

create table quality.finding (
    finding_id bigint generated always as identity primary key,
    submission_id bigint not null references facts.submission,
    audit_version text not null,
    rule text not null,
    severity text not null check (severity in ('error', 'warning', 'info')),
    message_vi text not null,
    places jsonb not null,
    compared jsonb not null,
    run_id text not null,
    found_at timestamptz not null default now()
);
comment on table quality.finding is 'One row per doubt about a submission, as told to the person who can settle it';
create index on quality.finding (submission_id, audit_version);

create table quality.gate_result (
    gate_result_id bigint generated always as identity primary key,
    run_id text not null,
    gate text not null check (gate in ('submissions', 'marts')),
    rule text not null,
    target text not null,
    severity text not null check (severity in ('error', 'warning', 'info')),
    success boolean not null,
    evaluated_count bigint,
    unexpected_count bigint,
    exception text not null default '',
    decision text not null check (decision in ('pass', 'warn', 'hold', 'block')),
    checked_at timestamptz not null default now()
);
comment on table quality.gate_result is 'One row per expectation and run: what Great Expectations found and what follows from it';
create index on quality.gate_result (run_id);

create table quality.quarantine (
    quarantine_id bigint generated always as identity primary key,
    source text not null,
    landing_id bigint not null references raw.landing,
    submission_id bigint references facts.submission,
    row_key text not null default '',
    rule text not null,
    reason_vi text not null,
    held_run_id text not null,
    held_at timestamptz not null default now(),
    released_run_id text,
    released_at timestamptz,
    release_reason text not null default '',
    check ((released_at is null) = (released_run_id is null))
);
comment on table quality.quarantine is 'One row per reason to hold back a submission or a row of a landing; history is kept, released_at ends it';
comment on column quality.quarantine.row_key is 'The pointer of the row within its landing; empty where the whole submission is held';
create unique index on quality.quarantine (landing_id, row_key, rule) where released_at is null;
create index on quality.quarantine (submission_id) where released_at is null;

create table quality.incident (
    incident_id bigint generated always as identity primary key,
    fingerprint text not null,
    rule text not null,
    severity text not null check (severity in ('error', 'warning', 'info')),
    source text not null,
    unit_code text not null default '',
    unit_name_vi text not null default '',
    province_code text not null default '',
    subject_vi text not null,
    detail jsonb not null,
    opened_run_id text not null,
    opened_at timestamptz not null default now(),
    last_seen_run_id text not null,
    last_seen_at timestamptz not null default now(),
    recovered_run_id text,
    recovered_at timestamptz
);
comment on table quality.incident is 'One row per fault from its first night to its recovery; the same fault on later nights touches the same row';
comment on column quality.incident.fingerprint is 'rule, unit and submission or source: what makes it the same fault';
create unique index on quality.incident (fingerprint) where recovered_at is null;

create table quality.run (
    run_id text primary key,
    verdict text not null check (verdict in ('publish', 'blocked')),
    reasons jsonb not null,
    judged_at timestamptz not null default now()
);
comment on table quality.run is 'One row per night that reached the last gate: whether it may be published, and why not';

grant select, insert, update on all tables in schema quality to tthc_gate;
grant usage on all sequences in schema quality to tthc_gate;
grant select on all tables in schema quality to tthc_transformer, tthc_mailer;
grant select on quality.quarantine to tthc_loader;

create table reporting.mail (
    mail_id bigint generated always as identity primary key,
    run_id text not null,
    recipient text not null,
    message_id text not null unique,
    subject_vi text not null,
    body_text text not null,
    body_html text not null,
    queued_at timestamptz not null default now(),
    sent_at timestamptz,
    last_error text not null default '',
    unique (run_id, recipient)
);
comment on table reporting.mail is 'One row per recipient and run: written with its items in one transaction, then sent; the outbox';

create table reporting.mail_item (
    mail_id bigint not null references reporting.mail,
    incident_id bigint not null references quality.incident,
    primary key (mail_id, incident_id)
);
comment on table reporting.mail_item is 'One row per incident told in a mail; an incident that has one is not told again';
create index on reporting.mail_item (incident_id);

grant select, insert, update on reporting.mail to tthc_mailer;
grant select, insert on reporting.mail_item to tthc_mailer;
grant usage on all sequences in schema reporting to tthc_mailer;
