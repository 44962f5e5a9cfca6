"""The counting rules a second time, ballot by ballot and word by word, as slow as they like: what counts are held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, permutations
from math import ceil, floor
from typing import TypeAlias

Ballot: TypeAlias = tuple[str, ...]
Votes: TypeAlias = dict[str, Fraction]


class TiedError(Exception):
    """A tie: an oracle breaks none, and the instance is not compared round by round."""


def one_extreme(votes: Mapping[str, Fraction], *, most: bool) -> str:
    """Whoever has the most (or the fewest) votes, alone."""
    extreme = (max if most else min)(votes.values())
    found = [name for name, number in votes.items() if number == extreme]
    if len(found) > 1:
        raise TiedError(found)
    return found[0]


def run_off(ballots: Sequence[Ballot], options: Sequence[str]) -> tuple[list[Votes], str]:
    """Instant run-off on a list of single ballots: the votes of each round, the winner."""
    left, rounds = list(options), []
    while True:
        votes: Votes = {name: Fraction(0) for name in left}
        for ballot in ballots:
            for name in ballot:
                if name in votes:
                    votes[name] += 1
                    break
        rounds.append(votes)
        for name, number in votes.items():
            if number > sum(votes.values()) / 2 or len(left) == 1:
                return rounds, name
        left.remove(one_extreme(votes, most=False))


@dataclass
class Paper:
    """A ballot paper on somebody's pile, and its value there."""

    ranking: Ballot
    value: Fraction


def scottish(ballots: Sequence[Ballot], options: Sequence[str], seats: int) -> tuple[list[Votes], list[str]]:
    """SSI 2007/42 Sch.1 rules 45 to 52 with single papers: the votes at each stage, the elected."""
    quota = len(ballots) // (seats + 1) + 1
    piles: dict[str, list[Paper]] = {name: [] for name in options}
    votes: Votes = {name: Fraction(0) for name in options}
    continuing, elected, pending, stages = set(options), [], [], []

    def move(papers: Sequence[Paper]) -> None:
        for paper in papers:
            for name in paper.ranking:
                if name in continuing:
                    piles[name].append(paper)
                    votes[name] += paper.value
                    break

    move([Paper(ballot, Fraction(1)) for ballot in ballots])
    while True:
        stages.append(dict(votes))
        reached = sorted((name for name in continuing if votes[name] >= quota), key=lambda name: -votes[name])
        elected += reached
        pending += [name for name in reached if votes[name] > quota]
        continuing -= set(reached)
        if len(continuing) <= seats - len(elected):
            elected += sorted(continuing, key=lambda name: -votes[name])
            return stages, elected
        if len(elected) == seats:
            return stages, elected
        if pending:
            name = one_extreme({each: votes[each] for each in pending}, most=True)
            pending.remove(name)
            surplus, total, papers = votes[name] - quota, votes[name], piles.pop(name)
            votes[name] = Fraction(quota)
            move([Paper(each.ranking, Fraction(floor(surplus * each.value / total * 10**5), 10**5)) for each in papers])
        else:
            name = one_extreme({each: votes[each] for each in continuing}, most=False)
            continuing.remove(name)
            votes[name] = Fraction(0)
            move(piles.pop(name))


NANO = Fraction(1, 10**9)


def up(number: Fraction) -> Fraction:
    """Rounded up to 9 decimals."""
    return ceil(number / NANO) * NANO


@dataclass
class Meek:
    """The Proportional Representation Foundation's reference Meek rule, step by step, with single ballots."""

    ballots: Sequence[Ballot]
    options: Sequence[str]
    seats: int
    keep: Votes = field(default_factory=dict)
    votes: Votes = field(default_factory=dict)
    quota: Fraction = Fraction(0)

    def distribute(self) -> None:
        self.votes = {name: Fraction(0) for name in self.options}
        for ballot in self.ballots:
            weight = Fraction(1)
            for name in ballot:
                given = up(weight * self.keep[name])
                self.votes[name] += given
                weight -= given
        self.quota = floor(sum(self.votes.values()) / (self.seats + 1) / NANO) * NANO + NANO

    def rounds(self) -> Iterator[tuple[Votes, Fraction, list[str], list[str]]]:
        """Votes, quota, elected and defeated of each round."""
        self.keep = {name: Fraction(1) for name in self.options}
        hopeful = list(self.options)
        elected: list[str] = []
        while len(elected) < self.seats and len(elected) + len(hopeful) > self.seats:
            before = None
            while True:
                self.distribute()
                winners = [name for name in hopeful if self.votes[name] >= self.quota]
                surplus = max(Fraction(0), sum((self.votes[name] - self.quota for name in elected), Fraction(0)))
                if winners or surplus < Fraction(1, 10**6) or (before is not None and surplus >= before):
                    break
                before = surplus
                for name in elected:
                    self.keep[name] = up(up(self.keep[name] * self.quota) / self.votes[name])
            if winners:
                elected += winners
                hopeful = [name for name in hopeful if name not in winners]
                yield self.votes, self.quota, winners, []
                continue
            least = min(self.votes[name] for name in hopeful)
            lowest = [name for name in hopeful if self.votes[name] <= least + surplus]
            if len(lowest) > 1:
                raise TiedError(lowest)
            yield self.votes, self.quota, [], lowest
            hopeful.remove(lowest[0])
            self.keep[lowest[0]] = Fraction(0)
        if len(elected) < self.seats and hopeful:
            self.distribute()
            yield self.votes, self.quota, hopeful, []


def preferences(ballots: Sequence[Ballot], options: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many ballots prefer one to another; whoever is not ranked comes after all who are."""
    place = [{name: rank for rank, name in enumerate(ballot)} for ballot in ballots]
    last = len(options)
    return {
        (one, other): sum(ranks.get(one, last) < ranks.get(other, last) for ranks in place)
        for one, other in permutations(options, 2)
    }


def strongest(ballots: Sequence[Ballot], options: Sequence[str]) -> dict[tuple[str, str], int]:
    """By definition: of all paths from one to another whose every step is a win, the greatest weakest step."""
    preferred = preferences(ballots, options)

    def strength(path: Sequence[str]) -> int:
        steps = list(pairwise(path))
        won = all(preferred[step] > preferred[step[::-1]] for step in steps)
        return min(preferred[step] for step in steps) if won else 0

    return {
        (one, other): max(
            strength((one, *middle, other))
            for length in range(len(options) - 1)
            for middle in permutations([name for name in options if name not in (one, other)], length)
        )
        for one, other in permutations(options, 2)
    }


def majority_value(grades: Sequence[int]) -> list[int]:
    """Grades taken away one by one, each time the lower of those in the middle; greater numbers are better grades."""
    left, taken = sorted(grades), []
    while left:
        taken.append(left.pop((len(left) - 1) // 2))
    return taken
