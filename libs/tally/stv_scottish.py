"""Votes beyond the Droop quota pass on at values cut to five decimals, else the lowest goes; ties as declared."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tally.forms import Number
from tally.piles import Paper, Piles
from tally.rounds import Contest, Round, Transfer

PLACES = 5
VALUE = 10**PLACES


def count(contest: Contest) -> tuple[str, ...]:
    """Scottish Local Government Elections Order 2007 (SSI 2007/42), Schedule 1, rules 45 to 52.

    All papers of whoever has a surplus are passed on (weighted inclusive Gregory). A stage is completed before the last
    vacancies are filled, as the returning officers' reports do. Scaling weights can change a result: the quota is whole.
    """
    return _Count(contest).run()


class _Count:
    """Votes are whole numbers: weight times `papers.unit`, times the value in hundred-thousandths."""

    def __init__(self, contest: Contest) -> None:
        papers = contest.papers
        self.contest = contest
        self.one = VALUE * papers.unit
        self.quota = papers.weight // (papers.unit * (contest.seats + 1)) + 1
        self.piles = Piles(papers.rankings.items(), contest.listed(), VALUE)
        self.elected: list[str] = []
        self.surplus: set[str] = set()

    def run(self) -> tuple[str, ...]:
        while True:
            votes = {name: self._exact(number) for name, number in self.piles.votes.items()}
            self.contest.stages.append(votes)
            exhausted = self._exact(self.contest.papers.weight * VALUE - sum(self.piles.votes.values()))
            elected = self._elect(votes)
            done = len(self.elected) >= self.contest.seats or not self.piles.continuing
            eliminated, transfers = ((), ()) if done else self._next()
            self.contest.rounds.append(
                Round(
                    tally=votes,
                    quota=self.quota,
                    elected=elected,
                    eliminated=eliminated,
                    transfers=transfers,
                    exhausted=exhausted,
                )
            )
            if done:
                return tuple(self.elected)

    def _elect(self, votes: dict[str, Number]) -> tuple[str, ...]:
        """Rule 47: whoever has the quota; rule 52: all that continue, when they are no more than the vacancies."""
        continuing = self.piles.continuing
        found = list(self.contest.by_votes([name for name in continuing if votes[name] >= self.quota], votes))
        self.surplus |= {name for name in found if votes[name] > self.quota}
        left = continuing.difference(found)
        if len(left) <= self.contest.seats - len(self.elected) - len(found):
            found += self.contest.by_votes(list(left), votes)
        for name in found:
            self.piles.close(name)
        self.elected += found
        return tuple(found)

    def _next(self) -> tuple[tuple[str, ...], tuple[Transfer, ...]]:
        """Rules 48 and 49: the greatest surplus; without one, rules 50 and 51: exclude the lowest."""
        votes: dict[str, Number] = {name: self._exact(number) for name, number in self.piles.votes.items()}
        if self.surplus:
            name = self.contest.highest({name: votes[name] for name in self.surplus}, "surplus")
            self.surplus.remove(name)
            return (), (self._pass_on(name),)
        continuing = {name: number for name, number in votes.items() if name in self.piles.continuing}
        name = self.contest.lowest(continuing, "elimination")
        given, nobody = self.piles.eliminate(name)
        return (name,), (self._transfer(name, given, nobody),)

    def _pass_on(self, name: str) -> Transfer:
        """Rule 48(3): surplus × value when received ÷ votes, the rest of the division ignored."""
        total = self.piles.votes[name]
        quota = self.quota * self.one
        surplus = total - quota
        papers: Sequence[Paper] = self.piles.take(name)
        value = {received: surplus * received // total for _, _, _, received in papers}
        given, _ = self.piles.give(
            (ranking, after, weight, value[received]) for ranking, after, weight, received in papers
        )
        self.piles.votes[name] = quota
        nobody = surplus - sum(given.values())
        return self._transfer(name, given, nobody)

    def _transfer(self, name: str, given: dict[str, int], nobody: int) -> Transfer:
        votes = {other: self._exact(given[other]) for other in self.piles.votes if other in given}
        return Transfer((name,), votes, self._exact(nobody))

    def _exact(self, number: int) -> Number:
        return Fraction(number, self.one)
