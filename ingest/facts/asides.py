"""Brackets, shares and other asides behind a number, after which its own words go on."""

from __future__ import annotations

from ingest.facts.elements import Element


def words_behind_aside(elements: list[Element], at: int) -> list[Element]:
    """What a number's words go on with after a bracket or a share: "10 hồ sơ (0,44%) giải quyết chậm", "13 hồ sơ, bằng 0,39%, trả sau hạn"."""
    close = _end_of_share(elements, at) or _end_of_aside(elements, at)
    if at < len(elements) and elements[at].text == "(":
        close = next((place for place in range(at + 1, len(elements)) if elements[place].text == ")" and elements[place].kind == "punct"), len(elements))
    elif not close:
        return []
    found: list[Element] = []
    for place, element in enumerate(elements[close + 1 :], close + 1):
        if (
            element.kind in ("punct", "num")
            or (element.has("link") and element.text not in ("được", "đã") and not _tells_way(elements, place))
            or element.has("and")
            or element.has("opener")
            or element.has("block")
        ):
            break
        found.append(element)
    return found


def _tells_way(elements: list[Element], at: int) -> bool:
    """Whether "là" before the last words of a sentence says how it was done: "còn lại 95,2% (2.538 hồ sơ) là trực tuyến"."""
    behind = elements[at + 1 : at + 3]
    way = bool(behind) and behind[0].entry is not None and {"channel", "timing"} & set(behind[0].entry.features)
    return elements[at].text == "là" and bool(way) and (len(behind) == 1 or behind[1].text in (".", ",", ";"))


def _end_of_aside(elements: list[Element], at: int) -> int:
    """The comma behind a number that stands between commas as an aside: "Phần lớn trong số này, 4.903 hồ sơ, được nộp trực tuyến"; else 0."""
    number = next((place for place in range(at - 1, max(-1, at - 4), -1) if elements[place].kind == "num"), 0)
    if at >= len(elements) or elements[at].text != "," or number < 2 or elements[number - 1].text != ",":
        return 0
    start = next((place for place in range(number - 2, -1, -1) if elements[place].kind in ("punct", "num")), -1)
    return at if any(word.has("mostly") for word in elements[start + 1 : number]) else 0


def _end_of_share(elements: list[Element], at: int) -> int:
    """Where a share between commas ends if words follow it and no number right behind them: ", bằng 0,39%, trả sau hạn."; else 0."""
    share = next((place for place in range(at + 1, min(at + 4, len(elements))) if elements[place].kind == "num"), 0)
    linked = share and elements[at].text == "," and elements[share].percent and all(word.has("link") for word in elements[at + 1 : share])
    if not linked or share + 2 >= len(elements) or elements[share + 1].text != ",":
        return 0
    stop = next((place for place in range(share + 2, len(elements)) if elements[place].kind in ("punct", "num")), len(elements))
    first = next((place for place in range(share + 2, stop) if not elements[place].has("link")), share + 2)
    named = first < stop and elements[first].entry is not None and not elements[first].has("link") and not elements[first].text.startswith("số")
    told = any(word.entry is not None and {"timing", "channel", "action"} & set(word.entry.features) for word in elements[first:stop])
    return first - 1 if named and told and (stop == len(elements) or elements[stop].text in (".", ",", ";", ")")) else 0
