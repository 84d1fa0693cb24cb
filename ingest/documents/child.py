"""The reading process: limits first, then one file after another from standard input.

A request is one line of JSON (`name`, `bytes`, `seconds`) and the bytes; the answer is eight bytes of length and JSON, either a document or
`reason` and `message`. The process ends when its input ends.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys
from typing import NoReturn

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_MAX_FILE = 256 * 1024 * 1024


def main() -> None:
    """Serve until the input ends. The first argument is the limit of memory in MB."""
    memory = int(sys.argv[1]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE, _MAX_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _cut_network()
    from ingest.documents.errors import UnreadableDocument
    from ingest.documents.limited import as_json
    from ingest.documents.readers import read_document

    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not disturb the answers
    while line := source.readline():
        request = json.loads(line)
        body = source.read(request["bytes"])
        name = request["name"]
        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime + request["seconds"]) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        try:
            answer = as_json(read_document(body, name))
        except UnreadableDocument as error:
            answer = json.dumps({"reason": error.reason, "message": error.message}).encode()
        except MemoryError:
            answer = json.dumps({"reason": "memory", "message": f"{name}: reading needs more than {memory // 2**20} MB; send the report without pictures and annexes"}).encode()
        except RecursionError:
            answer = json.dumps({"reason": "corrupt", "message": f"{name}: the document is nested too deeply; save it again and send it"}).encode()
        sink.write(len(answer).to_bytes(8, "big") + answer)
        sink.flush()


def _cut_network() -> None:
    """Leave the network namespace where the kernel lets us; and in any case take the sockets away from Python."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError("a document reader has no network")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse
    socket.getaddrinfo = refuse
