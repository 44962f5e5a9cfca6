"""Laws that hold for every count: more yes never hurts, scale and order never matter, and evaluating never raises."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.decisions import Evidence, Status, VoteCount, derive_units, evaluate
from tests.rules.building import chamber, decision, patient, votes
from tests.rules.test_derived_and_tie_break import UNITS

pytestmark = pytest.mark.slow

WEIGHTS = st.fractions(min_value=0, max_value=1000, max_denominator=60)
SHARES = st.fractions(min_value=0, max_value=1, max_denominator=12)
BASES = st.sampled_from(["members", "present", "expressed"])
BLANKS = st.sampled_from(["present", "absent", "expressed"])
NAMES = ("a", "b", "c")


@st.composite
def majorities(draw: st.DrawFn) -> dict[str, Any]:
    """Any majority by a share."""
    share = draw(SHARES)
    kind = "at_least" if share == 1 else draw(st.sampled_from(["more_than", "at_least"]))
    return {kind: str(share), "of": draw(BASES)}


@st.composite
def counts(draw: st.DrawFn) -> VoteCount:
    """Any ballot of weighted members."""
    yes, no, abstain, blank, invalid, absent = (draw(WEIGHTS) for _ in range(6))
    members = yes + no + abstain + blank + invalid + absent
    present = draw(st.integers(0, 50))
    return VoteCount(
        yes=yes,
        no=no,
        abstain=abstain,
        blank=blank,
        invalid=invalid,
        members=members,
        heads_present=present,
        heads_members=present + draw(st.integers(0, 50)),
    )


@st.composite
def rules(draw: st.DrawFn, name: str = "board") -> dict[str, Any]:
    """Any chamber that decides by a majority, with or without a quorum."""
    quorum = draw(st.none() | SHARES.map(lambda share: {"at_least": str(share)}))
    return chamber(name, majority=draw(majorities()), quorum=quorum, blank=draw(BLANKS), tie=["reject"])


@st.composite
def nested(draw: st.DrawFn) -> dict[str, Any]:
    """Any decision of chambers side by side, in sequence or one over another, two levels deep."""
    chambers = st.sampled_from(NAMES).flatmap(rules)
    inner = st.lists(chambers, min_size=1, max_size=3)
    level = inner.map(lambda parts: {"all_of": parts}) | inner.map(lambda parts: {"any_of": parts}) | chambers
    outer = draw(st.lists(level, min_size=2, max_size=3))
    return draw(
        st.sampled_from(
            [
                {"all_of": outer},
                {"any_of": outer},
                {"sequence": outer},
                {"at_least": {"k": 2, "of": outer}},
                {"override": {"of": outer[0], "by": outer[1]}},
            ]
        )
    )


def status(written: dict[str, Any], **ballots: VoteCount) -> Status:
    return evaluate(decision(written), Evidence(votes={name: (each,) * 4 for name, each in ballots.items()})).status


def with_yes(count: VoteCount, more: Fraction) -> VoteCount:
    return replace(
        count,
        yes=count.yes + more,
        members=count.members + more,
        heads_present=count.heads_present + 1,
        heads_members=count.heads_members + 1,
    )


@patient
@given(rules(), counts(), WEIGHTS)
def test_a_yes_more_never_turns_adopted_into_anything_else(
    written: dict[str, Any], count: VoteCount, more: Fraction
) -> None:
    if status(written, board=count) is Status.ADOPTED:
        assert status(written, board=with_yes(count, more)) is Status.ADOPTED
    else:
        assert status(written, board=replace(count, yes=Fraction(0))) is not Status.ADOPTED


@pytest.mark.slow
@patient
@given(nested(), st.tuples(counts(), counts(), counts()), st.sampled_from(NAMES), WEIGHTS)
def test_a_yes_more_never_turns_a_combined_adoption_into_a_refusal(
    written: dict[str, Any], each: tuple[VoteCount, ...], name: str, more: Fraction
) -> None:
    ballots = dict(zip(NAMES, each, strict=True))
    raised = ballots | {name: with_yes(ballots[name], more)}
    before, after = status(written, **ballots), status(written, **raised)
    assert (before, after) != (Status.ADOPTED, Status.REJECTED)


@patient
@given(rules(), counts())
def test_changing_a_no_into_a_yes_never_loses(written: dict[str, Any], count: VoteCount) -> None:
    swapped = replace(count, yes=count.yes + count.no, no=Fraction(0))
    if status(written, board=count) is Status.ADOPTED:
        assert status(written, board=swapped) is Status.ADOPTED
    else:
        assert status(written, board=replace(swapped, yes=Fraction(0), no=swapped.yes)) is not Status.ADOPTED


@pytest.mark.slow
@patient
@given(nested(), st.tuples(counts(), counts(), counts()), st.fractions(min_value="1/100", max_value=100))
def test_scaling_every_weight_never_changes_a_decision(
    written: dict[str, Any], each: tuple[VoteCount, ...], factor: Fraction
) -> None:
    scaled = [
        replace(
            count,
            yes=count.yes * factor,
            no=count.no * factor,
            abstain=count.abstain * factor,
            blank=count.blank * factor,
            invalid=count.invalid * factor,
            members=count.members * factor,
        )
        for count in each
    ]
    before = status(written, **dict(zip(NAMES, each, strict=True)))
    assert status(written, **dict(zip(NAMES, scaled, strict=True))) is before


@patient
@given(st.permutations([rules("a"), rules("b"), rules("c")]).flatmap(lambda each: st.tuples(*each)), counts())
def test_the_order_of_chambers_side_by_side_never_changes_a_decision(
    parts: tuple[dict[str, Any], ...], count: VoteCount
) -> None:
    ballots = {"a": count, "b": with_yes(count, Fraction(3)), "c": replace(count, yes=count.no, no=count.yes)}
    for operator in ("all_of", "any_of"):
        forwards, backwards = {operator: list(parts)}, {operator: list(parts[::-1])}
        assert status(forwards, **ballots) is status(backwards, **ballots)
    two = {"at_least": {"k": 2, "of": list(parts)}}
    reverse = {"at_least": {"k": 2, "of": list(parts[::-1])}}
    assert status(two, **ballots) is status(reverse, **ballots)


@patient
@given(st.permutations(UNITS), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=3))
def test_the_order_of_units_never_changes_a_derived_chamber(units: list[Any], each: list[tuple[int, int]]) -> None:
    by_unit = {code: votes(yes, no) for code, (yes, no) in zip("ABC", each, strict=True)}
    assert derive_units(units, by_unit) == derive_units(UNITS, by_unit)


@pytest.mark.slow
@patient
@given(nested(), st.dictionaries(st.sampled_from(NAMES), st.lists(counts(), max_size=2)))
def test_what_is_pending_asks_for_something_and_what_is_settled_for_nothing(
    written: dict[str, Any], ballots: dict[str, list[VoteCount]]
) -> None:
    outcome = evaluate(decision(written), Evidence(votes=ballots))
    assert bool(outcome.asks) == (outcome.status is Status.PENDING)
    assert all(len(ballots.get(ask.chamber, ())) < ask.round for ask in outcome.asks)


@pytest.mark.slow
@patient
@given(nested(), st.tuples(counts(), counts(), counts()))
def test_evaluating_twice_gives_the_same_outcome_and_reasons(
    written: dict[str, Any], each: tuple[VoteCount, ...]
) -> None:
    evidence = Evidence(votes={name: (count,) * 4 for name, count in zip(NAMES, each, strict=True)})
    first, second = (evaluate(decision(written), evidence).to_json() for _ in range(2))
    assert first == second
    assert first["reasons"]
