"""The gate at the marts: every rule has a case that trips it, on a copy of a real night's candidates; the untouched night passes."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from expectations import gate
from expectations.suites import mart_checks
from tests.nights import FirstNight
from warehouse import db
from warehouse.settings import settings

_COPY = "broken_candidates"
_FIGURE = "(select figure_id from candidate.figures_told where source = 'narrative_reports' order by figure_id limit 1 offset {})"
_ONE = "ctid = (select min(ctid) from candidate.{})"

_WITHOUT_CONSTRAINTS = """
    do $$ declare one record; begin
        for one in select conrelid::regclass as mart, conname from pg_constraint where connamespace = 'candidate'::regnamespace and contype <> 'n' loop
            execute format('alter table %s drop constraint %I', one.mart, one.conname);
        end loop;
        for one in select attrelid::regclass as mart, attname from pg_attribute inner join pg_class on pg_class.oid = attrelid
            where relnamespace = 'candidate'::regnamespace and relkind = 'r' and attnotnull and attnum > 0
        loop
            execute format('alter table %s alter column %I drop not null', one.mart, one.attname);
        end loop;
    end $$
"""
"""dbt's contracts stop some of these before the gate sees them; the gate must not count on it."""

_FAULTS = {
    ("volume", "candidate.staffing"): ["delete from candidate.staffing"],
    ("volume", "sources of figures"): ["delete from candidate.figures_told where source = 'portal_index'"],
    ("grain", "keys that service_quality_index has twice"): ["insert into candidate.service_quality_index select * from candidate.service_quality_index limit 1"],
    ("grain", "candidate.dim_period"): ["update candidate.dim_period set period_key = null where " + _ONE.format("dim_period")],
    ("provenance", "candidate.figures_told"): ["update candidate.figures_told set locator = '' where figure_id = " + _FIGURE.format(0)],
    ("provenance", "figures and their landings"): [
        "update candidate.figures_told set landing_sha256 = repeat('0', 64) where figure_id = " + _FIGURE.format(1)
    ],
    ("unit-placed", "units of submitted figures"): ["update candidate.figures_told set unit_code = '' where figure_id = " + _FIGURE.format(2)],
    ("unit-placed", "candidate.performance_told"): [
        "update candidate.performance_told set unit_code = '' where " + _ONE.format("performance_told")
    ],
    ("measure-known", "candidate.figures_told"): ["update candidate.figures_told set measure = '' where figure_id = " + _FIGURE.format(3)],
    ("count-not-negative", "candidate.figures_told"): ["update candidate.figures_told set value = -1 where figure_id = " + _FIGURE.format(4)],
    ("count-not-negative", "counts of dossiers"): ["update candidate.dossier_counts set paused = null where scope <> ''"],
    ("provenance", "candidate.dossier_counts"): ["update candidate.dossier_counts set figure_ids = null where " + _ONE.format("dossier_counts")],
    ("unit-placed", "candidate.dossier_counts"): ["update candidate.dossier_counts set unit_code = '' where " + _ONE.format("dossier_counts")],
    ("index-maximum", "candidate.service_quality_index"): [
        "update candidate.service_quality_index set score = 130 where component = 'TOTAL' and source <> 'jumpy'"
    ],
    ("judged", "figures not judged or held"): [
        "update candidate.figures_told set (submission_id, landing_id) = (select submission_id, landing_id from quality.quarantine"
        " where released_at is null and submission_id is not null limit 1) where figure_id = " + _FIGURE.format(5)
    ],
}  # fmt: skip
_DOUBTS = {
    "reconciliation": [
        """insert into candidate.performance_told select (jsonb_populate_record(null::candidate.performance_told, to_jsonb(p)
            || '{"source": "narrative_reports", "value": 100000, "figure_id": "doubt"}')).*
        from candidate.performance_told p where source = 'statutory_forms' and scope = '' and subject = '' and measure = 'tthc_resolved_total' limit 1"""
    ],
    "reconciliation-dossiers": [
        "update candidate.dossier_counts set resolved_total = 900000 where scope = ''"
    ],
    "jump": [
        f"""insert into candidate.dim_period select (jsonb_populate_record(null::candidate.dim_period, to_jsonb(p)
            || '{{"period_key": "statutory:{start}:{end}", "period_start": "{start}", "period_end": "{end}"}}')).*
        from candidate.dim_period p where period_kind = 'quarter' and period_calendar = 'statutory' and period_key is not null limit 1;
        insert into candidate.performance_told select (jsonb_populate_record(null::candidate.performance_told, to_jsonb(p)
            || '{{"source": "jumpy", "value": {value}, "period_key": "statutory:{start}:{end}", "period_calendar": "statutory", "figure_id": "jump"}}')).*
        from candidate.performance_told p where scope = '' and subject = '' and measure = 'tthc_received_total' limit 1"""
        for start, end, value in (("2020-03-15", "2020-06-14", 500), ("2020-06-15", "2020-09-14", 510), ("2020-09-15", "2020-12-14", 9000))
    ],
    "index-jump": [
        f"""insert into candidate.service_quality_index select (jsonb_populate_record(null::candidate.service_quality_index, to_jsonb(s)
            || '{{"source": "jumpy", "score": {score}, "period_key": "statutory:{key}", "period_calendar": "statutory", "is_final": true}}')).*
        from candidate.service_quality_index s where component = 'TOTAL' limit 1"""
        for key, score in (("2020-03-15:2020-06-14", 80), ("2020-06-15:2020-09-14", 40))
    ],
    "completeness": [
        f"""insert into candidate.submissions select (jsonb_populate_record(null::candidate.submissions, to_jsonb(s) || jsonb_build_object(
            'submission_key', 'complete ' || unit.unit_code || '{end}', 'unit_code', unit.unit_code, 'unit_valid_from', unit.unit_valid_from, 'kind', 'cchc',
            'source', 'narrative_reports', 'is_current', true, 'period_calendar', 'statutory', 'period_key', 'statutory:{start}:{end}',
            'period_start', '{start}', 'period_end', '{end}'))).*
        from (select * from candidate.submissions limit 1) s cross join (
            select * from candidate.dim_unit where level = 'commune' and unit_valid_to is null and unit_code <> '' order by province_code, unit_code limit {units}
        ) unit"""
        for start, end, units in (("2020-03-15", "2020-06-14", 12), ("2020-06-15", "2020-09-14", 10))
    ],
    "procedure-in-force": ["insert into candidate.dim_procedure (procedure_code) values ('0.000000')"],
    "unit-unplaced": ["update candidate.dossier_agencies set unit_code = '' where " + _ONE.format("dossier_agencies")],
}  # fmt: skip


@pytest.fixture
def broken(first: FirstNight, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings point to a copy of the first night's warehouse; the night itself stays as it is."""
    for name, value in first.installation.environment().items():
        if name.startswith("TTHC_"):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("WAREHOUSE_DSN", raising=False)
    settings.cache_clear()
    dsn = db.dsn("owner")
    server = dsn.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {}").format(sql.Identifier(_COPY), sql.Identifier(db.WAREHOUSE)))
    monkeypatch.setenv("WAREHOUSE_DSN", f"{server}/{_COPY}")
    settings.cache_clear()
    yield
    settings.cache_clear()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(_COPY)))


def test_every_rule_at_the_marts_has_a_case_that_trips_it(first: FirstNight, broken: None) -> None:
    with db.connect("owner") as connection:
        (run_id,) = connection.execute("select run_id from quality.run where verdict = 'publish'").fetchone() or ("",)
        warned = connection.execute("select rule from quality.gate_result where decision = 'warn' and run_id = %s", (run_id,)).fetchall()
        assert ("completeness",) not in warned
        connection.execute(_WITHOUT_CONSTRAINTS)
        for statements in (*_DOUBTS.values(), *_FAULTS.values()):  # doubts first: they copy rows as the night left them
            for statement in statements:
                changed = connection.execute(statement.encode()).rowcount
                assert changed > 0, statement
    with db.connect("gate", autocommit=True) as connection:
        blocking = gate.judge_marts(connection, run_id).blocking
        told = {rule for (rule,) in connection.execute("select distinct rule from quality.doubt where cleared_at is null")}
    tripped = {(rule, table) for rule, table in _FAULTS if any(reason.startswith(f"{rule} on {table}:") for reason in blocking)}
    assert tripped == set(_FAULTS), blocking
    checks = mart_checks({}, ("portal_index",))
    assert {check.rule for check in checks if check.severity == "error"} == {rule for rule, _ in _FAULTS}
    assert told >= set(_DOUBTS), told
    assert {check.rule for check in checks if check.severity != "error"} == set(_DOUBTS)
