"""Each allocation rule, either side of its boundary and on it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from tally.allocation import BALLOT_RULES, RULES, Allocation, AllocationRules, Rule, allocate
from tally.forms import Option


def options(**costs: str) -> dict[str, Option]:
    """Options in order of submission."""
    return {name: Option(option=name, cost=cost, submitted=i) for i, (name, cost) in enumerate(costs.items(), 1)}


def fund(rule: str, budget: str, costs: Mapping[str, str], scores: Mapping[str, str], **more: Any) -> Allocation:
    """Allocate with ties in order of submission."""
    rules = AllocationRules(rule=rule, budget=budget, tie_break=("earlier_submission",), **more)
    exact = {name: Fraction(score) for name, score in scores.items()}
    found = allocate(rules, options(**costs), exact, {}, b"")
    assert found.spent == sum((step.cost for step in found.steps if step.taken), Fraction(0))
    return found


COSTS = {"a": "60", "b": "50", "c": "40", "d": "10"}
SCORES = {"a": "9", "b": "8", "c": "7", "d": "6"}

BOUNDARIES = [
    pytest.param("greedy", "100", {}, "ac", id="greedy skips what does not fit, and an exact fit fits"),
    pytest.param("greedy", "99", {}, "ad", id="greedy: one short of an exact fit does not fit"),
    pytest.param("greedy", "160", {}, "abcd", id="greedy: enough for all funds all"),
    pytest.param("greedy", "9", {}, "", id="greedy: too little for any funds none"),
    pytest.param("greedy", "0", {}, "", id="greedy: no money funds none"),
    pytest.param("greedy-no-skip", "100", {}, "a", id="no-skip stops at the first that does not fit"),
    pytest.param("greedy-no-skip", "110", {}, "ab", id="no-skip: an exact fit does not stop it"),
    pytest.param("greedy-no-skip", "59", {}, "", id="no-skip: stopped by the very first"),
    pytest.param("greedy-threshold", "160", {"threshold": "7"}, "abc", id="a score equal to the threshold is enough"),
    pytest.param("greedy-threshold", "160", {"threshold": "7.01"}, "ab", id="a score just below it is not"),
    pytest.param("greedy-threshold", "100", {"threshold": "7"}, "ac", id="threshold: skips as greedy does"),
    pytest.param("greedy-threshold", "160", {"threshold": "10"}, "", id="nothing reaches the threshold"),
    pytest.param("greedy-no-skip", "160", {"threshold": "7"}, "abc", id="no-skip with a threshold keeps it"),
    pytest.param("poznan-80", "100", {}, "ab", id="exactly 80 % of the cost left is enough, beyond the budget"),
    pytest.param("poznan-80", "99.99", {}, "a", id="just under 80 % is not, and it stops"),
    pytest.param("poznan-80", "110", {}, "ab", id="an exact fit needs no reserve; 0 of 40 left stops it"),
    pytest.param("poznan-80", "142", {}, "abc", id="after the project taken at 80 % nothing more is taken"),
    pytest.param("poznan-80", "160", {}, "abcd", id="poznan: enough for all funds all"),
]


@pytest.mark.parametrize(("rule", "budget", "more", "winners"), BOUNDARIES)
def test_funds_what_the_rule_says(rule: str, budget: str, more: dict[str, str], winners: str) -> None:
    assert fund(rule, budget, COSTS, SCORES, **more).winners == tuple(winners)


def test_every_rule_has_its_module_and_the_module_says_it_in_one_sentence() -> None:
    assert set(RULES) | set(BALLOT_RULES) == set(Rule)
    for rule in Rule:
        module = __import__(f"tally.{rule.value.replace('-', '_')}", fromlist=["steps"])
        sentence = module.__doc__ or ""
        assert (RULES[rule] is module.steps) if rule in RULES else (BALLOT_RULES[rule] is module.fund)
        assert "ties as declared" in sentence.splitlines()[0]


def test_an_option_that_nobody_chose_is_never_funded() -> None:
    assert fund("greedy", "100", {"a": "1", "b": "1"}, {"a": "1", "b": "0"}).winners == ("a",)
    assert fund("greedy", "100", {"a": "1", "b": "1"}, {"a": "1"}).winners == ("a",)


def test_an_option_without_a_cost_is_free() -> None:
    free = {"a": Option(option="a", submitted=1)}
    found = allocate(AllocationRules(rule="greedy", budget="0"), free, {"a": Fraction(1)}, {}, b"")
    assert (found.winners, found.spent) == (("a",), Fraction(0))


def test_each_step_says_what_was_left_and_why() -> None:
    found = fund("greedy", "100", COSTS, SCORES).to_json()
    assert found["steps"][:2] == [
        {"option": "a", "score": "9", "cost": "60", "remaining": "100", "taken": True, "why": "fits"},
        {
            "option": "b",
            "score": "8",
            "cost": "50",
            "remaining": "40",
            "taken": False,
            "why": "costs more than is left",
        },
    ]
    assert (found["winners"], found["spent"], found["budget"]) == (["a", "c"], "100", "100")
    assert (found["rule"], found["tie_break"], found["ties"]) == ("greedy", ["earlier_submission"], [])


def test_the_step_that_stops_poznan_says_so() -> None:
    assert [step.why for step in fund("poznan-80", "100", COSTS, SCORES).steps] == [
        "fits",
        "at least 80 % of its cost is left: stop",
    ]
    assert fund("poznan-80", "60", COSTS, SCORES).steps[-1].why == "less than 80 % of its cost is left: stop"


def test_thirds_are_compared_exactly() -> None:
    scores = {"a": "1/3", "b": "0.333333333333333333"}
    assert fund("greedy", "1", {"b": "1", "a": "1"}, scores).winners == ("a",)


SHARES = {"rule": "equal-shares", "utility": "cost"}

DECLARED_WRONG = [
    pytest.param({"rule": "greedy-threshold"}, "declares its threshold", id="a threshold rule without threshold"),
    pytest.param({"tie_break": []}, "tie_break", id="no tie-break"),
    pytest.param({"tie_break": ["lot", "lower_cost"]}, "nothing follows", id="something after a lot"),
    pytest.param({"tie_break": ["lower_cost", "lower_cost"]}, "listed once", id="a tie-break twice"),
    pytest.param({"tie_break": ["prettier"]}, "more_votes_elsewhere", id="an unknown tie-break"),
    pytest.param({"rule": "prettiest"}, "poznan-80", id="a rule not known"),
    pytest.param({"rule": "equal-shares"}, "declares its utility", id="equal shares of no declared utility"),
    pytest.param({"utility": "cost"}, "belong to equal-shares", id="a utility for greedy"),
    pytest.param({"comparison": "satisfaction"}, "belong to equal-shares", id="a comparison of greedy with itself"),
    pytest.param({"completion": "greedy"}, "belongs to equal-shares or phragmen", id="a completion for greedy"),
    pytest.param({"rule": "phragmen", "completion": "add1"}, "completed by greedy", id="add1 for phragmen"),
    pytest.param({"rule": "phragmen", "utility": "cost"}, "belong to equal-shares", id="a utility for phragmen"),
    pytest.param({"step": "2"}, "belongs to the completions", id="a step without add1"),
    pytest.param({**SHARES, "completion": "add1", "step": "0"}, "greater than 0", id="a step that goes nowhere"),
    pytest.param({"envelopes": {"districts": {}}}, "at least 1", id="envelopes of no district"),
    pytest.param({"envelopes": {"districts": {"a": "-1"}}}, "greater than or equal", id="an envelope below nothing"),
    pytest.param(
        {"envelopes": {"districts": {"a": "0.5", "b": "0.51"}}},
        "envelopes' sum, 101/100, is at most the budget, 1",
        id="envelopes of more than the budget",
    ),
    pytest.param({"budget": "-1"}, "greater than or equal", id="a negative budget"),
    pytest.param({"budget": 0.5}, "exact number", id="a budget as a binary fraction"),
    pytest.param({"currency": "euros"}, "currency", id="a currency by its everyday name"),
]


@pytest.mark.parametrize(("fields", "said"), DECLARED_WRONG)
def test_refuses_an_allocation_declared_wrongly(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AllocationRules.model_validate({"rule": "greedy", "budget": "1", **fields})


def test_allocation_rules_read_back_what_they_write() -> None:
    rules = AllocationRules(rule="greedy-threshold", budget="1/3", threshold="2", tie_break=("lower_cost", "lot"))
    assert AllocationRules.model_validate(rules.model_dump(mode="json")) == rules
