"""The process that reads untrusted files: `python -m ingest.documents.worker MEMORY_MB`. Started by limited.py only.

Limits come first, then one file after another. A request is a line of JSON (`name`, `bytes`, `seconds`, `wanted`) and the bytes; an answer is
eight bytes of length and JSON: a document, the pictures of a PDF's pages in base64, or `reason` and `message`. The first answer says which limits are in force.

What holds: address space, CPU time a file and wall time a file, no written file (size limit 0), no core dump, few open files, the network
namespace left where the kernel allows it (root, or unprivileged user namespaces) and Python's sockets refused everywhere. What does not hold: the
files that the account can read stay readable, so the account of the night should own nothing it does not need.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import queue
import resource
import select
import signal
import sys
import threading
from dataclasses import asdict
from typing import Any

from ingest.documents.errors import UnreadableDocument
from ingest.documents.readers import read_document

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_OPEN_FILES = 64
_PARENT_CHECK_SECONDS = 2.0


def main() -> None:
    """Serve until the input ends or the parent is gone."""
    # A library that prints must not disturb the answers.
    source, sink = os.dup(0), os.dup(1)
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    os.set_blocking(2, False)  # nobody reads what is said until the end: rather lose words than stand still
    _preload()
    in_force = _limit(int(sys.argv[1]))
    _send(sink, in_force)
    requests: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(source, os.getppid(), requests), daemon=True).start()
    while True:
        request, body = requests.get()
        _send(sink, _answer(request, body))


def _preload() -> None:
    """Load the readers before the first file, so that their start is not counted on it."""
    import ingest.documents.docx
    import ingest.documents.pdf  # noqa: F401


def _limit(memory_mb: int) -> dict[str, Any]:
    isolated = _leave_network()
    memory = memory_mb * 2**20
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: _OPEN_FILES}
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    sys.addaudithook(_refuse_sockets)
    return {"network": "no namespace" if isolated else "no Python sockets"}


def _leave_network() -> bool:
    """Enter a network namespace that has no interface. Needs root, or user namespaces that the kernel leaves open to everybody."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and (unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _refuse_sockets(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("a document reader has no network")


def _receive(source: int, parent: int, requests: queue.SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    """Read requests while another thread works on one; end the process and its Tesseract when nobody is left to answer.

    The parent's death is seen by the end of the input, or by its number where a sibling process still holds the other end of the pipe.
    """
    stream = os.fdopen(source, "rb", buffering=0)
    buffer = bytearray()
    head: dict[str, Any] | None = None
    while True:
        ready, _, _ = select.select([stream], [], [], _PARENT_CHECK_SECONDS)
        if os.getppid() != parent:
            break
        if not ready:
            continue
        chunk = stream.read(1 << 20)
        if not chunk:
            break
        buffer += chunk
        if head is None and b"\n" in buffer:
            line, _, rest = bytes(buffer).partition(b"\n")
            head, buffer = json.loads(line), bytearray(rest)
        if head is not None and len(buffer) >= head["bytes"]:
            requests.put((head, bytes(buffer)))
            head, buffer = None, bytearray()
    os.killpg(0, signal.SIGKILL)


def _answer(request: dict[str, Any], body: bytes) -> dict[str, Any]:
    name, seconds = request["name"], request["seconds"]
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    allowed = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed if hard == resource.RLIM_INFINITY else min(allowed, hard), hard))
    try:
        if request["wanted"] == "pictures":
            from ingest.documents.pdf import page_pictures

            return {"pictures": [base64.b64encode(picture).decode() for picture in page_pictures(body, name)]}
        return asdict(read_document(body, name))
    except UnreadableDocument as error:
        return {"reason": error.reason, "message": error.message}
    except MemoryError:
        pass  # answered below, when the frames that hold the memory are gone
    return {"reason": "memory", "message": f"{name}: reading needs more than the {sys.argv[1]} MB allowed; send the report without pictures and annexes"}


def _send(sink: int, answer: dict[str, Any]) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode()
    view = memoryview(len(body).to_bytes(8, "big") + body)
    while view:
        view = view[os.write(sink, view) :]


if __name__ == "__main__":
    main()
