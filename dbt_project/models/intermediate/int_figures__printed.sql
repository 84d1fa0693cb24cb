{{ config(materialized='kept') }}
with printed as (
    select * from {{ ref('stg_statutory_forms__figures') }}
    union all
    select * from {{ ref('stg_narrative_reports__figures') }}
)

select
    printed.figure_id,
    printed.source,
    printed.measure,
    printed.scope,
    printed.subject,
    submission.unit_code,
    submission.unit_valid_from,
    submission.unit_name_vi,
    printed.period_key,
    printed.period_start,
    printed.period_end,
    printed.as_of_date,
    printed.value,
    printed.unit,
    printed.bound,
    printed.printed_text,
    printed.locator,
    printed.quote_vi,
    printed.section_vi,
    printed.span_start,
    printed.page,
    printed.confidence,
    printed.flags,
    submission.landing_id,
    submission.file_name,
    submission.origin,
    submission.landing_sha256,
    submission.fetched_at,
    submission.submission_id,
    submission.document_date,
    printed.period_key = submission.period_key as is_own_period
from printed
inner join {{ ref('int_submissions__versions') }} as submission on submission.submission_id = printed.submission_id
where submission.is_current
