"""Fund each option that fits the money left, from the highest score down, ties as declared; skip the others."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tally.consideration import Considered, Step


def steps(considered: Iterator[Considered], budget: Fraction) -> Iterator[Step]:
    """A step for each option."""
    remaining = budget
    for option in considered:
        if option.cost <= remaining:
            yield option.take(remaining)
            remaining -= option.cost
        else:
            yield option.leave(remaining, "costs more than is left")
