"""Columns of a table: what the headings above each say, and what they say once each has seen the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from ingest.facts.elements import Element
from ingest.facts.frames import without
from ingest.facts.lexicon import lexicon
from ingest.facts.rules import RuleReader
from ingest.facts.subjects import Subjects
from ingest.facts.tables import ORDER_NAMES, Cell, Table
from ingest.facts.tokens import Token, view
from warehouse.model import Document, Period
from warehouse.periods import PeriodPhrase, calendar, parse_period_phrase

_YEAR = re.compile(r"\b20[0-9]{2}\b")
_YEAR_ALONE = re.compile(r"(?:năm )?(?P<year>20[0-9]{2})", re.IGNORECASE)
_FEW_COLUMNS = 2
_SHORT_WORD = re.compile(r"(?!TS|TC|SL)[A-ZĐ]{2,5}")
"""A heading that nobody explains ("TN"); the ones left out are those of a sum."""
_EXPLAINED_TOGETHER = re.compile(r"(?<![\w,] )(?<!\w)(?P<shorts>[A-ZĐ]\w{1,5}(?:, [A-ZĐ]\w{1,5})+) ?[-–:=] ?(?P<words>(?!\d)[^\W\dA-Z][^;.()\n:+]{2,80})")
_EXPLAINED = re.compile(
    r"(?<!\w)(?P<short>[A-ZĐ][a-zđ]?[A-ZĐ]{1,4})(?: ?[-–:=] ?| là )(?P<words>(?!\d)[^\W\dA-Z][^;,.()\n:+]{2,40}(?:, (?:trước|đúng|sớm|quá|trễ) (?:hạn|hẹn))?)"
)
_IN_BRACKETS = re.compile(r"(?<=\w) \((?:gọi tắt là |viết tắt là |sau đây gọi là )?(?P<short>[A-ZĐ]{2,4})\)")
_LONGEST_NAME = 40
MONEY_HEADING = re.compile(r"(?P<magnitude>nghìn|ngàn|triệu|tỷ|tỉ) (?:đồng|đ|vnđ|vnd)\b|\((?:đồng|vnđ)\)")
"""The unit in a column's heading: "Phí, lệ phí đã thu (nghìn đồng)"."""
_UNIT_BEHIND = re.compile(r"\s*\([^()]*\)\Z")
"""What a heading says behind its words: "Xong (đơn)"."""

_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:[.,\s][0-9]{3})+")
_SAYS = {
    **{status: {"family": "staff", "status": status} for status in ("assigned", "present", "vacant")},
    **{action: {"family": "dossier", "action": action} for action in ("received", "resolved", "in_progress")},
}
_SUMS = (("assigned", "present", "vacant"), ("received", "resolved", "in_progress"))
"""A whole and its parts."""
_OPEN = ("", "unknown-column", "change", "against", "target")
"""Reasons for which a column is no figure that its sums may overrule: words that compare it with its neighbours, or that nobody knows."""
_FEWEST_SUMS = 3
_OF_GROUPS = {"timing", "channel", "newness", "action", "period_new"}
_GROUPS: dict[str, Callable[[dict[str, str]], bool]] = {
    "received": lambda part: bool({"channel", "newness", "period_new"} & set(part)) or part.get("action") == "carried",
    "resolved": lambda part: part.get("timing") in ("early", "on_time", "early_or_on_time", "within"),
    "in_progress": lambda part: part.get("timing") == "within",
}
"""By which of its parts the total of a group is known, in the order of the form."""

Column = tuple[dict[str, str], str]
"""What the headings above a column say: features, and why its numbers are no figures if they are not."""


class ColumnReader(RuleReader):
    """Settles what each column of a table counts."""

    def __init__(self, document: Document, period: Period | None = None, unit: str = "") -> None:
        super().__init__(document)
        self.period = period
        self.year = period.end.year if period is not None else None
        self.unit = view(unit)
        self.subjects = Subjects(self.text, self.view, unit)
        self.of_province = self.subjects.of_province
        self.short = abbreviations(self.text)

    def _settled(self, columns: list[Column], grid: Table) -> list[Column]:
        """The columns once each has seen the others."""
        columns = _with_sum_of_received(_grouped_by_sums(columns, grid), grid)
        columns = self._of_announced(self._without_tasks(self._without_unread(columns, grid)), grid)
        actions = {features.get("action") for features, _ in columns} - {None}
        inhabitants = any(features.get("family") in ("population", "area") for features, _ in columns[1:])
        if {"received", "resolved"} <= actions:
            columns = _brought_over(columns)
        columns = _new_beside_carried(columns)
        if self._are_causes(columns, grid):
            return [(features, void or "cause") for features, void in columns]
        if not actions:
            columns = self._paid_online(columns)
        columns = self._of_one_family(columns, counts_dossiers=bool(actions))
        if {"resolved", "in_progress"} <= actions and "received" not in actions:
            columns = _with_whole(columns)
        for step in (
            self._without_wholes,
            self._without_earlier_years,
            self._without_earlier,
            self._without_before,
            self._without_start,
            self._without_plan,
            self._beside_present,
        ):
            columns = step(columns, grid)
        columns = _kinds_of_petitions(_with_blocks(_kinds_of_quota(_kinds_of_present(_with_fields(columns)))))
        return self._without_unknown(self._by_sums(columns, grid), grid, inhabitants)

    def _by_sums(self, columns: list[Column], grid: Table) -> list[Column]:
        """A column of which no word says what it counts is the rest of two others where it is so in every row: "Giao | Có mặt | Hụt"."""
        known = {role: place for place, (features, void) in enumerate(columns) if not void and (role := _role(features))}
        settled = list(columns)
        for whole, *parts in _SUMS:
            missing = {whole, *parts} - set(known)
            if len(missing) != 1 or sum(_role(features) in (whole, *parts) for features, void in columns if not void) != len(parts):
                continue
            role = missing.pop()
            fits = [
                place
                for place, (features, void) in enumerate(columns)
                if place
                and void in _OPEN
                and not set(features) & self.lexicon.significant
                and _adds_up(grid, [{**known, role: place}[one] for one in (whole, *parts)])
            ]
            if len(fits) == 1:
                settled[fits[0]] = (dict(_SAYS[role]), "")
        return settled

    def _are_causes(self, columns: list[Column], grid: Table) -> bool:
        """Whether the corner says that each row is a cause: dossiers counted by them are no figures."""
        return self._corner(grid) in self.lexicon.words["cause-corners"] and not any(features.get("family") == "staff" for features, _ in columns)

    def _of_announced(self, columns: list[Column], grid: Table) -> list[Column]:
        """What the line above the table says of it: which dossiers "Đã số hóa" counts, who "Số người" are, and that things are counted and no people."""
        label = self.levels[-1].label if self.levels else {}
        corner = self._corner(grid)
        result: list[Column] = []
        for place, (features, void) in enumerate(columns):
            words = self._heading_words(grid, place)
            if corner.startswith(self.lexicon.words["thing-corners"]):
                void = void or "things"
            elif "digital" in features and any(word in f" {words}" for word in self.lexicon.words["owed-headings"]):
                void = void or "whole"  # "Phải số hóa" beside "Đã số hóa"
            elif "digital" in features and "digit" not in features and label.get("digit"):
                features = {**features, "family": "dossier", "digit": label["digit"]}
            elif place and not features and not void and label.get("cat") == "nonspec" and words.startswith(self.lexicon.words["people-headings"]):
                features = {"family": "staff", "cat": "nonspec"}
            result.append((features, void))
        return result

    def _corner(self, grid: Table) -> str:
        """The heading above the names of the rows."""
        return next((words for place in range(min(2, grid.width)) if (words := self._heading_words(grid, place)).strip(" .") not in ORDER_NAMES), "")

    def _of_one_family(self, columns: list[Column], *, counts_dossiers: bool) -> list[Column]:
        """Columns of which none names what it counts: dossiers where something was done with them, else staff where one is of those there or assigned."""
        families = {
            features["family"] for features, _ in columns if "family" in features and "money" not in features and features != {"family": "index"}
        }  # a column of fees or of scores speaks for itself alone
        unnamed = [features for features, _ in columns if "family" not in features]
        if families == {"satisfaction"} and {"received", "resolved"} <= {features.get("action") for features in unnamed}:
            done = {"action", "timing", "channel", "newness"}
            return [({"family": "dossier", **features} if done & set(features) else features, void) for features, void in columns]
        if families:
            return columns
        of_staff = any("status" in features for features, _ in columns)
        family = "dossier" if counts_dossiers and self._context_family() not in ("pakn", "petition") else "staff" if of_staff else ""
        return [({"family": family, **features} if family else features, void) for features, void in columns]

    @staticmethod
    def _paid_online(columns: list[Column]) -> list[Column]:
        """Right beside a column of fees "Nộp trực tuyến (%)" is the share of payments."""
        return [
            ({**features, "family": "fees", "pay": "online"}, void)
            if place and columns[place - 1][0].get("family") == "fees" and features == {"channel": "online", "percent": "yes"}
            else (features, void)
            for place, (features, void) in enumerate(columns)
        ]

    def _beside_present(self, columns: list[Column], grid: Table) -> list[Column]:
        """Beside a column of those who are there, "Chỉ tiêu" is what was assigned, "Chênh" and "Chỉ tiêu chưa sử dụng" what is missing; alone they say neither."""
        if not any(features.get("status") == "present" for features, _ in columns):
            return columns
        columns = [(features, "" if void == "target" and place and "status" in features else void) for place, (features, void) in enumerate(columns)]
        names = [self._heading_words(grid, column) for column in range(len(columns))]
        for status in ("assigned", "vacant"):
            words = self.lexicon.words[f"{status}-headings"]
            columns = [
                ({"family": "staff", "status": status}, "") if place and name in words and "status" not in column[0] else column
                for place, (name, column) in enumerate(zip(names, columns, strict=True))
            ]
        return columns

    def _without_unknown(self, columns: list[Column], grid: Table, inhabitants: bool) -> list[Column]:
        """Among columns that each name whom they count, one whose heading says nothing known ("GV", "Số hộ") counts somebody or something else."""
        ignored = {"post"} if inhabitants else {"family", "post"}
        named = 2 if inhabitants else sum(bool({"status", "cat"} & set(features)) and "level" not in features for features, _ in columns[1:])
        return [
            (
                without(features, "total"),
                void or ("unknown-column" if named > 1 and place and not set(features) - ignored and self._heading_words(grid, place) else ""),
            )
            for place, (features, void) in enumerate(columns)
        ]

    def _without_plan(self, columns: list[Column], grid: Table) -> list[Column]:
        """Beside a plan ("Kế hoạch | Thực hiện | Tỷ lệ"), what was reached is the figure; the plan is not, nor how much of it was reached."""
        names = [self._heading_words(grid, column) for column in range(len(columns))]
        plan, reached = ([name.startswith(self.lexicon.words[f"{kind}-headings"]) for name in names[1:]] for kind in ("plan-column", "reached-column"))
        if any(word in self._corner(grid) for word in self.lexicon.words["aims-corners"]):  # "Chỉ tiêu nghị quyết | Giao | Kết quả"
            plan = [planned or features.get("status") == "assigned" for planned, (features, _) in zip(plan, columns[1:], strict=True)]
        if not (any(plan) and any(reached)):
            return columns
        return [
            columns[0],
            *(
                (column[0], column[1] or "plan") if planned else ({}, "") if done else (column[0], column[1] or "change") if "percent" in column[0] else column
                for column, planned, done in zip(columns[1:], plan, reached, strict=True)
            ),
        ]

    def _without_wholes(self, columns: list[Column], grid: Table) -> list[Column]:
        """ "Số hồ sơ đạt | Trên tổng số": the second is what the first is a part of, and says of nothing that it was done."""
        whole = [place > 0 and self._heading_words(grid, place) in self.lexicon.words["out-of"] for place in range(len(columns))]
        return [(features, void or ("whole" if out_of else "")) for (features, void), out_of in zip(columns, whole, strict=True)]

    def _without_before(self, columns: list[Column], grid: Table) -> list[Column]:
        """Beside what is now, a column of the time before the units were put together ("Trước sắp xếp | Sau sắp xếp") is there for comparison."""
        before = [
            place > 0 and any(word in self._heading_words(grid, place) for word in self.lexicon.words["before-headings"]) for place in range(len(columns))
        ]
        if all(before[1:]):
            return columns
        return [(features, void or ("comparison" if earlier else "")) for (features, void), earlier in zip(columns, before, strict=True)]

    def _without_unread(self, columns: list[Column], grid: Table) -> list[Column]:
        """Among columns that each say what was done with dossiers, one whose heading says nothing known ("Số quầy", "TN") counts something else."""
        telling = sum(bool({"action", "timing", "channel", "digit", "level"} & set(features)) for features, _ in columns[1:])
        names = [words_at(self.text, grid.heading(place)) for place in range(len(columns))]
        unread = [
            place > 0 and not features and bool(name) and (telling >= _FEW_COLUMNS or bool(_SHORT_WORD.fullmatch(name)))
            for place, (name, (features, _)) in enumerate(zip(names, columns, strict=True))
        ]
        return [(features, void or ("unknown-column" if nothing else "")) for (features, void), nothing in zip(columns, unread, strict=True)]

    @staticmethod
    def _without_tasks(columns: list[Column]) -> list[Column]:
        """Void the columns that count something else: those of a table of tasks, and procedures that were asked for beside the dossiers that came in."""
        named = [features for features, _ in columns[1:] if features]
        if named and "task" in named[0] and not any("family" in features for features in named):
            return [(features, void or "task") for features, void in columns]
        plain = {features["action"] for features, _ in columns if "action" in features and features.get("family") != "procedure"}
        return [
            (features, void or ("procedures-in-use" if features.get("family") == "procedure" and features.get("action") in plain else ""))
            for features, void in columns
        ]

    def _without_earlier_years(self, columns: list[Column], grid: Table) -> list[Column]:
        """Of columns whose headings differ in their year alone ("Giao năm 2025 | Giao năm 2026"), the reported year's, else the last one, holds the figures."""
        years: dict[str, dict[int, str]] = {}
        for place, (features, void) in enumerate(columns):
            words = self._heading_words(grid, place)
            if place and features and not void and (year := _YEAR.search(words)):
                years.setdefault(_YEAR.sub("#", words), {})[place] = year.group()
        reported = str(self.period.end.year) if self.period else ""
        other = {
            place for named in years.values() for place, year in named.items() if year != (reported if reported in named.values() else max(named.values()))
        }
        return [(features, void or ("comparison" if place in other else "")) for place, (features, void) in enumerate(columns)]

    def _without_earlier(self, columns: list[Column], grid: Table) -> list[Column]:
        """Void the columns of another period ("Tháng 8 | Tháng 7"), which stand there for comparison, where one of the columns is of the reported one."""
        if self.period is None:
            return columns
        starts = []
        for column in range(len(columns)):
            words = words_at(self.text, grid.heading(column))
            named = [own for phrase in parse_period_phrase(words, self.period.end.year) if (own := calendar_period(phrase)) is not None]
            if year := _YEAR_ALONE.fullmatch(words.strip()):
                named = [calendar("year", int(year["year"]))]
            starts.append(named[0] if len(named) == 1 else None)
        middle = self.period.start + (self.period.end - self.period.start) / 2  # quarters of the statutory calendar end inside the next ones
        earlier = [own is not None and own.start < self.period.start and own.end < middle for own in starts]
        if sum(earlier) == 1 and len(columns) > 2:  # "Kế hoạch 2026 | Kết quả 9 tháng | 9 tháng 2025"
            return [(features, void or ("comparison" if before else "")) for (features, void), before in zip(columns, earlier, strict=True)]
        ours = [own is not None and own.end >= self.period.end for own in starts]
        if not any(ours) or len({own for own in starts if own is not None}) != 2:
            return columns
        return [
            (features, void or ("comparison" if own is not None and not mine and own.start < self.period.start else ""))
            for (features, void), own, mine in zip(columns, starts, ours, strict=True)
        ]

    def _header_features(self, grid: Table, column: int) -> Column:
        # the words of all rows together: a heading may be wrapped over them
        elements = self._elements(self._spelt_out(self._headings(grid, column)))
        elements = [element for element in elements if not (element.kind == "num" and not element.percent)]
        elements = self._without_quota(elements)
        features, void = self._collapse(elements, last_wins=True)
        if features.get("action") == "received" and elements:
            if elements[-1].text == "mới":
                features["newness"] = "new"
            elif void == "comparison" and elements[-1].text.startswith("kỳ") and elements[-1].text.endswith("trước"):
                features["action"], void = "carried", ""  # below "Tiếp nhận" it is what came over
        bare = _UNIT_BEHIND.sub("", self._heading_words(grid, column))
        if len(elements) == 1 and elements[0].text in self.lexicon.headings:
            features = dict(self.lexicon.headings[elements[0].text])
        elif bare in self.lexicon.headings:
            features = dict(self.lexicon.headings[bare])
        elif len(elements) == 1 and not features and elements[0].text in self.lexicon.rows:
            features = dict(self.lexicon.rows[elements[0].text])
        elif lowest := self._headings(grid, column)[-1:]:
            features = {**self.lexicon.headings.get(" ".join(self.view[slice(*lowest[0])].split()), {}), **features}  # "Đã giải quyết | TS | TH | QH"
            own = self._collapse(self._elements(self._tokens(*lowest[0])), last_wins=True)[0]
            if len(self._headings(grid, column)) > 1 and features.get("grade") == "both" and own.get("grade") not in (None, "both"):
                features["grade"] = own["grade"]  # "Khảo sát hài lòng | Rất hài lòng"
        if any(element.has("aim") for element in elements):
            void = void or "plan"  # "Đề nghị giao 2027"
        if features.get("action") == "in_progress" and features.get("timing") == "early":
            features["timing"] = "within"  # "Đang giải quyết | Tr. hạn"
        words = self._heading_words(grid, column)
        if "%" in words or any(element.text in ("tỷ lệ", "tỉ lệ") for element in elements):
            features["percent"] = "yes"
        if any(element.has("total") for element in elements):
            features["total"] = "yes"
        if pair := self._announced_pair(elements):
            key, features[key], features["pair"] = pair
        return features, void

    def _without_quota(self, elements: list[Element]) -> list[Element]:
        """A name without what a vacancy is always held against: "Còn thiếu so với giao"."""
        against = next((place for place, element in enumerate(elements) if element.entry is not None and element.entry.id.split("+")[0] == "against"), 0)
        return elements[:against] if against and self._collapse(elements[:against], last_wins=True)[0].get("status") == "vacant" else elements

    def _announced_pair(self, elements: list[Element]) -> tuple[str, str, str] | None:
        """What the two numbers of `a / b` are, where a heading says it: "Theo lĩnh vực (tiếp nhận / giải quyết)", "Có/giao"."""
        for left, slash, right in zip(elements, elements[1:], elements[2:], strict=False):
            if slash.text in ("/", "-", "–") and left.entry is not None and right.entry is not None:
                says = [self.lexicon.headings.get(side.text, {}) | side.entry.features for side in (left, right) if side.entry is not None]
                for key in ("action", "status"):
                    values = says[0].get(key, ""), says[1].get(key, "")
                    if all(values) and values[0] != values[1]:
                        return key, *values
        return None

    def _in_money(self, columns: list[Column], names: int) -> list[Column]:
        """Columns below "(đơn vị tính: nghìn đồng)" where fees are spoken of: what was taken in, and of that what was paid online and its share."""
        if self._context_family() != "fees":
            return columns
        result, online = columns[: names + 1], False
        named = any(not features for features, _ in columns[names + 1 :])  # "Số hồ sơ | Số tiền thu"
        for features, void in columns[names + 1 :]:
            own = without(features, "channel", "family")
            foreign = features.get("family", "fees") not in ("fees", "dossier") or "action" in features
            online = online or features.get("channel") == "online"
            if not foreign and online and "percent" in own:
                result.append(({**own, "family": "fees", "pay": "online"}, void))
            elif not foreign and ("channel" in features or (named and features.get("family") == "dossier")):
                result.append((features, void or "part"))
            elif not foreign and not own:
                result.append(({"family": "fees"}, "" if void == "unknown-column" else void))
            else:
                result.append((features, void))
        return result

    def _taken_in(self, columns: list[Column], headings: list[str]) -> list[Column]:
        """Where fees are spoken of, "Số thu (nghìn đồng)" is what was taken in."""
        if "fees" not in (self._context_family(), self.chapter_family):
            return columns
        words = self.lexicon.words["taken-in-headings"]
        taken = [name.startswith(words) and (name.startswith("số tiền") or bool(MONEY_HEADING.search(name))) for name in headings]
        return [
            ({"family": "fees"}, "") if money and not set(features) - {"money"} and void in ("", "unknown-column") else (features, void)
            for money, (features, void) in zip(taken, columns, strict=True)
        ]

    def _score_columns(self, columns: list[Column], headings: list[str], periods: Container[int]) -> frozenset[int]:
        """Columns of points that are no component's; where one says that it is the sum of points, it alone. Without any, in a table of the index, those of periods."""
        found = {
            place
            for place, (features, void) in enumerate(columns)
            if place and not void and (("points" in features and "group" not in features) or features == {"family": "index"})  # "Điểm 766"
        }
        if not found and self._context_family() == "index":
            found = {place for place, column in enumerate(columns) if column == ({}, "") and place in periods}
        return frozenset({place for place in found if "tổng" in headings[place]} or found)

    def _of_start_and_end(self, columns: list[Column], grid: Table, moves: Container[int]) -> list[Column]:
        """Beside columns of people who left and came, those who were there before them are there for comparison, and those at the end are present."""
        first = next((place for place in range(len(columns)) if place in moves), 0)
        words = [self._heading_words(grid, place) for place in range(len(columns))]
        later = any(features.get("status") == "present" for place, (features, _) in enumerate(columns) if place > first and place not in moves)

        def settled(place: int, features: dict[str, str], void: str) -> Column:
            if not first or not place or place in moves:
                return features, void
            if any(word in words[place] for word in self.lexicon.words["end-headings"]) and "status" not in features:
                return {"family": "staff", "status": "present"}, ""
            before = any(word in words[place] for word in self.lexicon.words["start-headings"]) or (
                place < first and later and features.get("status") == "present"
            )
            return features, void or ("comparison" if before else "")

        return [settled(place, features, void) for place, (features, void) in enumerate(columns)]

    def _without_start(self, columns: list[Column], grid: Table) -> list[Column]:
        """Void those who were there when the period began, beside a column of the same people now: "Đầu năm 2026 (có/giao) | 30/9/2026 (có/giao)"."""
        first = [any(word in self._heading_words(grid, place) for word in self.lexicon.words["start-headings"]) for place in range(len(columns))]
        later = [features for (features, void), before in zip(columns, first, strict=True) if not (before or void) and "status" in features]
        return [
            (features, void or ("comparison" if before and place and features in later else ""))
            for place, ((features, void), before) in enumerate(zip(columns, first, strict=True))
        ]

    def _own_periods(self, grid: Table) -> dict[int, str]:
        """The headings of columns, or of groups of them, that are a period and nothing else: "Tháng 7", "Quý III"."""
        if self.period is None:
            return {}
        year = self.period.end.year
        levels = {
            place: [words_at(self.text, grid.heading(place)), *(words_at(self.text, [span]) for span in grid.heading(place))] for place in range(1, grid.width)
        }
        named = {
            place: [said for said in words if any(phrase.span == (0, len(said)) for phrase in parse_period_phrase(said, year))]
            for place, words in levels.items()
        }
        return {place: said[0] for place, said in named.items() if said}

    def _heading_words(self, grid: Table, column: int) -> str:
        return words_at(self.view, self._headings(grid, column))

    def _headings(self, grid: Table, column: int) -> list[tuple[int, int]]:
        """The headings above a column; a merged one that is printed again in the rows below it counts once."""
        spans = grid.heading(column)
        said = [" ".join(self.view[start:end].split()) for start, end in spans]
        return [span for place, span in enumerate(spans) if said[place] not in said[:place]]

    def _spelt_out(self, spans: list[tuple[int, int]]) -> list[Token]:
        """The tokens of names, those that the document abbreviates replaced by its own words for them."""
        found = [token for start, end in spans for token in self._tokens(start, end)]
        return [whole for token in found for whole in (self._tokens(*self.short[token.text]) if token.text in self.short else [token])]


def _role(features: dict[str, str]) -> str:
    """What a column is in a sum of others; empty if it is a part of one of them or none."""
    said = {key: value for key, value in features.items() if key in lexicon().significant and key != "family"}
    return next((role for role, says in _SAYS.items() if said == without(says, "family")), "")


def _adds_up(grid: Table, places: list[int]) -> bool:
    """Whether the first column is the sum of the others in all rows, and in enough of them to be no accident."""
    rows = [[_count(row[place]) if place < len(row) else None for place in places] for row in grid.body]
    told = [[value for value in row if value is not None] for row in rows if None not in row]
    return len(told) >= _FEWEST_SUMS and all(whole == sum(parts) for whole, *parts in told) and sum(all(parts) for _, *parts in told) >= _FEWEST_SUMS - 1


def _grouped_by_sums(columns: list[Column], grid: Table) -> list[Column]:
    """Below headings that have lost the line above them, each "Tổng số" counts what its parts tell: "Tổng số | Trực tuyến | Từ kỳ trước | Tổng số | Trước hạn | …".

    The parts are those that it is the sum of in the rows.
    """
    wholes = [place for place, (features, void) in enumerate(columns) if place and set(features) == {"total"} and not void]
    if len(wholes) < len(_GROUPS) - 1 or any(features.get("action", "carried") != "carried" or "status" in features for features, _ in columns):
        return columns
    settled = _brought_over(columns)  # "Kỳ trước" below the headings that are lost
    done: set[str] = set()
    for whole, following in zip(wholes, [*wholes[1:], len(columns)], strict=True):
        last = max((place for place in range(whole + 1, following) if _OF_GROUPS & set(settled[place][0])), default=whole)
        parts = list(range(whole + 1, last + 1))
        said = [settled[place][0] for place in parts]
        named = next((action for action, told in _GROUPS.items() if action not in done and any(told(features) for features in said)), "")
        if len(parts) < _FEW_COLUMNS or not named or not _mostly_adds_up(grid, [whole, *parts]):
            return columns
        done.add(named)
        settled[whole] = ({"family": "dossier", "action": named}, "")
        for place in parts:
            features, void = settled[place]
            new = {"newness": "new"} if named == "received" and not set(features) - {"period_new"} else {}  # "Trong kỳ"
            settled[place] = ({"family": "dossier", "action": named, **new, **features}, void)
    return settled


def _with_sum_of_received(columns: list[Column], grid: Table) -> list[Column]:
    """ "Tồn kỳ trước | Nhận mới | Cộng": the third is what those two are parts of."""
    settled = list(columns)
    for place in range(2, len(columns)):
        left = [features for features, _ in columns[place - 2 : place]]
        carried = any(features.get("action") == "carried" for features in left)
        new = any("newness" in features or features.get("action") == "received" for features in left)
        if carried and new and set(columns[place][0]) == {"total"} and not columns[place][1] and _mostly_adds_up(grid, [place, place - 2, place - 1]):
            settled[place] = ({"family": "dossier", "action": "received"}, "")
    return settled


def _mostly_adds_up(grid: Table, places: list[int]) -> bool:
    """Whether the first column is the sum of the others in all rows but a few, which may be printed wrong."""
    rows = [[_count(row[place]) if place < len(row) else None for place in places] for row in grid.body]
    fits = [row[0] == sum(value or 0 for value in row[1:]) for row in rows if row[0] is not None]
    return bool(fits) and fits.count(False) * _FEWEST_SUMS <= fits.count(True)


def _count(cell: Cell) -> int | None:
    number = cell.element
    if number is None or cell.is_order or number.percent or len(number.parts) > 1:
        return None
    digits = number.parts[0][2]
    return int(re.sub(r"\D", "", digits)) if _WHOLE.fullmatch(digits) else None


def _brought_over(columns: list[Column]) -> list[Column]:
    """Beside what was received and what was resolved, "Kỳ trước" is what came over and no comparison."""
    return [({**features, "action": "carried"}, "") if void == "comparison" and "action" not in features else (features, void) for features, void in columns]


def _new_beside_carried(columns: list[Column]) -> list[Column]:
    """Below "Tiếp nhận", beside what was carried over, "Trong kỳ" is what came in anew."""
    if not any(features.get("action") == "carried" for features, _ in columns):
        return columns
    return [({**features, "newness": "new"} if "period_new" in features and "total" not in features else features, void) for features, void in columns]


def _with_whole(columns: list[Column]) -> list[Column]:
    """ "Tổng số | Đã giải quyết | Đang giải quyết": the first is what those two are parts of."""
    significant = lexicon().significant
    return [
        ({**features, "action": "received"}, void) if place and "total" in features and not set(features) & significant and not void else (features, void)
        for place, (features, void) in enumerate(columns)
    ]


def _with_fields(columns: list[Column]) -> list[Column]:
    """Columns of fields count dossiers; beside them one without a field is "Khác" or the total, and never the field on its left."""
    if sum("field" in features for features, _ in columns) < _FEW_COLUMNS or any("family" in features for features, _ in columns):
        return columns
    whole = [{"field": "field:other" if "bare_other" in features else ""} if place else {} for place, (features, _) in enumerate(columns)]
    return [({**other, "family": "dossier", **features}, void) for other, (features, void) in zip(whole, columns, strict=True)]


def _kinds_of_present(columns: list[Column]) -> list[Column]:
    """ "Có mặt" over "Tổng số | Cán bộ | Công chức": kinds of those who are there."""
    if not any(features.get("status") == "present" and "cat" not in features for features, _ in columns):
        return columns
    kinds = {features.get("cat") for features, _ in columns} & {"officials", "civil"}
    return [
        (without(features, "status"), void)
        if features.get("status") == "present" and features.get("cat") in (kinds | {"viên chức"} if kinds else ())
        else (features, void)
        for features, void in columns
    ]


def _kinds_of_quota(columns: list[Column]) -> list[Column]:
    """Beside the whole quota, that of officials and that of civil servants are parts."""
    if not any(features.get("status") == "assigned" and "cat" not in features for features, _ in columns):
        return columns
    return [
        (features, void or ("part" if features.get("status") == "assigned" and features.get("cat") in ("officials", "civil", "viên chức") else ""))
        for features, void in columns
    ]


def _kinds_of_petitions(columns: list[Column]) -> list[Column]:
    """ "Khiếu nại | Tố cáo | Kiến nghị | Tổng": the total alone is a figure."""
    kinds = [place for place, (features, _) in enumerate(columns) if "petition_kind" in features]
    if len(kinds) < _FEW_COLUMNS or not any("total" in features for features, _ in columns):
        return columns
    return [
        ({**features, "family": "petition"}, void)
        if "total" in features
        else (features, void or ("part" if place >= kinds[0] and set(features) <= {"family", "petition_kind"} else ""))
        for place, (features, void) in enumerate(columns)
    ]


def _with_blocks(columns: list[Column]) -> list[Column]:
    """Beside columns of blocks the total is that of all."""
    if sum("block" in features for features, _ in columns) < _FEW_COLUMNS:
        return columns
    return [({"block": "all", **features} if "total" in features and "status" not in features else features, void) for features, void in columns]


def words_at(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """What stands at the spans, as one line with single spaces."""
    return " ".join(" ".join(text[start:end].split()) for start, end in spans)


def abbreviations(text: str) -> dict[str, tuple[int, int]]:
    """What a document says that its short words stand for, by their lower-case form: "(TH - trước hạn, QH: quá hạn)", "trực tuyến (TT)"."""
    found = {match["short"].lower(): match.span("words") for match in _EXPLAINED.finditer(text)}
    for match in _EXPLAINED_TOGETHER.finditer(text):
        shorts, words = match["shorts"].split(", "), list(re.finditer(r"[^,\s][^,]*", match["words"]))
        if len(shorts) == len(words):  # "TH, ĐH - trước hạn, đúng hạn"
            first = match.start("words")
            found |= {short.lower(): (first + said.start(), first + said.end()) for short, said in zip(shorts, words, strict=True)}
    for match in _IN_BRACKETS.finditer(text):
        left = max(0, match.start() - _LONGEST_NAME)
        words = list(re.finditer(r"[^\W\d_]+", text[left : match.start()]))[-len(match["short"]) :]
        if "".join(word.group()[0] for word in words).upper() == match["short"]:
            found.setdefault(match["short"].lower(), (left + words[0].start(), left + words[-1].end()))
    return found


def calendar_period(phrase: PeriodPhrase) -> Period | None:
    """The period a phrase names, by the calendar; None for a range or a phrase that gives none."""
    if phrase.problem or phrase.kind == "range" or phrase.year is None:
        return None
    return calendar(phrase.kind, phrase.year, phrase.n)
