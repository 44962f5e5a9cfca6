"""The record of Equal Shares stays small and exact: long numbers are cut and marked, many remains are summed up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from kernel.numbers import MAX_DIGITS
from tally.allocation import AllocationRules, allocate
from tally.equal_shares_run import Run, market
from tally.forms import Option
from tally.funding import brief, decimal
from tally.grouping import Said
from tally.payments import LISTED, Payment, Round
from tally.support import support
from tests.tally.test_equal_shares import scores_of, shared

LONGEST = Fraction(1, 10 ** (MAX_DIGITS - 3))
BRIEF = [
    pytest.param(Fraction(5, 3), "5/3", id="a ratio"),
    pytest.param(Fraction(7), "7", id="a whole number"),
    pytest.param(LONGEST, f"1/{LONGEST.denominator}", id="as many digits as are read back"),
    pytest.param(LONGEST / 10, "0.000000000…", id="one more: it is cut"),
    pytest.param(-2 + LONGEST / 10, "-1.999999999…", id="below nothing"),
]


@pytest.mark.parametrize(("value", "text"), BRIEF)
def test_a_long_number_is_cut_and_marked(value: Fraction, text: str) -> None:
    assert brief(value) == text


DECIMAL = [
    pytest.param(Fraction(5, 4), 2, "1.25", id="exactly"),
    pytest.param(Fraction(5, 3), 2, "1.66", id="cut"),
    pytest.param(Fraction(1, 30), 2, "0.03", id="with its zeros"),
    pytest.param(Fraction(5, 3), 0, "1", id="no decimals"),
    pytest.param(Fraction(0), 2, "0.00", id="nothing"),
    pytest.param(Fraction(1, 2), 1, "0.5", id="below one"),
    pytest.param(Fraction(-5, 4), 1, "-1.2", id="below nothing"),
]


@pytest.mark.parametrize(("value", "places", "text"), DECIMAL)
def test_a_number_is_cut_to_so_many_decimals(value: Fraction, places: int, text: str) -> None:
    assert decimal(value, places) == text


def paid(number: int) -> Round:
    """So many different remains: 1 from a weight of 1, 2 from a weight of 2, …"""
    rest = tuple(Payment(Fraction(each), Fraction(each)) for each in range(1, number + 1))
    return Round("a", Fraction(9), Fraction(1), Fraction(1), (), rest)


def test_up_to_twelve_remains_are_listed_and_more_are_summed_up() -> None:
    listed: Any = paid(LISTED).to_json()["rest"]
    assert listed == {"paid": [[str(each), str(each)] for each in range(1, LISTED + 1)]}
    squares = sum(each * each for each in range(1, LISTED + 2))
    assert paid(LISTED + 1).to_json()["rest"] == {
        "amounts": LISTED + 1,
        "least": "1",
        "most": str(LISTED + 1),
        "weight": str(sum(range(1, LISTED + 2))),
        "sum": str(squares),
    }


def test_prices_that_only_their_thirtieth_decimal_tells_apart_are_no_tie() -> None:
    costs = {"b": Fraction(1) + Fraction(1, 10**30), "a": Fraction(1), "c": Fraction(1) + Fraction(2, 10**30)}
    shop = market(support({tuple("abc"): 4}, costs), costs, by_cost=False, budget=Fraction(9), step=Fraction(1))

    def none_is_asked_for(tied: object, price: object) -> int:
        raise AssertionError(tied, price)

    found = Run(shop, shop.share, none_is_asked_for, shop.budget).finish()
    assert [shop.options[each.place] for each in found.bought] == ["a", "b", "c"]


def test_the_score_of_a_tie_is_the_price_of_a_unit_of_utility() -> None:
    found, record = shared("100", {"a": "50", "b": "40"}, {("a", "b"): 4}, tie_break=("lower_cost",))
    (tie,) = found.ties
    assert (tie.options, tie.score, tie.order) == (("a", "b"), Fraction(1, 4), ("b", "a"))
    assert [each.for_utility for each in record.rounds] == [Fraction(1, 4)] * 2


def test_a_market_without_voters_shares_out_nothing() -> None:
    shop = market(support({}, {"a": 1}), {"a": Fraction(1, 3)}, by_cost=True, budget=Fraction(7, 2), step=Fraction(1))
    assert (shop.share, shop.options) == (0, ())


def test_who_had_exactly_the_price_falls_behind_when_it_rises() -> None:
    """c costs 153 of 100, 20 and 51 left: at 51 the second is short, and at the price that follows so is the third."""
    costs = {"a": "40", "b": "40", "d": "49", "c": "153"}
    ballots: dict[Said, int | Fraction] = {("a", "b", "c"): 1, ("c", "d"): 1, ("c",): 1}
    _, record = shared("300", costs, ballots, utility="cardinality")
    last = record.rounds[-1]
    assert (last.option, last.price) == ("c", Fraction(82))
    assert [(each.each, each.weight) for each in last.rest] == [
        (Fraction(20), Fraction(1)),
        (Fraction(51), Fraction(1)),
    ]


def test_add1_draws_the_lots_that_it_will_draw_for_the_outcome_after_those_of_other_envelopes() -> None:
    """With the first envelope's lots not counted, the second would be filled by lots that are then drawn otherwise."""
    costs = {"a": 6, "b": 3, "c": 6, "d": 6, "u": 4, "v": 12, "w": 8, "x": 12}
    ballots: dict[Said, int | Fraction] = {
        ("d",): 1, ("v",): 2, ("a", "b", "d"): 2, ("u", "v"): 1, ("w",): 2, ("a", "b"): 1,
    }  # fmt: skip
    rules = AllocationRules(
        rule="equal-shares", budget="40", utility="cardinality", completion="add1", tie_break=("lot",),
        envelopes={"districts": {"n": "16", "s": "16"}},
    )  # fmt: skip
    options = {
        name: Option(option=name, cost=str(cost), district="n" if name in "abcd" else "s", submitted=place)
        for place, (name, cost) in enumerate(costs.items())
    }
    found = allocate(rules, options, scores_of(ballots), {}, b"x" * 16, groups=ballots)
    assert found.winners == ("b", "a", "d")
    assert found.spent == 15
    assert all(each.spent <= each.budget for each in found.envelopes)
