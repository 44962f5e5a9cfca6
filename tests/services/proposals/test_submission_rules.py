"""Submitting, rewriting and withdrawing a proposal: when each may be done, and what it says when it may not."""

from __future__ import annotations

import pytest

from kernel.events import Event
from kernel.refusal import Kind
from proposals.domain import submission
from proposals.domain.events import ProposalReviewed
from proposals.domain.evolution import UNPUBLISHED, UNSUBMITTED, evolve
from proposals.domain.states import Published, Reviewed, Submitted
from testkit.scenario import scenario
from tests.services.proposals import building as a

submitting = scenario(UNSUBMITTED, evolve, submission.submit)
revising = scenario(UNSUBMITTED, evolve, submission.revise)
withdrawing = scenario(UNSUBMITTED, evolve, submission.withdraw)

SHORTLISTED: tuple[Event, ...] = (a.submitted, a.feasible, a.shortlisted)
LAUREATE = (*SHORTLISTED, a.laureate)


def test_a_proposal_is_submitted_as_its_author_wrote_it() -> None:
    submitting().when(a.submit()).then(a.submitted)


def test_a_proposal_may_have_no_category_no_place_and_no_partners() -> None:
    bare = a.submitted.model_copy(update={"category": None, "place": None, "partners": ()})
    submitting().when(a.submit(category=None, place=None, partners=())).then(bare)


def test_refuses_a_second_proposal_of_the_same_id() -> None:
    refused = submitting(a.submitted).when(a.submit()).refused("proposal_exists", status="submitted")
    assert refused.kind is Kind.EXISTS
    assert "another id" in refused.sentence()


def test_refuses_the_id_of_a_proposal_that_was_withdrawn() -> None:
    submitting(a.submitted, a.withdrawn).when(a.submit()).refused("proposal_exists", status="withdrawn")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((a.submitted,), id="before any review"),
        pytest.param((a.submitted, a.feasible), id="after a review that found it feasible"),
        pytest.param((a.submitted, a.infeasible), id="after a review that found it not feasible"),
    ],
)
def test_a_proposal_may_be_rewritten_until_it_is_shortlisted(before: tuple[Event, ...]) -> None:
    revising(*before).when(a.revise()).then(a.revised)


def test_each_rewriting_counts() -> None:
    revising(a.submitted, a.revised).when(a.revise()).then(a.revised.model_copy(update={"revision": 2}))


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param(SHORTLISTED, "shortlisted", id="once it is shortlisted"),
        pytest.param(LAUREATE, "laureate", id="once it is a laureate"),
        pytest.param((a.submitted, a.withdrawn), "withdrawn", id="once it is withdrawn"),
    ],
)
def test_refuses_to_rewrite_a_proposal(before: tuple[Event, ...], status: str) -> None:
    revising(*before).when(a.revise()).refused("proposal_cannot_be_revised", status=status, proposal=a.BENCH)


def test_a_review_no_longer_holds_once_the_proposal_is_rewritten() -> None:
    state = revising(a.submitted, a.feasible, a.revised).state
    assert isinstance(state, Submitted)
    assert (state.idea.title, state.idea.author, state.idea.revision) == ("Two benches", "ana", 1)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((a.submitted,), id="before any review"),
        pytest.param((a.submitted, a.feasible), id="when reviewed"),
        pytest.param((a.submitted, a.infeasible), id="when declined"),
        pytest.param(SHORTLISTED, id="when on a shortlist that is not published"),
    ],
)
def test_a_proposal_may_be_withdrawn_until_the_shortlist_it_is_on_is_published(before: tuple[Event, ...]) -> None:
    withdrawing(*before).when(a.withdraw(), UNPUBLISHED).then(a.withdrawn)


def test_refuses_to_withdraw_from_a_published_shortlist() -> None:
    listed = Published(options=a.published.options)
    refused = withdrawing(*SHORTLISTED).when(a.withdraw(), listed).refused("shortlist_already_published")
    assert refused.details["matter"] == "projects"


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param(LAUREATE, "laureate", id="once it is a laureate"),
        pytest.param((a.submitted, a.withdrawn), "withdrawn", id="once it is withdrawn"),
        pytest.param((*LAUREATE, a.planned(boxes=4)), "in_delivery", id="while it is being delivered"),
    ],
)
def test_refuses_to_withdraw_a_proposal(before: tuple[Event, ...], status: str) -> None:
    withdrawing(*before).when(a.withdraw(), UNPUBLISHED).refused("proposal_cannot_be_withdrawn", status=status)


def test_refuses_to_rewrite_or_withdraw_what_was_never_submitted() -> None:
    assert revising().when(a.revise()).refused("unknown_proposal").kind is Kind.NOT_FOUND
    assert withdrawing().when(a.withdraw(), UNPUBLISHED).refused("unknown_proposal").kind is Kind.NOT_FOUND


def test_an_event_that_cannot_follow_is_a_damaged_log() -> None:
    with pytest.raises(ValueError, match=r"proposals\.ProposalReviewed cannot follow .* withdrawn"):
        evolve(submitting(a.submitted, a.withdrawn).state, a.feasible)


def test_a_review_that_is_feasible_makes_the_proposal_a_reviewed_one() -> None:
    state = submitting(a.submitted, a.feasible).state
    assert isinstance(state, Reviewed)
    assert isinstance(a.feasible, ProposalReviewed)
    assert state.cost == a.feasible.cost
