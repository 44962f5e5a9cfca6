"""The queries of the SQLite log: each takes a connection, so that a batch runs them under its own lock."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from sqlite3 import Connection

from eventsourcing.persistence import Tracking

from eventlog.rows import COLUMNS, records_of, row_of
from kernel.records import Record

FIELDS = ", ".join(COLUMNS)
INSERT = f"INSERT INTO records ({FIELDS}) VALUES ({', '.join('?' * len(COLUMNS))})"
BLOCK = 250
INSERT_BLOCK = INSERT + f", ({', '.join('?' * len(COLUMNS))})" * (BLOCK - 1)


def versions(db: Connection, stream_ids: Collection[str]) -> dict[str, int]:
    sql = """
        SELECT value, coalesce((SELECT max(stream_version) FROM records WHERE stream_id = value), 0) FROM json_each(?)
    """
    return dict(db.execute(sql, (json.dumps(list(stream_ids)),)))


def find(db: Connection, event_ids: Collection[str]) -> dict[str, Record]:
    sql = f"SELECT {FIELDS} FROM records WHERE event_id IN (SELECT value FROM json_each(?))"
    return {record.event_id: record for record in records(db, sql, (json.dumps(list(event_ids)),))}


def length(db: Connection, process_id: str) -> int:
    sql = "SELECT coalesce(max(process_index), -1) + 1 FROM records WHERE process_id = ?"
    length: int = db.execute(sql, (process_id,)).fetchone()[0]
    return length


def first_index_after(db: Connection, process_id: str, position: int) -> int:
    """The first index of a process whose position is after `position`, by bisection: both grow together."""
    sql = "SELECT position FROM records WHERE process_id = ? AND process_index = ?"
    low, high = 0, length(db, process_id)
    while low < high:
        middle = (low + high) // 2
        if db.execute(sql, (process_id, middle)).fetchone()[0] > position:
            high = middle
        else:
            low = middle + 1
    return low


def process_page(
    db: Connection, process_id: str, first: int, stop: int | None, types: Collection[str], limit: int
) -> list[Record]:
    """The inner query stays in an index, so that a page costs what it returns and not what it leaves out."""
    where, values = filtered(
        {"process_id = ?": process_id, "process_index >= ?": first, "process_index < ?": stop}, types
    )
    sql = f"""
        SELECT {FIELDS} FROM records WHERE position IN
            (SELECT position FROM records WHERE {where} ORDER BY process_index LIMIT ?)
        ORDER BY position
    """
    return records(db, sql, (*values, limit))


def track(db: Connection, tracking: Tracking) -> None:
    """A tracked position never goes back: of two followers that did the same work, the one ahead is believed."""
    db.execute(
        "INSERT INTO tracking VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)",
        (tracking.application_name, tracking.notification_id),
    )


def tracked(db: Connection, name: str) -> int | None:
    row = db.execute("SELECT position FROM tracking WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def insert(db: Connection, records: Sequence[Record]) -> None:
    """Whole blocks in one statement each: between two statements Python's lock is given away, and others hold it for long."""
    whole = len(records) - len(records) % BLOCK
    for first in range(0, whole, BLOCK):
        db.execute(INSERT_BLOCK, [value for record in records[first : first + BLOCK] for value in row_of(record)])
    db.executemany(INSERT, map(row_of, records[whole:]))


def records(db: Connection, sql: str, values: Sequence[str | int]) -> list[Record]:
    return records_of(db.execute(sql, values).fetchall())


def filtered(conditions: Mapping[str, str | int | None], types: Collection[str]) -> tuple[str, tuple[str | int, ...]]:
    """A WHERE clause and its values: the conditions that have one, and the types when there are any."""
    given = {condition: value for condition, value in conditions.items() if value is not None}
    clauses = [*given, f"type IN ({', '.join('?' * len(types))})"] if types else [*given]
    return " AND ".join(clauses), (*given.values(), *sorted(types))
