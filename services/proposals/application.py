"""Use cases: load, decide, append. The only place of this service that touches the log for a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from eventlog.application import Change, Changes, CommandMeta, LogApplication, Receipt, Versioned
from eventlog.contract import LogRecorder
from kernel.events import Event
from kernel.ids import stream_id
from kernel.records import Record
from kernel.refusal import Refused, unknown_process
from proposals.domain import delivery, laureates, review, shortlist, submission
from proposals.domain.command import ProposalCommand, unknown_proposal
from proposals.domain.delivery import PlanDelivery, RecordDelivery
from proposals.domain.events import EVENTS, ShortlistPublished
from proposals.domain.evolution import UNPUBLISHED, UNSUBMITTED, evolve, evolve_shortlist
from proposals.domain.process import Process, refuse_unless_allowed
from proposals.domain.review import ReviewProposal
from proposals.domain.shortlist import PublishShortlist, ShortlistProposal
from proposals.domain.states import (
    Known,
    ProposalState,
    Published,
    Shortlisted,
    ShortlistState,
    Unsubmitted,
    show_proposal,
)
from proposals.domain.submission import ReviseProposal, SubmitProposal, WithdrawProposal
from proposals.inbox import follow_processes, read_tally

ACTIONS: Mapping[type[ProposalCommand], str] = MappingProxyType(
    {
        SubmitProposal: "submit",
        ReviseProposal: "revise",
        WithdrawProposal: "withdraw",
        ReviewProposal: "review",
        ShortlistProposal: "shortlist",
        PlanDelivery: "deliver",
        RecordDelivery: "deliver",
    }
)
"""What the open phase must allow for each command about one proposal."""


def process_stream(process_id: str) -> str:
    return stream_id("processes", process_id)


def proposal_stream(process_id: str, proposal: str) -> str:
    return stream_id("proposals", process_id, proposal)


def shortlist_stream(process_id: str, matter: str) -> str:
    return stream_id("shortlists", process_id, matter)


Done = tuple[Receipt, ...] | Refused


class Proposals(LogApplication):
    name = "proposals"

    def __init__(self, log: LogRecorder) -> None:
        super().__init__(log, EVENTS)
        self._processes = follow_processes(log)

    def handle(self, meta: CommandMeta, content: bytes, command: ProposalCommand) -> Done:
        """Carry out a command about one proposal."""
        method = type(command).__name__
        return self.execute(command.process_id, method, meta, content, lambda: self._decide(command))

    def publish_shortlist(self, meta: CommandMeta, content: bytes, command: PublishShortlist) -> Done:
        """Publish a matter's shortlist. A proposal that changes meanwhile makes us decide again.

        Only one that is submitted, reviewed and shortlisted, all of it while we decide, would be left off.
        """

        def decide() -> Changes | Refused:
            process = self.process(command.process_id)
            refused = refuse_unless_allowed(process, "shortlist")
            if refused:
                return refused
            listed = self._shortlist(process.process_id, command.matter)
            proposals = self.fold(process.process_id)
            named = [(name, each.state) for name, each in proposals.items()]
            events = shortlist.publish(listed.state, command, process, named)
            if isinstance(events, Refused):
                return events
            read = {each.id: each.version for each in proposals.values()}
            return Changes((Change(listed.id, listed.version, events),), expect=_at(process) | read)

        return self.execute(command.process_id, "PublishShortlist", meta, content, decide)

    def name_laureates(self, policy: str, cause: Record) -> tuple[Receipt, ...]:
        """Name every winner of a tallied box a laureate, all at once; none of a process that was cancelled."""
        tallied = read_tally(cause)

        def decide() -> Changes | None:
            process = self.process(tallied.process_id)
            if process.status == "cancelled":
                return None
            changes = []
            for name in tallied.winners:
                proposal = self._proposal(tallied.process_id, name)
                events = laureates.name_laureate(proposal.state, name, tallied)
                if events:
                    changes.append(Change(proposal.id, proposal.version, events))
            return Changes(tuple(changes), expect=_at(process)) if changes else None

        return self.react(policy, cause, decide)

    def process(self, process_id: str) -> Process:
        """The process as far as the log goes now."""
        return replace(self._processes.at(process_id), process_id=process_id)

    def proposal(self, process_id: str, name: str) -> Versioned[Known] | Refused:
        """One proposal as far as the log goes now."""
        if self.process(process_id).status == "unknown":
            return unknown_process(process_id)
        found = self._proposal(process_id, name)
        if isinstance(found.state, Unsubmitted):
            return unknown_proposal(name)
        return Versioned(found.id, found.version, found.state)

    def fold(self, process_id: str, at: int | None = None) -> dict[str, Versioned[Known]]:
        """Every proposal after the process's first `at` events, in the order of submission."""
        return self._fold(process_id, at)[0]

    def state(self, process_id: str, at: int | None = None) -> Mapping[str, Any]:
        """This service's part of the process's state after its first `at` events (all when None)."""
        proposals, shortlists = self._fold(process_id, at)
        return {
            "proposals": {name: show_proposal(each.state) for name, each in proposals.items()},
            "shortlists": {
                matter: [option.model_dump(mode="json") for option in listed.options]
                for matter, listed in shortlists.items()
            },
        }

    def _fold(self, process_id: str, at: int | None) -> tuple[dict[str, Versioned[Known]], dict[str, Published]]:
        proposals: dict[str, Versioned[Known]] = {}
        shortlists: dict[str, Published] = {}
        for record in self.recorder.read_process(process_id, stop=at, types=EVENTS):
            event = EVENTS[record.type].read(record)
            if isinstance(event, ShortlistPublished):
                shortlists[event.matter] = Published(options=event.options)
            else:
                name = record.data()["proposal"]
                before: ProposalState = proposals[name].state if name in proposals else UNSUBMITTED
                proposals[name] = Versioned(record.stream_id, record.stream_version, evolve(before, event))
        return proposals, shortlists

    def _decide(self, command: ProposalCommand) -> Changes | Refused:
        process = self.process(command.process_id)
        refused = refuse_unless_allowed(process, ACTIONS[type(command)])
        if refused:
            return refused
        proposal = self._proposal(process.process_id, command.proposal)
        listed = self._shortlist_of(command, proposal.state)
        events = _apply_rule(proposal.state, command, process, listed.state if listed else UNPUBLISHED)
        if isinstance(events, Refused):
            return events
        expect = _at(process) | ({listed.id: listed.version} if listed else {})
        return Changes((Change(proposal.id, proposal.version, events),), expect=expect)

    def _shortlist_of(self, command: ProposalCommand, state: ProposalState) -> Versioned[ShortlistState] | None:
        """The shortlist that the command would have the proposal enter or leave, if any."""
        match command, state:
            case ShortlistProposal(), _:
                return self._shortlist(command.process_id, command.matter)
            case WithdrawProposal(), Shortlisted():
                return self._shortlist(command.process_id, state.matter)
        return None

    def _proposal(self, process_id: str, name: str) -> Versioned[ProposalState]:
        return self.load(proposal_stream(process_id, name), UNSUBMITTED, evolve)

    def _shortlist(self, process_id: str, matter: str) -> Versioned[ShortlistState]:
        return self.load(shortlist_stream(process_id, matter), UNPUBLISHED, evolve_shortlist)


def _apply_rule(
    state: ProposalState, command: ProposalCommand, process: Process, listed: ShortlistState
) -> tuple[Event, ...] | Refused:
    match command:
        case SubmitProposal():
            return submission.submit(state, command)
        case ReviseProposal():
            return submission.revise(state, command)
        case WithdrawProposal():
            return submission.withdraw(state, command, listed)
        case ReviewProposal():
            return review.review(state, command)
        case ShortlistProposal():
            return shortlist.shortlist(state, command, process, listed)
        case PlanDelivery():
            return delivery.plan(state, command)
        case RecordDelivery():
            return delivery.record(state, command)
    raise TypeError(f"no rule for {type(command).__name__}")


def _at(process: Process) -> dict[str, int]:
    """A phase that opens or closes while we decide makes us decide again."""
    return {process_stream(process.process_id): process.version}
