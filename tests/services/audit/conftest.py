"""A running audit service over gRPC, on a log to which tests append; the other services' states are stand-ins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest

from audit.settings import AuditSettings
from audit.wiring import wire
from comitia.audit.v1 import audit_pb2 as pb
from comitia.audit.v1 import audit_pb2_grpc as pb_grpc
from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.chambers.v1 import chambers_pb2, chambers_pb2_grpc
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from comitia.proposals.v1 import proposals_pb2, proposals_pb2_grpc
from kernel.ids import event_id
from kernel.records import NewRecord, Record
from runtime.refusals import refusal_of
from runtime.server import Server
from runtime.service import Context, Service, Servicer
from runtime.storage import Storage
from tests.entrances import anywhere

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROCESS = "budget-2026"
ORIGIN = f"town.example/process/{PROCESS}"
STAND_INS: tuple[tuple[str, Any, Any, dict[str, Any]], ...] = (
    ("processes", processes_pb2, processes_pb2_grpc, {"process": {"phase": "vote"}}),
    ("proposals", proposals_pb2, proposals_pb2_grpc, {"proposals": {}, "shortlists": {}}),
    ("chambers", chambers_pb2, chambers_pb2_grpc, {"rolls": {}, "motions": {}}),
    ("ballots", ballots_pb2, ballots_pb2_grpc, {"boxes": {}}),
)


def stand_in(name: str, messages: Any, stubs: Any, state: dict[str, Any]) -> Servicer:
    """A service that answers GetState, with the size it was asked for, and nothing else."""
    title = f"{name.capitalize()}Service"

    async def get_state(request: Any, context: Any) -> Any:
        return messages.GetStateResponse(state_json=json.dumps({**state, f"{name}_at": request.at}))

    servicer = getattr(stubs, f"{title}Servicer")()
    servicer.GetState = get_state
    add = getattr(stubs, f"add_{title}Servicer_to_server")
    return Servicer(f"comitia.{name}.v1.{title}", lambda server: add(servicer, server))


class Town:
    """The running service, what it runs on, and a client of it."""

    def __init__(self, folder: Path, stand_ins: bool = True) -> None:
        self.settings = AuditSettings(data_dir=folder / "data", listen="127.0.0.1:0", deployment="town.example")
        self.storage = Storage(self.settings, lambda: NOON, alone=True)
        self.log = self.storage.log
        self.context = Context(log=self.log, clock=lambda: NOON, views=self.storage.views, settings=self.settings)
        try:
            self.service: Service = wire(self.context)
        except BaseException:
            self.storage.close()
            raise
        others = [stand_in(*one) for one in STAND_INS] if stand_ins else []
        self.server = Server((*self.service.servicers, *others), anywhere(), self.context.stopping)
        self.storage.announce(self.server.start())
        self.channel = grpc.insecure_channel(self.server.address)
        self.closed = False
        self.audit = pb_grpc.AuditServiceStub(self.channel)

    def happen(
        self, type_: str = "ballots.BallotCast", *, process: str = PROCESS, times: int = 1, **data: Any
    ) -> Record:
        """Append events of a type to a process; returns the last record."""
        stream = f"things/{process}"
        version = self.log.versions([stream])[stream]
        payload = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        new = [
            NewRecord(
                process_id=process,
                stream_id=stream,
                stream_version=version + number,
                event_id=event_id(f"{process}.{version + number}", 0),
                type=type_,
                schema=1,
                actor="ana",
                correlation_id="",
                causation_id=None,
                traceparent=None,
                payload=payload,
                salt=(version + number).to_bytes(32, "big"),
            )
            for number in range(1, times + 1)
        ]
        return self.log.append(new)[-1]

    def react(self, record: Record) -> None:
        """What the follower does with a record."""
        self.service.reactions[record.type](record)

    def bundle(self, **request: Any) -> bytes:
        """A process's bundle."""
        return b"".join(one.chunk for one in self.audit.GetBundle(pb.GetBundleRequest(process_id=PROCESS, **request)))

    def close(self) -> None:
        """Stop everything; may be called twice."""
        if self.closed:
            return
        self.closed = True
        self.channel.close()
        self.server.stop()
        self.storage.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A running service."""
    running = Town(tmp_path)
    yield running
    running.close()


@pytest.fixture
def found_towns(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Starts services on one data folder, one after the other."""
    running: list[Town] = []

    def start(**options: Any) -> Town:
        if running:
            running.pop().close()
        running.append(Town(tmp_path, **options))
        return running[-1]

    yield start
    for one in running:
        one.close()


def refusal(call: Callable[..., Any], request: Any) -> tuple[str, str, dict[str, str]]:
    """Why a call was refused: its gRPC code, its reason and its numbers. A stream is read until it is."""

    def ask() -> object:
        answer = call(request)
        return list(answer) if hasattr(answer, "__next__") else answer

    with pytest.raises(grpc.RpcError) as caught:
        ask()
    found = refusal_of(caught.value)
    assert found.sentence
    return caught.value.code().name, found.reason, dict(found.metadata)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at the same time; returns their answers."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
