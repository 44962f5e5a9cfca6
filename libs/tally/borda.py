"""Each place of a ranking gives its points, best first; those with the most points are elected, ties as declared."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tally.forms import Number, whole
from tally.rounds import Contest


def scores(contest: Contest, points: Sequence[Fraction] | None = None) -> dict[str, Number]:
    """Points for each option: as declared for each place, none after them; else the number of options minus the place.

    The place is counted from 0, so that the first of n options gives n points, and an option not ranked gets none.
    """
    total = len(contest.options)
    worth: list[Number] = (
        [total - place for place in range(total)] if points is None else [whole(each) for each in points]
    )
    found: dict[str, Number] = dict.fromkeys(contest.listed(), 0)
    for ranking, weight in contest.papers.rankings.items():
        for name, value in zip(ranking, worth, strict=False):
            found[name] += weight * value
    return {name: whole(Fraction(number) / contest.papers.unit) for name, number in found.items()}
