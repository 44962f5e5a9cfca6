"""Delegation and colleges as a charter writes them: what is allowed, what makes no sense, and what stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rules.delegation import DelegationRules
from tests.rules.building import chamber, charter_data, motion, parsed, refused, selection

NONSENSE: tuple[dict[str, object], ...] = (
    {},
    {"liquid": False},
    {"liquid": "yes"},
    {"proxies": 0},
    {"proxies": -1},
    {"proxies": True},
    {"proxies": "2"},
    {"proxies": 1.5},
    {"proxies": 10**6 + 1},
    {"proxies": 1, "hops": 2},
)


@pytest.mark.parametrize("given_", NONSENSE, ids=str)
def test_rules_that_say_nothing_or_nonsense_are_refused(given_: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DelegationRules.model_validate(given_)


@pytest.mark.parametrize("most", [1, 10**6])
def test_the_fewest_and_the_most_proxies_are_allowed(most: int) -> None:
    assert DelegationRules.model_validate({"proxies": most}).proxies == most


def with_chamber(**more: object) -> dict[str, object]:
    board = {"name": "board", "title": "The board", "roles": ["chair"], **more}
    return charter_data(chambers=[board])


def test_a_charter_that_names_neither_is_written_and_hashed_as_before_there_were_any() -> None:
    (board,) = parsed(with_chamber()).to_json()["chambers"]
    assert list(board) == ["name", "title", "electors", "roles", "seats", "derived", "units"]


def test_a_charter_that_names_them_is_read_back_as_it_is_written() -> None:
    charter = parsed(with_chamber(delegation={"proxies": 2}, colleges="scaled", units=[{"code": "workers"}]))
    told = charter.to_json()
    assert told["chambers"][0]["delegation"] == {"proxies": 2, "liquid": False}
    assert told["chambers"][0]["colleges"] == "scaled"
    assert parsed(told) == charter


COUNTED: dict[str, object] = {"name": "people", "title": "p", "electors": "counted", "delegation": {"liquid": True}}
DERIVED: dict[str, object] = {"name": "sites", "title": "s", "derived": {"from": "board"}, "units": [{"code": "north"}]}
COLLEGES: dict[str, object] = {"name": "members", "title": "m", "colleges": "scaled", "units": [{"code": "workers"}]}
VETO = {"veto": {"chamber": "members", "window": "P7D", "at_least": "1/2", "of": chamber()}}

FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "delegation where electors are counted": (COUNTED, "delegation_without_roll"),
    "delegation in a derived chamber": ({**DERIVED, "delegation": {"proxies": 1}}, "delegation_without_roll"),
    "scaled colleges of a derived chamber": ({**DERIVED, "colleges": "scaled"}, "colleges_in_derived"),
    "scaled colleges without units": ({**COLLEGES, "units": []}, "colleges_without_units"),
    "colleges that are something else": ({**COLLEGES, "colleges": "equal"}, "charter_invalid"),
}


@pytest.mark.parametrize(("odd", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_chamber_in_which_they_make_no_sense_is_refused(odd: dict[str, object], reason: str) -> None:
    assert refused(charter_data(chambers=[charter_data()["chambers"][0], odd])).reason == reason


MATTERS: dict[str, tuple[dict[str, object], str]] = {
    "a selection by scaled colleges": (selection(chamber="members"), "selection_by_colleges"),
    "objections by scaled colleges": (motion(VETO), "objections_by_colleges"),
}


def by_colleges(matter: dict[str, object]) -> dict[str, Any]:
    """A charter in which this matter is put to scaled colleges."""
    return charter_data(chambers=[charter_data()["chambers"][0], COLLEGES], matters=[matter])


@pytest.mark.parametrize(("matter", "reason"), MATTERS.values(), ids=MATTERS)
def test_a_matter_that_scaled_colleges_cannot_answer_is_refused(matter: dict[str, object], reason: str) -> None:
    assert refused(by_colleges(matter)).reason == reason


def test_the_matters_of_a_chamber_are_those_its_electors_vote_in() -> None:
    sites = {**DERIVED, "derived": {"from": "board"}}
    other = {"name": "other", "title": "o"}
    charter = parsed(
        charter_data(
            chambers=[charter_data()["chambers"][0], sites, other],
            matters=[motion(chamber("sites"), "a"), motion(chamber("other"), "b"), selection(name="c")],
        )
    )
    assert charter.matters_of("board") == ("a", "c")
    assert charter.matters_of("sites") == ()
    assert charter.matters_of("other") == ("b",)
