"""The best median grade is elected; equal ones are compared grade by grade outwards from the median, ties as declared."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from tally.forms import Number, whole
from tally.rounds import Contest, written

Said: TypeAlias = tuple[tuple[str, str], ...]
Weights: TypeAlias = tuple[Number, ...]
"""What an option was given: the weight of each grade of the scale, best first."""


def weights(groups: Mapping[Any, Number], contest: Contest, scale: Sequence[str]) -> tuple[dict[str, Weights], Number]:
    """The weight of each grade for each option, a missing grade being the worst; and the weight of blank ballots.

    A ballot that grades nothing is blank. Raises `ValueError` at a grade or an option that is not there.
    """
    places = {grade: place for place, grade in enumerate(scale)}
    if not places or len(places) != len(scale):
        raise ValueError("majority judgment needs a scale of grades, best first, each once")
    given: dict[str, list[Number]] = {name: [0] * len(scale) for name in contest.listed()}
    total: Number = 0
    blank: Number = 0
    for said, weight in groups.items():
        if not said:
            blank += weight
            continue
        total += weight
        for name, grade in said:
            if name not in given or grade not in places:
                raise ValueError(f"only options and grades of this count are expected, found {name}: {grade}")
            given[name][places[grade]] += weight
    for each in given.values():
        each[-1] += total - sum(each)
    return {name: tuple(each) for name, each in given.items()}, blank


def median(given: Weights) -> int:
    """The majority grade, as a place in the scale: the best that more than half of the weight gave or exceeded.

    Of an even number of ballots that is the lower of the two in the middle.
    """
    half = Fraction(sum(given)) / 2
    return next((place for place, sum_ in enumerate(accumulate(given)) if sum_ > half), len(given) - 1)


def order(given: Mapping[str, Weights]) -> list[list[str]]:
    """Balinski and Laraki, "Majority Judgment" (MIT Press, 2011): the majority value, exact for any weights.

    Taking away ballots at the median, one from each option at a time, meets the grades outwards from the middle: the
    next lower, then the next upper. So options are compared by the grades at equal distance from the middle of the
    weight, the nearest first and the lower before the upper. Only options with the same weight of every grade stay equal.
    """
    from_worst = {name: list(accumulate(reversed(each))) for name, each in given.items()}
    total = max((sums[-1] for sums in from_worst.values()), default=0)
    half = Fraction(total) / 2
    distances = sorted({abs(sum_ - half) for sums in from_worst.values() for sum_ in sums} | {Fraction(0), half})
    between = [(near + far) / 2 for near, far in pairwise(distances)]
    groups: dict[tuple[int, ...], list[str]] = {}
    for name, sums in from_worst.items():
        met = [bisect_left(sums, half + side * distance) for distance in between for side in (-1, 1)]
        groups.setdefault(tuple(met), []).append(name)
    return [groups[merit] for merit in sorted(groups, reverse=True)]


def support(given: Weights) -> Number:
    """The weight of those who gave the majority grade or better."""
    return whole(Fraction(sum(given[: median(given) + 1])))


def described(given: Weights, scale: Sequence[str]) -> dict[str, Any]:
    """An option's majority grade, its gauge (the weight above and below that grade) and every grade's weight."""
    place = median(given)
    return {
        "grade": scale[place],
        "above": written(sum(given[:place])),
        "below": written(sum(given[place + 1 :])),
        "grades": {grade: written(weight) for grade, weight in zip(scale, given, strict=True)},
    }
