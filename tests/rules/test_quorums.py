"""Quorums at their boundaries: a ballot without one is inquorate, whatever the votes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from rules.decisions import Status, VoteCount
from tests.rules.building import chamber, decide, votes

HALF, MORE, SEATS = {"at_least": "1/2"}, {"more_than": "1/2"}, {"seats": 6}
BOTH = {"at_least": "1/2", "seats": 3}

BOUNDARIES: dict[str, tuple[dict[str, Any], VoteCount, str]] = {
    "half of the members is at least half": (HALF, votes(6, members=12), "adopted"),
    "one member fewer is not": (HALF, votes(5, members=12), "inquorate"),
    "half of the members is not more than half": (MORE, votes(6, members=12), "inquorate"),
    "one member more than half is": (MORE, votes(7, members=12), "adopted"),
    "six seats are six seats": (SEATS, votes(6, members=12), "adopted"),
    "five seats are not six": (SEATS, votes(5, members=12), "inquorate"),
    "abstentions are present": (SEATS, votes(1, 0, 5, members=12), "adopted"),
    "blank ballots are present": (SEATS, votes(1, blank=5, members=12), "adopted"),
    "a refusal by too few is inquorate, not a refusal": (SEATS, votes(0, 5, members=12), "inquorate"),
    "half of four is not three seats": (BOTH, votes(2, members=4), "inquorate"),
    "three of four are half, and three": (BOTH, votes(3, members=4), "adopted"),
    "three of eight are three, and not half": (BOTH, votes(3, members=8), "inquorate"),
    "four of eight are half, and three": (BOTH, votes(4, members=8), "adopted"),
}


@pytest.mark.parametrize("row", BOUNDARIES.values(), ids=BOUNDARIES)
def test_a_quorum(row: tuple[dict[str, Any], VoteCount, str]) -> None:
    quorum, count, expected = row
    assert decide(chamber(quorum=quorum), count).status == expected


def heavy(heads: int) -> VoteCount:
    return VoteCount(yes=Fraction(9), members=Fraction(12), heads_present=heads, heads_members=4)


def test_a_share_compares_weights() -> None:
    assert decide(chamber(quorum=MORE), heavy(1)).status is Status.ADOPTED


@pytest.mark.parametrize(("heads", "expected"), [(2, "inquorate"), (3, "adopted")])
def test_a_share_of_heads_compares_heads(heads: int, expected: str) -> None:
    assert decide(chamber(quorum={**MORE, "count": "heads"}), heavy(heads)).status == expected


def test_the_quorum_is_shown_and_applied_before_the_majority() -> None:
    outcome = decide(chamber(quorum=HALF), votes(6, members=12))
    assert [reason.rule for reason in outcome.reasons] == ["quorum", "majority"]
    assert outcome.to_json()["chambers"]["board"]["quorum"] == {
        "present": "6",
        "needed": "6",
        "rule": "at least 1/2 of members",
        "met": True,
    }


def test_an_inquorate_ballot_is_never_a_tie() -> None:
    outcome = decide(chamber(quorum=SEATS, tie=["revote"]), votes(2, 2, members=12))
    assert (outcome.status, outcome.asks) == (Status.INQUORATE, ())


TWICE: dict[str, tuple[dict[str, Any], dict[str, dict[str, str]], int]] = {
    "two votes in this very ballot": ({"two_votes": "chair"}, {"board": {"chair": "yes"}}, 1),
    "a second vote in the repeated ballot": ({"tie": [{"second_vote": "chair"}]}, {"board": {"chair": "no"}}, 2),
    "a second vote that abstains, and another's": (
        {"tie": [{"second_vote": "chair"}, {"second_vote": "deputy"}]},
        {"board": {"chair": "abstain", "deputy": "yes"}},
        2,
    ),
}


@pytest.mark.parametrize("counting", [{}, {"count": "heads"}], ids=["by weight", "by heads"])
@pytest.mark.parametrize(("rule", "casting", "ballots"), TWICE.values(), ids=TWICE)
def test_who_has_two_votes_is_present_once(
    rule: dict[str, Any], casting: dict[str, dict[str, str]], ballots: int, counting: dict[str, str]
) -> None:
    written = chamber(quorum={"at_least": "1/2", **counting}, **rule)
    found = decide(written, *[votes(3, 3, members=6)] * ballots, casting=casting)
    said = [reason.numbers["present"] for reason in found.reasons if reason.rule == "quorum"]
    assert set(said) == {Fraction(6)}
    quorum = found.chambers["board"].quorum
    assert quorum is not None
    assert quorum["present"] == "6"
    assert found.chambers["board"].yes + found.chambers["board"].no + found.chambers["board"].abstain > 6
