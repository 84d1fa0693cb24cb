select
    measure,
    family,
    label_vi,
    unit,
    aggregation,
    form_06_column,
    coalesce(note, '') as note
from {{ ref('measures') }}
