-- Which rows a total of a one-stop system adds up, and which field a domain is, so that its counts can stand beside the forms'.

alter table raw.onestop_statistics
    add column total_of text not null default '' check (total_of in ('', 'agencies', 'fields', 'times')),
    add column scope text not null default '';
comment on column raw.onestop_statistics.total_of is
    'What the row adds up: all agencies (or those below its agency), all fields of its agency, or several periods; empty: nothing. Null agency or domain means a total';
comment on column raw.onestop_statistics.scope is 'The field that its domain is (field:land), by the name, else the domain''s code (domain:HT02); empty for a whole agency';

create or replace view raw.current_onestop_statistics as
select counts.* from raw.onestop_statistics as counts
inner join (select landing_id, max(reader_version) as reader_version from raw.onestop_statistics group by landing_id) as newest
    using (landing_id, reader_version);

-- The later, sound row of the same agency is looked for by these.
create index on raw.onestop_statistics (system, period_start, agency_code);
