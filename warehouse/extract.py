"""The published marts as files, for people outside the database: CSV and Parquet of every mart and a manifest, of one publication."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import Connection, Copy, sql

from warehouse import db
from warehouse.model import SHOWN_MARTS

MANIFEST = "manifest.json"
LATEST = "latest"
KEPT_EXTRACTS = 7
"""Nightly extracts that stay: a week for whoever fetches them."""

_NAME = re.compile(r"publication-(\d+)")
# What a spreadsheet takes for a formula, full-width forms included; an apostrophe keeps it text.
_FORMULA = "^[=+@\\-\\t\\r\uff1d\uff0b\uff20\uff0d]"


class ExtractError(Exception):
    """Nothing was written; the text says why and what to do."""


def extract(folder: Path) -> dict[str, int]:
    """Write every published mart as `<folder>/<mart>.csv` and `<mart>.parquet`, sorted by all columns, and `manifest.json`.

    All files show one publication. CSV is UTF-8 with a header line; a text that a spreadsheet would take for a formula begins with an
    apostrophe; null is an empty cell and an empty text is `""`. Parquet holds the texts as they are; its numbers are doubles, its
    moments UTC. The folder is replaced as a whole once everything is written.

    Returns:
        Rows by mart.

    Raises:
        ExtractError: nothing is published yet, or `folder` holds something that is no extract.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise ExtractError(f"{folder} is no extract of an earlier night and would be replaced: name an empty or a new folder")
    with _snapshot() as connection:
        publication = _publication(connection)
        fresh = _write(connection, folder, publication)
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return _rows(folder)


def extract_publication(root: Path) -> tuple[Path, dict[str, int]]:
    """The newest publication as `<root>/publication-<number>`, which `<root>/latest` points to afterwards; older ones than a week's go.

    A folder of that name is whole: it was renamed to it as the last step. So a publication is written once, whatever was killed before.

    Returns:
        Its folder and rows by mart.

    Raises:
        ExtractError: nothing is published yet.
    """
    root.mkdir(parents=True, exist_ok=True)
    for half in root.glob(".publication-*.new"):
        shutil.rmtree(half)
    with _snapshot() as connection:
        publication = _publication(connection)
        folder = root / f"publication-{publication['publication_id']}"
        if not folder.exists():
            _write(connection, folder, publication).rename(folder)
    pointer = root / f".{LATEST}.new"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(folder.name)
    pointer.replace(root / LATEST)
    numbers = sorted(int(match[1]) for path in root.iterdir() if (match := _NAME.fullmatch(path.name)))
    for number in numbers[:-KEPT_EXTRACTS]:
        shutil.rmtree(root / f"publication-{number}")
    return folder, _rows(folder)


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """One moment of the marts, as the reader of everything."""
    with db.connect("analyst") as connection:
        connection.execute("set transaction isolation level repeatable read")
        connection.execute("set local timezone = 'Asia/Ho_Chi_Minh'")
        connection.execute("set local statement_timeout = 0")
        yield connection


def _publication(connection: Connection) -> dict[str, Any]:
    exists = connection.execute("select to_regclass('marts.publication') is not null").fetchone()
    row = (
        connection.execute("select publication_id, published_at from marts.publication order by publication_id desc limit 1").fetchone()
        if exists and exists[0]
        else None
    )
    if row is None:
        raise ExtractError("nothing is published yet: run `make nightly` first")
    return {"publication_id": row[0], "published_at": row[1].isoformat()}


def _write(connection: Connection, folder: Path, publication: dict[str, Any]) -> Path:
    """All files into a folder beside `folder`, synced to disk; the caller renames it."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    marts = {name: _mart(connection, name, fresh) for name in _marts(connection)}
    (fresh / MANIFEST).write_text(json.dumps({**publication, "marts": marts}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for path in fresh.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    return fresh


def _rows(folder: Path) -> dict[str, int]:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return {name: int(told["rows"]) for name, told in manifest["marts"].items()}


def _marts(connection: Connection) -> list[str]:
    """Tables, and the views that show some of them; what only such a view is made of is in its file."""
    rows = connection.execute(
        "select relname::text from pg_class where relnamespace = 'marts'::regnamespace and (relkind = 'r' or relname = any(%s)) and relname <> all(%s)"
        " order by relname",
        (list(SHOWN_MARTS), [parts[0] for parts in SHOWN_MARTS.values()]),
    )
    return [row[0] for row in rows]


def _mart(connection: Connection, mart: str, folder: Path) -> dict[str, Any]:
    columns: list[tuple[str, str, str]] = connection.execute(
        "select attname::text, format_type(atttypid, atttypmod), coalesce(col_description(attrelid, attnum), '') from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        (f"marts.{mart}",),
    ).fetchall()
    rows = _csv(connection, mart, columns, folder / f"{mart}.csv")
    _parquet(connection, mart, columns, folder / f"{mart}.parquet")
    return {
        "rows": rows,
        "files": {path.name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for path in sorted(folder.glob(f"{mart}.*"))},
        "columns": {name: {"type": kind, "description": text} for name, kind, text in columns},
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(mart: str, columns: list[tuple[str, str, str]], cells: list[sql.Composable]) -> sql.Composed:
    order = sql.SQL(", ").join(sql.SQL('t.{}::text collate "C"').format(sql.Identifier(name)) for name, _, _ in columns)
    return sql.SQL("copy (select {} from {} as t order by {}) to stdout (format csv, header, encoding 'UTF8')").format(
        sql.SQL(", ").join(cells), sql.Identifier("marts", mart), order
    )


def _csv(connection: Connection, mart: str, columns: list[tuple[str, str, str]], path: Path) -> int:
    cells: list[sql.Composable] = [
        sql.SQL("case when {0} ~ {1} then '''' || {0} else {0} end as {0}").format(sql.Identifier(name), sql.Literal(_FORMULA))
        if kind == "text"
        else sql.Identifier(name)
        for name, kind, _ in columns
    ]
    with path.open("wb") as file, connection.cursor() as cursor:
        with cursor.copy(_copy(mart, columns, cells)) as copy:
            for block in copy:
                file.write(block)
        return cursor.rowcount


# --- Parquet -----------------------------------------------------------------------------------------------------------------


def _parquet(connection: Connection, mart: str, columns: list[tuple[str, str, str]], path: Path) -> None:
    """The same rows, typed. Streamed through CSV, which Arrow reads in C++; lists come as JSON."""
    import pyarrow as pa  # here: it takes a quarter of a second, and most who import this module write no file
    from pyarrow import csv, parquet

    cells: list[sql.Composable] = []
    kinds: dict[str, pa.DataType] = {}
    lists: set[str] = set()
    for name, kind, _ in columns:
        cell: sql.Composable = sql.SQL("t.{}").format(sql.Identifier(name))
        if kind.endswith("[]"):
            cell = sql.SQL("to_json({})").format(cell)
            lists.add(name)
        elif kind == "timestamp with time zone":
            cell = sql.SQL("to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')").format(cell)
        cells.append(sql.SQL("{} as {}").format(cell, sql.Identifier(name)))
        kinds[name] = _arrow_type(pa, kind)
    schema = pa.schema(
        [pa.field(name, pa.list_(pa.string()) if name in lists else kinds[name], metadata={"description": text}) for name, _, text in columns],
        metadata={"mart": mart},
    )
    with connection.cursor() as cursor, cursor.copy(_copy(mart, columns, cells)) as copy, parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        reader = csv.open_csv(
            pa.PythonFile(_Blocks(copy), mode="r"),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""], true_values=["t"], false_values=["f"]
            ),
        )
        for batch in reader:
            arrays = [
                pa.array([json.loads(text) if text is not None else None for text in column.to_pylist()], type=pa.list_(pa.string()))
                if name in lists
                else column
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _arrow_type(pa: Any, kind: str) -> Any:
    if kind in ("bigint", "integer", "smallint"):
        return pa.int64()
    if kind.startswith("numeric") or kind == "double precision":
        return pa.float64()
    return {"boolean": pa.bool_(), "date": pa.date32(), "timestamp with time zone": pa.timestamp("us", tz="UTC")}.get(kind, pa.string())


class _Blocks:
    """What COPY sends, as the file that Arrow reads from; its rest is read at the end, so that the connection can go on."""

    closed = False

    def __init__(self, copy: Copy) -> None:
        self._blocks = iter(copy)
        self._rest = bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._rest += block
        wanted = bytes(self._rest if size < 0 else self._rest[:size])
        del self._rest[: len(wanted)]
        return wanted

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True
