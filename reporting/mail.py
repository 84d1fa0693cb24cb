"""The outbox: what is to be told of incidents becomes mails in one transaction, mails are sent afterwards, and what fails waits.

An incident is told as an opening, by the agreed reminders (`quality.incident_event`) and as a recovery, each once; the later
mails stand in the first one's thread. The marked-up report is attached. It is made by a function that the caller hands in
(`Page`): the full text stays unreadable to the role that mails, which sees `marts` and `quality` only, and what it attaches
has the names of people covered and is deleted from the outbox once the mail is sent.

A crash between the two loses nothing, because what is queued is in the database. Before a mail is handed to a server that is
written down (`handed_over_at`); after a crash between the server's "accepted" and our record of it the same bytes go out again, with
the same Message-ID and date, so that servers and mail programs fold the two into one (SMTP offers no way to ask). Such a mail is
never changed: what is new waits for the next run.
"""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import dict_row

from reporting import reminders
from reporting.contacts import Contacts, Role, load_contacts
from reporting.deadlines import HANOI, add_working_days
from reporting.letter import Letter, Missing, Page, Told, compose
from warehouse.settings import settings

Send = Callable[[EmailMessage], Any]

_SENDER_VI = "Kho dữ liệu TTHC"
_QUEUE_LOCK = 7662
_GIVE_UP_AFTER = 3
"""Connections in a row that fail before the server counts as down; one refused mail does not stop the others."""
_LONGEST_ERROR = 500
_MOST_REFERENCES = 20
_DUE = """
    select incident.*, 'opening' as told_as, 0 as after_days, null::text[] as told_to
    from quality.incident as incident
    where incident.recovered_at is null and not exists (select from reporting.mail_item as item where item.incident_id = incident.incident_id)
    union all
    select incident.*, 'reminder', agreed.after_days, null
    from quality.incident as incident
    inner join (select incident_id, max(after_days) as after_days from quality.incident_event where told_as = 'reminder' group by incident_id) as agreed
        using (incident_id)
    inner join (select incident_id, max(after_days) as after_days from reporting.mail_item group by incident_id) as told using (incident_id)
    where incident.recovered_at is null and agreed.after_days > told.after_days
    union all
    select incident.*, 'recovery', 0, told.told_to
    from quality.incident as incident
    inner join (
        select item.incident_id, array_agg(distinct mail.recipient) as told_to, bool_or(item.told_as = 'recovery') as is_closed
        from reporting.mail_item as item inner join reporting.mail as mail using (mail_id) group by item.incident_id
    ) as told using (incident_id)
    where incident.recovered_at > now() - interval '30 days' and not told.is_closed
    order by incident_id
"""
"""What was not told yet. A recovery is told to those who heard of the fault; one that nobody can be told of is dropped in time."""


@dataclass(frozen=True)
class DeliveryResult:
    """How many mails the server took, and how many wait in the outbox."""

    sent: int
    failed: int


def queue(connection: psycopg.Connection, run_id: str, page: Page | None = None, link: str = "", today: date | None = None) -> list[int]:
    """Write one mail per recipient about everything that is to be told and was not, in one transaction.

    Run again in the same run, it adds what is new to a mail that is not sent yet; what concerns a recipient who already got
    this run's mail waits for the next run, so that nobody gets two in a night.

    Args:
        page: makes the marked-up report of a submission (by its id) to attach; None: nothing is attached.
        link: where the run's validation page is; an address goes to everybody, a path of this machine to operators only.
        today: the day by which reports are due; None: today in Hanoi.

    Returns:
        The ids of the mails written or extended, in the order of their recipients; empty where there is nothing new.

    Raises:
        ContactsError, ExemptionsError: the contacts or the exemptions cannot be used.
    """
    contacts = load_contacts(settings().tthc_contacts)
    exemptions = reminders.load_exemptions(settings().tthc_exemptions)
    today = today or datetime.now(HANOI).date()
    page = lru_cache(maxsize=64)(page) if page else None  # several recipients may be told of one report
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (_QUEUE_LOCK,))
        # Waits for a delivery under way: a mail cannot be sent between this look and the commit.
        mails = {
            row["recipient"]: row
            for row in cursor.execute("select mail_id, recipient, handed_over_at from reporting.mail where run_id = %s for update", (run_id,))
        }
        letters: dict[str, list[dict[str, Any]]] = {}
        for incident in cursor.execute(_DUE).fetchall():
            recipients = [email for email, _ in _route(contacts, incident) if incident["told_to"] is None or email in incident["told_to"]]
            answers = _told_at_the_door(cursor, incident, recipients) if incident["told_as"] == "opening" else {}
            recipients = [email for email in recipients if email not in answers]
            if any(email in mails and mails[email]["handed_over_at"] for email in recipients):
                continue
            cursor.executemany(
                "insert into reporting.mail_item (mail_id, incident_id, told_as) values (%s, %s, 'opening')",
                [(mail_id, incident["incident_id"]) for mail_id in answers.values()],
            )
            for email in dict.fromkeys(recipients):
                letters.setdefault(email, []).append(incident)
        asked: dict[str, list[dict[str, Any]]] = {}
        for report in reminders.due(cursor, today, exemptions):
            recipients = [email for email, _ in contacts.route("report-missing", report["unit_code"], report["province_code"])]
            if not any(email in mails and mails[email]["handed_over_at"] for email in recipients):
                for email in recipients:
                    asked.setdefault(email, []).append(report)
        return [
            _write(cursor, run_id, recipient, letters.get(recipient, []), asked.get(recipient, []), mails.get(recipient), contacts, page, link, today)
            for recipient in sorted({*letters, *asked})
        ]


def _told_at_the_door(cursor: psycopg.Cursor[dict[str, Any]], incident: dict[str, Any], recipients: list[str]) -> dict[str, int]:
    """The answers by recipient that told of this doubt in this very file: they were the opening, and what follows stands in their thread."""
    answers = cursor.execute(
        "select max(mail.mail_id) as mail_id, mail.recipient from reporting.told_at_the_door as told inner join reporting.mail as mail using (mail_id)"
        " where told.sha256 = %s and told.rule = %s and mail.recipient = any(%s) group by mail.recipient",
        (incident["detail"].get("sha256", ""), incident["rule"], recipients),
    )
    return {answer["recipient"]: answer["mail_id"] for answer in answers}


def _route(contacts: Contacts, incident: dict[str, Any]) -> tuple[tuple[str, Role], ...]:
    return contacts.route(incident["rule"], incident["unit_code"], incident["province_code"])


def _write(
    cursor: psycopg.Cursor[dict[str, Any]],
    run_id: str,
    recipient: str,
    fresh: list[dict[str, Any]],
    due: list[dict[str, Any]],
    unsent: dict[str, Any] | None,
    contacts: Contacts,
    page: Page | None,
    link: str,
    today: date,
) -> int:
    """Insert the mail, or put the new incidents into the unsent one beside those it tells already."""
    earlier: list[dict[str, Any]] = []
    earlier_due: list[dict[str, Any]] = []
    if unsent:
        earlier_due = cursor.execute("select * from reporting.reminder where mail_id = %s order by unit_name_vi, due_on", (unsent["mail_id"],)).fetchall()
        earlier = cursor.execute(
            "select incident.*, told_as, after_days from reporting.mail_item join quality.incident as incident using (incident_id) where mail_id = %s"
            " order by incident_id",
            (unsent["mail_id"],),
        ).fetchall()
    told = [_told(incident, recipient, contacts) for incident in earlier + fresh]
    link = link if link.startswith("http") or recipient in contacts.operators else ""
    last_stage = _last_stage(cursor)
    missing = [_missing(report, recipient, contacts, today, last_stage) for report in earlier_due + due]
    letter = compose(told, recipient, contacts, run_id, page, link, missing)
    mail_id = put(cursor, run_id, recipient, letter, _thread(cursor, recipient, run_id, earlier + fresh, earlier_due + due))
    cursor.executemany(
        "insert into reporting.mail_item (mail_id, incident_id, told_as, after_days) values (%s, %s, %s, %s)",
        [(mail_id, incident["incident_id"], incident["told_as"], incident["after_days"]) for incident in fresh],
    )
    cursor.executemany(
        "insert into reporting.reminder (mail_id, unit_code, unit_valid_from, unit_name_vi, province_code, obligation, period_key, due_on, offset_days)"
        " values (%(mail_id)s, %(unit_code)s, %(unit_valid_from)s, %(unit_name_vi)s, %(province_code)s, %(obligation)s, %(period_key)s, %(due_on)s,"
        " %(offset_days)s)",
        [{**report, "mail_id": mail_id} for report in due],
    )
    return mail_id


def _last_stage(cursor: psycopg.Cursor[dict[str, Any]]) -> int:
    row = cursor.execute("select coalesce(max(offset_days), 0) as last from reporting.reminder_stage").fetchone()
    return int(row["last"]) if row else 0


def _missing(report: dict[str, Any], recipient: str, contacts: Contacts, today: date, last_stage: int) -> Missing:
    role = dict(reversed(contacts.route("report-missing", report["unit_code"], report["province_code"]))).get(recipient, "van_hanh")
    return Missing(
        unit_name_vi=report["unit_name_vi"],
        province_code=report["province_code"],
        title_vi=reminders.title_vi(report["obligation"], report["period_key"]),
        due_on=report["due_on"],
        days_late=(today - report["due_on"]).days,
        is_last=report["offset_days"] >= last_stage,
        role=role,
    )


def put(cursor: psycopg.Cursor[dict[str, Any]], run_id: str, recipient: str, letter: Letter, thread: Sequence[str] = ()) -> int:
    """Write a mail into the outbox, or anew where it waits there under the same run and recipient; the caller commits.

    Args:
        thread: Message-IDs of what it follows, oldest first.
    """
    row = cursor.execute("select mail_id from reporting.mail where run_id = %s and recipient = %s", (run_id, recipient)).fetchone()
    row = row or cursor.execute("select nextval(pg_get_serial_sequence('reporting.mail', 'mail_id')) as mail_id").fetchone()
    if row is None:
        raise RuntimeError("reporting.mail.mail_id has no sequence: run `tthc bootstrap`")
    mail_id = int(row["mail_id"])
    cursor.execute(
        "insert into reporting.mail (mail_id, run_id, recipient, message_id, subject_vi, body_text, body_html, reference_ids) overriding system value"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (run_id, recipient) do update"
        " set subject_vi = excluded.subject_vi, body_text = excluded.body_text, body_html = excluded.body_html, reference_ids = excluded.reference_ids",
        (mail_id, run_id, recipient, _message_id(mail_id, run_id), letter.subject_vi, letter.body_text, letter.body_html, list(thread)),
    )
    cursor.execute("delete from reporting.mail_attachment where mail_id = %s", (mail_id,))
    cursor.executemany(
        "insert into reporting.mail_attachment (mail_id, position, file_name, body_html) values (%s, %s, %s, %s)",
        [(mail_id, position, attachment.file_name, attachment.body_html) for position, attachment in enumerate(letter.attachments, start=1)],
    )
    return mail_id


def _thread(
    cursor: psycopg.Cursor[dict[str, Any]], recipient: str, run_id: str, incidents: Sequence[dict[str, Any]], due: Sequence[dict[str, Any]]
) -> list[str]:
    """The Message-IDs of the earlier mails to this recipient about these incidents and reports: the first one and the newest."""
    rows = cursor.execute(
        "select mail.mail_id, mail.message_id from reporting.mail as mail where mail.recipient = %s and mail.run_id <> %s and ("
        " mail.mail_id in (select mail_id from reporting.mail_item where incident_id = any(%s))"
        " or mail.mail_id in (select mail_id from reporting.reminder where concat_ws('|', unit_code, unit_valid_from, obligation, period_key) = any(%s))"
        ") order by mail.mail_id",
        (
            recipient,
            run_id,
            [incident["incident_id"] for incident in incidents],
            ["|".join(str(report[name]) for name in ("unit_code", "unit_valid_from", "obligation", "period_key")) for report in due],
        ),
    ).fetchall()
    ids = [row["message_id"] for row in rows]
    return ids if len(ids) <= _MOST_REFERENCES else [ids[0], *ids[1 - _MOST_REFERENCES :]]


def _told(incident: dict[str, Any], recipient: str, contacts: Contacts) -> Told:
    # The contacts may have changed since an unsent mail was written; then the operator's words serve.
    role = dict(reversed(_route(contacts, incident))).get(recipient, "van_hanh")
    opened_on = incident["opened_at"].astimezone(HANOI).date()
    return Told(
        rule=incident["rule"],
        severity=incident["severity"],
        unit_name_vi=incident["unit_name_vi"],
        province_code=incident["province_code"],
        subject_vi=incident["subject_vi"],
        detail=incident["detail"],
        role=role,
        told_as=incident["told_as"],
        opened_on=opened_on,
        deadline=add_working_days(opened_on, settings().tthc_correction_days),
    )


def _message_id(mail_id: int, run_id: str) -> str:
    """Stable for a mail; the run tells apart two installations that send from one domain."""
    domain = settings().tthc_mail_from.rpartition("@")[2]
    return f"<tthc-{mail_id}-{hashlib.sha256(run_id.encode()).hexdigest()[:12]}@{domain}>"


def deliver(connection: psycopg.Connection, send: Send) -> DeliveryResult:
    """Send what is queued, the oldest first, each in a transaction of its own; what fails keeps its error and is tried next time.

    Two deliveries at once share the work. After three failed connections in a row the rest waits without being tried.

    Args:
        connection: in autocommit mode.
        send: hands one message to an SMTP server, raises OSError (smtplib.SMTPException is one) where that fails.

    Raises:
        ValueError: the connection is not in autocommit mode, so a mail could be sent and its record rolled back.
        ContactsError: the contacts file, which says whom to answer, cannot be used.
    """
    if not connection.autocommit:
        raise ValueError("deliver needs a connection in autocommit mode: each sent mail is recorded at once")
    operators = load_contacts(settings().tthc_contacts).operators
    waiting = [mail_id for (mail_id,) in connection.execute("select mail_id from reporting.mail where sent_at is null order by mail_id")]
    sent = failed = dead_connections = 0
    last_error = ""
    for mail_id in waiting:
        is_tried = dead_connections < _GIVE_UP_AFTER
        if is_tried and not _hand_over(connection, mail_id):  # another delivery has it
            continue
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute("select * from reporting.mail where mail_id = %s and sent_at is null for update skip locked", (mail_id,)).fetchone()
            if row is None:
                continue
            is_refused = False
            if is_tried:
                try:
                    send(_message(row, operators, _attachments(cursor, mail_id)))
                except OSError as error:
                    last_error = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
                    is_answer = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
                    is_refused = is_answer or isinstance(error, ConnectionRefusedError)
                    dead_connections = 0 if is_answer else dead_connections + 1
                else:
                    cursor.execute("update reporting.mail set sent_at = now(), last_error = '' where mail_id = %s", (mail_id,))
                    cursor.execute("delete from reporting.mail_attachment where mail_id = %s", (mail_id,))
                    sent, dead_connections = sent + 1, 0
                    continue
            cursor.execute(
                "update reporting.mail set last_error = %s, handed_over_at = case when %s then null else handed_over_at end where mail_id = %s",
                (last_error, is_refused, mail_id),
            )
            failed += 1
    return DeliveryResult(sent, failed)


def _hand_over(connection: psycopg.Connection, mail_id: int) -> bool:
    """Write down that a mail goes to a server now, unless another delivery is at it."""
    with connection.transaction():
        row = connection.execute("select from reporting.mail where mail_id = %s and sent_at is null for update skip locked", (mail_id,)).fetchone()
        if row is not None:
            connection.execute("update reporting.mail set handed_over_at = coalesce(handed_over_at, now()) where mail_id = %s", (mail_id,))
    return row is not None


def state(row: Mapping[str, Any]) -> str:
    """What is known of a mail of the outbox (`sent_at`, `handed_over_at`, `last_error`), for the operator."""
    if row["sent_at"]:
        return "sent"
    if row["handed_over_at"]:
        told = f" ({row['last_error']})" if row["last_error"] else ""
        return f"maybe sent: handed over {row['handed_over_at'].astimezone(HANOI):%d/%m/%Y %H:%M}, answer unknown{told}; it is sent again, unchanged"
    return f"waiting: {row['last_error'] or 'not tried yet'}"


def forget(connection: psycopg.Connection, days: int) -> None:
    """Let go of the words of mails sent longer than `days` ago and of the records of answers before; who was told of what stays known."""
    with connection.transaction():
        connection.execute(
            "update reporting.mail set body_text = '', body_html = '' where sent_at < now() - make_interval(days => %s) and body_text <> ''", (days,)
        )
        connection.execute(
            "delete from reporting.told_at_the_door where mail_id in (select mail_id from reporting.mail where sent_at < now() - make_interval(days => %s))",
            (days,),
        )
        connection.execute("delete from reporting.answer where seen_at < now() - make_interval(days => %s)", (days,))


class _WholeSubject(EmailPolicy):
    """Folds a subject so that it is read as it was written: the standard policy of Python 3.11 loses a space where it wraps
    (`kiểm soát` arrives as `kiểmsoát`)."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() == "subject":
            return f"{name}: {Header(str(value), 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii") if name.lower() == "subject" else super().fold_binary(name, value)


def _attachments(cursor: psycopg.Cursor[dict[str, Any]], mail_id: int) -> list[dict[str, Any]]:
    return cursor.execute("select file_name, body_html from reporting.mail_attachment where mail_id = %s order by position", (mail_id,)).fetchall()


def _message(row: dict[str, Any], operators: tuple[str, ...], attachments: Sequence[dict[str, Any]]) -> EmailMessage:
    message = EmailMessage(_WholeSubject())
    message["From"] = Address(_SENDER_VI, addr_spec=settings().tthc_mail_from)
    message["To"] = Address(addr_spec=row["recipient"])
    message["Reply-To"] = [Address(addr_spec=email) for email in operators]
    message["Subject"] = row["subject_vi"]
    message["Date"] = row["handed_over_at"].astimezone(HANOI)
    message["Message-ID"] = row["message_id"]
    if row["reference_ids"]:
        message["In-Reply-To"] = row["reference_ids"][-1]
        message["References"] = " ".join(row["reference_ids"])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notes are not sent back
    # base64: long lines and 8-bit letters pass every server unharmed.
    message.set_content(row["body_text"], cte="base64")
    message.add_alternative(row["body_html"], subtype="html", cte="base64")
    for attachment in attachments:
        message.add_attachment(attachment["body_html"], subtype="html", filename=attachment["file_name"], cte="base64")
    return message


@contextmanager
def smtp_sender(host: str, port: int, timeout: float = 30) -> Iterator[Send]:
    """A `send` for `deliver`, without login or encryption: for a relay on the same host or the local sink.

    It connects with the first message and again after a failure, so that a server that is down is an error of the mail and not
    of the delivery.
    """
    client: smtplib.SMTP | None = None

    def send(message: EmailMessage) -> None:
        nonlocal client
        try:
            if client is None:
                client = smtplib.SMTP(host, port, timeout=timeout)
            client.send_message(message)
        except OSError:
            if client is not None:
                client.close()
            client = None
            raise

    try:
        yield send
    finally:
        if client is not None:
            with client:  # says QUIT, and bears a server that has hung up
                pass
