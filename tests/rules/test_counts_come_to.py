"""What published counts come to: heads and weights, who was present, objections, and what they leave open."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.refusal import Kind, Refused
from rules.charter import Charter
from rules.counts import decide_counts
from tests.rules.building import chamber, charter_data, motion, parsed, selection
from tests.rules.test_counts import HEADER, club, decided, refusal

HEADS = {"quorum": {"seats": 3, "count": "heads"}}
WEIGHT = {"quorum": {"at_least": "1/2"}}
SECOND_CALL = {"quorum": {"seats": 3, "second_call": {"seats": 1}}}


def two(first: dict[str, Any], second: dict[str, Any]) -> Charter:
    chambers = [{"name": name, "title": name, "roles": ["chair"]} for name in ("board", "workers")]
    return parsed(charter_data(chambers=chambers, matters=[motion({"all_of": [first, second]})]))


def guarded(**threshold: Any) -> Charter:
    """A motion of the board's that the guards' objections stop: any, or so much of their weight."""
    chambers = [{"name": name, "title": name} for name in ("board", "guards")]
    veto = {"veto": {"chamber": "guards", "window": "P7D", "of": chamber(), **(threshold or {"members": 1})}}
    return parsed(charter_data(chambers=chambers, matters=[motion(veto)]))


PRESENT = {
    "blank ballots are present": ("board,,yes,1\nboard,,blank,4\nboard,,absent,5\n", WEIGHT, "adopted"),
    "so are invalid ones": ("board,,yes,1\nboard,,invalid,4\nboard,,absent,5\n", WEIGHT, "adopted"),
    "one present too few": ("board,,yes,4\nboard,,absent,5\n", WEIGHT, "inquorate"),
    "a member of more weight is one head": ("board,ana,yes,5/2\nboard,bo,yes,5/2\n", HEADS, "inquorate"),
    "three members of little weight are three": (
        "board,ana,yes,1/3\nboard,bo,yes,1/3\nboard,cy,no,1/3\n",
        HEADS,
        "adopted",
    ),
    "in totals, a part of a weight is one head": ("board,,yes,5/2\n", HEADS, "adopted"),
    "a member who is said to have cast nothing is none": (
        "board,ana,yes,1\nboard,bo,yes,1\nboard,cy,no,0\n",
        HEADS,
        "inquorate",
    ),
}


@pytest.mark.parametrize(("body", "rule", "outcome"), PRESENT.values(), ids=PRESENT)
def test_who_is_present(body: str, rule: dict[str, Any], outcome: str) -> None:
    assert decided(club(chamber(**rule)), body)["outcome"] == outcome


def test_a_member_is_counted_by_the_one_row_that_is_not_zero() -> None:
    found = decided(club(), "board,ana,yes,0\nboard,ana,no,1\nboard,ana,abstain,0\n")
    board = found["chambers"]["board"]
    assert (board["yes"], board["no"], board["abstain"]) == ("0", "1", "0")


OBJECTIONS = {
    "no objection": ({}, "guards,,yes,3\nguards,,no,0\n", "adopted"),
    "one objection among totals": ({}, "guards,,yes,3\nguards,,no,1\n", "rejected"),
    "one member's objection": ({}, "guards,ana,no,1\nguards,bo,yes,1\n", "rejected"),
    "one member's, of no weight": ({}, "guards,ana,no,0\nguards,bo,yes,1\n", "adopted"),
    "objections of half the weight": ({"at_least": "1/2"}, "guards,ana,no,3/2\nguards,bo,yes,3/2\n", "rejected"),
    "objections of less than half": ({"at_least": "1/2"}, "guards,ana,no,1\nguards,bo,yes,3/2\n", "adopted"),
    "two members of little weight": ({"members": 2}, "guards,ana,no,1/2\nguards,bo,no,1/2\n", "rejected"),
    "a member of much weight": ({"members": 2}, "guards,ana,no,5/2\nguards,bo,yes,1\n", "adopted"),
    "as many among totals": ({"members": 2}, "guards,,no,3/2\n", "rejected"),
}


@pytest.mark.parametrize(("threshold", "body", "outcome"), OBJECTIONS.values(), ids=OBJECTIONS)
def test_a_no_of_those_who_may_object_is_an_objection(threshold: dict[str, Any], body: str, outcome: str) -> None:
    assert decided(guarded(**threshold), f"board,,yes,1\n{body}")["outcome"] == outcome


def by_site(**threshold: Any) -> Charter:
    """The same, where the guards' ballots are counted by site too."""
    chambers = [
        {"name": "board", "title": "Board"},
        {"name": "guards", "title": "Guards", "units": [{"code": "north"}, {"code": "south"}]},
        {"name": "sites", "title": "Sites", "derived": {"from": "guards"}},
    ]
    veto = {"veto": {"chamber": "guards", "window": "P7D", "of": chamber("sites"), **threshold}}
    return parsed(charter_data(chambers=chambers, matters=[motion(veto)]))


OBJECTIONS_BY_SITE = {
    "nobody of a site": ({"members": 1}, "guards,north,no,0\nguards,north,yes,1\n", "adopted"),
    "one of a site": ({"members": 1}, "guards,north,no,1\nguards,north,yes,3\nguards,south,yes,1\n", "rejected"),
    "two of a site are two": (
        {"members": 2},
        "guards,north,no,2\nguards,north,yes,3\nguards,south,yes,1\n",
        "rejected",
    ),
    "two of three": ({"members": 3}, "guards,north,no,2\nguards,north,yes,3\nguards,south,yes,1\n", "adopted"),
    "one of each of two": (
        {"members": 2},
        "guards,north,no,1\nguards,north,yes,3\nguards,south,no,1\nguards,south,yes,2\n",
        "rejected",
    ),
}


@pytest.mark.parametrize(("threshold", "body", "outcome"), OBJECTIONS_BY_SITE.values(), ids=OBJECTIONS_BY_SITE)
def test_objections_counted_by_unit_are_as_many_as_object(threshold: dict[str, Any], body: str, outcome: str) -> None:
    assert decided(by_site(**threshold), body)["outcome"] == outcome


@pytest.mark.parametrize(("no", "outcome"), [("0", "adopted"), ("1", "rejected")])
def test_consent_is_given_where_no_objection_is_counted(no: str, outcome: str) -> None:
    consent = {"consent": {"chamber": "board", "window": "P7D"}}
    assert decided(club(consent), f"board,,yes,3\nboard,,no,{no}\n")["outcome"] == outcome


OPEN = {
    "a tie and a quorum of a second call": ("board,,yes,1\nboard,,no,1\nworkers,,yes,1\n", "inquorate"),
    "a tie": ("board,,yes,1\nboard,,no,1\nworkers,,yes,3\n", "tied"),
    "a quorum of a second call": ("board,,yes,1\nworkers,,yes,1\n", "inquorate"),
    "a tie, and a chamber without rows": ("board,,yes,1\nboard,,no,1\n", "pending"),
    "nothing": ("board,,yes,1\nworkers,,yes,3\n", "adopted"),
}


@pytest.mark.parametrize(("body", "outcome"), OPEN.values(), ids=OPEN)
def test_what_only_another_ballot_could_decide_is_said_to_be_so(body: str, outcome: str) -> None:
    board, workers = chamber(tie=["revote"]), chamber("workers", **SECOND_CALL)
    assert decided(two(board, workers), body)["outcome"] == outcome


def test_a_charter_without_motions_decides_nothing_from_counts() -> None:
    refused = decide_counts(parsed(charter_data(matters=[selection()])), HEADER)
    assert refused == Refused("matter_needed", kind=Kind.INVALID, say="this charter decides no motions", matters="none")


def test_a_header_of_four_columns_is_not_held_for_one_with_semicolons() -> None:
    refused = refusal(club(), "chamber,voter,option;choice,count\n")
    assert (refused.reason, refused.details["column"]) == ("column_missing", "option")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_are_numbered_alike_whatever_ends_them(end: str) -> None:
    text = (HEADER + "board,,yes,7\nboard,,no,x\n").replace("\n", end)
    assert refusal(club(), text).details["line"] == 3
