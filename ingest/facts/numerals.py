"""Numbers written in words: "ba trăm hai mươi mốt", "hai hồ sơ"."""

from __future__ import annotations

from collections.abc import Sequence

_DIGITS = {"một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9}
_FILLERS = frozenset({"lẻ", "linh"})
_WORDS = frozenset({*_DIGITS, *_FILLERS, "mười", "mươi", "trăm", "nghìn", "ngàn", "không"})


def read_numeral(words: Sequence[str]) -> tuple[int, int] | None:
    """(words used, value) of the numeral at the beginning of `words`, or None. Up to 999,999."""
    total, group, used, pending = 0, 0, 0, None
    for position, word in enumerate(words):
        if word not in _WORDS or (word == "không" and (position == 0 or words[position + 1 : position + 2] != ["trăm"])):
            break
        if word == "không":
            pending = 0  # "ba nghìn không trăm linh tám"
        elif word in _DIGITS:
            if pending is not None:
                break
            pending = _DIGITS[word]
        elif word == "mười":
            if pending is not None:
                break
            group += 10
        elif word == "mươi":
            if pending is None:
                break
            group += pending * 10
            pending = None
        elif word == "trăm":
            if pending is None:
                break
            group += pending * 100
            pending = None
        elif word in ("nghìn", "ngàn"):
            group += pending or 0
            if group == 0:
                break
            total, group, pending = total + group * 1000, 0, None
        elif position == 0:
            break
        used = position + 1
    if used == 0:
        return None
    return used, total + group + (pending or 0)
