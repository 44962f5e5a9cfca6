"""How the contract suite opens, breaks and looks into each kind of log; a new recorder needs one class here."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import known_version
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


class PostgresRecorder(Recorder):
    """The log in a migrated database; `url` is the server's superuser's, `folder` one that the server can enter."""

    REFUSES = psycopg.errors.RestrictViolation

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.address = f"postgres:{url}"

    def open(self, clock: Clock = wall_clock) -> PostgresLog:
        return PostgresLog(self.url, clock=clock)

    def run(self, sql: str) -> None:
        spelt = re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'", sql).replace("another", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        replacing = re.sub(r"^(INSERT OR )?REPLACE", "INSERT", spelt)
        if replacing != spelt:
            spelt = f"{replacing} ON CONFLICT (position) DO UPDATE SET payload = excluded.payload"
        with psycopg.connect(self.url, options="-c search_path=comitia") as connection:
            connection.execute(spelt.encode())

    def come_from_the_future(self) -> tuple[int, int]:
        version = known_version() + 1
        values = f"({version}, 'from the future', '', {version})"
        self.run(f"INSERT INTO migrations (version, name, sha256, usable_from) VALUES {values}")
        return version, known_version()

    @contextmanager
    def storage_full(self, log: LogRecorder) -> Iterator[None]:
        """The records go to a file system of their own, where something else has taken all of the space."""
        name = f"small_{psycopg.conninfo.conninfo_to_dict(self.url)['dbname']}"
        disk = self.folder / name
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", str(disk)], check=True)
        space = disk / "space"
        space.mkdir(mode=0o700)
        shutil.chown(space, "postgres", "postgres")
        with psycopg.connect(self.url, autocommit=True) as connection:
            try:
                connection.execute(f"CREATE TABLESPACE {name} LOCATION '{space}'".encode())
                connection.execute(b"ALTER TABLE comitia.records SET (fillfactor = 10)")
                connection.execute(f"ALTER TABLE comitia.records SET TABLESPACE {name}".encode())
                (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free))
                yield
            finally:
                (disk / "filler").unlink(missing_ok=True)
                connection.execute(b"ALTER TABLE comitia.records SET TABLESPACE pg_default")
                connection.execute(b"ALTER TABLE comitia.records RESET (fillfactor)")
                connection.execute(b"CHECKPOINT")
                connection.execute(f"DROP TABLESPACE {name}".encode())
                subprocess.run(["umount", "--lazy", str(disk)], check=True)


SQLITE, POSTGRES = "sqlite", "postgres"


def open_at(address: str, clock: Clock = wall_clock) -> LogRecorder:
    """Open the log that another process's recorder named."""
    kind, _, place = address.partition(":")
    recorder = SQLiteRecorder(Path(place)) if kind == SQLITE else PostgresRecorder(place, Path())
    return recorder.open(clock)
