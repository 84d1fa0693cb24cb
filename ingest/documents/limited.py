"""Reading untrusted files in a child process with limits of memory and time and without a network (worker.py).

One child serves many files: a night of 3,321 reports does not start 3,321 interpreters. It is replaced after a number of files, after a
death, a time-out, a fork of this process, or when the memory limit changes. Answers are JSON, never pickled objects.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from ingest.documents.errors import UnreadableDocument
from ingest.documents.kinds import shape_of
from ingest.documents.readers import read_document
from warehouse.model import Document, Section

SECONDS = 60.0
MEMORY_MB = 1024
FILES_A_CHILD = 500
"""Then a new child: what PDFium's cache and Python's heap have gathered goes with the old one."""
_PLAIN_BYTES = 256 * 1024
"""Plain text up to this size is read here: decoding it is bounded and safe, and the pipe would cost more than the reading."""
_ROOT = Path(__file__).resolve().parents[2]
_OUT_OF_MEMORY = frozenset({signal.SIGKILL, signal.SIGABRT})
"""The kernel's killer, and what PDFium does when it gets no memory."""
_START_SECONDS = 30.0


def read_document_limited(body: bytes, name: str, *, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> Document:
    """Like `read_document`, in a child process with `seconds` of CPU and wall time and `memory_mb` of address space.

    Safe to call from several threads (they wait for each other) and after a fork. What the limits are worth is said in worker.py.

    Raises:
        UnreadableDocument: as `read_document`, and `timeout`, `memory`, or `corrupt` where the child died over this file.
        RuntimeError: the child does not start; the message holds what it said.
    """
    if shape_of(body, name) == "text" and len(body) <= _PLAIN_BYTES:
        return read_document(body, name)
    answer = _readers.ask(body, name, "document", seconds, memory_mb)
    if "reason" in answer:
        raise UnreadableDocument(answer["reason"], answer["message"])
    sections = tuple(Section(**section) for section in answer["sections"])
    return Document(**{**answer, "page_starts": tuple(answer["page_starts"]), "sections": sections})


def page_pictures_limited(body: bytes, name: str, *, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> tuple[bytes, ...]:
    """What the pages of a scanned PDF look like, each as a grey PNG, made in the child process; nothing for other files.

    Raises:
        UnreadableDocument: as `read_document_limited`.
    """
    if shape_of(body, name) != "pdf":
        return ()
    answer = _readers.ask(body, name, "pictures", seconds, memory_mb)
    if "reason" in answer:
        raise UnreadableDocument(answer["reason"], answer["message"])
    return tuple(base64.b64decode(picture) for picture in answer["pictures"])


class _Died(Exception):
    """The child ended without an answer."""

    def __init__(self, status: int, last_words: str, *, is_late: bool) -> None:
        super().__init__(status)
        self.status = status
        self.last_words = last_words
        self.is_late = is_late


class _Child:
    """One reading process and its pipes."""

    def __init__(self, memory_mb: int) -> None:
        self.memory_mb = memory_mb
        self.files = 0
        # Only what the readers need: no password and no address of the night reaches the process that opens foreign files.
        # -P: the folder we happen to be in must not shadow a module.
        environment = {key: os.environ[key] for key in ("PATH", "TESSDATA_PREFIX") if key in os.environ}
        environment.update(PYTHONPATH=os.pathsep.join([str(_ROOT), *filter(None, sys.path)]), LANG="C.UTF-8")
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.documents.worker", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        self._late = threading.Event()
        try:
            self.limits = self._exchange(b"", _START_SECONDS)
        except _Died as error:
            raise RuntimeError(f"the reading process does not start (status {error.status}): {error.last_words}") from error

    def read(self, body: bytes, name: str, wanted: str, seconds: float) -> dict[str, Any]:
        """The child's answer. Raises _Died."""
        self.files += 1
        head = json.dumps({"name": name, "bytes": len(body), "seconds": seconds, "wanted": wanted}).encode() + b"\n"
        return self._exchange(head + body, seconds)

    def _exchange(self, request: bytes, seconds: float) -> dict[str, Any]:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        # Killing the child ends every wait below, whichever it is in.
        timer = threading.Timer(seconds, self._kill_late)
        timer.daemon = True
        timer.start()
        try:
            view = memoryview(request)
            while view:
                view = view[stdin.write(view) :]
            size = _exactly(stdout, 8)
            answer: dict[str, Any] = json.loads(_exactly(stdout, int.from_bytes(size, "big")))
        except (BrokenPipeError, EOFError) as error:
            raise _Died(*self.end(), is_late=self._late.is_set()) from error
        finally:
            timer.cancel()
        return answer

    def _kill_late(self) -> None:
        self._late.set()
        self._kill()

    def _kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # the child leads its session; Tesseract is in it

    def end(self) -> tuple[int, str]:
        """End the process; its exit status (negative: the signal) and what it said last."""
        self._kill()
        status = self.process.wait()
        assert self.process.stderr is not None
        last_words = self.process.stderr.read().decode("utf-8", "replace").strip()[-2000:]
        self.forget()
        return status, last_words

    def forget(self) -> None:
        """Close our ends of the pipes and leave the process alone."""
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


class _Readers:
    """The one child of this process, started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def ask(self, body: bytes, name: str, wanted: str, seconds: float, memory_mb: int) -> dict[str, Any]:
        with self._lock:
            child = self._ready(memory_mb)
            was_used = child.files > 0
            try:
                return child.read(body, name, wanted, seconds)
            except _Died as death:
                self._child = None
                if not was_used or death.is_late or death.status == -signal.SIGXCPU:
                    raise _unreadable(death, name, seconds, memory_mb) from death
            # An earlier file may have damaged the child: only a fresh one can bear witness against this file.
            try:
                return self._ready(memory_mb).read(body, name, wanted, seconds)
            except _Died as death:
                self._child = None
                raise _unreadable(death, name, seconds, memory_mb) from death

    def _ready(self, memory_mb: int) -> _Child:
        child = self._child
        if child is not None and (child.memory_mb != memory_mb or child.files >= FILES_A_CHILD or child.process.poll() is not None):
            child.end()
            child = None
        if child is None:
            child = _Child(memory_mb)
        self._child = child
        return child

    def close(self) -> None:
        """End the child; the next file starts another."""
        with self._lock:
            if self._child is not None:
                self._child.end()
                self._child = None

    def after_fork(self) -> None:
        """In a forked copy of this process: the child belongs to the original, and so does the lock that a thread may hold."""
        if self._child is not None:
            self._child.forget()
        self._child = None
        self._lock = threading.Lock()


def _unreadable(death: _Died, name: str, seconds: float, memory_mb: int) -> UnreadableDocument:
    if death.is_late or death.status == -signal.SIGXCPU:
        return UnreadableDocument("timeout", f"{name}: not read within {seconds:g} s; send the report without pictures and annexes, or allow more time")
    if -death.status in _OUT_OF_MEMORY:
        return UnreadableDocument("memory", f"{name}: reading needs more than the {memory_mb} MB allowed; send the report without pictures and annexes")
    said = death.last_words.rsplit("\n", 1)[-1][:200] or f"status {death.status}"
    return UnreadableDocument("corrupt", f"{name}: the reader broke down over this file ({said}); open it, save it again and send it")


def _exactly(stream: IO[bytes], count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        chunk = stream.read(min(count - len(found), 1 << 20))
        if not chunk:
            raise EOFError
        found += chunk
    return bytes(found)


_readers = _Readers()
atexit.register(_readers.close)
os.register_at_fork(after_in_child=_readers.after_fork)
