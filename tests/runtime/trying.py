"""A server to try the door on: calls that wait until they are let go, streams that go on, a log that cannot be used."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from comitia.common.v1.common_pb2 import Command
from eventlog.contract import LogBusy, LogFull, LogUnreachable
from runtime.entrance import Entrance
from runtime.permissions import EVERYONE, Rule
from runtime.refusals import Refusal, refusal_of
from runtime.server import Server
from runtime.service import Servicer
from tests.runtime.issuing import bearer

TABLE = {f"trial.Trial/{name}": Rule(EVERYONE) for name in ("Wait", "Go", "Each")}
BROKEN = {
    "unreachable": LogUnreachable("the log does not answer: send it again"),
    "full": LogFull("the disk is full"),
    "busy": LogBusy("others hold it"),
}


class Trial:
    """Calls that wait until they are let go, streams that go on, and a log that cannot be used."""

    def __init__(self) -> None:
        self.running = threading.Semaphore(0)
        self.let_go = threading.Event()

    async def wait(self, request: Command, context: Any) -> Command:
        """Until it is let go."""
        self.running.release()
        while not self.let_go.is_set():
            await asyncio.sleep(0.01)
        return request

    async def go(self, request: Command, context: Any) -> AsyncIterator[Command]:
        """An answer every now and then, for ever."""
        while True:
            yield request
            await asyncio.sleep(0.02)

    async def each(self, requests: AsyncIterator[Command], context: Any) -> AsyncIterator[Command]:
        """Echoes; breaks as it is told to."""
        async for one in requests:
            if one.actor in BROKEN:
                raise BROKEN[one.actor]
            yield one

    def add(self, server: grpc.aio.Server) -> None:
        coding: dict[str, Any] = {
            "request_deserializer": Command.FromString,
            "response_serializer": Command.SerializeToString,
        }
        handlers = {
            "Wait": grpc.unary_unary_rpc_method_handler(self.wait, **coding),
            "Go": grpc.unary_stream_rpc_method_handler(self.go, **coding),
            "Each": grpc.stream_stream_rpc_method_handler(self.each, **coding),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("trial.Trial", handlers),))


class Client:
    """A connection to a trial server."""

    def __init__(self, channel: Any, trial: Trial) -> None:
        self.channel, self.trial = channel, trial

    def wait(self, token: str = "") -> Any:
        """A call that waits, begun."""
        rpc = self.channel.unary_unary("/trial.Trial/Wait")
        return rpc.future(told("ana"), metadata=bearer(token) if token else (), timeout=30)

    def go(self, token: str = "") -> Any:
        """A stream without an end, begun."""
        return self.channel.unary_stream("/trial.Trial/Go")(
            told("ana"), metadata=bearer(token) if token else (), timeout=30
        )

    def each(self, *sent: bytes, token: str = "") -> list[Any]:
        """The answers to a stream, and how it ended."""
        rpc = self.channel.stream_stream("/trial.Trial/Each")
        answers: list[Any] = []
        try:
            for answer in rpc(iter(sent), metadata=bearer(token) if token else (), timeout=30):
                answers.append(answer)
        except grpc.RpcError as error:
            answers.append((error.code().name, refusal_of(error).reason))
        return answers

    def ended(self, begun: Any) -> Refusal | None:
        """The refusal of a call that was begun; None when it was answered."""
        try:
            begun.result()
        except grpc.RpcError as error:
            return refusal_of(error)
        return None


@contextmanager
def trying(entrance: Entrance) -> Iterator[Client]:
    trial = Trial()
    server = Server((Servicer("trial.Trial", trial.add),), entrance, threading.Event(), table=TABLE)
    with grpc.insecure_channel(server.start()) as channel:
        yield Client(channel, trial)
    trial.let_go.set()
    server.stop()


def raw(channel: Any, method: str, arity: str = "unary_unary") -> Any:
    """A method as bytes."""
    return getattr(channel, arity)(method)


def told(actor: str) -> bytes:
    return Command(actor=actor).SerializeToString()
