"""A range loaded again: an explicit request with reason and requester, carried out once."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest
from click.testing import CliRunner

from cli import main
from ingest.backfill import RequestError, carry_out, editions, request
from ingest.sources import portal_index
from sample import standin
from tests.nights import ROOT, install
from warehouse.settings import settings

RANGES = {
    "quarters over a year's end": ("quarter:2025:3", "quarter:2026:1", ["quarter:2025:3", "quarter:2025:4", "quarter:2026:1"]),
    "months": ("month:2025:12", "month:2026:1", ["month:2025:12", "month:2026:1"]),
    "one year": ("year:2025", "year:2025", ["year:2025"]),
}


@pytest.mark.parametrize(("first", "last", "expected"), RANGES.values(), ids=RANGES.keys())
def test_a_range_is_its_periods(first: str, last: str, expected: list[str]) -> None:
    assert editions(first, last) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("quarter:2026:1", "quarter:2025:4"),
        ("month:2026:1", "quarter:2026:1"),
        ("2026", "2026"),
        ("year:1900", "year:2026"),
        ("month:2026:13", "month:2026:13"),
    ],
)
def test_what_is_no_range_is_refused(first: str, last: str) -> None:
    with pytest.raises(RequestError):
        editions(first, last)


def test_a_request_needs_a_reason_and_a_requester(loader: psycopg.Connection) -> None:
    for reason, requester in (("short", "VPCP"), ("restated in August", " ")):
        with pytest.raises(RequestError, match="say why"):
            request(loader, "portal_index", "year:2025", "year:2025", reason, requester)
    with pytest.raises(RequestError, match="not asked by period"):
        request(loader, "dossiers", "year:2025", "year:2025", "restated in August", "VPCP")


def test_a_request_is_carried_out_once_and_stays_as_evidence(loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with standin.serve() as server:
        monkeypatch.setenv("TTHC_PORTAL_URL", server.url)
        monkeypatch.setenv("TTHC_PORTAL_PERIODS", "year:2020")
        settings.cache_clear()
        number = request(loader, "portal_index", "quarter:2026:1", "quarter:2026:2", "restated by the portal in July", "Văn phòng UBND tỉnh")
        done = carry_out(loader, "backfill-1", lambda name: portal_index)
        assert done == {number: {"landed": 8}}
        assert carry_out(loader, "backfill-2", lambda name: portal_index) == {}
    assert loader.execute("select distinct edition from raw.landing order by 1").fetchall() == [("quarter:2026:1",), ("quarter:2026:2",)]
    assert loader.execute("select run_id, outcomes from raw.backfill_run").fetchall() == [("backfill-1", {"landed": 8})]
    assert loader.execute("select count(*) from raw.portal_index").fetchone() == (152,)


def test_a_request_of_which_nothing_landed_stays_open(loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with standin.serve() as server:
        monkeypatch.setenv("TTHC_PORTAL_URL", server.url)
        monkeypatch.setenv("TTHC_PORTAL_DROPS", str(standin.FOLDER))  # files that were dropped are no answer to a request
        settings.cache_clear()
        number = request(loader, "portal_index", "year:2019", "year:2019", "the first year of the portal", "VPCP")
        server.mode = "waf403"
        assert carry_out(loader, "backfill-1", lambda name: portal_index)[number]["landed"] == 0
        assert number in carry_out(loader, "backfill-2", lambda name: portal_index)


def test_the_command_records_a_request_and_refuses_others(database: str) -> None:
    ask = ["backfill", "portal_index", "quarter:2026:1", "quarter:2026:2", "--reason", "restated in July", "--requester", "VPCP"]
    assert "request 1: portal_index" in CliRunner().invoke(main, ask).output
    wrong = CliRunner().invoke(main, [*ask[:2], "Q1", *ask[3:]])
    assert wrong.exit_code == 1 and "“Q1” is no period" in wrong.output


def test_the_dag_is_run_by_hand() -> None:
    from dags.backfill import backfill

    dag = backfill()
    assert dag.schedule is None and set(dag.task_dict) == {"load"} and "Safe to rerun?" in str(dag.doc_md)


RUN_THE_DAG = """
import os, sys
from contextlib import ExitStack

import cli

with ExitStack() as stack:
    os.environ.update(cli._airflow_environment(stack, fleeting=True))  # before Airflow is imported, which reads it once
    from dags.backfill import backfill
    from warehouse import db

    state = str(backfill().test().state)
    with db.connect("loader") as connection:
        print(connection.execute("select request_id, (outcomes ->> 'landed')::int from raw.backfill_run").fetchall())
sys.exit(f"the run ended as {state}" if state != sys.argv[1] else 0)
"""


def test_the_dag_carries_a_request_out_and_leaves_its_evidence() -> None:
    with install() as installation, standin.serve() as server:
        environment = installation.environment(TTHC_PORTAL_URL=server.url, TTHC_PORTAL_PERIODS="year:2020")

        def run(state: str) -> str:
            done = subprocess.run([sys.executable, "-c", RUN_THE_DAG, state], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            return done.stdout.splitlines()[-1]

        asked = ["backfill", "portal_index", "quarter:2026:1", "quarter:2026:1", "--reason", "restated in July", "--requester", "VPCP"]
        assert "request 1" in installation.tthc(*asked)
        server.mode = "waf403"
        assert run("failed") == "[]"
        server.mode = ""
        assert run("success") == "[(1, 4)]"
