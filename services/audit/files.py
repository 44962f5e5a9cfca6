"""The service's own SQLite files: opened for each use, so that no thread holds one and a crash loses nothing committed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class File:
    """One SQLite file with its table, created when missing."""

    def __init__(self, path: Path, table: str) -> None:
        self._path = path
        with self.open() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(table)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection in autocommit mode that waits for other writers; each statement is durable when it returns."""
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=30.0)) as db:
            db.execute("PRAGMA synchronous = FULL")
            yield db
