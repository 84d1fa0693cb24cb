-- As the staging tables hold them, not as raw does: a landing that was parsed while they were built is taken in by the next build.
{% set parts = ['stg_dossiers__records', 'stg_dossiers__events'] %}
select
    landing.landing_id,
    landing.fetched_at,
    concat_ws(
        '/',
        {% for part in parts -%}
        (select '{{ part[14:] }} ' || held.reader_version from {{ ref(part) }} as held where held.landing_id = landing.landing_id limit 1){{ '' if loop.last else ',' }}
        {% endfor %}
    ) as reading
from {{ source('raw', 'landing') }} as landing
where
    landing.source = 'dossiers'
    and (
        exists (select from {{ ref(parts[0]) }} as held where held.landing_id = landing.landing_id)
        or exists (select from {{ ref(parts[1]) }} as held where held.landing_id = landing.landing_id)
    )
