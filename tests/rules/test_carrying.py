"""A motion is taken only where its decision can come to its end: either side of each part that needs a roll or a base."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.refusal import Refused
from rules.carrying import what_cannot_be_carried, what_never_ends
from rules.charter import Charter
from tests.rules.building import chamber, charter_data, motion, parsed, selection

BOARD = charter_data()["chambers"][0]
PEOPLE = {"name": "people", "title": "People", "electors": "counted", "roles": ["chair"]}
COUNTED = {**PEOPLE, "name": "town", "electorate": 900}
COOP = {**PEOPLE, "name": "coop", "colleges": "scaled", "units": [{"code": "users", "weight": 30}, {"code": "towns"}]}
SITES = {"name": "sites", "title": "Sites", "derived": {"from": "board"}, "units": [{"code": "north"}]}
CANTONS = {"name": "cantons", "title": "Cantons", "derived": {"from": "people"}, "units": [{"code": "north"}]}
COMMUNES = {**CANTONS, "name": "communes", "electors": "counted"}

MEMBERS = {"majority": {"more_than": "1/2", "of": "members"}}
SHARE = {"quorum": {"at_least": "1/2"}}
HEADS = {"quorum": {"at_least": "1/2", "count": "heads"}}
SEATS = {"quorum": {"seats": 3}}
SHARE_AND_SEATS = {"quorum": {"more_than": "1/2", "seats": 3}}
SECOND_CALL = {"quorum": {"seats": 3, "second_call": {"at_least": "1/4"}}}


def advice(by: str, **more: Any) -> dict[str, Any]:
    return {"advice": {"chamber": by, "deadline": "P1M", "silence": "none", **more}}


def veto(by: str) -> dict[str, Any]:
    return {"veto": {"chamber": by, "window": "P7D", "at_least": "1/2", "of": chamber()}}


def consent(by: str) -> dict[str, Any]:
    return {"consent": {"chamber": by, "window": "P7D"}}


def held(decision: dict[str, Any]) -> Charter:
    chambers = [BOARD, PEOPLE, COUNTED, COOP, SITES, CANTONS, COMMUNES]
    return parsed(charter_data(chambers=chambers, matters=[motion(decision)]))


CARRIED: dict[str, dict[str, Any]] = {
    "a majority of those who chose, of people who are only counted": chamber("people"),
    "a number of votes": chamber("people", majority={"votes": 3}),
    "a number of votes beside a base": chamber("people", majority={"votes": 3, "of": "members"}),
    "a quorum of seats": chamber("people", **SEATS),
    "a majority of members on a roll": chamber("board", **MEMBERS),
    "a quorum of members on a roll": chamber("board", **SHARE),
    "a majority of a declared electorate": chamber("town", **MEMBERS),
    "a quorum of a declared electorate": chamber("town", **SHARE),
    "a majority of all shares of colleges": chamber("coop", **MEMBERS),
    "a quorum of all shares of colleges": chamber("coop", **SHARE),
    "a quorum of seats in colleges": chamber("coop", **SEATS),
    "a majority of units": chamber("cantons", **MEMBERS),
    "a quorum of units": chamber("cantons", **SHARE),
    "a majority of units that are said to be counted": chamber("communes", **MEMBERS),
    "a role on a roll": chamber("board", tie=[{"casting_vote": "chair"}]),
    "advice by who is on a roll": {"sequence": [advice("board"), chamber("people")]},
    "advice by people who are only counted": {"sequence": [advice("people"), chamber()]},
    "objections by who is on a roll": veto("board"),
    "consent of who is on a roll": consent("board"),
}


@pytest.mark.parametrize("decision", CARRIED.values(), ids=CARRIED)
def test_what_can_be_held_is_taken(decision: dict[str, Any]) -> None:
    charter = held(decision)
    assert what_cannot_be_carried(charter, charter.matters[0]) is None
    assert what_never_ends(charter) is None


NO_ROLE = "the role chair in a chamber that keeps no roll"
NO_OBJECTORS = "objections of a chamber that keeps no roll"
NO_BASE = "a majority of members in a chamber that keeps no roll and declares no electorate"
NO_QUORUM = "a quorum of members in a chamber that keeps no roll and declares no electorate"
UNITS = "advice or objections of a derived chamber, whose members are units: ask the one it is derived from"

STUCK: dict[str, tuple[dict[str, Any], str, str]] = {
    "a majority of members who are only counted": (chamber("people", **MEMBERS), "people", NO_BASE),
    "a quorum of members who are only counted": (chamber("people", **SHARE), "people", NO_QUORUM),
    "more than a share of them": (chamber("people", quorum={"more_than": "1/3"}), "people", NO_QUORUM),
    "a second call of a share of them": (chamber("people", **SECOND_CALL), "people", NO_QUORUM),
    "a share of the heads in colleges": (chamber("coop", **HEADS), "coop", NO_QUORUM),
    "a share beside seats, which are heads, in colleges": (chamber("coop", **SHARE_AND_SEATS), "coop", NO_QUORUM),
    "a second call of a share of the heads in colleges": (
        chamber("coop", quorum={"at_least": "1/2", "second_call": {"at_least": "1/4", "count": "heads"}}),
        "coop",
        NO_QUORUM,
    ),
    "the second of two decisions": ({"all_of": [chamber(), chamber("people", **SHARE)]}, "people", NO_QUORUM),
    "after one that declares an electorate": (
        {"all_of": [chamber("town", **SHARE), chamber("people", **SHARE)]},
        "people",
        NO_QUORUM,
    ),
    "after a veto": ({"all_of": [veto("board"), chamber("people", **MEMBERS)]}, "people", NO_BASE),
    "an advice with a majority of members": (
        {"sequence": [advice("people", **MEMBERS), chamber()]},
        "people",
        NO_BASE,
    ),
    "an advice with a quorum of members": ({"sequence": [advice("people", **SHARE), chamber()]}, "people", NO_QUORUM),
    "a role where nobody is on a roll": (chamber("people", tie=[{"casting_vote": "chair"}]), "people", NO_ROLE),
    "objections where nobody is on a roll": (veto("people"), "people", NO_OBJECTORS),
    "consent where nobody is on a roll": (consent("people"), "people", NO_OBJECTORS),
    "advice of a derived chamber": ({"sequence": [advice("sites"), chamber()]}, "sites", UNITS),
    "objections of a derived chamber": (veto("sites"), "sites", UNITS),
    "consent of a derived chamber": (consent("sites"), "sites", UNITS),
}


@pytest.mark.parametrize(("decision", "where", "found"), STUCK.values(), ids=STUCK)
def test_what_could_never_be_held_is_refused(decision: dict[str, Any], where: str, found: str) -> None:
    charter = held(decision)
    refused = what_never_ends(charter)
    assert isinstance(refused, Refused)
    assert refused == what_cannot_be_carried(charter, charter.matters[0])
    assert (refused.reason, refused.details) == (
        "decision_not_carried",
        {"matter": "motion", "chamber": where, "found": found},
    )
    say = "motions of this matter could never be held: change its decision, or how its chamber's electors are kept"
    assert refused.say == say


def test_the_first_matter_that_could_never_be_held_is_named() -> None:
    chambers = [BOARD, PEOPLE]
    matters = [
        selection(),
        motion(chamber(), "a"),
        motion(chamber("people", **SHARE), "b"),
        motion(veto("people"), "c"),
    ]
    refused = what_never_ends(parsed(charter_data(chambers=chambers, matters=matters)))
    assert isinstance(refused, Refused)
    assert refused.details["matter"] == "b"
    assert what_never_ends(parsed(charter_data(chambers=chambers, matters=matters[:2]))) is None
