"""List numbers that Word computes and does not store in the text (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")


def value(element: Element | None, attribute: str = "val") -> str:
    """A `w:` attribute, empty if the element or the attribute is missing."""
    return element.get(f"{W}{attribute}", "") if element is not None else ""


def whole(text: str, default: int, *, most: int = 1_000_000) -> int:
    """A whole number written by a program; the default if it is none or absurd."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most else default


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    pattern: str
    start: int
    style: str


class Numbering:
    """Counts the lists of one document while its paragraphs are read in order."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        """Number id → the definition whose count it shares, its levels, the starts it sets anew."""
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        definitions = {value(item, "abstractNumId"): _levels(item.findall(f"{W}lvl")) for item in root.findall(f"{W}abstractNum")}
        linked = {value(item.find(f"{W}styleLink")): value(item, "abstractNumId") for item in root.findall(f"{W}abstractNum")}
        borrowed = {value(item, "abstractNumId"): linked.get(value(item.find(f"{W}numStyleLink")), "") for item in root.findall(f"{W}abstractNum")}
        for number in root.findall(f"{W}num"):
            definition = value(number.find(f"{W}abstractNumId"))
            levels = dict(definitions.get(definition) or definitions.get(borrowed.get(definition, ""), {}))
            starts: dict[int, int] = {}
            for change in number.findall(f"{W}lvlOverride"):
                place = whole(value(change, "ilvl"), 0, most=_LEVELS - 1)
                levels.update(_levels(change.findall(f"{W}lvl")))
                restart = change.find(f"{W}startOverride")
                if restart is not None:
                    starts[place] = whole(value(restart), 1)
            self._lists[value(number, "numId")] = (definition, levels, starts)

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a heading style stands for in a list of several levels; 0 if it names none."""
        _, levels, _ = self._lists.get(number, ("", {}, {}))
        return next((place for place, level in levels.items() if level.style == style), 0)

    def mark(self, number: str, place: int) -> str:
        """The printed mark of the next paragraph of this list and level (`II.`, `1.2.`, `a)`, `-`); empty if it has none."""
        definition, levels, starts = self._lists.get(number, ("", {}, {}))
        level = levels.get(place)
        if level is None:
            return ""
        counts = self._counts.setdefault(definition, {})
        if place in starts and (number, place) not in self._begun:
            counts.pop(place, None)
        self._begun.add((number, place))
        counts[place] = counts.get(place, starts.get(place, level.start) - 1) + 1
        for deeper in [key for key in counts if key > place]:
            del counts[deeper]
        if level.kind == "bullet":
            # glyphs of the Symbol and Wingdings fonts have private codes
            private = len(level.pattern) != 1 or "\ue000" <= level.pattern <= "\uf8ff"
            return ("▪" if level.pattern == "\uf0a7" else "•") if private else level.pattern

        def printed(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            shape = levels.get(other, level)
            return _count(counts.get(other, shape.start), shape.kind)

        return "" if level.kind == "none" and "%" in level.pattern else _PLACEHOLDER.sub(printed, level.pattern).strip()


def _levels(elements: list[Element]) -> dict[int, _Level]:
    found = {}
    for element in elements:
        kind = value(element.find(f"{W}numFmt")) or "decimal"
        start = whole(value(element.find(f"{W}start")), 1)
        pattern = value(element.find(f"{W}lvlText"))[:60]
        found[whole(value(element, "ilvl"), 0, most=_LEVELS - 1)] = _Level(kind, pattern, start, value(element.find(f"{W}pStyle")))
    return found


_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _count(number: int, kind: str) -> str:
    if kind.endswith("Roman") and 0 < number < 4000:
        letters = ""
        for size, sign in _ROMAN:
            letters += sign * (number // size)
            number %= size
        return letters.upper() if kind == "upperRoman" else letters
    if kind.endswith("Letter") and 0 < number <= 780:
        # Word goes on after z with aa, bb, cc
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    return f"{number:02d}" if kind == "decimalZero" else str(number)
