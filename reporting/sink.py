"""A mail server for one machine: it delivers nothing and keeps every message as a file to open.

It stands in where no SMTP server is configured. As mailbox servers do (Cyrus, Dovecot's Sieve, Exchange), it keeps one copy of a message
that comes twice with the same Message-ID for the same recipient. Each message becomes `YYYYmmddTHHMMSS-<n>-<recipient>.eml`, its HTML part
lies beside it as `.html`. From a shell: `python -m reporting.sink --port 2525 --folder .run/mails`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import os
import re
import signal
import socket
import tempfile
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_LONGEST_RECIPIENT = 80


@dataclass(frozen=True)
class Sink:
    """A running sink: where it listens and where it keeps what it receives."""

    host: str
    port: int
    folder: Path


@contextmanager
def sink(folder: Path, port: int = 0, host: str = "127.0.0.1") -> Iterator[Sink]:
    """Receive mail on `host:port` while the block runs; port 0 takes a free one.

    A message is accepted (250) only after its files are complete.

    Raises:
        OSError: the port is taken, or the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server((host, port)) as listener:
        controller = _Controller(listener, _Handler(folder), hostname=host, port=listener.getsockname()[1])
        controller.start()
        try:
            yield Sink(host, controller.port, folder)
        finally:
            controller.stop()


class _Controller(Controller):
    """Listens on a socket that is bound already: a free port is then known before anybody else can take it."""

    def __init__(self, listener: socket.socket, handler: _Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self._listener = listener

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


class _Handler:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        body = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            keep(self._folder, recipient, body)
        return "250 Message kept"


def keep(folder: Path, recipient: str, body: bytes) -> Path | None:
    """Write one message and its HTML part; the files appear whole, under a name that nobody else has.

    Returns:
        The path of the `.eml` file; None where this recipient has the message already.
    """
    message = message_from_bytes(body, policy=policy.default)
    message_id = str(message.get("Message-ID", "")).strip()
    marker = folder / f".{hashlib.sha256(f'{message_id} {recipient}'.encode(errors='replace')).hexdigest()[:32]}.kept"
    if message_id and marker.exists():
        return None
    stem = f"{datetime.now(_HANOI):%Y%m%dT%H%M%S}-{{}}-{re.sub(r'[^A-Za-z0-9@._+-]', '_', recipient)[:_LONGEST_RECIPIENT]}"
    whole = _temporary(folder, body)
    for number in itertools.count(1):
        path = folder / f"{stem.format(number)}.eml"
        try:
            os.link(whole, path)  # unlike a rename it fails where the name is taken
            break
        except FileExistsError:
            continue
    whole.unlink()
    if message_id:
        marker.touch()
    html = message.get_body(("html",)) if isinstance(message, EmailMessage) else None
    if html is not None:
        _temporary(folder, html.get_payload(decode=True)).replace(path.with_suffix(".html"))  # type: ignore[arg-type]  # bytes: a body part is no container
    return path


def _temporary(folder: Path, body: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
    return Path(name)


def main() -> None:
    """Run the sink until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m reporting.sink", description="Keep every mail as a file instead of delivering it.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=2525, help="port to listen on; 0: a free one (default: %(default)s)")
    parser.add_argument("--folder", type=Path, required=True, help="folder for the .eml and .html files")
    options = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        with sink(options.folder, options.port, options.host) as running:
            print(f"mail sink on {running.host}:{running.port}, mails are kept in {running.folder}", flush=True)
            stopped.wait()
    except OSError as error:
        parser.exit(1, f"mail sink: {options.host}:{options.port} or {options.folder}: {error}\n")


if __name__ == "__main__":
    main()
