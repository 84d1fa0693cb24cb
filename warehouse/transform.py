"""The one way to run dbt: in this process, as role transformer, one invocation a stage.

What dbt writes (manifest, compiled SQL, logs) goes into `<state folder>/dbt`, never into the source tree.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from psycopg import Connection, sql

from warehouse import db
from warehouse.db import MIGRATIONS
from warehouse.settings import ROOT, settings

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

Stage = Literal["staging", "candidate"]
PROJECT = ROOT / "dbt_project"

_SELECTION: dict[Stage, list[str]] = {"staging": ["tthc.staging"], "candidate": ["tthc.intermediate", "tthc.candidate"]}
_BUILD_LOCK = 7661
_SEED_MARK = "Loaded from sha256 "
_WHOLE_MARK = "Built to the end from sha256 "
_LAST_MODEL: dict[Stage, str] = {"staging": "staging.stg_dossiers__landings", "candidate": "intermediate.int_dossiers__taken_in"}
"""The model of each stage that is built after all incremental ones; it carries the mark that they are whole."""


class TransformError(Exception):
    """dbt failed; the text names each failing model or test, its message and the log file."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What one stage built."""

    stage: Stage
    models: int
    tests: int
    seeds: int
    """0 where the seeds in the database are those of the project."""
    warnings: tuple[str, ...]
    """`name: message` of tests of severity warn that found rows."""
    seconds: float


def build(stage: Stage, progress: Callable[[str], None] = lambda _: None, *, full_refresh: bool = False) -> BuildResult:
    """Build and test the models of a stage: `staging` (and the seeds, if they changed) or `candidate` (with `intermediate`).

    A second build waits until the first has ended. Two builds on the same inputs give the same rows. The dossiers' models take in what
    changed since the build before; they are built anew where that build did not reach its end, or where models, macros, seeds, migrations
    or what a code means have changed since.

    Args:
        full_refresh: build them anew in any case.
        progress: told `name status` as each model and test ends, from dbt's threads.

    Raises:
        TransformError: a model or test failed, or dbt could not start.
    """
    started = time.monotonic()
    with db.connect("transformer", autocommit=True) as connection:
        if connection.execute("select pg_try_advisory_lock(%s)", (_BUILD_LOCK,)).fetchone() != (True,):
            progress("another build is running: waiting for its end")
            connection.execute("select pg_advisory_lock(%s)", (_BUILD_LOCK,))
        digest = _seeds_digest()
        stale = _stale_seeds(connection, digest) if stage == "staging" else []
        # Columns of a seed may have changed with it, and dbt truncates a seed's table unless told to make it anew.
        seeds = ["resource_type:seed", "--full-refresh"] if stale else []
        fingerprint = _fingerprint()
        full = full_refresh or not _is_whole(connection, stage, fingerprint)
        if full and not seeds:
            seeds = ["--full-refresh"]
        if full:
            progress(f"{stage}: the incremental models are built anew")
            # What stands on them must be built anew too, also if this build breaks off.
            for later in _LAST_MODEL if stage == "staging" else (stage,):
                _mark_whole(connection, later, "")
        # Nobody reads dbt's manifest of a nightly build; docs_generate writes its own.
        command = ["build", "--exclude-resource-type", "unit_test", "--no-write-json", "--select", *_SELECTION[stage], *seeds]
        _mark_whole(connection, stage, "")
        results = _invoke(command, progress, lambda nodes: _mark_whole(connection, stage, fingerprint) if _is_complete(nodes, stage) else None).result
        if stale:
            _mark_seeds(connection, digest)
    nodes = list(getattr(results, "results", []))
    kinds = [str(node.node.resource_type) for node in nodes]
    return BuildResult(
        stage=stage,
        models=kinds.count("model"),
        tests=kinds.count("test"),
        seeds=kinds.count("seed"),
        warnings=tuple(f"{node.node.name}: {node.message}" for node in nodes if node.status == "warn"),
        seconds=time.monotonic() - started,
    )


def unit_tests(progress: Callable[[str], None] = lambda _: None) -> int:
    """Run dbt's unit tests of computed columns; the models they read must have been built once.

    Returns:
        How many ran.

    Raises:
        TransformError: one failed.
    """
    return len(list(getattr(_invoke(["test", "--select", "test_type:unit"], progress).result, "results", [])))


def docs_generate() -> Path:
    """Write dbt's documentation with lineage as one self-contained page.

    Returns:
        The page.

    Raises:
        TransformError: dbt failed.
    """
    _invoke(["docs", "generate", "--static"], lambda _: None)
    return _folder() / "target" / "static_index.html"


def _folder() -> Path:
    return settings().tthc_state_dir.resolve() / "dbt"


def _invoke(arguments: list[str], progress: Callable[[str], None], settle: Callable[[Any], None] = lambda _: None) -> dbtRunnerResult:
    from dbt.cli.main import dbtRunner  # here: it takes two seconds, and most who import this module never build

    folder = _folder()
    (folder / "logs").mkdir(parents=True, exist_ok=True)

    def tell(event: Any) -> None:
        if event.info.name in ("LogModelResult", "LogTestResult", "LogSeedResult"):
            progress(f"{event.data.node_info.node_name} {event.data.status}")

    common = [
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(folder / "target"),
        "--log-path", str(folder / "logs"), "--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-use-colors-file",
        "--no-send-anonymous-usage-stats", "--no-version-check", "--partial-parse",
    ]  # fmt: skip
    with _environment():
        outcome = dbtRunner(callbacks=[tell]).invoke([*arguments, *common])
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    settle(getattr(outcome.result, "results", []))
    if not outcome.success:
        raise TransformError(_explain(outcome, folder / "logs" / "dbt.log"))
    return outcome


@contextmanager
def _environment() -> Iterator[None]:
    """The variables that profiles.yml reads, for the time of one invocation."""
    parameters = db.conninfo("transformer")
    variables = {f"TTHC_DBT_{name.upper()}": str(parameters[name]) for name in ("host", "port", "user", "dbname")}
    variables["DBT_ENV_SECRET_TTHC_PASSWORD"] = str(parameters["password"])
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _explain(outcome: dbtRunnerResult, log: Path) -> str:
    failed = [node for node in getattr(outcome.result, "results", []) if node.status in ("error", "fail", "runtime error")]
    causes = [_cause(node) for node in failed] or [str(outcome.exception or "dbt stopped without a reason")]
    return "dbt: " + "\n".join(causes) + f"\nlog: {log}"


def _cause(result: Any) -> str:
    cause = f"{result.node.name} ({result.node.original_file_path}): {(result.message or str(result.status)).strip()}"
    if result.node.resource_type == "test" and result.status == "fail":
        cause += f"; its query, which finds them: {result.node.compiled_path}"
    return cause


def _fingerprint() -> str:
    """Of everything but the data that the incremental models' rows depend on."""
    digest = hashlib.sha256()
    folders = [PROJECT / "macros", PROJECT / "models", PROJECT / "seeds", MIGRATIONS]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".sql", ".csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _is_whole(connection: Connection, stage: Stage, fingerprint: str) -> bool:
    """Whether the incremental models of a stage were built to their end, by this code, and mean what they meant."""
    row = connection.execute("select obj_description(to_regclass(%s), 'pg_class')", (_LAST_MODEL[stage],)).fetchone()
    if row is None or not str(row[0]).endswith(_WHOLE_MARK + fingerprint):
        return False
    if stage == "staging":
        return True
    if connection.execute("select exists (select from candidate.dim_unit)").fetchone() != (True,):
        return False  # the server fell and let go of the tables that are not logged; the mark on them stays
    # Another reader may have left out dossiers of a landing; another field of a procedure moves dossiers that nothing else changes.
    # By `except`: the staging tables are minutes old and without statistics, and a join may be planned as a loop over all pairs.
    read_otherwise = connection.execute(
        "select key, value from intermediate.int_dossiers__taken_in where kind = 'landing'"
        " except select landing_id::text, reading from staging.stg_dossiers__landings limit 1"
    ).fetchone()
    before = "select key, value from intermediate.int_dossiers__taken_in where kind = 'procedure'"
    now = "select procedure_code, field_code from staging.stg_procedures__catalogue where field_code is not null"
    moved = [row[0] for row in connection.execute(f"({before} except {now}) union ({now} except {before})".encode()).fetchall()]
    concerned = connection.execute("select exists (select from intermediate.int_dossiers__latest where procedure_code = any(%s))", (moved,)).fetchone()
    return read_otherwise is None and (not moved or concerned == (False,))


def _is_complete(nodes: Any, stage: Stage) -> bool:
    return any(f"{node.node.schema}.{node.node.name}" == _LAST_MODEL[stage] and node.status == "success" for node in nodes)


def _mark_whole(connection: Connection, stage: Stage, fingerprint: str) -> None:
    """Put the mark on, or take it off with ''."""
    row = connection.execute("select to_regclass(%s)::oid, obj_description(to_regclass(%s), 'pg_class')", (_LAST_MODEL[stage], _LAST_MODEL[stage])).fetchone()
    if row is not None and row[0] is not None:
        description = str(row[1] or "").split(_WHOLE_MARK)[0].strip()
        mark = f"{description} {_WHOLE_MARK}{fingerprint}" if fingerprint else description
        connection.execute(sql.SQL("comment on table {} is {}").format(sql.Identifier(*_LAST_MODEL[stage].split(".")), sql.Literal(mark)))


def _seeds_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((PROJECT / "seeds").iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _seed_names() -> list[str]:
    return sorted(path.stem for path in (PROJECT / "seeds").glob("*.csv"))


def _stale_seeds(connection: Connection, digest: str) -> list[str]:
    """The seeds whose table is missing or was loaded from other files. Loading and testing them takes a second: only after a change."""
    marked = connection.execute(
        "select relname from pg_class where relnamespace = 'staging'::regnamespace and obj_description(oid, 'pg_class') like %s",
        (f"%{_SEED_MARK}{digest}",),
    ).fetchall()
    return sorted(set(_seed_names()) - {row[0] for row in marked})


def _mark_seeds(connection: Connection, digest: str) -> None:
    for name in _seed_names():
        table = sql.Identifier("staging", name)
        row = connection.execute("select coalesce(obj_description(to_regclass(%s), 'pg_class'), '')", (f"staging.{name}",)).fetchone()
        assert row is not None  # a select without from
        description = f"{row[0].strip()} {_SEED_MARK}{digest}".strip()
        connection.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(description)))
