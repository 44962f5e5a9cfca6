"""A data folder: the log, the read models, and a lock that keeps a second engine off them."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from eventsourcing.persistence import PersistenceError

from eventlog.contract import SchemaUnknown
from eventlog.sqlite import SQLiteLog
from runtime.listening import CannotStart
from runtime.settings import Settings
from runtime.views import Views

LOCK = "engine.lock"


class DataInUse(CannotStart):
    """Another program has the data folder open."""


def now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


class Storage:
    """An open data folder. An engine (`alone`) holds it exclusively; api and worker processes share it.

    The lock is the operating system's: it goes with the process, however that ends.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime], *, alone: bool) -> None:
        """Create the folder when it is missing. Raises `DataInUse`, or `CannotStart` when it cannot be used."""
        self._lock = _lock(settings.data_dir, alone=alone)
        self._alone = alone
        if alone:
            self.announce("")
        try:
            self.log = SQLiteLog(settings.log_path, clock=clock)
            self.views = _views(settings.views_path)
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


def announced(data_dir: Path) -> str:
    """The address that the engine on `data_dir` wrote into its lock file; empty while it has none."""
    try:
        return (data_dir / LOCK).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _views(path: Path) -> Views:
    try:
        return Views(path)
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
