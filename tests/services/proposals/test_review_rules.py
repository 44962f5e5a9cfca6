"""Reviewing a proposal: a named official, feasible at a cost or not feasible for reasons, until it is shortlisted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from kernel.events import Event
from kernel.refusal import Kind
from proposals.domain.evolution import UNSUBMITTED, evolve
from proposals.domain.review import review
from proposals.domain.states import Declined, Reviewed
from testkit.scenario import scenario
from tests.services.proposals import building as a

reviewing = scenario(UNSUBMITTED, evolve, review)


def test_an_official_finds_a_proposal_feasible_at_a_cost() -> None:
    reviewing(a.submitted).when(a.review()).then(a.feasible)
    assert isinstance(evolve(reviewing(a.submitted).state, a.feasible), Reviewed)


def test_an_official_finds_a_proposal_not_feasible_for_a_reason() -> None:
    reviewing(a.submitted).when(a.review(feasible=False, cost=None, reasons=("not ours",))).then(a.infeasible)
    assert isinstance(evolve(reviewing(a.submitted).state, a.infeasible), Declined)


def test_a_proposal_that_is_not_feasible_may_have_been_costed() -> None:
    costed = a.infeasible.model_copy(update={"cost": Fraction(5, 2)})
    reviewing(a.submitted).when(a.review(feasible=False, cost="2.5", reasons=("not ours",))).then(costed)


def test_a_review_may_name_the_district_that_would_pay_and_the_group_it_excludes() -> None:
    placed = a.feasible.model_copy(update={"district": "Pignan", "group": "square"})
    reviewing(a.submitted).when(a.review(district="Pignan", group="square")).then(placed)
    reviewing(a.submitted, placed).when(a.review()).then(a.feasible)


@pytest.mark.parametrize(
    "fields", [{"district": "two words"}, {"district": ""}, {"group": "x" * 129}, {"group": 7}], ids=str
)
def test_a_district_and_a_group_are_one_word(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a.review(**fields)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((a.submitted, a.feasible), id="after it was found feasible"),
        pytest.param((a.submitted, a.infeasible), id="after it was found not feasible"),
        pytest.param((a.submitted, a.infeasible, a.revised), id="after it was rewritten"),
    ],
)
def test_a_later_review_replaces_an_earlier_one(before: tuple[Event, ...]) -> None:
    reviewing(*before).when(a.review()).then(a.feasible)


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param((a.submitted, a.feasible, a.shortlisted), "shortlisted", id="once it is shortlisted"),
        pytest.param((a.submitted, a.withdrawn), "withdrawn", id="once it is withdrawn"),
    ],
)
def test_refuses_to_review_a_proposal(before: tuple[Event, ...], status: str) -> None:
    reviewing(*before).when(a.review()).refused("proposal_cannot_be_reviewed", status=status)


def test_refuses_to_review_what_was_never_submitted() -> None:
    reviewing().when(a.review()).refused("unknown_proposal", proposal=a.BENCH)


def test_refuses_feasible_without_a_cost() -> None:
    refused = reviewing(a.submitted).when(a.review(cost=None)).refused("cost_missing")
    assert refused.kind is Kind.INVALID


def test_refuses_not_feasible_without_a_reason() -> None:
    refused = reviewing(a.submitted).when(a.review(feasible=False, reasons=())).refused("reasons_missing")
    assert refused.kind is Kind.INVALID


@pytest.mark.parametrize(
    ("cost", "holds"),
    [
        pytest.param("0", True, id="nothing at all is a cost"),
        pytest.param("1/3", True, id="a third is exact"),
        pytest.param("12.50", True, id="a decimal is exact"),
        pytest.param("-1", False, id="less than nothing is not"),
        pytest.param("1e3", False, id="an exponent is not exact"),
        pytest.param("NaN", False, id="not a number is not"),
        pytest.param("9" * 61, False, id="more than 60 digits is hostile"),
        pytest.param("", False, id="nothing written is not"),
    ],
)
def test_a_cost_is_an_exact_number_of_at_least_nothing(cost: str, holds: bool) -> None:
    if holds:
        assert a.review(cost=cost).cost == Fraction(cost)
    else:
        with pytest.raises(ValidationError, match=r"exact number|at most 60|greater than or equal to 0"):
            a.review(cost=cost)
