-- Every schema has one writer; the roles' rights are the architecture (see docs/architecture.md).
-- Roles belong to the cluster, so they may exist already when a second warehouse is set up beside the first.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['tthc_loader', 'tthc_transformer', 'tthc_gate', 'tthc_mailer', 'tthc_analyst'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I login nosuperuser nocreatedb nocreaterole', role_name);
        end if;
    end loop;
    -- An owner who is no superuser may set default privileges only for roles it is a member of.
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant tthc_transformer, tthc_gate to %I', current_user);
    end if;
end $$;

revoke all on schema public from public;
do $$ begin execute format('revoke all on database %I from public', current_database()); end $$;
do $$ begin
    execute format('grant connect on database %I to tthc_loader, tthc_transformer, tthc_gate, tthc_mailer, tthc_analyst', current_database());
    execute format('grant temporary on database %I to tthc_loader, tthc_transformer, tthc_gate', current_database());
end $$;

create schema raw;
create schema facts;
create schema staging;
create schema intermediate;
create schema candidate;
create schema quality;
create schema marts;
create schema reporting;

comment on schema raw is 'What came in: attempts, landings, parsed records. Written by ingest (tthc_loader).';
comment on schema facts is 'Submissions and the figures read from them, each with its place. Written by ingest (tthc_loader).';
comment on schema staging is 'One model per source record, typed and renamed. Written by dbt (tthc_transformer).';
comment on schema intermediate is 'Steps between staging and the marts. Written by dbt (tthc_transformer).';
comment on schema candidate is 'The next publication, not judged yet. Written by dbt (tthc_transformer).';
comment on schema quality is 'Evaluations, findings, quarantine, incidents, gate results. Written by the gate (tthc_gate).';
comment on schema marts is 'What is published. Written by publish (tthc_gate), read by analysts.';
comment on schema reporting is 'The outbox of mails. Written by reporting (tthc_mailer).';

grant usage on schema raw, facts to tthc_loader, tthc_transformer, tthc_gate;
grant usage, create on schema staging, intermediate, candidate to tthc_transformer;
grant usage on schema staging, intermediate, candidate to tthc_gate;
grant usage on schema quality to tthc_gate, tthc_transformer, tthc_mailer, tthc_loader;
grant usage, create on schema marts to tthc_gate;
grant usage on schema marts to tthc_mailer, tthc_analyst;
grant usage on schema reporting to tthc_mailer;

-- Tables that dbt and publish make later carry the right grants from birth.
alter default privileges for role tthc_transformer in schema staging, intermediate, candidate grant select on tables to tthc_gate;
alter default privileges for role tthc_gate in schema marts grant select on tables to tthc_mailer, tthc_analyst;

alter role tthc_analyst set default_transaction_read_only = on;
alter role tthc_analyst set statement_timeout = '60s';
alter role tthc_analyst set search_path = marts;
