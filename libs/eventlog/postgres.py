"""The log in PostgreSQL: one order for any number of processes and machines, every commit synced, gathered in each process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from time import monotonic, perf_counter

from eventsourcing.persistence import Tracking

from eventlog import postgres_appending as appending
from eventlog import postgres_queries as queries
from eventlog.appending import expected_versions
from eventlog.contract import NOTHING, PAGE, LogBusy, LogFull, LogRecorder, LogUnreachable
from eventlog.gathering import Gathering
from eventlog.observing import UNOBSERVED, Observer, Withheld
from eventlog.postgres_appending import Answer, Appended, Batch
from eventlog.postgres_connections import Connections
from eventlog.postgres_listening import Listening
from eventlog.postgres_schema import Connection, check_version
from kernel.instants import show_instant
from kernel.records import NewRecord, Record


class PostgresLog(LogRecorder):
    """The log in the database at `url`, which `comitia migrate` has made. Safe to use from many threads.

    `clock` gives `recorded_at`, read once per transaction and never allowed to run backwards. `pool_size` is the number
    of connections that read; one more appends, and one listens once somebody waits. Nothing here waits without end:
    `connect_seconds` for a connection, `busy_seconds` for others' appends. Raises `LogUnreachable`, or `SchemaUnknown`.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime],
        observer: Observer = UNOBSERVED,
        pool_size: int = 10,
        connect_seconds: float = 5.0,
        busy_seconds: float = 30.0,
    ) -> None:
        self._clock, self._observer, self._withheld = clock, observer, Withheld(observer)
        self.connections = Connections(
            url, pool_size=pool_size, connect_seconds=connect_seconds, busy_seconds=busy_seconds
        )
        self._listening = Listening(self.connections)
        self._gathering: Gathering[Batch, Answer] = Gathering(self._commit, appending.choose, patience=busy_seconds)

    def close(self) -> None:
        self._listening.close()
        self.connections.close()

    def check(self) -> None:
        self.connections.read(check_version)

    def append(
        self, records: Sequence[NewRecord], *, expect: Mapping[str, int] = NOTHING, tracking: Tracking | None = None
    ) -> tuple[Record, ...]:
        batch = Batch(records, expected_versions(records, expect), tracking)
        for record in records:
            if (
                "\0"
                in f"{record.stream_id}{record.actor}{record.correlation_id}{record.causation_id}{record.traceparent}"
            ):
                raise ValueError(
                    f"a record of stream {record.stream_id!r} has a text with a NUL, which is not recorded"
                )
        held = self.connections.held
        if held is None:
            return _records(self._gathering.put(batch))
        with self.connections.transaction(_lock):
            (answer,) = appending.append(held, [batch], self._now())
            appended = _records(answer)
        self._withheld.add(appended if isinstance(answer, Appended) and answer.new else ())
        return appended

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        within = self.connections.held is not None
        alone = nullcontext() if within else self._gathering.alone()
        with alone, self._withheld.until_committed(), self.connections.transaction(_lock):
            yield
            position = self.last_position()
        if not within:
            self._listening.tell(position)

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int = PAGE,
        process_id: str | None = None,
        types: Collection[str] = (),
    ) -> list[Record]:
        if not queries.storable(process_id or "", *types):
            return []
        if process_id is None:
            return self.connections.read(lambda db: queries.page(db, after, until, limit, types))
        first, stop = self.connections.read(lambda db: queries.indexes(db, process_id, after, until))
        return self.read_process_page(process_id, first=first, stop=stop, types=types, limit=limit)

    def read_process_page(
        self, process_id: str, *, first: int, stop: int | None, types: Collection[str], limit: int
    ) -> list[Record]:
        if not queries.storable(process_id, *types):
            return []
        return self.connections.read(lambda db: queries.process_page(db, process_id, first, stop, types, limit))

    def read_stream(self, stream_id: str, *, after_version: int = 0) -> list[Record]:
        if not queries.storable(stream_id):
            return []
        return self.connections.read(lambda db: queries.stream(db, stream_id, after_version))

    def versions(self, stream_ids: Collection[str]) -> dict[str, int]:
        named = [stream_id for stream_id in stream_ids if queries.storable(stream_id)]
        return dict.fromkeys(stream_ids, 0) | self.connections.read(lambda db: queries.versions(db, named))

    def find(self, event_ids: Collection[str]) -> dict[str, Record]:
        return self.connections.read(lambda db: queries.find(db, event_ids))

    def last_position(self) -> int:
        return self.connections.read(queries.last_position)

    def length(self, process_id: str) -> int:
        return self.connections.read(lambda db: queries.length(db, process_id)) if queries.storable(process_id) else 0

    def process_ids(self) -> list[str]:
        return self.connections.read(queries.process_ids)

    def insert_tracking(self, tracking: Tracking) -> None:
        self.connections.read(lambda db: queries.track(db, tracking))

    def max_tracking_id(self, application_name: str) -> int | None:
        return self.connections.read(lambda db: queries.tracked(db, application_name))

    def wait_for(self, after: int, timeout: float) -> bool:
        deadline = monotonic() + timeout
        while True:
            if self.last_position() > after:
                return True
            remaining = deadline - monotonic()
            if remaining <= 0:
                return False
            if self._listening.wait(after, remaining):
                return True

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Take or keep the lease of `name` for `seconds` from now, by the database's clock; false while another has it."""
        return self.connections.read(lambda db: queries.lease(db, name, holder, seconds))

    def release(self, name: str, holder: str) -> None:
        """Let go of the lease, if `holder` has it."""
        self.connections.read(lambda db: queries.release(db, name, holder))

    def _commit(self, batches: Sequence[Batch]) -> list[Answer | Exception]:
        """One transaction. What one batch broke harms no other: then each has a transaction of its own."""
        began = perf_counter()
        try:
            answers = self.connections.write(lambda db: appending.append(db, batches, self._now()))
        except (LogBusy, LogFull, LogUnreachable):
            raise
        except Exception as error:
            if len(batches) == 1:
                return [error]
            return [answer for batch in batches for answer in self._commit([batch])]
        new = [record for answer in answers if isinstance(answer, Appended) and answer.new for record in answer.records]
        if new:
            self._observer.appended(new, perf_counter() - began)
            self._listening.tell(new[-1].position)
        return [*answers]

    def _now(self) -> str:
        return show_instant(self._clock())


def _lock(db: Connection) -> None:
    db.execute("SELECT comitia.lock()")


def _records(answer: Answer) -> tuple[Record, ...]:
    if isinstance(answer, Appended):
        return answer.records
    raise answer
