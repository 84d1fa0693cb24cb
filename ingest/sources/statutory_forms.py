"""Statutory forms of Circular 01/2020/TT-VPCP and tables sent like them: a folder of XLSX.

Read are II.06 a, b, c (results of handling administrative procedures), II.07b (numbers of procedures), II.05 (feedback), tables of
staff and of petitions. Which header text is which column of which form is data (`ingest/layouts`), read by `ingest.form_tables`.
Written contract: each form on one sheet, its columns, whole numbers, a last row TỔNG CỘNG where the form has one, above it a header
block with the reporting unit and the period (staff: the day). Several forms in one workbook are one submission of one unit and period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from ingest.folders import files_below, read_report
from ingest.form_tables import MONEY, Grid, find_tables, plain, read_figures
from ingest.landing import Failure, Fetched, Landing, ParseError
from ingest.layouts import layouts
from ingest.maildrop import attachments
from ingest.register import put_on_review, unit_register
from ingest.submissions import insert_submission
from ingest.workbooks import UnreadableWorkbook, column_letters, read_workbook
from warehouse.model import Figure, Header, Period, Reading
from warehouse.periods import PeriodError, PeriodPhrase, classify_range, is_legal, parse_date, parse_period_phrase, statutory
from warehouse.refusals import refusal_vi
from warehouse.settings import Settings
from warehouse.text import fold, nfc

SOURCE = "statutory_forms"
PARSER_VERSION = "4"

_FORM_NUMBER = re.compile(r"\b(?:II\s*\.?\s*)?(0[5-8])\s*([a-d])?\s*/\s*VPCP", re.IGNORECASE)
_UNIT_LINE = re.compile(r"^[\s\-–+*]*đơn vị (?P<what>báo cáo|nhận báo cáo|nhận|tính)\s*:?\s*(?P<value>.*)$", re.IGNORECASE)
_AS_OF = re.compile(r"(?:tính đến|thời điểm|đến)\s+(?:hết\s+)?(?:ngày\s+)?(\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4})", re.IGNORECASE)
_COMMITTEE = re.compile(r"^(?:UBND|(?:ủy|uỷ)\s+ban\s+nhân\s+dân)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Table:
    """One form of a workbook, read."""

    grid: Grid
    form_code: str
    lines: list[str]
    printed: dict[str, str]
    header: Header
    figures: list[Figure]


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every file of the forms folder, its subfolders included, then the workbooks of the mail drop."""
    for path in files_below(config.tthc_forms_dir):
        yield read_report(path, config.tthc_forms_dir)
    yield from attachments(config, (".xlsx",), tells_of_mails_without=False)


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One workbook, wherever it is."""
    yield read_report(path, path.parent)


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert each form's header block and the mapping of its columns, and the workbook's figures.

    Returns:
        The number of figures.

    Raises:
        ParseError: `unreadable` (no workbook, damaged, locked), or `unexpected` (breaks the contract above).
    """
    try:
        tables, others = read_forms(body, landing.file_name)
        header = _one_header(tables, landing.file_name)
    except ParseError as error:
        error.reason = f"{refusal_vi(f'form-{error.outcome}')} ({error.reason})"
        raise
    for table in tables:
        columns = {column_letters(index): {"form_column": column.number, "measure": column.measure} for index, column in table.grid.columns.items()}
        connection.execute(
            "insert into raw.statutory_forms (landing_id, reader_version, sheet, form_code, header, cells) values (%s, %s, %s, %s, %s, %s)",
            (
                landing.landing_id, int(PARSER_VERSION), table.grid.sheet.name, table.form_code,
                Jsonb({"lines": table.lines, "other_sheets": others, **table.printed}), Jsonb(columns),
            ),
        )  # fmt: skip
    if not header.unit_code:
        on = header.period.end if header.period else landing.fetched_at.date()
        printed = tables[0].printed
        province = _province_in(printed.get("receiver", "")) or ""
        put_on_review(connection, landing.landing_id, SOURCE, PARSER_VERSION, landing.run_id, printed["unit"], province, on)
    figures = [figure for table in tables for figure in table.figures]
    insert_submission(connection, landing, PARSER_VERSION, header, figures, None)
    return len(figures)


def read_workbook_of_forms(body: bytes, name: str) -> Reading:
    """A workbook as one submission, as `parse` stores it.

    Raises:
        ParseError: as `parse`.
    """
    tables, _ = read_forms(body, name)
    return Reading(None, _one_header(tables, name), tuple(figure for table in tables for figure in table.figures))


def read_forms(body: bytes, name: str) -> tuple[list[_Table], list[str]]:
    """Every form of a workbook, and the names of the sheets without one.

    Raises:
        ParseError: as `parse`.
    """
    try:
        sheets = read_workbook(body, name)
    except UnreadableWorkbook as error:
        raise ParseError("unreadable", str(error)) from error
    grids, others = find_tables(sheets, layouts(), name)
    tables = []
    for grid in grids:
        lines = _header_lines(grid)
        header, form_code, printed, money, as_of = _read_header(lines, grid, f"{name}, sheet {grid.sheet.name}")
        tables.append(_Table(grid, form_code, lines, printed, header, list(read_figures(grid, name, money, as_of))))
    return tables, others


def _one_header(tables: list[_Table], name: str) -> Header:
    """The submission's header: the first form's, if the others name the same unit and period."""
    first = tables[0].header
    for table in tables[1:]:
        other = table.header
        if (other.unit_code, other.unit_name, other.period) != (first.unit_code, first.unit_name, first.period):
            raise ParseError(
                "unexpected",
                f"{name}: sheet {tables[0].grid.sheet.name} is of {first.unit_name}, {first.period.label if first.period else 'a day'}, sheet"
                f" {table.grid.sheet.name} of {other.unit_name}, {other.period.label if other.period else 'a day'}; send them as two workbooks",
            )
    kinds = sorted({table.header.kind for table in tables})
    return first if len(kinds) == 1 else replace(first, kind="+".join(kinds))


# --- the header block ------------------------------------------------------------------------------------------------


def _header_lines(grid: Grid) -> list[str]:
    """The texts above the table in reading order, a label that ends in a colon joined with the cell beside it."""
    lines: list[str] = []
    for row in range(grid.top):
        open_label = False
        for col in range(grid.sheet.width):
            if grid.sheet.merged.get((row, col), (row, col)) != (row, col) or grid.sheet.at(row, col) == "":
                continue
            for text in nfc(plain(grid.sheet.at(row, col))).splitlines():
                text = " ".join(text.split())
                if open_label and text:
                    lines[-1] += f" {text}"
                elif text:
                    lines.append(text)
                open_label = bool(text) and text.endswith(":")
    return lines


def _read_header(lines: list[str], grid: Grid, place: str) -> tuple[Header, str, dict[str, str], int | None, date | None]:
    """Who reports on which period, the form's number, the lines “đơn vị …” as printed, what money is counted in, and the day."""
    layout = grid.layout
    printed: dict[str, str] = {}
    for line in lines:
        if match := _UNIT_LINE.match(line):
            printed.setdefault({"báo cáo": "unit", "tính": "counted_in"}.get(match["what"].lower(), "receiver"), match["value"].strip(" .()"))
    unit_vi = printed.get("unit", "")
    if not unit_vi:
        raise ParseError("unexpected", f"{place}: no line “Đơn vị báo cáo: …” above the table; write which commune reports")
    money = _counted_in(printed.get("counted_in", ""), grid, place)
    as_of: date | None = None
    period: Period | None = None
    stated: tuple[date, date] | None = None
    flags: tuple[str, ...] = ()
    if layout.dated == "as-of":
        as_of = _day(lines, place)
    else:
        period, stated, flags = _read_period(lines, place)
    on = as_of or (period.end if period else None)
    assert on is not None  # one of the two is read or the form is refused
    receiver = printed.get("receiver", "")
    resolution = unit_register().resolve(unit_vi, province=_province_in(receiver), on=on)
    unit = resolution.unit
    if unit is None:
        flags = (*flags, "unit-unresolved" if resolution.status == "unresolved" else "unit-ambiguous")
    province = unit_register().by_code(unit.province_code, on) if unit else None
    number = next((match for line in lines if (match := _FORM_NUMBER.search(line))), None)
    if number is not None and layout.number and number[1] != layout.number:
        raise ParseError("unexpected", f"{place}: the header says form {number[0].strip()}, the table is {layout.form}; send each form as its own sheet")
    if number is not None and (number[2] or "a").lower() != "a" and layout.kind == "form-06":
        flags = (*flags, f"form-06{number[2].lower()}")  # consolidated over the unit's offices or its communes; a is of one office
    header = Header(
        unit_name=f"{unit.unit_type} {unit.name_vi}" if unit else _COMMITTEE.sub("", unit_vi),
        province_name=f"{province.unit_type} {province.name_vi}" if province else "",
        unit_code=unit.code if unit else "",
        unit_valid_from=unit.valid_from if unit else None,
        title=next((line for line in lines if line.isupper() and len(line) > 20), next((line for line in lines if "tình hình" in line.lower()), "")),
        kind=layout.kind,
        addressee=receiver,
        period_stated=stated,
        period=period,
        flags=flags,
    )
    return header, f"{layout.form}{number[2].lower() if number and number[2] else ''}", printed, money, as_of


def _counted_in(line: str, grid: Grid, place: str) -> int | None:
    """Check what the form says it counts in; what one unit of money is in VND, where it has columns of money and the line says it."""
    money = None
    has_money = any(column.type == "money" for column in grid.columns.values())
    for part in filter(None, (part.strip(" .") for part in re.split(r"[;,]", nfc(line)))):
        if has_money and part.lower() in MONEY:
            money = MONEY[part.lower()]
        elif not re.fullmatch(grid.layout.counted_in, fold(part)):
            raise ParseError("unexpected", f"{place}: counted in “{line}”; form {grid.layout.form} counts one by one (Đơn vị tính: số hồ sơ, người, TTHC, …)")
    return money


def _day(lines: list[str], place: str) -> date:
    """The day that a table of staff stands for."""
    days = {parse_date(re.sub(r"\s", "", match[1])) for line in lines for match in _AS_OF.finditer(line)}
    if len(days) != 1:
        found = ", ".join(f"{day:%d/%m/%Y}" for day in sorted(days)) or "none"
        raise ParseError("unexpected", f"{place}: expected one line “Tính đến ngày …/…/…” above the table, found {found}; head counts stand for a day")
    return days.pop()


def _province_in(receiver: str) -> str | None:
    """`UBND tỉnh Lạng Sơn` -> the province's name, where the receiver is one; a help to resolve names that occur twice."""
    match = re.search(r"(?:tỉnh|thành phố|TP\.?)\s+(\S.*)$", nfc(receiver), re.IGNORECASE)
    return match[0] if match else None


def _read_period(lines: list[str], place: str) -> tuple[Period, tuple[date, date] | None, tuple[str, ...]]:
    """The period in effect: the printed days where they are a period the calendars know, otherwise the statutory one that is named."""
    text = "\n".join(lines)
    phrases = [phrase for phrase in parse_period_phrase(text) if not phrase.problem]
    days = next((phrase for phrase in phrases if phrase.kind == "range" and phrase.start and phrase.end), None)
    stated = (days.start, days.end) if days and days.start and days.end else None
    if stated:  # "Quý I" in one line and the year only in the days
        phrases = [phrase for phrase in parse_period_phrase(text, default_year=stated[1].year) if not phrase.problem]
    named = next((period for phrase in phrases if phrase.kind != "range" and (period := _statutory(phrase))), None)
    forwards = stated is not None and stated[0] <= stated[1]
    printed = classify_range(*stated) if stated and forwards else None
    period = printed if printed and (is_legal(printed) or named is None) else named
    if period is None:
        raise ParseError("unexpected", f"{place}: no reporting period above the table; write “Kỳ báo cáo: Quý …/…” and “Từ ngày … đến ngày …”")
    differs = named is not None and stated is not None and (named.start, named.end) != stated
    return period, stated, ("period-differs",) if differs else ()


def _statutory(phrase: PeriodPhrase) -> Period | None:
    if phrase.kind == "range" or phrase.year is None:
        return None
    try:
        return statutory(phrase.kind, phrase.year, phrase.n)
    except PeriodError:
        return None
