"""Files that people drop into a folder, for the sources that are one."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path

from ingest.landing import Failure, Fetched

MAX_BYTES = 200 * 1024 * 1024
"""Nothing that is read from a folder is as large; a larger file is refused before it fills the memory."""


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below `folder` in the order of its names; without hidden files and the lock files that Office leaves (`~$…`)."""
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "~$")) for part in below.parts):
            yield path


def read_file(path: Path, folder: Path) -> Fetched | Failure:
    """The file's bytes as one landing without scope and edition: the same bytes under another name are seen again."""
    origin = path.relative_to(folder).as_posix()
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return Failure("unexpected", f"{origin}: {size} bytes, more than {MAX_BYTES}; ask the sender what this file is", origin)
        body = path.read_bytes()
    except OSError as error:
        return Failure("unreachable", f"{origin}: cannot be read ({error.strerror}); check the file's rights and the disk", origin)
    return Fetched(body, origin, file_name=path.name, media_type=mimetypes.guess_type(path.name)[0] or "")
