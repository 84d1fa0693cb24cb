"""Rows a second of the dossier exchange against a bare COPY of the same rows, and the memory it takes.

`python -m benchmarks.dossiers [--records 360000] [--format ndjson|csv]`: writes one file a province into a temporary folder, lands and
parses them with the night's functions on the warehouse that the environment names, then copies the very rows that came out into an
equal table by one bare COPY; by the clock and, which other work on the machine touches less, by seconds of processors. Needs a warehouse
that may be filled: `TTHC_STATE_DIR=/tmp/bench python -m benchmarks.dossiers`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psycopg

from ingest import landing
from ingest.sources import dossiers
from warehouse import db
from warehouse.settings import settings

PROVINCES = 34


def _record(draw: random.Random, province: int, number: int, is_update: bool) -> dict[str, object]:
    """A record of the exchange's usual width (about 900 bytes as JSON)."""
    day = f"2026{draw.randint(1, 6):02d}{draw.randint(1, 28):02d}"
    finished = f"{day[:6]}28{draw.randint(8, 16):02d}{draw.randint(0, 59):02d}00"
    return {
        "MaHoSo": f"H{province:02d}.{100 + number % 120}-{day}-{number:07d}", "MaTTHC": draw.choice(["1.005129", "2.000815", "2.000635"]),
        "TenTTHC": "(tên thủ tục, thường dài khoảng tám mươi ký tự như trong danh mục quốc gia về thủ tục hành chính)", "MaLinhVuc": "HT02",
        "TenLinhVuc": "Hộ tịch", "KenhThucHien": "2", "ChuHoSo": "(tên người nộp)", "LoaiDoiTuong": "1", "MaDoiTuong": "(mã)", "ThongTinKhac": "",
        "Email": "", "Fax": "", "SoDienThoai": "(số điện thoại)", "TrichYeuHoSo": "(trích yếu hồ sơ)",
        "NgayTiepNhan": f"{day}{draw.randint(8, 16):02d}3000", "NgayHenTra": f"{day[:6]}27170000", "TrangThaiHoSo": "10" if is_update else "4",
        "NgayTra": finished if is_update else "", "ThongTinTra": "", "HinhThuc": "0", "NgayKetThucXuLy": finished if is_update else "",
        "DonViXuLy": "(đơn vị xử lý)", "GhiChu": "", "NgayNopHoSo": f"{day}080000", "HoSoCoThanhPhanSoHoa": "1", "DuocThanhToanTrucTuyen": "1",
    }  # fmt: skip


def _write(folder: Path, records: int, form: str, seed: int) -> int:
    """A third new, two thirds updates; one file a province. Returns the bytes written."""
    each, size = records // PROVINCES, 0
    for province in range(1, PROVINCES + 1):
        draw = random.Random(province * 1_000_003 + seed)
        path = folder / f"H{province:02d}.{form}"
        rows = [_record(draw, province, number, number >= each // 3) for number in range(each)]
        if form == "csv":
            text = io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
            path.write_text(text.getvalue(), encoding="utf-8")
        else:
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        size += path.stat().st_size
    return size


def _written_elsewhere(folder: Path, records: int, form: str, seed: int) -> int:
    """As `_write`, in a process of its own, so that its memory is not counted."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(_write, folder, records, form, seed).result()


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu(*backends: int) -> float:
    """Seconds of processors so far: this process, its ended children, and these backends of a server on this machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    served = 0.0
    for backend in backends:
        stat = Path(f"/proc/{backend}/stat")
        if stat.exists():  # else the server is elsewhere, and only our own part is known
            ticks = stat.read_text().rpartition(")")[2].split()
            served += (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return sum(one.ru_utime + one.ru_stime for one in used) + served


class _BareCopy:
    """Each landing's rows copied into an equal table, keys and indexes included, by one COPY right after they were parsed.

    In turns with the parser, so that whatever else this machine does slows both. The text is prepared before the clock starts.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.rows, self.seconds, self.paused = 0, 0.0, 0.0
        self.cpu, self.paused_cpu = 0.0, 0.0
        connection.execute("drop table if exists public.bare_copy")
        connection.execute("create table public.bare_copy (like raw.dossiers including defaults including constraints including indexes)")
        names = connection.execute("select column_name from information_schema.columns where (table_schema, table_name) = ('raw', 'dossiers')")
        self.columns = ", ".join(row[0] for row in names)
        self.newest = self._newest()

    def _newest(self) -> int:
        row = self.connection.execute("select coalesce(max(landing_id), 0) from raw.dossiers").fetchone()
        assert row is not None
        return int(row[0])

    def __call__(self, _: str) -> None:
        """The rows that were parsed since the last call: as the parser's `progress` it is called after every landing."""
        began, began_cpu = time.perf_counter(), self._used()
        before, self.newest = self.newest, self._newest()
        text = io.BytesIO()
        query = f"copy (select {self.columns} from raw.dossiers where landing_id > {before} and landing_id <= {self.newest}) to stdout"
        with self.connection.cursor().copy(query.encode()) as out:
            for chunk in out:
                text.write(chunk)
        body = text.getvalue()
        started, started_cpu = time.perf_counter(), self._used()
        with self.connection.cursor().copy(f"copy public.bare_copy ({self.columns}) from stdin".encode()) as copy:
            copy.write(body)
        ended, ended_cpu = time.perf_counter(), self._used()
        self.seconds += ended - started
        self.cpu += ended_cpu - started_cpu
        self.paused_cpu += ended_cpu - began_cpu
        self.rows += body.count(b"\n")
        self.paused += ended - began

    def _used(self) -> float:
        return _cpu(self.connection.info.backend_pid)

    def close(self) -> None:
        self.connection.execute("drop table public.bare_copy")


def _run(connection: psycopg.Connection, owner: psycopg.Connection, folder: Path, records: int, form: str) -> None:
    size = _written_elsewhere(folder, records, form, time.time_ns() % 1_000_000)
    before = _memory_mb()
    os.environ["TTHC_DOSSIERS_DIR"] = str(folder)
    settings.cache_clear()
    run_id = f"benchmark-{time.time_ns()}"
    backend = connection.info.backend_pid
    started, used = time.perf_counter(), _cpu(backend)
    outcomes = landing.land(connection, dossiers, run_id)
    landed, landed_cpu = time.perf_counter() - started, _cpu(backend) - used
    memory = max(_memory_mb(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    bare = _BareCopy(owner)
    both_backends = (backend, owner.info.backend_pid)
    started, used = time.perf_counter(), _cpu(*both_backends)
    landing.parse(connection, dossiers, run_id, bare)
    parsed, parsed_cpu = time.perf_counter() - started - bare.paused, _cpu(*both_backends) - used - bare.paused_cpu
    bare.close()
    both = landed + parsed
    print(f"{bare.rows} records in {PROVINCES} files of {form} ({size / 1e6:.0f} MB), {dict(outcomes)}; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"landed  {bare.rows / landed:10.0f} rows/s  (read, reduced to the allowed columns, hashed, stored)")
    print(f"parsed  {bare.rows / parsed:10.0f} rows/s  (landed bytes into raw.dossiers)")
    print(f"both    {bare.rows / both:10.0f} rows/s")
    print(f"COPY    {bare.rows / bare.seconds:10.0f} rows/s  (the same rows, text ready, an equal table with its keys, in turns with the parser)")
    print(f"parsed / COPY {bare.seconds / parsed:.2f}; both / COPY {bare.seconds / both:.2f}")
    both_cpu = landed_cpu + parsed_cpu
    per_row = ", ".join(f"{name} {1e6 * used / bare.rows:.1f}" for name, used in (("landed", landed_cpu), ("parsed", parsed_cpu), ("COPY", bare.cpu)))
    print(f"microseconds of processors a row, server included: {per_row}; parsed / COPY {bare.cpu / parsed_cpu:.2f}; both / COPY {bare.cpu / both_cpu:.2f}")
    print(f"memory of the largest process: {before:.0f} MB before, {memory:.0f} MB at most while landing")


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description="Dossier exchange against a bare COPY.")
    parser.add_argument("--records", type=int, default=360_000)
    parser.add_argument("--format", choices=["ndjson", "csv"], default="ndjson")
    arguments = parser.parse_args()
    db.bootstrap()
    with (
        tempfile.TemporaryDirectory() as folder,
        db.connect("loader", autocommit=True) as connection,
        db.connect("owner", autocommit=True) as owner,
    ):
        _run(connection, owner, Path(folder), arguments.records, arguments.format)


if __name__ == "__main__":
    main()
