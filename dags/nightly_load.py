"""
### Loads
What the portal, the dossier exchange, the statutory forms and the communes' reports offer tonight, into the published marts and their extract (CSV, Parquet).

### Runs when
Every night at 00:30 Asia/Ho_Chi_Minh; `make nightly` runs the same tasks at once, without a scheduler.

### If it fails
The marts keep the publication before. The mail to the operator names the step; its log names file, place and remedy.
`.venv/bin/tthc status` shows what is landed, held back and published. Repair the cause, then clear the failed task
or run the DAG again.

### Safe to rerun?
Yes, at any step and any number of times: every task goes by what the database holds, publishing is one transaction,
and an incident that was mailed is not mailed again.
"""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import CronTriggerTimetable, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from dags import send_by_airflow
from expectations import gate, incidents
from expectations import publish as publishing
from expectations.audit import audit
from expectations.stored import load_submission
from ingest import landing
from reporting import mail, marked_report, validation_page
from warehouse import db, transform
from warehouse import extract as extracting
from warehouse.settings import settings

SOURCES = settings().sources


def _run_id() -> str:
    return str(get_current_context()["run_id"])


def _source(name: str) -> landing.Source:
    return importlib.import_module(f"ingest.sources.{name}")  # a module that implements the protocol


def _obey(verdict: gate.Verdict) -> dict[str, Any]:
    """Stop the night where the gate says so; trying again would judge the same rows."""
    if verdict.blocking:
        raise AirflowFailException("the gate blocks the night:\n" + "\n".join(verdict.blocking))
    return {"held": verdict.held, "released": verdict.released}


@dag(
    schedule=CronTriggerTimetable("30 0 * * *", timezone="Asia/Ho_Chi_Minh"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "warehouse", "retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["nightly"],
    doc_md=__doc__,
)
def nightly_load() -> None:
    @task(map_index_template="{{ task.op_kwargs['source'] }}")
    def land(source: str) -> dict[str, int]:
        with db.connect("loader", autocommit=True) as connection:
            return dict(landing.land(connection, _source(source), _run_id(), print))

    @task(map_index_template="{{ task.op_kwargs['source'] }}")
    def parse(source: str) -> dict[str, int]:
        with db.connect("loader", autocommit=True) as connection:
            return dict(landing.parse(connection, _source(source), _run_id(), print))

    @task
    def staging() -> None:
        transform.build("staging", print)

    @task
    def gate_submissions() -> dict[str, Any]:
        with db.connect("gate", autocommit=True) as connection:
            return _obey(gate.judge_submissions(connection, _run_id(), print))

    @task
    def marts() -> None:
        transform.build("candidate", print)

    @task
    def gate_marts() -> dict[str, Any]:
        with db.connect("gate", autocommit=True) as connection:
            return _obey(gate.judge_marts(connection, _run_id(), print))

    @task
    def publish() -> int:
        with db.connect("gate", autocommit=True) as connection:
            return publishing.publish(connection, _run_id(), print).rows

    @task
    def extract() -> dict[str, int]:
        """The publication as files. If it fails the marts stay published, and the next night or `tthc extract` writes them."""
        folder, rows = extracting.extract_publication(settings().extract_dir)
        print(f"{folder}: {len(rows)} marts, {sum(rows.values())} rows")
        return rows

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def notify() -> dict[str, int]:
        context = get_current_context()
        states = context["ti"].get_task_states(dag_id=context["dag"].dag_id, run_ids=[_run_id()])[_run_id()]
        with db.connect("gate", autocommit=True) as judge, db.connect("mailer", autocommit=True) as mailer:

            def marked_up(submission_id: int) -> str | None:
                try:
                    stored = load_submission(judge, submission_id)
                    findings = audit(stored.document, stored.header, stored.figures)
                    return marked_report.render(stored.document, stored.header, stored.figures, findings)
                except (ValueError, LookupError, ArithmeticError) as error:  # told as held back by the rule `audited`
                    print(f"submission {submission_id}: no marked-up report: {type(error).__name__}: {error}")
                    return None

            incidents.update(judge, _run_id(), [f"{name}: see its log" for name, state in states.items() if state == "failed" and name != "watch"])
            validation_page.write(mailer, _run_id(), settings().pages_dir)
            mail.queue(mailer, _run_id(), marked_up, validation_page.link(_run_id(), settings().pages_dir, settings().tthc_pages_url))
            result = mail.deliver(mailer, send_by_airflow)
            mail.forget(mailer, settings().tthc_history_days)
        if result.failed:
            raise RuntimeError(f"{result.failed} mails wait in the outbox (reporting.mail.last_error says why); they are tried again")
        return {"sent": result.sent}

    @task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
    def watch() -> None:
        """Fails the run where a task failed: notify runs after failures too, and would make the night look whole."""
        raise AirflowFailException("a task of this night failed: see the tasks above")

    landed = land.expand(source=SOURCES)
    parsed = parse.expand(source=SOURCES)
    steps = [staging(), gate_submissions(), marts(), gate_marts(), publish(), extract(), notify()]
    landed >> parsed >> steps[0]
    for before, after in itertools.pairwise(steps):
        before >> after
    [landed, parsed, *steps] >> watch()


night = nightly_load()

if __name__ == "__main__":  # make nightly: the same tasks in this process, without a scheduler
    for one in night.task_dict.values():
        one.retries = 0
    run = night.test()
    report = {
        "run_id": run.run_id,
        "state": str(run.state),
        "tasks": [
            {"task": ti.task_id, "index": ti.map_index, "state": str(ti.state), "seconds": (ti.end_date - ti.start_date).total_seconds()}
            for ti in sorted(run.get_task_instances(), key=lambda ti: ti.start_date or ti.dag_run.start_date)
            if ti.start_date and ti.end_date
        ],
    }
    Path(sys.argv[1]).write_text(json.dumps(report))
