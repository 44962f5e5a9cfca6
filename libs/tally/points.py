"""Points are multiples of a millionth above 0, within the most for one option and the total to give out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kernel.numbers import MAX_DIGITS, parse_exact
from kernel.refusal import Refused
from tally.choices import Number, refused, short, whole

TOO_GREAT = 10**MAX_DIGITS
FINEST = 10**6
"""Points are multiples of a millionth, so that no choice of fractions by voters can make sums slow."""

_DIGITS = frozenset(map(str, range(1000)))  # read without the general parser: most points are small whole numbers


def check_points(
    pairs: Iterable[tuple[str, object]], single: Number | None, limit: Number | None, *, exactly: bool
) -> dict[str, str] | Refused:
    """The points as written canonically. `single` is the most for one option, `limit` the total, to reach if `exactly`."""
    given: dict[str, str] = {}
    total: Number = 0
    for option, written in pairs:
        points = _read(option, written)
        if isinstance(points, Refused):
            return points
        if points <= 0:
            reason = "points_negative" if points < 0 else "points_zero"
            return refused(reason, "give more than 0 points, or leave the option out", option=option, points=points)
        if single is not None and points > single:
            say = f"give one option at most {single}"
            return refused("points_over_option_limit", say, option=option, points=points, maximum=single)
        if not isinstance(points, int) and FINEST % points.denominator:
            return refused("points_too_fine", "use at most six decimals", option=option, points=points)
        given[option] = str(points)
        total += points
    return _check_total(total, limit, given, exactly=exactly)


def _check_total(
    total: Number, limit: Number | None, given: dict[str, str], *, exactly: bool
) -> dict[str, str] | Refused:
    if limit is None or total == limit:
        return given
    if total > limit:
        return refused("points_over_total", f"give out at most {limit} points", points=total, maximum=limit)
    if exactly and given:
        return refused("points_not_exact_total", f"give out exactly {limit} points", points=total, expected=limit)
    return given


def _read(option: str, written: object) -> Number | Refused:
    if isinstance(written, str):
        if written in _DIGITS:
            return int(written)
        try:
            return whole(parse_exact(written))
        except ValueError:
            pass
    elif isinstance(written, Fraction):
        return whole(written)
    elif isinstance(written, int) and not isinstance(written, bool) and abs(written) < TOO_GREAT:
        return written
    say = "write points as 3, 0.5 or 1/2, with at most sixty digits"
    return refused("points_not_a_number", say, option=option, points=short(written))
