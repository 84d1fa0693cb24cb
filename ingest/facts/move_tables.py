"""Tables of people who left or came: a column or a row for each reason, below groups such as "Giảm" and "Tăng"."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.facts.moves import Move, direction_of, move_of_name

_TELLING = ("staff_left_policy", "staff_left_retired", "staff_left_resigned", "staff_joined_recruited")
"""Reasons that only people have; dossiers, too, are received and handed on."""
_LEAVING = _TELLING[:3]
_PEOPLE = {"người", "đồng chí", "trường hợp"}
_FEWEST = 2


def moves_of_columns(headings: Sequence[Sequence[str]]) -> dict[int, Move]:
    """The columns of reasons and of their totals, by place; none if no two of them are reasons.

    `headings`: of each column the words above it, outermost first.
    """
    found: dict[int, Move] = {}
    for place, levels in enumerate(headings):
        groups = [direction_of(level) if move_of_name(level, None) in _TOTALS else None for level in levels]
        came = next((group for group in groups if group is not None), None)
        names = [level for level, group in zip(levels, groups, strict=True) if group is None]
        if move := (move_of_name(" ".join(names), came) or move_of_name(names[-1], came)) if names else _TOTALS[bool(came)] if levels else None:
            found[place] = move
    return found if _are_reasons(list(found.values())) else {}


def moves_of_rows(names: Sequence[str], totals: Sequence[bool]) -> dict[int, Move]:
    """The rows of reasons and of their totals, by place; `totals`: which rows say that they are a sum.

    None unless at least half of the rows are of people who left or came, or a group of them is named ("Giảm trong năm").
    """
    found: dict[int, Move] = {}
    sums: dict[int, bool | None] = {}
    came: bool | None = None
    for place, name in enumerate(names):
        direction = direction_of(name)
        came = direction if direction is not None else came
        if move := move_of_name(name, came) or move_of_name(name, None):
            found[place] = move
            came = move.measure.startswith("staff_joined") if direction is None and move not in _TOTALS else came
        elif totals[place]:
            sums[place] = came
    grouped = any(move in _TOTALS for move in found.values())
    first = next((move.measure.startswith("staff_joined") for move in found.values()), False)
    found |= {place: _TOTALS[first if joined is None else joined] for place, joined in sums.items()}
    return found if _are_reasons(list(found.values())) and (grouped or 2 * len(found) >= len(names)) else {}


def lone_moves_of_rows(cells: Sequence[Sequence[str]]) -> dict[int, Move]:
    """Among rows of other matters, those that name people as their unit and a reason why they leave; `cells`: the words of each row, its name first."""
    moves = {place: move_of_name(row[0], None) for place, row in enumerate(cells) if set(row[1:]) & _PEOPLE}
    return {place: move for place, move in moves.items() if move is not None and move.measure in _LEAVING}


def _are_reasons(moves: list[Move]) -> bool:
    reasons = [move for move in moves if move not in _TOTALS]
    return len(reasons) >= _FEWEST and any(move.measure in _TELLING for move in reasons)


_TOTALS = (Move("staff_left", None), Move("staff_joined", None))
