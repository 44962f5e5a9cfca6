"""Rows that mutation testing found nobody had tried (docs/correctness.md)."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.refusal import Refused
from tally.allocation import Allocation, AllocationRules, TieBreak, allocate
from tally.counting import Sheet, WeightedChoice, count
from tally.forms import BallotRules, Option, check_choice
from tally.grouping import group
from tally.lots import MAX_DRAWS, draw_all, draw_lot
from tally.sheets import check_sheet

OPTIONS = {
    "a": Option(option="a", cost="60", submitted=3),
    "b": Option(option="b", cost="60", submitted=1),
    "c": Option(option="c", cost="40", submitted=2),
}
SCORES = {"a": Fraction(9), "b": Fraction(9), "c": Fraction(5)}
YES_NO = BallotRules(form="yes_no_abstain")


def fund(
    rule: str, budget: str, *tie_break: str, supporters: dict[str, int] | None = None, seed: bytes = b"seed"
) -> Allocation:
    rules = AllocationRules(rule=rule, budget=budget, tie_break=tie_break or ("earlier_submission",))
    return allocate(rules, OPTIONS, SCORES, supporters or {}, seed)


@pytest.mark.parametrize(
    ("listed", "order"),
    [
        pytest.param(["lower_cost", "earlier_submission"], "ba", id="the second tells apart what the first did not"),
        pytest.param(["lower_cost", "more_votes_elsewhere", "earlier_submission"], "ab", id="the second of three"),
        pytest.param(["lower_cost", "higher_cost", "earlier_submission"], "ba", id="the third, when two did not"),
    ],
)
def test_a_tie_break_that_tells_nobody_apart_leaves_it_to_the_next(listed: list[str], order: str) -> None:
    found = fund("greedy", "120", *listed, supporters={"a": 5, "b": 4})
    assert "".join(found.winners[:2]) == order
    assert [tie.broken_by for tie in found.ties] == [listed[-1 if order == "ba" else 1]]


def test_a_tie_that_no_declared_rule_tells_apart_at_all_is_drawn() -> None:
    found = fund("greedy", "120", "lower_cost")
    assert [tie.broken_by for tie in found.ties] == [TieBreak.LOT]
    assert found.winners[:2] == draw_lot(b"seed", 1, ["b", "a"]).order


def test_an_option_that_nobody_is_counted_behind_has_no_supporter() -> None:
    found = fund("greedy", "120", "more_votes_elsewhere", supporters={"a": 1})
    assert found.winners[:2] == ("a", "b")
    assert [tie.broken_by for tie in found.ties] == [TieBreak.MORE_VOTES_ELSEWHERE]


def test_a_tie_broken_by_lot_is_written_with_its_lot() -> None:
    found = fund("greedy", "120", "lot")
    (tie,) = found.to_json()["ties"]
    assert tie["lot"] == draw_lot(b"seed", 1, ["b", "a"]).to_json()
    assert json.loads(json.dumps(tie)) == tie


@pytest.mark.parametrize(
    ("rule", "budget", "steps"),
    [
        pytest.param(
            "greedy-no-skip",
            "100",
            [("b", True, "100", "fits"), ("a", False, "40", "costs more than is left: stop")],
            id="no-skip says what was left and why it stopped",
        ),
        pytest.param(
            "poznan-80",
            "108",
            [("b", True, "108", "fits"), ("a", True, "48", "at least 80 % of its cost is left: stop")],
            id="the last taken from the reserve, with what was left",
        ),
        pytest.param(
            "poznan-80",
            "107",
            [("b", True, "107", "fits"), ("a", False, "47", "less than 80 % of its cost is left: stop")],
            id="the first not taken, with what was left",
        ),
    ],
)
def test_each_step_says_what_was_left_and_why(rule: str, budget: str, steps: list[tuple[str, bool, str, str]]) -> None:
    written = [step.to_json() for step in fund(rule, budget).steps]
    assert [(step["option"], step["taken"], step["remaining"], step["why"]) for step in written] == steps


def test_what_was_spent_on_nothing_is_an_exact_number() -> None:
    assert fund("greedy", "0").to_json()["spent"] == "0"


@pytest.mark.slow
def test_as_many_as_two_bytes_can_number_are_drawn_and_no_more() -> None:
    entries = ["x"] * MAX_DRAWS
    assert draw_all("key/", entries)[-1].left == 1
    with pytest.raises(ValueError, match="at most 65536"):
        draw_all("key/", [*entries, "x"])


def test_each_blank_vote_adds_its_weight() -> None:
    counted = count(YES_NO, {}, [WeightedChoice("blank", 2), WeightedChoice("yes", 1), WeightedChoice("blank", 3)])
    assert [counted.blank, counted.weight, counted.voters] == [5, 6, 3]


def test_who_ranked_an_option_is_behind_it_and_who_ranked_none_is_blank() -> None:
    ballots = [WeightedChoice(ranked, 2) for ranked in (["a", "b"], ["b"], ["a", "b", "c"], [], [])]
    counted = count(BallotRules(form="ranking", min=0, max=3), OPTIONS, ballots)
    assert [counted.blank, counted.scores["b"]] == [4, 2 * (2 + 3 + 2)]
    assert counted.supporters == {"a": 2, "b": 3, "c": 1}


@pytest.mark.parametrize(
    ("limits", "taken"),
    [
        pytest.param({"ranking_points": ["2", "0"]}, True, id="a place may be worth nothing"),
        pytest.param({"ranking_points": ["2", "-1"]}, False, id="a place is never worth less"),
        pytest.param({"ranking_points": ["1/2", "1/2"]}, True, id="two places may be worth the same"),
        pytest.param({"ranking_points": ["1", "2"]}, False, id="a worse place is never worth more"),
        pytest.param({"ranking_points": ["3", "2", "1"], "max": 3}, True, id="as many places as options in a choice"),
        pytest.param({"ranking_points": ["3", "2", "1"], "max": 4}, False, id="a place without its worth"),
        pytest.param({"ranking_points": ["3", "2"], "min": 2}, True, id="as many places as must be ranked"),
        pytest.param(
            {"ranking_points": ["3", "2"], "min": 3}, False, id="a place that must be ranked without its worth"
        ),
    ],
)
def test_places_of_a_ranking_are_worth_something_that_never_rises(limits: dict[str, Any], taken: bool) -> None:
    try:
        BallotRules(form="ranking", **limits)
    except ValidationError:
        assert not taken
    else:
        assert taken


def test_what_places_are_worth_is_named_when_it_rises() -> None:
    with pytest.raises(ValidationError, match="never rise; found 1, 2, 3/2"):
        BallotRules(form="ranking", ranking_points=["1", "2", "3/2"])


def test_sheets_add_up() -> None:
    sheets = [
        Sheet(station=f"s{place}", voters=10, totals={"yes": 4, "no": 2}, blank=1, invalid=3, unit="u")
        for place in (1, 2)
    ]
    counted = count(YES_NO, {}, [], sheets)
    assert [counted.sheets, counted.voters, counted.blank, counted.invalid] == [2, 20, 2, 6]
    assert [counted.scores["yes"], counted.supporters["no"]] == [8, 4]
    assert [counted.units["u"].sheets, counted.units["u"].invalid] == [2, 6]


@pytest.mark.parametrize(
    ("rules", "voters", "totals"),
    [
        pytest.param(BallotRules(form="ranking"), 2, {"a": 6, "b": 4, "c": 2}, id="all three ranked by both"),
        pytest.param(BallotRules(form="ranking", max=1), 3, {"a": 3}, id="one place, one point each"),
        pytest.param(BallotRules(form="points", max_per_option="2", max=2), 3, {"a": 6, "b": 6}, id="no total but two"),
        pytest.param(
            BallotRules(form="points", points="5", max_per_option="3", max=1), 2, {"a": 6}, id="one gets 3 of 5"
        ),
    ],
)
def test_a_sheet_at_its_greatest_total_is_possible_and_one_more_is_not(
    rules: BallotRules, voters: int, totals: dict[str, int]
) -> None:
    def filed(more: int) -> Sheet:
        return Sheet(station="s", voters=voters, totals={**totals, "a": totals["a"] + more})

    assert check_sheet(rules, OPTIONS, filed(0)) is None
    assert check_sheet(rules, OPTIONS, filed(1)) is not None


def test_points_are_written_in_the_order_of_their_options() -> None:
    found = check_choice(BallotRules(form="points", points="10"), OPTIONS, None, {"b": "1", "a": "2"})
    assert not isinstance(found, Refused)
    assert list(found) == ["a", "b"]


def test_ballots_that_say_the_same_are_summed_in_whole_numbers() -> None:
    grouped = group([WeightedChoice(["a"], Fraction(2)), WeightedChoice(["a"], 1)])
    assert [(key, weight, type(weight)) for key, weight in grouped.items()] == [(("a",), 3, int)]
