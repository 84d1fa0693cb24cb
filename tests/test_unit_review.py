"""What does not resolve is a row on the review list with candidates; its record is kept. And the four identifier systems side by side."""

from __future__ import annotations

import json
from datetime import date

import psycopg
import pytest

from ingest.landing import Fetched, land, parse
from ingest.sources import narrative_reports, portal_index, statutory_forms
from sample import standin
from tests.builders import FORM_HEADER_BLOCK, form, report_lines
from warehouse import db, transform


def test_an_ambiguous_and_an_unknown_unit_wait_for_a_person(loader: psycopg.Connection) -> None:
    block = (("Biểu số II.06a/VPCP/KSTT", "Đơn vị báo cáo: UBND phường Bình Thuận"), *FORM_HEADER_BLOCK[2:])
    land(loader, statutory_forms, "night", items=iter([Fetched(form(header_block=block, merges=()), "a.xlsx", file_name="a.xlsx")]))
    assert parse(loader, statutory_forms, "night") == {"parsed": 1}
    lines = "\n".join(report_lines()).replace("PHƯỜNG KỲ LỪA", "PHƯỜNG TÂN KHÔNG").replace("Kỳ Lừa", "Tân Không").encode()
    land(loader, narrative_reports, "night", items=iter([Fetched(lines, "b.txt", file_name="b.txt")]))
    parse(loader, narrative_reports, "night")
    with db.connect("gate") as gate:
        rows = gate.execute("select source, printed_name_vi, on_date, reason, candidates, origin from quality.unit_review order by source desc").fetchall()
    form_row = rows[0]
    assert form_row[:4] == ("statutory_forms", "UBND phường Bình Thuận", date(2026, 3, 14), "several")
    assert {candidate["unit_code"] for candidate in form_row[4]} >= {"02524", "22960"}, "Tuyên Quang and Lâm Đồng"
    assert {row[0] for row in rows} == {"statutory_forms", "narrative_reports"}
    assert loader.execute("select count(*) from facts.submission").fetchone() == (2,), "the records are kept"


def test_a_commune_of_the_portal_that_is_not_known_waits_too(loader: psycopg.Connection) -> None:
    rows = json.loads(standin.answers_in(standin.FOLDER)["report_tinh_766_service", "H37", "quarter:2026:1"])
    next(row for row in rows if row["MA_COQUAN"] == "H37.101")["TEN_COQUAN"] = "UBND phường Không Có - tỉnh Lạng Sơn"
    item = Fetched(json.dumps(rows).encode(), "portal", "H37/report_tinh_766_service", "quarter:2026:1")
    land(loader, portal_index, "night", items=iter([item]))
    assert parse(loader, portal_index, "night") == {"parsed": 1}
    assert loader.execute("select printed_name_vi, province from raw.unit_review").fetchall() == [("UBND phường Không Có - tỉnh Lạng Sơn", "H37")]
    assert loader.execute("select count(*) from raw.portal_index").fetchone() == (4,)


@pytest.mark.slow
def test_the_four_identifier_systems_stand_side_by_side(loader: psycopg.Connection) -> None:
    answers = standin.answers_in(standin.FOLDER)
    items = [
        Fetched(answers[report, scope, "quarter:2026:1"], "portal", f"{scope}/{report}", "quarter:2026:1")
        for report, scope in (("report_tinh_766_service", "H37"), ("report_tinh_766_service", "provinces"), ("service-results", "provinces"))
    ]
    land(loader, portal_index, "night", items=iter(items))
    parse(loader, portal_index, "night")
    transform.build("staging")
    with db.connect("transformer") as reader:
        codes = reader.execute("select system, code from staging.stg_units__codes where unit_code = '06187' and unit_valid_from = '2025-07-01'").fetchall()
        province = reader.execute(
            "select count(distinct system) from staging.stg_units__codes where unit_code = '20' and newest_landing_id is not null"
        ).fetchone()
    found = dict(codes)
    assert found["statistics-office"] == "06187" and found["portal"] == "H37.101" and found["legacy-number"].isdigit()
    assert province == (3,), "portal code, legacy number, UUID"
