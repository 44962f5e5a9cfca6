"""How batches get into the PostgreSQL log: small ones together by one function, a large one by COPY under the same lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from eventsourcing.persistence import Tracking

from eventlog import postgres_queries as queries
from eventlog.appending import first_records
from eventlog.contract import EventIdReused, Overtaken, VersionConflict
from eventlog.postgres_schema import Connection
from eventlog.rows import COLUMNS, place_all, row_of
from kernel.records import NewRecord, Record

COPY_FROM = 250
"""Records from which a batch is copied: see docs/decisions/0014."""
TOGETHER = 500
"""Records of small batches that are committed together, at most."""

_PLACE = (
    "SELECT * FROM comitia.place(%b::int[], %b::uuid[], %b::text[], %b::bigint[], %b::int[], %b::text[], %b::bigint[],"
    " %b::text[], %b::text)"
)
_APPEND = (
    "SELECT * FROM comitia.append(%b::int[], %b::int[], %b::bigint[], %b::text[], %b::bigint[], %b::uuid[], %b::text[],"
    " %b::int[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[], %b::text[], %b::bigint[],"
    " %b::int[], %b::text[], %b::bigint[], %b::text[], %b::text)"
)
_COPY = f"COPY comitia.records ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
_COPIED = dict.fromkeys(COLUMNS, "text") | {
    "position": "int8",
    "process_index": "int8",
    "stream_version": "int8",
    "schema": "int4",
    "event_id": "bytea",
    "payload": "bytea",
    "salt": "bytea",
}
"""How each column is written; a UUID is its sixteen bytes."""
_EVENT_ID = COLUMNS.index("event_id")


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to append together, the version at which each stream must be, and what is tracked with them."""

    records: Sequence[NewRecord]
    expected: Mapping[str, int]
    tracking: Tracking | None

    @property
    def tracks(self) -> str | None:
        """The name under which a position is tracked with the records."""
        return None if self.tracking is None else self.tracking.application_name


@dataclass(frozen=True, slots=True)
class Appended:
    """The batch's records in the log; `new` unless they were there before."""

    records: tuple[Record, ...]
    new: bool


Answer = Appended | VersionConflict | EventIdReused | Overtaken


@dataclass(frozen=True, slots=True)
class _Place:
    """What the log said under its lock: its end, the lengths of the processes, and the batches that it knows or refuses."""

    head: int
    recorded_at: str
    lengths: Mapping[str, int]
    known: frozenset[int]
    refused: Mapping[int, VersionConflict | Overtaken]


def choose(batches: Sequence[Batch]) -> list[int]:
    """Those that go together with the first: none depends on a stream that another writes, tracks under the same name, or
    has an event id of another.

    Of two that do, the second must see what became of the first. A large batch goes alone.
    """
    if len(batches[0].records) >= COPY_FROM:
        return [0]
    chosen: list[int] = []
    written: set[str] = set()
    event_ids: set[str] = set()
    tracked: set[str | None] = set()
    room = TOGETHER
    for number, batch in enumerate(batches):
        size = len(batch.records)
        ids = {record.event_id for record in batch.records}
        apart = written.isdisjoint(batch.expected) and event_ids.isdisjoint(ids) and batch.tracks not in tracked
        if not number or (apart and size < COPY_FROM and size <= room):
            chosen.append(number)
            room -= size
        # Also what is left for the next time: who came later does not overtake it.
        written.update(record.stream_id for record in batch.records)
        event_ids |= ids
        if batch.tracking is not None:
            tracked.add(batch.tracks)
    return chosen


def append(db: Connection, batches: Sequence[Batch], now: str) -> list[Answer]:
    """Append batches that go together, in one transaction; each is answered with its records, or with why it was refused.

    Where one is refused, or is there already, the others are appended without it.
    """
    answers: dict[int, Answer] = {}
    while len(answers) < len(batches):
        waiting = [number for number in range(len(batches)) if number not in answers]
        asked = [batches[number] for number in waiting]
        large = len(asked) == 1 and len(asked[0].records) >= COPY_FROM
        place, records = _copy(db, asked[0], now) if large else _insert(db, asked, now)
        if not place.known and not place.refused:
            following = iter(records)
            for number in waiting:
                answers[number] = Appended(tuple(islice(following, len(batches[number].records))), new=True)
        for among, refusal in place.refused.items():
            answers[waiting[among]] = refusal
        for among in place.known:
            answers[waiting[among]] = _first(db, asked[among])
    return [answers[number] for number in range(len(batches))]


def _insert(db: Connection, batches: Sequence[Batch], now: str) -> tuple[_Place, Sequence[Record]]:
    """One round trip, in which the server takes the lock, decides, writes and commits."""
    records = [record for batch in batches for record in batch.records]
    processes = _processes(batches)
    numbers = {process: number for number, process in enumerate(processes, start=1)}
    ranks = {process: count() for process in processes}
    row = db.execute(
        _APPEND,
        (
            [number for number, batch in enumerate(batches) for _ in batch.records],
            [numbers[record.process_id] for record in records],
            [next(ranks[record.process_id]) for record in records],
            [record.stream_id for record in records],
            [record.stream_version for record in records],
            [record.event_id for record in records],
            [record.type for record in records],
            [record.schema for record in records],
            [record.actor for record in records],
            [record.correlation_id for record in records],
            [record.causation_id for record in records],
            [record.traceparent for record in records],
            [record.payload for record in records],
            [record.salt for record in records],
            *_depends_on(batches),
            processes,
            now,
        ),
        binary=True,
    ).fetchone()
    place = _place(batches, row)
    return place, place_all(records, place.head, place.recorded_at, place.lengths.__getitem__)


def _copy(db: Connection, batch: Batch, now: str) -> tuple[_Place, Sequence[Record]]:
    """Ask for the batch's place, which takes the lock, then copy it there; the commit at the end gives the lock back."""
    records = batch.records
    with db.transaction():
        row = db.execute(
            _PLACE,
            (
                [0] * len(records),
                [record.event_id for record in records],
                *_depends_on([batch]),
                _processes([batch]),
                now,
            ),
            binary=True,
        ).fetchone()
        place = _place([batch], row)
        if place.known or place.refused:
            return place, ()
        appended = place_all(records, place.head, place.recorded_at, place.lengths.__getitem__)
        _write(db, appended)
        if batch.tracking is not None:
            queries.track(db, batch.tracking)
    return place, appended


def _write(db: Connection, records: Sequence[Record]) -> None:
    with db.cursor() as cursor, cursor.copy(_COPY) as copying:
        copying.set_types(list(_COPIED.values()))
        write = copying.write_row
        for record in records:
            fields = list(row_of(record))
            fields[_EVENT_ID] = bytes.fromhex(record.event_id.replace("-", ""))
            write(fields)


def _depends_on(batches: Sequence[Batch]) -> tuple[list[Any], ...]:
    """Column by column: the streams with the versions that they must have, and what is tracked with which batch."""
    tracked = [(number, batch.tracking) for number, batch in enumerate(batches) if batch.tracking is not None]
    return (
        [stream for batch in batches for stream in batch.expected],
        [version for batch in batches for version in batch.expected.values()],
        [number for number, _ in tracked],
        [tracking.application_name for _, tracking in tracked],
        [int(tracking.notification_id) for _, tracking in tracked],
    )


def _processes(batches: Sequence[Batch]) -> list[str]:
    return list(dict.fromkeys(record.process_id for batch in batches for record in batch.records))


def _place(batches: Sequence[Batch], row: tuple[Any, ...] | None) -> _Place:
    assert row is not None  # a function's row
    head, recorded_at, known, conflicts, actual, overtaken, lengths = row
    expected = [(number, *each) for number, batch in enumerate(batches) for each in batch.expected.items()]
    there = frozenset(known or ())
    refused: dict[int, VersionConflict | Overtaken] = {}
    for place, version in sorted(zip(conflicts or (), actual or (), strict=True)):
        number, stream, wanted = expected[place - 1]
        if number not in there:
            refused.setdefault(number, VersionConflict(stream, wanted, version))
    for number in overtaken or ():
        tracking = batches[number].tracking
        if tracking is not None and number not in there:
            refused.setdefault(number, Overtaken(tracking.application_name, int(tracking.notification_id)))
    return _Place(head, recorded_at, dict(zip(_processes(batches), lengths or (), strict=True)), there, refused)


def _first(db: Connection, batch: Batch) -> Appended | EventIdReused:
    """A batch that was appended before is answered as then, and what it tracks is tracked. A crash between repeats it."""
    try:
        first = first_records(batch.records, queries.find(db, [record.event_id for record in batch.records]))
    except EventIdReused as reused:
        return reused
    if batch.tracking is not None:
        queries.track(db, batch.tracking)
    return Appended(first or (), new=False)
