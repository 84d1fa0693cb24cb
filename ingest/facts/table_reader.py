"""Tables: every number takes its column's heading and its row's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.documents.outline import Block
from ingest.facts.columns import MONEY_HEADING, Column, ColumnReader, words_at
from ingest.facts.elements import Element
from ingest.facts.frames import GATHERED, OF_ENTRY, SCOPES, Frame, State, without
from ingest.facts.move_tables import lone_moves_of_rows, moves_of_columns, moves_of_rows
from ingest.facts.moves import Move
from ingest.facts.subjects import OTHER, SCHOOL
from ingest.facts.tables import ORDER_NAMES, Cell, Table, split_table
from warehouse.numbers import MAGNITUDES, dotted_number
from warehouse.periods import parse_period_phrase

_WHOLES = {"party-front": ("party", "front"), "public-service": ("education", "health", "service-centre")}
"""Blocks whose offices a table may list by themselves, with a total of their own."""
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_MONEY = re.compile(r"(?:(?P<magnitude>nghìn|ngàn|triệu|tỷ|tỉ) )?(?:đồng|đ|vnđ|vnd)")
"""A cell that is the unit of its row's sums."""

_UNIT_WIDTH = 12
_FIELD_WIDTH = len("chứng thực")
_LONGEST_FIELD = 40
_CAPTION_MONEY = re.compile(
    r"(?:(?:đơn vị(?: tính)?|đvt)\s*:\s*|\((?=[^()\n]*đồng\)))(?P<magnitude>nghìn|ngàn|triệu|tỷ|tỉ)? ?(?:đồng|đ|vnđ|vnd)\b[^\n]*\n\s*\Z"
)
_CAPTION_WIDTH = 200
_NUMBERING = re.compile(r"\A(?:(?:[IVX]+|[A-ZĐ]|\d+)[.)] ?)?(?:(?:Trên|Tại|Ở) )?")


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that others may stand below: what it hands on to them, the level or system that it names, and the blocks whose staff it counts."""

    rank: int
    frame: Frame | None
    level: str
    blocks: frozenset[str] = frozenset()


@dataclass(slots=True)
class Row:
    """What the name of a row and the units beside it say of its numbers."""

    cells: list[Cell]
    name: str
    features: dict[str, str]
    void: str
    total: bool
    """Whether it is the total of rows of several fields or blocks."""
    summed: bool
    """Whether its name has a word of a total."""
    leaders: bool
    of_unit: bool
    """Whether it is of a unit or a period, so that a score in it is a whole one."""
    own_words: str
    """Its name as printed, where it is not the reporting unit's."""
    subject: str = ""
    of_time: str = ""
    """The period that it is of, where only its number and the corner tell: "Tháng" over "7"."""
    level: str = ""
    """The level or system that it names."""
    valued: bool = False
    rank: int = 0
    percent: bool = False
    post: list[Element] = field(default_factory=list)
    money: re.Match[str] | None = None


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
    listed: str
    """The family whose kinds or channels are listed, if the corner says so ("Loại đơn", "Kênh tiếp nhận phản ánh"): only their total is a figure."""
    gathered: frozenset[int]
    """Columns of what has gathered since the year began ("Lũy kế")."""
    family: str = ""
    running: Frame | None = None
    """The last figure of the row before."""
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
    sums: frozenset[int] = frozenset()
    """Columns of a total of which nothing else is said, right of columns of kinds of people."""
    spoken_of: dict[int, str] = field(default_factory=dict)
    """The level or system that a column's heading names: "Cấp xã", "HT của Bộ, ngành"."""
    open: list[OpenRow] = field(default_factory=list)
    """The rows below which the next one may stand, outermost first."""


class TableReader(ColumnReader):
    """Reads the rows of one table after the other."""

    def _table(self, rows: list[Block]) -> None:
        self.running = None
        grid = split_table(self.view, self.text, rows)
        headings = [self._heading_words(grid, place) for place in range(grid.width)]
        names = int(bool(headings) and headings[0].strip(" .") in ORDER_NAMES)
        for cells in grid.body if headings[names : names + 1] and headings[names] in self.lexicon.words["time-corners"] else ():
            if len(cells) > names + 1 and cells[names].number:
                cells[names].number, cells[names].is_order, cells[names].element = False, False, None  # below "Tháng" a 7 is July
        columns = [self._header_features(grid, column) if column >= names else ({}, "") for column in range(grid.width)]
        moves = moves_of_columns([[words_at(self.view, [span]) for span in grid.heading(place)] if place > names else [] for place in range(grid.width)])
        columns = [({}, "move") if place in moves else column for place, column in enumerate(columns)]
        scores = any("points" in features for features, _ in columns) or (self.of_index and "tổng điểm" in self.view[rows[0].start : rows[-1].end])
        settled = self._settled(columns, grid)
        settled = [({"family": "staff", "status": "present"}, "") if place in moves else column for place, column in enumerate(settled)]
        settled = self._of_start_and_end(settled, grid, moves)
        above = _CAPTION_MONEY.search(self.view, max(0, rows[0].start - _CAPTION_WIDTH), rows[0].start)
        if above:
            settled = self._in_money(settled, names)
        settled = self._taken_in(settled, headings)
        shared = {place for cells in grid.body for place, cell in enumerate(cells) if cell.share is not None}
        for place in shared & set(range(len(settled))):  # "Số hồ sơ (tỷ lệ)": counts, each with its share
            settled[place] = (without(settled[place][0], "percent", "rate"), settled[place][1])
        valued = {place for cells in grid.body for place, cell in enumerate(cells) if cell.number}
        telling = [features for place, (features, void) in enumerate(settled) if place and void not in ("plan", "target") and place in valued]
        by_column = bool(moves) or any(key in self.lexicon.significant for features in telling for key in features)
        gathered = frozenset(place for place, words in enumerate(headings) if GATHERED.search(words))
        corner = columns[names][0].get("family", "") if len(columns) > names else ""
        listed = corner if corner == "petition" or (corner == "pakn" and by_column) else ""
        progress = Progress(grid, settled, by_column, scores, headings, listed, gathered, "" if by_column else self._rows_family(grid))
        if not progress.family and self._context_family() == "procedure" and not any("family" in features for features, _ in settled):
            progress.family = "procedure"
        progress.moves = moves
        kinds = [place for place, (features, _) in enumerate(settled) if "cat" in features]
        progress.sums = frozenset(place for place, (features, _) in enumerate(columns) if set(features) == {"total"} and kinds and place > kinds[0])
        progress.money = above
        progress.periods = self._own_periods(grid)
        progress.spoken_of = {
            place: said for place in range(names + 1, grid.width) if (said := self.subjects.of_heading(words_at(self.text, grid.heading(place))))
        }
        progress.points = self._score_columns(settled, headings, progress.periods)
        progress.by_unit = headings[names : names + 1] != [] and headings[names] in self.lexicon.words["unit-corners"]
        labels = [self._row_label(cells)[0] for cells in grid.body]
        progress.by_field = any("field" in self._collapse(label, last_wins=True)[0] for label in labels)
        blocks = [self._collapse(label, last_wins=True)[0].get("block", "") for label in labels if any(element.has("total") for element in label)]
        progress.whole_block = blocks[0] if len(blocks) == 1 else ""
        progress.summed = any(element.has("total") for label in labels for element in label)
        row_moves = {} if moves else self._row_moves(grid, settled, by_column=by_column)
        of_all = [any(element.has("total") for element in label) for label in labels]
        first_last = by_column and of_all[:1] == [True] and sum(of_all) == 1  # a total above its parts is read behind them: it keeps what they have in common
        for cells in [*grid.body[1:], grid.body[0]] if first_last else grid.body:
            if (move := row_moves.get(cells[0].start)) is not None:
                self._row_of_moves(cells, move, progress)
            else:
                self._row(cells, progress)

    def _row_moves(self, grid: Table, columns: list[Column], *, by_column: bool) -> dict[int, Move]:
        """Rows of people who left or came, by where they start, of a table that lists reasons: "Nghỉ hưu đúng tuổi | 02"; its totals too."""
        rows = [cells for cells in grid.body if any(cell.number and not cell.is_order for cell in cells)]
        names = [self._row_name(cells) for cells in rows]
        moves: dict[int, Move] = {}
        if not any(features.get("family", "staff") != "staff" or "action" in features for features, _ in columns):
            moves = moves_of_rows(names, [any(element.has("total") for element in self._row_label(cells)[0]) for cells in rows])
        if not moves and not by_column:
            cells_of = [[words_at(self.view, [(cell.start, cell.end)]) for cell in cells if not cell.number] for cells in rows]
            moves = lone_moves_of_rows([[name, *cells] for name, cells in zip(names, cells_of, strict=True)])
        return {rows[place][0].start: move for place, move in moves.items()}

    def _row_of_moves(self, cells: list[Cell], move: Move, progress: Progress) -> None:
        row = self._collapse(self._row_label(cells)[0], last_wins=True)[0]
        for column, cell in enumerate(cells):
            number = cell.element
            if number is None or cell.is_order or column >= len(progress.columns) or number.percent:
                continue
            heading, void = progress.columns[column]
            if progress.sums and heading.get("cat") in ("officials", "civil", "viên chức"):
                continue  # kinds of people beside their total
            if void in ("", "cause") and heading.get("family", "staff") == "staff" and not ("percent" in heading or len(number.parts) > 1):
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

    def _row(self, cells: list[Cell], progress: Progress) -> None:
        row = self._named(cells, progress)
        parent, group = self._opened_row(row, progress)
        if not row.valued:
            progress.open.append(OpenRow(row.rank, Frame(row.features) if row.features else None, row.level))
            return
        if parent is not None and parent.features.get("block") in ("party", "front", "party-front") and row.features.get("weak_block") == "government":
            row.features.pop("weak_block")  # "Văn phòng" below "Khối Đảng"
        state = State(parent, None if progress.by_column else progress.running, inside=parent is not None, timings=progress.timings)
        self._take_units(row)
        shift = len(progress.columns) - len(cells) if progress.by_column and row.total and len(cells) < len(progress.columns) else 0
        last: Frame | None = None
        counted: set[str] = set()
        for column, cell in enumerate(cells, start=shift):
            if cell.element is None or cell.is_order or column >= len(progress.columns):
                continue
            frame = self._cell(row, column, cell, last, state, progress)
            if frame is None:
                continue
            counted |= self._speak_of(row, column, frame, group, progress)
            progress.above[column] = frame.features
            if not frame.void:
                last = frame
                progress.timings |= {frame.features.get(key, "") + "%" * cell.element.percent for key in ("timing", "grade")}
                if "money" not in frame.features:
                    progress.family = frame.features.get("family") or progress.family
            if cell.share is not None and not cell.element.percent:
                beside = self._cell(row, column, Cell(cell.start, cell.end, number=True, element=cell.share), None, state, progress)
                if beside is not None:
                    self._speak_of(row, column, beside, group, progress)
        kept: Frame | None = None
        if last is not None:
            progress.running = last
            progress.rows.append(last.features)
            kept = Frame({key: last.features[key] for key in SCOPES if key in last.features}) if progress.by_column else last
        progress.open.append(OpenRow(row.rank, kept, row.level, frozenset(counted)))

    def _named(self, cells: list[Cell], progress: Progress) -> Row:
        """What the name of a row says."""
        label, rank = self._row_label(cells)
        label = self._field_alone(label, progress) if progress.by_column else label
        features, void = self._collapse(label, last_wins=True)
        features |= self._row_block(label)
        leaders = any(element.entry is not None and element.entry.id == "leaders" for element in label) and not features.get("subject")
        if leaders:
            features = without(features, "post") | {"weak_block": "government"}  # a row beside those of the departments
        if "bare_other" in features and any("field" in row for row in progress.rows):
            features["field"] = "field:other"
        summed = any(element.has("total") for element in label)
        total = summed and not any(key in features for key in ("field", "block"))
        name = self._row_name(cells)
        self._settle_rest(name, features, progress)
        if features.get("status") == "present" and any(word in name for word in self.lexicon.words["start-headings"]):
            void = void or "comparison"
        if "action" in features and name.startswith(self.lexicon.words["dossier-names"]):
            features.setdefault("family", "dossier")
        if (features.get("action") == "received" and name.strip(" ()").endswith(" mới")) or name.endswith("(mới)"):
            features["newness"] = "new"
        own_words = self._subject(cells, name)
        if features.get("subject", OTHER) not in (OTHER, SCHOOL):
            features["subject"] = own_words  # a department, whose name may go on over lines
        if progress.by_unit and name.startswith(self.lexicon.words["offices"]):
            features.pop("field", None)  # "Công an phường" beside "Phòng Kinh tế"
        of_period = self._is_period(cells, progress.grid)
        of_unit = not total and (name.startswith(self.lexicon.words["unit-names"]) or progress.by_unit or of_period)
        row = Row(cells, name, features, void, total=total, summed=summed, leaders=leaders, of_unit=of_unit, own_words=own_words)
        place = int(cells[0].is_order and len(cells) > 1)
        bare = self.text[cells[place].start : cells[place].end]
        if of_period and bare.isdigit():
            row.of_time = f"{words_at(self.text, progress.grid.heading(place))} {bare}"
        row.subject = own_words if (of_unit and not of_period) or leaders or features.get("subject") == OTHER else ""
        row.level = self.subjects.of_heading(_NUMBERING.sub("", own_words))
        row.valued = any(cell.number for cell in cells)
        # the total of all rows stands below none of them, and a line without values names the group of those below
        row.rank = (0 if total and progress.by_column and not features else rank) - (0 if row.valued else 10)
        return row

    def _settle_rest(self, name: str, features: dict[str, str], progress: Progress) -> None:
        """A row of whatever the others leave over ("Các sở, ngành còn lại") takes what they are of."""
        if not progress.by_column or not name.endswith(self.lexicon.words["rest-names"]):
            return
        features.pop("action", None)
        if progress.by_field and not set(features) - {"bare_other"} and name in self.lexicon.words["rest-names"]:
            features["field"] = "field:other"
        elif features.get("family", "staff") == "staff" and progress.whole_block and not {"block", "weak_block"} & set(features):
            features["block"] = progress.whole_block

    @staticmethod
    def _opened_row(row: Row, progress: Progress) -> tuple[Frame | None, OpenRow | None]:
        """What the rows above a row hand on to it, and the group that it stands in; rows that it does not stand below are closed."""
        while progress.open and progress.open[-1].rank >= row.rank:
            progress.open.pop()
        handed_on = next((above.frame for above in reversed(progress.open) if above.frame is not None), None)
        return handed_on, progress.open[-1] if progress.open and not row.total else None

    def _take_units(self, row: Row) -> None:
        """What the cells beside a row's name say of its numbers: their unit."""
        beside = [cell for cell in row.cells if not cell.number]
        units = [words_at(self.view, cell.spans).strip(" ()") for cell in beside]
        row.percent = "rate" in row.features or row.features.get("grade") == "level" or "%" in units or row.name.endswith("(%)")
        if any(unit in self.lexicon.words["other-units"] for unit in units[1:]):
            row.void = row.void or "other-unit"  # "Đơn vị sự nghiệp tự chủ | Đơn vị | 01"
        if "điểm" in units[1:]:
            row.features["points"] = "yes"
        if "hồ sơ" in units[1:] and "family" not in row.features:
            row.features["family"] = "dossier"
        row.post = next((found for cell in beside if (found := self._area_unit(cell))), [])
        units += [name.rpartition("(")[2].strip() for name in units if name.endswith(("đồng", "đ", "vnđ", "vnd"))]  # "Phí thu được (triệu đồng)"
        row.money = next((match for unit in units if (match := _MONEY.fullmatch(unit))), None)

    def _cell(self, row: Row, column: int, cell: Cell, last: Frame | None, state: State, progress: Progress) -> Frame | None:
        """Read the number of a cell, `last` the figure on its left; None if it counts nothing of ours."""
        number = cell.element
        assert number is not None
        heading, heading_void = progress.columns[column]
        own = self._index_features(column, row.features, progress) if row.of_unit else None
        own = own or self._cell_features(column, row.features, row.total, progress)
        if own is None:
            return None
        number.percent = number.percent or (cell.share is None and ("percent" in heading or row.percent))
        if unit := self._money_unit(row, column, cell, progress):
            own["money"], number.magnitude = "yes", unit["magnitude"] or number.magnitude
            if number.magnitude and _THOUSANDS.fullmatch(number.parts[0][2]):
                # "412.300" below "(nghìn đồng)": beside a column's unit a point parts thousands
                number.amount = dotted_number(number.parts[0][2]) * MAGNITUDES[number.magnitude]
        state.running = last if progress.by_column else (progress.running if any(key in own for key in ("timing", "channel")) else None)
        state.last = last if progress.by_column else None
        if own.get("cat") in ("contract", "nonspec") or "in_table" in own or column in progress.sums or (progress.by_column and "status" in heading):
            state.running = state.last = None  # a column that says whom it counts, or the sum of several, is no share of the one on its left
        frame = self._inherit(own, number, state, None)
        if row.total and not row.features.get("block") and frame.features.get("family") == "staff":
            blocks = {above.get("block") or above.get("weak_block") or self.home_block for above in progress.rows} - {"one-stop-centre"}
            whole = next((whole for whole, parts in _WHOLES.items() if len(blocks) > 1 and blocks <= {whole, *parts}), "")
            offices = blocks == {"government"} and any(above.get("block") == "government" for above in progress.rows)
            frame.features["block"] = whole or ("all" if len(blocks) > 1 else frame.features.get("block") or ("government" if offices else "all"))
        frame.features["bound"] = "="
        if column in progress.gathered:
            frame.features["gathered"] = "yes"
        of_feedback = frame.features.get("family") in ("pakn", "petition") and progress.by_column and progress.summed
        if of_feedback and not (row.total or row.of_unit or "field" in row.features):
            return None  # feedback by channel or by kind: its total alone is a figure
        self._settle_void(row, own, frame)
        frame.void = heading_void or row.void or (self.levels[-1].void if self.levels else "")
        if move := progress.moves.get(column):
            self._cell_of_move(number, move, frame, row.cells, progress)
        else:
            self._emit(number, frame, _row_span(row.cells), row.post, state)
        return frame

    def _money_unit(self, row: Row, column: int, cell: Cell, progress: Progress) -> re.Match[str] | None:
        """The unit of a sum: its row's, its column's, the whole table's where fees are counted, or its own."""
        number = cell.element
        assert number is not None
        of_table = progress.money if progress.columns[column][0].get("family") == "fees" and not number.percent else None
        return row.money or MONEY_HEADING.search(progress.headings[column]) or of_table or _MONEY.fullmatch(self.view[number.parts[-1][1] : cell.end].strip())

    @staticmethod
    def _settle_void(row: Row, own: dict[str, str], frame: Frame) -> None:
        """Words of a row's name that stand for another matter elsewhere, and here for a field, for dossiers or for a unit's score."""
        if row.void == "staff-event" and frame.features.get("family") not in ("staff", ""):
            row.void = ""  # "kỳ trước chuyển sang": dossiers, too, are handed over
        if row.void == "event" and "field" in row.features:
            row.void = ""  # "Xây dựng, quy hoạch" is a field and no plan for posts
        if row.void == "average" and own.get("named"):
            row.void = ""  # the average of all units in a table of their scores

    def _speak_of(self, row: Row, column: int, frame: Frame, group: OpenRow | None, progress: Progress) -> set[str]:
        """Give the figures of a cell their subject and the period of their row or column; the blocks whose staff they count."""
        counted: set[str] = set()
        blocks, of_group = (group.blocks, group.level if not (row.level or row.subject) else "") if group is not None else (frozenset(), "")
        of_kind = bool({"block", "weak_block", "cat", "status"} & set(row.features))
        of_staff = (frame.features.get("family") == "staff" and of_kind and not row.leaders) or "field" in row.features
        for place in frame.places:
            one = self.found[place]
            said = row.subject if (row.subject and not of_staff) or one.subject == OTHER else one.subject
            if one.measure.startswith("staff_"):
                counted.add(one.scope)
                of_office = one.scope in blocks or (one.scope == "party" and "party-front" in blocks and "cơ quan" not in row.name)
                if not said and of_office and not {"cat", "status"} & set(row.features) and not row.summed:
                    said = row.own_words  # "Văn phòng Đảng ủy" below "KHỐI ĐẢNG, MẶT TRẬN"
            self.found[place] = replace(
                one, column=row.of_time or progress.periods.get(column, ""), subject=said or of_group or progress.spoken_of.get(column, "")
            )
        return counted

    def _field_alone(self, label: list[Element], progress: Progress) -> list[Element]:
        """A row's name without what explains its field or its block: "Hộ tịch (khai sinh, khai tử)", "Sự nghiệp (giáo dục, y tế)"; among rows of fields "Chứng thực bản sao, chữ ký" too."""
        bracket = self.view.find("(", label[0].end, label[0].end + _LONGEST_FIELD) if label else -1
        named = [element for element in label if element.end <= bracket]
        if named and {"field", "block"} & set(self._collapse(named, last_wins=True)[0]):
            return named
        kinds = label and label[0].entry is not None and "kind" in label[0].entry.features and any(element.text == "," for element in label)
        if kinds and progress.by_field and label[0].end - label[0].start > _FIELD_WIDTH:
            first = self._elements(self._tokens(label[0].start, label[0].start + _FIELD_WIDTH))
            return first if "field" in self._collapse(first, last_wins=True)[0] else label
        return label

    def _area_unit(self, cell: Cell) -> list[Element]:
        """The elements of a cell that is a unit of areas ("km2"), else none."""
        elements = self._elements(self._tokens(cell.start, cell.end)) if cell.end - cell.start <= _UNIT_WIDTH else []
        return elements if len(elements) == 1 and elements[0].entry is not None and "area_unit" in elements[0].entry.features else []

    def _row_name(self, cells: list[Cell]) -> str:
        """The words of a row's name."""
        named = next((cell for cell in cells if not (cell.number or cell.is_order) and any(char.isalpha() for char in self.view[cell.start : cell.end])), None)
        if named is None:
            return ""
        return words_at(self.view, named.spans).strip(" -+.")

    def _subject(self, cells: list[Cell], name: str) -> str:
        """The unit that a row is of, as printed; empty for the one whose report it is."""
        named = next((cell for cell in cells if cell.filled and not (cell.number or cell.is_order)), None)
        if named is None or name == self.unit or name.startswith(self.lexicon.words["whole-names"]):
            return ""
        return words_at(self.text, named.spans).strip(" -+*.")

    def _is_period(self, cells: list[Cell], grid: Table) -> bool:
        """Whether a row's name is a month, a quarter or a year, with the help of the corner ("Quý": "I/2026")."""
        if self.period is None or not cells:
            return False
        place = int(cells[0].is_order and len(cells) > 1)
        name = self.text[cells[place].start : cells[place].end].strip()
        corner = words_at(self.text, grid.heading(place))
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
            row = without(row, "family", "cat", "status")  # dossiers of "Chứng thực chữ ký, hợp đồng"
        own = {**heading, **row}
        of_index = "index" in (heading.get("family"), self._context_family()) or (
            progress.scores and (self.of_index or "group" in row or "group" in progress.columns[0][0])
        )
        if row.get("post") and "cat" not in row and not {"block", "weak_block", "subject"} & set(row):
            return None  # "Đảng viên", "Nữ": members and sexes are no head count of a block
        if progress.listed:
            own["family"] = progress.listed
            if not total:
                return None
        if "task" in own or (of_index and row.get("family") != "index" and not total):
            return None  # a row of the index's table is one of its components
        if of_index and total:
            own["family"], own["named"] = "index", "yes"
        if row.get("family") == "index" and not progress.by_column and "group" not in row:
            own["named"] = "yes"  # "Chỉ số phục vụ người dân (766) | 85,2 | 90,4"
        if "family" not in own and progress.family and (total or progress.family not in ("population", "area")):
            own["family"] = progress.family
        if "field" in row:
            own["by_field"] = "yes"
        if "status" not in heading and ((progress.by_column and "cat" in heading) or ("block" in heading and "cat" in row)):
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
            own = without(above, *OF_ENTRY, "transactions") | own
        return own

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
        return self._without_quota(elements), rank


def _row_span(cells: Sequence[Cell]) -> tuple[int, int]:
    """From the first to the last letter of a row; a place that the row leaves out has no letters, wherever it stands."""
    return min(cell.start for cell in cells), max(cell.end for cell in cells)
