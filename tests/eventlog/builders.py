"""Records for tests: every id and salt follows from the names given, so that a record can be built twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kernel import canonical
from kernel.ids import event_id
from kernel.records import NewRecord, Record


def a_record(
    stream: str = "boxes/p-1/budget",
    version: int = 1,
    *,
    id: str | None = None,
    process: str = "p-1",
    type: str = "ballots.BallotCast",
    schema: int = 1,
    actor: str = "ana",
    causation_id: str | None = None,
    correlation_id: str = "conversation",
    traceparent: str | None = None,
    salt: bytes | None = None,
    **payload: object,
) -> NewRecord:
    name = id or f"{stream}@{version}"
    return NewRecord(
        process_id=process,
        stream_id=stream,
        stream_version=version,
        event_id=event_id(name, 0),
        type=type,
        schema=schema,
        actor=actor,
        correlation_id=correlation_id,
        causation_id=causation_id,
        traceparent=traceparent,
        payload=canonical.dumps(payload or {"name": name}),
        salt=salt or hashlib.sha256(name.encode()).digest(),
    )


def a_stream(stream: str, count: int, *, first: int = 1, process: str = "p-1") -> list[NewRecord]:
    return [a_record(stream, version, process=process) for version in range(first, first + count)]


def told(seen: Iterator[object]) -> list[object]:
    """A follower's story, with positions in place of records."""
    return [what.position if isinstance(what, Record) else what for what in seen]
