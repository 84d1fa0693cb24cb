{# The two sources of submissions have one shape in `facts`; each gets its own staging models, as every source does. #}

{% macro stage_submissions(source_name) -%}
select
    submission.submission_id,
    submission.landing_id,
    '' as row_key,
    submission.source,
    submission.reader_version,
    submission.kind,
    submission.unit_code,
    submission.unit_valid_from,
    submission.unit_name_vi,
    submission.province_name_vi,
    submission.document_number,
    submission.document_date,
    submission.period_key,
    submission.period_calendar,
    submission.period_start,
    submission.period_end,
    submission.period_stated_from,
    submission.period_stated_to,
    submission.flags,
    submission.figure_count,
    landing.file_name,
    landing.origin,
    landing.scope as landing_scope,
    landing.edition as landing_edition,
    landing.sha256 as landing_sha256,
    landing.fetched_at
from {{ source('facts', 'submission') }} as submission
inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = submission.landing_id
where submission.source = '{{ source_name }}'
{%- endmacro %}

{% macro stage_figures(source_name) -%}
select
    figure.figure_id,
    figure.submission_id,
    submission.source,
    figure.measure,
    figure.scope,
    figure.subject,
    figure.value,
    figure.unit,
    figure.bound,
    figure.printed_text,
    figure.locator,
    figure.quote_vi,
    figure.span_start,
    figure.page,
    figure.section_vi,
    -- A figure without a period of its own stands for its document's period, unless the reader saw that it does not.
    case when figure.period_key <> '' or 'own-period' = any(figure.flags) then figure.period_key else submission.period_key end as period_key,
    case when figure.period_key <> '' or 'own-period' = any(figure.flags) then figure.period_start else submission.period_start end as period_start,
    case when figure.period_key <> '' or 'own-period' = any(figure.flags) then figure.period_end else submission.period_end end as period_end,
    figure.as_of_date,
    figure.confidence,
    figure.flags
from {{ source('facts', 'figure') }} as figure
inner join {{ source('facts', 'submission') }} as submission on submission.submission_id = figure.submission_id
where submission.source = '{{ source_name }}'
{%- endmacro %}
