"""
### Loads
Nothing. It reads the reports and forms that came by mail (`TTHC_MAILDIR`, `TTHC_IMAP_HOST`) or into the inbox folders (`TTHC_INBOX`,
`TTHC_FORMS_DIR`), judges them and answers their senders, or the officers of their units; the night loads them.

### Runs when
Every minute; a run looks every few seconds for most of that minute. `tthc answer` does the same once from a shell.

### If it fails
Answers that could not be sent wait in the outbox and are tried by the next run; so is a mail folder that could not be reached.

### Safe to rerun?
Yes: a submission is answered once, known by its sender and Message-ID or by its bytes; mails and folders are only read.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import Param, dag, get_current_context, task

from dags import send_by_airflow
from expectations.audit import audit
from ingest.folders import recent_files
from ingest.maildrop import recent_mails
from ingest.reading import read_submission
from reporting import answer
from warehouse import db
from warehouse.settings import settings


@dag(
    schedule="* * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "warehouse", "retries": 0},
    params={"watch_seconds": Param(50, type="number", minimum=0, description="For how long to look again and again; 0: once")},
    tags=["answers"],
    doc_md=__doc__,
)
def answer_submissions() -> None:
    @task
    def reply() -> dict[str, int]:
        config = settings()
        fetched: set[str] = set()
        with db.connect("mailer", autocommit=True) as connection:
            desk = answer.Desk(connection, read_submission, audit, send_by_airflow)

            def look() -> None:
                for folder in (config.tthc_inbox, config.tthc_forms_dir):
                    desk.answer_files(recent_files(folder, answer.ENDINGS, answer.RECENT, quiet=timedelta(seconds=3)))
                desk.answer_mails(recent_mails(config, answer.RECENT, fetched))

            # A mail server is not logged in to every three seconds.
            answer.watch(look, float(get_current_context()["params"]["watch_seconds"]), pause=12 if config.tthc_imap_host else 3)
            desk.deliver()
        print(f"answered {desk.answered}, not answered: {', '.join(desk.ignored) or 'none'}")
        if desk.waiting:
            raise RuntimeError(f"{desk.waiting} mails wait in the outbox (reporting.mail.last_error says why); they are tried again")
        return {"answered": desk.answered}

    reply()


answer_submissions()
