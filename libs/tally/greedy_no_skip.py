"""Fund options from the highest score down, ties as declared; stop at the first that does not fit the money left."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tally.consideration import Considered, Step


def steps(considered: Iterator[Considered], budget: Fraction) -> Iterator[Step]:
    """A step for each option up to the one that stops it."""
    remaining = budget
    for option in considered:
        if option.cost > remaining:
            yield option.leave(remaining, "costs more than is left: stop")
            return
        yield option.take(remaining)
        remaining -= option.cost
