"""The gRPC servicer: translate, call the application, map refusals to status codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import grpc
from google.protobuf.message import Message

from comitia.proposals.v1 import proposals_pb2 as pb
from comitia.proposals.v1 import proposals_pb2_grpc
from kernel import canonical
from kernel.refusal import Kind, Refused
from proposals.application import Proposals
from proposals.domain.command import ProposalCommand
from proposals.domain.delivery import PlanDelivery, PlannedMilestone, RecordDelivery
from proposals.domain.review import ReviewProposal
from proposals.domain.shortlist import PublishShortlist, ShortlistProposal
from proposals.domain.submission import ReviseProposal, SubmitProposal, WithdrawProposal
from proposals.messages import STATUSES, proposal_message
from proposals.queries import Queries
from runtime import refusals
from runtime.servicing import answer, carry_out

Call: TypeAlias = grpc.aio.ServicerContext[Any, Any]
M = TypeVar("M", bound=Message)


class ProposalsServicer(proposals_pb2_grpc.ProposalsServiceServicer):
    def __init__(self, proposals: Proposals, queries: Queries) -> None:
        self._proposals, self._queries = proposals, queries

    async def SubmitProposal(self, request: pb.SubmitProposalRequest, context: Call) -> pb.SubmitProposalResponse:
        def command() -> SubmitProposal:
            return SubmitProposal(
                process_id=request.process_id,
                proposal=request.proposal,
                title=request.title,
                summary=request.summary,
                author=request.author,
                category=request.category or None,
                place=request.place or None,
                partners=tuple(request.partners),
            )

        return await self._handle(request, context, command, pb.SubmitProposalResponse)

    async def ReviseProposal(self, request: pb.ReviseProposalRequest, context: Call) -> pb.ReviseProposalResponse:
        def command() -> ReviseProposal:
            return ReviseProposal(
                process_id=request.process_id,
                proposal=request.proposal,
                title=request.title,
                summary=request.summary,
                category=request.category or None,
                place=request.place or None,
                partners=tuple(request.partners),
            )

        return await self._handle(request, context, command, pb.ReviseProposalResponse)

    async def WithdrawProposal(self, request: pb.WithdrawProposalRequest, context: Call) -> pb.WithdrawProposalResponse:
        def command() -> WithdrawProposal:
            return WithdrawProposal(process_id=request.process_id, proposal=request.proposal, reason=request.reason)

        return await self._handle(request, context, command, pb.WithdrawProposalResponse)

    async def ReviewProposal(self, request: pb.ReviewProposalRequest, context: Call) -> pb.ReviewProposalResponse:
        def command() -> ReviewProposal:
            return ReviewProposal.model_validate(
                {
                    "process_id": request.process_id,
                    "proposal": request.proposal,
                    "feasible": request.feasible,
                    "cost": request.cost or None,
                    "reasons": tuple(request.reasons),
                    "official": request.official,
                    "service": request.service,
                    "district": request.district or None,
                    "group": request.group or None,
                }
            )

        return await self._handle(request, context, command, pb.ReviewProposalResponse)

    async def ShortlistProposal(
        self, request: pb.ShortlistProposalRequest, context: Call
    ) -> pb.ShortlistProposalResponse:
        def command() -> ShortlistProposal:
            return ShortlistProposal(
                process_id=request.process_id, proposal=request.proposal, matter=request.matter, by=request.by
            )

        return await self._handle(request, context, command, pb.ShortlistProposalResponse)

    async def PublishShortlist(self, request: pb.PublishShortlistRequest, context: Call) -> pb.PublishShortlistResponse:
        def command() -> PublishShortlist:
            return PublishShortlist(process_id=request.process_id, matter=request.matter)

        return await carry_out(
            request,
            context,
            lambda meta, content: self._proposals.publish_shortlist(meta, content, command()),
            pb.PublishShortlistResponse,
        )

    async def PlanDelivery(self, request: pb.PlanDeliveryRequest, context: Call) -> pb.PlanDeliveryResponse:
        def command() -> PlanDelivery:
            milestones = tuple(_milestone(planned) for planned in request.milestones)
            return PlanDelivery(
                process_id=request.process_id,
                proposal=request.proposal,
                official=request.official,
                milestones=milestones,
            )

        return await self._handle(request, context, command, pb.PlanDeliveryResponse)

    async def RecordDelivery(self, request: pb.RecordDeliveryRequest, context: Call) -> pb.RecordDeliveryResponse:
        def command() -> RecordDelivery:
            return RecordDelivery.model_validate(
                {
                    "process_id": request.process_id,
                    "proposal": request.proposal,
                    "milestone": request.milestone,
                    "quantity": request.quantity,
                    "place": request.place,
                    "on": request.on,
                    "official": request.official,
                    "note": request.note,
                }
            )

        return await self._handle(request, context, command, pb.RecordDeliveryResponse)

    async def GetProposal(self, request: pb.GetProposalRequest, context: Call) -> pb.GetProposalResponse:
        found = await answer(context, self._queries.proposal, request.process_id, request.proposal)
        message = proposal_message(request.process_id, request.proposal, found.state)
        return pb.GetProposalResponse(proposal=message, version=found.version)

    async def ListProposals(self, request: pb.ListProposalsRequest, context: Call) -> pb.ListProposalsResponse:
        status = _status(request.status)
        if isinstance(status, Refused):
            await refusals.abort(context, status)
        listed, token = await answer(
            context,
            self._queries.page,
            request.process_id,
            status=status,
            size=request.page_size,
            token=request.page_token,
        )
        messages = [proposal_message(request.process_id, each.proposal, each.state) for each in listed]
        return pb.ListProposalsResponse(proposals=messages, next_page_token=token)

    async def GetState(self, request: pb.GetStateRequest, context: Call) -> pb.GetStateResponse:
        at = request.at if request.HasField("at") else None
        state = await answer(context, self._queries.state, request.process_id, at)
        return pb.GetStateResponse(state_json=canonical.dumps(state).decode())

    async def _handle(
        self, request: Any, context: Call, command: Callable[[], ProposalCommand], response: Callable[..., M]
    ) -> M:
        return await carry_out(
            request,
            context,
            lambda meta, content: self._proposals.handle(meta, content, command()),
            response,
        )


def _milestone(planned: pb.PlannedMilestone) -> PlannedMilestone:
    return PlannedMilestone.model_validate(
        {
            "milestone": planned.milestone,
            "what": planned.what,
            "quantity": planned.quantity,
            "place": planned.place,
            "due": planned.due or None,
        }
    )


def _status(wanted: int) -> str | Refused | None:
    """The name of a status asked for; None when none was."""
    if wanted == pb.PROPOSAL_STATUS_UNSPECIFIED:
        return None
    for name, status in STATUSES.items():
        if status == wanted:
            return name
    expected = ", ".join(pb.ProposalStatus.Name(status) for status in STATUSES.values())
    said = "no such status"
    return Refused("invalid_argument", kind=Kind.INVALID, say=said, field="status", found=wanted, expected=expected)
