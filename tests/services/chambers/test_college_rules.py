"""Scaled colleges: every member sits in one, and a tallied box is counted by the fixed share of each."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chambers.domain import enrolment
from chambers.domain.commands import EnrolMembers, UpdateMember
from chambers.domain.counting import count_the_box
from chambers.domain.events import ChamberCounted
from chambers.domain.rolls import Roll
from kernel.refusal import Refused
from rules.decisions import VoteCount
from tests.services.chambers.building import (
    FIRM,
    NOON,
    PROCESS,
    STAFF,
    asked,
    charter,
    decided,
    enrolled,
    frozen,
    happen,
    member,
    nothing_proposed,
    proposed,
    rolls,
    tallied,
    votes,
)

SCALED = charter(FIRM.replace("title: All staff, units", "title: All staff, colleges: scaled, units", 1))
CASE = nothing_proposed(SCALED)


def test_a_member_of_scaled_colleges_must_name_theirs() -> None:
    enrol = EnrolMembers(process_id=PROCESS, chamber="staff", members=(member("nia", unit="north"), member("zoe")))
    refused = enrolment.decide(Roll(), enrol, SCALED)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details) == ("college_missing", {"member": "zoe", "declared": "north, south"})
    update = UpdateMember(process_id=PROCESS, chamber="staff", member=member("nia"))
    sitting = rolls(enrolled("staff", member("nia", unit="north")))["staff"]
    refused = enrolment.decide(sitting, update, SCALED)
    assert isinstance(refused, Refused)
    assert refused.reason == "college_missing"
    assert not isinstance(enrolment.decide(Roll(), enrol, charter()), Refused), "units alone are no colleges"


OUTCOMES = {
    "a hundred of the south do not outweigh one of the north": (votes(1), votes(0, 100), "1", "1/2", "adopted"),
    "half of the north ties with the south, and a tie rejects": (votes(3, 1), votes(0, 1), "3/4", "3/4", "rejected"),
    "a little more of the north carries": (votes(301, 99), votes(0, 1), "301/400", "299/400", "adopted"),
    "where the north stays away the south decides": (votes(), votes(0, 1), "0", "1/2", "rejected"),
}


@pytest.mark.parametrize(("north", "south", "yes", "no", "outcome"), OUTCOMES.values(), ids=OUTCOMES)
def test_a_box_is_counted_by_fixed_shares(north: VoteCount, south: VoteCount, yes: str, no: str, outcome: str) -> None:
    case = CASE
    for event in (proposed("double"), frozen(STAFF), asked("staff")):
        case = happen(case, event)
    whole = votes(int(north.yes + south.yes), int(north.no + south.no))
    events = count_the_box(case, tallied("staff", whole, north=north, south=south), NOON)
    staff = next(each for each in events if isinstance(each, ChamberCounted) and each.chamber == "staff")
    assert (staff.counts.yes, staff.counts.no) == (Fraction(yes), Fraction(no))
    assert staff.counts.members == Fraction(3, 2), "the shares of all colleges, whoever is on the roll"
    assert staff.counts.heads_present == whole.heads_present
    assert decided(events).chambers["staff"]["outcome"] == outcome
