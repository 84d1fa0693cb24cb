"""A whole night as its user runs it, once for all test files that look at what it left."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_NOT_CONTENT = {"landing_id", "submission_id", "publication_id", "fetched_at", "pulled_at", "first_received_on", "sent_on", "days_late", "hold_id", "held_at",
                "readmitted_at", "corrected_at", "corrected_by_landing_id"}  # fmt: skip
"""Columns that name the occasion and not the content: they differ between two installations."""


def _content(row: dict[str, object]) -> str:
    kept = {name: value for name, value in row.items() if name not in _NOT_CONTENT}
    if str(kept.get("locator", "")).startswith("raw.dossiers of landing"):  # names landings by their number
        kept["locator"] = ""
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    return re.sub(r"127\.0\.0\.1:\d+", "stand-in", text)  # it takes any free port


@dataclass(frozen=True)
class Installation:
    """A clone's state folder with an embedded server of its own, driven through the command line."""

    state: Path

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TTHC_", "WAREHOUSE_", "AIRFLOW"))}
        return {**kept, "TTHC_STATE_DIR": str(self.state), "TTHC_SECRET_KEY": "the night's test", "COLUMNS": "200", **more}

    def tthc(self, *arguments: str, code: int = 0, **more: str) -> str:
        command = [sys.executable, str(ROOT / "cli.py"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(**more), capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr + self._log()
        return done.stdout + done.stderr

    def sql(self, query: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.tthc("sql", query, "--json").splitlines()]

    def marts(self) -> dict[str, list[str]]:
        """Every published row, as text, without what names the occasion."""
        listing = "select relname as t from pg_class where relnamespace = 'marts'::regnamespace and relkind = 'r' and relname <> 'publication'"
        tables = [row["t"] for row in self.sql(listing)]
        assert tables
        return {str(table): sorted(map(_content, self.sql(f"select * from {table}"))) for table in tables if table != "dim_unit"}

    def mails(self) -> list[email.message.EmailMessage]:
        """What the local sink received, in order."""
        files = sorted((self.state / "mails").glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]

    def _log(self) -> str:
        logs = sorted((self.state / "logs").glob("*.log"))
        return logs[-1].read_text()[-6000:] if logs else ""


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder of its own for a server, gone at the end.

    Not pytest's: those are 0700, which `nobody` cannot pass (as root the server runs as `nobody`), and a second session of
    the suite closes them again under the first.
    """
    folder = Path(tempfile.mkdtemp(prefix="tthc-suite-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def install() -> Iterator[Installation]:
    """An installation with a state folder of its own, its server stopped at the end."""
    with server_folder() as folder:
        installation = Installation(folder)
        try:
            yield installation
        finally:
            installation.tthc("stop")


@dataclass(frozen=True)
class FirstNight:
    """An installation after its first night: what that night printed, published and mailed."""

    installation: Installation
    printed: str
    marts: dict[str, list[str]]
    message_ids: set[str]
