-- A sum of people over blocks says of which blocks and days it is made.

create function marts.staffing_sums() returns table (
    unit_code text, unit_valid_from date, category text, source text, people numeric, blocks text[], first_as_of_date date, last_as_of_date date, is_one_day boolean,
    printed_total numeric, printed_total_as_of_date date
) language plpgsql stable as $$
begin
    return query
    with newest as (
        select distinct on (s.unit_code, s.unit_valid_from, s.category, s.source, s.block) s.*
        from marts.staffing as s
        where s.subject = '' and s.bound = '=' and not s.is_contested and s.category in ('assigned', 'present', 'vacant')
        order by s.unit_code, s.unit_valid_from, s.category, s.source, s.block, s.as_of_date desc
    ),
    -- A block that is part of another one which is there too is in its number already.
    part (block, whole) as (
        values ('education', 'public-service'), ('health', 'public-service'), ('service-centre', 'public-service'), ('party', 'party-front'),
            ('front', 'party-front'), ('one-stop-centre', 'government')
    ),
    added as (
        select n.* from newest as n
        where n.block not in ('', 'all') and not exists (
            select from part as p
            inner join newest as w on w.block = p.whole
                and (w.unit_code, w.unit_valid_from, w.category, w.source) = (n.unit_code, n.unit_valid_from, n.category, n.source)
            where p.block = n.block
        )
    )
    select
        a.unit_code, a.unit_valid_from, a.category, a.source, sum(a.value), array_agg(a.block order by a.block), min(a.as_of_date), max(a.as_of_date),
        min(a.as_of_date) = max(a.as_of_date), max(t.value), max(t.as_of_date)
    from added as a
    left join newest as t
        on t.block = 'all' and (t.unit_code, t.unit_valid_from, t.category, t.source) = (a.unit_code, a.unit_valid_from, a.category, a.source)
    group by a.unit_code, a.unit_valid_from, a.category, a.source;
end $$;
comment on function marts.staffing_sums() is
'One row per unit, category and source: people over all blocks, each by its newest day, with the blocks, the first and last of those days and whether it is one;
the printed total stands beside it (tổng biên chế các khối, kèm ngày chốt của từng khối)';
revoke execute on function marts.staffing_sums() from public;
grant execute on function marts.staffing_sums() to tthc_gate, tthc_mailer, tthc_reader, tthc_analyst, tthc_province_analyst, tthc_commune_officer;
