"""As greedy-no-skip, ties as declared; the first that does not fit is funded if 80 % of its cost or more is left."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tally.consideration import Considered, Step

SHARE = Fraction(80, 100)


def steps(considered: Iterator[Considered], budget: Fraction) -> Iterator[Step]:
    """A step for each option up to the one that stops it.

    What the last one costs beyond the budget comes from a reserve. Source: META's comment in Pabulib's Poznań files.
    """
    remaining = budget
    for option in considered:
        if option.cost <= remaining:
            yield option.take(remaining)
            remaining -= option.cost
        elif remaining >= SHARE * option.cost:
            yield option.take(remaining, "at least 80 % of its cost is left: stop")
            return
        else:
            yield option.leave(remaining, "less than 80 % of its cost is left: stop")
            return
