"""Files that people drop into a folder, for the sources that are one; and which files none of them may land."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.documents.kinds import IS_DATA, is_data
from ingest.landing import Failure, Fetched

MAX_BYTES = 200 * 1024 * 1024
"""Nothing that is read from a folder is as large; a larger file is refused before it fills the memory."""


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below `folder` in the order of its names; without hidden files and the lock files that Office leaves (`~$…`)."""
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "~$")) for part in below.parts):
            yield path


def recent_files(folder: Path, endings: tuple[str, ...], within: timedelta, quiet: timedelta = timedelta(0)) -> Iterator[Path]:
    """The files with one of `endings` that were written or copied here not longer than `within` ago, the oldest first.

    Args:
        quiet: a file that changed more recently may still be on its way and is left for the next look.
    """
    now = datetime.now(UTC)
    dated = []
    for path in files_below(folder):
        state = path.stat()
        # A copy keeps the day on which its original was last changed; only the inode's change tells when it came here.
        came = datetime.fromtimestamp(max(state.st_mtime, state.st_ctime), UTC)
        if path.name.lower().endswith(endings) and not path.is_symlink() and now - within <= came <= now - quiet:
            dated.append((came, path))
    return (path for _, path in sorted(dated))


def read_file(path: Path, folder: Path) -> Fetched | Failure:
    """The file's bytes as one landing without scope and edition: the same bytes under another name are seen again.

    Dossiers of persons are no landing of any source that reads its files by this function.
    """
    origin = path.relative_to(folder).as_posix()
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return Failure("unexpected", f"{origin}: {size} bytes, more than {MAX_BYTES}; ask the sender what this file is", origin)
        body = path.read_bytes()
    except OSError as error:
        return Failure("unreachable", f"{origin}: cannot be read ({error.strerror}); check the file's rights and the disk", origin)
    if names_persons(body):
        return Failure("unexpected", f"{origin}: {_NAMES_PERSONS}", origin)
    return Fetched(body, origin, file_name=path.name, media_type=mimetypes.guess_type(path.name)[0] or "")


def read_report(path: Path, folder: Path) -> Fetched | Failure:
    """As `read_file`, for folders of reports and forms: data for programs is not landed there."""
    came = read_file(path, folder)
    if isinstance(came, Fetched) and is_data(came.body, came.file_name):
        return Failure("unexpected", f"{came.origin}: {IS_DATA}", came.origin)
    return came


def names_persons(body: bytes) -> bool:
    """Whether these are records of the dossier exchange, which only `ingest.sources.dossiers` may take: it drops the personal columns first."""
    return b"MaHoSo" in body[:_LOOKED_AT]


_LOOKED_AT = 64 * 1024
_NAMES_PERSONS = (
    "holds records of the dossier exchange, which name persons, and was not landed; land it with `tthc land dossiers --file`, or put it into TTHC_DOSSIERS_DIR"
)
