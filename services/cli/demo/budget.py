"""The demo's first story: a département's participatory budget, from 432 generated ideas to the last box but one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.client import CommandRefused
from cli.demo.generated import DONATION_BOXES, Election, Idea
from cli.demo.stage import Stage, must
from cli.paper import Station
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.proposals.v1 import proposals_pb2
from rules import templates

PROCESS = "departement-2026"
MATTER = "projects"
OFFICIAL = "Claire Fabre, cheffe du service collèges (inventée)"


def run(stage: Stage, election: Election) -> str:
    """Run the whole story; returns its outcome in one line. Raises `DemoFailed` where it does not come out as it must."""
    stage.open_process(
        f"Budget participatif du département (généré, graine {election.seed})",
        "departement",
        templates.text("departmental-budget"),
    )
    _ideas(stage, election)
    _review(stage, election)
    tally = _vote(stage, election)
    winners = tally["allocation"]["winners"]
    must(DONATION_BOXES in winners, "the donation boxes were not funded: choose another seed")
    _deliver(stage, tally)
    spent, voters = tally["allocation"]["spent"], tally["count"]["voters"]
    return f"{len(winners)} laureates, {int(spent):,} of 1,800,000 EUR, {voters:,} voters; 3 of 4 boxes delivered"


def _ideas(stage: Stage, election: Election) -> None:
    client = stage.client
    stage.open_phase("ideas")
    stage.say("ideas", len(election.ideas) + len(election.residents))
    members = [chambers_pb2.Member(member=name) for name in election.residents]
    stage.enrol("residents", members)
    for idea in election.ideas:
        request = proposals_pb2.SubmitProposalRequest(
            process_id=stage.process_id,
            proposal=idea.proposal,
            title=idea.title,
            summary=idea.summary,
            author=idea.author,
            category=idea.category,
            place=idea.place,
            partners=idea.partners,
        )
        client.do(client.proposals.SubmitProposal, request, actor=idea.author)
        stage.step()
    stage.close_phase("ideas")


def _review(stage: Stage, election: Election) -> None:
    client = stage.client
    stage.open_phase("review")
    stage.say("review", len(election.ideas))
    for idea in election.ideas:
        client.do(client.proposals.ReviewProposal, _reviewed(stage.process_id, idea), actor="service-technique")
        if idea.feasible:
            request = proposals_pb2.ShortlistProposalRequest(
                process_id=stage.process_id, proposal=idea.proposal, matter=MATTER, by="comite-de-suivi"
            )
            client.do(client.proposals.ShortlistProposal, request)
        stage.step()
    publish = proposals_pb2.PublishShortlistRequest(process_id=stage.process_id, matter=MATTER)
    client.do(client.proposals.PublishShortlist, publish)
    stage.close_phase("review")


def _reviewed(process_id: str, idea: Idea) -> proposals_pb2.ReviewProposalRequest:
    reasons = (
        ["compétence du département", "coût chiffré"] if idea.feasible else ["hors des compétences du département"]
    )
    return proposals_pb2.ReviewProposalRequest(
        process_id=process_id,
        proposal=idea.proposal,
        feasible=idea.feasible,
        cost=str(idea.cost) if idea.feasible else "",
        reasons=reasons,
        official="Marc Vidal, chargé de mission (inventé)",
        service="direction de la participation",
    )


def _vote(stage: Stage, election: Election) -> dict[str, Any]:
    client = stage.client
    stage.open_phase("vote")
    stage.await_box(MATTER)
    ballots = list(_ballots("vote", election.ballots))
    again = ballots[:25]
    stage.say("vote", len(ballots) + len(again) + len(election.changed))
    first = _cast(stage, ballots)
    _paper(stage, election)
    repeated = _cast(stage, again)
    must(repeated == first[: len(again)], "a repeated ballot did not get its first receipt back")
    _cast(stage, _ballots("change", election.changed))
    stage.close_phase("vote")
    tally = stage.await_tally(MATTER)
    refused = client.cast(stage.process_id, MATTER, _ballots("late", election.late))
    reasons = {result.refusal.reason for result in refused}
    must(reasons == {"ballot_late"}, f"late ballots were answered {sorted(reasons)}")
    return tally


def _cast(stage: Stage, ballots: Iterable[ballots_pb2.BallotToCast]) -> list[int]:
    positions = []
    for result in stage.client.cast(stage.process_id, MATTER, ballots):
        must(result.HasField("receipt"), f"a ballot was refused: {result.refusal.message}")
        positions.append(result.receipt.position)
        stage.step()
    return positions


def _ballots(why: str, chosen: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[ballots_pb2.BallotToCast]:
    for voter, options in chosen:
        choice = ballots_pb2.Choice(options=ballots_pb2.OptionList(options=options))
        yield ballots_pb2.BallotToCast(idempotency_key=f"{why}-{voter}", voter=voter, choice=choice, channel="online")


def _paper(stage: Stage, election: Election) -> None:
    """Two stations file their totals; the second miscounted and corrects itself by a sheet naming the old one."""
    client, favourites = stage.client, [idea.proposal for idea in election.shortlist[:5]] + [DONATION_BOXES]
    for name, voters in (("mairie-lodeve", 312), ("mairie-lunel", 187)):
        station = Station(name, None, Ed25519PrivateKey.generate())
        client.do(client.ballots.RegisterStation, station.registration(stage.process_id, MATTER))
        totals = {option: voters // (2 + place) for place, option in enumerate(favourites)}
        miscounted = name == "mairie-lunel"
        first = totals | {DONATION_BOXES: 0} if miscounted else totals
        sheet = station.sheet(stage.process_id, MATTER, first, voters=voters, blank=4, invalid=3)
        filed = client.do(client.ballots.FileCountSheet, sheet, actor=name)
        if miscounted:
            version = filed[0].stream_version
            corrected = station.sheet(
                stage.process_id, MATTER, totals, voters=voters, blank=4, invalid=3, replaces=version, note="recompté"
            )
            client.do(client.ballots.FileCountSheet, corrected, actor=name)


def _deliver(stage: Stage, tally: dict[str, Any]) -> None:
    client = stage.client
    stage.await_laureate(DONATION_BOXES)
    stage.open_phase("delivery")
    stage.say("delivery", 4)
    planned = proposals_pb2.PlannedMilestone(
        milestone="boxes", what="boîtes installées", quantity=4, place="collèges de Montpellier", due="2027-06-30"
    )
    plan = proposals_pb2.PlanDeliveryRequest(
        process_id=stage.process_id, proposal=DONATION_BOXES, official=OFFICIAL, milestones=[planned]
    )
    client.do(client.proposals.PlanDelivery, plan)
    stage.step()
    installed = (
        ("Collège Fontcarrade", "2026-09-14"),
        ("Collège Croix d'Argent", "2026-10-02"),
        ("Collège Joffre", "2026-11-16"),
    )
    for place, on in installed:
        request = proposals_pb2.RecordDeliveryRequest(
            process_id=stage.process_id,
            proposal=DONATION_BOXES,
            milestone="boxes",
            quantity=1,
            place=place,
            on=on,
            official=OFFICIAL,
            note="installée et remplie",
        )
        client.do(client.proposals.RecordDelivery, request)
        stage.step()
    try:
        client.do(client.proposals.RecordDelivery, _too_many(stage.process_id))
    except CommandRefused:
        return
    must(False, "more boxes were delivered than planned")


def _too_many(process_id: str) -> proposals_pb2.RecordDeliveryRequest:
    return proposals_pb2.RecordDeliveryRequest(
        process_id=process_id,
        proposal=DONATION_BOXES,
        milestone="boxes",
        quantity=2,
        place="Collège Simone-Veil",
        on="2026-11-20",
        official=OFFICIAL,
    )
