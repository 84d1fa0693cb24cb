select
    metric,
    family,
    label_vi,
    label_en,
    definition_vi,
    definition_en,
    coalesce(numerator, '') as numerator,
    coalesce(denominator, '') as denominator,
    coalesce(printed_measure, '') as printed_measure
from {{ ref('metrics') }}
