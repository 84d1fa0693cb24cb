-- First of the dossiers' models: one cut of what the loader wrote down, so that records, events and landings speak of the same readings. What is
-- new is told by comparing two tables of a row a landing, which costs the same whatever the history holds.
{% set taken_in = none if should_full_refresh() else as_left_by_last_build('stg_dossiers__landings', 'staging') %}
select
    newest.part,
    newest.landing_id,
    newest.reader_version,
    landing.fetched_at,
    {% if taken_in -%}
    held.landing_id is not null as is_held,
    held.landing_id is null or held.reader_version <> newest.reader_version as is_new
    {%- else -%}
    false as is_held,
    true as is_new
    {%- endif %}
from (
    select part, landing_id, max(reader_version) as reader_version from {{ source('raw', 'dossier_reading') }} group by part, landing_id
) as newest
inner join {{ source('raw', 'landing') }} as landing on landing.landing_id = newest.landing_id
{% if taken_in -%}
left join (
    select taken_in.landing_id, read.part, read.reader_version
    from {{ taken_in }} as taken_in
    cross join lateral (
        values ('dossiers', taken_in.reader_of_records), ('dossier_events', taken_in.reader_of_events)
    ) as read (part, reader_version)
    where read.reader_version is not null
) as held on held.part = newest.part and held.landing_id = newest.landing_id
{%- endif %}
