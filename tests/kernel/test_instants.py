"""Instants have one spelling, and durations are added as a calendar does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.instants import add_duration, parse_instant, show_instant

instants = st.datetimes(timezones=st.just(UTC))


@given(instants)
def test_what_is_shown_is_read_back(when: datetime) -> None:
    assert parse_instant(show_instant(when)) == when


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_shown_instants_sort_as_time_does(one: datetime, two: datetime) -> None:
    assert (show_instant(one) < show_instant(two)) == (one < two)


def test_an_instant_of_another_zone_is_shown_in_utc() -> None:
    paris = timezone(timedelta(hours=1))
    assert show_instant(datetime(2026, 11, 22, 19, 0, tzinfo=paris)) == "2026-11-22T18:00:00.000000Z"


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        show_instant(datetime(2026, 11, 22))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T18:00:00Z",
        "2026-11-22T18:00:00.000Z",
        "2026-11-22T18:00:00.000000+00:00",
        "2026-11-22T18:00:00.000000z",
        "2026-11-22 18:00:00.000000Z",
        " 2026-11-22T18:00:00.000000Z",
        "2026-11-22T18:00:00.000000Z\n",
        "2026-02-30T18:00:00.000000Z",
        "2026-13-01T18:00:00.000000Z",
        "2026-11-22T24:00:00.000000Z",
        "2026-11-22T23:59:60.000000Z",
        "0000-01-01T00:00:00.000000Z",
        "２026-11-22T18:00:00.000000Z",
    ],
)
def test_refuses_another_spelling_naming_what_was_found(text: str) -> None:
    with pytest.raises(ValueError, match="an instant") as refused:
        parse_instant(text)
    assert repr(text) in str(refused.value)


@given(st.text() | st.from_regex(r"\A[0-2]\d{3}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d\.\d{6}Z\Z"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        when = parse_instant(text)
    except ValueError:
        return
    assert show_instant(when) == text


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-22T18:00:00", "P14D", "2026-12-06T18:00:00"),
        ("2026-11-22T18:00:00", "PT3S", "2026-11-22T18:00:03"),
        ("2026-11-22T18:00:00", "PT36H", "2026-11-24T06:00:00"),
        ("2026-11-22T18:00:00", "P1M", "2026-12-22T18:00:00"),
        ("2026-12-31T18:00:00", "P1M", "2027-01-31T18:00:00"),
        ("2027-01-31T18:00:00", "P1M", "2027-02-28T18:00:00"),
        ("2028-01-31T18:00:00", "P1M", "2028-02-29T18:00:00"),
        ("2027-01-31T18:00:00", "P13M", "2028-02-29T18:00:00"),
        ("2027-01-31T18:00:00", "P1M1DT1H1M1S", "2027-03-01T19:01:01"),
        ("9999-12-31T23:59:58", "PT1S", "9999-12-31T23:59:59"),
    ],
)
def test_adds_a_duration(start: str, duration: str, end: str) -> None:
    assert add_duration(parse_instant(f"{start}.000000Z"), duration) == parse_instant(f"{end}.000000Z")


@pytest.mark.parametrize(
    "duration", ["", "P", "PT", "P1DT", "1D", "P1W", "P1Y", "P-1D", "P1.5D", "p1d", "P1D ", "PT1H1D", "P99999M", "P１D"]
)
def test_refuses_what_is_no_duration(duration: str) -> None:
    with pytest.raises(ValueError, match="a duration such as"):
        add_duration(datetime(2026, 1, 1, tzinfo=UTC), duration)


@pytest.mark.parametrize("duration", ["PT2S", "P1D", "P1M", "P9999M"])
def test_refuses_an_end_beyond_the_calendar(duration: str) -> None:
    with pytest.raises(ValueError, match="beyond the year 9999"):
        add_duration(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), duration)


@given(instants.filter(lambda when: when.year < 9000), st.integers(0, 99_999), st.integers(0, 99_999))
def test_days_and_hours_add_up(when: datetime, days: int, hours: int) -> None:
    assert add_duration(when, f"P{days}DT{hours}H") == when + timedelta(days=days, hours=hours)


@given(instants.filter(lambda when: when.year < 9000), st.integers(0, 9999))
def test_months_keep_the_day_or_take_the_last(when: datetime, months: int) -> None:
    moved = add_duration(when, f"P{months}M")
    assert (moved.year * 12 + moved.month) - (when.year * 12 + when.month) == months
    assert moved.day == when.day or (moved.day < when.day and (moved + timedelta(days=1)).day == 1)
