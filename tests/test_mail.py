"""Mails: who is told what, exactly once, in words that are safe and in place."""

from __future__ import annotations

import multiprocessing
import os
import signal
import smtplib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from reporting import mail
from reporting.contacts import ContactsError, load_contacts
from reporting.letter import Told, compose
from reporting.sink import Sink, sink
from warehouse import db
from warehouse.settings import settings

_CONTACTS = """unit_code,province_code,role,email
02524,08,dau_moi,dau.moi@binh-thuan.example
11713,31,dau_moi,dau.moi@hai-xa.example
11716,31,dau_moi,Dau.Moi@hai-xa.example
,20,tinh,kiem.soat@lang-son.example
,,van_hanh,van.hanh@kho.example
"""

_FINDING = {
    "rule": "report-resolved",
    "severity": "error",
    "message_vi": "Tổng số đã giải quyết không khớp: đã giải quyết 1.488, nhưng trước hạn 1.477 + quá hạn 12 (lệch 1). Đề nghị kiểm tra lại các số này.",
    "places": [
        {"quote": "Đã giải quyết 1.488 hồ sơ, trước hạn 1.477 hồ sơ, quá hạn 12 hồ sơ.", "locator": "chars 10-15"},
        {"quote": "Đã giải quyết 1.488 hồ sơ, trước hạn 1.477 hồ sơ, quá hạn 12 hồ sơ.", "locator": "chars 36-41"},
    ],
    "values": {"left": "1488", "right": "1489", "gap": "1"},
}
_WARNING = {
    "rule": "claimed-percentage",
    "severity": "warning",
    "message_vi": "Tỷ lệ đúng hạn in 99,9%, nhưng 1.477 trên 1.488 là 99,26%. Đề nghị kiểm tra lại.",
    "places": [{"quote": "tỷ lệ 99,9 %", "locator": "Biểu 06!C7"}],
    "values": {"left": "99.9", "right": "99.26"},
}


@pytest.fixture
def contacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_text(_CONTACTS, encoding="utf-8")
    monkeypatch.setenv("TTHC_CONTACTS", str(path))
    settings.cache_clear()
    return path


@pytest.fixture
def outbox(database: str, contacts: Path) -> Iterator[psycopg.Connection]:
    with db.connect("mailer", autocommit=True) as connection:
        yield connection


def _incident(fingerprint: str, *, unit: tuple[str, str, str] = ("02524", "phường Bình Thuận", "08"), **changes: Any) -> int:
    """Insert one open incident as the gate does; `changes` are columns, or keys of `detail`."""
    columns: dict[str, Any] = {"rule": "report-resolved", "severity": "error", "source": "narrative_reports", "subject_vi": "Báo cáo KSTTHC quý II/2026"}
    detail: dict[str, Any] = {"file_name": "bao-cao.docx", "origin": "inbox/bao-cao.docx", "period_label_vi": "quý II/2026", "held": True}
    detail |= {"findings": [_FINDING], "reason": "", "kept_vi": "Số liệu quý I/2026 của đơn vị được giữ nguyên."}
    for name, value in changes.items():
        (columns if name in columns else detail)[name] = value
    with db.connect("gate") as connection:
        row = connection.execute(
            "insert into quality.incident (fingerprint, rule, severity, source, unit_code, unit_name_vi, province_code, subject_vi, detail, opened_run_id,"
            " last_seen_run_id) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'r', 'r') returning incident_id",
            (fingerprint, columns["rule"], columns["severity"], columns["source"], *unit, columns["subject_vi"], Jsonb(detail)),
        ).fetchone()
    assert row is not None
    return int(row[0])


def _failure(fingerprint: str, rule: str, subject_vi: str, *, unit: tuple[str, str, str] = ("", "", ""), reason: str = "timed out") -> int:
    return _incident(fingerprint, unit=unit, rule=rule, subject_vi=subject_vi, findings=[], held=False, reason=reason, kept_vi="")


def _mails(connection: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    return connection.execute("select recipient, subject_vi, body_text, body_html from reporting.mail order by mail_id").fetchall()


def _kept(running: Sink) -> list[EmailMessage]:
    messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(running.folder.glob("*.eml"))]
    return [message for message in messages if isinstance(message, EmailMessage)]


def _told(**changes: Any) -> Told:
    values: dict[str, Any] = {
        "rule": "report-resolved",
        "severity": "error",
        "unit_name_vi": "phường Bình Thuận",
        "province_code": "08",
        "subject_vi": "Báo cáo KSTTHC quý II/2026",
        "detail": {"file_name": "bao-cao.docx", "held": True, "findings": [_FINDING], "kept_vi": ""},
        "role": "dau_moi",
    }
    return Told(**(values | changes))


# --- from incident to mail in the officer's hand ------------------------------------------------------------------------


def test_an_officer_gets_one_mail_with_sentence_sum_and_remedy(outbox: psycopg.Connection, tmp_path: Path) -> None:
    _incident("a", findings=[_WARNING, _FINDING])
    (mail_id,) = mail.queue(outbox, "run-1")
    with sink(tmp_path / "mails") as running, mail.smtp_sender(running.host, running.port) as send:
        assert mail.deliver(outbox, send) == mail.DeliveryResult(sent=1, failed=0)
        (received,) = _kept(running)
    assert received["From"] == "Kho dữ liệu TTHC <kho-du-lieu-tthc@tthc.example>"
    assert received["To"] == "dau.moi@binh-thuan.example"
    assert received["Reply-To"] == "van.hanh@kho.example"
    assert received["Subject"] == "[TTHC] Phường Bình Thuận: Báo cáo KSTTHC quý II/2026 bị giữ lại, 1 điểm phải sửa, 1 điểm cần xem lại"
    assert received["Message-ID"].startswith(f"<tthc-{mail_id}-")
    text, html = received.get_body(("plain",)), received.get_body(("html",))
    assert text is not None
    assert html is not None
    for body in (text.get_content(), html.get_content()):
        assert body.count("“Đã giải quyết 1.488 hồ sơ, trước hạn 1.477 hồ sơ, quá hạn 12 hồ sơ.”") == 1  # two places, one sentence
        assert "trước hạn 1.477 + quá hạn 12 (lệch 1)" in body
        assert "1.489" in body
        assert "ô C7, trang tính Biểu 06" in body
        assert "Số liệu quý I/2026 của đơn vị được giữ nguyên." in body
        assert "van.hanh@kho.example" in body
        assert body.index("Đã giải quyết 1.488") < body.index("tỷ lệ 99,9 %")  # errors first
    assert not any(outside in html.get_content() for outside in ("http:", "https:", "src=", "url(", "<link", "<script"))


def test_a_second_run_tells_nobody_anything(outbox: psycopg.Connection) -> None:
    _incident("a")
    assert len(mail.queue(outbox, "run-1")) == 1
    assert mail.queue(outbox, "run-1") == []
    assert mail.queue(outbox, "run-2") == []
    delivered: list[EmailMessage] = []
    assert mail.deliver(outbox, delivered.append).sent == 1
    assert mail.deliver(outbox, delivered.append) == mail.DeliveryResult(0, 0)
    assert len(delivered) == 1


def test_what_recovered_before_it_was_told_is_not_told(outbox: psycopg.Connection) -> None:
    incident = _incident("a")
    with db.connect("gate") as connection:
        connection.execute("update quality.incident set recovered_at = now(), recovered_run_id = 'r' where incident_id = %s", (incident,))
    assert mail.queue(outbox, "run-1") == []


def test_two_units_with_one_officer_make_one_mail(outbox: psycopg.Connection) -> None:
    _incident("a", unit=("11713", "xã Nghi Dương", "31"))
    _incident("b", unit=("11716", "xã Du Lễ", "31"), held=False, findings=[_WARNING])
    mail.queue(outbox, "run-1")
    ((recipient, subject, text, html),) = _mails(outbox)
    assert recipient == "dau.moi@hai-xa.example"
    assert subject == "[TTHC] 2 đơn vị: 1 báo cáo bị giữ lại, 1 báo cáo có điểm cần xem lại"
    for body in (text, html):
        assert "Xã Nghi Dương" in body
        assert "Xã Du Lễ" in body
    assert outbox.execute("select count(*) from reporting.mail_item").fetchone() == (2,)


@pytest.mark.parametrize(
    ("unit", "recipient", "forward"),
    [
        (("02524", "phường Bình Thuận", "08"), "dau.moi@binh-thuan.example", ""),
        (("05986", "phường Tam Thanh", "20"), "kiem.soat@lang-son.example", "chưa có đầu mối của đơn vị này"),
        (("", "phường Không Rõ", ""), "van.hanh@kho.example", "chưa có đầu mối của đơn vị và của tỉnh"),
    ],
)
def test_the_nearest_contact_is_written_to(outbox: psycopg.Connection, unit: tuple[str, str, str], recipient: str, forward: str) -> None:
    _incident("a", unit=unit)
    mail.queue(outbox, "run-1")
    ((to, _, text, _),) = _mails(outbox)
    assert to == recipient
    assert (forward in text) if forward else ("chưa có đầu mối" not in text)


def test_failures_go_to_the_operator_with_reason_and_remedy(outbox: psycopg.Connection) -> None:
    _failure("a", "source-unreachable", "Không kết nối được nguồn portal_index", reason="connection refused by 127.0.0.1")
    _failure("b", "gate-blocked", "Đợt nạp bị chặn", unit=("02524", "phường Bình Thuận", "08"), reason="volume 12 of 3000\nno figures of H37")
    mail.queue(outbox, "run-1")
    ((recipient, subject, text, html),) = _mails(outbox)
    assert recipient == "van.hanh@kho.example"
    assert subject.startswith("[TTHC] 2 sự cố vận hành (")
    for body in (text, html):
        assert "connection refused by 127.0.0.1" in body
        assert "volume 12 of 3000" in body
        assert "volume 12 of 3000 no figures" not in body  # one reason a line
        assert "Kiểm tra đường truyền" in body
        assert "tthc nightly" in body


def test_an_unreadable_file_is_told_to_operator_and_unit(outbox: psycopg.Connection) -> None:
    _failure("a", "file-unreadable", "Không đọc được tệp anh.docx", unit=("02524", "phường Bình Thuận", "08"), reason="not a zip file")
    mail.queue(outbox, "run-1")
    assert [(to, subject) for to, subject, _, _ in _mails(outbox)] == [
        ("dau.moi@binh-thuan.example", "[TTHC] Không đọc được tệp anh.docx"),
        ("van.hanh@kho.example", "[TTHC] Không đọc được tệp anh.docx"),
    ]


# --- crashes, servers that are down, runs that come twice ---------------------------------------------------------------


def test_a_crash_between_queue_and_delivery_loses_and_doubles_nothing(outbox: psycopg.Connection) -> None:
    _incident("a")
    mail.queue(outbox, "run-1")
    with db.connect("mailer", autocommit=True) as after_restart:
        mail.queue(after_restart, "run-1")
        delivered: list[EmailMessage] = []
        mail.deliver(after_restart, delivered.append)
    assert len(delivered) == 1


def test_a_crash_inside_queue_leaves_no_half_mail(outbox: psycopg.Connection) -> None:
    _incident("a")
    _incident("b", unit=("05986", "phường Tam Thanh", "20"), findings=[{"rule": "no severity"}])  # cannot be rendered
    with pytest.raises(KeyError):
        mail.queue(outbox, "run-1")
    assert _mails(outbox) == []
    assert outbox.execute("select count(*) from reporting.mail_item").fetchone() == (0,)


def test_a_crash_after_sending_repeats_the_same_bytes(outbox: psycopg.Connection) -> None:
    _incident("a")
    mail.queue(outbox, "run-1")
    delivered: list[EmailMessage] = []

    def send_and_die(message: EmailMessage) -> None:
        delivered.append(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mail.deliver(outbox, send_and_die)
    (row,) = outbox.cursor(row_factory=dict_row).execute("select * from reporting.mail").fetchall()
    assert mail.state(row).startswith("maybe sent: handed over ")
    _incident("b")  # must not change a mail that may have arrived
    mail.queue(outbox, "run-1")
    assert mail.deliver(outbox, delivered.append).sent == 1
    assert {tuple(message.items()) for message in delivered[1:]} == {tuple(delivered[0].items())}
    assert len({str(part.get_content()) for message in delivered for part in [message.get_body(("plain",))] if part}) == 1
    mail.queue(outbox, "run-2")
    assert mail.deliver(outbox, delivered.append).sent == 1


@pytest.mark.parametrize("step", ["composing", "queued", "handed over", "accepted", "recorded"])
def test_a_process_killed_at_any_step_of_notify_loses_and_doubles_no_mail(outbox: psycopg.Connection, tmp_path: Path, step: str) -> None:
    _incident("a", submission_id=1)
    _incident("b", unit=("05986", "phường Tam Thanh", "20"), submission_id=2)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with sink(tmp_path / "mails") as running:

        def notify(stop_at: str) -> None:
            with db.connect("mailer", autocommit=True) as connection, mail.smtp_sender(running.host, running.port) as send:
                mail.queue(connection, "run-1", lambda submission: die() if stop_at == "composing" and submission == 2 else "<p>page</p>")

                def sent(message: EmailMessage) -> None:
                    if stop_at == "handed over":
                        die()
                    send(message)
                    if stop_at == "accepted":
                        die()

                if stop_at == "queued":
                    die()
                mail.deliver(connection, sent)
                if stop_at == "recorded":
                    die()

        child = multiprocessing.get_context("fork").Process(target=notify, args=(step,))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        notify("")
        assert sorted(message["To"] for message in _kept(running)) == ["dau.moi@binh-thuan.example", "kiem.soat@lang-son.example"]
    assert outbox.execute("select count(*), count(distinct incident_id) from reporting.mail_item").fetchone() == (2, 2)


def test_a_server_that_was_down_gets_each_mail_once_when_it_is_up(outbox: psycopg.Connection, tmp_path: Path) -> None:
    _incident("a")
    _incident("b", unit=("05986", "phường Tam Thanh", "20"))
    mail.queue(outbox, "run-1")
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with mail.smtp_sender("127.0.0.1", port) as send:
        assert mail.deliver(outbox, send) == mail.DeliveryResult(sent=0, failed=2)
    errors = outbox.execute("select last_error, sent_at from reporting.mail").fetchall()
    assert all(error.startswith("ConnectionRefusedError") and sent_at is None for error, sent_at in errors)
    with sink(tmp_path / "mails") as running:
        with mail.smtp_sender(running.host, running.port) as send:
            mail.queue(outbox, "run-2")
            assert mail.deliver(outbox, send) == mail.DeliveryResult(sent=2, failed=0)
            assert mail.deliver(outbox, send) == mail.DeliveryResult(sent=0, failed=0)
        assert sorted(message["To"] for message in _kept(running)) == ["dau.moi@binh-thuan.example", "kiem.soat@lang-son.example"]
    assert outbox.execute("select count(*) from reporting.mail where last_error <> ''").fetchone() == (0,)


def test_one_refused_address_does_not_stop_the_others(outbox: psycopg.Connection) -> None:
    _incident("a")
    _incident("b", unit=("05986", "phường Tam Thanh", "20"))
    mail.queue(outbox, "run-1")

    def send(message: EmailMessage) -> None:
        if message["To"] == "dau.moi@binh-thuan.example":
            raise smtplib.SMTPRecipientsRefused({message["To"]: (550, b"no such user")})

    assert mail.deliver(outbox, send) == mail.DeliveryResult(sent=1, failed=1)
    ((recipient, error),) = outbox.execute("select recipient, last_error from reporting.mail where sent_at is null").fetchall()
    assert recipient == "dau.moi@binh-thuan.example"
    assert "no such user" in error


def test_a_dead_server_is_not_waited_for_by_every_mail(outbox: psycopg.Connection) -> None:
    with db.connect("mailer") as connection:
        connection.cursor().executemany(
            "insert into reporting.mail (run_id, recipient, message_id, subject_vi, body_text, body_html) values ('r', %s, %s, 's', 't', 'h')",
            [(f"a{number}@x.example", f"<{number}@x.example>") for number in range(10)],
        )
    tried = []

    def send(message: EmailMessage) -> None:
        tried.append(message["To"])
        raise TimeoutError("timed out")

    assert mail.deliver(outbox, send) == mail.DeliveryResult(sent=0, failed=10)
    assert tried == ["a0@x.example", "a1@x.example", "a2@x.example"]
    assert outbox.execute("select count(*) from reporting.mail where last_error = 'TimeoutError: timed out'").fetchone() == (10,)


def test_two_deliveries_at_once_send_each_mail_once(outbox: psycopg.Connection) -> None:
    _incident("a")
    mail.queue(outbox, "run-1")
    delivered: list[EmailMessage] = []
    with db.connect("mailer", autocommit=True) as other:

        def send(message: EmailMessage) -> None:
            assert mail.deliver(other, delivered.append) == mail.DeliveryResult(0, 0)  # the row is taken
            delivered.append(message)

        mail.deliver(outbox, send)
    assert len(delivered) == 1


def test_two_queues_at_once_write_each_mail_once(outbox: psycopg.Connection) -> None:
    for number in range(20):
        _incident(f"fault {number}", unit=("11713" if number % 2 else "02524", "xã A", ""))

    def queue(_: int) -> list[int]:
        with db.connect("mailer", autocommit=True) as connection:
            return mail.queue(connection, "run-1")

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(queue, range(4)))
    assert sorted(len(ids) for ids in written) == [0, 0, 0, 2]
    assert outbox.execute("select count(*), count(distinct incident_id) from reporting.mail_item").fetchone() == (20, 20)


def test_a_run_repeated_with_more_to_tell_extends_the_unsent_mail(outbox: psycopg.Connection) -> None:
    _incident("a", subject_vi="Báo cáo quý I/2026")
    first = mail.queue(outbox, "run-1")
    _incident("b", subject_vi="Báo cáo quý II/2026")
    assert mail.queue(outbox, "run-1") == first
    ((_, subject, text, _),) = _mails(outbox)
    assert subject == "[TTHC] Phường Bình Thuận: 2 báo cáo bị giữ lại"
    assert "Báo cáo quý I/2026" in text
    assert "Báo cáo quý II/2026" in text


def test_what_comes_after_the_runs_mail_waits_for_the_next_run(outbox: psycopg.Connection) -> None:
    _incident("a")
    mail.queue(outbox, "run-1")
    mail.deliver(outbox, lambda message: None)
    # The unit's officer has had this run's mail, the operator has not: both hear of the file in the next run.
    late = _failure("b", "file-unreadable", "Không đọc được tệp anh.docx", unit=("02524", "phường Bình Thuận", "08"))
    assert mail.queue(outbox, "run-1") == []
    assert len(mail.queue(outbox, "run-2")) == 2
    assert outbox.execute("select count(*) from reporting.mail_item where incident_id = %s", (late,)).fetchone() == (2,)


def test_delivery_refuses_a_connection_that_could_roll_back(database: str, contacts: Path) -> None:
    with db.connect("mailer") as connection, pytest.raises(ValueError, match="autocommit"):
        mail.deliver(connection, lambda message: None)


def test_the_mailer_cannot_touch_what_it_tells_of(outbox: psycopg.Connection) -> None:
    _incident("a")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        outbox.execute("update quality.incident set recovered_at = now(), recovered_run_id = 'r'")


# --- harmless whatever comes --------------------------------------------------------------------------------------------


def test_line_ends_in_names_make_no_headers(outbox: psycopg.Connection, tmp_path: Path) -> None:
    evil = "phường A\r\nBcc: moi.nguoi@x.example\r\n\r\n<b>"
    _incident("a", unit=("02524", evil, "08"), subject_vi="Báo cáo\nX-Evil: 1", file_name="a\r\nTo: b@x.example.docx")
    mail.queue(outbox, "run-1")
    with sink(tmp_path / "mails") as running, mail.smtp_sender(running.host, running.port) as send:
        mail.deliver(outbox, send)
        (received,) = _kept(running)
    assert received["Bcc"] is None
    assert received["X-Evil"] is None
    assert received.get_all("To") == ["dau.moi@binh-thuan.example"]
    assert received["Subject"].startswith("[TTHC] Phường A Bcc:")


def test_a_subject_arrives_as_it_was_written_wherever_it_wraps(outbox: psycopg.Connection) -> None:
    text = "[TTHC] Xã Đồng Đăng: Báo cáo kiểm soát TTHC Quý I/2026 có 1 điểm cần xem lại, " * 2
    subjects = [text[:length].strip() for length in range(20, 150)]
    outbox.cursor().executemany(
        "insert into reporting.mail (run_id, recipient, message_id, subject_vi, body_text, body_html) values ('r', %s, %s, %s, 't', 'h')",
        [(f"a{number}@b.example", f"<{number}@b.example>", subject) for number, subject in enumerate(subjects)],
    )
    sent: list[bytes] = []
    mail.deliver(outbox, lambda message: sent.append(message.as_bytes()))
    assert max(len(line) for message in sent for line in message.split(b"\n")) <= 78
    assert [message_from_bytes(message, policy=policy.default)["Subject"] for message in sent] == subjects


def test_html_in_names_is_shown_and_not_obeyed() -> None:
    evil = '<script>alert(1)</script><img src="http://x.example/p.gif">'
    detail = {
        "file_name": evil,
        "held": True,
        "kept_vi": evil,
        "findings": [_FINDING | {"message_vi": evil, "places": [{"quote": evil, "locator": f"{evil}!C7"}]}],
    }
    failure = _told(rule="source-unexpected", subject_vi=evil, detail={"findings": [], "reason": evil, "origin": evil + "x"})
    letter = compose([_told(unit_name_vi=evil, detail=detail, subject_vi=evil), failure], "a@b.example", _contacts(), f"run{evil}")
    assert "<script" not in letter.body_html
    assert "<img" not in letter.body_html
    assert "&lt;script&gt;" in letter.body_html


def test_bidi_and_invisible_characters_are_dropped() -> None:
    letter = compose([_told(unit_name_vi="phường \u202eAB\u2066C\u200b\u061c", subject_vi="Báo\u0007 cáo\x85\u2028tháng")], "a@b.example", _contacts(), "run")
    assert letter.subject_vi.startswith("[TTHC] Phường ABC: Báo cáo tháng bị giữ lại")


def test_names_of_people_are_covered_even_if_they_arrive_bare() -> None:
    sentence = "Phản ánh của ông Nguyễn Văn Tám, điện thoại 0912345678, về 3 hồ sơ."
    finding = _FINDING | {"message_vi": sentence, "places": [{"quote": sentence, "locator": ""}]}
    detail = {"file_name": "don cua ong.docx", "held": True, "findings": [finding], "kept_vi": sentence}
    failure = _told(rule="file-unreadable", subject_vi="Không đọc được đơn của bà Lê Thị Chín", detail={"findings": [], "reason": sentence, "origin": "x"})
    letter = compose([_told(detail=detail), failure], "a@b.example", _contacts(), "run")
    for body in (letter.subject_vi, letter.body_text, letter.body_html):
        assert not any(secret in body for secret in ("Nguyễn", "Tám", "Chín", "0912345678"))
    assert "đã được che bằng ký hiệu █" in letter.body_text


def test_three_hundred_findings_are_one_readable_mail() -> None:
    findings = [_FINDING | {"message_vi": f"Điểm số {number}."} for number in range(300)]
    letter = compose([_told(detail={"held": True, "findings": findings, "file_name": "", "kept_vi": ""})], "a@b.example", _contacts(), "run")
    assert "Điểm số 9." in letter.body_text
    assert "Điểm số 10." not in letter.body_text
    assert "… và 290 điểm khác" in letter.body_text
    assert "300 điểm phải sửa" in letter.subject_vi
    assert len(letter.body_html) < 100_000  # some mail programs cut longer ones


def test_three_hundred_reports_are_all_listed_or_counted() -> None:
    told = [_told(unit_name_vi=f"xã Số {number:03}", detail={"held": number == 299, "findings": [_FINDING] * 3}) for number in range(300)]
    letter = compose(told, "a@b.example", _contacts(), "run")
    listing = letter.body_text.split("DANH SÁCH BÁO CÁO")[1]
    assert listing.index("Xã Số 299") < listing.index("Xã Số 000")  # what is held comes first
    assert "… và 100 báo cáo khác." in letter.body_text
    assert "Chi tiết của 285 báo cáo còn lại" in letter.body_text
    assert len(letter.body_html) < 250_000


def test_subject_stays_one_short_line() -> None:
    letter = compose([_told(unit_name_vi="phường " + "Rất Dài " * 40, subject_vi="Báo cáo " * 40)], "a@b.example", _contacts(), "run")
    assert len(letter.subject_vi) <= 150
    assert letter.subject_vi.endswith("bị giữ lại, 1 điểm phải sửa")


def test_a_mail_about_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one incident"):
        compose([], "a@b.example", _contacts(), "run")


def _contacts() -> Any:
    from reporting.contacts import Contacts

    return Contacts({}, {}, ("van.hanh@kho.example",))


def test_a_sum_that_the_message_tells_is_not_told_twice() -> None:
    told = compose([_told()], "a@b.example", _contacts(), "run").body_text
    assert "Đối chiếu: 1.488 so với 1.489, lệch 1" in told
    finding = _FINDING | {"message_vi": "Đã giải quyết 1.488, nhưng trước hạn 1.477 + quá hạn 12 = 1.489 (lệch 1)."}
    assert "Đối chiếu:" not in compose([_told(detail={"held": True, "findings": [finding]})], "a@b.example", _contacts(), "run").body_text


# --- the contacts file ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2524,08,dau_moi,a@b.example", "unit_code '2524' is not five digits"),
        (",8,tinh,a@b.example", "province_code '8' is not the statistics office's two digits"),
        (",H37,tinh,a@b.example", "province_code 'H37' is not the statistics office's two digits"),
        ("02524,08,giam_doc,a@b.example", "role 'giam_doc' is none of"),
        ("02524,08,dau_moi,a@b", "is no address"),
        ("02524,08,dau_moi,a@b.example,c", "expected 4 cells"),
        ("02524,08,dau_moi", "expected 4 cells"),
        ('02524,08,dau_moi,"a@b.example\r\nBcc: x@y.example"', "is no address"),
        ("02524,08,dau_moi,a@b.example> <c@d.example", "is no address"),
    ],
)
def test_a_bad_contact_is_named_with_its_line(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(f"unit_code,province_code,role,email\n,,van_hanh,op@kho.example\n{line}\n", encoding="utf-8")
    with pytest.raises(ContactsError) as raised:
        load_contacts(path)
    assert fault in str(raised.value)
    assert f"{path}, line " in str(raised.value)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (None, "does not exist"),
        (b"unit_code;province_code;role;email\n", "separated by commas"),
        (b"unit_code,province_code,role,email\n02524,08,dau_moi,a@b.example\n", "nobody has the role van_hanh"),
        ("unit_code,province_code,role,email\nđ".encode("cp1258"), "not UTF-8"),
    ],
)
def test_a_contacts_file_that_cannot_serve_says_so(tmp_path: Path, body: bytes | None, fault: str) -> None:
    path = tmp_path / "contacts.csv"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(ContactsError, match=fault):
        load_contacts(path)


def test_a_spreadsheets_byte_order_mark_is_no_column(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(_CONTACTS, encoding="utf-8-sig")
    assert load_contacts(path).operators == ("van.hanh@kho.example",)
