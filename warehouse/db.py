"""The one way to open PostgreSQL: which server, as which role, with which schema."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from warehouse.postgres import OWNER, EmbeddedServer
from warehouse.settings import settings

Role = Literal["owner", "loader", "transformer", "gate", "mailer", "analyst"]
WAREHOUSE = "tthc"
METADATA = "airflow"
"""Airflow's own database beside the warehouse on the embedded server."""

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7660


class SchemaError(Exception):
    """The warehouse's schema is not what this code expects; the text says what to do."""


def embedded_server() -> EmbeddedServer:
    """The installation's embedded server; it stands unused when WAREHOUSE_DSN names another."""
    return EmbeddedServer(settings().tthc_state_dir, settings().derive("role:owner"))


def conninfo(role: Role) -> dict[str, Any]:
    """Connection parameters (`host`, `port`, `user`, `password`, `dbname`) for one role.

    Starts the embedded server if WAREHOUSE_DSN is empty and it does not run.
    """
    if settings().warehouse_dsn:
        parameters = {key: value for key, value in conninfo_to_dict(settings().warehouse_dsn).items() if value is not None}
        parameters.setdefault("host", "127.0.0.1")
        parameters.setdefault("port", "5432")
    else:
        port = embedded_server().ensure_running()
        parameters = {"host": "127.0.0.1", "port": str(port), "user": OWNER, "password": settings().derive("role:owner"), "dbname": WAREHOUSE}
    if role != "owner":
        parameters |= {"user": f"tthc_{role}", "password": settings().derive(f"role:{role}")}
    return parameters


def dsn(role: Role) -> str:
    """`postgresql://…` for libraries that want an address (SQLAlchemy)."""
    parameters = conninfo(role)
    return f"postgresql://{quote(parameters['user'])}:{quote(parameters['password'])}@{parameters['host']}:{parameters['port']}/{parameters['dbname']}"


@contextmanager
def connect(role: Role, *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
    """A connection as `role`; commits at the end of the block, rolls back on an error."""
    with psycopg.connect(make_conninfo(**conninfo(role), application_name=f"tthc {role}"), autocommit=autocommit) as connection:
        yield connection


def bootstrap() -> list[str]:
    """Create databases, roles, schemas and tables that are missing. Idempotent, safe in parallel.

    Returns:
        The migrations applied now, by name.

    Raises:
        SchemaError: an applied migration was edited afterwards.
        psycopg.Error: the server refuses.
    """
    if not settings().warehouse_dsn:
        _create_database(WAREHOUSE)
    with connect("owner") as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.execute(
            "create table if not exists public.schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())"
        )
        known = dict(connection.execute("select name, sha256 from public.schema_migration").fetchall())
        applied = []
        for path in sorted(MIGRATIONS.glob("*.sql")):
            body = path.read_bytes()
            digest = hashlib.sha256(body).hexdigest()
            if known.get(path.name) == digest:
                continue
            if path.name in known:
                raise SchemaError(f"warehouse/migrations/{path.name} was edited after it was applied: restore it and add a new migration")
            connection.execute(body)
            connection.execute("insert into public.schema_migration (name, sha256) values (%s, %s)", (path.name, digest))
            applied.append(path.name)
        if applied or not _roles_can_log_in():
            for role in ("loader", "transformer", "gate", "mailer", "analyst"):
                password = sql.Literal(settings().derive(f"role:{role}"))
                connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(f"tthc_{role}"), password))
    return applied


def metadata_dsn() -> str:
    """The address of Airflow's own database on the embedded server; created if it is missing."""
    _create_database(METADATA)
    port = embedded_server().ensure_running()
    return f"postgresql+psycopg2://{OWNER}:{settings().derive('role:owner')}@127.0.0.1:{port}/{METADATA}"


def _create_database(name: str) -> None:
    """On the embedded server, if it is missing."""
    port = embedded_server().ensure_running()
    owner = make_conninfo(host="127.0.0.1", port=port, user=OWNER, password=settings().derive("role:owner"), dbname="postgres")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        if connection.execute("select from pg_database where datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        # A person's login for the marts opens no other database of the cluster.
        for other in ("postgres", "template1", name):
            connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(other)))


def _roles_can_log_in() -> bool:
    try:
        with connect("analyst"):
            return True
    except psycopg.OperationalError:
        return False
