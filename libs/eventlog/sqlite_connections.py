"""Connections to one SQLite log: one writer, which locks the file for a whole batch, and readers that never wait."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock, get_ident
from time import monotonic, sleep

from eventsourcing.persistence import OperationalError, PersistenceError

from eventlog import sqlite_schema
from eventlog.contract import LogBusy, LogFull

MEMORY = ":memory:"
IDLE_READERS = 8
_STORAGE_FAILED = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_OUTER = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
_INNER = ("SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner"))
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Connections:
    """Opens the file, creating the log in an empty one; safe to use from many threads."""

    def __init__(self, path: str, busy_seconds: float) -> None:
        self.path, self.busy_seconds = path, busy_seconds
        self._lock = RLock()
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._holder = 0
        self.writer = self._prepare()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one query: the writer's in memory, where readers take turns, and for who holds the log."""
        if self._closed:
            raise OperationalError(f"the log {self.path} is closed")
        if self.path == MEMORY or self.held_here():
            with self._lock, self._errors():
                yield self.writer
            return
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            with self._errors():
                yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < IDLE_READERS and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The write lock for one transaction: committed at the end, rolled back whatever goes wrong.

        A thread that has it may take it again: what fails inside is undone alone, all is committed at the outer end.
        """
        with self._lock, self._errors():
            if self._closed:
                raise OperationalError(f"the log {self.path} is closed")
            begin, commit, undo = _INNER if self.held_here() else _OUTER
            self.writer.execute(begin)
            outer, self._holder = self._holder, get_ident()
            try:
                yield self.writer
                if not self.writer.in_transaction:
                    raise self._full("undone by SQLite")
                self.writer.execute(commit)
            except BaseException:
                for statement in undo if self.writer.in_transaction else ():
                    self.writer.execute(statement)
                raise
            finally:
                self._holder = outer

    def held_here(self) -> bool:
        """Whether this thread is inside `writing`, and so reads what it has written and nobody else has seen."""
        return self._holder == get_ident()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
            self.writer.close()

    def _prepare(self) -> sqlite3.Connection:
        """Switching a file to WAL needs the file alone and does not wait its turn: it is tried until it works."""
        deadline = monotonic() + self.busy_seconds
        while True:
            try:
                with self._errors():
                    connection = self._connect()
                    if sqlite_schema.schema_version(connection) == 0:
                        connection.execute("PRAGMA journal_mode = WAL")
                        sqlite_schema.create(connection)
                    return connection
            except sqlite_schema.NotALog as error:
                raise OperationalError(f"{self.path}: {error}") from error
            except LogBusy:
                if monotonic() > deadline:
                    raise
                sleep(0.01)

    def _connect(self) -> sqlite3.Connection:
        if self.path != MEMORY and not Path(self.path).parent.is_dir():
            raise OperationalError(f"the folder of the log {self.path} does not exist: create it")
        with self._errors():
            connection = sqlite3.connect(
                self.path, timeout=self.busy_seconds, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA synchronous = FULL")
            return connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._named(error) from error

    def _named(self, error: sqlite3.Error) -> PersistenceError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _STORAGE_FAILED:
            return self._full(str(error))
        if code in _LOCKED:
            return LogBusy(f"the log {self.path} was kept busy by others for {self.busy_seconds:g} s: try again")
        return OperationalError(f"the log {self.path}: {error}")

    def _full(self, found: str) -> LogFull:
        return LogFull(
            f"the log {self.path} could not be written ({found}): its disk is full or failing; "
            "nothing of the batch was recorded; free space, then send it again"
        )
