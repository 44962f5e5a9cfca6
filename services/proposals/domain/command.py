"""The base of every command, and the refusals that all rules share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kernel.ids import Name, ProcessId
from kernel.refusal import Kind, Refused
from proposals.domain.states import ProposalState, Unsubmitted


class Command(BaseModel):
    """What somebody asks for; fields are checked here, rules where they are decided."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process_id: ProcessId


class ProposalCommand(Command):
    proposal: Name


def refuse_status(command: ProposalCommand, state: ProposalState, reason: str, say: str) -> Refused:
    """The proposal does not stand where the command needs it to: unknown, or `reason` with where it stands."""
    if isinstance(state, Unsubmitted):
        return unknown_proposal(command.proposal)
    return Refused(reason, say=f"{say}; it is {state.status}", proposal=command.proposal, status=state.status)


def unknown_proposal(name: str) -> Refused:
    """No such proposal in this process."""
    said = "no such proposal in this process; submit it first, or check its id"
    return Refused("unknown_proposal", kind=Kind.NOT_FOUND, say=said, proposal=name)
