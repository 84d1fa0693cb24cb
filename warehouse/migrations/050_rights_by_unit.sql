-- Who reads which units. Three roles without a login stand for what a person may read; `tthc grant` gives one to a person's own login
-- and writes down for which units. The rows of `marts` and `history` obey: row-level security, policies by role.
--
-- * tthc_reader: everything. tthc_analyst (`tthc sql`) has it.
-- * tthc_province_analyst: a province: its own rows and those of every unit, present or past, that lies in it.
-- * tthc_commune_officer: one unit and those that were merged into it as a whole.
--
-- The login counts and not the role of the moment (session_user): nothing that a session can set changes it.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['tthc_reader', 'tthc_province_analyst', 'tthc_commune_officer'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I nologin nosuperuser nocreatedb nocreaterole', role_name);
        end if;
    end loop;
    if not pg_has_role('tthc_analyst', 'tthc_reader', 'usage') then
        grant tthc_reader to tthc_analyst with inherit true, set false;
    end if;
    execute format('grant connect on database %I to tthc_reader, tthc_province_analyst, tthc_commune_officer', current_database());
end $$;

create schema access;
comment on schema access is 'Who reads which units. Written by the owner (tthc grant, tthc revoke); no role of the night and no reader can change it.';
grant usage on schema access to tthc_gate, tthc_province_analyst, tthc_commune_officer;

create table access.scope (
    scope_id bigint generated always as identity primary key,
    login name not null check (login !~ '^tthc_'),
    kind text not null check (kind in ('everything', 'province', 'commune')),
    unit_code text not null default '',
    granted_by text not null check (trim(granted_by) <> ''),
    reason text not null check (length(trim(reason)) >= 10),
    granted_at timestamptz not null default now(),
    revoked_by text not null default '',
    revoked_at timestamptz,
    check ((kind = 'everything') = (unit_code = '')),
    check ((revoked_at is null) = (revoked_by = ''))
);
comment on table access.scope is 'One row per right given to a login: which unit, who answers for it, why, and when it ended';
comment on column access.scope.unit_code is 'Code of a unit that stands today; empty for everything';
create unique index on access.scope (login, kind, unit_code) where revoked_at is null;

create table access.visible_unit (
    login name not null,
    unit_code text not null,
    unit_valid_from date not null,
    is_present boolean not null,
    primary key (login, unit_code, unit_valid_from)
);
comment on table access.visible_unit is
'One row per login and unit whose rows it reads: what access.scope means on the units published, worked out by access.refresh()';
comment on column access.visible_unit.is_present is 'The unit stands today: rows that name a unit without its day are of such a unit';

create function access.meant() returns table (login name, unit_code text, unit_valid_from date, is_present boolean) language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if to_regclass('marts.dim_unit') is null or to_regclass('marts.bridge_unit_successor') is null then
        return;
    end if;
    return query
    -- What was merged into a unit as a whole is its past; a unit that was split is nobody's past alone.
    with recursive held as (
        select s.login, s.kind, u.unit_code, u.unit_valid_from, u.unit_valid_to
        from access.scope as s
        inner join marts.dim_unit as u on u.unit_code = s.unit_code and u.unit_valid_to is null
        where s.revoked_at is null
        union
        select h.login, h.kind, old.unit_code, old.unit_valid_from, old.unit_valid_to
        from held as h
        inner join marts.bridge_unit_successor as b on (b.successor_code, b.successor_valid_from) = (h.unit_code, h.unit_valid_from) and not b.is_partial
        inner join marts.dim_unit as old on (old.unit_code, old.unit_valid_from) = (b.predecessor_code, b.predecessor_valid_from)
    ),
    readable as (
        select h.login, h.unit_code, h.unit_valid_from, h.unit_valid_to from held as h
        union
        -- All that lies or lay in the province; a code of a province may have meant another one, so the unit's last day decides.
        select h.login, u.unit_code, u.unit_valid_from, u.unit_valid_to
        from held as h
        inner join marts.dim_unit as u
            on u.province_code = h.unit_code and coalesce(u.unit_valid_to, 'infinity') between h.unit_valid_from and coalesce(h.unit_valid_to, 'infinity')
        where h.kind = 'province'
    )
    select r.login, r.unit_code, r.unit_valid_from, r.unit_valid_to is null from readable as r;
end $$;
comment on function access.meant() is 'What the rights in force mean on the units published';

create function access.refresh() returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from access.visible_unit as v
    where not exists (
        select from access.meant() as m
        where (m.login, m.unit_code, m.unit_valid_from, m.is_present) = (v.login, v.unit_code, v.unit_valid_from, v.is_present)
    );
    insert into access.visible_unit (login, unit_code, unit_valid_from, is_present) select * from access.meant() on conflict do nothing;
$$;
comment on function access.refresh() is 'Makes access.visible_unit what the rights in force mean: after a grant, and by publish when units may have changed';

-- What the policies ask, once a query. session_user is the login; inside a function of the owner current_user would be the owner.
create view access.my_unit with (security_barrier = true) as
select v.unit_code, v.unit_valid_from, v.is_present from access.visible_unit as v where v.login = session_user;
comment on view access.my_unit is 'One row per unit whose rows the present login reads';

create function access.my_codes() returns text[] language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(distinct v.unit_code), '{}') from access.visible_unit as v where v.login = session_user
$$;
create function access.my_present_codes() returns text[] language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(distinct v.unit_code), '{}') from access.visible_unit as v where v.login = session_user and v.is_present
$$;
comment on function access.my_codes() is 'Codes of the units whose rows the present login reads';
comment on function access.my_present_codes() is 'The same, of the units that stand today';
grant select on access.my_unit to tthc_province_analyst, tthc_commune_officer;

-- Reference data (dim_, bridge_) names units, periods and measures and says nothing about anybody's work: all who may read at all read it.
-- A row that names no unit is the reader's of everything alone. What is not protected is granted to nobody but the readers of everything.
create function access.protect(place name, mart name) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    target text := format('%I.%I', place, mart);
    relation regclass := to_regclass(target);
    columns text[];
    condition text;
begin
    if (place, mart) = ('marts', 'publication') then
        -- Digests and counts of the whole country are the reader's of everything; when what was published is everybody's.
        execute format('grant select on %s to tthc_reader, tthc_mailer', target);
        execute format('grant select (publication_id, run_id, published_at, kind, is_kept) on %s to tthc_province_analyst, tthc_commune_officer', target);
        return;
    end if;
    select array_agg(a.attname) into columns from pg_attribute as a where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
    condition := case
        when mart ~ '^(dim|bridge)_' then 'true'
        -- The array is for the index, the pair for the truth: codes were given out again.
        when columns @> array['unit_code', 'unit_valid_from'] then
            'unit_code = any ((select access.my_codes())::text[]) and (unit_code, unit_valid_from) in (select m.unit_code, m.unit_valid_from from access.my_unit as m)'
        when columns @> array['unit_code'] then 'unit_code = any ((select access.my_present_codes())::text[])'
    end;
    execute format('alter table %s enable row level security', target);
    execute format('drop policy if exists everything on %s', target);
    execute format('drop policy if exists own_units on %s', target);
    execute format('create policy everything on %s for select to tthc_reader, tthc_mailer using (true)', target);
    execute format('grant select on %s to tthc_reader, tthc_mailer', target);
    if condition is not null then
        execute format('create policy own_units on %s for select to tthc_province_analyst, tthc_commune_officer using (%s)', target, condition);
        execute format('grant select on %s to tthc_province_analyst, tthc_commune_officer', target);
    end if;
    -- Own rows are found by an index that begins with the unit: quickly, and without touching (and counting in EXPLAIN) those of others.
    if condition like 'unit_code%' and not exists (
        select from pg_index as i inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = relation and a.attname = 'unit_code'
    ) then
        execute format('create index on %s (unit_code)', target);
    end if;
    -- EXPLAIN would guess from the statistics how many rows another unit has.
    if condition like 'unit_code%' then
        execute format('alter table %s alter column unit_code set statistics 0', target);
        perform pg_clear_attribute_stats(place, mart, 'unit_code', false);
    end if;
end $$;
comment on function access.protect(name, name) is 'Row-level security by unit on a published table or its history; publish calls it for each table that it makes or changes';

grant usage on schema marts, history to tthc_reader, tthc_province_analyst, tthc_commune_officer;
grant usage on schema history to tthc_mailer;
grant execute on all functions in schema marts to tthc_reader, tthc_province_analyst, tthc_commune_officer;

-- What an earlier publication made.
do $$
declare
    made record;
begin
    for made in
        select n.nspname, c.relname, c.relkind from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname in ('marts', 'history') and c.relkind in ('r', 'v')
    loop
        if made.relkind = 'v' then
            execute format('alter view %I.%I set (security_invoker = true)', made.nspname, made.relname);
            execute format('grant select on %I.%I to tthc_reader, tthc_province_analyst, tthc_commune_officer', made.nspname, made.relname);
        else
            perform access.protect(made.nspname, made.relname);
        end if;
    end loop;
end $$;

-- PUBLIC has nothing: nothing to run, nowhere to write, no language to write a function or a DO block in.
alter default privileges revoke execute on functions from public;
alter default privileges for role tthc_gate revoke execute on functions from public;
alter default privileges for role tthc_transformer revoke execute on functions from public;
revoke execute on all functions in schema access from public;
grant execute on function access.my_codes(), access.my_present_codes() to tthc_province_analyst, tthc_commune_officer;
grant execute on function access.refresh(), access.protect(name, name) to tthc_gate;
do $$
begin
    revoke usage on language plpgsql, sql from public;
    revoke execute on function lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) from public;
exception when insufficient_privilege then
    raise notice 'not the server''s administrator: languages and large objects keep the rights that it gave';
end $$;
