"""An option comes before another when its strongest path of pairwise wins to it is the stronger; ties as declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from tally.forms import Number
from tally.papers import Papers
from tally.rounds import Contest

Matrix: TypeAlias = Mapping[str, Mapping[str, Number]]


def preferences(papers: Papers, options: Sequence[str]) -> dict[str, dict[str, Number]]:
    """The weight of the papers that prefer each option to each other; an option not ranked comes after all ranked.

    A row of sums is one whole number with a field of bits for each option, wide enough for all the weight: adding a paper
    costs one addition for each option that it ranks, instead of one for each pair.
    """
    width = papers.weight.bit_length()
    fields = {name: 1 << (width * place) for place, name in enumerate(options)}
    everybody = sum(fields.values())
    rows = dict.fromkeys(options, 0)
    for ranking, weight in papers.rankings.items():
        below = everybody
        for name in ranking:
            below -= fields[name]
            rows[name] += below * weight
    mask = (1 << width) - 1
    return {
        name: {
            other: _exact(row >> (width * place) & mask, papers.unit)
            for place, other in enumerate(options)
            if other != name
        }
        for name, row in rows.items()
    }


def strongest_paths(preferred: Matrix) -> dict[str, dict[str, Number]]:
    """Schulze (2011) §2.3.1, winning votes: a path is as strong as its weakest pairwise win, 0 where there is none."""
    names = list(preferred)
    paths: dict[str, dict[str, Number]] = {
        one: {other: votes if votes > preferred[other][one] else 0 for other, votes in row.items()}
        for one, row in preferred.items()
    }
    for middle in names:
        onwards = paths[middle]
        for start in names:
            if start == middle:
                continue
            row = paths[start]
            reach = row[middle]
            for end, onward in onwards.items():
                if end != start and min(reach, onward) > row[end]:
                    row[end] = min(reach, onward)
    return paths


def order(contest: Contest, paths: Matrix) -> list[list[str]]:
    """M. Schulze, "A new monotonic, clone-independent, … single-winner election method", Social Choice and Welfare 36, 2011.

    Next come, together, those whom nobody left comes before: equal, for the declared tie-breaks to tell apart.
    """
    left = contest.listed()
    found: list[list[str]] = []
    while left:
        first = [
            name for name in left if all(paths[name][other] >= paths[other][name] for other in left if other != name)
        ]
        found.append(first)
        left = [name for name in left if name not in first]
    return found


def wins(paths: Matrix) -> dict[str, Number]:
    """How many others each option comes before."""
    return {name: sum(path > paths[other][name] for other, path in row.items()) for name, row in paths.items()}


def _exact(number: int, unit: int) -> Number:
    return number if unit == 1 else Fraction(number, unit)
