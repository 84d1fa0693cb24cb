"""Tables: every number takes its column's heading and its row's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ingest.documents.outline import Block
from ingest.facts.elements import Element
from ingest.facts.frames import GATHERED, SCOPES, Frame, State
from ingest.facts.move_tables import moves_of_columns, moves_of_rows
from ingest.facts.moves import Move
from ingest.facts.rules import RuleReader
from ingest.facts.tables import ORDER_NAMES, Cell, Table, split_table
from ingest.facts.tokens import Token, view
from warehouse.model import Document, Period
from warehouse.numbers import MAGNITUDES
from warehouse.periods import PeriodPhrase, calendar, parse_period_phrase

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_MONEY_HEADING = re.compile(r"(?P<magnitude>nghìn|ngàn|triệu|tỷ|tỉ) (?:đồng|đ|vnđ|vnd)\b")
"""The unit in a column's heading: "Phí, lệ phí đã thu (nghìn đồng)"."""
_MONEY = re.compile(r"(?:(?P<magnitude>nghìn|ngàn|triệu|tỷ|tỉ) )?(?:đồng|đ|vnđ|vnd)")
"""A cell that is the unit of its row's sums."""

_YEAR = re.compile(r"\b20[0-9]{2}\b")
_UNIT_WIDTH = 12
_FEW_COLUMNS = 2
_CAPTION_MONEY = re.compile(r"(?:đơn vị(?: tính)?|đvt)\s*:\s*(?P<magnitude>nghìn|ngàn|triệu|tỷ|tỉ)? ?(?:đồng|đ|vnđ|vnd)\b[^\n]*\n\s*\Z")
_CAPTION_WIDTH = 200
_SHORT_WORD = re.compile(r"(?!TS|TC|SL)[A-ZĐ]{2,5}")
"""A heading that nobody explains ("TN"); the ones left out are those of a sum."""
_EXPLAINED_TOGETHER = re.compile(r"(?<![\w,] )(?<!\w)(?P<shorts>[A-ZĐ]\w{1,5}(?:, [A-ZĐ]\w{1,5})+) ?[-–:=] ?(?P<words>(?!\d)[^\W\dA-Z][^;.()\n:+]{2,80})")
_EXPLAINED = re.compile(r"(?<!\w)(?P<short>[A-ZĐ]{2,5})(?: ?[-–:=] ?| là )(?P<words>(?!\d)[^\W\dA-Z][^;,.()\n:+]{2,40})")
_IN_BRACKETS = re.compile(r"(?<=\w) \((?:gọi tắt là |viết tắt là |sau đây gọi là )?(?P<short>[A-ZĐ]{2,4})\)")
_LONGEST_NAME = 40

Column = tuple[dict[str, str], str]
"""What the headings above a column say: features, and why its numbers are no figures if they are not."""


@dataclass(slots=True)
class Progress:
    """Where the reading of a table stands."""

    grid: Table
    columns: list[Column]
    by_column: bool
    """Whether the columns say what is counted; else the rows do."""
    scores: bool
    headings: list[str]
    """The words above each column."""
    petitions: bool
    """Whether the corner says that kinds of petition are listed ("Loại đơn"): only their total is a figure."""
    gathered: frozenset[int]
    """Columns of what has gathered since the year began ("Lũy kế")."""
    family: str = ""
    running: Frame | None = None
    """The last figure of the row before."""
    parents: list[tuple[int, Frame]] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    """Features of the last figure of each row so far: a total keeps what they have in common."""
    timings: set[str] = field(default_factory=set)
    """Shares that rows had so far: beside one of "trước hạn" or "rất hài lòng", the next grade's share is no rate."""
    above: dict[int, dict[str, str]] = field(default_factory=dict)
    """Features of the cell above, by column."""
    points: frozenset[int] = frozenset()
    """Columns that hold whole scores, where rows are units or periods."""
    by_unit: bool = False
    """Whether the corner says that each row is a unit ("Đơn vị")."""
    by_field: bool = False
    """Whether rows are fields."""
    money: re.Match[str] | None = None
    """The unit of sums that the line above the table names."""
    moves: dict[int, Move] = field(default_factory=dict)
    """Columns of people who left or came, by place."""
    periods: dict[int, str] = field(default_factory=dict)
    """Columns of a month, a quarter, a year, by place."""
    whole_block: str = ""
    """The block that the only total names: "Tổng cộng khối sự nghiệp"."""
    summed: bool = False
    """Whether a row is the total of the others."""


class TableReader(RuleReader):
    """Reads the rows of one table after the other."""

    def __init__(self, document: Document, period: Period | None = None, unit: str = "") -> None:
        super().__init__(document)
        self.period = period
        self.unit = view(unit)
        self.of_province = self.unit.startswith(("tỉnh ", "thành phố "))
        self.short = abbreviations(self.text)

    def _table(self, rows: list[Block]) -> None:
        self.running = None
        grid = split_table(self.view, self.text, rows)
        headings = [self._heading_words(grid, place) for place in range(grid.width)]
        names = int(bool(headings) and headings[0].strip(" .") in ORDER_NAMES)
        columns = [self._header_features(grid, column) if column >= names else ({}, "") for column in range(grid.width)]
        moves = moves_of_columns([[_words(self.view, [span]) for span in grid.heading(place)] if place > names else [] for place in range(grid.width)])
        columns = [({}, "move") if place in moves else column for place, column in enumerate(columns)]
        scores = any("points" in features for features, _ in columns) or (self.of_index and "tổng điểm" in self.view[rows[0].start : rows[-1].end])
        settled = self._settled(columns, grid)
        settled = [({"family": "staff", "status": "present"}, "") if place in moves else column for place, column in enumerate(settled)]
        above = _CAPTION_MONEY.search(self.view, max(0, rows[0].start - _CAPTION_WIDTH), rows[0].start)
        if above:
            settled = self._in_money(settled, names)
        by_column = bool(moves) or any(key in self.lexicon.significant for features, void in settled[1:] if void not in ("plan", "target") for key in features)
        gathered = frozenset(place for place, words in enumerate(headings) if GATHERED.search(words))
        petitions = columns[names][0].get("family") == "petition" if len(columns) > names else False
        progress = Progress(grid, settled, by_column, scores, headings, petitions, gathered, "" if by_column else self._rows_family(grid))
        progress.moves = moves
        progress.money = above
        progress.periods = self._own_periods(grid)
        progress.points = self._score_columns(settled, headings)
        progress.by_unit = headings[names : names + 1] != [] and headings[names] in self.lexicon.words["unit-corners"]
        labels = [self._row_label(cells)[0] for cells in grid.body]
        progress.by_field = any("field" in self._collapse(label, last_wins=True)[0] for label in labels)
        blocks = [self._collapse(label, last_wins=True)[0].get("block", "") for label in labels if any(element.has("total") for element in label)]
        progress.whole_block = blocks[0] if len(blocks) == 1 else ""
        progress.summed = any(element.has("total") for label in labels for element in label)
        row_moves = {} if moves else self._row_moves(grid, settled)
        for cells in grid.body:
            if (move := row_moves.get(cells[0].start)) is not None:
                self._row_of_moves(cells, move, progress)
            else:
                self._row(cells, progress)

    def _row_moves(self, grid: Table, columns: list[Column]) -> dict[int, Move]:
        """Rows of people who left or came, by where they start, of a table that lists reasons: "Nghỉ hưu đúng tuổi | 02"; its totals too."""
        if any(features.get("family", "staff") != "staff" or "action" in features for features, _ in columns):
            return {}
        rows = [cells for cells in grid.body if any(cell.number and not cell.is_order for cell in cells)]
        totals = [any(element.has("total") for element in self._row_label(cells)[0]) for cells in rows]
        moves = moves_of_rows([self._row_name(cells) for cells in rows], totals)
        return {rows[place][0].start: move for place, move in moves.items()}

    def _row_of_moves(self, cells: list[Cell], move: Move, progress: Progress) -> None:
        row = self._collapse(self._row_label(cells)[0], last_wins=True)[0]
        for column, cell in enumerate(cells):
            number = cell.element
            if number is None or cell.is_order or column >= len(progress.columns) or number.percent:
                continue
            heading, void = progress.columns[column]
            if void in ("", "cause") and not ("percent" in heading or len(number.parts) > 1):
                state = State(Frame({**row, **heading}), None)
                block = "" if move.specialised is False else heading.get("block") or row.get("block", "")
                self._emit_move(number, move, _row_span(cells), [], state, block=block, column=progress.periods.get(column, ""))

    def _cell_of_move(self, number: Element, move: Move, frame: Frame, cells: list[Cell], progress: Progress) -> None:
        """A cell below a reason: its row is a block, a department or a kind of people, of whom officials and civil servants are told apart from their total."""
        features = frame.features
        if frame.void or number.percent or len(number.parts) > 1 or (progress.summed and features.get("cat") in ("officials", "civil")):
            return
        of_villages = features.get("cat") == "nonspec"
        block = "" if of_villages else self._scope("staff_present", features)
        reason = replace(move, specialised=False) if of_villages else move
        self._emit_move(number, reason, _row_span(cells), [], State(frame, None), block=block, subject=features.get("subject", ""))

    @staticmethod
    def _score_columns(columns: list[Column], headings: list[str]) -> frozenset[int]:
        """Columns of points that are no component's; where one says that it is the sum of points, it alone."""
        found = {place for place, (features, void) in enumerate(columns) if place and not void and "points" in features and "group" not in features}
        return frozenset({place for place in found if "tổng" in headings[place]} or found)

    def _settled(self, columns: list[Column], grid: Table) -> list[Column]:
        """The columns once each has seen the others."""
        columns = self._without_tasks(self._without_unread(columns, grid))
        actions = {features.get("action") for features, _ in columns}
        families = {features["family"] for features, _ in columns[1:] if "family" in features}
        if {"received", "resolved"} <= actions:
            # beside what was received and what was resolved, "Kỳ trước" is what came over and no comparison
            columns = [
                ({**features, "action": "carried"}, "") if void == "comparison" and "action" not in features else (features, void) for features, void in columns
            ]
        corner = next((words for place in range(min(2, grid.width)) if (words := self._heading_words(grid, place)).strip(" .") not in ORDER_NAMES), "")
        if corner in self.lexicon.words["cause-corners"] and not any(features.get("family") == "staff" for features, _ in columns):
            return [(features, void or "cause") for features, void in columns]
        if not actions - {None}:
            columns = self._paid_online(columns)
        if not any("family" in features and "money" not in features for features, _ in columns):  # a column of fees speaks for itself alone
            family = "dossier" if actions != {None} and not self._context_family() else "staff" if any("status" in features for features, _ in columns) else ""
            columns = [({"family": family, **features} if family else features, void) for features, void in columns]
        if {"resolved", "in_progress"} <= actions and "received" not in actions:
            # "Tổng số | Đã giải quyết | Đang giải quyết": the first is what those two are parts of
            columns = [
                ({**features, "action": "received"}, void)
                if place and "total" in features and not set(features) & self.lexicon.significant and not void
                else (features, void)
                for place, (features, void) in enumerate(columns)
            ]
        columns = self._beside_present(
            self._without_plan(self._without_before(self._without_earlier(self._without_earlier_years(columns, grid), grid), grid), grid), grid
        )
        if sum("field" in features for features, _ in columns) > 1 and not any("family" in features for features, _ in columns):
            columns = [({"family": "dossier", **features}, void) for features, void in columns]
            # beside columns of fields, one without is "Khác" or the total, and never the field on its left
            whole = [{"field": "field:other" if "bare_other" in features else ""} if place else {} for place, (features, _) in enumerate(columns)]
            columns = [({**other, **features}, void) for other, (features, void) in zip(whole, columns, strict=True)]
        if any(features.get("status") == "present" and "cat" not in features for features, _ in columns):
            # "Có mặt" over "Tổng số | Cán bộ | Công chức": kinds of those who are there
            columns = [
                ({key: value for key, value in features.items() if key != "status"}, void)
                if features.get("status") == "present" and features.get("cat") in ("officials", "civil")
                else (features, void)
                for features, void in columns
            ]
        if sum("block" in features for features, _ in columns) > 1:
            columns = [({"block": "all", **features} if "total" in features and "status" not in features else features, void) for features, void in columns]
        return self._without_unknown(columns, grid, bool(families & {"population", "area"}))

    @staticmethod
    def _paid_online(columns: list[Column]) -> list[Column]:
        """Right beside a column of fees "Nộp trực tuyến (%)" is the share of payments."""
        return [
            ({**features, "family": "fees", "pay": "online"}, void)
            if place and columns[place - 1][0].get("family") == "fees" and features == {"channel": "online", "percent": "yes"}
            else (features, void)
            for place, (features, void) in enumerate(columns)
        ]

    def _without_unknown(self, columns: list[Column], grid: Table, inhabitants: bool) -> list[Column]:
        """Among columns that each name whom they count, one whose heading says nothing known ("GV", "Số hộ") counts somebody or something else."""
        ignored = {"post"} if inhabitants else {"family", "post"}
        named = 2 if inhabitants else sum(bool({"status", "cat"} & set(features)) for features, _ in columns[1:])
        return [
            (
                {key: value for key, value in features.items() if key != "total"},
                void or ("unknown-column" if named > 1 and place and not set(features) - ignored and self._heading_words(grid, place) else ""),
            )
            for place, (features, void) in enumerate(columns)
        ]

    def _row(self, cells: list[Cell], progress: Progress) -> None:
        label, rank = self._row_label(cells)
        features, void = self._collapse(label, last_wins=True)
        features |= self._row_block(label)
        leaders = any(element.entry is not None and element.entry.id == "leaders" for element in label) and not features.get("subject")
        if leaders:
            features = {key: value for key, value in features.items() if key != "post"} | {"weak_block": "government"}  # a row beside those of the departments
        if "bare_other" in features and any("field" in row for row in progress.rows):
            features["field"] = "field:other"
        total = any(element.has("total") for element in label) and not any(key in features for key in ("field", "block"))
        name = self._row_name(cells)
        if progress.by_column and name.endswith(self.lexicon.words["rest-names"]):
            features.pop("action", None)  # "Các sở, ngành còn lại" are those that the other rows leave over
            if progress.by_field and not set(features) - {"bare_other"} and name in self.lexicon.words["rest-names"]:
                features["field"] = "field:other"
            elif features.get("family", "staff") == "staff" and progress.whole_block and not {"block", "weak_block"} & set(features):
                features["block"] = progress.whole_block
        if (features.get("action") == "received" and name.strip(" ()").endswith(" mới")) or name.endswith("(mới)"):
            features["newness"] = "new"
        if "subject" in features and "\n" in features["subject"]:
            features["subject"] = name
        of_period = self._is_period(cells, progress.grid)
        of_unit = not total and (name.startswith(self.lexicon.words["unit-names"]) or progress.by_unit or of_period)
        subject = self._subject(cells, name) if (of_unit and not of_period) or leaders or features.get("subject") == "other" else ""
        if total and progress.by_column and not features:
            rank = 0  # the total of all rows, whatever stands above it
        valued = any(cell.number for cell in cells)
        rank -= 0 if valued else 10  # a line without values names the group of those below
        while progress.parents and progress.parents[-1][0] >= rank:
            progress.parents.pop()
        if not valued:
            if features:
                progress.parents.append((rank, Frame(features)))
            return
        parent = progress.parents[-1][1] if progress.parents else None
        state = State(parent, None if progress.by_column else progress.running, inside=parent is not None, timings=progress.timings)
        units = [_words(self.view, cell.spans).strip(" ()") for cell in cells if not cell.number]
        as_percent = "rate" in features or features.get("grade") == "level" or "%" in units or name.endswith("(%)")
        if any(unit in self.lexicon.words["other-units"] for unit in units[1:]):
            void = void or "other-unit"  # "Đơn vị sự nghiệp tự chủ | Đơn vị | 01"
        if "điểm" in units[1:]:
            features["points"] = "yes"
        if "hồ sơ" in units[1:] and "family" not in features:
            features["family"] = "dossier"
        post = next((found for cell in cells if not cell.number and (found := self._area_unit(cell))), [])
        units += [name.rpartition("(")[2].strip() for name in units if name.endswith(("đồng", "đ", "vnđ", "vnd"))]  # "Phí thu được (triệu đồng)"
        money = next((match for unit in units if (match := _MONEY.fullmatch(unit))), None)
        shift = len(progress.columns) - len(cells) if progress.by_column and total and len(cells) < len(progress.columns) else 0
        last: Frame | None = None
        for column, cell in enumerate(cells, start=shift):
            number = cell.element
            if number is None or cell.is_order or column >= len(progress.columns):
                continue
            heading, heading_void = progress.columns[column]
            move = progress.moves.get(column)
            if heading.get("family") in ("pakn", "petition") and progress.by_column and progress.summed and not (total or of_unit or "field" in features):
                continue  # feedback by channel or by kind: its total alone is a figure
            own = self._index_features(column, features, progress) if of_unit else None
            own = own or self._cell_features(column, features, total, progress)
            if own is None:
                continue
            number.percent = number.percent or "percent" in heading or as_percent
            of_column = _MONEY_HEADING.search(progress.headings[column])
            unit = (
                money
                or of_column
                or (progress.money if heading.get("family") == "fees" and not number.percent else None)
                or _MONEY.fullmatch(self.view[number.parts[-1][1] : cell.end].strip())
            )
            if unit:
                own["money"], number.magnitude = "yes", unit["magnitude"] or number.magnitude
                if number.magnitude and _THOUSANDS.fullmatch(number.parts[0][2]):
                    # "412.300" below "(nghìn đồng)": beside a column's unit a point parts thousands
                    number.amount = Decimal(number.parts[0][2].replace(".", "")) * MAGNITUDES[number.magnitude]
            state.running = last if progress.by_column else (progress.running if any(key in own for key in ("timing", "channel")) else None)
            state.last = last if progress.by_column else None
            if own.get("cat") in ("contract", "nonspec") or "in_table" in own or (progress.by_column and "status" in heading):
                state.running = state.last = None  # a column that says whom it counts is no share of the one on its left
            frame = self._inherit(own, number, state, None)
            if total and not features.get("block") and frame.features.get("family") == "staff":
                blocks = {row.get("block") or row.get("weak_block") or self.home_block for row in progress.rows} - {"one-stop-centre"}
                frame.features["block"] = "all" if len(blocks) > 1 else frame.features.get("block") or "all"
            frame.features["bound"] = "="
            if column in progress.gathered:
                frame.features["gathered"] = "yes"
            if void == "staff-event" and frame.features.get("family") not in ("staff", ""):
                void = ""  # "kỳ trước chuyển sang": dossiers, too, are handed over
            if void == "event" and "field" in features:
                void = ""  # "Xây dựng, quy hoạch" is a field and no plan for posts
            if void == "average" and own.get("named"):
                void = ""  # the average of all units in a table of their scores
            frame.void = heading_void or void or (self.levels[-1].void if self.levels else "")
            if move is None:
                self._emit(number, frame, _row_span(cells), post, state)
            else:
                self._cell_of_move(number, move, frame, cells, progress)
            of_staff = (frame.features.get("family") == "staff" and not leaders) or "field" in features
            for place in frame.places:
                one = self.found[place]
                self.found[place] = replace(
                    one, column=progress.periods.get(column, ""), subject=subject if (subject and not of_staff) or one.subject == "other" else one.subject
                )
            progress.above[column] = frame.features
            if not frame.void:
                last = frame
                progress.timings |= {frame.features.get(key, "") + "%" * number.percent for key in ("timing", "grade")}
                if "money" not in own:
                    progress.family = frame.features.get("family") or progress.family
        if last is not None:
            progress.running = last
            progress.rows.append(last.features)
            progress.parents.append((rank, Frame({key: last.features[key] for key in SCOPES if key in last.features}) if progress.by_column else last))

    def _spelt_out(self, spans: list[tuple[int, int]]) -> list[Token]:
        """The tokens of names, those that the document abbreviates replaced by its own words for them."""
        found = [token for start, end in spans for token in self._tokens(start, end)]
        return [whole for token in found for whole in (self._tokens(*self.short[token.text]) if token.text in self.short else [token])]

    def _area_unit(self, cell: Cell) -> list[Element]:
        """The elements of a cell that is a unit of areas ("km2"), else none."""
        elements = self._elements(self._tokens(cell.start, cell.end)) if cell.end - cell.start <= _UNIT_WIDTH else []
        return elements if len(elements) == 1 and elements[0].entry is not None and "area_unit" in elements[0].entry.features else []

    def _row_name(self, cells: list[Cell]) -> str:
        """The words of a row's name."""
        named = next((cell for cell in cells if not (cell.number or cell.is_order) and any(char.isalpha() for char in self.view[cell.start : cell.end])), None)
        if named is None:
            return ""
        return _words(self.view, named.spans).strip(" -+.")

    def _in_money(self, columns: list[Column], names: int) -> list[Column]:
        """Columns below "(đơn vị tính: nghìn đồng)" where fees are spoken of: what was taken in, and of that what was paid online and its share."""
        if self._context_family() != "fees":
            return columns
        result, online = columns[: names + 1], False
        for features, void in columns[names + 1 :]:
            own = {key: value for key, value in features.items() if key not in ("channel", "family")}
            foreign = features.get("family", "fees") not in ("fees", "dossier") or "action" in features
            online = online or features.get("channel") == "online"
            if not foreign and online and "percent" in own:
                result.append(({**own, "family": "fees", "pay": "online"}, void))
            elif not foreign and "channel" in features:
                result.append((features, void or "part"))
            elif not foreign and not own:
                result.append(({"family": "fees"}, "" if void == "unknown-column" else void))
            else:
                result.append((features, void))
        return result

    def _subject(self, cells: list[Cell], name: str) -> str:
        """The unit that a row is of, as printed; empty for the one whose report it is."""
        named = next((cell for cell in cells if cell.filled and not (cell.number or cell.is_order)), None)
        if named is None or name == self.unit or name.startswith(self.lexicon.words["whole-names"]):
            return ""
        return _words(self.text, named.spans).strip(" -+*.")

    def _own_periods(self, grid: Table) -> dict[int, str]:
        """The headings of columns that are a period and nothing else: "Tháng 7", "Quý III"."""
        if self.period is None:
            return {}
        words = {place: _words(self.text, grid.heading(place)) for place in range(1, grid.width)}
        year = self.period.end.year
        return {place: said for place, said in words.items() if any(phrase.span == (0, len(said)) for phrase in parse_period_phrase(said, year))}

    def _is_period(self, cells: list[Cell], grid: Table) -> bool:
        """Whether a row's name is a month, a quarter or a year, with the help of the corner ("Quý": "I/2026")."""
        if self.period is None or not cells:
            return False
        place = int(cells[0].is_order and len(cells) > 1)
        name = self.text[cells[place].start : cells[place].end].strip()
        corner = _words(self.text, grid.heading(place))
        return any(
            phrase.span[1] == len(words) and phrase.span[0] <= len(words) - len(name)
            for words in (name, f"{corner} {name}")
            for phrase in parse_period_phrase(words, self.period.end.year)
            if not phrase.problem and phrase.kind != "range"
        )

    def _index_features(self, column: int, row: dict[str, str], progress: Progress) -> dict[str, str] | None:
        """A whole score of the unit or the period that a row names; None if the cell holds something else."""
        heading, _ = progress.columns[column]
        if column not in progress.points or {"action", "family", "group"} & set(row) or heading.get("family", "index") != "index":
            return None
        if not self.of_index and self._context_family() != "index" and "family" not in heading:
            return None
        return {**heading, **row, "family": "index", "named": "yes"}

    def _cell_features(self, column: int, row: dict[str, str], total: bool, progress: Progress) -> dict[str, str] | None:
        """What the heading and the row's name say together of a cell; None if it counts nothing of ours."""
        heading, _ = progress.columns[column]
        if progress.by_column and "action" in heading and "field" in row:
            row = {key: value for key, value in row.items() if key not in ("family", "cat", "status")}  # dossiers of "Chứng thực chữ ký, hợp đồng"
        own = {**heading, **row}
        of_index = "index" in (heading.get("family"), self._context_family()) or (
            progress.scores and (self.of_index or "group" in row or "group" in progress.columns[0][0])
        )
        if row.get("post") and "cat" not in row and not {"block", "weak_block", "subject"} & set(row):
            return None  # "Đảng viên", "Nữ": members and sexes are no head count of a block
        if progress.petitions:
            own["family"] = "petition"
            if not total:
                return None
        if "task" in own or (of_index and row.get("family") != "index" and not total):
            return None  # a row of the index's table is one of its components
        if of_index and total:
            own["family"], own["named"] = "index", "yes"
        if "family" not in own and progress.family and (total or progress.family not in ("population", "area")):
            own["family"] = progress.family
        if "field" in row:
            own["by_field"] = "yes"
        if progress.by_column and "cat" in heading and "status" not in heading:
            own["in_table"] = "yes"
        if own.get("family") == "staff" or "status" in own or "block" in own:
            own.pop("post", None)
        if total and not row and progress.running is not None and not progress.by_column:
            own = {key: value for key, value in progress.running.features.items() if all(row.get(key) == value for row in progress.rows)} | own
            own.pop("field", None)
            own.pop("scoped", None)
        if own.get("period_new") and not progress.by_column and progress.running is not None and progress.running.features.get("action") == "carried":
            own["newness"] = "new"
        if progress.by_column:
            own |= {key: heading[key] for key in ("action", "status") if key in heading}
        above = progress.above.get(column, {})
        if total and not row and progress.by_column and any(key in above for key in SCOPES) and not {"action", "status", "cat"} & set(heading):
            own = {key: value for key, value in above.items() if key not in (*SCOPES, "scoped", "own_block", "bound", "listed")} | own
        return own

    @staticmethod
    def _announced_pair(elements: list[Element]) -> tuple[str, str, str] | None:
        """What the two numbers of `a / b` are, where a heading says it: "Theo lĩnh vực (tiếp nhận / giải quyết)"."""
        for left, slash, right in zip(elements, elements[1:], elements[2:], strict=False):
            if slash.text in ("/", "-", "–") and left.entry is not None and right.entry is not None:
                for key in ("action", "status"):
                    values = left.entry.features.get(key, ""), right.entry.features.get(key, "")
                    if all(values) and values[0] != values[1]:
                        return key, *values
        return None

    def _without_plan(self, columns: list[Column], grid: Table) -> list[Column]:
        """Beside a plan ("Kế hoạch | Thực hiện | Tỷ lệ"), what was reached is the figure; the plan is not, nor how much of it was reached."""
        names = [self._heading_words(grid, column) for column in range(len(columns))]
        plan, reached = ([name.startswith(self.lexicon.words[f"{kind}-headings"]) for name in names[1:]] for kind in ("plan-column", "reached-column"))
        if not (any(plan) and any(reached)):
            return columns
        return [
            columns[0],
            *(
                (column[0], column[1] or "plan") if planned else ({}, "") if done else (column[0], column[1] or "change") if "percent" in column[0] else column
                for column, planned, done in zip(columns[1:], plan, reached, strict=True)
            ),
        ]

    def _heading_words(self, grid: Table, column: int) -> str:
        return _words(self.view, grid.heading(column))

    def _beside_present(self, columns: list[Column], grid: Table) -> list[Column]:
        """Beside a column of those who are there, "Chỉ tiêu" is what was assigned and "Chênh" what is missing; alone they say neither."""
        if not any(features.get("status") == "present" for features, _ in columns):
            return columns
        names = [self._heading_words(grid, column) for column in range(len(columns))]
        for status in ("assigned", "vacant"):
            words = self.lexicon.words[f"{status}-headings"]
            columns = [
                ({"family": "staff", "status": status}, "") if place and name in words and "status" not in column[0] else column
                for place, (name, column) in enumerate(zip(names, columns, strict=True))
            ]
        return columns

    def _row_block(self, label: list[Element]) -> dict[str, str]:
        """The block that a row's whole name is, where only in a table it is one: "Đảng ủy", "Đảng ủy, Ủy ban MTTQ"."""
        if len(label) == 1:
            return self.lexicon.rows.get(label[0].text, {})
        named = [element for element in label if element.kind != "punct" and not element.has("and")]
        blocks_named = {(element.entry.features.get("block") or element.entry.features.get("weak_block", "")) if element.entry else "" for element in named}
        return {"block": "party-front"} if blocks_named == {"party", "front"} else {}

    def _rows_family(self, grid: Table) -> str:
        """Rows that say only what was done ("Tiếp nhận", "Đã giải quyết") count dossiers, unless a row or a heading names something else."""
        rows = [self._collapse(self._row_label(cells)[0], last_wins=True)[0] for cells in grid.body]
        named = any("family" in features for features in rows) or self._context_family()
        return "dossier" if not named and sum(1 for features in rows if "action" in features) > 1 else ""

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
        telling = sum(bool({"action", "timing", "channel", "digit"} & set(features)) for features, _ in columns[1:])
        names = [_words(self.text, grid.heading(place)) for place in range(len(columns))]
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
            words = _words(self.text, grid.heading(column))
            named = [own for phrase in parse_period_phrase(words, self.period.end.year) if (own := calendar_period(phrase)) is not None]
            starts.append(named[0] if len(named) == 1 else None)
        earlier = [own is not None and own.end < self.period.start for own in starts]
        if sum(earlier) == 1 and len(columns) > 2:  # "Kế hoạch 2026 | Kết quả 9 tháng | 9 tháng 2025"
            return [(features, void or ("comparison" if before else "")) for (features, void), before in zip(columns, earlier, strict=True)]
        ours = [own is not None and own.end >= self.period.end for own in starts]
        if not any(ours) or sum(own is not None for own in starts) != 2:
            return columns
        return [
            (features, void or ("comparison" if own is not None and not mine else ""))
            for (features, void), own, mine in zip(columns, starts, ours, strict=True)
        ]

    def _header_features(self, grid: Table, column: int) -> Column:
        # the words of all rows together: a heading may be wrapped over them
        elements = self._elements(self._spelt_out(grid.heading(column)))
        elements = [element for element in elements if not (element.kind == "num" and not element.percent)]
        against = next((place for place, element in enumerate(elements) if element.entry is not None and element.entry.id.split("+")[0] == "against"), 0)
        if against and self._collapse(elements[:against], last_wins=True)[0].get("status") == "vacant":
            elements = elements[:against]  # "Còn thiếu so với giao": a vacancy is always held against the quota
        features, void = self._collapse(elements, last_wins=True)
        if features.get("action") == "received" and elements:
            if elements[-1].text == "mới":
                features["newness"] = "new"
            elif void == "comparison" and elements[-1].text.startswith("kỳ") and elements[-1].text.endswith("trước"):
                features["action"], void = "carried", ""  # below "Tiếp nhận" it is what came over
        if len(elements) == 1 and elements[0].text in self.lexicon.headings:
            features = dict(self.lexicon.headings[elements[0].text])
        elif lowest := grid.heading(column)[-1:]:
            features = {**self.lexicon.headings.get(" ".join(self.view[slice(*lowest[0])].split()), {}), **features}  # "Đã giải quyết | TS | TH | QH"
            own = self._collapse(self._elements(self._tokens(*lowest[0])), last_wins=True)[0]
            if len(grid.heading(column)) > 1 and features.get("grade") == "both" and own.get("grade") not in (None, "both"):
                features["grade"] = own["grade"]  # "Khảo sát hài lòng | Rất hài lòng"
        if any(element.has("aim") for element in elements):
            void = void or "plan"  # "Đề nghị giao 2027"
        words = self._heading_words(grid, column)
        if "%" in words or any(element.text in ("tỷ lệ", "tỉ lệ") for element in elements):
            features["percent"] = "yes"
        if any(element.has("total") for element in elements):
            features["total"] = "yes"
        if pair := self._announced_pair(elements):
            key, features[key], features["pair"] = pair
        return features, void

    def _row_label(self, cells: list[Cell]) -> tuple[list[Element], int]:
        words = [cell for cell in cells if not (cell.number or cell.is_order) and any(char.isalpha() for char in self.view[cell.start : cell.end])]
        if not words:
            return [], 50
        first = words[0]
        lead = self.view[first.start : first.end].lstrip()
        rank = 90 if lead[:1] in "-+•*" else 80 if lead[:1].isdigit() else 50
        if cells[0].is_order and rank == 50:
            order = self.view[cells[0].start : cells[0].end].strip(".)")
            rank = 45 if order.isalpha() else rank + 10 * order.count(".")
        elements: list[Element] = []
        for word in words[:1] if len(words) > 1 else words:
            elements.extend(self._elements(self._spelt_out(word.spans)))
        if len(elements) > 2 and len(elements[0].text) <= 3 and elements[1].text in (".", ")"):
            del elements[:2]
        while elements and elements[0].kind == "punct":
            elements.pop(0)
        return elements, rank


def _words(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """What stands at the spans, as one line with single spaces."""
    return " ".join(" ".join(text[start:end].split()) for start, end in spans)


def _row_span(cells: Sequence[Cell]) -> tuple[int, int]:
    """From the first to the last letter of a row; a place that the row leaves out has no letters, wherever it stands."""
    return min(cell.start for cell in cells), max(cell.end for cell in cells)


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
