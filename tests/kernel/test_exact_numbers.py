"""Exact numbers: three ways to write one, one way to show it, and whatever was read can be shown and read again."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kernel.numbers import MAX_DIGITS, WIDE_DIGITS, Exact, parse_exact, show, whole

EXACT: TypeAdapter[Fraction] = TypeAdapter(Exact)

written = st.from_regex(r"\A-?(0|[1-9][0-9]{0,40})(/[1-9][0-9]{0,40}|\.[0-9]{1,40})?\Z")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("12", Fraction(12)),
        ("-3", Fraction(-3)),
        ("0.25", Fraction(1, 4)),
        ("1.50", Fraction(3, 2)),
        ("1/3", Fraction(1, 3)),
        ("-2/6", Fraction(-1, 3)),
        ("0/7", Fraction(0)),
        ("9" * MAX_DIGITS, Fraction(10**MAX_DIGITS - 1)),
    ],
)
def test_reads(text: str, value: Fraction) -> None:
    assert parse_exact(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "01",
        "1.",
        ".5",
        "1e3",
        "1_000",
        "1,5",
        "1/0",
        "1/-3",
        "1/2/3",
        "1/0.5",
        "--1",
        "½",
        "１",
        "NaN",
    ],
)
def test_refuses_naming_what_was_found(text: str) -> None:
    with pytest.raises(ValueError, match="exact number") as refused:
        parse_exact(text)
    assert repr(text) in str(refused.value)


def test_refuses_more_digits_than_anybody_needs_without_computing_with_them() -> None:
    with pytest.raises(ValueError, match=f"at most {MAX_DIGITS} characters"):
        parse_exact("9" * (MAX_DIGITS + 1))
    with pytest.raises(ValueError, match=f"at most {MAX_DIGITS} characters"):
        parse_exact("1" * 10_000_000)


def test_refuses_a_decimal_whose_ratio_could_not_be_read_again() -> None:
    assert show(parse_exact("0." + "0" * 28 + "1")) == "1/1" + "0" * 29
    with pytest.raises(ValueError, match="as a ratio"):
        parse_exact("0." + "0" * 57 + "1")


@given(written)
def test_what_was_read_can_be_shown_and_read_again(text: str) -> None:
    try:
        value = parse_exact(text)
    except ValueError:
        value = Fraction(0)
    assert parse_exact(show(value)) == value
    assert show(parse_exact(show(value))) == show(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_decimals_are_exact(value: Decimal) -> None:
    assert parse_exact(f"{value:f}") == Fraction(value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = parse_exact(text)
    except ValueError:
        return
    assert value == Fraction(text)


@given(st.fractions(max_denominator=10**15, min_value=-(10**25), max_value=10**25))
def test_a_field_keeps_its_value_through_json(value: Fraction) -> None:
    as_json = EXACT.dump_json(value)
    assert as_json == f'"{show(value)}"'.encode()
    assert EXACT.validate_json(as_json) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-12, "-12"),
        (10**WIDE_DIGITS - 1, "9" * WIDE_DIGITS),
        (10**WIDE_DIGITS, f"a number of more than {WIDE_DIGITS} digits"),
        (1 - 10**WIDE_DIGITS, "-" + "9" * WIDE_DIGITS),
        (-(10**5000), f"a number of more than {WIDE_DIGITS} digits"),
    ],
    ids=["none", "below none", "the longest written", "one more", "the longest below", "longer than Python writes"],
)
def test_a_whole_number_is_told_in_digits_or_in_words(value: int, text: str) -> None:
    assert whole(value) == text


@pytest.mark.parametrize(
    "value",
    [0.5, True, None, [], "1e3", 10**MAX_DIGITS, 10**5000],
    ids=["a float", "a truth", "nothing", "a list", "an exponent", "too long", "too long to be written"],
)
def test_a_field_refuses(value: object) -> None:
    with pytest.raises(ValidationError, match=r"exact number|a number"):
        EXACT.validate_python(value)


def test_a_field_takes_whole_numbers_and_fractions() -> None:
    assert EXACT.validate_python(3) == EXACT.validate_json("3") == Fraction(3)
    assert EXACT.validate_python(Fraction(1, 3)) == Fraction(1, 3)
