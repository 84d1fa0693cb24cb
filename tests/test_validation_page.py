"""The validation page: every run's own, kept, with counts and keys and nothing that names a person."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from expectations import incidents
from expectations.suites import mart_checks, source_checks, submission_checks
from reporting import validation_page
from tests.facts import BAD, submit
from warehouse import db
from warehouse.catalogue import RULES_VI, identities


@pytest.fixture
def night(database: str) -> str:
    """A judged night: one rule held a submission back, one warned, one passed."""
    submission = submit("báo cáo của ông Nguyễn Văn Tám.txt", BAD, run_id="manual__2026-11-21T00:30:00+07:00")
    run_id = "manual__2026-11-21T00:30:00+07:00"
    with db.connect("gate") as connection:
        row = connection.execute("select landing_id from facts.submission where submission_id = %s", (submission,)).fetchone()
        assert row is not None
        connection.cursor().executemany(
            "insert into quality.gate_result"
            " (run_id, gate, rule, target, severity, success, evaluated_count, unexpected_count, exception, decision, owner, since)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '2026-11-21')",
            [
                (run_id, "submissions", "report-resolved", "quality.judged_evaluation", "error", False, 12345, 1, "", "hold", "reporting unit"),
                (run_id, "marts", "jump", "candidate.figures", "warning", False, 10, 2, "", "warn", "reporting unit"),
                (run_id, "source", "source-contract", "quality.judged_dossier", "error", True, 150, 0, "", "pass", "source owner"),
            ],
        )
        connection.execute(
            "insert into quality.quarantine (source, landing_id, submission_id, rule, reason_vi, held_run_id)"
            " values ('narrative_reports', %s, %s, 'report-resolved', 'ông Nguyễn Văn Tám viết 312', %s)",
            (row[0], submission, run_id),
        )
        connection.execute("insert into quality.run (run_id, verdict, reasons) values (%s, 'publish', %s)", (run_id, Jsonb([])))
    return run_id


def _page(run_id: str) -> str:
    with db.connect("mailer") as connection:
        return validation_page.render(connection, run_id)


def test_the_page_tells_counts_decisions_and_keys(night: str) -> None:
    page = _page(night)
    for told in ("report-resolved", "12.345", "Giữ lại dòng sai", "Nhắc, không chặn", "Đạt", "bản ghi nhận số 1", "phường Tam Thanh", "1 mới nhận"):
        assert told in page
    assert "3 phép kiểm tra, 2 không đạt" in page
    assert page.index("report-resolved") < page.index("source-contract")  # what fails first


def test_the_page_holds_no_name_and_no_sentence(night: str) -> None:
    page = _page(night)
    assert not any(secret in page for secret in ("Nguyễn", "Tám", "312", ".txt"))
    assert not any(outside in page for outside in ("http:", "https:", "src=", "url(", "<link", "<script"))


def test_a_blocked_run_says_why_and_hostile_text_is_shown(database: str) -> None:
    reason = "volume on candidate.figures: <script>alert(1)</script>\u202e cut"
    with db.connect("gate") as connection:
        connection.execute("insert into quality.run (run_id, verdict, reasons) values ('r', 'blocked', %s)", (Jsonb([reason]),))
    page = _page("r")
    assert "Bị chặn, không công bố" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_run_that_broke_off_early_has_a_page_too(database: str) -> None:
    assert "chưa tới bước kiểm tra cuối" in _page("never judged")


def test_thousands_of_held_rows_are_one_line_with_examples(night: str) -> None:
    with db.connect("gate") as connection:
        connection.cursor().executemany(
            "insert into quality.quarantine (source, landing_id, row_key, rule, reason_vi, held_run_id) values ('dossiers', 1, %s, 'code-status', 'x', %s)",
            [(f"/data/{number}", night) for number in range(3000)],
        )
    page = _page(night)
    assert "3.000" in page
    assert page.count("/data/") == 5


def test_pages_are_kept_and_listed(night: str, tmp_path: Path) -> None:
    with db.connect("mailer") as connection:
        first = validation_page.write(connection, night, tmp_path / "pages")
        with db.connect("gate") as gate:
            gate.execute(
                "insert into quality.gate_result (run_id, gate, rule, target, severity, success, decision)"
                " values ('second', 'marts', 'r', 't', 'error', true, 'pass')"
            )
        second = validation_page.write(connection, "second", tmp_path / "pages")
    index = (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")
    assert index.index(second.name) < index.index(first.name)  # the newest first
    assert first.name == "manual_2026-11-21T00_30_00_07_00.html"
    assert [path.name for path in sorted((tmp_path / "pages").iterdir())] == sorted([first.name, second.name, "index.html"])  # nothing half-written


def test_a_page_past_its_time_goes_and_what_is_no_page_of_ours_stays(night: str, tmp_path: Path) -> None:
    long_ago = time.time() - 6 * 365 * 86400
    for name, body in (("old.html", '<meta name="generator" content="tthc validation page">'), ("theirs.html", "<p>minutes of a meeting</p>")):
        (tmp_path / name).write_text(body, encoding="utf-8")
        os.utime(tmp_path / name, (long_ago, long_ago))
    with db.connect("mailer") as connection:
        page = validation_page.write(connection, night, tmp_path)
        os.utime(page, (long_ago, long_ago))
        other = validation_page.write(connection, "another night", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"theirs.html", validation_page.INDEX, other.name}


@pytest.mark.parametrize("run_id", ["../../etc/passwd", "a/b\\c", "x" * 400, "chạy đêm"])
def test_a_runs_name_stays_inside_the_folder(run_id: str) -> None:
    name = validation_page.page_name(run_id)
    assert "/" not in name
    assert ".." not in name.removesuffix(".html")
    assert len(name) < 200


def test_links_are_addresses_where_pages_are_served(tmp_path: Path) -> None:
    assert validation_page.link("a+b", tmp_path, "https://kho.example/kiem-tra") == "https://kho.example/kiem-tra/a_b.html"
    assert validation_page.link("a+b", tmp_path, "") == str(tmp_path / "a_b.html")


def test_the_mailer_needs_nothing_but_quality_and_marts(night: str) -> None:
    with db.connect("mailer") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from raw.landing")
    assert _page(night)


def test_every_rule_and_everything_that_is_judged_has_vietnamese_words() -> None:
    checks = [*source_checks(), *submission_checks(), *mart_checks({"figures": 1}, ("dossiers",))]
    told_elsewhere = {rule for rule, _ in incidents._ATTEMPT_RULES.values()} | {"gate-blocked", "night-failed"}
    assert ({check.rule for check in checks} | identities().keys() | told_elsewhere) - RULES_VI.keys() == set()
    assert {check.table for check in checks if validation_page.target_vi(check.table) == check.table} == set()


def test_a_blocked_night_tells_the_rule_in_words(night: str) -> None:
    with db.connect("gate") as connection:
        connection.execute(
            "update quality.run set verdict = 'blocked', reasons = %s", (Jsonb(["grain on candidate.figures: observed 2 (one row per figure_id)", ""]),)
        )
    page = _page(night)
    assert "Bị chặn, không công bố" in page and "Mỗi dòng có một khóa, không trùng, không trống" in page and "observed 2" in page
