"""Whom a figure speaks of: another unit, a level, a system, a village, by the words that the report prints; empty for the reporting unit.

The engine knows of levels and departments while it reads, because they decide what a number's parts are. Here every figure
is looked at once more in its sentence: the mention that stands last before it, within its bracket and up to a semicolon, has the say.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ingest.facts.flat import flat
from ingest.facts.frames import Reading
from ingest.facts.handed_over import OF_OLD_UNITS
from ingest.facts.lexicon import expand, lexicon
from ingest.facts.tokens import tokens, view

OTHER, SCHOOL = "other", "school"
"""What the engine says where it knows that a figure is not of the unit as a whole, before the printed words are looked for."""
_MOST_WORDS = 4
_LOOK_BACK = 600
_NEAR = 60
_OWN_LEVEL = "cấp xã"
"""What the engine says of the communes' level in a report of their province."""
_TRAIL = re.compile(r"[^,;.()\n|│║\t\d]*")
_SITUATED = re.compile(r"(?:tại|ở|của|thuộc|trên|do)\s+(?:các\s+|ubnd\s+)?\Z")
_OPENS = re.compile(r"\A(?:[\W\d_]|[a-zđ][.)]|[ivx]{2,}[.)]|\b(?:riêng|đối với|ở|tại|ubnd|trong đó)\b)*\Z")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_LIST_OF_UNITS = re.compile(r"\b(?:xã|phường|đơn vị|địa phương)\b[^:;]*:")
_LISTED = re.compile(r"[:,;] (?:và )?(?P<name>[^\W\d_a-zà-ỹ][\w'’]*(?: [^\W\d_a-zà-ỹ][\w'’]*){0,3}) (?=[\d(])")
_JOINT = re.compile(r"\s*(?:,|và|, và)?\s*(?:\d+\s+)?\Z")
_ASIDE = re.compile(r"[^,;.()]*")
_OF_THE_UNIT = re.compile(r"(?:cấp|ở|của) (?:xã|phường)|\d+ người")
"""Between a number of non-specialised people and a village behind it: the number is not of the village."""
_OF_THE_COMMUNE = re.compile(r"cấp xã|cấp phường|;")


@dataclass(frozen=True, slots=True)
class _Mention:
    """Somebody named in a sentence. `kind`: own, level, unit, village."""

    start: int
    end: int
    kind: str


@cache
def _phrases(*names: str) -> re.Pattern[str]:
    forms = {form.replace(" ,", ",") for name in names for pattern in lexicon().words[name] for form in expand(pattern)}
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in sorted(forms, key=len, reverse=True)) + r")(?!\w)")


class Subjects:
    """The subjects of one document's figures."""

    def __init__(self, text: str, seen: str, unit: str) -> None:
        """`seen` is the view of `text`, which the reader has."""
        self.text, self.view = text, seen
        self.unit = view(unit)
        self.of_province = self.unit.startswith(("tỉnh ", "thành phố "))
        self.name = self.unit.partition(" ")[2].removeprefix("trấn ").removeprefix("khu ").removeprefix("phố ")
        words = lexicon().words
        self.leaves, self.acts = words["subject-leaves"], words["subject-acts"]
        self.merged = re.compile("|".join(words["subject-merged"]))
        schools = "|".join(words["subject-schools"])
        self.level_of_school = re.compile(schools)
        self.schools = re.compile(rf"(?:bậc |khối |cấp |các )?(?:\d+ )?(?:trường )?(?:{schools}|th(?= và thcs|&))(?:[ ,&-]*(?:và )?(?:trường )?(?:{schools}))*")
        own = "province" if self.of_province else "commune"
        self.own = _phrases(f"subject-own-of-{own}")
        self.levels = _phrases("subject-levels", f"subject-levels-of-{own}")
        units = "|".join(map(re.escape, words["subject-units"]))
        self.units = re.compile(rf"(?<!\w)(?:{units})\s+")
        self.bare = re.compile(
            rf"(?<!các )(?<!cấp )(?<!những )(?<!\d )(?<!\w)(?:{'tỉnh|thành phố' if self.of_province else units})(?=\s+[^\W\d_])(?!\s+(?:bạn|khác|cũ|trong)\b)"
        )
        self.departments = re.compile(rf"(?<!\w)sở\s+(?:{'|'.join(sorted(map(re.escape, words['subject-departments']), key=len, reverse=True))})(?!\w)")
        villages = "|".join(sorted(map(re.escape, words["subject-villages"]), key=len, reverse=True))
        self.village = re.compile(rf"(?<!\w)(?:{villages})\s+")
        self.villages = re.compile(rf"(?<![\w])(?:{villages})(?:(?:\s*,\s*|\s+và\s+|\s*/\s*)(?:{villages}))*(?!\w)")
        self.found: dict[tuple[int, int], list[_Mention]] = {}

    def of(self, reading: Reading, before: int) -> str:
        """The subject of a reading; `before` is where the sentence's reading before it ends."""
        if reading.measure.startswith(("staff_left", "staff_joined")) or OF_OLD_UNITS in reading.flags:
            return reading.subject
        if reading.measure == "staff_non_specialised" and not reading.subject and (named := self._villages_of(reading, before)):
            return named
        if reading.subject == SCHOOL:
            return self._school(reading, before)
        if reading.subject not in ("", OTHER, _OWN_LEVEL):
            return self._as_printed(reading)
        mention = self._governing(reading)
        if mention is None and reading.subject == OTHER:
            mention = self._before_sentence(reading)
            if mention is None:
                return "" if reading.measure.startswith("pakn") else OTHER
        if reading.subject == _OWN_LEVEL and (mention is None or mention.kind != "level"):
            return _OWN_LEVEL
        if mention is None or mention.kind == "own" or (mention.kind == "level" and not (reading.subject or self._counts_there(mention, reading))):
            return ""
        said = self._words(mention.start, mention.end)
        if reading.measure.startswith("pakn") and (not reading.subject or view(said).startswith("hệ thống")):
            return ""
        return said

    def of_heading(self, words: str) -> str:
        """The level or system that begins the heading of a column or is the name of a row, as printed; empty if none does."""
        level = self.levels.match(view(words))
        return words[: level.end()].strip() if level is not None else ""

    def _counts_there(self, level: _Mention, reading: Reading) -> bool:
        """Whether a number that the engine took for the unit's own is that of a level named before it."""
        if self.of_province:
            return True
        said = self.view[level.start : level.end]
        if said.startswith("công an"):
            return reading.measure.startswith("tthc_")
        if said.endswith("cũ"):
            return not self.merged.search(self.view, reading.sentence[0], level.start)
        between = self.view[level.end : reading.start]
        return level.end <= reading.start and not said.startswith("cấp") and not set(between) & set(",;.") and len(between) <= _NEAR

    def _words(self, start: int, end: int) -> str:
        return " ".join(self.text[start:end].split()).strip(" ,.:;*")

    def _as_printed(self, reading: Reading) -> str:
        said = re.compile(r"\s+".join(map(re.escape, view(reading.subject).split())))
        found = list(said.finditer(self.view, reading.sentence[0], reading.start))
        return self._words(found[-1].start(), found[-1].end()) if found else reading.subject

    def _governing(self, reading: Reading) -> _Mention | None:
        """The mention that has the say where the number stands."""
        begin, end = reading.sentence
        mentions = self._mentions(begin, end)
        here: _Mention | None = None
        opener: _Mention | None = None
        outer: list[_Mention | None] = []
        position = begin
        of_land = reading.measure in ("population", "area_km2")
        for mention in [*(one for one in mentions if one.kind != "village" or of_land), None]:
            until = min(mention.start if mention is not None else reading.start, reading.start)
            for char in self.text[position:until]:
                if char == "(":
                    outer.append(here)
                elif char == ")" and outer:
                    here = outer.pop()
                elif char == ";" and not outer:
                    here = opener
            if mention is None or mention.start >= reading.start:
                break
            position = mention.end
            here = mention
            if self.view[mention.end : mention.end + 1] == ":" and _OPENS.match(self.view[begin : mention.start]):
                opener = mention
        behind = self._behind(reading, mentions)
        if behind is not None and (here is None or here.kind == "own" or behind.kind == "level"):
            here = behind
        if here is not None and here.kind != "own" and of_land:
            between = self.view[here.end : reading.start]
            if "," in between or ";" in between or (self.merged.search(self.view, begin, here.start) and "(" not in between):
                return None
        return here

    def _behind(self, reading: Reading, mentions: list[_Mention]) -> _Mention | None:
        """A unit right behind the number's own words: "402 hồ sơ tại điểm Bản Qua"."""
        trail = _TRAIL.match(self.view, reading.end)
        until = trail.end() if trail else reading.end
        after = next((mention for mention in mentions if reading.end <= mention.start < until and mention.kind in ("level", "unit")), None)
        between = self.view[reading.end : after.start] if after is not None else ""
        if after is None or re.search(r"\bvà\b", between):
            return None
        return after if _SITUATED.search(between) or (after.kind == "level" and self.of_province) else None

    def _before_sentence(self, reading: Reading) -> _Mention | None:
        """The first mention of the sentence, else the last one of the lines above: what the engine took over."""
        within = [mention for mention in self._mentions(*reading.sentence) if mention.start < reading.start and mention.kind in ("own", "level")]
        if within:
            return within[0]
        if reading.measure.startswith("pakn"):
            return None
        mentions = self._mentions(max(0, reading.sentence[0] - _LOOK_BACK), reading.sentence[0])
        return next((mention for mention in reversed(mentions) if mention.kind in ("own", "level")), None)

    def _mentions(self, start: int, end: int) -> list[_Mention]:
        if (start, end) not in self.found:
            found: list[_Mention] = []
            for mention in sorted(self._all(start, end), key=lambda one: (one.start, -one.end)):
                if found and mention.start < found[-1].end:
                    continue
                gap = self.view[found[-1].end : mention.start] if found else ""
                if found and found[-1].kind == "level" and mention.kind in ("level", "own") and not gap.strip():
                    found[-1] = _Mention(found[-1].start, mention.end, "level")  # "trung bình cấp xã toàn tỉnh"
                elif found and mention.kind == found[-1].kind != "own" and _JOINT.match(gap):
                    # "xã A, xã B và xã C" together; in a province's report both levels are the whole
                    found[-1] = _Mention(found[-1].start, mention.end, "own" if mention.kind == "level" and self.of_province else mention.kind)
                else:
                    found.append(mention)
            self.found[start, end] = found
        return self.found[start, end]

    def _all(self, start: int, end: int) -> Iterator[_Mention]:
        for match in self.levels.finditer(self.view, start, end):
            told = not match.group().startswith("xã,") or re.search(r"(?:\d|\bở) \Z", self.view[max(0, match.start() - 4) : match.start()])
            if told and not self._after(match.start(), self.leaves):
                yield _Mention(match.start(), match.end(), "level")
        for match in self.own.finditer(self.view, start, end):
            yield _Mention(match.start(), match.end(), "own")
        for match in self.bare.finditer(self.view, start, end):
            if self.text[match.end() :].lstrip()[:1].islower():
                yield _Mention(match.start(), match.end(), "own")
        if self.of_province:
            for match in self.departments.finditer(self.view, start, end):
                if not self._after(match.start(), self.acts):
                    yield _Mention(match.start(), match.end(), "unit")
        for match in self.village.finditer(self.view, start, end):
            if (name := self._name_end(match.end(), end)) and not self._after(match.start(), self.leaves):
                yield _Mention(match.start(), name, "village")
        yield from self._listed(start, end)
        for match in self.units.finditer(self.view, start, end):
            if name := self._name_end(match.end(), end):
                said = " ".join(self.view[match.start() : name].split())
                own = flat(said) == flat(self.unit) or said.partition(" ")[2] == self.name or said.startswith(self.unit + " ")
                if own or not self._after(match.start(), self.leaves):
                    yield _Mention(match.start(), name, "own" if own else "unit")

    def _listed(self, start: int, end: int) -> Iterator[_Mention]:
        """Names of units in a list, right before their numbers: "Ba xã có nhiều hồ sơ quá hạn nhất: Đak Đoa 61, Chư Păh 48"."""
        opening = _LIST_OF_UNITS.search(self.view, start, end)
        for match in _LISTED.finditer(self.text, opening.end() - 1, end) if opening else ():
            said = tokens(view(match["name"]))
            known = lexicon().longest(said, 0)
            if known is None or known[0] < len(said):
                yield _Mention(match.start("name"), match.end("name"), "unit")

    def _after(self, at: int, words: tuple[str, ...]) -> bool:
        before = self.view[max(0, at - 20) : at].replace("ubnd", "").split()
        return bool(before) and before[-1] in words

    def _name_end(self, at: int, end: int) -> int:
        """Where the proper name that begins at `at` ends; 0 if none does."""
        last = count = 0
        if not self.text[at : at + 1].isupper():
            return 0
        for match in _WORD.finditer(self.text, at, end):
            gap = self.text[last or at : match.start()]
            if (last and gap.strip(" \n") not in ("", "-")) or not match.group()[0].isupper() or count == _MOST_WORDS:
                break
            last, count = match.end(), count + 1
        if last and self.text[last : last + 4] == " cũ":
            last += 3
        return last

    def _villages_of(self, reading: Reading, before: int) -> str:
        """ "ở thôn, tổ dân phố": those who work there, named before the number or right behind it."""
        begin = max(reading.sentence[0], min(before, reading.start))
        named = [match for match in self.villages.finditer(self.view, begin, reading.start)]
        if named and not _OF_THE_COMMUNE.search(self.view, named[-1].end(), reading.start):
            return self._words(named[-1].start(), named[-1].end())
        trail = _ASIDE.match(self.view, reading.end)
        behind = self.villages.search(self.view, reading.end, trail.end()) if trail else None
        if behind and not _OF_THE_UNIT.search(self.view, reading.end, behind.start()):
            return self._words(behind.start(), behind.end())
        return ""

    def _school(self, reading: Reading, before: int) -> str:
        """One school or one level of schools; empty where all levels are named together."""
        begin = max(reading.sentence[0], min(before, reading.start))
        named = list(self.schools.finditer(self.view, begin, reading.start)) or list(self.schools.finditer(self.view, reading.sentence[0], reading.start))
        if not named:
            return ""
        last = named[-1]
        end = self._name_end(last.end() + 1, reading.start) or last.end()
        if end == last.end() and len(set(self.level_of_school.findall(last.group()))) > 1:
            return ""
        return self._words(last.start(), end)


def bounds_before(readings: list[Reading]) -> list[int]:
    """For each reading, ordered by start, where the one before it in the same sentence ends (else 0)."""
    ends: list[int] = []
    starts = [reading.start for reading in readings]
    for reading in readings:
        place = bisect_left(starts, reading.start)
        above = readings[place - 1] if place else None
        ends.append(above.end if above is not None and above.sentence == reading.sentence else 0)
    return ends
