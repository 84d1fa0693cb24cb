"""What a sentence is made of once its phrases are known."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ingest.facts.lexicon import Entry


@dataclass(slots=True)
class Element:
    """A phrase, a number or what stands between them, with its span."""

    kind: str
    """mark, num, word, punct, mask, sup"""
    text: str
    start: int
    end: int
    entry: Entry | None = None
    parts: tuple[tuple[int, int, str], ...] = ()
    percent: bool = False
    zero: bool = False
    magnitude: str = ""
    amount: Decimal | None = None
    """Where the value is not that of the digits alone: "hai", "2 tỷ 118 triệu"."""

    def has(self, role: str) -> bool:
        return self.entry is not None and role in self.entry.roles
