"""As greedy, ties as declared, but of options that exclude each other (one group) only the first funded is funded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tally.consideration import Considered, Step


def steps(considered: Iterator[Considered], budget: Fraction) -> Iterator[Step]:
    """A step for each option. An option without a group excludes none; one that does not fit excludes none either.

    Source: `greedy-exclusive` in Pabulib, Warsaw's rule since its 2020 edition: of projects that cannot be built
    together, the one with most votes that can be paid for [R].
    """
    remaining = budget
    funded: dict[str, str] = {}
    for option in considered:
        if option.group is not None and option.group in funded:
            yield option.leave(remaining, f"excluded by {funded[option.group]}, of the same group {option.group}")
        elif option.cost <= remaining:
            yield option.take(remaining)
            remaining -= option.cost
            if option.group is not None:
                funded[option.group] = option.option
        else:
            yield option.leave(remaining, "costs more than is left")
