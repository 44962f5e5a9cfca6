"""The steps of a proposal's life over gRPC, and what other services put in the log between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from comitia.proposals.v1 import proposals_pb2 as pb
from tests.services.processes.running import Running

PROCESS = "budget-2026"
CHARTER: dict[str, Any] = {
    "name": "budget",
    "phases": [
        {"name": "ideas", "allows": ["submit", "revise", "withdraw"], "next": "review"},
        {"name": "review", "allows": ["revise", "withdraw", "review", "shortlist"], "next": "vote"},
        {"name": "vote", "allows": ["vote"], "votes": "projects", "next": "delivery"},
        {"name": "delivery", "allows": ["deliver"], "next": None},
    ],
    "matters": [{"name": "projects", "kind": "selection"}, {"name": "law", "kind": "motion"}],
    "a field of next year": {"that this version": "ignores"},
}


@dataclass
class Life:
    running: Running
    phase: str | None = None

    def process_opens(self) -> None:
        self._process("ProcessOpened", process_id=PROCESS, charter=CHARTER)

    def phase_opens(self, phase: str) -> None:
        """Open a phase, closing the one before."""
        self.phase_closes()
        self.phase = phase
        self._process("PhaseOpened", phase=phase, trigger="command", due=None)

    def phase_closes(self) -> None:
        if self.phase:
            self._process("PhaseClosed", phase=self.phase, trigger="command", due=None)
        self.phase = None

    def process_is_cancelled(self) -> None:
        self._process("ProcessCancelled", reason="no money", authority="council")

    def process_completes(self) -> None:
        self._process("ProcessCompleted")

    def submit(self, proposal: str, **changes: Any) -> Any:
        return self.running.do("SubmitProposal", submission(proposal, **changes))

    def review(self, proposal: str, **changes: Any) -> Any:
        return self.running.do("ReviewProposal", opinion(proposal, **changes))

    def shortlist(self, proposal: str, matter: str = "projects") -> Any:
        return self.running.do("ShortlistProposal", entry(proposal, matter))

    def publish(self, matter: str = "projects") -> Any:
        return self.running.do("PublishShortlist", pb.PublishShortlistRequest(process_id=PROCESS, matter=matter))

    def publish_shortlist_of(self, *proposals: str) -> None:
        """From ideas to the published shortlist."""
        for proposal in proposals:
            self.submit(proposal)
        self.phase_opens("review")
        for proposal in proposals:
            self.review(proposal)
            self.shortlist(proposal)
        self.publish()

    def box_is_tallied(self, *winners: str, matter: str = "projects") -> None:
        """The vote is over; the money goes to `winners`."""
        allocation = {"rule": "greedy", "winners": list(winners)}
        self._tally(matter, allocation)

    def people_are_elected(self, *elected: str, matter: str = "projects") -> None:
        """The vote is over; it was an election."""
        self._tally(matter, None, {"election": {"method": "irv", "elected": list(elected)}})

    def motion_is_counted(self) -> None:
        """A box without an allocation is tallied."""
        self._tally("law", None)

    def name_laureates(self, *winners: str) -> None:
        """From ideas to laureates."""
        self.publish_shortlist_of(*winners)
        self.phase_opens("vote")
        self.box_is_tallied(*winners)
        self.running.until(lambda: "ProposalNamedLaureate" in self.running.types(PROCESS))

    def get(self, proposal: str) -> pb.Proposal:
        request = pb.GetProposalRequest(process_id=PROCESS, proposal=proposal)
        found: pb.Proposal = self.running.ask("GetProposal", request).proposal
        return found

    def state(self, at: int | None = None) -> Any:
        return self.running.state(pb.GetStateRequest(process_id=PROCESS, at=at))

    def _process(self, type_: str, **payload: Any) -> None:
        self.running.happen(PROCESS, f"processes/{PROCESS}", f"processes.{type_}", payload)

    def _tally(self, matter: str, allocation: dict[str, Any] | None, count: dict[str, Any] | None = None) -> None:
        stream = f"boxes/{PROCESS}/{matter}"
        payload = {"box": matter, "matter": matter, "motion": None, "count": count or {}, "allocation": allocation}
        self.running.happen(PROCESS, stream, "ballots.BoxTallied", payload)


def submission(proposal: str, **changes: Any) -> pb.SubmitProposalRequest:
    told: dict[str, Any] = {
        "title": f"The {proposal}",
        "summary": "Why.",
        "author": "ana",
        "category": "park",
        "place": "Lodève",
    }
    return pb.SubmitProposalRequest(**({"process_id": PROCESS, "proposal": proposal} | told | changes))


def opinion(proposal: str, **changes: Any) -> pb.ReviewProposalRequest:
    told: dict[str, Any] = {
        "feasible": True,
        "cost": "1200.50",
        "reasons": ["ours"],
        "official": "marc",
        "service": "parks",
    }
    return pb.ReviewProposalRequest(**({"process_id": PROCESS, "proposal": proposal} | told | changes))


def entry(proposal: str, matter: str = "projects") -> pb.ShortlistProposalRequest:
    return pb.ShortlistProposalRequest(process_id=PROCESS, proposal=proposal, matter=matter, by="committee")


def plan(proposal: str, **quantities: int) -> pb.PlanDeliveryRequest:
    milestones = [
        pb.PlannedMilestone(milestone=name, what=name, quantity=quantity, place="Lodève", due="2027-06-30")
        for name, quantity in quantities.items()
    ]
    return pb.PlanDeliveryRequest(process_id=PROCESS, proposal=proposal, official="claire", milestones=milestones)


def handover(proposal: str, milestone: str, quantity: int, **changes: Any) -> pb.RecordDeliveryRequest:
    told: dict[str, Any] = {"milestone": milestone, "quantity": quantity, "place": "Collège Joffre", "on": "2026-10-02"}
    told |= {"official": "claire", "note": "filled"}
    return pb.RecordDeliveryRequest(**({"process_id": PROCESS, "proposal": proposal} | told | changes))
