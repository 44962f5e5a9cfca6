"""The embedded engine: the five services in one process, behind one gRPC port; the one place that imports them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import audit.wiring
import ballots.wiring
import chambers.wiring
import processes.wiring
import proposals.wiring
from audit.settings import AuditSettings
from runtime.entrance import Entrance
from runtime.followers import Follower
from runtime.listening import CannotStart
from runtime.server import Server
from runtime.service import Context, Service
from runtime.storage import DataInUse, Storage, announced, now
from runtime.telemetry import UNMEASURED, Telemetry
from runtime.telling import variable
from runtime.tokens import OneToken

__all__ = ["DataInUse", "Engine", "address_in"]

WIRINGS: tuple[Callable[[Context], Service], ...] = (
    processes.wiring.wire,
    proposals.wiring.wire,
    chambers.wiring.wire,
    ballots.wiring.wire,
    audit.wiring.wire,
)
START_SECONDS = 10.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}
"""Where this machine reaches a server that listens on all its addresses."""
PROTECTION = ("tls_cert", "tls_key", "tls_client_ca", "auth_jwks")
"""The settings that say how a server that others reach is protected."""


class Engine:
    """Everything on `data_dir`, from `start` (or `with`) to `stop`; once each.

    `listen` is HOST:PORT on this machine, port 0 for any free one. `start` raises `CannotStart` when the address cannot
    be had, `DataInUse` when another engine has the folder. What a kill left undone is done at the next start.
    """

    def __init__(
        self,
        data_dir: Path,
        listen: str = "127.0.0.1:0",
        clock: Callable[[], datetime] = now,
        *,
        timers_every: float = 1.0,
        insecure: bool = False,
        private: OneToken | None = None,
    ) -> None:
        """`insecure` was said in as many words. `private`: for whoever has this token, whatever the settings say of others."""
        instead = dict.fromkeys(PROTECTION) if private is not None else {}
        self.settings = AuditSettings.load(data_dir=data_dir, listen=listen, **instead)
        self._clock = clock
        self._timers_every, self._insecure, self._private = timers_every, insecure, private

    def start(self, measured: Telemetry = UNMEASURED) -> str:
        """Open the data, serve, follow; returns the address. An address that is never served leaves no folder behind.

        `measured` is the process's telemetry, started before and stopped after the engine by who starts it.
        """
        if self.settings.database is not None:
            raise CannotStart(
                f"{variable('database')} is set, and the embedded engine keeps its log in a folder: unset it, or run each "
                "service as a process of its own (python -m SERVICE api, python -m SERVICE worker)"
            )
        entrance = Entrance(self.settings, insecure=self._insecure, tokens=self._private)
        self._storage = Storage(self.settings, self._clock, alone=True, observer=measured.observer)
        try:
            self.context = Context(
                log=self._storage.log,
                clock=self._clock,
                views=self._storage.views,
                settings=self.settings,
                states=self._states,
            )
            self.services = tuple(wire(self.context) for wire in WIRINGS)
            self._followers = [
                Follower(service, self.context, timers_every=self._timers_every) for service in self.services
            ]
            servicers = [servicer for service in self.services for servicer in service.servicers]
            self._server = Server(
                servicers,
                entrance,
                self.context.stopping,
                observing=measured.interceptor,
                subjects={service.name: service.subject for service in self.services},
            )
            self.address = self._server.start()
            self._storage.announce(self.address)
        except BaseException:
            self._storage.close()
            raise
        measured.watch_log(self.context.log)
        for follower in self._followers:
            follower.start()
            measured.watch_follower(follower)
        return self.address

    def ready(self) -> bool:
        """Whether it serves and its log answers; raises what the log raises."""
        return self.context.log.last_position() >= 0

    def stop(self) -> None:
        """Let running calls and the records in hand finish, then close everything."""
        self._server.stop()
        for wait in (False, True):
            for follower in self._followers:
                follower.stop(wait=wait)
        self._storage.close()

    def settle(self, timeout: float = 30.0) -> bool:
        """Wait until every reaction and read model has seen the end of the log; false when that takes longer."""
        deadline = time.monotonic() + timeout
        while not all(follower.position >= self.context.log.last_position() for follower in self._followers):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def _states(self, process_id: str, at: int) -> Mapping[str, Any]:
        """The whole state of a process after its first `at` events: every service's part."""
        parts = [service.states(process_id, at) for service in self.services if service.states is not None]
        return {name: value for part in parts for name, value in part.items()}

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def address_in(data_dir: Path) -> str:
    """Where the engine that has `data_dir` open listens; raises `DataInUse` when it does not say so in time."""
    deadline = time.monotonic() + START_SECONDS
    while not (address := announced(data_dir)):
        if time.monotonic() > deadline:
            raise DataInUse(
                f"another program has {data_dir} open and serves nothing: stop it, or choose another folder"
            )
        time.sleep(0.05)
    host, _, port = address.rpartition(":")
    return f"{EVERYWHERE.get(host, host)}:{port}"
