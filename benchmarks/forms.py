"""How long the statutory forms of a whole country take: one workbook of form II.06a a commune, landed and read as by night.

`python -m benchmarks.forms [--workbooks 3321]`: writes them into a temporary folder (usual and moved columns, groups, extra lines, a hidden
row; the units' real names), lands and parses them with the night's functions on the warehouse that the environment names, and prints
seconds by the clock and of processors, this process and its children. Needs a warehouse that may be filled:
`TTHC_STATE_DIR=/tmp/bench python -m benchmarks.forms`.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import os
import random
import resource
import tempfile
import time
import zipfile
from pathlib import Path

from ingest import landing
from ingest.sources import statutory_forms
from sample.forms import MOVED_ORDER, QUARTER_1, QUARTER_2, USUAL_ORDER, Field, workbook
from sample.portal_answers import SEEDS
from warehouse import db
from warehouse.settings import settings

ROWS = 24
"""Fields in a form; communes report fifteen to thirty."""
_UNIT, _PROVINCE = "UBND PHUONG MAU", "UBND TINH MAU"
_PLANTED = ("Đất đai", "Hộ tịch", "Chứng thực", "Xây dựng", "Bảo trợ xã hội", "Người có công", "Trồng trọt", "Cư trú", "Văn thư, lưu trữ")


def _templates() -> list[bytes]:
    """Eight workbooks, whose unit is filled in afterwards."""
    draw = random.Random(time.time_ns())  # other bytes at every run, or nothing would land
    made = []
    for number in range(8):
        labels = [_PLANTED[row] if row < len(_PLANTED) else f"Lĩnh vực khác {row}" for row in range(ROWS)]
        fields = [Field(label, *(draw.randint(0, most) for most in (900, 90, 40)), 5, 2, 8, 1) for label in labels]
        rows = {"Trên Hệ thống của các Bộ": fields[:8], "Trên Hệ thống của tỉnh": fields[8:]} if number % 4 == 3 else fields
        order = MOVED_ORDER if number % 2 else USUAL_ORDER
        made.append(workbook(_UNIT, _PROVINCE, QUARTER_1 if number < 4 else QUARTER_2, rows, order))
    return made


def _communes(count: int) -> list[tuple[str, str]]:
    """Name and province of communes of 2026."""
    with (SEEDS / "administrative_units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["valid_to"]]
    provinces = {row["unit_code"]: row["full_name_vi"] for row in rows if row["level"] == "province"}
    communes = [(row["full_name_vi"], provinces[row["province_code"]]) for row in rows if row["level"] == "commune"]
    return communes[:count]


def _filled(template: bytes, unit: str, province: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            text = source.read(entry)
            if entry.filename.endswith(".xml"):
                text = text.replace(_UNIT.encode(), f"UBND {unit}".encode()).replace(_PROVINCE.encode(), f"UBND {province}".encode())
            target.writestr(entry, text)
    return buffer.getvalue()


def _write(folder: Path, count: int) -> int:
    size = 0
    for number, ((unit, province), template) in enumerate(zip(_communes(count), itertools.cycle(_templates()), strict=False)):
        body = _filled(template, unit, province)
        (folder / f"{number:04d}.xlsx").write_bytes(body)
        size += len(body)
    return size


def _cpu() -> float:
    """Seconds of processors so far, this process and its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description="The forms of a country.")
    parser.add_argument("--workbooks", type=int, default=3_321)
    arguments = parser.parse_args()
    db.bootstrap()
    with tempfile.TemporaryDirectory() as folder, db.connect("loader", autocommit=True) as connection:
        size = _write(Path(folder), arguments.workbooks)
        os.environ["TTHC_FORMS_DIR"] = folder
        settings.cache_clear()
        run_id = f"benchmark-{time.time_ns()}"
        print(f"{arguments.workbooks} workbooks, {size / 1e6:.0f} MB; load of the machine {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} processors")
        for step, run in (("landed", landing.land), ("read", landing.parse)):
            started, used = time.perf_counter(), _cpu()
            outcomes = run(connection, statutory_forms, run_id)
            print(f"{step:7} {time.perf_counter() - started:7.1f} s by the clock, {_cpu() - used:7.1f} s of processors; {dict(outcomes)}")
        figures = connection.execute("select sum(row_count) from raw.attempt where run_id = %s and stage = 'parse'", (run_id,)).fetchone()
        memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        print(f"{figures[0] if figures else 0} figures; memory of the largest process {memory:.0f} MB")


if __name__ == "__main__":
    main()
