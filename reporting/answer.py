"""Answer-back: whoever sends a report hears at once whether it fits, with the marked-up report; no account, no waiting for the night.

Reading and judging come in as functions (`Read`, `Judge`), because reporting imports neither. An answer is a mail of the outbox
like any other, written in one transaction with the record that it was given: each submission is answered once, whatever crashes.
The answer decides nothing: the night reads the same mail or file, and there a corrected report takes the place of what is held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg.rows import dict_row

from reporting import mail, marked_report
from reporting.contacts import Contacts, load_contacts
from reporting.letter import Attachment, Letter, one_line, point, slug
from reporting.submitted_mail import MOST_ATTACHMENTS, MOST_BYTES, AttachedFile, NotAnswered, SubmittedMail, read_mail
from warehouse.model import Document, Figure, Finding, Header
from warehouse.settings import settings

Reading = tuple[Document, Header, Sequence[Figure]]
Read = Callable[[bytes, str], Reading | str]
"""Bytes and file name to what was read, or the stable word for why not (`encrypted`, `wrong-type`, …)."""
Judge = Callable[[Document, Header, Sequence[Figure]], Sequence[Finding]]

RECENT = timedelta(days=2)
"""What is older when it is first seen is not answered: nobody waits for it any more."""
_MOST_AN_HOUR = 30
_MOST_POINTS = 30
_MOST_ATTACHED = 4_000_000
_READ_ENDINGS = (".docx", ".pdf", ".txt", ".md")

_WHY_VI = {
    "empty": "tệp rỗng; đề nghị gửi lại",
    "encrypted": "tệp có mật khẩu; đề nghị bỏ mật khẩu rồi gửi lại",
    "wrong-type": "tệp không phải là văn bản docx, pdf hoặc txt",
    "corrupt": "tệp bị hỏng; đề nghị xuất lại từ bản gốc rồi gửi lại",
    "too-large": "tệp quá lớn; đề nghị bỏ hình ảnh rồi gửi lại",
    "too-many-pages": "tệp có quá nhiều trang",
    "needs-ocr": "tệp là bản quét, chưa đọc được ngay; đề nghị gửi bản docx hoặc pdf có chữ",
    "no-text": "tệp không có chữ đọc được; đề nghị gửi bản docx hoặc pdf có chữ",
    "timeout": "đọc tệp quá lâu; hệ thống sẽ thử lại trong đợt nạp đêm",
    "memory": "tệp cần quá nhiều bộ nhớ; hệ thống sẽ thử lại trong đợt nạp đêm",
}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=lambda name: name is not None and name.endswith(".html.j2"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Answered:
    """How many submissions were answered now, and how many got no answer, with why."""

    answered: int
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class _Result:
    """One file as the answer tells it."""

    name: str
    title: str
    state: str
    """`good`, `doubtful`, `bad` or `unread`."""
    verdict: str
    remarks: tuple[str, ...]
    points: tuple[Any, ...]
    more_points: int
    attachment: str = ""


def answer_maildir(connection: psycopg.Connection, maildir: Path, read: Read, judge: Judge) -> Answered:
    """Queue an answer to every recent mail of the maildir that has none; the caller delivers. The maildir is only read.

    Args:
        connection: as role mailer, in autocommit mode.

    Raises:
        ContactsError: the contacts file cannot be used.
        OSError: the maildir cannot be read.
    """
    contacts = load_contacts(settings().tthc_contacts)
    ignored = []
    answered = 0
    for path in _recent(file for name in ("new", "cur") if (maildir / name).is_dir() for file in (maildir / name).iterdir()):
        with path.open("rb") as file:
            incoming = read_mail(file.read(MOST_BYTES), contacts, settings().tthc_mail_from)
        if _is_settled(connection, incoming.key):
            continue
        if isinstance(incoming, SubmittedMail) and _is_flood(connection, incoming.sender):
            incoming = NotAnswered(incoming.key, f"more than {_MOST_AN_HOUR} answers to this sender within an hour")
        if isinstance(incoming, NotAnswered):
            ignored.append(incoming.reason)
            connection.execute(
                "insert into reporting.answer (answer_key, outcome, reason) values (%s, 'ignored', %s) on conflict do nothing", (incoming.key, incoming.reason)
            )
            continue
        letter = _letter(connection, incoming.files, contacts, read, judge, more_files=incoming.more_files, is_too_large=incoming.is_too_large)
        answered += _put(connection, incoming.key, [incoming.sender], letter, [incoming.message_id] if incoming.message_id else [])
    return Answered(answered, tuple(ignored))


def answer_inbox(connection: psycopg.Connection, inbox: Path, read: Read, judge: Judge) -> Answered:
    """Queue an answer about every recent report of the inbox folder to its unit's officers; a unit without one hears from the night.

    Args and errors as `answer_maildir`.
    """
    contacts = load_contacts(settings().tthc_contacts)
    ignored = []
    answered = 0
    for path in _recent(file for file in inbox.rglob("*") if file.suffix.lower() in _READ_ENDINGS):
        body = path.read_bytes()
        key = hashlib.sha256(body).hexdigest()
        if _is_settled(connection, key):
            continue
        reading = read(body, path.name)
        officers = contacts.units.get(reading[1].unit_code, ()) if not isinstance(reading, str) else ()
        if not officers:
            reason = f"cannot be read: {reading}" if isinstance(reading, str) else "its unit has no officer in the contacts"
            ignored.append(reason)
            connection.execute("insert into reporting.answer (answer_key, outcome, reason) values (%s, 'ignored', %s) on conflict do nothing", (key, reason))
            continue
        letter = _letter(connection, [AttachedFile(path.name, body)], contacts, lambda _body, _name, known=reading: known, judge)  # type: ignore[misc]
        answered += _put(connection, key, officers, letter, [])
    return Answered(answered, tuple(ignored))


def _recent(files: Iterable[Path]) -> Iterator[Path]:
    """Regular files of the last two days, oldest first."""
    since = (datetime.now().astimezone() - RECENT).timestamp()
    dated = sorted((file.stat().st_mtime, file) for file in files if file.is_file() and not file.is_symlink())
    return (file for modified, file in dated if modified >= since)


def _is_settled(connection: psycopg.Connection, key: str) -> bool:
    return connection.execute("select from reporting.answer where answer_key = %s", (key,)).fetchone() is not None


def _is_flood(connection: psycopg.Connection, sender: str) -> bool:
    row = connection.execute(
        "select count(*) from reporting.mail where recipient = %s and run_id like 'answer:%%' and queued_at > now() - interval '1 hour'", (sender,)
    ).fetchone()
    return row is not None and row[0] >= _MOST_AN_HOUR


def _put(connection: psycopg.Connection, key: str, recipients: Sequence[str], letter: Letter, thread: Sequence[str]) -> int:
    """The answer and the record of it, or neither; 0 where another process was first."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
        if cursor.execute("select from reporting.answer where answer_key = %s", (key,)).fetchone() is not None:
            return 0
        mail_ids = [mail.put(cursor, f"answer:{key[:40]}", recipient, letter, thread) for recipient in recipients]
        cursor.execute("insert into reporting.answer (answer_key, outcome, mail_id) values (%s, 'answered', %s)", (key, mail_ids[0]))
    return 1


def _letter(
    connection: psycopg.Connection,
    files: Sequence[AttachedFile],
    contacts: Contacts,
    read: Read,
    judge: Judge,
    *,
    more_files: int = 0,
    is_too_large: bool = False,
) -> Letter:
    results: list[_Result] = []
    attachments: list[Attachment] = []
    for file in files:
        result, page = _examine(connection, file, read, judge)
        if page and sum(len(attachment.body_html) for attachment in attachments) + len(page) <= _MOST_ATTACHED:
            name = f"{len(attachments) + 1}-{slug(result.title)}.html"
            attachments.append(Attachment(name, page))
            result = _Result(**{**vars(result), "attachment": name})
        results.append(result)
    context = {
        "subject": _subject(results, is_too_large=is_too_large),
        "results": results,
        "more_files": more_files,
        "most_files": MOST_ATTACHMENTS,
        "is_too_large": is_too_large,
        "operators": list(contacts.operators),
    }
    text, html = (_templates.get_template(name).render(context) for name in ("answer.txt.j2", "answer.html.j2"))
    return Letter(str(context["subject"]), text, html, tuple(attachments))


def _examine(connection: psycopg.Connection, file: AttachedFile, read: Read, judge: Judge) -> tuple[_Result, str]:
    """What one file is told, and its marked-up page (empty where it could not be read)."""
    name = one_line(file.name, 120)
    if file.name.lower().endswith((".xlsx", ".xls")):
        return _Result(name, name, "unread", "Chưa kiểm tra ngay", ("Biểu mẫu được kiểm tra trong đợt nạp đêm; có điểm nào sẽ có thư báo.",), (), 0), ""
    reading = read(file.body, file.name)
    if isinstance(reading, str):
        return _Result(name, name, "unread", "Không đọc được", (f"{_WHY_VI.get(reading, 'tệp không đọc được')}.".capitalize(),), (), 0), ""
    document, header, figures = reading
    findings = [finding for finding in judge(document, header, figures) if finding.severity != "info"]
    errors = sum(finding.severity == "error" for finding in findings)
    unit = one_line(header.unit_name, 80)
    period = one_line(header.period.label, 60) if header.period else ""
    title = " – ".join(part for part in (unit[:1].upper() + unit[1:], period) if part) or name
    remarks = []
    if not figures:
        state, verdict = "unread", "Không thấy số liệu nào đọc được"
    elif errors:
        state, verdict = "bad", f"Cần sửa {errors} điểm" + (f", {len(findings) - errors} điểm cần xem lại" if len(findings) > errors else "")
    elif findings:
        state, verdict = "doubtful", f"Đạt, có {len(findings)} điểm cần xem lại"
    else:
        state, verdict = "good", "Đạt"
    if figures and not header.unit_code:
        remarks.append("Chưa xác định được đơn vị báo cáo từ văn bản: đề nghị ghi đủ tên xã, phường và tỉnh, thành phố.")
    if figures and header.period is None:
        remarks.append("Chưa xác định được kỳ báo cáo từ văn bản.")
    settled = _settled_points(connection, header, {finding.rule for finding in findings}) if figures else 0
    if settled:
        remarks.append(f"{settled} điểm đã báo trước đây không còn trong bản này; đợt nạp đêm sẽ khép lại.")
    points = tuple(
        point(
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "message_vi": finding.message_vi,
                "places": [{"quote": place.quote, "locator": place.locator} for place in finding.places],
                "values": finding.values,
            }
        )
        for finding in sorted(findings, key=lambda finding: finding.severity != "error")
    )
    page = marked_report.render(document, header, figures, findings) if figures else ""
    return _Result(name, title, state, verdict, tuple(remarks), points[:_MOST_POINTS], max(0, len(points) - _MOST_POINTS)), page


def _settled_points(connection: psycopg.Connection, header: Header, still: set[str]) -> int:
    """How many open incidents of this unit, kind and period this text would end."""
    if not header.unit_code or header.period is None:
        return 0
    row = connection.execute(
        "select count(*) from quality.incident where recovered_at is null and source = 'narrative_reports' and unit_code = %s"
        " and detail ->> 'period_key' = %s and detail ->> 'kind' = %s and not rule = any(%s)",
        (header.unit_code, header.period.key, header.kind, list(still)),
    ).fetchone()
    return int(row[0]) if row else 0


def _subject(results: Sequence[_Result], *, is_too_large: bool) -> str:
    if is_too_large:
        return "[TTHC] Thư quá lớn, chưa kiểm tra được báo cáo"
    if not results:
        return "[TTHC] Thư không có tệp báo cáo kèm theo"
    if len(results) == 1:
        return f"[TTHC] {results[0].verdict}: {results[0].title}"[:150]
    good = sum(result.state in ("good", "doubtful") for result in results)
    return f"[TTHC] {good} trên {len(results)} tệp đạt"
