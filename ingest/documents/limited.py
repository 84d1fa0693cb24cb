"""Reading untrusted files in a child process with limits: memory, time, no network.

One child serves many files, so that a night of 3,321 reports does not start 3,321 interpreters; it is started again when it
dies or when the limits change. What comes back is JSON, never pickled objects.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from ingest.documents.errors import UnreadableDocument
from ingest.documents.readers import read_document, sniff
from warehouse.model import Document, Section

SECONDS = 120.0
MEMORY_MB = 1500
_PLAIN_BYTES = 4 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]


class _Child:
    """One reading process and its pipes."""

    def __init__(self, memory_mb: int) -> None:
        self.memory_mb = memory_mb
        # -c and not -m: the package would be imported before the limits are set
        command = [sys.executable, "-c", "from ingest.documents.child import main; main()", str(memory_mb)]
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]), "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=_ROOT)

    def ask(self, body: bytes, name: str, seconds: float) -> dict[str, Any] | None:
        """The child's answer; None if it died. Raises TimeoutError when the time is over."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        deadline = time.monotonic() + seconds
        head = json.dumps({"name": name, "bytes": len(body), "seconds": seconds}).encode() + b"\n"
        try:
            stdin.write(head + body)
            stdin.flush()
        except BrokenPipeError:
            return None
        size = self._read(stdout, 8, deadline)
        answer = self._read(stdout, int.from_bytes(size, "big"), deadline) if len(size) == 8 else b""
        return json.loads(answer) if answer else None

    @staticmethod
    def _read(stream: IO[bytes], count: int, deadline: float) -> bytes:
        found = bytearray()
        descriptor = stream.fileno()
        while len(found) < count:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            chunk = os.read(descriptor, min(count - len(found), 1 << 20))
            if not chunk:
                break
            found += chunk
        return bytes(found)

    def stop(self) -> int:
        """End the process and return its exit status (negative: the signal)."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        return self.process.wait()


class _Pool:
    """The one child of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: _Child | None = None

    def get(self, memory_mb: int) -> _Child:
        if self.child is not None and (self.child.memory_mb != memory_mb or self.child.process.poll() is not None):
            self.drop()
        if self.child is None:
            self.child = _Child(memory_mb)
        return self.child

    def drop(self) -> int:
        status = self.child.stop() if self.child is not None else 0
        self.child = None
        return status


_POOL = _Pool()
atexit.register(_POOL.drop)


def read_document_limited(body: bytes, name: str, *, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> Document:
    """Like read_document, in a child process with `seconds` of time and `memory_mb` of address space and without a network.

    Small plain text is read here: decoding it can do no harm. A child that runs out of time or memory, or dies, becomes
    UnreadableDocument (timeout, memory, corrupt), and the next file gets a new child.
    """
    if sniff(body, name) == "text" and len(body) <= _PLAIN_BYTES:
        return read_document(body, name)
    with _POOL.lock:
        try:
            answer = _POOL.get(memory_mb).ask(body, name, seconds)
        except TimeoutError as error:
            _POOL.drop()
            raise UnreadableDocument("timeout", f"{name}: not read within {seconds:g} s; send the report without pictures and annexes") from error
        if answer is None:
            status = _POOL.drop()
            if status == -signal.SIGXCPU:
                raise UnreadableDocument("timeout", f"{name}: not read within {seconds:g} s of computing; send the report without pictures and annexes")
            raise UnreadableDocument("corrupt", f"{name}: the reader broke down over this file (status {status}); open it, save it again and send it")
    if "reason" in answer:
        raise UnreadableDocument(answer["reason"], answer["message"])
    sections = tuple(Section(**section) for section in answer.pop("sections"))
    return Document(**{**answer, "page_starts": tuple(answer["page_starts"]), "sections": sections})


def as_json(document: Document) -> bytes:
    """A document as the child sends it."""
    return json.dumps(asdict(document), ensure_ascii=False).encode()
