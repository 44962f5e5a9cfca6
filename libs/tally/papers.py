"""A ballot paper ranks options, best first; ranks left empty or overvoted and repeated names are passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

from tally.forms import Number, whole

SKIPPED = "skipped rank"
OVERVOTED = "overvoted rank"
MARKS = frozenset({SKIPPED, OVERVOTED})
"""What may stand in a choice in an option's place: a rank left empty, and one with several marks. No id has a space."""

Ranking: TypeAlias = tuple[str, ...]
Reading: TypeAlias = Callable[[Any], Ranking | None]
"""A choice → the options in the order in which it can count for them; None for a blank one."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Rankings with whole weights: what each weighs times `unit`, so that counting needs no fractions."""

    rankings: Mapping[Ranking, int]
    blank: Number
    unit: int

    @property
    def weight(self) -> int:
        """The weight of all papers that are not blank, times `unit`."""
        return sum(self.rankings.values())


NO_PAPERS = Papers({}, 0, 1)


def unmarked(choice: Iterable[str]) -> Ranking | None:
    """How every rule but Minneapolis's reads a choice: one that ranks nobody is blank."""
    return tuple(dict.fromkeys([option for option in choice if option not in MARKS])) or None


def read_papers(groups: Mapping[Any, Number], options: Mapping[str, object], reading: Reading = unmarked) -> Papers:
    """The papers of grouped choices; raises `ValueError` at a weight below 0 or what is not among the options."""
    unit = lcm(*{weight.denominator for weight in groups.values()})
    rankings: dict[Ranking, int] = {}
    blank = 0
    for choice, number in groups.items():
        if number < 0:
            raise ValueError(f"a weight of 0 or more is expected, found {number}")
        weight = number.numerator * (unit // number.denominator)
        ranking = reading(choice)
        if ranking is None:
            blank += weight
        else:
            rankings[ranking] = rankings.get(ranking, 0) + weight
    unknown = {option for ranking in rankings for option in ranking} - options.keys() - MARKS
    if unknown:
        raise ValueError(f"only options of this count are expected, found {', '.join(sorted(unknown))}")
    return Papers(rankings, whole(Fraction(blank, unit)), unit)
