"""The log in PostgreSQL: one order for any number of processes and machines, every commit synced, gathered in each process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import monotonic, perf_counter

from eventsourcing.persistence import Tracking

from eventlog import postgres_appending as appending
from eventlog import postgres_queries as queries
from eventlog.appending import expected_versions
from eventlog.contract import NOTHING, PAGE, LogRecorder
from eventlog.gathering import Gathering
from eventlog.observing import UNOBSERVED, Observer, Withheld
from eventlog.postgres_appending import Appended, Batch
from eventlog.postgres_connections import Connections
from eventlog.postgres_listening import Listening
from eventlog.postgres_schema import check_version
from kernel.instants import show_instant
from kernel.records import NewRecord, Record


class PostgresLog(LogRecorder):
    """The log in the database at `url`, which `comitia migrate` has made. Safe to use from many threads.

    `clock` gives `recorded_at`, read when a batch comes and never allowed to run backwards. `size` is the number of
    connections at most; one more follows notifications once somebody waits. Raises `LogUnreachable`, or `SchemaUnknown`.
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
        self.connections = Connections(url, size=pool_size, connect_seconds=connect_seconds, busy_seconds=busy_seconds)
        self._listening = Listening(self.connections)
        self._gathering: Gathering[Batch, Appended] = Gathering(self._commit, appending.together)

    def close(self) -> None:
        self._listening.close()
        self.connections.close()

    def check(self) -> None:
        self.connections.read(check_version)

    def append(
        self, records: Sequence[NewRecord], *, expect: Mapping[str, int] = NOTHING, tracking: Tracking | None = None
    ) -> tuple[Record, ...]:
        expected = expected_versions(records, expect)
        for record in records:
            if not queries.storable(record.stream_id, record.actor, record.correlation_id, record.causation_id):
                raise ValueError("a record's text holds a NUL, which PostgreSQL cannot store")
        batch = Batch(records, expected, tracking, show_instant(self._clock()))
        if self.connections.held() is None:
            return self._gathering.put(batch).records
        with self.connections.holding() as db:
            (answer,) = appending.append(db, [batch])
            if isinstance(answer, BaseException):
                raise answer
            self._withheld.add(answer.records if answer.new else ())
            return answer.records

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        with self._withheld.until_committed(), self.connections.holding() as db:
            db.execute("SELECT comitia.lock()")
            yield

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int = PAGE,
        process_id: str | None = None,
        types: Collection[str] = (),
    ) -> list[Record]:
        if not queries.storable(process_id, *types):
            return []
        return self.connections.read(lambda db: queries.page(db, after, until, limit, process_id, types))

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
        known = [stream_id for stream_id in stream_ids if queries.storable(stream_id)]
        return dict.fromkeys(stream_ids, 0) | self.connections.read(lambda db: queries.versions(db, known))

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
            seen = self._listening.heard
            if self.last_position() > after:
                return True
            remaining = deadline - monotonic()
            if remaining <= 0:
                return False
            self._listening.wait(seen, remaining)

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Whether `holder` has the lease `name` for the next `seconds`, by the database's clock; ask again to renew it."""
        sql = "SELECT comitia.lease(%b, %b, %b::float8)"
        row = self.connections.read(lambda db: db.execute(sql, (name, holder, seconds)).fetchone())
        return bool(row and row[0])

    def release(self, name: str, holder: str) -> None:
        """Give a lease up, if `holder` has it."""
        sql = "UPDATE comitia.leases SET until = '-infinity' WHERE name = %b AND holder = %b"
        self.connections.read(lambda db: db.execute(sql, (name, holder)))

    def _commit(self, batches: Sequence[Batch]) -> list[Appended | BaseException]:
        began = perf_counter()
        answers = self.connections.run(lambda db: appending.append(db, batches))
        new = [record for answer in answers if isinstance(answer, Appended) and answer.new for record in answer.records]
        if new:
            self._observer.appended(new, perf_counter() - began)
        return answers
