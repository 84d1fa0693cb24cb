"""Answer-back: a report that comes by mail is read, judged and answered at once, once, and only to whom it concerns."""

from __future__ import annotations

import hashlib
import mailbox
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from cli import main as tthc
from ingest.documents import read_document
from ingest.maildrop import recent_mails
from reporting import answer, mail
from reporting.contacts import load_contacts
from reporting.sink import sink
from reporting.submitted_mail import NotAnswered, SubmittedMail, read_mail
from tests.builders import form
from tests.facts import TAM_THANH
from tests.nights import FirstNight
from tests.test_mail import _incident, _kept
from warehouse import db
from warehouse.model import Document, Figure, Finding, Header, Place, Reading, Unread
from warehouse.settings import ROOT, settings

OFFICER = "dau-moi.ky-lua@langson.example"
_SUM = Finding(
    "report-resolved",
    "error",
    "Đã giải quyết 312, nhưng 250 + 40 + 10 = 300 (lệch 12).",
    (Place("đã giải quyết 312 hồ sơ của ông Nguyễn Văn Tám", "chars 0-3"),),
    {"left": "312", "right": "300"},
)


@pytest.fixture
def maildir(database: str, tmp_path: Path) -> Path:
    """An empty maildir; the contacts are the sample's."""
    mailbox.Maildir(tmp_path / "maildir", create=True)
    return tmp_path / "maildir"


@pytest.fixture
def outbox(database: str) -> Iterator[psycopg.Connection]:
    with db.connect("mailer", autocommit=True) as connection:
        yield connection


def _message(sender: str = OFFICER, name: str = "bao-cao.txt", body: bytes = b"text", message_id: str = "<1@langson.example>", **headers: Any) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "kho-du-lieu-tthc@tthc.example", "Gửi báo cáo"
    message["Message-ID"] = message_id
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    message.set_content("Kính gửi báo cáo.")
    if name:
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return message


def _post(maildir: Path, message: EmailMessage) -> None:
    mailbox.Maildir(maildir).add(bytes(message))


def _officer_of(unit_code: str, *emails: str) -> None:
    """The contacts of the test name these officers for the unit, and an operator."""
    path = settings().tthc_state_dir / "contacts.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["unit_code,province_code,role,email", *(f"{unit_code},20,dau_moi,{email}" for email in emails), ",,van_hanh,van.hanh@kho.example"]
    path.write_text("\n".join(lines), encoding="utf-8")
    settings().tthc_contacts = path


def _read(body: bytes, name: str) -> Reading | Unread:
    """`text` is read, anything else is its own reason."""
    if body != b"text":
        return Unread(body.decode(), f"{name}: {body.decode()}")
    text = "đã giải quyết 312 hồ sơ của ông Nguyễn Văn Tám"
    figure = Figure("tthc_resolved_total", "", Decimal(312), "dossier", "=", "312", "chars 14-17", text, 14, 17)
    return Reading(Document(name, "text/plain", text), TAM_THANH, (figure,))


@dataclass(frozen=True)
class _Answered:
    answered: int
    ignored: tuple[str, ...]


def _answer(connection: psycopg.Connection, maildir: Path, read: answer.Read, judge: answer.Judge) -> _Answered:
    """One look at the maildir by a process of its own; nothing can be sent."""
    desk = answer.Desk(connection, read, judge, _no_server)
    desk.answer_mails(recent_mails(settings().model_copy(update={"tthc_maildir": maildir}), answer.RECENT, set()))
    return _Answered(desk.answered, tuple(desk.ignored))


def _no_server(message: EmailMessage) -> None:
    raise ConnectionRefusedError


def _bad(document: Document | None, header: Header, figures: Sequence[Figure]) -> Sequence[Finding]:
    return [_SUM]


def _good(document: Document | None, header: Header, figures: Sequence[Figure]) -> Sequence[Finding]:
    return []


def _told(connection: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    return connection.execute("select recipient, subject_vi, body_text, body_html from reporting.mail order by mail_id").fetchall()


# --- the answer -----------------------------------------------------------------------------------------------------------------


def test_a_doubtful_report_is_answered_with_its_doubts_and_the_marked_page(maildir: Path, outbox: psycopg.Connection, tmp_path: Path) -> None:
    _post(maildir, _message())
    assert _answer(outbox, maildir, _read, _bad) == _Answered(1, ())
    with sink(tmp_path / "mails") as running, mail.smtp_sender(running.host, running.port) as send:
        mail.deliver(outbox, send)
        (received,) = _kept(running)
    assert received["To"] == OFFICER
    assert received["Subject"] == "[TTHC] Cần sửa 1 điểm: Phường Tam Thanh – Quý I/2026"
    assert received["In-Reply-To"] == "<1@langson.example>"
    assert received["Auto-Submitted"] == "auto-generated"
    text = received.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "lệch 12" in text
    assert "Tám" not in text
    (page,) = received.iter_attachments()
    assert "Cần sửa 1 chỗ" in page.get_content()
    assert "Tám" not in page.get_content()


def test_a_good_report_is_told_dat_and_which_points_it_ends(maildir: Path, outbox: psycopg.Connection) -> None:
    assert TAM_THANH.period is not None
    _incident("a", unit=("05986", "phường Tam Thanh", "20"), period_key=TAM_THANH.period.key, kind="kstthc")
    _post(maildir, _message())
    _answer(outbox, maildir, _read, _good)
    ((_, subject, text, html),) = _told(outbox)
    assert subject == "[TTHC] Đạt: Phường Tam Thanh – Quý I/2026"
    for body in (text, html):
        assert "1 điểm đã báo trước đây không còn trong bản này" in body


def test_a_corrected_file_in_a_new_mail_is_answered_again(maildir: Path, outbox: psycopg.Connection) -> None:
    _post(maildir, _message())
    _answer(outbox, maildir, _read, _bad)
    _post(maildir, _message(message_id="<2@langson.example>"))
    assert _answer(outbox, maildir, _read, _good).answered == 1
    assert [subject.split(":")[0] for _, subject, _, _ in _told(outbox)] == ["[TTHC] Cần sửa 1 điểm", "[TTHC] Đạt"]


def test_a_mail_is_answered_once_whatever_is_run_again_or_at_once(maildir: Path, outbox: psycopg.Connection) -> None:
    for number in range(5):
        _post(maildir, _message(message_id=f"<{number}@langson.example>"))

    def run(_: int) -> int:
        with db.connect("mailer", autocommit=True) as connection:
            return _answer(connection, maildir, _read, _good).answered

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 5
    assert _answer(outbox, maildir, _read, _good) == _Answered(0, ())
    assert outbox.execute("select count(*) from reporting.mail").fetchone() == (5,)


def test_a_crash_while_reading_leaves_nothing_and_the_next_call_answers(maildir: Path, outbox: psycopg.Connection) -> None:
    _post(maildir, _message())

    def die(document: Document | None, header: Header, figures: Sequence[Figure]) -> Sequence[Finding]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _answer(outbox, maildir, _read, die)
    assert _told(outbox) == []
    assert _answer(outbox, maildir, _read, _good).answered == 1


@pytest.mark.parametrize("step", ["judging", "handed over", "accepted", "recorded"])
def test_a_process_killed_at_any_step_of_answering_leaves_one_answer(maildir: Path, outbox: psycopg.Connection, tmp_path: Path, step: str) -> None:
    _post(maildir, _message())

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with sink(tmp_path / "mails") as running:

        def reply(stop_at: str) -> None:
            with db.connect("mailer", autocommit=True) as connection, mail.smtp_sender(running.host, running.port) as send:

                def sent(message: EmailMessage) -> None:
                    if stop_at == "handed over":
                        die()
                    send(message)
                    if stop_at == "accepted":
                        die()

                def judge(document: Document | None, header: Header, figures: Sequence[Figure]) -> Sequence[Finding]:
                    if stop_at == "judging":
                        die()
                    return [_SUM]

                desk = answer.Desk(connection, _read, judge, sent)
                desk.answer_mails(recent_mails(settings().model_copy(update={"tthc_maildir": maildir}), answer.RECENT, set()))
                desk.deliver()
                if stop_at == "recorded":
                    die()

        child = multiprocessing.get_context("fork").Process(target=reply, args=(step,))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        reply("")
        assert len(_kept(running)) == 1
    assert outbox.execute("select count(*), count(distinct mail_id) from reporting.told_at_the_door").fetchone() == (1, 1)


def test_several_attachments_are_one_answer(maildir: Path, outbox: psycopg.Connection) -> None:
    message = _message(name="mot.txt")
    for name, body in (("hai.docx", b"corrupt"), ("khoa.pdf", b"encrypted"), ("bieu.xlsx", b"form-unexpected")):
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    _post(maildir, message)
    _answer(outbox, maildir, _read, _good)
    ((_, subject, text, html),) = _told(outbox)
    assert subject == "[TTHC] 1 trên 4 tệp đạt"
    for told in (text, html):
        assert "Tệp bị hỏng" in told
        assert "bỏ mật khẩu" in told
        assert "Biểu mẫu không đúng cấu trúc" in told


def test_a_report_without_figures_is_never_told_dat(maildir: Path, outbox: psycopg.Connection) -> None:
    def nothing(body: bytes, name: str) -> Reading | Unread:
        return Reading(Document(name, "text/plain", "Kính gửi"), Header(), ())

    _post(maildir, _message())
    _answer(outbox, maildir, nothing, _good)
    ((_, subject, _, _),) = _told(outbox)
    assert subject == "[TTHC] Không thấy số liệu nào đọc được: bao-cao.txt"


def test_a_mail_without_a_file_is_asked_for_one(maildir: Path, outbox: psycopg.Connection) -> None:
    _post(maildir, _message(name=""))
    _answer(outbox, maildir, _read, _good)
    ((_, subject, text, _),) = _told(outbox)
    assert subject == "[TTHC] Thư không có tệp báo cáo kèm theo"
    assert "gửi lại báo cáo dưới dạng tệp" in text


def test_too_many_and_too_large_files_are_told(maildir: Path, outbox: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    message = _message()
    for number in range(14):
        message.add_attachment(b"text", maintype="application", subtype="octet-stream", filename=f"{number}.txt")
    _post(maildir, message)
    _answer(outbox, maildir, _read, _good)
    assert "Còn 5 tệp chưa được mở" in _told(outbox)[0][2]
    for name in ("reporting.answer.MOST_BYTES", "reporting.submitted_mail.MOST_BYTES", "ingest.maildrop.LARGEST_MAIL"):
        monkeypatch.setattr(name, 3000)
    opened: list[str] = []

    def read(body: bytes, name: str) -> Reading | Unread:
        opened.append(name)
        return Unread("corrupt", name)

    _post(maildir, _message(body=b"x" * 5000, message_id="<2@langson.example>"))
    _answer(outbox, maildir, read, _good)
    assert _told(outbox)[1][1] == "[TTHC] Thư quá lớn, chưa kiểm tra được báo cáo"
    assert opened == []


def test_old_mails_are_not_answered(maildir: Path, outbox: psycopg.Connection) -> None:
    _post(maildir, _message())
    (file,) = (maildir / "new").iterdir()
    long_ago = time.time() - 3 * 86400
    os.utime(file, (long_ago, long_ago))
    assert _answer(outbox, maildir, _read, _good) == _Answered(0, ())


def test_a_report_of_an_unknown_unit_is_never_told_dat(maildir: Path, outbox: psycopg.Connection) -> None:
    def stranger(body: bytes, name: str) -> Reading | Unread:
        reading = _read(body, name)
        assert isinstance(reading, Reading)
        return reading._replace(header=replace(reading.header, unit_code=""))

    _post(maildir, _message())
    _answer(outbox, maildir, stranger, _good)
    assert _told(outbox)[0][1].startswith("[TTHC] Cần ghi rõ đơn vị báo cáo")


def test_a_report_on_which_the_auditor_breaks_hinders_nobody(maildir: Path, outbox: psycopg.Connection) -> None:
    def breaks(document: Document | None, header: Header, figures: Sequence[Figure]) -> Sequence[Finding]:
        raise KeyError("no such measure")

    for number in range(2):
        _post(maildir, _message(message_id=f"<{number}@langson.example>"))
    assert _answer(outbox, maildir, _read, breaks).answered == 2
    assert all("đơn vị không cần gửi lại" in text for _, _, text, _ in _told(outbox))


# --- the night does not repeat it -----------------------------------------------------------------------------------------------


def test_the_night_tells_nobody_what_an_answer_told_them(maildir: Path, outbox: psycopg.Connection) -> None:
    _post(maildir, _message())
    _answer(outbox, maildir, _read, _bad)
    mail.deliver(outbox, lambda message: None)
    digest = hashlib.sha256(b"text").hexdigest()
    tam_thanh = ("05986", "phường Tam Thanh", "20")
    _officer_of(tam_thanh[0], OFFICER, "pho-phong@langson.example")
    incident = _incident("told", unit=tam_thanh, sha256=digest)
    assert mail.queue(outbox, "night-1") != []  # the other officer of the unit hears of it from the night
    assert [recipient for recipient, *_ in _told(outbox)] == [OFFICER, "pho-phong@langson.example"]
    assert mail.queue(outbox, "night-2") == []
    _incident("another rule", unit=tam_thanh, sha256=digest, rule="report-flow")
    _incident("another file", unit=tam_thanh, sha256="0" * 64)
    mail.deliver(outbox, lambda message: None)
    mail.queue(outbox, "night-3")
    assert sorted(recipient for recipient, *_ in _told(outbox)[2:]) == [OFFICER, "pho-phong@langson.example"]
    mail.deliver(outbox, lambda message: None)
    with db.connect("gate") as gate:
        gate.execute("update quality.incident set recovered_at = now() where incident_id = %s", (incident,))
    mail.queue(outbox, "night-4")
    answer_id, *_ = outbox.execute("select message_id from reporting.mail order by mail_id").fetchone() or ()
    recovery = outbox.execute("select subject_vi, reference_ids from reporting.mail where run_id = 'night-4' and recipient = %s", (OFFICER,)).fetchone()
    assert recovery is not None and recovery[0].endswith("đã xử lý xong") and recovery[1][0] == answer_id


# --- whom it must not answer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "an automatic mail"),
        ({"X_Auto_Response_Suppress": "All"}, "an automatic mail"),
        ({"List_Id": "<tthc.langson.example>"}, "a mailing list"),
        ({"Precedence": "bulk"}, "a mailing list"),
        ({"Return_Path": "<>"}, "a machine's mail"),
        ({"sender": "MAILER-DAEMON@langson.example"}, "a machine's mail"),
        ({"sender": "no-reply@langson.example"}, "a machine's mail"),
        ({"sender": "kho-du-lieu-tthc@tthc.example"}, "our own mail"),
        ({"sender": "ai-do@xa-la.example"}, "the sender is no contact and of no contact's office"),
        ({"sender": f"{OFFICER}, nan-nhan@xa-la.example"}, "not exactly one sender"),
        ({"sender": ""}, "not exactly one sender"),
        ({"Authentication_Results": "mx.example; spf=pass; dmarc=fail"}, "the relay doubts its sender"),
    ],
)
def test_machines_loops_and_strangers_get_no_answer(maildir: Path, outbox: psycopg.Connection, changes: dict[str, Any], reason: str) -> None:
    _post(maildir, _message(**changes))
    assert _answer(outbox, maildir, _read, _good) == _Answered(0, (reason,))
    assert _answer(outbox, maildir, _read, _good) == _Answered(0, ())  # said once
    assert _told(outbox) == []


def test_reply_to_does_not_turn_the_answer_to_somebody_else(maildir: Path, outbox: psycopg.Connection) -> None:
    _post(maildir, _message(Reply_To="nan-nhan@xa-la.example"))
    _answer(outbox, maildir, _read, _good)
    assert [recipient for recipient, _, _, _ in _told(outbox)] == [OFFICER]


def test_a_colleague_at_the_same_office_is_answered_and_a_public_mailbox_is_no_office(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("unit_code,province_code,role,email\n06187,20,dau_moi,a@gmail.com\n,,van_hanh,op@kho.example\n", encoding="utf-8")
    known = load_contacts(contacts)
    assert isinstance(read_mail(bytes(_message("b@kho.example")), known, "x@y.example"), SubmittedMail)
    assert isinstance(read_mail(bytes(_message("a@gmail.com")), known, "x@y.example"), SubmittedMail)
    assert isinstance(read_mail(bytes(_message("b@gmail.com")), known, "x@y.example"), NotAnswered)


def test_one_sender_gets_no_flood_of_answers(maildir: Path, outbox: psycopg.Connection) -> None:
    for number in range(35):
        _post(maildir, _message(message_id=f"<{number}@langson.example>"))
    done = _answer(outbox, maildir, _read, _good)
    assert (done.answered, len(done.ignored)) == (30, 5)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"From: dau-moi.ky-lua@langson.example\nMessage-ID: <a@b>\nBcc: x\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Disposition:"
        b' attachment; filename="=?unknown-8?B?!!!?="\n\nabc\n--x--\n',
        b"From: dau-moi.ky-lua@langson.example\nMessage-ID: <a@b.example>\n\tX-Evil: <c@d.example>\nContent-Type: multipart/mixed\n\nno boundary\n",
        b"From: =?utf-8?q?\xe1\xbb?= <dau-moi.ky-lua@langson.example>\nContent-Type: text/plain; charset=nonsense; name=../../etc/passwd\n\nx\n",
    ],
)
def test_damaged_and_forged_mails_are_harmless(maildir: Path, outbox: psycopg.Connection, raw: bytes) -> None:
    (maildir / "new" / "1").write_bytes(raw)
    _post(maildir, _message(message_id="<after@langson.example>"))
    assert _answer(outbox, maildir, _read, _good).answered >= 1  # the next one is not hindered
    sent: list[EmailMessage] = []
    mail.deliver(outbox, sent.append)
    for message in sent:
        assert message.get_all("To") == [OFFICER]
        assert message["Bcc"] is None
        assert message["X-Evil"] is None
        assert bytes(message)


# --- the whole way --------------------------------------------------------------------------------------------------------------


def _say(monkeypatch: pytest.MonkeyPatch, *arguments: str, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    done = CliRunner().invoke(tthc, ["answer", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_real_report_is_answered_by_the_command_and_its_correction_too(maildir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = ROOT / "sample" / "inbox" / "ky-lua-kiem-soat-tthc-quy-2-2026.docx"
    corrected = read_document(report.read_bytes(), report.name).text.replace("1.492", "1.479")
    _post(maildir, _message(name=report.name, body=report.read_bytes()))
    started = time.monotonic()
    assert "answered: 1, sent: 1, waiting: 0" in _say(monkeypatch, TTHC_MAILDIR=str(maildir))
    assert time.monotonic() - started < 60
    _post(maildir, _message(name="sua.txt", body=corrected.encode(), message_id="<2@langson.example>"))
    _say(monkeypatch, TTHC_MAILDIR=str(maildir))
    with db.connect("mailer") as connection:
        subjects = [subject for _, subject, _, _ in _told(connection)]
    assert subjects[0].startswith("[TTHC] Cần sửa 1 điểm: Phường Kỳ Lừa – Quý II/2026")
    assert subjects[1].startswith("[TTHC] Đạt")
    assert len(list(settings().mail_sink_dir.glob("*.eml"))) == 2


def test_a_form_is_answered_with_its_cells_and_its_correction_too(maildir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = form(body=((1, "Đất đai", 30, 20, 6, 4, 25, 20, 3, 2, 5, 4, 1), (None, "TỔNG CỘNG", 31, 20, 6, 4, 25, 20, 3, 2, 5, 4, 1)))
    _post(maildir, _message(name="bieu.xlsx", body=wrong))
    _say(monkeypatch, TTHC_MAILDIR=str(maildir))
    _post(maildir, _message(name="bieu.xlsx", body=form(), message_id="<2@langson.example>"))
    _post(maildir, _message(name="hong.xlsx", body=form(body=((1, "Đất đai", "30 hs", 20), (None, "TỔNG CỘNG", 30, 20))), message_id="<3@langson.example>"))
    _say(monkeypatch, TTHC_MAILDIR=str(maildir))
    with db.connect("mailer") as connection:
        (_, wrong_subject, wrong_text, wrong_html), (_, good_subject, _, _), (_, broken_subject, broken_text, _) = _told(connection)
    assert wrong_subject.startswith("[TTHC] Cần sửa") and wrong_subject.endswith("Phường Kỳ Lừa – Quý I/2026")
    for body in (wrong_text, wrong_html):
        assert "C8" in body and "trước hết ngày" in body
    assert good_subject == "[TTHC] Đạt: Phường Kỳ Lừa – Quý I/2026"
    assert broken_subject == "[TTHC] Không đọc được: hong.xlsx" and "C7" in broken_text


def test_a_report_in_the_inbox_is_told_to_its_units_officer(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    report = ROOT / "sample" / "inbox" / "ky-lua-kiem-soat-tthc-quy-2-2026.docx"
    (inbox / "la.txt").write_text("không phải báo cáo", encoding="utf-8")
    (inbox / report.name).write_bytes(report.read_bytes())
    (tmp_path / "forms").mkdir()
    printed = _say(monkeypatch, "--inbox", TTHC_INBOX=str(inbox), TTHC_FORMS_DIR=str(tmp_path / "forms"))
    assert "answered: 1, sent: 1" in printed
    assert "its unit has no officer in the contacts" in printed
    assert "answered: 0" in _say(monkeypatch, "--inbox", TTHC_INBOX=str(inbox))
    with db.connect("mailer") as connection:
        assert [recipient for recipient, _, _, _ in _told(connection)] == [OFFICER]


def test_the_dag_answers_what_lies_there(first: FirstNight, tmp_path: Path) -> None:
    for folder in ("inbox", "forms"):
        (tmp_path / folder).mkdir()
    box = mailbox.Maildir(tmp_path / "maildir", create=True)
    box.add(bytes(_message(name="bieu.xlsx", body=form(), message_id="<dag@langson.example>")))
    before = len(first.installation.mails())
    folders = {"TTHC_INBOX": tmp_path / "inbox", "TTHC_FORMS_DIR": tmp_path / "forms", "TTHC_MAILDIR": tmp_path / "maildir"}
    script = (
        "import os, subprocess, sys; from contextlib import ExitStack; import cli\n"
        "with ExitStack() as stack:\n"
        "    environment = cli._airflow_environment(stack, fleeting=True)\n"
        '    test = \'from dags.answer_submissions import answer_submissions; run = answer_submissions().test(run_conf={"watch_seconds": 0}); assert run.state == "success"\'\n'
        "    sys.exit(subprocess.run([sys.executable, '-c', test], env=environment).returncode)"
    )
    environment = first.installation.environment(**{name: str(folder) for name, folder in folders.items()})
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (answered,) = first.installation.mails()[before:]
    assert answered["Subject"] == "[TTHC] Đạt: Phường Kỳ Lừa – Quý I/2026" and answered["In-Reply-To"] == "<dag@langson.example>"
