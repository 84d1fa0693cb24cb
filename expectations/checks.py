"""One expectation as data: rule id, severity, owner, reason, date, what it judges and which rows it then holds back.

Great Expectations is imported only when a gate runs a check (it costs seconds).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from warehouse.model import Severity

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation

Gate = Literal["source", "submissions", "marts"]
Owner = Literal["reporting unit", "source owner", "warehouse"]

GX_SEVERITY: dict[Severity, str] = {"error": "critical", "warning": "warning", "info": "info"}
HOLD_COLUMNS = "source, landing_id, submission_id, row_key, reason_vi"
DOUBT_COLUMNS = "source, landing_id, unit_code, unit_name_vi, period_key, row_key, reason_vi"


@dataclass(frozen=True)
class Check:
    """One expectation on one table or query, and what follows when it fails.

    A failing `error` with `failing_sql` holds back exactly those rows; without it the night is blocked. A failing
    `warning` or `info` is told and never excludes anything. What cannot be evaluated blocks.
    """

    rule: str
    severity: Severity
    table: str
    """`schema.name` of the table or view judged; with `query`, the query's name."""
    owner: Owner
    why: str
    since: date
    expectation: Callable[[], Expectation]
    failing_sql: str = ""
    """One row per failing row of `table`, with HOLD_COLUMNS for errors and DOUBT_COLUMNS for the rest."""
    query: str = ""
    """The rows judged, where they are no table or view."""
    gate: Gate = "submissions"


def meta(rule: str, severity: Severity) -> dict[str, Any]:
    """What every expectation carries: its severity in Great Expectations' words and its rule id."""
    return {"severity": GX_SEVERITY[severity], "meta": {"rule": rule}}


def simple(
    rule: str,
    severity: Severity,
    table: str,
    owner: Owner,
    why: str,
    since: date,
    kind: str,
    arguments: Mapping[str, Any],
    *,
    failing_sql: str = "",
    query: str = "",
    gate: Gate = "submissions",
    where: tuple[str, str] | None = None,
) -> Check:
    """A check of one of Great Expectations' own kinds.

    Args:
        kind: the class in `great_expectations.expectations`.
        where: (column, value): only rows with that value are judged.
    """

    def expectation() -> Expectation:
        import great_expectations.expectations as gxe
        from great_expectations.expectations.row_conditions import Column

        condition = {"row_condition": Column(where[0]) == where[1]} if where else {}
        return getattr(gxe, kind)(**arguments, **condition, **meta(rule, severity))

    return Check(rule, severity, table, owner, why, since, expectation, failing_sql, query, gate)


def band(
    rule: str,
    severity: Severity,
    name: str,
    owner: Owner,
    why: str,
    since: date,
    query: str,
    column: str,
    low: float | None,
    high: float | None,
    *,
    gate: Gate,
    where: tuple[str, str] | None = None,
) -> Check:
    """A number between two ends (both inclusive) in every row of `query`; null means that the row cannot be compared and is not judged.

    Args:
        query: has `column` and HOLD_COLUMNS (errors) or DOUBT_COLUMNS (the rest); two checks with the same `name` have the same query.
    """
    outside = " or ".join([f"{column} < {low}"] * (low is not None) + [f"{column} > {high}"] * (high is not None))
    condition = f" and {where[0]} = '{where[1]}'" if where else ""
    columns = HOLD_COLUMNS if severity == "error" else DOUBT_COLUMNS
    return simple(
        rule, severity, name, owner, why, since, "ExpectColumnValuesToBeBetween", {"column": column, "min_value": low, "max_value": high},
        failing_sql=f"select {columns} from ({query}) as judged where ({outside}){condition}", query=query, gate=gate, where=where,
    )  # fmt: skip
