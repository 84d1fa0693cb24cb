-- Last of the dossiers' models: what records and events hold now. The next build takes in what differs.
-- depends_on: {{ ref('stg_dossiers__records') }}
-- depends_on: {{ ref('stg_dossiers__events') }}
select
    landing_id,
    min(fetched_at) as fetched_at,
    max(reader_version) filter (where part = 'dossiers') as reader_of_records,
    max(reader_version) filter (where part = 'dossier_events') as reader_of_events,
    concat_ws(
        '/', 'records ' || max(reader_version) filter (where part = 'dossiers'), 'events ' || max(reader_version) filter (where part = 'dossier_events')
    ) as reading
from {{ ref('stg_dossiers__readings') }}
group by landing_id
