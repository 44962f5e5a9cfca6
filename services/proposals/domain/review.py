"""A named official finds a proposal feasible at a cost, or not feasible for reasons, until it is shortlisted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kernel.events import Event
from kernel.ids import Name
from kernel.numbers import Exact
from kernel.refusal import Kind, Refused
from proposals.domain.command import ProposalCommand, refuse_status
from proposals.domain.events import ProposalReviewed
from proposals.domain.states import Declined, ProposalState, Reviewed, Submitted
from proposals.domain.texts import Label, Pseudonym, Reasons


class ReviewProposal(ProposalCommand):
    feasible: bool
    cost: Annotated[Exact, Field(ge=0)] | None = None
    reasons: Reasons = ()
    official: Pseudonym
    service: Label
    district: Name | None = None
    group: Name | None = None


def review(state: ProposalState, command: ReviewProposal) -> tuple[Event, ...] | Refused:
    if not isinstance(state, Submitted | Declined | Reviewed):
        said = "a proposal is reviewed between its submission and its shortlisting"
        return refuse_status(command, state, "proposal_cannot_be_reviewed", said)
    if command.feasible and command.cost is None:
        said = "a feasible proposal needs its cost, an exact number such as 12500"
        return Refused("cost_missing", kind=Kind.INVALID, say=said, proposal=command.proposal)
    if not command.feasible and not command.reasons:
        said = "a proposal found not feasible is owed at least one reason"
        return Refused("reasons_missing", kind=Kind.INVALID, say=said, proposal=command.proposal)
    return (ProposalReviewed(**command.model_dump(exclude={"process_id"})),)
