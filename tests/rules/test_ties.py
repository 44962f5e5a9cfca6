"""Ties: only yes equal to no, exactly, under a rule of one half; then the declared steps, in order."""

from __future__ import annotations

from typing import Any

import pytest

from rules.decisions import Ask, Outcome, Status, VoteCount
from tests.rules.building import chamber, decide, votes

TIE, YES, NO = votes(6, 6), votes(7, 5), votes(5, 7)
CASTING, SECOND = {"casting_vote": "chair"}, {"second_vote": "chair"}


def tied(*steps: Any, **more: Any) -> dict[str, Any]:
    return chamber(tie=list(steps), **more)


def said(choice: str) -> dict[str, dict[str, dict[str, str]]]:
    return {"casting": {"board": {"chair": choice}}}


def test_a_tie_rejects_unless_declared_otherwise() -> None:
    assert decide(chamber(), TIE).status is Status.REJECTED


def test_without_any_step_a_tie_stays_tied() -> None:
    assert decide(tied(), TIE).status is Status.TIED


WHAT_IS_A_TIE: dict[str, tuple[dict[str, Any], VoteCount, str]] = {
    "yes equal to no under one half": ({"more_than": "1/2"}, votes(6, 6), "tied"),
    "one vote more for yes is none": ({"more_than": "1/2"}, votes(7, 6), "adopted"),
    "one vote more for no is none": ({"more_than": "1/2"}, votes(6, 7), "rejected"),
    "half of the members, with a no fewer, is none": (
        {"more_than": "1/2", "of": "members"},
        votes(6, 5, members=12),
        "rejected",
    ),
    "yes equal to no below half of the members is one": (
        {"more_than": "1/2", "of": "members"},
        votes(4, 4, members=12),
        "tied",
    ),
    "exactly two thirds is none": ({"more_than": "2/3"}, votes(8, 4), "rejected"),
    "yes equal to no under two thirds is none": ({"at_least": "2/3"}, votes(6, 6), "rejected"),
    "at least half of the expressed adopts, so is none": ({"at_least": "1/2"}, votes(6, 6), "adopted"),
    "at least half of the members not reached is one": (
        {"at_least": "1/2", "of": "members"},
        votes(5, 5, members=12),
        "tied",
    ),
}


@pytest.mark.parametrize("row", WHAT_IS_A_TIE.values(), ids=WHAT_IS_A_TIE)
def test_what_is_a_tie(row: tuple[dict[str, Any], VoteCount, str]) -> None:
    majority, count, expected = row
    assert decide(tied(majority=majority), count).status == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("yes", "adopted"), ("no", "rejected"), ("abstain", "tied")],
    ids=["the chair's yes adopts", "the chair's no rejects", "the chair's abstention leaves it tied"],
)
def test_a_casting_vote_decides_a_tie(choice: str, expected: str) -> None:
    assert decide(tied(CASTING), TIE, **said(choice)).status == expected


def test_a_casting_vote_is_asked_for() -> None:
    outcome = decide(tied(CASTING), TIE)
    assert (outcome.status, outcome.asks) == (Status.PENDING, (Ask("board", "casting_vote", 1, "chair"),))
    assert outcome.chambers["board"].outcome is Status.TIED


def test_a_casting_vote_without_a_tie_decides_nothing() -> None:
    assert decide(tied(CASTING), NO, **said("yes")).status is Status.REJECTED


def test_a_deputy_does_not_inherit_a_casting_vote() -> None:
    outcome = decide(tied(CASTING), TIE, casting={"board": {"deputy": "yes"}})
    assert outcome.status is Status.PENDING


def test_a_revote_is_asked_for() -> None:
    assert decide(tied("revote"), TIE).asks == (Ask("board", "vote", 2),)


REVOTES = {
    "the second ballot adopts": ((TIE, YES), ["revote"], "adopted"),
    "the second ballot rejects": ((TIE, NO), ["revote"], "rejected"),
    "tied twice and no further step": ((TIE, TIE), ["revote"], "tied"),
    "tied twice, then a tie rejects": ((TIE, TIE), ["revote", "reject"], "rejected"),
    "tied twice, and a third ballot": ((TIE, TIE, YES), ["revote", "revote"], "adopted"),
    "an inquorate second ballot is inquorate": ((TIE, votes(1, 1, members=12)), ["revote"], "inquorate"),
    "the first ballot counts when it was not tied": ((YES, NO), ["revote"], "adopted"),
}


@pytest.mark.parametrize("row", REVOTES.values(), ids=REVOTES)
def test_a_revote(row: tuple[tuple[VoteCount, ...], list[str], str]) -> None:
    ballots, steps, expected = row
    assert decide(tied(*steps, quorum={"seats": 6}), *ballots).status == expected


SECOND_VOTES: dict[str, tuple[tuple[VoteCount, ...], str, str]] = {
    "tied again, the chair's second yes adopts": ((TIE, TIE), "yes", "adopted"),
    "tied again, the chair's second no rejects": ((TIE, TIE), "no", "rejected"),
    "tied again, and the chair abstains": ((TIE, TIE), "abstain", "rejected"),
    "not tied again, the second vote does not count": ((TIE, NO), "yes", "rejected"),
    "not tied at first, there is no second vote": ((NO,), "yes", "rejected"),
}


@pytest.mark.parametrize("row", SECOND_VOTES.values(), ids=SECOND_VOTES)
@pytest.mark.parametrize("steps", [[SECOND, "reject"], ["revote", SECOND, "reject"]], ids=["implied", "declared"])
def test_a_second_vote(steps: list[Any], row: tuple[tuple[VoteCount, ...], str, str]) -> None:
    ballots, choice, expected = row
    assert decide(tied(*steps), *ballots, **said(choice)).status == expected


def test_a_second_vote_never_counts_in_the_first_ballot() -> None:
    assert decide(tied(SECOND), TIE, **said("yes")).asks == (Ask("board", "vote", 2),)


def test_a_second_vote_is_asked_for_once_the_repeated_ballot_is_tied() -> None:
    assert decide(tied(SECOND), TIE, TIE).asks == (Ask("board", "casting_vote", 2, "chair"),)


@pytest.mark.parametrize(
    ("choice", "expected"), [("yes", "adopted"), ("no", "rejected")], ids=["six and one of twelve", "six of twelve"]
)
def test_two_votes_in_this_very_ballot(choice: str, expected: str) -> None:
    rule = chamber(majority={"more_than": "1/2", "of": "members"}, two_votes="chair")
    assert decide(rule, votes(6, 6), **said(choice)).status == expected


def test_two_votes_wait_for_the_second_even_without_a_tie() -> None:
    assert decide(chamber(two_votes="chair"), YES).asks == (Ask("board", "casting_vote", 1, "chair"),)


@pytest.mark.parametrize(("drawn", "expected"), [("yes", "adopted"), ("no", "rejected")])
def test_a_lot_decides_a_tie(drawn: str, expected: str) -> None:
    assert decide(tied("lot"), TIE, lots={"board": drawn}).status == expected


def test_a_lot_is_asked_for() -> None:
    assert decide(tied("lot"), TIE).asks == (Ask("board", "lot", 1),)


def rules_of(outcome: Outcome) -> list[str]:
    return [reason.rule for reason in outcome.reasons]


def test_each_step_is_a_reason_in_the_order_it_was_taken() -> None:
    outcome = decide(tied("revote", SECOND), TIE, TIE, **said("yes"))
    expected = ["majority", "tie", "revote", "majority", "tie", "second_vote", "majority"]
    assert rules_of(outcome) == expected


VACANT = {"vacant": {("board", "chair", 1), ("board", "chair", 2)}}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([CASTING], "tied", id="a casting vote that nobody has leaves it tied"),
        pytest.param([CASTING, "reject"], "rejected", id="the step after a vacant casting vote is taken"),
        pytest.param([SECOND, "reject"], "rejected", id="the step after a vacant second vote is taken"),
    ],
)
def test_a_vacant_role_never_keeps_a_tie_waiting(steps: list[Any], expected: str) -> None:
    outcome = decide(tied(*steps), TIE, TIE, **VACANT)
    assert (outcome.status, outcome.asks) == (expected, ())
    assert "role_vacant" in [reason.rule for reason in outcome.reasons]


def test_a_vacant_chair_is_looked_for_on_the_roll_that_voted() -> None:
    only_the_first = {"vacant": {("board", "chair", 1)}}
    assert decide(tied(SECOND), TIE, TIE, **only_the_first).asks == (Ask("board", "casting_vote", 2, "chair"),)


def test_two_votes_that_nobody_has_are_one() -> None:
    rule = chamber(majority={"more_than": "1/2", "of": "members"}, two_votes="chair")
    assert decide(rule, votes(8, 8), **VACANT).status is Status.REJECTED
    assert decide(rule, votes(9, 7), **VACANT).status is Status.ADOPTED


AROUND: dict[str, Any] = {
    "all_of": lambda part: {"all_of": [part, chamber("others")]},
    "any_of": lambda part: {"any_of": [part, chamber("against")]},
    "at_least": lambda part: {"at_least": {"k": 2, "of": [part, chamber("others"), chamber("against")]}},
    "sequence": lambda part: {"sequence": [part, chamber("others")]},
    "override": lambda part: {"override": {"of": chamber("against"), "by": part}},
    "veto": lambda part: {"veto": {"chamber": "tribunes", "window": "P1D", "members": 1, "of": part}},
    "tie_break": lambda part: {"tie_break": {"options": {"x": part, "y": chamber("against")}, "question": ["others"]}},
}


@pytest.mark.parametrize("operator", AROUND)
@pytest.mark.parametrize(
    ("drawn", "expected"), [(None, "pending"), ("yes", "adopted"), ("no", "rejected")], ids=["awaited", "yes", "no"]
)
def test_a_tie_inside_any_operator_is_voted_again_and_drawn(operator: str, drawn: str | None, expected: str) -> None:
    written = AROUND[operator](tied("revote", "lot"))
    told = {"others": (YES,), "against": (NO,)}
    again = decide(written, TIE, votes=told)
    assert again.asks == (Ask("board", "vote", 2),)
    lots = {} if drawn is None else {"board": drawn}
    outcome = decide(written, TIE, TIE, votes=told, lots=lots, windows_closed={"tribunes"})
    assert outcome.status == expected
    assert outcome.asks == ((Ask("board", "lot", 2),) if drawn is None else ())
