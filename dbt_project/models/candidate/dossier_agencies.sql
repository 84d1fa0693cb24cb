select
    dossier.agency_code,
    max(dossier.unit_code) as unit_code,
    max(dossier.unit_name_vi) as unit_name_vi,
    max(dossier.unit_code) <> '' as is_placed,
    count(*) as dossier_count,
    count(*) filter (where dossier.unreadable_reason <> '') as unreadable_count,
    count(*) filter (where dossier.unreadable_reason = '' and dossier.status_code in ('1', '3')) as not_received_count,
    min(dossier.received_on) as first_received_on,
    max(dossier.received_on) as last_received_on,
    case
        when max(dossier.unit_code) = '' then 'Mã ' || dossier.agency_code || ' chưa gắn được với đơn vị hành chính nào: số đếm chưa được công bố.'
        when min(dossier.received_on) < date '2025-07-01'
            then 'Hồ sơ trước ngày 01/7/2025 thuộc về đơn vị cũ mà mã của Cổng không nêu: số đếm các kỳ đó chưa được công bố.'
        else ''
    end as remark_vi
from {{ ref('int_dossiers__latest') }} as dossier
group by dossier.agency_code
