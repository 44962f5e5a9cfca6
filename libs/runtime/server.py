"""All servicers of a process on one port, with health and reflection, in a thread that runs the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_health.v1.health import aio
from grpc_reflection.v1alpha import reflection

from runtime.guard import Guard
from runtime.listening import CannotStart, loopback_address
from runtime.service import Servicer

MAX_REQUEST_BYTES = 4 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
)


class Server:
    """Serves from `start` to `stop`; sets `stopping` first, so that streams which follow the log end by themselves."""

    def __init__(
        self, servicers: Sequence[Servicer], listen: str, stopping: threading.Event, *, grace: float = 2.0
    ) -> None:
        self._servicers = tuple(servicers)
        self._address = loopback_address(listen)
        self._stopping = stopping
        self._grace = grace
        self._bound: Future[int] = Future()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="grpc", daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`: where it listens; waits until it does, and raises `CannotStart` when it cannot."""
        return f"{self._address.rpartition(':')[0]}:{self._bound.result()}"

    def start(self) -> str:
        """Listen and serve; returns the address, or raises `CannotStart` when the port is taken."""
        self._thread.start()
        return self.address

    def stop(self) -> None:
        """Take no new calls, let running ones end within the grace, then cut them off. May be called twice."""
        self._stopping.set()
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = grpc.aio.server(interceptors=(Guard(),), options=_OPTIONS)
        for servicer in self._servicers:
            servicer.add(server)
        healthy = await self._introspection(server)
        try:
            port = server.add_insecure_port(self._address)
            await server.start()
        except RuntimeError:
            self._bound.set_exception(
                CannotStart(f"cannot listen on {self._address}: another program does; choose another HOST:PORT")
            )
            return
        self._bound.set_result(port)
        await self._stop.wait()
        await healthy.enter_graceful_shutdown()
        await server.stop(self._grace)

    async def _introspection(self, server: grpc.aio.Server) -> Any:
        healthy = aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
        names = [servicer.full_name for servicer in self._servicers]
        reflection.enable_server_reflection((*names, HEALTH, reflection.SERVICE_NAME), server)
        for name in ("", *names):
            await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
        return healthy
