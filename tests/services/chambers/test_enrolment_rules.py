"""Who may be entered in a roll, changed on it and taken off it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from pydantic import ValidationError

from chambers.domain.commands import EnrolMembers, RemoveMember, UpdateMember
from chambers.domain.enrolment import MAX_WEIGHT, decide
from chambers.domain.events import MemberLeft, MembersEnrolled, MemberUpdated
from chambers.domain.rolls import Roll, electors, evolve
from chambers.domain.values import Member
from kernel.numbers import parse_exact
from kernel.refusal import Kind, Refused
from testkit.scenario import scenario
from tests.services.chambers.building import BOARD, PROCESS, TODAY, charter, enrolled, member

given = scenario(Roll(), evolve, decide)
FIRM = charter()


def enrol(chamber: str, *members: Member | str) -> EnrolMembers:
    return EnrolMembers(process_id=PROCESS, **dict(enrolled(chamber, *members)))


def update(chamber: str, entry: Member) -> UpdateMember:
    return UpdateMember(process_id=PROCESS, chamber=chamber, member=entry)


def remove(chamber: str, name: str) -> RemoveMember:
    return RemoveMember(process_id=PROCESS, chamber=chamber, member=name, reason="moved away")


def test_members_are_enrolled_at_once() -> None:
    members = (member("ana", "chair", weight="5/2"), member("bo"))
    given().when(enrol("board", *members), FIRM).then(MembersEnrolled(chamber="board", members=members))


def test_roles_are_kept_once_each_in_order() -> None:
    assert member("ana", "director", "chair", "director").roles == ("chair", "director")


def test_a_member_who_left_may_be_enrolled_again() -> None:
    left = MemberLeft(chamber="board", member="bo", reason="moved away")
    given(BOARD, left).when(enrol("board", "bo"), FIRM).then(enrolled("board", "bo"))


def test_refuses_a_member_named_twice() -> None:
    given().when(enrol("board", "ana", "bo", "ana"), FIRM).refused("member_twice", member="ana", place=2)


def test_refuses_a_member_on_the_roll_already_and_says_what_to_do() -> None:
    refused = given(BOARD).when(enrol("board", "eve", "bo"), FIRM).refused("member_enrolled", member="bo")
    assert refused.kind is Kind.EXISTS
    assert "UpdateMember" in refused.sentence()


@pytest.mark.parametrize(
    ("chamber", "reason", "details"),
    [
        pytest.param("senate", "unknown_chamber", {"chamber": "senate"}, id="a chamber the charter does not declare"),
        pytest.param("sites", "chamber_derived", {"derived_from": "staff"}, id="a derived chamber takes no members"),
        pytest.param("people", "chamber_counted", {"electors": "counted"}, id="a counted chamber keeps no roll"),
    ],
)
def test_refuses_a_chamber_without_a_roll(chamber: str, reason: str, details: dict[str, str]) -> None:
    given().when(enrol(chamber, "ana"), FIRM).refused(reason, **details)
    given().when(update(chamber, member("ana")), FIRM).refused(reason, **details)
    given().when(remove(chamber, "ana"), FIRM).refused(reason, **details)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param({"weight": "1/1000000000000"}, None, id="the finest weight"),
        pytest.param({"weight": "1/1000000000001"}, "weights_too_fine", id="finer than the finest weight"),
        pytest.param({"weight": "0"}, "weight_not_positive", id="no weight is no vote"),
        pytest.param({"weight": "-1"}, "weight_not_positive", id="a negative weight"),
        pytest.param({"weight": str(MAX_WEIGHT)}, None, id="the largest weight"),
        pytest.param({"weight": str(MAX_WEIGHT + 1)}, "weight_too_large", id="more than the largest weight"),
        pytest.param({"roles": ["chair"]}, None, id="a declared role"),
        pytest.param({"roles": ["king"]}, "unknown_role", id="a role the chamber does not declare"),
        pytest.param({"unit": "north"}, "unknown_unit", id="a unit in a chamber without units"),
        pytest.param({"mandate": {"from": "2026-01-02", "until": "2026-01-02"}}, None, id="a mandate of one day"),
        pytest.param(
            {"mandate": {"from": "2026-01-02", "until": "2026-01-01"}},
            "mandate_ends_before_it_begins",
            id="a mandate that ends before it begins",
        ),
        pytest.param({"mandate": {"from": None, "until": "2026-01-01"}}, None, id="a mandate without a beginning"),
    ],
)
def test_an_entry_must_be_possible(entry: dict[str, Any], reason: str | None) -> None:
    one = Member.model_validate({"member": "eve", **entry})
    enrolling = given(BOARD).when(enrol("board", "fay", one), FIRM)
    updating = given(BOARD, enrolled("board", "eve")).when(update("board", one), FIRM)
    if reason is None:
        enrolling.then(enrolled("board", "fay", one))
        updating.then(MemberUpdated(chamber="board", **dict(one)))
    else:
        enrolling.refused(reason, member="eve")
        updating.refused(reason, member="eve")


def test_a_unit_is_one_of_the_chamber_or_of_those_derived_from_it() -> None:
    north = member("eve", unit="north")
    given().when(enrol("staff", north), FIRM).then(enrolled("staff", north))
    given().when(enrol("staff", member("eve", unit="west")), FIRM).refused("unknown_unit", declared="north, south")


def test_weights_stay_writable_together() -> None:
    thirds = enrolled("board", member("ana", weight="1/999983"))
    given(thirds).when(enrol("board", member("bo", weight="1/999979")), FIRM).then(
        enrolled("board", member("bo", weight="1/999979"))
    )
    given(thirds).when(enrol("board", member("bo", weight="1/1000033")), FIRM).refused("weights_too_fine", member="bo")


@pytest.mark.parametrize("command", [update("board", member("eve")), remove("board", "eve")], ids=["update", "remove"])
def test_only_a_member_on_the_roll_is_changed(command: UpdateMember | RemoveMember) -> None:
    assert given(BOARD).when(command, FIRM).refused("unknown_member", member="eve", members=4).kind is Kind.NOT_FOUND


def test_a_member_leaves_for_a_reason() -> None:
    given(BOARD).when(remove("board", "bo"), FIRM).then(MemberLeft(chamber="board", member="bo", reason="moved away"))
    with pytest.raises(ValidationError):
        RemoveMember(process_id=PROCESS, chamber="board", member="bo", reason="")


@pytest.mark.parametrize(("number", "accepted"), [(0, False), (1, True), (1000, True), (1001, False)])
def test_one_to_a_thousand_members_are_enrolled_at_once(number: int, accepted: bool) -> None:
    members = [{"member": f"v{place}"} for place in range(number)]
    told = {"process_id": PROCESS, "chamber": "board", "members": members}
    if accepted:
        assert len(EnrolMembers.model_validate(told).members) == number
    else:
        with pytest.raises(ValidationError):
            EnrolMembers.model_validate(told)


@pytest.mark.parametrize("written", ["2026-2-1", "1700000000", "2026-02-30", "2026-01-01T00:00:00", "", "next week"])
def test_a_date_has_one_spelling(written: str) -> None:
    with pytest.raises(ValidationError):
        Member.model_validate({"member": "eve", "mandate": {"from": written, "until": None}})


WEIGHTS = st.one_of(st.integers(1, 10**12).map(str), st.integers(1, 10**6).map(lambda number: f"1/{number}"))


@examples(st.lists(WEIGHTS, min_size=1, max_size=6))
def test_whatever_is_enrolled_adds_up_to_a_weight_that_can_be_read_back(weights: list[str]) -> None:
    decided = decide(Roll(), enrol("board", *(member(f"v{i}", weight=each) for i, each in enumerate(weights))), FIRM)
    if isinstance(decided, Refused):
        assert decided.reason == "weights_too_fine"
        return
    roll = evolve(Roll(), decided[0])
    total = sum(each.weight for each in electors(roll.members, TODAY))
    assert parse_exact(str(total)) == total
