"""The base of every domain event: frozen, strict, known by a published name that never changes, and read in every schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from kernel import canonical
from kernel.records import NewRecord


class UnknownSchema(ValueError):
    """A record has a schema of its event that this version of Comitia does not know: a newer one wrote it."""


class Event(BaseModel):
    """A fact. Subclasses set `TYPE` (`ballots.BallotCast`) and, once changed, `SCHEMA`; fields are JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    def payload(self) -> bytes:
        """RFC 8785 bytes: what is stored and what is committed to."""
        return canonical.dumps(self.model_dump(mode="json"))

    @classmethod
    def read(cls, record: NewRecord) -> Self:
        """The event of a record of this type, in this schema or an older one.

        The only place in the services where older schemas are read. Raises `UnknownSchema`, or another `ValueError` for
        a payload that is none of its schema.
        """
        if record.schema == cls.SCHEMA:
            return cls.model_validate_json(record.payload)
        if not 1 <= record.schema < cls.SCHEMA:
            raise UnknownSchema(
                f"{record.type} of stream {record.stream_id}, version {record.stream_version}, has schema "
                f"{record.schema}; this version of Comitia knows {cls.SCHEMA}: upgrade Comitia to read it"
            )
        return cls.model_validate_json(canonical.dumps(cls.upcast(canonical.loads(record.payload), record.schema)))

    @classmethod
    def upcast(cls, data: dict[str, Any], schema: int) -> dict[str, Any]:
        """The payload of an older `schema` as the current one says it; as it is, where fields were only added."""
        return data


def absent(value: object) -> bool:
    """Whether a field that a newer schema added is left out of the JSON: what older logs say keeps its bytes."""
    return value is None


Catalogue = Mapping[str, type[Event]]


def catalogue(events: Iterable[type[Event]]) -> Catalogue:
    """Index event classes by published name; raises `ValueError` when two share one."""
    found: dict[str, type[Event]] = {}
    for event in events:
        if event.TYPE in found:
            raise ValueError(f"two events are named {event.TYPE}")
        found[event.TYPE] = event
    return MappingProxyType(found)
