"""Answer-back: whoever sends a report or form hears at once whether it fits, with the marked-up report; no account, no waiting for the night.

Mails, reading and judging come in as iterators and functions, because reporting imports neither wing. An answer is a mail of the
outbox like any other, written in one transaction with the record that it was given: each submission is answered once, whatever
crashes. What was told here (`reporting.told_at_the_door`) the night's mail does not tell the same person again. The answer decides
nothing: the night reads the same mail or file, and there a corrected report takes the place of what is held.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from reporting import mail, marked_report
from reporting.contacts import Contacts, load_contacts
from reporting.deadlines import HANOI, add_working_days
from reporting.letter import Attachment, Letter, one_line, point, slug
from reporting.submitted_mail import MOST_ATTACHMENTS, MOST_BYTES, AttachedFile, IncomingMail, NotAnswered, SubmittedMail, mail_key, read_mail
from reporting.templating import templates
from warehouse.model import Document, Figure, Finding, Header, Reading, Unread
from warehouse.refusals import refusal_vi
from warehouse.settings import settings

Read = Callable[[bytes, str], Reading | Unread]
"""Bytes and file name to what was read, or why not."""
Judge = Callable[[Document | None, Header, Sequence[Figure]], Sequence[Finding]]

RECENT = timedelta(days=2)
"""What is older when it is first seen is not answered: nobody waits for it any more."""
_MOST_AN_HOUR = 30
_MOST_POINTS = 30
_MOST_ATTACHED = 4_000_000
ENDINGS = (".docx", ".pdf", ".txt", ".md", ".xlsx")
"""Files of the inbox folders that are answered."""

_CELL = re.compile(r"(?:[^\s:;!,]+!)?\b[A-Z]{1,2}[1-9][0-9]{0,4}\b")
_PRINTED = re.compile(r"“[^”]{1,80}”|TỔNG CỘNG")
_MOST_HINTS = 6
_LONGEST_REASON = 500


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
    doubts: frozenset[tuple[str, str]] = frozenset()
    """(SHA-256 of the file, rule) of what is told."""


@dataclass
class Desk:
    """Whoever answers while one process runs: what it answered, what it left alone and why, and what waits to be sent."""

    connection: psycopg.Connection
    """As role mailer, in autocommit mode."""
    read: Read
    judge: Judge
    send: mail.Send
    answered: int = 0
    sent: int = 0
    waiting: int = 0
    ignored: list[str] = field(default_factory=list)
    _seen: set[object] = field(default_factory=set)

    def answer_mails(self, mails: Iterable[IncomingMail]) -> None:
        """Answer every mail that was not answered yet, each at once.

        Args:
            mails: the recent ones; only those without an answer are fetched whole.

        Raises:
            ContactsError: the contacts file cannot be used.
            OSError: the mails cannot be read; those before were answered.
        """
        contacts = load_contacts(settings().tthc_contacts)
        settled = _settled(self.connection)
        for header, whole in mails:
            if mail_key(header) in settled:
                continue
            incoming = read_mail(whole()[:MOST_BYTES], contacts, settings().tthc_mail_from)
            if incoming.key in settled:  # damaged header lines read differently in the whole
                continue
            if isinstance(incoming, SubmittedMail) and _is_flood(self.connection, incoming.sender):
                incoming = NotAnswered(incoming.key, f"more than {_MOST_AN_HOUR} answers to this sender within an hour")
            if isinstance(incoming, NotAnswered):
                self._ignore(incoming.key, incoming.reason)
                continue
            composed = _letter(
                self.connection, incoming.files, contacts, self.read, self.judge, more_files=incoming.more_files, is_too_large=incoming.is_too_large
            )
            self._answer(incoming.key, [incoming.sender], composed, [incoming.message_id] if incoming.message_id else [])

    def answer_files(self, files: Iterable[Path]) -> None:
        """Tell the officers of its unit about every file that was neither told of nor landed; a unit without an officer hears from the night.

        Args:
            files: the recent ones of the inbox folders; what this desk has seen is not read again.

        Raises:
            ContactsError: the contacts file cannot be used.
            OSError: a file cannot be read.
        """
        contacts = load_contacts(settings().tthc_contacts)
        known: set[str] | None = None
        for path in files:
            try:
                state = path.stat()
                if (mark := (path, state.st_mtime_ns, state.st_size)) in self._seen:
                    continue
                body = path.read_bytes()
            except FileNotFoundError:  # moved away since the folder was listed
                continue
            self._seen.add(mark)
            key = hashlib.sha256(body).hexdigest()
            known = _known(self.connection) if known is None else known
            if key in known:
                continue
            reading = self.read(body, path.name)
            officers = contacts.units.get(reading.header.unit_code, ()) if isinstance(reading, Reading) else ()
            if officers:
                file = AttachedFile(path.name, body)
                self._answer(key, officers, _letter(self.connection, [file], contacts, lambda _body, _name, known=reading: known, self.judge), [])  # type: ignore[misc]
            else:
                self._ignore(key, f"cannot be read: {reading.message}" if isinstance(reading, Unread) else "its unit has no officer in the contacts")

    def deliver(self) -> None:
        """Send what waits in the outbox."""
        result = mail.deliver(self.connection, self.send)
        self.sent += result.sent
        self.waiting = result.failed

    def _ignore(self, key: str, reason: str) -> None:
        self.ignored.append(reason)
        self.connection.execute(
            "insert into reporting.answer (answer_key, outcome, reason) values (%s, 'ignored', %s) on conflict do nothing", (key, reason[:_LONGEST_REASON])
        )

    def _answer(self, key: str, recipients: Sequence[str], composed: tuple[Letter, frozenset[tuple[str, str]]], thread: Sequence[str]) -> None:
        self.answered += _put(self.connection, key, recipients, *composed, thread)
        if not self.waiting:  # a server that is down is tried again at the end
            self.deliver()


def watch(look: Callable[[], None], seconds: float, pause: float = 3) -> None:
    """Call `look` again and again for `seconds`; 0: once."""
    end = time.monotonic() + seconds
    look()
    while time.monotonic() + pause < end:
        time.sleep(pause)
        look()


def _settled(connection: psycopg.Connection) -> set[str]:
    """The keys of what was answered or left alone lately; a mail's key is asked for again where its answer is written."""
    return {key for (key,) in connection.execute("select answer_key from reporting.answer where seen_at > now() - %s", (10 * RECENT,))}


def _known(connection: psycopg.Connection) -> set[str]:
    """The SHA-256 of every file that was told of, or that the night has landed and tells of."""
    return {sha256 for (sha256,) in connection.execute("select answer_key from reporting.answer union select sha256 from quality.judged_submission")}


def _is_flood(connection: psycopg.Connection, sender: str) -> bool:
    row = connection.execute(
        "select count(*) from reporting.mail where recipient = %s and run_id like 'answer:%%' and queued_at > now() - interval '1 hour'", (sender,)
    ).fetchone()
    return row is not None and row[0] >= _MOST_AN_HOUR


def _put(connection: psycopg.Connection, key: str, recipients: Sequence[str], letter: Letter, doubts: frozenset[tuple[str, str]], thread: Sequence[str]) -> int:
    """The answer and the record of it, or neither; 0 where another process was first."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
        if cursor.execute("select from reporting.answer where answer_key = %s", (key,)).fetchone() is not None:
            return 0
        mail_ids = [mail.put(cursor, f"answer:{key[:40]}", recipient, letter, thread) for recipient in recipients]
        cursor.execute("insert into reporting.answer (answer_key, outcome, mail_id) values (%s, 'answered', %s)", (key, mail_ids[0]))
        cursor.executemany(
            "insert into reporting.told_at_the_door (mail_id, sha256, rule) values (%s, %s, %s)",
            [(mail_id, *doubt) for mail_id in mail_ids for doubt in doubts],
        )
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
) -> tuple[Letter, frozenset[tuple[str, str]]]:
    """The answer, and what it tells of."""
    results: list[_Result] = []
    attachments: list[Attachment] = []
    for file in files:
        result, page = _examine(connection, file, read, judge)
        if page and sum(len(attachment.body_html) for attachment in attachments) + len(page) <= _MOST_ATTACHED:
            name = f"{len(attachments) + 1}-{slug(result.title)}.html"
            attachments.append(Attachment(name, page))
            result = replace(result, attachment=name)
        results.append(result)
    context = {
        "subject": _subject(results, is_too_large=is_too_large),
        "results": results,
        "more_files": more_files,
        "most_files": MOST_ATTACHMENTS,
        "is_too_large": is_too_large,
        "operators": list(contacts.operators),
        "deadline": f"{_deadline():%d/%m/%Y}" if any(result.state == "bad" for result in results) else "",
    }
    text, html = (templates.get_template(name).render(context) for name in ("answer.txt.j2", "answer.html.j2"))
    return Letter(str(context["subject"]), text, html, tuple(attachments)), frozenset().union(*(result.doubts for result in results))


def _deadline() -> date:
    return add_working_days(datetime.now(HANOI).date(), settings().tthc_correction_days)


def _examine(connection: psycopg.Connection, file: AttachedFile, read: Read, judge: Judge) -> tuple[_Result, str]:
    """What one file is told, and its marked-up page (empty where it could not be read)."""
    name = one_line(file.name, 120)
    reading = read(file.body, file.name)
    if isinstance(reading, Unread):
        return _Result(name, name, "unread", "Không đọc được", _why(reading), (), 0), ""
    document, header, figures = reading
    try:
        findings = [finding for finding in judge(document, header, figures) if finding.severity != "info"]
        page = marked_report.render(document, header, figures, findings) if figures else ""
    except (ValueError, LookupError, ArithmeticError):  # the night holds it back as `audited` and tells the operator
        told = "Hệ thống gặp lỗi khi kiểm tra tệp này; bộ phận vận hành sẽ xử lý, đơn vị không cần gửi lại."
        return _Result(name, name, "unread", "Chưa kiểm tra được", (told,), (), 0), ""
    errors = sum(finding.severity == "error" for finding in findings)
    unit = one_line(header.unit_name, 80)
    period = one_line(header.period.label, 60) if header.period else ""
    title = " – ".join(part for part in (unit[:1].upper() + unit[1:], period) if part) or name
    remarks = []
    if not figures:
        state, verdict = "unread", "Không thấy số liệu nào đọc được"
    elif not header.unit_code:
        state, verdict = "bad", "Cần ghi rõ đơn vị báo cáo" + (f", sửa {errors} điểm" if errors else "")
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
    digest = hashlib.sha256(file.body).hexdigest()
    doubts = frozenset((digest, finding.rule) for finding in findings) if figures else frozenset()
    return _Result(name, title, state, verdict, tuple(remarks), points[:_MOST_POINTS], max(0, len(points) - _MOST_POINTS), doubts=doubts), page


def _why(unread: Unread) -> tuple[str, ...]:
    """Why a file could not be read, and the cells and printed words that the reader stumbled over."""
    hints = list(dict.fromkeys(_PRINTED.findall(unread.message) + _CELL.findall(unread.message))) if unread.reason.startswith("form-") else []
    told = (refusal_vi(unread.reason),)
    return (*told, f"Chỗ cần xem: {one_line(', '.join(hints[:_MOST_HINTS]), 400)}.") if hints else told


def _settled_points(connection: psycopg.Connection, header: Header, still: set[str]) -> int:
    """How many open incidents of this unit, kind and period this text would end."""
    if not header.unit_code or header.period is None:
        return 0
    row = connection.execute(
        "select count(*) from quality.incident where recovered_at is null and unit_code = %s"
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
