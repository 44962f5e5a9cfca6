"""Read models in one SQLite file beside the log's: for the embedded engine, and for processes that share its folder."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.views import Cursor, Projection, Row, Views

_BOOK = """
CREATE TABLE IF NOT EXISTS projections (
  name TEXT PRIMARY KEY, position INTEGER NOT NULL, tables TEXT NOT NULL, objects TEXT NOT NULL
) WITHOUT ROWID
"""


class SQLiteViews(Views):
    """The file at `path`. One thread writes at a time; changed tables are dropped and made anew in place."""

    def __init__(self, path: Path | str) -> None:
        super().__init__()
        self._path = str(path)
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._write = threading.RLock()
        with self._transaction() as cursor:
            cursor.execute(_BOOK)

    def install(self, projection: Projection) -> None:
        with self._transaction() as cursor:
            known = cursor.execute("SELECT tables FROM projections WHERE name = ?", (projection.name,)).fetchone()
            if known is None or known["tables"] != json.dumps(projection.tables):
                self._recreate(projection, cursor)

    def rebuild(self, projection: Projection) -> None:
        with self._transaction() as cursor:
            self._recreate(projection, cursor)

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        return self._connection().execute(sql, tuple(parameters)).fetchall()

    def key(self, name: str) -> str:
        return name

    def close(self) -> None:
        with self._write:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _recreate(self, projection: Projection, cursor: Cursor) -> None:
        row = cursor.execute("SELECT objects FROM projections WHERE name = ?", (projection.name,)).fetchone()
        for table in json.loads(row["objects"]) if row else ():
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
    def _transaction(self) -> Iterator[Cursor]:
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
            found.row_factory = _by_name
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = found
            self._connections.append(found)
        return found


def _by_name(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def _tables(cursor: Cursor) -> set[str]:
    return {row["name"] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
