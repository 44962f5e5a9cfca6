"""Read models in PostgreSQL, in the schema `views`: the tables of two versions of a service live side by side."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import psycopg
from psycopg.rows import dict_row

from eventlog.contract import LogUnreachable
from eventlog.postgres_connections import Answering, patient
from eventlog.postgres_errors import address, explain
from eventlog.postgres_schema import SERVICE
from runtime.views import Cursor, Projection, Row, Views

SCHEMA = "views"
KEPT = 16
INSTALLING = 0x636F6D76
"""The advisory lock under which tables are made: one process after the other, on whatever machine."""

_SESSION = """
SELECT set_config('search_path', %(schema)s, false), set_config('synchronous_commit', 'off', false),
       set_config('idle_in_transaction_session_timeout', %(idle)s, false),
       (SELECT set_config('role', rolname, false) FROM pg_catalog.pg_roles
        WHERE rolname = %(role)s AND pg_catalog.pg_has_role(oid, 'MEMBER'))
"""
_BOOK = """
CREATE TABLE IF NOT EXISTS projections (
  name TEXT PRIMARY KEY, projection TEXT NOT NULL, position BIGINT NOT NULL, tables TEXT NOT NULL,
  used_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50)
"""
_CREATED = re.compile(r"CREATE\s+(?:UNIQUE\s+)?(TABLE|INDEX)\s+(\w+)")


class PostgresViews(Views):
    """The read models in the database at `url`, whose schema `comitia migrate` has made. Raises `LogUnreachable`.

    Commits are not waited for on disk: what a crash of the server takes is rows and position together, and is folded again.
    """

    def __init__(self, url: str, *, idle_seconds: float = 10.0) -> None:
        """A transaction that its process leaves alone for `idle_seconds` (it was paused) is undone by the server."""
        super().__init__()
        self._place, self._url = address(url), patient(url, name="comitia views")
        self._session = {"schema": SCHEMA, "role": SERVICE, "idle": f"{int(idle_seconds * 1000)}ms"}
        self._idle: deque[Answering] = deque()
        self._closed = False
        self._names = _Names()
        self._keys: dict[str, str] = {}
        with self._transaction() as cursor:
            _lock(cursor)
            cursor.execute(_BOOK)

    def install(self, projection: Projection) -> None:
        fingerprint = hashlib.sha256(json.dumps(projection.tables).encode()).hexdigest()[:8]
        tables = self._names.add(projection.tables, fingerprint)
        key = self._keys[projection.name] = f"{projection.name}@{fingerprint}"
        with self._transaction() as cursor:
            _lock(cursor)
            used = cursor.execute("UPDATE projections SET used_at = clock_timestamp() WHERE name = ?", (key,))
            if used.rowcount:
                return
            for statement in projection.tables:
                cursor.execute(re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', statement))
            cursor.execute(
                "INSERT INTO projections (name, projection, position, tables) VALUES (?, ?, 0, ?)",
                (key, projection.name, json.dumps(tables)),
            )
            _drop_before_the_last(cursor, projection.name, key)

    def rebuild(self, projection: Projection) -> None:
        self.install(projection)
        with self._transaction() as cursor:
            moved = "UPDATE projections SET position = 0 WHERE name = ? RETURNING tables"
            row = cursor.execute(moved, (self.key(projection.name),)).fetchone()
            cursor.execute(f"TRUNCATE {', '.join(json.loads(row['tables']))}")

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        try:
            return self._read(sql, parameters)
        except LogUnreachable:
            # A kept connection may be a dead one of a server that has restarted since; a new one tells.
            return self._read(sql, parameters)

    def key(self, name: str) -> str:
        return self._keys.get(name, name)

    def close(self) -> None:
        self._closed = True
        self._forget()

    def _read(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        with self._connection() as connection:
            return list(_Portable(connection, self._names.translate).execute(sql, parameters).fetchall())

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        with self._connection() as connection, connection.transaction():
            yield _Portable(connection, self._names.translate)

    @contextmanager
    def _connection(self) -> Iterator[Answering]:
        """A connection for one use. What fails closes it; when the server is away, so are the others that were kept."""
        if self._closed:
            raise LogUnreachable("the read models are closed")
        try:
            connection = self._kept() or self._connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
        except psycopg.Error as error:
            explained = explain(self._place, error)
            if isinstance(explained, LogUnreachable):
                self._forget()
            raise explained from None
        self._idle.append(connection)
        if self._closed or len(self._idle) > KEPT:
            self._forget()

    def _kept(self) -> Answering | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _connect(self) -> Answering:
        connection = Answering.connect(self._url, autocommit=True)
        try:
            connection.execute(_SESSION, self._session)
        except BaseException:
            connection.close()
            raise
        return connection

    def _forget(self) -> None:
        while self._idle:
            self._idle.pop().close()


class _Portable:
    """A cursor that takes the SQL of projections."""

    def __init__(self, connection: Answering, translate: Callable[[str], bytes]) -> None:
        self._cursor = connection.cursor(row_factory=dict_row)
        self._translate = translate

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> _Portable:
        self._cursor.execute(self._translate(sql), tuple(parameters))
        return self

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()


class _Names:
    """The one place where portable SQL becomes PostgreSQL's: placeholders, and the tables' names with their version."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._real: dict[str, str] = {}
        self._pattern = re.compile(r"(?!)")
        self._translated: dict[str, bytes] = {}

    def add(self, statements: Sequence[str], fingerprint: str) -> list[str]:
        """Have what the statements create named with the fingerprint from now on; returns the real names of the tables."""
        created = [found for statement in statements for found in _CREATED.findall(statement)]
        with self._lock:
            self._real |= {name: f"{name}_{fingerprint}" for _, name in created}
            self._pattern = re.compile(rf"\b({'|'.join(self._real)})\b")
            self._translated = {}
            return [self._real[name] for kind, name in created if kind == "TABLE"]

    def translate(self, sql: str) -> bytes:
        """The statement as PostgreSQL takes it; a `?` or `%` in it is a placeholder or itself, never in quotes."""
        found = self._translated.get(sql)
        if found is None:
            named = self._pattern.sub(lambda match: self._real[match[0]], sql)
            found = self._translated[sql] = named.replace("%", "%%").replace("?", "%s").encode()
        return found


def _lock(cursor: Cursor) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(?)", (INSTALLING,))


def _drop_before_the_last(cursor: Cursor, projection: str, key: str) -> None:
    """A rolling upgrade has two versions at work: the tables of the one used last are left to it, older ones go."""
    found = cursor.execute(
        "SELECT name, tables FROM projections WHERE projection = ? AND name <> ? ORDER BY used_at DESC OFFSET 1",
        (projection, key),
    )
    for row in found.fetchall():
        cursor.execute("DELETE FROM projections WHERE name = ?", (row["name"],))
        for table in json.loads(row["tables"]):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
