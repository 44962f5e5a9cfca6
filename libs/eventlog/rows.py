"""A record as a row of a table, and back: what every SQL recorder shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kernel.records import NewRecord, Record

COLUMNS = (
    "position",
    "process_id",
    "process_index",
    "stream_id",
    "stream_version",
    "event_id",
    "type",
    "schema",
    "recorded_at",
    "actor",
    "correlation_id",
    "causation_id",
    "traceparent",
    "payload",
    "salt",
)


def row_of(record: Record) -> tuple[Any, ...]:
    """The record's fields, in the order of `COLUMNS`."""
    return (
        record.position,
        record.process_id,
        record.process_index,
        record.stream_id,
        record.stream_version,
        record.event_id,
        record.type,
        record.schema,
        record.recorded_at,
        record.actor,
        record.correlation_id,
        record.causation_id,
        record.traceparent,
        record.payload,
        record.salt,
    )


def records_of(rows: Iterable[Sequence[Any]]) -> list[Record]:
    """The records of rows whose fields are in the order of `COLUMNS`."""
    return [
        Record(
            position=row[0],
            process_id=row[1],
            process_index=row[2],
            stream_id=row[3],
            stream_version=row[4],
            event_id=row[5],
            type=row[6],
            schema=row[7],
            recorded_at=row[8],
            actor=row[9],
            correlation_id=row[10],
            causation_id=row[11],
            traceparent=row[12],
            payload=row[13],
            salt=row[14],
        )
        for row in rows
    ]


def placed(record: NewRecord, position: int, process_index: int, recorded_at: str) -> Record:
    """The record at its place in the log."""
    return Record(
        position=position,
        process_id=record.process_id,
        process_index=process_index,
        stream_id=record.stream_id,
        stream_version=record.stream_version,
        event_id=record.event_id,
        type=record.type,
        schema=record.schema,
        recorded_at=recorded_at,
        actor=record.actor,
        correlation_id=record.correlation_id,
        causation_id=record.causation_id,
        traceparent=record.traceparent,
        payload=record.payload,
        salt=record.salt,
    )


def place_all(
    records: Sequence[NewRecord], head: int, recorded_at: str, length: Callable[[str], int]
) -> tuple[Record, ...]:
    """The records at the places after `head`; `length` gives how long a process is so far."""
    lengths: dict[str, int] = {}
    result = []
    for position, record in enumerate(records, head + 1):
        process = record.process_id
        index = lengths[process] if process in lengths else length(process)
        lengths[process] = index + 1
        result.append(placed(record, position, index, recorded_at))
    return tuple(result)
