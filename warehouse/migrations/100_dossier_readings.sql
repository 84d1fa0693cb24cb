-- Which reader read which landing of the exchange, written down as the rows come: a table of a row a landing is asked what is new, where an
-- index of every record was asked landing by landing, which grew with the history. Its foreign key takes the place of raw.require_landing.

create table raw.dossier_reading (
    part text not null check (part in ('dossiers', 'dossier_events')),
    landing_id bigint not null references raw.landing (landing_id),
    reader_version integer not null,
    primary key (landing_id, part, reader_version)
);
comment on table raw.dossier_reading is
'One row per landing, part and reader version of which raw.dossiers or raw.dossier_events holds rows; written by their trigger';

insert into raw.dossier_reading (part, landing_id, reader_version)
select distinct 'dossiers', landing_id, reader_version from raw.dossiers
union all
select distinct 'dossier_events', landing_id, reader_version from raw.dossier_events;

create function raw.note_dossier_reading() returns trigger
language plpgsql
as $$
begin
    insert into raw.dossier_reading (part, landing_id, reader_version)
    select distinct tg_table_name, added.landing_id, added.reader_version from added
    on conflict do nothing;
    return null;
end
$$;
comment on function raw.note_dossier_reading is 'Statement trigger: a landing that does not exist is refused by the foreign key of raw.dossier_reading';

create trigger note_reading after insert on raw.dossiers
referencing new table as added for each statement execute function raw.note_dossier_reading();
create trigger note_reading after insert on raw.dossier_events
referencing new table as added for each statement execute function raw.note_dossier_reading();
drop trigger require_landing on raw.dossiers;
drop trigger require_landing on raw.dossier_events;
drop function raw.require_landing();

grant select, insert on raw.dossier_reading to tthc_loader;
grant select on raw.dossier_reading to tthc_transformer;
