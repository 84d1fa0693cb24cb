"""Why a file could not be read, in one stable word and one sentence a person can act on."""

from __future__ import annotations

from typing import Literal

Reason = Literal["empty", "encrypted", "wrong-type", "corrupt", "too-large", "too-many-pages", "needs-ocr", "no-text", "timeout", "memory"]


class UnreadableDocument(Exception):
    """A file that gives no text. `reason` is stable, `message` names the file, what is wrong and the remedy."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type[UnreadableDocument], tuple[str, str]]:
        return (UnreadableDocument, (self.reason, self.message))
