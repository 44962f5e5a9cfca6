"""Sequential Phragmén: the order in which supporters can pay, either side of the budget, and what completes it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from tally.allocation import Allocation, AllocationRules, SeedNeeded, allocate
from tally.forms import Option
from tally.grouping import Said
from tally.phragmen import PhragmenRecord

COSTS = {"a": "12", "b": "12", "c": "6"}
BALLOTS: dict[Said, int | Fraction] = {("a",): 2, ("a", "b"): 2, ("c",): 1}


def funded(
    budget: str, ballots: Mapping[Said, int | Fraction] = BALLOTS, costs: Mapping[str, str] = COSTS, **more: Any
) -> tuple[Allocation, PhragmenRecord]:
    """Allocate, ties in order of submission unless `more` says otherwise."""
    rules = AllocationRules(rule="phragmen", budget=budget, **{"tie_break": ("earlier_submission",), **more})
    options = {
        name: Option(option=name, cost=cost, submitted=place) for place, (name, cost) in enumerate(costs.items())
    }
    scores = {name: Fraction(sum(weight for said, weight in ballots.items() if name in said)) for name in costs}
    found = allocate(rules, options, scores, {}, b"", groups=ballots)
    assert isinstance(found.record, PhragmenRecord)
    assert found.spent <= rules.budget
    return found, found.record


# a at a load of 12/4 = 3, c at 6/1 = 6, b at (12 + 2 * 3)/2 = 9
BOUNDARIES = [
    pytest.param("30", "acb", None, id="enough for all: in the order in which their supporters can pay"),
    pytest.param("29", "ac", "b", id="b does not fit: it ends there"),
    pytest.param("18", "ac", "b", id="just enough for a and c"),
    pytest.param("17", "a", "c", id="one less, and c ends it; b, which would not fit either, is not asked"),
    pytest.param("12", "a", "c", id="just enough for a"),
    pytest.param("11", "c", None, id="what alone costs more than the budget takes no part"),
    pytest.param("5", "", None, id="too little for any"),
]


@pytest.mark.parametrize(("budget", "winners", "ended_by"), BOUNDARIES)
def test_buys_in_the_order_of_the_loads_until_one_does_not_fit(budget: str, winners: str, ended_by: str | None) -> None:
    found, record = funded(budget)
    assert found.winners == tuple(winners)
    assert (record.ended_by.option if record.ended_by else None) == ended_by
    assert [each.option for each in record.loads] == list(winners)


def test_the_record_gives_the_load_of_each_and_the_weight_behind_it() -> None:
    _, record = funded("29")
    assert record.to_json() == {
        "loads": [{"option": "a", "load": "3", "weight": "4"}, {"option": "c", "load": "6", "weight": "1"}],
        "ended_by": {"option": "b", "load": "9", "weight": "2"},
        "completed": [],
    }


def test_each_step_says_why() -> None:
    assert [(step.option, step.taken, step.why) for step in funded("17")[0].steps] == [
        ("a", True, "bought by its supporters at a load of 3.00"),
        ("b", False, "its supporters would have reached its cost later"),
        ("c", False, "costs more than is left: stop"),
    ]
    assert [step.why for step in funded("11")[0].steps[1:]] == ["costs more than the budget"] * 2


def test_greedy_completes_with_what_still_fits() -> None:
    costs = COSTS | {"d": "2"}
    ballots: dict[Said, int | Fraction] = BALLOTS | {("d",): Fraction(1, 10)}
    assert funded("20", ballots, costs)[0].winners == ("a", "c")
    found, record = funded("20", ballots, costs, completion="greedy")
    assert (found.winners, record.completed) == (("a", "c", "d"), ("d",))
    assert funded("19.99", ballots, costs, completion="greedy")[0].winners == ("a", "c")


def test_of_those_due_together_the_tie_break_says_which_is_first() -> None:
    """Both are due at a load of 6; only one fits."""
    ballots: dict[Said, int | Fraction] = {("a",): 2, ("c",): 1}
    found, record = funded("12", ballots)
    assert found.winners == ("a",)
    assert record.ended_by is not None
    assert record.ended_by.to_json() == {"option": "c", "load": "6", "weight": "1"}
    assert [tie.order for tie in found.ties] == [("a", "c")]
    assert funded("12", ballots, tie_break=("lower_cost",))[0].winners == ("c",)


def test_a_lot_asks_for_its_seed() -> None:
    rules = AllocationRules(rule="phragmen", budget="6")
    options = {name: Option(option=name, cost="6") for name in "ab"}
    ballots: dict[Said, int | Fraction] = {("a",): 1, ("b",): 1}
    found = allocate(rules, options, dict.fromkeys("ab", Fraction(1)), {}, groups=ballots)
    assert found == SeedNeeded(("a", "b"), Fraction(6))


def test_the_scale_of_weights_and_the_points_given_never_matter() -> None:
    doubled = {said: weight * 2 for said, weight in BALLOTS.items()}
    assert funded("29", doubled)[0].winners == funded("29")[0].winners
    pointed: dict[Said, int | Fraction] = {(("a", "3"),): 2, (("a", "1"), ("b", "5")): 2, (("c", "2"),): 1}
    rules = AllocationRules(rule="phragmen", budget="29", tie_break=("earlier_submission",))
    options = {name: Option(option=name, cost=cost) for name, cost in COSTS.items()}
    assert allocate(rules, options, dict.fromkeys("abc", Fraction(1)), {}, b"", groups=pointed).winners == ("a", "c")
