"""The queries of the PostgreSQL log: each takes a connection, so that a held transaction runs them too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, LiteralString

from eventsourcing.persistence import Tracking

from eventlog.postgres_connections import Connection
from eventlog.rows import records_of
from kernel.records import Record

FIELDS: LiteralString = (
    "position, process_id, process_index, stream_id, stream_version, event_id::text, type, schema, recorded_at, actor, "
    "correlation_id, causation_id, traceparent, payload, salt"
)


def storable(*texts: str | None) -> bool:
    """PostgreSQL holds no NUL: nothing in the log has a name with one."""
    return not any(text and "\0" in text for text in texts)


def page(
    db: Connection, after: int, until: int | None, limit: int, process_id: str | None, types: Collection[str]
) -> list[Record]:
    """By position, or by the index of one process: positions and indexes grow together."""
    if process_id is None:
        sql: LiteralString = (
            f"SELECT {FIELDS} FROM comitia.records WHERE position > %b AND (%b::bigint IS NULL OR position <= %b)"
            " AND (%b::text[] IS NULL OR type = ANY (%b)) ORDER BY position LIMIT %b"
        )
        return _records(db, sql, (after, until, until, *_twice(types), limit))
    first = first_index_after(db, process_id, after)
    stop = None if until is None else first_index_after(db, process_id, until)
    return process_page(db, process_id, first, stop, types, limit)


def process_page(
    db: Connection, process_id: str, first: int, stop: int | None, types: Collection[str], limit: int
) -> list[Record]:
    """In order of index; with types, each is read by its own stretch of an index, so that what is left out costs nothing."""
    if not types:
        sql: LiteralString = (
            f"SELECT {FIELDS} FROM comitia.records WHERE process_id = %b AND process_index >= %b"
            " AND (%b::bigint IS NULL OR process_index < %b) ORDER BY process_index LIMIT %b"
        )
        return _records(db, sql, (process_id, first, stop, stop, limit))
    sql = (
        f"SELECT {FIELDS} FROM comitia.records WHERE process_id = %b AND process_index IN ("
        "SELECT found.process_index FROM unnest(%b::text[]) AS wanted (type), LATERAL ("
        "SELECT process_index FROM comitia.records AS r WHERE r.process_id = %b AND r.type = wanted.type"
        " AND r.process_index >= %b AND (%b::bigint IS NULL OR r.process_index < %b)"
        " ORDER BY r.process_index LIMIT %b) AS found ORDER BY found.process_index LIMIT %b) ORDER BY process_index"
    )
    return _records(db, sql, (process_id, sorted(types), process_id, first, stop, stop, limit, limit))


def first_index_after(db: Connection, process_id: str, position: int) -> int:
    """The first index of a process whose position is after `position`, by bisection: both grow together."""
    low, high = 0, length(db, process_id)
    sql = "SELECT position FROM comitia.records WHERE process_id = %b AND process_index = %b"
    while low < high:
        middle = (low + high) // 2
        if _one(db, sql, (process_id, middle)) > position:
            high = middle
        else:
            low = middle + 1
    return low


def stream(db: Connection, stream_id: str, after_version: int) -> list[Record]:
    sql: LiteralString = (
        f"SELECT {FIELDS} FROM comitia.records WHERE stream_id = %b AND stream_version > %b ORDER BY stream_version"
    )
    return _records(db, sql, (stream_id, after_version))


def versions(db: Connection, stream_ids: Collection[str]) -> dict[str, int]:
    sql = """
        SELECT given.name, coalesce((SELECT r.stream_version FROM comitia.records AS r WHERE r.stream_id = given.name
            ORDER BY r.stream_version DESC LIMIT 1), 0)
        FROM unnest(%b::text[]) AS given (name)
    """
    return dict(db.execute(sql, (list(stream_ids),)).fetchall())


def find(db: Connection, event_ids: Collection[str]) -> dict[str, Record]:
    sql: LiteralString = f"SELECT {FIELDS} FROM comitia.records WHERE event_id = ANY (%s::uuid[])"
    return {record.event_id: record for record in _records(db, sql, (list(event_ids),))}


def last_position(db: Connection) -> int:
    return int(_one(db, "SELECT coalesce(max(position), 0) FROM comitia.records", ()))


def length(db: Connection, process_id: str) -> int:
    sql = "SELECT coalesce(max(process_index), -1) + 1 FROM comitia.records WHERE process_id = %b"
    return int(_one(db, sql, (process_id,)))


def process_ids(db: Connection) -> list[str]:
    """One index probe per process, however many records there are."""
    sql = """
        WITH RECURSIVE named AS (
            SELECT min(process_id) AS name FROM comitia.records
            UNION ALL
            SELECT (SELECT min(process_id) FROM comitia.records WHERE process_id > named.name) FROM named
            WHERE named.name IS NOT NULL
        ) SELECT name FROM named WHERE name IS NOT NULL ORDER BY name
    """
    return [row[0] for row in db.execute(sql).fetchall()]


def track(db: Connection, tracking: Tracking) -> None:
    db.execute("SELECT comitia.track(%b, %b)", (tracking.application_name, int(tracking.notification_id)))


def tracked(db: Connection, name: str) -> int | None:
    row = db.execute("SELECT position FROM comitia.tracking WHERE name = %b", (name,)).fetchone()
    return row[0] if row else None


def _twice(types: Collection[str]) -> tuple[list[str] | None, list[str] | None]:
    wanted = sorted(types) or None
    return wanted, wanted


def _one(db: Connection, sql: LiteralString, values: Sequence[Any]) -> Any:
    row = db.execute(sql, values).fetchone()
    assert row is not None
    return row[0]


def _records(db: Connection, sql: LiteralString, values: Sequence[Any]) -> list[Record]:
    return records_of(db.execute(sql, values, binary=True).fetchall())
