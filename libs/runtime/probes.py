"""gRPC's health service: `liveness` is up as long as the process; '' and each service say whether it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from typing import TYPE_CHECKING, Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

if TYPE_CHECKING:
    HealthServicer = object
else:
    HealthServicer = health_pb2_grpc.HealthServicer

LIVENESS = "liveness"
ASK_SECONDS = 0.5

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Health(HealthServicer):
    """Used from one event loop. Whoever watches is told of each change, and that the server stops; then the stream ends."""

    def __init__(self, services: Collection[str], ready: Callable[[], bool]) -> None:
        """`ready` answers at once, from any thread."""
        self._names, self._ready = ("", *services), ready
        self._is_ready = ready()
        self._stopping = False
        self._changed = asyncio.Condition()

    async def Check(self, request: Any, context: Any) -> Any:  # noqa: N802  # gRPC's name
        """Asks anew: a probe is told of now."""
        await self.ask()
        status = self._status(request.service)
        if status == _UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service on this server")
        return health_pb2.HealthCheckResponse(status=status)

    async def List(self, request: Any, context: Any) -> Any:  # noqa: N802  # gRPC's name
        """Everything that can be asked for."""
        await self.ask()
        statuses = {
            name: health_pb2.HealthCheckResponse(status=self._status(name)) for name in (LIVENESS, *self._names)
        }
        return health_pb2.HealthListResponse(statuses=statuses)

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802  # gRPC's name
        """The status now, and each other one when it comes."""
        said = None
        while True:
            status = self._status(request.service)
            if status != said:
                said = status
                yield health_pb2.HealthCheckResponse(status=status)
            if self._stopping:
                return
            await self._change(request.service, said)

    async def keep_asking(self) -> None:
        """Ask for ever whether the process can do its work, for those who watch."""
        while True:
            await asyncio.sleep(ASK_SECONDS)
            await self.ask()

    async def ask(self) -> None:
        """Ask whether the process can do its work."""
        await self._set(self._ready() and not self._stopping)

    async def stop(self) -> None:
        """From now on nothing is ready, and nobody is told anything more."""
        self._stopping = True
        await self._set(False)

    async def _change(self, service: str, said: Any) -> None:
        """Wait until there is another thing to say."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._stopping or self._status(service) != said)

    async def _set(self, is_ready: bool) -> None:
        if is_ready != self._is_ready or self._stopping:
            self._is_ready = is_ready
            async with self._changed:
                self._changed.notify_all()

    def _status(self, service: str) -> Any:
        if service == LIVENESS:
            return _SERVING
        if service not in self._names:
            return _UNKNOWN
        return _SERVING if self._is_ready else _NOT_SERVING
