"""The count of a chamber is written with every number, and read again."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rules.decisions import ChamberOutcome, Status, VoteCount
from tests.rules.building import weighted


def test_a_count_is_written_with_every_number_and_read_again() -> None:
    count = weighted(yes="7/3", no="2", abstain="1/6", blank="3", invalid="1/2", members="9")
    written = {
        "yes": "7/3",
        "no": "2",
        "abstain": "1/6",
        "blank": "3",
        "invalid": "1/2",
        "members": "9",
        "heads_present": 5,
        "heads_members": 7,
    }
    assert count.to_json() == written
    assert VoteCount.from_json(written) == count


@pytest.mark.parametrize("field", ["yes", "no", "abstain", "blank", "invalid", "members"])
def test_a_number_as_long_as_colleges_make_it_is_read_again(field: str) -> None:
    long = "1" * 300
    written = weighted(yes="7", members="9").to_json() | {field: f"{long}/7"}
    assert getattr(VoteCount.from_json(written), field) == Fraction(int(long), 7)


def test_what_was_not_needed_is_written_as_nothing() -> None:
    one = Fraction(1)
    found = ChamberOutcome(Status.ADOPTED, one, one, one, one, "expressed", 1)
    assert (found.to_json()["needed"], found.to_json()["quorum"]) == (None, None)
