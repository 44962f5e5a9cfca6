"""The queries of the PostgreSQL log: each takes a connection, so that a held transaction runs them too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, LiteralString

from eventsourcing.persistence import Tracking

from eventlog.postgres_schema import Connection
from eventlog.rows import records_of
from kernel.records import Record

FIELDS: LiteralString = (
    "position, process_id, process_index, stream_id, stream_version, event_id::text, type, schema, recorded_at, actor, "
    "correlation_id, causation_id, traceparent, payload, salt"
)
END = 2**63 - 1
"""After the last position, index and version that there can be."""

_AFTER: LiteralString = f"SELECT {FIELDS} FROM comitia.records WHERE position > %b AND position <= %b::bigint"
_PROCESS: LiteralString = f"SELECT {FIELDS} FROM comitia.records WHERE process_id = %b AND process_index"
_PROCESS_TYPES: LiteralString = (
    f"{_PROCESS} = ANY (ARRAY("
    "SELECT found.process_index FROM unnest(%b::text[]) AS wanted (type), LATERAL ("
    "SELECT r.process_index FROM comitia.records AS r WHERE r.process_id = %b AND r.type = wanted.type"
    " AND r.process_index >= %b AND r.process_index < %b::bigint ORDER BY r.process_index LIMIT %b"
    ") AS found ORDER BY found.process_index LIMIT %b)) ORDER BY process_index"
)
_VERSIONS: LiteralString = """
    SELECT given.name, coalesce((SELECT r.stream_version FROM comitia.records AS r WHERE r.stream_id = given.name
        AND hashtextextended(r.stream_id, 0) = hashtextextended(given.name, 0) ORDER BY r.stream_version DESC LIMIT 1), 0)
    FROM unnest(%b::text[]) AS given (name)
"""
_PROCESS_IDS: LiteralString = """
    WITH RECURSIVE named AS (
        (SELECT r.process_id AS name FROM comitia.records AS r ORDER BY r.process_id LIMIT 1)
        UNION ALL
        SELECT (SELECT r.process_id FROM comitia.records AS r WHERE r.process_id > named.name ORDER BY r.process_id LIMIT 1)
        FROM named WHERE named.name IS NOT NULL
    ) SELECT name FROM named WHERE name IS NOT NULL
"""


def storable(*texts: str) -> bool:
    """PostgreSQL holds no NUL: nothing in the log has a name with one."""
    return not any("\0" in text for text in texts)


def page(db: Connection, after: int, until: int | None, limit: int, types: Collection[str]) -> list[Record]:
    """By position."""
    last = END if until is None else until
    if types:
        sql: LiteralString = f"{_AFTER} AND type = ANY (%b::text[]) ORDER BY position LIMIT %b"
        return _records(db, sql, (after, last, sorted(types), limit))
    return _records(db, f"{_AFTER} ORDER BY position LIMIT %b", (after, last, limit))


def process_page(
    db: Connection, process_id: str, first: int, stop: int | None, types: Collection[str], limit: int
) -> list[Record]:
    """In order of index; with types, each is read by its own stretch of an index, so that what is left out costs nothing."""
    end = END if stop is None else stop
    if types:
        return _records(db, _PROCESS_TYPES, (process_id, sorted(types), process_id, first, end, limit, limit))
    sql: LiteralString = f"{_PROCESS} >= %b AND process_index < %b::bigint ORDER BY process_index LIMIT %b"
    return _records(db, sql, (process_id, first, end, limit))


def indexes(db: Connection, process_id: str, after: int, until: int | None) -> tuple[int, int | None]:
    """The first index of a process after each of two positions: positions and indexes grow together."""
    sql = "SELECT comitia.index_after(%b::text, %b::bigint), comitia.index_after(%b::text, %b::bigint)"
    row = db.execute(sql, (process_id, after, process_id, until)).fetchone()
    assert row is not None  # a query without FROM has one row
    return row[0], None if until is None else row[1]


def stream(db: Connection, stream_id: str, after_version: int) -> list[Record]:
    sql: LiteralString = (
        f"SELECT {FIELDS} FROM comitia.records WHERE stream_id = %b AND hashtextextended(stream_id, 0) = "
        "hashtextextended(%b, 0) AND stream_version > %b ORDER BY stream_version"
    )
    return _records(db, sql, (stream_id, stream_id, after_version))


def versions(db: Connection, stream_ids: Collection[str]) -> dict[str, int]:
    return dict(db.execute(_VERSIONS, (list(stream_ids),)).fetchall())


def find(db: Connection, event_ids: Collection[str]) -> dict[str, Record]:
    sql: LiteralString = f"SELECT {FIELDS} FROM comitia.records WHERE event_id = ANY (%b::uuid[])"
    return {record.event_id: record for record in _records(db, sql, (list(event_ids),))}


def last_position(db: Connection) -> int:
    row = db.execute("SELECT position FROM comitia.records ORDER BY position DESC LIMIT 1").fetchone()
    return row[0] if row else 0


def length(db: Connection, process_id: str) -> int:
    sql = "SELECT process_index FROM comitia.records WHERE process_id = %b ORDER BY process_index DESC LIMIT 1"
    row = db.execute(sql, (process_id,)).fetchone()
    return row[0] + 1 if row else 0


def process_ids(db: Connection) -> list[str]:
    """One index probe per process, however many records there are."""
    return [row[0] for row in db.execute(_PROCESS_IDS).fetchall()]


def track(db: Connection, tracking: Tracking) -> None:
    db.execute("SELECT comitia.track(%b, %b)", (tracking.application_name, int(tracking.notification_id)))


def tracked(db: Connection, name: str) -> int | None:
    row = db.execute("SELECT position FROM comitia.tracking WHERE name = %b", (name,)).fetchone()
    return row[0] if row else None


def lease(db: Connection, name: str, holder: str, seconds: float) -> bool:
    row = db.execute("SELECT comitia.lease(%b, %b, %b::float8)", (name, holder, seconds)).fetchone()
    return row == (True,)


def release(db: Connection, name: str, holder: str) -> None:
    db.execute("SELECT comitia.release(%b, %b)", (name, holder))


def _records(db: Connection, sql: LiteralString, values: Sequence[Any]) -> list[Record]:
    return records_of(db.execute(sql, values, binary=True).fetchall())
