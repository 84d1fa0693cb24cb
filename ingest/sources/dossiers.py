"""Dossier records of the exchange with the national portal: DongBoHoSoMC (records) and CapNhatTienDoHoSoMC (progress).

Files in a folder, one subfolder a system (province, ministries): JSON envelopes, NDJSON, CSV; and pages over HTTP from named systems,
`POST {service, page, pageSize}` → `{error_code, message, result: envelope}` (the paging keys are this project's; systems differ in them).

Person-level, so an allow-list stands before everything else: what is landed are the columns of `_CODES`, `_DATES` and the events'
dates, each checked to hold a code or a date and nothing else (a shifted column must not carry a name in), MaHoSo as a keyed hash and
the code of its agency, times cut to the day in Hà Nội. The landing keeps the hash of what came. Messages name places and fields, never values.

Files are read line by line and landed in parts of `PART_RECORDS`, so that memory does not grow with the file; a JSON envelope is read
whole and therefore limited. A landed part is one JSON line (counts, faults, unknown fields), then tab-separated lines in the form of
PostgreSQL's COPY: records first, then events.

Written contract: `ingest/contracts/dossiers.toml`; "" means that there is none. A record that breaks it stops its part, whose allowed
columns stay landed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from ingest.contracts import Drift, contracts, printable
from ingest.conversation import Conversation, Refusal, client_for, without_secrets
from ingest.folders import files_below
from ingest.landing import HANOI, Failure, Fetched, Landing, ParseError, obey
from warehouse.parallel import read_ahead
from warehouse.settings import Settings
from warehouse.units import PortalCodeError, normalise_portal_code

SOURCE = "dossiers"
PARSER_VERSION = "2"

PART_RECORDS = 20_000
MAX_ENVELOPE_BYTES = 32 * 1024 * 1024
"""A JSON document is read whole; larger exchanges come as NDJSON or CSV."""
_MAX_LINE_BYTES = 8 * 1024 * 1024
_WORTH_PROCESSES_BYTES = 16 * 1024 * 1024
"""Of all files together: below it starting other processes takes longer than reading."""
_RUN_RECORDS = 500
PAGE_RECORDS = 1000
_MOST_PAGES = 1000
_MEDIA_TYPE = "application/vnd.tthc.dossiers"

Record = dict[str, Any]

_RECORD_SERVICES = frozenset({"DongBoHoSoMC", "DongBoHoSo"})
_PROGRESS_SERVICE = "CapNhatTienDoHoSoMC"
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
_RECORD_COLUMNS = (
    "pointer", "dossier_key", "agency_code", *(column for column, _ in _CODES.values()), *_DATES.values(), "is_updating", "supplement_count",
)  # fmt: skip
_EVENT_COLUMNS = ("pointer", "dossier_key", "event", "happened_on", "started_on", "ended_on", "due_before_on", "due_after_on", "status_code")
_SUPPLEMENT_DATES = ("NgayBoSung", None, "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi")
_PROGRESS_DATES = ("ThoiDiemXuLy", "NgayBatDau", None, None, "NgayKetThucTheoQuyDinh")
"""The fields behind happened_on … due_after_on."""
_AGENCY = re.compile(r"([A-Z]\d{2}(?:\.\d{1,3})*|\d{3}\.\d{2}\.\d{2}\.H\d{2})-\d{6,8}-", re.ASCII)
"""What a dossier number begins with: the code of its agency (a ministry's begins with another letter than H) and a date."""
_SYSTEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
_MOST_FAULTS_SHOWN = 5
_MOST_REMEMBERED = 50_000
"""Codes, and combinations of codes, that are looked at once only."""


_LIST = "DanhSachHoSoBoSung"
_PLAIN_FIELDS = ("MaHoSo", *_CODES, *_DATES)
_REQUIRED, _KNOWN = contracts(SOURCE)["record"].required, contracts(SOURCE)["record"].known
_Plain = msgspec.defstruct(
    "_Plain",
    [
        *((name, str) if name in _REQUIRED else (name, str | None, None) for name in sorted(_PLAIN_FIELDS, key=_REQUIRED.__contains__, reverse=True)),
        (_LIST, msgspec.Raw, msgspec.Raw(b"")),
        *((name, msgspec.Raw, msgspec.Raw(b"")) for name in sorted((_REQUIRED | _KNOWN) - {*_PLAIN_FIELDS, _LIST})),
    ],
    forbid_unknown_fields=True,
    gc=False,
)
"""Nearly every line: a record of the contract's fields only, all text. The fields that are dropped are passed over unread."""
_plain_values = attrgetter(*_PLAIN_FIELDS)
_FIRST_DATE = 1 + len(_CODES)
"""Where the dates begin among these values."""
_NO_SUPPLEMENT = frozenset({b"", b"[]", b"null", b'""'})


class _NotAnExchange(Exception):
    """The file as a whole is no exchange; the text has place and remedy and no value of a record."""


# --- landing ---------------------------------------------------------------------------------------------------------


def fetch(config: Settings) -> Iterator[Fetched | Failure]:
    """Every file of the folder, reduced to the allowed columns; the first folder below it names the sending system."""
    folder, key = config.tthc_dossiers_dir, _key(config)
    files = [
        _File(path, below.as_posix(), below.parts[0] if len(below.parts) > 1 else "", key)
        for path in files_below(folder)
        for below in [path.relative_to(folder)]
    ]
    yield from read_ahead(files, _read, processes=None if sum(file.path.stat().st_size for file in files) > _WORTH_PROCESSES_BYTES else 1)
    for part in filter(None, map(str.strip, config.tthc_dossiers_urls.split(","))):
        system, _, address = part.partition("=")
        with client_for(address) as client:
            server = Conversation(client, address.rstrip("/"), config.tthc_portal_pause_seconds)
            for service in ("DongBoHoSoMC", _PROGRESS_SERVICE):
                yield from _pulled(server, system, service, config)


def _key(config: Settings) -> bytes:
    """What dossier numbers are hashed with."""
    return bytes.fromhex(config.derive("dossier-number"))


@dataclass(frozen=True, slots=True)
class _File:
    """One file of the exchange, as a reading process needs it."""

    path: Path
    origin: str
    system: str
    key: bytes = field(repr=False)


def _pulled(server: Conversation, system: str, service: str, config: Settings) -> Iterator[Fetched | Failure]:
    """One service of one system, page by page; every page is one landing."""
    reducer = _Reducer(_key(config), system)
    origin = without_secrets(server.address)
    for page in range(1, _MOST_PAGES + 1):
        scope = f"{system}/{service}" + (f"/page-{page}" if page > 1 else "")
        try:
            body = server.ask("", json={"service": service, "page": page, "pageSize": PAGE_RECORDS})
            records = list(_envelope(_result(body), ""))
        except Refusal as error:
            yield Failure(error.outcome, error.reason, origin, scope)
            return
        except _NotAnExchange as error:
            yield Failure("unexpected", f"{origin}: {error}", origin, scope)
            return
        if not records:
            if page == 1:
                yield Failure("empty", f"{origin}: serves no record of {service}; what was landed before stays in effect", origin, scope)
            return
        for kind, is_updating, place, record in records:
            reducer.add(kind, is_updating, place, record)
        digest = hashlib.sha256(body).hexdigest()
        yield Fetched(reducer.take(), origin, scope, media_type=_MEDIA_TYPE, received_sha256=digest, row_count=len(records))
        if len(records) < PAGE_RECORDS:
            return


def _result(body: bytes) -> Any:
    """The envelope in a reply `{error_code, message, result}`; success is 0, "0" or "00", depending on the system."""
    reply = _json(_utf8(body, 0), "the reply")
    if not isinstance(reply, dict) or str(reply.get("error_code")) not in ("0", "00"):
        code = reply.get("error_code") if isinstance(reply, dict) else None
        raise _NotAnExchange(f"the reply's error_code is {str(code)[:12]!r}; ask the system's operator")
    return reply.get("result")


def receive(path: Path, config: Settings) -> Iterator[Fetched | Failure]:
    """One file of the exchange, wherever it is."""
    yield from _read(_File(path, path.name, "", _key(config)))


def _read(file: _File) -> Iterator[Fetched | Failure]:
    path, origin = file.path, file.origin
    if file.system and not _SYSTEM.fullmatch(file.system):
        reason = f"{origin}: the folder “{printable([file.system])[0]}” names the sending system; use letters, digits, dot, dash and underscore"
        yield Failure("unexpected", reason, origin)
        return
    reducer = _Reducer(file.key, file.system)
    part = 0
    try:
        digest = _sha256(path)
        for item in _records(path):
            for piece in item.cut(PART_RECORDS - reducer.count, PART_RECORDS) if isinstance(item, _Run) else (item,):
                if isinstance(piece, _Run):
                    reducer.add_run(piece)
                else:
                    reducer.add(*piece)
                if reducer.count >= PART_RECORDS:
                    part += 1
                    yield _part(reducer, origin, path.name, part, digest)
    except OSError as error:
        yield Failure("unreachable", f"{origin}: cannot be read ({error.strerror}); check the file's rights and the disk", origin)
        return
    except _NotAnExchange as error:
        if reducer.count and part:  # the parts before are landed; so are the whole records of this one
            yield _part(reducer, origin, path.name, part + 1, digest)
        yield Failure("unexpected", f"{origin}: {error}", origin)
        return
    if reducer.count:
        yield _part(reducer, origin, path.name, part + 1 if part else 0, digest)
    elif not part:
        yield Failure("empty", f"{origin}: holds no dossier; if there were some, ask the sender for the file again", origin)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _part(reducer: _Reducer, origin: str, file_name: str, part: int, digest: str) -> Fetched:
    """What the reducer holds, as one landing; part 0 is a whole file."""
    rows = reducer.count
    edition = f"part-{part}" if part else ""
    return Fetched(reducer.take(), origin, edition=edition, file_name=file_name, media_type=_MEDIA_TYPE, received_sha256=digest, row_count=rows)


@dataclass(frozen=True, slots=True)
class _Run:
    """Plain records of lines that follow each other: nearly all of a large file, looked at together because a call a record is most of the cost."""

    first: int
    """The number of the first line."""
    records: Sequence[msgspec.Struct]

    def cut(self, first: int, each: int) -> Iterator[_Run]:
        """The run in pieces: the first of at most `first` records, the others of `each`."""
        start, end = 0, first
        while start < len(self.records):
            yield _Run(self.first + start, self.records[start:end])
            start, end = end, end + each


def _records(path: Path) -> Iterator[_Run | tuple[str, bool, str, Record]]:
    """Kind (`record` or `progress`), whether it updates, place, and each record of a file as sent; or runs of plain records."""
    ending = path.suffix.lower()
    if ending in (".ndjson", ".jsonl"):
        yield from _ndjson(path)
    elif ending == ".json":
        if path.stat().st_size > MAX_ENVELOPE_BYTES:
            raise _NotAnExchange(f"a JSON document of {path.stat().st_size} bytes is not read whole; send it as NDJSON (one record a line) or CSV")
        yield from _envelope(_json(_utf8(path.read_bytes(), 0), "the file"), "")
    elif ending == ".csv":
        yield from _csv(path)
    else:
        raise _NotAnExchange(f"the ending {ending or '(none)'} is not read; name the file .json (an envelope), .ndjson (one a line) or .csv")


def _ndjson(path: Path) -> Iterator[_Run | tuple[str, bool, str, Record]]:
    start = number = 0
    run: list[msgspec.Struct] = []
    plain, decode = msgspec.json.Decoder(_Plain).decode, msgspec.json.Decoder().decode
    with path.open("rb") as file:
        while line := file.readline(_MAX_LINE_BYTES):
            number += 1
            try:
                record = plain(line)
                if bytes(getattr(record, _LIST)) in _NO_SUPPLEMENT:
                    start += len(line)
                    run.append(record)
                    if len(run) == _RUN_RECORDS:
                        yield _Run(number - len(run) + 1, run)
                        run = []
                    continue
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass  # looked at closely below
            if run:
                yield _Run(number - len(run), run)
                run = []
            place = f"line {number}"
            try:
                item = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # a blank line, a byte order mark, or a fault to be named
                if len(line) == _MAX_LINE_BYTES:
                    raise _NotAnExchange(f"line {number} is longer than {_MAX_LINE_BYTES} bytes; write one record a line") from None
                text = _utf8(line, start)
                item = _json(text, place) if text.strip() else None
            start += len(line)
            if isinstance(item, dict) and "data" not in item:
                yield "progress" if "ThoiDiemXuLy" in item and "MaTTHC" not in item else "record", False, place, item
            elif item is not None:
                yield from _envelope(item, f"{place} ")
    if run:
        yield _Run(number - len(run) + 1, run)


def _csv(path: Path) -> Iterator[tuple[str, bool, str, Record]]:
    """Comma, semicolon or tab by the header line; a list (DanhSachHoSoBoSung) is JSON in its cell."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            header = file.readline()
            delimiter = max(",;\t", key=header.count)
            names = next(csv.reader([header], delimiter=delimiter), [])
            if "MaHoSo" not in names:
                raise _NotAnExchange("the first line names no column MaHoSo; export the file with the exchange's field names")
            kind = "progress" if "ThoiDiemXuLy" in names and "MaTTHC" not in names else "record"
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 2):
                if len(cells) != len(names):
                    if not cells:
                        continue
                    raise _NotAnExchange(f"row {number} has {len(cells)} cells, the header {len(names)}; a delimiter inside a value needs quotes")
                record: Record = dict(zip(names, cells, strict=True))
                if supplements := record.get("DanhSachHoSoBoSung"):
                    record["DanhSachHoSoBoSung"] = _json(supplements, f"row {number}, DanhSachHoSoBoSung")
                yield kind, False, f"row {number}", record
        except UnicodeDecodeError as error:
            raise _NotAnExchange(f"byte {error.start} is no UTF-8; export the file as UTF-8") from None
        except csv.Error as error:
            raise _NotAnExchange(f"is no CSV ({error}); export it again with quotes around text") from None


def _utf8(body: bytes, start: int) -> str:
    try:
        return body.decode("utf-8-sig" if start == 0 else "utf-8")
    except UnicodeDecodeError as error:
        raise _NotAnExchange(f"byte {start + error.start} is no UTF-8; export the file as UTF-8") from None


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}, column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ": too deep or too long"
        raise _NotAnExchange(f"{place} is no JSON{where}; the file may be cut off, ask for it again") from None  # the cause holds the text


def _envelope(item: Any, place: str) -> Iterator[tuple[str, bool, str, Record]]:
    if not isinstance(item, dict) or not isinstance(item.get("data"), list):
        raise _NotAnExchange(f'{place}is no envelope {{"service", "isUpdating", "data": […]}}; see the contract in ingest/sources/dossiers.py')
    if item.get("service") not in (*_RECORD_SERVICES, _PROGRESS_SERVICE):
        raise _NotAnExchange(f"{place}has a service that is not read; read are: {', '.join(sorted([*_RECORD_SERVICES, _PROGRESS_SERVICE]))}")
    updating = str(item.get("isUpdating", "False")).lower()
    if updating not in ("true", "false"):
        raise _NotAnExchange(f"{place}has an isUpdating that is neither True nor False")
    kind = "progress" if item["service"] == _PROGRESS_SERVICE else "record"
    for number, record in enumerate(item["data"]):
        if not isinstance(record, dict):
            raise _NotAnExchange(f"{place}/data/{number} is no record")
        yield kind, updating == "true", f"{place}/data/{number}", record


_Seen = tuple[dict[tuple[str | None, ...], str], dict[tuple[str, str], bool], dict[str, str], dict[str, bool], dict[str, tuple[str, bool]]]
_seen: _Seen = ({}, {}, {}, {}, {})
"""Combinations of codes, codes, days, times and agencies that were looked at in this process: none of them depends on the file."""


class _Reducer:
    """Records in, allowed columns out, one part at a time. What repeats (codes, days, agencies, field names) is looked at once."""

    def __init__(self, key: bytes, system: str) -> None:
        # The keyed hash is HMAC-SHA256 (RFC 2104), its two halves prepared once: three times as fast as a call a record.
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key.ljust(64, b"\0")))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key.ljust(64, b"\0")))
        self._system = system
        self._contracts = contracts(SOURCE)
        self._code_rows, self._codes, self._days, self._times, self._agencies = _seen
        self._shapes: dict[tuple[str, tuple[str, ...]], tuple[list[str], set[str]]] = {}
        self._clear()

    def _clear(self) -> None:
        self.count = 0
        self._records: list[str] = []
        self._events: list[str] = []
        self._faults: list[tuple[str, list[str]]] = []
        self._fault_count = 0
        self._unknown: set[str] = set()
        self._not_sent: set[str] = set()

    def add_run(self, run: _Run) -> None:
        """Keep what is allowed of plain records. What was seen before is put together here; the rest is looked at one by one."""
        code_rows, days, times, agencies = self._code_rows, self._days, self._times, self._agencies
        new_inner, new_outer, number_of, append = self._inner.copy, self._outer.copy, _AGENCY.match, self._records.append
        joined = "\t".join
        for line, values in enumerate(map(_plain_values, run.records), run.first):
            self.count += 1
            number, cells = values[0], code_rows.get(values[1:_FIRST_DATE])
            prefix = number_of(number)
            agency = agencies.get(prefix[1]) if prefix else None
            dates = []
            for value in values[_FIRST_DATE:]:
                if not value:
                    dates.append(r"\N")
                elif len(value) == 14 and value[8:] in times and (day := days.get(value[:8])):
                    dates.append(day)
                else:
                    break
            if cells is None or agency is None or not agency[1] or len(dates) < len(_DATES) or number[-1].isspace():
                self._add_plain(f"line {line}", values)
                continue
            inner, outer = new_inner(), new_outer()
            inner.update(number.encode())
            outer.update(inner.digest())
            append(f"line {self.count}\t{outer.hexdigest()}\t{agency[0]}\t{cells}\t{joined(dates)}\tf\t0")

    def _add_plain(self, place: str, values: tuple[str | None, ...]) -> None:
        """One plain record, every value of which is looked at."""
        faults: list[str] = []
        codes = values[1:_FIRST_DATE]
        cells = self._code_rows.get(codes)
        if cells is None:
            cells = "\t".join([self._code(name, value, faults) for name, value in zip(_CODES, codes, strict=True)])
            if not faults and len(self._code_rows) < _MOST_REMEMBERED:
                self._code_rows[codes] = cells
        dates = self._dates(values[_FIRST_DATE:], faults)
        key, agency = self._number(values[0], faults)
        self._records.append(f"line {self.count}\t{key}\t{agency}\t{cells}\t{dates}\tf\t0")
        self._tell(place, faults)

    def add(self, kind: str, is_updating: bool, place: str, record: Record) -> None:
        """Keep what is allowed of one record; what breaks the contract is told by place and field, without its value."""
        self.count += 1
        faults = list(self._missing(kind, record))
        if "MaHoSo" in record:
            key, agency = self._number(record["MaHoSo"], faults)
        else:
            key = agency = r"\N"
        if kind == "progress":
            self._event("progress", key, record, _PROGRESS_DATES, "TrangThai", faults)
        else:
            fields = [self._code(name, record.get(name), faults) for name in _CODES]
            dates = self._dates([record.get(name) for name in _DATES], faults)
            supplements = record.get(_LIST) or []
            if isinstance(supplements, list):
                for supplement in supplements:
                    if isinstance(supplement, dict):
                        self._event("supplement", key, supplement, _SUPPLEMENT_DATES, "TrangThaiBoSung", faults)
            else:
                faults.append("DanhSachHoSoBoSung is no list")
                supplements = []
            updating = "t" if is_updating else "f"
            self._records.append("\t".join([f"line {self.count}", key, agency, *fields, dates, updating, str(len(supplements))]))
        self._tell(place, faults)

    def _tell(self, place: str, faults: list[str]) -> None:
        if faults:
            self._fault_count += 1
            if len(self._faults) < _MOST_FAULTS_SHOWN:
                self._faults.append((place.strip(), faults))

    def take(self) -> bytes:
        """The part's body; afterwards the reducer is empty."""
        head = {
            "system": self._system, "count": self.count, "records": len(self._records), "events": len(self._events),
            "unknown": list(printable(self._unknown)), "fault_count": self._fault_count, "faults": self._faults,
            **({"missing": sorted(self._not_sent)} if self._not_sent else {}),
        }  # fmt: skip
        lines = [json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":")), *self._records, *self._events]
        self._clear()
        return "\n".join([*lines, ""]).encode()

    def _missing(self, kind: str, record: Record) -> list[str]:
        shape = (kind, tuple(record))
        found = self._shapes.get(shape)
        if found is None:
            contract = self._contracts[kind]
            unknown = record.keys() - contract.required - contract.known
            found = ([f"{name} is missing" for name in sorted(contract.required - record.keys())], unknown)
            if len(self._shapes) < 10_000:
                self._shapes[shape] = found
        if found[1]:
            self._unknown |= found[1]
        if found[0]:
            self._not_sent |= self._contracts[kind].required - record.keys()
        return found[0]

    def _number(self, value: Any, faults: list[str]) -> tuple[str, str]:
        number = str(value or "").strip()
        if not number:
            faults.append("MaHoSo is empty")
            return r"\N", r"\N"
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(number.encode())
        outer.update(inner.digest())
        key = outer.hexdigest()
        prefix = _AGENCY.match(number)
        if prefix is None:
            return key, r"\N"
        agency = self._agencies.get(prefix[1])
        if agency is None:
            try:
                agency = (normalise_portal_code(prefix[1]) if "H" in prefix[1] else prefix[1], True)
            except PortalCodeError:
                agency = (r"\N", False)
            self._agencies[prefix[1]] = agency
        if not agency[1]:
            faults.append("MaHoSo begins with no agency code of the portal")
        return key, agency[0]

    def _code(self, name: str, value: Any, faults: list[str]) -> str:
        if value is None or value == "":
            return r"\N"
        if isinstance(value, float | list | dict):
            faults.append(f"{name} is no code" + (": it came as a number, which loses its zeros" if isinstance(value, float) else ""))
            return r"\N"
        text = str(value).strip()
        is_code = self._codes.get((name, text))
        if is_code is None:
            is_code = _CODES[name][1].fullmatch(text) is not None
            if len(self._codes) < _MOST_REMEMBERED:
                self._codes[name, text] = is_code
        if not is_code:
            faults.append(f"{name} is no code")
            return r"\N"
        return text

    def _dates(self, values: Sequence[Any], faults: list[str]) -> str:
        """The cells of the fields of _DATES."""
        days, times = self._days, self._times
        cells = []
        for name, value in zip(_DATES, values, strict=True):
            if value.__class__ is str and len(value) == 14 and value[8:] in times and (day := days.get(value[:8])):
                cells.append(day)
            else:
                cells.append(self._date(name, value, faults))
        return "\t".join(cells)

    def _date(self, name: str, value: Any, faults: list[str]) -> str:
        if value is None or value == "":
            return r"\N"
        text = str(value).strip()
        if len(text) == 14 and text[:8] in self._days and text[8:] in self._times:
            return self._days[text[:8]]
        try:
            day = _day(text)
        except (ValueError, OverflowError):
            faults.append(f"{name} is no date (expected yyyyMMddHHmmss or yyyy-MM-dd HH:mm:ss)")
            return r"\N"
        if len(text) == 14 and text.isascii() and text.isdigit():
            self._days[text[:8]] = day
            self._times[text[8:]] = True
        return day

    def _event(self, event: str, key: str, source: Record, fields: tuple[str | None, ...], status_field: str, faults: list[str]) -> None:
        dates = [self._date(name, source.get(name), faults) if name else r"\N" for name in fields]
        status = source.get(status_field)
        text = "" if status is None else str(status).strip()
        if text and not _SMALL.fullmatch(text):
            faults.append(f"{status_field} is no code")
            text = ""
        self._events.append("\t".join([f"event {len(self._events) + 1}", key, event, *dates, text or r"\N"]))


def _day(text: str) -> str:
    """The day in Hà Nội of a printed time, ISO; raises ValueError (OverflowError at the ends of the calendar) for anything else."""
    if re.fullmatch(r"\d{14}", text, re.ASCII):
        year, month, day, hour, minute, second = int(text[:4]), *(int(text[place : place + 2]) for place in range(4, 14, 2))
        return datetime(year, month, day, hour, minute, second, tzinfo=HANOI).date().isoformat()
    if not re.match(r"\d{4}-\d{2}-\d{2}|\d{8}$", text, re.ASCII):
        raise ValueError
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(HANOI) if moment.tzinfo else moment).date().isoformat()


# --- reading ---------------------------------------------------------------------------------------------------------


def parse(connection: psycopg.Connection, landing: Landing, body: bytes) -> int:
    """Insert the landed records and events; the pointer is the record's position in the landed part.

    Returns:
        The number of records and steps of progress.

    Raises:
        ParseError: `unexpected`, with the place in the sender's file and the fields at fault.
    """
    if landing.media_type != _MEDIA_TYPE:
        body = _landed_by_version_1(body)
    first, _, rest = body.partition(b"\n")
    head = json.loads(first)
    contract = contracts(SOURCE)["record" if head["records"] else "progress"]
    if head["fault_count"]:
        shown = "; ".join(f"{place}: {', '.join(faults)}" for place, faults in head["faults"])
        hidden = head["fault_count"] - len(head["faults"])
        drift = Drift(contract.name, tuple(head["missing"]), tuple(head["unknown"]), contract.on_missing) if head.get("missing") else None
        told = f" ({drift.told()})" if drift else ""
        raise ParseError(
            "unexpected",
            f"{landing.origin}: {head['fault_count']} of {head['count']} records break the contract{told}: {shown}{f'; and {hidden} more records' if hidden else ''}."
            " Correct them in the sending system and send the file anew",
            drift,
        )
    obey(connection, landing, PARSER_VERSION, contract, [contract.required | frozenset(head["unknown"])], landing.origin)
    end = _end_of_line(rest, head["records"])
    prefix = f"{landing.landing_id}\t{PARSER_VERSION}\t{head['system']}\t".encode()
    _copy(connection, "raw.dossiers", _RECORD_COLUMNS, prefix, rest[:end])
    _copy(connection, "raw.dossier_events", _EVENT_COLUMNS, prefix, rest[end:])
    return int(head["count"])


def _end_of_line(body: bytes, lines: int) -> int:
    """Where the first `lines` lines end."""
    position = 0
    for _ in range(lines):
        position = body.index(b"\n", position) + 1
    return position


def _copy(connection: psycopg.Connection, table: str, columns: Iterable[str], prefix: bytes, lines: bytes) -> None:
    """COPY lines that are in its form already, each with the landing before it."""
    if lines:
        with connection.cursor().copy(f"copy {table} (landing_id, reader_version, system, {', '.join(columns)}) from stdin") as copy:
            copy.write(prefix + lines[:-1].replace(b"\n", b"\n" + prefix) + b"\n")


def _landed_by_version_1(body: bytes) -> bytes:
    """A landing of reader 1 (NDJSON of the allowed columns, without events) in today's form."""
    records = [json.loads(line) for line in body.splitlines()]
    faults = [(record["place"].strip(), record["faults"]) for record in records if "faults" in record]
    head = {
        "system": "", "count": len(records), "records": len(records), "events": 0, "unknown": [],
        "fault_count": len(faults), "faults": faults[:_MOST_FAULTS_SHOWN],
    }  # fmt: skip
    lines = [json.dumps(head)]
    for number, record in enumerate(records, 1):
        cells = {**record, "pointer": f"line {number}", "is_updating": "t" if record["is_updating"] else "f"}
        lines.append("\t".join(str(cells.get(column, r"\N")) for column in _RECORD_COLUMNS))
    return "\n".join([*lines, ""]).encode()
