"""What a sentence is made of once its phrases are known: elements, and the clause that a number makes with the words around it."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Clause:
    """What the words around a number say of it."""

    elements: list[Element]
    index: int
    post: list[Element]
    """The words behind the number that belong to it."""
    label: dict[str, str]
    """Features of the words before it."""
    void: str
    bound: str
    words: list[Element] = field(default_factory=list)
    """The words before it since the last delimiter."""
    after: dict[str, str] = field(default_factory=dict)
    """Features of `post`."""
    unit: Element | None = None
    own: dict[str, str] = field(default_factory=dict)
    """All features of the clause."""
    rest: bool = False
    """Whether it is what is left over of a list: "số còn lại"."""

    @property
    def number(self) -> Element:
        return self.elements[self.index]

    @property
    def before(self) -> Element | None:
        """The element before the number."""
        return self.elements[self.index - 1] if self.index else None

    @property
    def verb(self) -> Element | None:
        """The element before the number and its bound: "có (trên) 512"."""
        bound = self.before is not None and self.before.has("bound") and self.index > 1
        return self.elements[self.index - 2] if bound else self.before

    def of_unit(self, key: str) -> str:
        """A feature of the unit, or nothing."""
        return self.unit.entry.features.get(key, "") if self.unit is not None and self.unit.entry is not None else ""

    def counts_people(self) -> bool:
        return self.unit is not None and self.unit.entry is not None and "people" in self.unit.entry.id

    def spoil(self, reason: str) -> None:
        """The number is no figure, for this reason or one found before."""
        self.void = self.void or reason
