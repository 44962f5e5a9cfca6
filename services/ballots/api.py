"""The gRPC servicer: translate, call the application, map refusals to status codes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import grpc

from ballots.application import Ballots, SubmittedBallot
from ballots.domain.sheets import FileCountSheet
from ballots.domain.stations import RegisterStation
from ballots.gathering import Gathering
from ballots.messages import ballot, box_message, box_summary, result, totals
from ballots.queries import Queries
from ballots.streaming import Turns
from comitia.ballots.v1 import ballots_pb2 as pb
from comitia.ballots.v1 import ballots_pb2_grpc
from comitia.common.v1 import common_pb2
from eventlog.application import CommandMeta, Receipt
from kernel import canonical
from kernel.refusal import Kind, Refused
from runtime import refusals, servicing
from runtime.servicing import MAX_KEY, answer, carry_out

Call: TypeAlias = grpc.aio.ServicerContext[Any, Any]

MAX_BALLOTS = 1000
"""Of one message of a stream."""


class BallotsServicer(ballots_pb2_grpc.BallotsServiceServicer):
    def __init__(self, ballots: Ballots, queries: Queries) -> None:
        self._ballots, self._queries = ballots, queries
        self._gathering = Gathering(ballots.cast_many)

    async def RegisterStation(self, request: pb.RegisterStationRequest, context: Call) -> pb.RegisterStationResponse:
        def register(meta: CommandMeta, content: bytes) -> tuple[Receipt, ...] | Refused:
            unit = request.unit if request.HasField("unit") else None
            command = RegisterStation(box=request.box, station=request.station, key=request.key, unit=unit)
            return self._ballots.register_station(request.process_id, meta, content, command)

        return await carry_out(request, context, register, pb.RegisterStationResponse)

    async def CastBallot(self, request: pb.CastBallotRequest, context: Call) -> pb.CastBallotResponse:
        """Those that come together are committed together; however the call ends, what it began is committed."""
        meta = servicing.command(request, context)
        if isinstance(meta, Refused):
            await refusals.abort(context, meta)
        given = ballot(meta, request.box, request.voter, request.choice, request.channel)
        done = await self._gathering.cast(request.process_id, given)
        if isinstance(done, Refused):
            await refusals.abort(context, done)
        return pb.CastBallotResponse(receipts=servicing.receipts((done,)))

    async def CastBallots(
        self, requests: AsyncIterator[pb.CastBallotsRequest], context: Call
    ) -> AsyncIterator[pb.CastBallotsResponse]:
        """Each message is one transaction; answers keep the order."""
        turns = Turns(partial(translate, context=context), self._commit, answers)
        async for response in turns.answers(requests):
            yield response

    async def FileCountSheet(self, request: pb.FileCountSheetRequest, context: Call) -> pb.FileCountSheetResponse:
        def file(meta: CommandMeta, content: bytes) -> tuple[Receipt, ...] | Refused:
            given = totals(request)
            if isinstance(given, Refused):
                return given
            sheet = FileCountSheet.model_validate(
                {
                    "process_id": request.process_id,
                    "box": request.box,
                    "station": request.station,
                    "unit": request.unit if request.HasField("unit") else None,
                    "voters": request.voters,
                    "totals": given,
                    "blank": request.blank,
                    "invalid": request.invalid,
                    "replaces": request.replaces if request.HasField("replaces") else None,
                    "note": request.note,
                    "signature": request.signature,
                }
            )
            return self._ballots.file_count_sheet(meta, content, sheet)

        return await carry_out(request, context, file, pb.FileCountSheetResponse)

    async def SealBox(self, request: pb.SealBoxRequest, context: Call) -> pb.SealBoxResponse:
        def seal(meta: CommandMeta, content: bytes) -> tuple[Receipt, ...] | Refused:
            return self._ballots.seal_box(request.process_id, meta, content, request.box)

        return await carry_out(request, context, seal, pb.SealBoxResponse)

    async def GetBox(self, request: pb.GetBoxRequest, context: Call) -> pb.GetBoxResponse:
        shown = await answer(context, self._queries.box, request.process_id, request.box)
        return pb.GetBoxResponse(box=box_message(shown))

    async def ListBoxes(self, request: pb.ListBoxesRequest, context: Call) -> pb.ListBoxesResponse:
        rows, token = await answer(
            context, self._queries.page, request.process_id, size=request.page_size, token=request.page_token
        )
        return pb.ListBoxesResponse(boxes=[box_summary(row) for row in rows], next_page_token=token)

    async def GetState(self, request: pb.GetStateRequest, context: Call) -> pb.GetStateResponse:
        at = request.at if request.HasField("at") else None
        state = await answer(context, self._queries.state, request.process_id, at)
        return pb.GetStateResponse(state_json=canonical.dumps(state).decode())

    def _commit(self, batch: Batch) -> Sequence[Receipt | Refused]:
        """Blocking: one transaction."""
        return self._ballots.cast_many(batch.process_id, batch.box, batch.ballots) if batch.ballots else ()


@dataclass(frozen=True)
class Batch:
    """A message of a stream, translated: `ballots` with their places among `results`, which hold a refusal elsewhere."""

    process_id: str
    box: str
    ballots: Sequence[SubmittedBallot]
    places: Sequence[int]
    results: Sequence[Refused]


@dataclass(frozen=True)
class _Frame:
    command: common_pb2.Command


def answers(batch: Batch, done: Sequence[Receipt | Refused]) -> pb.CastBallotsResponse:
    """One result for each ballot of a message, in its place; `done` are those of its `ballots`."""
    results: list[Receipt | Refused] = list(batch.results)
    for place, outcome in zip(batch.places, done, strict=True):
        results[place] = outcome
    return pb.CastBallotsResponse(results=[result(each) for each in results])


def translate(request: pb.CastBallotsRequest, context: Call | None = None) -> Batch:
    """What a message asks for. What is wrong with its frame refuses each of its ballots, and never ends the stream."""
    number = len(request.ballots)
    frame = common_pb2.Command(idempotency_key="-", actor=request.actor, correlation_id=request.correlation_id)
    sender = servicing.command(_Frame(frame), context)
    if number > MAX_BALLOTS:
        say = f"send at most {MAX_BALLOTS} ballots in a message"
        sender = Refused("too_many_ballots", kind=Kind.INVALID, say=say, found=number, maximum=MAX_BALLOTS)
    if isinstance(sender, Refused):
        return Batch(request.process_id, request.box, (), (), (sender,) * number)
    box, ballots, places = request.box, [], []
    for place, each in enumerate(request.ballots):
        key = each.idempotency_key
        if 1 <= len(key) <= MAX_KEY:
            meta = CommandMeta(key, sender.actor, sender.correlation_id, sender.traceparent)
            ballots.append(ballot(meta, box, each.voter, each.choice, each.channel))
            places.append(place)
    return Batch(request.process_id, box, ballots, places, (_KEY_WRONG,) * number)


_KEY_WRONG = Refused(
    "invalid_argument",
    kind=Kind.INVALID,
    say="the ballot's idempotency key is not well formed",
    field="idempotency_key",
    expected=f"1 to {MAX_KEY} characters, new for each ballot",
)
