"""What may be asked of `what-if`: majorities and quorums as they are typed, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Refused
from replay.boxes import Box
from replay.replay import Replay
from replay.what_if import Changes, Recounted, parse_majority, parse_quorum, what_if
from replay.what_if.selections import recount
from rules.decisions import Base, Majority, Quorum
from tally.counting import Sheet, WeightedChoice

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "majority"),
    [
        ("simple", Majority(more_than=HALF)),
        ("absolute", Majority(more_than=HALF, of=Base.MEMBERS)),
        ("two-thirds", Majority(at_least=Fraction(2, 3))),
        ("more-than 1/2", Majority(more_than=HALF)),
        ("more-than:0.5 of present", Majority(more_than=HALF, of=Base.PRESENT)),
        ("at-least=3/5 of members", Majority(at_least=Fraction(3, 5), of=Base.MEMBERS)),
        ("votes 5", Majority(votes=5)),
    ],
)
def test_reads_a_majority(text: str, majority: Majority) -> None:
    assert parse_majority(text) == majority


@pytest.mark.parametrize(
    ("text", "quorum"),
    [
        ("more-than 1/2", Quorum(more_than=HALF)),
        ("at-least 1/3 by heads", Quorum(at_least=Fraction(1, 3), count="heads")),
        ("seats 3", Quorum(seats=3)),
    ],
)
def test_reads_a_quorum(text: str, quorum: Quorum) -> None:
    assert parse_quorum(text) == quorum


@pytest.mark.parametrize(
    "text",
    ["", "half", "more-than", "more-than 2", "more-than 1", "at-least -1/2", "votes 0", "votes 1/2", "at-least 1e9"],
)
def test_refuses_what_is_no_majority(text: str) -> None:
    found = parse_majority(text)
    assert isinstance(found, Refused)
    assert found.reason == "wrong_majority"


@pytest.mark.parametrize("text", ["", "half", "seats 0", "seats x", "more-than 1", "at-least 3/2", "none"])
def test_refuses_what_is_no_quorum(text: str) -> None:
    assert isinstance(parse_quorum(text), Refused)


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    assert isinstance(parse_majority(text), (Majority, Refused))
    assert isinstance(parse_quorum(text), (Quorum, Refused))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (Changes(), "nothing_changes"),
        (Changes(chamber="board"), "nothing_changes"),
        (Changes(allocation={"rule": "greedy"}), "nothing_counted"),
        (Changes(majority=Majority(more_than=HALF)), "nothing_counted"),
        (Changes(no_quorum=True), "nothing_counted"),
    ],
)
def test_refuses_to_change_nothing_and_what_is_not_there(changes: Changes, reason: str) -> None:
    found: Any = what_if(Replay(), changes, "projects")
    assert isinstance(found, Refused)
    assert found.reason == reason


def paper(form: str = "approval") -> Box:
    """A counted box whose only voters voted on paper."""
    options = [{"option": name, "cost": "5", "submitted": place} for place, name in enumerate(("a", "b"))]
    allocation = {"rule": "greedy", "budget": "5"}
    box = Box({"ballot": {"form": form}, "options": options, "allocation": allocation, "stations": []}, {})
    sheet = Sheet(station="s", voters=3, totals={"a": Fraction(2), "b": Fraction(1)})
    box.sheets.latest["s"] = (1, sheet)
    box.count, box.allocated = {"scores": {"a": "2", "b": "1"}}, {"winners": ["a"], "spent": "5"}
    return box


def ranked(**declared: Any) -> Box:
    """A counted box in which one voter ranks a, another b."""
    options = [{"option": name, "submitted": place} for place, name in enumerate(("a", "b"))]
    election = {"method": "borda", **declared}
    ballot = {"form": "ranking"}
    box = Box({"ballot": ballot, "options": options, "allocation": None, "election": election, "stations": []}, {})
    box.count, box.seal_root = {"election": {"elected": ["b"]}}, bytes(32)
    return box


@pytest.mark.parametrize(
    ("changes", "ties"),
    [
        pytest.param(Changes(tie_break=("earlier_submission",)), ["earlier_submission"], id="another tie-break"),
        pytest.param(Changes(election={"seats": 2}), ["lot"], id="more seats, ties as they were"),
        pytest.param(
            Changes(election={"method": "irv"}, tie_break=("previous_stage", "lot")),
            ["previous_stage", "lot"],
            id="another method and tie-break",
        ),
    ],
)
def test_a_tie_break_goes_to_the_election_of_a_box_that_has_one(changes: Changes, ties: list[str]) -> None:
    ballots = [WeightedChoice(["a", "b"], 1), WeightedChoice(["b", "a"], 1)]
    found = recount("mayor", ranked(tie_break=["lot"]), ballots, changes)
    assert isinstance(found, Recounted), found
    assert found.other_rules["tie_break"] == ties
    if ties == ["earlier_submission"]:
        assert (found.winners, found.other_winners) == (("b",), ("a",))


def test_a_tie_break_goes_to_the_money_of_a_box_that_has_some() -> None:
    found = recount("projects", paper(), (), Changes(tie_break=("lower_cost",)))
    assert isinstance(found, Recounted)
    assert found.other_rules["tie_break"] == ["lower_cost"]


def test_where_all_voted_on_paper_a_rule_that_needs_whole_ballots_makes_no_sense() -> None:
    found = recount("projects", paper(), (), Changes(allocation={"rule": "phragmen"}))
    assert isinstance(found, Refused)
    assert (found.reason, found.details["sheets"]) == ("needs_ballots", 1)
    richer = recount("projects", paper(), (), Changes(allocation={"budget": "10"}))
    assert isinstance(richer, Recounted)
    assert (richer.other_winners, richer.gained, richer.left_out) == (("a", "b"), ("b",), 0)
