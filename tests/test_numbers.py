"""Printed numbers: what Vietnamese offices print, what stays ambiguous, what is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.numbers import NumberError, NumberKind, parse_number


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1.568", "count", "1568"),
        ("2630", "count", "2630"),
        ("04", "count", "4"),
        ("55.875.000", "money", "55875000"),
        ("98,2 %", "percent", "98.2"),
        ("92.48%", "percent", "92.48"),
        ("99.125", "percent", "99.125"),
        ("51,84", "decimal", "51.84"),
        ("55,8 triệu", "money", "55800000"),
        ("318,9 nghìn", "count", "318900"),
        ("17,89 tỷ", "money", "17890000000"),
        ("1 568", "count", "1568"),
        ("10.146,7", "decimal", "10146.7"),
    ],
)
def test_printed_forms(text: str, kind: NumberKind, value: str) -> None:
    assert parse_number(text, kind).value == Decimal(value)


def test_one_group_before_a_large_magnitude_is_ambiguous_and_says_so() -> None:
    parsed = parse_number("1.801 tỷ", "money")
    assert parsed.value == Decimal("1801000000")
    assert parsed.flags == ("ambiguous-magnitude",)


def test_a_decimal_where_a_count_is_expected_is_flagged_not_rounded() -> None:
    parsed = parse_number("2,5", "count")
    assert (parsed.value, parsed.flags) == (Decimal("2.5"), ("decimal-count",))


def test_comma_thousands_are_read_and_flagged() -> None:
    assert parse_number("1,568", "count") == parse_number("1,568", "count")
    assert parse_number("1,568", "count").value == 1568
    assert "comma-thousands" in parse_number("1,568", "count").flags


@pytest.mark.parametrize("text", ["", "nan", "inf", "-5", "+3", "1..2", "1.56.8", "12.34.56", "1e5", "một", "%", ",5", "9" * 40])
def test_what_is_no_number_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(NumberError) as error:
        parse_number(text)
    assert repr(text) in str(error.value)


@given(st.text(max_size=30), st.sampled_from(["count", "percent", "decimal", "money"]))
def test_any_text_gives_a_finite_value_or_number_error(text: str, kind: NumberKind) -> None:
    try:
        parsed = parse_number(text, kind)
    except NumberError:
        return
    assert parsed.value.is_finite()
    assert parsed.value >= 0


@given(st.integers(min_value=0, max_value=10**12))
def test_grouped_and_plain_counts_are_the_same(value: int) -> None:
    grouped = f"{value:,}".replace(",", ".")
    assert parse_number(grouped).value == parse_number(str(value)).value == value
