"""Derived chambers vote as their units' electors did; a tie-break question chooses between two adopted options."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import pytest
from pydantic import ValidationError

from kernel import canonical
from rules.decisions import Evidence, Outcome, Status, TieBreak, VoteCount, derive_units, evaluate, unit_vote
from tests.rules.building import chamber, decision, votes


@dataclass(frozen=True)
class Unit:
    code: str
    weight: Fraction


UNITS = (Unit("A", Fraction(1)), Unit("B", Fraction(1)), Unit("C", Fraction(1, 2)))


@pytest.mark.parametrize(
    ("yes", "no", "equality", "expected"),
    [
        (11, 10, "no", "yes"),
        (10, 10, "no", "no"),
        (10, 10, "yes", "yes"),
        (10, 11, "yes", "no"),
        (0, 0, "no", "no"),
    ],
    ids=[
        "one more yes is a yes",
        "equality is a no",
        "equality is a yes where declared",
        "one more no is a no",
        "a unit where nobody voted says no",
    ],
)
def test_a_unit_votes_as_its_electors(
    yes: int, no: int, equality: Literal["no", "yes"], expected: Literal["no", "yes"]
) -> None:
    assert unit_vote(votes(yes, no), equality) == expected


def test_units_vote_with_their_own_weight() -> None:
    count = derive_units(UNITS, {"A": votes(3, 2), "B": votes(1000, 1001), "C": votes(2, 1)})
    assert (count.yes, count.no, count.members) == (Fraction(3, 2), Fraction(1), Fraction(5, 2))
    assert (count.heads_present, count.heads_members) == (3, 3)


def test_a_unit_without_any_count_is_a_member_that_did_not_vote() -> None:
    count = derive_units(UNITS, {"A": votes(3, 2)})
    assert (count.yes, count.no, count.members, count.heads_present) == (Fraction(1), Fraction(0), Fraction(5, 2), 1)


OPTIONS = {"initiative": chamber("on-initiative"), "counterproposal": chamber("on-counterproposal")}
QUESTION = ["people", "cantons"]
WRITTEN = {"tie_break": {"options": OPTIONS, "question": QUESTION, "yes_prefers": "initiative"}}
TIE_BREAK = decision(WRITTEN)
YES, NO = votes(7, 5), votes(5, 7)


def choose(initiative: VoteCount, counterproposal: VoteCount, people: VoteCount, cantons: VoteCount) -> Outcome:
    chambers = {
        "on-initiative": [initiative],
        "on-counterproposal": [counterproposal],
        "people": [people],
        "cantons": [cantons],
    }
    return evaluate(TIE_BREAK, Evidence(votes=chambers))


CHOICES: dict[str, tuple[tuple[VoteCount, VoteCount, VoteCount, VoteCount], str, str | None]] = {
    "only the initiative is adopted": ((YES, NO, NO, NO), "adopted", "initiative"),
    "only the counter-proposal is adopted": ((NO, YES, YES, YES), "adopted", "counterproposal"),
    "neither is adopted": ((NO, NO, YES, YES), "rejected", None),
    "both prefer the initiative": ((YES, YES, votes(6, 5), votes(12, 11)), "adopted", "initiative"),
    "both prefer the counter-proposal": ((YES, YES, votes(5, 6), votes(11, 12)), "adopted", "counterproposal"),
    "they split, and the people's share weighs more": (
        (YES, YES, votes(60, 40), votes(11, 12)),
        "adopted",
        "initiative",
    ),
    "they split, and the cantons' share weighs more": (
        (YES, YES, votes(51, 49), votes(8, 15)),
        "adopted",
        "counterproposal",
    ),
    "they split and the sums are equal": ((YES, YES, votes(60, 40), votes(40, 60)), "tied", None),
    "one is even and the other decides": ((YES, YES, votes(50, 50), votes(11, 12)), "adopted", "counterproposal"),
}


@pytest.mark.parametrize("row", CHOICES.values(), ids=CHOICES)
def test_a_tie_break(row: tuple[tuple[VoteCount, VoteCount, VoteCount, VoteCount], str, str | None]) -> None:
    counts, expected, choice = row
    outcome = choose(*counts)
    assert (outcome.status, outcome.choice) == (expected, choice)


def test_all_questions_of_a_tie_break_are_asked_at_once() -> None:
    outcome = evaluate(TIE_BREAK, Evidence())
    asked = [ask.chamber for ask in outcome.asks]
    assert (outcome.status, asked) == (
        Status.PENDING,
        ["on-counterproposal", "on-initiative", "people", "cantons"],
    )


@pytest.mark.parametrize("row", CHOICES.values(), ids=CHOICES)
def test_a_tie_break_decides_the_same_once_the_log_has_sorted_its_options(
    row: tuple[tuple[VoteCount, VoteCount, VoteCount, VoteCount], str, str | None],
) -> None:
    counts, expected, choice = row
    logged = decision(canonical.loads_canonical(canonical.dumps(WRITTEN)))
    names = ("on-initiative", "on-counterproposal", *QUESTION)
    outcome = evaluate(logged, Evidence(votes={name: [count] for name, count in zip(names, counts, strict=True)}))
    assert (outcome.status, outcome.choice) == (expected, choice)


def test_options_that_the_log_would_sort_otherwise_need_to_say_what_a_yes_prefers() -> None:
    with pytest.raises(ValidationError, match="yes_prefers is expected: which option a yes prefers"):
        decision({"tie_break": {"options": OPTIONS, "question": QUESTION}})
    with pytest.raises(ValidationError, match="one of initiative, counterproposal, found referendum"):
        decision({"tie_break": {"options": OPTIONS, "question": QUESTION, "yes_prefers": "referendum"}})
    in_order = {name: OPTIONS[name] for name in sorted(OPTIONS)}
    found = decision({"tie_break": {"options": in_order, "question": QUESTION}})
    assert isinstance(found, TieBreak)
    assert found.tie_break.preferred() == ("counterproposal", "initiative")
    assert "yes_prefers" not in found.model_dump(mode="json")["tie_break"]


def test_options_are_asked_in_the_order_in_which_the_log_sorts_names() -> None:
    """The log's JSON sorts by UTF-16 code units: a smiling face comes before a full-width tilde."""
    later, earlier = "\uff5e", "\U0001f600"
    options = {later: chamber("board"), earlier: chamber("workers")}
    written = {"tie_break": {"options": options, "question": ["board"], "yes_prefers": later}}
    found = evaluate(decision(written), Evidence())
    assert [ask.chamber for ask in found.asks][:2] == ["workers", "board"]
    in_order = decision(
        {"tie_break": {"options": {one: options[one] for one in (earlier, later)}, "question": ["board"]}}
    )
    assert isinstance(in_order, TieBreak)
    assert in_order.tie_break.preferred() == (earlier, later)
