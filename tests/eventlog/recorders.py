"""How the contract suite opens, breaks and looks into each kind of log; a new recorder needs one class here."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from eventlog.contract import LogRecorder
from eventlog.sqlite import SQLiteLog
from eventlog.sqlite_schema import VERSION

Clock = Callable[[], datetime]

EPOCH = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def wall_clock() -> datetime:
    return datetime.now(UTC)


class StepClock:
    """Moves one second each time it is read."""

    def __init__(self) -> None:
        self.now = EPOCH

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Recorder(ABC):
    """One kind of log, at `address`, which another process can open too."""

    address: str

    @abstractmethod
    def open(self, clock: Clock = wall_clock) -> LogRecorder:
        """Open the log, creating it when it is not there."""

    @abstractmethod
    def run(self, sql: str) -> None:
        """Run a statement on the log's tables behind the code's back; raises when the storage refuses it."""

    @abstractmethod
    def come_from_the_future(self) -> tuple[int, int]:
        """Mark the log as of the next schema version; returns that version and the one that is known."""

    @abstractmethod
    @contextmanager
    def storage_full(self, log: LogRecorder) -> Iterator[None]:
        """While inside, the storage of `log` takes nothing more."""


class SQLiteRecorder(Recorder):
    REFUSES = sqlite3.IntegrityError

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"sqlite:{path}"

    def open(self, clock: Clock = wall_clock) -> SQLiteLog:
        return SQLiteLog(self.path, clock=clock)

    def run(self, sql: str) -> None:
        connection = sqlite3.connect(self.path)
        try:
            connection.execute(sql)
            connection.commit()
        finally:
            connection.close()

    def come_from_the_future(self) -> tuple[int, int]:
        self.run(f"PRAGMA user_version = {VERSION + 1}")
        return VERSION + 1, VERSION

    @contextmanager
    def storage_full(self, log: LogRecorder) -> Iterator[None]:
        assert isinstance(log, SQLiteLog)
        writer = log.connections.writer
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        before = writer.execute("PRAGMA max_page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count = {pages}")
        yield
        writer.execute(f"PRAGMA max_page_count = {before}")


RECORDERS: dict[str, Callable[[Path], Recorder]] = {"sqlite": lambda folder: SQLiteRecorder(folder / "log.db")}


def open_at(address: str, clock: Clock = wall_clock) -> LogRecorder:
    """Open the log that another process's recorder named."""
    kind, _, place = address.partition(":")
    assert kind == "sqlite", kind
    return SQLiteRecorder(Path(place)).open(clock)
