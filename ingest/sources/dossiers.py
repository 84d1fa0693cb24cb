"""Dossier records of the exchange with the national portal (DongBoHoSoMC): JSON and NDJSON files in a folder.

Person-level, so an allow-list stands before everything else: `fetch` keeps the columns of `_CODES` and `_DATES`, checks that each holds
a code or a date and nothing else (a shifted column must not carry a name in), replaces MaHoSo by a keyed hash and the code of its
agency, cuts times to the day in Hà Nội, and drops the rest before anything is stored. What is landed is NDJSON of these columns; the
landing keeps the hash of what came. Messages name places and fields, never values.

Written contract: an envelope `{"service", "isUpdating", "data": […]}` a file or a line, or one record a line; every record has the keys
of `_REQUIRED`, MaHoSo with a value; "" means that there is none. Other fields are not read. A record that breaks the contract stops
its file, whose allowed columns stay landed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest.folders import files_below, read_file
from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError
from warehouse.settings import Settings
from warehouse.units import PortalCodeError, normalise_portal_code

SOURCE = "dossiers"
PARSER_VERSION = "1"

Record = dict[str, Any]

_SERVICES = frozenset({"DongBoHoSoMC", "DongBoHoSo"})
_REQUIRED = ("MaHoSo", "MaTTHC", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo")
_SMALL = re.compile(r"\d{1,2}", re.ASCII)
_YES_NO = re.compile(r"\d|true|false", re.ASCII | re.IGNORECASE)
_CODES = {
    "MaTTHC": ("procedure_code", re.compile(r"\d{1,2}\.\d{3,7}(?:\.[\dH.]{1,20})?", re.ASCII)),
    # No run of nine digits: that is a telephone or an identity number.
    "MaLinhVuc": ("field_code", re.compile(r"(?![\s\S]*\d{9})[A-Z0-9][A-Z0-9._-]{0,29}", re.ASCII)),
    "KenhThucHien": ("channel_code", _SMALL),
    "TrangThaiHoSo": ("status_code", _SMALL),
    "LoaiDoiTuong": ("subject_type_code", _SMALL),
    "HinhThuc": ("return_form_code", _SMALL),
    "HoSoCoThanhPhanSoHoa": ("has_digitised_parts", _YES_NO),
    "DuocThanhToanTrucTuyen": ("is_paid_online", _YES_NO),
}
"""Field as sent -> (column, what it may hold)."""
_DATES = {
    "NgayTiepNhan": "received_on",
    "NgayHenTra": "due_on",
    "NgayKetThucXuLy": "finished_on",
    "NgayTra": "returned_on",
    "NgayTuChoi": "refused_on",
    "NgayNopHoSo": "submitted_on",
}
_COLUMNS = (
    "dossier_key", "agency_code", "procedure_code", "field_code", "channel_code", "status_code", "received_on", "due_on", "finished_on",
    "returned_on", "refused_on", "submitted_on", "subject_type_code", "return_form_code", "has_digitised_parts", "is_paid_online",
    "is_updating", "supplement_count",
)  # fmt: skip
_AGENCY = re.compile(r"([A-Z]\d{2}(?:\.\d{1,3})*|\d{3}\.\d{2}\.\d{2}\.H\d{2})-\d{6,8}-", re.ASCII)
"""What a dossier number begins with: the code of its agency (a ministry's begins with another letter than H) and a date."""
_MOST_FAULTS_SHOWN = 5


class _NotAnExchange(Exception):
    """The file as a whole is no exchange; the text has place and remedy and no value of a record."""


# --- landing ---------------------------------------------------------------------------------------------------------


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every file of the folder, reduced to the allowed columns."""
    for path in files_below(config.tthc_dossiers_dir):
        yield _file(path, config.tthc_dossiers_dir, config)


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One file of the exchange, wherever it is."""
    yield _file(path, path.parent, config)


def _file(path: Path, folder: Path, config: Settings) -> Fetched | Failure:
    key = bytes.fromhex(config.derive("dossier-number"))
    came = read_file(path, folder)
    if isinstance(came, Failure):
        return came
    try:
        lines = [_canonical(_allowed(record, is_updating, place, key)) for place, is_updating, record in _records(came.body, path)]
    except _NotAnExchange as error:
        return Failure("unexpected", f"{came.origin}: {error}", came.origin)
    if not lines:
        return Failure("empty", f"{came.origin}: holds no dossier; if there were some, ask the sender for the file again", came.origin)
    digest = hashlib.sha256(came.body).hexdigest()
    return Fetched(b"".join(lines), came.origin, file_name=came.file_name, media_type="application/x-ndjson", received_sha256=digest)


def _records(body: bytes, path: Path) -> Iterator[tuple[str, bool, Record]]:
    """Place, whether it updates, and each record of a file as sent."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _NotAnExchange(f"byte {error.start} is no UTF-8; export the file as UTF-8") from error
    if path.suffix.lower() in (".ndjson", ".jsonl"):
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                place = f"line {number}"
                item = _json(line, place)
                if isinstance(item, dict) and "data" not in item:
                    yield place, False, item
                else:
                    yield from _envelope(item, f"{place} ")
    elif path.suffix.lower() == ".json":
        yield from _envelope(_json(text, "the file"), "")
    else:
        raise _NotAnExchange(f"the ending {path.suffix or '(none)'} is not read; name the file .json (an envelope) or .ndjson (one a line)")


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}, column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ": too deep or too long"
        raise _NotAnExchange(f"{place} is no JSON{where}; the file may be cut off, ask for it again") from None  # the cause holds the text


def _envelope(item: Any, place: str) -> Iterator[tuple[str, bool, Record]]:
    if not isinstance(item, dict) or not isinstance(item.get("data"), list):
        raise _NotAnExchange(f'{place}is no envelope {{"service", "isUpdating", "data": […]}}; see the contract in ingest/sources/dossiers.py')
    if item.get("service") not in _SERVICES:
        raise _NotAnExchange(f"{place}has a service that is not read; read are: {', '.join(sorted(_SERVICES))}")
    updating = str(item.get("isUpdating", "False")).lower()
    if updating not in ("true", "false"):
        raise _NotAnExchange(f"{place}has an isUpdating that is neither True nor False")
    for number, record in enumerate(item["data"]):
        if not isinstance(record, dict):
            raise _NotAnExchange(f"{place}/data/{number} is no record")
        yield f"{place}/data/{number}", updating == "true", record


def _allowed(record: Record, is_updating: bool, place: str, key: bytes) -> Record:
    """The allowed columns of one record; what breaks the contract is told in `faults` by field, without its value."""
    faults = [f"{name} is missing" for name in _REQUIRED if name not in record]
    kept: Record = {"is_updating": is_updating}
    number = str(record.get("MaHoSo") or "").strip()
    if number:
        kept["dossier_key"] = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()
        agency = _AGENCY.match(number)
        if agency:
            try:
                kept["agency_code"] = normalise_portal_code(agency[1]) if "H" in agency[1] else agency[1]
            except PortalCodeError:
                faults.append("MaHoSo begins with no agency code of the portal")
    elif "MaHoSo" in record:
        faults.append("MaHoSo is empty")
    for name, (column, pattern) in _CODES.items():
        value = record.get(name)
        if value in (None, ""):
            continue
        text = str(value).strip()
        if isinstance(value, float | list | dict) or not pattern.fullmatch(text):
            faults.append(f"{name} is no code" + (": it came as a number, which loses its zeros" if isinstance(value, float) else ""))
        else:
            kept[column] = text
    for name, column in _DATES.items():
        value = record.get(name)
        if value not in (None, ""):
            try:
                kept[column] = _day(str(value).strip())
            except (ValueError, OverflowError):
                faults.append(f"{name} is no date (expected yyyyMMddHHmmss or yyyy-MM-dd HH:mm:ss)")
    supplements = record.get("DanhSachHoSoBoSung") or []
    if isinstance(supplements, list):
        kept["supplement_count"] = len(supplements)
    else:
        faults.append("DanhSachHoSoBoSung is no list")
    if faults:
        kept |= {"faults": faults, "place": place}
    return kept


def _day(text: str) -> str:
    """The day in Hà Nội of a printed time, ISO; raises ValueError (OverflowError at the ends of the calendar) for anything else."""
    if re.fullmatch(r"\d{14}", text, re.ASCII):
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=HANOI).date().isoformat()
    if not re.match(r"\d{4}-\d{2}-\d{2}|\d{8}$", text, re.ASCII):
        raise ValueError
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(HANOI) if moment.tzinfo else moment).date().isoformat()


def _canonical(kept: Record) -> bytes:
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


# --- reading ---------------------------------------------------------------------------------------------------------


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert the landed records; the pointer is the line in the landed body, in the order in which they came.

    Returns:
        The number of records.

    Raises:
        ParseError: `unexpected`, with the place in the sender's file and the fields at fault.
    """
    records = [json.loads(line) for line in body.splitlines()]
    faulty = [f"{record['place'].strip()}: {', '.join(record['faults'])}" for record in records if "faults" in record]
    if faulty:
        more = f"; and {len(faulty) - _MOST_FAULTS_SHOWN} more records" if len(faulty) > _MOST_FAULTS_SHOWN else ""
        raise ParseError(
            "unexpected",
            f"{landing.origin}: {len(faulty)} of {len(records)} records break the contract: {'; '.join(faulty[:_MOST_FAULTS_SHOWN])}{more}."
            " Correct them in the sending system and send the file anew",
        )
    with connection.cursor().copy(f"copy raw.dossiers (landing_id, reader_version, pointer, {', '.join(_COLUMNS)}) from stdin") as copy:
        for number, record in enumerate(records, 1):
            copy.write_row((landing.landing_id, int(PARSER_VERSION), f"line {number}", *(record.get(column) for column in _COLUMNS)))
    return len(records)
