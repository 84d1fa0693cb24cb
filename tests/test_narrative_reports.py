"""Reports of an inbox become submissions with figures; what is no report is an outcome with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from expectations.audit import audit
from expectations.stored import load_submission
from ingest.documents import UnreadableDocument
from ingest.facts import EXTRACTOR_VERSION, read_figures
from ingest.landing import Fetched, land, parse
from ingest.reading import read_submission
from ingest.sources import narrative_reports
from reporting import summary
from sample import build
from tests.builders import make_docx, make_pdf, make_xlsx, report_lines
from warehouse import db
from warehouse.model import Document, Figure, Header, Reading
from warehouse.settings import settings


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "inbox"
    path.mkdir()
    monkeypatch.setenv("TTHC_INBOX", str(path))
    settings.cache_clear()
    yield path
    settings.cache_clear()


def text_report(**changes: str) -> bytes:
    return "\n".join(report_lines(**changes)).encode()


BODIES = {
    "a.txt": text_report(),
    "a.docx": make_docx(report_lines()),
    "a.pdf": make_pdf(report_lines()),
}


@pytest.mark.parametrize(("name", "body"), BODIES.items(), ids=BODIES.keys())
def test_a_report_becomes_a_submission_with_figures_where_they_stand(inbox: Path, loader: psycopg.Connection, name: str, body: bytes) -> None:
    (inbox / name).write_bytes(body)
    assert land(loader, narrative_reports, "night") == {"landed": 1}
    assert parse(loader, narrative_reports, "night") == {"parsed": 1}
    submission = loader.execute(
        "select source, reader_version, kind, unit_code, unit_name_vi, document_number, document_date, period_key from facts.submission"
    ).fetchone()
    assert submission == (
        "narrative_reports", EXTRACTOR_VERSION, "kstthc", "06187", "phường Kỳ Lừa", "12/BC-UBND", date(2026, 3, 17), "statutory:2025-12-15:2026-03-14",
    )  # fmt: skip
    figures = dict(loader.execute("select measure, value from facts.figure where scope = ''").fetchall())
    assert figures["tthc_resolved_total"] == Decimal(25) and figures["tthc_resolved_on_time"] == Decimal(5)
    misplaced = loader.execute(
        "select count(*), count(*) filter (where substr(text_nfc, span_start + 1, span_end - span_start) <> printed_text)"
        " from facts.figure join facts.submission using (submission_id) join raw.narrative_reports using (landing_id, reader_version)"
    ).fetchone()
    assert misplaced is not None and misplaced[0] >= 4 and misplaced[1] == 0
    kept = loader.execute("select method, header ->> 'number', header ->> 'period', header ->> 'document_date' from raw.narrative_reports").fetchone()
    assert kept == ("text", "12/BC-UBND", "statutory:2025-12-15:2026-03-14", "2026-03-17")


@pytest.mark.parametrize("path", sorted((build.HERE / "inbox").iterdir()), ids=lambda path: path.name)
def test_the_night_judges_what_was_judged_at_the_door(inbox: Path, loader: psycopg.Connection, path: Path) -> None:
    (inbox / path.name).write_bytes(path.read_bytes())
    land(loader, narrative_reports, "night")
    parse(loader, narrative_reports, "night")
    row = loader.execute("select submission_id from facts.submission").fetchone()
    assert row is not None
    stored, read = load_submission(loader, row[0]), read_submission(path.read_bytes(), path.name)
    assert isinstance(read, Reading) and stored.document == read.document
    assert audit(stored.document, stored.header, stored.figures) == audit(*read)


def test_the_same_report_under_another_name_is_seen_again(inbox: Path, loader: psycopg.Connection) -> None:
    (inbox / "a.txt").write_bytes(text_report())
    (inbox / "gửi lại").mkdir()
    (inbox / "gửi lại" / "b.txt").write_bytes(text_report())
    assert land(loader, narrative_reports, "night") == {"landed": 1, "seen_again": 1}
    assert parse(loader, narrative_reports, "night") == {"parsed": 1}


def test_a_corrected_report_is_another_submission_and_the_first_stays(inbox: Path, loader: psycopg.Connection) -> None:
    for resolved in ("26", "25"):
        (inbox / "a.txt").write_bytes(text_report(resolved=resolved))
        land(loader, narrative_reports, "night")
        parse(loader, narrative_reports, "night")
    values = loader.execute("select value from facts.figure where measure = 'tthc_resolved_total' order by submission_id").fetchall()
    assert values == [(Decimal(26),), (Decimal(25),)]


def test_hidden_and_lock_files_are_left(inbox: Path) -> None:
    (inbox / ".git").mkdir()
    for name in (".DS_Store", ".git/config", "~$a.docx", "a.txt"):
        (inbox / name).write_bytes(text_report())
    assert [item.origin for item in narrative_reports.fetch(settings()) if isinstance(item, Fetched)] == ["a.txt"]


NO_REPORT = {
    "a picture called docx": ("a.docx", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 3000),
    "a docx cut off": ("b.docx", make_docx(report_lines())[:4000]),
    "a workbook": ("c.docx", make_xlsx({"S": ([("x", 1)], [])})),
    "a pdf cut off": ("d.pdf", make_pdf(report_lines())[:500]),
    "spaces": ("e.txt", b"   \n\n  "),
}


def test_what_is_no_report_is_unreadable_and_the_others_are_read(inbox: Path, loader: psycopg.Connection) -> None:
    for name, body in NO_REPORT.values():
        (inbox / name).write_bytes(body)
    (inbox / "good.txt").write_bytes(text_report())
    (inbox / "nothing.txt").write_bytes(b"")
    assert land(loader, narrative_reports, "night") == {"landed": 1 + len(NO_REPORT), "empty": 1}
    assert parse(loader, narrative_reports, "night") == {"parsed": 1, "unreadable": len(NO_REPORT)}
    reasons = dict(loader.execute("select origin, reason from raw.attempt where outcome = 'unreadable'").fetchall())
    assert set(reasons) == {name for name, _ in NO_REPORT.values()}
    assert all(name in reason and len(reason) > len(name) + 20 for name, reason in reasons.items()), "file, fault and remedy"
    assert loader.execute("select count(*) from facts.submission").fetchone() == (1,)


@pytest.mark.parametrize(("reason", "outcome"), [("needs-ocr", "deferred"), ("timeout", "exhausted"), ("memory", "exhausted"), ("encrypted", "unreadable")])
def test_what_lies_in_this_machine_is_tried_again(inbox: Path, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, reason: str, outcome: str) -> None:
    def refuse(body: bytes, name: str) -> None:
        raise UnreadableDocument(reason, f"{name}: {reason}; do something about it")  # type: ignore[arg-type]

    monkeypatch.setattr(narrative_reports, "read_document_limited", refuse)
    (inbox / "a.txt").write_bytes(text_report())
    land(loader, narrative_reports, "night")
    assert parse(loader, narrative_reports, "night") == {outcome: 1}
    assert parse(loader, narrative_reports, "night-2") == ({outcome: 1} if outcome == "deferred" else {})


def test_a_new_extractor_reads_old_reports_again_as_another_edition(inbox: Path, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "a.txt").write_bytes(text_report())
    land(loader, narrative_reports, "night")
    parse(loader, narrative_reports, "night")
    monkeypatch.setattr(narrative_reports, "PARSER_VERSION", "next")
    assert parse(loader, narrative_reports, "night-2") == {"parsed": 1}
    versions = loader.execute("select reader_version from facts.submission order by submission_id").fetchall()
    assert versions == [(EXTRACTOR_VERSION,), ("next",)]
    assert loader.execute("select count(distinct figure_id) * 2 = count(*) from facts.figure").fetchone() == (True,), "the same figures keep their ids"


def test_the_night_says_what_a_new_extractor_changed(inbox: Path, loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "a.txt").write_bytes(text_report())
    (inbox / "b.txt").write_bytes(text_report().replace(b"12/BC-UBND", b"13/BC-UBND"))
    land(loader, narrative_reports, "night")
    parse(loader, narrative_reports, "night")

    def other(document: Document, header: Header) -> tuple[Figure, ...]:
        found = read_figures(document, header)
        if "13/BC-UBND" in document.text:
            return found
        return (replace(found[1], value=found[1].value + 1), replace(found[2], scope="field:land"), *found[3:])

    monkeypatch.setattr(narrative_reports, "PARSER_VERSION", "next")
    monkeypatch.setattr(narrative_reports, "read_figures", other)
    parse(loader, narrative_reports, "night-2")
    figures = [row[0] for row in loader.execute("select figure_count from facts.submission order by submission_id")]
    assert figures[2] == figures[0] - 1 and figures[3] == figures[1]
    with db.connect("mailer") as connection:
        told = summary.collect(connection, "night-2").reread
        changes = connection.execute("select change, scope from quality.reread_figure where change <> 'same' order by change, scope").fetchall()
        assert summary.collect(connection, "night").reread == [], "a first reading has nothing to compare with"
    assert told == [
        {
            "run_id": "night-2", "source": "narrative_reports", "previous_version": EXTRACTOR_VERSION, "reader_version": "next", "documents": 2,
            "documents_changed": 1, "added": 1, "removed": 2, "changed": 1, "same": figures[0] - 3 + figures[1],
        }
    ]  # fmt: skip
    assert [change for change, _ in changes] == ["added", "changed", "removed", "removed"]
    assert ("added", "field:land") in changes


def test_the_sample_is_read_whole(loader: psycopg.Connection) -> None:
    assert land(loader, narrative_reports, "night") == {"landed": 8}
    assert parse(loader, narrative_reports, "night") == {"parsed": 8}
    units = {row[0] for row in loader.execute("select unit_code from facts.submission")}
    assert units == {"06187", "06184", "11383", "11680", "11824", "05977"}
    rows = loader.execute(
        "select measure, value from facts.figure join facts.submission using (submission_id)"
        " where unit_code = '06187' and period_label_vi = 'Quý II/2026' and measure like 'tthc_resolved%'"
    ).fetchall()
    figures = {measure: int(value) for measure, value in rows}
    total = figures.pop("tthc_resolved_total")
    assert (total, sum(figures.values())) == (1492, 1479), "the one error of the sample"


def test_the_sample_is_what_its_script_writes() -> None:
    """Built at another time in another process, hence without a clock; compared by content, as another zlib may pack the parts differently."""
    wanted = build.files()
    there = {
        path.relative_to(build.HERE).as_posix()
        for folder in ("inbox", "forms", "dossiers", "portal", "onestop", "procedures")
        for path in (build.HERE / folder).iterdir()
    }
    assert there == set(wanted) and len(wanted) == 32
    assert [name for name, body in wanted.items() if build.content(body) != build.content((build.HERE / name).read_bytes())] == []
