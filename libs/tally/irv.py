"""The option with the fewest votes is eliminated, ties as declared, until one has more than half of those still cast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from tally.forms import Number
from tally.piles import Piles
from tally.rounds import Contest, Round, Transfer

Losers = Callable[[Contest, Mapping[str, Number]], tuple[str, ...]]
"""The contest, the votes of a round → whom that round eliminates, in order."""


def count(contest: Contest) -> tuple[str, ...]:
    """Elect one, from the first preferences down; the last left is elected without more than half."""
    return run_off(contest, _fewest)


def _fewest(contest: Contest, votes: Mapping[str, Number]) -> tuple[str, ...]:
    return (contest.lowest(votes, "elimination"),)


def run_off(contest: Contest, losers: Losers, undeclared: str | None = None, *, skips: bool = False) -> tuple[str, ...]:
    """Rounds until someone is elected, or nobody is left. `undeclared` cannot be elected.

    Each round's quota is the least whole number that is more than half of its votes, where all weights are whole.
    """
    unit = contest.papers.unit
    piles = Piles(contest.papers.rankings.items(), contest.listed())
    while piles.continuing:
        votes = {name: _exact(number, unit) for name, number in piles.votes.items() if name in piles.continuing}
        contest.stages.append(votes)
        cast = sum(votes.values())
        exhausted, skipped = piles.exhausted, piles.skipped
        winner = tuple(name for name in votes if name != undeclared and (votes[name] * 2 > cast or len(votes) == 1))
        out = () if winner else losers(contest, votes)
        for name in out:
            piles.close(name)
        transfers = tuple(_transfer(piles, name, unit) for name in out)
        contest.rounds.append(
            Round(
                tally=votes,
                quota=cast // 2 + 1 if unit == 1 else None,
                elected=winner,
                eliminated=out,
                transfers=transfers,
                exhausted=_exact(exhausted - skipped, unit),
                skipped=_exact(skipped, unit) if skips else None,
            )
        )
        if winner:
            return winner
    return ()


def _transfer(piles: Piles, name: str, unit: int) -> Transfer:
    given, nobody = piles.eliminate(name)
    votes = {other: _exact(given[other], unit) for other in piles.votes if other in given}
    return Transfer((name,), votes, _exact(nobody, unit))


def _exact(number: int, unit: int) -> Number:
    return number if unit == 1 else Fraction(number, unit)
