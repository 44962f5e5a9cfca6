"""Below the code, the storage itself refuses to change, remove, replace or misplace a record."""

from __future__ import annotations

import pytest

from eventlog.contract import LogRecorder
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import Recorder

COLUMNS = (
    "position, process_id, process_index, stream_id, stream_version, event_id, type, schema, recorded_at, actor, "
    "correlation_id, causation_id, traceparent, payload, salt"
)


def _insert(verb: str = "INSERT", **fields: object) -> str:
    row: dict[str, object] = {
        "position": 3,
        "process_id": "p-1",
        "process_index": 2,
        "stream_id": "s/1",
        "stream_version": 3,
        "event_id": "another",
    }
    values = ", ".join(repr(value) for value in (row | fields).values())
    return (
        f"{verb} INTO records ({COLUMNS}) "
        f"VALUES ({values}, 'x.Y', 1, '2026-11-22T19:00:00.000000Z', 'a', 'c', NULL, NULL, x'7b7d', x'00')"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET payload = x'7b7d' WHERE position = 1",
        "UPDATE records SET position = 3 WHERE position = 2",
        "DELETE FROM records WHERE position = 2",
        "DELETE FROM records",
        _insert("INSERT OR REPLACE", position=1),
        _insert("INSERT OR REPLACE", process_index=1),
        _insert("INSERT OR REPLACE", stream_version=2),
        _insert("REPLACE", event_id=a_record("s/1", 1).event_id),
        _insert(position=4),
        _insert(position=-1),
        _insert(process_index=3),
        _insert(process_id="p-2", process_index=1),
        _insert(stream_version=4),
        _insert(stream_id="s/2", stream_version=2),
    ],
    ids=[
        "changing a payload",
        "moving a record",
        "deleting the last record",
        "deleting everything",
        "replacing by position",
        "replacing by index",
        "replacing by stream version",
        "replacing by event id",
        "a gap in positions",
        "a position before the first",
        "a gap in a process",
        "a process that does not begin at 0",
        "a gap in a stream",
        "a stream that does not begin at 1",
    ],
)
def test_the_storage_refuses(log: LogRecorder, recorder: Recorder, statement: str) -> None:
    log.append([a_record("s/1", 1), a_record("s/1", 2)])
    before = log.read()
    with pytest.raises(Exception, match="append-only"):
        recorder.run(statement)
    assert log.read() == before
