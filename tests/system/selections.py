"""A selection held from ideas to what is to be delivered: three ideas, three voters, the well and the bench before the lamp."""

from __future__ import annotations

from comitia.ballots.v1 import ballots_pb2
from comitia.proposals.v1 import proposals_pb2
from rules.charter import Action, Matter
from tests.system.sittings import Sitting
from tests.system.small import options, ranking

COSTS = {"well": "1000000", "bench": "700000", "lamp": "900000"}


def choose(held: Sitting) -> list[str]:
    """Go through the phases of the charter's selection; returns the winners in order."""
    matter = next(each for each in held.charter.matters if each.kind == "selection")
    held.enrol(str(matter.chamber), "", "", "")
    _submit(held)
    name = held.charter.phases[0].name
    while (phase := held.charter.phase(name)) is not None and phase.votes is None:
        if Action.SHORTLIST in phase.allows:
            _shortlist(held, matter)
        held.stage.close_phase(name)
        name = str(phase.next)
        held.stage.open_phase(name)
    winners = _vote(held, matter, name)
    held.stage.await_laureate("well")
    held.stage.open_phase("delivery")
    _plan(held)
    return winners


def _submit(held: Sitting) -> None:
    for proposal in COSTS:
        idea = proposals_pb2.SubmitProposalRequest(
            process_id=held.process_id, proposal=proposal, title=proposal, summary="", author="someone"
        )
        held.client.do(held.client.proposals.SubmitProposal, idea)


def _shortlist(held: Sitting, matter: Matter) -> None:
    costly = matter.allocation is not None and matter.allocation.budget > 0
    for proposal, cost in COSTS.items():
        review = proposals_pb2.ReviewProposalRequest(
            process_id=held.process_id,
            proposal=proposal,
            feasible=True,
            cost=cost if costly else "0",
            reasons=["it can be done"],
            official="o-1",
            service="works",
        )
        held.client.do(held.client.proposals.ReviewProposal, review)
        listed = proposals_pb2.ShortlistProposalRequest(
            process_id=held.process_id, proposal=proposal, matter=matter.name, by="jury"
        )
        held.client.do(held.client.proposals.ShortlistProposal, listed)
    published = proposals_pb2.PublishShortlistRequest(process_id=held.process_id, matter=matter.name)
    held.client.do(held.client.proposals.PublishShortlist, published)


def _vote(held: Sitting, matter: Matter, phase: str) -> list[str]:
    held.stage.await_box(matter.name)
    choice = ranking if matter.ballot.form == "ranking" else options
    said = (choice("well", "bench"), choice("well"), choice("bench", "lamp"))
    ballots = [
        ballots_pb2.BallotToCast(
            idempotency_key=f"k-{n}", voter=f"{matter.chamber}-{n:02d}", choice=each, channel="online"
        )
        for n, each in enumerate(said, 1)
    ]
    for result in held.client.cast(held.process_id, matter.name, ballots):
        assert result.HasField("receipt"), result.refusal
    held.stage.close_phase(phase)
    winners: list[str] = held.stage.await_tally(matter.name)["allocation"]["winners"]
    return winners


def _plan(held: Sitting) -> None:
    planned = proposals_pb2.PlannedMilestone(milestone="dug", what="dug", quantity=1, place="square", due="2027-06-30")
    plan = proposals_pb2.PlanDeliveryRequest(
        process_id=held.process_id, proposal="well", official="o-1", milestones=[planned]
    )
    held.client.do(held.client.proposals.PlanDelivery, plan)
