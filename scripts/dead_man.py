#!/usr/bin/env python3
"""The dead-man switch: says so when the night did not happen, whoever should have run it.

It runs from cron or systemd, outside Airflow, and imports nothing of the project (standard library and psycopg): it works when
the scheduler never ran, when PostgreSQL is down, when the code does not even import. It never starts a server. The operator gets
one mail when no night of the day went through publishing by the given hour, and one more when a night is there again.

Environment, as the night's: WAREHOUSE_DSN (or TTHC_STATE_DIR of the embedded server), TTHC_SECRET_KEY (or the state folder's
`secret`), TTHC_SMTP_HOST, TTHC_SMTP_PORT, TTHC_MAIL_FROM, TTHC_CONTACTS (the role van_hanh is told, unless --to names others).

Exit codes: 0 all is well, 1 the alarm stands (it was mailed), 2 the alarm could not be mailed or a setting is missing (said on
stderr, which cron and systemd keep; tried again at the next call).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import hmac
import json
import os
import smtplib
import sys
import tempfile
from datetime import datetime, time, timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_NEWEST = """
    select
        max(published_at),
        max(judged_at) filter (where verdict = 'blocked'),
        max(judged_at) filter (where verdict = 'publish' and published_at is null)
    from quality.run
"""


class SetUpError(Exception):
    """A setting is missing or wrong; one line with the remedy."""


def expected_since(now: datetime, by: time) -> datetime:
    """The midnight after which a night must have been judged: today's from `by` on, yesterday's before."""
    today = now.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    return today if now.astimezone(HANOI).time() >= by else today - timedelta(days=1)


def connection_parameters(environment: dict[str, str]) -> dict[str, Any]:
    """Where the warehouse is and how its mailer role logs in.

    Raises:
        SetUpError: there is no address or no secret.
    """
    state = Path(environment.get("TTHC_STATE_DIR") or ROOT / ".run")
    secret = environment.get("TTHC_SECRET_KEY", "").encode()
    if not secret:
        try:
            secret = (state / "secret").read_bytes()
        except OSError as error:
            raise SetUpError(f"TTHC_SECRET_KEY is not set and {state / 'secret'} cannot be read: {error.strerror}") from error
    login = {"user": "tthc_mailer", "password": hmac.new(secret, b"role:mailer", hashlib.sha256).hexdigest(), "connect_timeout": "10"}
    if environment.get("WAREHOUSE_DSN"):
        return {**conninfo_to_dict(environment["WAREHOUSE_DSN"]), **login}
    return {"host": "127.0.0.1", "port": _embedded_port(state), "dbname": "tthc", **login}


def _embedded_port(state: Path) -> str:
    """The port the embedded server was last given; whether it listens is for the connection to find out."""
    digest = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    for home in (state.resolve() / "postgres", Path("/var/tmp") / f"tthc-postgres-{digest}"):  # see warehouse/postgres.py
        try:
            return (home / "port").read_text().strip()
        except OSError:
            continue
    raise SetUpError(f"WAREHOUSE_DSN is not set and there is no embedded server in {state}: set one, or TTHC_STATE_DIR")


def newest_night(parameters: dict[str, Any]) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When a night last went through publishing (with or without a difference), when one was last blocked, and when one last passed the
    gate without being published.

    Raises:
        psycopg.Error: the warehouse cannot be asked.
    """
    with psycopg.connect(**parameters) as connection:
        row = connection.execute(_NEWEST).fetchone()
    return (row[0], row[1], row[2]) if row else (None, None, None)


def recipients(environment: dict[str, str], given: list[str]) -> list[str]:
    """Who is told: those given, else the operators of the contacts file.

    Raises:
        SetUpError: nobody.
    """
    if given:
        return given
    path = Path(environment.get("TTHC_CONTACTS") or ROOT / "sample" / "contacts.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = [row["email"].strip() for row in csv.DictReader(file) if (row.get("role") or "").strip() == "van_hanh"]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise SetUpError(f"{path}: the contacts cannot be read ({error}); name a recipient with --to") from error
    if not found:
        raise SetUpError(f"{path}: nobody has the role van_hanh; name a recipient with --to")
    return found


def send(environment: dict[str, str], to: list[str], subject: str, body: str, occasion: str) -> None:
    """Hand one mail to the SMTP server; one that goes out twice for the same `occasion` (a crash) has the same Message-ID.

    Raises SetUpError without a server, OSError (as smtplib does) where it fails.
    """
    host, sender = environment.get("TTHC_SMTP_HOST", ""), environment.get("TTHC_MAIL_FROM") or "kho-du-lieu-tthc@tthc.example"
    if not host:
        raise SetUpError("TTHC_SMTP_HOST is not set: the alarm cannot be mailed")
    message = MIMEText(body, "plain", "utf-8")
    message["From"], message["To"] = sender, ", ".join(to)
    message["Subject"] = Header(subject, "utf-8", header_name="Subject").encode()  # EmailMessage of Python 3.11 loses a space where it wraps
    message["Date"] = format_datetime(datetime.now(HANOI))
    message["Message-ID"] = f"<tthc-{hashlib.sha256(occasion.encode()).hexdigest()[:24]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    with smtplib.SMTP(host, int(environment.get("TTHC_SMTP_PORT") or 25), timeout=30) as server:
        server.send_message(message)


def look(environment: dict[str, str], now: datetime, by: time, state: dict[str, Any]) -> tuple[str, datetime | None]:
    """Why the alarm must stand (empty: all is well), and the newest good night known."""
    since = expected_since(now, by)
    known = datetime.fromisoformat(state["last_good"]) if state.get("last_good") else None
    try:
        good, blocked, passed = newest_night(connection_parameters(environment))
    except psycopg.Error as error:
        # A server that is down after a good night is no missed night yet.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return ("" if known and known >= since else f"không hỏi được PostgreSQL của kho dữ liệu: {reason}"), known
    if good and good >= since:
        return "", good
    if blocked and blocked >= since:
        return f"đợt nạp lúc {_when(blocked)} bị cửa kiểm tra chặn, không công bố", good
    if passed and passed >= since:
        return f"đợt nạp lúc {_when(passed)} đạt kiểm tra nhưng bước công bố không hoàn thành", good
    return "không có đợt nạp nào được kiểm tra xong (bộ lập lịch có thể không chạy)", good


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(HANOI):%H:%M ngày %d/%m/%Y}" if moment else "chưa ghi nhận lần nào"


def run(environment: dict[str, str], now: datetime, by: time, state_file: Path, given: list[str]) -> int:
    """One look, and the mail that follows from it; returns the exit code."""
    state = _read_state(state_file)
    to = recipients(environment, given)
    reason, good = look(environment, now, by, state)
    last_good = good.isoformat() if good else state.get("last_good")
    alarm = state.get("alarm_since")
    if reason and not alarm:
        body = (
            f"Đến {by:%H:%M} ngày {now.astimezone(HANOI):%d/%m/%Y}, kho dữ liệu thủ tục hành chính (TTHC) chưa có đợt nạp hoàn thành.\n\n"
            f"Lý do: {reason}.\n"
            f"Đợt nạp đạt gần nhất: {_when(good)}.\n\n"
            "Số liệu đã công bố trước đó vẫn dùng được nhưng không mới. Cách xử lý: kiểm tra máy chủ PostgreSQL và bộ lập lịch Airflow,\n"
            "xem `tthc status`, rồi chạy lại đợt nạp (`tthc nightly`, hoặc chạy DAG nightly_load).\n\n"
            "Thư này do công tắc báo động ngoài Airflow gửi một lần; khi có đợt nạp hoàn thành sẽ có thư thứ hai.\n"
        )
        send(
            environment,
            to,
            f"[TTHC] BÁO ĐỘNG: chưa có đợt nạp hoàn thành đến {by:%H:%M} ngày {now.astimezone(HANOI):%d/%m/%Y}",
            body,
            f"alarm {now.astimezone(HANOI):%F} {last_good}",
        )
        alarm = now.isoformat()
    elif alarm and not reason:
        body = f"Đã có đợt nạp hoàn thành lúc {_when(good)}. Báo động từ {_when(datetime.fromisoformat(alarm))} kết thúc;\nkhông cần làm gì thêm.\n"
        send(environment, to, "[TTHC] Hết báo động: đợt nạp đã hoàn thành", body, f"all clear {alarm}")
        alarm = None
    _write_state(state_file, {"alarm_since": alarm, "last_good": last_good})
    if reason:
        print(f"dead man: {reason}", file=sys.stderr)
    return 1 if reason else 0


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SetUpError(f"{path} is damaged ({error}): delete it; a standing alarm is then mailed once more") from error
    return state if isinstance(state, dict) else {}


def _write_state(path: Path, state: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(state, file)
    Path(name).replace(path)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Mail the operator when no night has published by a given hour; once, and once more when one is there.")
    parser.add_argument("--by", type=time.fromisoformat, default=time(6), help="hour of Asia/Ho_Chi_Minh by which the night must be over (default 06:00)")
    parser.add_argument("--state", type=Path, help="what was mailed last (default: dead_man.json in TTHC_STATE_DIR)")
    parser.add_argument("--to", action="append", default=[], help="recipient; may be repeated (default: the contacts' van_hanh)")
    options = parser.parse_args(arguments)
    environment = dict(os.environ)
    state_file = options.state or Path(environment.get("TTHC_STATE_DIR") or ROOT / ".run") / "dead_man.json"
    try:
        return run(environment, datetime.now(HANOI), options.by, state_file, options.to)
    except (SetUpError, OSError) as error:
        print(f"dead man: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
