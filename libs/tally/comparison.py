"""The greedy set replaces Equal Shares' set when more weight of voters prefers it; if as much does, Equal Shares' stays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from tally.allocation_rules import Comparison
from tally.support import Support


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sets, and the weight of the voters who prefer each."""

    by: Comparison
    equal_shares: tuple[str, ...]
    greedy: tuple[str, ...]
    prefer_equal_shares: Fraction
    prefer_greedy: Fraction

    @property
    def greedy_is_preferred(self) -> bool:
        """Whether the greedy set is funded."""
        return self.prefer_greedy > self.prefer_equal_shares

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON."""
        return {
            "by": self.by.value,
            "preferred": "greedy" if self.greedy_is_preferred else "equal-shares",
            "equal_shares": {"winners": list(self.equal_shares), "weight": show(self.prefer_equal_shares)},
            "greedy": {"winners": list(self.greedy), "weight": show(self.prefer_greedy)},
        }


def compare(by: Comparison, support: Support, equal_shares: tuple[str, ...], greedy: tuple[str, ...]) -> Compared:
    """satisfaction: a voter prefers the set in which they support more options (or gave more points).

    exclusion: a voter prefers the only set in which they support any. Source: equalshares.net, "comparison step".
    """
    measure = MEASURES[by]
    ours, theirs = measure(support, equal_shares), measure(support, greedy)
    prefer = {True: 0, False: 0}
    for voter, weight in enumerate(support.weights):
        mine, other = ours.get(voter, 0), theirs.get(voter, 0)
        if mine != other:
            prefer[mine > other] += weight
    weights = {side: Fraction(weight, support.unit) for side, weight in prefer.items()}
    return Compared(by, equal_shares, greedy, weights[True], weights[False])


def _points(support: Support, chosen: Collection[str]) -> dict[int, int]:
    """What each voter gave to the options chosen, together."""
    sums: dict[int, int] = {}
    for option in chosen:
        for points, voters in support.supporters.get(option, ()):
            for voter in voters:
                sums[voter] = sums.get(voter, 0) + points
    return sums


def _any(support: Support, chosen: Collection[str]) -> dict[int, int]:
    return dict.fromkeys(_points(support, chosen), 1)


MEASURES: Mapping[Comparison, Callable[[Support, Collection[str]], dict[int, int]]] = {
    Comparison.SATISFACTION: _points,
    Comparison.EXCLUSION: _any,
}
