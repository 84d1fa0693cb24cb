select
    agency.agency_code,
    coalesce(crosswalk.unit_code, '') as unit_code,
    coalesce(crosswalk.unit_name_vi, '') as unit_name_vi,
    crosswalk.unit_code is not null as is_placed,
    agency.dossiers::bigint as dossier_count,
    agency.unreadable::bigint as unreadable_count,
    agency.not_received::bigint as not_received_count,
    first.received_on as first_received_on,
    last.received_on as last_received_on,
    case
        when crosswalk.unit_code is null then 'Mã ' || agency.agency_code || ' chưa gắn được với đơn vị hành chính nào: số đếm chưa được công bố.'
        when first.received_on < date '2025-07-01'
            then 'Hồ sơ trước ngày 01/7/2025 thuộc về đơn vị cũ mà mã của Cổng không nêu: số đếm các kỳ đó chưa được công bố.'
        else ''
    end as remark_vi
from {{ ref('int_dossiers__agencies') }} as agency
left join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = agency.agency_code
-- Two probes of an index an agency, not a scan of the dossiers.
left join lateral (
    select dossier.received_on
    from {{ ref('int_dossiers__latest') }} as dossier
    where dossier.agency_code = agency.agency_code and dossier.received_on is not null
    order by dossier.received_on
    limit 1
) as first on true
left join lateral (
    select dossier.received_on
    from {{ ref('int_dossiers__latest') }} as dossier
    where dossier.agency_code = agency.agency_code and dossier.received_on is not null
    order by dossier.received_on desc
    limit 1
) as last on true
where agency.dossiers > 0
