{{ config(pre_hook="{{ by_hash() }}") }}
with lasted as (
    -- Per unit and period how many of the dossiers resolved in it took so many days, and how many took at most so many.
    select
        unit_code,
        unit_valid_from,
        period_key,
        days,
        sum(resolved) as resolved,
        sum(sum(resolved)) over (partition by unit_code, unit_valid_from, period_key order by days) as up_to,
        sum(sum(resolved)) over (partition by unit_code, unit_valid_from, period_key) as total
    from (
        select counts.unit_code, counts.unit_valid_from, counts.period_key, durations.days, durations.resolved
        from {{ ref('int_dossiers__durations') }} as durations
        inner join {{ ref('int_units__portal_codes') }} as crosswalk on crosswalk.portal_code = durations.agency_code
        inner join {{ ref('int_dossiers__counts') }} as counts
            on
                counts.unit_code = crosswalk.unit_code
                and counts.scope = ''
                and durations.half_month between counts.period_start and counts.period_end
        where durations.resolved > 0
    ) as resolved
    group by unit_code, unit_valid_from, period_key, days
)

-- As percentile_cont does: between two dossiers in proportion.
select
    unit_code,
    unit_valid_from,
    period_key,
    '' as scope,
    {% for name, part in [('days_median', 0.5), ('days_p90', 0.9)] -%}
    trim_scale((
        min(days) filter (where up_to > floor({{ part }} * (total - 1)))
        + ({{ part }} * (max(total) - 1) - floor({{ part }} * (max(total) - 1)))
        * (min(days) filter (where up_to > ceil({{ part }} * (total - 1))) - min(days) filter (where up_to > floor({{ part }} * (total - 1))))
    )::numeric) as {{ name }}{{ '' if loop.last else ',' }}
    {% endfor %}
from lasted
group by unit_code, unit_valid_from, period_key
