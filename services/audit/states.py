"""The published state of a process at an event, asked of the four services that hold its parts, over gRPC."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import grpc

from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.chambers.v1 import chambers_pb2, chambers_pb2_grpc
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from comitia.proposals.v1 import proposals_pb2, proposals_pb2_grpc
from kernel.refusal import Refused
from runtime.credentials import PLAIN, Credentials, NoAddress, channel
from runtime.listening import CannotStart
from runtime.refusals import refusal_of
from runtime.telemetry import tracing

States = Callable[[str, int], Mapping[str, Any] | Refused]
"""The whole state of a process after its first so many events."""

SECONDS = 300.0
_OPTIONS = (("grpc.max_receive_message_length", -1),)
_SERVICES: tuple[tuple[str, Callable[[grpc.Channel], Any], Callable[..., Any]], ...] = (
    ("processes", processes_pb2_grpc.ProcessesServiceStub, processes_pb2.GetStateRequest),
    ("proposals", proposals_pb2_grpc.ProposalsServiceStub, proposals_pb2.GetStateRequest),
    ("chambers", chambers_pb2_grpc.ChambersServiceStub, chambers_pb2.GetStateRequest),
    ("ballots", ballots_pb2_grpc.BallotsServiceStub, ballots_pb2.GetStateRequest),
)


class ServiceStates:
    """Asks each service in turn. Blocking: call it from a thread that waits."""

    def __init__(self, address_of: Callable[[str], str], credentials: Credentials = PLAIN) -> None:
        """`address_of` gives HOST:PORT of a service by name, or '' while it is not known."""
        self._address_of, self._credentials = address_of, credentials

    def __call__(self, process_id: str, at: int) -> Mapping[str, Any] | Refused:
        state: dict[str, Any] = {}
        for name, stub, request in _SERVICES:
            part = self._ask(name, stub, request(process_id=process_id, at=at))
            if isinstance(part, Refused):
                return part
            state |= part
        return state

    def _ask(self, name: str, stub: Callable[[grpc.Channel], Any], request: Any) -> dict[str, Any] | Refused:
        address = self._address_of(name)
        if not address:
            return _unavailable(name, address, "its address is not known")
        try:
            with channel(address, self._credentials, _OPTIONS) as opened:
                answer = stub(opened).GetState(request, timeout=SECONDS, metadata=tracing.outgoing())
        except (CannotStart, NoAddress) as error:
            return _unavailable(name, address, str(error))
        except grpc.RpcError as error:
            refusal = refusal_of(error)
            return _unavailable(name, address, f"{refusal.reason}: {refusal.sentence}")
        part: dict[str, Any] = json.loads(answer.state_json)
        return part


def _unavailable(name: str, address: str, why: str) -> Refused:
    return Refused(
        "state_unavailable",
        say=f"the {name} service does not say the process's state; start it, or set COMITIA_AUDIT_{name.upper()}",
        service=name,
        address=address,
        why=why[:200],
    )
