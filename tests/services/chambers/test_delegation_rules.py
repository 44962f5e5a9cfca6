"""Delegations: who may give one to whom, when it may still be taken back, and what stands afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chambers.domain.commands import DelegationCommand, GiveDelegation, RevokeDelegation
from chambers.domain.delegating import Chamber, after, decide, to_json
from chambers.domain.events import DelegationGiven, DelegationRevoked, MemberLeft
from kernel.events import Event
from kernel.refusal import Kind
from testkit.scenario import scenario
from tests.services.chambers.building import BOARD, FIRM, PROCESS, charter, rolls

RULES = charter(FIRM.replace("roles: [chair, director]}", "roles: [chair, director], delegation: {proxies: 2}}", 1))
LIQUID = charter(FIRM.replace("roles: [chair, director]}", "roles: [chair, director], delegation: {liquid: true}}", 1))
BEFORE = Chamber(RULES, rolls(BOARD)["board"], {}, voted=None)


def happen(chamber: Chamber, event: Event) -> Chamber:
    return replace(chamber, standing=after(chamber.standing, [event]))


given = scenario(BEFORE, happen, decide)


def give(
    member: str = "ana", delegate: str = "bo", matter: str | None = None, chamber: str = "board"
) -> GiveDelegation:
    return GiveDelegation(
        process_id=PROCESS, chamber=chamber, member=member, delegate=delegate, kind="proxy", matter=matter
    )


def revoke(member: str = "ana", matter: str | None = None) -> RevokeDelegation:
    return RevokeDelegation(process_id=PROCESS, chamber="board", member=member, matter=matter)


def was_given(member: str = "ana", delegate: str = "bo", matter: str | None = None) -> DelegationGiven:
    return DelegationGiven(chamber="board", member=member, delegate=delegate, kind="proxy", matter=matter)


def was_revoked(member: str = "ana", matter: str | None = None) -> DelegationRevoked:
    return DelegationRevoked(chamber="board", member=member, matter=matter)


@pytest.mark.parametrize("matter", [None, "government"])
def test_a_member_gives_a_delegation_and_takes_it_back(matter: str | None) -> None:
    given().when(give(matter=matter)).then(was_given(matter=matter))
    given(was_given(matter=matter)).when(revoke(matter=matter)).then(was_revoked(matter=matter))
    given(was_given(matter=matter), was_revoked(matter=matter)).when(give(delegate="cy", matter=matter)).then(
        was_given(delegate="cy", matter=matter)
    )


def test_the_second_proxy_is_on_the_limit_and_the_third_is_over_it() -> None:
    given(was_given("ana", "di")).when(give("bo", "di")).then(was_given("bo", "di"))
    given(was_given("ana", "di"), was_given("bo", "di")).when(give("cy", "di")).refused(
        "proxy_limit", delegate="di", limit=2, held=2
    )
    given(was_given("ana", "di"), was_given("bo", "di"), was_revoked("ana")).when(give("cy", "di")).then(
        was_given("cy", "di")
    )


REFUSALS: dict[str, tuple[tuple[Event, ...], DelegationCommand, str, Kind]] = {
    "to oneself": ((), give(delegate="ana"), "delegation_to_oneself", Kind.INVALID),
    "to somebody who is not on the roll": ((), give(delegate="wu"), "not_on_the_roll", Kind.DENIED),
    "by somebody who is not on the roll": ((), give(member="wu"), "not_on_the_roll", Kind.DENIED),
    "in a circle": ((was_given("bo", "ana"),), give(), "delegation_cycle", Kind.PRECONDITION),
    "twice": ((was_given(),), give(delegate="cy"), "delegation_stands", Kind.EXISTS),
    "in no chamber": ((), give(chamber="senate"), "unknown_chamber", Kind.NOT_FOUND),
    "in a derived chamber": ((), give(chamber="sites"), "chamber_derived", Kind.PRECONDITION),
    "in a counted chamber": ((), give(chamber="people"), "chamber_counted", Kind.PRECONDITION),
    "for no matter that there is": ((), give(matter="war"), "unknown_matter", Kind.NOT_FOUND),
    "for a matter of another chamber": ((), give(matter="projects"), "unknown_matter", Kind.NOT_FOUND),
    "taken back without having been given": ((), revoke(), "unknown_delegation", Kind.NOT_FOUND),
    "taken back for a matter when given for all": (
        (was_given(),),
        revoke(matter="government"),
        "unknown_delegation",
        Kind.NOT_FOUND,
    ),
    "taken back twice": ((was_given(), was_revoked()), revoke(), "unknown_delegation", Kind.NOT_FOUND),
}


@pytest.mark.parametrize(("before", "command", "reason", "kind"), REFUSALS.values(), ids=REFUSALS)
def test_refuses(before: tuple[Event, ...], command: DelegationCommand, reason: str, kind: Kind) -> None:
    assert given(*before).when(command).refused(reason).kind is kind


def test_refuses_where_the_charter_allows_none_or_another_kind() -> None:
    for rules in (charter(), LIQUID):
        scenario(replace(BEFORE, charter=rules), happen, decide)().when(give()).refused("delegation_not_allowed")


@pytest.mark.parametrize("command", [give("cy", "di"), revoke("cy")], ids=["give", "revoke"])
def test_refuses_both_once_the_member_has_voted_personally(command: DelegationCommand) -> None:
    voted = replace(
        BEFORE, standing=after({}, [was_given("cy", "di")] if isinstance(command, RevokeDelegation) else [])
    )
    scenario(voted, happen, decide)().when(command).then(
        was_given("cy", "di") if isinstance(command, GiveDelegation) else was_revoked("cy")
    )
    voted = replace(voted, voted="m1.board.1")
    scenario(voted, happen, decide)().when(command).refused("voted_personally", member="cy", box="m1.board.1")


def test_who_left_the_roll_may_still_take_back_what_they_gave() -> None:
    left = replace(BEFORE, roll=rolls(BOARD, MemberLeft(chamber="board", member="ana", reason="moved"))["board"])
    scenario(left, happen, decide)(was_given()).when(revoke()).then(was_revoked())
    scenario(left, happen, decide)().when(give("cy", "ana")).refused("not_on_the_roll")


def test_what_stands_is_told_by_member() -> None:
    standing = after({}, [was_given("bo", "cy"), was_given(), was_given(matter="act"), was_revoked()])
    assert to_json(standing) == {
        "ana": [{"delegate": "bo", "kind": "proxy", "matter": "act"}],
        "bo": [{"delegate": "cy", "kind": "proxy", "matter": None}],
    }
    assert after(standing, [was_revoked("bo"), was_revoked(matter="act")]) == {}
