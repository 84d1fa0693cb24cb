with received as (
    select case when scope = 'field:unknown' then '' else substring(scope from 7) end as field_code, sum(received) as dossiers
    from {{ ref('int_dossiers__flows') }}
    group by scope
)

select
    mapped.source,
    mapped.field_code,
    mapped.field_name_vi,
    mapped.scope,
    mapped.scope <> 'field:other' as is_mapped,
    mapped.procedure_count,
    case when mapped.source = 'procedures' then coalesce(received.dossiers, 0)::bigint end as dossier_count,
    case
        when mapped.scope = 'field:other'
            then 'Lĩnh vực «' || coalesce(nullif(mapped.field_name_vi, ''), mapped.field_code) || '» chưa gắn với lĩnh vực nào của biểu II.06; số liệu nằm trong «khác».'
        else ''
    end as remark_vi
from {{ ref('int_fields__mapped') }} as mapped
left join received on mapped.source = 'procedures' and received.field_code = mapped.field_code

union all

select
    'procedures',
    '',
    '',
    'field:unknown',
    false,
    0::bigint,
    dossiers::bigint,
    'Cả danh mục thủ tục và hồ sơ đều không nêu lĩnh vực của các hồ sơ này.'
from received
where field_code = '' and dossiers > 0
