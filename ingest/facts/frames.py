"""What is known while a sentence is read: the frame of a number, the open list level, the state between two numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from ingest.documents.outline import Block
from ingest.facts.elements import Element

GATHERED = re.compile(r"\bl[uũ][yỹ] kế\b|\bcộng dồn\b")
"""What a value has come to since the year began."""
MAJOR = {"dossier": "action", "pakn": "action", "petition": "action", "staff": "status"}
WEAK = ("family", "digital", "digit_hint", "field", "block", "weak_block", "subject", "comp", "rate", "action", "status", "points")
SCOPES = ("field", "block", "weak_block", "subject")
OF_ENTRY = (*SCOPES, "scoped", "own_block", "bound", "listed")
"""What is of one entry of a list and not of what it counts."""
_PROSE_WIDTH = 150
"""Characters: a longer line that ends in a full stop tells its matter itself."""
OF_DOSSIERS = ("carried", "withdrawn", "returned", "paused")
"""What happens to dossiers and never to procedures."""


def only(features: dict[str, str], *keys: str) -> dict[str, str]:
    """A copy of these of the features."""
    return {key: value for key, value in features.items() if key in keys}


def without(features: dict[str, str], *keys: str) -> dict[str, str]:
    """A copy of the other features."""
    return {key: value for key, value in features.items() if key not in keys}


@dataclass(slots=True)
class Frame:
    """What is known of one number: its features, and why it is not a figure if it is not."""

    features: dict[str, str] = field(default_factory=dict)
    void: str = ""
    emitted: bool = False
    places: list[int] = field(default_factory=list)
    """Where its readings stand in the list of all."""
    blocks: set[str] = field(default_factory=set)
    """Blocks of staff among its parts."""
    percent: bool = False


@dataclass(slots=True)
class Level:
    """An open list item, paragraph or heading, and what the lines below it inherit."""

    block: Block
    ends_with: str
    """Its last character."""
    void: str = ""
    label: dict[str, str] = field(default_factory=dict)
    frame: Frame | None = None
    topic: dict[str, str] = field(default_factory=dict)
    by_field: bool = False
    """Whether it announces a list by field: "Theo lĩnh vực, giải quyết xong:"."""
    pair: tuple[str, str, str] | None = None
    """The feature and its two values that a heading announces for `a / b`: "(số vào / số ra)"."""

    @property
    def heading(self) -> bool:
        return self.block.kind == "heading"

    @property
    def announces(self) -> bool:
        return self.ends_with == ":"

    @property
    def opens(self) -> bool:
        """Whether lines below it belong to it: a heading, an item, a line that ends in a colon."""
        return self.block.kind in ("heading", "item") or self.announces

    @property
    def asks(self) -> bool:
        """Whether it is a question, which the lines below it answer: "2. Có bao nhiêu hồ sơ trả chậm?"."""
        return self.ends_with == "?"

    @property
    def width(self) -> int:
        """Its length in characters."""
        return self.block.end - self.block.start

    @property
    def told(self) -> bool:
        """Whether it is prose that ends in a full stop: a paragraph below it is no part of what it counted last."""
        return self.ends_with == "." and self.width > _PROSE_WIDTH


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure before it is dressed: `sentence` is the span of the sentence or row that holds it."""

    measure: str
    scope: str
    subject: str
    value: Decimal
    kind: str
    bound: str
    start: int
    end: int
    sentence: tuple[int, int]
    inherited: bool
    flags: tuple[str, ...] = ()
    column: str = ""
    """The heading of its column if that is a period: "Tháng 7"."""
    presumed: bool = False
    """Whether its people are the government's only because no words name a block."""
    in_table: bool = False


@dataclass(slots=True)
class State:
    """Where a sentence stands: the number its parts belong to, the one before, and the words read since."""

    parent: Frame | None
    running: Frame | None
    void: str = ""
    inside: bool = False
    last: Frame | None = None
    number: Element | None = None
    counted_last: tuple[Frame, Element] | None = None
    """The last number that is a figure and no share, with its frame."""
    several: bool = False
    whole: Frame | None = None
    """The last number that is no comparison and no change."""
    headcount: Frame | None = None
    """The last number of people who are there: what "trong đó" parts behind a vacancy, too."""
    head: Frame | None = None
    """The first number of the last entry of a list by scope."""
    speaks_of_index: bool = False
    timings: set[str] = field(default_factory=set)
    span: tuple[int, int] = (0, 0)
    segments: list[list[Element]] = field(default_factory=lambda: [[]])
    seps: list[str] = field(default_factory=lambda: [""])
    stack: list[tuple[Frame | None, Frame | None, Frame | None, bool, str, dict[str, str], bool]] = field(default_factory=list)
    suspended: list[tuple[list[list[Element]], list[str]]] = field(default_factory=list)
    """The words before each open bracket: "Mức độ hài lòng (520 phiếu) đạt 96,7%"."""
    topic: dict[str, str] = field(default_factory=dict)
    topic_listed: bool = False
    topic_aside: bool = False
    """Whether the topic was only told apart behind a number of the whole: "quá hạn 38 hồ sơ, riêng đất đai 31 hồ sơ; …"."""
    households: bool = False
    """The number being read is followed by one of households: "34.118 người, 8.340 hộ"."""
    found_before: list[int] = field(default_factory=list)
    """How many figures there were at each open bracket."""
    of_earlier_time: bool = False
    """Whether the clause began with a period before the reported one: what was told of the reported one before is only compared with it."""
    bracketed: bool = False
    opened: bool = False
    """Whether a part was opened in this sentence ("trong đó", a bracket)."""
    fresh: bool = False
    """A semicolon has passed since the last number."""
    tail_block: str = ""
    """The block named only behind the last number: "05 công chức và 02 nhân viên làm việc tại Trung tâm"."""
    anchors: dict[str, Frame] = field(default_factory=dict)
    blocks: set[str] = field(default_factory=set)
    """Blocks of staff named in this sentence."""
    premise_end: int = 0
    """Where the facts end with which a sentence among requests began; 0 if it tells none."""
    of_others: bool = False
    """Whether the sentence tells of a number of other things: "Trong 46 nhiệm vụ, đã hoàn tất 39"."""
    in_passing: bool = False
    """Whether dossiers handed over were told of only beside a number: "21.640 hồ sơ, bao gồm cả 137 hồ sơ do UBND các xã cũ bàn giao"."""
    aim_in_passing: bool = False
    """Whether an aim was told behind a number, since the last number: "12 người, dự kiến thôi sử dụng; ở khu phố 108 người"."""
    remark: bool = False
    """Whether the open bracket says what else was counted in: "(kể cả 01 hồ sơ giấy)"."""
    listed_under: Frame | None = None
    """What the bracket before belonged to, while nothing was counted outside: "chậm là Sở A (143 hồ sơ), Sở B (71 hồ sơ)"."""
    concludes: bool = False
    """Whether the sentence goes on from the one before: "Như vậy còn 10 biên chế chưa sử dụng"."""

    def cut(self, sep: str) -> None:
        """End a segment; a semicolon also forgets the words before it."""
        if sep == ";":
            self.segments, self.seps, self.fresh, self.listed_under = [[]], [";"], True, None
        else:
            self.segments.append([])
            self.seps.append(sep)

    def end_clause(self, label: dict[str, str]) -> None:
        """At a semicolon a scope without a number becomes the topic, and a list by scope ends."""
        if self.topic_aside:
            self.topic, self.topic_aside = {}, False
        scope = {key: label[key] for key in ("field", "block") if key in label}
        if scope:
            self.topic, self.topic_listed = scope, False

    def open(self, label: dict[str, str], void: str) -> None:
        """A bracket: what it holds belongs to the number or to the words before it."""
        self.stack.append((self.parent, self.running, self.last, self.inside, self.void, self.topic, self.topic_listed))
        self.suspended.append((self.segments, self.seps))
        self.void = self.void or void
        scope = {key: label[key] for key in ("field", "block") if key in label}
        if scope and not any(key in label for key in ("action", "status", "timing", "newness", "channel", "digit")):
            office = {"subject": label["subject"]} if "block" in scope and "subject" in label else {}
            self.topic, self.topic_listed, self.bracketed = scope | office, False, True  # "Phòng Kinh tế (14 người)"
            self.segments, self.seps = [[]], [";"]
            return
        if self.last is not None and {"channel", "timing", "grade", "level"} & set(label) and not {"action", "status", "family"} & set(label):
            self.parent, self.last = Frame({**self.last.features, **label}), None  # "500 hồ sơ tiếp nhận, đa số trực tuyến (96,2%)"
            self.inside = self.opened = True
            self.segments, self.seps = [[]], [";"]
            return
        if "back" in label and self.last is not None and "sent" in self.last.features:
            self.parent, self.last = Frame(without({**self.last.features, **label}, "sent")), None
            self.inside = self.opened = True
            self.segments, self.seps = [[]], [";"]
            return  # "Phát phiếu khảo sát (600), thu về hợp lệ (584)"
        self.part(label)
        if label and self.parent is not None and not self.parent.emitted and {"action", "timing", "channel"} & set(label):
            self.listed_under = self.parent
        elif not label and self.listed_under is not None:
            self.parent, self.last, self.inside, self.opened = self.listed_under, None, True, True

    def counted(self) -> Frame | None:
        """The number that parts belong to: not a change, a target or an event beside it."""
        if self.last is not None and self.last.features.get("status") == "vacant" and self.headcount is not None and not self.stack:
            return self.headcount
        passing = self.last is not None and self.last.void in ("change", "target", "event", "staff-event")
        passing = passing or (self.last is not None and self.last.void == "comparison" and self.last.percent)  # "1.076 hồ sơ, bằng 92% quý trước; trong số đó"
        return self.whole if passing and self.whole is not None else self.last

    def close(self, *, resumes: bool = False) -> None:
        """The bracket ends: back to where it began; `resumes` if the words before it go on to a number."""
        before = self.suspended.pop() if self.suspended else ([[]], [";"])
        if self.stack:
            inner = self.last
            self.opened = len(self.stack) > 1
            if self.listed_under is not None and inner is not None and inner.emitted:
                self.listed_under = Frame(without(inner.features, *SCOPES, "scoped", "bare_unit", "bound"))
            self.parent, self.running, self.last, self.inside, self.void, self.topic, self.topic_listed = self.stack.pop()
            self.last = self.last or inner
        self.segments, self.seps = before if resumes else ([[]], [";"])

    def part(self, label: dict[str, str], *, anew: bool = False) -> None:
        """What follows is a part of the number before, or of what the words before name; `anew`: the same whole is parted once more."""
        if anew and self.inside and self.parent is not None and self.last is not None:
            self.last = None
            self.segments, self.seps = [[]], [";"]
            return
        pending = any(segment for segment in self.segments)
        if label and pending and (self.last is None or any(key in label for key in ("action", "status", "family"))):
            outer = self.parent.features if self.parent is not None and self.last is None else {}
            if (
                self.last is not None
                and self.last.emitted
                and set(label) == {"action"}
                and label["action"] != "in_progress"
                and self.last.features.get("family") in MAJOR
            ):
                outer = {"family": self.last.features["family"]}  # "38 phản ánh, kiến nghị đều được trả lời (38/38)"
            self.parent = Frame({**outer, **label})
            self.topic = only(label, "field", "block") or self.topic
        elif self.last is not None:
            self.parent = self.counted()
        self.inside = self.opened = self.parent is not None
        self.segments, self.seps = [[]], [";"]


END = Element("punct", "", 0, 0)


@dataclass(slots=True)
class Claim:
    """A clause on its way to a frame: what it says itself, and what is found out around it."""

    own: dict[str, str]
    features: dict[str, str]
    number: Element
    state: State
    level: Level | None
    significant: set[str]
    scoped: bool
    unnamed: bool
    """Whether the clause names no family itself."""
    sources: list[Frame]
    """The whole that it is a part of and the number before: where the unsaid may come from."""
    family: str = ""
    alike: list[Frame] = field(default_factory=list)
    """Sources of the same family."""
    previous: Frame | None = None
    """The last number of the sentence, if it is of the same family."""
    unit_only: bool = False

    def names_place(self) -> bool:
        return any(word.has("identifier") for segment in self.state.segments for word in segment)


def counts_nothing() -> Frame:
    """The frame of a number that counts nothing of ours."""
    return Frame({"family": ""})
