"""An incident's mails from the opening over the reminders to the recovery: once each, in one thread, with the marked-up report."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reporting import mail
from reporting.deadlines import add_working_days
from reporting.letter import compose
from reporting.sink import sink
from tests.test_mail import _FINDING, _WARNING, _contacts, _failure, _incident, _kept, _told, contacts, outbox  # noqa: F401 (fixtures)
from warehouse import db


def _remind(incident: int, after_days: int) -> None:
    with db.connect("gate") as connection:
        connection.execute(
            "insert into quality.incident_event (incident_id, told_as, after_days, run_id) values (%s, 'reminder', %s, 'r')", (incident, after_days)
        )


def _recover(incident: int) -> None:
    with db.connect("gate") as connection:
        connection.execute("update quality.incident set recovered_at = now(), recovered_run_id = 'r' where incident_id = %s", (incident,))


def _night(connection: psycopg.Connection, run_id: str, **options: Any) -> list[EmailMessage]:
    """What one night mails."""
    sent: list[EmailMessage] = []
    mail.queue(connection, run_id, **options)
    mail.deliver(connection, sent.append)
    return sent


def test_opening_reminders_and_recovery_are_one_mail_each_in_one_thread(outbox: psycopg.Connection) -> None:  # noqa: F811
    incident = _incident("a", submission_id=7)
    (opening,) = _night(outbox, "night-1")
    assert opening["In-Reply-To"] is None
    assert _night(outbox, "night-2") == []
    _remind(incident, 3)
    (reminder,) = _night(outbox, "night-3")
    assert _night(outbox, "night-4") == []
    _remind(incident, 7)
    _remind(incident, 14)  # nothing ran in between: told as one
    (last_reminder,) = _night(outbox, "night-5")
    _recover(incident)
    (recovery,) = _night(outbox, "night-6")
    assert _night(outbox, "night-7") == []
    assert reminder["Subject"].startswith("[TTHC] Nhắc lại: Phường Bình Thuận")
    assert recovery["Subject"] == "[TTHC] Phường Bình Thuận: Báo cáo KSTTHC quý II/2026 đã xử lý xong"
    assert "không cần làm gì thêm" in recovery.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert reminder["In-Reply-To"] == opening["Message-ID"]
    ids = [message["Message-ID"] for message in (opening, reminder, last_reminder)]
    assert recovery["References"].split() == ids
    assert recovery["In-Reply-To"] == ids[-1]


def test_a_fault_that_comes_back_is_a_new_opening(outbox: psycopg.Connection) -> None:  # noqa: F811
    _recover(_incident("a"))
    assert _night(outbox, "night-1") == []  # over before anybody was told
    _incident("a")
    (opening,) = _night(outbox, "night-2")
    assert "giữ lại" in opening["Subject"]


def test_a_recovery_is_told_to_those_who_heard_of_the_fault(outbox: psycopg.Connection, contacts: Path) -> None:  # noqa: F811
    incident = _incident("a", unit=("05986", "phường Tam Thanh", "20"))
    (opening,) = _night(outbox, "night-1")
    assert opening["To"] == "kiem.soat@lang-son.example"
    contacts.write_text(contacts.read_text() + "05986,20,dau_moi,moi@tam-thanh.example\n")
    _recover(incident)
    assert _night(outbox, "night-2") == []  # the new officer never heard of it


def test_a_reminder_reaches_the_officer_who_answers_now(outbox: psycopg.Connection, contacts: Path) -> None:  # noqa: F811
    incident = _incident("a", unit=("05986", "phường Tam Thanh", "20"))
    _night(outbox, "night-1")
    contacts.write_text(contacts.read_text() + "05986,20,dau_moi,moi@tam-thanh.example\n")
    _remind(incident, 3)
    (reminder,) = _night(outbox, "night-2")
    assert reminder["To"] == "moi@tam-thanh.example"
    assert reminder["In-Reply-To"] is None  # a thread of somebody else's mailbox


def test_what_is_new_and_what_is_reminded_are_one_mail(outbox: psycopg.Connection) -> None:  # noqa: F811
    old = _incident("a", submission_id=1, subject_vi="Báo cáo quý I/2026")
    gone = _incident("b", submission_id=2, subject_vi="Báo cáo năm 2025")
    _night(outbox, "night-1")
    _remind(old, 3)
    _recover(gone)
    _incident("c", submission_id=3, subject_vi="Báo cáo quý II/2026")
    (one,) = _night(outbox, "night-2")
    assert one["Subject"] == "[TTHC] Phường Bình Thuận: 2 báo cáo bị giữ lại; Phường Bình Thuận: Báo cáo năm 2025 đã xử lý xong"
    text = one.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.index("ĐÃ XỬ LÝ XONG") < text.index("Báo cáo năm 2025")
    assert text.count("đến nay chưa nhận được bản sửa") == 1


def test_incidents_of_one_submission_are_one_report() -> None:
    detail = {"file_name": "", "held": True, "findings": [_FINDING], "kept_vi": "", "submission_id": 5}
    doubted = detail | {"held": False, "findings": [_WARNING]}
    letter = compose([_told(detail=detail), _told(rule="claimed-percentage", detail=doubted)], "a@b.example", _contacts(), "run")
    assert letter.subject_vi == "[TTHC] Phường Bình Thuận: Báo cáo KSTTHC quý II/2026 bị giữ lại, 1 điểm phải sửa, 1 điểm cần xem lại"


def test_the_deadline_is_told_of_what_is_held_and_counts_working_days(outbox: psycopg.Connection) -> None:  # noqa: F811
    held = _incident("a", submission_id=1)
    with db.connect("gate") as connection:
        connection.execute("update quality.incident set opened_at = '2026-11-20 23:30+07' where incident_id = %s", (held,))  # a Friday
    (one,) = _night(outbox, "night-1")
    assert "HẠN GỬI BẢN SỬA: 24/11/2026" in one.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    _incident("b", submission_id=2, held=False, findings=[_WARNING])
    (two,) = _night(outbox, "night-2")
    assert "HẠN GỬI" not in two.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(("count", "expected"), [(0, date(2026, 11, 23)), (1, date(2026, 11, 23)), (5, date(2026, 11, 27)), (6, date(2026, 11, 30))])
def test_working_days_leave_out_weekends(count: int, expected: date) -> None:
    assert add_working_days(date(2026, 11, 21), count) == expected  # from a Saturday


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 23)),  # the last Friday before Tết
        (date(2026, 4, 24), 2, date(2026, 4, 29)),  # the Kings' day on a Sunday is made up for on Monday
        (date(2027, 4, 30), 0, date(2027, 5, 4)),  # two holidays, and 1 May lies on a Saturday
    ],
)
def test_working_days_leave_out_public_holidays(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


# --- the marked-up report ---------------------------------------------------------------------------------------------------


def test_the_marked_up_report_is_attached_once_a_submission(outbox: psycopg.Connection, tmp_path: Path) -> None:  # noqa: F811
    asked: list[int] = []

    def page(submission_id: int) -> str | None:
        asked.append(submission_id)
        return f"<p>báo cáo số {submission_id}</p>" if submission_id == 7 else None

    _incident("a", submission_id=7)
    _incident("b", submission_id=7, rule="claimed-percentage", findings=[_WARNING])
    _incident("c", submission_id=8, subject_vi="Báo cáo quý I/2026")  # no page can be made of it
    _failure("d", "source-unreachable", "Không kết nối được nguồn")
    mail.queue(outbox, "night-1", page)
    with sink(tmp_path / "mails") as running, mail.smtp_sender(running.host, running.port) as send:
        mail.deliver(outbox, send)
        received = {message["To"]: message for message in _kept(running)}
    (attached,) = received["dau.moi@binh-thuan.example"].iter_attachments()
    assert attached.get_filename() == "1-phuong-binh-thuan-bao-cao-kstthc-quy-ii-2026.html"
    assert attached.get_content() == "<p>báo cáo số 7</p>\n"
    assert sorted(asked) == [7, 8]
    assert "1-phuong-binh-thuan" in received["dau.moi@binh-thuan.example"].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert list(received["van.hanh@kho.example"].iter_attachments()) == []
    assert outbox.execute("select count(*) from reporting.mail_attachment").fetchone() == (0,)  # no second copy is kept


def test_an_attachment_waits_with_its_mail(outbox: psycopg.Connection) -> None:  # noqa: F811
    _incident("a", submission_id=7)
    mail.queue(outbox, "night-1", lambda _: "<p>đánh dấu</p>")

    def down(_: EmailMessage) -> None:
        raise ConnectionRefusedError("no server")

    assert mail.deliver(outbox, down).failed == 1
    sent: list[EmailMessage] = []
    mail.deliver(outbox, sent.append)
    assert [part.get_content() for part in sent[0].iter_attachments()] == ["<p>đánh dấu</p>\n"]


def test_three_hundred_reports_attach_what_a_server_takes() -> None:
    told = [_told(unit_name_vi=f"xã Số {number:03}", detail={"held": True, "findings": [_FINDING], "submission_id": number}) for number in range(300)]
    asked: list[int] = []

    def page(submission_id: int) -> str:
        asked.append(submission_id)
        return "x" * 900_000

    letter = compose(told, "a@b.example", _contacts(), "run", page)
    assert len(letter.attachments) == 4
    assert len(asked) == 15  # only for the reports whose details the mail shows


def test_a_link_to_this_machine_is_for_operators_and_an_address_for_everybody(outbox: psycopg.Connection) -> None:  # noqa: F811
    _incident("a")
    _failure("b", "source-unreachable", "Không kết nối được nguồn")
    mail.queue(outbox, "night-1", link="/srv/validation/night-1.html")
    bodies: dict[str, str] = dict(outbox.execute("select recipient, body_text from reporting.mail where run_id = 'night-1'").fetchall())
    assert "/srv/validation/night-1.html" in bodies["van.hanh@kho.example"]
    assert "/srv" not in bodies["dau.moi@binh-thuan.example"]
    mail.queue(outbox, "night-1", link="https://kho.example/night-1.html")
    _incident("c")
    mail.queue(outbox, "night-1", link="https://kho.example/night-1.html")
    ((html,),) = outbox.execute("select body_html from reporting.mail where recipient = 'dau.moi@binh-thuan.example'").fetchall()
    assert '<a href="https://kho.example/night-1.html"' in html


def test_words_of_old_mails_go_and_what_was_told_stays_known(outbox: psycopg.Connection) -> None:  # noqa: F811
    _incident("a")
    mail.queue(outbox, "night-1")
    mail.deliver(outbox, lambda message: None)
    for name in ("old", "new"):
        outbox.execute("insert into reporting.answer (answer_key, outcome, reason) values (%s, 'ignored', 'x')", (name.ljust(64, "0"),))
    with db.connect("owner") as connection:
        connection.execute("update reporting.mail set sent_at = now() - interval '2000 days'")
        connection.execute("update reporting.answer set seen_at = now() - interval '2000 days' where answer_key like 'old%'")
    _incident("b", unit=("05986", "phường Tam Thanh", "20"))
    mail.queue(outbox, "night-2")
    mail.deliver(outbox, lambda message: None)
    mail.forget(outbox, 1825)
    assert [bool(text) for (text,) in outbox.execute("select body_text from reporting.mail order by mail_id")] == [False, True]
    assert outbox.execute("select left(answer_key, 3) from reporting.answer").fetchall() == [("new",)]
    assert mail.queue(outbox, "night-3") == []
