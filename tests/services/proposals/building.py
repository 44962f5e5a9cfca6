"""Events and commands of one proposal's life, with every field that a test does not care about filled in."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from proposals.domain import delivery, events
from proposals.domain.delivery import PlanDelivery, RecordDelivery
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
    ShortlistOption,
    ShortlistPublished,
)
from proposals.domain.process import Process
from proposals.domain.review import ReviewProposal
from proposals.domain.shortlist import PublishShortlist, ShortlistProposal
from proposals.domain.submission import ReviseProposal, SubmitProposal, WithdrawProposal

PROCESS = "budget-2026"
BENCH = "bench"
DAY = date(2026, 10, 2)
ABOUT: dict[str, Any] = {"process_id": PROCESS, "proposal": BENCH}
TOLD: dict[str, Any] = {
    "title": "A bench",
    "summary": "In the shade.",
    "category": "park",
    "place": "Lodève",
    "partners": ("Les Amis du parc",),
}

submitted = ProposalSubmitted(proposal=BENCH, author="ana", **TOLD)
revised = ProposalRevised(proposal=BENCH, **(TOLD | {"title": "Two benches"}), revision=1)
withdrawn = ProposalWithdrawn(proposal=BENCH, reason="built already")
feasible = ProposalReviewed(
    proposal=BENCH, feasible=True, cost=Fraction(1200), reasons=("ours",), official="marc", service="parks"
)
infeasible = ProposalReviewed(
    proposal=BENCH, feasible=False, cost=None, reasons=("not ours",), official="marc", service="parks"
)
shortlisted = ProposalShortlisted(proposal=BENCH, matter="projects", cost=Fraction(1200), by="committee")
published = ShortlistPublished(
    matter="projects", options=(ShortlistOption(option=BENCH, cost=Fraction(1200), submitted=1),)
)
laureate = ProposalNamedLaureate(proposal=BENCH, matter="projects", box="projects", rank=1, cost=Fraction(1200))
completed = DeliveryCompleted(proposal=BENCH)


def planned(**quantities: int) -> DeliveryPlanned:
    """`planned(boxes=4)`."""
    milestones = tuple(
        events.PlannedMilestone(milestone=name, what=name, quantity=quantity, place="Lodève", due=None)
        for name, quantity in quantities.items()
    )
    return DeliveryPlanned(proposal=BENCH, official="claire", milestones=milestones)


def delivered(quantity: int = 1, milestone: str = "boxes") -> DeliveryRecorded:
    return DeliveryRecorded(
        proposal=BENCH, milestone=milestone, quantity=quantity, place="Lodève", on=DAY, official="claire", note=""
    )


def submit(**changes: Any) -> SubmitProposal:
    return SubmitProposal(**(ABOUT | TOLD | {"author": "ana"} | changes))


def revise(**changes: Any) -> ReviseProposal:
    return ReviseProposal(**(ABOUT | TOLD | {"title": "Two benches"} | changes))


def withdraw(**changes: Any) -> WithdrawProposal:
    return WithdrawProposal(**(ABOUT | {"reason": "built already"} | changes))


def review(**changes: Any) -> ReviewProposal:
    fields = {"feasible": True, "cost": "1200", "reasons": ("ours",), "official": "marc", "service": "parks"}
    return ReviewProposal.model_validate(ABOUT | fields | changes)


def shortlist(**changes: Any) -> ShortlistProposal:
    return ShortlistProposal(**(ABOUT | {"matter": "projects", "by": "committee"} | changes))


def publish(matter: str = "projects") -> PublishShortlist:
    return PublishShortlist(process_id=PROCESS, matter=matter)


def plan(**quantities: int) -> PlanDelivery:
    """`plan(boxes=4)`."""
    milestones = tuple(
        delivery.PlannedMilestone(milestone=name, what=name, quantity=quantity, place="Lodève")
        for name, quantity in quantities.items()
    )
    return PlanDelivery(**ABOUT, official="claire", milestones=milestones)


def record(quantity: int = 1, milestone: str = "boxes") -> RecordDelivery:
    return RecordDelivery(
        **ABOUT, milestone=milestone, quantity=quantity, place="Lodève", on=DAY, official="claire", note=""
    )


def process(**changes: Any) -> Process:
    """A budget whose phase `ideas` is open; it has the selection `projects` and a motion."""
    known: dict[str, Any] = {
        "process_id": PROCESS,
        "version": 2,
        "status": "open",
        "phase": "ideas",
        "allows": {"ideas": ("submit", "revise"), "review": ("revise", "review", "shortlist"), "vote": ("vote",)},
        "matters": {"projects": "selection", "budget-law": "motion"},
    }
    return Process(**(known | changes))
