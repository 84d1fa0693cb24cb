-- Each source's own fields in the vocabulary of the forms, by their names; an office that keeps names in the column of codes is read too.
with words as (
    select distinct on (word) {{ folded('label') }} as word, scope
    from {{ ref('fields') }}
    cross join lateral unnest(string_to_array(label_vi, '|')) as label
    order by word, scope
),

told as (
    select
        field_code,
        coalesce(mode() within group (order by field_name_vi) filter (where field_name_vi <> ''), '') as field_name_vi,
        count(*) as procedure_count
    from {{ ref('stg_procedures__catalogue') }}
    where field_code is not null
    group by field_code
),

named as (
    select field_code, field_name_vi, procedure_count from told
    union all
    -- Fields that only the dossiers' own records name.
    select substring(flows.scope from 7), '', 0
    from {{ ref('int_dossiers__flows') }} as flows
    where flows.scope <> 'field:unknown' and substring(flows.scope from 7) not in (select field_code from told)
    group by flows.scope
)

select
    'procedures' as source,
    named.field_code,
    named.field_name_vi,
    coalesce(by_name.scope, by_code.scope, 'field:other') as scope,
    named.procedure_count::bigint as procedure_count
from named
left join words as by_name on by_name.word = {{ folded('named.field_name_vi') }}
left join words as by_code on by_code.word = {{ folded('named.field_code') }}
union all
-- The one-stop systems' domains were told apart when they were read.
select 'onestop_statistics', domain_code, domain_name_vi, min(scope), null
from {{ ref('stg_onestop_statistics__counts') }}
where domain_code <> ''
group by domain_code, domain_name_vi
