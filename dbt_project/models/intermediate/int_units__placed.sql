{{ config(materialized='kept') }}
select
    unit.unit_code,
    unit.valid_from as unit_valid_from,
    unit.valid_to as unit_valid_to,
    unit.level,
    unit.unit_type,
    unit.name_vi,
    unit.full_name_vi,
    unit.province_code,
    province.name_vi as province_name_vi,
    coalesce(unit.parent_name_vi, '') as parent_name_vi,
    coalesce(unit.legal_basis, '') as legal_basis
from {{ ref('administrative_units') }} as unit
inner join {{ ref('administrative_units') }} as province
    on
        province.level = 'province'
        and province.unit_code = unit.province_code
        -- Province codes were given out again too: the unit's last day decides which province is meant.
        and coalesce(unit.valid_to, 'infinity') between province.valid_from and coalesce(province.valid_to, 'infinity')
