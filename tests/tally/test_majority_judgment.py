"""Majority judgment's order, worked by hand: ballots at the median are taken away until two options' medians differ."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tally.majority_judgment import Weights, order
from tests.tally.elections import GRADES, held

# The ballots of (good, fair, poor) that two options got, and the one that comes first.
PAIRS: dict[str, tuple[Weights, Weights, str]] = {
    "of an even number, the lower of the two in the middle": ((3, 2, 1), (4, 0, 2), "b"),
    "two in the middle, and two who differ": ((0, 2, 0), (1, 0, 1), "a"),
    "fair and fair; fair and fair; fair and good": ((1, 4, 0), (2, 2, 1), "b"),
    "fair and fair three times; fair and poor": ((0, 5, 0), (1, 3, 1), "a"),
    "half a ballot fair, and none": ((1, Fraction(1, 2), Fraction(1, 2)), (1, 0, 1), "a"),
    "the same ballots": ((1, 3, 1), (1, 3, 1), "ab"),
}


@pytest.mark.parametrize(("a", "b", "first"), PAIRS.values(), ids=PAIRS)
def test_options_are_compared_outwards_from_the_middle(a: Weights, b: Weights, first: str) -> None:
    assert order({"a": a, "b": b})[0] == list(first)


def test_ballots_after_a_blank_one_are_counted() -> None:
    found = held("majority-judgment", ("a", "b"), {(): 2, (("b", "good"),): 1}, scale=GRADES)
    assert (found.elected, found.blank, found.rounds[0].tally["b"]) == (("b",), 2, 1)
