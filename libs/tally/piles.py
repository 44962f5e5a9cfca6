"""Each paper lies on the pile of the first continuing option that it ranks; with none left, it is exhausted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from tally.papers import SKIPPED, Ranking

Paper: TypeAlias = tuple[Ranking, int, int, int]
"""A ranking, the place in it after the option it lies with, its weight, and its value (whole numbers)."""


class Piles:
    """The papers by the option that each counts for now, and the votes (weight times value) on each pile.

    `exhausted` is what could go to nobody; `skipped` the same of papers whose ranking ends in `SKIPPED`.
    """

    def __init__(self, rankings: Iterable[tuple[Ranking, int]], options: Iterable[str], value: int = 1) -> None:
        self.piles: dict[str, list[Paper]] = {option: [] for option in options}
        self.votes: dict[str, int] = dict.fromkeys(self.piles, 0)
        self.continuing = set(self.piles)
        self.exhausted = 0
        self.skipped = 0
        self._deal((ranking, 0, weight, value) for ranking, weight in rankings)

    def close(self, option: str) -> None:
        """From now on no paper goes to this option; those that it has stay."""
        self.continuing.discard(option)

    def take(self, option: str) -> list[Paper]:
        """Take a pile away; its votes are then 0."""
        papers, self.piles[option] = self.piles[option], []
        self.votes[option] = 0
        return papers

    def eliminate(self, option: str) -> tuple[dict[str, int], int]:
        """Deal an option's papers to the others: what each received, and what nobody did."""
        self.close(option)
        return self._deal(self.take(option))

    def give(self, papers: Iterable[Paper]) -> tuple[dict[str, int], int]:
        """Deal papers taken from a pile, at the value that they now have."""
        return self._deal(papers)

    def _deal(self, papers: Iterable[Paper]) -> tuple[dict[str, int], int]:
        continuing, piles = self.continuing, self.piles
        given: dict[str, int] = {}
        nobody = 0
        for ranking, after, weight, value in papers:
            for place in range(after, len(ranking)):
                option = ranking[place]
                if option in continuing:
                    piles[option].append((ranking, place + 1, weight, value))
                    given[option] = given.get(option, 0) + weight * value
                    break
            else:
                nobody += weight * value
                if ranking and ranking[-1] == SKIPPED:
                    self.skipped += weight * value
        for option, votes in given.items():
            self.votes[option] += votes
        self.exhausted += nobody
        return given, nobody
