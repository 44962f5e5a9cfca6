"""The facts that this service puts in the log, by their published names."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias

from kernel.events import Event, catalogue

Trigger: TypeAlias = Literal["command", "date"]


class ProcessOpened(Event):
    """`charter` is whole, as `Charter.to_json` writes it; `charter_hash` is the SHA-256 of its canonical JSON."""

    TYPE: ClassVar[str] = "processes.ProcessOpened"

    process_id: str
    title: str
    organiser: str
    charter: dict[str, Any]
    charter_hash: str


class PhaseOpened(Event):
    """`due` is the instant at which the charter has it open by itself; null when a command opened it."""

    TYPE: ClassVar[str] = "processes.PhaseOpened"

    phase: str
    trigger: Trigger
    due: str | None


class PhaseClosed(Event):
    """`due` is the instant at which the charter has it close by itself; null when a command closed it."""

    TYPE: ClassVar[str] = "processes.PhaseClosed"

    phase: str
    trigger: Trigger
    due: str | None


class CharterAmended(Event):
    """`changed` lists the paths that differ from the charter whose hash is `previous_hash`."""

    TYPE: ClassVar[str] = "processes.CharterAmended"

    charter: dict[str, Any]
    charter_hash: str
    previous_hash: str
    changed: tuple[str, ...]
    reason: str
    authority: str


class ProcessCancelled(Event):
    TYPE: ClassVar[str] = "processes.ProcessCancelled"

    reason: str
    authority: str


class ProcessCompleted(Event):
    """The last phase closed."""

    TYPE: ClassVar[str] = "processes.ProcessCompleted"


EVENTS = catalogue((ProcessOpened, PhaseOpened, PhaseClosed, CharterAmended, ProcessCancelled, ProcessCompleted))
