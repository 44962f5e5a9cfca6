"""Instants: UTC, microseconds, RFC 3339 with `Z`, in exactly one spelling."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_DURATION = re.compile(r"P(?:(\d{1,4})M)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?", re.ASCII)


def show_instant(when: datetime) -> str:
    """`2026-11-22T18:00:00.000000Z`; raises `ValueError` for a datetime without a zone."""
    if when.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """Read exactly what `show_instant` writes; raises `ValueError` naming what was found."""
    if _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"an instant is expected, found {text!r}: {error}") from error
    raise ValueError(f"an instant such as 2026-11-22T18:00:00.000000Z is expected, found {text[:60]!r}")


def add_duration(start: datetime, duration: str) -> datetime:
    """Add an ISO 8601 duration of months, days, hours, minutes, seconds (`P1M`, `P14D`, `PT3S`).

    Months are calendar months; a day that the target month lacks becomes its last day: 31 January + P1M is the last
    of February. Raises `ValueError` for any other text, and for an instant beyond the year 9999.
    """
    match = _DURATION.fullmatch(duration)
    if not match or duration.endswith(("P", "T")):
        raise ValueError(f"a duration such as P1M, P14D or PT3S is expected, found {duration!r}")
    months, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    month_index = start.month - 1 + months
    year, month = start.year + month_index // 12, month_index % 12 + 1
    try:
        moved = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
        return moved + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{duration} after {start.isoformat()} is beyond the year 9999") from error
