"""Rows that mutation testing found nobody had tried (docs/correctness.md)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import pytest

from rules.decision.majority import expressed, present
from rules.decision.measures import Blank
from rules.decision.walk import single_answers
from rules.decisions import VoteCount, derive_units, objecting_chambers, unit_vote
from tests.rules.building import chamber, decision, votes
from tests.rules.test_derived_and_tie_break import UNITS

COUNT = VoteCount(yes=Fraction(5), no=Fraction(3), abstain=Fraction(2), blank=Fraction(1), invalid=Fraction(4))


@pytest.mark.parametrize(
    ("equality", "yes"),
    [
        pytest.param("no", 0, id="an even unit says no"),
        pytest.param("yes", 1, id="an even unit says yes where that is declared"),
    ],
)
def test_units_that_are_even_say_what_is_declared(equality: Literal["no", "yes"], yes: int) -> None:
    count = derive_units(UNITS[:1], {"A": votes(2, 2)}, equality)
    assert [count.yes, count.no] == [yes, 1 - yes]


def test_units_that_are_even_say_no_where_nothing_is_declared() -> None:
    assert derive_units(UNITS[:1], {"A": votes(2, 2)}).no == 1
    assert unit_vote(votes(2, 2)) == "no"


def test_a_chamber_of_no_units_has_an_exact_size() -> None:
    assert derive_units((), {}).to_json()["members"] == "0"


@pytest.mark.parametrize(
    ("blank", "there", "said"),
    [
        pytest.param(Blank.PRESENT, 15, 8, id="blank and invalid ballots are present"),
        pytest.param(Blank.ABSENT, 10, 8, id="blank and invalid ballots are absent"),
        pytest.param(Blank.EXPRESSED, 15, 13, id="blank and invalid ballots are expressed"),
    ],
)
def test_blank_and_invalid_ballots_count_as_declared(blank: Blank, there: int, said: int) -> None:
    assert [present(COUNT, blank), expressed(COUNT, blank)] == [there, said]


def test_whoever_may_veto_or_withhold_consent_may_object() -> None:
    written = {
        "all_of": [
            {"veto": {"chamber": "tribunes", "window": "P1D", "members": 1, "of": chamber()}},
            {"consent": {"chamber": "circle", "window": "P1D"}},
        ]
    }
    assert objecting_chambers(decision(written)) == {"tribunes", "circle"}


def test_what_a_chamber_can_answer_only_once_is_named() -> None:
    written = {
        "sequence": [
            {"advice": {"chamber": "works", "deadline": "P1M", "silence": "none"}},
            chamber(tie=[{"casting_vote": "chair"}, "lot"]),
            chamber("plain"),
            {"veto": {"chamber": "tribunes", "window": "P1D", "members": 1, "of": chamber("plain")}},
            {"consent": {"chamber": "circle", "window": "P1D", "criteria": ["is new"], "tester": "facilitator"}},
        ]
    }
    assert list(single_answers(decision(written))) == [
        ("works", "an opinion"),
        ("board", "the vote of chair"),
        ("board", "a lot"),
        ("tribunes", "objections"),
        ("circle", "the vote of facilitator"),
        ("circle", "objections"),
    ]
