"""Domain events to records and back: the library's mapper, with published names in place of Python paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    ProcessRecorder,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.utils import Environment

from eventlog.contract import LogRecorder, StoredRecord, stored
from kernel.events import Catalogue, Event, UnknownSchema
from kernel.records import NewRecord


@dataclass(frozen=True, slots=True)
class Cause:
    """Who and what a batch of events comes from."""

    process_id: str
    actor: str
    correlation_id: str
    causation_id: str | None
    traceparent: str | None = None


@dataclass(slots=True)
class Draft:
    """An event with its place in its stream and its cause, about to be appended."""

    originator_id: str
    originator_version: int
    event_id: str
    event: Event
    cause: Cause


@dataclass(slots=True)
class Fact:
    """An event read from its stream; `event` is None when its type is outside the catalogue."""

    originator_id: str
    originator_version: int
    event: Event | None


class RecordMapper(Mapper[str]):
    """Topic = published name and schema, state = RFC 8785 payload bytes, one new salt for each record."""

    def __init__(self, events: Catalogue, salts: Callable[[], bytes]) -> None:
        super().__init__(JSONTranscoder())
        self._events, self._salts = events, salts

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        draft = cast("Draft", domain_event)
        event, cause = draft.event, draft.cause
        return stored(
            NewRecord(
                process_id=cause.process_id,
                stream_id=draft.originator_id,
                stream_version=draft.originator_version,
                event_id=draft.event_id,
                type=event.TYPE,
                schema=event.SCHEMA,
                actor=cause.actor,
                correlation_id=cause.correlation_id,
                causation_id=cause.causation_id,
                traceparent=cause.traceparent,
                payload=event.payload(),
                salt=self._salts(),
            )
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        record = cast("StoredRecord", stored_event).record
        fact = Fact(record.stream_id, record.stream_version, self.parse(record))
        return cast("DomainEventProtocol[str]", fact)

    def parse(self, record: NewRecord) -> Event | None:
        """The record's event; None for a type outside the catalogue, an error for a schema that is not known."""
        event = self._events.get(record.type)
        if event is None:
            return None
        try:
            return event.read(record)
        except UnknownSchema as error:
            raise MapperDeserialisationError(str(error)) from error
        except ValueError as error:
            where = f"{record.type} of stream {record.stream_id}, version {record.stream_version}"
            raise MapperDeserialisationError(f"{where}: {error}") from error


class LogFactory(InfrastructureFactory[TrackingRecorder]):
    """The library's persistence module: one log, shared by every application, closed by who opened it."""

    def __init__(self, env: Environment, log: LogRecorder) -> None:
        super().__init__(env)
        self._log = log

    def aggregate_recorder(self, purpose: str = "events") -> LogRecorder:
        return self._log

    def application_recorder(self) -> ApplicationRecorder:
        return self._log

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        return self._log

    def process_recorder(self) -> ProcessRecorder:
        return self._log
