"""Proposals as the contract spells them."""

from __future__ import annotations

from comitia.proposals.v1 import proposals_pb2 as pb
from kernel.numbers import show
from proposals.domain.states import Delivered, Delivery, InDelivery, Known, Laureate, Review, show_proposal

STATUSES = {
    "submitted": pb.PROPOSAL_STATUS_SUBMITTED,
    "declined": pb.PROPOSAL_STATUS_DECLINED,
    "reviewed": pb.PROPOSAL_STATUS_REVIEWED,
    "shortlisted": pb.PROPOSAL_STATUS_SHORTLISTED,
    "laureate": pb.PROPOSAL_STATUS_LAUREATE,
    "in_delivery": pb.PROPOSAL_STATUS_IN_DELIVERY,
    "delivered": pb.PROPOSAL_STATUS_DELIVERED,
    "withdrawn": pb.PROPOSAL_STATUS_WITHDRAWN,
}


def proposal_message(process_id: str, name: str, state: Known) -> pb.Proposal:
    """A proposal; what it does not have (a review, a cost, a rank) is empty, zero or not set."""
    idea, shown = state.idea, show_proposal(state)
    message = pb.Proposal(
        process_id=process_id,
        proposal=name,
        title=idea.title,
        summary=idea.summary,
        author=idea.author,
        category=idea.category or "",
        place=idea.place or "",
        partners=idea.partners,
        revision=idea.revision,
        status=STATUSES[state.status],
        cost=shown["cost"] or "",
        matter=shown["matter"] or "",
        rank=state.rank if isinstance(state, Laureate | InDelivery | Delivered) else 0,
    )
    review = getattr(state, "review", None)
    if isinstance(review, Review):
        message.review.CopyFrom(_review(review))
    if isinstance(state, InDelivery | Delivered):
        message.delivery.CopyFrom(_delivery(state.delivery))
    return message


def _review(review: Review) -> pb.Review:
    return pb.Review(
        feasible=review.feasible,
        cost=show(review.cost) if review.cost is not None else "",
        reasons=review.reasons,
        official=review.official,
        service=review.service,
        district=review.district or "",
        group=review.group or "",
    )


def _delivery(delivery: Delivery) -> pb.Delivery:
    milestones = [
        pb.Milestone(
            milestone=name,
            what=each.what,
            quantity=each.quantity,
            delivered=each.delivered,
            place=each.place,
            due=each.due.isoformat() if each.due else "",
        )
        for name, each in delivery.milestones.items()
    ]
    records = [
        pb.DeliveryRecord(
            milestone=each.milestone,
            quantity=each.quantity,
            place=each.place,
            on=each.on.isoformat(),
            official=each.official,
            note=each.note,
        )
        for each in delivery.records
    ]
    return pb.Delivery(official=delivery.official, milestones=milestones, records=records)
