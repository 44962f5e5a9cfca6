"""Where the log and the read models are: in a data folder with a lock on it, or in a PostgreSQL database."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import IO, Protocol

from eventsourcing.persistence import PersistenceError

from eventlog.contract import LogRecorder, LogUnreachable, SchemaUnknown
from eventlog.observing import UNOBSERVED, Observer
from eventlog.sqlite import SQLiteLog
from runtime.leases import Leases
from runtime.listening import CannotStart
from runtime.settings import Settings
from runtime.telling import variable
from runtime.views import Views
from runtime.views_sqlite import SQLiteViews

_LOG = logging.getLogger(__name__)

LOCK = "engine.lock"
PATIENCE = 30.0
RETRY = 1.0


class DataInUse(CannotStart):
    """Another program has the data folder open."""


def now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


class Opened(Protocol):
    """An open log with its read models; `leases` is None where one process alone may follow it."""

    @property
    def log(self) -> LogRecorder: ...
    @property
    def views(self) -> Views: ...
    @property
    def leases(self) -> Leases | None: ...
    def close(self) -> None: ...


class Storage:
    """An open data folder. An engine (`alone`) holds it exclusively; api and worker processes share it.

    The lock is the operating system's: it goes with the process, however that ends.
    """

    leases: Leases | None = None

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime], *, alone: bool, observer: Observer = UNOBSERVED
    ) -> None:
        """Create the folder when it is missing. Raises `DataInUse`, or `CannotStart` when it cannot be used."""
        self._lock = _lock(settings.data_dir, alone=alone)
        self._alone = alone
        if alone:
            self.announce("")
        try:
            self.log = SQLiteLog(settings.log_path, clock=clock, observer=observer)
            self.views: Views = _views(settings.views_path)
        except (SchemaUnknown, PersistenceError, OSError) as error:
            self._lock.close()
            raise CannotStart(f"cannot open the data in {settings.data_dir}: {error}") from error

    def announce(self, address: str) -> None:
        """Write into the lock file where this engine listens, for `address_in`."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(address)
        self._lock.flush()

    def close(self) -> None:
        """Close the files and let go of the lock."""
        self.views.close()
        self.log.close()
        if self._alone:
            self.announce("")
        self._lock.close()


class Database:
    """A PostgreSQL database that `comitia migrate` has prepared. Any number of processes, on any machines, share it."""

    def __init__(self, url: str, settings: Settings, clock: Callable[[], datetime], observer: Observer) -> None:
        """Raises `LogUnreachable`, or `CannotStart` for a schema that this version does not know."""
        # psycopg is imported where a database is used: the embedded engine starts without it.
        from eventlog.postgres import PostgresLog
        from runtime.views_postgres import PostgresViews

        with ExitStack() as opened, _cannot_start():
            self.log = PostgresLog(url, clock=clock, observer=observer)
            opened.callback(self.log.close)
            self.leases: Leases | None = self.log
            self.views: Views = PostgresViews(url, idle_seconds=settings.lease_seconds)
            opened.pop_all()

    def close(self) -> None:
        """Close the connections."""
        self.views.close()
        self.log.close()


@contextmanager
def _cannot_start() -> Iterator[None]:
    """What waiting does not mend is said at once."""
    try:
        yield
    except LogUnreachable:
        raise
    except (SchemaUnknown, PersistenceError) as error:
        raise CannotStart(str(error)) from error


def open_patiently(
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    observer: Observer = UNOBSERVED,
    stop: threading.Event,
    seconds: float = PATIENCE,
) -> Opened:
    """The storage of a process that is not alone. A database that does not answer yet is asked again for `seconds`.

    Raises `CannotStart`: at once for what waiting does not mend, and when `stop` is set meanwhile.
    """
    if settings.database is None:
        return Storage(settings, clock, alone=False, observer=observer)
    deadline = monotonic() + seconds
    while True:
        try:
            return Database(settings.database.get_secret_value(), settings, clock, observer)
        except LogUnreachable as error:
            if monotonic() > deadline or stop.is_set():
                raise CannotStart(f"{variable('database')}: {error} (tried for {seconds:g} s at most)") from error
            _LOG.warning("the database does not answer; trying again each %.1f s, for %.0f s at most", RETRY, seconds)
            stop.wait(RETRY)


def announced(data_dir: Path) -> str:
    """The address that the engine on `data_dir` wrote into its lock file; empty while it has none."""
    try:
        return (data_dir / LOCK).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _views(path: Path) -> Views:
    try:
        return SQLiteViews(path)
    except sqlite3.Error as error:
        raise OSError(
            f"{path}: {error}; it holds nothing that the log does not: delete it to have it rebuilt"
        ) from error


def _lock(data_dir: Path, *, alone: bool) -> IO[str]:
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.fdopen(os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(f"cannot use {data_dir} as data folder: {error.strerror}") from error
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        other = announced(data_dir)
        where = f" and listens on {other}" if other else ""
        raise DataInUse(
            f"another engine has {data_dir} open{where}: talk to it, stop it, or choose another data folder"
        ) from None
    return lock
