"""The base of every domain event: frozen, strict, and known by a published name that never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from kernel import canonical


class Event(BaseModel):
    """A fact. Subclasses set `TYPE` (`ballots.BallotCast`) and, once changed, `SCHEMA`; fields are JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    def payload(self) -> bytes:
        """RFC 8785 bytes: what is stored and what is committed to."""
        return canonical.dumps(self.model_dump(mode="json"))


Catalogue = Mapping[str, type[Event]]


def catalogue(events: Iterable[type[Event]]) -> Catalogue:
    """Index event classes by published name; raises `ValueError` when two share one."""
    found: dict[str, type[Event]] = {}
    for event in events:
        if event.TYPE in found:
            raise ValueError(f"two events are named {event.TYPE}")
        found[event.TYPE] = event
    return MappingProxyType(found)
