"""Characters from a picture of a page, by Tesseract's Vietnamese model (Debian packages tesseract-ocr and tesseract-ocr-vie)."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import lru_cache

from ingest.documents.errors import UnreadableDocument

INSTALL = "run 'apt-get install tesseract-ocr tesseract-ocr-vie' on the machine that reads"
SECONDS_A_PAGE = 60


def tesseract() -> str | None:
    """The path of a Tesseract that has the Vietnamese model, or None."""
    path = shutil.which("tesseract")
    return path if path and _has_vietnamese(path) else None


@lru_cache(maxsize=4)
def _has_vietnamese(path: str) -> bool:
    listed = subprocess.run([path, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    return "vie" in (listed.stdout + listed.stderr).split()


def recognise(program: str, picture: bytes, place: str) -> str:
    """The text of one page picture (PGM or PNG bytes); `place` names file and page in errors.

    Raises:
        UnreadableDocument: `timeout`, or `corrupt` with Tesseract's own word.
    """
    # one thread: the night runs one reader a core, and Tesseract's threads gain little
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    command = [program, "stdin", "stdout", "-l", "vie"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=SECONDS_A_PAGE, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument("timeout", f"{place}: recognising took more than {SECONDS_A_PAGE} s; scan the page again, at 200 dpi") from error
    if done.returncode != 0:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        raise UnreadableDocument("corrupt", f"{place}: Tesseract failed with status {done.returncode} ({said}); scan the page again at 200 dpi")
    return done.stdout.decode("utf-8", "replace").replace("\f", "\n").strip("\n")
