"""The matching view of a text and its typed tokens.

The view has exactly the length of the stored text (lower case, one tone placement, markdown marks blanked), so every
offset in it is an offset in the stored text and no map is needed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.documents.outline import BOX_DRAWING, with_bars

_PAIRS = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_PAIR = re.compile("|".join(_PAIRS))
_SPELLING = BOX_DRAWING | str.maketrans(
    {"–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "„": '"', "‟": '"', "’": "'", "‘": "'", "*": " ", "_": " ", "`": " ", "#": " ", "·": ";", "•": ";"}
)

_NUM = r"[0-9]+(?:[.,][0-9]+)*"
_TOKEN = re.compile(
    rf"""
      (?P<link>https?://\S+|www\.\S+|[a-z0-9.+-]+@[a-z0-9-]+\.[a-z0-9.]+)
    | (?P<date>[0-9]{{1,2}}\s?[/.-]\s?[0-9]{{1,2}}\s?[/.-]\s?(?:19|20)[0-9]{{2}}(?![0-9]))
    | (?P<years>(?:19|20)[0-9]{{2}}\s?-\s?(?:19|20)[0-9]{{2}}(?![0-9]))
    | (?P<code>[0-9]+[a-zđ]?(?:/[0-9]{{4}})?/[a-zđ](?:[\w&]|[.-](?=\w))*|[0-9]+[a-z]?-[a-zđ]{{2,6}}[/-][a-zđ]+)
    | (?P<month>(?:0?[1-9]|1[0-2])/(?:19|20)[0-9]{{2}}(?![0-9]))
    | (?P<ratio>{_NUM}\s?/\s?{_NUM}(?![0-9/]))
    | (?P<num>(?<![0-9])(?<!tháng\ )(?<!ngày\ )(?<!năm\ )(?<!quý\ )(?<!số\ )[0-9]{{1,3}}(?:\ [0-9]{{3}})+(?![0-9.,]*[0-9])
              |[0-9]+\ ,[0-9]+(?=\s?(?:%|triệu|tỷ|điểm))|{_NUM})
    | (?P<leader>\.{{4,}}(?:\s?:)?|…{{2,}}(?:\s?:)?|\.\s\.\s\.\s?(?:\.\s?)+)
    | (?P<word>[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]+)
    | (?P<sup>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
    | (?P<punct>\S)
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """`kind` is one of link, date, years, code, month, ratio, num, word, sup, punct; `text` is in the view's form."""

    kind: str
    text: str
    start: int
    end: int


def view(text: str) -> str:
    """The form in which phrases are compared; `len(view(t)) == len(t)`."""
    lowered = text.lower()
    if len(lowered) != len(text):
        # a few letters grow when lowered (İ); they do not occur in Vietnamese, so they stay as they are
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    lowered = with_bars(lowered).translate(_SPELLING)
    return _PAIR.sub(lambda match: _PAIRS[match.group()], lowered)


def tokens(seen: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Typed tokens of `seen[start:end]`, a piece of a view."""
    stop = len(seen) if end is None else end
    found = []
    for match in _TOKEN.finditer(seen, start, stop):
        kind = match.lastgroup
        assert kind is not None
        if kind == "leader":  # "Sớm hạn ....... 10.987": the dots lead from the label to its value
            found.append(Token("punct", ":", match.start(), match.end()))
            continue
        found.append(Token(kind, match.group(), match.start(), match.end()))
    return found
