"""Reports for tests: a text in which every figure is written as `{measure@scope#subject:printed}`; scope and subject may be left out.

`report("Đã giải quyết {tthc_resolved_total:1.488} hồ sơ")` gives the plain document and its figures with true offsets.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from warehouse.catalogue import measures
from warehouse.model import Bound, Document, Figure
from warehouse.numbers import parse_number

_MARK = re.compile(r"\{(?P<measure>\w+)(?:@(?P<scope>[\w:\-]*))?(?:#(?P<subject>[^:}]*))?:(?P<bound>[<>≈])?(?P<printed>[^}]+)\}")


def report(marked: str, *, as_of: date | None = None) -> tuple[Document, tuple[Figure, ...]]:
    """The text without its marks and the figures that the marks name; a figure's quote is its line."""
    text, position = "", 0
    spans = []
    for match in _MARK.finditer(marked):
        text += marked[position : match.start()]
        start = len(text)
        text += match["printed"]
        spans.append((match, start, len(text)))
        position = match.end()
    text += marked[position:]
    figures = []
    for match, start, end in spans:
        unit = measures()[match["measure"]].unit
        left, right = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        bound: Bound = match["bound"] or "="  # type: ignore[assignment]
        figures.append(
            Figure(
                measure=match["measure"],
                scope=match["scope"] or "",
                value=parse_number(match["printed"], "percent" if unit == "%" else "count").value,
                unit=unit,
                bound=bound,
                printed_text=match["printed"],
                locator=f"chars {start}-{end}",
                quote=text[left : right if right >= 0 else len(text)],
                start=start,
                end=end,
                subject=match["subject"] or "",
                as_of=as_of,
            )
        )
    return Document("report.txt", "text/plain", text), tuple(figures)


def form(rows: dict[tuple[str, str], dict[int, int]]) -> tuple[Figure, ...]:
    """Figures of a statutory form: `{(scope, subject): {column: value}}`, one sheet row each, from row 7 on."""
    by_column = {measure.form_06_column: code for code, measure in measures().items() if measure.form_06_column}
    figures = []
    for row, ((scope, subject), cells) in enumerate(rows.items(), start=7):
        for column, value in cells.items():
            cell = f"Biểu 06!{chr(ord('A') + column - 1)}{row}"
            code = by_column[column]
            figures.append(Figure(code, scope, Decimal(value), measures()[code].unit, "=", str(value), cell, str(value), subject=subject))
    return tuple(figures)
