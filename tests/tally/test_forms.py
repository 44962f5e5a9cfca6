"""What a choice may be, one row either side of each limit and the row on it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.refusal import Kind, Refused
from tally.forms import BallotRules, Form, Option, check_choice

OPTIONS: Mapping[str, Option] = {
    name: Option(option=name, cost=cost, submitted=place)
    for place, (name, cost) in enumerate([("p1", "100"), ("p2", "60"), ("p3", "40.5"), ("p4", None)], 1)
}
UP_TO_TWO = BallotRules(form="approval", max=2)
TWO_TO_THREE = BallotRules(form="approval", min=2, max=3)
KNAPSACK = BallotRules(form="approval", budget_limit=True)
TEN_POINTS = BallotRules(form="points", points="10", max_per_option="6")
ALL_TEN = BallotRules(form="points", points="10", points_use="exactly", min=0)
BEST_TWO = BallotRules(form="ranking", max=2)

ACCEPTED = [
    pytest.param(BallotRules(form="yes_no_abstain"), "abstain", "abstain", id="an abstention is a vote"),
    pytest.param(BallotRules(form="yes_no_abstain"), "blank", "blank", id="a vote may be blank"),
    pytest.param(BallotRules(form="choose_one"), ["p2"], ["p2"], id="one option of a choose_one ballot"),
    pytest.param(BallotRules(form="choose_one", min=0), [], [], id="a choose_one ballot with min 0 may be blank"),
    pytest.param(UP_TO_TWO, ["p2", "p1"], ["p1", "p2"], id="approved options are kept in one order"),
    pytest.param(TWO_TO_THREE, ["p1", "p2"], ["p1", "p2"], id="as many as the least number"),
    pytest.param(TWO_TO_THREE, ["p3", "p1", "p2"], ["p1", "p2", "p3"], id="as many as the greatest number"),
    pytest.param(KNAPSACK, ["p1", "p3"], ["p1", "p3"], id="options that cost exactly the budget"),
    pytest.param(KNAPSACK, ["p1", "p4"], ["p1", "p4"], id="an option without a cost is free"),
    pytest.param(BEST_TWO, ["p2", "p1"], ["p2", "p1"], id="a ranking keeps its order"),
    pytest.param(TEN_POINTS, {"p2": "4", "p1": 6}, {"p1": "6", "p2": "4"}, id="points that reach both limits"),
    pytest.param(TEN_POINTS, {"p1": "0.5"}, {"p1": "1/2"}, id="half a point is written as a ratio"),
    pytest.param(TEN_POINTS, [["p1", "3"]], {"p1": "3"}, id="points may come as pairs"),
    pytest.param(ALL_TEN, {"p1": "7", "p2": "3"}, {"p1": "7", "p2": "3"}, id="all points given out"),
    pytest.param(ALL_TEN, {}, {}, id="no points where a blank choice is allowed"),
]


@pytest.mark.parametrize(("rules", "raw", "canonical"), ACCEPTED)
def test_accepts_a_choice_and_writes_it_in_one_way(rules: BallotRules, raw: object, canonical: object) -> None:
    found = check_choice(rules, OPTIONS, Fraction("140.5"), raw)
    assert found == canonical
    assert check_choice(rules, OPTIONS, Fraction("140.5"), found) == canonical


REFUSED = [
    pytest.param(UP_TO_TWO, ["p9"], "unknown_option", {"option": "p9"}, id="an option not on the ballot"),
    pytest.param(UP_TO_TWO, ["p1", "p1"], "option_twice", {"option": "p1", "times": 2}, id="an option twice"),
    pytest.param(UP_TO_TWO, ["p1", "p2", "p3"], "too_many_options", {"found": 3, "maximum": 2}, id="one too many"),
    pytest.param(TWO_TO_THREE, ["p1"], "too_few_options", {"found": 1, "minimum": 2}, id="one too few"),
    pytest.param(UP_TO_TWO, [], "too_few_options", {"found": 0, "minimum": 1}, id="a blank choice where min is 1"),
    pytest.param(BallotRules(form="choose_one"), ["p1", "p2"], "too_many_options", {"maximum": 1}, id="two of one"),
    pytest.param(
        KNAPSACK,
        ["p1", "p2"],
        "over_budget",
        {"cost": 160, "budget": Fraction("140.5"), "over": Fraction("19.5")},
        id="options that cost more than the budget",
    ),
    pytest.param(BEST_TWO, ["p1", "p2", "p3"], "too_many_options", {"maximum": 2}, id="a ranking too long"),
    pytest.param(
        BallotRules(form="ranking", ranking_points=["3", "1"]),
        ["p1", "p2", "p3"],
        "too_many_options",
        {"maximum": 2},
        id="a ranking with more places than are worth something",
    ),
    pytest.param(TEN_POINTS, {"p1": "-1"}, "points_negative", {"points": -1}, id="negative points"),
    pytest.param(TEN_POINTS, {"p1": "0"}, "points_zero", {"points": 0}, id="zero points"),
    pytest.param(TEN_POINTS, {"p1": "6.1"}, "points_over_option_limit", {"maximum": 6}, id="too many for one option"),
    pytest.param(
        TEN_POINTS, {"p1": "6", "p2": "4.000001"}, "points_over_total", {"maximum": 10}, id="a millionth too many"
    ),
    pytest.param(ALL_TEN, {"p1": "9"}, "points_not_exact_total", {"points": 9, "expected": 10}, id="not all points"),
    pytest.param(ALL_TEN, {"p1": "11"}, "points_over_total", {"points": 11}, id="more than all points"),
    pytest.param(TEN_POINTS, {"p1": "1/3"}, "points_too_fine", {"points": Fraction(1, 3)}, id="a third of a point"),
    pytest.param(TEN_POINTS, {"p1": 10**30}, "points_over_option_limit", {"points": 10**30}, id="10^30 points"),
    pytest.param(TEN_POINTS, {"p1": 10**61}, "points_not_a_number", {"option": "p1"}, id="10^61 points"),
    pytest.param(TEN_POINTS, {"p1": "1,5"}, "points_not_a_number", {"points": "1,5"}, id="a decimal comma"),
    pytest.param(TEN_POINTS, {"p1": "03"}, "points_not_a_number", {"points": "03"}, id="a second spelling of 3"),
    pytest.param(TEN_POINTS, {"p1": True}, "points_not_a_number", {"points": "bool"}, id="a truth value"),
    pytest.param(TEN_POINTS, {"p1": 1.5}, "points_not_a_number", {"points": "float"}, id="a binary fraction"),
    pytest.param(TEN_POINTS, [["p1", "1"], ["p1", "2"]], "option_twice", {"times": 2}, id="points twice for one"),
    pytest.param(TEN_POINTS, ["p1"], "wrong_form", {"found": "list"}, id="options where points are asked"),
    pytest.param(UP_TO_TWO, {"p1": "1"}, "wrong_form", {"found": "dict"}, id="points where options are asked"),
    pytest.param(UP_TO_TWO, "p1", "wrong_form", {"found": "p1"}, id="text where options are asked"),
    pytest.param(UP_TO_TWO, [7], "wrong_form", {"found": "int"}, id="a number for an option"),
    pytest.param(UP_TO_TWO, [["p1"]], "wrong_form", {"found": "list"}, id="a list for an option"),
    pytest.param(BallotRules(form="yes_no_abstain"), "maybe", "wrong_form", {"found": "maybe"}, id="a word unknown"),
    pytest.param(BallotRules(form="yes_no_abstain"), ["yes"], "wrong_form", {"found": "list"}, id="a list for a word"),
]


@pytest.mark.parametrize(("rules", "raw", "reason", "details"), REFUSED)
def test_refuses_a_choice_with_the_numbers(
    rules: BallotRules, raw: object, reason: str, details: dict[str, Any]
) -> None:
    refused = check_choice(rules, OPTIONS, Fraction("140.5"), raw)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.kind) == (reason, Kind.INVALID)
    assert details.items() <= refused.details.items()
    assert refused.say


def test_shortens_a_very_long_name_in_the_refusal() -> None:
    refused = check_choice(UP_TO_TWO, OPTIONS, None, ["p" * 1_000_000])
    assert isinstance(refused, Refused)
    assert len(refused.sentence()) < 300


RULES_REFUSED = [
    pytest.param({"form": "approval", "min": 3, "max": 2}, "max is at least min", id="a greatest below the least"),
    pytest.param({"form": "choose_one", "max": 2}, "choose_one", id="choosing one of at most two"),
    pytest.param({"form": "approval", "points": "3"}, "belong to a points ballot", id="points to approve with"),
    pytest.param({"form": "points"}, "declares points", id="points without any limit"),
    pytest.param({"form": "points", "points": "0"}, "greater than 0", id="no points to give"),
    pytest.param({"form": "ranking", "ranking_points": ["1", "2"]}, "never rise", id="a second place worth more"),
    pytest.param({"form": "ranking", "max": 3, "ranking_points": ["2", "1"]}, "3 places", id="a place without worth"),
    pytest.param({"form": "approval", "ranking_points": ["1"]}, "ranking ballot", id="places to approve with"),
    pytest.param({"form": "yes_no_abstain", "max": 1}, "no max", id="a number of options for a yes or no"),
    pytest.param({"form": "approval", "colour": "red"}, "colour", id="an unknown limit"),
    pytest.param({"form": "delegation"}, "yes_no_abstain", id="an unknown form"),
]


@pytest.mark.parametrize(("fields", "said"), RULES_REFUSED)
def test_a_ballot_whose_limits_contradict_each_other_cannot_be_declared(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BallotRules.model_validate(fields)


@pytest.mark.parametrize("fields", [{"form": "points", "points": "7/2", "max_per_option": "1"}, {"form": "ranking"}])
def test_ballot_rules_read_back_what_they_write(fields: dict[str, Any]) -> None:
    rules = BallotRules.model_validate(fields)
    assert BallotRules.model_validate(rules.model_dump(mode="json")) == rules


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(list(OPTIONS)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["p1", "p2", "x"]), inner, max_size=3),
    max_leaves=8,
)
ANY_RULES = st.sampled_from([UP_TO_TWO, TWO_TO_THREE, KNAPSACK, TEN_POINTS, ALL_TEN, BEST_TWO]) | st.builds(
    BallotRules, form=st.sampled_from([Form.YES_NO_ABSTAIN, Form.CHOOSE_ONE, Form.RANKING])
)


@given(rules=ANY_RULES, raw=JSON)
def test_any_json_is_either_canonical_after_one_check_or_refused(rules: BallotRules, raw: object) -> None:
    found = check_choice(rules, OPTIONS, Fraction(100), raw)
    assert isinstance(found, Refused) or check_choice(rules, OPTIONS, Fraction(100), found) == found
