"""When a box's money is allocated or its seats are filled, each winner becomes a laureate, ranked in the order of winning."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from proposals.domain.events import ProposalNamedLaureate
from proposals.domain.states import ProposalState, Shortlisted


@dataclass(frozen=True, slots=True)
class BoxTallied:
    """What this service needs to know of a tallied box: its winners in order, none where nothing was to be won."""

    process_id: str
    box: str
    matter: str
    winners: tuple[str, ...]


def name_laureate(state: ProposalState, proposal: str, tallied: BoxTallied) -> tuple[Event, ...]:
    """Nothing for a proposal that does not stand on the matter's shortlist: it was not this service's to vote on."""
    if not isinstance(state, Shortlisted) or state.matter != tallied.matter:
        return ()
    rank = tallied.winners.index(proposal) + 1
    return (
        ProposalNamedLaureate(proposal=proposal, matter=tallied.matter, box=tallied.box, rank=rank, cost=state.cost),
    )
