-- `figures`, `service_performance` and `service_rates` become views: what was told, and what is counted over dossiers, which stands once and wide in
-- `dossier_counts`. What an earlier release published stays where it is, under the name of the stored part: rows of dossiers among it, which stood
-- so and are shown so. The next publication moves them to the history and puts the wide rows in their place; it also makes these views anew.
do $$
declare
    mart text;
    told text;
    place text;
    described record;
    dependant record;
begin
    for mart, told in values ('figures', 'figures_told'), ('service_performance', 'performance_told'), ('service_rates', 'rates_told') loop
        continue when not exists (select from pg_class where oid = to_regclass('marts.' || mart) and relkind = 'r');
        -- Views of other offices would follow the table to its new name and lose the dossiers.
        create temporary table dependants on commit drop as
        select c.oid::regclass::text as name, c.relkind, pg_get_viewdef(c.oid) as definition,
            coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as options
        from pg_class as c
        where c.relnamespace not in ('marts'::regnamespace, 'history'::regnamespace) and c.oid in (
            select r.ev_class from pg_rewrite as r
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.deptype = 'n'
            where d.refobjid in (to_regclass('marts.' || mart), to_regclass('history.' || mart), to_regclass(format('marts.%s_as_published', mart)))
        );
        execute format('alter table marts.%I rename to %I', mart, told);
        execute format('alter table history.%I rename to %I', mart, told);
        execute format('alter view marts.%I rename to %I', mart || '_as_published', told || '_as_published');
        foreach place in array array['marts.' || mart, 'history.' || mart, format('marts.%s_as_published', mart)] loop
            execute format('create view %s with (security_invoker = true) as select * from %s', place, replace(place, mart, told));
            execute format('alter view %s owner to tthc_gate', place);
            execute format('grant select on %s to tthc_reader, tthc_mailer, tthc_province_analyst, tthc_commune_officer', place);
            for described in
                select a.attname, d.objsubid, d.description
                from pg_description as d
                left join pg_attribute as a on a.attrelid = d.objoid and a.attnum = d.objsubid
                where d.classoid = 'pg_class'::regclass and d.objoid = to_regclass(replace(place, mart, told))
            loop
                if described.objsubid = 0 then
                    execute format('comment on view %s is %L', place, described.description);
                else
                    execute format('comment on column %s.%I is %L', place, described.attname, described.description);
                end if;
            end loop;
        end loop;
        for dependant in select * from dependants loop
            if dependant.relkind = 'v' then
                execute format('create or replace view %s%s as %s', dependant.name, dependant.options, dependant.definition);
            else
                raise warning '% keeps reading marts.%, which holds no dossiers any more: make it anew over marts.%', dependant.name, told, mart;
            end if;
        end loop;
        drop table dependants;
    end loop;
end $$;
