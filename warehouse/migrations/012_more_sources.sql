-- One-stop statistics, the catalogue of procedures, units to be reviewed by a person, requests to load a range again.

create table raw.onestop_statistics (
    landing_id bigint not null references raw.landing,
    reader_version integer not null,
    pointer text not null,
    interface text not null check (interface in ('opencps', 'igate')),
    system text not null,
    period_start date not null,
    period_end date not null,
    agency_code text not null,
    agency_name_vi text not null,
    domain_code text not null,
    is_total boolean not null,
    broken_identities text[] not null,
    unit_code text not null,
    unit_valid_from date,
    payload jsonb not null,
    primary key (landing_id, reader_version, pointer)
);
comment on table raw.onestop_statistics is 'One row per agency, domain and period of a one-stop system''s statistics; payload as served';
comment on column raw.onestop_statistics.is_total is 'Adds up other rows (no agency or no domain, or month 0 of a list of months): never to be added to them';
comment on column raw.onestop_statistics.broken_identities is 'Identities of the interface that its own counts do not satisfy, with both sides; empty: all that could be checked hold';

create view raw.current_onestop_statistics as
select counts.* from raw.onestop_statistics as counts
inner join (select landing_id, max(reader_version) as reader_version from raw.onestop_statistics group by landing_id) as newest
    using (landing_id, reader_version);

create table raw.procedures (
    landing_id bigint not null references raw.landing,
    reader_version integer not null,
    pointer text not null,
    procedure_code text not null,
    name_vi text not null,
    field_code text,
    level text,
    online_level text,
    valid_from date,
    valid_to date,
    state text,
    lead_agency text,
    supporting_agencies text[] not null,
    payload jsonb not null,
    primary key (landing_id, reader_version, pointer)
);
comment on table raw.procedures is 'One row per procedure of a catalogue; the code is text (2.000908), its zeros count';
comment on column raw.procedures.valid_to is 'The last day of a procedure that was abolished, where the catalogue says it';
comment on column raw.procedures.supporting_agencies is 'For inter-linked procedures: who supports the lead agency';

create view raw.current_procedures as
select listed.* from raw.procedures as listed
inner join (select landing_id, max(reader_version) as reader_version from raw.procedures group by landing_id) as newest using (landing_id, reader_version);

create table raw.unit_review (
    landing_id bigint not null references raw.landing,
    source text not null,
    reader_version text not null,
    printed_name_vi text not null,
    province text not null,
    on_date date not null,
    reason text not null,
    candidates jsonb not null,
    run_id text not null,
    found_at timestamptz not null default now(),
    primary key (landing_id, reader_version, printed_name_vi)
);
comment on table raw.unit_review is 'One row per printed unit name that resolves to no single unit, with candidates for a person to choose from, best first; its record is kept';

create view quality.unit_review as
select review.*, landing.origin, landing.file_name
from raw.unit_review as review
inner join raw.landing as landing on landing.landing_id = review.landing_id
where not exists (
    select from raw.unit_review as later
    where later.landing_id = review.landing_id and later.printed_name_vi = review.printed_name_vi and later.found_at > review.found_at
);
comment on view quality.unit_review is 'The review list: one row per landing and printed unit name that a person must settle';

create table raw.backfill_request (
    request_id bigint generated always as identity primary key,
    source text not null,
    edition_from text not null,
    edition_to text not null,
    reason text not null check (length(trim(reason)) >= 10),
    requested_by text not null check (trim(requested_by) <> ''),
    requested_at timestamptz not null default now(),
    check (source in ('portal_index', 'onestop_statistics'))
);
comment on table raw.backfill_request is 'One row per request to load a range of periods again: who asked and why; run by the DAG backfill, never by editing state';

create table raw.backfill_run (
    request_id bigint not null references raw.backfill_request,
    run_id text not null,
    outcomes jsonb not null,
    finished_at timestamptz not null default now(),
    primary key (request_id, run_id)
);
comment on table raw.backfill_run is 'One row per run that carried a request out, with how often each outcome occurred';

grant select, insert on raw.onestop_statistics, raw.procedures, raw.unit_review, raw.backfill_request, raw.backfill_run to tthc_loader;
grant usage on all sequences in schema raw to tthc_loader;
grant select on raw.onestop_statistics, raw.procedures, raw.unit_review, raw.backfill_request, raw.backfill_run to tthc_gate, tthc_transformer;
grant select on raw.current_onestop_statistics, raw.current_procedures to tthc_gate, tthc_transformer;
grant select on quality.unit_review to tthc_gate, tthc_mailer, tthc_transformer;
