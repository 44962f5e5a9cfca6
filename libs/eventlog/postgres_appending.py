"""How batches get into the PostgreSQL log: small ones together by one function, a large one by COPY under the same lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import Tracking

from eventlog import postgres_queries as queries
from eventlog.appending import check_ahead, check_expected, first_records
from eventlog.contract import Overtaken, VersionConflict
from eventlog.postgres_connections import Connection
from eventlog.rows import COLUMNS, place_all, placed, row_of
from kernel.records import NewRecord, Record

COPY_FROM = 64
"""Records from which a batch is copied: measured, see docs/decisions/0014."""
TOGETHER = 256
"""Records of small batches that are committed together, at most."""

_APPEND = (
    "SELECT * FROM comitia.append(%b::int[], %b, %b, %b::bigint[], %b, %b, %b::int[], %b, %b, %b, %b, %b, %b,"
    " %b::int[], %b, %b::bigint[], %b::int[], %b, %b::bigint[], %b)"
)
_COPY = f"COPY comitia.records ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
_TYPES = (
    "int8", "text", "int8", "text", "int8", "uuid", "text", "int4", "text", "text", "text", "text", "text", "bytea", "bytea",
)  # fmt: skip
_EVENT_ID = COLUMNS.index("event_id")


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to append together, what must hold for it, and what is tracked with them. `clock`: the time it came."""

    records: Sequence[NewRecord]
    expected: Mapping[str, int]
    tracking: Tracking | None
    clock: str


@dataclass(frozen=True, slots=True)
class Appended:
    """The batch's records in the log; `new` unless it was there before."""

    records: tuple[Record, ...]
    new: bool


def together(batches: Sequence[Batch]) -> int:
    """How many of the first batches touch no stream, event id or tracked name in common; a large one goes alone."""
    streams: set[str] = set()
    event_ids: set[str] = set()
    size = 0
    for number, batch in enumerate(batches):
        size += len(batch.records)
        ids = {record.event_id for record in batch.records}
        alone = size > TOGETHER or len(batch.records) >= COPY_FROM
        if number and (alone or not streams.isdisjoint(batch.expected) or not event_ids.isdisjoint(ids)):
            return number
        if alone:
            return 1
        streams.update(batch.expected)
        event_ids |= ids
    return len(batches)


def append(db: Connection, batches: Sequence[Batch]) -> list[Appended | BaseException]:
    """Append batches that go together, in one transaction; each is answered with its records or its error."""
    if len(batches) == 1 and len(batches[0].records) >= COPY_FROM:
        try:
            with db.transaction():
                return [copy(db, batches[0])]
        except (VersionConflict, Overtaken) as conflict:
            return [conflict]
        except RecordsThere as there:
            return [_known(db, batches[0], there.found)]
    return _append_small(db, batches)


class RecordsThere(Exception):
    """Some event id of a batch is in the log: the transaction that found it is undone before the log is looked into."""

    def __init__(self, found: Mapping[str, Record]) -> None:
        super().__init__("an event id is in the log")
        self.found = found


def copy(db: Connection, batch: Batch) -> Appended:
    """Inside a transaction: read what the batch depends on under the lock, then copy it. Raises `VersionConflict`."""
    streams, processes = list(batch.expected), list({record.process_id for record in batch.records})
    ids = [UUID(record.event_id) for record in batch.records]
    row = db.execute("SELECT * FROM comitia.prepare(%b, %b, %b)", (ids, streams, processes), binary=True).fetchone()
    assert row is not None
    head, latest, known, versions, lengths = row
    if known:
        raise RecordsThere(queries.find(db, [record.event_id for record in batch.records]))
    check_expected(batch.expected, dict(zip(streams, versions or (), strict=True)))
    check_ahead(batch.records, batch.tracking, lambda name: queries.tracked(db, name))
    length = dict(zip(processes, lengths or (), strict=True))
    records = place_all(batch.records, head, max(batch.clock, latest), length.__getitem__)
    with db.cursor() as cursor, cursor.copy(_COPY) as copying:
        copying.set_types(_TYPES)
        for record, event_id in zip(records, ids, strict=True):
            fields = list(row_of(record))
            fields[_EVENT_ID] = event_id
            copying.write_row(fields)
    if batch.tracking is not None:
        queries.track(db, batch.tracking)
    db.execute("SELECT comitia.tell()")
    return Appended(records, new=True)


def _append_small(db: Connection, batches: Sequence[Batch]) -> list[Appended | BaseException]:
    rows = db.execute(_APPEND, _arguments(batches), binary=True).fetchall()
    answers: list[Appended | BaseException | None] = [None] * len(batches)
    flat = [record for batch in batches for record in batch.records]
    found: dict[int, list[Record]] = {}
    for batch, place, position, index, recorded_at, verdict, stream, expected, actual in rows:
        if verdict == "appended":
            found.setdefault(batch, []).append(placed(flat[place - 1], position, index, recorded_at))
        elif verdict == "conflict":
            answers[batch] = VersionConflict(stream, expected, actual)
        elif verdict == "overtaken":
            answers[batch] = Overtaken(stream, expected)
        else:
            there = queries.find(db, [record.event_id for record in batches[batch].records])
            answers[batch] = _known(db, batches[batch], there)
    for number, answer in enumerate(answers):
        if answer is None:
            answers[number] = Appended(tuple(found.get(number, ())), new=True)
    return [answer for answer in answers if answer is not None]


def _known(db: Connection, batch: Batch, there: Mapping[str, Record]) -> Appended | BaseException:
    """A batch that was appended before is answered as then, and what it tracks is tracked."""
    try:
        first = first_records(batch.records, there)
    except Exception as error:
        return error
    if batch.tracking is not None:
        queries.track(db, batch.tracking)
    return Appended(first or (), new=False)


def _arguments(batches: Sequence[Batch]) -> tuple[object, ...]:
    flat = [(number, record) for number, batch in enumerate(batches) for record in batch.records]
    records = [record for _, record in flat]
    expected = [(number, *each) for number, batch in enumerate(batches) for each in batch.expected.items()]
    tracked = [(number, batch.tracking) for number, batch in enumerate(batches) if batch.tracking is not None]
    return (
        [number for number, _ in flat],
        [record.process_id for record in records],
        [record.stream_id for record in records],
        [record.stream_version for record in records],
        [UUID(record.event_id) for record in records],
        [record.type for record in records],
        [record.schema for record in records],
        [record.actor for record in records],
        [record.correlation_id for record in records],
        [record.causation_id for record in records],
        [record.traceparent for record in records],
        [record.payload for record in records],
        [record.salt for record in records],
        [number for number, _, _ in expected],
        [stream for _, stream, _ in expected],
        [version for _, _, version in expected],
        [number for number, _ in tracked],
        [tracking.application_name for _, tracking in tracked],
        [int(tracking.notification_id) for _, tracking in tracked],
        max(batch.clock for batch in batches),
    )
