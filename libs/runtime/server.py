"""All servicers of a process on one port behind the door, with health and reflection, in a thread with the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any

import grpc
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_reflection.v1alpha import reflection

from runtime.caller import NOTHING, About
from runtime.door import Door
from runtime.entrance import Entrance
from runtime.guard import Guard
from runtime.listening import CannotStart
from runtime.permissions import PERMISSIONS, Table
from runtime.probes import Health
from runtime.service import Servicer, Subject

ENDING_SECONDS = 1.0
NO_SUBJECTS: Mapping[str, Subject] = MappingProxyType({})


class Server:
    """Serves from `start` to `stop`; sets `stopping` first, so that streams which follow the log end by themselves."""

    def __init__(
        self,
        servicers: Sequence[Servicer],
        entrance: Entrance,
        stopping: threading.Event,
        *,
        ready: Callable[[], bool] = lambda: True,
        observing: Any = None,
        subjects: Mapping[str, Subject] = NO_SUBJECTS,
        table: Table = PERMISSIONS,
    ) -> None:
        """`ready` answers at once; `observing` is telemetry's interceptor, before all else; `subjects` are the services'."""
        self._servicers = tuple(servicers)
        self._entrance, self._stopping, self._ready = entrance, stopping, ready
        door = Door(entrance.tokens, entrance.limits, _lookup(subjects), table)
        self._interceptors = (Guard(door),) if observing is None else (observing, Guard(door))
        self._bound: Future[int] = Future()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="grpc", daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`: where it listens; waits until it does, and raises `CannotStart` when it cannot."""
        return f"{self._entrance.address.rpartition(':')[0]}:{self._bound.result()}"

    def start(self) -> str:
        """Listen and serve; returns the address, or raises `CannotStart` when the port is taken."""
        self._thread.start()
        return self.address

    def stop(self) -> None:
        """Be ready no more, take no new calls, cut running ones off after `drain_seconds`. May be called twice."""
        self._stopping.set()
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        settings, address = self._entrance.settings, self._entrance.address
        options = (
            ("grpc.max_receive_message_length", settings.max_request_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_concurrent_streams", settings.max_streams),
            ("grpc.so_reuseport", 0),
        )
        server = grpc.aio.server(interceptors=self._interceptors, options=options)
        for servicer in self._servicers:
            servicer.add(server)
        health = self._introspection(server)
        try:
            port = self._listen(server, address)
            await server.start()
        except RuntimeError:
            taken = f"cannot listen on {address}: another program does; choose another HOST:PORT"
            self._bound.set_exception(CannotStart(taken))
            return
        beside = [asyncio.create_task(health.keep_asking())]
        if self._entrance.tokens is not None:
            beside.append(asyncio.create_task(self._entrance.tokens.follow_keys()))
        self._bound.set_result(port)
        await self._stop.wait()
        for task in beside:
            task.cancel()
        await health.stop()
        await server.stop(settings.drain_seconds)
        await _calls_have_ended()

    def _listen(self, server: grpc.aio.Server, address: str) -> int:
        if self._entrance.certificates is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, self._entrance.certificates.credentials())

    def _introspection(self, server: grpc.aio.Server) -> Health:
        names = [servicer.full_name for servicer in self._servicers]
        health = Health(names, self._ready)
        health_pb2_grpc.add_HealthServicer_to_server(health, server)
        reflection.enable_server_reflection((*names, HEALTH, reflection.SERVICE_NAME), server)
        return health


async def _calls_have_ended() -> None:
    """What gRPC still does for calls that were cut off: interrupted in it, it prints a traceback of its own."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    if rest:
        await asyncio.wait(rest, timeout=ENDING_SECONDS)


def _lookup(subjects: Mapping[str, Subject]) -> Callable[[str, Any], About]:
    def look_up(method: str, request: Any) -> About:
        subject = subjects.get(method.partition(".")[0])
        return NOTHING if subject is None else subject(method, request)

    return look_up
