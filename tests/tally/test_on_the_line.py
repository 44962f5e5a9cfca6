"""What is exactly on a limit is accepted: rules as a charter declares them, choices, and totals filed on paper."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from kernel.refusal import Refused
from tally.allocation_rules import AllocationRules
from tally.counting import Sheet
from tally.election import ElectionRules
from tally.forms import BallotRules, Option, check_choice
from tally.sheets import check_sheet
from tests.on_record.ballots import AGAINST, OPTIONS, SQUARES, TEN_POINTS

DECLARED: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "as many credits as options at least": (BallotRules, {"form": "quadratic", "credits": 2, "min": 2}),
    "a max of the min": (BallotRules, {"form": "approval", "min": 2, "max": 2}),
    "choose_one, up to one": (BallotRules, {"form": "choose_one", "max": 1}),
    "ranking_points that stay equal and end in zero": (BallotRules, {"form": "ranking", "ranking_points": ["2", "2", "0"]}),
    "ranking_points for as many places as max": (BallotRules, {"form": "ranking", "ranking_points": ["2", "1"], "max": 2}),
    "points per option alone": (BallotRules, {"form": "points", "max_per_option": "2"}),
    "points of borda down to zero": (ElectionRules, {"method": "borda", "points": ["1", "1", "0"]}),
    "a lot alone": (ElectionRules, {"method": "irv", "tie_break": ["lot"]}),
    "a lot at the end": (ElectionRules, {"method": "irv", "tie_break": ["earlier_submission", "lot"]}),
    "one seat by irv": (ElectionRules, {"method": "irv", "seats": 1}),
    "envelopes of the whole budget": (
        AllocationRules,
        {"rule": "greedy", "budget": "100", "envelopes": {"districts": {"north": "60", "south": "40"}, "left": "kept"}},
    ),
    "a lot alone, of a budget": (AllocationRules, {"rule": "greedy", "budget": "100", "tie_break": ["lot"]}),
    "a step of add1u": (
        AllocationRules,
        {"rule": "equal-shares", "budget": "1", "utility": "cost", "completion": "add1u", "step": "2"},
    ),
    "a threshold of zero": (AllocationRules, {"rule": "greedy-threshold", "budget": "1", "threshold": "0"}),
}  # fmt: skip


@pytest.mark.parametrize(("model", "fields"), DECLARED.values(), ids=DECLARED.keys())
def test_what_is_on_the_line_may_be_declared(model: type[Any], fields: dict[str, Any]) -> None:
    kept = model(**fields).model_dump(mode="json")
    assert {name: kept[name] for name in fields} == fields


ACCEPTED: dict[str, tuple[dict[str, Any], object, object]] = {
    "all the credits": (SQUARES, {"p1": 3}, {"p1": "3"}),
    "all the credits, one vote against": ({**AGAINST, "credits": 10}, {"p2": -1, "p1": "3"}, {"p1": "3", "p2": "-1"}),
    "points as an exact number": (TEN_POINTS, {"p1": Fraction(5, 2)}, {"p1": "5/2"}),
    "points in all on the limit, not in order": (TEN_POINTS, [["p2", "4"], ["p1", "6"]], {"p1": "6", "p2": "4"}),
}


@pytest.mark.parametrize(("rules", "raw", "choice"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_is_on_the_line_may_be_chosen(rules: dict[str, Any], raw: object, choice: object) -> None:
    assert check_choice(BallotRules(**rules), OPTIONS, None, raw) == choice


SHEETS: dict[str, tuple[dict[str, Any], Mapping[str, Option], dict[str, Any]]] = {
    "a ranking of nothing, all blank": ({"form": "ranking"}, {}, {"voters": 2, "totals": {}, "blank": 2}),
    "votes of nothing, all blank": (SQUARES, {}, {"voters": 2, "totals": {}, "blank": 2}),
    "all that the credits buy": (SQUARES, OPTIONS, {"voters": 2, "totals": {"p1": 4, "p2": 4, "p3": 2}}),
    "all that the credits buy against": (AGAINST, OPTIONS, {"voters": 2, "totals": {"p1": -6}}),
}


@pytest.mark.parametrize(("rules", "options", "filed"), SHEETS.values(), ids=SHEETS.keys())
def test_what_is_on_the_line_may_be_filed(rules: dict[str, Any], options: Any, filed: dict[str, Any]) -> None:
    found = check_sheet(BallotRules(**rules), options, Sheet(station="s", **filed))
    assert not isinstance(found, Refused), found
