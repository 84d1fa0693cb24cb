""" "Hộ tịch, đất đai và xây dựng lần lượt là 640, 273 và 90 hồ sơ": each number stands with what it is of, as if it were printed so.

Tokens keep their places in the text; only their order in the sentence changes, and the words between the two lists are repeated.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ingest.facts.lexicon import lexicon
from ingest.facts.tokens import Token

_JOINTS = (",", ";", "và")
_LONGEST_UNIT = 4
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class _Values:
    """The numbers of a list, with what each is printed with ("%", "triệu đồng"), and where the list ends."""

    numbers: list[list[Token]]
    end: int


def told_in_turn(items: list[Token]) -> list[Token]:
    """The sentence with every list of values behind "lần lượt" dealt out to the names before it; as it was where their numbers differ."""
    cues = lexicon().words["in-turn"]
    for place, (left, right) in enumerate(itertools.pairwise(items)):
        if f"{left.text} {right.text}" in cues:
            dealt = _dealt(items, place, place + 2)
            if dealt is not items:
                return dealt
    return items


def _dealt(items: list[Token], cue: int, after: int) -> list[Token]:
    first = next((place for place in range(after, len(items)) if items[place].kind == "num"), len(items))
    verb = items[after:first]
    if any(token.kind == "punct" for token in verb[:-1]) or (cue and items[cue - 1].text == "("):
        return items
    values = _values(items, first)
    if len(values.numbers) < 2:
        return items
    start, names = _names(items, cue, len(values.numbers))
    names, verb = _without_statement(names, verb, len(values.numbers))
    told = [token for name in names for token in name]
    if _compares(told):
        return items
    before = verb if names else items[start:cue] + verb
    dealt: list[Token] = []
    for name, value in zip(names or [[] for _ in values.numbers], values.numbers, strict=True):
        comma = [Token("punct", ",", value[0].start, value[0].start)] if dealt else []
        dealt += [*comma, *name, *before, *value]
    return [*items[:start], *dealt, *items[values.end :]]


def _values(items: list[Token], first: int) -> _Values:
    """The list that begins at `first`; a unit printed once, behind the last number, goes with all of them."""
    numbers: list[list[Token]] = []
    place = end = first
    while place < len(items) and items[place].kind == "num":
        stop = place + 1
        while (
            stop < len(items)
            and stop - place <= _LONGEST_UNIT
            and items[stop].kind not in ("num", "ratio")
            and items[stop].text not in (*_JOINTS, ".", "(", ":")
        ):
            stop += 1
        numbers.append(items[place:stop])
        end = place = stop
        while place < len(items) and items[place].text in _JOINTS and place - stop < 2:
            place += 1
    unit = numbers[-1][1:] if numbers else []
    if all(len(number) == 1 for number in numbers[:-1]):
        numbers = [[number[0], *unit] for number in numbers]
    return _Values(numbers, end)


def _names(items: list[Token], cue: int, count: int) -> tuple[int, list[list[Token]]]:
    """Where the `count` names right before the cue begin, and each of them; none where there are fewer."""
    begin = next((place + 1 for place in range(cue - 1, -1, -1) if items[place].kind in ("num", "ratio") or items[place].text in (";", ":", ".")), 0)
    names: list[list[Token]] = [[]]
    for token in items[begin:cue]:
        if token.text in (",", "và"):
            names.append([])
        else:
            names[-1].append(token)
    names = [name for name in names if name]
    stated = len(names) == count + 1 and any(token.text == "là" for token in names[-2])
    if stated:
        return items.index(names[0][0]), names
    if len(names) < count or count > _MOST_NAMES:
        return next((place for place in range(begin, cue) if items[place].text != ","), cue), []
    kept = names[-count:]
    return items.index(kept[0][0]), kept


def _without_statement(names: list[list[Token]], verb: list[Token], count: int) -> tuple[list[list[Token]], list[Token]]:
    """ "Đất đai, hộ tịch và chứng thực là ba lĩnh vực lớn nhất, số tiếp nhận lần lượt là …": what is counted stands behind what is said of the names."""
    if len(names) <= count:
        return names, verb
    told = next(place for place, token in enumerate(names[-2]) if token.text == "là")
    return [*names[:-2], names[-2][:told]], [*names[-1], *verb]


def _compares(words: list[Token]) -> bool:
    """Whether the names are set against something: "vượt kế hoạch lần lượt 3,4 và 2,5 điểm"."""
    for place in range(len(words)):
        match = lexicon().longest(words, place)
        if match is not None and "block" in match[1].roles:
            return True
    return False
