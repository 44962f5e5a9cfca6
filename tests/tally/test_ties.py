"""Ties: the first declared tie-break that tells options apart orders them, lots last, and each is recorded."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.allocation import Allocation, AllocationRules, SeedNeeded, TieBreak, allocate
from tally.forms import Option
from tally.lots import draw_lot
from tally.ties import OF_TOTALS, TieBreaker

OPTIONS = {
    "a": Option(option="a", cost="30", submitted=3),
    "b": Option(option="b", cost="20", submitted=2),
    "c": Option(option="c", cost="20", submitted=1),
}
SUPPORTERS = {"a": 5, "b": 4, "c": 5}
TIED = {"a": Fraction(7), "b": Fraction(7), "c": Fraction(7)}


def rules(*tie_break: str, rule: str = "greedy", budget: str = "100") -> AllocationRules:
    """Allocation rules with these tie-breaks."""
    return AllocationRules(rule=rule, budget=budget, tie_break=tie_break)


ORDERED = [
    pytest.param(["earlier_submission"], "cba", id="the earlier submitted first"),
    pytest.param(["lower_cost", "earlier_submission"], "cba", id="the cheaper first, then the earlier"),
    pytest.param(["higher_cost", "earlier_submission"], "acb", id="the dearer first, then the earlier"),
    pytest.param(["more_votes_elsewhere", "lower_cost"], "cab", id="more supporters first, then the cheaper"),
    pytest.param(["more_votes_elsewhere", "higher_cost"], "acb", id="more supporters first, then the dearer"),
]


@pytest.mark.parametrize(("tie_break", "order"), ORDERED)
def test_orders_a_tie_by_the_declared_list(tie_break: list[str], order: str) -> None:
    found = allocate(rules(*tie_break), OPTIONS, TIED, SUPPORTERS)
    assert isinstance(found, Allocation)
    assert found.winners == tuple(order)


def test_a_tie_that_one_rule_breaks_in_part_is_recorded_rule_by_rule() -> None:
    found = allocate(rules("lower_cost", "earlier_submission"), OPTIONS, TIED, SUPPORTERS, b"")
    assert [tie.to_json() for tie in found.ties] == [
        {"options": ["c", "b", "a"], "score": "7", "broken_by": "lower_cost", "order": ["c", "b", "a"], "lot": None},
        {"options": ["c", "b"], "score": "7", "broken_by": "earlier_submission", "order": ["c", "b"], "lot": None},
    ]


def test_a_tie_that_no_declared_rule_breaks_goes_to_the_lot() -> None:
    found = allocate(rules("lower_cost"), OPTIONS, TIED, SUPPORTERS, b"seed")
    assert [tie.broken_by for tie in found.ties] == [TieBreak.LOWER_COST, TieBreak.LOT]
    assert found.ties[1].lot == draw_lot(b"seed", 1, ["c", "b"])
    assert found.winners[:2] == found.ties[1].order


def test_asks_for_a_seed_when_a_lot_is_met_without_one() -> None:
    assert allocate(rules("lot"), OPTIONS, TIED, SUPPORTERS) == SeedNeeded(("c", "b", "a"), Fraction(7))


def test_needs_no_seed_for_a_tie_that_is_never_reached() -> None:
    scores = {"a": Fraction(9), "b": Fraction(7), "c": Fraction(7)}
    found = allocate(rules("lot", rule="greedy-no-skip", budget="10"), OPTIONS, scores, SUPPORTERS)
    assert isinstance(found, Allocation)
    assert (found.winners, found.ties) == ((), ())


def test_options_that_nobody_chose_are_no_tie() -> None:
    found = allocate(rules("lot"), OPTIONS, {"a": Fraction(1)}, SUPPORTERS)
    assert isinstance(found, Allocation)
    assert found.ties == ()


def test_each_lot_of_one_allocation_is_drawn_under_its_own_number() -> None:
    options = {name: Option(option=name, cost="1", submitted=place) for place, name in enumerate("abcd")}
    scores = {"a": Fraction(2), "b": Fraction(2), "c": Fraction(1), "d": Fraction(1)}
    found = allocate(rules("lot"), options, scores, {}, b"root")
    assert [tie.lot for tie in found.ties] == [draw_lot(b"root", 1, ["a", "b"]), draw_lot(b"root", 2, ["c", "d"])]


@given(
    scores=st.lists(st.integers(0, 3), min_size=1, max_size=8),
    costs=st.lists(st.integers(0, 30), min_size=8, max_size=8),
    tie_break=st.lists(st.sampled_from([rule.value for rule in OF_TOTALS if rule is not TieBreak.LOT]), unique=True),
    seed=st.binary(min_size=1, max_size=32),
)
def test_every_tie_met_is_recorded_and_the_lots_redo_to_the_same_order(
    scores: list[int], costs: list[int], tie_break: list[str], seed: bytes
) -> None:
    options = {
        f"p{place}": Option(option=f"p{place}", cost=costs[place], submitted=place // 2) for place in range(len(scores))
    }
    exact = {f"p{place}": Fraction(score) for place, score in enumerate(scores)}
    found = allocate(rules(*tie_break, "lot", budget="60"), options, exact, {}, seed)
    assert allocate(rules(*tie_break, "lot", budget="60"), options, exact, {}, seed) == found
    considered = [step.option for step in found.steps]
    for tie in found.ties:
        places = [considered.index(option) for option in tie.order]
        assert places == list(range(places[0], places[0] + len(places)))
        assert sorted(tie.options) == sorted(tie.order)
        assert {exact[option] for option in tie.options} == {tie.score}
    lots = [tie.lot for tie in found.ties if tie.lot is not None]
    assert lots == [draw_lot(seed, number, lot.entries) for number, lot in enumerate(lots, 1)]
    tied = {score for score in scores if score > 0 and scores.count(score) > 1}
    assert {tie.score for tie in found.ties} == tied


STAGES = [{"a": 5, "b": 5, "c": 9}, {"a": 4, "b": 6, "c": 6}, {"a": 7, "b": 7, "c": 7}]
BY_STAGE = [
    pytest.param(STAGES, ["c", "b", "a"], ["previous_stage"] * 2, id="the latest stage apart, then the one before it"),
    pytest.param(
        STAGES[:1] + STAGES[2:], ["c", "b", "a"], ["previous_stage", "earlier_submission"], id="then the next"
    ),
    pytest.param(STAGES[2:], ["c", "b", "a"], ["earlier_submission"], id="equal at every stage"),
    pytest.param([], ["c", "b", "a"], ["earlier_submission"], id="the first stage has none before it"),
]


@pytest.mark.parametrize(("stages", "order", "broken_by"), BY_STAGE)
def test_a_previous_stage_orders_those_who_were_unequal_then(
    stages: list[dict[str, int]], order: list[str], broken_by: list[str]
) -> None:
    breaker = TieBreaker((TieBreak.PREVIOUS_STAGE, TieBreak.EARLIER_SUBMISSION), {}, None, stages)
    assert [option.option for option in breaker.order(list(OPTIONS.values()), Fraction(7))] == order
    assert [tie.broken_by.value for tie in breaker.ties] == broken_by


def test_an_allocation_has_no_previous_stage() -> None:
    with pytest.raises(ValueError, match="previous_stage belongs to a count in stages"):
        rules("previous_stage", "lot")
