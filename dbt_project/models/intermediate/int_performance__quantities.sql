{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='ignore', pre_hook=["{{ by_hash() }}", "{{ drop_slices(has_dossiers=true) }}", "{{ drop_recounted() }}"]) }}
-- What metrics are made of: exact whole-unit or field values, under the short names that seeds/metrics.csv uses. Of the dossiers only what is
-- compared with other sources: service_totals and service_rates take them from int_dossiers__recounted.
with printed as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        source,
        regexp_replace(measure, '^tthc_', '') as quantity,
        value,
        is_contested,
        array[figure_id] as figure_ids
    from {{ slices_of(ref('int_performance__preferred')) }} as performance
    where subject = '' and bound = '='
),

wide as (
    select
        unit_code,
        unit_valid_from,
        period_key,
        scope,
        source,
        {% for name in ['received_total', 'received_new', 'received_online', 'received_in_person', 'received_postal', 'received_in_person_or_postal',
            'carried_over', 'resolved_total', 'resolved_early', 'resolved_on_time', 'resolved_early_or_on_time', 'in_progress_total',
            'withdrawn', 'returned_ineligible', 'paused'] -%}
        max(value) filter (where quantity = '{{ name }}') as {{ name }},
        {% endfor -%}
        jsonb_object_agg(quantity, to_jsonb(figure_ids)) as ids,
        array_agg(quantity) filter (where is_contested) as contested
    from printed
    group by unit_code, unit_valid_from, period_key, scope, source
),

received as (
    select
        *,
        coalesce(
            received_new,
            received_online + received_in_person_or_postal,
            received_online + received_in_person + received_postal,
            -- A channel that is not printed is unknown; the parts serve where they make up the printed total.
            case when received_total = received_online + received_in_person then received_total end
        ) as received_in_period,
        resolved_total + in_progress_total + coalesce(withdrawn, 0) + coalesce(returned_ineligible, 0) + coalesce(paused, 0) as disposed
    from wide
),

derived as (
    select
        received.*,
        made.quantity,
        made.value,
        made.parts
    from received
    cross join lateral (
        values
        (
            'received_in_period', received_in_period,
            array['received_new', 'received_online', 'received_in_person', 'received_postal', 'received_in_person_or_postal', 'received_total']
        ),
        (
            'received_with_carried_over',
            -- Column 3 of the form includes what was carried over; in prose the total may mean either, so the balance that closes decides.
            case
                when source = 'statutory_forms' or received_total = disposed then received_total
                when received_in_period is not null then received_in_period + carried_over
                when received_total + carried_over = disposed then disposed
            end,
            array['received_total', 'received_new', 'received_online', 'received_in_person', 'received_postal', 'received_in_person_or_postal', 'carried_over']
        ),
        (
            'resolved_in_time', coalesce(resolved_early_or_on_time, resolved_early + resolved_on_time),
            array['resolved_early_or_on_time', 'resolved_early', 'resolved_on_time']
        )
    ) as made (quantity, value, parts)
    where made.value is not null
)

select * from printed

union all

select
    unit_code,
    unit_valid_from,
    period_key,
    scope,
    source,
    quantity,
    value,
    coalesce(contested && parts, false) as is_contested,
    array(
        select jsonb_array_elements_text(ids -> part.name) from unnest(parts) as part (name) where ids ? part.name order by 1
    ) as figure_ids
from derived

union all

select
    counted.unit_code,
    counted.unit_valid_from,
    counted.period_key,
    counted.scope,
    'dossiers' as source,
    made.quantity,
    made.value,
    false as is_contested,
    array[]::text[] as figure_ids  -- no mart takes them from here
from {{ ref('int_dossiers__recounted') }} as counted
cross join lateral (
    values
    {% for name in ['received_in_period', 'received_with_carried_over', 'resolved_total', 'resolved_overdue', 'in_progress_total', 'withdrawn',
        'returned_ineligible', 'paused'] -%}
    ('{{ name }}', {{ dossier_quantity(name) }}){{ ',' if not loop.last }}
    {% endfor %}
) as made (quantity, value)
where counted.is_now and {{ comparable_scope() }}
