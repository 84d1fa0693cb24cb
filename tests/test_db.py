"""The schema's roles are the architecture: who may write where, and what an analyst sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from warehouse import db, postgres
from warehouse.settings import SettingsError, settings

_WRITERS = {
    "raw": "loader",
    "facts": "loader",
    "staging": "transformer",
    "intermediate": "transformer",
    "candidate": "transformer",
    "quality": "gate",
    "marts": "gate",
    "history": "gate",
    "reporting": "mailer",
}


@pytest.mark.parametrize("role", ["loader", "transformer", "gate", "mailer", "analyst"])
def test_every_schema_has_one_writer(database: str, role: db.Role) -> None:
    with db.connect("owner") as connection:
        writable = {
            row[0]
            for row in connection.execute(
                "select n.nspname from pg_namespace n where n.nspname = any(%s) and (has_schema_privilege(%s, n.oid, 'create') or exists ("
                " select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p')"
                " and has_table_privilege(%s, c.oid, 'insert, update, delete')))",
                (list(_WRITERS), f"tthc_{role}", f"tthc_{role}"),
            )
        }
    assert writable == {schema for schema, writer in _WRITERS.items() if writer == role}


def test_analyst_reads_marts_and_nothing_else(database: str) -> None:
    with db.connect("gate") as connection:
        connection.execute("create table marts.probe (n int)")
    with db.connect("analyst") as connection:
        assert connection.execute("select count(*) from probe").fetchone() == (0,)
    for schema in set(_WRITERS) - {"marts", "history"}:  # history holds what marts published before, and nothing else
        with db.connect("analyst") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"select * from {schema}.{'attempt' if schema == 'raw' else 'anything'}")
    with db.connect("analyst") as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("create table marts.mine (n int)")


def test_analyst_cannot_become_somebody_else(database: str) -> None:
    with db.connect("analyst") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("set role tthc_gate")
    with db.connect("analyst") as connection:
        connection.execute("set transaction read write")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table marts.mine (n int)")


def test_bootstrap_twice_changes_nothing(database: str) -> None:
    assert db.bootstrap() == []


def test_an_edited_migration_is_refused(database: str) -> None:
    with db.connect("owner") as connection:
        connection.execute("update public.schema_migration set sha256 = 'other' where name like '002%'")
    with pytest.raises(db.SchemaError, match=r"002_raw_and_facts\.sql was edited"):
        db.bootstrap()


@pytest.mark.parametrize("environment_is_closed", [False, True])
def test_server_for_an_account_that_cannot_reach_the_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment_is_closed: bool) -> None:
    if environment_is_closed:  # as root, a clone below /root: neither its state folder nor its .venv can be reached by `nobody`
        monkeypatch.setattr(postgres, "_reachable_by_others", lambda path: False)
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    server = db.EmbeddedServer(closed, "secret", durable=False)
    port = server.ensure_running()
    try:
        with psycopg.connect(f"postgresql://tthc_owner:secret@127.0.0.1:{port}/postgres") as connection:
            assert connection.execute("select upper('phường đông kinh')").fetchone() == ("PHƯỜNG ĐÔNG KINH",)
        assert server.ensure_running() == port
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgresql://tthc_owner:wrong@127.0.0.1:{port}/postgres")
    finally:
        assert server.stop()
        if server.home.parent == Path("/var/tmp"):
            shutil.rmtree(server.home)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("TTHC_SMTP_PORT", "many"), ("TTHC_INBOX", "/nowhere/at/all"), ("WAREHOUSE_DSN", "mysql://x"), ("TTHC_PORTAL_URL", "ftp://x")],
)
def test_a_bad_variable_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    with pytest.raises(SettingsError) as caught:
        settings()
    assert variable in str(caught.value)
    assert "\n" not in str(caught.value)
    settings.cache_clear()
