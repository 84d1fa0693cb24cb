"""A real PostgreSQL for the suite: one embedded cluster, a fresh warehouse database per test that asks for one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.nights import FirstNight, install, server_folder
from warehouse import db
from warehouse.postgres import OWNER, EmbeddedServer
from warehouse.settings import settings

_numbers = itertools.count(1)
_PASSWORD = "suite"


@pytest.fixture(scope="session")
def server() -> Iterator[int]:
    """The port of the suite's own cluster, stopped at the end."""
    with server_folder() as folder:
        embedded = EmbeddedServer(folder, _PASSWORD, durable=False)
        yield embedded.ensure_running()
        embedded.stop()


def _dsn(port: int, name: str) -> str:
    return f"postgresql://{OWNER}:{_PASSWORD}@127.0.0.1:{port}/{name}"


def _environment(monkeypatch: pytest.MonkeyPatch, port: int, name: str, state: Path) -> None:
    monkeypatch.setenv("WAREHOUSE_DSN", _dsn(port, name))
    monkeypatch.setenv("TTHC_STATE_DIR", str(state))
    monkeypatch.setenv("TTHC_SECRET_KEY", "the suite's key")
    settings.cache_clear()


@pytest.fixture(scope="session")
def _template(server: int, tmp_path_factory: pytest.TempPathFactory) -> str:
    name = "template_tthc"
    with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    with pytest.MonkeyPatch.context() as monkeypatch:
        _environment(monkeypatch, server, name, tmp_path_factory.mktemp("template"))
        db.bootstrap()
    settings.cache_clear()
    return name


@pytest.fixture
def database(server: int, _template: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The address (owner) of a fresh, bootstrapped warehouse; the settings point to it and to a state folder of the test's own."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(_template)))
    _environment(monkeypatch, server, name, tmp_path / "state")
    yield _dsn(server, name)
    settings.cache_clear()
    with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def loader(database: str) -> Iterator[psycopg.Connection]:
    """A connection of the role that lands and parses."""
    with db.connect("loader", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def first() -> Iterator[FirstNight]:
    """An installation after its first night on the sample, shared: a test that needs it untouched makes its own."""
    with install() as installation:
        printed = installation.tthc("nightly")
        yield FirstNight(installation, printed, installation.marts(), {str(mail["Message-ID"]) for mail in installation.mails()})
