-- What a night did, for the summary and the mails: counts and reasons, no bodies and no figures.

create view quality.night_attempt as
select run_id, attempt_id, stage, source, scope, edition, origin, outcome, reason, size_bytes, row_count, duration_ms, started_at
from raw.attempt;
comment on view quality.night_attempt is 'One row per attempt to land or parse something';

create view quality.held_submission as
select
    quarantine.quarantine_id, quarantine.source, quarantine.landing_id, quarantine.submission_id, quarantine.row_key, quarantine.rule, quarantine.reason_vi,
    quarantine.held_run_id, quarantine.held_at, landing.origin, landing.file_name, coalesce(submission.unit_name_vi, '') as unit_name_vi,
    coalesce(submission.period_label_vi, '') as period_label_vi
from quality.quarantine as quarantine
inner join raw.landing as landing on landing.landing_id = quarantine.landing_id
left join facts.submission as submission on submission.submission_id = quarantine.submission_id
where quarantine.released_at is null;
comment on view quality.held_submission is 'One row per reason that holds back a submission or a row now, with where it came from';

create view quality.night_reading as
select attempt.run_id, submission.source, count(*) as submissions, sum(submission.figure_count) as figures
from raw.attempt as attempt
inner join facts.submission as submission on submission.landing_id = attempt.landing_id and submission.reader_version = attempt.edition
where attempt.stage = 'parse' and attempt.outcome = 'parsed'
group by attempt.run_id, submission.source;
comment on view quality.night_reading is 'One row per night and source: submissions and figures read';

grant select on quality.night_attempt, quality.held_submission, quality.night_reading to tthc_gate, tthc_mailer;
