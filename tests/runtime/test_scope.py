"""A token that is limited lets through what lies within the limit, and nothing beside it: to the row on the line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from runtime import scope
from runtime.caller import NOTHING, Caller, Role
from runtime.permissions import PERMISSIONS
from tests.runtime.standins import METHODS, about, request


def caller(*roles: str, sub: str = "ana", **limits: Any) -> Caller:
    """Who has a token that says this."""
    lists = {name: frozenset(value) for name, value in limits.items() if name in ("processes", "chambers")}
    return Caller(sub, frozenset(map(Role, roles)), **{**limits, **lists})


def field_refused(who: Caller, method: str, **fields: Any) -> str:
    """Which field of a request oversteps the token; '' when none does."""
    asked = request(METHODS[method], "ana", **fields)
    rule = PERMISSIONS[method]
    found = about(method, asked) if scope.needs_lookup(who, rule) else NOTHING
    refused = scope.check(who, rule, asked, found)
    if refused is None:
        return ""
    assert refused.reason == "scope_denied"
    return str(refused.details["field"])


PROCESSES = [
    pytest.param(["p"], "processes.GetProcess", {}, "", id="the process that it names"),
    pytest.param(["o", "p"], "processes.GetProcess", {}, "", id="one of those that it names"),
    pytest.param(["o"], "processes.GetProcess", {}, "process_id", id="another process"),
    pytest.param(["p-2"], "processes.GetProcess", {}, "process_id", id="a process whose id begins alike"),
    pytest.param([], "processes.GetProcess", {}, "process_id", id="none at all"),
    pytest.param(["p"], "processes.GetProcess", {"process_id": ""}, "process_id", id="a process without a name"),
    pytest.param([""], "processes.GetProcess", {"process_id": ""}, "", id="a process without a name, allowed"),
    pytest.param(["p"], "processes.OpenProcess", {"process_id": "p"}, "", id="opening the process that it names"),
    pytest.param(["p"], "processes.OpenProcess", {"process_id": "q"}, "process_id", id="opening another"),
    pytest.param(["p"], "processes.ListProcesses", {}, "process_id", id="a list of all processes"),
    pytest.param(["p"], "audit.Events", {"process_id": ""}, "process_id", id="the events of all processes"),
    pytest.param(["p"], "audit.Events", {"process_id": "p"}, "", id="the events of the process that it names"),
    pytest.param(["p"], "ballots.CastBallots", {"process_id": "q"}, "process_id", id="ballots of another process"),
]


@pytest.mark.parametrize(("processes", "method", "fields", "refused"), PROCESSES)
def test_a_limit_to_processes(processes: Iterable[str], method: str, fields: dict[str, str], refused: str) -> None:
    assert field_refused(caller("organiser", "registrar", processes=processes), method, **fields) == refused


CHAMBERS = [
    pytest.param(["board"], "chambers.EnrolMembers", {"chamber": "board"}, "", id="the roll of its chamber"),
    pytest.param(["board"], "chambers.EnrolMembers", {"chamber": "workers"}, "chamber", id="the roll of another"),
    pytest.param(["board"], "chambers.EnrolMembers", {"chamber": ""}, "chamber", id="the roll of no chamber"),
    pytest.param([], "chambers.EnrolMembers", {"chamber": "board"}, "chamber", id="no chamber at all"),
    pytest.param(["board"], "chambers.GetRoll", {"chamber": "workers"}, "chamber", id="reading another's roll"),
    pytest.param(["board"], "ballots.CastBallot", {"box": "board.1"}, "", id="a box of its chamber"),
    pytest.param(["workers"], "ballots.CastBallot", {"box": "board.1"}, "chamber", id="a box of another"),
    pytest.param(["board"], "ballots.CastBallot", {"box": "unknown"}, "chamber", id="a box that is not known"),
    pytest.param(["workers"], "ballots.CastBallots", {"box": "board.1"}, "chamber", id="a stream into another's box"),
    pytest.param(["workers"], "ballots.GetBox", {"box": "board.1"}, "chamber", id="looking into another's box"),
    pytest.param(["workers"], "ballots.SealBox", {"box": "board.1"}, "chamber", id="sealing another's box"),
    pytest.param(["board"], "chambers.GetMotion", {"motion": "both"}, "", id="a motion that asks its chamber too"),
    pytest.param(["tribunes"], "chambers.GetMotion", {"motion": "both"}, "chamber", id="a motion that asks others"),
    pytest.param(["board"], "chambers.PutMotion", {"motion": "no such"}, "chamber", id="a motion that is not known"),
    pytest.param(["board"], "chambers.ProposeMotion", {"matter": "both"}, "", id="a matter that asks its chamber too"),
    pytest.param(["tribunes"], "chambers.ProposeMotion", {"matter": "both"}, "chamber", id="a matter of others"),
    pytest.param(["board"], "processes.OpenPhase", {}, "chamber", id="a phase of the whole process"),
    pytest.param(["board"], "proposals.PublishShortlist", {}, "chamber", id="a shortlist that all vote on"),
    pytest.param(["board"], "chambers.GetState", {}, "chamber", id="the rolls of all chambers"),
    pytest.param(["board"], "audit.GetBundle", {}, "chamber", id="the log of all chambers"),
    pytest.param(["board"], "audit.Events", {}, "chamber", id="the events of all chambers"),
    pytest.param(["board"], "processes.GetProcess", {}, "", id="what concerns no chamber"),
    pytest.param(["board"], "proposals.SubmitProposal", {}, "", id="a proposal, which is of no chamber yet"),
]


@pytest.mark.parametrize(("chambers", "method", "fields", "refused"), CHAMBERS)
def test_a_limit_to_chambers(chambers: Iterable[str], method: str, fields: dict[str, str], refused: str) -> None:
    who = caller("organiser", "registrar", chambers=chambers)
    assert field_refused(who, method, **fields) == refused


MEMBERS = [
    pytest.param({}, "ballots.CastBallot", {"voter": "ana"}, "", id="their own ballot"),
    pytest.param({}, "ballots.CastBallot", {"voter": "ben"}, "voter", id="another's ballot"),
    pytest.param({}, "ballots.CastBallot", {"voter": ""}, "voter", id="nobody's ballot"),
    pytest.param({}, "ballots.CastBallot", {"voter": "Ana"}, "voter", id="a ballot of who is spelled otherwise"),
    pytest.param({}, "proposals.SubmitProposal", {"author": "ben"}, "author", id="a proposal in another's name"),
    pytest.param({}, "proposals.ReviseProposal", {"proposal": "moved by ana"}, "", id="their own proposal"),
    pytest.param({}, "proposals.ReviseProposal", {"proposal": "moved by ben"}, "member", id="another's proposal"),
    pytest.param({}, "proposals.WithdrawProposal", {"proposal": ""}, "member", id="a proposal that is not known"),
    pytest.param({}, "chambers.ProposeMotion", {"mover": "ben"}, "mover", id="a motion in another's name"),
    pytest.param({}, "chambers.WithdrawMotion", {"motion": "moved by ana"}, "", id="their own motion"),
    pytest.param({}, "chambers.WithdrawMotion", {"motion": "moved by ben"}, "member", id="another's motion"),
    pytest.param({}, "chambers.GiveCastingVote", {"member": "ben"}, "member", id="another's casting vote"),
    pytest.param({}, "chambers.RaiseObjection", {"member": "ben"}, "member", id="another's objection"),
    pytest.param({}, "chambers.TestObjection", {"tester": "ben"}, "tester", id="a test in another's name"),
    pytest.param({}, "chambers.TestObjection", {"member": "ben"}, "", id="a test of another's objection"),
    pytest.param({"member": "m-1"}, "ballots.CastBallot", {"voter": "m-1"}, "", id="of the member that it names"),
    pytest.param({"member": "m-1"}, "ballots.CastBallot", {"voter": "ana"}, "voter", id="of who has the token only"),
    pytest.param({"member": "m-1"}, "ballots.CastBallot", {"voter": "m-2"}, "voter", id="of another member"),
    pytest.param({"on_behalf": True}, "ballots.CastBallot", {"voter": "ben"}, "", id="a platform's user"),
    pytest.param(
        {"on_behalf": True, "member": "m-1"}, "ballots.CastBallot", {"voter": "ben"}, "voter", id="a platform for one"
    ),
    pytest.param({}, "ballots.GetBox", {}, "", id="what anybody may read"),
]


@pytest.mark.parametrize(("token", "method", "fields", "refused"), MEMBERS)
def test_a_member_acts_for_nobody_else(
    token: dict[str, Any], method: str, fields: dict[str, str], refused: str
) -> None:
    assert field_refused(caller("member", **token), method, **fields) == refused


@pytest.mark.parametrize("roles", [("registrar",), ("member", "registrar"), ("operator",)])
def test_who_may_do_it_by_another_role_does_it_for_anybody(roles: tuple[str, ...]) -> None:
    assert field_refused(caller(*roles), "ballots.CastBallot", voter="ben") == ""


def test_but_not_with_a_token_for_one_member() -> None:
    assert field_refused(caller("operator", member="ana"), "ballots.CastBallot", voter="ben") == "voter"


def test_a_role_that_does_not_let_one_do_it_does_not_let_one_do_it_for_others() -> None:
    assert field_refused(caller("member", "reviewer", "auditor"), "ballots.CastBallot", voter="ben") == "voter"


@pytest.mark.parametrize("stranger", [0, 1, 999], ids=["the first", "the second", "the last"])
def test_every_ballot_of_a_message_is_looked_at(stranger: int) -> None:
    asked = request(METHODS["ballots.CastBallots"], "ana")
    del asked.ballots[:]
    for place in range(1000):
        asked.ballots.add(voter="ben" if place == stranger else "ana")
    assert scope.check(caller("member"), PERMISSIONS["ballots.CastBallots"], asked, NOTHING) is not None
    asked.ballots[stranger].voter = "ana"
    assert scope.check(caller("member"), PERMISSIONS["ballots.CastBallots"], asked, NOTHING) is None


def test_a_motion_without_a_mover_is_moved_by_its_actor() -> None:
    asked = request(METHODS["chambers.ProposeMotion"], "ana")
    asked.ClearField("mover")
    assert scope.check(caller("member"), PERMISSIONS["chambers.ProposeMotion"], asked, NOTHING) is None
    platform = caller("member", sub="platform", on_behalf=True, member="ben")
    refused = scope.check(platform, PERMISSIONS["chambers.ProposeMotion"], asked, NOTHING)
    assert refused is not None
    assert refused.details["found"] == "ana"


ACTORS = [
    pytest.param(("organiser",), {}, "ana", "", id="who has the token"),
    pytest.param(("organiser",), {}, "ben", "actor", id="another"),
    pytest.param(("organiser",), {}, "", "actor", id="nobody"),
    pytest.param(("organiser",), {"on_behalf": True}, "ben", "", id="another, on their behalf"),
    pytest.param(("operator",), {}, "ben", "", id="another, said by an operator"),
    pytest.param(("member",), {"member": "m-1"}, "m-1", "", id="the member that the token names"),
    pytest.param(("member",), {"member": "m-1"}, "m-2", "actor", id="another member"),
]


@pytest.mark.parametrize("method", ["proposals.SubmitProposal", "ballots.CastBallots"])
@pytest.mark.parametrize(("roles", "token", "actor", "refused"), ACTORS)
def test_the_actor_of_a_command(
    method: str, roles: tuple[str, ...], token: dict[str, Any], actor: str, refused: str
) -> None:
    who = caller(*roles, **token)
    own = {"author": token.get("member", "ana")}
    asked = request(METHODS[method], "ana", **own)
    if method == "ballots.CastBallots":
        asked.actor = actor
        asked.ballots[0].voter = own["author"]
    else:
        asked.command.actor = actor
    found = scope.check(who, PERMISSIONS[method], asked, NOTHING)
    assert (found.details["field"] if found else "") == refused


def test_nothing_is_looked_up_for_who_is_not_limited() -> None:
    for name, rule in PERMISSIONS.items():
        for role in rule.roles - {Role.MEMBER}:
            assert not scope.needs_lookup(caller(role), rule), name
