"""The gRPC servicer: translate, call the application, map refusals to status codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import grpc
from google.protobuf.message import Message

from chambers.application import Chambers
from chambers.domain.commands import (
    EnrolMembers,
    GiveCastingVote,
    MotionCommand,
    ProposeMotion,
    PutMotion,
    RaiseObjection,
    RemoveMember,
    RollCommand,
    TestObjection,
    UpdateMember,
    WithdrawMotion,
)
from chambers.messages import frozen_message, listed_message, member_message, motion_message
from chambers.queries import Queries
from comitia.chambers.v1 import chambers_pb2 as pb
from comitia.chambers.v1 import chambers_pb2_grpc
from kernel import canonical
from runtime.servicing import answer, carry_out

Call: TypeAlias = grpc.aio.ServicerContext[Any, Any]
M = TypeVar("M", bound=Message)

CHOICES = {pb.CASTING_CHOICE_YES: "yes", pb.CASTING_CHOICE_NO: "no"}


class ChambersServicer(chambers_pb2_grpc.ChambersServiceServicer):
    def __init__(self, chambers: Chambers, queries: Queries) -> None:
        self._chambers, self._queries = chambers, queries

    async def EnrolMembers(self, request: pb.EnrolMembersRequest, context: Call) -> pb.EnrolMembersResponse:
        def command() -> EnrolMembers:
            members = [_member(each) for each in request.members]
            return EnrolMembers.model_validate(
                {"process_id": request.process_id, "chamber": request.chamber, "members": members}
            )

        return await self._change_roll(request, context, command, pb.EnrolMembersResponse)

    async def UpdateMember(self, request: pb.UpdateMemberRequest, context: Call) -> pb.UpdateMemberResponse:
        def command() -> UpdateMember:
            return UpdateMember.model_validate(
                {"process_id": request.process_id, "chamber": request.chamber, "member": _member(request.member)}
            )

        return await self._change_roll(request, context, command, pb.UpdateMemberResponse)

    async def RemoveMember(self, request: pb.RemoveMemberRequest, context: Call) -> pb.RemoveMemberResponse:
        def command() -> RemoveMember:
            return RemoveMember(
                process_id=request.process_id, chamber=request.chamber, member=request.member, reason=request.reason
            )

        return await self._change_roll(request, context, command, pb.RemoveMemberResponse)

    async def ProposeMotion(self, request: pb.ProposeMotionRequest, context: Call) -> pb.ProposeMotionResponse:
        def command() -> ProposeMotion:
            return ProposeMotion(
                process_id=request.process_id,
                motion=request.motion,
                matter=request.matter,
                title=request.title,
                text=request.text,
                mover=request.mover if request.HasField("mover") else request.command.actor,
            )

        return await self._handle(request, context, command, pb.ProposeMotionResponse)

    async def PutMotion(self, request: pb.PutMotionRequest, context: Call) -> pb.PutMotionResponse:
        def command() -> PutMotion:
            return PutMotion(process_id=request.process_id, motion=request.motion)

        return await self._handle(request, context, command, pb.PutMotionResponse)

    async def WithdrawMotion(self, request: pb.WithdrawMotionRequest, context: Call) -> pb.WithdrawMotionResponse:
        def command() -> WithdrawMotion:
            return WithdrawMotion(process_id=request.process_id, motion=request.motion, reason=request.reason)

        return await self._handle(request, context, command, pb.WithdrawMotionResponse)

    async def GiveCastingVote(self, request: pb.GiveCastingVoteRequest, context: Call) -> pb.GiveCastingVoteResponse:
        def command() -> GiveCastingVote:
            return GiveCastingVote.model_validate(
                {
                    "process_id": request.process_id,
                    "motion": request.motion,
                    "chamber": request.chamber,
                    "member": request.member,
                    "choice": CHOICES.get(request.choice, ""),
                }
            )

        return await self._handle(request, context, command, pb.GiveCastingVoteResponse)

    async def RaiseObjection(self, request: pb.RaiseObjectionRequest, context: Call) -> pb.RaiseObjectionResponse:
        def command() -> RaiseObjection:
            return RaiseObjection(
                process_id=request.process_id,
                motion=request.motion,
                chamber=request.chamber,
                member=request.member,
                reason=request.reason,
            )

        return await self._handle(request, context, command, pb.RaiseObjectionResponse)

    async def TestObjection(self, request: pb.TestObjectionRequest, context: Call) -> pb.TestObjectionResponse:
        def command() -> TestObjection:
            told = ("process_id", "motion", "chamber", "member", "tester", "reason")
            criteria = [_criterion(each) for each in request.criteria]
            return TestObjection.model_validate(
                {**{name: getattr(request, name) for name in told}, "criteria": criteria}
            )

        return await self._handle(request, context, command, pb.TestObjectionResponse)

    async def GetRoll(self, request: pb.GetRollRequest, context: Call) -> pb.GetRollResponse:
        page = await answer(
            context,
            self._queries.roll,
            request.process_id,
            request.chamber,
            size=request.page_size,
            token=request.page_token,
        )
        return pb.GetRollResponse(
            chamber=request.chamber,
            members=[member_message(each) for each in page.members],
            total=page.total,
            next_page_token=page.token,
            frozen=[frozen_message(each) for each in page.frozen],
        )

    async def GetMotion(self, request: pb.GetMotionRequest, context: Call) -> pb.GetMotionResponse:
        found = await answer(context, self._queries.motion, request.process_id, request.motion)
        return pb.GetMotionResponse(motion=motion_message(request.motion, found.state))

    async def ListMotions(self, request: pb.ListMotionsRequest, context: Call) -> pb.ListMotionsResponse:
        listed, token = await answer(
            context, self._queries.page, request.process_id, size=request.page_size, token=request.page_token
        )
        return pb.ListMotionsResponse(motions=[listed_message(each) for each in listed], next_page_token=token)

    async def GetState(self, request: pb.GetStateRequest, context: Call) -> pb.GetStateResponse:
        at = request.at if request.HasField("at") else None
        state = await answer(context, self._queries.state, request.process_id, at)
        return pb.GetStateResponse(state_json=canonical.dumps(state).decode())

    async def _change_roll(
        self, request: Any, context: Call, command: Callable[[], RollCommand], response: Callable[..., M]
    ) -> M:
        return await carry_out(
            request, context, lambda meta, content: self._chambers.change_roll(meta, content, command()), response
        )

    async def _handle(
        self, request: Any, context: Call, command: Callable[[], MotionCommand], response: Callable[..., M]
    ) -> M:
        return await carry_out(
            request, context, lambda meta, content: self._chambers.handle(meta, content, command()), response
        )


def _criterion(given: pb.Criterion) -> dict[str, Any]:
    """`met` must be said: what is absent is not taken for a no."""
    return {"criterion": given.criterion, **({"met": given.met} if given.HasField("met") else {})}


def _member(given: pb.Member) -> dict[str, Any]:
    """What was given of a member; what was not is left to its default."""
    mandate = given.mandate
    return {
        "member": given.member,
        "weight": given.weight if given.HasField("weight") else 1,
        "roles": list(given.roles),
        "unit": given.unit if given.HasField("unit") else None,
        "mandate": {
            "from": mandate.from_date if mandate.HasField("from_date") else None,
            "until": mandate.until_date if mandate.HasField("until_date") else None,
        },
    }
