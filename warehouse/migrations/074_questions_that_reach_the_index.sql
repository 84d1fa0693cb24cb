-- The questions with a parameter as SQL functions: the planner writes them into the query, so that a condition on unit, period or measure
-- reaches the index instead of a whole answer being built first. The marts do not exist yet when this runs.
set local check_function_bodies = off;

create or replace function marts.units_on(boundary date) returns table (
    unit_code text, unit_valid_from date, target_code text, target_valid_from date, target_number bigint, targets bigint, share numeric, is_estimated boolean
) language sql stable as $$
    -- Every way from a unit to those that stood on the day, forwards or back; `share` is null where nobody published how it was split.
    with recursive forwards as (
        select u.unit_code as code, u.unit_valid_from as since, u.unit_code as at_code, u.unit_valid_from as at_since, u.unit_valid_to as at_until, 1::numeric as part, false as split
        from marts.dim_unit as u where u.unit_valid_from <= boundary
        union all
        select f.code, f.since, n.unit_code, n.unit_valid_from, n.unit_valid_to, f.part * b.share, f.split or b.share is null
        from forwards as f
        inner join marts.bridge_unit_successor as b on (b.predecessor_code, b.predecessor_valid_from) = (f.at_code, f.at_since)
        inner join marts.dim_unit as n on (n.unit_code, n.unit_valid_from) = (b.successor_code, b.successor_valid_from)
        where f.at_until < boundary
    ),
    backwards as (
        select u.unit_code as code, u.unit_valid_from as since, u.unit_code as at_code, u.unit_valid_from as at_since, 1 as whole_ways
        from marts.dim_unit as u where u.unit_valid_from > boundary
        union all
        select w.code, w.since, o.unit_code, o.unit_valid_from, 1
        from backwards as w
        inner join marts.bridge_unit_successor as b on (b.successor_code, b.successor_valid_from) = (w.at_code, w.at_since)
        inner join marts.dim_unit as o on (o.unit_code, o.unit_valid_from) = (b.predecessor_code, b.predecessor_valid_from)
        where w.at_since > boundary
    ),
    ways as (
        select f.code, f.since, f.at_code, f.at_since, sum(f.part) as part, bool_or(f.split) as split
        from forwards as f where coalesce(f.at_until, 'infinity') >= boundary group by f.code, f.since, f.at_code, f.at_since
        union all
        -- Taking a unit apart again is an estimate, unless it has one predecessor only.
        select distinct w.code, w.since, w.at_code, w.at_since, null::numeric, true from backwards as w where w.at_since <= boundary
    ),
    placed as (
        select w.code, w.since, w.at_code, w.at_since, w.part, w.split from ways as w
        union all
        -- A district was not taken over by any one unit: it stays what it was, so that nothing is lost from a sum.
        select u.unit_code, u.unit_valid_from, u.unit_code, u.unit_valid_from, 1, false
        from marts.dim_unit as u
        where not exists (select from ways as w where w.code = u.unit_code and w.since = u.unit_valid_from)
    ),
    counted as (
        select p.code, p.since, p.at_code, p.at_since, p.part, p.split, count(*) over (partition by p.code, p.since) as n,
            row_number() over (partition by p.code, p.since order by p.at_code, p.at_since) as place
        from placed as p
    )
    select c.code, c.since, c.at_code, c.at_since, c.place, c.n, case when c.n = 1 then 1 when c.split then null else c.part end, c.n > 1 and c.split
    from counted as c
$$;

create or replace function marts.performance_on(boundary date) returns table (
    unit_code text, unit_valid_from date, period_key text, scope text, measure text, source text, value numeric, value_low numeric, value_high numeric,
    is_estimated boolean, members bigint
) language sql stable as $$
    -- Counts only; rates are computed anew from them. A split count is dealt out in whole numbers and the last takes the rest: the parts make it up exactly.
    select
        u.target_code, u.target_valid_from, p.period_key, p.scope, p.measure, p.source,
        sum(
            case
                when u.share is not null then p.value * u.share
                when u.target_number = u.targets then p.value - round(p.value * (u.targets - 1) / u.targets)
                else round(p.value * u.target_number / u.targets) - round(p.value * (u.target_number - 1) / u.targets)
            end
        ),
        sum(case when u.share is null then 0 else p.value * u.share end),
        sum(case when u.share is null then p.value else p.value * u.share end),
        bool_or(u.is_estimated), count(*)
    from marts.service_performance as p
    inner join marts.dim_measure as m on m.measure = p.measure and m.aggregation in ('sum', 'opening balance', 'closing balance')
    inner join marts.units_on(boundary) as u on u.unit_code = p.unit_code and u.unit_valid_from = p.unit_valid_from
    where p.subject = '' and p.bound = '='
    group by u.target_code, u.target_valid_from, p.period_key, p.scope, p.measure, p.source
$$;

create or replace function marts.revisions() returns table (
    unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, first_value numeric, last_value numeric,
    revision numeric, versions bigint, first_publication_id bigint, last_publication_id bigint
) language sql stable as $$
    -- What history does not know has had one version.
    select
        p.unit_code, p.unit_valid_from, p.period_key, p.scope, p.subject, p.measure, p.source, p.value, p.value, p.value - p.value, 1::bigint, p.publication_id,
        p.publication_id
    from marts.service_performance as p
    where not exists (
        select from history.service_performance as h
        where h.unit_code = p.unit_code and h.unit_valid_from = p.unit_valid_from and h.period_key = p.period_key and h.scope = p.scope
            and h.subject = p.subject and h.measure = p.measure and h.source = p.source
    )
    union all
    select
        v.unit_code, v.unit_valid_from, v.period_key, v.scope, v.subject, v.measure, v.source,
        (array_agg(v.value order by v.publication_id))[1], (array_agg(v.value order by v.publication_id desc))[1],
        (array_agg(v.value order by v.publication_id desc))[1] - (array_agg(v.value order by v.publication_id))[1],
        -- A version is a value: a publication that only renamed its figure is no revision.
        count(*) filter (where v.place = 1 or v.value is distinct from v.value_before), min(v.publication_id), max(v.publication_id)
    from (
        select
            a.unit_code, a.unit_valid_from, a.period_key, a.scope, a.subject, a.measure, a.source, a.value, a.publication_id,
            lag(a.value) over w as value_before, row_number() over w as place
        from (
            select h.unit_code, h.unit_valid_from, h.period_key, h.scope, h.subject, h.measure, h.source, h.value, h.publication_id
            from history.service_performance as h
            union all
            select p.unit_code, p.unit_valid_from, p.period_key, p.scope, p.subject, p.measure, p.source, p.value, p.publication_id
            from marts.service_performance as p
            where exists (
                select from history.service_performance as h
                where h.unit_code = p.unit_code and h.unit_valid_from = p.unit_valid_from and h.period_key = p.period_key and h.scope = p.scope
                    and h.subject = p.subject and h.measure = p.measure and h.source = p.source
            )
        ) as a
        window w as (partition by a.unit_code, a.unit_valid_from, a.period_key, a.scope, a.subject, a.measure, a.source order by a.publication_id)
    ) as v
    group by v.unit_code, v.unit_valid_from, v.period_key, v.scope, v.subject, v.measure, v.source
$$;

-- What a figure fed. Of the dossiers' counts it is not stored: the row of each mart follows from the figure's own unit, period and scope.
create function marts.figure_trail(wanted text) returns table (mart text, row_key text, usage text) language sql stable as $$
    select s.mart, s.row_key, s.usage from marts.figure_sources as s where s.figure_id = wanted
    union all
    select fed.mart, fed.row_key, 'shown'
    from marts.figures as f
    cross join lateral (
        select 'service_performance' as mart, concat_ws('|', p.unit_code, p.unit_valid_from, p.period_key, p.scope, p.subject, p.measure, p.source) as row_key
        from marts.service_performance as p
        where p.unit_code = f.unit_code and p.unit_valid_from = f.unit_valid_from and p.period_key = f.period_key and p.scope = f.scope and p.figure_id = f.figure_id
        union all
        select 'service_totals', concat_ws('|', t.unit_code, t.unit_valid_from, t.period_key, t.scope, t.source)
        from marts.service_totals as t
        where t.unit_code = f.unit_code and t.unit_valid_from = f.unit_valid_from and t.period_key = f.period_key and t.scope = f.scope
            and f.figure_id = any(t.figure_ids)
        union all
        select 'service_rates', concat_ws('|', r.unit_code, r.unit_valid_from, r.period_key, r.scope, r.source, r.metric)
        from marts.service_rates as r
        where r.unit_code = f.unit_code and r.unit_valid_from = f.unit_valid_from and r.period_key = f.period_key and r.scope = f.scope
            and f.figure_id = any(r.figure_ids)
        union all
        select 'workload', concat_ws('|', w.unit_code, w.unit_valid_from, w.period_key, w.source)
        from marts.workload as w
        where w.unit_code = f.unit_code and w.unit_valid_from = f.unit_valid_from and w.period_key = f.period_key and f.figure_id = any(w.figure_ids)
    ) as fed
    where f.figure_id = wanted and f.source = 'dossiers'
$$;
comment on function marts.figure_trail(text) is
'One row per row of a mart that a figure fed, or why it fed none; figure_sources and, of the counts of dossiers, what follows from their rows (một số liệu đã đi vào đâu)';
revoke execute on function marts.figure_trail(text) from public;
grant execute on function marts.figure_trail(text) to tthc_gate, tthc_mailer, tthc_reader, tthc_analyst, tthc_province_analyst, tthc_commune_officer;

-- After the first publication: what publish makes with the table from now on.
do $$
begin
    if to_regclass('marts.service_performance') is not null then
        create index if not exists service_performance_by_measure on marts.service_performance (measure, period_key, scope);
        create index if not exists service_rates_by_metric on marts.service_rates (metric, period_key);
    end if;
end $$;

-- The ledger's row is written in the transaction that writes its number into the marts: a foreign key looked it up once for every row.
do $$
declare
    made record;
begin
    for made in
        select c.conrelid::regclass as mart, c.conname from pg_constraint as c
        where c.contype = 'f' and c.confrelid = to_regclass('marts.publication')
    loop
        execute format('alter table %s drop constraint %I', made.mart, made.conname);
    end loop;
end $$;
