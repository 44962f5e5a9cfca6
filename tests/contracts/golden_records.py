"""A golden file as the payload of a record: what is read from a log."""

from __future__ import annotations

from kernel.records import NewRecord


def as_record(type_: str, schema: int, payload: bytes) -> NewRecord:
    """A record of this type and schema; whatever else it holds does not matter."""
    return NewRecord(
        process_id="p-1",
        stream_id="s/1",
        stream_version=1,
        event_id="e-1",
        type=type_,
        schema=schema,
        actor="ana",
        correlation_id="c-1",
        causation_id=None,
        traceparent=None,
        payload=payload,
        salt=bytes(32),
    )
