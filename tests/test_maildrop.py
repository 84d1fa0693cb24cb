"""The mail drop: attachments of a maildir or an IMAP folder land as files do; the sender is kept apart and without an address."""

from __future__ import annotations

import imaplib
import mailbox
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest

from expectations.audit import audit
from ingest.landing import Failure, Fetched, land, parse
from ingest.maildrop import MailDropError, attachments, recent_mails
from ingest.reading import read_submission
from ingest.sources import narrative_reports, statutory_forms
from reporting import answer
from tests.builders import form, report_lines
from tests.nights import server_folder
from warehouse import db
from warehouse.settings import settings

REPORT = "\n".join(report_lines()).encode()


def mail(*files: tuple[str, bytes], sender: str = "Một Cán bộ <PLANTED@xa.example>", number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Message-ID"], message["Date"] = sender, f"<PLANTED-{number}@xa.example>", "Tue, 17 Mar 2026 09:30:00 +0700"
    message.set_content("Kính gửi báo cáo.")
    for name, body in files:
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return message


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[mailbox.Maildir]:
    for name, folder in (("TTHC_INBOX", "inbox"), ("TTHC_FORMS_DIR", "forms")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    monkeypatch.setenv("TTHC_MAILDIR", str(tmp_path / "mail"))
    monkeypatch.setenv("TTHC_SECRET_KEY", "the suite's key")
    settings.cache_clear()
    yield box
    settings.cache_clear()


def test_reports_and_forms_of_one_mail_go_to_their_sources(box: mailbox.Maildir, loader: psycopg.Connection) -> None:
    box.add(mail(("bao-cao.txt", REPORT), ("../../bieu.xlsx", form()), ("anh.png", b"x")))
    assert land(loader, narrative_reports, "night") == {"landed": 1}
    assert land(loader, statutory_forms, "night") == {"landed": 1}
    assert parse(loader, narrative_reports, "night") == parse(loader, statutory_forms, "night") == {"parsed": 1}
    assert {row[0] for row in loader.execute("select file_name from raw.landing")} == {"bao-cao.txt", "bieu.xlsx"}
    assert len(list(box)) == 1, "the mail stays as it was"
    assert land(loader, narrative_reports, "again") == {"seen_again": 1}


def test_the_sender_is_kept_apart_as_a_key_and_a_domain(box: mailbox.Maildir, loader: psycopg.Connection) -> None:
    box.add(mail(("a.txt", REPORT), number=1))
    box.add(mail(("a.txt", REPORT), number=2))
    box.add(mail(("a.txt", REPORT), sender="khác@xa.example", number=3))
    land(loader, narrative_reports, "night")
    rows = loader.execute("select sender_key, sender_domain, message_key, sent_at::date::text from raw.sender").fetchall()
    assert len(rows) == 3 and len({row[0] for row in rows}) == 2 and {row[3] for row in rows} == {"2026-03-17"}
    tables = ["raw.sender", "raw.landing", "raw.attempt"]
    assert "PLANTED" not in "".join(str(loader.execute(f"select to_jsonb(t) from {table} as t").fetchall()) for table in tables)
    for role in ("gate", "transformer", "mailer"):
        with db.connect(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):  # type: ignore[arg-type]
            other.execute("select * from raw.sender")


def test_a_mail_that_brings_nothing_is_told_once(box: mailbox.Maildir) -> None:
    box.add(mail())
    told = list(attachments(settings(), (".txt",), tells_of_mails_without=True))
    assert [item.outcome for item in told if isinstance(item, Failure)] == ["empty"] and "without a report or form" in told[0].reason  # type: ignore[union-attr]
    assert list(attachments(settings(), (".xlsx",), tells_of_mails_without=False)) == []


class FakeServer:
    """What imaplib's client answers; refuses a wrong password."""

    messages: ClassVar[list[EmailMessage]] = []
    commands: ClassVar[list[tuple[str, ...]]] = []

    def __init__(self, host: str, port: int, ssl_context: ssl.SSLContext, timeout: float) -> None:
        assert ssl_context.verify_mode == ssl.CERT_REQUIRED and ssl_context.check_hostname
        self.commands.append(("connect", host, str(port)))

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.commands.append(("logout",))

    def login(self, user: str, password: str) -> None:
        if password != "right":
            raise imaplib.IMAP4.error(f"LOGIN failed for {user} {password}")

    def select(self, folder: str, readonly: bool) -> None:
        self.commands.append(("select", folder, str(readonly)))

    def uid(self, command: str, *arguments: str) -> tuple[str, list[object]]:
        self.commands.append((command, *arguments))
        if command == "SEARCH":
            return "OK", [b" ".join(str(number).encode() for number in range(1, len(self.messages) + 1))]
        found: list[object] = []
        for number in arguments[0].split(","):
            body = bytes(self.messages[int(number) - 1])
            found += [(f"{number} (UID {number} BODY[] {{9}}".encode(), body.partition(b"\n\n")[0] + b"\n\n" if "HEADER" in arguments[1] else body), b")"]
        return "OK", found


@pytest.fixture
def imap(box: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch) -> type[FakeServer]:
    monkeypatch.delenv("TTHC_MAILDIR")
    for name, value in {"HOST": "imap.example", "USER": "bao-cao", "PASSWORD": "right"}.items():
        monkeypatch.setenv(f"TTHC_IMAP_{name}", value)
    settings.cache_clear()
    monkeypatch.setattr(imaplib, "IMAP4_SSL", FakeServer)
    FakeServer.messages, FakeServer.commands = [mail(("a.txt", REPORT)), mail(("b.txt", b"x"), number=2)], []
    return FakeServer


def test_an_imap_folder_is_only_read(imap: type[FakeServer]) -> None:
    items = list(narrative_reports.fetch(settings()))
    assert [item.file_name for item in items if isinstance(item, Fetched)] == ["a.txt", "b.txt"]
    assert ("select", '"INBOX"', "True") in imap.commands
    assert {command[0] for command in imap.commands} == {"connect", "select", "SEARCH", "FETCH", "logout"}
    assert all("PEEK" in command[2] for command in imap.commands if command[0] == "FETCH"), "nothing is marked as read"


def test_a_server_that_refuses_is_said_without_the_password(imap: type[FakeServer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTHC_IMAP_PASSWORD", "hidden")
    settings.cache_clear()
    (failed,) = narrative_reports.fetch(settings())
    assert isinstance(failed, Failure) and failed.outcome == "unreachable" and "TTHC_IMAP_HOST" in failed.reason
    assert "hidden" not in failed.reason and "hidden" not in repr(settings())


def test_recent_mails_come_with_their_header_lines_and_are_fetched_when_asked_for(imap: type[FakeServer], box: mailbox.Maildir, tmp_path: Path) -> None:
    box.add(mail(("c.txt", REPORT), number=3))
    config = settings().model_copy(update={"tthc_maildir": tmp_path / "mail"})
    fetched: set[str] = set()
    whole = []
    for header, fetch_it in recent_mails(config, timedelta(days=2), fetched):
        assert b"Message-ID: <PLANTED" in header and b"\n\n" not in header
        whole.append(fetch_it())
    assert [body.count(b"Content-Disposition: attachment") for body in whole] == [1, 1, 1] and fetched == {"1", "2"}
    imap.commands.clear()
    assert len(list(recent_mails(config, timedelta(days=2), fetched))) == 1, "the maildir's; the server is not asked for the same again"
    assert "FETCH" not in {command[0] for command in imap.commands}


def test_a_server_that_refuses_does_not_hide_the_maildir(imap: type[FakeServer], box: mailbox.Maildir, tmp_path: Path) -> None:
    box.add(mail(("c.txt", REPORT)))
    config = settings().model_copy(update={"tthc_maildir": tmp_path / "mail", "tthc_imap_password": "hidden"})
    mails = recent_mails(config, timedelta(days=2), set())
    next(mails)
    with pytest.raises(MailDropError, match="TTHC_IMAP_HOST") as caught:
        next(mails)
    assert "hidden" not in str(caught.value)


DOVECOT = """
protocols = imap
base_dir = {base}/run
default_internal_user = root
default_login_user = nobody
default_internal_group = root
listen = 127.0.0.1
log_path = {base}/log
ssl = required
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
mail_location = maildir:{base}/mail
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password=right
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={base}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@pytest.fixture
def dovecot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real IMAP server over TLS with its maildir; its certificate is the only one that is trusted."""
    if not shutil.which("dovecot") or not shutil.which("openssl") or os.geteuid():
        pytest.skip("needs Dovecot (apt-get install dovecot-imapd), openssl and root")
    with server_folder() as base:
        box = mailbox.Maildir(base / "mail", create=True)
        box.add(mail(("bao-cao.txt", REPORT)))
        box.add(mail(("bieu.xlsx", form()), number=2))
        for path in (base / "mail", *(base / "mail").rglob("*")):
            shutil.chown(path, "nobody", "nogroup")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(base / "key.pem"), "-out", str(base / "cert.pem")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names, *files], check=True, capture_output=True)
        (base / "dovecot.conf").write_text(DOVECOT.format(base=base, port=port))
        # Returns when it listens; the daemon keeps the streams, so they must be no pipes.
        subprocess.run(["dovecot", "-c", str(base / "dovecot.conf")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
        try:
            for name, value in {"HOST": "localhost", "PORT": str(port), "USER": "bao-cao", "PASSWORD": "right"}.items():
                monkeypatch.setenv(f"TTHC_IMAP_{name}", value)
            monkeypatch.setenv("SSL_CERT_FILE", str(base / "cert.pem"))
            monkeypatch.delenv("TTHC_MAILDIR")
            settings.cache_clear()
            yield base
        finally:
            # The daemon is no child of ours and ends in its own time, removing its sockets; only then may its folder go.
            daemon = os.pidfd_open(int((base / "run" / "master.pid").read_text()))
            signal.pidfd_send_signal(daemon, signal.SIGTERM)
            assert select.select([daemon], [], [], 60)[0], "Dovecot did not end"
            os.close(daemon)


def test_a_real_server_is_read_and_left_as_it_was(box: mailbox.Maildir, dovecot: Path, loader: psycopg.Connection) -> None:
    assert land(loader, narrative_reports, "night") == {"landed": 1}
    assert land(loader, statutory_forms, "night") == {"landed": 1}
    assert parse(loader, narrative_reports, "night") == parse(loader, statutory_forms, "night") == {"parsed": 1}
    assert land(loader, narrative_reports, "again") == {"seen_again": 1}
    assert loader.execute("select count(*), min(sender_domain) from raw.sender").fetchone() == (2, "xa.example")
    messages = [path.name for folder in ("new", "cur") for path in (dovecot / "mail" / folder).iterdir()]
    assert len(messages) == 2 and not any("S" in name.partition(":2,")[2] for name in messages), "nothing is marked as read"
    recent = [(head, whole()) for head, whole in recent_mails(settings(), timedelta(days=9999), set())]
    assert sorted(b"bao-cao.txt" in whole for head, whole in recent if b"@xa.example" in head) == [False, True]


def test_what_lies_on_a_real_server_is_answered_once(
    box: mailbox.Maildir, dovecot: Path, loader: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("unit_code,province_code,role,email\n06187,20,dau_moi,planted@xa.example\n,,van_hanh,van.hanh@kho.example\n", encoding="utf-8")
    monkeypatch.setenv("TTHC_CONTACTS", str(contacts))
    settings.cache_clear()
    sent: list[EmailMessage] = []
    for _ in range(2):  # two processes, one after the other
        with db.connect("mailer", autocommit=True) as connection:
            answer.Desk(connection, read_submission, audit, sent.append).answer_mails(recent_mails(settings(), timedelta(days=9999), set()))
    assert [message["To"] for message in sent] == ["planted@xa.example"] * 2
    assert {message["In-Reply-To"] for message in sent} == {"<PLANTED-1@xa.example>", "<PLANTED-2@xa.example>"}
    assert all("Phường Kỳ Lừa" in message["Subject"] for message in sent)


@pytest.mark.parametrize("wrong", [("TTHC_IMAP_PASSWORD", "hidden"), ("TTHC_IMAP_FOLDER", "Khong-co"), ("SSL_CERT_FILE", "/nonexistent")])
def test_a_real_server_that_refuses_is_a_failure(box: mailbox.Maildir, dovecot: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, str]) -> None:
    monkeypatch.setenv(*wrong)
    settings.cache_clear()
    (failed,) = attachments(settings(), (".txt",), tells_of_mails_without=False)
    assert isinstance(failed, Failure) and failed.outcome == "unreachable" and "hidden" not in failed.reason
