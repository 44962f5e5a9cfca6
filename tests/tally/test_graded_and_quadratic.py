"""Grades and quadratic votes: what a choice may be, what it counts for, and what paper can tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.refusal import Kind, Refused
from tally.counting import Sheet, WeightedChoice, count
from tally.forms import BallotRules, Option, check_choice
from tally.quadratic import most_for_one, most_in_all
from tally.sheets import check_sheet

OPTIONS: Mapping[str, Option] = {name: Option(option=name, submitted=i) for i, name in enumerate("abc", 1)}
SCALE = ["Très bien", "Bien", "À rejeter"]
GRADES = BallotRules(form="grades", grades=SCALE)
ALL_GRADES = BallotRules(form="grades", grades=SCALE, grade_all=True, min=0)
NINE = BallotRules(form="quadratic", credits=9)
NINE_EITHER_WAY = BallotRules(form="quadratic", credits=9, votes_against=True, min=0)

ACCEPTED = [
    pytest.param(
        GRADES, {"b": "Bien", "a": "Très bien"}, {"a": "Très bien", "b": "Bien"}, id="grades, kept in one order"
    ),
    pytest.param(GRADES, [["c", "À rejeter"]], {"c": "À rejeter"}, id="the worst grade, as a pair"),
    pytest.param(ALL_GRADES, dict.fromkeys("abc", "Bien"), dict.fromkeys("abc", "Bien"), id="a grade for every option"),
    pytest.param(ALL_GRADES, {}, {}, id="no grade at all where a blank choice is allowed"),
    pytest.param(NINE, {"a": "3"}, {"a": "3"}, id="three votes for nine credits"),
    pytest.param(NINE, {"b": 2, "a": 2, "c": "1"}, {"a": "2", "b": "2", "c": "1"}, id="4 + 4 + 1 credits"),
    pytest.param(NINE_EITHER_WAY, {"a": "-3"}, {"a": "-3"}, id="three votes against"),
    pytest.param(NINE_EITHER_WAY, [], {}, id="no votes where a blank choice is allowed"),
]


@pytest.mark.parametrize(("rules", "raw", "canonical"), ACCEPTED)
def test_accepts_a_choice_and_writes_it_in_one_way(rules: BallotRules, raw: object, canonical: object) -> None:
    assert check_choice(rules, OPTIONS, None, raw) == canonical
    assert check_choice(rules, OPTIONS, None, canonical) == canonical


REFUSED = [
    pytest.param(GRADES, {"a": "bien"}, "unknown_grade", {"grade": "bien"}, id="a grade spelled otherwise"),
    pytest.param(GRADES, {"a": "Bien "}, "unknown_grade", {"grade": "Bien "}, id="a grade with a space too many"),
    pytest.param(GRADES, {"a": 1}, "unknown_grade", {"grade": "int"}, id="a number for a grade"),
    pytest.param(GRADES, {"a": "x" * 10**6}, "unknown_grade", {"option": "a"}, id="a million letters for a grade"),
    pytest.param(GRADES, {}, "too_few_options", {"minimum": 1}, id="no grade where a blank choice is not allowed"),
    pytest.param(GRADES, [["a", "Bien"], ["a", "Bien"]], "option_twice", {"times": 2}, id="a grade twice for one"),
    pytest.param(GRADES, {"d": "Bien"}, "unknown_option", {"option": "d"}, id="a grade for none of the options"),
    pytest.param(GRADES, ["a"], "wrong_form", {"found": "list"}, id="options where grades are asked"),
    pytest.param(ALL_GRADES, {"a": "Bien", "b": "Bien"}, "too_few_options", {"found": 2, "minimum": 3}, id="one left out"),
    pytest.param(NINE, {"a": "3", "b": "1"}, "over_credits", {"cost": 10, "credits": 9, "over": 1}, id="ten credits of nine"),
    pytest.param(NINE, {"a": "-1"}, "votes_against", {"votes": -1}, id="a vote against where none may be"),
    pytest.param(NINE, {"a": "0"}, "votes_zero", {"option": "a"}, id="no votes"),
    pytest.param(NINE, {"a": "1.5"}, "votes_not_whole", {"votes": "1.5"}, id="one and a half votes"),
    pytest.param(NINE, {"a": "03"}, "votes_not_whole", {"votes": "03"}, id="a second spelling of 3"),
    pytest.param(NINE, {"a": "-0"}, "votes_not_whole", {"votes": "-0"}, id="a second spelling of 0"),
    pytest.param(NINE, {"a": "٣"}, "votes_not_whole", {"votes": "٣"}, id="a 3 in other digits"),
    pytest.param(NINE, {"a": True}, "votes_not_whole", {"votes": "bool"}, id="a truth value"),
    pytest.param(NINE, {"a": 1.0}, "votes_not_whole", {"votes": "float"}, id="a binary fraction"),
    pytest.param(NINE, {"a": 10**400}, "votes_not_whole", {"option": "a"}, id="10^400 votes"),
    pytest.param(NINE_EITHER_WAY, {"a": "-3", "b": "-1"}, "over_credits", {"cost": 10}, id="against costs as much as for"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "raw", "reason", "details"), REFUSED)
def test_refuses_a_choice_with_the_numbers(
    rules: BallotRules, raw: object, reason: str, details: dict[str, Any]
) -> None:
    refused = check_choice(rules, OPTIONS, None, raw)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.kind) == (reason, Kind.INVALID)
    assert details.items() <= refused.details.items()
    assert len(refused.sentence()) < 600


RULES_REFUSED = [
    pytest.param({"form": "grades"}, "declares its grades", id="grades without a scale"),
    pytest.param({"form": "grades", "grades": ["good"]}, "at least 2", id="a scale of one grade"),
    pytest.param({"form": "grades", "grades": ["a", "b", "a"]}, "named once; found a", id="a grade named twice"),
    pytest.param({"form": "grades", "grades": ["a", " b"]}, "no space", id="a grade that begins with a space"),
    pytest.param({"form": "grades", "grades": ["a", "b\nc"]}, "match pattern", id="a grade of two lines"),
    pytest.param({"form": "grades", "grades": [str(n) for n in range(101)]}, "at most 100", id="a scale of 101 grades"),
    pytest.param({"form": "grades", "grades": ["a", "b"], "grade_all": True, "max": 2}, "leave out max", id="all of 2"),
    pytest.param({"form": "grades", "grades": ["a", "b"], "budget_limit": True}, "chooses options", id="a knapsack of it"),
    pytest.param({"form": "approval", "grades": ["a", "b"]}, "belong to a grades", id="a scale to approve with"),
    pytest.param({"form": "points", "points": "3", "grade_all": True}, "belong to a grades", id="all grades in points"),
    pytest.param({"form": "quadratic"}, "declares its credits", id="quadratic votes without credits"),
    pytest.param({"form": "quadratic", "credits": 0}, "greater than or equal to 1", id="no credits"),
    pytest.param({"form": "quadratic", "credits": 10**9 + 1}, "less than or equal", id="too many credits"),
    pytest.param({"form": "quadratic", "credits": 1, "min": 2}, "at least min, 2", id="credits for one option of two"),
    pytest.param({"form": "quadratic", "credits": True}, "valid integer", id="a truth value for credits"),
    pytest.param({"form": "ranking", "credits": 4}, "belong to a quadratic", id="credits to rank with"),
    pytest.param({"form": "ranking", "votes_against": True}, "belong to a quadratic", id="rankings against"),
    pytest.param({"form": "yes_no_abstain", "order": "lot"}, "no order", id="yes and no in an order by lot"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "said"), RULES_REFUSED)
def test_a_ballot_whose_limits_contradict_each_other_cannot_be_declared(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BallotRules.model_validate(fields)


def test_a_charter_that_knows_none_of_this_keeps_its_bytes() -> None:
    assert set(BallotRules(form="approval").model_dump(mode="json")) == {
        "form", "min", "max", "points", "points_use", "max_per_option", "ranking_points", "revisable", "budget_limit",
        "secrecy",
    }  # fmt: skip


@pytest.mark.parametrize(
    "rules", [GRADES, ALL_GRADES, NINE, NINE_EITHER_WAY, BallotRules(form="approval", order="lot")]
)
def test_ballot_rules_read_back_what_they_write(rules: BallotRules) -> None:
    assert BallotRules.model_validate(rules.model_dump(mode="json")) == rules


def test_each_grade_counts_the_weight_behind_it_and_units_add_up() -> None:
    ballots = [
        WeightedChoice({"a": "Bien", "b": "À rejeter"}, Fraction(1, 2), "north"),
        WeightedChoice({"a": "Bien"}, 2, "south"),
        WeightedChoice({}, 1, "south"),
    ]
    counted = count(ALL_GRADES, OPTIONS, ballots)
    assert counted.to_json()["grades"]["a"] == {"Très bien": "0", "Bien": "5/2", "À rejeter": "0"}
    assert counted.units["south"].to_json()["grades"]["a"]["Bien"] == "2"
    assert (counted.scores, counted.supporters) == ({}, {"a": 2, "b": 1, "c": 0})
    assert (counted.ballots, counted.weight, counted.blank) == (3, Fraction(7, 2), Fraction(1))


def test_quadratic_votes_add_up_and_those_against_are_no_support() -> None:
    ballots = [WeightedChoice({"a": "3"}, 1), WeightedChoice({"a": "-1", "b": "2"}, Fraction(1, 2))]
    counted = count(NINE_EITHER_WAY, OPTIONS, ballots)
    assert counted.scores == {"a": Fraction(5, 2), "b": 1, "c": 0}
    assert counted.supporters == {"a": 1, "b": 1, "c": 0}
    assert "grades" not in counted.to_json()


@given(st.integers(1, 40), st.integers(1, 4))
def test_the_most_votes_are_those_of_the_best_of_all_ballots(credits: int, options: int) -> None:
    ballots = [
        ballot for ballot in product(range(7), repeat=options) if sum(votes * votes for votes in ballot) <= credits
    ]
    assert most_in_all(credits, options) == max(map(sum, ballots))
    if credits >= options:
        assert most_for_one(credits, options) == max(max(ballot) for ballot in ballots if min(ballot) > 0)


SHEETS = [
    pytest.param(NINE, {"a": 6}, None, id="both voters give three votes to a"),
    pytest.param(NINE, {"a": 7}, "sheet_total", id="more than three votes each"),
    pytest.param(NINE, {"a": 4, "b": 4, "c": 2}, None, id="five votes each, spread"),
    pytest.param(NINE, {"a": 4, "b": 4, "c": 3}, "sheet_sum", id="six votes of one voter"),
    pytest.param(NINE, {"a": 1}, "sheet_sum", id="a valid ballot without a vote"),
    pytest.param(NINE, {"a": "2.5"}, "sheet_total", id="half a vote"),
    pytest.param(NINE, {"a": 3, "b": -1}, "sheet_total", id="votes against where none may be"),
    pytest.param(NINE_EITHER_WAY, {"a": -6}, None, id="both voters give three votes against a"),
    pytest.param(NINE_EITHER_WAY, {"a": -7}, "sheet_total", id="more than three votes against each"),
    pytest.param(GRADES, {}, "whole_ballots_needed", id="grades are counted whole"),
]


@pytest.mark.parametrize(("rules", "totals", "reason"), SHEETS)
def test_a_sheet_of_two_voters(rules: BallotRules, totals: dict[str, Any], reason: str | None) -> None:
    refused = check_sheet(rules, OPTIONS, Sheet(station="s1", voters=2, totals=totals))
    assert (refused.reason if refused else None) == reason


VOTES = st.dictionaries(st.sampled_from("abc"), st.integers(-3, 3).filter(bool), max_size=3).filter(
    lambda votes: sum(each * each for each in votes.values()) <= 9
)


@given(st.lists(VOTES, max_size=12))
def test_paper_counts_as_the_same_votes_on_screen(cast: list[dict[str, int]]) -> None:
    ballots = [check_choice(NINE_EITHER_WAY, OPTIONS, None, votes) for votes in cast]
    screen = count(
        NINE_EITHER_WAY, OPTIONS, [WeightedChoice(each, 1) for each in ballots if not isinstance(each, Refused)]
    )
    blank = sum(not votes for votes in cast)
    filed = Sheet(station="s1", voters=len(cast), totals=dict(screen.scores), blank=blank)
    assert check_sheet(NINE_EITHER_WAY, OPTIONS, filed) is None
    paper = count(NINE_EITHER_WAY, OPTIONS, [], [filed])
    assert (paper.scores, paper.weight, paper.blank) == (screen.scores, screen.weight, screen.blank)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*SCALE, "-2", "3"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "x"]), inner, max_size=3),
    max_leaves=8,
)


@given(rules=st.sampled_from([GRADES, ALL_GRADES, NINE, NINE_EITHER_WAY]), raw=JSON)
def test_any_json_is_either_canonical_after_one_check_or_refused(rules: BallotRules, raw: object) -> None:
    found = check_choice(rules, OPTIONS, None, raw)
    assert isinstance(found, Refused) or check_choice(rules, OPTIONS, None, found) == found
