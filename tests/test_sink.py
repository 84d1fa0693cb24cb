"""The sink keeps whole messages under names of their own, and nothing else."""

from __future__ import annotations

import signal
import smtplib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from reporting.sink import keep, sink
from warehouse.settings import ROOT


def _message(to: str = "can-bo@xa.example", html: str = "<p>Số liệu bị giữ lại</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "kho@tthc.example", to, "Phường Hòa Lạc: 1 báo cáo bị giữ lại"
    message.set_content("Số liệu bị giữ lại")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_a_mail_becomes_a_file_with_its_page_beside_it(tmp_path: Path) -> None:
    with sink(tmp_path / "mails") as running, smtplib.SMTP(running.host, running.port) as client:
        client.send_message(_message())
        (kept,) = running.folder.glob("*.eml")
    assert kept.name.endswith("-1-can-bo@xa.example.eml")
    read = message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert read["Subject"] == "Phường Hòa Lạc: 1 báo cáo bị giữ lại"
    assert "<p>Số liệu bị giữ lại</p>" in kept.with_suffix(".html").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in kept.parent.iterdir()) == [".eml", ".html"]


def test_a_mail_without_html_has_no_page(tmp_path: Path) -> None:
    kept = keep(tmp_path, "a@b.example", _message(html="").as_bytes())
    assert list(tmp_path.iterdir()) == [kept]


def test_a_mail_to_two_people_is_kept_for_each(tmp_path: Path) -> None:
    with sink(tmp_path) as running, smtplib.SMTP(running.host, running.port) as client:
        client.send_message(_message("a@b.example, c@d.example"))
    assert sorted(path.name.split("-", 2)[2] for path in tmp_path.glob("*.eml")) == ["a@b.example.eml", "c@d.example.eml"]


@pytest.mark.parametrize("recipient", ["../../etc/passwd@x.example", "a/b@x.example", "a\x00b@x.example", "ă" * 300 + "@x.example"])
def test_a_recipient_cannot_leave_the_folder(tmp_path: Path, recipient: str) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    kept = keep(folder, recipient, b"Subject: x\n\nx")
    assert kept is not None and kept.parent == folder
    assert [path.name for path in tmp_path.iterdir()] == ["mails"]


def test_a_message_that_comes_again_is_kept_once_for_each_recipient(tmp_path: Path) -> None:
    for recipient in ("a@b.example", "a@b.example", "c@d.example"):
        keep(tmp_path, recipient, b"Message-ID: <1@x.example>\n\nx")
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    def send(number: int) -> None:
        with smtplib.SMTP(running.host, running.port) as client:
            client.send_message(_message(html=f"<p>{number}</p>"))

    with sink(tmp_path) as running, ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(40)))
    pages = {path.with_suffix(".html").read_text(encoding="utf-8").strip() for path in tmp_path.glob("*.eml")}
    assert pages == {f"<p>{number}</p>" for number in range(40)}


def test_two_processes_on_one_folder_do_not_overwrite_each_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:  # `keep` shares nothing but the folder
        kept = list(pool.map(lambda number: keep(tmp_path, "a@b.example", f"Subject: {number}\n\nx".encode()), range(60)))
    assert len(set(kept)) == 60
    assert {path.read_bytes() for path in kept} == {f"Subject: {number}\n\nx".encode() for number in range(60)}


def test_from_a_shell(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reporting.sink", "--port", "0", "--folder", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        host, port = process.stdout.readline().split()[3].rstrip(",").split(":")
        with smtplib.SMTP(host, int(port)) as client:
            client.send_message(_message())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with sink(tmp_path) as running:
        command = [sys.executable, "-m", "reporting.sink", "--port", str(running.port), "--folder", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert str(running.port) in done.stderr
    assert len(done.stderr.splitlines()) == 1
