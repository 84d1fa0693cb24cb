"""Periods: the two calendars, printed dates, and the phrases reports use."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.model import Period
from warehouse.periods import (
    DateError,
    PeriodError,
    calendar,
    classify_range,
    is_legal,
    parse_date,
    parse_period_phrase,
    statutory,
)


@pytest.mark.parametrize(
    ("kind", "n", "start", "end"),
    [
        ("month", 1, date(2025, 12, 15), date(2026, 1, 14)),
        ("month", 3, date(2026, 2, 15), date(2026, 3, 14)),
        ("quarter", 1, date(2025, 12, 15), date(2026, 3, 14)),
        ("quarter", 2, date(2026, 3, 15), date(2026, 6, 14)),
        ("quarter", 3, date(2026, 6, 15), date(2026, 9, 14)),
        ("quarter", 4, date(2026, 9, 15), date(2026, 12, 14)),
        ("half", 1, date(2025, 12, 15), date(2026, 6, 14)),
        ("half", 2, date(2026, 6, 15), date(2026, 12, 14)),
        ("nine_months", 1, date(2025, 12, 15), date(2026, 9, 14)),
        ("year", 1, date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_statutory_cut_offs(kind: str, n: int, start: date, end: date) -> None:
    period = statutory(kind, 2026, n)  # type: ignore[arg-type]
    assert (period.calendar, period.start, period.end) == ("statutory", start, end)


def test_calendar_periods_are_whole_months() -> None:
    assert calendar("quarter", 2026, 1) == Period("calendar", date(2026, 1, 1), date(2026, 3, 31))
    assert calendar("month", 2028, 2).end == date(2028, 2, 29)
    assert calendar("nine_months", 2025).end == date(2025, 9, 30)
    assert calendar("half", 2025, 2) == Period("calendar", date(2025, 7, 1), date(2025, 12, 31))


def test_the_same_label_is_two_periods() -> None:
    one, other = statutory("quarter", 2026, 1), calendar("quarter", 2026, 1)
    assert one.label == other.label == "Quý I/2026"
    assert one != other and one.key != other.key


@given(st.integers(2000, 2090), st.sampled_from([("month", 12), ("quarter", 4), ("half", 2)]), st.sampled_from([statutory, calendar]))
def test_periods_of_a_kind_tile_the_year(year: int, kind: tuple[str, int], make) -> None:  # type: ignore[no-untyped-def]
    periods = [make(kind[0], year, n) for n in range(1, kind[1] + 1)]
    whole = make("year", year)
    assert (periods[0].start, periods[-1].end) == (whole.start, whole.end)
    for before, after in itertools.pairwise(periods):
        assert after.start == before.end + timedelta(days=1)
    for period in periods:
        assert is_legal(period)
        assert classify_range(period.start, period.end) == period


@pytest.mark.parametrize(("kind", "n"), [("quarter", 5), ("month", 13), ("half", 0), ("year", 2), ("nine_months", 2)])
def test_periods_that_do_not_exist_are_refused(kind: str, n: int) -> None:
    with pytest.raises(PeriodError, match="does not exist"):
        statutory(kind, 2026, n)  # type: ignore[arg-type]


def test_is_legal_knows_the_calendar() -> None:
    assert not is_legal(Period("calendar", date(2025, 12, 15), date(2026, 3, 14)))
    assert not is_legal(Period("statutory", date(2025, 12, 15), date(2026, 3, 15)))
    assert not is_legal(Period("other", date(2026, 1, 1), date(2026, 3, 31)))


def test_classify_range() -> None:
    assert classify_range(date(2025, 12, 15), date(2026, 3, 14)).label == "Quý I/2026"
    assert classify_range(date(2026, 1, 1), date(2026, 12, 31)).calendar == "calendar"
    other = classify_range(date(2025, 7, 1), date(2025, 9, 25))
    assert (other.calendar, other.label) == ("other", "01/07/2025–25/09/2025")
    with pytest.raises(PeriodError, match="backwards"):
        classify_range(date(2026, 12, 15), date(2026, 3, 15))


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["18/3/2025", "18/03/2025", "ngày 18/3/2025", "18-3-2025", "18.3.2025", "ngày 18 tháng 3 năm 2025", " Ngày 18 tháng 03, năm 2025 "],
)
def test_parse_date(text: str) -> None:
    assert parse_date(text) == date(2025, 3, 18)


def test_a_date_without_year_needs_one() -> None:
    assert parse_date("5/01", default_year=2026) == date(2026, 1, 5)
    assert parse_date("ngày 5 tháng 1", default_year=2026) == date(2026, 1, 5)
    with pytest.raises(DateError, match="“5/01” has no year"):
        parse_date("5/01")


@pytest.mark.parametrize("text", ["31/02/2025", "29/2/2025", "33/51", "ngày 18 tháng 13 năm 2025", "0/5/2025"])
def test_impossible_dates_are_refused_by_name(text: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text, default_year=2025)
    assert text in str(caught.value)


@pytest.mark.parametrize("text", ["ngày tháng năm 2025", "ngày   tháng 6 năm 2026", "1.568", "18/3/25", "3/2025", "", "hôm nay"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DateError, match="not a date"):
        parse_date(text)


# --- phrases ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "year", "n", "label"),
    [
        ("quý I/2026", "quarter", 2026, 1, "Quý I/2026"),
        ("Quý I/ 2026", "quarter", 2026, 1, "Quý I/2026"),
        ("Quý I, năm 2026", "quarter", 2026, 1, "Quý I/2026"),
        ("quý III năm 2023", "quarter", 2023, 3, "Quý III/2023"),
        ("QUÝ IV NĂM 2025", "quarter", 2025, 4, "Quý IV/2025"),
        ("quý 2/2026", "quarter", 2026, 2, "Quý II/2026"),
        ("Q1/2026", "quarter", 2026, 1, "Quý I/2026"),
        ("tháng 3/2026", "month", 2026, 3, "Tháng 3/2026"),
        ("tháng 03 năm 2026", "month", 2026, 3, "Tháng 3/2026"),
        ("6 tháng đầu năm 2026", "half", 2026, 1, "6 tháng đầu năm 2026"),
        ("06 tháng cuối năm 2025", "half", 2025, 2, "6 tháng cuối năm 2025"),
        ("6 tháng năm 2026", "half", 2026, 1, "6 tháng đầu năm 2026"),
        ("9 tháng năm 2025", "nine_months", 2025, 1, "9 tháng đầu năm 2025"),
        ("9 THÁNG ĐẦU NĂM 2025", "nine_months", 2025, 1, "9 tháng đầu năm 2025"),
        ("Báo cáo năm 2025", "year", 2025, 1, "Năm 2025"),
    ],
)
def test_phrases(text: str, kind: str, year: int, n: int, label: str) -> None:
    sentence = f"A {text}, b."
    (phrase,) = parse_period_phrase(sentence)
    assert phrase[1:5] == (kind, year, n, label)
    start, end = phrase.span
    assert sentence[start:end].lower() in text.lower() and str(year) in sentence[start:end]
    assert not phrase.problem


def test_a_year_is_taken_from_the_caller() -> None:
    assert parse_period_phrase("nhiệm vụ quý IV.", default_year=2023)[0][1:4] == ("quarter", 2023, 4)
    assert parse_period_phrase("6 tháng cuối năm", default_year=2026)[0][1:4] == ("half", 2026, 2)
    assert parse_period_phrase("nhiệm vụ quý IV.")[0].year is None
    assert parse_period_phrase("trong tháng 3", default_year=2026)[0][1:4] == ("month", 2026, 3)
    assert parse_period_phrase("trong tháng 3") == []
    assert parse_period_phrase("thu trong tháng 4.208.315.000 đồng", 2026) == []


@pytest.mark.parametrize(
    "text",
    [
        "ngày 18 tháng 3 năm 2025",
        "ngày tháng 6 năm 2026",
        "ngày tháng năm 2025",
        "02 tháng 6 năm 2023",
        "sau 02 tháng triển khai",
        "không quá 12 tháng; 01 tháng 01 lần; 01 quý 01 lần",
        "NHIỆM VỤ 9 THÁNG CUỐI NĂM 2026",
        "kế hoạch cải cách hành chính năm 2023",
        "biên chế được giao năm 2026 là 40",
        "tài liệu từ năm 2010 đến năm 2025",
        "nhiệm kỳ 2021-2026; Nghị định 118/2025/NĐ-CP",
        "UBND Q1, phường quý vị",
        "từ 17/51 đến 30/51",
    ],
)
def test_what_is_no_period(text: str) -> None:
    assert parse_period_phrase(text) == []


def test_the_year_counts_where_the_words_report() -> None:
    assert parse_period_phrase("BÁO CÁO\nKết quả kiểm soát thủ tục hành chính năm 2025")[0][1:4] == ("year", 2025, 1)
    assert parse_period_phrase("Trong năm 2025, phường đã")[0].kind == "year"
    assert parse_period_phrase("Kết quả tốt. Năm 2026 sẽ") == []


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("từ ngày 15/12/2025 đến 14/3/2026", date(2025, 12, 15), date(2026, 3, 14)),
        ("Từ ngày 15/12/2025 đến hết ngày 14/03/2026", date(2025, 12, 15), date(2026, 3, 14)),
        ("từ 15/12 đến 14/3/2026", date(2025, 12, 15), date(2026, 3, 14)),
        ("từ 01/7/2025 đến nay", date(2025, 7, 1), None),
        ("từ tháng 7/2025 đến tháng 6/2026", date(2025, 7, 1), date(2026, 6, 30)),
        ("từ ngày 01 tháng 7 năm 2025 đến ngày 25 tháng 9 năm 2025", date(2025, 7, 1), date(2025, 9, 25)),
        ("từ ngày 15/12/2026 đến 15/03/2026", date(2026, 12, 15), date(2026, 3, 15)),
    ],
)
def test_ranges_as_printed(text: str, start: date, end: date | None) -> None:
    (phrase,) = parse_period_phrase(f"(tính {text})")
    assert (phrase.kind, phrase.start, phrase.end, phrase.problem) == ("range", start, end, "")


def test_impossible_ones_are_told_not_dropped() -> None:
    (phrase,) = parse_period_phrase("từ 31/11/2025 đến 14/3/2026")
    assert phrase.start is None and phrase.end == date(2026, 3, 14) and "31/11/2025" in phrase.problem
    (phrase,) = parse_period_phrase("tháng 13/2026")
    assert "13" in phrase.problem
    (phrase,) = parse_period_phrase("quý V/2026")
    assert "does not exist" in phrase.problem


def test_several_in_reading_order() -> None:
    text = "Báo cáo quý I/2026 (từ ngày 15/12/2025 đến ngày 14/3/2026), nhiệm vụ quý II/2026"
    assert [phrase[1:4] for phrase in parse_period_phrase(text)] == [("quarter", 2026, 1), ("range", 2026, 0), ("quarter", 2026, 2)]
    spans = [phrase.span for phrase in parse_period_phrase(text)]
    assert spans == sorted(spans) and all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@given(st.text(st.sampled_from("quýtháng năm từđến/0123456789IV- \nnay.,"), max_size=60), st.sampled_from([None, 2026]))
def test_any_text_is_read_without_failing(text: str, default_year: int | None) -> None:
    phrases = parse_period_phrase(text, default_year)
    assert all(0 <= phrase.span[0] < phrase.span[1] <= len(text) for phrase in phrases)
    assert all(a.span[1] <= b.span[0] for a, b in itertools.pairwise(phrases))
