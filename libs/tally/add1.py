"""Equal Shares is repeated with more for each voter until it would spend beyond the budget; the last within it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tally.add1_leap import steps_unchanged
from tally.equal_shares_run import Market, Run

OVER_BUDGET = "over_budget"
ALL_BOUGHT = "all_bought"

PATIENCE = 8
"""After so many repetitions with the same result it is worth while to prove how many more will have it."""


class Added(NamedTuple):
    """How many steps were added, and why no more."""

    steps: int
    stopped: str


def add(market: Market, run: Callable[[int], Run], patience: int = PATIENCE) -> Added | None:
    """`run` is Equal Shares with a share of so much for each voter; None when a lot lacks its seed.

    It does not stop where the outcome is exhaustive: nothing says that the next is not better. Repetitions are left out
    only where `steps_unchanged` has proved that they buy the same. Source: equalshares.net, "completion: Add1".
    """
    found, steps, same = run(market.share), 0, 0
    while not found.lot_needed:
        if len(found.bought) == len(market.options):
            return Added(steps, ALL_BOUGHT)
        if same >= patience:
            ahead = steps_unchanged(market, market.share + steps * market.step, found.bought)
            steps += ahead
            patience = patience if ahead > patience else 2 * patience + 1
            same = 0
        following = run(market.share + (steps + 1) * market.step)
        if following.spent > market.budget:
            return Added(steps, OVER_BUDGET)
        steps += 1
        unchanged = [each.place for each in following.bought] == [each.place for each in found.bought]
        same = same + 1 if unchanged else 0
        found = following
    return None
