"""Majorities at their boundaries: either side of the line, and on it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from rules.decisions import Status, VoteCount
from tests.rules.building import chamber, decide, votes

SIMPLE = {"more_than": "1/2"}
ABSOLUTE = {"more_than": "1/2", "of": "members"}
OF_PRESENT = {"more_than": "1/2", "of": "present"}
TWO_THIRDS = {"at_least": "2/3"}
THREE_VOTES = {"votes": 3}

BOUNDARIES: dict[str, tuple[dict[str, Any], VoteCount, str]] = {
    "one more yes than no is a simple majority": (SIMPLE, votes(6, 5), "adopted"),
    "half the expressed votes is not a simple majority": (SIMPLE, votes(6, 6), "rejected"),
    "one yes fewer than no is not a simple majority": (SIMPLE, votes(5, 6), "rejected"),
    "abstentions do not count in a simple majority": (SIMPLE, votes(2, 1, 9), "adopted"),
    "a single yes among abstentions is a simple majority": (SIMPLE, votes(1, 0, 11), "adopted"),
    "half the seats is not an absolute majority": (ABSOLUTE, votes(6, 1, members=12), "rejected"),
    "one seat more than half is an absolute majority": (ABSOLUTE, votes(7, 1, members=12), "adopted"),
    "the absent weigh against an absolute majority": (ABSOLUTE, votes(6, 0, members=12), "rejected"),
    "abstentions weigh against a majority of those present": (OF_PRESENT, votes(5, 4, 1), "rejected"),
    "one more than half of those present is enough": (OF_PRESENT, votes(6, 4, 1), "adopted"),
    "the absent do not weigh on those present": (OF_PRESENT, votes(3, 2, members=12), "adopted"),
    "two thirds exactly is at least two thirds": (TWO_THIRDS, votes(8, 4), "adopted"),
    "one vote short of two thirds is not two thirds": (TWO_THIRDS, votes(7, 4), "rejected"),
    "two thirds exactly is not more than two thirds": ({"more_than": "2/3"}, votes(8, 4), "rejected"),
    "one vote over two thirds is more than two thirds": ({"more_than": "2/3"}, votes(9, 4), "adopted"),
    "at least half is reached by half": ({"at_least": "1/2"}, votes(6, 6), "adopted"),
    "everyone is at least all": ({"at_least": "1"}, votes(12, 0), "adopted"),
    "one no breaks unanimity": ({"at_least": "1"}, votes(11, 1), "rejected"),
    "two votes are not three": (THREE_VOTES, votes(2, 0), "rejected"),
    "three votes are three": (THREE_VOTES, votes(3, 9), "adopted"),
    "without a single yes two thirds of nothing is not enough": (TWO_THIRDS, votes(0, 0, 5), "rejected"),
    "an eleventh of a share is exact where decimals are not": ({"at_least": "5/11"}, votes(5, 6), "adopted"),
    "blank ballots do not count as expressed": (SIMPLE, votes(3, 2, blank=4), "adopted"),
    "blank ballots count as present": (OF_PRESENT, votes(5, 2, blank=3), "rejected"),
}


@pytest.mark.parametrize("row", BOUNDARIES.values(), ids=BOUNDARIES)
def test_a_majority(row: tuple[dict[str, Any], VoteCount, str]) -> None:
    majority, count, expected = row
    assert decide(chamber(majority=majority), count).status == expected


BLANKS = {
    "blank ballots declared absent do not weigh on those present": ("present", "absent", "adopted"),
    "blank ballots declared expressed weigh against a simple majority": ("expressed", "expressed", "rejected"),
    "blank ballots declared expressed are present too": ("present", "expressed", "rejected"),
}


@pytest.mark.parametrize("row", BLANKS.values(), ids=BLANKS)
def test_blank_ballots_count_as_declared(row: tuple[str, str, str]) -> None:
    base, blank, expected = row
    outcome = decide(chamber(majority={"more_than": "1/2", "of": base}, blank=blank), votes(5, 2, blank=3))
    assert outcome.status == expected


def test_weights_decide_and_not_heads() -> None:
    count = VoteCount(yes=Fraction(7, 2), no=Fraction(10, 3), members=Fraction(7), heads_present=4, heads_members=4)
    assert decide(chamber(), count).status is Status.ADOPTED


def test_every_number_used_is_among_the_reasons() -> None:
    (reason,) = decide(chamber(majority=TWO_THIRDS), votes(7, 4, 1)).reasons
    assert (reason.rule, reason.chamber) == ("majority", "board")
    assert reason.to_json()["numbers"] == {
        "yes": "7",
        "no": "4",
        "abstain": "1",
        "base": "11",
        "share": "2/3",
        "needed": "22/3",
    }


def test_the_chamber_shows_its_numbers_as_exact_text() -> None:
    told = decide(chamber(), votes(7, 4, 1)).to_json()["chambers"]["board"]
    assert told == {
        "outcome": "adopted",
        "yes": "7",
        "no": "4",
        "abstain": "1",
        "base": "11",
        "base_name": "expressed",
        "needed": "11/2",
        "quorum": None,
        "round": 1,
    }
