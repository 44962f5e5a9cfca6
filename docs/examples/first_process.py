"""A whole participatory budget over gRPC, from its charter to its winners: first_process.py HOST:PORT."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

from comitia.audit.v1 import audit_pb2, audit_pb2_grpc
from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.chambers.v1 import chambers_pb2, chambers_pb2_grpc
from comitia.common.v1 import common_pb2
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from comitia.proposals.v1 import proposals_pb2, proposals_pb2_grpc

PROCESS, MATTER = "school-2026", "projects"
CHARTER = Path(__file__).with_name("school-budget.yaml").read_text(encoding="utf-8")
IDEAS = {"bench": "400", "books": "300", "goal": "700"}
VOTES = {"ana": ["goal", "books"], "bo": ["goal"], "cy": ["bench", "books"], "di": ["bench", "goal"]}

channel = grpc.insecure_channel(sys.argv[1])
processes = processes_pb2_grpc.ProcessesServiceStub(channel)
proposals = proposals_pb2_grpc.ProposalsServiceStub(channel)
chambers = chambers_pb2_grpc.ChambersServiceStub(channel)
ballots = ballots_pb2_grpc.BallotsServiceStub(channel)
audit = audit_pb2_grpc.AuditServiceStub(channel)


def do(key: str, rpc: Callable[[Any], Any], request: Any) -> common_pb2.Receipt:
    """Give a command and return its receipt. The same key again is a retry: answered alike, carried out once."""
    request.process_id = PROCESS
    request.command.CopyFrom(common_pb2.Command(idempotency_key=key, actor="school-office"))
    receipt: common_pb2.Receipt = rpc(request).receipts[0]
    return receipt


def wait_for(event: str) -> dict[str, Any]:
    """The payload of the first event of a type: already in the log, or when it comes."""
    request = audit_pb2.EventsRequest(process_id=PROCESS, types=[event], follow=True)
    return next(json.loads(each.event.payload) for each in audit.Events(request, timeout=30) if each.HasField("event"))


opening = processes_pb2.OpenProcessRequest(title="School budget", organiser="school", charter_yaml=CHARTER)
do("open", processes.OpenProcess, opening)

do("ideas-open", processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="ideas"))
pupils = [chambers_pb2.Member(member=pupil) for pupil in VOTES]
do("enrol", chambers.EnrolMembers, chambers_pb2.EnrolMembersRequest(chamber="pupils", members=pupils))
for idea in IDEAS:
    handed_in = proposals_pb2.SubmitProposalRequest(proposal=idea, title=f"A {idea}", author="ana")
    do(f"submit-{idea}", proposals.SubmitProposal, handed_in)
do("ideas-close", processes.ClosePhase, processes_pb2.ClosePhaseRequest(phase="ideas"))

do("review-open", processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="review"))
for idea, cost in IDEAS.items():
    review = proposals_pb2.ReviewProposalRequest(
        proposal=idea, feasible=True, cost=cost, official="mx-roe", service="office"
    )
    do(f"review-{idea}", proposals.ReviewProposal, review)
    listing = proposals_pb2.ShortlistProposalRequest(proposal=idea, matter=MATTER, by="mx-roe")
    do(f"shortlist-{idea}", proposals.ShortlistProposal, listing)
do("publish", proposals.PublishShortlist, proposals_pb2.PublishShortlistRequest(matter=MATTER))
do("review-close", processes.ClosePhase, processes_pb2.ClosePhaseRequest(phase="review"))

do("vote-open", processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="vote"))
wait_for("ballots.BoxOpened")
for pupil, chosen in VOTES.items():
    choice = ballots_pb2.Choice(options=ballots_pb2.OptionList(options=chosen))
    ballot = ballots_pb2.CastBallotRequest(box=MATTER, voter=pupil, choice=choice, channel="web")
    receipt = do(f"cast-{pupil}-1", ballots.CastBallot, ballot)
    sys.stdout.write(f"{pupil}: event {receipt.process_index}, leaf {receipt.leaf_hash.hex()}\n")
do("vote-close", processes.ClosePhase, processes_pb2.ClosePhaseRequest(phase="vote"))

tally = wait_for("ballots.BoxTallied")
wait_for("proposals.ProposalNamedLaureate")
money = tally["allocation"]
sys.stdout.write(f"votes: {tally['count']['scores']}\n")
sys.stdout.write(f"winners: {', '.join(money['winners'])}; {money['spent']} of {money['budget']} spent\n")
