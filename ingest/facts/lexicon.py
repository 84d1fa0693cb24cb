"""Language knowledge as data: phrases, what they say, and the rules from features to measures.

The TOML files in `language/` hold everything that is Vietnamese reporting language; this module only loads them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ingest.facts.tokens import Token, tokens, view

_LANGUAGE = Path(__file__).parent / "language"
ANY_NUMBER = "#"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase contributes to its clause."""

    id: str
    features: dict[str, str]
    roles: frozenset[str]
    bound: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A measure (or two, comma-separated in the data) and the features it needs."""

    measures: tuple[str, ...]
    kind: str
    when: dict[str, tuple[str, ...]]
    allow: frozenset[str]
    of: str


@dataclass(slots=True)
class Lexicon:
    """A trie over token texts, and the measure rules."""

    trie: dict[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    significant: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    """Measures that a report tells once for the whole unit."""
    families: dict[str, frozenset[str]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Plain word lists by name."""
    headings: dict[str, dict[str, str]] = field(default_factory=dict)
    """Features of a column's whole heading."""
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    """Features of a row's whole name."""
    strange: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Features of another matter: a clause that has one is not about the family."""
    combinations: dict[tuple[str, frozenset[str]], str] = field(default_factory=dict)

    def combine(self, feature: str, left: str, right: str) -> str:
        """What two joined values of a feature mean together; empty if they do not go together."""
        return self.combinations.get((feature, frozenset((left, right))), "")

    def significant_in(self, family: str) -> frozenset[str]:
        """The features that decide in a family; others are words of another matter."""
        return self.families.get(family, self.significant)

    def longest(self, items: list[Token], index: int) -> tuple[int, Entry] | None:
        """The longest phrase that begins at `index`: (tokens used, entry), or None."""
        node = self.trie
        best: tuple[int, Entry] | None = None
        position = index
        while position < len(items):
            token = items[position]
            step = node.get(token.text)
            if step is None and token.kind in ("num", "years", "month"):
                step = node.get(ANY_NUMBER)
            if step is None:
                break
            node = step
            position += 1
            if "" in node:
                best = (position - index, node[""])
        return best


@cache
def lexicon() -> Lexicon:
    """Load all language files once."""
    result = Lexicon()
    for path in sorted(_LANGUAGE.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for phrase in data.get("phrase", []):
            _add_phrase(result.trie, phrase)
        result.words |= {name: tuple(view(word) for word in words) for name, words in data.get("words", {}).items()}
        result.headings |= {view(word): features for word, features in data.get("headings", {}).items()}
        result.rows |= {view(word): features for word, features in data.get("rows", {}).items()}
        if "rule" in data:
            result.rules = tuple(_rule(item) for item in data["rule"])
            result.significant = frozenset(data["significant"])
            result.wholes = frozenset(data["wholes"])
            result.families = {family: frozenset(keys) for family, keys in data["families"].items()}
            result.strange = {family: tuple(keys) for family, keys in data["strange"].items()}
            result.combinations = {(item["feature"], frozenset(item["of"])): item["gives"] for item in data["combine"]}
    return result


@cache
def words_of_phrases() -> tuple[tuple[str, ...], ...]:
    """The words of every phrase, in order."""
    found: list[tuple[str, ...]] = []

    def walk(node: dict[str, Any], path: tuple[str, ...]) -> None:
        for key, below in node.items():
            if key == "":
                found.append(path)
            else:
                walk(below, (*path, key))

    walk(lexicon().trie, ())
    return tuple(found)


def examples() -> list[tuple[str, str, tuple[str, ...]]]:
    """(phrase id, text, expected `measure@scope=value` …) of every example in the language files."""
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for path in sorted(_LANGUAGE.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for phrase in [*data.get("phrase", []), *data.get("move", [])]:
            name = phrase.get("id") or phrase["measure"]
            found.extend((name, example[0], tuple(example[1:])) for example in phrase.get("examples", []))
    return found


def _rule(item: dict[str, Any]) -> Rule:
    when = {key: tuple(value) if isinstance(value, list) else (value,) for key, value in item["when"].items()}
    return Rule(tuple(item["measure"].split(",")), item["kind"], when, frozenset(item.get("allow", [])), item.get("of", ""))


def _add_phrase(trie: dict[str, Any], phrase: dict[str, Any]) -> None:
    roles = {phrase["role"]} if "role" in phrase else {"concept"}
    if phrase.get("unit"):
        roles.add("unit")
    if phrase.get("noun"):
        roles.add("noun")
    for pattern in phrase["words"]:
        for words in sorted({form.strip(" ,") for form in expand(pattern)}):  # "[,] [rút lại]" at the end takes no comma from the sentence
            features = dict(phrase.get("set", {}))
            for key, table in phrase.get("derive", {}).items():
                for start, value in table.items():
                    if words.startswith(start):
                        features[key] = value
            _insert(trie, words, Entry(phrase["id"], features, frozenset(roles), phrase.get("bound", "")))


def _insert(trie: dict[str, Any], words: str, entry: Entry) -> None:
    node = trie
    for token in tokens(view(words.replace("#", "\u0001"))):
        node = node.setdefault(ANY_NUMBER if token.text == "\u0001" else token.text, {})
    if "" in node and node[""].id != entry.id:
        old: Entry = node[""]
        entry = Entry(f"{old.id}+{entry.id}", old.features | entry.features, old.roles | entry.roles, old.bound or entry.bound)
    node[""] = entry


def expand(pattern: str) -> list[str]:
    """Every plain phrase of `[optional]` and `(this|that)`; brackets nest."""
    forms = [""]
    position = 0
    plain = ""
    while position < len(pattern):
        char = pattern[position]
        if char in "[(":
            close = _closing(pattern, position)
            choices = [form for part in _split(pattern[position + 1 : close]) for form in expand(part)]
            if char == "[":
                choices.append("")
            forms = [f"{form} {plain} {choice}" for form in forms for choice in choices]
            plain = ""
            position = close + 1
        else:
            plain += char
            position += 1
    return sorted({" ".join(f"{form} {plain}".split()) for form in forms} - {""})


def _closing(pattern: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(pattern)):
        if pattern[position] in "[(":
            depth += 1
        elif pattern[position] in "])":
            depth -= 1
            if depth == 0:
                return position
    raise ValueError(f"phrase {pattern!r}: the bracket at {opening} is not closed; close it in ingest/facts/language")


def _split(inner: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in inner:
        if char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        if char == "|" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]
