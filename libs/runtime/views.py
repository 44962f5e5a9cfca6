"""Read models: SQLite tables folded from the log, each with its position in the same transaction."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol, runtime_checkable

from kernel.records import Record

OTHER_PROCESS_POLL = 0.05
_BOOK = """
CREATE TABLE IF NOT EXISTS projections (
  name TEXT PRIMARY KEY, position INTEGER NOT NULL, tables TEXT NOT NULL, objects TEXT NOT NULL
) WITHOUT ROWID
"""


class Projection(Protocol):
    """A read model: which event types it reads, its tables, and what one record changes in them.

    `tables` are CREATE statements; changing them rebuilds the projection. `apply` sees each record once, in log order.
    """

    @property
    def name(self) -> str: ...
    @property
    def types(self) -> frozenset[str]: ...
    @property
    def tables(self) -> tuple[str, ...]: ...

    def apply(self, record: Record, cursor: sqlite3.Cursor) -> None: ...


@runtime_checkable
class AppliesAll(Protocol):
    """A projection that folds a page at once, to the same effect as record by record: for types that come in thousands."""

    def apply_all(self, records: Iterable[Record], cursor: sqlite3.Cursor) -> None: ...


class Views:
    """The database of all read models of a process. Safe to use from many threads; one of them writes at a time."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._moved = threading.Condition()
        self._write = threading.RLock()
        with self._transaction() as cursor:
            cursor.execute(_BOOK)

    def install(self, projection: Projection) -> None:
        """Create the projection's tables; when their statements have changed, drop them and start again from 0."""
        with self._transaction() as cursor:
            known = cursor.execute("SELECT tables FROM projections WHERE name = ?", (projection.name,)).fetchone()
            if known is None or known[0] != json.dumps(projection.tables):
                self._recreate(projection, cursor)

    def rebuild(self, projection: Projection) -> None:
        """Drop what was folded, while nothing follows: the next follower to start replays from position 0."""
        with self._transaction() as cursor:
            self._recreate(projection, cursor)

    def position(self, name: str) -> int:
        """How far the projection has come; 0 when it is not installed."""
        row = self._connection().execute("SELECT position FROM projections WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def apply(self, projection: Projection, records: Iterable[Record], position: int) -> None:
        """Fold records (in order, all after the projection's position), move it to `position`: all of it or nothing."""
        with self._transaction() as cursor:
            if isinstance(projection, AppliesAll):
                projection.apply_all(records, cursor)
            else:
                for record in records:
                    projection.apply(record, cursor)
            cursor.execute("UPDATE projections SET position = ? WHERE name = ?", (position, projection.name))
        with self._moved:
            self._moved.notify_all()

    def wait(self, name: str, position: int, timeout: float) -> bool:
        """Block until the projection has seen `position`; false when that takes longer than `timeout` seconds."""
        deadline = monotonic() + timeout
        with self._moved:
            while self.position(name) < position:
                remaining = deadline - monotonic()
                if remaining <= 0:
                    return False
                self._moved.wait(min(remaining, OTHER_PROCESS_POLL))
        return True

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
        """The rows of a query."""
        return self._connection().execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close every thread's connection; the object cannot be used afterwards."""
        with self._write:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _recreate(self, projection: Projection, cursor: sqlite3.Cursor) -> None:
        row = cursor.execute("SELECT objects FROM projections WHERE name = ?", (projection.name,)).fetchone()
        for table in json.loads(row[0]) if row else ():
            cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
        before = _tables(cursor)
        for statement in projection.tables:
            cursor.execute(statement)
        created = sorted(_tables(cursor) - before)
        cursor.execute(
            "INSERT OR REPLACE INTO projections (name, position, tables, objects) VALUES (?, 0, ?, ?)",
            (projection.name, json.dumps(projection.tables), json.dumps(created)),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with self._write:
            cursor = self._connection().cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                if cursor.connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._path, isolation_level=None, timeout=30.0, check_same_thread=False)
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = found
            self._connections.append(found)
        return found


def _tables(cursor: sqlite3.Cursor) -> set[str]:
    return {row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
