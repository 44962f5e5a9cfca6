"""Each elected option keeps the share of every vote that it needs for the quota; the lowest goes, ties as declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from tally.forms import Number
from tally.papers import Ranking
from tally.rounds import Contest, Round, Transfer

DECIMALS = 9
OMEGA = Fraction(1, 10**6)

Paper: TypeAlias = tuple[Ranking, int, int]
"""A ranking, the place in it after what its path names, its weight."""


def count(contest: Contest, decimals: int = DECIMALS, omega: Fraction = OMEGA) -> tuple[str, ...]:
    """Meek's method (Hill, Wichmann and Woodall, "Algorithm 123", Computer Journal 30(3), 1987, 277 to 281).

    Rounding and iteration are those of the Proportional Representation Foundation's reference Meek rule: fixed decimals
    (9); what a paper gives and keep factors rounded up; the quota is the least number above votes ÷ (seats + 1); a round
    iterates until it elects, or the total surplus is below omega (10⁻⁶) or falls no more: then the lowest goes, tied
    with all that the surplus could still put below it. Scaling weights can change a result in these last decimals.
    """
    return _Count(contest, 10**decimals, omega).run()


class _Count:
    """Shares are whole numbers of which `one` is the whole; votes are shares times weights times `papers.unit`.

    A paper's path is the elected options that it passes, then the hopeful one that it reaches, if any.
    """

    def __init__(self, contest: Contest, one: int, omega: Fraction) -> None:
        self.contest, self.one, self.unit = contest, one, contest.papers.unit
        self.omega = omega * one * self.unit
        self.hopeful = dict.fromkeys(contest.listed())
        self.elected: list[str] = []
        self.keep = dict.fromkeys(self.hopeful, one)
        self.paths: dict[Ranking, list[Paper]] = {}
        self.weights: dict[Ranking, int] = {}
        self.votes: dict[str, int] = {}
        self.quota = 0
        self._lay((), ((ranking, 0, weight) for ranking, weight in contest.papers.rankings.items()))

    def run(self) -> tuple[str, ...]:
        """The reference rule's step B until all seats are filled or nobody else is left, then C."""
        seats = self.contest.seats
        while len(self.elected) < seats < len(self.elected) + len(self.hopeful):
            found, surplus = self._iterate()
            if found:
                self._record(elected=found)
                self._elect(found)
            else:
                out = self._defeat(surplus)
                self._record(eliminated=(out,))
                self.keep[out] = 0
                self._relay(out, passed=False)
        if self.hopeful and len(self.elected) < seats:
            self._distribute()
            rest = self.contest.by_votes(list(self.hopeful), self.votes)
            self._record(elected=rest)
            self.elected += rest
        return tuple(self.elected)

    def _iterate(self) -> tuple[tuple[str, ...], int]:
        """B.2: who reached the quota; when nobody does, the total surplus that is left."""
        before: int | None = None
        while True:
            self._distribute()
            reached = [name for name in self.hopeful if self.votes[name] >= self.quota]
            if reached:
                return self.contest.by_votes(reached, self.votes), 0
            surplus = max(0, sum(self.votes[name] - self.quota for name in self.elected))
            if surplus < self.omega or (before is not None and surplus >= before):
                return (), surplus
            before = surplus
            for name in self.elected:
                wanted = _up(self.keep[name] * self.quota, self.one * self.unit)
                self.keep[name] = _up(wanted * self.one * self.unit, self.votes[name])

    def _distribute(self) -> None:
        """B.2.a and b: each paper gives to those on its path in turn; then the quota."""
        votes = dict.fromkeys(self.keep, 0)
        for path, weight in self.weights.items():
            left = self.one
            for name in path:
                kept = self.keep[name]
                given = left if kept == self.one else _up(left * kept, self.one)
                votes[name] += given * weight
                left -= given
        self.votes = votes
        self.quota = (sum(votes.values()) // (self.unit * (self.contest.seats + 1)) + 1) * self.unit

    def _defeat(self, surplus: int) -> str:
        """B.3 and T."""
        lowest = min(self.votes[name] for name in self.hopeful)
        tied = [name for name in self.hopeful if self.votes[name] <= lowest + surplus]
        out = self.contest.order(tied, self._exact(lowest), "elimination")[-1]
        del self.hopeful[out]
        return out

    def _elect(self, found: Iterable[str]) -> None:
        for name in found:
            del self.hopeful[name]
            self.elected.append(name)
        for name in found:
            self._relay(name, passed=True)

    def _relay(self, name: str, *, passed: bool) -> None:
        """Papers that stopped at an option go on from it; where it keeps a share, it stays on their path."""
        for path in [path for path in self.paths if path and path[-1] == name]:
            papers = self.paths.pop(path)
            del self.weights[path]
            self._lay(path if passed else path[:-1], papers)

    def _lay(self, start: Ranking, papers: Iterable[Paper]) -> None:
        passing = frozenset(self.elected)
        for ranking, after, weight in papers:
            path = start
            for place in range(after, len(ranking)):
                name = ranking[place]
                if name in self.hopeful:
                    path, after = (*path, name), place + 1
                    break
                if name in passing:
                    path = (*path, name)
            else:
                after = len(ranking)
            self.paths.setdefault(path, []).append((ranking, after, weight))
            self.weights[path] = self.weights.get(path, 0) + weight

    def _record(self, elected: tuple[str, ...] = (), eliminated: tuple[str, ...] = ()) -> None:
        """This round; and what has moved since the one before, as that one's transfer."""
        rounds = self.contest.rounds
        tally = {name: self._exact(number) for name, number in self.votes.items()}
        exhausted = self._exact(self.contest.papers.weight * self.one - sum(self.votes.values()))
        if rounds:
            rounds[-1] = replace(rounds[-1], transfers=_moved(rounds[-1], tally, exhausted))
        self.contest.stages.append(tally)
        rounds.append(
            Round(
                tally=tally,
                quota=self._exact(self.quota),
                elected=elected,
                eliminated=eliminated,
                exhausted=exhausted,
                keep={name: Fraction(kept, self.one) for name, kept in self.keep.items()},
            )
        )

    def _exact(self, number: int) -> Number:
        return Fraction(number, self.one * self.unit)


def _moved(before: Round, tally: Mapping[str, Number], exhausted: Number) -> tuple[Transfer, ...]:
    """From all that lost to all that gained: who gave whom is not told apart where keep factors change together."""
    changes = {name: votes - before.tally[name] for name, votes in tally.items()}
    sources = tuple(name for name, change in changes.items() if change < 0)
    gained = {name: change for name, change in changes.items() if change > 0}
    if not sources and not gained:
        return ()
    return (Transfer(sources, gained, exhausted - before.exhausted),)


def _up(number: int, by: int) -> int:
    """Divided and rounded up."""
    return -(-number // by)
