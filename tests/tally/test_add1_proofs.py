"""How far a proof of add1 reaches: further, and it would skip a repetition that buys otherwise, or rest on what is not proved."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest

from tally.add1_leap import steps_unchanged
from tally.equal_shares_run import Market, Run, market
from tally.grouping import Said, said
from tally.support import support
from tests.tally.test_equal_shares_laws import order, run


class Case(NamedTuple):
    """Ballots are `weight: option points, …`; a step is so much more for each weight of 1, `added` times before the run."""

    ballots: tuple[str, ...]
    costs: str
    by_cost: bool
    budget: str
    step: str
    added: int
    proved: int

    def shop(self) -> Market:
        """The market."""
        groups: dict[Said, Fraction] = {}
        for ballot in self.ballots:
            weight, given = ballot.split(": ")
            points = dict(each.split() for each in given.split(", "))
            groups[said(points)] = Fraction(weight)
        costs = {f"p{place}": Fraction(cost) for place, cost in enumerate(self.costs.split())}
        return market(
            support(groups, costs),
            costs,
            by_cost=self.by_cost,
            budget=Fraction(self.budget),
            step=Fraction(self.step),
        )

    def bought(self, steps: int = 0) -> tuple[Market, int, Run]:
        """The market, the share after so many more steps, and what is bought."""
        shop = self.shop()
        share = shop.share + (self.added + steps) * shop.step
        return shop, share, run(shop, share)


NEXT_BUYS_OTHERWISE = {
    "several who give all they have": Case(
        ("2: p2 1, p3 2, p4 1", "1/2: p0 1, p1 1, p2 2, p3 1, p4 2", "1/2: p0 1, p3 3", "2: p0 2, p1 1, p3 3, p4 1"),
        "1/3 1 1/3 1/3 2/3", by_cost=True, budget="4/3", step="1/20", added=1, proved=0,
    ),
    "a tie that ends, a limit found before it": Case(
        ("2: p0 1, p1 3, p3 1, p4 3", "1: p1 3, p2 2, p3 1, p4 1"),
        "8 5 5 18 22", by_cost=False, budget="29", step="1", added=1, proved=0,
    ),
    "a tie that ends with the least step": Case(
        ("3: p0 3, p1 2, p2 1, p3 3, p4 1", "1: p0 3, p2 1, p3 1, p4 1"),
        "4 3 3 3 4", by_cost=True, budget="5", step="1/20", added=10, proved=0,
    ),
}  # fmt: skip

REACHES = {
    **NEXT_BUYS_OTHERWISE,
    "whoever is one unit short": Case(
        ("2: p1 2, p2 2, p3 2, p4 1", "2: p1 1, p2 3, p3 3, p4 2"),
        "2 3 3 2 2", by_cost=False, budget="5", step="1/20", added=0, proved=0,
    ),
    "a tie that stays": Case(
        ("1/2: p0 2, p1 1", "3/2: p0 1, p1 1"), "1 1", by_cost=False, budget="1", step="1/20", added=0, proved=0
    ),
    "an option that is one unit too dear": Case(
        ("1: p0 2, p1 3, p2 1", "2: p0 1, p1 3, p2 1"), "1 2 1", by_cost=False, budget="0", step="1/20", added=7, proved=3
    ),
    "a tie by cost, until somebody else can pay": Case(
        ("1: p1 1", "1: p0 2, p1 3, p2 1, p3 3", "2: p0 1, p1 2, p2 1, p3 3"),
        "2 3 2 1", by_cost=True, budget="4", step="1/20", added=19, proved=3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REACHES.values(), ids=REACHES.keys())
def test_a_proof_reaches_so_far_and_no_further(case: Case) -> None:
    shop, share, found = case.bought()
    assert steps_unchanged(shop, share, found.bought) == case.proved
    assert order(case.bought(case.proved)[2]) == order(found)


@pytest.mark.parametrize("case", NEXT_BUYS_OTHERWISE.values(), ids=NEXT_BUYS_OTHERWISE.keys())
def test_one_step_further_something_else_is_bought(case: Case) -> None:
    assert order(case.bought(case.proved + 1)[2]) != order(case.bought()[2])


def test_nothing_is_proved_of_a_run_that_bought_everything() -> None:
    shop = Case(("1: p0 1",), "1", by_cost=False, budget="2", step="1", added=0, proved=0).shop()
    with pytest.raises(ValueError, match=r"^every option is bought: more money changes nothing$"):
        steps_unchanged(shop, shop.share, run(shop, shop.share).bought)
