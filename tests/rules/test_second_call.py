"""A second call: where the charter says so, a ballot that missed its quorum is repeated, once, under another quorum."""

from __future__ import annotations

from typing import Any

import pytest

from rules.charter import charter_hash
from rules.counts import decide_counts
from rules.decisions import Ask, Outcome, Status, VoteCount
from tests.rules.building import chamber, charter_data, decide, motion, parsed, refused, votes

CALLED = {"at_least": "1/2", "second_call": {"at_least": "1/4"}}
MISSED = votes(5, members=12)


def said(*ballots: VoteCount, **more: Any) -> Outcome:
    return decide(chamber(quorum=CALLED, **more), *ballots)


SECOND: dict[str, tuple[VoteCount, str]] = {
    "a quarter is enough at the second call": (votes(3, members=12), "adopted"),
    "less than a quarter is not": (votes(2, members=12), "inquorate"),
    "half is more than enough": (votes(6, members=12), "adopted"),
    "a majority against": (votes(1, 2, members=12), "rejected"),
    "a tie": (votes(2, 2, members=12), "rejected"),
}


@pytest.mark.parametrize("row", SECOND.values(), ids=SECOND)
def test_the_second_call_has_its_own_quorum(row: tuple[VoteCount, str]) -> None:
    again, expected = row
    assert said(MISSED, again).status == expected


def test_a_ballot_that_misses_its_quorum_is_called_again() -> None:
    outcome = said(MISSED)
    assert (outcome.status, outcome.asks) == (Status.PENDING, (Ask("board", "vote", 2),))
    assert outcome.chambers["board"].outcome is Status.INQUORATE


def test_a_quorum_met_at_once_needs_no_second_call() -> None:
    outcome = said(votes(6, members=12), votes(0, 12))
    assert (outcome.status, outcome.chambers["board"].round) == (Status.ADOPTED, 1)


def test_without_a_second_call_a_missed_quorum_decides_nothing() -> None:
    assert decide(chamber(quorum={"at_least": "1/2"}), MISSED).status is Status.INQUORATE


def test_a_tie_at_the_second_call_is_voted_again_under_its_quorum() -> None:
    tied, third = votes(2, 2, members=12), votes(2, 1, members=12)
    assert said(MISSED, tied, tie=["revote"]).asks == (Ask("board", "vote", 3),)
    outcome = said(MISSED, tied, third, tie=["revote"])
    assert (outcome.status, outcome.chambers["board"].round) == (Status.ADOPTED, 3)
    assert [reason.rule for reason in outcome.reasons] == [
        "quorum",
        "second_call",
        "quorum",
        "majority",
        "tie",
        "revote",
        "quorum",
        "majority",
    ]


def test_the_chairs_second_vote_needs_a_tied_ballot_repeated_after_the_second_call() -> None:
    tied = votes(2, 2, members=12)
    steps = [{"second_vote": "chair"}]
    assert said(MISSED, tied, tie=steps).asks == (Ask("board", "vote", 3),)
    assert said(MISSED, tied, tied, tie=steps).asks == (Ask("board", "casting_vote", 3, "chair"),)


def test_published_counts_of_the_first_call_say_inquorate() -> None:
    charter = parsed(charter_data(matters=[motion(chamber(quorum=CALLED))]))
    found = decide_counts(charter, "chamber,voter,option,count\nboard,,yes,5\nboard,,absent,7")
    assert isinstance(found, dict)
    assert (found["outcome"], found["asks"][0]["round"]) == ("inquorate", 2)


def test_advice_is_asked_for_once() -> None:
    advice = {"advice": {"chamber": "board", "deadline": "P1D", "silence": "none", "quorum": CALLED}}
    told = refused(charter_data(matters=[motion(advice)]))
    assert "asked for its advice once" in str(told)


def test_a_charter_without_a_second_call_keeps_its_hash() -> None:
    written = parsed(charter_data(matters=[motion(chamber(quorum={"at_least": "1/2"}))]))
    (matter,) = written.to_json()["matters"]
    assert matter["decision"]["quorum"] == {"more_than": None, "at_least": "1/2", "seats": None, "count": "weight"}
    assert len(charter_hash(written)) == 64
