"""The measures and the identities: the two seeds of `dbt_project`, read once into frozen objects for everybody.

dbt loads the same files into PostgreSQL, so SQL and Python cannot disagree about a code, a unit or a severity.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

from warehouse.model import Severity

SEEDS = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds"
_MEASURE_COLUMNS = ("measure", "family", "label_vi", "unit", "aggregation", "form_06_column", "note")
_IDENTITY_COLUMNS = ("identity", "severity", "statement", "tolerance", "note")
_SEVERITIES = ("error", "warning", "info")


class CatalogueError(ValueError):
    """A seed cannot be used: names the file, the line, the fault and what is expected."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of `measures.csv`."""

    code: str
    family: str
    """`dossiers`, `rates`, `digitisation`, `procedures`, `staffing`, `feedback`, `satisfaction`, `index`, `payments`, `unit`."""
    label_vi: str
    unit: str
    aggregation: str
    """How periods or units combine: `sum`, `latest`, `recompute`, `opening balance`, `closing balance`."""
    form_06_column: int | None
    """Column (3) to (13) of statutory form II.06, or None where the form has none."""
    note: str


@dataclass(frozen=True, slots=True)
class Identity:
    """One row of `identities.csv`: a rule of the auditor or of the gate."""

    code: str
    severity: Severity
    """The highest severity a finding of this rule may have."""
    statement: str
    tolerance: Decimal | None
    """Largest gap that still holds; None where the rule is no sum or sets its own interval."""
    note: str


@cache
def measures() -> Mapping[str, Measure]:
    """All measures by code, in the order of the file. Raises CatalogueError."""
    return read_measures(SEEDS / "measures.csv")


@cache
def identities() -> Mapping[str, Identity]:
    """All identities by code, in the order of the file. Raises CatalogueError."""
    return read_identities(SEEDS / "identities.csv")


def read_measures(path: Path) -> Mapping[str, Measure]:
    """Read a measures seed; `measures()` is the one everybody uses."""
    found: dict[str, Measure] = {}
    for line, row in _rows(path, _MEASURE_COLUMNS):
        column = row["form_06_column"]
        if column and not (column.isdigit() and 3 <= int(column) <= 13):
            raise CatalogueError(f"{path.name} line {line}: form_06_column {column!r} is not one of 3 to 13; correct it or leave it blank")
        _once(found, row["measure"], path, line)
        found[row["measure"]] = Measure(
            row["measure"], row["family"], row["label_vi"], row["unit"], row["aggregation"], int(column) if column else None, row["note"]
        )
    return MappingProxyType(found)


def read_identities(path: Path) -> Mapping[str, Identity]:
    """Read an identities seed; `identities()` is the one everybody uses."""
    found: dict[str, Identity] = {}
    for line, row in _rows(path, _IDENTITY_COLUMNS):
        if row["severity"] not in _SEVERITIES:
            raise CatalogueError(f"{path.name} line {line}: severity {row['severity']!r} is none of {', '.join(_SEVERITIES)}")
        try:
            tolerance = Decimal(row["tolerance"]) if row["tolerance"] else None
        except InvalidOperation as error:
            raise CatalogueError(f"{path.name} line {line}: tolerance {row['tolerance']!r} is not a number; correct it or leave it blank") from error
        _once(found, row["identity"], path, line)
        found[row["identity"]] = Identity(row["identity"], cast(Severity, row["severity"]), row["statement"], tolerance, row["note"])
    return MappingProxyType(found)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns:
            raise CatalogueError(f"{path.name}: the columns are {reader.fieldnames}, expected {list(columns)}")
        count = 0
        for row in reader:
            if None in row or None in row.values():
                raise CatalogueError(f"{path.name} line {reader.line_num}: expected {len(columns)} cells; quote cells that contain commas")
            count += 1
            yield reader.line_num, row
        if not count:
            raise CatalogueError(f"{path.name} has no rows; restore the file from the repository")


def _once(found: Mapping[str, object], code: str, path: Path, line: int) -> None:
    if not code or code in found:
        raise CatalogueError(f"{path.name} line {line}: the code {code!r} is blank or stands there twice; every code is used once")
