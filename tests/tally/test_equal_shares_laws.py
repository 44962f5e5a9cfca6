"""Laws of Equal Shares: nobody pays more than their share, together they pay the cost; a proof of add1 skips nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tally import add1
from tally.add1_leap import steps_unchanged
from tally.allocation import Allocation, AllocationRules, allocate
from tally.equal_shares_run import Market, Run, market
from tally.forms import Option
from tally.grouping import Said
from tally.payments import EqualSharesRecord
from tally.support import support

pytestmark = pytest.mark.slow

NAMES = [f"p{place}" for place in range(5)]
WEIGHTS = st.fractions(min_value=Fraction(1, 6), max_value=5, max_denominator=6)
POINTS = st.sampled_from(["1", "2", "3", "1/2", "4/3"])
APPROVALS = st.lists(st.sampled_from(NAMES), unique=True).map(lambda names: tuple(sorted(names)))
GIVEN = st.dictionaries(st.sampled_from(NAMES), POINTS).map(lambda given: tuple(sorted(given.items())))
GROUPS: st.SearchStrategy[dict[Said, Fraction]] = st.one_of(
    st.dictionaries(APPROVALS, WEIGHTS, min_size=1, max_size=9), st.dictionaries(GIVEN, WEIGHTS, min_size=1, max_size=9)
)
COSTS = st.fixed_dictionaries({name: st.fractions(min_value=0, max_value=40, max_denominator=3) for name in NAMES})
BUDGETS = st.fractions(min_value=0, max_value=90, max_denominator=3)
UTILITIES = st.sampled_from(["cost", "cardinality"])


def given_by(said: Said) -> dict[str, Fraction]:
    """What a ballot gives to each option."""
    pairs = ((each, "1") if isinstance(each, str) else each for each in said)
    return {name: Fraction(points) for name, points in pairs}


def allocated(
    groups: Mapping[Said, Fraction], costs: Mapping[str, Fraction], budget: Fraction, **more: Any
) -> Allocation:
    """Equal Shares, ties by name."""
    rules = AllocationRules(rule="equal-shares", budget=budget, tie_break=("earlier_submission",), **more)
    options = {name: Option(option=name, cost=cost) for name, cost in costs.items()}
    scores = {name: sum((w * given_by(said).get(name, 0) for said, w in groups.items()), Fraction(0)) for name in NAMES}
    return allocate(rules, options, scores, {}, b"", groups=groups)


@given(GROUPS, COSTS, BUDGETS, UTILITIES, st.sampled_from([None, "add1"]))
def test_everyone_pays_from_their_own_share_and_together_exactly_the_cost(
    groups: dict[Said, Fraction], costs: dict[str, Fraction], budget: Fraction, utility: str, completion: str | None
) -> None:
    """Each ballot's money is followed through the rounds, from the prices alone, in fractions."""
    record = allocated(groups, costs, budget, utility=utility, completion=completion).record
    assert isinstance(record, EqualSharesRecord)
    money = dict.fromkeys(groups, record.share)
    assert record.share * sum(groups.values()) == budget + record.added * sum(groups.values())
    for each in record.rounds:
        paid = {said: min(money[said], each.price * given_by(said).get(each.option, 0)) for said in groups}
        assert sum(groups[said] * paid[said] for said in groups) == each.cost == costs[each.option]
        told = sum(payment.each * payment.weight for payment in (*each.in_full, *each.rest))
        assert told == each.cost
        for said in groups:
            money[said] -= paid[said]
            assert money[said] >= 0
    for other in record.unbought:
        supporters = [said for said in groups if other.option in given_by(said)]
        assert sum(groups[said] * money[said] for said in supporters) == other.money < other.cost


@given(GROUPS, COSTS, BUDGETS, UTILITIES)
def test_no_option_was_cheaper_than_the_one_that_was_bought(
    groups: dict[Said, Fraction], costs: dict[str, Fraction], budget: Fraction, utility: str
) -> None:
    """At the price of what is bought, for a unit of utility, the supporters of no other option could have paid."""
    record = allocated(groups, costs, budget, utility=utility).record
    assert isinstance(record, EqualSharesRecord)
    money = dict.fromkeys(groups, record.share)
    bought = [each.option for each in record.rounds]
    for place, each in enumerate(record.rounds):
        for other in set(NAMES) - set(bought[: place + 1]):
            price = each.for_utility * (costs[other] if utility == "cost" else 1)
            supporters = [said for said in groups if other in given_by(said)]
            payable = sum(groups[said] * min(money[said], price * given_by(said)[other]) for said in supporters)
            assert payable <= costs[other] or not costs[other]
        for said in groups:
            money[said] -= min(money[said], each.price * given_by(said).get(each.option, 0))


@given(GROUPS, COSTS, BUDGETS, UTILITIES, st.sampled_from(["add1", "add1u", "greedy", None]), st.integers(2, 5))
def test_the_scale_of_weights_never_matters_if_the_step_keeps_to_it(
    groups: dict[Said, Fraction],
    costs: dict[str, Fraction],
    budget: Fraction,
    utility: str,
    completion: str | None,
    scale: int,
) -> None:
    scaled = {said: weight * scale for said, weight in groups.items()}
    step = {"step": Fraction(1, scale)} if completion in ("add1", "add1u") else {}
    once = allocated(groups, costs, budget, utility=utility, completion=completion)
    again = allocated(scaled, costs, budget, utility=utility, completion=completion, **step)
    assert once.winners == again.winners


@given(GROUPS, COSTS, BUDGETS, UTILITIES, st.sampled_from(["add1u", "greedy"]))
def test_what_greedy_completed_leaves_too_little_for_anything_more(
    groups: dict[Said, Fraction], costs: dict[str, Fraction], budget: Fraction, utility: str, completion: str
) -> None:
    found = allocated(groups, costs, budget, utility=utility, completion=completion)
    assert found.spent <= budget
    supported = {name for said in groups for name in given_by(said)}
    assert all(costs[name] > budget - found.spent for name in supported - set(found.winners))


def markets() -> st.SearchStrategy[Market]:
    """What Equal Shares and add1 work on, by the cost or one by one; prices many steps above what a step adds."""

    def build(
        groups: dict[Said, Fraction], costs: dict[str, Fraction], budget: Fraction, by_cost: bool, step: Any
    ) -> Market:
        priced = {name: cost for name, cost in costs.items() if cost}
        return market(support(groups, priced), priced, by_cost=by_cost, budget=budget, step=step)

    steps = st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=20)
    return st.builds(build, GROUPS, COSTS, BUDGETS, st.booleans(), steps)


def run(shop: Market, share: int) -> Run:
    """A run whose ties go to the first by name, and that does not stop when too much is bought."""
    return Run(shop, share, lambda tied, _: tied[0], sum(shop.costs)).finish()


def order(found: Run) -> list[int]:
    """What was bought, in order."""
    return [each.place for each in found.bought]


@given(markets(), st.integers(0, 60))
def test_as_many_steps_as_are_proved_buy_the_same(shop: Market, added: int) -> None:
    share = shop.share + added * shop.step
    found = run(shop, share)
    assume(len(found.bought) < len(shop.options))
    proved = steps_unchanged(shop, share, found.bought)
    for steps in range(1, min(proved, 200) + 1):
        assert order(run(shop, share + steps * shop.step)) == order(found)
    assert order(run(shop, share + proved * shop.step)) == order(found)


@settings(max_examples=200)
@given(markets(), st.sampled_from([0, 1, 3]))
def test_add1_ends_where_it_ends_when_every_repetition_is_run(shop: Market, patience: int) -> None:
    found = add1.add(shop, lambda share: Run(shop, share, lambda tied, _: tied[0], shop.budget).finish(), patience)
    steps = 0
    while len(order(run(shop, shop.share + steps * shop.step))) < len(shop.options):
        if run(shop, shop.share + (steps + 1) * shop.step).spent > shop.budget:
            assert found == (steps, add1.OVER_BUDGET)
            return
        steps += 1
    assert found == (steps, add1.ALL_BOUGHT)


def drawn(chance: random.Random) -> tuple[Market, int]:
    """A market of four options and up to six groups of approvals, and the share after some steps."""
    groups: dict[Said, Fraction] = {}
    for _ in range(chance.randint(1, 6)):
        groups[tuple(sorted(chance.sample(NAMES[:4], chance.randint(1, 3))))] = Fraction(chance.randint(1, 6))
    costs = {name: Fraction(chance.randint(1, 120), 3) for name in NAMES[:4]}
    budget, by_cost = Fraction(chance.randint(1, 270), 3), chance.random() < 0.5
    shop = market(support(groups, costs), costs, by_cost=by_cost, budget=budget, step=Fraction(1, 20))
    return shop, shop.share + chance.randint(0, 40) * shop.step


def payers(shop: Market, share: int) -> list[tuple[int, list[tuple[int, bool]]]]:
    """For each option bought, its supporters and who of them paid the price in full."""
    money = [Fraction(share)] * len(shop.support.weights)
    told = []
    for each in run(shop, share).bought:
        price, paid = Fraction(each.paid, each.each * each.scale), []
        for points, voters in shop.backers[each.place]:
            for voter in voters:
                paid.append((voter, money[voter] >= price * points))
                money[voter] -= min(money[voter], price * points)
        told.append((each.place, sorted(paid)))
    return told


def test_a_proof_skips_nothing_and_most_reach_as_far_as_the_same_voters_pay() -> None:
    """Where a proof ends before the payers change it compared too carefully: a price with what others could pay at most."""
    chance, found = random.Random("add1"), Counter[str]()
    for _ in range(4000):
        shop, share = drawn(chance)
        bought = run(shop, share).bought
        if len(bought) == len(shop.options):
            found["all bought"] += 1
            continue
        proved = steps_unchanged(shop, share, bought)
        assert order(run(shop, share + proved * shop.step)) == order(run(shop, share))
        ends = payers(shop, share + (proved + 1) * shop.step) != payers(shop, share)
        found["as far as they pay" if ends else "less far"] += 1
    assert found == {"as far as they pay": 2930, "all bought": 805, "less far": 265}
