"""Who supports what, in whole numbers: groups of voters who said the same, with their weight and points for each option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from tally.forms import Number
from tally.grouping import Groups, Said

VotersOf = tuple[int, tuple[int, ...]]
"""Points, and the voters (by their place in `Support.weights`) who gave an option so many."""


@dataclass(frozen=True, slots=True)
class Support:
    """`weights` are whole, `unit` of them a weight of 1; points are whole too, `point` of them one point.

    A voter here is a group of ballots that say the same. An option that was named (approved, ranked at any place,
    chosen) has one point of the ballot; in a ballot of points, as many as it was given.
    """

    weights: tuple[int, ...]
    unit: int
    point: int
    supporters: Mapping[str, tuple[VotersOf, ...]]

    @property
    def total(self) -> int:
        """The weight of all voters, in `unit`s."""
        return sum(self.weights)

    def of(self, option: str) -> int:
        """What an option was given in all: weight times points, in both units."""
        weights = self.weights
        return sum(points * sum(weights[voter] for voter in voters) for points, voters in self.supporters[option])


def support(groups: Groups, options: Mapping[str, object]) -> Support:
    """What the ballots give to these options; every voter counts, also one who supports none of them.

    Neither the order of the groups nor the scale of their weights shows in what is made of this.
    """
    said = sorted((key for key, weight in groups.items() if weight > 0), key=repr)
    unit = lcm(*(groups[key].denominator for key in said))
    given = [tuple((option, points) for option, points in _points(key) if option in options) for key in said]
    point = lcm(*(points.denominator for each in given for _, points in each))
    by_points: dict[str, dict[int, list[int]]] = {option: {} for option in options}
    for voter, each in enumerate(given):
        for option, points in each:
            by_points[option].setdefault(int(points * point), []).append(voter)
    return Support(
        weights=tuple(int(groups[key] * unit) for key in said),
        unit=unit,
        point=point,
        supporters={
            option: tuple((points, tuple(voters)) for points, voters in sorted(found.items()))
            for option, found in by_points.items()
            if found
        },
    )


def among(groups: Groups, options: Mapping[str, object]) -> dict[Said, Number]:
    """Only the ballots that name one of these options."""
    return {key: weight for key, weight in groups.items() if any(option in options for option, _ in _points(key))}


def _points(said: Said) -> Iterator[tuple[str, Number]]:
    """What a ballot gives to each option that it names."""
    if isinstance(said, str):
        return
    for each in said:
        if isinstance(each, str):
            yield each, 1
        else:
            yield each[0], Fraction(each[1])
