-- The exchange comes from several systems at once, and what happened to a dossier on the way is kept as events.

alter table raw.dossiers add column system text not null default '';
comment on column raw.dossiers.system is 'The system that sent it: the first folder below the exchange''s folder, or the name of its address; empty where there is one system';

create or replace view raw.current_dossiers as
select dossier.* from raw.dossiers as dossier
inner join (select landing_id, max(reader_version) as reader_version from raw.dossiers group by landing_id) as newest using (landing_id, reader_version);

create table raw.dossier_events (
    landing_id bigint not null references raw.landing,
    reader_version integer not null,
    system text not null default '',
    pointer text not null,
    dossier_key text not null,
    event text not null check (event in ('supplement', 'progress')),
    happened_on text,
    started_on text,
    ended_on text,
    due_before_on text,
    due_after_on text,
    status_code text,
    primary key (landing_id, reader_version, pointer)
);
comment on table raw.dossier_events is 'One row per supplement asked for (DanhSachHoSoBoSung) or step of processing (CapNhatTienDoHoSoMC); allowed columns only, days as sent';
comment on column raw.dossier_events.happened_on is 'supplement: asked for (NgayBoSung); progress: ThoiDiemXuLy';
comment on column raw.dossier_events.ended_on is 'supplement: handed in (NgayTiepNhanBoSung)';
comment on column raw.dossier_events.due_after_on is 'supplement: NgayHenTraMoi; progress: NgayKetThucTheoQuyDinh';
create index on raw.dossier_events (dossier_key);

create view raw.current_dossier_events as
select event.* from raw.dossier_events as event
inner join (select landing_id, max(reader_version) as reader_version from raw.dossier_events group by landing_id) as newest using (landing_id, reader_version);
comment on view raw.current_dossier_events is 'One row per event of a dossier, by the newest reader of its landing';

grant select, insert on raw.dossier_events to tthc_loader;
grant select on raw.dossier_events, raw.current_dossier_events to tthc_gate, tthc_transformer;
