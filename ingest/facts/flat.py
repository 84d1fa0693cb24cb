"""A view of a text for matching: as long as the text itself, so that every offset found in it is an offset of the text."""

from __future__ import annotations

import unicodedata

_MARKS = "*_#>|`~\t\u00a0"


def _letters() -> dict[int, str]:
    """Each letter with accents, to its bare lower-case letter; only where one character stays one character."""
    table: dict[int, str] = {}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(bare) == 1:
            table[code] = bare
    # U+01A3 is what a broken font leaves of ư; U+00D0 and U+0189 are printed like Đ.
    return table | {ord("đ"): "d", ord("Đ"): "d", 0xD0: "d", 0xF0: "d", 0x189: "d", 0x1A2: "u", 0x1A3: "u"}


_PLAIN = dict.fromkeys(_MARKS, " ")
_FLAT = {chr(code): bare for code, bare in _letters().items()} | _PLAIN | dict.fromkeys("–—−‐‑", "-") | {"’": "'"}


def plain(text: str) -> str:
    """The text with markdown marks, table bars and tabs as spaces; same length."""
    return _replaced(text, _PLAIN)


def flat(text: str) -> str:
    """The plain text in lower case without accents; same length. Scanner damage of accents disappears in it."""
    return _replaced(text, _FLAT)


def _replaced(text: str, table: dict[str, str]) -> str:
    # One pass for each letter that occurs is faster than str.translate; no replacement is itself a key.
    for char in set(text):
        if char in table:
            text = text.replace(char, table[char])
    return text
