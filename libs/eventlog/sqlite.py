"""The log in one SQLite file: WAL, every commit synced, one writer at a time, readers that never wait."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from threading import Condition
from time import monotonic, perf_counter

from eventsourcing.persistence import Tracking

from eventlog import sqlite_queries as queries
from eventlog.appending import check_ahead, check_expected, expected_versions, first_records
from eventlog.contract import NOTHING, PAGE, LogRecorder
from eventlog.observing import UNOBSERVED, Observer, Withheld
from eventlog.rows import place_all
from eventlog.sqlite_connections import Connections
from eventlog.sqlite_schema import schema_version
from eventlog.tail import Tail
from kernel.instants import show_instant
from kernel.records import NewRecord, Record

_OTHER_PROCESS_POLL = 0.05


class SQLiteLog(LogRecorder):
    """The log at `path` (":memory:" for a test), created when the file is empty or missing.

    `clock` gives `recorded_at`, read once per batch under the write lock and never allowed to run backwards. Any
    number of processes may have the file open.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        clock: Callable[[], datetime],
        observer: Observer = UNOBSERVED,
        busy_seconds: float = 30.0,
    ) -> None:
        self._clock, self._observer, self._withheld = clock, observer, Withheld(observer)
        self.connections = Connections(str(path), busy_seconds)
        self._tail = Tail()
        self._appended = Condition()
        self._last_appended = 0

    def close(self) -> None:
        self.connections.close()

    def check(self) -> None:
        with self.connections.reading() as db:
            schema_version(db)

    def append(
        self, records: Sequence[NewRecord], *, expect: Mapping[str, int] = NOTHING, tracking: Tracking | None = None
    ) -> tuple[Record, ...]:
        began = perf_counter()
        expected = expected_versions(records, expect)
        new: tuple[Record, ...] = ()
        with self.connections.writing() as db:
            appended = first_records(records, queries.find(db, [record.event_id for record in records]))
            if appended is None:
                check_expected(expected, queries.versions(db, expected))
                check_ahead(records, tracking, lambda name: queries.tracked(db, name))
                new = appended = self._place(db, records)
                queries.insert(db, appended)
            if tracking is not None:
                queries.track(db, tracking)
        if self.connections.held_here():
            self._withheld.add(new)
        elif appended:
            if new:
                self._tail.extend(new)
                self._observer.appended(new, perf_counter() - began)
            self._tell(appended[-1].position)
        return appended

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        with self._withheld.until_committed(), self.connections.writing():
            yield
        if not self.connections.held_here():
            self._tell(self.last_position())

    def _place(self, db: Connection, records: Sequence[NewRecord]) -> tuple[Record, ...]:
        last = db.execute("SELECT position, recorded_at FROM records ORDER BY position DESC LIMIT 1").fetchone()
        head, latest = last or (0, "")
        recorded_at = max(show_instant(self._clock()), latest)
        return place_all(records, head, recorded_at, lambda process_id: queries.length(db, process_id))

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int = PAGE,
        process_id: str | None = None,
        types: Collection[str] = (),
    ) -> list[Record]:
        kept = None if until is None else self._tail.read(after, until, limit, process_id, types)
        if kept is not None:
            return kept
        with self.connections.reading() as db:
            if process_id is None:
                where, values = queries.filtered({"position > ?": after, "position <= ?": until}, types)
                sql = f"SELECT {queries.FIELDS} FROM records WHERE {where} ORDER BY position LIMIT ?"
                return queries.records(db, sql, (*values, limit))
            first = queries.first_index_after(db, process_id, after)
            stop = None if until is None else queries.first_index_after(db, process_id, until)
            return queries.process_page(db, process_id, first, stop, types, limit)

    def read_process_page(
        self, process_id: str, *, first: int, stop: int | None, types: Collection[str], limit: int
    ) -> list[Record]:
        with self.connections.reading() as db:
            return queries.process_page(db, process_id, first, stop, types, limit)

    def read_stream(self, stream_id: str, *, after_version: int = 0) -> list[Record]:
        sql = f"SELECT {queries.FIELDS} FROM records WHERE stream_id = ? AND stream_version > ? ORDER BY stream_version"
        with self.connections.reading() as db:
            return queries.records(db, sql, (stream_id, after_version))

    def versions(self, stream_ids: Collection[str]) -> dict[str, int]:
        with self.connections.reading() as db:
            return queries.versions(db, stream_ids)

    def find(self, event_ids: Collection[str]) -> dict[str, Record]:
        with self.connections.reading() as db:
            return queries.find(db, event_ids)

    def last_position(self) -> int:
        with self.connections.reading() as db:
            position: int = db.execute("SELECT coalesce(max(position), 0) FROM records").fetchone()[0]
            return position

    def length(self, process_id: str) -> int:
        with self.connections.reading() as db:
            return queries.length(db, process_id)

    def process_ids(self) -> list[str]:
        """One index probe per process, however many records there are."""
        sql = "SELECT min(process_id) FROM records WHERE process_id > ?"
        found: list[str] = []
        with self.connections.reading() as db:
            while (name := db.execute(sql, (found[-1] if found else "",)).fetchone()[0]) is not None:
                found.append(name)
        return found

    def insert_tracking(self, tracking: Tracking) -> None:
        with self.connections.writing() as db:
            queries.track(db, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        with self.connections.reading() as db:
            return queries.tracked(db, application_name)

    def wait_for(self, after: int, timeout: float) -> bool:
        deadline = monotonic() + timeout
        while True:
            if self._last_appended > after or self.last_position() > after:
                return True
            remaining = deadline - monotonic()
            if remaining <= 0:
                return False
            with self._appended:
                if self._last_appended <= after:
                    self._appended.wait(min(remaining, _OTHER_PROCESS_POLL))

    def _tell(self, position: int) -> None:
        with self._appended:
            self._last_appended = max(self._last_appended, position)
            self._appended.notify_all()
