"""Words that OCR has stripped of a tone ("giải quyêt", "đât đai"), read as the phrase words they stand for.

Only the matching view changes; the stored text keeps what was printed. A document counts as damaged when it holds several
syllables that Vietnamese cannot have: one that ends in p, t, c or ch without an acute or dot below.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import cache
from itertools import islice

from ingest.facts.lexicon import words_of_phrases
from ingest.facts.tokens import Token

_IMPOSSIBLE = re.compile(r"(?<![^\W_])[bcdđghklmnpqrstvx]*[aăâeêioôơuưy]*[ăâêôơư][aăâeêioôơuưy]*(?:ch|[ptc])(?![^\W_])")
_ENOUGH = 3


def is_damaged(seen: str) -> bool:
    """Whether a view has too many impossible syllables to be a clean text."""
    return sum(1 for _ in islice(_IMPOSSIBLE.finditer(seen), _ENOUGH)) >= _ENOUGH


def repaired(items: list[Token]) -> list[Token]:
    """The same tokens, with damaged words replaced by the one phrase word they can only be."""
    by_skeleton, pairs, known = _vocabulary()
    result: list[Token] = []
    before = ""
    for index, token in enumerate(items):
        if token.kind == "word":
            after = items[index + 1].text if index + 1 < len(items) else ""
            candidates = by_skeleton.get(_skeleton(token.text), ())
            paired = [word for word in candidates if (before, word) in pairs or (word, after) in pairs]
            fits = (before, token.text) in pairs or (token.text, after) in pairs
            if token.text not in known and len(candidates) == 1:
                token = token._replace(text=candidates[0])
            elif not fits and len(paired) == 1 and (token.text not in known or (before, paired[0]) in pairs):
                token = token._replace(text=paired[0])
            before = token.text
        elif token.kind != "sup":
            before = token.text
        result.append(token)
    return result


def _skeleton(word: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return bare.replace("đ", "d")


@cache
def _vocabulary() -> tuple[dict[str, tuple[str, ...]], frozenset[tuple[str, str]], frozenset[str]]:
    known: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for words in words_of_phrases():
        known.update(words)
        pairs.update(itertools.pairwise(words))
    skeletons: dict[str, list[str]] = {}
    for word in sorted(known):
        skeletons.setdefault(_skeleton(word), []).append(word)
    return {key: tuple(words) for key, words in skeletons.items()}, frozenset(pairs), frozenset(known)
