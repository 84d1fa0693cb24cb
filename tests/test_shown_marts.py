"""Marts that are views over what is stored once: one publication, the same history, the same rights; and how an installation gets there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from expectations import gate
from expectations import publish as publishing
from warehouse import db, rights

_MIGRATION = db.MIGRATIONS / "091_counts_of_dossiers_stand_wide.sql"
_UNIT, _OTHER = "05986", "05977"
_OLD_KEYS = {
    "figures": ("figure_id",),
    "service_performance": ("unit_code", "period_key", "measure", "source"),
    "service_rates": ("unit_code", "metric", "source"),
}
_KEYS = {
    "dim_unit": ("unit_code", "unit_valid_from"),
    "bridge_unit_successor": ("predecessor_code", "predecessor_valid_from", "successor_code", "successor_valid_from"),
    "dossier_counts": ("unit_code", "period_key"),
    "figures_told": ("figure_id",),
    "performance_told": ("unit_code", "period_key", "measure", "source"),
    "rates_told": ("unit_code", "metric", "source"),
}
_STORED = """
    create table candidate.dim_unit (unit_code text not null, unit_valid_from date not null, unit_valid_to date, province_code text, level text);
    create table candidate.bridge_unit_successor (
        predecessor_code text, predecessor_valid_from date, successor_code text, successor_valid_from date, is_partial boolean
    );
    insert into candidate.dim_unit values ('05986', '2025-07-01', null, '20', 'commune'), ('05977', '2025-07-01', null, '20', 'commune');
    create table candidate.dossier_counts (
        unit_code text not null, unit_valid_from date, period_key text not null, scope text, resolved_total numeric, paused numeric, figure_ids text[]
    );
    create table candidate.{figures} (figure_id text not null, unit_code text, unit_valid_from date, source text, measure text, value numeric);
    comment on column candidate.{figures}.value is 'the printed value';
    create table candidate.{performance} (
        unit_code text not null, unit_valid_from date, period_key text not null, scope text, measure text not null, source text not null, value numeric, figure_id text
    );
    create table candidate.{rates} (unit_code text not null, unit_valid_from date, metric text not null, source text not null, rate_pct numeric);
"""
_COUNTED = """
    union all
    select stored.figure_ids[{place}] as figure_id, stored.unit_code, stored.unit_valid_from, 'dossiers'::text as source, 'tthc_{name}'::text as measure, stored.{name}
    from candidate.dossier_counts as stored"""
_VIEWS = f"""
    create view candidate.figures as
    select stored.figure_id, stored.unit_code, stored.unit_valid_from, stored.source, stored.measure, stored.value from candidate.figures_told as stored
    {_COUNTED.format(place=1, name="resolved_total")} {_COUNTED.format(place=2, name="paused")};
    comment on view candidate.figures is 'One row per figure'; comment on column candidate.figures.value is 'the value';
    create view candidate.service_performance as
    select stored.unit_code, stored.unit_valid_from, stored.period_key, stored.scope, stored.measure, stored.source, stored.value, stored.figure_id
    from candidate.performance_told as stored
    union all
    select stored.unit_code, stored.unit_valid_from, stored.period_key, stored.scope, 'tthc_resolved_total'::text, 'dossiers'::text, stored.resolved_total, stored.figure_ids[1]
    from candidate.dossier_counts as stored;
    create view candidate.service_rates as
    select stored.unit_code, stored.unit_valid_from, stored.metric, stored.source, stored.rate_pct from candidate.rates_told as stored
    union all
    select stored.unit_code, stored.unit_valid_from, 'paused'::text, 'dossiers'::text, round(100 * stored.paused / nullif(stored.resolved_total, 0), 2)
    from candidate.dossier_counts as stored where stored.resolved_total > 0;
"""


def _change(statement: str) -> None:
    with db.connect("transformer") as connection:
        connection.execute(statement.encode())


def _ask(query: str, *parameters: object, role: Any = "analyst") -> list[tuple[Any, ...]]:
    with db.connect(role) as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def _publish(number: int) -> publishing.Publication:
    with db.connect("gate", autocommit=True) as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, 'publish', '[]')", (f"night-{number}",))
        return publishing.publish(connection, f"night-{number}")


def _told(place: str = "figures") -> list[tuple[Any, ...]]:
    return _ask(f"select figure_id, source, value::int from {place} order by 1, 2")


def _as_published(publication: int) -> list[tuple[Any, ...]]:
    query = (
        "select figure_id, source, value::int from figures_as_published where publication_id <= %s and coalesce(until_publication_id > %s, true) order by 1, 2"
    )
    return _ask(query, publication, publication)


@pytest.fixture
def candidate(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Candidates in the present form: one figure of a report, the counts of two units."""
    monkeypatch.setattr(publishing, "MART_KEYS", _KEYS)
    monkeypatch.setattr(publishing, "_MORE_INDEXES", {})
    _change(_STORED.format(figures="figures_told", performance="performance_told", rates="rates_told") + _VIEWS)
    _change("""
        insert into candidate.figures_told values ('said', '05986', '2025-07-01', 'reports', 'tthc_resolved_total', 9);
        insert into candidate.performance_told values ('05986', '2025-07-01', 'p', '', 'tthc_resolved_total', 'reports', 9, 'said');
        insert into candidate.rates_told values ('05986', '2025-07-01', 'on_time', 'reports', 98);
        insert into candidate.dossier_counts values
            ('05986', '2025-07-01', 'p', '', 8, 2, '{a1,a2}'), ('05977', '2025-07-01', 'p', '', 0, 0, '{b1,b2}')
    """)
    yield


def test_what_is_stored_once_is_shown_in_rows_and_a_view_changed_when_a_table_below_it_did(candidate: None) -> None:
    first = _publish(1)
    assert set(first.inserted) == set(_KEYS)
    assert _told() == [("a1", "dossiers", 8), ("a2", "dossiers", 2), ("b1", "dossiers", 0), ("b2", "dossiers", 0), ("said", "reports", 9)]
    assert _ask("select unit_code, rate_pct from service_rates where source = 'dossiers' and rate_pct < 30") == [(_UNIT, 25)], "0 of 0 is no rate"
    _change("update candidate.dossier_counts set paused = 4 where unit_code = '05986'")
    _publish(2)
    assert _as_published(1) == [("a1", "dossiers", 8), ("a2", "dossiers", 2), ("b1", "dossiers", 0), ("b2", "dossiers", 0), ("said", "reports", 9)]
    assert _as_published(2) == _told() == [("a1", "dossiers", 8), ("a2", "dossiers", 4), ("b1", "dossiers", 0), ("b2", "dossiers", 0), ("said", "reports", 9)]
    changed = dict(_ask("select mart, changed_publication_id from freshness"))
    assert changed["figures"] == changed["service_rates"] == changed["dossier_counts"] == 2 and changed["figures_told"] == 1
    assert len(changed) == len(_KEYS) + 3
    ((told, column),) = _ask("select obj_description('marts.figures'::regclass), col_description('marts.figures'::regclass, 6)")
    assert told.startswith("One row per figure · Công bố mới nhất / newest publication: 2 (") and column == "the value"
    assert _ask("select publication_id, until_publication_id from history.figures where figure_id = 'a2'", role="gate") == [(1, 2)]
    with db.connect("gate", autocommit=True) as connection:
        before = publishing.digest(connection, "figures")
        publishing.rollback(connection, 1, by="test", why="the suite wants it")
        assert publishing.digest(connection, "figures") != before and _told() == _as_published(1)
        publishing.rollback(connection, 2, by="test", why="the suite wants it")
        assert publishing.digest(connection, "figures") == before


def test_a_view_is_made_anew_only_when_it_is_another_and_keeps_what_stands_on_it(candidate: None) -> None:
    _publish(1)
    made = "select oid, xmin::text from pg_class where oid = 'marts.figures'::regclass"
    before = _ask(made, role="owner")
    with db.connect("owner") as connection:
        connection.execute("create view public.of_an_office as select sum(value) as total from marts.figures")
    _change("update candidate.figures_told set value = 10")
    _publish(2)
    (comment_only,) = _ask("select pg_get_viewdef('marts.figures'::regclass)", role="owner")
    _change("""create or replace view candidate.figures as
        select stored.figure_id, stored.unit_code, stored.unit_valid_from, stored.source, stored.measure, stored.value, 'x'::text as note
        from candidate.figures_told as stored""")
    _publish(3)
    assert _ask("select pg_get_viewdef('marts.figures'::regclass)", role="owner") != [comment_only]
    assert _ask(made, role="owner")[0][0] == before[0][0]
    assert _ask("select figure_id, publication_id, note from figures") == [("said", 2, "x")]
    assert _ask("select total from public.of_an_office", role="owner") == [(10,)]
    _change(
        "create table candidate.other (figure_id text); drop view candidate.figures; create view candidate.figures as select figure_id from candidate.other"
    )
    with pytest.raises(publishing.PublishRefused, match="otherwise than `from … as stored`"):
        _publish(4)
    _change("create or replace view candidate.figures as select stored.figure_id from candidate.figures_told as stored")
    with pytest.raises(publishing.PublishRefused, match="lost or changed published columns"):
        _publish(5)


def test_a_login_reads_its_own_units_through_the_views_and_what_stands_below_them(candidate: None) -> None:
    _publish(1)
    _change("update candidate.dossier_counts set paused = paused + 1")
    _publish(2)
    with db.connect("owner") as connection:
        password = rights.grant(connection, "x_shown_officer", "commune", _UNIT, by="test", why="the suite wants it").password
    parameters = {**db.conninfo("analyst"), "user": "x_shown_officer", "password": password}
    with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
        for place in (
            "figures", "service_performance", "service_rates", "dossier_counts", "history.figures", "history.dossier_counts", "figures_as_published",
            "service_performance_as_published", "service_rates_as_published", "dossier_counts_as_published",
        ):  # fmt: skip
            name = place if "." in place else f"marts.{place}"
            assert connection.execute(f"select distinct unit_code from {name}".encode()).fetchall() == [(_UNIT,)], place
    invoker = "select relname from pg_class where relkind = 'v' and relnamespace in ('marts'::regnamespace, 'history'::regnamespace) and not coalesce(reloptions::text like '%%security_invoker=true%%', false)"
    assert _ask(invoker, role="owner") == []


def test_an_installation_of_the_release_before_keeps_its_history_and_every_view_over_it(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_MORE_INDEXES", {})
    with monkeypatch.context() as before:
        before.setattr(publishing, "MART_KEYS", {name: _KEYS[name] for name in ("dim_unit", "bridge_unit_successor")} | _OLD_KEYS)
        _change(_STORED.format(figures="figures", performance="service_performance", rates="service_rates"))
        _change("""
            insert into candidate.figures values
                ('said', '05986', '2025-07-01', 'reports', 'tthc_resolved_total', 9), ('a1', '05986', '2025-07-01', 'dossiers', 'tthc_resolved_total', 7),
                ('a2', '05986', '2025-07-01', 'dossiers', 'tthc_paused', 2)
        """)
        _publish(1)
        _change("update candidate.figures set value = 8 where figure_id = 'a1'")
        _publish(2)
    stood = {number: _as_published(number) for number in (1, 2)}
    with db.connect("owner") as connection:
        connection.execute("create view public.of_an_office with (security_invoker = true) as select sum(value)::int as total from marts.figures")
        connection.execute(_MIGRATION.read_bytes())
    assert _told() == stood[2] and {number: _as_published(number) for number in stood} == stood, "before the first night of the new release"
    with db.connect("gate") as connection:
        assert gate._published_rows(connection)["figures_told"] == 1, "what the first night may not halve is what was told"
    monkeypatch.setattr(publishing, "MART_KEYS", _KEYS)
    _change(
        "drop table candidate.figures, candidate.service_performance, candidate.service_rates, candidate.dossier_counts, candidate.dim_unit, candidate.bridge_unit_successor"
    )
    _change(_STORED.format(figures="figures_told", performance="performance_told", rates="rates_told") + _VIEWS)
    _change("""
        insert into candidate.figures_told values ('said', '05986', '2025-07-01', 'reports', 'tthc_resolved_total', 9);
        insert into candidate.dossier_counts values ('05986', '2025-07-01', 'p', '', 8, 3, '{a1,a2}')
    """)
    third = _publish(3)
    assert third.removed["figures_told"] == 2 and third.inserted["dossier_counts"] == 1
    assert _told() == [("a1", "dossiers", 8), ("a2", "dossiers", 3), ("said", "reports", 9)]
    assert {number: _as_published(number) for number in stood} == stood
    assert _ask("select total, (select reloptions::text from pg_class where relname = 'of_an_office') from public.of_an_office", role="owner") == [
        (20, "{security_invoker=true}")
    ]
    with db.connect("gate", autocommit=True) as connection:
        publishing.rollback(connection, 1, by="test", why="the suite wants it")
        assert _told() == stood[1], "proved by the manifest of the old release"
        publishing.rollback(connection, 3, by="test", why="the suite wants it")
    assert _told() == [("a1", "dossiers", 8), ("a2", "dossiers", 3), ("said", "reports", 9)]
