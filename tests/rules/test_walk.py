"""Going through a decision finds every chamber that it may ask, in the order in which it names them, and what for."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from rules.decision.walk import advice_rules, chambers_of, objecting_chambers, voting_chambers
from tests.rules.building import chamber, decision

A, B, C = (chamber(name) for name in "abc")
ADVICE = {"chamber": "d", "deadline": "P1M", "silence": "none"}


class Asked(NamedTuple):
    """By letter: all that may be asked, those that vote, advise and may object."""

    written: dict[str, Any]
    named: str
    votes: str = ""
    advise: str = ""
    object_: str = ""


ASKED = {
    "one chamber": Asked(A, "a", "a"),
    "all of several": Asked({"all_of": [B, A, B]}, "ba", "ab"),
    "any of several": Asked({"any_of": [C, {"all_of": [A, B]}]}, "cab", "abc"),
    "at least so many": Asked({"at_least": {"k": 1, "of": [B, C]}}, "bc", "bc"),
    "one after another": Asked({"sequence": [{"advice": ADVICE}, A]}, "da", "a", "d"),
    "advice alone": Asked({"advice": ADVICE}, "d", "", "d"),
    "a veto": Asked({"veto": {"chamber": "e", "window": "P7D", "members": 1, "of": A}}, "ea", "a", "", "e"),
    "an override": Asked({"override": {"of": A, "by": B}}, "ab", "ab"),
    "a tie-break": Asked({"tie_break": {"options": {"x": A, "y": B}, "question": ["c", "f"]}}, "cfab", "abcf"),
    "consent": Asked({"consent": {"chamber": "e", "window": "P7D"}}, "e", "", "", "e"),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_who_may_be_asked_and_what_for(asked: Asked) -> None:
    node = decision(asked.written)
    assert chambers_of(node) == tuple(asked.named)
    assert voting_chambers(node) == set(asked.votes)
    assert set(advice_rules(node)) == set(asked.advise)
    assert objecting_chambers(node) == set(asked.object_)
