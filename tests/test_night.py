"""The whole night as its user runs it: `tthc nightly` on the sample, again, killed, and on broken input."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.nights import ROOT, FirstNight, Installation, install

pytestmark = pytest.mark.slow


def test_one_submission_is_held_back_and_the_rest_is_published(first: FirstNight) -> None:
    night, printed = first.installation, first.printed
    held = night.sql("select unit_name_vi, period_key, held_rules, unit_code from submissions where is_held")
    assert len(held) == 1
    assert "report-resolved" in str(held[0]["held_rules"])
    assert "Held back by the gate" in printed
    assert "report-resolved" in printed
    counts = night.sql("select source, count(*) as n from figures group by source")
    assert {row["source"] for row in counts} == {"portal_index", "dossiers", "statutory_forms", "narrative_reports", "onestop_statistics"}
    # the unit keeps its last good figures: those of the period before, none of the period held back
    query = f"select distinct period_key from figures where source = 'narrative_reports' and unit_code = '{held[0]['unit_code']}'"
    periods = {row["period_key"] for row in night.sql(query)}
    assert periods
    assert held[0]["period_key"] not in periods


def test_the_officer_gets_one_mail_with_sentence_sum_and_remedy(first: FirstNight) -> None:
    night = first.installation
    mails = [mail for mail in night.mails() if str(mail["Message-ID"]) in first.message_ids]  # answers of other tests lie there too
    recipients = [str(mail["To"]) for mail in mails]
    assert len(recipients) == len(set(recipients))
    held = night.sql("select unit_name_vi, held_reasons_vi from submissions where is_held")[0]
    told = [mail for mail in mails if "giữ lại" in str(mail["Subject"])]
    assert len(told) == 1
    body = told[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    flat = " ".join(body.split())
    assert str(held["unit_name_vi"]).split()[-1] in flat
    numbers = set(re.findall(r"\d[\d.]*\d|\d", str(held["held_reasons_vi"])))
    assert numbers
    assert all(number in flat for number in list(numbers)[:3])


def test_every_published_figure_traces_to_its_sentence(first: FirstNight) -> None:
    night = first.installation
    for source in ("narrative_reports", "statutory_forms", "portal_index", "dossiers", "onestop_statistics"):
        figure = night.sql(f"select figure_id, file_name, origin, printed_text, locator from figures where source = '{source}' order by figure_id limit 1")[0]
        told = " ".join(night.tthc("trace", str(figure["figure_id"])).split())
        assert str(figure["printed_text"]) in told
        assert str(figure["locator"])[:30] in told
        assert "sha256" in told
    assert "no published figure" in night.tthc("trace", "nothing", code=1)


def test_no_published_text_carries_a_name_or_a_number_of_a_person(first: FirstNight) -> None:
    night = first.installation
    assert night.sql(r"select quote_vi from figures where quote_vi ~ '\m(ông|bà) [A-ZĐ]' or quote_vi ~ '\m0\d{9}\M'") == []


def test_the_second_night_lands_publishes_and_mails_nothing(first: FirstNight) -> None:
    night = first.installation
    mails = len(night.mails())
    printed = night.tthc("nightly")
    assert "Published: nothing" in printed
    assert "Mails: none" in printed
    assert night.marts() == first.marts
    assert len(night.mails()) == mails
    assert len(night.sql("select * from publication")) == 1


def test_the_analyst_cannot_write_or_look_elsewhere(first: FirstNight) -> None:
    night = first.installation
    assert "permission denied" in night.tthc("sql", "select * from raw.landing", code=1)
    assert "permission denied" in night.tthc("sql", "set role tthc_gate", code=1)
    assert "read-only" in night.tthc("sql", "delete from dim_unit", code=1)


def test_status_shows_what_is_held(first: FirstNight) -> None:
    assert "report-resolved" in first.installation.tthc("status")


def test_broken_input_is_told_and_stops_nobody(first: FirstNight, tmp_path: Path) -> None:
    night = first.installation
    before = night.marts()
    inbox, forms = tmp_path / "inbox", tmp_path / "forms"
    shutil.copytree(ROOT / "sample" / "forms", forms)
    inbox.mkdir()
    (inbox / "anh.docx").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500))
    (inbox / "rong.txt").write_bytes(b"")
    (forms / "hong.xlsx").write_bytes(b"PK\x03\x04" + b"broken" * 50)
    printed = night.tthc("nightly", TTHC_INBOX=str(inbox), TTHC_FORMS_DIR=str(forms), TTHC_PORTAL_URL="http://127.0.0.1:9")
    after = night.marts()
    assert any("anh.docx" in row for row in after["held_rows"])
    assert {**after, "held_rows": []} == {**before, "held_rows": []}  # nothing lost, nothing published but what is held
    for named in ("anh.docx", "rong.txt", "hong.xlsx", "unreachable", "unreadable"):
        assert named in printed, printed
    operators = [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in night.mails()[-3:]]  # type: ignore[union-attr]
    assert any("anh.docx" in body and "hong.xlsx" in body for body in operators)


def test_an_empty_inbox_is_an_outcome_of_its_own(first: FirstNight, tmp_path: Path) -> None:
    night = first.installation
    before = night.marts()
    assert "empty" in night.tthc("nightly", TTHC_INBOX=str(tmp_path))
    assert night.marts() == before


def test_one_bad_variable_is_one_line(tmp_path: Path) -> None:
    printed = Installation(tmp_path).tthc("nightly", code=1, TTHC_SMTP_PORT="many")
    assert printed.startswith("Error: environment variable TTHC_SMTP_PORT")
    assert len(printed.strip().splitlines()) == 1


@pytest.mark.parametrize("step", ["parse", "marts", "publish", "notify"])
def test_a_killed_night_run_again_publishes_the_same(first: FirstNight, step: str) -> None:
    with install() as other:
        command = [sys.executable, str(ROOT / "cli.py"), "nightly"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=ROOT, env=other.environment(), start_new_session=True, **quiet) as running:
            killer = threading.Thread(target=_kill_at, args=(other.state / "logs", step, running))
            killer.start()
            running.wait()
            killer.join()
        assert running.returncode == -signal.SIGKILL
        other.tthc("nightly")
        assert other.marts() == first.marts
        assert len(other.mails()) == len(first.message_ids)


def _kill_at(logs: Path, step: str, running: subprocess.Popen[bytes]) -> None:
    """Kill the whole group as soon as the run's log says that `step` starts."""
    while running.poll() is None:
        if any(f"starting task_id={step} " in path.read_text(errors="replace") for path in logs.glob("*.log")):
            os.killpg(running.pid, signal.SIGKILL)
            return
        threading.Event().wait(0.02)
