-- What changed between two publications, with who sent it and why; how figures are revised, by unit; how fresh each mart is.

create view quality.landing_sender as
select sender.landing_id, string_agg(distinct sender.sender_domain, ', ' order by sender.sender_domain) as sender_domain
from raw.sender as sender
group by sender.landing_id;
comment on view quality.landing_sender is 'One row per landing that came by mail: the domains of its senders, which say which office it was; their addresses are kept nowhere';
grant select on quality.landing_sender to tthc_transformer;

drop function marts.changes_between(bigint, bigint);
create function marts.changes_between(earlier bigint, later bigint) returns table (
    change text, unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, value_before numeric, value_after numeric,
    file_before text, file_after text, publication_before bigint, publication_after bigint, landing_before bigint, landing_after bigint, arrived_at timestamptz,
    origin text, sender_domain text, reason text, reason_detail text
) language plpgsql stable as $$
begin
    if earlier > later then
        raise exception 'publication % comes after publication %', earlier, later using hint = 'name the earlier one first';
    end if;
    return query
    with before as materialized (
        -- What stands unchanged at the later one is not looked at.
        select v.* from marts.service_performance_as_published as v
        where v.publication_id <= earlier and v.until_publication_id > earlier and v.until_publication_id <= later
    ),
    after as materialized (
        select v.* from marts.service_performance_as_published as v
        where v.publication_id > earlier and v.publication_id <= later and (v.until_publication_id is null or v.until_publication_id > later)
    ),
    moved as materialized (
        select
            case when b.figure_id is null then 'new' when a.figure_id is null then 'removed' else 'changed' end as what,
            coalesce(a.unit_code, b.unit_code) as code, coalesce(a.unit_valid_from, b.unit_valid_from) as since, coalesce(a.period_key, b.period_key) as period,
            coalesce(a.scope, b.scope) as field, coalesce(a.subject, b.subject) as whom, coalesce(a.measure, b.measure) as quantity,
            coalesce(a.source, b.source) as system, b.value as was, a.value as is_now, b.figure_id as old_figure, a.figure_id as new_figure,
            b.publication_id as old_publication, coalesce(a.publication_id, b.until_publication_id) as new_publication, a.publication_id as shown_by
        from before as b
        full join after as a
            on (a.unit_code, a.unit_valid_from, a.period_key, a.scope, a.subject, a.measure, a.source)
                = (b.unit_code, b.unit_valid_from, b.period_key, b.scope, b.subject, b.measure, b.source)
        where (a.value, a.bound, a.figure_id) is distinct from (b.value, b.bound, b.figure_id)
    ),
    figure as materialized (
        -- One figure may have had several versions; its landing never changes, for the id is a hash of the file's bytes.
        select distinct on (f.figure_id) f.figure_id, f.landing_id, f.file_name, f.origin, f.fetched_at
        from marts.figures_as_published as f
        where f.figure_id in (select m.old_figure from moved as m union select m.new_figure from moved as m)
        order by f.figure_id, f.publication_id desc
    ),
    submission as materialized (
        select s.landing_id, s.unit_code, s.kind, s.period_key, s.is_held, s.held_rules, s.waived_rules, s.readmitted_rules, s.sender_domain
        from marts.submissions_as_published as s
        where s.publication_id <= later and (s.until_publication_id is null or s.until_publication_id > later)
            and s.landing_id in (select f.landing_id from figure as f)
    ),
    told as (
        select
            m.*, old_f.file_name as old_file, new_f.file_name as new_file, old_f.landing_id as old_landing, new_f.landing_id as new_landing,
            coalesce(new_f.fetched_at, old_f.fetched_at) as came_at, coalesce(new_f.origin, old_f.origin) as came_from,
            coalesce(new_s.sender_domain, old_s.sender_domain, '') as domain,
            m.system in ('statutory_forms', 'narrative_reports') as is_submitted,
            coalesce(old_s.is_held, false) as old_is_held, old_s.held_rules as old_rules, coalesce(new_s.waived_rules, '{}') as waived,
            coalesce(new_s.readmitted_rules, '{}') as readmitted, new_f.fetched_at < old_f.fetched_at as is_older,
            -- Another version of the same report was published before.
            exists (
                select from marts.submissions_as_published as e
                where e.publication_id <= earlier and (e.unit_code, e.kind, e.period_key) = (new_s.unit_code, new_s.kind, new_s.period_key)
                    and e.landing_id <> new_s.landing_id and e.is_current
            ) as has_earlier_version,
            exists (
                select from marts.reporting_status_as_published as r
                where r.publication_id <= later and (r.until_publication_id is null or r.until_publication_id > later)
                    and (r.unit_code, r.period_key, r.status) = (new_s.unit_code, new_s.period_key, 'late') and starts_with(r.obligation, new_s.kind || '-')
            ) as is_late
        from moved as m
        left join figure as old_f on old_f.figure_id = m.old_figure
        left join figure as new_f on new_f.figure_id = m.new_figure
        left join submission as old_s on old_s.landing_id = old_f.landing_id
        left join submission as new_s on new_s.landing_id = new_f.landing_id
    ),
    explained as (
        select
            t.*,
            case
                when exists (select from marts.publication as p where p.publication_id = t.new_publication and p.kind = 'rollback') then 'rollback'
                when t.old_landing = t.new_landing then 'reread'
                when not t.is_submitted then case t.what when 'new' then 'first' when 'removed' then 'withdrawn' else 'restated' end
                when cardinality(t.waived) > 0 then 'waiver'
                when cardinality(t.readmitted) > 0 then 'readmitted'
                when t.old_is_held then 'held'
                when t.what = 'removed' then 'not_stated_any_more'
                when t.is_older then 'earlier_version'
                when t.what = 'changed' or t.has_earlier_version then 'correction'
                when t.is_late then 'late'
                else 'first'
            end as why
        from told as t
    )
    select
        e.what, e.code, e.since, e.period, e.field, e.whom, e.quantity, e.system, e.was, e.is_now, e.old_file, e.new_file, e.old_publication, e.shown_by,
        e.old_landing, e.new_landing, e.came_at, e.came_from, e.domain, e.why,
        array_to_string(case e.why when 'waiver' then e.waived when 'readmitted' then e.readmitted when 'held' then e.old_rules else '{}' end, ', ')
    from explained as e;
end $$;
comment on function marts.changes_between(bigint, bigint) is
'One row per value of service_performance that differs between two publications: files and landings behind both, when, whence and from which office it came,
and the reason: first, late, correction, not_stated_any_more (a corrected report is silent on it), held (reason_detail names the rules), earlier_version, waiver,
readmitted, restated or withdrawn by a system, reread (same file, newer reader), rollback (các thay đổi giữa hai lần công bố, ai gửi và vì sao)';

create function marts.revision_triangle(wanted text) returns table (
    unit_code text, unit_valid_from date, period_key text, source text, version bigint, publication_id bigint, published_at timestamptz,
    days_after_period_end integer, value numeric, from_first numeric, from_first_pct numeric
) language plpgsql stable as $$
begin
    return query
    with version as (
        select
            v.unit_code as code, v.unit_valid_from as since, v.period_key as period, v.source as system, v.publication_id as shown_by, v.value as printed,
            lag(v.value) over w is distinct from v.value or row_number() over w = 1 as is_new_value
        from marts.service_performance_as_published as v
        where v.measure = wanted and v.scope = '' and v.subject = ''
        window w as (partition by v.unit_code, v.unit_valid_from, v.period_key, v.source order by v.publication_id)
    ),
    numbered as (
        select v.*, row_number() over w as place, first_value(v.printed) over w as first_printed
        from version as v
        where v.is_new_value
        window w as (partition by v.code, v.since, v.period, v.system order by v.shown_by)
    )
    select
        n.code, n.since, n.period, n.system, n.place, n.shown_by, p.published_at,
        ((p.published_at at time zone 'Asia/Ho_Chi_Minh')::date - d.period_end)::integer, n.printed, n.printed - n.first_printed,
        round(100 * (n.printed - n.first_printed) / nullif(n.first_printed, 0), 2)
    from numbered as n
    inner join marts.publication as p on p.publication_id = n.shown_by
    inner join marts.dim_period as d on d.period_key = n.period;
end $$;
comment on function marts.revision_triangle(text) is
'One row per value that a measure of the whole unit has had, in the order of publication, with its distance from the first (tam giác điều chỉnh số liệu)';

create function marts.revisions_by_unit() returns table (
    unit_code text, unit_valid_from date, source text, published_values bigint, revised_values bigint, mean_revision_pct numeric, largest_revision_pct numeric
) language plpgsql stable as $$
begin
    return query
    select
        r.unit_code, r.unit_valid_from, r.source, count(*), count(*) filter (where r.revision <> 0),
        round(avg(abs(100 * r.revision / nullif(r.first_value, 0))), 2), round(max(abs(100 * r.revision / nullif(r.first_value, 0))), 2)
    from marts.revisions() as r
    group by r.unit_code, r.unit_valid_from, r.source;
end $$;
comment on function marts.revisions_by_unit() is
'One row per unit and source: how many values were revised and how far first and newest differ, in percent of the first (mức điều chỉnh theo đơn vị)';

revoke execute on function marts.changes_between(bigint, bigint), marts.revision_triangle(text), marts.revisions_by_unit() from public;
grant execute on function marts.changes_between(bigint, bigint), marts.revision_triangle(text), marts.revisions_by_unit()
to tthc_gate, tthc_mailer, tthc_reader, tthc_analyst, tthc_province_analyst, tthc_commune_officer;
