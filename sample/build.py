"""Write the sample input anew: `python -m sample.build`. Same content, same bytes.

The files are committed, so that a fresh clone runs without the development packages; a test builds them again and compares.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from sample import dossiers, forms, onestop, portal_answers, procedures, reports

HERE = Path(__file__).resolve().parent


def files() -> dict[str, bytes]:
    """Path below `sample/` -> body of every generated file."""
    folders = {
        "inbox": reports.inbox(), "forms": forms.forms(), "dossiers": dossiers.dossiers(), "portal": portal_answers.portal(),
        "onestop": onestop.onestop(), "procedures": procedures.procedures(),
    }  # fmt: skip
    return {f"{folder}/{name}": body for folder, bodies in folders.items() for name, body in bodies.items()}


def content(body: bytes) -> object:
    """What a file holds, however it is packed: the parts of an archive, otherwise the bytes."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def main() -> None:
    """Write every file; what is generated no longer is removed."""
    wanted = files()
    for folder in sorted({path.split("/")[0] for path in wanted}):
        for path in (HERE / folder).glob("*"):
            if f"{folder}/{path.name}" not in wanted:
                path.unlink()
    for name, body in wanted.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
    print(f"{len(wanted)} files, {sum(map(len, wanted.values()))} bytes")


if __name__ == "__main__":
    main()
