"""Every service of the contracts on one server, each method answering with an empty message: what the door is tried on."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from comitia.audit.v1 import audit_pb2
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from runtime.caller import About
from runtime.entrance import Entrance
from runtime.refusals import Refusal, refusal_of
from runtime.server import Server
from runtime.service import Servicer

CONTRACTS = (processes_pb2, proposals_pb2, chambers_pb2, ballots_pb2, audit_pb2)
SERVICES: tuple[ServiceDescriptor, ...] = tuple(
    service for contract in CONTRACTS for service in contract.DESCRIPTOR.services_by_name.values()
)
METHODS: Mapping[str, MethodDescriptor] = {
    f"{service.full_name.split('.')[1]}.{method.name}": method for service in SERVICES for method in service.methods
}
"""By their short names."""

BOX_OF_THE_BOARD = "board.1"
OWN = "ana"


def about(method: str, request: Any) -> About:
    """Boxes and motions of two chambers; proposals and motions are from who they are named after."""
    box = getattr(request, "box", "")
    name = getattr(request, "motion", "") or getattr(request, "proposal", "")
    chambers = {BOX_OF_THE_BOARD: {"board"}, "both": {"board", "workers"}, "moved by ana": {"workers"}}
    found = chambers.get(box or getattr(request, "matter", "") or name, set())
    return About(frozenset(found), name.removeprefix("moved by ") if name.startswith("moved by ") else name or None)


@contextmanager
def serving(entrance: Entrance, **options: Any) -> Iterator[Server]:
    """All services, behind this entrance."""
    servicers = [Servicer(service.full_name, partial(_add, service)) for service in SERVICES]
    subjects = {service.full_name.split(".")[1]: about for service in SERVICES}
    server = Server(servicers, entrance, threading.Event(), subjects=subjects, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def request(method: MethodDescriptor, sub: str, **fields: Any) -> Any:
    """A request of who is called `sub` about what is their own, in so far as the method has such fields."""
    made: Any = message_factory.GetMessageClass(method.input_type)()
    names = method.input_type.fields_by_name
    if "command" in names:
        made.command.actor = sub
        made.command.idempotency_key = "k"
    if "ballots" in names:
        made.ballots.add(voter=sub, idempotency_key="k")
    defaults = {"process_id": "p", "chamber": "board", "box": BOX_OF_THE_BOARD, "actor": sub}
    own = dict.fromkeys(("voter", "author", "mover", "proposal", "motion", "tester"), sub)
    member = {} if names.get("member") is None or names["member"].message_type else {"member": sub}
    for name, value in (defaults | own | member | fields).items():
        if name in names:
            setattr(made, name, value)
    return made


def call(channel: grpc.Channel, method: MethodDescriptor, *requests: Any, token: str = "") -> list[Any]:
    """The answers to a call; raises `grpc.RpcError`."""
    arity = "_".join("stream" if streams else "unary" for streams in (method.client_streaming, method.server_streaming))
    path = f"/{method.containing_service.full_name}/{method.name}"
    rpc = getattr(channel, arity)(
        path,
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
    )
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    answer = rpc(iter(requests) if method.client_streaming else requests[0], metadata=metadata, timeout=30)
    return list(answer) if method.server_streaming else [answer]


def refused(channel: grpc.Channel, method: MethodDescriptor, *requests: Any, token: str = "") -> Refusal | None:
    """The refusal of a call; None when it was answered. Its code is told in the metadata as `code`."""
    try:
        call(channel, method, *requests, token=token)
    except grpc.RpcError as error:
        told = refusal_of(error)
        return told._replace(metadata={**told.metadata, "code": error.code().name})
    return None


def _add(service: ServiceDescriptor, server: grpc.aio.Server) -> None:
    handlers = {method.name: _handler(method) for method in service.methods}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))


def _handler(method: MethodDescriptor) -> Any:
    answer = message_factory.GetMessageClass(method.output_type)
    coding: dict[str, Any] = {
        "request_deserializer": message_factory.GetMessageClass(method.input_type).FromString,
        "response_serializer": answer.SerializeToString,
    }

    async def one(request: Any, context: Any) -> Any:
        return answer()

    async def many(request: Any, context: Any) -> AsyncIterator[Any]:
        yield answer()

    async def each(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        async for _ in requests:
            yield answer()

    if method.client_streaming:
        return grpc.stream_stream_rpc_method_handler(each, **coding)
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(many, **coding)
    return grpc.unary_unary_rpc_method_handler(one, **coding)
