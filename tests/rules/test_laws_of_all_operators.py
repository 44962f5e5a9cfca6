"""Laws of every operator: scaling weights never changes a decision, and a yes more never turns adopted into rejected.

The second law holds for `all_of`, `any_of`, `at_least`, `sequence`, `override`, `veto`, `tie_break`, `advice` and `consent`,
because each only ever asks whether its parts adopt, and a part that adopted with a yes less adopts with it. It holds for
a chamber's own ballot, its quorum included. It needs three things, each shown below by an example in which it fails:

- a tie that something else than a refusal settles is measured against `expressed`: half of `members` or of `present` can
  be missed by a yes more, which is then no tie any more, and so no casting vote, lot or new ballot;
- no second call: who comes to the first call brings about its quorum, and so that its votes count;
- nothing is weighed in votes or seats (`votes: 15`) when weights are scaled, nor a second vote, which is one vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.decisions import Advice, Ask, Evidence, Objection, Opinion, Status, VoteCount, derive_units, evaluate
from tests.rules.building import chamber, decide, decision, patient, votes
from tests.rules.test_derived_and_tie_break import UNITS
from tests.rules.test_rules_laws import NAMES, WEIGHTS, counts, rules, with_yes

pytestmark = pytest.mark.slow

BALLOTS = 30
"""Each chamber votes the same way in as many ballots as a decision may ask of it."""

STEPS: tuple[list[Any], ...] = (
    [],
    ["reject"],
    ["revote"],
    ["lot"],
    ["revote", "lot"],
    [{"casting_vote": "chair"}],
    [{"casting_vote": "chair"}, "revote", "reject"],
)
SECOND: tuple[list[Any], ...] = ([{"second_vote": "chair"}], ["revote", {"second_vote": "chair"}, "reject"])


@st.composite
def tied_by(draw: st.DrawFn, steps: tuple[list[Any], ...]) -> dict[str, Any]:
    """A chamber of simple majority whose ties are settled somehow."""
    name, tie = draw(st.sampled_from(NAMES)), draw(st.sampled_from(steps))
    return chamber(name, tie=tie, blank=draw(st.sampled_from(["present", "absent"])))


ADVICE = {"advice": {"chamber": "advisers", "deadline": "P1D", "silence": "none"}}
CONSENT = {"consent": {"chamber": "circle", "window": "P1D"}}


def combined(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Each operator over decisions of `inner`."""
    several = st.lists(inner, min_size=1, max_size=3)
    share = st.sampled_from([{"members": 2}, {"at_least": "1/2"}, {"more_than": "1/3"}])
    return st.one_of(
        several.map(lambda parts: {"all_of": parts}),
        several.map(lambda parts: {"any_of": parts}),
        several.map(lambda parts: {"sequence": parts}),
        several.map(lambda parts: {"at_least": {"k": (len(parts) + 1) // 2, "of": parts}}),
        st.tuples(inner, inner).map(lambda two: {"override": {"of": two[0], "by": two[1]}}),
        st.tuples(inner, share).map(
            lambda two: {"veto": {"chamber": "circle", "window": "P1D", "of": two[0], **two[1]}}
        ),
        st.tuples(inner, inner).map(
            lambda two: {"tie_break": {"options": {"x": two[0], "y": two[1]}, "question": ["a", "b"]}}
        ),
    )


MEASURED = st.sampled_from(NAMES).flatmap(rules)


def decisions(*more: tuple[list[Any], ...]) -> st.SearchStrategy[dict[str, Any]]:
    steps = tuple(step for each in (STEPS, *more) for step in each)
    leaves = st.one_of(MEASURED, tied_by(steps), st.just(ADVICE), st.just(CONSENT))
    return st.recursive(leaves, combined, max_leaves=6)


@st.composite
def answers(draw: st.DrawFn) -> Evidence:
    """Everything that any decision may need: ballots, casting votes, lots, an opinion, objections; all windows closed."""
    said = st.sampled_from(["yes", "no"])
    objectors = draw(st.lists(WEIGHTS, max_size=3))
    absent = draw(WEIGHTS)
    opinion = draw(st.sampled_from(Opinion))
    return Evidence(
        votes={name: (draw(counts()),) * BALLOTS for name in NAMES},
        casting={name: {"chair": draw(said)} for name in NAMES},
        lots={name: draw(said) for name in NAMES},
        advice={"advisers": Advice(opinion)},
        objections={"circle": [Objection(f"m{n}", weight) for n, weight in enumerate(objectors)]},
        eligible={"circle": sum(objectors, absent)},
        windows_closed={"circle"},
    )


def scaled(count: VoteCount, factor: Fraction) -> VoteCount:
    weights = ("yes", "no", "abstain", "blank", "invalid", "members")
    return replace(count, **{name: getattr(count, name) * factor for name in weights})


def multiplied(evidence: Evidence, factor: Fraction) -> Evidence:
    votes = {name: tuple(scaled(each, factor) for each in ballots) for name, ballots in evidence.votes.items()}
    objections = {
        name: [replace(each, weight=each.weight * factor) for each in raised]
        for name, raised in evidence.objections.items()
    }
    eligible = {name: weight * factor for name, weight in evidence.eligible.items()}
    return replace(evidence, votes=votes, objections=objections, eligible=eligible)


def status(written: dict[str, Any], evidence: Evidence) -> Status:
    return evaluate(decision(written), evidence).status


@patient
@given(decisions(), answers(), st.fractions(min_value="1/100", max_value=100))
def test_scaling_every_weight_never_changes_any_decision(
    written: dict[str, Any], evidence: Evidence, factor: Fraction
) -> None:
    one, other = evaluate(decision(written), evidence), evaluate(decision(written), multiplied(evidence, factor))
    assert (one.status, one.choice, one.asks) == (other.status, other.choice, other.asks)


@patient
@given(decisions(SECOND), answers(), st.sampled_from(NAMES), WEIGHTS)
def test_a_yes_more_in_any_chamber_never_turns_adopted_into_rejected(
    written: dict[str, Any], evidence: Evidence, name: str, more: Fraction
) -> None:
    raised = {**evidence.votes, name: tuple(with_yes(each, more) for each in evidence.votes[name])}
    before, after = status(written, evidence), status(written, replace(evidence, votes=raised))
    assert (before, after) != (Status.ADOPTED, Status.REJECTED)


@patient
@given(decisions(SECOND), answers())
def test_every_decision_ends_once_everything_is_answered(written: dict[str, Any], evidence: Evidence) -> None:
    outcome = evaluate(decision(written), evidence)
    assert outcome.status is not Status.PENDING
    assert outcome.asks == ()


def told(evidence: Evidence, answered: Collection[Ask]) -> Evidence:
    """What is known of the evidence once these were answered."""
    by_kind: dict[str, list[Ask]] = {}
    for ask in answered:
        by_kind.setdefault(ask.kind, []).append(ask)
    named = {kind: {ask.chamber for ask in asks} for kind, asks in by_kind.items()}
    ballots = Counter(ask.chamber for ask in by_kind.get("vote", []))
    windows = named.get("objection_window", set())
    return replace(
        evidence,
        votes={name: evidence.votes[name][:number] for name, number in ballots.items()},
        casting={name: evidence.casting[name] for name in named.get("casting_vote", ())},
        lots={name: evidence.lots[name] for name in named.get("lot", ())},
        advice={name: evidence.advice[name] for name in named.get("advice", ())},
        objections=evidence.objections if windows else {},
        windows_closed=windows,
    )


@patient
@given(combined(combined(MEASURED | st.just(ADVICE))), answers(), st.randoms())
def test_nothing_is_decided_before_every_chamber_that_was_asked_to_vote_or_advise_has_answered(
    written: dict[str, Any], evidence: Evidence, order: Random
) -> None:
    """In whatever order they answer: so a motion that is decided leaves no box open, but one of an advice that lapsed."""
    rule, answered, asked = decision(written), set[Ask](), set[Ask]()
    while (outcome := evaluate(rule, told(evidence, answered))).status is Status.PENDING:
        asked.update(outcome.asks)
        answered.add(order.choice(sorted(asked - answered, key=str)))
    assert {ask for ask in asked - answered if ask.kind in ("vote", "advice")} == set()


@patient
@given(decisions(SECOND), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=3))
def test_a_yes_more_in_any_unit_never_turns_adopted_into_rejected(
    written: dict[str, Any], each: list[tuple[int, int]]
) -> None:
    by_unit = {code: votes(yes, no) for code, (yes, no) in zip("ABC", each, strict=True)}
    for code in "ABC":
        raised = {**by_unit, code: with_yes(by_unit[code], Fraction(1))}
        before, after = (
            status(
                written,
                Evidence(
                    votes=dict.fromkeys(NAMES, (derive_units(UNITS, units),) * BALLOTS),
                    casting={key: {"chair": "yes"} for key in NAMES},
                    lots=dict.fromkeys(NAMES, "yes"),
                    advice={"advisers": Advice(Opinion.NONE)},
                    windows_closed={"circle"},
                ),
            )
            for units in (by_unit, raised)
        )
        assert (before, after) != (Status.ADOPTED, Status.REJECTED)


CHAIRED: dict[str, Any] = {"tie": [{"casting_vote": "chair"}]}
YES = {"casting": {"board": {"chair": "yes"}}}


@pytest.mark.parametrize("base", ["members", "present"])
def test_a_tie_below_half_of_all_is_lost_by_a_yes_more(base: str) -> None:
    rule = chamber(majority={"more_than": "1/2", "of": base}, **CHAIRED)
    assert decide(rule, votes(4, 4, 4), **YES).status is Status.ADOPTED
    assert decide(rule, votes(5, 4, 4), **YES).status is Status.REJECTED


def test_who_comes_to_the_first_call_may_defeat_what_the_second_would_adopt() -> None:
    rule = chamber(quorum={"seats": 4, "second_call": {"seats": 1}})
    assert decide(rule, votes(0, 3, members=9), votes(2, 1, members=9)).status is Status.ADOPTED
    assert decide(rule, votes(1, 3, members=9), votes(2, 1, members=9)).status is Status.REJECTED


def test_a_number_of_votes_and_a_second_vote_do_not_scale() -> None:
    fifteen = chamber(majority={"votes": 15})
    assert decide(fifteen, votes(15)).status is Status.ADOPTED
    assert decide(fifteen, scaled(votes(15), Fraction(1, 2))).status is Status.REJECTED
    twice = chamber(majority={"more_than": "1/2", "of": "members"}, two_votes="chair")
    assert decide(twice, votes(7, 9), **YES).status is Status.REJECTED
    assert decide(twice, scaled(votes(7, 9), Fraction(1, 9)), **YES).status is Status.ADOPTED
