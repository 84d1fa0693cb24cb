"""
### Loads
The ranges of periods that somebody asked to load again (`raw.backfill_request`: source, range, reason, requester), into `raw`.

### Runs when
By hand, after `tthc backfill SOURCE FROM TO --reason … --requester …`; the next night judges and publishes what it brought.

### If it fails
What landed stays. A request of which nothing could be landed stays open: repair the cause and run the DAG again.

### Safe to rerun?
Yes: a request that was carried out is not carried out again, and the same bytes are seen again.
"""

from __future__ import annotations

import importlib
from typing import cast

import pendulum
from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from ingest import landing
from ingest.backfill import carry_out
from warehouse import db


def _source(name: str) -> landing.Source:
    return cast(landing.Source, importlib.import_module(f"ingest.sources.{name}"))


@dag(
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "warehouse", "retries": 1},
    tags=["by hand"],
    doc_md=__doc__,
)
def backfill() -> None:
    @task
    def load() -> dict[str, dict[str, int]]:
        with db.connect("loader", autocommit=True) as connection:
            done = carry_out(connection, str(get_current_context()["run_id"]), _source, print)
        empty = [str(request) for request, outcomes in done.items() if not outcomes["landed"] + outcomes["seen_again"] + outcomes["outside_band"]]
        if empty:
            raise AirflowFailException(f"nothing could be landed for request {', '.join(empty)}: see the attempts of this run in raw.attempt")
        return {str(request): dict(outcomes) for request, outcomes in done.items()}

    load()


backfill()
