"""The first of an order are elected; a tie is broken as declared, but only where it decides who is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tally.forms import Number
from tally.rounds import Contest


def elect_first(
    contest: Contest, order: Iterable[Sequence[str]], score: Callable[[str], Number]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Options in their order, equal ones together → the elected, and the order as it stands after ties were broken."""
    elected: list[str] = []
    standing: list[tuple[str, ...]] = []
    for equal in order:
        vacancies = contest.seats - len(elected)
        if 0 < vacancies < len(equal):
            ordered = contest.order(equal, score(equal[0]), "seat")
            standing += [(name,) for name in ordered]
            elected += ordered[:vacancies]
        else:
            standing.append(tuple(equal))
            elected += equal if vacancies > 0 else ()
    return tuple(elected), tuple(standing)


def by_score(contest: Contest, score: Callable[[str], Number]) -> list[list[str]]:
    """The options from the highest score down, equal ones together, as listed."""
    groups: dict[Number, list[str]] = {}
    for name in contest.listed():
        groups.setdefault(score(name), []).append(name)
    return [groups[value] for value in sorted(groups, reverse=True)]
