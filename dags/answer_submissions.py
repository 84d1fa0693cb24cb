"""
### Loads
Nothing. It reads the reports that came by mail (`TTHC_MAILDIR`), judges them and answers their senders; the night loads them.

### Runs when
Every minute where `TTHC_MAILDIR` is set, otherwise only by hand. `tthc answer` does the same from a shell.

### If it fails
Answers that could not be sent wait in the outbox and are tried a minute later. A mail that makes it fail again and again is named in
the log: move it out of the maildir.

### Safe to rerun?
Yes: a mail is answered once, known by its sender and Message-ID; the maildir is only read.
"""

from __future__ import annotations

from email.message import EmailMessage

import pendulum
from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from expectations.audit import audit
from ingest.documents import UnreadableDocument, read_document_limited
from ingest.facts import read_figures, read_header
from ingest.register import unit_register
from reporting import answer, mail
from warehouse import db
from warehouse.settings import settings


def _read(body: bytes, name: str) -> answer.Reading | str:
    try:
        document = read_document_limited(body, name)
    except UnreadableDocument as error:
        return error.reason
    header = read_header(document, unit_register())
    return document, header, read_figures(document, header)


@dag(
    schedule="* * * * *" if settings().tthc_maildir else None,
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "warehouse", "retries": 0},
    tags=["answers"],
    doc_md=__doc__,
)
def answer_submissions() -> None:
    @task
    def reply() -> dict[str, int]:
        from airflow.providers.smtp.hooks.smtp import SmtpHook

        def send(message: EmailMessage) -> None:
            try:
                with SmtpHook("smtp_default") as hook:
                    hook._smtp_client.send_message(message)
            except AirflowException as error:  # how the hook says that it found no server
                raise ConnectionError(str(error)) from error

        maildir = settings().tthc_maildir
        if maildir is None:
            raise AirflowSkipException("TTHC_MAILDIR is not set")
        with db.connect("mailer", autocommit=True) as connection:
            done = answer.answer_maildir(connection, maildir, _read, audit)
            print(f"answered {done.answered}, not answered: {', '.join(done.ignored) or 'none'}")
            result = mail.deliver(connection, send)
        if result.failed:
            raise RuntimeError(f"{result.failed} mails wait in the outbox (reporting.mail.last_error says why); they are tried again")
        return {"sent": result.sent}

    reply()


answer_submissions()
