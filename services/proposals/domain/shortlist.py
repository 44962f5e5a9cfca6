"""A feasible proposal may enter one selection's shortlist, which is published once and then stands as published."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.events import Event
from kernel.ids import Name
from kernel.refusal import Refused, first_of
from proposals.domain.command import Command, ProposalCommand, refuse_status
from proposals.domain.events import ProposalShortlisted, ShortlistOption, ShortlistPublished
from proposals.domain.process import Process, refuse_unless_selection
from proposals.domain.states import ProposalState, Published, Reviewed, Shortlisted, ShortlistState
from proposals.domain.texts import Pseudonym

MAX_OPTIONS = 10_000
SHOWN = 30


class ShortlistProposal(ProposalCommand):
    matter: Name
    by: Pseudonym


class PublishShortlist(Command):
    matter: Name


def shortlist(
    state: ProposalState, command: ShortlistProposal, process: Process, listed: ShortlistState
) -> tuple[Event, ...] | Refused:
    """`listed` is the matter's shortlist."""
    refused = refuse_unless_selection(process, command.matter)
    if refused:
        return refused
    if not isinstance(state, Reviewed):
        said = "only a proposal that was reviewed and found feasible can be shortlisted, once"
        return refuse_status(command, state, "proposal_cannot_be_shortlisted", said)
    if isinstance(listed, Published):
        return _already_published(command.matter, listed)
    districts, district = process.districts.get(command.matter), state.review.district
    if districts is not None and district is not None and district not in districts:
        expected = first_of(districts, SHOWN)
        said = (
            "no envelope pays for this district: review the proposal again, with another one or none for the whole city"
        )
        return Refused("unknown_district", say=said, proposal=command.proposal, district=district, expected=expected)
    return (ProposalShortlisted(proposal=command.proposal, matter=command.matter, cost=state.cost, by=command.by),)


def publish(
    listed: ShortlistState,
    command: PublishShortlist,
    process: Process,
    proposals: Iterable[tuple[str, ProposalState]],
) -> tuple[Event, ...] | Refused:
    """`proposals` are all of the process's, in the order of submission."""
    refused = refuse_unless_selection(process, command.matter)
    if refused:
        return refused
    if isinstance(listed, Published):
        return _already_published(command.matter, listed)
    options = tuple(
        ShortlistOption(
            option=name,
            cost=state.cost,
            submitted=number,
            district=state.review.district,
            group=state.review.group,
        )
        for number, (name, state) in enumerate(proposals, 1)
        if isinstance(state, Shortlisted) and state.matter == command.matter
    )
    if not options:
        said = "no proposal is shortlisted for this matter; shortlist at least one first"
        return Refused("shortlist_is_empty", say=said, matter=command.matter, options=0, needed=1)
    most = process.most.get(command.matter, MAX_OPTIONS)
    if len(options) > most:
        said = "more proposals are shortlisted than can be voted on at once; withdraw some, or use several matters"
        return Refused("shortlist_too_long", say=said, matter=command.matter, options=len(options), at_most=most)
    return (ShortlistPublished(matter=command.matter, options=options),)


def _already_published(matter: str, listed: Published) -> Refused:
    said = "the shortlist of this matter is published and stands as it is"
    return Refused("shortlist_already_published", say=said, matter=matter, options=len(listed.options))
