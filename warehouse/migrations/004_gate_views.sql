-- What the gate judges: the newest reading of every landed submission, under the newest audit of it.

create view quality.judged_submission as
select distinct on (submission.landing_id)
    submission.submission_id,
    submission.landing_id,
    submission.source,
    submission.kind,
    submission.unit_code,
    submission.unit_valid_from,
    submission.unit_name_vi,
    submission.province_name_vi,
    submission.period_key,
    submission.period_start,
    submission.period_end,
    submission.period_label_vi,
    submission.figure_count,
    submission.flags,
    landing.file_name,
    landing.origin,
    landing.sha256,
    landing.fetched_at,
    audit.audit_version
from facts.submission as submission
inner join raw.landing as landing on landing.landing_id = submission.landing_id
left join lateral (
    select audit.audit_version from quality.audit as audit
    where audit.submission_id = submission.submission_id
    order by audit.audited_at desc limit 1
) as audit on true
order by submission.landing_id, submission.submission_id desc;
comment on view quality.judged_submission is 'One row per landed submission in its newest reading, with the newest audit of it (null: not audited yet)';

create view quality.judged_evaluation as
select
    evaluation.submission_id,
    evaluation.evaluation_no,
    evaluation.rule,
    evaluation.severity,
    evaluation.rule || '/' || evaluation.severity as judged_as,
    evaluation.excess
from quality.evaluation as evaluation
inner join quality.judged_submission as submission
    on submission.submission_id = evaluation.submission_id and submission.audit_version = evaluation.audit_version;
comment on view quality.judged_evaluation is 'One row per identity evaluated on a judged submission; excess > 0 breaks it';

create view quality.judged_finding as
select finding.*
from quality.finding as finding
inner join quality.judged_submission as submission
    on submission.submission_id = finding.submission_id and submission.audit_version = finding.audit_version;
comment on view quality.judged_finding is 'One row per finding of a judged submission';

create view quality.judged_portal_score as
select
    portal.landing_id,
    portal.pointer,
    portal.payload ->> 'TEN_COQUAN' as unit_name_vi,
    (portal.payload ->> 'TONG_SCORE')::numeric as total_score,
    abs(
        (portal.payload ->> 'TDGQ')::numeric + (portal.payload ->> 'MDHL')::numeric + (portal.payload ->> 'MDSH')::numeric
        + (portal.payload ->> 'TTTT')::numeric + (portal.payload ->> 'CLGQ')::numeric + (portal.payload ->> 'CKMB')::numeric
        - (portal.payload ->> 'TONG_SCORE')::numeric
    ) as gap
from raw.portal_index as portal
where portal.interface = 'legacy';
comment on view quality.judged_portal_score is 'One row per scored unit of the legacy interface: how far the printed total is from the sum of its six parts';

create view quality.judged_dossier as
select landing_id, pointer, status_code, coalesce(channel_code, '1') as channel_code, received_on, finished_on
from raw.dossiers;
comment on view quality.judged_dossier is 'One row per dossier record: the codes that the counts depend on (no channel counts as in person)';

grant select on all tables in schema quality to tthc_gate, tthc_mailer, tthc_transformer;
