-- A new reader version reads old documents again, as another edition of their figures (facts.submission, facts.figure). What that changed.

create view quality.reread_figure as
with reading as (
    select
        submission_id, landing_id, source, reader_version,
        lag(submission_id) over (partition by landing_id order by submission_id) as previous_id,
        lag(reader_version) over (partition by landing_id order by submission_id) as previous_version
    from facts.submission
)
select
    reading.landing_id, reading.source, reading.submission_id, reading.reader_version, reading.previous_version, figure.figure_id, figure.change, figure.measure,
    figure.scope, figure.subject, figure.old_value, figure.new_value, figure.locator, figure.quote_vi
from reading
cross join lateral (
    select
        coalesce(new.figure_id, old.figure_id) as figure_id,
        case
            when old.figure_id is null then 'added'
            when new.figure_id is null then 'removed'
            when
                (old.value, old.bound, old.unit, old.period_key, old.as_of_date)
                is distinct from (new.value, new.bound, new.unit, new.period_key, new.as_of_date)
                then 'changed'
            else 'same'
        end as change,
        coalesce(new.measure, old.measure) as measure, coalesce(new.scope, old.scope) as scope, coalesce(new.subject, old.subject) as subject,
        old.value as old_value, new.value as new_value, coalesce(new.locator, old.locator) as locator, coalesce(new.quote_vi, old.quote_vi) as quote_vi
    from (select * from facts.figure where submission_id = reading.previous_id) as old
    full join (select * from facts.figure where submission_id = reading.submission_id) as new on new.figure_id = old.figure_id
) as figure
where reading.previous_id is not null;
comment on view quality.reread_figure is
'One row per figure of a document that was read again by another reader version, against the version before: added, removed, changed or same. '
'A number read as another measure, scope or subject is one removed and one added';

create view quality.night_reread as
select
    attempt.run_id, figure.source, figure.previous_version, figure.reader_version, count(distinct figure.landing_id) as documents,
    count(distinct figure.landing_id) filter (where figure.change <> 'same') as documents_changed,
    count(*) filter (where figure.change = 'added') as added, count(*) filter (where figure.change = 'removed') as removed,
    count(*) filter (where figure.change = 'changed') as changed, count(*) filter (where figure.change = 'same') as same
from raw.attempt as attempt
inner join quality.reread_figure as figure on figure.landing_id = attempt.landing_id and figure.reader_version = attempt.edition
where attempt.stage = 'parse' and attempt.outcome = 'parsed'
group by attempt.run_id, figure.source, figure.previous_version, figure.reader_version;
comment on view quality.night_reread is 'One row per night, source and pair of reader versions: what reading old documents again changed in their figures';

grant select on quality.reread_figure, quality.night_reread to tthc_gate, tthc_mailer;
