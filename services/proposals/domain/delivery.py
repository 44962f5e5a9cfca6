"""A laureate's delivery is planned once; each handover is at least 1, at most what remains; the last completes it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kernel.events import Event
from kernel.ids import Name
from kernel.refusal import Kind, Refused
from proposals.domain import events
from proposals.domain.command import ProposalCommand, refuse_status
from proposals.domain.events import DeliveryCompleted, DeliveryRecorded
from proposals.domain.states import Delivery, InDelivery, Laureate, ProposalState
from proposals.domain.texts import Day, Label, Note, Pseudonym, Quantity

Milestones = Annotated[tuple["PlannedMilestone", ...], Field(min_length=1, max_length=100)]


class PlannedMilestone(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    milestone: Name
    what: Label
    quantity: Quantity
    place: Label
    due: Day | None = None


class PlanDelivery(ProposalCommand):
    official: Pseudonym
    milestones: Milestones


class RecordDelivery(ProposalCommand):
    milestone: Name
    quantity: Quantity
    place: Label
    on: Day
    official: Pseudonym
    note: Note = ""


def plan(state: ProposalState, command: PlanDelivery) -> tuple[Event, ...] | Refused:
    if not isinstance(state, Laureate):
        said = "a delivery is planned once, for a proposal that the vote named a laureate"
        return refuse_status(command, state, "delivery_cannot_be_planned", said)
    names = [planned.milestone for planned in command.milestones]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        said = "two milestones have one name; name each differently"
        return Refused("milestone_twice", kind=Kind.INVALID, say=said, milestone=twice, times=names.count(twice))
    planned = tuple(events.PlannedMilestone(**each.model_dump()) for each in command.milestones)
    return (events.DeliveryPlanned(proposal=command.proposal, official=command.official, milestones=planned),)


def record(state: ProposalState, command: RecordDelivery) -> tuple[Event, ...] | Refused:
    if not isinstance(state, InDelivery):
        said = "deliveries are recorded once they are planned and until all are made"
        return refuse_status(command, state, "delivery_cannot_be_recorded", said)
    milestone = state.delivery.milestones.get(command.milestone)
    if milestone is None:
        planned = ", ".join(state.delivery.milestones)
        said = f"the delivery has no such milestone; it has: {planned}"
        return Refused("unknown_milestone", kind=Kind.NOT_FOUND, say=said, milestone=command.milestone)
    if command.quantity > milestone.remaining:
        said = "more than remains to be delivered of this milestone; record at most what remains"
        return Refused(
            "more_than_planned",
            say=said,
            milestone=command.milestone,
            planned=milestone.quantity,
            delivered=milestone.delivered,
            remaining=milestone.remaining,
            found=command.quantity,
        )
    handed_over = DeliveryRecorded(**command.model_dump(exclude={"process_id"}))
    if _remaining(state.delivery) > command.quantity:
        return (handed_over,)
    return (handed_over, DeliveryCompleted(proposal=command.proposal))


def _remaining(delivery: Delivery) -> int:
    return sum(milestone.remaining for milestone in delivery.milestones.values())
