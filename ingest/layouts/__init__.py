"""Form layouts are data: which header text is which column of a statutory form, and which printed label is which scope.

`forms.toml`: one table a form: its number and edition, what its rows are, what it counts. `<form>.csv`: `kind` column (of the form),
group (a heading over columns), between (a heading that says nothing of its own) or ignored (known, holds no figure); `header_vi`
lists the spellings seen, separated by `|`; `type` is count (whole numbers), money (VND, printed in đồng, nghìn or triệu đồng) or
label; `subject` names the level a column speaks of. `<rows>.csv`: printed row label -> scope; the fields are a seed of `dbt_project`,
because the fields of the procedures' catalogue are told by the same names.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

from warehouse.catalogue import SEEDS
from warehouse.text import fold

_HERE = Path(__file__).parent
_FORMULA = re.compile(r"\(?\d{1,2}\)?(?:\s*[=+]\s*\(?\d{1,2}\)?)+|\(\d{1,2}\)")
_NOT_WORDS = re.compile(r"[^\w]+")

Rows = Literal["fields", "units", "blocks", "kinds"]
Type = Literal["label", "count", "money"]


class LayoutError(Exception):
    """A layout file that is none; names file and row."""


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
    type: Type = "count"
    subject: str = ""
    """The level the column speaks of (`cấp xã`); empty where it is the row's own."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A form's header texts, by `header_key`."""

    name: str
    form: str
    """As people name it: `II.06`."""
    number: str
    """As the header block prints it before `/VPCP`: `06`; empty where it prints none."""
    kind: str
    rows: Rows
    """What the row labels name."""
    has_total: bool
    """Whether the table must end with TỔNG CỘNG."""
    dated: Literal["period", "as-of"]
    counted_in: str
    """What one unit is: a pattern over the accentless text of the line `Đơn vị tính`."""
    example_vi: str
    """The beginning of the header, for messages."""
    columns: Mapping[tuple[str, str], Column]
    """(group, header key) -> column; group is empty where the column stands under none."""
    groups: Mapping[str, str]
    group_names_vi: Mapping[str, str]
    between: frozenset[str]
    ignored: frozenset[str]

    def printed(self, column: Column) -> str:
        """`Đã giải quyết: Trước hạn`."""
        return f"{self.group_names_vi[column.group]}: {column.header_vi}" if column.group else column.header_vi

    @property
    def label_keys(self) -> frozenset[str]:
        """Header keys of the column with the row labels, which is number 2."""
        return frozenset(key for (_, key), column in self.columns.items() if column.number == 2)


@lru_cache(maxsize=20_000)  # the same headers and labels stand in every form
def header_key(text: str) -> str:
    """What two spellings of a header share: no case, accents, punctuation, line breaks, `(3)` or `(3)=(4)+(5)+(6)`."""
    return " ".join(_NOT_WORDS.sub(" ", fold(_FORMULA.sub(" ", text))).split())


@cache
def layouts() -> Mapping[str, Layout]:
    """Every form that is read, by name.

    Raises:
        LayoutError: a layout file says something that is not read.
    """
    tables = tomllib.loads((_HERE / "forms.toml").read_text(encoding="utf-8"))
    return {name: _layout(name, table) for name, table in tables.items()}


def _layout(name: str, table: Mapping[str, str]) -> Layout:
    columns: dict[tuple[str, str], Column] = {}
    groups: dict[str, str] = {}
    names: dict[str, str] = {}
    flat: dict[str, set[str]] = {"between": set(), "ignored": set()}
    path = _HERE / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            spellings = row["header_vi"].split("|")
            if row["kind"] == "column":
                if row["type"] not in get_args(Type):
                    raise LayoutError(f"{path.name} line {line}: type {row['type']!r} is none of {', '.join(get_args(Type))}")
                number, type_ = int(row["form_column"]), cast(Type, row["type"])
                column = Column(number, row["measure"], row["group"], spellings[0], row["required"] == "yes", type_, row["subject"])
                for key in {(column.group, header_key(spelling)) for spelling in spellings}:
                    if key in columns:
                        raise LayoutError(f"{path.name} line {line}: {key} is column ({columns[key].number}) already")
                    columns[key] = column
            elif row["kind"] == "group":
                groups |= {header_key(spelling): row["group"] for spelling in spellings}
                names[row["group"]] = spellings[0]
            elif row["kind"] in flat:
                flat[row["kind"]] |= {header_key(spelling) for spelling in spellings}
            else:
                raise LayoutError(f"{path.name} line {line}: kind {row['kind']!r} is none of column, group, between, ignored")
    if table["rows"] not in get_args(Rows) or table["dated"] not in ("period", "as-of"):
        raise LayoutError(f"forms.toml, [{name}]: rows or dated is not read")
    return Layout(
        name, table["form"], table["number"], table["kind"], cast(Rows, table["rows"]), table["total"] == "required",
        cast(Literal["period", "as-of"], table["dated"]), table["counted_in"], table["example_vi"], columns, groups, names,
        frozenset(flat["between"]), frozenset(flat["ignored"]),
    )  # fmt: skip


@cache
def row_scopes(rows: Rows) -> Mapping[str, str]:
    """Header key of a printed row label -> scope: `field:land` for fields, `government` for blocks of staff; empty for the others."""
    path = (SEEDS if rows == "fields" else _HERE) / f"{rows}.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {header_key(label): row["scope"] for row in csv.DictReader(file) for label in row["label_vi"].split("|")}
