"""The sources' written contracts, as data: which fields an answer or a file must and may have, and what follows where it does not.

`<source>.toml` has one table a contract (a report, a kind of record): `required` and `known` field names; a dotted name is a field of
an object (`groupScores.TDGQ`). `on_missing` and `on_unknown` say what follows:

- `stop`: the body stays landed, none of its rows is read; it is read again by a corrected reader (a new PARSER_VERSION);
- `hold`: the same, but tried again every night, so that correcting the contract is enough;
- `accept`: the rows are read; the drift is recorded.

Every difference is a row of `raw.contract_drift` with both lists.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

Policy = Literal["accept", "hold", "stop"]
_FOLDER = Path(__file__).parent
_COUNTED = re.compile(r"\(\d+ that are no plain names\)")
"""What `printable` has said before: a landing keeps its unknown fields in this form."""
_FIELD = re.compile(r"[A-Za-z_][\w.-]{0,59}", re.ASCII)


class ContractFileError(Exception):
    """A contract file that is none; names the file and the table."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What an answer's fields are against their contract. Never holds a value: names that are no plain identifiers are counted."""

    contract: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    decision: Policy

    def told(self) -> str:
        """Both lists in one clause."""
        return f"missing: {', '.join(self.missing) or 'nothing'}; unknown: {', '.join(self.unknown) or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Contract:
    """One report's or record's fields."""

    name: str
    required: frozenset[str]
    known: frozenset[str]
    on_missing: Policy
    on_unknown: Policy

    def compare(self, field_sets: Iterable[frozenset[str]]) -> Drift | None:
        """The drift of rows with these field names; None where every row has what is required and nothing else than what is known."""
        missing: set[str] = set()
        unknown: set[str] = set()
        for fields in field_sets:
            missing |= self.required - fields
            unknown |= fields - self.required - self.known
        if not missing and not unknown:
            return None
        decisions: list[Policy] = [*([self.on_missing] if missing else []), *([self.on_unknown] if unknown else [])]
        return Drift(self.name, tuple(sorted(missing)), printable(unknown), max(decisions, key=get_args(Policy).index))


def printable(names: Iterable[str]) -> tuple[str, ...]:
    """Field names as they may be written down: a shifted column could carry a value where a name is expected."""
    told = set(names)
    plain = sorted((name for name in told if _FIELD.fullmatch(name) or _COUNTED.fullmatch(name)), key=lambda name: (name[0] == "(", name))
    others = len(told) - len(plain)
    return (*plain, *([f"({others} that are no plain names)"] if others else []))


def field_names(row: Mapping[str, object]) -> frozenset[str]:
    """The row's field names, one level of objects included: `groupScores`, `groupScores.TDGQ`."""
    names = set(row)
    for name, value in row.items():
        if isinstance(value, dict):
            names |= {f"{name}.{inner}" for inner in value}
    return frozenset(names)


@cache
def contracts(source: str) -> Mapping[str, Contract]:
    """The contracts of `<source>.toml` by name.

    Raises:
        ContractFileError: a table lacks something or says something else.
    """
    path = _FOLDER / f"{source}.toml"
    found: dict[str, Contract] = {}
    for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
        policies = {key: table.get(key) for key in ("on_missing", "on_unknown")}
        if any(policy not in get_args(Policy) for policy in policies.values()) or not table.get("required"):
            raise ContractFileError(f"{path.name}, [{name}]: give required, on_missing and on_unknown ({', '.join(get_args(Policy))})")
        if extra := table.keys() - {"required", "known", "on_missing", "on_unknown"}:
            raise ContractFileError(f"{path.name}, [{name}]: {', '.join(sorted(extra))} is not read")
        found[name] = Contract(
            name, frozenset(table["required"]), frozenset(table.get("known", ())), cast(Policy, policies["on_missing"]), cast(Policy, policies["on_unknown"])
        )
    return found
