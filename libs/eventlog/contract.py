"""What every recorder of the log promises: one gapless order, atomic batches, idempotent by event id, append-only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    Notification,
    OperationalError,
    ProcessRecorder,
    RecordConflictError,
    StoredEvent,
    Subscription,
    Tracking,
)

from kernel.records import NewRecord, Record

PAGE = 1000
WINDOW = 10_000
NOTHING: Mapping[str, int] = {}


class VersionConflict(RecordConflictError):
    """A stream is not at the version that the append was decided on; nothing was written. Load it and decide again."""

    def __init__(self, stream_id: str, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream_id} is at version {actual}, expected {expected}: load it and decide again")
        self.stream_id, self.expected, self.actual = stream_id, expected, actual


class EventIdReused(RecordConflictError):
    """An event id is in the log with other content, or without the rest of its batch; nothing was written."""

    def __init__(self, event_id: str, position: int) -> None:
        super().__init__(
            f"event id {event_id} is at position {position} with other content: use a new id for a new event"
        )
        self.event_id, self.position = event_id, position


class Overtaken(RecordConflictError):
    """Another follower has moved on what this one was moving; nothing was written. Go on from where it is now."""

    def __init__(self, name: str, position: int) -> None:
        super().__init__(
            f"{name} was moved on from position {position} by another follower: go on from where it is now"
        )
        self.name, self.position = name, position


class LogFull(OperationalError):
    """The storage takes no more; nothing of the batch was written and what is in the log stays readable."""


class LogBusy(OperationalError):
    """Other writers held the log for longer than this one may wait; nothing was written."""


class LogUnreachable(OperationalError):
    """The log's server does not answer. Whether a batch that was being appended is in the log is not known: send it again."""


class SchemaUnknown(Exception):
    """The log was written by a newer version of Comitia than this one, or was not migrated to this one."""

    def __init__(self, found: int, known: int) -> None:
        way = "upgrade Comitia" if found > known else "run `comitia migrate`"
        super().__init__(f"the log has schema version {found}, this version of Comitia knows up to {known}: {way}")
        self.found, self.known = found, known


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A follower has read all there was, up to `position`, for the first time; what follows is live."""

    position: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A follower has read up to `position` and nothing in the last stretch matched its filter."""

    position: int


@dataclass(frozen=True)
class StoredRecord(StoredEvent):
    """What passes between the library's event store and a recorder: a record, new or read."""

    record: NewRecord


def stored(record: NewRecord) -> StoredRecord:
    """The library's view of a record: topic = published name and schema, state = payload as stored."""
    return StoredRecord(
        originator_id=record.stream_id,
        originator_version=record.stream_version,
        topic=topic(record.type, record.schema),
        state=record.payload,
        record=record,
    )


def topic(type_: str, schema: int) -> str:
    """`ballots.BallotCast/1`: how the library names an event's class; never a Python path."""
    return f"{type_}/{schema}"


class LogRecorder(ProcessRecorder, ABC):
    """The log, as the library's process recorder and with the operations that the library has no name for."""

    @abstractmethod
    def append(
        self, records: Sequence[NewRecord], *, expect: Mapping[str, int] = NOTHING, tracking: Tracking | None = None
    ) -> tuple[Record, ...]:
        """Append all of `records`, or nothing, in one transaction with `tracking`.

        Each record's `stream_version` must be its stream's next; `expect` names streams that were read but are not
        written, with the version they must still have. A batch all of whose event ids are in the log with the same
        content returns the records of the first time. New records are not appended with a position that another follower
        has tracked already, or gone past: they are what a follower decided that was paused meanwhile.
        Raises `VersionConflict`, `EventIdReused`, `Overtaken`, `LogFull` or `LogBusy`.
        """

    @abstractmethod
    def exclusively(self) -> AbstractContextManager[None]:
        """Hold the log for one short block: until its end only this thread appends, so what it reads is what it adds to.

        What the block appends is committed at its end, all or nothing; an exception undoes it. Raises `LogFull` or `LogBusy`.
        """

    @abstractmethod
    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int = PAGE,
        process_id: str | None = None,
        types: Collection[str] = (),
    ) -> list[Record]:
        """At most `limit` records with `after` < position <= `until`, in order of position; no `types` means all."""

    @abstractmethod
    def read_process_page(
        self, process_id: str, *, first: int, stop: int | None, types: Collection[str], limit: int
    ) -> list[Record]:
        """At most `limit` records of a process with `first` <= process_index < `stop`, in order."""

    @abstractmethod
    def read_stream(self, stream_id: str, *, after_version: int = 0) -> list[Record]:
        """The records of a stream in order of version."""

    @abstractmethod
    def versions(self, stream_ids: Collection[str]) -> dict[str, int]:
        """The current version of each stream; 0 for a stream that does not exist."""

    @abstractmethod
    def find(self, event_ids: Collection[str]) -> dict[str, Record]:
        """The records among `event_ids` that are in the log."""

    @abstractmethod
    def last_position(self) -> int:
        """The position of the last record; 0 for an empty log."""

    @abstractmethod
    def length(self, process_id: str) -> int:
        """The number of records of a process, which is also its next process_index."""

    @abstractmethod
    def process_ids(self) -> list[str]:
        """Every process that has a record, in order of name."""

    @abstractmethod
    def wait_for(self, after: int, timeout: float) -> bool:
        """Block until there is a record after position `after` (True) or `timeout` seconds have passed (False)."""

    @abstractmethod
    def check(self) -> None:
        """Raises `LogUnreachable`, `SchemaUnknown` or what else keeps the log from being used now."""

    @abstractmethod
    def close(self) -> None:
        """Release files and connections; the log stays as it is."""

    def read_process(
        self,
        process_id: str,
        *,
        first: int = 0,
        stop: int | None = None,
        types: Collection[str] = (),
        page_size: int = PAGE,
    ) -> Iterator[Record]:
        """The records of a process with `first` <= process_index < `stop`, read in pages while iterating."""
        while True:
            page = self.read_process_page(process_id, first=first, stop=stop, types=types, limit=page_size)
            yield from page
            if len(page) < page_size:
                return
            first = page[-1].process_index + 1

    def read_process_backwards(self, process_id: str, *, stop: int, types: Collection[str] = ()) -> Iterator[Record]:
        """The records of a process with process_index < `stop`, the last first, read in stretches while iterating."""
        while stop > 0:
            first = max(stop - PAGE, 0)
            yield from reversed(self.read_process_page(process_id, first=first, stop=stop, types=types, limit=PAGE))
            stop = first

    def follow(
        self,
        *,
        after: int = 0,
        process_id: str | None = None,
        types: Collection[str] = (),
        stop: Flag,
        poll: float = 0.2,
    ) -> Iterator[Record | CaughtUp | Progress]:
        """Every matching record after `after`, then each new one as it is appended, until `stop` is set.

        `CaughtUp` comes once, when the end is first reached; `Progress` when a stretch of the log held no match.
        Positions are given in commit order, so nothing can appear behind a position that was read.
        """
        position, caught_up = after, False
        while not stop.is_set():
            end = min(self.last_position(), position + WINDOW)
            if end > position:
                page = self.read(after=position, until=end, process_id=process_id, types=types)
                for record in page:
                    yield record
                    if stop.is_set():
                        return
                position = page[-1].position if len(page) == PAGE else end
                if not page:
                    yield Progress(position)
            elif not caught_up:
                caught_up = True
                yield CaughtUp(position)
            else:
                self.wait_for(position, poll)

    # What the library asks of a recorder, told by the operations above.

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        expect: Mapping[str, int] = NOTHING,
        tracking: Tracking | None = None,
        appended: list[Record] | None = None,
        **kwargs: Any,
    ) -> Sequence[int] | None:
        """Append stored records; fills `appended` and returns None when the caller wants the records themselves."""
        records = self.append([_new(event) for event in stored_events], expect=expect, tracking=tracking)
        if appended is None:
            return [record.position for record in records]
        appended.extend(records)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredRecord]:
        found = [
            stored(record)
            for record in self.read_stream(str(originator_id), after_version=gt or 0)
            if lte is None or record.stream_version <= lte
        ]
        return (found[::-1] if desc else found)[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if start and inclusive_of_start else 0)
        types = {name.rpartition("/")[0] for name in topics}
        return [_notification(record) for record in self.read(after=after, until=stop, limit=limit, types=types)]

    def max_notification_id(self) -> int | None:
        return self.last_position() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return cast("Subscription[ApplicationRecorder]", LogSubscription(self, gt, topics))


class LogSubscription(Subscription[LogRecorder]):
    """The library's subscription: every notification after `gt`, then each new one, until stopped."""

    def __init__(self, recorder: LogRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt, topics)
        self._stop = Flag()
        types = {name.rpartition("/")[0] for name in topics}
        self._records = recorder.follow(after=gt or 0, types=types, stop=self._stop)

    def stop(self) -> None:
        super().stop()
        self._stop.set()

    def __next__(self) -> Notification:
        return next(_notification(seen) for seen in self._records if isinstance(seen, Record))


def _new(event: StoredEvent) -> NewRecord:
    if not isinstance(event, StoredRecord):
        raise TypeError(f"a stored record is expected, found {type(event).__name__}: save through LogApplication")
    return event.record


def _notification(record: Record) -> Notification:
    return Notification(
        originator_id=record.stream_id,
        originator_version=record.stream_version,
        topic=topic(record.type, record.schema),
        state=record.payload,
        id=record.position,
    )
