"""Who reads which units: rights are given to a person's own login and written down in `access.scope` (migration 050)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal, get_args

from psycopg import Connection, sql

Kind = Literal["everything", "province", "commune"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ROLE: dict[Kind, str] = {"everything": "tthc_reader", "province": "tthc_province_analyst", "commune": "tthc_commune_officer"}
_LOGIN = re.compile(r"[a-z][a-z0-9_]{2,39}")


class RightsError(Exception):
    """Nothing was changed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A right in force. `password` only where the login was made now: it is shown once and kept nowhere."""

    login: str
    kind: Kind
    unit_code: str
    units: int
    """Units whose rows the login reads now, by all its rights; 0 for everything."""
    password: str | None = None


def grant(connection: Connection, login: str, kind: Kind, unit_code: str = "", *, by: str, why: str) -> Granted:
    """Let `login` read a commune, a province (codes of today) or everything; a login that does not exist is made.

    Args:
        connection: as the owner of the database.
        by: the office or account that answers for it.
        why: kept with it, at least ten characters.

    Raises:
        RightsError: no such unit, a login that is more than a reader, or nobody answers for it.
    """
    if not _LOGIN.fullmatch(login) or login.startswith(("tthc_", "pg_")):
        raise RightsError(f"“{login}” cannot be a reader's login: 3 to 40 letters a-z, digits and _, and not of the warehouse's own (tthc_…)")
    if not by.strip() or len(why.strip()) < 10:
        raise RightsError("say which office or account answers for it, and why, in ten characters or more")
    with connection.transaction():
        _check_unit(connection, kind, unit_code)
        password = _make_login(connection, login)
        connection.execute(sql.SQL("grant {} to {} with admin false, inherit true, set false").format(sql.Identifier(_ROLE[kind]), sql.Identifier(login)))
        connection.execute(
            "insert into access.scope (login, kind, unit_code, granted_by, reason) values (%s, %s, %s, %s, %s)"
            " on conflict (login, kind, unit_code) where revoked_at is null do nothing",
            (login, kind, unit_code, by.strip(), why.strip()),
        )
        connection.execute("select access.refresh()")
        row = connection.execute("select count(*) from access.visible_unit where login = %s", (login,)).fetchone()
        assert row is not None  # an aggregate
    return Granted(login, kind, unit_code, int(row[0]), password)


def revoke(connection: Connection, login: str, *, by: str, unit_code: str | None = None) -> int:
    """End a login's rights: those to one unit, or (`unit_code` None) all; open sessions lose them at once.

    A login without a right left can no longer log in; it is not dropped, so that access.scope keeps naming it.

    Returns:
        How many rights ended.

    Raises:
        RightsError: it has no such right, or nobody answers for it.
    """
    if not by.strip():
        raise RightsError("say which office or account ends it")
    with connection.transaction():
        ended = connection.execute(
            "update access.scope set revoked_at = now(), revoked_by = %(by)s where login = %(login)s and revoked_at is null"
            " and (%(unit)s::text is null or unit_code = %(unit)s)",
            {"by": by.strip(), "login": login, "unit": unit_code},
        ).rowcount
        if not ended:
            raise RightsError(f"{login} has no right{f' to {unit_code}' if unit_code else ''} that could be ended; `tthc rights` lists them")
        kept = {row[0] for row in connection.execute("select kind from access.scope where login = %s and revoked_at is null", (login,))}
        for kind in set(KINDS) - kept:
            connection.execute(sql.SQL("revoke {} from {}").format(sql.Identifier(_ROLE[kind]), sql.Identifier(login)))
        if not kept:
            connection.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(login)))
        connection.execute("select access.refresh()")
    return ended


def in_force(connection: Connection) -> list[tuple[Any, ...]]:
    """(login, kind, unit_code, units that the login reads, granted_by, reason, granted_at) of every right in force."""
    return connection.execute(
        "select s.login, s.kind, s.unit_code, (select count(*) from access.visible_unit as v where v.login = s.login), s.granted_by, s.reason, s.granted_at"
        " from access.scope as s where s.revoked_at is null order by s.login, s.kind, s.unit_code"
    ).fetchall()


def _check_unit(connection: Connection, kind: Kind, unit_code: str) -> None:
    if kind == "everything":
        if unit_code:
            raise RightsError("everything has no unit: name a unit or everything, not both")
        return
    exists = connection.execute("select to_regclass('marts.dim_unit') is not null").fetchone()
    if not exists or not exists[0]:
        raise RightsError("no units are published yet: run `make nightly` first")
    found = connection.execute("select 1 from marts.dim_unit where unit_code = %s and level = %s and unit_valid_to is null", (unit_code, kind)).fetchone()
    if found is None:
        raise RightsError(f"{unit_code} is no {kind} that stands today; `tthc sql \"select * from dim_unit where level = '{kind}'\"` lists them")


def _make_login(connection: Connection, login: str) -> str | None:
    """Make the login if it is missing, or open it again; its new password if there is one."""
    role = connection.execute(
        "select r.oid, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication, r.rolcanlogin from pg_roles as r where rolname = %s",
        (login,),
    ).fetchone()
    password: str | None = None
    if role is None:
        connection.execute(sql.SQL("create role {} nosuperuser nocreatedb nocreaterole noreplication nobypassrls").format(sql.Identifier(login)))
    elif role[1]:
        raise RightsError(f"{login} administers the server: rights by unit would mean nothing for it")
    else:
        others = connection.execute(
            "select g.rolname from pg_auth_members as m inner join pg_roles as g on g.oid = m.roleid where m.member = %s and g.rolname <> all(%s)",
            (role[0], list(_ROLE.values())),
        ).fetchall()
        if others:
            raise RightsError(f"{login} is also {', '.join(name for (name,) in others)}: give readers a login of their own")
    if role is None or not role[2]:
        password = secrets.token_urlsafe(18)
        connection.execute(sql.SQL("alter role {} login password {}").format(sql.Identifier(login), sql.Literal(password)))
    for setting in ("default_transaction_read_only = on", "statement_timeout = '60s'", "search_path = marts"):
        connection.execute(sql.SQL("alter role {} set ").format(sql.Identifier(login)) + sql.SQL(setting))
    return password
