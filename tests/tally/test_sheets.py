"""Count sheets: totals that so many voters can have cast, one row either side of each limit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.refusal import Refused
from tally.counting import Sheet, WeightedChoice, count
from tally.forms import BallotRules, Option
from tally.sheets import check_sheet

OPTIONS: Mapping[str, Option] = {name: Option(option=name, submitted=i) for i, name in enumerate("abc", 1)}
YES_NO = BallotRules(form="yes_no_abstain")
ONE = BallotRules(form="choose_one")
UP_TO_TWO = BallotRules(form="approval", max=2)
AT_LEAST_TWO = BallotRules(form="approval", min=2)
FIVE_POINTS = BallotRules(form="points", points="5", max_per_option="3")
ALL_FIVE = BallotRules(form="points", points="5", points_use="exactly")
BEST_TWO = BallotRules(form="ranking", ranking_points=["3", "1"])


def sheet(voters: int, totals: dict[str, Any], blank: int = 0, invalid: int = 0) -> Sheet:
    """A sheet of station s1."""
    return Sheet(station="s1", voters=voters, totals=totals, blank=blank, invalid=invalid)


PLAUSIBLE = [
    pytest.param(YES_NO, sheet(10, {"yes": 5, "no": 3}, 1, 1), id="yes, no, blank and invalid make up the voters"),
    pytest.param(ONE, sheet(3, {"a": 2, "c": 1}), id="one vote from each voter"),
    pytest.param(UP_TO_TWO, sheet(3, {"a": 3, "b": 3}), id="two votes from each voter"),
    pytest.param(UP_TO_TWO, sheet(3, {"a": 3}), id="one vote from each voter where two were allowed"),
    pytest.param(AT_LEAST_TWO, sheet(3, {"a": 3, "b": 3, "c": 3}), id="all three options from each voter"),
    pytest.param(FIVE_POINTS, sheet(2, {"a": 6, "b": 4}), id="all points, as many as allowed to one option"),
    pytest.param(FIVE_POINTS, sheet(2, {"a": "0.5"}), id="half a point"),
    pytest.param(ALL_FIVE, sheet(2, {"a": 10}), id="exactly all points"),
    pytest.param(BEST_TWO, sheet(2, {"a": 6, "b": 2}), id="both rank a before b"),
    pytest.param(BEST_TWO, sheet(2, {"a": 6}), id="both rank only a"),
    pytest.param(ONE, sheet(0, {}), id="nobody came"),
]


@pytest.mark.parametrize(("rules", "filed"), PLAUSIBLE)
def test_accepts_totals_that_the_voters_can_have_cast(rules: BallotRules, filed: Sheet) -> None:
    assert check_sheet(rules, OPTIONS, filed) is None


IMPLAUSIBLE = [
    pytest.param(YES_NO, sheet(10, {"yes": 5, "no": 4}), "sheet_sum", {"total": 9, "minimum": 10}, id="one vote lost"),
    pytest.param(YES_NO, sheet(10, {"yes": 11}), "sheet_total", {"maximum": 10}, id="more votes than voters"),
    pytest.param(YES_NO, sheet(10, {"maybe": 10}), "unknown_option", {"option": "maybe"}, id="a word unknown"),
    pytest.param(ONE, sheet(3, {"a": 1, "d": 2}), "unknown_option", {"option": "d"}, id="an option not on the ballot"),
    pytest.param(ONE, sheet(3, {"a": 4, "b": -1}), "sheet_total", {"option": "a"}, id="a total above the voters"),
    pytest.param(ONE, sheet(3, {"b": -1}), "sheet_total", {"option": "b", "total": -1}, id="a negative total"),
    pytest.param(ONE, sheet(3, {"a": "1.5", "b": "1.5"}), "sheet_total", {"option": "a"}, id="half a vote"),
    pytest.param(ONE, sheet(3, {}, 2, 2), "sheet_voters", {"blank": 2, "invalid": 2}, id="more blank than voters"),
    pytest.param(UP_TO_TWO, sheet(3, {"a": 3, "b": 3, "c": 1}), "sheet_sum", {"maximum": 6}, id="seven votes of six"),
    pytest.param(UP_TO_TWO, sheet(3, {"a": 2}), "sheet_sum", {"minimum": 3}, id="a valid ballot without a vote"),
    pytest.param(AT_LEAST_TWO, sheet(3, {"a": 3, "b": 2}), "sheet_sum", {"minimum": 6}, id="a ballot with one of two"),
    pytest.param(FIVE_POINTS, sheet(2, {"a": 7}), "sheet_total", {"maximum": 6}, id="too many points to one option"),
    pytest.param(FIVE_POINTS, sheet(2, {"a": 6, "b": 5}), "sheet_sum", {"maximum": 10}, id="too many points in all"),
    pytest.param(FIVE_POINTS, sheet(2, {"a": "1/3"}), "sheet_total", {"option": "a"}, id="a third of a point"),
    pytest.param(ALL_FIVE, sheet(2, {"a": 9}), "sheet_sum", {"minimum": 10}, id="a point kept back"),
    pytest.param(BEST_TWO, sheet(2, {"a": 7}), "sheet_total", {"maximum": 6}, id="more than the first place is worth"),
    pytest.param(BEST_TWO, sheet(2, {"a": 6, "b": 3}), "sheet_sum", {"maximum": 8}, id="more than two places"),
]


@pytest.mark.parametrize(("rules", "filed", "reason", "details"), IMPLAUSIBLE)
def test_refuses_totals_that_the_voters_cannot_have_cast(
    rules: BallotRules, filed: Sheet, reason: str, details: dict[str, Any]
) -> None:
    refused = check_sheet(rules, OPTIONS, filed)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert details.items() <= refused.details.items()


@pytest.mark.parametrize("fields", [{"voters": -1}, {"voters": 10**30}, {"blank": -1}, {"station": "a b"}, {"note": 1}])
def test_a_sheet_with_an_impossible_field_cannot_be_written(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sheet.model_validate({"station": "s1", "voters": 1, "totals": {"a": "1"}, **fields})


SHEETS = st.builds(
    lambda a, b, c, blank, invalid: Sheet(
        station="s1", unit="north", voters=a + b + c + blank + invalid,
        totals={"a": Fraction(a), "b": Fraction(b), "c": Fraction(c)}, blank=blank, invalid=invalid,
    ),
    *[st.integers(0, 50)] * 5,
)  # fmt: skip


@given(SHEETS, SHEETS)
def test_splitting_a_count_sheet_never_matters(first: Sheet, second: Sheet) -> None:
    whole = Sheet(
        station="s1",
        unit="north",
        voters=first.voters + second.voters,
        totals={option: first.totals[option] + second.totals[option] for option in OPTIONS},
        blank=first.blank + second.blank,
        invalid=first.invalid + second.invalid,
    )
    assert check_sheet(ONE, OPTIONS, first) is check_sheet(ONE, OPTIONS, whole) is None
    split, once = count(ONE, OPTIONS, [], [first, second]), count(ONE, OPTIONS, [], [whole])
    assert {**split.units["north"].to_json(), "sheets": 1} == once.units["north"].to_json()


@given(st.lists(st.sampled_from([["a"], ["b"], ["c"]]), max_size=30))
def test_paper_counts_as_the_same_ballots_on_screen(choices: list[list[str]]) -> None:
    totals = {option: Fraction(choices.count([option])) for option in OPTIONS}
    paper = count(ONE, OPTIONS, [], [Sheet(station="s1", voters=len(choices), totals=totals)])
    screen = count(ONE, OPTIONS, [WeightedChoice(choice, 1) for choice in choices])
    assert (paper.scores, paper.supporters, paper.weight) == (screen.scores, screen.supporters, screen.weight)
