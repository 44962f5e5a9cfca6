"""Planning and recording a delivery: once, for laureates, at least 1 and at most what remains, complete with the last."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from kernel.events import Event
from kernel.refusal import Kind
from proposals.domain import delivery
from proposals.domain.delivery import PlanDelivery, PlannedMilestone, RecordDelivery
from proposals.domain.evolution import UNSUBMITTED, evolve
from proposals.domain.states import Delivered, InDelivery
from testkit.scenario import scenario
from tests.services.proposals import building as a

planning = scenario(UNSUBMITTED, evolve, delivery.plan)
recording = scenario(UNSUBMITTED, evolve, delivery.record)

LAUREATE: tuple[Event, ...] = (a.submitted, a.feasible, a.shortlisted, a.laureate)
FOUR_BOXES = (*LAUREATE, a.planned(boxes=4))
TWO_THINGS = (*LAUREATE, a.planned(boxes=1, signs=2))


def test_the_delivery_of_a_laureate_is_planned() -> None:
    planning(*LAUREATE).when(a.plan(boxes=4, signs=2)).then(a.planned(boxes=4, signs=2))


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param((a.submitted, a.feasible, a.shortlisted), "shortlisted", id="not chosen by the vote"),
        pytest.param(FOUR_BOXES, "in_delivery", id="planned already"),
        pytest.param((*LAUREATE, a.planned(boxes=1), a.delivered(), a.completed), "delivered", id="delivered"),
    ],
)
def test_refuses_to_plan_the_delivery_of_a_proposal(before: tuple[Event, ...], status: str) -> None:
    planning(*before).when(a.plan(boxes=4)).refused("delivery_cannot_be_planned", status=status)


def test_refuses_to_plan_or_record_for_what_was_never_submitted() -> None:
    planning().when(a.plan(boxes=4)).refused("unknown_proposal")
    recording().when(a.record()).refused("unknown_proposal")


def test_refuses_two_milestones_of_one_name() -> None:
    once = PlannedMilestone(milestone="boxes", what="boxes", quantity=1, place="Lodève")
    command = a.plan(boxes=4).model_copy(update={"milestones": (once, once)})
    refused = planning(*LAUREATE).when(command).refused("milestone_twice", milestone="boxes", times=2)
    assert refused.kind is Kind.INVALID


@pytest.mark.parametrize(
    ("quantity", "before", "holds"),
    [
        pytest.param(1, FOUR_BOXES, True, id="1 of 4"),
        pytest.param(3, FOUR_BOXES, True, id="3 of 4"),
        pytest.param(1, (*FOUR_BOXES, a.delivered(2)), True, id="1 of the 2 that remain"),
        pytest.param(5, FOUR_BOXES, False, id="5 of 4"),
        pytest.param(2, (*FOUR_BOXES, a.delivered(3)), False, id="2 of the 1 that remains"),
    ],
)
def test_at_most_what_remains_of_a_milestone_is_delivered(
    quantity: int, before: tuple[Event, ...], holds: bool
) -> None:
    decided = recording(*before).when(a.record(quantity))
    if holds:
        decided.then(a.delivered(quantity))
    else:
        refused = decided.refused("more_than_planned", planned=4, found=quantity)
        assert int(str(refused.details["remaining"])) < quantity


@pytest.mark.parametrize(
    ("quantity", "before"),
    [
        pytest.param(4, FOUR_BOXES, id="all at once"),
        pytest.param(1, (*FOUR_BOXES, a.delivered(3)), id="the one that remained"),
        pytest.param(1, (*TWO_THINGS, a.delivered(2, "signs")), id="the last milestone of two"),
    ],
)
def test_the_last_thing_delivered_completes_the_delivery(quantity: int, before: tuple[Event, ...]) -> None:
    recording(*before).when(a.record(quantity)).then(a.delivered(quantity), a.completed)


def test_a_milestone_completed_is_not_the_whole_delivery() -> None:
    recording(*TWO_THINGS).when(a.record(1)).then(a.delivered(1))


def test_refuses_a_milestone_that_was_not_planned() -> None:
    refused = recording(*FOUR_BOXES).when(a.record(milestone="trees")).refused("unknown_milestone")
    assert refused.kind is Kind.NOT_FOUND
    assert "boxes" in refused.sentence()


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param(LAUREATE, "laureate", id="before it is planned"),
        pytest.param((*LAUREATE, a.planned(boxes=1), a.delivered(), a.completed), "delivered", id="after the last"),
    ],
)
def test_refuses_to_record_a_delivery(before: tuple[Event, ...], status: str) -> None:
    recording(*before).when(a.record()).refused("delivery_cannot_be_recorded", status=status)


def test_three_of_four_boxes_leave_one_to_deliver() -> None:
    state = recording(*FOUR_BOXES, a.delivered(1), a.delivered(2)).state
    assert isinstance(state, InDelivery)
    assert state.delivery.milestones["boxes"].remaining == 1
    assert [each.quantity for each in state.delivery.records] == [1, 2]


def test_a_delivered_proposal_keeps_every_handover() -> None:
    state = recording(*FOUR_BOXES, a.delivered(1), a.delivered(3), a.completed).state
    assert isinstance(state, Delivered)
    assert len(state.delivery.records) == 2


@pytest.mark.parametrize(
    ("quantity", "holds"),
    [
        pytest.param(0, False, id="nothing is no delivery"),
        pytest.param(-1, False, id="less than nothing is none"),
        pytest.param(1, True, id="one is"),
        pytest.param(1_000_000_000, True, id="a thousand million is"),
        pytest.param(1_000_000_001, False, id="one more is not believed"),
    ],
)
def test_a_quantity_is_at_least_one(quantity: int, holds: bool) -> None:
    fields = a.record().model_dump() | {"quantity": quantity}
    if holds:
        assert RecordDelivery(**fields).quantity == quantity
    else:
        with pytest.raises(ValidationError, match="quantity"):
            RecordDelivery(**fields)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        pytest.param("2026-10-02", True, id="year, month, day"),
        pytest.param("2024-02-29", True, id="the 29th of a leap year's February"),
        pytest.param("2026-02-29", False, id="the 29th of another year's February"),
        pytest.param("02/10/2026", False, id="day, month, year"),
        pytest.param("2026-10-02T00:00:00", False, id="an hour as well"),
        pytest.param("20261002", False, id="no hyphens"),
        pytest.param("1790899200", False, id="seconds since 1970"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_day_has_one_spelling(day: str, holds: bool) -> None:
    fields = a.record().model_dump() | {"on": day}
    if holds:
        assert RecordDelivery.model_validate(fields).on == date.fromisoformat(day)
    else:
        with pytest.raises(ValidationError):
            RecordDelivery.model_validate(fields)


def test_a_plan_has_1_to_100_milestones() -> None:
    with pytest.raises(ValidationError):
        a.plan()
    with pytest.raises(ValidationError):
        a.plan(**{f"m{number}": 1 for number in range(101)})
    assert isinstance(a.plan(**{f"m{number}": 1 for number in range(100)}), PlanDelivery)
