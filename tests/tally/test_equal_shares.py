"""Equal Shares: who pays what, either side of what can be paid for; its completions, its comparison, its record."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from kernel.numbers import show
from tally.allocation import Allocation, AllocationRules, SeedNeeded, allocate
from tally.forms import Option
from tally.grouping import Said
from tally.payments import EqualSharesRecord, Payment


def options(**costs: str) -> dict[str, Option]:
    """Options in order of submission."""
    return {
        name: Option(option=name, cost=cost, submitted=place) for place, (name, cost) in enumerate(costs.items(), 1)
    }


def shared(
    budget: str, costs: Mapping[str, str], ballots: Mapping[Said, int | Fraction], **more: Any
) -> tuple[Allocation, EqualSharesRecord]:
    """Allocate, scores being weight times points, ties in order of submission unless `more` says otherwise."""
    declared = {"utility": "cost", "tie_break": ("earlier_submission",), **more}
    rules = AllocationRules(rule="equal-shares", budget=budget, **declared)
    found = allocate(rules, options(**costs), scores_of(ballots), {}, b"", groups=ballots)
    assert isinstance(found.record, EqualSharesRecord)
    assert found.spent == sum((step.cost for step in found.steps if step.taken), Fraction(0)) <= rules.budget
    return found, found.record


def scores_of(ballots: Mapping[Said, int | Fraction]) -> dict[str, Fraction]:
    """Weight times points of each option."""
    scores: dict[str, Fraction] = {}
    for said, weight in ballots.items():
        for each in said:
            name, points = (each, "1") if isinstance(each, str) else each
            scores[name] = scores.get(name, Fraction(0)) + weight * Fraction(points)
    return scores


# 4 voters have 25 each: a and b for three of them, c for the fourth.
COSTS = {"a": "45", "b": "30", "c": "25"}
BALLOTS: dict[Said, int | Fraction] = {("a", "b"): 3, ("c",): 1}

BOUNDARIES = [
    pytest.param("100", {}, "abc", id="both groups buy all that they want, c with the last of its voter's money"),
    pytest.param("99.99", {}, "a", id="a cent less, and neither b nor c can be paid for"),
    pytest.param("60", {}, "a", id="three shares of 15 are exactly what a costs"),
    pytest.param("59.96", {}, "b", id="just below it a cannot be paid for, b can"),
    pytest.param("40", {}, "b", id="three shares of 10 are exactly what b costs"),
    pytest.param("39.96", {}, "", id="and just below it nothing is bought"),
    pytest.param("0", {}, "", id="no money buys nothing"),
    pytest.param("100", {"utility": "cardinality"}, "bac", id="worth one each, the cheapest for a voter comes first"),
    pytest.param("100", {"threshold": "1"}, "abc", id="a score at the threshold is enough"),
    pytest.param("100", {"threshold": "1.01"}, "ab", id="c's score is below it"),
]


@pytest.mark.parametrize(("budget", "more", "winners"), BOUNDARIES)
def test_an_option_is_bought_when_its_supporters_can_pay(budget: str, more: dict[str, Any], winners: str) -> None:
    assert shared(budget, COSTS, BALLOTS, **more)[0].winners == tuple(winners)


def test_the_better_supported_comes_first_when_an_option_is_worth_its_cost() -> None:
    found, record = shared("100", {"a": "10", "b": "50"}, {("a",): 2, ("b",): 8, ("a", "b"): 1})
    assert found.winners == ("b", "a")
    assert [each.for_utility for each in record.rounds] == [Fraction(1, 9), Fraction(1, 3)]


def test_who_cannot_pay_the_price_gives_all_they_have_and_the_others_the_rest() -> None:
    """Shares of 10: ana has 10 - 6 = 4 left after a. b costs 22: ana gives 4, two others 9 each."""
    found, record = shared("50", {"a": "12", "b": "22"}, {("a", "b"): 1, ("a",): 1, ("b",): 2, (): 1}, **BY_ONE)
    assert found.winners == ("a", "b")
    assert record.share == 10
    assert record.rounds[1].in_full == (Payment(Fraction(9), Fraction(2)),)
    assert record.rounds[1].rest == (Payment(Fraction(4), Fraction(1)),)
    assert record.rounds[1].to_json() == {
        "option": "b",
        "price": "9",
        "for_utility": "9",
        "in_full": [["9", "2"]],
        "rest": {"paid": [["4", "1"]]},
    }


BY_ONE = {"utility": "cardinality"}


def test_a_price_that_rises_while_it_is_found_does_not_go_before_a_lower_one() -> None:
    """Shares of 7/6. a costs each of six 1/2, a sixth for its worth. b would cost 2/3 a point if all could pay: 1/6 too.

    Two of its supporters give it two points, and have no 4/3: the other two pay 5/6, and its worth is dearer than a's.
    """
    ballots: dict[Said, int | Fraction] = {("a",): 2, (("a", "1"), ("b", "2")): 2, ("a", "b"): 2}
    found, record = shared("7", {"a": "3", "b": "4"}, ballots)
    assert found.winners == ("a",)
    assert [each.for_utility for each in record.rounds] == [Fraction(1, 6)]


def test_prices_closer_than_the_queue_can_tell_are_compared_exactly() -> None:
    """A price is queued in units of 2^-64; here one is some 2^-70, and they differ by less than 2^-139."""
    many = 2**70
    ballots: dict[Said, int | Fraction] = {("a",): many + 1, ("b",): many + 3, ("c",): many + 2}
    for budget in (
        "6",
        str(sum(ballots.values())),
    ):  # money in tiny coins, and in coins of 1: every price is queued as 0
        _, record = shared(budget, dict.fromkeys("abc", "1"), ballots, **BY_ONE)
        assert [each.option for each in record.rounds] == ["b", "c", "a"]


def test_money_in_a_coin_beyond_what_a_float_can_hold_is_counted() -> None:
    """Costs that share no denominator: their coin has some 400 digits."""
    costs = {name: f"1/{10**56 - place}" for place, name in enumerate("abcdefgh")}
    _, record = shared("1", costs, {tuple("abcdefgh"): 3}, **BY_ONE)
    assert [each.option for each in record.rounds] == list("abcdefgh")


def test_points_are_paid_for_in_proportion() -> None:
    """p costs 12: three points and one point, so 9 and 3."""
    ballots: dict[Said, int | Fraction] = {(("p", "3"),): 1, (("p", "1"),): 1}
    _, record = shared("20", {"p": "12"}, ballots, **BY_ONE)
    assert record.rounds[0].price == 3
    assert record.rounds[0].in_full == (Payment(Fraction(3), Fraction(1)), Payment(Fraction(9), Fraction(1)))


def test_half_points_and_weights_are_exact() -> None:
    ballots: dict[Said, int | Fraction] = {(("p", "1/2"),): Fraction(1, 3), (("p", "1/3"),): Fraction(2, 3)}
    _, record = shared("10", {"p": "7"}, ballots, **BY_ONE)
    assert record.weight == 1
    assert record.rounds[0].price == Fraction(7) / (Fraction(1, 6) + Fraction(2, 9))
    assert sum(each.each * each.weight for each in record.rounds[0].in_full) == 7


def test_a_price_for_utility_is_in_the_currency_and_a_tie_is_recorded_at_it() -> None:
    """Half a unit each: what a costs each of its two supporters is a quarter for one option, a half for what it costs."""
    ballots: dict[Said, int | Fraction] = {("a", "b"): Fraction(2)}
    halves = {"a": "0.5", "b": "0.5"}
    one_by_one, record = shared("1", halves, ballots, **BY_ONE)
    assert [each.for_utility for each in record.rounds] == [Fraction(1, 4)] * 2
    assert [tie.score for tie in one_by_one.ties] == [Fraction(1, 4)]
    by_cost, record = shared("1", halves, ballots)
    assert [each.for_utility for each in record.rounds] == [Fraction(1, 2)] * 2
    assert [tie.score for tie in by_cost.ties] == [Fraction(1, 2)]


def test_what_is_free_is_funded_first_and_nobody_pays_for_it() -> None:
    found, record = shared("10", {"a": "10", "free": "0", "unwanted": "0"}, {("a", "free"): 1})
    assert found.winners == ("free", "a")
    assert [each.option for each in record.rounds] == ["a"]
    assert found.steps[0].why == "costs nothing"


def test_a_step_says_what_the_supporters_paid_or_had_left() -> None:
    found, _ = shared("99.99", COSTS, BALLOTS)
    assert [(step.option, step.taken, step.why) for step in found.steps] == [
        ("a", True, "bought by its supporters at 15.00 for each point of support"),
        ("b", False, "costs more than its supporters have left: 29.99"),
        ("c", False, "costs more than its supporters have left: 24.99"),
    ]


def test_a_blank_ballot_has_its_share_and_spends_nothing() -> None:
    assert shared("20", {"a": "11"}, {("a",): 1, (): 1})[0].winners == ()
    assert shared("20", {"a": "10"}, {("a",): 1, (): 1})[0].winners == ("a",)


# Shares of 10. a (of two voters) costs 20, b (of two others) 24, c (of the fifth) 13, d (of the sixth) 30.
MORE_COSTS = {"a": "20", "b": "24", "c": "13", "d": "30"}
MORE: dict[Said, int | Fraction] = {("a",): 2, ("b",): 2, ("c",): 1, ("d",): 1}

COMPLETED = [
    pytest.param({}, "a", None, None, id="nothing is completed unless it is declared"),
    pytest.param({"completion": "greedy"}, "abc", None, None, id="greedy adds b and c, and d does not fit"),
    pytest.param({"completion": "add1"}, "abc", 19, "over_budget", id="add1 goes on to 19 more, at 20 d is too much"),
]


@pytest.mark.parametrize(("more", "winners", "steps", "stopped"), COMPLETED)
def test_completes_as_declared(more: dict[str, Any], winners: str, steps: int | None, stopped: str | None) -> None:
    found, record = shared("60", MORE_COSTS, MORE, **more)
    assert (found.winners, record.steps, record.stopped) == (tuple(winners), steps, stopped)


@pytest.mark.parametrize(
    ("costs", "completion", "winners", "added"),
    [
        pytest.param({**MORE_COSTS, "e": "2"}, "add1", "abc", (), id="nobody's three shares are left for e"),
        pytest.param({**MORE_COSTS, "e": "2"}, "add1u", "abce", ("e",), id="greedy adds e to what add1 bought"),
        pytest.param({**MORE_COSTS, "e": "3"}, "add1u", "abce", ("e",), id="just as much as is left fits"),
        pytest.param({**MORE_COSTS, "e": "3.01"}, "add1u", "abc", (), id="a cent more does not"),
    ],
)
def test_add1u_is_add1_and_then_greedy(
    costs: dict[str, str], completion: str, winners: str, added: tuple[str, ...]
) -> None:
    """e has one voter, who would have to pay 2 for it and shares it with nobody, and spends all on c first."""
    ballots: dict[Said, int | Fraction] = {("a",): 2, ("b",): 2, ("c",): 1, ("d",): 1, ("e",): Fraction(1, 1000)}
    found, record = shared("60", costs, ballots, completion=completion)
    assert (found.winners, record.completed) == (tuple(winners), added)
    told = {step.option: step.why for step in found.steps}
    if added:
        assert told["e"] == "fits what is left: completion"


def test_add1_goes_on_beyond_an_exhaustive_outcome() -> None:
    """At 10 each a is bought and 4 are left: nothing fits. At 11 each it is b instead of c, until 14 buy all four."""
    ballots: dict[Said, int | Fraction] = {("a",): 2, ("b",): 1, ("c",): 1}
    costs = {"a": "20", "b": "14", "c": "17"}
    found, record = shared("40", costs, ballots, completion="add1")
    assert (found.winners, record.steps, record.stopped) == (("a", "b"), 6, "over_budget")
    assert record.share == 16


def test_add1_ends_when_all_is_bought() -> None:
    _, record = shared("100", {"a": "10"}, {("a",): 1}, completion="add1")
    assert (record.steps, record.stopped) == (0, "all_bought")
    _, record = shared("100", {"a": "60", "b": "40"}, {("a",): 1, ("b",): 1}, completion="add1")
    assert (record.steps, record.stopped) == (10, "all_bought")


def test_a_step_of_another_size_is_added_for_each_weight_of_1() -> None:
    _, record = shared("100", {"a": "60", "b": "40"}, {("a",): 1, ("b",): 1}, completion="add1", step="3")
    assert (record.steps, show(record.added), show(record.share)) == (4, "12", "62")
    _, record = shared("100", {"a": "60", "b": "40"}, {("a",): 2, ("b",): 2}, completion="add1", step="1.5")
    assert (record.steps, show(record.added), show(record.share)) == (4, "6", "31")


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_a_great_budget_and_few_voters_are_counted_without_adding_one_by_one(names: str) -> None:
    """10^40 steps would be needed; two clones of an option stay tied all the way."""
    great = 10**40
    costs = dict.fromkeys(names, str(great)) | {"dear": str(great * 2), "small": "1"}
    ballots: dict[Said, int | Fraction] = {tuple(names): 3, ("dear",): 2, ("small", names[0]): 1}
    began = time.perf_counter()
    _, record = shared(str(great * 3), costs, ballots, completion="add1")
    assert record.steps is not None
    assert record.steps > 10**38
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("by", ["satisfaction", "exclusion"])
@pytest.mark.parametrize(
    ("a", "b", "c", "winners"),
    [
        pytest.param(7, 6, 6, "bc", id="twelve for b and c, seven for a"),
        pytest.param(7, 4, 3, "bc", id="as many for each: equal shares stay"),
        pytest.param(8, 4, 3, "a", id="one more for the greedy set"),
    ],
)
def test_voters_decide_between_equal_shares_and_greedy(a: int, b: int, c: int, winners: str, by: str) -> None:
    """Greedy funds a alone, the first. Its supporters cannot pay for it, those of b and c can."""
    ballots: dict[Said, int | Fraction] = {("a",): a, ("b",): b, ("c",): c}
    found, record = shared("100", {"a": "90", "b": "20", "c": "20"}, ballots, comparison=by)
    assert found.winners == tuple(winners)
    assert record.comparison is not None
    assert record.comparison.to_json() == {
        "by": by,
        "preferred": "greedy" if winners == "a" else "equal-shares",
        "equal_shares": {"winners": ["b", "c"], "weight": str(b + c)},
        "greedy": {"winners": ["a"], "weight": str(a)},
    }


def test_satisfaction_counts_how_many_and_exclusion_whether_any() -> None:
    """Two voters support a, which only greedy funds, and b too, which both fund; the third has nothing but b and c."""
    ballots: dict[Said, int | Fraction] = {("a", "b"): 3, ("b", "c"): 2}
    costs = {"a": "90", "b": "10", "c": "30"}
    by_how_many, _ = shared("100", costs, ballots, comparison="satisfaction")
    by_any, record = shared("100", costs, ballots, comparison="exclusion")
    assert (by_how_many.winners, by_any.winners) == (("b", "a"), ("b", "c"))
    assert record.comparison is not None
    assert record.comparison.prefer_equal_shares == record.comparison.prefer_greedy == 0


def test_a_lot_among_options_of_equal_price_asks_for_its_seed_and_is_drawn_again_the_same() -> None:
    ballots: dict[Said, int | Fraction] = {("a", "b"): 2, ("c",): 1}
    rules = AllocationRules(rule="equal-shares", budget="30", utility="cost", completion="add1")
    three = options(a="15", b="15", c="11")
    needed = allocate(rules, three, scores_of(ballots), {}, groups=ballots)
    assert isinstance(needed, SeedNeeded)
    assert set(needed.options) == {"a", "b"}
    drawn = allocate(rules, three, scores_of(ballots), {}, b"seed", groups=ballots)
    assert drawn == allocate(rules, three, scores_of(ballots), {}, b"seed", groups=ballots)
    assert [tie.lot is not None for tie in drawn.ties] == [True], "only the last repetition's ties are on the record"


def test_an_option_whose_score_is_from_elsewhere_has_nobody_to_pay_for_it() -> None:
    ballots: dict[Said, int | Fraction] = {("a",): 1}
    scores = {"a": Fraction(1), "b": Fraction(9)}
    for completion, winners in ((None, ("a",)), ("greedy", ("a", "b"))):
        rules = AllocationRules(rule="equal-shares", budget="2", utility="cost", completion=completion)
        found = allocate(rules, options(a="1", b="1"), scores, {}, b"", groups=ballots)
        assert found.winners == winners
        assert [step.option for step in found.steps] == ["a", "b"]


def test_needs_the_ballots_themselves() -> None:
    rules = AllocationRules(rule="equal-shares", budget="1", utility="cost")
    with pytest.raises(ValueError, match="groups is missing"):
        allocate(rules, options(a="1"), {"a": Fraction(1)}, {}, b"")


def test_the_record_does_not_grow_with_the_number_of_voters() -> None:
    """Everyone has another history, so all have other remains: they are summed up."""
    names = [f"p{place:02}" for place in range(12)]
    ballots: dict[Said, int | Fraction] = {
        tuple(name for place, name in enumerate(names) if number >> place & 1): 1 for number in range(1, 1 << 11)
    }
    few = {said: weight for said, weight in ballots.items() if len(said) < 4}
    costs = {name: str(1000 + 37 * place) for place, name in enumerate(names)}
    sizes = [len(str(shared("9000", costs, some)[1].to_json())) for some in (few, ballots)]
    assert sizes[1] < 2 * sizes[0] < 20_000
