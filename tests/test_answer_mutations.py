"""Five hundred mutated answers of every interface: what is stored is what the answer says at that place, or nothing is. And the
generator is shown to catch a planted bug in each mapper."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import psycopg
import pytest

from ingest.contracts import contracts, field_names, printable
from ingest.conversation import Conversation
from ingest.landing import Failure, Fetched, land, parse
from ingest.sources import dossiers, onestop_statistics, portal_index, procedures
from sample import onestop, portal_answers
from sample.dossiers import dossiers as sample_dossiers
from sample.portal_answers import SEEDS
from warehouse.settings import settings
from warehouse.text import fold

ANSWERS = 500
Row = dict[str, Any]
_WRONG_TYPES = ("", "x", "12,5", "1.234", None, -1, 2.5, True, [1], {"a": 1}, "9" * 400, "a\x00b", "20261345000000")


# --- what interfaces do to their answers -----------------------------------------------------------------------------


def _rename(rows: list[Row], draw: random.Random) -> None:
    for row in draw.choice([rows, [draw.choice(rows)]]):
        name = draw.choice(list(row))
        row[draw.choice([f"{name}New", name.lower(), f"{name} "])] = row.pop(name)


def _remove(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    del row[draw.choice(list(row))]


def _add(rows: list[Row], draw: random.Random) -> None:
    draw.choice(rows)[draw.choice(["truongMoi", "totalNew", "0912345678", "Nguyễn Văn A"])] = draw.choice(["1", 1, None])


def _retype(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    row[draw.choice(list(row))] = draw.choice(_WRONG_TYPES)


def _numbers_as_strings(rows: list[Row], draw: random.Random) -> None:
    for row in draw.choice([rows, [draw.choice(rows)]]):
        row.update({name: str(value) for name, value in row.items() if isinstance(value, int | float)})


def _strings_as_numbers(rows: list[Row], draw: random.Random) -> None:
    for row in draw.choice([rows, [draw.choice(rows)]]):
        row.update({name: float(value) for name, value in row.items() if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value)})


def _nest(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    for name in draw.sample(list(row), min(3, len(row))):
        row.setdefault("counts", {})[name] = row.pop(name)


def _flatten(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    for name, value in list(row.items()):
        if isinstance(value, dict):
            row.update(row.pop(name))


def _move(rows: list[Row], draw: random.Random) -> None:
    """Another order of the fields, here or everywhere: harmless to a reader that goes by names."""
    for row in draw.choice([rows, [draw.choice(rows)]]):
        items = list(row.items())
        draw.shuffle(items)
        row.clear()
        row.update(items)


def _swap_values(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    one, other = draw.sample(list(row), 2)
    row[one], row[other] = row[other], row[one]


def _shift_values(rows: list[Row], draw: random.Random) -> None:
    """Every value one field further, as after a column was put in."""
    row = draw.choice(rows)
    values = list(row.values())
    row.update(zip(row, values[-1:] + values[:-1], strict=True))


def _duplicate(rows: list[Row], draw: random.Random) -> None:
    rows.insert(draw.randrange(len(rows) + 1), json.loads(json.dumps(draw.choice(rows))))


def _duplicate_otherwise(rows: list[Row], draw: random.Random) -> None:
    _duplicate(rows, draw)
    _retype([rows[0]], draw)


def _lose(rows: list[Row], draw: random.Random) -> None:
    rows.remove(draw.choice(rows))


def _shuffle(rows: list[Row], draw: random.Random) -> None:
    draw.shuffle(rows)


_MUTATIONS = (
    _rename, _remove, _add, _retype, _numbers_as_strings, _strings_as_numbers, _nest, _flatten, _move, _swap_values, _shift_values, _duplicate,
    _duplicate_otherwise, _lose, _shuffle,
)  # fmt: skip


def _broken_body(answer: Any, body: bytes, draw: random.Random) -> tuple[str, bytes]:
    """The answer as a whole: cut off, a web page, another envelope, nothing."""
    kind = draw.choice(["truncated", "web page", "no rows", "other envelope", "null", "row that is none", "nothing", "deep"])
    if kind == "truncated":
        return kind, body[: draw.randrange(1, len(body) - 2)]
    if kind == "no rows":
        text = json.dumps(_replaced(answer, []))
    elif kind == "row that is none":
        text = json.dumps(_replaced(answer, [draw.choice([None, 1, "x", ["H37"]])]))
    elif kind == "other envelope":
        text = json.dumps(draw.choice([{"rows": answer}, {"data": {"data": answer}}, [answer], {"code": "ERROR", "data": None}]))
    else:
        text = {"web page": "<html><body>Request Rejected</body></html>", "null": "null", "nothing": "{}", "deep": "[" * 100_000}[kind]
    return kind, text.encode()


def _replaced(answer: Any, rows: list[Any]) -> Any:
    """The answer with other rows in its innermost envelope."""
    if isinstance(answer, list):
        return rows
    return {name: _replaced(value, rows) if isinstance(value, list | dict) and name in ("data", "items", "result") else value for name, value in answer.items()}


# --- the interfaces, and what each must have stored ------------------------------------------------------------------


@dataclass(frozen=True)
class Interface:
    """One interface: an answer, how it comes, and which stored rows say something else than it does."""

    source: ModuleType
    contract: str
    rows: Callable[[], list[Row]]
    wrap: Callable[[list[Row]], Any]
    offer: Callable[[bytes, Path], Iterator[Fetched | Failure]]
    wrong: Callable[[psycopg.Connection, int, list[Row]], Iterator[str]]
    own: Sequence[Callable[[list[Row], random.Random], None]]
    """Mutations of this interface alone: another scope, wrong totals."""
    lines: bool = False
    """Sent as one row a line."""

    def mutated(self, seed: int) -> tuple[list[str], bytes, list[Row]]:
        """What was done, the body, and its rows (none where the body is none)."""
        draw = random.Random(f"{self.contract} {seed}")
        rows = json.loads(json.dumps(self.rows()))
        done = []
        for mutation in draw.choices([*_MUTATIONS, *self.own * 2], k=draw.choice([1, 1, 2, 3])):
            if rows and all(len(row) > 3 for row in rows):
                mutation(rows, draw)
                done.append(mutation.__name__.strip("_"))
        answer = self.wrap(rows)
        body = b"".join(json.dumps(row).encode() + b"\n" for row in rows) if self.lines else json.dumps(answer, ensure_ascii=False).encode()
        if seed % 8 == 0:
            kind, body = _broken_body(answer, body, draw)
            return [kind], body, []
        return done, body, rows


def mis_maps(interface: Interface, seeds: range, loader: psycopg.Connection, folder: Path) -> tuple[list[str], Counter[str]]:
    """Stored rows that say something else than their answer, and how the answers ended."""
    made, items = {}, []
    for seed in seeds:
        done, body, rows = interface.mutated(seed)
        made[f"seed-{seed}"] = (done, rows)
        items += [replace(item, origin=f"seed-{seed}") for item in interface.offer(body, folder)]
    outcomes = land(loader, interface.source, "mutants", items=iter(items))
    del outcomes["landed"], outcomes["outside_band"]
    outcomes += parse(loader, interface.source, "mutants")
    wrong = []
    for landing_id, origin, unknown, missing in loader.execute(
        "select landing_id, origin, coalesce(drift.unknown, '{}'), coalesce(drift.missing, '{}') from raw.landing"
        " left join raw.contract_drift as drift using (landing_id) where landing.source = %s order by landing_id",
        (interface.source.SOURCE,),
    ).fetchall():
        done, rows = made[origin]
        told = [*_contract_kept(interface, rows, unknown), *interface.wrong(loader, landing_id, rows)] if _is_stored(loader, interface, landing_id) else []
        if told and missing:
            told.append("a required field is missing and rows are stored")
        wrong += [f"{origin} {done}: {text}" for text in told]
    reasons = loader.execute("select reason from raw.attempt where outcome not in ('landed', 'seen_again', 'parsed', 'outside_band')").fetchall()
    assert all(len(reason) > 30 for (reason,) in reasons), "a difference that a person can act on"
    return wrong, outcomes


def _is_stored(loader: psycopg.Connection, interface: Interface, landing_id: int) -> bool:
    row = loader.execute(f"select exists (select from raw.{interface.source.SOURCE} where landing_id = %s)", (landing_id,)).fetchone()
    return bool(row and row[0])


def _contract_kept(interface: Interface, rows: Sequence[Row], unknown: Sequence[str]) -> Iterator[str]:
    """Rows are stored: none lacks a required field, and every unknown one is told."""
    contract = contracts(interface.source.SOURCE)[interface.contract]
    names = [field_names(row) for row in rows]
    missing = sorted({name for found in names for name in contract.required - found})
    if missing:
        yield f"stored without {missing}"
    strangers = printable({name for found in names for name in found - contract.required - contract.known})
    # What lies inside a list or object of a dossier is dropped unread, hence not named.
    expected = {name for name in strangers if interface.source is not dossiers or "." not in name}
    if not expected <= set(unknown):
        yield f"unknown fields are not told: {sorted(expected - set(unknown))}"


def _text(value: object) -> str:
    return str(value or "").strip()


def _portal_code(value: object) -> str:
    found = re.findall(r"H\d+(?:\.\d+)*", str(value or ""))
    return found[-1] if found else ""


def _twice(keys: Sequence[object], rows: Sequence[Row]) -> Iterator[str]:
    """Rows of one key that say different things: one of them would win unseen."""
    by_key: dict[object, Row] = {}
    for key, row in zip(keys, rows, strict=True):
        if by_key.setdefault(key, row) != row:
            yield f"{key} is stored twice with different content"


def _served(loader: psycopg.Connection, landing_id: int, table: str, columns: str, prefix: str, rows: Sequence[Row]) -> Iterator[tuple[Any, Row] | str]:
    """Stored columns beside the row of the answer at the pointer; what is not as served."""
    stored = loader.execute(f"select pointer, payload, {columns} from raw.{table} where landing_id = %s", (landing_id,)).fetchall()  # type: ignore[call-overload]
    expected = {f"{prefix}/{number}": row for number, row in enumerate(rows)}
    if {pointer for pointer, *_ in stored} != set(expected):
        yield f"{len(stored)} of {len(expected)} rows are stored"
        return
    for pointer, payload, *values in stored:
        if payload != expected[pointer]:
            yield f"{pointer} is not stored as served"
        yield values, expected[pointer]


def _wrong_portal(loader: psycopg.Connection, landing_id: int, rows: list[Row]) -> Iterator[str]:
    yield from _twice([_portal_code(row.get("MA_COQUAN")) or _text(row.get("TEN_COQUAN")) for row in rows], rows)
    for found in _served(loader, landing_id, "portal_index", "portal_code, unit_code, unit_valid_from", "", rows):
        if isinstance(found, str):
            yield found
            continue
        (code, unit_code, valid_from), row = found
        unit_name = _unit_names().get((unit_code, str(valid_from)), "")
        if code != _portal_code(row["MA_COQUAN"]):
            yield f"code {code} for {row['MA_COQUAN']!r}"
        if code and code.split(".")[0] != "H37":
            yield f"{code} was not asked for"
        if unit_name and fold(unit_name) not in fold(str(row["TEN_COQUAN"])) and "." in code:
            yield f"{row['TEN_COQUAN']!r} is placed in {unit_name}"


@cache
def _unit_names() -> Mapping[tuple[str, str], str]:
    with (SEEDS / "administrative_units.csv").open(encoding="utf-8", newline="") as file:
        return {(row["unit_code"], row["valid_from"]): row["full_name_vi"] for row in csv.DictReader(file)}


_OPENCPS_SUMS = (
    ("totalCount", "deniedCount", "processCount"), ("processCount", "receivedCount", "remainingCount"), ("receivedCount", "onlineCount", "onegateCount"),
    ("releaseCount", "betimesCount", "ontimeCount", "overtimeCount"), ("processingCount", "undueCount", "overdueCount"),
)  # fmt: skip


def _wrong_opencps(loader: psycopg.Connection, landing_id: int, rows: list[Row]) -> Iterator[str]:
    keys = [(_text(row.get("govAgencyCode")), _text(row.get("domainCode")), row.get("year"), row.get("month")) for row in rows]
    if len(set(keys)) < len(keys):
        yield "one of two rows of the same agency, domain and month would be counted twice or lost"
    columns = "agency_code, agency_name_vi, domain_code, total_of, is_total, period_start, system, cardinality(broken_identities)"
    for found in _served(loader, landing_id, "onestop_statistics", columns, "/data", rows):
        if isinstance(found, str):
            yield found
            continue
        (code, name, domain, total_of, is_total, start, system, broken), row = found
        agency = _text(row.get("govAgencyCode"))
        total = "agencies" if not agency else "times" if 0 in (row["year"], row["month"]) else "fields" if not _text(row.get("domainCode")) else ""
        expected = (agency, _text(row.get("govAgencyName")), _text(row.get("domainCode")), total, bool(total), date(2026, 5, 1), "lang-son")
        if (code, name, domain, total_of, is_total, start, system) != expected:
            yield f"{(code, name, domain, total_of, is_total, start, system)} for {expected}"
        if row["year"] not in (2026, 0) or row["month"] not in (5, 0):
            yield f"month {row['month']} of {row['year']} was not asked for"
        yield from _no_counts(row, [name for name in row if name.endswith("Count")])
        yield from _unbalanced(row, _OPENCPS_SUMS, broken)


def _wrong_igate(loader: psycopg.Connection, landing_id: int, rows: list[Row]) -> Iterator[str]:
    codes = [_text(row["agency"]["code"]) for row in rows]
    yield from _twice(codes, rows)
    for found in _served(loader, landing_id, "onestop_statistics", "agency_code, agency_name_vi, total_of, cardinality(broken_identities)", "", rows):
        if isinstance(found, str):
            yield found
            continue
        (code, name, total_of, broken), row = found
        agency = _text(row["agency"]["code"])
        total = "agencies" if not agency or any(other.startswith(f"{agency}.") for other in codes) else ""
        if (code, name, total_of) != (agency, _text(row["agency"]["name"]), total):
            yield f"{(code, name, total_of)} for {row['agency']}"
        yield from _no_counts(row, [name for name in row if name.startswith(("received", "resolved"))])
        yield from _unbalanced(row, (("received", "receivedOnline", "receivedDirect"),), broken)


def _no_counts(row: Row, names: Sequence[str]) -> Iterator[str]:
    yield from (f"{name} {row[name]!r} is stored as a count" for name in names if row[name] is not None and (type(row[name]) is not int or row[name] < 0))


def _unbalanced(row: Row, sums: Sequence[Sequence[str]], broken: int) -> Iterator[str]:
    for whole, *parts in sums:
        if all(type(row.get(name)) is int for name in (whole, *parts)) and row[whole] != sum(row[part] for part in parts) and not broken:
            yield f"{whole} is not the sum of its parts, and nothing says so"


def _wrong_procedures(loader: psycopg.Connection, landing_id: int, rows: list[Row]) -> Iterator[str]:
    yield from _twice([row.get("code") for row in rows], rows)
    columns = "procedure_code, name_vi, state, num_nulls(field_code, level, online_level, valid_from, valid_to, lead_agency), supporting_agencies"
    for found in _served(loader, landing_id, "procedures", columns, "/data/items", rows):
        if isinstance(found, str):
            yield found
            continue
        values, row = found
        if values != [row.get("code"), row.get("name"), str(row["state"]) if row.get("state") else None, 6, []]:
            yield f"{values} for {row}"
        if not re.fullmatch(r"\d\.\d{6}", str(row.get("code"))):
            yield f"{row.get('code')!r} is no code"


_DATES = {
    "received_on": "NgayTiepNhan", "due_on": "NgayHenTra", "finished_on": "NgayKetThucXuLy", "returned_on": "NgayTra", "refused_on": "NgayTuChoi",
    "submitted_on": "NgayNopHoSo",
}  # fmt: skip
_CODES = {
    "procedure_code": "MaTTHC", "field_code": "MaLinhVuc", "channel_code": "KenhThucHien", "status_code": "TrangThaiHoSo", "subject_type_code": "LoaiDoiTuong",
    "return_form_code": "HinhThuc", "has_digitised_parts": "HoSoCoThanhPhanSoHoa", "is_paid_online": "DuocThanhToanTrucTuyen",
}  # fmt: skip


def _key(number: object) -> str:
    return hmac.new(bytes.fromhex(settings().derive("dossier-number")), str(number).strip().encode(), hashlib.sha256).hexdigest()


def _day(value: object) -> str | None:
    text = str(value).strip()
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if re.fullmatch(r"\d{14}", text) else text[:10] or None


def _wrong_dossiers(loader: psycopg.Connection, landing_id: int, rows: list[Row]) -> Iterator[str]:
    columns = {**_CODES, **_DATES}
    stored = loader.execute(f"select pointer, dossier_key, {', '.join(columns)} from raw.dossiers where landing_id = %s", (landing_id,)).fetchall()  # type: ignore[call-overload]
    if {pointer for pointer, *_ in stored} != {f"line {number}" for number in range(1, len(rows) + 1)}:
        yield f"{len(stored)} of {len(rows)} records are stored"
        return
    for pointer, key, *values in stored:
        row = rows[int(pointer.split()[1]) - 1]
        if key != _key(row["MaHoSo"]):
            yield f"{pointer} has the key of another number"
        for (column, name), value in zip(columns.items(), values, strict=True):
            served = row.get(name)
            expected = None if served in (None, "") else _day(served) if column in _DATES else str(served).strip()
            if (str(value) if value is not None else None) != expected:
                yield f"{pointer}: {column} is {value!r}, {name} is {served!r}"
            if isinstance(served, float):
                yield f"{pointer}: {name} came as a number, which loses its zeros"


def _other_month(rows: list[Row], draw: random.Random) -> None:
    for row in draw.choice([rows, [draw.choice(rows)]]):
        row[draw.choice(["month", "year"])] = draw.choice([4, 0, 2025, 13, "5"])


def _other_province(rows: list[Row], draw: random.Random) -> None:
    for row in draw.choice([rows, [draw.choice(rows)]]):
        row["MA_COQUAN"] = draw.choice(["H24.104", "H37", "37", "", "000.00.00.H24", "H37.117"])


def _wrong_total(rows: list[Row], draw: random.Random) -> None:
    """The total row is taken for an agency, an agency for the total, or its counts are others."""
    row = draw.choice([row for row in rows if not row.get("domainCode")] or rows)
    other = draw.choice(rows)
    for name in draw.choice([("govAgencyCode", "govAgencyName"), ("domainCode", "domainName"), ("processCount", "releaseCount")]):
        row[name] = draw.choice([other.get(name), None, 7])


def _wrong_agency(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    row["agency"] = draw.choice(
        [None, "H24.104", [], {}, {"code": "H24", "name": None}, {"code": 24, "name": "UBND xã Vĩnh Bảo"}, {"code": "H24.104.01", "name": "x"}]
    )


def _other_code(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    row[draw.choice(["level", "valid_to", "field_code"])] = "2026-06-30"
    row["code"] = draw.choice([row.get("code"), 2.000908, "2.00091", 2, "", None, " 2.000908", "1.005129", "٢.٠٠٠٩٠٨"])


def _other_status(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    row[draw.choice(["TrangThaiHoSo", "KenhThucHien", "MaTTHC"])] = draw.choice([4, "04", "Đang xử lý", 2.000908, ["4"], "2.000908"])


def _shifted_person(rows: list[Row], draw: random.Random) -> None:
    row = draw.choice(rows)
    row[draw.choice(["MaLinhVuc", "NgayTra", "KenhThucHien"])] = draw.choice(["Nguyễn Văn A", "0912345678", "012345678901"])


def _named(name: str, source: ModuleType) -> Callable[[bytes, Path], Iterator[Fetched | Failure]]:
    """The answer saved as a file of this name."""

    def offer(body: bytes, folder: Path) -> Iterator[Fetched | Failure]:
        (folder / name).write_bytes(body)
        yield from source.receive(folder / name, settings())

    return offer


def _pulled(body: bytes, folder: Path) -> Iterator[Fetched | Failure]:
    """A page of the exchange over HTTP."""
    pages = iter([body])
    server = httpx.MockTransport(lambda request: httpx.Response(200, content=next(pages, b"")))
    with httpx.Client(transport=server) as client:
        yield from dossiers._pulled(Conversation(client, "http://127.0.0.1", 0), "tinh", "DongBoHoSoMC", settings())


def _sample_rows(name: str) -> Callable[[], list[Row]]:
    bodies: Mapping[str, bytes] = {**onestop.onestop(), **portal_answers.portal(), **sample_dossiers()}
    answer = json.loads(bodies[name])
    rows: list[Row] = answer["data"] if isinstance(answer, dict) else answer
    return lambda: rows[:12]


def _listed() -> list[Row]:
    return [
        {"id": f"0199-{n}", "code": f"1.0{n}129", "name": f"Thủ tục {n}", "state": "ACTIVE", "departmentId": f"d-{n}", "publishingDepartmentIds": ["p"]}
        for n in range(10, 16)
    ]


INTERFACES = {
    "portal": Interface(
        portal_index, "report_tinh_766_service", _sample_rows("report_tinh_766_service.H37.quarter-2026-1.json"), lambda rows: rows,
        _named("report_tinh_766_service.H37.quarter-2026-1.json", portal_index), _wrong_portal, (_other_province,),
    ),
    "opencps": Interface(
        onestop_statistics, "opencps", _sample_rows("opencps.lang-son.month-2026-5.json"), lambda rows: {"total": len(rows), "agency": "all", "data": rows},
        _named("opencps.lang-son.month-2026-5.json", onestop_statistics), _wrong_opencps, (_other_month, _wrong_total),
    ),
    "igate": Interface(
        onestop_statistics, "igate", _sample_rows("igate.hai-phong.month-2026-5.json"), lambda rows: rows,
        _named("igate.hai-phong.month-2026-5.json", onestop_statistics), _wrong_igate, (_wrong_agency,),
    ),
    "procedures": Interface(
        procedures, "items", _listed, lambda rows: {"code": "OK", "data": {"items": rows, "pagination": {"total": len(rows)}}},
        _named("trang-1.json", procedures), _wrong_procedures, (_other_code,),
    ),
    "dossier pages": Interface(
        dossiers, "record", _sample_rows("H37-dong-bo-2026-06-15.json"),
        lambda rows: {"error_code": "0", "result": {"service": "DongBoHoSoMC", "isUpdating": "False", "data": rows}},
        _pulled, _wrong_dossiers, (_other_status, _shifted_person),
    ),
    "dossier lines": Interface(
        dossiers, "record", _sample_rows("H37-dong-bo-2026-06-15.json"), lambda rows: rows,
        _named("H37.ndjson", dossiers), _wrong_dossiers, (_other_status, _shifted_person), lines=True,
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", INTERFACES)
def test_no_mutated_answer_is_stored_otherwise_than_it_says(loader: psycopg.Connection, tmp_path: Path, name: str) -> None:
    wrong, outcomes = mis_maps(INTERFACES[name], range(1, ANSWERS + 1), loader, tmp_path)
    assert wrong == []
    assert outcomes["parsed"] >= 80 and sum(outcomes.values()) - outcomes["parsed"] >= 150, outcomes


def _by_position(rows: list[tuple[str, Row]], names: Sequence[str]) -> list[tuple[str, Row]]:
    return [(place, dict(zip(names, row.values(), strict=False))) for place, row in rows]


def _without_totals(counted: Any) -> Any:
    return lambda *arguments: replace(counted(*arguments), total_of="")


_real_items, _real_counted = procedures._items, onestop_statistics._Counted.of
_dates = list(dossiers._DATES.items())
_due_and_finished_swapped = dict([_dates[0], _dates[2], _dates[1], *_dates[3:]])
_late_for_paid = attrgetter(*[{"NgayHenTra": "NgayTra", "NgayTra": "NgayHenTra"}.get(name, name) for name in dossiers._PLAIN_FIELDS])
PLANTED: Mapping[str, tuple[str, ModuleType | type, str, Any]] = {
    "portal: another province is taken": ("portal", portal_index, "_check_scope", lambda *_: None),
    "portal: the first of two rows wins": ("portal", portal_index, "one_word_each", lambda *_: None),
    "opencps: totals are rows like others": ("opencps", onestop_statistics._Counted, "of", _without_totals(_real_counted)),
    "opencps: any month is taken": ("opencps", onestop_statistics, "_check_period", lambda *_: None),
    "opencps: a row served twice counts twice": ("opencps", onestop_statistics, "_tell_apart", lambda *_: None),
    "opencps: counts are not looked at": ("opencps", onestop_statistics, "_broken", lambda *_: []),
    "igate: the province is an agency like others": ("igate", onestop_statistics, "_above", lambda code: iter(())),
    "procedures: fields by their position": (
        "procedures", procedures, "_items", lambda body: _by_position(_real_items(body), ("id", "code", "name", "state", "departmentId")),
    ),
    "procedures: any code will do": ("procedures", procedures, "_CODE", re.compile(r".*")),
    "dossier pages: two dates swapped": ("dossier pages", dossiers, "_DATES", _due_and_finished_swapped),
    "dossier lines: two dates swapped on the fast path": ("dossier lines", dossiers, "_plain_values", _late_for_paid),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_the_generator_catches_a_planted_bug(loader: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    name, owner, attribute, planted = PLANTED[bug]
    monkeypatch.setattr(owner, attribute, planted)
    assert mis_maps(INTERFACES[name], range(1, 120), loader, tmp_path)[0]


@pytest.mark.parametrize(("name", "field"), [
    ("portal", "TDGQ"), ("opencps", "releaseCount"), ("igate", "resolved"), ("procedures", "name"), ("dossier pages", "NgayHenTra"),
    ("dossier lines", "NgayHenTra"),
])  # fmt: skip
def test_a_renamed_field_is_told_with_both_lists(loader: psycopg.Connection, tmp_path: Path, name: str, field: str) -> None:
    interface = INTERFACES[name]
    rows = [{(f"{key}Moi" if key == field else key): value for key, value in row.items()} for row in interface.rows()]
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows) if interface.lines else json.dumps(interface.wrap(rows)).encode()
    land(loader, interface.source, "night", items=interface.offer(body, tmp_path))
    assert parse(loader, interface.source, "night") == {"unexpected": 1}
    drift = loader.execute("select contract, missing, unknown, decision from raw.contract_drift").fetchall()
    assert drift == [(interface.contract, [field], [f"{field}Moi"], "stop")]
    (reason,) = loader.execute("select reason from raw.attempt where stage = 'parse'").fetchall()[0]
    assert f"missing: {field}; unknown: {field}Moi" in reason
