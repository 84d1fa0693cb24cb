"""The published marts as files, for people outside the database: one CSV a mart and a manifest, of one publication."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from warehouse import db

MANIFEST = "manifest.json"

# What a spreadsheet takes for a formula, full-width forms included; an apostrophe keeps it text.
_FORMULA = "^[=+@\\-\\t\\r\uff1d\uff0b\uff20\uff0d]"


class ExtractError(Exception):
    """Nothing was written; the text says why and what to do."""


def extract(folder: Path) -> dict[str, int]:
    """Write every published mart as `<folder>/<mart>.csv` (UTF-8, header line, sorted by all columns) and `manifest.json`.

    All files show one publication. A text that a spreadsheet would take for a formula begins with an apostrophe; null is an empty
    cell and an empty text is `""`. The folder is replaced as a whole once everything is written.

    Returns:
        Rows by mart.

    Raises:
        ExtractError: nothing is published yet, or `folder` holds something that is no extract.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise ExtractError(f"{folder} is no extract of an earlier night and would be replaced: name an empty or a new folder")
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with db.connect("analyst") as connection:
        connection.execute("set transaction isolation level repeatable read")
        connection.execute("set local timezone = 'Asia/Ho_Chi_Minh'")
        exists = connection.execute("select to_regclass('marts.publication') is not null").fetchone()
        publication = exists and exists[0] and connection.execute("select max(publication_id), max(published_at) from marts.publication").fetchone()
        if not publication or publication[0] is None:
            shutil.rmtree(fresh)
            raise ExtractError("nothing is published yet: run `make nightly` first")
        marts = {name: _copy(connection, name, fresh / f"{name}.csv") for name in _marts(connection)}
    manifest = {"publication_id": publication[0], "published_at": publication[1].isoformat(), "marts": marts}
    (fresh / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)
    return {name: int(told["rows"]) for name, told in marts.items()}


def _marts(connection: Connection) -> list[str]:
    rows = connection.execute("select relname::text from pg_class where relnamespace = 'marts'::regnamespace and relkind = 'r' order by relname")
    return [row[0] for row in rows]


def _copy(connection: Connection, mart: str, path: Path) -> dict[str, Any]:
    columns = connection.execute(
        "select attname, format_type(atttypid, atttypmod), coalesce(col_description(attrelid, attnum), '') from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        (f"marts.{mart}",),
    ).fetchall()
    cells = [
        sql.SQL("case when {0} ~ {1} then '''' || {0} else {0} end as {0}").format(sql.Identifier(name), sql.Literal(_FORMULA))
        if kind == "text"
        else sql.Identifier(name)
        for name, kind, _ in columns
    ]
    order = sql.SQL(", ").join(sql.SQL('t.{}::text collate "C"').format(sql.Identifier(name)) for name, _, _ in columns)
    query = sql.SQL("copy (select {} from {} as t order by {}) to stdout (format csv, header, encoding 'UTF8')").format(
        sql.SQL(", ").join(cells), sql.Identifier("marts", mart), order
    )
    digest = hashlib.sha256()
    with path.open("wb") as file, connection.cursor() as cursor:
        with cursor.copy(query) as copy:
            for block in copy:
                file.write(block)
                digest.update(block)
        rows = cursor.rowcount
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": {name: {"type": kind, "description": text} for name, kind, text in columns}}
