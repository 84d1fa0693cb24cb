"""People who left or came in a period, by reason: "08 người nghỉ theo Nghị định số 178/2024/NĐ-CP, 04 người chuyển về sở".

Such a number stands right before or right behind its reason, so it needs no frame: the words between the delimiters around it are
compared with the patterns of `language/moves.toml`. A total ("giảm 14 người") is one only where reasons follow it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ingest.facts.elements import Element
from ingest.facts.lexicon import expand
from ingest.facts.tokens import view

_DATA = Path(__file__).parent / "language" / "moves.toml"
_DELIMITERS = frozenset(",;:()./+•·")
_LEFT, _JOINED, _POLICY = "staff_left", "staff_joined", "staff_left_policy"
_LOOK_AHEAD = 60
"""So many elements behind a total are searched for its reasons."""
_WISHES = re.compile(r"\bxin (?:nghỉ|thôi|chuyển)")
_DECREE_AND_REST = re.compile(r" ?(?:theo |và |, )*(?:nghị định|nđ)(?: số)? [0-9/a-zđ-]+")
_LED_TO = re.compile(r"(?:được )?(?:điều động|điều chuyển|luân chuyển) đến ")
_CAUSE = re.compile(r"(?:lý do|nguyên nhân)\b")
_MISSING = re.compile(r"\b(?:thiếu|khuyết|trống)$")
_DUE = re.compile(r"\bdo (?=nghỉ|hưu|thôi việc|chuyển|điều động|đã|mới)")
"""A vacancy with its reason: "khuyết 03 do nghỉ hưu trước tuổi", "thiếu 01 công chức Văn hóa - Xã hội do nghỉ hưu"."""
_LONGEST = 150
"""Only so many characters on each side of a number are compared: a hostile sentence would take its square in time."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a number of people is a figure of."""

    measure: str
    specialised: bool | None
    """False for those said to be non-specialised, whom no block employs; None where only the neighbours tell."""
    missing: bool = False
    """Whether the number also counts the posts that they left vacant."""


@dataclass(frozen=True, slots=True)
class _Reason:
    """One `[[move]]`: the words that make a number its measure."""

    measure: str
    behind: re.Pattern[str]
    before: re.Pattern[str]
    weak: re.Pattern[str]
    names: re.Pattern[str]
    anywhere: re.Pattern[str]
    total: bool
    came: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """The words around one number."""

    before: str
    """From the last delimiter or number to this one."""
    behind: str
    """From its unit to the next delimiter or number; over a comma where the next words are a reason without a number."""
    who: str
    """Its unit, if it is people."""
    told: str
    """The sentence before the number."""
    ahead: str
    """What follows in the sentence."""
    missing: bool = False
    """Whether the number is a vacancy and the words behind it are its reason."""


def measures() -> frozenset[str]:
    """Every measure that a move can give."""
    return frozenset(reason.measure for reason in _reasons())


def find_moves(seen: str, elements: list[Element], *, about_staff: bool) -> dict[int, Move]:
    """The numbers of a sentence that count people who left or came, by the identity of their element.

    `about_staff`: a heading or line above speaks of staff, so that numbers without a unit count people.
    """
    numbers = [place for place, element in enumerate(elements) if element.kind == "num"]
    if not numbers or not _anything().search(_joined(seen, elements, 0, len(elements))):
        return {}
    found: dict[int, Move] = {}
    whole = ""
    about_staff = about_staff or _list("of-staff").search(_joined(seen, elements, 0, len(elements))) is not None
    for order, place in enumerate(numbers):
        number = elements[place]
        if place and elements[place - 1].text in (";", ")"):
            whole = ""
        unit = elements[place + 1] if place + 1 < len(elements) else None
        words = _words(seen, elements, numbers, order)
        other = not words.who and unit is not None and (unit.has("unit") or (unit.kind == "word" and unit.text in ("lớp", "lần", "cuộc", "bộ")))
        if number.percent or number.zero or len(number.parts) != 1 or number.magnitude or other:
            continue
        measure = _measure(words, whole, about_staff or bool(found))
        if measure:
            found[id(number)] = Move(measure, _specialised(words), missing=words.missing)
            whole = measure if measure in (_LEFT, _JOINED) else whole
    return found


def move_of_name(name: str, came: bool | None) -> Move | None:
    """What the numbers below a heading or beside a row's name count; `came`: whether the group that it stands in is of people who came, None where none says so.

    The group itself ("Giảm trong kỳ") and the total in it ("Tổng số") are the total's measure.
    """
    name = name.strip(" -+*.:")
    whole = _JOINED if came else _LEFT if came is not None or _list("decrees").search(name) else ""
    if _list("rest").fullmatch(name):
        return None
    if _list("wholes").fullmatch(name):
        return Move(whole, None) if whole else None
    named = next((reason.measure for reason in _reasons() if reason.names.fullmatch(name)), "")
    direction = direction_of(name)
    if not named and direction is not None and not _anything().search(name):
        return Move(_JOINED if direction else _LEFT, None)
    words = _Words(name, name, "", name, "")
    measure = named or _measure(words, whole, about_staff=True)
    if measure == "staff_left_transferred" and whole == _JOINED:
        measure = "staff_joined_transferred"  # "Chuyển công tác" below "Tăng"
    if not measure or (whole and measure.startswith(_LEFT) != (whole == _LEFT)):
        return None
    return Move(measure, _specialised(words))


def direction_of(name: str) -> bool | None:
    """Whether a heading is a group of people who came ("Tăng trong kỳ") or who left ("Số giảm", "Đi"); None if it says neither or both."""
    left, came = _list("left-groups").search(name) is not None, _list("joined-groups").search(name) is not None
    return came if left != came else None


def _measure(words: _Words, whole: str, about_staff: bool) -> str:
    """What the number counts, or nothing; `whole` is the total whose reasons are being listed."""
    near = f"{words.before} | {words.behind}"
    if _list("hindrances").search(near) or not (words.who or about_staff or whole):
        return ""
    said = _said(words)
    decree = _list("decrees").search(near) is not None
    asked = _WISHES.search(words.behind) or _WISHES.search(words.before)
    if asked and (_list("hindrances").search(words.told) or (not _list("period").search(f"{words.told} {words.behind}") and not whole)):
        return ""  # "11 công chức xin thôi việc" among the difficulties: they are still there
    if said is not None and said.total:
        return _of_total(words, said)
    leaves = said is None or not said.came
    if decree and leaves and (said is not None or whole or _list("leaving").search(near)):
        return _POLICY
    if said is None and whole:
        said = next(
            (
                reason
                for reason in _reasons()
                if reason.came == (whole == _JOINED) and (reason.weak.match(words.behind) or (not words.behind and reason.weak.fullmatch(words.before)))
            ),
            None,
        )  # "giảm 08 người: nghỉ theo Nghị định … 05 người, điều động 02 người"
    if said is None:
        paid = words.who and words.before.endswith("cho") and _list("decrees").search(words.told) and _list("leaving").search(words.told)
        return _POLICY if paid else ""
    if said.measure == _POLICY and not (_list("decrees").search(words.told) or _list("leaving").search(near)):
        return ""  # "giải quyết chế độ cho 12 người" may be about those of merit
    if said.came and whole == _LEFT and _LED_TO.match(words.behind):
        return "staff_left_transferred"  # "giảm 05 người, gồm … 02 người điều động đến xã bạn"
    if said.came and not whole:
        return said.measure if _came(words, said, about_staff) else ""
    others = {reason.measure for reason in _reasons() if reason.anywhere.search(words.behind) and not (reason.total or reason.came)}
    return _LEFT if len(others) > 1 and not said.came else said.measure  # "05 người nghỉ hưu, nghỉ việc"


def _specialised(words: _Words) -> bool | None:
    """Whether the people are officials: the last words of the sentence that say who they are, or decree 178, which is for officials."""
    said, near = f"{words.told} {words.behind}", f"{words.before} {words.who} {words.behind}"
    if _list("not-specialised").search(near):
        return False
    if _list("officials").search(near):
        return True
    last = max((match.end() for match in _list("not-specialised").finditer(said)), default=-1)
    return False if last >= 0 and not _list("officials").search(said, last) else None


def _said(words: _Words) -> _Reason | None:
    """The reason that the words behind a number, else those before it, name; a bare "nghỉ" only where they name no other."""
    behind = [(match.end(), reason) for reason in _reasons() if (match := reason.behind.match(words.behind))]
    plain = _DECREE_AND_REST.sub("", words.before)
    before = [reason for reason in _reasons() if reason.before.search(plain)]
    specific = [(end, reason) for end, reason in behind if not reason.total]
    if specific:
        return max(specific, key=lambda one: one[0])[1]  # "chuyển về từ" is more than "chuyển về"
    named = next((reason for reason in before if not reason.total), None)
    if named is None and words.who and not words.behind and _list("led-away").match(words.before):
        return next(reason for reason in _reasons() if reason.measure == "staff_left_transferred")
    if named is None and not words.behind and _list("led-here").match(words.before.removeprefix("do ")):
        return next(reason for reason in _reasons() if reason.measure == "staff_joined_transferred")
    return named or next(iter([*before, *(reason for _, reason in behind)]), None)


def _of_total(words: _Words, said: _Reason) -> str:
    """ "giảm 14 người (08 người nghỉ …)" is a total; "giảm 21 người do thôi việc" is of its one reason; without a reason it is nothing."""
    reasons = {reason.measure for reason in _reasons() if not reason.total and reason.came == said.came and reason.anywhere.search(words.behind)}
    if said.measure == _LEFT and _list("decrees").search(f"{words.before} | {words.behind}"):
        return _POLICY
    if len(reasons) == 1:
        return reasons.pop()
    told = bool(reasons) or said.behind.match(words.behind) is not None or _anything().search(words.ahead.split(";")[0]) is not None
    return said.measure if told else ""


def _came(words: _Words, said: _Reason, about_staff: bool) -> bool:
    """Whether "tiếp nhận 05 …" is told of staff, and of a time after the unit was founded; "đã tuyển được 43" beside a quota are those who are there."""
    if _list("taken-over").search(f"{words.told} {words.behind}"):
        return False
    if said.measure.endswith("recruited"):
        return about_staff or not re.search(r"giao|chỉ tiêu|biên chế", words.told)
    return about_staff or _list("origin").search(f"{words.before} {words.behind}") is not None


def _words(seen: str, elements: list[Element], numbers: list[int], order: int) -> _Words:
    place = numbers[order]
    first = numbers[order - 1] + 1 if order else 0
    stop = numbers[order + 1] if order + 1 < len(numbers) else len(elements)
    start = place - (place > first and elements[place - 1].text == ":")
    while start > first and elements[start - 1].text not in _DELIMITERS:
        start -= 1
    while start - 1 > first and elements[start - 1].text == "," and _list("places").match(_joined(seen, elements, start, place)):
        start -= 1  # "tiếp nhận từ xã Châu Hồng, xã Tam Hợp 03 người": the places are one list
        while start > first and elements[start - 1].text not in _DELIMITERS:
            start -= 1
    if order and start == first:  # "03 người nghỉ theo Nghị định … và 02 người …": the words before "và" are of the other number
        start = next((at + 1 for at in range(place - 1, start, -1) if elements[at].text == "và"), start)
    if order and elements[place - 1].text == "và":
        start = place
    end = _delimiter(elements, place + 1, stop)
    if end < stop and elements[end].text == ",":
        later = _delimiter(elements, end + 1, stop)
        goes_on = _joined(seen, elements, end + 1, later)
        if later <= stop and (later < stop or stop == len(elements)) and any(reason.behind.match(goes_on) for reason in _reasons() if not reason.came):
            end = later  # "08 công chức nghỉ hưu trước tuổi, nghỉ thôi việc theo Nghị định …"
        elif _tells_more_reasons(_joined(seen, elements, place + 1, end), goes_on, ends=later < stop or stop == len(elements)):
            end = later  # "tăng 131 người do tuyển dụng mới, tiếp nhận và điều động từ sở, ngành về xã"
        elif _CAUSE.match(goes_on):
            end = _delimiter(elements, later + 1, stop) if later < stop and elements[later].text == ":" else later  # "giảm 01 công chức, lý do: nghỉ việc …"
    if end < stop < len(elements) and elements[end].text == "," and "và" in (word.text for word in elements[place + 1 : end]):
        at = next(at for at in range(end - 1, place, -1) if elements[at].text == "và")
        if _list("led-here").match(_joined(seen, elements, at + 1, end)) and _list("places").match(_joined(seen, elements, end + 1, stop)):
            end = at  # "tuyển dụng 04 người và tiếp nhận từ xã Tam Ngãi, xã Phong Thạnh 03 người"
    if end == stop < len(elements):
        end = _without_next_verb(seen, elements, place + 1, stop)
    behind = _joined(seen, elements, place + 1, end)[:_LONGEST]
    unit = _list("people").match(behind)
    due = _DUE.search(behind) if _MISSING.search(_joined(seen, elements, start, place)) else None
    if due is not None:
        behind, unit = behind[due.end() :], _list("people").match(behind)
        return _Words("", behind.strip(), unit.group() if unit else "người", _joined(seen, elements, max(0, place - _LOOK_AHEAD), place), "", missing=True)
    return _Words(
        _joined(seen, elements, start, place).strip(" :")[-_LONGEST:],
        behind[unit.end() :].strip() if unit else behind,
        unit.group() if unit else "",
        _joined(seen, elements, max(0, place - _LOOK_AHEAD), place),
        _joined(seen, elements, place + 1, min(len(elements), place + _LOOK_AHEAD)),
    )


def _tells_more_reasons(behind: str, goes_on: str, *, ends: bool) -> bool:
    """Whether the words behind a comma, up to the next verb, are one more reason why people came: "tăng 09 người do tuyển dụng, tiếp nhận và giảm …"."""
    more = re.split(r" và (?=giảm\b)", goes_on)[0]
    told = re.search(r"\bdo\b", behind) is not None and (ends or more != goes_on)
    return told and any(reason.came and not reason.total and reason.anywhere.search(more) for reason in _reasons())


def _without_next_verb(seen: str, elements: list[Element], start: int, stop: int) -> int:
    """ "tuyển được 06 công chức và tiếp nhận 04 người": the words behind "và" are the label of the next number."""
    at = next((place for place in range(stop - 1, start - 1, -1) if elements[place].text == "và"), stop)
    label = _joined(seen, elements, at + 1, stop)
    return at if any(reason.before.search(label) for reason in _reasons()) else stop


def _delimiter(elements: list[Element], start: int, stop: int) -> int:
    return next((place for place in range(start, stop) if elements[place].text in _DELIMITERS), stop)


def _joined(seen: str, elements: list[Element], start: int, end: int) -> str:
    return " ".join(seen[elements[start].start : elements[end - 1].end].split()) if end > start else ""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@cache
def _list(name: str) -> re.Pattern[str]:
    """A word list as one pattern; decrees with the words that name one."""
    words = _data()["moves"][name]
    if name == "decrees":
        return re.compile(rf"(?:nghị định|nđ)(?: số)? ?(?:{'|'.join(words)})\b")
    return re.compile(rf"\b(?:{_alternatives(words)})\b")


@cache
def _reasons() -> tuple[_Reason, ...]:
    fillers = rf"(?:(?:{_alternatives(_data()['moves']['fillers'])}) )*"
    never = re.compile(r"(?!)")

    def pattern(form: str, words: list[str]) -> re.Pattern[str]:
        return re.compile(form.format(fillers=fillers, words=_alternatives(words))) if words else never

    return tuple(
        _Reason(
            move["measure"],
            pattern(r"\A{fillers}(?:{words})\b", move.get("behind", [])),
            pattern(r"\b(?:{words})(?: {fillers})?\s?\Z", move.get("before", [])),
            pattern(r"\A(?:{words})\b", move.get("weak", [])),
            pattern(r"(?:{words})", move.get("names", [])),
            pattern(r"\b(?:{words})\b", [*move.get("behind", []), *move.get("before", [])]),
            move.get("total", False),
            move.get("came", False),
        )
        for move in _data()["move"]
    )


@cache
def _anything() -> re.Pattern[str]:
    """Any reason or decree: a sentence without one tells of nobody who left or came."""
    return re.compile(
        "|".join([_list("decrees").pattern, *(reason.anywhere.pattern for reason in _reasons() if not reason.total), r"\bnghỉ\b", r"ra khỏi biên chế"])
    )


def _alternatives(patterns: Iterable[str]) -> str:
    """Every plain form of the patterns as the view writes them, the longest first."""
    forms = {" ".join(view(form).replace(" ,", ",").replace("#", "[0-9]+").split()) for pattern in patterns for form in expand(pattern)}
    return "|".join(sorted(forms, key=len, reverse=True))
