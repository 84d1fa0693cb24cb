"""Rights by unit: who reads which rows, whatever way is tried; PUBLIC has nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from expectations import publish as publishing
from tests.conftest import _dsn
from tests.nights import FirstNight
from warehouse import db, rights
from warehouse.postgres import OWNER, EmbeddedServer
from warehouse.settings import Settings, settings

OLD, NEW = "2004-01-01", "2025-07-01"
_UNITS = [
    # Tam Thanh took over two communes as a whole; one more was split between it and Hải Phòng's Lê Chân (invented, to be hard).
    ("20", OLD, "2025-06-30", "province", "20"), ("20", NEW, None, "province", "20"), ("31", OLD, "2025-06-30", "province", "31"),
    ("31", NEW, None, "province", "31"), ("05974", OLD, "2025-06-30", "commune", "20"), ("05986", OLD, "2025-06-30", "commune", "20"),
    ("05986", NEW, None, "commune", "20"), ("05977", NEW, None, "commune", "20"), ("11383", NEW, None, "commune", "31"),
    ("06000", OLD, "2025-06-30", "commune", "20"),
    # A code that was given out again: 05977 was a commune of the other province once.
    ("05977", OLD, "2025-06-30", "commune", "31"),
]  # fmt: skip
_MOVES = [
    ("20", "20", False), ("31", "31", False), ("05974", "05986", False), ("05986", "05986", False), ("06000", "05986", True), ("06000", "11383", True),
    ("05977", "11383", False),
]  # fmt: skip
_OWN = {("05986", NEW), ("05986", OLD), ("05974", OLD)}
_PROVINCE = _OWN | {("05977", NEW), ("06000", OLD), ("20", OLD), ("20", NEW)}
_ALL = {(code, since) for code, since, *_ in _UNITS}
_KEYS = {
    "dim_unit": ("unit_code", "unit_valid_from"),
    "bridge_unit_successor": ("predecessor_code", "predecessor_valid_from", "successor_code", "successor_valid_from"),
    "dim_measure": ("measure",),
    "dossier_counts": ("unit_code", "unit_valid_from", "period_key", "scope"),
    "figures_told": ("figure_id",),
    "performance_told": ("unit_code", "unit_valid_from", "period_key", "scope", "subject", "measure", "source"),
    "dossier_agencies": ("agency_code",),
    "submissions": ("submission_key",),
    "reporting_status": ("unit_code", "unit_valid_from", "obligation", "period_key"),
    "gossip": ("line",),
}
_SEES = {"officer": _OWN, "analyst_of_20": _PROVINCE, "everything": _ALL, "nobody": set()}


def _candidates(connection: psycopg.Connection) -> None:
    connection.execute(
        """
        create table candidate.dim_unit (unit_code text, unit_valid_from date, unit_valid_to date, level text, province_code text, full_name_vi text);
        create table candidate.bridge_unit_successor (
            predecessor_code text, predecessor_valid_from date, successor_code text, successor_valid_from date, share numeric, is_partial boolean
        );
        create table candidate.dim_measure (measure text, aggregation text);
        insert into candidate.dim_measure values ('m', 'sum');
        create table candidate.figures_told (figure_id text, unit_code text, unit_valid_from date, quote_vi text, value numeric, file_name text, landing_id bigint, origin text, fetched_at timestamptz);
        create table candidate.performance_told (
            unit_code text, unit_valid_from date, period_key text, scope text, subject text, measure text, source text, value numeric, bound text, figure_id text
        );
        create table candidate.dossier_counts (unit_code text, unit_valid_from date, period_key text, scope text, counted numeric, figure_ids text[]);
        create view candidate.figures as select stored.* from candidate.figures_told as stored
        union all select stored.figure_ids[1], stored.unit_code, stored.unit_valid_from, 'bí mật ' || stored.unit_code, stored.counted, 'f'::text, 1::bigint, 'o'::text,
            timestamptz '2026-05-01 08:00+07' from candidate.dossier_counts as stored;
        create view candidate.service_performance as select stored.* from candidate.performance_told as stored
        union all select stored.unit_code, stored.unit_valid_from, stored.period_key, stored.scope, ''::text, 'm'::text, 'dossiers'::text, stored.counted, '='::text,
            stored.figure_ids[1] from candidate.dossier_counts as stored;
        create table candidate.submissions (
            submission_key text, landing_id bigint, unit_code text, unit_valid_from date, kind text, period_key text, is_held boolean, is_current boolean,
            held_rules text[], waived_rules text[], readmitted_rules text[], sender_domain text
        );
        create table candidate.reporting_status (unit_code text, unit_valid_from date, obligation text, period_key text, status text);
        create table candidate.dossier_agencies (agency_code text, unit_code text);
        create table candidate.gossip (line text);
        insert into candidate.gossip values ('names no unit');
        """
    )
    with connection.cursor() as cursor:
        cursor.executemany("insert into candidate.dim_unit values (%s, %s, %s, %s, %s, 'unit')", _UNITS)
        cursor.executemany(
            "insert into candidate.bridge_unit_successor values (%s, %s, %s, %s, case when not %s then 1 end, %s)",
            [(old, OLD, new, NEW, partial, partial) for old, new, partial in _MOVES],
        )
    connection.execute(
        """
        insert into candidate.figures_told select unit_code || unit_valid_from, unit_code, unit_valid_from, 'bí mật ' || unit_code, 1, 'f', 1, 'o', timestamptz '2026-05-01 08:00+07' from candidate.dim_unit
        union all select 'none', '', null, 'bí mật của không ai', 7, 'f', 1, 'o', timestamptz '2026-05-01 08:00+07';
        insert into candidate.performance_told
        select unit_code, unit_valid_from, 'p' || n, '', '', 'm', 's', n, '=', unit_code || unit_valid_from from candidate.dim_unit, generate_series(1, 300) as n;
        insert into candidate.dossier_counts
        select unit_code, unit_valid_from, 'p' || n, '', n, array[unit_code || unit_valid_from || '-' || n] from candidate.dim_unit, generate_series(1, 300) as n;
        insert into candidate.dossier_agencies values ('H37.1', '05986'), ('H37.2', '05977'), ('H24.1', '11383'), ('H24.9', '')
        """
    )


@contextmanager
def _country() -> Iterator[dict[str, str]]:
    """Two publications of a small country and the passwords of four logins: an officer, a province's analyst, one who reads all, one revoked."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(publishing, "MART_KEYS", _KEYS)
        with db.connect("transformer") as connection:
            _candidates(connection)
        _publish("night-1")
        with db.connect("transformer") as connection:
            connection.execute("update candidate.performance_told set value = value + 1000; update candidate.dossier_counts set counted = counted + 1000")
        _publish("night-2")
        given = {"officer": ("commune", "05986"), "analyst_of_20": ("province", "20"), "everything": ("everything", ""), "nobody": ("commune", "05986")}
        passwords = {}
        with db.connect("owner", autocommit=True) as connection:
            # A copy of a database does not carry its rights; that of an installation is looked at below.
            name = sql.Identifier(connection.info.dbname)
            connection.execute(sql.SQL("revoke temporary on database {} from public").format(name))
            connection.execute(sql.SQL("grant temporary on database {} to tthc_gate").format(name))
            for login, (kind, code) in given.items():
                connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(f"x_{login}")))  # of another database of the cluster
                granted = rights.grant(connection, f"x_{login}", kind, code, by="test", why="the suite's reader")  # type: ignore[arg-type]
                passwords[login] = granted.password or ""
            rights.revoke(connection, "x_nobody", by="test")
            connection.execute("alter role x_nobody login")
            connection.execute("analyze")
        yield passwords


@pytest.fixture
def logins(database: str) -> Iterator[dict[str, str]]:
    """A country of the test's own, which it may change."""
    with _country() as passwords:
        yield passwords


@pytest.fixture(scope="module")
def shared(server: int, _template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A country that nobody changes. Its tests come first: the logins belong to the cluster."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("WAREHOUSE_DSN", _dsn(server, "rights_shared"))
        monkeypatch.setenv("TTHC_STATE_DIR", str(tmp_path_factory.mktemp("rights")))
        monkeypatch.setenv("TTHC_SECRET_KEY", "the suite's key")
        with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("create database rights_shared template {}").format(sql.Identifier(_template)))
            settings.cache_clear()
            with _country() as passwords:
                yield passwords
            settings.cache_clear()
            connection.execute("drop database rights_shared with (force)")


def _publish(run_id: str) -> None:
    with db.connect("gate", autocommit=True) as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, 'publish', '[]')", (run_id,))
        publishing.publish(connection, run_id)


@contextmanager
def _as(logins: dict[str, str], login: str) -> Iterator[psycopg.Connection]:
    parameters = db.conninfo("owner") | {"user": f"x_{login}", "password": logins[login]}
    with psycopg.connect(**parameters, autocommit=True) as connection:
        yield connection


def _units(connection: psycopg.Connection, query: LiteralString) -> set[tuple[str, str]]:
    return {(code, str(since)) for code, since in connection.execute(query).fetchall()}


@pytest.mark.parametrize("login", _SEES)
@pytest.mark.parametrize(
    "query",
    [
        "select unit_code, unit_valid_from from service_performance",
        "select unit_code, unit_valid_from from figures where unit_code <> ''",
        "select unit_code, unit_valid_from from history.service_performance",
        "select unit_code, unit_valid_from from service_performance_as_published",
        "select unit_code, unit_valid_from from dossier_counts",
        "select unit_code, unit_valid_from from dossier_counts_as_published",
        "select unit_code, unit_valid_from from figures_as_published where unit_code <> ''",
        "select unit_code, unit_valid_from from performance_as_published(now())",
        "select unit_code, unit_valid_from from changes_between(1, 2)",
        "select unit_code, unit_valid_from from revisions()",
        "select unit_code, unit_valid_from from revisions_by_unit()",
        "with all_of_it as materialized (select * from service_performance) select unit_code, unit_valid_from from all_of_it",
        "select p.unit_code, p.unit_valid_from from service_performance p full join figures f using (figure_id) where p.unit_code <> ''",
        "select unit_code, unit_valid_from from dim_unit u where exists (select from service_performance p where (p.unit_code, p.unit_valid_from) = (u.unit_code, u.unit_valid_from))",
    ],
)
def test_every_way_to_the_rows_shows_the_same_units(shared: dict[str, str], login: str, query: LiteralString) -> None:
    with _as(shared, login) as connection:
        if login == "nobody":
            # Without a right the schema is as if it were not there.
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction)):
                connection.execute(query)
        else:
            assert _units(connection, query) == _SEES[login]


def test_rows_of_no_unit_are_for_readers_of_everything_and_an_unprotected_table_too(shared: dict[str, str]) -> None:
    for login, agencies, unnamed in (("officer", 1, 0), ("analyst_of_20", 2, 0), ("everything", 4, 1)):
        with _as(shared, login) as connection:
            assert connection.execute("select count(*) from dossier_agencies").fetchone() == (agencies,)
            assert connection.execute("select count(*) from figures where unit_code = ''").fetchone() == (unnamed,)
            if login == "everything":
                assert connection.execute("select line from gossip").fetchall() == [("names no unit",)]
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute("select line from gossip")
                assert connection.execute("select count(*) from dim_unit").fetchone() == (len(_UNITS),)
                assert connection.execute("select publication_id from freshness where mart = 'figures'").fetchone() == (2,)


@pytest.mark.parametrize(
    "query",
    [
        "copy figures_told to stdout",
        "copy (select * from figures) to stdout",
        "copy marts.performance_told (unit_code) to stdout",
        "copy dossier_counts to stdout",
    ],
)
def test_copy_gives_own_rows(shared: dict[str, str], query: LiteralString) -> None:
    with _as(shared, "officer") as connection, connection.cursor().copy(query) as copy:
        lines = b"".join(copy).decode().splitlines()
    assert lines
    assert {code for line in lines for code in re.findall(r"\b\d{5}\b", line)} == {"05986", "05974"}


@pytest.mark.parametrize(
    "query",
    [
        "select quote_vi::int from figures",
        "select 1 / (unit_code <> '11383')::int from service_performance",
        "select count(*) from figures where quote_vi::int > 0",
        "select count(*) from figures where 1 / (case when unit_code = '11383' then 0 else 1 end) > 0",
        "select count(*) from service_performance where 1 / (value - 1001) > 0 and unit_code = '11383'",
        "select xmlparse(content quote_vi || '<') from figures",
        "select count(*) from figures_as_published where (quote_vi || 'x')::date > now()",
    ],
)
def test_an_error_tells_nothing_of_others(shared: dict[str, str], query: LiteralString) -> None:
    with _as(shared, "officer") as connection:
        try:
            connection.execute(query)
        except psycopg.Error as error:
            assert not re.search("11383|05977|06000|không ai", f"{error} {error.diag.message_detail} {error.diag.context}")


@pytest.mark.parametrize(
    "settings_", ["", "set enable_seqscan = off", "set enable_indexscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off"]
)
@pytest.mark.parametrize("options", ["analyze, costs off, timing off, summary off, buffers off", "analyze, timing off, summary off, buffers off"])
def test_explain_counts_the_same_whether_another_unit_has_rows_or_not(shared: dict[str, str], settings_: LiteralString, options: LiteralString) -> None:
    with _as(shared, "officer") as connection:
        if settings_:
            connection.execute(settings_)
        for table in ("service_performance", "history.service_performance", "figures", "dossier_counts"):
            plans = []
            for code in ("11383", "99999"):
                query = f"explain ({options}) select * from {table} where unit_code = '{code}' and unit_valid_from = '{NEW}'"
                plans.append("\n".join(row[0] for row in connection.execute(query)).replace(code, "…"))  # type: ignore[call-overload]
            # What was worked out once is not worked out again in the session: `never executed` and the like stay out.
            counts = [re.findall(r"rows=[\d.]+|Removed by \w+: \d+|Searches: \d+", re.sub(r"(?s)SubPlan.*", "", plan)) for plan in plans]
            assert counts[0] == counts[1]
            assert counts[0]


def test_statistics_of_hidden_rows_are_hidden(shared: dict[str, str]) -> None:
    with _as(shared, "officer") as connection:
        assert connection.execute(
            "select count(*) from pg_stats where schemaname in ('marts', 'history') and tablename !~ '^(dim_|bridge_|publication$)'"
        ).fetchone() == (0,)
    with db.connect("owner") as connection:
        found = connection.execute("select tablename::text from pg_stats where schemaname in ('marts', 'history') and attname = 'unit_code'").fetchall()
        assert found == [("dim_unit",)]


def test_the_rights_are_worked_out_once_a_query(shared: dict[str, str]) -> None:
    """Loops of the policy's parts in EXPLAIN ANALYZE: 1, however many rows are read."""
    with _as(shared, "analyst_of_20") as connection:
        rows = connection.execute("explain (analyze, format json) select sum(value) from service_performance").fetchone()
    assert rows is not None
    text = str(rows[0])
    assert {float(loops) for loops in re.findall(r"'Actual Loops': ([\d.]+)", text)} <= {0.0, 1.0}
    assert "InitPlan" in text


@pytest.mark.parametrize(
    "statement",
    [
        "set role tthc_reader", "set role tthc_commune_officer", "set role tthc_gate", "set session authorization tthc_gate", "set role none; set role tthc_owner",
        "insert into access.scope (login, kind, granted_by, reason) values ('x_officer', 'everything', 'me', 'because I want to')",
        "insert into access.visible_unit values ('x_officer', '11383', '2025-07-01', true)", "update access.visible_unit set login = 'x_officer'",
        "select * from access.scope", "select * from access.visible_unit", "select access.refresh()", "select access.protect('marts', 'figures')",
        "select * from access.meant()", "alter table marts.figures_told disable row level security", "drop policy own_units on marts.dossier_counts",
        "create policy mine on marts.figures_told using (true)", "set row_security = off; select * from figures", "grant tthc_reader to x_officer",
        "alter role x_officer bypassrls", "alter role x_officer rename to x_everything", "update figures_told set value = 0", "delete from dossier_counts", "truncate figures_told",
        "insert into figures_told (figure_id) values ('x')", "begin; lock table figures in exclusive mode", "create table marts.mine (n int)", "create temp table mine (n int)",
        "create view marts.mine as select 1", "create function marts.leak() returns int language sql as 'select 1'", "do $$ begin raise notice '%', 1; end $$",
        "select lo_creat(-1)", "select * from raw.content", "select * from facts.figure", "select * from quality.finding", "select * from candidate.figures",
        "select * from reporting.mail", "select * from publication", "select marts from publication", "copy figures to program 'cat'",
        "copy figures to '/tmp/leak'", "select pg_read_file('/etc/passwd')", "select passwd from pg_shadow", "select * from pg_statistic",
        "select * from public.schema_migration",
    ],
)  # fmt: skip
def test_a_session_cannot_widen_its_rights(shared: dict[str, str], statement: LiteralString) -> None:
    with _as(shared, "officer") as connection:
        connection.execute("set default_transaction_read_only = off")  # a default, which anybody may set: rights must not hang on it
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue, psycopg.errors.FeatureNotSupported)):
            connection.execute(statement)
        connection.rollback()
        connection.execute("reset row_security")
        assert _units(connection, "select unit_code, unit_valid_from from service_performance") == _OWN


def test_no_setting_names_the_login(shared: dict[str, str]) -> None:
    with _as(shared, "officer") as connection:
        for setting in ("tthc.login", "access.login", "application_name", "search_path"):
            connection.execute(f"set {setting} = 'x_everything'")  # type: ignore[call-overload]
        assert _units(connection, "select unit_code, unit_valid_from from marts.service_performance") == _OWN


@pytest.mark.parametrize(
    ("login", "kind", "unit", "said"),
    [
        ("tthc_gate", "everything", "", "cannot be a reader's login"),
        ("pg_monitor", "everything", "", "cannot be a reader's login"),
        ('a"; drop', "everything", "", "cannot be a reader's login"),
        ("can_bo", "commune", "99999", "is no commune that stands today"),
        ("can_bo", "commune", "05974", "is no commune that stands today"),
        ("can_bo", "province", "05986", "is no province that stands today"),
        ("can_bo", "everything", "20", "not both"),
    ],
)
def test_a_right_that_makes_no_sense_is_refused(shared: dict[str, str], login: str, kind: rights.Kind, unit: str, said: str) -> None:
    with db.connect("owner", autocommit=True) as connection:
        with pytest.raises(rights.RightsError, match=said):
            rights.grant(connection, login, kind, unit, by="test", why="the suite's reader")
        assert connection.execute("select count(*) from pg_roles where rolname = 'can_bo'").fetchone() == (0,)


def test_a_login_that_is_more_than_a_reader_is_refused(shared: dict[str, str]) -> None:
    with db.connect("owner", autocommit=True) as connection:
        connection.execute("create role x_admin superuser; create role x_writer; grant tthc_loader to x_writer")
        try:
            for login, said in (("x_admin", "administers the server"), ("x_writer", "is also tthc_loader")):
                with pytest.raises(rights.RightsError, match=said):
                    rights.grant(connection, login, "commune", "05986", by="test", why="the suite's reader")
        finally:
            connection.execute("drop role x_admin; drop role x_writer")


_READABLE = {
    "loader": {"raw", "facts", "quality"},
    "transformer": {"raw", "facts", "quality", "staging", "intermediate", "candidate"},
    "gate": {"raw", "facts", "quality", "staging", "intermediate", "candidate", "marts", "history"},
    "mailer": {"quality", "reporting", "marts", "history"},
    "reader": {"marts", "history"},
    "province_analyst": {"access", "marts", "history"},
    "commune_officer": {"access", "marts", "history"},
    "analyst": {"marts", "history"},
}
_WRITABLE = {
    "loader": {"raw", "facts"},
    "transformer": {"staging", "intermediate", "candidate"},
    "gate": {"quality", "marts", "history"},
    "mailer": {"reporting"},
}


@pytest.mark.parametrize("role", _READABLE)
def test_the_matrix_of_roles_objects_and_verbs(shared: dict[str, str], role: str) -> None:
    """By schema: what a role may select from, and write to, in any of its tables and views."""
    with db.connect("owner") as connection:
        rows = connection.execute(
            "select n.nspname, bool_or(has_table_privilege(r.oid, c.oid, 'select') or has_any_column_privilege(r.oid, c.oid, 'select')),"
            " bool_or(has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate')),"
            " has_schema_privilege(r.oid, n.oid, 'usage'), has_schema_privilege(r.oid, n.oid, 'create')"
            " from pg_namespace n join pg_roles r on r.rolname = %s left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'v', 'p')"
            " where n.nspname !~ '^(pg_|information_schema)' group by n.oid, n.nspname, r.oid",
            (f"tthc_{role}",),
        ).fetchall()
    readable = {schema for schema, reads, _, usage, _ in rows if reads and usage}
    writable = {schema for schema, _, writes, usage, creates in rows if (writes and usage) or creates}
    # Nothing is built in staging and intermediate here.
    assert readable == _READABLE[role] - {"staging", "intermediate"}
    assert writable == _WRITABLE.get(role, set())


def test_public_has_nothing(shared: dict[str, str]) -> None:
    """No schema, table, column, sequence, function or language of ours gives anything to PUBLIC."""
    with db.connect("owner") as connection:
        found = connection.execute(
            """
            with ours as (select oid, nspname from pg_namespace where nspname !~ '^(pg_|information_schema)'),
            given (what, acl) as (
                select 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)) from pg_namespace where oid in (select oid from ours)
                union all
                select 'table ' || c.oid::regclass, coalesce(relacl, acldefault((case when relkind = 'S' then 's' else 'r' end)::"char", relowner))
                from pg_class c where relnamespace in (select oid from ours) and relkind in ('r', 'v', 'm', 'p', 'S')
                union all
                select 'column ' || attrelid::regclass || '.' || attname, attacl from pg_attribute join pg_class c on c.oid = attrelid
                where relnamespace in (select oid from ours) and attacl is not null
                union all
                select 'function ' || oid::regprocedure, coalesce(proacl, acldefault('f', proowner)) from pg_proc where pronamespace in (select oid from ours)
                union all
                select 'language ' || lanname, coalesce(lanacl, acldefault('l', lanowner)) from pg_language where lanpltrusted
            )
            select what, privilege_type from given cross join lateral aclexplode(acl) where grantee = 0
            """
        ).fetchall()
        assert found == []
        connection.execute("create function public.probe() returns int language sql as 'select 1'")
        assert connection.execute("select has_function_privilege('x_officer', 'public.probe()', 'execute')").fetchone() == (False,)


def test_a_prepared_statement_obeys_a_right_that_ended(logins: dict[str, str]) -> None:
    with _as(logins, "analyst_of_20") as connection:
        connection.execute("prepare everybody as select unit_code, unit_valid_from from marts.service_performance")
        for _ in range(7):  # more than five: a generic plan is made
            assert _units(connection, "execute everybody") == _PROVINCE
        with db.connect("owner", autocommit=True) as owner:
            rights.grant(owner, "x_analyst_of_20", "commune", "05977", by="test", why="the suite's reader")
            rights.revoke(owner, "x_analyst_of_20", by="test", unit_code="20")
        assert _units(connection, "execute everybody") == {("05977", NEW)}
        with db.connect("owner", autocommit=True) as owner:
            rights.revoke(owner, "x_analyst_of_20", by="test")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("execute everybody")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"), _as(logins, "analyst_of_20"):
        pass


def test_rights_survive_publications_rollback_new_columns_and_new_marts(logins: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "MART_KEYS", {**_KEYS, "fresh": ("unit_code", "unit_valid_from")})
    with db.connect("transformer") as connection:
        connection.execute("create table candidate.fresh as select unit_code, unit_valid_from, 1 as n from candidate.dim_unit")
        connection.execute(
            "alter table candidate.figures_told add column note text; update candidate.figures_told set note = 'x'; drop view candidate.figures;"
            "create view candidate.figures as select stored.* from candidate.figures_told as stored"
        )
        # What named no unit does now.
        connection.execute("alter table candidate.gossip add column unit_code text; alter table candidate.gossip add column unit_valid_from date")
        connection.execute(f"update candidate.gossip set (unit_code, unit_valid_from) = ('05977', '{NEW}')")  # type: ignore[call-overload]
    _publish("night-3")
    with db.connect("gate", autocommit=True) as connection:
        publishing.rollback(connection, 1, by="test", why="the suite wants it")
    queries: list[LiteralString] = ["fresh_as_published", "figures_as_published where note = 'x' and unit_code <> ''", "history.fresh"]
    for login in ("officer", "analyst_of_20", "everything"):
        with _as(logins, login) as connection:
            for query in queries:
                assert _units(connection, "select unit_code, unit_valid_from from " + query) == _SEES[login]
            gossip = connection.execute("select count(*) from gossip_as_published where unit_code = '05977'").fetchone()
            assert gossip == (0 if login == "officer" else 1,)


def test_a_unit_that_changes_its_type_stays_with_who_reads_it(logins: dict[str, str]) -> None:
    with db.connect("transformer") as connection:
        connection.execute(
            "update candidate.dim_unit set unit_valid_to = '2026-08-31' where unit_code = '05986' and unit_valid_from = '2025-07-01';"
            "insert into candidate.dim_unit values ('05986', '2026-09-01', null, 'commune', '20', 'unit');"
            "insert into candidate.bridge_unit_successor values ('05986', '2025-07-01', '05986', '2026-09-01', 1, false)"
        )
    _publish("night-3")
    with _as(logins, "officer") as connection:
        assert _units(connection, "select unit_code, unit_valid_from from access.my_unit") == _OWN | {("05986", "2026-09-01")}


@pytest.mark.slow
def test_every_published_table_of_a_night_is_protected(first: FirstNight) -> None:
    """A new mart without rights by unit, or a view with its owner's rights, fails here."""
    installed = Settings(tthc_state_dir=first.installation.state, tthc_secret_key="the night's test")
    password = installed.derive("role:owner")
    port = EmbeddedServer(first.installation.state, password).ensure_running()
    with psycopg.connect(host="127.0.0.1", port=port, user=OWNER, password=password, dbname=db.WAREHOUSE) as connection:
        open_to_all = connection.execute(
            """
            select c.oid::regclass::text from pg_class c
            where c.relnamespace in ('marts'::regnamespace, 'history'::regnamespace) and (
                c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false)
                or c.relkind = 'r' and c.relname <> 'publication' and (
                    not c.relrowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'everything')
                )
                or c.relkind not in ('v', 'r', 'i', 'S')
            )
            """
        ).fetchall()
        assert open_to_all == []
        without = connection.execute(
            "select c.relname::text from pg_class c where c.relnamespace = 'marts'::regnamespace and c.relkind = 'r' and c.relname <> 'publication'"
            " and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'own_units')"
        ).fetchall()
        assert without == []
        temporary = connection.execute("select has_database_privilege('tthc_commune_officer', current_database(), 'temporary')").fetchone()
        assert temporary == (False,)
        databases = connection.execute(
            "select datname from pg_database where datallowconn and has_database_privilege('tthc_commune_officer', oid, 'connect')"
        ).fetchall()
        assert databases == [(db.WAREHOUSE,)]
    said = first.installation.tthc("grant", "x_first", "--commune", "05977", "--by", "test", "--why", "the suite's reader")
    reader = {"host": "127.0.0.1", "port": port, "user": "x_first", "password": said.split(": ")[-1].strip(), "dbname": db.WAREHOUSE}
    with psycopg.connect(**reader) as connection:  # type: ignore[arg-type]
        tables = connection.execute("select c.relname from pg_class c where c.relnamespace = 'marts'::regnamespace and c.relkind in ('r', 'v')").fetchall()
        seen = set()
        for (table,) in tables:
            if table in ("publication", "freshness") or table.startswith(("dim_", "bridge_")):
                continue
            row = connection.execute(f"select distinct unit_code from marts.{table}").fetchall()
            seen |= {code for (code,) in row}
        assert seen == {"05977"}
    assert "x_first" in first.installation.tthc("rights")
    first.installation.tthc("revoke", "x_first", "--by", "test")
