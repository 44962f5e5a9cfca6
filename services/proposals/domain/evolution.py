"""What each event makes of a proposal and of a shortlist; an event that cannot follow means a broken log."""

from __future__ import annotations

from kernel.events import Event
from proposals.domain.events import (
    DeliveryCompleted,
    DeliveryPlanned,
    DeliveryRecorded,
    ProposalNamedLaureate,
    ProposalReviewed,
    ProposalRevised,
    ProposalShortlisted,
    ProposalSubmitted,
    ProposalWithdrawn,
    ShortlistPublished,
)
from proposals.domain.states import (
    Declined,
    Delivered,
    Delivery,
    Handover,
    Idea,
    InDelivery,
    Known,
    Laureate,
    Milestone,
    ProposalState,
    Published,
    Review,
    Reviewed,
    Shortlisted,
    ShortlistState,
    Submitted,
    Unpublished,
    Unsubmitted,
    Withdrawn,
)

UNSUBMITTED: ProposalState = Unsubmitted()
UNPUBLISHED: ShortlistState = Unpublished()


def evolve(state: ProposalState, event: Event) -> Known:
    """The proposal after `event`; raises `ValueError` where the event cannot follow."""
    after = _before_the_vote(state, event) or _after_the_vote(state, event)
    if after is None:
        raise ValueError(f"{event.TYPE} cannot follow on a proposal that is {state.status}: the log is damaged")
    return after


def _before_the_vote(state: ProposalState, event: Event) -> Known | None:
    match state, event:
        case Unsubmitted(), ProposalSubmitted():
            return Submitted(idea=Idea(**event.model_dump(exclude={"proposal"})))
        case Submitted() | Declined() | Reviewed(), ProposalRevised():
            return Submitted(idea=Idea(author=state.idea.author, **event.model_dump(exclude={"proposal"})))
        case Submitted() | Declined() | Reviewed(), ProposalReviewed():
            return _reviewed(state.idea, event)
        case Reviewed(), ProposalShortlisted():
            return Shortlisted(idea=state.idea, review=state.review, cost=event.cost, matter=event.matter)
        case Submitted(), ProposalWithdrawn():
            return Withdrawn(idea=state.idea, review=None, matter=None)
        case Declined() | Reviewed(), ProposalWithdrawn():
            return Withdrawn(idea=state.idea, review=state.review, matter=None)
        case Shortlisted(), ProposalWithdrawn():
            return Withdrawn(idea=state.idea, review=state.review, matter=state.matter)
    return None


def _reviewed(idea: Idea, event: ProposalReviewed) -> Known:
    review = Review(**event.model_dump(exclude={"proposal"}))
    if event.feasible and event.cost is not None:
        return Reviewed(idea=idea, review=review, cost=event.cost)
    return Declined(idea=idea, review=review)


def _after_the_vote(state: ProposalState, event: Event) -> Known | None:
    match state, event:
        case Shortlisted(), ProposalNamedLaureate():
            return Laureate(idea=state.idea, review=state.review, cost=event.cost, matter=state.matter, rank=event.rank)
        case Laureate(), DeliveryPlanned():
            milestones = {
                planned.milestone: Milestone(
                    what=planned.what, quantity=planned.quantity, delivered=0, place=planned.place, due=planned.due
                )
                for planned in event.milestones
            }
            return InDelivery(**_parts(state), delivery=Delivery(official=event.official, milestones=milestones))
        case InDelivery(), DeliveryRecorded():
            return state.model_copy(update={"delivery": _handed_over(state.delivery, event)})
        case InDelivery(), DeliveryCompleted():
            return Delivered(**_parts(state), delivery=state.delivery)
    return None


def _handed_over(delivery: Delivery, event: DeliveryRecorded) -> Delivery:
    before = delivery.milestones[event.milestone]
    after = before.model_copy(update={"delivered": before.delivered + event.quantity})
    record = Handover(**event.model_dump(exclude={"proposal"}))
    return Delivery(
        official=delivery.official,
        milestones={**delivery.milestones, event.milestone: after},
        records=(*delivery.records, record),
    )


def _parts(state: Laureate | InDelivery) -> dict[str, object]:
    return {name: getattr(state, name) for name in ("idea", "review", "cost", "matter", "rank")}


def evolve_shortlist(state: ShortlistState, event: Event) -> ShortlistState:
    """The shortlist after `event`; raises `ValueError` where the event cannot follow."""
    if isinstance(event, ShortlistPublished) and not isinstance(state, Published):
        return Published(options=event.options)
    raise ValueError(f"{event.TYPE} cannot follow on a shortlist that is {type(state).__name__}: the log is damaged")
