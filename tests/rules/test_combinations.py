"""Chambers combined: side by side, in sequence, one over another."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from rules.decisions import Ask, Evidence, Outcome, Status, VoteCount, evaluate
from tests.rules.building import chamber, decision, votes

BALLOTS = {
    "adopted": votes(7, 5),
    "rejected": votes(5, 7),
    "tied": votes(6, 6),
    "inquorate": votes(1, 1, members=12),
}
NAMES = ("first", "second", "third")
PARTS = [chamber(name, quorum={"seats": 6}, tie=[]) for name in NAMES]


def combine(operator: dict[str, Any], *results: str) -> Outcome:
    """The chambers end as `results` say; `pending` has not voted."""
    seen = {name: (BALLOTS[result],) for name, result in zip(NAMES, results, strict=False) if result != "pending"}
    return evaluate(decision(operator), Evidence(votes=seen))


TWO = {
    ("adopted", "adopted"): ("adopted", "adopted"),
    ("adopted", "rejected"): ("rejected", "adopted"),
    ("adopted", "tied"): ("tied", "adopted"),
    ("adopted", "inquorate"): ("inquorate", "adopted"),
    ("rejected", "rejected"): ("rejected", "rejected"),
    ("rejected", "tied"): ("rejected", "tied"),
    ("rejected", "inquorate"): ("rejected", "inquorate"),
    ("tied", "tied"): ("tied", "tied"),
    ("tied", "inquorate"): ("inquorate", "inquorate"),
    ("inquorate", "inquorate"): ("inquorate", "inquorate"),
    ("pending", "adopted"): ("pending", "pending"),
    ("pending", "rejected"): ("pending", "pending"),
}


@pytest.mark.parametrize("results", TWO, ids=" and ".join)
def test_all_of_and_any_of_two_in_either_order(results: tuple[str, str]) -> None:
    for first, second in (results, results[::-1]):
        assert combine({"all_of": PARTS[:2]}, first, second).status == TWO[results][0]
        assert combine({"any_of": PARTS[:2]}, first, second).status == TWO[results][1]


THREE = {
    "three of three adopt": (("adopted", "adopted", "adopted"), "adopted"),
    "two of three are two": (("adopted", "rejected", "adopted"), "adopted"),
    "one of three is not two": (("adopted", "rejected", "rejected"), "rejected"),
    "one adopts and one is tied": (("adopted", "tied", "rejected"), "tied"),
    "one adopts and one is inquorate": (("adopted", "inquorate", "rejected"), "inquorate"),
    "two adopt and one has not voted": (("adopted", "adopted", "pending"), "pending"),
}


@pytest.mark.parametrize("row", THREE.values(), ids=THREE)
def test_at_least_two_of_three(row: tuple[tuple[str, ...], str]) -> None:
    results, expected = row
    assert combine({"at_least": {"k": 2, "of": PARTS}}, *results).status == expected


@pytest.mark.parametrize("results", list(product(("adopted", "rejected"), repeat=3)), ids=" ".join)
def test_at_least_one_is_any_and_at_least_all_is_all(results: tuple[str, ...]) -> None:
    one, three = {"at_least": {"k": 1, "of": PARTS}}, {"at_least": {"k": 3, "of": PARTS}}
    assert combine(one, *results).status == combine({"any_of": PARTS}, *results).status
    assert combine(three, *results).status == combine({"all_of": PARTS}, *results).status


def test_all_chambers_are_asked_at_once() -> None:
    outcome = combine({"all_of": PARTS[:2]}, "pending", "pending")
    assert outcome.asks == (Ask("first", "vote"), Ask("second", "vote"))


def test_a_refusal_still_waits_for_the_other_chamber_to_finish() -> None:
    outcome = combine({"all_of": PARTS[:2]}, "rejected", "pending")
    assert (outcome.status, outcome.asks) == (Status.PENDING, (Ask("second", "vote"),))


def test_nothing_more_is_asked_once_there_is_an_outcome() -> None:
    assert combine({"any_of": PARTS[:2]}, "adopted", "rejected").asks == ()


SEQUENCES = {
    "all adopt": (("adopted", "adopted", "adopted"), "adopted", ()),
    "the second is asked once the first adopts": (("adopted", "pending", "pending"), "pending", ("second",)),
    "the second is not asked when the first refuses": (("rejected", "pending", "pending"), "rejected", ()),
    "the second is not asked when the first is tied": (("tied", "pending", "pending"), "tied", ()),
    "the second is not asked when the first is inquorate": (("inquorate", "pending", "pending"), "inquorate", ()),
    "the third refuses": (("adopted", "adopted", "rejected"), "rejected", ()),
}


@pytest.mark.parametrize("row", SEQUENCES.values(), ids=SEQUENCES)
def test_a_sequence_ends_at_the_first_refusal(row: tuple[tuple[str, ...], str, tuple[str, ...]]) -> None:
    results, expected, asked = row
    outcome = combine({"sequence": PARTS}, *results)
    assert (outcome.status, tuple(ask.chamber for ask in outcome.asks)) == (expected, asked)


OVERRIDES = {
    "what the first adopts is not put to the second": (("adopted", "pending"), "adopted", ()),
    "what the first refuses is put to the second": (("rejected", "pending"), "pending", ("second",)),
    "what the first leaves tied is put to the second": (("tied", "pending"), "pending", ("second",)),
    "what the first could not decide stays undecided": (("inquorate", "pending"), "inquorate", ()),
    "the second reverses the refusal": (("rejected", "adopted"), "adopted", ()),
    "the second lets the refusal stand": (("rejected", "rejected"), "rejected", ()),
}


@pytest.mark.parametrize("row", OVERRIDES.values(), ids=OVERRIDES)
def test_an_override(row: tuple[tuple[str, ...], str, tuple[str, ...]]) -> None:
    results, expected, asked = row
    outcome = combine({"override": {"of": PARTS[0], "by": PARTS[1]}}, *results)
    assert (outcome.status, tuple(ask.chamber for ask in outcome.asks)) == (expected, asked)


def board(share: str) -> dict[str, Any]:
    return chamber("board", majority={"at_least": share, "of": "members"})


def on_board(operator: dict[str, Any], *ballots: VoteCount) -> Outcome:
    return evaluate(decision(operator), Evidence(votes={"board": ballots}))


def test_a_chamber_asked_again_later_votes_anew() -> None:
    twice = {"override": {"of": board("2/3"), "by": board("1/2")}}
    assert on_board(twice, votes(7, 5)).asks == (Ask("board", "vote", 2),)
    assert on_board(twice, votes(7, 5), votes(5, 7)).status is Status.REJECTED
    assert on_board(twice, votes(7, 5), votes(6, 6)).status is Status.ADOPTED


def test_a_chamber_named_twice_side_by_side_votes_once() -> None:
    both = {"all_of": [board("1/2"), chamber("board", majority={"votes": 7})]}
    assert on_board(both).asks == (Ask("board", "vote", 1),)
    assert on_board(both, votes(6, 6)).status is Status.REJECTED
    assert on_board(both, votes(7, 5)).status is Status.ADOPTED


def test_a_revote_uses_a_ballot_that_later_steps_do_not_read() -> None:
    steps = {"sequence": [chamber("board", tie=["revote"]), chamber("board")]}
    assert on_board(steps, votes(6, 6), votes(7, 5)).asks == (Ask("board", "vote", 3),)
    assert on_board(steps, votes(6, 6), votes(7, 5), votes(7, 5)).status is Status.ADOPTED


def test_operators_nest() -> None:
    nested = {"any_of": [{"all_of": PARTS[:2]}, PARTS[2]]}
    assert combine(nested, "adopted", "rejected", "rejected").status is Status.REJECTED
    assert combine(nested, "adopted", "rejected", "adopted").status is Status.ADOPTED
    assert combine(nested, "adopted", "adopted", "rejected").status is Status.ADOPTED


def test_reasons_come_in_the_order_in_which_the_rules_were_applied() -> None:
    outcome = combine({"all_of": PARTS[:2]}, "adopted", "rejected")
    told = [(reason.rule, reason.chamber) for reason in outcome.reasons]
    expected = [("quorum", "first"), ("majority", "first"), ("quorum", "second"), ("majority", "second")]
    assert told == [*expected, ("all_of", None)]
