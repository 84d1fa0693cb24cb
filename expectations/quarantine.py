"""The quarantine: every failing row with every reason, from the night that held it to the night that let it go.

A row leaves when it no longer fails or when a waiver admits it; a waiver that runs out holds it again. A later sound
landing of the same thing corrects it: the row itself stays out, and says what took its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from expectations.checks import HOLD_COLUMNS, Check


def _served_later(source: str, table: str, *key: str) -> str:
    """SQL: a row that is served again later corrects the one held; `key` says what makes two rows the same (`{row}` stands for either)."""
    same = " and ".join(f"{part.format(row='newer')} = {part.format(row='held')}" for part in key)
    return f"""
    update pg_temp.failing as failing set corrected_by = later.landing_id
    from (
        select distinct on (held.landing_id, held.pointer) held.landing_id as held_landing_id, held.pointer, newer.landing_id
        from pg_temp.failing as failed
        inner join {table} as held on held.landing_id = failed.landing_id and held.pointer = failed.row_key
        inner join raw.landing_sighting as held_seen on held_seen.landing_id = held.landing_id
        inner join {table} as newer on {same}
        inner join raw.landing_sighting as newer_seen on newer_seen.landing_id = newer.landing_id and newer_seen.last_seen_at > held_seen.last_seen_at
        where failed.source = '{source}' and failed.waiver_id is null
            and not exists (
                select from pg_temp.failing as f where f.landing_id = newer.landing_id and f.row_key in ('', newer.pointer) and f.waiver_id is null
            )
        order by held.landing_id, held.pointer, newer_seen.last_seen_at desc
    ) as later
    where failing.landing_id = later.held_landing_id and failing.row_key = later.pointer and failing.waiver_id is null;
"""


_CORRECTIONS = """
    -- A later submission of the same unit, kind and period; without unit or period, a later file of the same name.
    create temporary table submitted on commit drop as
    select landing_id, source, unit_code, kind, period_key, origin from quality.judged_submission;
    analyze pg_temp.submitted;
    update pg_temp.failing as failing set corrected_by = later.landing_id
    from (
        with held as materialized (
            select * from pg_temp.submitted
            where landing_id in (select landing_id from pg_temp.failing where submission_id is not null and waiver_id is null)
        ),
        newer_versions as (
            select held.landing_id as held_landing_id, newer.landing_id from held
            inner join pg_temp.submitted as newer
                on (newer.source, newer.unit_code, newer.kind, newer.period_key) = (held.source, held.unit_code, held.kind, held.period_key)
                    and newer.landing_id > held.landing_id
            where held.unit_code <> '' and held.period_key <> ''
            union all
            select held.landing_id, newer.landing_id from held
            inner join pg_temp.submitted as newer
                on (newer.source, newer.origin) = (held.source, held.origin) and newer.landing_id > held.landing_id and newer.unit_code <> ''
                    and held.unit_code in ('', newer.unit_code) and held.period_key in ('', newer.period_key)
            where held.unit_code = '' or held.period_key = ''
        )
        select distinct on (newer.held_landing_id) newer.held_landing_id, newer.landing_id from newer_versions as newer
        where not exists (select from pg_temp.failing as f where f.landing_id = newer.landing_id and f.row_key = '' and f.waiver_id is null)
        order by newer.held_landing_id, newer.landing_id desc
    ) as later
    where failing.landing_id = later.held_landing_id and failing.submission_id is not null and failing.waiver_id is null;

    -- A later record of the same dossier.
    update pg_temp.failing as failing set corrected_by = later.landing_id
    from (
        select distinct on (held.landing_id, held.pointer) held.landing_id as held_landing_id, held.pointer, newer.landing_id
        from pg_temp.failing as failed
        inner join raw.dossiers as held on held.landing_id = failed.landing_id and held.pointer = failed.row_key
        inner join raw.dossiers as newer on newer.dossier_key = held.dossier_key and newer.landing_id > held.landing_id
        where failed.source = 'dossiers' and failed.waiver_id is null
            and not exists (
                select from pg_temp.failing as f where f.landing_id = newer.landing_id and f.row_key in ('', newer.pointer) and f.waiver_id is null
            )
        order by held.landing_id, held.pointer, newer.landing_id desc
    ) as later
    where failing.landing_id = later.held_landing_id and failing.row_key = later.pointer and failing.waiver_id is null;
"""
_CORRECTIONS += _served_later(
    "portal_index",
    "raw.portal_index",
    *("{row}.interface", "{row}.report", "{row}.period_start", "{row}.period_end", "{row}.province_code"),
    "coalesce({row}.payload ->> 'TEN_COQUAN', {row}.payload ->> 'departmentName')",
)
_CORRECTIONS += _served_later(
    "onestop_statistics",
    "raw.current_onestop_statistics",
    *("{row}.interface", "{row}.system", "{row}.period_start", "{row}.period_end", "{row}.agency_code", "{row}.domain_code", "{row}.total_of"),
)
_CORRECTIONS += """
    -- A whole landing that is no submission: the same question answered later, or the same file sent later.
    update pg_temp.failing as failing set corrected_by = later.landing_id
    from (
        select distinct on (held.landing_id) held.landing_id as held_landing_id, newer.landing_id
        from pg_temp.failing as failed
        inner join raw.landing as held on held.landing_id = failed.landing_id
        inner join raw.landing as newer
            on (newer.source, newer.scope, newer.edition, newer.origin) = (held.source, held.scope, held.edition, held.origin) and newer.landing_id > held.landing_id
        where failed.submission_id is null and failed.row_key = '' and failed.waiver_id is null
            and not exists (select from pg_temp.failing as f where f.landing_id = newer.landing_id and f.row_key = '' and f.waiver_id is null)
            and exists (select from raw.attempt where attempt.landing_id = newer.landing_id and attempt.stage = 'parse' and attempt.outcome = 'parsed')
        order by held.landing_id, newer.landing_id desc
    ) as later
    where failing.landing_id = later.held_landing_id and failing.submission_id is null and failing.row_key = '' and failing.waiver_id is null;
"""

_WAIVERS = """
    update pg_temp.failing as failing set waiver_id = granted.waiver_id
    from (
        select failed.landing_id, failed.row_key, failed.rule, max(waiver.waiver_id) as waiver_id
        from quality.waiver_in_force as waiver
        inner join pg_temp.failing as failed on failed.rule = waiver.rule
        left join quality.judged_submission as submission on submission.landing_id = failed.landing_id
        left join raw.portal_index as served on served.landing_id = failed.landing_id and served.pointer = failed.row_key
        where waiver.landing_id = failed.landing_id
            or (waiver.unit_code, waiver.period_key) = (submission.unit_code, submission.period_key)
            or (waiver.unit_code, waiver.period_key) = (served.unit_code, 'calendar:' || served.period_start || ':' || served.period_end)
        group by failed.landing_id, failed.row_key, failed.rule
    ) as granted
    where (failing.landing_id, failing.row_key, failing.rule) = (granted.landing_id, granted.row_key, granted.rule)
"""


@dataclass(frozen=True)
class Settled:
    """What a night's settling came to, in rows or submissions (not in reasons)."""

    held: int
    """Held now and not corrected."""
    released: int
    """Reasons that ended this night: no longer failing, waived or corrected."""


@contextmanager
def workspace(connection: psycopg.Connection) -> Iterator[None]:
    """A transaction with the table of failing rows that `collect` fills and `settle` works on."""
    with connection.transaction():
        connection.execute(
            "create temporary table failing_instance (source text, landing_id bigint, submission_id bigint, row_key text, rule text, reason_vi text) on commit drop"
        )
        yield


def collect(connection: psycopg.Connection, check: Check) -> int:
    """Add the rows that fail `check`; their number, which must be the one Great Expectations found."""
    # As bytes and without parameters: psycopg then leaves the percent signs of format() alone.
    query = f"insert into pg_temp.failing_instance (rule, {HOLD_COLUMNS}) select '{check.rule}', {HOLD_COLUMNS} from ({check.failing_sql}) as failing"
    return connection.execute(query.encode()).rowcount


def merge(connection: psycopg.Connection) -> None:
    """One row per thing and rule, with all its reasons, its waiver and what corrected it: `pg_temp.failing`."""
    connection.execute(
        """
        create temporary table failing on commit drop as
        select source, landing_id, max(submission_id) as submission_id, row_key, rule, string_agg(distinct reason_vi, ' ') as reason_vi,
            null::bigint as waiver_id, null::bigint as corrected_by
        from pg_temp.failing_instance group by source, landing_id, row_key, rule
        """
    )
    connection.execute("create index on pg_temp.failing (landing_id, row_key)")
    connection.execute("analyze pg_temp.failing")
    connection.execute(_WAIVERS)
    connection.execute(_CORRECTIONS)


def settle(connection: psycopg.Connection, run_id: str) -> Settled:
    """Bring `quality.quarantine` up to what `collect` found; history stays."""
    merge(connection)
    same = "(failing.landing_id, failing.row_key, failing.rule) = (quarantine.landing_id, quarantine.row_key, quarantine.rule)"
    let_go = connection.execute(
        f"""
        update quality.quarantine set released_at = now(), released_run_id = %(run)s, waiver_id = ended.waiver_id, release_reason = ended.reason
        from (
            select quarantine.quarantine_id, failing.waiver_id, case
                when failing.rule is null then 'no longer fails'
                when failing.waiver_id is not null then 'waived'
                else 'its correction does not stand'
            end as reason
            from quality.quarantine as quarantine left join pg_temp.failing as failing on {same}
            where quarantine.released_at is null
                and (failing.rule is null or failing.waiver_id is not null or (quarantine.corrected_at is not null and failing.corrected_by is null))
        ) as ended
        where quarantine.quarantine_id = ended.quarantine_id
        """,
        {"run": run_id},
    ).rowcount
    corrected = connection.execute(
        f"""
        update quality.quarantine set corrected_by_landing_id = failing.corrected_by, corrected_at = now(), corrected_run_id = %(run)s
        from pg_temp.failing as failing
        where {same} and quarantine.released_at is null and quarantine.corrected_at is null and failing.corrected_by is not null
        """,
        {"run": run_id},
    ).rowcount
    connection.execute(
        f"""
        update quality.quarantine set reason_vi = failing.reason_vi from pg_temp.failing as failing
        where {same} and quarantine.released_at is null and quarantine.reason_vi <> failing.reason_vi
        """
    )
    connection.execute(
        f"""
        insert into quality.quarantine (source, landing_id, submission_id, row_key, rule, reason_vi, held_run_id, released_at, released_run_id, release_reason,
            waiver_id, corrected_by_landing_id, corrected_at, corrected_run_id)
        select source, landing_id, submission_id, row_key, rule, reason_vi, %(run)s,
            case when waiver_id is not null then now() end, case when waiver_id is not null then %(run)s end, case when waiver_id is not null then 'waived' else '' end,
            waiver_id, corrected_by, case when corrected_by is not null then now() end, case when corrected_by is not null then %(run)s end
        from pg_temp.failing as failing
        where not exists (select from quality.quarantine where {same} and released_at is null)
            -- A row that came in under its waiver leaves one trace, not one a night.
            and (waiver_id is null or waiver_id is distinct from (
                select quarantine.waiver_id from quality.quarantine where {same} order by quarantine_id desc limit 1
            ))
        order by landing_id, row_key, rule
        """,
        {"run": run_id},
    )
    return Settled(held_now(connection), let_go + corrected)


def held_now(connection: psycopg.Connection) -> int:
    """Submissions and rows that are held back and that nothing has corrected."""
    row = connection.execute(
        "select count(distinct (landing_id, row_key)) from quality.quarantine where released_at is null and corrected_at is null"
    ).fetchone()
    assert row is not None  # an aggregate
    return int(row[0])
