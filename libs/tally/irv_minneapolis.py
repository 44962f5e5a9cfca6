"""As irv; undeclared write-ins go first, then at once all who cannot win; two skipped ranks in a row end a ballot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tally.forms import Number
from tally.irv import run_off
from tally.papers import OVERVOTED, SKIPPED, Ranking
from tally.rounds import Contest

UNDECLARED = "UWI"
"""The id of the option that stands for all undeclared write-ins together."""

SKIPS = 1
"""How many ranks in a row may be left empty before one that counts."""


def count(contest: Contest) -> tuple[str, ...]:
    """Minneapolis Code of Ordinances, chapter 167, as tabulated in 2017 (an overvote goes to the next rank).

    A round's threshold is more than half of its own votes, as the tabulator has it. When nobody can be eliminated for
    want of votes, it is the one with the fewest, ties as declared.
    """
    return run_off(contest, _losers, UNDECLARED, skips=True)


def reading(choice: Iterable[str]) -> Ranking | None:
    """The options up to a forbidden skip, which ends in `SKIPPED`; None when every rank was left empty.

    A choice of nothing but overvotes is not blank: it is exhausted from the start.
    """
    counted: list[str] = []
    empty, seen = 0, False
    for option in choice:
        if option == SKIPPED:
            empty += 1
            continue
        if empty > SKIPS:
            return (*dict.fromkeys(counted), SKIPPED)
        empty, seen = 0, True
        if option != OVERVOTED:
            counted.append(option)
    return tuple(dict.fromkeys(counted)) if seen else None


def _losers(contest: Contest, votes: Mapping[str, Number]) -> tuple[str, ...]:
    if UNDECLARED in votes:
        return (UNDECLARED,)
    return cannot_win(contest, votes) or (contest.lowest(votes, "elimination"),)


def cannot_win(contest: Contest, votes: Mapping[str, Number]) -> tuple[str, ...]:
    """The most options whose votes together are fewer than the next option's."""
    rising = sorted(contest.by_votes(list(votes), votes), key=lambda name: votes[name])
    together: Number = 0
    found = 0
    for place, name in enumerate(rising):
        if together < votes[name]:
            found = place
        together += votes[name]
    return tuple(name for name in contest.listed() if name in rising[:found])
