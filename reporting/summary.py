"""What a night did, for the person who ran it: landed, read, held back and why, published, mailed, time per step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reporting import mail
from warehouse.model import SHOWN_MARTS


@dataclass(frozen=True)
class NightSummary:
    """Everything the summary shows, as plain rows."""

    run_id: str
    sources: list[dict[str, Any]]
    failures: list[dict[str, Any]]
    reread: list[dict[str, Any]]
    held: list[dict[str, Any]]
    blocked: list[str]
    publication: dict[str, Any] | None
    last_publication: dict[str, Any] | None
    mails: list[dict[str, Any]]
    published_rows: dict[str, int]


def collect(connection: psycopg.Connection, run_id: str) -> NightSummary:
    """Read a run's summary as role mailer (`quality` and `marts` only)."""

    def rows(query: str, *parameters: object) -> list[dict[str, Any]]:
        return connection.cursor(row_factory=dict_row).execute(query, parameters).fetchall()

    published = rows("select to_regclass('marts.publication') is not null as exists")[0]["exists"]
    last = rows("select * from marts.publication order by publication_id desc limit 1") if published else []
    verdict = rows("select reasons from quality.run where run_id = %s and verdict = 'blocked'", run_id)
    return NightSummary(
        run_id=run_id,
        sources=rows(
            """
            select source,
                count(*) filter (where outcome = 'landed') as landed,
                count(*) filter (where outcome = 'seen_again') as seen_again,
                count(*) filter (where stage = 'parse' and outcome = 'parsed') as parsed,
                count(*) filter (where outcome not in ('landed', 'seen_again', 'parsed')) as failed,
                coalesce(sum(row_count) filter (where stage = 'parse'), 0)::bigint as row_count
            from quality.night_attempt where run_id = %s group by source order by source
            """,
            run_id,
        ),
        failures=rows(
            "select source, stage, origin, outcome, reason from quality.night_attempt where run_id = %s and outcome not in ('landed', 'seen_again', 'parsed')"
            " order by attempt_id",
            run_id,
        ),
        reread=rows("select * from quality.night_reread where run_id = %s order by source, reader_version, previous_version", run_id),
        held=rows(
            "select source, origin, unit_name_vi, period_label_vi, string_agg(distinct rule, ', ' order by rule) as rules, min(reason_vi) as reason_vi,"
            " bool_or(held_run_id = %s) as is_new from quality.held_submission group by source, origin, landing_id, row_key, unit_name_vi, period_label_vi"
            " order by landing_id",
            run_id,
        ),
        blocked=verdict[0]["reasons"] if verdict else [],
        publication=next((row for row in last if row["run_id"] == run_id), None),
        last_publication=last[0] if last else None,
        mails=rows("select recipient, subject_vi, sent_at, handed_over_at, last_error from reporting.mail where run_id = %s order by mail_id", run_id),
        published_rows={
            name: rows(f"select count(*) as n from marts.{name}")[0]["n"]  # names come from the catalogue below
            for (name,) in connection.execute(
                "select c.relname from pg_class c where c.relnamespace = 'marts'::regnamespace and c.relname <> 'publication'"
                " and (c.relkind = 'r' or c.relname = any(%s)) order by 1",
                (list(SHOWN_MARTS),),
            )
        },
    )


def render(summary: NightSummary, tasks: Sequence[dict[str, Any]], seconds: float, peak_mb: int, mail_folder: str) -> RenderableType:
    """The summary as rich renderables, in reading order.

    Args:
        tasks: `task`, `index`, `state`, `seconds` of each task instance, in order of start.
        seconds: wall time of the whole night, process start-up included.
        peak_mb: resident memory of the largest process of the run, in MiB.
    """
    parts: list[RenderableType] = []
    sources = Table("source", "landed", "seen again", "parsed", "rows or figures", "failed", title="What came in", title_justify="left")
    for column in sources.columns[1:]:
        column.justify = "right"
    for row in summary.sources:
        sources.add_row(*(str(row[name]) for name in ("source", "landed", "seen_again", "parsed", "row_count", "failed")))
    parts.append(sources)
    if summary.failures:
        failures = Table("source", "step", "outcome", "what and why", title="Attempts that failed (the night went on without them)", title_justify="left")
        for row in summary.failures:
            failures.add_row(row["source"], row["stage"], row["outcome"], Text(f"{row['origin']}: {row['reason']}" if row["origin"] else row["reason"]))
        parts.append(failures)
    if summary.reread:
        parts.append(_reread(summary.reread))
    if summary.held:
        held = Table(
            "source", "held back", "rules", "reason, as the officer is told", title="Held back by the gate (last good figures stay)", title_justify="left"
        )
        for row in summary.held:
            unit = " · ".join(part for part in (row["unit_name_vi"], row["period_label_vi"], row["origin"]) if part)
            held.add_row(row["source"], Text(unit), row["rules"] + ("" if row["is_new"] else " (since an earlier night)"), Text(row["reason_vi"]))
        parts.append(held)
    parts.append(_published(summary))
    if summary.mails:
        mails = Table("to", "subject", "state", title=f"Mails (kept as files in {mail_folder})", title_justify="left")
        for row in summary.mails:
            mails.add_row(row["recipient"], Text(row["subject_vi"]), Text(mail.state(row)))
        parts.append(mails)
    else:
        parts.append(Text("Mails: none; nobody has anything new to hear."))
    times = Table("step", "seconds", title=f"Time: {seconds:.1f} s in all; memory: {peak_mb} MiB at most", title_justify="left")
    times.columns[1].justify = "right"
    grouped: dict[str, float] = {}
    troubled: dict[str, str] = {}
    for task in tasks:
        grouped[task["task"]] = grouped.get(task["task"], 0.0) + task["seconds"]
        if task["state"] not in ("success", "skipped"):
            troubled[task["task"]] = "not run" if task["state"] == "upstream_failed" else "FAILED"
    for name, spent in grouped.items():
        if name != "watch":
            times.add_row(f"{name} {troubled.get(name, '')}".rstrip(), f"{spent:.1f}")
    times.add_row("process start-up and Airflow between the steps", f"{seconds - sum(grouped.values()):.1f}")
    parts.append(times)
    return Group(*parts)


def _reread(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """What a new reader version changed in the figures of old documents; the figures themselves stand in `quality.reread_figure`."""
    title = "Read again by another reader version: figures against the version before"
    table = Table("source", "versions", "documents", "with changes", "added", "removed", "changed", "same", title=title, title_justify="left")
    for column in table.columns[2:]:
        column.justify = "right"
    for row in rows:
        counts = (str(row[name]) for name in ("documents", "documents_changed", "added", "removed", "changed", "same"))
        table.add_row(row["source"], f"{row['previous_version']} → {row['reader_version']}", *counts)
    return table


def _published(summary: NightSummary) -> RenderableType:
    if summary.blocked:
        return Text("Published: nothing. The gate blocks this night:\n  " + "\n  ".join(summary.blocked))
    if summary.publication is None:
        if summary.last_publication is None:
            return Text("Published: nothing yet.")
        when = summary.last_publication["published_at"]
        return Text(f"Published: nothing; the marts are as publication {summary.last_publication['publication_id']} of {when:%d/%m/%Y %H:%M} left them.")
    table = Table(
        "mart", "new", "changed", "removed", "rows now", title=f"Published as publication {summary.publication['publication_id']}", title_justify="left"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for name in summary.publication["inserted"]:
        table.add_row(name, *(str(summary.publication[kind][name]) for kind in ("inserted", "changed", "removed")), str(summary.published_rows.get(name, 0)))
    for name in sorted(summary.published_rows.keys() & SHOWN_MARTS.keys() - summary.publication["inserted"].keys()):
        table.add_row(f"{name} (view)", "", "", "", str(summary.published_rows[name]))
    return table
