-- Questions with a parameter: as published at a moment, what changed, and any boundary date. The marts are made by the first
-- publication, after this migration: hence plpgsql, which looks for them when it runs. All run with the caller's rights.

create function marts.publication_at(moment timestamptz) returns bigint language plpgsql stable as $$
begin
    return (select max(publication_id) from marts.publication where published_at <= moment);
end $$;
comment on function marts.publication_at(timestamptz) is
'The publication that readers saw at a moment; null before the first. Use with the views …_as_published (lần công bố có hiệu lực tại một thời điểm)';

create function marts.performance_as_published(moment timestamptz) returns table (
    unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, value numeric, bound text, figure_id text,
    publication_id bigint
) language plpgsql stable as $$
declare
    shown bigint := marts.publication_at(moment);
begin
    if shown is not null and not (select p.is_kept from marts.publication as p where p.publication_id = shown) then
        raise exception 'publication % of that moment is not kept any more', shown using hint = 'select publication_id, published_at from publication where is_kept';
    end if;
    return query
    select
        v.unit_code, v.unit_valid_from, v.period_key, v.scope, v.subject, v.measure, v.source, v.value, v.bound, v.figure_id, v.publication_id
    from marts.service_performance_as_published as v
    where v.publication_id <= shown and (v.until_publication_id is null or v.until_publication_id > shown);
end $$;
comment on function marts.performance_as_published(timestamptz) is
'service_performance as readers saw it at a moment (số liệu như đã công bố tại một thời điểm)';

create function marts.changes_between(earlier bigint, later bigint) returns table (
    change text, unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, value_before numeric, value_after numeric,
    file_before text, file_after text, publication_before bigint, publication_after bigint
) language plpgsql stable as $$
begin
    return query
    with before as (
        select v.* from marts.service_performance_as_published as v
        where v.publication_id <= earlier and (v.until_publication_id is null or v.until_publication_id > earlier)
    ),
    after as (
        select v.* from marts.service_performance_as_published as v
        where v.publication_id <= later and (v.until_publication_id is null or v.until_publication_id > later)
    )
    select
        case when b.figure_id is null then 'new' when a.figure_id is null then 'removed' else 'changed' end,
        coalesce(a.unit_code, b.unit_code), coalesce(a.unit_valid_from, b.unit_valid_from), coalesce(a.period_key, b.period_key), coalesce(a.scope, b.scope),
        coalesce(a.subject, b.subject), coalesce(a.measure, b.measure), coalesce(a.source, b.source), b.value, a.value,
        -- One figure may have had several versions; its file never changes, for the id is a hash of the file's bytes.
        (select f.file_name from marts.figures_as_published as f where f.figure_id = b.figure_id limit 1),
        (select f.file_name from marts.figures_as_published as f where f.figure_id = a.figure_id limit 1),
        b.publication_id, a.publication_id
    from before as b
    full join after as a
        on (a.unit_code, a.unit_valid_from, a.period_key, a.scope, a.subject, a.measure, a.source)
            = (b.unit_code, b.unit_valid_from, b.period_key, b.scope, b.subject, b.measure, b.source)
    where (a.value, a.bound, a.figure_id) is distinct from (b.value, b.bound, b.figure_id);
end $$;
comment on function marts.changes_between(bigint, bigint) is
'One row per value of service_performance that differs between two publications, with the files behind both (các thay đổi giữa hai lần công bố)';

create function marts.revisions() returns table (
    unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, first_value numeric, last_value numeric,
    revision numeric, versions bigint, first_publication_id bigint, last_publication_id bigint
) language plpgsql stable as $$
begin
    return query
    with versions as (
        -- A version is a value: a publication that only renamed its figure is no revision.
        select
            v.*, lag(v.value) over w as value_before, row_number() over w as place
        from marts.service_performance_as_published as v
        window w as (
            partition by v.unit_code, v.unit_valid_from, v.period_key, v.scope, v.subject, v.measure, v.source order by v.publication_id
        )
    )
    select
        v.unit_code, v.unit_valid_from, v.period_key, v.scope, v.subject, v.measure, v.source,
        (array_agg(v.value order by v.publication_id))[1], (array_agg(v.value order by v.publication_id desc))[1],
        (array_agg(v.value order by v.publication_id desc))[1] - (array_agg(v.value order by v.publication_id))[1],
        count(*) filter (where v.place = 1 or v.value is distinct from v.value_before), min(v.publication_id), max(v.publication_id)
    from versions as v
    group by v.unit_code, v.unit_valid_from, v.period_key, v.scope, v.subject, v.measure, v.source;
end $$;
comment on function marts.revisions() is
'One row per value of service_performance: first and newest published value and how far apart they are, over the publications kept (mức điều chỉnh số liệu)';

create function marts.units_on(boundary date) returns table (
    unit_code text, unit_valid_from date, target_code text, target_valid_from date, target_number bigint, targets bigint, share numeric, is_estimated boolean
) language plpgsql stable as $$
begin
    return query
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
        select * from ways
        union all
        -- A district was not taken over by any one unit: it stays what it was, so that nothing is lost from a sum.
        select u.unit_code, u.unit_valid_from, u.unit_code, u.unit_valid_from, 1, false
        from marts.dim_unit as u
        where not exists (select from ways as w where (w.code, w.since) = (u.unit_code, u.unit_valid_from))
    ),
    counted as (
        select w.*, count(*) over (partition by w.code, w.since) as n,
            row_number() over (partition by w.code, w.since order by w.at_code, w.at_since) as place
        from placed as w
    )
    select c.code, c.since, c.at_code, c.at_since, c.place, c.n, case when c.n = 1 then 1 when c.split then null else c.part end, c.n > 1 and c.split
    from counted as c;
end $$;
comment on function marts.units_on(date) is
'One row per unit and unit that stood on the boundary date which it became or came from; share is null where it was split and nobody published how (đơn vị theo địa giới tại một ngày)';

create function marts.performance_on(boundary date) returns table (
    unit_code text, unit_valid_from date, period_key text, scope text, measure text, source text, value numeric, value_low numeric, value_high numeric,
    is_estimated boolean, members bigint
) language plpgsql stable as $$
begin
    return query
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
    inner join marts.units_on(boundary) as u on (u.unit_code, u.unit_valid_from) = (p.unit_code, p.unit_valid_from)
    where p.subject = '' and p.bound = '='
    group by u.target_code, u.target_valid_from, p.period_key, p.scope, p.measure, p.source;
end $$;
comment on function marts.performance_on(date) is
'Counts of service_performance by the units of a boundary date; sums are conserved exactly, split communes are flagged as estimated with bounds (số liệu theo địa giới tại một ngày)';

revoke execute on all functions in schema marts from public;
grant execute on all functions in schema marts to tthc_gate, tthc_mailer, tthc_analyst;
