"""The SQLite log's tables, and the triggers that keep them append-only and gapless below the code."""

from __future__ import annotations

import sqlite3

from eventlog.contract import SchemaUnknown

VERSION = 1
APPLICATION_ID = 0x436F6D69

TABLES = (
    """
    CREATE TABLE records (
        position INTEGER PRIMARY KEY,
        process_id TEXT NOT NULL,
        process_index INTEGER NOT NULL,
        stream_id TEXT NOT NULL,
        stream_version INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        type TEXT NOT NULL,
        schema INTEGER NOT NULL,
        recorded_at TEXT NOT NULL,
        actor TEXT NOT NULL,
        correlation_id TEXT NOT NULL,
        causation_id TEXT,
        traceparent TEXT,
        payload BLOB NOT NULL,
        salt BLOB NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX records_by_process ON records (process_id, process_index)",
    "CREATE INDEX records_by_type ON records (process_id, type, process_index)",
    "CREATE UNIQUE INDEX records_by_stream ON records (stream_id, stream_version)",
    "CREATE UNIQUE INDEX records_by_event ON records (event_id)",
    "CREATE TABLE tracking (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID",
)

# INSERT OR REPLACE deletes the row it replaces without firing the delete trigger, so the insert trigger
# lets in nothing but the next position, index and version, and no event id twice.
TRIGGERS = (
    """
    CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: a record is never changed'); END
    """,
    """
    CREATE TRIGGER records_are_never_deleted BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: a record is never deleted'); END
    """,
    """
    CREATE TRIGGER records_are_gapless BEFORE INSERT ON records
    BEGIN
        SELECT RAISE(ABORT, 'the log is append-only: only the next position is free')
        WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM records);
        SELECT RAISE(ABORT, 'the log is append-only: only the next index of a process is free')
        WHERE NEW.process_index IS NOT
            (SELECT coalesce(max(process_index), -1) + 1 FROM records WHERE process_id = NEW.process_id);
        SELECT RAISE(ABORT, 'the log is append-only: only the next version of a stream is free')
        WHERE NEW.stream_version IS NOT
            (SELECT coalesce(max(stream_version), 0) + 1 FROM records WHERE stream_id = NEW.stream_id);
        SELECT RAISE(ABORT, 'the log is append-only: an event id is used once')
        WHERE EXISTS (SELECT 1 FROM records WHERE event_id = NEW.event_id);
    END
    """,
)


class NotALog(ValueError):
    """The file is something else than a log of Comitia."""


def schema_version(connection: sqlite3.Connection) -> int:
    """0 for an empty file, otherwise the log's schema version; raises `NotALog` or `SchemaUnknown`.

    All is read in one transaction: half of it before, half after another process created the log would be no log at all.
    """
    alone = not connection.in_transaction
    if alone:
        connection.execute("BEGIN")
    try:
        application: int = connection.execute("PRAGMA application_id").fetchone()[0]
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    finally:
        if alone:
            connection.execute("ROLLBACK")
    if (application, version, tables) == (0, 0, 0):
        return 0
    if application != APPLICATION_ID:
        raise NotALog("the file is a database of another program, not a log of Comitia: choose another file")
    if version > VERSION:
        raise SchemaUnknown(found=version, known=VERSION)
    return version


def create(connection: sqlite3.Connection) -> None:
    """Create tables and triggers, once, under the write lock: of many processes that open an empty file one creates."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if schema_version(connection) == 0:
            for statement in (*TABLES, *TRIGGERS):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
