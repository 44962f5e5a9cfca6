"""Shortlisting and publishing: only what is feasible, for a selection of the charter, published once and not empty."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kernel.events import Event
from kernel.refusal import Kind
from proposals.domain import shortlist as rules
from proposals.domain.events import ShortlistOption, ShortlistPublished
from proposals.domain.evolution import UNPUBLISHED, UNSUBMITTED, evolve, evolve_shortlist
from proposals.domain.shortlist import MAX_OPTIONS, publish, shortlist
from proposals.domain.states import ProposalState, Published, Shortlisted
from testkit.scenario import scenario
from tests.services.proposals import building as a

shortlisting = scenario(UNSUBMITTED, evolve, shortlist)
publishing = scenario(UNPUBLISHED, evolve_shortlist, publish)

LISTED = Published(options=a.published.options)


def state(*events: Event) -> ProposalState:
    return shortlisting(*events).state


def on_the_list() -> Shortlisted:
    found = state(a.submitted, a.feasible, a.shortlisted)
    assert isinstance(found, Shortlisted)
    return found


def test_a_feasible_proposal_enters_the_shortlist_at_its_reviewed_cost() -> None:
    shortlisting(a.submitted, a.feasible).when(a.shortlist(), a.process(), UNPUBLISHED).then(a.shortlisted)


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param((a.submitted,), "submitted", id="not reviewed"),
        pytest.param((a.submitted, a.infeasible), "declined", id="found not feasible"),
        pytest.param((a.submitted, a.feasible, a.revised), "submitted", id="rewritten since its review"),
        pytest.param((a.submitted, a.feasible, a.shortlisted), "shortlisted", id="shortlisted already"),
        pytest.param((a.submitted, a.withdrawn), "withdrawn", id="withdrawn"),
    ],
)
def test_refuses_to_shortlist_a_proposal(before: tuple[Event, ...], status: str) -> None:
    decided = shortlisting(*before).when(a.shortlist(), a.process(), UNPUBLISHED)
    decided.refused("proposal_cannot_be_shortlisted", status=status)


def test_refuses_to_shortlist_what_was_never_submitted() -> None:
    shortlisting().when(a.shortlist(), a.process(), UNPUBLISHED).refused("unknown_proposal")


def test_refuses_to_add_to_a_published_shortlist() -> None:
    decided = shortlisting(a.submitted, a.feasible).when(a.shortlist(), a.process(), LISTED)
    decided.refused("shortlist_already_published", matter="projects", options=1)


def test_refuses_a_matter_that_the_charter_does_not_have() -> None:
    decided = shortlisting(a.submitted, a.feasible).when(a.shortlist(matter="roads"), a.process(), UNPUBLISHED)
    assert decided.refused("unknown_matter", matter="roads", selections="projects").kind is Kind.NOT_FOUND


def test_refuses_a_matter_that_motions_decide() -> None:
    decided = shortlisting(a.submitted, a.feasible).when(a.shortlist(matter="budget-law"), a.process(), UNPUBLISHED)
    decided.refused("matter_is_not_a_selection", matter="budget-law", selections="projects")
    publishing().when(a.publish("budget-law"), a.process(), []).refused("matter_is_not_a_selection")


def test_a_shortlist_is_published_in_the_order_of_submission_with_each_proposals_number() -> None:
    entered = on_the_list()
    proposals = [
        ("first", state(a.submitted, a.feasible, a.withdrawn)),
        ("second", entered),
        ("third", state(a.submitted, a.feasible)),
        ("fourth", entered.model_copy(update={"matter": "roads"})),
        ("fifth", entered.model_copy(update={"cost": Fraction(1, 3)})),
    ]
    options = (
        ShortlistOption(option="second", cost=Fraction(1200), submitted=2),
        ShortlistOption(option="fifth", cost=Fraction(1, 3), submitted=5),
    )
    publishing().when(a.publish(), a.process(), proposals).then(ShortlistPublished(matter="projects", options=options))


def test_a_shortlist_tells_the_district_and_the_group_that_each_review_named() -> None:
    placed = a.feasible.model_copy(update={"district": "Pignan", "group": "square"})
    proposals = [("bench", state(a.submitted, placed, a.shortlisted)), ("tree", on_the_list())]
    options = (
        ShortlistOption(option="bench", cost=Fraction(1200), submitted=1, district="Pignan", group="square"),
        ShortlistOption(option="tree", cost=Fraction(1200), submitted=2),
    )
    publishing().when(a.publish(), a.process(), proposals).then(ShortlistPublished(matter="projects", options=options))


def test_refuses_to_publish_an_empty_shortlist() -> None:
    proposals = [(a.BENCH, state(a.submitted, a.feasible))]
    publishing().when(a.publish(), a.process(), proposals).refused("shortlist_is_empty", options=0, needed=1)


def test_refuses_to_publish_twice() -> None:
    decided = publishing(a.published).when(a.publish(), a.process(), [(a.BENCH, on_the_list())])
    decided.refused("shortlist_already_published", options=1)


@pytest.mark.parametrize(
    ("length", "holds"),
    [
        pytest.param(3, True, id="as many as there may be"),
        pytest.param(4, False, id="one more"),
    ],
)
def test_a_shortlist_has_at_most_so_many_options(monkeypatch: pytest.MonkeyPatch, length: int, holds: bool) -> None:
    monkeypatch.setattr(rules, "MAX_OPTIONS", 3)
    decided = publishing().when(a.publish(), a.process(), [(str(n), on_the_list()) for n in range(length)])
    if holds:
        assert not hasattr(decided.decided, "reason")
    else:
        decided.refused("shortlist_too_long", options=4, at_most=3)
    assert MAX_OPTIONS == 10_000


def test_an_event_that_cannot_follow_on_a_shortlist_is_a_damaged_log() -> None:
    with pytest.raises(ValueError, match=r"ShortlistPublished cannot follow .* Published"):
        evolve_shortlist(LISTED, a.published)
