"""Publish: the only writer of `marts` and `history`. Moves the difference candidate → marts in one transaction.

Readers see the old publication or the new one, never a mixture; grants and dependent views survive, because rows move
and tables stay. An unchanged night publishes nothing. What a publication removes or changes goes to `history`, so that
any kept publication can be read as it stood and brought back.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from expectations.suites import DOSSIER_COUNTS, MART_KEYS
from warehouse.model import SHOWN_MARTS
from warehouse.settings import ROOT

KEPT_PUBLICATIONS = 60
"""Two months of nights can be read as they stood and brought back; older rows leave `history`, their manifests stay."""

_PUBLISH_LOCK = 7662
_MORE_INDEXES: dict[str, tuple[str, ...]] = {
    "performance_told": ("measure, period_key, scope",),
    "rates_told": ("metric, period_key",),
    # A figure is looked for by its id: in the view's branch of the measure it is one of these expressions.
    "dossier_counts": ("period_key, scope", *(f"(figure_ids[{place}])" for place in range(1, len(DOSSIER_COUNTS) + 1))),
}
"""Most questions name a measure and a period, and not a unit, with which the keys begin."""
_HALF_FULL = frozenset({"dossier_counts"})
"""Rows of which a quarter changes in a night, in all but what its many indexes know: with room in the page for the new version no index hears of it."""
_STORED = re.compile(r"\n\s+FROM candidate\.(\w+) stored\b")
"""Where a branch of a candidate's view names its table, as PostgreSQL prints it."""
_OWN_COLUMN = "publication_id"
_OF_OWN_COLUMN = "The publication that last changed this row (lần công bố gần nhất thay đổi dòng này)"
_STAMP = " · Công bố mới nhất / newest publication: "
_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class PublishRefused(Exception):
    """Nothing was published; the text says why and what to do."""


@dataclass(frozen=True)
class Publication:
    """What one night published: rows inserted, changed and removed by table. `publication_id` is None for nothing."""

    publication_id: int | None
    inserted: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    grown: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By table: by how much the number of rows and the sum of their hashes grew."""

    @property
    def rows(self) -> int:
        """All rows that differ from the publication before."""
        return sum(self.inserted.values()) + sum(self.changed.values()) + sum(self.removed.values())


@dataclass(frozen=True)
class Moved:
    """What became of one table's rows, and by how much the sum of their hashes grew."""

    removed: int = 0
    inserted: int = 0
    changed: int = 0
    hashes: int = 0


def publish(connection: psycopg.Connection, run_id: str, progress: Callable[[str], None] = lambda _: None) -> Publication:
    """Publish the candidates that the gate passed under `run_id`.

    Raises:
        PublishRefused: the gate has not passed this run, a candidate lost or changed a published column, or a person rolled back and has not resumed.
    """
    with connection.transaction():
        _prepare(connection)
        verdict = connection.execute("select verdict, reasons from quality.run where run_id = %s", (run_id,)).fetchone()
        if verdict is None:
            raise PublishRefused(f"run {run_id} was not judged: nothing is published that the gate has not passed")
        if verdict[0] != "publish":
            raise PublishRefused(f"run {run_id} is blocked: {'; '.join(verdict[1])}")
        _refuse_while_rolled_back(connection)
        _refuse_without_candidates(connection)
        seen = _seen(connection)
        publication = _move_all(connection, "candidate", progress)
        _show_all(connection)
        connection.execute("update quality.run set published_at = clock_timestamp() where run_id = %s", (run_id,))
        if publication.rows == 0:
            return Publication(None)
        _write_manifest(connection, publication, run_id, "night", {}, seen)
        _stamp(connection)
        _forget(connection)
        progress(f"publication {publication.publication_id}: manifest written")
    return publication


def rollback(connection: psycopg.Connection, publication_id: int, *, by: str, why: str, progress: Callable[[str], None] = lambda _: None) -> Publication:
    """Bring the marts back to what `publication_id` published, as a publication of its own, in one transaction.

    The nights after it publish nothing until `resume`: a machine does not undo what a person decided.

    Args:
        by: the office or account that answers for it.
        why: kept in the ledger.

    Returns:
        The new publication; with `publication_id` None where the marts are as they were then.

    Raises:
        PublishRefused: that publication is not kept, or what its history gives is not what its manifest says.
    """
    if not by.strip() or not why.strip():
        raise PublishRefused("say which office or account rolls back, and why")
    with connection.transaction():
        _prepare(connection)
        known = connection.execute("select marts from marts.publication where publication_id = %s and is_kept", (publication_id,)).fetchone()
        if known is None:
            kept = connection.execute("select min(publication_id), max(publication_id) from marts.publication where is_kept").fetchone()
            raise PublishRefused(
                f"publication {publication_id} is not kept; those that are lie between {kept[0] if kept else None} and {kept[1] if kept else None}"
            )
        manifest: dict[str, dict[str, Any]] = known[0]
        for table in MART_KEYS:
            if _columns(connection, "marts", table):  # one that no publication has yet holds nothing to bring back
                _restore(connection, table, publication_id)
        publication = _move_all(connection, "pg_temp", progress)
        for table, stated in manifest.items():
            found = (_md5_digest if ":" in stated["digest"] else _digest)(connection, table, stated["columns"])
            if found != (stated["rows"], stated["digest"]):
                raise PublishRefused(
                    f"marts.{table} as of publication {publication_id} is not what its manifest says: {found} instead of {stated}; nothing was changed"
                )
        if publication.rows == 0:
            return Publication(None)
        _write_manifest(
            connection,
            publication,
            f"rollback to {publication_id}",
            "rollback",
            {"restores_publication_id": publication_id, "by": by.strip(), "why": why.strip()},
        )
        _stamp(connection)
        _forget(connection)
    return publication


def resume(connection: psycopg.Connection, *, by: str) -> int:
    """Let the nights publish again after a rollback.

    Returns:
        The rollback's publication.

    Raises:
        PublishRefused: the newest publication is no rollback, or nobody answers for it.
    """
    if not by.strip():
        raise PublishRefused("say which office or account lets the nights publish again")
    with connection.transaction():
        _prepare(connection)
        row = _standing_rollback(connection)
        if row is None:
            raise PublishRefused("the newest publication is no rollback: the nights publish as usual")
        connection.execute("update marts.publication set resumed_by = %s, resumed_at = now() where publication_id = %s", (by.strip(), row[0]))
    return int(row[0])


def digest(connection: psycopg.Connection, table: str) -> tuple[int, str]:
    """Rows and digest of a published mart over its own columns; equal digests mean equal rows, whatever their order."""
    with connection.transaction():
        return _digest(connection, table, [name for name in _columns(connection, "marts", table) if name != _OWN_COLUMN])


# --- ledger ------------------------------------------------------------------------------------------------------------------


def _prepare(connection: psycopg.Connection) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", (_PUBLISH_LOCK,))
    # The digests of the first releases are over rows as text.
    connection.execute("set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local extra_float_digits = 1; set local work_mem = '256MB'")
    connection.execute(
        """
        create table if not exists marts.publication (
            publication_id bigint generated by default as identity primary key,
            run_id text not null,
            published_at timestamptz not null default now(),
            inserted jsonb not null,
            changed jsonb not null,
            removed jsonb not null,
            newest_landing_id bigint not null,
            held_count bigint not null
        )
        """
    )
    present = _columns(connection, "marts", "publication")
    for name, kind in {
        "kind": "text not null default 'night' check (kind in ('night', 'rollback'))",
        "code_version": "text not null default ''",
        "inputs": "jsonb not null default '{}'",
        "gates": "jsonb not null default '{}'",
        "marts": "jsonb not null default '{}'",
        "decision": "jsonb not null default '{}'",
        "is_kept": "boolean not null default false",
        "resumed_by": "text not null default ''",
        "resumed_at": "timestamptz",
    }.items():
        if name not in present:
            connection.execute(sql.SQL("alter table marts.publication add column ") + sql.Identifier(name) + sql.SQL(f" {kind}"))
    connection.execute(
        """
        comment on table marts.publication is 'One row per publication and its manifest: inputs, code, gates, rows and digest of every mart (mỗi lần công bố số liệu)';
        comment on column marts.publication.inputs is 'By source: landings and the newest of them; submissions judged (đầu vào)';
        comment on column marts.publication.gates is 'What the gates decided in this run: expectations by decision, reasons held back, waivers in use (kết quả kiểm soát)';
        comment on column marts.publication.marts is 'By mart: rows, digest and columns; equal digests mean equal rows (dấu vân số liệu)';
        comment on column marts.publication.decision is 'A rollback: which publication it restores, who decided and why (quyết định quay lại)';
        comment on column marts.publication.is_kept is 'Its rows can still be read as they stood and brought back (còn khôi phục được)'
        """
    )
    fresh = connection.execute("select pg_get_viewdef(to_regclass('marts.freshness')) like '%figures_told%'").fetchone()
    if fresh != (True,):
        connection.execute(_FRESHNESS.encode())


_FRESHNESS = (
    """
    select access.protect('marts', 'publication');
    grant select (inserted, changed, removed) on marts.publication to tthc_province_analyst, tthc_commune_officer;
    create or replace view marts.freshness with (security_invoker = true) as
    select
        mart.name as mart, newest.publication_id, newest.published_at, changed.publication_id as changed_publication_id, changed.published_at as changed_at,
        changed.row_count as changed_rows
    from (select publication_id, published_at, inserted from marts.publication order by publication_id desc limit 1) as newest
    cross join lateral (
        select stored.name, array[stored.name] as parts from jsonb_object_keys(newest.inserted) as stored (name)
        union all
        -- A view changed when a table below it did; it was a table itself once.
        select shown.name, shown.name || shown.parts
        from (values """
    + ", ".join(f"('{name}', '{{{','.join(parts)}}}'::text[])" for name, parts in SHOWN_MARTS.items())
    + """) as shown (name, parts)
        where newest.inserted ? shown.parts[1]
    ) as mart
    left join lateral (
        select p.publication_id, p.published_at, moved.row_count
        from marts.publication as p
        cross join lateral (
            select sum(
                coalesce((p.inserted ->> part.name)::bigint, 0) + coalesce((p.changed ->> part.name)::bigint, 0) + coalesce((p.removed ->> part.name)::bigint, 0)
            )::bigint as row_count
            from unnest(mart.parts) as part (name)
        ) as moved
        where moved.row_count > 0
        order by p.publication_id desc
        limit 1
    ) as changed on true;
    comment on view marts.freshness is
    'One row per mart: the newest publication, and the last one that changed it with how many rows (độ mới của từng bảng số liệu)';
    grant select on marts.freshness to tthc_reader, tthc_province_analyst, tthc_commune_officer
"""
)


def _standing_rollback(connection: psycopg.Connection) -> tuple[int, dict[str, Any]] | None:
    row = connection.execute(
        "select publication_id, decision, kind = 'rollback' and resumed_at is null from marts.publication order by publication_id desc limit 1"
    ).fetchone()
    return (row[0], row[1]) if row and row[2] else None


def _refuse_while_rolled_back(connection: psycopg.Connection) -> None:
    if standing := _standing_rollback(connection):
        decision = standing[1]
        raise PublishRefused(
            f"{decision['by']} rolled back to publication {decision['restores_publication_id']} ({decision['why']});"
            " nothing is published until the cause is mended: then run `tthc resume`"
        )


def _refuse_without_candidates(connection: psycopg.Connection) -> None:
    """Candidates are not logged: a server that fell after the gate finds all of them empty."""
    names = [sql.Identifier("candidate", table) for table in MART_KEYS if _columns(connection, "candidate", table)]
    rows = sql.SQL(" or ").join(sql.SQL("exists (select from {})").format(name) for name in names)
    if names and connection.execute(sql.SQL("select {}").format(rows)).fetchone() == (False,):
        raise PublishRefused("all candidates are empty, as after a fall of the server: run the marts step again")


def _write_manifest(
    connection: psycopg.Connection,
    publication: Publication,
    run_id: str,
    kind: Literal["night", "rollback"],
    decision: dict[str, Any],
    seen: Mapping[str, str] | None = None,
) -> None:
    marts = {}
    before = connection.execute("select marts from marts.publication order by publication_id desc limit 1").fetchone()
    for table in MART_KEYS:
        columns = [name for name in _columns(connection, "marts", table) if name != _OWN_COLUMN]
        if not columns:
            continue
        rows, found = _digest_after(connection, table, columns, before[0] if before else {}, publication.grown.get(table, (0, 0)))
        marts[table] = {"rows": rows, "digest": found, "columns": columns}
        if seen:
            marts[table]["seen"] = seen
    inputs = connection.execute(
        "select coalesce(jsonb_object_agg(source, jsonb_build_object('landings', n, 'newest_landing_id', newest, 'newest_sha256', sha256)), '{}')"
        " from (select source, count(*) as n, max(landing_id) as newest, (array_agg(sha256 order by landing_id desc))[1] as sha256 from raw.landing group by source) as s"
    ).fetchone()
    gates = connection.execute(
        """
        select jsonb_build_object(
            'decisions', (
                select coalesce(jsonb_object_agg(gate || ' ' || decision, n), '{}')
                from (select gate, decision, count(*) as n from quality.gate_result where run_id = %(run)s group by gate, decision) as decided
            ),
            'held', (
                select coalesce(jsonb_object_agg(rule, n), '{}') from (
                    select rule, count(*) as n from quality.quarantine where released_at is null and corrected_at is null group by rule
                ) as held
            ),
            'waivers', (select coalesce(jsonb_agg(waiver_id order by waiver_id), '[]') from quality.waiver_in_force)
        )
        """,
        {"run": run_id},
    ).fetchone()
    connection.execute(
        "insert into marts.publication (publication_id, run_id, kind, code_version, inserted, changed, removed, newest_landing_id, held_count, inputs, gates, marts,"
        " decision, is_kept) select %s, %s, %s, %s, %s, %s, %s, (select coalesce(max(landing_id), 0) from raw.landing),"
        " (select count(distinct (landing_id, row_key)) from quality.quarantine where released_at is null and corrected_at is null), %s, %s, %s, %s, true",
        (
            publication.publication_id, run_id, kind, code_version(), Jsonb(publication.inserted), Jsonb(publication.changed), Jsonb(publication.removed),
            Jsonb(inputs[0] if inputs else {}), Jsonb(gates[0] if gates else {}), Jsonb(marts), Jsonb(decision),
        ),
    )  # fmt: skip


def code_version() -> str:
    """`git describe` of the clone, marked `-dirty` with uncommitted changes; the package's version where there is no clone."""
    if (ROOT / ".git").exists():
        try:
            found = subprocess.run(
                ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--tags"], capture_output=True, text=True, timeout=10, check=False
            )
        except (FileNotFoundError, subprocess.TimeoutExpired):  # an image without git, a clone on a slow share
            pass
        else:
            if found.returncode == 0:
                return found.stdout.strip()
    return f"tthc-warehouse {importlib.metadata.version('tthc-warehouse')}"


def _row_hash(columns: Iterable[str], row: str) -> sql.Composable:
    """64 bits of a row. A record's hash alone is a sum over its columns: rows that exchange a value would add up to the same, so it is hashed again."""
    values = sql.SQL(", ").join(sql.Identifier(row, name) for name in columns)
    return sql.SQL("hashtextextended(hash_record_extended(row({}), 0)::text, 0)").format(values)


def _digest(connection: psycopg.Connection, table: str, columns: list[str]) -> tuple[int, str]:
    """Rows, and the sum of their hashes: no sort, no memory, the same for any order of rows."""
    row = connection.execute(
        sql.SQL("select count(*), coalesce(sum({}), 0) from {} as m").format(_row_hash(columns, "m"), sql.Identifier("marts", table))
    ).fetchone()
    assert row is not None  # an aggregate
    return int(row[0]), str(row[1])


def _md5_digest(connection: psycopg.Connection, table: str, columns: list[str]) -> tuple[int, str]:
    """What the manifests of the first releases state: two sums, of the halves of each row's MD5 as text."""
    row = connection.execute(
        sql.SQL(
            "select count(*), coalesce(sum(('x' || left(hash, 16))::bit(64)::bigint), 0), coalesce(sum(('x' || right(hash, 16))::bit(64)::bigint), 0)"
            " from (select md5(row({})::text) as hash from {}) as hashed"
        ).format(sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("marts", table))
    ).fetchone()
    assert row is not None  # an aggregate
    return int(row[0]), f"{row[1]}:{row[2]}"


def _digest_after(connection: psycopg.Connection, table: str, columns: list[str], before: Mapping[str, Any], grown: tuple[int, int]) -> tuple[int, str]:
    """The digest is a sum: what the publication before stated of the mart, and what moved since; anew where columns came or nothing was stated."""
    stated = before.get(table)
    if stated is None or stated["columns"] != columns or ":" in stated["digest"]:
        return _digest(connection, table, columns)
    return stated["rows"] + grown[0], str(int(stated["digest"]) + grown[1])


# --- rows --------------------------------------------------------------------------------------------------------------------


def _move_all(connection: psycopg.Connection, schema: str, progress: Callable[[str], None]) -> Publication:
    """Make every mart equal to `schema`'s table of the same name, under a publication number of its own."""
    row = connection.execute("select nextval(pg_get_serial_sequence('marts.publication', 'publication_id'))").fetchone()
    assert row is not None
    publication = Publication(int(row[0]))
    before = connection.execute("select marts from marts.publication order by publication_id desc limit 1").fetchone()
    server = _seen(connection)["server"]
    for table, key in MART_KEYS.items():
        if schema != "candidate" and not _columns(connection, "marts", table):
            continue
        is_new = not _columns(connection, "marts", table)
        columns = _align(connection, table, key) if schema == "candidate" else [name for name in _columns(connection, "marts", table) if name != _OWN_COLUMN]
        stated = before[0].get(table) if before and schema == "candidate" else None
        if stated and stated.get("seen", {}).get("server") != server:
            stated = None  # after a rollback, or on another server, whose numbers of transactions mean nothing here
        moved = _fill(connection, table, key, columns, int(row[0])) if is_new else _move(connection, schema, table, key, columns, int(row[0]), stated)
        publication.removed[table], publication.inserted[table], publication.changed[table] = moved.removed, moved.inserted, moved.changed
        publication.grown[table] = moved.inserted - moved.removed, moved.hashes
        progress(f"{table}: {moved.inserted} new, {moved.changed} changed, {moved.removed} removed")
    connection.execute("select access.refresh()")  # a unit that was merged or renamed stays with those who read it
    return publication


def _columns(connection: psycopg.Connection, schema: str, table: str) -> dict[str, str]:
    return dict(
        connection.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            (f"{schema}.{table}",),
        ).fetchall()
    )


def _align(connection: psycopg.Connection, table: str, key: tuple[str, ...]) -> list[str]:
    """Make `marts.table` and its history able to take the candidate's rows; the columns to move."""
    candidate, published = _columns(connection, "candidate", table), _columns(connection, "marts", table)
    if not candidate:
        raise PublishRefused(f"candidate.{table} does not exist: run the marts step first")
    names = {
        "candidate": sql.Identifier("candidate", table),
        "mart": sql.Identifier("marts", table),
        "history": sql.Identifier("history", table),
        "view": sql.Identifier("marts", f"{table}_as_published"),
    }
    if not published:
        connection.execute(sql.SQL("create table {mart} (like {candidate} including comments)").format(**names))
        # No foreign key: millions of checks a night that the number written a moment ago is in the ledger.
        connection.execute(sql.SQL("alter table {mart} add column publication_id bigint not null").format(**names))
        connection.execute(sql.SQL("comment on column {mart}.publication_id is {text}").format(text=sql.Literal(_OF_OWN_COLUMN), **names))
    else:
        published.pop(_OWN_COLUMN)
        _refuse_lost(table, published, candidate)
        for name in candidate.keys() - published.keys():
            connection.execute(sql.SQL("alter table {mart} add column {name} {kind}").format(name=sql.Identifier(name), kind=sql.SQL(candidate[name]), **names))
    _align_history(connection, table, key, names)
    if published and candidate.keys() - published.keys():
        _protect(connection, table)
    return list(candidate)


def _refuse_lost(table: str, published: Mapping[str, str], candidate: Mapping[str, str]) -> None:
    lost = {name: kind for name, kind in published.items() if candidate.get(name) != kind}
    if lost:
        raise PublishRefused(
            f"candidate.{table} lost or changed published columns {sorted(lost)}: published {dict(published)}, candidate {dict(candidate)};"
            " readers depend on them, so drop them by a reviewed migration"
        )


def _protect(connection: psycopg.Connection, table: str) -> None:
    connection.execute("select access.protect('marts', %(table)s), access.protect('history', %(table)s)", {"table": table})


def _fill(connection: psycopg.Connection, table: str, key: tuple[str, ...], columns: list[str], publication_id: int) -> Moved:
    """A mart's first rows; its indexes are built once, over all of them."""
    names = {
        "candidate": sql.Identifier("candidate", table),
        "mart": sql.Identifier("marts", table),
        "names": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "publication": sql.Literal(publication_id),
        "key": sql.SQL(", ").join(map(sql.Identifier, key)),
    }
    if table in _HALF_FULL:
        connection.execute(sql.SQL("alter table {mart} set (fillfactor = 50)").format(**names))
    inserted = connection.execute(
        sql.SQL("insert into {mart} ({names}, publication_id) select {names}, {publication} from {candidate}").format(**names)
    ).rowcount
    connection.execute(sql.SQL("create unique index on {mart} ({key}) nulls not distinct").format(**names))
    for expressions in _MORE_INDEXES.get(table, ()):
        connection.execute(sql.SQL("create index on {mart} ({expressions})").format(expressions=sql.SQL(expressions), **names))
    _protect(connection, table)
    return Moved(inserted=inserted)


def _align_history(connection: psycopg.Connection, table: str, key: tuple[str, ...], names: dict[str, sql.Identifier]) -> None:
    """The table of rows that were published before, and the view that shows them beside those in effect."""
    mart, kept = _columns(connection, "marts", table), _columns(connection, "history", table)
    if kept.keys() == mart.keys() | {"until_publication_id"}:
        return
    if not kept:
        connection.execute(sql.SQL("create table {history} (publication_id bigint not null, until_publication_id bigint not null)").format(**names))
        connection.execute(sql.SQL("create index on {history} (until_publication_id)").format(**names))
        connection.execute(
            sql.SQL("comment on table {history} is {text}").format(
                text=sql.Literal(f"One row per version of a row of marts.{table} that stood from publication_id until, and without, until_publication_id"),
                **names,
            )
        )
    for name, kind in mart.items():
        if name not in kept and name != _OWN_COLUMN:
            connection.execute(sql.SQL("alter table {history} add column {name} {kind}").format(name=sql.Identifier(name), kind=sql.SQL(kind), **names))
    shared = sql.SQL(", ").join(sql.Identifier(name) for name in _columns(connection, "history", table) if name != "until_publication_id")
    # publication_id is the first column of both, so that a column added later comes last in the view.
    connection.execute(
        sql.SQL(
            # With the caller's rights, or it would show every unit's rows to everybody.
            "create or replace view {view} with (security_invoker = true) as select null::bigint as until_publication_id, {shared} from {mart} union all select until_publication_id, {shared} from {history}"
        ).format(shared=shared, **names)
    )
    connection.execute(sql.SQL("grant select on {view} to tthc_reader, tthc_province_analyst, tthc_commune_officer").format(**names))
    connection.execute(
        sql.SQL("comment on view {view} is {text}").format(
            text=sql.Literal(
                f"One row per version of a row of {table}: as published at P is publication_id <= P and (until_publication_id is null or until_publication_id > P)"
                " (số liệu như đã công bố tại từng lần công bố)"
            ),
            **names,
        )
    )


def _is_view(connection: psycopg.Connection, schema: str, name: str) -> bool:
    return connection.execute("select relkind = 'v' from pg_class where oid = to_regclass(%s)", (f"{schema}.{name}",)).fetchone() == (True,)


def _show_all(connection: psycopg.Connection) -> None:
    """Make the marts that are views: as their candidates say, over what is published, over what was before, and over both. As long as a definition
    stands nothing is touched: making a view anew would wait for its readers."""
    for view in SHOWN_MARTS:
        if not _is_view(connection, "candidate", view):
            continue
        row = connection.execute("select pg_get_viewdef(to_regclass(%s))", (f"candidate.{view}",)).fetchone()
        assert row is not None  # a view
        definition = str(row[0]).rstrip(";")
        if len(_STORED.findall(definition)) != definition.count("candidate."):
            raise PublishRefused(f"candidate.{view} names a table otherwise than `from … as stored` and cannot be shown over the published ones")
        columns = _columns(connection, "candidate", view)
        _refuse_lost(view, {name: kind for name, kind in _columns(connection, "marts", view).items() if name != _OWN_COLUMN}, columns)
        for schema, name, part, first, last in (
            ("history", view, r"history.\1", [_OWN_COLUMN, "until_publication_id"], []),
            ("marts", view, r"marts.\1", [], [_OWN_COLUMN]),
            ("marts", f"{view}_as_published", r"marts.\1_as_published", ["until_publication_id", _OWN_COLUMN], []),
        ):
            own = ", ".join(f"stored.{column}" for column in first + last)
            body = _STORED.sub(rf", {own} from {part} as stored", definition)
            # Columns that readers know keep their order, as PostgreSQL wants it.
            wanted = ", ".join(dict.fromkeys([*_columns(connection, schema, name), *first, *columns, *last]))
            _show(connection, schema, name, f"select {wanted} from ({body}) as shown", view)


def _show(connection: psycopg.Connection, schema: str, name: str, query: str, candidate: str) -> None:
    target = sql.Identifier(schema, name)
    connection.execute(f"create temporary view wanted_view as {query}".encode())
    same = connection.execute("select pg_get_viewdef('pg_temp.wanted_view'::regclass) = pg_get_viewdef(to_regclass(%s))", (f"{schema}.{name}",)).fetchone()
    connection.execute("drop view pg_temp.wanted_view")
    if same == (True,):
        return
    # With the caller's rights, or it would show every unit's rows to everybody.
    connection.execute(f"create or replace view {schema}.{name} with (security_invoker = true) as {query}".encode())
    connection.execute(sql.SQL("grant select on {} to tthc_reader, tthc_mailer, tthc_province_analyst, tthc_commune_officer").format(target))
    described = connection.execute(
        "select attname, col_description(attrelid, attnum) from pg_attribute where attrelid = to_regclass(%s) and col_description(attrelid, attnum) <> ''",
        (f"candidate.{candidate}",),
    )
    for column, text in [*described.fetchall(), (_OWN_COLUMN, _OF_OWN_COLUMN)]:
        connection.execute(sql.SQL("comment on column {} is {}").format(sql.Identifier(schema, name, column), sql.Literal(text)))


def _restore(connection: psycopg.Connection, table: str, publication_id: int) -> None:
    """`pg_temp.table`: the mart as `publication_id` published it."""
    columns = [name for name in _columns(connection, "marts", table) if name != _OWN_COLUMN]
    parts = {
        "temporary": sql.Identifier("pg_temp", table),
        "name": sql.Identifier(table),
        "mart": sql.Identifier("marts", table),
        "history": sql.Identifier("history", table),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "publication": sql.Literal(publication_id),
    }
    connection.execute(
        sql.SQL(
            "create temporary table {name} on commit drop as select {columns} from {mart} where publication_id <= {publication}"
            " union all select {columns} from {history} where publication_id <= {publication} and until_publication_id > {publication}"
        ).format(**parts)
    )
    connection.execute(sql.SQL("analyze {temporary}").format(**parts))


def _seen(connection: psycopg.Connection) -> dict[str, str]:
    """The oldest transaction that this one may not see, of which server: whatever an older one wrote into a candidate is compared now."""
    row = connection.execute("select pg_snapshot_xmin(pg_current_snapshot())::text, system_identifier::text from pg_control_system()").fetchone()
    assert row is not None  # a function
    return {"before": row[0], "server": row[1]}


def _move(
    connection: psycopg.Connection, schema: str, table: str, key: tuple[str, ...], columns: list[str], publication_id: int, stated: Mapping[str, Any] | None
) -> Moved:
    """Put what is gone or differs into the history, change it in its place, insert what is missing.

    `stated` is what the publication before says of the mart: of a candidate, rows that stood then and stand now need no comparison.
    """

    def listed(pattern: LiteralString, names: Iterable[str] = columns, between: LiteralString = ", ") -> sql.Composable:
        return sql.SQL(between).join(sql.SQL(pattern).format(sql.Identifier(name)) for name in names)

    parts = {
        "candidate": sql.Identifier(schema, table),
        "mart": sql.Identifier("marts", table),
        "history": sql.Identifier("history", table),
        "names": listed("{}"),
        "candidate_row": listed("c.{}"),
        "mart_row": listed("m.{}"),
        "old_row": listed("old.{}"),
        "key": listed("c.{}", key),
        # Not the key: a row whose indexed columns stay finds room in its page, and no index hears of it.
        "change": listed("{0} = c.{0}, ", [name for name in columns if name not in key], ""),
        "mart_hash": _row_hash(columns, "m"),
        "old_hash": _row_hash(columns, "old"),
        "new_hash": _row_hash(columns, "new"),
        "publication": sql.Literal(publication_id),
    }
    nullable = _may_be_blank(connection, parts, schema, table, key)
    parts["match"] = listed("c.{0} is not distinct from m.{0}" if nullable else "c.{0} = m.{0}", key, " and ")
    connection.execute("drop table if exists pg_temp.pair, pg_temp.recent")
    connection.execute("create temporary table pair (mart_place tid, candidate_place tid) on commit drop")
    # Rows are paired by place; the rest goes by place and costs what differs.
    if stated and not nullable and stated["columns"] == [name for name in _columns(connection, "marts", table) if name != _OWN_COLUMN]:
        _pair_recent(connection, parts, stated, by_unit="unit_code" in columns)
    else:
        _pair_all(connection, parts, nullable)
    connection.execute("analyze pair")
    _go_by_place(connection, True)
    keep: LiteralString = (
        " kept as (insert into {history} (until_publication_id, publication_id, {names}) select {publication}, publication_id, {names} from moved)"
        " select count(*), coalesce(sum(growth), 0) from moved"
    )
    removed, less = _counted(
        connection,
        "with moved as (delete from {mart} m using pair where m.ctid = pair.mart_place and pair.candidate_place is null"
        " returning m.publication_id, {mart_row}, - {mart_hash}::numeric as growth)," + keep,
        parts,
    )
    changed, other = _counted(
        connection,
        "with moved as (update {mart} m set {change} publication_id = {publication} from pair inner join {candidate} c on c.ctid = pair.candidate_place"
        " where m.ctid = pair.mart_place and row({mart_row}) is distinct from row({candidate_row})"
        " returning old.publication_id, {old_row}, {new_hash}::numeric - {old_hash} as growth)," + keep,
        parts,
    )
    inserted, more = _counted(
        connection,
        "with moved as (insert into {mart} ({names}, publication_id) select {candidate_row}, {publication}"
        " from {candidate} c inner join pair on c.ctid = pair.candidate_place where pair.mart_place is null returning {new_hash} as growth)"
        " select count(*), coalesce(sum(growth), 0) from moved",
        parts,
    )
    _go_by_place(connection, False)
    return Moved(removed, inserted, changed, less + other + more)


def _go_by_place(connection: psycopg.Connection, choice: bool) -> None:
    """Fetch rows one by one by their place: the planner would hash wide tables for a fifth of their rows, at twice the cost."""
    connection.execute(sql.SQL("set local enable_hashjoin = {0}; set local enable_mergejoin = {0}").format(sql.SQL("off" if choice else "on")))


def _counted(connection: psycopg.Connection, statement: LiteralString, parts: Mapping[str, sql.Composable]) -> tuple[int, int]:
    """Two numbers that a statement tells: of rows, and mostly by how much the sum of the mart's hashes grew."""
    row = connection.execute(sql.SQL(statement).format(**parts)).fetchone()
    assert row is not None  # an aggregate
    return int(row[0]), int(row[1])


def _may_be_blank(connection: psycopg.Connection, parts: Mapping[str, sql.Composable], schema: str, table: str, key: tuple[str, ...]) -> bool:
    """Whether a part of a row's key is null somewhere; the candidate's constraints mostly say no."""
    promised = connection.execute(
        "select bool_and(attnotnull) from pg_attribute where attrelid = to_regclass(%s) and attname = any(%s)", (f"{schema}.{table}", list(key))
    ).fetchone()
    if promised == (True,):
        return False
    found = connection.execute(sql.SQL("select exists (select from {candidate} c where not row({key}) is not null)").format(**parts)).fetchone()
    return found == (True,)


def _pair_all(connection: psycopg.Connection, parts: Mapping[str, sql.Composable], nullable: bool) -> None:
    """Every row of mart and candidate beside the other, in one pass; those that differ or stand alone."""
    find = "inner join" if nullable else "full join"
    connection.execute(
        sql.SQL(
            "insert into pair select m.ctid, c.ctid"
            f" from {{mart}} m {find} {{candidate}} c on {{match}} where row({{mart_row}}) is distinct from row({{candidate_row}}) or m.ctid is null or c.ctid is null"
        ).format(**parts)
    )
    if nullable:  # such keys can be compared, but not joined fully
        connection.execute(
            sql.SQL(
                "insert into pair select m.ctid, null from {mart} m where not exists (select from {candidate} c where {match})"
                " union all select null, c.ctid from {candidate} c where not exists (select from {mart} m where {match})"
            ).format(**parts)
        )


def _pair_recent(connection: psycopg.Connection, parts: Mapping[str, sql.Composable], stated: Mapping[str, Any], *, by_unit: bool) -> None:
    """Only the candidate's rows written since the publication before; what is gone is looked for where the numbers of rows say that something is."""
    connection.execute("create temporary table recent (place tid) on commit drop")
    rows, recent = _counted(
        connection,
        "with scanned as (select count(*) as row_count, array_agg(ctid) filter (where age(xmin) <= age({before}::xid8::xid)) as places from {candidate}),"
        " kept as (insert into recent select unnest(places) from scanned)"
        " select row_count, coalesce(cardinality(places), 0) from scanned",
        {"before": sql.Literal(stated["seen"]["before"]), **parts},
    )
    if 2 * recent > rows:  # built anew: one pass over both is cheaper than finding so many by place
        _pair_all(connection, parts, nullable=False)
        return
    connection.execute("analyze recent")
    missing, _ = _counted(
        connection,
        "with paired as (insert into pair select m.ctid, c.ctid from recent inner join {candidate} c on c.ctid = recent.place left join {mart} m on {match}"
        " order by m.ctid returning mart_place) select count(*), 0 from paired where mart_place is null",
        parts,
    )
    gone = stated["rows"] + missing - rows
    if gone and not (by_unit and gone == _pair_gone(connection, parts, of_recent_units=True)):
        connection.execute("delete from pair where candidate_place is null")
        _pair_gone(connection, parts, of_recent_units=False)


def _pair_gone(connection: psycopg.Connection, parts: Mapping[str, sql.Composable], *, of_recent_units: bool) -> int:
    """The mart's rows that no row of the candidate meets; how many. They mostly belong to units whose other rows were written anew."""
    own: LiteralString = "m.unit_code in (select c.unit_code from recent inner join {candidate} c on c.ctid = recent.place) and"
    return connection.execute(
        sql.SQL(
            f"insert into pair select m.ctid, null from {{mart}} m where {own if of_recent_units else ''} not exists (select from {{candidate}} c where {{match}})"
        ).format(**parts)
    ).rowcount


def _stamp(connection: psycopg.Connection) -> None:
    """Every mart's comment: what dbt says of it, when the newest publication was, and which one last changed it."""
    for table, last, at, changed, changed_at in connection.execute(
        "select mart, publication_id, published_at, changed_publication_id, changed_at from marts.freshness order by mart"
    ).fetchall():
        row = connection.execute(
            "select obj_description(to_regclass(%s), 'pg_class'), obj_description(to_regclass(%s), 'pg_class')", (f"candidate.{table}", f"marts.{table}")
        ).fetchone()
        assert row is not None  # a select without from
        description = (row[0] or (row[1] or "").split(_STAMP)[0]).strip()
        text = f"{description}{_STAMP}{last} ({_when(at)}); lần gần nhất thay đổi bảng này / last changed by: {changed or '–'} ({_when(changed_at)})"
        kind = sql.SQL("view" if _is_view(connection, "marts", table) else "table")
        connection.execute(sql.SQL("comment on {} {} is {}").format(kind, sql.Identifier("marts", table), sql.Literal(text)))


def _when(moment: datetime | None) -> str:
    return moment.astimezone(_HANOI).strftime("%d/%m/%Y %H:%M") if moment else "–"


def _forget(connection: psycopg.Connection) -> None:
    """Let go of the publications before the last KEPT_PUBLICATIONS; their manifests stay in the ledger."""
    row = connection.execute(
        "select min(publication_id) from (select publication_id from marts.publication where is_kept order by publication_id desc limit %s) as kept",
        (KEPT_PUBLICATIONS,),
    ).fetchone()
    assert row is not None  # an aggregate
    connection.execute("update marts.publication set is_kept = false where is_kept and publication_id < %s", row)
    for table in MART_KEYS:
        connection.execute(sql.SQL("delete from {} where until_publication_id <= %s").format(sql.Identifier("history", table)), row)
