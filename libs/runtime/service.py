"""What a service hands to the runtime: its gRPC servicers, its read models, and its tables of reactions and timers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias

import grpc

from eventlog.contract import LogRecorder
from kernel.records import Record
from runtime.caller import NOTHING, About
from runtime.leases import Leases
from runtime.settings import Settings
from runtime.views import Projection, Views

Reaction: TypeAlias = Callable[[Record], object]
"""Does what follows from one record, once: it ends in `application.react`, which saves position and events together."""

Timer: TypeAlias = Callable[[datetime], object]
"""Called about once a second with the time it is; what it does must be safe to do again."""

StateReader: TypeAlias = Callable[[str, int | None], Mapping[str, Any]]
"""This service's part of a process's state after its first `at` events (`None`: all)."""


Subject: TypeAlias = Callable[[str, Any], About]
"""What a request is about where it does not say so itself: method (`ballots.CastBallot`) and request. May block."""


@dataclass(frozen=True)
class Servicer:
    """One gRPC service: its full proto name (for health and reflection) and how to put it on a server."""

    full_name: str
    add: Callable[[grpc.aio.Server], None]


@dataclass(frozen=True)
class Context:
    """What the composition root gives every service. `stopping` is set at shutdown: long streams end on it.

    `leases` is None where no other process can follow the log for the same service. `states`, where all services are in
    this process, is the whole state of a process of the log after its first `at` events; elsewhere the others are asked.
    """

    log: LogRecorder
    clock: Callable[[], datetime]
    views: Views
    settings: Settings
    leases: Leases | None = None
    states: Callable[[str, int], Mapping[str, Any]] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)


def _nothing() -> None:
    """Most services check nothing before they start."""


@dataclass(frozen=True)
class Service:
    """A service, wired. `reactions` maps an event type to its policy; nothing else of the log is read for reacting.

    `before_start` is called by a process of its own before it serves or follows; it raises `CannotStart`.
    """

    name: str
    servicers: tuple[Servicer, ...]
    projections: tuple[Projection, ...] = ()
    reactions: Mapping[str, Reaction] = field(default_factory=lambda: MappingProxyType({}))
    timers: Mapping[str, Timer] = field(default_factory=lambda: MappingProxyType({}))
    states: StateReader | None = None
    before_start: Callable[[], None] = _nothing
    subject: Subject = lambda method, request: NOTHING

    @property
    def tracking_name(self) -> str:
        """Under what name the log keeps how far this service's reactions have come."""
        return f"{self.name}.reactions"
