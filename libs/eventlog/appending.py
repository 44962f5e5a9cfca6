"""What every recorder asks of a batch: it does not contradict itself, and a repeated one is the first one again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from eventsourcing.persistence import Tracking

from eventlog.contract import EventIdReused, Overtaken, VersionConflict
from kernel.records import NewRecord, Record


def expected_versions(records: Sequence[NewRecord], expect: Mapping[str, int]) -> dict[str, int]:
    """The version that each stream written or expected must have for the batch to be appended.

    Raises `ValueError` for a batch that no log could take: versions of a stream that do not follow one another or do
    not count from 1, an event id twice, a stream written from another version than it is expected at.
    """
    expected = dict(expect)
    written: dict[str, int] = {}
    for record in records:
        stream, version = record.stream_id, record.stream_version
        before = written.get(stream)
        if before is None:
            before = expected.setdefault(stream, version - 1)
        if version != before + 1 or version < 1:
            raise ValueError(f"stream {stream}: version {before + 1} is expected next, found {version}")
        written[stream] = version
    if len({record.event_id for record in records}) < len(records):
        raise ValueError("an event id is twice in one batch")
    return expected


def check_expected(expected: Mapping[str, int], actual: Mapping[str, int]) -> None:
    """Raises `VersionConflict` for the first stream that is not at its expected version."""
    for stream_id, version in expected.items():
        if actual[stream_id] != version:
            raise VersionConflict(stream_id, version, actual[stream_id])


def check_ahead(records: Sequence[NewRecord], tracking: Tracking | None, tracked: Callable[[str], int | None]) -> None:
    """Raises `Overtaken` for new records of a cause that another follower has dealt with."""
    if records and tracking is not None and (tracked(tracking.application_name) or 0) >= tracking.notification_id:
        raise Overtaken(tracking.application_name, tracking.notification_id)


def first_records(records: Sequence[NewRecord], found: Mapping[str, Record]) -> tuple[Record, ...] | None:
    """The records of the first time, for a batch all of which was `found` in the log by event id; None for a new batch.

    Raises `EventIdReused` when it was found with other content or only in part.
    """
    if not found:
        return None
    first = []
    for record in records:
        earlier = found.get(record.event_id)
        if earlier is not None:
            if _content(earlier) != _content(record):
                raise EventIdReused(record.event_id, earlier.position)
            first.append(earlier)
    if len(first) < len(records):
        raise EventIdReused(first[0].event_id, first[0].position)
    return tuple(first)


def _content(record: NewRecord) -> tuple[object, ...]:
    """What makes two appends of an event id the same event: not its salt, its trace, its conversation or its place."""
    return (
        record.process_id,
        record.stream_id,
        record.type,
        record.schema,
        record.actor,
        record.causation_id,
        record.payload,
    )
