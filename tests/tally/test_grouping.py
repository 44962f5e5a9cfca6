"""Grouping loses nothing: the weights of all groups are the weights of all ballots, whatever their order."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tally.counting import WeightedChoice
from tally.forms import Choice
from tally.grouping import group, said

CHOICES: st.SearchStrategy[Choice] = st.one_of(
    st.sampled_from(["yes", "no"]),
    st.permutations(["a", "b", "c"]).map(list),
    st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["1", "1/2"])),
)
BALLOTS = st.lists(st.builds(WeightedChoice, CHOICES, st.fractions(min_value=0, max_value=3)))


def test_a_rankings_order_is_what_it_says_and_an_order_of_points_is_not() -> None:
    assert said(["b", "a"]) != said(["a", "b"])
    assert said({"b": "1", "a": "2"}) == said({"a": "2", "b": "1"}) == (("a", "2"), ("b", "1"))
    assert said("yes") == "yes"


def test_equal_ballots_are_one_group_with_the_weight_of_all() -> None:
    ballots = [WeightedChoice(["a", "b"], Fraction(1, 2)), WeightedChoice(["b"], 1), WeightedChoice(["a", "b"], 1)]
    assert group(ballots) == {("a", "b"): Fraction(3, 2), ("b",): 1}


@given(BALLOTS, st.randoms())
def test_the_order_of_ballots_never_matters_and_no_weight_is_lost(
    ballots: list[WeightedChoice], chance: object
) -> None:
    mixed = list(ballots)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    groups = group(ballots)
    assert group(mixed) == groups
    assert sum(groups.values()) == sum(ballot.weight for ballot in ballots)
