"""`tthc`: the same functions as the DAGs, for one person at a shell."""

from __future__ import annotations

import csv
import fcntl
import importlib
import json
import os
import re
import resource
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg.rows import dict_row
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse import db
from warehouse.catalogue import measures
from warehouse.model import Document, Figure, Header, Unread
from warehouse.postgres import ServerError
from warehouse.refusals import refusal_vi
from warehouse.settings import ROOT, SettingsError, settings

_MOST_WAITING = 20
SOURCES = ["portal_index", "dossiers", "statutory_forms", "narrative_reports", "onestop_statistics", "procedures"]

# Piped output has no width to fit into: tables keep their columns whole.
console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160)


class _OneLineErrors(click.Group):
    """Faults of the environment and of the input end with one line on stderr and exit code 1, never with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, ServerError, db.SchemaError) as error:
            raise click.ClickException(str(error)) from error
        except psycopg.OperationalError as error:
            hint = "check WAREHOUSE_DSN" if settings().warehouse_dsn else f"see {db.embedded_server().log}"
            raise click.ClickException(f"PostgreSQL cannot be reached: {str(error).strip().splitlines()[-1]} ({hint})") from error


@click.group(cls=_OneLineErrors)
def main() -> None:
    """The TTHC warehouse: run the night, ask the marts, trace a figure to its sentence."""


@main.command()
def bootstrap() -> None:
    """Create the warehouse's schemas, roles and tables where they are missing."""
    applied = db.bootstrap()
    console.print(f"applied: {', '.join(applied)}" if applied else "the warehouse is up to date")


@main.command()
@click.argument("source", type=click.Choice(SOURCES))
@click.option("--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="One dropped file in place of what the source offers.")
def land(source: str, file: Path | None) -> None:
    """Land one source, or one dropped file of it, read it, and say what became of it. The night publishes it."""
    from ingest import landing

    db.bootstrap()
    module: Any = importlib.import_module(f"ingest.sources.{source}")
    run_id = f"land-{datetime.now().astimezone():%Y%m%dT%H%M%S%f}"
    with db.connect("loader", autocommit=True) as connection:
        landing.land(connection, module, run_id, items=module.receive(file, settings()) if file else None)
        landing.parse(connection, module, run_id)
        became = landing.became(connection, run_id)
    _print_table(["origin", "scope", "edition", "landed", "read", "rows", "reason"], [list(row)[:-1] for row in became], f"{source}: run {run_id}")
    if failed := sum(row.has_failed for row in became):
        raise click.ClickException(f"{failed} of {len(became)} attempts failed; their reasons say what to do. What was landed before is unchanged")


@main.command()
@click.argument("source")
@click.argument("first", metavar="FROM")
@click.argument("last", metavar="TO")
@click.option("--reason", required=True, help="Why; kept with the request.")
@click.option("--requester", required=True, help="The office or account that asks; kept with the request.")
def backfill(source: str, first: str, last: str, reason: str, requester: str) -> None:
    """Ask to load a range of periods again (month:2026:1 month:2026:6); the DAG backfill carries it out."""
    from ingest import backfill as requests

    db.bootstrap()
    with db.connect("loader") as connection:
        try:
            number = requests.request(connection, source, first, last, reason, requester)
        except requests.RequestError as error:
            raise click.ClickException(str(error)) from error
    console.print(f"request {number}: {source} {first} to {last}; run the DAG backfill to carry it out")


@main.command()
def nightly() -> None:
    """Run the night now: the real DAG, the real gate, without a scheduler."""
    from reporting import summary, validation_page

    started = time.monotonic()
    with _only_one_night() as lock, ExitStack() as stack:
        with console.status("preparing the warehouse and Airflow's database"):
            db.bootstrap()
            environment = _airflow_environment(stack, fleeting=True)
        report = settings().tthc_state_dir / "night.json"
        report.unlink(missing_ok=True)
        log = settings().tthc_state_dir / "logs" / f"nightly-{datetime.now().astimezone():%Y%m%dT%H%M%S}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        # The child holds the lock too: a killed parent does not let a second night in while tasks still run.
        with subprocess.Popen(
            [sys.executable, "-m", "dags.nightly_load", str(report)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", pass_fds=[lock],
        ) as child, log.open("w") as file, console.status("starting Airflow") as status:  # fmt: skip
            for line in child.stdout or ():
                file.write(line)
                if found := re.search(r"\[DAG TEST\] starting task_id=(\w+)", line):
                    status.update(f"{found[1]} ({time.monotonic() - started:.0f} s)")
        if not report.exists():
            raise click.ClickException(f"the night broke off before its end; its log: {log}")
        night = json.loads(report.read_text())
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        with db.connect("mailer") as connection:
            told = summary.collect(connection, night["run_id"])
        console.print(summary.render(told, night["tasks"], time.monotonic() - started, peak_mb, str(settings().mail_sink_dir)))
        _next_commands(told.published_rows.get("figures", 0) > 0)
        console.print(f"Validation page: {validation_page.link(night['run_id'], settings().pages_dir, settings().tthc_pages_url)}", soft_wrap=True)
        console.print(f"Log of the run: {log}", soft_wrap=True)
    if night["state"] != "success":
        is_published = any(ran["task"] == "publish" and ran["state"] == "success" for ran in night["tasks"])
        marts = "the marts are published" if is_published else "what was published before is unchanged"
        raise click.ClickException(f"the night did not finish: the steps marked FAILED and the log say why; {marts}")


def _next_commands(has_figures: bool) -> None:
    tthc = os.path.relpath(Path(sys.argv[0]).resolve()) if Path(sys.argv[0]).name == "tthc" else ".venv/bin/tthc"
    console.print("\nNext:", style="bold")
    if has_figures:
        with db.connect("analyst") as connection:
            row = connection.execute("select figure_id from figures where source = 'narrative_reports' order by figure_id limit 1").fetchone()
        console.print(f'  {tthc} sql "select unit_name_vi, measure, value, file_name, quote_vi from figures limit 10"', soft_wrap=True, highlight=False)
        if row:
            console.print(f"  {tthc} trace {row[0]}", highlight=False)
    console.print(f"  {tthc} status", highlight=False)
    console.print("  make up        # Airflow with its web UI", highlight=False)


@contextmanager
def _only_one_night() -> Iterator[int]:
    """The lock of the night, as an open file descriptor."""
    settings().tthc_state_dir.mkdir(parents=True, exist_ok=True)
    path = settings().tthc_state_dir / "nightly.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException("another night is running in this clone; wait for its end") from None
        yield file.fileno()


def _airflow_environment(stack: ExitStack, *, fleeting: bool) -> dict[str, str]:
    """Airflow's settings for this clone, with its database migrated.

    Args:
        stack: closes what is started here.
        fleeting: start the mail sink and the portal's stand-in for this command where none is configured; with the stand-in the rest of the
            sample comes in, too.
    """
    home = settings().tthc_state_dir / "airflow"
    home.mkdir(parents=True, exist_ok=True)
    smtp = {"host": settings().tthc_smtp_host, "port": settings().tthc_smtp_port}
    extra: dict[str, Any] = {"disable_ssl": True, "from_email": settings().tthc_mail_from}
    portal = settings().tthc_portal_url
    sample: dict[str, str] = {}
    if fleeting and not smtp["host"]:
        from reporting.sink import sink

        started = stack.enter_context(sink(settings().mail_sink_dir))
        smtp = {"host": started.host, "port": started.port}
    if not settings().tthc_smtp_host:
        extra["disable_tls"] = True
    if fleeting and not portal:
        from sample import standin

        portal = stack.enter_context(standin.serve()).url
        sample = _sample_of_further_sources()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",  # standalone looks for `airflow` there
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",  # of 5 s: on a busy machine tasks failed before they began
        "AIRFLOW__API_AUTH__JWT_SECRET": settings().derive("airflow-jwt"),
        "AIRFLOW__CORE__FERNET_KEY": "",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW_CONN_SMTP_DEFAULT": json.dumps({"conn_type": "smtp", **smtp, "extra": extra}),
        "TTHC_PORTAL_URL": portal,
        **sample,
        "TTHC_SECRET_KEY": settings().secret_key.decode(),
    }
    if "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in os.environ:
        environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = db.metadata_dsn()
        _migrate_airflow(environment, home)
    return environment


def _sample_of_further_sources() -> dict[str, str]:
    """The sample's folders for the sources that not every installation has, where they are not configured."""
    config = settings()
    further = {
        "onestop": ("TTHC_ONESTOP_DROPS", config.tthc_onestop_systems or config.tthc_onestop_drops),
        "procedures": ("TTHC_PROCEDURES_DROPS", config.tthc_procedures_pull or config.tthc_procedures_drops),
    }
    return {variable: str(ROOT / "sample" / folder) for folder, (variable, is_configured) in further.items() if not is_configured}


def _migrate_airflow(environment: dict[str, str], home: Path) -> None:
    """Run `airflow db migrate` where the stamp says another version did it last (it costs seconds of start-up)."""
    import importlib.metadata

    version = importlib.metadata.version("apache-airflow-core")
    with psycopg.connect(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", ""), autocommit=True) as connection:
        row = connection.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()").fetchone()
        if row and row[0] == f"airflow {version}":
            return
        done = subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise click.ClickException(f"airflow db migrate failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
        connection.execute(f"comment on database {db.METADATA} is 'airflow {version}'")  # both parts are ours


@main.command()
def up() -> None:
    """Airflow with its web UI on loopback, the same DAGs scheduled; a mail sink and the portal's stand-in beside it."""
    with ExitStack() as stack:
        with console.status("preparing the warehouse and Airflow's database"):
            db.bootstrap()
            environment = _airflow_environment(stack, fleeting=True)
        password = secrets.token_urlsafe(12)
        passwords = Path(environment["AIRFLOW_HOME"]) / "simple_auth_manager_passwords.json"
        passwords.touch(mode=0o600)
        passwords.write_text(json.dumps({"admin": password}))
        port = os.environ.get("AIRFLOW__API__PORT", "8080")
        environment |= {
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "AIRFLOW__API__PORT": port,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        }
        console.print(f"Airflow: http://127.0.0.1:{port} (user admin, password {password}); mails are kept in {settings().mail_sink_dir}", soft_wrap=True)
        # A group of its own: a signal to standalone alone leaves scheduler and workers behind.
        child = subprocess.Popen([sys.executable, "-m", "airflow", "standalone"], env=environment, cwd=ROOT, start_new_session=True)

        def stop(*_: object) -> None:
            os.killpg(child.pid, signal.SIGTERM)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        code = child.wait()
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise click.ClickException(f"airflow standalone ended with exit code {code}")


@main.command()
def stop() -> None:
    """Stop the embedded PostgreSQL; the next command that needs it starts it again."""
    if settings().warehouse_dsn:
        raise click.ClickException("WAREHOUSE_DSN names a server of yours; it is not stopped from here")
    console.print("stopped" if db.embedded_server().stop() else "it was not running")


@main.command()
def docs() -> None:
    """Generate dbt's documentation of every model and column."""
    from warehouse import transform

    console.print(f"open {transform.docs_generate()}", soft_wrap=True)


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def extract(folder: Path | None) -> None:
    """Write the published marts as CSV and Parquet files with a manifest, for people outside the database.

    Into FOLDER, which they replace; without it where the night writes each publication, if it is not there yet.
    """
    from warehouse import extract as extracting

    try:
        if folder is None:
            folder, rows = extracting.extract_publication(settings().extract_dir)
        else:
            rows = extracting.extract(folder)
    except extracting.ExtractError as error:
        raise click.ClickException(str(error)) from error
    console.print(f"{len(rows)} marts, {sum(rows.values())} rows: {folder}", soft_wrap=True, highlight=False)


@main.command(name="sql")
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
def sql_(query: str, as_csv: bool, as_json: bool) -> None:
    """Ask the marts in SQL, as the analyst: reads `marts` and nothing else."""
    if as_csv and as_json:
        raise click.UsageError("--csv or --json, not both")
    with db.connect("analyst") as connection:
        try:
            cursor = connection.execute(query.encode())
        except psycopg.Error as error:
            raise click.ClickException(str(error).strip()) from error
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall() if names else []
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    elif as_json:
        for row in rows:
            click.echo(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str))
    else:
        _print_table(names, rows)


def _print_table(names: list[str], rows: list[Any], title: str | None = None) -> None:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if value is None else str(value)) for value in row))
    console.print(table)


@main.command()
@click.argument("figure_id")
def trace(figure_id: str) -> None:
    """Where a published figure comes from: file, place, sentence, landing, gate result."""
    with db.connect("mailer") as connection:
        cursor = connection.cursor(row_factory=dict_row)
        try:
            figure = cursor.execute("select * from marts.figures where figure_id = %s", (figure_id,)).fetchone()
        except psycopg.errors.UndefinedTable:
            raise click.ClickException("nothing is published yet: run `make nightly` first") from None
        if figure is None:
            raise click.ClickException(f'no published figure has the id {figure_id}; `tthc sql "select figure_id from figures"` lists them')
        publication = cursor.execute("select * from marts.publication where publication_id = %s", (figure["publication_id"],)).fetchone()
        submission = figure["submission_id"]
        evaluations = cursor.execute(
            "select e.rule, e.left_value, e.right_value, case when j.excess > 0 then 'fails (' || e.severity || ')' else 'holds' end as result"
            " from quality.judged_evaluation j join quality.evaluation e using (submission_id, evaluation_no) where submission_id = %s"
            " and e.audit_version = (select audit_version from quality.judged_submission s where s.submission_id = e.submission_id) order by evaluation_no",
            (submission,),
        ).fetchall()
        findings = cursor.execute(
            "select rule, severity, message_vi from quality.judged_finding where submission_id = %s order by finding_id", (submission,)
        ).fetchall()
    if publication is None:
        raise click.ClickException(f"figure {figure_id} names a publication that is not in the ledger")
    facts = Table(show_header=False, title=f"Figure {figure_id}", title_justify="left")
    for name, value in (
        ("measure", f"{figure['measure']} {figure['scope']} {figure['subject']}".strip()),
        ("value", f"{figure['bound']} {figure['value']} {figure['unit']}"),
        ("unit", f"{figure['unit_name_vi']} ({figure['unit_code']} since {figure['unit_valid_from']})"),
        ("period", figure["period_key"] or f"as of {figure['as_of_date']}"),
        ("printed as", figure["printed_text"]),
        ("sentence or cell", figure["quote_vi"]),
        ("place", figure["locator"]),
        ("file", f"{figure['file_name']} ({figure['origin']})"),
        ("landing", f"{figure['landing_id']}, sha256 {figure['landing_sha256']}, fetched {figure['fetched_at']}"),
        ("publication", f"{publication['publication_id']} of {publication['published_at']:%d/%m/%Y %H:%M}, run {publication['run_id']}"),
    ):
        facts.add_row(name, escape(str(value)))
    console.print(facts)
    if evaluations:
        _print_table(["rule", "left", "right", "result"], [list(row.values()) for row in evaluations], "Gate: identities of its submission")
    if findings:
        _print_table(["rule", "severity", "as the officer is told"], [list(row.values()) for row in findings], "Gate: findings in its submission")
    if not evaluations and not findings:
        console.print("Gate: no identity of its submission could be evaluated and none of the document checks raised a doubt.")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a figure.")
@click.option("--all-measures", is_flag=True, help="With --json: also the measures that are the project's own (who left, who came, …).")
@click.option("--text", "as_text", is_flag=True, help="Print the stored text that every span counts in.")
def read(files: tuple[Path, ...], as_json: bool, all_measures: bool, as_text: bool) -> None:
    """Read reports and show every figure with its sentence. Needs no database.

    As JSON the measures are those of the shared vocabulary, which other programs know.
    """
    with _each_report(files) as reports:
        for name, document, _, figures in reports:
            if as_text:
                click.echo(document.text if document else f"{name}: a workbook has no text\n", nl=False, err=document is None)
                continue
            rows = [_figure_row(name, figure) for figure in figures]
            if as_json:
                told = [row for row in rows if all_measures or measures()[row["measure"]].shared]
                for row in told:
                    click.echo(json.dumps(row, ensure_ascii=False))
                if len(told) < len(rows):
                    click.echo(f"{name}: figures of the project's own measures left out: {len(rows) - len(told)}; --all-measures prints them too", err=True)
            else:
                _print_table(
                    ["measure", "scope", "value", "unit", "printed in"],
                    [
                        [row["measure"], f"{row['scope']} {row['subject']}".strip(), f"{row['bound']}{row['value']}".lstrip("="), row["unit"], row["quote"]]
                        for row in rows
                    ],
                    f"{name}: {len(rows)} figures",
                )


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
@click.option("--html", "html", type=click.Path(path_type=Path, dir_okay=False), help="Write the marked-up report of one file as a page.")
def check(files: tuple[Path, ...], as_json: bool, html: Path | None) -> None:
    """Read reports and forms and tell what does not fit, before anybody signs. Needs no database."""
    from expectations.audit import audit

    if html and len(files) != 1:
        raise click.UsageError("--html takes one file")
    with _each_report(files, html) as reports:
        for name, document, header, figures in reports:
            findings = audit(document, header, figures)
            if html:
                from ingest.documents import page_pictures_limited
                from reporting.marked_report import render

                pictures = page_pictures_limited(files[0].read_bytes(), name) if document is not None and document.method == "ocr" else ()
                _write_page(html, render(document, header, figures, findings, pictures))
            if as_json:
                for finding in findings:
                    row = {
                        "file": name,
                        "rule": finding.rule,
                        "severity": finding.severity,
                        "message_vi": finding.message_vi,
                        "places": [{"start": place.start, "end": place.end, "quote": place.quote} for place in finding.places],
                        "values": dict(finding.values),
                    }
                    click.echo(json.dumps(row, ensure_ascii=False))
            else:
                nothing = "đạt, không có điểm nghi vấn" if figures else "không đọc được số liệu nào; đề nghị kiểm tra có đúng tệp báo cáo không"
                told = f"{len(findings)} điểm cần xem lại" if findings else nothing
                console.print(f"{name}: {told}", style="bold", highlight=False)
                for finding in findings:
                    console.print(f"  [{finding.severity}] {finding.rule}: {finding.message_vi}", markup=False, highlight=False)
                    for quote in dict.fromkeys(place.quote for place in finding.places):
                        where = ", ".join(place.locator for place in finding.places if place.quote == quote)
                        console.print(f"      «{quote}» ({where})", markup=False, highlight=False)
            if html:
                console.print(f"{name}: {html}", soft_wrap=True, highlight=False)


@main.command()
@click.option("--inbox", is_flag=True, help="Also tell the officers of the units whose files came into TTHC_INBOX and TTHC_FORMS_DIR in the last two days.")
def answer(inbox: bool) -> None:
    """Answer what came by mail (TTHC_MAILDIR, TTHC_IMAP_HOST): đạt, or what does not fit, with the marked-up report; each once, at once."""
    from expectations.audit import audit
    from ingest.folders import recent_files
    from ingest.maildrop import MailDropError, recent_mails
    from ingest.reading import read_submission
    from reporting import answer as answers
    from reporting import mail
    from reporting.sink import sink

    config = settings()
    if not (config.tthc_maildir or config.tthc_imap_host or inbox):
        raise click.UsageError("set TTHC_MAILDIR or TTHC_IMAP_HOST, or ask for --inbox")
    db.bootstrap()
    fault = ""
    with ExitStack() as stack:
        connection = stack.enter_context(db.connect("mailer", autocommit=True))
        host, port = config.tthc_smtp_host, config.tthc_smtp_port
        if not host:
            kept = stack.enter_context(sink(config.mail_sink_dir))
            host, port = kept.host, kept.port
        desk = answers.Desk(connection, read_submission, audit, stack.enter_context(mail.smtp_sender(host, port)))
        for folder in (config.tthc_inbox, config.tthc_forms_dir) if inbox else ():
            desk.answer_files(recent_files(folder, answers.ENDINGS, answers.RECENT))
        try:
            desk.answer_mails(recent_mails(config, answers.RECENT, set()))
        except MailDropError as error:
            fault = str(error)
        desk.deliver()
    console.print(f"answered: {desk.answered}, sent: {desk.sent}, waiting: {desk.waiting}", highlight=False)
    for reason in desk.ignored:
        console.print(f"  not answered: {reason}", highlight=False, soft_wrap=True)
    if desk.waiting:
        raise click.ClickException(f"{desk.waiting} mails wait in the outbox; `tthc status` counts them, the next call tries again")
    if fault:
        raise click.ClickException(fault)


def _write_page(path: Path, page: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


@contextmanager
def _each_report(files: tuple[Path, ...], page: Path | None = None) -> Iterator[Iterator[tuple[str, Document | None, Header, tuple[Figure, ...]]]]:
    """Read each file; a file that cannot be read is named on stderr and, where a `page` is asked for, there; the others go on, the exit code is 1."""
    from ingest.reading import read_submission

    unreadable = 0

    def reports() -> Iterator[tuple[str, Document | None, Header, tuple[Figure, ...]]]:
        nonlocal unreadable
        for path in files:
            reading = read_submission(path.read_bytes(), path.name)
            if isinstance(reading, Unread):
                unreadable += 1
                # the officer's words first, then the reader's for the operator
                click.echo(f"{path}: {refusal_vi(reading.reason)}\n  ({reading.reason}: {reading.message})", err=True)
                if page:
                    from reporting.marked_report import render_refusal

                    _write_page(page, render_refusal(path.name, reading))
                continue
            yield str(path), *reading

    yield reports()
    if unreadable:
        raise click.ClickException(f"{unreadable} of {len(files)} files could not be read")


def _figure_row(name: str, figure: Figure) -> dict[str, Any]:
    return {
        "file": name,
        "measure": figure.measure,
        "scope": figure.scope,
        "subject": figure.subject,
        "value": str(figure.value),
        "unit": figure.unit,
        "bound": figure.bound,
        "quote": figure.quote,
        "start": figure.start,
        "end": figure.end,
        "page": figure.page,
        "section": figure.section,
        "period_from": figure.period.start.isoformat() if figure.period else None,
        "period_to": figure.period.end.isoformat() if figure.period else None,
        "as_of": figure.as_of.isoformat() if figure.as_of else None,
        "confidence": figure.confidence,
    }


_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@main.command()
@click.argument("rule")
@click.option("--landing", type=int, help="The landing to admit.")
@click.option("--unit", default="", help="Unit code; with --period.")
@click.option("--period", default="", help="Period key, e.g. statutory:2025-12-15:2026-03-14.")
@click.option("--until", required=True, type=_DAY, help="The last day on which it admits.")
@click.option("--by", required=True, help="The office or account that answers for it.")
@click.option("--why", required=True, help="The reason, kept with it.")
def waive(rule: str, landing: int | None, unit: str, period: str, until: datetime, by: str, why: str) -> None:
    """Admit what RULE holds back of one landing, or of one unit and period, until a day; from the next night on."""
    from expectations import waivers

    with db.connect("gate", autocommit=True) as connection:
        try:
            granted = waivers.grant(
                connection, rule, reason=why, granted_by=by, valid_until=until.date(), landing_id=landing, unit_code=unit, period_key=period
            )
        except waivers.WaiverError as error:
            raise click.ClickException(str(error)) from error
    console.print(
        f"waiver {granted.waiver_id}: {rule} admits until {granted.valid_until:%d/%m/%Y}; `tthc unwaive {granted.waiver_id}` ends it", highlight=False
    )


@main.command()
@click.argument("waiver", type=int)
@click.option("--by", required=True, help="The office or account that answers for it.")
def unwaive(waiver: int, by: str) -> None:
    """End a waiver now: what still fails is held back again by the next night."""
    from expectations import waivers

    with db.connect("gate", autocommit=True) as connection:
        try:
            waivers.withdraw(connection, waiver, withdrawn_by=by)
        except waivers.WaiverError as error:
            raise click.ClickException(str(error)) from error
    console.print(f"waiver {waiver} admits nothing more", highlight=False)


@main.command(name="waivers")
def waivers_() -> None:
    """The waivers that admit something today."""
    from expectations import waivers

    with db.connect("gate", autocommit=True) as connection:
        rows = [
            (w.waiver_id, w.rule, w.landing_id or f"{w.unit_code} {w.period_key}", f"{w.valid_until:%d/%m/%Y}", w.granted_by, w.reason)
            for w in waivers.in_force(connection)
        ]
    _print_table(["waiver", "rule", "landing, or unit and period", "until", "by", "why"], rows, "Waivers in force")


@main.command()
@click.argument("publication", type=int)
@click.option("--by", required=True, help="The office or account that answers for it.")
@click.option("--why", required=True, help="The reason, kept in the ledger.")
def rollback(publication: int, by: str, why: str) -> None:
    """Bring the marts back to what PUBLICATION published; the nights publish nothing more until `tthc resume`."""
    from expectations import publish

    with db.connect("gate", autocommit=True) as connection:
        try:
            restored = publish.rollback(connection, publication, by=by, why=why)
        except publish.PublishRefused as error:
            raise click.ClickException(str(error)) from error
    if restored.publication_id is None:
        console.print(f"the marts are as publication {publication} left them: nothing to do", highlight=False)
    else:
        console.print(
            f"publication {restored.publication_id} brings back {publication}: {restored.rows} rows; the nights wait for `tthc resume`", highlight=False
        )


@main.command()
@click.option("--by", required=True, help="The office or account that answers for it.")
def resume(by: str) -> None:
    """Let the nights publish again after a rollback."""
    from expectations import publish

    with db.connect("gate", autocommit=True) as connection:
        try:
            ended = publish.resume(connection, by=by)
        except publish.PublishRefused as error:
            raise click.ClickException(str(error)) from error
    console.print(f"rollback {ended} no longer stops the nights", highlight=False)


@main.command()
@click.argument("login")
@click.option("--commune", default="", help="Code of the unit whose rows the login reads, with those merged into it.")
@click.option("--province", default="", help="Code of the province whose rows the login reads.")
@click.option("--everything", is_flag=True, help="All units.")
@click.option("--by", required=True, help="The office or account that answers for it.")
@click.option("--why", required=True, help="The reason, kept with it.")
def grant(login: str, commune: str, province: str, everything: bool, by: str, why: str) -> None:
    """Let LOGIN read a commune, a province or everything in the marts; makes the login where it is missing."""
    from warehouse import rights

    wanted: list[tuple[rights.Kind, str]] = [("commune", commune), ("province", province), ("everything", "")]
    chosen = [(kind, code) for kind, code in wanted if code or (kind == "everything" and everything)]
    if len(chosen) != 1:
        raise click.UsageError("one of --commune CODE, --province CODE, --everything")
    with db.connect("owner", autocommit=True) as connection:
        try:
            given = rights.grant(connection, login, *chosen[0], by=by, why=why)
        except rights.RightsError as error:
            raise click.ClickException(str(error)) from error
    console.print(f"{login} reads {'everything' if everything else f'{given.units} units, present and past'}", highlight=False)
    if given.password:
        console.print(f"password (shown once, kept nowhere): {given.password}", soft_wrap=True, highlight=False)


@main.command()
@click.argument("login")
@click.option("--unit", help="Only the right to this commune or province; without it all rights of the login.")
@click.option("--by", required=True, help="The office or account that answers for it.")
def revoke(login: str, unit: str | None, by: str) -> None:
    """End LOGIN's rights to read; open sessions lose them at once."""
    from warehouse import rights

    with db.connect("owner", autocommit=True) as connection:
        try:
            ended = rights.revoke(connection, login, by=by, unit_code=unit)
        except rights.RightsError as error:
            raise click.ClickException(str(error)) from error
    console.print(f"{ended} rights of {login} ended", highlight=False)


@main.command(name="rights")
def rights_() -> None:
    """Who reads which units."""
    from warehouse import rights

    with db.connect("owner", autocommit=True) as connection:
        rows = rights.in_force(connection)
    _print_table(["login", "reads", "unit", "units", "by", "why", "since"], [(*row[:-1], f"{row[-1]:%d/%m/%Y}") for row in rows], "Rights in force")


@main.command()
@click.option("--since", type=_DAY, help="First day of landing.")
@click.option("--until", type=_DAY, help="Last day of landing.")
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given several times.")
@click.option("--all", "everything", is_flag=True, help="Also what is held now as it would be then.")
def backtest(since: datetime | None, until: datetime | None, rules: tuple[str, ...], everything: bool) -> None:
    """Run today's rules over past landings and list what would have been held back; writes nothing."""
    from expectations import backtest as backtests

    with db.connect("gate", autocommit=True) as connection:
        try:
            result = backtests.run(
                connection,
                since=since.date() if since else None,
                until=until.date() if until else None,
                rules=rules,
                progress=lambda line: click.echo(line, err=True),
            )
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    shown = [verdict for verdict in result.verdicts if everything or verdict.change != "as now"]
    _print_table(
        ["change", "rule", "source", "unit", "period", "landing", "row", "landed", "reason"],
        [(v.change, v.rule, v.source, v.unit_name_vi, v.period_key, v.landing_id, v.row_key, v.fetched_on, v.reason_vi) for v in shown],
        f"Backtest: {result.submissions} submissions audited, {len(result.verdicts)} reasons to hold back, {len(shown)} shown",
    )
    for line in result.failed:
        click.echo(f"cannot be audited: {line}", err=True)


@main.command()
def status() -> None:
    """What is landed, failing and since when, held back, published and waiting to be mailed."""
    from reporting import mail

    with db.connect("mailer") as connection:
        attempts = connection.execute(
            "select source, count(*) filter (where outcome = 'landed'), to_char(max(started_at) filter (where outcome in ('landed', 'seen_again')), 'DD/MM/YYYY HH24:MI'),"
            " to_char(max(started_at) filter (where outcome not in ('landed', 'seen_again', 'parsed')), 'DD/MM/YYYY HH24:MI') from quality.night_attempt group by source order by source"
        ).fetchall()
        failing = connection.execute(
            "select source, coalesce(nullif(scope, ''), origin), outcome, failing_since::timestamptz(0), failed_attempts, last_success_at::timestamptz(0), reason"
            " from quality.failing_source order by failing_since"
        ).fetchall()
        held = connection.execute(
            "select source, unit_name_vi, period_label_vi, origin, rule, held_at::date from quality.held_submission order by held_at"
        ).fetchall()
        incidents = connection.execute(
            "select rule, subject_vi, unit_name_vi, opened_at::date, last_seen_at::date from quality.incident where recovered_at is null order by opened_at"
        ).fetchall()
        waiting = (
            connection.cursor(row_factory=dict_row)
            .execute("select recipient, subject_vi, sent_at, handed_over_at, last_error from reporting.mail where sent_at is null order by mail_id")
            .fetchall()
        )
        exists = connection.execute("select to_regclass('marts.publication') is not null").fetchone()
        publication = (
            connection.execute("select publication_id, published_at, run_id from marts.publication order by publication_id desc limit 1").fetchone()
            if exists and exists[0]
            else None
        )
    _print_table(["source", "landings", "last success", "last failure"], attempts, "Sources")
    if failing:
        _print_table(["source", "what", "outcome", "failing since", "times", "worked last", "reason"], failing, "Failing now")
    _print_table(["source", "unit", "period", "file", "rule", "since"], held, "Held back")
    _print_table(["rule", "what", "unit", "opened", "last seen"], incidents, "Open incidents")
    if waiting:
        _print_table(["to", "subject", "state"], [(row["recipient"], row["subject_vi"], mail.state(row)) for row in waiting[:_MOST_WAITING]], "Mails to send")
    console.print(f"Mails waiting to be sent: {len(waiting)}")
    if publication:
        console.print(f"Last publication: {publication[0]} of {publication[1]:%d/%m/%Y %H:%M} (run {publication[2]})")
    else:
        console.print("Nothing is published yet.")


if __name__ == "__main__":
    main()
