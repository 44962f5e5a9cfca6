"""A quadratic ballot gives options whole votes, each number of votes costing its square, within the voter's credits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isqrt

from kernel.refusal import Refused
from tally.choices import refused, short

MAX_CREDITS = 10**9
DIGITS = 20
"""More than any vote within the credits has, and few enough that a refusal can show what they cost."""

_WHOLE = re.compile(rf"-?[1-9][0-9]{{0,{DIGITS - 1}}}|0", re.ASCII)


def check_votes(pairs: Iterable[tuple[str, object]], credits: int, *, against: bool) -> dict[str, str] | Refused:
    """The votes as written canonically: `3`, or `-2` for two votes against where they are allowed; never 0."""
    given: dict[str, str] = {}
    cost = 0
    for option, written in pairs:
        votes = _read(option, written)
        if isinstance(votes, Refused):
            return votes
        if votes == 0:
            return refused("votes_zero", "give votes, or leave the option out", option=option, votes=votes)
        if votes < 0 and not against:
            return refused("votes_against", "this ballot takes no votes against", option=option, votes=votes)
        given[option] = str(votes)
        cost += votes * votes
    if cost > credits:
        say = f"the squares of the votes add up to at most {credits}"
        return refused("over_credits", say, cost=cost, credits=credits, over=cost - credits)
    return given


def most_for_one(credits: int, options: int) -> int:
    """The most votes that one option can get from a ballot that gives votes to so many options, at most one a credit."""
    return isqrt(credits - (options - 1))


def most_in_all(credits: int, options: int) -> int:
    """The most votes that a ballot can give to so many options together: each next vote where it costs least.

    `each` votes to all options and one more to as many as the rest of the credits buys, at 2·`each` + 1 credits.
    """
    if options == 0:
        return 0
    each = isqrt(credits // options)
    return options * each + min((credits - options * each * each) // (2 * each + 1), options)


def _read(option: str, written: object) -> int | Refused:
    if isinstance(written, str) and _WHOLE.fullmatch(written):
        return int(written)
    if isinstance(written, int) and not isinstance(written, bool) and abs(written) < 10**DIGITS:
        return written
    say = f"write votes as whole numbers, such as 3 or -2, with at most {DIGITS} digits"
    return refused("votes_not_whole", say, option=option, votes=short(written))
