"""A proposal is submitted once, may be rewritten until shortlisted, and taken back until its list is published."""

from __future__ import annotations

from kernel.events import Event
from kernel.refusal import Kind, Refused
from proposals.domain.command import ProposalCommand, refuse_status
from proposals.domain.events import ProposalRevised, ProposalSubmitted, ProposalWithdrawn
from proposals.domain.states import (
    Declined,
    ProposalState,
    Published,
    Reviewed,
    Shortlisted,
    ShortlistState,
    Submitted,
    Unsubmitted,
)
from proposals.domain.texts import Label, Partners, Pseudonym, Reason, Summary, Title


class SubmitProposal(ProposalCommand):
    title: Title
    summary: Summary = ""
    author: Pseudonym
    category: Label | None = None
    place: Label | None = None
    partners: Partners = ()


class ReviseProposal(ProposalCommand):
    title: Title
    summary: Summary = ""
    category: Label | None = None
    place: Label | None = None
    partners: Partners = ()


class WithdrawProposal(ProposalCommand):
    reason: Reason


def submit(state: ProposalState, command: SubmitProposal) -> tuple[Event, ...] | Refused:
    if not isinstance(state, Unsubmitted):
        said = "a proposal of this id was submitted before; choose another id, or revise that one"
        return Refused("proposal_exists", kind=Kind.EXISTS, say=said, proposal=command.proposal, status=state.status)
    return (ProposalSubmitted(**command.model_dump(exclude={"process_id"})),)


def revise(state: ProposalState, command: ReviseProposal) -> tuple[Event, ...] | Refused:
    if not isinstance(state, Submitted | Declined | Reviewed):
        said = "a proposal can be rewritten until it is shortlisted"
        return refuse_status(command, state, "proposal_cannot_be_revised", said)
    revision = state.idea.revision + 1
    return (ProposalRevised(**command.model_dump(exclude={"process_id"}), revision=revision),)


def withdraw(state: ProposalState, command: WithdrawProposal, shortlist: ShortlistState) -> tuple[Event, ...] | Refused:
    """`shortlist` is that of the matter the proposal is on, if it is on one."""
    if not isinstance(state, Submitted | Declined | Reviewed | Shortlisted):
        said = "a proposal can be withdrawn until the shortlist it is on is published"
        return refuse_status(command, state, "proposal_cannot_be_withdrawn", said)
    if isinstance(state, Shortlisted) and isinstance(shortlist, Published):
        said = "the shortlist it is on is published: it will be voted on as published"
        return Refused("shortlist_already_published", say=said, proposal=command.proposal, matter=state.matter)
    return (ProposalWithdrawn(proposal=command.proposal, reason=command.reason),)
