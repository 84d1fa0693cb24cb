{{ config(materialized='kept') }}
with submitted as (
    select * from {{ ref('stg_statutory_forms__submissions') }}
    union all
    select * from {{ ref('stg_narrative_reports__submissions') }}
),

judged as (
    select
        submitted.*,
        {{ admitted('submitted') }} as is_admitted,
        -- Readings of one landing are appended, so the newest reader's is the last.
        submission_id = max(submission_id) over (partition by landing_id) as is_newest_reading,
        -- Which submissions replace one another. Without a period only the document's own number and day can tell.
        case
            when period_key <> '' then period_key
            when document_number <> '' or document_date is not null then 'document:' || document_number || ':' || coalesce(document_date::text, '')
            else 'landing:' || landing_sha256
        end as version_group,
        -- II.06a is of one office, b and c are consolidated: other documents and no corrections of one another. Without its letter it counts as a.
        coalesce((select max(right(flag, 1)) from unnest(flags) as flag where flag ~ '^form-06[b-d]$'), 'a') as variant
    from submitted
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, unit_code, kind, version_group, variant, is_admitted and is_newest_reading order by fetched_at desc, landing_id desc
        ) as age,
        -- What is consolidated speaks for the whole unit.
        max(variant) over (partition by source, unit_code, kind, version_group, is_admitted and is_newest_reading) as widest_variant,
        -- The same bytes may have landed under two names or editions; they are read once.
        row_number() over (partition by landing_sha256, is_admitted and is_newest_reading order by fetched_at desc, landing_id desc) as copy
    from judged
),

held as (
    select landing_id, array_agg(rule order by rule) as rules, array_agg(reason_vi order by rule) as reasons_vi
    from {{ held_now() }} as held_now
    where row_key = ''
    group by landing_id
)

select
    left(
        encode(
            sha256(convert_to(concat_ws(E'\x1f', ranked.source, ranked.landing_scope, ranked.landing_edition, ranked.landing_sha256), 'UTF8')), 'hex'
        ), 16
    ) as submission_key,
    ranked.submission_id,
    ranked.source,
    ranked.kind,
    ranked.unit_code,
    ranked.unit_valid_from,
    ranked.unit_name_vi,
    ranked.province_name_vi,
    ranked.document_number,
    ranked.document_date,
    ranked.period_key,
    ranked.period_calendar,
    ranked.period_start,
    ranked.period_end,
    ranked.period_stated_from,
    ranked.period_stated_to,
    ranked.flags,
    ranked.figure_count,
    ranked.reader_version,
    ranked.landing_id,
    ranked.landing_sha256,
    ranked.file_name,
    ranked.origin,
    ranked.fetched_at,
    ranked.is_newest_reading,
    not ranked.is_admitted as is_held,
    ranked.is_admitted and ranked.is_newest_reading and ranked.age = 1 and ranked.copy = 1 and ranked.variant = ranked.widest_variant as is_current,
    coalesce(held.rules, '{}') as held_rules,
    coalesce(held.reasons_vi, '{}') as held_reasons_vi
from ranked
left join held on held.landing_id = ranked.landing_id
