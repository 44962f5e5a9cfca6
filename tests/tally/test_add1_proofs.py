"""How far a proof of add1 reaches: further, and it would skip a repetition that buys otherwise, or rest on what is not proved."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest

from tally.add1 import PATIENCE, add
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
    "one who can buy only what they give least to": Case(
        ("1: p0 1, p1 1, p2 2",), "6 2 2", by_cost=True, budget="2", step="1/20", added=0, proved=39
    ),
    "two who are short of a price together": Case(
        ("1: p0 3, p1 1", "1: p0 2"), "6 1", by_cost=True, budget="4", step="1/20", added=0, proved=19
    ),
    "two who could pay a price together": Case(
        ("1: p1 2", "2: p0 3, p1 3", "1/2: p0 2, p1 1"), "2 3", by_cost=True, budget="3", step="1/20", added=0, proved=2
    ),
    "until another is as cheap": Case(
        ("1: p0 1, p1 3",), "2 6", by_cost=True, budget="3", step="1/20", added=0, proved=59
    ),
    "what is left after a price that falls": Case(
        ("3: p0 1, p1 1", "1: p0 3"), "4 3", by_cost=True, budget="2", step="1/2", added=1, proved=1
    ),
    "a payment that grows by thirds": Case(
        ("2: p0 3, p1 2", "2: p1 1", "1: p0 1, p1 1"), "3 5", by_cost=True, budget="5", step="1/20", added=0, proved=4
    ),
    "one who has the price exactly, and a tie": Case(
        ("2: p0 1, p1 1, p3 3", "1: p0 2, p1 2, p2 3"), "6 4 4 4", by_cost=True, budget="9", step="1/20", added=0, proved=9
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
    "a whole step and no more": Case(("3: p0 2, p1 1",), "6 4", by_cost=True, budget="4", step="1/2", added=0, proved=1),
    "an option that stays one unit too dear": Case(
        ("1: p0 1, p1 3",), "1 6", by_cost=False, budget="2", step="1/2", added=0, proved=7
    ),
    "one who could pay another price exactly": Case(
        ("3: p0 2, p1 1",), "2 6", by_cost=True, budget="3", step="1/2", added=0, proved=3
    ),
    "one whose purse is empty before": Case(
        ("1: p0 3, p1 2, p2 1", "1: p0 1, p2 1"), "6 1 2", by_cost=True, budget="8", step="1/2", added=0, proved=1
    ),
    "one who pays exactly all they have": Case(
        ("1: p0 3, p1 1",), "3 4", by_cost=True, budget="3", step="1/2", added=0, proved=7
    ),
    "two who give all they have for one, and all but one for another": Case(
        ("1: p0 1, p2 1", "2: p1 1, p2 2", "1: p1 1, p2 2", "2: p1 3, p2 1"),
        "1 1 6", by_cost=True, budget="7", step="1/20", added=0, proved=2,
    ),
    "nothing is bought": Case(("1: p0 1",), "3", by_cost=False, budget="0", step="1", added=0, proved=2),
}  # fmt: skip


@pytest.mark.parametrize("case", REACHES.values(), ids=REACHES.keys())
def test_a_proof_reaches_so_far_and_no_further(case: Case) -> None:
    shop, share, found = case.bought()
    assert steps_unchanged(shop, share, found.bought) == case.proved
    assert order(case.bought(case.proved)[2]) == order(found)


@pytest.mark.parametrize("case", NEXT_BUYS_OTHERWISE.values(), ids=NEXT_BUYS_OTHERWISE.keys())
def test_one_step_further_something_else_is_bought(case: Case) -> None:
    assert order(case.bought(case.proved + 1)[2]) != order(case.bought()[2])


@pytest.mark.parametrize("case", REACHES.values(), ids=REACHES.keys())
def test_what_is_added_never_depends_on_when_a_proof_is_tried(case: Case) -> None:
    shop = case.shop()
    added = [add(shop, lambda share: run(shop, share), patience) for patience in (0, 1, PATIENCE, 10**9)]
    assert added[0] is not None
    assert added == [added[0]] * 4


def test_nothing_is_proved_of_a_run_that_bought_everything() -> None:
    shop = Case(("1: p0 1",), "1", by_cost=False, budget="2", step="1", added=0, proved=0).shop()
    with pytest.raises(ValueError, match=r"^every option is bought: more money changes nothing$"):
        steps_unchanged(shop, shop.share, run(shop, shop.share).bought)
