-- raw and facts: append-only, written by tthc_loader.

create table raw.attempt (
    attempt_id bigint generated always as identity primary key,
    run_id text not null,
    stage text not null check (stage in ('land', 'parse')),
    source text not null,
    scope text not null default '',
    edition text not null default '',
    origin text not null default '',
    outcome text not null check (outcome in ('landed', 'seen_again', 'parsed', 'empty', 'unreachable', 'refused', 'unexpected', 'unreadable', 'deferred')),
    reason text not null default '',
    landing_id bigint,
    sha256 text,
    size_bytes bigint,
    row_count bigint,
    started_at timestamptz not null,
    duration_ms integer not null
);
comment on table raw.attempt is 'One row per attempt to land or to parse something, whatever came of it';
comment on column raw.attempt.scope is 'What was asked for: a file name, or province and report of the portal';
comment on column raw.attempt.edition is 'The declared edition: the period asked for; empty for files';
comment on column raw.attempt.reason is 'Why it is not simply landed or parsed: the error with file, place and remedy';
create index on raw.attempt (run_id);
create index on raw.attempt (landing_id);

create table raw.content (
    sha256 text primary key check (length(sha256) = 64),
    body bytea not null
);
comment on table raw.content is 'One row per distinct body, exactly as landed. Restricted: reports name people';

create table raw.landing (
    landing_id bigint generated always as identity primary key,
    source text not null,
    scope text not null default '',
    edition text not null default '',
    origin text not null,
    file_name text not null default '',
    media_type text not null default '',
    sha256 text not null references raw.content,
    received_sha256 text not null,
    size_bytes bigint not null,
    fetched_at timestamptz not null,
    run_id text not null,
    retain_until date not null,
    unique (source, scope, edition, sha256)
);
comment on table raw.landing is 'One row per body landed for a source, scope and edition; other bytes are another landing, never an overwrite';
comment on column raw.landing.sha256 is 'Of the stored bytes';
comment on column raw.landing.received_sha256 is 'Of what came; differs where an allow-list of columns dropped personal data before storing';

create view raw.landing_sighting as
select landing.landing_id, greatest(landing.fetched_at, max(attempt.started_at)) as last_seen_at, count(attempt.attempt_id) as times_seen
from raw.landing as landing
left join raw.attempt as attempt on attempt.landing_id = landing.landing_id and attempt.stage = 'land'
group by landing.landing_id, landing.fetched_at;
comment on view raw.landing_sighting is 'One row per landing: when its bytes were last served; a value restated back and forth is current by its last sighting';

create table raw.portal_index (
    landing_id bigint not null references raw.landing,
    pointer text not null,
    interface text not null check (interface in ('reporting', 'legacy')),
    report text not null,
    period_calendar text not null check (period_calendar = 'calendar'),
    period_start date not null,
    period_end date not null,
    province_code text not null,
    is_final boolean not null,
    portal_code text not null,
    unit_code text not null default '',
    unit_valid_from date,
    payload jsonb not null,
    primary key (landing_id, pointer)
);
comment on table raw.portal_index is 'One row per unit row of a portal answer; payload as served, pointer is its JSON pointer in the landed body';
comment on column raw.portal_index.province_code is 'Portal code asked for (H37); empty for the list of provinces';
comment on column raw.portal_index.portal_code is 'The row''s own code, normalised: H37.101; empty where the interface sends none';
comment on column raw.portal_index.unit_code is 'The statistics office''s code the name resolves to; empty for departments and what does not resolve';
comment on column raw.portal_index.is_final is 'The calendar period had ended when it was pulled';

create table raw.dossiers (
    landing_id bigint not null references raw.landing,
    pointer text not null,
    dossier_key text not null,
    agency_code text,
    procedure_code text,
    field_code text,
    channel_code text,
    status_code text,
    received_on text,
    due_on text,
    finished_on text,
    returned_on text,
    refused_on text,
    submitted_on text,
    subject_type_code text,
    return_form_code text,
    has_digitised_parts text,
    is_paid_online text,
    is_updating boolean not null,
    supplement_count integer not null,
    primary key (landing_id, pointer)
);
comment on table raw.dossiers is 'One row per dossier record of an exchange; allowed columns only, text as sent, dates cut to the day';
comment on column raw.dossiers.dossier_key is 'Keyed hash of MaHoSo: tells dossiers apart, names nobody';
comment on column raw.dossiers.agency_code is 'The portal code in MaHoSo before its date, e.g. H37.101';

create table raw.statutory_forms (
    landing_id bigint not null references raw.landing,
    sheet text not null,
    form_code text not null,
    header jsonb not null,
    cells jsonb not null,
    primary key (landing_id, sheet)
);
comment on table raw.statutory_forms is 'One row per sheet read: the header block as printed, and which header cell became which form column';

create table raw.narrative_reports (
    landing_id bigint not null references raw.landing,
    reader_version text not null,
    text_nfc text not null,
    page_starts integer[] not null,
    method text not null check (method in ('text', 'ocr')),
    header jsonb not null,
    primary key (landing_id, reader_version)
);
comment on table raw.narrative_reports is 'One row per report read: the NFC text that every span counts in. Restricted: it names people';

create table facts.submission (
    submission_id bigint generated always as identity primary key,
    landing_id bigint not null references raw.landing,
    source text not null check (source in ('statutory_forms', 'narrative_reports')),
    reader_version text not null,
    kind text not null,
    unit_code text not null default '',
    unit_valid_from date,
    unit_name_vi text not null default '',
    province_name_vi text not null default '',
    document_number text not null default '',
    document_date date,
    period_key text not null default '',
    period_calendar text check (period_calendar in ('statutory', 'calendar', 'other')),
    period_start date,
    period_end date,
    period_label_vi text not null default '',
    period_stated_from date,
    period_stated_to date,
    flags text[] not null default '{}',
    figure_count integer not null,
    read_at timestamptz not null default now(),
    unique (landing_id, reader_version)
);
comment on table facts.submission is 'One row per report or form and reader version: who reports on which period, as printed and in effect';
comment on column facts.submission.unit_code is 'Of the unit valid at the period''s end; empty where the printed name does not resolve';

create table facts.figure (
    figure_id text not null,
    submission_id bigint not null references facts.submission,
    measure text not null,
    scope text not null default '',
    subject text not null default '',
    value numeric not null,
    unit text not null,
    bound text not null check (bound in ('=', '>', '<', '≈')),
    printed_text text not null,
    locator text not null,
    quote_vi text not null,
    span_start integer,
    span_end integer,
    page integer,
    section_vi text not null default '',
    period_key text not null default '',
    period_start date,
    period_end date,
    as_of_date date,
    confidence numeric not null,
    flags text[] not null default '{}',
    primary key (submission_id, figure_id)
);
comment on table facts.figure is 'One row per printed number that is a measure: value, bound, place and the sentence that holds it';
comment on column facts.figure.figure_id is 'Stable: a hash of landing bytes, place, measure, scope and subject';
create index on facts.figure (figure_id);

grant select on all tables in schema raw, facts to tthc_gate;
grant select, insert on all tables in schema raw, facts to tthc_loader;
grant usage on all sequences in schema raw, facts to tthc_loader;
grant select on raw.attempt, raw.landing, raw.landing_sighting, raw.portal_index, raw.dossiers, raw.statutory_forms to tthc_transformer;
grant select on facts.submission, facts.figure to tthc_transformer;
