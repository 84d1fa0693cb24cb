"""Words as data: by which the auditor knows what a number or a table counts that the reader has not read. They stand in `language.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGE = Path(__file__).with_name("language.toml")


@cache
def language() -> dict[str, list[dict[str, Any]]]:
    """The tables of the file, each with examples.

    `cue` (measure, words), `table` (rule, words), `enumeration` (rule, whole, parts), `exhaustive` (words), `words` (name, words),
    `retold` (measures, words), `people` (name, words, open, closes), `division` (as in `Division`).
    """
    return tomllib.loads(LANGUAGE.read_text(encoding="utf-8"))


@cache
def cues() -> Mapping[str, re.Pattern[str]]:
    """By measure, the words one of which stands beside its number."""
    return {cue["measure"]: re.compile(rf"\b(?:{cue['words']})", re.IGNORECASE) for cue in language()["cue"]}


@cache
def table_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Identities with the words of a table whose sums they are, in the order in which they are tried."""
    return tuple((table["rule"], re.compile(table["words"], re.IGNORECASE)) for table in language()["table"])


@cache
def enumerations() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """Identities with the words around a whole and those of its list, in the order in which they are tried."""
    return tuple((one["rule"], re.compile(one["whole"], re.IGNORECASE), re.compile(one["parts"], re.IGNORECASE)) for one in language()["enumeration"])


class Division(NamedTuple):
    """A whole that is always divided into the same parts, and the words beside the count of each in small letters; `#` stands for the count."""

    rule: str
    name: str
    """What the whole is called in a finding."""
    near: re.Pattern[str]
    """Words of every such division."""
    whole: re.Pattern[str]
    """Words of the whole before its parts."""
    last: re.Pattern[str]
    """Words of the whole behind its parts."""
    passed: re.Pattern[str]
    """Words of other counts between the whole and its parts."""
    beside: re.Pattern[str]
    """Words of a count right before the parts that may be among them, such as what was carried over."""
    counted: re.Pattern[str]
    """What stands right behind a count of such things."""
    parts: tuple[tuple[str, re.Pattern[str]], ...]
    """Names and words, in the order in which they are tried; an empty name is another matter."""

    @property
    def needed(self) -> frozenset[str]:
        """The parts without which the division is not told in full."""
        return frozenset(name for name, _ in self.parts if name)

    def part(self, told: str) -> str | None:
        """The part whose count the words tell; empty if it is of another matter, None if they do not say."""
        if not self.counted.search(told):
            return ""
        return next((name for name, words in self.parts if words.search(told)), None)


@cache
def divisions() -> tuple[Division, ...]:
    """The divisions that leave nothing out."""
    return tuple(
        Division(
            **{key: _words(one.get(key, "(?!)")) for key in ("near", "whole", "last", "passed", "beside", "counted")},
            rule=one["rule"],
            name=one["name"],
            parts=tuple((part["name"], _words(part["words"])) for part in one["parts"]),
        )
        for one in language()["division"]
    )


def _words(listed: str) -> re.Pattern[str]:
    """The words as they stand in a text of small letters: to search that is several times faster than to leave capitals aside."""
    return re.compile(_PLAIN.sub(lambda match: match.group().lower(), listed).replace(" ", r"\s+"))


_PLAIN = re.compile(r"(?<!\\)\w+")


@cache
def exhaustive() -> re.Pattern[str]:
    """The words of a list that leaves nothing out."""
    return re.compile("|".join(one["words"] for one in language()["exhaustive"]), re.IGNORECASE | re.DOTALL)


class People(NamedTuple):
    """A kind of lists of people: the words that each entry has, and those by which the list leaves nobody out."""

    name_vi: str
    words: re.Pattern[str]
    open: re.Pattern[str] | None
    last: re.Pattern[str] | None

    def is_full(self, above: str, labels: Sequence[str]) -> bool:
        """Whether a list of these words, said to be complete, has what one of its kind needs for that."""
        return self.open is None or any(self.open.search(one) for one in (above, *labels))

    def closes(self, labels: Sequence[str]) -> bool:
        """Whether one of the words is that of an entry which is named last."""
        return self.last is not None and any(self.last.search(one) for one in labels)


@cache
def people() -> tuple[People, ...]:
    """The kinds of lists of people, in the order in which they are tried."""
    return tuple(
        People(one["name"], re.compile(one["words"], re.IGNORECASE), *map(_optional, (one.get("open"), one.get("closes")))) for one in language()["people"]
    )


def _optional(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern, re.IGNORECASE) if pattern else None


@cache
def words(name: str) -> str:
    """The words of that name as a group of a regular expression. Raises KeyError where the file has none."""
    listed = {one["name"]: one["words"] for one in language()["words"]}
    return f"(?:{listed[name]})"


@cache
def retold() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Measures with the words that tell one of their counts, its number as the group `number` (or `number_1`, `number_2` …)."""
    return tuple((tuple(one["measures"]), _counting(one["words"])) for one in language()["retold"])


_COUNT = r"(?<![\d.,/\-])(?P<number_{}>\d{{1,3}}(?:\.\d{{3}})+|\d{{1,6}})(?![\d/%]|[.,]\d)"
_RATE = r"(?<![\d.,/\-])(?P<number_{}>\d{{1,2}}[.,]\d{{1,2}})(?!\d|[.,]\d)"


def _counting(told: str) -> re.Pattern[str]:
    """The words with what may stand for each `#`: a count, before `%` a rate with decimals."""
    pieces = told.replace(" ", r"\s+").split("#")
    kinds = [_RATE if piece.startswith("%") else _COUNT for piece in pieces[1:]]
    numbered = (kind.format(place) + piece.removeprefix("%") for place, (kind, piece) in enumerate(zip(kinds, pieces[1:], strict=True), 1))
    behind = r"\s*%" if _RATE in kinds else ""
    return re.compile(rf"(?<!\w)(?:{pieces[0]}{''.join(numbered)}){behind}", re.IGNORECASE)
