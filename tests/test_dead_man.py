"""The dead-man switch: one mail when the night did not happen, one when it did again, whatever is down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from reporting.sink import Sink, sink
from scripts import dead_man
from warehouse import db
from warehouse.settings import ROOT

MORNING = datetime(2026, 11, 21, 6, 10, tzinfo=dead_man.HANOI)
SIX = time(6)


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Sink]:
    with sink(tmp_path / "mails") as running:
        yield running


@pytest.fixture
def environment(database: str, mails: Sink, tmp_path: Path) -> dict[str, str]:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("unit_code,province_code,role,email\n,20,tinh,tinh@a.example\n,,van_hanh,truc@kho.example\n", encoding="utf-8")
    return {
        "WAREHOUSE_DSN": database, "TTHC_SECRET_KEY": "the suite's key", "TTHC_CONTACTS": str(contacts),
        "TTHC_SMTP_HOST": mails.host, "TTHC_SMTP_PORT": str(mails.port),
    }  # fmt: skip


def _judged(at: datetime, verdict: str = "publish", *, is_published: bool = True) -> None:
    with db.connect("gate") as connection:
        connection.execute(
            "insert into quality.run (run_id, verdict, reasons, judged_at, published_at) values (%s, %s, %s, %s, %s)",
            (f"run {at} {verdict}", verdict, Jsonb([]), at, at if is_published else None),
        )


def _received(running: Sink) -> list[tuple[str, str]]:
    messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(running.folder.glob("*.eml"))]
    return [(message["To"], message["Subject"]) for message in messages]


def test_one_alarm_and_one_all_clear(environment: dict[str, str], mails: Sink, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    _judged(MORNING - timedelta(days=1))
    assert dead_man.run(environment, MORNING, SIX, state, []) == 1
    assert dead_man.run(environment, MORNING + timedelta(minutes=10), SIX, state, []) == 1
    ((to, subject),) = _received(mails)
    assert to == "truc@kho.example"
    assert subject == "[TTHC] BÁO ĐỘNG: chưa có đợt nạp hoàn thành đến 06:00 ngày 21/11/2026"
    _judged(MORNING + timedelta(hours=1))
    for _ in range(2):
        assert dead_man.run(environment, MORNING + timedelta(hours=2), SIX, state, []) == 0
    assert [subject for _, subject in _received(mails)][1:] == ["[TTHC] Hết báo động: đợt nạp đã hoàn thành"]


def test_a_night_that_published_nothing_is_a_night(environment: dict[str, str], mails: Sink, tmp_path: Path) -> None:
    _judged(MORNING.replace(hour=0, minute=40))
    assert dead_man.run(environment, MORNING, SIX, tmp_path / "state.json", []) == 0
    assert _received(mails) == []


def test_before_the_hour_yesterdays_night_counts(environment: dict[str, str], mails: Sink, tmp_path: Path) -> None:
    _judged(MORNING.replace(hour=0, minute=40) - timedelta(days=1))
    assert dead_man.run(environment, MORNING.replace(hour=5, minute=59), SIX, tmp_path / "state.json", []) == 0
    assert dead_man.run(environment, MORNING.replace(hour=6, minute=0), SIX, tmp_path / "state.json", []) == 1


def test_a_blocked_night_is_an_alarm_that_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    _judged(MORNING.replace(hour=0, minute=40), "blocked", is_published=False)
    reason, _ = dead_man.look(environment, MORNING, SIX, {})
    assert "bị cửa kiểm tra chặn" in reason


def test_a_night_that_passed_and_did_not_publish_is_an_alarm(environment: dict[str, str], tmp_path: Path) -> None:
    _judged(MORNING.replace(hour=0, minute=40), is_published=False)
    reason, _ = dead_man.look(environment, MORNING, SIX, {})
    assert "bước công bố không hoàn thành" in reason


def test_a_crash_after_the_mail_repeats_the_same_message(environment: dict[str, str], mails: Sink, tmp_path: Path) -> None:
    for _ in range(2):  # the state was not written the first time
        assert dead_man.run(environment, MORNING, SIX, tmp_path / "state.json", []) == 1
        (tmp_path / "state.json").unlink()
    assert len(_received(mails)) == 1


def test_a_server_that_is_down_is_an_alarm_unless_the_night_is_known_good(environment: dict[str, str], mails: Sink, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    down = environment | {"WAREHOUSE_DSN": "postgresql://nobody:x@127.0.0.1:9/tthc"}
    _judged(MORNING.replace(hour=0, minute=40))
    assert dead_man.run(environment, MORNING, SIX, state, []) == 0
    assert dead_man.run(down, MORNING + timedelta(hours=1), SIX, state, []) == 0  # today's night is known
    assert dead_man.run(down, MORNING + timedelta(days=1), SIX, state, []) == 1
    assert len(_received(mails)) == 1


def test_an_alarm_that_cannot_be_mailed_is_tried_again(environment: dict[str, str], mails: Sink, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with pytest.raises(OSError):
        dead_man.run(environment | {"TTHC_SMTP_PORT": "9"}, MORNING, SIX, state, [])
    assert dead_man.run(environment, MORNING, SIX, state, ["khac@kho.example"]) == 1
    assert [to for to, _ in _received(mails)] == ["khac@kho.example"]


def test_the_embedded_server_is_asked_and_never_started(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "port").write_text("9")
    (tmp_path / "secret").write_bytes(b"s")
    parameters = dead_man.connection_parameters({"TTHC_STATE_DIR": str(tmp_path)})
    assert (parameters["host"], parameters["port"], parameters["user"]) == ("127.0.0.1", "9", "tthc_mailer")
    with pytest.raises(psycopg.OperationalError):
        dead_man.newest_night(parameters)
    assert not (tmp_path / "postgres" / "data").exists()


def test_it_logs_in_as_the_warehouse_made_the_role(environment: dict[str, str]) -> None:
    assert dead_man.newest_night(dead_man.connection_parameters(environment)) == (None, None, None)


def test_the_script_runs_alone_and_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "dead_man.py")], env={"TTHC_STATE_DIR": str(tmp_path)}, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "TTHC_SECRET_KEY is not set" in done.stderr
    source = (ROOT / "scripts" / "dead_man.py").read_text()
    assert not any(f"import {room}" in source or f"from {room}" in source for room in ("warehouse", "reporting", "expectations", "ingest"))


def test_a_damaged_state_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(dead_man.SetUpError, match="damaged"):
        dead_man.run(environment, MORNING, SIX, tmp_path / "state.json", [])
