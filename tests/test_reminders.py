"""Reports that are due or missing: who is reminded, when, and who is left in peace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from reporting import mail
from reporting.letter import Missing, compose
from reporting.reminders import ExemptionsError, load_exemptions, title_vi
from tests.facts import GOOD, NEXT_QUARTER, TAM_THANH, submit
from tests.test_mail import _CONTACTS, _contacts, _incident
from warehouse import db
from warehouse.settings import settings

DUE = date(2026, 6, 18)
PERIOD = NEXT_QUARTER.key
_UNITS = [("02524", "phường Bình Thuận", "08"), ("05986", "phường Tam Thanh", "20"), ("11713", "xã Nghi Dương", "31"), ("11716", "xã Du Lễ", "31")]


@pytest.fixture
def outbox(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """An outbox beside marts in which four units owe the same report."""
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(_CONTACTS, encoding="utf-8")
    monkeypatch.setenv("TTHC_CONTACTS", str(contacts))
    settings.cache_clear()
    with db.connect("gate") as connection:
        connection.execute(
            "create table marts.dim_unit (unit_code text, unit_valid_from date, unit_valid_to date, full_name_vi text, province_code text);"
            "create table marts.reporting_status (unit_code text, unit_valid_from date, obligation text, period_key text, due_on date, sent_on date)"
        )
        for code, name, province in _UNITS:
            connection.execute("insert into marts.dim_unit values (%s, '2025-07-01', null, %s, %s)", (code, name, province))
            connection.execute("insert into marts.reporting_status values (%s, '2025-07-01', 'kstthc-quarter', %s, %s, null)", (code, PERIOD, DUE))
    with db.connect("mailer", autocommit=True) as connection:
        yield connection


def _as_gate(query: str) -> None:
    with db.connect("gate") as connection:
        connection.execute(query.encode())


def _night(connection: psycopg.Connection, today: date) -> dict[str, EmailMessage]:
    """What the night of a day mails, by recipient."""
    sent: list[EmailMessage] = []
    mail.queue(connection, f"night of {today}", today=today)
    mail.deliver(connection, sent.append)
    assert len(sent) == len({message["To"] for message in sent})
    return {message["To"]: message for message in sent}


def _text(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_each_stage_is_told_once_and_in_one_thread(outbox: psycopg.Connection) -> None:
    told = {}
    for days in range(-5, 20):
        mails = _night(outbox, DUE + timedelta(days=days))
        if mails:
            told[days] = mails["dau.moi@binh-thuan.example"]
    assert sorted(told) == [-2, 1, 7]
    assert told[-2]["Subject"] == "[TTHC] Phường Bình Thuận: Báo cáo kiểm soát TTHC Quý II/2026 sắp đến hạn (18/06/2026)"
    assert told[1]["Subject"] == "[TTHC] Phường Bình Thuận: Báo cáo kiểm soát TTHC Quý II/2026 quá hạn (18/06/2026)"
    assert "đã quá 7 ngày (lần nhắc cuối)" in _text(told[7])
    assert told[1]["In-Reply-To"] == told[-2]["Message-ID"]
    assert told[7]["References"].split() == [told[-2]["Message-ID"], told[1]["Message-ID"]]


def test_the_nearest_contact_is_reminded_in_one_mail(outbox: psycopg.Connection) -> None:
    mails = _night(outbox, DUE + timedelta(days=1))
    assert sorted(mails) == ["dau.moi@binh-thuan.example", "dau.moi@hai-xa.example", "kiem.soat@lang-son.example"]
    assert mails["dau.moi@hai-xa.example"]["Subject"] == "[TTHC] 2 báo cáo quá hạn"
    assert "chưa có đầu mối của đơn vị này" in _text(mails["kiem.soat@lang-son.example"])


def test_reminders_and_incidents_of_a_night_are_one_mail(outbox: psycopg.Connection) -> None:
    _incident("a")
    mails = _night(outbox, DUE + timedelta(days=1))
    assert "bị giữ lại" in mails["dau.moi@binh-thuan.example"]["Subject"]
    text = _text(mails["dau.moi@binh-thuan.example"])
    assert "BÁO CÁO QUÁ HẠN CHƯA NHẬN ĐƯỢC" in text
    assert "Đã giải quyết 1.488" in text


def test_a_mail_not_sent_yet_keeps_its_reminders_when_it_grows(outbox: psycopg.Connection) -> None:
    today = DUE + timedelta(days=1)
    mail.queue(outbox, "run", today=today)
    _incident("a")
    mail.queue(outbox, "run", today=today)
    ((text,),) = outbox.execute("select body_text from reporting.mail where recipient = 'dau.moi@binh-thuan.example'").fetchall()
    assert "BÁO CÁO QUÁ HẠN" in text
    assert "Đã giải quyết 1.488" in text


def test_every_unit_is_reminded_by_its_own_deadline(outbox: psycopg.Connection) -> None:
    _as_gate("update marts.reporting_status set due_on = due_on + 10 where unit_code = '02524'")  # its province allows ten days more
    on_the_common_day = _night(outbox, DUE + timedelta(days=1))
    assert "dau.moi@binh-thuan.example" not in on_the_common_day and "kiem.soat@lang-son.example" in on_the_common_day
    assert "28/06/2026" in _text(_night(outbox, DUE + timedelta(days=8))["dau.moi@binh-thuan.example"])  # two days before


@pytest.mark.parametrize(
    "peace",
    [
        "update marts.reporting_status set sent_on = '2026-06-17' where unit_code = '02524'",
        "update marts.dim_unit set unit_valid_to = '2026-06-15' where unit_code = '02524'",  # closed meanwhile
    ],
)
def test_who_sent_and_who_was_closed_is_left_in_peace(outbox: psycopg.Connection, peace: str) -> None:
    _as_gate(peace)
    assert "dau.moi@binh-thuan.example" not in _night(outbox, DUE + timedelta(days=1))


def test_what_arrived_since_the_last_publication_counts(outbox: psycopg.Connection) -> None:
    submit("bao-cao.txt", GOOD, replace(TAM_THANH, period=NEXT_QUARTER))
    assert "kiem.soat@lang-son.example" not in _night(outbox, DUE + timedelta(days=1))


def test_an_exempt_unit_is_left_in_peace_for_its_periods(outbox: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "exempt.csv"
    path.write_text(
        "unit_code,obligation,first_period_end,last_period_end,reason\n02524,,2026-06-14,2026-06-14,không phát sinh\n"
        "05986,form-06-quarter,2026-01-01,,biểu do tỉnh lập\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("TTHC_EXEMPTIONS", str(path))
    settings.cache_clear()
    mails = _night(outbox, DUE + timedelta(days=1))
    assert "dau.moi@binh-thuan.example" not in mails
    assert "kiem.soat@lang-son.example" in mails  # exempt from the form only


def test_a_stage_missed_for_long_is_not_told_late(outbox: psycopg.Connection) -> None:
    assert _night(outbox, DUE + timedelta(days=60)) == {}


def test_before_the_first_publication_nobody_is_reminded(database: str, tmp_path: Path) -> None:
    with db.connect("mailer", autocommit=True) as connection:
        assert mail.queue(connection, "run", today=DUE) == []


def test_three_hundred_missing_reports_are_one_readable_mail() -> None:
    missing = [Missing(f"xã Số {number:03}", "20", "Báo cáo kiểm soát TTHC Quý II/2026", DUE, 1, False, "tinh") for number in range(300)]
    letter = compose([], "tinh@a.example", _contacts(), "run", missing=missing)
    assert letter.subject_vi == "[TTHC] 300 báo cáo quá hạn"
    assert "… và 100 báo cáo khác." in letter.body_text
    assert len(letter.body_html) < 200_000


def test_titles_name_obligation_and_period() -> None:
    assert title_vi("form-06-year", "statutory:2025-12-15:2026-12-14") == "Biểu II.06/VPCP/KSTT Năm 2026"
    assert title_vi("la-quarter", PERIOD) == "Báo cáo định kỳ Quý II/2026"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a;b\n", "line 1: expected the columns"),
        ("unit_code,obligation,first_period_end,last_period_end,reason\n2524,,2026-01-01,,x\n", "line 2: expected a unit code of five digits"),
        ("unit_code,obligation,first_period_end,last_period_end,reason\n02524,,14/6/2026,,x\n", "line 2: the period ends must be days"),
        (
            "unit_code,obligation,first_period_end,last_period_end,reason\n02524,,2026-01-01,,\n",
            "line 2: expected a unit code of five digits, days in order, and a reason",
        ),
        (None, "cannot be read"),
    ],
)
def test_exemptions_that_cannot_be_used_are_named(tmp_path: Path, text: str | None, fault: str) -> None:
    if text is not None:
        (tmp_path / "e.csv").write_text(text)
    with pytest.raises(ExemptionsError, match=fault):
        load_exemptions(tmp_path / "e.csv")
