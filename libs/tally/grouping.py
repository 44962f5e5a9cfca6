"""Ballots that say the same are counted as one with the weight of all: what rules that need whole ballots start from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from tally.counting import WeightedChoice
from tally.forms import Choice, Number

Said: TypeAlias = str | tuple[str, ...] | tuple[tuple[str, str], ...]
"""A canonical choice as a key: a word; options (a ranking: best first); what each option was given, sorted by option."""

Groups: TypeAlias = Mapping[Said, Number]
"""What was said, and the weight of everyone who said it."""


def said(choice: Choice) -> Said:
    """The key of a choice, as `check_choice` returned it; equal choices have equal keys."""
    if isinstance(choice, str):
        return choice
    return tuple(choice) if isinstance(choice, list) else tuple(sorted(choice.items()))


def group(ballots: Iterable[WeightedChoice]) -> dict[Said, Number]:
    """Sum the weights of equal choices, exactly. Memory grows with how many different things were said."""
    groups: dict[Said, Number] = {}
    for _ in grouped(ballots, groups):
        pass
    return groups


def grouped(ballots: Iterable[WeightedChoice], groups: dict[Said, Number]) -> Iterator[WeightedChoice]:
    """The same ballots, each added to `groups` as it passes: what is read once is counted and grouped at once."""
    for ballot in ballots:
        weight, key = ballot.weight, said(ballot.choice)
        groups[key] = groups.get(key, 0) + (weight.numerator if weight.denominator == 1 else weight)
        yield ballot
