"""Doubts that only the whole shows: told while they last, cleared when they are gone, never a reason to leave a row out."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from expectations.checks import DOUBT_COLUMNS, Check


def note(connection: psycopg.Connection, run_id: str, checks: Iterable[tuple[Check, int]]) -> list[str]:
    """Bring `quality.doubt` up to what the checks find now. Call it inside a transaction.

    Args:
        checks: each check that was evaluated and has `failing_sql`, with the number of rows that Great Expectations found failing.

    Returns:
        The rules whose rows are not as many as Great Expectations found, each with both numbers; empty if all agree.
    """
    connection.execute(
        "create temporary table doubtful (gate text, rule text, severity text, owner text, source text, landing_id bigint, unit_code text, unit_name_vi text,"
        " period_key text, row_key text, reason_vi text) on commit drop"
    )
    differing, rules = [], set()
    for check, expected in checks:
        rules.add((check.gate, check.rule))
        constants = f"'{check.gate}', '{check.rule}', '{check.severity}', '{check.owner}'"
        query = f"insert into pg_temp.doubtful select {constants}, {DOUBT_COLUMNS} from ({check.failing_sql}) as doubtful"
        found = connection.execute(query.encode()).rowcount  # as bytes: the percent signs of format() are no parameters
        if found != expected:
            differing.append(f"{check.rule} on {check.table}: {expected} rows fail, {found} found to tell")
    same = "(d.rule, d.source, d.unit_code, d.period_key, d.row_key) = (doubt.rule, doubt.source, doubt.unit_code, doubt.period_key, doubt.row_key)"
    connection.execute(
        f"""
        update quality.doubt set cleared_at = now(), cleared_run_id = %s
        where cleared_at is null and (gate, rule) in (select * from unnest(%s::text[], %s::text[])) and not exists (select from pg_temp.doubtful as d where {same})
        """,
        (run_id, [gate for gate, _ in rules], [rule for _, rule in rules]),
    )
    connection.execute(
        f"""
        update quality.doubt set message_vi = d.reason_vi, unit_name_vi = d.unit_name_vi, severity = d.severity, owner = d.owner, landing_id = d.landing_id
        from pg_temp.doubtful as d
        where {same} and cleared_at is null and (doubt.message_vi, doubt.severity, doubt.owner) is distinct from (d.reason_vi, d.severity, d.owner)
        """
    )
    connection.execute(
        f"""
        insert into quality.doubt (gate, rule, severity, owner, source, landing_id, unit_code, unit_name_vi, period_key, row_key, message_vi, found_run_id)
        select distinct on (rule, source, unit_code, period_key, row_key)
            gate, rule, severity, owner, source, landing_id, unit_code, unit_name_vi, period_key, row_key, reason_vi, %s
        from pg_temp.doubtful as d
        where not exists (select from quality.doubt as doubt where {same} and cleared_at is null)
        order by rule, source, unit_code, period_key, row_key, landing_id desc
        """,
        (run_id,),
    )
    return differing
