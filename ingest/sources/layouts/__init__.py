"""Form layouts are data: which header text is which column of a statutory form, and which printed label is which field.

`form_06.csv`: `kind` column (of the form), group (a heading over columns), between (a heading that says nothing of its own) or
ignored (known, holds no figure); `header_vi` lists the spellings seen, separated by `|`. `fields.csv`: printed label -> scope.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.text import fold

_HERE = Path(__file__).parent
_FORMULA = re.compile(r"\(?\d{1,2}\)?(?:\s*[=+]\s*\(?\d{1,2}\)?)+|\(\d{1,2}\)")
_NOT_WORDS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the statutory form."""

    number: int
    measure: str
    """A code of measures.csv; empty for the running number and the row label."""
    group: str
    header_vi: str
    """The usual spelling, for messages and quotes."""
    is_required: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A form's header texts, by `header_key`."""

    name: str
    columns: Mapping[tuple[str, str], Column]
    """(group, header key) -> column; group is empty where the column stands under none."""
    groups: Mapping[str, str]
    group_names_vi: Mapping[str, str]
    between: frozenset[str]
    ignored: frozenset[str]

    def printed(self, column: Column) -> str:
        """`Đã giải quyết: Trước hạn`."""
        return f"{self.group_names_vi[column.group]}: {column.header_vi}" if column.group else column.header_vi


def header_key(text: str) -> str:
    """What two spellings of a header share: no case, accents, punctuation, line breaks, `(3)` or `(3)=(4)+(5)+(6)`."""
    return " ".join(_NOT_WORDS.sub(" ", fold(_FORMULA.sub(" ", text))).split())


@cache
def form_06() -> Layout:
    """Form II.06 of Circular 01/2020/TT-VPCP."""
    with (_HERE / "form_06.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns: dict[tuple[str, str], Column] = {}
    groups: dict[str, str] = {}
    names: dict[str, str] = {}
    flat: dict[str, set[str]] = {"between": set(), "ignored": set()}
    for row in rows:
        spellings = row["header_vi"].split("|")
        if row["kind"] == "column":
            column = Column(int(row["form_column"]), row["measure"], row["group"], spellings[0], row["required"] == "yes")
            columns |= {(column.group, header_key(spelling)): column for spelling in spellings}
        elif row["kind"] == "group":
            groups |= {header_key(spelling): row["group"] for spelling in spellings}
            names[row["group"]] = spellings[0]
        else:
            flat[row["kind"]] |= {header_key(spelling) for spelling in spellings}
    return Layout("form_06", columns, groups, names, frozenset(flat["between"]), frozenset(flat["ignored"]))


@cache
def fields() -> Mapping[str, str]:
    """Header key of a printed field label -> scope such as `field:land`."""
    with (_HERE / "fields.csv").open(encoding="utf-8", newline="") as file:
        return {header_key(label): row["scope"] for row in csv.DictReader(file) for label in row["label_vi"].split("|")}
